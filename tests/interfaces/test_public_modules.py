"""The four public modules offer the same functions, complete and documented."""

import ast
import asyncio
import builtins
import contextlib
import copy
import importlib
import inspect
import pickle
import pkgutil
import re
import subprocess
import sys
import typing
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import dtool_lookup_api
import dtool_lookup_rest.models
from dtool_lookup_api import (
    ASCENDING,
    DESCENDING,
    AsyncClient,
    Client,
    asynchronous,
    operations,
    synchronous,
    typed,
    types,
)
from dtool_lookup_api.core.LookupClient import (
    ConfigurationBasedLookupClient,
    UnauthenticatedLookupClient,
)
from dtool_lookup_api.legacy.aliases import ALIASES
from dtool_lookup_api.results import SortOrder

from devserver import ROOT

# Docstrings are shared by blocking and async functions, and by the methods of both clients.
WORDS_OF_ONE_VERSION = re.compile(r"\b(await\w*|async\w*|coroutine|client)\b", re.IGNORECASE)
KINDS = ("Generator", "PagedQuery", "BulkRequest")
SECTIONS = ("Returns:", "Raises:", "Requires", "Route: ``")


def originals() -> Iterator[tuple[str, Callable[..., Any]]]:
    for module_info in pkgutil.iter_modules(operations.__path__):
        module = importlib.import_module(f"{operations.__name__}.{module_info.name}")
        for name, function in vars(module).items():
            is_own = getattr(function, "__module__", None) == module.__name__
            if is_own and kind_of(function) and not name.startswith("_"):
                yield name, function


def kind_of(function: Any) -> str | None:
    """Tell what an original returns: an operation, or what an iterator is made of."""
    returned = getattr(function, "__annotations__", {}).get("return")
    kind = getattr(typing.get_origin(returned), "__name__", None)
    return {"Generator": "Operation"}.get(kind, kind) if kind in KINDS else None


ORIGINALS = dict(originals())
PUBLIC_MODULES: dict[str, Any] = {
    "synchronous": synchronous,
    "asynchronous": asynchronous,
    "Client": Client,
    "AsyncClient": AsyncClient,
}


def parameters(function: Callable[..., Any]) -> list[inspect.Parameter]:
    found = inspect.signature(function).parameters.values()
    return [parameter for parameter in found if parameter.name != "self"]


@pytest.mark.parametrize("module", PUBLIC_MODULES)
@pytest.mark.parametrize("name", ORIGINALS)
def test_a_function_is_the_same_in_every_module(name: str, module: str) -> None:
    """A function has the same signature in all public modules and clients."""
    function, original = getattr(PUBLIC_MODULES[module], name), ORIGINALS[name]

    if kind_of(original) == "BulkRequest":  # whose arguments may have to be awaited
        assert [p.name for p in parameters(function)] == [p.name for p in parameters(original)]
    else:
        assert parameters(function) == parameters(original)
    assert inspect.getdoc(function) == inspect.getdoc(original)
    awaited = module.lower().startswith("async") and kind_of(original) == "Operation"
    assert asyncio.iscoroutinefunction(function) == awaited


@pytest.mark.parametrize("name", ORIGINALS)
def test_what_a_function_returns_is_the_same_in_both_worlds(name: str) -> None:
    """An annotation is a type, not a string, and the same for blocking and async functions.

    What has to be iterated over asynchronously is an asynchronous iterator of the same.
    """
    returned = [
        inspect.signature(getattr(s, name)).return_annotation for s in PUBLIC_MODULES.values()
    ]

    assert not isinstance(returned[0], str)
    assert len({str(annotation).replace(".Async", ".") for annotation in returned}) == 1


@pytest.mark.parametrize("name", ORIGINALS)
def test_a_docstring_is_complete(name: str) -> None:
    """The docstring describes arguments, result, errors, permission and route, for all versions."""
    text = inspect.getdoc(ORIGINALS[name]) or ""
    first = text.partition("\n")[0]

    assert first.endswith(".")
    assert not first.split()[0].endswith("s"), "imperative: Return, not Returns"
    assert [section for section in SECTIONS if section not in text] == []
    assert [p.name for p in parameters(ORIGINALS[name]) if f"\n    {p.name}: " not in text] == []
    text = re.sub("Command line clients|``Client[(]", "", text)  # of the server; a value
    assert WORDS_OF_ONE_VERSION.findall(text) == []


