"""Uploads: what is checked before anything is sent, and what becomes of a lost answer."""

import hashlib
import json
import math
import shutil
from collections.abc import Callable, Iterator
from hashlib import md5, sha1
from operator import methodcaller
from pathlib import Path
from threading import Event
from typing import Any
from uuid import UUID, uuid4

import dtoolcore
import httpx
import pytest
from privileges import run_unprivileged

from dtool_lookup_api import (
    Client,
    ConflictError,
    ConnectionFailedError,
    IntegrityError,
    InvalidRequestError,
    LookupServerError,
    PermissionDeniedError,
    ServerError,
)
from dtool_lookup_api.core.staged_dataset import StagedDataset
from dtool_lookup_api.core.upload_journal import UploadJournal

import faults
import samples
from devserver import COPY_URI, Dserver
from faults import (
    Ask,
    Endpoint,
    Exchange,
    Fault,
    FaultServer,
    ask_blocking,
    blocking_and_async,
    html,
    replying,
)
from stored import SIGNATURE, UploadStorage, expired, files_in

pytestmark = pytest.mark.slow

S3 = "s3://test-bucket"
URI = f"{S3}/1a1f9fad-8589-413e-9602-5bbd66bfe675"
CONTENT = b"abc"
ITEM: dict[str, Any] = {
    "hash": md5(CONTENT).hexdigest(),
    "relpath": "folder/a b.txt",
    "size_in_bytes": len(CONTENT),
    "utc_timestamp": 1604860720.5,
}
IDENTIFIER = sha1(ITEM["relpath"].encode()).hexdigest()
GOOD: dict[str, Any] = {
    "base_uri": S3,
    "uuid": None,
    "name": "A-b_c.9",
    "creator_username": "jotelha",
    "frozen_at": 1.5,
    "items": [ITEM],
    "tags": ["A-b_c.9"],
    "annotations": {"A-b_9": {"red": None}},
    "overlays": {"A-b_9": {IDENTIFIER: 1}},
}


def items(*relpaths: str) -> dict[str, Any]:
    """Return items with these paths, as an argument."""
    return {"items": [{**ITEM, "relpath": relpath} for relpath in relpaths]}


def item(**changes: Any) -> dict[str, Any]:
    """Return an item with some changes, as an argument."""
    return {"items": [{**ITEM, **changes}]}


