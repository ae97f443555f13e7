"""Connections: one for each process, configuration and, to await, event loop.

A connection is an httpx client with what every request needs (see ``transport``). It is kept
between calls, as setting up TLS and TCP is most of what a call costs, and closed when the
configuration changes, when the event loop ends, or when the program does.
"""

import atexit
import os
import threading
import time
import weakref
from collections.abc import AsyncGenerator, Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import httpx

from . import answers
from .auth import TokenAuth
from .event_loop import running_loop
from .settings import Given, Settings, Settling
from .transport import AsyncHTTP, BlockingHTTP

if TYPE_CHECKING:
    import asyncio

__all__ = ["AsyncConnections", "BlockingConnections"]

_MOST_KEPT: Final = 64  # answers to what asks for kept ones


class _Settled:
    """What all calls with the same settings share."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.connection_key = settings.connection_key
        self.auth = TokenAuth(settings)

    def request(
        self, http: httpx.Client | httpx.AsyncClient, operation: str, kwargs: dict[str, Any]
    ) -> httpx.Request:
        """Return a request, made from the arguments that the generated package makes.

        The client's own ``build_request`` takes three times as long for merging URLs.
        """
        rest = dict(kwargs)
        url = self.settings.url + rest.pop("url")
        headers = [*http.headers.raw, *rest.pop("headers", {}).items()]
        extensions = {
            "timeout": http.timeout.as_dict(),
            **rest.pop("extensions", {}),
            "operation": operation,
        }
        return httpx.Request(url=url, headers=headers, extensions=extensions, **rest)


class _Blocking:
    """A connection, and how many calls are using it."""

    def __init__(self, settled: "_Settled") -> None:
        self.key = (os.getpid(), settled.connection_key)
        self.http = BlockingHTTP(settled.settings.url, settled.settings)
        self.close = weakref.finalize(self, self.http.close)
        self.calls = 0
        self.retired = False


class BlockingConnections:
    """The connection of one client to its server, for functions that block.

    Any number of threads may use it. After a fork it starts anew in the child.

    Args:
        given: What the client's constructor was given.
    """

    def __init__(self, given: Given | None = None) -> None:
        self._settling = Settling(_Settled, given)
        self._lock = threading.Lock()
        self._connection: _Blocking | None = None
        _all_blocking.add(self)

    def send(self, operation: str, kwargs: dict[str, Any]) -> answers.Answer:
        """Send a request and return its answer.

        Args:
            operation: Name of the documented function.
            kwargs: Arguments of the request, as the generated package makes them.

        Raises:
            LookupServerError: If there is no complete answer.
        """
        settled = self._settling.settled()
        with self._current(settled) as http:
            request = settled.request(http, operation, kwargs)
            call = answers.Call(operation, request.method, request.url, settled.settings)
            if (kept := _kept_answer(call, request)) is not None:
                return kept
            try:
                response = http.send(request, auth=settled.auth)
            except httpx.HTTPError as error:
                raise answers.failure(error, call, settled.settings) from None
        return _answer(call, response)

    @contextmanager
    def _current(self, settled: "_Settled") -> Generator[BlockingHTTP]:
        key = (os.getpid(), settled.connection_key)
        with self._lock:
            connection = self._connection
            # At the end of the program, weakref.finalize closes it before atexit handlers run.
            if connection is None or connection.key != key or not connection.close.alive:
                self._retire()
                connection = self._connection = _Blocking(settled)
            connection.calls += 1
        try:
            yield connection.http
        finally:
            with self._lock:
                connection.calls -= 1
                if connection.retired and not connection.calls:
                    connection.close()

    def _retire(self) -> None:
        """Close the connection as soon as nobody uses it."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.retired = True
            if not connection.calls:
                connection.close()

    def close(self) -> None:
        """Close the connection once no call uses it; the next call makes a new one."""
        with self._lock:
            self._retire()

    def after_fork(self) -> None:
        """Leave the parent's connection alone: its sockets are the parent's."""
        self._lock = threading.Lock()
        if self._connection is not None:
            self._connection.close.detach()
            _of_the_parent.append(self._connection)
            self._connection = None


class _Async:
    """A connection of one event loop, and how many calls are using it."""

    def __init__(self, settled: "_Settled") -> None:
        self.key = settled.connection_key
        self.http = AsyncHTTP(settled.settings.url, settled.settings)
        self.calls = 0
        self.retired = False

    async def __aenter__(self) -> AsyncHTTP:
        self.calls += 1
        return self.http

    async def __aexit__(self, *_: object) -> None:
        self.calls -= 1
        if self.retired and not self.calls:
            await self.http.aclose()

    async def retire(self) -> None:
        """Close the connection as soon as nobody uses it."""
        self.retired = True
        if not self.calls:
            await self.http.aclose()


