"""The functions of ``typed`` are the documented ones, with models as results."""

import asyncio
import copy
import inspect
import pickle
import re
import subprocess
import sys
import traceback
from pathlib import Path
from typing import Any

import pytest

from dtool_lookup_api import (
    AsyncClient,
    Client,
    InvalidRequestError,
    LookupServerError,
    ManifestCache,
    NotFoundError,
    Page,
    UnreadableAnswerError,
    asynchronous,
    iter_manifests,
    rendering,
    synchronous,
    to_records,
    typed,
)
from dtool_lookup_api.core import routes
from dtool_lookup_api.legacy.aliases import ALIASES
from dtool_lookup_api.typed import models

import faults
import samples
from devserver import URI, Dserver
from devserver import UUID as TEXT
from faults import Endpoint, replying
from paged_listing import PagedListing

LIMITS: dict[str, Any] = {"timeout": 3, "deadline": 8, "retries": 0}
PAIRS: dict[str, tuple[Any, Any]] = {
    "typed": (typed, synchronous),
    "typed.asynchronous": (typed.asynchronous, asynchronous),
    "typed.Client": (typed.Client, Client),
    "typed.AsyncClient": (typed.AsyncClient, AsyncClient),
}
FUNCTIONS = [name for name in routes.FUNCTIONS if hasattr(synchronous, name)]
FUNCTIONS_WITH_MODELS = [
    name
    for name in FUNCTIONS
    if inspect.signature(getattr(typed, name)).return_annotation
    != inspect.signature(getattr(synchronous, name)).return_annotation
]
READING: dict[str, list[Any]] = {
    "get_base_uri": ["smb://test-share"],
    "get_base_uris": [],
    "get_dataset": [URI],
    "get_datasets": ["test"],
    "get_datasets_by_mongo_query": [{"base_uri": "smb://test-share"}],
    "get_datasets_by_uuid": [TEXT],
    "get_graph_by_uuid": [TEXT],
    "get_manifest": [URI],
    "get_me": [],
    "get_my_summary": [],
    "get_one_dataset": ["test", None, ["smb://test-share"]],
    "get_one_dataset_by_mongo_query": [{"uri": URI}],
    "get_summary": ["testuser"],
    "get_user": ["testuser"],
    "get_users": [],
}
WALKS: dict[str, list[Any]] = {
    "iter_base_uris": [],
    "iter_datasets": [],
    "iter_datasets_by_mongo_query": [{}],
    "iter_datasets_by_uuid": [TEXT],
    "iter_graph_by_uuid": [TEXT],
    "iter_users": [],
}


def client_of(endpoint: Endpoint) -> typed.Client:
    return typed.Client(endpoint.url, token=endpoint.new_token(), **LIMITS)


def plain(value: Any) -> Any:
    """Return what the function of the package returns, but for the keys of what is null."""
    if isinstance(value, models.Model):
        return value.to_dict()
    if isinstance(value, list):
        return [plain(each) for each in value]
    assert isinstance(value, dict)
    return {key: each for key, each in value.items() if each is not None}


# --- the same functions ------------------------------------------------------------------------


@pytest.mark.parametrize("module", PAIRS)
def test_names_arguments_and_descriptions_are_the_same(module: str) -> None:
    """What is known of one module holds for the other; only results differ."""
    own, other = PAIRS[module]
    assert len(FUNCTIONS) > 50
    for name in FUNCTIONS:
        function, documented = getattr(own, name), getattr(other, name)
        assert _parameters(function) == _parameters(documented)
        assert inspect.iscoroutinefunction(function) == inspect.iscoroutinefunction(documented)
        assert _without_result(function) == _without_result(documented)
    assert not [name for name in dir(own) if name in ALIASES]


def _parameters(function: Any) -> list[inspect.Parameter]:
    return list(inspect.signature(function).parameters.values())


def _without_result(function: Any) -> str:
    return re.sub(r"Returns:.*?Raises:", "", inspect.getdoc(function) or "", flags=re.DOTALL)


