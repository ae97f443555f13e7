"""The way through the pages of a listing, without a socket: nothing that stays is left out."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from dtool_lookup_api import ConflictError, Page
from dtool_lookup_api.core.pager import PAGE_SIZE, PagedQuery, Pager

pytestmark = pytest.mark.slow

Entry = dict[str, int]


def entries(numbers: Any) -> list[Entry]:
    return [{"uri": number} for number in numbers]


def page_of(numbers: list[int], number: int, total: int | None = None) -> Page[Entry]:
    """Return a page as dserver 0.22 sends it: no header, and 404, past the end."""
    first = (number - 1) * PAGE_SIZE
    found = numbers[first : first + PAGE_SIZE]
    if not found and number > 1:
        return Page()
    total = len(numbers) if total is None else total
    pages = -(-total // PAGE_SIZE)
    place: dict[str, Any] = {"total": total, "total_pages": pages}
    if total:
        place |= {"first_page": 1, "last_page": pages, "page": number}
    if number < pages:
        place["next_page"] = number + 1
    return Page(entries(found), pagination=place)


def new_pager(*, ordered: bool = True, ahead: int = 0) -> Pager[Entry]:
    """Return a pager; what it is to be given does not come from its listing here."""
    listing: PagedQuery[Entry] = PagedQuery(
        "iter_datasets", lambda _: iter(()), "uri", "datasets", ordered, ahead, False
    )
    return Pager(listing)


def walk(pager: Pager[Entry], ask: Callable[[int], Page[Entry]]) -> Iterator[int]:
    """Walk as both drivers do, including reading ahead, and yield the entries."""
    asked: dict[int, Page[Entry]] = {}
    while not pager.ended:
        number = pager.number
        page = asked.pop(number) if number in asked else ask(number)
        found = pager.accept_page(page)
        if pager.number <= number:
            asked.clear()
        for wanted in reversed(pager.pages_to_prefetch()):  # the later pages show older moments
            if wanted not in asked:
                asked[wanted] = ask(wanted)
        yield from (entry["uri"] for entry in found)


# --- paging habits -------------------------------------------------------------------------


@pytest.mark.parametrize("size", [0, 1, 99, 100, 101, 200, 250])
@pytest.mark.parametrize("ordered", [True, False])
@pytest.mark.parametrize("ahead", [0, 1, 4])
def test_each_entry_comes_once_in_order(size: int, ordered: bool, ahead: int) -> None:
    """Every page is asked for once, none past the last, which names no next one."""
    pager = new_pager(ordered=ordered, ahead=ahead)
    asked: list[int] = []

    def ask(number: int) -> Page[Entry]:
        asked.append(number)
        return page_of(list(range(size)), number)

    assert list(walk(pager, ask)) == list(range(size))
    assert sorted(asked) == list(range(1, max(1, -(-size // PAGE_SIZE)) + 1))
    assert pager.total == size


@pytest.mark.parametrize("ordered", [True, False])
def test_page_past_the_end_ends_the_walk(ordered: bool) -> None:
    """An empty page with a header that has no ``page`` is the end, as is one without a header."""
    for last in Page(pagination={"total": 100, "total_pages": 1}), Page[Entry]():
        pager = new_pager(ordered=ordered)
        full = Page(entries(range(100)), pagination={"page": 1, "next_page": 2})
        assert list(walk(pager, [None, full, last].__getitem__)) == list(range(100))


def test_header_is_absent_when_nothing_may_be_searched() -> None:
    """The next server sends no header when no base URI remains: there is nothing."""
    pager = new_pager()
    nothing = Page[Entry](pagination={"total": 0, "total_pages": 0})
    assert list(walk(pager, lambda _: nothing)) == []
    assert pager.total == 0


@pytest.mark.parametrize(("size", "requests"), [(1, 1), (99, 1), (100, 2), (250, 3), (300, 4)])
def test_walks_on_when_a_proxy_drops_the_header(size: int, requests: int) -> None:
    """Without the header, a full page may be followed by another; the total is unknown."""
    pager = new_pager(ahead=4)
    asked: list[int] = []

    def ask(number: int) -> Page[Entry]:
        asked.append(number)
        page = page_of(list(range(size)), number)
        page.pagination = {"total": len(page), "total_pages": 1} if page else {}  # type: ignore
        return page

    assert list(walk(pager, ask)) == list(range(size))
    assert asked == list(range(1, requests + 1))
    assert pager.total is None


@pytest.mark.parametrize("size", [100, 250])
def test_ends_where_every_page_is_the_same(size: int) -> None:
    """A server that knows no pages, behind a proxy that drops the header, is not asked forever."""
    whole = Page(entries(range(size)), pagination={"total": size, "total_pages": 1})
    assert list(walk(new_pager(), lambda _: whole)) == list(range(size))


def test_entries_without_a_key_are_yielded() -> None:
    """What has no key cannot be recognized, and is never left out."""
    pager = new_pager(ordered=False)
    odd = Page[Any]([{"name": "a"}, {"name": "a"}], pagination={"total": 2, "page": 1})
    assert pager.accept_page(odd) == odd


# --- a listing that changes ------------------------------------------------------------------


@dataclass
class Index:
    """A listing that changes at each request, before it and while it is answered."""

    numbers: list[int]
    changes: Iterator[tuple[list[float], int, list[float]]]
    """For each request: places of what goes, how many of those go in the middle of the answer,
    and places of what comes; all of them between 0 and 1."""
    moments: list[frozenset[int]] = field(default_factory=list[frozenset[int]])
    """What was there at each request."""
    new: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def ask(self, number: int) -> Page[Entry]:
        gone, in_the_middle, come = next(self.changes)
        if number == 1 and not self.moments:
            gone, come = [], []  # earlier entries were never read
        first, second = gone[in_the_middle:], gone[:in_the_middle]
        self._remove(first)
        for place in come:
            self._add(place)
        self.moments.append(frozenset(self.numbers))
        counted = len(self.numbers)
        if number * PAGE_SIZE < counted - len(second):
            self._remove(second)
        return page_of(self.numbers, number, counted)

    def _remove(self, places: list[float]) -> None:
        for place in places:
            if self.numbers:
                del self.numbers[int(place * len(self.numbers))]

    def _add(self, place: float) -> None:
        at = int(place * (len(self.numbers) + 1))
        self.numbers.insert(at, -next(self.new))

    @property
    def stayed(self) -> frozenset[int]:
        """What was there all the time."""
        return frozenset.intersection(*self.moments, frozenset(self.numbers))


places = st.lists(st.floats(0, 1, exclude_max=True), max_size=40)
few_places = st.lists(st.floats(0, 1, exclude_max=True), max_size=5)
clustered = st.tuples(st.integers(0, 250), st.floats(0, 1, exclude_max=True)).map(
    lambda pair: [pair[1]] * pair[0]
)
going = st.one_of(places, few_places, clustered)
sizes = st.integers(0, 1200)
aheads = st.integers(0, 4)


def then_quiet(changes: list[Any]) -> Iterator[Any]:
    return itertools.chain(changes, itertools.repeat(([], 0, [])))


def went_through(index: Index, ahead: int) -> list[int]:
    """Return the entries of a walk that is continued after it has given up."""
    pager = new_pager(ahead=ahead)
    found: list[int] = []
    for _ in range(3):
        try:
            found += walk(pager, index.ask)
        except ConflictError:
            continue
        return found
    raise AssertionError("the walk does not end")


@settings(deadline=None, max_examples=300)
@given(sizes, aheads, st.lists(going, max_size=30))
def test_nothing_is_lost_while_others_go(size: int, ahead: int, gone: list[list[float]]) -> None:
    """Whatever is removed between requests, all that stays is yielded, once and in order."""
    index = Index(list(range(size)), then_quiet([(each, 0, []) for each in gone]))
    found = went_through(index, ahead)
    assert len(set(found)) == len(found)
    assert index.stayed <= set(found)
    assert found == sorted(found)


@pytest.mark.slow
@settings(deadline=None, max_examples=300)
@given(sizes, st.lists(st.tuples(few_places, st.integers(0, 5)), max_size=20))
def test_nothing_is_lost_while_others_go_in_the_middle_of_answers(
    size: int, gone: list[tuple[list[float], int]]
) -> None:
    """dserver counts first and reads then; what goes in between is noticed a page later."""
    index = Index(list(range(size)), then_quiet([(each, middle, []) for each, middle in gone]))
    found = went_through(index, ahead=0)
    assert len(set(found)) == len(found)
    assert index.stayed <= set(found)


@pytest.mark.slow
@settings(deadline=None, max_examples=300)
@given(sizes, aheads, st.lists(going, max_size=30))
def test_nothing_is_lost_or_repeated_while_others_come(
    size: int, ahead: int, come: list[list[float]]
) -> None:
    """Whatever is added between requests, all that stays is yielded, and nothing twice."""
    index = Index(list(range(size)), then_quiet([([], 0, each) for each in come]))
    found = went_through(index, ahead)
    assert len(set(found)) == len(found)
    assert index.stayed <= set(found)


@pytest.mark.slow
@settings(deadline=None, max_examples=300)
@given(sizes, aheads, st.lists(st.tuples(going, going), max_size=30))
def test_nothing_is_lost_but_for_the_documented_exception(
    size: int, ahead: int, changes: list[tuple[list[float], list[float]]]
) -> None:
    """All that stays is yielded, unless as many entries were added as removed between two pages."""
    index = Index(list(range(size)), then_quiet([(gone, 0, come) for gone, come in changes]))
    found = went_through(index, ahead)
    assert len(set(found)) == len(found)
    moments = index.moments
    pairs = itertools.combinations(moments, 2) if ahead else itertools.pairwise(moments)
    assume(not any(before - after and len(after) >= len(before) for before, after in pairs))
    assert index.stayed <= set(found)


@pytest.mark.parametrize("ahead", range(5))
@pytest.mark.parametrize("kept", [0, 3])
def test_caller_may_delete_what_it_gets(ahead: int, kept: int) -> None:
    """A walk that empties the listing, or nearly so, as it goes, meets each entry once."""
    numbers = list(range(5_000))
    pager = new_pager(ahead=ahead)
    met: list[int] = []
    for number in walk(pager, lambda wanted: page_of(numbers, wanted)):
        met.append(number)
        if number >= kept:
            numbers.remove(number)
    assert met == list(range(5_000))
    assert numbers == list(range(kept))


@pytest.mark.parametrize("ahead", [0, 4])
def test_a_neighbourhood_may_go_at_once(ahead: int) -> None:
    """When all that was met last goes, e.g. a base URI, the walk finds what was met before it."""
    numbers = list(range(3_000))
    pager = new_pager(ahead=ahead)
    met: list[int] = []
    for number in walk(pager, lambda wanted: page_of(numbers, wanted)):
        met.append(number)
        if number == 1_950:
            del numbers[600:1_960]
    assert met == sorted(set(met))
    assert {*range(600), *range(1_960, 3_000)} <= set(met)


def test_thousands_may_come_between_two_pages() -> None:
    """What comes before the place where the walk is makes it meet what it has met: not again."""
    numbers = list(range(2_000))
    pager = new_pager()
    met: list[int] = []
    for number in walk(pager, lambda wanted: page_of(numbers, wanted)):
        met.append(number)
        if number == 1_050:
            numbers[:0] = range(-5_000, 0)
    assert len(set(met)) == len(met)
    assert [number for number in met if number >= 0] == list(range(2_000))


def test_gives_up_after_endless_changes_and_goes_on_later() -> None:
    """A listing from which something goes all the time is refused; later the walk goes on."""
    numbers = list(range(1_000))
    pager = new_pager()
    restless = True

    def ask(number: int) -> Page[Entry]:
        if restless and number > 3:
            numbers.pop()
        return page_of(numbers, number)

    met: list[int] = []
    with pytest.raises(ConflictError, match="change faster than they can be read") as caught:
        met += walk(pager, ask)
    assert caught.value.operation == "iter_datasets"
    assert "Continue later" in str(caught.value)
    restless = False
    met = list(range(300)) + list(walk(pager, ask))
    assert met == numbers


def test_unordered_listing_is_never_stepped_back_in() -> None:
    """Where the server does not sort, the total says nothing about what was missed."""
    numbers = list(range(500))
    pager = new_pager(ordered=False)
    asked: list[int] = []

    def ask(number: int) -> Page[Entry]:
        asked.append(number)
        del numbers[:10]
        return page_of(numbers, number)

    found = list(walk(pager, ask))
    assert asked == [1, 2, 3, 4, 5]
    assert len(set(found)) == len(found)


# --- reading ahead -------------------------------------------------------------------------


def test_asks_ahead_for_no_more_than_told() -> None:
    """It asks for the next pages, as far as there are any, but for none while it looks back."""
    numbers = list(range(450))
    pager = new_pager(ahead=3)
    assert list(pager.pages_to_prefetch()) == [1]
    pager.accept_page(page_of(numbers, 1))
    assert list(pager.pages_to_prefetch()) == [2, 3, 4]
    pager.accept_page(page_of(numbers, 2))
    assert list(pager.pages_to_prefetch()) == [3, 4, 5]
    pager.accept_page(page_of(numbers[1:], 3))
    assert pager.number == 1
    assert list(pager.pages_to_prefetch()) == []
    pager.accept_page(page_of(numbers[1:], 1))
    assert list(pager.pages_to_prefetch()) == [2, 3, 4]


def test_remembers_a_bounded_number_of_entries() -> None:
    """However long the walk, what it remembers is bounded."""
    pager = new_pager()
    for _ in walk(pager, lambda number: page_of(list(range(25_000)), number)):
        pass
    assert len(pager._seen) == 10_000


def test_forgotten_entries_are_not_yielded_again() -> None:
    """After stepping back to the oldest entry that it remembers, it yields nothing before that."""
    numbers = list(range(20_000))
    pager = new_pager()
    met: list[int] = []
    for number in walk(pager, lambda wanted: page_of(numbers, wanted)):
        met.append(number)
        if number == 14_999:
            del numbers[5_030:15_000]
            del numbers[100:150]
    assert met == list(range(20_000))
