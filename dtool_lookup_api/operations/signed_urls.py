# pyright: reportPrivateUsage=false
# The generated modules call their request builder _get_kwargs.
"""Operations that give access to storage for a while, by URLs that the server signs."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from ..core.calls import Operation
from ..types import Manifest, SignedItemUrl, SignedUrls, UploadComplete, UploadItem, UploadUrls
from . import arguments


def get_signed_urls(uri: str) -> Operation[SignedUrls]:
    """Return URLs to read all of a dataset from its storage, for a while and without a login.

    Whoever has such a URL can read what it leads to: keep it out of logs, and fetch it with a
    plain HTTP library, which sends no token along.

    Args:
        uri: URI of the dataset, e.g.
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
        NotFoundError: If there is no such dataset in the base URI.
        PermissionDeniedError: If the base URI is unknown or not yours to search.
        NotOfferedError: If the server has no such plugin, or the storage cannot sign URLs.
        LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

    Requires the dserver-signed-url-plugin, and search permission on the base URI.
    Route: ``GET /signed-urls/dataset/{uri}``.
    """
    from dserver_client.api.signed_urls import get_dataset_signed_urls as route

    answer = yield route._get_kwargs(uri=arguments.signed_uri_of(uri))
    return cast("SignedUrls", answer.object())


def get_signed_item_url(uri: str, identifier: str) -> Operation[SignedItemUrl]:
    """Return a URL to read one item of a dataset from its storage, for a while.

    Whoever has such a URL can read what it leads to: keep it out of logs, and fetch it with a
    plain HTTP library, which sends no token along.

    Args:
        uri: URI of the dataset, e.g.
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
        NotFoundError: If there is no such dataset in the base URI, or no such item in it.
        PermissionDeniedError: If the base URI is unknown or not yours to search.
        NotOfferedError: If the server has no such plugin, or the storage cannot sign URLs.
        LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

    Requires the dserver-signed-url-plugin, and search permission on the base URI.
    Route: ``GET /signed-urls/item/{uri}/{identifier}``.
    """
    from dserver_client.api.signed_urls import get_item_signed_url as route

    answer = yield route._get_kwargs(
        uri=arguments.signed_uri_of(uri),
        identifier=arguments.path_value(identifier, "identifier"),
    )
    return cast("SignedItemUrl", answer.object())


def request_upload(
    base_uri: str,
    uuid: str | UUID,
    name: str,
    creator_username: str,
    frozen_at: float | str | datetime,
    items: Manifest | Mapping[str, Any] | Sequence[UploadItem] | None = None,
    tags: Sequence[str] | None = None,
    annotations: Mapping[str, Any] | None = None,
    overlays: Mapping[str, Mapping[str, Any]] | None = None,
) -> Operation[UploadUrls]:
    """Begin the upload of a dataset, and return URLs to write README and items to its storage.

    The server writes the rest itself. PUT README and items to their URLs with a plain HTTP
    library, the items with the headers named, then call ``complete_upload``.

    Args:
        base_uri: The base URI that is to hold it, e.g. ``"s3://test-bucket"``.
        uuid: UUID of the dataset.
        name: Name of the dataset.
        creator_username: Name of the creator.
        frozen_at: When it was frozen: seconds since the epoch (number or text), an ISO 8601
            text, or a datetime; without a time zone, UTC is meant.
        items: The manifest, as dtoolcore has it, or the items in it as a list; default none.
            The server takes MD5 hashes only.
        tags: Tags, default none.
        annotations: Annotations by name, default none.
        overlays: Overlays by name, each of them values by identifier of the item, default none.

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
        ConflictError: If the dataset is there already.
        PermissionDeniedError: If the base URI is unknown, or not yours to register in.
        NotOfferedError: If the server has no such plugin.
        ServerError: Also if the storage cannot sign URLs.
        LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

    Requires the dserver-signed-url-plugin, and register permission on the base URI.
    Route: ``POST /signed-urls/upload/{base_uri}``.
    """
    from dserver_client.api.signed_urls import request_upload as route
    from dserver_client.models import UploadRequest

    hash_function = cast("Any", items).get("hash_function") if isinstance(items, Mapping) else None
    info = {
        "uuid": str(arguments.uuid_of(uuid)),
        "name": arguments.text_of(name, "name"),
        "creator_username": arguments.text_of(creator_username, "creator_username"),
        "frozen_at": float(arguments.seconds_of(frozen_at, "frozen_at")),
        "items": arguments.upload_items_of(items or []),
        "tags": arguments.texts(tags, "tags") or [],
        "annotations": arguments.json_object(annotations or {}, "annotations"),
        "overlays": arguments.json_object(overlays or {}, "overlays"),
    }
    if hash_function is not None:
        info["hash_function"] = arguments.text_of(hash_function, "items.hash_function")
    answer = yield route._get_kwargs(
        base_uri=arguments.signed_base_uri_of(base_uri), body=UploadRequest.from_dict(info)
    )
    return cast("UploadUrls", answer.object())


def complete_upload(uri: str) -> Operation[UploadComplete]:
    """End the upload of a dataset: the server checks that all of it is there, and registers it.

    Args:
        uri: URI of the dataset, as ``request_upload`` returned it.

    Returns:
        What has become of it (dict)::

            {"uri": "s3://test-bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675",
             "uuid": "1a1f9fad-8589-413e-9602-5bbd66bfe675",
             "name": "simple_test_dataset",
             "status": "registered"}

    Raises:
        InvalidRequestError: If no upload of it was begun, or something of it is missing.
        ConflictError: If its upload was begun elsewhere.
        PermissionDeniedError: If the base URI is unknown, or not yours to register in.
        NotOfferedError: If the server has no such plugin.
        LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

    Requires the dserver-signed-url-plugin, and register permission on the base URI.
    Route: ``POST /signed-urls/upload-complete``.
    """
    from dserver_client.api.signed_urls import complete_upload as route
    from dserver_client.models import UploadCompleteRequest

    body = UploadCompleteRequest(uri=arguments.stored_uri(arguments.uri_of(uri)))
    answer = yield route._get_kwargs(body=body)
    return cast("UploadComplete", answer.object())
