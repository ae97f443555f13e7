# pyright: reportDeprecated=false
# Deprecated names are offered here.
"""Look up dtool datasets on a dserver.

The functions of this package block; they work in scripts, in a running event loop and in
notebooks. ``dtool_lookup_api.asynchronous`` has async versions of the same functions, and
``Client`` and ``AsyncClient`` have them as methods::

    from dtool_lookup_api import get_datasets

    for dataset in get_datasets(free_text="test"):
        print(dataset["uri"])

The server and the login are configured by ``DSERVER_URL``, ``DSERVER_TOKEN`` and their like, in
the environment or in ``~/.config/dtool/dtool.json``. Whatever goes wrong is raised as a
``LookupServerError``; ``dtool_lookup_api.errors`` draws the tree.
"""

import typing as _typing
from importlib import import_module as _import_module

from ._version import __version__ as __version__

# All of it is loaded when it is first used: the command and its plugins need little of it.
if _typing.TYPE_CHECKING:
    from . import asynchronous as asynchronous
    from . import core as core
    from . import readmes as readmes
    from . import typed as typed
    from . import version as version
    from .clients import AsyncClient, Client
    from .core.many import AsyncOutcomes, Outcomes
    from .core.walks import AsyncWalk, Walk
    from .errors import (
        AuthenticationError,
        CallTimeoutError,
        ConfigurationError,
        ConflictError,
        ConnectionFailedError,
        IntegrityError,
        InvalidRequestError,
        LookupServerError,
        MultipleResultsError,
        NotFoundError,
        NotOfferedError,
        PermissionDeniedError,
        ServerError,
        UnreadableAnswerError,
    )
    from .item_files import open_item
    from .manifests import ManifestCache, iter_manifests
    from .notebook import show
    from .provenance import Provenance
    from .results import Download, Outcome, Page, Registration
    from .synchronous import (
        ASCENDING,
        DESCENDING,
        add_tag,
        aggregate,
        by_query,
        by_uuid,
        complete_upload,
        config,
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
        graph,
        iter_base_uris,
        iter_datasets,
        iter_datasets_by_mongo_query,
        iter_datasets_by_uuid,
        iter_graph_by_uuid,
        iter_users,
        list_base_uris,
        list_users,
        lookup,
        manifest,
        offers,
        query,
        read_item,
        readme,
        register_base_uri,
        register_dataset,
        register_dataset_from,
        register_datasets_from,
        register_user,
        remove_tag,
        request_upload,
        revoke_register_permission,
        revoke_search_permission,
        search,
        set_annotation,
        set_annotations,
        set_readme,
        set_tags,
        summary,
        update_me,
        update_user,
        upload_dataset,
        user_info,
        versions,
    )
    from .synchronous import (
        all as all,  # by its name only: a star import must not replace a builtin
    )
    from .tables import to_dataframe, to_records

__all__ = [
    "ASCENDING",
    "DESCENDING",
    "AsyncClient",
    "AsyncOutcomes",
    "AsyncWalk",
    "AuthenticationError",
    "CallTimeoutError",
    "Client",
    "ConfigurationError",
    "ConflictError",
    "ConnectionFailedError",
    "Download",
    "IntegrityError",
    "InvalidRequestError",
    "LookupServerError",
    "ManifestCache",
    "MultipleResultsError",
    "NotFoundError",
    "NotOfferedError",
    "Outcome",
    "Outcomes",
    "Page",
    "PermissionDeniedError",
    "Provenance",
    "Registration",
    "ServerError",
    "UnreadableAnswerError",
    "Walk",
    "add_tag",
    "aggregate",
    "by_query",
    "by_uuid",
    "complete_upload",
    "config",
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
    "graph",
    "iter_base_uris",
    "iter_datasets",
    "iter_datasets_by_mongo_query",
    "iter_datasets_by_uuid",
    "iter_graph_by_uuid",
    "iter_manifests",
    "iter_users",
    "list_base_uris",
    "list_users",
    "lookup",
    "manifest",
    "offers",
    "open_item",
    "query",
    "read_item",
    "readme",
    "register_base_uri",
    "register_dataset",
    "register_dataset_from",
    "register_datasets_from",
    "register_user",
    "remove_tag",
    "request_upload",
    "revoke_register_permission",
    "revoke_search_permission",
    "search",
    "set_annotation",
    "set_annotations",
    "set_readme",
    "set_tags",
    "show",
    "summary",
    "to_dataframe",
    "to_records",
    "update_me",
    "update_user",
    "upload_dataset",
    "user_info",
    "versions",
]

_ELSEWHERE = {
    "AsyncClient": "clients",
    "AsyncOutcomes": "core.many",
    "AsyncWalk": "core.walks",
    "AuthenticationError": "errors",
    "CallTimeoutError": "errors",
    "Client": "clients",
    "ConfigurationError": "errors",
    "ConflictError": "errors",
    "ConnectionFailedError": "errors",
    "Download": "results",
    "IntegrityError": "errors",
    "InvalidRequestError": "errors",
    "LookupServerError": "errors",
    "ManifestCache": "manifests",
    "MultipleResultsError": "errors",
    "NotFoundError": "errors",
    "NotOfferedError": "errors",
    "Outcome": "results",
    "Outcomes": "core.many",
    "Page": "results",
    "PermissionDeniedError": "errors",
    "Provenance": "provenance",
    "Registration": "results",
    "ServerError": "errors",
    "UnreadableAnswerError": "errors",
    "Walk": "core.walks",
    "iter_manifests": "manifests",
    "open_item": "item_files",
    "show": "notebook",
    "to_dataframe": "tables",
    "to_records": "tables",
}
"""The modules of all names that are not in ``synchronous``."""
_MODULES = ("asynchronous", "errors", "readmes", "results", "synchronous", "typed", "types")

if not _typing.TYPE_CHECKING:  # a type checker would take any name for one that is there

    def __getattr__(name: str) -> object:
        """Load a function, a class or a module when it is first used."""
        if name in _MODULES or name in ("core", "version"):  # programs of 0.10 use the latter
            return _import_module(f"{__name__}.{name}")
        if name not in __all__ and name != "all":
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        module = _import_module(f"{__name__}.{_ELSEWHERE.get(name, 'synchronous')}")
        return globals().setdefault(name, getattr(module, name))

    def __dir__() -> list[str]:
        """Complete to what users are meant to find, which the 0.10 names are not."""
        from .legacy.aliases import ALIASES as _ALIASES

        special = {name for name in globals() if name.startswith("__")}
        return sorted({*special, *__all__, *_MODULES}.difference(_ALIASES))
