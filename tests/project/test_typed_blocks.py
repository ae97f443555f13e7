"""The code in README and docs/ passes the type checkers that users have, in their strict modes."""

import doctest
import json
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from test_readme import BLOCKS, Block

from devserver import ROOT

pytestmark = pytest.mark.slow

PYRIGHT = {
    "typeCheckingMode": "strict",
    "pythonVersion": "3.11",
    "venvPath": str(ROOT),
    "venv": ".venv",
    # A cell shows the value of its last line.
    "reportUnusedExpression": False,
    # Other libraries have no types, which is not for our examples to mend.
    "reportMissingTypeStubs": False,
    "reportUnknownMemberType": False,
    "reportUnknownVariableType": False,
    "reportUnknownArgumentType": False,
    "reportUnknownLambdaType": False,
}


def code_of(block: Block) -> str:
    """Return the code of a block as a module, without prompts and with a function to await in."""
    code = block.text
    if code.startswith(">>> "):
        code = "".join(example.source for example in doctest.DocTestParser().get_examples(code))
    try:
        compile(code, "block", "exec")
    except SyntaxError:  # `await`, as a notebook takes it
        code = f"async def main() -> None:\n{textwrap.indent(code, '    ')}"
    return code


@pytest.fixture(scope="module")
def modules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a module for each block, named for its place."""
    folder = tmp_path_factory.mktemp("blocks")
    for block in BLOCKS:
        if block.kind == "python":
            name = "".join(letter if letter.isalnum() else "_" for letter in block.place)
            (folder / f"{name}.py").write_text(code_of(block), encoding="utf-8")
    (folder / "pyrightconfig.json").write_text(json.dumps(PYRIGHT), encoding="utf-8")
    assert len(list(folder.glob("*.py"))) > 20
    return folder


def errors(folder: Path, *command: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=folder, capture_output=True, text=True, timeout=300
    )
    return done.stdout + done.stderr if done.returncode else ""


def test_pyright_finds_nothing_in_the_examples(modules: Path) -> None:
    """What a reader copies does not turn red in an editor."""
    assert errors(modules, "pyright") == ""


def test_mypy_finds_nothing_in_the_examples(modules: Path) -> None:
    """The same for mypy."""
    names = sorted(path.name for path in modules.glob("*.py"))
    options = ["--strict", "--cache-dir", str(ROOT / ".mypy_cache/blocks")]
    options += ["--disable-error-code", "import-untyped", "--disable-error-code", "no-untyped-call"]
    assert errors(modules, "mypy", *options, *names) == ""
