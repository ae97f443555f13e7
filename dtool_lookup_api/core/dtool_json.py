"""Read settings from the environment and ~/.config/dtool/dtool.json, and write that file.

A ``Snapshot`` has the settings of both at one moment. A call takes all its settings from one, so it
never mixes settings of two servers.
"""

import codecs
import errno
import json
import os
import sys
import threading
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, Final, NamedTuple, TypeAlias

from ..errors import ConfigurationError
from .declarations import OLD_NAMES, SETTINGS
from .file_locks import has_lock, is_at
from .secret import Secret, revealed
from .values import concealed

__all__ = [
    "Snapshot",
    "advice_on_names",
    "check_file",
    "check_writable",
    "config_path",
    "outdated_names",
    "pinned",
    "remove_leftover",
    "snapshot",
    "write_value",
]

_ON_WINDOWS: Final = sys.platform == "win32"  # which neither moves nor removes open files
_PATIENCE: Final = 10.0  # seconds to wait for another writer
_PLACE: Final = "~/.config/dtool/dtool.json"
_BY_KEY: Final = {setting.key: setting for setting in SETTINGS if setting.key}
_BY_KEY.update({old: _BY_KEY[key] for old, key in OLD_NAMES.items()})


def config_path() -> Path:
    """Return where dtool keeps its configuration, ``~/.config/dtool/dtool.json``.

    Where the user has no home folder, the tilde stays, and there is no such file.
    """
    return Path(_file_name())


def _file_name(expanded: str = "") -> str:
    """Return the path that dtoolcore uses; importing dtoolcore for it takes too long.

    Args:
        expanded: What the tilde has become in this environment, if that is known.
    """
    dtool = sys.modules.get("dtoolcore.utils")
    if dtool is None:
        return expanded or os.path.expanduser(_PLACE)
    name: str = dtool.DEFAULT_CONFIG_PATH
    return name


# --- reading -----------------------------------------------------------------------------


_Fingerprint: TypeAlias = tuple[str, int, int, int, int]


class _File(NamedTuple):
    """The settings in dtool.json, and the fingerprint of this state of the file."""

    fingerprint: _Fingerprint | None
    values: Mapping[str, Any]


_NO_FILE: Final = _File(None, {})
_file: _File = _NO_FILE


class Snapshot:
    """The settings of environment and dtool.json at one moment."""

    def __init__(self) -> None:
        self._raw_environment = dict(_raw_environment())
        self._place = os.path.expanduser(_PLACE)
        self._file = _read_settings()

    def is_current(self) -> bool:
        """Return whether a new snapshot would be equal."""
        same = self._raw_environment == _raw_environment()
        return same and self._file.fingerprint == _fingerprint(self._place)

    def get(self, key: str) -> Any:
        """Return the value of a key, environment over dtool.json, or None; secrets as ``Secret``.

        Raises:
            ConfigurationError: If dtool.json holds something else where there must be text.
        """
        if (value := self._of_environment(key)) is not None:
            return value
        value = self._file.values.get(key)
        if _BY_KEY[key].kind in ("url", "text", "proxy") and not isinstance(
            revealed(value), str | None
        ):
            raise ConfigurationError(
                f"{key} in {config_path()} is not text",
                next_step=f'Write it in quotes: "{key}": "…"',
            )
        return value

    def in_file(self, key: str) -> Any:
        """Return the value that dtool.json has for a key, even if the environment precedes it."""
        return self._file.values.get(key)

    def source_of(self, key: str) -> str:
        """Return where a key's value comes from: environment, dtool.json or default."""
        if self._of_environment(key) is not None:
            return "environment"
        return "dtool.json" if key in self._file.values else "default"

    def name_of(self, key: str) -> str:
        """Return a key with the file that its value comes from, for errors."""
        return f"{key} in {config_path()}" if self.source_of(key) == "dtool.json" else key

    def _of_environment(self, key: str) -> Any:
        name = getattr(os.environ, "encodekey", str)(key)
        if name not in self._raw_environment:
            return None
        decode = getattr(os.environ, "decodevalue", str)
        return concealed(_BY_KEY[key], decode(self._raw_environment[name]))


