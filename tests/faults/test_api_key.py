"""The OAuth2 token generator of the next server: the operator's API key, and renewal without it."""

import asyncio
import json
import pickle
import time
from collections.abc import Callable, Iterable
from typing import Any

import httpx
import pytest

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
import samples
from devserver import API_KEY, Dserver, running_next_dserver
from faults import (
    Ask,
    Endpoint,
    FaultServer,
    blocking_and_async,
    html,
    replying,
)
from ownserver import Environ, Forwarding, serving


def asked(endpoint: Endpoint) -> list[str]:
    """Return what the generator was asked for: the paths, in order."""
    return [request.path for request in endpoint.token_requests]


def by_key(endpoint: Endpoint) -> dict[str, str | None]:
    """Return what to log in with, instead of the password that is given otherwise."""
    return {**endpoint.login_by_key, "password": None}


# --- on the stand-in for the next server ---------------------------------------------------


@pytest.fixture
def keyed(next_dserver: Dserver, monkeypatch: pytest.MonkeyPatch) -> Dserver:
    """Configure the API key by the environment, as the documentation says."""
    monkeypatch.setenv("DSERVER_URL", next_dserver.url)
    monkeypatch.setenv("DSERVER_TOKEN_GENERATOR_URL", f"{next_dserver.url}/auth")
    monkeypatch.setenv("DSERVER_USERNAME", "testuser")
    monkeypatch.setenv("DSERVER_API_KEY", API_KEY)
    return next_dserver


def test_a_key_is_enough(keyed: Dserver) -> None:
    """User name and key make a token, for functions and for the generated client."""
    assert dtool_lookup_api.get_me()["username"] == "testuser"
    with connect() as client:
        user = get_me.sync(client=client)
    assert user.username == "testuser"


def test_a_key_may_be_given(next_dserver: Dserver) -> None:
    """Another user, another key, by arguments."""
    given = {"auth_url": f"{next_dserver.url}/auth/token", "username": "admin"}

    assert Client(next_dserver.url, **given, api_key=API_KEY).get_me()["is_admin"] is True
    with pytest.raises(AuthenticationError, match="Invalid credentials") as caught:
        Client(next_dserver.url, **given, api_key="wrong").get_me()
    assert "DSERVER_API_KEY" in str(caught.value)
    assert "wrong" not in str(caught.value)


@pytest.mark.slow
def test_tokens_are_renewed_on_the_stand_in() -> None:
    """A token that lives for two seconds is exchanged in time, and fetched when that is late."""
    with running_next_dserver("--token-lifetime", "2") as short_lived_dserver:
        auth_url = f"{short_lived_dserver.url}/auth"
        with Client(
            short_lived_dserver.url, auth_url=auth_url, username="admin", api_key=API_KEY
        ) as client:
            for pause in (0.0, 1.7, 0.1, 2.5):
                time.sleep(pause)
                assert client.get_me()["username"] == "admin"


