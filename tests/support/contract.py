"""Validate every exchange with a server against openapi.yaml, with openapi-core.

The servers of devserver/ record all requests and responses of tests, of programs and notebooks that
they run, and of the released package. After the last test, each distinct exchange is validated.
"""

import json
import os
import tempfile
import time
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

import pytest
import yaml
from jsonschema_path import SchemaPath
from openapi_core import V30RequestValidator, V30ResponseValidator
from openapi_core.datatypes import RequestParameters
from openapi_core.templating.paths.exceptions import PathError
from openapi_core.templating.paths.finders import APICallPathFinder
from openapi_core.templating.responses.exceptions import ResponseNotFound
from openapi_core.validation.request.exceptions import (
    ParameterValidationError,
    SecurityValidationError,
)
from openapi_core.validation.response.exceptions import HeaderValidationError
from werkzeug.datastructures import Headers, ImmutableMultiDict

from devserver import ROOT

CONTRACT = ROOT / "openapi.yaml"
RECORD = "DEVSERVER_RECORD"  # the environment variable that names the folder to record in
SDK = "dtool-lookup-api/"  # the User-Agent of the SDK begins with it

OURS = ("released", "next")  # what the servers of devserver/ call themselves in the record
NO_SUCH_ROUTE = (404, 405)  # what the released server answers to operations of the next

# What differs from the contract and may: operation, status and place, and why. The status 500 is
# not in the contract: most often it comes as HTML from a proxy, which the generated parser cannot
# read. So each of the requests that the server fails on is here.
EXEMPT = {
    ("createToken", 400, "request body, required"): "A password, where only API keys are taken.",
    ("deleteBaseUri", 500, "status"): "There are datasets in the base URI.",
    ("queryDatasets", 500, "status"): "MongoDB refuses the query.",
    ("replaceAnnotations", 500, "status"): "The path is taken for that of one annotation.",
    ("replaceTags", 500, "status"): "The base URI is unknown.",
    ("requestUpload", 500, "status"): "The storage cannot sign URLs.",
    ("completeUpload", 500, "status"): "An item is missing.",
    ("no operation", 200, "GET /doc/openapi.json"): "The document that a server publishes.",
    ("no operation", 404, "POST /lookup/uris"): "A URL with a wrong path, on purpose.",
    ("getVersions", 200, "query parameter x"): "An address in .json that is not a document.",
    ("getMe", 401, "security"): "Without a token on purpose: authentication is switched off.",
}


class Finding(NamedTuple):
    """One way in which exchanges differ from the contract."""

    operation: str
    status: int
    place: str
    problem: str


@dataclass(frozen=True)
class Request:
    """A recorded request, as openapi-core asks for it."""

    host_url: str
    method: str
    path: str
    body: bytes
    content_type: str
    parameters: RequestParameters


@dataclass(frozen=True)
class Response:
    """A recorded response, as openapi-core asks for it."""

    status_code: int
    headers: Headers
    data: bytes

    @property
    def content_type(self) -> str:
        """The media type, with its parameters."""
        return str(self.headers.get("Content-Type", "")).lower()


class Exchange(NamedTuple):
    """A request and its response."""

    server: str
    request: Request
    response: Response

    @property
    def by_sdk(self) -> bool:
        """Whether it was the SDK that asked."""
        return str(self.request.parameters.header.get("User-Agent", "")).startswith(SDK)

    def __str__(self) -> str:
        query = "&".join(f"{k}={v}" for k, v in self.request.parameters.query.items(multi=True))
        body = self.request.body.decode()
        parts = [self.request.method.upper(), self.request.path, query, body]
        sent = " ".join(part for part in parts if part)
        return (
            f"{_short(sent)} -> {self.response.status_code} {_short(self.response.data.decode())}"
        )


def recorded(folder: Path) -> Iterator[Exchange]:
    """Yield each distinct exchange that servers wrote down."""
    lines: set[str] = set()
    for path in sorted(folder.glob("*.jsonl")):
        lines.update(path.read_text(encoding="utf-8").splitlines())
    for line in sorted(lines):
        exchange = json.loads(line)
        request, response = _request(**exchange["request"]), _response(**exchange["response"])
        yield Exchange(exchange["server"], request, response)


def _request(method: str, path: str, query: str, headers: dict[str, str], body: str) -> Request:
    return Request(
        host_url="",
        method=method.lower(),
        path=path,
        body=body.encode(),
        content_type=headers.get("Content-Type", "").lower(),
        parameters=RequestParameters(
            query=ImmutableMultiDict(parse_qsl(query, keep_blank_values=True)),
            header=Headers(headers),
        ),
    )


def _response(status: int, headers: dict[str, str], body: str) -> Response:
    return Response(status, Headers(headers), body.encode())


