"""A file on its way to disk: written next to its target, checked, and renamed once it is whole.

``operations.downloads`` opens one for each item, passes ``receive`` to the transfer, and finishes
it. What has arrived stays there after an interruption, whatever its cause, and the next process
continues with it. A lock keeps two from writing the same file.
"""

import hashlib
import os
import re
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from ..errors import ConflictError, IntegrityError
from .file_locks import has_lock, is_at

if TYPE_CHECKING:
    from .messages import HttpResponse

__all__ = ["PART", "PartFile", "damaged", "hash_function", "open_locked"]

PART: Final = ".part"
"""End of the name of a file that is not whole."""
_BLOCK: Final = 1024 * 1024  # bytes read at a time
_MOST_IGNORED: Final = 5  # requests for the rest of a file, to which storage sends all of it
_RANGE: Final = re.compile(r"bytes (\d+)-\d+/(\d+|\*)")
# Those of dtoolcore.filehasher, which read whole files; in a manifest, names are all there is.
_HASH_FUNCTIONS: Final = {
    "md5sum_hexdigest": "md5",
    "sha1sum_hexdigest": "sha1",
    "sha256sum_hexdigest": "sha256",
}


def hash_function(name: object) -> Callable[[], Any] | None:
    """Return what makes the hash objects for a hash function of dtoolcore, None if unknown.

    Args:
        name: Name of the function in a manifest, e.g. ``"md5sum_hexdigest"``.
    """
    algorithm = _HASH_FUNCTIONS.get(str(name))
    return None if algorithm is None else lambda: hashlib.new(algorithm, usedforsecurity=False)


