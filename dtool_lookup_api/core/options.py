# Derived by `make generate` from dtool_lookup_api/core/declarations.py: do not edit.
"""What the table of settings defines: properties of ``Config``, options, settings of a call."""

from collections.abc import Collection
from typing import Any, Final, NamedTuple

from .declarations import SETTINGS
from .dtool_json import Snapshot
from .messages import AsyncTransport, Transport
from .secret import Secret
from .values import concealed

__all__ = [
    "DSERVER_API_KEY_KEY",
    "DSERVER_DEADLINE_KEY",
    "DSERVER_DISABLE_AUTHENTICATION_KEY",
    "DSERVER_ENGINE_KEY",
    "DSERVER_MAX_CONNECTIONS_KEY",
    "DSERVER_MAX_RESPONSE_MB_KEY",
    "DSERVER_PASSWORD_KEY",
    "DSERVER_RETRIES_KEY",
    "DSERVER_STORAGE_PROXY_KEY",
    "DSERVER_STORAGE_TIMEOUT_KEY",
    "DSERVER_STORAGE_VERIFY_SSL_KEY",
    "DSERVER_TIMEOUT_KEY",
    "DSERVER_TOKEN_GENERATOR_URL_KEY",
    "DSERVER_TOKEN_KEY",
    "DSERVER_URL_KEY",
    "DSERVER_USERNAME_KEY",
    "DSERVER_VERIFY_SSL_KEY",
    "ClientArguments",
    "ClientOptions",
    "ConfigProperties",
    "SettingValues",
]

DSERVER_URL_KEY: Final = "DSERVER_URL"
DSERVER_TOKEN_KEY: Final = "DSERVER_TOKEN"
DSERVER_TOKEN_GENERATOR_URL_KEY: Final = "DSERVER_TOKEN_GENERATOR_URL"
DSERVER_USERNAME_KEY: Final = "DSERVER_USERNAME"
DSERVER_PASSWORD_KEY: Final = "DSERVER_PASSWORD"
DSERVER_API_KEY_KEY: Final = "DSERVER_API_KEY"
DSERVER_VERIFY_SSL_KEY: Final = "DSERVER_VERIFY_SSL"
DSERVER_DISABLE_AUTHENTICATION_KEY: Final = "DSERVER_DISABLE_AUTHENTICATION"
DSERVER_TIMEOUT_KEY: Final = "DSERVER_TIMEOUT"
DSERVER_DEADLINE_KEY: Final = "DSERVER_DEADLINE"
DSERVER_RETRIES_KEY: Final = "DSERVER_RETRIES"
DSERVER_MAX_CONNECTIONS_KEY: Final = "DSERVER_MAX_CONNECTIONS"
DSERVER_MAX_RESPONSE_MB_KEY: Final = "DSERVER_MAX_RESPONSE_MB"
DSERVER_STORAGE_VERIFY_SSL_KEY: Final = "DSERVER_STORAGE_VERIFY_SSL"
DSERVER_STORAGE_PROXY_KEY: Final = "DSERVER_STORAGE_PROXY"
DSERVER_STORAGE_TIMEOUT_KEY: Final = "DSERVER_STORAGE_TIMEOUT"
DSERVER_ENGINE_KEY: Final = "DSERVER_ENGINE"


class ClientOptions(NamedTuple):
    """The arguments of a client's constructor; None means: as configured."""

    url: str | Secret[str] | None = None
    token: Secret[str] | None = None
    auth_url: str | Secret[str] | None = None
    username: str | None = None
    password: Secret[str] | None = None
    api_key: Secret[str] | None = None
    verify_ssl: bool | str | None = None
    disable_authentication: bool | None = None
    timeout: float | None = None
    deadline: float | None = None
    retries: int | None = None
    max_connections: int | None = None
    max_response_mb: float | None = None
    storage_verify_ssl: bool | str | None = None
    storage_proxy: str | Secret[str] | None = None
    storage_timeout: float | None = None
    assume_offered: Collection[str] | None = None
    engine: str | Transport | AsyncTransport | None = None

    def changed(self, **given: Any) -> "ClientOptions":
        """Return a copy with other values for some options."""
        settings = [setting for setting in SETTINGS if setting.option in given]
        return self._replace(**{s.option: concealed(s, given[s.option]) for s in settings})


