"""Walks, blocking and async: complete, read ahead, and stopped when the caller stops."""

import asyncio
import gc
import itertools
import json
import os
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import dtool_lookup_api
from dtool_lookup_api import (
    DESCENDING,
    AsyncClient,
    Client,
    InvalidRequestError,
    PermissionDeniedError,
    ServerError,
    asynchronous,
)

from devserver import UUID, Dserver, running_dserver
from faults import Endpoint, Exchange, hang, html
from paged_listing import PagedListing, soon, threads_of_ours, uri_of

PREFIX = "s3://walked-"


@pytest.fixture
def client(endpoint: Endpoint) -> Iterator[Client]:
    with Client(endpoint.url, **endpoint.login) as client:
        yield client


def awaited(endpoint: Endpoint, main: Callable[[AsyncClient], Any], **given: Any) -> Any:
    """Run a coroutine function with a client of its own, and return what it returns."""

    async def run() -> Any:
        async with AsyncClient(endpoint.url, **endpoint.login, **given) as client:
            return await main(client)

    return asyncio.run(run())


async def soon_awaited(is_so: Callable[[], bool], seconds: float = 5.0) -> bool:
    until = time.monotonic() + seconds
    while not is_so() and time.monotonic() < until:
        await asyncio.sleep(0.01)
    return is_so()


def uris(datasets: Any) -> list[str]:
    return [dataset["uri"] for dataset in datasets]


ALL = [uri_of(number) for number in range(450)]


# --- the real server -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def base_uris(dserver: Dserver) -> Iterator[list[str]]:
    """Register base URIs that fill several pages."""
    names = [f"{PREFIX}{number:03}" for number in range(205)]
    with Client(**dserver.given("admin")) as admin:
        for outcome in dtool_lookup_api.get_many(admin.register_base_uri, names, concurrency=2):
            assert outcome.value
        yield names
        for outcome in dtool_lookup_api.get_many(admin.delete_base_uri, names, concurrency=2):
            assert outcome.value


def in_both_worlds(dserver: Dserver, name: str, *args: Any, user: str, **kwargs: Any) -> list[Any]:
    """Return what a walk yields, for both clients and both modules of functions."""
    given: dict[str, Any] = dserver.given(user)
    with Client(**given) as client:
        walk = getattr(client, name)(*args, **kwargs)
        total = walk.total
        found = list(walk)
        assert walk.total == total == len(found)

    async def collect(owner: Any) -> list[Any]:
        walk = getattr(owner, name)(*args, **kwargs)
        total = await walk.total
        found = [entry async for entry in walk]
        assert await walk.total == total == len(found)
        return found

    async def collect_with_client() -> list[Any]:
        async with AsyncClient(**given) as client:
            return await collect(client)

    assert asyncio.run(collect_with_client()) == found
    with pytest.MonkeyPatch.context() as patch:
        exports = {"URL": "url", "USERNAME": "username", "PASSWORD": "password"}
        for setting, key in (exports | {"TOKEN_GENERATOR_URL": "auth_url"}).items():
            patch.setenv(f"DSERVER_{setting}", given[key])
        assert list(getattr(dtool_lookup_api, name)(*args, **kwargs)) == found
        assert asyncio.run(collect(asynchronous)) == found
    return found


@pytest.mark.slow
@pytest.mark.parametrize("ahead", [0, 1, 4])
def test_every_page_of_the_real_server(dserver: Dserver, base_uris: list[str], ahead: int) -> None:
    """A walk meets what the pages of the documented function hold, in the same order."""
    found = in_both_worlds(dserver, "iter_base_uris", user="admin", ahead=ahead)
    assert [each["base_uri"] for each in found if each["base_uri"] in base_uris] == base_uris
    with Client(**dserver.given("admin")) as admin:
        pages = [admin.get_base_uris(number, 100) for number in (1, 2, 3)]
        assert found == [entry for page in pages for entry in page]


