"""Drive operations: one driver for each world.

An operation is a generator without I/O. It yields the arguments of a request, gets the
answer, and returns the value, or does so several times. Importing this module loads neither
httpx nor asyncio; the first call does.
"""

from collections.abc import Generator
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar, cast

if TYPE_CHECKING:
    from .answers import Answer
    from .connection import AsyncConnections, BlockingConnections

__all__ = ["Operation", "run", "run_async"]

_T = TypeVar("_T")

Operation: TypeAlias = Generator[dict[str, Any], "Answer", _T]

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
    if connections is None:
        connections = _default_async()
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


def _default_async() -> "AsyncConnections":
    global _async
    if _async is None:
        from .connection import AsyncConnections

        _async = AsyncConnections()
    return _async
