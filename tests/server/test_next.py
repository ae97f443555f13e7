"""The functions of the next server, blocking and async, on the stand-in for it."""

import asyncio
import json
from collections.abc import Callable, Iterator
from hashlib import sha1
from typing import Any
from uuid import uuid4

import httpx
import pytest

from dtool_lookup_api import (
    AsyncClient,
    Client,
    ConflictError,
    InvalidRequestError,
    NotFoundError,
    NotOfferedError,
    PermissionDeniedError,
    ServerError,
)
from dtool_lookup_api.core.routes import FUNCTIONS, ROUTES

import faults
from devserver import COPY_URI, URI, UUID, Dserver
from faults import FaultServer, replying

pytestmark = pytest.mark.slow

RETRIEVE = "dserver_retrieve_plugin_mongo"
S3, SMB = "s3://test-bucket", "smb://test-share"
UNKNOWN = f"{S3}/00000000-0000-4000-8000-000000000000"
ITEM: dict[str, Any] = {
    "hash": "900150983cd24fb0d6963f7d28e17f72",
    "relpath": "folder/a b.txt",
    "size_in_bytes": 3,
    "utc_timestamp": 1604860720.5,
}

WRITES: dict[str, tuple[Any, ...]] = {
    "add_tag": ("river",),
    "delete_annotation": ("colour",),
    "remove_tag": ("one",),
    "set_annotation": ("colour", "red"),
    "set_annotations": ({"colour": "red"},),
    "set_readme": ("b: 2",),
    "set_tags": (["two"],),
}
"""What changes the metadata of a dataset, and how to call it."""

Call = Callable[..., Any]
Asking = Callable[[Dserver, str], Call]


@pytest.fixture(params=["blocking", "async"])
def asking(request: pytest.FixtureRequest) -> Iterator[Asking]:
    """Return a factory of callers of a server's functions for a user, blocking or async."""
    blocking = request.param == "blocking"
    with asyncio.Runner() as runner:
        clients: list[Any] = []

        def caller(server: Dserver, username: str) -> Call:
            kind = Client if blocking else AsyncClient
            client = kind(**server.given(username), assume_offered=WRITES)
            clients.append(client)

            def call(name: str, /, *arguments: Any, **more: Any) -> Any:
                found = getattr(client, name)(*arguments, **more)
                return found if blocking else runner.run(found)

            return call

        yield caller
        for client in clients:
            client.close() if blocking else runner.run(client.aclose())


@pytest.fixture
def admin(asking: Asking, next_dserver: Dserver) -> Call:
    return asking(next_dserver, "admin")


@pytest.fixture
def testuser(asking: Asking, next_dserver: Dserver) -> Call:
    return asking(next_dserver, "testuser")


def test_everything_is_offered(next_dserver: Dserver) -> None:
    """A server with all plugins offers every function, except writes that are not known to last."""
    with Client(next_dserver.url) as client:
        plugins = {"", *(module.replace("_", "-") for module in client.get_versions())}
        served = [
            name
            for name, operations in FUNCTIONS.items()
            if {ROUTES[operation].plugin for operation in operations} <= plugins
        ]
        assert {name for name in served if not client.offers(name)} == set(WRITES)
    with Client(next_dserver.url, assume_offered=WRITES) as client:
        assert [name for name in served if not client.offers(name)] == []


def test_health(admin: Call) -> None:
    assert admin("get_health") == {"status": "healthy"}


# --- users -----------------------------------------------------------------------------------


def test_a_profile_of_ones_own(testuser: Call) -> None:
    """A name is set, changed and cleared; nothing else changes with it."""
    before = testuser("get_me")

    assert testuser("update_me", "Test Üser")["display_name"] == "Test Üser"
    assert testuser("get_me") == {**before, "display_name": "Test Üser"}
    assert testuser("update_me", "")["display_name"] is None
    assert testuser("get_me") == {**before, "display_name": None}


def test_the_profiles_of_others(admin: Call, testuser: Call) -> None:
    """What is not given stays, though the server clears it."""
    admin("register_user", "visitor")
    assert admin("update_user", "visitor", display_name="A Visitor")["is_admin"] is False

    user = admin("update_user", "visitor", is_admin=True)
    assert (user["is_admin"], user["display_name"]) == (True, "A Visitor")
    user = admin("update_user", "visitor", display_name="")
    assert (user["is_admin"], user["display_name"]) == (True, None)
    assert admin("get_user", "visitor") == user

    with pytest.raises(NotFoundError):
        admin("update_user", "nobody", is_admin=True)
    with pytest.raises(NotFoundError):
        admin("update_user", "nobody", display_name="Nobody")
    with pytest.raises(PermissionDeniedError):
        testuser("update_user", "visitor", display_name="x")
    admin("delete_user", "visitor")


