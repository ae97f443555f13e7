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
import samples

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
from devserver import Dserver, running_dserver
from faults import GET_ME, Ask, Fault, FaultServer, Lane, both_worlds, running_fault_server

PATIENT: dict[str, float] = {"timeout": 20, "deadline": 40}  # for slow machines
LIFETIME = 3  # seconds that a token of the real server lives
THREADS, TASKS, LOOPS = 64, 64, 8


@pytest.fixture(scope="module")
def server() -> Iterator[FaultServer]:
    with running_fault_server() as running:
        yield running


@pytest.fixture
def lane(server: FaultServer) -> Lane:
    return server.lane()


@pytest.fixture(scope="module")
def hurried() -> Iterator[Dserver]:
    """Run a real dserver that nobody has a token of, and whose tokens are short-lived."""
    with running_dserver("--token-lifetime", str(LIFETIME)) as running:
        yield running


def client_of(lane: Lane, **given: Any) -> Client:
    return Client(**{"url": lane.url, **lane.login, **PATIENT, **given})


def async_client_of(lane: Lane, **given: Any) -> AsyncClient:
    return AsyncClient(**{"url": lane.url, **lane.login, **PATIENT, **given})


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


@both_worlds
def test_one_token_for_many_calls_and_clients(lane: Lane, ask: Ask) -> None:
    """Whoever has the same configuration uses the same token."""
    for _ in range(3):
        ask(lane, GET_ME, methodcaller("get_users"), GET_ME, **PATIENT)
    assert len(lane.token_requests) == 1
    assert len({each.token for each in lane.requests}) == 1
    assert len(lane.requests) == 9


def test_both_worlds_share_a_token(lane: Lane) -> None:
    """Blocking and awaited calls have one token between them."""
    faults.ask_blocking(lane, **PATIENT)
    faults.ask_async(lane, **PATIENT)
    assert len(lane.token_requests) == 1


def test_users_do_not_share_a_token(lane: Lane, dserver: Dserver) -> None:
    """Each user has a token of their own."""
    for username in ("admin", "testuser", "admin"):
        with Client(**dserver.given(username)) as client:
            assert client.get_me()["username"] == username


@pytest.mark.slow
def test_a_hundred_configurations_keep_their_tokens(server: FaultServer) -> None:
    """A service that calls for many users in turn logs each of them in once."""
    lanes = [server.lane() for _ in range(100)]
    for _ in range(2):
        for lane in lanes:
            assert faults.ask_blocking(lane, **PATIENT) == samples.USER
    assert {len(lane.token_requests) for lane in lanes} == {1}


def threads_of(server: Dserver | Lane, given: dict[str, Any]) -> list[Any]:
    with Client(**given, **PATIENT) as client:
        return outcomes(THREADS, client.get_me)


def tasks_of(server: Dserver | Lane, given: dict[str, Any]) -> list[Any]:
    async def main() -> list[Any]:
        async with AsyncClient(**given, **PATIENT) as client:
            calls = (client.get_me() for _ in range(TASKS))
            return await asyncio.gather(*calls, return_exceptions=True)

    return asyncio.run(main())


