# pyright: reportPrivateUsage=false
# The requests for uploads are those of the documented functions in signed_urls.
"""The operation that uploads a dataset from disk, by URLs that the server signs.

All that the server would refuse, or take to the damage of the dataset, is checked first. What has
been sent is noted in an ``UploadJournal``, as the server does not tell: the same call continues.
"""

import math
import time
from collections.abc import Callable, Mapping
from functools import partial
from os import PathLike
from pathlib import Path
from typing import Any, Final, TypeAlias, cast
from uuid import uuid4

from ..core.bodies import body_of_path
from ..core.capabilities import require
from ..core.local_dataset import README, LocalDataset, hash_files, read_local_dataset
from ..core.operation import Operation, Together, TransferRequest
from ..core.progress import Progress, Reporter, Total, reporter
from ..core.upload_journal import UploadJournal
from ..errors import (
    ConflictError,
    IntegrityError,
    InvalidRequestError,
    LookupServerError,
    PermissionDeniedError,
    ServerError,
    UnreadableAnswerError,
)
from ..types import UploadComplete
from . import arguments, signed_urls, uploads, users
from .downloads import expiry_of, storage_error

_REFUSED: Final = (400, 401, 403)
_REMEDY: Final = "Give new_uuid=True to begin another one"
_CHANGED: Final = "BadDigest"

Send: TypeAlias = Callable[[str, Callable[[int], None]], Operation[None]]
"""Sends the item with an identifier, and tells how many of its bytes have been sent."""


def upload_dataset(
    path: str | PathLike[str],
    base_uri: str,
    name: str | None = None,
    creator_username: str | None = None,
    new_uuid: bool = False,
    overwrite: bool = False,
    concurrency: int = 8,
    progress: Progress = False,
) -> Operation[UploadComplete]:
    """Upload a dataset from a folder to storage, and register it.

    The folder is a frozen dataset of dtool, or any folder with a README (``README.yml``, or
    with ending yaml, md, txt or none), which is not changed: its other files become the items.
    README, tags, annotations and overlays are uploaded, too. Everything is checked first.

    After an interruption, the same call continues; until then, the dataset is not registered.
    A file below ``$XDG_STATE_HOME`` notes what has been sent. It holds paths and hashes, but
    neither URLs nor secrets.

    Args:
        path: Path of the folder.
        base_uri: The base URI to upload it to, e.g. ``"s3://test-bucket"``.
        name: Name of the dataset; default that of the dataset, or of the folder.
        creator_username: Name of the creator; default that of the dataset, or your user name.
        new_uuid: Whether to give a dtool dataset a new UUID, default False. Other folders
            always get one.
        overwrite: Whether to destroy what storage may have under the UUID of the dataset,
            default False. The server does not say what storage has, so a dtool dataset needs
            this or ``new_uuid``.
        concurrency: How many items to send at a time, 1 to 100, default 8.
        progress: True for a progress bar, which needs tqdm; or a function that is given how
            many bytes have been sent, and how many there are. Default is neither.

    Returns:
        The registered dataset (dict)::

            {"uri": "s3://test-bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675",
             "uuid": "1a1f9fad-8589-413e-9602-5bbd66bfe675",
             "name": "simple_test_dataset",
             "status": "registered"}

    Raises:
        InvalidRequestError: If the folder cannot be uploaded as it is.
        IntegrityError: If a file has changed since it was hashed.
        ConflictError: If the dataset is registered there, or another call is uploading it.
        PermissionDeniedError: If the base URI is unknown, or not yours to register in.
        NotOfferedError: If the server is not known to have the plugin; then nothing is sent.
        ServerError: Also if the storage cannot sign URLs, or refuses what is sent.
        OSError: If a file cannot be read.
        LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

    Requires the dserver-signed-url-plugin, and register permission on the base URI.
    Route: ``POST /signed-urls/upload/{base_uri}``, ``POST /signed-urls/upload-complete``.
    """
    arguments.check_bool(new_uuid, "new_uuid")
    arguments.check_bool(overwrite, "overwrite")
    at_a_time = arguments.check_concurrency(concurrency)
    report = reporter(arguments.check_progress(progress), "B")
    upload, journal = yield from _prepare(path, base_uri, name, creator_username)
    begin = _begin(
        upload,
        journal,
        new_uuid=new_uuid,
        refuse=None if overwrite else _refuse_what_storage_may_have,
        remedy=_REMEDY,
    )
    return (yield from _run(upload, journal, begin, partial(_send, upload), at_a_time, report))


