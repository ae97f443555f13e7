"""Answers as HTML, for notebooks.

Jupyter asks an object for ``_repr_html_()``. The classes that have it, such as ``Page``, get their
HTML from the functions of this module, which imports none of them. All text is escaped. There are
no scripts, and no colours either, so that a table is as readable on a dark page as on a light one.
"""

import html
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeAlias, cast

if TYPE_CHECKING:
    import asyncio
    from concurrent.futures import Future

__all__ = [
    "answer",
    "document",
    "graph",
    "is_graph",
    "manifest",
    "outcome_rows",
    "outcomes",
    "page",
    "plain",
    "summary",
    "table",
    "walk",
]

Row: TypeAlias = Mapping[str, Any]

Call: TypeAlias = tuple[Any, "Future[Any] | asyncio.Task[Any] | None"]

ROWS = 100
"""How many rows of a table are shown."""
PEEKED = 10
"""How many coming entries of a walk are shown."""
_DEPTH = 20
_TIMES = {"created_at", "frozen_at", "uploaded_at", "utc_timestamp"}
_COUNTS = {"datasets", "number_of_items"}
_TO_COPY = {"base_uri", "hash", "identifier", "uri", "uuid"}
# A dataset's URI holds the first two; the third is the same for all.
_IN_THE_URI = {"base_uri", "uuid", "type"}
_FIRST = (
    "name",
    "creator_username",
    "created_at",
    "frozen_at",
    "number_of_items",
    "size_in_bytes",
    "tags",
)
_LEFT, _RIGHT = (f' style="text-align:{side};vertical-align:top"' for side in ("left", "right"))


@dataclass
class _Budget:
    """How much may still be shown, as a README can be of any size and can even hold itself."""

    values: int
    characters: int
    """The most characters of one text."""


def page(entries: Sequence[Any], pagination: Mapping[str, Any]) -> str:
    """Return one page of a listing as a table, with its place in the whole."""
    number, pages = pagination.get("page"), pagination.get("total_pages")
    is_known = isinstance(number, int) and isinstance(pages, int)
    place = f", page {number:,} of {pages:,}" if is_known else ""
    head = f"{len(entries):,}{_of(pagination.get('total'))}{place}"
    return table(_with_names_of_parents([plain(entry) for entry in entries]), head)


def walk(name: str, coming: Sequence[Any], yielded: int, total: int | None) -> str:
    """Return the next entries of a walk as a table.

    Args:
        name: Name of the listing.
        coming: Entries that were read and not yielded yet.
        yielded: How many were yielded.
        total: How many there are, None if that is not known.
    """
    if not coming and total is None and not yielded:
        return _head(f"{name}: nothing read yet")
    if not coming and yielded:
        return _head(f"{name}: nothing left{_of(total)}")
    shown = coming[:PEEKED]
    begin, after = ("next ", f", after {yielded:,}") if yielded else ("", "")
    return table(shown, f"{name}: {begin}{len(shown):,}{_of(total)}{after}")


def outcomes(function: object, yielded: int, total: int | None, coming: Iterable[Call]) -> str:
    """Return the calls of ``get_many`` that were started, and not yielded yet, as a table.

    Args:
        function: The function that is called.
        yielded: How many outcomes were yielded.
        total: How many there are, None if that is not known.
        coming: The argument of each of the calls, and its future, None if it was not started.
    """
    name = getattr(function, "__name__", type(function).__name__)
    rows: list[Row] = []
    for argument, future in coming:
        if future is None or not future.done() or future.cancelled():
            rows.append({"argument": argument, "value": "not answered yet"})
        elif future.exception():
            rows += outcome_rows([(argument, None, future.exception())])
        else:
            rows += outcome_rows([(argument, future.result(), None)])
    return table(rows, f"{name}: {yielded:,}{_of(total)} yielded")


def outcome_rows(parts: Iterable[tuple[Any, Any, BaseException | None]]) -> list[Row]:
    """Return rows for outcomes, each given as its argument, value and error."""
    return [
        {"argument": argument, "value": value}
        if error is None
        else {"argument": argument, "error": f"{type(error).__name__}: {error}"}
        for argument, value, error in parts
    ]


