# Derived by `make generate` from openapi.yaml: do not edit.
"""Types of results: plain dictionaries and lists, made from the server's JSON.

Times are seconds since 1970-01-01 UTC, sizes are bytes. Where JSON says null, Python says None. A
key marked as not required may be missing.
"""

from typing import Any, Literal, NotRequired, TypeAlias, TypedDict

__all__ = [
    "Annotations",
    "BaseUri",
    "BaseUriSortField",
    "BaseUriWithPermissions",
    "Dataset",
    "DatasetSortField",
    "FunctionName",
    "GraphDataset",
    "Health",
    "JsonObject",
    "Manifest",
    "ManifestItem",
    "MongoDataset",
    "Pagination",
    "ServerConfig",
    "ServerVersions",
    "SignedItemUrl",
    "SignedUrls",
    "Sorting",
    "Summary",
    "UploadComplete",
    "UploadItem",
    "UploadItemUrl",
    "UploadTargets",
    "UploadUrls",
    "User",
    "UserSortField",
]

JsonObject: TypeAlias = dict[str, Any]
"""A JSON object with any keys and values."""

Annotations: TypeAlias = dict[str, Any]
"""Annotations by name, each any JSON value."""

ServerConfig: TypeAlias = dict[str, Any]
"""Configured values by name, in lower case."""

ServerVersions: TypeAlias = dict[str, str | None]
"""Version by Python module, for example `dservercore`. Null if the version of a plugin is
unknown.
"""

DatasetSortField: TypeAlias = Literal[
    "base_uri", "created_at", "creator_username", "frozen_at", "name", "uri", "uuid"
]
"""Field that a list of datasets can be sorted by."""

UserSortField: TypeAlias = Literal["is_admin", "username"]
"""Field that a list of users can be sorted by."""

BaseUriSortField: TypeAlias = Literal["base_uri"]
"""Field that a list of base URIs can be sorted by."""

FunctionName: TypeAlias = Literal[
    "add_tag",
    "complete_upload",
    "copy_dataset",
    "delete_annotation",
    "delete_base_uri",
    "delete_dataset",
    "delete_user",
    "download_dataset",
    "download_item",
    "get_annotations",
    "get_base_uri",
    "get_base_uris",
    "get_config",
    "get_dataset",
    "get_datasets",
    "get_datasets_by_mongo_aggregation",
    "get_datasets_by_mongo_query",
    "get_datasets_by_uuid",
    "get_graph_by_uuid",
    "get_health",
    "get_manifest",
    "get_many",
    "get_me",
    "get_my_summary",
    "get_one_dataset",
    "get_one_dataset_by_mongo_query",
    "get_provenance",
    "get_readme",
    "get_readme_as_dict",
    "get_signed_item_url",
    "get_signed_urls",
    "get_summary",
    "get_tags",
    "get_user",
    "get_users",
    "get_versions",
    "grant_register_permission",
    "grant_search_permission",
    "iter_base_uris",
    "iter_datasets",
    "iter_datasets_by_mongo_query",
    "iter_datasets_by_uuid",
    "iter_graph_by_uuid",
    "iter_manifests",
    "iter_users",
    "offers",
    "open_item",
    "read_item",
    "register_base_uri",
    "register_dataset",
    "register_dataset_from",
    "register_datasets_from",
    "register_user",
    "remove_tag",
    "request_upload",
    "revoke_register_permission",
    "revoke_search_permission",
    "set_annotation",
    "set_annotations",
    "set_readme",
    "set_tags",
    "to_dataframe",
    "to_records",
    "update_me",
    "update_user",
    "upload_dataset",
]
"""Name of a function that `offers` accepts."""


class BaseUri(TypedDict):
    """A registered base URI."""

    base_uri: str
    """Storage location of datasets, such as a bucket or a share."""


class BaseUriWithPermissions(TypedDict):
    """A registered base URI and who has permissions on it."""

    base_uri: str
    """Storage location of datasets, such as a bucket or a share."""
    users_with_register_permissions: list[str]
    """Names of the users who may register and delete datasets in it."""
    users_with_search_permissions: list[str]
    """Names of the users who may find and read its datasets."""


class Dataset(TypedDict):
    """The server's record of a dataset."""

    base_uri: str
    """Storage location that holds the dataset, such as a bucket or a share."""
    created_at: float
    """When the dataset was created, in seconds since 1970-01-01 UTC."""
    creator_username: str
    """Name of the user who created the dataset."""
    frozen_at: float
    """When the dataset was frozen, in seconds since 1970-01-01 UTC."""
    name: str
    """Name of the dataset."""
    number_of_items: NotRequired[int | None]
    """Number of items. Null or missing if it wasn't registered."""
    size_in_bytes: NotRequired[int | None]
    """Size of all items, in bytes. Null or missing if it wasn't registered."""
    uploaded_at: NotRequired[float | None]
    """When the dataset was registered, in seconds since 1970-01-01 UTC."""
    uploaded_by: NotRequired[str | None]
    """Name of the user who registered the dataset."""
    uri: str
    """Address of this copy of the dataset, made of its base URI and its UUID."""
    uuid: str
    """UUID of the dataset, the same for all of its copies."""


