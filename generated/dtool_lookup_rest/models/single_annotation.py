from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="SingleAnnotation")


@_attrs_define
class SingleAnnotation:
    """A new value of an annotation. The server refuses an explicit null, but takes a missing value as null."""

    value: Any | Unset = UNSET
    """ Any JSON value but null. """

    def to_dict(self) -> dict[str, Any]:
        value = self.value

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if value is not UNSET:
            field_dict["value"] = value

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        value = d.pop("value", UNSET)

        single_annotation = cls(
            value=value,
        )

        return single_annotation