@pytest.mark.parametrize("kind", ["search", "register"])
def test_permissions_one_by_one(admin: Call, testuser: Call, kind: str) -> None:
    """A permission is granted and revoked, again without an error; the others stay."""
    key = f"{kind}_permissions_on_base_uris"
    admin("register_user", "visitor")

    for _ in range(2):
        assert admin(f"grant_{kind}_permission", "visitor", SMB)[key] == [SMB]
    assert sorted(admin(f"grant_{kind}_permission", "visitor", S3)[key]) == [S3, SMB]
    for _ in range(2):
        assert admin(f"revoke_{kind}_permission", "visitor", SMB)[key] == [S3]
    assert admin("get_user", "visitor")[key] == [S3]

    for verb in ("grant", "revoke"):
        for username, base_uri in [("nobody", SMB), ("visitor", "smb://elsewhere")]:
            with pytest.raises(NotFoundError, match=r"get_base_uris\(\) lists the base URIs"):
                admin(f"{verb}_{kind}_permission", username, base_uri)
        with pytest.raises(PermissionDeniedError):
            testuser(f"{verb}_{kind}_permission", "visitor", SMB)
    admin("delete_user", "visitor")


# --- metadata ----------------------------------------------------------------------------------


@pytest.fixture
def dataset(next_dserver: Dserver) -> Iterator[str]:
    """Register a dataset, and return its URI."""
    uri = f"{S3}/{uuid4()}"
    with Client(**next_dserver.given("admin")) as client:
        client.register_dataset(
            uri,
            readme="a: 1",
            manifest={"dtoolcore_version": "3", "hash_function": "md5", "items": {}},
            uuid=uri.rpartition("/")[2],
            name="a",
            creator_username="admin",
            frozen_at=1.5,
            tags=["one"],
            annotations={"colour": "blue", "shape": {"round": True}},
        )
        yield uri
        client.delete_dataset(uri)


def test_a_readme_is_replaced(admin: Call, dataset: str) -> None:
    assert admin("set_readme", dataset, "b: 2\nc: ü\n") == "b: 2\nc: ü\n"
    assert admin("get_readme", dataset) == "b: 2\nc: ü\n"
    assert json.loads(admin("set_readme", dataset, {"d": 3})) == {"d": 3}
    assert admin("set_readme", dataset, "") == ""


def test_tags_are_replaced_added_and_removed(admin: Call, dataset: str) -> None:
    """Twice is as good as once, whatever dtool allows in a tag."""
    odd = "A-b_c.9" + "x" * 73

    assert admin("set_tags", dataset, ["two", "three", "two"]) == ["two", "three"]
    for _ in range(2):
        assert admin("add_tag", dataset, odd) == ["two", "three", odd]
    for _ in range(2):
        assert admin("remove_tag", dataset, "two") == ["three", odd]
    assert admin("get_tags", dataset) == ["three", odd]
    assert admin("set_tags", dataset, []) == []


@pytest.mark.parametrize(
    "value", ["text", "", "{}", 1, 1.5, True, None, [1, [2]], {"a": {"b": None}}]
)
def test_an_annotation_is_any_json_value(admin: Call, dataset: str, value: Any) -> None:
    """Each kind of value arrives as what it is."""
    stored = admin("set_annotation", dataset, "A-b_9", value)

    assert stored == {"colour": "blue", "shape": {"round": True}, "A-b_9": value}
    assert type(stored["A-b_9"]) is type(value)
    for _ in range(2):
        assert "A-b_9" not in admin("delete_annotation", dataset, "A-b_9")


def test_annotations_are_replaced(admin: Call, dataset: str) -> None:
    """Those that are not given are gone, though the server has no usable route for it."""
    wanted = {"shape": {"round": 1}, "nothing": None, "list": (1, 2)}

    stored = admin("set_annotations", dataset, wanted)

    assert stored == {"shape": {"round": 1}, "nothing": None, "list": [1, 2]}
    assert admin("get_annotations", dataset) == stored
    assert admin("set_annotations", dataset, {}) == {}
    assert admin("set_annotations", dataset, {}) == {}