@pytest.mark.slow
def test_order_of_the_real_server(dserver: Dserver, base_uris: list[str]) -> None:
    """It goes backwards on request."""
    found = in_both_worlds(dserver, "iter_base_uris", user="admin", sort_order=DESCENDING)
    names = [each["base_uri"] for each in found]
    assert names == sorted(names, reverse=True)


@pytest.mark.parametrize(
    ("name", "page_function", "args", "kwargs"),
    [
        ("iter_datasets", "get_datasets", (), {}),
        ("iter_datasets", "get_datasets", (), {"tags": ["river"], "sort_fields": "created_at"}),
        ("iter_datasets", "get_datasets", ("leaf",), {"base_uris": ["smb://test-share"]}),
        ("iter_datasets", "get_datasets", (), {"creator_usernames": ["nobody"]}),
        ("iter_datasets_by_uuid", "get_datasets_by_uuid", (UUID,), {"sort_order": DESCENDING}),
        (
            "iter_datasets_by_mongo_query",
            "get_datasets_by_mongo_query",
            ({"name": {"$regex": "river"}},),
            {"tags": ["river"]},
        ),
        ("iter_graph_by_uuid", "get_graph_by_uuid", (UUID,), {}),
        ("iter_users", "get_users", (), {"sort_fields": ["is_admin", "username"]}),
    ],
)
def test_filters_and_order_are_those_of_the_pages(
    dserver: Dserver, name: str, page_function: str, args: Any, kwargs: Any
) -> None:
    """A walk takes the filters of the function that returns pages, and finds the same."""
    user = "admin" if name == "iter_users" else "researcher"
    with Client(**dserver.given(user)) as client:
        page = getattr(client, page_function)(*args, **kwargs, page_size=100)
    assert in_both_worlds(dserver, name, *args, user=user, **kwargs) == page


QUERIED = 950


@pytest.fixture(scope="module")
def queried() -> Iterator[Dserver]:
    """Run a dserver whose direct queries have many hits."""
    with running_dserver("--datasets", str(QUERIED)) as server:
        yield server


@pytest.mark.slow
def test_a_walk_over_a_direct_query_is_sorted_and_complete(queried: Dserver) -> None:
    """It meets each dataset once, in the order of their URIs, which the server does not keep."""
    found = in_both_worlds(queried, "iter_datasets_by_mongo_query", {}, user="testuser")
    names = uris(found)
    assert len(names) == QUERIED + 2
    assert names == sorted(set(names))
    with Client(**queried.given("testuser")) as client:
        page = client.get_datasets_by_mongo_query({}, page_size=100)
    assert uris(page) != sorted(uris(page))


@pytest.mark.slow
def test_a_query_may_speak_of_uris_itself(queried: Dserver) -> None:
    """Its own condition holds next to those of the ranges, and the limit cuts what is left."""
    query = {"uri": {"$gte": "s3://many/8"}}
    with Client(**queried.given("testuser")) as client:
        everything = uris(client.iter_datasets_by_mongo_query({}))
        wanted = [uri for uri in everything if uri >= "s3://many/8"]
        assert len(wanted) > 400
        assert uris(client.iter_datasets_by_mongo_query(query)) == wanted
        walk = client.iter_datasets_by_mongo_query(query, limit=3)
        assert walk.total == 3
        assert uris(walk) == wanted[:3]
        assert uris(client.iter_datasets_by_mongo_query(query, limit=410)) == wanted[:410]


def test_refusal_of_the_real_server(dserver: Dserver) -> None:
    """A refusal is raised where the first entry is asked for, under the function's name."""
    with Client(**dserver.given("testuser")) as client:
        walk = client.iter_users()
        with pytest.raises(PermissionDeniedError) as caught:
            next(walk)
        assert caught.value.operation == "iter_users"
        with pytest.raises(PermissionDeniedError):
            _ = walk.total


