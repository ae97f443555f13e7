"""Tokens: acquired, cached in memory, renewed, and sent only to their server.

A configured token is sent as it is. Otherwise one is fetched from the token generator, shared by
everything in the process that has the same configuration, and renewed at 80 % of its life, or once
for a call when the server refuses it. However many threads, tasks and event loops need a token at
a moment, one of them fetches it and the others wait. All of it is generators without I/O, see
``attempts``.
"""

# Else each call would evaluate the annotations of nested functions, at 3 microseconds each.
from __future__ import annotations

import base64
import copy
import json
import os
import threading
import time
from collections.abc import Generator, Hashable
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any, Final, NamedTuple

from ..errors import AuthenticationError, CallTimeoutError, LookupServerError
from . import attempts, log, logins, responses
from . import config as _config
from .attempts import Sleep, Steps, Wait
from .declarations import LOGIN_SECRETS
from .messages import HttpRequest, HttpResponse, TransportError
from .secret import Secret
from .settings import Settings
from .slots import Slots

__all__ = ["LeaderInThisThreadError", "TokenAuth", "new_token"]

_RENEW_AT: Final = 0.8  # of a token's life
_RENEWALS: Final = 5  # for a call, where tokens expire on their way to a busy server
_POSTPONED: Final = 5.0  # seconds until a renewal that failed is tried again
_EARLY: Final = 5.0  # seconds that a renewal may hold up a call whose token is still good
_CLOCKS_DIFFER: Final = 1.0  # seconds to wait where the generator's clock is ahead
_CACHES: Final = 1024  # configurations whose tokens are kept


class LeaderInThisThreadError(Exception):
    """A blocking call would wait for a task of an event loop that cannot go on meanwhile."""


