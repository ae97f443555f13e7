from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.json_object import JsonObject
    from ..models.upload_item import UploadItem
    from ..models.upload_request_overlays import UploadRequestOverlays


T = TypeVar("T", bound="UploadRequest")


@_attrs_define
class UploadRequest:
    """The dataset to upload."""

    creator_username: str
    """ Name of the user who created the dataset. """
    frozen_at: float
    """ When the dataset was frozen, in seconds since 1970-01-01 UTC; a number, unlike for registering a dataset.
    """
    name: str
    """ Name of the dataset. """
    uuid: str
    """ UUID of the dataset. """
    annotations: JsonObject | Unset = UNSET
    """ A JSON object with any keys and values. """
    hash_function: str | Unset = UNSET
    """ Function that computes the hashes. The server supports `md5sum_hexdigest`, the default. """
    items: list[UploadItem] | Unset = UNSET
    """ The items; none by default. """
    overlays: UploadRequestOverlays | Unset = UNSET
    """ Overlays by name. Each has values by item identifier. """
    tags: list[str] | Unset = UNSET
    """ Labels of the dataset. """

    def to_dict(self) -> dict[str, Any]:
        creator_username = self.creator_username

        frozen_at = self.frozen_at

        name = self.name

        uuid = self.uuid

        annotations: dict[str, Any] | Unset = UNSET
        if not isinstance(self.annotations, Unset):
            annotations = self.annotations.to_dict()

        hash_function = self.hash_function

        items: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.items, Unset):
            items = []
            for items_item_data in self.items:
                items_item = items_item_data.to_dict()
                items.append(items_item)

        overlays: dict[str, Any] | Unset = UNSET
        if not isinstance(self.overlays, Unset):
            overlays = self.overlays.to_dict()

        tags: list[str] | Unset = UNSET
        if not isinstance(self.tags, Unset):
            tags = self.tags

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "creator_username": creator_username,
                "frozen_at": frozen_at,
                "name": name,
                "uuid": uuid,
            }
        )
        if annotations is not UNSET:
            field_dict["annotations"] = annotations
        if hash_function is not UNSET:
            field_dict["hash_function"] = hash_function
        if items is not UNSET:
            field_dict["items"] = items
        if overlays is not UNSET:
            field_dict["overlays"] = overlays
        if tags is not UNSET:
            field_dict["tags"] = tags

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.json_object import JsonObject
        from ..models.upload_item import UploadItem
        from ..models.upload_request_overlays import UploadRequestOverlays

        d = dict(src_dict)
        creator_username = d.pop("creator_username")

        frozen_at = d.pop("frozen_at")

        name = d.pop("name")

        uuid = d.pop("uuid")

        _annotations = d.pop("annotations", UNSET)
        annotations: JsonObject | Unset
        if isinstance(_annotations, Unset):
            annotations = UNSET
        else:
            annotations = JsonObject.from_dict(_annotations)

        hash_function = d.pop("hash_function", UNSET)

        _items = d.pop("items", UNSET)
        items: list[UploadItem] | Unset = UNSET
        if _items is not UNSET:
            items = []
            for items_item_data in _items:
                items_item = UploadItem.from_dict(items_item_data)

                items.append(items_item)

        _overlays = d.pop("overlays", UNSET)
        overlays: UploadRequestOverlays | Unset
        if isinstance(_overlays, Unset):
            overlays = UNSET
        else:
            overlays = UploadRequestOverlays.from_dict(_overlays)

        tags = cast(list[str], d.pop("tags", UNSET))

        upload_request = cls(
            creator_username=creator_username,
            frozen_at=frozen_at,
            name=name,
            uuid=uuid,
            annotations=annotations,
            hash_function=hash_function,
            items=items,
            overlays=overlays,
            tags=tags,
        )

        return upload_request