@pytest.mark.parametrize("late", [0.0, 3000.0])
def test_a_configured_token_is_renewed_without_a_key(
    next_dserver: Dserver, monkeypatch: pytest.MonkeyPatch, late: float
) -> None:
    """A token from the generator's page for browsers is exchanged when it ages, alone."""
    asked: list[tuple[str, str]] = []
    forwarding, now = Forwarding(next_dserver.url), time.time

    def noting(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        asked.append((environ["REQUEST_URI"], environ.get("HTTP_AUTHORIZATION", "")))
        return forwarding(environ, start_response)

    credentials = {"username": "testuser", "api_key": API_KEY}
    token = httpx.post(f"{next_dserver.url}/auth/token", json=credentials).json()["token"]
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


def test_a_token_is_not_exchanged_elsewhere(
    endpoint: Endpoint, later: Callable[[float], None]
) -> None:
    """A configured token is for the server: a generator of another origin does not see it."""
    endpoint.patience = endpoint.lifetime
    with Client(
        endpoint.url, token=endpoint.new_token(), auth_url=f"{endpoint.token_url}/auth"
    ) as client:
        for _ in range(2):
            assert client.get_me() == samples.USER
            later(endpoint.lifetime)
    assert {request.path for request in (*endpoint.requests, *endpoint.token_requests)} == {"/me"}


def test_a_generator_that_takes_no_passwords_is_told(next_dserver: Dserver) -> None:
    """Users, who do not have the operator's API key, log in with a browser."""
    given = {
        "auth_url": f"{next_dserver.url}/auth",
        "username": "testuser",
        "password": "pass-word",
    }
    with pytest.raises(AuthenticationError) as caught:
        Client(next_dserver.url, **given).get_me()
    assert f"{next_dserver.url}/auth/login?next=/auth/token" in str(caught.value)
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


@blocking_and_async
def test_the_key_is_sent_in_place_of_the_password(endpoint: Endpoint, ask: Ask) -> None:
    """The generator gets the user name and the key, and no password."""
    assert ask(endpoint, **by_key(endpoint)) == samples.USER

    (request,) = endpoint.token_requests
    assert json.loads(request.body) == {"username": faults.USERNAME, "api_key": faults.API_KEY}


@blocking_and_async
def test_a_token_that_ages_is_exchanged(
    endpoint: Endpoint, ask: Ask, later: Callable[[float], None]
) -> None:
    """While the old token is good it is enough, and the key stays here."""
    ask(endpoint, **by_key(endpoint))
    later(0.85 * endpoint.lifetime)
    ask(endpoint, **by_key(endpoint))

    assert asked(endpoint) == ["/token", "/refresh"]
    assert json.loads(endpoint.token_requests[1].body) == {"token": endpoint.requests[0].token}
    assert endpoint.requests[-1].token not in (None, endpoint.requests[0].token)


@blocking_and_async
@pytest.mark.parametrize(
    "refusal",
    [
        replying(401, {"error": "Invalid or expired token"}),
        replying(404, {"code": 404, "status": "Not Found"}),
        html(200),
    ],
)
def test_where_tokens_are_not_exchanged_the_key_is_used(
    endpoint: Endpoint, ask: Ask, refusal: faults.Fault, later: Callable[[float], None]
) -> None:
    """A generator that exchanges nothing costs one more request."""
    ask(endpoint, **by_key(endpoint))
    endpoint.token_script(refusal)
    later(0.85 * endpoint.lifetime)

    assert ask(endpoint, **by_key(endpoint)) == samples.USER

    assert asked(endpoint) == ["/token", "/refresh", "/token"]


@blocking_and_async
def test_an_expired_token_is_not_exchanged(endpoint: Endpoint, ask: Ask) -> None:
    """A token that the server refuses is not sent to the generator."""
    ask(endpoint, **by_key(endpoint))
    endpoint.expire_tokens()

    assert ask(endpoint, **by_key(endpoint)) == samples.USER

    assert asked(endpoint) == ["/token", "/token"]


@blocking_and_async
def test_with_a_password_nothing_is_exchanged(
    endpoint: Endpoint, ask: Ask, later: Callable[[float], None]
) -> None:
    """The usual token generators have no such route."""
    ask(endpoint)
    later(0.85 * endpoint.lifetime)
    ask(endpoint)

    assert asked(endpoint) == ["/token", "/token"]


@blocking_and_async
def test_a_generator_without_a_key_of_its_own(endpoint: Endpoint, ask: Ask) -> None:
    """The error says whose fault it is, in the generator's words."""
    endpoint.token_script(always=replying(501, {"error": "API authentication not configured"}))

    with pytest.raises(NotOfferedError, match="API authentication not configured") as caught:
        ask(endpoint, **by_key(endpoint))

    assert "ask its administrator" in str(caught.value)
    assert endpoint.is_secret_free(str(caught.value))


@blocking_and_async
def test_the_key_is_masked_where_it_is_echoed(endpoint: Endpoint, ask: Ask) -> None:
    """A generator or proxy that shows what was sent does not bring it into an error."""
    endpoint.token_script(always=faults.echoing)

    with pytest.raises(dtool_lookup_api.ServerError) as caught:
        ask(endpoint, **by_key(endpoint))

    assert endpoint.is_secret_free(str(caught.value))
    assert endpoint.is_secret_free(repr(caught.value.__dict__))


# --- which one counts ----------------------------------------------------------------------


def test_a_given_password_precedes_a_configured_key(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DSERVER_API_KEY", "another key")
    monkeypatch.setenv("DSERVER_TOKEN_GENERATOR_URL", endpoint.token_url)

    assert Client(endpoint.url, username=faults.USERNAME, password=faults.PASSWORD).get_me()


def test_a_key_precedes_a_configured_password_and_token(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DSERVER_PASSWORD", "wrong")
    monkeypatch.setenv("DSERVER_TOKEN", "wrong")

    assert Client(endpoint.url, **endpoint.login_by_key).get_me() == samples.USER


def test_a_configured_key_is_for_the_configured_generator(
    fault_server: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It makes tokens for any user, so no other generator may see it."""
    endpoint = fault_server.endpoint()
    monkeypatch.setenv("DSERVER_API_KEY", faults.API_KEY)
    monkeypatch.setenv("DSERVER_TOKEN_GENERATOR_URL", "https://dserver.example/auth")
    given = {"auth_url": endpoint.token_url, "username": faults.USERNAME}

    with pytest.raises(
        AuthenticationError, match=r"DSERVER_PASSWORD \(operators: or DSERVER_API_KEY\)"
    ):
        Client(endpoint.url, **given).get_me()
    assert endpoint.token_requests == []

    monkeypatch.setenv("DSERVER_TOKEN_GENERATOR_URL", endpoint.token_url)
    assert Client(endpoint.url, **given).get_me() == samples.USER


def test_the_key_is_an_attribute_of_the_configuration() -> None:
    """It is read from dtool.json and written there, as the others are."""
    assert config.Config.api_key == ""
    config.Config.api_key = "a key"
    assert config.Config.api_key == "a key"
    config.Config.api_key = None
    assert config.Config.api_key == ""


def test_the_key_is_not_shown(endpoint: Endpoint) -> None:
    """Neither repr nor pickle of a client has it."""
    client = Client(endpoint.url, **endpoint.login_by_key)

    assert endpoint.is_secret_free(repr(client) + repr(vars(client)))
    assert faults.API_KEY.encode() not in pickle.dumps(client)
