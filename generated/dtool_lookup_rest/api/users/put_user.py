from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.user_write import UserWrite
from ...types import Response


def _get_kwargs(
    username: str,
    *,
    body: UserWrite,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "put",
        "url": "/users/{username}".format(
            username=quote(str(username), safe=""),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
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
            client.refuse(response, "put_user", error)

    client.refuse(response, "put_user")


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
    body: UserWrite,
) -> Response[str]:
    """Register a user, or change whether a user is administrator.

     Permissions on base URIs are kept; they are set with the base URI. Only administrators may call
    this.

    Args:
        username (str): Name of the user, without a slash.
        body (UserWrite): The properties of a user that can be set.

    Raises:
        errors.UnexpectedStatus: If the server returns a status that is not a documented success. The client
            of dtool_lookup_api.typed.connect raises its LookupServerError instead, also for other bodies.
        httpx.TransportError: If there is no response.

    Returns:
        Response[str]
    """

    kwargs = _get_kwargs(
        username=username,
        body=body,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    username: str,
    *,
    client: AuthenticatedClient,
    body: UserWrite,
) -> str:
    """Register a user, or change whether a user is administrator.

     Permissions on base URIs are kept; they are set with the base URI. Only administrators may call
    this.

    Args:
        username (str): Name of the user, without a slash.
        body (UserWrite): The properties of a user that can be set.

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
        body=body,
    ).parsed


async def asyncio_detailed(
    username: str,
    *,
    client: AuthenticatedClient,
    body: UserWrite,
) -> Response[str]:
    """Register a user, or change whether a user is administrator.

     Permissions on base URIs are kept; they are set with the base URI. Only administrators may call
    this.

    Args:
        username (str): Name of the user, without a slash.
        body (UserWrite): The properties of a user that can be set.

    Raises:
        errors.UnexpectedStatus: If the server returns a status that is not a documented success. The client
            of dtool_lookup_api.typed.connect raises its LookupServerError instead, also for other bodies.
        httpx.TransportError: If there is no response.

    Returns:
        Response[str]
    """

    kwargs = _get_kwargs(
        username=username,
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    username: str,
    *,
    client: AuthenticatedClient,
    body: UserWrite,
) -> str:
    """Register a user, or change whether a user is administrator.

     Permissions on base URIs are kept; they are set with the base URI. Only administrators may call
    this.

    Args:
        username (str): Name of the user, without a slash.
        body (UserWrite): The properties of a user that can be set.

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
            body=body,
        )
    ).parsed
