"""httpx clients with what every request needs: TLS, timeouts, a deadline, retries.

A request passes ``BlockingHTTP.send`` or ``AsyncHTTP.send`` (the deadline; bodies that were
cut), then the auth flow, then httpx-retries (connection errors, 429, 502, 503, 504), then a
transport that gives each try no more time than the deadline leaves.
"""

import functools
import ipaddress
import os
import ssl
import threading
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, cast
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx

from ..errors import ConfigurationError
from . import ahead, answers
from .settings import Settings

__all__ = ["AsyncHTTP", "BlockingHTTP", "NoTimeToRetry", "has_proxy", "is_repeatable"]

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


_tls_lock = threading.Lock()


def _tls_context(
    scheme: str, verify: bool | str, network: tuple[str | None, ...]
) -> ssl.SSLContext:
    """Return one TLS context for each distinct setting: reading the CA bundle takes 31 ms."""
    if scheme == "http" and verify is True:  # needs none, but httpx would make one
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    with _tls_lock:  # the cache would let threads that come first at the same time make one each
        return _cached_tls_context(verify, network)


def _after_fork() -> None:
    global _tls_lock
    _tls_lock = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


@functools.lru_cache(maxsize=16)
def _cached_tls_context(verify: bool | str, network: tuple[str | None, ...]) -> ssl.SSLContext:
    try:
        if isinstance(verify, str):
            if Path(verify).is_dir():
                return ssl.create_default_context(capath=verify)
            return ssl.create_default_context(cafile=verify)
        if not verify:
            warnings.warn(
                "DSERVER_VERIFY_SSL is off: anybody between here and the server can read and "
                "change what is sent, the password included. Use it for tests only.",
                UserWarning,
                stacklevel=3,
            )
        return httpx.create_ssl_context(verify=verify)
    except (OSError, ssl.SSLError) as error:
        raise ConfigurationError(
            f"The certificates to verify the server with cannot be read: {error}",
            next_step="Let DSERVER_VERIFY_SSL or SSL_CERT_FILE name a CA bundle in PEM format",
        ) from None


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
        "verify": _tls_context(parts.scheme, settings.verify, settings.network),
        "proxy": _proxy(parts.scheme, parts.netloc),
        # Threads beyond the limit of one blocking pool were seen to get read errors.
        "limits": httpx.Limits(
            max_connections=None, max_keepalive_connections=_MAX_CONNECTIONS, keepalive_expiry=5.0
        ),
    }


def has_proxy(url: str) -> bool:
    """Tell whether the environment names a proxy for a server."""
    parts = urlsplit(url)
    proxies = getproxies()
    return bool(proxies.get(parts.scheme) or proxies.get("all")) and not proxy_bypass(parts.netloc)


def _proxy(scheme: str, place: str) -> httpx.Proxy | None:
    """Return the proxy of the environment, which httpx ignores once it is given a transport.

    Args:
        scheme: Scheme of the server's URL.
        place: Host and, if given, port of the server: NO_PROXY may name either.
    """
    if proxy_bypass(place):
        return None
    proxies = getproxies()
    proxy = _as_proxy(proxies.get(scheme) or proxies.get("all") or "")
    if not isinstance(proxy, str):
        return proxy
    del proxies  # which may hold passwords, and a traceback shows the variables of its frames
    raise ConfigurationError(
        f"The proxy for {scheme}:// in the environment cannot be used: {proxy}",
        next_step=f"Set {scheme.upper()}_PROXY to something like http://proxy.example:3128, or "
        f"name {place} in NO_PROXY",
    )


def _as_proxy(url: str) -> httpx.Proxy | str | None:
    """Return the proxy with this URL, or what is wrong with it, or None if there is no URL."""
    if not url:
        return None
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        if parts.scheme.startswith("socks"):
            return "SOCKS is not supported"
        if parts.port != 0:  # asking for it raises ValueError where it is none
            return httpx.Proxy(parts.geturl())
    except (ValueError, httpx.InvalidURL):
        pass
    return "it is not the URL of a proxy"


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
    deadline: float = request.extensions.setdefault(
        "deadline", time.monotonic() + settings.deadline
    )
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
