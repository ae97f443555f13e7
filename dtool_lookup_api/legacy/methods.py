# Derived by `make generate` from dtool_lookup_api/operations: do not edit.

"""The 0.10 names as methods."""

from collections.abc import Mapping, Sequence
from typing import Any

from ..clients import AsyncClient
from ..operations.arguments import ASCENDING
from ..results import DatasetUri, DatasetUuid, Page, SortOrder
from ..types import (
    BaseUri,
    Dataset,
    DatasetSortField,
    GraphDataset,
    JsonObject,
    Manifest,
    MongoDataset,
    ServerConfig,
    ServerVersions,
    Summary,
    User,
)
from .aliases import deprecated as _deprecated
from .aliases import warn_deprecated as _warn_deprecated

__all__ = ["DeprecatedMethods"]


class DeprecatedMethods(AsyncClient):
    """The 0.10 names as methods, for the documented classes."""

    @_deprecated("Use get_datasets_by_mongo_aggregation")
    async def aggregate(
        self,
        aggregation: Sequence[Mapping[str, Any]] | Mapping[str, Any] | str,
        page_number: int | None = 1,
        page_size: int | None = 10,
        sort_fields: DatasetSortField | Sequence[DatasetSortField] | None = ("uri",),
        sort_order: SortOrder | Sequence[SortOrder] | None = ASCENDING,
        pagination: dict[str, Any] | None = None,
        sorting: dict[str, Any] | None = None,
    ) -> Page[JsonObject]:
        """Do the same as ``get_datasets_by_mongo_aggregation``; this is its 0.10 name.

        Deprecated: use ``get_datasets_by_mongo_aggregation``, which has the description.
        """
        _warn_deprecated("aggregate")
        return await self.get_datasets_by_mongo_aggregation(
            aggregation=aggregation,
            page_number=page_number,
            page_size=page_size,
            sort_fields=sort_fields,
            sort_order=sort_order,
            pagination=pagination,
            sorting=sorting,
        )

    @_deprecated("Use get_datasets")
    async def all(
        self,
        page_number: int | None = 1,
        page_size: int | None = 20,
        pagination: dict[str, Any] | None = None,
    ) -> Page[Dataset]:
        """Do the same as ``get_datasets``; this is its 0.10 name.

        Deprecated: use ``get_datasets``, which has the description.
        """
        _warn_deprecated("all")
        return await self.get_datasets(
            page_number=page_number, page_size=page_size, pagination=pagination
        )

    @_deprecated("Use get_datasets_by_mongo_query")
    async def by_query(
        self,
        query: Mapping[str, Any] | str,
        creator_usernames: Sequence[str] | None = None,
        base_uris: Sequence[str] | None = None,
        uuids: Sequence[DatasetUuid] | None = None,
        tags: Sequence[str] | None = None,
        page_number: int | None = 1,
        page_size: int | None = 10,
        sort_fields: DatasetSortField | Sequence[DatasetSortField] | None = ("uri",),
        sort_order: SortOrder | Sequence[SortOrder] | None = ASCENDING,
        pagination: dict[str, Any] | None = None,
        sorting: dict[str, Any] | None = None,
    ) -> Page[MongoDataset]:
        """Do the same as ``get_datasets_by_mongo_query``; this is its 0.10 name.

        Deprecated: use ``get_datasets_by_mongo_query``, which has the description.
        """
        _warn_deprecated("by_query")
        return await self.get_datasets_by_mongo_query(
            query=query,
            creator_usernames=creator_usernames,
            base_uris=base_uris,
            uuids=uuids,
            tags=tags,
            page_number=page_number,
            page_size=page_size,
            sort_fields=sort_fields,
            sort_order=sort_order,
            pagination=pagination,
            sorting=sorting,
        )

    @_deprecated("Use get_datasets_by_uuid")
    async def by_uuid(
        self,
        uuid: DatasetUuid,
        page_number: int | None = 1,
        page_size: int | None = 10,
        pagination: dict[str, Any] | None = None,
    ) -> Page[Dataset]:
        """Do the same as ``get_datasets_by_uuid``; this is its 0.10 name.

        Deprecated: use ``get_datasets_by_uuid``, which has the description.
        """
        _warn_deprecated("by_uuid")
        return await self.get_datasets_by_uuid(
            uuid=uuid, page_number=page_number, page_size=page_size, pagination=pagination
        )

    @_deprecated("Use get_config")
    async def config(self) -> ServerConfig:
        """Do the same as ``get_config``; this is its 0.10 name.

        Deprecated: use ``get_config``, which has the description.
        """
        _warn_deprecated("config")
        return await self.get_config()

    @_deprecated("Use get_graph_by_uuid")
    async def graph(
        self,
        uuid: DatasetUuid,
        dependency_keys: Sequence[str] | None = None,
        page_number: int | None = 1,
        page_size: int | None = 10,
        pagination: dict[str, Any] | None = None,
    ) -> Page[GraphDataset]:
        """Do the same as ``get_graph_by_uuid``; this is its 0.10 name.

        Deprecated: use ``get_graph_by_uuid``, which has the description.
        """
        _warn_deprecated("graph")
        return await self.get_graph_by_uuid(
            uuid=uuid,
            dependency_keys=dependency_keys,
            page_number=page_number,
            page_size=page_size,
            pagination=pagination,
        )

    @_deprecated("Use get_base_uris")
    async def list_base_uris(
        self,
        page_number: int | None = 1,
        page_size: int | None = 10,
        pagination: dict[str, Any] | None = None,
    ) -> Page[BaseUri]:
        """Do the same as ``get_base_uris``; this is its 0.10 name.

        Deprecated: use ``get_base_uris``, which has the description.
        """
        _warn_deprecated("list_base_uris")
        return await self.get_base_uris(
            page_number=page_number, page_size=page_size, pagination=pagination
        )

    @_deprecated("Use get_users")
    async def list_users(
        self,
        page_number: int | None = 1,
        page_size: int | None = 10,
        pagination: dict[str, Any] | None = None,
    ) -> Page[User]:
        """Do the same as ``get_users``; this is its 0.10 name.

        Deprecated: use ``get_users``, which has the description.
        """
        _warn_deprecated("list_users")
        return await self.get_users(
            page_number=page_number, page_size=page_size, pagination=pagination
        )

    @_deprecated("Use get_datasets_by_uuid")
    async def lookup(
        self,
        uuid: DatasetUuid,
        page_number: int | None = 1,
        page_size: int | None = 10,
        pagination: dict[str, Any] | None = None,
    ) -> Page[Dataset]:
        """Do the same as ``get_datasets_by_uuid``; this is its 0.10 name.

        Deprecated: use ``get_datasets_by_uuid``, which has the description.
        """
        _warn_deprecated("lookup")
        return await self.get_datasets_by_uuid(
            uuid=uuid, page_number=page_number, page_size=page_size, pagination=pagination
        )

    @_deprecated("Use get_manifest")
    async def manifest(self, uri: DatasetUri) -> Manifest:
        """Do the same as ``get_manifest``; this is its 0.10 name.

        Deprecated: use ``get_manifest``, which has the description.
        """
        _warn_deprecated("manifest")
        return await self.get_manifest(uri=uri)

    @_deprecated("Use get_datasets_by_mongo_query")
    async def query(
        self,
        query: Mapping[str, Any] | str,
        creator_usernames: Sequence[str] | None = None,
        base_uris: Sequence[str] | None = None,
        uuids: Sequence[DatasetUuid] | None = None,
        tags: Sequence[str] | None = None,
        page_number: int | None = 1,
        page_size: int | None = 10,
        sort_fields: DatasetSortField | Sequence[DatasetSortField] | None = ("uri",),
        sort_order: SortOrder | Sequence[SortOrder] | None = ASCENDING,
        pagination: dict[str, Any] | None = None,
        sorting: dict[str, Any] | None = None,
    ) -> Page[MongoDataset]:
        """Do the same as ``get_datasets_by_mongo_query``; this is its 0.10 name.

        Deprecated: use ``get_datasets_by_mongo_query``, which has the description.
        """
        _warn_deprecated("query")
        return await self.get_datasets_by_mongo_query(
            query=query,
            creator_usernames=creator_usernames,
            base_uris=base_uris,
            uuids=uuids,
            tags=tags,
            page_number=page_number,
            page_size=page_size,
            sort_fields=sort_fields,
            sort_order=sort_order,
            pagination=pagination,
            sorting=sorting,
        )

    @_deprecated("Use get_readme")
    async def readme(self, uri: DatasetUri) -> str:
        """Do the same as ``get_readme``; this is its 0.10 name.

        Deprecated: use ``get_readme``, which has the description.
        """
        _warn_deprecated("readme")
        return await self.get_readme(uri=uri)

    @_deprecated("Use get_datasets")
    async def search(
        self,
        keyword: str,
        page_number: int | None = 1,
        page_size: int | None = 10,
        pagination: dict[str, Any] | None = None,
    ) -> Page[Dataset]:
        """Do the same as ``get_datasets``; this is its 0.10 name.

        Deprecated: use ``get_datasets``, which has the description.
        """
        _warn_deprecated("search")
        return await self.get_datasets(
            free_text=keyword, page_number=page_number, page_size=page_size, pagination=pagination
        )

    @_deprecated("Use get_summary")
    async def summary(self) -> Summary:
        """Do the same as ``get_summary``; this is its 0.10 name.

        Deprecated: use ``get_summary``, which has the description.
        """
        _warn_deprecated("summary")
        return await self.get_summary()

    @_deprecated("Use get_user")
    async def user_info(self, username: str) -> User:
        """Do the same as ``get_user``; this is its 0.10 name.

        Deprecated: use ``get_user``, which has the description.
        """
        _warn_deprecated("user_info")
        return await self.get_user(username=username)

    @_deprecated("Use get_versions")
    async def versions(self) -> ServerVersions:
        """Do the same as ``get_versions``; this is its 0.10 name.

        Deprecated: use ``get_versions``, which has the description.
        """
        _warn_deprecated("versions")
        return await self.get_versions()
