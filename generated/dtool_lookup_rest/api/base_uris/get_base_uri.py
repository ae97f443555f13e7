from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.base_uri_with_permissions import BaseUriWithPermissions
from ...types import Response


def _get_kwargs(
    base_uri: str,
) -> dict[str, Any]:

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/base-uris/{base_uri}".format(
            base_uri=quote(str(base_uri), safe=""),
        ),
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> BaseUriWithPermissions:
    if response.is_success:
        try:
            data = response.json()
            if not isinstance(data, dict):
                raise TypeError("It is not a JSON dict")
            response_200 = BaseUriWithPermissions.from_dict(data)

            return response_200
        except errors.UNREADABLE as error:
            client.refuse(response, "get_base_uri", error)

    client.refuse(response, "get_base_uri")


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[BaseUriWithPermissions]:
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
) -> Response[BaseUriWithPermissions]:
    """Get one base URI and who has permissions on it.

     Lists the users that may search it, and those that may register datasets in it. Only administrators
    may call this.

    Args:
        base_uri (str): Base URI without a slash at its end, for example `s3://bucket`.

    Raises:
        errors.UnexpectedStatus: If the server returns a status that is not a documented success. The client
            of dtool_lookup_api.typed.connect raises its LookupServerError instead, also for other bodies.
        httpx.TransportError: If there is no response.

    Returns:
        Response[BaseUriWithPermissions]
    """

    kwargs = _get_kwargs(
        base_uri=base_uri,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    base_uri: str,
    *,
    client: AuthenticatedClient,
) -> BaseUriWithPermissions:
    """Get one base URI and who has permissions on it.

     Lists the users that may search it, and those that may register datasets in it. Only administrators
    may call this.

    Args:
        base_uri (str): Base URI without a slash at its end, for example `s3://bucket`.

    Raises:
        errors.UnexpectedStatus: If the server returns a status that is not a documented success. The client
            of dtool_lookup_api.typed.connect raises its LookupServerError instead, also for other bodies.
        httpx.TransportError: If there is no response.

    Returns:
        BaseUriWithPermissions
    """

    return sync_detailed(
        base_uri=base_uri,
        client=client,
    ).parsed


async def asyncio_detailed(
    base_uri: str,
    *,
    client: AuthenticatedClient,
) -> Response[BaseUriWithPermissions]:
    """Get one base URI and who has permissions on it.

     Lists the users that may search it, and those that may register datasets in it. Only administrators
    may call this.

    Args:
        base_uri (str): Base URI without a slash at its end, for example `s3://bucket`.

    Raises:
        errors.UnexpectedStatus: If the server returns a status that is not a documented success. The client
            of dtool_lookup_api.typed.connect raises its LookupServerError instead, also for other bodies.
        httpx.TransportError: If there is no response.

    Returns:
        Response[BaseUriWithPermissions]
    """

    kwargs = _get_kwargs(
        base_uri=base_uri,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    base_uri: str,
    *,
    client: AuthenticatedClient,
) -> BaseUriWithPermissions:
    """Get one base URI and who has permissions on it.

     Lists the users that may search it, and those that may register datasets in it. Only administrators
    may call this.

    Args:
        base_uri (str): Base URI without a slash at its end, for example `s3://bucket`.

    Raises:
        errors.UnexpectedStatus: If the server returns a status that is not a documented success. The client
            of dtool_lookup_api.typed.connect raises its LookupServerError instead, also for other bodies.
        httpx.TransportError: If there is no response.

    Returns:
        BaseUriWithPermissions
    """

    return (
        await asyncio_detailed(
            base_uri=base_uri,
            client=client,
        )
    ).parsed
