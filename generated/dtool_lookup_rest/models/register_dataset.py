from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define

from ..models.register_dataset_type import (
    RegisterDatasetType,
    check_register_dataset_type,
)
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.json_object import JsonObject
    from ..models.manifest import Manifest


T = TypeVar("T", bound="RegisterDataset")


@_attrs_define
class RegisterDataset:
    """The complete record of a dataset."""

    annotations: JsonObject
    """ A JSON object with any keys and values. """
    base_uri: str
    """ Storage location that holds the dataset, without a slash at its end. """
    creator_username: str
    """ Name of the user who created the dataset. """
    frozen_at: str
    """ When the dataset was frozen, in seconds since 1970-01-01 UTC, as decimal text. """
    manifest: Manifest
    """ The items of a dataset. """
    name: str
    """ Name of the dataset. """
    number_of_items: int
    """ Number of items. """
    readme: str
    """ README as text, YAML by convention. """
    size_in_bytes: int
    """ Size of all items, in bytes. """
    tags: list[str]
    """ Labels of the dataset. """
    type_: RegisterDatasetType
    """ Only frozen datasets can be registered. """
    uri: str
    """ Address of the dataset, the same as in the path. """
    uuid: UUID
    """ UUID of the dataset. """
    created_at: str | Unset = UNSET
    """ When the dataset was created, in seconds since 1970-01-01 UTC, as decimal text. If it is missing, the server
    uses frozen_at. """

    def to_dict(self) -> dict[str, Any]:
        annotations = self.annotations.to_dict()

        base_uri = self.base_uri

        creator_username = self.creator_username

        frozen_at = self.frozen_at

        manifest = self.manifest.to_dict()

        name = self.name

        number_of_items = self.number_of_items

        readme = self.readme

        size_in_bytes = self.size_in_bytes

        tags = self.tags

        type_: str = self.type_

        uri = self.uri

        uuid = str(self.uuid)

        created_at = self.created_at

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "annotations": annotations,
                "base_uri": base_uri,
                "creator_username": creator_username,
                "frozen_at": frozen_at,
                "manifest": manifest,
                "name": name,
                "number_of_items": number_of_items,
                "readme": readme,
                "size_in_bytes": size_in_bytes,
                "tags": tags,
                "type": type_,
                "uri": uri,
                "uuid": uuid,
            }
        )
        if created_at is not UNSET:
            field_dict["created_at"] = created_at

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.json_object import JsonObject
        from ..models.manifest import Manifest

        d = dict(src_dict)
        annotations = JsonObject.from_dict(d.pop("annotations"))

        base_uri = d.pop("base_uri")

        creator_username = d.pop("creator_username")

        frozen_at = d.pop("frozen_at")

        manifest = Manifest.from_dict(d.pop("manifest"))

        name = d.pop("name")

        number_of_items = d.pop("number_of_items")

        readme = d.pop("readme")

        size_in_bytes = d.pop("size_in_bytes")

        tags = cast(list[str], d.pop("tags"))

        type_ = check_register_dataset_type(d.pop("type"))

        uri = d.pop("uri")

        uuid = UUID(d.pop("uuid"))

        created_at = d.pop("created_at", UNSET)

        register_dataset = cls(
            annotations=annotations,
            base_uri=base_uri,
            creator_username=creator_username,
            frozen_at=frozen_at,
            manifest=manifest,
            name=name,
            number_of_items=number_of_items,
            readme=readme,
            size_in_bytes=size_in_bytes,
            tags=tags,
            type_=type_,
            uri=uri,
            uuid=uuid,
            created_at=created_at,
        )

        return register_dataset