class UploadPlan:
    """What ``upload_dataset`` would send, for ``dserver upload --dry-run``.

    Args:
        path: Path of the folder.
        base_uri: The base URI to upload it to.
        name: Name of the dataset; default that of the dataset, or of the folder.
        creator_username: Name of the creator; default that of the dataset, or the user name.
        new_uuid: Whether to give a dtool dataset a new UUID.
        overwrite: Whether to destroy what storage may have under the UUID of the dataset.
    """

    def __init__(
        self,
        path: str | PathLike[str],
        base_uri: str,
        name: str | None,
        creator_username: str | None,
        *,
        new_uuid: bool,
        overwrite: bool,
    ) -> None:
        self._prepare = partial(_prepare, path, base_uri, name, creator_username)
        self._new_uuid = new_uuid
        self._refuse = None if overwrite else _refuse_what_storage_may_have
        self.items: list[str] = []
        """Paths of the items."""
        self.size_in_bytes: int = 0
        """Their size."""
        self.missing_bytes: int = 0
        """Size of those that have not been sent."""
        self.uri: str | None = None
        """URI of the dataset; None if it gets a new UUID."""

    def make(self) -> Operation[None]:
        """Check all that ``upload_dataset`` checks, and send nothing."""
        upload, journal = yield from self._prepare()
        yield from require("request_upload")
        try:
            yield journal.open
            is_begun = yield from _choose_uuid(
                upload, journal, new_uuid=self._new_uuid, refuse=self._refuse, remedy=_REMEDY
            )
            items = upload.dataset.items.values()
            self.items = sorted(item["relpath"] for item in items)
            self.size_in_bytes = sum(item["size_in_bytes"] for item in items)
            self.missing_bytes = self.size_in_bytes
            if is_begun:
                missing = _missing(upload, journal)
                self.missing_bytes = sum(upload.dataset.items[n]["size_in_bytes"] for n in missing)
            if is_begun or upload.uuid == upload.dataset.uuid:
                self.uri = upload.uri
        finally:
            journal.close()


def _prepare(
    path: str | PathLike[str], base_uri: str, name: str | None, creator_username: str | None
) -> Operation[tuple["_Upload", UploadJournal]]:
    """Return the upload of a folder and its journal, after all checks of what would be sent."""
    place = arguments.check_base_uri(base_uri)
    folder = arguments.check_path(path, "path")
    dataset: Any = yield partial(read_local_dataset, folder)
    local = _checked(cast("LocalDataset", dataset), name, creator_username)
    server, username = yield from _caller(place)
    dataset = yield partial(hash_files, local)
    local = cast("LocalDataset", dataset)
    journal = UploadJournal(server, username, place, str(folder))
    return _Upload(local, place, str(creator_username or local.creator or username)), journal


def _caller(base_uri: str) -> Operation[tuple[str, str]]:
    """Return the URL of the server and the name of the user, who has to be allowed to upload."""
    response = yield next(users.get_me())
    me = response.json_object()
    may_register = me.get("register_permissions_on_base_uris", [base_uri])
    if not me.get("is_admin") and arguments.stored_uri(base_uri) not in may_register:
        raise PermissionDeniedError(
            f"Not sent: you may not register datasets in {base_uri}",
            next_step="Ask an administrator for register permission; get_me() lists yours",
        )
    return cast("Any", response.call.settings).url, str(me.get("username"))


def _run(
    upload: "_Upload",
    journal: UploadJournal,
    begin: Operation[UploadComplete | None],
    send: Send,
    at_a_time: int,
    report: Reporter,
) -> Operation[UploadComplete]:
    """Begin or continue an upload, send what is missing, and complete it."""
    done: Any
    try:
        yield journal.open
        done = yield from upload.there(begin)
        if done is None:
            has_sent = yield from _send_all(upload, journal, send, at_a_time, report)
            done = yield from _complete(upload, journal, is_first=has_sent)
        yield journal.remove
    except (LookupServerError, OSError) as error:
        if journal.uuid is not None:
            error.add_note(f"{upload.uri} is not registered yet: the same call continues")
        raise
    finally:
        report.close()
        journal.close()
    return cast("UploadComplete", done)


def _complete(
    upload: "_Upload", journal: UploadJournal, *, is_first: bool
) -> Operation[UploadComplete]:
    """Complete an upload.

    Args:
        upload: The upload.
        journal: Its journal. If the server finds again and again that items are missing, it is
            wrong: they have been deleted from storage since.
        is_first: Whether items have just been sent.
    """
    completion = signed_urls.complete_upload(upload.uri, len(upload.dataset.items))
    try:
        return cast("UploadComplete", (yield from upload.there(completion)))
    except ServerError as error:
        if error.status == 500:
            again = "The same call tries again to complete it"
            if not is_first:
                yield partial(journal.begin, upload.uuid, upload.frozen_at, journal.fingerprint)
                again = "Items are probably missing in storage: the same call sends all of them"
            error.next_step = (
                f"{again}. If that does not help, the administrator can find the reason in the "
                "server's log"
            )
        raise