def loops_of(server: Dserver | Lane, given: dict[str, Any]) -> list[Any]:
    client = AsyncClient(**given, **PATIENT)

    async def main() -> list[Any]:
        calls = (client.get_me() for _ in range(TASKS // LOOPS))
        return await asyncio.gather(*calls, return_exceptions=True)

    return list(itertools.chain(*outcomes(LOOPS, lambda: asyncio.run(main()))))


def mixture_of(server: Dserver | Lane, given: dict[str, Any]) -> list[Any]:
    kinds = itertools.cycle([tasks_of, threads_of])
    return list(itertools.chain(*outcomes(2, lambda: next(kinds)(server, given))))


crowds = pytest.mark.parametrize("crowd", [threads_of, tasks_of, loops_of])


@pytest.mark.parametrize("crowd", [threads_of, tasks_of, loops_of, mixture_of])
def test_a_crowd_makes_one_token_request(lane: Lane, crowd: Callable[..., list[Any]]) -> None:
    """However many threads, tasks and loops come first at the same time, one logs in."""
    lane.token_script(faults.late(0.3))
    found = crowd(lane, {"url": lane.url, **lane.login})
    assert found == [samples.USER] * len(found)
    assert len(found) >= 64
    assert len(lane.token_requests) == 1


@pytest.mark.parametrize(
    ("crowd", "username"),
    [(threads_of, "admin"), (tasks_of, "researcher"), (loops_of, "testuser")],
)
def test_a_crowd_makes_one_token_request_to_the_real_server(
    hurried: Dserver, crowd: Callable[..., list[Any]], username: str
) -> None:
    """So it is with the real server, in the life of one token."""
    before, start = hurried.token_requests(), time.monotonic()
    found = crowd(hurried, hurried.given(username))
    lifetimes = (time.monotonic() - start) // (LIFETIME / 2)  # more than one, if it is slow
    assert {each["username"] for each in found} == {username}
    assert 1 <= hurried.token_requests() - before <= 1 + lifetimes


@crowds
def test_a_crowd_renews_once(lane: Lane, crowd: Callable[..., list[Any]]) -> None:
    """When the token has expired, one of the crowd renews it, and no call fails."""
    given = {"url": lane.url, **lane.login}
    faults.ask_blocking(lane, **PATIENT)
    lane.expire_tokens()
    lane.token_script(faults.late(0.3))
    found = crowd(lane, given)
    assert found == [samples.USER] * len(found)
    assert len(lane.token_requests) == 2


@pytest.mark.parametrize("world", ["threads", "tasks"])
def test_expiry_in_the_middle_of_two_hundred_calls(lane: Lane, world: str) -> None:
    """A token that expires while many calls are under way costs one login and no call."""
    numbers = itertools.count()

    def look() -> None:
        if next(numbers) == 100:
            lane.expire_tokens()

    if world == "threads":
        with client_of(lane) as client, ThreadPoolExecutor(THREADS) as pool:

            def call(_: int) -> Any:
                look()
                return client.get_me()

            found = list(pool.map(call, range(200)))
    else:

        async def main() -> list[Any]:
            async with async_client_of(lane) as client:
                await client.get_me()
                free = asyncio.Semaphore(50)

                async def call() -> Any:
                    async with free:
                        look()
                        return await client.get_me()

                return await asyncio.gather(*(call() for _ in range(200)))

        found = asyncio.run(main())
    assert found == [samples.USER] * 200
    assert len(lane.token_requests) == 2


# --- renewal ------------------------------------------------------------------------------


@both_worlds
def test_renewed_before_it_expires(lane: Lane, ask: Ask) -> None:
    """After 80 % of its life a token is renewed, so that the server never refuses it."""
    lane.lifetime, lane.patience = 1.0, 60  # the server would go on taking the first
    ask(lane, **PATIENT)
    first, calls = lane.token_requests[0].time, 1
    while len(lane.token_requests) == 1 and time.monotonic() < first + 20:
        time.sleep(0.05)
        ask(lane, **PATIENT)
        calls += 1
    assert lane.token_requests[1].time - first >= 0.75
    assert lane.requests[-1].token != lane.requests[0].token
    assert len(lane.requests) == calls, "no call is sent twice"


def test_renewed_before_it_expires_on_the_real_server(hurried: Dserver) -> None:
    """Calls go on for longer than a token lives, with few logins."""
    before, start = hurried.token_requests(), time.monotonic()
    with Client(**hurried.given("admin"), **PATIENT) as client:
        while time.monotonic() < start + 1.2 * LIFETIME:
            assert client.get_me()["username"] == "admin"
            time.sleep(0.1)
    lifetimes = (time.monotonic() - start) / LIFETIME
    assert 1 <= hurried.token_requests() - before <= 1.5 * lifetimes + 1


@both_worlds
def test_renewed_once_when_the_server_says_so(lane: Lane, ask: Ask) -> None:
    """A token that the server calls expired is renewed, and the call is sent again."""
    ask(lane, **PATIENT)
    lane.expire_tokens()
    assert ask(lane, **PATIENT) == samples.USER
    assert len(lane.token_requests) == 2
    assert len(lane.requests) == 3


@both_worlds
@pytest.mark.parametrize(
    "refusal",
    [
        faults.token_garbage,
        faults.replying(401, {"msg": "Token has been revoked"}),
        faults.replying(422, {"msg": "Signature verification failed"}),
    ],
)
def test_renewed_once_when_the_server_has_new_keys(lane: Lane, ask: Ask, refusal: Fault) -> None:
    """So is one that was good and is no more, say after the server has changed its keys."""
    ask(lane, **PATIENT)
    lane.script(refusal)
    assert ask(lane, **PATIENT) == samples.USER
    assert len(lane.token_requests) == 2


@both_worlds
@pytest.mark.parametrize("fault", [faults.hang, faults.login_refused, faults.html(500)])
def test_a_renewal_that_fails_is_not_missed(lane: Lane, ask: Ask, fault: Fault) -> None:
    """While the old token is good, no call fails because the generator has trouble."""
    lane.lifetime, lane.patience = 0.5, 60
    ask(lane, **PATIENT)
    time.sleep(0.5)
    lane.token_script(always=fault)
    for _ in range(3):
        assert ask(lane, timeout=20, deadline=2.0, retries=0) == samples.USER
    assert len(lane.token_requests) == 2, "the next renewal is not tried at once"


@both_worlds
def test_while_one_call_renews_the_others_go_on(lane: Lane, ask: Ask) -> None:
    """A slow renewal holds up one call, the rest use the old token."""
    lane.lifetime, lane.patience = 0.5, 60
    ask(lane, **PATIENT)
    time.sleep(0.5)
    renewing = threading.Event()

    async def slow(exchange: faults.Exchange) -> None:
        renewing.set()
        await faults.late(0.8)(exchange)

    lane.token_script(slow)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(ask, lane, **PATIENT)
        assert renewing.wait(20)
        assert ask(lane, **PATIENT) == samples.USER
        assert lane.requests[-1].token == lane.requests[0].token
        assert first.result(30) == samples.USER


# --- never a loop -------------------------------------------------------------------------


def _garbage(lane: Lane) -> None:
    lane.token_script(always=faults.garbage_tokens)


def _expired_at_birth(lane: Lane) -> None:
    lane.lifetime = -1


def _always_expired(lane: Lane) -> None:
    lane.script(always=faults.token_expired)


def _always_garbage(lane: Lane) -> None:
    lane.script(always=faults.token_garbage)


hopeless = pytest.mark.parametrize(
    "prepare", [_garbage, _expired_at_birth, _always_expired, _always_garbage]
)


@both_worlds
@hopeless
def test_renewals_are_bounded(lane: Lane, ask: Ask, prepare: Callable[[Lane], None]) -> None:
    """If no token is ever good, a call ends after a renewal with an error of authentication."""
    prepare(lane)
    for calls in range(1, 4):
        with pytest.raises(AuthenticationError, match=r"^Authentication failed"):
            ask(lane, **PATIENT)
        most = calls if prepare in (_garbage, _always_garbage) else 2 * calls
        assert 1 <= len(lane.token_requests) <= most
        assert 1 <= len(lane.requests) <= 2 * calls


@pytest.mark.parametrize("crowd", [threads_of, tasks_of])
@hopeless
def test_renewals_of_a_crowd_are_bounded(
    lane: Lane, crowd: Callable[..., list[Any]], prepare: Callable[[Lane], None]
) -> None:
    """So it is for each of many calls at a time."""
    prepare(lane)
    found = crowd(lane, {"url": lane.url, **lane.login})
    assert {type(each) for each in found} == {AuthenticationError}
    assert len(lane.token_requests) <= 2 * len(found)
    assert len(lane.requests) <= 2 * len(found)


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


@both_worlds
@pytest.mark.parametrize("name", CLAIMS)
def test_claims_that_cannot_be_used(lane: Lane, ask: Ask, name: str) -> None:
    """A token that doesn't say how long it lives is used until the server refuses it."""
    payload = base64.urlsafe_b64encode(CLAIMS[name]).decode().rstrip("=")
    lane.token_script(always=faults.replying(200, {"token": f"a.{payload}.c"}))
    lane.script(always=faults.replying(200, samples.USER))
    for _ in range(3):
        assert ask(lane, **PATIENT) == samples.USER
    assert len(lane.token_requests) == 1


@pytest.mark.parametrize("jump", [-40 * 365 * 86400, 40 * 365 * 86400, None])
def test_a_wrong_clock_does_not_matter(
    dserver: Dserver, lane: Lane, monkeypatch: pytest.MonkeyPatch, jump: int | None
) -> None:
    """On a machine with a wrong clock, even one that jumps, each call works with one login."""
    clock, jumps = time.time, itertools.cycle([0, 10**9, -(10**9), 5])
    monkeypatch.setattr(time, "time", lambda: clock() + (next(jumps) if jump is None else jump))
    before = dserver.token_requests()
    for _ in range(8):
        with Client(**dserver.given("testuser"), **PATIENT) as client:
            assert client.get_me()["username"] == "testuser"
        assert faults.ask_async(lane, **PATIENT) == samples.USER
    assert dserver.token_requests() - before <= 1
    assert len(lane.token_requests) == 1


# --- the generator ------------------------------------------------------------------------


def _down(lane: Lane) -> dict[str, Any]:
    return {"auth_url": f"http://{faults.HOST}:{faults.closed_port()}/token"}


def _slow(lane: Lane) -> dict[str, Any]:
    lane.token_script(always=faults.hang)
    return {"timeout": 0.2}


def _broken(lane: Lane) -> dict[str, Any]:
    lane.token_script(always=faults.html(500))
    return {}


TROUBLE: dict[str, tuple[Callable[[Lane], dict[str, Any]], type[LookupServerError]]] = {
    "down": (_down, ConnectionFailedError),
    "slow": (_slow, CallTimeoutError),
    "broken": (_broken, ServerError),
}


@both_worlds
@pytest.mark.parametrize("name", TROUBLE)
def test_generator_in_trouble(lane: Lane, ask: Ask, name: str) -> None:
    """Trouble at the generator is told as such, and is over when the generator is well."""
    prepare, kind = TROUBLE[name]
    given = {**PATIENT, "retries": 0, **prepare(lane)}
    for _ in range(2):
        with pytest.raises(kind, match="token") as caught:
            ask(lane, **given)
        assert type(caught.value) is kind
        assert not isinstance(caught.value, AuthenticationError)
    assert not lane.requests
    lane.token_script()
    assert ask(lane, **{**given, **lane.login, "timeout": 20}) == samples.USER


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
def test_what_the_generator_repeats_is_said_once(lane: Lane, words: str, text: str) -> None:
    """The error begins with it already; what the server said is kept as it came."""
    lane.token_script(always=faults.replying(401, {"message": words} if words else {}))

    with pytest.raises(AuthenticationError) as caught, client_of(lane) as client:
        client.get_me()

    assert text in str(caught.value)
    assert str(caught.value).count("Authentication failed") == 1 + words.endswith("badly")
    assert caught.value.server_message == (words or "{}")


@both_worlds
@pytest.mark.parametrize("name", REFUSALS)
def test_generator_refuses(lane: Lane, ask: Ask, name: str) -> None:
    """A refused login is a RuntimeError, as it always was, whatever way it is refused."""
    lane.token_script(always=REFUSALS[name])
    for calls in (1, 2):
        with pytest.raises(RuntimeError, match=r"^Authentication failed") as caught:
            ask(lane, **PATIENT)
        assert type(caught.value) is AuthenticationError
        assert caught.value.operation == "get_me"
        assert "DSERVER_PASSWORD" in str(caught.value)
        assert "secret" not in str(caught.value)
        assert len(lane.token_requests) == calls
    assert not lane.requests


def test_each_call_of_a_crowd_names_itself(lane: Lane) -> None:
    """When one login fails for many calls, each error tells of its own call."""

    async def refused_late(exchange: faults.Exchange) -> None:
        await asyncio.sleep(0.5)
        await faults.login_refused(exchange)

    lane.token_script(always=refused_late)
    names = ["get_me", "get_config", "get_users"] * 4

    async def main() -> list[Any]:
        async with async_client_of(lane) as client:
            calls = (getattr(client, name)() for name in names)
            return await asyncio.gather(*calls, return_exceptions=True)

    assert [error.operation for error in asyncio.run(main())] == names
    assert len(lane.token_requests) == 1

    numbers = itertools.count()
    with client_of(lane) as client:

        def call() -> Any:
            return getattr(client, names[next(numbers)])()

        found = outcomes(len(names), call)
    assert sorted(error.operation for error in found) == sorted(names)
    assert len({id(error) for error in found}) == len(names)


@both_worlds
def test_a_call_with_less_time_does_not_take_others_with_it(lane: Lane, ask: Ask) -> None:
    """A call that waits for another's login has its own deadline, not the other's."""
    logging_in = threading.Event()

    async def slow(exchange: faults.Exchange) -> None:
        logging_in.set()
        await faults.late(1.1)(exchange)

    lane.token_script(always=slow)
    with ThreadPoolExecutor(1) as pool:
        hasty = pool.submit(ask, lane, timeout=20, deadline=0.6)
        assert logging_in.wait(20)
        assert ask(lane, **PATIENT) == samples.USER
        assert isinstance(hasty.exception(20), CallTimeoutError)


def test_who_waits_goes_on_when_who_fetches_is_cancelled(lane: Lane) -> None:
    """Cancelling a task that logs in harms no other."""
    lane.token_script(faults.hang)

    async def main() -> Any:
        async with async_client_of(lane) as client:
            first = asyncio.create_task(client.get_me())
            while not lane.token_requests:
                await asyncio.sleep(0.01)
            second = asyncio.create_task(client.get_me())
            await asyncio.sleep(0.1)
            first.cancel()
            with pytest.raises(asyncio.CancelledError):
                await first
            return await second

    assert asyncio.run(main()) == samples.USER
    assert len(lane.token_requests) == 2


def test_who_waits_can_be_cancelled(lane: Lane) -> None:
    """Cancelling a task that waits for another's login harms neither that nor the rest."""
    lane.token_script(faults.late(0.5))

    async def main() -> list[Any]:
        async with async_client_of(lane) as client:
            tasks = [asyncio.create_task(client.get_me()) for _ in range(3)]
            while not lane.token_requests:
                await asyncio.sleep(0.01)
            tasks[1].cancel()
            return await asyncio.gather(*tasks, return_exceptions=True)

    first, second, third = asyncio.run(main())
    assert (first, third) == (samples.USER, samples.USER)
    assert isinstance(second, asyncio.CancelledError)
    assert len(lane.token_requests) == 1


def test_a_blocking_call_inside_a_loop_that_logs_in(lane: Lane) -> None:
    """A program that blocks in its event loop, while a task there logs in, is not stuck."""
    lane.token_script(faults.late(0.5))

    async def main() -> tuple[Any, Any]:
        async with async_client_of(lane) as client:
            task = asyncio.create_task(client.get_me())
            while not lane.token_requests:
                await asyncio.sleep(0.01)
            with client_of(lane, deadline=15) as blocking:
                blocked = blocking.get_me()
            return blocked, await task

    assert asyncio.run(main()) == (samples.USER, samples.USER)


# --- configured tokens --------------------------------------------------------------------


@pytest.fixture
def put(monkeypatch: pytest.MonkeyPatch, own_configuration: Path) -> Callable[..., dict[str, Any]]:
    """Return a function that configures a token and returns a client's arguments."""

    def put(source: str, token: str, lane: Lane) -> dict[str, Any]:
        if source == "argument":
            return {"token": token}
        values = {"DSERVER_URL": lane.url, "DSERVER_TOKEN": token}
        if source == "dtool.json":
            own_configuration.write_text(json.dumps(values), encoding="utf-8")
        else:
            for name, value in values.items():
                monkeypatch.setenv(name, value)
        return {}

    return put


NO_LOGIN: dict[str, Any] = dict.fromkeys(("auth_url", "username", "password"))
sources = pytest.mark.parametrize("source", ["argument", "environment", "dtool.json"])


@both_worlds
@sources
def test_configured_token_is_used_as_it_is(
    lane: Lane, put: Callable[..., dict[str, Any]], ask: Ask, source: str
) -> None:
    """A configured token is sent without asking anybody, even if there are credentials."""
    token = lane.new_token()
    given = put(source, f" {token}\n", lane)
    ask(lane, **{**NO_LOGIN, **given}, **PATIENT)
    if source == "argument":
        ask(lane, **given, **PATIENT)
    assert {each.token for each in lane.requests} == {token}
    assert not lane.token_requests


@both_worlds
@sources
def test_expired_configured_token_is_renewed(
    lane: Lane,
    put: Callable[..., dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
    ask: Ask,
    source: str,
) -> None:
    """When a configured token has expired, configured credentials get a new one, once."""
    token = lane.new_token(-1)
    given = put(source, token, lane)
    for name, value in {"USERNAME": "username", "PASSWORD": "password"}.items():
        monkeypatch.setenv(f"DSERVER_{name}", lane.login[value])
    monkeypatch.setenv("DSERVER_TOKEN_GENERATOR_URL", lane.token_url)
    for _ in range(3):
        assert ask(lane, **{**NO_LOGIN, **given}, **PATIENT) == samples.USER
    assert len(lane.token_requests) == 1
    assert [each.token == token for each in lane.requests] == [True, False, False, False]


@both_worlds
@sources
@pytest.mark.parametrize("lifetime", [-1, None], ids=["expired", "garbage"])
def test_expired_configured_token_without_credentials(
    lane: Lane,
    put: Callable[..., dict[str, Any]],
    ask: Ask,
    source: str,
    lifetime: float | None,
) -> None:
    """Without credentials each call says that the token is no good, and what to set."""
    given = put(source, "garbage" if lifetime is None else lane.new_token(lifetime), lane)
    for calls in (1, 2, 3):
        with pytest.raises(AuthenticationError, match=r"^Authentication failed") as caught:
            ask(lane, **{**NO_LOGIN, **given}, **PATIENT)
        text = str(caught.value)
        assert ("Token has expired" if lifetime else "Signature verification failed") in text
        assert "Get a new token" in text
        assert "DSERVER_PASSWORD" in text
        assert source == "argument" or f"DSERVER_TOKEN ({source})" in text
        assert len(lane.requests) == calls
    assert not lane.token_requests


@both_worlds
def test_token_that_cannot_be_sent(lane: Lane, ask: Ask) -> None:
    """A token with what was copied around it is an error that doesn't show it."""
    for token in ("tök-en", "tok\nen", "tok\u2028en"):
        with pytest.raises(AuthenticationError, match="DSERVER_TOKEN") as caught:
            ask(lane, **NO_LOGIN, token=token, **PATIENT)
        assert token not in str(caught.value)
    assert not lane.requests


@both_worlds
def test_nothing_to_log_in_with(lane: Lane, ask: Ask) -> None:
    """Without a token and credentials a call says what to set, and sends nothing."""
    with pytest.raises(AuthenticationError, match=r"^Authentication failed.*DSERVER_TOKEN"):
        ask(lane, **NO_LOGIN, **PATIENT)
    assert not lane.requests


@both_worlds
def test_what_is_public_needs_no_token(lane: Lane, ask: Ask) -> None:
    """The versions can be read without a login, and without showing a token."""
    ask(lane, methodcaller("get_versions"), **NO_LOGIN, token=lane.new_token(), **PATIENT)
    ask(lane, methodcaller("get_versions"), **PATIENT)
    assert [each.token for each in lane.requests] == [None, None]
    assert not lane.token_requests


@both_worlds
def test_an_invalid_request_is_not_about_the_token(lane: Lane, ask: Ask) -> None:
    """A 422 about a field is an error of the request, and nobody logs in again for it."""
    errors = {"json": {"tags": ["Not a valid list."]}}
    lane.script(faults.replying(422, {"code": 422, "status": "x", "errors": errors}))
    with pytest.raises(InvalidRequestError) as caught:
        ask(lane, **PATIENT)
    assert caught.value.errors == errors
    assert len(lane.token_requests) == 1


# --- only to its server -------------------------------------------------------------------


@pytest.fixture
def elsewhere(server: FaultServer, lane: Lane) -> Iterator[tuple[Lane, str]]:
    """Return a lane of another origin, which is another port, and its URL."""
    lane.elsewhere.requests.clear()
    yield lane.elsewhere, f"http://{faults.HOST}:{server.token_port}/elsewhere"
    lane.elsewhere.requests.clear()


@both_worlds
@pytest.mark.parametrize("host", ["localhost", faults.HOST])
def test_no_token_leaves_with_an_absolute_url(
    server: FaultServer, lane: Lane, elsewhere: tuple[Lane, str], ask: Ask, host: str
) -> None:
    """The generated package's client, used for another server, doesn't show it a token."""
    other, _ = elsewhere
    port = server.port if host == "localhost" else server.token_port
    url = f"http://{host}:{port}/elsewhere/me"
    client = connect(lane.url, token=lane.new_token(), **PATIENT)

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
    assert [each.token is None for each in lane.requests] == [False]


@pytest.mark.parametrize("follow", [False, True])
def test_no_token_leaves_by_redirect(lane: Lane, elsewhere: tuple[Lane, str], follow: bool) -> None:
    """Redirects aren't followed; who makes httpx follow them still shows nobody a token."""
    other, url = elsewhere

    async def redirect(exchange: faults.Exchange) -> None:
        await exchange.send(faults.answer(307, Location=f"{url}/me"))

    lane.script(redirect)
    with connect(lane.url, **lane.login, **PATIENT).get_httpx_client() as http:
        http.get("/me", follow_redirects=follow)
    assert [each.token for each in other.requests] == [None] * follow
    lane.script(redirect)
    lane.token_script(redirect)
    with pytest.raises(ServerError, match="not followed"):
        faults.ask_blocking(lane, **PATIENT)
    assert len(other.requests) == follow


@both_worlds
def test_a_password_is_not_sent_on_by_redirect(lane: Lane, ask: Ask) -> None:
    """A generator that redirects is an error: the password goes nowhere else."""
    lane.token_script(always=faults.redirect_elsewhere)
    with pytest.raises(ServerError):
        ask(lane, **PATIENT)
    assert not lane.elsewhere.requests
    assert not lane.elsewhere.token_requests


@both_worlds
def test_a_configured_token_is_for_the_configured_server(
    server: FaultServer,
    lane: Lane,
    elsewhere: tuple[Lane, str],
    monkeypatch: pytest.MonkeyPatch,
    ask: Ask,
) -> None:
    """A client for another server doesn't send it the configured token."""
    other, url = elsewhere
    monkeypatch.setenv("DSERVER_URL", lane.url)
    monkeypatch.setenv("DSERVER_TOKEN", lane.new_token())
    with pytest.raises(AuthenticationError):
        ask(lane, **{**NO_LOGIN, "url": url}, **PATIENT)
    assert not other.requests
    assert ask(lane, **{**NO_LOGIN, "url": None}, **PATIENT) == samples.USER


def test_authentication_switched_off(lane: Lane) -> None:
    """Without authentication no token is sent, and nobody logs in."""
    with pytest.raises(PermissionDeniedError, match="DSERVER_DISABLE_AUTHENTICATION"):
        faults.ask_blocking(lane, disable_authentication=True, **PATIENT)
    assert [each.token for each in lane.requests] == [None]
    assert not lane.token_requests


# --- clocks -------------------------------------------------------------------------------

early = faults.replying(422, {"msg": "The token is not yet valid (iat)"})


@both_worlds
def test_a_token_that_is_valid_in_a_moment(lane: Lane, ask: Ask) -> None:
    """Where the generator's clock is a little ahead, a moment later the token is good."""
    lane.script(early)
    began = time.monotonic()
    assert ask(lane) == samples.USER
    assert 0.9 < time.monotonic() - began < 10
    assert len(lane.token_requests) == 1
    assert lane.requests[0].token == lane.requests[1].token


@both_worlds
def test_a_token_that_stays_invalid_is_told_as_a_matter_of_clocks(lane: Lane, ask: Ask) -> None:
    """One try more is made, with the same token, and then the clocks are named."""
    lane.script(always=early)
    with pytest.raises(AuthenticationError, match="clock of the token generator"):
        ask(lane)
    assert (len(lane.requests), len(lane.token_requests)) == (2, 1)

    with pytest.raises(AuthenticationError, match="clock"):
        ask(lane, deadline=0.9)
    assert len(lane.requests) == 3


# --- what is copied -----------------------------------------------------------------------


@both_worlds
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
def test_more_than_the_token_was_copied(lane: Lane, ask: Ask, shape: str) -> None:
    """What is more than a token is told before it is sent, and does not show."""
    token = lane.new_token()
    login = dict.fromkeys(("auth_url", "username", "password"))
    with pytest.raises(AuthenticationError, match="the token has extra characters") as caught:
        ask(lane, token=shape.format(token, token), **login)
    assert not lane.requests
    assert token not in str(caught.value)
    assert ask(lane, token=f" {token}\n", **login) == samples.USER


# --- what is not a token generator --------------------------------------------------------


@both_worlds
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
    lane: Lane, ask: Ask, answered: Any, shown: str
) -> None:
    """Of an answer that may hold a token elsewhere, only the keys are shown."""
    lane.token_script(always=faults.replying(200, answered))
    with pytest.raises(UnreadableAnswerError) as caught:
        ask(lane)
    text = str(caught.value)
    assert "secret" not in text
    assert shown in text
    assert "the URL of a dserver token generator" in text
    assert "password" not in text
