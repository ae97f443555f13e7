# Derived by `make generate` from openapi.yaml: do not edit.
"""What calls return, as classes with attributes.

Times are seconds since 1970-01-01 UTC, sizes are bytes. What the server left out is None.
"""

from collections.abc import Mapping
from typing import Any, Self

from attrs import define

from ..core.models import Model

__all__ = [
    "BaseUri",
    "BaseUriWithPermissions",
    "Dataset",
    "GraphDataset",
    "Health",
    "Manifest",
    "ManifestItem",
    "MongoDataset",
    "SignedItemUrl",
    "SignedUrls",
    "Summary",
    "UploadComplete",
    "UploadItemUrl",
    "UploadTargets",
    "UploadUrls",
    "User",
]


@define(kw_only=True)
class BaseUri(Model):
    """A registered base URI."""

    base_uri: str
    """Storage location of datasets, such as a bucket or a share."""

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Self:
        """Return the ``BaseUri`` that a dict describes."""
        rest = dict(value)
        return cls(base_uri=rest.pop("base_uri"), additional_properties=rest)


@define(kw_only=True)
class BaseUriWithPermissions(Model):
    """A registered base URI and who has permissions on it."""

    base_uri: str
    """Storage location of datasets, such as a bucket or a share."""
    users_with_register_permissions: list[str]
    """Names of the users who may register and delete datasets in it."""
    users_with_search_permissions: list[str]
    """Names of the users who may find and read its datasets."""

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Self:
        """Return the ``BaseUriWithPermissions`` that a dict describes."""
        rest = dict(value)
        return cls(
            base_uri=rest.pop("base_uri"),
            users_with_register_permissions=rest.pop("users_with_register_permissions"),
            users_with_search_permissions=rest.pop("users_with_search_permissions"),
            additional_properties=rest,
        )


@define(kw_only=True)
class Dataset(Model):
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
    number_of_items: int | None = None
    """Number of items. None if it wasn't registered."""
    size_in_bytes: int | None = None
    """Size of all items, in bytes. None if it wasn't registered."""
    uploaded_at: float | None = None
    """When the dataset was registered, in seconds since 1970-01-01 UTC."""
    uploaded_by: str | None = None
    """Name of the user who registered the dataset."""
    uri: str
    """Address of this copy of the dataset, made of its base URI and its UUID."""
    uuid: str
    """UUID of the dataset, the same for all of its copies."""

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Self:
        """Return the ``Dataset`` that a dict describes."""
        rest = dict(value)
        return cls(
            base_uri=rest.pop("base_uri"),
            created_at=rest.pop("created_at"),
            creator_username=rest.pop("creator_username"),
            frozen_at=rest.pop("frozen_at"),
            name=rest.pop("name"),
            number_of_items=rest.pop("number_of_items", None),
            size_in_bytes=rest.pop("size_in_bytes", None),
            uploaded_at=rest.pop("uploaded_at", None),
            uploaded_by=rest.pop("uploaded_by", None),
            uri=rest.pop("uri"),
            uuid=rest.pop("uuid"),
            additional_properties=rest,
        )


