"""dtool.json: concurrent and killed writers, who else may write it, and odd contents."""

import json
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dtool_lookup_api import Client, ConfigurationError, LookupServerError, get_me
from dtool_lookup_api.__main__ import main
from dtool_lookup_api.core import config
from dtool_lookup_api.core.options import ClientOptions
from dtool_lookup_api.core.settings import resolve_settings

pytestmark = pytest.mark.slow

TOKEN = "a-secret-token"


def script(path: Path, code: str) -> list[str]:
    """Return a command that runs code with another dtool.json."""
    start = (
        "import dtoolcore.utils, os, signal, sys\n"
        f"dtoolcore.utils.DEFAULT_CONFIG_PATH = {str(path)!r}\n"
        "from dtool_lookup_api.core.config import Config\n"
    )
    return [sys.executable, "-c", start + code]


# --- writers ------------------------------------------------------------------------------


def test_concurrent_writers_lose_nothing(own_configuration: Path) -> None:
    """Programs that write different settings at the same time keep each other's."""
    code = """
print("ready", flush=True)
sys.stdin.read(1)
for number in range(40):
    setattr(Config, sys.argv[1], str(number))
    assert getattr(Config, sys.argv[1]) == str(number), number
"""
    names = ["username", "password", "api_key", "token"]
    writers = [
        subprocess.Popen(
            [*script(own_configuration, code), name], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        for name in names
    ]
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"ready\n"
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write(b"x")
        writer.stdin.flush()
    for writer in writers:
        writer.communicate(timeout=60)

    assert [writer.returncode for writer in writers] == [0] * 4
    assert set(json.loads(own_configuration.read_text()).values()) == {"39"}
    assert os.listdir(own_configuration.parent) == [own_configuration.name]


def kill_a_writer(path: Path) -> None:
    """Kill a program that has written a new file, before it puts that in place."""
    code = f"""
os.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
Config.token = {TOKEN!r}
"""
    killed = subprocess.run(script(path, code), timeout=60)
    assert killed.returncode == -signal.SIGKILL
    left = [each for each in path.parent.iterdir() if each != path]
    assert len(left) == 1
    assert stat.S_IMODE(left[0].stat().st_mode) == 0o600


def the_next_writer() -> None:
    config.Config.username = "someone"


def logout() -> None:
    assert main(["logout"]) == 0


@pytest.mark.parametrize("after", [the_next_writer, logout])
def test_a_killed_writer_leaves_nothing_for_ever(
    own_configuration: Path, after: Callable[[], None]
) -> None:
    """What it has left, a token, goes with the next writer, and with logout."""
    own_configuration.write_text("{}")
    for _ in range(2):
        kill_a_writer(own_configuration)

    after()

    assert os.listdir(own_configuration.parent) == [own_configuration.name]
    assert TOKEN not in own_configuration.read_text()


def test_a_writer_that_hangs_is_told(
    own_configuration: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program that waits for another in vain says so, and changes nothing."""
    monkeypatch.setattr("dtool_lookup_api.core.dtool_json._PATIENCE", 0.1)
    code = """
def hang(*_):
    print("writing", flush=True)
    sys.stdin.read(1)
    os._exit(0)
os.replace = hang
Config.token = "t"
"""
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(script(own_configuration, code), **pipes) as hanging:
        assert hanging.stdout is not None
        assert hanging.stdout.readline() == b"writing\n"
        with pytest.raises(ConfigurationError, match="another program is writing it"):
            config.Config.username = "someone"
        hanging.communicate(b"x", timeout=60)
    assert not own_configuration.exists()

    config.Config.username = "someone"
    assert config.Config.username == "someone"


@pytest.mark.parametrize("umask", [0o000, 0o002, 0o077])
def test_a_new_folder_is_the_owners_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, umask: int
) -> None:
    """A user who could write there would get the typed password, so the umask is ignored."""
    path = tmp_path / ".config" / "dtool" / "dtool.json"
    monkeypatch.setattr("dtoolcore.utils.DEFAULT_CONFIG_PATH", str(path))
    before = os.umask(umask)
    try:
        config.Config.token = TOKEN
    finally:
        os.umask(before)

    modes = [stat.S_IMODE(each.stat().st_mode) for each in (path, *path.parents[:2])]
    assert modes == [0o600, 0o700, 0o700]


# --- who else may write -------------------------------------------------------------------


def problems(capsys: pytest.CaptureFixture[str]) -> dict[str, dict[str, str]]:
    assert main(["check", "--json"]) == 1
    report = json.loads(capsys.readouterr().out)
    return {f["name"]: f for f in report["findings"] if f["state"] == "problem"}


@pytest.mark.parametrize("mode", [0o602, 0o620, 0o666])
def test_check_tells_of_a_file_that_others_can_change(
    own_configuration: Path, capsys: pytest.CaptureFixture[str], mode: int
) -> None:
    """It matters even where the file holds no secret: it says where the password goes."""
    own_configuration.write_text('{"DSERVER_URL": "http://127.0.0.1:1"}')
    own_configuration.chmod(mode)

    found = problems(capsys)["file mode"]

    assert "others can change" in found["value"]
    assert found["advice"] == f"Run chmod go-w {own_configuration}"
    own_configuration.chmod(0o644)
    assert "file mode" not in problems(capsys)


@pytest.mark.parametrize("exists", [True, False])
def test_check_tells_of_a_folder_that_others_can_change(
    own_configuration: Path, capsys: pytest.CaptureFixture[str], exists: bool
) -> None:
    """A user who may write there can replace the file, or create it."""
    if exists:
        own_configuration.write_text('{"DSERVER_URL": "http://127.0.0.1:1"}')
        own_configuration.chmod(0o600)
    own_configuration.parent.chmod(0o777)

    # Without a file there is no server either, and check ends there; it tells of the folder first.
    assert problems(capsys)["folder mode"]["advice"] == (
        f"Run chmod go-w {own_configuration.parent}"
    )


def test_check_tells_of_the_folder_that_a_link_leads_to(
    own_configuration: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A folder of dotfiles counts as well."""
    dotfiles = tmp_path / "dotfiles"
    dotfiles.mkdir()
    (dotfiles / "dtool.json").write_text('{"DSERVER_URL": "http://127.0.0.1:1"}')
    own_configuration.symlink_to(dotfiles / "dtool.json")
    dotfiles.chmod(0o777)

    assert str(dotfiles) in problems(capsys)["folder mode"]["value"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
@pytest.mark.parametrize("kind", ["file", "folder"])
def test_check_tells_of_another_owner(
    own_configuration: Path, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    """The owner of a file or of its folder can change it, whatever its mode."""
    own_configuration.write_text('{"DSERVER_URL": "http://127.0.0.1:1"}')
    own_configuration.chmod(0o600)
    os.chown(own_configuration if kind == "file" else own_configuration.parent, 12345, 12345)

    assert "belongs to another user" in problems(capsys)[f"{kind} owner"]["value"]


# --- odd contents -------------------------------------------------------------------------


def test_a_loop_of_links_is_told(own_configuration: Path) -> None:
    """Reading and writing say which file it is."""
    own_configuration.symlink_to(own_configuration.with_name("other"))
    own_configuration.with_name("other").symlink_to(own_configuration)

    with pytest.raises(ConfigurationError, match=r"dtool\.json cannot be read: Too many levels"):
        get_me()
    with pytest.raises(ConfigurationError, match=r"cannot be stored in .*dtool\.json"):
        config.Config.token = TOKEN
    assert len(os.listdir(own_configuration.parent)) == 2


def test_a_pipe_is_not_waited_for(own_configuration: Path) -> None:
    """A pipe in place of the file would never end."""
    os.mkfifo(own_configuration)

    with pytest.raises(ConfigurationError, match=r"dtool\.json cannot be read"):
        get_me()


@pytest.mark.parametrize("depth", [100, 990, 5_000, 100_000])
def test_nesting_is_read_and_written_or_told(own_configuration: Path, depth: int) -> None:
    """What cannot be kept is not lost: the file stays as it was."""
    text = '{"OTHER": ' + "[" * depth + "]" * depth + ', "DSERVER_URL": "http://127.0.0.1:1"}'
    own_configuration.write_text(text)

    try:
        config.Config.token = TOKEN
    except ConfigurationError:
        assert depth > 100
        assert own_configuration.read_text() == text
    else:
        assert json.loads(own_configuration.read_text())["DSERVER_TOKEN"] == TOKEN
    with pytest.raises(LookupServerError):
        Client(retries=0).get_me()


ODD = ["a\0b", "a\ud800b", "a\x1b[2Jb", "\u202eb"]
HOSTS = ["ⓛocalhost", "[v1.x]", "a" * 64, f"{'a' * 64}.example", "a..b", "a%zz", "[::1", "[::1]x"]


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("key", ["DSERVER_URL", "DSERVER_TOKEN_GENERATOR_URL"])
def test_a_host_that_cannot_be_is_named(own_configuration: Path, key: str, host: str) -> None:
    """The error names the setting, before anything is looked up."""
    values = {"DSERVER_URL": "http://127.0.0.1:1", key: f"http://{host}/lookup"}
    own_configuration.write_text(json.dumps(values))

    with pytest.raises(ConfigurationError, match=f"{key} .*is not the URL of a server") as caught:
        get_me()
    str(caught.value).encode()


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]", "bücher.example", "a_b.c-d."])
def test_a_host_that_can_be_is_taken(host: str) -> None:
    """Addresses and names in any script remain what they are."""
    url = f"http://{host}:5000/lookup"
    assert resolve_settings(ClientOptions().changed(url=url)).url == url


@pytest.mark.parametrize("text", ODD)
@pytest.mark.parametrize(
    "key",
    [
        "DSERVER_URL",
        "DSERVER_TOKEN",
        "DSERVER_TOKEN_GENERATOR_URL",
        "DSERVER_VERIFY_SSL",
        "DSERVER_TIMEOUT",
        "DSERVER_RETRIES",
        "DSERVER_ENGINE",
        "DSERVER_DISABLE_AUTHENTICATION",
        "DSERVER_STORAGE_VERIFY_SSL",
    ],
)
def test_a_text_that_cannot_be_is_named(own_configuration: Path, key: str, text: str) -> None:
    """No value of dtool.json ends in another error than ours, nor reaches a terminal as it is."""
    url = f"http://127.0.0.1:1/{text}" if key.endswith("URL") else text
    values = {"DSERVER_URL": "http://127.0.0.1:1", "DSERVER_TOKEN": "t", key: url}
    own_configuration.write_text(json.dumps(values))

    with pytest.raises(LookupServerError, match="DSERVER_") as caught:
        get_me()
    str(caught.value).encode()
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("number", ["1" + "0" * 400, "1e999", "-1e999", "NaN"])
@pytest.mark.parametrize("key", ["DSERVER_TIMEOUT", "DSERVER_RETRIES"])
def test_a_number_that_cannot_be_is_named(own_configuration: Path, key: str, number: str) -> None:
    """JSON has numbers of any size."""
    own_configuration.write_text(f'{{"DSERVER_URL": "http://127.0.0.1:1", "{key}": {number}}}')

    with pytest.raises(ConfigurationError, match=key):
        get_me()
