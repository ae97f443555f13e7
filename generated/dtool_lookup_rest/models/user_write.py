from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="UserWrite")


@_attrs_define
class UserWrite:
    """The properties of a user that can be set."""

    is_admin: bool
    """ Whether the user is an administrator of the server. """
    display_name: None | str | Unset = UNSET
    """ Display name of the user. Kept if missing. """

    def to_dict(self) -> dict[str, Any]:
        is_admin = self.is_admin

        display_name: None | str | Unset
        if isinstance(self.display_name, Unset):
            display_name = UNSET
        else:
            display_name = self.display_name

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "is_admin": is_admin,
            }
        )
        if display_name is not UNSET:
            field_dict["display_name"] = display_name

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        is_admin = d.pop("is_admin")

        def _parse_display_name(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        display_name = _parse_display_name(d.pop("display_name", UNSET))

        user_write = cls(
            is_admin=is_admin,
            display_name=display_name,
        )

        return user_write
