from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="GraphDataset")


@_attrs_define
class GraphDataset:
    """A dataset in a dependency graph. The entry of an unknown UUID lacks most keys."""

    derived_from: list[str]
    """ UUIDs of the datasets that this one is derived from. """
    base_uri: str | Unset = UNSET
    """ Storage location that holds the dataset, such as a bucket or a share. """
    created_at: float | Unset = UNSET
    """ When the dataset was created, in seconds since 1970-01-01 UTC. """
    creator_username: str | Unset = UNSET
    """ Name of the user who created the dataset. """
    dtoolcore_version: str | Unset = UNSET
    """ Version of dtoolcore that created the dataset. Only for datasets that the server indexed itself. """
    frozen_at: float | Unset = UNSET
    """ When the dataset was frozen, in seconds since 1970-01-01 UTC. """
    name: str | Unset = UNSET
    """ Name of the dataset. """
    number_of_items: int | None | Unset = UNSET
    """ Number of items. Null or missing if it wasn't registered. """
    size_in_bytes: int | None | Unset = UNSET
    """ Size of all items, in bytes. Null or missing if it wasn't registered. """
    tags: list[str] | Unset = UNSET
    """ Labels of the dataset. """
    type_: str | Unset = UNSET
    """ Always `dataset`. """
    uploaded_at: None | str | Unset = UNSET
    """ When the dataset was registered. """
    uploaded_by: None | str | Unset = UNSET
    """ Name of the user who registered the dataset. """
    uri: str | Unset = UNSET
    """ Address of this copy of the dataset, made of its base URI and its UUID. """
    uuid: None | str | Unset = UNSET
    """ UUID of the dataset. Null in the entry of an unknown one. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        derived_from = self.derived_from

        base_uri = self.base_uri

        created_at = self.created_at

        creator_username = self.creator_username

        dtoolcore_version = self.dtoolcore_version

        frozen_at = self.frozen_at

        name = self.name

        number_of_items: int | None | Unset
        if isinstance(self.number_of_items, Unset):
            number_of_items = UNSET
        else:
            number_of_items = self.number_of_items

        size_in_bytes: int | None | Unset
        if isinstance(self.size_in_bytes, Unset):
            size_in_bytes = UNSET
        else:
            size_in_bytes = self.size_in_bytes

        tags: list[str] | Unset = UNSET
        if not isinstance(self.tags, Unset):
            tags = self.tags

        type_ = self.type_

        uploaded_at: None | str | Unset
        if isinstance(self.uploaded_at, Unset):
            uploaded_at = UNSET
        else:
            uploaded_at = self.uploaded_at

        uploaded_by: None | str | Unset
        if isinstance(self.uploaded_by, Unset):
            uploaded_by = UNSET
        else:
            uploaded_by = self.uploaded_by

        uri = self.uri

        uuid: None | str | Unset
        if isinstance(self.uuid, Unset):
            uuid = UNSET
        else:
            uuid = self.uuid

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "derived_from": derived_from,
            }
        )
        if base_uri is not UNSET:
            field_dict["base_uri"] = base_uri
        if created_at is not UNSET:
            field_dict["created_at"] = created_at
        if creator_username is not UNSET:
            field_dict["creator_username"] = creator_username
        if dtoolcore_version is not UNSET:
            field_dict["dtoolcore_version"] = dtoolcore_version
        if frozen_at is not UNSET:
            field_dict["frozen_at"] = frozen_at
        if name is not UNSET:
            field_dict["name"] = name
        if number_of_items is not UNSET:
            field_dict["number_of_items"] = number_of_items
        if size_in_bytes is not UNSET:
            field_dict["size_in_bytes"] = size_in_bytes
        if tags is not UNSET:
            field_dict["tags"] = tags
        if type_ is not UNSET:
            field_dict["type"] = type_
        if uploaded_at is not UNSET:
            field_dict["uploaded_at"] = uploaded_at
        if uploaded_by is not UNSET:
            field_dict["uploaded_by"] = uploaded_by
        if uri is not UNSET:
            field_dict["uri"] = uri
        if uuid is not UNSET:
            field_dict["uuid"] = uuid

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        derived_from = cast(list[str], d.pop("derived_from"))

        base_uri = d.pop("base_uri", UNSET)

        created_at = d.pop("created_at", UNSET)

        creator_username = d.pop("creator_username", UNSET)

        dtoolcore_version = d.pop("dtoolcore_version", UNSET)

        frozen_at = d.pop("frozen_at", UNSET)

        name = d.pop("name", UNSET)

        def _parse_number_of_items(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        number_of_items = _parse_number_of_items(d.pop("number_of_items", UNSET))

        def _parse_size_in_bytes(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        size_in_bytes = _parse_size_in_bytes(d.pop("size_in_bytes", UNSET))

        tags = cast(list[str], d.pop("tags", UNSET))

        type_ = d.pop("type", UNSET)

        def _parse_uploaded_at(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        uploaded_at = _parse_uploaded_at(d.pop("uploaded_at", UNSET))

        def _parse_uploaded_by(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        uploaded_by = _parse_uploaded_by(d.pop("uploaded_by", UNSET))

        uri = d.pop("uri", UNSET)

        def _parse_uuid(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        uuid = _parse_uuid(d.pop("uuid", UNSET))

        graph_dataset = cls(
            derived_from=derived_from,
            base_uri=base_uri,
            created_at=created_at,
            creator_username=creator_username,
            dtoolcore_version=dtoolcore_version,
            frozen_at=frozen_at,
            name=name,
            number_of_items=number_of_items,
            size_in_bytes=size_in_bytes,
            tags=tags,
            type_=type_,
            uploaded_at=uploaded_at,
            uploaded_by=uploaded_by,
            uri=uri,
            uuid=uuid,
        )

        graph_dataset.additional_properties = d
        return graph_dataset

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
