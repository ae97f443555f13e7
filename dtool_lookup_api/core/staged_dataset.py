"""A dataset on its way to disk: staged in a hidden folder, and renamed once it is whole.

``operations.downloads`` downloads items into it. Its structure is that of dtoolcore's disk storage
broker, which creates it; metadata are written byte for byte as storage has them. The administrative
metadata, by which dtoolcore recognises a dataset, come last.
"""

import hashlib
import json
import os
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO, Final, NamedTuple

from ..errors import InvalidRequestError
from .part_file import PART, open_locked

__all__ = ["DatasetMetadata", "StagedDataset", "check_place"]

_MOST_OF_NAME: Final = 50  # characters, of 4 bytes at most; names of files have 255


class DatasetMetadata(NamedTuple):
    """All of a dataset but its items, as storage has it.

    Args:
        admin_metadata: The administrative metadata.
        manifest: The manifest.
        readme: The README.
        tags: The tags.
        annotations: Annotations by name.
        overlays: Overlays by name.
    """

    admin_metadata: bytes
    manifest: bytes
    readme: bytes
    tags: list[str]
    annotations: dict[str, bytes]
    overlays: dict[str, bytes]


class StagedDataset:
    """A dataset on its way to disk.

    Args:
        target: Folder of the whole dataset; a link to one is followed.
        uuid: Its UUID: another dataset may have the same items.
        manifest: Its manifest. With another one, an unfinished dataset is not continued.
    """

    def __init__(self, target: Path, uuid: str, manifest: bytes) -> None:
        self._target = target.resolve() if target.is_dir() else target
        self._uuid = uuid
        self._manifest = manifest
        name = self._target.name
        key = hashlib.sha256(os.fsencode(f"{name}\n{uuid}\n") + manifest).hexdigest()[:16]
        self.folder: Path = self._target.parent / f".{name[:_MOST_OF_NAME]}.{key}{PART}"
        """Folder of all that is not whole."""
        self._dataset = self.folder / "dataset"
        self.is_complete: bool = False
        """Whether the dataset is at its target already."""
        self._lock: BinaryIO | None = None
        self._closed = False

    @property
    def data(self) -> Path:
        """Folder of the items."""
        return (self._target if self.is_complete else self._dataset) / "data"

    def inspect_target(self) -> None:
        """Find out whether the dataset is there already.

        Raises:
            InvalidRequestError: If something else is, or what is there cannot be replaced.
        """
        target = self._target
        check_place(target, "to")
        self.is_complete = False
        if not os.path.lexists(target):
            return
        if target.is_dir() and not any(target.iterdir()):
            if os.path.ismount(target) or target.samefile(os.curdir):
                raise InvalidRequestError(
                    f"to={str(target)!r} is in use as current folder, or mounted: the dataset "
                    "cannot take its place",
                    next_step="Give the path of a new folder, such as one in it",
                )
            return
        self.is_complete = target.is_dir() and self._is_the_same()
        if not self.is_complete:
            raise InvalidRequestError(
                f"to={str(target)!r} exists, and is not this dataset",
                next_step="Give another path, or move what is there",
            )

    def _is_the_same(self) -> bool:
        broker = _broker(self._target)
        try:
            found: Any = json.loads(Path(broker.get_manifest_key()).read_bytes())
            wanted: Any = json.loads(self._manifest)
            uuid = json.loads(Path(broker.get_admin_metadata_key()).read_bytes())["uuid"]
        except (OSError, ValueError, LookupError, TypeError):
            return False
        data = self._target / "data"
        return bool(
            uuid == self._uuid
            and found == wanted
            and all(
                _size(data / each["relpath"]) == each["size_in_bytes"]
                for each in wanted["items"].values()
            )
        )

    def has(self, relpath: str, size: int, modified: float) -> bool:
        """Return whether an item is there: whole ones have their names and times.

        Args:
            relpath: Path of the item.
            size: Its size in bytes.
            modified: When it was modified, in seconds since the epoch.
        """
        try:
            found = (self.data / relpath).stat()
        except OSError:
            return False
        return found.st_size == size and abs(found.st_mtime - modified) < 1e-5

    def open(self) -> None:
        """Create the folders, for this caller alone.

        Raises:
            ConflictError: If another call is downloading it.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        self._lock = open_locked(self.folder / "lock")
        broker = _broker(self._dataset)
        if not Path(broker.get_dtool_readme_key()).exists():  # which dtoolcore creates last
            if self._dataset.exists():
                shutil.rmtree(self._dataset)
            broker.create_structure()
        if self._closed:  # by a caller who did not wait
            self.close()

    def finish(self, metadata: DatasetMetadata) -> None:
        """Write the metadata, and rename the folder.

        Args:
            metadata: The metadata.

        Raises:
            OSError: If something else has appeared at the target.
        """
        broker = _broker(self._dataset)
        for of_a_name in (broker.get_tag_key, broker.get_annotation_key, broker.get_overlay_key):
            folder = Path(of_a_name("any")).parent
            shutil.rmtree(folder, ignore_errors=True)  # an earlier call may have ended after this
            folder.mkdir()
        for tag in metadata.tags:
            broker.put_tag(tag)
        files = {
            broker.get_readme_key(): metadata.readme,
            broker.get_manifest_key(): metadata.manifest,
            **{broker.get_annotation_key(n): each for n, each in metadata.annotations.items()},
            **{broker.get_overlay_key(n): each for n, each in metadata.overlays.items()},
            broker.get_admin_metadata_key(): metadata.admin_metadata,
        }
        for path, content in files.items():
            Path(path).write_bytes(content)
        with suppress(OSError):  # it is not there, or not empty, which renaming tells
            self._target.rmdir()
        os.rename(self._dataset, self._target)
        self.remove()

    def remove(self) -> None:
        """Remove all that is not whole."""
        self.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def close(self) -> None:
        """Let others download the dataset."""
        self._closed = True
        lock, self._lock = self._lock, None
        if lock is not None:
            lock.close()


def check_place(folder: Path, argument: str) -> None:
    """Refuse a path that dtoolcore takes for another one: as in a URI, # and ? end it.

    Args:
        folder: The path.
        argument: Name of the argument.
    """
    if Path(_broker(folder).get_readme_key()).parent != folder:
        raise InvalidRequestError(
            f"{argument}={str(folder)!r} is a path that dtoolcore cannot open",
            next_step="Give a path without # and ?",
        )


def _broker(folder: Path) -> Any:
    from dtoolcore.storagebroker import DiskStorageBroker

    return DiskStorageBroker(str(folder))


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return -1
