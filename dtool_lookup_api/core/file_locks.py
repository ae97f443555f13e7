"""Locks on files, by which one program at a time writes them: dtool.json, downloads, journals."""

import os
import sys
from pathlib import Path
from typing import IO, Any

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

__all__ = ["has_lock", "is_at"]


def has_lock(file: IO[Any]) -> bool:
    """Lock a file without waiting, and return whether this is its only writer.

    Where a file system has no locks, each may write.

    Args:
        file: The open file.
    """
    try:
        if sys.platform == "win32":
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    except OSError:
        return True
    return True


def is_at(file: IO[Any], path: Path) -> bool:
    """Return whether a path still leads to an open file, which others may rename or remove.

    Args:
        file: The open file.
        path: The path; a link there is followed only where opening follows it.
    """
    follows = not hasattr(os, "O_NOFOLLOW")
    try:
        return os.path.samestat(os.fstat(file.fileno()), os.stat(path, follow_symlinks=follows))
    except FileNotFoundError:
        return False
