"""Which documented function uses what of the generated package, as its source says.

As a script, it lists the functions whose operations or models are gone, and what a new function
still lacks: a sample, a test or its line in the changelog.
"""

import ast
import re
import sys
from collections.abc import Iterator
from functools import cache, cached_property
from pathlib import Path
from typing import NamedTuple

from derived import ROOT
from public_modules import PACKAGE, exported_by, original

GENERATED = ROOT / "generated"
OPERATIONS = PACKAGE / "operations"
MODELS = "dtool_lookup_rest.models"
TESTS = ROOT / "tests"
SAMPLES = TESTS / "support/samples.py"


class Use(NamedTuple):
    """An endpoint or model that a function uses: ``api.tags.get_tags``, ``models.TagList``."""

    module: str
    name: str

    def exists(self) -> bool:
        """Return whether the generated package has it."""
        folder = GENERATED.joinpath(*self.module.split("."))
        if self.module == MODELS:
            return self.name in exported_by(folder / "__init__.py")
        return (folder / f"{self.name}.py").exists()


class Function:
    """A function that is documented, or helps those that are; or a class, with its methods."""

    def __init__(
        self, path: Path, node: ast.FunctionDef | ast.ClassDef, siblings: dict[str, str]
    ) -> None:
        self.key = f"{path.stem}.{node.name}"
        self.name = node.name
        self.place = f"{path.relative_to(ROOT)}:{node.lineno}"
        self.is_operation = (
            isinstance(node, ast.FunctionDef)
            and not node.name.startswith("_")
            and original(path.stem, node) is not None
        )
        """Whether the function of this name in the public modules is emitted from it."""
        self.is_helper = isinstance(node, ast.FunctionDef) and node.name in by_hand().get(path, ())
        """Whether it is a documented function itself, which runs operations."""
        self._node = node
        self._siblings = siblings

    @cached_property
    def uses(self) -> list[Use]:
        """What it uses of the generated package itself."""
        found: list[Use] = []
        for node in ast.walk(self._node):
            match node:
                case ast.Attribute(value=ast.Attribute(value=ast.Name("api"), attr=tag), attr=name):
                    found.append(Use(f"dtool_lookup_rest.api.{tag}", name))
                case ast.Attribute(value=ast.Name("models"), attr=name):
                    found.append(Use(MODELS, name))
                case _:
                    continue
        return found

    @cached_property
    def delegates(self) -> set[str]:
        """The names by which it may mean other functions of the operations modules."""
        found: set[str] = set()
        for node in ast.walk(self._node):
            match node:
                case ast.Name(id=name):
                    found.add(self._siblings.get(name, f"{self.key.partition('.')[0]}.{name}"))
                case ast.Attribute(value=ast.Name(id=module), attr=name):
                    found.add(f"{module}.{name}")
                case _:
                    continue
        return found


@cache
def by_hand() -> dict[Path, list[str]]:
    """Return the modules whose functions the package has without emitting them, with the names."""
    found: dict[Path, list[str]] = {}
    for node in ast.walk(ast.parse((PACKAGE / "__init__.py").read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module not in (None, "synchronous"):
            path = PACKAGE / f"{node.module}.py"
            names = [alias.name for alias in node.names if alias.name[0].islower()]
            if names and path.exists():
                found[path] = names
    return found


def functions() -> dict[str, Function]:
    """Return the functions and classes of all modules with documented functions, by module."""
    found: dict[str, Function] = {}
    for path in sorted([*OPERATIONS.glob("*.py"), *by_hand()]):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        siblings = {
            alias.asname or alias.name: f"{node.module.rpartition('.')[2]}.{alias.name}"
            for node in tree.body
            if isinstance(node, ast.ImportFrom) and node.level == 1 and node.module
            for alias in node.names
        }
        for node in tree.body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                function = Function(path, node, siblings)
                found[function.key] = function
    return found


def uses() -> Iterator[tuple[Function, list[Use]]]:
    """Yield each documented function with all that it uses, also through others.

    Those that are written by hand are left out if they make no call.
    """
    found = functions()
    for function in found.values():
        if function.is_operation or function.is_helper:
            reached: dict[str, Function] = {}
            waiting = [function.key]
            while waiting:
                key = waiting.pop()
                if key in found and key not in reached:
                    reached[key] = found[key]
                    waiting += sorted(found[key].delegates)
            used = sorted({use for each in reached.values() for use in each.uses})
            if used or function.is_operation:
                yield function, used


def callers() -> dict[str, list[str]]:
    """Return the documented functions that use an operation, by the operation's module.

    For example ``{"config.get_versions": ["get_versions"], ...}``.
    """
    found: dict[str, list[str]] = {}
    for function, used in uses():
        for module, name in used:
            if module.startswith("dtool_lookup_rest.api."):
                found.setdefault(f"{module.rpartition('.')[2]}.{name}", []).append(function.name)
    return {module: sorted(names) for module, names in found.items()}


def snake_case(name: str) -> str:
    """Return an operationId as the generated package names its module."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def gone() -> Iterator[str]:
    """Yield a line for each use of something that is no longer generated."""
    for function, used in uses():
        for module, name in used:
            if not Use(module, name).exists():
                yield (
                    f"{function.name} uses {module}.{name}, which is gone from openapi.yaml: "
                    f"see {function.place}"
                )


def missing() -> Iterator[str]:
    """Yield a line for each thing that a documented function lacks."""
    tests = "".join(path.read_text(encoding="utf-8") for path in TESTS.glob("*/test_*.py"))
    places = {
        "a sample in tests/support/samples.py": SAMPLES.read_text(encoding="utf-8"),
        "a test in tests/": tests,
        "a line in CHANGELOG.md": (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"),
    }
    words = {place: set(re.findall(r"\w+", text)) for place, text in places.items()}
    for function in functions().values():
        if function.is_operation:
            for place, found in words.items():
                if function.name not in found:
                    yield f"{function.name} lacks {place}: see {function.place}"


def main() -> None:
    """Exit with status 1 if a documented function uses or lacks something that is missing."""
    found = list(gone())
    if TESTS.exists():  # as in a project, unlike in the copy in which files are derived
        found += missing()
    sys.exit("\n".join(found) or None)


if __name__ == "__main__":
    main()
