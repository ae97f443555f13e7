"""The documentation is true: every block of it runs, against the real dserver."""

import ast
import asyncio
import builtins
import doctest
import getpass
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import dataclass, replace
from io import StringIO
from pathlib import Path

import pytest
import yaml
from IPython.lib.pretty import pretty

import dtool_lookup_api
from dtool_lookup_api import errors, synchronous
from dtool_lookup_api.core import config, dtool_json, settings
from dtool_lookup_api.core.declarations import KEYS
from dtool_lookup_api.core.secret import Secret
from dtool_lookup_api.legacy.aliases import ALIASES

from devserver import ROOT, Dserver

DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
FENCED = re.compile(r"^```(.*)\n((?:(?!```).*\n)*?)^```$", re.MULTILINE)

# What the documentation calls the local dserver.
URL = "http://127.0.0.1:5000"
TOKEN_URL = "http://127.0.0.1:5001"

# Not run here; never run `make` in a copy of the folder, whose environment may be a link.
SET_UP = {
    "make": "lists the targets",
    "make demo": "tests/project/test_tour.py runs the tour; the fresh clone check the target",
    "make dserver": "tests/support/devserver.py runs the same script",
    "make test": "runs this",
    "make test-slow": ".ci/run",
    "make test-all": ".ci/run, in two parts",
    "make lock": "needs a registry; tools/check.py holds the files against what they are made from",
    "make lock UPGRADE=yes": "changes the clone",
    "make newest": "tells what the newest releases would break, and proves nothing",
    "make oldest": "needs a registry, and says which lower bounds are wrong",
    "make test-server": "tests/project/test_own_server.py runs the same tests",
    "make check": ".ci/run",
    "make follow": "tests/project/test_follow.py does it with other documents",
    "make follow DOCUMENT=openapi.json": "tests/project/test_follow.py does it",
    "make spec": "tools/check.py, in .ci/run, does the same elsewhere",
    "make generate": "tools/check.py, in .ci/run, does the same elsewhere",
    "make spec generate": "tools/check.py, in .ci/run, does the same elsewhere",
    "make drift SERVER=https://dserver.example": "tests/project/test_drift.py does it locally",
    "make drift DOCUMENT=openapi.json": "tests/project/test_drift.py does it",
    "make drift DSERVERCORE=0.21.0": "tests/project/test_drift.py does it, and compares the output",
    "make gallery": "tests/project/test_gallery.py runs the notebooks",
    "make soak": "make test-slow, in .ci/run, does the same, or a part of it",
    "make bench": "compares speed and proves nothing",
    "make bench-transfers": "compares speed and proves nothing",
    "make format": "`make check`, in .ci/run, finds what it would change",
    "pip install dtool-lookup-api": "the fresh clone check installs the package",
    "pip install 'dtool-lookup-api[cli]'": "tests/project/test_wheel.py installs it with its extra",
}

# Steps of the walk in docs/following-the-server.md, which change the clone.
WALK = """\
git restore openapi.yaml generated dtool_lookup_api
git clean -fd generated
cp devserver/requirements.in devserver/requirements-0.23.0.in
make drift DSERVERCORE=0.23.0
git mv devserver/requirements.in devserver/requirements-0.22.0.in
git mv devserver/requirements.txt devserver/requirements-0.22.0.txt
mv devserver/requirements-0.23.0.in devserver/requirements.in
mv devserver/requirements-0.23.0.txt devserver/requirements.txt
.ci/run
git commit --all --message "Follow dserver 0.23.0"
python3 -m venv /tmp/build
/tmp/build/bin/python -m pip install hatchling
/tmp/build/bin/python -m hatchling build
git tag v0.12.0
""".splitlines()


@dataclass(frozen=True)
class Block:
    """A fenced block of a document; a `text` block after Python code is its output."""

    place: str
    kind: str
    text: str
    output: str = ""

    def on(self, dserver: Dserver) -> "Block":
        """Return the block as it reads with the ports of the running dserver."""
        return replace(self, text=_on(dserver, self.text), output=_on(dserver, self.output))


