from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.base_uri_with_permissions import BaseUriWithPermissions
from ...models.error import Error
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
) -> BaseUriWithPermissions | Error | None:
    if response.status_code == 200:
        response_200 = BaseUriWithPermissions.from_dict(response.json())

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

    if response.status_code == 422:
        response_422 = Error.from_dict(response.json())

        return response_422

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[BaseUriWithPermissions | Error]:
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
) -> Response[BaseUriWithPermissions | Error]:
    """Get one base URI and who has permissions on it.

     Lists the users that may search it, and those that may register datasets in it. Only administrators
    may call this.

    Args:
        base_uri (str): Base URI without a slash at its end, for example `s3://bucket`.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[BaseUriWithPermissions | Error]
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
) -> BaseUriWithPermissions | Error | None:
    """Get one base URI and who has permissions on it.

     Lists the users that may search it, and those that may register datasets in it. Only administrators
    may call this.

    Args:
        base_uri (str): Base URI without a slash at its end, for example `s3://bucket`.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        BaseUriWithPermissions | Error
    """

    return sync_detailed(
        base_uri=base_uri,
        client=client,
    ).parsed


async def asyncio_detailed(
    base_uri: str,
    *,
    client: AuthenticatedClient,
) -> Response[BaseUriWithPermissions | Error]:
    """Get one base URI and who has permissions on it.

     Lists the users that may search it, and those that may register datasets in it. Only administrators
    may call this.

    Args:
        base_uri (str): Base URI without a slash at its end, for example `s3://bucket`.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[BaseUriWithPermissions | Error]
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
) -> BaseUriWithPermissions | Error | None:
    """Get one base URI and who has permissions on it.

     Lists the users that may search it, and those that may register datasets in it. Only administrators
    may call this.

    Args:
        base_uri (str): Base URI without a slash at its end, for example `s3://bucket`.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        BaseUriWithPermissions | Error
    """

    return (
        await asyncio_detailed(
            base_uri=base_uri,
            client=client,
        )
    ).parsed
