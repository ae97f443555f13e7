from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.error import Error
from ...models.signed_item_url import SignedItemUrl
from ...types import Response


def _get_kwargs(
    uri: str,
    identifier: str,
) -> dict[str, Any]:

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/signed-urls/item/{uri}/{identifier}".format(
            uri=quote(str(uri), safe=""),
            identifier=quote(str(identifier), safe=""),
        ),
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Error | SignedItemUrl | None:
    if response.status_code == 200:
        response_200 = SignedItemUrl.from_dict(response.json())

        return response_200

    if response.status_code == 401:
        response_401 = Error.from_dict(response.json())

        return response_401

    if response.status_code == 403:
        response_403 = Error.from_dict(response.json())

        return response_403

    if response.status_code == 404:
        response_404 = Error.from_dict(response.json())

        return response_404

    if response.status_code == 422:
        response_422 = Error.from_dict(response.json())

        return response_422

    if response.status_code == 501:
        response_501 = Error.from_dict(response.json())

        return response_501

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[Error | SignedItemUrl]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    uri: str,
    identifier: str,
    *,
    client: AuthenticatedClient,
) -> Response[Error | SignedItemUrl]:
    """Get a URL to read one item of a dataset from its storage.

     Whoever has such a URL may read until it expires, without a token. The server decodes the URI in the
    path twice. An unregistered user gets 403, and 501 may also mean that the storage doesn't answer.
    Needs search permission on the base URI, and dserver-signed-url-plugin on the server.

    Args:
        uri (str): URI of the dataset, which is its base URI, a slash and its UUID, for example
            `s3://bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675`.
        identifier (str): Identifier of the item, as in the manifest.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Error | SignedItemUrl]
    """

    kwargs = _get_kwargs(
        uri=uri,
        identifier=identifier,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    uri: str,
    identifier: str,
    *,
    client: AuthenticatedClient,
) -> Error | SignedItemUrl | None:
    """Get a URL to read one item of a dataset from its storage.

     Whoever has such a URL may read until it expires, without a token. The server decodes the URI in the
    path twice. An unregistered user gets 403, and 501 may also mean that the storage doesn't answer.
    Needs search permission on the base URI, and dserver-signed-url-plugin on the server.

    Args:
        uri (str): URI of the dataset, which is its base URI, a slash and its UUID, for example
            `s3://bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675`.
        identifier (str): Identifier of the item, as in the manifest.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Error | SignedItemUrl
    """

    return sync_detailed(
        uri=uri,
        identifier=identifier,
        client=client,
    ).parsed


async def asyncio_detailed(
    uri: str,
    identifier: str,
    *,
    client: AuthenticatedClient,
) -> Response[Error | SignedItemUrl]:
    """Get a URL to read one item of a dataset from its storage.

     Whoever has such a URL may read until it expires, without a token. The server decodes the URI in the
    path twice. An unregistered user gets 403, and 501 may also mean that the storage doesn't answer.
    Needs search permission on the base URI, and dserver-signed-url-plugin on the server.

    Args:
        uri (str): URI of the dataset, which is its base URI, a slash and its UUID, for example
            `s3://bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675`.
        identifier (str): Identifier of the item, as in the manifest.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Error | SignedItemUrl]
    """

    kwargs = _get_kwargs(
        uri=uri,
        identifier=identifier,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    uri: str,
    identifier: str,
    *,
    client: AuthenticatedClient,
) -> Error | SignedItemUrl | None:
    """Get a URL to read one item of a dataset from its storage.

     Whoever has such a URL may read until it expires, without a token. The server decodes the URI in the
    path twice. An unregistered user gets 403, and 501 may also mean that the storage doesn't answer.
    Needs search permission on the base URI, and dserver-signed-url-plugin on the server.

    Args:
        uri (str): URI of the dataset, which is its base URI, a slash and its UUID, for example
            `s3://bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675`.
        identifier (str): Identifier of the item, as in the manifest.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Error | SignedItemUrl
    """

    return (
        await asyncio_detailed(
            uri=uri,
            identifier=identifier,
            client=client,
        )
    ).parsed
