"""Answers as tables: rows of plain values, and DataFrames of pandas or polars."""

import math
from collections.abc import AsyncIterable, Iterable, Iterator, Mapping, Sized
from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from importlib.util import find_spec
from itertools import chain
from typing import Any, Literal, TypeAlias, cast

from . import synchronous
from .core.client import ClientBase, runner
from .core.progress import Progress
from .errors import LookupServerError, UnreadableAnswerError
from .operations import metadata
from .operations.arguments import refuse
from .readmes import parse_readme, value_at
from .rendering import plain
from .results import Outcome

__all__ = ["ReadmeKeys", "to_dataframe", "to_records"]

ReadmeKeys: TypeAlias = str | Iterable[str] | Mapping[str, str] | None
"""Dotted keys of the README, or such keys by the name of their column."""

_Row: TypeAlias = dict[str, Any]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_LAST_SECOND = 253402300799  # of the year 9999, the last that Python knows

_Kind: TypeAlias = Literal["bool", "int", "float", "str", "date", "time", "texts", "any"]
_DATASET: dict[str, _Kind] = {
    "base_uri": "str",
    "created_at": "time",
    "creator_username": "str",
    "frozen_at": "time",
    "name": "str",
    "number_of_items": "int",
    "size_in_bytes": "int",
    "uri": "str",
    "uuid": "str",
}
_ITEM: dict[str, _Kind] = {
    "identifier": "str",
    "hash": "str",
    "relpath": "str",
    "size_in_bytes": "int",
    "utc_timestamp": "time",
}
_KNOWN: dict[str, _Kind] = {
    **_DATASET,
    **_ITEM,
    "uploaded_at": "time",
    "uploaded_by": "str",
    "tags": "texts",
    "derived_from": "texts",
    "error": "str",
    "readme_error": "str",
}
_SECONDS = {name for name, kind in _KNOWN.items() if kind == "time"}
# The first that takes all values of a column is its kind.
_TYPES: dict[_Kind, set[type]] = {
    "bool": {bool},
    "int": {int},
    "float": {int, float},
    "str": {str},
    "date": {date},
    "time": {date, datetime},
    "texts": {list},
}


def to_records(
    answer: object,
    readme: ReadmeKeys = None,
    client: ClientBase | None = None,
    concurrency: int = 8,
    progress: Progress = False,
) -> list[dict[str, Any]]:
    """Return an answer as a list of rows, each a dict, e.g. to write it as CSV.

    Args:
        answer: What a call returned: a page, a walk or a list of datasets or the like, a manifest,
            or outcomes of ``get_many``.
        readme: Dotted keys of the README, e.g. ``["parameters.temperature"]``, to add a column for
            each; or keys by the name of their column, e.g. ``{"T": "parameters.temperature"}``.
            READMEs are read for it, unless the answer holds them. By default, no README is read.
        client: The ``Client``, of either kind, to read READMEs with. Default is as configured.
        concurrency: How many READMEs to read at a time, 1 to 100, default 8.
        progress: True for a progress bar of the READMEs, which needs tqdm; or a function that is
            given how many were read, and how many there are. Default is neither.

    Returns:
        A dict for each dataset, each item of a manifest, or each outcome. Dates are datetimes in
        UTC. An outcome has its ``argument``, the ``value`` or its keys, and the ``error`` as text.
        With ``readme``, ``readme_error`` says why a README could not be read, or None::

            [{"name": "viscosity-280K", "created_at": datetime(2022, 3, 1, tzinfo=UTC), ...,
              "parameters.temperature": 280, "readme_error": None}]

    Raises:
        InvalidRequestError: If an argument cannot be used.
        LookupServerError: If reading a walk fails, or the login.
    """
    rows = _rows(answer, _keys(readme), client, concurrency, progress)
    return [{name: _for_record(name, value) for name, value in row.items()} for row in rows]


