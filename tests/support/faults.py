"""A dserver and a token generator that misbehave on request, on real sockets.

Each test has an endpoint: a base URL of its own, with its own log of requests and its own script.
The first requests to an endpoint meet the faults of its script, the others get the right answer::

    with running_fault_server() as server:
        endpoint = server.endpoint()
        endpoint.script(html(503), reset_before)
        Client(endpoint.url, **endpoint.login).get_me()     # after two more tries
        assert len(endpoint.requests) == 3
"""

import asyncio
import base64
import functools
import itertools
import json
import re
import socket
import ssl
import struct
import threading
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from email.utils import formatdate
from operator import methodcaller
from time import time as wall_clock  # of the servers, whatever a test does to the client's
from typing import Any
from urllib.parse import unquote

import pytest

from dtool_lookup_api import AsyncClient, Client

from samples import ANSWERS, USERNAME

HOST = "127.0.0.1"
PASSWORD, API_KEY = "open sesame", "the key to all doors"

LOOKS = ("/config/versions", "/doc/openapi.json")
OPEN = ("/config/health", "/config/versions", "/doc/openapi.json")


@dataclass(frozen=True)
class Request:
    """A request as it came."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes
    raw_target: str
    time: float = field(default_factory=time.monotonic)

    @property
    def token(self) -> str | None:
        """The token that it was signed with."""
        kind, _, token = self.headers.get("authorization", "").partition(" ")
        return token if kind == "Bearer" else None


@dataclass
class Exchange:
    """One request and the means to misbehave."""

    request: Request
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    endpoint: "Endpoint"

    async def send(self, data: bytes) -> None:
        """Send some bytes."""
        self.writer.write(data)
        await self.writer.drain()

    def reset(self) -> None:
        """Close the connection so that the client sees a reset."""
        sock = self.writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()

    async def until_client_leaves(self) -> None:
        """Wait until the client closes the connection."""
        while await self.reader.read(65536):
            pass

    async def drip(self, data: bytes, pause: float) -> None:
        """Send byte by byte, with a pause after each."""
        for number in range(len(data)):
            await self.send(data[number : number + 1])
            await asyncio.sleep(pause)

    @property
    def right(self) -> bytes:
        """The whole right answer, as the client should have got it."""
        return self.endpoint.right(self.request)


Fault = Callable[[Exchange], Awaitable[None]]


def answer(
    status: int,
    body: bytes | str = b"",
    content_type: str = "application/json",
    **headers: str,
) -> bytes:
    """Return a whole HTTP answer; ``_`` in the name of a header stands for ``-``."""
    body = body.encode() if isinstance(body, str) else body
    lines = [f"HTTP/1.1 {status} Whatever", f"Content-Type: {content_type}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    lines += [f"Content-Length: {len(body)}", "", ""]
    return "\r\n".join(lines).encode() + body


def replying(status: int, value: Any, **headers: str) -> Fault:
    """Answer with a status and a JSON value."""

    async def fault(exchange: Exchange) -> None:
        await exchange.send(answer(status, json.dumps(value), **headers))

    return fault


def html(status: int, text: str = "nginx says no", **headers: str) -> Fault:
    """Answer as a proxy does: with a page of HTML."""

    async def fault(exchange: Exchange) -> None:
        page = f"<html><head><title>{status}</title></head><body><h1>{text}</h1></body></html>"
        await exchange.send(answer(status, page, "text/html", **headers))

    return fault


def retry_at(status: int, seconds: float) -> Fault:
    """Ask by an HTTP date to come back after some seconds."""

    async def fault(exchange: Exchange) -> None:
        date = formatdate(wall_clock() + seconds, usegmt=True)
        await html(status, Retry_After=date)(exchange)

    return fault


async def reset_before(exchange: Exchange) -> None:
    """Reset the connection before the answer."""
    exchange.reset()


async def reset_in_body(exchange: Exchange) -> None:
    """Reset the connection in the middle of the body."""
    await exchange.send(exchange.right[:-1])
    await asyncio.sleep(0.05)  # so that the client has read what there is
    exchange.reset()


async def truncated(exchange: Exchange) -> None:
    """Close the connection before the body has the length that was announced."""
    await exchange.send(exchange.right[:-1])
    exchange.writer.close()


async def hang(exchange: Exchange) -> None:
    """Never answer."""
    await exchange.until_client_leaves()


def late(seconds: float) -> Fault:
    """Answer rightly, but late."""

    async def fault(exchange: Exchange) -> None:
        await asyncio.sleep(seconds)
        await exchange.send(exchange.right)

    return fault


def held_until(
    event: threading.Event, sent: int = 0, whole: Callable[[Exchange], bytes] | None = None
) -> Fault:
    """Answer when something has happened.

    Args:
        event: What has to happen.
        sent: How many bytes to send before.
        whole: Returns the answer, default the right one.
    """

    async def fault(exchange: Exchange) -> None:
        answer = whole(exchange) if whole else exchange.right
        await exchange.send(answer[:sent])
        while not (event.is_set() or exchange.reader.at_eof() or exchange.writer.is_closing()):
            await asyncio.sleep(0.01)
        await exchange.send(answer[sent:])

    return fault


async def dripping_body(exchange: Exchange) -> None:
    """Send the right answer in pieces, within any deadline of the tests."""
    right = exchange.right
    await exchange.send(right[:-4])
    await exchange.drip(right[-4:], 0.05)


async def dripping_headers(exchange: Exchange) -> None:
    """Send the beginning of the right answer in pieces."""
    right = exchange.right
    await exchange.drip(right[:4], 0.05)
    await exchange.send(right[4:])


async def endless_body(exchange: Exchange) -> None:
    """Drip a body that takes forever, never slow enough for a read timeout."""
    await exchange.send(answer(200, b" " * 9999)[:-9999])
    await exchange.drip(b" " * 9999, 0.05)


async def endless_headers(exchange: Exchange) -> None:
    """Drip headers for a minute."""
    await exchange.send(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    await exchange.drip(b"x" * 1200, 0.05)


async def endless_informational(exchange: Exchange) -> None:
    """Say 102 for ever, which is not a response."""
    while True:
        await exchange.send(b"HTTP/1.1 102 Processing\r\n\r\n")
        await asyncio.sleep(0.02)


async def length_too_small(exchange: Exchange) -> None:
    """Announce less than is sent."""
    right = exchange.right
    length = int(re.search(rb"Content-Length: (\d+)", right)[1])  # type: ignore[index]
    await exchange.send(right.replace(b"Length: %d" % length, b"Length: %d" % (length // 2)))


async def broken_json(exchange: Exchange) -> None:
    """Answer with something that only looks like JSON."""
    await exchange.send(answer(200, '{"uri": "smb://'))


async def broken_gzip(exchange: Exchange) -> None:
    """Announce a compressed body, and send another."""
    await exchange.send(answer(200, "this is not gzip", Content_Encoding="gzip"))


async def other_shape(exchange: Exchange) -> None:
    """Answer with a list where an object belongs, and the other way round."""
    value = json.loads(exchange.right.partition(b"\r\n\r\n")[2])
    await exchange.send(answer(200, "{}" if isinstance(value, list) else "[1]"))


async def without_key(exchange: Exchange) -> None:
    """Answer with an object that has none of its members."""
    value = json.loads(exchange.right.partition(b"\r\n\r\n")[2])
    await exchange.send(answer(200, "[{}]" if isinstance(value, list) else "{}"))


async def null(exchange: Exchange) -> None:
    """Answer with the JSON value null."""
    await exchange.send(answer(200, "null"))


async def redirect_elsewhere(exchange: Exchange) -> None:
    """Send the client to another origin."""
    await exchange.send(
        answer(302, Location=exchange.endpoint.elsewhere.url + exchange.request.path)
    )


async def merged_path(exchange: Exchange) -> None:
    """Redirect as dserver does to a path whose slashes were merged."""
    location = exchange.request.raw_target.replace("%2F%2F", "/")
    await exchange.send(answer(308, "<p>Moved</p>", "text/html", Location=location))


async def echoing(exchange: Exchange) -> None:
    """Fail, and show what was sent, secrets included, as a debugging proxy does."""
    request = exchange.request
    shown = f"{request.headers} {request.body.decode()}"
    await exchange.send(answer(500, f"<html><pre>{shown}</pre></html>", "text/html"))


token_expired = replying(401, {"msg": "Token has expired"})
token_garbage = replying(422, {"msg": "Not enough segments"})
user_unknown = replying(401, {"code": 401, "status": "Unauthorized"})
login_refused = replying(401, {"status": "invalid"})
no_token = replying(200, {"status": "invalid credentials"})
garbage_tokens = replying(200, {"token": "garbage"})


class Endpoint:
    """A dserver and a token generator of one test, with what was sent to them."""

    def __init__(self, server: "FaultServer", name: str) -> None:
        self._server = server
        self.name = name
        self.lifetime = 3600.0  # of a token, as it says
        self.patience = 0.0  # how much longer the dserver accepts it
        self.early: deque[Fault] = deque()  # for the next PUTs, before their bodies are read
        self.spares_looks = False  # no fault or log where it is asked what it offers
        self.requests: list[Request] = []
        self.token_requests: list[Request] = []
        self._script: deque[Fault] = deque()
        self._token_script: deque[Fault] = deque()
        self._always: Fault | None = None
        self._token_always: Fault | None = None
        self._expiries: dict[str, float] = {}
        self._number = itertools.count()
        self._pagination: dict[str, int] = {"total": 1, "total_pages": 1, "page": 1}

    @property
    def url(self) -> str:
        """URL of the dserver."""
        return f"{self._server.scheme}://{HOST}:{self._server.port}/{self.name}"

    @property
    def token_url(self) -> str:
        """URL of the token generator, which is another origin."""
        return f"{self._server.scheme}://{HOST}:{self._server.token_port}/{self.name}/token"

    @property
    def login(self) -> dict[str, str]:
        """What a client needs to log in."""
        return {"auth_url": self.token_url, "username": USERNAME, "password": PASSWORD}

    @property
    def login_by_key(self) -> dict[str, str]:
        """What a client needs to log in at the OAuth2 token generator."""
        return {"auth_url": self.token_url, "username": USERNAME, "api_key": API_KEY}

    @property
    def elsewhere(self) -> "Endpoint":
        """An endpoint that no token or password may ever reach."""
        return self._server.endpoints["elsewhere"]

    def script(self, *faults: Fault, always: Fault | None = None) -> None:
        """Let the next requests to the dserver meet these faults, and the rest another."""
        self._script, self._always = deque(faults), always

    def token_script(self, *faults: Fault, always: Fault | None = None) -> None:
        """Let the next requests to the token generator meet these faults."""
        self._token_script, self._token_always = deque(faults), always

    def new_token(self, lifetime: float | None = None) -> str:
        """Return a token that this endpoint's dserver accepts."""
        lifetime = self.lifetime if lifetime is None else lifetime
        now = wall_clock()
        claims = {"iat": now, "exp": now + lifetime, "jti": f"{self.name}-{next(self._number)}"}
        payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
        token = f"eyJhbGciOiJub25lIn0.{payload}.{'s' * 20}"
        self._expiries[token] = time.monotonic() + lifetime + self.patience
        return token

    def expire_tokens(self) -> None:
        """Let all tokens expire now."""
        self._expiries.update(dict.fromkeys(self._expiries, 0.0))

    def tries_of(self, request: Request) -> int:
        """Return how often a request came."""
        same = (request.method, request.path)
        return sum((each.method, each.path) == same for each in self.requests)

    def is_secret_free(self, text: str) -> bool:
        """Return whether a text contains no password, API key or token."""
        return (
            PASSWORD not in text
            and API_KEY not in text
            and not any(token in text for token in self.tokens)
        )

    @property
    def tokens(self) -> list[str]:
        """All tokens that were made here."""
        return list(self._expiries)

    def fault_for(self, request: Request, *, of_tokens: bool) -> Fault:
        """Log a request and return what happens to it."""
        log, script, always = (
            (self.token_requests, self._token_script, self._token_always)
            if of_tokens
            else (self.requests, self._script, self._always)
        )
        if self.spares_looks and request.path in LOOKS:
            return rightly
        log.append(request)
        if script:
            return script.popleft()
        return always or rightly

    def right(self, request: Request) -> bytes:
        """Return the right answer."""
        if request.path == "/token":
            given = json.loads(request.body)
            secret = {"password": PASSWORD, "api_key": API_KEY}
            if given not in [{"username": USERNAME, kind: secret[kind]} for kind in secret]:
                return answer(401, json.dumps({"status": "invalid"}))
            return answer(200, json.dumps({"token": self.new_token()}))
        if request.path == "/refresh":
            if self._refusal(json.loads(request.body)["token"]):
                return answer(401, json.dumps({"error": "Invalid or expired token"}))
            return answer(200, json.dumps({"token": self.new_token()}))
        if request.path not in OPEN and (refusal := self._refusal(request.token)):
            return refusal
        for methods, pattern, value in ANSWERS:
            if re.fullmatch(methods, request.method) and re.fullmatch(pattern, request.path):
                headers = {"X_Pagination": json.dumps(self._pagination)}
                return answer(200, json.dumps(value), **headers)
        return answer(404, json.dumps({"code": 404, "status": "Not Found"}))

    def _refusal(self, token: str | None) -> bytes | None:
        if token is None:
            return answer(401, json.dumps({"msg": "Missing Authorization Header"}))
        if token not in self._expiries:
            return answer(422, json.dumps({"msg": "Signature verification failed"}))
        if time.monotonic() >= self._expiries[token]:
            return answer(401, json.dumps({"msg": "Token has expired"}))
        return None


