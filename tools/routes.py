"""Derive dtool_lookup_api/core/routes.py: the routes that each documented function calls.

The routes and what they need on the server come from openapi.yaml.
"""

import argparse
import re
from pathlib import Path
from typing import Any

import yaml

from derived import CONTRACT, ROOT, formatted
from functions import snake_case, uses

MODULE = ROOT / "dtool_lookup_api/core/routes.py"
GENERATED = "dtool_lookup_rest.api."
METHODS = ("get", "post", "put", "patch", "delete")
TEXT = '''\
# Derived by `make generate` from openapi.yaml and dtool_lookup_api/operations: do not edit.
"""The routes that each documented function calls, and what they need on the server."""

from typing import Final, NamedTuple

__all__ = ["FUNCTIONS", "RELEASED", "ROUTES", "Route"]


class Route(NamedTuple):
    """A route of a server."""

    method: str
    path: str
    """The path, with ``{{}}`` for each value in it."""
    plugin: str = ""
    """The plugin that provides it; empty for dservercore."""
    since: str = ""
    """The first version of the plugin, or of dservercore, that has it; empty if all have it."""
    switch: str = ""
    """The server's setting that enables it."""
    writes_storage: bool = False
    """Whether the server changes the dataset in storage, starting from what its index holds."""


RELEASED: Final = {released!r}
"""The latest release of dservercore, which has the functions without ``since``."""


ROUTES: Final = {{
{routes}
}}
"""Routes by operation."""

FUNCTIONS: Final[dict[str, tuple[str, ...]]] = {functions}
"""Operations that a documented function may call."""
'''


def routes(contract: dict[str, Any]) -> dict[str, str]:
    """Return the Python code of each route, by operation."""
    return {
        snake_case(item[method]["operationId"]): written(method, path, item[method])
        for path, item in contract["paths"].items()
        for method in METHODS
        if method in item
    }


def written(method: str, path: str, operation: dict[str, Any]) -> str:
    """Return a route as Python code."""
    given = [repr(method.upper()), repr(re.sub(r"\{[^}]*\}", "{}", path))]
    for key in ("plugin", "since", "switch"):
        if f"x-{key}" in operation:
            given.append(f"{key}={operation[f'x-{key}']!r}")
    if operation.get("x-writes-storage"):
        given.append("writes_storage=True")
    return f"Route({', '.join(given)})"


def calls() -> dict[str, tuple[str, ...]]:
    """Return the operations that each documented function may call."""
    return {
        function.name: tuple(name for module, name in used if module.startswith(GENERATED))
        for function, used in sorted(uses(), key=lambda use: use[0].name)
    }


def main() -> None:
    """Write dtool_lookup_api/core/routes.py."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=MODULE)
    output: Path = parser.parse_args().output
    contract = yaml.safe_load(CONTRACT.read_text(encoding="utf-8"))
    functions = calls()
    called = {operation for operations in functions.values() for operation in operations}
    found = sorted(routes(contract).items())
    lines = [f"{name!r}: {route}," for name, route in found if name in called]
    text = TEXT.format(
        routes="\n".join(lines), functions=functions, released=contract["info"]["version"]
    )
    output.write_text(formatted(text), encoding="utf-8")


if __name__ == "__main__":
    main()
