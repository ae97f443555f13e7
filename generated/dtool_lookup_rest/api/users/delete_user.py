from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...types import Response


def _get_kwargs(
    username: str,
) -> dict[str, Any]:

    _kwargs: dict[str, Any] = {
        "method": "delete",
        "url": "/users/{username}".format(
            username=quote(str(username), safe=""),
        ),
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> str:
    if response.is_success:
        try:
            data = response.json()
            if not isinstance(data, str):
                raise TypeError("It is not a JSON str")
            return data
        except errors.UNREADABLE as error:
            client.refuse(response, "delete_user", error)

    client.refuse(response, "delete_user")


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[str]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    username: str,
    *,
    client: AuthenticatedClient,
) -> Response[str]:
    """Delete a user from the server.

     The datasets of the user stay. Deleting an unknown user is not an error. Only administrators may
    call this.

    Args:
        username (str): Name of the user, without a slash.

    Raises:
        errors.UnexpectedStatus: If the server returns a status that is not a documented success. The client
            of dtool_lookup_api.typed.connect raises its LookupServerError instead, also for other bodies.
        httpx.TransportError: If there is no response.

    Returns:
        Response[str]
    """

    kwargs = _get_kwargs(
        username=username,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    username: str,
    *,
    client: AuthenticatedClient,
) -> str:
    """Delete a user from the server.

     The datasets of the user stay. Deleting an unknown user is not an error. Only administrators may
    call this.

    Args:
        username (str): Name of the user, without a slash.

    Raises:
        errors.UnexpectedStatus: If the server returns a status that is not a documented success. The client
            of dtool_lookup_api.typed.connect raises its LookupServerError instead, also for other bodies.
        httpx.TransportError: If there is no response.

    Returns:
        str
    """

    return sync_detailed(
        username=username,
        client=client,
    ).parsed


async def asyncio_detailed(
    username: str,
    *,
    client: AuthenticatedClient,
) -> Response[str]:
    """Delete a user from the server.

     The datasets of the user stay. Deleting an unknown user is not an error. Only administrators may
    call this.

    Args:
        username (str): Name of the user, without a slash.

    Raises:
        errors.UnexpectedStatus: If the server returns a status that is not a documented success. The client
            of dtool_lookup_api.typed.connect raises its LookupServerError instead, also for other bodies.
        httpx.TransportError: If there is no response.

    Returns:
        Response[str]
    """

    kwargs = _get_kwargs(
        username=username,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    username: str,
    *,
    client: AuthenticatedClient,
) -> str:
    """Delete a user from the server.

     The datasets of the user stay. Deleting an unknown user is not an error. Only administrators may
    call this.

    Args:
        username (str): Name of the user, without a slash.

    Raises:
        errors.UnexpectedStatus: If the server returns a status that is not a documented success. The client
            of dtool_lookup_api.typed.connect raises its LookupServerError instead, also for other bodies.
        httpx.TransportError: If there is no response.

    Returns:
        str
    """

    return (
        await asyncio_detailed(
            username=username,
            client=client,
        )
    ).parsed
