from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.upload_item_url_headers import UploadItemUrlHeaders


T = TypeVar("T", bound="UploadItemUrl")


@_attrs_define
class UploadItemUrl:
    """Where to upload one item."""

    relpath: str
    """ Path within the dataset, with slashes. """
    url: str
    """ URL to PUT the content to. """
    headers: UploadItemUrlHeaders | Unset = UNSET
    """ Headers to send with the content, exactly as they are. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        relpath = self.relpath

        url = self.url

        headers: dict[str, Any] | Unset = UNSET
        if not isinstance(self.headers, Unset):
            headers = self.headers.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "relpath": relpath,
                "url": url,
            }
        )
        if headers is not UNSET:
            field_dict["headers"] = headers

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.upload_item_url_headers import UploadItemUrlHeaders

        d = dict(src_dict)
        relpath = d.pop("relpath")

        url = d.pop("url")

        _headers = d.pop("headers", UNSET)
        headers: UploadItemUrlHeaders | Unset
        if isinstance(_headers, Unset):
            headers = UNSET
        else:
            headers = UploadItemUrlHeaders.from_dict(_headers)

        upload_item_url = cls(
            relpath=relpath,
            url=url,
            headers=headers,
        )

        upload_item_url.additional_properties = d
        return upload_item_url

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
