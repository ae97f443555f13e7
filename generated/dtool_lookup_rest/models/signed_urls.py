from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.url_by_name import UrlByName


T = TypeVar("T", bound="SignedUrls")


@_attrs_define
class SignedUrls:
    """URLs to read all of a dataset from its storage."""

    admin_metadata_url: str
    """ URL of the administrative metadata. """
    annotation_urls: UrlByName
    """ Signed URLs by name. """
    expiry_seconds: int
    """ Validity of the URLs, in seconds. """
    expiry_timestamp: str
    """ When the URLs expire, as ISO 8601 text. """
    item_urls: UrlByName
    """ Signed URLs by name. """
    manifest_url: str
    """ URL of the manifest. """
    overlay_urls: UrlByName
    """ Signed URLs by name. """
    readme_url: str
    """ URL of the README. """
    tags: list[str]
    """ Tags of the dataset. """
    uri: str
    """ URI of the dataset. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        admin_metadata_url = self.admin_metadata_url

        annotation_urls = self.annotation_urls.to_dict()

        expiry_seconds = self.expiry_seconds

        expiry_timestamp = self.expiry_timestamp

        item_urls = self.item_urls.to_dict()

        manifest_url = self.manifest_url

        overlay_urls = self.overlay_urls.to_dict()

        readme_url = self.readme_url

        tags = self.tags

        uri = self.uri

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "admin_metadata_url": admin_metadata_url,
                "annotation_urls": annotation_urls,
                "expiry_seconds": expiry_seconds,
                "expiry_timestamp": expiry_timestamp,
                "item_urls": item_urls,
                "manifest_url": manifest_url,
                "overlay_urls": overlay_urls,
                "readme_url": readme_url,
                "tags": tags,
                "uri": uri,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.url_by_name import UrlByName

        d = dict(src_dict)
        admin_metadata_url = d.pop("admin_metadata_url")

        annotation_urls = UrlByName.from_dict(d.pop("annotation_urls"))

        expiry_seconds = d.pop("expiry_seconds")

        expiry_timestamp = d.pop("expiry_timestamp")

        item_urls = UrlByName.from_dict(d.pop("item_urls"))

        manifest_url = d.pop("manifest_url")

        overlay_urls = UrlByName.from_dict(d.pop("overlay_urls"))

        readme_url = d.pop("readme_url")

        tags = cast(list[str], d.pop("tags"))

        uri = d.pop("uri")

        signed_urls = cls(
            admin_metadata_url=admin_metadata_url,
            annotation_urls=annotation_urls,
            expiry_seconds=expiry_seconds,
            expiry_timestamp=expiry_timestamp,
            item_urls=item_urls,
            manifest_url=manifest_url,
            overlay_urls=overlay_urls,
            readme_url=readme_url,
            tags=tags,
            uri=uri,
        )

        signed_urls.additional_properties = d
        return signed_urls

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
