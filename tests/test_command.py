"""The command for a broken set-up: check, login, logout."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pexpect
import pytest

from dtool_lookup_api import get_me
from dtool_lookup_api.__main__ import main

from devserver import PASSWORDS, Dserver, running_dserver


def findings(text: str) -> dict[str, dict[str, Any]]:
    """Return the findings of a report by name."""
    return {finding["name"]: finding for finding in json.loads(text)["findings"]}


def test_a_good_set_up_is_well(configured: Dserver, capsys: pytest.CaptureFixture[str]) -> None:
    """The report shows configuration, server, user and functions, and the status is 0."""
    assert main(["check"]) == 0

    text = capsys.readouterr().out
    assert text.endswith("All is well.\n")
    for expected in (
        f"{configured.url}  (environment)",
        "dservercore 0.22.0",
        "dserver_direct_mongo_plugin",
        "testuser, ordinary user",
        "s3://test-bucket, smb://test-share",
        "all others can be served",
    ):
        assert expected in text
    assert PASSWORDS["testuser"] not in text
    assert "\x1b" not in text


def test_the_report_is_there_for_programs(
    configured: Dserver, capsys: pytest.CaptureFixture[str]
) -> None:
    """--json gives the same as JSON, without secrets."""
    assert main(["check", "--json"]) == 0

    text = capsys.readouterr().out
    assert json.loads(text)["healthy"] is True
    assert findings(text)["may register in"]["value"] == "nothing"
    assert PASSWORDS["testuser"] not in text


@pytest.mark.parametrize(
    ("name", "value", "found", "advice"),
    [
        ("DSERVER_URL", "", "settings", "export DSERVER_URL="),
        ("DSERVER_URL", "http://127.0.0.1:9", "answers", "DSERVER_URL (from environment)"),
        ("DSERVER_PASSWORD", "wrong-password", "login", "DSERVER_PASSWORD"),
        ("DSERVER_TOKEN_GENERATOR_URL", "http://127.0.0.1:9", "login", "GENERATOR_URL"),
        ("DSERVER_TOKEN", "garbage", "login", "Get a new token"),
        ("DSERVER_TIMEOUT", "soon", "settings", "DSERVER_TIMEOUT"),
    ],
)
def test_a_problem_comes_with_advice(
    configured: Dserver,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    name: str,
    value: str,
    found: str,
    advice: str,
) -> None:
    """What is wrong is told with what to do about it, and the status is 1."""
    monkeypatch.setenv("DSERVER_RETRIES", "0")
    monkeypatch.setenv(name, value)
    if name == "DSERVER_TOKEN":
        monkeypatch.delenv("DSERVER_TOKEN_GENERATOR_URL")

    assert main(["check", "--json"]) == 1

    text = capsys.readouterr().out
    assert findings(text)[found]["state"] == "problem"
    assert advice in findings(text)[found]["value"]
    assert "wrong-password" not in text
    assert "garbage" not in text


def test_what_a_server_lacks_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Functions that this server cannot serve are listed with the plugin they need."""
    with running_dserver("--without", "dependency-graph") as server:
        for name, value in server.exports.items():
            monkeypatch.setenv(name, value)
        assert main(["check", "--json"]) == 0

    found = findings(capsys.readouterr().out)
    assert found["get_graph_by_uuid"]["value"] == ("needs dserver-dependency-graph-plugin")
    assert found["get_health"]["value"] == "needs dservercore 0.23.0 or later"
    assert "get_me" not in found


def test_secrets_that_others_can_read_are_a_problem(
    configured: Dserver,
    own_configuration: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A password in a file that others can read is told, with the command that mends it."""
    monkeypatch.delenv("DSERVER_PASSWORD")
    own_configuration.write_text(json.dumps({"DSERVER_PASSWORD": PASSWORDS["testuser"]}))
    own_configuration.chmod(0o644)

    assert main(["check", "--json"]) == 1
    found = findings(capsys.readouterr().out)["file mode"]
    assert found["advice"] == f"Run chmod 600 {own_configuration}"

    own_configuration.chmod(0o600)
    assert main(["check"]) == 0


def test_login_stores_a_token_and_logout_removes_it(
    configured: Dserver,
    own_configuration: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A token is written to dtool.json on request only, and taken away again."""
    own_configuration.write_text(json.dumps({"OTHER": 1}))
    assert main(["login"]) == 0
    for name in ("DSERVER_USERNAME", "DSERVER_PASSWORD", "DSERVER_TOKEN_GENERATOR_URL"):
        monkeypatch.delenv(name)
    assert get_me()["username"] == "testuser"
    token = json.loads(own_configuration.read_text())["DSERVER_TOKEN"]
    assert token not in capsys.readouterr().out

    assert main(["logout"]) == 0
    assert json.loads(own_configuration.read_text()) == {"OTHER": 1}
    assert main(["logout"]) == 0
    assert "There was no token" in capsys.readouterr().out


def test_a_refused_login_stores_nothing(
    configured: Dserver,
    own_configuration: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A wrong password is told on standard error, and no file is made."""
    monkeypatch.setenv("DSERVER_PASSWORD", "wrong-password")

    assert main(["login"]) == 1

    assert "Authentication failed" in capsys.readouterr().err
    assert not own_configuration.exists()


def environment(server: Dserver, home: Path) -> dict[str, str]:
    return {**os.environ, **server.exports, "HOME": str(home), "TERM": "xterm"}


def test_the_command_runs_as_a_module(configured: Dserver, tmp_path: Path) -> None:
    """In a pipe the report is plain text, readable in any encoding."""
    for encoding in ("utf-8", "ascii"):
        result = subprocess.run(
            [sys.executable, "-m", "dtool_lookup_api", "check"],
            capture_output=True,
            env={**environment(configured, tmp_path), "PYTHONIOENCODING": encoding},
            timeout=60,
        )
        assert result.returncode == 0, result.stderr
        assert b"All is well." in result.stdout
        assert b"\x1b" not in result.stdout


def test_on_a_terminal_the_report_is_in_colour(configured: Dserver, tmp_path: Path) -> None:
    """On a terminal good and bad are told apart by colour, unless NO_COLOR is set."""
    for extra, coloured in (({}, True), ({"NO_COLOR": "1"}, False)):
        terminal = pexpect.spawn(
            sys.executable,
            ["-m", "dtool_lookup_api", "check"],
            env={**environment(configured, tmp_path), **extra},  # type: ignore[arg-type]
            timeout=60,
        )
        text = terminal.read()
        terminal.close()
        assert b"All is well." in text
        assert (b"\x1b[32m" in text) is coloured