def manifest(answer: Row) -> str:
    """Return the items of a dataset as a table, in the order of their paths."""
    items: list[Row] = [
        {**item, "identifier": identifier} for identifier, item in answer["items"].items()
    ]
    items.sort(key=lambda item: str(item.get("relpath")))
    size = sum(item.get("size_in_bytes") or 0 for item in items)
    head = (
        f"{_count(len(items), 'item')}, {human_size(size)}, {answer.get('hash_function')}, "
        f"dtoolcore {answer.get('dtoolcore_version')}"
    )
    columns = ["relpath", "size_in_bytes", "utc_timestamp", "hash", "identifier"]
    return table(items, head, columns)


def summary(answer: Row) -> str:
    """Return counts and sizes as a table each for base URIs, creators, tags and uploaders."""
    size = human_size(answer.get("total_size_in_bytes") or 0)
    parts = [_head(f"{_count(answer['number_of_datasets'], 'dataset')}, {size}")]
    for kind in ("base_uri", "creator", "tag", "uploader"):
        counts: Row = answer.get(f"datasets_per_{kind}") or {}
        sizes: Row = answer.get(f"size_in_bytes_per_{kind}") or {}
        if counts:
            rows = [
                {kind: name, "datasets": count, "size_in_bytes": sizes.get(name)}
                for name, count in counts.items()
            ]
            parts.append(table(rows, "" if len(rows) <= ROWS else _count(len(rows), kind)))
    return "".join(parts)


def graph(entries: Sequence[Row]) -> str:
    """Return the datasets of a graph as a table, with the names of those they derive from."""
    edges = sum(len(entry["derived_from"]) for entry in entries)
    head = f"{_count(len(entries), 'dataset')}, {_count(edges, 'dependency')}"
    return table(_with_names_of_parents(entries), head)


def _with_names_of_parents(entries: Sequence[Any]) -> Sequence[Any]:
    """Return the datasets of a graph with names in place of UUIDs; other entries as they are."""
    if not is_graph(entries):
        return entries
    names = {entry.get("uuid"): entry.get("name") for entry in entries}
    return [
        {**entry, "derived_from": [names.get(each) or each for each in entry["derived_from"]]}
        for entry in entries
    ]


def is_graph(entries: Sequence[Any]) -> bool:
    """Return whether all entries name the UUIDs that they are derived from."""
    return all(isinstance(entry, Mapping) and _has_parents(cast("Row", entry)) for entry in entries)


def _has_parents(entry: Row) -> bool:
    parents = entry.get("derived_from")
    if not isinstance(parents, list):
        return False
    return all(isinstance(parent, str) for parent in cast("list[Any]", parents))


def answer(value: Row) -> str:
    """Return what a call returned as the tables that are made for it."""
    if {"items", "hash_function"} <= value.keys():
        return manifest(value)
    if "number_of_datasets" in value:
        return summary(value)
    return document(value)


def plain(value: Any) -> Any:
    """Return a model, of ``typed`` or of the generated package, as a dict; others as they are."""
    is_model = hasattr(type(cast("object", value)), "__attrs_attrs__")
    return value.to_dict() if is_model else value


def document(value: Any) -> str:
    """Return one answer as nested tables, or as text if that is what it is."""
    if isinstance(value, str):
        return f'<pre class="tex2jax_ignore mathjax_ignore">{_text(value)}</pre>'
    return _value("", value, _Budget(values=1000, characters=5000))


def table(entries: Sequence[Any], head: str = "", columns: Sequence[str] | None = None) -> str:
    """Return entries as a table.

    Args:
        entries: A row each; what is not a mapping becomes a row with its ``value``.
        head: What stands above the table.
        columns: Keys to show, in order. Default is all, but for what a dataset's URI says anyway.
    """
    rows = [
        cast("Row", entry) if isinstance(entry, Mapping) else {"value": entry}
        for entry in map(plain, entries[:ROWS])
    ]
    if len(entries) > ROWS:
        head = f"{head}{': ' if head else ''}the first {ROWS:,} of {len(entries):,}"
    if not rows:
        return _head(head)
    budget = {"values": 60, "characters": 200}
    return _head(head) + _grid(
        rows,
        columns or _columns(rows),
        lambda key, value: _value(key, value, _Budget(**budget)),
    )


def _columns(rows: Iterable[Row]) -> list[str]:
    found = list(dict.fromkeys(key for row in rows for key in row))
    if "uri" not in found:
        return found
    first = [key for key in _FIRST if key in found]
    others = [key for key in found if key not in {*_FIRST, *_IN_THE_URI, "uri"}]
    return [*first, *others, "uri"]


