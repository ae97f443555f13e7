"""Tokens: fetched once, renewed in time, never in a loop, and sent to their server only."""

import asyncio
import base64
import itertools
import json
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from operator import methodcaller
from pathlib import Path
from typing import Any

import pytest

from dtool_lookup_api import (
    AsyncClient,
    AuthenticationError,
    CallTimeoutError,
    Client,
    ConnectionFailedError,
    InvalidRequestError,
    LookupServerError,
    PermissionDeniedError,
    ServerError,
    UnreadableAnswerError,
)
from dtool_lookup_api.typed import connect

import faults
import samples
from devserver import Dserver, running_dserver
from faults import (
    GET_ME,
    Ask,
    Endpoint,
    Fault,
    FaultServer,
    blocking_and_async,
)

PATIENT: dict[str, float] = {"timeout": 20, "deadline": 40}  # for slow machines
LIFETIME = 3  # seconds that a token of the real server lives
THREADS, TASKS, LOOPS = 64, 64, 8


@pytest.fixture(scope="module")
def short_lived_dserver() -> Iterator[Dserver]:
    """Run a real dserver with short-lived tokens, for which no token is cached."""
    with running_dserver("--token-lifetime", str(LIFETIME)) as running:
        yield running


def client_of(endpoint: Endpoint, **given: Any) -> Client:
    return Client(**{"url": endpoint.url, **endpoint.login, **PATIENT, **given})


def async_client_of(endpoint: Endpoint, **given: Any) -> AsyncClient:
    return AsyncClient(**{"url": endpoint.url, **endpoint.login, **PATIENT, **given})


def outcomes(calls: int, call: Callable[[], Any]) -> list[Any]:
    """Return what comes of calls that threads make at the same moment, errors included."""
    barrier = threading.Barrier(calls)

    def run(_: int) -> Any:
        barrier.wait(30)
        try:
            return call()
        except Exception as error:
            return error

    with ThreadPoolExecutor(calls) as pool:
        return list(pool.map(run, range(calls)))


# --- one for all --------------------------------------------------------------------------


@blocking_and_async
def test_one_token_for_many_calls_and_clients(endpoint: Endpoint, ask: Ask) -> None:
    """Calls with the same configuration use the same token."""
    for _ in range(3):
        ask(endpoint, GET_ME, methodcaller("get_users"), GET_ME, **PATIENT)
    assert len(endpoint.token_requests) == 1
    assert len({each.token for each in endpoint.requests}) == 1
    assert len(endpoint.requests) == 9


def test_both_worlds_share_a_token(endpoint: Endpoint) -> None:
    """Blocking and awaited calls have one token between them."""
    faults.ask_blocking(endpoint, **PATIENT)
    faults.ask_async(endpoint, **PATIENT)
    assert len(endpoint.token_requests) == 1


def test_users_do_not_share_a_token(endpoint: Endpoint, dserver: Dserver) -> None:
    """Each user has a token of their own."""
    for username in ("admin", "testuser", "admin"):
        with Client(**dserver.given(username)) as client:
            assert client.get_me()["username"] == username


@pytest.mark.slow
def test_a_hundred_configurations_keep_their_tokens(fault_server: FaultServer) -> None:
    """A service that calls for many users in turn logs each of them in once."""
    endpoints = [fault_server.endpoint() for _ in range(100)]
    for _ in range(2):
        for endpoint in endpoints:
            assert faults.ask_blocking(endpoint, **PATIENT) == samples.USER
    assert {len(endpoint.token_requests) for endpoint in endpoints} == {1}


def threads_of(server: Dserver | Endpoint, given: dict[str, Any]) -> list[Any]:
    with Client(**given, **PATIENT) as client:
        return outcomes(THREADS, client.get_me)


def tasks_of(server: Dserver | Endpoint, given: dict[str, Any]) -> list[Any]:
    async def main() -> list[Any]:
        async with AsyncClient(**given, **PATIENT) as client:
            calls = (client.get_me() for _ in range(TASKS))
            return await asyncio.gather(*calls, return_exceptions=True)

    return asyncio.run(main())


