"""The classes of dtool-lookup-api 0.10, over ``AsyncClient``.

Each is a subclass of the one before::

    UnauthenticatedLookupClient
    └── TokenBasedLookupClient
        └── CredentialsBasedLookupClient
            ├── ConfigurationBasedAuthenticatedLookupClient
            │   └── ConfigurationBasedLookupClient
            └── LookupClient                  (deprecated)

New programs should use ``dtool_lookup_api.AsyncClient``.
"""

import warnings
from types import TracebackType
from typing import Any, Self, TypeVar, cast

from ..core import config as _config
from ..core.operation import Operation
from ..core.settings import resolve_settings
from ..errors import AuthenticationError, InvalidRequestError, LookupServerError
from .aiohttp_errors import aiohttp_session, catchable_as_aiohttp
from .methods import DeprecatedMethods

__all__ = [
    "ConfigurationBasedAuthenticatedLookupClient",
    "ConfigurationBasedLookupClient",
    "CredentialsBasedLookupClient",
    "LookupClient",
    "TokenBasedLookupClient",
    "UnauthenticatedLookupClient",
]

_T = TypeVar("_T")


class UnauthenticatedLookupClient(DeprecatedMethods):
    """Talk to a dserver without a token.

    Args:
        lookup_url: URL of the dserver.
        verify_ssl: Whether to verify certificates, or the path of a CA bundle.
    """

    def __init__(self, lookup_url: str | None, verify_ssl: bool | str | None = True) -> None:
        super().__init__(lookup_url, verify_ssl=verify_ssl, disable_authentication=True)
        self._session: Any = None

    async def _run(self, operation: Operation[_T]) -> _T:
        try:
            with catchable_as_aiohttp():
                return await super()._run(operation)
        except LookupServerError as error:
            raise error.with_traceback(None) from None  # as in `run_async`

    def _state(self) -> dict[str, Any]:
        return {**super()._state(), "_session": None}

    async def __aenter__(self) -> Self:
        await self.connect()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    async def connect(self) -> None:
        """Do what is needed before the first call: nothing; sockets are opened by calls."""

    async def close(self) -> None:
        """Close the connection to the server; the next call opens it again."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()
        await self.aclose()

    async def create_session(self) -> None:
        """Make the ``session``, which its first use does, too."""
        _ = self.session

    @property
    def session(self) -> Any:
        """An ``aiohttp.ClientSession`` for requests of your own, if aiohttp is installed.

        Subclasses for 0.10 use it, with ``lookup_url`` and ``header``. The methods of this
        class do not need it.
        """
        if self._session is None or getattr(self._session, "closed", False):
            self._session = aiohttp_session(self.verify_ssl)
        return self._session

    @session.setter
    def session(self, value: Any) -> None:
        self._session = value

    @property
    def header(self) -> dict[str, str]:
        """Headers that are sent for authentication: none."""
        return {}

    @property
    def lookup_url(self) -> str | None:
        """URL of the dserver."""
        url: str | None = _configured(self._option("url"), "lookup_url")
        return url

    @lookup_url.setter
    def lookup_url(self, value: str | None) -> None:
        self._reconfigure(url=value)

    @property
    def verify_ssl(self) -> bool | str:
        """Whether certificates are verified, or the path of a CA bundle."""
        verify: bool | str = _configured(self._option("verify_ssl"), "verify_ssl")
        return verify

    @verify_ssl.setter
    def verify_ssl(self, value: bool | str | None) -> None:
        self._reconfigure(verify_ssl=value)


class TokenBasedLookupClient(UnauthenticatedLookupClient):
    """Talk to a dserver with a token.

    Args:
        lookup_url: URL of the dserver.
        token: The token.
        verify_ssl: Whether to verify certificates, or the path of a CA bundle.
    """

    def __init__(
        self,
        lookup_url: str | None,
        token: str | None = None,
        verify_ssl: bool | str | None = True,
    ) -> None:
        super().__init__(lookup_url, verify_ssl=verify_ssl)
        # Only what the constructor was given counts: no generator that is configured.
        self._reconfigure(token=token or "", auth_url="", disable_authentication=False)

    async def connect(self) -> None:
        """Check that there is a token.

        Raises:
            InvalidRequestError: If the token is missing (also a ValueError).
        """
        if not self.token:
            raise InvalidRequestError("There is no token", next_step="Give one as token")

    @property
    def token(self) -> str | None:
        """The token that is sent, if there is one already."""
        token: str | None = self._option("token")
        return token or self._kept_token()

    @token.setter
    def token(self, value: str | None) -> None:
        self._reconfigure(token=value)

    @property
    def header(self) -> dict[str, str]:
        """Headers that are sent for authentication."""
        return {"Authorization": f"Bearer {self.token}"}

    async def has_valid_token(self) -> bool:
        """Return whether the server accepts the token; costs a request.

        Raises:
            LookupServerError: If the server does not answer that.
        """
        token = self.token
        if not token:
            return False
        alone = TokenBasedLookupClient(self.lookup_url, token, self.verify_ssl)
        try:
            await alone.get_config()
        except AuthenticationError:
            return False
        finally:
            await alone.aclose()
        return True

    def _kept_token(self) -> str | None:
        from ..core.auth import TokenAuth

        return TokenAuth(resolve_settings(self._options)).token_at_hand()


class CredentialsBasedLookupClient(TokenBasedLookupClient):
    """Talk to a dserver with a new token for every session, got for user name and password.

    Args:
        lookup_url: URL of the dserver.
        auth_url: URL of the token generator.
        username: User name for the generator.
        password: Password for the generator.
        verify_ssl: Whether to verify certificates, or the path of a CA bundle.
    """

    def __init__(
        self,
        lookup_url: str | None,
        auth_url: str | None,
        username: str | None,
        password: str | None,
        verify_ssl: bool | str | None = True,
    ) -> None:
        super().__init__(lookup_url, verify_ssl=verify_ssl)
        self._reconfigure(token=None, auth_url=auth_url, username=username, password=password)

    async def authenticate(self) -> str:
        """Log in at the token generator and return the new token.

        Raises:
            AuthenticationError: If the login is refused (also a RuntimeError).
            LookupServerError: If the generator does not answer.
        """
        from ..core.auth import new_token

        with catchable_as_aiohttp():
            return await self._run_steps(
                lambda session: new_token(session.settings, "authenticate")
            )

    async def connect(self) -> None:
        """Log in, for a token of this session.

        Raises:
            AuthenticationError: If the login is refused (also a RuntimeError).
            LookupServerError: If the generator does not answer.
        """
        self.token = await self.authenticate()
        await super().connect()

    @property
    def auth_url(self) -> str:
        """URL of the token generator."""
        url: str = _configured(self._option("auth_url"), "auth_url")
        return url

    @auth_url.setter
    def auth_url(self, value: str | None) -> None:
        self._reconfigure(auth_url=value)

    @property
    def username(self) -> str | None:
        """User name that was given, or None: then the configured one is used."""
        value: str | None = self._option("username")
        return value

    @username.setter
    def username(self, value: str | None) -> None:
        self._reconfigure(username=value)

    @property
    def password(self) -> str | None:
        """Password that was given, or None: then the configured one is used."""
        value: str | None = self._option("password")
        return value

    @password.setter
    def password(self, value: str | None) -> None:
        self._reconfigure(password=value)


class ConfigurationBasedAuthenticatedLookupClient(CredentialsBasedLookupClient):
    """Talk to the configured dserver with the configured token, or with one got by logging in.

    Args:
        lookup_url: URL of the dserver, default ``DSERVER_URL``.
        auth_url: URL of the token generator, default ``DSERVER_TOKEN_GENERATOR_URL``.
        username: User name for the generator, default ``DSERVER_USERNAME``, or asked for.
        password: Password for the generator, default ``DSERVER_PASSWORD``, or asked for.
        verify_ssl: Whether to verify certificates, default ``DSERVER_VERIFY_SSL``.
        cache_token: Whether to share a token with everything in the process that has the same
            configuration. It is kept in memory; nothing is written to ``dtool.json``.
    """

    def __init__(
        self,
        lookup_url: str | None = None,
        auth_url: str | None = None,
        username: str | None = None,
        password: str | None = None,
        verify_ssl: bool | str | None = None,
        cache_token: bool = True,
    ) -> None:
        super().__init__(lookup_url, auth_url, username, password, verify_ssl=verify_ssl)
        self.cache_token: bool = cache_token

    async def connect(self) -> None:
        """Make sure that there is a token: configured, kept from before, or by logging in.

        Raises:
            AuthenticationError: If the login is refused (also a RuntimeError).
            LookupServerError: If the generator does not answer.
        """
        if not self.cache_token:
            await CredentialsBasedLookupClient.connect(self)
            return
        with catchable_as_aiohttp():
            await self._run_steps(lambda session: session.auth.shared_token("connect"))


class ConfigurationBasedLookupClient(ConfigurationBasedAuthenticatedLookupClient):
    """Talk to the configured dserver, with or without a token, as configured.

    With authentication switched off, the object is an ``UnauthenticatedLookupClient``.

    Args:
        lookup_url: URL of the dserver, default ``DSERVER_URL``.
        auth_url: URL of the token generator, default ``DSERVER_TOKEN_GENERATOR_URL``.
        username: User name for the generator, default ``DSERVER_USERNAME``, or asked for.
        password: Password for the generator, default ``DSERVER_PASSWORD``, or asked for.
        verify_ssl: Whether to verify certificates, default ``DSERVER_VERIFY_SSL``.
        disable_authentication: Whether to send no token, default
            ``DSERVER_DISABLE_AUTHENTICATION``, which is off unless set.
        cache_token: Whether to share a token with everything in the process that has the same
            configuration.
    """

    def __new__(
        cls,
        lookup_url: str | None = None,
        auth_url: str | None = None,
        username: str | None = None,
        password: str | None = None,
        verify_ssl: bool | str | None = None,
        disable_authentication: bool | None = None,
        cache_token: bool = True,
    ) -> Self:
        """Choose the class by the configuration."""
        if _configured(disable_authentication, "disable_authentication"):
            return cast("Self", UnauthenticatedLookupClient(lookup_url, verify_ssl))
        return super().__new__(cls)

    def __init__(
        self,
        lookup_url: str | None = None,
        auth_url: str | None = None,
        username: str | None = None,
        password: str | None = None,
        verify_ssl: bool | str | None = None,
        disable_authentication: bool | None = None,
        cache_token: bool = True,
    ) -> None:
        super().__init__(lookup_url, auth_url, username, password, verify_ssl, cache_token)


class LookupClient(CredentialsBasedLookupClient):
    """Do the same as ``CredentialsBasedLookupClient``; this is its old name.

    Deprecated: use ``CredentialsBasedLookupClient``, or ``dtool_lookup_api.AsyncClient``.

    Args:
        lookup_url: URL of the dserver.
        auth_url: URL of the token generator.
        username: User name for the generator.
        password: Password for the generator.
        verify_ssl: Whether to verify certificates, or the path of a CA bundle.
    """

    def __init__(
        self,
        lookup_url: str | None,
        auth_url: str | None,
        username: str | None,
        password: str | None,
        verify_ssl: bool | str | None = True,
    ) -> None:
        warnings.warn(
            "LookupClient is deprecated, use CredentialsBasedLookupClient instead",
            DeprecationWarning,
            stacklevel=2,
        )
        super().__init__(lookup_url, auth_url, username, password, verify_ssl)


def _configured(given: Any, name: str) -> Any:
    """Return what was given, or else what is configured in this moment."""
    if given is not None:
        return given
    default = False if name == "disable_authentication" else None
    return getattr(_config.active_config(), name, default)
