"""Run operations: the entry points of the documented functions, blocking and async.

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
    "async_driver",
    "driver",
    "run",
    "run_async",
    "run_steps",
]

_T = TypeVar("_T")

_drivers: dict[str, Any] = {}
_import_lock = threading.Lock()


def run(operation: Operation[_T], manager: "ConnectionManager | None" = None) -> _T:
    """Return what an operation returns.

    Args:
        operation: The operation.
        manager: The connections to use, default those of the configured server.
    """
    module = driver()
    try:
        value: _T = module.run(operation, manager)
    except LookupServerError as error:
        # Frames of this package's internals do not help users.
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
    module = _drivers.get("async_driver") or await async_driver()
    try:
        value: _T = await module.run(operation, manager)
    except LookupServerError as error:
        raise error.with_traceback(None) from None  # as in `run`
    return value


def run_steps(make: "Callable[[Session], Steps[_T]]", options: "ClientOptions | None" = None) -> _T:
    """Return what a generator of steps returns, with connections of its own.

    Args:
        make: Makes the generator for a session.
        options: The options of a client.
    """
    value: _T = driver().run_steps(make, options)
    return value


def driver() -> Any:
    """Return the module ``driver``; the first call imports it, and httpx with it."""
    return _imported("driver")


async def async_driver() -> Any:
    """Return the module ``async_driver``; a thread imports it, as that would block the loop."""
    return _drivers.get("async_driver") or await in_thread(partial(_imported, "async_driver"))


def _imported(name: str) -> Any:
    """Return the module of a driver, after importing what the first call needs.

    One thread at a time: threads that import modules in different orders may wait for each other,
    which Python ends with an error.
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
