from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.server_versions_versions import ServerVersionsVersions


T = TypeVar("T", bound="ServerVersions")


@_attrs_define
class ServerVersions:
    """Versions of the server and of its plugins."""

    versions: ServerVersionsVersions
    """ Version by Python module, for example `dservercore`. Null if the version of a plugin is unknown. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        versions = self.versions.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "versions": versions,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.server_versions_versions import ServerVersionsVersions

        d = dict(src_dict)
        versions = ServerVersionsVersions.from_dict(d.pop("versions"))

        server_versions = cls(
            versions=versions,
        )

        server_versions.additional_properties = d
        return server_versions

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
