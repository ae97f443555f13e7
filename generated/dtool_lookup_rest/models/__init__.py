"""Contains all the data models used in inputs/outputs"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .auth_info import AuthInfo
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
    from .health import Health
    from .json_object import JsonObject
    from .manifest import Manifest
    from .manifest_item import ManifestItem
    from .manifest_items import ManifestItems
    from .me_update import MeUpdate
    from .mongo_dataset import MongoDataset
    from .pagination import Pagination
    from .query_dataset import QueryDataset
    from .readme import Readme
    from .readme_request import ReadmeRequest
    from .register_dataset import RegisterDataset
    from .register_dataset_type import RegisterDatasetType
    from .search_dataset import SearchDataset
    from .server_config import ServerConfig
    from .server_versions import ServerVersions
    from .server_versions_versions import ServerVersionsVersions
    from .signed_item_url import SignedItemUrl
    from .signed_urls import SignedUrls
    from .single_annotation import SingleAnnotation
    from .size_by_name import SizeByName
    from .sorting import Sorting
    from .sorting_sort import SortingSort
    from .summary import Summary
    from .tag_list import TagList
    from .token_claims import TokenClaims
    from .token_holder import TokenHolder
    from .token_request import TokenRequest
    from .token_response import TokenResponse
    from .upload_complete import UploadComplete
    from .upload_complete_request import UploadCompleteRequest
    from .upload_item import UploadItem
    from .upload_item_url import UploadItemUrl
    from .upload_item_url_headers import UploadItemUrlHeaders
    from .upload_request import UploadRequest
    from .upload_request_overlays import UploadRequestOverlays
    from .upload_targets import UploadTargets
    from .upload_targets_items import UploadTargetsItems
    from .upload_urls import UploadUrls
    from .url_by_name import UrlByName
    from .user import User
    from .user_update import UserUpdate
    from .user_write import UserWrite

__all__ = (
    "AuthInfo",
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
    "Health",
    "JsonObject",
    "Manifest",
    "ManifestItem",
    "ManifestItems",
    "MeUpdate",
    "MongoDataset",
    "Pagination",
    "QueryDataset",
    "Readme",
    "ReadmeRequest",
    "RegisterDataset",
    "RegisterDatasetType",
    "SearchDataset",
    "ServerConfig",
    "ServerVersions",
    "ServerVersionsVersions",
    "SignedItemUrl",
    "SignedUrls",
    "SingleAnnotation",
    "SizeByName",
    "Sorting",
    "SortingSort",
    "Summary",
    "TagList",
    "TokenClaims",
    "TokenHolder",
    "TokenRequest",
    "TokenResponse",
    "UploadComplete",
    "UploadCompleteRequest",
    "UploadItem",
    "UploadItemUrl",
    "UploadItemUrlHeaders",
    "UploadRequest",
    "UploadRequestOverlays",
    "UploadTargets",
    "UploadTargetsItems",
    "UploadUrls",
    "UrlByName",
    "User",
    "UserUpdate",
    "UserWrite",
)

_MODULES = {
    "AuthInfo": ".auth_info",
    "BaseUri": ".base_uri",
    "BaseUriPermissions": ".base_uri_permissions",
    "BaseUriWithPermissions": ".base_uri_with_permissions",
    "CountByName": ".count_by_name",
    "Dataset": ".dataset",
    "DatasetAnnotations": ".dataset_annotations",
    "DependencyKeysRequest": ".dependency_keys_request",
    "Error": ".error",
    "ErrorErrors": ".error_errors",
    "GraphDataset": ".graph_dataset",
    "Health": ".health",
    "JsonObject": ".json_object",
    "Manifest": ".manifest",
    "ManifestItem": ".manifest_item",
    "ManifestItems": ".manifest_items",
    "MeUpdate": ".me_update",
    "MongoDataset": ".mongo_dataset",
    "Pagination": ".pagination",
    "QueryDataset": ".query_dataset",
    "Readme": ".readme",
    "ReadmeRequest": ".readme_request",
    "RegisterDataset": ".register_dataset",
    "RegisterDatasetType": ".register_dataset_type",
    "SearchDataset": ".search_dataset",
    "ServerConfig": ".server_config",
    "ServerVersions": ".server_versions",
    "ServerVersionsVersions": ".server_versions_versions",
    "SignedItemUrl": ".signed_item_url",
    "SignedUrls": ".signed_urls",
    "SingleAnnotation": ".single_annotation",
    "SizeByName": ".size_by_name",
    "Sorting": ".sorting",
    "SortingSort": ".sorting_sort",
    "Summary": ".summary",
    "TagList": ".tag_list",
    "TokenClaims": ".token_claims",
    "TokenHolder": ".token_holder",
    "TokenRequest": ".token_request",
    "TokenResponse": ".token_response",
    "UploadComplete": ".upload_complete",
    "UploadCompleteRequest": ".upload_complete_request",
    "UploadItem": ".upload_item",
    "UploadItemUrl": ".upload_item_url",
    "UploadItemUrlHeaders": ".upload_item_url_headers",
    "UploadRequest": ".upload_request",
    "UploadRequestOverlays": ".upload_request_overlays",
    "UploadTargets": ".upload_targets",
    "UploadTargetsItems": ".upload_targets_items",
    "UploadUrls": ".upload_urls",
    "UrlByName": ".url_by_name",
    "User": ".user",
    "UserUpdate": ".user_update",
    "UserWrite": ".user_write",
}


if not TYPE_CHECKING:  # a type checker would take any name for a class

    def __getattr__(name: str) -> Any:
        """Import a class when it is first asked for"""
        if name not in _MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        found = getattr(import_module(_MODULES[name], __name__), name)
        globals()[name] = found
        return found

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
