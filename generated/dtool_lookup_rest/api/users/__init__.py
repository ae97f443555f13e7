"""Contains endpoint functions for accessing the API"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from . import (
        delete_user,
        get_user,
        get_user_summary,
        grant_register_permission,
        grant_search_permission,
        list_users,
        put_user,
        revoke_register_permission,
        revoke_search_permission,
        update_user,
    )

__all__ = (
    "delete_user",
    "get_user",
    "get_user_summary",
    "grant_register_permission",
    "grant_search_permission",
    "list_users",
    "put_user",
    "revoke_register_permission",
    "revoke_search_permission",
    "update_user",
)


if not TYPE_CHECKING:  # a type checker would take any name for a module

    def __getattr__(name: str) -> Any:
        """Import a module when it is first asked for"""
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return import_module(f"{__name__}.{name}")

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
