# Derived by `make generate` from generated/dtool_lookup_rest: do not edit.

"""The generated functions and models, for attribute access to typed results.

Each operation of the contract is a module with ``sync``, ``sync_detailed``,
``asyncio`` and ``asyncio_detailed``; ``connect`` makes the client that they want.
"""

from dtool_lookup_rest import AuthenticatedClient
from dtool_lookup_rest.api.annotations import (
    delete_annotation,
    get_annotations,
    replace_annotations,
    set_annotation,
)
from dtool_lookup_rest.api.auth import (
    auth_callback,
    auth_login,
    auth_logout,
    create_token,
    get_auth_info,
    get_session_token,
    refresh_token,
    verify_token,
)
from dtool_lookup_rest.api.base_uris import (
    delete_base_uri,
    get_base_uri,
    list_base_uris,
    put_base_uri,
)
from dtool_lookup_rest.api.config import get_config, get_health, get_versions
from dtool_lookup_rest.api.datasets import (
    delete_dataset,
    get_dataset,
    list_datasets,
    list_datasets_by_uuid,
    register_dataset,
    search_datasets,
)
from dtool_lookup_rest.api.graph import get_dependency_graph, query_dependency_graph
from dtool_lookup_rest.api.manifests import get_manifest
from dtool_lookup_rest.api.me import get_me, get_my_summary, update_me
from dtool_lookup_rest.api.mongo import aggregate_datasets, query_datasets
from dtool_lookup_rest.api.readmes import get_readme, set_readme
from dtool_lookup_rest.api.signed_urls import (
    complete_upload,
    get_dataset_signed_urls,
    get_item_signed_url,
    request_upload,
)
from dtool_lookup_rest.api.tags import add_tag, get_tags, remove_tag, replace_tags
from dtool_lookup_rest.api.users import (
    delete_user,
    get_user,
    get_user_summary,
    grant_register_permission,
    grant_search_permission,
    list_users,
    put_user,
    revoke_register_permission,
    revoke_search_permission,
    update_user,
)
from dtool_lookup_rest.api.webhook import notify, notify_path
from dtool_lookup_rest.models import (
    AuthInfo,
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
    Health,
    JsonObject,
    Manifest,
    ManifestItem,
    ManifestItems,
    MeUpdate,
    MongoDataset,
    Pagination,
    QueryDataset,
    Readme,
    ReadmeRequest,
    RegisterDataset,
    RegisterDatasetType,
    SearchDataset,
    ServerConfig,
    ServerVersions,
    ServerVersionsVersions,
    SignedItemUrl,
    SignedUrls,
    SingleAnnotation,
    SizeByName,
    Sorting,
    SortingSort,
    Summary,
    TagList,
    TokenClaims,
    TokenHolder,
    TokenRequest,
    TokenResponse,
    UploadComplete,
    UploadCompleteRequest,
    UploadItem,
    UploadItemUrl,
    UploadItemUrlHeaders,
    UploadRequest,
    UploadRequestOverlays,
    UploadTargets,
    UploadTargetsItems,
    UploadUrls,
    UrlByName,
    User,
    UserUpdate,
    UserWrite,
)

from .core.generated import connect as _connect
from .core.options import ClientOptions as _ClientOptions

__all__ = [
    "AuthInfo",
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
    "add_tag",
    "aggregate_datasets",
    "auth_callback",
    "auth_login",
    "auth_logout",
    "complete_upload",
    "connect",
    "create_token",
    "delete_annotation",
    "delete_base_uri",
    "delete_dataset",
    "delete_user",
    "get_annotations",
    "get_auth_info",
    "get_base_uri",
    "get_config",
    "get_dataset",
    "get_dataset_signed_urls",
    "get_dependency_graph",
    "get_health",
    "get_item_signed_url",
    "get_manifest",
    "get_me",
    "get_my_summary",
    "get_readme",
    "get_session_token",
    "get_tags",
    "get_user",
    "get_user_summary",
    "get_versions",
    "grant_register_permission",
    "grant_search_permission",
    "list_base_uris",
    "list_datasets",
    "list_datasets_by_uuid",
    "list_users",
    "notify",
    "notify_path",
    "put_base_uri",
    "put_user",
    "query_datasets",
    "query_dependency_graph",
    "refresh_token",
    "register_dataset",
    "remove_tag",
    "replace_annotations",
    "replace_tags",
    "request_upload",
    "revoke_register_permission",
    "revoke_search_permission",
    "search_datasets",
    "set_annotation",
    "set_readme",
    "update_me",
    "update_user",
    "verify_token",
]


