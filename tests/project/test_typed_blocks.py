"""Strict type checkers accept the code in README and docs/, and calls of all functions."""

import doctest
import json
import re
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest
from test_readme import BLOCKS, Block

from dtool_lookup_api import typed
from dtool_lookup_api.legacy.aliases import ALIASES

from devserver import ROOT
from samples import SAMPLES

pytestmark = pytest.mark.slow

PYRIGHT = {
    "typeCheckingMode": "strict",
    "pythonVersion": "3.11",
    "venvPath": str(ROOT),
    "venv": ".venv",
    # A cell shows the value of its last line.
    "reportUnusedExpression": False,
    # The results of other libraries may have no types.
    "reportMissingTypeStubs": False,
    "reportUnknownMemberType": False,
    "reportUnknownVariableType": False,
    "reportUnknownArgumentType": False,
    "reportUnknownLambdaType": False,
}


def code_of(block: Block) -> str:
    """Return the code of a block as a module, without prompts, and in a function if it awaits."""
    code = block.text
    if code.startswith(">>> "):
        code = "".join(example.source for example in doctest.DocTestParser().get_examples(code))
    try:
        compile(code, "block", "exec")
    except SyntaxError:  # `await`, as a notebook takes it
        code = f"async def main() -> None:\n{textwrap.indent(code, '    ')}"
    return code


HEAD = """\
# pyright: reportDeprecated=false, reportUnusedImport=false
from pathlib import Path
from typing import Any, assert_type

import dtool_lookup_api
from dtool_lookup_api import AsyncClient, AsyncWalk, Client, Download, Page, Provenance
from dtool_lookup_api import Registration, Walk, asynchronous, synchronous, typed, types


async def main() -> None:
"""
# How functions and iterators are called, the type of an iterator, and whether 0.10 names exist.
PUBLIC_MODULES = {
    "package": ("dtool_lookup_api.{}", "dtool_lookup_api.{}", "Walk", True),
    "blocking": ("synchronous.{}", "synchronous.{}", "Walk", True),
    "async": ("await asynchronous.{}", "asynchronous.{}", "AsyncWalk", True),
    "client": ("Client().{}", "Client().{}", "Walk", False),
    "async_client": ("await AsyncClient().{}", "AsyncClient().{}", "AsyncWalk", False),
    "typed": ("typed.{}", "typed.{}", "Walk", False),
    "typed_async": ("await typed.asynchronous.{}", "typed.asynchronous.{}", "AsyncWalk", False),
    "typed_client": ("typed.Client().{}", "typed.Client().{}", "Walk", False),
    "typed_async_client": (
        *("await typed.AsyncClient().{}", "typed.AsyncClient().{}"),
        *("AsyncWalk", False),
    ),
}


def calls_of(module: str) -> str:
    """Return code that calls each function of a public module, and states the result's type."""
    function, iterator, walk, has_aliases = PUBLIC_MODULES[module]
    lines = []
    for name, sample in SAMPLES.items():
        if name.startswith("iter_"):
            returns, call = f"{walk}[{sample.returns}]", iterator
        else:
            returns, call = sample.returns, function
        if module.startswith("typed"):
            returns = re.sub(r"types\.(\w+)", with_model, returns)
        lines.append(typed_call(call.format(name), sample.arguments, returns))
    for name, alias in ALIASES.items() if has_aliases else ():
        sample = SAMPLES[alias.replacement]
        old = {new: old for old, new in alias.renamed.items()}
        given = {old.get(key, key): value for key, value in sample.arguments.items()}
        if alias.parameters is not None:
            given = {key: given[key] for key in given if key in alias.parameters}
        lines.append(typed_call(function.format(name), given, sample.returns))
    return HEAD + "".join(lines)


def with_model(found: re.Match[str]) -> str:
    """Return the name of a type, or that of its model if there is one."""
    return f"typed.{found[1]}" if found[1] in typed.models.__all__ else found[0]


def typed_call(name: str, arguments: dict[str, Any], returns: str) -> str:
    given = ", ".join(f"{key}={value!r}" for key, value in arguments.items())
    return f"    assert_type({name}({given}), {returns})\n"


@pytest.fixture(scope="module")
def modules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a module for each block, and one for each public module."""
    folder = tmp_path_factory.mktemp("blocks")
    for block in BLOCKS:
        if block.kind == "python":
            name = "".join(letter if letter.isalnum() else "_" for letter in block.place)
            (folder / f"{name}.py").write_text(code_of(block), encoding="utf-8")
    for module in PUBLIC_MODULES:
        (folder / f"calls_of_{module}.py").write_text(calls_of(module), encoding="utf-8")
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