@pytest.mark.parametrize("module", PAIRS)
def test_docstrings_show_models(module: str) -> None:
    """The section about the result, and its example, speak of a model; the example is Python."""
    own, _ = PAIRS[module]
    assert len(FUNCTIONS_WITH_MODELS) > 30
    for name in FUNCTIONS_WITH_MODELS:
        returns = str(inspect.signature(getattr(own, name)).return_annotation)
        found = re.search(r"typed\.models\.(\w+)", returns)
        assert found, name
        section = (inspect.getdoc(getattr(own, name)) or "").partition("Returns:")[2]
        prose, _, example = section.partition("Raises:")[0].partition("::\n\n")
        assert f"``{found[1]}``" in prose, name
        assert "(dict)" not in prose, name
        assert example.strip().lstrip("[").startswith(f"{found[1]}("), name
        compile(
            inspect.cleandoc(example).replace("{...}", "{}").replace("...", "*()"), name, "exec"
        )


def test_what_has_no_model_is_the_function_itself() -> None:
    """The text of a README is a text; there is one function for it."""
    for name in FUNCTIONS:
        for own, other in list(PAIRS.values())[:2]:
            is_same = getattr(own, name) is getattr(other, name)
            assert is_same == (name not in FUNCTIONS_WITH_MODELS)


