"""Where files are kept that the user did not ask for, and how they are written."""

import os
import sys
from contextlib import suppress
from pathlib import Path

__all__ = ["cache_folder", "state_folder", "write_whole"]


def cache_folder() -> Path:
    """Return the folder of the user's cached files; it may not exist yet."""
    configured = Path(os.environ.get("XDG_CACHE_HOME", ""))
    if configured.is_absolute():  # the XDG specification says to ignore any other
        base = configured
    elif sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local"))
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = Path.home() / ".cache"
    return base / "dtool-lookup-api"


def state_folder() -> Path:
    """Return the folder of what is to be kept from one call to the next; it may not exist yet."""
    configured = Path(os.environ.get("XDG_STATE_HOME", ""))
    base = configured if configured.is_absolute() else Path.home() / ".local" / "state"
    return base / "dtool-lookup-api"


def write_whole(path: Path, content: bytes, prefix: str = "tmp") -> None:
    """Write a file that only its owner can read; others find all of it or nothing.

    Args:
        path: Path of the file; its folder exists.
        content: What to write.
        prefix: How the name of the file begins while it is written.
    """
    import tempfile  # the help of `dserver` loads this module, and writes nothing

    descriptor, unfinished = tempfile.mkstemp(prefix=prefix, dir=path.parent)
    try:
        with open(descriptor, "wb") as file:
            file.write(content)
        os.replace(unfinished, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(unfinished)
        raise
