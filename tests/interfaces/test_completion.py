"""What tools show: completion, hover, signatures, definitions, help, pickles, autospecs."""

import ast
import asyncio
import inspect
import json
import os
import pickle
import pydoc
import re
import select
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from types import FunctionType
from typing import Any, Protocol, get_type_hints
from unittest import mock

import jedi
import pytest

import dtool_lookup_api
from dtool_lookup_api import AsyncClient, Client, asynchronous, synchronous, typed

from devserver import ROOT, Dserver

pytestmark = pytest.mark.slow

PUBLIC_MODULES: dict[str, Any] = {
    "dtool_lookup_api": dtool_lookup_api,
    "dtool_lookup_api.synchronous": synchronous,
    "dtool_lookup_api.asynchronous": asynchronous,
    "client": Client,
    "async_client": AsyncClient,
    "dtool_lookup_api.typed": typed,
    "dtool_lookup_api.typed.asynchronous": typed.asynchronous,
    "typed_client": typed.Client,
    "typed_async_client": typed.AsyncClient,
}
READ_SIDE = {
    "get_annotations",
    "get_config",
    "get_dataset",
    "get_datasets",
    "get_datasets_by_mongo_aggregation",
    "get_datasets_by_mongo_query",
    "get_datasets_by_uuid",
    "get_graph_by_uuid",
    "get_manifest",
    "get_me",
    "get_my_summary",
    "get_readme",
    "get_summary",
    "get_tags",
    "get_user",
    "get_versions",
}
HEAD = """\
import dtool_lookup_api
import dtool_lookup_api.asynchronous
import dtool_lookup_api.synchronous
import dtool_lookup_api.typed.asynchronous
client = dtool_lookup_api.Client()
async_client = dtool_lookup_api.AsyncClient()
typed_client = dtool_lookup_api.typed.Client()
typed_async_client = dtool_lookup_api.typed.AsyncClient()
"""
NAMESPACE = {
    "dtool_lookup_api": dtool_lookup_api,
    "client": Client("http://localhost"),
    "async_client": AsyncClient("http://localhost"),
    "typed_client": typed.Client("http://localhost"),
    "typed_async_client": typed.AsyncClient("http://localhost"),
}
DATASET = {
    "base_uri",
    "created_at",
    "creator_username",
    "frozen_at",
    "name",
    "number_of_items",
    "size_in_bytes",
    "uri",
    "uuid",
}
RESULTS = {
    "dtool_lookup_api.get_datasets()[0]": DATASET,
    "dtool_lookup_api.synchronous.get_dataset('')": DATASET,
    "(await dtool_lookup_api.asynchronous.get_datasets(tags=['']))[0]": DATASET,
    "client.get_datasets_by_uuid('')[0]": DATASET,
    "(await async_client.get_datasets(tags=['']))[0]": DATASET,
    "client.get_datasets_by_mongo_query({})[0]": DATASET | {"dtoolcore_version", "tags", "type"},
    "client.get_graph_by_uuid('')[0]": {"derived_from", "name", "uri", "uuid"},
    "client.get_manifest('')": {"dtoolcore_version", "hash_function", "items"},
    "client.get_manifest('')['items']['']": {"hash", "relpath", "size_in_bytes", "utc_timestamp"},
    "client.get_summary()": {"number_of_datasets", "datasets_per_base_uri", "tags"},
    "client.get_me()": {"username", "is_admin"},
}
in_each_module = pytest.mark.parametrize("module", PUBLIC_MODULES)


def functions_of(module: str) -> dict[str, FunctionType]:
    """Return the public functions of a public module, or the public methods of a client."""
    owner = PUBLIC_MODULES[module]
    public = getattr(owner, "__all__", None)
    return {
        name: function
        for name, function in inspect.getmembers(owner, inspect.isfunction)
        if (name in public if public else not name.startswith("_"))
    }


# --- the tools -----------------------------------------------------------------------------


