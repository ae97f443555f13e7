"""The functions in a real Jupyter kernel, and the notebook of the examples."""

import itertools
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager
from nbformat import NotebookNode

from devserver import COPY_URI, ROOT, URI, UUID, Dserver

pytestmark = pytest.mark.slow

NOTEBOOK = ROOT / "examples/notebook.ipynb"
SECONDS = 60
KERNEL = "same-interpreter"

# As the documentation of 0.10 has it.
OLD_RECIPE = """\
import asyncio
import dtool_lookup_api.asynchronous as dl
if asyncio.get_event_loop().is_running():
    # then we are in jupyter notebook
    # this allows nested event loops, i.e. calls to asyncio.run inside the notebook as well
    # This way, the same code works in notebook and python
    import nest_asyncio
    nest_asyncio.apply()

def query(query_dict):
    return asyncio.run(dl.query(query_dict))

query({
    'base_uri': 'smb://test-share',
    'name': {'$regex': 'test'},
})
"""


@dataclass
class Outcome:
    """What a cell has done."""

    value: Any = None
    """What its last expression shows, evaluated."""
    error: str = ""
    """Name and text of its error."""
    printed: str = ""
    asked: list[tuple[str, bool]] = field(default_factory=list[tuple[str, bool]])
    """Its questions, and whether the answer is to be hidden."""


class Kernel:
    """Somebody in front of a notebook.

    Args:
        client: The connection to the kernel.
    """

    def __init__(self, client: BlockingKernelClient) -> None:
        self._client = client

    def run(self, code: str, answers: list[str] | None = None) -> Outcome:
        """Run a cell.

        Args:
            code: The cell.
            answers: What to answer; None if no user is present.
        """
        outcome = Outcome()
        waiting = list(answers or [])

        def answer(message: dict[str, Any]) -> None:
            content = message["content"]
            outcome.asked.append((content["prompt"], content["password"]))
            self._client.input(waiting.pop(0))

        def note(message: dict[str, Any]) -> None:
            content = message["content"]
            match message["msg_type"]:
                case "execute_result":
                    outcome.value = eval(content["data"]["text/plain"])
                case "error":
                    outcome.error = f"{content['ename']}: {content['evalue']}"
                case "stream":
                    outcome.printed += content["text"]

        self._client.execute_interactive(
            code,
            allow_stdin=answers is not None,
            stdin_hook=answer,
            output_hook=note,
            timeout=SECONDS,
        )
        return outcome

    def display(self, code: str) -> list[dict[str, Any]]:
        """Run a cell, and return what it displays, by media type."""
        shown: list[dict[str, Any]] = []

        def note(message: dict[str, Any]) -> None:
            if message["msg_type"] == "display_data":
                shown.append(message["content"]["data"])

        self._client.execute_interactive(code, output_hook=note, timeout=SECONDS)
        return shown

    def complete(self, code: str) -> set[str]:
        """Return what Tab offers at the end of a cell."""
        content = self._client.complete(code, reply=True, timeout=SECONDS)["content"]
        return {match.rpartition(".")[2] for match in content["matches"]}

    def inspect(self, name: str, level: int = 0) -> str:
        """Return what Shift-Tab shows."""
        reply = self._client.inspect(name, detail_level=level, reply=True, timeout=SECONDS)
        shown: str = reply["content"]["data"]["text/plain"]
        return re.sub(r"\x1b\[[\d;]*m", "", shown)


@pytest.fixture(scope="session")
def jupyter_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Describe a kernel that is this very interpreter, whatever else is installed."""
    path = tmp_path_factory.mktemp("jupyter")
    folder = path / "kernels" / KERNEL
    spec = {
        "argv": [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        "display_name": KERNEL,
        "language": "python",
    }
    folder.mkdir(parents=True)
    (folder / "kernel.json").write_text(json.dumps(spec), encoding="utf-8")
    return path


@pytest.fixture
def environment(dserver: Dserver, tmp_path: Path) -> dict[str, str]:
    """Return an environment with the tour's user, and with an empty home folder."""
    own = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "LANG": "C.UTF-8"}
    return own | dserver.exports


@pytest.fixture
def start_kernel(
    jupyter_path: Path, environment: dict[str, str], tmp_path: Path
) -> Iterator[Callable[..., Kernel]]:
    """Return a function that starts a kernel with a part of the environment."""
    specs = KernelSpecManager(kernel_dirs=[str(jupyter_path / "kernels")])
    running: list[tuple[KernelManager, BlockingKernelClient]] = []

    def start(*without: str) -> Kernel:
        manager = KernelManager(
            kernel_name=KERNEL,
            kernel_spec_manager=specs,
            connection_file=str(tmp_path / "kernel.json"),
        )
        env = {name: value for name, value in environment.items() if name not in without}
        manager.start_kernel(env=env, cwd=str(tmp_path))
        client = manager.blocking_client()
        running.append((manager, client))
        client.start_channels()
        client.wait_for_ready(timeout=SECONDS)
        return Kernel(client)

    yield start
    for manager, client in running:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


