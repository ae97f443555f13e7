"""Ranges of URIs, without a socket: each entry once and in order, at a bounded cost."""

import itertools
import random
from collections.abc import Callable, Generator
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dtool_lookup_api import Page
from dtool_lookup_api.core.pager import PAGE_SIZE
from dtool_lookup_api.core.ranges import Condition, Ranges

pytestmark = pytest.mark.slow

Entry = dict[str, Any]


@dataclass
class Index:
    """What the plugin sees: it returns the hits in the order in which they were stored."""

    entries: list[Entry]
    header: bool = True
    change: Callable[[list[Entry]], None] = lambda entries: None
    """What happens to the entries before each request."""
    requests: int = 0
    loaded: int = 0

    def read(self, condition: Condition, number: int) -> Generator[Any, Any, Page[Entry]]:
        """Return a page of the entries that meet a condition."""
        yield {}
        self.change(self.entries)
        found = self.entries
        if condition:
            found = [entry for entry in found if meets(entry.get("uri"), condition)]
        self.requests += 1
        self.loaded += len(found)
        first = (number - 1) * PAGE_SIZE
        place = {"total": len(found), "page": number} if self.header else {}
        return Page(found[first : first + PAGE_SIZE], pagination=place)


def meets(uri: Any, condition: dict[str, Any]) -> bool:
    """Return whether a URI meets a condition as MongoDB has it: text is compared with text only."""
    if "$not" in condition:
        return not meets(uri, condition["$not"])
    after, before = condition.get("$gte", ""), condition.get("$lt")
    return isinstance(uri, str) and after <= uri and (before is None or uri < before)


def walk(index: Index, limit: int | None = None) -> list[Page[Entry]]:
    """Read all ranges, one after the other."""
    ranges, pages = Ranges(index.read, limit), []
    while not pages or pages[-1].pagination.get("next_page"):
        pages.append(result_of(ranges.page(len(pages) + 1)))
    return pages


def result_of(operation: Generator[Any, Any, Page[Entry]]) -> Page[Entry]:
    try:
        while True:
            operation.send(None)
    except StopIteration as stop:
        page: Page[Entry] = stop.value
        return page


def uris(pages: list[Page[Entry]]) -> list[Any]:
    return [entry.get("uri") for page in pages for entry in page]


ORDERS: dict[str, Callable[[list[Any]], object]] = {
    "random": random.Random(1).shuffle,
    "sorted": list[Any].sort,
    "backwards": list[Any].reverse,
    "by place": lambda names: names.sort(key=lambda name: name[::-1]),
}
STORED = st.tuples(st.integers(0, 900), st.sampled_from(sorted(ORDERS)), st.integers(1, 999))


def stored(size: int, order: str, spread: int) -> list[Entry]:
    """Return entries with URIs that lie closely in some places."""
    names = [f"s3://{number % 3}/{number * number // spread:07}-{number}" for number in range(size)]
    ORDERS[order](names)
    return [{"uri": name} for name in names]


@settings(max_examples=12, deadline=None)
@given(STORED)
def test_each_entry_comes_once_and_in_order(what: tuple[int, str, int]) -> None:
    """Whatever the order in which the server returns them."""
    index = Index(stored(*what))
    pages = walk(index)
    assert uris(pages) == sorted(entry["uri"] for entry in index.entries)
    assert all(page.pagination["total"] == len(index.entries) for page in pages)


@settings(max_examples=12, deadline=None)
@given(st.lists(st.text(max_size=3), min_size=401, max_size=500, unique=True))
def test_any_text_is_a_uri(names: list[str]) -> None:
    """Odd URIs are compared by their code points, as MongoDB compares them."""
    assert uris(walk(Index([{"uri": name} for name in names]))) == sorted(names)


def test_entries_without_a_uri_come_last() -> None:
    """MongoDB compares text with text only: a range finds none of those."""
    odd: list[Entry] = [{"name": "a"}, {"uri": None}, {"uri": 7}, {"uri": ["s3://x"]}]
    pages = walk(Index([*odd, *stored(900, "random", 1)]))
    assert len(uris(pages)) == 904
    assert {repr(entry) for entry in pages[-1]} == {repr(entry) for entry in odd}


