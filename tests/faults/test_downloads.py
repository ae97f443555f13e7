"""Downloads: whole and verified, or unfinished and told, whatever storage does."""

import asyncio
import gzip
import hashlib
import json
import logging
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable
from operator import methodcaller
from pathlib import Path
from typing import Any
from uuid import uuid4

import dtoolcore
import pytest
from dtoolcore.storagebroker import DiskStorageBroker
from privileges import run_unprivileged

from dtool_lookup_api import (
    Client,
    ConflictError,
    ConnectionFailedError,
    IntegrityError,
    InvalidRequestError,
    LookupServerError,
    NotFoundError,
    PermissionDeniedError,
    ServerError,
)

import faults
from devserver import COPY_URI, Dserver
from faults import Ask, Exchange, FaultServer, blocking_and_async
from stored import (
    ADMIN_METADATA,
    DATA,
    MODIFIED,
    SIGNATURE,
    URI,
    Storage,
    UploadStorage,
    expired,
    files_in,
    identifier_of,
    verify,
)

pytestmark = pytest.mark.slow


@pytest.fixture
def storage(fault_server: FaultServer) -> Storage:
    return Storage(fault_server.endpoint(), {"folder/a.bin": DATA, "empty": b""})


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a transfer stall after half a second, and retries follow at once."""
    monkeypatch.setenv("DSERVER_STORAGE_TIMEOUT", "0.5")
    monkeypatch.setattr("random.uniform", lambda low, high: high / 50)


def download(to: Path | str, item: str = "folder/a.bin", **options: Any) -> Callable[[Any], Any]:
    return methodcaller("download_item", URI, item, to, **options)


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """Return an empty folder."""
    (tmp_path / "here").mkdir()
    return tmp_path / "here"


# --- one item ----------------------------------------------------------------------------------


def test_an_item_comes_from_a_dserver(next_dserver: Dserver, here: Path) -> None:
    """By its path or by its identifier, to a file or into a folder, with its time."""
    with Client(**next_dserver.given("admin")) as client:
        path = client.download_item(COPY_URI, "simple_text_file.txt", here / "new" / "b.txt")
        (entry,) = client.get_manifest(COPY_URI)["items"].values()
        found = client.download_item(COPY_URI, identifier_of("simple_text_file.txt"), str(here))
        with pytest.raises(NotFoundError, match=r"No item 'none' in .*get_manifest"):
            client.download_item(COPY_URI, "none", here / "c")
    assert (path, found) == (here / "new" / "b.txt", here / "simple_text_file.txt")
    assert hashlib.md5(path.read_bytes()).hexdigest() == entry["hash"]
    assert path.read_bytes() == found.read_bytes()
    assert path.stat().st_mtime == pytest.approx(entry["utc_timestamp"], abs=1e-5)
    assert files_in(here) == ["new/b.txt", "simple_text_file.txt"]


@blocking_and_async
@pytest.mark.slow
def test_a_cut_download_goes_on(storage: Storage, ask: Ask, here: Path) -> None:
    """Where it was, and progress is told in bytes of the whole."""
    storage.faults.extend([storage.cut_after(200_000)] * 4)
    told = list[tuple[int, int | None]]()
    ask(storage.endpoint, download(here, progress=lambda *both: told.append(both)), retries=1)
    assert (here / "a.bin").read_bytes() == DATA
    ranges = [request.headers.get("range") for request in storage.requests]
    assert ranges == [None, *(f"bytes={n * 200_000}-" for n in range(1, 5))]
    assert told == sorted(told)
    assert (told[0], told[-1]) == ((0, len(DATA)), (len(DATA), len(DATA)))


@blocking_and_async
def test_the_next_call_goes_on(storage: Storage, ask: Ask, here: Path) -> None:
    """Nothing has the name of the file before; nothing that is there is requested again."""
    storage.always = storage.cut_after(70_000)
    with pytest.raises(ConnectionFailedError):
        ask(storage.endpoint, download(here), retries=0)
    (part,) = here.iterdir()
    assert part.name.startswith(".")
    assert part.suffix == ".part"
    assert part.read_bytes() == DATA[:70_000]
    storage.always = None
    ask(storage.endpoint, download(here), retries=0)
    assert storage.requests[-1].headers["range"] == "bytes=70000-"
    assert files_in(here) == ["a.bin"]
    assert (here / "a.bin").read_bytes() == DATA


@blocking_and_async
@pytest.mark.slow
def test_what_was_left_may_be_wrong(storage: Storage, ask: Ask, here: Path) -> None:
    """Then it is downloaded from its beginning, once."""
    storage.always = storage.cut_after(70_000)
    with pytest.raises(ConnectionFailedError):
        ask(storage.endpoint, download(here), retries=0)
    (part,) = here.iterdir()
    part.write_bytes(b"x" * 70_000)
    storage.always = None
    ask(storage.endpoint, download(here))
    assert (here / "a.bin").read_bytes() == DATA
    part.write_bytes(b"x" * 2 * len(DATA))  # longer than the item
    ask(storage.endpoint, download(here / "other"))
    assert (here / "other").read_bytes() == DATA


@blocking_and_async
def test_a_part_may_come_with_status_200(storage: Storage, ask: Ask, here: Path) -> None:
    """`rclone serve s3` sends it so; Content-Range says which part it is."""

    async def part(exchange: Exchange) -> None:
        await exchange.send(storage.response(exchange).replace(b" 206 ", b" 200 ", 1))

    storage.faults.extend([storage.cut_after(70_000), part])
    ask(storage.endpoint, download(here))
    assert (here / "a.bin").read_bytes() == DATA
    assert len(storage.requests) == 2


@blocking_and_async
@pytest.mark.slow
def test_a_range_that_is_ignored(storage: Storage, ask: Ask, here: Path) -> None:
    """A 200 brings the whole item; a 416 says that what was left is not its beginning."""

    async def whole(exchange: Exchange) -> None:
        await exchange.send(faults.answer(200, storage.content(exchange)))

    unsatisfiable = faults.html(416, "<Error><Code>InvalidRange</Code></Error>")
    storage.faults.extend([storage.cut_after(70_000), whole])
    ask(storage.endpoint, download(here / "cut"))
    storage.faults.extend([storage.cut_after(70_000), unsatisfiable])
    with pytest.raises(ConnectionFailedError):
        ask(storage.endpoint, download(here / "left"), retries=0)
    ask(storage.endpoint, download(here / "left"))
    assert (here / "cut").read_bytes() == (here / "left").read_bytes() == DATA


@blocking_and_async
def test_an_item_that_is_shorter_in_storage(storage: Storage, ask: Ask, here: Path) -> None:
    """Where nothing says its length before; the rest of it is not requested for ever."""

    async def short(exchange: Exchange) -> None:
        if "range" in exchange.request.headers:
            await faults.html(416, "<Error><Code>InvalidRange</Code></Error>")(exchange)
        else:
            head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
            await exchange.send(head + b"11170\r\n" + DATA[:70_000] + b"\r\n0\r\n\r\n")

    storage.always = short
    with pytest.raises(IntegrityError, match=r"says 1048576 bytes: storage has fewer bytes"):
        ask(storage.endpoint, download(here))
    assert len(storage.requests) == 2
    assert files_in(here) == []


def test_ranges_that_are_ignored_after_each_cut(storage: Storage, here: Path) -> None:
    """A download that can only begin again does so a few times."""

    async def cut(exchange: Exchange) -> None:
        await exchange.send(faults.answer(200, storage.content(exchange))[:100_000])
        exchange.writer.close()

    storage.always = cut
    with pytest.raises(IntegrityError, match="storage cannot continue after a lost connection"):
        faults.ask_blocking(storage.endpoint, download(here))
    assert len(storage.requests) == 7


@blocking_and_async
def test_an_expired_url_is_renewed(storage: Storage, ask: Ask, here: Path) -> None:
    """Also in the middle, after a cut; two refusals in a row are an error."""

    async def cut_and_expire(exchange: Exchange) -> None:
        storage.valid_from += 1
        await storage.cut_after(300_000)(exchange)

    storage.valid_from = 1
    storage.faults.append(cut_and_expire)
    ask(storage.endpoint, download(here))
    assert (here / "a.bin").read_bytes() == DATA
    assert [request.path.split("/")[1] for request in storage.endpoint.requests] == [
        *("manifests", "signed-urls", "storage", "signed-urls", "storage", "storage"),
        *("signed-urls", "storage"),
    ]

    storage.valid_from = 99
    with pytest.raises(PermissionDeniedError, match=r"refused.*403.*AccessDenied") as caught:
        ask(storage.endpoint, download(here / "b"))
    assert caught.value.url
    assert "?" not in caught.value.url


@pytest.mark.slow
def test_a_url_is_renewed_before_it_expires(storage: Storage, here: Path) -> None:
    """As storage says when: the next item begins with a new one."""
    storage.lifetime = 0
    storage.faults.append(storage.cut_after(300_000))
    faults.ask_blocking(storage.endpoint, download(here))
    signed = [each for each in storage.endpoint.requests if each.path.startswith("/signed")]
    assert len(signed) == 1  # one transfer with its retries keeps its URL


WRONG: dict[str, tuple[Callable[[bytes], dict[str, Any]], str]] = {
    "another hash": (lambda data: {"body": data[:-1] + b"x"}, "hash"),
    "too short": (lambda data: {"body": data[:-1]}, f"storage has {len(DATA) - 1} bytes"),
    "too long": (lambda data: {"body": data + b"x"}, f"storage has {len(DATA) + 1} bytes"),
    "nothing": (lambda data: {"body": b""}, "storage has 0 bytes"),
    "gzip": (
        lambda data: {"body": gzip.compress(data), "Content_Encoding": "gzip"},
        r"compressed on the way \('gzip'\).*DSERVER_STORAGE_PROXY",
    ),
}


@blocking_and_async
@pytest.mark.parametrize(
    "wrong",
    [
        each if each == "another hash" else pytest.param(each, marks=pytest.mark.slow)
        for each in WRONG
    ],
)
def test_what_differs_from_the_manifest_is_not_kept(
    storage: Storage, ask: Ask, here: Path, wrong: str
) -> None:
    """No file appears, and the error says what differs."""
    change, words = WRONG[wrong]

    async def other(exchange: Exchange) -> None:
        await exchange.send(faults.answer(200, **change(storage.content(exchange))))

    storage.always = other
    with pytest.raises(IntegrityError, match=words):
        ask(storage.endpoint, download(here))
    assert files_in(here) == []


@blocking_and_async
@pytest.mark.slow
def test_gzip_that_hides_its_length(storage: Storage, ask: Ask, here: Path) -> None:
    """Without a length, the hash tells; as stored so, compression is content."""

    async def chunked(exchange: Exchange) -> None:
        body = gzip.compress(storage.content(exchange))
        head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n"
        await exchange.send(head + b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body))

    storage.always = chunked
    with pytest.raises((IntegrityError, LookupServerError)):
        ask(storage.endpoint, download(here))
    assert [name for name in files_in(here) if not name.endswith(".part")] == []

    async def stored_so(exchange: Exchange) -> None:
        await exchange.send(storage.response(exchange, Content_Encoding="gzip"))

    storage.always = stored_so
    ask(storage.endpoint, download(here))
    assert (here / "a.bin").read_bytes() == DATA


@blocking_and_async
@pytest.mark.slow
@pytest.mark.parametrize(
    ("fault", "kind", "words"),
    [
        (expired("NoSuchKey", 404), NotFoundError, "404.*NoSuchKey.*missing in storage"),
        (expired("SignatureDoesNotMatch"), PermissionDeniedError, "SignatureDoesNotMatch"),
        (expired("SlowDown", 503), ServerError, "503.*SlowDown.*Try again later"),
        (faults.html(302), ServerError, "302.*at another address"),
        (faults.reset_before, ConnectionFailedError, "transfer failed"),
        (faults.hang, ConnectionFailedError, "stalled"),
    ],
)
def test_errors_of_storage(
    storage: Storage,
    ask: Ask,
    here: Path,
    fault: faults.Fault,
    kind: Any,
    words: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Each says what to do; none shows the query of a URL, nor does a log."""
    storage.always = fault
    with caplog.at_level(logging.DEBUG), pytest.raises(kind, match=words) as caught:
        ask(storage.endpoint, download(here), retries=1)
    ours = [each.getMessage() for each in caplog.records if each.name == "dtool_lookup_api"]
    assert not [text for text in [str(caught.value), *ours] if SIGNATURE in text]
    assert SIGNATURE not in repr(vars(caught.value))
    assert files_in(here) == []


