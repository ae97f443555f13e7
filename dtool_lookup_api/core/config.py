"""The configuration: environment over dtool.json over prompt.

``Config`` is the configuration that every function uses. Its attributes can be read and
assigned, ``Config.interactive`` and ``Config.cache`` can be switched at run time, and the
object can be replaced::

    import dtool_lookup_api.core.config as config

    config.Config.interactive = False
    config.Config = config.DtoolLookupAPIConfig(interactive=False)
"""

import builtins
import operator
import sys
import types
from collections.abc import Callable
from typing import Any, Final, cast

from . import dtool_json
from .declarations import SETTINGS
from .dtool_json import config_path, write_value
from .options import (
    DSERVER_API_KEY_KEY,
    DSERVER_DISABLE_AUTHENTICATION_KEY,
    DSERVER_PASSWORD_KEY,
    DSERVER_TOKEN_GENERATOR_URL_KEY,
    DSERVER_TOKEN_KEY,
    DSERVER_URL_KEY,
    DSERVER_USERNAME_KEY,
    DSERVER_VERIFY_SSL_KEY,
    ConfigProperties,
)
from .secret import Secret, revealed
from .values import (
    AFFIRMATIVE_EXPRESSIONS,
    NEGATIVE_EXPRESSIONS,
    as_stored,
    convert,
    token_url,
)

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

LOGIN_COMMAND: Final = "python -m dtool_lookup_api login"
login_command = LOGIN_COMMAND  # what a prompt advises; the command dserver has one of its own

_BY_KEY: Final = {setting.key: setting for setting in SETTINGS}


def __getattr__(name: str) -> str:
    """Return ``CONFIG_PATH``, which dtoolcore knows; importing dtoolcore takes 20 ms."""
    if name == "CONFIG_PATH":
        return str(config_path())
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


class DtoolLookupAPIConfig(ConfigProperties):
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
        self._answers: dict[tuple[str, str], Secret[str]] = {}
        self._generation = 0

    def __repr__(self) -> str:
        return f"{type(self).__name__}(interactive={self.interactive}, cache={self.cache})"

    def __getstate__(self) -> dict[str, Any]:
        """Forget what was typed: another process has not asked for it."""
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

    def has_answer(self, auth_url: str) -> bool:
        """Return whether a password was typed for a token generator and is remembered."""
        return ("password", token_url(auth_url)) in self._answers

    def ask(self, option: str, auth_url: str) -> str | None:
        """Return what the user answers, or has answered, whatever is configured.

        Args:
            option: ``"username"`` or ``"password"``.
            auth_url: URL of the token generator that it is for: no other gets it.
        """
        asked = option, token_url(auth_url)
        if asked in self._answers:
            return self._answers[asked].reveal()
        dtool_json.check_file()  # before asking for what it may hold
        if not self.interactive or not can_ask():
            return None
        advise_login()
        ask = _getpass if option == "password" else _input
        try:
            answer = ask(f"Authentication URL {asked[1]} {option}:") or None
        except (EOFError, NotImplementedError):
            # The terminal was closed, or no one answers in the notebook: ipykernel's
            # StdinNotImplementedError is a NotImplementedError.
            return None
        if self.cache and answer:
            self._answers[asked] = Secret(answer)
        return answer

    def _get(self, key: str) -> Any:
        setting, found = _BY_KEY[key], dtool_json.snapshot()
        value = found.get(key)
        if value is None and setting.required:
            dtool_json.check_file()
        if value is None and setting.prompted:
            return self.ask(setting.option, self.auth_url)
        return convert(setting, revealed(value), found.name_of(key))

    def _set(self, key: str, value: Any) -> None:
        write_value(key, as_stored(_BY_KEY[key], value))


# --- prompting ---------------------------------------------------------------------------


def _input(prompt: str) -> str:
    at_terminal = sys.stdin is not None and sys.stdin.isatty()
    if at_terminal and sys.stdout is not None and not sys.stdout.isatty() and sys.stderr:
        sys.stderr.write(prompt)  # in a file, or in a pipe to a program, it would not be seen
        sys.stderr.flush()
        prompt = ""
    return builtins.input(prompt)


def _getpass(prompt: str) -> str:
    import getpass

    return getpass.getpass(prompt)


def can_ask() -> bool:
    """Return whether there is somebody to ask: at a terminal, or in a notebook.

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
    }[dtool_json.snapshot().source_of(DSERVER_TOKEN_KEY)]
    sys.stderr.write(f"{reason}: {login_command}\n")
    sys.stderr.flush()


# --- the configuration in use ------------------------------------------------------------

Config: DtoolLookupAPIConfig = DtoolLookupAPIConfig()
"""The configuration that every function uses; may be replaced by another object."""

_REPLACEABLE_IN: Final = (__name__, f"{__package__}.LookupClient")
_active: Any = Config
# Programs reload this module, while the other keeps the object of before.
_last_seen: dict[str, Any] = {
    __name__: Config,
    _REPLACEABLE_IN[1]: getattr(sys.modules.get(_REPLACEABLE_IN[1]), "Config", Config),
}

_properties_of: Final[Callable[[Any], Any]] = operator.attrgetter(
    *(setting.attribute or setting.option for setting in SETTINGS if setting.key)
)


def fingerprint(config: Any) -> tuple[Any, ...] | None:
    """Return what tells one state of a configuration from another, apart from a snapshot.

    It is None for a configuration that may answer differently each time: one of another
    class, or one whose properties a test has patched.
    """
    kind: Any = DtoolLookupAPIConfig
    if type(config) is not kind or _properties_of(kind) != _properties_of(ConfigProperties):
        return None
    return config, config.generation


def overrides(config: Any, name: str) -> bool:
    """Return whether a configuration has a property that is not ours."""
    kind = cast("Any", type(config))
    return getattr(kind, name, None) is not getattr(ConfigProperties, name)


def active_config() -> Any:
    """Return the configuration in use: the object that was put in place last.

    Programs replace ``Config`` in this module or in ``core.LookupClient``, which exports
    the name too; whichever has changed since the last look counts.
    """
    global _active
    for name in _REPLACEABLE_IN:
        module = sys.modules.get(name)
        found = getattr(module, "Config", None)
        if found is not None and found is not _last_seen[name]:
            _last_seen[name] = _active = found
    return _active
