"""What ``Client`` and ``AsyncClient`` have beside the documented functions."""

from collections.abc import Callable, Collection
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from .calls import (
    connection_manager,
    connection_manager_async,
    run,
    run_async,
    run_steps_async,
)
from .closing import AsyncClosing, Closing
from .messages import AsyncTransport, Transport
from .operation import Operation
from .settings import Given, shown_url

if TYPE_CHECKING:
    from .async_driver import AsyncConnectionManager
    from .attempts import Steps
    from .driver import ConnectionManager
    from .exchange import Session

__all__ = ["AsyncClientBase", "ClientBase"]

_T = TypeVar("_T")


class _Configured:
    """A client's own settings, which take precedence over the configuration.

    Args:
        url: URL of the dserver, default ``DSERVER_URL``.
        token: Token to send as it is, default ``DSERVER_TOKEN``. A configured token is only
            sent to the configured server.
        auth_url: URL of the token generator, default ``DSERVER_TOKEN_GENERATOR_URL``.
        username: User name for the generator, default ``DSERVER_USERNAME``.
        password: Password for the generator, default ``DSERVER_PASSWORD``.
        api_key: The operator's API key for the OAuth2 token generator, which makes tokens of
            any user, default ``DSERVER_API_KEY``. A configured key is only sent to the
            configured generator.
        verify_ssl: Whether to verify certificates, or the path of a CA bundle, default
            ``DSERVER_VERIFY_SSL``, which is on unless set.
        disable_authentication: Whether to send no token at all, default
            ``DSERVER_DISABLE_AUTHENTICATION``, which is off unless set.
        timeout: Seconds to wait for a connection or for the next byte, default
            ``DSERVER_TIMEOUT``, or 30.
        deadline: Seconds that one call may take with all its tries, default
            ``DSERVER_DEADLINE``, or 120.
        retries: How often a call that may be repeated is tried again, default
            ``DSERVER_RETRIES``, or 3; 0 switches retries off.
        assume_offered: Names of functions that this server, whose ``url`` must be given, is known
            to offer, though it does not say so, e.g. ``["add_tag"]``; default none. Where a server
            does not keep what these functions write, they destroy tags, annotations and READMEs
            in storage.
        engine: What sends the requests: ``"httpx"``, ``"aiohttp"`` (methods that are awaited
            only; it has to be installed), or a transport of httpx's that is yours to close.
            Default ``DSERVER_ENGINE``, or ``"httpx"``.
    """

    def __init__(
        self,
        url: str | None = None,
        *,
        token: str | None = None,
        auth_url: str | None = None,
        username: str | None = None,
        password: str | None = None,
        api_key: str | None = None,
        verify_ssl: bool | str | None = None,
        disable_authentication: bool | None = None,
        timeout: float | None = None,
        deadline: float | None = None,
        retries: int | None = None,
        assume_offered: Collection[str] | None = None,
        engine: str | Transport | AsyncTransport | None = None,
    ) -> None:
        self._given = Given(
            url=url,
            token=token,
            auth_url=auth_url,
            username=username,
            password=password,
            api_key=api_key,
            verify_ssl=verify_ssl,
            disable_authentication=disable_authentication,
            timeout=timeout,
            deadline=deadline,
            retries=retries,
            assume_offered=assume_offered,
            engine=engine,
        )

    def __repr__(self) -> str:
        url = self._given.url
        shown = repr(shown_url(url)) if isinstance(url, str) else ""
        return f"{type(self).__name__}({shown})"

    def __copy__(self) -> Self:
        copied = type(self).__new__(type(self))
        vars(copied).update(self._state())
        return copied

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self.__copy__()

    def _state(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name != "_connections"}

    def __getstate__(self) -> dict[str, Any]:
        """Leave secrets and connections out of a pickle."""
        if not isinstance(self._given.engine, str | None):
            raise TypeError("A client with a transport of its own cannot be pickled")
        return {**self._state(), "_given": self._given.without_secrets()}


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
            vars(self).setdefault("_connections", connection_manager(self._given))
        return run(operation, self._connections)


class AsyncClientBase(AsyncClosing, _Configured):
    """A client whose methods are awaited."""

    _connections = cast("AsyncConnectionManager | None", None)

    async def aclose(self) -> None:
        """Close this event loop's connection to the server; the next call opens it again."""
        if self._connections is not None:
            await self._connections.aclose()

    def _give(self, **changes: Any) -> None:
        """Change what the constructor was given; the next call uses it."""
        self._given = replace(self._given, **changes)
        if self._connections is not None:
            self._connections.reconfigure(self._given)

    async def _run(self, operation: Operation[_T]) -> _T:
        return await run_async(operation, await self._manager())

    async def _run_steps(self, make: "Callable[[Session], Steps[_T]]") -> _T:
        """Return what a generator of steps returns, with connections that are closed at once."""
        return await run_steps_async(make, self._given)

    async def _manager(self) -> "AsyncConnectionManager":
        found = self._connections
        if found is None:
            created = await connection_manager_async(self._given)
            found = vars(self).setdefault("_connections", created)  # another may be faster
        return found
