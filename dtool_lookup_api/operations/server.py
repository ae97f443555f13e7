# pyright: reportPrivateUsage=false
# The generated modules call their request builder _get_kwargs.
"""Operations on the server itself."""

from typing import cast

from dtool_lookup_rest import api

from ..core.capabilities import fetch_server_info
from ..core.operation import ApiRequest, Operation
from ..core.routes import FUNCTIONS
from ..legacy.aliases import ALIASES
from ..types import FunctionName, Health, ServerConfig, ServerVersions
from .arguments import check_text, refuse


def get_config() -> Operation[ServerConfig]:
    """Return the server's configuration.

    Returns:
        The configured values by name in lower case, without secrets (dict)::

            {"allow_direct_query": True, "api_title": "dserver API", ...}

    Raises:
        LookupServerError: If the call fails; see ``dtool_lookup_api.errors``.

    Requires a registered user. Route: ``GET /config/info``.
    """
    response = yield ApiRequest(**api.config.get_config._get_kwargs())
    return cast("ServerConfig", response.json_member("config", dict))


def get_versions() -> Operation[ServerVersions]:
    """Return the versions of the server and of its plugins.

    Returns:
        The version by name of the Python module (dict), also of each installed plugin::

            {"dservercore": "0.22.0", "dserver_direct_mongo_plugin": "0.4.2", ...}

    Raises:
        LookupServerError: If the call fails; see ``dtool_lookup_api.errors``.

    Requires no login. Route: ``GET /config/versions``.
    """
    response = yield ApiRequest(**api.config.get_versions._get_kwargs(), public=True)
    return cast("ServerVersions", response.json_member("versions", dict))


def get_health() -> Operation[Health]:
    """Return whether the server is up.

    Returns:
        The state (dict); a server that is not up raises an error instead::

            {"status": "healthy"}

    Raises:
        NotOfferedError: If the server is older.
        LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

    Requires dservercore 0.23.0, and no login. Route: ``GET /config/health``.
    """
    response = yield ApiRequest(**api.config.get_health._get_kwargs(), public=True)
    response.json_member("status", str)
    return cast("Health", response.json_object())


def offers(function: FunctionName) -> Operation[bool | None]:
    """Return whether the server offers what a function needs.

    If it does not, calling the function raises NotOfferedError, which says what is missing.
    Versions and document of the server are cached for five minutes. They do not show what is
    switched off in the server's configuration; ``get_config`` does.

    Args:
        function: Name of a function of this package, e.g. ``"add_tag"``.

    Returns:
        True or False, from the published routes, or else from the versions of the server and
        its plugins; None if it publishes neither. For functions that change README, tags or
        annotations, it is False unless the server is known to store them (no released one
        is), or ``assume_offered`` names the function.

    Raises:
        InvalidRequestError: If no function has this name.
        LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

    Requires no login. Route: ``GET /config/versions`` and ``GET /doc/openapi.json``.
    """
    import difflib

    name = check_text(function, "function")
    name = ALIASES[name].replacement if name in ALIASES else name
    if name not in FUNCTIONS:
        near = difflib.get_close_matches(name, FUNCTIONS, n=3)
        remedy = (
            f"Did you mean {' or '.join(near)}?" if near else "dir(dtool_lookup_api) lists them"
        )
        refuse("function", function, "is not a function of this package", remedy)
    found = yield from fetch_server_info()
    return found.offers(name)
