# pyright: reportPrivateUsage=false
# Filesystems override private methods of fsspec's class.
"""Datasets as a filesystem of fsspec: ``dserver://<scheme>/<base>/<uuid>/<relpath>``.

fsspec finds the class by an entry point, and adds what touches no data: patterns, walks, text,
compression. Listings come from manifests, data by the ranges of ``item_files``. Connections, tokens
and signed URLs are never in a filesystem: fsspec keeps filesystems in a cache, pickles them for
workers, and writes them to JSON.
"""

import errno
import functools
import io
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple, NoReturn, TypeAlias, cast
from urllib.parse import quote, unquote, unquote_to_bytes

from .clients import Client
from .core import config
from .core.client import runner
from .core.declarations import SETTINGS
from .core.operation import Operation, named
from .core.values import checked_url
from .errors import InvalidRequestError, NotFoundError
from .item_files import (
    BLOCK_SIZE,
    BUFFER_SIZE,
    CACHED_BLOCKS,
    LEAST_BLOCK,
    MOST_AT_ONCE,
    RangeFile,
    check_number,
)
from .operations import metadata
from .operations.arguments import refuse
from .operations.downloads import Item, ItemRanges, download_item, items_of, read_item

if TYPE_CHECKING:

    class _FileSystem:
        """The class of fsspec, which has no types."""

        def __init__(self, **options: Any) -> None: ...

        @classmethod
        def _strip_protocol(cls, path: Any) -> Any: ...

        def get_file(self, *args: Any, **options: Any) -> None: ...

        def __getattr__(self, name: str) -> Any: ...

    DEFAULT_CALLBACK: Any = None
else:
    from fsspec import AbstractFileSystem as _FileSystem
    from fsspec.callbacks import DEFAULT_CALLBACK

__all__ = ["DserverFileSystem"]

_Refusal: TypeAlias = Callable[..., NoReturn]

_ESCAPES: Final = re.compile("((?:%[0-9A-Fa-f]{2})+)")
_PATTERN: Final = "/*?[]{}!^"  # what fsspec takes for parts of a pattern, which may be in a path


class _Listing(NamedTuple):
    """What a manifest lists, by percent-encoded paths."""

    items: dict[str, Item]
    folders: dict[str, dict[str, None]]
    """The paths in each folder, in the order of the manifest."""


