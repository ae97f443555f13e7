"""The OAuth2 token generator of the next server: the operator's API key, and renewal without it."""

import asyncio
import json
import pickle
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import httpx
import pytest
import samples

import dtool_lookup_api
from dtool_lookup_api import (
    AuthenticationError,
    Client,
    LookupServerError,
    NotOfferedError,
    asynchronous,
)
from dtool_lookup_api.__main__ import main
from dtool_lookup_api.core import config
from dtool_lookup_api.core.values import token_url
from dtool_lookup_api.typed import connect
from dtool_lookup_rest.api.me import get_me

import faults
from devserver import API_KEY, Dserver, running_standin
from faults import Ask, FaultServer, Lane, both_worlds, html, replying, running_fault_server
from ownserver import Environ, Forwarding, serving


@pytest.fixture(scope="module")
def server() -> Iterator[FaultServer]:
    with running_fault_server() as running:
        yield running


@pytest.fixture
def lane(server: FaultServer) -> Lane:
    return server.lane()


def asked(lane: Lane) -> list[str]:
    """Return what the generator was asked for: the paths, in order."""
    return [request.path for request in lane.token_requests]


def by_key(lane: Lane) -> dict[str, str | None]:
    """Return what to log in with, instead of the password that is given otherwise."""
    return {**lane.login_by_key, "password": None}


# --- on the stand-in for the next server ---------------------------------------------------


@pytest.fixture
def keyed(standin: Dserver, monkeypatch: pytest.MonkeyPatch) -> Dserver:
    """Configure the API key by the environment, as the documentation says."""
    monkeypatch.setenv("DSERVER_URL", standin.url)
    monkeypatch.setenv("DSERVER_TOKEN_GENERATOR_URL", f"{standin.url}/auth")
    monkeypatch.setenv("DSERVER_USERNAME", "testuser")
    monkeypatch.setenv("DSERVER_API_KEY", API_KEY)
    return standin


def test_a_key_is_enough(keyed: Dserver) -> None:
    """User name and key make a token, for functions and for the generated client."""
    assert dtool_lookup_api.get_me()["username"] == "testuser"
    with connect() as client:
        user = get_me.sync(client=client)
    assert user.username == "testuser"


def test_a_key_may_be_given(standin: Dserver) -> None:
    """Another user, another key, by arguments."""
    given = {"auth_url": f"{standin.url}/auth/token", "username": "admin"}

    assert Client(standin.url, **given, api_key=API_KEY).get_me()["is_admin"] is True
    with pytest.raises(AuthenticationError, match="Invalid credentials") as caught:
        Client(standin.url, **given, api_key="wrong").get_me()
    assert "DSERVER_API_KEY" in str(caught.value)
    assert "wrong" not in str(caught.value)


@pytest.mark.slow
def test_tokens_are_renewed_on_the_stand_in() -> None:
    """A token that lives for two seconds is exchanged in time, and fetched when that is late."""
    with running_standin("--token-lifetime", "2") as hurried:
        auth_url = f"{hurried.url}/auth"
        with Client(hurried.url, auth_url=auth_url, username="admin", api_key=API_KEY) as client:
            for pause in (0.0, 1.7, 0.1, 2.5):
                time.sleep(pause)
                assert client.get_me()["username"] == "admin"


