"""The group ``dserver``, and the table of its commands; each module is imported when it is used."""

from importlib import import_module
from typing import Any, Final

import click

from .._version import __version__
from .command import Group

__all__ = ["dserver"]

_SECTIONS: Final = {
    "Find and read datasets": {
        "search": "datasets",
        "query": "datasets",
        "lookup": "datasets",
        "show": "datasets",
        "graph": "graphs",
        "summary": "administration",
    },
    "Move data": {
        "download": "data",
        "cat": "data",
        "upload": "data",
        "copy": "data",
    },
    "Read and change one dataset": {
        "readme": "metadata",
        "tags": "metadata",
        "annotations": "metadata",
        "manifest": "metadata",
        "register": "registration",
    },
    "Set up": {
        "login": "setup",
        "logout": "setup",
        "check": "setup",
        "config": "setup",
        "completion": "completion",
    },
    "Users and base URIs": {
        "user": "administration",
        "base-uri": "administration",
    },
}
_MODULES: Final = {name: where for names in _SECTIONS.values() for name, where in names.items()}


class _Commands(Group):
    """A group that imports the module of a command when it is needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return list(_MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command with this name, or None."""
        if cmd_name not in _MODULES:
            return None
        module: Any = import_module(f"{__package__}.{_MODULES[cmd_name]}")
        command: click.Command = module.COMMANDS[cmd_name]
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands in sections."""
        for section, names in _SECTIONS.items():
            commands = {name: self.get_command(ctx, name) for name in names}
            rows = [(name, each.get_short_help_str(60)) for name, each in commands.items() if each]
            with formatter.section(section):
                formatter.write_dl(rows)


@click.group(cls=_Commands)
@click.version_option(__version__, message="dserver, version %(version)s")
def dserver() -> None:
    """Find, read, download and register datasets on a dserver.

    Set the server's URL and that of its token generator first: DSERVER_URL and
    DSERVER_TOKEN_GENERATOR_URL, in the environment or in ~/.config/dtool/dtool.json.

    Exit status: 0 success, 1 another error, 2 wrong input, 3 not found, 4 denied,
    5 configuration, 6 no connection, 7 not offered by this server, 8 conflict,
    9 damaged data, 130 interrupted.
    """
