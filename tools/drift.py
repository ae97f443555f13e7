"""Report how the document of another dserver differs from openapi.yaml, and what that breaks.

Compared is what the documents mean: operations, parameters, fields of bodies and responses,
statuses. The contract is what the pinned server publishes, with the repairs of the overlay and
without its additions. A repair holds for the other server as long as that publishes the same as
the pinned one; if it publishes something else, that is used.

Exit status: 0 if no difference breaks users of this SDK, 1 if one does, 2 if the documents could
not be compared.
"""

import argparse
import copy
import json
import sys
import textwrap
import traceback
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, cast

import repairs

import document as source
import facts
from derived import JsonObject
from facts import Fact, Name, Operation
from functions import callers, snake_case

WORDS = {
    "type": "type",
    "required": "required",
    "nullable": "may be null",
    "values": "values",
    "least": "minimum",
    "most": "maximum",
}


@dataclass(frozen=True)
class Change:
    """One difference between the contract and the other document."""

    change: str  # added, removed, renamed or changed
    kind: str  # operation, path, parameter, body, field, status or header
    operation: str
    route: str
    where: str
    what: str
    before: Any
    after: Any
    breaking: bool
    expected: bool  # the overlay's additions have it already
    functions: list[str]


@dataclass
class Report:
    """All differences."""

    contract: str
    other: str
    operations: int
    changes: list[Change] = field(default_factory=list[Change])
    additions: dict[str, list[Change]] = field(default_factory=dict[str, list[Change]])
    no_longer_matching: list[str] = field(default_factory=list[str])
    no_longer_needed: list[str] = field(default_factory=list[str])
    no_longer_published: list[str] = field(default_factory=list[str])

    @property
    def breaks(self) -> bool:
        """Whether a difference breaks users of this SDK."""
        return any(change.breaking for change in self.changes)


# --- comparing ---------------------------------------------------------------------------


class Comparison:
    """Compares an operation in the contract, in the pinned and in the other document."""

    def __init__(
        self,
        contract: Operation,
        pinned: Operation,
        other: Operation,
        functions: list[str],
        additions: Operation | None = None,
    ) -> None:
        self.contract = contract
        self.pinned = pinned
        self.other = other
        self.functions = functions
        self.additions = additions.facts if additions else {}

    def changes(self) -> Iterator[Change]:
        """Yield the differences, except those inside a part that is added or removed as a whole."""
        whole: list[Name] = []
        if self.pinned.id and self.pinned.id != self.other.id:
            yield self.change("renamed", Name(""), "operationId", self.pinned.id, self.other.id)
        if self.pinned.path != self.other.path:
            paths = {repairs.without_names(each.path) for each in (self.pinned, self.other)}
            change = "renamed" if len(paths) == 2 else "changed"
            yield self.change(change, Name(""), "path", self.pinned.path, self.other.path)
        for name in sorted({*self.contract.facts, *self.pinned.facts, *self.other.facts}):
            if any(name.is_in(each) for each in whole):
                continue
            for found in self.of(name):
                if found.change != "changed" or found.what == "type":
                    whole.append(name)
                yield found

    def of(self, name: Name) -> Iterator[Change]:
        """Yield the differences in one fact.

        What the other document publishes as the pinned one does is repaired as there. What it
        publishes as the contract has it needs no repair any more.
        """
        contract, pinned, other = (
            each.facts.get(name) for each in (self.contract, self.pinned, self.other)
        )
        if contract is None:
            if pinned is None and other is not None and not self.is_repaired_away(name):
                yield self.change("added", name, "", None, other)
        elif other is None:
            if pinned is not None:
                yield self.change("removed", name, "", contract, None)
        else:
            for what, default in zip(Fact._fields, Fact("any"), strict=True):
                before, after = getattr(contract, what), getattr(other, what)
                published = getattr(pinned, what) if pinned else default
                if after not in (before, published):
                    before = published if before == default else before
                    yield self.change("changed", name, what, before, after)

    def is_repaired_away(self, name: Name) -> bool:
        """Return whether a part is removed by the repairs."""
        removed = self.pinned.facts.keys() - self.contract.facts.keys()
        return any(name.is_in(each) for each in removed)

    def change(self, change: str, name: Name, what: str, before: Any, after: Any) -> Change:
        """Return a difference."""
        return Change(
            change,
            kind_of(name, what),
            self.contract.id or self.other.id,
            f"{self.contract.method.upper()} {self.contract.path}",
            str(name),
            what,
            shown(before),
            shown(after),
            breaks(change, name, what, before, after),
            change == "added" and name in self.additions,
            self.functions,
        )


