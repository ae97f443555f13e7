"""Programs as users write them, read by type checkers only: nothing here is ever run.

Each documented function is called on each surface, and what it returns has the documented type.
What must be refused is marked with the error that it must give, and both checkers say so if it
does not.
"""
# pyright: strict, reportUnnecessaryTypeIgnoreComment=true
# pyright: reportDeprecated=false

import asyncio
import io
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Any, assert_type
from uuid import UUID

import dtool_lookup_api
import dtool_lookup_rest.models
from dtool_lookup_api import (
    ASCENDING,
    DESCENDING,
    AsyncClient,
    AsyncOutcomes,
    AsyncWalk,
    AuthenticationError,
    CallTimeoutError,
    Client,
    Download,
    InvalidRequestError,
    LookupServerError,
    NotFoundError,
    Outcome,
    Outcomes,
    Page,
    Provenance,
    Registration,
    Walk,
    asynchronous,
    get_datasets,
    synchronous,
    typed,
)
from dtool_lookup_api.core.LookupClient import (
    ConfigurationBasedLookupClient,
    CredentialsBasedLookupClient,
)
from dtool_lookup_api.types import (
    Annotations,
    BaseUri,
    BaseUriWithPermissions,
    Dataset,
    GraphDataset,
    Health,
    JsonObject,
    Manifest,
    ManifestItem,
    MongoDataset,
    Pagination,
    ServerConfig,
    ServerVersions,
    SignedItemUrl,
    SignedUrls,
    Sorting,
    Summary,
    UploadComplete,
    UploadItem,
    UploadUrls,
    User,
)
from dtool_lookup_rest.api.datasets import search_datasets
from dtool_lookup_rest.api.me import get_me

TEXT = "1a1f9fad-8589-413e-9602-5bbd66bfe675"
URI = f"smb://test-share/{TEXT}"
ITEM: UploadItem = {"hash": "h", "relpath": "r", "size_in_bytes": 1, "utc_timestamp": 0.5}


# --- every function on every surface -------------------------------------------------------


