from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="User")


@_attrs_define
class User:
    """A registered user. In lists of users, without permissions."""

    is_admin: bool
    """ Whether the user is an administrator of the server. """
    username: str
    """ Name of the user. """
    display_name: None | str | Unset = UNSET
    """ Display name of the user. """
    register_permissions_on_base_uris: list[str] | Unset = UNSET
    """ Base URIs in which the user may register and delete datasets. """
    search_permissions_on_base_uris: list[str] | Unset = UNSET
    """ Base URIs whose datasets the user may find and read. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        is_admin = self.is_admin

        username = self.username

        display_name: None | str | Unset
        if isinstance(self.display_name, Unset):
            display_name = UNSET
        else:
            display_name = self.display_name

        register_permissions_on_base_uris: list[str] | Unset = UNSET
        if not isinstance(self.register_permissions_on_base_uris, Unset):
            register_permissions_on_base_uris = self.register_permissions_on_base_uris

        search_permissions_on_base_uris: list[str] | Unset = UNSET
        if not isinstance(self.search_permissions_on_base_uris, Unset):
            search_permissions_on_base_uris = self.search_permissions_on_base_uris

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "is_admin": is_admin,
                "username": username,
            }
        )
        if display_name is not UNSET:
            field_dict["display_name"] = display_name
        if register_permissions_on_base_uris is not UNSET:
            field_dict["register_permissions_on_base_uris"] = (
                register_permissions_on_base_uris
            )
        if search_permissions_on_base_uris is not UNSET:
            field_dict["search_permissions_on_base_uris"] = (
                search_permissions_on_base_uris
            )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        is_admin = d.pop("is_admin")

        username = d.pop("username")

        def _parse_display_name(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        display_name = _parse_display_name(d.pop("display_name", UNSET))

        register_permissions_on_base_uris = cast(
            list[str], d.pop("register_permissions_on_base_uris", UNSET)
        )

        search_permissions_on_base_uris = cast(
            list[str], d.pop("search_permissions_on_base_uris", UNSET)
        )

        user = cls(
            is_admin=is_admin,
            username=username,
            display_name=display_name,
            register_permissions_on_base_uris=register_permissions_on_base_uris,
            search_permissions_on_base_uris=search_permissions_on_base_uris,
        )

        user.additional_properties = d
        return user

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
