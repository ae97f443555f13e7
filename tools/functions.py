"""Which documented function uses what of the generated package, as its source says.

As a script, it names the functions whose operations or models are gone.
"""

import ast
import re
import sys
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from derived import ROOT
from surfaces import PACKAGE, exported_by, original

GENERATED = ROOT / "generated"
OPERATIONS = PACKAGE / "operations"


class Import(NamedTuple):
    """A name that a function imports from the generated package."""

    module: str
    name: str

    def exists(self) -> bool:
        """Tell whether the generated package has it."""
        folder = GENERATED.joinpath(*self.module.split("."))
        if (folder / f"{self.name}.py").exists():
            return True
        return (folder / "__init__.py").exists() and self.name in exported_by(
            folder / "__init__.py"
        )


class Function:
    """A function of an operations module, documented or a helper."""

    def __init__(self, path: Path, node: ast.FunctionDef, siblings: dict[str, str]) -> None:
        self.key = f"{path.stem}.{node.name}"
        self.name = node.name
        self.place = f"{path.relative_to(ROOT)}:{node.lineno}"
        self.documented = not node.name.startswith("_") and original(path.stem, node) is not None
        self._node = node
        self._siblings = siblings

    @cached_property
    def imports(self) -> list[Import]:
        """What it imports from the generated package itself."""
        return [
            Import(node.module, alias.name)
            for node in ast.walk(self._node)
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("dserver_client")
            for alias in node.names
            if node.module
        ]

    @cached_property
    def delegates(self) -> set[str]:
        """The names by which it may mean other functions of the operations modules."""
        # A generated module may have the name of a documented function.
        generated = {imported.name for imported in self.imports}
        found: set[str] = set()
        for node in ast.walk(self._node):
            match node:
                case ast.Name(id=name) if name not in generated:
                    found.add(self._siblings.get(name, f"{self.key.partition('.')[0]}.{name}"))
                case ast.Attribute(value=ast.Name(id=module), attr=name):
                    found.add(f"{module}.{name}")
                case _:
                    continue
        return found


def functions() -> dict[str, Function]:
    """Return the functions of all operations modules, by module and name."""
    found: dict[str, Function] = {}
    for path in sorted(OPERATIONS.glob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        siblings = {
            alias.asname or alias.name: f"{node.module}.{alias.name}"
            for node in tree.body
            if isinstance(node, ast.ImportFrom) and node.level == 1 and node.module
            for alias in node.names
        }
        for node in tree.body:
            if isinstance(node, ast.FunctionDef):
                function = Function(path, node, siblings)
                found[function.key] = function
    return found


def uses() -> Iterator[tuple[Function, list[Import]]]:
    """Yield each documented function with all that it imports, by helpers too."""
    found = functions()
    for function in found.values():
        if function.documented:
            reached: dict[str, Function] = {}
            waiting = [function.key]
            while waiting:
                key = waiting.pop()
                if key in found and key not in reached:
                    reached[key] = found[key]
                    waiting += sorted(found[key].delegates)
            imports = {each for reach in reached.values() for each in reach.imports}
            yield function, sorted(imports)


def callers() -> dict[str, list[str]]:
    """Return the documented functions that use an operation, by the operation's module.

    For example ``{"config.get_versions": ["get_versions"], ...}``.
    """
    found: dict[str, list[str]] = {}
    for function, imports in uses():
        for module, name in imports:
            if module.startswith("dserver_client.api."):
                found.setdefault(f"{module.rpartition('.')[2]}.{name}", []).append(function.name)
    return {module: sorted(names) for module, names in found.items()}


def snake_case(name: str) -> str:
    """Return an operationId as the generated package names its module."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def main() -> None:
    """Exit with status 1 if a documented function uses what is not generated any more."""
    gone = [
        f"{function.name} uses {module}.{name}, which is gone from openapi.yaml: "
        f"see {function.place}"
        for function, imports in uses()
        for module, name in imports
        if not Import(module, name).exists()
    ]
    sys.exit("\n".join(gone) or None)


if __name__ == "__main__":
    main()
