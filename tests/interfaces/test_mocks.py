"""What programs mock or record HTTP with goes on working: each at the level where it patches."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_httpx
import respx
import vcr
from samples import USER

from dtool_lookup_api import AsyncClient, Client

from faults import FaultServer, Lane, running_fault_server

URL = "https://dserver.example"


def ask(world: str) -> Any:
    """Return what a call returns; no such server exists."""
    if world == "blocking":
        with Client(URL, token="t") as client:
            return client.get_me()

    async def main() -> Any:
        async with AsyncClient(URL, token="t") as client:
            return await client.get_me()

    return asyncio.run(main())


worlds = pytest.mark.parametrize("world", ["blocking", "async"])


@worlds
def test_pytest_httpx(httpx_mock: pytest_httpx.HTTPXMock, world: str) -> None:
    """Its fixture answers calls, and shows what was sent."""
    httpx_mock.add_response(url=f"{URL}/me", json=USER)
    assert ask(world) == USER
    (request,) = httpx_mock.get_requests()
    assert request.headers["Authorization"] == "Bearer t"


@worlds
def test_respx(world: str) -> None:
    """Its decorator and its context answer calls, as they patch httpcore by default."""
    with respx.mock as router:
        route = router.get(f"{URL}/me").respond(json=USER)
        assert ask(world) == USER
    assert route.call_count == 1


@worlds
def test_vcr(lane: Lane, tmp_path: Path, world: str) -> None:
    """A cassette records a call, and plays it without the server."""
    cassette = str(tmp_path / "cassette.yaml")
    given = {"url": lane.url, "token": lane.new_token()}
    for _ in range(2):
        with vcr.use_cassette(cassette, filter_headers=["authorization"]):
            if world == "blocking":
                with Client(**given) as client:
                    assert client.get_me() == USER
            else:
                asyncio.run(_ask_once(given))
    assert len(lane.requests) == 1


async def _ask_once(given: Any) -> None:
    async with AsyncClient(**given) as client:
        assert await client.get_me() == USER


@pytest.fixture(scope="module")
def server() -> Iterator[FaultServer]:
    with running_fault_server() as running:
        yield running


@pytest.fixture
def lane(server: FaultServer) -> Lane:
    return server.lane()
