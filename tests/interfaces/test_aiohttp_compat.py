"""Programs of 0.10 catch aiohttp's exceptions: each situation is caught where it was."""

import asyncio
import pickle
import socket
import socketserver
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from operator import methodcaller
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import pytest

from dtool_lookup_api import Client, errors
from dtool_lookup_api.core.LookupClient import (
    ConfigurationBasedLookupClient,
    CredentialsBasedLookupClient,
)

import faults
from devserver import PASSWORDS, UUID, Dserver, running_dserver
from faults import HOST, PASSWORD, Endpoint, FaultServer, closed_port, html, replying

pytestmark = pytest.mark.slow

ATTRIBUTES = (
    *("status", "message", "headers", "url", "host", "port"),
    *("os_error", "request_info", "history"),
)
CONNECTION = {"ClientError", "ClientConnectionError", "OSError"}
CONNECTOR = {*CONNECTION, "ClientOSError", "ClientConnectorError"}
SSL = {*CONNECTOR, "ClientSSLError", "ClientConnectorSSLError"}
TIMEOUT = {*CONNECTION, "ServerConnectionError", "ServerTimeoutError", "TimeoutError"}
URL = {"ClientError", "InvalidURL", "ValueError"}
RESPONSE = {"ClientError", "ClientResponseError"}
CONTENT = {*RESPONSE, "ContentTypeError"}
KINDS: dict[str, type[BaseException]] = {
    **{name: getattr(aiohttp, name) for name in aiohttp.__all__ if name.endswith(("Error", "URL"))},
    **{kind.__name__: kind for kind in (OSError, RuntimeError, TimeoutError, ValueError)},
}

PLAIN_PORT = closed_port("without TLS")
GET_ME = methodcaller("get_me")
GET_GRAPH = methodcaller("get_graph_by_uuid", UUID)
GET_README = methodcaller("get_readme", "smb://test-share/x")
GATEWAY = html(502, "Bad gateway", Set_Cookie="session=cookie-secret", X_Seen="Bearer abc")


@dataclass
class Situation:
    """What happens, how the call ends, and which exceptions of 0.10's time it is."""

    error: type[errors.LookupServerError]
    kinds: set[str]
    fault: faults.Fault | None = None
    of_tokens: bool = False
    call: Callable[[Any], Any] = GET_ME
    settings: Callable[[Endpoint], dict[str, str]] = lambda _: {}


def down(_: Endpoint) -> dict[str, str]:
    return {"DSERVER_URL": f"http://{HOST}:{closed_port()}"}


SITUATIONS: dict[str, Situation] = {
    "the server is down": Situation(errors.ConnectionFailedError, CONNECTOR, settings=down),
    "the generator is down": Situation(
        errors.ConnectionFailedError,
        CONNECTOR,
        settings=lambda _: {"DSERVER_TOKEN_GENERATOR_URL": f"http://{HOST}:{closed_port()}"},
    ),
    "the host is unknown": Situation(
        errors.ConnectionFailedError,
        {*CONNECTOR, "ClientConnectorDNSError"},
        settings=lambda _: {"DSERVER_URL": "https://unknown.invalid"},
    ),
    "the server speaks no TLS": Situation(
        errors.ConnectionFailedError,
        SSL,
        settings=lambda _: {"DSERVER_URL": f"https://{HOST}:{PLAIN_PORT}"},
    ),
    "the connection is reset": Situation(
        errors.ConnectionFailedError, CONNECTOR, faults.reset_before
    ),
    "no answer in time": Situation(
        errors.CallTimeoutError, TIMEOUT, faults.hang, settings=lambda _: {"DSERVER_TIMEOUT": "0.3"}
    ),
    "no URL": Situation(errors.ConfigurationError, URL, settings=lambda _: {"DSERVER_URL": ""}),
    "a URL without a scheme": Situation(
        errors.ConfigurationError, URL, settings=lambda _: {"DSERVER_URL": "dserver.example"}
    ),
    "a URL of a page": Situation(
        errors.ConfigurationError,
        URL,
        settings=lambda _: {"DSERVER_URL": "https://dserver.example/#/secret"},
    ),
    "a URL with a password": Situation(
        errors.ConfigurationError,
        URL,
        settings=lambda _: {"DSERVER_URL": f"http://user:{PASSWORD.replace(' ', '')}@{HOST}:1"},
    ),
    "a URL of a generator without a host": Situation(
        errors.ConfigurationError,
        URL,
        settings=lambda _: {"DSERVER_TOKEN_GENERATOR_URL": "http://"},
    ),
    "another setting": Situation(
        errors.ConfigurationError, set(), settings=lambda _: {"DSERVER_TIMEOUT": "soon"}
    ),
    "no such plugin": Situation(errors.NotOfferedError, CONTENT, html(404), call=GET_GRAPH),
    "no such plugin, in JSON": Situation(
        errors.NotOfferedError, CONTENT, replying(404, {"code": 404}), call=GET_GRAPH
    ),
    "a gateway": Situation(errors.ServerError, CONTENT, GATEWAY),
    "a gateway that forbids": Situation(errors.PermissionDeniedError, CONTENT, html(403)),
    "a page": Situation(errors.UnreadableAnswerError, CONTENT, html(200)),
    "broken JSON": Situation(errors.UnreadableAnswerError, CONTENT, faults.broken_json),
    "no such README": Situation(
        errors.NotFoundError, RESPONSE, replying(404, {"code": 404}), call=GET_README
    ),
    "not allowed": Situation(
        errors.PermissionDeniedError, RESPONSE, replying(403, {"code": 403}), call=GET_README
    ),
    "an invalid request": Situation(
        errors.InvalidRequestError, {*RESPONSE, "ValueError"}, replying(400, {"code": 400})
    ),
    "the server fails": Situation(errors.ServerError, RESPONSE, replying(500, {"code": 500})),
    "the server is busy": Situation(errors.ServerError, RESPONSE, replying(429, {"code": 429})),
    "an argument": Situation(
        errors.InvalidRequestError, {"ValueError"}, call=methodcaller("get_readme", "")
    ),
    "the login is refused": Situation(
        errors.AuthenticationError, {"RuntimeError"}, faults.login_refused, of_tokens=True
    ),
    "the login is refused by a page": Situation(
        errors.AuthenticationError, {"RuntimeError"}, html(401), of_tokens=True
    ),
    "the user is unknown": Situation(
        errors.AuthenticationError, {"RuntimeError"}, faults.user_unknown
    ),
}