class SettingValues(NamedTuple):
    """The settings of a call, and their sources."""

    url: str
    token: Secret[str]
    auth_url: str
    username: str | None
    password: Secret[str] | None
    api_key: Secret[str]
    verify_ssl: bool | str
    disable_authentication: bool
    timeout: float
    deadline: float
    retries: int
    max_connections: int
    max_response_mb: float
    storage_verify_ssl: bool | str
    storage_proxy: str | Secret[str]
    storage_timeout: float
    assume_offered: frozenset[str]
    engine: Any
    url_source: str
    token_source: str
    retries_set: bool
    """Whether the number of retries was set, even to the default."""
    network: Secret[tuple[str | None, ...]]
    """The environment variables that apply to new connections."""
    config: Any
    """The configuration, which may prompt for missing values."""
    snapshot: Snapshot | None
    withheld: tuple[str, ...]
    """Settings of another server, which are not sent to this one."""
    for_storage: bool = False
    """Whether these are the settings of connections to storage."""


class ConfigProperties:
    """The properties of a configuration, one for each setting."""

    def _get(self, key: str) -> Any:
        raise NotImplementedError

    def _set(self, key: str, value: Any) -> None:
        raise NotImplementedError

    @property
    def lookup_url(self) -> str | None:
        """URL of the dserver, including its path.

        The setting ``DSERVER_URL``.
        """
        value: str | None = self._get("DSERVER_URL")
        return value

    @lookup_url.setter
    def lookup_url(self, value: str | None) -> None:
        self._set("DSERVER_URL", value)

    @property
    def token(self) -> str:
        """Token to send as it is.

        The setting ``DSERVER_TOKEN``.
        """
        value: str = self._get("DSERVER_TOKEN")
        return value

    @token.setter
    def token(self, value: str | None) -> None:
        self._set("DSERVER_TOKEN", value)

    @property
    def auth_url(self) -> str:
        """URL of the token generator; the final ``/token`` may be left out.

        The setting ``DSERVER_TOKEN_GENERATOR_URL``.
        """
        value: str = self._get("DSERVER_TOKEN_GENERATOR_URL")
        return value

    @auth_url.setter
    def auth_url(self, value: str | None) -> None:
        self._set("DSERVER_TOKEN_GENERATOR_URL", value)

    @property
    def username(self) -> str | None:
        """User name for the token generator.

        The setting ``DSERVER_USERNAME``; if it is not set, you are prompted.
        """
        value: str | None = self._get("DSERVER_USERNAME")
        return value

    @username.setter
    def username(self, value: str | None) -> None:
        self._set("DSERVER_USERNAME", value)

    @property
    def password(self) -> str | None:
        """Password for the token generator.

        The setting ``DSERVER_PASSWORD``; if it is not set, you are prompted.
        """
        value: str | None = self._get("DSERVER_PASSWORD")
        return value

    @password.setter
    def password(self, value: str | None) -> None:
        self._set("DSERVER_PASSWORD", value)

    @property
    def api_key(self) -> str:
        """API key of the OAuth2 token generator, for operators: it makes tokens for any user.

        The setting ``DSERVER_API_KEY``.
        """
        value: str = self._get("DSERVER_API_KEY")
        return value

    @api_key.setter
    def api_key(self, value: str | None) -> None:
        self._set("DSERVER_API_KEY", value)

    @property
    def verify_ssl(self) -> bool | str:
        """Whether to verify certificates (``false`` is for tests only), or the path of a CA bundle.

        The setting ``DSERVER_VERIFY_SSL``.
        """
        value: bool | str = self._get("DSERVER_VERIFY_SSL")
        return value

    @verify_ssl.setter
    def verify_ssl(self, value: bool | str | None) -> None:
        self._set("DSERVER_VERIFY_SSL", value)

    @property
    def disable_authentication(self) -> bool:
        """Whether to send no token at all.

        The setting ``DSERVER_DISABLE_AUTHENTICATION``.
        """
        value: bool = self._get("DSERVER_DISABLE_AUTHENTICATION")
        return value

    @disable_authentication.setter
    def disable_authentication(self, value: bool | str | None) -> None:
        self._set("DSERVER_DISABLE_AUTHENTICATION", value)

    @property
    def timeout(self) -> float:
        """Seconds to wait for a connection, or for the next byte.

        The setting ``DSERVER_TIMEOUT``.
        """
        value: float = self._get("DSERVER_TIMEOUT")
        return value

    @timeout.setter
    def timeout(self, value: float | None) -> None:
        self._set("DSERVER_TIMEOUT", value)

    @property
    def deadline(self) -> float:
        """Seconds for one call, including login and retries.

        The setting ``DSERVER_DEADLINE``.
        """
        value: float = self._get("DSERVER_DEADLINE")
        return value

    @deadline.setter
    def deadline(self, value: float | None) -> None:
        self._set("DSERVER_DEADLINE", value)

    @property
    def retries(self) -> int:
        """How often to retry a call that is safe to repeat; 0 for never.

        The setting ``DSERVER_RETRIES``.
        """
        value: int = self._get("DSERVER_RETRIES")
        return value

    @retries.setter
    def retries(self, value: int | None) -> None:
        self._set("DSERVER_RETRIES", value)

    @property
    def max_connections(self) -> int:
        """How many calls of a client may be under way at a time; the others wait their turn.

        The setting ``DSERVER_MAX_CONNECTIONS``.
        """
        value: int = self._get("DSERVER_MAX_CONNECTIONS")
        return value

    @max_connections.setter
    def max_connections(self, value: int | None) -> None:
        self._set("DSERVER_MAX_CONNECTIONS", value)

    @property
    def max_response_mb(self) -> float:
        """Size limit of a response in millions of bytes, after decompression.

        The setting ``DSERVER_MAX_RESPONSE_MB``.
        """
        value: float = self._get("DSERVER_MAX_RESPONSE_MB")
        return value

    @max_response_mb.setter
    def max_response_mb(self, value: float | None) -> None:
        self._set("DSERVER_MAX_RESPONSE_MB", value)

    @property
    def storage_verify_ssl(self) -> bool | str:
        """As ``verify_ssl``, for transfers of data from and to storage.

        The setting ``DSERVER_STORAGE_VERIFY_SSL``.
        """
        value: bool | str = self._get("DSERVER_STORAGE_VERIFY_SSL")
        return value

    @storage_verify_ssl.setter
    def storage_verify_ssl(self, value: bool | str | None) -> None:
        self._set("DSERVER_STORAGE_VERIFY_SSL", value)

    @property
    def storage_proxy(self) -> str:
        """URL of the proxy for transfers, or ``none``; where it is not set, the environment's.

        The setting ``DSERVER_STORAGE_PROXY``.
        """
        value: str = self._get("DSERVER_STORAGE_PROXY")
        return value

    @storage_proxy.setter
    def storage_proxy(self, value: str | None) -> None:
        self._set("DSERVER_STORAGE_PROXY", value)

    @property
    def storage_timeout(self) -> float:
        """Seconds without a byte after which a transfer fails; transfers have no deadline.

        The setting ``DSERVER_STORAGE_TIMEOUT``.
        """
        value: float = self._get("DSERVER_STORAGE_TIMEOUT")
        return value

    @storage_timeout.setter
    def storage_timeout(self, value: float | None) -> None:
        self._set("DSERVER_STORAGE_TIMEOUT", value)

    @property
    def engine(self) -> str:
        """The HTTP library: ``httpx``, or ``aiohttp`` for async calls.

        The setting ``DSERVER_ENGINE``.
        """
        value: str = self._get("DSERVER_ENGINE")
        return value

    @engine.setter
    def engine(self, value: str | None) -> None:
        self._set("DSERVER_ENGINE", value)


