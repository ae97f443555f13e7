"""What sends the requests is chosen: httpx, aiohttp where it is asked for, or a transport given."""

import asyncio
import pickle
import socket
import subprocess
import sys
from typing import Any

import httpx
import pytest

from dtool_lookup_api import (
    AsyncClient,
    Client,
    ConfigurationError,
    ConnectionFailedError,
    asynchronous,
    synchronous,
)

import faults
from faults import Endpoint
from samples import USER

URL = "https://dserver.example"


def agent(endpoint: Endpoint) -> str:
    """Return what the last request says of its sender."""
    return endpoint.requests[-1].headers["user-agent"]


def get_me(client: AsyncClient) -> Any:
    async def main() -> Any:
        async with client:
            return await client.get_me()

    return asyncio.run(main())


# --- aiohttp -----------------------------------------------------------------------------------


def test_aiohttp_is_chosen_by_a_client(endpoint: Endpoint) -> None:
    """It is never used because it is installed."""
    assert get_me(AsyncClient(endpoint.url, **endpoint.login)) == USER
    assert "httpx" in agent(endpoint)
    assert get_me(AsyncClient(endpoint.url, **endpoint.login, engine="aiohttp")) == USER
    assert "aiohttp" in agent(endpoint)
    assert len(endpoint.token_requests) == 1


def test_aiohttp_is_chosen_by_a_setting(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What blocks goes on with httpx."""
    monkeypatch.setenv("DSERVER_ENGINE", "aiohttp")
    monkeypatch.setenv("DSERVER_URL", endpoint.url)
    monkeypatch.setenv("DSERVER_TOKEN", endpoint.new_token())
    assert asyncio.run(asynchronous.get_me()) == USER
    assert "aiohttp" in agent(endpoint)
    assert synchronous.get_me() == USER
    assert "httpx" in agent(endpoint)
    with pytest.raises(ConfigurationError, match="AsyncClient"):
        Client(engine="aiohttp").get_me()


def test_aiohttp_has_to_be_installed(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it is not, the error says how."""
    monkeypatch.setitem(sys.modules, "dtool_lookup_api.core.engine_aiohttp", None)
    with pytest.raises(ConfigurationError, match=r"dtool-lookup-api\[aiohttp\]"):
        get_me(AsyncClient(endpoint.url, **endpoint.login, engine="aiohttp"))


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_aiohttp_says_plainly_why_there_is_no_connection(scheme: str) -> None:
    """Without the TLS context, which its own text shows as an object."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        place = f"127.0.0.1:{unused.getsockname()[1]}"
        client = AsyncClient(f"{scheme}://{place}", token="a-token", engine="aiohttp", retries=0)
        with pytest.raises(
            ConnectionFailedError, match=f"cannot connect to {place}: Connection refused"
        ) as caught:
            get_me(client)
    assert "object at" not in str(caught.value)


@pytest.mark.parametrize("name", ["engine", "DSERVER_ENGINE"])
def test_an_unknown_engine_is_refused(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """By its name, before anything is sent."""
    given = {"engine": "requests"} if name == "engine" else {}
    monkeypatch.setenv("DSERVER_ENGINE", "curl")
    with pytest.raises(ConfigurationError, match=f"^{name} is .* httpx or aiohttp"):
        faults.ask_blocking(endpoint, **given)
    assert not endpoint.requests


def test_httpx_alone_is_loaded(endpoint: Endpoint) -> None:
    """A program that did not choose aiohttp does not wait for its import."""
    program = (
        "import sys; from dtool_lookup_api import Client\n"
        f"Client({endpoint.url!r}, token={endpoint.new_token()!r}).get_me()\n"
        "print(sorted({'aiohttp', 'asyncio', 'httpx'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout == "['httpx']\n", done.stderr


# --- a transport of the user's own -------------------------------------------------------------


def respond(request: httpx.Request) -> httpx.Response:
    assert request.headers["Authorization"] == "Bearer t"
    return httpx.Response(200, json=USER)


class Watched(httpx.MockTransport):
    """A transport that knows whether it was closed."""

    closed = False

    def close(self) -> None:
        self.closed = True

    async def aclose(self) -> None:
        self.closed = True


def test_a_transport_sends_the_requests_of_a_client() -> None:
    """It is the user's, who closes it; both clients may have the same one."""
    transport = Watched(respond)
    with Client(URL, token="t", engine=transport) as client:
        assert client.get_me() == USER
    assert get_me(AsyncClient(URL, token="t", engine=transport)) == USER
    assert not transport.closed


def test_what_a_transport_fails_at_is_tried_again() -> None:
    """Retries, tokens and errors are the same as with other engines."""
    outcomes = [httpx.ConnectError("no"), httpx.Response(503), httpx.Response(200, json=USER)]

    def fail(_: httpx.Request) -> httpx.Response:
        outcome = outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    with Client(URL, token="t", engine=httpx.MockTransport(fail)) as client:
        assert client.get_me() == USER
    assert outcomes == []


def test_a_transport_verifies_certificates_itself() -> None:
    """A setting that would not reach it is refused."""
    client = Client(URL, token="t", engine=Watched(respond), verify_ssl=True)
    with pytest.raises(ConfigurationError, match="verify_ssl"):
        client.get_me()


def test_a_client_with_a_transport_is_not_pickled() -> None:
    """It would be another's in another process."""
    with pytest.raises(TypeError, match="transport"):
        pickle.dumps(Client(URL, engine=Watched(respond)))


class Blocking(httpx.BaseTransport):
    """A transport for one kind of client only."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        raise AssertionError(request)


class Awaited(httpx.AsyncBaseTransport):
    """And one for the other."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        raise AssertionError(request)


def test_a_transport_of_the_other_kind_is_refused() -> None:
    """The error says which client it is for."""
    with pytest.raises(ConfigurationError, match="use AsyncClient"):
        Client(URL, token="t", engine=Awaited()).get_me()
    with pytest.raises(ConfigurationError, match="use Client"):
        get_me(AsyncClient(URL, token="t", engine=Blocking()))
