from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="UploadCompleteRequest")


@_attrs_define
class UploadCompleteRequest:
    """The dataset that has been uploaded."""

    uri: str
    """ URI of the dataset. """

    def to_dict(self) -> dict[str, Any]:
        uri = self.uri

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "uri": uri,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        uri = d.pop("uri")

        upload_complete_request = cls(
            uri=uri,
        )

        return upload_complete_request
