"""Where datasets come from, as a graph: from records, and from the real server."""

import re
import subprocess
import sys
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dtool_lookup_api.provenance
from dtool_lookup_api import Client, ConfigurationError, InvalidRequestError, Provenance

HOSTILE = """<script>alert("1")</script> & 'x' \\ ]; \n#quot; %% \x01\x00 `a` {b} | [c]"""
NODES = [f"n{number}" for number in range(8)]
EDGES = st.lists(st.tuples(st.sampled_from(NODES), st.sampled_from(NODES)), max_size=24)


def records(*edges: tuple[str, str]) -> list[dict[str, Any]]:
    """Return a record for each dataset that is derived from others."""
    return [{"uuid": child, "name": child, "derived_from": [parent]} for parent, child in edges]


def dataset(uuid: str, *parents: str, **more: Any) -> dict[str, Any]:
    return {"uuid": uuid, "name": uuid.upper(), "derived_from": list(parents), **more}


def test_relatives() -> None:
    """Parents and children are the next, ancestors and descendants all."""
    graph = Provenance([dataset("c", "b"), dataset("b", "a"), dataset("d", "b"), dataset("a")], "c")
    assert (graph.parents("c"), graph.children("b")) == (["b"], ["c", "d"])
    assert graph.ancestors("c") == ["b", "a"]
    assert sorted(graph.descendants("a")) == ["b", "c", "d"]
    assert (graph.roots, graph.missing, graph.cycles, graph.uuid) == (["a"], [], [], "c")
    with pytest.raises(InvalidRequestError, match="uuid='x' is not in this graph"):
        graph.parents("x")


def test_copies_are_one_node() -> None:
    """Each copy adds its URI, and what it alone says about parents."""
    graph = Provenance(
        [dataset("b", "a", uri="s3://1/b"), dataset("b", "a", "z", uri="s3://2/b"), dataset("a")]
    )
    assert graph.nodes["b"].uris == ["s3://1/b", "s3://2/b"]
    assert graph.edges == [("a", "b"), ("z", "b")]


def test_what_is_missing_is_marked() -> None:
    """A parent without a record, and a dataset that the server does not know."""
    graph = Provenance([dataset("b", "a")], "c")
    assert graph.missing == ["c", "a"]
    assert "style=dashed" in graph.to_dot()
    assert '"a #40;missing#41;"]:::missing' in graph.to_mermaid()
    assert repr(graph) == "<Provenance of 3 datasets, 1 edges, 2 missing>"


@settings(max_examples=100, deadline=None)
@given(EDGES)
def test_relatives_and_cycles_are_those_of_networkx(edges: list[tuple[str, str]]) -> None:
    """Another implementation finds the same."""
    networkx = pytest.importorskip("networkx")
    graph = Provenance(records(*edges))
    judge = networkx.DiGraph(edges)
    assert set(graph.to_networkx().edges) == set(judge.edges)
    assert {frozenset(cycle) for cycle in graph.cycles} == {
        frozenset(found)
        for found in networkx.strongly_connected_components(judge)
        if len(found) > 1 or judge.has_edge(*[*found] * 2)
    }
    for node in judge:
        own = {node} if any(node in cycle for cycle in graph.cycles) else set()
        assert set(graph.ancestors(node)) == networkx.ancestors(judge, node) | own
        assert set(graph.descendants(node)) == networkx.descendants(judge, node) | own


def test_drawings_escape_what_names_hold() -> None:
    """A name is text in each language, whatever it holds."""
    graph = Provenance([dataset("b", "a", name=HOSTILE), {**dataset("a"), "name": HOSTILE}])
    dot = graph.to_dot()
    assert len(dot.splitlines()) == 7
    assert len(re.findall(r'(?<!\\)(?:\\\\)*"', dot)) == 12
    mermaid = graph.to_mermaid()
    assert len(mermaid.splitlines()) == 4
    assert mermaid.count('"') == 4
    assert not set("<>&`|{}\\") & set(mermaid.replace("-->", ""))
    svg = graph.to_svg()
    assert "<script" not in svg
    texts = [each.text or "" for each in ElementTree.fromstring(svg).iter() if "text" in each.tag]
    assert any('<script>alert("1")</script>' in text for text in texts)


