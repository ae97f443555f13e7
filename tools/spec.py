"""Derive openapi.yaml: the document that a dserver publishes, repaired by the overlay.

Without arguments, the document is that of the pinned server in devserver/, and every repair of
the overlay has to find something there and to change it. For the document of another server,
the actions that don't are named: they no longer match, or are no longer needed.

An overlay with `x-additions: true` adds the operations that the pinned server lacks. They are
the same in the contract whether or not the document has them.
"""

import argparse
import copy
import json
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, cast

import jsonpath_rfc9535
import yaml

import document as source
from derived import CONTRACT, LINE_LENGTH, ROOT, Json, JsonObject

OVERLAY = ROOT / "overlay"
NOTICE = """\
# Derived by `make spec` from the document of the pinned dserver and overlay/*.yaml: do not edit.
"""

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
# Why an action does nothing.
UNMATCHED = "no longer matches"
UNNEEDED = "no longer needed"

# Key order for readers; other keys follow alphabetically.
KEYS = [
    *("openapi", "info", "title", "version", "servers", "url", "operationId", "tags"),
    *("name", "in", "type", "format", "summary", "description", "required", "paths"),
    *("parameters", "get", "post", "put", "patch", "delete"),
]
# The keys of these objects are names, of which none is more important than the other.
NAMES = {"paths", "properties", "schemas", "responses", "headers"}


class Action(NamedTuple):
    """One action of an overlay, and where it is written."""

    place: str
    target: str
    update: JsonObject
    remove: bool
    addition: bool


@cache
def actions() -> list[Action]:
    """Return the actions of all overlays, in the order of their application."""
    found: list[Action] = []
    for path in sorted(OVERLAY.glob("*.yaml")):
        overlay: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
        for number, action in enumerate(overlay["actions"], start=1):
            target = action["target"]
            place = f"{path.relative_to(ROOT)}, action {number}: {target}"
            change, remove = action.get("update", {}), action.get("remove", False)
            addition = overlay.get("x-additions", False)
            found.append(Action(place, target, change, remove, addition))
    return found


def derive(document: JsonObject, *, additions: bool = True) -> list[tuple[Action, str]]:
    """Make the contract of a document, in place, and return the repairs that did nothing.

    Args:
        document: What a server publishes.
        additions: Whether to add what the pinned server lacks, too.

    Returns:
        The repairs, each with "no longer matches" or "no longer needed".
    """
    idle: list[tuple[Action, str]] = []
    if additions:
        withdraw(document, set(added_operations()))
    for action in actions():
        if additions or not action.addition:
            before = json.dumps(document)
            if not apply(action, document):
                idle.append((action, UNMATCHED))
            elif before == json.dumps(document) and not action.addition:
                idle.append((action, UNNEEDED))
    return idle


def apply(action: Action, document: JsonObject) -> bool:
    """Apply an action to a document, in place, and say whether its target was there."""
    nodes = jsonpath_rfc9535.find(action.target, document)
    # From the back, since removing an element moves those behind it.
    for node in reversed(nodes):
        if not action.remove:
            update(cast("Json", node.value), action.update)
        elif node.parent is not None:
            del cast("Any", node.parent.value)[node.location[-1]]
    return bool(nodes)


def operations(document: JsonObject) -> Iterator[tuple[str, str, JsonObject]]:
    """Yield method, path and description of each operation of a document."""
    for path, item in cast("dict[str, JsonObject]", document.get("paths", {})).items():
        for method in METHODS:
            if method in item:
                yield method, path, cast("JsonObject", item[method])


def route(method: str, path: str) -> str:
    """Return what identifies an operation, such as `GET /uris/{}`."""
    return f"{method.upper()} {without_names(path)}"


def without_names(path: str) -> str:
    """Return a path without the names of its parameters, which aren't sent."""
    return re.sub("{[^}]*}", "{}", path)


