# Derived by `make generate` from dtool_lookup_api/operations: do not edit.

"""Async versions of the same functions, with models as results."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from os import PathLike
from typing import Any
from uuid import UUID

from ..asynchronous import (
    add_tag,
    delete_annotation,
    delete_base_uri,
    delete_dataset,
    delete_user,
    download_dataset,
    download_item,
    get_annotations,
    get_config,
    get_datasets_by_mongo_aggregation,
    get_many,
    get_provenance,
    get_readme,
    get_readme_as_dict,
    get_tags,
    get_versions,
    offers,
    read_item,
    register_base_uri,
    register_dataset,
    register_dataset_from,
    register_datasets_from,
    register_user,
    remove_tag,
    set_annotation,
    set_annotations,
    set_readme,
    set_tags,
)
from ..core.calls import run_async as _run_async
from ..core.client import ClientBase
from ..core.models import model_of as _model_of
from ..core.models import models_of as _models_of
from ..core.models import page_of as _page_of
from ..core.progress import Progress
from ..core.walks import AsyncWalk
from ..errors import LookupServerError as _LookupServerError
from ..operations import base_uris as _base_uris
from ..operations import dataset_copies as _dataset_copies
from ..operations import dataset_uploads as _dataset_uploads
from ..operations import datasets as _datasets
from ..operations import graph as _graph
from ..operations import metadata as _metadata
from ..operations import mongo as _mongo
from ..operations import server as _server
from ..operations import signed_urls as _signed_urls
from ..operations import users as _users
from ..operations.arguments import ASCENDING, DESCENDING
from ..results import DatasetUri, DatasetUuid, Page, SortOrder
from ..types import BaseUriSortField, DatasetSortField, UploadItem, UserSortField
from ..types import Manifest as ManifestDict
from .models import (
    BaseUri,
    BaseUriWithPermissions,
    Dataset,
    GraphDataset,
    Health,
    Manifest,
    MongoDataset,
    SignedItemUrl,
    SignedUrls,
    Summary,
    UploadComplete,
    UploadUrls,
    User,
)

__all__ = [
    "ASCENDING",
    "DESCENDING",
    "add_tag",
    "complete_upload",
    "copy_dataset",
    "delete_annotation",
    "delete_base_uri",
    "delete_dataset",
    "delete_user",
    "download_dataset",
    "download_item",
    "get_annotations",
    "get_base_uri",
    "get_base_uris",
    "get_config",
    "get_dataset",
    "get_datasets",
    "get_datasets_by_mongo_aggregation",
    "get_datasets_by_mongo_query",
    "get_datasets_by_uuid",
    "get_graph_by_uuid",
    "get_health",
    "get_manifest",
    "get_many",
    "get_me",
    "get_my_summary",
    "get_one_dataset",
    "get_one_dataset_by_mongo_query",
    "get_provenance",
    "get_readme",
    "get_readme_as_dict",
    "get_signed_item_url",
    "get_signed_urls",
    "get_summary",
    "get_tags",
    "get_user",
    "get_users",
    "get_versions",
    "grant_register_permission",
    "grant_search_permission",
    "iter_base_uris",
    "iter_datasets",
    "iter_datasets_by_mongo_query",
    "iter_datasets_by_uuid",
    "iter_graph_by_uuid",
    "iter_users",
    "offers",
    "read_item",
    "register_base_uri",
    "register_dataset",
    "register_dataset_from",
    "register_datasets_from",
    "register_user",
    "remove_tag",
    "request_upload",
    "revoke_register_permission",
    "revoke_search_permission",
    "set_annotation",
    "set_annotations",
    "set_readme",
    "set_tags",
    "update_me",
    "update_user",
    "upload_dataset",
]


async def get_base_uris(
    page_number: int | None = 1,
    page_size: int | None = 10,
    sort_fields: BaseUriSortField | Sequence[BaseUriSortField] | None = ("base_uri",),
    sort_order: SortOrder | Sequence[SortOrder] | None = ASCENDING,
    pagination: dict[str, Any] | None = None,
    sorting: dict[str, Any] | None = None,
) -> Page[BaseUri]:
    """List a page of the registered base URIs, 10 by default.

    ``iter_base_uris`` yields all; the page's ``total`` is their number.

    Args:
        page_number: Number of the page, from 1 (default). A page past the end is empty.
        page_size: Base URIs on a page, 1 to 100, default 10.
        sort_fields: Field to sort by; there is only ``"base_uri"``.
        sort_order: ``ASCENDING`` (1, default) or ``DESCENDING`` (-1).
        pagination: A dict to fill with the page's ``pagination``.
        sorting: A dict to fill with the page's ``sorting``.

    Returns:
        A page: a list of base URIs (``BaseUri``) that also has ``pagination`` and
        ``sorting``::

            [BaseUri(base_uri="s3://test-bucket"), BaseUri(base_uri="smb://test-share")]

    Raises:
        InvalidRequestError: If an argument cannot be sent.
        PermissionDeniedError: If you are not an administrator.
        LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

    Requires administrator rights. Route: ``GET /base-uris``.
    """
    return await _run_async(
        _page_of(
            _base_uris.get_base_uris(
                page_number=page_number,
                page_size=page_size,
                sort_fields=sort_fields,
                sort_order=sort_order,
                pagination=pagination,
                sorting=sorting,
            ),
            BaseUri,
        )
    )


def iter_base_uris(
    sort_fields: BaseUriSortField | Sequence[BaseUriSortField] | None = ("base_uri",),
    sort_order: SortOrder | Sequence[SortOrder] | None = ASCENDING,
    ahead: int = 4,
    progress: Progress = False,
) -> AsyncWalk[BaseUri]:
    """Iterate over all registered base URIs.

    If base URIs are added or deleted meanwhile, the same holds as for ``iter_datasets``.

    Args:
        sort_fields: Field to sort by; there is only ``"base_uri"``.
        sort_order: ``ASCENDING`` (1, default) or ``DESCENDING`` (-1).
        ahead: Pages of 100 to fetch in advance, 0 to 32, default 4.
        progress: True for a progress bar, which needs tqdm; or a function that is given, after
            each page, how many were yielded and how many there are. Default is neither.

    Returns:
        An iterator of base URIs (``BaseUri``) as from ``get_base_uris``. Its ``total`` is
        their number; closing it stops early::

            BaseUri(base_uri="s3://test-bucket")
            BaseUri(base_uri="smb://test-share")

    Raises:
        InvalidRequestError: If an argument cannot be sent.
        PermissionDeniedError: If you are not an administrator.
        ConflictError: If the base URIs change faster than they can be read.
        LookupServerError: If a page cannot be read; continuing requests that page again.

    Requires administrator rights. Route: ``GET /base-uris``.
    """
    try:
        return AsyncWalk(
            _models_of(
                _base_uris.iter_base_uris(
                    sort_fields=sort_fields, sort_order=sort_order, ahead=ahead, progress=progress
                ),
                BaseUri,
            ),
            _run_async,
        )
    except _LookupServerError as error:
        raise error.with_traceback(None) from None


async def get_base_uri(base_uri: str) -> BaseUriWithPermissions:
    """Return a base URI with its permissions.

    Args:
        base_uri: The base URI, e.g. ``"smb://test-share"``.

    Returns:
        The base URI (``BaseUriWithPermissions``), with the names of the users who may
        search it and who may register datasets in it::

            BaseUriWithPermissions(base_uri="smb://test-share",
                                   users_with_search_permissions=["admin", "testuser"],
                                   users_with_register_permissions=["admin"])

    Raises:
        NotFoundError: If the server does not know the base URI.
        PermissionDeniedError: If you are not an administrator.
        LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

    Requires administrator rights. Route: ``GET /base-uris/{base_uri}``.
    """
    return await _run_async(
        _model_of(_base_uris.get_base_uri(base_uri=base_uri), BaseUriWithPermissions)
    )


async def copy_dataset(
    uri: DatasetUri,
    base_uri: str,
    to: ClientBase | None = None,
    overwrite: bool = False,
    concurrency: int = 8,
    progress: Progress = False,
) -> UploadComplete:
    """Copy a dataset to another base URI, of the same server or another, and register the copy.

    As a copy of dtool, it has the same UUID, name, creator, README, tags, annotations, overlays
    and items, with their times and that of freezing; the server sets the time of creation. Each
    item is downloaded, checked against the manifest, and uploaded. The user's cache folder
    (``$XDG_CACHE_HOME``) has as many items at a time as are being copied.

    Everything is checked before the first item. After an interruption, the same call continues;
    until then, the copy is not registered.

    Args:
        uri: URI of the dataset, or the dataset with its ``uri``, e.g.
            ``"s3://test-bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675"``.
        base_uri: The base URI to copy it to, e.g. ``"s3://archive"``.
        to: The other server to copy it to, e.g. ``Client("https://other.example/lookup")``,
            which has settings and a login of its own. Default is the same server.
        overwrite: Whether to replace a dataset that was registered there, and is still in
            storage, default False. What storage has under this UUID and was never registered is
            replaced in any case, as the server does not know of it.
        concurrency: How many items to copy at a time, 1 to 100, default 8.
        progress: True for a progress bar, which needs tqdm; or a function that is given how
            many bytes have been copied, and how many there are. What has been downloaded, but
            not uploaded yet, counts half. Default is neither.

    Returns:
        The registered copy (``UploadComplete``)::

            UploadComplete(uri="s3://archive/1a1f9fad-8589-413e-9602-5bbd66bfe675",
                           uuid="1a1f9fad-8589-413e-9602-5bbd66bfe675",
                           name="simple_test_dataset",
                           status="registered")

    Raises:
        NotFoundError: If the dataset is not in the base URI.
        InvalidRequestError: If the dataset cannot be uploaded as it is: items of more than
            5 GiB, hashes other than MD5, names that not all systems can write.
        IntegrityError: If what arrives differs from the manifest. It is not kept.
        ConflictError: If the dataset is registered there, or another call is copying it.
        PermissionDeniedError: If a base URI is unknown, the first not yours to search, or the
            second not yours to register in.
        NotOfferedError: If the server has no such plugin, or the storage cannot sign URLs.
        ServerError: Also if the storage refuses what is sent.
        OSError: If a file cannot be written. What has arrived is kept.
        LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

    Requires the dserver-signed-url-plugin on both servers, search permission on the base URI
    of the dataset, and register permission on the other.
    Route: ``GET /signed-urls/dataset/{uri}``, ``POST /signed-urls/upload/{base_uri}``,
    ``POST /signed-urls/upload-complete``.
    """
    return await _run_async(
        _model_of(
            _dataset_copies.copy_dataset(
                uri=uri,
                base_uri=base_uri,
                to=to,
                overwrite=overwrite,
                concurrency=concurrency,
                progress=progress,
            ),
            UploadComplete,
        )
    )


async def upload_dataset(
    path: str | PathLike[str],
    base_uri: str,
    name: str | None = None,
    creator_username: str | None = None,
    new_uuid: bool = False,
    overwrite: bool = False,
    concurrency: int = 8,
    progress: Progress = False,
) -> UploadComplete:
    """Upload a dataset from a folder to storage, and register it.

    The folder is a frozen dataset of dtool, or any folder with a README (``README.yml``, or
    with ending yaml, md, txt or none), which is not changed: its other files become the items.
    README, tags, annotations and overlays are uploaded, too. Everything is checked first.

    After an interruption, the same call continues; until then, the dataset is not registered.
    A file below ``$XDG_STATE_HOME`` notes what has been sent. It holds paths and hashes, but
    neither URLs nor secrets.

    Args:
        path: Path of the folder.
        base_uri: The base URI to upload it to, e.g. ``"s3://test-bucket"``.
        name: Name of the dataset; default that of the dataset, or of the folder.
        creator_username: Name of the creator; default that of the dataset, or your user name.
        new_uuid: Whether to give a dtool dataset a new UUID, default False. Other folders
            always get one.
        overwrite: Whether to destroy what storage may have under the UUID of the dataset,
            default False. The server does not say what storage has, so a dtool dataset needs
            this or ``new_uuid``.
        concurrency: How many items to send at a time, 1 to 100, default 8.
        progress: True for a progress bar, which needs tqdm; or a function that is given how
            many bytes have been sent, and how many there are. Default is neither.

    Returns:
        The registered dataset (``UploadComplete``)::

            UploadComplete(uri="s3://test-bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675",
                           uuid="1a1f9fad-8589-413e-9602-5bbd66bfe675",
                           name="simple_test_dataset",
                           status="registered")

    Raises:
        InvalidRequestError: If the folder cannot be uploaded as it is.
        IntegrityError: If a file has changed since it was hashed.
        ConflictError: If the dataset is registered there, or another call is uploading it.
        PermissionDeniedError: If the base URI is unknown, or not yours to register in.
        NotOfferedError: If the server is not known to have the plugin; then nothing is sent.
        ServerError: Also if the storage cannot sign URLs, or refuses what is sent.
        OSError: If a file cannot be read.
        LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

    Requires the dserver-signed-url-plugin, and register permission on the base URI.
    Route: ``POST /signed-urls/upload/{base_uri}``, ``POST /signed-urls/upload-complete``.
    """
    return await _run_async(
        _model_of(
            _dataset_uploads.upload_dataset(
                path=path,
                base_uri=base_uri,
                name=name,
                creator_username=creator_username,
                new_uuid=new_uuid,
                overwrite=overwrite,
                concurrency=concurrency,
                progress=progress,
            ),
            UploadComplete,
        )
    )


async def get_datasets(
    free_text: str | None = None,
    creator_usernames: Sequence[str] | None = None,
    base_uris: Sequence[str] | None = None,
    uuids: Sequence[DatasetUuid] | None = None,
    tags: Sequence[str] | None = None,
    page_number: int | None = 1,
    page_size: int | None = 10,
    sort_fields: DatasetSortField | Sequence[DatasetSortField] | None = ("uri",),
    sort_order: SortOrder | Sequence[SortOrder] | None = ASCENDING,
    pagination: dict[str, Any] | None = None,
    sorting: dict[str, Any] | None = None,
) -> Page[Dataset]:
    """List a page of the datasets that you may search, 10 by default.

    If you give filters, only datasets that match every filter are listed. ``iter_datasets``
    yields all; the page's ``total`` is their number.

    Args:
        free_text: Words to look for in all of the metadata; any of them suffices. Where the
            server searches with MongoDB, ``"a phrase"`` in quotes has to occur as it is, and
            ``-word`` excludes datasets with this word. Hits are not sorted by relevance, so the
            first need not be the dataset that you named.
        creator_usernames: Names of creators; any of them.
        base_uris: Base URIs, e.g. ``["smb://test-share"]``; any of them.
        uuids: UUIDs, or datasets with them; any of them. dserver 0.22 only finds datasets
            registered over HTTP; ``get_datasets_by_uuid`` finds all.
        tags: Tags; all of them.
        page_number: Number of the page, from 1 (default). A page past the end is empty.
        page_size: Datasets on a page, 1 to 100, default 10.
        sort_fields: Field or fields to sort by, default ``"uri"``; of base_uri, created_at,
            creator_username, frozen_at, name, uri, uuid. Ties are sorted by URI.
        sort_order: ``ASCENDING`` (1, default) or ``DESCENDING`` (-1) for all of the fields, or
            one for each.
        pagination: A dict to fill with the page's ``pagination``.
        sorting: A dict to fill with the page's ``sorting``.

    Returns:
        A page: a list of datasets (``Dataset``) that also has ``pagination`` and
        ``sorting``. Dates are seconds since the epoch, UTC (float)::

            [Dataset(base_uri="smb://test-share",
                     created_at=1604860720.736269,
                     creator_username="jotelha",
                     frozen_at=1604921621.719575,
                     name="simple_test_dataset",
                     number_of_items=1,
                     size_in_bytes=17,
                     uri="smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675",
                     uuid="1a1f9fad-8589-413e-9602-5bbd66bfe675")]

    Raises:
        InvalidRequestError: If an argument cannot be sent.
        LookupServerError: If the call fails; see ``dtool_lookup_api.errors``.

    Requires a registered user; lists what is in the base URIs that this user may search.
    Route: ``POST /uris``.
    """
    return await _run_async(
        _page_of(
            _datasets.get_datasets(
                free_text=free_text,
                creator_usernames=creator_usernames,
                base_uris=base_uris,
                uuids=uuids,
                tags=tags,
                page_number=page_number,
                page_size=page_size,
                sort_fields=sort_fields,
                sort_order=sort_order,
                pagination=pagination,
                sorting=sorting,
            ),
            Dataset,
        )
    )


def iter_datasets(
    free_text: str | None = None,
    creator_usernames: Sequence[str] | None = None,
    base_uris: Sequence[str] | None = None,
    uuids: Sequence[DatasetUuid] | None = None,
    tags: Sequence[str] | None = None,
    sort_fields: DatasetSortField | Sequence[DatasetSortField] | None = ("uri",),
    sort_order: SortOrder | Sequence[SortOrder] | None = ASCENDING,
    ahead: int = 4,
    progress: Progress = False,
) -> AsyncWalk[Dataset]:
    """Iterate over all datasets that you may search, or those that match every filter.

    A dataset that stays in the index is yielded once, even if others are added or deleted
    meanwhile, with one exception: it may be left out if at least as many datasets were added as
    deleted between two pages. Datasets added meanwhile may be left out. If more than 10,000 are
    added between two pages, some are yielded twice.

    Args:
        free_text: Words to look for in all of the metadata; any of them suffices. Where the
            server searches with MongoDB, ``"a phrase"`` in quotes has to occur as it is, and
            ``-word`` excludes datasets with this word. Hits are not sorted by relevance, so the
            first need not be the dataset that you named.
        creator_usernames: Names of creators; any of them.
        base_uris: Base URIs, e.g. ``["smb://test-share"]``; any of them.
        uuids: UUIDs, or datasets with them; any of them. dserver 0.22 only finds datasets
            registered over HTTP; ``iter_datasets_by_uuid`` finds all.
        tags: Tags; all of them.
        sort_fields: Field or fields to sort by, default ``"uri"``; of base_uri, created_at,
            creator_username, frozen_at, name, uri, uuid. Ties are sorted by URI.
        sort_order: ``ASCENDING`` (1, default) or ``DESCENDING`` (-1) for all of the fields, or
            one for each.
        ahead: Pages of 100 to fetch in advance, 0 to 32, default 4.
        progress: True for a progress bar, which needs tqdm; or a function that is given, after
            each page, how many were yielded and how many there are. Default is neither.

    Returns:
        An iterator of datasets (``Dataset``) as from ``get_datasets``. Its ``total`` is
        their number; closing it stops early::

            Dataset(uri="s3://test-bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675", ...)
            Dataset(uri="smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675", ...)

    Raises:
        InvalidRequestError: If an argument cannot be sent.
        ConflictError: If the datasets change faster than they can be read.
        LookupServerError: If a page cannot be read; continuing requests that page again.

    Requires a registered user; lists what is in the base URIs that this user may search.
    Route: ``POST /uris``.
    """
    try:
        return AsyncWalk(
            _models_of(
                _datasets.iter_datasets(
                    free_text=free_text,
                    creator_usernames=creator_usernames,
                    base_uris=base_uris,
                    uuids=uuids,
                    tags=tags,
                    sort_fields=sort_fields,
                    sort_order=sort_order,
                    ahead=ahead,
                    progress=progress,
                ),
                Dataset,
            ),
            _run_async,
        )
    except _LookupServerError as error:
        raise error.with_traceback(None) from None


async def get_one_dataset(
    free_text: str | None = None,
    creator_usernames: Sequence[str] | None = None,
    base_uris: Sequence[str] | None = None,
    uuids: Sequence[DatasetUuid] | None = None,
    tags: Sequence[str] | None = None,
) -> Dataset:
    """Return the only dataset that matches every filter, or raise an error.

    For programs that need exactly one dataset. Copies of a dataset count as several, as
    each has a URI of its own. ``get_one_dataset_by_mongo_query`` does the same with a query.

    Args:
        free_text: Words to look for in all of the metadata; any of them suffices. Where the
            server searches with MongoDB, ``"a phrase"`` in quotes has to occur as it is, and
            ``-word`` excludes datasets with this word. Hits are not sorted by relevance, so the
            first need not be the dataset that you named.
        creator_usernames: Names of creators; any of them.
        base_uris: Base URIs, e.g. ``["smb://test-share"]``; any of them.
        uuids: UUIDs, or datasets with them; any of them. dserver 0.22 only finds datasets
            registered over HTTP; ``get_datasets_by_uuid`` finds all.
        tags: Tags; all of them.

    Returns:
        The dataset (``Dataset``) as from ``get_datasets``. Dates are seconds since the
        epoch, UTC (float)::

            Dataset(base_uri="smb://test-share",
                    created_at=1604860720.736269,
                    creator_username="jotelha",
                    frozen_at=1604921621.719575,
                    name="simple_test_dataset",
                    number_of_items=1,
                    size_in_bytes=17,
                    uri="smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675",
                    uuid="1a1f9fad-8589-413e-9602-5bbd66bfe675")

    Raises:
        NotFoundError: If no dataset matches.
        MultipleResultsError: If several match; it shows the first ten, and how many there are.
        InvalidRequestError: If an argument cannot be sent.
        LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

    Requires a registered user; finds what is in the base URIs that this user may search.
    Route: ``POST /uris``.
    """
    return await _run_async(
        _model_of(
            _datasets.get_one_dataset(
                free_text=free_text,
                creator_usernames=creator_usernames,
                base_uris=base_uris,
                uuids=uuids,
                tags=tags,
            ),
            Dataset,
        )
    )


async def get_dataset(uri: DatasetUri) -> Dataset:
    """Return what the server knows about the dataset at a URI.

    Args:
        uri: URI of the dataset, or the dataset with its ``uri``, e.g.
            ``"smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675"``.

    Returns:
        The dataset (``Dataset``). Dates are seconds since the epoch, UTC (float)::

            Dataset(base_uri="smb://test-share",
                    created_at=1604860720.736269,
                    creator_username="jotelha",
                    frozen_at=1604921621.719575,
                    name="simple_test_dataset",
                    number_of_items=1,
                    size_in_bytes=17,
                    uri="smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675",
                    uuid="1a1f9fad-8589-413e-9602-5bbd66bfe675")

    Raises:
        NotFoundError: If the dataset is not in the base URI.
        PermissionDeniedError: If the base URI is unknown or not yours to search.
        LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

    Requires search permission on the base URI. Route: ``GET /uris/{uri}``.
    """
    return await _run_async(_model_of(_datasets.get_dataset(uri=uri), Dataset))


async def get_datasets_by_uuid(
    uuid: DatasetUuid,
    page_number: int | None = 1,
    page_size: int | None = 10,
    sort_fields: DatasetSortField | Sequence[DatasetSortField] | None = ("uri",),
    sort_order: SortOrder | Sequence[SortOrder] | None = ASCENDING,
    pagination: dict[str, Any] | None = None,
    sorting: dict[str, Any] | None = None,
) -> Page[Dataset]:
    """List a page of the copies of a dataset, 10 by default.

    ``iter_datasets_by_uuid`` yields all; the page's ``total`` is their number.

    Args:
        uuid: UUID of the dataset, or the dataset with its ``uuid``, e.g.
            ``"1a1f9fad-8589-413e-9602-5bbd66bfe675"``.
        page_number: Number of the page, from 1 (default). A page past the end is empty.
        page_size: Datasets on a page, 1 to 100, default 10.
        sort_fields: Field or fields to sort by, default ``"uri"``; of base_uri, created_at,
            creator_username, frozen_at, name, uri, uuid. Ties are sorted by URI.
        sort_order: ``ASCENDING`` (1, default) or ``DESCENDING`` (-1) for all of the fields, or
            one for each.
        pagination: A dict to fill with the page's ``pagination``.
        sorting: A dict to fill with the page's ``sorting``.

    Returns:
        A page: a list of datasets (``Dataset``) as from ``get_datasets``, one for each
        copy; empty if no base URI that you may search has one::

            [Dataset(uri="s3://test-bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675", ...),
             Dataset(uri="smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675", ...)]

    Raises:
        InvalidRequestError: If an argument cannot be sent.
        LookupServerError: If the call fails; see ``dtool_lookup_api.errors``.

    Requires a registered user; lists what is in the base URIs that this user may search.
    Route: ``GET /uuids/{uuid}``.
    """
    return await _run_async(
        _page_of(
            _datasets.get_datasets_by_uuid(
                uuid=uuid,
                page_number=page_number,
                page_size=page_size,
                sort_fields=sort_fields,
                sort_order=sort_order,
                pagination=pagination,
                sorting=sorting,
            ),
            Dataset,
        )
    )


def iter_datasets_by_uuid(
    uuid: DatasetUuid,
    sort_fields: DatasetSortField | Sequence[DatasetSortField] | None = ("uri",),
    sort_order: SortOrder | Sequence[SortOrder] | None = ASCENDING,
    ahead: int = 4,
    progress: Progress = False,
) -> AsyncWalk[Dataset]:
    """Iterate over all copies of a dataset, in any base URI.

    If copies are added or deleted meanwhile, the same holds as for ``iter_datasets``.

    Args:
        uuid: UUID of the dataset, or the dataset with its ``uuid``, e.g.
            ``"1a1f9fad-8589-413e-9602-5bbd66bfe675"``.
        sort_fields: Field or fields to sort by, default ``"uri"``; of base_uri, created_at,
            creator_username, frozen_at, name, uri, uuid. Ties are sorted by URI.
        sort_order: ``ASCENDING`` (1, default) or ``DESCENDING`` (-1) for all of the fields, or
            one for each.
        ahead: Pages of 100 to fetch in advance, 0 to 32, default 4.
        progress: True for a progress bar, which needs tqdm; or a function that is given, after
            each page, how many were yielded and how many there are. Default is neither.

    Returns:
        An iterator of datasets (``Dataset``) as from ``get_datasets``, one for each copy.
        Its ``total`` is their number; closing it stops early::

            Dataset(uri="s3://test-bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675", ...)
            Dataset(uri="smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675", ...)

    Raises:
        InvalidRequestError: If an argument cannot be sent.
        ConflictError: If the datasets change faster than they can be read.
        LookupServerError: If a page cannot be read; continuing requests that page again.

    Requires a registered user; lists what is in the base URIs that this user may search.
    Route: ``GET /uuids/{uuid}``.
    """
    try:
        return AsyncWalk(
            _models_of(
                _datasets.iter_datasets_by_uuid(
                    uuid=uuid,
                    sort_fields=sort_fields,
                    sort_order=sort_order,
                    ahead=ahead,
                    progress=progress,
                ),
                Dataset,
            ),
            _run_async,
        )
    except _LookupServerError as error:
        raise error.with_traceback(None) from None


async def get_graph_by_uuid(
    uuid: DatasetUuid,
    dependency_keys: Sequence[str] | None = None,
    page_number: int | None = 1,
    page_size: int | None = 10,
    sort_fields: DatasetSortField | Sequence[DatasetSortField] | None = ("uri",),
    sort_order: SortOrder | Sequence[SortOrder] | None = ASCENDING,
    pagination: dict[str, Any] | None = None,
    sorting: dict[str, Any] | None = None,
) -> Page[GraphDataset]:
    """List a page of a dataset with what it is derived from and what is derived from it.

    A page has 10 datasets by default. ``iter_graph_by_uuid`` yields all; the page's ``total``
    is their number.

    Args:
        uuid: UUID of the dataset, or the dataset with its ``uuid``, e.g.
            ``"1a1f9fad-8589-413e-9602-5bbd66bfe675"``.
        dependency_keys: Where the metadata name the UUIDs of parents, e.g.
            ``["readme.derived_from.uuid"]``; default is as the server is configured.
        page_number: Number of the page, from 1 (default). A page past the end is empty.
        page_size: Datasets on a page, 1 to 100, default 10.
        sort_fields: Ignored by the server, whose order is not defined.
        sort_order: Ignored by the server.
        pagination: A dict to fill with the page's ``pagination``.
        sorting: A dict to fill with the page's ``sorting``.

    Returns:
        A page: a list of datasets (``GraphDataset``), one for each UUID, with the UUIDs of
        the parents in ``derived_from``; empty for a dataset that the graph does not know.
        dserver 0.22 knows only those that it has indexed itself, not those registered over
        HTTP::

            [GraphDataset(uuid="1a1f9fad-8589-413e-9602-5bbd66bfe675",
                          name="simple_test_dataset",
                          uri="smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675",
                          derived_from=[], ...)]

    Raises:
        InvalidRequestError: If an argument cannot be sent.
        NotOfferedError: If the server has no such plugin.
        LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

    Requires the dserver-dependency-graph-plugin; lists what is in the base URIs that you may
    search. Route: ``GET /graph/uuids/{uuid}``, or ``POST`` with dependency keys.
    """
    return await _run_async(
        _page_of(
            _graph.get_graph_by_uuid(
                uuid=uuid,
                dependency_keys=dependency_keys,
                page_number=page_number,
                page_size=page_size,
                sort_fields=sort_fields,
                sort_order=sort_order,
                pagination=pagination,
                sorting=sorting,
            ),
            GraphDataset,
        )
    )


def iter_graph_by_uuid(
    uuid: DatasetUuid,
    dependency_keys: Sequence[str] | None = None,
    ahead: int = 0,
    progress: Progress = False,
) -> AsyncWalk[GraphDataset]:
    """Iterate over a dataset, all that it is derived from, and all that is derived from it.

    The server builds the whole graph again for each page, and does not sort it. So fetching
    in advance is expensive for the server. If the index changes meanwhile, datasets may be left
    out or yielded twice.

    Args:
        uuid: UUID of the dataset, or the dataset with its ``uuid``, e.g.
            ``"1a1f9fad-8589-413e-9602-5bbd66bfe675"``.
        dependency_keys: Where the metadata name the UUIDs of parents, e.g.
            ``["readme.derived_from.uuid"]``; default is as the server is configured.
        ahead: Pages of 100 to fetch in advance, 0 (default) to 32.
        progress: True for a progress bar, which needs tqdm; or a function that is given, after
            each page, how many were yielded and how many there are. Default is neither.

    Returns:
        An iterator of datasets (``GraphDataset``) as from ``get_graph_by_uuid``. Its
        ``total`` is their number; closing it stops early::

            GraphDataset(uuid="1a1f9fad-8589-413e-9602-5bbd66bfe675", derived_from=[], ...)

    Raises:
        InvalidRequestError: If an argument cannot be sent.
        NotOfferedError: If the server has no such plugin.
        LookupServerError: If a page cannot be read; continuing requests that page again.

    Requires the dserver-dependency-graph-plugin; lists what is in the base URIs that you may
    search. Route: ``GET /graph/uuids/{uuid}``, or ``POST`` with dependency keys.
    """
    try:
        return AsyncWalk(
            _models_of(
                _graph.iter_graph_by_uuid(
                    uuid=uuid, dependency_keys=dependency_keys, ahead=ahead, progress=progress
                ),
                GraphDataset,
            ),
            _run_async,
        )
    except _LookupServerError as error:
        raise error.with_traceback(None) from None


async def get_manifest(uri: DatasetUri) -> Manifest:
    """Return the manifest of a dataset: the list of its items.

    Args:
        uri: URI of the dataset, or the dataset with its ``uri``, e.g.
            ``"smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675"``.

    Returns:
        The manifest (``Manifest``), with the items by identifier; sizes are bytes,
        timestamps seconds since the epoch, UTC (float)::

            Manifest(dtoolcore_version="3.17.0",
                     hash_function="md5sum_hexdigest",
                     items={"eb58eb70ebcddf630feeea28834f5256c207edfd": ManifestItem(
                         hash="2f7d9c3e0cfd47e8fcab0c12447b2bf0",
                         relpath="simple_text_file.txt",
                         size_in_bytes=17,
                         utc_timestamp=1605027357.284966)})

    Raises:
        NotFoundError: If the dataset is not in the base URI.
        PermissionDeniedError: If the base URI is unknown or not yours to search.
        LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

    Requires search permission on the base URI. Route: ``GET /manifests/{uri}``.
    """
    return await _run_async(_model_of(_metadata.get_manifest(uri=uri), Manifest))


async def get_datasets_by_mongo_query(
    query: Mapping[str, Any] | str,
    creator_usernames: Sequence[str] | None = None,
    base_uris: Sequence[str] | None = None,
    uuids: Sequence[DatasetUuid] | None = None,
    tags: Sequence[str] | None = None,
    page_number: int | None = 1,
    page_size: int | None = 10,
    sort_fields: DatasetSortField | Sequence[DatasetSortField] | None = ("uri",),
    sort_order: SortOrder | Sequence[SortOrder] | None = ASCENDING,
    pagination: dict[str, Any] | None = None,
    sorting: dict[str, Any] | None = None,
) -> Page[MongoDataset]:
    """List a page of the datasets that match a query in MongoDB's language.

    A page has 10 datasets by default. ``iter_datasets_by_mongo_query`` yields
    all; the page's ``total`` is their number.

    Args:
        query: The query, a dict or JSON text, e.g.
            ``{"readme.owners.name": {"$regex": "^Testing User$"}}``. MongoDB stores
            dates, which are not equal to any number or text. Compare a part of them, as in
            ``{"$expr": {"$gte": [{"$year": "$created_at"}, 2020]}}``, or their text: a
            ``{"$dateToString": {"date": "$created_at", "format": "%Y-%m-%d"}}``.
        creator_usernames: Names of creators; any of them.
        base_uris: Base URIs, e.g. ``["smb://test-share"]``; any of them.
        uuids: UUIDs, or datasets with them; any of them. Takes one more request for each.
        tags: Tags; all of them.
        page_number: Number of the page, from 1 (default). A page past the end is empty.
        page_size: Datasets on a page, 1 to 100, default 10.
        sort_fields: Ignored by the server, whose order is not defined.
        sort_order: Ignored by the server.
        pagination: A dict to fill with the page's ``pagination``.
        sorting: A dict to fill with the page's ``sorting``.

    Returns:
        A page: a list of datasets (``MongoDataset``) that also has ``pagination``. Dates
        are seconds since the epoch, UTC (float), here with milliseconds only::

            [MongoDataset(base_uri="smb://test-share",
                          created_at=1604860720.736,
                          creator_username="jotelha",
                          dtoolcore_version="3.17.0",
                          frozen_at=1604921621.719,
                          name="simple_test_dataset",
                          tags=[],
                          type="dataset",
                          uri="smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675",
                          uuid="1a1f9fad-8589-413e-9602-5bbd66bfe675", ...)]

    Raises:
        InvalidRequestError: If an argument cannot be sent, or the query is not JSON.
        NotOfferedError: If the server has no such plugin, or has it switched off.
        ServerError: Also if MongoDB refuses the query; the server does not say why.
        LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

    Requires the dserver-direct-mongo-plugin with ``DSERVER_ALLOW_DIRECT_QUERY``; lists what
    is in the base URIs that you may search. Route: ``POST /mongo/query``.
    """
    return await _run_async(
        _page_of(
            _mongo.get_datasets_by_mongo_query(
                query=query,
                creator_usernames=creator_usernames,
                base_uris=base_uris,
                uuids=uuids,
                tags=tags,
                page_number=page_number,
                page_size=page_size,
                sort_fields=sort_fields,
                sort_order=sort_order,
                pagination=pagination,
                sorting=sorting,
            ),
            MongoDataset,
        )
    )


def iter_datasets_by_mongo_query(
    query: Mapping[str, Any] | str,
    creator_usernames: Sequence[str] | None = None,
    base_uris: Sequence[str] | None = None,
    uuids: Sequence[DatasetUuid] | None = None,
    tags: Sequence[str] | None = None,
    ahead: int = 4,
    progress: Progress = False,
    limit: int | None = None,
) -> AsyncWalk[MongoDataset]:
    """Iterate over all datasets that match a MongoDB query, sorted by URI.

    The server does not sort direct queries, and collects all matches again for each page. So
    the walk divides them into ranges of URIs with at most 100 matches each, and reads these one
    by one.
    A dataset that stays in the index is yielded once, whatever is added or deleted meanwhile.
    One that is added may be left out.

    Args:
        query: The query, a dict or JSON text, e.g.
            ``{"readme.owners.name": {"$regex": "^Testing User$"}}``. MongoDB stores
            dates, which are not equal to any number or text. Compare a part of them, as in
            ``{"$expr": {"$gte": [{"$year": "$created_at"}, 2020]}}``, or their text: a
            ``{"$dateToString": {"date": "$created_at", "format": "%Y-%m-%d"}}``.
        creator_usernames: Names of creators; any of them.
        base_uris: Base URIs, e.g. ``["smb://test-share"]``; any of them.
        uuids: UUIDs, or datasets with them; any of them. Takes one more request for each.
        tags: Tags; all of them.
        ahead: Ranges, of about a 25th of the matches, to fetch in advance, 0 to 32,
            default 4.
        progress: True for a progress bar, which needs tqdm; or a function that is given, after
            each range, how many were yielded and how many there are. Default is neither.
        limit: How many datasets to yield at most, from 1; default is all.

    Returns:
        An iterator of datasets (``MongoDataset``) as from ``get_datasets_by_mongo_query``.
        Its ``total`` is how many there were at the beginning, or the limit; closing it
        stops early::

            MongoDataset(uri="s3://test-bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675", ...)
            MongoDataset(uri="smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675", ...)

    Raises:
        InvalidRequestError: If an argument cannot be sent, or the query is not JSON.
        NotOfferedError: If the server has no such plugin, or has it switched off.
        ServerError: Also if MongoDB refuses the query; the server does not say why.
        LookupServerError: If a range cannot be read; continuing requests that range again.

    Requires the dserver-direct-mongo-plugin with ``DSERVER_ALLOW_DIRECT_QUERY``; lists what
    is in the base URIs that you may search. Route: ``POST /mongo/query``.
    """
    try:
        return AsyncWalk(
            _models_of(
                _mongo.iter_datasets_by_mongo_query(
                    query=query,
                    creator_usernames=creator_usernames,
                    base_uris=base_uris,
                    uuids=uuids,
                    tags=tags,
                    ahead=ahead,
                    progress=progress,
                    limit=limit,
                ),
                MongoDataset,
            ),
            _run_async,
        )
    except _LookupServerError as error:
        raise error.with_traceback(None) from None


async def get_one_dataset_by_mongo_query(
    query: Mapping[str, Any] | str,
    creator_usernames: Sequence[str] | None = None,
    base_uris: Sequence[str] | None = None,
    uuids: Sequence[DatasetUuid] | None = None,
    tags: Sequence[str] | None = None,
) -> MongoDataset:
    """Return the only dataset that matches a query in MongoDB's language, or raise an error.

    For programs that need exactly one dataset. Copies of a dataset count as several, as
    each has a URI of its own.

    Args:
        query: The query, a dict or JSON text, e.g. ``{"readme.project": "testing project"}``.
        creator_usernames: Names of creators; any of them.
        base_uris: Base URIs, e.g. ``["smb://test-share"]``; any of them.
        uuids: UUIDs, or datasets with them; any of them. Takes one more request for each.
        tags: Tags; all of them.

    Returns:
        The dataset (``MongoDataset``) as from ``get_datasets_by_mongo_query``::

            MongoDataset(name="simple_test_dataset",
                         tags=[],
                         uri="smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675", ...)

    Raises:
        NotFoundError: If no dataset matches.
        MultipleResultsError: If several match; it shows ten of them, and how many there are.
        InvalidRequestError: If an argument cannot be sent, or the query is not JSON.
        NotOfferedError: If the server has no such plugin, or has it switched off.
        ServerError: Also if MongoDB refuses the query; the server does not say why.
        LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

    Requires the dserver-direct-mongo-plugin with ``DSERVER_ALLOW_DIRECT_QUERY``; finds what
    is in the base URIs that you may search. Route: ``POST /mongo/query``.
    """
    return await _run_async(
        _model_of(
            _mongo.get_one_dataset_by_mongo_query(
                query=query,
                creator_usernames=creator_usernames,
                base_uris=base_uris,
                uuids=uuids,
                tags=tags,
            ),
            MongoDataset,
        )
    )


async def get_health() -> Health:
    """Return whether the server is up.

    Returns:
        The state (``Health``); a server that is not up raises an error instead::

            Health(status="healthy")

    Raises:
        NotOfferedError: If the server is older.
        LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

    Requires dservercore 0.23.0, and no login. Route: ``GET /config/health``.
    """
    return await _run_async(_model_of(_server.get_health(), Health))


async def get_signed_urls(uri: DatasetUri) -> SignedUrls:
    """Return temporary URLs to read a whole dataset from its storage, without a login.

    Anyone who has such a URL can use it to read the data: keep it out of logs. Use a plain HTTP
    library to fetch it, because the dserver token must not be sent to storage.

    Args:
        uri: URI of the dataset, or the dataset with its ``uri``, e.g.
            ``"s3://test-bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675"``.

    Returns:
        The URLs (``SignedUrls``), items by identifier, with seconds and time (ISO 8601) of
        expiry::

            SignedUrls(uri="s3://test-bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675",
                       expiry_seconds=3600,
                       expiry_timestamp="2026-11-23T12:00:00Z",
                       readme_url="https://storage.example/...",
                       manifest_url="https://storage.example/...",
                       admin_metadata_url="https://storage.example/...",
                       item_urls={"eb58eb70ebcddf630feeea28834f5256c207edfd": "https://..."},
                       overlay_urls={}, annotation_urls={}, tags=[])

    Raises:
        NotFoundError: If the dataset is not in the base URI.
        PermissionDeniedError: If the base URI is unknown or not yours to search.
        NotOfferedError: If the server has no such plugin, or the storage cannot sign URLs.
        LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

    Requires the dserver-signed-url-plugin, and search permission on the base URI.
    Route: ``GET /signed-urls/dataset/{uri}``.
    """
    return await _run_async(_model_of(_signed_urls.get_signed_urls(uri=uri), SignedUrls))


async def get_signed_item_url(uri: DatasetUri, identifier: str) -> SignedItemUrl:
    """Return a temporary URL to read one item of a dataset from its storage.

    Anyone who has such a URL can use it to read the data: keep it out of logs. Use a plain HTTP
    library to fetch it, because the dserver token must not be sent to storage.

    Args:
        uri: URI of the dataset, or the dataset with its ``uri``, e.g.
            ``"s3://test-bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675"``.
        identifier: Identifier of the item, as in the manifest.

    Returns:
        The URL (``SignedItemUrl``), with seconds and time (ISO 8601) of expiry::

            SignedItemUrl(uri="s3://test-bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675",
                          identifier="eb58eb70ebcddf630feeea28834f5256c207edfd",
                          expiry_seconds=3600,
                          expiry_timestamp="2026-11-23T12:00:00Z",
                          url="https://storage.example/...")

    Raises:
        NotFoundError: If the dataset is not in the base URI, or the item not in the dataset.
        PermissionDeniedError: If the base URI is unknown or not yours to search.
        NotOfferedError: If the server has no such plugin, or the storage cannot sign URLs.
        LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

    Requires the dserver-signed-url-plugin, and search permission on the base URI.
    Route: ``GET /signed-urls/item/{uri}/{identifier}``.
    """
    return await _run_async(
        _model_of(_signed_urls.get_signed_item_url(uri=uri, identifier=identifier), SignedItemUrl)
    )


async def request_upload(
    base_uri: str,
    uuid: str | UUID | None,
    name: str,
    creator_username: str,
    frozen_at: float | str | datetime,
    items: ManifestDict | Mapping[str, Any] | Sequence[UploadItem] | None = None,
    tags: Sequence[str] | None = None,
    annotations: Mapping[str, Any] | None = None,
    overlays: Mapping[str, Mapping[str, Any]] | None = None,
    overwrite: bool = False,
) -> UploadUrls:
    """Begin the upload of a dataset, and return URLs to write README and items to its storage.

    The server writes the rest itself. PUT README and items to their URLs with a plain HTTP
    library, the items with the headers named, then call ``complete_upload``.

    If storage has an unregistered dataset with the same UUID, the server overwrites it, even if
    it was registered before. There is no way to ask the server whether it exists. So a UUID of
    your own needs ``overwrite=True``.

    Args:
        base_uri: The base URI to upload it to, e.g. ``"s3://test-bucket"``.
        uuid: UUID of the dataset; None for a new one.
        name: Name of the dataset, of 1 to 80 of the characters ``0-9 a-z A-Z - _ .``.
        creator_username: Name of the creator.
        frozen_at: When it was frozen: seconds since the epoch (number or text), an ISO 8601
            string, or a datetime; without a time zone, UTC is meant.
        items: The manifest, as dtoolcore has it, or the items in it as a list; default none.
            The server takes MD5 hashes only, and items of at most 5 GiB.
        tags: Tags, named as the dataset, default none.
        annotations: Annotations by name, which must not contain a dot, default none.
        overlays: Overlays by name, which must not contain a dot; each is a dict of values by
            identifier of the item, default none.
        overwrite: Whether to destroy what storage may have under this UUID, default False. With
            it, an upload that was begun can be begun again, for new URLs.

    Returns:
        The URLs (``UploadUrls``), items by identifier, with seconds and time (ISO 8601) of
        expiry::

            UploadUrls(uri="s3://test-bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675",
                       uuid="1a1f9fad-8589-413e-9602-5bbd66bfe675",
                       base_uri="s3://test-bucket",
                       expiry_seconds=14400,
                       expiry_timestamp="2026-11-23T12:00:00Z",
                       upload_urls=UploadTargets(
                           readme="https://storage.example/...",
                           items={"eb58eb70ebcddf630feeea28834f5256c207edfd": UploadItemUrl(
                               url="https://storage.example/...",
                               relpath="simple_text_file.txt",
                               headers={...})}))

    Raises:
        InvalidRequestError: If an argument cannot be sent, or the server refuses it.
        ConflictError: If the dataset is registered there, or was.
        PermissionDeniedError: If the base URI is unknown, or not yours to register in.
        NotOfferedError: If the server is not known to have the plugin; then nothing is sent.
        ServerError: Also if the storage cannot sign URLs.
        LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

    Requires the dserver-signed-url-plugin, and register permission on the base URI.
    Route: ``POST /signed-urls/upload/{base_uri}``.
    """
    return await _run_async(
        _model_of(
            _signed_urls.request_upload(
                base_uri=base_uri,
                uuid=uuid,
                name=name,
                creator_username=creator_username,
                frozen_at=frozen_at,
                items=items,
                tags=tags,
                annotations=annotations,
                overlays=overlays,
                overwrite=overwrite,
            ),
            UploadUrls,
        )
    )


async def complete_upload(uri: DatasetUri, number_of_items: int | None = None) -> UploadComplete:
    """Complete an upload: the server checks that the dataset is complete, and registers it.

    That takes about a minute for 5,000 items. The call may take five minutes, and a tenth of a
    second for each item, or as long as ``deadline`` says if that is longer. If the response is
    lost, it checks whether the dataset is registered; calling it again is safe.

    Args:
        uri: URI of the dataset, as ``request_upload`` returned it.
        number_of_items: Number of items in it; default unknown.

    Returns:
        The registered dataset (``UploadComplete``)::

            UploadComplete(uri="s3://test-bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675",
                           uuid="1a1f9fad-8589-413e-9602-5bbd66bfe675",
                           name="simple_test_dataset",
                           status="registered")

    Raises:
        InvalidRequestError: If no upload of the dataset was begun.
        ConflictError: If its upload was begun elsewhere.
        PermissionDeniedError: If the base URI is unknown, or not yours to register in.
        NotOfferedError: If the server has no such plugin.
        ServerError: Also if an item is missing, or storage refuses what the server writes.
        LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

    Requires the dserver-signed-url-plugin, and register permission on the base URI.
    Route: ``POST /signed-urls/upload-complete``, and ``GET /uris/{uri}`` after an error.
    """
    return await _run_async(
        _model_of(
            _signed_urls.complete_upload(uri=uri, number_of_items=number_of_items), UploadComplete
        )
    )


async def get_users(
    page_number: int | None = 1,
    page_size: int | None = 10,
    sort_fields: UserSortField | Sequence[UserSortField] | None = ("username",),
    sort_order: SortOrder | Sequence[SortOrder] | None = ASCENDING,
    pagination: dict[str, Any] | None = None,
    sorting: dict[str, Any] | None = None,
) -> Page[User]:
    """List a page of the registered users, 10 by default.

    ``iter_users`` yields all; the page's ``total`` is their number.

    Args:
        page_number: Number of the page, from 1 (default). A page past the end is empty.
        page_size: Users on a page, 1 to 100, default 10.
        sort_fields: Field or fields to sort by, default ``"username"``; of username, is_admin.
        sort_order: ``ASCENDING`` (1, default) or ``DESCENDING`` (-1) for all of the fields, or
            one for each.
        pagination: A dict to fill with the page's ``pagination``.
        sorting: A dict to fill with the page's ``sorting``.

    Returns:
        A page: a list of users (``User``) that also has ``pagination`` and ``sorting``.
        dserver 0.22 lists no permissions here; ``get_user`` does::

            [User(username="admin", is_admin=True),
             User(username="testuser", is_admin=False)]

    Raises:
        InvalidRequestError: If an argument cannot be sent.
        PermissionDeniedError: If you are not an administrator.
        LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

    Requires administrator rights. Route: ``GET /users``.
    """
    return await _run_async(
        _page_of(
            _users.get_users(
                page_number=page_number,
                page_size=page_size,
                sort_fields=sort_fields,
                sort_order=sort_order,
                pagination=pagination,
                sorting=sorting,
            ),
            User,
        )
    )


def iter_users(
    sort_fields: UserSortField | Sequence[UserSortField] | None = ("username",),
    sort_order: SortOrder | Sequence[SortOrder] | None = ASCENDING,
    ahead: int = 4,
    progress: Progress = False,
) -> AsyncWalk[User]:
    """Iterate over all registered users.

    If users are added or deleted meanwhile, the same holds as for ``iter_datasets``.

    Args:
        sort_fields: Field or fields to sort by, default ``"username"``; of username, is_admin.
        sort_order: ``ASCENDING`` (1, default) or ``DESCENDING`` (-1) for all of the fields, or
            one for each.
        ahead: Pages of 100 to fetch in advance, 0 to 32, default 4.
        progress: True for a progress bar, which needs tqdm; or a function that is given, after
            each page, how many were yielded and how many there are. Default is neither.

    Returns:
        An iterator of users (``User``) as from ``get_users``. Its ``total`` is their
        number; closing it stops early::

            User(username="admin", is_admin=True)
            User(username="testuser", is_admin=False)

    Raises:
        InvalidRequestError: If an argument cannot be sent.
        PermissionDeniedError: If you are not an administrator.
        ConflictError: If the users change faster than they can be read.
        LookupServerError: If a page cannot be read; continuing requests that page again.

    Requires administrator rights. Route: ``GET /users``.
    """
    try:
        return AsyncWalk(
            _models_of(
                _users.iter_users(
                    sort_fields=sort_fields, sort_order=sort_order, ahead=ahead, progress=progress
                ),
                User,
            ),
            _run_async,
        )
    except _LookupServerError as error:
        raise error.with_traceback(None) from None


async def get_me() -> User:
    """Return your own user.

    Returns:
        The user (``User``), with the base URIs that you may search and register datasets
        in::

            User(username="testuser",
                 is_admin=False,
                 search_permissions_on_base_uris=["s3://test-bucket", "smb://test-share"],
                 register_permissions_on_base_uris=[])

    Raises:
        AuthenticationError: If the login fails, or the server does not know the user.
        LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

    Requires a registered user. Route: ``GET /me``.
    """
    return await _run_async(_model_of(_users.get_me(), User))


async def get_user(username: str | None = None) -> User:
    """Return a user.

    Args:
        username: Name of the user; default is yourself.

    Returns:
        The user (``User``), with the base URIs that the user may search and register
        datasets in::

            User(username="testuser",
                 is_admin=False,
                 search_permissions_on_base_uris=["s3://test-bucket", "smb://test-share"],
                 register_permissions_on_base_uris=[])

    Raises:
        PermissionDeniedError: If you ask about another user and are not an administrator.
        NotFoundError: If the user is unknown.
        LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

    Requires administrator rights for all users except yourself.
    Route: ``GET /users/{username}``, or ``GET /me`` without a name.
    """
    return await _run_async(_model_of(_users.get_user(username=username), User))


async def get_my_summary() -> Summary:
    """Return counts and sizes of all datasets that you may search.

    Returns:
        The summary (``Summary``), in total and by base URI, creator and tag; sizes are
        bytes::

            Summary(number_of_datasets=2,
                    total_size_in_bytes=34,
                    datasets_per_creator={"jotelha": 2},
                    size_in_bytes_per_creator={"jotelha": 34},
                    ...)

    Raises:
        LookupServerError: If the call fails; see ``dtool_lookup_api.errors``.

    Requires a registered user. Route: ``GET /me/summary``.
    """
    return await _run_async(_model_of(_users.get_my_summary(), Summary))


async def get_summary(username: str | None = None) -> Summary:
    """Return counts and sizes of all datasets that a user may search.

    Args:
        username: Name of the user; default is yourself.

    Returns:
        The summary (``Summary``), in total and by base URI, creator and tag; sizes are
        bytes::

            Summary(number_of_datasets=2,
                    total_size_in_bytes=34,
                    datasets_per_creator={"jotelha": 2},
                    size_in_bytes_per_creator={"jotelha": 34},
                    ...)

    Raises:
        PermissionDeniedError: If you ask about another user and are not an administrator.
        NotFoundError: If the user is unknown.
        LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

    Requires administrator rights for all users except yourself.
    Route: ``GET /users/{username}/summary``, or ``GET /me/summary`` without a name.
    """
    return await _run_async(_model_of(_users.get_summary(username=username), Summary))


async def update_me(display_name: str | None) -> User:
    """Change your own profile.

    Args:
        display_name: Your display name; ``""`` or None clears it.

    Returns:
        Your user after the change (``User``)::

            User(username="testuser", is_admin=False, display_name="Test User", ...)

    Raises:
        InvalidRequestError: If the name cannot be sent.
        NotOfferedError: If the server is older.
        LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

    Requires dservercore 0.23.0 and a registered user. Route: ``PATCH /me``.
    """
    return await _run_async(_model_of(_users.update_me(display_name=display_name), User))


async def update_user(
    username: str, is_admin: bool | None = None, display_name: str | None = None
) -> User:
    """Change the profile of a user; what is not given stays as it is.

    Args:
        username: Name of the user.
        is_admin: Whether the user is to be an administrator.
        display_name: The user's display name; ``""`` clears it.

    Returns:
        The user after the change (``User``)::

            User(username="testuser", is_admin=False, display_name="Test User", ...)

    Raises:
        InvalidRequestError: If an argument cannot be sent, or there is nothing to change.
        PermissionDeniedError: If you are not an administrator.
        NotFoundError: If the user is unknown.
        NotOfferedError: If the server is older.
        LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

    Requires dservercore 0.23.0 and administrator rights. Route: ``PATCH /users/{username}``,
    without a display name after ``GET``.
    """
    return await _run_async(
        _model_of(
            _users.update_user(username=username, is_admin=is_admin, display_name=display_name),
            User,
        )
    )


async def grant_search_permission(username: str, base_uri: str) -> User:
    """Allow a user to search a base URI; other permissions stay as they are.

    Args:
        username: Name of the user.
        base_uri: The base URI as it is registered, e.g. ``"s3://test-bucket"``. Granting it
            again is not an error.

    Returns:
        The user (``User``), with all base URIs that the user may now search::

            User(username="testuser",
                 search_permissions_on_base_uris=["s3://test-bucket", "smb://test-share"], ...)

    Raises:
        InvalidRequestError: If an argument cannot be sent.
        PermissionDeniedError: If you are not an administrator.
        NotFoundError: If the user or the base URI is unknown.
        NotOfferedError: If the server is older.
        LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

    Requires dservercore 0.23.0 and administrator rights.
    Route: ``POST /users/{username}/search/{base_uri}``.
    """
    return await _run_async(
        _model_of(_users.grant_search_permission(username=username, base_uri=base_uri), User)
    )


async def grant_register_permission(username: str, base_uri: str) -> User:
    """Allow a user to register datasets in a base URI; other permissions stay as they are.

    Args:
        username: Name of the user.
        base_uri: The base URI as it is registered, e.g. ``"s3://test-bucket"``. Granting
            it again is not an error.

    Returns:
        The user (``User``), with all base URIs that the user may register datasets in now::

            User(username="testuser",
                 register_permissions_on_base_uris=["s3://test-bucket"], ...)

    Raises:
        InvalidRequestError: If an argument cannot be sent.
        PermissionDeniedError: If you are not an administrator.
        NotFoundError: If the user or the base URI is unknown.
        NotOfferedError: If the server is older.
        LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

    Requires dservercore 0.23.0 and administrator rights.
    Route: ``POST /users/{username}/register/{base_uri}``.
    """
    return await _run_async(
        _model_of(_users.grant_register_permission(username=username, base_uri=base_uri), User)
    )


async def revoke_search_permission(username: str, base_uri: str) -> User:
    """Revoke a user's permission to search a base URI; other permissions stay as they are.

    Args:
        username: Name of the user.
        base_uri: The base URI as it is registered, e.g. ``"s3://test-bucket"``. It is not
            an error if the user may not search it anyway.

    Returns:
        The user (``User``), with all base URIs that the user may still search::

            User(username="testuser",
                 search_permissions_on_base_uris=["smb://test-share"], ...)

    Raises:
        InvalidRequestError: If an argument cannot be sent.
        PermissionDeniedError: If you are not an administrator.
        NotFoundError: If the user or the base URI is unknown.
        NotOfferedError: If the server is older.
        LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

    Requires dservercore 0.23.0 and administrator rights.
    Route: ``DELETE /users/{username}/search/{base_uri}``.
    """
    return await _run_async(
        _model_of(_users.revoke_search_permission(username=username, base_uri=base_uri), User)
    )


async def revoke_register_permission(username: str, base_uri: str) -> User:
    """Revoke a user's permission to register in a base URI; other permissions stay as they are.

    Args:
        username: Name of the user.
        base_uri: The base URI as it is registered, e.g. ``"s3://test-bucket"``. It is not
            an error if the user may not register there anyway.

    Returns:
        The user (``User``), with all base URIs that the user may still register datasets
        in::

            User(username="testuser", register_permissions_on_base_uris=[], ...)

    Raises:
        InvalidRequestError: If an argument cannot be sent.
        PermissionDeniedError: If you are not an administrator.
        NotFoundError: If the user or the base URI is unknown.
        NotOfferedError: If the server is older.
        LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

    Requires dservercore 0.23.0 and administrator rights.
    Route: ``DELETE /users/{username}/register/{base_uri}``.
    """
    return await _run_async(
        _model_of(_users.revoke_register_permission(username=username, base_uri=base_uri), User)
    )