def to_dataframe(
    answer: object,
    readme: ReadmeKeys = None,
    library: Literal["pandas", "polars"] = "pandas",
    client: ClientBase | None = None,
    concurrency: int = 8,
    progress: Progress = False,
) -> Any:
    """Return an answer as a DataFrame of pandas or polars.

    Rows and columns are those of ``to_records``. Dates are timestamps in UTC, to the microsecond;
    whole numbers that may be missing are integers all the same (``Int64``), texts are ``string``.
    A walk is read as it is needed, so that its datasets are never held twice. Without any rows,
    the columns are those of a dataset, or of an item if the answer is a manifest.

    Args:
        answer: What a call returned: a page, a walk or a list of datasets or the like, a manifest,
            or outcomes of ``get_many``.
        readme: Dotted keys of the README, e.g. ``["parameters.temperature"]``, to add a column for
            each; or keys by the name of their column, e.g. ``{"T": "parameters.temperature"}``.
            READMEs are read for it, unless the answer holds them. By default, no README is read.
        library: ``"pandas"``, the default, or ``"polars"``. It has to be installed, e.g. by
            ``pip install 'dtool-lookup-api[pandas]'``.
        client: The ``Client``, of either kind, to read READMEs with. Default is as configured.
        concurrency: How many READMEs to read at a time, 1 to 100, default 8.
        progress: True for a progress bar of the READMEs, which needs tqdm; or a function that is
            given how many were read, and how many there are. Default is neither.

    Returns:
        A ``pandas.DataFrame`` or a ``polars.DataFrame``, e.g.::

                         name                created_at  size_in_bytes  parameters.temperature
            0  viscosity-280K 2022-03-01 00:00:00+00:00             65                     280

    Raises:
        InvalidRequestError: If an argument cannot be used, or the library is not installed.
        LookupServerError: If reading a walk fails, or the login.
    """
    make = _maker(library)
    keys = _keys(readme)
    columns = _columns(_rows(answer, keys, client, concurrency, progress))
    if not columns:
        names = [*(_ITEM if _is_manifest(plain(answer)) else _DATASET), *keys]
        columns = {name: list[Any]() for name in [*names, *(["readme_error"] if keys else [])]}
    return make(columns)


# --- rows ----------------------------------------------------------------------------------


def _rows(
    answer: object,
    keys: dict[str, str],
    client: ClientBase | None,
    concurrency: int,
    progress: Progress,
) -> Iterator[_Row]:
    rows = _plain_rows(answer, with_readme=bool(keys))
    if not keys:
        return rows
    first = next(rows, None)
    if first is None:
        return iter(())
    rows = chain([first], rows)
    found: Iterator[tuple[_Row, Any, LookupServerError | None]]
    if "readme" in first:
        found = ((row, row.get("readme"), None) for row in rows)
    elif "uri" in first:
        # A list tells the progress how many there are.
        each = list(rows) if isinstance(answer, Sized) else rows
        found = _read(each, client, concurrency, progress)
    else:
        refuse("readme", keys, "needs rows with a uri", "Give datasets, or outcomes of get_readme")
    return (_with_values(row, text, error, keys) for row, text, error in found)


def _plain_rows(answer: object, *, with_readme: bool) -> Iterator[_Row]:
    answer = cast("object", plain(answer))
    if isinstance(answer, AsyncIterable):
        refuse(
            "answer",
            cast("object", answer),
            "is asynchronous",
            "Give [each async for each in answer]",
        )
    if isinstance(answer, str | bytes) or not isinstance(answer, Iterable):
        refuse("answer", answer, "is not a table", "Give a page, a walk, a list or a manifest")
    if isinstance(answer, Mapping):
        mapping = cast("Mapping[str, Any]", answer)
        return _items(mapping) if _is_manifest(mapping) else iter([dict(mapping)])
    entries = cast("Iterable[object]", answer)
    return chain.from_iterable(_rows_of(each, with_readme=with_readme) for each in entries)


def _rows_of(entry: object, *, with_readme: bool) -> Iterable[_Row]:
    if isinstance(entry, Outcome):
        outcome = cast("Outcome[Any, Any]", entry)
        return _rows_of_outcome(outcome, with_readme=with_readme)
    entry = cast("object", plain(entry))
    if isinstance(entry, Mapping):
        return [dict(cast("Mapping[str, Any]", entry))]
    return [{"value": entry}]