def connect(
    url: str | None = None,
    *,
    token: str | None = None,
    auth_url: str | None = None,
    username: str | None = None,
    password: str | None = None,
    api_key: str | None = None,
    verify_ssl: bool | str | None = None,
    disable_authentication: bool | None = None,
    timeout: float | None = None,
    deadline: float | None = None,
    retries: int | None = None,
    max_connections: int | None = None,
    max_response_mb: float | None = None,
    storage_verify_ssl: bool | str | None = None,
    storage_proxy: str | None = None,
    storage_timeout: float | None = None,
) -> AuthenticatedClient:
    """Return a client for the functions of the generated package ``dtool_lookup_rest``.

    It logs in, retries and gives up as the documented functions do, and has the settings of
    the moment when it was made. Use it in a ``with`` or ``async with`` block, in one event
    loop. The generated functions return the model of a success. They raise the errors of
    ``dtool_lookup_api.errors`` for other responses and for logins that fail, and ``httpx``
    exceptions where there is no response.

    Args:
        url: URL of the dserver, including its path, default ``DSERVER_URL``.
        token: Token to send as it is, default ``DSERVER_TOKEN``. A configured token is only
            sent to the configured server.
        auth_url: URL of the token generator; the final ``/token`` may be left out, default
            ``DSERVER_TOKEN_GENERATOR_URL``. A configured generator is only asked for tokens of
            the configured server.
        username: User name for the token generator, default ``DSERVER_USERNAME``.
        password: Password for the token generator, default ``DSERVER_PASSWORD``. A configured
            password is only sent to the configured generator. It is stored as clear text: for
            tests only.
        api_key: API key of the OAuth2 token generator, for operators: it makes tokens for any
            user, default ``DSERVER_API_KEY``. A configured key is only sent to the configured
            generator.
        verify_ssl: Whether to verify certificates (``false`` is for tests only), or the path of
            a CA bundle, default ``DSERVER_VERIFY_SSL``, or ``True``.
        disable_authentication: Whether to send no token at all, default
            ``DSERVER_DISABLE_AUTHENTICATION``, or ``False``.
        timeout: Seconds to wait for a connection, or for the next byte, default
            ``DSERVER_TIMEOUT``, or 30.
        deadline: Seconds for one call, including login and retries, default
            ``DSERVER_DEADLINE``, or 120.
        retries: How often to retry a call that is safe to repeat; 0 for never, default
            ``DSERVER_RETRIES``, or 3.
        max_connections: How many calls of a client may be under way at a time; the others wait
            their turn, default ``DSERVER_MAX_CONNECTIONS``, or 32.
        max_response_mb: Size limit of a response in millions of bytes, after decompression,
            default ``DSERVER_MAX_RESPONSE_MB``, or 256.
        storage_verify_ssl: As ``verify_ssl``, for transfers of data from and to storage,
            default ``DSERVER_STORAGE_VERIFY_SSL``, or ``True``.
        storage_proxy: URL of the proxy for transfers, or ``none``; where it is not set, the
            environment's, default ``DSERVER_STORAGE_PROXY``.
        storage_timeout: Seconds without a byte after which a transfer fails; transfers have no
            deadline, default ``DSERVER_STORAGE_TIMEOUT``, or 60.

    Returns:
        The generated client::

            from dtool_lookup_api.typed import connect
            from dtool_lookup_rest.api.datasets import search_datasets
            from dtool_lookup_rest.models import SearchDataset

            with connect() as client:
                found = search_datasets.sync(client=client, body=SearchDataset(free_text="test"))

    Raises:
        ConfigurationError: If a setting is missing or cannot be used.
    """
    return _connect(
        _ClientOptions().changed(
            url=url,
            token=token,
            auth_url=auth_url,
            username=username,
            password=password,
            api_key=api_key,
            verify_ssl=verify_ssl,
            disable_authentication=disable_authentication,
            timeout=timeout,
            deadline=deadline,
            retries=retries,
            max_connections=max_connections,
            max_response_mb=max_response_mb,
            storage_verify_ssl=storage_verify_ssl,
            storage_proxy=storage_proxy,
            storage_timeout=storage_timeout,
        )
    )
