"""Bodies that are streamed to and from storage, on real sockets, by operations as they come."""

import asyncio
import io
import logging
import re
import signal
import socket
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from dtool_lookup_api import (
    AsyncClient,
    CallTimeoutError,
    Client,
    ConfigurationError,
    ConnectionFailedError,
    InvalidRequestError,
    LookupServerError,
    ServerError,
    UnreadableAnswerError,
)
from dtool_lookup_api.core.bodies import Body, body_of_file, body_of_path
from dtool_lookup_api.core.messages import HttpResponse
from dtool_lookup_api.core.operation import Together, TransferRequest

import faults
from faults import (
    HOST,
    Ask,
    Endpoint,
    Exchange,
    Fault,
    FaultServer,
    blocking_and_async,
)

pytestmark = pytest.mark.slow

SIGNATURE = "X-Amz-Signature=5e55107"
DATA = bytes(range(256)) * 4096  # 1 MiB


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a transfer stall after half a second."""
    monkeypatch.setenv("DSERVER_STORAGE_TIMEOUT", "0.5")
    monkeypatch.setattr("random.uniform", lambda low, high: high / 10)


class Item:
    """A file of which a part may be there, and what takes the rest."""

    def __init__(self) -> None:
        self.file = io.BytesIO()
        self.responses: list[HttpResponse] = []

    def headers(self) -> dict[str, str]:
        return {"Range": f"bytes={self.file.tell()}-"}

    def receive(self, response: HttpResponse) -> Callable[[bytes], Any]:
        assert response.body == b""
        self.responses.append(response)
        return self.file.write


def transfer(request: TransferRequest) -> Generator[Any, Any, HttpResponse]:
    """An operation that makes one request to storage."""
    return (yield from request.send())


def download(endpoint: Endpoint, item: Item, **options: Any) -> Callable[[Any], Any]:
    """Return what downloads an item by a client."""
    url = f"{endpoint.url}/item?{SIGNATURE}"
    options = {"headers": item.headers, "receive": item.receive, **options}
    return lambda client: client._run(transfer(TransferRequest("GET", url, **options)))


def upload(url: str, body: Any, **options: Any) -> Callable[[Any], Any]:
    """Return what uploads a body by a client."""
    url = f"{url}/item?{SIGNATURE}"
    return lambda client: client._run(transfer(TransferRequest("PUT", url, body=body, **options)))


async def stored(exchange: Exchange) -> None:
    """Send what is stored, from where it is asked for."""
    start = int(exchange.request.headers["range"].removeprefix("bytes=").removesuffix("-"))
    await exchange.send(faults.answer(206, DATA[start:]))


def cut_after(size: int, announced: int | None = None) -> Fault:
    """Close the connection after some bytes of what is stored."""

    async def fault(exchange: Exchange) -> None:
        start = int(exchange.request.headers["range"].removeprefix("bytes=").removesuffix("-"))
        whole = faults.answer(206, DATA[start:])
        head, _, body = whole.partition(b"\r\n\r\n")
        await exchange.send(head + b"\r\n\r\n" + body[:size])
        exchange.writer.close()

    return fault


def pausing(pause: float, size: int = 2, count: int = 8) -> Fault:
    """Send a body in pieces, with a pause after each, the whole one longer than any limit."""

    async def fault(exchange: Exchange) -> None:
        await exchange.send(faults.answer(200, b"x" * (size * count))[: -size * count])
        for _ in range(count):
            await exchange.send(b"x" * size)
            await asyncio.sleep(pause)

    return fault


# --- down --------------------------------------------------------------------------------------


@blocking_and_async
def test_a_body_is_written_as_it_comes(endpoint: Endpoint, ask: Ask) -> None:
    """Status and headers are known before; the whole body never lies in memory."""
    endpoint.script(always=stored)
    item, told = Item(), list[int]()
    response = ask(endpoint, download(endpoint, item, progress=told.append))
    assert item.file.getvalue() == DATA
    assert (response.status, response.body) == (206, b"")
    assert item.responses[0].headers["content-length"] == str(len(DATA))
    assert told == sorted(told)
    assert told[-1] == len(DATA)
    assert len(told) > 1


@blocking_and_async
def test_storage_gets_no_token_and_sends_nothing_compressed(endpoint: Endpoint, ask: Ask) -> None:
    """A signed URL needs no login; length and hash are those of what is stored."""
    endpoint.script(always=stored)
    ask(endpoint, download(endpoint, Item()), token="t", retries=0)
    (request,) = endpoint.requests
    assert not {"authorization", "cookie"} & request.headers.keys()
    assert request.headers["accept-encoding"] == "identity"
    assert request.query == SIGNATURE
    assert endpoint.token_requests == []


@blocking_and_async
def test_a_cookie_is_not_sent_back(endpoint: Endpoint, ask: Ask) -> None:
    """Nor kept."""
    endpoint.script(faults.replying(200, {}, Set_Cookie="a=b"), always=stored)
    ask(endpoint, download(endpoint, Item()), download(endpoint, Item()))
    assert "cookie" not in endpoint.requests[-1].headers


@blocking_and_async
def test_what_is_compressed_stays_so(endpoint: Endpoint, ask: Ask) -> None:
    """What is stored is what is written, whatever its header says."""

    async def compressed(exchange: Exchange) -> None:
        await exchange.send(faults.answer(200, DATA[:99], Content_Encoding="gzip"))

    endpoint.script(always=compressed)
    item = Item()
    ask(endpoint, download(endpoint, item))
    assert item.file.getvalue() == DATA[:99]
    assert item.responses[0].headers["content-encoding"] == "gzip"


@blocking_and_async
def test_a_cut_body_goes_on_where_it_ended(endpoint: Endpoint, ask: Ask) -> None:
    """Each try asks for what is missing; one that brings a good deal counts as the first again."""
    endpoint.script(*[cut_after(200_000)] * 4, always=stored)
    item = Item()
    ask(endpoint, download(endpoint, item), retries=1)
    assert item.file.getvalue() == DATA
    ranges = [request.headers["range"] for request in endpoint.requests]
    assert ranges == [f"bytes={n * 200_000}-" for n in range(5)]


@blocking_and_async
def test_a_body_that_brings_nothing_ends(endpoint: Endpoint, ask: Ask) -> None:
    """The number of retries bounds tries without progress."""
    endpoint.script(always=cut_after(9))
    item = Item()
    with pytest.raises(ConnectionFailedError, match="The transfer failed"):
        ask(endpoint, download(endpoint, item), retries=2)
    assert len(endpoint.requests) == 3
    assert item.file.getvalue() == DATA[:27]  # and what came is there


@blocking_and_async
def test_a_body_without_a_sink_is_in_the_response(endpoint: Endpoint, ask: Ask) -> None:
    """An error says why; only the beginning of a long one is read."""
    endpoint.script(faults.html(403, "AccessDenied"), faults.html(404, "x" * 10**6))
    item = Item()
    response = ask(endpoint, download(endpoint, item))
    assert (response.status, b"AccessDenied" in response.body) == (403, True)
    response = ask(endpoint, download(endpoint, item))
    assert response.status == 404
    assert len(response.body) < 400_000
    assert item.responses == []


@blocking_and_async
def test_storage_that_is_busy_is_asked_again(endpoint: Endpoint, ask: Ask) -> None:
    """S3 asks for it with 503 SlowDown and 500 InternalError."""
    endpoint.script(faults.html(503, "SlowDown"), faults.html(500), always=stored)
    item = Item()
    ask(endpoint, download(endpoint, item))
    assert item.file.getvalue() == DATA
    endpoint.script(faults.html(503, Retry_After="9999"))
    with pytest.raises(ServerError, match="Storage cannot answer now"):
        ask(endpoint, download(endpoint, item))


@blocking_and_async
def test_a_stall_ends_a_transfer(endpoint: Endpoint, ask: Ask) -> None:
    """Silence of half a second, wherever it comes; what had come before is there."""
    endpoint.script(faults.hang, pausing(9))
    item = Item()
    started = time.monotonic()
    with pytest.raises(CallTimeoutError, match=r"no byte for 0\.5 s.*DSERVER_STORAGE_TIMEOUT"):
        ask(endpoint, download(endpoint, item), retries=0)
    with pytest.raises(CallTimeoutError):
        ask(endpoint, download(endpoint, item), retries=0)
    assert time.monotonic() - started < 5
    assert item.file.getvalue() == b"xx"


@blocking_and_async
@pytest.mark.parametrize("fault", [faults.endless_informational, faults.endless_headers])
def test_what_is_not_the_body_is_a_stall(endpoint: Endpoint, ask: Ask, fault: Fault) -> None:
    """Storage that says again and again that a response is coming; a transfer has no deadline."""
    endpoint.script(always=fault)
    started = time.monotonic()
    with pytest.raises(CallTimeoutError, match="stalled"):
        ask(endpoint, download(endpoint, Item()), retries=0)
    with pytest.raises(CallTimeoutError, match="stalled"):
        ask(endpoint, upload(endpoint.url, Body(lambda: [b"x"], 1)), retries=0)
    assert time.monotonic() - started < 3


@blocking_and_async
def test_a_slow_transfer_outlives_every_deadline(endpoint: Endpoint, ask: Ask) -> None:
    """As long as bytes come."""
    endpoint.script(always=pausing(0.15))
    item = Item()
    ask(endpoint, download(endpoint, item), timeout=0.2, deadline=0.3)
    assert item.file.getvalue() == b"x" * 16


@blocking_and_async
def test_what_a_sink_raises_is_raised(endpoint: Endpoint, ask: Ask) -> None:
    """A full disk is not taken for a failed connection, and nothing is tried again."""

    def write(chunk: bytes) -> None:
        raise OSError(28, "No space left on device")

    endpoint.script(always=stored)
    with pytest.raises(OSError, match="No space left"):
        ask(endpoint, download(endpoint, Item(), receive=lambda response: write))
    assert len(endpoint.requests) == 1


def test_a_slow_disk_is_not_a_stall(endpoint: Endpoint) -> None:
    """In an event loop, which goes on meanwhile, only the network's silence counts."""
    endpoint.script(always=stored)
    beats = list[float]()
    sizes = list[int]()

    def write(chunk: bytes) -> None:
        sizes.append(len(chunk))
        time.sleep(0.6)

    async def main() -> None:
        async with AsyncClient(endpoint.url, token="t") as client:
            call = download(endpoint, Item(), receive=lambda response: write)
            task = asyncio.ensure_future(call(client))
            while not task.done():
                beats.append(time.monotonic())
                await asyncio.sleep(0.02)
            await task

    asyncio.run(main())
    assert sum(sizes) == len(DATA)
    assert len(sizes) < 8  # written in blocks
    assert max(b - a for a, b in pairwise(beats)) < 0.55


