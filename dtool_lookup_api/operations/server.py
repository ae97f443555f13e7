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
    answer = yield ApiRequest(**api.config.get_config._get_kwargs())
    return cast("ServerConfig", answer.json_member("config", dict))


def get_versions() -> Operation[ServerVersions]:
    """Return the versions of the server and of its plugins.

    Returns:
        The version by name of the Python module (dict); it tells which plugins there are::

            {"dservercore": "0.22.0", "dserver_direct_mongo_plugin": "0.4.2", ...}

    Raises:
        LookupServerError: If the call fails; see ``dtool_lookup_api.errors``.

    Requires nothing. Route: ``GET /config/versions``.
    """
    answer = yield ApiRequest(**api.config.get_versions._get_kwargs(), public=True)
    return cast("ServerVersions", answer.json_member("versions", dict))


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
    answer = yield ApiRequest(**api.config.get_health._get_kwargs(), public=True)
    answer.json_member("status", str)
    return cast("Health", answer.json_object())


def offers(function: FunctionName) -> Operation[bool | None]:
    """Return whether the server offers what a function needs.

    Where it does not, calling the function raises NotOfferedError, which says what is missing.
    What the server says of itself is kept for five minutes. It does not say what is switched
    off in its configuration; ``get_config`` does.

    Args:
        function: Name of a function of this package, e.g. ``"add_tag"``.

    Returns:
        True or False, from the routes that the server publishes, or from its version and its
        plugins where it publishes none; None if neither says. For what changes README, tags or
        annotations it is False unless the server is known to store them (no released one is),
        or ``assume_offered`` names the function.

    Raises:
        InvalidRequestError: If no function has this name.
        LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

    Requires nothing. Route: ``GET /config/versions`` and ``GET /doc/openapi.json``.
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
