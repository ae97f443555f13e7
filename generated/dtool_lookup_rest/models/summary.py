from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.count_by_name import CountByName
    from ..models.size_by_name import SizeByName


T = TypeVar("T", bound="Summary")


@_attrs_define
class Summary:
    """Counts and sizes of all datasets that a user may search."""

    base_uris: list[str]
    """ Base URIs that hold at least one of the datasets. """
    creator_usernames: list[str]
    """ Names of the users who created at least one of the datasets. """
    datasets_per_base_uri: CountByName
    """ Numbers of datasets with a common property, by its value. """
    datasets_per_creator: CountByName
    """ Numbers of datasets with a common property, by its value. """
    datasets_per_tag: CountByName
    """ Numbers of datasets with a common property, by its value. """
    number_of_datasets: int
    """ Number of datasets. """
    size_in_bytes_per_base_uri: SizeByName
    """ Sizes of all items of datasets with a common property, in bytes, by its value. """
    size_in_bytes_per_creator: SizeByName
    """ Sizes of all items of datasets with a common property, in bytes, by its value. """
    size_in_bytes_per_tag: SizeByName
    """ Sizes of all items of datasets with a common property, in bytes, by its value. """
    tags: list[str]
    """ Tags that at least one of the datasets has. """
    total_size_in_bytes: int
    """ Size of all items of all datasets, in bytes. """
    datasets_per_uploader: CountByName | Unset = UNSET
    """ Numbers of datasets with a common property, by its value. """
    size_in_bytes_per_uploader: SizeByName | Unset = UNSET
    """ Sizes of all items of datasets with a common property, in bytes, by its value. """
    uploaders: list[str] | Unset = UNSET
    """ Names of the users who registered at least one of the datasets. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        base_uris = self.base_uris

        creator_usernames = self.creator_usernames

        datasets_per_base_uri = self.datasets_per_base_uri.to_dict()

        datasets_per_creator = self.datasets_per_creator.to_dict()

        datasets_per_tag = self.datasets_per_tag.to_dict()

        number_of_datasets = self.number_of_datasets

        size_in_bytes_per_base_uri = self.size_in_bytes_per_base_uri.to_dict()

        size_in_bytes_per_creator = self.size_in_bytes_per_creator.to_dict()

        size_in_bytes_per_tag = self.size_in_bytes_per_tag.to_dict()

        tags = self.tags

        total_size_in_bytes = self.total_size_in_bytes

        datasets_per_uploader: dict[str, Any] | Unset = UNSET
        if not isinstance(self.datasets_per_uploader, Unset):
            datasets_per_uploader = self.datasets_per_uploader.to_dict()

        size_in_bytes_per_uploader: dict[str, Any] | Unset = UNSET
        if not isinstance(self.size_in_bytes_per_uploader, Unset):
            size_in_bytes_per_uploader = self.size_in_bytes_per_uploader.to_dict()

        uploaders: list[str] | Unset = UNSET
        if not isinstance(self.uploaders, Unset):
            uploaders = self.uploaders

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "base_uris": base_uris,
                "creator_usernames": creator_usernames,
                "datasets_per_base_uri": datasets_per_base_uri,
                "datasets_per_creator": datasets_per_creator,
                "datasets_per_tag": datasets_per_tag,
                "number_of_datasets": number_of_datasets,
                "size_in_bytes_per_base_uri": size_in_bytes_per_base_uri,
                "size_in_bytes_per_creator": size_in_bytes_per_creator,
                "size_in_bytes_per_tag": size_in_bytes_per_tag,
                "tags": tags,
                "total_size_in_bytes": total_size_in_bytes,
            }
        )
        if datasets_per_uploader is not UNSET:
            field_dict["datasets_per_uploader"] = datasets_per_uploader
        if size_in_bytes_per_uploader is not UNSET:
            field_dict["size_in_bytes_per_uploader"] = size_in_bytes_per_uploader
        if uploaders is not UNSET:
            field_dict["uploaders"] = uploaders

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.count_by_name import CountByName
        from ..models.size_by_name import SizeByName

        d = dict(src_dict)
        base_uris = cast(list[str], d.pop("base_uris"))

        creator_usernames = cast(list[str], d.pop("creator_usernames"))

        datasets_per_base_uri = CountByName.from_dict(d.pop("datasets_per_base_uri"))

        datasets_per_creator = CountByName.from_dict(d.pop("datasets_per_creator"))

        datasets_per_tag = CountByName.from_dict(d.pop("datasets_per_tag"))

        number_of_datasets = d.pop("number_of_datasets")

        size_in_bytes_per_base_uri = SizeByName.from_dict(
            d.pop("size_in_bytes_per_base_uri")
        )

        size_in_bytes_per_creator = SizeByName.from_dict(
            d.pop("size_in_bytes_per_creator")
        )

        size_in_bytes_per_tag = SizeByName.from_dict(d.pop("size_in_bytes_per_tag"))

        tags = cast(list[str], d.pop("tags"))

        total_size_in_bytes = d.pop("total_size_in_bytes")

        _datasets_per_uploader = d.pop("datasets_per_uploader", UNSET)
        datasets_per_uploader: CountByName | Unset
        if isinstance(_datasets_per_uploader, Unset):
            datasets_per_uploader = UNSET
        else:
            datasets_per_uploader = CountByName.from_dict(_datasets_per_uploader)

        _size_in_bytes_per_uploader = d.pop("size_in_bytes_per_uploader", UNSET)
        size_in_bytes_per_uploader: SizeByName | Unset
        if isinstance(_size_in_bytes_per_uploader, Unset):
            size_in_bytes_per_uploader = UNSET
        else:
            size_in_bytes_per_uploader = SizeByName.from_dict(
                _size_in_bytes_per_uploader
            )

        uploaders = cast(list[str], d.pop("uploaders", UNSET))

        summary = cls(
            base_uris=base_uris,
            creator_usernames=creator_usernames,
            datasets_per_base_uri=datasets_per_base_uri,
            datasets_per_creator=datasets_per_creator,
            datasets_per_tag=datasets_per_tag,
            number_of_datasets=number_of_datasets,
            size_in_bytes_per_base_uri=size_in_bytes_per_base_uri,
            size_in_bytes_per_creator=size_in_bytes_per_creator,
            size_in_bytes_per_tag=size_in_bytes_per_tag,
            tags=tags,
            total_size_in_bytes=total_size_in_bytes,
            datasets_per_uploader=datasets_per_uploader,
            size_in_bytes_per_uploader=size_in_bytes_per_uploader,
            uploaders=uploaders,
        )

        summary.additional_properties = d
        return summary

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