class _Upload:
    """An upload that is under way.

    Args:
        dataset: What is uploaded.
        base_uri: Where to.
        creator_username: Name of the creator.
        there: Returns an operation that performs one at the server that it goes to.
    """

    def __init__(
        self,
        dataset: LocalDataset,
        base_uri: str,
        creator_username: str,
        there: Callable[[Operation[Any]], Operation[Any]] = lambda operation: operation,
    ) -> None:
        self.dataset = dataset
        self.there = there
        self.uuid = ""
        self.frozen_at = 0.0
        self._base_uri = base_uri
        self._creator_username = creator_username
        self._urls: dict[str, Any] = {}
        self._until = math.inf  # monotonic time: clocks differ

    @property
    def uri(self) -> str:
        """URI of the dataset."""
        return f"{self._base_uri}/{self.uuid}"

    def sign(self) -> Operation[None]:
        """Begin the upload, or let the server sign new URLs for it."""
        dataset = self.dataset
        begun = yield from signed_urls.request_upload(
            self._base_uri,
            self.uuid,
            dataset.name,
            self._creator_username,
            self.frozen_at,
            cast("Any", list(dataset.items.values())),
            dataset.tags,
            dataset.annotations,
            dataset.overlays,
            overwrite=True,
        )
        self._urls = cast("dict[str, Any]", begun.get("upload_urls") or {})
        self._until = expiry_of(begun)

    def target(self, identifier: str | None, refused: str | None) -> Operation[dict[str, Any]]:
        """Return URL and headers for an item or the README, other ones than were refused."""
        found = self._target(identifier)
        # A refusal may come only after all of a body has been sent, or be lost as the connection
        # is closed meanwhile.
        if found.get("url") == refused or time.monotonic() >= self._until:
            yield from self.sign()
            found = self._target(identifier)
        if not isinstance(found.get("url"), str):
            raise UnreadableAnswerError(
                "The server returned no signed URL", next_step="Is it a dserver?"
            )
        return found

    def _target(self, identifier: str | None) -> dict[str, Any]:
        if identifier is None:
            headers = {"Content-Type": "text/plain; charset=utf-8"}
            return {"url": self._urls.get("readme"), "headers": headers}
        return cast("dict[str, Any]", self._urls.get("items", {}).get(identifier) or {})


def _checked(
    local: LocalDataset, name: Any = None, creator_username: Any = None, argument: str = "path"
) -> LocalDataset:
    """Return what is to be uploaded, with its name, if the server can store all of it."""
    given = local.name if name is None else name
    local = local._replace(name=arguments.check_dtool_name(given, "name"))
    if local.uuid is not None:
        arguments.check_uuid(local.uuid)
        arguments.check_date(local.frozen_at, "frozen_at")
    if creator_username is not None:
        arguments.check_text(creator_username, "creator_username")
    try:
        local.readme.decode()
    except UnicodeDecodeError:
        arguments.refuse(argument, local.name, "has a README that is not UTF-8", "Save it as UTF-8")
    manifest = {"hash_function": local.hash_function, "items": local.items}
    items = uploads.items_of(manifest, argument)
    uploads.check_identifiers(local.items, argument)
    arguments.check_tags(local.tags)
    uploads.values_of(local.annotations, "annotations")
    uploads.overlays_of(local.overlays, items)
    return local


def _begin(
    upload: _Upload,
    journal: UploadJournal,
    *,
    new_uuid: bool = False,
    refuse: Callable[[str], Operation[None]] | None,
    remedy: str,
) -> Operation[UploadComplete | None]:
    """Begin an upload or continue it; if it is complete already, return the dataset.

    Args:
        upload: The upload.
        journal: Its journal.
        new_uuid: Whether a dataset of dtool gets a new UUID.
        refuse: Refuses to begin at a URI where storage has a dataset.
        remedy: What to do if it cannot be continued.
    """
    is_begun = yield from _choose_uuid(
        upload, journal, new_uuid=new_uuid, refuse=refuse, remedy=remedy
    )
    if is_begun:
        found = yield from signed_urls._registered(upload.uri)  # the response may have been lost
        is_own = upload.dataset.uuid == upload.uuid  # and so the same dataset, which is frozen
        if found is not None and (is_own or journal.sent == upload.dataset.hashes):
            return found
        if found is not None:  # the folder has changed since, and becomes another dataset
            upload.uuid, upload.frozen_at = str(uuid4()), time.time()
            is_begun = False
    if not is_begun:
        yield from require("request_upload")
        fingerprint = upload.dataset.fingerprint
        yield partial(journal.begin, upload.uuid, upload.frozen_at, fingerprint)
    try:
        yield from upload.sign()
    except ConflictError:
        yield journal.remove  # it is registered there, or was begun elsewhere
        raise
    return None


