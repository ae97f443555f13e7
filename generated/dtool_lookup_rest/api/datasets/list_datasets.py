from http import HTTPStatus
from typing import Any
from uuid import UUID

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.dataset import Dataset
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    free_text: str | Unset = UNSET,
    creator_usernames: list[str] | Unset = UNSET,
    base_uris: list[str] | Unset = UNSET,
    uuids: list[UUID] | Unset = UNSET,
    tags: list[str] | Unset = UNSET,
    page: int | Unset = 1,
    page_size: int | Unset = 10,
    sort: str | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["free_text"] = free_text

    json_creator_usernames: list[str] | Unset = UNSET
    if not isinstance(creator_usernames, Unset):
        json_creator_usernames = creator_usernames

    params["creator_usernames"] = json_creator_usernames

    json_base_uris: list[str] | Unset = UNSET
    if not isinstance(base_uris, Unset):
        json_base_uris = base_uris

    params["base_uris"] = json_base_uris

    json_uuids: list[str] | Unset = UNSET
    if not isinstance(uuids, Unset):
        json_uuids = []
        for uuids_item_data in uuids:
            uuids_item = str(uuids_item_data)
            json_uuids.append(uuids_item)

    params["uuids"] = json_uuids

    json_tags: list[str] | Unset = UNSET
    if not isinstance(tags, Unset):
        json_tags = tags

    params["tags"] = json_tags

    params["page"] = page

    params["page_size"] = page_size

    params["sort"] = sort

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/uris",
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
            client.refuse(response, "list_datasets", error)

    client.refuse(response, "list_datasets")


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
    *,
    client: AuthenticatedClient,
    free_text: str | Unset = UNSET,
    creator_usernames: list[str] | Unset = UNSET,
    base_uris: list[str] | Unset = UNSET,
    uuids: list[UUID] | Unset = UNSET,
    tags: list[str] | Unset = UNSET,
    page: int | Unset = 1,
    page_size: int | Unset = 10,
    sort: str | Unset = UNSET,
) -> Response[list[Dataset]]:
    """List datasets, with filters in the query string.

     Lists the datasets in all base URIs that the user may search, if they pass all filters. Sorts by
    base_uri, created_at, creator_username, frozen_at, name, uri and uuid.

    Args:
        free_text (str | Unset): Words to look for in everything that the server knows about a
            dataset, including README and annotations. One of them is enough. With the search plugin
            for MongoDB, `"a phrase"` in quotes has to occur as it is, and `-word` excludes datasets
            with this word.
        creator_usernames (list[str] | Unset): Only datasets created by one of these users.
        base_uris (list[str] | Unset): Only datasets in one of these base URIs.
        uuids (list[UUID] | Unset): Only datasets with one of these UUIDs.
        tags (list[str] | Unset): Only datasets that have all of these tags.
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
        free_text=free_text,
        creator_usernames=creator_usernames,
        base_uris=base_uris,
        uuids=uuids,
        tags=tags,
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
    free_text: str | Unset = UNSET,
    creator_usernames: list[str] | Unset = UNSET,
    base_uris: list[str] | Unset = UNSET,
    uuids: list[UUID] | Unset = UNSET,
    tags: list[str] | Unset = UNSET,
    page: int | Unset = 1,
    page_size: int | Unset = 10,
    sort: str | Unset = UNSET,
) -> list[Dataset]:
    """List datasets, with filters in the query string.

     Lists the datasets in all base URIs that the user may search, if they pass all filters. Sorts by
    base_uri, created_at, creator_username, frozen_at, name, uri and uuid.

    Args:
        free_text (str | Unset): Words to look for in everything that the server knows about a
            dataset, including README and annotations. One of them is enough. With the search plugin
            for MongoDB, `"a phrase"` in quotes has to occur as it is, and `-word` excludes datasets
            with this word.
        creator_usernames (list[str] | Unset): Only datasets created by one of these users.
        base_uris (list[str] | Unset): Only datasets in one of these base URIs.
        uuids (list[UUID] | Unset): Only datasets with one of these UUIDs.
        tags (list[str] | Unset): Only datasets that have all of these tags.
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
        client=client,
        free_text=free_text,
        creator_usernames=creator_usernames,
        base_uris=base_uris,
        uuids=uuids,
        tags=tags,
        page=page,
        page_size=page_size,
        sort=sort,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    free_text: str | Unset = UNSET,
    creator_usernames: list[str] | Unset = UNSET,
    base_uris: list[str] | Unset = UNSET,
    uuids: list[UUID] | Unset = UNSET,
    tags: list[str] | Unset = UNSET,
    page: int | Unset = 1,
    page_size: int | Unset = 10,
    sort: str | Unset = UNSET,
) -> Response[list[Dataset]]:
    """List datasets, with filters in the query string.

     Lists the datasets in all base URIs that the user may search, if they pass all filters. Sorts by
    base_uri, created_at, creator_username, frozen_at, name, uri and uuid.

    Args:
        free_text (str | Unset): Words to look for in everything that the server knows about a
            dataset, including README and annotations. One of them is enough. With the search plugin
            for MongoDB, `"a phrase"` in quotes has to occur as it is, and `-word` excludes datasets
            with this word.
        creator_usernames (list[str] | Unset): Only datasets created by one of these users.
        base_uris (list[str] | Unset): Only datasets in one of these base URIs.
        uuids (list[UUID] | Unset): Only datasets with one of these UUIDs.
        tags (list[str] | Unset): Only datasets that have all of these tags.
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
        free_text=free_text,
        creator_usernames=creator_usernames,
        base_uris=base_uris,
        uuids=uuids,
        tags=tags,
        page=page,
        page_size=page_size,
        sort=sort,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    free_text: str | Unset = UNSET,
    creator_usernames: list[str] | Unset = UNSET,
    base_uris: list[str] | Unset = UNSET,
    uuids: list[UUID] | Unset = UNSET,
    tags: list[str] | Unset = UNSET,
    page: int | Unset = 1,
    page_size: int | Unset = 10,
    sort: str | Unset = UNSET,
) -> list[Dataset]:
    """List datasets, with filters in the query string.

     Lists the datasets in all base URIs that the user may search, if they pass all filters. Sorts by
    base_uri, created_at, creator_username, frozen_at, name, uri and uuid.

    Args:
        free_text (str | Unset): Words to look for in everything that the server knows about a
            dataset, including README and annotations. One of them is enough. With the search plugin
            for MongoDB, `"a phrase"` in quotes has to occur as it is, and `-word` excludes datasets
            with this word.
        creator_usernames (list[str] | Unset): Only datasets created by one of these users.
        base_uris (list[str] | Unset): Only datasets in one of these base URIs.
        uuids (list[UUID] | Unset): Only datasets with one of these UUIDs.
        tags (list[str] | Unset): Only datasets that have all of these tags.
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
            client=client,
            free_text=free_text,
            creator_usernames=creator_usernames,
            base_uris=base_uris,
            uuids=uuids,
            tags=tags,
            page=page,
            page_size=page_size,
            sort=sort,
        )
    ).parsed