class TokenAuth:
    """Sign the requests to one server; a valid token is used without waiting.

    Args:
        settings: The settings of the calls.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._cache = _token_cache_for(settings)

    def send(
        self, request: HttpRequest, retries: int, call: responses.RequestInfo, slots: Slots
    ) -> Steps[HttpResponse]:
        """Send a request, signed, and once more with a new token if the server refuses the first.

        More often only where the new one, too, is so old that it may have expired on its way.

        Args:
            request: The request, to the server that the tokens are for.
            retries: How often it may be tried again.
            call: What was asked, for errors; it learns which secrets are sent.
            slots: What each try waits for before it is signed.

        Raises:
            LookupServerError: If no token can be had.
            TransportError: If there is no complete response.
        """
        token: _Token | None = None

        def sign(refused: _Token | None) -> Steps[HttpRequest]:
            nonlocal token
            # One that may not be kept must not be prompted for again at each try.
            if token is None or token is refused or self._cache.token is not None:
                token = self._configured_token() or (
                    yield from self._acquire(call, request.deadline, refused)
                )
            return _signed(request, token, call)

        def send(refused: _Token | None = None) -> Steps[HttpResponse]:
            key = self._settings.connection_key
            return attempts.send(request, key, retries, slots=slots, sign=partial(sign, refused))

        response = yield from send()
        if _is_early(response, request):
            yield Sleep(_CLOCKS_DIFFER)
            response = yield from send()
        for renewals in range(_RENEWALS):
            if token is None or not self._may_renew(response, token, again=renewals > 0):
                break
            repeated, response = response.repeated, (yield from send(refused=token))
            response.repeated = response.repeated or repeated
        return response

    def token_at_hand(self) -> str | None:
        """Return the token that the next request would be signed with, if there is one."""
        token = self._configured_token() or self._cache.token
        return token.text.reveal() if token else None

    def shared_token(self, operation: str) -> Steps[str]:
        """Return the token of this configuration.

        Args:
            operation: What it is for, for errors.

        Raises:
            AuthenticationError: If a login is needed and refused, or impossible.
            LookupServerError: If the generator does not answer.
        """
        deadline = time.monotonic() + self._settings.deadline
        call = responses.RequestInfo(operation, "", self._settings.url)
        token = self._configured_token() or (yield from self._acquire(call, deadline))
        return token.text.reveal()

    def _configured_token(self) -> _Token | None:
        """Return the configured token, unless it is refused, or renewed as the fetched ones are."""
        settings = self._settings
        if not settings.token or settings.token == self._cache.refused:
            return None
        if logins.exchanges_tokens(settings):
            self._cache.start_with(settings.token)
            return None
        return _Token(settings.token)

    def _may_renew(self, response: HttpResponse, token: _Token, *, again: bool) -> bool:
        if not responses.may_refuse_token(response.status):
            return False
        refusal = responses.token_refusal(response.status, response.body)
        if refusal is None or responses.is_premature(refusal):  # a new one would be as early
            return False
        if (token.fresh or again) and not responses.is_expiry(refusal):
            return False  # the server refuses even a new one
        if again and time.monotonic() < token.requested_at + _life(token.text):
            return False  # it has not expired on its way, so a new one would be refused as well
        if self._settings.token and not logins.can_log_in(self._settings):
            return False
        if token.text == self._settings.token:
            self._cache.refused = token.text
        return True

    def _acquire(
        self, call: responses.RequestInfo, deadline: float, refused: _Token | None = None
    ) -> Steps[_Token]:
        while True:
            found = self._cache.acquire(refused)
            if isinstance(found, _Token):
                return found
            if found is None:
                with self._cache.refreshing(refused) as refresh:
                    fetched = yield from _fetch(self._settings, call, deadline, refresh.old)
                    refresh.token, refresh.may_keep = fetched
                return refresh.token
            try:
                token: _Token = yield Wait(found, self._cache.leader, deadline)
            except LeaderInThisThreadError:
                return (yield from _fetch(self._settings, call, deadline))[0]
            except _LeaderGoneError:
                continue
            except LookupServerError as error:
                _raise_unless_in_time(error, call.operation, deadline)
            except TimeoutError:
                raise CallTimeoutError(
                    "No token in time",
                    operation=call.operation,
                    next_step="Is the token generator slow? DSERVER_DEADLINE sets the limit",
                ) from None
            else:
                return token


class _Token(NamedTuple):
    """A token, and its source."""

    text: Secret[str]
    fresh: bool = False
    """Whether it was fetched for the request that it signs."""
    requested_at: float = 0.0
    """The monotonic time in seconds from which its age counts; no two clocks are compared."""


def _signed(request: HttpRequest, token: _Token, call: responses.RequestInfo) -> HttpRequest:
    if not responses.is_sendable(token.text.reveal()):  # an engine would quote it in its error
        raise AuthenticationError(
            "Authentication failed: the token has extra characters",
            operation=call.operation,
            next_step=f"Set {_config.DSERVER_TOKEN_KEY} to the token only, without Bearer, quotes, "
            "braces or spaces",
        )
    call.secrets.add(token.text.reveal())
    return request.with_token(token.text.reveal())


def _is_early(response: HttpResponse, request: HttpRequest) -> bool:
    """Return whether the token will be valid in a moment, and the call can wait for it.

    dserver compares whole seconds, so that a clock a little ahead is enough.
    """
    if not responses.may_refuse_token(response.status):
        return False
    refusal = responses.token_refusal(response.status, response.body)
    left = request.deadline - time.monotonic()
    return refusal is not None and responses.is_premature(refusal) and left > _CLOCKS_DIFFER


def _raise_unless_in_time(error: LookupServerError, operation: str, deadline: float) -> None:
    """Raise the error of the caller that was fetching, as an error of this call.

    But that may have had less time than this call has: then it is this call's turn.
    """
    if isinstance(error, CallTimeoutError) and time.monotonic() < deadline:
        return
    error = copy.copy(error)
    error.operation = operation or error.operation
    raise error from None


# --- the token request -------------------------------------------------------------------


def new_token(settings: Settings, operation: str) -> Steps[str]:
    """Return a new token from the generator, even if a token is valid.

    Args:
        settings: URL of the generator, and credentials.
        operation: What it is for, for errors.

    Raises:
        AuthenticationError: If the login is refused, or there are no credentials.
        LookupServerError: If the generator does not answer.
    """
    deadline = time.monotonic() + settings.deadline
    call = responses.RequestInfo(operation, "POST", settings.auth_url)
    token, _ = yield from _fetch(settings, call, deadline)
    return token.text.reveal()


def _fetch(
    settings: Settings,
    call: responses.RequestInfo,
    deadline: float,
    old: _Token | None = None,
) -> Steps[tuple[_Token, bool]]:
    """Return a new token, and whether it may be kept: not if the typed password must not be.

    Args:
        settings: URL of the generator, and credentials.
        call: What it is for; it learns which secrets are sent.
        deadline: When it is too late.
        old: The token at hand, if it is still good: then this must not use up that time.
    """
    retries = settings.retries  # another token is as good, though it is a POST
    if old:
        deadline = time.monotonic() + min(_EARLY, max(0.0, deadline - time.monotonic()) / 2)
        retries = 0
    call = responses.RequestInfo(call.operation, "POST", settings.auth_url, secrets=call.secrets)
    login: logins.Login | None = None

    def ask(request: HttpRequest, credentials: str = "") -> Steps[_Token]:
        began = time.monotonic()  # a busy generator may issue it long before it comes
        response = yield from attempts.send(request, settings.connection_key, retries)
        answer = responses.ApiResponse(call, response.status, response.headers, response.body)
        return _Token(Secret(answer.token(credentials)), fresh=True, requested_at=began)

    try:
        if old and logins.renews_by_token(settings):
            request = logins.refresh_request(
                settings, old.text.reveal(), settings.timeout, deadline
            )
            call.secrets.add(old.text.reveal())
            log.login(settings.auth_url, "Exchanging a token that is still good")
            with suppress(LookupServerError):  # then one has to be got by a login
                return (yield from ask(request)), True
        login = logins.login_for(settings, may_ask=not old)
        request = login.request(settings.timeout, deadline)
        call.secrets.add(login.secret)
        log.login(settings.auth_url, "Renewing a token" if old else "Logging in")
        token = yield from ask(request, login.credentials)
    except TransportError as error:
        raise responses.error_from_exception(error, call, settings) from None
    except AuthenticationError:
        if login and logins.needs_prompt(settings) and hasattr(settings.config, "forget"):
            settings.config.forget()
        raise
    keeps_typed = bool(getattr(settings.config, "cache", True))
    return token, keeps_typed or not logins.needs_prompt(settings)


# --- tokens in memory --------------------------------------------------------------------


class _LeaderGoneError(Exception):
    """The caller that was fetching the token was cancelled; the next in line fetches it."""


class _Refresh:
    """A token request, and its result."""

    token = _Token(Secret(""))
    may_keep = False

    def __init__(self, old: _Token | None) -> None:
        self.old = old  # the token at hand, if it is still good


class _TokenCache:
    """The token of one configuration, and the caller that is fetching it."""

    def __init__(self) -> None:
        self.refused: Secret[str] | None = None  # the configured token, once the server refused it
        self.token: _Token | None = None
        self._renew_at = float("inf")  # monotonic: a wrong clock must not cause a loop
        self.after_fork()

    def after_fork(self) -> None:
        """Forget the fetching caller: in a forked process, its thread does not exist."""
        self._lock = threading.Lock()
        self._pending: Future[_Token] | None = None
        self.leader = 0  # identifier of the thread that is fetching it

    def acquire(self, refused: _Token | None) -> _Token | Future[_Token] | None:
        """Return the token, or a future to wait for, or None: then the caller fetches it.

        Args:
            refused: A token that the server has refused.
        """
        with self._lock:
            usable = self._usable(refused)
            if usable and (self._pending or time.monotonic() < self._renew_at):
                return usable
            if self._pending:
                return self._pending
            self._pending = Future()
            self._pending.set_running_or_notify_cancel()  # waiting callers cannot cancel it
            self.leader = threading.get_ident()
            return None

    def start_with(self, token: Secret[str]) -> None:
        """Keep a configured token, if there is none yet, as if it had been fetched when it was."""
        with self._lock:
            if self.token is None:
                requested_at = time.monotonic() - _age(token)
                self.token = _Token(token, requested_at=requested_at)
                self._renew_at = requested_at + _RENEW_AT * _life(token)

    @contextmanager
    def refreshing(self, refused: _Token | None) -> Generator[_Refresh]:
        """Pass the token that the block fetches, or its error, to all callers that wait for it."""
        refresh = _Refresh(self._usable(refused))
        try:
            yield refresh
        except LookupServerError as error:
            usable = self._usable(refused)
            if usable is None:
                self._end(error)
                raise
            self._renew_at = time.monotonic() + _POSTPONED
            refresh.token = usable  # a renewal came too early to be missed
            self._end(usable)
        except BaseException:
            self._end(_LeaderGoneError())
            raise
        else:
            kept = refresh.token._replace(fresh=False)
            if refresh.may_keep:
                self.token = kept
                self._renew_at = kept.requested_at + _RENEW_AT * _life(kept.text)
            self._end(kept)

    def _usable(self, refused: _Token | None) -> _Token | None:
        token = self.token
        return None if token and refused and token.text == refused.text else token

    def _end(self, outcome: _Token | Exception) -> None:
        with self._lock:
            pending, self._pending, self.leader = self._pending, None, 0
        if pending is None:
            return  # forked in the middle of it
        if isinstance(outcome, _Token):
            pending.set_result(outcome)
        else:
            pending.set_exception(outcome)


def _life(token: Secret[str]) -> float:
    """Return the shortest lifetime of a new token in seconds; infinity if the token does not say.

    PyJWT cuts both times to whole seconds, so that up to one second is over when the token comes.
    """
    issued, expires = _times(token)
    life = expires - issued
    if life <= 0:
        return float("inf")
    is_cut = issued.is_integer() and expires.is_integer()
    return max(life - 1, life / 2) if is_cut else life


def _age(token: Secret[str]) -> float:
    """Return the age of a token in seconds, by the clock of this machine."""
    issued, _ = _times(token)
    return time.time() - issued


def _times(token: Secret[str]) -> tuple[float, float]:
    """Return when a token was issued and when it expires; now and never by default."""
    try:
        payload = token.reveal().split(".")[1]
        claims: Any = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return float(claims["iat"]), float(claims["exp"])
    except (ValueError, TypeError, LookupError, ArithmeticError, RecursionError):
        return time.time(), float("inf")


_caches: dict[Hashable, tuple[_TokenCache, Any]] = {}
_caches_lock = threading.Lock()


def _token_cache_for(settings: Settings) -> _TokenCache:
    """Return the token cache of a configuration."""
    key: tuple[Hashable, ...] = (
        settings.url,
        settings.auth_url,
        settings.username,
        settings.password,
        *(getattr(settings, option) for option in LOGIN_SECRETS),
    )
    if logins.exchanges_tokens(settings):  # then a configured token is renewed here
        key = (*key, settings.token)
    if logins.needs_prompt(settings):  # then the token belongs to the user who types the password
        key = (*key, id(settings.config), getattr(settings.config, "generation", 0))
    with _caches_lock:
        if key not in _caches:
            if len(_caches) >= _CACHES:
                _caches.pop(next(iter(_caches)))
            _caches[key] = (_TokenCache(), settings.config)  # with it, as its id is in the key
        return _caches[key][0]


def _after_fork() -> None:
    global _caches_lock
    _caches_lock = threading.Lock()
    for cache, _ in _caches.values():
        cache.after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
