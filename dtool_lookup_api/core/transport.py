"""httpx clients with what every request needs: TLS, timeouts, a deadline, retries.

A request passes ``BlockingHTTP.send`` or ``AsyncHTTP.send`` (the deadline; bodies that were
cut), then the auth flow, then httpx-retries (connection errors, 429, 502, 503, 504), then a
transport that gives each try no more time than the deadline leaves.
"""

import ipaddress
import time
import warnings
from collections.abc import Iterator
from typing import Any, Final, cast
from urllib.parse import urlsplit

import httpx

from . import ahead, answers
from .proxies import proxy_for
from .settings import Settings
from .tls import tls_context

__all__ = ["AsyncHTTP", "BlockingHTTP", "NoTimeToRetry", "is_repeatable"]

_MAX_CONNECTIONS: Final = 100
_WORTH_RETRYING: Final = (429, 502, 503, 504)  # to httpx-retries too
_SEARCH_PATHS: Final = ("/uris", "/mongo/query", "/mongo/aggregate")


class NoTimeToRetry(httpx.TransportError):
    """The next try would begin after the call's deadline."""

    def __init__(self, response: httpx.Response) -> None:
        super().__init__(f"status {response.status_code}")
        self.status: int = response.status_code
        self.retry_after: str | None = response.headers.get("Retry-After")


def is_repeatable(method: str, path: str) -> bool:
    """Tell whether sending a request twice does the same as sending it once.

    PUT and DELETE replace or remove a whole resource. Of what is sent by POST only the
    searches may be repeated: a grant answers 409 the second time, an upload starts anew.

    Args:
        method: The HTTP method.
        path: The path below the server's URL, percent-encoded: values may look like routes.
    """
    if method != "POST":
        return method in ("GET", "HEAD", "PUT", "DELETE")
    return path in _SEARCH_PATHS or path.startswith("/graph/uuids/")


def _is_loopback(host: str | None) -> bool:
    """Tell whether a host is this machine."""
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return host == "localhost"


def _transport_arguments(url: str, settings: Settings) -> dict[str, Any]:
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme == "http" and not _is_loopback(host):
        warnings.warn(
            f"{parts.scheme}://{parts.netloc} is not encrypted: tokens and passwords can be "
            "read on the way. Use https.",
            UserWarning,
            stacklevel=2,
        )
    return {
        "verify": tls_context(parts.scheme, settings.verify, settings.network),
        "proxy": proxy_for(url),
        # Threads beyond the limit of one blocking pool were seen to get read errors.
        "limits": httpx.Limits(
            max_connections=None, max_keepalive_connections=_MAX_CONNECTIONS, keepalive_expiry=5.0
        ),
    }


def _limited(request: httpx.Request) -> float:
    """Give a try no more time than the deadline leaves, and return the deadline."""
    deadline: float = request.extensions["deadline"]
    left = deadline - time.monotonic()
    if left <= 0:
        raise httpx.ReadTimeout("the call's deadline has passed", request=request)
    timeout = request.extensions["timeout"]
    request.extensions = {
        **request.extensions,
        "timeout": {kind: min(left, seconds or left) for kind, seconds in timeout.items()},
    }
    return deadline


class _BoundedBody(httpx.SyncByteStream):
    """A body that ends with the deadline, however slowly the server drips it."""

    def __init__(self, stream: httpx.SyncByteStream, deadline: float) -> None:
        self._stream, self._deadline = stream, deadline

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._stream:
            if time.monotonic() > self._deadline:
                raise httpx.ReadTimeout("the call's deadline has passed")
            yield chunk

    def close(self) -> None:
        self._stream.close()


class _BlockingTransport(httpx.HTTPTransport):
    def handle_request(self, request: httpx.Request) -> httpx.Response:
        try:
            first: httpx.Response | Exception = self._try(request)
        except Exception as error:
            first = error
        if isinstance(first, httpx.Response) and first.status_code not in _WORTH_RETRYING:
            return first
        from .retries import again

        return again(first, request, self._try)

    def _try(self, request: httpx.Request) -> httpx.Response:
        ahead.go_on()
        deadline = _limited(request)
        response = super().handle_request(request)
        response.stream = _BoundedBody(cast("httpx.SyncByteStream", response.stream), deadline)
        if answers.may_refuse_token(response.status_code):
            try:
                response.read()  # the auth flow wants it; if it is cut here, it is tried again
            finally:
                response.close()
        return response


