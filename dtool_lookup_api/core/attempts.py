"""One request with its retries: which errors are retried, when, and until when.

``send`` is a generator without I/O. It yields steps and receives their outcomes; the drivers
perform the steps. Calls and logins both use it, and nothing else retries. ``transfer``
does the same for bodies that are streamed.
"""

# Else each call would evaluate the annotations of nested functions, at 3 microseconds each.
from __future__ import annotations

import math
import random
import time
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any, Final, TypeAlias, TypeVar

from . import log
from .bodies import Body
from .messages import (
    ConnectError,
    ConnectionLostError,
    HttpRequest,
    HttpResponse,
    NoSlotError,
    NoTimeLeftError,
    ResponseTimeoutError,
    TransportError,
)
from .settings import Settings
from .slots import Slots

__all__ = [
    "RETRIES",
    "TRANSFERS",
    "Parallel",
    "Receive",
    "Send",
    "Sleep",
    "Step",
    "Steps",
    "Transfer",
    "Wait",
    "is_repeatable",
    "send",
    "transfer",
]

_T = TypeVar("_T")


@dataclass(frozen=True)
class Retries:
    """What is retried, and after which waits."""

    statuses: frozenset[int]
    """Statuses for which a retry may help."""
    errors: tuple[type[TransportError], ...]
    """Errors for which a retry may help, unlike for an untrusted certificate."""
    first_wait: float
    """Seconds before the first retry, at most; doubled with each, with full jitter."""
    longest_wait: float
    """Seconds before any retry, at most, unless the server asks for more."""
    unreachable_waits: tuple[float, ...]
    """Seconds before each retry, a tenth more or less, where nothing accepts the connection.

    These retries are counted apart, so that a call survives a restart of half a second, whatever
    else had to be retried, and a server that is down is reported in less than a second. Unless the
    number of retries is set: then it is that of all retries, and the other waits hold.
    """
    longest_asked: float = float("inf")
    """Seconds that a server may ask to wait."""
    progress: float = float("inf")
    """Bytes that a try has to bring to count as the first again."""


RETRIES: Final = Retries(
    statuses=frozenset((429, 502, 503, 504)),
    errors=(ConnectError, ConnectionLostError, ResponseTimeoutError),
    first_wait=0.5,
    longest_wait=120.0,
    unreachable_waits=(0.1, 0.2, 0.4),
)

TRANSFERS: Final = Retries(
    # For S3's InternalError (500) and SlowDown (503):
    # docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
    statuses=frozenset((408, 429, 500, 502, 503, 504)),
    errors=(ConnectError, ConnectionLostError, ResponseTimeoutError),
    first_wait=0.5,
    longest_wait=30.0,
    unreachable_waits=(0.5, 1.0, 2.0),
    longest_asked=120.0,  # in place of a deadline
    progress=64 * 1024,
)

# PUT and DELETE replace or remove a whole resource. Of what is sent by POST only the searches
# may be repeated: a grant answers 409 the second time, an upload starts anew.
_REPEATABLE: Final = frozenset(("GET", "HEAD", "PUT", "DELETE"))
_SEARCHES: Final = frozenset(("/uris", "/mongo/query", "/mongo/aggregate"))
_SEARCHES_BELOW: Final = "/graph/uuids/"
_AGGREGATION: Final = "/mongo/aggregate"
_WRITING_STAGES: Final = (
    b"$out",
    b"$merge",
)  # mongodb.com/docs/manual/reference/operator/aggregation


def is_repeatable(method: str, path: str, body: bytes | None) -> bool:
    """Return whether sending a request twice has the same effect as sending it once.

    Args:
        method: The HTTP method.
        path: The path below the server's URL, percent-encoded: values may look like routes.
        body: The body.
    """
    if method != "POST":
        return method in _REPEATABLE
    if path == _AGGREGATION and any(stage in (body or b"") for stage in _WRITING_STAGES):
        return False
    return path in _SEARCHES or path.startswith(_SEARCHES_BELOW)


class Send:
    """Send a request; the driver returns its response, or raises a ``TransportError``.

    Args:
        request: The request.
        connection: The settings of the connection.
    """

    __slots__ = ("connection", "request")

    def __init__(self, request: HttpRequest, connection: Settings) -> None:
        self.request: HttpRequest = request
        self.connection: Settings = connection


Receive: TypeAlias = Callable[[HttpResponse], Callable[[bytes], Any] | None]
"""Is given a response before its body, and returns what takes the chunks of the body, if anything.

The chunks come one after the other, but async calls may bring them from any thread.
"""


class Transfer:
    """Send a request, and stream its body or that of its response.

    The driver returns the response. Its body is only the beginning, unless the status is a success
    and ``receive`` returns what takes the chunks: then it is empty. A ``TransportError`` says how
    many bytes those were.

    Args:
        request: The request; its timeout is the limit on stalls, and it has no deadline.
        connection: The settings of the connection.
        body: The body to send, if it is not that of the request.
        receive: Takes the body of the response.
        progress: Is told how many bytes have been sent or received so far.
    """

    __slots__ = ("body", "connection", "progress", "receive", "request")

    def __init__(
        self,
        request: HttpRequest,
        connection: Settings,
        *,
        body: Body | None = None,
        receive: Receive | None = None,
        progress: Callable[[int], Any] | None = None,
    ) -> None:
        self.request: HttpRequest = request
        self.connection: Settings = connection
        self.body: Body | None = body
        self.receive: Receive | None = receive
        self.progress: Callable[[int], Any] | None = progress


