from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.base_uri_permissions import BaseUriPermissions
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
) -> str:
    if response.is_success:
        try:
            data = response.json()
            if not isinstance(data, str):
                raise TypeError("It is not a JSON str")
            return data
        except errors.UNREADABLE as error:
            client.refuse(response, "put_base_uri", error)

    client.refuse(response, "put_base_uri")


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
    base_uri: str,
    *,
    client: AuthenticatedClient,
    body: BaseUriPermissions,
) -> Response[str]:
    """Register a base URI, or replace who has permissions on it.

     Replaces both lists of users: read the base URI first to change one of them. Names of unknown users
    are ignored. Only administrators may call this.

    Args:
        base_uri (str): Base URI without a slash at its end, for example `s3://bucket`.
        body (BaseUriPermissions): Who has permissions on a base URI. Replaces both lists.

    Raises:
        errors.UnexpectedStatus: If the server returns a status that is not a documented success. The client
            of dtool_lookup_api.typed.connect raises its LookupServerError instead, also for other bodies.
        httpx.TransportError: If there is no response.

    Returns:
        Response[str]
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
) -> str:
    """Register a base URI, or replace who has permissions on it.

     Replaces both lists of users: read the base URI first to change one of them. Names of unknown users
    are ignored. Only administrators may call this.

    Args:
        base_uri (str): Base URI without a slash at its end, for example `s3://bucket`.
        body (BaseUriPermissions): Who has permissions on a base URI. Replaces both lists.

    Raises:
        errors.UnexpectedStatus: If the server returns a status that is not a documented success. The client
            of dtool_lookup_api.typed.connect raises its LookupServerError instead, also for other bodies.
        httpx.TransportError: If there is no response.

    Returns:
        str
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
) -> Response[str]:
    """Register a base URI, or replace who has permissions on it.

     Replaces both lists of users: read the base URI first to change one of them. Names of unknown users
    are ignored. Only administrators may call this.

    Args:
        base_uri (str): Base URI without a slash at its end, for example `s3://bucket`.
        body (BaseUriPermissions): Who has permissions on a base URI. Replaces both lists.

    Raises:
        errors.UnexpectedStatus: If the server returns a status that is not a documented success. The client
            of dtool_lookup_api.typed.connect raises its LookupServerError instead, also for other bodies.
        httpx.TransportError: If there is no response.

    Returns:
        Response[str]
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
) -> str:
    """Register a base URI, or replace who has permissions on it.

     Replaces both lists of users: read the base URI first to change one of them. Names of unknown users
    are ignored. Only administrators may call this.

    Args:
        base_uri (str): Base URI without a slash at its end, for example `s3://bucket`.
        body (BaseUriPermissions): Who has permissions on a base URI. Replaces both lists.

    Raises:
        errors.UnexpectedStatus: If the server returns a status that is not a documented success. The client
            of dtool_lookup_api.typed.connect raises its LookupServerError instead, also for other bodies.
        httpx.TransportError: If there is no response.

    Returns:
        str
    """

    return (
        await asyncio_detailed(
            base_uri=base_uri,
            client=client,
            body=body,
        )
    ).parsed
