"""Answers that are meant to harm: too large, never ending, or more than one. On real sockets."""

import asyncio
import gzip
import resource
import ssl
import subprocess
import time
import zlib
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from dtool_lookup_api import AsyncClient, CallTimeoutError, UnreadableAnswerError

import faults
from devserver import COMMAND
from faults import (
    Ask,
    Endpoint,
    Exchange,
    Fault,
    FaultServer,
    blocking_and_async,
)
from samples import USER

pytestmark = pytest.mark.slow

IMPATIENT: dict[str, Any] = {"timeout": 5, "deadline": 10, "retries": 0}


def compressed(data: Iterator[bytes], wbits: int) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, wbits)
    return b"".join([packer.compress(piece) for piece in data] + [packer.flush()])


@pytest.fixture(scope="module")
def bomb() -> bytes:
    """A gigabyte of blanks, in a megabyte."""
    return compressed((b" " * 2**20 for _ in range(1024)), zlib.MAX_WBITS | 16)


def answering(body: bytes, encoding: str, status: int = 200) -> Fault:
    async def fault(exchange: Exchange) -> None:
        await exchange.send(faults.answer(status, body, Content_Encoding=encoding))

    return fault


def peak() -> int:
    """Return the most memory that this process has ever had, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


# --- size --------------------------------------------------------------------------------------


@blocking_and_async
@pytest.mark.parametrize("status", [200, 401, 500])
def test_a_response_has_a_limit(
    endpoint: Endpoint, ask: Ask, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It can be set; one byte more is too much, compressed or not, whatever the status."""
    monkeypatch.setenv("DSERVER_MAX_RESPONSE_MB", "0.5")
    body = b'{"username": "%s", "is_admin": false}' % (b"x" * 499_965)
    assert len(body) == 500_000
    for sent, encoding in [(body, "identity"), (gzip.compress(body), "gzip")]:
        endpoint.script(answering(sent, encoding))
        assert len(ask(endpoint)["username"]) == 499_965
    for sent, encoding in [(body + b" ", "identity"), (gzip.compress(body + b" "), "gzip")]:
        endpoint.script(always=answering(sent, encoding, status))
        with pytest.raises(UnreadableAnswerError, match=r"0\.5 MB.*DSERVER_MAX_RESPONSE_MB"):
            ask(endpoint, **IMPATIENT)


@pytest.mark.slow
@blocking_and_async
@pytest.mark.parametrize("status", [200, 401, 500])
def test_a_bomb_is_not_unpacked(endpoint: Endpoint, ask: Ask, bomb: bytes, status: int) -> None:
    """A megabyte that becomes a gigabyte ends at the limit, which is less than a gigabyte."""
    endpoint.script(always=answering(bomb, "gzip", status))
    before, started = peak(), time.monotonic()
    with pytest.raises((UnreadableAnswerError, CallTimeoutError), match=r"larger than 256 MB|time"):
        ask(endpoint, **IMPATIENT)
    assert time.monotonic() - started < 12
    assert peak() - before < 600e6


@blocking_and_async
@pytest.mark.parametrize("encoding", ["gzip, gzip", "gzip,deflate", "GZIP, x-gzip"])
def test_what_is_compressed_twice_is_refused(endpoint: Endpoint, ask: Ask, encoding: str) -> None:
    """So that two kilobytes cannot become a gigabyte."""
    endpoint.script(always=answering(gzip.compress(gzip.compress(b" " * 10**7)), encoding))
    started = time.monotonic()
    with pytest.raises(UnreadableAnswerError, match="compress"):
        ask(endpoint, **IMPATIENT)
    assert time.monotonic() - started < 5


@blocking_and_async
def test_a_generator_sends_no_bomb(endpoint: Endpoint, ask: Ask) -> None:
    """A token is not longer than a megabyte."""
    endpoint.token_script(always=answering(gzip.compress(b" " * 2_000_000), "gzip"))
    with pytest.raises(UnreadableAnswerError, match="larger than 1 MB"):
        ask(endpoint, **IMPATIENT)