def loops_of(server: Dserver | Endpoint, given: dict[str, Any]) -> list[Any]:
    client = AsyncClient(**given, **PATIENT)

    async def main() -> list[Any]:
        calls = (client.get_me() for _ in range(TASKS // LOOPS))
        return await asyncio.gather(*calls, return_exceptions=True)

    return list(itertools.chain(*outcomes(LOOPS, lambda: asyncio.run(main()))))


def mixture_of(server: Dserver | Endpoint, given: dict[str, Any]) -> list[Any]:
    kinds = itertools.cycle([tasks_of, threads_of])
    return list(itertools.chain(*outcomes(2, lambda: next(kinds)(server, given))))


each_concurrency = pytest.mark.parametrize("concurrency", [threads_of, tasks_of, loops_of])


@pytest.mark.parametrize("concurrency", [threads_of, tasks_of, loops_of, mixture_of])
def test_concurrent_calls_make_one_token_request(
    endpoint: Endpoint, concurrency: Callable[..., list[Any]]
) -> None:
    """Of any number of threads, tasks and loops that start at the same time, one logs in."""
    endpoint.token_script(faults.late(0.3))
    found = concurrency(endpoint, {"url": endpoint.url, **endpoint.login})
    assert found == [samples.USER] * len(found)
    assert len(found) >= 64
    assert len(endpoint.token_requests) == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    ("concurrency", "username"),
    [(threads_of, "admin"), (tasks_of, "researcher"), (loops_of, "testuser")],
)
def test_concurrent_calls_make_one_token_request_to_the_real_server(
    short_lived_dserver: Dserver, concurrency: Callable[..., list[Any]], username: str
) -> None:
    """The same with the real server, during the life of one token."""
    before, start = short_lived_dserver.token_requests(), time.monotonic()
    found = concurrency(short_lived_dserver, short_lived_dserver.given(username))
    lifetimes = (time.monotonic() - start) // (LIFETIME / 2)  # more than one, if it is slow
    assert {each["username"] for each in found} == {username}
    assert 1 <= short_lived_dserver.token_requests() - before <= 1 + lifetimes


@each_concurrency
def test_concurrent_calls_renew_once(
    endpoint: Endpoint, concurrency: Callable[..., list[Any]]
) -> None:
    """When the token has expired, one of the callers renews it, and no call fails."""
    given = {"url": endpoint.url, **endpoint.login}
    faults.ask_blocking(endpoint, **PATIENT)
    endpoint.expire_tokens()
    endpoint.token_script(faults.late(0.3))
    found = concurrency(endpoint, given)
    assert found == [samples.USER] * len(found)
    assert len(endpoint.token_requests) == 2


@pytest.mark.parametrize("mode", ["threads", "tasks"])
def test_expiry_in_the_middle_of_two_hundred_calls(endpoint: Endpoint, mode: str) -> None:
    """A token that expires while many calls are under way costs one login and no call."""
    numbers = itertools.count()

    def look() -> None:
        if next(numbers) == 100:
            endpoint.expire_tokens()

    if mode == "threads":
        with client_of(endpoint) as client, ThreadPoolExecutor(THREADS) as pool:

            def call(_: int) -> Any:
                look()
                return client.get_me()

            found = list(pool.map(call, range(200)))
    else:

        async def main() -> list[Any]:
            async with async_client_of(endpoint) as client:
                await client.get_me()
                free = asyncio.Semaphore(50)

                async def call() -> Any:
                    async with free:
                        look()
                        return await client.get_me()

                return await asyncio.gather(*(call() for _ in range(200)))

        found = asyncio.run(main())
    assert found == [samples.USER] * 200
    assert len(endpoint.token_requests) == 2


# --- renewal ------------------------------------------------------------------------------


@blocking_and_async
def test_renewed_before_it_expires(
    endpoint: Endpoint, ask: Ask, later: Callable[[float], None]
) -> None:
    """After 80 % of its life a token is renewed, so that the server never refuses it."""
    ask(endpoint, **PATIENT)
    later(0.75 * endpoint.lifetime)
    ask(endpoint, **PATIENT)
    assert len(endpoint.token_requests) == 1
    later(0.06 * endpoint.lifetime)
    ask(endpoint, **PATIENT)
    assert len(endpoint.token_requests) == 2
    assert endpoint.requests[-1].token != endpoint.requests[0].token
    assert len(endpoint.requests) == 3, "no call is sent twice"


@pytest.mark.slow
def test_renewed_before_it_expires_on_the_real_server(short_lived_dserver: Dserver) -> None:
    """Calls go on for longer than a token lives, with few logins."""
    before, start = short_lived_dserver.token_requests(), time.monotonic()
    with Client(**short_lived_dserver.given("admin"), **PATIENT) as client:
        while time.monotonic() < start + 1.2 * LIFETIME:
            assert client.get_me()["username"] == "admin"
            time.sleep(0.1)
    lifetimes = (time.monotonic() - start) / LIFETIME
    assert 1 <= short_lived_dserver.token_requests() - before <= 2 * lifetimes + 1


@blocking_and_async
def test_renewed_once_when_the_server_says_so(endpoint: Endpoint, ask: Ask) -> None:
    """A token that the server calls expired is renewed, and the call is sent again."""
    ask(endpoint, **PATIENT)
    endpoint.expire_tokens()
    assert ask(endpoint, **PATIENT) == samples.USER
    assert len(endpoint.token_requests) == 2
    assert len(endpoint.requests) == 3


@blocking_and_async
@pytest.mark.parametrize(
    "refusal",
    [
        faults.token_garbage,
        faults.replying(401, {"msg": "Token has been revoked"}),
        faults.replying(422, {"msg": "Signature verification failed"}),
    ],
)
def test_renewed_once_when_the_server_has_new_keys(
    endpoint: Endpoint, ask: Ask, refusal: Fault
) -> None:
    """A token that was valid is renewed, too, for example after the server has changed its keys."""
    ask(endpoint, **PATIENT)
    endpoint.script(refusal)
    assert ask(endpoint, **PATIENT) == samples.USER
    assert len(endpoint.token_requests) == 2


@blocking_and_async
@pytest.mark.parametrize("fault", [faults.hang, faults.login_refused, faults.html(500)])
def test_a_renewal_that_fails_is_not_missed(
    endpoint: Endpoint, ask: Ask, fault: Fault, later: Callable[[float], None]
) -> None:
    """While the old token is good, no call fails because the generator has trouble."""
    ask(endpoint, **PATIENT)
    later(0.85 * endpoint.lifetime)
    endpoint.token_script(always=fault)
    for _ in range(3):
        assert ask(endpoint, timeout=20, deadline=2.0, retries=0) == samples.USER
    assert len(endpoint.token_requests) == 2, "the next renewal is not tried at once"


@blocking_and_async
def test_while_one_call_renews_the_others_go_on(
    endpoint: Endpoint, ask: Ask, later: Callable[[float], None]
) -> None:
    """A slow renewal holds up one call, the rest use the old token."""
    ask(endpoint, **PATIENT)
    later(0.85 * endpoint.lifetime)
    renewing, used = threading.Event(), threading.Event()

    async def slow(exchange: faults.Exchange) -> None:
        renewing.set()
        await faults.held_until(used)(exchange)

    endpoint.token_script(slow)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(ask, endpoint, **PATIENT)
        assert renewing.wait(20)
        assert ask(endpoint, **PATIENT) == samples.USER
        assert endpoint.requests[-1].token == endpoint.requests[0].token
        used.set()
        assert first.result(30) == samples.USER
    assert endpoint.requests[-1].token != endpoint.requests[0].token


# --- never a loop -------------------------------------------------------------------------


def _garbage(endpoint: Endpoint) -> None:
    endpoint.token_script(always=faults.garbage_tokens)


def _expired_at_birth(endpoint: Endpoint) -> None:
    endpoint.lifetime = -1


def _always_expired(endpoint: Endpoint) -> None:
    endpoint.script(always=faults.token_expired)


def _always_garbage(endpoint: Endpoint) -> None:
    endpoint.script(always=faults.token_garbage)


hopeless = pytest.mark.parametrize(
    "prepare", [_garbage, _expired_at_birth, _always_expired, _always_garbage]
)


@blocking_and_async
@hopeless
def test_renewals_are_bounded(
    endpoint: Endpoint, ask: Ask, prepare: Callable[[Endpoint], None]
) -> None:
    """If no token is ever good, a call ends after a renewal with an error of authentication."""
    prepare(endpoint)
    for calls in range(1, 4):
        with pytest.raises(AuthenticationError, match=r"^Authentication failed"):
            ask(endpoint, **PATIENT)
        most = calls if prepare in (_garbage, _always_garbage) else 2 * calls
        assert 1 <= len(endpoint.token_requests) <= most
        assert 1 <= len(endpoint.requests) <= 2 * calls


@pytest.mark.parametrize("concurrency", [threads_of, tasks_of])
@hopeless
def test_renewals_of_concurrent_calls_are_bounded(
    endpoint: Endpoint, concurrency: Callable[..., list[Any]], prepare: Callable[[Endpoint], None]
) -> None:
    """So it is for each of many calls at a time."""
    prepare(endpoint)
    found = concurrency(endpoint, {"url": endpoint.url, **endpoint.login})
    assert {type(each) for each in found} == {AuthenticationError}
    assert len(endpoint.token_requests) <= 2 * len(found)
    assert len(endpoint.requests) <= 2 * len(found)


CLAIMS: dict[str, bytes] = {
    "no life": b'{"iat": 5, "exp": 5}',
    "less than no life": b'{"iat": 5, "exp": 1}',
    "no number": b'{"iat": "today", "exp": "tomorrow"}',
    "too large a number": b'{"iat": 0, "exp": 1' + b"0" * 400 + b"}",
    "infinite": b'{"iat": 0, "exp": Infinity}',
    "no claims": b"{}",
    "no object": b"[1, 2]",
    "no JSON": b"\xff\xfe",
    "nested": b"[" * 20_000,
}


@blocking_and_async
@pytest.mark.parametrize("name", CLAIMS)
def test_claims_that_cannot_be_used(endpoint: Endpoint, ask: Ask, name: str) -> None:
    """A token that doesn't say how long it lives is used until the server refuses it."""
    payload = base64.urlsafe_b64encode(CLAIMS[name]).decode().rstrip("=")
    endpoint.token_script(always=faults.replying(200, {"token": f"a.{payload}.c"}))
    endpoint.script(always=faults.replying(200, samples.USER))
    for _ in range(3):
        assert ask(endpoint, **PATIENT) == samples.USER
    assert len(endpoint.token_requests) == 1


@pytest.mark.parametrize("jump", [-40 * 365 * 86400, 40 * 365 * 86400, None])
def test_a_wrong_clock_does_not_matter(
    dserver: Dserver, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch, jump: int | None
) -> None:
    """On a machine with a wrong clock, even one that jumps, each call works with one login."""
    clock, jumps = time.time, itertools.cycle([0, 10**9, -(10**9), 5])
    monkeypatch.setattr(time, "time", lambda: clock() + (next(jumps) if jump is None else jump))
    before = dserver.token_requests()
    for _ in range(8):
        with Client(**dserver.given("testuser"), **PATIENT) as client:
            assert client.get_me()["username"] == "testuser"
        assert faults.ask_async(endpoint, **PATIENT) == samples.USER
    assert dserver.token_requests() - before <= 1
    assert len(endpoint.token_requests) == 1


# --- the generator ------------------------------------------------------------------------


def _down(endpoint: Endpoint) -> dict[str, Any]:
    return {"auth_url": f"http://{faults.HOST}:{faults.closed_port()}/token"}


def _slow(endpoint: Endpoint) -> dict[str, Any]:
    endpoint.token_script(always=faults.hang)
    return {"timeout": 0.2}


def _broken(endpoint: Endpoint) -> dict[str, Any]:
    endpoint.token_script(always=faults.html(500))
    return {}


TROUBLE: dict[str, tuple[Callable[[Endpoint], dict[str, Any]], type[LookupServerError]]] = {
    "down": (_down, ConnectionFailedError),
    "slow": (_slow, CallTimeoutError),
    "broken": (_broken, ServerError),
}


@blocking_and_async
@pytest.mark.parametrize("name", TROUBLE)
def test_generator_in_trouble(endpoint: Endpoint, ask: Ask, name: str) -> None:
    """Trouble at the generator is told as such, and is over when the generator is well."""
    prepare, kind = TROUBLE[name]
    given = {**PATIENT, "retries": 0, **prepare(endpoint)}
    for _ in range(2):
        with pytest.raises(kind, match="token") as caught:
            ask(endpoint, **given)
        assert type(caught.value) is kind
        assert not isinstance(caught.value, AuthenticationError)
    assert not endpoint.requests
    endpoint.token_script()
    assert ask(endpoint, **{**given, **endpoint.login, "timeout": 20}) == samples.USER


REFUSALS = {
    "by status": faults.login_refused,
    "400": faults.replying(400, {"error": "bad"}),
    "403": faults.replying(403, {}),
    "422": faults.replying(422, {"msg": "no"}),
    "without a token": faults.no_token,
    "an empty token": faults.replying(200, {"token": ""}),
    "a null token": faults.replying(200, {"token": None}),
    "a token of two lines": faults.replying(200, {"token": "a\nb"}),
    "a token that is a list": faults.replying(200, {"token": ["secret"]}),
}


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("Authentication failed", "/token. Check user name"),
        ("Authentication failed: no such user.", "/token: no such user. Check user name"),
        ("Authentication failed badly", "/token: Authentication failed badly. Check user name"),
        ("", "/token: {}. Check user name"),
    ],
)
def test_what_the_generator_repeats_is_said_once(endpoint: Endpoint, words: str, text: str) -> None:
    """The error begins with it already; what the server said is kept as it came."""
    endpoint.token_script(always=faults.replying(401, {"message": words} if words else {}))

    with pytest.raises(AuthenticationError) as caught, client_of(endpoint) as client:
        client.get_me()

    assert text in str(caught.value)
    assert str(caught.value).count("Authentication failed") == 1 + words.endswith("badly")
    assert caught.value.server_message == (words or "{}")