def test_a_route_in_a_docstring_is_one_of_the_contract() -> None:
    """The route named as the source of a function exists."""
    contract = (ROOT / "openapi.yaml").read_text(encoding="utf-8")
    paths = set(re.findall(r"^  (/\S*):$", contract, re.MULTILINE))

    named = {path for f in ORIGINALS.values() for path in re.findall(r"(/[\w{}/-]+)``", f.__doc__)}

    assert named <= paths


@pytest.mark.parametrize("name", ALIASES)
def test_a_name_of_old_is_a_function_of_both_modules_and_a_method_of_the_classes(name: str) -> None:
    """Programs of 0.10 find every name; the new clients do not have them."""
    for owner in (synchronous, asynchronous, UnauthenticatedLookupClient):
        assert ALIASES[name].replacement in (inspect.getdoc(getattr(owner, name)) or "")
    assert not hasattr(Client, name)
    assert not hasattr(AsyncClient, name)


@pytest.mark.parametrize("name", ALIASES)
def test_a_deprecated_name_is_marked_for_editors(name: str) -> None:
    """PEP 702: editors strike it through; what type checkers say is tested in `typing/`."""
    for owner in (synchronous, asynchronous, UnauthenticatedLookupClient):
        assert getattr(owner, name).__deprecated__ == f"Use {ALIASES[name].replacement}"


class OwnClient(Client):
    """As a program derives one."""


@pytest.mark.parametrize("kind", [Client, AsyncClient, OwnClient, ConfigurationBasedLookupClient])
def test_a_wrong_keyword_names_the_class_that_was_called(kind: Any) -> None:
    """Python names the class that has the constructor, which may be one of the inside."""
    with pytest.raises(TypeError, match=rf"^{kind.__name__}\.__\w+__\(\) got .*'usrname'"):
        kind(usrname="a")
    assert inspect.signature(OwnClient) == inspect.signature(Client)
    assert inspect.signature(Client).parameters["username"].annotation == str | None


def test_the_names_of_functions_and_orders_are_offered() -> None:
    """Editors complete them, and type checkers find a wrong one."""
    by_hand = {"iter_manifests", "open_item", "to_dataframe", "to_records"}
    assert set(typing.get_args(types.FunctionName)) == {*ORIGINALS, *by_hand}
    assert typing.get_args(SortOrder) == (ASCENDING, DESCENDING)
    for name, function in ORIGINALS.items():
        given = inspect.signature(function).parameters
        if "sort_order" in given:
            assert SortOrder in typing.get_args(given["sort_order"].annotation), name
    assert inspect.signature(synchronous.offers).parameters["function"].annotation == (
        types.FunctionName
    )


@pytest.mark.parametrize(
    "module",
    [
        f"dtool_lookup_api{name}"
        for name in (
            *("", ".synchronous", ".asynchronous", ".errors", ".readmes", ".results"),
            *(".types", ".typed", ".typed.asynchronous", ".typed.models", ".typed.synchronous"),
        )
    ],
)
def test_public_names_are_listed_and_sorted(module: str) -> None:
    """``help()`` and completion list every public name, in order."""
    found = importlib.import_module(module)
    public = {
        name
        for name, value in vars(found).items()
        if not name.startswith("_") and not inspect.ismodule(value)
    }
    own = {n for n in public if getattr(vars(found)[n], "__module__", module) == module}

    assert found.__all__ == sorted(found.__all__, key=lambda n: (not n.isupper(), n))
    assert [name for name in found.__all__ if not hasattr(found, name)] == []
    assert own - set(dir(builtins)) <= set(found.__all__)


@pytest.mark.parametrize("module", ["", ".synchronous", ".asynchronous"])
def test_a_star_import_replaces_no_builtin(module: str) -> None:
    """Below ``import *``, Python's own ``all`` still is; the deprecated one has to be named."""
    names: dict[str, Any] = {}
    exec(f"from dtool_lookup_api{module} import *", names)
    assert "get_datasets" in names
    assert not set(names) & set(dir(builtins)) - {"__builtins__", "__doc__", "__name__"}

    exec(f"from dtool_lookup_api{module} import all", names)
    assert names["all"] is not all