# Arguments that the server refuses without a reason or accepts to the damage of the dataset, and
# what the error says.
BAD: dict[str, tuple[dict[str, Any], str]] = {
    "an absolute path": (
        items("/etc/passwd"),
        r"items\[0\].relpath='/etc/passwd' is not a relative",
    ),
    "a path with a drive": (items("C:/a"), "is not a relative path"),
    "an empty path": (items(""), "is not a relative path"),
    "a path that leads out": (items("a", "b/../../x"), r"items\[1\].* leads out"),
    "a path that leads out by backslash": (items("a\\..\\x"), "leads out"),
    "a backslash": (items("a\\b"), "contains a backslash"),
    "a path with a dot": (items("./a"), "is not normalised"),
    "a path with two slashes": (items("a//b"), "is not normalised"),
    "a path that ends in a slash": (items("a/"), "is not normalised"),
    "a path not in NFC": (items("u\u0308"), "form NFC"),
    "a path with a line break": (items("a\nb"), "control character"),
    "a path that is not UTF-8": (items("\ud800"), "UTF-8"),
    "a path twice": (items("a", "b", "a"), r"items\[2\].relpath='a' occurs twice"),
    "a file that is a folder": (items("a/b/c", "d", "a"), "'a/b/c' lies in 'a', which is an item"),
    "a hash of another kind": (item(hash="0" * 40), "is not an MD5 hash"),
    "a hash in upper case": (item(hash=ITEM["hash"].upper()), "lower case"),
    "a hash that is not hexadecimal": (item(hash="zz"), "is not an MD5 hash"),
    "a negative size": (item(size_in_bytes=-1), r"items\[0\].size_in_bytes=-1"),
    "a size as text": (item(size_in_bytes="3"), r"items\[0\].size_in_bytes='3'"),
    "a size above 5 GiB": (item(size_in_bytes=5 * 1024**3 + 1), "5 GiB"),
    "a time that is not one": (item(utc_timestamp=math.inf), "utc_timestamp=inf is not a date"),
    "a time beyond all dates": (item(utc_timestamp=10**400), "is not a date"),
    "a time that no date has": (item(utc_timestamp=1e300), "is not a date"),
    "another hash function": (
        {"items": {"hash_function": "sha1sum_hexdigest", "items": {}}},
        "items.hash_function='sha1sum_hexdigest' cannot be uploaded",
    ),
    "a name with a space": ({"name": "a b"}, "name='a b' is not a name that dtool can write"),
    "a name that is too long": ({"name": "a" * 81}, "1 to 80"),
    "a tag with a space": ({"tags": ["a b!"]}, "tags='a b!' is not a name that dtool can write"),
    "an annotation with a space": ({"annotations": {"a b": 1}}, "annotations='a b'"),
    "an annotation with a dot": ({"annotations": {"a.b": 1}}, "annotations='a.b' contains a dot"),
    "an annotation that is null": (
        {"annotations": {"a": None}},
        r"annotations\['a'\]=None is null",
    ),
    "annotations as a list": ({"annotations": ["a"]}, "annotations=.* is not a dict"),
    "an overlay with a dot": (
        {"overlays": {"a.b": {IDENTIFIER: 1}}},
        "overlays='a.b' contains a dot",
    ),
    "an overlay that is not a dict": ({"overlays": {"a": 1}}, r"overlays\['a'\]=1 is not a dict"),
    "an overlay of what is not there": (
        {"overlays": {"a": {IDENTIFIER: 1, "z": 2}}},
        r"overlays\['a'\]='z' is not an identifier",
    ),
    "an overlay of numbers": ({"overlays": {"a": {1: "x"}}}, "is not an identifier|has no value"),
    "an overlay without an item": ({"overlays": {"a": {}}}, "has no value"),
    "an overlay with a null": ({"overlays": {"a": {IDENTIFIER: None}}}, "is null"),
    "overwrite as text": ({"overwrite": "no"}, "overwrite='no'"),
}


@pytest.mark.parametrize("bad", BAD)
def test_what_is_wrong_is_refused_with_the_reason(fault_server: FaultServer, bad: str) -> None:
    """The server gives none, or takes it."""
    arguments, words = BAD[bad]
    endpoint = fault_server.endpoint()

    with (
        Client(endpoint.url, **endpoint.login) as client,
        pytest.raises(InvalidRequestError, match=words),
    ):
        client.request_upload(**{**GOOD, **arguments})

    assert endpoint.requests == []


def test_a_new_dataset_gets_a_uuid(fault_server: FaultServer) -> None:
    """With a new one, nothing can be overwritten."""
    endpoint = fault_server.endpoint()
    with Client(endpoint.url, **endpoint.login, assume_offered=["request_upload"]) as client:
        client.request_upload(**GOOD)
        client.request_upload(**GOOD)

    sent = [json.loads(each.body)["uuid"] for each in endpoint.requests if each.method == "POST"]
    assert [UUID(uuid).version for uuid in sent] == [4, 4]
    assert sent[0] != sent[1]


@pytest.mark.parametrize("relpath", ["../x", "/x", "a/../../x", "\\\\server\\x", "C:\\x"])
def test_a_manifest_that_leads_out_of_the_folder_is_not_registered(
    fault_server: FaultServer, relpath: str
) -> None:
    """Downloading it would write elsewhere."""
    endpoint = fault_server.endpoint()
    entries = {"a": {**ITEM, "relpath": relpath}}
    manifest = {"dtoolcore_version": "3", "hash_function": "md5", "items": entries}

    with (
        Client(endpoint.url, **endpoint.login) as client,
        pytest.raises(InvalidRequestError, match="relpath"),
    ):
        client.register_dataset(
            URI,
            readme="",
            manifest=manifest,
            uuid=uuid4(),
            name="a",
            creator_username="a",
            frozen_at=1,
        )

    assert endpoint.requests == []


