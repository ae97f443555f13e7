"""The gallery: its notebooks run as they are stored, and their pictures are those of the docs."""

import re
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest

from devserver import ROOT, running_dserver

sys.path.insert(0, str(ROOT / "examples"))
import gallery

DOCUMENT = ROOT / "docs/tables.md"


def texts_of(notebook: Any) -> list[dict[str, str]]:
    """Return what the cells show as text and as tables, and that there is a plot."""
    return [
        {
            kind: "a plot" if kind.startswith("image/") else str(shown)
            for kind, shown in {**output.get("data", {}), "stream": output.get("text", "")}.items()
        }
        for output in gallery.outputs_of(notebook)
    ]


@pytest.mark.slow
@pytest.mark.parametrize("path", gallery.NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_shows_what_is_stored_in_it(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each cell runs without a warning, and shows the same texts and tables, and its plots."""
    with running_dserver(*gallery.server_options(path)) as server:  # with the example data alone
        for name, value in {**server.exports, **gallery.RESEARCHER}.items():
            monkeypatch.setenv(name, value)
        found = gallery.run(path)

    assert texts_of(found) == texts_of(nbformat.read(path, as_version=4))


@pytest.mark.parametrize("path", gallery.NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_stored_with_its_pictures(path: Path) -> None:
    """The stored outputs are those of a run, hold nothing of a machine, and stand in the docs."""
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    counts = [cell.execution_count for cell in notebook.cells if cell.cell_type == "code"]
    text = path.read_text(encoding="utf-8")
    document = DOCUMENT.read_text(encoding="utf-8")

    assert counts == list(range(1, len(counts) + 1))
    assert not re.search(r"127\.0\.0\.1|/tmp|/home|stderr|dserver-\w{8}/", text)
    assert f"../examples/gallery/{path.name}" in document
    for name, plot in gallery.plots_of(notebook, path.stem).items():
        assert (gallery.PICTURES / name).read_bytes() == plot
        assert f"gallery/{name}" in document


def test_the_gallery_shows_tables_and_plots() -> None:
    """Something is there to be looked at."""
    notebooks = [nbformat.read(path, as_version=4) for path in gallery.NOTEBOOKS]
    shown = [
        kind
        for notebook in notebooks
        for output in gallery.outputs_of(notebook)
        for kind in output.get("data", {})
    ]

    assert len(notebooks) >= 3
    assert shown.count("text/html") >= 8
    assert shown.count("image/png") >= 1
    assert shown.count("image/svg+xml") >= 2