class ClientArguments:
    """The options of clients."""

    def __init__(
        self,
        url: str | None = None,
        *,
        token: str | None = None,
        auth_url: str | None = None,
        username: str | None = None,
        password: str | None = None,
        api_key: str | None = None,
        verify_ssl: bool | str | None = None,
        disable_authentication: bool | None = None,
        timeout: float | None = None,
        deadline: float | None = None,
        retries: int | None = None,
        max_connections: int | None = None,
        max_response_mb: float | None = None,
        storage_verify_ssl: bool | str | None = None,
        storage_proxy: str | None = None,
        storage_timeout: float | None = None,
        assume_offered: Collection[str] | None = None,
        engine: str | Transport | AsyncTransport | None = None,
    ) -> None:
        self._options = ClientOptions().changed(
            url=url,
            token=token,
            auth_url=auth_url,
            username=username,
            password=password,
            api_key=api_key,
            verify_ssl=verify_ssl,
            disable_authentication=disable_authentication,
            timeout=timeout,
            deadline=deadline,
            retries=retries,
            max_connections=max_connections,
            max_response_mb=max_response_mb,
            storage_verify_ssl=storage_verify_ssl,
            storage_proxy=storage_proxy,
            storage_timeout=storage_timeout,
            assume_offered=assume_offered,
            engine=engine,
        )
