"""Whose the commands of the program dtool are that this package and others have.

dtool adds the commands of all installed distributions to one group. Of two with the same name, the
one that happens to be added last is kept.
"""

from functools import cache
from importlib.metadata import entry_points
from typing import Final

__all__ = ["SHARED", "owners"]

SHARED: Final = ("search", "lookup", "query", "graph")
"""Names that dtool-lookup-client and its plugin for graphs have, too."""

_PACKAGE: Final = __name__.partition(".")[0]


@cache
def owners() -> dict[str, str]:
    """Return which other distributions have commands of dtool, by the name of the command."""
    return {
        entry_point.name: entry_point.dist.name if entry_point.dist else entry_point.module
        for entry_point in entry_points(group="dtool.cli")
        if entry_point.module.partition(".")[0] != _PACKAGE
    }