@blocking_and_async
@pytest.mark.slow
def test_busy_storage_is_asked_again(storage: Storage, ask: Ask, here: Path) -> None:
    """503 SlowDown is not the end; nor is a token sent."""
    storage.faults.extend([expired("SlowDown", 503), expired("InternalError", 500)])
    ask(storage.endpoint, download(here))
    assert (here / "a.bin").read_bytes() == DATA
    assert not any({"authorization", "cookie"} & each.headers.keys() for each in storage.requests)


@blocking_and_async
@pytest.mark.parametrize("precious", [b"precious", bytes(len(DATA))], ids=["short", "as long"])
def test_an_existing_file_is_not_replaced(
    storage: Storage, ask: Ask, here: Path, precious: bytes
) -> None:
    """Unless that is wanted, or it is the same already."""
    (here / "a.bin").write_bytes(precious)
    with pytest.raises(InvalidRequestError, match=r"exists, and is another file.*overwrite=True"):
        ask(storage.endpoint, download(here))
    assert (here / "a.bin").read_bytes() == precious
    assert storage.requests == []
    ask(storage.endpoint, download(here, overwrite=True), download(here), download(here))
    assert (here / "a.bin").read_bytes() == DATA
    assert len(storage.requests) == 1
    ask(storage.endpoint, download(here, "empty"))
    assert (here / "empty").read_bytes() == b""
    assert (here / "empty").stat().st_mtime == MODIFIED


