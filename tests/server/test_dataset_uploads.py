"""Uploads of folders: checked first, continued after anything, whole or not registered."""

import asyncio
import json
import os
import random
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from hashlib import sha1
from pathlib import Path
from typing import Any
from uuid import uuid4

import dtoolcore
import pytest

from dtool_lookup_api import (
    AsyncClient,
    Client,
    ConflictError,
    IntegrityError,
    InvalidRequestError,
    PermissionDeniedError,
)

from devserver import Dserver, running_next_dserver
from stored import files_in, verify

pytestmark = pytest.mark.slow

S3 = "s3://test-bucket"
README = "project: größer\n"


@pytest.fixture(autouse=True)
def state(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Return the folder of the journals, which is not that of the developer."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state" / "dtool-lookup-api" / "uploads"


@pytest.fixture(scope="module")
def next_dserver() -> Iterator[Dserver]:
    """Run a stand-in of its own: others count what theirs has."""
    with running_next_dserver("--storing") as running:
        yield running


@pytest.fixture
def admin(next_dserver: Dserver) -> Iterator[Client]:
    """Return a client of the administrator of the stand-in, which has a storage."""
    with Client(**next_dserver.given("admin")) as client:
        yield client


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with data and a README."""
    found = tmp_path / "my-data"
    (found / "raw").mkdir(parents=True)
    (found / "README.yml").write_text(README)
    (found / "empty").touch()
    for number in range(5):
        (found / "raw" / f"ä {number}.bin").write_bytes(bytes([number]) * 50_000)
    return found


@pytest.fixture
def dataset(tmp_path: Path, folder: Path) -> Path:
    """Return a frozen dataset of dtool."""
    with dtoolcore.DataSetCreator("frozen", str(tmp_path)) as creator:
        creator.put_readme(README)
        creator.put_annotation("colour", "red")
        creator.put_tag("river")
        for path in sorted((folder / "raw").iterdir()):
            creator.put_item(str(path), f"raw/{path.name}")
            creator.add_item_metadata(f"raw/{path.name}", "kind", path.name)
    return tmp_path / "frozen"


def test_a_folder_becomes_a_dataset(
    admin: Client, folder: Path, tmp_path: Path, state: Path
) -> None:
    """It is found by its name, and comes down as it is; the folder stays as it was."""
    before = {name: (folder / name).stat().st_mtime_ns for name in files_in(folder)}
    name = f"up{uuid4().hex}"
    told = list[tuple[int, int | None]]()
    done = admin.upload_dataset(folder, S3, name, progress=lambda *both: told.append(both))
    assert {n: (folder / n).stat().st_mtime_ns for n in files_in(folder)} == before
    assert (done["name"], done["status"]) == (name, "registered")
    assert told[-1] == (250_000, 250_000)
    assert admin.get_one_dataset(free_text=name)["uri"] == done["uri"]
    admin.download_dataset(done["uri"], tmp_path / "down")
    found = verify(tmp_path / "down")
    assert found.get_readme_content() == README
    assert found._admin_metadata["creator_username"] == "admin"
    expected = {each: (folder / each).read_bytes() for each in before if each != "README.yml"}
    data = tmp_path / "down" / "data"
    assert {each: (data / each).read_bytes() for each in files_in(data)} == expected
    assert files_in(state) == []


def test_a_dataset_of_dtool_keeps_all(admin: Client, dataset: Path, tmp_path: Path) -> None:
    """UUID, time, creator, tags, annotations and overlays; it needs a decision about the UUID."""
    original = dtoolcore.DataSet.from_uri(str(dataset))
    with pytest.raises(InvalidRequestError, match=r"may exist in storage.*new_uuid=True"):
        admin.upload_dataset(dataset, S3)
    done = admin.upload_dataset(dataset, S3, overwrite=True)
    assert done["uuid"] == original.uuid
    admin.download_dataset(done["uri"], tmp_path / "down")
    found = verify(tmp_path / "down")
    assert found._manifest["items"] == original._manifest["items"]
    new, old = found._admin_metadata, original._admin_metadata
    assert new["creator_username"] == old["creator_username"]
    assert new["frozen_at"] == pytest.approx(old["frozen_at"], abs=1e-5)
    assert found.list_tags() == ["river"]
    assert found.get_annotation("colour") == "red"
    assert found.get_overlay("kind") == original.get_overlay("kind")
    for overwrite in (False, True):
        with pytest.raises(ConflictError):
            admin.upload_dataset(dataset, S3, overwrite=overwrite)
    assert admin.upload_dataset(dataset, S3, new_uuid=True)["uuid"] != original.uuid


@pytest.mark.parametrize("engine", ["httpx", "aiohttp"])
def test_an_async_upload(next_dserver: Dserver, folder: Path, engine: str) -> None:
    """The same, with either engine."""

    async def main() -> Any:
        async with AsyncClient(**next_dserver.given("admin"), engine=engine) as client:
            return await client.upload_dataset(folder, S3, f"up{uuid4().hex}")

    assert asyncio.run(main())["status"] == "registered"


def killed(next_dserver: Dserver, folder: Path, name: str, when: str) -> None:
    """Upload in a process that ends at once at a moment."""
    code = f"""
        import os
        from dtool_lookup_api import Client
        with Client(**{next_dserver.given("admin")!r}) as client:
            client.upload_dataset({str(folder)!r}, {S3!r}, {name!r}, concurrency=1,
                progress=lambda done, total: os._exit(9) if {when} else None)
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], timeout=60)
    assert done.returncode == 9


