"""The ways to log in at a token generator: one class for each, chosen from the settings.

A login says what is sent, and what stands in the advice when it is refused. ``auth`` sends it.
"""

import json
from abc import ABC, abstractmethod
from typing import Any, Final

from ..errors import AuthenticationError
from . import config as _config
from . import dtool_json
from .messages import HttpRequest
from .secret import Secret
from .settings import Settings
from .values import origin

__all__ = [
    "ApiKeyLogin",
    "Login",
    "PasswordLogin",
    "can_log_in",
    "exchanges_tokens",
    "login_for",
    "needs_prompt",
    "refresh_request",
    "renews_by_token",
]

_TOKEN_LIMIT: Final = 1_000_000  # bytes of a generator's response
_EXCHANGING: Final = ("/auth/token", "/auth/oauth2/token")


class Login(ABC):
    """A way to get a token for a user.

    Args:
        settings: URL of the generator, and credentials.
    """

    credentials: str
    """What to check when the generator refuses it."""
    renews_by_token: bool = False
    """Whether its generator takes a token that is still good for a new one."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @property
    @abstractmethod
    def secret(self) -> str:
        """What must not be shown, if the generator echoes it."""

    @abstractmethod
    def body(self) -> dict[str, Any]:
        """Return what is sent to the generator, as JSON."""

    def request(self, timeout: float, deadline: float) -> HttpRequest:
        """Return the request for a token.

        Raises:
            AuthenticationError: If user name or secret cannot be sent.
        """
        # The error of the codec would quote them.
        if not all(map(_is_encodable, self.body().values())):
            raise AuthenticationError(
                "Authentication failed: user name or secret cannot be encoded as UTF-8",
                next_step=f"Check {self.credentials}: an environment variable may hold other bytes",
            )
        return _json_request(self._settings.auth_url, self.body(), timeout, deadline)


class PasswordLogin(Login):
    """Log in with user name and password, which may be asked for."""

    credentials = "user name and password (DSERVER_USERNAME, DSERVER_PASSWORD)"

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self._username = settings.username or _asked(settings, "username")
        self._password = settings.password or Secret("")
        if self._username and not self._password:
            self._password = Secret(_asked(settings, "password") or "")
        if not self._username or not self._password:
            raise _nothing_to_log_in_with(settings)

    @property
    def secret(self) -> str:
        """The password."""
        return self._password.reveal()

    def body(self) -> dict[str, Any]:
        """Return user name and password."""
        return {"username": self._username, "password": self.secret}


class ApiKeyLogin(Login):
    """Log in with an API key, at the OAuth2 token generator."""

    credentials = (
        "user name and API key (DSERVER_USERNAME, DSERVER_API_KEY), and whether this "
        "generator takes API keys"
    )
    renews_by_token = True

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self._username = settings.username or _asked(settings, "username")
        if not self._username:
            raise _nothing_to_log_in_with(settings)

    @property
    def secret(self) -> str:
        """The API key."""
        return self._settings.api_key.reveal()

    def body(self) -> dict[str, Any]:
        """Return user name and API key."""
        return {"username": self._username, "api_key": self.secret}


_BY_SECRET: Final[dict[str, type[Login]]] = {"api_key": ApiKeyLogin}
"""The login that each of ``declarations.LOGIN_SECRETS`` chooses; without any, it is a password."""


def _chosen(settings: Settings) -> type[Login]:
    found = (kind for option, kind in _BY_SECRET.items() if getattr(settings, option))
    return next(found, PasswordLogin)


def renews_by_token(settings: Settings) -> bool:
    """Return whether a token that is still good, alone, gets a new one."""
    return _chosen(settings).renews_by_token or exchanges_tokens(settings)


def exchanges_tokens(settings: Settings) -> bool:
    """Return whether the generator takes a good token, alone, for a new one, as OAuth2's does.

    It is a plugin of the server, so that the token stays with the server that it is for.
    """
    url = settings.auth_url
    return url.endswith(_EXCHANGING) and origin(url) == origin(settings.url)


def refresh_request(settings: Settings, token: str, timeout: float, deadline: float) -> HttpRequest:
    """Return the request that exchanges a token for a new one."""
    url = settings.auth_url.removesuffix("/token") + "/refresh"
    return _json_request(url, {"token": token}, timeout, deadline)


def login_for(settings: Settings, *, may_ask: bool) -> Login:
    """Return the login that the settings choose; it may ask for what is not configured.

    Args:
        settings: URL of the generator, and credentials.
        may_ask: Whether the user may be asked.

    A prompt blocks an event loop: both a terminal and a Jupyter kernel ask on the main thread.

    Raises:
        AuthenticationError: If there is nothing to log in with.
    """
    asking = needs_prompt(settings) and not _has_answer(settings)
    if not settings.auth_url or (asking and not may_ask):
        raise _nothing_to_log_in_with(settings)
    return _chosen(settings)(settings)


def _json_request(url: str, body: dict[str, Any], timeout: float, deadline: float) -> HttpRequest:
    """Return a request that posts JSON."""
    data = json.dumps(body, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
    headers = [("Content-Length", str(len(data))), ("Content-Type", "application/json")]
    return HttpRequest(
        "POST",
        url,
        headers=headers,
        body=data,
        timeout=timeout,
        deadline=deadline,
        limit=_TOKEN_LIMIT,
    )


def _is_encodable(value: Any) -> bool:
    try:
        str(value).encode()
    except UnicodeEncodeError:
        return False
    return True


def needs_prompt(settings: Settings) -> bool:
    """Return whether credentials are missing that the configuration may ask for."""
    may_need_password = _chosen(settings) is PasswordLogin
    return not settings.username or (may_need_password and not settings.password)


def can_log_in(settings: Settings) -> bool:
    """Return whether there are credentials, or somebody to ask for them."""
    if not settings.auth_url:
        return False
    config = settings.config
    if not needs_prompt(settings):
        return True
    if isinstance(config, _config.DtoolLookupAPIConfig):
        return _has_answer(settings) or (config.interactive and _config.can_ask())
    return bool(_asked(settings, "username") and _asked(settings, "password"))


def _asked(settings: Settings, option: str) -> str | None:
    """Return a user name or password that the settings do not have, for their generator only."""
    config = settings.config
    if not _config.overrides(config, option):
        answer: str | None = config.ask(option, settings.auth_url)
        return answer
    with dtool_json.pinned(settings.snapshot):
        if origin(settings.auth_url) != origin(config.auth_url or ""):
            return None
        answer = getattr(config, option)
        return answer


def _has_answer(settings: Settings) -> bool:
    """Return whether the user need not be asked any more."""
    config = settings.config
    own = isinstance(config, _config.DtoolLookupAPIConfig)
    return not own or config.has_answer(settings.auth_url)


def _nothing_to_log_in_with(settings: Settings) -> AuthenticationError:
    dtool_json.check_file()  # which may hold it
    generator = _config.DSERVER_TOKEN_GENERATOR_URL_KEY
    keys = {
        generator: settings.auth_url,
        _config.DSERVER_USERNAME_KEY: settings.username,
        f"{_config.DSERVER_PASSWORD_KEY} (operators: or {_config.DSERVER_API_KEY_KEY})": (
            settings.password
        ),
    }
    missing = " and ".join(key for key, value in keys.items() if not value)
    if not settings.auth_url and can_log_in(settings._replace(auth_url=generator)):
        missing = f"{generator}; you are prompted for the rest"
    if settings.auth_url:
        missing += f", or store a token with {_config.LOGIN_COMMAND}"
    advice = f"Set {_config.DSERVER_TOKEN_KEY}, or {missing}"
    if settings.withheld:
        advice = (
            f"{' and '.join(settings.withheld)}, configured for another server or token generator, "
            f"did not leave for this one: give what is for it along with its URL. {advice}"
        )
    return AuthenticationError(
        "Authentication failed: there is no token, and no credentials to get one",
        next_step=dtool_json.advice_on_names() or advice,
    )
