"""Answers as tables: records, and DataFrames of both libraries."""

import datetime
import subprocess
import sys
from collections.abc import Callable
from typing import Any, cast

import pandas as pd
import polars as pl
import pytest

from dtool_lookup_api import (
    AsyncClient,
    Client,
    InvalidRequestError,
    NotFoundError,
    Outcome,
    asynchronous,
    to_dataframe,
    to_records,
)

from devserver import COPY_URI, URI, Dserver

DTYPES = {
    "base_uri": ("string", pl.String()),
    "created_at": ("datetime64[us, UTC]", pl.Datetime("us", "UTC")),
    "creator_username": ("string", pl.String()),
    "frozen_at": ("datetime64[us, UTC]", pl.Datetime("us", "UTC")),
    "name": ("string", pl.String()),
    "number_of_items": ("Int64", pl.Int64()),
    "size_in_bytes": ("Int64", pl.Int64()),
    "uri": ("string", pl.String()),
    "uuid": ("string", pl.String()),
}
NOON = datetime.datetime(2020, 11, 8, 12, tzinfo=datetime.UTC)
LIBRARIES = ("pandas", "polars")
ASYNC = AsyncClient("http://127.0.0.1:1")


def dtypes_of(frame: Any) -> dict[str, Any]:
    if isinstance(frame, pd.DataFrame):
        return {str(name): str(dtype) for name, dtype in frame.dtypes.items()}
    return dict(frame.schema)


def columns_of(answer: Any, library: str, **options: Any) -> dict[str, list[Any]]:
    """Return the values of a DataFrame by column, with None for what is missing."""
    frame = to_dataframe(answer, library=library, **options)
    if library == "polars":
        return {name: frame[name].to_list() for name in frame.columns}
    return {
        name: [
            None if missing else value for value, missing in zip(column, column.isna(), strict=True)
        ]
        for name, column in frame.items()
    }


@pytest.mark.parametrize("library", LIBRARIES)
def test_columns_have_types_that_fit(researcher: Client, library: str) -> None:
    """Dates are timestamps in UTC, counts integers, texts strings; also where nothing is found."""
    frame = to_dataframe(researcher.iter_datasets(), library=library)
    nothing = to_dataframe(researcher.get_datasets(tags=["no such tag"]), library=library)

    expected = {name: types[LIBRARIES.index(library)] for name, types in DTYPES.items()}
    assert dtypes_of(frame) == expected
    assert dtypes_of(nothing) == expected
    assert (len(frame), len(nothing)) == (42, 0)


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize(
    ("values", "pandas_dtype", "polars_dtype"),
    [
        ([1, None, 2**62], "Int64", pl.Int64()),
        ([1, None, 2**63], "object", pl.Object()),
        ([1, 0.5, None], "float64", pl.Float64()),
        ([True, None], "boolean", pl.Boolean()),
        ([True, 1], "object", pl.Object()),
        (["a", None], "string", pl.String()),
        (["a", 1], "object", pl.Object()),
        ([NOON.date(), None], "datetime64[s]", pl.Date()),
        ([NOON, None], "datetime64[us, UTC]", pl.Datetime("us", "UTC")),
        ([NOON, NOON.replace(tzinfo=None)], "datetime64[us, UTC]", pl.Datetime("us", "UTC")),
        ([["a"], None, []], "object", pl.List(pl.String())),
        ([{"a": 1}, None], "object", pl.Object()),
        ([None, None], "object", pl.Null()),
    ],
)
def test_a_column_takes_its_type_from_its_values(
    library: str, values: list[Any], pandas_dtype: str, polars_dtype: Any
) -> None:
    """What is missing stays missing, and no value is changed."""
    frame = to_dataframe([{"x": value} for value in values], library=library)

    assert dtypes_of(frame)["x"] == (pandas_dtype if library == "pandas" else polars_dtype)
    found = columns_of([{"x": value} for value in values], library)["x"]
    for one, value in zip(found, values, strict=True):
        if isinstance(value, datetime.datetime):
            assert one == value.replace(tzinfo=datetime.UTC)
        elif isinstance(value, datetime.date):
            assert (one.date() if isinstance(one, datetime.datetime) else one) == value
        else:
            assert one == value


@pytest.mark.parametrize("library", LIBRARIES)
def test_values_are_those_of_the_server(testuser: Client, library: str) -> None:
    """Dates are exact to the microsecond, and rows are in the order of the listing."""
    columns = columns_of(testuser.get_datasets(), library)

    assert columns["uri"] == [COPY_URI, URI]
    assert columns["created_at"][0].isoformat() == "2020-11-08T18:38:40.736269+00:00"
    assert columns["size_in_bytes"] == [17, 17]


@pytest.mark.parametrize("library", LIBRARIES)
def test_dates_and_counts_may_be_missing(library: str) -> None:
    """A listing with a filter leaves out what was not registered."""
    rows = [{"created_at": None}, {"created_at": 0, "size_in_bytes": None}, {"name": None}]
    columns = columns_of(rows, library)

    assert columns["created_at"] == [None, datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC), None]
    assert columns["size_in_bytes"] == [None, None, None]
    dtypes = list(dtypes_of(to_dataframe(rows, library=library)).values())
    assert dtypes == [DTYPES[name][LIBRARIES.index(library)] for name in columns]


