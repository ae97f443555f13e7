"""Emit the modules of ``dtool_lookup_api.typed``: the same functions, which return models.

What has no model, such as the text of a README, is what the other functions return; they stand for
themselves. ``result_types`` writes the models.
"""

import argparse
import ast
import re
import textwrap
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import options
from derived import formatted
from public_modules import (
    ASYNC,
    HEADER,
    PACKAGE,
    SYNC,
    Function,
    Style,
    clients_module,
    definition,
    exported_by,
    import_lines,
    module_lines,
    originals,
)

FOLDER = PACKAGE / "typed"
MODELS = set(exported_by(FOLDER / "models.py"))
Found = list[tuple[Function, dict[str, str]]]

# A model's name in an argument is that of the dict that it is there.
AS_DICT = {name: f"{name}Dict" for name in MODELS}
IMPORTS = (
    "from .core.models import model_of as _model_of",
    "from .core.models import models_of as _models_of",
    "from .core.models import page_of as _page_of",
    *(f"from .types import {name} as {as_dict}" for name, as_dict in AS_DICT.items()),
)
CONSTANTS = ("ASCENDING", "DESCENDING")
DOCSTRING = '''\
"""The documented functions, with models as results: ``dataset.name`` for ``dataset["name"]``.

They have the names, arguments and errors of those in ``dtool_lookup_api``; pages and iterators hold
models. ``asynchronous`` has the async versions, ``Client`` and ``AsyncClient`` the methods::

    from dtool_lookup_api import typed

    for dataset in typed.iter_datasets(tags=["river"]):
        print(dataset.name, dataset.size_in_bytes)

``connect`` returns a client for the low-level package ``dtool_lookup_rest``.
"""
'''

LAZY = '''

if not _typing.TYPE_CHECKING:  # a type checker would take any name for one that is there

    def __getattr__(name: str) -> object:
        """Load what is asked for: scripts that call functions need none of it."""
        if name in _ELSEWHERE:
            return getattr(_import_module(f"{__name__}.{_ELSEWHERE[name]}"), name)
        if name == "asynchronous":
            return _import_module(f"{__name__}.{name}")
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

    def __dir__() -> list[str]:
        """Complete to what users are meant to find."""
        special = {name for name in globals() if name.startswith("__")}
        return sorted({*special, *__all__, "asynchronous"})
'''


def typed_originals() -> Found:
    """Return the documented functions, with the models that they return."""
    return [
        (typed(function), {**imports, **dict.fromkeys(MODELS, ".models")})
        for function, imports in originals()
    ]


def typed(function: Function) -> Function:
    """Return a function that makes models, if there is one for what it returns."""
    found = re.fullmatch(r"(?:Page\[)?(\w+)\]?", function.result)
    model = found[1] if found and found[1] in MODELS else ""
    docstring = with_models(function.docstring, model) if model else function.docstring
    arguments = with_dicts(function.arguments)
    return replace(function, arguments=arguments, model=model, docstring=docstring)


def with_dicts(arguments: ast.arguments) -> ast.arguments:
    """Return parameters in whose types the name of a model is that of the dict."""
    found = deepcopy(arguments)
    for node in ast.walk(found):
        if isinstance(node, ast.Name):
            node.id = AS_DICT.get(node.id, node.id)
    return found


# --- docstrings --------------------------------------------------------------------------------


def with_models(docstring: str, model: str) -> str:
    """Return a docstring whose section "Returns" speaks of a model in place of a dict."""
    before, head, rest = docstring.partition("Returns:\n")
    section, end, after = rest.partition("\n\nRaises:")
    prose, _, example = section.partition("::\n\n")
    prose = " ".join(prose.split()).replace("(dict)", f"(``{model}``)")
    wrapped = textwrap.indent(textwrap.fill(f"{prose}::", 84), "    ")
    return f"{before}{head}{wrapped}\n\n{example_of(model, example)}{end}{after}"


def example_of(model: str, example: str) -> str:
    """Return an example of plain values as one of a model."""
    fields, written, shift = field_types(), "", 0
    # What the braces around a place are: a model, a dict of models, or neither.
    around: list[tuple[str, bool, int]] = []
    field = ""
    tokens = [*re.findall(r'"\w+": |[{}\n]|"[^"]*"|.', example), "\n"]
    for token, following in pairwise(tokens):
        is_model = bool(around) and around[-1][1]
        if token == "{":
            annotation = fields.get((around[-1][0], field), "") if is_model else ""
            kind = annotation if around else model
            if around and not is_model:
                kind = around[-1][0]
            is_dict = kind.startswith("dict")
            name = re.findall(r"\w+", kind)[-1] if kind else ""
            made = name in MODELS and not is_dict
            around.append((name if name in MODELS else "", made, shift))
            written += f"{name}(" if made else "{"
            shift += len(name) if made and following != "\n" else 0  # what is aligned with it
        elif token == "}":
            _, made, shift = around.pop()
            written += ")" if made else "}"
        elif token == "\n":
            written += token + " " * shift
        elif is_model and token.endswith('": '):
            field = token[1:-3]
            written += f"{field}="
        else:
            written += token
    return "\n".join(line.rstrip() for line in written.split("\n"))