# --- what storage may hold ---------------------------------------------------------------------


@pytest.fixture
def unregistered(next_dserver: Dserver) -> Iterator[str]:
    """Return the URI of a dataset that lies in storage, of which the index does not know."""
    uuid = str(uuid4())
    folder = next_dserver.stored(COPY_URI).folder
    shutil.copytree(folder, folder.parent / uuid)
    yield f"{S3}/{uuid}"
    shutil.rmtree(folder.parent / uuid)


def with_uuid_of(uri: str, **more: Any) -> dict[str, Any]:
    """Return good arguments for the upload of a dataset."""
    return {**GOOD, "uuid": uri.rpartition("/")[2], **more}


def test_what_lies_in_storage_is_not_overwritten_unasked(
    next_dserver: Dserver, unregistered: str
) -> None:
    """The server does not tell whether it is there."""
    before = next_dserver.stored(unregistered)

    with Client(**next_dserver.given("admin")) as client:
        with pytest.raises(InvalidRequestError, match="overwrite=True"):
            client.request_upload(**with_uuid_of(unregistered))
        assert before.files
        assert next_dserver.stored(unregistered) == before

        client.request_upload(**with_uuid_of(unregistered, overwrite=True))
        assert next_dserver.stored(unregistered).admin_metadata["type"] == "protodataset"


def test_what_was_registered_is_not_overwritten_unasked(
    next_dserver: Dserver, unregistered: str
) -> None:
    """Deleting a registration leaves the dataset where it is."""
    before = next_dserver.stored(unregistered)

    with Client(**next_dserver.given("admin")) as client:
        client.register_dataset(
            unregistered,
            readme="",
            manifest={"dtoolcore_version": "3", "hash_function": "md5", "items": {}},
            uuid=unregistered.rpartition("/")[2],
            name="a",
            creator_username="admin",
            frozen_at=1,
        )
        for overwrite in (False, True):
            with pytest.raises(ConflictError):
                client.request_upload(**with_uuid_of(unregistered, overwrite=overwrite))
        client.delete_dataset(unregistered)
        with pytest.raises(ConflictError, match="overwrite=True"):
            client.request_upload(**with_uuid_of(unregistered))

    assert next_dserver.stored(unregistered) == before


def test_an_upload_that_is_refused_leaves_nothing(next_dserver: Dserver) -> None:
    """No part of the dataset is begun."""
    folder = next_dserver.stored(COPY_URI).folder.parent
    before = sorted(folder.iterdir())

    with Client(**next_dserver.given("admin")) as client:
        for arguments, words in BAD.values():
            with pytest.raises(InvalidRequestError, match=words):
                client.request_upload(**{**GOOD, **arguments})
    assert sorted(folder.iterdir()) == before


def test_an_upload_is_completed_once_its_items_are_there(next_dserver: Dserver) -> None:
    """Calling it again is safe, before and after."""
    with Client(**next_dserver.given("admin")) as client:
        begun = client.request_upload(**GOOD)
        assert next_dserver.stored(begun["uri"]).tags == GOOD["tags"]
        for _ in range(2):
            with pytest.raises(ServerError, match="An item is probably missing"):
                client.complete_upload(begun["uri"])

        target = begun["upload_urls"]["items"][IDENTIFIER]
        assert httpx.put(target["url"], content=CONTENT, headers=target["headers"]).is_success
        completed = client.complete_upload(begun["uri"], number_of_items=1)
        assert completed["status"] == "registered"
        assert client.complete_upload(begun["uri"]) == completed
        client.delete_dataset(begun["uri"])

    stored = next_dserver.stored(begun["uri"])
    assert stored.admin_metadata["type"] == "dataset"
    assert stored.annotations == GOOD["annotations"]
    shutil.rmtree(stored.folder)


