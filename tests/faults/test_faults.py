"""Every documented function in every fault: the right result or the right error, in time.

For each fault, blocking and async, all functions are called once, at the same time, each at an
endpoint of its own. The tests then look at the outcome of each call.
"""

import asyncio
import functools
import inspect
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import pytest

from dtool_lookup_api import (
    AsyncClient,
    AuthenticationError,
    CallTimeoutError,
    Client,
    ConnectionFailedError,
    LookupServerError,
    ServerError,
    UnreadableAnswerError,
)

import faults
import samples
from faults import Endpoint, Fault, FaultServer, html
from samples import ASSUMED, SAMPLES, Trait, names_with

MODES = ("blocking", "async", "aiohttp")  # async with either engine
REPRESENTATIVE = {"get_datasets", "iter_users", "register_base_uri"}
NAMES = sorted(SAMPLES.keys() - names_with(Trait.PATIENT | Trait.TRANSFER))

TIMEOUT, DEADLINE, RETRIES = 1.2, 7.0, 2
PATIENT = 5.0  # the timeout where the server answers, which a busy machine may delay
AT_ONCE = 16  # calls under way: more of them would time out for want of CPU
SLACK = 1.5
SLOW = [pytest.mark.slow, pytest.mark.alone]


@dataclass(frozen=True)
class Expected:
    """What a call must come to: an error, or the right answer."""

    error: type[LookupServerError] | None = None
    tries: int = 1
    status: int | None = None
    words: str = ""


@dataclass
class Case:
    """A fault, when it happens, and what must come of it."""

    fault: Fault | None
    expected: Expected
    of_tokens: bool = False
    once: bool = False
    token_requests: int = 1
    modes: tuple[str, ...] = MODES

    def prepare(self, endpoint: Endpoint) -> None:
        """Let the endpoint misbehave so."""
        script = endpoint.token_script if self.of_tokens else endpoint.script
        if self.fault is not None and self.once:
            script(self.fault)
        elif self.fault is not None:
            script(always=self.fault)


RIGHT = Expected()
AGAIN = Expected(tries=2)
CUT = Expected(ConnectionFailedError, 3, words="No connection")
UNREADABLE = Expected(UnreadableAnswerError, words="Is DSERVER_URL")
REFUSED = Expected(AuthenticationError, 0, words="Authentication failed")


def _busy(status: int, tries: int = 3) -> Expected:
    return Expected(ServerError, tries, status)


