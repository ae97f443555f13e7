"""Fixtures of all tests: servers, users, and a configuration of their own."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import dtoolcore.utils
import pytest

from dtool_lookup_api import Client
from dtool_lookup_api.core import config

from devserver import Dserver, running_dserver, running_next_dserver
from faults import Endpoint, FaultServer, running_fault_server
from paged_listing import PagedListing, soon, threads_of_ours

pytest_plugins = ["contract", "ownserver"]

# A server of your own for tests/any_server to ask. The environment may name it as well, by the same
# names with TEST_ before them: docs/testing-a-server.md.
DSERVER_ADDRESS_AND_CREDENTIALS = {
    "DSERVER_URL": "",
    "DSERVER_TOKEN_GENERATOR_URL": "",
    "DSERVER_USERNAME": "",
    "DSERVER_PASSWORD": "",
    "DSERVER_VERIFY_SSL": "",
}

# Programs that a shell runs in the background ignore Ctrl-C, and so would those that tests start.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def dserver() -> Iterator[Dserver]:
    """Run the real dserver for all tests."""
    with running_dserver() as server:
        yield server


@pytest.fixture(scope="session")
def next_dserver() -> Iterator[Dserver]:
    """Run the stand-in for the next server, with plugins that store what is written."""
    with running_next_dserver("--storing") as server:
        yield server


@pytest.fixture(scope="session")
def lossy_dserver() -> Iterator[Dserver]:
    """Run the stand-in with the plugins of today: writes damage storage and miss the index."""
    with running_next_dserver() as server:
        yield server


@pytest.fixture(scope="module")
def fault_server() -> Iterator[FaultServer]:
    """Run a server that misbehaves on request."""
    with running_fault_server() as running:
        yield running


@pytest.fixture
def endpoint(fault_server: FaultServer) -> Endpoint:
    """Return a new endpoint of the server that misbehaves on request."""
    return fault_server.endpoint()


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Return a function that moves the monotonic clock on, also that of the fault server."""
    monotonic, ahead = time.monotonic, 0.0

    def later(seconds: float) -> None:
        nonlocal ahead
        ahead += seconds

    monkeypatch.setattr(time, "monotonic", lambda: monotonic() + ahead)
    return later


@pytest.fixture
def paged_listing(endpoint: Endpoint) -> Iterator[PagedListing]:
    """Let the endpoint answer with pages of a listing; no thread may be left in the end."""
    yield PagedListing(endpoint)
    assert soon(lambda: threads_of_ours() == [])


@pytest.fixture(scope="session")
def address_and_credentials() -> dict[str, str]:
    """Return the settings of a server of one's own, as far as this file has them."""
    return DSERVER_ADDRESS_AND_CREDENTIALS


@pytest.fixture(autouse=True)
def own_configuration(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Keep the developer's environment and dtool.json out; return the place of a new one."""
    for name in list(os.environ):
        if name.startswith(("DSERVER_", "DTOOL_LOOKUP_SERVER_")) or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    path = tmp_path / "dtool.json"
    monkeypatch.setattr(dtoolcore.utils, "DEFAULT_CONFIG_PATH", str(path))
    monkeypatch.setattr(config, "Config", config.DtoolLookupAPIConfig(interactive=False))
    return path


@pytest.fixture
def configured(dserver: Dserver, monkeypatch: pytest.MonkeyPatch) -> Dserver:
    """Configure the tour's user by the environment, as the documentation says."""
    for name, value in dserver.exports.items():
        monkeypatch.setenv(name, value)
    return dserver


@pytest.fixture
def admin(dserver: Dserver) -> Iterator[Client]:
    """Return a client of the administrator."""
    with Client(**dserver.given("admin")) as client:
        yield client


@pytest.fixture
def researcher(dserver: Dserver) -> Iterator[Client]:
    """Return a client of an ordinary user who may search everything."""
    with Client(**dserver.given("researcher")) as client:
        yield client


@pytest.fixture
def testuser(dserver: Dserver) -> Iterator[Client]:
    """Return a client of the tour's user."""
    with Client(**dserver.given("testuser")) as client:
        yield client
