"""What has been sent of an upload, noted on disk: the server does not tell.

Each line is a JSON object: the first says what is uploaded, each other one names an item that has
been sent. A line that was cut off, as the process was killed, is ignored.
"""

import hashlib
import json
from typing import Any, BinaryIO, cast
from uuid import UUID

from .file_locks import is_at
from .folders import state_folder
from .part_file import open_locked

__all__ = ["UploadJournal"]


class UploadJournal:
    """The journal of one upload, for one caller at a time.

    Args:
        server: URL of the server.
        user: Name of the user.
        base_uri: Where the dataset goes.
        source: Where it comes from: the path of a folder, or the URI of a dataset.
    """

    def __init__(self, server: str, user: str, base_uri: str, source: str) -> None:
        names = json.dumps([server, user, base_uri, source])
        self.key: str = hashlib.sha256(names.encode()).hexdigest()
        """Name of the upload among others."""
        self._folder = state_folder() / "uploads"
        self._path = self._folder / f"{self.key}.jsonl"
        self._source = source
        self._file: BinaryIO | None = None
        self._closed = False
        self.uuid: str | None = None
        """UUID of the dataset, None if no upload was begun."""
        self.frozen_at: float = 0.0
        """When it was frozen, in seconds since the epoch."""
        self.fingerprint: str = ""
        """Fingerprint of what the first request said."""
        self.sent: dict[str, str] = {}
        """Hashes of what has been sent, by identifier."""

    def open(self) -> None:
        """Open the journal, and read what earlier calls have noted.

        Raises:
            ConflictError: If another call is uploading the same.
        """
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._file = open_locked(self._path)
        if self._closed:  # by a caller who did not wait
            self.close()
            return
        lines = [found for line in self._file.read().splitlines() if (found := _object(line))]
        if not lines:
            return
        head = lines[0]
        try:
            uuid, frozen_at = str(UUID(head["uuid"])), float(head["frozen_at"])
            fingerprint = str(head["fingerprint"])
            sent = {line["item"]: line["hash"] for line in lines[1:] if line.keys() >= _ITEM}
        except (LookupError, TypeError, ValueError, AttributeError):
            return  # another version has written it
        self.uuid, self.frozen_at, self.fingerprint, self.sent = uuid, frozen_at, fingerprint, sent

    def begin(self, uuid: str, frozen_at: float, fingerprint: str) -> None:
        """Forget an earlier upload, and note that a new one begins.

        Args:
            uuid: UUID of the dataset.
            frozen_at: When it was frozen, in seconds since the epoch.
            fingerprint: Fingerprint of what the first request says.
        """
        if self._file is not None:
            self._file.seek(0)
            self._file.truncate()
        self.uuid, self.frozen_at, self.fingerprint, self.sent = uuid, frozen_at, fingerprint, {}
        head = {"uuid": uuid, "frozen_at": frozen_at, "fingerprint": fingerprint}
        self._write({**head, "source": self._source})

    def note(self, identifier: str, digest: str) -> None:
        """Note that an item has been sent.

        Args:
            identifier: Its identifier.
            digest: Its hash.
        """
        self.sent[identifier] = digest
        self._write({"item": identifier, "hash": digest})

    def remove(self) -> None:
        """Remove the journal: the upload has ended."""
        self.uuid = None
        self._path.unlink(missing_ok=True)

    def close(self) -> None:
        """Let others upload the dataset."""
        self._closed = True
        file, self._file = self._file, None
        if file is not None:
            if self.uuid is None and is_at(file, self._path):  # else it is another call's by now
                self._path.unlink(missing_ok=True)
            file.close()

    def _write(self, value: dict[str, Any]) -> None:
        if self._file is not None:
            line = json.dumps(value, separators=(",", ":"))
            self._file.write(f"\n{line}".encode())  # begins anew after a line that was cut off
            self._file.flush()


_ITEM = {"item", "hash"}


def _object(line: bytes) -> dict[str, Any]:
    try:
        found: Any = json.loads(line)
    except ValueError:
        return {}
    return cast("dict[str, Any]", found) if isinstance(found, dict) else {}
