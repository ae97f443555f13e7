"""A client library for accessing dserver"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .client import AuthenticatedClient, Client

__all__ = (
    "AuthenticatedClient",
    "Client",
)

_MODULES = {
    "AuthenticatedClient": ".client",
    "Client": ".client",
}


if not TYPE_CHECKING:  # a type checker would take any name for a class

    def __getattr__(name: str) -> Any:
        """Import a class when it is first asked for"""
        if name not in _MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        found = getattr(import_module(_MODULES[name], __name__), name)
        globals()[name] = found
        return found

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
