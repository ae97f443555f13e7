from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define

T = TypeVar("T", bound="DependencyKeysRequest")


@_attrs_define
class DependencyKeysRequest:
    """Where to look for links to source datasets."""

    dependency_keys: list[str]
    """ Fields that hold the UUIDs of source datasets, for example `readme.derived_from.uuid`. At least one, and
    each only once. """

    def to_dict(self) -> dict[str, Any]:
        dependency_keys = self.dependency_keys

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "dependency_keys": dependency_keys,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        dependency_keys = cast(list[str], d.pop("dependency_keys"))

        dependency_keys_request = cls(
            dependency_keys=dependency_keys,
        )

        return dependency_keys_request
