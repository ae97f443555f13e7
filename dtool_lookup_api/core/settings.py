"""Settle what one call uses: arguments over environment over dtool.json over defaults."""

import os
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Final, Generic, TypeVar
from urllib.parse import urlsplit

from ..errors import ConfigurationError
from . import config as _config
from .hiding import Hiding

__all__ = ["ENGINES", "Given", "Settings", "Settling", "settle"]

_T = TypeVar("_T")

ENGINES: Final = ("httpx", "aiohttp")

# Environment variables that httpx and ssl obey when a connection is made.
_NETWORK_VARIABLES: Final = (
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "NO_PROXY",
    "http_proxy",
    "https_proxy",
    "all_proxy",
    "no_proxy",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
)
_SECRETS: Final = ("token", "password", "api_key")


@dataclass(eq=False, repr=False)
class Given(Hiding):
    """What a client's constructor was given; None means: as configured."""

    url: str | None = field(default=None, repr=False)  # not checked yet: may hold a password
    token: str | None = field(default=None, repr=False)
    auth_url: str | None = field(default=None, repr=False)
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    api_key: str | None = field(default=None, repr=False)
    verify_ssl: bool | str | None = None
    disable_authentication: bool | None = None
    timeout: float | None = None
    deadline: float | None = None
    retries: int | None = None
    assume_offered: Collection[str] | None = None
    engine: Any = None
    lost: str = ""
    """Which secret was given, and left out of a pickle."""

    def without_secrets(self) -> "Given":
        """Return a copy without token, password and API key; an empty one is not a secret."""
        secrets = {name: getattr(self, name) for name in _SECRETS}
        lost = [name for name, value in secrets.items() if value]
        return replace(self, **dict.fromkeys(lost), lost=self.lost or " and ".join(lost))


@dataclass(eq=False, repr=False)
class Settings(Hiding):
    """What one call uses. Never changed once made, so that it can be a key."""

    url: str
    url_source: str
    token: str = field(repr=False)
    token_source: str
    token_url: str
    username: str | None
    password: str | None = field(repr=False)
    api_key: str = field(repr=False)
    authenticate: bool
    verify: bool | str
    timeout: float
    deadline: float
    retries: int
    retries_set: bool
    """Whether somebody has set the number of retries; it may be that of the default."""
    assume_offered: frozenset[str]
    engine: Any
    """``"httpx"``, ``"aiohttp"`` or a transport of the user's own."""
    network: tuple[str | None, ...] = field(repr=False)
    config: Any = field(repr=False, compare=False)
    storage_verify: bool | str
    storage_proxy: str = field(repr=False)  # which may hold a password
    """URL of the proxy to storage, ``"none"``, or empty: what the environment says."""
    storage_timeout: float
    """Seconds without a byte after which a transfer has stalled; transfers have no deadline."""
    for_storage: bool = False
    """Whether these are the settings of connections to storage."""

    @cached_property
    def connection_key(self) -> "Settings":
        """The settings less what only the token flow needs: what a connection depends on."""
        return replace(
            self,
            url_source="",
            token="",
            token_source="",
            token_url="",
            username=None,
            password=None,
            api_key="",
            authenticate=False,
            assume_offered=frozenset(),
        )

    @cached_property
    def storage_key(self) -> "Settings":
        """What a connection to storage depends on: nothing that is set for the server's."""
        return replace(self.connection_key, url="", verify=self.storage_verify, for_storage=True)


class _Stamp:
    """What settings were settled from: an object, so that no frame of a traceback shows it."""

    def __init__(self, configuration: tuple[Any, ...], environment: dict[Any, Any]) -> None:
        self.configuration = configuration
        self.environment = environment

    def is_current(self) -> bool:
        """Tell whether settling would bring the same settings again."""
        return self.environment == _environment() and self.configuration == _config.stamp(
            _config.in_force()
        )


def _environment() -> Any:
    """Return the environment as the dict that Python keeps of it, if it does.

    Comparing that with a copy takes 0.3 microseconds, asking for 20 variables takes 12.
    """
    return getattr(os.environ, "_data", os.environ)


def _stamp() -> _Stamp | None:
    configuration = _config.stamp(_config.in_force())
    return None if configuration is None else _Stamp(configuration, dict(_environment()))


class Settling(Generic[_T]):
    """What one client's calls share, made anew when what their settings come from has changed.

    Looking at that takes a tenth of the time that settling takes.

    Args:
        make: Makes it from the settings.
        given: What the client's constructor was given.
    """

    def __init__(self, make: Callable[[Settings], _T], given: Given | None = None) -> None:
        self._make = make
        self._given = given
        self._settled: tuple[_Stamp, _T] | None = None

    def settled(self) -> _T:
        """Return what a call uses: the same object as long as nothing has changed.

        Raises:
            ConfigurationError: If a setting is missing or cannot be used.
        """
        settled = self._settled
        if settled is not None and settled[0].is_current():
            return settled[1]
        stamp = _stamp()  # before settling: what changes meanwhile is seen the next time
        made = self._make(settle(self._given))
        self._settled = None if stamp is None else (stamp, made)
        return made


