from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.json_object import JsonObject


T = TypeVar("T", bound="QueryDataset")


@_attrs_define
class QueryDataset:
    """A query or pipeline in the language of MongoDB, and filters, all of which must pass. Omitted filters don't exclude
    anything.

    """

    aggregation: list[JsonObject] | Unset = UNSET
    """ Stages of a MongoDB aggregation pipeline, applied to the datasets that pass the filters. """
    base_uris: list[str] | Unset = UNSET
    """ Only datasets in one of these base URIs. """
    creator_usernames: list[str] | Unset = UNSET
    """ Only datasets created by one of these users. """
    query: JsonObject | Unset = UNSET
    """ A JSON object with any keys and values. """
    tags: list[str] | Unset = UNSET
    """ Only datasets that have all of these tags. """
    uuids: list[UUID] | Unset = UNSET
    """ Only datasets with one of these UUIDs. """

    def to_dict(self) -> dict[str, Any]:
        aggregation: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.aggregation, Unset):
            aggregation = []
            for aggregation_item_data in self.aggregation:
                aggregation_item = aggregation_item_data.to_dict()
                aggregation.append(aggregation_item)

        base_uris: list[str] | Unset = UNSET
        if not isinstance(self.base_uris, Unset):
            base_uris = self.base_uris

        creator_usernames: list[str] | Unset = UNSET
        if not isinstance(self.creator_usernames, Unset):
            creator_usernames = self.creator_usernames

        query: dict[str, Any] | Unset = UNSET
        if not isinstance(self.query, Unset):
            query = self.query.to_dict()

        tags: list[str] | Unset = UNSET
        if not isinstance(self.tags, Unset):
            tags = self.tags

        uuids: list[str] | Unset = UNSET
        if not isinstance(self.uuids, Unset):
            uuids = []
            for uuids_item_data in self.uuids:
                uuids_item = str(uuids_item_data)
                uuids.append(uuids_item)

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if aggregation is not UNSET:
            field_dict["aggregation"] = aggregation
        if base_uris is not UNSET:
            field_dict["base_uris"] = base_uris
        if creator_usernames is not UNSET:
            field_dict["creator_usernames"] = creator_usernames
        if query is not UNSET:
            field_dict["query"] = query
        if tags is not UNSET:
            field_dict["tags"] = tags
        if uuids is not UNSET:
            field_dict["uuids"] = uuids

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.json_object import JsonObject

        d = dict(src_dict)
        _aggregation = d.pop("aggregation", UNSET)
        aggregation: list[JsonObject] | Unset = UNSET
        if _aggregation is not UNSET:
            aggregation = []
            for aggregation_item_data in _aggregation:
                aggregation_item = JsonObject.from_dict(aggregation_item_data)

                aggregation.append(aggregation_item)

        base_uris = cast(list[str], d.pop("base_uris", UNSET))

        creator_usernames = cast(list[str], d.pop("creator_usernames", UNSET))

        _query = d.pop("query", UNSET)
        query: JsonObject | Unset
        if isinstance(_query, Unset):
            query = UNSET
        else:
            query = JsonObject.from_dict(_query)

        tags = cast(list[str], d.pop("tags", UNSET))

        _uuids = d.pop("uuids", UNSET)
        uuids: list[UUID] | Unset = UNSET
        if _uuids is not UNSET:
            uuids = []
            for uuids_item_data in _uuids:
                uuids_item = UUID(uuids_item_data)

                uuids.append(uuids_item)

        query_dataset = cls(
            aggregation=aggregation,
            base_uris=base_uris,
            creator_usernames=creator_usernames,
            query=query,
            tags=tags,
            uuids=uuids,
        )

        return query_dataset