class Sleep:
    """Wait for some seconds."""

    __slots__ = ("seconds",)

    def __init__(self, seconds: float) -> None:
        self.seconds: float = seconds


class Wait:
    """Wait for a future; the driver returns its result, or raises ``TimeoutError``.

    Args:
        future: The future.
        thread: Identifier of the thread that works on it.
        deadline: The monotonic time in seconds until which to wait.
    """

    __slots__ = ("deadline", "future", "thread")

    def __init__(self, future: Future[Any], thread: int, deadline: float) -> None:
        self.future: Future[Any] = future
        self.thread: int = thread
        self.deadline: float = deadline


class Parallel:
    """Perform generators of steps several at a time; the first error ends the others.

    Args:
        each: The generators.
        at_a_time: How many.
    """

    __slots__ = ("at_a_time", "each")

    def __init__(self, each: Iterator[Steps[Any]], at_a_time: int) -> None:
        self.each: Iterator[Steps[Any]] = each
        self.at_a_time: int = at_a_time


Step: TypeAlias = Send | Transfer | Parallel | Sleep | Wait | Callable[[], Any]
"""A step for a driver to perform; functions, which may block, are called."""
Steps: TypeAlias = Generator[Step, Any, _T]


def send(
    request: HttpRequest,
    connection: Settings,
    retries: int,
    *,
    slots: Slots | None = None,
    sign: Callable[[], Steps[HttpRequest]] | None = None,
) -> Steps[HttpResponse]:
    """Send a request, with retries, until a response can be used.

    Args:
        request: The request; no try begins after its deadline.
        connection: The settings of the connection.
        retries: How often it may be tried again.
        slots: What each try waits for, None for a login: its call has a slot.
        sign: Returns the request signed, when there is a slot for it.

    Raises:
        TransportError: If the last try has brought no response.
    """
    place = slots.new_place() if slots else 0

    def attempt() -> Steps[HttpResponse]:
        if slots and (coming := slots.acquire(place)):
            yield from _wait_for_slot(coming, slots, request.deadline)
        try:
            signed = (yield from sign()) if sign else request
            response: HttpResponse = yield Send(signed, connection)
            return response
        finally:
            if slots:
                slots.release()

    return _tried(attempt, connection, request.deadline, retries, RETRIES)


def transfer(
    begin: Callable[[], Transfer], connection: Settings, retries: int
) -> Steps[HttpResponse]:
    """Send or receive a body, with retries, until a response can be used.

    Args:
        begin: Returns the step of the next try, which may ask for what is still missing only.
        connection: The settings of the connection.
        retries: How often it may be tried again without progress.

    Raises:
        TransportError: If the last try has brought no whole response.
    """

    def attempt() -> Steps[HttpResponse]:
        step = begin()
        try:
            response: HttpResponse = yield step
        except TransportError as error:
            error.is_final = step.body is not None and step.body.is_spent
            raise
        return response

    return _tried(attempt, connection, math.inf, retries, TRANSFERS)


def _tried(
    attempt: Callable[[], Steps[HttpResponse]],
    connection: Settings,
    deadline: float,
    retries: int,
    rules: Retries,
) -> Steps[HttpResponse]:
    made, repeated = [0, 0], False  # retries: after what came of a try, and after no connection
    while True:
        try:
            response = yield from attempt()
        except rules.errors as error:
            if error.received >= rules.progress:
                made = [0, 0]
            unreachable = isinstance(error, ConnectError) and not connection.retries_set
            if made[unreachable] >= retries or error.is_final:
                raise
            wait = _unreachable_wait if unreachable else _backoff
            seconds = wait(rules, made[unreachable])
            reason = type(error).__name__
            repeated = repeated or not isinstance(error, ConnectError)
            if time.monotonic() + seconds >= deadline:
                raise
        else:
            unreachable = False
            if response.status not in rules.statuses or made[unreachable] >= retries:
                response.repeated = repeated
                return response
            repeated = True
            asked = _asked_for(response)
            seconds = max(_backoff(rules, made[unreachable]), asked)
            reason = f"status {response.status}"
            if time.monotonic() + seconds >= deadline or asked > rules.longest_asked:
                raise NoTimeLeftError(response)
        made[unreachable] += 1
        log.retry(seconds, reason)
        yield Sleep(seconds)


def _wait_for_slot(future: Future[None], slots: Slots, deadline: float) -> Steps[None]:
    try:
        yield Wait(future, 0, deadline)
    except BaseException as error:
        slots.abandon(future)
        if isinstance(error, TimeoutError):
            raise NoSlotError(slots.limit) from None
        raise


def _backoff(rules: Retries, retry: int) -> float:
    longest = min(rules.first_wait * 2**retry, rules.longest_wait)
    return random.uniform(0, longest)  # noqa: S311 - it only keeps clients apart


def _unreachable_wait(rules: Retries, retry: int) -> float:
    waits = rules.unreachable_waits
    return waits[min(retry, len(waits) - 1)] * random.uniform(0.9, 1.1)  # noqa: S311 - as above


def _asked_for(response: HttpResponse) -> float:
    """Return the number of seconds that the server asks to wait, 0 if it cannot be read."""
    text = (response.headers.get("Retry-After") or "").strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        date = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return 0.0
    return max(0.0, date.replace(tzinfo=date.tzinfo or UTC).timestamp() - time.time())
