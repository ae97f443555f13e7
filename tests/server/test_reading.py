"""The read side, on the real server, with both clients."""

import asyncio
import json
import pickle
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
import yaml

from dtool_lookup_api import (
    DESCENDING,
    AsyncClient,
    Client,
    MultipleResultsError,
    NotFoundError,
    Page,
    PermissionDeniedError,
    UnreadableAnswerError,
)

from devserver import COPY_URI, URI, Dserver
from devserver import UUID as TEXT

Call = Callable[..., Any]

DOCUMENTED = {
    "created_at": 1604860720.736269,
    "creator_username": "jotelha",
    "frozen_at": 1604921621.719575,
    "name": "simple_test_dataset",
    "number_of_items": 1,
    "size_in_bytes": 17,
    "uuid": TEXT,
}
COPY = {**DOCUMENTED, "base_uri": "s3://test-bucket", "uri": COPY_URI}
ORIGINAL = {**DOCUMENTED, "base_uri": "smb://test-share", "uri": URI}


@pytest.fixture
def registered(dserver: Dserver) -> Iterator[dict[str, Any]]:
    """Return a dataset registered by a call, whose UUID dserver 0.22 stores in binary form."""
    uuid = str(uuid4())
    base_uri = f"s3://{uuid}"  # where only the administrator sees it
    uri = f"{base_uri}/{uuid}"
    with Client(**dserver.given("admin")) as admin:
        admin.register_base_uri(base_uri, ["admin"], ["admin"])
        admin.register_dataset(
            uri,
            uuid=uuid,
            name="registered by a call",
            readme="",
            manifest=admin.get_manifest(COPY_URI),
            creator_username="admin",
            frozen_at=1604921621.5,
        )
        yield {"uri": uri, "uuid": uuid}
        admin.delete_dataset(uri)
        admin.delete_base_uri(base_uri)


class Caller:
    """Calls a function by name for a user, with one of the clients."""

    def __init__(self, dserver: Dserver, mode: str) -> None:
        self._dserver, self._mode = dserver, mode

    def __call__(self, name: str, *args: Any, user: str = "testuser", **kwargs: Any) -> Any:
        given: dict[str, Any] = self._dserver.given(user)
        if self._mode == "blocking":
            with Client(**given) as client:
                return getattr(client, name)(*args, **kwargs)

        async def awaited() -> Any:
            async with AsyncClient(**given) as client:
                return await getattr(client, name)(*args, **kwargs)

        return asyncio.run(awaited())


@pytest.fixture(params=["blocking", "awaited"])
def call(request: pytest.FixtureRequest, dserver: Dserver) -> Caller:
    return Caller(dserver, request.param)


def uris(page: list[Any]) -> list[str]:
    return [dataset["uri"] for dataset in page]


def named(call: Call, name: str) -> dict[str, Any]:
    """Return the dataset of a name."""
    (found,) = call("get_datasets_by_mongo_query", {"name": name}, user="researcher")
    assert isinstance(found, dict)
    return found


def test_a_listing_shows_the_documented_datasets(call: Call) -> None:
    """A listing is a list of dicts with dates as floats, sorted by URI, and tells its place."""
    page = call("get_datasets")

    assert page == [COPY, ORIGINAL]
    assert isinstance(page, Page)
    assert page.pagination["total"] == 2
    assert page.sorting == {"sort": {"uri": 1}}
    assert json.loads(json.dumps(page)) == page
    assert yaml.safe_load(yaml.safe_dump(page)) == page


def test_a_dataset_is_found_by_uri_and_by_uuid(call: Call) -> None:
    """A dataset is found by its URI, all of its copies by the UUID in any form."""
    assert call("get_dataset", URI) == ORIGINAL
    assert call("get_datasets_by_uuid", TEXT) == [COPY, ORIGINAL]
    assert call("get_datasets_by_uuid", UUID(TEXT)) == [COPY, ORIGINAL]
    assert uris(call("get_datasets_by_uuid", TEXT.upper(), sort_order=DESCENDING)) == [
        URI,
        COPY_URI,
    ]
    assert call("get_datasets_by_uuid", "00000000-0000-4000-8000-000000000000") == []


