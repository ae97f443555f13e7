"""Transfers to and from S3: URLs signed by boto3, requests checked by botocore, data in moto."""

import os
import re
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import dtoolcore
import httpx
import pytest

from dtool_lookup_api import Client

from devserver import COPY_URI, Dserver, running_s3_dserver
from stored import files_in, verify

pytestmark = pytest.mark.slow

S3 = "s3://test-bucket"
ITEMS = 30


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
            path.write_bytes(os.urandom(number * 10_000 % 250_000))
            creator.put_item(str(path), f"raw {number % 7}/ä+%2F&'{number}.bin")
            creator.add_item_metadata(f"raw {number % 7}/ä+%2F&'{number}.bin", "number", number)
    return dtoolcore.DataSet.from_uri(str(tmp_path / creator.name))


def killed(s3_dserver: Dserver, call: str) -> None:
    """Transfer in a process that ends at once when a third of it has been transferred."""
    code = f"""
        import os
        from dtool_lookup_api import Client

        def progress(done, total):
            if total and done > total // 3:
                os._exit(9)

        options = {{"concurrency": 1, "progress": progress}}
        with Client(**{s3_dserver.given("admin")!r}) as client:
            client.{call}
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], timeout=120)
    assert done.returncode == 9


def test_a_dataset_goes_up_and_comes_down(
    s3_dserver: Dserver, admin: Client, dataset: Any, tmp_path: Path, state: Path
) -> None:
    """It is interrupted both ways, found by search, and what dtoolcore reads is what it wrote."""
    folder, down = dataset._storage_broker._abspath, tmp_path / "down"
    killed(s3_dserver, f"upload_dataset({folder!r}, {S3!r}, overwrite=True, **options)")
    assert admin.get_datasets(free_text=dataset.name) == []
    told = list[int]()
    done = admin.upload_dataset(folder, S3, overwrite=True, progress=lambda n, _: told.append(n))
    assert told[0] > 0
    assert files_in(state) == []
    found = admin.get_one_dataset(free_text=dataset.name)
    assert (found["uri"], found["number_of_items"]) == (done["uri"], ITEMS)

    killed(s3_dserver, f"download_dataset({done['uri']!r}, {str(down)!r}, **options)")
    assert not down.exists()
    came = admin.download_dataset(done["uri"], down)
    assert came["missing_bytes"] < came["size_in_bytes"]
    new = verify(down)
    assert new._manifest["items"] == dataset._manifest["items"]
    assert new.get_readme_content() == "project: größer\n"
    assert (new.list_tags(), new.get_annotation("colour")) == (["river"], "red")
    assert new.get_overlay("number") == dataset.get_overlay("number")
    assert new.uuid == dataset.uuid


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