class GraphDataset(TypedDict):
    """A dataset in a dependency graph.

    The entry of an unknown UUID lacks most keys.
    """

    base_uri: NotRequired[str]
    """Storage location that holds the dataset, such as a bucket or a share."""
    created_at: NotRequired[float]
    """When the dataset was created, in seconds since 1970-01-01 UTC."""
    creator_username: NotRequired[str]
    """Name of the user who created the dataset."""
    derived_from: list[str]
    """UUIDs of the datasets that this one is derived from."""
    dtoolcore_version: NotRequired[str]
    """Version of dtoolcore that created the dataset. Only for datasets that the server indexed
    itself.
    """
    frozen_at: NotRequired[float]
    """When the dataset was frozen, in seconds since 1970-01-01 UTC."""
    name: NotRequired[str]
    """Name of the dataset."""
    number_of_items: NotRequired[int | None]
    """Number of items. Null or missing if it wasn't registered."""
    size_in_bytes: NotRequired[int | None]
    """Size of all items, in bytes. Null or missing if it wasn't registered."""
    tags: NotRequired[list[str]]
    """Labels of the dataset."""
    type: NotRequired[str]
    """Always `dataset`."""
    uploaded_at: NotRequired[float | None]
    """When the dataset was registered."""
    uploaded_by: NotRequired[str | None]
    """Name of the user who registered the dataset."""
    uri: NotRequired[str]
    """Address of this copy of the dataset, made of its base URI and its UUID."""
    uuid: NotRequired[str | None]
    """UUID of the dataset. Null in the entry of an unknown one."""


class Health(TypedDict):
    """Whether the server is up."""

    status: str
    """State of the server, for example `healthy`."""


class ManifestItem(TypedDict):
    """An item of a dataset, which is a file."""

    hash: str
    """Hash of the content, computed by the hash function of the manifest."""
    relpath: str
    """Path within the dataset, with slashes."""
    size_in_bytes: int
    """Size, in bytes."""
    utc_timestamp: float
    """When the file was last modified, in seconds since 1970-01-01 UTC."""


class Manifest(TypedDict):
    """The items of a dataset."""

    dtoolcore_version: str
    """Version of dtoolcore that wrote the manifest."""
    hash_function: str
    """Function that computes the hashes, for example `md5sum_hexdigest`."""
    items: dict[str, ManifestItem]
    """Items by identifier, which is the SHA-1 hash of the relative path."""


class MongoDataset(TypedDict):
    """A dataset as found by a direct MongoDB query."""

    base_uri: str
    """Storage location that holds the dataset, such as a bucket or a share."""
    created_at: float
    """When the dataset was created, in seconds since 1970-01-01 UTC."""
    creator_username: str
    """Name of the user who created the dataset."""
    dtoolcore_version: NotRequired[str]
    """Version of dtoolcore that created the dataset. Only for datasets that the server indexed
    itself.
    """
    frozen_at: float
    """When the dataset was frozen, in seconds since 1970-01-01 UTC."""
    name: str
    """Name of the dataset."""
    number_of_items: NotRequired[int | None]
    """Number of items. Null or missing if it wasn't registered."""
    size_in_bytes: NotRequired[int | None]
    """Size of all items, in bytes. Null or missing if it wasn't registered."""
    tags: list[str]
    """Labels of the dataset."""
    type: str
    """Always `dataset`."""
    uploaded_at: NotRequired[float | None]
    """When the dataset was registered."""
    uploaded_by: NotRequired[str | None]
    """Name of the user who registered the dataset."""
    uri: str
    """Address of this copy of the dataset, made of its base URI and its UUID."""
    uuid: str
    """UUID of the dataset, the same for all of its copies."""


class Pagination(TypedDict):
    """Number of a page, and of all pages.

    An empty list has `total` and `total_pages` only.
    """

    first_page: NotRequired[int]
    """Number of the first page, which is 1."""
    last_page: NotRequired[int]
    """Number of the last page."""
    next_page: NotRequired[int]
    """Number of the next page. Missing on the last page."""
    page: NotRequired[int]
    """Number of this page. Missing past the last page."""
    previous_page: NotRequired[int]
    """Number of the previous page. Missing on the first page."""
    total: int
    """Number of entries on all pages."""
    total_pages: int
    """Number of pages."""