def kind_of(name: Name, what: str) -> str:
    """Return the kind of the difference."""
    if not name.place:
        return "path" if what == "path" else "operation"
    if name.field:
        return "field"
    if " header " in name.place:
        return "header"
    return "body" if name.place == "body" else "status" if is_response(name) else "parameter"


def is_response(name: Name) -> bool:
    """Return whether a part is received, rather than sent."""
    return name.place.startswith("response ")


def breaks(change: str, name: Name, what: str, before: Any, after: Any) -> bool:
    """Return whether a difference breaks users of this SDK."""
    sent = not is_response(name)
    match change, what:
        case "renamed", _:
            return True
        case "added", _:
            return sent and after.required
        case "removed", _:
            return kind_of(name, what) != "status" or name.place.startswith("response 2")
        case _, "type":
            return True
        case _, "required":
            return bool(after) is sent
        case _, "nullable":
            return bool(after) is not sent
        case _, "values":
            return sent and bool(after) and not (before and set(before) <= set(after))
        case _, "least":
            return sent and after is not None and (before is None or after > before)
        case _, "most":
            return sent and after is not None and (before is None or after < before)
        case _:
            return False


def shown(value: Any) -> Any:
    """Return a value as it is written in reports."""
    if not isinstance(value, Fact):
        return value
    words = [value.type, "required" if value.required else "", "null" if value.nullable else ""]
    return ", ".join(filter(None, words))


def whole(change: str, operation: Operation, functions: list[str]) -> Change:
    """Return the difference that an operation is added or removed."""
    return Change(
        change,
        "operation",
        operation.id,
        f"{operation.method.upper()} {operation.path}",
        "",
        "",
        None if change == "added" else str(operation),
        None if change == "removed" else str(operation),
        change == "removed",
        False,
        functions,
    )


def moves(
    contract: dict[str, Operation], pinned: dict[str, Operation], other: dict[str, Operation]
) -> dict[str, str]:
    """Return the new routes of moved operations, with the same name, or with the same facts."""

    def same(old: str, new: str) -> bool:
        if other[new].id and other[new].id == pinned[old].id:
            return True
        compared = Comparison(contract[old], pinned[old], other[new], []).changes()
        return other[new].method == contract[old].method and all(
            change.kind in ("path", "operation") for change in compared
        )

    gone = [route for route in contract if route not in other]
    found: dict[str, str] = {}
    for new in sorted(other.keys() - contract.keys()):
        candidates = [old for old in gone if old not in found and same(old, new)]
        if len(candidates) == 1:
            found[candidates[0]] = new
    return found


def differences(
    complete: JsonObject, contract: JsonObject, pinned: JsonObject, other: JsonObject
) -> Iterator[Change]:
    """Yield the differences of a document from the contract.

    Args:
        complete: The contract with the additions of the overlay.
        contract: The contract without them.
        pinned: What the pinned server publishes.
        other: The other document.
    """
    ours, before, published, after = map(facts.read, (complete, contract, pinned, other))
    used, moved = callers(), moves(before, published, after)
    for route, operation in before.items():
        there = after.get(moved.get(route, route))
        functions = used.get(f"{operation.tag}.{snake_case(operation.id)}", [])
        if there is None:
            yield whole("removed", operation, functions)
        else:
            trio = (operation, published[route], there)
            yield from Comparison(*trio, functions, ours[route]).changes()
    for route in sorted(after.keys() - before.keys() - ours.keys() - {*moved.values()}):
        yield whole("added", after[route], [])


