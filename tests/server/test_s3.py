"""Transfers to and from S3: URLs signed by boto3, requests checked by botocore, data in moto."""

import os
import re
import subprocess
import sys
import textwrap
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import dtoolcore
import httpx
import pytest

from dtool_lookup_api import Client, open_item

from devserver import COPY_URI, Dserver, running_s3_dserver
from stored import files_in, verify

pytestmark = pytest.mark.slow

S3 = "s3://test-bucket"
ITEMS = int(os.environ.get("TEST_S3_ITEMS", "30"))  # `make soak` transfers a thousand


@pytest.fixture(scope="module")
def s3_dserver() -> Iterator[Dserver]:
    """Run a dserver with S3 as its storage."""
    with running_s3_dserver() as running:
        yield running


@pytest.fixture
def admin(s3_dserver: Dserver) -> Iterator[Client]:
    """Return a client of its administrator."""
    with Client(**s3_dserver.given("admin")) as client:
        yield client


@pytest.fixture(autouse=True)
def state(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Return the folder of the journals, which is not that of the developer."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state" / "dtool-lookup-api" / "uploads"


@pytest.fixture
def dataset(tmp_path: Path) -> dtoolcore.DataSet:
    """Return a dataset that dtoolcore has frozen, with names that S3 keys and headers escape."""
    source = tmp_path / "source"
    source.mkdir()
    with dtoolcore.DataSetCreator(f"up{uuid4().hex}", str(tmp_path)) as creator:
        creator.put_readme("project: größer\n")
        creator.put_annotation("colour", "red")
        creator.put_tag("river")
        for number in range(ITEMS):
            path = source / str(number)
            path.write_bytes(os.urandom(number * 10_000 % 250_000 * 30 // ITEMS))
            creator.put_item(str(path), f"raw {number % 7}/ä+%2F&'{number}.bin")
            creator.add_item_metadata(f"raw {number % 7}/ä+%2F&'{number}.bin", "number", number)
    return dtoolcore.DataSet.from_uri(str(tmp_path / creator.name))


def killed(s3_dserver: Dserver, call: str) -> None:
    """Transfer in a process that is killed when a third of it has been transferred."""
    code = f"""
        import time
        from dtool_lookup_api import Client

        def progress(done, total):
            if total and done > total // 3:
                print("a third", flush=True)
                time.sleep(60)

        options = {{"concurrency": 2, "progress": progress}}
        with Client(**{s3_dserver.given("admin")!r}) as client:
            client.{call}
    """
    command = [sys.executable, "-c", textwrap.dedent(code)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "a third\n"
        process.kill()


class Times:
    """When each part of a test has ended, printed for `make soak`."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    def tell(self, what: str) -> None:
        """Print how long a part took."""
        now = time.monotonic()
        print(f"{what}: {now - self._began:.1f} s")
        self._began = now


def test_a_dataset_goes_up_and_comes_down(
    s3_dserver: Dserver, admin: Client, dataset: Any, tmp_path: Path, state: Path
) -> None:
    """It is interrupted both ways, found by search, and what dtoolcore reads is what it wrote."""
    folder, down, times = dataset._storage_broker._abspath, tmp_path / "down", Times()
    print(f"\n{ITEMS} items")
    killed(s3_dserver, f"upload_dataset({folder!r}, {S3!r}, overwrite=True, **options)")
    times.tell("uploaded, killed at a third")
    assert admin.get_datasets(free_text=dataset.name) == []
    told = list[int]()
    done = admin.upload_dataset(folder, S3, overwrite=True, progress=lambda n, _: told.append(n))
    times.tell(f"uploaded the rest, after {told[0]:,} bytes")
    assert told[0] > 0
    assert files_in(state) == []
    found = admin.get_one_dataset(free_text=dataset.name)
    assert (found["uri"], found["number_of_items"]) == (done["uri"], ITEMS)
    times.tell("found by search")

    killed(s3_dserver, f"download_dataset({done['uri']!r}, {str(down)!r}, **options)")
    times.tell("downloaded, killed at a third")
    assert not down.exists()
    came = admin.download_dataset(done["uri"], down)
    there = came["size_in_bytes"] - came["missing_bytes"]
    times.tell(f"downloaded the rest, after {there:,} bytes")
    assert there > 0
    new = verify(down)
    times.tell("verified by dtoolcore")
    assert new._manifest["items"] == dataset._manifest["items"]
    assert new.get_readme_content() == "project: größer\n"
    assert (new.list_tags(), new.get_annotation("colour")) == (["river"], "red")
    assert new.get_overlay("number") == dataset.get_overlay("number")
    assert new.uuid == dataset.uuid


# Storage, whose clock is wrong, refuses a URL four or five seconds after it was signed, as
# signatures count whole seconds. By the server's lifetimes, it is valid for an hour, or four to
# write. With less time, a busy machine would not use a new URL before it has expired.
VALID = 5
READ_AHEAD, WRITE_AHEAD = 3600 - VALID, 14400 - VALID


@pytest.fixture
def clock(s3_dserver: Dserver) -> Iterator[Callable[[float], None]]:
    """Return what sets the clock of storage, which is right again at the end."""
    yield s3_dserver.set_storage_clock
    s3_dserver.set_storage_clock(0)


def wait_until_urls_have_expired() -> None:
    time.sleep(VALID + 0.1)


def pausing() -> Callable[[int, int | None], None]:
    """Return what waits in the middle of a transfer until the URLs have expired."""
    waited = False

    def progress(done: int, total: int | None) -> None:
        nonlocal waited
        if not waited and total and done > total // 3:
            waited = True
            wait_until_urls_have_expired()

    return progress


def refused_and_accepted(
    server: Dserver, since: int
) -> tuple[dict[str, set[str]], dict[str, list[str]]]:
    """Return the signatures that storage refused as expired, and those it accepted, by path."""
    refused, accepted = defaultdict[str, set[str]](set), defaultdict[str, list[str]](list)
    for request in server.storage_requests()[since:]:
        if request["refusal"]:
            assert request["refusal"] == [403, "AccessDenied", "Request has expired"]
            refused[request["path"]].add(request["signature"])
        else:
            accepted[request["path"]].append(request["signature"])
    return refused, accepted


def check_renewal(server: Dserver, since: int) -> None:
    """Hold that items were refused, and each came or went once, with another URL."""
    refused, accepted = refused_and_accepted(server, since)
    assert refused
    for path, signatures in accepted.items():
        assert len(signatures) == 1
        assert signatures[0] not in refused[path]
    assert refused.keys() <= accepted.keys()


def test_expired_urls_are_renewed(
    s3_dserver: Dserver,
    admin: Client,
    dataset: Any,
    tmp_path: Path,
    clock: Callable[[float], None],
) -> None:
    """On the way up and on the way down; nothing is missing in the end, nor moved twice."""
    folder, down = dataset._storage_broker._abspath, tmp_path / "down"
    clock(WRITE_AHEAD)
    since = len(s3_dserver.storage_requests())
    done = admin.upload_dataset(folder, S3, overwrite=True, progress=pausing(), concurrency=4)
    check_renewal(s3_dserver, since)
    clock(READ_AHEAD)
    since = len(s3_dserver.storage_requests())
    admin.download_dataset(done["uri"], down, progress=pausing(), concurrency=4)
    check_renewal(s3_dserver, since)
    assert verify(down)._manifest["items"] == dataset._manifest["items"]


def test_a_file_is_read_after_its_url_has_expired(
    s3_dserver: Dserver, admin: Client, dataset: Any, clock: Callable[[float], None]
) -> None:
    """An open one goes on with another URL; an item that is read as a whole gets its own."""
    folder = Path(dataset._storage_broker._abspath)
    (path,) = (folder / "data").glob("*/*'24.bin")
    content, relpath = path.read_bytes(), path.relative_to(folder / "data").as_posix()
    uri = admin.upload_dataset(folder, S3, overwrite=True)["uri"]
    clock(READ_AHEAD)
    since = len(s3_dserver.storage_requests())
    with open_item(uri, relpath, client=admin, block_size=4096) as file:
        assert file.read(10) == content[:10]
        assert admin.read_item(uri, relpath) == content
        wait_until_urls_have_expired()
        assert file.seek(100_000) == 100_000
        assert file.read() == content[100_000:]
    assert admin.read_item(uri, relpath, 100_000) == content[100_000:]
    refused, accepted = refused_and_accepted(s3_dserver, since)
    ((key, signatures),) = refused.items()
    first, _, *rest = accepted[key]
    assert signatures == {first}
    assert first not in rest


def test_what_was_not_signed_is_refused(admin: Client) -> None:
    """Else the tests above could not fail."""
    url = admin.get_signed_urls(COPY_URI)["readme_url"]
    assert httpx.get(url).status_code == 200
    expired = httpx.get(re.sub(r"X-Amz-Date=\d+", "X-Amz-Date=20260101", url))
    assert (_code(expired), "has expired" in expired.text) == ("AccessDenied", True)
    assert _code(httpx.get(url, headers={"Authorization": "Bearer x"})) == "InvalidArgument"
    assert _code(httpx.get(url.replace("README.yml", "manifest.json"))) == "SignatureDoesNotMatch"
    assert _code(httpx.get(url.replace("X-Amz-Expires=3600", "X-Amz-Expires=9999"))) == (
        "SignatureDoesNotMatch"
    )
    assert _code(httpx.get(url.partition("?")[0])) == "AccessDenied"
    assert _code(httpx.get(url, headers={"x-amz-meta-a": "b"})) == "AccessDenied"
    assert httpx.head(url).status_code == 403

    body = b"abc"
    item = {"relpath": "a", "size_in_bytes": 3, "utc_timestamp": 1.0}
    item["hash"] = "900150983cd24fb0d6963f7d28e17f72"
    begun = admin.request_upload(S3, None, "refused", "admin", 1.0, [item])
    (target,) = begun["upload_urls"]["items"].values()
    headers = target["headers"]
    for name in headers:
        rest = {key: value for key, value in headers.items() if key != name}
        assert _put(target["url"], body, rest) == "SignatureDoesNotMatch"
        assert _put(target["url"], body, {**headers, name: "x"}) == "SignatureDoesNotMatch"
    assert _put(target["url"], b"abd", headers) == "BadDigest"
    assert _put(target["url"], iter([body]), headers) == "NotImplemented"
    assert _put(target["url"], body, headers) is None


def _put(url: str, body: Any, headers: dict[str, str]) -> str | None:
    return _code(httpx.put(url, content=body, headers=headers))


def _code(response: httpx.Response) -> str | None:
    """Return the code in an error of S3."""
    if response.is_success:
        return None
    return response.text.partition("<Code>")[2].partition("</Code>")[0]
