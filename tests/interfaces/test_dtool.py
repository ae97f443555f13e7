"""The command ``dserver`` as a plugin of dtool; each part is loaded when it is used."""

import json
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import entry_points
from pathlib import Path
from typing import NamedTuple

import click
import pytest

from dtool_lookup_api import checkup
from dtool_lookup_api.cli import owners
from dtool_lookup_api.cli.group import dserver

from devserver import COPY_URI, PASSWORDS, URI, UUID, Dserver

SHEAR = "1137907e-e48e-485f-90c6-0d7764ca6fe0"  # the fourth of six in a chain


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
def no_owners() -> Iterator[None]:
    """Let what is installed be looked at anew, before and after."""
    owners.owners.cache_clear()
    yield
    owners.owners.cache_clear()


@pytest.fixture
def dtool(no_owners: None) -> click.Group:
    """Return a group that loads its commands as the program dtool does."""
    return with_plugins()


def with_plugins() -> click.Group:
    """Return a group with the commands of this package, added as click-plugins does."""
    group = click.Group("dtool")
    for entry_point in entry_points(group="dtool.cli"):
        if entry_point.module.startswith("dtool_lookup_api"):
            group.add_command(entry_point.load())
    return group


class Ended(NamedTuple):
    """What a command has printed, and its exit status."""

    status: int
    out: str
    err: str


Run = Callable[..., Ended]


@pytest.fixture
def run(dtool: click.Group, configured: Dserver, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return a function that runs a command line of dtool in this process, as in a pipe."""

    def run(*arguments: str) -> Ended:
        with pytest.raises(SystemExit) as ended:
            dtool.main([*arguments], prog_name="dtool")
        return Ended(int(ended.value.code or 0), *capsys.readouterr())

    return run


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
    assert "pip install --upgrade 'dtool-lookup-api[cli]'" in str(ended.value.code)


def test_search_prints_a_page_as_dtool_lookup_client_does(run: Run) -> None:
    """It prints an indented JSON array of ten datasets at most, with its place on request."""
    done = run("search", "--base-uri", "smb://test-share", "-n", "1", "--pagination-info")
    assert [found["uri"] for found in json.loads(done.out)] == [URI]
    assert done.out.startswith('[\n  {\n    "')
    assert json.loads(done.err)["total_pages"] == 1
    assert [found["uri"] for found in json.loads(run("search", "-n1", "-p2").out)] == [URI]


def test_query_prints_a_page_as_dtool_lookup_client_does(run: Run) -> None:
    """Without a query, it matches everything."""
    for given in ([], ['{"readme.owners.name": "Testing User"}'], ["", "--uuid", UUID]):
        found = json.loads(run("query", *given).out)
        assert sorted(dataset["uri"] for dataset in found) == [COPY_URI, URI]


def test_lookup_prints_uris(run: Run) -> None:
    """It prints a line for each copy."""
    assert run("lookup", UUID) == Ended(0, f"{COPY_URI}\n{URI}\n", "")


def test_graph_prints_a_page_as_dtool_lookup_client_does(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The keys are separated by commas; --dot prints all."""
    monkeypatch.setenv("DSERVER_USERNAME", "researcher")
    monkeypatch.setenv("DSERVER_PASSWORD", PASSWORDS["researcher"])
    done = run("graph", SHEAR, "--dependency-keys", "readme.derived_from.uuid,x.y", "-s", "4")
    assert len(json.loads(done.out)) == 4
    assert run("graph", SHEAR, "-s", "4", "-p", "2").out != done.out
    assert run("graph", SHEAR, "--dot").out.count(" -> ") == 5


def test_errors_are_one_line(run: Run) -> None:
    """An error has its exit status, as with dserver."""
    done = run("query", "{")
    assert (done.status, done.out, done.err.count("\n")) == (2, "", 1)
    assert run("search", "--page", "0").status == 2


@pytest.fixture
def lookup_client(no_owners: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Install a distribution with two of the commands."""
    place = tmp_path / "dtool_lookup_client-0.1.0.dist-info"
    place.mkdir()
    (place / "METADATA").write_text("Name: dtool-lookup-client\nVersion: 0.1.0\n")
    (place / "entry_points.txt").write_text(
        "[dtool.cli]\nsearch = json:dumps\nlookup = json:dumps\n"
    )
    (tmp_path / "dtool_cli").mkdir()
    monkeypatch.syspath_prepend(tmp_path)


def test_commands_of_others_stay(lookup_client: None) -> None:
    """Names that another distribution has are not taken; dtool dserver has all of them."""
    assert set(with_plugins().commands) == {"dserver", "query", "graph"}


def test_check_says_whose_the_commands_are(lookup_client: None, configured: Dserver) -> None:
    """Each of the four names is reported where dtool is installed."""
    found = {each.name: each.value for each in checkup.examine_configuration().findings}
    assert found["dtool search"] == "that of dtool-lookup-client; use dtool dserver search"
    assert found["dtool graph"] == "that of this package"
