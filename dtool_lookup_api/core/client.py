"""What ``Client`` and ``AsyncClient`` have apart from the documented functions."""

from collections.abc import Callable
from types import FunctionType
from typing import TYPE_CHECKING, Any, Protocol, Self, TypeVar, cast

from ..errors import InvalidRequestError
from .calls import async_driver, driver, run, run_async
from .closing import AsyncClosing, Closing
from .operation import Operation
from .options import ClientArguments
from .secret import revealed
from .values import shown_url

if TYPE_CHECKING:
    from .async_driver import AsyncConnectionManager
    from .attempts import Steps
    from .driver import ConnectionManager
    from .exchange import Session

__all__ = ["AsyncClientBase", "ClientBase", "runner"]

_T = TypeVar("_T")


class _Configured(ClientArguments):
    """A client's own settings, which take precedence over the configuration."""

    def __init_subclass__(cls) -> None:
        """Let Python's message about a wrong argument name the class that was called."""
        super().__init_subclass__()
        inherited: Any = cls.__init__
        if "__init__" not in vars(cls) and isinstance(inherited, FunctionType):
            own: Any = FunctionType(
                inherited.__code__,
                inherited.__globals__,
                inherited.__name__,
                inherited.__defaults__,
                inherited.__closure__,
            )
            own.__kwdefaults__ = inherited.__kwdefaults__
            own.__annotations__, own.__doc__ = inherited.__annotations__, inherited.__doc__
            own.__module__, own.__qualname__ = cls.__module__, f"{cls.__qualname__}.__init__"
            type.__setattr__(cls, "__init__", own)

    def __repr__(self) -> str:
        url: Any = self._option("url")
        shown = repr(shown_url(url)) if isinstance(url, str) else ""
        return f"{type(self).__name__}({shown})"

    def _option(self, name: str) -> Any:
        """Return what the constructor was given."""
        return revealed(getattr(self._options, name))

    def __copy__(self) -> Self:
        copied = type(self).__new__(type(self))
        vars(copied).update(self._state())
        return copied

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self.__copy__()

    def _state(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name != "_connections"}

    def __getstate__(self) -> dict[str, Any]:
        """Leave connections out of a pickle."""
        if not isinstance(self._options.engine, str | None):
            raise TypeError("A client with a transport of its own cannot be pickled")
        return self._state()


class ClientBase(Closing, _Configured):
    """A client whose methods block."""

    # Without an annotation, which typing.get_type_hints() could not resolve.
    _connections = cast("ConnectionManager | None", None)

    def close(self) -> None:
        """Close the connection to the server; the next call opens it again."""
        if self._connections is not None:
            self._connections.close()

    def _run(self, operation: Operation[_T]) -> _T:
        if self._connections is None:
            # Threads that come first at the same time must not get one each.
            vars(self).setdefault("_connections", driver().ConnectionManager(self._options))
        return run(operation, self._connections)


class AsyncClientBase(AsyncClosing, _Configured):
    """A client whose methods are async."""

    _connections = cast("AsyncConnectionManager | None", None)

    async def aclose(self) -> None:
        """Close this event loop's connection to the server; the next call opens it again."""
        if self._connections is not None:
            await self._connections.aclose()

    def _reconfigure(self, **changes: Any) -> None:
        """Change what the constructor was given; the next call uses it."""
        self._options = self._options.changed(**changes)
        if self._connections is not None:
            self._connections.reconfigure(self._options)

    async def _run(self, operation: Operation[_T]) -> _T:
        return await run_async(operation, await self._manager())

    async def _run_steps(self, make: "Callable[[Session], Steps[_T]]") -> _T:
        """Return what a generator of steps returns, with connections that are closed at once."""
        value: _T = await (await async_driver()).run_steps(make, self._options)
        return value

    async def _manager(self) -> "AsyncConnectionManager":
        found = self._connections
        if found is None:
            created = (await async_driver()).AsyncConnectionManager(self._options)
            found = vars(self).setdefault("_connections", created)  # another may be faster
        return found


class _Run(Protocol):
    def __call__(self, operation: Operation[_T], /) -> _T: ...


def runner(client: ClientBase | None) -> _Run:
    """Return what runs operations for a blocking helper, with a client or the configuration.

    Raises:
        InvalidRequestError: If the client is asynchronous.
    """
    if isinstance(cast("object", client), AsyncClientBase):
        raise InvalidRequestError(f"{client=} is asynchronous", next_step="Give a Client")
    return client._run if client else run  # pyright: ignore[reportPrivateUsage]