@define(kw_only=True)
class GraphDataset(Model):
    """A dataset in a dependency graph.

    The entry of an unknown UUID lacks most keys.
    """

    base_uri: str | None = None
    """Storage location that holds the dataset, such as a bucket or a share."""
    created_at: float | None = None
    """When the dataset was created, in seconds since 1970-01-01 UTC."""
    creator_username: str | None = None
    """Name of the user who created the dataset."""
    derived_from: list[str]
    """UUIDs of the datasets that this one is derived from."""
    dtoolcore_version: str | None = None
    """Version of dtoolcore that created the dataset. Only for datasets that the server indexed
    itself.
    """
    frozen_at: float | None = None
    """When the dataset was frozen, in seconds since 1970-01-01 UTC."""
    name: str | None = None
    """Name of the dataset."""
    number_of_items: int | None = None
    """Number of items. None if it wasn't registered."""
    size_in_bytes: int | None = None
    """Size of all items, in bytes. None if it wasn't registered."""
    tags: list[str] | None = None
    """Labels of the dataset."""
    type: str | None = None
    """Always `dataset`."""
    uploaded_at: float | None = None
    """When the dataset was registered."""
    uploaded_by: str | None = None
    """Name of the user who registered the dataset."""
    uri: str | None = None
    """Address of this copy of the dataset, made of its base URI and its UUID."""
    uuid: str | None = None
    """UUID of the dataset. None in the entry of an unknown one."""

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Self:
        """Return the ``GraphDataset`` that a dict describes."""
        rest = dict(value)
        return cls(
            base_uri=rest.pop("base_uri", None),
            created_at=rest.pop("created_at", None),
            creator_username=rest.pop("creator_username", None),
            derived_from=rest.pop("derived_from"),
            dtoolcore_version=rest.pop("dtoolcore_version", None),
            frozen_at=rest.pop("frozen_at", None),
            name=rest.pop("name", None),
            number_of_items=rest.pop("number_of_items", None),
            size_in_bytes=rest.pop("size_in_bytes", None),
            tags=rest.pop("tags", None),
            type=rest.pop("type", None),
            uploaded_at=rest.pop("uploaded_at", None),
            uploaded_by=rest.pop("uploaded_by", None),
            uri=rest.pop("uri", None),
            uuid=rest.pop("uuid", None),
            additional_properties=rest,
        )


@define(kw_only=True)
class Health(Model):
    """Whether the server is up."""

    status: str
    """State of the server, for example `healthy`."""

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Self:
        """Return the ``Health`` that a dict describes."""
        rest = dict(value)
        return cls(status=rest.pop("status"), additional_properties=rest)


@define(kw_only=True)
class ManifestItem(Model):
    """An item of a dataset, which is a file."""

    hash: str
    """Hash of the content, computed by the hash function of the manifest."""
    relpath: str
    """Path within the dataset, with slashes."""
    size_in_bytes: int
    """Size, in bytes."""
    utc_timestamp: float
    """When the file was last modified, in seconds since 1970-01-01 UTC."""

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Self:
        """Return the ``ManifestItem`` that a dict describes."""
        rest = dict(value)
        return cls(
            hash=rest.pop("hash"),
            relpath=rest.pop("relpath"),
            size_in_bytes=rest.pop("size_in_bytes"),
            utc_timestamp=rest.pop("utc_timestamp"),
            additional_properties=rest,
        )


@define(kw_only=True)
class Manifest(Model):
    """The items of a dataset."""

    dtoolcore_version: str
    """Version of dtoolcore that wrote the manifest."""
    hash_function: str
    """Function that computes the hashes, for example `md5sum_hexdigest`."""
    items: dict[str, ManifestItem]
    """Items by identifier, which is the SHA-1 hash of the relative path."""

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Self:
        """Return the ``Manifest`` that a dict describes."""
        rest = dict(value)
        return cls(
            dtoolcore_version=rest.pop("dtoolcore_version"),
            hash_function=rest.pop("hash_function"),
            items={key: ManifestItem.from_dict(each) for key, each in rest.pop("items").items()},
            additional_properties=rest,
        )