def published_additions(
    complete: JsonObject, contract: JsonObject, other: JsonObject, repaired: JsonObject
) -> dict[str, list[Change]]:
    """Return the operations that the overlay adds and the other server has, with differences."""
    ours, before, raw, theirs = map(facts.read, (complete, contract, other, repaired))
    used = callers()
    found: dict[str, list[Change]] = {}
    for route in sorted((ours.keys() & theirs.keys()) - before.keys()):
        own = ours[route]
        # Error responses are published without a body. The repairs remove them, and add shared ones
        # to the operations of the pinned server only.
        refusals = {
            name: fact
            for name, fact in own.facts.items()
            if name.place.startswith("response 4") and Name(name.place) in raw[route].facts
        }
        there = replace(theirs[route], id=own.id, facts=theirs[route].facts | refusals)
        functions = used.get(f"{own.tag}.{snake_case(own.id)}", [])
        found[str(own)] = list(Comparison(own, own, there, functions).changes())
    return found


def compare(name: str, pinned: JsonObject, other: JsonObject) -> Report:
    """Return how the document of another server differs from the contract.

    Args:
        name: What to call the other server.
        pinned: What the pinned server publishes.
        other: What the other server publishes, or a copy of openapi.yaml.
    """
    complete, contract, repaired = (copy.deepcopy(each) for each in (pinned, pinned, other))
    repairs.derive(complete)
    repairs.derive(contract, additions=False)
    pinned_name = f"dservercore {source.version_in(source.PINNED)}"
    report = Report(pinned_name, name, len(list(repairs.operations(contract))))
    if any("x-permission" in operation for _, _, operation in repairs.operations(other)):
        # A copy of openapi.yaml, which has the overlay applied already.
        report.changes += differences(complete, complete, complete, other)
        return report
    fit = repairs.derive(repaired, additions=False)
    report.changes += differences(complete, contract, pinned, other)
    report.additions |= published_additions(complete, contract, other, repaired)
    for action, why in fit.idle:
        found = report.no_longer_matching if why == repairs.UNMATCHED else report.no_longer_needed
        found.append(action.place)
    report.no_longer_published += [
        f"{action.place}: {', '.join(names)}" for action, names in fit.invented
    ]
    return report


# --- reporting ---------------------------------------------------------------------------


def as_json(report: Report) -> str:
    """Return the report for programs."""
    return json.dumps({"breaking": report.breaks, **asdict(report)}, indent=2)


def as_markdown(report: Report) -> str:
    """Return the report for people."""
    breaking = [change for change in report.changes if change.breaking]
    harmless = [change for change in report.changes if not change.breaking]
    lines = [
        f"# From {report.contract} to {report.other}",
        "",
        f"{counted(breaking)} users of this SDK, {counted(harmless, 'does', 'do').lower()} not."
        if report.changes
        else f"Nothing differs in the {report.operations} operations of the contract.",
        *section("What breaks", grouped(breaking)),
        *section("What does not break", grouped(harmless)),
        *section(
            "Now published, with what differs: these additions of the overlay can become repairs",
            {
                operation: [f"- {line}" for line in grouped(found)]
                for operation, found in report.additions.items()
            },
        ),
        *section("Overlay actions that no longer match", listed(report.no_longer_matching)),
        *section(
            "Overlay actions that describe what is no longer published",
            listed(report.no_longer_published),
        ),
        *section(
            "Overlay actions no longer needed, since the server has mended itself",
            listed(report.no_longer_needed),
        ),
    ]
    return "\n".join(lines) + "\n"


