"""Every function that reads, on whatever server is named: its answers are right.

`make test-server` runs these tests; docs/testing-a-server.md tells how. Where no server is named,
the local real dserver is asked.
"""

import asyncio
import inspect
import json
import pkgutil
from collections.abc import Callable
from importlib import import_module
from itertools import islice
from typing import Any
from uuid import uuid4

import pytest

from dtool_lookup_api import (
    DESCENDING,
    AsyncClient,
    AuthenticationError,
    Client,
    LookupServerError,
    MultipleResultsError,
    NotFoundError,
    NotOfferedError,
    PermissionDeniedError,
    typed,
)
from dtool_lookup_api.__main__ import main
from dtool_lookup_api.core.routes import FUNCTIONS, ROUTES
from dtool_lookup_rest import api, models

from devserver import URI, UUID
from ownserver import CONFORMANCE, Known, Server

pytestmark = [
    pytest.mark.slow,
    # A server for tests may have a certificate of its own, or none.
    pytest.mark.filterwarnings("default::UserWarning"),
]

MANY = 250  # entries of a walk that are looked at: more than two pages

Ask = Callable[..., Any]
Arguments = Callable[[Known], dict[str, Any]]
Right = Callable[[Any, Known], bool]

SEARCHES = {"POST /uris", "POST /mongo/query", "POST /mongo/aggregate", "POST /graph/uuids/{}"}
READING = {
    name
    for name, operations in FUNCTIONS.items()
    if operations
    and hasattr(Client, name)
    and not name.startswith(("download_", "read_"))  # from storage: tests/faults
    and all(
        ROUTES[each].method == "GET" or f"{ROUTES[each].method} {ROUTES[each].path}" in SEARCHES
        for each in operations
    )
}
FOR_ADMINISTRATORS = {"get_base_uri", "get_base_uris", "get_users", "iter_base_uris", "iter_users"}


# What the server is known to hold, by the name of the parameter that takes it.
KNOWN: dict[str, Callable[[Known], Any]] = {
    "base_uri": lambda known: known["base_uri"],
    "identifier": lambda known: known.item or pytest.skip("no item"),
    "uri": lambda known: known["uri"],
    "username": lambda known: known.me["username"],
    "uuid": lambda known: known["uuid"],
}


def required(function: Callable[..., Any]) -> Arguments:
    """Return what fills out the parameters that a function requires."""
    names = [
        parameter.name
        for parameter in inspect.signature(function).parameters.values()
        if parameter.default is parameter.empty and parameter.name != "self"
    ]
    return lambda known: {name: KNOWN[name](known) for name in names}


def finds_it(found: Any, known: Known) -> bool:
    return known["uri"] in [dataset["uri"] for dataset in found]


def has_each_once(found: Any, known: Known) -> bool:
    uris = [dataset["uri"] for dataset in found]
    return len(set(uris)) == len(uris) and (known.dataset is None or len(uris) > 0)


def has_base_uris(found: Any, known: Known) -> bool:
    names = [each["base_uri"] for each in found]
    return (
        all(names) and len(set(names)) == len(names) and (known.dataset is None or len(names) > 0)
    )


def is_a_list(found: Any, known: Known) -> bool:
    return isinstance(found, list)


# Arguments of functions that need more than what is known, or other values than `required` gives.
ARGUMENTS: dict[str, Arguments] = {
    "get_datasets_by_mongo_aggregation": lambda known: {
        "aggregation": [{"$match": {"uri": known["uri"]}}]
    },
    "get_datasets_by_mongo_query": lambda known: {
        "query": {},
        "uuids": [known["uuid"]],
        "base_uris": [known["base_uri"]],
    },
    "get_one_dataset_by_mongo_query": lambda known: {"query": {"uri": known["uri"]}},
    "get_summary": lambda known: {"username": known.me["username"]},
    "get_user": lambda known: {"username": known.me["username"]},
    "iter_datasets_by_mongo_query": lambda known: {"query": {"uri": known["uri"]}},
}
# What is true of a result, beyond being JSON.
RIGHT: dict[str, Right] = {
    "get_annotations": lambda found, known: isinstance(found, dict),
    "get_base_uri": lambda found, known: found["base_uri"] == known["base_uri"],
    "get_base_uris": has_base_uris,
    "get_config": lambda found, known: len(found) > 0,
    "get_dataset": lambda found, known: found == known.dataset,
    "get_datasets": lambda found, known: (
        has_each_once(found, known) and found.pagination["total"] >= len(found)
    ),
    "get_datasets_by_mongo_aggregation": finds_it,
    "get_datasets_by_mongo_query": finds_it,
    "get_datasets_by_uuid": finds_it,
    "get_graph_by_uuid": is_a_list,
    "get_health": lambda found, known: bool(found["status"]),
    "get_manifest": lambda found, known: known["number_of_items"] in (None, len(found["items"])),
    "get_me": lambda found, known: found == known.me,
    "get_my_summary": lambda found, known: found["number_of_datasets"] >= 0,
    "get_one_dataset_by_mongo_query": lambda found, known: found["uri"] == known["uri"],
    "get_provenance": lambda found, known: known["uuid"] in found.nodes,
    "get_readme": lambda found, known: isinstance(found, str),
    "get_readme_as_dict": lambda found, known: isinstance(found, dict),
    "get_signed_item_url": lambda found, known: found["url"].startswith("http"),
    "get_signed_urls": lambda found, known: known.item in [None, *found["item_urls"]],
    "get_summary": lambda found, known: found["number_of_datasets"] >= 0,
    "get_tags": lambda found, known: len(set(found)) == len(found),
    "get_user": lambda found, known: found["username"] == known.me["username"],
    "get_users": lambda found, known: len(found) > 0,
    "get_versions": lambda found, known: bool(found["dservercore"]),
    "iter_base_uris": has_base_uris,
    "iter_datasets": has_each_once,
    "iter_datasets_by_mongo_query": finds_it,
    "iter_datasets_by_uuid": finds_it,
    "iter_graph_by_uuid": is_a_list,
    "iter_users": lambda found, known: len(found) > 0,
}