@pytest.mark.parametrize("name", WRITES)
def test_writing_to_what_is_not_there(admin: Call, testuser: Call, name: str) -> None:
    """The server acknowledges some of it, and fails in others; here it is what it is."""
    with pytest.raises(NotFoundError):
        admin(name, UNKNOWN, *WRITES[name])
    with pytest.raises(PermissionDeniedError):
        admin(name, f"smb://elsewhere/{UUID}", *WRITES[name])
    with pytest.raises(PermissionDeniedError):
        testuser(name, COPY_URI, *WRITES[name])


@pytest.mark.parametrize("name", WRITES)
def test_nothing_is_written_where_nothing_is(fault_server: FaultServer, name: str) -> None:
    """A plugin that stores might make a dataset of it."""
    endpoint = fault_server.endpoint()
    endpoint.script(replying(404, {"code": 404, "status": "Not Found"}))
    client = Client(endpoint.url, **endpoint.login, assume_offered=WRITES)
    with client, pytest.raises(NotFoundError):
        getattr(client, name)(UNKNOWN, *WRITES[name])

    assert {request.method for request in endpoint.requests} == {"GET"}


@pytest.fixture(params=["next_dserver", "lossy_dserver"])
def unsure(request: pytest.FixtureRequest) -> Dserver:
    """Run a server that has the routes, and is not known to store what is written."""
    server: Dserver = request.getfixturevalue(request.param)
    return server


@pytest.mark.parametrize("name", WRITES)
def test_nothing_is_sent_to_a_server_that_may_not_store_it(unsure: Dserver, name: str) -> None:
    """It says what is needed, what the server is, and how to say that it is known better."""
    before = unsure.stored(COPY_URI)
    with Client(**unsure.given("admin")) as client:
        with pytest.raises(NotOfferedError, match="known to store what is written") as caught:
            getattr(client, name)(COPY_URI, *WRITES[name])
        assert client.offers(name) is False

    assert before.files
    assert unsure.stored(COPY_URI) == before
    assert caught.value.operation == name
    assert caught.value.status is None
    assert "this server is dservercore 0.22.1.dev47 with" in str(caught.value)
    assert f"assume_offered=['{name}']" in str(caught.value)


UNKNOWN_VERSIONS = {
    "no answer": faults.reset_before,
    "a failure": faults.html(500),
    "not found": replying(404, {"code": 404, "status": "Not Found"}),
    "a page": faults.html(200),
    "another shape": replying(200, {"versions": []}),
    "none": replying(200, {"versions": {}}),
    "null": replying(200, {"versions": {"dservercore": None, RETRIEVE: None}}),
    "unreadable": replying(200, {"versions": {"dservercore": "0.22.1.dev47", RETRIEVE: "new"}}),
    "later": replying(200, {"versions": {"dservercore": "99", RETRIEVE: "99"}}),
    "another plugin": replying(
        200, {"versions": {"dservercore": "0.22.1.dev47", "dserver_retrieve_plugin_x": "1"}}
    ),
}


@pytest.mark.parametrize("versions", UNKNOWN_VERSIONS)
def test_unknown_is_no(fault_server: FaultServer, versions: str) -> None:
    """Whatever a server says of itself or does not, only reads are sent."""
    endpoint = fault_server.endpoint()

    with Client(endpoint.url, **endpoint.login, retries=0) as client:
        for name, arguments in WRITES.items():
            endpoint.script(faults.rightly, always=UNKNOWN_VERSIONS[versions])
            with pytest.raises(NotOfferedError, match="Not sent"):
                getattr(client, name)(URI, *arguments)

    assert {request.method for request in endpoint.requests} == {"GET"}
    assert "/config/versions" in {request.path for request in endpoint.requests}


@pytest.fixture
def stored(next_dserver: Dserver) -> Iterator[str]:
    """Return the URI of a dataset in storage, and let it be as it was in the end."""
    with Client(**next_dserver.given("admin"), assume_offered=WRITES) as client:
        found = client.get_datasets(tags=["river"], page_size=100)
        uri = next(each["uri"] for each in found if each["uri"].startswith("file://"))
        before = client.get_tags(uri), client.get_annotations(uri), client.get_readme(uri)
        yield uri
        client.set_tags(uri, before[0])
        client.set_annotations(uri, before[1])
        client.set_readme(uri, before[2])


def test_writes_reach_storage_and_index_alike(
    admin: Call, next_dserver: Dserver, stored: str
) -> None:
    """Two in a row do not undo each other."""
    admin("set_tags", stored, ["one"])
    admin("add_tag", stored, "two")
    admin("add_tag", stored, "three.3")
    admin("remove_tag", stored, "one")
    assert (
        set(admin("get_tags", stored))
        == set(next_dserver.stored(stored).tags)
        == {"two", "three.3"}
    )

    admin("set_annotations", stored, {"colour": "blue", "size": 1})
    admin("set_annotation", stored, "shape", {"round": True})
    admin("delete_annotation", stored, "size")
    expected = {"colour": "blue", "shape": {"round": True}}
    assert admin("get_annotations", stored) == next_dserver.stored(stored).annotations == expected

    admin("set_readme", stored, "a: 1\n")
    assert admin("get_readme", stored) == next_dserver.stored(stored).readme == "a: 1\n"


