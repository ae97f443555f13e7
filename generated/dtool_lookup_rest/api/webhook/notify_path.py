from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.json_object import JsonObject
from ...types import Response


def _get_kwargs(
    path: str,
    *,
    body: JsonObject,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/webhook/notify/{path}".format(
            path=quote(str(path), safe=""),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> None:
    if response.is_success:
        try:
            if response.content.strip():
                response.json()
        except errors.UNREADABLE as error:
            client.refuse(response, "notify_path", error)
        return

    client.refuse(response, "notify_path")


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[None]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    path: str,
    *,
    client: AuthenticatedClient | Client,
    body: JsonObject,
) -> Response[None]:
    """Notify the server of an event in storage, with a longer path.

     For storage systems, whose addresses are in the server's configuration.

    Args:
        path (str): Added to the path by the storage system; the server ignores it.
        body (JsonObject): A JSON object with any keys and values.

    Raises:
        errors.UnexpectedStatus: If the server returns a status that is not a documented success. The client
            of dtool_lookup_api.typed.connect raises its LookupServerError instead, also for other bodies.
        httpx.TransportError: If there is no response.

    Returns:
        Response[None]
    """

    kwargs = _get_kwargs(
        path=path,
        body=body,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    path: str,
    *,
    client: AuthenticatedClient | Client,
    body: JsonObject,
) -> None:
    """Notify the server of an event in storage, with a longer path.

     For storage systems, whose addresses are in the server's configuration.

    Args:
        path (str): Added to the path by the storage system; the server ignores it.
        body (JsonObject): A JSON object with any keys and values.

    Raises:
        errors.UnexpectedStatus: If the server returns a status that is not a documented success. The client
            of dtool_lookup_api.typed.connect raises its LookupServerError instead, also for other bodies.
        httpx.TransportError: If there is no response.

    Returns:
        None
    """

    return sync_detailed(
        path=path,
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    path: str,
    *,
    client: AuthenticatedClient | Client,
    body: JsonObject,
) -> Response[None]:
    """Notify the server of an event in storage, with a longer path.

     For storage systems, whose addresses are in the server's configuration.

    Args:
        path (str): Added to the path by the storage system; the server ignores it.
        body (JsonObject): A JSON object with any keys and values.

    Raises:
        errors.UnexpectedStatus: If the server returns a status that is not a documented success. The client
            of dtool_lookup_api.typed.connect raises its LookupServerError instead, also for other bodies.
        httpx.TransportError: If there is no response.

    Returns:
        Response[None]
    """

    kwargs = _get_kwargs(
        path=path,
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    path: str,
    *,
    client: AuthenticatedClient | Client,
    body: JsonObject,
) -> None:
    """Notify the server of an event in storage, with a longer path.

     For storage systems, whose addresses are in the server's configuration.

    Args:
        path (str): Added to the path by the storage system; the server ignores it.
        body (JsonObject): A JSON object with any keys and values.

    Raises:
        errors.UnexpectedStatus: If the server returns a status that is not a documented success. The client
            of dtool_lookup_api.typed.connect raises its LookupServerError instead, also for other bodies.
        httpx.TransportError: If there is no response.

    Returns:
        None
    """

    return (
        await asyncio_detailed(
            path=path,
            client=client,
            body=body,
        )
    ).parsed
