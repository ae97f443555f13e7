"""The engine that sends with httpx: with its transports, without its client and its pool.

httpx's client merges URLs, follows redirects and keeps cookies, none of which is wanted here, and
its pool takes most of the time of calls that run at a time. So each connection is a transport of
its own; those that are free wait in a list for the next request to the same origin.
"""

import socket
import threading
import time
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Generator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, Final, Generic, TypeVar, cast

import httpx

from .._version import __version__
from . import messages, prefetch
from .decoding import ACCEPT_ENCODING, Decoder, decoded
from .httpx_connection import (
    abort,
    has_bytes_left,
    new_transport,
    read_large_blocks,
    set_deadline,
    url_below,
)
from .messages import AsyncStream, HttpRequest, HttpResponse, Stream, TransportError
from .origins import connection_options, origin_of
from .settings import Settings

__all__ = ["USER_AGENT", "AsyncHttpxEngine", "HttpxEngine"]

USER_AGENT: Final = f"dtool-lookup-api/{__version__} python-httpx/{httpx.__version__}"
"""The User-Agent, for the logs of servers."""

_T = TypeVar("_T")

_MOST_IDLE: Final = 100  # connections to one origin
_IDLE_SECONDS: Final = 5.0

_ERRORS: Final[tuple[tuple[type[Exception], type[TransportError]], ...]] = (
    (httpx.TimeoutException, messages.ResponseTimeoutError),
    (httpx.ProxyError, messages.ProxyError),
    (httpx.UnsupportedProtocol, messages.ProtocolError),
    (httpx.LocalProtocolError, messages.ProtocolError),
    (httpx.ConnectError, messages.ConnectError),
    (httpx.HTTPError, messages.ConnectionLostError),
)


class _Origin(Generic[_T]):
    """The free connections to one scheme, host and port, and what a new one needs.

    Args:
        url: URL of the origin.
        settings: The settings of the connections.
    """

    def __init__(self, url: str, settings: Settings) -> None:
        context, proxy = connection_options(url, settings)
        self.options: dict[str, Any] = {
            "verify": context,
            "proxy": proxy,
            "limits": httpx.Limits(max_connections=1, keepalive_expiry=_IDLE_SECONDS),
        }
        self._idle: deque[tuple[float, _T]] = deque()
        self._lock = threading.Lock()

    def forget_threads(self) -> None:
        """Forget who holds the lock: in a forked process that thread does not exist."""
        self._lock = threading.Lock()

    def acquire(self) -> _T | None:
        """Return the connection that was used last, or None: then the caller makes one."""
        with self._lock:
            return self._idle.pop()[1] if self._idle else None

    def release(self, connection: _T) -> list[_T]:
        """Take a connection back, and return those that have been free for too long."""
        now = time.monotonic()
        stale: list[_T] = []
        with self._lock:
            self._idle.append((now, connection))
            while now - self._idle[0][0] > _IDLE_SECONDS or len(self._idle) > _MOST_IDLE:
                stale.append(self._idle.popleft()[1])
        return stale

    def discard(self, connection: _T) -> list[_T]:
        """Return the connections to close after one has failed."""
        return [connection]

    def drain(self) -> list[_T]:
        """Return all free connections, which the caller closes."""
        with self._lock:
            found = [connection for _, connection in self._idle]
            self._idle.clear()
        return found


def _default_headers() -> list[tuple[bytes, bytes]]:
    """Return what httpx's client adds to each request, as it depends on what is installed."""
    with httpx.Client(transport=httpx.BaseTransport()) as client:
        client.headers["User-Agent"] = USER_AGENT
        client.headers["Accept-Encoding"] = ACCEPT_ENCODING  # whatever else is installed
        return client.headers.raw


class _Given(_Origin[_T]):
    """A transport of the user for all requests, who closes it.

    Args:
        transport: The transport; it may take any number of requests at a time.
    """

    def __init__(self, transport: _T) -> None:
        self._transport = transport

    def acquire(self) -> _T | None:
        """Return the transport."""
        return self._transport

    def release(self, connection: _T) -> list[_T]:
        """Keep it."""
        return []

    discard = release

    def drain(self) -> list[_T]:
        """Keep it."""
        return []


