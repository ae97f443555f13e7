"""Apply the overlay to the document of a dserver, and report what doesn't fit.

An action changes what the document has: what it describes has to be there, since a field that the
server renamed would otherwise be written back under its old name. An action that adds a schema or
a field on purpose says so by `x-adds: true`.

An overlay with `x-additions: true` adds the operations that the pinned server lacks. They are
the same in the contract whether or not the document has them.
"""

import copy
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple, cast

import jsonpath_rfc9535
import yaml

from derived import ROOT, Json, JsonObject

OVERLAY = ROOT / "overlay"

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
# Reasons why an action changes nothing.
UNMATCHED = "no longer matches"
UNNEEDED = "no longer needed"


class Action(NamedTuple):
    """An action of an overlay, and its position."""

    place: str
    target: str
    update: JsonObject
    remove: bool
    addition: bool
    adds: bool


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
            adds = addition or action.get("x-adds", False)
            found.append(Action(place, target, change, remove, addition, adds))
    return found


@dataclass
class Fit:
    """How the overlay fits a document."""

    idle: list[tuple[Action, str]] = field(default_factory=list[tuple[Action, str]])
    """The actions that changed nothing, each with "no longer matches" or "no longer needed"."""
    invented: list[tuple[Action, list[str]]] = field(default_factory=list[tuple[Action, list[str]]])
    """The actions that describe parts that the document lacks, with these parts."""


def derive(document: JsonObject, *, additions: bool = True) -> Fit:
    """Turn a document into the contract, in place, and return how the overlay fits.

    Args:
        document: What a server publishes.
        additions: Whether to add what the pinned server lacks, too.
    """
    fit = Fit()
    if additions:
        withdraw(document, set(added_operations()))
    for action in actions():
        if additions or not action.addition:
            lacking = [] if action.adds or action.remove else sorted({*unknown(action, document)})
            before = json.dumps(document)
            if not apply(action, document):
                fit.idle.append((action, UNMATCHED))
            elif before == json.dumps(document) and not action.addition:
                fit.idle.append((action, UNNEEDED))
            if lacking:
                fit.invented.append((action, lacking))
    return fit


def unknown(action: Action, document: JsonObject) -> Iterator[str]:
    """Yield the schemas and fields that an update describes, but the document lacks."""
    for node in jsonpath_rfc9535.find(action.target, document):
        yield from unknown_in(action.update, cast("Json", node.value), node.location[-1:])


def unknown_in(change: JsonObject, value: Json, location: tuple[str | int, ...]) -> Iterator[str]:
    """Yield the names below `schemas`, `properties` and `required` that only the change has."""
    known = value if isinstance(value, dict) else {}
    for key, new in change.items():
        if key not in known and location in (("schemas",), ("properties",)):
            yield key
        elif isinstance(new, dict):
            yield from unknown_in(new, known.get(key, {}), (key,))
        elif key == "required" and isinstance(new, list):
            described = {*cast("JsonObject", known.get("properties", {}))}
            yield from (str(name) for name in new if name not in described)


def apply(action: Action, document: JsonObject) -> bool:
    """Apply an action to a document, in place, and return whether its target exists."""
    nodes = jsonpath_rfc9535.find(action.target, document)
    # Starting at the end, as removing an element moves the following ones.
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
    """Return the key of an operation, such as `GET /uris/{}`."""
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
    """Resolve a reference."""
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
