from http import HTTPStatus
from typing import Any

import httpx

from ...client import AuthenticatedClient, Client
from ...types import Response


def _get_kwargs() -> dict[str, Any]:

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/auth/logout",
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> None:
    if response.status_code == 302:
        return

    client.refuse(response, "auth_logout")


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[None]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient | Client,
) -> Response[None]:
    """End a browser session.

     For browsers, which store the session in a cookie.

    Raises:
        errors.UnexpectedStatus: If the server returns a status that is not a documented success. The client
            of dtool_lookup_api.typed.connect raises its LookupServerError instead, also for other bodies.
        httpx.TransportError: If there is no response.

    Returns:
        Response[None]
    """

    kwargs = _get_kwargs()

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient | Client,
) -> None:
    """End a browser session.

     For browsers, which store the session in a cookie.

    Raises:
        errors.UnexpectedStatus: If the server returns a status that is not a documented success. The client
            of dtool_lookup_api.typed.connect raises its LookupServerError instead, also for other bodies.
        httpx.TransportError: If there is no response.

    Returns:
        None
    """

    return sync_detailed(
        client=client,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
) -> Response[None]:
    """End a browser session.

     For browsers, which store the session in a cookie.

    Raises:
        errors.UnexpectedStatus: If the server returns a status that is not a documented success. The client
            of dtool_lookup_api.typed.connect raises its LookupServerError instead, also for other bodies.
        httpx.TransportError: If there is no response.

    Returns:
        Response[None]
    """

    kwargs = _get_kwargs()

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient | Client,
) -> None:
    """End a browser session.

     For browsers, which store the session in a cookie.

    Raises:
        errors.UnexpectedStatus: If the server returns a status that is not a documented success. The client
            of dtool_lookup_api.typed.connect raises its LookupServerError instead, also for other bodies.
        httpx.TransportError: If there is no response.

    Returns:
        None
    """

    return (
        await asyncio_detailed(
            client=client,
        )
    ).parsed
