# pyright: reportPrivateUsage=false
# The generated modules call their request builder _get_kwargs.
"""What a server offers: its versions and its published document, kept for a while.

A route that the server lacks answers 404, as a dataset does that it lacks. So when a function
that not every server offers gets such a response, the drivers look at the server to tell the two
apart. Functions that change something look first, where not every server offers them: ``require``
lets them send nothing to a server that is not known to do it.
"""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

from dtool_lookup_rest import api

from ..errors import (
    AuthenticationError,
    ConfigurationError,
    ConnectionFailedError,
    LookupServerError,
    NotFoundError,
    NotOfferedError,
    PermissionDeniedError,
    UnreadableAnswerError,
)
from .operation import ApiRequest, Operation
from .requirements import CORE, need_of, needs_of
from .responses import ApiResponse
from .routes import FUNCTIONS, RELEASED, ROUTES, Route

if TYPE_CHECKING:
    from packaging.version import Version


__all__ = [
    "ServerInfo",
    "explain_not_found",
    "fetch_server_info",
    "is_explicable",
    "require",
    "switches_of",
]

_DOCUMENT: Final = "/doc/openapi.json"
_LONGEST_NAME: Final = 80  # characters of a plugin's name, and of a version
_MOST_NAMED: Final = 10  # plugins in an error
_MAX_AGE: Final = 300.0  # seconds: servers are updated meanwhile
_NO_DOCUMENT: Final = (
    AuthenticationError,
    NotFoundError,
    NotOfferedError,
    PermissionDeniedError,
    UnreadableAnswerError,
)

KNOWN_TO_STORE: Final[dict[str, frozenset[str]]] = {
    "dservercore": frozenset({"0.22.1.dev47"}),
    "dserver_retrieve_plugin_mongo": frozenset(),
}
"""Versions with which changes of metadata were seen to reach storage and the index alike.

dservercore changes storage starting from what its index holds. Up to version 0.4.2, which is the
newest release, the retrieve plugin leaves the index as it was, so that the next change undoes this
one in storage. A later number proves nothing: a version is added here once someone has written
with it twice in a row, and has looked at storage and index. docs/writing.md says the same to users.
"""
_STORING: Final = (
    "versions of dservercore and of its retrieve plugin that are known to store what is written, "
    "which are not released yet"
)


@dataclass(frozen=True)
class ServerInfo:
    """What a server says of itself.

    Args:
        versions: Versions of the server and of its plugins, by Python module.
        published: Method and path of each route that it publishes; None if it does not say.
        assumed: Functions that the client was told to assume to be offered.
    """

    versions: dict[str, str | None]
    published: frozenset[tuple[str, str]] | None
    assumed: frozenset[str] = frozenset()

    def __str__(self) -> str:
        """Return what the server is, e.g. ``dservercore 0.22.0``, with its plugins."""
        plugins = [f"{m} {v or '?'}" for m, v in sorted(self.versions.items()) if m != CORE]
        core = f"{CORE} {self.versions.get(CORE) or '?'}"
        more = [f"{len(plugins) - _MOST_NAMED} more"] if len(plugins) > _MOST_NAMED else []
        named = ", ".join([*plugins[:_MOST_NAMED], *more])
        return f"{core} with {named}" if plugins else f"{core} without plugins"

    def offers(self, function: str) -> bool | None:
        """Return whether the server offers a function, None if it does not say.

        What writes to storage is offered only where that is known.

        Args:
            function: Name of the documented function.
        """
        if function in self.assumed:
            return True
        if self.missing_requirements(function):
            return False
        return None if None in map(self._has, _routes_of(function)) else True

    def missing_requirements(self, function: str, method: str | None = None) -> list[str]:
        """Return what a function needs and this server is sure to lack.

        Args:
            function: Name of the documented function.
            method: The method of the routes that count, default any.
        """
        if function in self.assumed:
            return []
        counting = [route for route in _routes_of(function) if method in (None, route.method)]
        needs = [need_of(route) for route in counting if self._has(route) is False]
        if any(route.writes_storage for route in counting) and not self._stores():
            needs.append(_STORING)
        return list(dict.fromkeys(needs))

    def _has(self, route: Route) -> bool | None:
        if self.published is not None:
            return (route.method, route.path) in self.published
        module = _module(route.plugin)
        if module not in self.versions:
            return False if self.versions else None
        return _has_reached(self.versions[module], route.since, RELEASED if module == CORE else "")

    def _stores(self) -> bool:
        retrieving = [module for module in self.versions if "_retrieve_" in module]
        return bool(retrieving) and all(map(self._is_known_to_store, (CORE, *retrieving)))

    def _is_known_to_store(self, module: str) -> bool:
        found = _parsed(self.versions.get(module))
        # With its local part: "+g1a2b3c4" is a build from another commit.
        return found is not None and str(found) in KNOWN_TO_STORE.get(module, ())


