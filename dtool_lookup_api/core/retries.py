"""Try again what failed, with httpx-retries; loaded when the first request fails.

httpx-retries loads asyncio, which takes a third of the time that a short program needs.
"""

import asyncio
import functools
import time
from collections.abc import Awaitable, Callable
from typing import Final, TypeAlias, cast

import httpx
from httpx_retries import Retry, RetryTransport

from . import ahead
from .transport import NoTimeToRetry

__all__ = ["Policy", "again", "again_async", "policy_after_cut"]

Outcome: TypeAlias = httpx.Response | Exception

_BACKOFF_FACTOR: Final = 0.25  # seconds, doubled with each try, with full jitter


class Policy(Retry):
    """Retries that end with the call's deadline, which the original does not know.

    Its ``total_timeout`` counts the sleeps only, and its ``max_backoff_wait`` would shorten
    a wait that the server asked for.
    """

    deadline: float = float("inf")

    def until(self, deadline: float) -> "Policy":
        """Return a copy that gives up at a monotonic time in seconds."""
        copy = cast("Policy", self.copy_with())
        copy.deadline = deadline
        return copy

    def is_retryable_exception(self, exception: Exception) -> bool:
        """Tell whether another try may help; it makes no certificate trusted."""
        refused = "CERTIFICATE_VERIFY_FAILED" in str(exception)
        return not refused and super().is_retryable_exception(exception)

    def increment(self) -> "Policy":
        """Return the policy after one more try."""
        return cast("Policy", super().increment()).until(self.deadline)

    def sleep(self, response: Outcome) -> None:
        """Wait before the next try."""
        ahead.sleep(self._seconds(response))

    async def asleep(self, response: Outcome) -> None:
        """Wait before the next try."""
        await asyncio.sleep(self._seconds(response))

    def _seconds(self, response: Outcome) -> float:
        seconds = max(self.backoff_strategy(), self._asked_for(response))
        if time.monotonic() + seconds < self.deadline:
            return seconds
        if isinstance(response, httpx.Response):
            raise NoTimeToRetry(response)
        raise response

    def _asked_for(self, response: Outcome) -> float:
        if not isinstance(response, httpx.Response) or "Retry-After" not in response.headers:
            return 0.0
        try:
            return self.parse_retry_after(response.headers["Retry-After"])
        except ValueError:
            return 0.0  # neither seconds nor a date: as if the server had not said anything


def again(
    first: Outcome, request: httpx.Request, send: Callable[[httpx.Request], httpx.Response]
) -> httpx.Response:
    """Return the answer to a request whose first try has failed, or raise how the last failed.

    Args:
        first: How the first try ended.
        request: The request.
        send: Sends it once.
    """
    request.extensions["retry"] = _policy(request)
    return RetryTransport(_Replay(first, send)).handle_request(request)


async def again_async(
    first: Outcome,
    request: httpx.Request,
    send: Callable[[httpx.Request], Awaitable[httpx.Response]],
) -> httpx.Response:
    """Do the same to await."""
    request.extensions["retry"] = _policy(request)
    return await RetryTransport(_AsyncReplay(first, send)).handle_async_request(request)


def policy_after_cut(response: httpx.Response, error: httpx.TransportError) -> Policy:
    """Return the policy for the next try after a body was cut, or raise the error.

    Args:
        response: The response whose body was cut.
        error: What reading it has raised.
    """
    request = response.request
    # httpx-retries notes here how many tries are left.
    policy: Policy = response.extensions.get("retry") or _policy(request)
    if policy.is_exhausted() or not policy.is_retryable_exception(error):
        raise error
    request.extensions["retry"] = policy = policy.increment()
    return policy


def _policy(request: httpx.Request) -> Policy:
    found: Policy | None = request.extensions.get("retry")
    if found is None:
        extensions = request.extensions
        found = _repeating(extensions["tries"]).until(extensions["deadline"])
    return found


@functools.lru_cache(maxsize=8)
def _repeating(total: int) -> Policy:
    """Return the policy for a number of retries; whether any may be made was seen before."""
    return Policy(
        total=total,
        allowed_methods=("GET", "HEAD", "PUT", "DELETE", "POST", "PATCH"),
        backoff_factor=_BACKOFF_FACTOR,
    )


class _Replay(httpx.BaseTransport):
    """A transport whose first try has been made already."""

    def __init__(self, first: Outcome, send: Callable[[httpx.Request], httpx.Response]) -> None:
        self._first: Outcome | None = first
        self._send = send

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        first, self._first = self._first, None
        if first is None:
            return self._send(request)
        if isinstance(first, Exception):
            raise first
        return first


class _AsyncReplay(httpx.AsyncBaseTransport):
    """The same to await."""

    def __init__(
        self, first: Outcome, send: Callable[[httpx.Request], Awaitable[httpx.Response]]
    ) -> None:
        self._first: Outcome | None = first
        self._send = send

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        first, self._first = self._first, None
        if first is None:
            return await self._send(request)
        if isinstance(first, Exception):
            raise first
        return first
