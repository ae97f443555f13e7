from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="SignedItemUrl")


@_attrs_define
class SignedItemUrl:
    """A URL to read one item of a dataset from its storage."""

    expiry_seconds: int
    """ Validity of the URLs, in seconds. """
    expiry_timestamp: str
    """ When the URLs expire, as ISO 8601 text. """
    identifier: str
    """ Identifier of the item. """
    uri: str
    """ URI of the dataset. """
    url: str
    """ URL of the item. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        expiry_seconds = self.expiry_seconds

        expiry_timestamp = self.expiry_timestamp

        identifier = self.identifier

        uri = self.uri

        url = self.url

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "expiry_seconds": expiry_seconds,
                "expiry_timestamp": expiry_timestamp,
                "identifier": identifier,
                "uri": uri,
                "url": url,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        expiry_seconds = d.pop("expiry_seconds")

        expiry_timestamp = d.pop("expiry_timestamp")

        identifier = d.pop("identifier")

        uri = d.pop("uri")

        url = d.pop("url")

        signed_item_url = cls(
            expiry_seconds=expiry_seconds,
            expiry_timestamp=expiry_timestamp,
            identifier=identifier,
            uri=uri,
            url=url,
        )

        signed_item_url.additional_properties = d
        return signed_item_url

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