def test_metadata_of_a_dataset(call: Call) -> None:
    """Manifest, README, tags and annotations are those of the documentation."""
    manifest = call("get_manifest", URI)
    readme = yaml.safe_load(call("get_readme", URI))

    assert manifest["items"]["eb58eb70ebcddf630feeea28834f5256c207edfd"] == {
        "hash": "2f7d9c3e0cfd47e8fcab0c12447b2bf0",
        "relpath": "simple_text_file.txt",
        "size_in_bytes": 17,
        "utc_timestamp": 1605027357.284966,
    }
    assert manifest["hash_function"] == "md5sum_hexdigest"
    assert readme["owners"][0]["name"] == "Testing User"
    assert call("get_tags", URI) == []
    assert call("get_annotations", URI) == {}


def test_readme_as_data(call: Call, registered: dict[str, Any]) -> None:
    """It says the same as the text; one that says nothing is empty."""
    assert call("get_readme_as_dict", URI) == yaml.safe_load(call("get_readme", URI))
    assert call("get_readme_as_dict", registered["uri"], user="admin") == {}


def test_readme_that_is_not_data(admin: Client, registered: dict[str, Any]) -> None:
    """Among many, it is an outcome whose error says where it happened, and what to do."""
    admin.register_dataset(
        **registered,
        name="registered by a call",
        readme="only words",
        manifest=admin.get_manifest(COPY_URI),
        creator_username="admin",
        frozen_at=1604921621.5,
    )
    uris = [registered["uri"], URI]
    wrong, right = admin.get_many(admin.get_readme_as_dict, uris)
    assert isinstance(wrong.error, UnreadableAnswerError)
    assert " in get_readme_as_dict. " in str(wrong.error)
    assert "get_readme returns it as text" in str(wrong.error)
    assert right.value["project"] == "testing project"


def test_tags_and_annotations_of_a_dataset_with_some(call: Call) -> None:
    """Tags come as a list, annotations as a dict."""
    found = named(call, "leaf-traits")

    assert "leaf" in call("get_tags", found["uri"], user="researcher")
    assert "method" in call("get_annotations", found["uri"], user="researcher")


@pytest.mark.parametrize(
    ("filters", "total"),
    [
        ({}, 42),
        ({"free_text": ""}, 42),
        ({"free_text": "simple_test_dataset"}, 2),
        ({"creator_usernames": ["operator1", "analysis"]}, 14),
        ({"creator_usernames": ("operator1",)}, 10),
        ({"base_uris": ["smb://test-share", "s3://test-bucket"]}, 2),
        ({"base_uris": ()}, 42),
        ({"tags": ["viscosity", "cold"]}, 2),
        ({"tags": ["viscosity"], "creator_usernames": None}, 12),
        ({"tags": ["no such tag"]}, 0),
    ],
)
def test_filters(call: Call, filters: dict[str, Any], total: int) -> None:
    """Any creator or base URI suffices, all tags are required, an empty list does not filter."""
    pagination: dict[str, Any] = {}

    page = call("get_datasets", **filters, user="researcher", page_size=100, pagination=pagination)

    assert len(page) == total
    assert pagination["total"] == total


def test_the_only_match(call: Call) -> None:
    """The only dataset that matches comes as from the listings, whichever filter leaves it."""
    by_filter = call(
        "get_one_dataset", free_text="simple_test_dataset", base_uris=["smb://test-share"]
    )
    by_query = call(
        "get_one_dataset_by_mongo_query", {"base_uri": "smb://test-share"}, uuids=[TEXT]
    )

    assert by_filter["uri"] == URI
    assert by_query["uri"] == URI


