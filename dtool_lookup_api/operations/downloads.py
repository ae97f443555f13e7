"""Operations that bring data from storage to disk, by URLs that the server signs.

Manifests come from others: their paths are checked before anything is written. Each item is a
``PartFile``, so that only whole, verified files have their final names.
"""

import os
import re
import time
import unicodedata
from collections.abc import Callable, Mapping
from functools import partial
from os import PathLike
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeVar, cast

from ..core.operation import Operation, TransferRequest
from ..core.part_file import PartFile, hash_function
from ..core.progress import Progress, Reporter, reporter
from ..errors import (
    IntegrityError,
    LookupServerError,
    NotFoundError,
    PermissionDeniedError,
    ServerError,
    UnreadableAnswerError,
)
from . import arguments, metadata, signed_urls
from .arguments import refuse

_T = TypeVar("_T")

_CODE: Final = re.compile(rb"<Code>([A-Za-z0-9.]{1,64})</Code>")
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
    uri: str,
    item: str,
    to: str | PathLike[str],
    overwrite: bool = False,
    progress: Progress = False,
) -> Operation[Path]:
    """Download one item of a dataset to a file, and check it against the manifest.

    The data come from storage directly. Until the file is whole, it has another name in the
    same folder: a hidden one that ends in ``.part``. Size and hash are checked while it
    arrives. After a lost connection it continues where it was, and so does the next call after
    the program has ended.

    Args:
        uri: URI of the dataset, e.g.
            ``"s3://test-bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675"``.
        item: Path of the item in the dataset, e.g. ``"folder/data.csv"``, or its identifier.
        to: Path of the file, or of an existing folder, in which the file keeps its name.
            Missing folders are created.
        overwrite: Whether to replace an existing file that differs, default not. A file with
            the right content is left as it is, and nothing is downloaded.
        progress: True for a progress bar, which needs tqdm; or a function that is given how
            many bytes are there, and how many the item has. Default is neither.

    Returns:
        The path of the file (pathlib.Path), whose time of modification is that of the item::

            PosixPath("/home/user/data.csv")

    Raises:
        NotFoundError: If there is no such dataset in the base URI, or no such item in it.
        PermissionDeniedError: If the base URI is unknown or not yours to search.
        NotOfferedError: If the server has no such plugin, or the storage cannot sign URLs.
        InvalidRequestError: If another file is there, or the path cannot be used.
        IntegrityError: If what arrives differs from the manifest. It is not kept.
        ConflictError: If another call is downloading it to the same path.
        OSError: If the file cannot be written. What has arrived is kept.
        LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

    Requires the dserver-signed-url-plugin, and search permission on the base URI.
    Route: ``GET /manifests/{uri}``, ``GET /signed-urls/item/{uri}/{identifier}``.
    """
    uri = arguments.check_uri(uri)
    wanted = arguments.check_text(item, "item")
    target = _path(to, "to")
    arguments.check_bool(overwrite, "overwrite")
    report = reporter(arguments.check_progress(progress), "B")
    manifest = yield from metadata.get_manifest(uri)
    hasher = hash_function(manifest.get("hash_function"))
    found = _find(_items(manifest), wanted, uri)
    check = partial(_file_for, target, found, hasher, overwrite=overwrite)
    target, is_there = yield from _locally(check)
    if not is_there:
        part = _part(target, found, hasher)
        yield from _download(part, found, _ItemUrls(uri, found.identifier), report)
    return target


# --- what a manifest describes -----------------------------------------------------------------


def _items(manifest: Mapping[str, Any]) -> list[Item]:
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


def _find(items: list[Item], wanted: str, uri: str) -> Item:
    """Return the item with a path or an identifier."""
    found = [each for each in items if each.relpath == wanted]
    found += [each for each in items if each.identifier == wanted]
    if found:
        return found[0]
    raise NotFoundError(
        f"No item {wanted[:200]!r} in {uri}",
        next_step="get_manifest() lists the items: give the relpath or the identifier of one",
    )


# --- paths -------------------------------------------------------------------------------------


def _path(value: Any, argument: str) -> Path:
    if not isinstance(value, (str, PathLike)) or not str(cast("object", value)):
        refuse(argument, cast("object", value), "is not a path", "Give a str or a pathlib.Path")
    try:
        path = Path(cast("str", value)).expanduser().absolute()
        os.fsencode(path)
    except (ValueError, TypeError, RuntimeError):
        refuse(argument, cast("object", value), "is not a path", "Give a str or a pathlib.Path")
    if "\0" in str(path):
        refuse(argument, str(path), "contains a NUL character", "Give another path")
    return path


