"""What prevents files from being written, and what a user can do about it."""

import errno
import os
from pathlib import Path
from typing import Final

from .part_file import PART

__all__ = ["what_prevents"]

_FULL: Final = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))


def what_prevents(error: OSError, path: Path) -> str | None:
    """Return which file or folder cannot be written and what to do, None if that is not known.

    Args:
        error: What has happened.
        path: What was to be written, for errors that do not say where they happened.
    """
    place = path.absolute()
    name = error.filename2 or error.filename  # of a renamed file, the new name
    if isinstance(name, str):
        place = Path(name).absolute()
    while not os.path.lexists(place) and place != place.parent:
        place = place.parent
    folder = place if os.path.isdir(place) else place.parent
    if isinstance(error, PermissionError):
        remedy = "ask its owner, or choose another place"
        return f"You need permission to use {_described(place)}: {remedy}"
    if error.errno == errno.EROFS:
        return f"{folder} is on a read-only file system: choose another place"
    if error.errno in _FULL:
        return f"The disk with {folder} is full, or your quota is used up: free some space"
    if error.errno == errno.EFBIG:
        return f"A file in {folder} may not be as large: choose another file system"
    if isinstance(error, NotADirectoryError | FileExistsError):
        return f"{place} is in the way: move it, or choose another place"
    return None


def _described(place: Path) -> str:
    for each in (place, *place.parents):
        if each.name.startswith(".") and each.suffix == PART:
            return f"{each}, which another download has left"
    return str(place)
