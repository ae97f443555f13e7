"""Items as files that are read by ranges."""

import io
import pickle
import random
import zipfile
from collections.abc import Callable
from operator import methodcaller
from typing import Any

import h5py
import numpy
import pandas
import pytest

import dtool_lookup_api
from dtool_lookup_api import (
    AsyncClient,
    Client,
    ConnectionFailedError,
    IntegrityError,
    InvalidRequestError,
    NotFoundError,
    NotOfferedError,
    PermissionDeniedError,
)

import faults
from devserver import COPY_URI, Dserver
from faults import Ask, Exchange, FaultServer, blocking_and_async
from stored import DATA, SIGNATURE, URI, Storage, expired

BLOCK = 4096
TABLE = b"a,b\n" + b"".join(b"%d,%d\n" % (n, n * n) for n in range(20_000))


@pytest.fixture
def storage(fault_server: FaultServer) -> Storage:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as opened:
        opened.writestr("first.bin", DATA)
        opened.writestr("second.csv", TABLE)
    items = {"data.bin": DATA, "table.csv": TABLE, "a.zip": archive.getvalue(), "empty": b""}
    return Storage(fault_server.endpoint(), items)


def opened(storage: Storage, item: str = "data.bin", **options: Any) -> Any:
    """Open an item by a client of its own."""
    client = Client(storage.endpoint.url, **storage.endpoint.login)
    return dtool_lookup_api.open_item(URI, item, client=client, **options)


def test_an_item_of_a_dserver(next_dserver: Dserver) -> None:
    """It is opened by its path, and read where one likes."""
    with Client(**next_dserver.given("admin")) as client:
        found = client.get_signed_urls(COPY_URI)
        (identifier,) = found["item_urls"]
        with dtool_lookup_api.open_item(COPY_URI, identifier, client=client) as file:
            content = file.read()
            assert file.seek(-3, io.SEEK_END) == len(content) - 3
            assert file.read(2) == content[-3:-1]
            assert file.name == "simple_text_file.txt"
        with pytest.raises(NotFoundError, match="No item 'none'"):
            dtool_lookup_api.open_item(COPY_URI, "none", client=client)


def test_a_server_without_the_plugin(admin: Client) -> None:
    """The error says what the server lacks."""
    with pytest.raises(NotOfferedError, match=r"in open_item.*dserver-signed-url-plugin"):
        dtool_lookup_api.open_item(COPY_URI, "simple_text_file.txt", client=admin)


def test_errors_name_the_function(storage: Storage) -> None:
    """When it is called, and while the file is read."""
    storage.endpoint.script(faults.html(400), always=storage.serve)
    with pytest.raises(InvalidRequestError) as caught:
        opened(storage)
    assert caught.value.operation == "open_item"
    with (
        Client(storage.endpoint.url, **storage.endpoint.login, retries=0) as client,
        dtool_lookup_api.open_item(URI, "data.bin", client=client) as file,
    ):
        storage.always = faults.reset_before
        with pytest.raises(ConnectionFailedError) as lost:
            file.read(1)
    assert lost.value.operation == "open_item"


def test_an_async_client_is_refused(storage: Storage) -> None:
    """The file blocks, so that it cannot use one; nothing is sent."""
    client: Any = AsyncClient(storage.endpoint.url, **storage.endpoint.login)
    with pytest.raises(InvalidRequestError, match=r"is asynchronous\. Give a Client"):
        dtool_lookup_api.open_item(URI, "data.bin", client=client)
    assert storage.endpoint.requests == []


def test_random_reads_are_right(storage: Storage) -> None:
    """As those of a file on disk with the same content."""
    generator = random.Random(3)
    with opened(storage, block_size=BLOCK) as file, io.BytesIO(DATA) as expected:
        for _ in range(200):
            whence = generator.choice([io.SEEK_SET, io.SEEK_CUR, io.SEEK_END])
            offset = generator.randrange(-9000, len(DATA) + 9000)
            try:
                position = expected.seek(offset, whence) if whence else expected.seek(abs(offset))
            except ValueError:
                continue
            if position != expected.tell() or position < 0:
                continue
            file.seek(position)
            size = generator.choice([1, 100, BLOCK, 5 * BLOCK, 70_000])
            assert file.read(size) == expected.read(size)
    with opened(storage, "empty") as file:
        assert file.read() == b""
        assert file.seek(10) == 10
        assert file.read(1) == b""


