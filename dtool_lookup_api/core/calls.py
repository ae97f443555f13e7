"""Run operations: where the documented functions enter, once blocking and once async.

Importing this module loads neither httpx nor asyncio; the first call does.
"""

import importlib
import os
import threading
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from ..errors import LookupServerError
from .event_loop import in_thread
from .operation import Operation

if TYPE_CHECKING:
    from .async_driver import AsyncConnectionManager
    from .attempts import Steps
    from .driver import ConnectionManager
    from .exchange import Session
    from .options import ClientOptions

__all__ = [
    "connection_manager",
    "connection_manager_async",
    "run",
    "run_async",
    "run_steps",
    "run_steps_async",
]

_T = TypeVar("_T")

_drivers: dict[str, Any] = {}
_import_lock = threading.Lock()


def run(operation: Operation[_T], manager: "ConnectionManager | None" = None) -> _T:
    """Return what an operation returns; the caller waits.

    Args:
        operation: The operation.
        manager: The connections to use, default those of the configured server.
    """
    driver = _driver("driver")
    try:
        value: _T = driver.run(operation, manager)
    except LookupServerError as error:
        # Of the traceback, this package's inside says nothing to users.
        raise error.with_traceback(None) from None
    return value


async def run_async(
    operation: Operation[_T], manager: "AsyncConnectionManager | None" = None
) -> _T:
    """Return what an operation returns, in the running event loop.

    Args:
        operation: The operation.
        manager: The connections to use, default those of the configured server.
    """
    driver = _drivers.get("async_driver") or await _async_driver()
    try:
        value: _T = await driver.run(operation, manager)
    except LookupServerError as error:
        raise error.with_traceback(None) from None  # as in `run`
    return value


def run_steps(make: "Callable[[Session], Steps[_T]]", options: "ClientOptions | None" = None) -> _T:
    """Return what a generator of steps returns, with connections of its own.

    Args:
        make: Makes the generator for a session.
        options: What a client's constructor was given.
    """
    value: _T = _driver("driver").run_steps(make, options)
    return value


async def run_steps_async(
    make: "Callable[[Session], Steps[_T]]", options: "ClientOptions | None" = None
) -> _T:
    """Return what a generator of steps returns, in the running event loop.

    Args:
        make: Makes the generator for a session.
        options: What a client's constructor was given.
    """
    value: _T = await (await _async_driver()).run_steps(make, options)
    return value


def connection_manager(options: "ClientOptions | None" = None) -> "ConnectionManager":
    """Return new connections.

    Args:
        options: What the client's constructor was given.
    """
    manager: ConnectionManager = _driver("driver").ConnectionManager(options)
    return manager


async def connection_manager_async(
    options: "ClientOptions | None" = None,
) -> "AsyncConnectionManager":
    """Return new connections for event loops.

    Args:
        options: What the client's constructor was given.
    """
    manager: AsyncConnectionManager = (await _async_driver()).AsyncConnectionManager(options)
    return manager


async def _async_driver() -> Any:
    """Return the driver; a thread imports it, which would hold up the event loop."""
    return _drivers.get("async_driver") or await in_thread(partial(_driver, "async_driver"))


def _driver(name: str) -> Any:
    """Return the module of a driver, after importing what the first call needs.

    One thread at a time: threads that begin with different modules of those that import each other
    would wait for each other, which Python ends with an error.
    """
    found = _drivers.get(name)
    if found is None:
        with _import_lock:
            importlib.import_module("dtool_lookup_rest.client")
            found = _drivers[name] = importlib.import_module(f"{__package__}.{name}")
    return found


def _after_fork() -> None:
    global _import_lock
    _import_lock = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
