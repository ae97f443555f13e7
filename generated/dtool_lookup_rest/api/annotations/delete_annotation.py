from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.dataset_annotations import DatasetAnnotations
from ...types import Response


def _get_kwargs(
    uri: str,
    annotation_name: str,
) -> dict[str, Any]:

    _kwargs: dict[str, Any] = {
        "method": "delete",
        "url": "/annotations/{uri}/{annotation_name}".format(
            uri=quote(str(uri), safe=""),
            annotation_name=quote(str(annotation_name), safe=""),
        ),
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> DatasetAnnotations:
    if response.is_success:
        try:
            data = response.json()
            if not isinstance(data, dict):
                raise TypeError("It is not a JSON dict")
            response_200 = DatasetAnnotations.from_dict(data)

            return response_200
        except errors.UNREADABLE as error:
            client.refuse(response, "delete_annotation", error)

    client.refuse(response, "delete_annotation")


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[DatasetAnnotations]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    uri: str,
    annotation_name: str,
    *,
    client: AuthenticatedClient,
) -> Response[DatasetAnnotations]:
    """Delete an annotation of a dataset.

     The server writes the other annotations of its index to storage; annotations that only storage has
    are lost. The index doesn't change if the retrieve plugin can't change it, such as version 0.4.2,
    but the response never holds the annotation. Needs register permission on the base URI.

    Args:
        uri (str): URI of the dataset: its base URI, a slash and its UUID, for example
            `s3://bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675`.
        annotation_name (str): Name of the annotation, without a slash.

    Raises:
        errors.UnexpectedStatus: If the server returns a status that is not a documented success. The client
            of dtool_lookup_api.typed.connect raises its LookupServerError instead, also for other bodies.
        httpx.TransportError: If there is no response.

    Returns:
        Response[DatasetAnnotations]
    """

    kwargs = _get_kwargs(
        uri=uri,
        annotation_name=annotation_name,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    uri: str,
    annotation_name: str,
    *,
    client: AuthenticatedClient,
) -> DatasetAnnotations:
    """Delete an annotation of a dataset.

     The server writes the other annotations of its index to storage; annotations that only storage has
    are lost. The index doesn't change if the retrieve plugin can't change it, such as version 0.4.2,
    but the response never holds the annotation. Needs register permission on the base URI.

    Args:
        uri (str): URI of the dataset: its base URI, a slash and its UUID, for example
            `s3://bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675`.
        annotation_name (str): Name of the annotation, without a slash.

    Raises:
        errors.UnexpectedStatus: If the server returns a status that is not a documented success. The client
            of dtool_lookup_api.typed.connect raises its LookupServerError instead, also for other bodies.
        httpx.TransportError: If there is no response.

    Returns:
        DatasetAnnotations
    """

    return sync_detailed(
        uri=uri,
        annotation_name=annotation_name,
        client=client,
    ).parsed


async def asyncio_detailed(
    uri: str,
    annotation_name: str,
    *,
    client: AuthenticatedClient,
) -> Response[DatasetAnnotations]:
    """Delete an annotation of a dataset.

     The server writes the other annotations of its index to storage; annotations that only storage has
    are lost. The index doesn't change if the retrieve plugin can't change it, such as version 0.4.2,
    but the response never holds the annotation. Needs register permission on the base URI.

    Args:
        uri (str): URI of the dataset: its base URI, a slash and its UUID, for example
            `s3://bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675`.
        annotation_name (str): Name of the annotation, without a slash.

    Raises:
        errors.UnexpectedStatus: If the server returns a status that is not a documented success. The client
            of dtool_lookup_api.typed.connect raises its LookupServerError instead, also for other bodies.
        httpx.TransportError: If there is no response.

    Returns:
        Response[DatasetAnnotations]
    """

    kwargs = _get_kwargs(
        uri=uri,
        annotation_name=annotation_name,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    uri: str,
    annotation_name: str,
    *,
    client: AuthenticatedClient,
) -> DatasetAnnotations:
    """Delete an annotation of a dataset.

     The server writes the other annotations of its index to storage; annotations that only storage has
    are lost. The index doesn't change if the retrieve plugin can't change it, such as version 0.4.2,
    but the response never holds the annotation. Needs register permission on the base URI.

    Args:
        uri (str): URI of the dataset: its base URI, a slash and its UUID, for example
            `s3://bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675`.
        annotation_name (str): Name of the annotation, without a slash.

    Raises:
        errors.UnexpectedStatus: If the server returns a status that is not a documented success. The client
            of dtool_lookup_api.typed.connect raises its LookupServerError instead, also for other bodies.
        httpx.TransportError: If there is no response.

    Returns:
        DatasetAnnotations
    """

    return (
        await asyncio_detailed(
            uri=uri,
            annotation_name=annotation_name,
            client=client,
        )
    ).parsed
