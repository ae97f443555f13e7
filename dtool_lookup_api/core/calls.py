"""Drive operations: one driver for each world.

An operation is a generator without I/O. It yields the arguments of a request, or a function
that reads storage, gets the ``Answer`` or what the function returns, and returns the value, or
does so several times. What goes wrong is raised where it yields.

Importing this module loads neither httpx nor asyncio; the first call does.
"""

import importlib
import os
import threading
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Any, Final, Generic, TypeAlias, TypeVar, cast

from ..errors import LookupServerError
from .event_loop import explaining_the_end, in_thread

if TYPE_CHECKING:
    from .answers import Answer
    from .connection import AsyncConnections, BlockingConnections
    from .settings import Given

__all__ = ["Operation", "connections_to_await", "run", "run_async"]

_T = TypeVar("_T")

Step: TypeAlias = dict[str, Any] | Callable[[], Any]
Operation: TypeAlias = Generator[Step, "Answer", _T]

_CONNECTION_MODULE: Final = f"{__package__}.connection"

_blocking: "BlockingConnections | None" = None
_async: "AsyncConnections | None" = None
_imported = False
_import_lock = threading.Lock()


def run(operation: "Operation[_T]", connections: "BlockingConnections | None" = None) -> _T:
    """Return what an operation returns, sending its requests with a blocking connection.

    Args:
        operation: The operation.
        connections: Where to send; default is the configured server.
    """
    if not _imported:
        _import_all()
    if connections is None:
        connections = _default_blocking()
    try:
        return _run(operation, connections)
    except LookupServerError as error:
        explanation = _explanation(error)
        if explanation is None:
            raise
        failure = _run(explanation, connections)
        if failure is error:
            raise
        raise failure from None


def _run(operation: "Operation[_T]", connections: "BlockingConnections") -> _T:
    progress = _Progress(operation)
    while (step := progress.next_step()) is not None:
        try:
            if callable(step):
                progress.found(step())
            else:
                progress.found(connections.send(progress.name, step))
        except Exception as error:  # the operation may know what to do about it
            progress.failed(error)
    return progress.value()


async def run_async(
    operation: "Operation[_T]", connections: "AsyncConnections | None" = None
) -> _T:
    """Return what an operation returns, sending its requests with a connection to await.

    Args:
        operation: The operation.
        connections: Where to send; default is the configured server.
    """
    global _async
    if connections is None:
        if _async is None:
            created = await connections_to_await()
            _async = _async or created  # another task may have been faster
        connections = _async
    try:
        with explaining_the_end():
            return await _run_async(operation, connections)
    except LookupServerError as error:
        explanation = _explanation(error)
        if explanation is None:
            raise
        failure = await _run_async(explanation, connections)
        if failure is error:
            raise
        raise failure from None


async def _run_async(operation: "Operation[_T]", connections: "AsyncConnections") -> _T:
    progress = _Progress(operation)
    while (step := progress.next_step()) is not None:
        try:
            if callable(step):
                progress.found(await in_thread(step))
            else:
                progress.found(await connections.send(progress.name, step))
        except Exception as error:  # the operation may know what to do about it
            progress.failed(error)
    return progress.value()


def _explanation(error: LookupServerError) -> "Operation[LookupServerError] | None":
    """Return the operation that finds out why a call failed, if the error leaves that open."""
    if error.status is None:  # most of what goes wrong needs no import
        return None
    from . import capabilities

    return capabilities.explained(error) if capabilities.is_explicable(error) else None


class _Progress(Generic[_T]):
    """How far an operation has come."""

    def __init__(self, operation: "Operation[_T]") -> None:
        self.name: str = cast("Any", operation).__name__  # a generator has its function's name
        self._operation = operation
        self._found: Any = None
        self._error: Exception | None = None
        self._value: _T | None = None

    def next_step(self) -> "Step | None":
        """Go on, and return what is to be done next, or None at the end."""
        error, self._error = self._error, None
        try:
            if error is None:
                return self._operation.send(self._found)
            return self._operation.throw(error)
        except StopIteration as stop:
            self._value = stop.value
            return None

    def found(self, found: Any) -> None:
        """Note what the step has found."""
        self._found = found

    def failed(self, error: Exception) -> None:
        """Note how the step has failed."""
        self._error = error

    def value(self) -> _T:
        """Return what the operation has returned."""
        return cast("_T", self._value)


def _default_blocking() -> "BlockingConnections":
    global _blocking
    if _blocking is None:
        from .connection import BlockingConnections

        created = BlockingConnections()
        _blocking = _blocking or created  # another thread may have been faster
    return _blocking


async def connections_to_await(given: "Given | None" = None) -> "AsyncConnections":
    """Return new connections, and import what they need beside the event loop, not in it.

    Args:
        given: What the client's constructor was given.
    """
    if not _imported:  # sys.modules has what another thread is still importing, too
        await in_thread(_import_all)
    from .connection import AsyncConnections

    return AsyncConnections(given)


def _import_all() -> None:
    """Import what the first call needs, one thread at a time.

    Threads that begin with different modules of those that import each other would wait for
    each other, which Python ends with an error.
    """
    global _imported
    with _import_lock:
        for module in (_CONNECTION_MODULE, "dserver_client.client"):
            importlib.import_module(module)
        _imported = True


def _after_fork() -> None:
    global _import_lock
    _import_lock = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
