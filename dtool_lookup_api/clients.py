# Derived by `make generate` from dtool_lookup_api/operations: do not edit.

"""The same functions as methods, for settings of one's own and several servers."""

from collections.abc import AsyncIterable, Callable, Coroutine, Iterable, Mapping, Sequence
from datetime import date, datetime
from os import PathLike
from pathlib import Path
from typing import Any
from uuid import UUID

from .core.client import AsyncClientBase, ClientBase
from .core.many import AsyncOutcomes, Outcomes
from .core.progress import Progress
from .core.walks import AsyncWalk, Walk
from .errors import LookupServerError as _LookupServerError
from .operations import base_uris as _base_uris
from .operations import dataset_copies as _dataset_copies
from .operations import dataset_uploads as _dataset_uploads
from .operations import datasets as _datasets
from .operations import downloads as _downloads
from .operations import graph as _graph
from .operations import many as _many
from .operations import metadata as _metadata
from .operations import mongo as _mongo
from .operations import registration as _registration
from .operations import server as _server
from .operations import signed_urls as _signed_urls
from .operations import users as _users
from .operations.arguments import ASCENDING
from .provenance import Provenance
from .results import (
    Argument,
    DatasetUri,
    DatasetUuid,
    Download,
    Page,
    Registration,
    SortOrder,
    Value,
)
from .types import (
    Annotations,
    BaseUri,
    BaseUriSortField,
    BaseUriWithPermissions,
    Dataset,
    DatasetSortField,
    FunctionName,
    GraphDataset,
    Health,
    JsonObject,
    Manifest,
    MongoDataset,
    ServerConfig,
    ServerVersions,
    SignedItemUrl,
    SignedUrls,
    Summary,
    UploadComplete,
    UploadItem,
    UploadUrls,
    User,
    UserSortField,
)

__all__ = ["AsyncClient", "Client"]