@pytest.mark.slow
def test_a_path_that_ends_in_a_slash_is_a_folder(storage: Storage, here: Path) -> None:
    """Also one that does not exist yet."""
    found = faults.ask_blocking(storage.endpoint, download(f"{here}/new/"))
    assert found == here / "new" / "a.bin"


def test_a_hash_that_is_not_known(storage: Storage, here: Path) -> None:
    """Its size is checked, and that is all that can be."""
    storage.manifest["hash_function"] = "crc64_of_tomorrow"
    faults.ask_blocking(storage.endpoint, download(here))
    assert (here / "a.bin").read_bytes() == DATA


@pytest.mark.parametrize("name", ["sha1sum_hexdigest", "sha256sum_hexdigest"])
@pytest.mark.slow
def test_other_hash_functions(storage: Storage, here: Path, name: str) -> None:
    """Those that dtoolcore has."""
    storage.manifest["hash_function"] = name
    entry = storage.manifest["items"][identifier_of("folder/a.bin")]
    entry["hash"] = hashlib.new(name.removesuffix("sum_hexdigest"), DATA).hexdigest()
    faults.ask_blocking(storage.endpoint, download(here))
    entry["hash"] = "0" * len(entry["hash"])
    with pytest.raises(IntegrityError):
        faults.ask_blocking(storage.endpoint, download(here / "b"))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"item": ""}, "item"),
        ({"item": 1}, "item=1"),
        ({"to": ""}, "to=''"),
        ({"to": 1}, "to=1"),
        ({"to": "a\0b"}, "to="),
        ({"overwrite": "no"}, "overwrite='no'"),
        ({"progress": "x"}, "progress='x'"),
    ],
)
def test_bad_arguments(storage: Storage, given: dict[str, Any], words: str) -> None:
    """Are refused by name, and nothing is sent."""
    arguments = {"uri": URI, "item": "folder/a.bin", "to": "x", **given}
    with (
        Client(storage.endpoint.url, **storage.endpoint.login) as client,
        pytest.raises(InvalidRequestError, match=words),
    ):
        client.download_item(**arguments)
    assert storage.endpoint.requests == []


