"""Choose the engine that sends: httpx, aiohttp where it is asked for, or a transport of the user's.

An engine has one set of connections and two methods: ``send`` sends a request and returns the whole
response, ``stream`` sends or receives a body in pieces. Nothing else touches a socket.
"""

import os
import weakref
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, suppress
from importlib import import_module
from typing import Any, Final, Protocol, cast

import httpx

from ..errors import ConfigurationError
from .engine_httpx import AsyncHttpxEngine, HttpxEngine
from .messages import AsyncStream, HttpRequest, HttpResponse
from .settings import Settings

__all__ = ["AIOHTTP", "AsyncEngine", "async_engine_for", "engine_for", "load_aiohttp"]

AIOHTTP: Final = "aiohttp"


class AsyncEngine(Protocol):
    """The interface of an engine for the async driver."""

    @property
    def name(self) -> str:
        """Name of the engine, for logs."""
        ...

    async def send(self, request: HttpRequest) -> HttpResponse:
        """Send a request and return the whole response."""
        ...

    def stream(
        self, request: HttpRequest, body: AsyncIterator[bytes] | None = None
    ) -> AbstractAsyncContextManager[AsyncStream]:
        """Send a request, and yield its response before the body comes."""
        ...

    async def aclose(self) -> None:
        """Close the connections: free ones now, the others when their responses are complete."""


def engine_for(settings: Settings) -> HttpxEngine:
    """Return a new engine for calls that block; aiohttp, which is for others, does not count.

    Raises:
        ConfigurationError: If the chosen one cannot be used.
    """
    if isinstance(settings.engine, str):
        return HttpxEngine(settings)
    _refuse_inherited(settings.engine)
    if not isinstance(settings.engine, httpx.BaseTransport):
        raise _wrong_transport("httpx.BaseTransport", "AsyncClient")
    return HttpxEngine(settings, settings.engine)


def async_engine_for(settings: Settings) -> AsyncEngine:
    """Return a new engine for calls that are awaited.

    Raises:
        ConfigurationError: If the chosen one cannot be used.
    """
    if settings.engine == AIOHTTP:
        return cast("AsyncEngine", load_aiohttp().AiohttpEngine(settings))
    if isinstance(settings.engine, str):
        return AsyncHttpxEngine(settings)
    _refuse_inherited(settings.engine)
    if not isinstance(settings.engine, httpx.AsyncBaseTransport):
        raise _wrong_transport("httpx.AsyncBaseTransport", "Client")
    return AsyncHttpxEngine(settings, settings.engine)


def load_aiohttp() -> Any:
    """Return the module of the engine, after importing aiohttp, which takes 139 ms.

    Raises:
        ConfigurationError: If aiohttp is not installed.
    """
    try:
        return import_module(f"{__package__}.engine_aiohttp")
    except ImportError:
        raise ConfigurationError(
            "The engine aiohttp needs the package aiohttp",
            next_step="pip install 'dtool-lookup-api[aiohttp]'",
        ) from None


_used_in: "weakref.WeakKeyDictionary[Any, int]" = weakref.WeakKeyDictionary()
"""The process that uses each transport of a user."""


def _refuse_inherited(transport: Any) -> None:
    """Refuse a transport that the parent process has used: both would read the same connection."""
    with suppress(TypeError):  # a class may allow no weak references
        if _used_in.setdefault(transport, os.getpid()) != os.getpid():
            raise ConfigurationError(
                "The transport given as engine was used before this process was forked",
                next_step="Make a client with a new transport in each process",
            )


def _wrong_transport(wanted: str, other: str) -> ConfigurationError:
    return ConfigurationError(
        f"The transport given as engine is not an {wanted}",
        next_step=f"Give one, or use {other}",
    )
