from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.auth_info import AuthInfo
from ...types import Response


def _get_kwargs() -> dict[str, Any]:

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/auth/info",
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> AuthInfo:
    if response.is_success:
        try:
            data = response.json()
            if not isinstance(data, dict):
                raise TypeError("It is not a JSON dict")
            response_200 = AuthInfo.from_dict(data)

            return response_200
        except errors.UNREADABLE as error:
            client.refuse(response, "get_auth_info", error)

    client.refuse(response, "get_auth_info")


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[AuthInfo]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient | Client,
) -> Response[AuthInfo]:
    """Get the identity provider that the server uses.

     Needs no token.

    Raises:
        errors.UnexpectedStatus: If the server returns a status that is not a documented success. The client
            of dtool_lookup_api.typed.connect raises its LookupServerError instead, also for other bodies.
        httpx.TransportError: If there is no response.

    Returns:
        Response[AuthInfo]
    """

    kwargs = _get_kwargs()

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient | Client,
) -> AuthInfo:
    """Get the identity provider that the server uses.

     Needs no token.

    Raises:
        errors.UnexpectedStatus: If the server returns a status that is not a documented success. The client
            of dtool_lookup_api.typed.connect raises its LookupServerError instead, also for other bodies.
        httpx.TransportError: If there is no response.

    Returns:
        AuthInfo
    """

    return sync_detailed(
        client=client,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
) -> Response[AuthInfo]:
    """Get the identity provider that the server uses.

     Needs no token.

    Raises:
        errors.UnexpectedStatus: If the server returns a status that is not a documented success. The client
            of dtool_lookup_api.typed.connect raises its LookupServerError instead, also for other bodies.
        httpx.TransportError: If there is no response.

    Returns:
        Response[AuthInfo]
    """

    kwargs = _get_kwargs()

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient | Client,
) -> AuthInfo:
    """Get the identity provider that the server uses.

     Needs no token.

    Raises:
        errors.UnexpectedStatus: If the server returns a status that is not a documented success. The client
            of dtool_lookup_api.typed.connect raises its LookupServerError instead, also for other bodies.
        httpx.TransportError: If there is no response.

    Returns:
        AuthInfo
    """

    return (
        await asyncio_detailed(
            client=client,
        )
    ).parsed
