from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="ReadmeRequest")


@_attrs_define
class ReadmeRequest:
    """A new README."""

    readme: str
    """ README as text, YAML by convention. """

    def to_dict(self) -> dict[str, Any]:
        readme = self.readme

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "readme": readme,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        readme = d.pop("readme")

        readme_request = cls(
            readme=readme,
        )

        return readme_request
