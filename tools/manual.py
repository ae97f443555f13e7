"""Derive docs/dserver.md: the manual of the command `dserver`, from its commands."""

import sys
from collections.abc import Iterator

from derived import ROOT

sys.path[:0] = [str(ROOT), str(ROOT / "generated")]

import click  # noqa: E402

from dtool_lookup_api.cli.command import Command  # noqa: E402
from dtool_lookup_api.cli.group import FIRST_STEPS, dserver  # noqa: E402

MANUAL = ROOT / "docs/dserver.md"
HEAD = """\
<!-- Derived by `make generate` from dtool_lookup_api/cli: do not edit. -->
# Manual of `dserver`

[command.md](command.md) introduces the command. Each command also has `-h` or `--help`, and
`-v` or `--verbose`, which shows each request, retry and login on standard error.
"""
EVERYWHERE = {"--help", "--verbose"}


def manual() -> Iterator[str]:
    """Yield the lines of the manual."""
    yield HEAD
    yield _paragraphs(dserver.help or "")
    yield "\nFirst steps:\n"
    yield from (f"- `{command}`: {text}" for command, text in FIRST_STEPS.items())
    yield f"\n{dserver.epilog}"
    yield from _commands(dserver, click.Context(dserver, info_name="dserver"))


def _commands(group: click.Group, context: click.Context) -> Iterator[str]:
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None, name
        inner = click.Context(command, info_name=name, parent=context)
        yield f"\n## `{inner.command_path}`\n"
        yield _paragraphs(command.help or "")
        if isinstance(command, click.Group):
            yield from _commands(command, inner)
        else:
            yield from _usage(command, inner)


def _usage(command: click.Command, context: click.Context) -> Iterator[str]:
    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
    yield f"\nUsage: `{usage}`\n"
    options = [
        each
        for each in command.get_params(context)
        if isinstance(each, click.Option) and EVERYWHERE.isdisjoint(each.opts)
    ]
    if options:
        yield "| Option | |\n| --- | --- |"
    for option in options:
        names = ", ".join([*option.opts, *option.secondary_opts])
        value = "" if option.is_flag else f" {option.make_metavar(context)}"
        yield f"| `{_cell(names + value)}` | {_cell(option.help or '')} |"
    if options:
        yield ""
    assert isinstance(command, Command), context.command_path
    for example in command.examples:
        yield f"- `{example}`"


def _paragraphs(text: str) -> str:
    return "\n\n".join(" ".join(each.split()) for each in text.split("\n\n"))


def _cell(text: str) -> str:
    return _paragraphs(text).replace("|", "\\|")


if __name__ == "__main__":
    MANUAL.write_text("\n".join(manual()) + "\n", encoding="utf-8")