@pytest.fixture(scope="module", autouse=True)
def plain_server() -> Iterator[None]:
    """Run a server that answers a TLS greeting without TLS."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.recv(9999)
            self.request.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True  # the port is reserved

    with Server((HOST, PLAIN_PORT), Handler) as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.05,))
        thread.start()
        yield
        running.shutdown()
        thread.join(10)


@pytest.fixture
def endpoint(fault_server: FaultServer, monkeypatch: pytest.MonkeyPatch) -> Endpoint:
    endpoint = fault_server.endpoint()
    configured = {
        "DSERVER_URL": endpoint.url,
        "DSERVER_TOKEN_GENERATOR_URL": endpoint.token_url,
        "DSERVER_USERNAME": faults.USERNAME,
        "DSERVER_PASSWORD": PASSWORD,
        "DSERVER_RETRIES": "0",
    }
    for name, value in configured.items():
        monkeypatch.setenv(name, value)
    resolve = socket.getaddrinfo

    def getaddrinfo(host: Any, *arguments: Any, **options: Any) -> Any:
        if host in ("unknown.invalid", b"unknown.invalid"):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return resolve(host, *arguments, **options)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)  # no test asks the network
    return endpoint


def raised(
    situation: Situation, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> errors.LookupServerError:
    """Return what a program of 0.10 gets."""
    if situation.fault is not None:
        (endpoint.token_script if situation.of_tokens else endpoint.script)(always=situation.fault)
    for name, value in situation.settings(endpoint).items():
        monkeypatch.setenv(name, value)

    async def used() -> None:
        async with ConfigurationBasedLookupClient() as lookup:
            await situation.call(lookup)

    with pytest.raises(errors.LookupServerError) as caught:
        asyncio.run(used())
    return caught.value


@pytest.mark.parametrize("name", SITUATIONS)
def test_each_situation_is_caught_as_before(
    name: str, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error is ours and, in most situations, aiohttp's as well; none holds a secret.

    Its pickle comes back as ours alone, also in a process without aiohttp.
    """
    situation = SITUATIONS[name]

    error = raised(situation, endpoint, monkeypatch)

    assert isinstance(error, situation.error)
    assert type(error).__name__ == situation.error.__name__
    assert {kind for kind in KINDS if isinstance(error, KINDS[kind])} == situation.kinds
    if "ClientError" in situation.kinds:
        shown = [getattr(error, attribute) for attribute in ATTRIBUTES]
        told = f"{shown} {error!r} {error} {vars(error)}"
        assert endpoint.is_secret_free(told)
        assert "secret" not in told
        assert PASSWORD.replace(" ", "") not in told
        assert "Bearer abc" not in told

    data = pickle.dumps(error)
    again = pickle.loads(data)
    assert type(again) is situation.error
    assert str(again) == str(error)
    assert (again.status, again.operation) == (error.status, error.operation)
    assert type(again.headers) in (dict, type(None))
    assert b"aiohttp" not in data
    assert b"multidict" not in data