CASES: dict[str, Case] = {
    # --- the dserver, once: another try helps
    "once: reset": Case(faults.reset_before, AGAIN, once=True),
    "once: reset in body": Case(faults.reset_in_body, AGAIN, once=True),
    "once: truncated": Case(faults.truncated, AGAIN, once=True),
    "once: hang": Case(faults.hang, AGAIN, once=True),
    "once: 502": Case(html(502), AGAIN, once=True),
    "once: 503": Case(html(503), AGAIN, once=True),
    "once: 504": Case(html(504), AGAIN, once=True),
    "once: 503, Retry-After 1": Case(html(503, Retry_After="1"), AGAIN, once=True),
    "once: 429, Retry-After 1": Case(html(429, Retry_After="1"), AGAIN, once=True),
    "once: 429, Retry-After date": Case(faults.retry_at(429, 1), AGAIN, once=True),
    "once: token expired": Case(faults.token_expired, AGAIN, once=True, token_requests=2),
    "once: dripping body": Case(faults.dripping_body, RIGHT),
    "once: dripping headers": Case(faults.dripping_headers, RIGHT),
    # --- the dserver, always
    "refused": Case(None, Expected(ConnectionFailedError, 0, words="It is DSERVER_URL")),
    "reset": Case(faults.reset_before, CUT),
    "reset in body": Case(faults.reset_in_body, CUT),
    "truncated": Case(faults.truncated, CUT),
    "hang": Case(faults.hang, Expected(CallTimeoutError, 3, words="DSERVER_TIMEOUT")),
    "endless body": Case(faults.endless_body, Expected(CallTimeoutError, 1, words="in time")),
    "endless headers": Case(
        faults.endless_headers, Expected(CallTimeoutError, 1, words="DSERVER_DEADLINE")
    ),
    "502": Case(html(502), _busy(502)),
    "503": Case(html(503), _busy(503)),
    "504": Case(html(504), _busy(504)),
    "429": Case(html(429), _busy(429)),
    "429, Retry-After beyond": Case(html(429, Retry_After="3600"), _busy(429, 1)),
    "503, Retry-After date beyond": Case(faults.retry_at(503, 3600), _busy(503, 1)),
    "500": Case(html(500), _busy(500, 1)),
    "500 as JSON": Case(faults.replying(500, {"code": 500, "status": "x"}), _busy(500, 1)),
    "500 that echoes": Case(faults.echoing, _busy(500, 1)),
    "200 with HTML": Case(html(200, "Log in to the Wi-Fi"), UNREADABLE),
    "broken JSON": Case(faults.broken_json, UNREADABLE),
    "broken gzip": Case(faults.broken_gzip, Expected(UnreadableAnswerError, words="compression")),
    "length too small": Case(faults.length_too_small, UNREADABLE),
    "other shape": Case(faults.other_shape, UNREADABLE),
    "without key": Case(faults.without_key, UNREADABLE),
    "null": Case(faults.null, UNREADABLE),
    "redirect elsewhere": Case(
        faults.redirect_elsewhere, Expected(ServerError, 1, 302, "not followed")
    ),
    "308 to a merged path": Case(faults.merged_path, Expected(ServerError, 1, 308, "slashes")),
    "token expired": Case(
        faults.token_expired,
        Expected(AuthenticationError, 2, 401, "Authentication failed"),
        token_requests=2,
    ),
    "token garbage": Case(
        faults.token_garbage, Expected(AuthenticationError, 1, 422, "Authentication failed")
    ),
    "user unknown": Case(
        faults.user_unknown, Expected(AuthenticationError, 1, 401, "unknown user")
    ),
    # --- the token generator
    "generator once: reset": Case(
        faults.reset_before, RIGHT, of_tokens=True, once=True, token_requests=2
    ),
    "generator once: 503": Case(html(503), RIGHT, of_tokens=True, once=True, token_requests=2),
    "generator once: hang": Case(faults.hang, RIGHT, of_tokens=True, once=True, token_requests=2),
    "generator slow": Case(faults.late(0.15), RIGHT, of_tokens=True),
    "generator down": Case(
        None,
        Expected(ConnectionFailedError, 0, words="It is DSERVER_TOKEN_GENERATOR_URL"),
        of_tokens=True,
        token_requests=0,
    ),
    "generator resets": Case(
        faults.reset_before, Expected(ConnectionFailedError, 0), of_tokens=True, token_requests=3
    ),
    "generator hangs": Case(
        faults.hang, Expected(CallTimeoutError, 0), of_tokens=True, token_requests=3
    ),
    "generator refuses": Case(faults.login_refused, REFUSED, of_tokens=True),
    "generator without token": Case(faults.no_token, REFUSED, of_tokens=True),
    "generator 500": Case(html(500), _busy(500, 0), of_tokens=True),
    "generator 502": Case(html(502), _busy(502, 0), of_tokens=True, token_requests=3),
    "generator 200 with HTML": Case(html(200), Expected(UnreadableAnswerError, 0), of_tokens=True),
    "generator broken JSON": Case(
        faults.broken_json, Expected(UnreadableAnswerError, 0), of_tokens=True
    ),
    "generator redirects": Case(faults.redirect_elsewhere, _busy(302, 0), of_tokens=True),
    "generator echoes": Case(faults.echoing, _busy(500, 0), of_tokens=True),
    "generator makes garbage": Case(
        faults.garbage_tokens,
        Expected(AuthenticationError, 1, 422, "Authentication failed"),
        of_tokens=True,
    ),
}


def expected_of(name: str, fault: str) -> Expected:
    """Return what must come of a function in a fault, where functions differ."""
    case, traits = CASES[fault], SAMPLES[name].traits
    if traits & Trait.PUBLIC and case.of_tokens:
        return RIGHT
    if traits & Trait.PUBLIC and fault in ("once: token expired", "token expired", "token garbage"):
        return replace(CASES["token garbage"].expected, status=None)  # there is none to renew
    if traits & Trait.SENT_ONCE and case.expected.tries > 1 and "token" not in fault:
        always = CASES[fault.removeprefix("once: ").partition(", Retry-After")[0]]
        return replace(always.expected, tries=1)
    if traits & Trait.STATUS and fault in ("other shape", "null", "without key"):
        return RIGHT
    if fault == "without key" and not traits & Trait.MEMBER:
        return RIGHT  # responses are returned whatever members they lack
    return case.expected


