from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="BaseUriWithPermissions")


@_attrs_define
class BaseUriWithPermissions:
    """A registered base URI and who has permissions on it."""

    base_uri: str
    """ Storage location of datasets, such as a bucket or a share. """
    users_with_register_permissions: list[str]
    """ Names of the users who may register and delete datasets in it. """
    users_with_search_permissions: list[str]
    """ Names of the users who may find and read its datasets. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        base_uri = self.base_uri

        users_with_register_permissions = self.users_with_register_permissions

        users_with_search_permissions = self.users_with_search_permissions

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "base_uri": base_uri,
                "users_with_register_permissions": users_with_register_permissions,
                "users_with_search_permissions": users_with_search_permissions,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        base_uri = d.pop("base_uri")

        users_with_register_permissions = cast(
            list[str], d.pop("users_with_register_permissions")
        )

        users_with_search_permissions = cast(
            list[str], d.pop("users_with_search_permissions")
        )

        base_uri_with_permissions = cls(
            base_uri=base_uri,
            users_with_register_permissions=users_with_register_permissions,
            users_with_search_permissions=users_with_search_permissions,
        )

        base_uri_with_permissions.additional_properties = d
        return base_uri_with_permissions

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
