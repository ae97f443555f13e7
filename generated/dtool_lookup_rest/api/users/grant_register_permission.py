from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.user import User
from ...types import Response


def _get_kwargs(
    username: str,
    base_uri: str,
) -> dict[str, Any]:

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/users/{username}/register/{base_uri}".format(
            username=quote(str(username), safe=""),
            base_uri=quote(str(base_uri), safe=""),
        ),
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> User:
    if response.is_success:
        try:
            data = response.json()
            if not isinstance(data, dict):
                raise TypeError("It is not a JSON dict")
            response_200 = User.from_dict(data)

            return response_200
        except errors.UNREADABLE as error:
            client.refuse(response, "grant_register_permission", error)

    client.refuse(response, "grant_register_permission")


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[User]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    username: str,
    base_uri: str,
    *,
    client: AuthenticatedClient,
) -> Response[User]:
    """Allow a user to register datasets in a base URI.

     The other permissions stay as they are. The base URI must be written as it was registered. The
    response to granting it again is 409. Only administrators may call this.

    Args:
        username (str): Name of the user, without a slash.
        base_uri (str): Base URI without a slash at its end, for example `s3://bucket`.

    Raises:
        errors.UnexpectedStatus: If the server returns a status that is not a documented success. The client
            of dtool_lookup_api.typed.connect raises its LookupServerError instead, also for other bodies.
        httpx.TransportError: If there is no response.

    Returns:
        Response[User]
    """

    kwargs = _get_kwargs(
        username=username,
        base_uri=base_uri,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    username: str,
    base_uri: str,
    *,
    client: AuthenticatedClient,
) -> User:
    """Allow a user to register datasets in a base URI.

     The other permissions stay as they are. The base URI must be written as it was registered. The
    response to granting it again is 409. Only administrators may call this.

    Args:
        username (str): Name of the user, without a slash.
        base_uri (str): Base URI without a slash at its end, for example `s3://bucket`.

    Raises:
        errors.UnexpectedStatus: If the server returns a status that is not a documented success. The client
            of dtool_lookup_api.typed.connect raises its LookupServerError instead, also for other bodies.
        httpx.TransportError: If there is no response.

    Returns:
        User
    """

    return sync_detailed(
        username=username,
        base_uri=base_uri,
        client=client,
    ).parsed


async def asyncio_detailed(
    username: str,
    base_uri: str,
    *,
    client: AuthenticatedClient,
) -> Response[User]:
    """Allow a user to register datasets in a base URI.

     The other permissions stay as they are. The base URI must be written as it was registered. The
    response to granting it again is 409. Only administrators may call this.

    Args:
        username (str): Name of the user, without a slash.
        base_uri (str): Base URI without a slash at its end, for example `s3://bucket`.

    Raises:
        errors.UnexpectedStatus: If the server returns a status that is not a documented success. The client
            of dtool_lookup_api.typed.connect raises its LookupServerError instead, also for other bodies.
        httpx.TransportError: If there is no response.

    Returns:
        Response[User]
    """

    kwargs = _get_kwargs(
        username=username,
        base_uri=base_uri,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    username: str,
    base_uri: str,
    *,
    client: AuthenticatedClient,
) -> User:
    """Allow a user to register datasets in a base URI.

     The other permissions stay as they are. The base URI must be written as it was registered. The
    response to granting it again is 409. Only administrators may call this.

    Args:
        username (str): Name of the user, without a slash.
        base_uri (str): Base URI without a slash at its end, for example `s3://bucket`.

    Raises:
        errors.UnexpectedStatus: If the server returns a status that is not a documented success. The client
            of dtool_lookup_api.typed.connect raises its LookupServerError instead, also for other bodies.
        httpx.TransportError: If there is no response.

    Returns:
        User
    """

    return (
        await asyncio_detailed(
            username=username,
            base_uri=base_uri,
            client=client,
        )
    ).parsed
