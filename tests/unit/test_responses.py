"""Responses become errors: one row for each status and body, without a server."""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import pytest

from dtool_lookup_api.core.options import ClientOptions
from dtool_lookup_api.core.responses import ApiResponse, RequestInfo
from dtool_lookup_api.core.settings import resolve_settings
from dtool_lookup_api.errors import (
    AuthenticationError,
    ConflictError,
    InvalidRequestError,
    LookupServerError,
    NotFoundError,
    NotOfferedError,
    PermissionDeniedError,
    ServerError,
    UnreadableAnswerError,
)

URL = "https://dserver.example/lookup"
A_URI = "s3%3A%2F%2Fbucket%2F1a1f9fad-8589-413e-9602-5bbd66bfe675"
HTML = "<html><title>Refused</title></html>"


def from_dserver(status: int, **more: Any) -> str:
    """Return the body of an error response of dserver."""
    return json.dumps({"code": status, "status": "Whatever", **more})


class Row(NamedTuple):
    """A response, and the error that it becomes.

    Args:
        status: The HTTP status.
        body: The body.
        error: Class of the error.
        what: The beginning of its message.
        next_step: A part of its advice; empty if there is none.
        request: Method and path of the request, and the documented function.
        options: Options of the client that differ.
        headers: The HTTP headers.
    """

    status: int
    body: str
    error: type[LookupServerError]
    what: str
    next_step: str = ""
    request: tuple[str, str, str] = ("GET", "/me", "get_me")
    options: Mapping[str, Any] = MappingProxyType({})
    headers: Mapping[str, str] = MappingProxyType({})


DATASET = ("GET", f"/uris/{A_URI}", "get_dataset")
LISTING = ("GET", "/uris", "get_datasets")
QUERY = ("POST", "/mongo/query", "get_datasets_by_mongo_query")
GRAPH = ("GET", "/graph/uuids/1", "get_graph_by_uuid")
USER = ("GET", "/users/someone", "get_user")
GRANT = ("POST", f"/users/someone/search/{A_URI}", "grant_search_permission")
DELETION = ("DELETE", f"/base-uris/{A_URI}", "delete_base_uri")
OFF = {"disable_authentication": True}

