"""Look up dtool datasets on a dserver.

The functions of this package block; they work in scripts, in a running event loop and in
notebooks. ``dtool_lookup_api.asynchronous`` has the same functions to await, ``Client`` and
``AsyncClient`` have them as methods::

    from dtool_lookup_api import get_datasets

    for dataset in get_datasets(free_text="test"):
        print(dataset["uri"])

The server and the login are configured by ``DSERVER_URL``, ``DSERVER_TOKEN`` and their like, in
the environment or in ``~/.config/dtool/dtool.json``. Whatever goes wrong is raised as a
``LookupServerError``; ``dtool_lookup_api.errors`` draws the tree.
"""

from .clients import AsyncClient, Client
from .errors import (
    AuthenticationError,
    CallTimeoutError,
    ConfigurationError,
    ConflictError,
    ConnectionFailedError,
    InvalidRequestError,
    LookupServerError,
    NotFoundError,
    NotOfferedError,
    PermissionDeniedError,
    ServerError,
    UnreadableAnswerError,
)
from .page import Page
from .synchronous import (
    ASCENDING,
    DESCENDING,
    aggregate,
    all,
    by_query,
    by_uuid,
    config,
    delete_base_uri,
    delete_user,
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
    get_manifest,
    get_me,
    get_my_summary,
    get_readme,
    get_summary,
    get_tags,
    get_user,
    get_users,
    get_versions,
    graph,
    list_base_uris,
    list_users,
    lookup,
    manifest,
    query,
    readme,
    register_base_uri,
    register_user,
    search,
    summary,
    user_info,
    versions,
)

__version__ = "0.11.0"

__all__ = [
    "ASCENDING",
    "DESCENDING",
    "AsyncClient",
    "AuthenticationError",
    "CallTimeoutError",
    "Client",
    "ConfigurationError",
    "ConflictError",
    "ConnectionFailedError",
    "InvalidRequestError",
    "LookupServerError",
    "NotFoundError",
    "NotOfferedError",
    "Page",
    "PermissionDeniedError",
    "ServerError",
    "UnreadableAnswerError",
    "aggregate",
    "all",
    "by_query",
    "by_uuid",
    "config",
    "delete_base_uri",
    "delete_user",
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
    "get_manifest",
    "get_me",
    "get_my_summary",
    "get_readme",
    "get_summary",
    "get_tags",
    "get_user",
    "get_users",
    "get_versions",
    "graph",
    "list_base_uris",
    "list_users",
    "lookup",
    "manifest",
    "query",
    "readme",
    "register_base_uri",
    "register_user",
    "search",
    "summary",
    "user_info",
    "versions",
]
