"""Options that several commands share."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from .command import refuse
from .output import Form

__all__ = ["FIELDS", "filters", "forms", "json_or_text", "text_of"]

_F = TypeVar("_F", bound=Callable[..., Any])

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


def filters(function: _F) -> _F:
    """Add the options that narrow a search."""
    for option in reversed(
        [
            click.option(
                "--creator-username",
                "creator_usernames",
                multiple=True,
                metavar="NAME",
                help="Only datasets of this creator; give it several times for any of them.",
            ),
            click.option(
                "--base-uri",
                "base_uris",
                multiple=True,
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
                metavar="TAG",
                help="Only datasets with this tag; several times for all of them.",
            ),
        ]
    ):
        function = option(function)
    return function


def forms(function: _F) -> _F:
    """Add the options that say how a listing is printed."""
    for option in reversed(
        [
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
        ]
    ):
        function = option(function)
    return function


def text_of(source: str) -> str:
    """Return the text that an argument stands for: ``-`` is standard input, ``@`` begins a file.

    Args:
        source: The argument.
    """
    if source == "-":
        return sys.stdin.read()
    if not source.startswith("@"):
        return source
    try:
        return Path(source[1:]).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        refuse(f"The file {source[1:]} cannot be read: {why}", "Give @ and the path of a file")


def json_or_text(value: str) -> Any:
    """Return what a text says as JSON, or the text if it is not JSON."""
    try:
        return json.loads(value)
    except ValueError:
        return value