def test_a_cancelled_transfer_closes_its_connection(endpoint: Endpoint) -> None:
    """And waits until the block that is being written has been."""
    left = threading.Event()

    async def waiting(exchange: Exchange) -> None:
        await exchange.send(faults.answer(200, DATA)[:-9])
        try:
            await exchange.until_client_leaves()
        finally:
            left.set()

    endpoint.script(always=waiting)
    written = list[str]()

    def write(chunk: bytes) -> None:
        written.append("begun")
        time.sleep(0.2)
        written.append("done")

    async def main() -> None:
        async with AsyncClient(endpoint.url, token="t") as client:
            call = download(endpoint, Item(), receive=lambda response: write)
            task = asyncio.ensure_future(call(client))
            while not written:
                await asyncio.sleep(0.01)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert written == ["begun", "done"]
            assert await asyncio.to_thread(left.wait, 5)

    asyncio.run(main())


def test_ctrl_c_closes_the_connection(endpoint: Endpoint) -> None:
    """In the middle of a body."""
    left = threading.Event()

    async def waiting(exchange: Exchange) -> None:
        await exchange.send(faults.answer(200, DATA)[:-9])
        signal.raise_signal(signal.SIGINT)
        try:
            await exchange.until_client_leaves()
        finally:
            left.set()

    endpoint.script(always=waiting)
    with Client(endpoint.url, token="t") as client:
        with pytest.raises(KeyboardInterrupt):
            download(endpoint, Item())(client)
        assert left.wait(5)