@dataclass
class Outcome:
    """What came of a call."""

    endpoint: Endpoint
    value: Any = None
    error: BaseException | None = None
    seconds: float = 0.0

    @property
    def tries(self) -> int:
        """How often the first request was sent."""
        return self.endpoint.tries_of(self.endpoint.requests[0]) if self.endpoint.requests else 0


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """Return the arguments for what reads a dataset from storage."""
    import dtoolcore

    folder = tmp_path_factory.mktemp("storage")
    with dtoolcore.DataSetCreator("a", str(folder)) as creator:
        creator.put_readme("project: testing\n")
        uri = creator.uri
    return {
        "register_dataset_from": {"uri": uri},
        "register_datasets_from": {"base_uri": uri.rpartition("/")[0]},
    }


class Runner:
    """Run functions through faults, and keep what came of it."""

    def __init__(self, server: FaultServer, stored: dict[str, dict[str, Any]]) -> None:
        self._server = server
        self._arguments = {name: each.arguments for name, each in SAMPLES.items()} | stored
        self._outcomes: dict[tuple[str, str, str], Outcome] = {}

    def outcome(self, mode: str, fault: str, name: str, selected: list[str]) -> Outcome:
        """Return what came of a call, after making it and all that are selected."""
        if (mode, fault, name) not in self._outcomes:
            jobs = [
                (fault, name)
                for fault, case in CASES.items()
                for name in selected
                if mode in case.modes and (mode, fault, name) not in self._outcomes
            ]
            run = self._run_blocking if mode == "blocking" else self._run_async
            with pytest.MonkeyPatch.context() as patch:
                if mode == "aiohttp":
                    patch.setenv("DSERVER_ENGINE", mode)
                found = run(jobs)
            for (done_fault, done_name), outcome in zip(jobs, found, strict=True):
                self._outcomes[mode, done_fault, done_name] = outcome
        return self._outcomes[mode, fault, name]

    def right_answer(self, mode: str, name: str) -> Any:
        """Return what a function returns when nothing is wrong."""
        return self.outcome(mode, "generator slow", name, [name]).value

    def _client(self, kind: Callable[..., Any], fault: str, name: str) -> tuple[Any, Endpoint]:
        endpoint, case = self._server.endpoint(), CASES[fault]
        endpoint.spares_looks = not SAMPLES[name].traits & Trait.PUBLIC
        case.prepare(endpoint)
        given = {"url": endpoint.url, **endpoint.login}
        if case.fault is None:
            down = f"http://{faults.HOST}:{faults.closed_port()}/x"
            given["auth_url" if case.of_tokens else "url"] = down
        timeout = TIMEOUT if case.fault is faults.hang else PATIENT
        limits = {"timeout": timeout, "deadline": DEADLINE, "retries": RETRIES}
        return kind(**given, **limits, assume_offered=ASSUMED), endpoint

    def _run_blocking(self, jobs: list[tuple[str, str]]) -> list[Outcome]:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            return list(pool.map(self._call, *zip(*jobs, strict=True)))

    def _call(self, fault: str, name: str) -> Outcome:
        client, endpoint = self._client(Client, fault, name)
        outcome, start = Outcome(endpoint), time.monotonic()
        with client:
            try:
                found = getattr(client, name)(**self._arguments[name])
                outcome.value = list(found) if name.startswith("iter_") else found
            except Exception as error:  # whatever it is, the test looks at it
                outcome.error = error
        outcome.seconds = time.monotonic() - start
        return outcome

    def _run_async(self, jobs: list[tuple[str, str]]) -> list[Outcome]:
        async def all_of_them() -> list[Outcome]:
            free = asyncio.Semaphore(AT_ONCE)
            return await asyncio.gather(*(self._await(free, *job) for job in jobs))

        return asyncio.run(all_of_them())

    async def _await(self, free: asyncio.Semaphore, fault: str, name: str) -> Outcome:
        async with free:
            client, endpoint = self._client(AsyncClient, fault, name)
            outcome, start = Outcome(endpoint), time.monotonic()
            async with client:
                try:
                    found = getattr(client, name)(**self._arguments[name])
                    iterated = name.startswith("iter_")
                    outcome.value = [entry async for entry in found] if iterated else await found
                except Exception as error:  # whatever it is, the test looks at it
                    outcome.error = error
            outcome.seconds = time.monotonic() - start
            return outcome