@pytest.mark.parametrize("seconds", [float("nan"), 1e18, "Sun, 22 Nov 2026 07:43:11 GMT"])
def test_what_is_not_a_date_is_kept_as_it_is(seconds: Any) -> None:
    """A column with something that is not a date of the calendar holds what the server sent."""
    frame = to_dataframe([{"created_at": seconds}, {"created_at": 0.5}], library="polars")

    assert str(frame["created_at"].to_list()) == str([seconds, 0.5])


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_manifest_has_a_row_for_each_item(testuser: Client, library: str) -> None:
    """The items are the rows, with their identifiers and dates."""
    columns = columns_of(testuser.get_manifest(URI), library)

    assert columns["relpath"] == ["simple_text_file.txt"]
    assert columns["identifier"] == ["eb58eb70ebcddf630feeea28834f5256c207edfd"]
    assert columns["utc_timestamp"][0].year == 2020


def test_outcomes_have_a_row_each_and_manifests_one_for_each_item(researcher: Client) -> None:
    """The manifests of a whole search are one table, and what failed is a row that says why."""
    uris = [each["uri"] for each in researcher.get_datasets(tags=["friction"], page_size=100)]
    frame = to_dataframe(researcher.get_many(researcher.get_manifest, [*uris, f"{uris[0]}0"]))
    tags = to_records(researcher.get_many(researcher.get_tags, uris[:1]))
    users = to_records(researcher.get_many(lambda _: researcher.get_me(), ["x"]))

    assert len(frame) == 13
    assert frame["argument"].nunique() == 7
    assert frame["error"].str.startswith("NotFoundError: ").sum() == 1
    assert str(frame["size_in_bytes"].dtype) == "Int64"
    assert tags == [
        {"argument": uris[0], "value": ["simulation", "friction"], "error": None}
    ] or tags == [{"argument": uris[0], "value": ["friction", "simulation"], "error": None}]
    assert users[0]["argument"] == "x"
    assert users[0]["username"] == "researcher"


def test_an_outcome_keeps_a_value_whose_keys_are_its_own() -> None:
    """Annotations may be called anything."""
    rows = to_records([Outcome("a", {"error": "mine"}, None)])

    assert rows == [{"argument": "a", "value": {"error": "mine"}, "error": None}]


def test_records_are_plain_rows_with_datetimes(testuser: Client) -> None:
    """Records can be written as CSV without another library, and dates are exact."""
    rows = to_records(testuser.get_datasets())

    assert [row["uri"] for row in rows] == [COPY_URI, URI]
    assert rows[0]["created_at"].isoformat() == "2020-11-08T18:38:40.736269+00:00"
    assert to_records(["a"]) == [{"value": "a"}]
    assert to_records({"username": "a"}) == [{"username": "a"}]


# --- READMEs -------------------------------------------------------------------------------


@pytest.mark.parametrize("library", LIBRARIES)
def test_values_of_readmes_are_columns(researcher: Client, library: str) -> None:
    """Values by dotted key stand next to their dataset, and what a README lacks is missing."""
    columns = columns_of(
        researcher.iter_datasets(tags=["viscosity"], sort_fields="created_at"),
        library,
        readme=["parameters.temperature", "owners.0.name", "no.such.key"],
        client=researcher,
    )

    assert columns["parameters.temperature"] == list(range(280, 400, 10))
    assert columns["name"] == [f"viscosity-{each}K" for each in range(280, 400, 10)]
    assert set(columns["owners.0.name"]) == {"Operator One"}
    assert set(columns["no.such.key"]) == {None}
    assert set(columns["readme_error"]) == {None}


def test_readmes_are_read_as_configured(configured: Dserver) -> None:
    """Without a client, the settings of the environment count, and progress is told."""
    told: list[tuple[int, int | None]] = []
    datasets = [{"uri": COPY_URI}, {"uri": URI}]
    rows = to_records(datasets, readme="project", progress=lambda *now: told.append(now))

    assert [row["project"] for row in rows] == ["testing project"] * 2
    assert told[-1] == (2, 2)
    assert configured.url


def test_readmes_that_the_answer_holds_are_not_read_again(researcher: Client) -> None:
    """What an aggregation sends parsed, and outcomes of get_readme, need no request."""
    stages = {"$match": {"tags": "viscosity", "name": {"$regex": "280K"}}}
    aggregated = researcher.get_datasets_by_mongo_aggregation([stages])
    outcomes = [Outcome("a", "project: x", None), Outcome("b", None, NotFoundError("Gone"))]
    parsed = [Outcome("a", {"project": "x"}, None)]

    nowhere = Client("http://127.0.0.1:1", token="none", retries=0)
    (row,) = to_records(aggregated, {"T": "parameters.temperature"}, client=nowhere)
    assert row["T"] == 280
    assert "readme" not in row
    assert to_records(outcomes, "project") == [
        {"argument": "a", "error": None, "project": "x", "readme_error": None},
        {"argument": "b", "error": "NotFoundError: Gone", "project": None, "readme_error": None},
    ]
    assert to_records(parsed, "project")[0]["project"] == "x"


