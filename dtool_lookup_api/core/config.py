"""Read and write the configuration: environment over dtool.json over prompt.

``Config`` is the configuration that every function uses. Its attributes can be read and
assigned, ``Config.interactive`` and ``Config.cache`` can be switched at run time, and the
object can be replaced::

    import dtool_lookup_api.core.config as config

    config.Config.interactive = False
    config.Config = config.DtoolLookupAPIConfig(interactive=False)
"""

import builtins
import codecs
import errno
import json
import math
import operator
import os
import sys
import types
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final, TypeAlias, cast

from ..errors import ConfigurationError

__all__ = [
    "AFFIRMATIVE_EXPRESSIONS",
    "DSERVER_API_KEY_KEY",
    "DSERVER_DISABLE_AUTHENTICATION_KEY",
    "DSERVER_PASSWORD_KEY",
    "DSERVER_TOKEN_GENERATOR_URL_KEY",
    "DSERVER_TOKEN_KEY",
    "DSERVER_URL_KEY",
    "DSERVER_USERNAME_KEY",
    "DSERVER_VERIFY_SSL_KEY",
    "NEGATIVE_EXPRESSIONS",
    "Config",
    "DtoolLookupAPIConfig",
]

FileStamp: TypeAlias = tuple[str, int, int, int, int]

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
DSERVER_ENGINE_KEY: Final = "DSERVER_ENGINE"
DSERVER_STORAGE_VERIFY_SSL_KEY: Final = "DSERVER_STORAGE_VERIFY_SSL"
DSERVER_STORAGE_PROXY_KEY: Final = "DSERVER_STORAGE_PROXY"
DSERVER_STORAGE_TIMEOUT_KEY: Final = "DSERVER_STORAGE_TIMEOUT"

LOGIN_COMMAND: Final = "python -m dtool_lookup_api login"

AFFIRMATIVE_EXPRESSIONS: Final = ["true", "1", "y", "yes", "on"]
NEGATIVE_EXPRESSIONS: Final = ["false", "0", "n", "no", "off"]

DEFAULT_TIMEOUT: Final = 30.0
DEFAULT_DEADLINE: Final = 120.0
DEFAULT_RETRIES: Final = 3
DEFAULT_STORAGE_TIMEOUT: Final = 60.0

KEYS: Final = (
    DSERVER_URL_KEY,
    DSERVER_TOKEN_KEY,
    DSERVER_TOKEN_GENERATOR_URL_KEY,
    DSERVER_USERNAME_KEY,
    DSERVER_PASSWORD_KEY,
    DSERVER_API_KEY_KEY,
    DSERVER_VERIFY_SSL_KEY,
    DSERVER_DISABLE_AUTHENTICATION_KEY,
    DSERVER_TIMEOUT_KEY,
    DSERVER_DEADLINE_KEY,
    DSERVER_RETRIES_KEY,
    DSERVER_ENGINE_KEY,
    DSERVER_STORAGE_VERIFY_SSL_KEY,
    DSERVER_STORAGE_PROXY_KEY,
    DSERVER_STORAGE_TIMEOUT_KEY,
)
_TEXTS: Final = (
    DSERVER_URL_KEY,
    DSERVER_TOKEN_KEY,
    DSERVER_TOKEN_GENERATOR_URL_KEY,
    DSERVER_USERNAME_KEY,
    DSERVER_PASSWORD_KEY,
    DSERVER_API_KEY_KEY,
)

# What early releases called the settings; some dtool.json and programs still do.
OLD_NAMES: Final = {
    key.replace("DSERVER_", "DTOOL_LOOKUP_SERVER_", 1): key
    for key in (
        DSERVER_URL_KEY,
        DSERVER_TOKEN_KEY,
        DSERVER_TOKEN_GENERATOR_URL_KEY,
        DSERVER_USERNAME_KEY,
        DSERVER_PASSWORD_KEY,
        DSERVER_VERIFY_SSL_KEY,
    )
}


def __getattr__(name: str) -> str:
    """Return ``CONFIG_PATH``, which dtoolcore knows; importing dtoolcore takes 20 ms."""
    if name == "CONFIG_PATH":
        return str(config_path())
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def config_path() -> Path:
    """Return where dtool keeps its configuration, ``~/.config/dtool/dtool.json``.

    Where the user has no home folder, the tilde stays, and there is no such file.
    """
    return Path(_file_name())