class Judge:
    """Compares exchanges with a contract."""

    def __init__(self, contract: Path = CONTRACT) -> None:
        document = yaml.load(contract.read_text(encoding="utf-8"), yaml.CSafeLoader)
        del document["servers"]  # tests take free ports
        spec = SchemaPath.from_dict(document)
        self._paths = APICallPathFinder(spec)
        self._requests = V30RequestValidator(spec)
        self._responses = V30ResponseValidator(spec)

    def findings(self, exchange: Exchange) -> Iterator[Finding]:
        """Yield what is wrong: of the response always, of the request if the SDK sent it."""
        _, request, response = exchange
        try:
            operation = self._found(request)
        except PathError as error:
            if exchange.by_sdk:
                place = f"{request.method.upper()} {request.path}"
                yield Finding("no operation", response.status_code, place, type(error).__name__)
            return
        for place, problem in self._problems(exchange, operation):
            yield Finding(operation["operationId"], response.status_code, place, problem)

    def operation(self, request: Request) -> list[str]:
        """Return the name of the operation that a request asks for, if there is one."""
        try:
            return [self._found(request)["operationId"]]
        except PathError:
            return []

    def _found(self, request: Request) -> dict[str, Any]:
        found = self._paths.find(request.method, request.path)
        operation: dict[str, Any] = found.operation.read_value()
        return operation

    def _problems(self, exchange: Exchange, operation: dict[str, Any]) -> Iterator[tuple[str, str]]:
        server, request, response = exchange
        lacking = server != "next" and "x-since" in operation
        if not (lacking and response.status_code in NO_SUCH_ROUTE):
            yield from _explained("response", self._responses.iter_errors(request, response))
        if exchange.by_sdk:
            yield from _explained("request", self._requests.iter_errors(request))
            yield from _unforeseen(request, operation)


def _unforeseen(request: Request, operation: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what a request holds beyond its operation, which openapi-core lets pass."""
    known = {parameter["name"] for parameter in operation.get("parameters", [])}
    for name in request.parameters.query.keys() - known:
        yield f"query parameter {name}", "is not in the contract"
    if request.body and "requestBody" not in operation:
        yield "request body", "is not in the contract"


def _explained(side: str, errors: Iterable[Exception]) -> Iterator[tuple[str, str]]:
    """Yield where each error is, and what is wrong there."""
    for error in errors:
        match error:
            case ResponseNotFound():
                place = "status"
            case SecurityValidationError():
                place = "security"
            case ParameterValidationError(name=name, location=location):
                place = f"{location} parameter {name}"
            case HeaderValidationError(name=name):
                place = f"header {name}"
            case _:
                place = f"{side} body"
        schema_errors = getattr(error.__cause__, "schema_errors", None)
        for schema_error in schema_errors or ():
            rule = "/".join(map(str, schema_error.schema_path))
            yield f"{place}, {rule}", schema_error.message
        if not schema_errors:
            yield place, str(error.__cause__ or error)


def _short(text: str, length: int = 160) -> str:
    return text.strip() if len(text) <= length else f"{text[:length]}…"


@dataclass
class Verdict:
    """What was found in all exchanges of a run."""

    exchanges: int = 0
    operations: Counter[str] = field(default_factory=Counter)
    seconds: float = 0
    differences: dict[tuple[str, int, str], list[str]] = field(default_factory=dict)

    def report(self) -> str:
        """Return what to print: each difference once, with an example."""
        if not self.exchanges:
            return ""
        lines = [f"{self.exchanges} distinct exchanges judged in {self.seconds:.1f} s"]
        if self.differences:
            lines.append("FAILED: repair these in overlay/, or exempt them in support/contract.py")
        for (operation, status, place), examples in sorted(self.differences.items()):
            lines += [f"{operation}, {status}, {place}: {len(examples)}, for example", examples[0]]
        return "\n".join(lines)


def judged(
    folder: Path,
    contract: Path = CONTRACT,
    *,
    servers: Collection[str] = OURS,
    exempt: Collection[tuple[str, int, str]] = EXEMPT,
) -> Verdict:
    """Hold what servers wrote down against a contract.

    Args:
        folder: Where they did.
        contract: An OpenAPI document.
        servers: Those that count, by what they are called in the record.
        exempt: Differences that may be.
    """
    verdict = Verdict()
    begin = time.monotonic()
    judge = Judge(contract)
    for exchange in recorded(folder):
        if exchange.server not in servers:
            continue
        verdict.exchanges += 1
        verdict.operations.update(judge.operation(exchange.request))
        for *where, problem in judge.findings(exchange):
            if tuple(where) not in exempt:
                example = f"    {_short(problem)}\n    {exchange}"
                verdict.differences.setdefault(tuple(where), []).append(example)
    verdict.seconds = time.monotonic() - begin
    return verdict


FOLDER = pytest.StashKey["tempfile.TemporaryDirectory[str]"]()
REPORT = pytest.StashKey[str]()


def pytest_configure(config: pytest.Config) -> None:
    """Let all servers write down what they are asked and what they answer."""
    if hasattr(config, "workerinput"):  # a worker of pytest-xdist, which has the variable already
        return
    config.stash[FOLDER] = folder = tempfile.TemporaryDirectory(prefix="exchanges-")
    os.environ[RECORD] = folder.name


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail the run if an exchange differs from openapi.yaml."""
    if FOLDER not in session.config.stash:
        return
    with session.config.stash[FOLDER] as folder:
        verdict = judged(Path(folder))
    session.config.stash[REPORT] = verdict.report()
    if verdict.differences and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how the exchanges were judged."""
    if report := terminalreporter.config.stash.get(REPORT, ""):
        terminalreporter.section("exchanges with dserver, held against openapi.yaml")
        terminalreporter.line(report)