def test_what_dtool_cannot_write_is_refused(
    admin: Call, next_dserver: Dserver, stored: str
) -> None:
    """The server would take it, and empty the tags in storage."""
    before = next_dserver.stored(stored)
    for bad in ["a b!", "ä", "x" * 81, "", "a/b", "..", "a\n"]:
        for name, arguments in {
            "add_tag": (bad,),
            "set_tags": (["good", bad],),
            "set_annotation": (bad, 1),
            "set_annotations": ({"good": 1, bad: 1},),
        }.items():
            with pytest.raises(InvalidRequestError):
                admin(name, stored, *arguments)
    with pytest.raises(InvalidRequestError, match="dot"):
        admin("set_annotation", stored, "a.b", 1)

    assert next_dserver.stored(stored) == before


def test_names_that_dtool_did_not_write_can_be_taken_away(
    admin: Call,
) -> None:
    """The index takes any on registration; with them in it, a change would empty storage."""
    uri = f"{S3}/{uuid4()}"
    admin(
        "register_dataset",
        uri,
        readme="a: 1",
        manifest={"dtoolcore_version": "3", "hash_function": "md5", "items": {}},
        uuid=uri.rpartition("/")[2],
        name="a",
        creator_username="admin",
        frozen_at=1.5,
        tags=["a b!", "good"],
        annotations={"c d": 1, "good": 2},
    )
    with pytest.raises(InvalidRequestError, match="remove_tag"):
        admin("add_tag", uri, "new")
    with pytest.raises(InvalidRequestError, match="set_tags"):
        admin("remove_tag", uri, "good")
    with pytest.raises(InvalidRequestError, match="delete_annotation"):
        admin("set_annotation", uri, "new", 1)
    with pytest.raises(InvalidRequestError, match="delete_annotation"):
        admin("set_annotations", uri, {"new": 1})
    with pytest.raises(InvalidRequestError, match="delete_annotation"):
        admin("delete_annotation", uri, "good")

    assert admin("remove_tag", uri, "a b!") == ["good"]
    assert admin("add_tag", uri, "new") == ["good", "new"]
    assert admin("delete_annotation", uri, "c d") == {"good": 2}
    assert admin("set_annotation", uri, "new", 1) == {"good": 2, "new": 1}
    admin("delete_dataset", uri)


# --- signed URLs -------------------------------------------------------------------------------


def test_an_upload_from_begin_to_end(admin: Call) -> None:
    """What is uploaded by signed URLs can be read by signed URLs."""
    uuid = uuid4()
    begun = admin(
        "request_upload",
        S3,
        uuid,
        "uploaded",
        "jotelha",
        "2020-11-08T18:38:40.736269Z",
        items=[ITEM],
        tags=["new"],
        annotations={"colour": {"red": 1}},
        overlays={"kind": {sha1(ITEM["relpath"].encode()).hexdigest(): "text"}},
        overwrite=True,
    )
    assert begun["uri"] == f"{S3}/{uuid}"
    with pytest.raises(ServerError):
        admin("complete_upload", begun["uri"])

    [(identifier, target)] = begun["upload_urls"]["items"].items()
    assert target["relpath"] == ITEM["relpath"]
    assert httpx.put(target["url"], content=b"abc", headers=target["headers"]).is_success
    assert httpx.put(begun["upload_urls"]["readme"], content=b"a: 1").is_success
    assert admin("complete_upload", begun["uri"])["status"] == "registered"

    assert admin("get_dataset", begun["uri"])["frozen_at"] == pytest.approx(1604860720.736269)
    assert admin("get_annotations", begun["uri"]) == {"colour": {"red": 1}}
    signed = admin("get_signed_urls", begun["uri"])
    assert httpx.get(signed["readme_url"]).text == "a: 1"
    assert signed["tags"] == ["new"]
    url = admin("get_signed_item_url", begun["uri"], identifier)["url"]
    assert httpx.get(url).content == b"abc"
    for overwrite in (False, True):
        with pytest.raises(ConflictError):
            admin("request_upload", S3, uuid, "uploaded", "jotelha", 1.5, overwrite=overwrite)