class _AsyncTransport(httpx.AsyncHTTPTransport):
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        try:
            first: httpx.Response | Exception = await self._try(request)
        except Exception as error:
            first = error
        if isinstance(first, httpx.Response) and first.status_code not in _WORTH_RETRYING:
            return first
        from .retries import again_async

        return await again_async(first, request, self._try)

    async def _try(self, request: httpx.Request) -> httpx.Response:
        _limited(request)
        response = await super().handle_async_request(request)
        if answers.may_refuse_token(response.status_code):
            try:
                await response.aread()
            finally:
                await response.aclose()
        return response


def _user_agent() -> dict[str, str]:
    """Say who sends a request, for the logs of the server."""
    from .. import __version__  # at the top it would not be there yet

    return {"User-Agent": f"dtool-lookup-api/{__version__} python-httpx/{httpx.__version__}"}


class _NoCookies(httpx.Cookies):
    """Cookies that stay empty: users with the same connection must not share a session."""

    def extract_cookies(self, response: httpx.Response) -> None:
        """Take none from a response; even looking for them is a tenth of a call."""


def _bounded(request: httpx.Request, base_url: httpx.URL, settings: Settings) -> float:
    """Note on a request how often and until when it may be tried; return the deadline."""
    patience: float = request.extensions.get("patience", 0.0)  # where an answer takes long
    deadline: float = request.extensions.setdefault(
        "deadline", time.monotonic() + max(settings.deadline, patience)
    )
    if patience > settings.timeout:
        timeout = {**request.extensions["timeout"], "read": patience}
        request.extensions = {**request.extensions, "timeout": timeout}
    repeatable = request.extensions.get("repeatable")
    if repeatable is None:
        path = request.url.raw_path.partition(b"?")[0].decode("ascii")
        base = base_url.raw_path.decode("ascii").rstrip("/")
        repeatable = is_repeatable(request.method, path.removeprefix(base))
    request.extensions["tries"] = settings.retries if repeatable else 0
    return deadline


class BlockingHTTP(httpx.Client):
    """An httpx client for one server: retries, timeouts and deadline are built in."""

    def __init__(self, url: str, settings: Settings, auth: httpx.Auth | None = None) -> None:
        self._settings = settings
        super().__init__(
            base_url=url,
            auth=auth,
            headers=_user_agent(),
            timeout=settings.timeout,
            transport=_BlockingTransport(**_transport_arguments(url, settings)),
        )
        self._cookies = _NoCookies()

    def send(
        self, request: httpx.Request, *, stream: bool = False, **options: Any
    ) -> httpx.Response:
        """Send a request and read its answer, again where that may help.

        Args:
            request: The request.
            stream: Leave the body unread, and so unprotected.
            **options: As for ``httpx.Client.send``.
        """
        _bounded(request, self.base_url, self._settings)
        while True:
            response = super().send(request, stream=True, **options)
            if stream:
                return response
            try:
                response.read()
            except httpx.TransportError as error:
                response.close()
                from .retries import policy_after_cut

                policy_after_cut(response, error).sleep(error)
            else:
                return response


class AsyncHTTP(httpx.AsyncClient):
    """The same as BlockingHTTP to await; here the deadline ends whatever is under way."""

    def __init__(self, url: str, settings: Settings, auth: httpx.Auth | None = None) -> None:
        self._settings = settings
        super().__init__(
            base_url=url,
            auth=auth,
            headers=_user_agent(),
            timeout=settings.timeout,
            transport=_AsyncTransport(**_transport_arguments(url, settings)),
        )
        self._cookies = _NoCookies()

    async def send(
        self, request: httpx.Request, *, stream: bool = False, **options: Any
    ) -> httpx.Response:
        """Send a request and read its answer, again where that may help.

        Args:
            request: The request.
            stream: Leave the body unread, and so unprotected.
            **options: As for ``httpx.AsyncClient.send``.
        """
        import asyncio

        deadline = _bounded(request, self.base_url, self._settings)
        limit = asyncio.timeout(deadline - time.monotonic())
        try:
            async with limit:
                return await self._send_until_whole(request, stream, options)
        except TimeoutError:
            if not limit.expired():
                raise
            raise httpx.ReadTimeout("the call's deadline has passed", request=request) from None

    async def _send_until_whole(
        self, request: httpx.Request, stream: bool, options: dict[str, Any]
    ) -> httpx.Response:
        while True:
            response = await super().send(request, stream=True, **options)
            if stream:
                return response
            try:
                await response.aread()
            except httpx.TransportError as error:
                await response.aclose()
                from .retries import policy_after_cut

                await policy_after_cut(response, error).asleep(error)
            else:
                return response
