from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.manifest_items import ManifestItems


T = TypeVar("T", bound="Manifest")


@_attrs_define
class Manifest:
    """The items of a dataset."""

    dtoolcore_version: str
    """ Version of dtoolcore that wrote the manifest. """
    hash_function: str
    """ Function that computes the hashes, for example `md5sum_hexdigest`. """
    items: ManifestItems
    """ Items by identifier, which is the SHA-1 hash of the relative path. """

    def to_dict(self) -> dict[str, Any]:
        dtoolcore_version = self.dtoolcore_version

        hash_function = self.hash_function

        items = self.items.to_dict()

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "dtoolcore_version": dtoolcore_version,
                "hash_function": hash_function,
                "items": items,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.manifest_items import ManifestItems

        d = dict(src_dict)
        dtoolcore_version = d.pop("dtoolcore_version")

        hash_function = d.pop("hash_function")

        items = ManifestItems.from_dict(d.pop("items"))

        manifest = cls(
            dtoolcore_version=dtoolcore_version,
            hash_function=hash_function,
            items=items,
        )

        return manifest
