"""A sample call of each documented function, and the response to each request that it makes.

What holds for every function is tested with them: faults, costs, types, the installed package. A
new function needs one entry in `SAMPLES`, and one in `ANSWERS` if its route is new.
"""

from dataclasses import dataclass, field
from enum import Flag, auto
from typing import Any

from dtool_lookup_api.core.routes import ROUTES

UUID = "1a1f9fad-8589-413e-9602-5bbd66bfe675"
BASE_URI = "smb://test-share"
URI = f"{BASE_URI}/{UUID}"
USERNAME = "testuser"

# --- responses -------------------------------------------------------------------------------

DATASET = {
    "base_uri": BASE_URI,
    "created_at": 1604860720.736269,
    "creator_username": "jotelha",
    "frozen_at": 1604921621.719575,
    "name": "simple_test_dataset",
    "number_of_items": 1,
    "size_in_bytes": 17,
    "uri": URI,
    "uuid": UUID,
}
USER = {
    "username": USERNAME,
    "is_admin": True,
    "search_permissions_on_base_uris": [BASE_URI],
    "register_permissions_on_base_uris": [],
}
PERMISSIONS = {
    "base_uri": BASE_URI,
    "users_with_search_permissions": [USERNAME],
    "users_with_register_permissions": [],
}
SUMMARY = {"number_of_datasets": 1, "total_size_in_bytes": 17, "tags": ["one"]}
MANIFEST = {"dtoolcore_version": "3.17.0", "hash_function": "md5sum_hexdigest", "items": {}}
SIGNED_URLS = {
    "uri": URI,
    "expiry_seconds": 3600,
    "expiry_timestamp": "2026-11-23T12:00:00Z",
    "item_urls": {"a": "https://storage.example/a"},
}

# The paths of a document of a server without plugins.
PUBLISHED: dict[str, dict[str, Any]] = {}
for _route in ROUTES.values():
    if not _route.plugin:
        PUBLISHED.setdefault(_route.path, {})[_route.method.lower()] = {}

ANSWERS: list[tuple[str, str, Any]] = [
    ("POST|DELETE", r"/users/[^/]+/(search|register)/.+", USER),
    ("PUT|DELETE", r"/(users|base-uris|uris)/.+", ""),
    ("GET", r"/config/versions", {"versions": {"dservercore": "0.22.0"}}),
    ("GET", r"/config/info", {"config": {"api_title": "dserver API"}}),
    ("GET", r"/me/summary|/users/[^/]+/summary", SUMMARY),
    ("GET", r"/me|/users/[^/]+", USER),
    ("GET", r"/users", [{"username": USERNAME, "is_admin": True}]),
    ("GET", r"/base-uris", [{"base_uri": BASE_URI}]),
    ("GET", r"/base-uris/.+", PERMISSIONS),
    ("POST", r"/uris|/mongo/query|/mongo/aggregate", [DATASET]),
    ("GET", r"/uris/.+", DATASET),
    ("GET", r"/uuids/.+", [DATASET]),
    ("GET|POST", r"/graph/uuids/.+", [{**DATASET, "derived_from": []}]),
    ("GET", r"/manifests/.+", MANIFEST),
    ("GET", r"/readmes/.+", {"readme": "project: testing\n"}),
    ("GET", r"/tags/.+", {"tags": ["one"]}),
    ("GET", r"/annotations/.+", {"annotations": {"colour": "blue"}}),
    ("PUT", r"/readmes/.+", {"readme": "project: testing\n"}),
    ("PUT|POST|DELETE", r"/tags/.+", {"tags": ["one"]}),
    ("PUT|DELETE", r"/annotations/.+", {"annotations": {"colour": "blue"}}),
    ("PATCH", r"/me|/users/[^/]+", USER),
    ("GET", r"/config/health", {"status": "healthy"}),
    ("GET", r"/doc/openapi.json", {"paths": PUBLISHED}),
    ("GET|POST", r"/signed-urls/.+", SIGNED_URLS),
]
"""Patterns of method and path, each with the JSON that answers it; the first match counts."""

# --- calls -----------------------------------------------------------------------------------