class PartFile:
    """A file on its way to disk.

    Args:
        target: Where the whole file goes.
        name: Name of the item, for errors.
        size: Size of the whole file in bytes.
        digest: Its hash.
        hasher: Makes the hash object; None if the hash cannot be checked.
        modified: Time of modification to set, in seconds since the epoch.
        folder: Where to keep it meanwhile, default next to the target.
    """

    def __init__(
        self,
        target: Path,
        *,
        name: str,
        size: int,
        digest: str,
        hasher: Callable[[], Any] | None,
        modified: float,
        folder: Path | None = None,
    ) -> None:
        self.target: Path = target
        self.size: int = size
        self.position: int = 0
        """Bytes that are there."""
        self.try_start: int = 0
        """Bytes that were there when the current try began."""
        self._name = name
        self._digest = digest
        self._hasher = hasher
        self._modified = modified
        # The same item with other content has another name, so that it never continues this one.
        text = f"{name}\n{target.name}\n{digest}\n{size}"
        key = hashlib.sha256(text.encode("utf-8", "replace"))
        self._path = (folder or target.parent) / f".{key.hexdigest()[:24]}{PART}"
        self._file: BinaryIO | None = None
        self._hash = hasher() if hasher else None
        self._resumed = False
        self._ignored = 0
        self._closed = False

    def open(self) -> None:
        """Open the file, and read what an earlier call has left of it.

        Raises:
            ConflictError: If another call is writing it.
        """
        for folder in {self.target.parent, self._path.parent}:
            if not folder.is_dir():
                folder.mkdir(parents=True, exist_ok=True)
        self._file = open_locked(self._path)
        if self._file.seek(0, os.SEEK_END) > self.size:
            self.restart()
        self._file.seek(0)
        while piece := self._file.read(_BLOCK):
            self._add(piece)
        self._resumed = self.position > 0
        if self._closed:  # by a caller who did not wait
            self.close()

    def headers(self) -> dict[str, str]:
        """Return the headers of the next try: only what is missing is requested."""
        self.try_start = self.position
        return {"Range": f"bytes={self.position}-"} if self.position else {}

    def receive(self, response: "HttpResponse") -> Callable[[bytes], None]:
        """Return what writes the body of a response, if it fits.

        Args:
            response: A successful response, without its body.

        Raises:
            IntegrityError: If it is not what the manifest describes.
        """
        headers = response.headers
        part = headers.get("Content-Range")
        if response.status == 206 or part:  # `rclone serve s3` sends parts with 200
            found = _RANGE.fullmatch(part or "")
            if found is None or int(found[1]) != self.position:
                raise self._damaged("storage sent another part than requested")
            total = found[2]
        else:
            if self.position:  # storage has ignored the range
                self._ignored += 1
                if self._ignored > _MOST_IGNORED:
                    raise self._damaged(
                        "storage cannot continue after a lost connection, and none lasts",
                        "Try again with another connection",
                    )
                self.restart()
            total = headers.get("Content-Length") or "*"
        if total not in ("*", str(self.size)):
            encoding = headers.get("Content-Encoding") or "identity"
            if encoding != "identity":
                raise self._damaged(
                    f"it was compressed on the way ({encoding[:20]!r})",
                    "Connect without the proxy that does so: DSERVER_STORAGE_PROXY=none",
                )
            raise self._damaged(f"storage has {total[:20]} bytes")
        return self.write

    def write(self, chunk: bytes) -> None:
        """Write a chunk.

        Args:
            chunk: The chunk.

        Raises:
            IntegrityError: If the file becomes too large.
        """
        if self._file is None or self.position + len(chunk) > self.size:
            raise self._damaged("storage sent more bytes")
        self._file.write(chunk)
        self._add(chunk)

    def finish(self) -> bool:
        """Check the file and rename it, and return whether that was done.

        It was not if an earlier call had left something else: then the file is empty again.

        Raises:
            IntegrityError: If the content is not what the manifest describes; it is deleted.
        """
        file = self._file
        if file is None or self.position != self.size:
            raise self._damaged(f"storage sent {self.position} bytes")
        if self._hash is not None and self._hash.hexdigest() != self._digest:
            if self.restart():
                return False
            raise self._damaged("its hash is another one")
        file.flush()
        os.utime(self._path, (self._modified, self._modified))
        if sys.platform == "win32":  # which renames no open file
            self.close()
        os.replace(self._path, self.target)
        self.close()
        return True

    def restart(self) -> bool:
        """Remove all that is there, and return whether an earlier call had left some of it."""
        if self._file is not None:
            self._file.seek(0)
            self._file.truncate()
        self.position = self.try_start = 0
        self._hash = self._hasher() if self._hasher else None
        resumed, self._resumed = self._resumed, False
        return resumed

    def close(self) -> None:
        """Close the file; what is there remains, if it is anything."""
        self._closed = True
        file, self._file = self._file, None
        if file is not None:
            with suppress(OSError):  # e.g. a full disk, which the write has told
                if self.position == 0:
                    _unlink(file, self._path)
            with suppress(OSError):
                file.close()

    def _add(self, chunk: bytes) -> None:
        if self._hash is not None:
            self._hash.update(chunk)
        self.position += len(chunk)

    def _damaged(self, problem: str, next_step: str | None = None) -> IntegrityError:
        return damaged(self._name, self.size, problem, next_step)


def damaged(name: str, size: int, problem: str, next_step: str | None = None) -> IntegrityError:
    """Return the error for an item that is not what its manifest describes.

    Args:
        name: Path of the item.
        size: Its size in bytes, as the manifest says.
        problem: What differs.
        next_step: What to do, default to try again.
    """
    return IntegrityError(
        f"{name!r} differs from the manifest, which says {size} bytes: {problem}",
        next_step=next_step
        or "Try again. If that does not help, the dataset is damaged: tell its owner",
    )


def open_locked(path: Path) -> BinaryIO:
    """Open a file for one caller at a time, and create it if need be.

    Args:
        path: Path of the file.

    Raises:
        ConflictError: If it is in use.
    """
    flags = os.O_RDWR | os.O_CREAT
    for name in ("O_BINARY", "O_CLOEXEC", "O_NOFOLLOW"):
        flags |= getattr(os, name, 0)
    while True:
        file = os.fdopen(os.open(path, flags, 0o666), "r+b")
        locked = has_lock(file)
        if locked and is_at(file, path):  # else the other has just renamed or removed it
            return file
        file.close()
        if not locked:
            raise ConflictError(
                f"Another call is writing to {path.parent}",
                next_step="Wait until it has ended, then try again, or give another path",
            )


def _unlink(file: BinaryIO, path: Path) -> None:
    """Remove a file, unless the path is another's by now."""
    if is_at(file, path):
        path.unlink()