async def rightly(exchange: Exchange) -> None:
    """Answer rightly."""
    await exchange.send(exchange.right)


class FaultServer:
    """The servers of all endpoints: one port for the dserver's role, one for the generator's.

    Args:
        tls: With what they encrypt, if they do.
    """

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self._tls = tls
        self.scheme = "https" if tls else "http"
        self.port = self.token_port = 0
        self.endpoints: dict[str, Endpoint] = {}
        self.connections = 0
        self._open: set[asyncio.Task[None]] = set()
        self._numbers = itertools.count(1)
        self.endpoint("elsewhere")

    def endpoint(self, name: str | None = None) -> Endpoint:
        """Return a new endpoint."""
        name = name or f"endpoint{next(self._numbers)}"
        self.endpoints[name] = endpoint = Endpoint(self, name)
        return endpoint

    async def serve(self, started: Callable[[], None], stop: asyncio.Event) -> None:
        """Accept connections until told to stop."""
        listening = [
            await asyncio.start_server(self._accept, HOST, 0, backlog=512, ssl=self._tls)
            for _ in range(2)
        ]
        self.port, self.token_port = (each.sockets[0].getsockname()[1] for each in listening)
        started()
        await stop.wait()
        for each in listening:
            each.close()
        await asyncio.sleep(0.05)  # an abandoned client may be connecting just now
        for task in list(self._open):
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)
        for each in listening:
            await each.wait_closed()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        self.connections += 1
        try:
            while await self._exchange(reader, writer):
                pass
        except (OSError, EOFError, asyncio.CancelledError):
            pass  # the client has left, or the test has ended
        finally:
            self._open.discard(task)
            writer.close()
            with suppress(OSError, asyncio.CancelledError):
                await writer.wait_closed()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        request, endpoint = await self._head(reader)
        if request.method == "PUT" and endpoint.early:
            endpoint.requests.append(request)
            await endpoint.early.popleft()(Exchange(request, reader, writer, endpoint))
            return False
        length = int(request.headers.get("content-length", 0))
        request = replace(request, body=await reader.readexactly(length))
        of_tokens = request.path in ("/token", "/refresh")
        fault = endpoint.fault_for(request, of_tokens=of_tokens)
        await fault(Exchange(request, reader, writer, endpoint))
        return not writer.is_closing()

    async def _head(self, reader: asyncio.StreamReader) -> tuple[Request, Endpoint]:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = head.strip().split("\r\n")
        method, raw_target, _ = first.split(" ")
        headers: dict[str, str] = {}
        for name, value in (line.split(": ", 1) for line in lines):
            others = headers.get(name.lower())
            headers[name.lower()] = value if others is None else f"{others}, {value}"
        if method == "CONNECT":  # as to a proxy: the endpoint is the name of the host
            raw_target = f"/{raw_target.partition('.')[0]}/"
        target, _, query = raw_target.partition("?")
        _, name, path = target.split("/", 2)
        request = Request(method, "/" + unquote(path), query, headers, b"", raw_target)
        return request, self.endpoints[name]


