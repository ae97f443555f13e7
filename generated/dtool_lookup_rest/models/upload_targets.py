from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.upload_targets_items import UploadTargetsItems


T = TypeVar("T", bound="UploadTargets")


@_attrs_define
class UploadTargets:
    """Where to upload README and items."""

    items: UploadTargetsItems
    """ Where to upload the items by identifier. """
    readme: str
    """ URL to PUT the README to. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        items = self.items.to_dict()

        readme = self.readme

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "items": items,
                "readme": readme,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.upload_targets_items import UploadTargetsItems

        d = dict(src_dict)
        items = UploadTargetsItems.from_dict(d.pop("items"))

        readme = d.pop("readme")

        upload_targets = cls(
            items=items,
            readme=readme,
        )

        upload_targets.additional_properties = d
        return upload_targets

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
