"""All that the commands print: tables for people, lines and JSON for programs.

On a terminal, texts are made safe to show, tables fit the width, and what does not fit the height
goes through the pager. In a pipe there are no colours, nothing is cut, and each line is written
when its entry has arrived.
"""

import json
import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from itertools import chain, islice
from typing import Any, Final, TypeAlias, cast

from ..core.redaction import printable
from ..rendering import human_size, moment_of

__all__ = [
    "Column",
    "Form",
    "Row",
    "date",
    "discard",
    "document",
    "error",
    "fields",
    "flush",
    "is_terminal",
    "json_line",
    "line",
    "lines_of",
    "listing",
    "note",
    "paged",
    "pairs",
    "printable",
    "styled",
    "table",
    "text",
    "time",
    "title",
    "tree",
    "value",
]

Row: TypeAlias = Mapping[str, Any]

MEASURED: Final = 100
"""How many rows set the widths of a table; later ones follow while they arrive."""
_NARROWEST: Final = 8
_STYLES: Final = {"bold": "1", "red": "31", "green": "32"}


class Form(Enum):
    """How a listing is printed."""

    TABLE = "table"
    """A table for people."""
    TSV = "tsv"
    """A line for each entry, its values separated by tabs."""
    JSON = "json"
    """A JSON object for each entry, in a line (JSON Lines)."""
    URI = "uri"
    """The URI of each entry, or its name if it has none."""


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Args:
        title: Its title.
        key: The key of its values.
        kind: What the values are, which says how they are shown.
    """

    title: str
    key: str
    kind: str = "text"

    @property
    def is_number(self) -> bool:
        """Whether the values are numbers, which stand at the right."""
        return self.kind in ("count", "size")

    def human(self, row: Row) -> str:
        """Return the value for people."""
        return printable(_HUMAN[self.kind](row.get(self.key)))

    def plain(self, row: Row) -> str:
        """Return the value for programs: exact, and without tabs and line ends."""
        return printable(_PLAIN[self.kind](row.get(self.key)))


# --- values ------------------------------------------------------------------------------


def lines_of(text: str) -> Iterator[str]:
    """Yield the lines of a text; they cannot control a terminal."""
    return (printable(each.expandtabs()) for each in text.split("\n"))


def text(value: Any) -> str:
    """Return a value as text, JSON if it is not text."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _list(value: Any) -> str:
    return ", ".join(map(text, value or ()))


def _moment(value: Any, form: Callable[[datetime], str]) -> str:
    if not isinstance(value, int | float):
        return ""
    moment = moment_of(value)
    return text(value) if moment is None else form(moment)


def date(value: Any) -> str:
    """Return seconds since the epoch as a date, as dtool shows it."""
    return _moment(value, lambda moment: f"{moment:%Y-%m-%d}")


def time(value: Any) -> str:
    """Return seconds since the epoch as date and time, UTC."""
    return _moment(value, lambda moment: f"{moment:%Y-%m-%d %H:%M} UTC")


_HUMAN: Final[dict[str, Callable[[Any], str]]] = {
    "text": text,
    "list": _list,
    "count": lambda value: "" if value is None else f"{value:,}",
    "size": lambda value: "" if value is None else human_size(value),
    "date": date,
}
_PLAIN: Final[dict[str, Callable[[Any], str]]] = {
    "text": text,
    "list": _list,
    "count": text,
    "size": text,
    "date": lambda value: _moment(value, lambda moment: moment.isoformat(timespec="seconds")),
}


# --- streams -----------------------------------------------------------------------------


def is_terminal() -> bool:
    """Return whether standard output is a terminal."""
    return sys.stdout is not None and sys.stdout.isatty()


def _is_coloured(stream: Any) -> bool:
    return stream is not None and stream.isatty() and not os.environ.get("NO_COLOR")


def styled(text: str, style: str, stream: Any = None) -> str:
    """Return a text in a style where the output shows it; NO_COLOR switches that off.

    Args:
        text: The text.
        style: ``"bold"``, a colour, or empty for none.
        stream: Where it goes, default standard output.
    """
    shown = style and _is_coloured(stream or sys.stdout)
    return f"\x1b[{_STYLES[style]}m{text}\x1b[0m" if shown else text


def line(text: str) -> None:
    """Print a line, also where the output cannot take every character."""
    if sys.stdout is not None:
        sys.stdout.write(_encodable(text, sys.stdout) + "\n")
        sys.stdout.flush()


def _encodable(text: str, stream: Any) -> str:
    encoding = stream.encoding or "utf-8"
    return text.encode(encoding, errors="replace").decode(encoding)


