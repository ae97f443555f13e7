"""The engine that sends with aiohttp, for async programs with many calls at a time.

It is loaded where it is chosen, never because it is installed: importing aiohttp takes three times
as long as importing httpx. TLS contexts and proxies are those of the other engine.
"""

import asyncio
import os
import socket
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import Any, Final, cast

import aiohttp
import yarl

from .._version import __version__
from ..errors import ConfigurationError
from . import messages
from .decoding import ACCEPT_ENCODING, decoded
from .messages import AsyncStream, HttpRequest, HttpResponse
from .origins import connection_options, origin_of
from .settings import Settings

__all__ = ["AiohttpEngine"]

_IDLE_SECONDS: Final = 5.0
_BUFFER: Final = 256 * 1024  # bytes of a streamed body that may wait to be written
_HEADERS: Final = {
    "Accept-Encoding": ACCEPT_ENCODING,
    "User-Agent": f"dtool-lookup-api/{__version__} aiohttp/{aiohttp.__version__}",
}


_uploading: ContextVar[list[asyncio.Transport] | None] = ContextVar("uploading", default=None)


class _Connector(aiohttp.TCPConnector):
    """Notes on which connection a task uploads, and uses none again that holds an unasked answer.

    Closing an upload's would wait until storage, which may have gone, has read what is on the way.
    """

    async def connect(self, *arguments: Any, **options: Any) -> Any:
        connection = await super().connect(*arguments, **options)
        while connection.protocol is not None and connection.protocol.should_close:
            connection.close()  # an answer behind an answer came while it was free
            connection = await super().connect(*arguments, **options)
        transports = _uploading.get()
        if transports is not None and connection.transport is not None:
            transports.append(connection.transport)
        return connection


class AiohttpEngine:
    """Send requests and wait for their responses in one event loop; any number of tasks may.

    Args:
        settings: The settings of the connections.
    """

    name = "aiohttp"

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._session: aiohttp.ClientSession | None = None
        self._origins: dict[str, dict[str, Any]] = {}
        self._busy = 0
        self._closed = False

    async def send(self, request: HttpRequest) -> HttpResponse:
        """Send a request and return the whole response; the driver ends it with the deadline.

        Raises:
            TransportError: If there is no complete response.
            ConfigurationError: If the connection cannot be made as configured.
        """
        left = request.deadline - time.monotonic()
        if left <= 0:
            raise messages.ResponseTimeoutError("the call's deadline has passed")
        seconds = min(left, request.timeout)
        self._busy += 1
        try:
            async with self._client().request(
                request.method,
                yarl.URL(request.url, encoded=True),  # which would be normalised otherwise
                headers=dict(request.headers),
                data=request.body,
                allow_redirects=False,
                timeout=_timeout(seconds),
                **self._options(request.url),
            ) as response:
                encoding = ", ".join(response.headers.getall("Content-Encoding", ()))
                body = await decoded(response.content.iter_any(), encoding, request)
                return HttpResponse(response.status, response.headers, body)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise _translated(error) from None
        finally:
            self._busy -= 1
            if self._closed:
                await self._close_if_free()

    @asynccontextmanager
    async def stream(
        self, request: HttpRequest, body: AsyncIterator[bytes] | None = None
    ) -> AsyncGenerator[AsyncStream]:
        """Send a request, and yield its response before the body comes.

        Args:
            request: The request, with its Content-Length; the driver ends it when it stalls.
            body: The body to send, if it is not that of the request.

        Raises:
            TransportError: If no response comes, or if it ends before it is complete.
            ConfigurationError: If the connection cannot be made as configured.
        """
        self._busy += 1
        try:
            response = await self._begun(request, body)
            try:
                yield AsyncStream(response.status, response.headers, _chunks(response))
            finally:
                response.close()  # which keeps the connection if the body has been read
        finally:
            self._busy -= 1
            if self._closed:
                await self._close_if_free()

    async def _begun(
        self, request: HttpRequest, body: AsyncIterator[bytes] | None
    ) -> aiohttp.ClientResponse:
        transports = list[asyncio.Transport]()
        token = _uploading.set(transports)
        try:
            return await self._client().request(
                request.method,
                yarl.URL(request.url, encoded=True),
                headers=request.headers,
                data=request.body if body is None else body,
                allow_redirects=False,
                read_bufsize=_BUFFER,
                **self._options(request.url),
            )
        except BaseException as error:
            for transport in transports:
                transport.abort()
            if isinstance(error, aiohttp.ClientError | TimeoutError | OSError):
                raise _translated(error) from None
            raise
        finally:
            _uploading.reset(token)

    def _client(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=_Connector(limit=0, keepalive_timeout=_IDLE_SECONDS),
                cookie_jar=aiohttp.DummyCookieJar(),  # users must not share a session
                headers=_HEADERS,
                skip_auto_headers=("Content-Type",),
                auto_decompress=False,
                timeout=aiohttp.ClientTimeout(total=None),
            )
            # It would try again by itself; there is no public way to stop that (aiohttp 3.14).
            self._session._retry_connection = False  # pyright: ignore[reportPrivateUsage]
        return self._session

    def _options(self, url: str) -> dict[str, Any]:
        """Return the TLS context and the proxy for the origin of a URL."""
        place = origin_of(url)
        found = self._origins.get(place)
        if found is None:
            context, proxy = connection_options(place, self._settings)
            found = cast("dict[str, Any]", {"ssl": context})
            if proxy is not None and proxy.url.scheme not in ("http", "https"):
                raise ConfigurationError(
                    f"The engine aiohttp does not support {proxy.url.scheme} proxies",
                    next_step='Use engine="httpx", or another proxy',
                )
            if proxy is not None:
                found["proxy"] = yarl.URL(str(proxy.url))
                if proxy.auth is not None:
                    auth = aiohttp.encode_basic_auth(*proxy.auth)
                    found["proxy_headers"] = {"Authorization": auth}  # sent to the proxy
            self._origins[place] = found
        return found

    async def aclose(self) -> None:
        """Close the connections, once no request uses them."""
        self._closed = True
        await self._close_if_free()

    async def _close_if_free(self) -> None:
        session = self._session
        if session is not None and not self._busy:
            self._session = None
            await session.close()