@pytest.mark.parametrize(
    ("name", "arguments", "step"),
    [
        ("get_one_dataset", {"tags": ["no such tag"]}, "Check the filters"),
        ("get_one_dataset", {"uuids": [f"{0:032}"]}, "get_datasets_by_uuid finds"),
        ("get_one_dataset_by_mongo_query", {"query": {"name": "none"}}, "Check the query"),
    ],
)
def test_no_match_where_one_is_wanted(
    call: Call, name: str, arguments: dict[str, Any], step: str
) -> None:
    """Without a match, a program gets an error instead of None."""
    with pytest.raises(NotFoundError, match="No dataset matches") as caught:
        call(name, **arguments)
    assert caught.value.operation == name
    assert step in str(caught.value)


def test_several_matches_where_one_is_wanted(call: Call) -> None:
    """The error shows ten candidates and counts the others, also after a pickle."""
    with pytest.raises(MultipleResultsError) as caught:
        call("get_one_dataset", tags=["viscosity"], user="researcher")
    error = pickle.loads(pickle.dumps(caught.value))
    assert error.total == 12
    assert len(error.candidates) == 10
    first, *lines = str(error).splitlines()
    assert first.startswith("Found 12 datasets instead of one in get_one_dataset. Add filters")
    assert lines[0].split() == [error.candidates[0]["uri"], repr(error.candidates[0]["name"])]
    assert lines[10:] == ["  and 2 more"]


def test_copies_where_one_dataset_is_wanted(call: Call) -> None:
    """Where all matches are copies of one dataset, the error says so."""
    with pytest.raises(
        MultipleResultsError, match="copies of one dataset: select one by"
    ) as caught:
        call("get_one_dataset_by_mongo_query", {}, uuids=[TEXT])
    assert sorted(uris(caught.value.candidates)) == [COPY_URI, URI]
    assert "more" not in str(caught.value)


def test_pages_cover_the_listing_without_overlap(call: Call) -> None:
    """Walking the pages meets each dataset once, though many have the same creator."""
    sorting: dict[str, Any] = {}
    pages = [
        call(
            "get_datasets",
            page_number=number,
            page_size=7,
            sort_fields="creator_username",
            sorting=sorting,
            user="researcher",
        )
        for number in range(1, 8)
    ]

    found = [dataset for page in pages for dataset in page]
    assert len(set(uris(found))) == len(found) == 42
    assert [d["creator_username"] for d in found] == sorted(d["creator_username"] for d in found)
    assert pages[-1] == []
    assert sorting["sort"] == {"creator_username": 1}  # what was asked, without the tie-breaker


def test_none_means_the_default(call: Call) -> None:
    """Programs pass None for what they leave to the library."""
    none = dict.fromkeys(["page_number", "page_size", "sort_fields", "sort_order"])

    assert call("get_datasets", **none) == [COPY, ORIGINAL]


@pytest.mark.parametrize(
    "query",
    [
        {"base_uri": "smb://test-share", "name": {"$regex": "test"}},
        {"readme.owners.name": {"$regex": "^Testing User$"}, "base_uri": "smb://test-share"},
        '{"base_uri": "smb://test-share"}',
    ],
)
def test_mongo_queries(call: Call, query: Any) -> None:
    """The documented queries find the documented dataset, as a dict or as JSON text."""
    (found,) = call("get_datasets_by_mongo_query", query)

    assert found["uri"] == URI
    assert found["type"] == "dataset"
    assert found["created_at"] == pytest.approx(1604860720.736269, abs=0.001)


def test_mongo_query_filters(call: Call) -> None:
    """A query's filters are those of a listing."""
    found = call("get_datasets_by_mongo_query", {}, tags=("river",), page_size=3, user="researcher")

    assert len(found) == 3
    assert found.pagination["total"] == 8