@blocking_and_async
@pytest.mark.parametrize("name", REFUSALS)
def test_generator_refuses(endpoint: Endpoint, ask: Ask, name: str) -> None:
    """A refused login is a RuntimeError, as it always was, whatever way it is refused."""
    endpoint.token_script(always=REFUSALS[name])
    for calls in (1, 2):
        with pytest.raises(RuntimeError, match=r"^Authentication failed") as caught:
            ask(endpoint, **PATIENT)
        assert type(caught.value) is AuthenticationError
        assert caught.value.operation == "get_me"
        assert "DSERVER_PASSWORD" in str(caught.value)
        assert "secret" not in str(caught.value)
        assert len(endpoint.token_requests) == calls
    assert not endpoint.requests


def test_each_concurrent_call_names_itself(endpoint: Endpoint) -> None:
    """When one login fails for many calls, each error tells of its own call."""

    async def refused_late(exchange: faults.Exchange) -> None:
        await asyncio.sleep(0.5)
        await faults.login_refused(exchange)

    endpoint.token_script(always=refused_late)
    names = ["get_me", "get_config", "get_users"] * 4

    async def main() -> list[Any]:
        async with async_client_of(endpoint) as client:
            calls = (getattr(client, name)() for name in names)
            return await asyncio.gather(*calls, return_exceptions=True)

    assert [error.operation for error in asyncio.run(main())] == names
    assert len(endpoint.token_requests) == 1

    numbers = itertools.count()
    with client_of(endpoint) as client:

        def call() -> Any:
            return getattr(client, names[next(numbers)])()

        found = outcomes(len(names), call)
    assert sorted(error.operation for error in found) == sorted(names)
    assert len({id(error) for error in found}) == len(names)


