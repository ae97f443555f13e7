"""The exchange without a socket: outcomes come from a list, and the time from a clock.

Real sockets, blocking and async calls and all functions are in faults/test_faults.py.
"""

import base64
import contextlib
import itertools
import json
import time
from collections import deque
from collections.abc import Callable, Generator
from typing import Any

import pytest

from dtool_lookup_api import AuthenticationError, CallTimeoutError, LookupServerError, ServerError
from dtool_lookup_api.core import attempts, messages
from dtool_lookup_api.core.attempts import RETRIES, Send, Sleep, Wait
from dtool_lookup_api.core.exchange import Session, Sessions, call, exchange
from dtool_lookup_api.core.messages import HttpRequest, HttpResponse, TransportError
from dtool_lookup_api.core.operation import ApiRequest, Operation
from dtool_lookup_api.core.options import ClientOptions
from dtool_lookup_api.core.settings import resolve_settings
from dtool_lookup_api.core.slots import Slots

URL, GENERATOR = "https://dserver.example", "https://generator.example/token"
Outcome = HttpResponse | BaseException | tuple[float, HttpResponse]  # after some seconds
_numbers = itertools.count()


class Clock:
    """A monotonic clock that only sleeps and slow outcomes move."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(time, "monotonic", clock)
    return clock


@pytest.fixture
def session() -> Session:
    """Return a session of a user that has no token yet."""
    return session_of(f"user{next(_numbers)}")


def session_of(username: str, **given: Any) -> Session:
    given = {"url": URL, "auth_url": GENERATOR, "username": username, "password": "p", **given}
    return Session(resolve_settings(ClientOptions().changed(**given)))


def answered(status: int, value: Any = None, **headers: str) -> HttpResponse:
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return HttpResponse(status, named, json.dumps(value).encode())


def token(number: int, life: float = 3600) -> str:
    claims = {"iat": 0, "exp": life, "jti": number}
    payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"a.{payload}.c"


def login(number: int = 1, life: float = 3600) -> HttpResponse:
    return answered(200, {"token": token(number, life)})


EXPIRED = answered(401, {"msg": "Token has expired"})
FINE = answered(200, {"username": "x"})


class Play:
    """Steps that were performed, until the generator returned or raised.

    Args:
        steps: The generator.
        outcomes: What comes of each request that it sends, in turn.
        clock: Is moved by sleeps.
    """

    def __init__(
        self, steps: Generator[Any, Any, Any], outcomes: list[Outcome], clock: Clock
    ) -> None:
        self.sent: list[HttpRequest] = []
        self.slept: list[float] = []
        self.value: Any = None
        left = deque(outcomes)  # one request too many must not end as the generator does
        try:
            step = next(steps)
            while True:
                if isinstance(step, Send):
                    self.sent.append(step.request)
                    outcome = left.popleft()
                    if isinstance(outcome, tuple):
                        clock.now += outcome[0]
                        outcome = outcome[1]
                    if isinstance(outcome, BaseException):
                        step = steps.throw(outcome)
                    else:
                        step = steps.send(outcome)
                else:
                    assert isinstance(step, Sleep)
                    self.slept.append(step.seconds)
                    clock.now += step.seconds
                    step = steps.send(None)
        except StopIteration as stop:
            self.value = stop.value
        assert not left

    @property
    def urls(self) -> list[str]:
        """Where it sent, in turn."""
        return [request.url for request in self.sent]


def ask(session: Session, outcomes: list[Outcome], clock: Clock, **options: Any) -> Play:
    return Play(exchange(ApiRequest("get", "/me", **options), session, "get_me"), outcomes, clock)


def bearer(request: HttpRequest) -> str | None:
    return dict(request.headers).get("Authorization")


# --- one request -----------------------------------------------------------------------------


def a_request(clock: Clock, seconds: float = 60) -> HttpRequest:
    deadline = clock.now + seconds
    return HttpRequest("GET", URL, headers=[], body=None, timeout=1, deadline=deadline)


@pytest.mark.parametrize("status", [200, 204, 302, 400, 401, 404, 408, 422, 500, 501])
def test_other_statuses_are_returned(session: Session, clock: Clock, status: int) -> None:
    """What another try would not improve is returned at once."""
    steps = attempts.send(a_request(clock), session.settings.connection_key, 3)
    play = Play(steps, [answered(status)], clock)
    assert (play.value.status, play.slept) == (status, [])


@pytest.mark.parametrize("outcome", [*RETRIES.statuses, *RETRIES.errors])
def test_what_may_pass_is_tried_again(
    session: Session, clock: Clock, outcome: int | type[TransportError]
) -> None:
    """Each status and error in the table is tried again, as often as the setting says."""
    bad: Outcome = answered(outcome) if isinstance(outcome, int) else outcome("x")
    steps = attempts.send(a_request(clock), session.settings.connection_key, 2)
    play = Play(steps, [bad, bad, FINE], clock)
    assert play.value is FINE
    assert len(play.slept) == 2
    assert all(0 <= wait <= RETRIES.first_wait * 2**n for n, wait in enumerate(play.slept))


@pytest.mark.parametrize(
    "error",
    [messages.CertificateError, messages.ProxyError, messages.DecodingError, KeyboardInterrupt],
)
def test_other_errors_are_raised(
    session: Session, clock: Clock, error: type[BaseException]
) -> None:
    """What another try would not change is raised at once."""
    steps = attempts.send(a_request(clock), session.settings.connection_key, 3)
    with pytest.raises(error):
        Play(steps, [error("x")], clock)


def test_no_wait_goes_beyond_the_deadline(session: Session, clock: Clock) -> None:
    """A wait that ends too late is not begun."""
    steps = attempts.send(a_request(clock, 9), session.settings.connection_key, 3)
    with pytest.raises(messages.NoTimeLeftError) as caught:
        Play(steps, [answered(503, Retry_After="9")], clock)
    assert (caught.value.status, caught.value.retry_after) == (503, "9")
    steps = attempts.send(a_request(clock, 9), session.settings.connection_key, 3)
    assert Play(steps, [answered(503, Retry_After="8"), FINE], clock).slept == [8]


def test_connections_that_are_refused_are_counted_apart(session: Session, clock: Clock) -> None:
    """A server that restarts is met again, whatever else went wrong; unless retries are set."""
    refused, lost = messages.ConnectError("x"), messages.ConnectionLostError("x")
    outcomes: list[Outcome] = [lost, refused, answered(503), refused, refused, lost, FINE]
    connection = session.settings.connection_key
    play = Play(attempts.send(a_request(clock), connection, 3), outcomes, clock)
    assert play.value is FINE
    assert [play.slept[n] for n in (1, 3, 4)] == [pytest.approx(w, 0.1) for w in (0.1, 0.2, 0.4)]
    with pytest.raises(messages.ConnectError):
        Play(attempts.send(a_request(clock), connection, 3), [lost, *[refused] * 4], clock)
    given = session_of("x", retries=3).settings.connection_key
    with pytest.raises(messages.ConnectError):
        Play(attempts.send(a_request(clock), given, 3), [lost, lost, refused, refused], clock)


def test_a_call_that_is_retried_keeps_its_place(session: Session, clock: Clock) -> None:
    """Those that began after it wait until it has been sent again."""
    slots, connection = Slots(1), session.settings.connection_key
    first, second, third = (
        attempts.send(a_request(clock), connection, 3, slots=slots) for _ in range(3)
    )
    assert isinstance(next(first), Send)
    waits = [next(second), next(third)]
    assert isinstance(first.throw(messages.ConnectError("x")), Sleep)
    second_wait, third_wait = (wait.future for wait in waits if isinstance(wait, Wait))
    assert second_wait.done()  # while the first waits for its retry
    assert isinstance(second.send(None), Send)
    retry = first.send(None)
    assert isinstance(retry, Wait)
    with pytest.raises(StopIteration):
        second.send(FINE)
    assert (retry.future.done(), third_wait.done()) == (True, False)
    for each in (first, third):
        each.close()


# --- with a token ----------------------------------------------------------------------------


def test_a_token_is_fetched_once(session: Session, clock: Clock) -> None:
    """The first call logs in, the second uses its token."""
    first = ask(session, [login(), FINE], clock)
    assert first.urls == [GENERATOR, f"{URL}/me"]
    assert json.loads(first.sent[0].body or b"")["password"] == "p"
    assert bearer(first.sent[0]) is None
    assert bearer(first.sent[1]) == f"Bearer {token(1)}"
    assert ask(session, [FINE], clock).urls == [f"{URL}/me"]


def test_a_token_is_renewed_once_for_a_call(session: Session, clock: Clock) -> None:
    """A call that meets two expired tokens in turn ends, with an error."""
    ask(session, [login(1), FINE], clock)
    play = ask(session, [EXPIRED, login(2), FINE], clock)
    assert [bearer(each) for each in play.sent] == [
        f"Bearer {token(1)}",
        None,
        f"Bearer {token(2)}",
    ]
    play = ask(session, [EXPIRED, login(3), EXPIRED], clock)
    assert play.value.status == 401
    with pytest.raises(AuthenticationError):
        play.value.expect_success()


def test_a_token_that_expires_on_its_way_is_renewed_again(session: Session, clock: Clock) -> None:
    """Because a busy server looks at it late; within bounds, should it refuse all tokens."""
    late = (1.0, EXPIRED)  # a token of two seconds may live for one
    outcomes = [login(1, 2), late, login(2, 2), late, login(3, 2), FINE]
    play = ask(session, outcomes, clock)
    assert play.value.status == 200
    assert [bearer(each) for each in play.sent[1::2]] == [
        f"Bearer {token(number, 2)}" for number in (1, 2, 3)
    ]
    clock.now += 1
    assert ask(session, [login(4, 2), late] * 6, clock).value.status == 401


def test_a_token_that_cannot_have_expired_is_not_renewed_again(
    session: Session, clock: Clock
) -> None:
    """If it is refused all the same, or for another reason, so would be the next."""
    garbage = answered(422, {"msg": "Signature verification failed"})
    for last in [(0.9, EXPIRED), (30.0, garbage)]:
        play = ask(session, [login(1, 2), EXPIRED, login(2, 2), last], clock)
        assert play.value.status in (401, 422)
        clock.now += 2


def test_whole_seconds_shorten_the_life_of_a_token(session: Session, clock: Clock) -> None:
    """One of two seconds, issued at the end of a second, lives for one; it is renewed before."""
    ask(session, [login(1, 2), FINE], clock)
    clock.now += 0.79
    ask(session, [FINE], clock)
    clock.now += 0.02
    ask(session, [login(2, 2.5), FINE], clock)
    clock.now += 0.79 * 2.5
    ask(session, [FINE], clock)


def test_the_age_of_a_token_counts_from_its_request(session: Session, clock: Clock) -> None:
    """A busy generator may have issued it long before it comes."""
    ask(session, [(0.5, login(1, 2.5)), FINE], clock)
    clock.now += 1.49
    ask(session, [FINE], clock)
    clock.now += 0.02
    ask(session, [login(2, 2), FINE], clock)


def test_a_token_that_comes_late_may_expire_on_its_way(session: Session, clock: Clock) -> None:
    """Then it is renewed again, as one that the server looks at late."""
    slow = (0.7, login(2, 2))  # which lives for one second or more
    play = ask(session, [login(1, 2), EXPIRED, slow, (0.4, EXPIRED), login(3), FINE], clock)
    assert play.value.status == 200


def test_a_token_is_renewed_before_it_expires(session: Session, clock: Clock) -> None:
    """At 80 % of its life the next call renews it; if that fails, it uses the old one."""
    ask(session, [login(1), FINE], clock)
    clock.now += 0.79 * 3600
    ask(session, [FINE], clock)
    clock.now += 0.02 * 3600
    play = ask(session, [answered(500), FINE], clock)
    assert bearer(play.sent[1]) == f"Bearer {token(1)}"
    clock.now += 6
    assert ask(session, [login(2), FINE], clock).urls == [GENERATOR, f"{URL}/me"]


def test_a_login_is_tried_again(session: Session, clock: Clock) -> None:
    """A token request has retries of its own, and shares the deadline of the call."""
    lost = messages.ConnectionLostError("x")
    play = ask(session, [lost, answered(503), login(), lost, FINE], clock)
    assert play.urls == [GENERATOR] * 3 + [f"{URL}/me"] * 2
    assert len({request.deadline for request in play.sent}) == 1


def test_no_token_is_fetched_for_what_is_public(session: Session, clock: Clock) -> None:
    """Nor where authentication is switched off."""
    assert ask(session, [FINE], clock, public=True).urls == [f"{URL}/me"]
    without = session_of("x", disable_authentication=True)
    assert [bearer(each) for each in ask(without, [FINE], clock).sent] == [None]


# --- more calls than there are connections --------------------------------------------------


def test_a_call_waits_for_a_connection_before_its_token(clock: Clock) -> None:
    """What could expire meanwhile is not fetched; a wait that is too long is told."""
    session = session_of(f"user{next(_numbers)}", max_connections=1)
    first, login_sent = begun(session)
    second, waits = begun(session)
    assert isinstance(login_sent, Send)
    assert isinstance(waits, Wait)
    assert not waits.future.done()
    with pytest.raises(CallTimeoutError, match="DSERVER_MAX_CONNECTIONS"):
        second.throw(TimeoutError())
    third, waits = begun(session)
    first.close()
    assert waits.future.done()
    assert isinstance(third.send(None), Send)
    third.close()
    assert ask(session, [login(), FINE], clock).value.status == 200


# --- several calls that need a token -----------------------------------------------------------


def begun(session: Session) -> tuple[Generator[Any, Any, Any], Any]:
    """Return an exchange and its first step."""
    steps = exchange(ApiRequest("get", "/me"), session, "get_me")
    return steps, next(steps)


def test_others_wait_for_the_one_that_logs_in(session: Session) -> None:
    """They go on with its token."""
    (first, step), (second, waiting) = begun(session), begun(session)
    assert isinstance(step, Send)
    assert isinstance(waiting, Wait)
    assert bearer(first.send(login()).request) == f"Bearer {token(1)}"
    found = waiting.future.result(0)
    assert bearer(second.send(found).request) == f"Bearer {token(1)}"


def test_a_token_of_another_call_is_not_renewed_again_if_it_is_bad(
    session: Session, clock: Clock
) -> None:
    """Though it may have expired meanwhile: the server says that it is not that."""
    ask(session, [login(1), FINE], clock)
    steps, _ = begun(session)
    ask(session, [EXPIRED, login(2, 2), FINE], clock)
    step = steps.send(EXPIRED)
    assert bearer(step.request) == f"Bearer {token(2, 2)}"
    clock.now += 30
    with pytest.raises(StopIteration) as done:
        steps.send(answered(422, {"msg": "Signature verification failed"}))
    assert done.value.value.status == 422


@pytest.mark.parametrize(
    "end",
    [
        lambda steps: steps.throw(KeyboardInterrupt()),
        lambda steps: steps.close(),
    ],
    ids=["Ctrl-C", "dropped"],
)
def test_who_waits_is_never_left_waiting(
    session: Session, end: Callable[[Generator[Any, Any, Any]], Any]
) -> None:
    """When the one that logs in is interrupted, the next one logs in."""
    (first, _), (second, waiting) = begun(session), begun(session)
    with contextlib.suppress(KeyboardInterrupt):
        end(first)
    step = second.throw(waiting.future.exception(0))
    assert step.request.url == GENERATOR
    assert bearer(second.send(login()).request) == f"Bearer {token(1)}"


def test_a_failed_login_fails_all_who_wait(session: Session) -> None:
    """Each error is one of its own call."""
    (first, _), (second, waiting) = begun(session), begun(session)
    with pytest.raises(AuthenticationError) as mine:
        first.send(answered(401, {"error": "no"}))
    with pytest.raises(AuthenticationError) as other:
        second.throw(waiting.future.exception(0))
    assert mine.value is not other.value


def test_a_wait_ends_with_the_deadline(session: Session) -> None:
    """A call that waits too long for another's login says so."""
    (_, _), (second, waiting) = begun(session), begun(session)
    assert waiting.deadline == pytest.approx(1120)
    with pytest.raises(CallTimeoutError, match="No token in time"):
        second.throw(TimeoutError())


