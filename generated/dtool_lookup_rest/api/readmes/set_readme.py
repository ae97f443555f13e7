from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.error import Error
from ...models.readme import Readme
from ...models.readme_request import ReadmeRequest
from ...types import Response


def _get_kwargs(
    uri: str,
    *,
    body: ReadmeRequest,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "put",
        "url": "/readmes/{uri}".format(
            uri=quote(str(uri), safe=""),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Error | Readme | None:
    if response.status_code == 200:
        response_200 = Readme.from_dict(response.json())

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

    if response.status_code == 422:
        response_422 = Error.from_dict(response.json())

        return response_422

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[Error | Readme]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    uri: str,
    *,
    client: AuthenticatedClient,
    body: ReadmeRequest,
) -> Response[Error | Readme]:
    """Replace the README of a dataset.

     The server replaces the README in storage, and in the index only if the retrieve plugin can: version
    0.4.2 can't. The answer repeats what was sent in any case, also for an unknown dataset. Needs
    register permission on the base URI.

    Args:
        uri (str): URI of the dataset, which is its base URI, a slash and its UUID, for example
            `s3://bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675`.
        body (ReadmeRequest): A new README.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Error | Readme]
    """

    kwargs = _get_kwargs(
        uri=uri,
        body=body,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    uri: str,
    *,
    client: AuthenticatedClient,
    body: ReadmeRequest,
) -> Error | Readme | None:
    """Replace the README of a dataset.

     The server replaces the README in storage, and in the index only if the retrieve plugin can: version
    0.4.2 can't. The answer repeats what was sent in any case, also for an unknown dataset. Needs
    register permission on the base URI.

    Args:
        uri (str): URI of the dataset, which is its base URI, a slash and its UUID, for example
            `s3://bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675`.
        body (ReadmeRequest): A new README.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Error | Readme
    """

    return sync_detailed(
        uri=uri,
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    uri: str,
    *,
    client: AuthenticatedClient,
    body: ReadmeRequest,
) -> Response[Error | Readme]:
    """Replace the README of a dataset.

     The server replaces the README in storage, and in the index only if the retrieve plugin can: version
    0.4.2 can't. The answer repeats what was sent in any case, also for an unknown dataset. Needs
    register permission on the base URI.

    Args:
        uri (str): URI of the dataset, which is its base URI, a slash and its UUID, for example
            `s3://bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675`.
        body (ReadmeRequest): A new README.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Error | Readme]
    """

    kwargs = _get_kwargs(
        uri=uri,
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    uri: str,
    *,
    client: AuthenticatedClient,
    body: ReadmeRequest,
) -> Error | Readme | None:
    """Replace the README of a dataset.

     The server replaces the README in storage, and in the index only if the retrieve plugin can: version
    0.4.2 can't. The answer repeats what was sent in any case, also for an unknown dataset. Needs
    register permission on the base URI.

    Args:
        uri (str): URI of the dataset, which is its base URI, a slash and its UUID, for example
            `s3://bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675`.
        body (ReadmeRequest): A new README.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Error | Readme
    """

    return (
        await asyncio_detailed(
            uri=uri,
            client=client,
            body=body,
        )
    ).parsed