def _on(dserver: Dserver, text: str) -> str:
    token_url = dserver.token_url.removesuffix("/token")
    return text.replace(URL, dserver.url).replace(TOKEN_URL, token_url)


def blocks_of(path: Path) -> list[Block]:
    """Return the blocks of a document, in order."""
    text = path.read_text(encoding="utf-8")
    found: list[Block] = []
    end = -1
    for match in FENCED.finditer(text):
        kind, content = match.groups()
        follows = not text[end : match.start()].strip()
        if kind == "text" and found and found[-1].kind == "python" and follows:
            found[-1] = replace(found[-1], output=content)
        else:
            line = text.count("\n", 0, match.start()) + 1
            found.append(Block(f"{path.relative_to(ROOT)}:{line}", kind, content))
        end = match.end()
    return found


BLOCKS = [block for path in DOCUMENTS if path.exists() for block in blocks_of(path)]


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.place)
def test_block_is_true(
    block: Block,
    configured: Dserver,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> None:
    """A block does what the document says, with exactly the output shown."""
    if block.place.startswith("docs/data.md"):  # which the released server cannot do
        configured = request.getfixturevalue("next_dserver")
        for name, value in configured.exports.items():
            monkeypatch.setenv(name, value)
        monkeypatch.chdir(tmp_path)
    assert block.kind in RUNNERS, f"nothing here knows how to run a block of kind {block.kind!r}"
    if "Authentication URL" in block.text:
        answer_prompts(configured, monkeypatch)
    if "Config.interactive = False" in block.text:
        monkeypatch.delenv("DSERVER_PASSWORD")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))  # spares the developer's own
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    RUNNERS[block.kind](block.on(configured), monkeypatch, tmp_path)