def test_a_killed_upload_is_continued(
    next_dserver: Dserver, admin: Client, folder: Path, state: Path, tmp_path: Path
) -> None:
    """With the same UUID; what has been sent is not sent again."""
    name = f"up{uuid4().hex}"
    killed(next_dserver, folder, name, "done >= 150_000")
    assert admin.get_datasets(free_text=name) == []
    (journal,) = state.iterdir()
    lines = [json.loads(line) for line in journal.read_text().splitlines() if line]
    assert 2 <= len(lines[1:]) <= 4
    text = journal.read_text()
    assert "signature" not in text
    assert "http" not in text
    with journal.open("a") as file:
        file.write('\n{"item": "cut o')
    (folder / "raw" / "ä 0.bin").write_bytes(b"changed")  # and this is sent again
    told = list[tuple[int, int | None]]()
    done = admin.upload_dataset(folder, S3, name, progress=lambda *both: told.append(both))
    assert done["uuid"] == lines[0]["uuid"]
    assert told[0][0] >= 50_000
    admin.download_dataset(done["uri"], tmp_path / "down")
    verify(tmp_path / "down")
    assert (tmp_path / "down/data/raw/ä 0.bin").read_bytes() == b"changed"
    assert files_in(state) == []


def test_a_lost_answer_is_noticed(
    next_dserver: Dserver, admin: Client, folder: Path, state: Path
) -> None:
    """What is registered already is not begun again."""
    name = f"up{uuid4().hex}"
    killed(next_dserver, folder, name, "done >= 100_000")
    (journal,) = state.iterdir()
    kept = state / "kept"
    kept.hardlink_to(journal)
    done = admin.upload_dataset(folder, S3, name)
    kept.rename(journal)  # as if the process had been killed before it was removed
    assert admin.upload_dataset(folder, S3, name) == done
    assert files_in(state) == []


def test_expired_urls_are_renewed(folder: Path) -> None:
    """Write URLs, too."""
    for number in range(40):
        (folder / f"{number}").write_bytes(b"x" * 1000)
    paused = list[int]()

    def pause(done: int, total: int | None) -> None:
        if done > 10_000 and not paused:
            paused.append(done)
            time.sleep(1.5)

    with running_next_dserver("--storing", "--url-lifetime", "1") as next_dserver:
        client = Client(**next_dserver.given("admin"))
        done = client.upload_dataset(folder, S3, "expiring", concurrency=1, progress=pause)
        client.close()
    assert paused
    assert done["status"] == "registered"


def test_a_dataset_that_has_changed(admin: Client, dataset: Path) -> None:
    """Its size is compared first; its hash, by storage."""
    (item,) = [path for path in (dataset / "data" / "raw").iterdir() if "0" in path.name]
    content = item.read_bytes()
    item.write_bytes(content[:-1] + b"x")
    with pytest.raises(IntegrityError, match=r"has changed since.*freeze the dataset again"):
        admin.upload_dataset(dataset, S3, new_uuid=True)
    item.write_bytes(content[:-1])
    with pytest.raises(InvalidRequestError, match="dtool verify"):
        admin.upload_dataset(dataset, S3, new_uuid=True)