def _is_manifest(answer: Any) -> bool:
    return isinstance(answer, Mapping) and "items" in answer and "hash_function" in answer


def _items(manifest: Mapping[str, Any]) -> Iterator[_Row]:
    return ({"identifier": name, **item} for name, item in manifest["items"].items())


def _rows_of_outcome(outcome: Outcome[Any, Any], *, with_readme: bool) -> Iterator[_Row]:
    argument = {"argument": _uri_or(outcome.argument)}
    if outcome.error is not None:
        readme = {"readme": None} if with_readme else {}
        yield {**argument, **readme, "error": _words(outcome.error)}
        return
    value = plain(outcome.value)
    found: Iterable[_Row]
    if with_readme:
        found = [{"readme": value}]
    elif _is_manifest(value):
        found = _items(value)
    elif isinstance(value, Mapping) and not {"argument", "error"} & value.keys():
        # YAML reads a key such as 2020 as a number, and polars takes names only.
        found = [{str(key): each for key, each in cast("Mapping[Any, Any]", value).items()}]
    else:
        found = [{"value": value}]
    for row in found:
        yield {**argument, **row, "error": None}


def _read(
    rows: Iterable[_Row], client: ClientBase | None, concurrency: int, progress: Progress
) -> Iterator[tuple[_Row, Any, LookupServerError | None]]:
    run = runner(client)

    def readme_of(row: _Row) -> Any:
        uri = row.get("uri")  # graphs may have rows without
        return (
            row.get("readme") if "readme" in row or uri is None else run(metadata.get_readme(uri))
        )

    for outcome in synchronous.get_many(readme_of, rows, concurrency, progress):
        yield outcome.argument, None if outcome.error else outcome.value, outcome.error


def _uri_or(argument: object) -> object:
    """Return the URI of a dataset, which is enough to name it, or what else the argument is."""
    argument = cast("object", plain(argument))
    if isinstance(argument, Mapping):
        return cast("Mapping[str, Any]", argument).get("uri", argument)
    return argument


def _keys(readme: ReadmeKeys) -> dict[str, str]:
    """Return dotted keys by the name of their column."""
    if readme is None:
        return {}
    if isinstance(readme, str):
        readme = [readme]
    keys: dict[str, str] = (
        dict(cast("Mapping[str, str]", readme))
        if isinstance(readme, Mapping)
        else {key: key for key in readme}
    )
    for column, key in keys.items():
        value_at({}, key)  # refuses what is not a key
        _check_is_free(column, _KNOWN)
    return keys


def _check_is_free(column: str, taken: Mapping[str, Any]) -> None:
    if column in taken:
        remedy = f'Name the column of the README, e.g. {{"readme.{column}": "{column}"}}'
        refuse("readme", column, "is the name of another column, too", remedy)


def _with_values(row: _Row, text: Any, error: Exception | None, keys: dict[str, str]) -> _Row:
    readme, problem = _parsed(text, error)
    row = {name: value for name, value in row.items() if name != "readme"}
    for column, key in keys.items():
        _check_is_free(column, row)
        row[column] = value_at(readme, key)
    row["readme_error"] = problem
    return row


def _parsed(text: Any, error: Exception | None) -> tuple[Any, str | None]:
    """Return a README as a mapping, and what is wrong with it."""
    if error is not None:
        return {}, _words(error)
    if text is None:
        return {}, None
    if isinstance(text, Mapping):
        return cast("Mapping[str, Any]", text), None
    try:
        return parse_readme(text), None
    except UnreadableAnswerError as unreadable:
        return {}, _words(unreadable)


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


def _for_record(name: str, value: Any) -> Any:
    if name in _SECONDS and _is_second(value):
        return _EPOCH + timedelta(microseconds=round(value * 1_000_000))
    return value


# --- columns -------------------------------------------------------------------------------