def package() -> None:
    """Call the functions of the package."""
    get_annotations: Annotations = dtool_lookup_api.get_annotations(URI)
    get_base_uri: BaseUriWithPermissions = dtool_lookup_api.get_base_uri("smb://test-share")
    get_base_uris: Page[BaseUri] = dtool_lookup_api.get_base_uris(1, 10, "base_uri", ASCENDING)
    get_config: ServerConfig = dtool_lookup_api.get_config()
    get_dataset: Dataset = dtool_lookup_api.get_dataset(uri=URI)
    get_datasets: Page[Dataset] = dtool_lookup_api.get_datasets(
        "test", tags=("a",), sort_fields=["name", "uri"], sort_order=[1, -1]
    )
    get_datasets_by_mongo_aggregation: Page[JsonObject] = (
        dtool_lookup_api.get_datasets_by_mongo_aggregation([{"$match": {"name": "a"}}])
    )
    get_datasets_by_mongo_query: Page[MongoDataset] = dtool_lookup_api.get_datasets_by_mongo_query(
        {"name": "a"}, uuids=[UUID(TEXT)]
    )
    get_datasets_by_uuid: Page[Dataset] = dtool_lookup_api.get_datasets_by_uuid(
        UUID(TEXT), pagination={}, sorting={}
    )
    get_graph_by_uuid: Page[GraphDataset] = dtool_lookup_api.get_graph_by_uuid(
        TEXT, ["readme.derived_from.uuid"]
    )
    get_manifest: Manifest = dtool_lookup_api.get_manifest(URI)
    get_me: User = dtool_lookup_api.get_me()
    get_my_summary: Summary = dtool_lookup_api.get_my_summary()
    get_one_dataset: Dataset = dtool_lookup_api.get_one_dataset(tags=["a"])
    get_one_dataset_by_mongo_query: MongoDataset = dtool_lookup_api.get_one_dataset_by_mongo_query(
        "{}"
    )
    get_provenance: Provenance = dtool_lookup_api.get_provenance(TEXT)
    get_readme: str = dtool_lookup_api.get_readme(URI)
    get_readme_as_dict: dict[str, Any] = dtool_lookup_api.get_readme_as_dict(URI)
    get_summary: Summary = dtool_lookup_api.get_summary("testuser")
    get_tags: list[str] = dtool_lookup_api.get_tags(URI)
    get_user: User = dtool_lookup_api.get_user(None)
    get_users: Page[User] = dtool_lookup_api.get_users(
        page_size=None, sort_fields=("is_admin", "username"), sort_order=DESCENDING
    )
    get_versions: ServerVersions = dtool_lookup_api.get_versions()
    register_base_uri: bool = dtool_lookup_api.register_base_uri(
        "smb://test-share", ["testuser"], ()
    )
    register_dataset: bool = dtool_lookup_api.register_dataset(
        URI, readme={"project": "a"}, frozen_at=1.5, created_at=datetime.now()
    )
    register_dataset_from: bool = dtool_lookup_api.register_dataset_from("file:///data/a")
    register_datasets_from: Registration = dtool_lookup_api.register_datasets_from("file:///data")
    register_user: bool = dtool_lookup_api.register_user("testuser", is_admin=True)
    delete_base_uri: bool = dtool_lookup_api.delete_base_uri("smb://test-share")
    delete_dataset: bool = dtool_lookup_api.delete_dataset(URI)
    delete_user: bool = dtool_lookup_api.delete_user("testuser")
    add_tag: list[str] = dtool_lookup_api.add_tag(URI, "river")
    complete_upload: UploadComplete = dtool_lookup_api.complete_upload(URI)
    upload_dataset: UploadComplete = dtool_lookup_api.upload_dataset("a", "s3://b")
    download_dataset: Download = dtool_lookup_api.download_dataset(URI, "a", ["*.csv"])
    download_item: Path = dtool_lookup_api.download_item(URI, "a", "b", True)
    delete_annotation: Annotations = dtool_lookup_api.delete_annotation(URI, "colour")
    get_health: Health = dtool_lookup_api.get_health()
    get_signed_item_url: SignedItemUrl = dtool_lookup_api.get_signed_item_url(URI, "a")
    get_signed_urls: SignedUrls = dtool_lookup_api.get_signed_urls(URI)
    grant_register_permission: User = dtool_lookup_api.grant_register_permission(
        "testuser", "smb://test-share"
    )
    grant_search_permission: User = dtool_lookup_api.grant_search_permission(
        "testuser", "smb://test-share"
    )
    offers: bool | None = dtool_lookup_api.offers("add_tag")
    remove_tag: list[str] = dtool_lookup_api.remove_tag(URI, "river")
    request_upload: UploadUrls = dtool_lookup_api.request_upload(
        "s3://b", TEXT, "name", "jotelha", datetime.now(), [ITEM], annotations={"a": 1}
    )
    revoke_register_permission: User = dtool_lookup_api.revoke_register_permission(
        "testuser", "smb://test-share"
    )
    revoke_search_permission: User = dtool_lookup_api.revoke_search_permission(
        "testuser", "smb://test-share"
    )
    set_annotation: Annotations = dtool_lookup_api.set_annotation(
        URI, "colour", value={"a": [1, None]}
    )
    set_annotations: Annotations = dtool_lookup_api.set_annotations(URI, {"colour": "blue"})
    set_readme: str = dtool_lookup_api.set_readme(URI, readme={"project": "a"})
    set_tags: list[str] = dtool_lookup_api.set_tags(URI, ("a", "b"))
    assert_type(dtool_lookup_api.open_item(URI, "a", client=Client(URI)), io.BufferedReader)
    manifests: Outcomes[Any, Manifest] = dtool_lookup_api.iter_manifests([URI, *get_datasets])
    dtool_lookup_api.show([get_manifest, *manifests])
    frame: Any = dtool_lookup_api.to_dataframe(get_datasets, ["project"], library="polars")
    assert_type(dtool_lookup_api.to_records(frame, {"T": "a.b"}), list[dict[str, Any]])
    update_me: User = dtool_lookup_api.update_me(display_name="A")
    update_user: User = dtool_lookup_api.update_user("testuser", is_admin=True)
    aggregate: Page[JsonObject] = dtool_lookup_api.aggregate('[{"$match": {}}]')
    all: Page[Dataset] = dtool_lookup_api.all(pagination={})
    by_query: Page[MongoDataset] = dtool_lookup_api.by_query({}, ["testuser"], ["smb://test-share"])
    by_uuid: Page[Dataset] = dtool_lookup_api.by_uuid(TEXT)
    config: ServerConfig = dtool_lookup_api.config()
    graph: Page[GraphDataset] = dtool_lookup_api.graph(TEXT, None)
    list_base_uris: Page[BaseUri] = dtool_lookup_api.list_base_uris(1, 10)
    list_users: Page[User] = dtool_lookup_api.list_users(1, 10)
    lookup: Page[Dataset] = dtool_lookup_api.lookup(UUID(TEXT))
    manifest: Manifest = dtool_lookup_api.manifest(URI)
    query: Page[MongoDataset] = dtool_lookup_api.query("{}")
    readme: str = dtool_lookup_api.readme(URI)
    search: Page[Dataset] = dtool_lookup_api.search("test", page_size=20)
    summary: Summary = dtool_lookup_api.summary()
    user_info: User = dtool_lookup_api.user_info("testuser")
    versions: ServerVersions = dtool_lookup_api.versions()
    iter_base_uris: Walk[BaseUri] = dtool_lookup_api.iter_base_uris("base_uri", ASCENDING, ahead=2)
    iter_datasets: Walk[Dataset] = dtool_lookup_api.iter_datasets(
        "test", tags=("a",), sort_fields=["name", "uri"], sort_order=[1, -1], progress=True
    )
    iter_datasets_by_mongo_query: Walk[MongoDataset] = (
        dtool_lookup_api.iter_datasets_by_mongo_query(
            {"name": "a"}, uuids=[UUID(TEXT)], progress=print
        )
    )
    iter_datasets_by_uuid: Walk[Dataset] = dtool_lookup_api.iter_datasets_by_uuid(UUID(TEXT))
    iter_graph_by_uuid: Walk[GraphDataset] = dtool_lookup_api.iter_graph_by_uuid(
        TEXT, ["readme.derived_from.uuid"]
    )
    iter_users: Walk[User] = dtool_lookup_api.iter_users("username", DESCENDING)
    get_many: Outcomes[str, str] = dtool_lookup_api.get_many(
        dtool_lookup_api.get_readme, [URI], concurrency=4
    )
    print(
        iter_base_uris,
        iter_datasets,
        iter_datasets_by_mongo_query,
        iter_datasets_by_uuid,
        iter_graph_by_uuid,
        iter_users,
        get_many,
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
        get_one_dataset,
        get_one_dataset_by_mongo_query,
        get_provenance,
        get_readme,
        get_readme_as_dict,
        get_summary,
        get_tags,
        get_user,
        get_users,
        get_versions,
        register_base_uri,
        register_dataset,
        register_dataset_from,
        register_datasets_from,
        register_user,
        delete_base_uri,
        delete_dataset,
        delete_user,
        add_tag,
        complete_upload,
        download_dataset,
        download_item,
        upload_dataset,
        delete_annotation,
        get_health,
        get_signed_item_url,
        get_signed_urls,
        grant_register_permission,
        grant_search_permission,
        offers,
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
        aggregate,
        all,
        by_query,
        by_uuid,
        config,
        graph,
        list_base_uris,
        list_users,
        lookup,
        manifest,
        query,
        readme,
        search,
        summary,
        user_info,
        versions,
    )