ERRORS = {
    # --- from dserver
    "400": Row(400, from_dserver(400), InvalidRequestError, "The server refused the request as"),
    "422": Row(422, from_dserver(422), InvalidRequestError, "The server refused the request as"),
    "401": Row(
        401,
        from_dserver(401),
        AuthenticationError,
        "Authentication failed: unknown user",
        "register",
    ),
    "401 of a token": Row(
        401,
        '{"msg": "Token has expired"}',
        AuthenticationError,
        "Authentication failed: the server refused the token given",
        "Get a new token",
    ),
    "401 of an early token": Row(
        401,
        '{"msg": "The token is not yet valid (iat)"}',
        AuthenticationError,
        "Authentication failed: the token is not valid yet",
        "The clock of the token generator is ahead",
    ),
    "422 of a token": Row(
        422,
        '{"msg": "Not enough segments"}',
        AuthenticationError,
        "Authentication failed: the server refused the token given",
        "Get a new token",
    ),
    "401 without a token": Row(
        401,
        '{"msg": "Missing Authorization Header"}',
        PermissionDeniedError,
        "Permission denied: no token was sent",
        "Authentication is switched off",
        options=OFF,
    ),
    "403": Row(
        403, from_dserver(403), PermissionDeniedError, "Permission denied", "get_me() lists"
    ),
    "403 of a dataset": Row(
        403, from_dserver(403), PermissionDeniedError, "Permission denied", "faulty proxy", DATASET
    ),
    "403 of administration": Row(
        403, from_dserver(403), PermissionDeniedError, "Permission denied", "administrators", USER
    ),
    "404 of a dataset": Row(
        404, from_dserver(404), NotFoundError, "Not found", "get_datasets() lists", DATASET
    ),
    "404 of a user": Row(404, from_dserver(404), NotFoundError, "Not found", "get_users()", USER),
    "404 of a permission": Row(
        404, from_dserver(404), NotFoundError, "Not found", "get_base_uris() lists", GRANT
    ),
    "404 of a listing": Row(
        404, from_dserver(404), NotFoundError, "Not found", "with its path?", LISTING
    ),
    "404 of a query": Row(
        404,
        from_dserver(404),
        NotOfferedError,
        "Not offered by this server",
        "It needs dserver-direct-mongo-plugin",
        QUERY,
    ),
    "404 of a graph": Row(
        404,
        from_dserver(404),
        NotOfferedError,
        "Not offered by this server",
        "It needs dserver-dependency-graph-plugin",
        GRAPH,
    ),
    "405": Row(
        405, from_dserver(405), NotOfferedError, "Not offered by this server", "with its path?"
    ),
    "409": Row(409, from_dserver(409), ConflictError, "Conflict", "already has"),
    "413": Row(413, from_dserver(413), InvalidRequestError, "The request is too large", "nginx"),
    "429": Row(429, HTML, ServerError, "Too many requests", "Wait"),
    "500": Row(500, from_dserver(500), ServerError, "The server failed", "in the log"),
    "500 of a deletion": Row(
        500, from_dserver(500), ServerError, "The server failed", "delete them first", DELETION
    ),
    "500 of a query": Row(
        500, from_dserver(500), ServerError, "The server failed", "MongoDB refuses the query", QUERY
    ),
    "501": Row(501, from_dserver(501), NotOfferedError, "Not offered by this server", "sign URLs"),
    # --- from something in front of it
    "400 with a page": Row(400, HTML, InvalidRequestError, "Refused as invalid before", "%2F"),
    "401 with a page": Row(
        401, HTML, AuthenticationError, "Authentication failed: refused before", "proxy require"
    ),
    "403 with a page": Row(403, HTML, PermissionDeniedError, "Refused before it", "firewall"),
    "404 with a page": Row(
        404, HTML, NotOfferedError, "Not offered by this server", "with its path?"
    ),
    "404 of a dataset with a page": Row(
        404, HTML, NotOfferedError, "Not offered by this server", "AllowEncodedSlashes", DATASET
    ),
    "407": Row(407, HTML, ServerError, "Refused before it reached", "HTTP_PROXY"),
    "413 with a page": Row(413, HTML, InvalidRequestError, "The request is too large", "nginx"),
    "414": Row(414, HTML, InvalidRequestError, "The URL of the request is too long", "shorter"),
    "431": Row(431, HTML, InvalidRequestError, "The headers of the request are too", "token"),
    "500 with a page": Row(500, HTML, ServerError, "The server, or a proxy", "Try again later"),
    "502": Row(502, HTML, ServerError, "The server, or a proxy", "Try again later"),
    "503": Row(503, "", ServerError, "The server, or a proxy", "Try again later"),
    "511": Row(511, HTML, ServerError, "This network requires a login", "browser"),
    "302": Row(
        302,
        "",
        ServerError,
        "Redirected to https://elsewhere.example/x, which is not followed",
        "Check DSERVER_URL",
        headers={"Location": "https://elsewhere.example/x"},
    ),
    "308 of a dataset": Row(
        308,
        "",
        ServerError,
        "Redirected to /lookup/uris/s3:/bucket, which is not followed",
        "a proxy may merge slashes",
        DATASET,
        headers={"Location": "/lookup/uris/s3:/bucket"},
    ),
    # --- success, but not dserver's
    "200 with a page": Row(200, HTML, UnreadableAnswerError, "The response", "Is DSERVER_URL"),
    "200 without a body": Row(200, "", UnreadableAnswerError, "The response", "Is DSERVER_URL"),
    "200 with another shape": Row(
        200, "[]", UnreadableAnswerError, "The response", "Is DSERVER_URL"
    ),
}


def response(row: Row) -> ApiResponse:
    """Return the response of a row, as the exchange passes it to an operation."""
    method, path, operation = row.request
    options = {"url": URL, "token": "e30.e30.e30", **row.options}
    settings = resolve_settings(ClientOptions().changed(**options))
    call = RequestInfo(operation, method, URL + path, settings)
    return ApiResponse(call, row.status, row.headers, row.body.encode())


@pytest.mark.parametrize("name", ERRORS)
def test_a_response_becomes_an_error(name: str) -> None:
    """Class, message and advice depend on status, body and request."""
    row = ERRORS[name]
    with pytest.raises(LookupServerError) as caught:
        response(row).json(dict)

    error = caught.value
    assert type(error) is row.error
    assert str(error).startswith(row.what)
    assert row.next_step in (error.next_step or "")
    assert bool(error.next_step) == bool(row.next_step)
    assert (error.status, error.method, error.operation) == (
        row.status,
        row.request[0],
        row.request[2],
    )


def test_a_success_is_returned() -> None:
    """Whatever the status of success is."""
    for status in (200, 201, 204):
        row = Row(status, '{"username": "someone"}', LookupServerError, "")
        assert response(row).json(dict) == {"username": "someone"}