# --- what is asked for, and when -------------------------------------------------------------


def test_nothing_is_sent_before_something_is_wanted(
    client: Client, paged_listing: PagedListing
) -> None:
    """Making a walk sends nothing; the total costs one page; each page is asked for once."""
    walk = client.iter_datasets(ahead=2)
    assert paged_listing.endpoint.requests == []
    assert walk.total == 450
    time.sleep(0.05)
    assert paged_listing.asked == [1]
    assert next(walk)["uri"] == ALL[0]
    assert soon(lambda: sorted(paged_listing.asked) == [1, 2, 3])
    assert uris(walk) == ALL[1:]
    assert sorted(paged_listing.asked) == [1, 2, 3, 4, 5]
    assert list(walk) == []
    assert walk.total == 450
    with pytest.raises(TypeError):
        len(walk)  # type: ignore[arg-type]


def test_nothing_is_sent_before_something_is_awaited(
    endpoint: Endpoint, paged_listing: PagedListing
) -> None:
    """The same with an async client."""

    async def main(client: AsyncClient) -> None:
        walk = client.iter_datasets(ahead=2)
        await asyncio.sleep(0.05)
        assert endpoint.requests == []
        assert await walk.total == 450
        await asyncio.sleep(0.05)
        assert paged_listing.asked == [1]
        assert (await anext(walk))["uri"] == ALL[0]
        assert await soon_awaited(lambda: sorted(paged_listing.asked) == [1, 2, 3])
        assert uris([dataset async for dataset in walk]) == ALL[1:]
        assert sorted(paged_listing.asked) == [1, 2, 3, 4, 5]
        assert [dataset async for dataset in walk] == []

    awaited(endpoint, main)


@pytest.mark.parametrize("ahead", [0, 1, 3])
def test_reads_ahead_while_the_caller_works(
    client: Client, paged_listing: PagedListing, ahead: int
) -> None:
    """While the caller works on a page, the next ones are read: as many as told, no more."""
    paged_listing.size, paged_listing.latency = 2_000, 0.02
    walk = client.iter_datasets(ahead=ahead)
    for number, dataset in enumerate(itertools.islice(walk, 500)):
        assert dataset["uri"] == uri_of(number)
        if number % 100 == 0:
            page = 1 + number // 100
            expected = list(range(1, page + ahead + 1))
            assert soon(lambda: sorted(paged_listing.asked) == expected)  # noqa: B023
            time.sleep(0.03)
            assert sorted(paged_listing.asked) == expected
    assert paged_listing.most_under_way <= max(1, ahead)