class Trait(Flag):
    """How a function differs from one that reads an object, with one request and a token."""

    NONE = 0
    PUBLIC = auto()
    """Its requests have no token."""
    MEMBER = auto()
    """It requires one member of the object in the response."""
    STATUS = auto()
    """The status is the result; the body does not matter."""
    SENT_ONCE = auto()
    """Its first request is never sent again: it might have been carried out."""
    READS_BACK = auto()
    """It reads a dataset's metadata before and after changing it."""
    SEVERAL = auto()
    """It makes more than one request, or none."""
    TRANSFER = auto()
    """It transfers data: faults/test_transfers.py, test_downloads.py."""
    PATIENT = auto()
    """It waits longer than other calls, and then looks at the result: faults/test_uploads.py."""


@dataclass(frozen=True)
class Sample:
    """How to call a function.

    Args:
        returns: Type of the result; of an iterator, that of its entries.
        arguments: Arguments by name. Those of functions that read fit the servers of devserver/.
        traits: How the function differs from others.
    """

    returns: str
    arguments: dict[str, Any] = field(default_factory=dict)
    traits: Trait = Trait.NONE


_DATASET = {"uri": URI}
_PERMISSION = {"username": "someone", "base_uri": BASE_URI}
_UPLOAD = {
    "uuid": UUID,
    "name": "simple_test_dataset",
    "creator_username": "jotelha",
    "frozen_at": 1604921621.719575,
}
_CHANGES = Trait.MEMBER | Trait.READS_BACK

