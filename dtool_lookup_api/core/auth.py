"""The token flow: one httpx.Auth for both worlds.

A configured token is sent as it is. Otherwise one is fetched from the token generator, kept
in memory, shared by everything in the process that has the same configuration, and renewed
at 80 % of its life, or once when the server refuses it. However many threads, tasks and
event loops need a token at a moment, one of them fetches it and the others wait.
"""

import base64
import copy
import json
import os
import threading
import time
from collections.abc import AsyncGenerator, Generator, Hashable
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

import httpx

from ..errors import AuthenticationError, CallTimeoutError, LookupServerError
from . import ahead, answers
from . import config as _config
from .hiding import Hiding
from .settings import Settings, origin
from .transport import AsyncHTTP, BlockingHTTP

if TYPE_CHECKING:
    from concurrent.futures import Future

__all__ = ["TokenAuth", "fetch_token", "new_token", "new_token_now", "shared_token"]

_RENEW_AT: Final = 0.8  # of a token's life
_AGED_AT: Final = 0.25  # of a token's life; dserver counts in whole seconds
_POSTPONED: Final = 5.0  # seconds until a renewal that failed is tried again
_EARLY: Final = 5.0  # seconds that a renewal may hold up a call whose token is still good
_WALLETS: Final = 1024  # configurations whose tokens are kept
_CLOCKS_DIFFER: Final = 1.0  # seconds to wait where the generator's clock is ahead
_SIGNINGS: Final = 10  # of one request
_EXCHANGING: Final = ("/auth/token", "/auth/oauth2/token")


