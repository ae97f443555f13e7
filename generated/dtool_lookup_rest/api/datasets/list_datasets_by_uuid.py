from http import HTTPStatus
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.dataset import Dataset
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
) -> list[Dataset]:
    if response.is_success:
        try:
            data = response.json()
            if not isinstance(data, list):
                raise TypeError("It is not a JSON list")
            response_200 = []
            _response_200 = data
            for response_200_item_data in _response_200:
                response_200_item = Dataset.from_dict(response_200_item_data)

                response_200.append(response_200_item)

            return response_200
        except errors.UNREADABLE as error:
            client.refuse(response, "list_datasets_by_uuid", error)

    client.refuse(response, "list_datasets_by_uuid")


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[list[Dataset]]:
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
) -> Response[list[Dataset]]:
    """List the copies of one dataset.

     A dataset keeps its UUID when it is copied. Lists those copies that are in base URIs that the user
    may search; the list is empty for an unknown UUID. Sorts by base_uri, created_at, creator_username,
    frozen_at, name, uri and uuid.

    Args:
        uuid (UUID): UUID of the dataset. Copies of a dataset in several base URIs share it.
        page (int | Unset): Number of the page, from 1. For a page past the last one, the response
            is 404 or an empty list. Default: 1.
        page_size (int | Unset): Number of entries on a page, at most 100. Default: 10.
        sort (str | Unset): Fields to sort by, separated by commas, without spaces. A `-` before a
            field sorts it in descending order. Each operation lists its fields. Example:
            -created_at,uri.

    Raises:
        errors.UnexpectedStatus: If the server returns a status that is not a documented success. The client
            of dtool_lookup_api.typed.connect raises its LookupServerError instead, also for other bodies.
        httpx.TransportError: If there is no response.

    Returns:
        Response[list[Dataset]]
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
) -> list[Dataset]:
    """List the copies of one dataset.

     A dataset keeps its UUID when it is copied. Lists those copies that are in base URIs that the user
    may search; the list is empty for an unknown UUID. Sorts by base_uri, created_at, creator_username,
    frozen_at, name, uri and uuid.

    Args:
        uuid (UUID): UUID of the dataset. Copies of a dataset in several base URIs share it.
        page (int | Unset): Number of the page, from 1. For a page past the last one, the response
            is 404 or an empty list. Default: 1.
        page_size (int | Unset): Number of entries on a page, at most 100. Default: 10.
        sort (str | Unset): Fields to sort by, separated by commas, without spaces. A `-` before a
            field sorts it in descending order. Each operation lists its fields. Example:
            -created_at,uri.

    Raises:
        errors.UnexpectedStatus: If the server returns a status that is not a documented success. The client
            of dtool_lookup_api.typed.connect raises its LookupServerError instead, also for other bodies.
        httpx.TransportError: If there is no response.

    Returns:
        list[Dataset]
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
) -> Response[list[Dataset]]:
    """List the copies of one dataset.

     A dataset keeps its UUID when it is copied. Lists those copies that are in base URIs that the user
    may search; the list is empty for an unknown UUID. Sorts by base_uri, created_at, creator_username,
    frozen_at, name, uri and uuid.

    Args:
        uuid (UUID): UUID of the dataset. Copies of a dataset in several base URIs share it.
        page (int | Unset): Number of the page, from 1. For a page past the last one, the response
            is 404 or an empty list. Default: 1.
        page_size (int | Unset): Number of entries on a page, at most 100. Default: 10.
        sort (str | Unset): Fields to sort by, separated by commas, without spaces. A `-` before a
            field sorts it in descending order. Each operation lists its fields. Example:
            -created_at,uri.

    Raises:
        errors.UnexpectedStatus: If the server returns a status that is not a documented success. The client
            of dtool_lookup_api.typed.connect raises its LookupServerError instead, also for other bodies.
        httpx.TransportError: If there is no response.

    Returns:
        Response[list[Dataset]]
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
) -> list[Dataset]:
    """List the copies of one dataset.

     A dataset keeps its UUID when it is copied. Lists those copies that are in base URIs that the user
    may search; the list is empty for an unknown UUID. Sorts by base_uri, created_at, creator_username,
    frozen_at, name, uri and uuid.

    Args:
        uuid (UUID): UUID of the dataset. Copies of a dataset in several base URIs share it.
        page (int | Unset): Number of the page, from 1. For a page past the last one, the response
            is 404 or an empty list. Default: 1.
        page_size (int | Unset): Number of entries on a page, at most 100. Default: 10.
        sort (str | Unset): Fields to sort by, separated by commas, without spaces. A `-` before a
            field sorts it in descending order. Each operation lists its fields. Example:
            -created_at,uri.

    Raises:
        errors.UnexpectedStatus: If the server returns a status that is not a documented success. The client
            of dtool_lookup_api.typed.connect raises its LookupServerError instead, also for other bodies.
        httpx.TransportError: If there is no response.

    Returns:
        list[Dataset]
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
