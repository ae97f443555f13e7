from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.token_claims import TokenClaims
from ...models.token_holder import TokenHolder
from ...types import Response


def _get_kwargs(
    *,
    body: TokenHolder,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/auth/verify",
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> TokenClaims:
    if response.is_success:
        try:
            data = response.json()
            if not isinstance(data, dict):
                raise TypeError("It is not a JSON dict")
            response_200 = TokenClaims.from_dict(data)

            return response_200
        except errors.UNREADABLE as error:
            client.refuse(response, "verify_token", error)

    client.refuse(response, "verify_token")


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[TokenClaims]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: TokenHolder,
) -> Response[TokenClaims]:
    """Verify a token, and get its claims.

     Tokens of other generators are refused.

    Args:
        body (TokenHolder): A token.

    Raises:
        errors.UnexpectedStatus: If the server returns a status that is not a documented success. The client
            of dtool_lookup_api.typed.connect raises its LookupServerError instead, also for other bodies.
        httpx.TransportError: If there is no response.

    Returns:
        Response[TokenClaims]
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
    client: AuthenticatedClient | Client,
    body: TokenHolder,
) -> TokenClaims:
    """Verify a token, and get its claims.

     Tokens of other generators are refused.

    Args:
        body (TokenHolder): A token.

    Raises:
        errors.UnexpectedStatus: If the server returns a status that is not a documented success. The client
            of dtool_lookup_api.typed.connect raises its LookupServerError instead, also for other bodies.
        httpx.TransportError: If there is no response.

    Returns:
        TokenClaims
    """

    return sync_detailed(
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: TokenHolder,
) -> Response[TokenClaims]:
    """Verify a token, and get its claims.

     Tokens of other generators are refused.

    Args:
        body (TokenHolder): A token.

    Raises:
        errors.UnexpectedStatus: If the server returns a status that is not a documented success. The client
            of dtool_lookup_api.typed.connect raises its LookupServerError instead, also for other bodies.
        httpx.TransportError: If there is no response.

    Returns:
        Response[TokenClaims]
    """

    kwargs = _get_kwargs(
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient | Client,
    body: TokenHolder,
) -> TokenClaims:
    """Verify a token, and get its claims.

     Tokens of other generators are refused.

    Args:
        body (TokenHolder): A token.

    Raises:
        errors.UnexpectedStatus: If the server returns a status that is not a documented success. The client
            of dtool_lookup_api.typed.connect raises its LookupServerError instead, also for other bodies.
        httpx.TransportError: If there is no response.

    Returns:
        TokenClaims
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
        )
    ).parsed