class Client(ClientBase):
    """Talk to one dserver, with methods that block.

    What is not given is taken from the configuration at each call. Any number of threads or
    tasks may share one.

    Args:
        url: URL of the dserver, including its path, default ``DSERVER_URL``.
        token: Token to send as it is, default ``DSERVER_TOKEN``. A configured token is only
            sent to the configured server.
        auth_url: URL of the token generator; the final ``/token`` may be left out, default
            ``DSERVER_TOKEN_GENERATOR_URL``. A configured generator is only asked for tokens of
            the configured server.
        username: User name for the token generator, default ``DSERVER_USERNAME``.
        password: Password for the token generator, default ``DSERVER_PASSWORD``. A configured
            password is only sent to the configured generator. It is stored as clear text: for
            tests only.
        api_key: API key of the OAuth2 token generator, for operators: it makes tokens for any
            user, default ``DSERVER_API_KEY``. A configured key is only sent to the configured
            generator.
        verify_ssl: Whether to verify certificates (``false`` is for tests only), or the path of
            a CA bundle, default ``DSERVER_VERIFY_SSL``, or ``True``.
        disable_authentication: Whether to send no token at all, default
            ``DSERVER_DISABLE_AUTHENTICATION``, or ``False``.
        timeout: Seconds to wait for a connection, or for the next byte, default
            ``DSERVER_TIMEOUT``, or 30.
        deadline: Seconds for one call, including login and retries, default
            ``DSERVER_DEADLINE``, or 120.
        retries: How often to retry a call that is safe to repeat; 0 for never, default
            ``DSERVER_RETRIES``, or 3.
        max_connections: How many calls of a client may be under way at a time; the others wait
            their turn, default ``DSERVER_MAX_CONNECTIONS``, or 32.
        max_response_mb: Size limit of a response in millions of bytes, after decompression,
            default ``DSERVER_MAX_RESPONSE_MB``, or 256.
        storage_verify_ssl: As ``verify_ssl``, for transfers of data from and to storage,
            default ``DSERVER_STORAGE_VERIFY_SSL``, or ``True``.
        storage_proxy: URL of the proxy for transfers, or ``none``; where it is not set, the
            environment's, default ``DSERVER_STORAGE_PROXY``.
        storage_timeout: Seconds without a byte after which a transfer fails; transfers have no
            deadline, default ``DSERVER_STORAGE_TIMEOUT``, or 60.
        assume_offered: Names of functions that this server, whose ``url`` must be given, is
            known to offer, though it does not say so, e.g. ``["add_tag"]``, default none. Where
            a server does not keep what these functions write, they destroy tags, annotations
            and READMEs in storage.
        engine: The HTTP library: ``httpx``, or ``aiohttp`` for async calls, default
            ``DSERVER_ENGINE``, or ``httpx``. A client also takes a transport of httpx, which
            remains yours to close.

    Example::

        with Client("https://dserver.example") as client:
            client.get_datasets()
    """

    def get_base_uris(
        self,
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
            A page: a list of base URIs (dict) that also has ``pagination`` and ``sorting``::

                [{"base_uri": "s3://test-bucket"}, {"base_uri": "smb://test-share"}]

        Raises:
            InvalidRequestError: If an argument cannot be sent.
            PermissionDeniedError: If you are not an administrator.
            LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

        Requires administrator rights. Route: ``GET /base-uris``.
        """
        return self._run(
            _base_uris.get_base_uris(
                page_number=page_number,
                page_size=page_size,
                sort_fields=sort_fields,
                sort_order=sort_order,
                pagination=pagination,
                sorting=sorting,
            )
        )

    def iter_base_uris(
        self,
        sort_fields: BaseUriSortField | Sequence[BaseUriSortField] | None = ("base_uri",),
        sort_order: SortOrder | Sequence[SortOrder] | None = ASCENDING,
        ahead: int = 4,
        progress: Progress = False,
    ) -> Walk[BaseUri]:
        """Iterate over all registered base URIs.

        If base URIs are added or deleted meanwhile, the same holds as for ``iter_datasets``.

        Args:
            sort_fields: Field to sort by; there is only ``"base_uri"``.
            sort_order: ``ASCENDING`` (1, default) or ``DESCENDING`` (-1).
            ahead: Pages of 100 to fetch in advance, 0 to 32, default 4.
            progress: True for a progress bar, which needs tqdm; or a function that is given, after
                each page, how many were yielded and how many there are. Default is neither.

        Returns:
            An iterator of base URIs (dict) as from ``get_base_uris``. Its ``total`` is their
            number; closing it stops early::

                {"base_uri": "s3://test-bucket"}
                {"base_uri": "smb://test-share"}

        Raises:
            InvalidRequestError: If an argument cannot be sent.
            PermissionDeniedError: If you are not an administrator.
            ConflictError: If the base URIs change faster than they can be read.
            LookupServerError: If a page cannot be read; continuing requests that page again.

        Requires administrator rights. Route: ``GET /base-uris``.
        """
        try:
            return Walk(
                _base_uris.iter_base_uris(
                    sort_fields=sort_fields, sort_order=sort_order, ahead=ahead, progress=progress
                ),
                self._run,
            )
        except _LookupServerError as error:
            raise error.with_traceback(None) from None

    def get_base_uri(self, base_uri: str) -> BaseUriWithPermissions:
        """Return a base URI with its permissions.

        Args:
            base_uri: The base URI, e.g. ``"smb://test-share"``.

        Returns:
            The base URI (dict), with the names of the users who may search it and who may register
            datasets in it::

                {"base_uri": "smb://test-share",
                 "users_with_search_permissions": ["admin", "testuser"],
                 "users_with_register_permissions": ["admin"]}

        Raises:
            NotFoundError: If the server does not know the base URI.
            PermissionDeniedError: If you are not an administrator.
            LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

        Requires administrator rights. Route: ``GET /base-uris/{base_uri}``.
        """
        return self._run(_base_uris.get_base_uri(base_uri=base_uri))

    def register_base_uri(
        self,
        base_uri: str,
        users_with_search_permissions: Sequence[str] | None = None,
        users_with_register_permissions: Sequence[str] | None = None,
    ) -> bool:
        """Register a base URI, or change who may use it.

        The server replaces both lists of users at once, and drops names that it does not know. So
        the list that is not given is read first and sent back, and unknown names are refused.

        Args:
            base_uri: The base URI, e.g. ``"smb://test-share"``, without a slash at its end.
            users_with_search_permissions: Names of all users who may search it; default is to
                leave that as it is. An empty list takes the permission from all users.
            users_with_register_permissions: Names of all users who may register datasets in it;
                default is to leave that as it is. An empty list takes it from all users.

        Returns:
            True; a failure raises an error.

        Raises:
            InvalidRequestError: If an argument cannot be sent, or names an unknown user.
            PermissionDeniedError: If you are not an administrator.
            LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

        Requires administrator rights.
        Route: ``PUT /base-uris/{base_uri}``, after ``GET`` and ``GET /users/{username}``.
        """
        return self._run(
            _base_uris.register_base_uri(
                base_uri=base_uri,
                users_with_search_permissions=users_with_search_permissions,
                users_with_register_permissions=users_with_register_permissions,
            )
        )

    def delete_base_uri(self, base_uri: str) -> bool:
        """Delete a base URI that holds no datasets.

        Args:
            base_uri: The base URI. An unknown one is not an error.

        Returns:
            True; a failure raises an error.

        Raises:
            InvalidRequestError: If the base URI cannot be sent.
            PermissionDeniedError: If you are not an administrator.
            ServerError: Also if datasets are registered in it; then nothing is deleted.
            LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

        Requires administrator rights. Route: ``DELETE /base-uris/{base_uri}``.
        """
        return self._run(_base_uris.delete_base_uri(base_uri=base_uri))

    def copy_dataset(
        self,
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
            The registered copy (dict)::

                {"uri": "s3://archive/1a1f9fad-8589-413e-9602-5bbd66bfe675",
                 "uuid": "1a1f9fad-8589-413e-9602-5bbd66bfe675",
                 "name": "simple_test_dataset",
                 "status": "registered"}

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
        return self._run(
            _dataset_copies.copy_dataset(
                uri=uri,
                base_uri=base_uri,
                to=to,
                overwrite=overwrite,
                concurrency=concurrency,
                progress=progress,
            )
        )

    def upload_dataset(
        self,
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
            The registered dataset (dict)::

                {"uri": "s3://test-bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675",
                 "uuid": "1a1f9fad-8589-413e-9602-5bbd66bfe675",
                 "name": "simple_test_dataset",
                 "status": "registered"}

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
        return self._run(
            _dataset_uploads.upload_dataset(
                path=path,
                base_uri=base_uri,
                name=name,
                creator_username=creator_username,
                new_uuid=new_uuid,
                overwrite=overwrite,
                concurrency=concurrency,
                progress=progress,
            )
        )

    def get_datasets(
        self,
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
            A page: a list of datasets (dict) that also has ``pagination`` and ``sorting``. Dates
            are seconds since the epoch, UTC (float)::

                [{"base_uri": "smb://test-share",
                  "created_at": 1604860720.736269,
                  "creator_username": "jotelha",
                  "frozen_at": 1604921621.719575,
                  "name": "simple_test_dataset",
                  "number_of_items": 1,
                  "size_in_bytes": 17,
                  "uri": "smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675",
                  "uuid": "1a1f9fad-8589-413e-9602-5bbd66bfe675"}]

        Raises:
            InvalidRequestError: If an argument cannot be sent.
            LookupServerError: If the call fails; see ``dtool_lookup_api.errors``.

        Requires a registered user; lists what is in the base URIs that this user may search.
        Route: ``POST /uris``.
        """
        return self._run(
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
            )
        )

    def iter_datasets(
        self,
        free_text: str | None = None,
        creator_usernames: Sequence[str] | None = None,
        base_uris: Sequence[str] | None = None,
        uuids: Sequence[DatasetUuid] | None = None,
        tags: Sequence[str] | None = None,
        sort_fields: DatasetSortField | Sequence[DatasetSortField] | None = ("uri",),
        sort_order: SortOrder | Sequence[SortOrder] | None = ASCENDING,
        ahead: int = 4,
        progress: Progress = False,
    ) -> Walk[Dataset]:
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
            An iterator of datasets (dict) as from ``get_datasets``. Its ``total`` is their number;
            closing it stops early::

                {"uri": "s3://test-bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675", ...}
                {"uri": "smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675", ...}

        Raises:
            InvalidRequestError: If an argument cannot be sent.
            ConflictError: If the datasets change faster than they can be read.
            LookupServerError: If a page cannot be read; continuing requests that page again.

        Requires a registered user; lists what is in the base URIs that this user may search.
        Route: ``POST /uris``.
        """
        try:
            return Walk(
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
                self._run,
            )
        except _LookupServerError as error:
            raise error.with_traceback(None) from None

    def get_one_dataset(
        self,
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
            The dataset (dict) as from ``get_datasets``. Dates are seconds since the epoch, UTC
            (float)::

                {"base_uri": "smb://test-share",
                 "created_at": 1604860720.736269,
                 "creator_username": "jotelha",
                 "frozen_at": 1604921621.719575,
                 "name": "simple_test_dataset",
                 "number_of_items": 1,
                 "size_in_bytes": 17,
                 "uri": "smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675",
                 "uuid": "1a1f9fad-8589-413e-9602-5bbd66bfe675"}

        Raises:
            NotFoundError: If no dataset matches.
            MultipleResultsError: If several match; it shows the first ten, and how many there are.
            InvalidRequestError: If an argument cannot be sent.
            LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

        Requires a registered user; finds what is in the base URIs that this user may search.
        Route: ``POST /uris``.
        """
        return self._run(
            _datasets.get_one_dataset(
                free_text=free_text,
                creator_usernames=creator_usernames,
                base_uris=base_uris,
                uuids=uuids,
                tags=tags,
            )
        )

    def get_dataset(self, uri: DatasetUri) -> Dataset:
        """Return what the server knows about the dataset at a URI.

        Args:
            uri: URI of the dataset, or the dataset with its ``uri``, e.g.
                ``"smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675"``.

        Returns:
            The dataset (dict). Dates are seconds since the epoch, UTC (float)::

                {"base_uri": "smb://test-share",
                 "created_at": 1604860720.736269,
                 "creator_username": "jotelha",
                 "frozen_at": 1604921621.719575,
                 "name": "simple_test_dataset",
                 "number_of_items": 1,
                 "size_in_bytes": 17,
                 "uri": "smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675",
                 "uuid": "1a1f9fad-8589-413e-9602-5bbd66bfe675"}

        Raises:
            NotFoundError: If the dataset is not in the base URI.
            PermissionDeniedError: If the base URI is unknown or not yours to search.
            LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

        Requires search permission on the base URI. Route: ``GET /uris/{uri}``.
        """
        return self._run(_datasets.get_dataset(uri=uri))

    def get_datasets_by_uuid(
        self,
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
            A page: a list of datasets (dict) as from ``get_datasets``, one for each copy; empty if
            no base URI that you may search has one::

                [{"uri": "s3://test-bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675", ...},
                 {"uri": "smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675", ...}]

        Raises:
            InvalidRequestError: If an argument cannot be sent.
            LookupServerError: If the call fails; see ``dtool_lookup_api.errors``.

        Requires a registered user; lists what is in the base URIs that this user may search.
        Route: ``GET /uuids/{uuid}``.
        """
        return self._run(
            _datasets.get_datasets_by_uuid(
                uuid=uuid,
                page_number=page_number,
                page_size=page_size,
                sort_fields=sort_fields,
                sort_order=sort_order,
                pagination=pagination,
                sorting=sorting,
            )
        )

    def iter_datasets_by_uuid(
        self,
        uuid: DatasetUuid,
        sort_fields: DatasetSortField | Sequence[DatasetSortField] | None = ("uri",),
        sort_order: SortOrder | Sequence[SortOrder] | None = ASCENDING,
        ahead: int = 4,
        progress: Progress = False,
    ) -> Walk[Dataset]:
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
            An iterator of datasets (dict) as from ``get_datasets``, one for each copy. Its
            ``total`` is their number; closing it stops early::

                {"uri": "s3://test-bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675", ...}
                {"uri": "smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675", ...}

        Raises:
            InvalidRequestError: If an argument cannot be sent.
            ConflictError: If the datasets change faster than they can be read.
            LookupServerError: If a page cannot be read; continuing requests that page again.

        Requires a registered user; lists what is in the base URIs that this user may search.
        Route: ``GET /uuids/{uuid}``.
        """
        try:
            return Walk(
                _datasets.iter_datasets_by_uuid(
                    uuid=uuid,
                    sort_fields=sort_fields,
                    sort_order=sort_order,
                    ahead=ahead,
                    progress=progress,
                ),
                self._run,
            )
        except _LookupServerError as error:
            raise error.with_traceback(None) from None

    def download_item(
        self,
        uri: DatasetUri,
        item: str,
        to: str | PathLike[str],
        overwrite: bool = False,
        progress: Progress = False,
    ) -> Path:
        """Download one item of a dataset to a file, and check it against the manifest.

        The data come directly from storage. Until the file is complete, it has a hidden name in the
        same folder, which ends in ``.part``. Size and hash are checked while it arrives. After a
        lost connection, the download continues where it stopped. If the program has ended, the next
        call continues it.

        Args:
            uri: URI of the dataset, or the dataset with its ``uri``, e.g.
                ``"s3://test-bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675"``.
            item: Path of the item in the dataset, e.g. ``"folder/data.csv"``, or its identifier.
            to: Path of the file, or of a folder that exists or ends in a slash, in which the file
                keeps its name. Missing folders are created.
            overwrite: Whether to replace an existing file that differs, default False. A file with
                the right content is left as it is, and nothing is downloaded.
            progress: True for a progress bar, which needs tqdm; or a function that is given how
                many bytes have arrived, and how many the item has. Default is neither.

        Returns:
            The path of the file (pathlib.Path), whose time of modification is that of the item::

                PosixPath("/home/user/data.csv")

        Raises:
            NotFoundError: If the dataset is not in the base URI, or the item not in the dataset.
            PermissionDeniedError: If the base URI is unknown or not yours to search.
            NotOfferedError: If the server has no such plugin, or the storage cannot sign URLs.
            InvalidRequestError: If another file is there, or the path cannot be used.
            IntegrityError: If an item differs from the manifest. It is not kept.
            ConflictError: If another call is downloading it to the same path.
            OSError: If the file cannot be written. Data that have arrived are kept.
            LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

        Requires the dserver-signed-url-plugin, and search permission on the base URI.
        Route: ``GET /manifests/{uri}``, ``GET /signed-urls/item/{uri}/{identifier}``.
        """
        return self._run(
            _downloads.download_item(
                uri=uri, item=item, to=to, overwrite=overwrite, progress=progress
            )
        )

    def read_item(
        self, uri: DatasetUri, item: str, start: int | None = None, stop: int | None = None
    ) -> bytes:
        """Return the content of one item of a dataset, or a part of it.

        The data come directly from storage, and are kept in memory: ``download_item`` writes large
        items to a file.

        Args:
            uri: URI of the dataset, or the dataset with its ``uri``, e.g.
                ``"s3://test-bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675"``.
            item: Path of the item in the dataset, e.g. ``"folder/data.csv"``, or its identifier.
            start: The first byte of the part, default the first of the item. As in a slice,
                negative numbers count from the end, and there may be fewer bytes than requested.
            stop: The byte after the last of the part, default the end of the item.

        Returns:
            The content (bytes)::

                b"Some test content"

            All of the item is checked against size and hash in the manifest, a part against the
            size only, as the hash is that of the whole.

        Raises:
            NotFoundError: If the dataset is not in the base URI, or the item not in the dataset.
            PermissionDeniedError: If the base URI is unknown or not yours to search.
            NotOfferedError: If the server has no such plugin, or the storage cannot sign URLs.
            InvalidRequestError: If an argument cannot be used.
            IntegrityError: If the item differs from the manifest.
            LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

        Requires the dserver-signed-url-plugin, and search permission on the base URI.
        Route: ``GET /manifests/{uri}``, ``GET /signed-urls/item/{uri}/{identifier}``.
        """
        return self._run(_downloads.read_item(uri=uri, item=item, start=start, stop=stop))

    def download_dataset(
        self,
        uri: DatasetUri,
        to: str | PathLike[str],
        select: str | Sequence[str] | None = None,
        concurrency: int = 8,
        dry_run: bool = False,
        progress: Progress = False,
    ) -> Download:
        """Download a dataset to a folder, and check each item against the manifest.

        The folder becomes a dataset that dtool and dtoolcore open and verify, with README, tags,
        annotations, overlays and times. Until everything is there, the data are in a hidden folder
        next to it that ends in ``.part``. After an interruption, the next call continues.

        Args:
            uri: URI of the dataset, or the dataset with its ``uri``, e.g.
                ``"s3://test-bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675"``.
            to: Path of the folder: a new one, an empty one other than the current folder, or one
                that has this dataset already. A link to a folder is followed.
            select: Which items to download: paths, identifiers, or patterns such as ``"*.csv"``, in
                which ``*`` also stands for slashes; default all. With a selection, the folder gets
                these files only, at their paths. It is not a dataset, and may have other files.
            concurrency: How many items to download at a time, 1 to 100, default 8.
            dry_run: Whether to check everything and download nothing, default False.
            progress: True for a progress bar, which needs tqdm; or a function that is given how
                many bytes have arrived, and how many there are. Default is neither.

        Returns:
            The content of the folder now, or with ``dry_run`` after a download (dict)::

                {"uri": "s3://test-bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675",
                 "path": "/home/user/dataset",
                 "is_dataset": True,
                 "items": ["simple_text_file.txt"],
                 "size_in_bytes": 17,
                 "missing_bytes": 17,
                 "unverified": []}

        Raises:
            NotFoundError: If the dataset is not in the base URI, or no item matches.
            PermissionDeniedError: If the base URI is unknown or not yours to search.
            NotOfferedError: If the server has no such plugin, or the storage cannot sign URLs.
            InvalidRequestError: If the folder has something else; if paths in the manifest lead
                out of the folder, or differ only by case. Then nothing is downloaded.
            IntegrityError: If an item differs from the manifest. It is not kept.
            ConflictError: If another call is downloading to the same folder.
            OSError: If a file cannot be written. Data that have arrived are kept.
            LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

        Requires the dserver-signed-url-plugin, and search permission on the base URI.
        Route: ``GET /signed-urls/dataset/{uri}``.
        """
        return self._run(
            _downloads.download_dataset(
                uri=uri,
                to=to,
                select=select,
                concurrency=concurrency,
                dry_run=dry_run,
                progress=progress,
            )
        )

    def get_graph_by_uuid(
        self,
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
            A page: a list of datasets (dict), one for each UUID, with the UUIDs of the parents in
            ``derived_from``; empty for a dataset that the graph does not know. dserver 0.22 knows
            only those that it has indexed itself, not those registered over HTTP::

                [{"uuid": "1a1f9fad-8589-413e-9602-5bbd66bfe675",
                  "name": "simple_test_dataset",
                  "uri": "smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675",
                  "derived_from": [], ...}]

        Raises:
            InvalidRequestError: If an argument cannot be sent.
            NotOfferedError: If the server has no such plugin.
            LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

        Requires the dserver-dependency-graph-plugin; lists what is in the base URIs that you may
        search. Route: ``GET /graph/uuids/{uuid}``, or ``POST`` with dependency keys.
        """
        return self._run(
            _graph.get_graph_by_uuid(
                uuid=uuid,
                dependency_keys=dependency_keys,
                page_number=page_number,
                page_size=page_size,
                sort_fields=sort_fields,
                sort_order=sort_order,
                pagination=pagination,
                sorting=sorting,
            )
        )

    def iter_graph_by_uuid(
        self,
        uuid: DatasetUuid,
        dependency_keys: Sequence[str] | None = None,
        ahead: int = 0,
        progress: Progress = False,
    ) -> Walk[GraphDataset]:
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
            An iterator of datasets (dict) as from ``get_graph_by_uuid``. Its ``total`` is their
            number; closing it stops early::

                {"uuid": "1a1f9fad-8589-413e-9602-5bbd66bfe675", "derived_from": [], ...}

        Raises:
            InvalidRequestError: If an argument cannot be sent.
            NotOfferedError: If the server has no such plugin.
            LookupServerError: If a page cannot be read; continuing requests that page again.

        Requires the dserver-dependency-graph-plugin; lists what is in the base URIs that you may
        search. Route: ``GET /graph/uuids/{uuid}``, or ``POST`` with dependency keys.
        """
        try:
            return Walk(
                _graph.iter_graph_by_uuid(
                    uuid=uuid, dependency_keys=dependency_keys, ahead=ahead, progress=progress
                ),
                self._run,
            )
        except _LookupServerError as error:
            raise error.with_traceback(None) from None

    def get_provenance(
        self, uuid: DatasetUuid, dependency_keys: Sequence[str] | None = None
    ) -> Provenance:
        """Return a graph of all that a dataset is derived from and all that is derived from it.

        The graph is complete, whatever its size. Each 100 datasets take one request, for which
        the server builds the graph again. It returns one record for each UUID, so copies are
        not listed. It follows only UUIDs of version 4, and dserver 0.22 knows only datasets
        that it has indexed itself. Parents that it does not know, or that you may not search,
        are marked as missing.

        Args:
            uuid: UUID of the dataset, or the dataset with its ``uuid``, e.g.
                ``"1a1f9fad-8589-413e-9602-5bbd66bfe675"``.
            dependency_keys: Where the metadata name the UUIDs of parents, e.g.
                ``["readme.derived_from.uuid"]``; default is as the server is configured.

        Returns:
            A graph with ``nodes``, ``edges``, ``roots``, ``cycles`` and ``missing``, which
            notebooks draw. A dataset that the server does not know is its only node, and missing::

                <Provenance of 6 datasets, 5 edges>

        Raises:
            InvalidRequestError: If an argument cannot be sent.
            NotOfferedError: If the server has no such plugin.
            LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

        Requires the dserver-dependency-graph-plugin; finds what is in the base URIs that you may
        search. Route: ``GET /graph/uuids/{uuid}``, or ``POST`` with dependency keys.
        """
        return self._run(_graph.get_provenance(uuid=uuid, dependency_keys=dependency_keys))

    def get_many(
        self,
        function: Callable[[Argument], Value],
        each: Iterable[Argument],
        concurrency: int = 8,
        progress: Progress = False,
    ) -> Outcomes[Argument, Value]:
        """Call a function with each of many values, several at a time, e.g. to read many READMEs.

        Args:
            function: A function of one argument, e.g. ``get_readme`` or ``get_tags``.
            each: What to call it with, e.g. URIs or datasets. They are taken one by one when they
                are needed, so they may come from an iterator of any length.
            concurrency: How many calls there may be at a time, 1 to 100, default 8.
            progress: True for a progress bar, which needs tqdm; or a function that is given, each
                time, how many were yielded and how many there are. Default is neither.

        Returns:
            An iterator of an ``Outcome`` for each value, in their order. A call that fails does not
            stop the others; closing the iterator stops early. Exceptions that are not errors of
            this package are raised when the iteration reaches them::

                Outcome(argument="smb://test-share/1a1f9fad-...", value="a: ...")
                Outcome(argument="smb://test-share/af6727bf-...", error=NotFoundError("..."))

        Raises:
            InvalidRequestError: If an argument of this function cannot be used.
            AuthenticationError: If the login fails; continuing tries it again.
            ConfigurationError: If a setting is missing or cannot be used.

        Requires what the function requires. Route: ``GET /readmes/{uri}`` and the like.
        """
        try:
            return Outcomes(
                _many.get_many(
                    function=function, each=each, concurrency=concurrency, progress=progress
                )
            )
        except _LookupServerError as error:
            raise error.with_traceback(None) from None

    def get_manifest(self, uri: DatasetUri) -> Manifest:
        """Return the manifest of a dataset: the list of its items.

        Args:
            uri: URI of the dataset, or the dataset with its ``uri``, e.g.
                ``"smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675"``.

        Returns:
            The manifest (dict), with the items by identifier; sizes are bytes, timestamps seconds
            since the epoch, UTC (float)::

                {"dtoolcore_version": "3.17.0",
                 "hash_function": "md5sum_hexdigest",
                 "items": {"eb58eb70ebcddf630feeea28834f5256c207edfd": {
                     "hash": "2f7d9c3e0cfd47e8fcab0c12447b2bf0",
                     "relpath": "simple_text_file.txt",
                     "size_in_bytes": 17,
                     "utc_timestamp": 1605027357.284966}}}

        Raises:
            NotFoundError: If the dataset is not in the base URI.
            PermissionDeniedError: If the base URI is unknown or not yours to search.
            LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

        Requires search permission on the base URI. Route: ``GET /manifests/{uri}``.
        """
        return self._run(_metadata.get_manifest(uri=uri))

    def get_readme(self, uri: DatasetUri) -> str:
        r"""Return the README of a dataset, as the text that was registered.

        Args:
            uri: URI of the dataset, or the dataset with its ``uri``, e.g.
                ``"smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675"``.

        Returns:
            The text (str), usually YAML, for ``yaml.safe_load``::

                "project: testing project\ndescription: testing description\n..."

        Raises:
            NotFoundError: If the dataset is not in the base URI.
            PermissionDeniedError: If the base URI is unknown or not yours to search.
            LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

        Requires search permission on the base URI. Route: ``GET /readmes/{uri}``.
        """
        return self._run(_metadata.get_readme(uri=uri))

    def get_readme_as_dict(self, uri: DatasetUri) -> dict[str, Any]:
        """Return the README of a dataset as a dict.

        It is parsed as YAML by ``readmes.parse_readme``, which only creates plain data.
        ``readmes.value_at`` finds a value by its dotted key.

        Args:
            uri: URI of the dataset, or the dataset with its ``uri``, e.g.
                ``"smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675"``.

        Returns:
            The content (dict), an empty dict for an empty README; unquoted dates are
            ``datetime.date``::

                {"project": "testing project", "description": "testing description", ...}

        Raises:
            UnreadableAnswerError: If the README is not YAML, or not a mapping of keys to values;
                ``get_readme`` returns it as text.
            NotFoundError: If the dataset is not in the base URI.
            PermissionDeniedError: If the base URI is unknown or not yours to search.
            LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

        Requires search permission on the base URI. Route: ``GET /readmes/{uri}``.
        """
        return self._run(_metadata.get_readme_as_dict(uri=uri))

    def get_tags(self, uri: DatasetUri) -> list[str]:
        """Return the tags of a dataset.

        Args:
            uri: URI of the dataset, or the dataset with its ``uri``, e.g.
                ``"smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675"``.

        Returns:
            The tags (list of str)::

                ["simulation", "published"]

        Raises:
            NotFoundError: If the dataset is not in the base URI.
            PermissionDeniedError: If the base URI is unknown or not yours to search.
            LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

        Requires search permission on the base URI. Route: ``GET /tags/{uri}``.
        """
        return self._run(_metadata.get_tags(uri=uri))

    def get_annotations(self, uri: DatasetUri) -> Annotations:
        """Return the annotations of a dataset.

        Args:
            uri: URI of the dataset, or the dataset with its ``uri``, e.g.
                ``"smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675"``.

        Returns:
            The values by name (dict). dserver 0.22 sends every value except ``None`` as text::

                {"instrument": "AFM", "temperature": "293.15"}

        Raises:
            NotFoundError: If the dataset is not in the base URI.
            PermissionDeniedError: If the base URI is unknown or not yours to search.
            LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

        Requires search permission on the base URI. Route: ``GET /annotations/{uri}``.
        """
        return self._run(_metadata.get_annotations(uri=uri))

    def set_readme(self, uri: DatasetUri, readme: str | Mapping[str, Any]) -> str:
        r"""Replace the README of a dataset, on the server and in storage.

        Args:
            uri: URI of the dataset, or the dataset with its ``uri``, e.g.
                ``"smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675"``.
            readme: The README, as text or as a dict, which is sent as JSON, and so as YAML.

        Returns:
            The README as the server has it now (str)::

                "project: testing project\ndescription: testing description\n..."

        Raises:
            InvalidRequestError: If an argument cannot be sent.
            NotFoundError: If the dataset is not in the base URI.
            PermissionDeniedError: If the base URI is unknown or not yours to change.
            NotOfferedError: If the server is not known to store it; then nothing is sent. No
                released server is, unless ``assume_offered`` says so.
            LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

        Requires dservercore and a retrieve plugin known to store it, and search and register
        permission on the base URI. Route: ``PUT /readmes/{uri}``, between two ``GET``.
        """
        return self._run(_metadata.set_readme(uri=uri, readme=readme))

    def set_tags(self, uri: DatasetUri, tags: Sequence[str]) -> list[str]:
        """Replace all tags of a dataset, on the server and in storage.

        Tags that only storage has are lost, e.g. those that dtool has added since registration.

        Args:
            uri: URI of the dataset, or the dataset with its ``uri``, e.g.
                ``"smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675"``.
            tags: The tags, each of 1 to 80 of the characters ``0-9 a-z A-Z - _ .``; ``[]`` for
                none.

        Returns:
            The tags as the server has them now (list of str)::

                ["simulation", "published"]

        Raises:
            InvalidRequestError: If an argument cannot be sent.
            NotFoundError: If the dataset is not in the base URI.
            PermissionDeniedError: If the base URI is unknown or not yours to change.
            NotOfferedError: If the server is not known to store them; then nothing is sent. No
                released server is, unless ``assume_offered`` says so.
            LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

        Requires dservercore and a retrieve plugin known to store them, and search and register
        permission on the base URI. Route: ``PUT /tags/{uri}``, between two ``GET``.
        """
        return self._run(_metadata.set_tags(uri=uri, tags=tags))

    def add_tag(self, uri: DatasetUri, tag: str) -> list[str]:
        """Add a tag to a dataset, on the server and in storage.

        Tags that only storage has are lost, e.g. those that dtool has added since registration.

        Args:
            uri: URI of the dataset, or the dataset with its ``uri``, e.g.
                ``"smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675"``.
            tag: The tag, of 1 to 80 of the characters ``0-9 a-z A-Z - _ .``. One that the dataset
                has already is not an error.

        Returns:
            All tags as the server has them now (list of str)::

                ["simulation", "published"]

        Raises:
            InvalidRequestError: If an argument cannot be sent, or the dataset has a tag that dtool
                cannot write.
            NotFoundError: If the dataset is not in the base URI.
            PermissionDeniedError: If the base URI is unknown or not yours to change.
            NotOfferedError: If the server is not known to store it; then nothing is sent. No
                released server is, unless ``assume_offered`` says so.
            LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

        Requires dservercore and a retrieve plugin known to store it, and search and register
        permission on the base URI. Route: ``POST /tags/{uri}/{tag}``, between two ``GET``.
        """
        return self._run(_metadata.add_tag(uri=uri, tag=tag))

    def remove_tag(self, uri: DatasetUri, tag: str) -> list[str]:
        """Remove a tag from a dataset, on the server and in storage.

        Tags that only storage has are lost, e.g. those that dtool has added since registration.

        Args:
            uri: URI of the dataset, or the dataset with its ``uri``, e.g.
                ``"smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675"``.
            tag: The tag, without slash. One that the dataset does not have is not an error.

        Returns:
            The tags that the server still has (list of str)::

                ["simulation"]

        Raises:
            InvalidRequestError: If an argument cannot be sent, or the dataset has another tag that
                dtool cannot write.
            NotFoundError: If the dataset is not in the base URI.
            PermissionDeniedError: If the base URI is unknown or not yours to change.
            NotOfferedError: If the server is not known to store it; then nothing is sent. No
                released server is, unless ``assume_offered`` says so.
            LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

        Requires dservercore and a retrieve plugin known to store it, and search and register
        permission on the base URI. Route: ``DELETE /tags/{uri}/{tag}``, between two ``GET``.
        """
        return self._run(_metadata.remove_tag(uri=uri, tag=tag))

    def set_annotation(self, uri: DatasetUri, name: str, value: Any) -> Annotations:
        """Set an annotation of a dataset, on the server and in storage.

        Annotations that only storage has are lost, e.g. those that dtool has added since then.

        Args:
            uri: URI of the dataset, or the dataset with its ``uri``, e.g.
                ``"smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675"``.
            name: Name of the annotation, of 1 to 80 of the characters ``0-9 a-z A-Z - _``.
            value: The value: any JSON value.

        Returns:
            All annotations as the server has them now (dict)::

                {"instrument": "AFM", "temperature": 293.15}

        Raises:
            InvalidRequestError: If an argument cannot be sent, or the dataset has an annotation
                that dtool cannot write.
            NotFoundError: If the dataset is not in the base URI.
            PermissionDeniedError: If the base URI is unknown or not yours to change.
            NotOfferedError: If the server is not known to store it; then nothing is sent. No
                released server is, unless ``assume_offered`` says so.
            LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

        Requires dservercore and a retrieve plugin known to store it, and search and register
        permission on the base URI.
        Route: ``PUT /annotations/{uri}/{annotation_name}``, between two ``GET``.
        """
        return self._run(_metadata.set_annotation(uri=uri, name=name, value=value))

    def set_annotations(self, uri: DatasetUri, annotations: Mapping[str, Any]) -> Annotations:
        """Replace all annotations of a dataset, on the server and in storage.

        The server has no usable route for that, so they are set and deleted one by one. If one
        fails, those before it stay changed. Annotations that only storage has are lost, e.g. those
        that dtool has added since registration.

        Args:
            uri: URI of the dataset, or the dataset with its ``uri``, e.g.
                ``"smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675"``.
            annotations: The values by name, each of 1 to 80 of the characters ``0-9 a-z A-Z - _``;
                ``{}`` for none.

        Returns:
            All annotations as the server has them now (dict)::

                {"instrument": "AFM", "temperature": 293.15}

        Raises:
            InvalidRequestError: If an argument cannot be sent, or the dataset has an annotation
                that dtool cannot write.
            NotFoundError: If the dataset is not in the base URI.
            PermissionDeniedError: If the base URI is unknown or not yours to change.
            NotOfferedError: If the server is not known to store them; then nothing is sent. No
                released server is, unless ``assume_offered`` says so.
            LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

        Requires dservercore and a retrieve plugin known to store them, and search and register
        permission on the base URI.
        Route: ``PUT`` and ``DELETE /annotations/{uri}/{annotation_name}``, between two ``GET``.
        """
        return self._run(_metadata.set_annotations(uri=uri, annotations=annotations))

    def delete_annotation(self, uri: DatasetUri, name: str) -> Annotations:
        """Delete an annotation of a dataset, on the server and in storage.

        Annotations that only storage has are lost, e.g. those that dtool has added since then.

        Args:
            uri: URI of the dataset, or the dataset with its ``uri``, e.g.
                ``"smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675"``.
            name: Name of the annotation, without slash. One that the dataset does not have is not
                an error.

        Returns:
            The annotations that the server still has (dict)::

                {"instrument": "AFM"}

        Raises:
            InvalidRequestError: If an argument cannot be sent, or the dataset has another
                annotation that dtool cannot write.
            NotFoundError: If the dataset is not in the base URI.
            PermissionDeniedError: If the base URI is unknown or not yours to change.
            NotOfferedError: If the server is not known to store it; then nothing is sent. No
                released server is, unless ``assume_offered`` says so.
            LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

        Requires dservercore and a retrieve plugin known to store it, and search and register
        permission on the base URI.
        Route: ``DELETE /annotations/{uri}/{annotation_name}``, between two ``GET``.
        """
        return self._run(_metadata.delete_annotation(uri=uri, name=name))

    def get_datasets_by_mongo_query(
        self,
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
            A page: a list of datasets (dict) that also has ``pagination``. Dates are seconds since
            the epoch, UTC (float), here with milliseconds only::

                [{"base_uri": "smb://test-share",
                  "created_at": 1604860720.736,
                  "creator_username": "jotelha",
                  "dtoolcore_version": "3.17.0",
                  "frozen_at": 1604921621.719,
                  "name": "simple_test_dataset",
                  "tags": [],
                  "type": "dataset",
                  "uri": "smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675",
                  "uuid": "1a1f9fad-8589-413e-9602-5bbd66bfe675", ...}]

        Raises:
            InvalidRequestError: If an argument cannot be sent, or the query is not JSON.
            NotOfferedError: If the server has no such plugin, or has it switched off.
            ServerError: Also if MongoDB refuses the query; the server does not say why.
            LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

        Requires the dserver-direct-mongo-plugin with ``DSERVER_ALLOW_DIRECT_QUERY``; lists what
        is in the base URIs that you may search. Route: ``POST /mongo/query``.
        """
        return self._run(
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
            )
        )

    def iter_datasets_by_mongo_query(
        self,
        query: Mapping[str, Any] | str,
        creator_usernames: Sequence[str] | None = None,
        base_uris: Sequence[str] | None = None,
        uuids: Sequence[DatasetUuid] | None = None,
        tags: Sequence[str] | None = None,
        ahead: int = 4,
        progress: Progress = False,
        limit: int | None = None,
    ) -> Walk[MongoDataset]:
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
            An iterator of datasets (dict) as from ``get_datasets_by_mongo_query``. Its ``total`` is
            how many there were at the beginning, or the limit; closing it stops early::

                {"uri": "s3://test-bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675", ...}
                {"uri": "smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675", ...}

        Raises:
            InvalidRequestError: If an argument cannot be sent, or the query is not JSON.
            NotOfferedError: If the server has no such plugin, or has it switched off.
            ServerError: Also if MongoDB refuses the query; the server does not say why.
            LookupServerError: If a range cannot be read; continuing requests that range again.

        Requires the dserver-direct-mongo-plugin with ``DSERVER_ALLOW_DIRECT_QUERY``; lists what
        is in the base URIs that you may search. Route: ``POST /mongo/query``.
        """
        try:
            return Walk(
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
                self._run,
            )
        except _LookupServerError as error:
            raise error.with_traceback(None) from None

    def get_one_dataset_by_mongo_query(
        self,
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
            The dataset (dict) as from ``get_datasets_by_mongo_query``::

                {"name": "simple_test_dataset",
                 "tags": [],
                 "uri": "smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675", ...}

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
        return self._run(
            _mongo.get_one_dataset_by_mongo_query(
                query=query,
                creator_usernames=creator_usernames,
                base_uris=base_uris,
                uuids=uuids,
                tags=tags,
            )
        )

    def get_datasets_by_mongo_aggregation(
        self,
        aggregation: Sequence[Mapping[str, Any]] | Mapping[str, Any] | str,
        page_number: int | None = 1,
        page_size: int | None = 10,
        sort_fields: DatasetSortField | Sequence[DatasetSortField] | None = ("uri",),
        sort_order: SortOrder | Sequence[SortOrder] | None = ASCENDING,
        pagination: dict[str, Any] | None = None,
        sorting: dict[str, Any] | None = None,
    ) -> Page[JsonObject]:
        """Run a MongoDB aggregation over the datasets that you may search.

        Args:
            aggregation: The stages, a list of dicts or JSON text, e.g.
                ``[{"$match": {"name": "simple_test_dataset"}}]``; or a single stage.
            page_number: Number of the page, from 1 (default). A page past the end is empty.
            page_size: Results on a page, 1 to 100, default 10.
            sort_fields: Ignored by the server; use a ``$sort`` stage.
            sort_order: Ignored by the server.
            pagination: A dict to fill with the page's ``pagination``.
            sorting: A dict to fill with the page's ``sorting``.

        Returns:
            A page: a list of results (dict) that also has ``pagination``. The server removes
            ``_id``: keep the key of a ``$group`` with ``{"$addFields": {"key": "$_id"}}``::

                [{"key": "jotelha", "count": 2}]

        Raises:
            InvalidRequestError: If an argument cannot be sent, or the stages are not JSON.
            NotOfferedError: If the server has no such plugin, or has it switched off.
            ServerError: Also if MongoDB refuses a stage; the server does not say why.
            LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

        Requires the dserver-direct-mongo-plugin with ``DSERVER_ALLOW_DIRECT_AGGREGATION``.
        Route: ``POST /mongo/aggregate``.
        """
        return self._run(
            _mongo.get_datasets_by_mongo_aggregation(
                aggregation=aggregation,
                page_number=page_number,
                page_size=page_size,
                sort_fields=sort_fields,
                sort_order=sort_order,
                pagination=pagination,
                sorting=sorting,
            )
        )

    def register_dataset(
        self,
        uri: DatasetUri,
        base_uri: str | None = None,
        readme: str | Mapping[str, Any] | None = None,
        manifest: Manifest | Mapping[str, Any] | None = None,
        uuid: str | UUID | None = None,
        name: str | None = None,
        type: str | None = None,
        creator_username: str | None = None,
        frozen_at: float | str | date | datetime | None = None,
        created_at: float | str | date | datetime | None = None,
        annotations: Mapping[str, Any] | None = None,
        tags: Sequence[str] | None = None,
        number_of_items: int | None = None,
        size_in_bytes: int | None = None,
        admin_metadata: Mapping[str, Any] | None = None,
    ) -> bool:
        """Register a dataset, or replace all of what is registered for its URI.

        ``register_dataset_from`` does it for a dataset that dtoolcore can read.

        Args:
            uri: URI of the dataset, or the dataset with its ``uri``, e.g.
                ``"s3://test-bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675"``.
            base_uri: The base URI that it is in; default is the URI without its last part.
            readme: The README, as text or as a dict, which is sent as JSON, and so as YAML.
            manifest: The manifest, as dtoolcore has it.
            uuid: UUID of the dataset.
            name: Name of the dataset.
            type: ``"dataset"``, which is the default; the server takes frozen datasets only.
            creator_username: Name of the creator.
            frozen_at: When it was frozen: seconds since the epoch (number or text), an ISO 8601
                string, a date (midnight), or a datetime; without a time zone, UTC is meant.
            created_at: When it was created, likewise; default is ``frozen_at``.
            annotations: Annotations by name, default none.
            tags: Tags, default none.
            number_of_items: Number of items; default is counted in the manifest.
            size_in_bytes: Size of all items in bytes; default is added up from the manifest.
            admin_metadata: What dtoolcore calls the admin metadata (dict), for whatever of uuid,
                name, type, creator_username, frozen_at and created_at is not given.

        Returns:
            True; a failure raises an error.

        Raises:
            InvalidRequestError: If an argument is missing or cannot be sent; nothing is sent then.
            PermissionDeniedError: If the base URI is unknown, or not yours to register in.
            LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

        Requires register permission on the base URI. Route: ``PUT /uris/{uri}``.
        """
        return self._run(
            _registration.register_dataset(
                uri=uri,
                base_uri=base_uri,
                readme=readme,
                manifest=manifest,
                uuid=uuid,
                name=name,
                type=type,
                creator_username=creator_username,
                frozen_at=frozen_at,
                created_at=created_at,
                annotations=annotations,
                tags=tags,
                number_of_items=number_of_items,
                size_in_bytes=size_in_bytes,
                admin_metadata=admin_metadata,
            )
        )

    def register_dataset_from(self, uri: DatasetUri, skip_unsendable: bool = False) -> bool:
        """Register a dataset with the metadata that dtoolcore reads at its URI.

        Args:
            uri: URI of a frozen dataset; dtoolcore must be able to read it from here.
            skip_unsendable: Whether to leave out annotations that cannot be sent, such as NaN,
                which dtoolcore stores; default is to raise.

        Returns:
            True; a failure raises an error.

        Raises:
            InvalidRequestError: If dtoolcore cannot read URIs of this scheme, or if a part of the
                dataset cannot be read or sent.
            DtoolCoreTypeError: If dtoolcore finds no frozen dataset there.
            PermissionDeniedError: If the base URI is unknown, or not yours to register in.
            LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

        Requires register permission on the base URI. Route: ``PUT /uris/{uri}``.
        """
        return self._run(
            _registration.register_dataset_from(uri=uri, skip_unsendable=skip_unsendable)
        )

    def register_datasets_from(self, base_uri: str, skip_unsendable: bool = False) -> Registration:
        """Register all frozen datasets in a base URI with the metadata that dtoolcore reads.

        Datasets that are not frozen yet, such as incomplete uploads, are left out.

        Args:
            base_uri: The base URI; dtoolcore must be able to read it from here.
            skip_unsendable: Whether to leave out annotations that cannot be sent, such as NaN,
                which dtoolcore stores; default is to leave out their dataset as failed.

        Returns:
            The outcomes by URI (dict). A dataset that cannot be read or registered does not stop
            the others::

                {"registered": ["s3://test-bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675"],
                 "pending": ["s3://test-bucket/1a542453-dd0a-4299-a0ec-3c8ada585ce5"],
                 "failed": {"s3://test-bucket/af6727bf-29c7-43dd-b42f-a5d7ede28337": "..."}}

        Raises:
            AuthenticationError: If the login fails; then nothing is registered.
            ConfigurationError: If a setting is missing or cannot be used.

        Requires register permission on the base URI. Route: ``PUT /uris/{uri}``.
        """
        return self._run(
            _registration.register_datasets_from(base_uri=base_uri, skip_unsendable=skip_unsendable)
        )

    def delete_dataset(self, uri: DatasetUri) -> bool:
        """Remove the registration of a dataset; its data stay in storage.

        dserver 0.22 only removes it from listings without filters: searches, README and manifest
        still find it.

        Args:
            uri: URI of the dataset. An unregistered one is not an error.

        Returns:
            True; a failure raises an error.

        Raises:
            PermissionDeniedError: If the base URI is unknown, or not yours to register in.
            LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

        Requires register permission on the base URI. Route: ``DELETE /uris/{uri}``.
        """
        return self._run(_registration.delete_dataset(uri=uri))

    def get_config(self) -> ServerConfig:
        """Return the server's configuration.

        Returns:
            The configured values by name in lower case, without secrets (dict)::

                {"allow_direct_query": True, "api_title": "dserver API", ...}

        Raises:
            LookupServerError: If the call fails; see ``dtool_lookup_api.errors``.

        Requires a registered user. Route: ``GET /config/info``.
        """
        return self._run(_server.get_config())

    def get_versions(self) -> ServerVersions:
        """Return the versions of the server and of its plugins.

        Returns:
            The version by name of the Python module (dict), also of each installed plugin::

                {"dservercore": "0.22.0", "dserver_direct_mongo_plugin": "0.4.2", ...}

        Raises:
            LookupServerError: If the call fails; see ``dtool_lookup_api.errors``.

        Requires no login. Route: ``GET /config/versions``.
        """
        return self._run(_server.get_versions())

    def get_health(self) -> Health:
        """Return whether the server is up.

        Returns:
            The state (dict); a server that is not up raises an error instead::

                {"status": "healthy"}

        Raises:
            NotOfferedError: If the server is older.
            LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

        Requires dservercore 0.23.0, and no login. Route: ``GET /config/health``.
        """
        return self._run(_server.get_health())

    def offers(self, function: FunctionName) -> bool | None:
        """Return whether the server offers what a function needs.

        If it does not, calling the function raises NotOfferedError, which says what is missing.
        Versions and document of the server are cached for five minutes. They do not show what is
        switched off in the server's configuration; ``get_config`` does.

        Args:
            function: Name of a function of this package, e.g. ``"add_tag"``.

        Returns:
            True or False, from the published routes, or else from the versions of the server and
            its plugins; None if it publishes neither. For functions that change README, tags or
            annotations, it is False unless the server is known to store them (no released one
            is), or ``assume_offered`` names the function.

        Raises:
            InvalidRequestError: If no function has this name.
            LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

        Requires no login. Route: ``GET /config/versions`` and ``GET /doc/openapi.json``.
        """
        return self._run(_server.offers(function=function))

    def get_signed_urls(self, uri: DatasetUri) -> SignedUrls:
        """Return temporary URLs to read a whole dataset from its storage, without a login.

        Anyone who has such a URL can use it to read the data: keep it out of logs. Use a plain HTTP
        library to fetch it, because the dserver token must not be sent to storage.

        Args:
            uri: URI of the dataset, or the dataset with its ``uri``, e.g.
                ``"s3://test-bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675"``.

        Returns:
            The URLs (dict), items by identifier, with seconds and time (ISO 8601) of expiry::

                {"uri": "s3://test-bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675",
                 "expiry_seconds": 3600,
                 "expiry_timestamp": "2026-11-23T12:00:00Z",
                 "readme_url": "https://storage.example/...",
                 "manifest_url": "https://storage.example/...",
                 "admin_metadata_url": "https://storage.example/...",
                 "item_urls": {"eb58eb70ebcddf630feeea28834f5256c207edfd": "https://..."},
                 "overlay_urls": {}, "annotation_urls": {}, "tags": []}

        Raises:
            NotFoundError: If the dataset is not in the base URI.
            PermissionDeniedError: If the base URI is unknown or not yours to search.
            NotOfferedError: If the server has no such plugin, or the storage cannot sign URLs.
            LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

        Requires the dserver-signed-url-plugin, and search permission on the base URI.
        Route: ``GET /signed-urls/dataset/{uri}``.
        """
        return self._run(_signed_urls.get_signed_urls(uri=uri))

    def get_signed_item_url(self, uri: DatasetUri, identifier: str) -> SignedItemUrl:
        """Return a temporary URL to read one item of a dataset from its storage.

        Anyone who has such a URL can use it to read the data: keep it out of logs. Use a plain HTTP
        library to fetch it, because the dserver token must not be sent to storage.

        Args:
            uri: URI of the dataset, or the dataset with its ``uri``, e.g.
                ``"s3://test-bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675"``.
            identifier: Identifier of the item, as in the manifest.

        Returns:
            The URL (dict), with seconds and time (ISO 8601) of expiry::

                {"uri": "s3://test-bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675",
                 "identifier": "eb58eb70ebcddf630feeea28834f5256c207edfd",
                 "expiry_seconds": 3600,
                 "expiry_timestamp": "2026-11-23T12:00:00Z",
                 "url": "https://storage.example/..."}

        Raises:
            NotFoundError: If the dataset is not in the base URI, or the item not in the dataset.
            PermissionDeniedError: If the base URI is unknown or not yours to search.
            NotOfferedError: If the server has no such plugin, or the storage cannot sign URLs.
            LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

        Requires the dserver-signed-url-plugin, and search permission on the base URI.
        Route: ``GET /signed-urls/item/{uri}/{identifier}``.
        """
        return self._run(_signed_urls.get_signed_item_url(uri=uri, identifier=identifier))

    def request_upload(
        self,
        base_uri: str,
        uuid: str | UUID | None,
        name: str,
        creator_username: str,
        frozen_at: float | str | datetime,
        items: Manifest | Mapping[str, Any] | Sequence[UploadItem] | None = None,
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
            The URLs (dict), items by identifier, with seconds and time (ISO 8601) of expiry::

                {"uri": "s3://test-bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675",
                 "uuid": "1a1f9fad-8589-413e-9602-5bbd66bfe675",
                 "base_uri": "s3://test-bucket",
                 "expiry_seconds": 14400,
                 "expiry_timestamp": "2026-11-23T12:00:00Z",
                 "upload_urls": {
                     "readme": "https://storage.example/...",
                     "items": {"eb58eb70ebcddf630feeea28834f5256c207edfd": {
                         "url": "https://storage.example/...",
                         "relpath": "simple_text_file.txt",
                         "headers": {...}}}}}

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
        return self._run(
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
            )
        )

    def complete_upload(
        self, uri: DatasetUri, number_of_items: int | None = None
    ) -> UploadComplete:
        """Complete an upload: the server checks that the dataset is complete, and registers it.

        That takes about a minute for 5,000 items. The call may take five minutes, and a tenth of a
        second for each item, or as long as ``deadline`` says if that is longer. If the response is
        lost, it checks whether the dataset is registered; calling it again is safe.

        Args:
            uri: URI of the dataset, as ``request_upload`` returned it.
            number_of_items: Number of items in it; default unknown.

        Returns:
            The registered dataset (dict)::

                {"uri": "s3://test-bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675",
                 "uuid": "1a1f9fad-8589-413e-9602-5bbd66bfe675",
                 "name": "simple_test_dataset",
                 "status": "registered"}

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
        return self._run(_signed_urls.complete_upload(uri=uri, number_of_items=number_of_items))

    def get_users(
        self,
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
            A page: a list of users (dict) that also has ``pagination`` and ``sorting``. dserver
            0.22 lists no permissions here; ``get_user`` does::

                [{"username": "admin", "is_admin": True},
                 {"username": "testuser", "is_admin": False}]

        Raises:
            InvalidRequestError: If an argument cannot be sent.
            PermissionDeniedError: If you are not an administrator.
            LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

        Requires administrator rights. Route: ``GET /users``.
        """
        return self._run(
            _users.get_users(
                page_number=page_number,
                page_size=page_size,
                sort_fields=sort_fields,
                sort_order=sort_order,
                pagination=pagination,
                sorting=sorting,
            )
        )

    def iter_users(
        self,
        sort_fields: UserSortField | Sequence[UserSortField] | None = ("username",),
        sort_order: SortOrder | Sequence[SortOrder] | None = ASCENDING,
        ahead: int = 4,
        progress: Progress = False,
    ) -> Walk[User]:
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
            An iterator of users (dict) as from ``get_users``. Its ``total`` is their number;
            closing it stops early::

                {"username": "admin", "is_admin": True}
                {"username": "testuser", "is_admin": False}

        Raises:
            InvalidRequestError: If an argument cannot be sent.
            PermissionDeniedError: If you are not an administrator.
            ConflictError: If the users change faster than they can be read.
            LookupServerError: If a page cannot be read; continuing requests that page again.

        Requires administrator rights. Route: ``GET /users``.
        """
        try:
            return Walk(
                _users.iter_users(
                    sort_fields=sort_fields, sort_order=sort_order, ahead=ahead, progress=progress
                ),
                self._run,
            )
        except _LookupServerError as error:
            raise error.with_traceback(None) from None

    def get_me(self) -> User:
        """Return your own user.

        Returns:
            The user (dict), with the base URIs that you may search and register datasets in::

                {"username": "testuser",
                 "is_admin": False,
                 "search_permissions_on_base_uris": ["s3://test-bucket", "smb://test-share"],
                 "register_permissions_on_base_uris": []}

        Raises:
            AuthenticationError: If the login fails, or the server does not know the user.
            LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

        Requires a registered user. Route: ``GET /me``.
        """
        return self._run(_users.get_me())

    def get_user(self, username: str | None = None) -> User:
        """Return a user.

        Args:
            username: Name of the user; default is yourself.

        Returns:
            The user (dict), with the base URIs that the user may search and register datasets in::

                {"username": "testuser",
                 "is_admin": False,
                 "search_permissions_on_base_uris": ["s3://test-bucket", "smb://test-share"],
                 "register_permissions_on_base_uris": []}

        Raises:
            PermissionDeniedError: If you ask about another user and are not an administrator.
            NotFoundError: If the user is unknown.
            LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

        Requires administrator rights for all users except yourself.
        Route: ``GET /users/{username}``, or ``GET /me`` without a name.
        """
        return self._run(_users.get_user(username=username))

    def get_my_summary(self) -> Summary:
        """Return counts and sizes of all datasets that you may search.

        Returns:
            The summary (dict), in total and by base URI, creator and tag; sizes are bytes::

                {"number_of_datasets": 2,
                 "total_size_in_bytes": 34,
                 "datasets_per_creator": {"jotelha": 2},
                 "size_in_bytes_per_creator": {"jotelha": 34},
                 ...}

        Raises:
            LookupServerError: If the call fails; see ``dtool_lookup_api.errors``.

        Requires a registered user. Route: ``GET /me/summary``.
        """
        return self._run(_users.get_my_summary())

    def get_summary(self, username: str | None = None) -> Summary:
        """Return counts and sizes of all datasets that a user may search.

        Args:
            username: Name of the user; default is yourself.

        Returns:
            The summary (dict), in total and by base URI, creator and tag; sizes are bytes::

                {"number_of_datasets": 2,
                 "total_size_in_bytes": 34,
                 "datasets_per_creator": {"jotelha": 2},
                 "size_in_bytes_per_creator": {"jotelha": 34},
                 ...}

        Raises:
            PermissionDeniedError: If you ask about another user and are not an administrator.
            NotFoundError: If the user is unknown.
            LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

        Requires administrator rights for all users except yourself.
        Route: ``GET /users/{username}/summary``, or ``GET /me/summary`` without a name.
        """
        return self._run(_users.get_summary(username=username))

    def register_user(self, username: str, is_admin: bool = False) -> bool:
        """Register a user, or change whether a user is an administrator.

        Args:
            username: Name of the user, without slash.
            is_admin: Whether the user is to be an administrator, default False. An administrator
                registered again without it loses the rights.

        Returns:
            True; a failure raises an error.

        Raises:
            InvalidRequestError: If the name cannot be sent.
            PermissionDeniedError: If you are not an administrator.
            LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

        Requires administrator rights. Route: ``PUT /users/{username}``.
        """
        return self._run(_users.register_user(username=username, is_admin=is_admin))

    def delete_user(self, username: str) -> bool:
        """Delete a user, with all of the user's permissions; datasets stay.

        Args:
            username: Name of the user. An unknown name is not an error.

        Returns:
            True; a failure raises an error.

        Raises:
            InvalidRequestError: If the name cannot be sent.
            PermissionDeniedError: If you are not an administrator.
            LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

        Requires administrator rights. Route: ``DELETE /users/{username}``.
        """
        return self._run(_users.delete_user(username=username))

    def update_me(self, display_name: str | None) -> User:
        """Change your own profile.

        Args:
            display_name: Your display name; ``""`` or None clears it.

        Returns:
            Your user after the change (dict)::

                {"username": "testuser", "is_admin": False, "display_name": "Test User", ...}

        Raises:
            InvalidRequestError: If the name cannot be sent.
            NotOfferedError: If the server is older.
            LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

        Requires dservercore 0.23.0 and a registered user. Route: ``PATCH /me``.
        """
        return self._run(_users.update_me(display_name=display_name))

    def update_user(
        self, username: str, is_admin: bool | None = None, display_name: str | None = None
    ) -> User:
        """Change the profile of a user; what is not given stays as it is.

        Args:
            username: Name of the user.
            is_admin: Whether the user is to be an administrator.
            display_name: The user's display name; ``""`` clears it.

        Returns:
            The user after the change (dict)::

                {"username": "testuser", "is_admin": False, "display_name": "Test User", ...}

        Raises:
            InvalidRequestError: If an argument cannot be sent, or there is nothing to change.
            PermissionDeniedError: If you are not an administrator.
            NotFoundError: If the user is unknown.
            NotOfferedError: If the server is older.
            LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

        Requires dservercore 0.23.0 and administrator rights. Route: ``PATCH /users/{username}``,
        without a display name after ``GET``.
        """
        return self._run(
            _users.update_user(username=username, is_admin=is_admin, display_name=display_name)
        )

    def grant_search_permission(self, username: str, base_uri: str) -> User:
        """Allow a user to search a base URI; other permissions stay as they are.

        Args:
            username: Name of the user.
            base_uri: The base URI as it is registered, e.g. ``"s3://test-bucket"``. Granting it
                again is not an error.

        Returns:
            The user (dict), with all base URIs that the user may now search::

                {"username": "testuser",
                 "search_permissions_on_base_uris": ["s3://test-bucket", "smb://test-share"], ...}

        Raises:
            InvalidRequestError: If an argument cannot be sent.
            PermissionDeniedError: If you are not an administrator.
            NotFoundError: If the user or the base URI is unknown.
            NotOfferedError: If the server is older.
            LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

        Requires dservercore 0.23.0 and administrator rights.
        Route: ``POST /users/{username}/search/{base_uri}``.
        """
        return self._run(_users.grant_search_permission(username=username, base_uri=base_uri))

    def grant_register_permission(self, username: str, base_uri: str) -> User:
        """Allow a user to register datasets in a base URI; other permissions stay as they are.

        Args:
            username: Name of the user.
            base_uri: The base URI as it is registered, e.g. ``"s3://test-bucket"``. Granting
                it again is not an error.

        Returns:
            The user (dict), with all base URIs that the user may register datasets in now::

                {"username": "testuser",
                 "register_permissions_on_base_uris": ["s3://test-bucket"], ...}

        Raises:
            InvalidRequestError: If an argument cannot be sent.
            PermissionDeniedError: If you are not an administrator.
            NotFoundError: If the user or the base URI is unknown.
            NotOfferedError: If the server is older.
            LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

        Requires dservercore 0.23.0 and administrator rights.
        Route: ``POST /users/{username}/register/{base_uri}``.
        """
        return self._run(_users.grant_register_permission(username=username, base_uri=base_uri))

    def revoke_search_permission(self, username: str, base_uri: str) -> User:
        """Revoke a user's permission to search a base URI; other permissions stay as they are.

        Args:
            username: Name of the user.
            base_uri: The base URI as it is registered, e.g. ``"s3://test-bucket"``. It is not
                an error if the user may not search it anyway.

        Returns:
            The user (dict), with all base URIs that the user may still search::

                {"username": "testuser",
                 "search_permissions_on_base_uris": ["smb://test-share"], ...}

        Raises:
            InvalidRequestError: If an argument cannot be sent.
            PermissionDeniedError: If you are not an administrator.
            NotFoundError: If the user or the base URI is unknown.
            NotOfferedError: If the server is older.
            LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

        Requires dservercore 0.23.0 and administrator rights.
        Route: ``DELETE /users/{username}/search/{base_uri}``.
        """
        return self._run(_users.revoke_search_permission(username=username, base_uri=base_uri))

    def revoke_register_permission(self, username: str, base_uri: str) -> User:
        """Revoke a user's permission to register in a base URI; other permissions stay as they are.

        Args:
            username: Name of the user.
            base_uri: The base URI as it is registered, e.g. ``"s3://test-bucket"``. It is not
                an error if the user may not register there anyway.

        Returns:
            The user (dict), with all base URIs that the user may still register datasets in::

                {"username": "testuser", "register_permissions_on_base_uris": [], ...}

        Raises:
            InvalidRequestError: If an argument cannot be sent.
            PermissionDeniedError: If you are not an administrator.
            NotFoundError: If the user or the base URI is unknown.
            NotOfferedError: If the server is older.
            LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

        Requires dservercore 0.23.0 and administrator rights.
        Route: ``DELETE /users/{username}/register/{base_uri}``.
        """
        return self._run(_users.revoke_register_permission(username=username, base_uri=base_uri))


class AsyncClient(AsyncClientBase):
    """Talk to one dserver, with async methods.

    What is not given is taken from the configuration at each call. Any number of threads or
    tasks may share one.

    Args:
        url: URL of the dserver, including its path, default ``DSERVER_URL``.
        token: Token to send as it is, default ``DSERVER_TOKEN``. A configured token is only
            sent to the configured server.
        auth_url: URL of the token generator; the final ``/token`` may be left out, default
            ``DSERVER_TOKEN_GENERATOR_URL``. A configured generator is only asked for tokens of
            the configured server.
        username: User name for the token generator, default ``DSERVER_USERNAME``.
        password: Password for the token generator, default ``DSERVER_PASSWORD``. A configured
            password is only sent to the configured generator. It is stored as clear text: for
            tests only.
        api_key: API key of the OAuth2 token generator, for operators: it makes tokens for any
            user, default ``DSERVER_API_KEY``. A configured key is only sent to the configured
            generator.
        verify_ssl: Whether to verify certificates (``false`` is for tests only), or the path of
            a CA bundle, default ``DSERVER_VERIFY_SSL``, or ``True``.
        disable_authentication: Whether to send no token at all, default
            ``DSERVER_DISABLE_AUTHENTICATION``, or ``False``.
        timeout: Seconds to wait for a connection, or for the next byte, default
            ``DSERVER_TIMEOUT``, or 30.
        deadline: Seconds for one call, including login and retries, default
            ``DSERVER_DEADLINE``, or 120.
        retries: How often to retry a call that is safe to repeat; 0 for never, default
            ``DSERVER_RETRIES``, or 3.
        max_connections: How many calls of a client may be under way at a time; the others wait
            their turn, default ``DSERVER_MAX_CONNECTIONS``, or 32.
        max_response_mb: Size limit of a response in millions of bytes, after decompression,
            default ``DSERVER_MAX_RESPONSE_MB``, or 256.
        storage_verify_ssl: As ``verify_ssl``, for transfers of data from and to storage,
            default ``DSERVER_STORAGE_VERIFY_SSL``, or ``True``.
        storage_proxy: URL of the proxy for transfers, or ``none``; where it is not set, the
            environment's, default ``DSERVER_STORAGE_PROXY``.
        storage_timeout: Seconds without a byte after which a transfer fails; transfers have no
            deadline, default ``DSERVER_STORAGE_TIMEOUT``, or 60.
        assume_offered: Names of functions that this server, whose ``url`` must be given, is
            known to offer, though it does not say so, e.g. ``["add_tag"]``, default none. Where
            a server does not keep what these functions write, they destroy tags, annotations
            and READMEs in storage.
        engine: The HTTP library: ``httpx``, or ``aiohttp`` for async calls, default
            ``DSERVER_ENGINE``, or ``httpx``. A client also takes a transport of httpx, which
            remains yours to close.

    Example::

        async with AsyncClient("https://dserver.example") as client:
            await client.get_datasets()
    """

    async def get_base_uris(
        self,
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
            A page: a list of base URIs (dict) that also has ``pagination`` and ``sorting``::

                [{"base_uri": "s3://test-bucket"}, {"base_uri": "smb://test-share"}]

        Raises:
            InvalidRequestError: If an argument cannot be sent.
            PermissionDeniedError: If you are not an administrator.
            LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

        Requires administrator rights. Route: ``GET /base-uris``.
        """
        return await self._run(
            _base_uris.get_base_uris(
                page_number=page_number,
                page_size=page_size,
                sort_fields=sort_fields,
                sort_order=sort_order,
                pagination=pagination,
                sorting=sorting,
            )
        )

    def iter_base_uris(
        self,
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
            An iterator of base URIs (dict) as from ``get_base_uris``. Its ``total`` is their
            number; closing it stops early::

                {"base_uri": "s3://test-bucket"}
                {"base_uri": "smb://test-share"}

        Raises:
            InvalidRequestError: If an argument cannot be sent.
            PermissionDeniedError: If you are not an administrator.
            ConflictError: If the base URIs change faster than they can be read.
            LookupServerError: If a page cannot be read; continuing requests that page again.

        Requires administrator rights. Route: ``GET /base-uris``.
        """
        try:
            return AsyncWalk(
                _base_uris.iter_base_uris(
                    sort_fields=sort_fields, sort_order=sort_order, ahead=ahead, progress=progress
                ),
                self._run,
            )
        except _LookupServerError as error:
            raise error.with_traceback(None) from None

    async def get_base_uri(self, base_uri: str) -> BaseUriWithPermissions:
        """Return a base URI with its permissions.

        Args:
            base_uri: The base URI, e.g. ``"smb://test-share"``.

        Returns:
            The base URI (dict), with the names of the users who may search it and who may register
            datasets in it::

                {"base_uri": "smb://test-share",
                 "users_with_search_permissions": ["admin", "testuser"],
                 "users_with_register_permissions": ["admin"]}

        Raises:
            NotFoundError: If the server does not know the base URI.
            PermissionDeniedError: If you are not an administrator.
            LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

        Requires administrator rights. Route: ``GET /base-uris/{base_uri}``.
        """
        return await self._run(_base_uris.get_base_uri(base_uri=base_uri))

    async def register_base_uri(
        self,
        base_uri: str,
        users_with_search_permissions: Sequence[str] | None = None,
        users_with_register_permissions: Sequence[str] | None = None,
    ) -> bool:
        """Register a base URI, or change who may use it.

        The server replaces both lists of users at once, and drops names that it does not know. So
        the list that is not given is read first and sent back, and unknown names are refused.

        Args:
            base_uri: The base URI, e.g. ``"smb://test-share"``, without a slash at its end.
            users_with_search_permissions: Names of all users who may search it; default is to
                leave that as it is. An empty list takes the permission from all users.
            users_with_register_permissions: Names of all users who may register datasets in it;
                default is to leave that as it is. An empty list takes it from all users.

        Returns:
            True; a failure raises an error.

        Raises:
            InvalidRequestError: If an argument cannot be sent, or names an unknown user.
            PermissionDeniedError: If you are not an administrator.
            LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

        Requires administrator rights.
        Route: ``PUT /base-uris/{base_uri}``, after ``GET`` and ``GET /users/{username}``.
        """
        return await self._run(
            _base_uris.register_base_uri(
                base_uri=base_uri,
                users_with_search_permissions=users_with_search_permissions,
                users_with_register_permissions=users_with_register_permissions,
            )
        )

    async def delete_base_uri(self, base_uri: str) -> bool:
        """Delete a base URI that holds no datasets.

        Args:
            base_uri: The base URI. An unknown one is not an error.

        Returns:
            True; a failure raises an error.

        Raises:
            InvalidRequestError: If the base URI cannot be sent.
            PermissionDeniedError: If you are not an administrator.
            ServerError: Also if datasets are registered in it; then nothing is deleted.
            LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

        Requires administrator rights. Route: ``DELETE /base-uris/{base_uri}``.
        """
        return await self._run(_base_uris.delete_base_uri(base_uri=base_uri))

    async def copy_dataset(
        self,
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
            The registered copy (dict)::

                {"uri": "s3://archive/1a1f9fad-8589-413e-9602-5bbd66bfe675",
                 "uuid": "1a1f9fad-8589-413e-9602-5bbd66bfe675",
                 "name": "simple_test_dataset",
                 "status": "registered"}

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
        return await self._run(
            _dataset_copies.copy_dataset(
                uri=uri,
                base_uri=base_uri,
                to=to,
                overwrite=overwrite,
                concurrency=concurrency,
                progress=progress,
            )
        )

    async def upload_dataset(
        self,
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
            The registered dataset (dict)::

                {"uri": "s3://test-bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675",
                 "uuid": "1a1f9fad-8589-413e-9602-5bbd66bfe675",
                 "name": "simple_test_dataset",
                 "status": "registered"}

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
        return await self._run(
            _dataset_uploads.upload_dataset(
                path=path,
                base_uri=base_uri,
                name=name,
                creator_username=creator_username,
                new_uuid=new_uuid,
                overwrite=overwrite,
                concurrency=concurrency,
                progress=progress,
            )
        )

    async def get_datasets(
        self,
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
            A page: a list of datasets (dict) that also has ``pagination`` and ``sorting``. Dates
            are seconds since the epoch, UTC (float)::

                [{"base_uri": "smb://test-share",
                  "created_at": 1604860720.736269,
                  "creator_username": "jotelha",
                  "frozen_at": 1604921621.719575,
                  "name": "simple_test_dataset",
                  "number_of_items": 1,
                  "size_in_bytes": 17,
                  "uri": "smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675",
                  "uuid": "1a1f9fad-8589-413e-9602-5bbd66bfe675"}]

        Raises:
            InvalidRequestError: If an argument cannot be sent.
            LookupServerError: If the call fails; see ``dtool_lookup_api.errors``.

        Requires a registered user; lists what is in the base URIs that this user may search.
        Route: ``POST /uris``.
        """
        return await self._run(
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
            )
        )

    def iter_datasets(
        self,
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
            An iterator of datasets (dict) as from ``get_datasets``. Its ``total`` is their number;
            closing it stops early::

                {"uri": "s3://test-bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675", ...}
                {"uri": "smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675", ...}

        Raises:
            InvalidRequestError: If an argument cannot be sent.
            ConflictError: If the datasets change faster than they can be read.
            LookupServerError: If a page cannot be read; continuing requests that page again.

        Requires a registered user; lists what is in the base URIs that this user may search.
        Route: ``POST /uris``.
        """
        try:
            return AsyncWalk(
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
                self._run,
            )
        except _LookupServerError as error:
            raise error.with_traceback(None) from None

    async def get_one_dataset(
        self,
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
            The dataset (dict) as from ``get_datasets``. Dates are seconds since the epoch, UTC
            (float)::

                {"base_uri": "smb://test-share",
                 "created_at": 1604860720.736269,
                 "creator_username": "jotelha",
                 "frozen_at": 1604921621.719575,
                 "name": "simple_test_dataset",
                 "number_of_items": 1,
                 "size_in_bytes": 17,
                 "uri": "smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675",
                 "uuid": "1a1f9fad-8589-413e-9602-5bbd66bfe675"}

        Raises:
            NotFoundError: If no dataset matches.
            MultipleResultsError: If several match; it shows the first ten, and how many there are.
            InvalidRequestError: If an argument cannot be sent.
            LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

        Requires a registered user; finds what is in the base URIs that this user may search.
        Route: ``POST /uris``.
        """
        return await self._run(
            _datasets.get_one_dataset(
                free_text=free_text,
                creator_usernames=creator_usernames,
                base_uris=base_uris,
                uuids=uuids,
                tags=tags,
            )
        )

    async def get_dataset(self, uri: DatasetUri) -> Dataset:
        """Return what the server knows about the dataset at a URI.

        Args:
            uri: URI of the dataset, or the dataset with its ``uri``, e.g.
                ``"smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675"``.

        Returns:
            The dataset (dict). Dates are seconds since the epoch, UTC (float)::

                {"base_uri": "smb://test-share",
                 "created_at": 1604860720.736269,
                 "creator_username": "jotelha",
                 "frozen_at": 1604921621.719575,
                 "name": "simple_test_dataset",
                 "number_of_items": 1,
                 "size_in_bytes": 17,
                 "uri": "smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675",
                 "uuid": "1a1f9fad-8589-413e-9602-5bbd66bfe675"}

        Raises:
            NotFoundError: If the dataset is not in the base URI.
            PermissionDeniedError: If the base URI is unknown or not yours to search.
            LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

        Requires search permission on the base URI. Route: ``GET /uris/{uri}``.
        """
        return await self._run(_datasets.get_dataset(uri=uri))

    async def get_datasets_by_uuid(
        self,
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
            A page: a list of datasets (dict) as from ``get_datasets``, one for each copy; empty if
            no base URI that you may search has one::

                [{"uri": "s3://test-bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675", ...},
                 {"uri": "smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675", ...}]

        Raises:
            InvalidRequestError: If an argument cannot be sent.
            LookupServerError: If the call fails; see ``dtool_lookup_api.errors``.

        Requires a registered user; lists what is in the base URIs that this user may search.
        Route: ``GET /uuids/{uuid}``.
        """
        return await self._run(
            _datasets.get_datasets_by_uuid(
                uuid=uuid,
                page_number=page_number,
                page_size=page_size,
                sort_fields=sort_fields,
                sort_order=sort_order,
                pagination=pagination,
                sorting=sorting,
            )
        )

    def iter_datasets_by_uuid(
        self,
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
            An iterator of datasets (dict) as from ``get_datasets``, one for each copy. Its
            ``total`` is their number; closing it stops early::

                {"uri": "s3://test-bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675", ...}
                {"uri": "smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675", ...}

        Raises:
            InvalidRequestError: If an argument cannot be sent.
            ConflictError: If the datasets change faster than they can be read.
            LookupServerError: If a page cannot be read; continuing requests that page again.

        Requires a registered user; lists what is in the base URIs that this user may search.
        Route: ``GET /uuids/{uuid}``.
        """
        try:
            return AsyncWalk(
                _datasets.iter_datasets_by_uuid(
                    uuid=uuid,
                    sort_fields=sort_fields,
                    sort_order=sort_order,
                    ahead=ahead,
                    progress=progress,
                ),
                self._run,
            )
        except _LookupServerError as error:
            raise error.with_traceback(None) from None

    async def download_item(
        self,
        uri: DatasetUri,
        item: str,
        to: str | PathLike[str],
        overwrite: bool = False,
        progress: Progress = False,
    ) -> Path:
        """Download one item of a dataset to a file, and check it against the manifest.

        The data come directly from storage. Until the file is complete, it has a hidden name in the
        same folder, which ends in ``.part``. Size and hash are checked while it arrives. After a
        lost connection, the download continues where it stopped. If the program has ended, the next
        call continues it.

        Args:
            uri: URI of the dataset, or the dataset with its ``uri``, e.g.
                ``"s3://test-bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675"``.
            item: Path of the item in the dataset, e.g. ``"folder/data.csv"``, or its identifier.
            to: Path of the file, or of a folder that exists or ends in a slash, in which the file
                keeps its name. Missing folders are created.
            overwrite: Whether to replace an existing file that differs, default False. A file with
                the right content is left as it is, and nothing is downloaded.
            progress: True for a progress bar, which needs tqdm; or a function that is given how
                many bytes have arrived, and how many the item has. Default is neither.

        Returns:
            The path of the file (pathlib.Path), whose time of modification is that of the item::

                PosixPath("/home/user/data.csv")

        Raises:
            NotFoundError: If the dataset is not in the base URI, or the item not in the dataset.
            PermissionDeniedError: If the base URI is unknown or not yours to search.
            NotOfferedError: If the server has no such plugin, or the storage cannot sign URLs.
            InvalidRequestError: If another file is there, or the path cannot be used.
            IntegrityError: If an item differs from the manifest. It is not kept.
            ConflictError: If another call is downloading it to the same path.
            OSError: If the file cannot be written. Data that have arrived are kept.
            LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

        Requires the dserver-signed-url-plugin, and search permission on the base URI.
        Route: ``GET /manifests/{uri}``, ``GET /signed-urls/item/{uri}/{identifier}``.
        """
        return await self._run(
            _downloads.download_item(
                uri=uri, item=item, to=to, overwrite=overwrite, progress=progress
            )
        )

    async def read_item(
        self, uri: DatasetUri, item: str, start: int | None = None, stop: int | None = None
    ) -> bytes:
        """Return the content of one item of a dataset, or a part of it.

        The data come directly from storage, and are kept in memory: ``download_item`` writes large
        items to a file.

        Args:
            uri: URI of the dataset, or the dataset with its ``uri``, e.g.
                ``"s3://test-bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675"``.
            item: Path of the item in the dataset, e.g. ``"folder/data.csv"``, or its identifier.
            start: The first byte of the part, default the first of the item. As in a slice,
                negative numbers count from the end, and there may be fewer bytes than requested.
            stop: The byte after the last of the part, default the end of the item.

        Returns:
            The content (bytes)::

                b"Some test content"

            All of the item is checked against size and hash in the manifest, a part against the
            size only, as the hash is that of the whole.

        Raises:
            NotFoundError: If the dataset is not in the base URI, or the item not in the dataset.
            PermissionDeniedError: If the base URI is unknown or not yours to search.
            NotOfferedError: If the server has no such plugin, or the storage cannot sign URLs.
            InvalidRequestError: If an argument cannot be used.
            IntegrityError: If the item differs from the manifest.
            LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

        Requires the dserver-signed-url-plugin, and search permission on the base URI.
        Route: ``GET /manifests/{uri}``, ``GET /signed-urls/item/{uri}/{identifier}``.
        """
        return await self._run(_downloads.read_item(uri=uri, item=item, start=start, stop=stop))

    async def download_dataset(
        self,
        uri: DatasetUri,
        to: str | PathLike[str],
        select: str | Sequence[str] | None = None,
        concurrency: int = 8,
        dry_run: bool = False,
        progress: Progress = False,
    ) -> Download:
        """Download a dataset to a folder, and check each item against the manifest.

        The folder becomes a dataset that dtool and dtoolcore open and verify, with README, tags,
        annotations, overlays and times. Until everything is there, the data are in a hidden folder
        next to it that ends in ``.part``. After an interruption, the next call continues.

        Args:
            uri: URI of the dataset, or the dataset with its ``uri``, e.g.
                ``"s3://test-bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675"``.
            to: Path of the folder: a new one, an empty one other than the current folder, or one
                that has this dataset already. A link to a folder is followed.
            select: Which items to download: paths, identifiers, or patterns such as ``"*.csv"``, in
                which ``*`` also stands for slashes; default all. With a selection, the folder gets
                these files only, at their paths. It is not a dataset, and may have other files.
            concurrency: How many items to download at a time, 1 to 100, default 8.
            dry_run: Whether to check everything and download nothing, default False.
            progress: True for a progress bar, which needs tqdm; or a function that is given how
                many bytes have arrived, and how many there are. Default is neither.

        Returns:
            The content of the folder now, or with ``dry_run`` after a download (dict)::

                {"uri": "s3://test-bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675",
                 "path": "/home/user/dataset",
                 "is_dataset": True,
                 "items": ["simple_text_file.txt"],
                 "size_in_bytes": 17,
                 "missing_bytes": 17,
                 "unverified": []}

        Raises:
            NotFoundError: If the dataset is not in the base URI, or no item matches.
            PermissionDeniedError: If the base URI is unknown or not yours to search.
            NotOfferedError: If the server has no such plugin, or the storage cannot sign URLs.
            InvalidRequestError: If the folder has something else; if paths in the manifest lead
                out of the folder, or differ only by case. Then nothing is downloaded.
            IntegrityError: If an item differs from the manifest. It is not kept.
            ConflictError: If another call is downloading to the same folder.
            OSError: If a file cannot be written. Data that have arrived are kept.
            LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

        Requires the dserver-signed-url-plugin, and search permission on the base URI.
        Route: ``GET /signed-urls/dataset/{uri}``.
        """
        return await self._run(
            _downloads.download_dataset(
                uri=uri,
                to=to,
                select=select,
                concurrency=concurrency,
                dry_run=dry_run,
                progress=progress,
            )
        )

    async def get_graph_by_uuid(
        self,
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
            A page: a list of datasets (dict), one for each UUID, with the UUIDs of the parents in
            ``derived_from``; empty for a dataset that the graph does not know. dserver 0.22 knows
            only those that it has indexed itself, not those registered over HTTP::

                [{"uuid": "1a1f9fad-8589-413e-9602-5bbd66bfe675",
                  "name": "simple_test_dataset",
                  "uri": "smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675",
                  "derived_from": [], ...}]

        Raises:
            InvalidRequestError: If an argument cannot be sent.
            NotOfferedError: If the server has no such plugin.
            LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

        Requires the dserver-dependency-graph-plugin; lists what is in the base URIs that you may
        search. Route: ``GET /graph/uuids/{uuid}``, or ``POST`` with dependency keys.
        """
        return await self._run(
            _graph.get_graph_by_uuid(
                uuid=uuid,
                dependency_keys=dependency_keys,
                page_number=page_number,
                page_size=page_size,
                sort_fields=sort_fields,
                sort_order=sort_order,
                pagination=pagination,
                sorting=sorting,
            )
        )

    def iter_graph_by_uuid(
        self,
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
            An iterator of datasets (dict) as from ``get_graph_by_uuid``. Its ``total`` is their
            number; closing it stops early::

                {"uuid": "1a1f9fad-8589-413e-9602-5bbd66bfe675", "derived_from": [], ...}

        Raises:
            InvalidRequestError: If an argument cannot be sent.
            NotOfferedError: If the server has no such plugin.
            LookupServerError: If a page cannot be read; continuing requests that page again.

        Requires the dserver-dependency-graph-plugin; lists what is in the base URIs that you may
        search. Route: ``GET /graph/uuids/{uuid}``, or ``POST`` with dependency keys.
        """
        try:
            return AsyncWalk(
                _graph.iter_graph_by_uuid(
                    uuid=uuid, dependency_keys=dependency_keys, ahead=ahead, progress=progress
                ),
                self._run,
            )
        except _LookupServerError as error:
            raise error.with_traceback(None) from None

    async def get_provenance(
        self, uuid: DatasetUuid, dependency_keys: Sequence[str] | None = None
    ) -> Provenance:
        """Return a graph of all that a dataset is derived from and all that is derived from it.

        The graph is complete, whatever its size. Each 100 datasets take one request, for which
        the server builds the graph again. It returns one record for each UUID, so copies are
        not listed. It follows only UUIDs of version 4, and dserver 0.22 knows only datasets
        that it has indexed itself. Parents that it does not know, or that you may not search,
        are marked as missing.

        Args:
            uuid: UUID of the dataset, or the dataset with its ``uuid``, e.g.
                ``"1a1f9fad-8589-413e-9602-5bbd66bfe675"``.
            dependency_keys: Where the metadata name the UUIDs of parents, e.g.
                ``["readme.derived_from.uuid"]``; default is as the server is configured.

        Returns:
            A graph with ``nodes``, ``edges``, ``roots``, ``cycles`` and ``missing``, which
            notebooks draw. A dataset that the server does not know is its only node, and missing::

                <Provenance of 6 datasets, 5 edges>

        Raises:
            InvalidRequestError: If an argument cannot be sent.
            NotOfferedError: If the server has no such plugin.
            LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

        Requires the dserver-dependency-graph-plugin; finds what is in the base URIs that you may
        search. Route: ``GET /graph/uuids/{uuid}``, or ``POST`` with dependency keys.
        """
        return await self._run(_graph.get_provenance(uuid=uuid, dependency_keys=dependency_keys))

    def get_many(
        self,
        function: Callable[[Argument], Coroutine[Any, Any, Value]],
        each: Iterable[Argument] | AsyncIterable[Argument],
        concurrency: int = 8,
        progress: Progress = False,
    ) -> AsyncOutcomes[Argument, Value]:
        """Call a function with each of many values, several at a time, e.g. to read many READMEs.

        Args:
            function: A function of one argument, e.g. ``get_readme`` or ``get_tags``.
            each: What to call it with, e.g. URIs or datasets. They are taken one by one when they
                are needed, so they may come from an iterator of any length.
            concurrency: How many calls there may be at a time, 1 to 100, default 8.
            progress: True for a progress bar, which needs tqdm; or a function that is given, each
                time, how many were yielded and how many there are. Default is neither.

        Returns:
            An iterator of an ``Outcome`` for each value, in their order. A call that fails does not
            stop the others; closing the iterator stops early. Exceptions that are not errors of
            this package are raised when the iteration reaches them::

                Outcome(argument="smb://test-share/1a1f9fad-...", value="a: ...")
                Outcome(argument="smb://test-share/af6727bf-...", error=NotFoundError("..."))

        Raises:
            InvalidRequestError: If an argument of this function cannot be used.
            AuthenticationError: If the login fails; continuing tries it again.
            ConfigurationError: If a setting is missing or cannot be used.

        Requires what the function requires. Route: ``GET /readmes/{uri}`` and the like.
        """
        try:
            return AsyncOutcomes(
                _many.get_many(
                    function=function, each=each, concurrency=concurrency, progress=progress
                )
            )
        except _LookupServerError as error:
            raise error.with_traceback(None) from None

    async def get_manifest(self, uri: DatasetUri) -> Manifest:
        """Return the manifest of a dataset: the list of its items.

        Args:
            uri: URI of the dataset, or the dataset with its ``uri``, e.g.
                ``"smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675"``.

        Returns:
            The manifest (dict), with the items by identifier; sizes are bytes, timestamps seconds
            since the epoch, UTC (float)::

                {"dtoolcore_version": "3.17.0",
                 "hash_function": "md5sum_hexdigest",
                 "items": {"eb58eb70ebcddf630feeea28834f5256c207edfd": {
                     "hash": "2f7d9c3e0cfd47e8fcab0c12447b2bf0",
                     "relpath": "simple_text_file.txt",
                     "size_in_bytes": 17,
                     "utc_timestamp": 1605027357.284966}}}

        Raises:
            NotFoundError: If the dataset is not in the base URI.
            PermissionDeniedError: If the base URI is unknown or not yours to search.
            LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

        Requires search permission on the base URI. Route: ``GET /manifests/{uri}``.
        """
        return await self._run(_metadata.get_manifest(uri=uri))

    async def get_readme(self, uri: DatasetUri) -> str:
        r"""Return the README of a dataset, as the text that was registered.

        Args:
            uri: URI of the dataset, or the dataset with its ``uri``, e.g.
                ``"smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675"``.

        Returns:
            The text (str), usually YAML, for ``yaml.safe_load``::

                "project: testing project\ndescription: testing description\n..."

        Raises:
            NotFoundError: If the dataset is not in the base URI.
            PermissionDeniedError: If the base URI is unknown or not yours to search.
            LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

        Requires search permission on the base URI. Route: ``GET /readmes/{uri}``.
        """
        return await self._run(_metadata.get_readme(uri=uri))

    async def get_readme_as_dict(self, uri: DatasetUri) -> dict[str, Any]:
        """Return the README of a dataset as a dict.

        It is parsed as YAML by ``readmes.parse_readme``, which only creates plain data.
        ``readmes.value_at`` finds a value by its dotted key.

        Args:
            uri: URI of the dataset, or the dataset with its ``uri``, e.g.
                ``"smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675"``.

        Returns:
            The content (dict), an empty dict for an empty README; unquoted dates are
            ``datetime.date``::

                {"project": "testing project", "description": "testing description", ...}

        Raises:
            UnreadableAnswerError: If the README is not YAML, or not a mapping of keys to values;
                ``get_readme`` returns it as text.
            NotFoundError: If the dataset is not in the base URI.
            PermissionDeniedError: If the base URI is unknown or not yours to search.
            LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

        Requires search permission on the base URI. Route: ``GET /readmes/{uri}``.
        """
        return await self._run(_metadata.get_readme_as_dict(uri=uri))

    async def get_tags(self, uri: DatasetUri) -> list[str]:
        """Return the tags of a dataset.

        Args:
            uri: URI of the dataset, or the dataset with its ``uri``, e.g.
                ``"smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675"``.

        Returns:
            The tags (list of str)::

                ["simulation", "published"]

        Raises:
            NotFoundError: If the dataset is not in the base URI.
            PermissionDeniedError: If the base URI is unknown or not yours to search.
            LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

        Requires search permission on the base URI. Route: ``GET /tags/{uri}``.
        """
        return await self._run(_metadata.get_tags(uri=uri))

    async def get_annotations(self, uri: DatasetUri) -> Annotations:
        """Return the annotations of a dataset.

        Args:
            uri: URI of the dataset, or the dataset with its ``uri``, e.g.
                ``"smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675"``.

        Returns:
            The values by name (dict). dserver 0.22 sends every value except ``None`` as text::

                {"instrument": "AFM", "temperature": "293.15"}

        Raises:
            NotFoundError: If the dataset is not in the base URI.
            PermissionDeniedError: If the base URI is unknown or not yours to search.
            LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

        Requires search permission on the base URI. Route: ``GET /annotations/{uri}``.
        """
        return await self._run(_metadata.get_annotations(uri=uri))

    async def set_readme(self, uri: DatasetUri, readme: str | Mapping[str, Any]) -> str:
        r"""Replace the README of a dataset, on the server and in storage.

        Args:
            uri: URI of the dataset, or the dataset with its ``uri``, e.g.
                ``"smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675"``.
            readme: The README, as text or as a dict, which is sent as JSON, and so as YAML.

        Returns:
            The README as the server has it now (str)::

                "project: testing project\ndescription: testing description\n..."

        Raises:
            InvalidRequestError: If an argument cannot be sent.
            NotFoundError: If the dataset is not in the base URI.
            PermissionDeniedError: If the base URI is unknown or not yours to change.
            NotOfferedError: If the server is not known to store it; then nothing is sent. No
                released server is, unless ``assume_offered`` says so.
            LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

        Requires dservercore and a retrieve plugin known to store it, and search and register
        permission on the base URI. Route: ``PUT /readmes/{uri}``, between two ``GET``.
        """
        return await self._run(_metadata.set_readme(uri=uri, readme=readme))

    async def set_tags(self, uri: DatasetUri, tags: Sequence[str]) -> list[str]:
        """Replace all tags of a dataset, on the server and in storage.

        Tags that only storage has are lost, e.g. those that dtool has added since registration.

        Args:
            uri: URI of the dataset, or the dataset with its ``uri``, e.g.
                ``"smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675"``.
            tags: The tags, each of 1 to 80 of the characters ``0-9 a-z A-Z - _ .``; ``[]`` for
                none.

        Returns:
            The tags as the server has them now (list of str)::

                ["simulation", "published"]

        Raises:
            InvalidRequestError: If an argument cannot be sent.
            NotFoundError: If the dataset is not in the base URI.
            PermissionDeniedError: If the base URI is unknown or not yours to change.
            NotOfferedError: If the server is not known to store them; then nothing is sent. No
                released server is, unless ``assume_offered`` says so.
            LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

        Requires dservercore and a retrieve plugin known to store them, and search and register
        permission on the base URI. Route: ``PUT /tags/{uri}``, between two ``GET``.
        """
        return await self._run(_metadata.set_tags(uri=uri, tags=tags))

    async def add_tag(self, uri: DatasetUri, tag: str) -> list[str]:
        """Add a tag to a dataset, on the server and in storage.

        Tags that only storage has are lost, e.g. those that dtool has added since registration.

        Args:
            uri: URI of the dataset, or the dataset with its ``uri``, e.g.
                ``"smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675"``.
            tag: The tag, of 1 to 80 of the characters ``0-9 a-z A-Z - _ .``. One that the dataset
                has already is not an error.

        Returns:
            All tags as the server has them now (list of str)::

                ["simulation", "published"]

        Raises:
            InvalidRequestError: If an argument cannot be sent, or the dataset has a tag that dtool
                cannot write.
            NotFoundError: If the dataset is not in the base URI.
            PermissionDeniedError: If the base URI is unknown or not yours to change.
            NotOfferedError: If the server is not known to store it; then nothing is sent. No
                released server is, unless ``assume_offered`` says so.
            LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

        Requires dservercore and a retrieve plugin known to store it, and search and register
        permission on the base URI. Route: ``POST /tags/{uri}/{tag}``, between two ``GET``.
        """
        return await self._run(_metadata.add_tag(uri=uri, tag=tag))

    async def remove_tag(self, uri: DatasetUri, tag: str) -> list[str]:
        """Remove a tag from a dataset, on the server and in storage.

        Tags that only storage has are lost, e.g. those that dtool has added since registration.

        Args:
            uri: URI of the dataset, or the dataset with its ``uri``, e.g.
                ``"smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675"``.
            tag: The tag, without slash. One that the dataset does not have is not an error.

        Returns:
            The tags that the server still has (list of str)::

                ["simulation"]

        Raises:
            InvalidRequestError: If an argument cannot be sent, or the dataset has another tag that
                dtool cannot write.
            NotFoundError: If the dataset is not in the base URI.
            PermissionDeniedError: If the base URI is unknown or not yours to change.
            NotOfferedError: If the server is not known to store it; then nothing is sent. No
                released server is, unless ``assume_offered`` says so.
            LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

        Requires dservercore and a retrieve plugin known to store it, and search and register
        permission on the base URI. Route: ``DELETE /tags/{uri}/{tag}``, between two ``GET``.
        """
        return await self._run(_metadata.remove_tag(uri=uri, tag=tag))

    async def set_annotation(self, uri: DatasetUri, name: str, value: Any) -> Annotations:
        """Set an annotation of a dataset, on the server and in storage.

        Annotations that only storage has are lost, e.g. those that dtool has added since then.

        Args:
            uri: URI of the dataset, or the dataset with its ``uri``, e.g.
                ``"smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675"``.
            name: Name of the annotation, of 1 to 80 of the characters ``0-9 a-z A-Z - _``.
            value: The value: any JSON value.

        Returns:
            All annotations as the server has them now (dict)::

                {"instrument": "AFM", "temperature": 293.15}

        Raises:
            InvalidRequestError: If an argument cannot be sent, or the dataset has an annotation
                that dtool cannot write.
            NotFoundError: If the dataset is not in the base URI.
            PermissionDeniedError: If the base URI is unknown or not yours to change.
            NotOfferedError: If the server is not known to store it; then nothing is sent. No
                released server is, unless ``assume_offered`` says so.
            LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

        Requires dservercore and a retrieve plugin known to store it, and search and register
        permission on the base URI.
        Route: ``PUT /annotations/{uri}/{annotation_name}``, between two ``GET``.
        """
        return await self._run(_metadata.set_annotation(uri=uri, name=name, value=value))

    async def set_annotations(self, uri: DatasetUri, annotations: Mapping[str, Any]) -> Annotations:
        """Replace all annotations of a dataset, on the server and in storage.

        The server has no usable route for that, so they are set and deleted one by one. If one
        fails, those before it stay changed. Annotations that only storage has are lost, e.g. those
        that dtool has added since registration.

        Args:
            uri: URI of the dataset, or the dataset with its ``uri``, e.g.
                ``"smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675"``.
            annotations: The values by name, each of 1 to 80 of the characters ``0-9 a-z A-Z - _``;
                ``{}`` for none.

        Returns:
            All annotations as the server has them now (dict)::

                {"instrument": "AFM", "temperature": 293.15}

        Raises:
            InvalidRequestError: If an argument cannot be sent, or the dataset has an annotation
                that dtool cannot write.
            NotFoundError: If the dataset is not in the base URI.
            PermissionDeniedError: If the base URI is unknown or not yours to change.
            NotOfferedError: If the server is not known to store them; then nothing is sent. No
                released server is, unless ``assume_offered`` says so.
            LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

        Requires dservercore and a retrieve plugin known to store them, and search and register
        permission on the base URI.
        Route: ``PUT`` and ``DELETE /annotations/{uri}/{annotation_name}``, between two ``GET``.
        """
        return await self._run(_metadata.set_annotations(uri=uri, annotations=annotations))

    async def delete_annotation(self, uri: DatasetUri, name: str) -> Annotations:
        """Delete an annotation of a dataset, on the server and in storage.

        Annotations that only storage has are lost, e.g. those that dtool has added since then.

        Args:
            uri: URI of the dataset, or the dataset with its ``uri``, e.g.
                ``"smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675"``.
            name: Name of the annotation, without slash. One that the dataset does not have is not
                an error.

        Returns:
            The annotations that the server still has (dict)::

                {"instrument": "AFM"}

        Raises:
            InvalidRequestError: If an argument cannot be sent, or the dataset has another
                annotation that dtool cannot write.
            NotFoundError: If the dataset is not in the base URI.
            PermissionDeniedError: If the base URI is unknown or not yours to change.
            NotOfferedError: If the server is not known to store it; then nothing is sent. No
                released server is, unless ``assume_offered`` says so.
            LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

        Requires dservercore and a retrieve plugin known to store it, and search and register
        permission on the base URI.
        Route: ``DELETE /annotations/{uri}/{annotation_name}``, between two ``GET``.
        """
        return await self._run(_metadata.delete_annotation(uri=uri, name=name))

    async def get_datasets_by_mongo_query(
        self,
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
            A page: a list of datasets (dict) that also has ``pagination``. Dates are seconds since
            the epoch, UTC (float), here with milliseconds only::

                [{"base_uri": "smb://test-share",
                  "created_at": 1604860720.736,
                  "creator_username": "jotelha",
                  "dtoolcore_version": "3.17.0",
                  "frozen_at": 1604921621.719,
                  "name": "simple_test_dataset",
                  "tags": [],
                  "type": "dataset",
                  "uri": "smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675",
                  "uuid": "1a1f9fad-8589-413e-9602-5bbd66bfe675", ...}]

        Raises:
            InvalidRequestError: If an argument cannot be sent, or the query is not JSON.
            NotOfferedError: If the server has no such plugin, or has it switched off.
            ServerError: Also if MongoDB refuses the query; the server does not say why.
            LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

        Requires the dserver-direct-mongo-plugin with ``DSERVER_ALLOW_DIRECT_QUERY``; lists what
        is in the base URIs that you may search. Route: ``POST /mongo/query``.
        """
        return await self._run(
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
            )
        )

    def iter_datasets_by_mongo_query(
        self,
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
            An iterator of datasets (dict) as from ``get_datasets_by_mongo_query``. Its ``total`` is
            how many there were at the beginning, or the limit; closing it stops early::

                {"uri": "s3://test-bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675", ...}
                {"uri": "smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675", ...}

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
                self._run,
            )
        except _LookupServerError as error:
            raise error.with_traceback(None) from None

    async def get_one_dataset_by_mongo_query(
        self,
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
            The dataset (dict) as from ``get_datasets_by_mongo_query``::

                {"name": "simple_test_dataset",
                 "tags": [],
                 "uri": "smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675", ...}

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
        return await self._run(
            _mongo.get_one_dataset_by_mongo_query(
                query=query,
                creator_usernames=creator_usernames,
                base_uris=base_uris,
                uuids=uuids,
                tags=tags,
            )
        )

    async def get_datasets_by_mongo_aggregation(
        self,
        aggregation: Sequence[Mapping[str, Any]] | Mapping[str, Any] | str,
        page_number: int | None = 1,
        page_size: int | None = 10,
        sort_fields: DatasetSortField | Sequence[DatasetSortField] | None = ("uri",),
        sort_order: SortOrder | Sequence[SortOrder] | None = ASCENDING,
        pagination: dict[str, Any] | None = None,
        sorting: dict[str, Any] | None = None,
    ) -> Page[JsonObject]:
        """Run a MongoDB aggregation over the datasets that you may search.

        Args:
            aggregation: The stages, a list of dicts or JSON text, e.g.
                ``[{"$match": {"name": "simple_test_dataset"}}]``; or a single stage.
            page_number: Number of the page, from 1 (default). A page past the end is empty.
            page_size: Results on a page, 1 to 100, default 10.
            sort_fields: Ignored by the server; use a ``$sort`` stage.
            sort_order: Ignored by the server.
            pagination: A dict to fill with the page's ``pagination``.
            sorting: A dict to fill with the page's ``sorting``.

        Returns:
            A page: a list of results (dict) that also has ``pagination``. The server removes
            ``_id``: keep the key of a ``$group`` with ``{"$addFields": {"key": "$_id"}}``::

                [{"key": "jotelha", "count": 2}]

        Raises:
            InvalidRequestError: If an argument cannot be sent, or the stages are not JSON.
            NotOfferedError: If the server has no such plugin, or has it switched off.
            ServerError: Also if MongoDB refuses a stage; the server does not say why.
            LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

        Requires the dserver-direct-mongo-plugin with ``DSERVER_ALLOW_DIRECT_AGGREGATION``.
        Route: ``POST /mongo/aggregate``.
        """
        return await self._run(
            _mongo.get_datasets_by_mongo_aggregation(
                aggregation=aggregation,
                page_number=page_number,
                page_size=page_size,
                sort_fields=sort_fields,
                sort_order=sort_order,
                pagination=pagination,
                sorting=sorting,
            )
        )

    async def register_dataset(
        self,
        uri: DatasetUri,
        base_uri: str | None = None,
        readme: str | Mapping[str, Any] | None = None,
        manifest: Manifest | Mapping[str, Any] | None = None,
        uuid: str | UUID | None = None,
        name: str | None = None,
        type: str | None = None,
        creator_username: str | None = None,
        frozen_at: float | str | date | datetime | None = None,
        created_at: float | str | date | datetime | None = None,
        annotations: Mapping[str, Any] | None = None,
        tags: Sequence[str] | None = None,
        number_of_items: int | None = None,
        size_in_bytes: int | None = None,
        admin_metadata: Mapping[str, Any] | None = None,
    ) -> bool:
        """Register a dataset, or replace all of what is registered for its URI.

        ``register_dataset_from`` does it for a dataset that dtoolcore can read.

        Args:
            uri: URI of the dataset, or the dataset with its ``uri``, e.g.
                ``"s3://test-bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675"``.
            base_uri: The base URI that it is in; default is the URI without its last part.
            readme: The README, as text or as a dict, which is sent as JSON, and so as YAML.
            manifest: The manifest, as dtoolcore has it.
            uuid: UUID of the dataset.
            name: Name of the dataset.
            type: ``"dataset"``, which is the default; the server takes frozen datasets only.
            creator_username: Name of the creator.
            frozen_at: When it was frozen: seconds since the epoch (number or text), an ISO 8601
                string, a date (midnight), or a datetime; without a time zone, UTC is meant.
            created_at: When it was created, likewise; default is ``frozen_at``.
            annotations: Annotations by name, default none.
            tags: Tags, default none.
            number_of_items: Number of items; default is counted in the manifest.
            size_in_bytes: Size of all items in bytes; default is added up from the manifest.
            admin_metadata: What dtoolcore calls the admin metadata (dict), for whatever of uuid,
                name, type, creator_username, frozen_at and created_at is not given.

        Returns:
            True; a failure raises an error.

        Raises:
            InvalidRequestError: If an argument is missing or cannot be sent; nothing is sent then.
            PermissionDeniedError: If the base URI is unknown, or not yours to register in.
            LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

        Requires register permission on the base URI. Route: ``PUT /uris/{uri}``.
        """
        return await self._run(
            _registration.register_dataset(
                uri=uri,
                base_uri=base_uri,
                readme=readme,
                manifest=manifest,
                uuid=uuid,
                name=name,
                type=type,
                creator_username=creator_username,
                frozen_at=frozen_at,
                created_at=created_at,
                annotations=annotations,
                tags=tags,
                number_of_items=number_of_items,
                size_in_bytes=size_in_bytes,
                admin_metadata=admin_metadata,
            )
        )

    async def register_dataset_from(self, uri: DatasetUri, skip_unsendable: bool = False) -> bool:
        """Register a dataset with the metadata that dtoolcore reads at its URI.

        Args:
            uri: URI of a frozen dataset; dtoolcore must be able to read it from here.
            skip_unsendable: Whether to leave out annotations that cannot be sent, such as NaN,
                which dtoolcore stores; default is to raise.

        Returns:
            True; a failure raises an error.

        Raises:
            InvalidRequestError: If dtoolcore cannot read URIs of this scheme, or if a part of the
                dataset cannot be read or sent.
            DtoolCoreTypeError: If dtoolcore finds no frozen dataset there.
            PermissionDeniedError: If the base URI is unknown, or not yours to register in.
            LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

        Requires register permission on the base URI. Route: ``PUT /uris/{uri}``.
        """
        return await self._run(
            _registration.register_dataset_from(uri=uri, skip_unsendable=skip_unsendable)
        )

    async def register_datasets_from(
        self, base_uri: str, skip_unsendable: bool = False
    ) -> Registration:
        """Register all frozen datasets in a base URI with the metadata that dtoolcore reads.

        Datasets that are not frozen yet, such as incomplete uploads, are left out.

        Args:
            base_uri: The base URI; dtoolcore must be able to read it from here.
            skip_unsendable: Whether to leave out annotations that cannot be sent, such as NaN,
                which dtoolcore stores; default is to leave out their dataset as failed.

        Returns:
            The outcomes by URI (dict). A dataset that cannot be read or registered does not stop
            the others::

                {"registered": ["s3://test-bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675"],
                 "pending": ["s3://test-bucket/1a542453-dd0a-4299-a0ec-3c8ada585ce5"],
                 "failed": {"s3://test-bucket/af6727bf-29c7-43dd-b42f-a5d7ede28337": "..."}}

        Raises:
            AuthenticationError: If the login fails; then nothing is registered.
            ConfigurationError: If a setting is missing or cannot be used.

        Requires register permission on the base URI. Route: ``PUT /uris/{uri}``.
        """
        return await self._run(
            _registration.register_datasets_from(base_uri=base_uri, skip_unsendable=skip_unsendable)
        )

    async def delete_dataset(self, uri: DatasetUri) -> bool:
        """Remove the registration of a dataset; its data stay in storage.

        dserver 0.22 only removes it from listings without filters: searches, README and manifest
        still find it.

        Args:
            uri: URI of the dataset. An unregistered one is not an error.

        Returns:
            True; a failure raises an error.

        Raises:
            PermissionDeniedError: If the base URI is unknown, or not yours to register in.
            LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

        Requires register permission on the base URI. Route: ``DELETE /uris/{uri}``.
        """
        return await self._run(_registration.delete_dataset(uri=uri))

    async def get_config(self) -> ServerConfig:
        """Return the server's configuration.

        Returns:
            The configured values by name in lower case, without secrets (dict)::

                {"allow_direct_query": True, "api_title": "dserver API", ...}

        Raises:
            LookupServerError: If the call fails; see ``dtool_lookup_api.errors``.

        Requires a registered user. Route: ``GET /config/info``.
        """
        return await self._run(_server.get_config())

    async def get_versions(self) -> ServerVersions:
        """Return the versions of the server and of its plugins.

        Returns:
            The version by name of the Python module (dict), also of each installed plugin::

                {"dservercore": "0.22.0", "dserver_direct_mongo_plugin": "0.4.2", ...}

        Raises:
            LookupServerError: If the call fails; see ``dtool_lookup_api.errors``.

        Requires no login. Route: ``GET /config/versions``.
        """
        return await self._run(_server.get_versions())

    async def get_health(self) -> Health:
        """Return whether the server is up.

        Returns:
            The state (dict); a server that is not up raises an error instead::

                {"status": "healthy"}

        Raises:
            NotOfferedError: If the server is older.
            LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

        Requires dservercore 0.23.0, and no login. Route: ``GET /config/health``.
        """
        return await self._run(_server.get_health())

    async def offers(self, function: FunctionName) -> bool | None:
        """Return whether the server offers what a function needs.

        If it does not, calling the function raises NotOfferedError, which says what is missing.
        Versions and document of the server are cached for five minutes. They do not show what is
        switched off in the server's configuration; ``get_config`` does.

        Args:
            function: Name of a function of this package, e.g. ``"add_tag"``.

        Returns:
            True or False, from the published routes, or else from the versions of the server and
            its plugins; None if it publishes neither. For functions that change README, tags or
            annotations, it is False unless the server is known to store them (no released one
            is), or ``assume_offered`` names the function.

        Raises:
            InvalidRequestError: If no function has this name.
            LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

        Requires no login. Route: ``GET /config/versions`` and ``GET /doc/openapi.json``.
        """
        return await self._run(_server.offers(function=function))

    async def get_signed_urls(self, uri: DatasetUri) -> SignedUrls:
        """Return temporary URLs to read a whole dataset from its storage, without a login.

        Anyone who has such a URL can use it to read the data: keep it out of logs. Use a plain HTTP
        library to fetch it, because the dserver token must not be sent to storage.

        Args:
            uri: URI of the dataset, or the dataset with its ``uri``, e.g.
                ``"s3://test-bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675"``.

        Returns:
            The URLs (dict), items by identifier, with seconds and time (ISO 8601) of expiry::

                {"uri": "s3://test-bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675",
                 "expiry_seconds": 3600,
                 "expiry_timestamp": "2026-11-23T12:00:00Z",
                 "readme_url": "https://storage.example/...",
                 "manifest_url": "https://storage.example/...",
                 "admin_metadata_url": "https://storage.example/...",
                 "item_urls": {"eb58eb70ebcddf630feeea28834f5256c207edfd": "https://..."},
                 "overlay_urls": {}, "annotation_urls": {}, "tags": []}

        Raises:
            NotFoundError: If the dataset is not in the base URI.
            PermissionDeniedError: If the base URI is unknown or not yours to search.
            NotOfferedError: If the server has no such plugin, or the storage cannot sign URLs.
            LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

        Requires the dserver-signed-url-plugin, and search permission on the base URI.
        Route: ``GET /signed-urls/dataset/{uri}``.
        """
        return await self._run(_signed_urls.get_signed_urls(uri=uri))

    async def get_signed_item_url(self, uri: DatasetUri, identifier: str) -> SignedItemUrl:
        """Return a temporary URL to read one item of a dataset from its storage.

        Anyone who has such a URL can use it to read the data: keep it out of logs. Use a plain HTTP
        library to fetch it, because the dserver token must not be sent to storage.

        Args:
            uri: URI of the dataset, or the dataset with its ``uri``, e.g.
                ``"s3://test-bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675"``.
            identifier: Identifier of the item, as in the manifest.

        Returns:
            The URL (dict), with seconds and time (ISO 8601) of expiry::

                {"uri": "s3://test-bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675",
                 "identifier": "eb58eb70ebcddf630feeea28834f5256c207edfd",
                 "expiry_seconds": 3600,
                 "expiry_timestamp": "2026-11-23T12:00:00Z",
                 "url": "https://storage.example/..."}

        Raises:
            NotFoundError: If the dataset is not in the base URI, or the item not in the dataset.
            PermissionDeniedError: If the base URI is unknown or not yours to search.
            NotOfferedError: If the server has no such plugin, or the storage cannot sign URLs.
            LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

        Requires the dserver-signed-url-plugin, and search permission on the base URI.
        Route: ``GET /signed-urls/item/{uri}/{identifier}``.
        """
        return await self._run(_signed_urls.get_signed_item_url(uri=uri, identifier=identifier))

    async def request_upload(
        self,
        base_uri: str,
        uuid: str | UUID | None,
        name: str,
        creator_username: str,
        frozen_at: float | str | datetime,
        items: Manifest | Mapping[str, Any] | Sequence[UploadItem] | None = None,
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
            The URLs (dict), items by identifier, with seconds and time (ISO 8601) of expiry::

                {"uri": "s3://test-bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675",
                 "uuid": "1a1f9fad-8589-413e-9602-5bbd66bfe675",
                 "base_uri": "s3://test-bucket",
                 "expiry_seconds": 14400,
                 "expiry_timestamp": "2026-11-23T12:00:00Z",
                 "upload_urls": {
                     "readme": "https://storage.example/...",
                     "items": {"eb58eb70ebcddf630feeea28834f5256c207edfd": {
                         "url": "https://storage.example/...",
                         "relpath": "simple_text_file.txt",
                         "headers": {...}}}}}

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
        return await self._run(
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
            )
        )

    async def complete_upload(
        self, uri: DatasetUri, number_of_items: int | None = None
    ) -> UploadComplete:
        """Complete an upload: the server checks that the dataset is complete, and registers it.

        That takes about a minute for 5,000 items. The call may take five minutes, and a tenth of a
        second for each item, or as long as ``deadline`` says if that is longer. If the response is
        lost, it checks whether the dataset is registered; calling it again is safe.

        Args:
            uri: URI of the dataset, as ``request_upload`` returned it.
            number_of_items: Number of items in it; default unknown.

        Returns:
            The registered dataset (dict)::

                {"uri": "s3://test-bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675",
                 "uuid": "1a1f9fad-8589-413e-9602-5bbd66bfe675",
                 "name": "simple_test_dataset",
                 "status": "registered"}

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
        return await self._run(
            _signed_urls.complete_upload(uri=uri, number_of_items=number_of_items)
        )

    async def get_users(
        self,
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
            A page: a list of users (dict) that also has ``pagination`` and ``sorting``. dserver
            0.22 lists no permissions here; ``get_user`` does::

                [{"username": "admin", "is_admin": True},
                 {"username": "testuser", "is_admin": False}]

        Raises:
            InvalidRequestError: If an argument cannot be sent.
            PermissionDeniedError: If you are not an administrator.
            LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

        Requires administrator rights. Route: ``GET /users``.
        """
        return await self._run(
            _users.get_users(
                page_number=page_number,
                page_size=page_size,
                sort_fields=sort_fields,
                sort_order=sort_order,
                pagination=pagination,
                sorting=sorting,
            )
        )

    def iter_users(
        self,
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
            An iterator of users (dict) as from ``get_users``. Its ``total`` is their number;
            closing it stops early::

                {"username": "admin", "is_admin": True}
                {"username": "testuser", "is_admin": False}

        Raises:
            InvalidRequestError: If an argument cannot be sent.
            PermissionDeniedError: If you are not an administrator.
            ConflictError: If the users change faster than they can be read.
            LookupServerError: If a page cannot be read; continuing requests that page again.

        Requires administrator rights. Route: ``GET /users``.
        """
        try:
            return AsyncWalk(
                _users.iter_users(
                    sort_fields=sort_fields, sort_order=sort_order, ahead=ahead, progress=progress
                ),
                self._run,
            )
        except _LookupServerError as error:
            raise error.with_traceback(None) from None

    async def get_me(self) -> User:
        """Return your own user.

        Returns:
            The user (dict), with the base URIs that you may search and register datasets in::

                {"username": "testuser",
                 "is_admin": False,
                 "search_permissions_on_base_uris": ["s3://test-bucket", "smb://test-share"],
                 "register_permissions_on_base_uris": []}

        Raises:
            AuthenticationError: If the login fails, or the server does not know the user.
            LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

        Requires a registered user. Route: ``GET /me``.
        """
        return await self._run(_users.get_me())

    async def get_user(self, username: str | None = None) -> User:
        """Return a user.

        Args:
            username: Name of the user; default is yourself.

        Returns:
            The user (dict), with the base URIs that the user may search and register datasets in::

                {"username": "testuser",
                 "is_admin": False,
                 "search_permissions_on_base_uris": ["s3://test-bucket", "smb://test-share"],
                 "register_permissions_on_base_uris": []}

        Raises:
            PermissionDeniedError: If you ask about another user and are not an administrator.
            NotFoundError: If the user is unknown.
            LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

        Requires administrator rights for all users except yourself.
        Route: ``GET /users/{username}``, or ``GET /me`` without a name.
        """
        return await self._run(_users.get_user(username=username))

    async def get_my_summary(self) -> Summary:
        """Return counts and sizes of all datasets that you may search.

        Returns:
            The summary (dict), in total and by base URI, creator and tag; sizes are bytes::

                {"number_of_datasets": 2,
                 "total_size_in_bytes": 34,
                 "datasets_per_creator": {"jotelha": 2},
                 "size_in_bytes_per_creator": {"jotelha": 34},
                 ...}

        Raises:
            LookupServerError: If the call fails; see ``dtool_lookup_api.errors``.

        Requires a registered user. Route: ``GET /me/summary``.
        """
        return await self._run(_users.get_my_summary())

    async def get_summary(self, username: str | None = None) -> Summary:
        """Return counts and sizes of all datasets that a user may search.

        Args:
            username: Name of the user; default is yourself.

        Returns:
            The summary (dict), in total and by base URI, creator and tag; sizes are bytes::

                {"number_of_datasets": 2,
                 "total_size_in_bytes": 34,
                 "datasets_per_creator": {"jotelha": 2},
                 "size_in_bytes_per_creator": {"jotelha": 34},
                 ...}

        Raises:
            PermissionDeniedError: If you ask about another user and are not an administrator.
            NotFoundError: If the user is unknown.
            LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

        Requires administrator rights for all users except yourself.
        Route: ``GET /users/{username}/summary``, or ``GET /me/summary`` without a name.
        """
        return await self._run(_users.get_summary(username=username))

    async def register_user(self, username: str, is_admin: bool = False) -> bool:
        """Register a user, or change whether a user is an administrator.

        Args:
            username: Name of the user, without slash.
            is_admin: Whether the user is to be an administrator, default False. An administrator
                registered again without it loses the rights.

        Returns:
            True; a failure raises an error.

        Raises:
            InvalidRequestError: If the name cannot be sent.
            PermissionDeniedError: If you are not an administrator.
            LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

        Requires administrator rights. Route: ``PUT /users/{username}``.
        """
        return await self._run(_users.register_user(username=username, is_admin=is_admin))

    async def delete_user(self, username: str) -> bool:
        """Delete a user, with all of the user's permissions; datasets stay.

        Args:
            username: Name of the user. An unknown name is not an error.

        Returns:
            True; a failure raises an error.

        Raises:
            InvalidRequestError: If the name cannot be sent.
            PermissionDeniedError: If you are not an administrator.
            LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

        Requires administrator rights. Route: ``DELETE /users/{username}``.
        """
        return await self._run(_users.delete_user(username=username))

    async def update_me(self, display_name: str | None) -> User:
        """Change your own profile.

        Args:
            display_name: Your display name; ``""`` or None clears it.

        Returns:
            Your user after the change (dict)::

                {"username": "testuser", "is_admin": False, "display_name": "Test User", ...}

        Raises:
            InvalidRequestError: If the name cannot be sent.
            NotOfferedError: If the server is older.
            LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

        Requires dservercore 0.23.0 and a registered user. Route: ``PATCH /me``.
        """
        return await self._run(_users.update_me(display_name=display_name))

    async def update_user(
        self, username: str, is_admin: bool | None = None, display_name: str | None = None
    ) -> User:
        """Change the profile of a user; what is not given stays as it is.

        Args:
            username: Name of the user.
            is_admin: Whether the user is to be an administrator.
            display_name: The user's display name; ``""`` clears it.

        Returns:
            The user after the change (dict)::

                {"username": "testuser", "is_admin": False, "display_name": "Test User", ...}

        Raises:
            InvalidRequestError: If an argument cannot be sent, or there is nothing to change.
            PermissionDeniedError: If you are not an administrator.
            NotFoundError: If the user is unknown.
            NotOfferedError: If the server is older.
            LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

        Requires dservercore 0.23.0 and administrator rights. Route: ``PATCH /users/{username}``,
        without a display name after ``GET``.
        """
        return await self._run(
            _users.update_user(username=username, is_admin=is_admin, display_name=display_name)
        )

    async def grant_search_permission(self, username: str, base_uri: str) -> User:
        """Allow a user to search a base URI; other permissions stay as they are.

        Args:
            username: Name of the user.
            base_uri: The base URI as it is registered, e.g. ``"s3://test-bucket"``. Granting it
                again is not an error.

        Returns:
            The user (dict), with all base URIs that the user may now search::

                {"username": "testuser",
                 "search_permissions_on_base_uris": ["s3://test-bucket", "smb://test-share"], ...}

        Raises:
            InvalidRequestError: If an argument cannot be sent.
            PermissionDeniedError: If you are not an administrator.
            NotFoundError: If the user or the base URI is unknown.
            NotOfferedError: If the server is older.
            LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

        Requires dservercore 0.23.0 and administrator rights.
        Route: ``POST /users/{username}/search/{base_uri}``.
        """
        return await self._run(_users.grant_search_permission(username=username, base_uri=base_uri))

    async def grant_register_permission(self, username: str, base_uri: str) -> User:
        """Allow a user to register datasets in a base URI; other permissions stay as they are.

        Args:
            username: Name of the user.
            base_uri: The base URI as it is registered, e.g. ``"s3://test-bucket"``. Granting
                it again is not an error.

        Returns:
            The user (dict), with all base URIs that the user may register datasets in now::

                {"username": "testuser",
                 "register_permissions_on_base_uris": ["s3://test-bucket"], ...}

        Raises:
            InvalidRequestError: If an argument cannot be sent.
            PermissionDeniedError: If you are not an administrator.
            NotFoundError: If the user or the base URI is unknown.
            NotOfferedError: If the server is older.
            LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

        Requires dservercore 0.23.0 and administrator rights.
        Route: ``POST /users/{username}/register/{base_uri}``.
        """
        return await self._run(
            _users.grant_register_permission(username=username, base_uri=base_uri)
        )

    async def revoke_search_permission(self, username: str, base_uri: str) -> User:
        """Revoke a user's permission to search a base URI; other permissions stay as they are.

        Args:
            username: Name of the user.
            base_uri: The base URI as it is registered, e.g. ``"s3://test-bucket"``. It is not
                an error if the user may not search it anyway.

        Returns:
            The user (dict), with all base URIs that the user may still search::

                {"username": "testuser",
                 "search_permissions_on_base_uris": ["smb://test-share"], ...}

        Raises:
            InvalidRequestError: If an argument cannot be sent.
            PermissionDeniedError: If you are not an administrator.
            NotFoundError: If the user or the base URI is unknown.
            NotOfferedError: If the server is older.
            LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

        Requires dservercore 0.23.0 and administrator rights.
        Route: ``DELETE /users/{username}/search/{base_uri}``.
        """
        return await self._run(
            _users.revoke_search_permission(username=username, base_uri=base_uri)
        )

    async def revoke_register_permission(self, username: str, base_uri: str) -> User:
        """Revoke a user's permission to register in a base URI; other permissions stay as they are.

        Args:
            username: Name of the user.
            base_uri: The base URI as it is registered, e.g. ``"s3://test-bucket"``. It is not
                an error if the user may not register there anyway.

        Returns:
            The user (dict), with all base URIs that the user may still register datasets in::

                {"username": "testuser", "register_permissions_on_base_uris": [], ...}

        Raises:
            InvalidRequestError: If an argument cannot be sent.
            PermissionDeniedError: If you are not an administrator.
            NotFoundError: If the user or the base URI is unknown.
            NotOfferedError: If the server is older.
            LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

        Requires dservercore 0.23.0 and administrator rights.
        Route: ``DELETE /users/{username}/register/{base_uri}``.
        """
        return await self._run(
            _users.revoke_register_permission(username=username, base_uri=base_uri)
        )