def settle(given: Given | None = None) -> Settings:
    """Return the settings of a call.

    Args:
        given: What a client's constructor was given.

    Raises:
        ConfigurationError: If a setting is missing or cannot be used.
    """
    given = given or Given()
    _check(given)
    config = _config.in_force()
    url, url_source = _url(given, config)
    settings = Settings(
        url=url,
        url_source=url_source,
        token="",
        token_source="",
        token_url=_token_url(given, config),
        username=None,
        password=None,
        api_key="",
        authenticate=not _disables_authentication(given, config),
        verify=_config.as_verify(config.verify_ssl)
        if given.verify_ssl is None
        else _config.as_verify(given.verify_ssl, "verify_ssl"),
        timeout=_number(given.timeout, "timeout", _config.DEFAULT_TIMEOUT, least=0.001),
        deadline=_number(given.deadline, "deadline", _config.DEFAULT_DEADLINE, least=0.001),
        retries=int(_number(given.retries, "retries", _config.DEFAULT_RETRIES)),
        retries_set=_first(given.retries, _config.value_of(_config.DSERVER_RETRIES_KEY))
        not in (None, ""),
        assume_offered=_assume_offered(given),
        engine=_engine(given),
        network=tuple(os.environ.get(name) for name in _NETWORK_VARIABLES),
        config=config,
        storage_verify=_config.as_verify(
            _config.value_of(_config.DSERVER_STORAGE_VERIFY_SSL_KEY),
            _config.DSERVER_STORAGE_VERIFY_SSL_KEY,
        ),
        storage_proxy=_config.value_of(_config.DSERVER_STORAGE_PROXY_KEY) or "",
        storage_timeout=_number(
            None, "storage_timeout", _config.DEFAULT_STORAGE_TIMEOUT, least=0.001
        ),
    )
    # Secrets last: what fails above shows no frame of ours that holds one.
    token, token_source = _token(given, config, url)
    username, password = _credentials(given, config, token)
    return replace(
        settings,
        token=token,
        token_source=token_source,
        username=username,
        password=password,
        api_key=_api_key(given, config),
    )


def _check(given: Given) -> None:
    names = ("token", "auth_url", "username", "password", "api_key")
    wrong = [name for name in names if not isinstance(getattr(given, name), str | None)]
    if wrong:
        raise ConfigurationError(f"{wrong[0]} is not a str", next_step="Give a str")
    # What is configured may be another user's: that password could lock this one's account.
    if given.lost and all(getattr(given, name) is None for name in _SECRETS):
        raise ConfigurationError(
            f"Pickling this client left out its {given.lost}, because secrets are not pickled",
            next_step=f"Make a client with the {given.lost} in this process",
        )


def _assume_offered(given: Given) -> frozenset[str]:
    """Return the functions that the client's server is said to offer.

    No environment variable says so: it would be said of any server that is configured later.
    """
    if not given.assume_offered:
        return frozenset()
    if isinstance(given.assume_offered, str):
        raise ConfigurationError(
            "assume_offered is a str", next_step=f"Give a list: [{given.assume_offered!r}]"
        )
    if not isinstance(given.assume_offered, Collection):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise ConfigurationError(
            f"assume_offered={given.assume_offered!r} is not a list",
            next_step='Give names of functions, e.g. ["add_tag"]',
        )
    if given.url is None:
        raise ConfigurationError(
            "assume_offered was given without url, and would apply to any configured server",
            next_step="Give the URL of this server, too",
        )
    from .routes import FUNCTIONS

    for name in given.assume_offered:
        if name not in list(FUNCTIONS):
            raise ConfigurationError(
                f"assume_offered holds {name!r}, which is not a function of this package",
                next_step="dir(dtool_lookup_api) lists them",
            )
    return frozenset(given.assume_offered)


def _engine(given: Given) -> Any:
    """Return the engine that is chosen, or the transport that is given in its place."""
    if given.engine is not None and not isinstance(given.engine, str):
        if given.verify_ssl is not None:
            raise ConfigurationError(
                "verify_ssl does not reach a transport that is given as engine",
                next_step="Leave it out, and let the transport verify certificates",
            )
        return given.engine
    name = "engine" if given.engine is not None else _config.DSERVER_ENGINE_KEY
    text = given.engine or _config.value_of(_config.DSERVER_ENGINE_KEY) or ENGINES[0]
    if text not in ENGINES:
        raise ConfigurationError(
            f"{name} is {text!r}, which is not an engine",
            next_step=f"Set it to {' or '.join(ENGINES)}, or give a transport of httpx",
        )
    return text


def _first(given: Any, configured: Any) -> Any:
    return configured if given is None else given


def _disables_authentication(given: Given, config: Any) -> bool:
    name = "disable_authentication"
    value = _first(given.disable_authentication, getattr(config, name, False))
    return _config.as_bool(value, name, default=False)


