"""The program dtool itself, in an environment of its own, with this package as its plugin."""

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

import dtool_lookup_api

from devserver import COPY_URI, ROOT, URI, UUID, Dserver

DTOOL = ROOT / "tests/dtool/.venv/bin/dtool"

pytestmark = pytest.mark.slow

Ended: TypeAlias = "subprocess.CompletedProcess[str]"
Run: TypeAlias = Callable[..., Ended]


@pytest.fixture
def dtool(configured: Dserver, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return a function that runs a command line of dtool against the local server."""
    # dtool-cli 0.7.1 imports pkg_resources, which warns.
    monkeypatch.setenv("PYTHONWARNINGS", "ignore")

    def run(*arguments: str) -> Ended:
        return subprocess.run([DTOOL, *arguments], capture_output=True, text=True, timeout=60)

    return run


def listed(help_text: str) -> dict[str, str]:
    """Return what a help says of each command, by its name."""
    rows = help_text.partition("\nCommands:\n")[2].splitlines()
    return {name: text.strip() for name, _, text in (row.strip().partition(" ") for row in rows)}


def test_dtool_lists_the_package_and_its_commands(dtool: Run) -> None:
    """The help of dtool has a sentence for the group, and its version names the package."""
    commands = listed(dtool("--help").stdout)
    assert {"dserver", "search", "lookup", "query", "graph"} <= set(commands)
    assert commands["dserver"].startswith("Find, read, download and register datasets")
    version = f"dtool-lookup-api, version {dtool_lookup_api.__version__}"
    assert version in dtool("--version").stdout.splitlines()


def test_dtool_runs_the_group(dtool: Run) -> None:
    """Help, output and exit status are those of the program dserver."""
    assert "\nFind and read datasets:\n" in dtool("dserver", "--help").stdout
    found = dtool("dserver", "search", "testing", "-q")
    assert (found.returncode, found.stdout, found.stderr) == (0, f"{COPY_URI}\n{URI}\n", "")
    missing = dtool("dserver", "lookup", "00000000-0000-4000-8000-000000000000")
    assert (missing.returncode, missing.stdout, missing.stderr.count("\n")) == (3, "", 1)


def test_dtool_has_the_commands_of_dtool_lookup_client(dtool: Run) -> None:
    """Search, query and graph print a page as JSON, lookup prints URIs."""
    in_share = ("--base-uri", "smb://test-share")
    for command in (("search", "testing"), ("query", json.dumps({"uuid": UUID}))):
        found = dtool(*command, *in_share)
        assert [each["uri"] for each in json.loads(found.stdout)] == [URI], found.stderr
    assert dtool("lookup", UUID).stdout == f"{COPY_URI}\n{URI}\n"
    graph = dtool("graph", UUID, "--dot")
    assert graph.stdout.startswith("digraph"), graph.stderr
    assert UUID in graph.stdout


@pytest.fixture
def other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Install a distribution that has the command search, too."""
    metadata = tmp_path / "other_client-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: other-client\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text("[dtool.cli]\nsearch = other_client:search\n")
    (tmp_path / "other_client.py").write_text(
        "import click\n\n"
        '__version__ = "1.0"\n\n\n'  # dtool reads it at each start
        "@click.command()\n"
        "def search():\n"
        '    """Search elsewhere."""\n'
        '    print("found elsewhere")\n'
    )
    # Plugins are loaded in the order of the path: those of this package after this one.
    monkeypatch.setenv("PYTHONPATH", os.fspath(tmp_path))


@pytest.mark.usefixtures("other")
def test_a_command_of_another_distribution_stays(dtool: Run) -> None:
    """It is listed and run, and that of this package is below dtool dserver; check says so."""
    commands = listed(dtool("--help").stdout)
    assert commands["search"] == "Search elsewhere."
    assert {"dserver", "lookup", "query", "graph"} <= set(commands)
    assert dtool("search").stdout == "found elsewhere\n"
    assert dtool("dserver", "search", "testing", "-q").stdout == f"{COPY_URI}\n{URI}\n"
    report = json.loads(dtool("dserver", "config", "show", "--json").stdout)
    owners = {each["name"]: each["value"] for each in report["findings"]}
    assert owners["dtool search"] == "that of other-client; use dtool dserver search"
    assert owners["dtool lookup"] == "that of this package"