@pytest.mark.parametrize("relpath", ["../x", "/x", "a/../../x", "C:\\x", "a\nb", "a/..", "\ud800"])
def test_a_path_that_leads_elsewhere(storage: Storage, here: Path, relpath: str) -> None:
    """No manifest decides where a file goes."""
    (entry,) = [each for each in storage.manifest["items"].values() if each["size_in_bytes"]]
    entry["relpath"] = relpath
    with pytest.raises(InvalidRequestError, match=r"relpath|cannot be the name"):
        faults.ask_blocking(storage.endpoint, download(here, identifier_of("folder/a.bin")))
    assert storage.requests == []
    assert files_in(here) == []


ITEM = "download_item({uri!r}, 'folder/a.bin', {to!r})"
DATASET = "download_dataset({uri!r}, {to!r})"
CALLS = {"item": ITEM, "dataset": DATASET, "selection": DATASET.replace(")", ", select=['*'])")}
LIMITED = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))\n"


@pytest.mark.slow
def test_a_full_disk(storage: Storage, here: Path) -> None:
    """Is told as the system does, and what has arrived is kept."""
    code = LIMITED + program(storage, here)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert "OSError: [Errno 27]" in done.stderr
    assert f"A file in {here} may not be as large: choose another" in done.stderr
    assert done.stderr.rstrip().endswith("is kept: the same call continues")
    (part,) = here.iterdir()
    assert part.suffix == ".part"
    assert part.stat().st_size == 300_000
    faults.ask_blocking(storage.endpoint, download(here))
    assert storage.requests[-1].headers["range"] == "bytes=300000-"
    assert (here / "a.bin").read_bytes() == DATA


def program(storage: Storage, to: Path, call: str = ITEM) -> str:
    """Return a program that downloads."""
    url, token = storage.endpoint.url, storage.endpoint.new_token()
    return (
        "from dtool_lookup_api import Client\n"
        f"with Client({url!r}, token={token!r}) as client:\n"
        f"    client.{call.format(uri=URI, to=str(to))}\n"
    )


@pytest.mark.slow
def test_a_folder_that_may_not_be_written(storage: Storage, here: Path) -> None:
    """Python says which, nothing is left there, and the data does not come in vain."""
    here.chmod(0o500)
    done = run_unprivileged(program(storage, here))
    (said,) = [line for line in done.stderr.splitlines() if line.startswith("PermissionError")]
    assert str(here) in said
    assert list(here.iterdir()) == []
    assert storage.requests == []


def started(storage: Storage, here: Path) -> "subprocess.Popen[str]":
    """Start a process that downloads an item."""
    code = program(storage, here)
    return subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE, text=True)


def wait_for(condition: Callable[[], Any]) -> None:
    until = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.01)


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_a_process_that_ends(storage: Storage, here: Path, number: signal.Signals) -> None:
    """Leaves what the next one continues."""
    storage.always = faults.held_until(threading.Event(), 300_000, storage.response)
    with started(storage, here) as process:
        wait_for(lambda: [each for each in here.iterdir() if each.stat().st_size > 200_000])
        process.send_signal(number)
        process.wait(20)
    (part,) = here.iterdir()
    size = part.stat().st_size
    assert 200_000 < size < len(DATA)
    storage.always = None
    faults.ask_blocking(storage.endpoint, download(here))
    assert int(storage.requests[-1].headers["range"][6:-1]) == size
    assert files_in(here) == ["a.bin"]


