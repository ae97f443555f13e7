from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define

T = TypeVar("T", bound="MeUpdate")


@_attrs_define
class MeUpdate:
    """The properties that users can change in their own profiles."""

    display_name: None | str
    """ Display name of the user. Cleared if null or missing. """

    def to_dict(self) -> dict[str, Any]:
        display_name: None | str
        display_name = self.display_name

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "display_name": display_name,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)

        def _parse_display_name(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        display_name = _parse_display_name(d.pop("display_name"))

        me_update = cls(
            display_name=display_name,
        )

        return me_update