def _file_name() -> str:
    """Return the place as dtoolcore has it; importing that just for this takes too long."""
    dtool = sys.modules.get("dtoolcore.utils")
    if dtool is None:
        return os.path.expanduser("~/.config/dtool/dtool.json")
    name: str = dtool.DEFAULT_CONFIG_PATH
    return name


# --- reading -----------------------------------------------------------------------------

_file_cache: tuple["FileStamp | None", Mapping[str, Any]] = (None, {})


def file_stamp() -> "FileStamp | None":
    """Return what tells one state of dtool.json from another, or None if there is no file."""
    path = _file_name()
    try:
        stat = None if _is_homeless(path) else os.stat(path)
    except OSError:
        return None
    return stat and (path, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_size, stat.st_ino)


def _is_homeless(path: str) -> bool:
    """Return whether expanding the tilde has failed: then the path is not below a folder ``~``."""
    return path.startswith("~")


def _file_values() -> Mapping[str, Any]:
    """Return what dtool.json holds, read again only when the file has changed.

    A file that cannot be read holds nothing: it stops no call that needs nothing of it.
    """
    global _file_cache
    stamp = file_stamp()
    if stamp is None:
        return {}
    if _file_cache[0] != stamp:
        try:
            content = _read_file(Path(stamp[0]))
        except ConfigurationError:
            content = {}
        known = (*KEYS, *OLD_NAMES)
        _file_cache = (stamp, {key: content[key] for key in known if content.get(key) is not None})
    return _file_cache[1]


def check_file() -> None:
    """Check that dtool.json, if there is one, can be read: something is needed of it.

    Raises:
        ConfigurationError: If it cannot be read.
    """
    stamp = file_stamp()
    if stamp is not None:
        _read_file(Path(stamp[0]))


def _read_file(path: Path) -> dict[str, Any]:
    try:
        content: Any = json.loads(_text(path.read_bytes()))
    except (OSError, ValueError, RecursionError) as error:
        raise ConfigurationError(
            f"The configuration file {path} cannot be read: {_shown(error)}",
            next_step="Repair it or move it away; it must contain one JSON object, in UTF-8",
        ) from None
    if not isinstance(content, dict):
        raise ConfigurationError(
            f"The configuration file {path} does not hold a JSON object",
            next_step='It must look like {"DSERVER_URL": "https://dserver.example"}',
        )
    return content  # pyright: ignore[reportUnknownVariableType]


def _text(content: bytes) -> str:
    """Return the text of a file; Notepad may put a byte order mark before it."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise ValueError("it is UTF-16, as PowerShell may write it")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:  # whose text shows some of it
        raise ValueError("it is not UTF-8") from None
    if not text.strip():
        raise ValueError("it is empty")
    return text


def _shown(error: Exception) -> str:
    """Return what went wrong, and where in the file, which may hold a password."""
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} in line {error.lineno}, column {error.colno}"
    if isinstance(error, OSError):
        return error.strerror or type(error).__name__
    return str(error)


def value_of(key: str) -> Any:
    """Return the configured value of a key, environment over dtool.json, or None.

    Raises:
        ConfigurationError: If dtool.json holds something else where there must be text.
    """
    value: Any = os.environ.get(key)
    if value is not None:
        return value
    value = _file_values().get(key)
    if key in _TEXTS and not isinstance(value, str | None):
        raise ConfigurationError(
            f"{key} in {config_path()} is not text",
            next_step=f'Write it in quotes: "{key}": "…"',
        )
    return value


def needed_value_of(key: str) -> Any:
    """Return the configured value of a key that a call cannot do without, or None.

    Raises:
        ConfigurationError: If it would have to come from dtool.json, which cannot be read.
    """
    value = value_of(key)
    if value is None:
        check_file()
    return value


def source_of(key: str) -> str:
    """Return where a key's value comes from: environment, dtool.json or default."""
    if key in os.environ:
        return "environment"
    return "dtool.json" if is_in_file(key) else "default"


def outdated_names() -> dict[str, str]:
    """Return the old names of settings that are set under these only, and their names now."""
    return {
        old: new
        for old, new in OLD_NAMES.items()
        if value_of(old) is not None and value_of(new) is None
    }


def advice_on_names() -> str:
    """Return the advice to rename outdated settings; empty if there are none."""
    names = [f"{old} ({source_of(old)}) to {new}" for old, new in outdated_names().items()]
    return f"Rename the settings {', '.join(names)}" if names else ""


def is_in_file(key: str) -> bool:
    """Return whether dtool.json holds a value for a key, even if the environment precedes it."""
    return key in _file_values()


