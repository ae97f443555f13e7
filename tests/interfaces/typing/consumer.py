"""Programs as users write them, for type checkers only: nothing here is run.

Lines that type checkers must reject are marked with the error; both report a mark without an error.
project/test_typed_blocks.py calls each function in each public module.
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
    InvalidRequestError,
    LookupServerError,
    NotFoundError,
    Outcome,
    Outcomes,
    Page,
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
from dtool_lookup_api.filesystem import DserverFileSystem
from dtool_lookup_api.types import (
    Dataset,
    Manifest,
    ManifestItem,
    MongoDataset,
    Pagination,
    Sorting,
    UploadItem,
    User,
)
from dtool_lookup_rest.api.datasets import search_datasets
from dtool_lookup_rest.api.me import get_me

TEXT = "1a1f9fad-8589-413e-9602-5bbd66bfe675"
URI = f"smb://test-share/{TEXT}"
ITEM: UploadItem = {"hash": "h", "relpath": "r", "size_in_bytes": 1, "utc_timestamp": 0.5}


# --- arguments -------------------------------------------------------------------------------


def arguments() -> None:
    """Pass arguments of all types that a function accepts, by position or by name."""
    dtool_lookup_api.get_base_uris(1, 10, "base_uri", ASCENDING)
    dtool_lookup_api.get_datasets(
        "test", tags=("a",), sort_fields=["name", "uri"], sort_order=[1, -1]
    )
    dtool_lookup_api.get_datasets_by_mongo_query({"name": "a"}, uuids=[UUID(TEXT)])
    dtool_lookup_api.get_datasets_by_uuid(UUID(TEXT), pagination={}, sorting={})
    dtool_lookup_api.get_one_dataset_by_mongo_query("{}")
    dtool_lookup_api.get_user(None)
    dtool_lookup_api.get_users(
        page_size=None, sort_fields=("is_admin", "username"), sort_order=DESCENDING
    )
    dtool_lookup_api.register_base_uri("smb://test-share", ["testuser"], ())
    dtool_lookup_api.register_dataset(
        URI, readme={"project": "a"}, frozen_at=1.5, created_at=datetime.now()
    )
    dtool_lookup_api.copy_dataset({"uri": URI}, "s3://b", Client(URI), progress=print)
    dtool_lookup_api.download_dataset(URI, Path("a"), ["*.csv"])
    dtool_lookup_api.request_upload(
        "s3://b", TEXT, "name", "jotelha", datetime.now(), [ITEM], annotations={"a": 1}
    )
    dtool_lookup_api.set_annotation(URI, "colour", value={"a": [1, None]})
    dtool_lookup_api.set_readme(URI, readme={"project": "a"})
    dtool_lookup_api.set_tags(URI, ("a", "b"))
    dtool_lookup_api.iter_base_uris("base_uri", ASCENDING, ahead=2)
    dtool_lookup_api.iter_datasets("test", tags=("a",), sort_order=[1, -1], progress=True)
    dtool_lookup_api.iter_datasets_by_mongo_query({}, uuids=[UUID(TEXT)], progress=print)
    dtool_lookup_api.aggregate('[{"$match": {}}]')
    dtool_lookup_api.all(pagination={})
    dtool_lookup_api.by_query({}, ["testuser"], ["smb://test-share"])


def other_functions() -> None:
    """Call the functions that do not call one route."""
    many = dtool_lookup_api.get_many(dtool_lookup_api.get_readme, [URI], concurrency=4)
    assert_type(many, Outcomes[str, str])
    found = asynchronous.get_many(asynchronous.get_readme, [URI], concurrency=4)
    assert_type(found, AsyncOutcomes[str, str])
    assert_type(dtool_lookup_api.open_item(URI, "a", client=Client(URI)), io.BufferedReader)
    assert_type(DserverFileSystem(URI, block_size=4096).cat_file("a", 0, 9), bytes)
    manifests: Outcomes[Any, Manifest] = dtool_lookup_api.iter_manifests([URI, *get_datasets()])
    dtool_lookup_api.show([get_datasets(), *manifests])
    frame: Any = dtool_lookup_api.to_dataframe(get_datasets(), ["project"], library="polars")
    assert_type(dtool_lookup_api.to_records(frame, {"T": "a.b"}), list[dict[str, Any]])


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
    """Iterate over listings, and make many calls."""
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


async def async_walks(client: AsyncClient) -> None:
    """Do the same in an async program."""
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
    """Receive progress."""
    print(done, total)


def clients() -> None:
    """Make clients with and without settings, and pass functions around."""
    with Client("https://dserver.example", token="a", timeout=5, retries=0) as client:
        assert_type(client, Client)
        assert_type(client.get_me(), User)
    Client(auth_url="https://a.example", username="a", password="b", verify_ssl=False).close()
    by_uri: Callable[[str], Dataset] = dtool_lookup_api.get_dataset
    awaited_by_uri: Callable[[str], Awaitable[Dataset]] = asynchronous.get_dataset
    print(by_uri, awaited_by_uri)


async def async_clients() -> None:
    """Use an async client, and make several calls at a time."""
    async with AsyncClient() as client:
        assert_type(client, AsyncClient)
        readme, datasets = await asyncio.gather(client.get_readme(URI), client.get_datasets())
        assert_type(readme, str)
        assert_type(datasets, Page[Dataset])
    await client.aclose()


async def documented_classes() -> None:
    """Use the 0.10 classes, which also have the 0.10 names."""
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
    """Catch errors by their own and by built-in classes."""
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


# --- what must be rejected -------------------------------------------------------------------


def rejected(client: Client) -> None:
    """Make mistakes in blocking programs."""
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


async def rejected_async(client: AsyncClient) -> None:
    """Make mistakes in async programs."""
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
    """A misspelt function and an invalid order are found before the program runs."""
    print(client.offers("add_tag"), client.get_datasets(sort_order=[DESCENDING, ASCENDING]))
    client.offers("ad_tag")  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    client.get_datasets(sort_order=2)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
