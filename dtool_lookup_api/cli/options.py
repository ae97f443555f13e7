"""Options that several commands share."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import click

from . import completion
from .command import refuse
from .exits import FAILED
from .output import Form

__all__ = [
    "FIELDS",
    "as_json",
    "confirmed",
    "dataset",
    "filters",
    "forms",
    "json_or_text",
    "read_text",
    "text_of",
    "together",
    "yes",
]

FIELDS: Final = (
    "base_uri",
    "created_at",
    "creator_username",
    "frozen_at",
    "name",
    "uri",
    "uuid",
)
"""What a listing of datasets can be sorted by."""


def together(*options: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return what adds several options, which the help lists in this order."""

    def add(function: Any) -> Any:
        for option in reversed(options):
            function = option(function)
        return function

    return add


filters: Final = together(
    click.option(
        "--creator-username",
        "creator_usernames",
        multiple=True,
        shell_complete=completion.creators,
        metavar="NAME",
        help="Only datasets of this creator; give it several times for any of them.",
    ),
    click.option(
        "--base-uri",
        "base_uris",
        multiple=True,
        shell_complete=completion.base_uris,
        metavar="URI",
        help="Only datasets in this base URI; several times for any of them.",
    ),
    click.option(
        "--uuid",
        "uuids",
        multiple=True,
        metavar="UUID",
        help="Only this dataset; several times for any of them. dserver 0.22 finds few "
        "in a search; dserver lookup finds all.",
    ),
    click.option(
        "--tag",
        "tags",
        multiple=True,
        shell_complete=completion.tags,
        metavar="TAG",
        help="Only datasets with this tag; several times for all of them.",
    ),
)
"""The options that narrow a search."""


forms: Final = together(
    click.option(
        "-q",
        "--quiet",
        "form",
        flag_value=Form.URI,
        type=Form,
        help="Print a URI a line, nothing else.",
    ),
    click.option(
        "--json",
        "form",
        flag_value=Form.JSON,
        type=Form,
        help="Print a JSON object a line (JSON Lines).",
    ),
    click.option(
        "-f",
        "--format",
        "form",
        type=click.Choice(Form, case_sensitive=False),
        default=None,
        help="Default: a table on a terminal, else tab-separated values.",
    ),
)
"""The options that say how a listing is printed."""


dataset: Final = click.argument("dataset", metavar="URI|UUID")
"""The argument that names one dataset."""

as_json: Final = click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
"""The option to print one thing as JSON."""

yes: Final = click.option("-y", "--yes", is_flag=True, help="Don't ask whether to do it.")
"""The option to do without a question what cannot be undone."""


def confirmed(what: str, *, yes: bool) -> None:
    """Return if the user wants it, and end the command if not.

    Args:
        what: What is to be done, e.g. ``"Delete the user alice"``.
        yes: Whether the user has said so already.
    """
    if yes:
        return
    if not sys.stdin.isatty():
        refuse(f"{what}: this needs confirmation, and there is no terminal", "Give --yes")
    if not click.confirm(f"{what}?", err=True):
        click.get_current_context().exit(FAILED)


def text_of(source: str) -> str:
    """Return the text that an argument stands for: ``-`` is standard input, ``@`` begins a file.

    Args:
        source: The argument.
    """
    if source == "-":
        return sys.stdin.read()
    return read_text(Path(source[1:])) if source.startswith("@") else source


def read_text(path: Path) -> str:
    """Return the text of a file."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        refuse(f"The file {path} cannot be read: {why}", "Give the path of a text file")


def json_or_text(value: str) -> Any:
    """Return what a text says as JSON, or the text if it is not JSON."""
    try:
        return json.loads(value)
    except ValueError:
        return value