def blocking() -> None:
    """Call the functions that block."""
    get_annotations: Annotations = synchronous.get_annotations(URI)
    get_base_uri: BaseUriWithPermissions = synchronous.get_base_uri("smb://test-share")
    get_base_uris: Page[BaseUri] = synchronous.get_base_uris(1, 10, "base_uri", ASCENDING)
    get_config: ServerConfig = synchronous.get_config()
    get_dataset: Dataset = synchronous.get_dataset(uri=URI)
    get_datasets: Page[Dataset] = synchronous.get_datasets(
        "test", tags=("a",), sort_fields=["name", "uri"], sort_order=[1, -1]
    )
    get_datasets_by_mongo_aggregation: Page[JsonObject] = (
        synchronous.get_datasets_by_mongo_aggregation([{"$match": {"name": "a"}}])
    )
    get_datasets_by_mongo_query: Page[MongoDataset] = synchronous.get_datasets_by_mongo_query(
        {"name": "a"}, uuids=[UUID(TEXT)]
    )
    get_datasets_by_uuid: Page[Dataset] = synchronous.get_datasets_by_uuid(
        UUID(TEXT), pagination={}, sorting={}
    )
    get_graph_by_uuid: Page[GraphDataset] = synchronous.get_graph_by_uuid(
        TEXT, ["readme.derived_from.uuid"]
    )
    get_manifest: Manifest = synchronous.get_manifest(URI)
    get_me: User = synchronous.get_me()
    get_my_summary: Summary = synchronous.get_my_summary()
    get_one_dataset: Dataset = synchronous.get_one_dataset(tags=["a"])
    get_one_dataset_by_mongo_query: MongoDataset = synchronous.get_one_dataset_by_mongo_query("{}")
    get_provenance: Provenance = synchronous.get_provenance(TEXT)
    get_readme: str = synchronous.get_readme(URI)
    get_readme_as_dict: dict[str, Any] = synchronous.get_readme_as_dict(URI)
    get_summary: Summary = synchronous.get_summary("testuser")
    get_tags: list[str] = synchronous.get_tags(URI)
    get_user: User = synchronous.get_user(None)
    get_users: Page[User] = synchronous.get_users(
        page_size=None, sort_fields=("is_admin", "username"), sort_order=DESCENDING
    )
    get_versions: ServerVersions = synchronous.get_versions()
    register_base_uri: bool = synchronous.register_base_uri("smb://test-share", ["testuser"], ())
    register_dataset: bool = synchronous.register_dataset(
        URI, readme={"project": "a"}, frozen_at=1.5, created_at=datetime.now()
    )
    register_dataset_from: bool = synchronous.register_dataset_from("file:///data/a")
    register_datasets_from: Registration = synchronous.register_datasets_from("file:///data")
    register_user: bool = synchronous.register_user("testuser", is_admin=True)
    delete_base_uri: bool = synchronous.delete_base_uri("smb://test-share")
    delete_dataset: bool = synchronous.delete_dataset(URI)
    delete_user: bool = synchronous.delete_user("testuser")
    add_tag: list[str] = synchronous.add_tag(URI, "river")
    complete_upload: UploadComplete = synchronous.complete_upload(URI)
    upload_dataset: UploadComplete = synchronous.upload_dataset("a", "s3://b")
    download_dataset: Download = synchronous.download_dataset(URI, "a", ["*.csv"])
    download_item: Path = synchronous.download_item(URI, "a", "b", True)
    delete_annotation: Annotations = synchronous.delete_annotation(URI, "colour")
    get_health: Health = synchronous.get_health()
    get_signed_item_url: SignedItemUrl = synchronous.get_signed_item_url(URI, "a")
    get_signed_urls: SignedUrls = synchronous.get_signed_urls(URI)
    grant_register_permission: User = synchronous.grant_register_permission(
        "testuser", "smb://test-share"
    )
    grant_search_permission: User = synchronous.grant_search_permission(
        "testuser", "smb://test-share"
    )
    offers: bool | None = synchronous.offers("add_tag")
    remove_tag: list[str] = synchronous.remove_tag(URI, "river")
    request_upload: UploadUrls = synchronous.request_upload(
        "s3://b", TEXT, "name", "jotelha", datetime.now(), [ITEM], annotations={"a": 1}
    )
    revoke_register_permission: User = synchronous.revoke_register_permission(
        "testuser", "smb://test-share"
    )
    revoke_search_permission: User = synchronous.revoke_search_permission(
        "testuser", "smb://test-share"
    )
    set_annotation: Annotations = synchronous.set_annotation(URI, "colour", value={"a": [1, None]})
    set_annotations: Annotations = synchronous.set_annotations(URI, {"colour": "blue"})
    set_readme: str = synchronous.set_readme(URI, readme={"project": "a"})
    set_tags: list[str] = synchronous.set_tags(URI, ("a", "b"))
    update_me: User = synchronous.update_me(display_name="A")
    update_user: User = synchronous.update_user("testuser", is_admin=True)
    aggregate: Page[JsonObject] = synchronous.aggregate('[{"$match": {}}]')
    all: Page[Dataset] = synchronous.all(pagination={})
    by_query: Page[MongoDataset] = synchronous.by_query({}, ["testuser"], ["smb://test-share"])
    by_uuid: Page[Dataset] = synchronous.by_uuid(TEXT)
    config: ServerConfig = synchronous.config()
    graph: Page[GraphDataset] = synchronous.graph(TEXT, None)
    list_base_uris: Page[BaseUri] = synchronous.list_base_uris(1, 10)
    list_users: Page[User] = synchronous.list_users(1, 10)
    lookup: Page[Dataset] = synchronous.lookup(UUID(TEXT))
    manifest: Manifest = synchronous.manifest(URI)
    query: Page[MongoDataset] = synchronous.query("{}")
    readme: str = synchronous.readme(URI)
    search: Page[Dataset] = synchronous.search("test", page_size=20)
    summary: Summary = synchronous.summary()
    user_info: User = synchronous.user_info("testuser")
    versions: ServerVersions = synchronous.versions()
    iter_base_uris: Walk[BaseUri] = synchronous.iter_base_uris("base_uri", ASCENDING, ahead=2)
    iter_datasets: Walk[Dataset] = synchronous.iter_datasets(
        "test", tags=("a",), sort_fields=["name", "uri"], sort_order=[1, -1], progress=True
    )
    iter_datasets_by_mongo_query: Walk[MongoDataset] = synchronous.iter_datasets_by_mongo_query(
        {"name": "a"}, uuids=[UUID(TEXT)], progress=print
    )
    iter_datasets_by_uuid: Walk[Dataset] = synchronous.iter_datasets_by_uuid(UUID(TEXT))
    iter_graph_by_uuid: Walk[GraphDataset] = synchronous.iter_graph_by_uuid(
        TEXT, ["readme.derived_from.uuid"]
    )
    iter_users: Walk[User] = synchronous.iter_users("username", DESCENDING)
    get_many: Outcomes[str, str] = synchronous.get_many(
        synchronous.get_readme, [URI], concurrency=4
    )
    print(
        iter_base_uris,
        iter_datasets,
        iter_datasets_by_mongo_query,
        iter_datasets_by_uuid,
        iter_graph_by_uuid,
        iter_users,
        get_many,
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
        get_one_dataset,
        get_one_dataset_by_mongo_query,
        get_provenance,
        get_readme,
        get_readme_as_dict,
        get_summary,
        get_tags,
        get_user,
        get_users,
        get_versions,
        register_base_uri,
        register_dataset,
        register_dataset_from,
        register_datasets_from,
        register_user,
        delete_base_uri,
        delete_dataset,
        delete_user,
        add_tag,
        complete_upload,
        download_dataset,
        download_item,
        upload_dataset,
        delete_annotation,
        get_health,
        get_signed_item_url,
        get_signed_urls,
        grant_register_permission,
        grant_search_permission,
        offers,
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
        aggregate,
        all,
        by_query,
        by_uuid,
        config,
        graph,
        list_base_uris,
        list_users,
        lookup,
        manifest,
        query,
        readme,
        search,
        summary,
        user_info,
        versions,
    )