@pytest.mark.parametrize("call", ["download_dataset", "upload_dataset"])
def test_ctrl_c_does_not_wait_for_storage(many: Storage, here: Path, call: str) -> None:
    """Which may not send or take anything for a minute, in all threads."""
    stalled = threading.Event()

    async def stall(exchange: Exchange) -> None:
        stalled.set()
        await asyncio.sleep(10)  # and reads nothing

    (here / "up").mkdir()
    (here / "up" / "README.yml").touch()
    for name in "ab":
        (here / "up" / name).write_bytes(bytes(20_000_000))  # more than sockets take
    if call == "upload_dataset":
        UploadStorage(many.endpoint)
    many.always = stall
    many.endpoint.early.extend([stall] * 2)
    url, login = many.endpoint.url, many.endpoint.login
    code = f"""
        from dtool_lookup_api import Client
        client = Client({url!r}, **{login!r}, assume_offered=["request_upload"])
        try:
            if {call!r} == "download_dataset":
                client.download_dataset({URI!r}, {str(here / "d")!r})
            else:
                client.upload_dataset({str(here / "up")!r}, "s3://test-bucket")
        except KeyboardInterrupt:
            print("interrupted")
    """
    environment = {**os.environ, "DSERVER_STORAGE_TIMEOUT": "60", "XDG_STATE_HOME": str(here)}
    arguments: list[str] = [sys.executable, "-c", textwrap.dedent(code)]
    with subprocess.Popen(arguments, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert stalled.wait(20)
            time.sleep(0.3)  # until the sockets are full
            process.send_signal(signal.SIGINT)
            assert process.communicate(timeout=5)[0] == "interrupted\n"
        finally:
            process.kill()


@pytest.mark.slow
def test_two_processes_do_not_write_one_file(storage: Storage, here: Path) -> None:
    """The second is told; the first ends well."""
    told = threading.Event()
    storage.always = faults.held_until(told, 300_000, storage.response)
    with started(storage, here) as process:
        wait_for(lambda: [each for each in here.iterdir() if each.stat().st_size > 100_000])
        with pytest.raises(ConflictError, match="Another call is writing"):
            faults.ask_blocking(storage.endpoint, download(here))
        told.set()
        assert process.wait(20) == 0
    assert files_in(here) == ["a.bin"]
    assert (here / "a.bin").read_bytes() == DATA
    assert os.listdir(here) == ["a.bin"]


def test_ctrl_c_lets_the_next_call_continue(storage: Storage, here: Path) -> None:
    """In the same program, too, which may still show the traceback."""

    async def interrupting(exchange: Exchange) -> None:
        await exchange.send(storage.response(exchange)[:300_000])
        while not any(each.stat().st_size for each in here.iterdir()):
            await asyncio.sleep(0.01)
        signal.raise_signal(signal.SIGINT)

    storage.faults.append(interrupting)
    with pytest.raises(KeyboardInterrupt) as kept:
        faults.ask_blocking(storage.endpoint, download(here))
    faults.ask_blocking(storage.endpoint, download(here))
    assert files_in(here) == ["a.bin"]
    assert "range" in storage.requests[-1].headers
    assert kept.value is not None


# --- a whole dataset ---------------------------------------------------------------------------


def fetch(to: Path, **options: Any) -> Callable[[Any], Any]:
    return methodcaller("download_dataset", URI, to, **options)


@pytest.fixture
def many(fault_server: FaultServer) -> Storage:
    """Return the storage of a dataset with some items."""
    items = {f"folder {n % 3}/ä{n}.txt": b"%d" % n * (n % 7) for n in range(40)}
    return Storage(fault_server.endpoint(), {"big.bin": DATA, "same/big.bin": DATA, **items})


def test_a_dataset_comes_from_a_dserver(next_dserver: Dserver, here: Path) -> None:
    """And is what dtoolcore opens, with all that storage has."""
    with Client(**next_dserver.given("admin")) as client:
        expected = client.download_dataset(COPY_URI, here / "new" / "dataset", dry_run=True)
        assert os.listdir(here) == []
        found = client.download_dataset(COPY_URI, here / "new" / "dataset")
        again = client.download_dataset(COPY_URI, here / "new" / "dataset")
    assert found == expected
    assert found["items"] == ["simple_text_file.txt"]
    assert again == {**found, "missing_bytes": 0}
    assert os.listdir(here / "new") == ["dataset"]
    dataset = verify(here / "new" / "dataset")
    files = next_dserver.stored(COPY_URI).files
    assert dataset.get_readme_content() == files["README.yml"].decode()
    assert dataset._admin_metadata == json.loads(files[".dtool/dtool"])
    assert (here / "new/dataset/.dtool/manifest.json").read_bytes() == files[".dtool/manifest.json"]


@blocking_and_async
def test_a_dataset_is_whole(many: Storage, ask: Ask, here: Path) -> None:
    """Items come several at a time; metadata and times, too."""
    told = list[tuple[int, int | None]]()
    found = ask(many.endpoint, fetch(here / "d", progress=lambda *both: told.append(both)))
    dataset = verify(here / "d")
    assert len(dataset.identifiers) == len(found["items"]) == 42
    assert dataset._admin_metadata == ADMIN_METADATA
    assert sorted(dataset.list_tags()) == ["new", "river"]
    assert dataset.get_annotation("colour") == {"red": 1}
    assert set(dataset.get_overlay("kind").values()) == {"x"}
    assert (here / "d/README.yml").read_bytes() == many.metadata["readme"]
    size = found["size_in_bytes"]
    assert (told[0], told[-1]) == ((0, size), (size, size))
    assert told == sorted(told)
    assert os.listdir(here) == ["d"]


@blocking_and_async
@pytest.mark.slow
def test_an_unfinished_dataset_is_continued(many: Storage, ask: Ask, here: Path) -> None:
    """Until then, nothing has its name, and nothing looks like a dataset to dtoolcore."""
    many.always = many.cut_after(70_000)
    with pytest.raises(ConnectionFailedError) as caught:
        ask(many.endpoint, fetch(here / "d"), retries=0)
    assert "the same call continues" in " ".join(caught.value.__notes__)
    (staged,) = here.iterdir()
    assert staged.name.startswith(".d.")
    for folder in (here, staged):
        assert DiskStorageBroker.list_dataset_uris(str(folder), None) == []
    before = len(many.requests)
    many.always = None
    ask(many.endpoint, fetch(here / "d"))
    ranges = [each.headers.get("range") for each in many.requests[before:]]
    assert "bytes=70000-" in ranges
    assert len(verify(here / "d").identifiers) == 42
    assert os.listdir(here) == ["d"]


@blocking_and_async
@pytest.mark.slow
def test_urls_of_a_dataset_are_renewed(many: Storage, ask: Ask, here: Path) -> None:
    """All of them by one request, or few if several items notice at the same time."""

    async def expire(exchange: Exchange) -> None:
        many.valid_from = many.valid_from or 47
        await many.cut_after(100_000)(exchange)

    many.faults.append(expire)
    ask(many.endpoint, fetch(here / "d"))
    assert len(verify(here / "d").identifiers) == 42
    signed = [
        each for each in many.endpoint.requests if each.path.startswith("/signed-urls/dataset")
    ]
    assert 2 <= len(signed) <= 10


@blocking_and_async
@pytest.mark.slow
def test_a_damaged_item_keeps_the_dataset_back(many: Storage, ask: Ask, here: Path) -> None:
    """The others are there for the next call."""
    many.items[identifier_of("big.bin")] = DATA[:-1] + b"x"
    with pytest.raises(IntegrityError, match=r"'big\.bin' differs from the manifest"):
        ask(many.endpoint, fetch(here / "d", concurrency=1))
    assert not (here / "d").exists()
    many.items[identifier_of("big.bin")] = DATA
    ask(many.endpoint, fetch(here / "d"))
    verify(here / "d")


@blocking_and_async
def test_a_selection_is_files(many: Storage, ask: Ask, here: Path) -> None:
    """By pattern, path or identifier, at their paths; the folder may have others."""
    (here / "mine").write_text("mine")
    chosen = ["folder 0/*3.txt", "big.bin", identifier_of("folder 1/ä1.txt")]
    found = ask(many.endpoint, fetch(here, select=chosen))
    assert set(found["items"]) == set(files_in(here)) - {"mine"}
    assert "folder 0/ä33.txt" in found["items"]
    assert not found["is_dataset"]
    assert ask(many.endpoint, fetch(here, select="big.bin"))["missing_bytes"] == 0
    with pytest.raises(NotFoundError, match=r"No item '\*\.csv'"):
        ask(many.endpoint, fetch(here, select=["big.bin", "*.csv"]))
    (here / "same").write_text("in the way")
    with pytest.raises(InvalidRequestError, match="same' is not a folder"):
        ask(many.endpoint, fetch(here, select="same/big.bin"))
    (here / "big.bin").write_text("changed")
    with pytest.raises(InvalidRequestError, match=r"big\.bin' exists, and is another file"):
        ask(many.endpoint, fetch(here, select="*"))
    assert (here / "big.bin").read_text() == "changed"


@pytest.mark.slow
def test_a_link_does_not_lead_out(many: Storage, here: Path, tmp_path: Path) -> None:
    """Of the folder that was given."""
    (here / "same").symlink_to(tmp_path)
    with pytest.raises(InvalidRequestError, match="by a link"):
        faults.ask_blocking(many.endpoint, fetch(here, select="same/big.bin"))


@pytest.mark.parametrize("what", ["a file", "a folder", "another dataset", "a twin"])
def test_what_is_there_stays(many: Storage, here: Path, what: str) -> None:
    """Nothing is requested from storage but the manifest."""
    target = here / "d"
    if what == "a file":
        target.write_text("precious")
    elif what == "a folder":
        target.mkdir()
        (target / "precious").write_text("precious")
    elif what == "another dataset":
        with dtoolcore.DataSetCreator("d", str(here)) as creator:
            creator.put_readme("")
    else:  # with the same items
        faults.ask_blocking(many.endpoint, fetch(target))
        admin_metadata = target / ".dtool" / "dtool"
        admin_metadata.write_text(json.dumps({**ADMIN_METADATA, "uuid": str(uuid4())}))
        many.endpoint.requests.clear()
    before = files_in(here)
    with pytest.raises(InvalidRequestError, match="exists, and is not this dataset"):
        faults.ask_blocking(many.endpoint, fetch(target))
    assert files_in(here) == before
    assert many.requests == []


def test_a_dataset_that_has_been_changed_is_not_taken_for_whole(many: Storage, here: Path) -> None:
    """Even if its sizes are right; other times of the same content are."""
    faults.ask_blocking(many.endpoint, fetch(here / "d"))
    item = here / "d" / "data" / "big.bin"
    os.utime(item, (0, 0))
    assert faults.ask_blocking(many.endpoint, fetch(here / "d"))["missing_bytes"] == 0
    item.write_bytes(DATA[::-1])
    with pytest.raises(InvalidRequestError, match=r"big\.bin' has been changed"):
        faults.ask_blocking(many.endpoint, fetch(here / "d"))
    assert item.read_bytes() == DATA[::-1]


def test_metadata_are_those_of_the_last_call(storage: Storage, here: Path) -> None:
    """Not of one before, which had written them when something else had appeared at the target."""

    async def in_the_way(exchange: Exchange) -> None:
        (here / "d" / "other").mkdir(parents=True)
        await exchange.send(storage.response(exchange))

    storage.faults.append(in_the_way)
    with pytest.raises(OSError, match="not empty"):
        faults.ask_blocking(storage.endpoint, fetch(here / "d"))
    shutil.rmtree(here / "d")
    storage.changes = {"tags": ["river"], "annotation_urls": {}, "overlay_urls": {}}
    faults.ask_blocking(storage.endpoint, fetch(here / "d"))
    found = verify(here / "d")
    assert (found.list_tags(), found.list_annotation_names()) == (["river"], [])
    assert found.list_overlay_names() == []


def test_a_link_to_an_empty_folder_is_followed(many: Storage, here: Path) -> None:
    """The folder it leads to becomes the dataset."""
    (here / "real").mkdir()
    (here / "link").symlink_to("real")
    faults.ask_blocking(many.endpoint, fetch(here / "link"))
    verify(here / "real")
    assert sorted(each.name for each in here.iterdir()) == ["link", "real"]


@pytest.mark.parametrize(
    "changes",
    [
        {"item_urls": {identifier_of("folder/a.bin"): 5}},
        {"overlay_urls": ["x"]},
        {"annotation_urls": {"colour": None}},
        {"tags": 5},
    ],
)
def test_malformed_answers(storage: Storage, here: Path, changes: dict[str, Any]) -> None:
    """Are errors of this package, which programs expect."""
    storage.changes = changes
    with pytest.raises(LookupServerError):
        faults.ask_blocking(storage.endpoint, fetch(here / "d"))


@pytest.mark.parametrize("name", ["manifest", "admin"])
def test_metadata_that_cannot_be_read(storage: Storage, here: Path, name: str) -> None:
    """As they are nested too deeply for Python."""
    storage.metadata[name] = b"[" * 100_000
    with pytest.raises(IntegrityError, match="in storage is not JSON"):
        faults.ask_blocking(storage.endpoint, fetch(here / "d"))


def test_a_dataset_that_dtool_would_not_verify(storage: Storage, here: Path) -> None:
    """Is not made; its files can be selected."""
    items = storage.manifest["items"]
    items["0" * 40] = items.pop(identifier_of("empty"))
    with pytest.raises(InvalidRequestError, match="does not belong to 'empty'"):
        faults.ask_blocking(storage.endpoint, fetch(here / "d"))
    assert storage.requests == []
    faults.ask_blocking(storage.endpoint, fetch(here / "d", select="*"))
    assert files_in(here / "d") == ["empty", "folder/a.bin"]


def test_an_empty_selection_is_refused(storage: Storage, here: Path) -> None:
    """A filter that found nothing would download everything."""
    with pytest.raises(InvalidRequestError, match=r"select=\[\] selects nothing"):
        faults.ask_blocking(storage.endpoint, fetch(here / "d", select=[]))
    assert storage.endpoint.requests == []


def test_a_folder_may_have_a_long_name(storage: Storage, here: Path) -> None:
    """Which leaves no room for what the hidden folder adds."""
    target = here / ("ä" * 127)
    faults.ask_blocking(storage.endpoint, fetch(target))
    verify(target)


def test_a_path_may_go_up(many: Storage, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As users write it."""
    monkeypatch.chdir(here)
    found = faults.ask_blocking(many.endpoint, fetch(Path("../there/../d")))
    assert Path(found["path"]) == here.parent / "d"
    verify(here.parent / "d")


def test_the_current_folder_is_not_replaced(
    many: Storage, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Programs in it would be in a folder that has been deleted."""
    monkeypatch.chdir(here)
    with pytest.raises(InvalidRequestError, match="as current folder"):
        faults.ask_blocking(many.endpoint, fetch(Path()))
    assert many.requests == []
    assert list(Path().absolute().parent.glob(".*")) == []


@blocking_and_async
def test_another_call_ends_meanwhile(many: Storage, ask: Ask, here: Path) -> None:
    """After this one has looked what is there; its dataset is the result of both."""
    faults.ask_blocking(many.endpoint, fetch(here / "whole"))
    many.endpoint.requests.clear()

    async def meanwhile(exchange: Exchange) -> None:
        if exchange.request.path.endswith("/storage/readme"):
            os.rename(here / "whole", here / "d")
        await many.serve(exchange)

    many.endpoint.script(always=meanwhile)
    assert ask(many.endpoint, fetch(here / "d"))["is_dataset"]
    verify(here / "d")
    assert [each.name for each in here.iterdir()] == ["d"]
    assert many.requests == []


COLLISIONS: dict[str, tuple[list[str], str]] = {
    "by case": (["a/B", "A/b"], "is the same as"),
    "by Unicode form": (["\u00e4", "a\u0308"], "is the same as"),
    "a file that is a folder": (["a", "a/b"], "lies in 'a'"),
    "a file that is a folder, by case": (["A", "a/b"], "lies in 'A'"),
    "outside": (["../x"], "leads out"),
    "absolute": (["/x"], "relative path"),
    "with a drive": (["C:/x"], "relative path"),
    "nothing": (["a//b"], "cannot be the name"),
    "a dot": (["./a"], "cannot be the name"),
    "a control character": (["a\x00"], "control character"),
    "too long": (["a" * 256], "too long"),
}


@pytest.mark.parametrize("case", COLLISIONS)
def test_paths_that_collide_or_escape(fault_server: FaultServer, here: Path, case: str) -> None:
    """Are refused before the first byte, whether all items are wanted or some."""
    relpaths, words = COLLISIONS[case]
    storage = Storage(fault_server.endpoint(), dict.fromkeys(relpaths, b"x"))
    for options in ({}, {"select": "*"}, {"dry_run": True}):
        with pytest.raises(InvalidRequestError, match=words):
            faults.ask_blocking(storage.endpoint, fetch(here / "d", **options))
    assert storage.requests == []
    assert files_in(here.parent) == []


@pytest.mark.parametrize("name", ["../x", "a/b", "..", ".", ""])
@pytest.mark.slow
def test_names_of_metadata_that_escape(storage: Storage, here: Path, name: str) -> None:
    """Tags, annotations and overlays are names of files, too."""
    url = storage.url("overlay")
    for change in (
        {"tags": [name]},
        {"annotation_urls": {name: url}},
        {"overlay_urls": {name: url}},
    ):
        storage.changes = change
        with pytest.raises(InvalidRequestError, match=next(iter(change))):
            faults.ask_blocking(storage.endpoint, fetch(here / "d"))
    assert storage.requests == []
    assert files_in(here.parent) == []


@pytest.mark.slow
@pytest.mark.parametrize("change", [{"uuid": "other"}, {"type": "protodataset"}])
def test_another_dataset_in_storage(storage: Storage, here: Path, change: dict[str, str]) -> None:
    """Is not taken for the one that was asked for."""
    storage.metadata["admin"] = json.dumps({**ADMIN_METADATA, **change}).encode()
    with pytest.raises(IntegrityError, match="is another dataset, or not frozen"):
        faults.ask_blocking(storage.endpoint, fetch(here / "d"))
    assert files_in(here) == []


def fetching(storage: Storage, here: Path) -> "subprocess.Popen[str]":
    """Start a process that downloads a dataset."""
    code = program(storage, here / "d", DATASET)
    return subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE, text=True)


@pytest.mark.slow
def test_a_process_killed_twenty_times(many: Storage, here: Path) -> None:
    """At random moments; after each, the dataset is whole and verified, or not there."""
    many.always = many.slowly(0.01, 32 * 1024)
    generator = random.Random(7)
    for _ in range(20):
        with fetching(many, here) as process:
            time.sleep(0.2 + generator.random() * 0.6)
            process.kill()
            process.wait(20)
        if (here / "d").exists():
            verify(here / "d")
            shutil.rmtree(here / "d")
    many.always = None
    faults.ask_blocking(many.endpoint, fetch(here / "d"))
    verify(here / "d")
    assert os.listdir(here) == ["d"]


def said(call: str, storage: Storage, to: Path) -> list[str]:
    """Return the error of a download for which the permissions of files count, and its notes."""
    lines = run_unprivileged(program(storage, to, call)).stderr.splitlines()
    (*_, last) = [number for number, line in enumerate(lines) if re.match(r"\w+Error: ", line)]
    return lines[last:]


NOTHING = "This call has downloaded nothing"


@pytest.mark.slow
@pytest.mark.parametrize("call", ["item", "dataset", "selection"])
@pytest.mark.parametrize("mode", [0o500, 0o000], ids=oct)
def test_without_permission(many: Storage, here: Path, call: str, mode: int) -> None:
    """The error names the folder, says that nothing has been downloaded, and what to do."""
    here.chmod(mode)
    error, *notes = said(CALLS[call].replace("folder/a.bin", "big.bin"), many, here / "new" / "d")
    here.chmod(0o700)
    assert error.startswith("PermissionError: ")
    assert notes == [
        f"You need permission to use {here}: ask its owner, or choose another place",
        NOTHING,
    ]
    assert list(here.iterdir()) == []
    assert not [each for each in many.requests if each.path.endswith(identifier_of("big.bin"))]


@pytest.mark.slow
def test_what_another_user_has_left(many: Storage, here: Path) -> None:
    """An unfinished dataset without permission is named, and is left as it is."""
    many.always = expired()
    with pytest.raises(PermissionDeniedError):
        faults.ask_blocking(many.endpoint, fetch(here / "d"))
    many.always = None
    (left,) = here.iterdir()
    paths = [left, *left.rglob("*")]
    for path in paths:
        path.chmod(0o500)
    error, *notes = said(DATASET, many, here / "d")
    for path in paths:
        path.chmod(0o700)
    assert error == f"PermissionError: [Errno 13] Permission denied: '{left}/lock'"
    remedy = "ask its owner, or choose another place"
    assert notes == [
        f"You need permission to use {left}, which another download has left: {remedy}",
        NOTHING,
    ]
    faults.ask_blocking(many.endpoint, fetch(here / "d"))
    verify(here / "d")


@pytest.mark.slow
def test_a_full_disk_on_the_way_to_a_dataset(many: Storage, here: Path) -> None:
    """The error names the folder, and the same call continues."""
    code = LIMITED + program(many, here / "d", DATASET)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    error, *notes = done.stderr.splitlines()[-3:]
    assert error.startswith("OSError: [Errno 27]")
    assert notes == [
        f"A file in {here} may not be as large: choose another file system",
        "What has arrived is kept: the same call continues",
    ]
    faults.ask_blocking(many.endpoint, fetch(here / "d"))
    assert any("range" in each.headers for each in many.requests)
    verify(here / "d")


@pytest.mark.slow
def test_two_processes_into_one_folder(many: Storage, here: Path) -> None:
    """One brings the dataset, the other is told, or finds it."""
    told = threading.Event()
    many.always = faults.held_until(told, 1000, many.response)
    with fetching(many, here) as first:
        wait_for(lambda: many.requests)  # the lock is taken before
        with pytest.raises(ConflictError, match="Another call is writing"):
            faults.ask_blocking(many.endpoint, fetch(here / "d"))
        told.set()
        assert first.wait(20) == 0
    assert faults.ask_blocking(many.endpoint, fetch(here / "d"))["missing_bytes"] == 0
    verify(here / "d")