def test_mongo_queries_by_uuid(call: Call, registered: dict[str, Any]) -> None:
    """Datasets are found by UUID, whether a call registered them or the server indexed them."""
    uuids = [registered["uuid"], named(call, "leaf-report")["uuid"].upper()]

    def names(query: dict[str, Any], uuids: list[str]) -> set[str]:
        found = call("get_datasets_by_mongo_query", query, uuids=uuids, user="admin")
        return {dataset["name"] for dataset in found}

    assert names({}, uuids) == {"leaf-report", "registered by a call"}
    assert names({"name": "leaf-report"}, uuids) == {"leaf-report"}
    assert names({"name": "leaf-report"}, uuids[:1]) == set()
    assert names({}, [str(uuid4())]) == set()
    assert names({"name": "leaf-report"}, []) == {"leaf-report"}


def test_a_walk_finds_by_uuid(dserver: Dserver, registered: dict[str, Any]) -> None:
    """So does the walk through all matches."""
    with Client(**dserver.given("admin")) as client:
        walk = client.iter_datasets_by_mongo_query({}, uuids=[registered["uuid"], TEXT])
        assert {dataset["uri"] for dataset in walk} == {registered["uri"], URI, COPY_URI}


def test_mongo_aggregations(call: Call) -> None:
    """An aggregation gives whatever its stages make."""
    stages = [
        {"$group": {"_id": "$creator_username", "count": {"$sum": 1}}},
        {"$addFields": {"creator": "$_id"}},
        {"$sort": {"creator": 1}},
    ]

    assert call("get_datasets_by_mongo_aggregation", stages) == [{"creator": "jotelha", "count": 2}]
    assert call("get_datasets_by_mongo_aggregation", json.dumps(stages))
    assert len(call("get_datasets_by_mongo_aggregation", {"$match": {"name": "x"}})) == 0


def test_the_graph_holds_the_whole_chain(call: Call) -> None:
    """From any link of a chain, the graph has all of its datasets, with their parents."""
    link = named(call, "friction-3-compression")

    graph = call("get_graph_by_uuid", link["uuid"], user="researcher")

    names = {dataset["uuid"]: dataset["name"] for dataset in graph}
    parents = {d["name"]: [names[u] for u in d["derived_from"]] for d in graph}
    assert parents["friction-3-compression"] == ["friction-2-equilibration"]
    assert len(graph) == 6


def test_the_graph_with_dependency_keys_and_pages(call: Call) -> None:
    """The keys that name parents can be given, and the graph be read page by page."""
    link = named(call, "leaf-report")
    keys = ["readme.derived_from.uuid"]

    first = call("get_graph_by_uuid", link["uuid"], keys, page_size=3, user="researcher")
    second = call("get_graph_by_uuid", link["uuid"], keys, 2, 3, user="researcher")

    assert [len(first), len(second)] == [3, 1]
    assert first.pagination["total"] == 4


def test_the_graph_of_an_unknown_dataset_is_empty(call: Call) -> None:
    """The plugin's record without UUID is not passed on."""
    assert call("get_graph_by_uuid", "00000000-0000-4000-8000-000000000000") == []


def test_users_and_summaries(call: Call) -> None:
    """Users can read their own summary, administrators all of them."""
    me = call("get_me")

    assert me["username"] == "testuser"
    assert sorted(me["search_permissions_on_base_uris"]) == ["s3://test-bucket", "smb://test-share"]
    assert call("get_user") == me
    assert call("get_user", "testuser", user="admin") == me
    assert call("get_summary") == call("get_my_summary")
    assert call("get_summary")["number_of_datasets"] == 2
    assert call("get_summary", "testuser", user="admin") == call("get_my_summary")


def test_the_server_tells_of_itself(call: Call) -> None:
    """Configuration and versions tell what the server can do."""
    assert call("get_versions")["dservercore"] == "0.22.0"
    assert call("get_config")["allow_direct_query"] is True