def _has_reached(version: str | None, since: str, released: str) -> bool | None:
    """Return whether a version has what comes with a later one, None if that is not sure.

    Args:
        version: The version, as the server says it.
        since: The version that is to bring it, which may be called otherwise in the end.
        released: The newest release, which lacks it; empty if there is none.
    """
    if not since:
        return True
    found, first, last = _parsed(version), _parsed(since), _parsed(released)
    if found is None or first is None:
        return None
    if found >= first:
        return True
    if last is not None and found <= last:
        return False
    # setuptools-scm calls what comes after 0.22.0 "0.22.1.dev47", whatever it will be in the end.
    return True if found.is_prerelease else None


def _parsed(version: object) -> "Version | None":
    """Return a version as PEP 440 reads it, None if it cannot be read."""
    from packaging.version import Version

    try:
        return Version(cast("str", version))
    except (ValueError, TypeError):  # also of a number that Python finds too long
        return None


def _routes_of(function: str) -> list[Route]:
    return [ROUTES[operation] for operation in FUNCTIONS[function]]


def _writes_storage(function: str) -> bool:
    return any(route.writes_storage for route in _routes_of(function))


def _module(plugin: str) -> str:
    return plugin.replace("-", "_") or CORE


def switches_of(function: str) -> list[str]:
    """Return the server's settings that switch a function on.

    Args:
        function: Name of the documented function.
    """
    return [route.switch for route in _routes_of(function) if route.switch]


def fetch_server_info() -> "Operation[ServerInfo]":
    """Return what the server says of itself.

    Raises:
        LookupServerError: If the server does not say its versions.
    """
    return (yield from _info_from((yield _versions_request(_MAX_AGE))))


def require(function: str) -> "Operation[None]":
    """Refuse to go on unless the server is known to offer a function that changes something.

    Args:
        function: Name of the documented function.

    Raises:
        NotOfferedError: If the server lacks what it needs, or does not say whether it has that.
        ConnectionFailedError: If there is no server, and the function does not write metadata to
            storage, for which even that is a no.
    """
    try:
        # What writes to storage asks anew: the server may have been replaced meanwhile.
        response = yield _versions_request(None if _writes_storage(function) else _MAX_AGE)
        if function in _assumed(response):
            return
        found = yield from _info_from(response)
    except ConfigurationError:
        raise  # it says nothing about the server
    except LookupServerError as error:
        if isinstance(error, ConnectionFailedError) and not _writes_storage(function):
            raise
        raise _refusal(function, f"The server does not publish its versions ({error})") from error
    if found.offers(function):
        return
    needs = " and ".join(found.missing_requirements(function)) or needs_of(function)
    raise _refusal(function, f"It needs {needs}; this server is {found}")


def _refusal(function: str, reason: str) -> LookupServerError:
    return NotOfferedError(
        "Not sent to this server",
        operation=function,
        next_step=f"{reason}. If you know better: Client(url, assume_offered=[{function!r}])",
    )


def _versions_request(max_age: float | None) -> ApiRequest:
    return ApiRequest(**api.config.get_versions._get_kwargs(), public=True, max_age=max_age)


def _info_from(response: "ApiResponse") -> "Operation[ServerInfo]":
    versions = _versions(response)
    document = yield ApiRequest("get", _DOCUMENT, public=True, max_age=_MAX_AGE)
    return ServerInfo(versions, _published(document), _assumed(response))


def _assumed(response: "ApiResponse") -> frozenset[str]:
    settings = response.call.settings
    return settings.assume_offered if settings else frozenset()


def _versions(response: "ApiResponse") -> dict[str, str | None]:
    """Return the versions as they may be shown, None for one that is not text."""
    quote = response.call.secrets.quote
    return {
        quote(module, _LONGEST_NAME): quote(version, _LONGEST_NAME)
        if isinstance(version, str)
        else None
        for module, version in cast(
            "dict[str, Any]", response.json_member("versions", dict)
        ).items()
    }


def _published(response: "ApiResponse") -> frozenset[tuple[str, str]] | None:
    try:
        paths = cast("dict[str, Any]", response.json_member("paths", dict))
    except _NO_DOCUMENT:
        return None
    if not all(isinstance(methods, dict) for methods in paths.values()):
        return None
    return frozenset(
        (method.upper(), re.sub(r"\{[^{}]*\}", "{}", path))
        for path in paths
        for method in paths[path]
    )


def is_explicable(error: LookupServerError) -> bool:
    """Return whether what the server says of itself may tell why a call failed."""
    if error.status not in (404, 405, 501) or error.operation not in FUNCTIONS:
        return False
    return any(route.plugin or route.since for route in _routes_of(error.operation))


def explain_not_found(error: LookupServerError) -> "Operation[LookupServerError]":
    """Return an error that says what the server lacks, or the same error if it lacks nothing.

    Args:
        error: Why the call failed; it must be explicable.
    """
    try:
        found = yield from fetch_server_info()
    except LookupServerError:
        return error
    lacking = found.missing_requirements(error.operation or "", error.method)
    if not lacking:
        return error
    return NotOfferedError(
        "Not offered by this server",
        operation=error.operation,
        method=error.method,
        url=error.url,
        status=error.status,
        headers=error.headers,
        server_message=error.server_message,
        next_step=f"It needs {' and '.join(lacking)}; this server is {found}",
    )
