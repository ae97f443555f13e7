"""The command dserver and a server that misbehaves: one line, a status, no traceback, no secret."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from dtool_lookup_api.cli import exits
from dtool_lookup_api.cli.group import dserver as program

import faults
from faults import Endpoint, FaultServer, html, replying
from paged_listing import PagedListing, soon
from samples import URI as REGISTERED
from samples import UUID
from stored import DATA, SIGNATURE, URI, Storage, expired

PROGRAM = Path(sys.executable).with_name("dserver")
KEPT = "What was transferred is kept"
COMMANDS = [
    ["search", "-q"],
    ["query", "{}"],
    ["lookup", UUID],
    ["show", REGISTERED],
    ["graph", UUID],
    ["summary"],
    ["download", REGISTERED, "new"],
    ["cat", REGISTERED, "a.bin"],
    ["upload", "mine", "s3://test-bucket"],
    ["upload", "mine", "s3://test-bucket", "--dry-run"],
    ["tags", "add", REGISTERED, "one"],
    ["user", "delete", "alice", "--yes"],
]


class Ended(NamedTuple):
    """What a command has printed, and its exit status."""

    status: int
    out: str
    err: str


Run = Callable[..., Ended]


@pytest.fixture
def variables(endpoint: Endpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Configure the endpoint, and work in a folder with data to upload."""
    for name, value in {
        "DSERVER_URL": endpoint.url,
        "DSERVER_TOKEN_GENERATOR_URL": endpoint.token_url,
        "DSERVER_USERNAME": endpoint.login["username"],
        "DSERVER_PASSWORD": endpoint.login["password"],
        "DSERVER_RETRIES": "0",
        "XDG_STATE_HOME": str(tmp_path / "state"),
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/README.yml").write_text("project: testing")
    (tmp_path / "mine/a.csv").write_text("1,2")


@pytest.fixture
def run(variables: None, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return a function that runs a command line in this process."""

    def run(*arguments: str) -> Ended:
        with pytest.raises(SystemExit) as ended:
            program.main([*arguments], prog_name="dserver")
        return Ended(int(ended.value.code or 0), *capsys.readouterr())

    return run


def check_line(ended: Ended, endpoint: Endpoint) -> None:
    """Assert that an error is one line with a next step, in words of the command."""
    assert ended.out == ""
    [line] = ended.err.splitlines()
    assert line.startswith("Error: ")
    what, _, next_step = line.rpartition(". ")
    assert what
    assert next_step
    assert not re.search(r"\w\(\)| in [a-z]+_[a-z_]+|python -m", line)
    assert endpoint.is_secret_free(line)
    assert SIGNATURE not in line


async def showing_the_token(exchange: faults.Exchange) -> None:
    """Fail, and show the beginning of the request, as a debugging proxy does."""
    await html(500, exchange.request.headers.get("authorization", "none"))(exchange)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fault", "statuses"),
    [
        (replying(401, {"code": 401, "status": "Unauthorized"}), {4}),
        (replying(403, {"code": 403, "status": "Forbidden"}), {4}),
        (replying(404, {"code": 404, "status": "Not Found"}), {3, 7}),
        (replying(500, {"code": 500, "status": "Internal Server Error"}), {1}),
        (html(502), {1}),
        (html(200), {1}),
        (faults.hang, {6}),
        (faults.reset_before, {6}),
        (faults.truncated, {6}),
        (showing_the_token, {1}),
    ],
    ids=["401", "403", "404", "500", "502", "html", "timeout", "reset", "cut", "echo"],
)
def test_a_fault_is_one_line(
    run: Run,
    endpoint: Endpoint,
    monkeypatch: pytest.MonkeyPatch,
    fault: faults.Fault,
    statuses: set[int],
) -> None:
    """Whatever the server does, each command says it in a line, with the status of its kind."""
    if fault is faults.hang:
        monkeypatch.setenv("DSERVER_TIMEOUT", "0.2")
    endpoint.script(always=fault)
    for command in COMMANDS:
        ended = run(*command)
        check_line(ended, endpoint)
        assert ended.status in statuses, command
        assert KEPT not in ended.err


@pytest.mark.slow
def test_no_connection_is_one_line(
    run: Run, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nothing listens, the line names the setting."""
    monkeypatch.setenv("DSERVER_URL", f"http://{faults.HOST}:{faults.closed_port()}")
    for command in COMMANDS:
        ended = run(*command)
        check_line(ended, endpoint)
        assert ended.status == 6, command
        assert "DSERVER_URL" in ended.err
        assert KEPT not in ended.err


@pytest.mark.slow
def test_what_a_server_may_not_store_names_the_option(run: Run, endpoint: Endpoint) -> None:
    """An error that advises an argument of Client names the option, where there is one."""
    refused = run("tags", "add", REGISTERED, "two")
    check_line(refused, endpoint)
    assert refused.status == 7
    assert refused.err.endswith("If you know better: --assume-offered\n")


@pytest.mark.slow
def test_a_refused_login_is_one_line(run: Run, endpoint: Endpoint) -> None:
    """The password is not shown, and the setting is named."""
    for fault in (faults.login_refused, html(200), faults.garbage_tokens):
        endpoint.token_script(always=fault)
        ended = run("search", "-q")
        check_line(ended, endpoint)
        assert ended.status in (1, 4)


# --- data --------------------------------------------------------------------------------


@pytest.fixture
def storage(endpoint: Endpoint) -> Storage:
    """Return a storage with one item."""
    return Storage(endpoint, {"a.bin": DATA})


@pytest.mark.slow
def test_a_cut_download_says_how_to_go_on(
    run: Run, storage: Storage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It names the next step, and says that data are kept only if some have arrived."""
    for command in (["download", URI, "new"], ["download", URI, "b.bin", "--item", "a.bin"]):
        for fault in (faults.reset_before, expired("SignatureDoesNotMatch"), faults.hang):
            monkeypatch.setenv("DSERVER_STORAGE_TIMEOUT", "0.5" if fault is faults.hang else "20")
            storage.always = fault
            ended = run(*command)
            check_line(ended, storage.endpoint)
            assert ended.status in (4, 6)
            assert KEPT not in ended.err
        monkeypatch.delenv("DSERVER_STORAGE_TIMEOUT")
        storage.always = storage.cut_after(300_000)
        ended = run(*command)
        check_line(ended, storage.endpoint)
        assert ended.status == 6
        assert KEPT in ended.err
        storage.always = None
        assert run(*command).status == 0
    assert (tmp_path / "new/data/a.bin").read_bytes() == DATA
    assert (tmp_path / "b.bin").read_bytes() == DATA


@pytest.mark.slow
def test_a_cut_item_is_one_line(
    variables: None, endpoint: Endpoint, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    """What of an item was printed stays, and the status says that it is not whole."""
    storage = Storage(endpoint, {"a.bin": DATA * 3})

    async def whole(exchange: faults.Exchange) -> None:
        await exchange.send(storage.response(exchange))

    storage.faults.extend([whole, storage.cut_after(1000)])  # two blocks are read first
    with pytest.raises(SystemExit) as ended:
        program.main(["cat", URI, "a.bin"], prog_name="dserver")
    out, err = capsysbinary.readouterr()
    assert ended.value.code == 6
    assert out == DATA * 2
    assert len(err.splitlines()) == 1


@pytest.mark.slow
def test_a_folder_that_cannot_be_written(run: Run, storage: Storage, tmp_path: Path) -> None:
    """Nothing was transferred, and nothing is said to be kept."""
    (tmp_path / "file").touch()
    ended = run("download", URI, "file/new")
    check_line(ended, storage.endpoint)
    assert KEPT not in ended.err
    assert f"{tmp_path / 'file'} is in the way: move it, or choose another place" in ended.err
    assert storage.requests == []


@pytest.mark.slow
def test_a_full_disk_says_how_to_go_on(run: Run, storage: Storage, tmp_path: Path) -> None:
    """It names the folder; the command is what continues."""
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, hard))
    try:
        ended = run("download", URI, "new")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    check_line(ended, storage.endpoint)
    assert f"A file in {tmp_path} may not be as large: choose another file system" in ended.err
    assert ended.err.rstrip().endswith(f"{KEPT}: run the same command again, and it continues")
    assert run("download", URI, "new").status == 0


# --- processes ---------------------------------------------------------------------------


@pytest.mark.slow
def test_the_first_line_takes_the_first_pages(variables: None, paged_listing: PagedListing) -> None:
    """`dserver search --all --json | head -1` does not wait for the rest, nor request it."""
    paged_listing.size = 10_000
    script = f"{PROGRAM} search --all --json | head -1; echo ${{PIPESTATUS[0]}}"
    environment = {**os.environ, "DSERVER_TIMEOUT": "20"}
    ended = subprocess.run(
        ["bash", "-c", script], env=environment, capture_output=True, text=True, timeout=60
    )
    line, status = ended.stdout.splitlines()
    assert '"smb://test-share/0000000"' in line
    assert (status, ended.stderr) == (str(exits.PIPE_CLOSED), "")
    assert max(paged_listing.asked) <= 10  # of 100: the first, and those that are read ahead


@pytest.mark.slow
@pytest.mark.parametrize("command", [["search", "-q"], ["download", URI, "new"]])
def test_ctrl_c_is_silent(variables: None, fault_server: FaultServer, command: list[str]) -> None:
    """While a server or storage lets it wait, Ctrl-C ends a command with its status, silently."""
    endpoint = fault_server.endpoint()
    storage = Storage(endpoint, {"a.bin": DATA})
    if command[0] == "search":
        endpoint.script(always=faults.hang)
    else:
        storage.always = storage.slowly(0.5)
    environment = {**os.environ, "DSERVER_URL": endpoint.url, "DSERVER_TIMEOUT": "20"}
    environment |= {"DSERVER_TOKEN_GENERATOR_URL": endpoint.token_url}
    process = subprocess.Popen(
        [str(PROGRAM), *command],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        arrived = (
            (lambda: storage.requests) if command[0] != "search" else lambda: endpoint.requests
        )
        assert soon(lambda: bool(arrived()), 20)
        time.sleep(0.2)  # so that the client waits for the response
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
    assert (process.returncode, out, err) == (exits.INTERRUPTED, "", "")