async def awaited() -> None:
    """Await the functions to await."""
    get_annotations: Annotations = await asynchronous.get_annotations(URI)
    get_base_uri: BaseUriWithPermissions = await asynchronous.get_base_uri("smb://test-share")
    get_base_uris: Page[BaseUri] = await asynchronous.get_base_uris(1, 10, "base_uri", ASCENDING)
    get_config: ServerConfig = await asynchronous.get_config()
    get_dataset: Dataset = await asynchronous.get_dataset(uri=URI)
    get_datasets: Page[Dataset] = await asynchronous.get_datasets(
        "test", tags=("a",), sort_fields=["name", "uri"], sort_order=[1, -1]
    )
    get_datasets_by_mongo_aggregation: Page[
        JsonObject
    ] = await asynchronous.get_datasets_by_mongo_aggregation([{"$match": {"name": "a"}}])
    get_datasets_by_mongo_query: Page[
        MongoDataset
    ] = await asynchronous.get_datasets_by_mongo_query({"name": "a"}, uuids=[UUID(TEXT)])
    get_datasets_by_uuid: Page[Dataset] = await asynchronous.get_datasets_by_uuid(
        UUID(TEXT), pagination={}, sorting={}
    )
    get_graph_by_uuid: Page[GraphDataset] = await asynchronous.get_graph_by_uuid(
        TEXT, ["readme.derived_from.uuid"]
    )
    get_manifest: Manifest = await asynchronous.get_manifest(URI)
    get_me: User = await asynchronous.get_me()
    get_my_summary: Summary = await asynchronous.get_my_summary()
    get_one_dataset: Dataset = await asynchronous.get_one_dataset(tags=["a"])
    get_one_dataset_by_mongo_query: MongoDataset = (
        await asynchronous.get_one_dataset_by_mongo_query("{}")
    )
    get_provenance: Provenance = await asynchronous.get_provenance(TEXT)
    get_readme: str = await asynchronous.get_readme(URI)
    get_readme_as_dict: dict[str, Any] = await asynchronous.get_readme_as_dict(URI)
    get_summary: Summary = await asynchronous.get_summary("testuser")
    get_tags: list[str] = await asynchronous.get_tags(URI)
    get_user: User = await asynchronous.get_user(None)
    get_users: Page[User] = await asynchronous.get_users(
        page_size=None, sort_fields=("is_admin", "username"), sort_order=DESCENDING
    )
    get_versions: ServerVersions = await asynchronous.get_versions()
    register_base_uri: bool = await asynchronous.register_base_uri(
        "smb://test-share", ["testuser"], ()
    )
    register_dataset: bool = await asynchronous.register_dataset(
        URI, readme={"project": "a"}, frozen_at=1.5, created_at=datetime.now()
    )
    register_dataset_from: bool = await asynchronous.register_dataset_from("file:///data/a")
    register_datasets_from: Registration = await asynchronous.register_datasets_from("file:///data")
    register_user: bool = await asynchronous.register_user("testuser", is_admin=True)
    delete_base_uri: bool = await asynchronous.delete_base_uri("smb://test-share")
    delete_dataset: bool = await asynchronous.delete_dataset(URI)
    delete_user: bool = await asynchronous.delete_user("testuser")
    add_tag: list[str] = await asynchronous.add_tag(URI, "river")
    complete_upload: UploadComplete = await asynchronous.complete_upload(URI)
    upload_dataset: UploadComplete = await asynchronous.upload_dataset("a", "s3://b")
    download_dataset: Download = await asynchronous.download_dataset(URI, "a", ["*.csv"])
    download_item: Path = await asynchronous.download_item(URI, "a", "b", True)
    delete_annotation: Annotations = await asynchronous.delete_annotation(URI, "colour")
    get_health: Health = await asynchronous.get_health()
    get_signed_item_url: SignedItemUrl = await asynchronous.get_signed_item_url(URI, "a")
    get_signed_urls: SignedUrls = await asynchronous.get_signed_urls(URI)
    grant_register_permission: User = await asynchronous.grant_register_permission(
        "testuser", "smb://test-share"
    )
    grant_search_permission: User = await asynchronous.grant_search_permission(
        "testuser", "smb://test-share"
    )
    offers: bool | None = await asynchronous.offers("add_tag")
    remove_tag: list[str] = await asynchronous.remove_tag(URI, "river")
    request_upload: UploadUrls = await asynchronous.request_upload(
        "s3://b", TEXT, "name", "jotelha", datetime.now(), [ITEM], annotations={"a": 1}
    )
    revoke_register_permission: User = await asynchronous.revoke_register_permission(
        "testuser", "smb://test-share"
    )
    revoke_search_permission: User = await asynchronous.revoke_search_permission(
        "testuser", "smb://test-share"
    )
    set_annotation: Annotations = await asynchronous.set_annotation(
        URI, "colour", value={"a": [1, None]}
    )
    set_annotations: Annotations = await asynchronous.set_annotations(URI, {"colour": "blue"})
    set_readme: str = await asynchronous.set_readme(URI, readme={"project": "a"})
    set_tags: list[str] = await asynchronous.set_tags(URI, ("a", "b"))
    update_me: User = await asynchronous.update_me(display_name="A")
    update_user: User = await asynchronous.update_user("testuser", is_admin=True)
    aggregate: Page[JsonObject] = await asynchronous.aggregate('[{"$match": {}}]')
    all: Page[Dataset] = await asynchronous.all(pagination={})
    by_query: Page[MongoDataset] = await asynchronous.by_query(
        {}, ["testuser"], ["smb://test-share"]
    )
    by_uuid: Page[Dataset] = await asynchronous.by_uuid(TEXT)
    config: ServerConfig = await asynchronous.config()
    graph: Page[GraphDataset] = await asynchronous.graph(TEXT, None)
    list_base_uris: Page[BaseUri] = await asynchronous.list_base_uris(1, 10)
    list_users: Page[User] = await asynchronous.list_users(1, 10)
    lookup: Page[Dataset] = await asynchronous.lookup(UUID(TEXT))
    manifest: Manifest = await asynchronous.manifest(URI)
    query: Page[MongoDataset] = await asynchronous.query("{}")
    readme: str = await asynchronous.readme(URI)
    search: Page[Dataset] = await asynchronous.search("test", page_size=20)
    summary: Summary = await asynchronous.summary()
    user_info: User = await asynchronous.user_info("testuser")
    versions: ServerVersions = await asynchronous.versions()
    iter_base_uris: AsyncWalk[BaseUri] = asynchronous.iter_base_uris("base_uri", ASCENDING, ahead=2)
    iter_datasets: AsyncWalk[Dataset] = asynchronous.iter_datasets(
        "test", tags=("a",), sort_fields=["name", "uri"], sort_order=[1, -1], progress=True
    )
    iter_datasets_by_mongo_query: AsyncWalk[MongoDataset] = (
        asynchronous.iter_datasets_by_mongo_query({"name": "a"}, uuids=[UUID(TEXT)], progress=print)
    )
    iter_datasets_by_uuid: AsyncWalk[Dataset] = asynchronous.iter_datasets_by_uuid(UUID(TEXT))
    iter_graph_by_uuid: AsyncWalk[GraphDataset] = asynchronous.iter_graph_by_uuid(
        TEXT, ["readme.derived_from.uuid"]
    )
    iter_users: AsyncWalk[User] = asynchronous.iter_users("username", DESCENDING)
    get_many: AsyncOutcomes[str, str] = asynchronous.get_many(
        asynchronous.get_readme, [URI], concurrency=4
    )
    print(
        iter_base_uris,
        iter_datasets,
        iter_datasets_by_mongo_query,
        iter_datasets_by_uuid,
        iter_graph_by_uuid,
        iter_users,
        get_many,
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
        get_one_dataset,
        get_one_dataset_by_mongo_query,
        get_provenance,
        get_readme,
        get_readme_as_dict,
        get_summary,
        get_tags,
        get_user,
        get_users,
        get_versions,
        register_base_uri,
        register_dataset,
        register_dataset_from,
        register_datasets_from,
        register_user,
        delete_base_uri,
        delete_dataset,
        delete_user,
        add_tag,
        complete_upload,
        download_dataset,
        download_item,
        upload_dataset,
        delete_annotation,
        get_health,
        get_signed_item_url,
        get_signed_urls,
        grant_register_permission,
        grant_search_permission,
        offers,
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
        aggregate,
        all,
        by_query,
        by_uuid,
        config,
        graph,
        list_base_uris,
        list_users,
        lookup,
        manifest,
        query,
        readme,
        search,
        summary,
        user_info,
        versions,
    )


