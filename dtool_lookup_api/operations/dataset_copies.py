# pyright: reportPrivateUsage=false
# A copy consists of the parts of a download and of an upload; clients run operations by _run.
"""The operation that copies a dataset to another base URI or server, item by item.

Storage copies nothing by signed URLs, so that each item goes by this machine: it is downloaded to a
``PartFile``, which holds it against the manifest, uploaded, and removed. What the target has is
noted in an ``UploadJournal``; the files are in the user's cache, where the same call finds them.
"""

import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, TypeVar, cast

from ..core.client import ClientBase
from ..core.folders import cache_folder
from ..core.local_dataset import LocalDataset
from ..core.operation import Operation, named
from ..core.part_file import hash_function
from ..core.progress import Progress, reporter
from ..core.upload_journal import UploadJournal
from ..errors import ConflictError
from ..results import DatasetUri
from ..types import UploadComplete
from . import arguments, dataset_uploads, downloads, signed_urls

_T = TypeVar("_T")


def copy_dataset(
    uri: DatasetUri,
    base_uri: str,
    to: ClientBase | None = None,
    overwrite: bool = False,
    concurrency: int = 8,
    progress: Progress = False,
) -> Operation[UploadComplete]:
    """Copy a dataset to another base URI, of the same server or another, and register the copy.

    As a copy of dtool, it has the same UUID, name, creator, README, tags, annotations, overlays
    and items, with their times and that of freezing; the server sets the time of creation. Each
    item is downloaded, checked against the manifest, and uploaded. The user's cache folder
    (``$XDG_CACHE_HOME``) has as many items at a time as are being copied.

    Everything is checked before the first item. After an interruption, the same call continues;
    until then, the copy is not registered.

    Args:
        uri: URI of the dataset, or the dataset with its ``uri``, e.g.
            ``"s3://test-bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675"``.
        base_uri: The base URI to copy it to, e.g. ``"s3://archive"``.
        to: The other server to copy it to, e.g. ``Client("https://other.example/lookup")``,
            which has settings and a login of its own. Default is the same server.
        overwrite: Whether to replace a dataset that was registered there, and is still in
            storage, default False. What storage has under this UUID and was never registered is
            replaced in any case, as the server does not know of it.
        concurrency: How many items to copy at a time, 1 to 100, default 8.
        progress: True for a progress bar, which needs tqdm; or a function that is given how
            many bytes have been copied, and how many there are. What has been downloaded, but
            not uploaded yet, counts half. Default is neither.

    Returns:
        The registered copy (dict)::

            {"uri": "s3://archive/1a1f9fad-8589-413e-9602-5bbd66bfe675",
             "uuid": "1a1f9fad-8589-413e-9602-5bbd66bfe675",
             "name": "simple_test_dataset",
             "status": "registered"}

    Raises:
        NotFoundError: If the dataset is not in the base URI.
        InvalidRequestError: If the dataset cannot be uploaded as it is: items of more than
            5 GiB, hashes other than MD5, names that not all systems can write.
        IntegrityError: If what arrives differs from the manifest. It is not kept.
        ConflictError: If the dataset is registered there, or another call is copying it.
        PermissionDeniedError: If a base URI is unknown, the first not yours to search, or the
            second not yours to register in.
        NotOfferedError: If the server has no such plugin, or the storage cannot sign URLs.
        ServerError: Also if the storage refuses what is sent.
        OSError: If a file cannot be written. What has arrived is kept.
        LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

    Requires the dserver-signed-url-plugin on both servers, search permission on the base URI
    of the dataset, and register permission on the other.
    Route: ``GET /signed-urls/dataset/{uri}``, ``POST /signed-urls/upload/{base_uri}``,
    ``POST /signed-urls/upload-complete``.
    """
    place = arguments.check_uri(uri)
    target = arguments.check_base_uri(base_uri)
    if to is not None and not isinstance(cast("object", to), ClientBase):
        remedy = "Give Client(url), also in async programs, or leave it out for the same server"
        arguments.refuse("to", to, "is not a Client", remedy)
    if to is None and arguments.stored_uri(place).rpartition("/")[0] == arguments.stored_uri(
        target
    ):
        remedy = "Give another base URI, or the Client of another server: to="
        arguments.refuse("base_uri", base_uri, "has this dataset already", remedy)
    at_a_time = arguments.check_concurrency(concurrency)
    arguments.check_bool(overwrite, "overwrite")
    report = reporter(arguments.check_progress(progress), "B")
    there = partial(_performed_by, to)
    server, username = yield from there(dataset_uploads._caller(target))
    journal = UploadJournal(server, username, target, place)
    folder = cache_folder() / "copies" / journal.key
    source = yield from _read(place, folder)
    local = source.dataset
    upload = dataset_uploads._Upload(local, target, local.creator or username, there)
    begin = _begin(upload, journal, folder, overwrite=overwrite)
    send = partial(_copy, upload, source)
    done = yield from dataset_uploads._run(upload, journal, begin, send, at_a_time, report)
    yield partial(shutil.rmtree, folder, ignore_errors=True)
    return done


