"""What writes, on whatever server is named: in one base URI only, and all of it is removed."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from dtool_lookup_api import Client, NotFoundError

from ownserver import Server

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("default::UserWarning")]


@pytest.fixture
def client(server: Server) -> Iterator[Client]:
    with Client(**server.given) as client:
        yield client


@pytest.fixture
def base_uri(server: Server, client: Client) -> Iterator[str]:
    """Return the base URI to write to; an administrator need not have registered it before."""
    base_uri, me = server.scratch, server.known.me
    permissions = (me["search_permissions_on_base_uris"], me["register_permissions_on_base_uris"])
    if all(base_uri in permitted for permitted in permissions):
        yield base_uri
        return
    if not me["is_admin"]:
        pytest.skip(f"this user may not search {base_uri} and register there")
    if base_uri in [each["base_uri"] for each in client.iter_base_uris()]:
        pytest.skip(f"others use {base_uri}: this user may not search it and register there")
    client.register_base_uri(base_uri, [me["username"]], [me["username"]])
    try:
        yield base_uri
    finally:
        client.delete_base_uri(base_uri)
        assert base_uri not in [each["base_uri"] for each in client.iter_base_uris()]


def test_a_dataset_is_registered_changed_and_removed(
    server: Server, client: Client, base_uri: str
) -> None:
    """What is registered is found again, whole, and not any more once it is removed."""
    uuid = str(uuid4())
    uri = f"{base_uri}/{uuid}"
    item = {
        "hash": "d41d8cd98f00b204e9800998ecf8427e",
        "relpath": "a folder/ü.txt",
        "size_in_bytes": 3,
        "utc_timestamp": 1604860720.5,
    }
    given: dict[str, Any] = {
        "uuid": uuid,
        "name": "sdk-test",
        "readme": "project: 'a test, ü'\n",
        "manifest": {
            "dtoolcore_version": "3.18.2",
            "hash_function": "md5sum_hexdigest",
            "items": {"0" * 40: item},
        },
        "creator_username": server.known.me["username"],
        "frozen_at": 1604921621.5,
        "tags": ["sdk-test"],
        "annotations": {"purpose": "a test"},
    }
    try:
        assert client.register_dataset(uri, **given)
        found = client.get_dataset(uri)
        assert (found["name"], found["number_of_items"], found["size_in_bytes"]) == (
            "sdk-test",
            1,
            3,
        )
        assert found["created_at"] == found["frozen_at"] == 1604921621.5
        assert client.get_readme(uri) == given["readme"]
        assert client.get_manifest(uri) == given["manifest"]
        assert client.get_tags(uri) == given["tags"]
        assert client.get_annotations(uri) == given["annotations"]
        assert [each["uri"] for each in client.get_datasets_by_uuid(uuid)] == [uri]

        assert client.register_dataset(uri, **given | {"name": "sdk-test-2"})
        assert client.get_dataset(uri)["name"] == "sdk-test-2"
    finally:
        client.delete_dataset(uri)
    with pytest.raises(NotFoundError):
        client.get_dataset(uri)
    assert client.get_datasets_by_uuid(uuid) == []