def test_another_user_may_not(next_dserver: Dserver, folder: Path) -> None:
    """Which is known before anything is sent."""
    client = Client(**next_dserver.given("testuser"))
    with client, pytest.raises(PermissionDeniedError, match="Not sent"):
        client.upload_dataset(folder, S3)


def test_bad_folders_are_refused(admin: Client, folder: Path, tmp_path: Path) -> None:
    """With the reason, before anything is sent."""

    def refused(words: str, path: Any = folder, **options: Any) -> None:
        with pytest.raises(InvalidRequestError, match=words):
            admin.upload_dataset(path, S3, **options)

    refused("path=1 is not a path", path=1)
    refused("is not a folder", path=tmp_path / "none")
    refused("name='a b' is not a name", name="a b")
    refused("creator_username=''", creator_username="")
    refused("new_uuid='no'", new_uuid="no")
    refused("concurrency=0", concurrency=0)
    (folder / "a\\b").touch()
    refused("contains a backslash")
    (folder / "a\\b").unlink()
    (folder / "raw" / "link").symlink_to(tmp_path, target_is_directory=True)
    refused("is a link to a folder")
    (folder / "raw" / "link").unlink()
    os.mkfifo(folder / "pipe")
    refused("is not a file that can be read")
    (folder / "pipe").unlink()
    (folder / "README.yml").write_bytes(b"\xff")
    refused("README that is not UTF-8")
    (folder / "README.yml").unlink()
    refused("has no README")
    proto = dtoolcore.DataSetCreator("proto", str(tmp_path))
    refused("is not a frozen dataset", path=tmp_path / "proto")
    assert proto.proto_dataset


def test_an_upload_killed_at_any_moment_is_continued(
    next_dserver: Dserver, admin: Client, folder: Path, state: Path
) -> None:
    """Twenty times in a row; then the same call ends, and storage has what the folder has."""
    for number in range(150):
        (folder / f"{number}.bin").write_bytes(bytes([number]) * 30_000)
    name = f"up{uuid4().hex}"
    code = f"""
        from dtool_lookup_api import Client
        with Client(**{next_dserver.given("admin")!r}) as client:
            client.upload_dataset({str(folder)!r}, {S3!r}, {name!r}, concurrency=2,
                progress=lambda done, total: print(done, flush=True))
    """
    command = [sys.executable, "-c", textwrap.dedent(code)]
    moments = random.Random(17)
    for _ in range(20):
        process = subprocess.Popen(command, stdout=subprocess.PIPE)
        with process:
            assert process.stdout is not None
            for _ in range(moments.randrange(1, 6)):  # else it is killed while it imports
                process.stdout.readline()
            time.sleep(moments.uniform(0, 0.005))
            process.kill()
    assert files_in(state)  # it has not ended
    done = admin.upload_dataset(folder, S3, name)
    found = admin.get_datasets(free_text=name)
    assert [each["uri"] for each in found] == [done["uri"]]
    assert files_in(state) == []
    stored = next_dserver.stored(done["uri"])
    expected = {
        sha1(each.encode()).hexdigest(): (folder / each).read_bytes()
        for each in files_in(folder)
        if each != "README.yml"
    }
    data = {path: content for path, content in stored.files.items() if path.startswith("data/")}
    assert data == {f"data/{identifier}": content for identifier, content in expected.items()}
    assert stored.readme == README
    assert stored.admin_metadata["type"] == "dataset"


def test_two_processes_upload_the_same_folder(
    next_dserver: Dserver, admin: Client, folder: Path, state: Path
) -> None:
    """The second is told that the first is at it, and sends nothing."""
    name = f"up{uuid4().hex}"
    code = f"""
        from dtool_lookup_api import Client
        def wait(done, total):
            if done and done < total:
                print("sending", flush=True)
                input()
        with Client(**{next_dserver.given("admin")!r}) as client:
            client.upload_dataset({str(folder)!r}, {S3!r}, {name!r}, concurrency=1, progress=wait)
    """
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "sending\n"
        with pytest.raises(ConflictError, match="Another call is writing"):
            admin.upload_dataset(folder, S3, name)
        process.communicate("\n" * 100, timeout=60)
    assert process.returncode == 0
    assert len(admin.get_datasets(free_text=name)) == 1
    assert files_in(state) == []
