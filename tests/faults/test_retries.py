"""Retries, limits, proxies and certificates, against sockets that misbehave."""

import asyncio
import contextlib
import http.client
import http.server
import json
import re
import socket
import socketserver
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from operator import methodcaller
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from dtool_lookup_api import (
    AuthenticationError,
    CallTimeoutError,
    Client,
    ConfigurationError,
    ConnectionFailedError,
    LookupServerError,
    ServerError,
)
from dtool_lookup_api.typed import connect

import faults
import samples
from devserver import Dserver, running_dserver
from faults import (
    Ask,
    Call,
    Endpoint,
    Fault,
    FaultServer,
    answer,
    blocking_and_async,
    html,
)

pytestmark = pytest.mark.slow

GET_VERSIONS: Call = methodcaller("get_versions")
PATIENT = {"timeout": 20, "deadline": 60}  # so that a slow machine makes no difference


@pytest.fixture
def sleeps(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return the waits between tries, which are not waited."""
    asked: list[float] = []
    sleep = asyncio.sleep

    async def asleep(seconds: float) -> None:
        of_server = threading.current_thread().name == "fault server"
        if not of_server:
            asked.append(seconds)
        await sleep(seconds if of_server else 0)

    monkeypatch.setattr(time, "sleep", asked.append)
    monkeypatch.setattr(asyncio, "sleep", asleep)
    return asked


# --- how often ---------------------------------------------------------------------------


@blocking_and_async
@pytest.mark.parametrize("fault", [html(502), html(503), html(504), html(429)])
@pytest.mark.parametrize("retries", [0, 1, 4])
def test_tries_are_counted(
    endpoint: Endpoint, sleeps: list[float], ask: Ask, fault: Fault, retries: int
) -> None:
    """A call is tried as often again as the setting says, and then fails."""
    endpoint.script(always=fault)
    with pytest.raises(ServerError):
        ask(endpoint, retries=retries, **PATIENT)
    assert len(endpoint.requests) == 1 + retries
    assert len(sleeps) == retries


@blocking_and_async
def test_three_retries_are_the_default(endpoint: Endpoint, sleeps: list[float], ask: Ask) -> None:
    """Without a setting, a call survives three failures in a row."""
    endpoint.script(faults.reset_before, html(503), faults.truncated)
    assert ask(endpoint) == samples.USER
    assert len(endpoint.requests) == 4


@blocking_and_async
def test_waits_grow_within_bounds(endpoint: Endpoint, sleeps: list[float], ask: Ask) -> None:
    """The waits double from try to try, with jitter, so that clients don't come back at once."""
    endpoint.script(always=html(503))
    with pytest.raises(ServerError):
        ask(endpoint, retries=8, timeout=20, deadline=1000)
    assert len(sleeps) == 8
    assert all(0 <= wait <= 0.25 * 2**number for number, wait in enumerate(sleeps, 1))
    assert any(wait < 0.9 * 0.25 * 2**number for number, wait in enumerate(sleeps, 1))
    assert max(sleeps[4:]) > max(sleeps[:2])  # chance fails one of these in a million runs


@blocking_and_async
@pytest.mark.parametrize(
    "cut", [faults.reset_before, faults.reset_in_body, faults.truncated], ids=lambda f: f.__name__
)
def test_cuts_and_refusals_are_counted_together(
    endpoint: Endpoint, sleeps: list[float], ask: Ask, cut: Fault
) -> None:
    """An answer cut in the middle is fetched again, and counts like any other failure."""
    endpoint.script(html(503), cut, html(503), cut)
    assert ask(endpoint, retries=4, **PATIENT) == samples.USER
    assert len(endpoint.requests) == 5
    endpoint.script(html(503), cut, html(503), cut)
    with pytest.raises(LookupServerError):
        ask(endpoint, retries=3, **PATIENT)
    assert len(endpoint.requests) == 5 + 4


@blocking_and_async
def test_a_refusal_of_the_token_that_is_cut_is_read_again(
    endpoint: Endpoint, sleeps: list[float], ask: Ask
) -> None:
    """Even if the news that a token has expired gets lost on the way, the call succeeds."""

    async def cut(exchange: faults.Exchange) -> None:
        await exchange.send(answer(401, json.dumps({"msg": "Token has expired"}))[:-1])
        exchange.writer.close()

    endpoint.script(cut)
    assert ask(endpoint, **PATIENT) == samples.USER
    assert len(endpoint.requests) == 2


# --- a server that is down ---------------------------------------------------------------


def unknown_host(monkeypatch: pytest.MonkeyPatch) -> str:
    """Return a URL whose host the resolver says at once that it does not know."""

    def getaddrinfo(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return "https://unknown.invalid"


def nothing_listens(_: pytest.MonkeyPatch) -> str:
    """Return a URL on a port that nothing listens on."""
    return f"http://{faults.HOST}:{faults.closed_port()}"


@blocking_and_async
@pytest.mark.parametrize("down", [nothing_listens, unknown_host])
@pytest.mark.parametrize("which", ["url", "auth_url"])
def test_a_server_that_is_down_is_told_soon(
    endpoint: Endpoint,
    sleeps: list[float],
    monkeypatch: pytest.MonkeyPatch,
    ask: Ask,
    down: Callable[[pytest.MonkeyPatch], str],
    which: str,
) -> None:
    """Without a setting, somebody who waits hears of it within a second."""
    given = {which: down(monkeypatch)}
    if which == "url":
        given["token"] = "t"

    with pytest.raises(ConnectionFailedError):
        ask(endpoint, **given)

    assert len(sleeps) == 3
    assert sleeps == sorted(sleeps)
    assert 0.6 <= sum(sleeps) <= 0.8


@blocking_and_async
@pytest.mark.parametrize("where", ["argument", "environment", "dtool.json"])
def test_set_retries_wait_for_a_server_that_is_down(
    endpoint: Endpoint,
    sleeps: list[float],
    monkeypatch: pytest.MonkeyPatch,
    own_configuration: Path,
    ask: Ask,
    where: str,
) -> None:
    """A number of retries that was asked for is kept, with the waits of other failures."""
    given: dict[str, Any] = {"url": nothing_listens(monkeypatch), "token": "t", "deadline": 1000}
    if where == "argument":
        given["retries"] = 8
    elif where == "environment":
        monkeypatch.setenv("DSERVER_RETRIES", "8")
    else:
        own_configuration.write_text('{"DSERVER_RETRIES": 8}', encoding="utf-8")

    with pytest.raises(ConnectionFailedError):
        ask(endpoint, **given)

    assert len(sleeps) == 8
    assert sum(sleeps) > 2  # of 127.5 at most: chance fails this less than once in a million runs


@blocking_and_async
def test_no_retries_wait_for_nothing(endpoint: Endpoint, sleeps: list[float], ask: Ask) -> None:
    """Retries that are switched off are so for a server that is down, too."""
    with pytest.raises(ConnectionFailedError):
        ask(endpoint, url=f"http://{faults.HOST}:{faults.closed_port()}", token="t", retries=0)

    assert not sleeps


@blocking_and_async
def test_a_restart_is_outlived(endpoint: Endpoint, ask: Ask) -> None:
    """A server that is back in time is not noticed to have been away."""

    class Versions(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = b'{"versions": {"dservercore": "0.22.0"}}'
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    port = faults.closed_port("restarted")
    servers: list[http.server.HTTPServer] = []

    def start() -> None:
        servers.append(http.server.HTTPServer((faults.HOST, port), Versions))
        servers[0].timeout = 5  # seconds, without a request
        servers[0].handle_request()
        servers[0].server_close()

    ask(endpoint, GET_VERSIONS)  # so that no import is waited for below
    timer = threading.Timer(0.4, start)  # the last retry follows after 0.63 s or later
    timer.start()
    try:
        versions = ask(endpoint, GET_VERSIONS, url=f"http://{faults.HOST}:{port}")
    finally:
        timer.join(10)
    assert versions == {"dservercore": "0.22.0"}


# --- what ---------------------------------------------------------------------------------

REPEATABLE: dict[str, tuple[str, Call]] = {
    "read": ("GET /me", methodcaller("get_me")),
    "search": ("POST /uris", methodcaller("get_datasets", free_text="a")),
    "query": ("POST /mongo/query", methodcaller("get_datasets_by_mongo_query", query={"a": 1})),
    "aggregation": (
        "POST /mongo/aggregate",
        methodcaller("get_datasets_by_mongo_aggregation", aggregation=[{"$match": {"a": 1}}]),
    ),
    "graph": (
        f"POST /graph/uuids/{samples.DATASET['uuid']}",
        methodcaller("get_graph_by_uuid", samples.DATASET["uuid"], dependency_keys=["a.b"]),
    ),
    "replacement": ("PUT /users/x", methodcaller("register_user", "x")),
    "deletion": ("DELETE /users/x", methodcaller("delete_user", "x")),
}


@blocking_and_async
@pytest.mark.parametrize("fault", [faults.reset_before, faults.truncated, html(503)])
@pytest.mark.parametrize("name", REPEATABLE)
def test_what_may_be_repeated_is(
    endpoint: Endpoint, sleeps: list[float], ask: Ask, fault: Fault, name: str
) -> None:
    """Reads, searches, replacements and deletions survive a failure on the way."""
    expected, call = REPEATABLE[name]
    endpoint.script(fault)
    ask(endpoint, call, **PATIENT)
    assert [f"{each.method} {each.path}" for each in endpoint.requests] == [expected] * 2


UNREPEATABLE = {
    "search grant": ("POST", "/users/x/search/smb%3A%2F%2Fshare"),
    "register grant": ("POST", "/users/x/register/smb%3A%2F%2Fshare"),
    "grant on what looks like a search": ("POST", "/users/x/search/smb%3A%2F%2Fshare%2Furis"),
    "upload": ("POST", "/files"),
    "upload of a part": ("PATCH", "/files/1"),
    "upload to what looks like a search": ("POST", "/mongo/query/1"),
}


@pytest.mark.parametrize("mode", ["blocking", "async"])
@pytest.mark.parametrize("fault", [faults.reset_before, faults.reset_in_body, html(503)])
@pytest.mark.parametrize("name", UNREPEATABLE)
def test_what_may_not_be_repeated_is_not(
    endpoint: Endpoint, sleeps: list[float], mode: str, fault: Fault, name: str
) -> None:
    """A grant or an upload is sent once, as the server may have done what was asked."""
    method, path = UNREPEATABLE[name]
    endpoint.script(fault)
    with contextlib.suppress(Exception):
        send_with_generated_client(endpoint, mode, method, path)
    assert [each.method for each in endpoint.requests] == [method]
    assert not sleeps


@pytest.mark.parametrize("mode", ["blocking", "async"])
def test_what_may_not_be_repeated_is_sent_again_with_a_new_token(
    endpoint: Endpoint, mode: str
) -> None:
    """What the server refused because of its token was not done, and is sent again, once."""
    endpoint.script(faults.token_expired)
    send_with_generated_client(endpoint, mode, "POST", "/users/x/search/smb%3A%2F%2Fshare")
    assert len(endpoint.requests) == len(endpoint.token_requests) == 2


def send_with_generated_client(endpoint: Endpoint, mode: str, method: str, path: str) -> None:
    """Send a request with the httpx client that the generated functions use."""
    client = connect(endpoint.url, **endpoint.login, retries=3, **PATIENT)
    if mode == "blocking":
        with client.get_httpx_client() as http:
            http.request(method, path)
        return

    async def send() -> None:
        async with client.get_async_httpx_client() as http:
            await http.request(method, path)

    asyncio.run(send())
    client.get_httpx_client().close()


# --- Retry-After --------------------------------------------------------------------------


@blocking_and_async
def test_retry_after_seconds(endpoint: Endpoint, ask: Ask) -> None:
    """A server that asks for a pause of a second gets it."""
    endpoint.script(html(429, Retry_After="1"))
    assert ask(endpoint, **PATIENT) == samples.USER
    first, second = endpoint.requests
    assert second.time - first.time >= 1


@blocking_and_async
@pytest.mark.parametrize(
    ("fault", "least"), [(html(503, Retry_After="40"), 40), (faults.retry_at(503, 40), 35)]
)
def test_retry_after_is_not_shortened(
    endpoint: Endpoint, sleeps: list[float], ask: Ask, fault: Fault, least: float
) -> None:
    """So does one that asks for longer, or says when to come back."""
    endpoint.script(fault)
    assert ask(endpoint, **PATIENT) == samples.USER
    assert len(endpoint.requests) == 2
    assert [least <= wait <= 40 for wait in sleeps] == [True]


@blocking_and_async
@pytest.mark.parametrize("wait", ["soon", "-5", "", "Mon, 01 Jan 1990 00:00:00 GMT"])
def test_retry_after_that_asks_for_nothing(
    endpoint: Endpoint, sleeps: list[float], ask: Ask, wait: str
) -> None:
    """A Retry-After that can't be read, or is over, changes nothing."""
    endpoint.script(html(503, Retry_After=wait))
    assert ask(endpoint, **PATIENT) == samples.USER
    assert len(endpoint.requests) == 2
    assert 0 <= sleeps[0] <= 0.5


@blocking_and_async
@pytest.mark.parametrize("fault", [html(429, Retry_After="3600"), faults.retry_at(503, 3600)])
def test_retry_after_beyond_the_deadline(endpoint: Endpoint, ask: Ask, fault: Fault) -> None:
    """A wait that is longer than the call may take is an error at once that says so."""
    endpoint.script(fault)
    start = time.monotonic()
    with pytest.raises(ServerError, match="asks to wait for") as caught:
        ask(endpoint, **PATIENT)
    assert time.monotonic() - start < 30
    assert len(endpoint.requests) == 1
    assert "60 s, DSERVER_DEADLINE" in str(caught.value)


# --- the deadline -------------------------------------------------------------------------


@blocking_and_async
def test_deadline_covers_the_tries(endpoint: Endpoint, ask: Ask) -> None:
    """However often a call may be tried, it ends with its deadline."""
    endpoint.script(always=faults.hang)
    start = time.monotonic()
    with pytest.raises(CallTimeoutError):
        ask(endpoint, timeout=0.2, deadline=0.9, retries=100)
    assert time.monotonic() - start < 10
    assert 1 <= len(endpoint.requests) <= 4


@blocking_and_async
def test_deadline_covers_the_waits(endpoint: Endpoint, ask: Ask) -> None:
    """Waits that the server asks for don't add up beyond the deadline."""
    endpoint.script(always=html(503, Retry_After="1"))
    with pytest.raises(ServerError):
        ask(endpoint, timeout=20, deadline=1.3, retries=100)
    assert 1 <= len(endpoint.requests) <= 2


@blocking_and_async
def test_deadline_covers_the_login(endpoint: Endpoint, ask: Ask) -> None:
    """Login and call share one deadline, though each alone would be in time."""
    endpoint.token_script(always=faults.late(0.5))
    endpoint.script(always=faults.late(0.5))
    with pytest.raises(CallTimeoutError):
        ask(endpoint, timeout=20, deadline=0.8)
    assert len(endpoint.token_requests) == 1


@blocking_and_async
def test_deadline_covers_a_renewal(endpoint: Endpoint, ask: Ask) -> None:
    """A renewal in the middle of a call has only what is left of the call's deadline."""

    async def expired_late(exchange: faults.Exchange) -> None:
        await asyncio.sleep(1.2)
        await faults.token_expired(exchange)

    endpoint.script(expired_late)
    endpoint.token_script(faults.late(0), always=faults.hang)
    start = time.monotonic()
    with pytest.raises(CallTimeoutError):
        ask(endpoint, timeout=20, deadline=1.6, retries=0)
    assert time.monotonic() - start < 1.6 + 1.0


@blocking_and_async
def test_deadline_ends_a_body_that_drips(endpoint: Endpoint, ask: Ask) -> None:
    """A server that sends a byte now and then can't hold a call for longer than the deadline."""
    endpoint.script(always=faults.endless_body)
    start = time.monotonic()
    with pytest.raises(CallTimeoutError, match="DSERVER_DEADLINE"):
        ask(endpoint, timeout=20, deadline=0.6)
    assert time.monotonic() - start < 15
    assert len(endpoint.requests) == 1


def test_deadline_ends_headers_that_drip(endpoint: Endpoint) -> None:
    """Awaited, not even headers that never end hold it for longer."""
    endpoint.script(always=faults.endless_headers)
    start = time.monotonic()
    with pytest.raises(CallTimeoutError):
        faults.ask_async(endpoint, timeout=20, deadline=0.6)
    assert time.monotonic() - start < 15


@blocking_and_async
def test_deadline_ends_a_login_that_drips(endpoint: Endpoint, ask: Ask) -> None:
    """Nor does a token generator."""
    endpoint.token_script(always=faults.endless_body)
    start = time.monotonic()
    with pytest.raises(CallTimeoutError):
        ask(endpoint, timeout=20, deadline=0.6)
    assert time.monotonic() - start < 15


@blocking_and_async
@pytest.mark.parametrize("of_tokens", [False, True], ids=["server", "generator"])
def test_silence_ends_with_the_timeout(endpoint: Endpoint, ask: Ask, of_tokens: bool) -> None:
    """A server or a token generator that says nothing is given up after the timeout."""
    (endpoint.token_script if of_tokens else endpoint.script)(always=faults.hang)
    start = time.monotonic()
    with pytest.raises(CallTimeoutError):
        ask(endpoint, timeout=0.3, deadline=60, retries=0)
    assert 0.3 <= time.monotonic() - start < 20


@blocking_and_async
def test_no_connection_is_accepted(endpoint: Endpoint, ask: Ask) -> None:
    """A host that drops the attempt to connect is given up after the timeout, too."""
    with socket.socket() as listening, contextlib.ExitStack() as waiting:
        listening.bind((faults.HOST, 0))
        listening.listen(0)
        place = listening.getsockname()
        for _ in range(3):  # so that the queue is full
            one = waiting.enter_context(socket.socket())
            one.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                one.connect(place)
        with pytest.raises(CallTimeoutError):
            ask(endpoint, url=f"http://{place[0]}:{place[1]}", token="t", timeout=0.3, retries=0)


# --- settings -----------------------------------------------------------------------------

Source = Callable[[str, str], dict[str, Any]]
SOURCES = ["dtool.json", "environment", "argument"]  # each precedes those before it


@pytest.fixture
def put(monkeypatch: pytest.MonkeyPatch, own_configuration: Path) -> Callable[..., dict[str, Any]]:
    """Return a function that puts a setting somewhere and returns a client's arguments."""

    def put(source: str, name: str, value: float) -> dict[str, Any]:
        key = f"DSERVER_{name.upper()}"
        if source == "dtool.json":
            own_configuration.write_text(json.dumps({key: value}), encoding="utf-8")
        elif source == "environment":
            monkeypatch.setenv(key, str(value))
        return {name: value} if source == "argument" else {}

    return put


@blocking_and_async
@pytest.mark.parametrize("last", range(len(SOURCES)), ids=SOURCES)
def test_retries_are_set(
    endpoint: Endpoint,
    sleeps: list[float],
    put: Callable[..., dict[str, Any]],
    ask: Ask,
    last: int,
) -> None:
    """An argument precedes the environment, and that precedes dtool.json."""
    given: dict[str, Any] = {}
    for number, source in enumerate(SOURCES[: last + 1]):
        given = put(source, "retries", number)
    endpoint.script(always=html(503))
    with pytest.raises(ServerError):
        ask(endpoint, **given)
    assert len(endpoint.requests) == 1 + last


@blocking_and_async
@pytest.mark.parametrize("last", range(len(SOURCES)), ids=SOURCES)
@pytest.mark.parametrize("name", ["timeout", "deadline"])
def test_limits_are_set(
    endpoint: Endpoint, put: Callable[..., dict[str, Any]], ask: Ask, name: str, last: int
) -> None:
    """So it is with the limits; the error tells the limits that were in force."""
    given: dict[str, Any] = {}
    for number, source in enumerate(SOURCES[: last + 1]):
        given = put(source, name, (9, 8, 7)[number] if number < last else 0.25)
    endpoint.script(always=faults.hang)
    start = time.monotonic()
    with pytest.raises(CallTimeoutError) as caught:
        ask(endpoint, retries=0, **given)
    assert 0.2 <= time.monotonic() - start < 6.5
    limits = {"timeout": "30", "deadline": "120", name: "0.25"}
    told = re.findall(r"([\d.]+) s [^(]*\(DSERVER_(\w+)\)", str(caught.value))
    assert {kind.lower(): seconds for seconds, kind in told} == limits


@pytest.mark.parametrize("name", ["timeout", "deadline", "retries"])
@pytest.mark.parametrize("value", ["soon", "-1", "inf", "nan"])
def test_limits_that_are_none_are_refused(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    """A limit that is not a number is refused before anything is sent."""
    monkeypatch.setenv(f"DSERVER_{name.upper()}", value)
    with pytest.raises(ConfigurationError, match=f"DSERVER_{name.upper()}"):
        faults.ask_blocking(endpoint)
    assert not endpoint.requests
    assert not endpoint.token_requests


# --- proxies ------------------------------------------------------------------------------


class Proxy(socketserver.ThreadingMixIn, http.server.HTTPServer):
    """A forward proxy that notes what it was asked for."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__((faults.HOST, 0), _ProxyHandler)
        self.asked: list[str] = []
        self.url = f"http://{faults.HOST}:{self.server_port}"


class _ProxyHandler(http.server.BaseHTTPRequestHandler):
    server: Proxy

    def _forward(self) -> None:
        self.server.asked.append(f"{self.command} {self.path}")
        parts = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        connection = http.client.HTTPConnection(parts.netloc, timeout=20)
        connection.request(self.command, parts.path, body, dict(self.headers))
        with contextlib.closing(connection), connection.getresponse() as response:
            content = response.read()
        self.send_response(response.status)
        for name, value in response.getheaders():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = _forward

    def do_CONNECT(self) -> None:
        self.server.asked.append(f"{self.command} {self.path}")
        host, _, port = self.path.rpartition(":")
        with socket.create_connection((host, int(port)), timeout=20) as far:
            self.send_response(200)
            self.end_headers()
            back = threading.Thread(target=_pump, args=(far, self.connection))
            back.start()
            _pump(self.connection, far)
            back.join(20)
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Stay silent."""


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    with contextlib.suppress(OSError):
        sink.shutdown(socket.SHUT_WR)


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    with Proxy() as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield running
        running.shutdown()
        thread.join(20)


@blocking_and_async
@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
def test_proxy_of_the_environment(
    endpoint: Endpoint, proxy: Proxy, monkeypatch: pytest.MonkeyPatch, ask: Ask, variable: str
) -> None:
    """Where a proxy is the only way out, login and calls take it."""
    monkeypatch.setenv(variable, proxy.url)
    assert ask(endpoint, **PATIENT) == samples.USER
    assert proxy.asked == [f"POST {endpoint.token_url}", f"GET {endpoint.url}/me"]


@blocking_and_async
def test_proxy_and_retries(
    endpoint: Endpoint, proxy: Proxy, monkeypatch: pytest.MonkeyPatch, ask: Ask
) -> None:
    """What comes from behind a proxy is tried again as elsewhere."""
    monkeypatch.setenv("HTTP_PROXY", proxy.url)
    endpoint.script(html(502))
    assert ask(endpoint, **PATIENT) == samples.USER
    assert proxy.asked.count(f"GET {endpoint.url}/me") == len(endpoint.requests) == 2


@blocking_and_async
@pytest.mark.parametrize("with_port", [False, True], ids=["host", "host and port"])
def test_no_proxy(
    fault_server: FaultServer,
    endpoint: Endpoint,
    proxy: Proxy,
    monkeypatch: pytest.MonkeyPatch,
    ask: Ask,
    with_port: bool,
) -> None:
    """NO_PROXY names the servers that are reached without it."""
    ports = [f"{faults.HOST}:{port}" for port in (fault_server.port, fault_server.token_port)]
    monkeypatch.setenv("HTTP_PROXY", proxy.url)
    monkeypatch.setenv("NO_PROXY", ",".join(ports) if with_port else faults.HOST)
    assert ask(endpoint, **PATIENT) == samples.USER
    assert not proxy.asked


@pytest.mark.parametrize(
    ("no_proxy", "host", "proxied"),
    [
        ("::1", "[::1]", False),
        ("[::1]", "[::1]", False),
        ("0:0::1", "[::1]", False),
        ("fc00::/7, ::/64", "[::1]", False),
        ("::2,fc00::/7", "[::1]", True),
        ("127.0.0.0/8", faults.HOST, False),
        ("10.0.0.0/8, 127.0.0.7/8 ", faults.HOST, False),
        ("126.0.0.0/8,127.0.0.1/33,127.0.0.0/", faults.HOST, True),
    ],
)
def test_no_proxy_names_addresses_and_networks(
    proxy: Proxy, monkeypatch: pytest.MonkeyPatch, no_proxy: str, host: str, proxied: bool
) -> None:
    """NO_PROXY means what it means to curl, for IPv6 and for networks too."""
    monkeypatch.setenv("HTTP_PROXY", proxy.url)
    monkeypatch.setenv("NO_PROXY", no_proxy)
    client = Client(f"http://{host}:1", retries=0, **PATIENT)
    with client, pytest.raises(ConnectionFailedError) as caught:
        client.get_versions()
    assert bool(proxy.asked) is proxied
    assert ("HTTP_PROXY" in str(caught.value)) is proxied


class _SocksHandler(socketserver.BaseRequestHandler):
    """SOCKS version 5 without a login, as RFC 1928 describes it."""

    def handle(self) -> None:
        stream = self.request.makefile("rb")
        _, methods = stream.read(2)
        stream.read(methods)
        self.request.sendall(b"\x05\x00")
        _, _, _, kind = stream.read(4)
        host = socket.inet_ntoa(stream.read(4)) if kind == 1 else ""
        host = host or stream.read(*stream.read(1)).decode()
        port = int.from_bytes(stream.read(2))
        self.server.asked.append(f"{host}:{port}")  # type: ignore[attr-defined]
        with socket.create_connection((host, port), timeout=20) as far:
            self.request.sendall(b"\x05\x00\x00\x01" + bytes(6))
            back = threading.Thread(target=_pump, args=(far, self.request))
            back.start()
            _pump(self.request, far)
            back.join(20)


@pytest.mark.parametrize("ask", [faults.ask_blocking, faults.ask_async])
@pytest.mark.parametrize("scheme", ["socks5", "socks5h"])
def test_socks(
    endpoint: Endpoint,
    fault_server: FaultServer,
    monkeypatch: pytest.MonkeyPatch,
    ask: Ask,
    scheme: str,
) -> None:
    """Where socksio is installed, login and calls go through a SOCKS proxy."""
    pytest.importorskip("socksio", reason="the extra httpx[socks] is not installed")
    if ask is faults.ask_aiohttp:
        monkeypatch.setenv("ALL_PROXY", f"{scheme}://{faults.HOST}:1")
        with pytest.raises(ConfigurationError, match=f"aiohttp does not support {scheme}"):
            ask(endpoint)
        return
    with socketserver.ThreadingTCPServer((faults.HOST, 0), _SocksHandler) as socks:
        socks.daemon_threads = True
        socks.asked = []  # type: ignore[attr-defined]
        thread = threading.Thread(target=socks.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        monkeypatch.setenv("ALL_PROXY", f"{scheme}://{faults.HOST}:{socks.server_address[1]}")
        try:
            assert ask(endpoint, **PATIENT) == samples.USER
        finally:
            socks.shutdown()
            thread.join(20)
    ports = [fault_server.token_port, fault_server.port]
    assert socks.asked == [f"{faults.HOST}:{port}" for port in ports]  # type: ignore[attr-defined]


@blocking_and_async
@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("socks5://127.0.0.1:1", r"pip install 'httpx\[socks\]'"),
        ("socks4://127.0.0.1:1", "socks5://"),
        ("http://127.0.0.1:99999", "not the URL of a proxy"),
        ("garbage://x", "not the URL of a proxy"),
    ],
)
def test_proxy_that_cannot_be_used(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch, ask: Ask, url: str, why: str
) -> None:
    """A proxy that can't be used is an error that names its variable, not a way around it."""
    monkeypatch.setitem(sys.modules, "socksio", None)  # as if it were not installed
    monkeypatch.setenv("HTTP_PROXY", url)
    with pytest.raises(ConfigurationError, match="HTTP_PROXY") as caught:
        ask(endpoint)
    assert re.search(why, str(caught.value))
    assert not endpoint.token_requests


# --- certificates -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def encrypted() -> Iterator[Dserver]:
    """Run the real dserver with an unknown certificate."""
    with running_dserver("--https") as running:
        yield running


@pytest.fixture
def https(encrypted: Dserver, monkeypatch: pytest.MonkeyPatch) -> Dserver:
    """Configure the dserver, but not its certificate."""
    for name, value in encrypted.exports.items():
        if name.startswith("DSERVER_"):
            monkeypatch.setenv(name, value)
    return encrypted


def from_environment(ask: Ask, call: Call = GET_VERSIONS, **given: Any) -> Any:
    """Make a call that is configured by the environment."""
    nothing = dict.fromkeys(("url", "auth_url", "username", "password"))
    return ask(Endpoint(FaultServer(), "unused"), call, **{**nothing, **PATIENT, **given})


@blocking_and_async
@pytest.mark.parametrize("name", ["get_versions", "get_me"])
def test_unknown_certificate_is_refused(https: Dserver, ask: Ask, name: str) -> None:
    """A server that can't show who it is gets nothing, and the error says what to do."""
    with pytest.raises(ConnectionFailedError) as caught:
        from_environment(ask, methodcaller(name))
    for remedy in ("DSERVER_VERIFY_SSL", "SSL_CERT_FILE", "CA bundle"):
        assert remedy in str(caught.value)


@blocking_and_async
@pytest.mark.parametrize("how", ["SSL_CERT_FILE", "DSERVER_VERIFY_SSL", "argument", "dtool.json"])
def test_known_certificate_is_accepted(
    https: Dserver,
    monkeypatch: pytest.MonkeyPatch,
    own_configuration: Path,
    ask: Ask,
    how: str,
) -> None:
    """Naming the certificate in any of the documented ways makes the server trusted."""
    bundle = https.exports["SSL_CERT_FILE"]
    given = {"verify_ssl": bundle} if how == "argument" else {}
    if how == "dtool.json":
        own_configuration.write_text(json.dumps({"DSERVER_VERIFY_SSL": bundle}), encoding="utf-8")
    elif how != "argument":
        monkeypatch.setenv(how, bundle)
    assert from_environment(ask, faults.GET_ME, **given)["username"] == "testuser"


@blocking_and_async
def test_known_certificate_behind_a_proxy(
    https: Dserver, proxy: Proxy, monkeypatch: pytest.MonkeyPatch, ask: Ask
) -> None:
    """Through a proxy certificates are verified as without one; no other try is made."""
    monkeypatch.setenv("HTTPS_PROXY", proxy.url)
    with pytest.raises(ConnectionFailedError, match="SSL_CERT_FILE"):
        from_environment(ask, retries=3)
    monkeypatch.setenv("SSL_CERT_FILE", https.exports["SSL_CERT_FILE"])
    assert from_environment(ask)
    assert proxy.asked == [f"CONNECT {urlsplit(https.url).netloc}"] * 2


@blocking_and_async
def test_a_bundle_may_be_below_the_home(
    https: Dserver, monkeypatch: pytest.MonkeyPatch, ask: Ask
) -> None:
    """A tilde means the home folder, as no shell sees a setting; a Path is as good as text."""
    bundle = Path(https.exports["SSL_CERT_FILE"])
    monkeypatch.setenv("HOME", str(bundle.parent))
    monkeypatch.setenv("DSERVER_VERIFY_SSL", f"~/{bundle.name}")
    assert from_environment(ask, faults.GET_ME)["username"] == "testuser"
    monkeypatch.delenv("DSERVER_VERIFY_SSL")
    for given in (bundle, Path("~", bundle.name)):
        assert from_environment(ask, verify_ssl=given)


@blocking_and_async
@pytest.mark.parametrize("name", ["DSERVER_VERIFY_SSL", "SSL_CERT_FILE", "SSL_CERT_DIR"])
def test_a_bundle_that_is_not_there_is_named(
    https: Dserver, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, ask: Ask, name: str
) -> None:
    """The error names the file, and the setting that names it."""
    path = tmp_path / "absent.pem"
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)  # precedes SSL_CERT_DIR
    monkeypatch.setenv(name, str(path))
    with pytest.raises(ConfigurationError, match=re.escape(f"{name} ({path})")):
        from_environment(ask)


@blocking_and_async
def test_wrong_certificate_is_refused(https: Dserver, tmp_path: Path, ask: Ask) -> None:
    """A bundle that can't be read is an error that names the setting."""
    for name, content in (("absent.pem", None), ("bad.pem", "no certificate")):
        path = tmp_path / name
        if content:
            path.write_text(content, encoding="utf-8")
        with pytest.raises(ConfigurationError, match="DSERVER_VERIFY_SSL"):
            from_environment(ask, verify_ssl=str(path))


UNVERIFIED = """
import asyncio, threading
import dtool_lookup_api as api
from dtool_lookup_api import asynchronous, Client

def ask():
    with Client() as client:
        assert client.get_me()["username"] == "testuser"

threads = [threading.Thread(target=ask) for _ in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
api.get_versions()
print(asyncio.run(asynchronous.get_me())["username"])
"""


@pytest.mark.parametrize("value", ["false", "0"])
def test_verification_switched_off_warns_once(
    https: Dserver, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    """Without verification there is one warning for a program, whatever it calls."""
    monkeypatch.setenv("DSERVER_VERIFY_SSL", value)
    ended = subprocess.run(
        [sys.executable, "-W", "always", "-c", UNVERIFIED],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.stdout.split() == ["testuser"], ended.stderr
    assert ended.stderr.count("UserWarning") == ended.stderr.count("DSERVER_VERIFY_SSL is off") == 1


def test_one_tls_context_for_each_setting(
    https: Dserver, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Many clients, calls, logins and threads cost the set-up of TLS once for each setting."""
    bundles = [tmp_path / f"{number}.pem" for number in range(2)]
    for bundle in bundles:
        bundle.write_text(
            Path(https.exports["SSL_CERT_FILE"]).read_text(encoding="ascii"), encoding="ascii"
        )
    made: list[str | None] = []
    original = ssl.create_default_context

    def counted(*arguments: Any, **options: Any) -> ssl.SSLContext:
        made.append(options.get("cafile"))
        return original(*arguments, **options)

    monkeypatch.setattr(ssl, "create_default_context", counted)

    def ask(bundle: Path) -> None:
        with Client(verify_ssl=str(bundle)) as client:
            client.get_me()

    for _ in range(2):
        threads = [threading.Thread(target=ask, args=(bundle,)) for bundle in bundles * 8]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
    assert sorted(map(str, made)) == sorted(map(str, bundles))


def test_an_error_of_the_login_is_one_of_authentication(endpoint: Endpoint) -> None:
    """A refused login is not tried again, as nothing would change."""
    endpoint.token_script(always=faults.login_refused)
    with pytest.raises(AuthenticationError):
        faults.ask_blocking(endpoint)
    assert len(endpoint.token_requests) == 1
    assert not endpoint.requests
