"""The group ``dserver``, and the table of its commands; each module is imported when it is used.

The help of the group is printed from the table alone, as importing all modules takes longer than
click and the package together. For the same reason it needs click and nothing else.
"""

import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any, Final

import click

from .._version import __version__

__all__ = ["COMMANDS", "FIRST_STEPS", "dserver"]

# By section and name: the module of each command, and what the help of the group says about it.
_SECTIONS: Final = {
    "Set up": {
        "login": ("setup", "Get a token and store it in dtool.json."),
        "logout": ("setup", "Remove the token from dtool.json."),
        "check": ("setup", "Test configuration, server, login and storage."),
        "config": ("setup", "Show and change the settings in dtool.json."),
        "completion": ("completion", "Print the script for completion in a shell."),
    },
    "Find and read datasets": {
        "search": ("datasets", "List the datasets that match a text and all filters."),
        "query": ("datasets", "List the datasets that match a query in MongoDB's language."),
        "lookup": ("datasets", "List all copies of a dataset."),
        "show": ("datasets", "Show metadata, README and items of a dataset."),
        "graph": ("graphs", "Show what a dataset is derived from, and its derivatives."),
        "summary": ("administration", "Count the datasets that you may search."),
    },
    "Move and register data": {
        "download": ("data", "Download a dataset to a folder, and check it."),
        "cat": ("data", "Print an item of a dataset."),
        "upload": ("data", "Upload a folder as a dataset, and register it."),
        "copy": ("data", "Copy a dataset to another base URI."),
        "register": ("registration", "Register datasets that are in storage already."),
    },
    "Read and change one dataset": {
        "readme": ("metadata", "Read or replace the README of a dataset."),
        "tags": ("metadata", "Read or change the tags of a dataset."),
        "annotations": ("metadata", "Read or change the annotations of a dataset."),
        "manifest": ("metadata", "Read the manifest of a dataset."),
    },
    "Users and base URIs": {
        "user": ("administration", "Show your permissions; list and change users."),
        "base-uri": ("administration", "List, show and change base URIs, for administrators."),
    },
}
FIRST_STEPS: Final = {
    "dserver login": "Log in and stay logged in.",
    "dserver search friction": "Find datasets by words in their metadata.",
    "dserver show URI": "Read what is known about one of them.",
    "dserver download URI my-copy": "Download it to a new folder.",
    "dserver user show": "See in which base URIs you may register.",
    "dserver upload my-data BASE_URI": "Upload a folder there, and register it.",
}
"""What a newcomer does first, and what for; shown by the help and in the manual."""

_MODULES: Final = {
    name: module for rows in _SECTIONS.values() for name, (module, _) in rows.items()
}


class _Commands(click.Group):
    """A group that imports the module of a command when it is needed."""

    def main(self, args: Sequence[str] | None = None, *given: Any, **options: Any) -> Any:
        """Run as a program: a wrong command line is an error of one line, Ctrl-C silent."""
        if not options.setdefault("standalone_mode", True):
            return super().main(args, *given, **options)
        options["standalone_mode"] = False
        status: Any
        try:
            status = super().main(args, *given, **options)
        except (click.UsageError, click.Abort, KeyboardInterrupt) as error:
            from .command import report

            status = report(error)
        sys.exit(status if isinstance(status, int) else 0)

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
        for section, rows in _SECTIONS.items():
            with formatter.section(section):
                formatter.write_dl([(name, text) for name, (_, text) in rows.items()])

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the first steps, then the exit statuses."""
        with formatter.section("First steps (dserver COMMAND --help shows examples of a command)"):
            formatter.write_dl(list(FIRST_STEPS.items()), col_max=32)
        super().format_epilog(ctx, formatter)


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit status: 0 success, 1 another error, 2 wrong input, 3 not found, 4 denied, "
    "5 configuration, 6 no connection, 7 not offered by this server, 8 conflict, "
    "9 damaged data, 130 interrupted.",
)
@click.version_option(__version__, message="dserver, version %(version)s")
def dserver() -> None:
    """Find, read, download and register datasets on a dserver.

    To begin, set the server's URL and that of its token generator, in the environment or by
    dserver config set: DSERVER_URL and DSERVER_TOKEN_GENERATOR_URL. The administrator of the
    server knows both. dserver check tests them, and says what is wrong.
    """


COMMANDS: Final[dict[str, click.Command]] = {"dserver": dserver}
