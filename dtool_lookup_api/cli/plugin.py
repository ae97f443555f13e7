"""What the program dtool loads: ``dserver`` and the commands of dtool-lookup-client.

dtool loads its plugins whatever command it runs, so that this imports click alone. The commands are
imported when they are run.
"""

from collections.abc import Sequence
from importlib import import_module
from typing import Any, Final

import click

from . import require_extra
from .owners import SHARED, owners

__all__ = ["dserver"]

_HELP: Final = {
    "search": "Print the datasets that match a text, as JSON.",
    "lookup": "Print the URI of each copy of a dataset.",
    "query": "Print the datasets that match a MongoDB query, as JSON.",
    "graph": "Print the datasets in the dependency graph of one, as JSON.",
}


class _Deferred(click.Command):
    """A command in another module, which is imported when the command is run.

    Args:
        name: Its name.
        module: The module, in which ``COMMANDS`` has the command.
        short_help: What the help of dtool says about it.
    """

    def __init__(self, name: str, module: str, short_help: str) -> None:
        super().__init__(name, short_help=short_help)
        self._module = module

    def make_context(
        self,
        info_name: str | None,
        args: Sequence[str],
        parent: click.Context | None = None,
        **extra: Any,
    ) -> click.Context:
        """Begin a run of the command itself, or say what to install: dtool installs click alone."""
        require_extra()
        module: Any = import_module(f"{__package__}.{self._module}")
        command: click.Command = module.COMMANDS[self.name]
        return command.make_context(info_name, list(args), parent, **extra)


dserver: Final = _Deferred("dserver", "group", "Find, read, download and register datasets.")


def __getattr__(name: str) -> click.Command:
    """Return a command of dtool-lookup-client, or what dtool has anyway where that is installed."""
    if name not in SHARED:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    # click-plugins goes by the name of the command, so that this adds the group a second time.
    return dserver if name in owners() else _Deferred(name, "lookup_client", _HELP[name])
