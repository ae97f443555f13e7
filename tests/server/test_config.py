"""Configuration: environment over dtool.json over prompt, read and assigned."""

import builtins
import importlib
import json
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import dtool_lookup_api.core.LookupClient as lookup_client
from dtool_lookup_api import (
    AuthenticationError,
    Client,
    ConfigurationError,
    PermissionDeniedError,
    get_me,
    synchronous,
)
from dtool_lookup_api.__main__ import main
from dtool_lookup_api.core import config
from dtool_lookup_api.core.config import Config as held_from_the_start
from dtool_lookup_api.core.dtool_json import outdated_names
from dtool_lookup_api.core.options import ClientOptions
from dtool_lookup_api.core.secret import Secret
from dtool_lookup_api.core.settings import SettingsCache, resolve_settings

from devserver import PASSWORDS, Dserver


def options(**given: Any) -> ClientOptions:
    return ClientOptions().changed(**given)


def write(path: Path, **values: Any) -> None:
    path.write_text(json.dumps(values), encoding="utf-8")


def test_the_environment_precedes_the_file(
    own_configuration: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A value of the environment counts more than one of dtool.json, a given one most."""
    write(own_configuration, DSERVER_URL="http://file", DSERVER_TOKEN="from-file")
    found = resolve_settings()
    assert (found.url, found.url_source) == ("http://file", "dtool.json")

    monkeypatch.setenv("DSERVER_URL", "http://file/environment/")
    found = resolve_settings()
    assert (found.url, found.url_source) == ("http://file/environment", "environment")
    assert found.token == Secret("from-file")
    assert resolve_settings(options(url="https://given")).url == "https://given"


def test_a_changed_file_is_seen(own_configuration: Path) -> None:
    """A program that runs for a week sees what is changed in dtool.json."""
    write(own_configuration, DSERVER_URL="http://a")
    assert resolve_settings().url == "http://a"
    write(own_configuration, DSERVER_URL="http://b")
    assert resolve_settings().url == "http://b"
    own_configuration.unlink()
    with pytest.raises(ConfigurationError, match="DSERVER_URL is not set"):
        resolve_settings()


def test_settings_with_their_old_names_are_told(
    own_configuration: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Settings of early releases are not read; the error and the command say their new names."""
    write(own_configuration, DTOOL_LOOKUP_SERVER_URL="http://old", DTOOL_LOOKUP_SERVER_TOKEN="old")
    monkeypatch.setenv("DTOOL_LOOKUP_SERVER_PASSWORD", "old-password")
    with pytest.raises(ConfigurationError) as caught:
        resolve_settings()
    assert caught.value.next_step == (
        "Rename the settings DTOOL_LOOKUP_SERVER_URL (dtool.json) to DSERVER_URL, "
        "DTOOL_LOOKUP_SERVER_TOKEN (dtool.json) to DSERVER_TOKEN, "
        "DTOOL_LOOKUP_SERVER_PASSWORD (environment) to DSERVER_PASSWORD"
    )

    assert main(["check"]) == 1
    text = capsys.readouterr().out
    assert "not read; rename it to DSERVER_PASSWORD  (environment)" in text
    assert "DTOOL_LOOKUP_SERVER_URL (dtool.json) to DSERVER_URL" in text
    assert "old-password" not in text

    monkeypatch.setenv("DSERVER_URL", "https://new")
    with pytest.raises(AuthenticationError, match=r"SERVER_TOKEN .dtool.json. to DSERVER_TOKEN"):
        get_me()
    monkeypatch.setenv("DSERVER_TOKEN", "new")
    monkeypatch.setenv("DSERVER_PASSWORD", "new")
    assert resolve_settings().token == Secret("new")
    assert outdated_names() == {}


def test_settings_are_settled_again_when_what_they_come_from_has_changed(
    own_configuration: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A call does not read the configuration again, yet none uses that of before."""
    write(own_configuration, DSERVER_URL="http://a")
    cache = SettingsCache(lambda settings: settings)
    found = cache.current()
    assert cache.current() is found

    def now() -> str:
        found = cache.current()
        assert cache.current().url == found.url
        return found.url

    write(own_configuration, DSERVER_URL="http://b")
    assert now() == "http://b"
    monkeypatch.setenv("DSERVER_URL", "http://c")
    assert now() == "http://c"
    with monkeypatch.context() as patch:
        patch.setattr(config.DtoolLookupAPIConfig, "lookup_url", property(lambda _: "http://d"))
        assert now() == "http://d"
        patch.setattr(config.DtoolLookupAPIConfig, "lookup_url", property(lambda _: "http://e"))
        assert now() == "http://e"
    assert now() == "http://c"
    with monkeypatch.context() as patch:
        patch.setattr(config, "Config", Odd(interactive=False))
        for Odd.url in ("http://odd", "http://odder"):
            assert now() == Odd.url
    monkeypatch.delenv("DSERVER_URL")
    assert now() == "http://b"
    stat = own_configuration.stat()
    own_configuration.write_text('{"DSERVER_URL": "http://f"}')
    os.utime(own_configuration, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert now() == "http://f"
    own_configuration.unlink()
    with pytest.raises(ConfigurationError, match="DSERVER_URL is not set"):
        cache.current()


class Odd(config.DtoolLookupAPIConfig):
    """A configuration of another class, which knows its values from elsewhere."""

    url: str

    @property
    def lookup_url(self) -> str:
        return self.url


def test_without_a_server_it_is_told_what_to_set() -> None:
    """The first call of a newcomer says which setting is missing, and where it can be set."""
    with pytest.raises(ConfigurationError, match="export DSERVER_URL=") as caught:
        get_me()

    assert "dtool.json" in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DSERVER_URL", "dserver.example"),
        ("DSERVER_URL", "ftp://dserver.example"),
        ("DSERVER_URL", "http://dserver.example:port"),
        ("DSERVER_URL", "http://user:secret@dserver.example"),
        ("DSERVER_VERIFY_SSL", "perhaps"),
        ("DSERVER_DISABLE_AUTHENTICATION", "perhaps"),
        ("DSERVER_TIMEOUT", "soon"),
        ("DSERVER_TIMEOUT", "0"),
        ("DSERVER_DEADLINE", "-1"),
        ("DSERVER_RETRIES", "nan"),
        ("DSERVER_TOKEN_GENERATOR_URL", "token"),
        ("DSERVER_RETRIES", "2.7"),
        ("DSERVER_URL", "https://dserver.example/?"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error names the setting and what to write instead, and shows no secret."""
    monkeypatch.setenv("DSERVER_URL", "http://dserver.example")
    monkeypatch.setenv(name, value)

    with pytest.raises(ConfigurationError, match=name) as caught:
        resolve_settings()

    assert caught.value.next_step
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("more", ["#/login", "/#/login", "?", "#", "/lookup?token=secret"])
def test_what_follows_the_address_of_a_server_is_named(
    monkeypatch: pytest.MonkeyPatch, more: str
) -> None:
    """A URL copied from a browser may hold more than a server's; the error says what to drop."""
    monkeypatch.setenv("DSERVER_URL", f"https://dserver.example{more}")

    with pytest.raises(ConfigurationError, match=r"DSERVER_URL contains \? or #") as caught:
        resolve_settings()

    assert str(caught.value).endswith(("https://dserver.example", "https://dserver.example/lookup"))
    assert "secret" not in str(caught.value)


# --- a file that is not as it should be ---------------------------------------------------

BROKEN: dict[str, tuple[bytes, str]] = {
    "cut": (b'{"DSERVER_URL": "http://secret', "line 1, column"),
    "a list": (b"[]", "JSON object"),
    "text": (b'"text"', "JSON object"),
    "empty": (b"", "it is empty"),
    "blank": (b"\xef\xbb\xbf \n", "it is empty"),
    "of PowerShell": ('{"DSERVER_URL": "http://secret"}'.encode("utf-16"), "UTF-16"),
    "in latin-1": ('{"DSERVER_USERNAME": "secretü"}'.encode("latin-1"), "not UTF-8"),
    "nested": (b"[" * 100_000, "cannot be read"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_file_is_told_where_something_is_needed_of_it(
    own_configuration: Path, case: str, configured: Dserver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A dtool.json that cannot be read is named, and stops no call that needs nothing of it."""
    content, why = BROKEN[case]
    own_configuration.write_bytes(content)

    assert get_me()["username"] == "testuser"
    for key in (
        "DSERVER_PASSWORD",
        "DSERVER_USERNAME",
        "DSERVER_TOKEN_GENERATOR_URL",
        "DSERVER_URL",
    ):
        monkeypatch.delenv(key)
        with pytest.raises(ConfigurationError, match=r"dtool\.json") as caught:
            get_me()
        assert why in str(caught.value)
        assert "secret" not in str(caught.value)
    monkeypatch.setattr(config, "Config", config.DtoolLookupAPIConfig())
    with pytest.raises(ConfigurationError, match=why):
        _ = config.Config.password


def test_an_unreadable_file_is_reported(
    own_configuration: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file of another user says so, and that is all that is said of it."""
    own_configuration.mkdir()  # what even root cannot read

    with pytest.raises(ConfigurationError, match=r"dtool\.json cannot be read: Is a directory"):
        resolve_settings()


def test_a_byte_order_mark_is_passed_over(own_configuration: Path) -> None:
    """A file that Notepad has saved is as good as another, and is written without the mark."""
    own_configuration.write_bytes(b'\xef\xbb\xbf{"DSERVER_URL": "http://a"}')
    assert resolve_settings().url == "http://a"

    config.Config.token = "t"
    assert json.loads(own_configuration.read_bytes()) == {
        "DSERVER_TOKEN": "t",
        "DSERVER_URL": "http://a",
    }


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("DSERVER_URL", 5000),
        ("DSERVER_TOKEN", 12345),
        ("DSERVER_TOKEN", ["secret"]),
        ("DSERVER_TOKEN_GENERATOR_URL", True),
        ("DSERVER_USERNAME", 12345),
        ("DSERVER_PASSWORD", 12345),
        ("DSERVER_PASSWORD", {"secret": "secret"}),
        ("DSERVER_API_KEY", 1.5),
        ("DSERVER_TIMEOUT", True),
        ("DSERVER_TIMEOUT", [1]),
        ("DSERVER_DEADLINE", False),
        ("DSERVER_RETRIES", 2.7),
        ("DSERVER_RETRIES", True),
        ("DSERVER_VERIFY_SSL", {}),
        ("DSERVER_VERIFY_SSL", 2),
        ("DSERVER_DISABLE_AUTHENTICATION", []),
        ("DSERVER_DISABLE_AUTHENTICATION", 0.5),
    ],
)
def test_a_value_of_another_kind_is_named(own_configuration: Path, key: str, value: object) -> None:
    """JSON has numbers and lists; the error names the key, the file and what to write."""
    good = {"DSERVER_URL": "http://a", "DSERVER_TOKEN_GENERATOR_URL": "http://a/token"}
    write(own_configuration, **{**good, key: value})

    with pytest.raises(ConfigurationError, match=f"{key} in {own_configuration}") as caught:
        resolve_settings()

    assert caught.value.next_step
    assert "12345" not in str(caught.value)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "given",
    [
        {"retries": 2.7},
        {"retries": True},
        {"timeout": True},
        {"verify_ssl": "perhaps"},
        {"disable_authentication": "perhaps"},
    ],
)
def test_an_argument_of_another_kind_is_named(given: dict[str, Any]) -> None:
    """So it is with what a client is given."""
    with pytest.raises(ConfigurationError, match=next(iter(given))):
        Client("http://127.0.0.1:1", **given).get_versions()


def test_a_switch_may_be_given_as_text() -> None:
    """The text false does not switch authentication off."""
    given: Any = "false"
    assert (
        resolve_settings(options(url="http://x", disable_authentication=given)).authenticate is True
    )


@pytest.mark.parametrize("name", ["token", "password", "lookup_url", "api_key"])
def test_what_is_not_text_is_not_written(own_configuration: Path, name: str) -> None:
    """What could not be read again is not written either."""
    with pytest.raises(ConfigurationError, match="not text"):
        setattr(config.Config, name, 12345)
    assert not own_configuration.exists()


def test_an_assigned_bundle_may_be_a_path(own_configuration: Path) -> None:
    """A Path is as good as text."""
    config.Config.verify_ssl = Path("/etc/ca.pem")  # type: ignore[assignment]
    assert config.Config.verify_ssl == "/etc/ca.pem"


@pytest.mark.parametrize("how", ["a folder in its place", "no folder"])
def test_a_file_that_cannot_be_written_is_named(
    own_configuration: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    """The error names the key, the file and what to do instead; nothing is left behind."""
    if how == "no folder":  # a file where the folder should be: root may write anywhere else
        own_configuration.write_text("", encoding="utf-8")
        path = own_configuration / "dtool.json"
        monkeypatch.setattr("dtoolcore.utils.DEFAULT_CONFIG_PATH", str(path))
    else:
        path = own_configuration
        path.mkdir()
    before = sorted(own_configuration.parent.iterdir())

    with pytest.raises(ConfigurationError, match=str(path)) as caught:
        config.Config.token = "secret"

    assert "DSERVER_TOKEN in the environment" in str(caught.value) or how != "no folder"
    assert "secret" not in str(caught.value)
    assert sorted(own_configuration.parent.iterdir()) == before


# --- two users ----------------------------------------------------------------------------


@pytest.mark.parametrize("where", ["argument", "environment"])
def test_a_password_stays_with_its_user(
    own_configuration: Path, monkeypatch: pytest.MonkeyPatch, where: str, dserver: Dserver
) -> None:
    """The configured password of one user is not tried for another, who could be locked out."""
    write(
        own_configuration,
        DSERVER_URL=dserver.url,
        DSERVER_TOKEN_GENERATOR_URL=dserver.token_url,
        DSERVER_USERNAME="testuser",
        DSERVER_PASSWORD=PASSWORDS["testuser"],
    )
    given = {"username": "researcher"} if where == "argument" else {}
    if not given:
        monkeypatch.setenv("DSERVER_USERNAME", "researcher")
    before = dserver.token_requests()
    with Client(**given) as client, pytest.raises(ConfigurationError, match="'testuser'"):
        client.get_me()
    assert dserver.token_requests() == before

    monkeypatch.setenv("DSERVER_PASSWORD", PASSWORDS["researcher"])
    if where == "argument":
        monkeypatch.setenv("DSERVER_USERNAME", "researcher")
    with Client(**given) as client:
        assert client.get_me()["username"] == "researcher"


def test_switches_are_off_or_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Authentication and verification are on unless a setting says otherwise."""
    monkeypatch.setenv("DSERVER_URL", "http://x")
    assert resolve_settings().authenticate is True
    assert resolve_settings().verify_ssl is True
    for off in ("false", "0", "No", "OFF", "n"):
        monkeypatch.setenv("DSERVER_VERIFY_SSL", off)
        assert resolve_settings().verify_ssl is False
    for on in ("true", "1", "Yes", "ON", "y"):
        monkeypatch.setenv("DSERVER_DISABLE_AUTHENTICATION", on)
        assert resolve_settings().authenticate is False
    monkeypatch.setenv("DSERVER_VERIFY_SSL", "/etc/ca.pem")
    assert resolve_settings().verify_ssl == "/etc/ca.pem"


@pytest.mark.parametrize(
    ("name", "key", "value"),
    [
        ("lookup_url", "DSERVER_URL", "https://a"),
        ("token", "DSERVER_TOKEN", "t"),
        ("auth_url", "DSERVER_TOKEN_GENERATOR_URL", "https://a/token"),
        ("username", "DSERVER_USERNAME", "u"),
        ("password", "DSERVER_PASSWORD", "p"),
        ("verify_ssl", "DSERVER_VERIFY_SSL", False),
        ("disable_authentication", "DSERVER_DISABLE_AUTHENTICATION", True),
    ],
)
def test_an_assigned_attribute_is_written_and_read(
    name: str, key: str, value: Any, own_configuration: Path
) -> None:
    """Assigning writes dtool.json, for its owner only, and keeps what it held."""
    write(own_configuration, OTHER={"kept": [1]})
    own_configuration.chmod(0o644)

    setattr(config.Config, name, value)

    assert getattr(config.Config, name) == value
    content = json.loads(own_configuration.read_text(encoding="utf-8"))
    assert content.pop("OTHER") == {"kept": [1]}
    assert list(content) == [key]
    assert stat.S_IMODE(own_configuration.stat().st_mode) == 0o600
    assert list(own_configuration.parent.iterdir()) == [own_configuration]


def test_a_linked_file_stays_a_link(own_configuration: Path, tmp_path: Path) -> None:
    """A dtool.json that is a link into a folder of dotfiles is written where it is."""
    target = tmp_path / "dotfiles.json"
    write(target, DSERVER_URL="http://a")
    own_configuration.symlink_to(target)

    config.Config.lookup_url = "http://b"

    assert own_configuration.is_symlink()
    assert json.loads(target.read_text(encoding="utf-8")) == {"DSERVER_URL": "http://b"}


def test_nothing_is_written_unasked(configured: Dserver, own_configuration: Path) -> None:
    """A call leaves no token and no password on the disk."""
    get_me()

    assert not own_configuration.exists()


class OnlySeven:
    """A configuration object with the seven properties of 0.10 and nothing else."""

    def __init__(self, dserver: Dserver, username: str) -> None:
        self.lookup_url = dserver.url
        self.token = ""
        self.auth_url = dserver.token_url
        self.username = username
        self.password = PASSWORDS[username]
        self.verify_ssl = True
        self.disable_authentication = False


@pytest.mark.parametrize("module", [config, lookup_client])
def test_a_replaced_object_is_seen_at_once(
    module: Any, configured: Dserver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Programs put an object of their own in place, and take it away again."""
    assert get_me()["username"] == "testuser"
    with monkeypatch.context() as patch:
        patch.setattr(module, "Config", OnlySeven(configured, "admin"))
        assert get_me()["username"] == "admin"
        patch.setattr(module, "Config", OnlySeven(configured, "researcher"))
        assert get_me()["username"] == "researcher"
    assert get_me()["username"] == "testuser"


def test_holders_of_the_first_object_keep_working(configured: Dserver) -> None:
    """``from … import Config`` gives an object that still reads the configuration."""
    config.Config = config.DtoolLookupAPIConfig(interactive=False)

    assert held_from_the_start.lookup_url == configured.url
    assert held_from_the_start.username == "testuser"


def test_the_module_can_be_reloaded(configured: Dserver) -> None:
    """Test suites reload the module to read the configuration anew."""
    assert get_me()["username"] == "testuser"
    module = importlib.reload(config)
    module.Config.interactive = False

    assert get_me()["username"] == "testuser"
    assert module.active_config() is module.Config


class Person:
    """Somebody in front of a terminal."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked: list[str] = []
        self.username, self.password = "testuser", PASSWORDS["testuser"]
        monkeypatch.setattr(builtins, "input", self._answer(lambda: self.username))
        monkeypatch.setattr("getpass.getpass", self._answer(lambda: self.password))

    def _answer(self, answer: Callable[[], str]) -> Callable[[str], str]:
        def asked(prompt: str = "") -> str:
            self.asked.append(prompt)
            return answer()

        return asked


@pytest.fixture
def person(monkeypatch: pytest.MonkeyPatch, dserver: Dserver) -> Person:
    monkeypatch.setenv("DSERVER_URL", dserver.url)
    monkeypatch.setenv("DSERVER_TOKEN_GENERATOR_URL", dserver.token_url)
    monkeypatch.setattr(config, "Config", config.DtoolLookupAPIConfig())
    return Person(monkeypatch)


def test_a_person_is_asked_once(person: Person, dserver: Dserver) -> None:
    """Name and password are asked for with the documented prompts, once in a session."""
    before = dserver.token_requests()
    assert [get_me()["username"] for _ in range(3)] == ["testuser"] * 3

    assert person.asked == [
        f"Authentication URL {dserver.token_url} username:",
        f"Authentication URL {dserver.token_url} password:",
    ]
    assert dserver.token_requests() == before + 1


def test_the_path_of_the_generator_may_be_left_out(
    person: Person, dserver: Dserver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The generator's URL works with and without /token, and with a last slash."""
    for url in (
        dserver.token_url,
        dserver.token_url.removesuffix("/token"),
        dserver.token_url + "/",
    ):
        monkeypatch.setenv("DSERVER_TOKEN_GENERATOR_URL", url)
        config.Config.forget()
        assert get_me()["username"] == "testuser"
        assert person.asked[-1] == f"Authentication URL {dserver.token_url} password:"


def test_a_wrong_password_is_forgotten(person: Person) -> None:
    """After a refused login the next call asks again."""
    person.password = "wrong"
    with pytest.raises(AuthenticationError, match=r"^Authentication failed") as caught:
        get_me()
    assert "wrong" not in str(caught.value)

    person.password = PASSWORDS["testuser"]
    assert get_me()["username"] == "testuser"
    assert len(person.asked) == 4


def test_answers_are_not_kept_without_cache(person: Person) -> None:
    """With Config.cache off, each call asks; switching it off forgets what was kept."""
    get_me()
    config.Config.cache = False
    get_me()
    get_me()
    assert len(person.asked) == 6

    config.Config.interactive = False
    with pytest.raises(RuntimeError, match=r"^Authentication failed"):
        get_me()
    assert len(person.asked) == 6


def test_without_credentials_it_is_told_what_to_set(
    monkeypatch: pytest.MonkeyPatch, dserver: Dserver
) -> None:
    """Without terminal and credentials the error names what is missing, at once."""
    monkeypatch.setattr(config, "Config", config.DtoolLookupAPIConfig())
    monkeypatch.setenv("DSERVER_URL", dserver.url)
    with pytest.raises(RuntimeError, match=r"^Authentication failed") as nothing:
        get_me()
    assert "DSERVER_TOKEN_GENERATOR_URL" in str(nothing.value)

    monkeypatch.setenv("DSERVER_TOKEN_GENERATOR_URL", dserver.token_url)
    monkeypatch.setenv("DSERVER_USERNAME", "testuser")
    with pytest.raises(RuntimeError) as password:
        get_me()
    assert "Set DSERVER_TOKEN, or DSERVER_PASSWORD" in str(password.value)


def test_a_configured_token_stays_with_its_server(
    dserver: Dserver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A token of the configured server is not shown to another one."""
    monkeypatch.setenv("DSERVER_URL", "https://dserver.example")
    monkeypatch.setenv("DSERVER_TOKEN", "secret")

    assert (
        resolve_settings(options(url="https://dserver.example/lookup")).token.reveal() == "secret"
    )
    assert resolve_settings(options(url=dserver.url)).token == Secret("")
    assert resolve_settings(options(username="u")).token == Secret("")


def test_authentication_can_be_switched_off(
    configured: Dserver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without authentication no token is asked for, and a server that wants one says so."""
    monkeypatch.setenv("DSERVER_DISABLE_AUTHENTICATION", "true")
    before = configured.token_requests()

    assert synchronous.get_versions()
    with pytest.raises(PermissionDeniedError, match="DSERVER_DISABLE_AUTHENTICATION"):
        get_me()
    assert configured.token_requests() == before


def test_a_client_given_everything_needs_no_configuration(dserver: Dserver) -> None:
    """Two clients for two users work side by side, whatever is configured."""
    with Client(**dserver.given("admin")) as one, Client(**dserver.given("testuser")) as two:
        assert [c.get_me()["username"] for c in (one, two, one)] == ["admin", "testuser", "admin"]
    assert "DSERVER_URL" not in os.environ