@pytest.mark.slow
@blocking_and_async
def test_an_endless_body_ends(endpoint: Endpoint, ask: Ask) -> None:
    """At the limit, or with the deadline."""

    async def endless(exchange: Exchange) -> None:
        await exchange.send(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
        while True:
            await exchange.send(b" " * 2**20)

    endpoint.script(always=endless)
    before, started = peak(), time.monotonic()
    with pytest.raises((UnreadableAnswerError, CallTimeoutError)):
        ask(endpoint, **{**IMPATIENT, "deadline": 2})
    assert time.monotonic() - started < 5
    assert peak() - before < 600e6


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["httpx", "aiohttp"])
def test_the_event_loop_goes_on(endpoint: Endpoint, bomb: bytes, engine: str) -> None:
    """While a bomb is unpacked, other tasks run."""
    beats = list[float]()

    async def main() -> None:
        async with AsyncClient(endpoint.url, engine=engine, token="t", **IMPATIENT) as client:
            task = asyncio.ensure_future(client.get_me())
            while not task.done():
                beats.append(time.monotonic())
                await asyncio.sleep(0.01)
            with pytest.raises((UnreadableAnswerError, CallTimeoutError)):
                await task

    endpoint.script(always=answering(bomb, "gzip"))
    asyncio.run(main())
    assert max(b - a for a, b in pairwise(beats)) < 0.25
    assert len(beats) > 5


@blocking_and_async
@pytest.mark.parametrize(
    ("encoding", "wbits"), [("gzip", 31), ("x-gzip", 31), ("deflate", 15), ("deflate", -15)]
)
def test_what_is_compressed_is_read(
    endpoint: Endpoint, ask: Ask, encoding: str, wbits: int
) -> None:
    """In pieces of any size, up to the last byte."""
    body = b'{"username": "%s", "is_admin": false}' % (b"x" * 700_000)
    packed = compressed(iter([body]), wbits)

    async def in_pieces(exchange: Exchange) -> None:
        whole = faults.answer(200, packed, Content_Encoding=encoding)
        for start in range(0, len(whole), 100):
            await exchange.send(whole[start : start + 100])
            await asyncio.sleep(0)

    endpoint.script(always=in_pieces)
    assert ask(endpoint)["username"] == "x" * 700_000


@blocking_and_async
def test_half_a_compressed_body_is_refused(endpoint: Endpoint, ask: Ask) -> None:
    """Even where its JSON could be read."""
    packed = gzip.compress(b'{"username": "x", "is_admin": false}')
    endpoint.script(always=answering(packed[:-8], "gzip"))
    with pytest.raises(UnreadableAnswerError, match="compress"):
        ask(endpoint, **IMPATIENT)


# --- time --------------------------------------------------------------------------------------


async def flood_of_informational(exchange: Exchange) -> None:
    """Say 102 as fast as possible."""
    while True:
        await exchange.send(b"HTTP/1.1 102 Processing\r\n\r\n" * 1000)


@blocking_and_async
@pytest.mark.parametrize(
    "fault", [faults.endless_informational, flood_of_informational, faults.endless_headers]
)
@pytest.mark.parametrize("of", ["server", pytest.param("generator", marks=pytest.mark.slow)])
def test_no_answer_takes_longer_than_the_deadline(
    endpoint: Endpoint, ask: Ask, fault: Fault, of: str
) -> None:
    """However often it says that one is coming."""
    script = endpoint.script if of == "server" else endpoint.token_script
    script(always=fault)
    started = time.monotonic()
    with pytest.raises(CallTimeoutError):
        ask(endpoint, **{**IMPATIENT, "deadline": 0.5})
    assert time.monotonic() - started < 5  # the server goes on for longer


@blocking_and_async
def test_some_informational_answers_are_fine(endpoint: Endpoint, ask: Ask) -> None:
    """A proxy may send a few."""

    async def fault(exchange: Exchange) -> None:
        await exchange.send(b"HTTP/1.1 103 Early Hints\r\n\r\n" * 3 + exchange.right)

    endpoint.script(always=fault)
    assert ask(endpoint) == USER