class DserverFileSystem(_FileSystem):
    """The datasets of a dserver for fsspec, to read.

    ``dserver://s3/test-bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675/folder/data.csv`` is an item of
    the dataset ``s3://test-bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675``. The parts of the path
    are percent-encoded; so is a slash in a base URI.

    The login is configured, by the environment or ``dtool.json``, and never an argument: pickles
    and JSON of a filesystem hold its arguments. Another process uses its own configuration.

    Args:
        url: URL of the dserver. Default is the configured one.
        block_size: Bytes to request at a time, at least 4096, default 1 MiB.
        cached_blocks: How many blocks of each open file to keep in memory, at least 8, default 32.
        cached_datasets: How many manifests to keep in memory, default 16.
        asynchronous: Ignored: fsspec passes it to all filesystems.

    Raises:
        InvalidRequestError: If an argument is not one of these, such as ``token``.
        ConfigurationError: If the URL is not that of a server.

    Example::

        pandas.read_csv("dserver://s3/test-bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675/data.csv")
    """

    protocol: str = "dserver"

    def __init__(
        self,
        url: str | None = None,
        *,
        block_size: int = BLOCK_SIZE,
        cached_blocks: int = CACHED_BLOCKS,
        cached_datasets: int = 16,
        asynchronous: bool = False,
        **refused: Any,
    ) -> None:
        if names := list(refused):
            refused.clear()  # it may hold a secret, and a traceback shows the variables
            _refuse_option(names[0])
        super().__init__()
        self._url = None if url is None else checked_url(url, "url")
        self._block_size = check_number(block_size, "block_size", LEAST_BLOCK)
        self._cached_blocks = check_number(cached_blocks, "cached_blocks", MOST_AT_ONCE)
        kept = check_number(cached_datasets, "cached_datasets", 0)
        self._cached_listing = functools.lru_cache(kept)(self._read_listing)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._url or ''!r})"

    def ls(self, path: str, detail: bool = True, **_: Any) -> list[Any]:
        """List a folder of a dataset.

        Args:
            path: Path of the folder, the dataset, or an item.
            detail: Whether to return what ``info`` does, default True, or paths only.

        Raises:
            FileNotFoundError: If there is no such path.
            InvalidRequestError: If the path is not that of a dataset, or in one.
            LookupServerError: If the call fails otherwise.
        """
        root, relpath = self._split(path)
        items, folders = self._listing(root)
        if relpath in folders:
            found = [
                entry
                for each in folders[relpath]
                for entry in (
                    *([_file(root, each, items[each])] if each in items else []),
                    *([_folder(root, each)] if each in folders else []),
                )
            ]
        elif relpath in items:
            found = [_file(root, relpath, items[relpath])]
        else:
            raise _not_found(path)
        return found if detail else [each["name"] for each in found]

    def info(self, path: str, **_: Any) -> dict[str, Any]:
        """Describe an item or a folder.

        Returns:
            Its ``name``, ``size`` and ``type``; of an item also ``mtime``, in seconds since the
            epoch, ``hash`` and ``identifier``.

        Raises:
            FileNotFoundError: If there is no such path.
            InvalidRequestError: If the path is not that of a dataset, or in one.
            LookupServerError: If the call fails otherwise.
        """
        root, relpath = self._split(path)
        items, folders = self._listing(root)
        if relpath in items:
            return _file(root, relpath, items[relpath])
        if relpath in folders:
            return _folder(root, relpath)
        raise _not_found(path)

    def exists(self, path: str, **_: Any) -> bool:
        """Return whether there is such an item or folder; it is an error if that is unknown."""
        return self._type(path) is not None

    def isfile(self, path: str) -> bool:
        """Return whether there is such an item; it is an error if that is unknown."""
        return self._type(path) == "file"

    def isdir(self, path: str) -> bool:
        """Return whether there is such a folder; it is an error if that is unknown."""
        return self._type(path) == "directory"

    def _type(self, path: str) -> str | None:
        """Return what is at a path, None if nothing is."""
        try:
            found: str = self.info(path)["type"]
        except (FileNotFoundError, InvalidRequestError):
            return None
        return found

    def modified(self, path: str) -> datetime:
        """Return when an item was modified."""
        _, item = self._item(path)
        return datetime.fromtimestamp(item.modified, UTC)

    def cat_file(
        self, path: str, start: int | None = None, end: int | None = None, **_: Any
    ) -> bytes:
        """Return the content of an item, or of a range of it, by one request to storage.

        Args:
            path: Path of the item.
            start: The first byte, default 0; a negative number counts from the end.
            end: The byte after the last, likewise; default the end of the item.
        """
        uri, item = self._item(path)
        first, last, _step = slice(start, end).indices(item.size)
        if first >= last:
            return b""
        read = named(read_item.__name__, ItemRanges(uri, item).read(first, last))
        return cast("bytes", self._run(read))

    def get_file(
        self,
        rpath: str,
        lpath: Any = None,
        callback: Any = DEFAULT_CALLBACK,
        outfile: Any = None,
        **_: Any,
    ) -> None:
        """Download an item to a file, and check it against the manifest.

        Args:
            rpath: Path of the item.
            lpath: Path of the file, which is replaced if it exists; or an open file, for which
                only the size is checked.
            callback: A callback of fsspec for the progress in bytes.
            outfile: An open file to write to instead.
        """
        target = lpath if outfile is None else outfile
        if hasattr(target, "write"):  # releases of fsspec differ in what they do with it
            self._copy_to(target, rpath, callback)
            return
        if self.isdir(rpath):
            super().get_file(rpath, lpath, callback)
            return

        def report(done: int, total: int | None) -> None:
            callback.set_size(total)
            callback.absolute_update(done)

        uri, item = self._item(rpath)
        self._run(download_item(uri, item.identifier, lpath, overwrite=True, progress=report))

    def _copy_to(self, file: Any, path: str, callback: Any) -> None:
        """Write an item to an open file, which stays open."""
        with self.open(path) as item:
            callback.set_size(item.size)
            while chunk := item.read(self._block_size):
                file.write(chunk)
                callback.relative_update(len(chunk))

    def invalidate_cache(self, path: str | None = None) -> None:
        """Forget the manifests that were read, all of them.

        Args:
            path: Ignored.
        """
        self._cached_listing.cache_clear()

    def _refuse_to_write(self, *args: Any, **_: Any) -> NoReturn:
        """Refuse all that would write: fsspec's own methods ignore some of it."""
        raise OSError(errno.EROFS, "dserver:// is read-only. Use upload_dataset()", *args[:1])

    mkdir: _Refusal = _refuse_to_write
    makedirs: _Refusal = _refuse_to_write
    rmdir: _Refusal = _refuse_to_write
    rm_file: _Refusal = _refuse_to_write
    cp_file: _Refusal = _refuse_to_write
    touch: _Refusal = _refuse_to_write
    put_file: _Refusal = _refuse_to_write
    pipe_file: _Refusal = _refuse_to_write

    @classmethod
    def _strip_protocol(cls, path: Any) -> Any:
        """Return a path as listings have it: without protocol, in one form of encoding."""
        stripped = super()._strip_protocol(path)  # which calls this method for each path of a list
        return _normalized(stripped) if isinstance(stripped, str) else stripped

    def _open(
        self, path: str, mode: str = "rb", block_size: int | None = None, **_: Any
    ) -> "_ItemFile":
        """Open an item; fsspec's own caches and hints about them are not needed."""
        if mode != "rb":
            self._refuse_to_write(path)
        size = check_number(block_size or self._block_size, "block_size", LEAST_BLOCK)
        uri, item = self._item(path)
        raw = RangeFile(uri, item, self._run, size, self._cached_blocks)
        return _ItemFile(self, path, raw, size)

    def _item(self, path: str) -> tuple[str, Item]:
        """Return the dataset's URI and the item for a path."""
        root, relpath = self._split(path)
        listing = self._listing(root)
        if relpath in listing.items:
            return _uri(root), listing.items[relpath]
        if relpath in listing.folders:
            raise IsADirectoryError(errno.EISDIR, "This is a folder of a dataset", path)
        raise _not_found(path)

    def _split(self, path: str) -> tuple[str, str]:
        """Return the part of a path that leads to a dataset, and what follows."""
        parts = self._strip_protocol(path).split("/", 3)
        if len(parts) < 3 or not all(parts[:3]):
            remedy = "Give dserver://<scheme>/<base>/<uuid>/<path>, percent-encoded"
            refuse("path", path, "is not in a dataset", remedy)
        return "/".join(parts[:3]), _encoded(unquote("".join(parts[3:])))

    def _listing(self, root: str) -> _Listing:
        # fsspec returns the same filesystem again after the configuration has changed.
        return self._cached_listing(root, self._url or config.active_config().lookup_url)

    def _read_listing(self, root: str, server: str | None) -> _Listing:
        uri = _uri(root)
        try:
            found = items_of(self._run(metadata.get_manifest(uri)))
        except NotFoundError as error:
            raise FileNotFoundError(errno.ENOENT, str(error), uri) from None
        items = {_encoded(item.relpath): item for item in found}
        folders: dict[str, dict[str, None]] = {"": {}}
        for path in items:
            child, is_new = path, True
            while is_new and child:
                parent = child.rpartition("/")[0]
                is_new = parent not in folders
                folders.setdefault(parent, {})[child] = None
                child = parent
        return _Listing(items, folders)

    def _run(self, operation: Operation[Any]) -> Any:
        return runner(None if self._url is None else _client(self._url))(operation)


