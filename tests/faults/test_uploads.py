"""Uploads: what is checked before anything is sent, and what becomes of a lost answer."""

import json
import math
import shutil
from collections.abc import Iterator
from hashlib import md5, sha1
from operator import methodcaller
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from dtool_lookup_api import (
    Client,
    ConflictError,
    ConnectionFailedError,
    InvalidRequestError,
    LookupServerError,
    ServerError,
)

import faults
import samples
from devserver import COPY_URI, Dserver
from faults import Ask, Fault, FaultServer, blocking_and_async, html, replying

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
