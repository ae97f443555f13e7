"""Where datasets come from: a graph of datasets and what they are derived from.

Everything is computed from records as ``get_graph_by_uuid`` returns them, without a server. Graphs
of networkx and drawings as SVG need ``pip install 'dtool-lookup-api[graph]'``.
"""

import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Final, cast

from .errors import ConfigurationError, InvalidRequestError

__all__ = ["Provenance", "ProvenanceNode"]

_DRAWN: Final = 500
"""Most nodes that a notebook draws unasked."""
_NOT_XML: Final = "[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]"
# graphlay's other placement and its diagonal edges take ten times as long.
_LAYOUT: Final = {"effort": "fast", "coords": {"placement": "brandes_koepf"}}


@dataclass
class ProvenanceNode:
    """A dataset in a provenance graph, with all of its copies."""

    uuid: str
    """UUID of the dataset."""
    name: str = ""
    """Its name, empty if it is missing."""
    uris: list[str] = field(default_factory=list[str])
    """URIs of the copies that the records name."""
    is_missing: bool = True
    """Whether others are derived from it, but there is no record of it."""

    @property
    def label(self) -> str:
        """What a drawing says: the name, or the UUID of what is missing."""
        return f"{self.uuid} (missing)" if self.is_missing else self.name or self.uuid


class Provenance:
    """A graph of datasets, with an edge from each dataset to each that is derived from it.

    Args:
        records: Datasets (dict) with ``uuid`` and ``derived_from``, as from ``get_graph_by_uuid``;
            several records with one UUID are copies.
        uuid: UUID of the dataset that is asked about, default none. It is a node in any case.

    Raises:
        InvalidRequestError: If something is not such a record.

    Example::

        provenance = get_provenance("1a1f9fad-8589-413e-9602-5bbd66bfe675")
        provenance.ancestors(provenance.uuid)     # UUIDs of all that it is derived from
        provenance.missing                        # UUIDs that are named, but not found
        print(provenance.to_mermaid())            # for a README
    """

    uuid: str | None
    """UUID of the dataset that was asked about."""
    nodes: dict[str, ProvenanceNode]
    """Datasets by UUID."""
    edges: list[tuple[str, str]]
    """UUIDs of a dataset, and of one that is derived from it."""

    def __init__(self, records: Iterable[Mapping[str, Any]], uuid: str | None = None) -> None:
        self.uuid = uuid
        self.nodes = {}
        edges: dict[tuple[str, str], None] = {}
        for record in records:
            node = self._node(_uuid_in(record))
            node.is_missing = False
            node.name = node.name or str(record.get("name") or "")
            if record.get("uri") and record["uri"] not in node.uris:
                node.uris.append(str(record["uri"]))
            for parent in record.get("derived_from") or ():
                edges[str(parent), node.uuid] = None
        if uuid is not None:
            self._node(uuid)
        for parent, _ in edges:
            self._node(parent)
        self.edges = list(edges)
        self._parents: dict[str, list[str]] = {each: [] for each in self.nodes}
        self._children: dict[str, list[str]] = {each: [] for each in self.nodes}
        for parent, child in self.edges:
            self._parents[child].append(parent)
            self._children[parent].append(child)

    def _node(self, uuid: str) -> ProvenanceNode:
        return self.nodes.setdefault(uuid, ProvenanceNode(uuid))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Provenance):
            return NotImplemented
        return (self.uuid, self.nodes, self.edges) == (other.uuid, other.nodes, other.edges)

    def __repr__(self) -> str:
        missing = f", {len(self.missing)} missing" if self.missing else ""
        return f"<Provenance of {len(self.nodes)} datasets, {len(self.edges)} edges{missing}>"

    @property
    def missing(self) -> list[str]:
        """UUIDs of which there is no record: they are unknown, or you may not search them."""
        return [uuid for uuid, node in self.nodes.items() if node.is_missing]

    @property
    def roots(self) -> list[str]:
        """UUIDs of the datasets that are derived from nothing."""
        return [uuid for uuid, parents in self._parents.items() if not parents]

    @property
    def cycles(self) -> list[list[str]]:
        """Groups of UUIDs that are derived from themselves, usually by mistake."""
        groups: list[list[str]] = []
        met: set[str] = set()
        for uuid in reversed(self._finished()):
            if uuid not in met:
                group = list(_reached([uuid], self._parents, met))
                met.update(group)
                if len(group) > 1 or uuid in self._parents[uuid]:
                    groups.append(group)
        return groups

    def _finished(self) -> list[str]:
        """Return all nodes in the order in which a search in depth is done with them.

        The first half of Kosaraju's algorithm; ``cycles`` is the second.
        """
        finished: list[str] = []
        met: set[str] = set()
        for root in self.nodes:
            if root in met:
                continue
            met.add(root)
            path = [(root, iter(self._children[root]))]
            while path:
                node, children = path[-1]
                child = next((each for each in children if each not in met), None)
                if child is None:
                    finished.append(node)
                    path.pop()
                else:
                    met.add(child)
                    path.append((child, iter(self._children[child])))
        return finished

    def parents(self, uuid: str) -> list[str]:
        """Return the UUIDs of what a dataset is derived from directly.

        Args:
            uuid: UUID of the dataset.
        """
        return list(self._parents[self._known(uuid)])

    def children(self, uuid: str) -> list[str]:
        """Return the UUIDs of what is derived from a dataset directly.

        Args:
            uuid: UUID of the dataset.
        """
        return list(self._children[self._known(uuid)])

    def ancestors(self, uuid: str) -> list[str]:
        """Return the UUIDs of all that a dataset is derived from, the nearest first.

        Args:
            uuid: UUID of the dataset. In a cycle, it is among its ancestors.
        """
        return list(_reached(self._parents[self._known(uuid)], self._parents))

    def descendants(self, uuid: str) -> list[str]:
        """Return the UUIDs of all that is derived from a dataset, the nearest first.

        Args:
            uuid: UUID of the dataset. In a cycle, it is among its descendants.
        """
        return list(_reached(self._children[self._known(uuid)], self._children))

    def _known(self, uuid: str) -> str:
        if uuid not in self.nodes:
            raise InvalidRequestError(
                f"uuid={uuid!r} is not in this graph", next_step="Give one of its nodes"
            )
        return uuid

    def to_networkx(self) -> Any:
        """Return a ``networkx.DiGraph`` whose nodes have name, uris and is_missing.

        Raises:
            ConfigurationError: If networkx is not installed.
        """
        graph = _library("networkx").DiGraph()
        for uuid, node in self.nodes.items():
            graph.add_node(uuid, name=node.name, uris=node.uris, is_missing=node.is_missing)
        graph.add_edges_from(self.edges)
        return graph

    def to_dot(self) -> str:
        """Return the graph in Graphviz's DOT language; what is missing is dashed."""
        lines = ["digraph provenance {", "  rankdir=LR;", "  node [shape=box];"]
        for uuid, node in self.nodes.items():
            style = ", style=dashed" if node.is_missing else ""
            lines.append(f"  {_in_dot(uuid)} [label={_in_dot(node.label)}{style}];")
        lines += [f"  {_in_dot(parent)} -> {_in_dot(child)};" for parent, child in self.edges]
        return "\n".join([*lines, "}", ""])

    def to_mermaid(self) -> str:
        """Return the graph in Mermaid's language, which GitHub and GitLab draw in Markdown."""
        numbers = {uuid: f"n{number}" for number, uuid in enumerate(self.nodes)}
        lines = ["flowchart LR"]
        for uuid, node in self.nodes.items():
            style = ":::missing" if node.is_missing else ""
            lines.append(f'  {numbers[uuid]}["{_in_mermaid(node.label)}"]{style}')
        lines += [f"  {numbers[parent]} --> {numbers[child]}" for parent, child in self.edges]
        if self.missing:
            lines.append("  classDef missing stroke-dasharray: 5 5")
        return "\n".join([*lines, ""])

    def to_svg(self) -> str:
        """Return a drawing of the graph as SVG, laid out in layers.

        All nodes are drawn; some thousands take seconds.

        Raises:
            ConfigurationError: If graphlay is not installed.
        """
        graphlay = _library("graphlay")
        graph = graphlay.Graph()
        for uuid, node in self.nodes.items():
            label = re.sub(_NOT_XML, "\ufffd", node.label)
            graph.node(uuid, label=label, width=20 + 7.5 * len(label), height=30)
        for edge in self.edges:
            graph.edge(*edge)
        return str(graphlay.layout(graph, options=_LAYOUT).sketch())

    def _repr_svg_(self) -> str | None:
        """Return the drawing for a notebook, if graphlay is there to make it."""
        can_draw = find_spec("graphlay") is not None and 0 < len(self.nodes) <= _DRAWN
        return self.to_svg() if can_draw else None

    def _repr_html_(self) -> str | None:
        """Return a table for a notebook that gets no drawing."""
        if self._repr_svg_() is not None:
            return None
        from .rendering import graph  # only notebooks draw

        return graph(
            [
                {
                    "uuid": uuid,
                    "name": node.label,
                    "uris": node.uris,
                    "derived_from": self._parents[uuid],
                }
                for uuid, node in self.nodes.items()
            ]
        )


