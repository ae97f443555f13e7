from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.error import Error
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
) -> Error | UploadComplete | None:
    if response.status_code == 200:
        response_200 = UploadComplete.from_dict(response.json())

        return response_200

    if response.status_code == 400:
        response_400 = Error.from_dict(response.json())

        return response_400

    if response.status_code == 401:
        response_401 = Error.from_dict(response.json())

        return response_401

    if response.status_code == 403:
        response_403 = Error.from_dict(response.json())

        return response_403

    if response.status_code == 409:
        response_409 = Error.from_dict(response.json())

        return response_409

    if response.status_code == 422:
        response_422 = Error.from_dict(response.json())

        return response_422

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[Error | UploadComplete]:
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
) -> Response[Error | UploadComplete]:
    """End the upload of a dataset, and register it.

     The server checks that all items are there, one after the other, and answers 500 if one is missing.
    Without an upload under way, also after a completed one, it answers 400. Needs register permission
    on the base URI, and dserver-signed-url-plugin on the server.

    Args:
        body (UploadCompleteRequest): The dataset that has been uploaded.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Error | UploadComplete]
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
) -> Error | UploadComplete | None:
    """End the upload of a dataset, and register it.

     The server checks that all items are there, one after the other, and answers 500 if one is missing.
    Without an upload under way, also after a completed one, it answers 400. Needs register permission
    on the base URI, and dserver-signed-url-plugin on the server.

    Args:
        body (UploadCompleteRequest): The dataset that has been uploaded.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Error | UploadComplete
    """

    return sync_detailed(
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    body: UploadCompleteRequest,
) -> Response[Error | UploadComplete]:
    """End the upload of a dataset, and register it.

     The server checks that all items are there, one after the other, and answers 500 if one is missing.
    Without an upload under way, also after a completed one, it answers 400. Needs register permission
    on the base URI, and dserver-signed-url-plugin on the server.

    Args:
        body (UploadCompleteRequest): The dataset that has been uploaded.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Error | UploadComplete]
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
) -> Error | UploadComplete | None:
    """End the upload of a dataset, and register it.

     The server checks that all items are there, one after the other, and answers 500 if one is missing.
    Without an upload under way, also after a completed one, it answers 400. Needs register permission
    on the base URI, and dserver-signed-url-plugin on the server.

    Args:
        body (UploadCompleteRequest): The dataset that has been uploaded.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Error | UploadComplete
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
        )
    ).parsed