def client_methods(client: Client) -> None:
    """Call the methods that block."""
    get_annotations: Annotations = client.get_annotations(URI)
    get_base_uri: BaseUriWithPermissions = client.get_base_uri("smb://test-share")
    get_base_uris: Page[BaseUri] = client.get_base_uris(1, 10, "base_uri", ASCENDING)
    get_config: ServerConfig = client.get_config()
    get_dataset: Dataset = client.get_dataset(uri=URI)
    get_datasets: Page[Dataset] = client.get_datasets(
        "test", tags=("a",), sort_fields=["name", "uri"], sort_order=[1, -1]
    )
    get_datasets_by_mongo_aggregation: Page[JsonObject] = client.get_datasets_by_mongo_aggregation(
        [{"$match": {"name": "a"}}]
    )
    get_datasets_by_mongo_query: Page[MongoDataset] = client.get_datasets_by_mongo_query(
        {"name": "a"}, uuids=[UUID(TEXT)]
    )
    get_datasets_by_uuid: Page[Dataset] = client.get_datasets_by_uuid(
        UUID(TEXT), pagination={}, sorting={}
    )
    get_graph_by_uuid: Page[GraphDataset] = client.get_graph_by_uuid(
        TEXT, ["readme.derived_from.uuid"]
    )
    get_manifest: Manifest = client.get_manifest(URI)
    get_me: User = client.get_me()
    get_my_summary: Summary = client.get_my_summary()
    get_one_dataset: Dataset = client.get_one_dataset(tags=["a"])
    get_one_dataset_by_mongo_query: MongoDataset = client.get_one_dataset_by_mongo_query("{}")
    get_provenance: Provenance = client.get_provenance(TEXT)
    get_readme: str = client.get_readme(URI)
    get_readme_as_dict: dict[str, Any] = client.get_readme_as_dict(URI)
    get_summary: Summary = client.get_summary("testuser")
    get_tags: list[str] = client.get_tags(URI)
    get_user: User = client.get_user(None)
    get_users: Page[User] = client.get_users(
        page_size=None, sort_fields=("is_admin", "username"), sort_order=DESCENDING
    )
    get_versions: ServerVersions = client.get_versions()
    register_base_uri: bool = client.register_base_uri("smb://test-share", ["testuser"], ())
    register_dataset: bool = client.register_dataset(
        URI, readme={"project": "a"}, frozen_at=1.5, created_at=datetime.now()
    )
    register_dataset_from: bool = client.register_dataset_from("file:///data/a")
    register_datasets_from: Registration = client.register_datasets_from("file:///data")
    register_user: bool = client.register_user("testuser", is_admin=True)
    delete_base_uri: bool = client.delete_base_uri("smb://test-share")
    delete_dataset: bool = client.delete_dataset(URI)
    delete_user: bool = client.delete_user("testuser")
    add_tag: list[str] = client.add_tag(URI, "river")
    complete_upload: UploadComplete = client.complete_upload(URI)
    upload_dataset: UploadComplete = client.upload_dataset("a", "s3://b")
    download_dataset: Download = client.download_dataset(URI, "a", ["*.csv"])
    download_item: Path = client.download_item(URI, "a", "b", True)
    delete_annotation: Annotations = client.delete_annotation(URI, "colour")
    get_health: Health = client.get_health()
    get_signed_item_url: SignedItemUrl = client.get_signed_item_url(URI, "a")
    get_signed_urls: SignedUrls = client.get_signed_urls(URI)
    grant_register_permission: User = client.grant_register_permission(
        "testuser", "smb://test-share"
    )
    grant_search_permission: User = client.grant_search_permission("testuser", "smb://test-share")
    offers: bool | None = client.offers("add_tag")
    remove_tag: list[str] = client.remove_tag(URI, "river")
    request_upload: UploadUrls = client.request_upload(
        "s3://b", TEXT, "name", "jotelha", datetime.now(), [ITEM], annotations={"a": 1}
    )
    revoke_register_permission: User = client.revoke_register_permission(
        "testuser", "smb://test-share"
    )
    revoke_search_permission: User = client.revoke_search_permission("testuser", "smb://test-share")
    set_annotation: Annotations = client.set_annotation(URI, "colour", value={"a": [1, None]})
    set_annotations: Annotations = client.set_annotations(URI, {"colour": "blue"})
    set_readme: str = client.set_readme(URI, readme={"project": "a"})
    set_tags: list[str] = client.set_tags(URI, ("a", "b"))
    update_me: User = client.update_me(display_name="A")
    update_user: User = client.update_user("testuser", is_admin=True)
    iter_base_uris: Walk[BaseUri] = client.iter_base_uris("base_uri", ASCENDING, ahead=2)
    iter_datasets: Walk[Dataset] = client.iter_datasets(
        "test", tags=("a",), sort_fields=["name", "uri"], sort_order=[1, -1], progress=True
    )
    iter_datasets_by_mongo_query: Walk[MongoDataset] = client.iter_datasets_by_mongo_query(
        {"name": "a"}, uuids=[UUID(TEXT)], progress=print
    )
    iter_datasets_by_uuid: Walk[Dataset] = client.iter_datasets_by_uuid(UUID(TEXT))
    iter_graph_by_uuid: Walk[GraphDataset] = client.iter_graph_by_uuid(
        TEXT, ["readme.derived_from.uuid"]
    )
    iter_users: Walk[User] = client.iter_users("username", DESCENDING)
    get_many: Outcomes[str, str] = client.get_many(client.get_readme, [URI], concurrency=4)
    print(
        iter_base_uris,
        iter_datasets,
        iter_datasets_by_mongo_query,
        iter_datasets_by_uuid,
        iter_graph_by_uuid,
        iter_users,
        get_many,
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
        get_one_dataset,
        get_one_dataset_by_mongo_query,
        get_provenance,
        get_readme,
        get_readme_as_dict,
        get_summary,
        get_tags,
        get_user,
        get_users,
        get_versions,
        register_base_uri,
        register_dataset,
        register_dataset_from,
        register_datasets_from,
        register_user,
        delete_base_uri,
        delete_dataset,
        delete_user,
        add_tag,
        complete_upload,
        download_dataset,
        download_item,
        upload_dataset,
        delete_annotation,
        get_health,
        get_signed_item_url,
        get_signed_urls,
        grant_register_permission,
        grant_search_permission,
        offers,
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
    )