def added_operations() -> Iterator[str]:
    """Yield the routes of the operations that the overlay adds."""
    for action in actions():
        if action.addition and action.target == "$.paths":
            for method, path, _ in operations({"paths": action.update}):
                yield route(method, path)


def withdraw(document: JsonObject, routes: set[str]) -> None:
    """Remove operations from a document, with the components that nothing else uses."""
    before = references(document)
    paths = cast("dict[str, JsonObject]", document["paths"])
    for method, path, _ in list(operations(document)):
        if route(method, path) in routes:
            del paths[path][method]
            if not any(method in paths[path] for method in METHODS):
                del paths[path]
    for reference in before - references(document):
        _, _, kind, name = reference.split("/")
        del cast("Any", document["components"])[kind][name]


def references(document: JsonObject) -> set[str]:
    """Return the components that the operations use, such as `#/components/schemas/Error`."""
    found: set[str] = set()
    waiting: list[Json] = [document["paths"]]
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting += value
        elif isinstance(value, dict):
            waiting += value.values()
            reference = value.get("$ref")
            if isinstance(reference, str) and reference not in found:
                found.add(reference)
                waiting.append(component(document, reference))
    return found


def component(document: JsonObject, reference: str) -> JsonObject:
    """Return what a reference means."""
    value: Any = document
    for key in reference.removeprefix("#/").split("/"):
        if key not in value:
            raise LookupError(f"{reference} leads nowhere")
        value = value[key]
    return cast("JsonObject", value)


def update(value: Json, change: JsonObject) -> None:
    """Merge a change into an object, or append it to a list."""
    match value:
        case dict():
            merge(value, change)
        case list():
            if change not in value:
                value.append(copy.deepcopy(change))
        case _:
            raise TypeError(f"Only objects and lists can be updated, not {value!r}")


def merge(target: JsonObject, change: JsonObject) -> None:
    """Merge a change into an object: objects recursively, lists end to end, the rest replaced.

    What is in a list already is not added again.
    """
    for key, value in change.items():
        match target.get(key), value:
            case dict() as old, dict() as new:
                merge(old, new)
            case list() as old, list() as new:
                old.extend(copy.deepcopy([entry for entry in new if entry not in old]))
            case _:
                target[key] = copy.deepcopy(value)


def ordered(value: Json, name: str = "") -> Json:
    """Return JSON in an order that doesn't depend on the server's."""
    match value:
        case dict():
            keys = sorted(value) if name in NAMES else sorted(value, key=rank)
            return {key: ordered(value[key], key) for key in keys}
        case list() if name == "required":
            return sorted(value, key=str)
        case list():
            return [ordered(entry) for entry in value]
        case _:
            return value


def rank(key: str) -> tuple[int, str]:
    """Return what to sort keys by."""
    return (KEYS.index(key) if key in KEYS else len(KEYS), key)


class Dumper(yaml.SafeDumper):
    """Writes everything out, without anchors."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def written(document: JsonObject) -> str:
    """Return the contract as the text of its file."""
    return NOTICE + yaml.dump(
        ordered(document), Dumper=Dumper, sort_keys=False, width=LINE_LENGTH, allow_unicode=True
    )


def main() -> None:
    """Write openapi.yaml."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    source.add_arguments(parser)
    parser.add_argument("--output", type=Path, default=CONTRACT)
    arguments = parser.parse_args()
    try:
        _, document = source.chosen(arguments)
    except source.DocumentError as error:
        sys.exit(f"spec.py: {error}")
    idle = derive(document)
    if idle and not (arguments.server or arguments.dservercore or arguments.document):
        lines = [f"{what}: {action.place}" for action, what in idle]
        sys.exit("\n".join(["The pinned server has mended itself; remove", *lines]))
    for action, what in idle:
        print(f"{what}: {action.place}", file=sys.stderr)
    arguments.output.write_text(written(document), encoding="utf-8")


if __name__ == "__main__":
    main()
