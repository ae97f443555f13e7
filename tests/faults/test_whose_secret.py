"""Secrets that are configured for one server are never sent to another."""

import asyncio
import builtins
import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dtool_lookup_api import AsyncClient, AuthenticationError, Client, LookupServerError, get_me
from dtool_lookup_api.core import config
from dtool_lookup_api.core.LookupClient import ConfigurationBasedLookupClient
from dtool_lookup_api.typed import connect
from dtool_lookup_rest.api.me import get_me as generated_get_me

import faults
import samples
from faults import Endpoint, FaultServer, running_fault_server

pytestmark = pytest.mark.slow

LIMITS: dict[str, Any] = {"timeout": 3, "deadline": 8, "retries": 0}


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[FaultServer, FaultServer]]:
    with running_fault_server() as one, running_fault_server() as other:
        yield one, other


@pytest.fixture
def ours(servers: tuple[FaultServer, FaultServer]) -> Endpoint:
    """Return the server that is configured, with its token generator."""
    return servers[0].endpoint()


@pytest.fixture
def other(servers: tuple[FaultServer, FaultServer]) -> Endpoint:
    """Return a server of other origins."""
    return servers[1].endpoint()


def settings_of(endpoint: Endpoint, **more: str) -> dict[str, str]:
    return {
        "DSERVER_URL": endpoint.url,
        "DSERVER_TOKEN_GENERATOR_URL": endpoint.token_url,
        "DSERVER_USERNAME": faults.USERNAME,
        **more,
    }


def use(monkeypatch: pytest.MonkeyPatch, values: dict[str, str]) -> None:
    for name, value in values.items():
        monkeypatch.setenv(name, value)


def assert_nothing_of(ours: Endpoint, other: Endpoint) -> None:
    """Nothing that belongs to one server has come to the other, or was fetched for it."""
    for request in other.requests + other.token_requests:
        assert request.token not in ours.tokens
        assert faults.PASSWORD not in request.body.decode()
        assert faults.API_KEY not in request.body.decode()


# --- a client for another server ----------------------------------------------------------


def blocking(**given: Any) -> None:
    with Client(**given, **LIMITS) as client:
        client.get_me()


def awaited(**given: Any) -> None:
    async def call() -> None:
        async with AsyncClient(**given, **LIMITS) as client:
            await client.get_me()

    asyncio.run(call())


def generated(**given: Any) -> None:
    with connect(**given, **LIMITS) as client:
        generated_get_me.sync(client=client)


def of_010(**given: Any) -> None:
    names = {"url": "lookup_url"}

    async def call() -> None:
        renamed = {names.get(name, name): value for name, value in given.items()}
        async with ConfigurationBasedLookupClient(**renamed) as client:
            await client.get_me()

    asyncio.run(call())


