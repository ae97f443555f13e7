from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.upload_complete import UploadComplete
from ...models.upload_complete_request import UploadCompleteRequest
from ...types import Response


def _get_kwargs(
    *,
    body: UploadCompleteRequest,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/signed-urls/upload-complete",
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> UploadComplete:
    if response.is_success:
        try:
            data = response.json()
            if not isinstance(data, dict):
                raise TypeError("It is not a JSON dict")
            response_200 = UploadComplete.from_dict(data)

            return response_200
        except errors.UNREADABLE as error:
            client.refuse(response, "complete_upload", error)

    client.refuse(response, "complete_upload")


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[UploadComplete]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    body: UploadCompleteRequest,
) -> Response[UploadComplete]:
    """End the upload of a dataset, and register it.

     The server checks one by one whether all items exist; the response is 500 if one is missing. It is
    400 if no upload has begun, or if it has been completed already. Needs register permission on the
    base URI, and dserver-signed-url-plugin on the server.

    Args:
        body (UploadCompleteRequest): The dataset that has been uploaded.

    Raises:
        errors.UnexpectedStatus: If the server returns a status that is not a documented success. The client
            of dtool_lookup_api.typed.connect raises its LookupServerError instead, also for other bodies.
        httpx.TransportError: If there is no response.

    Returns:
        Response[UploadComplete]
    """

    kwargs = _get_kwargs(
        body=body,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    body: UploadCompleteRequest,
) -> UploadComplete:
    """End the upload of a dataset, and register it.

     The server checks one by one whether all items exist; the response is 500 if one is missing. It is
    400 if no upload has begun, or if it has been completed already. Needs register permission on the
    base URI, and dserver-signed-url-plugin on the server.

    Args:
        body (UploadCompleteRequest): The dataset that has been uploaded.

    Raises:
        errors.UnexpectedStatus: If the server returns a status that is not a documented success. The client
            of dtool_lookup_api.typed.connect raises its LookupServerError instead, also for other bodies.
        httpx.TransportError: If there is no response.

    Returns:
        UploadComplete
    """

    return sync_detailed(
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    body: UploadCompleteRequest,
) -> Response[UploadComplete]:
    """End the upload of a dataset, and register it.

     The server checks one by one whether all items exist; the response is 500 if one is missing. It is
    400 if no upload has begun, or if it has been completed already. Needs register permission on the
    base URI, and dserver-signed-url-plugin on the server.

    Args:
        body (UploadCompleteRequest): The dataset that has been uploaded.

    Raises:
        errors.UnexpectedStatus: If the server returns a status that is not a documented success. The client
            of dtool_lookup_api.typed.connect raises its LookupServerError instead, also for other bodies.
        httpx.TransportError: If there is no response.

    Returns:
        Response[UploadComplete]
    """

    kwargs = _get_kwargs(
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    body: UploadCompleteRequest,
) -> UploadComplete:
    """End the upload of a dataset, and register it.

     The server checks one by one whether all items exist; the response is 500 if one is missing. It is
    400 if no upload has begun, or if it has been completed already. Needs register permission on the
    base URI, and dserver-signed-url-plugin on the server.

    Args:
        body (UploadCompleteRequest): The dataset that has been uploaded.

    Raises:
        errors.UnexpectedStatus: If the server returns a status that is not a documented success. The client
            of dtool_lookup_api.typed.connect raises its LookupServerError instead, also for other bodies.
        httpx.TransportError: If there is no response.

    Returns:
        UploadComplete
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
        )
    ).parsed
