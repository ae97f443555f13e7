from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.json_object import JsonObject
from ...models.query_dataset import QueryDataset
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    body: QueryDataset,
    page: int | Unset = 1,
    page_size: int | Unset = 10,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    params: dict[str, Any] = {}

    params["page"] = page

    params["page_size"] = page_size

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/mongo/aggregate",
        "params": params,
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> list[JsonObject]:
    if response.is_success:
        try:
            data = response.json()
            if not isinstance(data, list):
                raise TypeError("It is not a JSON list")
            response_200 = []
            _response_200 = data
            for response_200_item_data in _response_200:
                response_200_item = JsonObject.from_dict(response_200_item_data)

                response_200.append(response_200_item)

            return response_200
        except errors.UNREADABLE as error:
            client.refuse(response, "aggregate_datasets", error)

    client.refuse(response, "aggregate_datasets")


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[list[JsonObject]]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    body: QueryDataset,
    page: int | Unset = 1,
    page_size: int | Unset = 10,
) -> Response[list[JsonObject]]:
    """List what a MongoDB aggregation pipeline makes of the datasets.

     The pipeline starts from the datasets that pass the filters, within the base URIs that the user may
    search. What it returns is up to its stages; the field `_id` is always removed, so copy the key of a
    group to a field of another name. Any registered user may call this. Needs dserver-direct-mongo-
    plugin on the server.

    Args:
        page (int | Unset): Number of the page, from 1. For a page past the last one, the response
            is 404 or an empty list. Default: 1.
        page_size (int | Unset): Number of entries on a page, at most 100. Default: 10.
        body (QueryDataset): A query or pipeline in the language of MongoDB, and filters, all of
            which must pass. Omitted filters don't exclude anything.

    Raises:
        errors.UnexpectedStatus: If the server returns a status that is not a documented success. The client
            of dtool_lookup_api.typed.connect raises its LookupServerError instead, also for other bodies.
        httpx.TransportError: If there is no response.

    Returns:
        Response[list[JsonObject]]
    """

    kwargs = _get_kwargs(
        body=body,
        page=page,
        page_size=page_size,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    body: QueryDataset,
    page: int | Unset = 1,
    page_size: int | Unset = 10,
) -> list[JsonObject]:
    """List what a MongoDB aggregation pipeline makes of the datasets.

     The pipeline starts from the datasets that pass the filters, within the base URIs that the user may
    search. What it returns is up to its stages; the field `_id` is always removed, so copy the key of a
    group to a field of another name. Any registered user may call this. Needs dserver-direct-mongo-
    plugin on the server.

    Args:
        page (int | Unset): Number of the page, from 1. For a page past the last one, the response
            is 404 or an empty list. Default: 1.
        page_size (int | Unset): Number of entries on a page, at most 100. Default: 10.
        body (QueryDataset): A query or pipeline in the language of MongoDB, and filters, all of
            which must pass. Omitted filters don't exclude anything.

    Raises:
        errors.UnexpectedStatus: If the server returns a status that is not a documented success. The client
            of dtool_lookup_api.typed.connect raises its LookupServerError instead, also for other bodies.
        httpx.TransportError: If there is no response.

    Returns:
        list[JsonObject]
    """

    return sync_detailed(
        client=client,
        body=body,
        page=page,
        page_size=page_size,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    body: QueryDataset,
    page: int | Unset = 1,
    page_size: int | Unset = 10,
) -> Response[list[JsonObject]]:
    """List what a MongoDB aggregation pipeline makes of the datasets.

     The pipeline starts from the datasets that pass the filters, within the base URIs that the user may
    search. What it returns is up to its stages; the field `_id` is always removed, so copy the key of a
    group to a field of another name. Any registered user may call this. Needs dserver-direct-mongo-
    plugin on the server.

    Args:
        page (int | Unset): Number of the page, from 1. For a page past the last one, the response
            is 404 or an empty list. Default: 1.
        page_size (int | Unset): Number of entries on a page, at most 100. Default: 10.
        body (QueryDataset): A query or pipeline in the language of MongoDB, and filters, all of
            which must pass. Omitted filters don't exclude anything.

    Raises:
        errors.UnexpectedStatus: If the server returns a status that is not a documented success. The client
            of dtool_lookup_api.typed.connect raises its LookupServerError instead, also for other bodies.
        httpx.TransportError: If there is no response.

    Returns:
        Response[list[JsonObject]]
    """

    kwargs = _get_kwargs(
        body=body,
        page=page,
        page_size=page_size,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    body: QueryDataset,
    page: int | Unset = 1,
    page_size: int | Unset = 10,
) -> list[JsonObject]:
    """List what a MongoDB aggregation pipeline makes of the datasets.

     The pipeline starts from the datasets that pass the filters, within the base URIs that the user may
    search. What it returns is up to its stages; the field `_id` is always removed, so copy the key of a
    group to a field of another name. Any registered user may call this. Needs dserver-direct-mongo-
    plugin on the server.

    Args:
        page (int | Unset): Number of the page, from 1. For a page past the last one, the response
            is 404 or an empty list. Default: 1.
        page_size (int | Unset): Number of entries on a page, at most 100. Default: 10.
        body (QueryDataset): A query or pipeline in the language of MongoDB, and filters, all of
            which must pass. Omitted filters don't exclude anything.

    Raises:
        errors.UnexpectedStatus: If the server returns a status that is not a documented success. The client
            of dtool_lookup_api.typed.connect raises its LookupServerError instead, also for other bodies.
        httpx.TransportError: If there is no response.

    Returns:
        list[JsonObject]
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
            page=page,
            page_size=page_size,
        )
    ).parsed