def test_a_response_error_has_what_the_response_had(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Programs look at status, headers and URL of what they have caught."""
    error: Any = raised(SITUATIONS["a gateway"], endpoint, monkeypatch)

    assert error.status == 502
    assert error.headers["Content-Type"] == error.headers["content-type"] == "text/html"
    assert "Set-Cookie" not in error.headers
    assert error.history == ()
    assert error.request_info.method == "GET"
    assert str(error.request_info.real_url) == error.url == f"{endpoint.url}/me"
    assert "Authorization" not in error.request_info.headers


def test_a_connector_error_has_what_the_system_said(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Programs show the host that cannot be reached, and why."""
    error: Any = raised(SITUATIONS["the server is down"], endpoint, monkeypatch)

    assert isinstance(error.os_error, ConnectionRefusedError)
    assert error.errno == error.os_error.errno
    assert (error.host, error.port) == (HOST, int(error.url.split(":")[2].split("/")[0]))
    assert error.status is None


def test_an_invalid_url_is_shown_without_its_password(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The URL is what is wrong; a password in it is left out."""
    error: Any = raised(SITUATIONS["a URL with a password"], endpoint, monkeypatch)
    assert str(error.url) == f"http://…@{HOST}:1"

    error = raised(SITUATIONS["a URL without a scheme"], endpoint, monkeypatch)
    assert str(error.url) == "dserver.example"


def test_an_unknown_certificate_is_caught_as_before(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Programs ask their users whether to go on without verification."""
    with running_dserver("--https") as https:
        url = {"DSERVER_URL": https.url}
        situation = Situation(errors.ConnectionFailedError, set(), settings=lambda _: url)
        error: Any = raised(situation, endpoint, monkeypatch)

    assert isinstance(error, aiohttp.ClientConnectorCertificateError)
    assert "CERTIFICATE_VERIFY_FAILED" in str(error.certificate_error)
    assert (error.host, error.errno) == (urlsplit(https.url).hostname, 1)


def test_nothing_changes_without_aiohttp(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program that has not loaded aiohttp gets the plain error, and aiohttp is not loaded."""
    monkeypatch.delitem(sys.modules, "aiohttp")

    error = raised(SITUATIONS["a gateway"], endpoint, monkeypatch)

    assert type(error) is errors.ServerError
    assert "aiohttp" not in sys.modules


def test_new_classes_raise_plain_errors(endpoint: Endpoint) -> None:
    """Only programs of 0.10 need these exceptions."""
    endpoint.script(always=GATEWAY)

    with (
        Client(**{"url": endpoint.url, **endpoint.login}) as client,
        pytest.raises(errors.ServerError) as e,
    ):
        client.get_me()

    assert type(e.value) is errors.ServerError


def test_the_applications_spinner_stops(endpoint: Endpoint) -> None:
    """The desktop application shows a graph, or stops its spinner where there is none."""
    spinning = True
    endpoint.script(always=html(404))

    async def show() -> None:
        nonlocal spinning
        async with ConfigurationBasedLookupClient() as lookup:
            try:
                await lookup.get_graph_by_uuid(UUID)
            except aiohttp.ContentTypeError as error:
                spinning = False
                print(error.status, error.message, error.request_info.real_url)

    asyncio.run(show())

    assert not spinning


# --- a program's own requests ------------------------------------------------------------


class LookupClientWithPersistentToken(CredentialsBasedLookupClient):
    """A server-side tool keeps its token in the class, and asks whether it is still good."""

    kept: str | None = None
    logins = 0

    @property
    def token(self) -> str | None:
        return type(self).kept

    @token.setter
    def token(self, value: str | None) -> None:
        type(self).kept = value

    async def connect(self) -> None:
        if not await self.has_valid_token():
            type(self).logins += 1
            await CredentialsBasedLookupClient.connect(self)

    async def has_valid_token(self) -> bool:
        if not self.token:
            return False
        async with self.session.get(
            f"{self.lookup_url}/config/info", headers=self.header, ssl=self.verify_ssl
        ) as response:
            return bool(response.status == 200 and (await response.json())["config"])


def test_a_subclass_asks_with_its_session(configured: Dserver) -> None:
    """``session`` is one of aiohttp, which the end of the block closes."""

    async def used() -> list[Any]:
        sessions = []
        for _ in range(3):
            async with LookupClientWithPersistentToken(
                configured.url, configured.token_url, "admin", PASSWORDS["admin"]
            ) as lookup:
                assert (await lookup.get_me())["username"] == "admin"
                sessions.append(lookup.session)
                await lookup.create_session()
                assert lookup.session is sessions[-1]
        return sessions

    sessions = asyncio.run(used())

    assert LookupClientWithPersistentToken.logins == 1
    assert all(type(session) is aiohttp.ClientSession and session.closed for session in sessions)


def test_a_session_stays_out_of_pickles(configured: Dserver) -> None:
    """Sockets cannot be pickled; the copy opens its own."""

    async def used() -> bytes:
        async with ConfigurationBasedLookupClient() as lookup:
            await lookup.create_session()
            return pickle.dumps(lookup)

    again = pickle.loads(asyncio.run(used()))

    assert asyncio.run(again.get_me())["username"] == "testuser"
