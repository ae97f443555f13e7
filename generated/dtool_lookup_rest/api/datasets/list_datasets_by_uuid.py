from http import HTTPStatus
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.dataset import Dataset
from ...models.error import Error
from ...types import UNSET, Response, Unset


def _get_kwargs(
    uuid: UUID,
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
        "url": "/uuids/{uuid}".format(
            uuid=quote(str(uuid), safe=""),
        ),
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Error | list[Dataset] | None:
    if response.status_code == 200:
        response_200 = []
        _response_200 = response.json()
        for response_200_item_data in _response_200:
            response_200_item = Dataset.from_dict(response_200_item_data)

            response_200.append(response_200_item)

        return response_200

    if response.status_code == 401:
        response_401 = Error.from_dict(response.json())

        return response_401

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
) -> Response[Error | list[Dataset]]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    uuid: UUID,
    *,
    client: AuthenticatedClient,
    page: int | Unset = 1,
    page_size: int | Unset = 10,
    sort: str | Unset = UNSET,
) -> Response[Error | list[Dataset]]:
    """List the copies of one dataset.

     A dataset keeps its UUID when it is copied. Lists those copies that are in base URIs which the user
    may search; the list is empty for an unknown UUID. Sorts by base_uri, created_at, creator_username,
    frozen_at, name, uri and uuid.

    Args:
        uuid (UUID): UUID of the dataset. Copies of a dataset in several base URIs share it.
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
        Response[Error | list[Dataset]]
    """

    kwargs = _get_kwargs(
        uuid=uuid,
        page=page,
        page_size=page_size,
        sort=sort,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    uuid: UUID,
    *,
    client: AuthenticatedClient,
    page: int | Unset = 1,
    page_size: int | Unset = 10,
    sort: str | Unset = UNSET,
) -> Error | list[Dataset] | None:
    """List the copies of one dataset.

     A dataset keeps its UUID when it is copied. Lists those copies that are in base URIs which the user
    may search; the list is empty for an unknown UUID. Sorts by base_uri, created_at, creator_username,
    frozen_at, name, uri and uuid.

    Args:
        uuid (UUID): UUID of the dataset. Copies of a dataset in several base URIs share it.
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
        Error | list[Dataset]
    """

    return sync_detailed(
        uuid=uuid,
        client=client,
        page=page,
        page_size=page_size,
        sort=sort,
    ).parsed


async def asyncio_detailed(
    uuid: UUID,
    *,
    client: AuthenticatedClient,
    page: int | Unset = 1,
    page_size: int | Unset = 10,
    sort: str | Unset = UNSET,
) -> Response[Error | list[Dataset]]:
    """List the copies of one dataset.

     A dataset keeps its UUID when it is copied. Lists those copies that are in base URIs which the user
    may search; the list is empty for an unknown UUID. Sorts by base_uri, created_at, creator_username,
    frozen_at, name, uri and uuid.

    Args:
        uuid (UUID): UUID of the dataset. Copies of a dataset in several base URIs share it.
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
        Response[Error | list[Dataset]]
    """

    kwargs = _get_kwargs(
        uuid=uuid,
        page=page,
        page_size=page_size,
        sort=sort,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    uuid: UUID,
    *,
    client: AuthenticatedClient,
    page: int | Unset = 1,
    page_size: int | Unset = 10,
    sort: str | Unset = UNSET,
) -> Error | list[Dataset] | None:
    """List the copies of one dataset.

     A dataset keeps its UUID when it is copied. Lists those copies that are in base URIs which the user
    may search; the list is empty for an unknown UUID. Sorts by base_uri, created_at, creator_username,
    frozen_at, name, uri and uuid.

    Args:
        uuid (UUID): UUID of the dataset. Copies of a dataset in several base URIs share it.
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
        Error | list[Dataset]
    """

    return (
        await asyncio_detailed(
            uuid=uuid,
            client=client,
            page=page,
            page_size=page_size,
            sort=sort,
        )
    ).parsed