def answer_prompts(dserver: Dserver, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the user's name and password be asked for, and show what a terminal shows."""

    def answer(key: str, *, shown: bool) -> Callable[[str], str]:
        def answer_to(prompt: str) -> str:
            print(f"{prompt}{dserver.exports[key] if shown else ''}")
            return dserver.exports[key]

        return answer_to

    monkeypatch.delenv("DSERVER_USERNAME")
    monkeypatch.delenv("DSERVER_PASSWORD")
    monkeypatch.setattr(config, "Config", config.DtoolLookupAPIConfig())
    monkeypatch.setattr(builtins, "input", answer("DSERVER_USERNAME", shown=True))
    monkeypatch.setattr(getpass, "getpass", answer("DSERVER_PASSWORD", shown=False))


# --- Python ------------------------------------------------------------------------------


def show(value: object) -> None:
    """Show a value as IPython and Jupyter do."""
    if value is not None:
        print(pretty(value))


def run_python(block: Block, monkeypatch: pytest.MonkeyPatch, _: Path) -> None:
    """Run Python code that is a session with prompts, or a cell of a notebook."""
    monkeypatch.setattr(sys, "displayhook", show)
    monkeypatch.setattr(sys, "__displayhook__", show)
    if block.text.startswith(">>> "):
        run_session(block)
    else:
        printed = StringIO()
        with redirect_stdout(printed):
            run_cell(block.text)
        assert printed.getvalue() == block.output


def run_session(block: Block) -> None:
    """Run a session with prompts and compare all of its output."""
    test = doctest.DocTestParser().get_doctest(block.text, {}, block.place, None, 0)
    report: list[str] = []
    assert test.examples
    assert not doctest.DocTestRunner().run(test, out=report.append).failed, "".join(report)


def run_cell(text: str) -> None:
    """Run a script, or the cell of a notebook, where ``await`` is allowed."""
    code = compile(text, "cell", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    waiting = eval(code, {"__name__": "__main__"})
    if asyncio.iscoroutine(waiting):
        asyncio.run(waiting)


# --- shell and configuration -------------------------------------------------------------


def run_console(block: Block, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Run the commands of a terminal in a copy of the folder, and compare their output."""
    for name in ("tools", "overlay"):
        shutil.copytree(ROOT / name, folder / name)
    clean = {name: value for name, value in os.environ.items() if not name.startswith("DSERVER_")}
    environment = clean | {"HOME": str(folder)}
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    exports = ""
    for command, output in commands(block.text):
        if command in SET_UP or command in WALK:
            continue
        assert "make " not in command, f"not listed as set-up: {command}"
        script = exports + command.replace(".venv/bin/python", sys.executable)
        assert run_bash(script, folder, environment) == output
        if command.startswith("export "):
            check_export(command)
            exports += f"{command}\n"


def commands(text: str) -> list[tuple[str, str]]:
    """Return the commands of a block, each with its output."""
    assert text.startswith("$ "), "a console block begins with a prompt"
    found = re.findall(r"^\$ ((?:.*\\\n)*.*)\n((?:(?!\$ ).*\n)*)", text, re.MULTILINE)
    return [(command.partition("  #")[0].strip(), output) for command, output in found]


def run_bash(script: str, folder: Path, environment: dict[str, str]) -> str:
    """Return what a script prints."""
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def check_export(command: str) -> None:
    """A variable that is exported is one that the SDK reads, or its tests do."""
    name = command.removeprefix("export ").partition("=")[0]
    assert name.removeprefix("TEST_") in {*KEYS, *settings.NETWORK_VARIABLES}


def run_json(block: Block, monkeypatch: pytest.MonkeyPatch, _: Path) -> None:
    """JSON is what dtool.json may hold: each value is read and usable."""
    values = json.loads(block.text)
    for name in values:
        monkeypatch.delenv(name, raising=False)
    dtool_json.config_path().write_text(block.text, encoding="utf-8")
    snapshot = dtool_json.snapshot()
    for name in [name for name in KEYS if name in values]:
        value = snapshot.get(name)
        assert (value.reveal() if isinstance(value, Secret) else value) == values[name]
    assert settings.resolve_settings().url == values["DSERVER_URL"]


RUNNERS: dict[str, Callable[[Block, pytest.MonkeyPatch, Path], None]] = {
    "python": run_python,
    "console": run_console,
    "json": run_json,
}


# --- the whole ---------------------------------------------------------------------------


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_no_block_is_missed(path: Path) -> None:
    """Every fence belongs to a block that was found."""
    text = path.read_text(encoding="utf-8")
    assert text.count("```") == 2 * len(FENCED.findall(text))


@pytest.mark.parametrize(
    ("page", "names"),
    [
        ("functions.md", set(synchronous.__all__) - {*ALIASES} - {*errors.__all__}),
        ("errors.md", set(errors.__all__)),
        ("configuration.md", set(KEYS)),
    ],
)
def test_all_that_is_documented_is_named(page: str, names: set[str]) -> None:
    """Each function but for the 0.10 names, each error and each setting has a place."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    assert names <= set(re.findall(r"\w+", text))


def test_readme_is_short() -> None:
    """A newcomer reads all of it."""
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 200


def test_index_names_all_pages() -> None:
    """The documentation's index links to each of its pages."""
    index = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    pages = {path.name for path in (ROOT / "docs").glob("*.md")} - {"README.md"}
    assert pages <= set(re.findall(r"\]\(([\w-]+\.md)\)", index))


def test_links_lead_somewhere() -> None:
    """Files that the documents link to are there."""
    for path in DOCUMENTS:
        links = re.findall(r"\]\((?!https?:|#)([^)#]+)", path.read_text(encoding="utf-8"))
        missing = [link for link in links if not (path.parent / link).exists()]
        assert not missing, f"{path.name}: {missing}"


def test_version_is_the_same_everywhere() -> None:
    """The package, the newest changes and the citation agree on version and date."""
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    newest = re.search(r"^## \[(\S+)\] - (\S+)$", changes, re.MULTILINE)
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    cited = (citation["version"], str(citation["date-released"]))
    assert newest is not None
    assert newest.groups() == cited
    assert cited[0] == dtool_lookup_api.__version__