class TokenAuth(httpx.Auth):
    """Sign the requests to one server; they never wait for a token that is there.

    The token request goes through a client of its own: httpx would keep it, password and
    all, in the history of the answer, and would not give it a timeout.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._origin = _origin(httpx.URL(settings.url))
        self._wallet = _wallet_of(settings)

    def sync_auth_flow(
        self, request: httpx.Request
    ) -> Generator[httpx.Request, httpx.Response, None]:
        """Sign a request, and once more with a new token if the server refuses the first.

        That may be again too late where requests wait for longer than tokens live.
        """
        if not self._concerns(request):
            yield request
            return
        token = self._configured_token() or self._blocking_token(request)
        for signing in range(_SIGNINGS):
            response = yield _signed(request, token)
            if not answers.may_refuse_token(response.status_code):
                return
            response.read()
            if signing == 0 and _is_early(response, request):
                ahead.sleep(_CLOCKS_DIFFER)
                continue
            if not self._may_renew(response, token, again=signing > 0):
                return
            token = self._blocking_token(request, refused=token)

    async def async_auth_flow(
        self, request: httpx.Request
    ) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """Do the same to await."""
        if not self._concerns(request):
            yield request
            return
        token = self._configured_token() or await self._async_token(request)
        for signing in range(_SIGNINGS):
            response = yield _signed(request, token)
            if not answers.may_refuse_token(response.status_code):
                return
            await response.aread()
            if signing == 0 and _is_early(response, request):
                from asyncio import sleep

                await sleep(_CLOCKS_DIFFER)
                continue
            if not self._may_renew(response, token, again=signing > 0):
                return
            token = await self._async_token(request, refused=token)

    def token_at_hand(self) -> str | None:
        """Return the token that the next request would be signed with, if there is one."""
        token = self._configured_token() or self._wallet.token_at_hand()
        return token.text if token else None

    def _concerns(self, request: httpx.Request) -> bool:
        """Tell whether to sign: not what is public, and no token leaves for another origin."""
        if not self._settings.authenticate or request.extensions.get("public"):
            return False
        return _origin(request.url) == self._origin

    def _configured_token(self) -> "_Token | None":
        """Return the configured token, unless it is refused, or renewed as the fetched ones are."""
        settings = self._settings
        if not settings.token or settings.token == self._wallet.refused:
            return None
        if _exchanges_tokens(settings):
            self._wallet.start_with(settings.token)
            return None
        return _Token(settings.token)

    def _may_renew(self, response: httpx.Response, token: "_Token", *, again: bool) -> bool:
        refusal = answers.token_refusal(response.status_code, response.content)
        if refusal is None or answers.is_premature(refusal):  # a new one would be as early
            return False
        if (token.fresh or again) and not answers.is_expiry(refusal):
            return False
        if again and time.monotonic() < token.aged_at:
            return False  # the server refuses even a new one: no loop of renewals
        if self._settings.token and not _can_log_in(self._settings):
            return False
        if token.text == self._settings.token:
            self._wallet.refused = token.text
        return True

    def _blocking_token(self, request: httpx.Request, refused: "_Token | None" = None) -> "_Token":
        while True:
            found = self._wallet.take(refused)
            if isinstance(found, _Token):
                return found
            if found is None:
                with self._wallet.fetching(refused) as fetched:
                    fetched.take(*fetch_token(self._settings, request, fetched.old))
                return fetched.token
            if self._wallet.led_by_this_thread():
                # A loop below this call fetches it and cannot go on before this call ends.
                return _Token(fetch_token(self._settings, request)[0], fresh=True)
            try:
                return found.result(_seconds_left(request))
            except _LeaderGoneError:
                continue
            except LookupServerError as error:
                _raise_unless_in_time(error, request)
            except TimeoutError:
                raise _too_late(request) from None

    async def async_token(self, request: httpx.Request) -> str:
        """Return the token to sign with, after fetching it where there is none."""
        return (self._configured_token() or await self._async_token(request)).text

    async def _async_token(
        self, request: httpx.Request, refused: "_Token | None" = None
    ) -> "_Token":
        while True:
            found = self._wallet.take(refused)
            if isinstance(found, _Token):
                return found
            if found is None:
                with self._wallet.fetching(refused) as fetched:
                    old = fetched.old
                    fetched.take(*await _fetch_token_async(self._settings, request, old))
                return fetched.token
            from asyncio import wrap_future

            try:
                return await wrap_future(found)
            except _LeaderGoneError:
                continue
            except LookupServerError as error:
                _raise_unless_in_time(error, request)


@dataclass(eq=False, repr=False)
class _Token(Hiding):
    """A token: an object, so that no frame of a traceback shows its text."""

    text: str = field(repr=False)
    fresh: bool = False
    """Whether it was fetched for the request that it signs."""
    aged_at: float = float("inf")
    """The monotonic time after which nobody wonders that it has expired."""


def _origin(url: httpx.URL) -> tuple[str, bytes]:
    """Return scheme, host and port, which a token must not leave."""
    return url.scheme, url.netloc


def _signed(request: httpx.Request, token: _Token) -> httpx.Request:
    if not answers.is_sendable(token.text):  # httpx would quote it in its error
        raise AuthenticationError(
            "Authentication failed: more than the token was copied",
            operation=request.extensions.get("operation"),
            next_step=f"Let {_config.DSERVER_TOKEN_KEY} hold the token alone: no Bearer before it, "
            "no quotes, braces or blanks",
        )
    request.headers["Authorization"] = f"Bearer {token.text}"  # "bearer" is refused by dserver
    return request


def _is_early(response: httpx.Response, request: httpx.Request) -> bool:
    """Return whether the token will be valid in a moment, and the call can wait for it.

    dserver compares whole seconds, so that a clock a little ahead is enough.
    """
    refusal = answers.token_refusal(response.status_code, response.content)
    return (
        refusal is not None
        and answers.is_premature(refusal)
        and _seconds_left(request) > _CLOCKS_DIFFER
    )


def _raise_unless_in_time(error: LookupServerError, request: httpx.Request) -> None:
    """Raise what went wrong for whoever was fetching as an error of this call.

    But that may have had less time than this call has: then it is this call's turn.
    """
    if isinstance(error, CallTimeoutError) and _seconds_left(request) > 0:
        return
    error = copy.copy(error)
    error.operation = request.extensions.get("operation") or error.operation
    raise error from None


def _seconds_left(request: httpx.Request) -> float:
    deadline: float = request.extensions["deadline"]
    return max(0.0, deadline - time.monotonic())


def _too_late(request: httpx.Request) -> CallTimeoutError:
    return CallTimeoutError(
        "No token in time",
        operation=request.extensions.get("operation"),
        next_step="Is the token generator slow? DSERVER_DEADLINE sets the limit",
    )


# --- the token request -------------------------------------------------------------------


def fetch_token(
    settings: Settings, request: httpx.Request, old: _Token | None = None
) -> tuple[str, bool]:
    """Return a new token from the generator, and whether it may be kept.

    Args:
        settings: Where the generator is, and with what to log in.
        request: The request that needs the token; the token request shares its deadline.
        old: The token at hand, if it is still good: then this must not use up that time.

    Raises:
        AuthenticationError: If the login is refused, or there is nothing to log in with.
        LookupServerError: If the generator does not answer.
    """
    login = _Login(settings, request, old)
    with login.explained(), BlockingHTTP(settings.token_url, settings) as http:
        if login.may_refresh and (token := login.refreshed(http.send(login.refresh(http)))):
            return token.text, True
        return login.token(http.send(login.request(http))), login.may_keep


async def _fetch_token_async(
    settings: Settings, request: httpx.Request, old: _Token | None = None
) -> tuple[str, bool]:
    # A prompt blocks the loop: both a terminal and a Jupyter kernel ask on the main thread.
    login = _Login(settings, request, old)
    with login.explained():
        async with AsyncHTTP(settings.token_url, settings) as http:
            if login.may_refresh:
                response = await http.send(login.refresh(http))
                if token := login.refreshed(response):
                    return token.text, True
            return login.token(await http.send(login.request(http))), login.may_keep


async def new_token(settings: Settings) -> str:
    """Return a new token from the generator, whatever token there is.

    Args:
        settings: Where the generator is, and with what to log in.

    Raises:
        AuthenticationError: If the login is refused, or there is nothing to log in with.
        LookupServerError: If the generator does not answer.
    """
    return (await _fetch_token_async(settings, _occasion("authenticate", settings)))[0]


def new_token_now(settings: Settings) -> str:
    """Do the same while the caller waits."""
    return fetch_token(settings, _occasion("login", settings))[0]


async def shared_token(settings: Settings) -> str:
    """Return the token that everything with this configuration shares.

    Args:
        settings: The configuration.

    Raises:
        AuthenticationError: If a login is needed and refused, or impossible.
        LookupServerError: If the generator does not answer.
    """
    return await TokenAuth(settings).async_token(_occasion("connect", settings))


def _occasion(operation: str, settings: Settings) -> httpx.Request:
    """Return what stands for the request that a token is for, where there is none."""
    deadline = time.monotonic() + settings.deadline
    extensions = {"operation": operation, "deadline": deadline}
    return httpx.Request("POST", settings.token_url or settings.url, extensions=extensions)


class _Login:
    """One login at the token generator."""

    def __init__(self, settings: Settings, request: httpx.Request, old: "_Token | None") -> None:
        self._settings = settings
        self._typed = _asks(settings)
        self._typed_is_sent = False
        self._old = old
        deadline: float = request.extensions["deadline"]
        if old:
            deadline = time.monotonic() + min(_EARLY, _seconds_left(request) / 2)
        self._extensions = {
            "deadline": deadline,
            "repeatable": not old,  # another token is as good, though it is a POST
        }
        self._call = answers.Call(
            str(request.extensions.get("operation") or "login"),
            "POST",
            settings.token_url,
        )

    @property
    def may_keep(self) -> bool:
        """Whether the token may be kept: not if the typed password must not be."""
        return not self._typed or bool(getattr(self._settings.config, "cache", True))

    @property
    def may_refresh(self) -> bool:
        """Whether the token at hand may be exchanged for a new one."""
        settings = self._settings
        return bool(self._old and (settings.api_key or _exchanges_tokens(settings)))

    def _credentials(self) -> tuple[str, str]:
        settings = self._settings
        # While the token at hand is good, no one is asked for a password.
        asks = bool(self._old) and self._typed and not getattr(settings.config, "has_answers", True)
        if asks or not settings.token_url:
            raise _nothing_to_log_in_with(settings)
        username = settings.username or settings.config.username
        secret = settings.api_key if username else None
        if username and not secret:
            secret = settings.password or settings.config.password
        if not username or not secret:
            raise _nothing_to_log_in_with(settings)
        return username, secret

    def request(self, http: httpx.Client | httpx.AsyncClient) -> httpx.Request:
        kind = "api_key" if self._settings.api_key else "password"
        username, self._call.secret = self._credentials()
        self._typed_is_sent = self._typed
        return http.build_request(
            "POST",
            self._settings.token_url,
            json={"username": username, kind: self._call.secret},
            extensions=dict(self._extensions),
        )

    def refresh(self, http: httpx.Client | httpx.AsyncClient) -> httpx.Request:
        self._call.secret = self._old.text if self._old else ""
        return http.build_request(
            "POST",
            self._settings.token_url.removesuffix("/token") + "/refresh",
            json={"token": self._call.secret},
            extensions=dict(self._extensions),
        )

    def token(self, response: httpx.Response) -> str:
        answer = answers.Answer(
            self._call, response.status_code, response.headers, response.content
        )
        if self._settings.api_key:
            return answer.token(
                "user name and API key (DSERVER_USERNAME, DSERVER_API_KEY), and whether this "
                "generator takes API keys"
            )
        return answer.token("user name and password (DSERVER_USERNAME, DSERVER_PASSWORD)")

    def refreshed(self, response: httpx.Response) -> "_Token | None":
        """Return the new token, or None: then a login has to bring one."""
        try:
            return _Token(self.token(response))
        except LookupServerError:
            return None

    @contextmanager
    def explained(self) -> Generator[None]:
        """Turn what httpx raises into errors of ours, and forget a password that is wrong."""
        try:
            yield
        except httpx.HTTPError as error:
            raise answers.failure(error, self._call, self._settings) from None
        except AuthenticationError:
            if self._typed_is_sent and hasattr(self._settings.config, "forget"):
                self._settings.config.forget()
            raise


def _exchanges_tokens(settings: Settings) -> bool:
    """Return whether the generator takes a good token, alone, for a new one, as OAuth2's does.

    It is a plugin of the server, so that the token stays with the server that it is for.
    """
    url = settings.token_url
    return url.endswith(_EXCHANGING) and origin(url) == origin(settings.url)


def _asks(settings: Settings) -> bool:
    """Tell whether credentials are missing that the configuration may ask for."""
    return not settings.username or not (settings.password or settings.api_key)


def _can_log_in(settings: Settings) -> bool:
    if not settings.token_url:
        return False
    config = settings.config
    if not _asks(settings):
        return True
    if isinstance(config, _config.DtoolLookupAPIConfig):
        return config.has_answers or (config.interactive and _config.can_ask())
    return bool(config.username and config.password)


def _nothing_to_log_in_with(settings: Settings) -> AuthenticationError:
    _config.check_file()  # which may hold it
    generator = _config.DSERVER_TOKEN_GENERATOR_URL_KEY
    keys = {
        generator: settings.token_url,
        _config.DSERVER_USERNAME_KEY: settings.username,
        f"{_config.DSERVER_PASSWORD_KEY} (operators: or {_config.DSERVER_API_KEY_KEY})": (
            settings.password
        ),
    }
    missing = " and ".join(key for key, value in keys.items() if not value)
    if not settings.token_url and _can_log_in(replace(settings, token_url=generator)):
        missing = f"{generator}; what else it needs is asked for"
    return AuthenticationError(
        "Authentication failed: there is no token and nothing to get one with",
        next_step=_config.advice_on_names() or f"Set {_config.DSERVER_TOKEN_KEY}, or {missing}",
    )


# --- tokens in memory --------------------------------------------------------------------


class _LeaderGoneError(Exception):
    """Whoever was fetching the token was cancelled; the next in line fetches it."""


class _Fetched:
    """What a token request has brought."""

    token = _Token("")
    may_keep = False

    def __init__(self, old: _Token | None) -> None:
        self.old = old  # the token at hand, if it is still good

    def take(self, token: str, may_keep: bool) -> None:
        aged_at = time.monotonic() + _AGED_AT * _life(token)
        self.token, self.may_keep = _Token(token, fresh=True, aged_at=aged_at), may_keep


class _Wallet:
    """The token of one configuration, and who is fetching it."""

    def __init__(self) -> None:
        self.refused: str | None = None  # the configured token, once the server refused it
        self._token: _Token | None = None
        self._renew_at = float("inf")  # monotonic: a wrong clock must not cause a loop
        self.after_fork()

    def after_fork(self) -> None:
        """Forget who was fetching: in a forked process that thread does not exist."""
        self._lock = threading.Lock()
        self._pending: Future[_Token] | None = None
        self._leader = 0

    def take(self, refused: _Token | None) -> "_Token | Future[_Token] | None":
        """Return the token, or a future to wait for, or None: then the caller fetches it.

        Args:
            refused: A token that the server has refused.
        """
        from concurrent.futures import Future

        with self._lock:
            usable = self._usable(refused)
            if usable and (self._pending or time.monotonic() < self._renew_at):
                return usable
            if self._pending:
                return self._pending
            self._pending = Future()
            self._pending.set_running_or_notify_cancel()  # nobody who waits can cancel it
            self._leader = threading.get_ident()
            return None

    def start_with(self, token: str) -> None:
        """Keep a configured token, if there is none yet, as if it had been fetched when it was."""
        with self._lock:
            if self._token is None:
                self._token = _Token(token)
                left = _RENEW_AT * _life(token) - _age(token)
                self._renew_at = time.monotonic() + left

    def token_at_hand(self) -> _Token | None:
        """Return the token, if there is one."""
        return self._token

    def led_by_this_thread(self) -> bool:
        """Tell whether the token is being fetched by the thread that asks."""
        return self._leader == threading.get_ident()

    @contextmanager
    def fetching(self, refused: _Token | None) -> Generator[_Fetched]:
        """Hand what the block fetches, or how it failed, to all who wait for it."""
        fetched = _Fetched(self._usable(refused))
        try:
            yield fetched
        except LookupServerError as error:
            usable = self._usable(refused)
            if usable is None:
                self._end(error)
                raise
            self._renew_at = time.monotonic() + _POSTPONED
            fetched.token = usable  # a renewal came too early to be missed
            self._end(usable)
        except BaseException:
            self._end(_LeaderGoneError())
            raise
        else:
            kept = replace(fetched.token, fresh=False)
            if fetched.may_keep:
                self._token = kept
                self._renew_at = time.monotonic() + _RENEW_AT * _life(kept.text)
            self._end(kept)

    def _usable(self, refused: _Token | None) -> _Token | None:
        token = self._token
        return None if token and refused and token.text == refused.text else token

    def _end(self, outcome: _Token | Exception) -> None:
        with self._lock:
            pending, self._pending, self._leader = self._pending, None, 0
        if pending is None:
            return  # forked in the middle of it
        if isinstance(outcome, _Token):
            pending.set_result(outcome)
        else:
            pending.set_exception(outcome)


def _life(token: str) -> float:
    """Return for how many seconds a token lives, endlessly if it does not say."""
    issued, expires = _times(token)
    return expires - issued if expires > issued else float("inf")


def _age(token: str) -> float:
    """Return for how many seconds a token has lived, by the clock of this machine."""
    issued, _ = _times(token)
    return time.time() - issued


def _times(token: str) -> tuple[float, float]:
    """Return when a token was issued and when it expires; now and never if it does not say."""
    try:
        payload = token.split(".")[1]
        claims: Any = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return float(claims["iat"]), float(claims["exp"])
    except (ValueError, TypeError, LookupError, ArithmeticError, RecursionError):
        return time.time(), float("inf")


_wallets: dict[Hashable, tuple[_Wallet, Any]] = {}
_wallets_lock = threading.Lock()


def _wallet_of(settings: Settings) -> _Wallet:
    """Return the wallet that everything with this configuration shares."""
    key: tuple[Hashable, ...] = (
        settings.url,
        settings.token_url,
        settings.username,
        settings.password,
        settings.api_key,
    )
    if _exchanges_tokens(settings):  # then a configured token is renewed here
        key = (*key, settings.token)
    if _asks(settings):  # then the token belongs to whoever answers
        key = (*key, id(settings.config), getattr(settings.config, "generation", 0))
    with _wallets_lock:
        if key not in _wallets:
            if len(_wallets) >= _WALLETS:
                _wallets.pop(next(iter(_wallets)))
            _wallets[key] = (_Wallet(), settings.config)  # with it, as its id is in the key
        return _wallets[key][0]


def _after_fork() -> None:
    global _wallets_lock
    _wallets_lock = threading.Lock()
    for wallet, _ in _wallets.values():
        wallet.after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