@settings(max_examples=40, deadline=None)
@given(STORED, st.integers(0, 2**16), st.sampled_from(["added", "deleted", "both"]))
@example((295, "sorted", 1), 15243, "added")  # of which one that stays was missed once
def test_what_stays_comes_once_whatever_is_added_or_deleted(
    what: tuple[int, str, int], seed: int, changes: str
) -> None:
    """Any number of changes between two requests moves others to other pages."""
    chance = random.Random(seed)
    stays = stored(*what)
    numbers = itertools.count()

    def add(entries: list[Entry]) -> None:
        uri = f"s3://{chance.randrange(3)}/{chance.randrange(10**6):07}-x{next(numbers)}"
        entries.insert(chance.randint(0, len(entries)), {"uri": uri, "passing": True})

    def delete(entries: list[Entry]) -> None:
        passing = [place for place, each in enumerate(entries) if "passing" in each]
        if passing:
            del entries[chance.choice(passing)]

    def change(entries: list[Entry]) -> None:
        for _ in range(chance.randint(0, 3)):
            if changes != "added":
                delete(entries)
            if changes != "deleted":
                add(entries)

    entries = list(stays)
    for _ in range(0 if changes == "added" else 300):
        add(entries)
    index = Index(entries, change=change, header=chance.random() < 0.8)
    found = [entry for page in walk(index) for entry in page]
    came = [entry["uri"] for entry in found]
    assert came == sorted(set(came))
    assert [each for each in found if "passing" not in each] == sorted(
        stays, key=lambda entry: entry["uri"]
    )


@pytest.mark.parametrize("order", sorted(ORDERS))
def test_cost_grows_with_the_number_of_hits(order: str) -> None:
    """From page to page, 8,000 hits would be loaded 80 times each."""
    cost = {}
    for size in (1_000, 4_000):
        index = Index(stored(size, order, 1))
        assert len(uris(walk(index))) == size
        cost[size] = (index.requests / size, index.loaded / size)
    requests, loaded = (
        large / small for large, small in zip(*reversed(cost.values()), strict=True)
    )
    assert requests < 2
    assert loaded < 3
    assert cost[4_000][1] < (4 if order == "random" else 15)


@pytest.mark.parametrize(("size", "requests"), [(0, 1), (1, 1), (100, 1), (101, 4), (302, 8)])
def test_few_hits_take_few_requests(size: int, requests: int) -> None:
    """What is on one page is not divided."""
    index = Index(stored(size, "random", 1))
    assert len(uris(walk(index))) == size
    assert index.requests <= requests


def test_a_limit_ends_the_reading() -> None:
    """Of the first range, no more is read than is wanted."""
    index = Index(stored(4_000, "random", 1))
    limit = 5
    ranges = Ranges(index.read, limit)
    assert result_of(ranges.page(1))[:limit] == sorted(index.entries, key=itemgetter("uri"))[:limit]
    assert index.requests <= 3


def test_same_uri_many_times() -> None:
    """What cannot be divided is read to its end, and comes once."""
    index = Index([{"uri": "s3://x"}] * 950)
    assert uris(walk(index)) == ["s3://x"]


@pytest.mark.parametrize("size", [99, 100, 950])
def test_without_the_header(size: int) -> None:
    """Where a proxy drops the total, all hits are read to the end, and sorted."""
    index = Index(stored(size, "random", 1), header=False)
    (page,) = walk(index)
    assert uris([page]) == sorted(entry["uri"] for entry in index.entries)
    assert page.pagination == {}
    assert result_of(Ranges(index.read).page(2)) == []


def test_total_is_at_most_the_limit() -> None:
    """A progress bar ends where the walk does."""
    for limit, total in ((5, 5), (1_000, 900)):
        page = result_of(Ranges(Index(stored(900, "random", 1)).read, limit).page(1))
        assert page.pagination["total"] == total