def json_line(value: Any) -> None:
    """Print a value as JSON in a line; it is whole in any encoding."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        text = json.dumps(value, default=str)
    line(text)


def note(text: str) -> None:
    """Print a note for people on standard error."""
    if sys.stderr is not None:
        sys.stderr.write(_encodable(printable(text), sys.stderr) + "\n")
        sys.stderr.flush()


def error(text: str) -> None:
    """Print an error on standard error: one line, red on a terminal."""
    if sys.stderr is not None:
        label = styled("Error:", "red", sys.stderr)
        text = printable(" ".join(text.split("\n")))
        sys.stderr.write(f"{label} {_encodable(text, sys.stderr)}\n")
        sys.stderr.flush()


def flush() -> None:
    """Write what is still held back, so that an error of it is met now."""
    if sys.stdout is not None:
        sys.stdout.flush()


def discard() -> None:
    """Write no more: the output is closed, or full.

    At its end Python would try once more; see the note on SIGPIPE in its documentation.
    """
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def paged(lines: Iterable[str]) -> None:
    """Print lines; on a terminal that they overflow, show them in the pager.

    Args:
        lines: The lines, safe to show.
    """
    lines = iter(lines)
    if is_terminal():
        height = shutil.get_terminal_size().lines - 2
        first = list(islice(lines, height))
        more = list(islice(lines, 1))
        if more:
            from click import echo_via_pager  # python -m dtool_lookup_api is there without click

            echo_via_pager(f"{each}\n" for each in chain(first, more, lines))
            return
        lines = iter(first)
    for each in lines:
        line(each)


def document(text: str) -> None:
    """Print a document: in a pipe exactly as it is, on a terminal safe to show."""
    if is_terminal():
        paged(lines_of(text.rstrip("\n")))
    elif sys.stdout is not None:
        sys.stdout.write(_encodable(text, sys.stdout))
        flush()


def value(found: Any, *, as_json: bool) -> None:
    """Print one value: a text as it is, anything else as JSON."""
    if as_json or not isinstance(found, str):
        json_line(found)
    else:
        document(f"{found}\n")


def fields(rows: Mapping[str, str]) -> Iterator[str]:
    """Yield lines with a name and a value each."""
    width = max(map(len, rows), default=0) + 2
    for name, content in rows.items():
        yield f"{name:<{width}}{printable(content)}".rstrip()


def pairs(values: Mapping[str, Any]) -> Iterator[str]:
    """Yield a line for each value, with its name."""
    for name, content in values.items():
        yield printable(f"{name}: {text(content)}")


# --- listings ----------------------------------------------------------------------------


def title(text: str) -> str:
    """Return the title of a section."""
    return styled(text, "bold")


def listing(
    entries: Iterable[Row], columns: Sequence[Column], form: Form | None, key: str = "uri"
) -> None:
    """Print entries in a form, each as soon as it is there.

    Args:
        entries: The entries.
        columns: Columns of the table; the last one is never cut.
        form: The form; default is a table on a terminal, and TSV elsewhere.
        key: The key of what ``Form.URI`` prints.
    """
    form = form or (Form.TABLE if is_terminal() else Form.TSV)
    if form is Form.TABLE:
        paged(table(entries, columns))
    for entry in entries if form is not Form.TABLE else ():
        if form is Form.JSON:
            json_line(entry)
        elif form is Form.URI:
            line(printable(text(entry.get(key))))
        else:
            line("\t".join(column.plain(entry) for column in columns))


def table(rows: Iterable[Row], columns: Sequence[Column]) -> Iterator[str]:
    """Yield the lines of a table that fits the terminal's width.

    A text that is too long ends with an ellipsis. Where even that leaves too little, the last
    column, which is never cut, has lines of its own.

    Args:
        rows: The rows.
        columns: The columns.
    """
    from wcwidth import width  # only terminals need it

    rows = iter(rows)
    first = list(islice(rows, MEASURED))
    if not first:
        return
    texts = [[column.human(row) for column in columns] for row in first]
    titles = [column.title for column in columns]
    widths = [max(width(text) for text in each) for each in zip(titles, *texts, strict=True)]
    *others, last = widths
    available = shutil.get_terminal_size().columns if is_terminal() else sys.maxsize
    split = sum(_fitting(others, available - last)) + 2 * len(others) + last > available
    fitted = _fitting(others, available if split else available - last)
    yield from _lines(titles, columns, [*fitted, last], split, bold=True)
    for row in chain(first, rows):
        yield from _lines(
            [column.human(row) for column in columns], columns, [*fitted, last], split
        )


def _fitting(widths: list[int], available: int) -> list[int]:
    """Return widths that fit, taken from the widest column first."""
    found = list(widths)
    while sum(found) + 2 * len(found) > available and max(found, default=0) > _NARROWEST:
        found[found.index(max(found))] -= 1
    return found


def _lines(
    texts: Sequence[str],
    columns: Sequence[Column],
    widths: Sequence[int],
    split: bool,
    *,
    bold: bool = False,
) -> Iterator[str]:
    *cells, last = [
        _cell(text, column, size, cut=number < len(columns) - 1)
        for number, (text, column, size) in enumerate(zip(texts, columns, widths, strict=True))
    ]
    style = "bold" if bold else ""
    if split:
        yield styled("  ".join(cells).rstrip(), style)
        yield styled(f"  {last.rstrip()}", style)
    else:
        yield styled("  ".join([*cells, last]).rstrip(), style)


def _cell(text: str, column: Column, size: int, *, cut: bool) -> str:
    from wcwidth import clip, ljust, rjust, width  # only terminals need it

    if cut and width(text) > size:
        text = clip(text, 0, size - 1) + "…"
    return rjust(text, size) if column.is_number else ljust(text, size)


def tree(items: Iterable[Row]) -> Iterator[str]:
    """Yield the items of a dataset as a tree of folders, with their sizes.

    Args:
        items: The items.
    """
    root: dict[str, Any] = {}
    for item in items:
        *folders, name = item["relpath"].split("/")
        folder = root
        for each in folders:
            folder = folder.setdefault(f"{each}/", {})
        folder[name] = item["size_in_bytes"]
    return _branches(root, "")


def _branches(folder: Mapping[str, Any], indent: str) -> Iterator[str]:
    for number, (name, content) in enumerate(folder.items(), 1):
        fork, more = ("└── ", "    ") if number == len(folder) else ("├── ", "│   ")
        size = "" if isinstance(content, dict) else f"  {human_size(content)}"
        yield f"{indent}{fork}{printable(name)}{size}"
        if isinstance(content, dict):
            yield from _branches(cast("dict[str, Any]", content), indent + more)