def password_owner() -> str | None:
    """Return the user name that is configured along with the password, if there is one.

    A password of dtool.json is not that of a user whom only the environment names.
    """
    if DSERVER_PASSWORD_KEY in os.environ:
        owner: str | None = value_of(DSERVER_USERNAME_KEY)
        return owner
    return _file_values().get(DSERVER_USERNAME_KEY)


def _named(key: str) -> str:
    """Return a key with the file that its value comes from."""
    return f"{key} in {config_path()}" if source_of(key) == "dtool.json" else key


# --- writing -----------------------------------------------------------------------------


def write_value(key: str, value: Any) -> None:
    """Store a text in dtool.json, or remove it with None; the rest of the file stays.

    The file is replaced in one step and readable by its owner only (mode 0600): dtoolcore's
    own writer truncates it first, and leaves it open to others until it is written.

    Raises:
        ConfigurationError: If the file cannot be written; then it stays as it was.
    """
    if not isinstance(value, str | None):
        raise ConfigurationError(f"{key} is not text", next_step="Give a str")
    with _new_file(key) as (temporary, content):
        if value is None:
            content.pop(key, None)
        else:
            content[key] = value
        with open(temporary, "w", encoding="utf-8") as file:
            json.dump(content, file, sort_keys=True, indent=2)
        # dtool.json may be a link into a folder of dotfiles.
        os.replace(temporary, config_path().resolve())


def check_writable(key: str) -> None:
    """Check that a value can be stored in dtool.json, before somebody types a password for it.

    Raises:
        ConfigurationError: If the file cannot be written.
    """
    with _new_file(key):
        pass


@contextmanager
def _new_file(key: str) -> Generator[tuple[Path, dict[str, Any]]]:
    """Yield a new file in the folder of dtool.json, and what dtool.json holds."""
    import tempfile

    path = config_path()
    try:
        if _is_homeless(str(path)):
            raise FileNotFoundError(errno.ENOENT, "there is no home folder")
        content = _read_file(path) if path.exists() and path.stat().st_size else {}
        path.parent.mkdir(parents=True, exist_ok=True)
        folder = path.resolve().parent
        handle, name = tempfile.mkstemp(dir=folder, prefix=".dtool-", suffix=".json")
        os.close(handle)
        try:
            yield Path(name), content
        finally:
            Path(name).unlink(missing_ok=True)
    except OSError as error:
        raise ConfigurationError(
            f"{key} cannot be stored in {path}: {error.strerror or error}",
            next_step=f"Set {key} in the environment instead, or set HOME to a folder that you "
            "can write to",
        ) from None


# --- what values mean --------------------------------------------------------------------


def as_bool(value: Any, key: str, *, default: bool) -> bool:
    """Return a configured switch as bool; an unset or empty one is the default."""
    if isinstance(value, bool):
        return value
    text = "" if value is None else str(value).strip().lower()
    if not text:
        return default
    if text in AFFIRMATIVE_EXPRESSIONS:
        return True
    if text in NEGATIVE_EXPRESSIONS:
        return False
    raise ConfigurationError(
        f"{_named(key)} is {value!r}, which is neither on nor off",
        next_step=f"Set it to {AFFIRMATIVE_EXPRESSIONS[0]} or {NEGATIVE_EXPRESSIONS[0]}",
    )


def as_verify(value: Any, key: str = DSERVER_VERIFY_SSL_KEY) -> bool | str:
    """Return DSERVER_VERIFY_SSL as a switch, or as the path of a CA bundle."""
    if isinstance(value, os.PathLike):
        value = os.fspath(cast("os.PathLike[str]", value))
    if isinstance(value, str):
        path = os.path.expanduser(value.strip())
        if os.path.dirname(path) or os.path.isfile(path):
            return path
    try:
        return as_bool(value, key, default=True)
    except ConfigurationError as error:
        error.next_step = f"{error.next_step}, or to the path of a CA bundle"
        raise


def as_number(value: Any, key: str, *, default: float, least: float = 0.0) -> float:
    """Return a configured number; an unset or empty one is the default."""
    if value is None or value == "":
        return default
    number = math.nan
    with suppress(TypeError, ValueError):
        number = math.nan if isinstance(value, bool) else float(value)
    whole = isinstance(default, int)
    if not least <= number < math.inf or (whole and not number.is_integer()):
        kind = "an integer" if whole else "a number"
        raise ConfigurationError(
            f"{_named(key)} is {value!r}, which is not {kind} of at least {least:g}",
            next_step=f"Set it to {kind} of at least {least:g}, or leave it out for {default:g}",
        )
    return number


