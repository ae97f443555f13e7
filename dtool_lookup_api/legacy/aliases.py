"""The 0.10 names of functions, and the warning about their use."""

import sys
import warnings
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

__all__ = ["ALIASES", "Alias", "deprecated", "warn_deprecated"]


class Alias(NamedTuple):
    """A 0.10 name of a documented function.

    Args:
        replacement: The function to use instead.
        parameters: Its parameters, in order; default all of the replacement's.
        renamed: Parameters that have another name in the replacement.
        defaults: Defaults that differ from the replacement's, as they are written.
    """

    replacement: str
    parameters: tuple[str, ...] | None = None
    renamed: Mapping[str, str] = MappingProxyType({})
    defaults: Mapping[str, str] = MappingProxyType({})


if TYPE_CHECKING:
    from typing_extensions import deprecated
else:

    def deprecated(message: str) -> Callable[[Any], Any]:
        """Mark a function for type checkers and editors, as PEP 702 has it.

        They know typing_extensions even if it isn't installed. Python has this from 3.13 on.

        Args:
            message: What to use instead.
        """

        def mark(function: Any) -> Any:
            function.__deprecated__ = message
            return function

        return mark


_PAGED = ("page_number", "page_size", "pagination")

ALIASES = {
    "aggregate": Alias("get_datasets_by_mongo_aggregation"),
    "all": Alias("get_datasets", _PAGED, defaults={"page_size": "20"}),
    "by_query": Alias("get_datasets_by_mongo_query"),
    "by_uuid": Alias("get_datasets_by_uuid", ("uuid", *_PAGED)),
    "config": Alias("get_config"),
    "graph": Alias("get_graph_by_uuid", ("uuid", "dependency_keys", *_PAGED)),
    "list_base_uris": Alias("get_base_uris", _PAGED),
    "list_users": Alias("get_users", _PAGED),
    "lookup": Alias("get_datasets_by_uuid", ("uuid", *_PAGED)),
    "manifest": Alias("get_manifest"),
    "query": Alias("get_datasets_by_mongo_query"),
    "readme": Alias("get_readme"),
    "search": Alias("get_datasets", ("keyword", *_PAGED), renamed={"keyword": "free_text"}),
    "summary": Alias("get_summary", ()),
    "user_info": Alias("get_user", ("username",), defaults={"username": ""}),
    "versions": Alias("get_versions"),
}
"""Functions and methods are emitted for each."""


def warn_deprecated(name: str) -> None:
    """Warn of the use of a deprecated name, at the line of the caller.

    Where asyncio runs the call as a task, the caller is the one that runs the event loop: Python
    shows no such warning for asyncio's own lines.

    Args:
        name: The 0.10 name.
    """
    level, frame = 3, sys._getframe(2)  # pyright: ignore[reportPrivateUsage]
    while frame.f_back and frame.f_globals.get("__name__", "").partition(".")[0] == "asyncio":
        level, frame = level + 1, frame.f_back
    warnings.warn(
        f"{name} is deprecated, use {ALIASES[name].replacement} instead",
        DeprecationWarning,
        stacklevel=level,
    )
