from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="SearchDataset")


@_attrs_define
class SearchDataset:
    """Filters for a list of datasets, all of which must pass. Omitted filters don't exclude anything."""

    base_uris: list[str] | Unset = UNSET
    """ Only datasets in one of these base URIs. """
    creator_usernames: list[str] | Unset = UNSET
    """ Only datasets created by one of these users. """
    free_text: str | Unset = UNSET
    """ Words to look for in everything that the server knows about a dataset, including README and annotations. One
    of them is enough. With the search plugin for MongoDB, `"a phrase"` in quotes has to occur as it is, and `-word`
    excludes datasets with this word. """
    tags: list[str] | Unset = UNSET
    """ Only datasets that have all of these tags. """
    uploaded_by: list[str] | Unset = UNSET
    """ Only datasets registered by one of these users. Ignored by dserver-search-plugin-mongo 0.4.2. """
    uuids: list[UUID] | Unset = UNSET
    """ Only datasets with one of these UUIDs. """

    def to_dict(self) -> dict[str, Any]:
        base_uris: list[str] | Unset = UNSET
        if not isinstance(self.base_uris, Unset):
            base_uris = self.base_uris

        creator_usernames: list[str] | Unset = UNSET
        if not isinstance(self.creator_usernames, Unset):
            creator_usernames = self.creator_usernames

        free_text = self.free_text

        tags: list[str] | Unset = UNSET
        if not isinstance(self.tags, Unset):
            tags = self.tags

        uploaded_by: list[str] | Unset = UNSET
        if not isinstance(self.uploaded_by, Unset):
            uploaded_by = self.uploaded_by

        uuids: list[str] | Unset = UNSET
        if not isinstance(self.uuids, Unset):
            uuids = []
            for uuids_item_data in self.uuids:
                uuids_item = str(uuids_item_data)
                uuids.append(uuids_item)

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if base_uris is not UNSET:
            field_dict["base_uris"] = base_uris
        if creator_usernames is not UNSET:
            field_dict["creator_usernames"] = creator_usernames
        if free_text is not UNSET:
            field_dict["free_text"] = free_text
        if tags is not UNSET:
            field_dict["tags"] = tags
        if uploaded_by is not UNSET:
            field_dict["uploaded_by"] = uploaded_by
        if uuids is not UNSET:
            field_dict["uuids"] = uuids

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        base_uris = cast(list[str], d.pop("base_uris", UNSET))

        creator_usernames = cast(list[str], d.pop("creator_usernames", UNSET))

        free_text = d.pop("free_text", UNSET)

        tags = cast(list[str], d.pop("tags", UNSET))

        uploaded_by = cast(list[str], d.pop("uploaded_by", UNSET))

        _uuids = d.pop("uuids", UNSET)
        uuids: list[UUID] | Unset = UNSET
        if _uuids is not UNSET:
            uuids = []
            for uuids_item_data in _uuids:
                uuids_item = UUID(uuids_item_data)

                uuids.append(uuids_item)

        search_dataset = cls(
            base_uris=base_uris,
            creator_usernames=creator_usernames,
            free_text=free_text,
            tags=tags,
            uploaded_by=uploaded_by,
            uuids=uuids,
        )

        return search_dataset
