"""Ask a server of one's own, whatever it holds, and report how it conforms to openapi.yaml.

The environment or `tests/conftest.py` names the server. What the SDK says to it goes through a
proxy on the loopback interface, which writes the exchanges down as the servers of devserver/ do.
"""

import importlib.util
import os
import ssl
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from urllib.parse import urlsplit
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

import pytest

from dtool_lookup_api import Client, LookupServerError
from dtool_lookup_api.core import config
from dtool_lookup_api.core.tls import tls_context
from dtool_lookup_api.core.values import as_verify

import contract
from devserver import PASSWORDS, ROOT, Dserver

PREFIX = "TEST_"  # before the name of a setting: what begins with DSERVER_ is the developer's own
SCRATCH = "DSERVER_SCRATCH_BASE_URI"
ARGUMENTS = {
    config.DSERVER_URL_KEY: "url",
    config.DSERVER_TOKEN_KEY: "token",
    config.DSERVER_TOKEN_GENERATOR_URL_KEY: "auth_url",
    config.DSERVER_USERNAME_KEY: "username",
    config.DSERVER_PASSWORD_KEY: "password",
    config.DSERVER_API_KEY_KEY: "api_key",
    config.DSERVER_VERIFY_SSL_KEY: "verify_ssl",
}
OWN = "own"  # in the record

HOST = "127.0.0.1"
PATIENCE = 60.0  # seconds to wait for the server
# What concerns one connection, or the compression that the proxy does not ask for.
NOT_FORWARDED = {
    *("accept-encoding", "connection", "content-encoding", "content-length", "host", "keep-alive"),
    *("date", "server", "transfer-encoding"),
}

Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]


# `offers` reads the document that the server publishes, which is not an operation of it.
EXEMPT = {("no operation", status, "GET /doc/openapi.json") for status in (200, 401, 403, 404)}

CONFORMANCE = pytest.StashKey["Conformance"]()
LOCAL = pytest.StashKey[bool]()


# --- the server ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Known:
    """What the server says that further questions need."""

    me: dict[str, Any]
    """The user who asks."""
    dataset: dict[str, Any] | None
    """A dataset that this user may search, if there is one."""
    item: str | None
    """Identifier of an item in it, if it holds one."""

    def __getitem__(self, key: str) -> Any:
        """Return what is known of the dataset, or skip the test."""
        if self.dataset is None:
            pytest.skip("this user finds no dataset on the server")
        return self.dataset.get(key)


@dataclass
class Server:
    """The server that is asked."""

    settings: Mapping[str, str] = field(repr=False)  # the password is one of them
    """Its settings by the names that they have in the environment of users."""
    asked_at: str
    """Its URL, or that of the proxy that writes down what it is asked."""

    @property
    def direct(self) -> dict[str, Any]:
        """The arguments of a client that asks the server without the proxy."""
        return {name: self.settings.get(key) for key, name in ARGUMENTS.items()}

    @property
    def given(self) -> dict[str, Any]:
        """The arguments of a client whose exchanges are written down."""
        return {name: self._asked(value) for name, value in self.direct.items()}

    def _asked(self, value: Any) -> Any:
        """Return a URL by way of the proxy, if it is one of the server."""
        url = self.settings[config.DSERVER_URL_KEY].rstrip("/")
        below = isinstance(value, str) and f"{value}/".startswith(f"{url}/")
        return value.replace(url, self.asked_at, 1) if below else value

    @property
    def scratch(self) -> str:
        """The base URI that may be written to, or skip the test."""
        base_uri = self.settings.get(SCRATCH)
        if not base_uri:
            pytest.skip(f"no base URI is named that may be written to ({PREFIX}{SCRATCH})")
        return base_uri

    @cached_property
    def known(self) -> Known:
        """What the server says of itself, once for all tests."""
        try:
            with Client(**self.direct) as client:
                return _known(client)
        except LookupServerError as error:
            pytest.exit(f"{self.settings[config.DSERVER_URL_KEY]} cannot be tested: {error}", 1)


def _known(client: Client) -> Known:
    me = client.get_me()
    searchable = me.get("search_permissions_on_base_uris", [])
    in_s3 = [base_uri for base_uri in searchable if base_uri.startswith("s3://")]
    # Of a dataset in S3, URLs may be signed.
    found = in_s3 and client.get_datasets(base_uris=in_s3, page_size=1)
    for dataset in found or client.get_datasets(page_size=1):
        uri = dataset["uri"]
        item = next(iter(client.get_manifest(uri)["items"]), None)
        return Known(dict(me), dict(client.get_dataset(uri)), item)
    return Known(dict(me), None, None)


def settings_of_own_server(conftest: Mapping[str, str]) -> dict[str, str]:
    """Return the settings of the server that is named, or nothing.

    Args:
        conftest: The settings that `tests/conftest.py` holds, which the environment precedes.
    """
    named = {
        key: value
        for key in (*ARGUMENTS, SCRATCH)
        if (value := os.environ.get(f"{PREFIX}{key}") or str(conftest.get(key) or ""))
    }
    return named if config.DSERVER_URL_KEY in named else {}


@pytest.fixture(scope="session")
def server(
    request: pytest.FixtureRequest, address_and_credentials: dict[str, str]
) -> Iterator[Server]:
    """Return the server of one's own that is named, or else the local real dserver."""
    settings = settings_of_own_server(address_and_credentials)
    if settings:
        request.config.stash[CONFORMANCE] = Conformance(settings[config.DSERVER_URL_KEY])
        with recorded(settings) as own:
            yield own
    else:
        request.config.stash[LOCAL] = True
        ours: Dserver = request.getfixturevalue("dserver")
        login = {
            config.DSERVER_USERNAME_KEY: "admin",
            config.DSERVER_PASSWORD_KEY: PASSWORDS["admin"],
        }
        yield Server(ours.exports | login | {SCRATCH: "s3://scratch"}, ours.url)


