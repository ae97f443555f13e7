"""Derive openapi.yaml: the document that a dserver publishes, repaired by the overlay.

Without arguments, the document is that of the pinned server in devserver/, and every action of
the overlay has to find something there. For another server's document, actions that find nothing
are reported as no longer needed.
"""

import argparse
import copy
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple, cast

import jsonpath_rfc9535
import yaml

from derived import CONTRACT, LINE_LENGTH, ROOT, Json, JsonObject

OVERLAY = ROOT / "overlay"
NOTICE = """\
# Derived by `make spec` from the document of the pinned dserver and overlay/*.yaml: do not edit.
"""

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


def published(path: Path | None) -> JsonObject:
    """Return the document in a file, or that of the pinned server."""
    if path is None:
        python = ROOT / "devserver/.venv/bin/python"
        command = [python, ROOT / "devserver/document.py"]
        text = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout.decode()
    else:
        text = path.read_text(encoding="utf-8")
    # Python 3.13 gave the status 422 another name, from which the server names a component.
    document: JsonObject = json.loads(text.replace("UNPROCESSABLE_CONTENT", "UNPROCESSABLE_ENTITY"))
    return document


def actions() -> Iterator[Action]:
    """Yield the actions of all overlays, in the order of their application."""
    for path in sorted(OVERLAY.glob("*.yaml")):
        overlay: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
        for number, action in enumerate(overlay["actions"], start=1):
            target = action["target"]
            place = f"{path.relative_to(ROOT)}, action {number}: {target}"
            yield Action(place, target, action.get("update", {}), action.get("remove", False))


def apply(action: Action, document: JsonObject) -> bool:
    """Apply an action to a document, in place, and say whether there was anything to do."""
    nodes = jsonpath_rfc9535.find(action.target, document)
    # From the back, since removing an element moves those behind it.
    for node in reversed(nodes):
        if not action.remove:
            update(cast("Json", node.value), action.update)
        elif node.parent is not None:
            del cast("Any", node.parent.value)[node.location[-1]]
    return bool(nodes)


def update(value: Json, change: JsonObject) -> None:
    """Merge a change into an object, or append it to a list."""
    match value:
        case dict():
            merge(value, change)
        case list():
            value.append(copy.deepcopy(change))
        case _:
            raise TypeError(f"Only objects and lists can be updated, not {value!r}")


def merge(target: JsonObject, change: JsonObject) -> None:
    """Merge a change into an object: objects recursively, lists end to end, the rest replaced."""
    for key, value in change.items():
        match target.get(key), value:
            case dict() as old, dict() as new:
                merge(old, new)
            case list() as old, list() as new:
                old.extend(copy.deepcopy(new))
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
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--document", type=Path, help="document of another server, as JSON")
    parser.add_argument("--output", type=Path, default=CONTRACT)
    arguments = parser.parse_args()
    document = published(arguments.document)
    idle = [action.place for action in actions() if not apply(action, document)]
    if idle and arguments.document is None:
        sys.exit("\n".join(["Nothing in the published document matches:", *idle]))
    for place in idle:
        print("no longer needed:", place, file=sys.stderr)
    arguments.output.write_text(written(document), encoding="utf-8")


if __name__ == "__main__":
    main()