class AsyncConnections:
    """The connections of one client to its server, for functions to await.

    There is one for each event loop; any number of tasks may use it.

    Args:
        given: What the client's constructor was given.
    """

    def __init__(self, given: Given | None = None) -> None:
        self._settling = Settling(_Settled, given)
        self._connections: dict[asyncio.AbstractEventLoop, _Async] = {}
        self._keepers: dict[asyncio.AbstractEventLoop, AsyncGenerator[None]] = {}
        _all_async.add(self)

    async def send(self, operation: str, kwargs: dict[str, Any]) -> answers.Answer:
        """Send a request and return its answer.

        Args:
            operation: Name of the documented function.
            kwargs: Arguments of the request, as the generated package makes them.

        Raises:
            LookupServerError: If there is no complete answer.
        """
        settled = self._settling.settled()
        connection, replaced = await self._current(settled)
        async with connection as http:
            if replaced is not None:
                await replaced.retire()
            request = settled.request(http, operation, kwargs)
            call = answers.Call(operation, request.method, request.url, settled.settings)
            if (kept := _kept_answer(call, request)) is not None:
                return kept
            try:
                response = await http.send(request, auth=settled.auth)
            except httpx.HTTPError as error:
                raise answers.failure(error, call, settled.settings) from None
        return _answer(call, response)

    def give(self, given: Given) -> None:
        """Change what the client's constructor was given; the next call uses it."""
        self._settling = Settling(_Settled, given)

    async def _current(self, settled: "_Settled") -> tuple[_Async, _Async | None]:
        """Return the loop's connection, and the one that it replaces.

        Nothing here lets another task run: it could retire what is not yet in use.
        """
        loop = running_loop()
        found = self._connections.get(loop)
        if found is not None and found.key == settled.connection_key:
            return found, None
        for closed in [each for each in list(self._keepers) if each.is_closed()]:
            self._connections.pop(closed, None)  # closed by hand, its generators not ended
            self._keepers.pop(closed, None)
        connection = self._connections[loop] = _Async(settled)
        if loop not in self._keepers:
            keeper = self._keepers[loop] = self._keep(loop)
            await anext(keeper)
        return connection, found

    async def _keep(self, loop: "asyncio.AbstractEventLoop") -> AsyncGenerator[None]:
        """Close the loop's connection with the loop: asyncio.run ends all async generators."""
        try:
            yield
        finally:
            self._keepers.pop(loop, None)
            connection = self._connections.pop(loop, None)
            if connection is not None:
                await connection.http.aclose()

    async def aclose(self) -> None:
        """Close the running loop's connection once no call uses it; the next makes a new one."""
        loop = running_loop()
        connection, keeper = self._connections.pop(loop, None), self._keepers.get(loop)
        if connection is not None:
            await connection.retire()
        if keeper is not None:
            await keeper.aclose()

    def close_idle_loops(self) -> None:
        """Close what is left at the end of the program, where the loop still allows it."""
        for loop, keeper in list(self._keepers.items()):
            if not loop.is_closed() and not loop.is_running():
                loop.run_until_complete(keeper.aclose())

    def after_fork(self) -> None:
        """Leave the parent's connections alone: their sockets are the parent's."""
        _of_the_parent.append((self._connections, self._keepers))
        self._connections, self._keepers = {}, {}


def _answer(call: answers.Call, response: httpx.Response) -> answers.Answer:
    seconds = response.request.extensions.get("kept")
    if seconds and response.status_code in (200, 404):
        if len(_kept) >= _MOST_KEPT:
            _kept.clear()
        _kept[_kept_key(call)] = (time.monotonic() + seconds, response)
    return answers.Answer(call, response.status_code, response.headers, response.content)


def _kept_answer(call: answers.Call, request: httpx.Request) -> answers.Answer | None:
    """Return the answer to the same request, if it asks for one that is kept and there is one."""
    if "kept" not in request.extensions:
        return None
    until, response = _kept.get(_kept_key(call), (0.0, None))
    if response is None or time.monotonic() > until:
        return None
    return answers.Answer(call, response.status_code, response.headers, response.content)


def _kept_key(call: answers.Call) -> tuple[str, Settings | None]:
    return call.url, call.settings and call.settings.connection_key


_kept: dict[tuple[str, Settings | None], tuple[float, httpx.Response]] = {}


_all_blocking: "weakref.WeakSet[BlockingConnections]" = weakref.WeakSet()
_all_async: "weakref.WeakSet[AsyncConnections]" = weakref.WeakSet()
_of_the_parent: list[Any] = []


def _after_fork() -> None:
    for blocking in list(_all_blocking):
        blocking.after_fork()
    for awaited in list(_all_async):
        awaited.after_fork()


def _at_exit() -> None:
    for connections in list(_all_async):
        connections.close_idle_loops()


atexit.register(_at_exit)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
