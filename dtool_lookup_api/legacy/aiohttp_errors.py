"""Errors and sessions of aiohttp, on which dtool-lookup-api 0.10 was built.

``lookup_clients`` raises its errors through here. Where a program has loaded aiohttp, an error is
also the exception that 0.10 raised in that situation, so that the program's ``except`` branches
run. Nothing here imports aiohttp, except for a program that asks for a ``session``.

A login that is refused was a RuntimeError in 0.10, and so is ``AuthenticationError``: it stays
as it is. So do refusals of arguments, which 0.10 has sent.
"""

import functools
import socket
import ssl
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from importlib import import_module
from types import SimpleNamespace
from typing import Any, Final, cast
from urllib.parse import urlsplit

from ..core.tls import tls_context
from ..core.values import shown_url
from ..errors import (
    AuthenticationError,
    CallTimeoutError,
    ConfigurationError,
    ConnectionFailedError,
    LookupServerError,
    NotOfferedError,
    UnreadableAnswerError,
)

__all__ = ["aiohttp_session", "catchable_as_aiohttp"]

# Why no connection was made, and the exception of aiohttp that says so.
_CONNECTOR_ERRORS: Final[tuple[tuple[type[OSError], str], ...]] = (
    (ssl.SSLCertVerificationError, "ClientConnectorCertificateError"),
    (ssl.SSLError, "ClientConnectorSSLError"),
    (socket.gaierror, "ClientConnectorDNSError"),
)


@contextmanager
def catchable_as_aiohttp() -> Generator[None]:
    """Raise an error of the block as one that is also an exception of aiohttp."""
    try:
        yield
    except LookupServerError as error:
        aiohttp = sys.modules.get("aiohttp")
        # Another thread may be importing it in this moment, and releases differ in what they have.
        kind = next((vars(aiohttp)[name] for name in _names(error) if hasattr(aiohttp, name)), None)
        if kind is None:
            raise
        converted = _converted(error, kind).with_traceback(error.__traceback__)
        raise converted from error.__cause__


def aiohttp_session(verify_ssl: bool | str) -> Any:
    """Return a new ``aiohttp.ClientSession``, in which a program makes requests of its own.

    Args:
        verify_ssl: Whether to verify certificates, or the path of a CA bundle.

    Raises:
        AttributeError: If aiohttp is not installed.
    """
    try:
        aiohttp: Any = import_module("aiohttp")
    except ImportError:
        raise AttributeError(
            "session needs aiohttp, which is no longer installed with this package: "
            "pip install aiohttp. Instead, "
            "dtool_lookup_api.typed.connect().get_async_httpx_client() logs in and retries"
        ) from None
    context = tls_context("https", verify_ssl, ())
    return aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=context))


def _names(error: LookupServerError) -> list[str]:
    """Return the names of the exceptions that aiohttp has for a situation, the best one first."""
    if isinstance(error, AuthenticationError):
        return []
    if isinstance(error, CallTimeoutError):
        return ["ServerTimeoutError"]
    if isinstance(error, ConnectionFailedError):
        reason = _os_error(error)
        named = [name for kind, name in _CONNECTOR_ERRORS if isinstance(reason, kind)]
        return [*named, "ClientConnectorError"]
    if isinstance(error, ConfigurationError):  # only what is wrong with a URL names one
        return [] if error.url is None else ["InvalidURL"]
    if error.status is None:
        return []
    is_json = "json" in (error.headers or {}).get("content-type", "json")
    if isinstance(error, (NotOfferedError, UnreadableAnswerError)) or not is_json:
        return ["ContentTypeError"]
    return ["ClientResponseError"]


def _converted(error: LookupServerError, kind: Any) -> LookupServerError:
    """Return an error that is also an exception of aiohttp, with the attributes of all of these.

    No constructor runs: those of aiohttp's classes need objects that do not exist here.
    """
    plain: Any = type(error)
    both = _both(plain, kind)
    converted = both.__new__(both)
    converted.args = error.args
    vars(converted).update({**vars(error), **_attributes(error), "_plain": dict(vars(error))})
    if isinstance(converted, OSError):
        reason = _os_error(error)
        converted.errno, converted.strerror = reason.errno, reason.strerror
    return converted


@functools.cache
def _both(ours: type[LookupServerError], theirs: type[Exception]) -> type[LookupServerError]:
    def as_plain(error: Any) -> Any:
        """Let a pickle come back as the plain error, also where there is no aiohttp."""
        plain = ours(error.what)
        vars(plain).update(error._plain)
        return plain.__reduce__()

    namespace = {"__module__": ours.__module__, "__doc__": ours.__doc__, "__reduce__": as_plain}
    return cast("type[LookupServerError]", type(ours.__name__, (ours, theirs), namespace))


def _attributes(error: LookupServerError) -> dict[str, Any]:
    """Return what the exceptions of aiohttp have as attributes or behind properties."""
    url = shown_url(error.url or "")
    host, port = _place(url)
    reason = _os_error(error)
    return {
        "message": error.what,
        "headers": _headers(error.headers or {}),
        "history": (),
        "request_info": _request_info(url, error.method or ""),
        "host": host,
        "port": port,
        "os_error": reason,
        "_os_error": reason,
        "_certificate_error": reason,
        "_conn_key": SimpleNamespace(
            host=host, port=port, ssl=True, is_ssl=url.startswith("https:")
        ),
        "_url": url,
        "_description": error.what,
    }


def _place(url: str) -> tuple[str, int | None]:
    try:
        parts = urlsplit(url)
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    except ValueError:  # it is the URL that is wrong
        return "", None
    return parts.hostname or "", port


def _headers(headers: dict[str, str]) -> Any:
    multidict: Any = import_module("multidict")  # which aiohttp needs
    return multidict.CIMultiDictProxy(multidict.CIMultiDict(headers))


def _request_info(url: str, method: str) -> Any:
    aiohttp: Any = import_module("aiohttp")
    yarl: Any = import_module("yarl")
    try:
        place = yarl.URL(url)
    except ValueError:
        place = yarl.URL()
    return aiohttp.RequestInfo(place, method, _headers({}), place)


def _os_error(error: BaseException) -> OSError:
    """Return the error of the operating system that is behind an error; a general one if none."""
    found = next((each for each in _causes(error) if each.errno is not None), None)
    return found or OSError(None, str(getattr(error, "what", error)))


def _causes(error: BaseException) -> Iterator[OSError]:
    """Yield the errors of the operating system that have led to an error, the last one first."""
    if isinstance(error, OSError):
        yield error
    if isinstance(error, BaseExceptionGroup):  # one for each address of the host
        for each in cast("BaseExceptionGroup[BaseException]", error).exceptions:
            yield from _causes(each)
    cause = error.__cause__ or error.__context__
    if cause is not None:
        yield from _causes(cause)