def _check_part(name: str, argument: str) -> None:
    """Refuse the name of a file or a folder that no file system, or not this one, can have."""
    if name in ("", ".", "..") or any(unicodedata.category(each) == "Cc" for each in name):
        refuse(argument, name, "cannot be the name of a file", "Tell the owner of the dataset")
    if len(os.fsencode(name)) > 255:
        refuse(argument, name, "is too long for a file name", "Tell the owner of the dataset")
    if os.name == "nt" and _RESERVED.fullmatch(name):
        refuse(argument, name, "cannot be a file name in Windows", "Download it on another system")


def _file_for(target: Path, item: Item, hasher: Any, *, overwrite: bool) -> tuple[Path, bool]:
    """Return the path of the file that an item goes to, and whether it is there already."""
    if target.is_dir():
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
    if hasher is None or not target.is_file() or target.stat().st_size != item.size:
        return False
    found = hasher()
    with target.open("rb") as file:
        while piece := file.read(1024 * 1024):
            found.update(piece)
    return bool(found.hexdigest() == item.digest)


def _part(target: Path, item: Item, hasher: Any) -> PartFile:
    return PartFile(
        target,
        name=item.relpath,
        size=item.size,
        digest=item.digest,
        hasher=hasher,
        modified=item.modified,
    )


# --- from storage ------------------------------------------------------------------------------


class _ItemUrls:
    """The signed URL of one item, renewed when it has expired.

    Args:
        uri: URI of the dataset.
        identifier: Identifier of the item.
    """

    def __init__(self, uri: str, identifier: str) -> None:
        self._uri = uri
        self._identifier = identifier
        self._urls: dict[str, str] = {}
        self._until = 0.0

    def url(self, identifier: str, refused: str | None) -> Operation[str]:
        """Return the URL of an item, another one than storage has refused."""
        if time.monotonic() >= self._until or self._urls.get(identifier) in (None, refused):
            self._urls, lifetime = yield from self._sign()
            # Storage's clock may differ: it counts from now, when the response has arrived.
            self._until = time.monotonic() + lifetime * (1 - _EXPIRY_MARGIN)
        if identifier not in self._urls:
            raise NotFoundError(
                f"The server signed no URL for item {identifier!r}",
                next_step="Its index and storage differ: tell its administrator",
            )
        return self._urls[identifier]

    def _sign(self) -> Operation[tuple[dict[str, str], float]]:
        signed = yield from signed_urls.get_signed_item_url(self._uri, self._identifier)
        return {self._identifier: str(signed.get("url"))}, _lifetime(signed)


def _lifetime(signed: Any) -> float:
    try:
        return float(signed["expiry_seconds"])
    except (KeyError, TypeError, ValueError):
        return 0.0


def _download(part: PartFile, item: Item, urls: _ItemUrls, report: Reporter) -> Operation[None]:
    """Download an item to the end, whatever is there already."""

    def tell(received: int) -> None:
        report.tell(part.try_start + received, part.size)

    try:
        yield part.open
        tell(part.position)
        finished = False
        while not finished:
            while part.position < part.size:
                yield from _receive(part, item, urls, tell)
            finished = yield from _locally(part.finish)
        report.tell(part.size, part.size)
    except OSError as error:
        error.add_note(f"What has arrived of {item.relpath!r} is kept: call again to continue")
        raise
    finally:
        part.close()
        report.close()


def _receive(part: PartFile, item: Item, urls: _ItemUrls, tell: Any) -> Operation[None]:
    """Receive what is missing of an item, or some of it."""
    refused: str | None = None
    while True:
        url = yield from urls.url(item.identifier, refused)
        before = part.position
        response = yield from TransferRequest(
            "GET", url, headers=part.headers, receive=part.receive, progress=tell
        ).send()
        progress = part.position > before
        if progress and 200 <= response.status < 300:
            return
        if response.status == 416 and part.position:  # what is there is not the beginning of it
            part.restart()
        elif response.status in (400, 401, 403) and (refused is None or progress):
            refused = url  # it has expired, or the server has another key
        else:
            raise _refusal(response.status, response.body, url, item)


def _refusal(status: int, body: bytes, url: str, item: Item) -> LookupServerError:
    """Return the error for a response of storage; what it says besides a code may be secret."""
    code = _CODE.search(body)
    if 200 <= status < 300:
        return IntegrityError(
            f"Storage sent nothing of {item.relpath!r}, which has {item.size} bytes",
            next_step="Try again. If that does not help, tell the owner of the dataset",
        )
    kinds = {403: PermissionDeniedError, 404: NotFoundError}
    advice = {
        403: "Tell the administrator: the server's access to storage may be wrong, or its clock",
        404: "The item is missing in storage: tell the owner of the dataset",
    }
    return kinds.get(status, ServerError)(
        f"Storage refused to send {item.relpath!r}",
        method="GET",
        url=url.partition("?")[0],
        status=status,
        server_message=code[1].decode() if code else None,
        next_step=advice.get(status, "Try again later"),
    )
