"""What prevents files from being written: errors that tests can't cause on a real disk."""

import errno
import os
from pathlib import Path

import pytest

from dtool_lookup_api.core.file_errors import what_prevents


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "The disk with {} is full, or your quota is used up: free some space"),
        (errno.EDQUOT, "The disk with {} is full, or your quota is used up: free some space"),
        (errno.EROFS, "{} is on a read-only file system: choose another place"),
    ],
)
def test_the_folder_that_exists_is_named(tmp_path: Path, number: int, words: str) -> None:
    """Also if the system does not say which file it was."""
    error = OSError(number, os.strerror(number))
    assert what_prevents(error, tmp_path / "new" / "file") == words.format(tmp_path)
    error = OSError(number, os.strerror(number), str(tmp_path / "other" / "file"))
    assert what_prevents(error, Path("/elsewhere")) == words.format(tmp_path)


def test_a_file_that_may_not_be_replaced(tmp_path: Path) -> None:
    """Of a renamed file, the new name counts."""
    (tmp_path / "old").touch()
    error = PermissionError(errno.EPERM, "no", str(tmp_path / "part"), None, str(tmp_path / "old"))
    words = f"You need permission to use {tmp_path / 'old'}: ask its owner, or choose another place"
    assert what_prevents(error, tmp_path) == words


def test_other_errors_speak_for_themselves(tmp_path: Path) -> None:
    """A disk that fails, for example."""
    assert what_prevents(OSError(errno.EIO, "Input/output error"), tmp_path) is None
