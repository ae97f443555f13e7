"""Emit the public modules from the operations: functions, async functions, and methods.

Each public function of dtool_lookup_api/operations becomes a function of ``synchronous`` and
``asynchronous`` and a method of ``Client`` and ``AsyncClient``. The 0.10 names become functions
too, and methods of the documented classes. All of it is plain text, because nothing else is right
in every editor, type checker, ``help()`` and pickle.
"""

import argparse
import ast
import builtins
import re
import runpy
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import options
from derived import ROOT, formatted

PACKAGE = ROOT / "dtool_lookup_api"

# By its path: importing the package would import these modules, which may be what is broken.
ALIASES: dict[str, Any] = runpy.run_path(str(PACKAGE / "legacy/aliases.py"))["ALIASES"]
_ABC = "collections.abc"
HEADER = "# Derived by `make generate` from dtool_lookup_api/operations: do not edit.\n"


# What a function of operations returns, and what the sync and async functions make of it. An
# operation is run at once; the others are iterators, which even async functions return at once.
ITERATORS = {
    "PagedQuery": ("walks", "Walk", "AsyncWalk"),
    "BulkRequest": ("many", "Outcomes", "AsyncOutcomes"),
}


@dataclass(frozen=True)
class Function:
    """A documented function, as its original in an operations module has it."""

    module: str
    name: str
    arguments: ast.arguments
    kind: str
    result: str
    docstring: str
    model: str = ""
    """The model that is made of each value, if any is: for the functions of ``typed``."""

    @property
    def parameters(self) -> list[str]:
        """Names of the parameters, in order."""
        return [argument.arg for argument in self.arguments.args]

    def signature(self, types: dict[str, str]) -> str:
        """Return the parameters as they are written, with other names for some types."""
        text = ast.unparse(self.arguments)
        return re.sub(r"\w+", lambda word: types.get(word[0], word[0]), text)


@dataclass(frozen=True)
class Style:
    """How functions are written in one style, sync or async."""

    define: str
    wait: str
    run: str
    types: dict[str, str]
    """What stands for the types of arguments that differ between sync and async."""

    def iterator(self, kind: str) -> str:
        """Return the class that iterates over what an original of a kind describes."""
        _, blocking, awaited = ITERATORS[kind]
        return blocking if self is SYNC else awaited


SYNC = Style(
    "def", "", "run", {"Function": "Callable[[Argument], Value]", "Values": "Iterable[Argument]"}
)
ASYNC = Style(
    "async def",
    "await ",
    "run_async",
    {
        "Function": "Callable[[Argument], Coroutine[Any, Any, Value]]",
        "Values": "Iterable[Argument] | AsyncIterable[Argument]",
    },
)


# Iterators check their arguments here. What is run cuts its traceback where it runs.
SHORT_TRACEBACK = """\
try:
    {}
except _LookupServerError as error:
    raise error.with_traceback(None) from None"""


