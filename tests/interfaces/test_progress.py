"""How far a walk or many calls have come: told to a function, or drawn as a bar."""

import asyncio
import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from dtool_lookup_api import AsyncClient, Client

from faults import html
from paged_listing import PagedListing, uri_of

Told = list[tuple[int, int | None]]
URIS = [uri_of(number) for number in range(5)]


@pytest.fixture
def client(paged_listing: PagedListing) -> Iterator[Client]:
    with Client(paged_listing.endpoint.url, **paged_listing.endpoint.login) as client:
        yield client


def test_function_is_told_after_each_page(client: Client, paged_listing: PagedListing) -> None:
    """It is called with the number of entries yielded so far, and in the end with all."""
    told: Told = []
    pages = [(0, 450), (100, 450), (200, 450), (300, 450), (400, 450), (450, 450)]
    assert len(list(client.iter_datasets(progress=lambda *now: told.append(now)))) == 450
    assert told == pages

    async def main() -> Told:
        told: Told = []
        async with AsyncClient(
            paged_listing.endpoint.url, **paged_listing.endpoint.login
        ) as client:
            async for _ in client.iter_datasets(progress=lambda *now: told.append(now)):
                pass
        return told

    assert asyncio.run(main()) == pages


def test_function_may_ask_for_the_total(client: Client) -> None:
    """It may use the walk that it is told about, or the outcomes."""
    told: list[Any] = []
    walk = client.iter_datasets(progress=lambda done, _: told.append((done, walk.total)))
    assert len(list(walk)) == 450
    assert told[-1] == (450, 450)
    many = client.get_many(client.get_readme, URIS, progress=lambda *_: many.close())
    assert len(list(many)) == 1


def test_function_that_fails_ends_nothing(client: Client) -> None:
    """An error that ends loops is not taken for the end of the walk."""
    walk = client.iter_datasets(progress=lambda *_: next(iter(())))
    with pytest.raises(RuntimeError, match="StopIteration"):
        list(walk)


def test_function_is_told_after_each_outcome(client: Client, paged_listing: PagedListing) -> None:
    """It is told the number of arguments if they have one."""
    told: Told = []
    tell = lambda *now: told.append(now)  # noqa: E731
    assert len(list(client.get_many(client.get_readme, URIS, progress=tell))) == 5
    assert told == [(number, 5) for number in range(1, 6)]
    told.clear()
    assert len(list(client.get_many(client.get_readme, iter(URIS), progress=tell))) == 5
    assert told == [(number, None) for number in range(1, 6)]

    async def main() -> None:
        told.clear()
        async with AsyncClient(
            paged_listing.endpoint.url, **paged_listing.endpoint.login
        ) as client:
            many = client.get_many(client.get_readme, URIS, progress=tell)
            assert len([outcome async for outcome in many]) == 5

    asyncio.run(main())
    assert told == [(number, 5) for number in range(1, 6)]


def test_nothing_is_lost_when_the_function_fails(client: Client) -> None:
    """Its error is raised by the next entry; continuing yields that entry."""

    def failing(done: int, _: int | None) -> None:
        if done in (2, 100):
            failures.append(done)
            if failures.count(done) == 1:
                raise KeyError(done)

    def all_of(iterator: Iterator[Any]) -> list[Any]:
        found: list[Any] = []
        with pytest.raises(KeyError):
            found.extend(map(found.append, iterator))
        return [*filter(None, found), *iterator]

    failures: list[int] = []
    assert len(all_of(client.iter_datasets(progress=failing))) == 450
    failures.clear()
    many = all_of(client.get_many(client.get_readme, URIS, progress=failing))
    assert [outcome.argument for outcome in many] == URIS


# --- bars ------------------------------------------------------------------------------------


def run_program(paged_listing: PagedListing, text: str) -> "subprocess.CompletedProcess[str]":
    """Run a program as a process of its own, in which every warning is an error."""
    given = {"url": paged_listing.endpoint.url, **paged_listing.endpoint.login}
    head = f"import sys\ngiven = {given!r}\n"
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", head + text],
        capture_output=True,
        text=True,
        timeout=30,
    )


def test_bar_in_a_terminal(paged_listing: PagedListing) -> None:
    """The bar goes to standard error, and ends full."""
    program = """
from dtool_lookup_api import Client
with Client(**given) as client:
    uris = [dataset["uri"] for dataset in client.iter_datasets(progress=True)]
    print(sum(1 for _ in client.get_many(client.get_readme, uris[:30], progress=True)))
"""
    done = run_program(paged_listing, program)
    assert (done.returncode, done.stdout) == (0, "30\n")
    assert re.search(r"100%\|\W+\| 450/450 \[.* datasets/s\]", done.stderr)
    assert re.search(r"100%\|\W+\| 30/30 \[.* answers/s\]", done.stderr)


@pytest.mark.slow
def test_bar_that_is_left_early(paged_listing: PagedListing) -> None:
    """A bar that does not come to its end is closed where it is."""
    program = """
from dtool_lookup_api import Client
with Client(**given) as client, client.iter_datasets(progress=True) as walk:
    for _ in zip(range(101), walk):
        pass
print("next")
"""
    done = run_program(paged_listing, program)
    assert (done.returncode, done.stdout) == (0, "next\n")
    assert re.search(r" 100/450 \[[^\r]*\n$", done.stderr)


def test_without_tqdm_it_is_refused_at_once(paged_listing: PagedListing) -> None:
    """The error says what to install, and nothing is sent; a function needs no tqdm."""
    program = """
sys.modules["tqdm"] = None
from dtool_lookup_api import AsyncClient, Client, InvalidRequestError
for client in Client(**given), AsyncClient(**given):
    for call in (
        lambda: client.iter_datasets(progress=True),
        lambda: client.get_many(client.get_readme, ["a"], progress=True),
    ):
        try:
            call()
        except InvalidRequestError as error:
            print(error)
print(len(list(Client(**given).iter_datasets(progress=lambda done, total: None))))
"""
    done = run_program(paged_listing, program)
    assert done.stdout.count("progress=True needs tqdm, which is not installed") == 4, done.stderr
    assert done.stdout.count("pip install 'dtool-lookup-api[progress]'") == 4
    assert done.stdout.endswith("\n450\n")
    assert len(paged_listing.asked) == 5


def test_error_leaves_the_bar_to_go_on(client: Client, paged_listing: PagedListing) -> None:
    """After an error the walk goes on, and the function is told of each page once."""
    paged_listing.fail(3, html(500))
    told: Told = []
    walk = client.iter_datasets(progress=lambda *now: told.append(now))
    count = 0
    while True:
        try:
            next(walk)
        except StopIteration:
            break
        except Exception:
            continue
        count += 1
    assert count == 450
    assert [done for done, _ in told] == [0, 100, 200, 300, 400, 450]