def test_a_readme_that_cannot_be_read_says_why_in_its_row(testuser: Client) -> None:
    """One broken README does not cost the table of all others."""
    datasets = [{"uri": URI}, {"uri": f"{URI}0"}, {"uri": None}]
    rows = to_records(datasets, "project", client=testuser)
    broken = to_records([{"uri": URI, "readme": "- a list"}], "project")

    assert [row["project"] for row in rows] == ["testing project", None, None]
    assert rows[1]["readme_error"].startswith("NotFoundError: ")
    assert (rows[0]["readme_error"], rows[2]["readme_error"]) == (None, None)
    assert "not a mapping of keys to values, but a list" in broken[0]["readme_error"]


@pytest.mark.parametrize("library", LIBRARIES)
def test_whole_readmes_are_columns_too(library: str) -> None:
    """READMEs as dicts are rows with all of their keys, numbers among them."""
    columns = columns_of([Outcome("a", {"project": "x", 2021: "done"}, None)], library)

    assert columns == {"argument": ["a"], "project": ["x"], "2021": ["done"], "error": [None]}


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_table_of_nothing_has_the_columns_of_readmes_too(library: str) -> None:
    """A program that finds nothing today still finds its columns."""
    assert list(columns_of([], library, readme={"T": "a.b"}))[-2:] == ["T", "readme_error"]


# --- refusals ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "problem"),
    [
        (lambda: to_dataframe("text"), "answer='text' is not a table"),
        (lambda: to_records(3), "answer=3 is not a table"),
        (lambda: to_records(asynchronous.iter_datasets()), "is asynchronous. Give "),
        (lambda: to_dataframe([], library="arrow"), "library='arrow' is not known. Give "),
        (
            lambda: to_records([{"uri": "a"}], "project", client=cast("Any", ASYNC)),
            "client=AsyncClient('http://127.0.0.1:1') is asynchronous. Give a Client",
        ),
        (lambda: to_records([{"a": 1}], "project"), "needs rows with a uri"),
        (lambda: to_records([], ["name"]), "readme='name' is the name of another column"),
        (lambda: to_records([{"readme": {}, "T": 1}], "T"), "readme='T' is the name of another"),
        (lambda: to_records([], [""]), "key='' is not a dotted key"),
    ],
)
def test_what_cannot_be_used_is_refused(call: Callable[[], object], problem: str) -> None:
    """The error names the argument and the remedy, and nothing is sent."""
    with pytest.raises(InvalidRequestError) as raised:
        call()

    assert problem in str(raised.value)
    assert raised.value.next_step


@pytest.mark.parametrize("library", LIBRARIES)
def test_without_the_library_it_is_refused_at_once(library: str) -> None:
    """The error says what to install, and the walk is not read."""
    code = f"""
import sys
sys.modules[{library!r}] = None
from dtool_lookup_api import InvalidRequestError, iter_datasets, to_dataframe, to_records
try:
    to_dataframe(iter_datasets(), library={library!r})
except InvalidRequestError as error:
    print(error)
print(to_records([]))
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert f"library='{library}' is not installed" in done.stdout
    assert f"pip install 'dtool-lookup-api[{library}]'" in done.stdout
    assert done.stdout.endswith("[]\n")


# --- size ----------------------------------------------------------------------------------


GROWTH = """
import re
from dtool_lookup_api import to_dataframe

def rows(count):
    for number in range(count):
        yield {
            "base_uri": f"s3://bucket-{number % 9}",
            "created_at": 1.6e9 + number,
            "creator_username": f"operator{number % 9}",
            "frozen_at": 1.6e9 + number + 0.5,
            "name": f"simulation-{number:06}",
            "number_of_items": 1000 + number,
            "size_in_bytes": 10_000_000 + number,
            "uri": f"s3://bucket/1a1f9fad-8589-413e-9602-{number:012}",
            "uuid": f"1a1f9fad-8589-413e-9602-{number:012}",
        }

def peak():
    return int(re.search(r"VmHWM:\\s+(\\d+) kB", open("/proc/self/status").read())[1])

make(rows(2))  # loads what it needs
before = peak()
made = make(rows(100_000))
assert len(made) == 100_000
print(peak() - before)
"""


def growth(make: str) -> int:
    """Return how much a process grows, at most, while it makes something of many datasets."""
    code = GROWTH.replace("make(", f"{make}(")
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    return int(done.stdout)


@pytest.mark.slow
def test_a_hundred_thousand_rows_are_not_held_twice() -> None:
    """A table of a walk takes no more memory, at its peak, than a list of the same datasets."""
    as_list = growth("list")

    for library in LIBRARIES:
        assert growth(f"(lambda rows: to_dataframe(rows, library={library!r}))") < 1.15 * as_list
