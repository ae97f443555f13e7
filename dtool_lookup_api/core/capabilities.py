# pyright: reportPrivateUsage=false
# The generated modules call their request builder _get_kwargs.
"""What a server offers: one look at its versions and its published document, kept for a while.

A route that the server lacks answers 404, as a dataset does that it lacks. So when a function
that not every server offers gets such an answer, the drivers have a look to tell the two apart.
"""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

from ..errors import (
    AuthenticationError,
    LookupServerError,
    NotFoundError,
    NotOfferedError,
    PermissionDeniedError,
    UnreadableAnswerError,
)
from .routes import FUNCTIONS, ROUTES, Route

if TYPE_CHECKING:
    from .answers import Answer
    from .calls import Operation

__all__ = ["Look", "explained", "is_explicable", "look", "needs_of", "not_stored", "switches_of"]

_DOCUMENT: Final = "/doc/openapi.json"
_KEPT: Final = 300.0  # seconds: servers are updated while programs run
_CORE: Final = "dservercore"
_NO_DOCUMENT: Final = (
    AuthenticationError,
    NotFoundError,
    NotOfferedError,
    PermissionDeniedError,
    UnreadableAnswerError,
)


@dataclass(frozen=True)
class Look:
    """What a server says of itself.

    Args:
        versions: Versions of the server and of its plugins, by Python module.
        published: Method and path of each route that it publishes; None if it does not say.
    """

    versions: dict[str, str | None]
    published: frozenset[tuple[str, str]] | None

    def __str__(self) -> str:
        """Return what the server is, e.g. ``dservercore 0.22.0``, with its plugins."""
        plugins = [f"{m} {v or '?'}" for m, v in sorted(self.versions.items()) if m != _CORE]
        core = f"{_CORE} {self.versions.get(_CORE) or '?'}"
        return f"{core} with {', '.join(plugins)}" if plugins else f"{core} without plugins"

    def lacking(self, function: str, method: str | None = None) -> list[str]:
        """Return what a function needs and this server lacks.

        Args:
            function: Name of the documented function.
            method: The method of the routes that count, default any.
        """
        routes = [ROUTES[operation] for operation in FUNCTIONS[function]]
        counting = [route for route in routes if method in (None, route.method)]
        needs = [_need(route) for route in counting if not self._has(route)]
        needs += [_writer(route) for route in counting if not self._stores(route)]
        return list(dict.fromkeys(needs))

    def _has(self, route: Route) -> bool:
        if self.published is not None:
            return (route.method, route.path) in self.published
        module = _module(route.plugin)
        return module in self.versions and not self._is_before(module, route.since)

    def _stores(self, route: Route) -> bool:
        plugin, version = route.stored_after
        if not plugin or _module(plugin) not in self.versions:
            return True
        return not self._is_before(_module(plugin), f"{version}.1")

    def _is_before(self, module: str, version: str) -> bool:
        found = self.versions.get(module)
        return bool(found and version) and _numbers(cast("str", found)) < _numbers(version)


def _module(plugin: str) -> str:
    return plugin.replace("-", "_") or _CORE


def _numbers(version: str) -> list[int]:
    numbers = re.match(r"[\d.]*", version)
    return [int(number) for number in re.findall(r"\d+", numbers[0] if numbers else "")]


def needs_of(function: str) -> str:
    """Return what a function needs of a server, e.g. ``dservercore 0.23.0 or later``.

    Args:
        function: Name of the documented function.
    """
    routes = [ROUTES[operation] for operation in FUNCTIONS.get(function, ())]
    return " and ".join(dict.fromkeys(_need(route) for route in routes))


def switches_of(function: str) -> list[str]:
    """Return the server's settings that switch a function on.

    Args:
        function: Name of the documented function.
    """
    return [s for operation in FUNCTIONS[function] if (s := ROUTES[operation].switch)]


def _need(route: Route) -> str:
    if not route.plugin and not route.since:
        return f"{_CORE} with {route.method} {route.path}"
    since = f" {route.since} or later" if route.since else ""
    switch = f" with {route.switch} on" if route.switch else ""
    return f"{route.plugin or _CORE}{since}{switch}"


def _writer(route: Route) -> str:
    plugin, version = route.stored_after
    return f"{plugin} later than {version}, which stores nothing"


def look() -> "Operation[Look]":
    """Have a look at the server.

    Raises:
        LookupServerError: If the server does not say its versions.
    """
    from dserver_client.api.config import get_versions

    extensions = {"public": True, "kept": _KEPT}
    answer = yield {**get_versions._get_kwargs(), "extensions": extensions}
    versions = cast("dict[str, str | None]", answer.member("versions", dict))
    document = yield {"method": "get", "url": _DOCUMENT, "extensions": extensions}
    return Look(versions, _published(document))


def _published(answer: "Answer") -> frozenset[tuple[str, str]] | None:
    try:
        paths = cast("dict[str, dict[str, Any]]", answer.member("paths", dict))
    except _NO_DOCUMENT:
        return None
    return frozenset(
        (method.upper(), re.sub(r"\{[^}]*\}", "{}", path))
        for path in paths
        for method in paths[path]
    )


def is_explicable(error: LookupServerError) -> bool:
    """Tell whether a look at the server may tell why a call failed."""
    if error.status not in (404, 405, 501) or error.operation not in FUNCTIONS:
        return False
    routes = [ROUTES[operation] for operation in FUNCTIONS[error.operation]]
    return any(route.plugin or route.since for route in routes)


def explained(error: LookupServerError) -> "Operation[LookupServerError]":
    """Return an error that says what the server lacks, or the same error if it lacks nothing.

    Args:
        error: Why the call failed; it must be explicable.
    """
    try:
        found = yield from look()
    except LookupServerError:
        return error
    lacking = found.lacking(error.operation or "", error.method)
    if not lacking:
        return error
    return NotOfferedError(
        "Not offered by this server",
        operation=error.operation,
        method=error.method,
        url=error.url,
        status=error.status,
        server_message=error.server_message,
        next_step=f"It needs {' and '.join(lacking)}; this server is {found}",
    )


def not_stored(answer: "Answer") -> "Operation[LookupServerError]":
    """Return the error for a write that was acknowledged, and not stored.

    Args:
        answer: The acknowledgement.
    """
    found = yield from look()
    lacking = found.lacking(answer.call.operation)
    remedy = f"It needs {' and '.join(lacking)}" if lacking else "Its plugins may be too old"
    return answer.call.error(
        NotOfferedError,
        "Acknowledged by this server, but not stored",
        status=answer.status,
        next_step=f"{remedy}; this server is {found}",
    )
