from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...types import Response


def _get_kwargs(
    uri: str,
) -> dict[str, Any]:

    _kwargs: dict[str, Any] = {
        "method": "delete",
        "url": "/uris/{uri}".format(
            uri=quote(str(uri), safe=""),
        ),
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> str:
    if response.is_success:
        try:
            data = response.json()
            if not isinstance(data, str):
                raise TypeError("It is not a JSON str")
            return data
        except errors.UNREADABLE as error:
            client.refuse(response, "delete_dataset", error)

    client.refuse(response, "delete_dataset")


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[str]:
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
) -> Response[str]:
    """Delete a dataset from the server's register.

     The dataset itself stays in storage. Searches with filters, and direct MongoDB queries, may still
    find it. Deleting an unknown dataset is not an error. Needs register permission on the base URI.

    Args:
        uri (str): URI of the dataset: its base URI, a slash and its UUID, for example
            `s3://bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675`.

    Raises:
        errors.UnexpectedStatus: If the server returns a status that is not a documented success. The client
            of dtool_lookup_api.typed.connect raises its LookupServerError instead, also for other bodies.
        httpx.TransportError: If there is no response.

    Returns:
        Response[str]
    """

    kwargs = _get_kwargs(
        uri=uri,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    uri: str,
    *,
    client: AuthenticatedClient,
) -> str:
    """Delete a dataset from the server's register.

     The dataset itself stays in storage. Searches with filters, and direct MongoDB queries, may still
    find it. Deleting an unknown dataset is not an error. Needs register permission on the base URI.

    Args:
        uri (str): URI of the dataset: its base URI, a slash and its UUID, for example
            `s3://bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675`.

    Raises:
        errors.UnexpectedStatus: If the server returns a status that is not a documented success. The client
            of dtool_lookup_api.typed.connect raises its LookupServerError instead, also for other bodies.
        httpx.TransportError: If there is no response.

    Returns:
        str
    """

    return sync_detailed(
        uri=uri,
        client=client,
    ).parsed


async def asyncio_detailed(
    uri: str,
    *,
    client: AuthenticatedClient,
) -> Response[str]:
    """Delete a dataset from the server's register.

     The dataset itself stays in storage. Searches with filters, and direct MongoDB queries, may still
    find it. Deleting an unknown dataset is not an error. Needs register permission on the base URI.

    Args:
        uri (str): URI of the dataset: its base URI, a slash and its UUID, for example
            `s3://bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675`.

    Raises:
        errors.UnexpectedStatus: If the server returns a status that is not a documented success. The client
            of dtool_lookup_api.typed.connect raises its LookupServerError instead, also for other bodies.
        httpx.TransportError: If there is no response.

    Returns:
        Response[str]
    """

    kwargs = _get_kwargs(
        uri=uri,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    uri: str,
    *,
    client: AuthenticatedClient,
) -> str:
    """Delete a dataset from the server's register.

     The dataset itself stays in storage. Searches with filters, and direct MongoDB queries, may still
    find it. Deleting an unknown dataset is not an error. Needs register permission on the base URI.

    Args:
        uri (str): URI of the dataset: its base URI, a slash and its UUID, for example
            `s3://bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675`.

    Raises:
        errors.UnexpectedStatus: If the server returns a status that is not a documented success. The client
            of dtool_lookup_api.typed.connect raises its LookupServerError instead, also for other bodies.
        httpx.TransportError: If there is no response.

    Returns:
        str
    """

    return (
        await asyncio_detailed(
            uri=uri,
            client=client,
        )
    ).parsed