# --- up ----------------------------------------------------------------------------------------


@blocking_and_async
@pytest.mark.parametrize("size", [0, 100, len(DATA)])
def test_a_file_is_sent_with_its_length(
    endpoint: Endpoint, ask: Ask, tmp_path: Path, size: int
) -> None:
    """Storage refuses chunked bodies; pinned headers are sent as they are."""
    path = tmp_path / "item"
    path.write_bytes(DATA[:size])
    endpoint.script(always=faults.replying(200, {}))
    told = list[int]()
    headers = {"Content-MD5": "abc==", "x-amz-meta-checksum": "1"}
    ask(endpoint, upload(endpoint.url, body_of_path(path), headers=headers, progress=told.append))
    (request,) = endpoint.requests
    assert request.body == DATA[:size]
    assert request.headers["content-length"] == str(size)
    assert "transfer-encoding" not in request.headers
    assert {name: request.headers[name.lower()] for name in headers} == headers
    assert not {"authorization", "content-type"} & request.headers.keys()
    assert told == sorted(told)
    assert told[-1:] == ([size] if size else [])


@blocking_and_async
def test_bytes_are_sent(endpoint: Endpoint, ask: Ask) -> None:
    """A README is not worth a file."""
    endpoint.script(always=faults.replying(200, {}))
    ask(
        endpoint,
        upload(endpoint.url, b"hello", headers={"Content-Type": "text/plain; charset=utf-8"}),
    )
    (request,) = endpoint.requests
    assert (request.body, request.headers["content-length"]) == (b"hello", "5")
    assert request.headers["content-type"] == "text/plain; charset=utf-8"