def _choose_uuid(
    upload: _Upload,
    journal: UploadJournal,
    *,
    new_uuid: bool,
    refuse: Callable[[str], Operation[None]] | None,
    remedy: str,
) -> Operation[bool]:
    """Choose UUID and date of a dataset, and return whether its upload has been begun."""
    dataset = upload.dataset
    own = None if new_uuid else dataset.uuid
    fits = journal.uuid is not None and own in (None, journal.uuid)
    if fits and journal.fingerprint == dataset.fingerprint:
        upload.uuid, upload.frozen_at = str(journal.uuid), journal.frozen_at
        return True
    if fits and own is not None:
        raise InvalidRequestError(
            f"The upload of {upload.dataset.uuid} was begun with another name, README, or other "
            "tags, annotations or overlays, of which the server keeps the first",
            next_step=remedy,
        )
    upload.uuid, upload.frozen_at = own or str(uuid4()), dataset.frozen_at or time.time()
    if own is not None and refuse is not None:
        yield from refuse(upload.uri)
    return False


def _refuse_what_storage_may_have(uri: str) -> Operation[None]:
    try:
        yield from signed_urls._refuse_what_storage_may_have(uri)
    except LookupServerError as error:
        error.next_step = "Give new_uuid=True, or overwrite=True if there is nothing to lose"
        raise


def _send_all(
    upload: _Upload, journal: UploadJournal, send: Send, at_a_time: int, report: Reporter
) -> Operation[bool]:
    """Send all items that have not been sent yet, and the README; return whether there were any."""
    items = upload.dataset.items
    waiting = _missing(upload, journal)
    size = sum(item["size_in_bytes"] for item in items.values())
    missing = sum(items[name]["size_in_bytes"] for name in waiting)
    total = Total(report, size, size - missing)

    def send_item(identifier: str) -> Operation[None]:
        yield from send(identifier, total.part())
        yield partial(journal.note, identifier, items[identifier]["hash"])

    if waiting:
        yield Together(map(send_item, waiting), min(at_a_time, len(waiting)))
    yield from upload.there(_send(upload, None, lambda _: None))
    yield partial(journal.note, README, upload.dataset.hashes[README])
    return bool(waiting)


def _missing(upload: _Upload, journal: UploadJournal) -> list[str]:
    """Return the identifiers of the items that have not been sent."""
    items = upload.dataset.items.items()
    return [name for name, item in items if journal.sent.get(name) != item["hash"]]


def _send(upload: _Upload, identifier: str | None, tell: Callable[[int], None]) -> Operation[None]:
    """Send an item, or the README."""
    what, path = "the README", Path()
    if identifier is not None:
        what = repr(upload.dataset.items[identifier]["relpath"])
        path = upload.dataset.paths[identifier]
    refused: str | None = None
    while True:
        target = yield from upload.target(identifier, refused)
        body: Any = upload.dataset.readme
        if identifier is not None:
            body = yield partial(body_of_path, path)
        headers = cast("Mapping[str, str]", target.get("headers") or {})
        request = TransferRequest("PUT", target["url"], headers=headers, body=body, progress=tell)
        try:
            response = yield from request.send()
        except InvalidRequestError:  # its length has changed, as all else is checked
            raise _changed(upload, what) from None
        if 200 <= response.status < 300:
            return
        error = storage_error(response, target["url"], f"accept {what}", "PUT")
        if error.server_message == _CHANGED:
            raise _changed(upload, what)
        if response.status not in _REFUSED or refused is not None:
            raise error
        refused = target["url"]  # it has expired


def _changed(upload: _Upload, what: str) -> IntegrityError:
    since, remedy = "the dataset was frozen", "If it has changed, freeze the dataset again"
    if upload.dataset.uuid is None:
        since, remedy = "it was hashed", "Try again when nothing else writes to the folder"
    return IntegrityError(f"{what} has changed since {since}, or on the way", next_step=remedy)
