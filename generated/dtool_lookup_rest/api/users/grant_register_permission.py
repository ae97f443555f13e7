from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.error import Error
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
) -> Error | User | None:
    if response.status_code == 200:
        response_200 = User.from_dict(response.json())

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

    if response.status_code == 409:
        response_409 = Error.from_dict(response.json())

        return response_409

    if response.status_code == 422:
        response_422 = Error.from_dict(response.json())

        return response_422

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[Error | User]:
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
) -> Response[Error | User]:
    """Allow a user to register datasets in a base URI.

     The other permissions stay as they are. The base URI must be written as it was registered. Granting
    twice is answered by 409. Only administrators may call this.

    Args:
        username (str): Name of the user, without a slash.
        base_uri (str): Base URI without a slash at its end, for example `s3://bucket`.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Error | User]
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
) -> Error | User | None:
    """Allow a user to register datasets in a base URI.

     The other permissions stay as they are. The base URI must be written as it was registered. Granting
    twice is answered by 409. Only administrators may call this.

    Args:
        username (str): Name of the user, without a slash.
        base_uri (str): Base URI without a slash at its end, for example `s3://bucket`.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Error | User
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
) -> Response[Error | User]:
    """Allow a user to register datasets in a base URI.

     The other permissions stay as they are. The base URI must be written as it was registered. Granting
    twice is answered by 409. Only administrators may call this.

    Args:
        username (str): Name of the user, without a slash.
        base_uri (str): Base URI without a slash at its end, for example `s3://bucket`.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Error | User]
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
) -> Error | User | None:
    """Allow a user to register datasets in a base URI.

     The other permissions stay as they are. The base URI must be written as it was registered. Granting
    twice is answered by 409. Only administrators may call this.

    Args:
        username (str): Name of the user, without a slash.
        base_uri (str): Base URI without a slash at its end, for example `s3://bucket`.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Error | User
    """

    return (
        await asyncio_detailed(
            username=username,
            base_uri=base_uri,
            client=client,
        )
    ).parsed