def _uuid_in(record: object) -> str:
    uuid = cast("Any", record).get("uuid") if isinstance(record, Mapping) else None
    if not isinstance(uuid, str) or not uuid:
        shown = repr(cast("object", record))[:80]
        raise InvalidRequestError(
            f"records has {shown}, which is not a dataset with a uuid",
            next_step="Give datasets as get_graph_by_uuid returns them",
        )
    return uuid


def _reached(
    starts: Iterable[str], near: Mapping[str, list[str]], without: Iterable[str] = ()
) -> Iterator[str]:
    """Yield some nodes and all that can be reached from them, the nearest first."""
    found = dict.fromkeys(starts)
    excluded = without if isinstance(without, set) else set(without)
    waiting = deque(found)
    while waiting:
        uuid = waiting.popleft()
        yield uuid
        for each in near[uuid]:
            if each not in found and each not in excluded:
                found[each] = None
                waiting.append(each)


def _library(name: str) -> Any:
    if find_spec(name) is None:
        raise ConfigurationError(
            f"{name} is not installed",
            next_step="Install it: pip install 'dtool-lookup-api[graph]'",
        )
    return import_module(name)


def _in_dot(text: str) -> str:
    """Return a text as a quoted string of DOT, in which a backslash begins an escape."""
    text = text.replace("\0", "\ufffd").replace("\\", "\\\\").replace('"', '\\"')
    return '"' + re.sub(r"\r\n|[\r\n]", r"\\n", text) + '"'


def _in_mermaid(text: str) -> str:
    """Return a text with entity codes, as Mermaid calls them, for what it might interpret."""
    return re.sub(r"[^\w .:/-]", lambda match: f"#{ord(match[0])};", text)