@pytest.fixture
def kernel(start_kernel: Callable[..., Kernel]) -> Kernel:
    """Return a kernel that is configured by the environment."""
    return start_kernel()


@pytest.fixture
def unknown(start_kernel: Callable[..., Kernel]) -> Kernel:
    """Return a kernel that has the URLs, but no credentials."""
    return start_kernel("DSERVER_USERNAME", "DSERVER_PASSWORD")


# --- the functions -------------------------------------------------------------------------


def test_blocking_and_awaited_in_one_notebook(kernel: Kernel) -> None:
    """In a cell, where a loop is running, functions block or are awaited, in any order."""
    kernel.run("import asyncio, dtool_lookup_api as d, dtool_lookup_api.asynchronous as dl")
    assert kernel.run("asyncio.get_running_loop().is_running()").value is True
    for _ in range(2):
        assert [one["uri"] for one in kernel.run("d.get_datasets()").value] == [COPY_URI, URI]
        assert [one["uri"] for one in kernel.run("await dl.get_datasets()").value] == [
            COPY_URI,
            URI,
        ]
    both = kernel.run(
        f"len(await asyncio.gather(*[dl.get_manifest('{URI}') for _ in range(20)]))\n"
    )
    assert both.value == 20
    with_client = kernel.run(
        "async with d.AsyncClient() as client:\n    me = await client.get_me()\nme['username']"
    )
    assert with_client.value == "testuser"
    assert kernel.run("with d.Client() as c:\n    me = c.get_me()\nme['username']").value == (
        "testuser"
    )


def test_blocking_within_a_coroutine(kernel: Kernel) -> None:
    """A blocking function may be called from a coroutine of the notebook, and from threads."""
    kernel.run("import asyncio, dtool_lookup_api as d")
    kernel.run("async def name():\n    return d.get_me()['username']")
    assert kernel.run("await name()").value == "testuser"
    assert kernel.run("(await asyncio.to_thread(d.get_me))['username']").value == "testuser"


@pytest.mark.parametrize(
    "code",
    [
        "found = list(d.iter_datasets(progress=True))",
        "found = [each async for each in dl.iter_datasets(progress=True)]",
        "found = list(d.get_many(len, ['a', 'b'], progress=True))",
    ],
)
def test_progress_is_a_widget(kernel: Kernel, code: str) -> None:
    """The bar has the form made for notebooks, and ends full."""
    kernel.run("import dtool_lookup_api as d, dtool_lookup_api.asynchronous as dl, ipywidgets as w")
    (bar,) = kernel.display(code)
    assert "application/vnd.jupyter.widget-view+json" in bar
    assert kernel.run("len(found)").value == 2
    kernel.run("all_widgets = w.Widget._active_widgets.values()")
    kernel.run("bars = [each for each in all_widgets if isinstance(each, w.FloatProgress)]")
    found = kernel.run("[(bar.value, bar.max, bar.bar_style) for bar in bars]")
    assert found.value == [(2, 2, "success")]


def test_answers_show_as_tables(kernel: Kernel) -> None:
    """Pages, walks and outcomes show as tables by themselves, plain answers when asked to."""
    kernel.run("import dtool_lookup_api as d")
    answers = ["d.get_datasets()", "d.iter_datasets()", f"next(d.get_many(d.get_tags, ['{URI}']))"]
    for answer in answers:
        (page,) = kernel.display(f"display({answer})")
        assert "<table" in page["text/html"]
        assert "<table" not in page["text/plain"]
    (manifest,) = kernel.display(f"d.show(d.get_manifest('{URI}'))")
    assert "simple_text_file.txt</td>" in manifest["text/html"]
    assert manifest["text/plain"].startswith("{'dtoolcore_version': '3.17.0',")


@pytest.mark.parametrize("call", ["d.get_me()", "await dl.get_me()"])
def test_credentials_are_asked_for_in_the_notebook(
    unknown: Kernel, dserver: Dserver, call: str
) -> None:
    """The notebook asks for user name and hidden password, once for blocking and async calls."""
    unknown.run("import dtool_lookup_api as d, dtool_lookup_api.asynchronous as dl")
    first = unknown.run(call, ["testuser", "test_password"])
    assert first.asked == [
        (f"Authentication URL {dserver.token_url} username:", False),
        (f"Authentication URL {dserver.token_url} password:", True),
    ]
    assert first.value["username"] == "testuser"
    assert "test_password" not in first.printed
    for again in "d.get_me()", "await dl.get_me()":
        second = unknown.run(again, [])
        assert second.asked == []
        assert second.value["username"] == "testuser"


def test_wrong_password_is_asked_for_again(unknown: Kernel) -> None:
    """After a wrong password the error says so, and the next cell asks again."""
    unknown.run("import dtool_lookup_api as d, dtool_lookup_api.asynchronous as dl")
    for call in "d.get_me()", "await dl.get_me()":
        refused = unknown.run(call, ["testuser", "wrong"])
        assert refused.error.startswith("AuthenticationError: Authentication failed")
        assert len(refused.asked) == 2
    assert unknown.run("d.get_me()", ["testuser", "test_password"]).value["username"] == "testuser"


