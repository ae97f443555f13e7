"""The command that shows where a dataset comes from: graph."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import click

from ..errors import NotFoundError
from ..provenance import Provenance
from ..synchronous import get_provenance
from . import output
from .command import Command, refuse

__all__ = ["COMMANDS"]


@click.command(cls=Command, examples=["dserver graph 1a1f9fad-8589-413e-9602-5bbd66bfe675"])
@click.argument("uuid")
@click.option(
    "--dependency-key",
    "keys",
    multiple=True,
    metavar="KEY",
    help="Where the metadata name the UUIDs of parents, e.g. readme.derived_from.uuid; several "
    "times for several. Default is as the server is configured.",
)
@click.option("--dot", "form", flag_value="dot", help="Print the graph in Graphviz's DOT language.")
@click.option("--mermaid", "form", flag_value="mermaid", help="Print the graph for Mermaid.")
@click.option("--json", "form", flag_value="json", help="Print each dataset as a line of JSON.")
@click.option(
    "--svg",
    metavar="FILE",
    help="Draw the graph in a file; needs pip install 'dtool-lookup-api[graph]'.",
)
def graph(uuid: str, keys: tuple[str, ...], form: str | None, svg: str | None) -> None:
    """Show what a dataset is derived from, and what is derived from it.

    Below each dataset stand those that are derived from it. A dataset with several parents is
    shown in full once, and marked with an ellipsis elsewhere.
    """
    provenance = get_provenance(uuid, keys or None)
    if provenance.missing == list(provenance.nodes):
        raise NotFoundError(
            f"Not found: the graph does not have {uuid}",
            next_step="The server may not have indexed it yet, or you may not search it",
        )
    if svg:
        _draw(provenance, svg)
    elif form == "json":
        for record in _records(provenance):
            output.json_line(record)
    elif form:
        text = provenance.to_dot() if form == "dot" else provenance.to_mermaid()
        output.document(text)
    else:
        output.paged(_tree(provenance))


def _draw(provenance: Provenance, file: str) -> None:
    try:
        Path(file).write_text(provenance.to_svg(), encoding="utf-8")
    except OSError as error:
        refuse(f"{file} cannot be written: {error.strerror}", "Give --svg another file")


def _records(provenance: Provenance) -> Iterator[dict[str, object]]:
    for uuid, node in provenance.nodes.items():
        yield {
            "uuid": uuid,
            "name": node.name,
            "uris": node.uris,
            "is_missing": node.is_missing,
            "derived_from": provenance.parents(uuid),
        }


def _tree(provenance: Provenance) -> Iterator[str]:
    """Yield the graph as trees, without recursion, as chains may be long."""
    shown: set[str] = set()
    # Datasets in a cycle are below no root.
    for root in [*provenance.roots, *provenance.nodes]:
        waiting = [] if root in shown else [(root, "", "")]
        while waiting:
            uuid, fork, indent = waiting.pop()
            children = provenance.children(uuid)
            again = uuid in shown and bool(children)
            yield f"{fork}{_label(provenance, uuid)}{'  …' if again else ''}"
            if uuid not in shown:
                shown.add(uuid)
                last = [(children[-1], f"{indent}└── ", f"{indent}    ")] if children else []
                others = [(each, f"{indent}├── ", f"{indent}│   ") for each in children[:-1]]
                waiting += reversed([*others, *last])


def _label(provenance: Provenance, uuid: str) -> str:
    node = provenance.nodes[uuid]
    text = output.printable(node.label if node.is_missing else f"{node.name}  {uuid}")
    return output.title(text) if uuid == provenance.uuid else text


COMMANDS: Final[dict[str, click.Command]] = {"graph": graph}