@pytest.mark.slow
def test_reading_in_order_takes_few_requests(storage: Storage) -> None:
    """Blocks are read ahead; going back in what was just read takes none."""
    with opened(storage, block_size=64 * 1024) as file:
        assert b"".join(iter(lambda: file.read(10_000), b"")) == DATA
        in_order = len(storage.requests)
        assert in_order <= 5  # of 16 blocks: 2, 4, 8, 2
        file.seek(0)
        assert file.read(100) == DATA[:100]
        assert len(storage.requests) == in_order
    ranges = [request.headers["range"] for request in storage.requests]
    assert ranges[0] == f"bytes=0-{2 * 64 * 1024 - 1}"


def bytes_requested(storage: Storage) -> int:
    """Return how many bytes of items were requested from storage."""
    spans = [request.headers["range"].removeprefix("bytes=") for request in storage.requests]
    return sum(int(end) - int(start) + 1 for start, end in (span.split("-") for span in spans))


def test_zipfile_reads_a_member(storage: Storage) -> None:
    """A member of an archive comes without the others."""
    with opened(storage, "a.zip", block_size=BLOCK) as file, zipfile.ZipFile(file) as archive:
        assert archive.read("second.csv") == TABLE
    assert bytes_requested(storage) < len(TABLE) + 50 * BLOCK < len(DATA)


def test_pandas_reads_a_table(storage: Storage) -> None:
    """All of it, or the first rows without the rest."""
    with opened(storage, "table.csv") as file:
        assert pandas.read_csv(file)["b"].iloc[-1] == 19_999**2
    long = TABLE + 10 * TABLE.removeprefix(b"a,b\n")
    storage = Storage(storage.endpoint, {"long.csv": long})
    before = bytes_requested(storage)
    with opened(storage, "long.csv", block_size=BLOCK) as file:
        assert pandas.read_csv(file, nrows=3)["b"].tolist() == [0, 1, 4]
    assert bytes_requested(storage) - before < len(long) / 4


def test_h5py_reads_a_slice(storage: Storage) -> None:
    """The structure of the file, and the chunk that has the slice."""
    content = io.BytesIO()
    with h5py.File(content, "w") as written:
        written.create_dataset("runs/force", data=numpy.arange(200_000.0), chunks=(1000,))
        written["runs/force"].attrs["unit"] = "nN"
    storage = Storage(storage.endpoint, {"raw.h5": content.getvalue()})
    with opened(storage, "raw.h5", block_size=BLOCK) as item, h5py.File(item) as file:
        assert list(file) == ["runs"]
        assert file["runs/force"].attrs["unit"] == "nN"
        assert file["runs/force"][150_500:150_503].tolist() == [150_500.0, 150_501.0, 150_502.0]
    assert bytes_requested(storage) < len(content.getvalue()) / 4


@pytest.mark.slow
def test_cuts_and_expired_urls(storage: Storage) -> None:
    """Do not reach the reader; a refusal that stays does, without the query."""
    with opened(storage) as file:
        storage.valid_from = 1
        storage.faults.extend([storage.cut_after(70_000), expired()])
        assert file.read() == DATA
        file.seek(0)
    with opened(storage) as file:
        storage.always = expired()
        with pytest.raises(PermissionDeniedError) as caught:
            file.read(1)
    assert SIGNATURE not in str(caught.value)


def test_a_part_may_come_with_status_200(storage: Storage) -> None:
    """`rclone serve s3` sends it so; Content-Range says which part it is."""

    async def part(exchange: Exchange) -> None:
        await exchange.send(storage.response(exchange).replace(b" 206 ", b" 200 ", 1))

    storage.always = part
    with opened(storage, block_size=BLOCK) as file:
        file.seek(70_000)
        assert file.read(100) == DATA[70_000:70_100]


