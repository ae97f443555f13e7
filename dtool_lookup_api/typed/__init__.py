# Derived by `make generate` from dtool_lookup_api/operations: do not edit.

"""The documented functions, with models as results: ``dataset.name`` for ``dataset["name"]``.

They have the names, arguments and errors of those in ``dtool_lookup_api``; pages and iterators hold
models. ``asynchronous`` has the async versions, ``Client`` and ``AsyncClient`` the methods::

    from dtool_lookup_api import typed

    for dataset in typed.iter_datasets(tags=["river"]):
        print(dataset.name, dataset.size_in_bytes)

``connect`` returns a client for the low-level package ``dtool_lookup_rest``.
"""

import typing as _typing
from importlib import import_module as _import_module

from .models import (
    BaseUri,
    BaseUriWithPermissions,
    Dataset,
    GraphDataset,
    Health,
    Manifest,
    ManifestItem,
    MongoDataset,
    SignedItemUrl,
    SignedUrls,
    Summary,
    UploadComplete,
    UploadItemUrl,
    UploadTargets,
    UploadUrls,
    User,
)
from .synchronous import (
    ASCENDING,
    DESCENDING,
    add_tag,
    complete_upload,
    copy_dataset,
    delete_annotation,
    delete_base_uri,
    delete_dataset,
    delete_user,
    download_dataset,
    download_item,
    get_annotations,
    get_base_uri,
    get_base_uris,
    get_config,
    get_dataset,
    get_datasets,
    get_datasets_by_mongo_aggregation,
    get_datasets_by_mongo_query,
    get_datasets_by_uuid,
    get_graph_by_uuid,
    get_health,
    get_manifest,
    get_many,
    get_me,
    get_my_summary,
    get_one_dataset,
    get_one_dataset_by_mongo_query,
    get_provenance,
    get_readme,
    get_readme_as_dict,
    get_signed_item_url,
    get_signed_urls,
    get_summary,
    get_tags,
    get_user,
    get_users,
    get_versions,
    grant_register_permission,
    grant_search_permission,
    iter_base_uris,
    iter_datasets,
    iter_datasets_by_mongo_query,
    iter_datasets_by_uuid,
    iter_graph_by_uuid,
    iter_users,
    offers,
    read_item,
    register_base_uri,
    register_dataset,
    register_dataset_from,
    register_datasets_from,
    register_user,
    remove_tag,
    request_upload,
    revoke_register_permission,
    revoke_search_permission,
    set_annotation,
    set_annotations,
    set_readme,
    set_tags,
    update_me,
    update_user,
    upload_dataset,
)

if _typing.TYPE_CHECKING:
    from . import asynchronous as asynchronous
    from .clients import AsyncClient, Client
    from .low_level import connect

__all__ = [
    "ASCENDING",
    "DESCENDING",
    "AsyncClient",
    "BaseUri",
    "BaseUriWithPermissions",
    "Client",
    "Dataset",
    "GraphDataset",
    "Health",
    "Manifest",
    "ManifestItem",
    "MongoDataset",
    "SignedItemUrl",
    "SignedUrls",
    "Summary",
    "UploadComplete",
    "UploadItemUrl",
    "UploadTargets",
    "UploadUrls",
    "User",
    "add_tag",
    "complete_upload",
    "connect",
    "copy_dataset",
    "delete_annotation",
    "delete_base_uri",
    "delete_dataset",
    "delete_user",
    "download_dataset",
    "download_item",
    "get_annotations",
    "get_base_uri",
    "get_base_uris",
    "get_config",
    "get_dataset",
    "get_datasets",
    "get_datasets_by_mongo_aggregation",
    "get_datasets_by_mongo_query",
    "get_datasets_by_uuid",
    "get_graph_by_uuid",
    "get_health",
    "get_manifest",
    "get_many",
    "get_me",
    "get_my_summary",
    "get_one_dataset",
    "get_one_dataset_by_mongo_query",
    "get_provenance",
    "get_readme",
    "get_readme_as_dict",
    "get_signed_item_url",
    "get_signed_urls",
    "get_summary",
    "get_tags",
    "get_user",
    "get_users",
    "get_versions",
    "grant_register_permission",
    "grant_search_permission",
    "iter_base_uris",
    "iter_datasets",
    "iter_datasets_by_mongo_query",
    "iter_datasets_by_uuid",
    "iter_graph_by_uuid",
    "iter_users",
    "offers",
    "read_item",
    "register_base_uri",
    "register_dataset",
    "register_dataset_from",
    "register_datasets_from",
    "register_user",
    "remove_tag",
    "request_upload",
    "revoke_register_permission",
    "revoke_search_permission",
    "set_annotation",
    "set_annotations",
    "set_readme",
    "set_tags",
    "update_me",
    "update_user",
    "upload_dataset",
]

_ELSEWHERE = {"AsyncClient": "clients", "Client": "clients", "connect": "low_level"}


if not _typing.TYPE_CHECKING:  # a type checker would take any name for one that is there

    def __getattr__(name: str) -> object:
        """Load what is asked for: scripts that call functions need none of it."""
        if name in _ELSEWHERE:
            return getattr(_import_module(f"{__name__}.{_ELSEWHERE[name]}"), name)
        if name == "asynchronous":
            return _import_module(f"{__name__}.{name}")
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

    def __dir__() -> list[str]:
        """Complete to what users are meant to find."""
        special = {name for name in globals() if name.startswith("__")}
        return sorted({*special, *__all__, "asynchronous"})