class SignedItemUrl(TypedDict):
    """A URL to read one item of a dataset from its storage."""

    expiry_seconds: int
    """Validity of the URLs, in seconds."""
    expiry_timestamp: str
    """When the URLs expire, as ISO 8601 text."""
    identifier: str
    """Identifier of the item."""
    uri: str
    """URI of the dataset."""
    url: str
    """URL of the item."""


class SignedUrls(TypedDict):
    """URLs to read all of a dataset from its storage."""

    admin_metadata_url: str
    """URL of the administrative metadata."""
    annotation_urls: dict[str, str]
    """URLs of the annotations by name."""
    expiry_seconds: int
    """Validity of the URLs, in seconds."""
    expiry_timestamp: str
    """When the URLs expire, as ISO 8601 text."""
    item_urls: dict[str, str]
    """URLs of the items by identifier."""
    manifest_url: str
    """URL of the manifest."""
    overlay_urls: dict[str, str]
    """URLs of the overlays by name."""
    readme_url: str
    """URL of the README."""
    tags: list[str]
    """Tags of the dataset."""
    uri: str
    """URI of the dataset."""


class Sorting(TypedDict):
    """How a list is sorted."""

    sort: dict[str, int]
    """Direction by field, the most important field first: 1 ascending, -1 descending."""


class Summary(TypedDict):
    """Counts and sizes of all datasets that a user may search."""

    base_uris: list[str]
    """Base URIs that hold at least one of the datasets."""
    creator_usernames: list[str]
    """Names of the users who created at least one of the datasets."""
    datasets_per_base_uri: dict[str, int]
    """Number of datasets by base URI."""
    datasets_per_creator: dict[str, int]
    """Number of datasets by name of their creator."""
    datasets_per_tag: dict[str, int]
    """Number of datasets by tag."""
    datasets_per_uploader: NotRequired[dict[str, int]]
    """Number of datasets by name of the user who registered them."""
    number_of_datasets: int
    """Number of datasets."""
    size_in_bytes_per_base_uri: dict[str, int]
    """Size of all items by base URI, in bytes."""
    size_in_bytes_per_creator: dict[str, int]
    """Size of all items by name of the creator of the dataset, in bytes."""
    size_in_bytes_per_tag: dict[str, int]
    """Size of all items by tag of the dataset, in bytes."""
    size_in_bytes_per_uploader: NotRequired[dict[str, int]]
    """Size of all items by name of the user who registered the dataset, in bytes."""
    tags: list[str]
    """Tags that at least one of the datasets has."""
    total_size_in_bytes: int
    """Size of all items of all datasets, in bytes."""
    uploaders: NotRequired[list[str]]
    """Names of the users who registered at least one of the datasets."""


class UploadComplete(TypedDict):
    """The dataset that has been registered after its upload."""

    name: str
    """Name of the dataset."""
    status: str
    """State of the dataset, always `registered`."""
    uri: str
    """URI of the dataset."""
    uuid: str
    """UUID of the dataset."""


class UploadItem(TypedDict):
    """An item to upload, as it will be in the manifest."""

    hash: str
    """Hash of the content, computed by the hash function."""
    relpath: str
    """Path within the dataset, with slashes."""
    size_in_bytes: int
    """Size, in bytes."""
    utc_timestamp: float
    """When the file was last modified, in seconds since 1970-01-01 UTC."""


class UploadItemUrl(TypedDict):
    """Where to upload one item."""

    headers: NotRequired[dict[str, str]]
    """Headers to send with the content, exactly as they are."""
    relpath: str
    """Path within the dataset, with slashes."""
    url: str
    """URL to PUT the content to."""


class UploadTargets(TypedDict):
    """Where to upload README and items."""

    items: dict[str, UploadItemUrl]
    """Where to upload the items by identifier."""
    readme: str
    """URL to PUT the README to."""


class UploadUrls(TypedDict):
    """URLs to write a dataset to its storage."""

    base_uri: str
    """Storage location that will hold the dataset."""
    expiry_seconds: int
    """Validity of the URLs, in seconds."""
    expiry_timestamp: str
    """When the URLs expire, as ISO 8601 text."""
    upload_urls: UploadTargets
    """Where to upload README and items."""
    uri: str
    """URI that the dataset will have."""
    uuid: str
    """UUID of the dataset."""


class User(TypedDict):
    """A registered user.

    In lists of users, without permissions.
    """

    display_name: NotRequired[str | None]
    """Display name of the user."""
    is_admin: bool
    """Whether the user is an administrator of the server."""
    register_permissions_on_base_uris: NotRequired[list[str]]
    """Base URIs in which the user may register and delete datasets."""
    search_permissions_on_base_uris: NotRequired[list[str]]
    """Base URIs whose datasets the user may find and read."""
    username: str
    """Name of the user."""
