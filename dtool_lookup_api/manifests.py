# pyright: reportPrivateUsage=false
# Cached and other manifests use the cache by its private methods.
"""Manifests of many datasets, kept on disk where that is asked for.

Each manifest is a file of its own, which begins with the checksum of the rest. Files appear by
``os.replace``, so that any number of processes may use one folder, and a file that is not whole
is read from the server again.
"""

import hashlib
import json
import os
import re
import stat
import sys
import threading
import time
from collections.abc import AsyncIterable, Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

from . import synchronous
from .core.client import ClientBase, runner
from .core.folders import cache_folder, write_whole
from .core.many import Outcomes
from .core.operation import Operation, named
from .core.progress import Progress
from .errors import ConfigurationError
from .operations import metadata, users
from .operations.arguments import refuse
from .results import DatasetUri, member
from .types import Manifest

if TYPE_CHECKING:
    from .core.settings import Settings

__all__ = ["ManifestCache", "iter_manifests"]

_GIB: Final = 2**30
_FILE: Final = re.compile("[0-9a-f]{64}")
_UNFINISHED: Final = "unfinished-"
_ABANDONED: Final = 3600.0  # seconds after which nothing writes a file any more


class ManifestCache:
    """Manifests on disk, which ``iter_manifests`` reads and writes.

    A frozen dataset's manifest does not change, so that files do not expire; when they exceed the
    limit, those not used for the longest time are removed. Files are told apart by server, user
    and URI, which they hold along with the manifest. READMEs and tags are never kept.

    Args:
        folder: Folder of the files, which must be accessible to you alone; it is created.
            Default is ``dtool-lookup-api/manifests`` in ``$XDG_CACHE_HOME``, where that is set, or
            in the cache folder of the system, e.g. ``~/.cache``.
        limit: Bytes that the files may take, default 1 GiB. Several processes may exceed it by a
            tenth each.

    Raises:
        InvalidRequestError: If the limit is not a positive number.

    Example::

        for outcome in iter_manifests(iter_datasets(), cache=ManifestCache(limit=10**8)):
            print(outcome.argument["name"], outcome.value)
        ManifestCache().clear()
    """

    folder: Path
    """Folder of the files."""
    limit: int
    """Bytes that the files may take."""

    def __init__(self, folder: str | os.PathLike[str] | None = None, limit: int = _GIB) -> None:
        if isinstance(limit, bool) or not isinstance(cast("object", limit), int) or limit < 1:
            refuse("limit", limit, "is not a positive integer", "Give a number of bytes")
        self.folder = cache_folder() / "manifests" if folder is None else Path(folder)
        self.limit = limit
        self._room = 0  # bytes to write before looking at the folder again
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return f"ManifestCache({str(self.folder)!r}, limit={self.limit})"

    def clear(self) -> int:
        """Remove all manifests from the folder, those of other servers and users included.

        Returns:
            How many were removed.

        Raises:
            OSError: If a file cannot be removed.
        """
        removed = 0
        for entry in list(self._entries()):  # folders may skip entries while others are removed
            Path(entry.path).unlink(missing_ok=True)
            removed += _FILE.fullmatch(entry.name) is not None
        return removed

    def _prepare(self) -> None:
        """Create the folder, and make sure that no other user can read or plant manifests."""
        try:
            self.folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.folder.mkdir(mode=0o700, exist_ok=True)
            found = self.folder.lstat()
        except OSError as error:
            raise ConfigurationError(
                f"{self.folder} cannot hold a cache: {error.strerror}",
                next_step="Give another folder: cache=ManifestCache(folder), or set XDG_CACHE_HOME",
            ) from None
        is_private = stat.S_ISDIR(found.st_mode)
        if sys.platform != "win32":  # where the folders of a user are private
            is_private &= found.st_uid == os.getuid() and not found.st_mode & 0o077
        if not is_private:
            raise ConfigurationError(
                f"{self.folder} is not a folder that only you can use",
                next_step="If it is yours, chmod 700 it; or give another: "
                "cache=ManifestCache(folder)",
            )

    def _find(self, key: "_Key", dataset: DatasetUri) -> Manifest | None:
        """Return the manifest of a dataset, if there is one that is whole and fits."""
        path = self.folder / key.file_name
        try:
            checksum, body = path.read_bytes().split(b"\n", 1)
            if checksum != _checksum(body):
                return None
            record: dict[str, Any] = json.loads(body)
            manifest: Manifest = record["manifest"]
            fits = (
                _Key(record["server"], record["user"], record["uri"]) == key
                and _expected(dataset, "frozen_at", record["frozen_at"])
                and _expected(dataset, "number_of_items", len(manifest["items"]))
            )
        except (OSError, ValueError, TypeError, LookupError, RecursionError):
            return None
        if not fits:
            return None
        with suppress(OSError):
            os.utime(path)
        return manifest

    def _store(self, key: "_Key", dataset: DatasetUri, manifest: Manifest) -> None:
        """Write a manifest, if possible: on a full disk it is read all the same."""
        frozen_at = member(dataset, "frozen_at")
        record = {**key._asdict(), "frozen_at": frozen_at, "manifest": manifest}
        try:
            body = json.dumps(record, separators=(",", ":")).encode()
        except TypeError:  # a frozen_at that is not the server's number
            return
        content = _checksum(body) + b"\n" + body
        with suppress(OSError):
            if self._has_room_for(len(content)):
                write_whole(self.folder / key.file_name, content, _UNFINISHED)

    def _has_room_for(self, size: int) -> bool:
        """Return whether a file may be written, after removing others if there are too many.

        Other processes write as well, so that the folder is looked at after each tenth of the
        limit.
        """
        most = max(self.limit // 10, 1)
        if size > most:
            return False
        with self._lock:
            if self._room < size:
                self._shrink(self.limit - most)
                self._room = most
            self._room -= size
            return True

    def _shrink(self, limit: int) -> None:
        """Remove what is abandoned, and the manifests not used for the longest time."""
        manifests: list[tuple[float, int, str]] = []
        for entry in self._entries():
            with suppress(OSError):  # another process may be removing the same
                found = entry.stat()
                if _FILE.fullmatch(entry.name):
                    manifests.append((found.st_mtime, found.st_size, entry.path))
                elif time.time() - found.st_mtime > _ABANDONED:
                    os.unlink(entry.path)
        total = sum(size for _, size, _ in manifests)
        for _, size, path in sorted(manifests):
            if total <= limit:
                break
            with suppress(OSError):
                os.unlink(path)
            total -= size

    def _entries(self) -> "Iterator[os.DirEntry[str]]":
        """Yield the files of the cache, and leave alone what else lies in the folder."""
        with suppress(FileNotFoundError), os.scandir(self.folder) as entries:
            for entry in entries:
                if _FILE.fullmatch(entry.name) or entry.name.startswith(_UNFINISHED):
                    yield entry


def iter_manifests(
    datasets: Iterable[DatasetUri],
    *,
    cache: bool | ManifestCache = False,
    client: ClientBase | None = None,
    concurrency: int = 8,
    progress: Progress = False,
) -> Outcomes[Any, Manifest]:
    """Yield the manifests of many datasets, e.g. of all that a search finds.

    Args:
        datasets: Datasets as from ``iter_datasets``, or URIs. They are taken one by one as they
            are needed.
        cache: True to keep manifests on disk, and to read from the server only what is not there
            yet; or a ``ManifestCache`` with a folder or a limit of your own. Default is False.
        client: The ``Client``, of either kind, to read with. Default is as configured.
        concurrency: How many manifests to read at a time, 1 to 100, default 8.
        progress: True for a progress bar, which needs tqdm; or a function that is given how many
            manifests were read, and how many there are. Default is neither.

    Returns:
        An iterator of an ``Outcome`` for each dataset, in their order, as from ``get_many``::

            Outcome(argument={"uri": "smb://test-share/1a1f9fad-...", ...}, error=None)

        With ``cache``, one request asks who you are and what you may search. Manifests of other
        base URIs are always read from the server. So is one whose ``frozen_at`` or
        ``number_of_items`` is not that of the dataset.

    Raises:
        InvalidRequestError: If an argument cannot be used.
        AuthenticationError: If the login fails; going on tries again.
        ConfigurationError: If a setting is missing, or the folder is not yours alone.

    Requires search permission on the datasets' base URIs. Routes: ``GET /manifests/{uri}``,
    ``GET /me``.
    """
    if isinstance(datasets, AsyncIterable):
        refuse(
            "datasets",
            cast("object", datasets),
            "is asynchronous",
            "Give [each async for each in datasets]",
        )
    given = cast("object", datasets)
    if isinstance(given, str | bytes | Mapping) or not isinstance(given, Iterable):
        refuse("datasets", cast("object", given), "is not a list", "Give a list like [dataset]")
    run = runner(client)

    def read(uri: str) -> Manifest:
        return run(named(iter_manifests.__name__, metadata.get_manifest(uri)))

    if cache is True:
        cache = ManifestCache()
    if isinstance(cache, ManifestCache):
        cache._prepare()
        return synchronous.get_many(
            _CachedReader(cache, run, read).read, datasets, concurrency, progress
        )
    if cache is not False:
        refuse("cache", cache, "is not a cache", "Give True, False or a ManifestCache")
    return synchronous.get_many(
        lambda dataset: read(_uri_of(dataset)), datasets, concurrency, progress
    )


class _Key(NamedTuple):
    """What tells manifests apart."""

    server: str
    user: str
    uri: str

    @property
    def file_name(self) -> str:
        return hashlib.sha256(json.dumps(self).encode()).hexdigest()


class _Identity(NamedTuple):
    """Who reads where."""

    server: str
    user: str
    base_uris: list[str]


class _CachedReader:
    """Read manifests from a cache, or else from the server.

    Args:
        cache: The cache.
        run: Runs operations, to find out who reads.
        read: The function that reads from the server.
    """

    def __init__(
        self,
        cache: ManifestCache,
        run: Callable[[Operation[_Identity]], _Identity],
        read: Callable[[str], Manifest],
    ) -> None:
        self._cache = cache
        self._run = run
        self._read = read
        self._lock = threading.Lock()
        self._identity: _Identity | None = None

    def read(self, dataset: DatasetUri) -> Manifest:
        """Return the manifest of a dataset."""
        uri = _uri_of(dataset)
        server, user, base_uris = self._identified()
        # As the server does: a permission that was withdrawn must not live on here.
        if str(uri).rpartition("/")[0] not in base_uris:
            return self._read(uri)
        key = _Key(server, user, uri)
        manifest = self._cache._find(key, dataset)
        if manifest is None:
            manifest = self._read(uri)
            self._cache._store(key, dataset, manifest)
        return manifest

    def _identified(self) -> _Identity:
        """Return who reads where; one thread asks the server, and the others wait."""

        def identity() -> Operation[_Identity]:
            answer = yield next(users.get_me())
            key = "search_permissions_on_base_uris"
            server = cast("Settings", answer.call.settings).url
            base_uris = answer.text_list(key) if answer.json_object().get(key) else []
            return _Identity(server, answer.json_member("username", str), base_uris)

        with self._lock:
            if self._identity is None:
                self._identity = self._run(named(iter_manifests.__name__, identity()))
            return self._identity


def _uri_of(dataset: DatasetUri) -> str:
    """Return what is to be the URI; reading from the server refuses what is not."""
    found = dataset.get("uri") if isinstance(dataset, Mapping) else getattr(dataset, "uri", dataset)
    return cast("str", found)


def _expected(dataset: DatasetUri, name: str, value: object) -> bool:
    """Return whether a dataset has a value, if it says anything about it."""
    said = member(dataset, name)
    return said is None or said == value


def _checksum(body: bytes) -> bytes:
    return hashlib.sha256(body).hexdigest().encode()