WAYS = {"blocking": blocking, "awaited": awaited, "generated": generated, "0.10": of_010}
LOGINS = {
    "password": {"DSERVER_PASSWORD": faults.PASSWORD},
    "API key": {"DSERVER_API_KEY": faults.API_KEY},
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("login", LOGINS)
def test_no_token_is_fetched_for_another_server(
    ours: Endpoint, other: Endpoint, monkeypatch: pytest.MonkeyPatch, way: str, login: str
) -> None:
    """The configured generator makes tokens for the configured server."""
    use(monkeypatch, settings_of(ours, **LOGINS[login]))

    with pytest.raises(AuthenticationError, match="DSERVER_TOKEN_GENERATOR_URL, configured for an"):
        WAYS[way](url=other.url)

    assert ours.token_requests == []
    assert other.requests == []


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("login", LOGINS)
def test_no_other_generator_gets_what_is_configured(
    ours: Endpoint, other: Endpoint, monkeypatch: pytest.MonkeyPatch, way: str, login: str
) -> None:
    """A password and a key are for the configured generator, whatever server is asked."""
    use(monkeypatch, settings_of(ours, **LOGINS[login]))
    (key,) = LOGINS[login]

    for url in ({}, {"url": other.url}):
        with pytest.raises(AuthenticationError, match=f"{key}, configured for another"):
            WAYS[way](auth_url=other.token_url, **url)

    assert other.token_requests == []
    assert other.requests == []


def test_a_given_password_does_not_go_to_a_generator_that_was_not_given(
    ours: Endpoint, other: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor does the configured server's generator learn the password for another server."""
    use(monkeypatch, settings_of(ours))

    with pytest.raises(AuthenticationError, match="DSERVER_TOKEN_GENERATOR_URL, configured for an"):
        blocking(url=other.url, username="someone", password="of the other")

    assert ours.token_requests == []
    assert other.requests == []


def test_server_and_generator_may_be_given_together(
    ours: Endpoint, other: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Servers may share a generator: then both URLs are given, and the password stays with it."""
    use(monkeypatch, settings_of(ours, DSERVER_PASSWORD=faults.PASSWORD))

    with pytest.raises(LookupServerError):  # which knows no token of the other
        blocking(url=other.url, auth_url=ours.token_url)

    assert len(ours.token_requests) >= 1
    assert other.requests[0].token in ours.tokens
    assert other.token_requests == []


def test_the_same_origin_is_the_same_server(
    ours: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another path on the configured server is the same, and so is its name in capitals."""
    use(monkeypatch, settings_of(ours, DSERVER_PASSWORD=faults.PASSWORD))
    monkeypatch.setenv("DSERVER_URL", ours.url.rpartition("/")[0] + "/elsewhere")

    blocking(url=ours.url.replace("http", "HTTP"))
    assert len(ours.requests) == 1


# --- dtool.json for one server, the environment for another --------------------------------


@pytest.mark.parametrize(
    ("secret", "named"),
    [
        ("DSERVER_TOKEN", "server"),
        ("DSERVER_PASSWORD", "server"),
        ("DSERVER_API_KEY", "server"),
        ("DSERVER_PASSWORD", "generator"),
        ("DSERVER_API_KEY", "generator"),
    ],
)
def test_what_the_file_has_for_one_server_is_not_for_that_of_the_environment(
    ours: Endpoint,
    other: Endpoint,
    own_configuration: Path,
    monkeypatch: pytest.MonkeyPatch,
    secret: str,
    named: str,
) -> None:
    """A variable that names another server does not take along what dtool.json has for its own."""
    values = {"DSERVER_PASSWORD": faults.PASSWORD, "DSERVER_API_KEY": faults.API_KEY}
    value = values.get(secret) or ours.new_token()
    own_configuration.write_text(json.dumps(settings_of(ours, **{secret: value})))
    endpoint = {"DSERVER_URL": other.url, "DSERVER_TOKEN_GENERATOR_URL": other.token_url}
    keys = list(endpoint) if named == "generator" else ["DSERVER_URL"]
    use(monkeypatch, {key: endpoint[key] for key in keys})

    with pytest.raises(AuthenticationError, match="configured for another server"):
        get_me()

    assert_nothing_of(ours, other)
    assert ours.token_requests == []


def test_the_environment_may_name_the_server_of_a_token(
    ours: Endpoint, own_configuration: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that holds a token alone is for the server that the environment names."""
    own_configuration.write_text(json.dumps({"DSERVER_TOKEN": ours.new_token()}))
    monkeypatch.setenv("DSERVER_URL", ours.url)
    assert get_me() == samples.USER


# --- what was typed -----------------------------------------------------------------------


async def welcome(exchange: faults.Exchange) -> None:
    """Give a token to anyone."""
    await exchange.send(faults.answer(200, json.dumps({"token": exchange.endpoint.new_token()})))


class Typist:
    """Answers the prompts with what belongs to the generator that they name."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *endpoints: Endpoint) -> None:
        self.prompts: list[str] = []
        self.passwords = {
            endpoint.token_url: f"typed for {endpoint.name}" for endpoint in endpoints
        }
        monkeypatch.setattr(builtins, "input", self._username)
        monkeypatch.setattr("getpass.getpass", self._password)
        monkeypatch.setattr(config, "Config", config.DtoolLookupAPIConfig())

    def _username(self, prompt: str = "") -> str:
        self.prompts.append(prompt)
        return faults.USERNAME

    def _password(self, prompt: str = "") -> str:
        self.prompts.append(prompt)
        return next(text for url, text in self.passwords.items() if url in prompt)


def sent_to(endpoint: Endpoint) -> list[str]:
    return [str(json.loads(request.body)["password"]) for request in endpoint.token_requests]


def test_what_was_typed_for_one_generator_is_not_sent_to_another(
    ours: Endpoint, other: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The prompt names the generator that gets the answer, and no other gets it."""
    urls = settings_of(ours)
    del urls["DSERVER_USERNAME"]
    use(monkeypatch, urls)
    typist = Typist(monkeypatch, ours, other)
    ours.token_script(faults.login_refused, always=welcome)
    other.token_script(always=welcome)

    with pytest.raises(AuthenticationError, match="refused the login"):
        get_me()
    get_me()
    blocking(url=other.url, auth_url=other.token_url)
    use(monkeypatch, {"DSERVER_URL": other.url, "DSERVER_TOKEN_GENERATOR_URL": other.token_url})
    get_me()

    assert set(sent_to(ours)) == {typist.passwords[ours.token_url]}
    assert set(sent_to(other)) == {typist.passwords[other.token_url]}
    assert [ours.token_url in prompt for prompt in typist.prompts] == [True] * 4 + [False] * 2


def test_an_answer_is_kept_for_its_generator(
    ours: Endpoint, other: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two generators in turn: the user answers once for each."""
    use(monkeypatch, {k: v for k, v in settings_of(ours).items() if k != "DSERVER_USERNAME"})
    typist = Typist(monkeypatch, ours, other)
    for endpoint in (ours, other):
        endpoint.token_script(always=welcome)

    for _ in range(2):
        ours.expire_tokens()
        other.expire_tokens()
        get_me()
        blocking(url=other.url, auth_url=other.token_url)

    assert len(typist.prompts) == 4


# --- one snapshot for a call --------------------------------------------------------------


def replace(path: Path, values: dict[str, str]) -> None:
    new = path.with_name("new")
    new.write_text(json.dumps(values), encoding="utf-8")
    os.replace(new, path)


@pytest.mark.parametrize("secret", ["token", "password"])
def test_a_call_never_mixes_two_configurations(
    ours: Endpoint, other: Endpoint, own_configuration: Path, secret: str
) -> None:
    """While dtool.json changes from one server to the other, none gets what is the other's."""
    endpoints = (ours, other)
    for endpoint in endpoints:
        endpoint.token_script(always=welcome)
    states = [
        settings_of(endpoint, DSERVER_TOKEN=endpoint.new_token())
        if secret == "token"
        else settings_of(
            endpoint, DSERVER_USERNAME=endpoint.name, DSERVER_PASSWORD=f"of {endpoint.name}"
        )
        for endpoint in endpoints
    ]
    stopped = threading.Event()

    def flip() -> None:
        while not stopped.is_set():
            for state in states:
                replace(own_configuration, state)

    replace(own_configuration, states[0])
    flipping = threading.Thread(target=flip)
    flipping.start()
    try:
        for _ in range(150):
            for endpoint in endpoints if secret == "password" else ():
                endpoint.expire_tokens()
            get_me()
    finally:
        stopped.set()
        flipping.join()

    for endpoint in endpoints:
        assert len(endpoint.requests) > 10
        assert {request.token for request in endpoint.requests} <= {*endpoint.tokens}
        assert set(sent_to(endpoint)) <= {f"of {endpoint.name}"}


def test_a_file_that_changes_during_the_prompt_does_not_answer_it(
    ours: Endpoint, other: Endpoint, own_configuration: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The password of the other server, which is stored while the user types, stays at home."""
    urls = {k: v for k, v in settings_of(ours).items() if k != "DSERVER_USERNAME"}
    replace(own_configuration, urls)
    typist = Typist(monkeypatch, ours)
    ours.token_script(always=welcome)

    def username(prompt: str = "") -> str:
        replace(own_configuration, settings_of(other, DSERVER_PASSWORD="of the other"))
        return faults.USERNAME

    monkeypatch.setattr(builtins, "input", username)
    get_me()

    assert sent_to(ours) == [typist.passwords[ours.token_url]]
    assert other.token_requests == []