class Tool(Protocol):
    """What jedi and a language server can both be asked; lines and columns count from 0."""

    def complete(self, text: str, line: int, column: int) -> set[str]:
        """Return what is offered."""

    def hover(self, text: str, line: int, column: int) -> str:
        """Return what is shown."""

    def signature(self, text: str, line: int, column: int) -> str:
        """Return the signature of the call around."""

    def definition(self, text: str, line: int, column: int) -> tuple[Path, int]:
        """Return file and line, from 1, of what is named."""


class Jedi:
    """jedi, reading the file only, as editors use it."""

    @staticmethod
    @cache
    def script(text: str) -> jedi.Script:
        """Return jedi's view of a text."""
        return jedi.Script(text, environment=jedi.InterpreterEnvironment())

    def complete(self, text: str, line: int, column: int) -> set[str]:
        return {found.name for found in self.script(text).complete(line + 1, column)}

    def hover(self, text: str, line: int, column: int) -> str:
        return "\n".join(found.docstring() for found in self.script(text).help(line + 1, column))

    def signature(self, text: str, line: int, column: int) -> str:
        (found,) = self.script(text).get_signatures(line + 1, column)
        return str(found.to_string())

    def definition(self, text: str, line: int, column: int) -> tuple[Path, int]:
        script = self.script(text)
        (found,) = script.goto(line + 1, column, follow_imports=True)
        return found.module_path, found.line


class LiveJedi(Jedi):
    """jedi with the objects of a running session, as IPython uses it."""

    @staticmethod
    @cache
    def script(text: str) -> jedi.Interpreter:
        """Return jedi's view of a text that is about to be run."""
        live = text.replace(HEAD, "\n" * HEAD.count("\n"))
        return jedi.Interpreter(live, [NAMESPACE])

    def definition(self, text: str, line: int, column: int) -> tuple[Path, int]:
        (found,) = self.script(text).infer(line + 1, column)
        return found.module_path, found.line


class LanguageServer:
    """pyright's language server, asked over its standard input as editors do.

    Args:
        folder: The workspace.
    """

    def __init__(self, folder: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "pyright.langserver", "--stdio"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=folder,
            bufsize=0,
            start_new_session=True,  # the server is a process below this one
        )
        self._received = b""
        self._id = 0
        self._uri = (folder / "consumer.py").as_uri()
        self._text = ""
        self._version = 0
        plain = {"contentFormat": ["plaintext"]}
        self._ask(
            "initialize",
            processId=os.getpid(),
            rootUri=folder.as_uri(),
            workspaceFolders=[{"uri": folder.as_uri(), "name": "consumer"}],
            capabilities={
                "workspace": {"configuration": True, "workspaceFolders": True},
                "textDocument": {"hover": plain, "definition": {"linkSupport": False}},
            },
        )
        self._tell("initialized")

    def close(self) -> None:
        """End the server."""
        try:
            self._ask("shutdown")
            self._tell("exit")
            self._process.wait(10)
        finally:
            with self._process:
                if self._process.poll() is None:
                    os.killpg(self._process.pid, signal.SIGKILL)

    def complete(self, text: str, line: int, column: int) -> set[str]:
        found = self._ask_at("completion", text, line, column)
        return {item["label"] for item in found["items"]}

    def hover(self, text: str, line: int, column: int) -> str:
        found = self._ask_at("hover", text, line, column)
        return str(found["contents"]["value"]) if found else ""

    def signature(self, text: str, line: int, column: int) -> str:
        found = self._ask_at("signatureHelp", text, line, column)
        (signature,) = found["signatures"]
        return str(signature["label"])

    def definition(self, text: str, line: int, column: int) -> tuple[Path, int]:
        (found,) = self._ask_at("definition", text, line, column)
        return Path(found["uri"].removeprefix("file://")), found["range"]["start"]["line"] + 1

    def _ask_at(self, what: str, text: str, line: int, column: int) -> Any:
        self._open(text)
        return self._ask(
            f"textDocument/{what}",
            textDocument={"uri": self._uri},
            position={"line": line, "character": column},
        )

    def _open(self, text: str) -> None:
        if text == self._text:
            return
        self._text, self._version = text, self._version + 1
        document = {"uri": self._uri, "version": self._version}
        if self._version == 1:
            document |= {"languageId": "python", "text": text}
            self._tell("textDocument/didOpen", textDocument=document)
        else:
            changes = [{"text": text}]
            self._tell("textDocument/didChange", textDocument=document, contentChanges=changes)

    def _ask(self, method: str, **params: Any) -> Any:
        self._id += 1
        self._send({"id": self._id, "method": method, "params": params})
        while True:
            message = self._receive()
            if "method" in message and "id" in message:
                self._send({"id": message["id"], "result": self._answer(message)})
            elif message.get("id") == self._id:
                assert "error" not in message, message["error"]
                return message["result"]

    @staticmethod
    def _answer(message: dict[str, Any]) -> Any:
        """Answer what the server asks: which Python has the packages."""
        if message["method"] != "workspace/configuration":
            return None
        sections = {"python": {"pythonPath": sys.executable}}
        return [sections.get(item.get("section", "")) for item in message["params"]["items"]]

    def _tell(self, method: str, **params: Any) -> None:
        self._send({"method": method, "params": params})

    def _send(self, message: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))

    def _receive(self) -> dict[str, Any]:
        while b"\r\n\r\n" not in self._received:
            self._read()
        head, _, self._received = self._received.partition(b"\r\n\r\n")
        found = re.search(rb"Content-Length: (\d+)", head)
        assert found is not None
        length = int(found[1])
        while len(self._received) < length:
            self._read()
        body, self._received = self._received[:length], self._received[length:]
        message: dict[str, Any] = json.loads(body)
        return message

    def _read(self) -> None:
        assert self._process.stdout is not None
        ready, _, _ = select.select([self._process.stdout], [], [], 60)
        assert ready, "the language server does not answer"
        found = os.read(self._process.stdout.fileno(), 65536)
        assert found, "the language server has ended"
        self._received += found


