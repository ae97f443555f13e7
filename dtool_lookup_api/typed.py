# Derived by `make generate` from generated/dserver_client: do not edit.

"""The generated functions and models, for attribute access to typed results.

Each operation of the contract is a module with ``sync``, ``sync_detailed``,
``asyncio`` and ``asyncio_detailed``; ``connect`` makes the client that they want.
"""

from dserver_client import AuthenticatedClient
from dserver_client.api.annotations import get_annotations
from dserver_client.api.base_uris import delete_base_uri, get_base_uri, list_base_uris, put_base_uri
from dserver_client.api.config import get_config, get_versions
from dserver_client.api.datasets import (
    delete_dataset,
    get_dataset,
    list_datasets,
    list_datasets_by_uuid,
    register_dataset,
    search_datasets,
)
from dserver_client.api.graph import get_dependency_graph, query_dependency_graph
from dserver_client.api.manifests import get_manifest
from dserver_client.api.me import get_me, get_my_summary
from dserver_client.api.mongo import aggregate_datasets, query_datasets
from dserver_client.api.readmes import get_readme
from dserver_client.api.tags import get_tags
from dserver_client.api.users import delete_user, get_user, get_user_summary, list_users, put_user
from dserver_client.models import (
    BaseUri,
    BaseUriPermissions,
    BaseUriWithPermissions,
    CountByName,
    Dataset,
    DatasetAnnotations,
    DependencyKeysRequest,
    Error,
    ErrorErrors,
    GraphDataset,
    JsonObject,
    Manifest,
    ManifestItem,
    ManifestItems,
    MongoDataset,
    Pagination,
    QueryDataset,
    Readme,
    RegisterDataset,
    RegisterDatasetType,
    SearchDataset,
    ServerConfig,
    ServerVersions,
    ServerVersionsVersions,
    SizeByName,
    Sorting,
    SortingSort,
    Summary,
    TagList,
    User,
    UserWrite,
)

from .core.generated import connect

__all__ = [
    "AuthenticatedClient",
    "BaseUri",
    "BaseUriPermissions",
    "BaseUriWithPermissions",
    "CountByName",
    "Dataset",
    "DatasetAnnotations",
    "DependencyKeysRequest",
    "Error",
    "ErrorErrors",
    "GraphDataset",
    "JsonObject",
    "Manifest",
    "ManifestItem",
    "ManifestItems",
    "MongoDataset",
    "Pagination",
    "QueryDataset",
    "Readme",
    "RegisterDataset",
    "RegisterDatasetType",
    "SearchDataset",
    "ServerConfig",
    "ServerVersions",
    "ServerVersionsVersions",
    "SizeByName",
    "Sorting",
    "SortingSort",
    "Summary",
    "TagList",
    "User",
    "UserWrite",
    "aggregate_datasets",
    "connect",
    "delete_base_uri",
    "delete_dataset",
    "delete_user",
    "get_annotations",
    "get_base_uri",
    "get_config",
    "get_dataset",
    "get_dependency_graph",
    "get_manifest",
    "get_me",
    "get_my_summary",
    "get_readme",
    "get_tags",
    "get_user",
    "get_user_summary",
    "get_versions",
    "list_base_uris",
    "list_datasets",
    "list_datasets_by_uuid",
    "list_users",
    "put_base_uri",
    "put_user",
    "query_datasets",
    "query_dependency_graph",
    "register_dataset",
    "search_datasets",
]
