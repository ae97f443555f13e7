from http import HTTPStatus
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.dependency_keys_request import DependencyKeysRequest
from ...models.graph_dataset import GraphDataset
from ...types import UNSET, Response, Unset


def _get_kwargs(
    uuid: UUID,
    *,
    body: DependencyKeysRequest,
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
        "url": "/graph/uuids/{uuid}".format(
            uuid=quote(str(uuid), safe=""),
        ),
        "params": params,
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> list[GraphDataset]:
    if response.is_success:
        try:
            data = response.json()
            if not isinstance(data, list):
                raise TypeError("It is not a JSON list")
            response_200 = []
            _response_200 = data
            for response_200_item_data in _response_200:
                response_200_item = GraphDataset.from_dict(response_200_item_data)

                response_200.append(response_200_item)

            return response_200
        except errors.UNREADABLE as error:
            client.refuse(response, "query_dependency_graph", error)

    client.refuse(response, "query_dependency_graph")


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[list[GraphDataset]]:
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
    body: DependencyKeysRequest,
    page: int | Unset = 1,
    page_size: int | Unset = 10,
) -> Response[list[GraphDataset]]:
    """List the datasets that are connected with a dataset by links in the given fields.

     Follows the links in the fields of the body, instead of those in the server's configuration. Any
    registered user may call this. Needs dserver-dependency-graph-plugin on the server.

    Args:
        uuid (UUID): UUID of the dataset. Copies of a dataset in several base URIs share it.
        page (int | Unset): Number of the page, from 1. For a page past the last one, the response
            is 404 or an empty list. Default: 1.
        page_size (int | Unset): Number of entries on a page, at most 100. Default: 10.
        body (DependencyKeysRequest): Where to look for links to source datasets.

    Raises:
        errors.UnexpectedStatus: If the server returns a status that is not a documented success. The client
            of dtool_lookup_api.typed.connect raises its LookupServerError instead, also for other bodies.
        httpx.TransportError: If there is no response.

    Returns:
        Response[list[GraphDataset]]
    """

    kwargs = _get_kwargs(
        uuid=uuid,
        body=body,
        page=page,
        page_size=page_size,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    uuid: UUID,
    *,
    client: AuthenticatedClient,
    body: DependencyKeysRequest,
    page: int | Unset = 1,
    page_size: int | Unset = 10,
) -> list[GraphDataset]:
    """List the datasets that are connected with a dataset by links in the given fields.

     Follows the links in the fields of the body, instead of those in the server's configuration. Any
    registered user may call this. Needs dserver-dependency-graph-plugin on the server.

    Args:
        uuid (UUID): UUID of the dataset. Copies of a dataset in several base URIs share it.
        page (int | Unset): Number of the page, from 1. For a page past the last one, the response
            is 404 or an empty list. Default: 1.
        page_size (int | Unset): Number of entries on a page, at most 100. Default: 10.
        body (DependencyKeysRequest): Where to look for links to source datasets.

    Raises:
        errors.UnexpectedStatus: If the server returns a status that is not a documented success. The client
            of dtool_lookup_api.typed.connect raises its LookupServerError instead, also for other bodies.
        httpx.TransportError: If there is no response.

    Returns:
        list[GraphDataset]
    """

    return sync_detailed(
        uuid=uuid,
        client=client,
        body=body,
        page=page,
        page_size=page_size,
    ).parsed


async def asyncio_detailed(
    uuid: UUID,
    *,
    client: AuthenticatedClient,
    body: DependencyKeysRequest,
    page: int | Unset = 1,
    page_size: int | Unset = 10,
) -> Response[list[GraphDataset]]:
    """List the datasets that are connected with a dataset by links in the given fields.

     Follows the links in the fields of the body, instead of those in the server's configuration. Any
    registered user may call this. Needs dserver-dependency-graph-plugin on the server.

    Args:
        uuid (UUID): UUID of the dataset. Copies of a dataset in several base URIs share it.
        page (int | Unset): Number of the page, from 1. For a page past the last one, the response
            is 404 or an empty list. Default: 1.
        page_size (int | Unset): Number of entries on a page, at most 100. Default: 10.
        body (DependencyKeysRequest): Where to look for links to source datasets.

    Raises:
        errors.UnexpectedStatus: If the server returns a status that is not a documented success. The client
            of dtool_lookup_api.typed.connect raises its LookupServerError instead, also for other bodies.
        httpx.TransportError: If there is no response.

    Returns:
        Response[list[GraphDataset]]
    """

    kwargs = _get_kwargs(
        uuid=uuid,
        body=body,
        page=page,
        page_size=page_size,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    uuid: UUID,
    *,
    client: AuthenticatedClient,
    body: DependencyKeysRequest,
    page: int | Unset = 1,
    page_size: int | Unset = 10,
) -> list[GraphDataset]:
    """List the datasets that are connected with a dataset by links in the given fields.

     Follows the links in the fields of the body, instead of those in the server's configuration. Any
    registered user may call this. Needs dserver-dependency-graph-plugin on the server.

    Args:
        uuid (UUID): UUID of the dataset. Copies of a dataset in several base URIs share it.
        page (int | Unset): Number of the page, from 1. For a page past the last one, the response
            is 404 or an empty list. Default: 1.
        page_size (int | Unset): Number of entries on a page, at most 100. Default: 10.
        body (DependencyKeysRequest): Where to look for links to source datasets.

    Raises:
        errors.UnexpectedStatus: If the server returns a status that is not a documented success. The client
            of dtool_lookup_api.typed.connect raises its LookupServerError instead, also for other bodies.
        httpx.TransportError: If there is no response.

    Returns:
        list[GraphDataset]
    """

    return (
        await asyncio_detailed(
            uuid=uuid,
            client=client,
            body=body,
            page=page,
            page_size=page_size,
        )
    ).parsed
