from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="ManifestItem")


@_attrs_define
class ManifestItem:
    """An item of a dataset, which is a file."""

    hash_: str
    """ Hash of the content, computed by the hash function of the manifest. """
    relpath: str
    """ Path within the dataset, with slashes. """
    size_in_bytes: int
    """ Size, in bytes. """
    utc_timestamp: float
    """ When the file was last modified, in seconds since 1970-01-01 UTC. """

    def to_dict(self) -> dict[str, Any]:
        hash_ = self.hash_

        relpath = self.relpath

        size_in_bytes = self.size_in_bytes

        utc_timestamp = self.utc_timestamp

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "hash": hash_,
                "relpath": relpath,
                "size_in_bytes": size_in_bytes,
                "utc_timestamp": utc_timestamp,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        hash_ = d.pop("hash")

        relpath = d.pop("relpath")

        size_in_bytes = d.pop("size_in_bytes")

        utc_timestamp = d.pop("utc_timestamp")

        manifest_item = cls(
            hash_=hash_,
            relpath=relpath,
            size_in_bytes=size_in_bytes,
            utc_timestamp=utc_timestamp,
        )

        return manifest_item