def test_kernel_without_a_user(unknown: Kernel) -> None:
    """A notebook that runs unattended does not wait for a password; the error says what to set."""
    unknown.run("import dtool_lookup_api as d, dtool_lookup_api.asynchronous as dl")
    for call in "d.get_me()", "await dl.get_me()":
        refused = unknown.run(call)
        assert refused.error.startswith("AuthenticationError: Authentication failed")
        assert "DSERVER_PASSWORD" in refused.error
    assert unknown.run("d.get_me()", ["testuser", "test_password"]).value["username"] == "testuser"


def test_old_recipe_with_nest_asyncio(kernel: Kernel) -> None:
    """The recipe documented for 0.10 still runs unchanged, any number of times."""
    for _ in range(2):
        (found,) = kernel.run(OLD_RECIPE).value
        assert found["uri"] == URI
    kernel.run("import dtool_lookup_api as d")
    assert kernel.run(f"[one['uri'] for one in d.get_datasets_by_uuid('{UUID}')]").value == [
        COPY_URI,
        URI,
    ]
    assert len(kernel.run("await dl.get_datasets()").value) == 2
    assert kernel.run(OLD_RECIPE).value[0]["uri"] == URI


def test_tab_and_shift_tab(kernel: Kernel) -> None:
    """Tab offers functions, arguments and the keys of a result; Shift-Tab shows what is what."""
    kernel.run("import dtool_lookup_api as d; res = d.get_datasets(); client = d.Client()")
    assert kernel.complete("d.get_") >= {"get_datasets", "get_manifest"}
    assert kernel.complete("client.get_rea") == {"get_readme", "get_readme_as_dict"}
    assert kernel.complete("d.get_datasets(free") == {"free_text="}
    assert kernel.complete("res[0]['") >= {"base_uri", "created_at", "uri", "uuid"}
    shown = kernel.inspect("d.get_datasets")
    assert "free_text: str | None = None" in shown
    assert "List a page of the datasets that you may search" in shown
    assert "def get_datasets(" in kernel.inspect("client.get_datasets", level=1)


# --- the notebook --------------------------------------------------------------------------


def stored() -> NotebookNode:
    """Return the notebook as it is stored."""
    return nbformat.read(NOTEBOOK, as_version=4)


def code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    """Return the cells with code."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def with_shown_code(notebook: NotebookNode) -> NotebookNode:
    """Return a notebook with a cell for each piece of code that the text only shows."""
    cells: list[NotebookNode] = []
    for cell in notebook.cells:
        cells.append(cell)
        if cell.cell_type == "markdown":
            blocks = re.findall(r"```python\n(.*?)```", cell.source, re.DOTALL)
            cells += [nbformat.v4.new_code_cell(block) for block in blocks]
    return nbformat.v4.new_notebook(cells=cells, metadata=notebook.metadata)


def outputs(cell: NotebookNode) -> list[tuple[str, str]]:
    """Return what a cell has shown: of which kind, and what; a text may come in pieces."""
    pieces = [(one.get("name", one.output_type), one.get("text", "")) for one in cell.outputs]
    return [
        (kind, "".join(text for _, text in group))
        for kind, group in itertools.groupby(pieces, key=lambda piece: piece[0])
    ]


def test_notebook_runs_in_a_kernel(
    jupyter_path: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    """Running the notebook gives its stored output; the code in its text runs, too."""
    notebook = with_shown_code(stored())
    expected = [outputs(cell) for cell in code_cells(notebook)]
    path = tmp_path / "notebook.ipynb"
    nbformat.write(notebook, path)
    jupyter_execute = Path(sys.executable).with_name("jupyter-execute")
    done = subprocess.run(
        [jupyter_execute, f"--kernel_name={KERNEL}", "--timeout=60", "--inplace", path],
        env=environment | {"JUPYTER_PATH": str(jupyter_path)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = nbformat.read(path, as_version=4)
    assert [outputs(cell) for cell in code_cells(found)] == expected


def test_notebook_runs_as_a_script(environment: dict[str, str], tmp_path: Path) -> None:
    """The cells one after another are a script that prints the same."""
    script = tmp_path / "notebook.py"
    script.write_text("\n\n".join(cell.source for cell in code_cells(stored())), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-W", "error", str(script)],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=SECONDS,
        check=False,
    )
    assert done.stderr == ""
    assert done.stdout == "".join(
        text for cell in code_cells(stored()) for _, text in outputs(cell)
    )


def test_notebook_is_stored_clean() -> None:
    """The stored notebook is valid, shows what every call prints, and nothing of a machine."""
    notebook = stored()
    nbformat.validate(notebook)
    assert [cell.execution_count for cell in code_cells(notebook)] == list(
        range(1, len(code_cells(notebook)) + 1)
    )
    assert notebook.metadata.kernelspec.name == "python3"
    assert "version" not in notebook.metadata.language_info
    for cell in notebook.cells:
        assert cell.metadata == {}
        for output in cell.get("outputs", []):
            assert output["output_type"] == "stream"
            assert output["name"] == "stdout"
            assert not re.search(r"127\.0\.0\.1|localhost|/home|/tmp|\x1b", output["text"])
