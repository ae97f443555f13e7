from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
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
) -> SignedItemUrl:
    if response.is_success:
        try:
            data = response.json()
            if not isinstance(data, dict):
                raise TypeError("It is not a JSON dict")
            response_200 = SignedItemUrl.from_dict(data)

            return response_200
        except errors.UNREADABLE as error:
            client.refuse(response, "get_item_signed_url", error)

    client.refuse(response, "get_item_signed_url")


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[SignedItemUrl]:
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
) -> Response[SignedItemUrl]:
    """Get a URL to read one item of a dataset from its storage.

     Anyone who has such a URL can read until it expires, without a token. The server decodes the URI in
    the path twice. The response to an unregistered user is 403. 501 may also mean that the storage
    doesn't respond. Needs search permission on the base URI, and dserver-signed-url-plugin on the
    server.

    Args:
        uri (str): URI of the dataset: its base URI, a slash and its UUID, for example
            `s3://bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675`.
        identifier (str): Identifier of the item, as in the manifest.

    Raises:
        errors.UnexpectedStatus: If the server returns a status that is not a documented success. The client
            of dtool_lookup_api.typed.connect raises its LookupServerError instead, also for other bodies.
        httpx.TransportError: If there is no response.

    Returns:
        Response[SignedItemUrl]
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
) -> SignedItemUrl:
    """Get a URL to read one item of a dataset from its storage.

     Anyone who has such a URL can read until it expires, without a token. The server decodes the URI in
    the path twice. The response to an unregistered user is 403. 501 may also mean that the storage
    doesn't respond. Needs search permission on the base URI, and dserver-signed-url-plugin on the
    server.

    Args:
        uri (str): URI of the dataset: its base URI, a slash and its UUID, for example
            `s3://bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675`.
        identifier (str): Identifier of the item, as in the manifest.

    Raises:
        errors.UnexpectedStatus: If the server returns a status that is not a documented success. The client
            of dtool_lookup_api.typed.connect raises its LookupServerError instead, also for other bodies.
        httpx.TransportError: If there is no response.

    Returns:
        SignedItemUrl
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
) -> Response[SignedItemUrl]:
    """Get a URL to read one item of a dataset from its storage.

     Anyone who has such a URL can read until it expires, without a token. The server decodes the URI in
    the path twice. The response to an unregistered user is 403. 501 may also mean that the storage
    doesn't respond. Needs search permission on the base URI, and dserver-signed-url-plugin on the
    server.

    Args:
        uri (str): URI of the dataset: its base URI, a slash and its UUID, for example
            `s3://bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675`.
        identifier (str): Identifier of the item, as in the manifest.

    Raises:
        errors.UnexpectedStatus: If the server returns a status that is not a documented success. The client
            of dtool_lookup_api.typed.connect raises its LookupServerError instead, also for other bodies.
        httpx.TransportError: If there is no response.

    Returns:
        Response[SignedItemUrl]
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
) -> SignedItemUrl:
    """Get a URL to read one item of a dataset from its storage.

     Anyone who has such a URL can read until it expires, without a token. The server decodes the URI in
    the path twice. The response to an unregistered user is 403. 501 may also mean that the storage
    doesn't respond. Needs search permission on the base URI, and dserver-signed-url-plugin on the
    server.

    Args:
        uri (str): URI of the dataset: its base URI, a slash and its UUID, for example
            `s3://bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675`.
        identifier (str): Identifier of the item, as in the manifest.

    Raises:
        errors.UnexpectedStatus: If the server returns a status that is not a documented success. The client
            of dtool_lookup_api.typed.connect raises its LookupServerError instead, also for other bodies.
        httpx.TransportError: If there is no response.

    Returns:
        SignedItemUrl
    """

    return (
        await asyncio_detailed(
            uri=uri,
            identifier=identifier,
            client=client,
        )
    ).parsed
