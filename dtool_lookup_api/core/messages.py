"""HTTP messages, and the ways in which sending one fails.

Engines take a ``HttpRequest`` and return a ``HttpResponse``, or raise a ``TransportError``; what is
above them knows no HTTP library. This module imports nothing.
"""

from collections.abc import AsyncGenerator, Generator, Mapping
from typing import Any, Generic, Protocol, TypeVar

__all__ = [
    "AsyncStream",
    "AsyncTransport",
    "CertificateError",
    "ConnectError",
    "ConnectionLostError",
    "DecodingError",
    "HttpRequest",
    "HttpResponse",
    "MalformedResponseError",
    "NoSlotError",
    "NoTimeLeftError",
    "ProtocolError",
    "ProxyError",
    "ResponseTimeoutError",
    "Stream",
    "TooLargeError",
    "Transport",
    "TransportError",
    "UnknownHostError",
]

_T = TypeVar("_T")


class HttpRequest:
    """A request as it is sent; its text shows neither token nor password.

    Args:
        method: The HTTP method, in capitals.
        url: The whole URL, percent-encoded.
        headers: Headers besides those that the engine adds to all.
        body: The body, None if it has none.
        timeout: Seconds to wait for a connection, or for the next byte.
        deadline: The monotonic time in seconds at which a response is too late.
        complete: Whether the engine adds no headers of its own.
        limit: Bytes that the body of the response may have, decompressed.
    """

    __slots__ = ("body", "complete", "deadline", "headers", "limit", "method", "timeout", "url")

    def __init__(
        self,
        method: str,
        url: str,
        *,
        headers: list[tuple[str, str]],
        body: bytes | None,
        timeout: float,
        deadline: float,
        complete: bool = False,
        limit: int = 256_000_000,
    ) -> None:
        self.method: str = method
        self.url: str = url
        self.headers: list[tuple[str, str]] = headers
        self.body: bytes | None = body
        self.timeout: float = timeout
        self.deadline: float = deadline
        self.complete: bool = complete
        self.limit: int = limit

    def __repr__(self) -> str:
        return f"<HttpRequest {self.method}>"

    def with_token(self, token: str) -> "HttpRequest":
        """Return the same request, signed; the token takes the place of another signature."""
        others = [header for header in self.headers if header[0].lower() != "authorization"]
        return HttpRequest(
            self.method,
            self.url,
            headers=[*others, ("Authorization", f"Bearer {token}")],  # dserver refuses "bearer"
            body=self.body,
            timeout=self.timeout,
            deadline=self.deadline,
            complete=self.complete,
            limit=self.limit,
        )


class HttpResponse:
    """A whole response.

    Args:
        status: The HTTP status.
        headers: The headers; their names are looked up in any case.
        body: The body, decompressed.
    """

    __slots__ = ("body", "headers", "repeated", "status")

    def __init__(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.status: int = status
        self.headers: Mapping[str, str] = headers
        self.body: bytes = body
        self.repeated: bool = False
        """Whether the request had been sent before, with an unknown outcome."""

    def __repr__(self) -> str:
        return f"<HttpResponse {self.status}>"


class _Stream(Generic[_T]):
    """A response whose body is still to come.

    Args:
        status: The HTTP status.
        headers: The headers; their names are looked up in any case.
        chunks: The body in chunks, as it is stored: never decompressed.
    """

    def __init__(self, status: int, headers: Mapping[str, str], chunks: _T) -> None:
        self.status: int = status
        self.headers: Mapping[str, str] = headers
        self.chunks: _T = chunks


class Stream(_Stream[Generator[bytes]]):
    """A response whose body comes in chunks."""


class AsyncStream(_Stream[AsyncGenerator[bytes]]):
    """A response whose body comes in chunks, asynchronously."""


class TransportError(Exception):
    """There is no complete response.

    ::

        TransportError
        ├── ConnectError            no connection was accepted, and nothing sent
        │   └── UnknownHostError    no address is known for the name of the host
        ├── CertificateError        the server's certificate is not trusted
        ├── ProxyError              a proxy refuses to connect
        ├── ProtocolError           the request cannot be sent, e.g. to such a URL
        ├── ConnectionLostError     the connection ended in between
        ├── ResponseTimeoutError    no connection, or no byte, in time
        ├── MalformedResponseError  the response is not HTTP
        ├── DecodingError           the body cannot be decompressed
        ├── TooLargeError           the body is larger than the request allows
        ├── NoSlotError             too many calls are under way until the deadline
        └── NoTimeLeftError         the server asks to wait for longer than the call may take
    """

    received: int = 0
    """How many bytes of a streamed body had been written."""
    is_final: bool = False
    """Whether the request cannot be sent again."""

    @property
    def reason(self) -> str:
        """What the engine says of it."""
        return str(self) or type(self).__name__


class ConnectError(TransportError):
    """No connection could be made."""


class UnknownHostError(ConnectError):
    """No address is known for the name of the host."""


class CertificateError(TransportError):
    """The server's certificate is not trusted."""


class ProxyError(TransportError):
    """A proxy refuses to connect."""


class ProtocolError(TransportError):
    """The request cannot be sent."""


class ConnectionLostError(TransportError):
    """The connection ended before the response was complete."""


class ResponseTimeoutError(TransportError):
    """No complete response in time."""


class MalformedResponseError(TransportError):
    """The response is not HTTP."""


class DecodingError(TransportError):
    """The body cannot be decompressed."""


class TooLargeError(TransportError):
    """The body is larger than the request allows.

    Args:
        limit: Bytes that it may have.
    """

    def __init__(self, limit: int) -> None:
        super().__init__(f"the response is larger than {limit / 1e6:g} MB")


class NoSlotError(TransportError):
    """Too many calls were under way until the deadline: nothing was sent.

    Args:
        limit: How many there may be.
    """

    def __init__(self, limit: int) -> None:
        super().__init__(f"{limit} calls are under way")


class NoTimeLeftError(TransportError):
    """The next try would begin after the call's deadline.

    Args:
        response: The response that asks for it.
    """

    def __init__(self, response: HttpResponse) -> None:
        super().__init__(f"status {response.status}")
        self.status: int = response.status
        self.retry_after: str | None = response.headers.get("Retry-After")

    def __reduce__(self) -> Any:
        return TransportError, self.args


class Transport(Protocol):
    """A transport of httpx's, ``httpx.BaseTransport``; importing that takes 47 ms."""

    def handle_request(self, request: Any) -> Any:
        """Send a request and return its response."""


class AsyncTransport(Protocol):
    """An async transport of httpx's, ``httpx.AsyncBaseTransport``."""

    async def handle_async_request(self, request: Any) -> Any:
        """Send a request and return its response."""