# --- completing --------------------------------------------------------------------------------

COMPLETE = methodcaller("complete_upload", URI)
NOT_THERE = replying(404, {"code": 404, "status": "Not Found"})
NOTHING_BEGUN = replying(400, {"code": 400, "status": "Bad Request"})
MISSING = replying(500, {"code": 500, "status": "Internal Server Error"})
STORAGE = replying(502, {"code": 502, "status": "Bad Gateway", "message": "AccessDenied"})
LOST: dict[str, Fault] = {
    "reset": faults.reset_before,
    "cut": faults.truncated,
    "a proxy gives up": html(504),
    "a proxy cannot reach it": html(502),
    "a page": html(200),
    "completed before": NOTHING_BEGUN,
}


@blocking_and_async
@pytest.mark.parametrize("lost", LOST)
def test_a_lost_answer_is_found_again(fault_server: FaultServer, ask: Ask, lost: str) -> None:
    """If the dataset is there, its upload is complete."""
    endpoint = fault_server.endpoint()
    endpoint.script(LOST[lost])

    assert ask(endpoint, COMPLETE) == {
        "uri": samples.DATASET["uri"],
        "uuid": samples.DATASET["uuid"],
        "name": samples.DATASET["name"],
        "status": "registered",
    }
    assert [request.method for request in endpoint.requests] == ["POST", "GET"]


@blocking_and_async
@pytest.mark.parametrize(
    ("fault", "kind", "words"),
    [
        (faults.reset_before, ConnectionFailedError, "may still be completing"),
        (html(504), ServerError, "may still be completing"),
        (NOTHING_BEGUN, InvalidRequestError, r"request_upload\(\)"),
        (replying(409, {"code": 409}), ConflictError, "another base URI"),
        (MISSING, ServerError, "An item is probably missing"),
        (STORAGE, ServerError, "AccessDenied.*Storage refused"),
    ],
)
def test_what_is_not_there_is_explained(
    fault_server: FaultServer, ask: Ask, fault: Fault, kind: type[LookupServerError], words: str
) -> None:
    """And it is asked for once."""
    endpoint = fault_server.endpoint()
    endpoint.script(fault, NOT_THERE)

    with pytest.raises(kind, match=words) as caught:
        ask(endpoint, COMPLETE)

    assert caught.value.operation == "complete_upload"
    assert [request.method for request in endpoint.requests].count("POST") == 1


@blocking_and_async
def test_completing_takes_its_time(fault_server: FaultServer, ask: Ask) -> None:
    """It may take longer than any other call."""
    endpoint = fault_server.endpoint()
    endpoint.script(faults.late(1.0))

    assert ask(endpoint, COMPLETE, timeout=0.3, deadline=0.6) == samples.SIGNED_URLS


def test_a_body_that_a_proxy_does_not_take_is_explained(fault_server: FaultServer) -> None:
    """nginx takes 1 MiB unless set otherwise."""
    endpoint = fault_server.endpoint()
    endpoint.spares_looks = True
    endpoint.script(html(413))

    client = Client(endpoint.url, **endpoint.login, assume_offered=["request_upload"])
    with client, pytest.raises(InvalidRequestError, match="about 5,000 items"):
        client.request_upload(**GOOD)


# --- folders -----------------------------------------------------------------------------------

SMALL, LARGE = b"a,b", bytes(range(256)) * 4096  # the second does not fit into a socket's buffers
OFFERED = ["request_upload", "complete_upload"]