@define(kw_only=True)
class MongoDataset(Model):
    """A dataset as found by a direct MongoDB query."""

    base_uri: str
    """Storage location that holds the dataset, such as a bucket or a share."""
    created_at: float
    """When the dataset was created, in seconds since 1970-01-01 UTC."""
    creator_username: str
    """Name of the user who created the dataset."""
    dtoolcore_version: str | None = None
    """Version of dtoolcore that created the dataset. Only for datasets that the server indexed
    itself.
    """
    frozen_at: float
    """When the dataset was frozen, in seconds since 1970-01-01 UTC."""
    name: str
    """Name of the dataset."""
    number_of_items: int | None = None
    """Number of items. None if it wasn't registered."""
    size_in_bytes: int | None = None
    """Size of all items, in bytes. None if it wasn't registered."""
    tags: list[str]
    """Labels of the dataset."""
    type: str
    """Always `dataset`."""
    uploaded_at: float | None = None
    """When the dataset was registered."""
    uploaded_by: str | None = None
    """Name of the user who registered the dataset."""
    uri: str
    """Address of this copy of the dataset, made of its base URI and its UUID."""
    uuid: str
    """UUID of the dataset, the same for all of its copies."""

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Self:
        """Return the ``MongoDataset`` that a dict describes."""
        rest = dict(value)
        return cls(
            base_uri=rest.pop("base_uri"),
            created_at=rest.pop("created_at"),
            creator_username=rest.pop("creator_username"),
            dtoolcore_version=rest.pop("dtoolcore_version", None),
            frozen_at=rest.pop("frozen_at"),
            name=rest.pop("name"),
            number_of_items=rest.pop("number_of_items", None),
            size_in_bytes=rest.pop("size_in_bytes", None),
            tags=rest.pop("tags"),
            type=rest.pop("type"),
            uploaded_at=rest.pop("uploaded_at", None),
            uploaded_by=rest.pop("uploaded_by", None),
            uri=rest.pop("uri"),
            uuid=rest.pop("uuid"),
            additional_properties=rest,
        )


@define(kw_only=True)
class SignedItemUrl(Model):
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

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Self:
        """Return the ``SignedItemUrl`` that a dict describes."""
        rest = dict(value)
        return cls(
            expiry_seconds=rest.pop("expiry_seconds"),
            expiry_timestamp=rest.pop("expiry_timestamp"),
            identifier=rest.pop("identifier"),
            uri=rest.pop("uri"),
            url=rest.pop("url"),
            additional_properties=rest,
        )


@define(kw_only=True)
class SignedUrls(Model):
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

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Self:
        """Return the ``SignedUrls`` that a dict describes."""
        rest = dict(value)
        return cls(
            admin_metadata_url=rest.pop("admin_metadata_url"),
            annotation_urls=rest.pop("annotation_urls"),
            expiry_seconds=rest.pop("expiry_seconds"),
            expiry_timestamp=rest.pop("expiry_timestamp"),
            item_urls=rest.pop("item_urls"),
            manifest_url=rest.pop("manifest_url"),
            overlay_urls=rest.pop("overlay_urls"),
            readme_url=rest.pop("readme_url"),
            tags=rest.pop("tags"),
            uri=rest.pop("uri"),
            additional_properties=rest,
        )


@define(kw_only=True)
class Summary(Model):
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
    datasets_per_uploader: dict[str, int] | None = None
    """Number of datasets by name of the user who registered them."""
    number_of_datasets: int
    """Number of datasets."""
    size_in_bytes_per_base_uri: dict[str, int]
    """Size of all items by base URI, in bytes."""
    size_in_bytes_per_creator: dict[str, int]
    """Size of all items by name of the creator of the dataset, in bytes."""
    size_in_bytes_per_tag: dict[str, int]
    """Size of all items by tag of the dataset, in bytes."""
    size_in_bytes_per_uploader: dict[str, int] | None = None
    """Size of all items by name of the user who registered the dataset, in bytes."""
    tags: list[str]
    """Tags that at least one of the datasets has."""
    total_size_in_bytes: int
    """Size of all items of all datasets, in bytes."""
    uploaders: list[str] | None = None
    """Names of the users who registered at least one of the datasets."""

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Self:
        """Return the ``Summary`` that a dict describes."""
        rest = dict(value)
        return cls(
            base_uris=rest.pop("base_uris"),
            creator_usernames=rest.pop("creator_usernames"),
            datasets_per_base_uri=rest.pop("datasets_per_base_uri"),
            datasets_per_creator=rest.pop("datasets_per_creator"),
            datasets_per_tag=rest.pop("datasets_per_tag"),
            datasets_per_uploader=rest.pop("datasets_per_uploader", None),
            number_of_datasets=rest.pop("number_of_datasets"),
            size_in_bytes_per_base_uri=rest.pop("size_in_bytes_per_base_uri"),
            size_in_bytes_per_creator=rest.pop("size_in_bytes_per_creator"),
            size_in_bytes_per_tag=rest.pop("size_in_bytes_per_tag"),
            size_in_bytes_per_uploader=rest.pop("size_in_bytes_per_uploader", None),
            tags=rest.pop("tags"),
            total_size_in_bytes=rest.pop("total_size_in_bytes"),
            uploaders=rest.pop("uploaders", None),
            additional_properties=rest,
        )


