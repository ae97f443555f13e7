"""The command ``dserver`` starts quickly: each part is loaded when it is used."""

import subprocess
import sys

import click

from dtool_lookup_api.cli.group import dserver

from devserver import ROOT

# Prints which modules of the package, and of those that it needs, a statement has loaded.
LOADED = """
import contextlib, io, sys
with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):
    exec(sys.argv[1])
ours = ("dtool_lookup_api", "dtool_lookup_rest", "attr", "dtoolcore", "httpx", "wcwidth", "yaml")
print("\\n".join(name for name in sys.modules if name.partition(".")[0] in ours))
"""


def loaded(statement: str) -> set[str]:
    """Return the modules that a statement loads in a process of its own, without click's."""
    done = subprocess.run(
        [sys.executable, "-c", LOADED, statement],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    return set(done.stdout.split())


def test_the_help_loads_no_command() -> None:
    """The help of the group needs click, and neither the operations nor what they need."""
    found = loaded("from dtool_lookup_api.cli.group import dserver; dserver.main(['--help'])")
    assert {name for name in found if name.startswith("dtool_lookup_api.cli.")} == {
        "dtool_lookup_api.cli.command",
        "dtool_lookup_api.cli.exits",
        "dtool_lookup_api.cli.group",
        "dtool_lookup_api.cli.output",
    }
    assert not {"attr", "dtoolcore", "httpx", "dtool_lookup_api.operations.datasets"} & found
    # Or this test would look in the wrong place.
    assert "dtool_lookup_api.operations.datasets" in loaded(
        "import dtool_lookup_api.operations.datasets"
    )


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
