"""Completion in bash, zsh and fish: the command that prints the script, and values to complete.

Base URIs, tags and creators come from the summary of what the user may search. It is kept in a file
for ten minutes, which holds these names only. Completion never prompts, and fails silently.
"""

import json
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, TypeAlias

import click

from ..core import config, dtool_json
from ..core.folders import cache_folder, write_whole
from ..errors import LookupServerError
from . import output
from .command import Command

__all__ = ["COMMANDS", "base_uris", "creators", "tags"]

_FRESH: Final = 600.0  # seconds
_NAMES: Final = ("base_uris", "creator_usernames", "tags")

Completer: TypeAlias = Callable[[click.Context, click.Parameter, str], list[str]]


@click.command(
    cls=Command,
    examples=[
        "dserver completion bash > ~/.local/share/bash-completion/completions/dserver",
        "dserver completion zsh > ~/.zfunc/_dserver  # a folder of $fpath",
        "dserver completion fish > ~/.config/fish/completions/dserver.fish",
    ],
)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print the script that completes commands, options, base URIs, tags and creators."""
    from .shells import SHELLS  # the help loads this module, and completes nothing

    script = SHELLS[shell](ctx.find_root().command, {}, "dserver", "_DSERVER_COMPLETE")
    output.document(script.source())


def _completer(name: str) -> Completer:
    def complete(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
        return [each for each in _summary().get(name, ()) if each.startswith(incomplete)]

    return complete


base_uris: Final = _completer("base_uris")
"""Completes base URIs."""
creators: Final = _completer("creator_usernames")
"""Completes names of creators."""
tags: Final = _completer("tags")
"""Completes tags."""


def _summary() -> dict[str, list[str]]:
    path = _path()
    found: dict[str, list[str]] = {}
    with suppress(OSError, ValueError):
        found = json.loads(path.read_text(encoding="utf-8"))
        if time.time() - path.stat().st_mtime < _FRESH:
            return found
    from ..clients import Client  # the help loads this module, and needs no client

    config.Config.interactive = False
    with suppress(LookupServerError, OSError):
        with Client(timeout=2, deadline=3, retries=0) as client:
            summary: Any = client.get_my_summary()
        found = {name: summary[name] for name in _NAMES}
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_whole(path, json.dumps(found).encode())
    return found


def _path() -> Path:
    """Return the file for the configured server and user."""
    import hashlib  # the help loads this module, and does not need it

    snapshot = dtool_json.snapshot()
    whose = [str(snapshot.get(key)) for key in ("DSERVER_URL", "DSERVER_USERNAME")]
    name = hashlib.sha256("\n".join(whose).encode()).hexdigest()
    return cache_folder() / "completion" / f"{name}.json"


COMMANDS: Final[dict[str, click.Command]] = {"completion": completion}
