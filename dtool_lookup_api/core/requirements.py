"""What functions need of a server, in words."""

from typing import Final

from .routes import FUNCTIONS, ROUTES, Route

__all__ = ["CORE", "need_of", "needs_of"]

CORE: Final = "dservercore"


def needs_of(function: str) -> str:
    """Return what a function needs that not every server has: ``dservercore 0.23.0 or later``.

    Args:
        function: Name of the documented function.
    """
    routes = [ROUTES[operation] for operation in FUNCTIONS.get(function, ())]
    needs = [need_of(route) for route in routes if route.plugin or route.since]
    return " and ".join(dict.fromkeys(needs))


def need_of(route: Route) -> str:
    """Return what a route needs."""
    if not route.plugin and not route.since:
        return f"{CORE} with {route.method} {route.path}"
    since = f" {route.since} or later" if route.since else ""
    switch = f" with {route.switch} on" if route.switch else ""
    return f"{route.plugin or CORE}{since}{switch}"
