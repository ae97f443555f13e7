"""The order of imports inside of the package: one way, without a circle, at the top of modules."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import dtool_lookup_api

PACKAGE = Path(dtool_lookup_api.__file__).parent
GENERATED = "dtool_lookup_rest"

# From the top to the bottom: a module imports what stands below it.
ORDER = [
    "cli",
    "cli.group",
    "cli.setup",
    "cli.command",
    "__main__",
    "cli.account",
    "checkup",
    "cli.owners",
    "legacy.lookup_clients",
    "legacy.methods",
    "typed",
    "typed.asynchronous",
    "typed.clients",
    "typed.low_level",
    "typed.synchronous",
    "typed.models",
    "core.models",
    "clients",
    "core.client",
    "core.calls",
    "core.generated",
    "core.async_driver",
    "core.driver",
    "core.async_streaming",
    "core.streaming",
    "core.exchange",
    "core.transfers",
    "core.capabilities",
    "core.walks",
    "core.many",
    "core.ranges",
    "core.pager",
    "core.operation",
    "core.auth",
    "core.logins",
    "core.attempts",
    "core.engines",
    "core.engine_aiohttp",
    "core.engine_httpx",
    "core.httpx_connection",
    "core.decoding",
    "core.bodies",
    "core.slots",
    "core.origins",
    "core.responses",
    "core.settings",
    "core.config",
    "core.options",
    "core.dtool_json",
    "core.values",
    "core.declarations",
    "core.secret",
    "core.part_file",
    "core.log",
    "core.messages",
    "core.tls",
    "core.requirements",
    "core.routes",
    "core.redaction",
    "core.proxies",
    "core.progress",
    "core.prefetch",
    "core.event_loop",
    "core.closing",
]

# Modules that are imported inside of functions, and why.
INSIDE = {
    ("", "legacy.aliases"): "only completion needs it",
    ("cli", "cli.group"): "without click, the command says what to install",
    ("cli.group", "cli.command"): "only errors need it, and dtool imports the former at each start",
    ("cli", "cli.shells"): "only shells that complete need it",
    ("cli.completion", "cli.shells"): "likewise",
    ("cli.command", "core.config"): "the help needs no configuration",
    ("cli.completion", "clients"): "the help of all commands loads the former only",
    ("cli.metadata", "clients"): "likewise",
    ("cli.setup", "cli.account"): "likewise",
    ("legacy.lookup_clients", "core.auth"): "importing the classes loads no engine",
    ("core.responses", "core.proxies"): "only advice on failed connections needs it",
    ("core.models", "rendering"): "only notebooks draw",
    ("core.many", "rendering"): "only notebooks draw",
    ("core.walks", "rendering"): "only notebooks draw",
    ("provenance", "rendering"): "only notebooks draw",
    ("results", "rendering"): "only notebooks draw",
}


class Import(NamedTuple):
    """One module of the package imports another."""

    source: str
    target: str
    inside: bool
    """Whether it does so inside of a function."""


def name_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts).removesuffix("__init__").removesuffix(".")


MODULES = {name_of(path): path for path in PACKAGE.rglob("*.py")}


def imports() -> Iterator[Import]:
    """Yield all imports of own modules; those for type checkers count, too."""
    for name, path in MODULES.items():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        package = name if path.name == "__init__.py" else name.rpartition(".")[0]
        yield from imports_in(tree, name, package.split(".") if package else [], inside=False)


def imports_in(node: ast.AST, name: str, package: list[str], *, inside: bool) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ImportFrom) and child.level:
            base = package[: len(package) - child.level + 1]
            base += child.module.split(".") if child.module else []
            for alias in child.names:
                target = ".".join([*base, alias.name])
                target = target if target in MODULES else ".".join(base)
                if target != name:
                    yield Import(name, target, inside)
        elif isinstance(child, ast.ImportFrom) and (child.module or "").startswith(GENERATED):
            yield Import(name, GENERATED, inside)
        function = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef)
        yield from imports_in(child, name, package, inside=inside or function)


IMPORTS = list(imports())


def test_there_is_no_circle() -> None:
    """Every module can be read, imported and understood after those that it imports."""
    left = {name: {each.target for each in IMPORTS if each.source == name} for name in MODULES}
    while free := [name for name, targets in left.items() if not targets & left.keys()]:
        for name in free:
            del left[name]
    assert left == {}


def test_imports_point_downwards() -> None:
    """A call goes one way through core: what is below knows nothing of what is above."""
    places = {name: number for number, name in enumerate(ORDER)}
    upwards = [
        each
        for each in IMPORTS
        if each.source in places
        and each.target in places
        and places[each.target] <= places[each.source]
    ]
    assert places.keys() <= MODULES.keys()
    assert upwards == []


def test_imports_inside_of_functions_have_a_reason() -> None:
    """They hide what a module needs; the emitted functions load what they call."""
    emitted = ("synchronous", "typed.synchronous")
    found = {(e.source, e.target) for e in IMPORTS if e.inside and e.source not in emitted}
    assert found == INSIDE.keys()


def test_core_knows_nothing_of_what_is_public() -> None:
    """Emitted modules and operations stand on core, which only the import path of 0.10 leaves."""
    above = ("synchronous", "asynchronous", "clients", "operations", "legacy", "typed", "checkup")
    found = [
        each
        for each in IMPORTS
        if each.source.startswith("core.")
        and each.source != "core.LookupClient"
        and each.target.partition(".")[0] in above
    ]
    assert found == []


def test_the_package_is_found() -> None:
    """Else nothing would be looked at."""
    assert len(MODULES) > 40
    assert len(IMPORTS) > 100
    assert sys.modules["dtool_lookup_api"].__file__