def _raw_environment() -> Any:
    """Return the environment as the dict that Python keeps of it, if it does.

    Comparing that with a copy takes 0.3 microseconds, asking for 20 variables takes 12.
    """
    return getattr(os.environ, "_data", os.environ)


_pinned = threading.local()


def snapshot() -> Snapshot:
    """Return the snapshot that this thread is bound to, or else a new one."""
    return getattr(_pinned, "snapshot", None) or Snapshot()


@contextmanager
def pinned(found: Snapshot | None) -> Generator[None]:
    """Let all settings that this thread reads in the block come from one snapshot."""
    before = getattr(_pinned, "snapshot", None)
    _pinned.snapshot = found
    try:
        yield
    finally:
        _pinned.snapshot = before


def _fingerprint(place: str = "") -> _Fingerprint | None:
    """Return the fingerprint of the state of dtool.json, or None if there is no file."""
    path = _file_name(place)
    try:
        return None if _is_homeless(path) else _fingerprint_of(path, os.stat(path))
    except OSError:
        return None


def _fingerprint_of(path: str, stat: os.stat_result) -> _Fingerprint:
    return path, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_size, stat.st_ino


def _is_homeless(path: str) -> bool:
    """Return whether expanding the tilde has failed: then the path is not below a folder ``~``."""
    return path.startswith("~")


def _read_settings() -> _File:
    """Return what dtool.json holds, read again only when the file has changed.

    An unreadable file has no settings: calls that need none of them work.
    """
    global _file
    fingerprint = _fingerprint()
    if fingerprint is None:
        return _NO_FILE
    if fingerprint != _file.fingerprint:
        values: dict[str, Any] = {}
        with suppress(ConfigurationError):
            fingerprint, content = _read_file(fingerprint[0])
            known = [key for key in _BY_KEY if content.get(key) is not None]
            values = {key: concealed(_BY_KEY[key], content[key]) for key in known}
        _file = _File(fingerprint, values)
    return _file


def check_file() -> None:
    """Check that dtool.json can be read if it exists, as a call needs a setting from it.

    Raises:
        ConfigurationError: If it cannot be read.
    """
    path = _file_name()
    try:
        os.stat(path)
    except OSError as error:
        if error.errno != errno.ELOOP:  # a loop of links
            return
    if not _is_homeless(path):
        _read_file(path)


def _read_file(path: str) -> tuple[_Fingerprint, dict[str, Any]]:
    """Return the contents of a file, and their fingerprint."""
    try:
        with open(path, "rb", opener=_open_at_once) as file:
            fingerprint = _fingerprint_of(path, os.fstat(file.fileno()))
            content: Any = json.loads(_text(file.read()))
    except (OSError, ValueError, RecursionError) as error:
        raise ConfigurationError(
            f"The configuration file {path} cannot be read: {_shown(error)}",
            next_step="Repair it or move it away; it must contain one JSON object, in UTF-8",
        ) from None
    if isinstance(content, dict):
        return fingerprint, content  # pyright: ignore[reportUnknownVariableType]
    del content  # a traceback shows the variables
    raise ConfigurationError(
        f"The configuration file {path} does not hold a JSON object",
        next_step='It must look like {"DSERVER_URL": "https://dserver.example"}',
    )