@pytest.mark.parametrize("late", [0.0, 3000.0])
def test_a_configured_token_is_renewed_without_a_key(
    standin: Dserver, monkeypatch: pytest.MonkeyPatch, late: float
) -> None:
    """A token from the generator's page for browsers is exchanged when it ages, alone."""
    asked: list[tuple[str, str]] = []
    forwarding, now = Forwarding(standin.url), time.time

    def noting(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        asked.append((environ["REQUEST_URI"], environ.get("HTTP_AUTHORIZATION", "")))
        return forwarding(environ, start_response)

    credentials = {"username": "testuser", "api_key": API_KEY}
    token = httpx.post(f"{standin.url}/auth/token", json=credentials).json()["token"]
    monkeypatch.setattr(time, "time", lambda: now() + late)  # of 3,600 seconds
    with serving(noting) as url:
        monkeypatch.setenv("DSERVER_URL", url)
        monkeypatch.setenv("DSERVER_TOKEN_GENERATOR_URL", f"{url}/auth")
        monkeypatch.setenv("DSERVER_TOKEN", token)
        assert dtool_lookup_api.get_me()["username"] == "testuser"
        assert asyncio.run(asynchronous.get_me())["username"] == "testuser"

    assert [path for path, _ in asked] == ["/auth/refresh"] * bool(late) + ["/me", "/me"]
    (sent,) = {authorization for path, authorization in asked if path == "/me"}
    assert (sent == f"Bearer {token}") == (not late)


def test_a_token_is_not_exchanged_elsewhere(lane: Lane) -> None:
    """A configured token is for the server: a generator of another origin does not see it."""
    lane.lifetime = 0.5
    lane.patience = 60
    with Client(lane.url, token=lane.new_token(), auth_url=f"{lane.token_url}/auth") as client:
        for _ in range(2):
            assert client.get_me() == samples.USER
            time.sleep(0.5)
    assert {request.path for request in (*lane.requests, *lane.token_requests)} == {"/me"}


def test_a_generator_that_takes_no_passwords_is_told(standin: Dserver) -> None:
    """Users, who do not have the operator's API key, log in with a browser."""
    given = {"auth_url": f"{standin.url}/auth", "username": "testuser", "password": "pass-word"}
    with pytest.raises(AuthenticationError) as caught:
        Client(standin.url, **given).get_me()
    assert f"{standin.url}/auth/login?next=/auth/token" in str(caught.value)
    assert "Check user name and password" not in str(caught.value)
    assert "pass-word" not in str(caught.value)


@pytest.mark.parametrize("path", ["/auth", "/auth/token"])
def test_a_generator_that_has_moved_is_told(dserver: Dserver, path: str) -> None:
    """The OAuth2 generator was at /auth/token before it was at /auth/oauth2/token."""
    given = {"auth_url": f"{dserver.url}{path}", "username": "testuser", "api_key": "key"}
    with pytest.raises(LookupServerError, match="/auth/oauth2/token or /auth/ldap/token"):
        Client(dserver.url, **given).get_me()


@pytest.mark.parametrize("place", ["auth", "auth/oauth2", "auth/ldap", "token"])
def test_the_path_of_a_generator_may_be_short(place: str) -> None:
    """All generators end in /token, which may be left out."""
    url = f"https://dserver.example/lookup/{place}".removesuffix("/token")
    assert token_url(url) == token_url(f"{url}/token/") == f"{url}/token"


def test_the_command_masks_the_key(keyed: Dserver, capsys: pytest.CaptureFixture[str]) -> None:
    """The report says where the key comes from, and not what it is."""
    assert main(["check"]) == 0

    text = capsys.readouterr().out
    assert API_KEY not in text
    assert "DSERVER_API_KEY" in text
    assert "testuser, ordinary user" in text


# --- what is sent --------------------------------------------------------------------------


@both_worlds
def test_the_key_is_sent_in_place_of_the_password(lane: Lane, ask: Ask) -> None:
    """The generator gets the user name and the key, and no password."""
    assert ask(lane, **by_key(lane)) == samples.USER

    (request,) = lane.token_requests
    assert json.loads(request.body) == {"username": faults.USERNAME, "api_key": faults.API_KEY}


@both_worlds
def test_a_token_that_ages_is_exchanged(lane: Lane, ask: Ask) -> None:
    """While the old token is good it is enough, and the key stays here."""
    lane.lifetime = 1.0
    calls = (faults.GET_ME, lambda client: time.sleep(0.85), faults.GET_ME)
    if ask is not faults.ask_blocking:
        calls = (faults.GET_ME, _wait, faults.GET_ME)

    ask(lane, *calls, **by_key(lane))

    assert asked(lane) == ["/token", "/refresh"]
    assert json.loads(lane.token_requests[1].body) == {"token": lane.requests[0].token}
    assert lane.requests[-1].token not in (None, lane.requests[0].token)


async def _wait(_: object) -> None:
    import asyncio

    await asyncio.sleep(0.85)


@both_worlds
@pytest.mark.parametrize(
    "refusal",
    [
        replying(401, {"error": "Invalid or expired token"}),
        replying(404, {"code": 404, "status": "Not Found"}),
        html(200),
    ],
)
def test_where_tokens_are_not_exchanged_the_key_is_used(
    lane: Lane, ask: Ask, refusal: faults.Fault
) -> None:
    """A generator that exchanges nothing costs one more request."""
    lane.lifetime = 1.0
    ask(lane, **by_key(lane))
    lane.token_script(refusal)
    time.sleep(0.85)

    assert ask(lane, **by_key(lane)) == samples.USER

    assert asked(lane) == ["/token", "/refresh", "/token"]


@both_worlds
def test_an_expired_token_is_not_exchanged(lane: Lane, ask: Ask) -> None:
    """What the server refuses is no good for the generator either."""
    ask(lane, **by_key(lane))
    lane.expire_tokens()

    assert ask(lane, **by_key(lane)) == samples.USER

    assert asked(lane) == ["/token", "/token"]


@both_worlds
def test_with_a_password_nothing_is_exchanged(lane: Lane, ask: Ask) -> None:
    """The usual token generators have no such route."""
    lane.lifetime = 1.0
    ask(lane)
    time.sleep(0.85)
    ask(lane)

    assert asked(lane) == ["/token", "/token"]


@both_worlds
def test_a_generator_without_a_key_of_its_own(lane: Lane, ask: Ask) -> None:
    """The error says whose fault it is, in the generator's words."""
    lane.token_script(always=replying(501, {"error": "API authentication not configured"}))

    with pytest.raises(NotOfferedError, match="API authentication not configured") as caught:
        ask(lane, **by_key(lane))

    assert "ask its administrator" in str(caught.value)
    assert lane.is_secret_free(str(caught.value))


@both_worlds
def test_the_key_is_masked_where_it_is_echoed(lane: Lane, ask: Ask) -> None:
    """A generator or proxy that shows what was sent does not bring it into an error."""
    lane.token_script(always=faults.echoing)

    with pytest.raises(dtool_lookup_api.ServerError) as caught:
        ask(lane, **by_key(lane))

    assert lane.is_secret_free(str(caught.value))
    assert lane.is_secret_free(repr(caught.value.__dict__))


# --- which one counts ----------------------------------------------------------------------


def test_a_given_password_precedes_a_configured_key(
    lane: Lane, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DSERVER_API_KEY", "another key")
    monkeypatch.setenv("DSERVER_TOKEN_GENERATOR_URL", lane.token_url)

    assert Client(lane.url, username=faults.USERNAME, password=faults.PASSWORD).get_me()


def test_a_key_precedes_a_configured_password_and_token(
    lane: Lane, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DSERVER_PASSWORD", "wrong")
    monkeypatch.setenv("DSERVER_TOKEN", "wrong")

    assert Client(lane.url, **lane.login_by_key).get_me() == samples.USER


def test_a_configured_key_is_for_the_configured_generator(
    server: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It makes tokens for any user, so no other generator may see it."""
    lane = server.lane()
    monkeypatch.setenv("DSERVER_API_KEY", faults.API_KEY)
    monkeypatch.setenv("DSERVER_TOKEN_GENERATOR_URL", "https://dserver.example/auth")
    given = {"auth_url": lane.token_url, "username": faults.USERNAME}

    with pytest.raises(
        AuthenticationError, match=r"DSERVER_PASSWORD \(operators: or DSERVER_API_KEY\)"
    ):
        Client(lane.url, **given).get_me()
    assert lane.token_requests == []

    monkeypatch.setenv("DSERVER_TOKEN_GENERATOR_URL", lane.token_url)
    assert Client(lane.url, **given).get_me() == samples.USER


def test_the_key_is_an_attribute_of_the_configuration() -> None:
    """It is read from dtool.json and written there, as the others are."""
    assert config.Config.api_key == ""
    config.Config.api_key = "a key"
    assert config.Config.api_key == "a key"
    config.Config.api_key = None
    assert config.Config.api_key == ""


def test_the_key_is_not_shown(lane: Lane) -> None:
    """Neither repr nor pickle of a client has it."""
    client = Client(lane.url, **lane.login_by_key)

    assert lane.is_secret_free(repr(client) + repr(vars(client)))
    assert faults.API_KEY.encode() not in pickle.dumps(client)