@blocking_and_async
def test_a_call_with_less_time_does_not_take_others_with_it(endpoint: Endpoint, ask: Ask) -> None:
    """A call that waits for another's login has its own deadline, not the other's."""
    logging_in = threading.Event()

    async def slow(exchange: faults.Exchange) -> None:
        logging_in.set()
        await faults.late(1.1)(exchange)

    endpoint.token_script(always=slow)
    with ThreadPoolExecutor(1) as pool:
        hasty = pool.submit(ask, endpoint, timeout=20, deadline=0.6)
        assert logging_in.wait(20)
        assert ask(endpoint, **PATIENT) == samples.USER
        assert isinstance(hasty.exception(20), CallTimeoutError)


def test_who_waits_goes_on_when_who_fetches_is_cancelled(endpoint: Endpoint) -> None:
    """Cancelling a task that logs in harms no other."""
    endpoint.token_script(faults.hang)

    async def main() -> Any:
        async with async_client_of(endpoint) as client:
            first = asyncio.create_task(client.get_me())
            while not endpoint.token_requests:
                await asyncio.sleep(0.01)
            second = asyncio.create_task(client.get_me())
            await asyncio.sleep(0.1)
            first.cancel()
            with pytest.raises(asyncio.CancelledError):
                await first
            return await second

    assert asyncio.run(main()) == samples.USER
    assert len(endpoint.token_requests) == 2