class _ItemFile(io.BufferedReader):
    """An open item, which is opened again where its pickle is loaded.

    Args:
        fs: The filesystem.
        path: Path of the item.
        raw: Reads the ranges.
        block_size: Bytes to request at a time.
    """

    def __init__(self, fs: DserverFileSystem, path: str, raw: RangeFile, block_size: int) -> None:
        super().__init__(raw, BUFFER_SIZE)
        self.fs = fs
        self.path = path
        self.size = raw.size
        self.blocksize = block_size

    def __reduce_ex__(self, protocol: Any) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return _reopen, (self.fs, self.path, self.blocksize, self.tell())

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return self.__reduce_ex__(0)


def _reopen(fs: DserverFileSystem, path: str, block_size: int, position: int) -> _ItemFile:
    file = fs._open(path, block_size=block_size)
    file.seek(position)
    return file


@functools.cache
def _client(url: str) -> Client:
    """Return the client of a server: one for all filesystems, none of which may hold it."""
    return Client(url)


def _refuse_option(name: str) -> NoReturn:
    """Refuse what is not an argument; its value may be a secret, and stays unsaid."""
    keys = {setting.option: setting.key for setting in SETTINGS if setting.key}
    key = keys.get(name, "DSERVER_TOKEN and its like")
    raise InvalidRequestError(
        f"{name}= is not an argument of dserver://, as pickles and caches of fsspec would hold it",
        next_step=f"Set {key} in the environment or in dtool.json, also where workers run. "
        "Arguments are url, block_size, cached_blocks and cached_datasets",
    ) from None


# --- paths -------------------------------------------------------------------------------------


def _uri(root: str) -> str:
    """Return the URI of the dataset that a path leads to."""
    scheme, base, uuid = map(unquote, root.split("/"))
    return f"{scheme}://{base}/{uuid}"


def _encoded(relpath: str) -> str:
    """Return the path of an item with its special characters encoded.

    fsspec would take some for a pattern, and lose a slash after another or at the end.
    """
    return re.sub("(?<=/)/|/$", "%2F", quote(relpath, safe="/"))


def _normalized(path: str) -> str:
    """Return a path in which the same characters are encoded, but for those of patterns."""
    return "".join(
        quote(unquote_to_bytes(part), safe="") if number % 2 else quote(part, safe=_PATTERN)
        for number, part in enumerate(_ESCAPES.split(path))
    )


def _file(root: str, path: str, item: Item) -> dict[str, Any]:
    return {
        "name": f"{root}/{path}",
        "size": item.size,
        "type": "file",
        "mtime": item.modified,
        "hash": item.digest,
        "identifier": item.identifier,
    }


def _folder(root: str, path: str) -> dict[str, Any]:
    return {"name": f"{root}/{path}".rstrip("/"), "size": 0, "type": "directory"}


def _not_found(path: str) -> FileNotFoundError:
    return FileNotFoundError(errno.ENOENT, "There is no such item or folder in the dataset", path)
