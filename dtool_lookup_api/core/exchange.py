"""A call, from the operation to its value, as one generator without I/O.

``call`` runs an operation; ``exchange`` turns each of its requests into one response or error:
build, sign, send with retries until the deadline, translate what went wrong (``transfers`` does so
for requests to storage). The drivers perform the steps that both yield. It can be tested with a
list of outcomes and a clock.
"""

import json
import time
from collections.abc import Mapping
from contextlib import closing
from functools import lru_cache
from typing import Any, Final, TypeVar, cast
from urllib.parse import quote_plus

from ..errors import LookupServerError
from . import attempts, capabilities, responses
from .attempts import Parallel, Steps
from .auth import TokenAuth
from .messages import HttpRequest, HttpResponse, TransportError
from .operation import ApiRequest, Operation, Together, TransferRequest
from .options import ClientOptions
from .settings import Settings, SettingsCache
from .slots import Slots
from .transfers import transfer

__all__ = ["Session", "Sessions", "call", "exchange"]

_T = TypeVar("_T")

_MOST_KEPT: Final = 64  # responses to requests that ask for kept ones


class Session:
    """What all calls with the same settings share.

    Args:
        settings: The settings.
        slots: What its calls wait for, default as many as the settings say.
    """

    def __init__(self, settings: Settings, slots: Slots | None = None) -> None:
        self.settings: Settings = settings
        self.auth: TokenAuth = TokenAuth(settings)
        self._slots = slots or Slots(settings.max_connections)

    def send(
        self, request: HttpRequest, call: responses.RequestInfo, *, retries: int, public: bool
    ) -> Steps[HttpResponse]:
        """Send a request to the server, with a token unless it is public or none is to be sent."""
        if public or not self.settings.authenticate:
            key = self.settings.connection_key
            return attempts.send(request, key, retries, slots=self._slots)
        return self.auth.send(request, retries, call, self._slots)


class Sessions(SettingsCache[Session]):
    """The session of one client, made anew when what its settings come from has changed."""

    def __init__(self, options: ClientOptions | None = None) -> None:
        super().__init__(self._make_session, options)
        self._slots: dict[int, Slots] = {}

    def _make_session(self, settings: Settings) -> Session:
        limit = settings.max_connections
        # Threads that come first at the same time make one each, with the same slots.
        return Session(settings, self._slots.setdefault(limit, Slots(limit)))


def call(operation: Operation[_T], sessions: Sessions) -> Steps[_T]:
    """Return what an operation returns.

    Args:
        operation: The operation; it yields requests, and functions that read storage.
        sessions: The settings to use.

    Raises:
        LookupServerError: If the call fails.
    """
    try:
        return (yield from _perform(operation, sessions))
    except LookupServerError as error:
        if not capabilities.is_explicable(error):
            raise
        failure = yield from _perform(capabilities.explain_not_found(error), sessions)
        if failure is error:
            raise
        raise failure from None


def _perform(operation: Operation[_T], sessions: Sessions, name: str = "") -> Steps[_T]:
    name = name or cast("Any", operation).__name__  # a generator has its function's name
    with closing(operation):  # Ctrl-C does not pass through it, and it may have opened files
        return (yield from _perform_steps(operation, sessions, name))


def _perform_steps(operation: Operation[_T], sessions: Sessions, name: str) -> Steps[_T]:
    found: Any
    try:
        step = next(operation)
        while True:
            try:
                if callable(step):
                    found = yield step
                elif isinstance(step, TransferRequest):
                    found = yield from transfer(step, sessions.current().settings, name)
                elif isinstance(step, Together):
                    each = (_perform(other, sessions, name) for other in step.operations)
                    found = yield Parallel(each, step.at_a_time)
                else:
                    found = yield from exchange(step, sessions.current(), name)
            except Exception as error:  # the operation may know what to do about it
                step = operation.throw(error)
            else:
                step = operation.send(found)
    except StopIteration as stop:
        return cast("_T", stop.value)


def exchange(request: ApiRequest, session: Session, operation: str) -> Steps[responses.ApiResponse]:
    """Send a request and return its response.

    Args:
        request: The request.
        session: The settings, and the token.
        operation: Name of the documented function.

    Raises:
        LookupServerError: If there is no complete response.
    """
    settings = session.settings
    url = settings.url + request.url
    if request.params:
        url = f"{url}?{_query(request.params)}"
    call = responses.RequestInfo(operation, request.method, url, settings)
    if (kept := _kept_response(call, request)) is not None:
        return responses.ApiResponse(call, kept.status, kept.headers, kept.body)
    sent = _http_request(request, url, settings)
    may_repeat = attempts.is_repeatable(request.method, request.url, sent.body)
    retries = settings.retries if may_repeat else 0
    try:
        response = yield from session.send(sent, call, retries=retries, public=request.public)
    except TransportError as error:
        raise responses.error_from_exception(error, call, settings) from None
    _keep(call, request, response)
    answer = responses.ApiResponse(call, response.status, response.headers, response.body)
    answer.is_repeated = response.repeated
    return answer


def _http_request(request: ApiRequest, url: str, settings: Settings) -> HttpRequest:
    headers = [*request.headers.items()] if request.headers else []
    body = None
    if request.json is not ...:
        text = json.dumps(request.json, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        body = text.encode()
        headers.append(("Content-Length", str(len(body))))
    return HttpRequest(
        request.method,
        url,
        headers=headers,
        body=body,
        timeout=max(settings.timeout, request.patience),
        deadline=time.monotonic() + max(settings.deadline, request.patience),
        limit=int(settings.max_response_mb * 1e6),
    )


def _query(params: Mapping[str, Any]) -> str:
    """Return the query of a URL; the generated package gives JSON values."""
    return "&".join(
        f"{_quoted(name)}={_quoted(_query_text(each))}"
        for name, value in params.items()
        for each in _values(value)
    )


_quoted: Final = lru_cache(maxsize=256)(quote_plus)  # names and most values come again and again


def _values(value: Any) -> list[Any]:
    return cast("list[Any]", value) if isinstance(value, list) else [value]


def _query_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


# --- responses that are kept for a while ---------------------------------------------------

_kept: dict[tuple[str, Settings], tuple[float, HttpResponse]] = {}


def _kept_response(call: responses.RequestInfo, request: ApiRequest) -> HttpResponse | None:
    """Return the response to the same request, if it asks for a kept one and there is one."""
    if request.max_age is None:
        return None
    until, response = _kept.get(_kept_key(call), (0.0, None))
    return response if time.monotonic() < until else None


def _keep(call: responses.RequestInfo, request: ApiRequest, response: HttpResponse) -> None:
    if request.max_age is None or response.status not in (200, 404):
        return
    if len(_kept) >= _MOST_KEPT:
        _kept.clear()
    _kept[_kept_key(call)] = (time.monotonic() + request.max_age, response)


def _kept_key(call: responses.RequestInfo) -> tuple[str, Settings]:
    return call.url, cast("Settings", call.settings).connection_key