def test_who_waits_can_be_cancelled(endpoint: Endpoint) -> None:
    """Cancelling a task that waits for another's login harms neither that nor the rest."""
    endpoint.token_script(faults.late(0.5))

    async def main() -> list[Any]:
        async with async_client_of(endpoint) as client:
            tasks = [asyncio.create_task(client.get_me()) for _ in range(3)]
            while not endpoint.token_requests:
                await asyncio.sleep(0.01)
            tasks[1].cancel()
            return await asyncio.gather(*tasks, return_exceptions=True)

    first, second, third = asyncio.run(main())
    assert (first, third) == (samples.USER, samples.USER)
    assert isinstance(second, asyncio.CancelledError)
    assert len(endpoint.token_requests) == 1


def test_a_blocking_call_inside_a_loop_that_logs_in(endpoint: Endpoint) -> None:
    """A program that blocks in its event loop, while a task there logs in, is not stuck."""
    endpoint.token_script(faults.late(0.5))

    async def main() -> tuple[Any, Any]:
        async with async_client_of(endpoint) as client:
            task = asyncio.create_task(client.get_me())
            while not endpoint.token_requests:
                await asyncio.sleep(0.01)
            with client_of(endpoint, deadline=15) as blocking:
                blocked = blocking.get_me()
            return blocked, await task

    assert asyncio.run(main()) == (samples.USER, samples.USER)


