"""What httpx has no public way for, compared with what it makes itself."""

import asyncio
import math
import socket
import threading
from collections.abc import Generator
from contextlib import suppress

import httpx
import pytest

from dtool_lookup_api.core.engine_httpx import AsyncHttpxEngine, HttpxEngine
from dtool_lookup_api.core.httpx_connection import url_below
from dtool_lookup_api.core.messages import HttpRequest
from dtool_lookup_api.core.options import ClientOptions
from dtool_lookup_api.core.settings import Settings, resolve_settings


@pytest.mark.parametrize(
    "target",
    [
        "/uuids/1a1f9fad-8589-413e-9602-5bbd66bfe675?sort=-name%2Curi&page=1&page_size=10",
        "/readmes/s3%3A%2F%2Ftest-bucket%2F1a1f9fad-8589-413e-9602-5bbd66bfe675",
        "/lookup/v1.0/users/a.b_c~d-e?q=a+b&r=%C3%A9?x=/",
        "/",
        "/a?",
        "",
        "/users/..",
        "/a/./b",
        "/a b/é?q=ü",
        "/a%",
        "/a%zz?b=%",
        "/a#b",
        "/a?b=[1]",
    ],
)
@pytest.mark.parametrize(
    "origin", ["http://127.0.0.1:5000", "https://dserver.example", "http://[::1]:80"]
)
def test_urls_are_those_that_httpx_parses(origin: str, target: str) -> None:
    """What is not parsed anew is what parsing would have made of it."""
    found = url_below(httpx.URL(origin), target)
    parsed = httpx.URL(origin + target)
    assert found == parsed
    assert (found.raw_path, found.raw_host, found.port) == (
        parsed.raw_path,
        parsed.raw_host,
        parsed.port,
    )


@pytest.fixture
def large_body() -> Generator[str]:
    """URL of a body of 8 MB, which comes as fast as it is read."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(10)

        def serve() -> None:
            with suppress(OSError), listening.accept()[0] as connection:
                connection.recv(4096)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 8000000\r\n\r\n")
                connection.sendall(bytes(8_000_000))

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/item"
        thread.join()


def request(url: str) -> HttpRequest:
    """Return a request that ends after ten seconds without a byte."""
    return HttpRequest("GET", url, headers=[], body=None, timeout=10, deadline=math.inf)


def settings() -> Settings:
    """Return the settings of a connection."""
    return resolve_settings(ClientOptions().changed(url="http://localhost", token="t")).storage_key


def test_a_streamed_body_is_read_in_large_blocks(large_body: str) -> None:
    """A fourth of the reads, which take time in Python."""
    engine = HttpxEngine(settings())
    with engine.stream(request(large_body)) as stream:
        sizes = [len(chunk) for chunk in stream.chunks]
    engine.close()
    assert sum(sizes) == 8_000_000
    assert max(sizes) > 64 * 1024  # what httpcore reads


def test_an_event_loop_reads_in_large_blocks_too(large_body: str) -> None:
    """The same for programs that are asynchronous."""

    async def sizes() -> list[int]:
        engine = AsyncHttpxEngine(settings())
        async with engine.stream(request(large_body)) as stream:
            found = [len(chunk) async for chunk in stream.chunks]
        await engine.aclose()
        return found

    found = asyncio.run(sizes())
    assert sum(found) == 8_000_000
    assert max(found) > 64 * 1024
