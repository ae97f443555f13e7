from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.tag_list import TagList
from ...types import Response


def _get_kwargs(
    uri: str,
    *,
    body: TagList,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "put",
        "url": "/tags/{uri}".format(
            uri=quote(str(uri), safe=""),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> TagList:
    if response.is_success:
        try:
            data = response.json()
            if not isinstance(data, dict):
                raise TypeError("It is not a JSON dict")
            response_200 = TagList.from_dict(data)

            return response_200
        except errors.UNREADABLE as error:
            client.refuse(response, "replace_tags", error)

    client.refuse(response, "replace_tags")


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[TagList]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    uri: str,
    *,
    client: AuthenticatedClient,
    body: TagList,
) -> Response[TagList]:
    """Replace all tags of a dataset.

     The server replaces the tags in storage, and in the index only if the retrieve plugin can: version
    0.4.2 can't. The response always repeats the request, even for an unknown dataset. The server
    accepts a tag that dtool refuses, and then deletes all tags in storage. Needs register permission on
    the base URI.

    Args:
        uri (str): URI of the dataset: its base URI, a slash and its UUID, for example
            `s3://bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675`.
        body (TagList): Tags of a dataset.

    Raises:
        errors.UnexpectedStatus: If the server returns a status that is not a documented success. The client
            of dtool_lookup_api.typed.connect raises its LookupServerError instead, also for other bodies.
        httpx.TransportError: If there is no response.

    Returns:
        Response[TagList]
    """

    kwargs = _get_kwargs(
        uri=uri,
        body=body,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    uri: str,
    *,
    client: AuthenticatedClient,
    body: TagList,
) -> TagList:
    """Replace all tags of a dataset.

     The server replaces the tags in storage, and in the index only if the retrieve plugin can: version
    0.4.2 can't. The response always repeats the request, even for an unknown dataset. The server
    accepts a tag that dtool refuses, and then deletes all tags in storage. Needs register permission on
    the base URI.

    Args:
        uri (str): URI of the dataset: its base URI, a slash and its UUID, for example
            `s3://bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675`.
        body (TagList): Tags of a dataset.

    Raises:
        errors.UnexpectedStatus: If the server returns a status that is not a documented success. The client
            of dtool_lookup_api.typed.connect raises its LookupServerError instead, also for other bodies.
        httpx.TransportError: If there is no response.

    Returns:
        TagList
    """

    return sync_detailed(
        uri=uri,
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    uri: str,
    *,
    client: AuthenticatedClient,
    body: TagList,
) -> Response[TagList]:
    """Replace all tags of a dataset.

     The server replaces the tags in storage, and in the index only if the retrieve plugin can: version
    0.4.2 can't. The response always repeats the request, even for an unknown dataset. The server
    accepts a tag that dtool refuses, and then deletes all tags in storage. Needs register permission on
    the base URI.

    Args:
        uri (str): URI of the dataset: its base URI, a slash and its UUID, for example
            `s3://bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675`.
        body (TagList): Tags of a dataset.

    Raises:
        errors.UnexpectedStatus: If the server returns a status that is not a documented success. The client
            of dtool_lookup_api.typed.connect raises its LookupServerError instead, also for other bodies.
        httpx.TransportError: If there is no response.

    Returns:
        Response[TagList]
    """

    kwargs = _get_kwargs(
        uri=uri,
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    uri: str,
    *,
    client: AuthenticatedClient,
    body: TagList,
) -> TagList:
    """Replace all tags of a dataset.

     The server replaces the tags in storage, and in the index only if the retrieve plugin can: version
    0.4.2 can't. The response always repeats the request, even for an unknown dataset. The server
    accepts a tag that dtool refuses, and then deletes all tags in storage. Needs register permission on
    the base URI.

    Args:
        uri (str): URI of the dataset: its base URI, a slash and its UUID, for example
            `s3://bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675`.
        body (TagList): Tags of a dataset.

    Raises:
        errors.UnexpectedStatus: If the server returns a status that is not a documented success. The client
            of dtool_lookup_api.typed.connect raises its LookupServerError instead, also for other bodies.
        httpx.TransportError: If there is no response.

    Returns:
        TagList
    """

    return (
        await asyncio_detailed(
            uri=uri,
            client=client,
            body=body,
        )
    ).parsed