@blocking_and_async
@pytest.mark.parametrize("kind", ["file", "factory"])
def test_a_body_is_sent_again_from_its_start(endpoint: Endpoint, ask: Ask, kind: str) -> None:
    """An open file from where it stood."""
    file = io.BytesIO(b"before" + DATA)
    file.seek(6)
    pieces = [DATA[:70_000], b"", DATA[70_000:]]
    body = body_of_file(file) if kind == "file" else Body(lambda: pieces, len(DATA))
    endpoint.script(faults.html(503), faults.reset_before, always=faults.replying(200, {}))
    ask(endpoint, upload(endpoint.url, body))
    assert [request.body == DATA for request in endpoint.requests] == [True] * 3


@blocking_and_async
def test_an_iterator_is_sent_once(endpoint: Endpoint, ask: Ask) -> None:
    """What cannot begin again is not tried again."""
    endpoint.script(faults.reset_before, always=faults.replying(200, {}))
    with pytest.raises(ConnectionFailedError):
        ask(endpoint, upload(endpoint.url, Body(iter([DATA]), len(DATA))))
    assert len(endpoint.requests) == 1


@blocking_and_async
@pytest.mark.parametrize("difference", [1, -1])
def test_a_file_that_changes_is_told(endpoint: Endpoint, ask: Ask, difference: int) -> None:
    """A body of another length than announced is never stored as a whole one."""
    endpoint.script(always=faults.replying(200, {}))
    words = "longer" if difference < 0 else "shorter"
    with pytest.raises(InvalidRequestError, match=words):
        ask(endpoint, upload(endpoint.url, Body(lambda: [DATA], len(DATA) + difference)))
    assert endpoint.requests == []


@blocking_and_async
def test_a_file_that_cannot_be_read_is_told(endpoint: Endpoint, ask: Ask) -> None:
    """By its own error, on every engine."""

    def pieces() -> Iterator[bytes]:
        yield DATA[:99]
        raise OSError(5, "Input/output error")

    with pytest.raises(OSError, match="Input/output error") as caught:
        ask(endpoint, upload(endpoint.url, Body(pieces, len(DATA))))
    assert not isinstance(caught.value, LookupServerError)


