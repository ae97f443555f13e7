"""Contains endpoint functions for accessing the API"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from . import get_config, get_health, get_versions

__all__ = (
    "get_config",
    "get_health",
    "get_versions",
)


if not TYPE_CHECKING:  # a type checker would take any name for a module

    def __getattr__(name: str) -> Any:
        """Import a module when it is first asked for"""
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return import_module(f"{__name__}.{name}")

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