# --- the configuration -------------------------------------------------------------------


class DtoolLookupAPIConfig:
    """The configuration of the lookup API.

    Attributes are read from the environment, then from ``~/.config/dtool/dtool.json``;
    assigning one writes it to that file. A user name and a password that are configured
    nowhere are asked for, where there is a terminal or a notebook to ask in.

    Args:
        interactive: Whether a missing user name or password may be asked for.
        cache: Whether the answers are kept for the session.
    """

    interactive: bool
    """Whether a missing user name or password may be asked for."""

    def __init__(self, interactive: bool = True, cache: bool = True) -> None:
        self.interactive = interactive
        self._cache = cache
        self._answers: dict[str, str] = {}
        self._generation = 0

    def __repr__(self) -> str:
        return f"{type(self).__name__}(interactive={self.interactive}, cache={self.cache})"

    def __getstate__(self) -> dict[str, Any]:
        """Leave out what the user has typed: a pickle may end up in a file."""
        return {**vars(self), "_answers": {}}

    @property
    def cache(self) -> bool:
        """Whether a typed user name and password are kept for the session."""
        return self._cache

    @cache.setter
    def cache(self, value: bool) -> None:
        self._cache = value
        if not value:
            self.forget()

    def forget(self) -> None:
        """Forget the user name and password that were typed; the next call asks again."""
        self._answers.clear()
        self._generation += 1

    @property
    def generation(self) -> int:
        """How often the answers were forgotten: a token belongs to one generation of them."""
        return self._generation

    @property
    def has_answers(self) -> bool:
        """Whether a password was typed in this session and is remembered."""
        return DSERVER_PASSWORD_KEY in self._answers

    @property
    def lookup_url(self) -> str | None:
        """URL of the dserver (``DSERVER_URL``), e.g. ``https://dserver.example/lookup``."""
        value: str | None = needed_value_of(DSERVER_URL_KEY)
        return value

    @lookup_url.setter
    def lookup_url(self, value: str | None) -> None:
        write_value(DSERVER_URL_KEY, value)

    @property
    def token(self) -> str:
        """Token that is sent as it is (``DSERVER_TOKEN``); empty if there is none."""
        value: str = value_of(DSERVER_TOKEN_KEY) or ""
        return value

    @token.setter
    def token(self, value: str | None) -> None:
        write_value(DSERVER_TOKEN_KEY, value)

    @property
    def auth_url(self) -> str:
        """URL of the token generator (``DSERVER_TOKEN_GENERATOR_URL``); empty if none."""
        value: str = value_of(DSERVER_TOKEN_GENERATOR_URL_KEY) or ""
        return value

    @auth_url.setter
    def auth_url(self, value: str | None) -> None:
        write_value(DSERVER_TOKEN_GENERATOR_URL_KEY, value)

    @property
    def username(self) -> str | None:
        """User name (``DSERVER_USERNAME``); asked for if it is configured nowhere."""
        return self._configured_or_asked(DSERVER_USERNAME_KEY, "username", _input)

    @username.setter
    def username(self, value: str | None) -> None:
        write_value(DSERVER_USERNAME_KEY, value)

    @property
    def password(self) -> str | None:
        """Password (``DSERVER_PASSWORD``); asked for if it is configured nowhere."""
        return self._configured_or_asked(DSERVER_PASSWORD_KEY, "password", _getpass)

    @password.setter
    def password(self, value: str | None) -> None:
        write_value(DSERVER_PASSWORD_KEY, value)

    @property
    def api_key(self) -> str:
        """The operator's API key (``DSERVER_API_KEY``); empty if there is none."""
        value: str = value_of(DSERVER_API_KEY_KEY) or ""
        return value

    @api_key.setter
    def api_key(self, value: str | None) -> None:
        write_value(DSERVER_API_KEY_KEY, value)

    @property
    def verify_ssl(self) -> bool | str:
        """Whether certificates are verified (``DSERVER_VERIFY_SSL``), or a CA bundle's path."""
        return as_verify(value_of(DSERVER_VERIFY_SSL_KEY))

    @verify_ssl.setter
    def verify_ssl(self, value: bool | str | None) -> None:
        write_value(DSERVER_VERIFY_SSL_KEY, _switch_text(value))

    @property
    def disable_authentication(self) -> bool:
        """Whether calls go out without a token (``DSERVER_DISABLE_AUTHENTICATION``)."""
        key = DSERVER_DISABLE_AUTHENTICATION_KEY
        return as_bool(value_of(key), key, default=False)

    @disable_authentication.setter
    def disable_authentication(self, value: bool | str | None) -> None:
        write_value(DSERVER_DISABLE_AUTHENTICATION_KEY, _switch_text(value))

    def _configured_or_asked(self, key: str, label: str, ask: Callable[[str], str]) -> str | None:
        configured: str | None = value_of(key)
        if configured is not None:
            return configured
        if key in self._answers:
            return self._answers[key]
        check_file()  # before asking for what it may hold
        if not self.interactive:
            return None
        if can_ask():
            advise_login()
        answer = _answer_to(f"Authentication URL {token_url(self.auth_url)} {label}:", ask)
        if self.cache and answer:
            self._answers[key] = answer
        return answer


