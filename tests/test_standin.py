"""The stand-in for the next server behaves as the next server was seen to."""

import hashlib
import json
import time
from collections.abc import Iterator
from typing import Any, Self
from urllib.parse import quote

import dtoolcore
import httpx
import pytest

from contract import SDK
from devserver import API_KEY, COPY_URI, URI, UUID, Dserver, running_standin

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
        """Return the answer to a request, or its status if it is no success."""
        options: dict[str, Any] = {} if body is None else {"json": body}
        response = self.request(method, path, **options)
        return response.json() if response.is_success else response.status_code

    def wrong(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Return the response to a request that is wrong on purpose."""
        return self.request(method, path, headers={"User-Agent": "wrong"}, **options)


@pytest.fixture
def admin(standin: Dserver) -> Iterator[Caller]:
    """Call as the administrator."""
    with Caller(standin, "admin") as caller:
        yield caller


@pytest.fixture
def testuser(standin: Dserver) -> Iterator[Caller]:
    """Call as a user who may search and not register."""
    with Caller(standin, "testuser") as caller:
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


def test_datasets_say_who_has_registered_them(admin: Caller) -> None:
    uri, uuid = f"{S3}/0b0e3a52-9a0c-4c3b-8d5b-1f5d6a1e7c11", "0b0e3a52-9a0c-4c3b-8d5b-1f5d6a1e7c11"
    body = {
        "uri": uri,
        "uuid": uuid,
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
    begin = time.time()
    assert admin("PUT", f"/uris/{encoded(uri)}", body) == ""
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


# --- signed URLs ---------------------------------------------------------------------------


def upload(uuid: str, **more: Any) -> dict[str, Any]:
    """Return the body that begins the upload of a dataset with one item."""
    item = {"relpath": "a b.txt", "size_in_bytes": 3, "hash": "d41d", "utc_timestamp": 1.5}
    given = {"uuid": uuid, "name": "uploaded", "creator_username": "x", "frozen_at": 1.5}
    return {**given, "items": [item], **more}


def test_an_upload_goes_to_storage_and_is_registered_at_its_end(admin: Caller) -> None:
    uuid = "5e1d4c4e-8c9f-4b0e-9f61-5a4ff9b7a001"
    begun = admin("POST", f"/signed-urls/upload/{encoded(S3)}", upload(uuid, tags=["t"]))
    complete = {"uri": begun["uri"]}
    assert begun["uri"] == f"{S3}/{uuid}"
    assert admin("POST", "/signed-urls/upload-complete", complete) == 400  # nothing is there yet

    [(identifier, item)] = begun["upload_urls"]["items"].items()
    assert item["relpath"] == "a b.txt"
    assert httpx.put(item["url"], content=b"abc").status_code == 403  # without its headers
    assert httpx.put(item["url"], content=b"abc", headers=item["headers"]).is_success
    assert httpx.put(begun["upload_urls"]["readme"], content=b"a: 1").is_success
    elsewhere = {"uri": f"{SMB}/{uuid}"}
    assert admin("POST", "/signed-urls/upload-complete", elsewhere) == 409
    assert admin("POST", "/signed-urls/upload-complete", complete) == {
        **complete,
        "status": "registered",
        "name": "uploaded",
        "uuid": uuid,
    }
    assert admin("POST", "/signed-urls/upload-complete", complete) == 400
    assert admin("POST", f"/signed-urls/upload/{encoded(S3)}", upload(uuid)) == 409

    uri = encoded(begun["uri"])
    assert admin("GET", f"/uris/{uri}")["size_in_bytes"] == 3
    assert admin("GET", f"/readmes/{uri}") == {"readme": "a: 1"}
    url = admin("GET", f"/signed-urls/item/{uri}/{identifier}")["url"]
    assert httpx.get(url).content == b"abc"
    assert httpx.get(url, headers={"Authorization": "Bearer x"}).status_code == 400
    assert httpx.get(url.replace(identifier, "other")).status_code == 403


def test_all_of_a_dataset_can_be_read(admin: Caller) -> None:
    signed = admin("GET", f"/signed-urls/dataset/{encoded(COPY_URI)}")
    assert (
        httpx.get(signed["readme_url"]).text
        == admin("GET", f"/readmes/{encoded(COPY_URI)}")["readme"]
    )
    manifest = json.loads(httpx.get(signed["manifest_url"]).content)
    assert set(signed["item_urls"]) == set(manifest["items"])
    assert httpx.get(signed["admin_metadata_url"]).json()["uuid"] == UUID


def test_signed_urls_are_refused(admin: Caller, testuser: Caller, standin: Dserver) -> None:
    assert admin("GET", f"/signed-urls/dataset/{encoded(URI)}") == 501  # the storage cannot
    assert admin("GET", f"/signed-urls/dataset/{encoded(UNKNOWN)}") == 404
    assert admin("GET", f"/signed-urls/dataset/s3%2Ftest-bucket%2F{UUID}") == 403
    assert admin("GET", f"/signed-urls/item/{encoded(COPY_URI)}/unknown") == 404
    path = f"/signed-urls/upload/{encoded(S3)}"
    assert testuser("POST", path, upload(UUID)) == 403
    assert admin("POST", path, upload("new", name="a/b")) == 400
    assert admin("POST", path, upload("new", hash_function="sha1sum_hexdigest")) == 400
    smb = f"/signed-urls/upload/{encoded(SMB)}"
    assert admin.wrong("POST", smb, json=upload("new")).status_code == 500
    with Caller(standin, "nobody") as nobody:
        assert nobody("GET", f"/signed-urls/dataset/{encoded(COPY_URI)}") == 403
        assert nobody("GET", "/me") == 401


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


def test_tokens_are_made_renewed_and_verified(standin: Dserver) -> None:
    with httpx.Client(base_url=standin.url, headers={"User-Agent": f"{SDK}test"}) as http:
        answer = http.post("/auth/token", json={"username": "admin", "api_key": API_KEY}).json()
        assert (answer["token_type"], answer["username"]) == ("Bearer", "admin")
        renewed = http.post("/auth/refresh", json={"token": answer["token"]}).json()["token"]
        verified = http.post("/auth/verify", json={"token": renewed}).json()
        assert verified["valid"] is True
        assert verified["claims"]["sub"] == "admin"
        assert http.get("/auth/info").json()["configured"] is False
        given = standin.given("admin")
        login = {"username": given["username"], "password": given["password"]}
        others = httpx.post(standin.token_url, json=login).json()["token"]
        refused = http.post("/auth/verify", json={"token": others})
        assert refused.status_code == 401
        assert refused.json() == {"error": "Invalid or expired token"}
        wrong = http.post("/auth/token", json={"username": "admin", "api_key": "wrong"})
        assert (wrong.status_code, wrong.json()) == (401, {"error": "Invalid credentials"})
        assert http.get("/auth/token").json()["error"] == "Not authenticated"
    assert httpx.post(f"{standin.url}/auth/token", content=b"{}").status_code == 415
    assert httpx.post(f"{standin.url}/auth/verify", json={}).status_code == 400


def test_tokens_expire_and_what_is_no_token_is_told_apart() -> None:
    with running_standin("--token-lifetime", "1") as server, Caller(server, "admin") as admin:
        time.sleep(2.1)
        expired = admin.get("/me")
        assert (expired.status_code, expired.json()) == (401, {"msg": "Token has expired"})
        token = admin.headers["Authorization"].removeprefix("Bearer ")
        assert admin.post("/auth/refresh", json={"token": token}).status_code == 401
        garbage = admin.get("/me", headers={"Authorization": "Bearer garbage"})
        assert (garbage.status_code, set(garbage.json())) == (422, {"msg"})