# `get_many`, which calls the others, has no entry.
SAMPLES: dict[str, Sample] = {
    "add_tag": Sample("list[str]", {"uri": URI, "tag": "two"}, _CHANGES),
    "complete_upload": Sample("types.UploadComplete", _DATASET, Trait.PATIENT),
    "copy_dataset": Sample(
        "types.UploadComplete", {"uri": URI, "base_uri": "s3://test-bucket"}, Trait.TRANSFER
    ),
    "delete_annotation": Sample("types.Annotations", {"uri": URI, "name": "colour"}, _CHANGES),
    "delete_base_uri": Sample("bool", {"base_uri": BASE_URI}, Trait.STATUS),
    "delete_dataset": Sample("bool", _DATASET, Trait.STATUS),
    "delete_user": Sample("bool", {"username": "someone"}, Trait.STATUS),
    "download_dataset": Sample("Download", {"uri": URI, "to": "/none"}, Trait.TRANSFER),
    "download_item": Sample("Path", {"uri": URI, "item": "a", "to": "/none/a"}, Trait.TRANSFER),
    "get_annotations": Sample("types.Annotations", _DATASET, Trait.MEMBER),
    "get_base_uri": Sample("types.BaseUriWithPermissions", {"base_uri": BASE_URI}),
    "get_base_uris": Sample("Page[types.BaseUri]"),
    "get_config": Sample("types.ServerConfig", {}, Trait.MEMBER),
    "get_dataset": Sample("types.Dataset", _DATASET),
    "get_datasets": Sample("Page[types.Dataset]", {"free_text": "test"}),
    "get_datasets_by_mongo_aggregation": Sample(
        "Page[types.JsonObject]", {"aggregation": [{"$match": {"base_uri": BASE_URI}}]}
    ),
    "get_datasets_by_mongo_query": Sample(
        "Page[types.MongoDataset]", {"query": {"base_uri": BASE_URI}}
    ),
    "get_datasets_by_uuid": Sample("Page[types.Dataset]", {"uuid": UUID}),
    "get_graph_by_uuid": Sample(
        "Page[types.GraphDataset]", {"uuid": UUID, "dependency_keys": ["readme.derived_from.uuid"]}
    ),
    "get_health": Sample("types.Health", {}, Trait.PUBLIC | Trait.MEMBER),
    "get_manifest": Sample("types.Manifest", _DATASET),
    "get_me": Sample("types.User"),
    "get_my_summary": Sample("types.Summary"),
    "get_one_dataset": Sample("types.Dataset", {"free_text": "test", "base_uris": [BASE_URI]}),
    "get_one_dataset_by_mongo_query": Sample("types.MongoDataset", {"query": {"uri": URI}}),
    "get_provenance": Sample("Provenance", {"uuid": UUID}),
    "get_readme": Sample("str", _DATASET, Trait.MEMBER),
    "get_readme_as_dict": Sample("dict[str, Any]", _DATASET, Trait.MEMBER),
    "get_signed_item_url": Sample("types.SignedItemUrl", {"uri": URI, "identifier": "a"}),
    "get_signed_urls": Sample("types.SignedUrls", _DATASET),
    "get_summary": Sample("types.Summary", {"username": USERNAME}),
    "get_tags": Sample("list[str]", _DATASET, Trait.MEMBER),
    "get_user": Sample("types.User", {"username": USERNAME}),
    "get_users": Sample("Page[types.User]"),
    "get_versions": Sample("types.ServerVersions", {}, Trait.PUBLIC | Trait.MEMBER),
    "grant_register_permission": Sample("types.User", _PERMISSION, Trait.SENT_ONCE),
    "grant_search_permission": Sample("types.User", _PERMISSION, Trait.SENT_ONCE),
    "iter_base_uris": Sample("types.BaseUri"),
    "iter_datasets": Sample("types.Dataset", {"free_text": "test"}),
    "iter_datasets_by_mongo_query": Sample("types.MongoDataset", {"query": {"name": "a"}}),
    "iter_datasets_by_uuid": Sample("types.Dataset", {"uuid": UUID}),
    "iter_graph_by_uuid": Sample("types.GraphDataset", {"uuid": UUID}),
    "iter_users": Sample("types.User"),
    "offers": Sample(
        "bool | None", {"function": "get_me"}, Trait.PUBLIC | Trait.MEMBER | Trait.SEVERAL
    ),
    "read_item": Sample("bytes", {"uri": URI, "item": "a"}, Trait.TRANSFER),
    "register_base_uri": Sample("bool", {"base_uri": BASE_URI}, Trait.MEMBER | Trait.SEVERAL),
    "register_dataset": Sample(
        "bool",
        {"uri": URI, "readme": "project: testing\n", "manifest": MANIFEST, **_UPLOAD},
        Trait.STATUS,
    ),
    "register_dataset_from": Sample("bool", {"uri": "file:///none"}, Trait.STATUS | Trait.SEVERAL),
    "register_datasets_from": Sample(
        "Registration", {"base_uri": "file:///none"}, Trait.STATUS | Trait.SEVERAL
    ),
    "register_user": Sample("bool", {"username": "someone"}, Trait.STATUS),
    "remove_tag": Sample("list[str]", {"uri": URI, "tag": "one"}, _CHANGES),
    "request_upload": Sample(
        "types.UploadUrls", {"base_uri": BASE_URI, **_UPLOAD, "overwrite": True}, Trait.SENT_ONCE
    ),
    "revoke_register_permission": Sample("types.User", _PERMISSION),
    "revoke_search_permission": Sample("types.User", _PERMISSION),
    "set_annotation": Sample(
        "types.Annotations", {"uri": URI, "name": "colour", "value": "blue"}, _CHANGES
    ),
    "set_annotations": Sample(
        "types.Annotations", {"uri": URI, "annotations": {"colour": "blue"}}, _CHANGES
    ),
    "set_readme": Sample("str", {"uri": URI, "readme": "project: testing\n"}, _CHANGES),
    "set_tags": Sample("list[str]", {"uri": URI, "tags": ["one"]}, _CHANGES),
    "update_me": Sample("types.User", {"display_name": "Some One"}, Trait.SENT_ONCE),
    "update_user": Sample("types.User", {"username": "someone", "is_admin": False}, Trait.SEVERAL),
    "upload_dataset": Sample(
        "types.UploadComplete", {"path": "/none", "base_uri": "s3://test-bucket"}, Trait.TRANSFER
    ),
}

ASSUMED = {name for name, sample in SAMPLES.items() if sample.traits & Trait.READS_BACK}
ASSUMED |= {"request_upload"}
"""Functions that the servers of these tests are not known to offer."""


def names_with(traits: Trait) -> set[str]:
    """Return the names of the functions that have one of these traits."""
    return {name for name, sample in SAMPLES.items() if sample.traits & traits}