@pytest.fixture(scope="session")
def language_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LanguageServer]:
    """Run pyright's language server in an empty workspace."""
    server = LanguageServer(tmp_path_factory.mktemp("workspace"))
    try:
        yield server
    finally:
        server.close()


@pytest.fixture(scope="session", autouse=True)
def jedi_settings(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep jedi's cache out of the home folder, and one text's tree out of another's."""
    jedi.settings.cache_directory = str(tmp_path_factory.mktemp("jedi"))
    jedi.settings.fast_parser = False


@pytest.fixture(params=["jedi", "live jedi", "language server"])
def tool(request: pytest.FixtureRequest) -> Tool:
    """Return each of the tools."""
    if request.param == "language server":
        server: LanguageServer = request.getfixturevalue("language_server")
        return server
    return Jedi() if request.param == "jedi" else LiveJedi()


@cache
def consumer(module: str) -> tuple[str, dict[str, int]]:
    """Return a program that calls every function of a public module, and in which line it does."""
    calls = [f"{module}.{name}()" for name in functions_of(module)]
    lines = {name: HEAD.count("\n") + index for index, name in enumerate(functions_of(module))}
    return HEAD + "\n".join(calls) + "\n", lines


def parameters_not_in(shown: str, function: Callable[..., Any]) -> list[str]:
    """Return the parameters that a shown signature lacks, or shows without their default."""
    definition = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    assert isinstance(definition, ast.FunctionDef | ast.AsyncFunctionDef)
    arguments = definition.args.args
    written = [None] * (len(arguments) - len(definition.args.defaults)) + definition.args.defaults
    shown = _normal(shown)
    if definition.args.vararg or definition.args.kwarg:
        return ["parameters by name, instead of * and **"]
    lacking = []
    for argument, default in zip(arguments, written, strict=True):
        if argument.arg == "self":
            continue
        pattern = rf"\b{argument.arg}: [^=]+"
        if default is not None:
            value = inspect.signature(function).parameters[argument.arg].default
            texts = {_normal(ast.unparse(default)), _normal(repr(value))}
            pattern += f"= ?({'|'.join(map(re.escape, texts))})"
        if not re.search(pattern, shown):
            lacking.append(argument.arg)
    return lacking


def _normal(code: str) -> str:
    return code.replace("'", '"').replace(", )", ",)")


# --- tests ---------------------------------------------------------------------------------


@pytest.mark.slow
@in_each_module
def test_completion_offers_every_function(tool: Tool, module: str) -> None:
    """Typing ``get_`` offers every documented function, and nothing private."""
    text = f"{HEAD}{module}.get_\n"
    found = tool.complete(text, HEAD.count("\n"), len(f"{module}.get_"))
    offered = {name for name in found if name.startswith("get_")}
    assert offered == {name for name in functions_of(module) if name.startswith("get_")}
    assert offered >= READ_SIDE


@in_each_module
def test_hover_shows_signature_and_docstring(tool: Tool, module: str) -> None:
    """Hovering over a function shows its parameters and the first sentence about it."""
    text, lines = consumer(module)
    wrong = {}
    for name, function in functions_of(module).items():
        shown = tool.hover(text, lines[name], len(f"{module}.{name}") - 1)
        lacking = parameters_not_in(shown, function)
        sentence = (inspect.getdoc(function) or "").partition("\n")[0]
        if lacking or not sentence.endswith(".") or sentence not in shown:
            wrong[name] = shown
    assert wrong == {}


@in_each_module
def test_signature_help_shows_parameters_with_defaults(tool: Tool, module: str) -> None:
    """Typing the parenthesis shows every parameter with its default."""
    text, lines = consumer(module)
    wrong = {}
    for name, function in functions_of(module).items():
        shown = tool.signature(text, lines[name], len(f"{module}.{name}("))
        if parameters_not_in(shown, function) or "self" in shown:
            wrong[name] = shown
    assert wrong == {}


@in_each_module
def test_definition_is_the_literal_def(tool: Tool, module: str) -> None:
    """Going to the definition of a function leads to its def, with the code that runs."""
    text, lines = consumer(module)
    wrong = {}
    for name, function in functions_of(module).items():
        path, line = tool.definition(text, lines[name], len(f"{module}.{name}") - 1)
        code = path.read_text(encoding="utf-8").splitlines()
        written = code[line - 1]
        expected = inspect.getsourcelines(function)[1]
        expected += code[expected - 1].lstrip().startswith("@")  # the mark of a deprecated name
        if line != expected or not re.match(rf" *(async )?def {name}\(", written):
            wrong[name] = (path.name, line, written)
    assert wrong == {}


@pytest.mark.parametrize("result", RESULTS)
def test_completion_offers_the_keys_of_a_result(tool: Tool, result: str) -> None:
    """Typing the bracket after a result offers its keys."""
    line = "    result['"
    text = f"{HEAD}async def main():\n    result = {result}\n{line}"
    found = tool.complete(text, text.count("\n"), len(line))
    assert {key.strip("'") for key in found} >= RESULTS[result]


TYPED = re.search(r"```python\n(.*?)```", (ROOT / "docs/typed.md").read_text("utf-8"), re.DOTALL)
# What the example reads: the attribute, and what is said about it.
ATTRIBUTES = {
    "river.size_in_bytes": "Size of all items, in bytes.",
    "outcome.argument.name": "Name of the dataset.",
    "dataset.uuid": "UUID of the dataset.",
    "report.uuid": "UUID of the dataset, the same for all of its copies.",
    "derived_from": "UUIDs of the datasets that this one is derived from.",
}


@pytest.mark.parametrize("tool", ["jedi", "language server"], indirect=True)
@pytest.mark.parametrize("read", ATTRIBUTES)
def test_attributes_of_models_are_documented(tool: Tool, read: str) -> None:
    """In the example of docs/typed.md, hovering says what an attribute is, and where it stands."""
    assert TYPED is not None
    text = TYPED[1]
    line, row = next((n, row) for n, row in enumerate(text.splitlines()) if read in row)
    column = row.index(read) + len(read) - 1
    attribute = read.rpartition(".")[2]

    assert ATTRIBUTES[read] in " ".join(tool.hover(text, line, column).split())
    path, number = tool.definition(text, line, column)
    written = path.read_text(encoding="utf-8").splitlines()[number - 1]
    assert path.name == "models.py"
    assert re.match(rf"    {attribute}: \w+", written)
    assert attribute in tool.complete(text, line, column)


@in_each_module
def test_signature_has_real_annotations(module: str) -> None:
    """Programs that read signatures get types, and never their names as text."""
    for name, function in functions_of(module).items():
        signature = inspect.signature(function)
        annotations = {key: one.annotation for key, one in signature.parameters.items()}
        annotations.pop("self", None)
        annotations["return"] = signature.return_annotation
        for annotation in annotations.values():
            assert annotation is not inspect.Parameter.empty, name
            assert not isinstance(annotation, str), name
        assert get_type_hints(function).keys() == annotations.keys()
    get_type_hints(PUBLIC_MODULES[module])


@in_each_module
def test_help_shows_signature_and_docstring(module: str) -> None:
    """``help(function)`` shows the function itself, with all that is said about it."""
    for name, function in functions_of(module).items():
        shown = pydoc.render_doc(function, renderer=pydoc.plaintext)
        head, _, text = shown.partition(f"{name}(")
        assert head.startswith(f"Python Library Documentation: function {name} in module")
        assert all(parameter in text for parameter in inspect.signature(function).parameters)
        for line in (inspect.getdoc(function) or "").splitlines():
            assert line in text


@in_each_module
def test_help_of_the_whole_lists_functions(module: str) -> None:
    """``help(dtool_lookup_api)``, ``help(Client)`` and so on list every function."""
    shown = pydoc.render_doc(PUBLIC_MODULES[module], renderer=pydoc.plaintext)
    for name in functions_of(module):
        assert re.search(rf"^[ |]+(async )?{name}\(", shown, re.MULTILINE), name


@in_each_module
def test_source_is_what_runs(module: str) -> None:
    """``inspect.getsource``, and with it IPython's ``??``, shows the function itself."""
    for name, function in functions_of(module).items():
        source = inspect.getsource(function)
        assert re.match(rf"\s*(@_deprecated\(.*\)\s+)?(async )?def {name}\(", source)
        assert (inspect.getdoc(function) or "").partition("\n")[0] in source


@in_each_module
def test_functions_are_pickled_by_name(module: str) -> None:
    """A function can be passed to another process."""
    for function in functions_of(module).values():
        assert pickle.loads(pickle.dumps(function)) is function


@pytest.mark.parametrize("kind", [Client, AsyncClient])
def test_pickle_of_a_client_has_no_secrets(kind: type[Client] | type[AsyncClient]) -> None:
    """A client can be passed to another process, without its token and password."""
    client = kind("http://localhost:5000", token="secret-token", password="secret-password")
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        pickled = pickle.dumps(client, protocol)
        assert b"secret-token" not in pickled
        assert b"secret-password" not in pickled
        found = pickle.loads(pickled)
        assert type(found) is kind
        assert repr(found) == repr(client)


def test_used_client_survives_pickling(configured: Dserver) -> None:
    """A client that has been used is whole again in another process that is configured."""
    with Client(configured.url, timeout=20) as client:
        client.get_me()
        with pickle.loads(pickle.dumps(client)) as found:
            assert found.get_me() == client.get_me()


@in_each_module
def test_autospec_refuses_what_the_function_refuses(module: str) -> None:
    """A test double made by ``create_autospec`` takes the same arguments, and is awaited."""
    owner = PUBLIC_MODULES[module]
    double = mock.create_autospec(owner, **({"instance": True} if inspect.isclass(owner) else {}))
    for name, function in functions_of(module).items():
        stand_in = getattr(double, name)
        parameters = [key for key in inspect.signature(function).parameters if key != "self"]
        given = dict.fromkeys(parameters)
        answer = stand_in(**given)
        assert inspect.isawaitable(answer) == inspect.iscoroutinefunction(function), name
        _outcome(answer)
        stand_in.assert_called_once_with(**given)
        with pytest.raises(TypeError):
            _outcome(stand_in(*range(len(parameters) + 1)))
        with pytest.raises(TypeError):
            _outcome(stand_in(**given, no_such_argument=1))


def _outcome(answer: Any) -> Any:
    return asyncio.run(answer) if inspect.iscoroutine(answer) else answer
