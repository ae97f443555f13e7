"""The administrator's day on the real server."""

import math
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import dtoolcore
import pytest

from dtool_lookup_api import (
    Client,
    InvalidRequestError,
    NotFoundError,
    PermissionDeniedError,
    ServerError,
)

from devserver import COPY_URI, Dserver, running_dserver

BASE_URI = "s3://archive of ü%+#?&"


@pytest.fixture(scope="module")
def dserver() -> Iterator[Dserver]:
    """Run a server of one's own: what is deleted in SQL stays in searches of dserver 0.22."""
    with running_dserver() as server:
        yield server


@pytest.fixture
def base_uri(admin: Client) -> Iterator[str]:
    admin.register_base_uri(BASE_URI, ["admin", "testuser"], ["admin"])
    yield BASE_URI
    admin.delete_base_uri(BASE_URI)


def make_dataset(folder: Path, name: str, content: str = "content") -> str:
    """Make a frozen dataset with dtoolcore, and return its URI."""
    item = folder / "item.txt"
    item.write_text(content, encoding="utf-8")
    readme = "---\nproject: administration\n"
    place = folder / "storage"
    place.mkdir(exist_ok=True)
    with dtoolcore.DataSetCreator(
        name, f"file://{place}", readme_content=readme, creator_username="admin"
    ) as creator:
        creator.put_item(str(item), "item.txt")
    dataset = dtoolcore.DataSet.from_uri(creator.uri)
    dataset.put_tag("administered")
    dataset.put_annotation("step", 3)
    return str(creator.uri)


@pytest.mark.parametrize("name", ["new user", "ü", "a+b", "50%", "x#y", "what?", "q'\"", "a@b;c"])
def test_users_are_made_changed_and_removed(admin: Client, name: str) -> None:
    """A user of any name is made, found, changed and removed."""
    assert admin.register_user(name) is True
    assert admin.get_user(name)["is_admin"] is False
    assert name in [user["username"] for user in admin.get_users(page_size=100)]

    admin.register_user(name, is_admin=True)
    assert admin.get_user(name)["is_admin"] is True

    assert admin.delete_user(name) is True
    assert admin.delete_user(name) is True
    with pytest.raises(NotFoundError):
        admin.get_user(name)


def test_base_uris_are_made_granted_and_removed(admin: Client, base_uri: str) -> None:
    """A base URI of any name is made, found, granted to users, and removed."""
    found = admin.get_base_uri(base_uri)

    assert sorted(found["users_with_search_permissions"]) == ["admin", "testuser"]
    assert {"base_uri": base_uri} in admin.get_base_uris(page_size=100)
    admin.delete_base_uri(base_uri)
    assert admin.delete_base_uri(base_uri) is True
    with pytest.raises(NotFoundError):
        admin.get_base_uri(base_uri)


def test_a_permission_that_is_not_named_stays(admin: Client, base_uri: str) -> None:
    """Granting one permission never takes the other from anybody."""
    admin.register_base_uri(base_uri, users_with_register_permissions=["researcher", "admin"])
    both = admin.get_base_uri(base_uri)
    admin.register_base_uri(base_uri)
    same = admin.get_base_uri(base_uri)
    admin.register_base_uri(base_uri, users_with_search_permissions=[])
    taken = admin.get_base_uri(base_uri)

    assert sorted(both["users_with_search_permissions"]) == ["admin", "testuser"]
    assert sorted(both["users_with_register_permissions"]) == ["admin", "researcher"]
    assert same == both
    assert taken["users_with_search_permissions"] == []
    assert taken["users_with_register_permissions"] == both["users_with_register_permissions"]


def test_an_unknown_user_is_not_dropped_silently(admin: Client, base_uri: str) -> None:
    """A misspelt name is told, and nothing is changed."""
    before = admin.get_base_uri(base_uri)

    with pytest.raises(InvalidRequestError, match="username='testusr'"):
        admin.register_base_uri(base_uri, ["testusr", "admin", "admin"])

    assert admin.get_base_uri(base_uri) == before


def test_a_name_given_twice_is_granted_once(admin: Client, base_uri: str) -> None:
    """A repeated name does no harm, on which the server would fail."""
    admin.register_base_uri(base_uri, ["admin", "admin"], [])

    assert admin.get_base_uri(base_uri)["users_with_search_permissions"] == ["admin"]


def test_a_base_uri_that_holds_datasets_is_not_removed(admin: Client) -> None:
    """The server refuses, and nothing is lost."""
    with pytest.raises(ServerError):
        admin.delete_base_uri("s3://test-bucket")

    assert admin.get_dataset(COPY_URI)


def test_a_dataset_is_registered_updated_found_and_removed(researcher: Client) -> None:
    """A dataset is registered with what dtoolcore has, found, updated, and removed."""
    uuid = str(uuid4())
    uri = f"s3://test-bucket/{uuid}"
    manifest = researcher.get_manifest(COPY_URI)
    admin_metadata = {
        "uuid": uuid,
        "dtoolcore_version": "3.19.0",
        "name": "registered",
        "type": "dataset",
        "creator_username": "researcher",
        "created_at": "1604860720.5",
        "frozen_at": 1604921621.25,
    }

    given: dict[str, Any] = {"manifest": manifest, "admin_metadata": admin_metadata}
    researcher.register_dataset(uri, readme={"project": "grün"}, tags=["größe"], **given)
    found = researcher.get_dataset(uri)
    assert found["name"] == "registered"
    assert (found["created_at"], found["frozen_at"]) == (1604860720.5, 1604921621.25)
    assert (found["number_of_items"], found["size_in_bytes"]) == (1, 17)
    assert researcher.get_tags(uri) == ["größe"]
    assert researcher.get_manifest(uri) == manifest
    assert "grün" in researcher.get_readme(uri)
    assert uri in [d["uri"] for d in researcher.get_datasets(uuids=[uuid])]

    researcher.register_dataset(uri, readme="", name="changed", **given)
    assert researcher.get_dataset(uri)["name"] == "changed"

    assert researcher.delete_dataset(uri) is True
    assert researcher.delete_dataset(uri) is True
    with pytest.raises(NotFoundError):
        researcher.get_dataset(uri)


