"""Drive operations: one driver for each world.

An operation is a generator without I/O. It yields the arguments of a request, gets the
answer, and returns the value, or does so several times. Importing this module loads neither
httpx nor asyncio; the first call does.
"""

import importlib
import sys
from collections.abc import Generator
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeVar, cast

if TYPE_CHECKING:
    from .answers import Answer
    from .connection import AsyncConnections, BlockingConnections
    from .settings import Given

__all__ = ["Operation", "connections_to_await", "run", "run_async"]

_T = TypeVar("_T")

Operation: TypeAlias = Generator[dict[str, Any], "Answer", _T]

_CONNECTION_MODULE: Final = f"{__package__}.connection"

_blocking: "BlockingConnections | None" = None
_async: "AsyncConnections | None" = None


def run(operation: "Operation[_T]", connections: "BlockingConnections | None" = None) -> _T:
    """Return what an operation returns, sending its requests with a blocking connection.

    Args:
        operation: The operation.
        connections: Where to send; default is the configured server.
    """
    if connections is None:
        connections = _default_blocking()
    name: str = cast("Any", operation).__name__  # a generator has its function's name
    try:
        kwargs = next(operation)
        while True:
            kwargs = operation.send(connections.send(name, kwargs))
    except StopIteration as stop:
        value: _T = stop.value
        return value


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
    name: str = cast("Any", operation).__name__  # a generator has its function's name
    try:
        kwargs = next(operation)
        while True:
            kwargs = operation.send(await connections.send(name, kwargs))
    except StopIteration as stop:
        value: _T = stop.value
        return value


def _default_blocking() -> "BlockingConnections":
    global _blocking
    if _blocking is None:
        from .connection import BlockingConnections

        _blocking = BlockingConnections()
    return _blocking


async def connections_to_await(given: "Given | None" = None) -> "AsyncConnections":
    """Return new connections, and import what they need beside the event loop, not in it.

    Args:
        given: What the client's constructor was given.
    """
    if _CONNECTION_MODULE not in sys.modules:
        import asyncio

        await asyncio.to_thread(_import_all)
    from .connection import AsyncConnections

    return AsyncConnections(given)


def _import_all() -> None:
    for module in (_CONNECTION_MODULE, "dserver_client.models", "dtoolcore.utils"):
        importlib.import_module(module)
