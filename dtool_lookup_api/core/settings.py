"""Resolve the settings of a call: arguments over environment over dtool.json over defaults.

A setting is declared in ``declarations``. Here stands only what concerns several at once: which
secret is for which server.
"""

import os
from collections.abc import Callable, Collection
from functools import cached_property
from typing import Any, Final, Generic, TypeVar

from ..errors import ConfigurationError
from . import config as _config
from . import dtool_json
from .declarations import LOGIN_SECRETS, SETTINGS, Setting
from .dtool_json import Snapshot
from .options import ClientOptions, SettingValues
from .routes import FUNCTIONS
from .secret import Secret, revealed
from .values import checked_url, concealed, convert, origin, token_url

__all__ = ["NETWORK_VARIABLES", "Settings", "SettingsCache", "resolve_settings"]

_T = TypeVar("_T")

NETWORK_VARIABLES: Final = (
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
"""Environment variables that httpx and ssl obey when a connection is made."""

_BY_OPTION: Final = {setting.option: setting for setting in SETTINGS}
_INDEPENDENT: Final = [
    setting.option
    for setting in SETTINGS
    if setting.kind in ("switch", "verify", "number", "proxy")
]
"""Settings that concern no other."""


class Settings(SettingValues):
    """What one call uses."""

    @property
    def authenticate(self) -> bool:
        """Whether calls are sent with a token."""
        return not self.disable_authentication

    @cached_property
    def connection_key(self) -> "Settings":
        """The settings less what only the token flow needs: what a connection depends on."""
        secrets: dict[str, Any] = dict.fromkeys(LOGIN_SECRETS, Secret(""))
        return self._replace(
            **secrets,
            token=Secret(""),
            auth_url="",
            username=None,
            password=None,
            disable_authentication=True,
            assume_offered=frozenset(),
            url_source="",
            token_source="",
            config=None,
            snapshot=None,
            withheld=(),
        )

    @cached_property
    def storage_key(self) -> "Settings":
        """What a connection to storage depends on: nothing that is set for the server's."""
        key = self.connection_key
        return key._replace(url="", verify_ssl=self.storage_verify_ssl, for_storage=True)


class SettingsCache(Generic[_T]):
    """What one client's calls share, made anew when what its settings come from has changed.

    Looking at that takes a tenth of the time that resolving them takes.

    Args:
        make: Makes it from the settings.
        options: The options of the client.
    """

    def __init__(
        self, make: Callable[[Settings], _T], options: ClientOptions | None = None
    ) -> None:
        self._make = make
        self._options = options
        self._made: tuple[Snapshot, tuple[Any, ...], _T] | None = None

    def current(self) -> _T:
        """Return what a call uses: the same object as long as nothing has changed.

        Raises:
            ConfigurationError: If a setting is missing or cannot be used.
        """
        fingerprint = _config.fingerprint(_config.active_config())
        made = self._made
        if made is not None and made[1] == fingerprint and made[0].is_current():
            return made[2]
        snapshot = Snapshot()
        found = self._make(resolve_settings(self._options, snapshot))
        self._made = None if fingerprint is None else (snapshot, fingerprint, found)
        return found


def resolve_settings(
    options: ClientOptions | None = None, snapshot: Snapshot | None = None
) -> Settings:
    """Return the settings of a call, all from one snapshot.

    Args:
        options: The options of a client.
        snapshot: What environment and dtool.json hold, default what they hold now.

    Raises:
        ConfigurationError: If a setting is missing or cannot be used.
    """
    snapshot = snapshot or Snapshot()
    with dtool_json.pinned(snapshot):
        return _Resolver(_checked(options or ClientOptions()), snapshot).settings()


class _Resolver:
    """Resolve the settings of one call.

    Args:
        options: The options of a client.
        snapshot: What environment and dtool.json hold.
    """

    def __init__(self, options: ClientOptions, snapshot: Snapshot) -> None:
        self._options = options
        self._snapshot = snapshot
        self._config: Any = _config.active_config()
        self._read: dict[str, Any] = {}
        self._withheld: list[str] = []

    def settings(self) -> Settings:
        """Return them."""
        url = self._url()
        auth_url = self._auth_url(url)
        token = self._token(url)
        username, password = self._credentials(token, auth_url)
        others: dict[str, Any] = {option: self._value(option) for option in _INDEPENDENT}
        others |= {option: self._login_secret(option, auth_url) for option in LOGIN_SECRETS}
        return Settings(
            **others,
            url=url,
            token=token,
            auth_url=auth_url,
            username=username,
            password=password,
            assume_offered=_assume_offered(self._options),
            engine=self._engine(),
            url_source=self._source_of("url"),
            token_source=self._source_of("token") if token else "",
            retries_set=self._given_or_configured("retries") not in (None, ""),
            network=Secret(tuple(os.environ.get(name) for name in NETWORK_VARIABLES)),
            config=self._config,
            snapshot=self._snapshot,
            withheld=tuple(self._withheld),
        )

    # --- one setting ---------------------------------------------------------------------

    def _value(self, option: str) -> Any:
        """Return a setting in its type."""
        given = getattr(self._options, option)
        name = option if given is not None else self._snapshot.name_of(_BY_OPTION[option].key)
        return convert(_BY_OPTION[option], self._given_or_configured(option), name)

    def _given_or_configured(self, option: str) -> Any:
        given = getattr(self._options, option)
        return self._configured(option) if given is None else given

    def _configured(self, option: str) -> Any:
        """Return what is configured for a setting, or None; a secret as ``Secret``."""
        if option not in self._read:
            self._read[option] = self._read_configured(_BY_OPTION[option])
        return self._read[option]

    def _read_configured(self, setting: Setting) -> Any:
        name = setting.attribute or setting.option
        if not _config.overrides(self._config, name):
            return self._snapshot.get(setting.key)  # the property would ask the user
        try:
            return concealed(setting, getattr(self._config, name))
        except AttributeError:  # an object for 0.10
            return None if setting.secret else self._snapshot.get(setting.key)

    def _source_of(self, option: str) -> str:
        if getattr(self._options, option) is not None:
            return "argument"
        return self._snapshot.source_of(_BY_OPTION[option].key)

    # --- those that concern others -------------------------------------------------------

    def _url(self) -> str:
        key = _BY_OPTION["url"].key
        if self._options.url is not None:
            return checked_url(self._options.url, "url")
        if configured := self._configured("url"):
            return checked_url(configured, key)
        if isinstance(self._config, _config.DtoolLookupAPIConfig):
            dtool_json.check_file()  # which may hold it
        raise ConfigurationError(
            f"{key} is not set",
            url="",
            next_step=dtool_json.advice_on_names()
            or f"Set it in the environment (export {key}=https://dserver.example) or in "
            f"{dtool_json.config_path()}",
        )

    def _auth_url(self, url: str) -> str:
        given = self._options.auth_url
        if given is not None:
            return token_url(checked_url(given, "auth_url")) if given else ""
        configured = self._configured("auth_url")
        # Its tokens are for the configured server: another one must not see them.
        if not configured or not self._is_for("auth_url", "url", url):
            return ""
        return token_url(checked_url(configured, _BY_OPTION["auth_url"].key))

    def _token(self, url: str) -> Secret[str]:
        options = self._options
        if options.token is not None:
            return _stripped(options.token)
        login = (options.username, options.password, *self._given_login_secrets())
        if any(value is not None for value in login):
            return Secret("")
        configured = _stripped(self._configured("token"))
        return configured if configured and self._is_for("token", "url", url) else Secret("")

    def _credentials(
        self, token: Secret[str], auth_url: str
    ) -> tuple[str | None, Secret[str] | None]:
        """Return the credentials that are known without asking the user."""
        options = self._options
        username = password = owner = None
        overridden = any(_config.overrides(self._config, name) for name in ("username", "password"))
        if not (token and overridden):  # another's properties may ask, and need not
            username, password = self._configured("username"), self._configured("password")
            owner = self._along_with("password", "username")
        user = username if options.username is None else options.username
        if options.password is not None:
            return user, options.password
        if password and auth_url and not self._is_for("password", "auth_url", auth_url):
            return user, None
        if password and owner and owner != user:
            password = None  # a wrong one could lock the account
            if not token and not any(self._given_login_secrets()):
                raise ConfigurationError(
                    f"The configured password is that of {owner!r}, not of {user!r}",
                    next_step="Give the password along with the user name, or set "
                    "DSERVER_PASSWORD where DSERVER_USERNAME is set",
                )
        return user, password

    def _given_login_secrets(self) -> list[Secret[str] | None]:
        return [getattr(self._options, option) for option in LOGIN_SECRETS]

    def _login_secret(self, option: str, auth_url: str) -> Secret[str]:
        """Return a secret to log in with, empty where it is to be the password."""
        options = self._options
        given: Secret[str] | None = getattr(options, option)
        if given is not None:
            return _stripped(given)
        configured = _stripped(self._configured(option))
        if options.password is not None or not configured or not auth_url:
            return Secret("")
        # It may open the generator for any user: where none is configured, none is trusted with it.
        is_trusted = options.auth_url is None or self._configured("auth_url")
        if not is_trusted or not self._is_for(option, "auth_url", auth_url):
            return Secret("")
        return configured

    def _is_for(self, option: str, server: str, url: str) -> bool:
        """Return whether what is configured for an option may be sent to a server.

        It may be sent to the one that is configured along with it, or to any if there is none.

        Args:
            option: Name of the option.
            server: Name of the option that says which server it is for.
            url: URL of the server that it would be sent to.
        """
        named = self._along_with(option, server)
        if not isinstance(named, str) or not named or origin(named) == origin(url):
            return True
        self._withheld.append(_BY_OPTION[option].key)
        return False

    def _along_with(self, option: str, other: str) -> Any:
        """Return what is configured along with an option for another one.

        What stands in dtool.json is not for a server or a user that only the environment names.
        """
        both = _BY_OPTION[option], _BY_OPTION[other]
        overridden = any(_config.overrides(self._config, s.attribute or s.option) for s in both)
        if overridden or self._snapshot.source_of(both[0].key) != "dtool.json":
            return revealed(self._configured(other))
        return revealed(self._snapshot.in_file(both[1].key))

    def _engine(self) -> Any:
        """Return the name of the engine, or the transport that is given in its place."""
        options = self._options
        if not isinstance(options.engine, str | None) and options.verify_ssl is not None:
            raise ConfigurationError(
                "verify_ssl does not reach a transport that is given as engine",
                next_step="Leave it out, and let the transport verify certificates",
            )
        return self._value("engine")


def _checked(options: ClientOptions) -> ClientOptions:
    """Return options whose texts are texts, without the secrets that a pickle has left out."""
    given = {name: value for name, value in options._asdict().items() if value is not None}
    for name, value in given.items():
        is_text = _BY_OPTION[name].kind in ("text", "proxy") or name == "auth_url"
        if is_text and not isinstance(revealed(value), str | None):
            raise ConfigurationError(f"{name} is not a str", next_step="Give a str")
    lost = [name for name, value in given.items() if revealed(value) is None]
    secrets = [name for name in given if _BY_OPTION[name].secret and name not in lost]
    # What is configured may be another user's: that password could lock this one's account.
    if lost and (not secrets or "url" in lost):
        names = " and ".join(lost)
        raise ConfigurationError(
            f"Pickling this client left out its {names}, because secrets are not pickled",
            next_step=f"Make a client with the {names} in this process",
        )
    return options.changed(**dict.fromkeys(lost))


def _assume_offered(options: ClientOptions) -> frozenset[str]:
    """Return the functions that the client's server is said to offer.

    No environment variable says so: it would be said of any server that is configured later.
    """
    names = options.assume_offered
    if not names:
        return frozenset()
    if isinstance(names, str):
        raise ConfigurationError("assume_offered is a str", next_step=f"Give a list: [{names!r}]")
    if not isinstance(names, Collection):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise ConfigurationError(
            f"assume_offered={names!r} is not a list",
            next_step='Give names of functions, e.g. ["add_tag"]',
        )
    if options.url is None:
        raise ConfigurationError(
            "assume_offered was given without url, and would apply to any configured server",
            next_step="Give the URL of this server, too",
        )

    for name in names:
        if name not in list(FUNCTIONS):
            raise ConfigurationError(
                f"assume_offered holds {name!r}, which is not a function of this package",
                next_step="dir(dtool_lookup_api) lists them",
            )
    return frozenset(names)


def _stripped(secret: Secret[str] | None) -> Secret[str]:
    """Return a secret without blanks around it: one read from a file ends in a line break."""
    return Secret((secret.reveal() or "").strip() if secret else "")
