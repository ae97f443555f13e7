# Derived by `make generate` from openapi.yaml and dtool_lookup_api/operations: do not edit.
"""The routes that each documented function calls, and what they need on the server."""

from typing import Final, NamedTuple

__all__ = ["FUNCTIONS", "RELEASED", "ROUTES", "Route"]


class Route(NamedTuple):
    """A route of a server."""

    method: str
    path: str
    """The path, with ``{}`` for each value in it."""
    plugin: str = ""
    """The plugin that provides it; empty for dservercore."""
    since: str = ""
    """The first version of the plugin, or of dservercore, that has it; empty if all have it."""
    switch: str = ""
    """The server's setting that enables it."""
    writes_storage: bool = False
    """Whether the server changes the dataset in storage, starting from what its index holds."""


RELEASED: Final = "0.22.0"
"""The latest release of dservercore, which has the functions without ``since``."""


ROUTES: Final = {
    "add_tag": Route("POST", "/tags/{}/{}", since="0.23.0", writes_storage=True),
    "aggregate_datasets": Route(
        "POST",
        "/mongo/aggregate",
        plugin="dserver-direct-mongo-plugin",
        switch="DSERVER_ALLOW_DIRECT_AGGREGATION",
    ),
    "complete_upload": Route(
        "POST", "/signed-urls/upload-complete", plugin="dserver-signed-url-plugin", since="0.1.0"
    ),
    "delete_annotation": Route("DELETE", "/annotations/{}/{}", since="0.23.0", writes_storage=True),
    "delete_base_uri": Route("DELETE", "/base-uris/{}"),
    "delete_dataset": Route("DELETE", "/uris/{}"),
    "delete_user": Route("DELETE", "/users/{}"),
    "get_annotations": Route("GET", "/annotations/{}"),
    "get_base_uri": Route("GET", "/base-uris/{}"),
    "get_config": Route("GET", "/config/info"),
    "get_dataset": Route("GET", "/uris/{}"),
    "get_dataset_signed_urls": Route(
        "GET", "/signed-urls/dataset/{}", plugin="dserver-signed-url-plugin", since="0.1.0"
    ),
    "get_dependency_graph": Route(
        "GET", "/graph/uuids/{}", plugin="dserver-dependency-graph-plugin"
    ),
    "get_health": Route("GET", "/config/health", since="0.23.0"),
    "get_item_signed_url": Route(
        "GET", "/signed-urls/item/{}/{}", plugin="dserver-signed-url-plugin", since="0.1.0"
    ),
    "get_manifest": Route("GET", "/manifests/{}"),
    "get_me": Route("GET", "/me"),
    "get_my_summary": Route("GET", "/me/summary"),
    "get_readme": Route("GET", "/readmes/{}"),
    "get_tags": Route("GET", "/tags/{}"),
    "get_user": Route("GET", "/users/{}"),
    "get_user_summary": Route("GET", "/users/{}/summary"),
    "get_versions": Route("GET", "/config/versions"),
    "grant_register_permission": Route("POST", "/users/{}/register/{}", since="0.23.0"),
    "grant_search_permission": Route("POST", "/users/{}/search/{}", since="0.23.0"),
    "list_base_uris": Route("GET", "/base-uris"),
    "list_datasets_by_uuid": Route("GET", "/uuids/{}"),
    "list_users": Route("GET", "/users"),
    "put_base_uri": Route("PUT", "/base-uris/{}"),
    "put_user": Route("PUT", "/users/{}"),
    "query_datasets": Route(
        "POST",
        "/mongo/query",
        plugin="dserver-direct-mongo-plugin",
        switch="DSERVER_ALLOW_DIRECT_QUERY",
    ),
    "query_dependency_graph": Route(
        "POST", "/graph/uuids/{}", plugin="dserver-dependency-graph-plugin"
    ),
    "register_dataset": Route("PUT", "/uris/{}"),
    "remove_tag": Route("DELETE", "/tags/{}/{}", since="0.23.0", writes_storage=True),
    "replace_tags": Route("PUT", "/tags/{}", since="0.23.0", writes_storage=True),
    "request_upload": Route(
        "POST", "/signed-urls/upload/{}", plugin="dserver-signed-url-plugin", since="0.1.0"
    ),
    "revoke_register_permission": Route("DELETE", "/users/{}/register/{}", since="0.23.0"),
    "revoke_search_permission": Route("DELETE", "/users/{}/search/{}", since="0.23.0"),
    "search_datasets": Route("POST", "/uris"),
    "set_annotation": Route("PUT", "/annotations/{}/{}", since="0.23.0", writes_storage=True),
    "set_readme": Route("PUT", "/readmes/{}", since="0.23.0", writes_storage=True),
    "update_me": Route("PATCH", "/me", since="0.23.0"),
    "update_user": Route("PATCH", "/users/{}", since="0.23.0"),
}
"""Routes by operation."""