def test_importing_the_package_loads_no_models() -> None:
    """Programs that index dicts don't pay for attributes, nor typed ones for the low level."""
    code = (
        "import sys, dtool_lookup_api; before = set(sys.modules); import dtool_lookup_api.typed; "
        "names = ('attr', 'httpx', 'dtool_lookup_api.typed', 'dtool_lookup_api.typed.clients'); "
        "print([n in before for n in names], [n in sys.modules for n in names])"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert result.stdout.strip() == f"{[False] * 4} {[True, False, True, False]}"


# --- on the real server ------------------------------------------------------------------------


@pytest.fixture
def as_admin(dserver: Dserver, monkeypatch: pytest.MonkeyPatch) -> Dserver:
    """Configure the administrator, who may read everything."""
    given = dserver.given("admin")
    for name, value in dserver.exports.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("DSERVER_USERNAME", given["username"])
    monkeypatch.setenv("DSERVER_PASSWORD", given["password"])
    return dserver


@pytest.mark.parametrize("name", READING)
def test_models_hold_what_the_functions_return(as_admin: Dserver, name: str) -> None:
    """Blocking and async, as functions and as methods, with dates converted."""
    arguments = READING[name]
    expected = getattr(synchronous, name)(*arguments)
    with typed.Client() as client:
        found = [getattr(typed, name)(*arguments), getattr(client, name)(*arguments)]
    found += asyncio.run(_awaited(name, arguments))

    for value in found:
        assert value == found[0]
        assert isinstance(value[0] if isinstance(value, list) else value, models.Model)
        assert plain(value) == plain(expected)
        if isinstance(expected, Page):
            assert isinstance(value, Page)
            assert (value.pagination, value.sorting) == (expected.pagination, expected.sorting)
            assert value.total == expected.total
            assert len(value) == len(expected) > 0


async def _awaited(name: str, arguments: list[Any]) -> list[Any]:
    async with typed.AsyncClient() as client:
        return [
            await getattr(typed.asynchronous, name)(*arguments),
            await getattr(client, name)(*arguments),
        ]


@pytest.mark.parametrize("name", WALKS)
def test_walks_yield_models(as_admin: Dserver, name: str) -> None:
    """With a total, and the same entries in the same order."""
    arguments = WALKS[name]
    walk = getattr(typed, name)(*arguments)

    async def awaited() -> list[Any]:
        return [each async for each in getattr(typed.asynchronous, name)(*arguments)]

    expected = list(getattr(synchronous, name)(*arguments))
    assert walk.total == len(expected) > 0
    found = list(walk)
    assert [plain(each) for each in found] == [plain(each) for each in expected]
    assert all(isinstance(each, models.Model) for each in found)
    assert asyncio.run(awaited()) == found


def test_what_is_held_is_an_argument(as_admin: Dserver, tmp_path: Path) -> None:
    """A model stands for its URI or UUID, and calls take them from a walk."""
    dataset = typed.get_dataset(URI)
    assert typed.get_readme(dataset) == typed.get_readme(URI)
    assert typed.get_datasets_by_uuid(dataset) == typed.get_datasets_by_uuid(TEXT)

    for outcome in typed.get_many(typed.get_manifest, typed.iter_datasets()):
        assert isinstance(outcome.argument, typed.Dataset)
        assert isinstance(outcome.value, typed.Manifest)

    async def awaited() -> list[Any]:
        async with typed.AsyncClient() as client:
            many = client.get_many(client.get_manifest, client.iter_datasets())
            return [outcome.value async for outcome in many]

    assert {type(each) for each in asyncio.run(awaited())} == {typed.Manifest}
    for cache in (False, *[ManifestCache(tmp_path / "manifests")] * 2):
        (outcome,) = iter_manifests([dataset], cache=cache, client=typed.Client())
        assert outcome.value == typed.get_manifest(dataset).to_dict()
    assert len([*(tmp_path / "manifests").iterdir()]) == 1


def test_models_are_rows(as_admin: Dserver) -> None:
    """Tables and notebooks take models as they take dicts."""
    walk = typed.iter_datasets()
    expected = to_records(synchronous.iter_datasets(), ["project"])
    found = to_records(walk, ["project"], client=typed.Client())
    assert [plain(row) for row in found] == [plain(row) for row in expected]
    manifest = typed.get_manifest(URI)
    assert to_records(manifest) == to_records(synchronous.get_manifest(URI))
    outcomes = typed.get_many(typed.get_manifest, typed.iter_datasets())
    others = synchronous.get_many(synchronous.get_manifest, synchronous.iter_datasets())
    assert to_records(outcomes) == to_records(others)

    assert manifest._repr_html_() == rendering.manifest(synchronous.get_manifest(URI))
    page, other = typed.get_graph_by_uuid(TEXT), synchronous.get_graph_by_uuid(TEXT)
    assert page._repr_html_() == other._repr_html_()
    assert "number_of_items" in typed.get_datasets()._repr_html_()
    assert "creator" in typed.get_my_summary()._repr_html_()


# --- what a server may send --------------------------------------------------------------------


def test_what_is_missing_is_none_and_what_is_more_is_kept(endpoint: Endpoint) -> None:
    """An older server leaves fields out, a later one has more; dates come in several forms."""
    sent = {
        **samples.DATASET,
        "size_in_bytes": None,
        "created_at": "Sun, 22 Nov 2026 07:43:11 GMT",
        "frozen_at": 1604921621,
        "licence": "CC0",
    }
    del sent["number_of_items"]
    endpoint.script(replying(200, sent))
    with client_of(endpoint) as client:
        dataset = client.get_dataset(URI)

    assert dataset.size_in_bytes is None
    assert dataset.number_of_items is None
    assert dataset.uploaded_by is None
    assert (dataset.created_at, dataset.frozen_at) == (1795333391.0, 1604921621.0)
    assert type(dataset.frozen_at) is float
    assert dataset.additional_properties == {"licence": "CC0"}
    assert dataset.to_dict()["licence"] == "CC0"
    assert "uploaded_by" not in dataset.to_dict()
    assert typed.Dataset.from_dict(dataset.to_dict()) == dataset


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (
            {"uri": URI},
            'The response has no "base_uri" in get_dataset. dtool_lookup_api.get_dataset',
        ),
        ({**samples.DATASET, "name": ...}, 'The response has no "name" in get_dataset'),
    ],
)
def test_an_absent_key_is_an_error(endpoint: Endpoint, sent: dict[str, Any], said: str) -> None:
    """A model without it would be another than its type says; the dict is still to be had."""
    sent = {key: value for key, value in sent.items() if value is not ...}
    endpoint.script(replying(200, sent), replying(200, sent))
    with client_of(endpoint) as client, pytest.raises(UnreadableAnswerError) as info:
        client.get_dataset(URI)
    assert str(info.value).startswith(said)
    with Client(endpoint.url, token=endpoint.new_token(), **LIMITS) as other:
        assert other.get_dataset(URI) == sent