@pytest.fixture(scope="module")
def runner(fault_server: FaultServer, stored: dict[str, dict[str, Any]]) -> Runner:
    return Runner(fault_server, stored)


def _is_representative(mode: str, name: str) -> bool:
    return mode != "aiohttp" and name in REPRESENTATIVE


def _rows() -> list[Any]:
    return [
        pytest.param(mode, fault, name, marks=[] if _is_representative(mode, name) else SLOW)
        for mode in MODES
        for fault, case in CASES.items()
        if mode in case.modes
        for name in NAMES
    ]


def test_every_function_has_a_sample() -> None:
    """A new function is called in every fault, once it has a sample."""
    documented = {
        name
        for name, member in vars(Client).items()
        if inspect.isfunction(member) and not name.startswith("_")
    }
    assert set(SAMPLES) == documented - {"get_many"}  # which calls the others


@pytest.mark.parametrize(("mode", "fault", "name"), _rows())
def test_fault(
    runner: Runner, request: pytest.FixtureRequest, mode: str, fault: str, name: str
) -> None:
    """Whatever the network does, a call ends in the right answer or in an error that helps."""
    outcome = runner.outcome(mode, fault, name, _selected(request))
    case, expected = CASES[fault], expected_of(name, fault)
    assert outcome.seconds < DEADLINE + TIMEOUT + SLACK
    assert not outcome.endpoint.elsewhere.requests
    assert not outcome.endpoint.elsewhere.token_requests
    if name == "register_datasets_from" and outcome.error is None and expected.error:
        assert outcome.value["registered"] == []
        (text,) = outcome.value["failed"].values()
        _check_text(text, name, expected, outcome.endpoint)
    elif expected.error:
        _check_error(outcome, name, expected)
    else:
        assert outcome.error is None
        if fault != "without key":
            assert outcome.value == runner.right_answer(mode, name)
    traits = SAMPLES[name].traits
    token_requests = 0 if traits & Trait.PUBLIC or fault == "refused" else case.token_requests
    # On a loaded machine the try after a timeout may time out, too.
    late = RETRIES - 1 if "once: hang" in fault else 0
    tries = expected.tries + (Trait.READS_BACK in traits and expected.error is None)
    assert tries <= outcome.tries <= tries + late
    asked = len(outcome.endpoint.token_requests)
    assert token_requests <= asked <= token_requests + late or fault == "refused"


def _check_error(outcome: Outcome, name: str, expected: Expected) -> None:
    error = outcome.error
    assert type(error) is expected.error, repr(error)
    assert isinstance(error, LookupServerError)
    assert error.operation == name
    assert error.status == expected.status or expected.status is None
    assert error.next_step
    assert error.method
    assert error.url
    _check_text(str(error), name, expected, outcome.endpoint)
    if isinstance(error, AuthenticationError):
        assert isinstance(error, RuntimeError)
        assert str(error).startswith("Authentication failed")


def _check_text(text: str, name: str, expected: Expected, endpoint: Endpoint) -> None:
    assert f" in {name}" in text
    assert expected.words in text
    assert endpoint.is_secret_free(text)


@functools.cache
def _selected_in(session: pytest.Session) -> list[str]:
    rows = [item for item in session.items if getattr(item, "originalname", "") == "test_fault"]
    return sorted({row.callspec.params["name"] for row in rows})  # type: ignore[attr-defined]


def _selected(request: pytest.FixtureRequest) -> list[str]:
    return _selected_in(request.session)


def test_nothing_is_left_of_an_answer_that_was_too_long(fault_server: FaultServer) -> None:
    """The next call doesn't take the rest of the last answer for its own."""
    endpoint = fault_server.endpoint()
    endpoint.script(faults.length_too_small)
    with Client(endpoint.url, **endpoint.login, timeout=TIMEOUT, deadline=DEADLINE) as client:
        with pytest.raises(UnreadableAnswerError):
            client.get_me()
        assert client.get_me() == samples.USER