def _columns(rows: Iterable[_Row]) -> dict[str, list[Any]]:
    """Return the values by column, in the order in which columns are met."""
    columns: dict[str, list[Any]] = {}
    for count, row in enumerate(rows):
        for name, value in row.items():
            if name not in columns:
                columns[name] = [None] * count
            columns[name].append(value)
        if len(row) < len(columns):
            for name in columns.keys() - row.keys():
                columns[name].append(None)
    return columns


def _kind(name: str, values: list[Any]) -> _Kind:
    types: set[type] = {type(value) for value in values if value is not None}
    if name in _SECONDS and all(value is None or _is_second(value) for value in values):
        return "time"
    known = _KNOWN.get(name)
    if not types:
        return known or "any"
    for kind, possible in _TYPES.items():
        if types <= possible and _fits(kind, values):
            return kind
    return "any"


def _fits(kind: _Kind, values: list[Any]) -> bool:
    if kind == "int":
        return all(value is None or -(2**63) <= value < 2**63 for value in values)
    if kind == "float":  # whole numbers alone would lose digits
        return any(isinstance(value, float) for value in values)
    if kind == "texts":
        return all(isinstance(text, str) for value in values for text in value or ())
    return True


def _is_second(value: Any) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and math.isfinite(value) and -62135596800 <= value <= _LAST_SECOND


def _microseconds(value: float | date | None) -> int | None:
    """Return a date as microseconds since the epoch; without a time zone, it is UTC in YAML."""
    if value is None:
        return None
    if isinstance(value, int | float):
        return round(value * 1_000_000)
    if not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day, tzinfo=UTC)
    return (value.replace(tzinfo=value.tzinfo or UTC) - _EPOCH) // _MICROSECOND


# --- libraries -----------------------------------------------------------------------------


def _maker(library: str) -> Any:
    makers = {"pandas": _pandas_frame, "polars": _polars_frame}
    if library not in makers:
        refuse("library", library, "is not known", 'Give "pandas" or "polars"')
    if find_spec(library) is None:
        remedy = f"Install it: pip install 'dtool-lookup-api[{library}]'"
        refuse("library", library, "is not installed", remedy)
    return makers[library]


def _pandas_frame(columns: dict[str, list[Any]]) -> Any:
    pandas = import_module("pandas")
    made: dict[str, Any] = {}
    for name in list(columns):
        values = columns.pop(name)  # so that no more than one column is there twice
        made[name] = _pandas_column(_kind(name, values), values)
    return pandas.DataFrame(made, copy=False)


def _pandas_column(kind: _Kind, values: list[Any]) -> Any:
    pandas, numpy = import_module("pandas"), import_module("numpy")
    dtypes = {"bool": "boolean", "int": "Int64", "float": "float64", "str": "string"}
    if kind == "date":  # for which pandas has no type of its own
        return pandas.Series(numpy.array(values, dtype="datetime64[s]"))
    if kind == "time":
        missing = numpy.iinfo("int64").min
        found = (missing if value is None else _microseconds(value) for value in values)
        times = numpy.fromiter(found, dtype="int64", count=len(values)).view("datetime64[us]")
        return pandas.Series(times).dt.tz_localize("UTC")
    return pandas.Series(values, dtype=dtypes.get(kind, "object"))


def _polars_frame(columns: dict[str, list[Any]]) -> Any:
    polars = import_module("polars")
    made: list[Any] = []
    for name in list(columns):
        values = columns.pop(name)  # so that no more than one column is there twice
        made.append(_polars_column(name, _kind(name, values), values))
    return polars.DataFrame(made)


def _polars_column(name: str, kind: _Kind, values: list[Any]) -> Any:
    polars = import_module("polars")
    if kind == "time":
        values = [_microseconds(value) for value in values]
    dtypes = {
        "bool": polars.Boolean,
        "int": polars.Int64,
        "float": polars.Float64,
        "str": polars.String,
        "date": polars.Date,
        "time": polars.Int64,
        "texts": polars.List(polars.String),
        "any": polars.Null if all(value is None for value in values) else polars.Object,
    }
    series = polars.Series(name, values, dtype=dtypes[kind], strict=False)
    return series.cast(polars.Datetime("us", "UTC")) if kind == "time" else series
