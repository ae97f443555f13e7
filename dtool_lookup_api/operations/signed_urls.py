# pyright: reportPrivateUsage=false
# The generated modules call their request builder _get_kwargs.
"""Operations that give temporary access to storage, by URLs that the server signs."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, cast
from uuid import UUID, uuid4

from dtool_lookup_rest import api, models

from ..core.capabilities import require
from ..core.operation import ApiRequest, Operation
from ..errors import (
    ConflictError,
    ConnectionFailedError,
    InvalidRequestError,
    LookupServerError,
    ServerError,
    UnreadableAnswerError,
)
from ..results import DatasetUri
from ..types import Manifest, SignedItemUrl, SignedUrls, UploadComplete, UploadItem, UploadUrls
from . import arguments, datasets, uploads

_PATIENCE: Final = 300.0  # seconds that the server has to complete an upload, and
_PATIENCE_PER_ITEM: Final = 0.1  # as many for each item, of which it asks storage three times
_MAY_BE_DONE: Final = (
    ConnectionFailedError,
    InvalidRequestError,
    ServerError,
    UnreadableAnswerError,
)
_REQUEST_REFUSED: Final = {  # the server gives no reason
    409: "It is registered there, or its upload was begun at another base URI",
    500: "The server could not write to storage, or cannot sign URLs for it: S3 needs dtool-s3 "
    "later than 0.14.1 and dtoolcore later than 3.19.0 there. Parts may remain in storage",
}
_COMPLETION_REFUSED: Final = {
    400: "No upload of it is in progress: begin one with request_upload()",
    409: "Its upload was begun at another base URI",
    500: "An item is probably missing: send each to its URL, then call this again. If all "
    "exist, the administrator can find the reason in the server's log",
    502: "Storage refused the server's write, and would do so again: tell its administrator",
}


def get_signed_urls(uri: DatasetUri) -> Operation[SignedUrls]:
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
    response = yield ApiRequest(
        **api.signed_urls.get_dataset_signed_urls._get_kwargs(uri=arguments.check_signed_uri(uri))
    )
    return cast("SignedUrls", response.json_object())


def get_signed_item_url(uri: DatasetUri, identifier: str) -> Operation[SignedItemUrl]:
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
    response = yield ApiRequest(
        **api.signed_urls.get_item_signed_url._get_kwargs(
            uri=arguments.check_signed_uri(uri),
            identifier=arguments.check_path_value(identifier, "identifier"),
        )
    )
    return cast("SignedItemUrl", response.json_object())


def request_upload(
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
) -> Operation[UploadUrls]:
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
    place = arguments.check_base_uri(base_uri)
    wanted = uploads.items_of(items)
    info = {
        "uuid": str(uuid4() if uuid is None else arguments.check_uuid(uuid)),
        "name": arguments.check_dtool_name(name, "name"),
        "creator_username": arguments.check_text(creator_username, "creator_username"),
        "frozen_at": float(arguments.check_date(frozen_at, "frozen_at")),
        "items": wanted,
        "tags": arguments.check_tags(tags or []),
        "annotations": uploads.values_of(annotations, "annotations"),
        "overlays": uploads.overlays_of(overlays, wanted),
    }
    if not arguments.check_bool(overwrite, "overwrite") and uuid is not None:
        yield from _refuse_what_storage_may_have(f"{place}/{info['uuid']}")
    yield from require("request_upload")
    response = yield ApiRequest(
        **api.signed_urls.request_upload._get_kwargs(
            base_uri=arguments.check_signed_base_uri(place),
            body=models.UploadRequest.from_dict(info),
        )
    )
    try:
        return cast("UploadUrls", response.json_object())
    except LookupServerError as error:
        if error.status == 413:
            error.next_step = (
                "A proxy limits the size of requests: the default limit of nginx, 1 MiB, is enough "
                "for about 5,000 items"
            )
        elif response.is_from_dserver:
            error.next_step = _REQUEST_REFUSED.get(response.status, error.next_step)
        raise


def _refuse_what_storage_may_have(uri: str) -> Operation[None]:
    """Refuse to begin the upload of a dataset with a UUID that is not a new one.

    The server looks into its index before it signs a URL, so that no route tells what storage has.
    """
    yield from _refuse_what_was_registered(uri)
    arguments.refuse(
        "uuid",
        uri.rpartition("/")[2],
        "may exist in storage (the server does not say), and would be overwritten",
        "Give None for a new UUID, or overwrite=True if there is nothing to lose",
    )


def _refuse_what_was_registered(uri: str) -> Operation[None]:
    """Refuse to begin the upload of a dataset that the server knows to be in storage."""
    response = yield ApiRequest(**api.tags.get_tags._get_kwargs(uri=uri))
    if response.status == 200:  # the route goes on answering when the registration is deleted
        raise ConflictError(
            f"Not sent: {uri} is or was registered, and is in storage",
            next_step="Give None for a new UUID, or overwrite=True to overwrite it",
        )


def complete_upload(
    uri: DatasetUri, number_of_items: int | None = None
) -> Operation[UploadComplete]:
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
    uri = arguments.check_uri(uri)
    count = arguments.check_count(number_of_items, "number_of_items", 0)
    body = models.UploadCompleteRequest(uri=arguments.stored_uri(uri))
    patience = _PATIENCE + _PATIENCE_PER_ITEM * count
    response = None
    try:
        response = yield ApiRequest(
            **api.signed_urls.complete_upload._get_kwargs(body=body), patience=patience
        )
        return cast("UploadComplete", response.json_object())
    except (*_MAY_BE_DONE, ConflictError) as error:
        found = None if isinstance(error, ConflictError) else (yield from _registered(uri))
        if found:
            return found
        if response and response.is_from_dserver:
            error.next_step = _COMPLETION_REFUSED.get(response.status, error.next_step)
        elif error.status is None or error.status == 200 or error.status >= 500:
            error.next_step = (
                "The server may still be completing the upload: if get_dataset() does not find the "
                "dataset after a few minutes, call this again"
            )
        raise


def _registered(uri: str) -> Operation[UploadComplete | None]:
    """Return what completing the upload of a dataset would have, if the dataset is registered."""
    try:
        dataset = yield from datasets.get_dataset(uri)
    except LookupServerError:
        return None
    return UploadComplete(
        uri=dataset["uri"], uuid=dataset["uuid"], name=dataset["name"], status="registered"
    )