def _performed_by(client: ClientBase | None, operation: Operation[_T]) -> Operation[_T]:
    """Return what an operation returns that another client performs, if there is one."""
    if client is None:
        return (yield from operation)
    found: Any = yield partial(client._run, named(copy_dataset.__name__, operation))
    return cast("_T", found)


class _Source(NamedTuple):
    """The dataset that is copied.

    Args:
        dataset: The dataset, whose files are still to come.
        items: Its items by identifier.
        hasher: What makes hash objects.
        urls: Signed URLs of the items.
    """

    dataset: LocalDataset
    items: dict[str, downloads.Item]
    hasher: Any
    urls: downloads._Urls


def _read(uri: str, folder: Path) -> Operation[_Source]:
    """Read all of a dataset but its items, and check that it can be uploaded.

    Args:
        uri: Its URI.
        folder: Where its items come to.
    """
    urls = downloads._Urls(uri)
    signed = yield from urls.sign()
    content = yield from downloads._read(signed["manifest_url"], "the manifest")
    manifest = downloads._json(content, "manifest")
    items = {item.identifier: item for item in downloads.items_of(manifest)}
    found = yield from downloads._read_metadata(signed, content, uri)
    described = downloads._json(found.admin_metadata, "administrative metadata")
    creator = described.get("creator_username")
    dataset = LocalDataset(
        uuid=described["uuid"],
        name=described.get("name", ""),
        creator=None if creator is None else arguments.check_text(creator, "creator_username"),
        frozen_at=float(arguments.check_date(described.get("frozen_at"), "frozen_at")),
        readme=found.readme,
        hash_function=manifest.get("hash_function", ""),
        items=manifest["items"],
        paths={identifier: folder / identifier for identifier in items},
        tags=found.tags,
        annotations=_values(found.annotations, "annotation"),
        overlays=_values(found.overlays, "overlay"),
    )
    checked = dataset_uploads._checked(dataset, argument="uri")
    return _Source(checked, items, hash_function(dataset.hash_function), urls)


def _values(contents: dict[str, bytes], kind: str) -> dict[str, Any]:
    return {
        name: downloads._json_value(content, f"{kind} {name}") for name, content in contents.items()
    }


def _begin(
    upload: dataset_uploads._Upload, journal: UploadJournal, folder: Path, *, overwrite: bool
) -> Operation[UploadComplete | None]:
    """Begin a copy or continue it; if it is complete already, return the dataset."""
    found = yield from dataset_uploads._begin(
        upload,
        journal,
        refuse=None if overwrite else _refuse_what_is_there,
        remedy="Undo these changes of the dataset until it is copied, or ask the administrator to "
        f"end the upload of {upload.dataset.uuid}",
    )
    yield partial(folder.mkdir, 0o700, parents=True, exist_ok=True)
    return found


def _refuse_what_is_there(uri: str) -> Operation[None]:
    """Refuse to copy over a dataset of which the server knows."""
    if (yield from signed_urls._registered(uri)) is not None:
        raise ConflictError(
            f"Not sent: {uri} is registered already", next_step="get_dataset() returns this copy"
        )
    try:
        yield from signed_urls._refuse_what_was_registered(uri)
    except ConflictError as error:
        error.next_step = "Give overwrite=True to replace it"
        raise


def _copy(
    upload: dataset_uploads._Upload,
    source: _Source,
    identifier: str,
    tell: Callable[[int], None],
) -> Operation[None]:
    """Copy an item by a file on disk."""
    item, path = source.items[identifier], source.dataset.paths[identifier]
    is_there = yield from downloads._locally(
        partial(downloads._is_there, path, item, source.hasher)
    )
    if not is_there:
        part = downloads._part(path, item, source.hasher)
        with downloads._explained(path):
            yield from downloads._download(part, item, source.urls, lambda size: tell(size // 2))
    sending = dataset_uploads._send(upload, identifier, lambda size: tell((item.size + size) // 2))
    yield from upload.there(sending)
    yield partial(path.unlink, missing_ok=True)