def test_the_package_exports_every_function() -> None:
    """``from dtool_lookup_api import …`` finds every function that blocks."""
    exported = {name: getattr(dtool_lookup_api, name) for name in synchronous.__all__}

    assert set(synchronous.__all__) <= set(dtool_lookup_api.__all__)
    assert exported == {name: getattr(synchronous, name) for name in synchronous.__all__}
    assert set(asynchronous.__all__) == set(synchronous.__all__)


def test_tab_on_a_client_shows_the_functions_and_no_more() -> None:
    """State is private, so that completion shows the product."""
    assert {name for name in dir(Client("http://x")) if not name.startswith("_")} == {
        *ORIGINALS,
        "close",
    }
    assert {name for name in dir(AsyncClient("http://x")) if not name.startswith("_")} == {
        *ORIGINALS,
        "aclose",
    }


def test_importing_the_operations_loads_no_endpoint() -> None:
    """They name endpoints and models; the first call that needs one loads it, and the engine."""
    code = (
        "import sys, dtool_lookup_api.asynchronous; "
        "from dtool_lookup_rest import api; "
        "own = ('httpx', 'attr', 'dtool_lookup_rest'); "
        "loaded = {n for n in sys.modules if n.startswith(own)}; "
        "print(sorted(loaded), 'get_tags' in dir(api.tags), hasattr(api.tags, 'no_such'))"
    )

    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )

    packages = ["dtool_lookup_rest", "dtool_lookup_rest.api", "dtool_lookup_rest.models"]
    assert result.stdout.strip() == f"{packages} True False"


def test_imports_point_one_way() -> None:
    """Only operations and core know the generated package; operations know no httpx client."""
    package = Path(dtool_lookup_api.__file__).parent
    allowed = {"operations", "core", "typed"}
    for path in package.rglob("*.py"):
        modules = imported_modules(path)
        room = path.relative_to(package).parts[0]
        if room not in allowed:
            assert not [m for m in modules if m.startswith("dtool_lookup_rest")], path
        if room == "operations":
            assert not [m for m in modules if m.startswith(("httpx", "asyncio", "threading"))], path
    assert "socket" not in imported_modules(package / "core/responses.py")


def imported_modules(path: Path) -> list[str]:
    found: list[str] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.append(node.module)
    return found


def _models() -> list[Any]:
    """Return a model with nothing but what must be there, of each kind that takes that."""
    kinds = [getattr(dtool_lookup_rest.models, name) for name in dtool_lookup_rest.models.__all__]
    found = []
    for kind in kinds:
        if isinstance(kind, type) and hasattr(kind, "to_dict"):
            with contextlib.suppress(TypeError):
                found.append(kind())
    return found


def test_copies_of_models_are_equal() -> None:
    """What is absent in a model is absent in its copies, and its text is that of no address."""
    models = _models()
    assert len(models) > 10
    for model in models:
        pickles = [
            pickle.loads(pickle.dumps(model, protocol))
            for protocol in range(pickle.HIGHEST_PROTOCOL + 1)
        ]
        for copied in (copy.copy(model), copy.deepcopy(model), *pickles):
            assert copied == model
            assert copied.to_dict() == model.to_dict()
        assert " at 0x" not in repr(model)


ATTRIBUTE = re.compile(r'^    """ ?(.+?) ?"""$', re.MULTILINE)


def test_documentation_tools_read_what_is_said_of_attributes() -> None:
    """For Sphinx with napoleon, a colon ends a type: within single backticks it breaks the text."""
    models = Path(inspect.getfile(dtool_lookup_rest)).with_name("models")
    texts = [
        text
        for path in (*models.glob("*.py"), *map(Path, map(inspect.getfile, (types, typed.models))))
        for text in ATTRIBUTE.findall(path.read_text(encoding="utf-8"))
    ]
    assert len(texts) > 200
    for text in texts:
        plain = re.sub(r"``[^`]*``", "", text)
        assert plain.partition(":")[0].count("`") % 2 == 0, text
