"""Run the notebooks of examples/gallery against the local dserver, and store their output.

python examples/gallery.py

The outputs go into the notebooks, the plots into docs/gallery.
"""

import base64
import os
import re
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from tour import running_dserver

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = sorted((ROOT / "examples/gallery").glob("*.ipynb"))
PICTURES = ROOT / "docs/gallery"
# A user who may search the datasets of all studies.
RESEARCHER = {"DSERVER_USERNAME": "researcher", "DSERVER_PASSWORD": "researcher_password"}
# The folder of the local server has another name each time.
FOLDER = re.compile(r"file://[\w.-]+/\S*?/dserver-\w+/datasets")


def main() -> None:
    """Run all notebooks in place."""
    for path in NOTEBOOKS:
        with running_dserver(*server_options(path)) as settings:
            os.environ.update(settings | RESEARCHER)
            notebook = run(path)
        nbformat.write(notebook, path)
        for name, plot in plots_of(notebook, path.stem).items():
            (PICTURES / name).write_bytes(plot)
        print(f"{path.relative_to(ROOT)} is as it runs now")


def server_options(path: Path) -> list[str]:
    """Return the options of devserver/serve.py for a notebook: the next server signs URLs."""
    return ["--next", "--storing"] if path.stem == "items-without-a-copy" else []


def run(path: Path) -> Any:
    """Return a notebook with its output, from the configured server."""
    notebook = nbformat.read(path, as_version=4)
    options: dict[str, Any] = {"kernel_name": "python3", "timeout": 120, "record_timing": False}
    NotebookClient(notebook, extra_arguments=["--log-level=ERROR"], **options).execute()
    notebook.metadata.pop("language_info", None)  # it names the version of Python
    for output in outputs_of(notebook):
        for kind, text in output.get("data", {}).items():
            if kind.startswith("text/"):
                output["data"][kind] = FOLDER.sub("file://localhost/datasets", text)
    return notebook


def outputs_of(notebook: Any) -> list[Any]:
    """Return the outputs of all cells."""
    return [output for cell in notebook.cells for output in cell.get("outputs", [])]


def plots_of(notebook: Any, stem: str) -> dict[str, bytes]:
    """Return the plots and drawings of a notebook, by the names of their files."""
    found: dict[str, bytes] = {}
    for output in outputs_of(notebook):
        data = output.get("data", {})
        name = f"{stem}-{len(found) + 1}"
        if "image/png" in data:
            found[f"{name}.png"] = base64.b64decode(data["image/png"])
        elif "image/svg+xml" in data:
            found[f"{name}.svg"] = data["image/svg+xml"].encode("utf-8")
    return found


if __name__ == "__main__":
    main()
