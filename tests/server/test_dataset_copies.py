"""Copies to another base URI: of all that a dataset has, checked first, whole or not registered."""

import asyncio
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import dtoolcore
import pytest

from dtool_lookup_api import (
    AsyncClient,
    Client,
    ConflictError,
    ConnectionFailedError,
    IntegrityError,
    InvalidRequestError,
    NotFoundError,
    NotOfferedError,
    PermissionDeniedError,
)

from devserver import Dserver, running_next_dserver
from stored import files_in, verify

pytestmark = pytest.mark.slow

S3, COPIES = "s3://test-bucket", "s3://copies"
README = "project: größer\n"
SIZE = 1_000_000  # sent in several pieces
TOTAL = 5 * SIZE


@pytest.fixture(autouse=True)
def left(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Return the folder of all that a copy may leave, which is not that of the developer."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "left"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "left"))
    return tmp_path / "left"


@pytest.fixture(scope="module")
def next_dserver() -> Iterator[Dserver]:
    """Run a stand-in of its own, with a second base URI in its storage."""
    with running_next_dserver("--storing") as running:
        with Client(**running.given("admin")) as client:
            client.register_base_uri(COPIES, ["admin", "testuser"], ["admin"])
        yield running


@pytest.fixture
def admin(next_dserver: Dserver) -> Iterator[Client]:
    with Client(**next_dserver.given("admin")) as client:
        yield client


@pytest.fixture(scope="module")
def other() -> Iterator[Client]:
    """Return a client of another server, whose signed URLs expire soon."""
    with (
        running_next_dserver("--url-lifetime", "2") as running,
        Client(**running.given("admin")) as client,
    ):
        yield client


@pytest.fixture
def original(admin: Client, tmp_path: Path) -> str:
    """Return the URI of a dataset with all that a dataset can have, created by another user."""
    with dtoolcore.DataSetCreator("copied", str(tmp_path), creator_username="jotelha") as creator:
        creator.put_readme(README)
        creator.put_annotation("colour", {"red": [1, None]})
        creator.put_tag("river")
        for number in range(5):
            path = tmp_path / f"{number}"
            path.write_bytes(bytes([number]) * SIZE)
            os.utime(path, (1604860720.5, 1604860720.5))
            creator.put_item(str(path), f"raw/ä {number}.bin")
            creator.add_item_metadata(f"raw/ä {number}.bin", "kind", f"{number}")
    return admin.upload_dataset(tmp_path / "copied", S3, overwrite=True)["uri"]


def leftovers(left: Path) -> list[Path]:
    """Return what copies have left on this machine: files, folders and journals."""
    return list(left.glob("dtool-lookup-api/*/*"))


def copy_of(uri: str) -> str:
    """Return the URI that the copy of a dataset gets."""
    return uri.replace(S3, COPIES)


def check_copy(admin: Client, uri: str, folder: Path) -> None:
    """Hold a copy, as dtoolcore reads it, against the original."""
    uuid = uri.rpartition("/")[2]
    assert {each["uri"] for each in admin.get_datasets_by_uuid(uuid)} == {uri, copy_of(uri)}
    for name, each in (("first", uri), ("second", copy_of(uri))):
        admin.download_dataset(each, folder / name)
    first, second = verify(folder / "first"), verify(folder / "second")
    assert second._manifest == first._manifest
    assert second.get_readme_content() == first.get_readme_content() == README
    assert second.list_tags() == ["river"]
    assert second.get_annotation("colour") == {"red": [1, None]}
    assert second.get_overlay("kind") == first.get_overlay("kind")
    kept = [
        {name: value for name, value in each._admin_metadata.items() if name != "created_at"}
        for each in (first, second)
    ]
    assert kept[0] == kept[1]
    assert kept[0]["creator_username"] == "jotelha"


def test_all_of_a_dataset_is_copied(
    admin: Client, original: str, left: Path, tmp_path: Path
) -> None:
    """The copy has the same UUID, is found by it, and nothing stays on this machine."""
    told = list[tuple[int, int | None]]()
    most = list[int]()

    def progress(done: int, total: int | None) -> None:
        told.append((done, total))
        most.append(len(files_in(left / "dtool-lookup-api" / "copies")))

    done = admin.copy_dataset(original, COPIES, concurrency=2, progress=progress)
    assert done == {
        "uri": copy_of(original),
        "uuid": original.rpartition("/")[2],
        "name": "copied",
        "status": "registered",
    }
    assert (told[0], told[-1]) == ((0, TOTAL), (TOTAL, TOTAL))
    assert [each for each, _ in told] == sorted(each for each, _ in told)
    assert 1 <= max(most) <= 2
    assert leftovers(left) == []
    check_copy(admin, original, tmp_path)


def test_an_async_copy(next_dserver: Dserver, admin: Client, original: str, tmp_path: Path) -> None:
    """The same, also by aiohttp."""

    async def main() -> Any:
        async with AsyncClient(**next_dserver.given("admin"), engine="aiohttp") as client:
            return await client.copy_dataset({"uri": original}, COPIES)

    assert asyncio.run(main())["uri"] == copy_of(original)
    check_copy(admin, original, tmp_path)


def test_what_is_there_is_not_replaced_unasked(
    next_dserver: Dserver, admin: Client, original: str, tmp_path: Path
) -> None:
    """A registered copy stays in any case, one that was registered unless asked."""
    done = admin.copy_dataset(original, COPIES)
    before = next_dserver.stored(done["uri"])
    with pytest.raises(ConflictError, match=r"registered already.*get_dataset\(\)"):
        admin.copy_dataset(original, COPIES)
    with pytest.raises(ConflictError, match="It is registered there"):
        admin.copy_dataset(original, COPIES, overwrite=True)
    admin.delete_dataset(done["uri"])
    with pytest.raises(ConflictError, match=r"in storage.*Give overwrite=True to replace it"):
        admin.copy_dataset(original, COPIES)
    assert next_dserver.stored(done["uri"]) == before
    assert admin.copy_dataset(original, COPIES, overwrite=True) == done
    check_copy(admin, original, tmp_path)


def copying(next_dserver: Dserver, uri: str, when: str, then: str) -> "subprocess.Popen[str]":
    """Copy in a process that does something at a moment."""
    code = f"""
        import os, sys, time
        from dtool_lookup_api import Client

        def progress(done, total):
            if {when}:
                {then}

        with Client(**{next_dserver.given("admin")!r}) as client:
            client.copy_dataset({uri!r}, {COPIES!r}, concurrency=1, progress=progress)
    """
    command = [sys.executable, "-c", textwrap.dedent(code)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


# Between two items; an item is on disk, and not uploaded yet; all items are sent.
@pytest.mark.parametrize("moment", [2 * SIZE, 5 * SIZE // 2, TOTAL])
def test_a_killed_copy_is_continued(
    next_dserver: Dserver, admin: Client, original: str, left: Path, tmp_path: Path, moment: int
) -> None:
    """It is not registered before; what was copied is not copied again, and nothing is left."""
    process = copying(next_dserver, original, f"done >= {moment}", "os._exit(9)")
    process.communicate(timeout=60)
    assert process.returncode == 9
    with pytest.raises(NotFoundError):
        admin.get_dataset(copy_of(original))
    kept = [path.read_bytes() for path in left.rglob("*") if path.is_file()]
    assert not any(b"signature" in each or b"http" in each for each in kept)
    told = list[int]()
    admin.copy_dataset(original, COPIES, progress=lambda done, total: told.append(done))
    # The last item may have been sent without a note of it.
    assert told[0] >= moment // SIZE * SIZE - SIZE
    assert leftovers(left) == []
    check_copy(admin, original, tmp_path)


def test_an_interrupted_copy_is_continued(
    next_dserver: Dserver, admin: Client, original: str, left: Path, tmp_path: Path
) -> None:
    """By Ctrl-C; a second call at the same time is refused."""
    stop = "print('here', flush=True) or time.sleep(1.5)"
    process = copying(next_dserver, original, f"done >= {2 * SIZE}", stop)
    assert process.stdout is not None
    assert process.stdout.readline() == "here\n"
    with pytest.raises(ConflictError, match="Another call"):
        admin.copy_dataset(original, COPIES)
    process.send_signal(signal.SIGINT)
    assert "KeyboardInterrupt" in process.communicate(timeout=60)[1]
    with pytest.raises(NotFoundError):
        admin.get_dataset(copy_of(original))
    admin.copy_dataset(original, COPIES)
    assert leftovers(left) == []
    check_copy(admin, original, tmp_path)


def test_a_lost_response_is_noticed(
    next_dserver: Dserver, admin: Client, original: str, left: Path
) -> None:
    """A copy that is registered is not begun again."""
    copying(next_dserver, original, f"done >= {2 * SIZE}", "os._exit(9)").communicate(timeout=60)
    (journal,) = left.glob("dtool-lookup-api/uploads/*")
    kept = journal.read_bytes()
    done = admin.copy_dataset(original, COPIES)
    journal.write_bytes(kept)  # as if the process had been killed before it was removed
    assert admin.copy_dataset(original, COPIES) == done
    assert leftovers(left) == []


def test_changes_meanwhile_are_not_lost(
    next_dserver: Dserver, admin: Client, original: str, tmp_path: Path
) -> None:
    """The server keeps the tags of the beginning, so that the copy would lack a new one."""
    copying(next_dserver, original, f"done >= {2 * SIZE}", "os._exit(9)").communicate(timeout=60)
    tags = next_dserver.stored(original).folder / ".dtool" / "tags"
    (tags / "new").touch()
    with pytest.raises(InvalidRequestError, match=r"another name.*Undo these changes"):
        admin.copy_dataset(original, COPIES)
    (tags / "new").unlink()
    admin.copy_dataset(original, COPIES)
    check_copy(admin, original, tmp_path)


def test_an_item_that_differs_is_not_copied(
    next_dserver: Dserver, admin: Client, original: str, left: Path, tmp_path: Path
) -> None:
    """It is held against the manifest on the way; the error says that the copy is unfinished."""
    item = next_dserver.stored(original).folder / "data" / identifier_of("raw/ä 3.bin")
    content = item.read_bytes()
    item.write_bytes(content[:-1] + b"x")
    with pytest.raises(IntegrityError, match=r"raw/ä 3.bin.*differs from the manifest") as caught:
        admin.copy_dataset(original, COPIES)
    assert any("is not registered yet" in note for note in caught.value.__notes__)
    with pytest.raises(NotFoundError):
        admin.get_dataset(copy_of(original))
    item.write_bytes(content)
    admin.copy_dataset(original, COPIES)
    assert leftovers(left) == []
    check_copy(admin, original, tmp_path)


def test_a_cache_that_cannot_be_written_is_told(
    admin: Client, original: str, left: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error says that the copy is unfinished; the same call continues with another one."""
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    with pytest.raises(NotADirectoryError) as caught:
        admin.copy_dataset(original, COPIES)
    assert any("is not registered yet" in note for note in caught.value.__notes__)
    monkeypatch.setenv("XDG_CACHE_HOME", str(left))
    admin.copy_dataset(original, COPIES)
    assert leftovers(left) == []


def identifier_of(relpath: str) -> str:
    return hashlib.sha1(relpath.encode()).hexdigest()


def test_nothing_is_sent_that_the_target_would_refuse(
    next_dserver: Dserver, admin: Client, original: str, left: Path
) -> None:
    """The reason is given before an item is downloaded or the target has anything."""
    stored = next_dserver.stored(original)
    manifest = stored.folder / ".dtool" / "manifest.json"
    described: dict[str, Any] = json.loads(manifest.read_text())

    def refused(words: str, base_uri: str = COPIES, **options: Any) -> None:
        told = list[int]()
        with pytest.raises(InvalidRequestError, match=words):
            admin.copy_dataset(
                original, base_uri, progress=lambda done, total: told.append(done), **options
            )
        assert told == []

    def with_item(**changes: Any) -> None:
        relpath = changes.get("relpath", "raw/ä 0.bin")
        entry = {**described["items"][identifier_of("raw/ä 0.bin")], **changes}
        items = {identifier_of(relpath): entry}
        manifest.write_text(json.dumps({**described, "items": items}))

    refused("base_uri='s3://test-bucket' has this dataset already", S3)
    refused("base_uri='copies'", "copies")
    refused("overwrite='no'", overwrite="no")
    refused("concurrency=0", concurrency=0)
    shutil.rmtree(stored.folder / ".dtool" / "overlays")
    (stored.folder / ".dtool" / "overlays").mkdir()
    with_item(size_in_bytes=5 * 1024**3 + 1)
    refused("5 GiB")
    with_item(relpath="raw/a\\b")
    refused("contains a backslash")
    with_item()
    manifest.write_text(json.dumps({**described, "hash_function": "sha256sum_hexdigest"}))
    refused("uri.hash_function='sha256sum_hexdigest' cannot be uploaded")
    entry = described["items"][identifier_of("raw/ä 0.bin")]
    manifest.write_text(json.dumps({**described, "items": {"0" * 40: entry}}))
    refused("uri.items='0000.*does not belong to 'raw/ä 0.bin'")
    manifest.write_text(json.dumps(described))
    (stored.folder / "README.yml").write_bytes(b"\xff")
    refused("uri='copied' has a README that is not UTF-8")
    assert not next_dserver.stored(copy_of(original)).files
    assert leftovers(left) == []


def test_another_user_may_not(next_dserver: Dserver, original: str) -> None:
    """Which is known before anything is read from storage."""
    client = Client(**next_dserver.given("testuser"))
    with client, pytest.raises(PermissionDeniedError, match=f"may not register.*{COPIES}"):
        client.copy_dataset(original, COPIES)


def test_expired_urls_are_renewed(other: Client, tmp_path: Path) -> None:
    """Those to read as well as those to write."""
    for number in range(20):
        (tmp_path / f"{number}").write_bytes(b"x" * 1000)
    (tmp_path / "README.yml").write_text(README)
    paused = list[int]()

    def pause(done: int, total: int | None) -> None:
        if done > 5_000 and not paused:
            paused.append(done)
            time.sleep(2.2)

    other.register_base_uri(COPIES, [], ["admin"])
    uri = other.upload_dataset(tmp_path, S3, "expiring")["uri"]
    done = other.copy_dataset(uri, COPIES, concurrency=1, progress=pause)
    assert paused
    assert done["status"] == "registered"


@pytest.mark.parametrize("mode", ["blocking", "async"])
def test_a_dataset_is_copied_to_another_server(
    next_dserver: Dserver, other: Client, original: str, left: Path, tmp_path: Path, mode: str
) -> None:
    """With the same URI, and what the other client may do; expired URLs are renewed there."""
    given = next_dserver.given("testuser")
    paused = list[int]()

    def pause(done: int, total: int | None) -> None:
        if done >= SIZE and not paused:
            paused.append(done)
            time.sleep(2.2)

    async def copy() -> Any:
        async with AsyncClient(**given) as client:
            return await client.copy_dataset(original, S3, other)

    if mode == "async":
        done = asyncio.run(copy())
    else:
        with Client(**given) as client:
            done = client.copy_dataset(original, S3, to=other, concurrency=1, progress=pause)
        assert paused
    assert done["uri"] == original
    assert leftovers(left) == []
    other.download_dataset(original, tmp_path / "other")
    assert verify(tmp_path / "other").get_readme_content() == README
    with Client(**given) as client, pytest.raises(ConflictError, match="registered already"):
        client.copy_dataset(original, S3, to=other)


def test_another_server_is_named_in_errors(
    next_dserver: Dserver, dserver: Dserver, original: str, left: Path
) -> None:
    """By what it needs, and by the function that was called; before anything is sent."""
    wrong: Any = next_dserver.url
    with Client(**next_dserver.given("testuser")) as client:
        with pytest.raises(InvalidRequestError, match=r"to='http.* is not a Client"):
            client.copy_dataset(original, S3, to=wrong)
        unreachable = Client("http://127.0.0.1:9", token="x", retries=0)
        with unreachable, pytest.raises(ConnectionFailedError) as failed:
            client.copy_dataset(original, S3, to=unreachable)
        assert failed.value.operation == "copy_dataset"
        for username, kind in (("testuser", PermissionDeniedError), ("admin", NotOfferedError)):
            with Client(**dserver.given(username)) as old, pytest.raises(kind) as caught:
                client.copy_dataset(original, S3, to=old)
            if kind is NotOfferedError:
                assert "this server is dservercore 0.22.0" in str(caught.value)
    assert leftovers(left) == []


@pytest.mark.parametrize("mode", ["blocking", "async"])
def test_many_datasets_have_an_outcome_each(
    next_dserver: Dserver, admin: Client, original: str, tmp_path: Path, mode: str
) -> None:
    """Uploads, copies and downloads of several: one that fails stops no other."""
    names = ["one", "two", "three"]
    for name in names:
        (tmp_path / name).mkdir()
        (tmp_path / name / "README.yml").write_text(f"name: {name}")
        (tmp_path / name / "a.txt").write_text(name)
    (tmp_path / "two" / "README.yml").unlink()
    missing = f"{S3}/{uuid4()}"

    def to(uri: str) -> Path:
        return tmp_path / "down" / uri.rpartition("/")[2]

    def blocking() -> list[list[Any]]:
        upload = partial(admin.upload_dataset, base_uri=S3)
        up = list(admin.get_many(upload, [tmp_path / name for name in names]))
        uris = [up[0].value["uri"], missing, up[2].value["uri"]]
        copies = list(admin.get_many(partial(admin.copy_dataset, base_uri=COPIES), uris))
        uris = [copies[0].value["uri"], missing, copies[2].value["uri"]]
        down = admin.get_many(lambda uri: admin.download_dataset(uri, to(uri)), uris)
        return [up, copies, list(down)]

    async def asynchronously() -> list[list[Any]]:
        async with AsyncClient(**next_dserver.given("admin")) as client:
            upload = partial(client.upload_dataset, base_uri=S3)
            folders = [tmp_path / name for name in names]
            up = [each async for each in client.get_many(upload, folders)]
            uris = [up[0].value["uri"], missing, up[2].value["uri"]]
            copy = partial(client.copy_dataset, base_uri=COPIES)
            copies = [each async for each in client.get_many(copy, uris)]
            uris = [copies[0].value["uri"], missing, copies[2].value["uri"]]

            async def download(uri: str) -> Any:
                return await client.download_dataset(uri, to(uri))

            return [up, copies, [each async for each in client.get_many(download, uris)]]

    found = blocking() if mode == "blocking" else asyncio.run(asynchronously())
    errors = [[type(each.error) for each in outcomes] for outcomes in found]
    none = type(None)
    assert errors == [
        [none, InvalidRequestError, none],
        [none, NotFoundError, none],
        [none, NotFoundError, none],
    ]
    contents = sorted(path.read_text() for path in (tmp_path / "down").glob("*/data/*"))
    assert contents == ["one", "three"]
