from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.readme import Readme
from ...models.readme_request import ReadmeRequest
from ...types import Response


def _get_kwargs(
    uri: str,
    *,
    body: ReadmeRequest,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "put",
        "url": "/readmes/{uri}".format(
            uri=quote(str(uri), safe=""),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Readme:
    if response.is_success:
        try:
            data = response.json()
            if not isinstance(data, dict):
                raise TypeError("It is not a JSON dict")
            response_200 = Readme.from_dict(data)

            return response_200
        except errors.UNREADABLE as error:
            client.refuse(response, "set_readme", error)

    client.refuse(response, "set_readme")


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[Readme]:
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
    body: ReadmeRequest,
) -> Response[Readme]:
    """Replace the README of a dataset.

     The server replaces the README in storage, and in the index only if the retrieve plugin can: version
    0.4.2 can't. The response always repeats the request, even for an unknown dataset. Needs register
    permission on the base URI.

    Args:
        uri (str): URI of the dataset: its base URI, a slash and its UUID, for example
            `s3://bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675`.
        body (ReadmeRequest): A new README.

    Raises:
        errors.UnexpectedStatus: If the server returns a status that is not a documented success. The client
            of dtool_lookup_api.typed.connect raises its LookupServerError instead, also for other bodies.
        httpx.TransportError: If there is no response.

    Returns:
        Response[Readme]
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
    body: ReadmeRequest,
) -> Readme:
    """Replace the README of a dataset.

     The server replaces the README in storage, and in the index only if the retrieve plugin can: version
    0.4.2 can't. The response always repeats the request, even for an unknown dataset. Needs register
    permission on the base URI.

    Args:
        uri (str): URI of the dataset: its base URI, a slash and its UUID, for example
            `s3://bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675`.
        body (ReadmeRequest): A new README.

    Raises:
        errors.UnexpectedStatus: If the server returns a status that is not a documented success. The client
            of dtool_lookup_api.typed.connect raises its LookupServerError instead, also for other bodies.
        httpx.TransportError: If there is no response.

    Returns:
        Readme
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
    body: ReadmeRequest,
) -> Response[Readme]:
    """Replace the README of a dataset.

     The server replaces the README in storage, and in the index only if the retrieve plugin can: version
    0.4.2 can't. The response always repeats the request, even for an unknown dataset. Needs register
    permission on the base URI.

    Args:
        uri (str): URI of the dataset: its base URI, a slash and its UUID, for example
            `s3://bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675`.
        body (ReadmeRequest): A new README.

    Raises:
        errors.UnexpectedStatus: If the server returns a status that is not a documented success. The client
            of dtool_lookup_api.typed.connect raises its LookupServerError instead, also for other bodies.
        httpx.TransportError: If there is no response.

    Returns:
        Response[Readme]
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
    body: ReadmeRequest,
) -> Readme:
    """Replace the README of a dataset.

     The server replaces the README in storage, and in the index only if the retrieve plugin can: version
    0.4.2 can't. The response always repeats the request, even for an unknown dataset. Needs register
    permission on the base URI.

    Args:
        uri (str): URI of the dataset: its base URI, a slash and its UUID, for example
            `s3://bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675`.
        body (ReadmeRequest): A new README.

    Raises:
        errors.UnexpectedStatus: If the server returns a status that is not a documented success. The client
            of dtool_lookup_api.typed.connect raises its LookupServerError instead, also for other bodies.
        httpx.TransportError: If there is no response.

    Returns:
        Readme
    """

    return (
        await asyncio_detailed(
            uri=uri,
            client=client,
            body=body,
        )
    ).parsed