@pytest.fixture(params=["blocking", "async"])
def ask(request: pytest.FixtureRequest, server: Server) -> Ask:
    """Return what calls a function with one of the clients; a walk is read to a list."""

    def blocking(name: str, /, **arguments: Any) -> Any:
        with Client(**server.given) as client:
            found = getattr(client, name)(**arguments)
            return list(islice(found, MANY)) if name.startswith("iter_") else found

    async def awaited(name: str, arguments: dict[str, Any]) -> Any:
        async with AsyncClient(**server.given) as client:
            found = getattr(client, name)(**arguments)
            if not name.startswith("iter_"):
                return await found
            entries: list[Any] = []
            async for entry in found:
                entries.append(entry)
                if len(entries) == MANY:
                    break
            await found.aclose()
            return entries

    if request.param == "blocking":
        return blocking
    return lambda name, /, **arguments: asyncio.run(awaited(name, arguments))


@pytest.mark.parametrize("name", sorted(READING - {"get_one_dataset"}))  # test_one_of_many
def test_function(server: Server, ask: Ask, name: str) -> None:
    """The answer is the right one; or it is refused, as it must be, or not offered."""
    given = ARGUMENTS.get(name, required(getattr(Client, name)))(server.known)
    if name in FOR_ADMINISTRATORS and not server.known.me["is_admin"]:
        with pytest.raises(PermissionDeniedError):
            ask(name, **given)
        return
    try:
        found = ask(name, **given)
    except NotOfferedError as error:
        pytest.skip(f"{error.what}: {error.next_step}")
    assert name not in RIGHT or RIGHT[name](found, server.known)
    assert name == "get_provenance" or json.dumps(found)  # which is a graph


# --- listings --------------------------------------------------------------------------------


def test_pages_and_order(server: Server, ask: Ask) -> None:
    """Two pages do not overlap, their order turns round, and past the end there is nothing."""
    first, second = (ask("get_datasets", page_number=number, page_size=2) for number in (1, 2))
    uris = [dataset["uri"] for page in (first, second) for dataset in page]
    assert uris == sorted(set(uris), key=uris.index)
    total = first.pagination["total"]
    assert total >= len(uris)
    last = ask("get_datasets", page_size=1, sort_order=DESCENDING)
    assert len(last) == min(total, 1)
    assert total < 2 or last[0]["uri"] != uris[0]
    assert ask("get_datasets", page_number=total + 2, page_size=1) == []


def test_filters(server: Server, ask: Ask) -> None:
    """Each filter finds the dataset that has what is asked for, and no others."""
    known = server.known
    for name, value in (
        ("creator_usernames", known["creator_username"]),
        ("base_uris", known["base_uri"]),
    ):
        found = ask("get_datasets", **{name: [value]}, page_size=100)
        key = name.removesuffix("s")
        assert found
        assert {dataset[key] for dataset in found} == {value}
    assert ask("get_datasets", free_text=f"no{uuid4().hex}") == []
    assert ask("get_datasets", tags=[f"no{uuid4().hex}"]) == []
    assert ask("get_datasets_by_uuid", uuid=uuid4()) == []


def test_one_of_many(server: Server, ask: Ask) -> None:
    """The only dataset that matches is returned; of several, none is chosen."""
    filters = {"base_uris": [server.known["base_uri"]]}
    if ask("get_datasets", **filters).pagination["total"] == 1:
        assert ask("get_one_dataset", **filters)["uri"] == server.known["uri"]
    else:
        with pytest.raises(MultipleResultsError):
            ask("get_one_dataset", **filters)
    with pytest.raises(NotFoundError):
        ask("get_one_dataset", tags=[f"no{uuid4().hex}"])