def test_a_manifest_can_be_uploaded(admin: Call) -> None:
    """The items of a manifest are taken from it, and so is its hash function."""
    manifest = {"hash_function": "md5sum_hexdigest", "items": {"a": ITEM}, "dtoolcore_version": "3"}

    begun = admin("request_upload", S3, None, "n", "jotelha", 1.5, items=manifest)
    assert len(begun["upload_urls"]["items"]) == 1

    manifest["hash_function"] = "sha1sum_hexdigest"
    with pytest.raises(InvalidRequestError):
        admin("request_upload", S3, None, "n", "jotelha", 1.5, items=manifest)


def test_a_base_uri_with_percent_signs(admin: Call) -> None:
    """These routes decode twice; other characters are encoded as everywhere."""
    base_uri = "s3://100%41 & ä"
    admin("register_base_uri", base_uri, ["admin"], ["admin"])

    begun = admin("request_upload", base_uri, None, "n", "jotelha", 1.5)
    assert begun["base_uri"] == base_uri
    assert httpx.put(begun["upload_urls"]["readme"], content=b"a: 1").is_success
    uri = admin("complete_upload", begun["uri"])["uri"]

    assert admin("get_signed_urls", uri)["uri"] == uri
    with pytest.raises(NotFoundError):
        admin("get_signed_item_url", uri, "no%41ne")
    admin("delete_dataset", uri)
    admin("delete_base_uri", base_uri)


@pytest.mark.parametrize("base_uri", ["irods:/zone/next", "irods:///zone/next"])
def test_a_base_uri_without_a_host(admin: Call, base_uri: str) -> None:
    """What these routes compare is the URI as it is stored, whichever spelling is given."""
    stored = "irods:/zone/next"
    admin("register_base_uri", base_uri, ["admin"], [])
    admin("register_user", "visitor")
    for kind, username in [("search", "visitor"), ("register", "visitor"), ("register", "admin")]:
        key = f"{kind}_permissions_on_base_uris"
        assert stored in admin(f"grant_{kind}_permission", username, base_uri)[key]
    admin("revoke_search_permission", "visitor", base_uri)
    assert admin("get_user", "visitor")["search_permissions_on_base_uris"] == []

    uri = f"{base_uri}/{UUID}"
    admin(
        "register_dataset",
        uri,
        readme="",
        manifest={"dtoolcore_version": "3", "hash_function": "md5", "items": {}},
        uuid=UUID,
        name="a",
        creator_username="admin",
        frozen_at=1.5,
    )
    assert admin("add_tag", uri, "a") == admin("get_tags", uri) == ["a"]
    with pytest.raises(NotOfferedError, match="storage"):  # found, but iRODS signs no URLs
        admin("get_signed_urls", uri)
    admin("delete_dataset", uri)
    admin("delete_user", "visitor")
    admin("delete_base_uri", base_uri)


def test_signed_urls_are_refused(admin: Call, testuser: Call) -> None:
    """Each refusal is the error that says why."""
    with pytest.raises(NotFoundError):
        admin("get_signed_urls", UNKNOWN)
    with pytest.raises(NotFoundError):
        admin("get_signed_item_url", COPY_URI, "unknown")
    with pytest.raises(PermissionDeniedError):
        admin("get_signed_urls", f"s3://elsewhere/{UUID}")
    with pytest.raises(NotOfferedError, match="S3 needs dtool-s3 later than"):
        admin("get_signed_urls", URI)
    with pytest.raises(PermissionDeniedError):
        testuser("request_upload", S3, None, "n", "testuser", 1.5)
    with pytest.raises(ServerError):
        admin("request_upload", SMB, None, "n", "admin", 1.5)
    with pytest.raises(InvalidRequestError):
        admin("complete_upload", UNKNOWN)
    begun = admin("request_upload", S3, None, "n", "admin", 1.5)
    with pytest.raises(ConflictError):
        admin("complete_upload", f"{SMB}/{begun['uuid']}")


# --- what answers hold more --------------------------------------------------------------------


def test_who_has_registered_a_dataset(admin: Call, dataset: str) -> None:
    """The time is a float on each route, though one sends a text."""
    found = admin("get_dataset", dataset)
    (queried,) = admin("get_datasets_by_mongo_query", {}, uuids=[found["uuid"]])

    assert found["uploaded_by"] == queried["uploaded_by"] == "admin"
    assert queried["uploaded_at"] == pytest.approx(found["uploaded_at"], abs=1)
    assert admin("get_my_summary")["datasets_per_uploader"]["admin"] >= 1
