from http import HTTPStatus
from typing import Any

import httpx

from ...client import AuthenticatedClient, Client
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    code: str | Unset = UNSET,
    state: str | Unset = UNSET,
    error: str | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["code"] = code

    params["state"] = state

    params["error"] = error

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/auth/callback",
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> None:
    if response.status_code == 302:
        return

    client.refuse(response, "auth_callback")


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
    code: str | Unset = UNSET,
    state: str | Unset = UNSET,
    error: str | Unset = UNSET,
) -> Response[None]:
    """Receive the identity provider's response to a login.

     For the browser that the identity provider sends back.

    Args:
        code (str | Unset): The authorization code, which is exchanged for a token.
        state (str | Unset): The text that links the response to the request.
        error (str | Unset): Why the identity provider refused the login.

    Raises:
        errors.UnexpectedStatus: If the server returns a status that is not a documented success. The client
            of dtool_lookup_api.typed.connect raises its LookupServerError instead, also for other bodies.
        httpx.TransportError: If there is no response.

    Returns:
        Response[None]
    """

    kwargs = _get_kwargs(
        code=code,
        state=state,
        error=error,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient | Client,
    code: str | Unset = UNSET,
    state: str | Unset = UNSET,
    error: str | Unset = UNSET,
) -> None:
    """Receive the identity provider's response to a login.

     For the browser that the identity provider sends back.

    Args:
        code (str | Unset): The authorization code, which is exchanged for a token.
        state (str | Unset): The text that links the response to the request.
        error (str | Unset): Why the identity provider refused the login.

    Raises:
        errors.UnexpectedStatus: If the server returns a status that is not a documented success. The client
            of dtool_lookup_api.typed.connect raises its LookupServerError instead, also for other bodies.
        httpx.TransportError: If there is no response.

    Returns:
        None
    """

    return sync_detailed(
        client=client,
        code=code,
        state=state,
        error=error,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
    code: str | Unset = UNSET,
    state: str | Unset = UNSET,
    error: str | Unset = UNSET,
) -> Response[None]:
    """Receive the identity provider's response to a login.

     For the browser that the identity provider sends back.

    Args:
        code (str | Unset): The authorization code, which is exchanged for a token.
        state (str | Unset): The text that links the response to the request.
        error (str | Unset): Why the identity provider refused the login.

    Raises:
        errors.UnexpectedStatus: If the server returns a status that is not a documented success. The client
            of dtool_lookup_api.typed.connect raises its LookupServerError instead, also for other bodies.
        httpx.TransportError: If there is no response.

    Returns:
        Response[None]
    """

    kwargs = _get_kwargs(
        code=code,
        state=state,
        error=error,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient | Client,
    code: str | Unset = UNSET,
    state: str | Unset = UNSET,
    error: str | Unset = UNSET,
) -> None:
    """Receive the identity provider's response to a login.

     For the browser that the identity provider sends back.

    Args:
        code (str | Unset): The authorization code, which is exchanged for a token.
        state (str | Unset): The text that links the response to the request.
        error (str | Unset): Why the identity provider refused the login.

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
            code=code,
            state=state,
            error=error,
        )
    ).parsed
