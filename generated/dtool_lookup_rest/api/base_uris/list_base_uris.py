from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.base_uri import BaseUri
from ...models.error import Error
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    page: int | Unset = 1,
    page_size: int | Unset = 10,
    sort: str | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["page"] = page

    params["page_size"] = page_size

    params["sort"] = sort

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/base-uris",
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Error | list[BaseUri] | None:
    if response.status_code == 200:
        response_200 = []
        _response_200 = response.json()
        for response_200_item_data in _response_200:
            response_200_item = BaseUri.from_dict(response_200_item_data)

            response_200.append(response_200_item)

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
) -> Response[Error | list[BaseUri]]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    page: int | Unset = 1,
    page_size: int | Unset = 10,
    sort: str | Unset = UNSET,
) -> Response[Error | list[BaseUri]]:
    """List the base URIs.

     Without their permissions, which are told of a single base URI. Only administrators may call this.
    Sorts by base_uri.

    Args:
        page (int | Unset): Number of the page, from 1. Asking for a page past the last one is
            answered by 404, or by an empty list. Default: 1.
        page_size (int | Unset): Number of entries on a page, at most 100. Default: 10.
        sort (str | Unset): Fields to sort by, separated by commas, without blanks; a `-` before a
            field sorts it in descending order. Which fields a list can be sorted by is said there.
            Example: -created_at,uri.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Error | list[BaseUri]]
    """

    kwargs = _get_kwargs(
        page=page,
        page_size=page_size,
        sort=sort,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    page: int | Unset = 1,
    page_size: int | Unset = 10,
    sort: str | Unset = UNSET,
) -> Error | list[BaseUri] | None:
    """List the base URIs.

     Without their permissions, which are told of a single base URI. Only administrators may call this.
    Sorts by base_uri.

    Args:
        page (int | Unset): Number of the page, from 1. Asking for a page past the last one is
            answered by 404, or by an empty list. Default: 1.
        page_size (int | Unset): Number of entries on a page, at most 100. Default: 10.
        sort (str | Unset): Fields to sort by, separated by commas, without blanks; a `-` before a
            field sorts it in descending order. Which fields a list can be sorted by is said there.
            Example: -created_at,uri.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Error | list[BaseUri]
    """

    return sync_detailed(
        client=client,
        page=page,
        page_size=page_size,
        sort=sort,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    page: int | Unset = 1,
    page_size: int | Unset = 10,
    sort: str | Unset = UNSET,
) -> Response[Error | list[BaseUri]]:
    """List the base URIs.

     Without their permissions, which are told of a single base URI. Only administrators may call this.
    Sorts by base_uri.

    Args:
        page (int | Unset): Number of the page, from 1. Asking for a page past the last one is
            answered by 404, or by an empty list. Default: 1.
        page_size (int | Unset): Number of entries on a page, at most 100. Default: 10.
        sort (str | Unset): Fields to sort by, separated by commas, without blanks; a `-` before a
            field sorts it in descending order. Which fields a list can be sorted by is said there.
            Example: -created_at,uri.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Error | list[BaseUri]]
    """

    kwargs = _get_kwargs(
        page=page,
        page_size=page_size,
        sort=sort,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    page: int | Unset = 1,
    page_size: int | Unset = 10,
    sort: str | Unset = UNSET,
) -> Error | list[BaseUri] | None:
    """List the base URIs.

     Without their permissions, which are told of a single base URI. Only administrators may call this.
    Sorts by base_uri.

    Args:
        page (int | Unset): Number of the page, from 1. Asking for a page past the last one is
            answered by 404, or by an empty list. Default: 1.
        page_size (int | Unset): Number of entries on a page, at most 100. Default: 10.
        sort (str | Unset): Fields to sort by, separated by commas, without blanks; a `-` before a
            field sorts it in descending order. Which fields a list can be sorted by is said there.
            Example: -created_at,uri.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Error | list[BaseUri]
    """

    return (
        await asyncio_detailed(
            client=client,
            page=page,
            page_size=page_size,
            sort=sort,
        )
    ).parsed