def field_types() -> dict[tuple[str, str], str]:
    """Return how each field of each model is annotated."""
    tree = ast.parse((FOLDER / "models.py").read_text(encoding="utf-8"))
    return {
        (owner.name, field.target.id): ast.unparse(field.annotation)
        for owner in tree.body
        if isinstance(owner, ast.ClassDef)
        for field in owner.body
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
    }


# --- modules -----------------------------------------------------------------------------------


def functions_module(found: Found, style: Style, docstring: str) -> str:
    """Return the module of the sync or of the async functions."""
    functions = {function.name: function for function, _ in found}
    module = "synchronous" if style is SYNC else "asynchronous"
    same = sorted(name for name, function in functions.items() if not function.model)
    parts = [
        HEADER,
        f'"""{docstring}"""\n',
        *import_lines(found),
        *IMPORTS,
        f"from .core.calls import {style.run} as _{style.run}",
        *(module_lines(found) if style is ASYNC else []),
        f"from .operations.arguments import {', '.join(CONSTANTS)}",
        f"from .{module} import {', '.join(same)}",
        f"\n__all__ = {[*CONSTANTS, *sorted(functions)]!r}\n",
        *(
            definition(function, style, method=False)
            for function in functions.values()
            if function.model
        ),
    ]
    return tidied("\n".join(parts))


def package_module(found: Found) -> str:
    """Return the package itself, which has all of it one import away."""
    functions = sorted(function.name for function, _ in found)
    elsewhere = {"AsyncClient": "clients", "Client": "clients", "connect": "low_level"}
    names = [*elsewhere, *MODELS, *functions]
    parts = [
        HEADER,
        DOCSTRING,
        "import typing as _typing",
        "from importlib import import_module as _import_module",
        f"from .models import {', '.join(sorted(MODELS))}",
        f"from .synchronous import {', '.join((*CONSTANTS, *functions))}",
        "if _typing.TYPE_CHECKING:",
        "    from . import asynchronous as asynchronous",
        *(f"    from .{module} import {name}" for name, module in elsewhere.items()),
        f"\n__all__ = {[*CONSTANTS, *sorted(names)]!r}\n",
        f"_ELSEWHERE = {elsewhere!r}",
        LAZY,
    ]
    return formatted("\n".join(parts), tidy_imports=True)


def low_level_module() -> str:
    """Return the module of the function that makes the generated client."""
    parts = [
        HEADER.replace("operations", "core/generated.py"),
        '"""A client for the generated package ``dtool_lookup_rest``."""\n',
        "from dtool_lookup_rest import AuthenticatedClient",
        "from .core.generated import connect as _connect",
        "from .core.options import ClientOptions as _ClientOptions",
        '\n__all__ = ["connect"]\n',
        connect_definition(),
    ]
    return tidied("\n".join(parts))


def connect_definition() -> str:
    """Return the function that makes the generated client, with the settings as parameters."""
    tree = ast.parse((PACKAGE / "core/generated.py").read_text(encoding="utf-8"))
    functions = (node for node in tree.body if isinstance(node, ast.FunctionDef))
    docstring = next(ast.get_docstring(node) or "" for node in functions if node.name == "connect")
    before, returns, after = docstring.partition("Returns:\n")
    settings = tuple(s for s in options.SETTINGS if s.kind not in ("engine", "functions"))
    described = f"{before}{options.described(settings)}\n\n{returns}{after}\n"
    changed = f"_ClientOptions().changed({options.arguments(settings)})"
    body = f'"""{described}"""\nreturn _connect({changed})'
    signature = f"def connect({options.parameters(settings)}) -> AuthenticatedClient:\n"
    return signature + textwrap.indent(body, "    ", lambda line: bool(line.strip()))


def tidied(code: str) -> str:
    """Return a module whose imports are written as for the package above as it is formatted."""
    deeper = re.sub(r"^( *from )\.(?!models )", r"\1..", code, flags=re.MULTILINE)
    return formatted(deeper, tidy_imports=True)


def modules() -> Iterator[tuple[str, str]]:
    """Yield the name of each module, and its text."""
    found = typed_originals()
    blocking = "Functions that block, with models as results."
    yield "synchronous.py", functions_module(found, SYNC, blocking)
    awaited = "Async versions of the same functions, with models as results."
    yield "asynchronous.py", functions_module(found, ASYNC, awaited)
    yield "clients.py", tidied(clients_module(found, *IMPORTS))
    yield "low_level.py", low_level_module()
    yield "__init__.py", package_module(found)


def main() -> None:
    """Write the modules into the package, or into another folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=FOLDER)
    output = parser.parse_args().output
    for name, text in modules():
        (output / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