def test_drawing_has_every_node_and_cycles() -> None:
    """Nothing is left out, and a cycle can be drawn."""
    edges = [("a", "b"), ("b", "c"), ("c", "a"), ("c", "c")]
    svg = Provenance([*records(*edges), *(dataset(f"x{n}") for n in range(600))]).to_svg()
    texts = {each.text for each in ElementTree.fromstring(svg).iter() if "text" in each.tag}
    assert {"a", "b", "c", *(f"X{n}" for n in range(600))} <= texts


def test_notebooks_draw_it_or_show_a_table(monkeypatch: pytest.MonkeyPatch) -> None:
    """A large graph, or one without the library, is a table."""
    small = Provenance([dataset("b", "a")])
    assert (small._repr_svg_() or "").lstrip().startswith("<?xml")
    assert small._repr_html_() is None
    large = Provenance([dataset(f"x{number}") for number in range(501)])
    assert large._repr_svg_() is None
    assert "501" in (large._repr_html_() or "")
    monkeypatch.setattr(dtool_lookup_api.provenance, "find_spec", lambda name: None)
    assert "missing" in (small._repr_html_() or "")
    for draw in (small.to_svg, small.to_networkx):
        with pytest.raises(ConfigurationError, match=r"pip install 'dtool-lookup-api\[graph\]'"):
            draw()


def test_what_is_not_a_record_is_refused() -> None:
    """It is shown in the error."""
    with pytest.raises(InvalidRequestError, match=r"records has {'name': 'a'}, which is not"):
        Provenance([{"name": "a"}])


def test_long_chains_need_no_deep_stack() -> None:
    """A chain may be longer than Python nests calls."""
    graph = Provenance(records(*((f"{n}", f"{n + 1}") for n in range(5_000))))
    assert len(graph.ancestors("5000")) == 5_000
    assert graph.cycles == []


def test_provenance_of_the_real_server(researcher: Client) -> None:
    """The last step of a chain of six has the five others as ancestors."""
    figure = researcher.get_one_dataset_by_mongo_query({"name": "friction-6-figure"})
    for keys in (None, ["readme.derived_from.uuid"]):
        graph = researcher.get_provenance(figure["uuid"], keys)
        names = [graph.nodes[uuid].name for uuid in graph.ancestors(figure["uuid"])]
        assert names[0] == "friction-5-statistics"
        assert len(names) == 5
        assert graph.nodes[figure["uuid"]].uris == [figure["uri"]]
    unknown = researcher.get_provenance(f"{7:032}")
    assert unknown.missing == [unknown.uuid]


def test_importing_the_package_loads_no_library_for_graphs() -> None:
    """They take longer to load than all the rest."""
    code = "import sys, dtool_lookup_api; print({'networkx', 'graphlay'} & set(sys.modules))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "set()"


RECORDS = """
import io, random, time
chance = random.Random(1)
records = [{"uuid": "u0", "name": "dataset 0", "derived_from": []}]
for number in range(1, 2_000):
    parents = {f"u{chance.randrange(max(0, number - 60), number)}" for _ in range(2)}
    records += [{"uuid": f"u{number}", "name": f"dataset {number}", "derived_from": parents}]
"""
OURS = """
from dtool_lookup_api import Provenance
assert Provenance(records).to_svg().count("<text") >= 2_000
"""
NETWORKX = """
import matplotlib, networkx
matplotlib.use("svg")
from matplotlib import pyplot
graph = networkx.DiGraph()
for record in records:
    graph.add_node(record["uuid"], name=record["name"])
    graph.add_edges_from((parent, record["uuid"]) for parent in record["derived_from"])
for number, layer in enumerate(networkx.topological_generations(graph)):
    for uuid in layer:
        graph.nodes[uuid]["layer"] = number
places = networkx.multipartite_layout(graph, subset_key="layer")
networkx.draw(graph, places, arrows=False)
pyplot.savefig(io.StringIO(), format="svg")
"""


@pytest.mark.slow
def test_building_and_drawing_takes_at_most_twice_what_networkx_takes() -> None:
    """2,000 datasets in layers, in a new process: networkx draws them without names and arrows."""

    def seconds(code: str) -> float:
        timed = f"{RECORDS}{code}\nprint(time.process_time())"
        command = [sys.executable, "-W", "ignore", "-c", timed]
        return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)

    assert min(seconds(OURS) for _ in range(2)) <= 2 * min(seconds(NETWORKX) for _ in range(2))
