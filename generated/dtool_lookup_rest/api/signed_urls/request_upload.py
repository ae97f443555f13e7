from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.upload_request import UploadRequest
from ...models.upload_urls import UploadUrls
from ...types import Response


def _get_kwargs(
    base_uri: str,
    *,
    body: UploadRequest,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/signed-urls/upload/{base_uri}".format(
            base_uri=quote(str(base_uri), safe=""),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> UploadUrls:
    if response.is_success:
        try:
            data = response.json()
            if not isinstance(data, dict):
                raise TypeError("It is not a JSON dict")
            response_200 = UploadUrls.from_dict(data)

            return response_200
        except errors.UNREADABLE as error:
            client.refuse(response, "request_upload", error)

    client.refuse(response, "request_upload")


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[UploadUrls]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    base_uri: str,
    *,
    client: AuthenticatedClient,
    body: UploadRequest,
) -> Response[UploadUrls]:
    """Begin the upload of a dataset, and get URLs to write it to its storage.

     The server decodes the base URI in the path twice. It writes the metadata in the body itself; the
    caller uploads README and items. The response for a registered dataset is 409; a dataset that only
    storage has is overwritten. Needs register permission on the base URI, and dserver-signed-url-plugin
    on the server.

    Args:
        base_uri (str): Base URI without a slash at its end, for example `s3://bucket`.
        body (UploadRequest): The dataset to upload.

    Raises:
        errors.UnexpectedStatus: If the server returns a status that is not a documented success. The client
            of dtool_lookup_api.typed.connect raises its LookupServerError instead, also for other bodies.
        httpx.TransportError: If there is no response.

    Returns:
        Response[UploadUrls]
    """

    kwargs = _get_kwargs(
        base_uri=base_uri,
        body=body,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    base_uri: str,
    *,
    client: AuthenticatedClient,
    body: UploadRequest,
) -> UploadUrls:
    """Begin the upload of a dataset, and get URLs to write it to its storage.

     The server decodes the base URI in the path twice. It writes the metadata in the body itself; the
    caller uploads README and items. The response for a registered dataset is 409; a dataset that only
    storage has is overwritten. Needs register permission on the base URI, and dserver-signed-url-plugin
    on the server.

    Args:
        base_uri (str): Base URI without a slash at its end, for example `s3://bucket`.
        body (UploadRequest): The dataset to upload.

    Raises:
        errors.UnexpectedStatus: If the server returns a status that is not a documented success. The client
            of dtool_lookup_api.typed.connect raises its LookupServerError instead, also for other bodies.
        httpx.TransportError: If there is no response.

    Returns:
        UploadUrls
    """

    return sync_detailed(
        base_uri=base_uri,
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    base_uri: str,
    *,
    client: AuthenticatedClient,
    body: UploadRequest,
) -> Response[UploadUrls]:
    """Begin the upload of a dataset, and get URLs to write it to its storage.

     The server decodes the base URI in the path twice. It writes the metadata in the body itself; the
    caller uploads README and items. The response for a registered dataset is 409; a dataset that only
    storage has is overwritten. Needs register permission on the base URI, and dserver-signed-url-plugin
    on the server.

    Args:
        base_uri (str): Base URI without a slash at its end, for example `s3://bucket`.
        body (UploadRequest): The dataset to upload.

    Raises:
        errors.UnexpectedStatus: If the server returns a status that is not a documented success. The client
            of dtool_lookup_api.typed.connect raises its LookupServerError instead, also for other bodies.
        httpx.TransportError: If there is no response.

    Returns:
        Response[UploadUrls]
    """

    kwargs = _get_kwargs(
        base_uri=base_uri,
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    base_uri: str,
    *,
    client: AuthenticatedClient,
    body: UploadRequest,
) -> UploadUrls:
    """Begin the upload of a dataset, and get URLs to write it to its storage.

     The server decodes the base URI in the path twice. It writes the metadata in the body itself; the
    caller uploads README and items. The response for a registered dataset is 409; a dataset that only
    storage has is overwritten. Needs register permission on the base URI, and dserver-signed-url-plugin
    on the server.

    Args:
        base_uri (str): Base URI without a slash at its end, for example `s3://bucket`.
        body (UploadRequest): The dataset to upload.

    Raises:
        errors.UnexpectedStatus: If the server returns a status that is not a documented success. The client
            of dtool_lookup_api.typed.connect raises its LookupServerError instead, also for other bodies.
        httpx.TransportError: If there is no response.

    Returns:
        UploadUrls
    """

    return (
        await asyncio_detailed(
            base_uri=base_uri,
            client=client,
            body=body,
        )
    ).parsed