def _grid(rows: Iterable[Row], columns: Sequence[str], cell: Callable[[str, Any], str]) -> str:
    head = "".join(f"<th{_side(key)}>{_text(key)}</th>" for key in columns)
    body = "".join(
        "<tr>"
        + "".join(f"<td{_side(key)}>{cell(key, row.get(key))}</td>" for key in columns)
        + "</tr>"
        for row in rows
    )
    return _table(f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody>")


def _table(content: str) -> str:
    # Jupyter would typeset a name such as $x$ as a formula.
    return f'<table class="tex2jax_ignore mathjax_ignore">{content}</table>'


def _head(text: str) -> str:
    return f'<p class="tex2jax_ignore mathjax_ignore"><b>{_text(text)}</b></p>' if text else ""


def _side(key: str) -> str:
    return _RIGHT if key in _COUNTS or key == "size_in_bytes" else _LEFT


def _value(key: str, value: Any, budget: _Budget, depth: int = 0) -> str:
    budget.values -= 1
    if depth > _DEPTH:
        return "…"
    value = plain(value)
    if isinstance(value, Mapping):
        return _mapping(cast("Row", value), budget, depth)
    if isinstance(value, list | tuple):
        return _sequence(key, cast("Sequence[Any]", value), budget, depth)
    return _scalar(key, value, budget.characters)


def _mapping(value: Row, budget: _Budget, depth: int) -> str:
    rows: list[str] = []
    for key, each in value.items():
        if budget.values <= 0:
            rows.append(f"<tr><th{_LEFT}>… {len(value) - len(rows):,} more</th></tr>")
            break
        name = _text(key)
        shown = _value(str(key), each, budget, depth + 1)
        rows.append(f"<tr><th{_LEFT}>{name}</th><td{_LEFT}>{shown}</td></tr>")
    return _table(f"<tbody>{''.join(rows)}</tbody>")


def _sequence(key: str, value: Sequence[Any], budget: _Budget, depth: int) -> str:
    parts: list[str] = []
    for each in value:
        if budget.values <= 0:
            parts.append(f"… {len(value) - len(parts):,} more")
            break
        parts.append(_value(key, each, budget, depth + 1))
    nested = any(isinstance(each, Mapping | list | tuple) for each in value[: len(parts)])
    return "".join(f"<div>{part}</div>" for part in parts) if nested else ", ".join(parts)


def _scalar(key: str, value: Any, characters: int) -> str:
    if value is None:
        return ""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if is_number and key in _TIMES:
        return _time(value)
    if is_number and key.startswith(("size_in_bytes", "total_size_in_bytes")):
        return f'<span title="{value:,} bytes">{human_size(value)}</span>'
    if is_number and key in _COUNTS:
        return f"{value:,}"
    text = str(value)
    if key in _TO_COPY or (len(text) < 500 and "://" in text and " " not in text):
        # One click selects all of it.
        return f'<code style="user-select:all;white-space:nowrap">{_text(text)}</code>'
    shown = _text(text[:characters])
    return shown if len(text) <= characters else f"{shown}… ({len(text):,} characters)"


def _time(seconds: float) -> str:
    moment = moment_of(seconds)
    if moment is None:
        return _text(seconds)
    shown = f"{moment:%Y-%m-%d %H:%M} UTC"
    return f'<span title="{moment.isoformat()}" style="white-space:nowrap">{shown}</span>'


def moment_of(seconds: float) -> datetime | None:
    """Return the moment so many seconds after the epoch, None if it is not in years 1 to 9999."""
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, OSError, ValueError):
        return None


def human_size(size: float) -> str:
    """Return a size in bytes with the unit that fits it."""
    if size < 1024:
        return f"{size:,} B"
    for unit in ("KiB", "MiB", "GiB", "TiB"):
        size /= 1024
        if size < 1024:
            return f"{size:.1f} {unit}"
    return f"{size / 1024:,.1f} PiB"


def _count(number: int, what: str) -> str:
    plural = f"{what[:-1]}ies" if what.endswith("y") else f"{what}s"
    return f"{number:,} {what if number == 1 else plural}"


def _of(total: object) -> str:
    return f" of {total:,}" if isinstance(total, int) else ""


def _text(value: object) -> str:
    """Return a value as HTML text; half of a surrogate pair could not be sent to the browser."""
    return html.escape(str(value).encode("utf-8", "backslashreplace").decode("utf-8"))
