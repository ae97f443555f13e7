"""Read in order what the server does not sort, by ranges of URIs, without I/O.

For each page of a direct query the plugin collects all hits anew, in no order, and then counts them
and cuts out the page. So a walk from page to page costs the square of their number, and misses
datasets when others are added or deleted meanwhile. Here the URIs on a page divide the hits into
disjoint ranges, and these again, until all hits of a range are on one page. One page shows one
moment: whatever changes between two requests, a dataset that stays is on the page of its range.
``operations.mongo`` makes the requests; ``Pager`` takes each range of
the first division for a page.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final, Generic, TypeAlias, TypeVar, cast

from ..errors import UnreadableAnswerError
from ..results import Page
from .operation import Operation
from .pager import PAGE_SIZE, total_of

__all__ = ["Condition", "Ranges"]

_T = TypeVar("_T")

Condition: TypeAlias = dict[str, Any] | None
"""What a query says about ``uri``; None if it says nothing."""

_TYPICAL: Final = 64  # hits in a range that is not divided: few such ranges exceed a page then
_PARTS: Final = 25  # of a range: with four URIs of a page in each, their sizes vary by half
_FACTOR: Final = 4  # by which a part may be larger than expected if the page is a fair sample


@dataclass(frozen=True, slots=True)
class _Range:
    """The URIs from one on, and before another; None stands for no bound."""

    start: str | None = None
    end: str | None = None
    expected: float = float("inf")
    """With more hits than this, the page that has set the bounds was not a fair sample."""

    def has_inside(self, uri: str) -> bool:
        after = self.start is None or self.start <= uri
        return after and (self.end is None or uri < self.end)

    def condition(self) -> Condition:
        bounds = {"$gte": self.start, "$lt": self.end}
        return {operator: uri for operator, uri in bounds.items() if uri is not None} or None

    def divided(self, limits: Iterable[str], expected: float) -> "list[_Range]":
        bounds = pairwise([self.start, *limits, self.end])
        return [_Range(start, end, expected) for start, end in bounds]


class _NoText(_Range):
    """What has no URI, or one that is not text: MongoDB compares values of one type only."""

    def condition(self) -> Condition:
        return {"$not": {"$gte": ""}}

    def has_inside(self, uri: str) -> bool:
        return False


class Ranges(Generic[_T]):
    """The ranges of one walk.

    Args:
        read: Returns the operation for a page of the hits that meet a condition.
        limit: How many entries are wanted, None for all.
    """

    def __init__(
        self, read: Callable[[Condition, int], Operation[Page[_T]]], limit: int | None = None
    ) -> None:
        self._read = read
        self._limit = limit
        self._total: int | None = None
        self._ranges: list[_Range] = []

    def page(self, number: int) -> Operation[Page[_T]]:
        """Return the entries of a range, in the order of their URIs.

        Args:
            number: Number of the range, from 1. The first one has to be read before the others.
        """
        if number == 1:
            entries = yield from self._begin()
        elif number <= len(self._ranges):
            entries = yield from self._entries([self._ranges[number - 1]])
        else:  # asked for only if a proxy drops the header with the total
            entries = []
        return Page(entries, pagination=self._place(number))

    def _place(self, number: int) -> dict[str, Any]:
        if self._total is None:
            return {}
        total = self._total if self._limit is None else min(self._total, self._limit)
        place = {"total": total, "page": number, "total_pages": len(self._ranges)}
        if number < len(self._ranges):
            place["next_page"] = number + 1
        return place

    def _begin(self) -> Operation[list[_T]]:
        first = yield from self._read(None, 1)
        self._total = total_of(first)
        self._ranges = [_Range()]
        if _is_whole(first):
            return _in_order(first)
        parts = yield from self._parts(_Range(), first)
        parts = [*(parts or [_Range("")]), _NoText()]
        if self._total is None:  # then the walk does not learn how many ranges there are
            return (yield from self._entries(parts))
        self._ranges = parts
        return (yield from self._entries(parts[:1]))

    def _entries(self, ranges: Iterable[_Range]) -> Operation[list[_T]]:
        """Return the entries of ranges, as many as are wanted; divide what exceeds a page."""
        found: list[_T] = []
        pending = [*ranges][::-1]  # the next one is the last
        while pending and (self._limit is None or len(found) < self._limit):
            within = pending.pop()
            page = yield from self._read(within.condition(), 1)
            _check_bounds(page, within)
            if _is_whole(page):
                found += _in_order(page)
            elif parts := (yield from self._parts(within, page)):
                pending += reversed(parts)
            else:
                found += yield from self._read_on(within, page)
        return found

    def _parts(self, within: _Range, first: Page[_T]) -> Operation[list[_Range]]:
        """Return the parts of a range, or none if no two URIs on its first page differ.

        The hits may come in the order of their URIs, by and large, as storage lists them. Then the
        first page is not a fair sample, and a page from the middle shows where to divide.
        """
        total = total_of(first) or 2 * PAGE_SIZE
        uris = [uri for uri in _uris(first) if within.has_inside(uri)]
        if len(set(uris)) < 2:
            return []
        if total > within.expected or _is_sorted(uris):
            page = yield from self._read(within.condition(), _pages(total) // 2 + 1)
            middle = [uri for uri in _uris(page) if within.has_inside(uri)]
            lower, upper = sorted((uris, middle or uris), key=min)
            if max(lower) < min(upper):
                limits = {max(lower), min(upper)} - {min(lower)}
                return within.divided(sorted(limits), expected=0)
            uris += middle
        sample = sorted(set(uris))
        parts = max(2, min(_PARTS, -(-total // _TYPICAL)))
        limits = {sample[len(sample) * part // parts] for part in range(1, parts)} - {sample[0]}
        return within.divided(sorted(limits), expected=_FACTOR * total / parts)

    def _read_on(self, within: _Range, page: Page[_T]) -> Operation[list[_T]]:
        """Return the entries of a range that cannot be divided."""
        found = _by_key(page)
        number, before = 1, 0
        while len(page) == PAGE_SIZE and len(found) > before:
            number, before = number + 1, len(found)
            page = yield from self._read(within.condition(), number)
            found |= _by_key(page)
        return _in_order(found.values())


def _pages(total: int) -> int:
    return -(-total // PAGE_SIZE)


def _is_whole(page: Page[Any]) -> bool:
    """Return whether the first page of a range has all that is in it."""
    total = total_of(page)
    return len(page) < PAGE_SIZE if total is None else total <= PAGE_SIZE


def _is_sorted(uris: list[str]) -> bool:
    return sorted(uris) in (uris, uris[::-1])


def _uri(entry: Any) -> Any:
    return cast("dict[str, Any]", entry).get("uri")


def _uris(page: Page[Any]) -> list[str]:
    return [uri for entry in page if isinstance(uri := _uri(entry), str)]


def _check_bounds(page: Page[Any], within: _Range) -> None:
    """Refuse the page of a server that ignores the bounds of a range: the walk would not end.

    A few URIs may be outside, as MongoDB may sort by the rules of a language.
    """
    outside = [uri for uri in _uris(page) if not within.has_inside(uri)]
    if 2 * len(outside) > len(page):
        raise UnreadableAnswerError(
            "The response holds datasets that do not match the query",
            operation="iter_datasets_by_mongo_query",
            next_step="Does the server, or a proxy in front of it, ignore the query?",
        )


def _by_key(entries: Iterable[_T]) -> dict[tuple[bool, str], _T]:
    """Return entries by what tells them apart and sorts them: without a URI, all that they say."""
    return {
        (False, uri) if isinstance(uri := _uri(entry), str) else (True, repr(entry)): entry
        for entry in entries
    }


def _in_order(entries: Iterable[_T]) -> list[_T]:
    by_key = _by_key(entries)
    return [by_key[key] for key in sorted(by_key)]