async def async_client_methods(client: AsyncClient) -> None:
    """Await the methods to await."""
    get_annotations: Annotations = await client.get_annotations(URI)
    get_base_uri: BaseUriWithPermissions = await client.get_base_uri("smb://test-share")
    get_base_uris: Page[BaseUri] = await client.get_base_uris(1, 10, "base_uri", ASCENDING)
    get_config: ServerConfig = await client.get_config()
    get_dataset: Dataset = await client.get_dataset(uri=URI)
    get_datasets: Page[Dataset] = await client.get_datasets(
        "test", tags=("a",), sort_fields=["name", "uri"], sort_order=[1, -1]
    )
    get_datasets_by_mongo_aggregation: Page[
        JsonObject
    ] = await client.get_datasets_by_mongo_aggregation([{"$match": {"name": "a"}}])
    get_datasets_by_mongo_query: Page[MongoDataset] = await client.get_datasets_by_mongo_query(
        {"name": "a"}, uuids=[UUID(TEXT)]
    )
    get_datasets_by_uuid: Page[Dataset] = await client.get_datasets_by_uuid(
        UUID(TEXT), pagination={}, sorting={}
    )
    get_graph_by_uuid: Page[GraphDataset] = await client.get_graph_by_uuid(
        TEXT, ["readme.derived_from.uuid"]
    )
    get_manifest: Manifest = await client.get_manifest(URI)
    get_me: User = await client.get_me()
    get_my_summary: Summary = await client.get_my_summary()
    get_one_dataset: Dataset = await client.get_one_dataset(tags=["a"])
    get_one_dataset_by_mongo_query: MongoDataset = await client.get_one_dataset_by_mongo_query("{}")
    get_provenance: Provenance = await client.get_provenance(TEXT)
    get_readme: str = await client.get_readme(URI)
    get_readme_as_dict: dict[str, Any] = await client.get_readme_as_dict(URI)
    get_summary: Summary = await client.get_summary("testuser")
    get_tags: list[str] = await client.get_tags(URI)
    get_user: User = await client.get_user(None)
    get_users: Page[User] = await client.get_users(
        page_size=None, sort_fields=("is_admin", "username"), sort_order=DESCENDING
    )
    get_versions: ServerVersions = await client.get_versions()
    register_base_uri: bool = await client.register_base_uri("smb://test-share", ["testuser"], ())
    register_dataset: bool = await client.register_dataset(
        URI, readme={"project": "a"}, frozen_at=1.5, created_at=datetime.now()
    )
    register_dataset_from: bool = await client.register_dataset_from("file:///data/a")
    register_datasets_from: Registration = await client.register_datasets_from("file:///data")
    register_user: bool = await client.register_user("testuser", is_admin=True)
    delete_base_uri: bool = await client.delete_base_uri("smb://test-share")
    delete_dataset: bool = await client.delete_dataset(URI)
    delete_user: bool = await client.delete_user("testuser")
    add_tag: list[str] = await client.add_tag(URI, "river")
    complete_upload: UploadComplete = await client.complete_upload(URI)
    upload_dataset: UploadComplete = await client.upload_dataset("a", "s3://b")
    download_dataset: Download = await client.download_dataset(URI, "a", ["*.csv"])
    download_item: Path = await client.download_item(URI, "a", "b", True)
    delete_annotation: Annotations = await client.delete_annotation(URI, "colour")
    get_health: Health = await client.get_health()
    get_signed_item_url: SignedItemUrl = await client.get_signed_item_url(URI, "a")
    get_signed_urls: SignedUrls = await client.get_signed_urls(URI)
    grant_register_permission: User = await client.grant_register_permission(
        "testuser", "smb://test-share"
    )
    grant_search_permission: User = await client.grant_search_permission(
        "testuser", "smb://test-share"
    )
    offers: bool | None = await client.offers("add_tag")
    remove_tag: list[str] = await client.remove_tag(URI, "river")
    request_upload: UploadUrls = await client.request_upload(
        "s3://b", TEXT, "name", "jotelha", datetime.now(), [ITEM], annotations={"a": 1}
    )
    revoke_register_permission: User = await client.revoke_register_permission(
        "testuser", "smb://test-share"
    )
    revoke_search_permission: User = await client.revoke_search_permission(
        "testuser", "smb://test-share"
    )
    set_annotation: Annotations = await client.set_annotation(URI, "colour", value={"a": [1, None]})
    set_annotations: Annotations = await client.set_annotations(URI, {"colour": "blue"})
    set_readme: str = await client.set_readme(URI, readme={"project": "a"})
    set_tags: list[str] = await client.set_tags(URI, ("a", "b"))
    update_me: User = await client.update_me(display_name="A")
    update_user: User = await client.update_user("testuser", is_admin=True)
    iter_base_uris: AsyncWalk[BaseUri] = client.iter_base_uris("base_uri", ASCENDING, ahead=2)
    iter_datasets: AsyncWalk[Dataset] = client.iter_datasets(
        "test", tags=("a",), sort_fields=["name", "uri"], sort_order=[1, -1], progress=True
    )
    iter_datasets_by_mongo_query: AsyncWalk[MongoDataset] = client.iter_datasets_by_mongo_query(
        {"name": "a"}, uuids=[UUID(TEXT)], progress=print
    )
    iter_datasets_by_uuid: AsyncWalk[Dataset] = client.iter_datasets_by_uuid(UUID(TEXT))
    iter_graph_by_uuid: AsyncWalk[GraphDataset] = client.iter_graph_by_uuid(
        TEXT, ["readme.derived_from.uuid"]
    )
    iter_users: AsyncWalk[User] = client.iter_users("username", DESCENDING)
    get_many: AsyncOutcomes[str, str] = client.get_many(client.get_readme, [URI], concurrency=4)
    print(
        iter_base_uris,
        iter_datasets,
        iter_datasets_by_mongo_query,
        iter_datasets_by_uuid,
        iter_graph_by_uuid,
        iter_users,
        get_many,
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
        get_one_dataset,
        get_one_dataset_by_mongo_query,
        get_provenance,
        get_readme,
        get_readme_as_dict,
        get_summary,
        get_tags,
        get_user,
        get_users,
        get_versions,
        register_base_uri,
        register_dataset,
        register_dataset_from,
        register_datasets_from,
        register_user,
        delete_base_uri,
        delete_dataset,
        delete_user,
        add_tag,
        complete_upload,
        download_dataset,
        download_item,
        upload_dataset,
        delete_annotation,
        get_health,
        get_signed_item_url,
        get_signed_urls,
        grant_register_permission,
        grant_search_permission,
        offers,
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
    )


