"""What calls cost: requests, connections, TLS contexts, pages and memory."""

import asyncio
import gc
import itertools
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from typing import Any

import pytest

from dtool_lookup_api import AsyncClient, Client, Page

from canned import Canned, running_canned
from devserver import running_dserver
from faults import Endpoint, FaultServer
from samples import ASSUMED, SAMPLES, Trait, names_with

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def canned() -> Iterator[Canned]:
    """Run a canned server that lists 100,000 datasets."""
    with running_canned(datasets=100_000) as server:
        yield server


def given(canned: Canned) -> dict[str, Any]:
    """Return a client's arguments."""
    exports = canned.exports
    return {
        "url": canned.url,
        "auth_url": canned.token_url,
        "username": exports["DSERVER_USERNAME"],
        "password": exports["DSERVER_PASSWORD"],
    }


# --- requests --------------------------------------------------------------------------------

SEVERAL = names_with(Trait.READS_BACK | Trait.SEVERAL | Trait.TRANSFER)
ONE = [name for name in SAMPLES if name not in SEVERAL and not name.startswith("iter_")]


@pytest.mark.parametrize("name", ONE)
def test_one_request_for_each_call(fault_server: FaultServer, name: str) -> None:
    """Once a token is held, a call is one request, on both sides.

    What writes has looked at the server before, once for all calls of five minutes.
    """
    endpoint = fault_server.endpoint()
    endpoint.spares_looks = name != "get_versions"
    with Client(endpoint.url, **endpoint.login, assume_offered=ASSUMED) as client:
        client.get_me()
        for _ in range(3):
            getattr(client, name)(**SAMPLES[name].arguments)
    assert (len(endpoint.requests), len(endpoint.token_requests)) == (4, 1)

    async def main(endpoint: Endpoint) -> None:
        async with AsyncClient(endpoint.url, **endpoint.login, assume_offered=ASSUMED) as client:
            await client.get_me()
            for _ in range(3):
                await getattr(client, name)(**SAMPLES[name].arguments)

    endpoint = fault_server.endpoint()
    endpoint.spares_looks = name != "get_versions"
    asyncio.run(main(endpoint))
    assert (len(endpoint.requests), len(endpoint.token_requests)) == (4, 1)


@pytest.mark.parametrize("ahead", [pytest.param(0, marks=pytest.mark.slow), 4])
def test_requests_of_a_walk_are_its_pages(canned: Canned, ahead: int) -> None:
    """A walk asks for each page once, and logs in once at most."""
    with Client(**given(canned)) as client:
        client.get_me()
        canned.reset()
        assert sum(1 for _ in client.iter_datasets(ahead=ahead)) == 100_000
        counts = canned.counts()
        assert (counts.requests, counts.token_requests) == (1_000, 0)
        assert counts.connections <= ahead + 1

    async def main() -> int:
        async with AsyncClient(**given(canned)) as client:
            await client.get_me()
            canned.reset()
            return len([None async for _ in client.iter_datasets(ahead=ahead)])

    assert asyncio.run(main()) == 100_000
    counts = canned.counts()
    assert (counts.requests, counts.token_requests) == (1_000, 0)
    assert counts.connections <= ahead + 1


# --- connections -----------------------------------------------------------------------------


def test_calls_one_after_another_share_a_connection(canned: Canned) -> None:
    """A hundred calls need one connection, and so does their login before them."""
    canned.reset()
    with Client(**given(canned)) as client:
        for _ in range(100):
            client.get_me()
    assert canned.counts().connections == 1

    async def main() -> None:
        async with AsyncClient(**given(canned)) as client:
            for _ in range(100):
                await client.get_me()

    canned.reset()
    asyncio.run(main())
    assert canned.counts().connections == 1


@pytest.mark.slow
def test_calls_at_a_time_need_no_more_connections(canned: Canned) -> None:
    """Five hundred calls, sixteen at a time, need sixteen connections at most."""
    uris = [f"s3://test-bucket/{number}" for number in range(500)]

    async def main() -> None:
        async with AsyncClient(**given(canned)) as client:
            await client.get_me()
            canned.reset()
            many = client.get_many(client.get_readme, uris, concurrency=16)
            assert len([outcome.value async for outcome in many]) == 500

    asyncio.run(main())
    counts = canned.counts()
    assert counts.requests == 500
    assert 1 < counts.connections <= 16
    with Client(**given(canned)) as client:
        client.get_me()
        canned.reset()
        many = client.get_many(client.get_readme, uris, concurrency=16)
        assert len([outcome.value for outcome in many]) == 500
    counts = canned.counts()
    assert counts.requests == 500
    assert counts.connections <= 16