# --- configured tokens --------------------------------------------------------------------


@pytest.fixture
def put(monkeypatch: pytest.MonkeyPatch, own_configuration: Path) -> Callable[..., dict[str, Any]]:
    """Return a function that configures a token and returns a client's arguments."""

    def put(source: str, token: str, endpoint: Endpoint) -> dict[str, Any]:
        if source == "argument":
            return {"token": token}
        values = {"DSERVER_URL": endpoint.url, "DSERVER_TOKEN": token}
        if source == "dtool.json":
            own_configuration.write_text(json.dumps(values), encoding="utf-8")
        else:
            for name, value in values.items():
                monkeypatch.setenv(name, value)
        return {}

    return put


NO_LOGIN: dict[str, Any] = dict.fromkeys(("auth_url", "username", "password"))
sources = pytest.mark.parametrize("source", ["argument", "environment", "dtool.json"])


@blocking_and_async
@sources
def test_configured_token_is_used_as_it_is(
    endpoint: Endpoint, put: Callable[..., dict[str, Any]], ask: Ask, source: str
) -> None:
    """A configured token is sent without asking anybody, even if there are credentials."""
    token = endpoint.new_token()
    given = put(source, f" {token}\n", endpoint)
    ask(endpoint, **{**NO_LOGIN, **given}, **PATIENT)
    if source == "argument":
        ask(endpoint, **given, **PATIENT)
    assert {each.token for each in endpoint.requests} == {token}
    assert not endpoint.token_requests