# --- results ---------------------------------------------------------------------------------


def results() -> None:
    """Use what the functions return."""
    page = get_datasets()
    assert_type(page, Page[Dataset])
    assert_type(page[0], Dataset)
    assert_type(page[0]["created_at"], float)
    assert_type(page[0]["uuid"], str)
    assert_type(page[0].get("size_in_bytes"), int | None)
    assert_type(page[:2], list[Dataset])
    assert_type(page.pagination, Pagination)
    assert_type(page.pagination["total"], int)
    assert_type(page.pagination.get("next_page"), int | None)
    assert_type(page.sorting, Sorting)
    assert_type([dataset["uri"] for dataset in page], list[str])
    plain: list[Dataset] = page
    print(plain)

    manifest = dtool_lookup_api.get_manifest(URI)
    assert_type(manifest["items"], dict[str, ManifestItem])
    assert_type(manifest["items"]["a"]["size_in_bytes"], int)
    assert_type(dtool_lookup_api.get_annotations(URI)["a"], Any)
    assert_type(dtool_lookup_api.get_versions()["dservercore"], str | None)
    assert_type(dtool_lookup_api.get_summary()["datasets_per_creator"], dict[str, int])
    assert_type(dtool_lookup_api.get_graph_by_uuid(TEXT)[0]["derived_from"], list[str])
    assert_type(dtool_lookup_api.get_datasets_by_mongo_query({})[0]["tags"], list[str])


def walks(client: Client) -> None:
    """Walk, and ask about many things."""
    with dtool_lookup_api.iter_datasets(tags=["a"]) as walk:
        assert_type(walk, Walk[Dataset])
        assert_type(walk.total, int | None)
        assert_type(next(walk)["uri"], str)
        assert_type([dataset["created_at"] for dataset in walk], list[float])
    uris = (dataset["uri"] for dataset in client.iter_datasets())
    for outcome in client.get_many(client.get_tags, uris, progress=report):
        assert_type(outcome, Outcome[str, list[str]])
        assert_type(outcome.argument, str)
        assert_type(outcome.value, list[str])
        assert_type(outcome.error, LookupServerError | None)
    walk.close()


async def walks_to_await(client: AsyncClient) -> None:
    """Do the same, awaited."""
    async with asynchronous.iter_datasets(tags=["a"]) as walk:
        assert_type(walk, AsyncWalk[Dataset])
        assert_type(await walk.total, int | None)
        assert_type((await anext(walk))["uri"], str)
        assert_type([dataset["created_at"] async for dataset in walk], list[float])
    uris = (dataset["uri"] async for dataset in client.iter_datasets())
    async for outcome in client.get_many(client.get_tags, uris, progress=report):
        assert_type(outcome, Outcome[str, list[str]])
        assert_type(outcome.value, list[str])
    await walk.aclose()


