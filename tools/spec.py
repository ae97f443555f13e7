"""Derive openapi.yaml: the document that a dserver publishes, repaired by the overlay.

Without arguments, the document is that of the pinned server in devserver/, and every repair of
the overlay has to find something there and to change it. For the document of another server,
the actions that don't are named: they no longer match, or are no longer needed. For any server,
the overlay has to describe all that the document has, and nothing that it lacks.
"""

import argparse
import copy
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import enums
import undescribed
import yaml
from repairs import UNMATCHED, UNNEEDED, Fit, derive

import document as source
from derived import CONTRACT, LINE_LENGTH, Json, JsonObject

# The first line of openapi.yaml, which says which server it describes.
NOTICE = "# Derived by `make spec{origin}` from {source} and overlay/*.yaml: do not edit.\n"
NOTED = re.compile(r"# Derived by `make spec ?([^`]*)`")

# Key order for readers; other keys follow alphabetically.
KEYS = [
    *("openapi", "info", "title", "version", "servers", "url", "operationId", "tags"),
    *("name", "in", "type", "format", "summary", "description", "required", "paths"),
    *("parameters", "get", "post", "put", "patch", "delete"),
]
# The keys of these objects are names, which are sorted.
NAMES = {"paths", "properties", "schemas", "responses", "headers"}


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
    """Return the sort key of a key."""
    return (KEYS.index(key) if key in KEYS else len(KEYS), key)


class Dumper(yaml.SafeDumper):
    """Writes everything out, without anchors."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def written(document: JsonObject, origin: str = "") -> str:
    """Return the contract as the text of its file.

    Args:
        document: The contract.
        origin: How make was asked for the server, such as `DOCUMENT=openapi.json`; empty for the
            pinned one.
    """
    notice = NOTICE.format(
        origin=f" {origin}" if origin else "",
        source="this document" if origin else "the document of the pinned dserver",
    )
    return notice + yaml.dump(
        ordered(document), Dumper=Dumper, sort_keys=False, width=LINE_LENGTH, allow_unicode=True
    )


def origin_of(contract: Path) -> str:
    """Return make's arguments for the server of a contract; empty for the pinned one."""
    with contract.open(encoding="utf-8") as lines:
        noted = NOTED.match(lines.readline())
    return noted[1] if noted else ""


class OverlayError(Exception):
    """The overlay doesn't fit a document; the message says where, and what to write there."""


def contract(name: str, published: JsonObject, origin: str) -> tuple[str, list[str]]:
    """Return the text of the contract for a document, and remarks on the overlay.

    Args:
        name: What to call the server.
        published: What it publishes.
        origin: As for `written`.

    Raises:
        OverlayError: If something is described that the document lacks, or isn't described; or if
            an action does nothing for the pinned server.
    """
    document = copy.deepcopy(published)
    fit = derive(document)
    wrong: list[str] = [
        *invented(fit, name),
        *to_describe(list(undescribed.gaps(document, published)), name),
        *([] if origin else mended(fit)),
    ]
    if wrong:
        raise OverlayError("\n\n".join(wrong))
    enums.share(document)
    return written(document, origin), [f"{what}: {action.place}" for action, what in fit.idle]


def mended(fit: Fit) -> Iterator[str]:
    """Yield what to do about actions that change nothing for the pinned server."""
    for what, advice in (
        (UNNEEDED, "The pinned server has mended itself; remove"),
        (UNMATCHED, "Nothing in the document of the pinned server matches; correct or remove"),
    ):
        places = [action.place for action, why in fit.idle if why == what]
        if places:
            yield "\n".join([advice, *places])


def invented(fit: Fit, name: str) -> Iterator[str]:
    """Yield what to do about actions that describe parts that the document lacks."""
    if fit.invented:
        lines = [f"  {action.place}\n    {', '.join(names)}" for action, names in fit.invented]
        yield (
            f"The overlay describes what {name} doesn't publish. If the server renamed it, take "
            "the new name;\nif it is gone, remove it; if the overlay is to add it, let the action "
            "say `x-adds: true`:\n\n" + "\n".join(lines)
        )


def to_describe(gaps: list[undescribed.Gap], name: str) -> Iterator[str]:
    """Yield actions that describe what the overlay lacks."""
    if gaps:
        yield (
            f"The overlay doesn't describe all that {name} publishes. Add these actions, with "
            f"words in place of each {undescribed.BLANK}:"
        )
    for file in sorted({gap.file for gap in gaps}):
        actions = "\n".join(str(gap) for gap in gaps if gap.file == file)
        yield f"to overlay/{file}\n\n{actions.rstrip()}"


def main() -> None:
    """Write openapi.yaml."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    source.add_arguments(parser)
    parser.add_argument("--output", type=Path, default=CONTRACT)
    arguments = parser.parse_args()
    try:
        name, document = source.chosen(arguments)
        text, remarks = contract(name, document, source.origin(arguments))
    except (source.DocumentError, OverlayError) as error:
        sys.exit(f"spec.py: {error}")
    for remark in remarks:
        print(remark, file=sys.stderr)
    arguments.output.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
