"""The class of all commands: ``--help``, ``--verbose``, errors, Ctrl-C and closed pipes."""

import re
import sys
from collections.abc import Sequence
from typing import Any, Final, NoReturn

import click

from ..errors import InvalidRequestError, LookupServerError
from . import output
from .exits import INTERRUPTED, perform

__all__ = ["Command", "Group", "refuse", "report"]


_COMMANDS: Final = {
    "delete_annotation()": "dserver annotations delete",
    "download_item()": "dserver download --item",
    "Give another base URI, or the Client of another server: to=": "Give another base URI",
    "Give JSON text, or a dict": "Give a JSON object; dserver query --help shows an example",
    "get_base_uris()": "dserver base-uri list",
    "get_dataset()": "dserver show",
    "get_datasets()": "dserver search",
    "get_manifest()": "dserver manifest get",
    "get_me()": "dserver user show",
    "get_users()": "dserver user list",
    "get_versions()": "dserver check",
    "new_uuid=True": "--new-uuid",
    "overwrite=True": "--overwrite",
    "python -m dtool_lookup_api": "dserver",
    "remove_tag()": "dserver tags remove",
    "set_tags()": "dserver tags set",
    "skip_unsendable=True": "--skip-unsendable",
}
"""What errors advise in Python, and at a terminal."""

_ASSUME_OFFERED: Final = re.compile(r"\. If you know better: Client\(.*?\]\)")


def refuse(text: str, next_step: str) -> NoReturn:
    """Refuse what was given to a command, before anything is sent.

    Args:
        text: What is wrong with it.
        next_step: What to do.
    """
    raise InvalidRequestError(text, next_step=next_step)


class Command(click.Command):
    """A command of ``dserver``.

    Args:
        examples: Command lines that its help shows.
        arguments: What click takes.
        options: What click takes.
    """

    examples: Sequence[str]
    """Command lines that the help shows."""

    def __init__(self, *arguments: Any, examples: Sequence[str] = (), **options: Any) -> None:
        options["context_settings"] = {"help_option_names": ["-h", "--help"]}
        super().__init__(*arguments, **options)
        self.examples = examples
        self.params.append(
            click.Option(
                ["-v", "--verbose"],
                is_flag=True,
                expose_value=False,
                callback=_log_requests,
                help="Show each request, retry and login on standard error.",
            )
        )

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples, which are never wrapped."""
        with formatter.section("Examples" if len(self.examples) > 1 else "Example"):
            for example in self.examples:
                formatter.write(f"{'':>{formatter.current_indent}}$ {example}\n")

    def invoke(self, ctx: click.Context) -> None:
        """Run the command; whatever goes wrong becomes a line and an exit status."""
        from ..core import config  # the help needs none

        run = super().invoke
        before, config.login_command = config.login_command, "dserver login"

        def run_in_terms_of_commands() -> Any:
            try:
                return run(ctx)
            except LookupServerError as error:
                _name_commands(error, self.params)
                raise

        try:
            status = perform(run_in_terms_of_commands)
        finally:
            config.login_command = before
        if status:
            ctx.exit(status)


def _name_commands(error: LookupServerError, options: Sequence[click.Parameter]) -> None:
    """Let an error name commands and options instead of Python's functions and arguments."""
    error.operation = None
    has_option = any(option.name == "assume_offered" for option in options)
    instead = ". If you know better: --assume-offered" if has_option else ""
    text = _ASSUME_OFFERED.sub(instead, error.next_step or "")
    for name, command in _COMMANDS.items():
        text = text.replace(name, command)
    error.next_step = text or None


class Group(click.Group):
    """A group of commands of ``dserver``."""

    command_class: type[click.Command] | None = Command

    def __init__(self, *arguments: Any, **options: Any) -> None:
        options.setdefault("context_settings", {"help_option_names": ["-h", "--help"]})
        super().__init__(*arguments, **options)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands with their first sentences, which are wrapped and never cut."""
        commands = {name: self.get_command(ctx, name) for name in self.list_commands(ctx)}
        with formatter.section("Commands"):
            formatter.write_dl(
                [(name, each.get_short_help_str(10_000)) for name, each in commands.items() if each]
            )


Group.group_class = Group


def report(error: click.UsageError | click.Abort | KeyboardInterrupt) -> int:
    """Print what ended the program, in one line if it is an error, and return the exit status.

    Args:
        error: What click raised: a wrong command line, no arguments at all, or Ctrl-C.
    """
    if isinstance(error, click.Abort | KeyboardInterrupt):
        return INTERRUPTED
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        error.show()
    else:
        path = error.ctx.command_path if error.ctx else "dserver"
        text = error.format_message().removesuffix(".")
        output.error(f"{text}{'' if text.endswith('?') else '.'} See {path} --help")
    return error.exit_code


def _log_requests(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
    if not value:
        return
    import logging  # only this needs it

    logger = logging.getLogger("dtool_lookup_api")
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(message)s"))
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    ctx.call_on_close(lambda: logger.removeHandler(handler))
    ctx.call_on_close(lambda: logger.setLevel(logging.NOTSET))