@contextmanager
def running_fault_server(tls: ssl.SSLContext | None = None) -> Iterator[FaultServer]:
    """Run a fault server in a thread as long as the block lasts."""
    server = FaultServer(tls)
    loop = asyncio.new_event_loop()
    started, stop = threading.Event(), asyncio.Event()

    def run() -> None:
        loop.run_until_complete(server.serve(started.set, stop))
        loop.close()

    thread = threading.Thread(target=run, name="fault server")
    thread.start()
    assert started.wait(10)
    try:
        yield server
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)


@functools.cache
def _reserved(name: str) -> socket.socket:
    """Return a socket that keeps its port from all others, but for a server with SO_REUSEADDR."""
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind((HOST, 0))
    return sock


def closed_port(name: str = "closed") -> int:
    """Return a port without a listener, which no other process gets meanwhile.

    Args:
        name: Another name for another port, on which a test is going to listen.
    """
    port: int = _reserved(name).getsockname()[1]
    return port


# --- calls, blocking and async ----------------------------------------------------------------

Call = Callable[[Any], Any]
Ask = Callable[..., Any]
GET_ME: Call = methodcaller("get_me")


def ask_blocking(endpoint: Endpoint, *calls: Call, **given: Any) -> Any:
    """Make calls with a blocking client of their own, and return what the last one returns."""
    value = None
    with Client(**{"url": endpoint.url, **endpoint.login, **given}) as client:
        for call in calls or (GET_ME,):
            value = call(client)
    return value


def ask_async(endpoint: Endpoint, *calls: Call, **given: Any) -> Any:
    """Make calls with an async client of their own, in an event loop of their own."""

    async def ask() -> Any:
        value = None
        async with AsyncClient(**{"url": endpoint.url, **endpoint.login, **given}) as client:
            for call in calls or (GET_ME,):
                value = await call(client)
        return value

    return asyncio.run(ask())


def ask_aiohttp(endpoint: Endpoint, *calls: Call, **given: Any) -> Any:
    """Make calls with the engine aiohttp."""
    return ask_async(endpoint, *calls, engine="aiohttp", **given)


blocking_and_async = pytest.mark.parametrize(
    "ask",
    [ask_blocking, ask_async, pytest.param(ask_aiohttp, marks=pytest.mark.slow)],
    ids=["blocking", "async", "aiohttp"],
)
