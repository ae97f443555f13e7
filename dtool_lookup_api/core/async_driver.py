"""Drive async calls, and keep their connections: one set for each event loop.

The same as ``driver``, in a running event loop; here the deadline also ends a step in progress.
"""

import asyncio
import atexit
import os
import time
import weakref
from collections.abc import AsyncGenerator, Callable
from typing import Any, TypeVar

from . import async_streaming, log
from .attempts import Parallel, Send, Sleep, Step, Steps, Transfer, Wait
from .engines import AIOHTTP, AsyncEngine, async_engine_for, load_aiohttp
from .event_loop import explain_the_end, in_thread, running_loop
from .exchange import Session, Sessions, call
from .messages import HttpRequest, HttpResponse, ResponseTimeoutError, TransportError
from .operation import Operation
from .options import ClientOptions
from .settings import Settings

__all__ = ["AsyncConnectionManager", "drive", "run", "run_steps"]

_T = TypeVar("_T")


async def run(operation: Operation[_T], manager: "AsyncConnectionManager | None" = None) -> _T:
    """Return what an operation returns.

    Args:
        operation: The operation.
        manager: The connections to use, default those of the configured server.
    """
    manager = manager or _default
    try:
        return await drive(call(operation, manager.sessions), manager)
    except RuntimeError as error:
        explain_the_end(error)
        raise


async def run_steps(
    make: Callable[[Session], Steps[_T]], options: ClientOptions | None = None
) -> _T:
    """Return what a generator of steps returns, with connections of its own.

    Args:
        make: Makes the generator for a session.
        options: The options of a client.
    """
    manager = AsyncConnectionManager(options)
    try:
        return await drive(make(manager.sessions.current()), manager)
    finally:
        await manager.aclose()


async def drive(steps: Steps[_T], connections: "AsyncConnectionManager") -> _T:
    """Return what a generator of steps returns, performing them one after the other.

    Args:
        steps: The generator.
        connections: Where to send.
    """
    try:
        step = next(steps)
        while True:
            try:
                found = await _perform(step, connections)
            except BaseException as error:
                step = steps.throw(error)
            else:
                step = steps.send(found)
    except StopIteration as stop:
        value: _T = stop.value
        return value


async def _perform(step: Step, connections: "AsyncConnectionManager") -> Any:
    if isinstance(step, Send | Transfer):
        return await _send(step, connections)
    if isinstance(step, Parallel):
        return await _perform_together(step, connections)
    if isinstance(step, Sleep):
        return await asyncio.sleep(step.seconds)
    if isinstance(step, Wait):
        async with asyncio.timeout(step.deadline - time.monotonic()):
            return await asyncio.wrap_future(step.future)
    return await in_thread(step)


async def _send(step: Send | Transfer, connections: "AsyncConnectionManager") -> HttpResponse:
    engine = connections.find(step.connection) or await connections.open(step.connection)
    started = log.now()
    try:
        if isinstance(step, Transfer):
            response = await async_streaming.transfer(step, engine)
        else:
            response = await _send_in_time(step.request, engine)
    except TransportError as error:
        log.request(step.request, type(error).__name__, started, engine.name)
        raise
    log.request(step.request, response, started, engine.name)
    return response


async def _send_in_time(request: HttpRequest, engine: AsyncEngine) -> HttpResponse:
    limit = asyncio.timeout(request.deadline - time.monotonic())
    try:
        async with limit:
            return await engine.send(request)
    except TimeoutError:
        if not limit.expired():
            raise
        raise ResponseTimeoutError("the call's deadline has passed") from None


async def _perform_together(step: Parallel, connections: "AsyncConnectionManager") -> None:
    async def work() -> None:
        for steps in step.each:
            await drive(steps, connections)

    tasks = [asyncio.ensure_future(work()) for _ in range(step.at_a_time)]
    try:
        await asyncio.gather(*tasks)
    except BaseException:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        raise


class AsyncConnectionManager:
    """The connections of one client, one set for each event loop; any number of tasks may use them.

    Args:
        options: The options of the client.
    """

    def __init__(self, options: ClientOptions | None = None) -> None:
        self.sessions: Sessions = Sessions(options)
        # One for the server and one for storage in each loop.
        self._engines: dict[
            tuple[asyncio.AbstractEventLoop, bool], tuple[Settings, AsyncEngine]
        ] = {}
        self._keepers: dict[asyncio.AbstractEventLoop, AsyncGenerator[None]] = {}
        _all.add(self)

    def reconfigure(self, options: ClientOptions) -> None:
        """Change the options of the client; the next call uses them."""
        self.sessions = Sessions(options)

    def find(self, connection: Settings) -> AsyncEngine | None:
        """Return the running loop's engine for the settings of a connection, if there is one."""
        found = self._engines.get((running_loop(), connection.for_storage))
        if found is None or (found[0] is not connection and found[0] != connection):
            return None
        return found[1]

    async def open(self, connection: Settings) -> AsyncEngine:
        """Return a new engine for the running loop, and close the one that it replaces."""
        if connection.engine == AIOHTTP:
            await in_thread(load_aiohttp)  # the first time, that would hold up the loop
            if (found := self.find(connection)) is not None:  # another task was faster
                return found
        loop = running_loop()
        for closed in [each for each in list(self._keepers) if each.is_closed()]:
            self._pop(closed)  # closed by hand, its generators not ended
            self._keepers.pop(closed, None)
        replaced = self._engines.get((loop, connection.for_storage))
        engine = async_engine_for(connection)
        self._engines[loop, connection.for_storage] = (connection, engine)
        if loop not in self._keepers:
            keeper = self._keepers[loop] = self._keep(loop)
            await anext(keeper)
        if replaced is not None:
            await replaced[1].aclose()
        return engine

    async def _keep(self, loop: asyncio.AbstractEventLoop) -> AsyncGenerator[None]:
        """Close the loop's connections with the loop: asyncio.run ends all async generators."""
        try:
            yield
        finally:
            self._keepers.pop(loop, None)
            await self._close_engines(loop)

    async def aclose(self) -> None:
        """Close the running loop's connections; the next call makes new ones."""
        loop = running_loop()
        await self._close_engines(loop)
        keeper = self._keepers.get(loop)
        if keeper is not None:
            await keeper.aclose()

    async def _close_engines(self, loop: asyncio.AbstractEventLoop) -> None:
        for engine in self._pop(loop):
            await engine.aclose()

    def _pop(self, loop: asyncio.AbstractEventLoop) -> list[AsyncEngine]:
        found = [self._engines.pop((loop, for_storage), None) for for_storage in (False, True)]
        return [each[1] for each in found if each is not None]

    def close_idle_loops(self) -> None:
        """Close the remaining connections when the program ends, if the loop still allows it."""
        for loop, keeper in list(self._keepers.items()):
            if not loop.is_closed() and not loop.is_running():
                loop.run_until_complete(keeper.aclose())

    def after_fork(self) -> None:
        """Leave the parent's connections alone: their sockets are the parent's."""
        _of_the_parent.append((self._engines, self._keepers))
        self._engines, self._keepers = {}, {}


_all: "weakref.WeakSet[AsyncConnectionManager]" = weakref.WeakSet()
_of_the_parent: list[Any] = []
_default = AsyncConnectionManager()


def _after_fork() -> None:
    for manager in list(_all):
        manager.after_fork()


def _at_exit() -> None:
    for manager in list(_all):
        manager.close_idle_loops()


atexit.register(_at_exit)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
