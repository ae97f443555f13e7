"""Operations that download data from storage to disk, with URLs that the server signs.

Manifests come from others: their paths are checked before anything is written. Each item is a
``PartFile``, so that only whole, verified files have their final names.
"""

import fnmatch
import hashlib
import json
import os
import re
import time
import unicodedata
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar, cast

from ..core.file_errors import what_prevents
from ..core.operation import Operation, Together, TransferRequest
from ..core.part_file import PartFile, damaged, hash_function
from ..core.progress import Progress, Total, reporter
from ..core.staged_dataset import DatasetMetadata, StagedDataset
from ..errors import (
    IntegrityError,
    LookupServerError,
    NotFoundError,
    PermissionDeniedError,
    ServerError,
    UnreadableAnswerError,
)
from ..results import DatasetUri, Download
from . import arguments, metadata, signed_urls, uploads
from .arguments import refuse

if TYPE_CHECKING:
    from ..core.messages import HttpResponse

_T = TypeVar("_T")

_CODE: Final = re.compile(rb"<Code>([A-Za-z0-9.]{1,64})</Code>")
_ADVICE: Final[dict[int | str, str]] = {
    **dict.fromkeys(
        (301, 302, 303, 307, 308),
        "Tell the administrator: it is at another address, for which the server has to sign URLs",
    ),
    403: "Tell the administrator: the server's access to storage may be wrong, or its clock",
    404: "It is missing in storage: tell the owner of the dataset",
    "InvalidAccessKeyId": "Tell the administrator: storage does not know the server's key",
    "NoSuchBucket": "Tell the administrator: storage does not have the base URI",
    "RequestTimeTooSkewed": "Tell the administrator: the clocks of server and storage differ",
    "SignatureDoesNotMatch": "Tell the administrator: the server's key for storage is wrong, or a "
    "proxy in front of storage changes the host, the path or a header",
}
"""What to do about a status or a code of storage."""
_SEPARATORS: Final = tuple(filter(None, (os.sep, os.altsep)))
KEPT: Final = "What has arrived is kept: the same call continues"
"""Note of errors after which something has arrived."""
_EXPIRY_MARGIN: Final = 0.1  # of the lifetime of a URL, at the end of which a new one is requested
_RESERVED: Final = re.compile(
    r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?|.*[. ]|.*[<>:\"|?*\\].*", re.IGNORECASE
)


class Item(NamedTuple):
    """An item, as a manifest describes it.

    Args:
        identifier: Its identifier.
        relpath: Its path.
        size: Its size in bytes.
        digest: Its hash.
        modified: When it was modified, in seconds since the epoch.
    """

    identifier: str
    relpath: str
    size: int
    digest: str
    modified: float


def _locally(step: Callable[[], _T]) -> Operation[_T]:
    """Return what a function returns that reads or writes files."""
    found: Any = yield step
    return cast("_T", found)


def download_item(
    uri: DatasetUri,
    item: str,
    to: str | PathLike[str],
    overwrite: bool = False,
    progress: Progress = False,
) -> Operation[Path]:
    """Download one item of a dataset to a file, and check it against the manifest.

    The data come directly from storage. Until the file is complete, it has a hidden name in the
    same folder, which ends in ``.part``. Size and hash are checked while it arrives. After a
    lost connection, the download continues where it stopped. If the program has ended, the next
    call continues it.

    Args:
        uri: URI of the dataset, or the dataset with its ``uri``, e.g.
            ``"s3://test-bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675"``.
        item: Path of the item in the dataset, e.g. ``"folder/data.csv"``, or its identifier.
        to: Path of the file, or of a folder that exists or ends in a slash, in which the file
            keeps its name. Missing folders are created.
        overwrite: Whether to replace an existing file that differs, default False. A file with
            the right content is left as it is, and nothing is downloaded.
        progress: True for a progress bar, which needs tqdm; or a function that is given how
            many bytes have arrived, and how many the item has. Default is neither.

    Returns:
        The path of the file (pathlib.Path), whose time of modification is that of the item::

            PosixPath("/home/user/data.csv")

    Raises:
        NotFoundError: If the dataset is not in the base URI, or the item not in the dataset.
        PermissionDeniedError: If the base URI is unknown or not yours to search.
        NotOfferedError: If the server has no such plugin, or the storage cannot sign URLs.
        InvalidRequestError: If another file is there, or the path cannot be used.
        IntegrityError: If an item differs from the manifest. It is not kept.
        ConflictError: If another call is downloading it to the same path.
        OSError: If the file cannot be written. Data that have arrived are kept.
        LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

    Requires the dserver-signed-url-plugin, and search permission on the base URI.
    Route: ``GET /manifests/{uri}``, ``GET /signed-urls/item/{uri}/{identifier}``.
    """
    place = arguments.check_uri(uri)
    wanted = arguments.check_text(item, "item")
    target = arguments.check_path(to, "to")
    is_folder = isinstance(to, str) and to.endswith(_SEPARATORS)
    arguments.check_bool(overwrite, "overwrite")
    report = reporter(arguments.check_progress(progress), "B")
    manifest = yield from metadata.get_manifest(place)
    hasher = hash_function(manifest.get("hash_function"))
    found = find_item(items_of(manifest), wanted, place)
    check = partial(_file_for, target, found, hasher, is_folder=is_folder, overwrite=overwrite)
    with _explained(target, lambda: 0):
        target, is_there = yield from _locally(check)
    if not is_there:
        part = _part(target, found, hasher)
        total = Total(report, found.size)
        try:
            with _explained(target, lambda: total.done):
                yield from _download(part, found, _Urls(place, found.identifier), total.part())
        finally:
            report.close()
    return target


def read_item(
    uri: DatasetUri, item: str, start: int | None = None, stop: int | None = None
) -> Operation[bytes]:
    """Return the content of one item of a dataset, or a part of it.

    The data come directly from storage, and are kept in memory: ``download_item`` writes large
    items to a file.

    Args:
        uri: URI of the dataset, or the dataset with its ``uri``, e.g.
            ``"s3://test-bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675"``.
        item: Path of the item in the dataset, e.g. ``"folder/data.csv"``, or its identifier.
        start: The first byte of the part, default the first of the item. As in a slice,
            negative numbers count from the end, and there may be fewer bytes than requested.
        stop: The byte after the last of the part, default the end of the item.

    Returns:
        The content (bytes)::

            b"Some test content"

        All of the item is checked against size and hash in the manifest, a part against the
        size only, as the hash is that of the whole.

    Raises:
        NotFoundError: If the dataset is not in the base URI, or the item not in the dataset.
        PermissionDeniedError: If the base URI is unknown or not yours to search.
        NotOfferedError: If the server has no such plugin, or the storage cannot sign URLs.
        InvalidRequestError: If an argument cannot be used.
        IntegrityError: If the item differs from the manifest.
        LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

    Requires the dserver-signed-url-plugin, and search permission on the base URI.
    Route: ``GET /manifests/{uri}``, ``GET /signed-urls/item/{uri}/{identifier}``.
    """
    place = arguments.check_uri(uri)
    wanted = arguments.check_text(item, "item")
    part = slice(arguments.check_position(start, "start"), arguments.check_position(stop, "stop"))
    manifest = yield from metadata.get_manifest(place)
    found = find_item(items_of(manifest), wanted, place)
    first, end, _ = part.indices(found.size)
    content = yield from ItemRanges(place, found).read(first, end)
    hasher = hash_function(manifest.get("hash_function"))
    if hasher and len(content) == found.size:
        digest = hasher()
        digest.update(content)
        if digest.hexdigest() != found.digest:
            raise damaged(found.relpath, found.size, "its hash is another one")
    return content


def download_dataset(
    uri: DatasetUri,
    to: str | PathLike[str],
    select: str | Sequence[str] | None = None,
    concurrency: int = 8,
    dry_run: bool = False,
    progress: Progress = False,
) -> Operation[Download]:
    """Download a dataset to a folder, and check each item against the manifest.

    The folder becomes a dataset that dtool and dtoolcore open and verify, with README, tags,
    annotations, overlays and times. Until everything is there, the data are in a hidden folder
    next to it that ends in ``.part``. After an interruption, the next call continues.

    Args:
        uri: URI of the dataset, or the dataset with its ``uri``, e.g.
            ``"s3://test-bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675"``.
        to: Path of the folder: a new one, an empty one other than the current folder, or one
            that has this dataset already. A link to a folder is followed.
        select: Which items to download: paths, identifiers, or patterns such as ``"*.csv"``, in
            which ``*`` also stands for slashes; default all. With a selection, the folder gets
            these files only, at their paths. It is not a dataset, and may have other files.
        concurrency: How many items to download at a time, 1 to 100, default 8.
        dry_run: Whether to check everything and download nothing, default False.
        progress: True for a progress bar, which needs tqdm; or a function that is given how
            many bytes have arrived, and how many there are. Default is neither.

    Returns:
        The content of the folder now, or with ``dry_run`` after a download (dict)::

            {"uri": "s3://test-bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675",
             "path": "/home/user/dataset",
             "is_dataset": True,
             "items": ["simple_text_file.txt"],
             "size_in_bytes": 17,
             "missing_bytes": 17,
             "unverified": []}

    Raises:
        NotFoundError: If the dataset is not in the base URI, or no item matches.
        PermissionDeniedError: If the base URI is unknown or not yours to search.
        NotOfferedError: If the server has no such plugin, or the storage cannot sign URLs.
        InvalidRequestError: If the folder has something else; if paths in the manifest lead
            out of the folder, or differ only by case. Then nothing is downloaded.
        IntegrityError: If an item differs from the manifest. It is not kept.
        ConflictError: If another call is downloading to the same folder.
        OSError: If a file cannot be written. Data that have arrived are kept.
        LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

    Requires the dserver-signed-url-plugin, and search permission on the base URI.
    Route: ``GET /signed-urls/dataset/{uri}``.
    """
    place = arguments.check_uri(uri)
    folder = arguments.check_path(to, "to")
    wanted = arguments.check_text_list(select, "select")
    if wanted is None and select is not None:
        refuse("select", select, "selects nothing", "Leave it out for the whole dataset")
    at_a_time = arguments.check_concurrency(concurrency)
    arguments.check_bool(dry_run, "dry_run")
    report = reporter(arguments.check_progress(progress), "B")
    urls = _Urls(place)
    signed = yield from urls.sign()
    manifest = yield from _read(signed["manifest_url"], "the manifest")
    described = _json(manifest, "manifest")
    hasher = hash_function(described.get("hash_function"))
    items = yield from _locally(partial(_wanted_items, described, wanted, place))
    there: set[Item]
    with _explained(folder, lambda: 0):
        if wanted:
            there = yield from _locally(partial(_present_files, folder, items, hasher))
            staged: StagedDataset | None = None
        else:
            uploads.check_identifiers(described["items"], "uri")  # else dtool would not verify it
            staged = StagedDataset(folder, place.rpartition("/")[2], manifest)
            there = yield from _locally(partial(_staged_items, staged, items, hasher))
    result = Download(
        uri=place,
        path=str(folder),
        is_dataset=not wanted,
        items=[item.relpath for item in items],
        size_in_bytes=sum(item.size for item in items),
        missing_bytes=sum(item.size for item in items if item not in there),
        unverified=[] if hasher else [item.relpath for item in items if item not in there],
    )
    if dry_run or (staged and staged.is_complete):
        return result
    size = result["size_in_bytes"]
    total = Total(report, size, size - result["missing_bytes"])
    try:
        with _explained(folder, lambda: total.done):
            if staged is None:
                missing = [item for item in items if item not in there]
                yield from _download_all(missing, folder, None, hasher, urls, total, at_a_time)
            else:
                metadata_files = yield from _read_metadata(signed, manifest, place)
                yield staged.open
                there = yield from _locally(partial(_staged_items, staged, items, hasher))
                if staged.is_complete:  # another call has ended meanwhile
                    yield staged.remove
                    return result
                missing = [item for item in items if item not in there]
                data, parts = staged.data, staged.folder
                yield from _download_all(missing, data, parts, hasher, urls, total, at_a_time)
                yield partial(staged.finish, metadata_files)
    except LookupServerError as error:
        error.add_note(KEPT)
        raise
    finally:
        report.close()
        if staged is not None:
            staged.close()
    return result


@contextmanager
def _explained(path: Path, arrived: Callable[[], int] | None = None) -> Generator[None, None, None]:
    """Say in errors of the file system what can be done, and what becomes of the data.

    Args:
        path: What is written.
        arrived: Returns how many bytes have arrived by now, default None: the caller says that.
    """
    try:
        yield
    except OSError as error:
        if isinstance(error, LookupServerError):  # such as a timeout
            raise
        if advice := what_prevents(error, path):
            error.add_note(advice)
        if arrived:
            error.add_note(KEPT if arrived() else "This call has downloaded nothing")
        raise


def _download_all(
    items: list[Item],
    folder: Path,
    parts: Path | None,
    hasher: Any,
    urls: "_Urls",
    total: Total,
    at_a_time: int,
) -> Operation[None]:
    def download(item: Item) -> Operation[None]:
        part = _part(folder / item.relpath, item, hasher, parts)
        return _download(part, item, urls, total.part())

    if items:
        yield Together(map(download, items), min(at_a_time, len(items)))


# --- what a manifest describes -----------------------------------------------------------------


def items_of(manifest: Mapping[str, Any]) -> list[Item]:
    """Return the items of a manifest, as it comes from a server."""
    items = manifest.get("items")
    if not isinstance(items, Mapping):
        raise UnreadableAnswerError("The manifest has no items", next_step="Is it a manifest?")
    return [
        _item(identifier, entry) for identifier, entry in cast("Mapping[str, Any]", items).items()
    ]


def _item(identifier: str, entry: Any) -> Item:
    argument = f"items[{identifier!r}]"
    checked = arguments.check_item(entry, argument, "The manifest is damaged: tell the owner")
    size = arguments.check_count(checked["size_in_bytes"], f"{argument}.size_in_bytes", 0)
    modified = float(arguments.check_date(checked["utc_timestamp"], f"{argument}.utc_timestamp"))
    return Item(identifier, checked["relpath"], size, checked["hash"], modified)


def find_item(items: list[Item], wanted: str, uri: str) -> Item:
    """Return the item with a path or an identifier."""
    found = [each for each in items if each.relpath == wanted]
    found += [each for each in items if each.identifier == wanted]
    if found:
        return found[0]
    raise NotFoundError(
        f"No item {wanted[:200]!r} in {uri}",
        next_step="get_manifest() lists the items: give the relpath or the identifier of one",
    )


def _wanted_items(manifest: Mapping[str, Any], wanted: list[str] | None, uri: str) -> list[Item]:
    """Return the items to download; with very many, this would hold up an event loop."""
    items = _selected(items_of(manifest), wanted, uri)
    _check_paths(items)
    return items


def _selected(items: list[Item], wanted: list[str] | None, uri: str) -> list[Item]:
    """Return the items that are wanted, in the order of the manifest."""
    if wanted is None:
        return items
    known = {name: item for item in items for name in (item.identifier, item.relpath)}
    found = set[Item]()
    for each in wanted:
        matches = [known[each]] if each in known else _matching(items, each)
        if not matches:
            find_item([], each, uri)
        found.update(matches)
    return [item for item in items if item in found]


def _matching(items: list[Item], pattern: str) -> list[Item]:
    return [item for item in items if fnmatch.fnmatchcase(item.relpath, pattern)]


# --- paths -------------------------------------------------------------------------------------


def _check_paths(items: list[Item]) -> None:
    """Refuse paths that no folder can have, or that would be one file in some file systems."""
    files: dict[str, str] = {}
    for item in items:
        for name in item.relpath.split("/"):
            _check_part(name, "relpath")
        key = _folded(item.relpath)
        if key in files:
            problem = f"is the same as {files[key]!r} where upper and lower case are not distinct"
            refuse("relpath", item.relpath, problem, "Download them one by one: download_item()")
        files[key] = item.relpath
    for item in items:
        folder = _folded(item.relpath)
        while folder := folder.rpartition("/")[0]:
            if folder in files:
                problem = f"lies in {files[folder]!r}, which is an item, too"
                refuse("relpath", item.relpath, problem, "Download them by separate calls")


def _folded(relpath: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", relpath).casefold())


def _present_files(folder: Path, items: list[Item], hasher: Any) -> set[Item]:
    """Return the items that are in a folder already; other files must not be in the way."""
    if os.path.lexists(folder) and not folder.is_dir():
        refuse("to", str(folder), "is not a folder", "Give another path")
    found, checked, place = set[Item](), set[Path](), folder.resolve()
    for item in items:
        path = folder / item.relpath
        if path.parent not in checked:
            _check_folder(path.parent, place)
            checked.add(path.parent)
        if _is_there(path, item, hasher):
            found.add(item)
        elif os.path.lexists(path):
            refuse("to", str(path), "exists, and is another file", "Move it, or give another path")
    return found


def _check_folder(folder: Path, place: Path) -> None:
    """Refuse a folder that is another file, or leads out of a place by a link."""
    if not folder.resolve().is_relative_to(place):
        refuse("to", str(folder), "is in another folder, by a link", "Remove the link")
    if any(each.exists() and not each.is_dir() for each in (folder, *folder.parents)):
        refuse("to", str(folder), "is not a folder", "Move it, or give another path")


def _staged_items(staged: StagedDataset, items: list[Item], hasher: Any) -> set[Item]:
    """Return the items that are there already, in the dataset or on the way to it."""
    staged.inspect_target()
    there = {item for item in items if staged.has(item.relpath, item.size, item.modified)}
    if not staged.is_complete:
        return there
    for item in items:  # times are lost where a dataset is copied
        path = staged.data / item.relpath
        if item not in there and not _is_there(path, item, hasher):
            refuse("to", str(path), "has been changed", "Give another path, or move the dataset")
    return set(items)


def _check_part(name: str, argument: str) -> None:
    """Refuse the name of a file or a folder that no file system, or not this one, can have."""
    has_control = not name.isprintable() and "Cc" in map(unicodedata.category, name)
    if name in ("", ".", "..") or has_control:
        refuse(argument, name, "cannot be the name of a file", "Tell the owner of the dataset")
    if len(os.fsencode(name)) > 255:
        refuse(argument, name, "is too long for a file name", "Tell the owner of the dataset")
    if os.name == "nt" and _RESERVED.fullmatch(name):
        refuse(
            argument, name, "is not a valid file name on Windows", "Download it on another system"
        )


def _file_for(
    target: Path, item: Item, hasher: Any, *, is_folder: bool, overwrite: bool
) -> tuple[Path, bool]:
    """Return the path of the file that an item goes to, and whether it is there already."""
    if is_folder or target.is_dir():
        name = item.relpath.rpartition("/")[2]
        _check_part(name, "item")
        target /= name
    if target.is_dir():
        refuse("to", str(target), "is a folder", "Give the path of a file")
    is_there = _is_there(target, item, hasher)
    if not is_there and not overwrite and os.path.lexists(target):
        refuse("to", str(target), "exists, and is another file", "Give overwrite=True or move it")
    return target, is_there


def _is_there(target: Path, item: Item, hasher: Any) -> bool:
    """Return whether a file is an item already."""
    if not target.is_file() or target.stat().st_size != item.size:
        return False
    if hasher is None:
        return abs(target.stat().st_mtime - item.modified) < 1e-5
    with target.open("rb") as file:
        return hashlib.file_digest(file, hasher).hexdigest() == item.digest


def _part(target: Path, item: Item, hasher: Any, folder: Path | None = None) -> PartFile:
    return PartFile(
        target,
        name=item.relpath,
        size=item.size,
        digest=item.digest,
        hasher=hasher,
        modified=item.modified,
        folder=folder,
    )


# --- from storage ------------------------------------------------------------------------------


class _Urls:
    """Signed URLs of items, renewed when they have expired.

    Args:
        uri: URI of the dataset.
        identifier: Identifier of the only item that is wanted; default all.
    """

    def __init__(self, uri: str, identifier: str | None = None) -> None:
        self._uri = uri
        self._identifier = identifier
        self._urls: dict[str, str] = {}
        self._until = 0.0

    def url(self, identifier: str, refused: str | None) -> Operation[str]:
        """Return the URL of an item, another one than storage has refused."""
        if time.monotonic() >= self._until or self._urls.get(identifier) in (None, refused):
            yield from self.sign()
        if identifier not in self._urls:
            raise NotFoundError(
                f"The server signed no URL for item {identifier!r}",
                next_step="Its index and storage differ: tell its administrator",
            )
        return self._urls[identifier]

    def sign(self) -> Operation[dict[str, Any]]:
        """Let the server sign new URLs, and return its answer."""
        found: Any
        if self._identifier is None:
            found = yield from signed_urls.get_signed_urls(self._uri)
            for name in ("overlay_urls", "annotation_urls"):
                found[name] = _urls_by_name(found.get(name) or {})
            names = ("manifest_url", "admin_metadata_url", "readme_url")
            _urls_by_name({name: found.get(name) for name in names})
            urls = _urls_by_name(found.get("item_urls"))
        else:
            found = yield from signed_urls.get_signed_item_url(self._uri, self._identifier)
            urls = _urls_by_name({self._identifier: found.get("url")})
        self._urls, self._until = urls, expiry_of(found)
        return cast("dict[str, Any]", found)


def _urls_by_name(found: Any) -> dict[str, str]:
    """Return signed URLs by name, as they come from a server."""
    urls = cast("Mapping[str, Any]", found)
    if not isinstance(found, Mapping) or not all(isinstance(each, str) for each in urls.values()):
        raise UnreadableAnswerError(
            "The server returned no signed URLs", next_step="Is it a dserver?"
        )
    return dict(urls)


def expiry_of(signed: Mapping[str, Any]) -> float:
    """Return the monotonic time after which new URLs are requested, in seconds.

    Args:
        signed: The response with the URLs, which has just arrived: storage's clock may differ.
    """
    lifetime = signed.get("expiry_seconds")
    if not isinstance(lifetime, int | float):
        raise UnreadableAnswerError(
            "The server returned no signed URLs", next_step="Is it a dserver?"
        )
    return time.monotonic() + lifetime * (1 - _EXPIRY_MARGIN)


def _read(url: str, what: str) -> Operation[bytes]:
    """Return a file of metadata from storage."""
    content = bytearray()

    def receive(response: Any) -> Callable[[bytes], Any]:
        encoding = response.headers.get("Content-Encoding") or "identity"
        if encoding != "identity":
            raise IntegrityError(
                f"{what} was compressed on the way ({encoding[:20]!r})",
                next_step="Connect without the proxy that does so: DSERVER_STORAGE_PROXY=none",
            )
        content.clear()
        return content.extend

    response = yield from TransferRequest("GET", url, receive=receive).send()
    if not 200 <= response.status < 300:
        raise storage_error(response, url, f"send {what}")
    return bytes(content)


def _read_metadata(signed: dict[str, Any], manifest: bytes, uri: str) -> Operation[DatasetMetadata]:
    """Read all of a dataset but its manifest and items."""
    admin_metadata = yield from _read(signed["admin_metadata_url"], "the administrative metadata")
    described = _json(admin_metadata, "administrative metadata")
    if described.get("uuid") != uri.rpartition("/")[2] or described.get("type") != "dataset":
        raise IntegrityError(
            f"In storage, {uri} is another dataset, or not frozen",
            next_step="Tell the owner of the dataset",
        )
    readme = yield from _read(signed["readme_url"], "the README")
    named: dict[str, dict[str, bytes]] = {}
    for kind in ("overlay", "annotation"):
        named[kind] = {}
        for name, url in signed[f"{kind}_urls"].items():
            argument = f"{kind}_urls"
            checked = arguments.check_dtool_name(name, argument)
            named[kind][checked] = yield from _read(url, f"the {kind} {name}")
    tags = arguments.check_tags(signed.get("tags") or [])
    return DatasetMetadata(
        admin_metadata, manifest, readme, tags, named["annotation"], named["overlay"]
    )


def _json(content: bytes, what: str) -> dict[str, Any]:
    found = _json_value(content, what)
    if not isinstance(found, dict):
        raise _not_json(what)
    return cast("dict[str, Any]", found)


def _json_value(content: bytes, what: str) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        raise _not_json(what) from None


def _not_json(what: str) -> IntegrityError:
    return IntegrityError(
        f"The {what} in storage is not JSON", next_step="Tell the owner of the dataset"
    )


def _download(
    part: PartFile, item: Item, urls: "_Urls", tell: Callable[[int], None]
) -> Operation[None]:
    """Download an item to the end, whatever is there already."""
    try:
        yield part.open
        tell(part.position)
        finished = False
        while not finished:
            while part.position < part.size:
                yield from _receive(part, item, urls, tell)
            finished = yield from _locally(part.finish)
    finally:
        part.close()


class ItemRanges:
    """The content of an item by ranges, for ``item_files``; its methods are operations.

    Args:
        uri: URI of the dataset.
        item: The item.
    """

    def __init__(self, uri: str, item: Item) -> None:
        self._item = item
        self._urls = _Urls(uri, item.identifier)

    @property
    def size(self) -> int:
        """Size of the item in bytes."""
        return self._item.size

    @property
    def relpath(self) -> str:
        """Path of the item."""
        return self._item.relpath

    def sign(self) -> Operation[None]:
        """Let the server sign the URL of the item now, instead of when it is first read."""
        yield from self._urls.sign()

    def read(self, start: int, end: int) -> Operation[bytes]:
        """Return a range of the item.

        Args:
            start: Its first byte.
            end: The byte after its last.
        """
        part = _Range(self._item, start, end)
        while part.position < end - start:
            yield from _receive(part, self._item, self._urls, lambda _: None)
        return bytes(part.content)


class _Range:
    """A range of an item on its way to memory, in the form of a ``PartFile``.

    Args:
        item: The item.
        start: Its first byte.
        end: The byte after its last.
    """

    try_start = 0

    def __init__(self, item: Item, start: int, end: int) -> None:
        self._item = item
        self._start = start
        self._end = end
        self.content = bytearray()

    @property
    def position(self) -> int:
        """Bytes that are there."""
        return len(self.content)

    def headers(self) -> dict[str, str]:
        """Return the headers of the next try: only what is missing is requested."""
        return {"Range": f"bytes={self._start + self.position}-{self._end - 1}"}

    def receive(self, response: "HttpResponse") -> Callable[[bytes], Any]:
        """Return what takes the body of a response, if it is the range."""
        first = self._start + self.position
        expected = f"bytes {first}-{self._end - 1}/{self._item.size}"
        found = response.headers.get("Content-Range")
        if found != expected:  # the status may be 200, as of `rclone serve s3`
            raise IntegrityError(
                f"Storage does not send ranges of {self._item.relpath!r}, or it differs from the "
                f"manifest: {str(found)[:60]!r} instead of {expected!r}",
                next_step="Download the file: download_item()",
            )
        return self._add

    def restart(self) -> bool:
        """Remove all that is there, none of which an earlier call has left."""
        self.content.clear()
        return False

    def _add(self, chunk: bytes) -> None:
        if self.position + len(chunk) > self._end - self._start:
            raise IntegrityError(
                f"Storage sent more of {self._item.relpath!r} than requested",
                next_step="Download the file: download_item()",
            )
        self.content += chunk


def _receive(
    part: "PartFile | _Range", item: Item, urls: "_Urls", tell: Callable[[int], None]
) -> Operation[None]:
    """Receive what is missing of an item, or some of it."""

    def received(count: int) -> None:
        tell(part.try_start + count)

    refused: str | None = None
    while True:
        url = yield from urls.url(item.identifier, refused)
        before = part.position
        response = yield from TransferRequest(
            "GET", url, headers=part.headers, receive=part.receive, progress=received
        ).send()
        progress = part.position > before
        if progress and 200 <= response.status < 300:
            return
        if response.status == 416:
            if not part.restart():  # what is there came from there
                raise damaged(item.relpath, item.size, "storage has fewer bytes")
        elif response.status in (400, 401, 403) and (refused is None or progress):
            refused = url  # it has expired, or the server has another key
        else:
            raise storage_error(response, url, f"send {item.relpath!r}")


def storage_error(
    response: "HttpResponse", url: str, doing: str, method: str = "GET"
) -> LookupServerError:
    """Return the error for a response of storage; what it says besides a code may be secret.

    Args:
        response: The response.
        url: The signed URL.
        doing: What storage did not do, e.g. ``"send 'a.csv'"``.
        method: The HTTP method.
    """
    status, found = response.status, _CODE.search(response.body)
    code = found[1].decode() if found else None
    if 200 <= status < 300:
        return IntegrityError(
            f"Storage did not {doing}: it sent nothing",
            next_step="Try again. If that does not help, tell the owner of the dataset",
        )
    kinds = {403: PermissionDeniedError, 404: NotFoundError}
    return kinds.get(status, ServerError)(
        f"Storage refused to {doing}",
        method=method,
        url=url.partition("?")[0],
        status=status,
        server_message=code,
        next_step=_ADVICE.get(code or status) or _ADVICE.get(status, "Try again later"),
    )