def _open_at_once(path: str, flags: int) -> int:
    """Open a file; for a pipe in its place, this does not wait for a writer."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


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
    """Describe an error and its position, without the contents, which may be a password."""
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} in line {error.lineno}, column {error.colno}"
    if isinstance(error, OSError):
        return error.strerror or type(error).__name__
    return str(error)


def outdated_names() -> dict[str, str]:
    """Return the old names of settings that are set under these only, and their names now."""
    found = snapshot()
    return {
        old: new
        for old, new in OLD_NAMES.items()
        if found.get(old) is not None and found.get(new) is None
    }


def advice_on_names() -> str:
    """Return advice to rename outdated settings, or an empty text."""
    source_of = snapshot().source_of
    names = [f"{old} ({source_of(old)}) to {new}" for old, new in outdated_names().items()]
    return f"Rename the settings {', '.join(names)}" if names else ""


# --- writing -----------------------------------------------------------------------------


def write_value(key: str, value: Any) -> None:
    """Store a value in dtool.json, or remove it with None; the rest of the file stays.

    The file is replaced in one step and readable by its owner only (mode 0600): dtoolcore's
    own writer truncates it first, and leaves it open to others until it is written.

    Raises:
        ConfigurationError: If the file cannot be written; then it stays as it was.
    """
    with _new_file(key) as (new, content):
        if value is None:
            content.reveal().pop(key, None)
        else:
            content.reveal()[key] = value
        new.write(_serialized(content))
        _put_in_place(new)


def check_writable(key: str) -> None:
    """Check that a value can be stored in dtool.json, before somebody types a password for it.

    Raises:
        ConfigurationError: If the file cannot be written.
    """
    with _new_file(key):
        pass


def remove_leftover() -> None:
    """Remove the file of a writer that was killed; it may contain secrets."""
    with suppress(ConfigurationError):
        if _new_name().exists():
            check_writable("")


def _new_name() -> Path:
    """Return the name under which a new dtool.json is written: one, so that none is forgotten.

    dtool.json may be a link into a folder of dotfiles.
    """
    path = Path(os.path.realpath(config_path()))
    return path.with_name(f".{path.name}.new")


@contextmanager
def _new_file(key: str) -> Generator[tuple[IO[bytes], Secret[dict[str, Any]]]]:
    """Yield a new file next to dtool.json, empty and locked, and what dtool.json holds.

    Unless it was put in place, the new file is removed afterwards.
    """
    path = config_path()
    try:
        if _is_homeless(str(path)):
            raise FileNotFoundError(errno.ENOENT, "there is no home folder")
        _make_folder(_new_name().parent)
        with _locked(_new_name()) as new:
            yield new, Secret(_content_to_change(str(path)))
    except (OSError, RecursionError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is nested too deeply"
        raise ConfigurationError(
            f"{key} cannot be stored in {path}: {reason or error}",
            next_step=f"Set {key} in the environment instead, or set HOME to a folder that you "
            "can write to",
        ) from None


def _content_to_change(path: str) -> dict[str, Any]:
    """Return what dtool.json holds; nothing if it is missing, or empty."""
    try:
        if not os.path.getsize(path):
            return {}
    except FileNotFoundError:
        return {}
    return _read_file(path)[1]


def _serialized(content: Secret[dict[str, Any]]) -> bytes:
    return json.dumps(content.reveal(), sort_keys=True, indent=2).encode()


def _make_folder(folder: Path) -> None:
    """Make a folder, and those above it, for the owner only, whatever the umask."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    for each in reversed(missing):
        with suppress(FileExistsError):
            each.mkdir(mode=0o700)


@contextmanager
def _locked(name: Path) -> Generator[IO[bytes]]:
    """Yield a file of this name, empty, that no other writer has; remove it afterwards.

    A writer that was killed has left it behind without a lock: it is used again. One that has put
    its file in place has taken the name away: then this begins anew.
    """
    end = time.monotonic() + _PATIENCE
    while True:
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
        with open(os.open(name, flags, 0o600), "w+b") as file:
            if not (_ON_WINDOWS or has_lock(file)):
                if time.monotonic() > end:
                    raise TimeoutError(errno.ETIMEDOUT, "another program is writing it")
                time.sleep(0.01)
                continue
            if not is_at(file, name):
                continue
            os.chmod(name, 0o600)
            try:
                yield file
            finally:
                is_left = not file.closed and is_at(file, name)
                if _ON_WINDOWS:
                    file.close()
                if is_left:
                    name.unlink()
            return


def _put_in_place(new: IO[bytes]) -> None:
    new.flush()
    new.truncate()
    if _ON_WINDOWS:
        new.close()
    os.replace(_new_name(), os.path.realpath(config_path()))