class _Base(Generic[_T]):
    """The common part of the blocking and the async engine.

    Args:
        settings: The settings of the connections.
        transport: A transport of the user's own, None for connections made here.
    """

    name = "httpx"

    def __init__(self, settings: Settings, transport: _T | None = None) -> None:
        self._settings = settings
        self._given = None if transport is None else _Given(transport)
        self._closed = False
        self._origins: dict[str, _Origin[_T]] = {}
        self._urls: dict[str, httpx.URL] = {}  # of the origins
        self._defaults = _default_headers()
        self._default_names = {name.lower() for name, _ in self._defaults}

    def _origin(self, url: str) -> _Origin[_T]:
        if self._given is not None:
            return self._given
        place = origin_of(url)
        found = self._origins.get(place)
        if found is None:
            # Another thread may be faster.
            found = self._origins.setdefault(place, _Origin(place, self._settings))
        return found

    def _url(self, text: str) -> httpx.URL:
        place = origin_of(text)
        origin = self._urls.get(place)
        if origin is None:
            origin = self._urls[place] = httpx.URL(place)
        return url_below(origin, text[len(place) :])

    def _prepared(self, request: HttpRequest, content: Any = None) -> httpx.Request:
        """Return the request as httpx has it; no try gets more time than the deadline leaves."""
        left = request.deadline - time.monotonic()
        if left <= 0:
            raise messages.ResponseTimeoutError("the call's deadline has passed")
        seconds = min(left, request.timeout)
        # Without it, httpx's transports have no timeout at all.
        timeout = {"connect": seconds, "read": seconds, "write": seconds, "pool": seconds}
        extensions = {"timeout": timeout}
        url = self._url(request.url)
        headers = [(name.encode(), value.encode()) for name, value in request.headers]
        if not request.complete:
            headers = [(b"Host", url.netloc), *self._defaults_for(headers), *headers]
            if content is None:
                return _with_body(request, url, headers, extensions)
        return httpx.Request(
            request.method,
            url,
            headers=headers,
            content=request.body if content is None else content,
            extensions=extensions,
        )

    def _defaults_for(self, headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        """Return the headers that httpx adds to these."""
        given = {name.lower() for name, _ in headers}
        if self._default_names.isdisjoint(given):  # as nearly always
            return self._defaults
        return [each for each in self._defaults if each[0].lower() not in given]

    def _expect_much(self, origin: _Origin[_T], connection: _T) -> None:
        if origin is not self._given:
            read_large_blocks(connection)

    def _release(self, origin: _Origin[_T], connection: _T) -> list[_T]:
        """Take a connection back, and return those to close."""
        if origin is not self._given and has_bytes_left(connection):
            stale = origin.discard(connection)
        else:
            stale = origin.release(connection)
        return [*stale, *origin.drain()] if self._closed else stale

    def _drain(self) -> list[_T]:
        """Return all free connections; those in use follow when their responses are complete."""
        self._closed = True
        return [each for origin in list(self._origins.values()) for each in origin.drain()]


class HttpxEngine(_Base[httpx.BaseTransport]):
    """Send requests and wait for their responses; any number of threads may."""

    def send(self, request: HttpRequest) -> HttpResponse:
        """Send a request and return the whole response.

        Raises:
            TransportError: If there is no complete response.
            ConfigurationError: If the connection cannot be made as configured.
        """
        origin = self._origin(request.url)
        prepared = self._prepared(request)
        connection = origin.acquire() or new_transport(origin.options)
        set_deadline(connection, request.deadline)
        try:
            response = connection.handle_request(prepared)
            body = _body(response, request)
        except BaseException as error:
            for each in origin.discard(connection):
                each.close()
            raise _translated(error) from None
        for each in self._release(origin, connection):
            each.close()
        return HttpResponse(response.status_code, response.headers, body)

    @contextmanager
    def stream(
        self, request: HttpRequest, body: Iterator[bytes] | None = None
    ) -> Generator[Stream]:
        """Send a request, and yield its response before the body comes.

        Args:
            request: The request, with its Content-Length.
            body: The body to send, if it is not that of the request.

        Raises:
            TransportError: If no response comes, or if it ends before it is complete.
            ConfigurationError: If the connection cannot be made as configured.
        """

        def progressed() -> None:
            """Allow the time of a stall until the next piece, whatever else the server sends."""
            set_deadline(connection, time.monotonic() + request.timeout)

        origin = self._origin(request.url)
        prepared = self._prepared(request, body and _each(body, progressed))
        connection = origin.acquire() or new_transport(origin.options)
        progressed()
        try:
            with prefetch.abortable(lambda: abort(connection)):
                try:
                    response = connection.handle_request(prepared)
                except Exception as error:
                    raise _translated(error) from None
                self._expect_much(origin, connection)
                chunks = _each(_chunks(response), progressed)
                yield Stream(response.status_code, response.headers, chunks)
                response.close()
        except BaseException:
            for each in origin.discard(connection):
                each.close()
            raise
        for each in self._release(origin, connection):
            each.close()

    def close(self) -> None:
        """Close the connections: free ones now, the others when their responses are complete."""
        for connection in self._drain():
            connection.close()

    def close_inherited(self) -> None:
        """Close a forked process's copies of the free connections; the server hears nothing of it.

        Threads that held a lock or a connection do not exist in the child.
        """
        for origin in self._origins.values():
            origin.forget_threads()
        self.close()


def _with_body(
    request: HttpRequest,
    url: httpx.URL,
    headers: list[tuple[bytes, bytes]],
    extensions: dict[str, Any],
) -> httpx.Request:
    """Return a request as httpx would make it; giving it a stream takes a third of the time."""
    if request.method in ("POST", "PUT", "PATCH") and request.body is None:
        headers.insert(1, (b"Content-Length", b"0"))
    made = httpx.Request(
        request.method,
        url,
        headers=headers,
        stream=httpx.ByteStream(request.body or b""),
        extensions=extensions,
    )
    made.read()  # so that its content is there for mocks
    return made


def _body(response: httpx.Response, request: HttpRequest) -> bytes:
    """Return the body; one that the server drips ends with the deadline."""
    if response.is_stream_consumed:  # that of a mock
        return response.content
    decoder = Decoder(_encoding(response), request)
    stream = cast("httpx.SyncByteStream", response.stream)
    for chunk in stream:
        for _ in decoder.feed(chunk):
            if time.monotonic() > request.deadline:
                raise messages.ResponseTimeoutError("the call's deadline has passed")
    stream.close()
    return decoder.body()


def _encoding(response: httpx.Response) -> str:
    encoding: str = response.headers.get("Content-Encoding", "")
    return encoding


def _each(pieces: Iterator[bytes], progressed: Callable[[], None]) -> Generator[bytes]:
    """Yield pieces of a body, and report each: the time of a disk is not that of a stall."""
    progressed()
    for piece in pieces:
        progressed()
        yield piece
        progressed()


def _chunks(response: httpx.Response) -> Generator[bytes]:
    """Yield the body as it came; that of a mock may have been read."""
    read = response.is_stream_consumed
    try:
        yield from response.iter_bytes() if read else cast("httpx.SyncByteStream", response.stream)
    except Exception as error:
        raise _translated(error) from None


async def _chunks_async(response: httpx.Response) -> AsyncGenerator[bytes]:
    """Yield the body as it came; that of a mock may have been read."""
    read = response.is_stream_consumed
    stream = cast("httpx.AsyncByteStream", response.stream)
    try:
        async for chunk in response.aiter_bytes() if read else stream:
            yield chunk
    except Exception as error:
        raise _translated(error) from None


async def _body_async(response: httpx.Response, request: HttpRequest) -> bytes:
    if response.is_stream_consumed:
        return response.content
    stream = cast("httpx.AsyncByteStream", response.stream)
    body = await decoded(aiter(stream), _encoding(response), request)
    await stream.aclose()
    return body


class AsyncHttpxEngine(_Base[httpx.AsyncBaseTransport]):
    """Send requests and wait for their responses in one event loop; any number of tasks may."""

    async def send(self, request: HttpRequest) -> HttpResponse:
        """Send a request and return the whole response; the driver ends it with the deadline.

        Raises:
            TransportError: If there is no complete response.
            ConfigurationError: If the connection cannot be made as configured.
        """
        origin = self._origin(request.url)
        prepared = self._prepared(request)
        connection = origin.acquire() or httpx.AsyncHTTPTransport(**origin.options)
        try:
            response = await connection.handle_async_request(prepared)
            body = await _body_async(response, request)
        except BaseException as error:
            for each in origin.discard(connection):
                await each.aclose()
            raise _translated(error) from None
        for each in self._release(origin, connection):
            await each.aclose()
        return HttpResponse(response.status_code, response.headers, body)

    @asynccontextmanager
    async def stream(
        self, request: HttpRequest, body: AsyncIterator[bytes] | None = None
    ) -> AsyncGenerator[AsyncStream]:
        """Send a request, and yield its response before the body comes.

        Args:
            request: The request, with its Content-Length.
            body: The body to send, if it is not that of the request.

        Raises:
            TransportError: If no response comes, or if it ends before it is complete.
            ConfigurationError: If the connection cannot be made as configured.
        """
        origin = self._origin(request.url)
        prepared = self._prepared(request, body)
        connection = origin.acquire() or httpx.AsyncHTTPTransport(**origin.options)
        try:
            try:
                response = await connection.handle_async_request(prepared)
            except Exception as error:
                raise _translated(error) from None
            self._expect_much(origin, connection)
            yield AsyncStream(response.status_code, response.headers, _chunks_async(response))
            await response.aclose()
        except BaseException:
            for each in origin.discard(connection):
                await each.aclose()
            raise
        for each in self._release(origin, connection):
            await each.aclose()

    async def aclose(self) -> None:
        """Close the connections: free ones now, the others when their responses are complete."""
        for connection in self._drain():
            await connection.aclose()


def _translated(error: BaseException) -> BaseException:
    """Return this package's error for one of httpx's; others are returned unchanged."""
    reason = str(error) or type(error).__name__
    if "CERTIFICATE_VERIFY_FAILED" in reason:
        return messages.CertificateError(reason)
    if isinstance(error, httpx.ConnectError) and _is_unknown_host(error):
        return messages.UnknownHostError(reason)
    for kind, ours in _ERRORS:
        if isinstance(error, kind):
            return ours(reason)
    return error


def _is_unknown_host(error: BaseException) -> bool:
    """Return whether an error comes from the resolver: httpx and httpcore keep it as a context."""
    found: BaseException | None = error
    while found is not None and not isinstance(found, socket.gaierror):
        found = found.__context__
    return found is not None