# --- TLS contexts ----------------------------------------------------------------------------


COUNTING = """
    import ssl, sys, threading
    made = []

    def count(frame, event, _):
        code = frame.f_code
        if event == "call" and code is ssl.create_default_context.__code__:
            made.append(frame)

    sys.setprofile(count)
    threading.setprofile(count)
    import asyncio
    from dtool_lookup_api import AsyncClient, Client, asynchronous, get_me, iter_datasets

    async def main():
        await asyncio.gather(asynchronous.get_me(), AsyncClient().get_me())

    get_me()
    for _ in range(2):
        Client().get_me()
        asyncio.run(main())
    for _ in zip(range(500), iter_datasets()):
        pass
    print(len(made))
"""


@pytest.mark.slow
def test_one_tls_context_for_each_process() -> None:
    """Functions, clients, threads, tasks and event loops share one; making it takes 31 ms."""
    with running_dserver("--https") as encrypted:
        assert run(COUNTING, encrypted.exports) == "1\n"


def test_no_tls_context_without_tls(canned: Canned) -> None:
    """Certificates are not loaded for a server without TLS."""
    assert run(COUNTING, canned.exports) == "0\n"


def run(program: str, exports: dict[str, str]) -> str:
    """Return what a program of its own prints."""
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)],
        env=exports,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


# --- pages and memory ------------------------------------------------------------------------


def pages_held() -> int:
    return sum(type(each) is Page for each in gc.get_objects())


@pytest.mark.parametrize(
    "ahead", [pytest.param(0, marks=pytest.mark.slow), pytest.param(1, marks=pytest.mark.slow), 4]
)
def test_pages_held_are_bounded(canned: Canned, ahead: int) -> None:
    """However far a walk is, it holds as many pages as it reads ahead, and the one at hand."""
    gc.collect()
    before = pages_held()
    with Client(**given(canned)) as client:
        walk = client.iter_datasets(ahead=ahead)
        held = [pages_held() - before for _ in itertools.islice(walk, 0, 2_500, 330)]
        walk.close()
    assert max(held) <= ahead + 1

    async def main() -> list[int]:
        async with AsyncClient(**given(canned)) as client:
            held = []
            async for _ in client.iter_datasets(ahead=ahead):
                held.append(pages_held() - before if len(held) % 330 == 0 else 0)
                if len(held) == 2_500:
                    return held
        return held

    assert max(asyncio.run(main())) <= ahead + 1


MEASURED = """
    import asyncio, resource
    from itertools import islice
    from dtool_lookup_api import Client, asynchronous, iter_datasets

    def peak():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    def blocking():
        walk = iter_datasets()
        sum(1 for _ in islice(walk, 10_000))
        before = peak()
        return before, 10_000 + sum(1 for _ in walk)

    async def awaited():
        before = count = 0
        async for _ in asynchronous.iter_datasets():
            count += 1
            if count == 10_000:
                before = peak()
        return before, count

    before, count = RUN
    print(count, peak() - before)
"""


@pytest.mark.slow
@pytest.mark.parametrize("run_as", ["blocking()", "asyncio.run(awaited())"])
def test_memory_is_bounded(canned: Canned, run_as: str) -> None:
    """The peak of 100,000 datasets is near that of 10,000."""
    count, kibibytes = run(MEASURED.replace("RUN", run_as), canned.exports).split()
    assert count == "100000"
    assert int(kibibytes) < 5 * 1024


@pytest.mark.slow
@pytest.mark.parametrize("run_as", ["blocking()", "asyncio.run(awaited())"])
def test_memory_is_bounded_for_a_million(run_as: str) -> None:
    """The peak of 1,000,000 datasets is within 20 MiB of that of 10,000."""
    with running_canned(datasets=1_000_000) as canned:
        count, kibibytes = run(MEASURED.replace("RUN", run_as), canned.exports).split()
    assert count == "1000000"
    assert int(kibibytes) < 20 * 1024