def as_text(report: Report) -> str:
    """Return the report for a terminal."""
    lines = as_markdown(report).replace("`", "").splitlines()
    return "\n".join(
        textwrap.fill(
            line.lstrip("# ") if line.startswith("#") else line,
            100,
            subsequent_indent=" " * (len(line) - len(line.lstrip(" -"))),
            break_long_words=False,
            break_on_hyphens=False,
        )
        for line in [*lines, ""]
    )


def counted(changes: list[Change], one: str = "breaks", more: str = "break") -> str:
    """Return the number of differences, counting one that operations share once."""
    count = len(grouped(changes))
    return f"{count or 'No'} " + (f"difference {one}" if count == 1 else f"differences {more}")


def listed(entries: list[str]) -> dict[str, list[str]]:
    """Return entries without lines below."""
    return {entry: [] for entry in entries}


def section(title: str, entries: dict[str, list[str]]) -> list[str]:
    """Return the lines of a section of the report, or nothing if it is empty."""
    lines = [line for entry, below in entries.items() for line in (f"- {entry}", *indented(below))]
    return ["", f"## {title}", "", *lines] if entries else []


def indented(lines: list[str]) -> list[str]:
    """Indent the lines below an entry."""
    return [f"  {line}" for line in lines]


def grouped(changes: list[Change]) -> dict[str, list[str]]:
    """Return each difference once, with the operations that have it and the functions."""
    operations: dict[str, list[Change]] = {}
    for change in changes:
        operations.setdefault(told(change), []).append(change)
    found: dict[str, list[str]] = {}
    for text, same in operations.items():
        functions = sorted({name for change in same for name in change.functions})
        where = [f"in {', '.join(each.operation or each.route for each in same)}"]
        touched = [
            f"touches {', '.join(f'`{name}`' for name in functions) or 'no documented function'}"
        ]
        is_whole = same[0].kind == "operation" and not same[0].what
        found[text] = ([] if is_whole else where) + touched
    return found


def told(change: Change) -> str:
    """Describe a difference."""
    subject = f"{change.change}: {change.kind} `{change.where or change.after or change.before}`"
    if change.kind in ("operation", "path") and change.before and change.after:
        return f"{change.change}: {change.kind} `{change.before}` to `{change.after}`"
    if change.change == "added" and change.where:
        known = "; the overlay's additions have it" if change.expected else ""
        return f"{subject} ({change.after}{known})"
    if change.change == "changed":
        return f"{subject}, {WORDS[change.what]}: {worded(change.before)} to {worded(change.after)}"
    return subject


def worded(value: Any) -> str:
    """Describe a value."""
    match value:
        case bool():
            return "yes" if value else "no"
        case tuple():
            return ", ".join(cast("tuple[str, ...]", value)) or "any"
        case _:
            return "none" if value is None else str(value)


FORMATS = {"text": as_text, "markdown": as_markdown, "json": as_json}


def main() -> None:
    """Print the report, or write it to a file."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    source.add_arguments(parser)
    parser.add_argument("--format", choices=FORMATS, default="text", help="default: text")
    parser.add_argument("--output", type=Path, help="a file; default: print")
    arguments = parser.parse_args()
    name = ""
    try:
        name, other = source.chosen(arguments)
        report = compare(name, source.pinned(), other)
    except (LookupError, TypeError, AttributeError, ValueError) as error:
        print(f"drift.py: {name} is not a dserver document: {error!r}", file=sys.stderr)
        sys.exit(2)
    except source.DocumentError as error:
        print(f"drift.py: {error}", file=sys.stderr)
        sys.exit(2)
    text = FORMATS[arguments.format](report)
    if arguments.output:
        arguments.output.write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)
    sys.exit(1 if report.breaks else 0)


if __name__ == "__main__":
    try:
        main()
    except Exception:  # Python would end with 1, which says that something breaks
        traceback.print_exc()
        sys.exit(2)