def originals() -> Iterator[tuple[Function, dict[str, str]]]:
    """Yield each documented function, with where its module imports names from."""
    for path in sorted((PACKAGE / "operations").glob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        imports = imported(tree)
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                function = original(path.stem, node)
                if function:
                    yield function, imports


def original(module: str, node: ast.FunctionDef) -> Function | None:
    """Return a function of an operations module, if it is an operation."""
    match node.returns:
        case ast.Subscript(value=ast.Name(id="Operation" | "PagedQuery" | "BulkRequest" as kind)):
            result = "Argument, Value" if kind == "BulkRequest" else ast.unparse(node.returns.slice)
            docstring = ast.get_docstring(node, clean=True) or ""
            return Function(module, node.name, node.args, kind, result, docstring)
        case _:
            return None


def imported(tree: ast.Module) -> dict[str, str]:
    """Return the module from which each name is imported, as seen from the package."""
    sources: dict[str, str] = {}
    for node in tree.body:
        if isinstance(node, ast.ImportFrom):
            package = {0: "", 1: ".operations.", 2: "."}[node.level]
            module = f"{package}{node.module}" if node.module else package.rstrip(".")
            sources |= {alias.name: module for alias in node.names}
    return sources


def import_lines(found: list[tuple[Function, dict[str, str]]]) -> list[str]:
    """Return all imports of the operations modules; what is not used is removed later."""
    sources = {name: module for _, imports in found for name, module in imports.items()}
    for module, *classes in ITERATORS.values():
        sources |= dict.fromkeys(classes, f".core.{module}")
    sources |= dict.fromkeys(("Callable", "Coroutine", "Iterable", "AsyncIterable"), _ABC)
    sources |= {"Any": "typing", "Argument": ".results", "Value": ".results"}
    lines = [f"from {module} import {name}" for name, module in sorted(sources.items())]
    return [*lines, "from .errors import LookupServerError as _LookupServerError"]


def definition(function: Function, style: Style, *, method: bool) -> str:
    """Return a documented function as a public module has it."""
    given = ", ".join(f"{name}={name}" for name in function.parameters)
    operation = modelled(function, f"_{function.module}.{function.name}({given})")
    run = "self._run" if method else f"_{style.run}"
    if function.kind == "Operation":
        body = f"return {style.wait}{run}({operation})"
    else:
        given_run = f", {run}" if function.kind == "PagedQuery" else ""
        body = f"return {style.iterator(function.kind)}({operation}{given_run})"
        body = SHORT_TRACEBACK.format(body)
    signature = function.signature(style.types)
    if style is SYNC and not method:  # scripts load no more than they call
        body = f"{module_line(function.module)}\n\n{body}"
    return written(function, function.name, signature, body, style, method=method)


def modelled(function: Function, operation: str) -> str:
    """Return how to write an operation whose values become models, if any do."""
    if not function.model:
        return operation
    returns_page = function.result.startswith("Page")
    step = {"PagedQuery": "models_of"}.get(function.kind, "page_of" if returns_page else "model_of")
    return f"_{step}({operation}, {function.model})"


def alias_definition(
    name: str, alias: Any, function: Function, style: Style, *, method: bool
) -> str:
    """Return a function by its 0.10 name."""
    parameters: list[str] = []
    given: list[str] = []
    for parameter in function.parameters if alias.parameters is None else alias.parameters:
        target = alias.renamed.get(parameter, parameter)
        given.append(f"{target}={parameter}")
        parameters.append(alias_parameter(parameter, target, alias, function))
    owner = "self." if method else ""
    body = (
        f"_warn_deprecated({name!r})\n"
        f"return {style.wait}{owner}{alias.replacement}({', '.join(given)})"
    )
    docstring = (
        f"Do the same as ``{alias.replacement}``; this is its 0.10 name.\n\n"
        f"Deprecated: use ``{alias.replacement}``, which has the description."
    )
    renamed = replace(function, name=name, docstring=docstring)
    text = written(renamed, name, ", ".join(parameters), body, style, method=method)
    mark = f"@_deprecated('Use {alias.replacement}')\n"
    return textwrap.indent(mark, "    " if method else "") + text


def alias_parameter(parameter: str, target: str, alias: Any, function: Function) -> str:
    """Return a parameter of an alias: its type and default are the replacement's."""
    index = function.parameters.index(target)
    required = len(function.parameters) - len(function.arguments.defaults)
    default = ""
    if index >= required:
        default = ast.unparse(function.arguments.defaults[index - required])
    renamed = parameter != target
    default = alias.defaults.get(parameter, "" if renamed else default)
    annotation = function.arguments.args[index].annotation
    kind = ast.unparse(annotation) if annotation else "object"
    if not default:
        kind = kind.removesuffix(" | None")  # what has no default must be given
    return f"{parameter}: {kind}" + (f" = {default}" if default else "")


def written(
    function: Function, name: str, signature: str, body: str, style: Style, *, method: bool
) -> str:
    """Return the text of a function or of a method."""
    receiver = "self, " if method and signature else "self" if method else ""
    raw = "r" if "\\" in function.docstring else ""
    docstring = f'{raw}"""{function.docstring}\n"""'
    if "\n" not in function.docstring:
        docstring = f'{raw}"""{function.docstring}"""'
    lines = textwrap.indent(f"{docstring}\n{body}", "    ")
    define, returns = style.define, function.result
    if function.kind != "Operation":
        define, returns = "def", f"{style.iterator(function.kind)}[{function.result}]"
    text = f"{define} {name}({receiver}{signature}) -> {returns}:\n{lines}\n"
    return textwrap.indent(text, "    ") if method else text


def module_line(module: str) -> str:
    """Return the import of an operations module, under a private name."""
    return f"from .operations import {module} as _{module}"


def module_lines(found: list[tuple[Function, dict[str, str]]]) -> list[str]:
    """Return the imports of all operations modules: those who await have their loop free."""
    return [module_line(module) for module in sorted({function.module for function, _ in found})]


def functions_module(
    found: list[tuple[Function, dict[str, str]]], style: Style, docstring: str
) -> str:
    """Return the module of the sync or of the async functions."""
    functions = {function.name: function for function, _ in found}
    # A star import must not replace builtins: the deprecated `all` can be imported by its name.
    exported = sorted({*functions, *ALIASES, "ASCENDING", "DESCENDING"} - {*dir(builtins)})
    parts = [
        HEADER,
        f'"""{docstring}"""\n',
        *import_lines(found),
        f"from .core.calls import {style.run} as _{style.run}",
        "from .legacy.aliases import deprecated as _deprecated",
        "from .legacy.aliases import warn_deprecated as _warn_deprecated",
        *(module_lines(found) if style is ASYNC else []),
        "from .operations.arguments import DESCENDING",
        f"\n__all__ = {exported!r}\n",
        *(definition(function, style, method=False) for function in functions.values()),
        *(
            alias_definition(name, alias, functions[alias.replacement], style, method=False)
            for name, alias in ALIASES.items()
        ),
    ]
    return formatted("\n".join(parts), tidy_imports=True)


def clients_module(found: list[tuple[Function, dict[str, str]]], *imports: str) -> str:
    """Return the module of the two clients; what it imports besides is given."""
    functions = [function for function, _ in found]
    parts = [
        HEADER,
        '"""The same functions as methods, for settings of one\'s own and several servers."""\n',
        *import_lines(found),
        *imports,
        "from .core.client import AsyncClientBase, ClientBase",
        *module_lines(found),
        '\n__all__ = ["AsyncClient", "Client"]\n',
        "class Client(ClientBase):",
        class_docstring("Talk to one dserver, with methods that block.", "with Client", ""),
        *(definition(function, SYNC, method=True) for function in functions),
        "class AsyncClient(AsyncClientBase):",
        class_docstring(
            "Talk to one dserver, with async methods.", "async with AsyncClient", "await "
        ),
        *(definition(function, ASYNC, method=True) for function in functions),
    ]
    return formatted("\n".join(parts), tidy_imports=True)


def class_docstring(first: str, using: str, wait: str) -> str:
    """Return the docstring of a client, with the arguments of its constructor."""
    example = f'{using}("https://dserver.example") as client:\n    {wait}client.get_datasets()'
    text = (
        f"{first}\n\nWhat is not given is taken from the configuration at each call. Any number "
        f"of threads or tasks may share one.\n\n{options.described()}\n\nExample::\n\n"
        f"{textwrap.indent(example, '    ')}"
    )
    wrapped = "\n\n".join(
        textwrap.fill(part, 92) if not part.startswith((" ", "Args")) else part
        for part in text.split("\n\n")
    )
    return textwrap.indent(f'"""{wrapped}\n"""\n', "    ")


def deprecated_module(found: list[tuple[Function, dict[str, str]]]) -> str:
    """Return the module of the 0.10 names as methods, for the 0.10 classes."""
    functions = {function.name: function for function, _ in found}
    parts = [
        HEADER,
        '"""The 0.10 names as methods."""\n',
        *(line.replace("from .", "from ..") for line in import_lines(found)),
        "from ..clients import AsyncClient",
        "from .aliases import deprecated as _deprecated",
        "from .aliases import warn_deprecated as _warn_deprecated",
        '\n__all__ = ["DeprecatedMethods"]\n',
        "class DeprecatedMethods(AsyncClient):",
        '    """The 0.10 names as methods, for the documented classes."""\n',
        *(
            alias_definition(name, alias, functions[alias.replacement], ASYNC, method=True)
            for name, alias in ALIASES.items()
        ),
    ]
    return formatted("\n".join(parts), tidy_imports=True)


def exported_by(path: Path) -> list[str]:
    """Return the names in ``__all__`` of a module."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        match node:
            case ast.Assign(targets=[ast.Name(id="__all__")], value=value):
                return list(ast.literal_eval(value))
            case _:
                continue
    return []


def public_modules() -> dict[str, str]:
    """Return the text of each emitted module by its name."""
    found = list(originals())
    return {
        "synchronous.py": functions_module(
            found, SYNC, "Functions that block, in scripts and in notebooks."
        ),
        "asynchronous.py": functions_module(found, ASYNC, "Async versions of the same functions."),
        "clients.py": clients_module(found),
        "legacy/methods.py": deprecated_module(found),
    }


def main() -> None:
    """Write the public modules into the package, or into another folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=PACKAGE)
    output = parser.parse_args().output
    for name, text in public_modules().items():
        (output / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