def test_a_base_uri_is_registered_from_storage(admin: Client, tmp_path: Path) -> None:
    """Each dataset that dtoolcore reads is registered; a broken one does not stop the others."""
    uris = [make_dataset(tmp_path, name) for name in ("first", "second", "third")]
    base_uri = uris[0].rpartition("/")[0]
    (tmp_path / "storage/second/.dtool/manifest.json").unlink()
    metadata = dtoolcore.generate_admin_metadata("fourth", "admin")
    pending = dtoolcore.generate_proto_dataset(metadata, base_uri)
    pending.create()
    admin.register_base_uri(base_uri, ["admin"], ["admin"])

    report = admin.register_datasets_from(base_uri)

    assert report["registered"] == [uris[0], uris[2]]
    assert report["pending"] == [pending.uri]
    assert list(report["failed"]) == [uris[1]]
    assert "manifest" in report["failed"][uris[1]]
    assert admin.get_tags(uris[0]) == ["administered"]
    assert admin.get_annotations(uris[0]) == {"step": "3"}
    assert admin.register_dataset_from(uris[0]) is True


BROKEN = {
    "no README": ("README.yml", None, "whose README cannot be read"),
    "a README in latin-1": (
        "README.yml",
        "Jürgen".encode("latin-1"),
        "README cannot be read: it is not UTF-8",
    ),
    "a cut manifest": (".dtool/manifest.json", b'{"items": ', "whose manifest cannot be read"),
    "no manifest": (".dtool/manifest.json", None, "whose manifest cannot be read"),
    "a broken annotation": (
        ".dtool/annotations/step.json",
        b"{",
        "whose annotations cannot be read",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_what_is_broken_in_a_dataset_is_named(admin: Client, tmp_path: Path, case: str) -> None:
    """The part that cannot be read is named along with the dataset, and nothing is registered."""
    name, content, problem = BROKEN[case]
    uri = make_dataset(tmp_path, "broken")
    path = tmp_path / "storage/broken" / name
    path.unlink()
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(InvalidRequestError, match=problem) as caught:
        admin.register_dataset_from(uri)
    assert str(caught.value).startswith("uri='file://")
    assert caught.value.next_step
    assert caught.value.__suppress_context__


def test_an_annotation_that_cannot_be_sent_is_left_out_on_request(
    admin: Client, tmp_path: Path
) -> None:
    """dtoolcore stores NaN, which JSON does not have; the rest of the dataset can be registered."""
    uri = make_dataset(tmp_path, "measured")
    base_uri = uri.rpartition("/")[0]
    dtoolcore.DataSet.from_uri(uri).put_annotation("slope", [1.5, math.nan])
    admin.register_base_uri(base_uri, ["admin"], ["admin"])

    with pytest.raises(InvalidRequestError, match=r"annotations\['slope'\]"):
        admin.register_dataset_from(uri)
    assert "annotations['slope']" in admin.register_datasets_from(base_uri)["failed"][uri]
    assert admin.register_datasets_from(base_uri, skip_unsendable=True)["registered"] == [uri]
    assert admin.register_dataset_from(uri, skip_unsendable=True) is True
    assert admin.get_annotations(uri) == {"step": "3"}
    with pytest.raises(InvalidRequestError, match="skip_unsendable"):
        admin.register_dataset_from(uri, skip_unsendable="no")  # type: ignore[arg-type]


def test_what_dtoolcore_cannot_read_is_told(admin: Client) -> None:
    """A missing storage broker is named, with the package that has it."""
    with pytest.raises(InvalidRequestError, match="dtool-ecs"):
        admin.register_dataset_from(f"ecs://bucket/{uuid4()}")
    with pytest.raises(InvalidRequestError, match="dtool-ecs"):
        admin.register_datasets_from("ecs://bucket")
    with (
        tempfile.TemporaryDirectory() as folder,
        pytest.raises(dtoolcore.DtoolCoreTypeError),
    ):
        admin.register_dataset_from(f"file://{folder}/nothing")


def test_an_ordinary_user_is_refused_everything(testuser: Client) -> None:
    """A user who may only search cannot change anything."""
    uri = f"s3://test-bucket/{uuid4()}"
    dataset = {"readme": "", "manifest": testuser.get_manifest(COPY_URI), "uuid": uri[-36:]}
    calls = [
        lambda: testuser.get_users(),
        lambda: testuser.get_user("admin"),
        lambda: testuser.register_user("x"),
        lambda: testuser.delete_user("admin"),
        lambda: testuser.get_base_uris(),
        lambda: testuser.get_base_uri("s3://test-bucket"),
        lambda: testuser.register_base_uri("s3://test-bucket", ["testuser"]),
        lambda: testuser.delete_base_uri("s3://test-bucket"),
        lambda: testuser.get_summary("admin"),
        lambda: testuser.delete_dataset(COPY_URI),
        lambda: testuser.register_dataset(
            uri, **dataset, name="n", creator_username="c", frozen_at=1.0
        ),
    ]

    for call in calls:
        with pytest.raises(PermissionDeniedError):
            call()
    assert testuser.get_dataset(COPY_URI)