def _switch_text(value: "bool | str | os.PathLike[str] | None") -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    return AFFIRMATIVE_EXPRESSIONS[0] if value else NEGATIVE_EXPRESSIONS[0]


def token_url(auth_url: str) -> str:
    """Return the token generator's URL with its ``/token`` path, which may be left out."""
    url = auth_url.rstrip("/")
    return url if not url or url.endswith("/token") else f"{url}/token"


# --- prompting ---------------------------------------------------------------------------


def _input(prompt: str) -> str:
    return builtins.input(prompt)


def _getpass(prompt: str) -> str:
    import getpass

    return getpass.getpass(prompt)


def can_ask() -> bool:
    """Tell whether there is somebody to ask: at a terminal, or in a notebook.

    A Jupyter kernel has no terminal, but replaces ``input`` by its own function.
    """
    if not isinstance(builtins.input, types.BuiltinFunctionType):
        return True
    return sys.stdin is not None and not sys.stdin.closed and sys.stdin.isatty()


_advised = False


def advise_login(*, silently: bool = False) -> None:
    """Say once, before the first question, how not to be asked again by the next program.

    Args:
        silently: Whether only to note that it was said.
    """
    global _advised
    advised, _advised = _advised, True
    if advised or silently or sys.stderr is None:
        return
    reason = {
        "default": "Each program prompts you until you store a token",
        "dtool.json": "The token in dtool.json may have expired; store a new one",
        "environment": "DSERVER_TOKEN may have expired; unset it and store a new one",
    }[source_of(DSERVER_TOKEN_KEY)]
    sys.stderr.write(f"{reason}: {LOGIN_COMMAND}\n")
    sys.stderr.flush()


def _answer_to(prompt: str, ask: Callable[[str], str]) -> str | None:
    if not can_ask():
        return None
    try:
        return ask(prompt) or None
    except (EOFError, NotImplementedError):
        # The terminal was closed, or the notebook runs with nobody in front of it:
        # ipykernel's StdinNotImplementedError is a NotImplementedError.
        return None


# --- the configuration in force ----------------------------------------------------------

Config: DtoolLookupAPIConfig = DtoolLookupAPIConfig()
"""The configuration that every function uses; may be replaced by another object."""

_REPLACEABLE_IN: Final = (__name__, f"{__package__}.LookupClient")
_in_force: Any = Config
# Programs reload this module, while the other keeps the object of before.
_last_seen: dict[str, Any] = {
    __name__: Config,
    _REPLACEABLE_IN[1]: getattr(sys.modules.get(_REPLACEABLE_IN[1]), "Config", Config),
}


_PROPERTIES: Final = tuple(
    name for name, value in vars(DtoolLookupAPIConfig).items() if isinstance(value, property)
)
_AS_WRITTEN: Final = operator.attrgetter(*_PROPERTIES)(DtoolLookupAPIConfig)


def stamp(config: Any) -> tuple[Any, ...] | None:
    """Return what tells one state of a configuration from another, beside the environment.

    It is None for a configuration that may answer differently each time: one of another
    class, or one whose properties a test has patched.
    """
    kind: Any = DtoolLookupAPIConfig
    if type(config) is not kind or operator.attrgetter(*_PROPERTIES)(kind) != _AS_WRITTEN:
        return None
    return config, config.generation, file_stamp()


def in_force() -> Any:
    """Return the configuration in force: the object that was put in place last.

    Programs replace ``Config`` in this module or in ``core.LookupClient``, which exports
    the name too; whichever has changed since the last look counts.
    """
    global _in_force
    for name in _REPLACEABLE_IN:
        module = sys.modules.get(name)
        found = getattr(module, "Config", None)
        if found is not None and found is not _last_seen[name]:
            _last_seen[name] = _in_force = found
    return _in_force