@pytest.fixture
def storage(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> UploadStorage:
    """Return a dserver and its storage; retries follow soon, and a stall is short."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("DSERVER_STORAGE_TIMEOUT", "2")
    monkeypatch.setattr("random.uniform", lambda low, high: high / 50)
    endpoint.spares_looks = True
    return UploadStorage(endpoint)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with two items and a README."""
    found = tmp_path / "my-data"
    found.mkdir()
    (found / "README.yml").write_text("project: größer\n")
    (found / "a.csv").write_bytes(SMALL)
    (found / "large.bin").write_bytes(LARGE)
    return found


def files_of(folder: Path) -> dict[str, bytes]:
    """Return what storage has when all of a folder has come."""
    return {
        "readme" if name == "README.yml" else sha1(name.encode()).hexdigest(): (
            folder / name
        ).read_bytes()
        for name in files_in(folder)
    }


def upload(folder: Path, **options: Any) -> Callable[[Any], Any]:
    return methodcaller("upload_dataset", folder, S3, **options)


def whole(storage: UploadStorage, ask: Ask, folder: Path, **options: Any) -> None:
    """Upload, and look that all is there and registered, and nothing is left to do."""
    done = ask(storage.endpoint, upload(folder, **options), assume_offered=OFFERED)
    assert done["status"] == "registered"
    assert done["uri"] == storage.uri
    assert storage.is_registered
    expected = files_of(folder)
    assert {name: storage.stored[name] for name in expected} == expected
    assert storage.items.keys() | {"readme"} == expected.keys()
    assert files_in(folder.parent / "state") == []


def unfinished(
    storage: UploadStorage, ask: Ask, folder: Path, kind: type[Exception], words: str
) -> None:
    """Upload, and look that it says what is wrong, and that it goes on."""
    with pytest.raises(kind, match=words) as caught:
        ask(storage.endpoint, upload(folder), assume_offered=OFFERED, retries=1)
    assert not storage.is_registered
    assert any("not registered yet: the same call continues" in n for n in caught.value.__notes__)
    assert SIGNATURE not in str(caught.value)


async def cut_in_the_middle(exchange: Exchange) -> None:
    """Take a part of a body, and reset the connection."""
    await exchange.reader.readexactly(100_000)
    exchange.reset()


async def refused_at_once(exchange: Exchange) -> None:
    """Refuse a request before its body has come, as S3 does."""
    await expired()(exchange)
    exchange.writer.write_eof()
    await exchange.until_client_leaves()


async def busy_at_once(exchange: Exchange) -> None:
    """Ask to come back, before the body has come."""
    await expired("SlowDown", 503)(exchange)
    exchange.writer.write_eof()
    await exchange.until_client_leaves()


EARLY: dict[str, tuple[Fault, int]] = {  # and how often URLs are signed
    "cut in the middle": (cut_in_the_middle, 1),
    "refused at once": (refused_at_once, 2),
    "busy at once": (busy_at_once, 1),
}


@blocking_and_async
@pytest.mark.parametrize("early", EARLY)
def test_an_item_is_sent_again(storage: UploadStorage, ask: Ask, folder: Path, early: str) -> None:
    """From its start, to a new URL if the first has expired; its bytes are counted once."""
    (folder / "a.csv").unlink()
    fault, signed = EARLY[early]
    storage.endpoint.early.append(fault)
    told = list[tuple[int, int | None]]()
    whole(storage, ask, folder, progress=lambda *both: told.append(both))
    assert len(storage.sent) == 2
    assert len(storage.uris) == signed
    assert len(set(storage.uris)) == 1
    assert told[-1] == (len(LARGE), len(LARGE))


@blocking_and_async
def test_busy_storage_is_asked_again(storage: UploadStorage, ask: Ask, folder: Path) -> None:
    """503 SlowDown and 500 InternalError are not the end, unless they last."""
    storage.faults.extend([expired("SlowDown", 503), expired("InternalError", 500)])
    whole(storage, ask, folder)
    (folder / "more").write_bytes(b"more")
    storage.faults.extend([expired("SlowDown", 503)] * 9)
    unfinished(storage, ask, folder, ServerError, r"accept '.*503.*SlowDown.*later")
    storage.faults.clear()
    whole(storage, ask, folder)


@blocking_and_async
def test_expired_urls_are_renewed(storage: UploadStorage, ask: Ask, folder: Path) -> None:
    """Of items and README; two refusals in a row are an error."""
    storage.valid_from = 3
    whole(storage, ask, folder, concurrency=1)
    assert len(storage.uris) == 2
    storage.valid_from = 999
    (folder / "a.csv").write_bytes(b"other")
    unfinished(storage, ask, folder, PermissionDeniedError, "403.*AccessDenied")
    storage.valid_from = 0
    whole(storage, ask, folder)


def test_urls_are_renewed_before_they_expire(storage: UploadStorage, folder: Path) -> None:
    """Else the whole of an item may be sent in vain."""
    storage.lifetime = 0
    whole(storage, ask_blocking, folder, concurrency=1)
    assert len(storage.uris) == 4  # to begin, and for two items and the README
    assert len(storage.sent) == 2


CHANGES: dict[str, Callable[[Path], Any]] = {
    "other content": lambda path: path.write_bytes(LARGE[::-1]),
    "shorter": lambda path: path.write_bytes(SMALL),
    "longer": lambda path: path.write_bytes(LARGE[::-1] * 2),
}


@blocking_and_async
@pytest.mark.parametrize("change", CHANGES)
def test_a_file_that_changes(storage: UploadStorage, ask: Ask, folder: Path, change: str) -> None:
    """When it has been hashed, and even while it is sent: it is told, and the next call goes on."""
    changed = Event()

    async def changing(exchange: Exchange) -> None:
        await exchange.reader.readexactly(100_000)
        CHANGES[change](folder / "large.bin")
        changed.set()
        exchange.reset()

    storage.endpoint.early.append(changing)
    words = r"'large\.bin' has changed since it was hashed.*nothing else writes"
    (folder / "a.csv").unlink()
    unfinished(storage, ask, folder, IntegrityError, words)
    assert changed.wait(10)  # an upload sees a change before all of it is written
    whole(storage, ask, folder)
    assert len(set(storage.uris)) == 1


@blocking_and_async
def test_a_file_that_vanishes(storage: UploadStorage, ask: Ask, folder: Path) -> None:
    """Python says which, and that the upload goes on with what is left."""

    async def vanishing(exchange: Exchange) -> None:
        (folder / "large.bin").unlink()
        exchange.reset()

    storage.endpoint.early.append(vanishing)
    (folder / "a.csv").unlink()
    unfinished(storage, ask, folder, FileNotFoundError, r"large\.bin")
    whole(storage, ask, folder)


def test_a_file_that_may_not_be_read(storage: UploadStorage, folder: Path) -> None:
    """It is found before anything is sent."""
    (folder / "a.csv").chmod(0)
    url, token = storage.endpoint.url, storage.endpoint.new_token()
    done = run_unprivileged(
        "from dtool_lookup_api import Client\n"
        f"with Client({url!r}, token={token!r}, assume_offered={OFFERED!r}) as client:\n"
        f"    client.upload_dataset({str(folder)!r}, {S3!r})\n"
    )
    (said,) = [line for line in done.stderr.splitlines() if line.startswith("PermissionError")]
    assert "a.csv" in said
    assert storage.uris == []


@blocking_and_async
def test_storage_that_gets_another_body_says_so(
    storage: UploadStorage, ask: Ask, folder: Path
) -> None:
    """BadDigest is not sent again: something on the way changes what is sent."""
    storage.faults.append(expired("BadDigest", 400))
    unfinished(storage, ask, folder, IntegrityError, r"'.*' has changed.*on the way")
    whole(storage, ask, folder)


@blocking_and_async
@pytest.mark.parametrize("lost", ["reset", "cut", "a proxy gives up"])
def test_a_server_that_completes_unseen(
    storage: UploadStorage, ask: Ask, folder: Path, lost: str
) -> None:
    """The dataset is registered, and found to be; nothing is sent twice."""
    storage.completions.append(LOST[lost])
    whole(storage, ask, folder)
    assert len(storage.sent) == 2


@pytest.mark.parametrize("changed", ["a.csv", "README.yml", None])
def test_what_was_registered_unseen(
    storage: UploadStorage, folder: Path, changed: str | None
) -> None:
    """The next call returns it, unless the folder has changed since: that becomes another one."""

    async def later(exchange: Exchange) -> None:
        storage.is_registered = False
        await html(504)(exchange)

    storage.completions.append(later)
    unfinished(storage, ask_blocking, folder, ServerError, "may still be completing")
    storage.is_registered = True
    if changed:
        (folder / changed).write_bytes(b"changed")
    whole(storage, ask_blocking, folder)
    assert len(set(storage.uris)) == (2 if changed else 1)


def test_a_journal_is_left_to_the_call_that_has_begun_it(storage: UploadStorage) -> None:
    """Two calls, of which the second begins as the first has just ended."""
    first, second, third = (
        UploadJournal(storage.endpoint.url, "me", S3, "/my-data") for _ in range(3)
    )
    first.open()
    first.begin(str(uuid4()), 1.0, "")
    first.remove()
    second.open()
    second.begin(URI.rpartition("/")[2], 2.0, "")
    first.close()
    second.close()
    third.open()
    assert third.uuid == URI.rpartition("/")[2]
    third.close()


def test_what_is_opened_after_it_was_closed_is_free(storage: UploadStorage, tmp_path: Path) -> None:
    """A thread may open it while the async call is cancelled, which does not wait for it."""
    for make in [
        lambda: UploadJournal(storage.endpoint.url, "me", S3, "/my-data"),
        lambda: StagedDataset(tmp_path / "d", str(UUID(int=1)), b"{}"),
    ]:
        first, second = make(), make()
        first.close()
        first.open()
        second.open()
        second.close()


def test_a_journal_of_another_version_is_not_continued(
    storage: UploadStorage, folder: Path
) -> None:
    """It has what this one does not know; the folder is uploaded all the same."""
    storage.always = expired("AccessDenied")
    with pytest.raises(PermissionDeniedError):
        ask_blocking(storage.endpoint, upload(folder), assume_offered=OFFERED)
    (journal,) = (folder.parent / "state").rglob("*.jsonl")
    journal.write_text(json.dumps({"uuid": str(uuid4()), "begun": 1.5}))
    storage.always = None
    whole(storage, ask_blocking, folder)


def test_a_state_folder_does_not_depend_on_the_current_one(
    storage: UploadStorage, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else an upload would not be continued from another; the XDG specification says so, too."""
    monkeypatch.setenv("XDG_STATE_HOME", "state")
    monkeypatch.setenv("HOME", str(folder.parent / "home"))
    monkeypatch.chdir(folder.parent)
    storage.always = expired("AccessDenied")
    with pytest.raises(PermissionDeniedError):
        ask_blocking(storage.endpoint, upload(folder), assume_offered=OFFERED)
    (journal,) = folder.parent.rglob("*.jsonl")
    assert journal.is_relative_to(folder.parent / "home" / ".local" / "state")


@blocking_and_async
def test_items_that_storage_has_lost_are_sent_again(
    storage: UploadStorage, ask: Ask, folder: Path
) -> None:
    """The journal has them; the second time that the server misses them, it is not believed."""
    storage.forgets = True
    unfinished(storage, ask, folder, ServerError, "same call tries again to complete it")
    unfinished(storage, ask, folder, ServerError, "the same call sends all of them")
    assert len(storage.sent) == 2
    storage.forgets = False
    whole(storage, ask, folder)
    assert len(storage.sent) == 4
    assert len(set(storage.uris)) == 1


# --- what is refused before it is sent, or hashed ------------------------------------------------


def refused(storage: UploadStorage, folder: Path, words: str, **options: Any) -> None:
    """Look that an upload is refused, and nothing was begun."""
    with pytest.raises(InvalidRequestError, match=words) as caught:
        ask_blocking(storage.endpoint, upload(folder, **options), assume_offered=OFFERED)
    assert storage.uris == []
    assert getattr(caught.value, "__notes__", []) == []
    assert files_in(folder.parent / "state") == []


def frozen(folder: Path, content: bytes) -> Path:
    """Make a frozen dataset with one item."""
    with dtoolcore.DataSetCreator("frozen", str(folder.parent)) as creator:
        creator.put_readme("")
        creator.put_annotation("colour", "red")
        (folder.parent / "source").write_bytes(content)
        creator.put_item(str(folder.parent / "source"), "a.txt")
    return (folder.parent / "frozen").rename(folder)


def test_a_dataset_is_not_taken_for_another(storage: UploadStorage, tmp_path: Path) -> None:
    """dtoolcore reads run instead of run#2: its UUID would be overwritten."""
    frozen(tmp_path / "run", b"1")
    refused(storage, frozen(tmp_path / "run#2", b"2"), "without #", overwrite=True)


DAMAGES: dict[str, tuple[str, Any, str]] = {
    "a list for the manifest": ("manifest.json", [], "dtool cannot read"),
    "a manifest without items": ("manifest.json", {}, "dtool cannot read: KeyError: 'items'"),
    "another identifier": (
        "manifest.json",
        {"hash_function": "md5sum_hexdigest", "items": {"0": {**ITEM, "relpath": "a.txt"}}},
        "path.items='0' does not belong to 'a.txt'",
    ),
    "no metadata": ("dtool", {}, "dtool cannot read"),
    "another UUID": (
        "dtool",
        {"uuid": "../x", "name": "a", "type": "dataset", "frozen_at": 1},
        "uuid='../x' is not a UUID",
    ),
    "another date": (
        "dtool",
        {"uuid": str(UUID(int=1)), "name": "a", "type": "dataset", "frozen_at": "x"},
        "frozen_at='x' is not a date",
    ),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_dataset_is_refused(storage: UploadStorage, tmp_path: Path, damage: str) -> None:
    """With the reason, whatever dtoolcore raises for it."""
    name, content, words = DAMAGES[damage]
    folder = frozen(tmp_path / "data", CONTENT)
    (folder / ".dtool" / name).write_text(json.dumps(content))
    refused(storage, folder, words, overwrite=True)
    (folder / ".dtool" / name).write_text("[" * 100_000)
    refused(storage, folder, "dtool cannot read", overwrite=True)


def test_names_are_checked_before_files_are_hashed(
    storage: UploadStorage, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which may take hours."""

    def hash_file(*_: Any) -> None:
        pytest.fail("hashed")

    monkeypatch.setattr(hashlib, "file_digest", hash_file)
    refused(storage, folder, "name='my data' is not a name", name="my data")
    (folder / "a:b").touch()
    refused(storage, folder, "'a:b' is not")


def test_names_as_macos_writes_them(storage: UploadStorage, folder: Path) -> None:
    """Its letters may be decomposed, the items' are not, so that all find them by their names."""
    (folder / "u\u0308.txt").write_bytes(SMALL)
    ask_blocking(storage.endpoint, upload(folder), assume_offered=OFFERED)
    assert sorted(each["relpath"] for each in storage.items.values())[-1] == "\u00fc.txt"
    assert storage.stored[sha1("\u00fc.txt".encode()).hexdigest()] == SMALL
    (folder / "\u00fc.txt").touch()
    with pytest.raises(InvalidRequestError, match="has the same name as another file"):
        ask_blocking(storage.endpoint, upload(folder), assume_offered=OFFERED)


def test_a_path_may_go_up(
    storage: UploadStorage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As users write it, and where it leads behind a link."""
    frozen(tmp_path / "data", CONTENT)
    (tmp_path / "deep" / "deeper").mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "deep" / "deeper")
    monkeypatch.chdir(tmp_path / "deep")
    for path in [Path("../data"), tmp_path / "link" / ".." / ".." / "data"]:
        call = upload(path, new_uuid=True)
        done = ask_blocking(storage.endpoint, call, assume_offered=OFFERED)
        assert done["name"] == "frozen"
