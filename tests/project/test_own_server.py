"""The tests of a server of one's own: what an administrator sees, over TLS and below a path."""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from devserver import PASSWORDS, ROOT, Dserver, running_dserver, running_next_dserver
from ownserver import Application, Environ, Forwarding, serving

pytestmark = pytest.mark.slow

PATH = "/lookup"


class Below:
    """A proxy in front of a server, which serves it below a path.

    Args:
        application: What answers.
        change: Changes the body of each answer.
    """

    def __init__(
        self, application: Application, change: Callable[[bytes], bytes] = lambda body: body
    ) -> None:
        self._application, self._change = application, change

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request."""
        path = environ["REQUEST_URI"]
        if not path.startswith(f"{PATH}/"):
            start_response("404 Not Found", [("Content-Type", "text/html")])
            return [b"<html>nothing here</html>"]
        environ = environ | {"REQUEST_URI": path.removeprefix(PATH)}
        return [self._change(body) for body in self._application(environ, start_response)]


@contextmanager
def below_a_path(server: Dserver, **more: Any) -> Iterator[dict[str, str]]:
    """Serve a server below a path, with TLS if it has it; yield the settings of the tests."""
    bundle = server.exports.get("SSL_CERT_FILE")
    application = Below(Forwarding(server.url, bundle or True), **more)
    with serving(application, Path(bundle) if bundle else None) as url:
        yield settings(server, DSERVER_URL=f"{url}{PATH}")


def settings(server: Dserver, **more: str) -> dict[str, str]:
    """Return how the tests are to reach a server as its administrator."""
    named = {
        "DSERVER_URL": server.url,
        "DSERVER_TOKEN_GENERATOR_URL": server.token_url,
        "DSERVER_USERNAME": "admin",
        "DSERVER_PASSWORD": PASSWORDS["admin"],
        "DSERVER_SCRATCH_BASE_URI": "s3://scratch",
        **more,
    }
    if bundle := server.exports.get("SSL_CERT_FILE"):
        named["DSERVER_VERIFY_SSL"] = bundle
    return {f"TEST_{name}": value for name, value in named.items()}


def report_on(
    environment: dict[str, str], *arguments: str, folder: Path = ROOT
) -> "subprocess.CompletedProcess[str]":
    """Run the tests as `make test-server` does."""
    others = {name: value for name, value in os.environ.items() if not name.startswith("TEST_")}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "tests/any_server", "-rs", "-q", *arguments],
        cwd=folder,
        env=others | environment,
        capture_output=True,
        text=True,
        timeout=300,
    )


def section(report: str, title: str) -> str:
    """Return what stands below a title of the report."""
    return re.split(r"\n\n|\n=", report.partition(f"{title}\n")[2])[0]


def test_the_next_server_conforms_with_tls_below_a_path() -> None:
    """All that is asked conforms."""
    with (
        running_next_dserver("--storing", "--https") as server,
        below_a_path(server) as environment,
    ):
        run = report_on(environment)

    assert run.returncode == 0, run.stdout
    assert f"Server: {environment['TEST_DSERVER_URL']}" in run.stdout
    assert re.search(r"answers +dservercore 0\.22\.1", run.stdout)
    assert re.search(r"login +admin, administrator", run.stdout)
    assert "get_signed_urls" not in section(run.stdout, "Functions")
    conforming = section(run.stdout, "Operations that conform to openapi.yaml (distinct exchanges)")
    for operation in ("getMe", "getHealth", "registerDataset", "deleteDataset", "putBaseUri"):
        assert re.search(rf"\b{operation} +\d", conforming)
    assert section(run.stdout, "Differences from openapi.yaml").startswith("  none\n")
    assert " warning" not in run.stdout


def test_what_a_server_does_not_offer_is_named(tmp_path: Path) -> None:
    """The released server without a plugin passes, and the report says what it lacks."""
    released = running_dserver("--without", "dependency-graph", "--https")
    with released as server, below_a_path(server) as environment:
        run = report_on(environment)

    assert run.returncode == 0, run.stdout
    functions = section(run.stdout, "Functions")
    assert re.search(r"get_graph_by_uuid +needs dserver-dependency-graph-plugin", functions)
    assert re.search(r"get_health +needs dservercore 0\.23\.0", functions)
    assert re.search(r"SKIPPED.*dserver-dependency-graph-plugin", run.stdout)
    assert "getHealth" not in section(run.stdout, "Differences from openapi.yaml")


def counts_as_text(body: bytes) -> bytes:
    """Let an answer give a number as text."""
    return re.sub(rb'"number_of_items": *(\d+)', rb'"number_of_items":"\1"', body)


def test_what_differs_is_told_and_fails(dserver: Dserver) -> None:
    """An answer that is not as openapi.yaml has it fails the run, with the exchange."""
    with below_a_path(dserver, change=counts_as_text) as environment:
        run = report_on(environment, "-k", "get_dataset and blocking and function")

    assert run.returncode == 1, run.stdout
    differences = section(run.stdout, "Differences from openapi.yaml")
    assert "getDataset, 200, response body, properties/number_of_items/type" in differences
    assert "GET /uris/" in differences
    assert PASSWORDS["admin"] not in run.stdout


def test_only_reading_without_a_scratch_base_uri(dserver: Dserver) -> None:
    """Unless a base URI is named to write to, nothing is written."""
    environment = settings(dserver, DSERVER_SCRATCH_BASE_URI="")
    run = report_on(environment, "-k", "removed or get_me")

    assert run.returncode == 0, run.stdout
    assert "no base URI is named that may be written to" in run.stdout
    assert "registerDataset" not in run.stdout


def test_a_server_that_cannot_be_asked_is_told(dserver: Dserver) -> None:
    """A wrong password ends the run at once, with the error's advice."""
    run = report_on(settings(dserver, DSERVER_PASSWORD="wrong-password"))

    assert run.returncode == 1
    assert "cannot be tested: Authentication failed" in run.stdout + run.stderr
    assert "wrong-password" not in run.stdout + run.stderr


def test_conftest_may_name_the_server(dserver: Dserver, tmp_path: Path) -> None:
    """The settings may stand in tests/conftest.py, as they did in 0.10; a switch is a bool."""
    conftest = (ROOT / "tests/conftest.py").read_text(encoding="utf-8")
    named = {
        "DSERVER_URL": dserver.url,
        "DSERVER_TOKEN_GENERATOR_URL": dserver.token_url,
        "DSERVER_USERNAME": "testuser",
        "DSERVER_PASSWORD": PASSWORDS["testuser"],
        "DSERVER_VERIFY_SSL": True,
    }
    before, assignment, rest = conftest.partition("DSERVER_ADDRESS_AND_CREDENTIALS = {\n")
    assert assignment
    (tmp_path / "tests").mkdir()
    for path in (ROOT / "tests").iterdir():
        (tmp_path / "tests" / path.name).symlink_to(path)
    for path in ("pyproject.toml", "devserver", "openapi.yaml"):
        (tmp_path / path).symlink_to(ROOT / path)
    (tmp_path / "tests/conftest.py").unlink()
    _, _, after = rest.partition("}\n")
    changed = f"{before}DSERVER_ADDRESS_AND_CREDENTIALS = {named!r}\n{after}"
    (tmp_path / "tests/conftest.py").write_text(changed, encoding="utf-8")
    run = report_on({}, "-k", "get_users or get_me", folder=tmp_path)

    assert run.returncode == 0, run.stdout + run.stderr
    assert f"Server: {dserver.url}\n" in run.stdout
    assert "listUsers" in run.stdout  # and was refused to this user, as it must be