def test_errors_tell_what_happened_and_what_to_do(call: Call) -> None:
    """A dataset that is not there and a base URI that is not yours are told apart."""
    with pytest.raises(NotFoundError) as missing:
        call("get_readme", f"{URI[:-1]}0")
    with pytest.raises(PermissionDeniedError, match="may be unknown to the server") as denied:
        call("get_readme", "smb://another-share/x")
    with pytest.raises(PermissionDeniedError, match="Only administrators"):
        call("get_users")

    assert missing.value.status == 404
    assert denied.value.operation == "get_readme"
    assert denied.value.method == "GET"


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("get_datasets", {}),
        ("get_datasets_by_uuid", {"uuid": TEXT}),
        ("get_datasets_by_mongo_query", {"query": {}}),
        ("get_users", {}),
        ("get_base_uris", {}),
    ],
)
def test_a_page_tells_how_many_there_are(call: Caller, name: str, given: dict[str, Any]) -> None:
    """A page is not all: its total says so, also where there is nothing."""
    page = call(name, page_size=1, user="admin", **given)
    assert len(page) == 1 < page.total
    whole = call(name, page_size=100, user="admin", **given)
    assert len(whole) == page.total
    assert call("get_datasets", free_text="no such word").total == 0


DAY = {"$dateToString": {"date": "$created_at", "format": "%Y-%m-%d"}}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"$gte": [DAY, "2020-11-08"]}, True),
        ({"$gte": [DAY, "2020-11-09"]}, False),
        ({"$lte": [{"$year": "$created_at"}, 2020]}, True),
        ({"$lt": [{"$year": "$created_at"}, 2020]}, False),
    ],
)
def test_a_query_by_date(call: Caller, query: dict[str, Any], found: bool) -> None:
    """MongoDB compares dates with what it makes of them, as the docstring says."""
    filters: dict[str, Any] = {"$expr": query}
    [original] = call("get_datasets_by_mongo_query", {"uri": URI})
    assert original["created_at"] == pytest.approx(DOCUMENTED["created_at"], abs=0.001)
    matching = call("get_datasets_by_mongo_query", {"$and": [filters, {"uri": URI}]})
    assert bool(matching) is found


# --- URIs without a host ------------------------------------------------------------------

STORED, SPELLED = "irods:/zone/rods", "irods:///zone/rods"


@pytest.fixture
def zone(admin: Client) -> Iterator[None]:
    """Hold a dataset of an iRODS zone, whose URIs name no host."""
    admin.register_base_uri(SPELLED, ["testuser"], ["admin"])
    admin.register_dataset(
        f"{STORED}/{TEXT}",
        readme="project: zone",
        manifest=admin.get_manifest(URI),
        uuid=TEXT,
        name="zone",
        creator_username="admin",
        frozen_at=1.0,
        tags=["zone"],
        annotations={"zone": "a"},
    )
    yield
    admin.delete_dataset(f"{SPELLED}/{TEXT}")
    admin.delete_base_uri(STORED)


@pytest.mark.usefixtures("zone")
@pytest.mark.parametrize("base_uri", [STORED, SPELLED])
def test_a_dataset_whose_uri_names_no_host(call: Caller, base_uri: str) -> None:
    """iRODS can be read in the spelling of a listing, and in that of its documentation."""
    uri = f"{base_uri}/{TEXT}"

    [found] = call("get_datasets", base_uris=[base_uri])
    assert (found["uri"], found["base_uri"]) == (f"{STORED}/{TEXT}", STORED)
    assert [d["uri"] for d in call("get_datasets_by_uuid", TEXT)].count(found["uri"]) == 1
    assert call("get_datasets_by_mongo_query", "{}", base_uris=[base_uri])[0]["name"] == "zone"
    assert call("get_dataset", uri)["uri"] == found["uri"]
    assert call("get_readme", uri) == "project: zone"
    assert call("get_manifest", uri) == call("get_manifest", URI)
    assert call("get_tags", uri) == ["zone"]
    assert call("get_annotations", uri) == {"zone": "a"}
    permissions = call("get_base_uri", base_uri, user="admin")
    assert permissions["base_uri"] == STORED
    assert permissions["users_with_search_permissions"] == ["testuser"]
    assert call("register_base_uri", base_uri, user="admin") is True
    assert call("get_base_uri", base_uri, user="admin") == permissions