@contextmanager
def recorded(settings: Mapping[str, str]) -> Iterator[Server]:
    """Yield the server, whose exchanges are written down as long as the block lasts."""
    forwarding = Forwarding(
        settings[config.DSERVER_URL_KEY],
        as_verify(settings.get(config.DSERVER_VERIFY_SSL_KEY), config.DSERVER_VERIFY_SSL_KEY),
    )
    with closing(_recorder().recorded(forwarding, OWN)) as application, serving(application) as url:
        yield Server(settings, url)


def _recorder() -> Any:
    """Return the module of the servers of devserver/ that writes exchanges down."""
    spec = importlib.util.spec_from_file_location("recorder", ROOT / "devserver/recorder.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# --- proxies ---------------------------------------------------------------------------------


class Forwarding:
    """A WSGI application that asks a server the same, and answers the same.

    Args:
        url: URL of the server, with its path.
        verify: Whether to verify its certificate, or the path of a CA bundle.
    """

    def __init__(self, url: str, verify: bool | str = True) -> None:
        self._url = urlsplit(url.rstrip("/"))
        self._verify = verify

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Forward one request."""
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        path = f"{self._url.path}{environ['REQUEST_URI']}"
        connection = self._connection()
        try:
            connection.request(
                environ["REQUEST_METHOD"], path, body or None, _request_headers(environ)
            )
            response = connection.getresponse()
            content = response.read()
        except (OSError, HTTPException) as error:
            start_response("502 Bad Gateway", [("Content-Type", "text/plain")])
            return [f"{type(error).__name__}: {error}".encode()]
        finally:
            connection.close()
        headers = [(k, v) for k, v in response.getheaders() if k.lower() not in NOT_FORWARDED]
        start_response(f"{response.status} {response.reason}", headers)
        return [content]

    def _connection(self) -> HTTPConnection:
        host, port = self._url.hostname or "", self._url.port
        if self._url.scheme == "http":
            return HTTPConnection(host, port, timeout=PATIENCE)
        context = tls_context("https", self._verify, ())
        return HTTPSConnection(host, port, timeout=PATIENCE, context=context)


def _request_headers(environ: Environ) -> dict[str, str]:
    names = {key: key.removeprefix("HTTP_").replace("_", "-").title() for key in environ}
    return {
        names[key]: value
        for key, value in environ.items()
        if (key.startswith("HTTP_") or key == "CONTENT_TYPE")
        and names[key].lower() not in NOT_FORWARDED
    }


class _Handler(WSGIRequestHandler):
    def get_environ(self) -> Environ:
        """Add the path as it was sent, and no type of a body that there is not."""
        environ = super().get_environ() | {"REQUEST_URI": self.path}
        if "Content-Type" not in self.headers:
            del environ["CONTENT_TYPE"]
        return environ

    def log_message(self, *_: Any) -> None:
        """Keep quiet."""


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


@contextmanager
def serving(application: Application, certificate: Path | None = None) -> Iterator[str]:
    """Serve an application on the loopback interface, and yield its URL.

    Args:
        application: The WSGI application.
        certificate: A certificate to serve it with TLS; its key is next to it, with suffix `.key`.
    """
    with _Server((HOST, 0), _Handler) as server:
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate, certificate.with_suffix(".key"))
            server.socket = context.wrap_socket(server.socket, server_side=True)
        server.set_app(application)
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield f"{'https' if certificate else 'http'}://{HOST}:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


# --- the report ------------------------------------------------------------------------------


@dataclass
class Conformance:
    """What was found out about the server."""

    url: str
    findings: list[dict[str, str]] = field(default_factory=list)
    """What `python -m dtool_lookup_api check` finds."""
    verdict: contract.Verdict = field(default_factory=contract.Verdict)

    def report(self) -> str:
        """Return what to print."""
        lines = [f"Server: {self.url}"]
        section = ""
        for finding in self.findings:
            if finding["section"] == "Configuration":
                continue
            if finding["section"] != section:
                section = finding["section"]
                lines += ["", section]
            lines.append(f"  {finding['name']:<36} {finding['value']}")
        lines += ["", "Operations that conform to openapi.yaml (distinct exchanges)"]
        differing = {operation for operation, _, _ in self.verdict.differences}
        lines += [
            f"  {operation:<36} {count}"
            for operation, count in sorted(self.verdict.operations.items())
            if operation not in differing
        ]
        lines += ["", "Differences from openapi.yaml"]
        for (operation, status, place), examples in sorted(self.verdict.differences.items()):
            lines += [
                f"  {operation}, {status}, {place}: {len(examples)}, for example",
                examples[0],
            ]
        return "\n".join(lines if differing else [*lines, "  none"])


@pytest.hookimpl(tryfirst=True)  # before the record is removed
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail the run if the server differs from openapi.yaml."""
    conformance = session.config.stash.get(CONFORMANCE, None)
    if conformance is None:
        return
    folder = Path(session.config.stash[contract.FOLDER].name)
    conformance.verdict = contract.judged(folder, servers={OWN}, exempt=EXEMPT)
    if conformance.verdict.differences and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print how the server conforms."""
    conformance = terminalreporter.config.stash.get(CONFORMANCE, None)
    if conformance is not None:
        terminalreporter.section("conformance")
        terminalreporter.line(conformance.report())
    elif terminalreporter.config.stash.get(LOCAL, False):
        line = f"tests/any_server asked the local real dserver: {PREFIX}DSERVER_URL names no other"
        terminalreporter.line(line)
