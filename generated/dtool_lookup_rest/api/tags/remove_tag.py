from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.error import Error
from ...models.tag_list import TagList
from ...types import Response


def _get_kwargs(
    uri: str,
    tag: str,
) -> dict[str, Any]:

    _kwargs: dict[str, Any] = {
        "method": "delete",
        "url": "/tags/{uri}/{tag}".format(
            uri=quote(str(uri), safe=""),
            tag=quote(str(tag), safe=""),
        ),
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Error | TagList | None:
    if response.status_code == 200:
        response_200 = TagList.from_dict(response.json())

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
) -> Response[Error | TagList]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    uri: str,
    tag: str,
    *,
    client: AuthenticatedClient,
) -> Response[Error | TagList]:
    """Remove a tag from a dataset.

     The server gives the dataset in storage the other tags of the index; what only storage has is lost.
    The index stays as it was where the retrieve plugin can't change it, as version 0.4.2; the answer
    lacks the tag in any case. Needs register permission on the base URI.

    Args:
        uri (str): URI of the dataset, which is its base URI, a slash and its UUID, for example
            `s3://bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675`.
        tag (str): The tag, without a slash.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Error | TagList]
    """

    kwargs = _get_kwargs(
        uri=uri,
        tag=tag,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    uri: str,
    tag: str,
    *,
    client: AuthenticatedClient,
) -> Error | TagList | None:
    """Remove a tag from a dataset.

     The server gives the dataset in storage the other tags of the index; what only storage has is lost.
    The index stays as it was where the retrieve plugin can't change it, as version 0.4.2; the answer
    lacks the tag in any case. Needs register permission on the base URI.

    Args:
        uri (str): URI of the dataset, which is its base URI, a slash and its UUID, for example
            `s3://bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675`.
        tag (str): The tag, without a slash.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Error | TagList
    """

    return sync_detailed(
        uri=uri,
        tag=tag,
        client=client,
    ).parsed


async def asyncio_detailed(
    uri: str,
    tag: str,
    *,
    client: AuthenticatedClient,
) -> Response[Error | TagList]:
    """Remove a tag from a dataset.

     The server gives the dataset in storage the other tags of the index; what only storage has is lost.
    The index stays as it was where the retrieve plugin can't change it, as version 0.4.2; the answer
    lacks the tag in any case. Needs register permission on the base URI.

    Args:
        uri (str): URI of the dataset, which is its base URI, a slash and its UUID, for example
            `s3://bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675`.
        tag (str): The tag, without a slash.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Error | TagList]
    """

    kwargs = _get_kwargs(
        uri=uri,
        tag=tag,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    uri: str,
    tag: str,
    *,
    client: AuthenticatedClient,
) -> Error | TagList | None:
    """Remove a tag from a dataset.

     The server gives the dataset in storage the other tags of the index; what only storage has is lost.
    The index stays as it was where the retrieve plugin can't change it, as version 0.4.2; the answer
    lacks the tag in any case. Needs register permission on the base URI.

    Args:
        uri (str): URI of the dataset, which is its base URI, a slash and its UUID, for example
            `s3://bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675`.
        tag (str): The tag, without a slash.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Error | TagList
    """

    return (
        await asyncio_detailed(
            uri=uri,
            tag=tag,
            client=client,
        )
    ).parsed
