from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.base_uri_permissions import BaseUriPermissions
from ...models.error import Error
from ...types import Response


def _get_kwargs(
    base_uri: str,
    *,
    body: BaseUriPermissions,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "put",
        "url": "/base-uris/{base_uri}".format(
            base_uri=quote(str(base_uri), safe=""),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Error | str | None:
    if response.status_code == 200:
        response_200 = cast(str, response.json())
        return response_200

    if response.status_code == 201:
        response_201 = cast(str, response.json())
        return response_201

    if response.status_code == 400:
        response_400 = Error.from_dict(response.json())

        return response_400

    if response.status_code == 401:
        response_401 = Error.from_dict(response.json())

        return response_401

    if response.status_code == 403:
        response_403 = Error.from_dict(response.json())

        return response_403

    if response.status_code == 422:
        response_422 = Error.from_dict(response.json())

        return response_422

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[Error | str]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    base_uri: str,
    *,
    client: AuthenticatedClient,
    body: BaseUriPermissions,
) -> Response[Error | str]:
    """Register a base URI, or replace who has permissions on it.

     Replaces both lists of users: read the base URI first to change one of them. Names of unknown users
    are dropped without a word. Only administrators may call this.

    Args:
        base_uri (str): Base URI without a slash at its end, for example `s3://bucket`.
        body (BaseUriPermissions): Who has permissions on a base URI. Replaces both lists.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Error | str]
    """

    kwargs = _get_kwargs(
        base_uri=base_uri,
        body=body,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    base_uri: str,
    *,
    client: AuthenticatedClient,
    body: BaseUriPermissions,
) -> Error | str | None:
    """Register a base URI, or replace who has permissions on it.

     Replaces both lists of users: read the base URI first to change one of them. Names of unknown users
    are dropped without a word. Only administrators may call this.

    Args:
        base_uri (str): Base URI without a slash at its end, for example `s3://bucket`.
        body (BaseUriPermissions): Who has permissions on a base URI. Replaces both lists.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Error | str
    """

    return sync_detailed(
        base_uri=base_uri,
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    base_uri: str,
    *,
    client: AuthenticatedClient,
    body: BaseUriPermissions,
) -> Response[Error | str]:
    """Register a base URI, or replace who has permissions on it.

     Replaces both lists of users: read the base URI first to change one of them. Names of unknown users
    are dropped without a word. Only administrators may call this.

    Args:
        base_uri (str): Base URI without a slash at its end, for example `s3://bucket`.
        body (BaseUriPermissions): Who has permissions on a base URI. Replaces both lists.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Error | str]
    """

    kwargs = _get_kwargs(
        base_uri=base_uri,
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    base_uri: str,
    *,
    client: AuthenticatedClient,
    body: BaseUriPermissions,
) -> Error | str | None:
    """Register a base URI, or replace who has permissions on it.

     Replaces both lists of users: read the base URI first to change one of them. Names of unknown users
    are dropped without a word. Only administrators may call this.

    Args:
        base_uri (str): Base URI without a slash at its end, for example `s3://bucket`.
        body (BaseUriPermissions): Who has permissions on a base URI. Replaces both lists.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Error | str
    """

    return (
        await asyncio_detailed(
            base_uri=base_uri,
            client=client,
            body=body,
        )
    ).parsed
