"""The program dtool itself, in an environment of its own, with this package as its plugin."""

import subprocess
from collections.abc import Callable
from typing import TypeAlias

import pytest

import dtool_lookup_api

from devserver import COPY_URI, ROOT, URI, Dserver

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
