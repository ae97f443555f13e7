"""The stand-in for the next server behaves as the next server was seen to."""

import hashlib
import http.client
import json
import re
import shutil
import socket
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, Self
from urllib.parse import quote
from uuid import uuid4

import dtoolcore
import httpx
import pytest

from contract import SDK
from devserver import API_KEY, COPY_URI, URI, UUID, Dserver, running_next_dserver

pytestmark = pytest.mark.slow  # what relies on the stand-in is tested in test_next.py

S3, SMB = "s3://test-bucket", "smb://test-share"
RETRIEVE = "dserver_retrieve_plugin_mongo"
UNKNOWN = f"{S3}/00000000-0000-4000-8000-000000000000"


def encoded(text: str) -> str:
    """Return a value for a path."""
    return quote(text, safe="")


class Caller(httpx.Client):
    """Calls a server in the name of a user; the contract judges requests and responses."""

    def __init__(self, server: Dserver, username: str) -> None:
        self.server = server
        super().__init__(base_url=server.url, headers={"User-Agent": f"{SDK}test"})
        self.credentials = {"username": username, "api_key": API_KEY}

    def __enter__(self) -> Self:
        super().__enter__()
        token = self.post("/auth/token", json=self.credentials).json()["token"]
        self.headers["Authorization"] = f"Bearer {token}"
        return self

    def __call__(self, method: str, path: str, body: Any = None) -> Any:
        """Return the response to a request, or its status if it is an error."""
        options: dict[str, Any] = {} if body is None else {"json": body}
        response = self.request(method, path, **options)
        return response.json() if response.is_success else response.status_code

    def wrong(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Return the response to a request that is wrong on purpose."""
        return self.request(method, path, headers={"User-Agent": "wrong"}, **options)


@pytest.fixture
def admin(next_dserver: Dserver) -> Iterator[Caller]:
    """Call as the administrator."""
    with Caller(next_dserver, "admin") as caller:
        yield caller


@pytest.fixture
def testuser(next_dserver: Dserver) -> Iterator[Caller]:
    """Call as a user who may search and not register."""
    with Caller(next_dserver, "testuser") as caller:
        yield caller


# --- the server ----------------------------------------------------------------------------


def test_it_says_that_it_is_the_next_server(admin: Caller, lossy: Caller) -> None:
    """By its versions, its health, and the document that it publishes."""
    assert admin("GET", "/config/health") == {"status": "healthy"}
    versions = admin("GET", "/config/versions")["versions"]
    assert versions["dservercore"] == "0.22.1.dev47"
    assert {"dserver_signed_url_plugin", "dserver_token_generator_plugin_oauth2"} <= set(versions)
    assert versions[RETRIEVE] == "0.5.0+standin"
    assert lossy("GET", "/config/versions")["versions"] == {**versions, RETRIEVE: "0.4.2"}
    document = admin.wrong("GET", "/doc/openapi.json").json()
    assert set(document["paths"]["/me"]) == {"get", "patch"}
    assert "/signed-urls/upload-complete" in document["paths"]


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/me"), ("POST", "/uris"), ("PATCH", "/users/admin")]
)
def test_unknown_query_parameters_are_refused(admin: Caller, method: str, path: str) -> None:
    response = admin.wrong(method, f"{path}?bogus=1")
    assert response.status_code == 422
    assert response.json()["errors"] == {"query": {"bogus": ["Unknown field."]}}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PATCH", "/me"),
        ("PATCH", "/users/testuser"),
        ("PUT", f"/readmes/{encoded(COPY_URI)}"),
        ("PUT", f"/tags/{encoded(COPY_URI)}"),
        ("PUT", f"/annotations/{encoded(COPY_URI)}/name"),
        ("POST", f"/signed-urls/upload/{encoded(S3)}"),
        ("POST", "/signed-urls/upload-complete"),
    ],
)
def test_unknown_fields_are_refused(admin: Caller, method: str, path: str) -> None:
    response = admin.wrong(method, path, json={"bogus": 1})
    assert response.status_code == 422
    assert response.json()["errors"]["json"]["bogus"] == ["Unknown field."]


# --- users ---------------------------------------------------------------------------------


def test_a_display_name_is_cleared_by_leaving_it_out(admin: Caller) -> None:
    """But PUT keeps it, and the role is kept."""
    assert admin("PUT", "/users/someone", {"is_admin": True, "display_name": "A"}) == ""
    assert admin("GET", "/users/someone")["display_name"] == "A"
    assert admin("PATCH", "/users/someone", {"display_name": "B"})["display_name"] == "B"
    assert admin("PUT", "/users/someone", {"is_admin": True}) == ""
    listed = {user["username"]: user for user in admin("GET", "/users")}
    assert listed["someone"] == {
        "username": "someone",
        "is_admin": True,
        "display_name": "B",
        "search_permissions_on_base_uris": [],
        "register_permissions_on_base_uris": [],
    }
    cleared = admin.wrong("PATCH", "/users/someone", json={}).json()
    assert cleared["display_name"] is None
    assert cleared["is_admin"] is True
    assert admin("DELETE", "/users/someone") == ""


def test_one_changes_only_ones_own_profile(testuser: Caller) -> None:
    assert testuser("PATCH", "/me", {"display_name": "Test"})["display_name"] == "Test"
    assert testuser("GET", "/me")["display_name"] == "Test"
    assert testuser("PATCH", "/users/admin", {"display_name": "Test"}) == 403


@pytest.mark.parametrize("kind", ["search", "register"])
def test_granting_twice_is_a_conflict_and_revoking_twice_is_none(admin: Caller, kind: str) -> None:
    admin("PUT", f"/users/{kind}er", {"is_admin": False})
    path = f"/users/{kind}er/{kind}/{encoded(SMB)}"
    granted = admin("POST", path)
    assert granted[f"{kind}_permissions_on_base_uris"] == [SMB]
    assert admin("GET", f"/users/{kind}er") == granted
    assert admin("POST", path) == 409
    for _ in range(2):
        assert admin("DELETE", path)[f"{kind}_permissions_on_base_uris"] == []
    assert admin("POST", f"/users/nobody/{kind}/{encoded(SMB)}") == 404
    assert admin("POST", f"/users/{kind}er/{kind}/smb%2Ftest-share") == 404  # not spelled out
    admin("DELETE", f"/users/{kind}er")


def test_only_administrators_grant(testuser: Caller) -> None:
    assert testuser("POST", f"/users/testuser/register/{encoded(SMB)}") == 403


# --- what is known of a dataset ------------------------------------------------------------


def test_what_is_written_sticks(admin: Caller) -> None:
    uri = encoded(COPY_URI)
    assert admin("PUT", f"/tags/{uri}", {"tags": ["a"]}) == {"tags": ["a"]}
    assert admin("POST", f"/tags/{uri}/b c") == {"tags": ["a", "b c"]}
    assert admin("POST", f"/tags/{uri}/b c") == {"tags": ["a", "b c"]}
    assert admin("DELETE", f"/tags/{uri}/a") == {"tags": ["b c"]}
    assert admin("GET", f"/tags/{uri}") == {"tags": ["b c"]}
    assert admin("POST", "/uris", {"tags": ["b c"]})[0]["uri"] == COPY_URI
    admin("PUT", f"/tags/{uri}", {"tags": []})

    value = {"numbers": [1, 2.5], "flag": True}
    assert admin("PUT", f"/annotations/{uri}/x", {"value": value}) == {"annotations": {"x": value}}
    assert admin("PUT", f"/annotations/{uri}/y", {})["annotations"]["y"] is None
    assert admin("GET", f"/annotations/{uri}") == {"annotations": {"x": value, "y": None}}
    assert admin("DELETE", f"/annotations/{uri}/x") == {"annotations": {"y": None}}
    assert admin("DELETE", f"/annotations/{uri}/y") == {"annotations": {}}

    old = admin("GET", f"/readmes/{uri}")
    assert admin("PUT", f"/readmes/{uri}", {"readme": "a: 1"}) == {"readme": "a: 1"}
    assert admin("GET", f"/readmes/{uri}") == {"readme": "a: 1"}
    assert admin("PUT", f"/readmes/{uri}", old) == old


# --- what a write does to the storage ------------------------------------------------------

TAGS = ["2019", "river", "time-series"]
ANNOTATIONS = {"temperature": 300, "viscosity": 7.421}


@pytest.fixture
def lossy(lossy_dserver: Dserver) -> Iterator[Caller]:
    """Call a server with the plugins of today as the administrator."""
    with Caller(lossy_dserver, "admin") as caller:
        yield caller


@pytest.fixture(params=["lossy", "admin"])
def either(request: pytest.FixtureRequest) -> Caller:
    """Call a server with the plugins of today, or one with plugins that store."""
    caller: Caller = request.getfixturevalue(request.param)
    return caller


def study(admin: Caller, name: str) -> str:
    """Return the URI of a dataset that the server has indexed from storage."""
    [found] = admin("POST", "/mongo/query", {"query": {"name": name}})
    uri: str = found["uri"]
    return uri


def indexed(admin: Caller, uri: str) -> list[Any]:
    """Return what the index holds of a dataset."""
    answers = [
        admin("GET", f"/{kind}/{encoded(uri)}") for kind in ("tags", "annotations", "readmes")
    ]
    return [value for answer in answers for value in answer.values()]


def test_storage_and_index_agree_at_first(either: Caller) -> None:
    for uri in (study(either, "river-level-2019-q1"), study(either, "viscosity-300K"), COPY_URI):
        tags, annotations, readme = indexed(either, uri)
        stored = either.server.stored(uri)
        assert [stored.tags, stored.annotations, stored.readme] == [tags, annotations, readme]
        assert stored.admin_metadata["name"] == either("GET", f"/uris/{encoded(uri)}")["name"]
    [item] = either("GET", f"/manifests/{encoded(COPY_URI)}")["items"].items()
    content = either.server.stored(COPY_URI).files[f"data/{item[0]}"]
    assert hashlib.md5(content).hexdigest() == item[1]["hash"]


def test_the_plugins_of_today_leave_the_index_and_change_the_storage(lossy: Caller) -> None:
    """Each write starts from the index, so that it undoes the one before."""
    uri = study(lossy, "river-level-2019-q1")
    before, path = indexed(lossy, uri), encoded(uri)

    assert lossy("POST", f"/tags/{path}/one") == {"tags": [*TAGS, "one"]}
    assert lossy.server.stored(uri).tags == ["2019", "one", "river", "time-series"]
    assert lossy("POST", f"/tags/{path}/two") == {"tags": [*TAGS, "two"]}
    assert lossy.server.stored(uri).tags == ["2019", "river", "time-series", "two"]
    assert lossy("DELETE", f"/tags/{path}/river") == {"tags": ["2019", "time-series"]}
    assert lossy.server.stored(uri).tags == ["2019", "time-series"]
    assert lossy("PUT", f"/tags/{path}", {"tags": ["x"]}) == {"tags": ["x"]}
    assert lossy.server.stored(uri).tags == ["x"]
    assert lossy("PUT", f"/readmes/{path}", {"readme": "new"}) == {"readme": "new"}
    assert lossy.server.stored(uri).readme == "new"
    assert indexed(lossy, uri) == before


def test_the_plugins_of_today_lose_one_annotation_by_the_next(lossy: Caller) -> None:
    uri = study(lossy, "viscosity-300K")
    before, path = indexed(lossy, uri), f"/annotations/{encoded(uri)}"

    lossy("DELETE", f"{path}/temperature")
    assert lossy.server.stored(uri).annotations == {"viscosity": ANNOTATIONS["viscosity"]}
    lossy("DELETE", f"{path}/viscosity")
    assert lossy.server.stored(uri).annotations == {"temperature": 300}
    assert lossy("PUT", f"{path}/x", {"value": 1})["annotations"] == {**ANNOTATIONS, "x": 1}
    assert lossy.server.stored(uri).annotations == {**ANNOTATIONS, "x": 1}
    assert indexed(lossy, uri) == before


def test_plugins_that_store_change_index_and_storage_alike(admin: Caller) -> None:
    uri = study(admin, "viscosity-310K")
    path = encoded(uri)

    admin("POST", f"/tags/{path}/one")
    admin("POST", f"/tags/{path}/two")
    admin("DELETE", f"/annotations/{path}/temperature")
    admin("PUT", f"/annotations/{path}/x", {"value": [{"a": None}]})
    admin("PUT", f"/readmes/{path}", {"readme": "new: ü"})

    tags, annotations, readme = indexed(admin, uri)
    stored = admin.server.stored(uri)
    assert stored.tags == sorted(tags) == ["one", "two", "viscosity", "warm"]
    assert stored.annotations == annotations
    assert annotations["x"] == [{"a": None}]
    assert set(annotations) == {"viscosity", "x"}
    assert stored.readme == readme == "new: ü"


def test_a_write_removes_from_storage_what_the_index_lacks(either: Caller) -> None:
    """Such as a tag that dtool has put there after the dataset was registered."""
    uri = study(either, "viscosity-320K")
    dataset = dtoolcore.DataSet.from_uri(uri)
    dataset.put_tag("by-dtool")
    dataset.put_annotation("by-dtool", 1)

    either("POST", f"/tags/{encoded(uri)}/one")
    either("PUT", f"/annotations/{encoded(uri)}/x", {"value": 1})

    assert either.server.stored(uri).tags == ["one", "viscosity", "warm"]
    assert list(either.server.stored(uri).annotations) == ["temperature", "viscosity", "x"]


def test_an_invalid_name_is_acknowledged_and_empties_the_storage(either: Caller) -> None:
    uri = study(either, "viscosity-330K")
    before = indexed(either, uri)

    assert "a b!" in either("POST", f"/tags/{encoded(uri)}/a b!")["tags"]
    assert either.server.stored(uri).tags == []
    assert "a b!" in either("PUT", f"/annotations/{encoded(uri)}/a b!", {})["annotations"]
    assert either.server.stored(uri).annotations == {}
    stored = either("GET", "/config/versions")["versions"][RETRIEVE] != "0.4.2"
    assert (indexed(either, uri) != before) is stored


def test_a_refused_write_leaves_the_storage(either: Caller) -> None:
    uri = study(either, "viscosity-340K")
    before = either.server.stored(uri)
    assert before.tags

    with Caller(either.server, "testuser") as testuser:
        assert testuser("PUT", f"/tags/{encoded(uri)}", {"tags": []}) == 403
        assert testuser("PUT", f"/readmes/{encoded(uri)}", {"readme": ""}) == 403
    either.wrong("PUT", f"/annotations/{encoded(uri)}", json={"annotations": {}})
    assert either.server.stored(uri) == before


# --- quirks of the routes for metadata -----------------------------------------------------


def test_replacing_all_annotations_cannot_be_reached(admin: Caller) -> None:
    path = f"/annotations/{encoded(COPY_URI)}"
    assert admin.wrong("PUT", path, json={"annotations": {}}).status_code == 422
    assert admin.wrong("PUT", path, json={}).status_code == 500


def test_unknown_datasets_and_base_uris(admin: Caller, testuser: Caller) -> None:
    unknown, elsewhere = encoded(UNKNOWN), encoded(f"s3://elsewhere/{UUID}")
    assert admin("PUT", f"/readmes/{unknown}", {"readme": "x"}) == {"readme": "x"}
    assert admin("PUT", f"/tags/{unknown}", {"tags": ["x"]}) == {"tags": ["x"]}
    assert admin("POST", f"/tags/{unknown}/x") == 404
    assert admin("PUT", f"/annotations/{unknown}/x", {"value": 1}) == 404
    assert admin("PUT", f"/readmes/{elsewhere}", {"readme": "x"}) == 403
    assert admin.wrong("PUT", f"/tags/{elsewhere}", json={"tags": []}).status_code == 500
    assert testuser("PUT", f"/tags/{encoded(COPY_URI)}", {"tags": []}) == 403


def registration(uri: str) -> dict[str, Any]:
    """Return the body that registers a dataset that is in no storage."""
    return {
        "uri": uri,
        "uuid": uri.rpartition("/")[2],
        "base_uri": S3,
        "name": "uploaded",
        "type": "dataset",
        "readme": "a: 1",
        "manifest": {"dtoolcore_version": "3", "hash_function": "md5sum_hexdigest", "items": {}},
        "creator_username": "somebody",
        "frozen_at": "1600000000",
        "annotations": {},
        "tags": ["uploaded"],
        "number_of_items": 0,
        "size_in_bytes": 0,
    }


def test_datasets_say_who_has_registered_them(admin: Caller) -> None:
    uuid = "0b0e3a52-9a0c-4c3b-8d5b-1f5d6a1e7c11"
    uri, begin = f"{S3}/{uuid}", time.time()
    assert admin("PUT", f"/uris/{encoded(uri)}", registration(uri)) == ""
    for found in (
        admin("GET", f"/uris/{encoded(uri)}"),
        admin("GET", f"/uuids/{uuid}")[0],
        admin("POST", "/uris", {"tags": ["uploaded"], "uploaded_by": ["ignored"]})[0],
        admin("POST", "/uris", {"uuids": [uuid]})[0],
    ):
        assert found["uploaded_by"] == "admin"
        assert begin - 1 < found["uploaded_at"] < time.time() + 1
    assert admin("GET", "/me/summary")["uploaders"] == ["admin"]
    assert admin("GET", f"/graph/uuids/{uuid}")[0]["uri"] == uri
    assert admin("POST", "/mongo/query", {"query": {"uuid": uuid}})[0]["uploaded_by"] == "admin"
    assert admin("POST", "/mongo/query", {"uuids": [uuid]}) == []
    assert admin("GET", f"/uris/{encoded(COPY_URI)}")["uploaded_by"] is None


# --- uploads -------------------------------------------------------------------------------

UPLOAD, COMPLETE = f"/signed-urls/upload/{encoded(S3)}", "/signed-urls/upload-complete"
CONTENT = b"abc"
MD5 = hashlib.md5(CONTENT).hexdigest()


def upload(uuid: str, **more: Any) -> dict[str, Any]:
    """Return the body that begins the upload of a dataset with one item."""
    item = {"relpath": "a b.txt", "size_in_bytes": 3, "hash": MD5, "utc_timestamp": 1.5}
    given = {"uuid": uuid, "name": "uploaded", "creator_username": "x", "frozen_at": 1.5}
    return {**given, "items": [item], **more}


def put(target: dict[str, Any], content: bytes = CONTENT, **headers: str) -> httpx.Response:
    """Send an item as the answer to the request for its upload says."""
    return httpx.put(target["url"], content=content, headers={**target["headers"], **headers})


def code(response: httpx.Response) -> tuple[int, str]:
    """Return the status and the code of a refusal by the storage."""
    match = re.search("<Code>(.*)</Code>", response.text)
    return response.status_code, match[1] if match else ""


@pytest.fixture
def begun(admin: Caller) -> dict[str, Any]:
    """Begin an upload."""
    more = {"tags": ["t"], "annotations": {"x": [1]}, "overlays": {"o": {"id": "text"}}}
    answer: dict[str, Any] = admin("POST", UPLOAD, upload(str(uuid4()), **more))
    return answer


@pytest.fixture
def target(begun: dict[str, Any]) -> dict[str, Any]:
    """Return where the item goes."""
    [item] = begun["upload_urls"]["items"].values()
    found: dict[str, Any] = item
    return found


@pytest.fixture
def completed(admin: Caller, begun: dict[str, Any], target: dict[str, Any]) -> str:
    """Upload a dataset, and return its URI."""
    assert put(target).is_success
    assert httpx.put(begun["upload_urls"]["readme"], content=b"a: 1").is_success
    assert admin("POST", COMPLETE, {"uri": begun["uri"]})["status"] == "registered"
    uri: str = begun["uri"]
    return uri


def test_the_beginning_of_an_upload_makes_a_proto_dataset(
    admin: Caller, begun: dict[str, Any], target: dict[str, Any]
) -> None:
    """The server writes all but README and items; its own time is that of creation."""
    stored = admin.server.stored(begun["uri"])
    assert (stored.readme, stored.tags, stored.annotations) == ("", ["t"], {"x": [1]})
    assert json.loads(stored.files[".dtool/overlays/o.json"]) == {"id": "text"}
    assert stored.admin_metadata["type"] == "protodataset"
    assert stored.admin_metadata["created_at"] == pytest.approx(time.time(), abs=60)
    assert "dtoolcore_version" in stored.admin_metadata
    assert ".dtool/manifest.json" not in stored.files
    assert begun["uri"] == f"{S3}/{begun['uuid']}"
    assert begun["expiry_seconds"] == 14400
    assert target["relpath"] == "a b.txt"
    assert target["headers"] == {
        "Content-MD5": b64encode(bytes.fromhex(MD5)).decode(),
        "x-amz-meta-checksum": MD5,
        "x-amz-meta-handle": b64encode(b"a b.txt").decode(),
    }
    assert admin("GET", f"/uris/{encoded(begun['uri'])}") == 404


def test_the_end_of_an_upload_registers_the_dataset(admin: Caller, completed: str) -> None:
    uuid, uri = completed.rpartition("/")[2], encoded(completed)
    assert admin("POST", COMPLETE, {"uri": completed}) == 400  # is not pending any more
    assert admin("POST", UPLOAD, upload(uuid)) == 409

    stored, dataset = admin.server.stored(completed), admin("GET", f"/uris/{uri}")
    assert stored.admin_metadata["type"] == "dataset"
    assert stored.admin_metadata["frozen_at"] == dataset["frozen_at"] == 1.5
    assert dataset["created_at"] > dataset["frozen_at"]
    assert (dataset["size_in_bytes"], dataset["name"]) == (3, "uploaded")
    assert indexed(admin, completed) == [["t"], {"x": [1]}, "a: 1"]
    assert json.loads(stored.files[".dtool/manifest.json"]) == admin("GET", f"/manifests/{uri}")


def test_a_missing_readme_is_empty(
    admin: Caller, begun: dict[str, Any], target: dict[str, Any]
) -> None:
    put(target)
    assert admin("POST", COMPLETE, {"uri": begun["uri"]})["status"] == "registered"
    assert indexed(admin, begun["uri"])[2] == ""


def test_a_missing_item_fails_the_completion_which_can_be_repeated(
    admin: Caller, begun: dict[str, Any], target: dict[str, Any]
) -> None:
    assert admin("POST", COMPLETE, {"uri": begun["uri"]}) == 500
    assert admin.server.stored(begun["uri"]).admin_metadata["type"] == "protodataset"
    put(target)
    assert admin("POST", COMPLETE, {"uri": begun["uri"]})["status"] == "registered"


def test_a_completion_that_died_after_freezing_goes_on(
    admin: Caller, begun: dict[str, Any], target: dict[str, Any]
) -> None:
    """What is frozen is only registered."""
    put(target)
    stored = admin.server.stored(begun["uri"])
    annotation = stored.folder / ".dtool/annotations/x.json"
    annotation.write_text("no JSON")
    assert admin("POST", COMPLETE, {"uri": begun["uri"]}) == 500
    assert admin.server.stored(begun["uri"]).admin_metadata["type"] == "dataset"
    annotation.write_text("1")
    assert admin("POST", COMPLETE, {"uri": begun["uri"]})["status"] == "registered"


def test_an_annotation_with_a_dot_can_never_be_completed(admin: Caller) -> None:
    begun = admin("POST", UPLOAD, upload(str(uuid4()), items=[], annotations={"a.b": 1}))
    for _ in range(2):
        assert admin("POST", COMPLETE, {"uri": begun["uri"]}) == 500


def test_sizes_are_not_checked(admin: Caller) -> None:
    item = {"relpath": "a", "size_in_bytes": 999, "hash": MD5, "utc_timestamp": 1.5}
    begun = admin("POST", UPLOAD, upload(str(uuid4()), items=[item]))
    [target] = begun["upload_urls"]["items"].values()
    assert put(target).is_success
    assert admin("POST", COMPLETE, {"uri": begun["uri"]})["status"] == "registered"
    assert admin("GET", f"/uris/{encoded(begun['uri'])}")["size_in_bytes"] == 999


def test_paths_that_leave_the_dataset_are_accepted(admin: Caller) -> None:
    """In storage it does no harm, for an item is called by its identifier."""
    relpaths = ["../../x", "/abs"]
    item = {"size_in_bytes": 3, "hash": MD5, "utc_timestamp": 1.5}
    items = [item | {"relpath": relpath} for relpath in relpaths]
    begun = admin("POST", UPLOAD, upload(str(uuid4()), items=items))
    for target in begun["upload_urls"]["items"].values():
        assert put(target).is_success
    admin("POST", COMPLETE, {"uri": begun["uri"]})
    manifest = admin("GET", f"/manifests/{encoded(begun['uri'])}")
    assert {each["relpath"] for each in manifest["items"].values()} == set(relpaths)


def test_a_uuid_is_pending_at_one_base_uri(admin: Caller, begun: dict[str, Any]) -> None:
    before = admin.server.stored(begun["uri"])
    elsewhere = f"/signed-urls/upload/{encoded(SMB)}"
    assert admin("POST", elsewhere, upload(begun["uuid"])) == 409
    assert admin("POST", COMPLETE, {"uri": f"{SMB}/{begun['uuid']}"}) == 409
    assert admin.server.stored(begun["uri"]) == before


def test_an_upload_that_has_begun_keeps_what_it_has(
    admin: Caller, begun: dict[str, Any], target: dict[str, Any]
) -> None:
    """Asked again, the server signs all URLs, and does not say what has arrived."""
    put(target)
    before = admin.server.stored(begun["uri"])
    more = {"name": "renamed", "tags": ["u"], "annotations": {"y": 1}, "frozen_at": 2.5}
    again = admin("POST", UPLOAD, upload(begun["uuid"], **more))
    assert admin.server.stored(begun["uri"]) == before
    assert set(again["upload_urls"]["items"]) == set(begun["upload_urls"]["items"])
    assert admin("POST", COMPLETE, {"uri": begun["uri"]})["name"] == "uploaded"
    assert admin("GET", f"/uris/{encoded(begun['uri'])}")["frozen_at"] == 2.5


@pytest.mark.parametrize("kind", ["deleted", "never registered"])
def test_what_storage_has_and_the_index_has_not_is_destroyed(admin: Caller, kind: str) -> None:
    uuid = str(uuid4())
    uri = f"{S3}/{uuid}"
    if kind == "deleted":
        begun = admin("POST", UPLOAD, upload(uuid, items=[]))
        httpx.put(begun["upload_urls"]["readme"], content=b"a: 1")
        admin("POST", COMPLETE, {"uri": uri})
        assert admin("DELETE", f"/uris/{encoded(uri)}") == ""
    else:
        folder = admin.server.stored(uri).folder
        shutil.copytree(admin.server.stored(COPY_URI).folder, folder)
    before = admin.server.stored(uri)
    assert before.readme
    assert before.admin_metadata["type"] == "dataset"

    admin("POST", UPLOAD, upload(uuid, name="other"))

    after = admin.server.stored(uri)
    assert after.readme == ""
    assert (after.admin_metadata["type"], after.admin_metadata["name"]) == ("protodataset", "other")


def test_uploads_are_refused(admin: Caller, testuser: Caller) -> None:
    uuid = str(uuid4())
    assert testuser("POST", UPLOAD, upload(uuid)) == 403
    assert admin("POST", UPLOAD, upload(uuid, name="a/b")) == 400
    assert admin("POST", UPLOAD, upload(uuid, hash_function="sha1sum_hexdigest")) == 400
    assert admin("POST", COMPLETE, {"uri": f"{S3}/{uuid}"}) == 400
    assert admin.server.stored(f"{S3}/{uuid}").files == {}
    assert admin("POST", f"/signed-urls/upload/{encoded(SMB)}", upload(uuid)) == 500


@pytest.mark.parametrize("more", [{"annotations": {"x": None}}, {"overlays": {"o": {"a": None}}}])
def test_null_is_not_a_value(admin: Caller, more: dict[str, Any]) -> None:
    uuid = str(uuid4())
    assert admin("POST", UPLOAD, upload(uuid, **more)) == 422
    assert admin.server.stored(f"{S3}/{uuid}").files == {}


def test_what_is_wrong_with_an_upload_shows_late(admin: Caller) -> None:
    """A proto-dataset is left."""
    for status, more in [
        (400, {"tags": ["a b!"]}),
        (400, {"annotations": {"a b!": 1}}),
        (500, {"items": [{"relpath": "a", "size_in_bytes": 1, "hash": "zz", "utc_timestamp": 1}]}),
    ]:
        uuid = str(uuid4())
        assert admin("POST", UPLOAD, upload(uuid, **more)) == status
        assert admin.server.stored(f"{S3}/{uuid}").admin_metadata["type"] == "protodataset"


# --- what signed URLs are good for ---------------------------------------------------------


def test_items_are_sent_with_their_headers_and_no_others(target: dict[str, Any]) -> None:
    """Content-MD5, checksum and handle are part of the signature."""
    for name in target["headers"]:
        rest = {key: value for key, value in target["headers"].items() if key != name}
        mismatch = (403, "SignatureDoesNotMatch")
        assert code(put({**target, "headers": rest})) == mismatch
        assert code(put(target, **{name: "other"})) == mismatch
    assert put(target).is_success
    assert put(target).is_success


def test_the_body_of_an_item_is_checked(
    admin: Caller, begun: dict[str, Any], target: dict[str, Any]
) -> None:
    assert code(put(target, b"abd")) == (400, "BadDigest")
    assert code(put(target, b"")) == (400, "BadDigest")
    before = admin.server.stored(begun["uri"])
    assert not [path for path in before.files if path.startswith("data/")]
    put(target)
    put(target, b"abd")
    stored = admin.server.stored(begun["uri"]).files
    assert [value for path, value in stored.items() if path.startswith("data/")] == [CONTENT]


def test_a_chunked_body_is_refused(target: dict[str, Any]) -> None:
    chunked = httpx.put(target["url"], content=iter([CONTENT]), headers=target["headers"])
    assert code(chunked) == (501, "NotImplemented")


def test_a_body_without_a_length_is_refused(begun: dict[str, Any]) -> None:
    url = httpx.URL(begun["upload_urls"]["readme"])
    connection = http.client.HTTPConnection(url.host, url.port, timeout=10)
    connection.putrequest("PUT", url.raw_path.decode())
    connection.endheaders()
    assert connection.getresponse().status == 411
    connection.close()


def test_a_body_that_breaks_off_is_not_stored(
    admin: Caller, begun: dict[str, Any], target: dict[str, Any]
) -> None:
    url = httpx.URL(target["url"])
    headers = {**target["headers"], "Content-Length": "3"}
    connection = http.client.HTTPConnection(url.host, url.port, timeout=10)
    connection.request("PUT", url.raw_path.decode(), body=b"ab", headers=headers)
    assert connection.sock is not None
    connection.sock.shutdown(socket.SHUT_WR)
    with suppress(http.client.HTTPException, OSError):
        assert connection.getresponse().status == 400
    connection.close()
    assert admin("POST", COMPLETE, {"uri": begun["uri"]}) == 500


def test_a_url_is_good_for_one_method_and_one_object(admin: Caller, completed: str) -> None:
    signed = admin("GET", f"/signed-urls/dataset/{encoded(completed)}")
    [(identifier, url)] = signed["item_urls"].items()
    mismatch = (403, "SignatureDoesNotMatch")
    assert code(httpx.put(url, content=CONTENT)) == mismatch
    assert code(httpx.get(url.replace(identifier, "other"))) == mismatch
    (admin.server.stored(completed).folder / "data" / identifier).unlink()
    assert code(httpx.get(url)) == (404, "NoSuchKey")


def test_the_head_of_what_can_be_read_is_refused(admin: Caller) -> None:
    url = admin("GET", f"/signed-urls/dataset/{encoded(COPY_URI)}")["readme_url"]
    head = httpx.head(url)
    assert (head.status_code, head.content) == (403, b"")


def test_a_signed_request_sends_no_token(admin: Caller) -> None:
    url = admin("GET", f"/signed-urls/dataset/{encoded(COPY_URI)}")["readme_url"]
    refused = httpx.get(url, headers={"Authorization": "Bearer x"})
    assert code(refused) == (400, "InvalidArgument")


@pytest.mark.parametrize(
    ("asked", "status", "content", "where"),
    [
        ("bytes=0-0", 206, b"S", "bytes 0-0/17"),
        ("bytes=5-", 206, b"test content", "bytes 5-16/17"),
        ("bytes=5-99", 206, b"test content", "bytes 5-16/17"),
        ("bytes=-7", 206, b"content", "bytes 10-16/17"),
        ("bytes=-99", 206, b"Some test content", "bytes 0-16/17"),
        ("bytes=17-", 416, None, "bytes */17"),
        ("bytes=-", 200, b"Some test content", None),
        ("items=0-1", 200, b"Some test content", None),
    ],
)
def test_a_part_of_an_object_can_be_read(
    admin: Caller, asked: str, status: int, content: bytes | None, where: str | None
) -> None:
    [url] = admin("GET", f"/signed-urls/dataset/{encoded(COPY_URI)}")["item_urls"].values()
    response = httpx.get(url, headers={"Range": asked})
    assert response.status_code == status
    assert response.headers.get("Content-Range") == where
    if content is None:
        assert code(response) == (416, "InvalidRange")
    else:
        assert response.content == content
        assert response.headers["Content-Length"] == str(len(content))


def test_urls_expire_and_completions_take_their_time() -> None:
    """Its code tells what has expired from what is not signed; what is not expired still is."""
    with (
        running_next_dserver("--url-lifetime", "2", "--completion-ms", "300") as server,
        Caller(server, "admin") as admin,
    ):
        begun = admin("POST", UPLOAD, upload(str(uuid4())))
        [target] = begun["upload_urls"]["items"].values()
        assert put(target).is_success
        begin = time.monotonic()
        assert admin("POST", COMPLETE, {"uri": begun["uri"]})["status"] == "registered"
        assert time.monotonic() - begin >= 0.3
        signed = admin("GET", f"/signed-urls/dataset/{encoded(begun['uri'])}")
        assert begun["expiry_seconds"] == signed["expiry_seconds"] == 2
        assert httpx.get(signed["readme_url"]).is_success
        time.sleep(2.1)
        for response in (put(target), httpx.get(signed["readme_url"])):
            assert code(response) == (403, "AccessDenied")
            assert "Request has expired" in response.text


def test_all_of_a_dataset_can_be_read(admin: Caller, completed: str) -> None:
    for uri in (COPY_URI, completed):
        signed = admin("GET", f"/signed-urls/dataset/{encoded(uri)}")
        tags, annotations, readme = indexed(admin, uri)
        assert httpx.get(signed["readme_url"]).text == readme
        assert httpx.get(signed["admin_metadata_url"]).json()["uuid"] == uri.rpartition("/")[2]
        assert signed["tags"] == tags
        urls = signed["annotation_urls"]
        assert {name: httpx.get(url).json() for name, url in urls.items()} == annotations
        assert signed["expiry_seconds"] == 3600
        items = httpx.get(signed["manifest_url"]).json()["items"]
        assert set(signed["item_urls"]) == set(items)
        for identifier, item in items.items():
            path = f"/signed-urls/item/{encoded(uri)}/{identifier}"
            for url in (signed["item_urls"][identifier], admin("GET", path)["url"]):
                assert hashlib.md5(httpx.get(url).content).hexdigest() == item["hash"]
    [overlay] = signed["overlay_urls"].values()
    assert httpx.get(overlay).json() == {"id": "text"}


def test_signed_urls_are_refused(admin: Caller, next_dserver: Dserver) -> None:
    assert admin("GET", f"/signed-urls/dataset/{encoded(URI)}") == 501  # the storage cannot
    on_disk = study(admin, "viscosity-350K")
    assert admin("GET", f"/signed-urls/dataset/{encoded(encoded(on_disk))}") == 501
    assert admin("GET", f"/signed-urls/dataset/{encoded(UNKNOWN)}") == 404
    assert admin("GET", f"/signed-urls/dataset/s3%2Ftest-bucket%2F{UUID}") == 403
    assert admin("GET", f"/signed-urls/item/{encoded(COPY_URI)}/unknown") == 404
    with Caller(next_dserver, "nobody") as nobody:
        assert nobody("GET", f"/signed-urls/dataset/{encoded(COPY_URI)}") == 403
        assert nobody("GET", "/me") == 401


def test_what_is_in_no_storage_cannot_be_signed(admin: Caller) -> None:
    uri = f"{S3}/{uuid4()}"
    admin("PUT", f"/uris/{encoded(uri)}", registration(uri))
    assert admin("GET", f"/signed-urls/dataset/{encoded(uri)}") == 501


def test_signed_url_routes_decode_twice(admin: Caller) -> None:
    base_uri = "s3://100%41"
    admin(
        "PUT",
        f"/base-uris/{encoded(base_uri)}",
        {"users_with_search_permissions": ["admin"], "users_with_register_permissions": ["admin"]},
    )
    body = upload("5e1d4c4e-8c9f-4b0e-9f61-5a4ff9b7a002")
    assert admin("POST", f"/signed-urls/upload/{encoded(base_uri)}", body) == 403
    begun = admin("POST", f"/signed-urls/upload/{encoded(encoded(base_uri))}", body)
    assert begun["base_uri"] == base_uri
    admin("DELETE", f"/base-uris/{encoded(base_uri)}")


# --- tokens --------------------------------------------------------------------------------


def test_tokens_are_made_renewed_and_verified(next_dserver: Dserver) -> None:
    with httpx.Client(base_url=next_dserver.url, headers={"User-Agent": f"{SDK}test"}) as http:
        answer = http.post("/auth/token", json={"username": "admin", "api_key": API_KEY}).json()
        assert (answer["token_type"], answer["username"]) == ("Bearer", "admin")
        renewed = http.post("/auth/refresh", json={"token": answer["token"]}).json()["token"]
        verified = http.post("/auth/verify", json={"token": renewed}).json()
        assert verified["valid"] is True
        assert verified["claims"]["sub"] == "admin"
        assert http.get("/auth/info").json()["configured"] is False
        given = next_dserver.given("admin")
        login = {"username": given["username"], "password": given["password"]}
        others = httpx.post(next_dserver.token_url, json=login).json()["token"]
        refused = http.post("/auth/verify", json={"token": others})
        assert refused.status_code == 401
        assert refused.json() == {"error": "Invalid or expired token"}
        wrong = http.post("/auth/token", json={"username": "admin", "api_key": "wrong"})
        assert (wrong.status_code, wrong.json()) == (401, {"error": "Invalid credentials"})
        assert http.get("/auth/token").json()["error"] == "Not authenticated"
    assert httpx.post(f"{next_dserver.url}/auth/token", content=b"{}").status_code == 415
    assert httpx.post(f"{next_dserver.url}/auth/verify", json={}).status_code == 400


def test_tokens_expire_and_what_is_no_token_is_told_apart() -> None:
    with running_next_dserver("--token-lifetime", "1") as server, Caller(server, "admin") as admin:
        time.sleep(2.1)
        expired = admin.get("/me")
        assert (expired.status_code, expired.json()) == (401, {"msg": "Token has expired"})
        token = admin.headers["Authorization"].removeprefix("Bearer ")
        assert admin.post("/auth/refresh", json={"token": token}).status_code == 401
        garbage = admin.get("/me", headers={"Authorization": "Bearer garbage"})
        assert (garbage.status_code, set(garbage.json())) == (422, {"msg"})