FUNCTIONS: Final[dict[str, tuple[str, ...]]] = {
    "add_tag": ("add_tag", "get_tags"),
    "complete_upload": ("get_dataset", "complete_upload"),
    "copy_dataset": (
        "get_dataset",
        "get_me",
        "complete_upload",
        "get_dataset_signed_urls",
        "get_item_signed_url",
        "request_upload",
        "get_tags",
    ),
    "delete_annotation": ("delete_annotation", "get_annotations"),
    "delete_base_uri": ("delete_base_uri",),
    "delete_dataset": ("delete_dataset",),
    "delete_user": ("delete_user",),
    "download_dataset": ("get_dataset_signed_urls", "get_item_signed_url"),
    "download_item": ("get_manifest", "get_dataset_signed_urls", "get_item_signed_url"),
    "get_annotations": ("get_annotations",),
    "get_base_uri": ("get_base_uri",),
    "get_base_uris": ("list_base_uris",),
    "get_config": ("get_config",),
    "get_dataset": ("get_dataset",),
    "get_datasets": ("search_datasets",),
    "get_datasets_by_mongo_aggregation": ("aggregate_datasets",),
    "get_datasets_by_mongo_query": ("list_datasets_by_uuid", "query_datasets"),
    "get_datasets_by_uuid": ("list_datasets_by_uuid",),
    "get_graph_by_uuid": ("get_dependency_graph", "query_dependency_graph"),
    "get_health": ("get_health",),
    "get_manifest": ("get_manifest",),
    "get_many": (),
    "get_me": ("get_me",),
    "get_my_summary": ("get_my_summary",),
    "get_one_dataset": ("search_datasets",),
    "get_one_dataset_by_mongo_query": ("list_datasets_by_uuid", "query_datasets"),
    "get_provenance": ("get_dependency_graph", "query_dependency_graph"),
    "get_readme": ("get_readme",),
    "get_readme_as_dict": ("get_readme",),
    "get_signed_item_url": ("get_item_signed_url",),
    "get_signed_urls": ("get_dataset_signed_urls",),
    "get_summary": ("get_my_summary", "get_user_summary"),
    "get_tags": ("get_tags",),
    "get_user": ("get_me", "get_user"),
    "get_users": ("list_users",),
    "get_versions": ("get_versions",),
    "grant_register_permission": ("get_me", "get_user", "grant_register_permission"),
    "grant_search_permission": ("get_me", "get_user", "grant_search_permission"),
    "iter_base_uris": ("list_base_uris",),
    "iter_datasets": ("search_datasets",),
    "iter_datasets_by_mongo_query": ("list_datasets_by_uuid", "query_datasets"),
    "iter_datasets_by_uuid": ("list_datasets_by_uuid",),
    "iter_graph_by_uuid": ("get_dependency_graph", "query_dependency_graph"),
    "iter_manifests": ("get_manifest", "get_me"),
    "iter_users": ("list_users",),
    "offers": (),
    "open_item": ("get_manifest", "get_dataset_signed_urls", "get_item_signed_url"),
    "read_item": ("get_manifest", "get_dataset_signed_urls", "get_item_signed_url"),
    "register_base_uri": ("get_base_uri", "put_base_uri", "get_user"),
    "register_dataset": ("register_dataset",),
    "register_dataset_from": ("register_dataset",),
    "register_datasets_from": ("register_dataset",),
    "register_user": ("put_user",),
    "remove_tag": ("get_tags", "remove_tag"),
    "request_upload": ("request_upload", "get_tags"),
    "revoke_register_permission": ("get_me", "get_user", "revoke_register_permission"),
    "revoke_search_permission": ("get_me", "get_user", "revoke_search_permission"),
    "set_annotation": ("get_annotations", "set_annotation"),
    "set_annotations": ("delete_annotation", "get_annotations", "set_annotation"),
    "set_readme": ("get_readme", "set_readme"),
    "set_tags": ("get_tags", "replace_tags"),
    "to_dataframe": ("get_readme",),
    "to_records": ("get_readme",),
    "update_me": ("update_me",),
    "update_user": ("get_me", "get_user", "update_user"),
    "upload_dataset": ("get_dataset", "get_me", "complete_upload", "request_upload", "get_tags"),
}
"""Operations that a documented function may call."""