def report(done: int, total: int | None) -> None:
    """Take what a walk reports."""
    print(done, total)


def clients() -> None:
    """Make clients, with settings of one's own or without, and hand functions around."""
    with Client("https://dserver.example", token="a", timeout=5, retries=0) as client:
        assert_type(client, Client)
        assert_type(client.get_me(), User)
    Client(auth_url="https://a.example", username="a", password="b", verify_ssl=False).close()
    by_uri: Callable[[str], Dataset] = dtool_lookup_api.get_dataset
    awaited_by_uri: Callable[[str], Awaitable[Dataset]] = asynchronous.get_dataset
    print(by_uri, awaited_by_uri)


async def async_clients() -> None:
    """Make a client to await, and let it do several things at once."""
    async with AsyncClient() as client:
        assert_type(client, AsyncClient)
        readme, datasets = await asyncio.gather(client.get_readme(URI), client.get_datasets())
        assert_type(readme, str)
        assert_type(datasets, Page[Dataset])
    await client.aclose()


async def documented_classes() -> None:
    """Use the documented classes, which have the names of old as well."""
    async with ConfigurationBasedLookupClient() as client:
        assert_type(await client.all(), Page[Dataset])
        assert_type(await client.get_manifest(URI), Manifest)
    another = CredentialsBasedLookupClient("https://a.example", "https://b.example", "a", "b")
    assert_type(await another.query({"name": "a"}), Page[MongoDataset])


async def models() -> None:
    """Use the generated functions, which return the models of successes."""
    with typed.connect() as client:
        words = dtool_lookup_rest.models.SearchDataset(free_text="a")
        found = search_datasets.sync(client=client, body=words)
        assert_type(found, list[dtool_lookup_rest.models.Dataset])
        assert_type(found[0].created_at, float)
        me = await get_me.asyncio(client=client)
        assert_type(me, dtool_lookup_rest.models.User)
        response = await get_me.asyncio_detailed(client=client)
        assert_type(response.parsed, dtool_lookup_rest.models.User)


def errors() -> None:
    """Catch errors as what they are, and as what they are besides."""
    try:
        dtool_lookup_api.get_me()
    except NotFoundError as error:
        assert_type(error.status, int | None)
        assert_type(error.errors, dict[str, Any] | None)
        assert_type(error.next_step, str | None)
    except LookupServerError as error:
        assert_type(error.operation, str | None)
    runtime_error: type[RuntimeError] = AuthenticationError
    value_error: type[ValueError] = InvalidRequestError
    timeout_error: type[TimeoutError] = CallTimeoutError
    print(runtime_error, value_error, timeout_error)


# --- what must be refused --------------------------------------------------------------------


def refused(client: Client) -> None:
    """Make mistakes in programs that block."""
    get_datasets(freetext="a")  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    get_datasets(page_size="10")  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    get_datasets(sort_fields="size")  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    get_datasets()[0]["base_url"]  # type: ignore[typeddict-item] # pyright: ignore[reportGeneralTypeIssues]
    get_datasets().totals()  # type: ignore[attr-defined] # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    number: int = get_datasets()[0]["created_at"]  # type: ignore[assignment] # pyright: ignore[reportAssignmentType]
    dtool_lookup_api.get_readme()  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    dtool_lookup_api.get_dataset(1)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    dtool_lookup_api.get_nothing()  # type: ignore[attr-defined] # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    dtool_lookup_api.get_users(sort_fields="uri")  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    dtool_lookup_api.register_user("a", "admin")  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    synchronous.get_manifest(URI)["items"]["a"]["size"]  # type: ignore[typeddict-item] # pyright: ignore[reportGeneralTypeIssues]
    client.get_me()["name"]  # type: ignore[typeddict-item] # pyright: ignore[reportGeneralTypeIssues]
    client.iter_datasets(page_size=10)  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    len(client.iter_datasets())  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    client.get_many(client.get_readme, [1])  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    client.search("a")  # type: ignore[attr-defined] # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    Client("https://a.example", "token")  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    dtool_lookup_rest.models.Datasets()  # type: ignore[attr-defined] # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    Client(timeout="5")  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    print(number)


async def refused_to_await(client: AsyncClient) -> None:
    """Make mistakes in programs that await."""
    asynchronous.get_me()["username"]  # type: ignore[index] # pyright: ignore[reportIndexIssue]
    client.get_datasets()[0]  # type: ignore[index] # pyright: ignore[reportIndexIssue]
    await get_datasets()  # type: ignore[misc] # pyright: ignore[reportGeneralTypeIssues]
    await client.get_datasets(page_size="10")  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    await client.iter_datasets()  # type: ignore[misc] # pyright: ignore[reportGeneralTypeIssues]
    client.get_many(get_datasets, ["a"])  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    with client:  # type: ignore[attr-defined] # pyright: ignore[reportGeneralTypeIssues]
        pass


def datasets_are_arguments(client: Client) -> None:
    """What is held names itself: a dict of a listing, a model, an object of another library."""
    for outcome in dtool_lookup_api.get_many(
        dtool_lookup_api.get_readme, dtool_lookup_api.iter_datasets(tags=["river"])
    ):
        readme: str = outcome.value
        print(outcome.argument, readme)
    for dataset in client.get_datasets():
        assert_type(client.get_manifest(dataset), Manifest)
        print(client.get_provenance(dataset), client.get_datasets(uuids=[dataset, UUID(TEXT)]))


def models_are_arguments(dataset: dtool_lookup_rest.models.Dataset) -> None:
    """The models of the generated package have the same names."""
    assert_type(dtool_lookup_api.get_tags(dataset), list[str])
    print(dtool_lookup_api.get_datasets_by_uuid(dataset))
    dtool_lookup_api.get_tags(7)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def literal_arguments(client: Client) -> None:
    """A misspelt function and an order that is none are found before the program runs."""
    print(client.offers("add_tag"), client.get_datasets(sort_order=[DESCENDING, ASCENDING]))
    client.offers("ad_tag")  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    client.get_datasets(sort_order=2)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