# --- an answer behind an answer ----------------------------------------------------------------

FORGED = faults.answer(200, b'{"username": "forged", "is_admin": true}')


def followed(first: Callable[[Exchange], bytes], pause: float | None) -> Fault:
    """Send a response, and after it another one that was not requested."""

    async def fault(exchange: Exchange) -> None:
        if pause is None:
            await exchange.send(first(exchange) + FORGED)
        else:
            await exchange.send(first(exchange))
            await asyncio.sleep(pause)
            await exchange.send(FORGED)

    return fault


def of_size(size: int) -> Callable[[Exchange], bytes]:
    """Return what makes a response of a size, so that it ends where something else begins."""
    head = faults.answer(200, b" " * size).partition(b"\r\n\r\n")[0]
    body = b" " * (size - len(head) - 4)

    def first(_: Exchange) -> bytes:
        answer = faults.answer(200, body)
        assert len(answer) == size
        return answer

    return first


FIRST: dict[str, Callable[[Exchange], bytes]] = {
    "right": lambda exchange: exchange.right,
    "chunked": lambda _: (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
    ),
    "empty": lambda _: b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
    "204": lambda _: b"HTTP/1.1 204 No Content\r\n\r\n",
    "304": lambda _: b"HTTP/1.1 304 Not Modified\r\n\r\n",
    "record": of_size(2**14),  # of TLS: what follows is still encrypted
    "read": of_size(2**16),  # of httpcore: what follows is in the queue of anyio
}


@blocking_and_async
@pytest.mark.parametrize("pause", [None, 0.05])
@pytest.mark.parametrize("first", FIRST)
def test_an_answer_behind_an_answer_is_never_read(
    endpoint: Endpoint, ask: Ask, first: str, pause: float | None
) -> None:
    """It would become the next call's: a connection with bytes left is not used again."""
    endpoint.script(followed(FIRST[first], pause))
    assert ask(endpoint, quiet_call, pausing, faults.GET_ME) == USER


@pytest.fixture(scope="module")
def encrypted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[FaultServer, Path]]:
    """Run a server that misbehaves over TLS; with its certificate."""
    certificate = tmp_path_factory.mktemp("tls") / "localhost.pem"
    code = (
        "import pathlib, sys, certificate; certificate.write_certificate(pathlib.Path(sys.argv[1]))"
    )
    subprocess.run(
        [COMMAND[0], "-c", code, certificate], cwd=COMMAND[1].parent, check=True, timeout=60
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, certificate.with_suffix(".key"))
    with faults.running_fault_server(context) as server:
        yield server, certificate


@blocking_and_async
@pytest.mark.parametrize("pause", [None, 0.05])
@pytest.mark.parametrize("first", ["right", "204", "record", "read"])
def test_an_encrypted_answer_behind_an_answer_is_never_read(
    encrypted: tuple[FaultServer, Path], ask: Ask, first: str, pause: float | None
) -> None:
    """Bytes that have been decrypted, or not yet, are as bad as others."""
    server, certificate = encrypted
    endpoint = server.endpoint()
    endpoint.script(followed(FIRST[first], pause))
    calls = (quiet_call, pausing, faults.GET_ME)
    assert ask(endpoint, *calls, verify_ssl=str(certificate)) == USER


def quiet_call(client: Any) -> Any:
    """Make a call, whatever comes of it."""
    return client._run(quiet(client))


def pausing(client: Any) -> Any:
    """Let bytes arrive."""
    return client._run(waiting(0.15))


def quiet(client: Any) -> Any:
    """An operation that asks something, whatever comes of it."""
    from dtool_lookup_api.core.operation import ApiRequest

    def get_me() -> Any:
        yield ApiRequest("GET", "/me")

    return get_me()


def waiting(seconds: float) -> Any:
    def wait() -> Any:
        yield lambda: time.sleep(seconds)

    return wait()