@define(kw_only=True)
class UploadComplete(Model):
    """The dataset that has been registered after its upload."""

    name: str
    """Name of the dataset."""
    status: str
    """State of the dataset, always `registered`."""
    uri: str
    """URI of the dataset."""
    uuid: str
    """UUID of the dataset."""

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Self:
        """Return the ``UploadComplete`` that a dict describes."""
        rest = dict(value)
        return cls(
            name=rest.pop("name"),
            status=rest.pop("status"),
            uri=rest.pop("uri"),
            uuid=rest.pop("uuid"),
            additional_properties=rest,
        )


@define(kw_only=True)
class UploadItemUrl(Model):
    """Where to upload one item."""

    headers: dict[str, str] | None = None
    """Headers to send with the content, exactly as they are."""
    relpath: str
    """Path within the dataset, with slashes."""
    url: str
    """URL to PUT the content to."""

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Self:
        """Return the ``UploadItemUrl`` that a dict describes."""
        rest = dict(value)
        return cls(
            headers=rest.pop("headers", None),
            relpath=rest.pop("relpath"),
            url=rest.pop("url"),
            additional_properties=rest,
        )


@define(kw_only=True)
class UploadTargets(Model):
    """Where to upload README and items."""

    items: dict[str, UploadItemUrl]
    """Where to upload the items by identifier."""
    readme: str
    """URL to PUT the README to."""

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Self:
        """Return the ``UploadTargets`` that a dict describes."""
        rest = dict(value)
        return cls(
            items={key: UploadItemUrl.from_dict(each) for key, each in rest.pop("items").items()},
            readme=rest.pop("readme"),
            additional_properties=rest,
        )


@define(kw_only=True)
class UploadUrls(Model):
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

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Self:
        """Return the ``UploadUrls`` that a dict describes."""
        rest = dict(value)
        return cls(
            base_uri=rest.pop("base_uri"),
            expiry_seconds=rest.pop("expiry_seconds"),
            expiry_timestamp=rest.pop("expiry_timestamp"),
            upload_urls=UploadTargets.from_dict(rest.pop("upload_urls")),
            uri=rest.pop("uri"),
            uuid=rest.pop("uuid"),
            additional_properties=rest,
        )


@define(kw_only=True)
class User(Model):
    """A registered user.

    In lists of users, without permissions.
    """

    display_name: str | None = None
    """Display name of the user."""
    is_admin: bool
    """Whether the user is an administrator of the server."""
    register_permissions_on_base_uris: list[str] | None = None
    """Base URIs in which the user may register and delete datasets."""
    search_permissions_on_base_uris: list[str] | None = None
    """Base URIs whose datasets the user may find and read."""
    username: str
    """Name of the user."""

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Self:
        """Return the ``User`` that a dict describes."""
        rest = dict(value)
        return cls(
            display_name=rest.pop("display_name", None),
            is_admin=rest.pop("is_admin"),
            register_permissions_on_base_uris=rest.pop("register_permissions_on_base_uris", None),
            search_permissions_on_base_uris=rest.pop("search_permissions_on_base_uris", None),
            username=rest.pop("username"),
            additional_properties=rest,
        )
