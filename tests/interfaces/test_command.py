"""The command for a broken set-up: check, login, logout."""

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pexpect
import pytest

from dtool_lookup_api import get_me
from dtool_lookup_api.__main__ import main
from dtool_lookup_api.core.routes import ROUTES

import faults
from devserver import PASSWORDS, Dserver, running_dserver
from stored import DATA, SIGNATURE, Storage, expired


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
        "no signed URLs on this server: needs dserver-signed-url-plugin",
    ):
        assert expected in text
    assert PASSWORDS["testuser"] not in text
    assert "\x1b" not in text


def test_what_several_lack_is_said_once(
    configured: Dserver, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With all of their names; so are settings that are not set, but no equal values."""
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setenv("DSERVER_TIMEOUT", "30")
    monkeypatch.setenv("DSERVER_DEADLINE", "30")
    main(["check"])
    text = capsys.readouterr().out
    assert text.count("not set:") == text.count("not set") == 1
    assert text.count("30  (environment)") == 2
    names = text.partition("not set:\n")[2].partition("  timeout")[0]
    assert {"DSERVER_API_KEY", "DSERVER_ENGINE"} <= set(names.replace(",", "").split())
    assert max(map(len, names.splitlines())) <= 60
    assert "DSERVER_USERNAME" not in names
    functions = text.partition("\nFunctions\n")[2].partition("\nStorage\n")[0]
    assert functions.count("needs dserver-signed-url-plugin 0.1.0 or later:\n") == 1
    assert functions.count("needs dservercore 0.23.0 or later:\n") == 1
    for name in ("download_item", "open_item", "upload_dataset", "get_health"):
        assert functions.count(name) == 1


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


@pytest.mark.slow
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

    assert main(["login"]) == 4

    assert "Authentication failed" in capsys.readouterr().err
    assert not own_configuration.exists()


HOMELESS = """
import sys
sys.modules["pwd"] = None  # as for a user whom /etc/passwd does not know
from dtool_lookup_api.__main__ import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.parametrize("command", ["login", "logout", "check"])
def test_without_a_home_nothing_is_written(
    configured: Dserver, tmp_path: Path, command: str
) -> None:
    """In a container whose user has no home, a token is not stored, and no folder ~ is made."""
    before = configured.token_requests()
    (tmp_path / "~/.config/dtool").mkdir(parents=True)
    own = tmp_path / "~/.config/dtool/dtool.json"
    own.write_text(json.dumps({"DSERVER_TOKEN": "that of the folder"}), encoding="utf-8")
    variables = environment(configured, tmp_path)
    del variables["HOME"]

    ended = subprocess.run(
        [sys.executable, "-c", HOMELESS, command],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=variables,
        timeout=60,
    )

    assert ended.returncode == (5 if command == "login" else 0), ended.stdout + ended.stderr
    if command == "login":
        [line] = ended.stderr.splitlines()
        assert "DSERVER_TOKEN cannot be stored in ~/.config/dtool/dtool.json" in line
        assert configured.token_requests() == before
    assert "Traceback" not in ended.stderr
    assert json.loads(own.read_text(encoding="utf-8")) == {"DSERVER_TOKEN": "that of the folder"}


def test_a_login_that_cannot_be_stored_is_not_made(
    configured: Dserver, own_configuration: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where dtool.json cannot be written, one line says so before a password is sent."""
    before = configured.token_requests()
    own_configuration.mkdir()
    for command in ("login", "logout"):
        assert main([command]) == 5
        [line] = capsys.readouterr().err.splitlines()
        assert str(own_configuration) in line
    assert configured.token_requests() == before


def test_a_file_that_cannot_be_read_is_a_problem(
    configured: Dserver, own_configuration: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What stops no call, as the environment says it all, is told by the check."""
    own_configuration.write_text("{", encoding="utf-8")

    assert main(["check", "--json"]) == 1
    report = json.loads(capsys.readouterr().out)
    problems = [finding for finding in report["findings"] if finding["state"] == "problem"]
    assert [finding["name"] for finding in problems] == ["file"]
    assert str(own_configuration) in problems[0]["value"]


def test_a_password_in_a_url_is_not_shown(
    configured: Dserver, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is wrong with a setting is told without what may be secret in it."""
    monkeypatch.setenv("DSERVER_URL", "https://alice:secret@dserver.example")
    assert main(["check"]) == 1
    assert "secret" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("fault", "does"),
    [
        (faults.html(404), "refuses"),
        (faults.html(400), "refuses"),
        (faults.replying(403, {"code": 403, "status": "Forbidden"}), "decodes"),
        (faults.merged_path, "decodes"),
    ],
)
def test_a_proxy_that_changes_paths_is_a_problem(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    fault: faults.Fault,
    does: str,
) -> None:
    """Where all works but what has a URI in its path, the proxy is named, and how to mend it."""

    async def changing_paths(exchange: faults.Exchange) -> None:
        if "%2F" in exchange.request.raw_target:
            await fault(exchange)
        else:
            await exchange.send(exchange.right)

    with faults.running_fault_server() as server:
        endpoint = server.endpoint()
        endpoint.script(always=changing_paths)
        for name, value in (
            ("URL", endpoint.url),
            ("TOKEN", endpoint.new_token()),
            ("RETRIES", "0"),
        ):
            monkeypatch.setenv(f"DSERVER_{name}", value)
        assert main(["check", "--json"]) == 1
        report = findings(capsys.readouterr().out)
        problems = [name for name, finding in report.items() if finding["state"] == "problem"]
        assert problems == ["URIs in paths"]
        assert f"a proxy in front of the server {does}" in report["URIs in paths"]["value"]
        assert "AllowEncodedSlashes NoDecode" in report["URIs in paths"]["advice"]
        assert main(["check"]) == 1
        assert "AllowEncodedSlashes NoDecode" in capsys.readouterr().out


def nothing_listens(_: Storage, __: pytest.MonkeyPatch) -> str:
    """Return the URL of storage that is down."""
    return f"http://{faults.HOST}:{faults.closed_port()}"


def name_of_the_inside(_: Storage, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return a URL whose host only the server knows."""
    original = socket.getaddrinfo

    def getaddrinfo(host: Any, *arguments: Any, **options: Any) -> Any:
        if host in ("storage.inside", b"storage.inside"):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return original(host, *arguments, **options)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return "https://storage.inside"


def no_tls(_: Storage, __: pytest.MonkeyPatch) -> str:
    """Return a URL for TLS where storage has none."""
    listener = socket.create_server((faults.HOST, 0))

    def answer() -> None:
        with listener:
            for _ in range(2):  # it is tried twice
                connection, _ = listener.accept()
                with connection:
                    connection.recv(65536)
                    connection.sendall(faults.answer(400))

    threading.Thread(target=answer, daemon=True).start()
    return f"https://{faults.HOST}:{listener.getsockname()[1]}"


def stalled(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> str:
    """Let storage answer nothing."""
    monkeypatch.setattr("dtool_lookup_api.checkup._PATIENCE", 0.2)
    storage.always = faults.hang
    return storage.endpoint.url


def refusing(code: str) -> Callable[[Storage, pytest.MonkeyPatch], str]:
    """Return what lets storage refuse every URL."""

    def refuse(storage: Storage, _: pytest.MonkeyPatch) -> str:
        storage.always = expired(code)
        return storage.endpoint.url

    return refuse


@pytest.mark.slow
@pytest.mark.parametrize(
    ("prepare", "advice"),
    [
        (nothing_listens, "Is http://127.0.0.1:"),
        (name_of_the_inside, "No address is known for https://storage.inside"),
        (stalled, "does a firewall block http://127.0.0.1:"),
        (no_tls, "does not use TLS"),
        (refusing("SignatureDoesNotMatch"), "the server's key for storage is wrong, or a proxy"),
        (refusing("RequestTimeTooSkewed"), "clocks of server and storage differ"),
        (refusing("AccessDenied"), "the server's access to storage may be wrong, or its clock"),
    ],
)
def test_storage_that_sends_nothing_is_a_problem(
    endpoint: faults.Endpoint,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    prepare: Callable[[Storage, pytest.MonkeyPatch], str],
    advice: str,
) -> None:
    """The first bytes of an item are read, and what is wrong is told without the signature."""
    storage = Storage(endpoint, {"empty": b"", "a.bin": DATA})
    endpoint.script(always=signing(storage))
    for name, value in (("URL", endpoint.url), ("TOKEN", endpoint.new_token()), ("RETRIES", "0")):
        monkeypatch.setenv(f"DSERVER_{name}", value)
    assert main(["check", "--json"]) == 0
    assert findings(capsys.readouterr().out)["smb://test-share"]["state"] == "ok"
    [request] = storage.requests
    assert request.headers["range"] == "bytes=0-63"

    base = prepare(storage, monkeypatch)
    monkeypatch.setattr(storage, "url", lambda name: f"{base}/storage/{name}?n=0&s={SIGNATURE}")
    started = time.monotonic()
    assert main(["check", "--json"]) == 1
    assert time.monotonic() - started < 20  # storage has 60 seconds elsewhere
    text = capsys.readouterr().out
    problems = [finding for finding in findings(text).values() if finding["state"] == "problem"]
    assert [finding["name"] for finding in problems] == ["smb://test-share"]
    assert advice in problems[0]["advice"]
    assert SIGNATURE not in text


def signing(storage: Storage) -> faults.Fault:
    """Return what answers as a server with all plugins does."""
    paths: dict[str, dict[str, Any]] = {}
    for route in ROUTES.values():
        paths.setdefault(route.path, {})[route.method.lower()] = {}

    async def serve(exchange: faults.Exchange) -> None:
        if exchange.request.path == "/doc/openapi.json":
            await faults.replying(200, {"paths": paths})(exchange)
        else:
            await storage.serve(exchange)

    return serve


@pytest.mark.slow
def test_storage_is_read(
    next_dserver: Dserver, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In each base URI whose URLs a real server can sign."""
    for name, value in next_dserver.exports.items():
        monkeypatch.setenv(name, value)
    assert main(["check", "--json"]) == 0
    found = findings(capsys.readouterr().out)
    assert found["s3://test-bucket"]["state"] == "ok"
    assert "cannot sign" in found["smb://test-share"]["value"]


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


@pytest.mark.slow
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


@pytest.mark.parametrize("buffered", [True, pytest.param(False, marks=pytest.mark.slow)])
def test_output_without_a_reader(configured: Dserver, tmp_path: Path, buffered: bool) -> None:
    """A report that is cut short, as by head, leaves no traceback behind."""
    reader, writer = os.pipe()
    os.close(reader)
    status, message = check_into(writer, environment(configured, tmp_path), buffered)
    assert (status, message) == (141, "")


@pytest.mark.slow
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full disk here")
def test_output_to_a_full_disk(configured: Dserver, tmp_path: Path) -> None:
    """What cannot be written is told in a line."""
    full = os.open("/dev/full", os.O_WRONLY)
    status, message = check_into(full, environment(configured, tmp_path), buffered=True)
    assert (status, message) == (
        1,
        "Error: The output cannot be written: No space left on device\n",
    )


def check_into(descriptor: int, variables: dict[str, str], buffered: bool) -> tuple[int, str]:
    """Run a check with its output going to a descriptor; return status and error output."""
    options = [] if buffered else ["-u"]
    ended = subprocess.run(
        [sys.executable, *options, "-m", "dtool_lookup_api", "check"],
        stdout=descriptor,
        stderr=subprocess.PIPE,
        text=True,
        env=variables,
        timeout=60,
    )
    os.close(descriptor)
    return ended.returncode, ended.stderr


@pytest.mark.slow
def test_without_output_the_status_tells(configured: Dserver, tmp_path: Path) -> None:
    """In a service, standard output may be closed."""
    ended = subprocess.run(
        ["sh", "-c", f"exec {sys.executable} -m dtool_lookup_api check >&-"],
        stderr=subprocess.PIPE,
        env=environment(configured, tmp_path),
        timeout=60,
    )
    assert (ended.returncode, ended.stderr) == (0, b"")
