from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define

T = TypeVar("T", bound="BaseUriPermissions")


@_attrs_define
class BaseUriPermissions:
    """Who has permissions on a base URI. Replaces both lists."""

    users_with_register_permissions: list[str]
    """ Names of the users who may register and delete datasets in it. """
    users_with_search_permissions: list[str]
    """ Names of the users who may find and read its datasets. """

    def to_dict(self) -> dict[str, Any]:
        users_with_register_permissions = self.users_with_register_permissions

        users_with_search_permissions = self.users_with_search_permissions

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "users_with_register_permissions": users_with_register_permissions,
                "users_with_search_permissions": users_with_search_permissions,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        users_with_register_permissions = cast(
            list[str], d.pop("users_with_register_permissions")
        )

        users_with_search_permissions = cast(
            list[str], d.pop("users_with_search_permissions")
        )

        base_uri_permissions = cls(
            users_with_register_permissions=users_with_register_permissions,
            users_with_search_permissions=users_with_search_permissions,
        )

        return base_uri_permissions