def test_what_is_nested_is_checked(endpoint: Endpoint) -> None:
    """An item that is not an object, or items that are a list."""
    for items in ([], {"a": 17}, {"a": {}}, {"a": None}):
        endpoint.script(replying(200, {**samples.MANIFEST, "items": items}))
        with client_of(endpoint) as client, pytest.raises(UnreadableAnswerError):
            client.get_manifest(URI)


def test_errors_are_those_of_the_functions(endpoint: Endpoint) -> None:
    """The same class, the same words, the same short traceback; in walks and outcomes, too."""
    own, other = client_of(endpoint), Client(endpoint.url, token=endpoint.new_token(), **LIMITS)
    for fault in (faults.html(503), replying(404, {"code": 404}), faults.broken_json):
        said: list[Any] = []
        for client in (own, other):
            endpoint.script(always=fault)
            with pytest.raises(LookupServerError) as info:
                client.get_dataset(URI)
            entries = traceback.extract_tb(info.value.__traceback__)
            said.append((type(info.value), str(info.value), len(entries)))
            with pytest.raises(LookupServerError):
                list(client.iter_datasets())
        assert said[0] == said[1]
        assert said[0][2] <= 4
    endpoint.script(always=replying(404, {"code": 404}))
    (outcome,) = own.get_many(own.get_dataset, [URI])
    assert isinstance(outcome.error, NotFoundError)
    with pytest.raises(InvalidRequestError, match="page_size"):
        own.get_datasets(page_size=101)


def test_a_walk_reads_many_pages(endpoint: Endpoint) -> None:
    """Every dataset once, with the next pages read ahead; what is not a dataset is an error."""
    listing = PagedListing(endpoint)
    walk = client_of(endpoint).iter_datasets()
    assert len({dataset.uri for dataset in walk}) == walk.total == listing.size

    async def awaited() -> int:
        async with typed.AsyncClient(endpoint.url, token=endpoint.new_token(), **LIMITS) as client:
            return len({dataset.uri async for dataset in client.iter_datasets()})

    assert asyncio.run(awaited()) == listing.size
    listing.fail(2, replying(200, [{"uri": "a"}]))
    walk = client_of(endpoint).iter_datasets(ahead=1)
    with pytest.raises(UnreadableAnswerError, match='has no "base_uri" in iter_datasets'):
        list(walk)
    assert len(list(walk)) == listing.size - 100  # going on reads the page again


# --- models ------------------------------------------------------------------------------------

UPLOAD = {
    "uri": f"s3://b/{TEXT}",
    "uuid": TEXT,
    "base_uri": "s3://b",
    "expiry_seconds": 1,
    "expiry_timestamp": "2026-11-23T12:00:00Z",
    "upload_urls": {
        "readme": "https://a",
        "items": {"a": {"url": "https://a", "relpath": "r", "headers": {"b": "c"}}},
    },
}


def test_models_are_values() -> None:
    """They are equal, copied, pickled and shown by what they hold, nested ones included."""
    upload = typed.UploadUrls.from_dict(UPLOAD)
    assert upload.upload_urls.items["a"].headers == {"b": "c"}
    assert upload.to_dict() == UPLOAD
    for model in (
        upload,
        typed.Dataset.from_dict(samples.DATASET),
        typed.User.from_dict(samples.USER),
    ):
        for copied in (
            *(pickle.loads(pickle.dumps(model, number)) for number in range(6)),
            copy.copy(model),
            copy.deepcopy(model),
        ):
            assert copied == model
        assert " at 0x" not in repr(model)
    with pytest.raises(AttributeError):
        upload.upload_url = "a"  # type: ignore[attr-defined]
    assert repr(typed.BaseUri(base_uri="s3://b")) == "BaseUri(base_uri='s3://b')"


def test_every_model_has_the_fields_of_its_dict() -> None:
    """A field is documented, and what a dict need not have may be None."""
    from dtool_lookup_api import types

    for name in models.__all__:
        model, described = getattr(models, name), getattr(types, name)
        fields = {each.name: each for each in model.__attrs_attrs__}
        assert fields.keys() - {"additional_properties"} == described.__annotations__.keys()
        for key in described.__optional_keys__:
            assert fields[key].default is None, (name, key)
        for key in described.__required_keys__:
            assert "NOTHING" in repr(fields[key].default), (name, key)
