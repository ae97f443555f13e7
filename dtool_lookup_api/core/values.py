"""What values of settings mean, wherever they come from: arguments, environment or dtool.json.

Each function names the setting in its error, and shows no secret.
"""

import math
import os
import re
from contextlib import suppress
from typing import Any, Final, cast
from urllib.parse import urlsplit

from ..errors import ConfigurationError
from .declarations import Setting
from .secret import Secret, revealed

__all__ = [
    "AFFIRMATIVE_EXPRESSIONS",
    "ENGINES",
    "NEGATIVE_EXPRESSIONS",
    "as_stored",
    "as_verify",
    "checked_url",
    "concealed",
    "convert",
    "origin",
    "shown_url",
    "token_url",
]

ENGINES: Final = ("httpx", "aiohttp")
AFFIRMATIVE_EXPRESSIONS: Final = ["true", "1", "y", "yes", "on"]
_PLAIN_HOST: Final = re.compile(r"[A-Za-z0-9._-]+")
NEGATIVE_EXPRESSIONS: Final = ["false", "0", "n", "no", "off"]


def convert(setting: Setting, value: Any, name: str) -> Any:
    """Return a value of a setting in its type; one that is not set, or empty, is the default.

    Args:
        setting: The setting.
        value: The value.
        name: What to call it in an error.

    Raises:
        ConfigurationError: If it cannot be used. URLs are not checked here.
    """
    if setting.kind == "switch":
        return _as_bool(value, name, default=setting.default)
    if setting.kind == "verify":
        return as_verify(value, name)
    if setting.kind == "number":
        return _as_number(value, name, setting)
    if setting.kind == "engine":
        return _as_engine(value, name, setting.default)
    return setting.default if value is None else value


def as_stored(setting: Setting, value: Any) -> Any:
    """Return a value as dtool.json holds it; None stands for none.

    Raises:
        ConfigurationError: If it could not be read again.
    """
    if isinstance(value, os.PathLike) and setting.kind == "verify":
        return os.fspath(cast("os.PathLike[str]", value))
    if isinstance(value, bool) and setting.kind in ("switch", "verify"):
        return (AFFIRMATIVE_EXPRESSIONS if value else NEGATIVE_EXPRESSIONS)[0]
    if setting.kind == "number" and isinstance(value, int | float):
        return convert(setting, value, setting.key)
    if isinstance(value, str | None):
        return value
    raise ConfigurationError(f"{setting.key} is not text", next_step="Give a str")


def concealed(setting: Setting, value: Any) -> Any:
    """Return a given value as it is kept: what is secret, or may hold a secret, as ``Secret``."""
    if value is None or isinstance(value, Secret):
        return value  # pyright: ignore[reportUnknownVariableType]
    is_url = setting.kind in ("url", "proxy")
    harmless = not is_url or (isinstance(value, str) and shown_url(value) == value)
    return value if harmless and not setting.secret else Secret(value)


def _as_bool(value: Any, name: str, *, default: bool) -> bool:
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
        f"{name} is {value!r}, which is neither on nor off",
        next_step=f"Set it to {AFFIRMATIVE_EXPRESSIONS[0]} or {NEGATIVE_EXPRESSIONS[0]}",
    )


def as_verify(value: Any, name: str) -> bool | str:
    """Return whether to verify certificates, or the path of a CA bundle.

    Raises:
        ConfigurationError: If it is neither.
    """
    if isinstance(value, os.PathLike):
        value = os.fspath(cast("os.PathLike[str]", value))
    if isinstance(value, str):
        path = os.path.expanduser(value.strip())
        if _is_path(path) and (os.path.dirname(path) or os.path.isfile(path)):
            return path
    try:
        return _as_bool(value, name, default=True)
    except ConfigurationError as error:
        error.next_step = f"{error.next_step}, or to the path of a CA bundle"
        raise


def _is_path(text: str) -> bool:
    """Return whether the operating system takes a text as a path."""
    with suppress(UnicodeEncodeError):
        return b"\0" not in os.fsencode(text)
    return False


def _as_number(value: Any, name: str, setting: Setting) -> float:
    default: float = setting.default
    least = setting.least
    if value is None or value == "":
        return default
    number = math.nan
    with suppress(TypeError, ValueError, OverflowError):
        number = math.nan if isinstance(value, bool) else float(value)
    whole = isinstance(default, int)
    if not least <= number < math.inf or (whole and not number.is_integer()):
        kind = "an integer" if whole else "a number"
        raise ConfigurationError(
            f"{name} is {value!r}, which is not {kind} of at least {least:g}",
            next_step=f"Set it to {kind} of at least {least:g}, or leave it out for {default:g}",
        )
    return int(number) if whole else number


def _as_engine(value: Any, name: str, default: str) -> Any:
    """Return the name of an engine, or the transport that is given in its place."""
    if not isinstance(value, str | None):
        return value
    if (value or default) not in ENGINES:
        raise ConfigurationError(
            f"{name} is {value!r}, which is not an engine",
            next_step=f"Set it to {' or '.join(ENGINES)}, or give a transport of httpx",
        )
    return value or default


# --- URLs --------------------------------------------------------------------------------


def checked_url(url: Any, name: str) -> str:
    """Return a server's URL, which may be given as ``Secret``, without a trailing slash.

    Raises:
        ConfigurationError: If it is not an http or https URL with a host, or holds a
            user name or password, which would end up in logs.
    """
    url = revealed(url)
    text = url.strip() if isinstance(url, str) else ""
    try:
        parts = urlsplit(text)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname)
        usable = usable and (parts.port is None or parts.port > 0)
        usable = usable and _is_visible(text) and _is_host(parts.netloc, text)
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


def _is_visible(text: str) -> bool:
    """Return whether a text has neither blanks nor what cannot be sent."""
    return text.isprintable() and not any(character.isspace() for character in text)


def _is_host(netloc: str, url: str) -> bool:
    """Return whether a name can be looked up: a socket, or httpx, would fail on another."""
    host = netloc.rpartition("@")[2].partition(":")[0]
    if _PLAIN_HOST.fullmatch(host):
        return all(0 < len(label) < 64 for label in host.removesuffix(".").split("."))
    if host.isascii() and not netloc.rpartition("@")[2].startswith("["):
        return False
    import httpx  # only an address of IPv6, or a name that is not ASCII, needs it

    try:
        return bool(httpx.URL(url).host)
    except httpx.InvalidURL:
        return False


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


def token_url(auth_url: str) -> str:
    """Return the token generator's URL with its ``/token`` path, which may be left out."""
    url = auth_url.rstrip("/")
    return url if not url or url.endswith("/token") else f"{url}/token"
