"""Drive blocking calls, and keep their connections: one set for each process and configuration.

It performs the steps of the exchange: sends, sleeps, waits, and functions that read storage.
Whatever a step raises, Ctrl-C included, is raised in the generator, so that a call that fetches the
token for others never leaves them waiting. Importing this module loads httpx, but not asyncio.
"""

import os
import threading
import time
import weakref
from collections.abc import Callable
from typing import Any, Final, TypeVar

from ..errors import ConfigurationError
from . import log, prefetch, streaming
from .attempts import Parallel, Send, Sleep, Step, Steps, Transfer, Wait
from .auth import LeaderInThisThreadError
from .engine_httpx import HttpxEngine
from .engines import AIOHTTP, engine_for
from .exchange import Session, Sessions, call
from .messages import HttpResponse, TransportError
from .operation import Operation
from .options import ClientOptions
from .settings import Settings

__all__ = ["ConnectionManager", "drive", "run", "run_steps"]

_T = TypeVar("_T")

_LOOK_AFTER: Final = 0.2  # seconds until a thread that waits for others looks whether to go on


def run(operation: Operation[_T], manager: "ConnectionManager | None" = None) -> _T:
    """Return what an operation returns.

    Args:
        operation: The operation.
        manager: The connections to use, default those of the configured server.
    """
    manager = manager or _default
    return drive(call(operation, manager.sessions), manager)


def run_steps(make: Callable[[Session], Steps[_T]], options: ClientOptions | None = None) -> _T:
    """Return what a generator of steps returns, with connections of its own.

    Args:
        make: Makes the generator for a session.
        options: The options of a client.
    """
    manager = ConnectionManager(options)
    try:
        return drive(make(manager.sessions.current()), manager)
    finally:
        manager.close()


def drive(steps: Steps[_T], connections: "ConnectionManager") -> _T:
    """Return what a generator of steps returns, performing them one after the other.

    Args:
        steps: The generator.
        connections: Where to send.
    """
    try:
        step = next(steps)
        while True:
            try:
                found = _perform(step, connections)
            except BaseException as error:
                step = steps.throw(error)
            else:
                step = steps.send(found)
    except StopIteration as stop:
        value: _T = stop.value
        return value


def _perform(step: Step, connections: "ConnectionManager") -> Any:
    if isinstance(step, Send | Transfer):
        prefetch.raise_if_stopped()
        return _send(step, connections.engine(step.connection))
    if isinstance(step, Parallel):
        return _perform_together(step, connections)
    if isinstance(step, Sleep):
        return prefetch.sleep(step.seconds)
    if isinstance(step, Wait):
        if step.thread == threading.get_ident():
            raise LeaderInThisThreadError
        return step.future.result(max(0.0, step.deadline - time.monotonic()))
    return step()


def _send(step: Send | Transfer, engine: HttpxEngine) -> HttpResponse:
    started = log.now()
    try:
        if isinstance(step, Transfer):
            response = streaming.transfer(step, engine, prefetch.raise_if_stopped)
        else:
            response = engine.send(step.request)
    except TransportError as error:
        log.request(step.request, type(error).__name__, started, engine.name)
        raise
    log.request(step.request, response, started, engine.name)
    return response


def _perform_together(step: Parallel, connections: "ConnectionManager") -> None:
    from concurrent import futures

    lock, ended = threading.Lock(), threading.Semaphore(0)

    def work() -> None:
        try:
            while True:
                prefetch.raise_if_stopped()
                with lock:
                    steps = next(step.each, None)
                if steps is None:
                    return
                drive(steps, connections)
        finally:
            ended.release()

    threads = prefetch.Threads()
    workers = [threads.start(work) for _ in range(step.at_a_time)]
    try:
        waiting = set(workers)
        while waiting:
            prefetch.raise_if_stopped()  # the caller may be a thread itself
            done, waiting = futures.wait(waiting, _LOOK_AFTER, futures.FIRST_EXCEPTION)
            for each in done:
                each.result()
    except BaseException:
        threads.stop()
        for _ in workers:
            ended.acquire()
        raise


class ConnectionManager:
    """The connections of one client; any number of threads may use them.

    After a fork it starts anew in the child.

    Args:
        options: The options of the client.
    """

    def __init__(self, options: ClientOptions | None = None) -> None:
        if options is not None and options.engine == AIOHTTP:
            raise ConfigurationError(
                "The engine aiohttp is only for async calls",
                next_step="Use AsyncClient, or leave engine out",
            )
        self.sessions: Sessions = Sessions(options)
        self._lock = threading.Lock()
        # One for the server and one for storage, each with what closes it.
        self._engines: dict[bool, tuple[Settings, HttpxEngine, Any]] = {}
        _all.add(self)

    def engine(self, connection: Settings) -> HttpxEngine:
        """Return the engine for the settings of a connection.

        Args:
            connection: The settings.
        """
        current = self._engines.get(connection.for_storage)
        if current is not None and current[0] is connection:
            return current[1]
        with self._lock:
            current = self._engines.get(connection.for_storage)
            if current is not None:
                if current[0] == connection:
                    return current[1]
                current[2]()
            engine = engine_for(connection)
            close = weakref.finalize(self, engine.close)
            self._engines[connection.for_storage] = (connection, engine, close)
            return engine

    def close(self) -> None:
        """Close the connections; those in use close when their responses are complete.

        The next call makes new ones.
        """
        with self._lock:
            while self._engines:
                self._engines.popitem()[1][2]()

    def after_fork(self) -> None:
        """Close the child's copies of the free connections; the parent keeps its own."""
        self._lock = threading.Lock()
        while self._engines:
            _, engine, close = self._engines.popitem()[1]
            close.detach()
            engine.close_inherited()


_all: "weakref.WeakSet[ConnectionManager]" = weakref.WeakSet()
_default = ConnectionManager()


def _after_fork() -> None:
    for manager in list(_all):
        manager.after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
