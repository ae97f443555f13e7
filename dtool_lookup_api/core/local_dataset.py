"""A dataset on disk that is to be uploaded: one of dtool, or a folder that is frozen in memory.

``operations.dataset_uploads`` reads it in steps. Hashing its files comes last, as it may take long.
"""

import hashlib
import json
import os
import stat
import unicodedata
from pathlib import Path
from typing import Any, Final, NamedTuple, NoReturn, cast

from ..errors import InvalidRequestError
from .staged_dataset import check_place

__all__ = ["README", "LocalDataset", "hash_files", "identifier_of", "read_local_dataset"]

README: Final = "README"
"""What stands for the README among identifiers of items."""
_READMES: Final = ("README.yml", "README.yaml", "README.md", "README.txt", "README")
_DAMAGED: Final = (AttributeError, LookupError, RecursionError, TypeError, ValueError)
"""What dtoolcore raises for metadata that are not JSON, or not what they should be."""
_TO_COME: Final = "0" * 32
_LARGEST: Final = 5 * 1024**3  # bytes: S3 takes no more in one request


class LocalDataset(NamedTuple):
    """A dataset that is to be uploaded.

    Args:
        uuid: Its UUID; None for a folder that is not a dataset.
        name: Its name.
        creator: Name of its creator, if it is known.
        frozen_at: When it was frozen, in seconds since the epoch; None for now.
        readme: Its README.
        hash_function: Name of the function that made the hashes.
        items: Entries of the manifest by identifier.
        paths: The files by identifier.
        tags: Its tags.
        annotations: Annotations by name.
        overlays: Overlays by name.
    """

    uuid: str | None
    name: str
    creator: str | None
    frozen_at: float | None
    readme: bytes
    hash_function: str
    items: dict[str, dict[str, Any]]
    paths: dict[str, Path]
    tags: list[str]
    annotations: dict[str, Any]
    overlays: dict[str, dict[str, Any]]

    @property
    def fingerprint(self) -> str:
        """Fingerprint of what the server keeps from the first request of an upload."""
        kept = [self.name, sorted(self.tags), self.annotations, self.overlays]
        return hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()

    @property
    def hashes(self) -> dict[str, str]:
        """Hashes of all that is sent to storage: items by identifier, and ``README``."""
        readme = hashlib.md5(self.readme, usedforsecurity=False).hexdigest()
        return {name: item["hash"] for name, item in self.items.items()} | {README: readme}


def read_local_dataset(folder: Path) -> LocalDataset:
    """Return the dataset in a folder, without the hashes of files that are not one of dtool yet.

    Args:
        folder: Path of the folder.

    Raises:
        InvalidRequestError: If it cannot be uploaded.
    """
    if not folder.is_dir():
        _refuse(folder, "is not a folder", "Give the path of a dataset, or of a folder with data")
    if (folder / ".dtool").exists():
        check_place(folder, "path")
        try:
            return _dataset(folder)
        except InvalidRequestError:
            raise
        except _DAMAGED as error:
            shown = f"{type(error).__name__}: {error}"
            _refuse(folder, f"is a dataset that dtool cannot read: {shown}", "Repair it")
    return _plain_folder(folder)


def identifier_of(relpath: str) -> str:
    """Return the identifier that dtoolcore gives to an item.

    Args:
        relpath: Path of the item.
    """
    return hashlib.sha1(os.fsencode(relpath), usedforsecurity=False).hexdigest()


def hash_files(local: LocalDataset) -> LocalDataset:
    """Return the same dataset with the hashes of all files.

    Args:
        local: The dataset.
    """
    if local.uuid is not None:
        return local
    items = {name: _hashed(item, local.paths[name]) for name, item in local.items.items()}
    return local._replace(items=items)


def _hashed(item: dict[str, Any], path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False))
        found = os.fstat(file.fileno())
    return {
        **item,
        "hash": digest.hexdigest(),
        "size_in_bytes": found.st_size,
        "utc_timestamp": found.st_mtime,
    }


def _dataset(folder: Path) -> LocalDataset:
    import dtoolcore

    try:
        dataset: Any = cast("Any", dtoolcore).DataSet.from_uri(str(folder))
    except dtoolcore.DtoolCoreTypeError:
        _refuse(folder, "is not a frozen dataset", "Freeze it first: dtool freeze")
    admin_metadata = dataset._admin_metadata  # dtoolcore has no public names for these two
    manifest = dataset._manifest
    items: dict[str, dict[str, Any]] = manifest["items"]
    paths = {name: folder / "data" / item["relpath"] for name, item in items.items()}
    for name, path in paths.items():
        size = path.stat().st_size if path.is_file() else None
        if size != items[name]["size_in_bytes"]:
            problem = f"is a dataset that lacks {items[name]['relpath']!r}, or in which it changed"
            _refuse(folder, problem, "Run dtool verify")
    annotations = dataset.list_annotation_names()
    return LocalDataset(
        uuid=admin_metadata["uuid"],
        name=admin_metadata["name"],
        creator=admin_metadata.get("creator_username"),
        frozen_at=admin_metadata["frozen_at"],
        readme=(folder / "README.yml").read_bytes(),
        hash_function=manifest["hash_function"],
        items=items,
        paths=paths,
        tags=sorted(dataset.list_tags()),
        annotations={name: dataset.get_annotation(name) for name in annotations},
        overlays={name: dataset.get_overlay(name) for name in dataset.list_overlay_names()},
    )


def _plain_folder(folder: Path) -> LocalDataset:
    readme = next((folder / name for name in _READMES if (folder / name).is_file()), None)
    if readme is None:
        _refuse(folder, "has no README", "Describe the data in README.yml, as YAML")
    files = [path for path in _files(folder) if path != readme]
    items: dict[str, dict[str, Any]] = {}
    paths: dict[str, Path] = {}
    for path in files:
        if path.stat().st_size > _LARGEST:
            _refuse(path, "is larger than 5 GiB", "Storage takes no more in one request: use dtool")
    for path in files:
        # As macOS may decompose letters, where others would not find the file by its name.
        relpath = unicodedata.normalize("NFC", path.relative_to(folder).as_posix())
        identifier = identifier_of(relpath)
        if identifier in paths:
            _refuse(path, "has the same name as another file, in Unicode", "Rename it")
        found = path.stat()
        items[identifier] = {
            "hash": _TO_COME,
            "relpath": relpath,
            "size_in_bytes": found.st_size,
            "utc_timestamp": found.st_mtime,
        }
        paths[identifier] = path
    return LocalDataset(
        uuid=None,
        name=folder.name,
        creator=None,
        frozen_at=None,
        readme=readme.read_bytes(),
        hash_function="md5sum_hexdigest",
        items=items,
        paths=paths,
        tags=[],
        annotations={},
        overlays={},
    )


def _files(folder: Path) -> list[Path]:
    """Return all files below a folder, in order; links to files are files."""
    found: list[Path] = []
    for parent, folders, names in os.walk(folder, onerror=_raise):
        for name in folders:
            if (Path(parent) / name).is_symlink():
                _refuse(Path(parent) / name, "is a link to a folder", "Move the folder here")
        for name in names:
            path = Path(parent) / name
            if not path.exists() or not stat.S_ISREG(path.stat().st_mode):
                _refuse(path, "is not a file that can be read", "Move it out of the folder")
            found.append(path)
    return sorted(found)


def _raise(error: OSError) -> NoReturn:
    raise error


def _refuse(path: Path, problem: str, remedy: str) -> NoReturn:
    raise InvalidRequestError(f"path={str(path)!r} {problem}", next_step=remedy) from None
