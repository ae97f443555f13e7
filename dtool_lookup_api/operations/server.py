# pyright: reportPrivateUsage=false
# The generated modules call their request builder _get_kwargs.
"""Operations on the server itself."""

from typing import cast

from ..core.calls import Operation
from ..types import ServerConfig, ServerVersions


def get_config() -> Operation[ServerConfig]:
    """Return the server's configuration.

    Returns:
        The configured values by name in lower case, without secrets (dict)::

            {"allow_direct_query": True, "api_title": "dserver API", ...}

    Raises:
        LookupServerError: If the call fails; see ``dtool_lookup_api.errors``.

    Requires a registered user. Route: ``GET /config/info``.
    """
    from dserver_client.api.config import get_config as route

    answer = yield route._get_kwargs()
    return cast("ServerConfig", answer.member("config", dict))


def get_versions() -> Operation[ServerVersions]:
    """Return the versions of the server and of its plugins.

    Returns:
        The version by name of the Python module (dict); it tells which plugins there are::

            {"dservercore": "0.22.0", "dserver_direct_mongo_plugin": "0.4.2", ...}

    Raises:
        LookupServerError: If the call fails; see ``dtool_lookup_api.errors``.

    Requires nothing. Route: ``GET /config/versions``.
    """
    from dserver_client.api.config import get_versions as route

    answer = yield {**route._get_kwargs(), "extensions": {"public": True}}
    return cast("ServerVersions", answer.member("versions", dict))