@blocking_and_async
@sources
def test_expired_configured_token_is_renewed(
    endpoint: Endpoint,
    put: Callable[..., dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
    ask: Ask,
    source: str,
) -> None:
    """When a configured token has expired, configured credentials get a new one, once."""
    token = endpoint.new_token(-1)
    given = put(source, token, endpoint)
    for name, value in {"USERNAME": "username", "PASSWORD": "password"}.items():
        monkeypatch.setenv(f"DSERVER_{name}", endpoint.login[value])
    monkeypatch.setenv("DSERVER_TOKEN_GENERATOR_URL", endpoint.token_url)
    for _ in range(3):
        assert ask(endpoint, **{**NO_LOGIN, **given}, **PATIENT) == samples.USER
    assert len(endpoint.token_requests) == 1
    assert [each.token == token for each in endpoint.requests] == [True, False, False, False]


@blocking_and_async
@sources
@pytest.mark.parametrize("lifetime", [-1, None], ids=["expired", "garbage"])
def test_expired_configured_token_without_credentials(
    endpoint: Endpoint,
    put: Callable[..., dict[str, Any]],
    ask: Ask,
    source: str,
    lifetime: float | None,
) -> None:
    """Without credentials, each call reports that the token is invalid, and what to set."""
    given = put(source, "garbage" if lifetime is None else endpoint.new_token(lifetime), endpoint)
    for calls in (1, 2, 3):
        with pytest.raises(AuthenticationError, match=r"^Authentication failed") as caught:
            ask(endpoint, **{**NO_LOGIN, **given}, **PATIENT)
        text = str(caught.value)
        assert ("Token has expired" if lifetime else "Signature verification failed") in text
        assert "Get a new token" in text
        assert "DSERVER_PASSWORD" in text
        assert source == "argument" or f"DSERVER_TOKEN ({source})" in text
        assert len(endpoint.requests) == calls
    assert not endpoint.token_requests


@blocking_and_async
def test_token_that_cannot_be_sent(endpoint: Endpoint, ask: Ask) -> None:
    """A token with what was copied around it is an error that doesn't show it."""
    for token in ("tök-en", "tok\nen", "tok\u2028en"):
        with pytest.raises(AuthenticationError, match="DSERVER_TOKEN") as caught:
            ask(endpoint, **NO_LOGIN, token=token, **PATIENT)
        assert token not in str(caught.value)
    assert not endpoint.requests


@blocking_and_async
def test_nothing_to_log_in_with(endpoint: Endpoint, ask: Ask) -> None:
    """Without a token and credentials a call says what to set, and sends nothing."""
    with pytest.raises(AuthenticationError, match=r"^Authentication failed.*DSERVER_TOKEN"):
        ask(endpoint, **NO_LOGIN, **PATIENT)
    assert not endpoint.requests


@blocking_and_async
def test_what_is_public_needs_no_token(endpoint: Endpoint, ask: Ask) -> None:
    """The versions can be read without a login, and without showing a token."""
    ask(endpoint, methodcaller("get_versions"), **NO_LOGIN, token=endpoint.new_token(), **PATIENT)
    ask(endpoint, methodcaller("get_versions"), **PATIENT)
    assert [each.token for each in endpoint.requests] == [None, None]
    assert not endpoint.token_requests


@blocking_and_async
def test_an_invalid_request_is_not_about_the_token(endpoint: Endpoint, ask: Ask) -> None:
    """A 422 about a field is an error of the request, and does not cause a login."""
    errors = {"json": {"tags": ["Not a valid list."]}}
    endpoint.script(faults.replying(422, {"code": 422, "status": "x", "errors": errors}))
    with pytest.raises(InvalidRequestError) as caught:
        ask(endpoint, **PATIENT)
    assert caught.value.errors == errors
    assert len(endpoint.token_requests) == 1


# --- only to its server -------------------------------------------------------------------


@pytest.fixture
def elsewhere(fault_server: FaultServer, endpoint: Endpoint) -> Iterator[tuple[Endpoint, str]]:
    """Return an endpoint of another origin, which is another port, and its URL."""
    endpoint.elsewhere.requests.clear()
    yield endpoint.elsewhere, f"http://{faults.HOST}:{fault_server.token_port}/elsewhere"
    endpoint.elsewhere.requests.clear()


@blocking_and_async
@pytest.mark.parametrize("host", ["localhost", faults.HOST])
def test_no_token_leaves_with_an_absolute_url(
    fault_server: FaultServer,
    endpoint: Endpoint,
    elsewhere: tuple[Endpoint, str],
    ask: Ask,
    host: str,
) -> None:
    """The generated package's client, used for another server, doesn't show it a token."""
    other, _ = elsewhere
    port = fault_server.port if host == "localhost" else fault_server.token_port
    url = f"http://{host}:{port}/elsewhere/me"
    client = connect(endpoint.url, token=endpoint.new_token(), **PATIENT)

    async def get() -> None:
        async with client.get_async_httpx_client() as http:
            await http.get(url)
            await http.get("/me")

    with client.get_httpx_client() as http:
        if ask is faults.ask_blocking:
            http.get(url)
            http.get("/me")
        else:
            asyncio.run(get())
    assert [each.token for each in other.requests] == [None]
    assert [each.token is None for each in endpoint.requests] == [False]


@pytest.mark.parametrize("follow", [False, True])
def test_no_token_leaves_by_redirect(
    endpoint: Endpoint, elsewhere: tuple[Endpoint, str], follow: bool
) -> None:
    """Redirects aren't followed; even if httpx is told to follow them, no token is sent."""
    other, url = elsewhere

    async def redirect(exchange: faults.Exchange) -> None:
        await exchange.send(faults.answer(307, Location=f"{url}/me"))

    endpoint.script(redirect)
    with connect(endpoint.url, **endpoint.login, **PATIENT).get_httpx_client() as http:
        http.get("/me", follow_redirects=follow)
    assert [each.token for each in other.requests] == [None] * follow
    endpoint.script(redirect)
    endpoint.token_script(redirect)
    with pytest.raises(ServerError, match="not followed"):
        faults.ask_blocking(endpoint, **PATIENT)
    assert len(other.requests) == follow


@blocking_and_async
def test_a_password_is_not_sent_on_by_redirect(endpoint: Endpoint, ask: Ask) -> None:
    """A generator that redirects is an error: the password goes nowhere else."""
    endpoint.token_script(always=faults.redirect_elsewhere)
    with pytest.raises(ServerError):
        ask(endpoint, **PATIENT)
    assert not endpoint.elsewhere.requests
    assert not endpoint.elsewhere.token_requests


@blocking_and_async
def test_a_configured_token_is_for_the_configured_server(
    fault_server: FaultServer,
    endpoint: Endpoint,
    elsewhere: tuple[Endpoint, str],
    monkeypatch: pytest.MonkeyPatch,
    ask: Ask,
) -> None:
    """A client for another server doesn't send it the configured token."""
    other, url = elsewhere
    monkeypatch.setenv("DSERVER_URL", endpoint.url)
    monkeypatch.setenv("DSERVER_TOKEN", endpoint.new_token())
    with pytest.raises(AuthenticationError):
        ask(endpoint, **{**NO_LOGIN, "url": url}, **PATIENT)
    assert not other.requests
    assert ask(endpoint, **{**NO_LOGIN, "url": None}, **PATIENT) == samples.USER


def test_authentication_switched_off(endpoint: Endpoint) -> None:
    """Without authentication, no token is sent or requested."""
    with pytest.raises(PermissionDeniedError, match="DSERVER_DISABLE_AUTHENTICATION"):
        faults.ask_blocking(endpoint, disable_authentication=True, **PATIENT)
    assert [each.token for each in endpoint.requests] == [None]
    assert not endpoint.token_requests


# --- clocks -------------------------------------------------------------------------------

early = faults.replying(422, {"msg": "The token is not yet valid (iat)"})


@blocking_and_async
def test_a_token_that_is_valid_in_a_moment(endpoint: Endpoint, ask: Ask) -> None:
    """Where the generator's clock is a little ahead, a moment later the token is good."""
    endpoint.script(early)
    began = time.monotonic()
    assert ask(endpoint) == samples.USER
    assert 0.9 < time.monotonic() - began < 10
    assert len(endpoint.token_requests) == 1
    assert endpoint.requests[0].token == endpoint.requests[1].token


@blocking_and_async
def test_a_token_that_stays_invalid_is_told_as_a_matter_of_clocks(
    endpoint: Endpoint, ask: Ask
) -> None:
    """One try more is made, with the same token, and then the clocks are named."""
    endpoint.script(always=early)
    with pytest.raises(AuthenticationError, match="clock of the token generator"):
        ask(endpoint)
    assert (len(endpoint.requests), len(endpoint.token_requests)) == (2, 1)

    with pytest.raises(AuthenticationError, match="clock"):
        ask(endpoint, deadline=0.9)
    assert len(endpoint.requests) == 3


# --- what is copied -----------------------------------------------------------------------


@blocking_and_async
@pytest.mark.parametrize(
    "shape",
    [
        "Bearer {}",
        "bearer {}",
        '"{}"',
        "'{}'",
        '{{"token": "{}"}}',
        "token={}",
        "{}\n{}",
        "{},",
        "{}\u200b",
    ],
)
def test_more_than_the_token_was_copied(endpoint: Endpoint, ask: Ask, shape: str) -> None:
    """What is more than a token is told before it is sent, and does not show."""
    token = endpoint.new_token()
    login = dict.fromkeys(("auth_url", "username", "password"))
    with pytest.raises(AuthenticationError, match="the token has extra characters") as caught:
        ask(endpoint, token=shape.format(token, token), **login)
    assert not endpoint.requests
    assert token not in str(caught.value)
    assert ask(endpoint, token=f" {token}\n", **login) == samples.USER


# --- what is not a token generator --------------------------------------------------------


@blocking_and_async
@pytest.mark.parametrize(
    ("answered", "shown"),
    [
        ({"access_token": "secret", "token_type": "bearer"}, "access_token, token_type"),
        ({"status": "ok", "access_token": "secret"}, "status, access_token"),
        ({"token": ["secret"], "expires": 1}, "token, expires"),
        ({}, "nothing"),
        ("secret", ""),
        (["secret"], ""),
    ],
)
def test_an_answer_without_a_token_is_not_quoted(
    endpoint: Endpoint, ask: Ask, answered: Any, shown: str
) -> None:
    """Of an answer that may hold a token elsewhere, only the keys are shown."""
    endpoint.token_script(always=faults.replying(200, answered))
    with pytest.raises(UnreadableAnswerError) as caught:
        ask(endpoint)
    text = str(caught.value)
    assert "secret" not in text
    assert shown in text
    assert "the URL of a dserver token generator" in text
    assert "password" not in text