@pytest.mark.parametrize("ahead", [0, 1, 3])
def test_tasks_read_ahead_while_the_caller_works(
    endpoint: Endpoint, paged_listing: PagedListing, ahead: int
) -> None:
    """The same with an async client."""
    paged_listing.size, paged_listing.latency = 2_000, 0.02

    async def main(client: AsyncClient) -> None:
        number = 0
        async for dataset in client.iter_datasets(ahead=ahead):
            assert dataset["uri"] == uri_of(number)
            if number % 100 == 0:
                expected = list(range(1, 2 + number // 100 + ahead))
                assert await soon_awaited(lambda: sorted(paged_listing.asked) == expected)  # noqa: B023
                await asyncio.sleep(0.03)
                assert sorted(paged_listing.asked) == expected
            number += 1
            if number == 500:
                break

    awaited(endpoint, main)
    assert paged_listing.most_under_way <= max(1, ahead)


@pytest.mark.slow
def test_ten_thousand_datasets(
    client: Client, endpoint: Endpoint, paged_listing: PagedListing
) -> None:
    """A long listing is complete and in order, blocking and async, in a hundred requests."""
    paged_listing.size = 10_000
    assert uris(client.iter_datasets()) == [uri_of(number) for number in range(10_000)]
    assert sorted(paged_listing.asked) == list(range(1, 101))

    async def main(client: AsyncClient) -> list[str]:
        return [dataset["uri"] async for dataset in client.iter_datasets()]

    assert awaited(endpoint, main) == [uri_of(number) for number in range(10_000)]


def test_a_walk_goes_from_thread_to_thread(client: Client, paged_listing: PagedListing) -> None:
    """Streaming web responses ask for each entry in another thread."""
    paged_listing.size = 450
    walk = client.iter_datasets()
    found: list[str] = []
    for _ in range(9):
        thread = threading.Thread(target=lambda: found.extend(uris(itertools.islice(walk, 50))))
        thread.start()
        thread.join(20)
    assert found == ALL


def test_two_threads_at_a_time_are_refused(client: Client, paged_listing: PagedListing) -> None:
    """A second one gets a clear error, and the first loses nothing."""
    paged_listing.latency = 0.3
    walk = client.iter_datasets()
    found: list[str] = []
    thread = threading.Thread(target=lambda: found.extend(uris(walk)))
    thread.start()
    assert soon(lambda: paged_listing.asked == [1])
    for use in (lambda: next(walk), lambda: walk.total):
        with pytest.raises(InvalidRequestError, match="walk is in use"):
            use()
    thread.join(20)
    assert found == ALL


def test_two_tasks_at_a_time_are_refused(endpoint: Endpoint, paged_listing: PagedListing) -> None:
    """The same with an async client; a cancelled task leaves the walk free."""
    paged_listing.latency = 0.2

    async def main(client: AsyncClient) -> None:
        walk = client.iter_datasets()
        first = asyncio.create_task(anext(walk))
        assert await soon_awaited(lambda: paged_listing.asked == [1])
        for _ in range(2):
            with pytest.raises(InvalidRequestError, match="walk is in use"):
                await anext(walk)
        with pytest.raises(InvalidRequestError, match="walk is in use"):
            await walk.total
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        assert uris([dataset async for dataset in walk]) == ALL

    awaited(endpoint, main)


def test_filters_may_be_generators(client: Client, paged_listing: PagedListing) -> None:
    """What can be read only once is sent with every page."""
    walk = client.iter_datasets(
        tags=(tag for tag in ["river"]),  # type: ignore[arg-type]
        uuids=(uuid for uuid in [UUID]),  # type: ignore[arg-type]
        sort_fields=(field for field in ["name"]),  # type: ignore[arg-type]
    )
    assert len(list(walk)) == 450
    bodies = [json.loads(request.body) for request in paged_listing.endpoint.requests]
    assert bodies == [{"tags": ["river"], "uuids": [UUID]}] * 5
    assert all("sort=name%2Curi" in request.query for request in paged_listing.endpoint.requests)


# --- bad arguments ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "given",
    [
        {"ahead": -1},
        {"ahead": 33},
        {"ahead": 1.5},
        {"ahead": True},
        {"ahead": "2"},
        {"progress": "yes"},
        {"progress": 1},
        {"progress": None},
        {"tags": 5},
        {"tags": [""]},
        {"uuids": 5},
        {"uuids": ["no uuid"]},
        {"free_text": 5},
        {"sort_fields": "size"},
        {"sort_order": 2},
        {"sort_fields": ["name", "uri"], "sort_order": [1]},
    ],
    ids=str,
)
def test_bad_arguments_are_refused_at_the_call(
    client: Client, paged_listing: PagedListing, given: dict[str, Any]
) -> None:
    """What cannot be used is refused where it is given, by name, before anything is sent."""
    name = next(iter(given))
    for owner in (client, AsyncClient(paged_listing.endpoint.url), dtool_lookup_api, asynchronous):
        with pytest.raises(InvalidRequestError, match=rf"^({name}|sort_order)="):
            owner.iter_datasets(**given)  # type: ignore[attr-defined]
    assert paged_listing.endpoint.requests == []


# --- errors on the way -----------------------------------------------------------------------


@pytest.mark.parametrize("ahead", [0, 1, 4])
def test_after_an_error_it_goes_on_with_the_same_page(
    endpoint: Endpoint, paged_listing: PagedListing, ahead: int
) -> None:
    """What fails is raised in its turn; going on asks for that page again, and nothing is lost."""
    for mode in ("blocking", "awaited"):
        paged_listing.fail(1, html(500))
        paged_listing.fail(3, html(500), html(500))

        def blocking() -> tuple[list[str], int]:
            found, errors = [], 0
            with Client(endpoint.url, **endpoint.login) as client:
                walk = client.iter_datasets(ahead=ahead)
                while True:
                    try:
                        found.append(next(walk)["uri"])
                    except ServerError:
                        errors += 1
                    except StopIteration:
                        return found, errors

        async def awaiting(client: AsyncClient) -> tuple[list[str], int]:
            found, errors = [], 0
            walk = client.iter_datasets(ahead=ahead)
            while True:
                try:
                    found.append((await anext(walk))["uri"])
                except ServerError:
                    errors += 1
                except StopAsyncIteration:
                    return found, errors

        found, errors = blocking() if mode == "blocking" else awaited(endpoint, awaiting)
        assert found == ALL
        assert errors == 3


def test_cancellation_loses_nothing(endpoint: Endpoint, paged_listing: PagedListing) -> None:
    """A wait that is cut short may be repeated: the page under way is still being read."""
    paged_listing.latency = 0.08

    async def main(client: AsyncClient) -> None:
        walk = client.iter_datasets()
        found, timeouts = [], 0
        while True:
            try:
                found.append((await asyncio.wait_for(anext(walk), 0.03))["uri"])
            except TimeoutError:
                timeouts += 1
            except StopAsyncIteration:
                break
        assert found == ALL
        assert timeouts >= 2

    awaited(endpoint, main)
    assert sorted(paged_listing.asked) == [1, 2, 3, 4, 5]


def test_walk_goes_on_in_another_event_loop(
    endpoint: Endpoint, paged_listing: PagedListing
) -> None:
    """What the first loop was reading is read anew in the next."""
    paged_listing.latency = 0.05
    client = AsyncClient(endpoint.url, **endpoint.login)
    walk = client.iter_datasets()

    async def some(count: int) -> list[str]:
        return [(await anext(walk))["uri"] for _ in range(count)]

    assert asyncio.run(some(50)) + asyncio.run(some(400)) == ALL


# --- stopping --------------------------------------------------------------------------------


def stop_by_close(walk: Any) -> None:
    walk.close()
    assert list(walk) == []


def stop_by_with(walk: Any) -> None:
    with walk as same:
        assert same is walk


def stop_by_letting_go(walk: Any) -> None:
    pass


@pytest.mark.parametrize("stop", [stop_by_close, stop_by_with, stop_by_letting_go])
def test_threads_end_when_the_caller_stops(
    client: Client, paged_listing: PagedListing, stop: Callable[[Any], None]
) -> None:
    """After the last entry that was wanted nothing more is sent, and the threads end."""
    paged_listing.size, paged_listing.latency = 5_000, 0.05
    walk = client.iter_datasets(ahead=4)
    next(walk)
    assert soon(lambda: len(paged_listing.asked) == 5)
    stop(walk)
    del walk
    assert soon(lambda: threads_of_ours() == [])
    time.sleep(0.1)
    assert len(paged_listing.asked) == 5


def test_waiting_to_try_again_ends_when_the_caller_stops(
    client: Client, paged_listing: PagedListing
) -> None:
    """A thread that waits for as long as the server asks to ends at once, and sends no more."""
    paged_listing.fail(2, html(503, Retry_After="60"))
    walk = client.iter_datasets()
    next(walk)
    assert soon(lambda: sorted(paged_listing.asked) == [1, 2, 3, 4, 5])
    assert soon(lambda: len(threads_of_ours()) == 1)
    time.sleep(0.05)
    walk.close()
    assert soon(lambda: threads_of_ours() == [], 1)
    assert sorted(paged_listing.asked) == [1, 2, 3, 4, 5]


def test_close_ends_the_wait_of_another_thread(client: Client, paged_listing: PagedListing) -> None:
    """Who waits for an entry of a walk that is closed gets none, and no error."""
    paged_listing.latency = 0.2
    walk = client.iter_datasets()
    found: list[str] = []
    thread = threading.Thread(target=lambda: found.extend(uris(walk)))
    thread.start()
    assert soon(lambda: paged_listing.asked == [1])
    walk.close()
    thread.join(5)
    assert found == []
    assert paged_listing.asked == [1]


@pytest.mark.parametrize("how", ["break", "aclose", "async with", "error"])
def test_tasks_end_when_the_caller_stops(
    endpoint: Endpoint, paged_listing: PagedListing, how: str
) -> None:
    """The same with tasks, however the caller stops."""
    paged_listing.size, paged_listing.latency = 5_000, 0.1

    async def stop(client: AsyncClient) -> None:
        if how == "async with":
            async with client.iter_datasets() as walk:
                await anext(walk)
                assert await soon_awaited(lambda: len(paged_listing.asked) == 5)
            assert [each async for each in walk] == []
        elif how == "aclose":
            walk = client.iter_datasets()
            await anext(walk)
            assert await soon_awaited(lambda: len(paged_listing.asked) == 5)
            await walk.aclose()
        else:
            async for _ in client.iter_datasets():
                assert await soon_awaited(lambda: len(paged_listing.asked) == 5)
                if how == "break":
                    break
                raise KeyError

    async def main(client: AsyncClient) -> None:
        try:
            await stop(client)
        except KeyError:
            assert how == "error"
        gc.collect()
        assert await soon_awaited(lambda: len(asyncio.all_tasks()) == 1, 0.5)
        assert await soon_awaited(lambda: paged_listing.under_way == 0, 2)
        assert len(paged_listing.asked) == 5

    awaited(endpoint, main)


def test_aclose_ends_the_wait_of_another_task(
    endpoint: Endpoint, paged_listing: PagedListing
) -> None:
    """Who waits for an entry of a walk that is closed gets none, and is not cancelled."""
    paged_listing.fail(1, hang)

    async def main(client: AsyncClient) -> None:
        walk = client.iter_datasets()

        async def take() -> list[Any]:
            return [dataset async for dataset in walk]

        task = asyncio.create_task(take())
        assert await soon_awaited(lambda: paged_listing.asked == [1])
        await walk.aclose()
        assert await asyncio.wait_for(task, 2) == []

    awaited(endpoint, main)


# --- programs --------------------------------------------------------------------------------


def run_program(endpoint: Endpoint, text: str, *options: str) -> "subprocess.CompletedProcess[str]":
    """Run a program as a process of its own, in which every warning is an error."""
    head = f"""\
import asyncio, logging, os, signal, sys, threading, time, warnings
logging.getLogger("asyncio").setLevel("ERROR")  # no warnings about a slow computer
from dtool_lookup_api import AsyncClient, Client
given = { ({"url": endpoint.url} | endpoint.login)!r}
"""
    return subprocess.run(
        [sys.executable, "-X", "dev", "-W", "error", *options, "-c", head + textwrap.dedent(text)],
        capture_output=True,
        text=True,
        timeout=30,
    )


PROGRAMS = {
    "left early": """
        with Client(**given) as client:
            for dataset in client.iter_datasets():
                break
        print(dataset["uri"])
    """,
    "left open": """
        walk = Client(**given).iter_datasets()
        print(next(walk)["uri"])
    """,
    "left early, awaited": """
        async def main():
            async with AsyncClient(**given) as client:
                async for dataset in client.iter_datasets():
                    return dataset["uri"]
        print(asyncio.run(main()))
    """,
    "left open, awaited": """
        walk = AsyncClient(**given).iter_datasets()
        async def main():
            return await anext(walk)
        print(asyncio.run(main())["uri"])
    """,
    "left open in a cycle, awaited": """
        async def main():
            walk = AsyncClient(**given).iter_datasets()
            walk.itself = walk
            return await anext(walk)
        print(asyncio.run(main())["uri"])
    """,
    "in the middle of an error": """
        try:
            for dataset in Client(**given).iter_datasets():
                raise KeyError
        except KeyError:
            print(dataset["uri"])
    """,
    "never begun": """
        Client(**given).iter_datasets()
        AsyncClient(**given).iter_datasets()
        print("smb://test-share/0000000")
    """,
}


@pytest.mark.slow
@pytest.mark.parametrize("name", PROGRAMS)
def test_program_ends_without_a_word(
    endpoint: Endpoint, paged_listing: PagedListing, name: str
) -> None:
    """A walk that is left warns of nothing, and does not keep the program from ending.

    The server never sends the pages that are read ahead.
    """
    for page in range(2, 6):
        paged_listing.fail(page, hang, hang, hang, hang)
    began = time.monotonic()
    done = run_program(endpoint, PROGRAMS[name])
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "smb://test-share/0000000\n"
    assert time.monotonic() - began < 15


@pytest.mark.slow
def test_interrupt_ends_the_wait(endpoint: Endpoint, paged_listing: PagedListing) -> None:
    """Ctrl-C interrupts the wait for a page; going on waits for the same page."""

    async def late(exchange: Exchange) -> None:
        await asyncio.sleep(1.5)
        await exchange.send(paged_listing.page(2))

    paged_listing.fail(2, late)
    done = run_program(
        endpoint,
        """
        walk = Client(**given).iter_datasets()
        first = [next(walk) for _ in range(100)]
        threading.Timer(0.3, signal.raise_signal, [signal.SIGINT]).start()
        try:
            next(walk)
        except KeyboardInterrupt:
            print("interrupted")
        print(len(first + list(walk)))
        """,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "interrupted\n450\n"
    assert sorted(paged_listing.asked) == [1, 2, 3, 4, 5]


FORKED = {
    "walk": "client.iter_datasets()",
    "many": "client.get_many(client.get_readme, [f'smb://test-share/{n}' for n in range(450)])",
}


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="has no fork")
@pytest.mark.parametrize("name", FORKED)
def test_forked_process_begins_its_own(
    endpoint: Endpoint, paged_listing: PagedListing, name: str
) -> None:
    """What was begun in the parent says so in a child; what was not goes on there."""
    paged_listing.latency = 0.05
    done = run_program(
        endpoint,
        f"""
        from dtool_lookup_api import InvalidRequestError
        warnings.simplefilter("ignore", DeprecationWarning)  # Python warns of threads here
        client = Client(**given)
        entries = {FORKED[name]}
        others = {FORKED[name]}
        next(entries)
        child = os.fork()
        signal.alarm(20)  # not to be waited for, should it wait for ever
        try:
            print(sum(1 for _ in entries))
        except InvalidRequestError as error:
            print("started in the parent" in str(error), sum(1 for _ in others))
        if child:
            os.waitpid(child, 0)
        """,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert sorted(done.stdout.splitlines()) == ["449", "True 450"]


def test_walk_shows_what_it_is(client: Client, paged_listing: PagedListing) -> None:
    """Its text says what it walks through and how far it is; it holds no secret."""
    walk = client.iter_datasets()
    next(walk)
    assert repr(walk) == "<Walk of iter_datasets, 100 read>"
    assert repr(AsyncClient(paged_listing.endpoint.url).iter_datasets()) == (
        "<AsyncWalk of iter_datasets, 0 read>"
    )