@lru_cache(maxsize=16)  # most calls have the same
def _timeout(seconds: float) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(sock_connect=seconds, sock_read=seconds)


async def _chunks(response: aiohttp.ClientResponse) -> AsyncGenerator[bytes]:
    """Yield the body as it came."""
    try:
        async for chunk in response.content.iter_any():
            yield chunk
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise _translated(error) from None


def _translated(error: Exception) -> messages.TransportError:
    """Return this package's error for one of aiohttp's.

    The texts of some quote the response, which may be a token.
    """
    if isinstance(error, aiohttp.ServerDisconnectedError):
        return messages.ConnectionLostError("the server has closed the connection")
    if isinstance(error, aiohttp.ClientHttpProxyError):
        return messages.ProxyError(f"the proxy answered {error.status}")
    if isinstance(error, aiohttp.ClientResponseError):
        return messages.MalformedResponseError("the response is not HTTP")
    if isinstance(error, aiohttp.ClientPayloadError):
        return messages.ConnectionLostError("the response is not complete")
    reason = str(error) or type(error).__name__
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return messages.CertificateError(str(error.certificate_error))
    if "CERTIFICATE_VERIFY_FAILED" in reason:
        return messages.CertificateError(reason)
    if isinstance(error, TimeoutError):
        return messages.ResponseTimeoutError(reason)
    if isinstance(error, aiohttp.ClientConnectorError):
        reason = f"cannot connect to {error.host}:{error.port}: {_plain(error.os_error)}"
        unknown = isinstance(error.os_error, socket.gaierror)
        return (messages.UnknownHostError if unknown else messages.ConnectError)(reason)
    if isinstance(error, aiohttp.InvalidURL):
        return messages.ProtocolError(reason)
    return messages.ConnectionLostError(reason)


def _plain(error: OSError) -> str:
    """Return the reason for a failed connection, without the TLS context that aiohttp shows."""
    if isinstance(error, ConnectionError) and error.errno:
        return os.strerror(error.errno)  # asyncio's text quotes the address
    return error.strerror or str(error) or type(error).__name__
