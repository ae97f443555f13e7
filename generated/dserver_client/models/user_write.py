from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="UserWrite")


@_attrs_define
class UserWrite:
    """What can be set of a user."""

    is_admin: bool
    """ Whether the user is administrator of the server. """

    def to_dict(self) -> dict[str, Any]:
        is_admin = self.is_admin

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "is_admin": is_admin,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        is_admin = d.pop("is_admin")

        user_write = cls(
            is_admin=is_admin,
        )

        return user_write
