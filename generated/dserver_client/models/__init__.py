"""Contains all the data models used in inputs/outputs"""

from .base_uri import BaseUri
from .base_uri_permissions import BaseUriPermissions
from .base_uri_with_permissions import BaseUriWithPermissions
from .count_by_name import CountByName
from .dataset import Dataset
from .dataset_annotations import DatasetAnnotations
from .dependency_keys_request import DependencyKeysRequest
from .error import Error
from .error_errors import ErrorErrors
from .graph_dataset import GraphDataset
from .json_object import JsonObject
from .manifest import Manifest
from .manifest_item import ManifestItem
from .manifest_items import ManifestItems
from .mongo_dataset import MongoDataset
from .pagination import Pagination
from .query_dataset import QueryDataset
from .readme import Readme
from .register_dataset import RegisterDataset
from .register_dataset_type import RegisterDatasetType
from .search_dataset import SearchDataset
from .server_config import ServerConfig
from .server_versions import ServerVersions
from .server_versions_versions import ServerVersionsVersions
from .size_by_name import SizeByName
from .sorting import Sorting
from .sorting_sort import SortingSort
from .summary import Summary
from .tag_list import TagList
from .user import User
from .user_write import UserWrite

__all__ = (
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
)
