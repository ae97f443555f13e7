"""Derive all files from openapi.yaml and the operations, and put them in place together.

They are derived in a copy of the project. If a step fails, the project is unchanged.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from derived import CONTRACT, ROOT

# Places of derived files, and other files that the steps read.
DERIVED = (
    CONTRACT.name,
    "generated",
    "dtool_lookup_api",
    "docs/configuration.md",
    "docs/functions.md",
    "docs/migration.md",
    "docs/dserver.md",
)
SOURCES = ("tools", "generator-config.yaml", "pyproject.toml")
# In this order, as a step may read files that an earlier one wrote.
STEPS = (
    "generate.py",
    "functions.py",
    "result_types.py",
    "options.py",
    "public_modules.py",
    "typed.py",
    "exports.py",
    "routes.py",
    "renamed.py",
    "manual.py",
)
CACHES = shutil.ignore_patterns("__pycache__", ".*")


class StepError(Exception):
    """A step failed; the message is its output."""


class Derivation:
    """A copy of the project in which all files are derived again."""

    def __init__(self, tree: Path) -> None:
        self.tree = tree
        for name in (*DERIVED, *SOURCES):
            if (ROOT / name).is_dir():
                shutil.copytree(ROOT / name, tree / name, ignore=CACHES)
            else:
                (tree / name).parent.mkdir(exist_ok=True)
                shutil.copy2(ROOT / name, tree / name)
        self._before = _contents(tree)

    def run(self, contract: str = "") -> None:
        """Run all steps, optionally for another OpenAPI document.

        Raises:
            StepError: If one fails.
        """
        if contract:
            (self.tree / CONTRACT.name).write_text(contract, encoding="utf-8")
        for step in STEPS:
            command: list[str | Path] = [sys.executable, self.tree / "tools" / step]
            done = subprocess.run(command, cwd=self.tree, capture_output=True, text=True)
            if done.returncode:
                said = (done.stdout + done.stderr).replace(f"{self.tree}{os.sep}", "").strip()
                raise StepError(f"tools/{step} failed:\n{said}")

    def changed(self) -> list[Path]:
        """Return the files that differ from those in the project, as relative paths."""
        before, after = self._before, _contents(self.tree)
        return sorted(name for name in before | after if before.get(name) != after.get(name))

    def take_over(self) -> list[Path]:
        """Put the derived files into the project, and return those that changed."""
        changed = self.changed()
        for name in changed:
            if (self.tree / name).exists():
                (ROOT / name).parent.mkdir(parents=True, exist_ok=True)
                # First to another file, so that no file is ever incomplete.
                written = (ROOT / name).with_name(f".{name.name}.new")
                shutil.copyfile(self.tree / name, written)
                written.replace(ROOT / name)
            else:
                (ROOT / name).unlink(missing_ok=True)
        return changed


def _contents(tree: Path) -> dict[Path, bytes]:
    """Return the contents of the files of a project that may be derived."""
    paths = [path for name in DERIVED for path in (tree / name, *(tree / name).rglob("*"))]
    return {
        path.relative_to(tree): path.read_bytes()
        for path in paths
        if path.is_file() and path.suffix != ".pyc"
    }


@contextmanager
def derivation() -> Generator[Derivation]:
    """Begin a derivation, and remove its copy of the project afterwards."""
    with tempfile.TemporaryDirectory(prefix="derivation-") as folder:
        yield Derivation(Path(folder))


def main() -> None:
    """Derive all files, and put them in place."""
    try:
        with derivation() as new:
            new.run()
            new.take_over()
    except StepError as error:
        sys.exit(f"{error}\nNothing was changed.")


if __name__ == "__main__":
    main()
