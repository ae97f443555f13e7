"""Requests to storage, from the operation to the response, as a generator without I/O.

The same as ``exchange``, with rules of its own: no token, no deadline but a limit on stalls, other
retries, other settings of connections. Signed URLs are secrets: no error shows their query.
"""

import re
from functools import lru_cache
from typing import Final

from ..errors import (
    CallTimeoutError,
    ConnectionFailedError,
    LookupServerError,
    ServerError,
    UnreadableAnswerError,
)
from . import attempts, messages
from .attempts import Steps, Transfer
from .bodies import Body
from .messages import HttpRequest, HttpResponse, TransportError
from .operation import TransferRequest
from .origins import origin_of
from .responses import RequestInfo
from .settings import Settings
from .values import checked_url, shown_url

__all__ = ["transfer"]

_LONGEST: Final = 200  # characters of a reason
_NOT_IN_URL: Final = re.compile("[^!-~]")
_QUOTATION: Final = re.compile(r"bytearray\(|\bb['\"]|https?://|[?=]")


def transfer(request: TransferRequest, settings: Settings, operation: str) -> Steps[HttpResponse]:
    """Send a request to storage, stream its body or that of the response, and return the response.

    Args:
        request: The request.
        settings: The settings of the call.
        operation: Name of the documented function.

    Raises:
        LookupServerError: If there is no whole response.
    """
    call = RequestInfo(operation, request.method, shown_url(request.url))
    if not _is_usable(request.url):
        shown = call.url if call.url.isprintable() else _NOT_IN_URL.sub("?", call.url)
        call = RequestInfo(operation, request.method, shown)
        raise call.error(
            UnreadableAnswerError,
            "The signed URL cannot be used: it is not an http or https URL with a host, names a "
            "user, or is not encoded",
        )
    try:
        return (
            yield from attempts.transfer(
                lambda: _step(request, settings), settings.storage_key, settings.retries
            )
        )
    except TransportError as error:
        raise _error(error, call, settings) from None


def _step(request: TransferRequest, settings: Settings) -> Transfer:
    headers = request.headers() if callable(request.headers) else request.headers or {}
    body = request.body
    named = {name.lower() for name in headers}
    defaults = {"Accept-Encoding": "identity"}  # else length and hash are not those stored
    if body is not None:
        length = body.length if isinstance(body, Body) else len(body)
        defaults["Content-Length"] = str(length)
    pairs = [(name, value) for name, value in defaults.items() if name.lower() not in named]
    sent = HttpRequest(
        request.method,
        request.url,
        headers=[*headers.items(), *pairs],
        body=None if isinstance(body, Body) else body,
        timeout=settings.storage_timeout,
        deadline=float("inf"),
    )
    return Transfer(
        sent,
        settings.storage_key,
        body=body if isinstance(body, Body) else None,
        receive=request.receive,
        progress=request.progress,
    )


def _is_usable(url: str) -> bool:
    """Return whether a URL leads to a server, and makes no engine send a user and a password."""
    shown = url.partition("?")[0]
    scheme, slashes, rest = shown.partition("//")
    is_encoded = not _NOT_IN_URL.search(url) and "#" not in shown
    return is_encoded and _is_server(f"{scheme}{slashes}{rest.partition('/')[0]}")


@lru_cache(maxsize=64)  # the items of a dataset are at one server
def _is_server(origin: str) -> bool:
    try:
        checked_url(origin, "url")
    except LookupServerError:
        return False
    return True


def _error(error: TransportError, call: RequestInfo, settings: Settings) -> LookupServerError:
    if isinstance(error, messages.NoTimeLeftError):
        return call.error(
            ServerError,
            "Storage cannot answer now",
            status=error.status,
            next_step="Try again later",
        )
    place = origin_of(call.url)
    if isinstance(error, messages.ResponseTimeoutError):
        return call.error(
            CallTimeoutError,
            f"The transfer has stalled: no byte for {settings.storage_timeout:g} s",
            next_step="Try again, or set a longer limit (DSERVER_STORAGE_TIMEOUT). If it never "
            f"works, does a firewall block {place}?",
        )
    reason = _without_query(error.reason)
    if isinstance(error, messages.CertificateError):
        advice = (
            "Set DSERVER_STORAGE_VERIFY_SSL or SSL_CERT_FILE to the path of the CA bundle for the "
            "certificate of storage"
        )
    elif isinstance(error, messages.ProxyError):
        advice = "Check DSERVER_STORAGE_PROXY, HTTP_PROXY and HTTPS_PROXY, or set NO_PROXY"
    elif isinstance(error, messages.UnknownHostError):
        advice = (
            f"No address is known for {place}. If it is a name in the server's network only, tell "
            "the administrator: signed URLs need an address of storage that users can reach"
        )
    elif "WRONG_VERSION_NUMBER" in reason:
        advice = f"{place} does not use TLS: tell the administrator"
    elif isinstance(error, messages.ConnectError):
        advice = f"Is {place} up, and can this machine connect to it?"
    else:
        advice = "Try again"
    kind = (
        UnreadableAnswerError
        if isinstance(error, messages.MalformedResponseError)
        else ConnectionFailedError
    )
    return call.error(kind, f"The transfer failed: {reason}", next_step=advice)


def _without_query(reason: str) -> str:
    """Return an engine's words without what they quote: a URL, or a malformed response."""
    return _QUOTATION.split(reason)[0].strip(" :")[:_LONGEST]
