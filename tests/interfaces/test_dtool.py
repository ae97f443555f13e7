"""The command ``dserver`` as a plugin of dtool; each part is loaded when it is used."""

import sys
from importlib.metadata import entry_points

import click
import pytest

from dtool_lookup_api.cli.group import dserver


def test_the_help_lists_each_command() -> None:
    """The table of the help has each command, with a sentence that is not cut."""
    context = click.Context(dserver, info_name="dserver")
    text = dserver.get_help(context).partition("Show this message")[2]
    for name in dserver.list_commands(context):
        command = dserver.get_command(context, name)
        assert command is not None
        assert command.name == name
        assert f"\n  {name} " in text
    assert "..." not in text


@pytest.fixture
def dtool() -> click.Group:
    """Return a group that loads its commands as the program dtool does."""
    group = click.Group("dtool")
    for entry_point in entry_points(group="dtool.cli"):
        if entry_point.module.startswith("dtool_lookup_api"):
            group.add_command(entry_point.load())
    return group


def test_the_entry_point_is_a_command_of_dtool(
    dtool: click.Group, capsys: pytest.CaptureFixture[str]
) -> None:
    """A command of the group runs below the program dtool."""
    with pytest.raises(SystemExit) as ended:
        dtool.main(["dserver", "search", "--help"], prog_name="dtool")
    assert ended.value.code == 0
    assert "Usage: dtool dserver search [OPTIONS] [TEXT]" in capsys.readouterr().out


@pytest.mark.parametrize("command", ["--help", "search"])
def test_without_the_extra_dtool_says_what_to_install(
    dtool: click.Group, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    """Where click is installed and wcwidth is not, the error is one line, without a traceback."""
    monkeypatch.setitem(sys.modules, "wcwidth", None)
    with pytest.raises(SystemExit) as ended:
        dtool.main(["dserver", command], prog_name="dtool")
    assert "pip install 'dtool-lookup-api[cli]'" in str(ended.value.code)