@contextmanager
def deaf_storage() -> Iterator[tuple[str, threading.Event]]:
    """Run a server that reads only the beginning of a request, for a while."""
    gone = threading.Event()
    with socket.create_server((HOST, 0)) as listening:
        listening.settimeout(10)

        def serve() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.settimeout(10)
                connection.recv(1024)
                time.sleep(0.8)
                with suppress(OSError):
                    while connection.recv(65536):
                        pass
                gone.set()

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://{HOST}:{listening.getsockname()[1]}", gone
        thread.join()


@blocking_and_async
def test_an_upload_that_stalls_ends(endpoint: Endpoint, ask: Ask) -> None:
    """Storage that stops reading blocks no caller."""
    body = Body(lambda: [DATA] * 16, 16 * len(DATA))
    with deaf_storage() as (url, gone):
        started = time.monotonic()
        with pytest.raises(CallTimeoutError, match="stalled"):
            ask(endpoint, upload(url, body), retries=0)
        assert time.monotonic() - started < 3
        assert gone.wait(5)


# --- several at a time -------------------------------------------------------------------------


def together(requests: Iterator[TransferRequest], at_a_time: int) -> Callable[[Any], Any]:
    """Return what makes requests to storage by a client, several at a time."""

    def operation() -> Generator[Any, Any, str]:
        yield Together((transfer(request) for request in requests), at_a_time)
        return "all"

    return lambda client: client._run(operation())


@blocking_and_async
def test_transfers_run_several_at_a_time(endpoint: Endpoint, ask: Ask) -> None:
    """Each is begun when it is its turn, and all have ended at the end."""
    most, now, begun = 0, 0, 0

    async def counting(exchange: Exchange) -> None:
        nonlocal most, now
        now += 1
        most = max(most, now)
        await asyncio.sleep(0.05)
        now -= 1
        await exchange.send(faults.answer(200, b"x"))

    def requests() -> Iterator[TransferRequest]:
        nonlocal begun
        for number in range(9):
            begun += 1
            assert begun - len(written) <= 3
            url = f"{endpoint.url}/{number}?{SIGNATURE}"
            yield TransferRequest("GET", url, receive=lambda response: written.append)

    endpoint.script(always=counting)
    written = list[bytes]()
    assert ask(endpoint, together(requests(), 3)) == "all"
    assert written == [b"x"] * 9
    assert most == 3


@blocking_and_async
def test_a_failure_ends_the_others(endpoint: Endpoint, ask: Ask) -> None:
    """Nothing is written any more when it is raised, and nothing begun."""
    written = list[bytes]()

    async def fault(exchange: Exchange) -> None:
        if exchange.request.path == "/1":
            await asyncio.sleep(0.1)
            await exchange.send(faults.answer(200, b"bad"))
        else:
            await pausing(0.02, 2, 200)(exchange)

    def receive(response: HttpResponse) -> Callable[[bytes], Any]:
        def write(chunk: bytes) -> None:
            if chunk == b"bad":
                raise OSError(28, "No space left on device")
            written.append(chunk)

        return write

    requests = (TransferRequest("GET", f"{endpoint.url}/{n}", receive=receive) for n in range(9))
    endpoint.script(always=fault)
    with pytest.raises(OSError, match="No space left"):
        ask(endpoint, together(requests, 3))
    count = len(written)
    time.sleep(0.1)
    assert len(written) == count
    assert len(endpoint.requests) == 3


# --- secrets and settings ----------------------------------------------------------------------


async def quoting(exchange: Exchange) -> None:
    """Answer what is not HTTP, and quote the request."""
    await exchange.send(exchange.request.query.encode() + b"\r\n\r\n")
    exchange.writer.close()