@pytest.mark.slow
def test_what_differs_is_an_error(storage: Storage) -> None:
    """A server without ranges, or with another file."""

    async def whole(exchange: Exchange) -> None:
        await exchange.send(faults.answer(200, storage.content(exchange)))

    storage.always = whole
    with opened(storage) as file, pytest.raises(IntegrityError, match=r"download_item\(\)"):
        file.read(1)
    storage.always = None
    with opened(storage) as file:
        storage.items = dict.fromkeys(storage.items, DATA + b"x")
        with pytest.raises(IntegrityError, match=f"/{len(DATA)}'"):
            file.read(1)


def test_a_file_shows_no_secret(storage: Storage) -> None:
    """It cannot be pickled, and its text is its name."""
    with opened(storage) as file:
        file.read(1)
        assert SIGNATURE not in repr(file) + repr(file.raw)
        with pytest.raises(TypeError):
            pickle.dumps(file)
    with pytest.raises(ValueError, match="closed"):
        file.read(1)


@pytest.mark.parametrize(
    ("given", "words"),
    [({"item": ""}, "item="), ({"block_size": 1}, "block_size=1"), ({"uri": "x"}, "uri=")],
)
def test_bad_arguments(storage: Storage, given: dict[str, Any], words: str) -> None:
    """Are refused by name, and nothing is sent."""
    arguments = {"uri": URI, "item": "a", **given}
    with (
        Client(storage.endpoint.url, **storage.endpoint.login) as client,
        pytest.raises(InvalidRequestError, match=words),
    ):
        dtool_lookup_api.open_item(**arguments, client=client)
    assert storage.endpoint.requests == []


# --- read_item -----------------------------------------------------------------------------


def read(item: str = "data.bin", *part: int | None) -> Callable[[Any], Any]:
    """Return the call that reads an item, or a part of it."""
    return methodcaller("read_item", URI, item, *part)


def test_an_item_of_a_dserver_is_read(next_dserver: Dserver) -> None:
    """It is named by its path, and checked against the manifest."""
    with Client(**next_dserver.given("admin")) as client:
        content = client.read_item(COPY_URI, "simple_text_file.txt")
        assert content == b"Some test content"
        assert client.read_item(COPY_URI, "simple_text_file.txt", -7) == b"content"
        with pytest.raises(NotFoundError, match="No item 'none'"):
            client.read_item(COPY_URI, "none")


@blocking_and_async
def test_parts_are_those_of_a_slice(storage: Storage, ask: Ask) -> None:
    """Only the part is requested, and nothing where it is empty."""
    for start, stop in ((0, 10), (70_000, 140_000), (-5, None), (None, -5), (-9, 2**40)):
        assert ask(storage.endpoint, read("data.bin", start, stop)) == DATA[start:stop]
    ranges = [request.headers["range"] for request in storage.requests]
    assert ranges[:2] == ["bytes=0-9", "bytes=70000-139999"]
    for item, start, stop in (("empty", None, None), ("data.bin", 5, 5), ("data.bin", 2**40, None)):
        assert ask(storage.endpoint, read(item, start, stop)) == b""
    assert len(storage.requests) == len(ranges)


@blocking_and_async
def test_reading_goes_on_after_cuts_and_expiry(storage: Storage, ask: Ask) -> None:
    """What had come is kept, and the URL renewed."""
    storage.valid_from = 1
    storage.faults.extend([storage.cut_after(70_000), expired()])
    assert ask(storage.endpoint, read()) == DATA
    assert storage.requests[-1].headers["range"] == f"bytes=70000-{len(DATA) - 1}"


@blocking_and_async
def test_an_item_that_differs_is_not_returned(storage: Storage, ask: Ask) -> None:
    """The whole is checked against its hash."""
    storage.items = dict.fromkeys(storage.items, DATA[::-1])
    with pytest.raises(IntegrityError, match=r"'data\.bin' differs from the manifest"):
        ask(storage.endpoint, read())


@pytest.mark.parametrize(
    ("given", "words"),
    [({"item": ""}, "item="), ({"start": 1.5}, "start=1.5"), ({"stop": "x"}, "stop='x'")],
)
def test_bad_parts_are_refused(storage: Storage, given: dict[str, Any], words: str) -> None:
    """By name, and nothing is sent."""
    with pytest.raises(InvalidRequestError, match=words):
        faults.ask_blocking(
            storage.endpoint, methodcaller("read_item", URI, **{"item": "a", **given})
        )
    assert storage.endpoint.requests == []