# --- errors ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("outcome", "kind", "words"),
    [
        (messages.ConnectError("refused"), LookupServerError, "refused"),
        (messages.ResponseTimeoutError(), CallTimeoutError, "DSERVER_TIMEOUT"),
        (messages.DecodingError("x"), LookupServerError, "compression"),
        (answered(503, Retry_After="999"), ServerError, "asks to wait for 999"),
    ],
)
def test_errors_of_the_transport_become_errors_of_the_call(
    session: Session,
    clock: Clock,
    outcome: Outcome,
    kind: type[LookupServerError],
    words: str,
) -> None:
    """They name the function, and show neither token nor password."""
    retries = 0 if isinstance(outcome, BaseException) else 3
    hasty = session_of(session.settings.username or "", retries=retries)
    with pytest.raises(kind, match=words) as caught:
        ask(hasty, [login(), outcome], clock)
    assert caught.value.operation == "get_me"
    assert caught.value.__suppress_context__


def test_an_operation_may_send_nothing() -> None:
    """Then its value is there at once."""

    def operation(sent: tuple[ApiRequest, ...] = ()) -> Operation[str]:
        yield from sent
        return "nothing to do"

    steps = call(operation(), Sessions(ClientOptions()))
    with pytest.raises(StopIteration) as stopped:
        next(steps)
    assert stopped.value.value == "nothing to do"