def test_many_at_a_time(server: Server) -> None:
    """READMEs of many datasets come in order, each the one that is asked for alone."""
    with Client(**server.given) as client:
        uris = [dataset["uri"] for dataset in client.get_datasets(page_size=20)]
        outcomes = list(client.get_many(client.get_readme, uris))
        assert [outcome.argument for outcome in outcomes] == uris
        assert [outcome.error for outcome in outcomes if outcome.error] == []
        assert all(outcome.value == client.get_readme(outcome.argument) for outcome in outcomes[:2])


# --- refusals --------------------------------------------------------------------------------


def test_what_is_not_there_is_refused(server: Server, ask: Ask) -> None:
    """Each mistake is the error that it is."""
    uuid = uuid4()
    with pytest.raises(PermissionDeniedError):
        ask("get_dataset", uri=f"s3://unknown-{uuid}/{uuid}")
    with pytest.raises(LookupServerError) as caught:
        ask("get_dataset", uri=f"{server.known['base_uri']}/{uuid}")
    assert caught.value.status == 404


def test_a_wrong_token_is_refused(server: Server) -> None:
    """No token but one of the generator opens the server."""
    client = Client(server.given["url"], token="e30.e30.e30")
    with client, pytest.raises(AuthenticationError):
        client.get_me()


# --- the generated package -------------------------------------------------------------------


BODIES: dict[str, Arguments] = {
    "aggregate_datasets": lambda known: {
        "body": models.QueryDataset.from_dict({"aggregation": [{"$match": {"uri": known["uri"]}}]})
    },
    "query_datasets": lambda known: {
        "body": models.QueryDataset.from_dict({"query": {"uri": known["uri"]}})
    },
    "query_dependency_graph": lambda known: {
        "uuid": known["uuid"],
        "body": models.DependencyKeysRequest(["readme.derived_from.uuid"]),
    },
    "search_datasets": lambda known: {"body": models.SearchDataset()},
}
GENERATED = {
    module.name.rpartition(".")[2]: module.name
    for module in pkgutil.walk_packages(api.__path__, f"{api.__name__}.")
}
ADMINISTRATIVE = {"get_base_uri", "list_base_uris", "list_users", "get_user", "get_user_summary"}


@pytest.mark.parametrize("name", sorted({each for name in READING for each in FUNCTIONS[name]}))
def test_typed(server: Server, name: str) -> None:
    """The generated functions make the same request, and their models hold the answer."""
    operation: Any = import_module(GENERATED[name])
    given = BODIES.get(name, required(operation._get_kwargs))(server.known)

    async def call_async() -> Any:
        async with typed.connect(**server.given) as client:
            return await operation.asyncio_detailed(client=client, **given)

    try:
        with typed.connect(**server.given) as client:
            answer = operation.sync_detailed(client=client, **given)
    except LookupServerError as error:
        with pytest.raises(type(error)):
            asyncio.run(call_async())
        if error.status == 403 and name in ADMINISTRATIVE and not server.known.me["is_admin"]:
            return
        if error.status in (404, 405, 501) and (ROUTES[name].since or ROUTES[name].plugin):
            pytest.skip("not offered by this server")
        raise
    assert asyncio.run(call_async()).status_code == answer.status_code
    assert answer.status_code == 200
    parsed = answer.parsed if isinstance(answer.parsed, list) else [answer.parsed]
    content = json.loads(answer.content)
    assert [model.to_dict() for model in parsed] == (
        content if isinstance(content, list) else [content]
    )


# --- the command, and the example ----------------------------------------------------------------


def test_check(
    server: Server,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The command says what the server is, who the user is and what is offered."""
    for key, value in server.settings.items():
        monkeypatch.setenv(key, value)
    main(["check", "--json"])

    findings = json.loads(capsys.readouterr().out)["findings"]
    if conformance := request.config.stash.get(CONFORMANCE, None):
        conformance.findings = findings
    states = {finding["name"]: finding["state"] for finding in findings}
    assert states["answers"] == states["login"] == "ok"
    assert states["documented functions"] == "ok"


def test_the_documented_example(server: Server, ask: Ask) -> None:
    """The example of the documentation is found as it says."""
    if URI not in [dataset["uri"] for dataset in ask("get_datasets_by_uuid", uuid=UUID)]:
        pytest.skip("depends on the example data of devserver/, which this server does not hold")
    found = {dataset["uri"] for dataset in ask("get_datasets", free_text="test", page_size=100)}
    assert URI in found
    assert "testing project" in ask("get_readme", uri=URI)
    (item,) = ask("get_manifest", uri=URI)["items"].values()
    assert item["relpath"] == "simple_text_file.txt"
