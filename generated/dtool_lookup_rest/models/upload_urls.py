from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.upload_targets import UploadTargets


T = TypeVar("T", bound="UploadUrls")


@_attrs_define
class UploadUrls:
    """URLs to write a dataset to its storage."""

    base_uri: str
    """ Storage location that will hold the dataset. """
    expiry_seconds: int
    """ Validity of the URLs, in seconds. """
    expiry_timestamp: str
    """ When the URLs expire, as ISO 8601 text. """
    upload_urls: UploadTargets
    """ Where to upload README and items. """
    uri: str
    """ URI that the dataset will have. """
    uuid: str
    """ UUID of the dataset. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        base_uri = self.base_uri

        expiry_seconds = self.expiry_seconds

        expiry_timestamp = self.expiry_timestamp

        upload_urls = self.upload_urls.to_dict()

        uri = self.uri

        uuid = self.uuid

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "base_uri": base_uri,
                "expiry_seconds": expiry_seconds,
                "expiry_timestamp": expiry_timestamp,
                "upload_urls": upload_urls,
                "uri": uri,
                "uuid": uuid,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.upload_targets import UploadTargets

        d = dict(src_dict)
        base_uri = d.pop("base_uri")

        expiry_seconds = d.pop("expiry_seconds")

        expiry_timestamp = d.pop("expiry_timestamp")

        upload_urls = UploadTargets.from_dict(d.pop("upload_urls"))

        uri = d.pop("uri")

        uuid = d.pop("uuid")

        upload_urls = cls(
            base_uri=base_uri,
            expiry_seconds=expiry_seconds,
            expiry_timestamp=expiry_timestamp,
            upload_urls=upload_urls,
            uri=uri,
            uuid=uuid,
        )

        upload_urls.additional_properties = d
        return upload_urls

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