def _number(given: float | None, name: str, default: float, *, least: float = 0.0) -> float:
    key = f"DSERVER_{name.upper()}"
    value = _config.value_of(key) if given is None else given
    return _config.as_number(value, key if given is None else name, default=default, least=least)


def _url(given: Given, config: Any) -> tuple[str, str]:
    if given.url is not None:
        return checked_url(given.url, "url"), "argument"
    key = _config.DSERVER_URL_KEY
    if not config.lookup_url:
        raise ConfigurationError(
            f"{key} is not set",
            url="",
            next_step=_config.advice_on_names()
            or f"Set it in the environment (export {key}=https://dserver.example) or in "
            f"{_config.config_path()}",
        )
    return checked_url(config.lookup_url, key), _config.source_of(key)


def checked_url(url: Any, name: str) -> str:
    """Return a server's URL without a trailing slash.

    Raises:
        ConfigurationError: If it is not an http or https URL with a host, or holds a
            user name or password, which would end up in logs.
    """
    text = url.strip() if isinstance(url, str) else ""
    try:
        parts = urlsplit(text)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname)
        usable = usable and (parts.port is None or parts.port > 0)
        usable = usable and not any(character.isspace() for character in text)
        if not text.isascii():
            (parts.hostname or "").encode("idna")  # which the socket would fail on
    except ValueError:
        parts, usable = urlsplit(""), False
    with_user = "@" in (parts.netloc if usable else text)
    more = "?" in text or "#" in text
    if usable and not more and not with_user:
        return text.rstrip("/")
    shown = shown_url(text)
    del url, text, parts  # which may hold a secret, and a traceback shows the variables
    if with_user:
        raise ConfigurationError(
            f"{name} holds a user name or password",
            url=shown,
            next_step="Take them out of the URL and set DSERVER_USERNAME and DSERVER_PASSWORD",
        )
    if usable:
        raise ConfigurationError(
            f"{name} contains ? or #, which cannot be part of the URL of a server",
            url=shown,
            next_step=f"Remove it and everything after it: {shown.rstrip('/')}",
        )
    raise ConfigurationError(
        f"{name} is {shown!r}, which is not the URL of a server",
        url=shown,
        next_step=f"Set {name} to something like https://dserver.example or http://localhost:5000",
    )


def shown_url(url: str) -> str:
    """Return a URL without what may be a secret in it: what precedes the host, or follows ?."""
    return re.split("[?#]", re.sub(r"(?s)^(\w+://)?.*@", r"\1…@", url))[0]


def origin(url: str) -> tuple[str, str | None, int | None]:
    """Return scheme, host and port of a URL: what a secret must not leave."""
    try:
        parts = urlsplit(url)
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    except ValueError:
        return "", None, None  # no URL
    return parts.scheme, parts.hostname, port


def _token(given: Given, config: Any, url: str) -> tuple[str, str]:
    if given.token is not None:
        return given.token.strip(), "argument"
    if (given.username, given.password, given.api_key) != (None, None, None):
        return "", ""
    token = (config.token or "").strip()  # a token read from a file ends in a line break
    # A configured token is for the configured server: another one must not see it.
    if token and given.url is not None:
        configured = config.lookup_url
        if configured and origin(url) != origin(configured):
            return "", ""
    return token, _config.source_of(_config.DSERVER_TOKEN_KEY) if token else ""


def _token_url(given: Given, config: Any) -> str:
    name = _config.DSERVER_TOKEN_GENERATOR_URL_KEY if given.auth_url is None else "auth_url"
    if not _first(given.auth_url, config.auth_url):
        return ""
    return checked_url(_config.token_url(_first(given.auth_url, config.auth_url)), name)


def _credentials(given: Given, config: Any, token: str) -> tuple[str | None, str | None]:
    """Return the credentials that are known without asking anybody."""
    if isinstance(config, _config.DtoolLookupAPIConfig):
        username = _config.value_of(_config.DSERVER_USERNAME_KEY)
        password = _config.value_of(_config.DSERVER_PASSWORD_KEY)
        owner = _config.password_owner()
    elif token:
        username = password = owner = None  # another's properties may prompt, and need not
    else:
        username, password = config.username, config.password
        owner = username
    user = _first(given.username, username)
    if given.password is None and password and owner and owner != user:
        password = None  # a wrong one could lock the account
        if not token and given.api_key is None:
            raise ConfigurationError(
                f"The configured password is that of {owner!r}, not of {user!r}",
                next_step="Give the password along with the user name, or set "
                f"{_config.DSERVER_PASSWORD_KEY} where {_config.DSERVER_USERNAME_KEY} is set",
            )
    return user, _first(given.password, password)


def _api_key(given: Given, config: Any) -> str:
    """Return the API key to log in with, empty where it is to be the password."""
    if given.api_key is not None:
        return given.api_key.strip()
    # A configured key is for the configured generator, and opens it for any user.
    own = given.auth_url is None or origin(given.auth_url) == origin(config.auth_url or "")
    if given.password is not None or not own:
        return ""
    return (getattr(config, "api_key", "") or "").strip()