@blocking_and_async
@pytest.mark.parametrize("fault", [faults.reset_before, quoting, faults.hang])
def test_no_query_is_shown(
    endpoint: Endpoint, ask: Ask, fault: Fault, caplog: pytest.LogCaptureFixture
) -> None:
    """Anyone who has a signed URL can use it: no log, error or repr has its query."""
    endpoint.script(always=fault)
    shown = list[str]()
    with caplog.at_level(logging.DEBUG), pytest.raises(LookupServerError) as caught:
        ask(endpoint, download(endpoint, Item()), retries=1)
    ours = [record for record in caplog.records if record.name == "dtool_lookup_api"]
    logged = " ".join(record.getMessage() for record in ours)
    shown += [str(caught.value), repr(vars(caught.value)), logged]
    shown.append(repr(TransferRequest("GET", f"{endpoint.url}/item?{SIGNATURE}")))
    assert f"{endpoint.url}/item" in shown[0]
    assert re.search(r"GET /\w+/item: \w+ after", logged)
    assert not [text for text in shown if "5e55107" in text or "X-Amz" in text]


@blocking_and_async
@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "http://user:password@127.0.0.1:1/x",
        "http://",
        "x",
        "http://127.0.0.1:1/x?\r\nX: y",
        "http://127.0.0.1:1/\n",
        "http://\ud800/",
    ],
)
def test_a_url_that_cannot_be_used_is_refused(endpoint: Endpoint, ask: Ask, url: str) -> None:
    """A server that signs such ones makes no engine log in somewhere."""
    request = TransferRequest("GET", f"{url}?{SIGNATURE}")
    with pytest.raises(UnreadableAnswerError, match="signed URL cannot be used") as caught:
        ask(endpoint, lambda client: client._run(transfer(request)))
    assert "5e55107" not in str(caught.value)
    assert "password@" not in str(caught.value)
    assert str(caught.value).isprintable()


@blocking_and_async
def test_storage_has_its_own_proxy(
    endpoint: Endpoint, fault_server: FaultServer, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may be reached without the one that the server needs, and the other way round."""
    endpoint.script(always=stored)
    monkeypatch.setenv("HTTP_PROXY", f"http://{HOST}:{faults.closed_port()}")
    with pytest.raises(ConnectionFailedError):
        ask(endpoint, download(endpoint, Item()), retries=0)
    monkeypatch.setenv("DSERVER_STORAGE_PROXY", "none")
    ask(endpoint, download(endpoint, Item()), retries=0)
    assert len(endpoint.requests) == 1
    monkeypatch.setenv("DSERVER_STORAGE_PROXY", f"http://u:secret@{HOST}:{faults.closed_port()}")
    with pytest.raises(ConnectionFailedError) as caught:
        ask(endpoint, download(endpoint, Item()), retries=0)
    assert "secret" not in str(caught.value)
    monkeypatch.setenv("DSERVER_STORAGE_PROXY", "gopher://x")
    with pytest.raises(ConfigurationError, match="DSERVER_STORAGE_PROXY"):
        ask(endpoint, download(endpoint, Item()), retries=0)


@blocking_and_async
def test_storage_has_its_own_certificates(
    endpoint: Endpoint, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is said of the server's certificate is not said of that of storage."""
    endpoint.script(always=stored)
    monkeypatch.setenv("DSERVER_STORAGE_VERIFY_SSL", "/no/such/bundle")
    with pytest.raises(ConfigurationError, match="/no/such/bundle"):
        ask(endpoint, download(endpoint, Item()), retries=0)
    monkeypatch.delenv("DSERVER_STORAGE_VERIFY_SSL")
    ask(endpoint, download(endpoint, Item()), retries=0, verify_ssl="/no/such/bundle")
    assert len(endpoint.requests) == 1


@blocking_and_async
def test_connections_are_kept_apart(
    endpoint: Endpoint, fault_server: FaultServer, ask: Ask
) -> None:
    """Calls and transfers in turn use two connections, each again and again."""
    endpoint.script(always=None)
    before = fault_server.connections

    def small(client: Any) -> Any:
        endpoint.script(always=faults.replying(200, {}))
        return download(endpoint, Item())(client)

    def get_me(client: Any) -> Any:
        endpoint.script()
        return client.get_me()

    ask(endpoint, *[get_me, small] * 3, token=endpoint.new_token())
    assert fault_server.connections - before == 2
