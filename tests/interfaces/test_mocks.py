"""What programs mock or record HTTP with goes on working: each at the level where it patches."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
import pytest_httpx
import respx
import vcr

from dtool_lookup_api import AsyncClient, Client

from faults import Endpoint
from samples import USER

URL = "https://dserver.example"


def ask(mode: str) -> Any:
    """Return what a call returns; no such server exists."""
    if mode == "blocking":
        with Client(URL, token="t") as client:
            return client.get_me()

    async def main() -> Any:
        async with AsyncClient(URL, token="t") as client:
            return await client.get_me()

    return asyncio.run(main())


modes = pytest.mark.parametrize("mode", ["blocking", "async"])


@modes
def test_pytest_httpx(httpx_mock: pytest_httpx.HTTPXMock, mode: str) -> None:
    """Its fixture answers calls, and shows what was sent."""
    httpx_mock.add_response(url=f"{URL}/me", json=USER)
    assert ask(mode) == USER
    (request,) = httpx_mock.get_requests()
    assert request.headers["Authorization"] == "Bearer t"


@modes
def test_respx(mode: str) -> None:
    """Its decorator and its context answer calls, as they patch httpcore by default."""
    with respx.mock as router:
        route = router.get(f"{URL}/me").respond(json=USER)
        assert ask(mode) == USER
    assert route.call_count == 1


@modes
def test_vcr(endpoint: Endpoint, tmp_path: Path, mode: str) -> None:
    """A cassette records a call, and plays it without the server."""
    cassette = str(tmp_path / "cassette.yaml")
    given = {"url": endpoint.url, "token": endpoint.new_token()}
    for _ in range(2):
        with vcr.use_cassette(cassette, filter_headers=["authorization"]):
            if mode == "blocking":
                with Client(**given) as client:
                    assert client.get_me() == USER
            else:
                asyncio.run(_ask_once(given))
    assert len(endpoint.requests) == 1


async def _ask_once(given: Any) -> None:
    async with AsyncClient(**given) as client:
        assert await client.get_me() == USER
