"""Read in order what the server does not sort, by ranges of URIs, without I/O.

For each page of a direct query the plugin collects all hits anew, in no order. So a walk from page
to page costs the square of their number, and misses datasets when others go meanwhile. Here the
URIs on a few pages divide the hits into disjoint ranges. Each range is a query with few hits, which
are read to the last one and sorted. ``operations.mongo`` makes the requests; ``Course`` takes each
range for a page.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final, Generic, TypeAlias, TypeVar, cast

from ..results import Page
from .course import PAGE_SIZE, total_of
from .operation import Operation

__all__ = ["Condition", "Ranges"]

_T = TypeVar("_T")

Condition: TypeAlias = dict[str, Any] | None
"""What a query says about ``uri``; None if it says nothing."""

_TYPICAL: Final = 2 * PAGE_SIZE  # hits in a range; fewer would take more requests
_MOST: Final = 4 * PAGE_SIZE  # hits in a range that is not divided


@dataclass(frozen=True, slots=True)
class _Range:
    """The URIs from one on, and before another; None stands for no bound."""

    start: str | None = None
    end: str | None = None

    def condition(self) -> Condition:
        bounds = {"$gte": self.start, "$lt": self.end}
        return {operator: uri for operator, uri in bounds.items() if uri is not None} or None

    def has_inside(self, uri: str) -> bool:
        after = self.start is None or self.start < uri
        return after and (self.end is None or uri < self.end)

    def divided(self, limits: Iterable[str]) -> "list[_Range]":
        return [_Range(*bounds) for bounds in pairwise([self.start, *limits, self.end])]


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
            entries = yield from self._entries(self._ranges[number - 1])
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
        everything = _Range()
        first = yield from self._read(None, 1)
        self._total = total_of(first)
        self._ranges = [everything]
        entries = yield from self._read_few(everything, first)
        if entries is not None:
            return entries
        limits = yield from self._limits(everything, first)
        if not limits:
            return (yield from self._read_on(everything, first))
        self._ranges = [*everything.divided(limits), _NoText()]
        return (yield from self._entries(self._ranges[0]))

    def _entries(self, within: _Range) -> Operation[list[_T]]:
        first = yield from self._read(within.condition(), 1)
        entries = yield from self._read_few(within, first)
        if entries is not None:
            return entries
        limits = yield from self._limits(within, first)
        if not limits:
            return (yield from self._read_on(within, first))
        found: list[_T] = []
        for part in within.divided(limits):
            found += yield from self._entries(part)
        return found

    def _read_few(self, within: _Range, first: Page[_T]) -> Operation[list[_T] | None]:
        """Return the entries of a range, or None if it has to be divided.

        One page shows one moment. Where there are several, and the index has changed between them,
        smaller ranges are read instead, in the end of one page each.
        """
        total = total_of(first)
        if total is None:
            return (yield from self._read_on(within, first))
        if total > _MOST:
            return None
        found = _by_key(first)
        for number in range(2, _pages(total) + 1):
            found |= _by_key((yield from self._read(within.condition(), number)))
        return _in_order(found) if len(found) == total or total <= PAGE_SIZE else None

    def _read_on(self, within: _Range, page: Page[_T]) -> Operation[list[_T]]:
        """Return the entries of a range that cannot be divided, or whose total is not known."""
        found = _by_key(page)
        number, before = 1, 0
        while len(page) == PAGE_SIZE and len(found) > before:
            number, before = number + 1, len(found)
            page = yield from self._read(within.condition(), number)
            found |= _by_key(page)
        return _in_order(found)

    def _limits(self, within: _Range, first: Page[_T]) -> Operation[list[str]]:
        """Return URIs that divide a range into parts of about the same size."""
        total = total_of(first) or 0
        # A page costs as much as all hits of the range. Two suffice, also where the hits come in
        # the order of their URIs: then the range is divided in halves.
        middle = _pages(total) // 2 + 1
        uris = _uris(first) | _uris((yield from self._read(within.condition(), middle)))
        sample = sorted(uri for uri in uris if within.has_inside(uri))
        parts = max(2, -(-total // _TYPICAL))
        chosen = {len(sample) * part // parts for part in range(1, parts)}
        # What is before the first limit must not be empty, or the range is not divided.
        before = min(uris, default="")
        return [sample[index] for index in sorted(chosen) if sample and sample[index] > before]


def _pages(total: int) -> int:
    return max(1, -(-total // PAGE_SIZE))


def _uri(entry: Any) -> Any:
    return cast("dict[str, Any]", entry).get("uri")


def _uris(page: Page[Any]) -> set[str]:
    return {uri for entry in page if isinstance(uri := _uri(entry), str)}


def _by_key(page: Page[_T]) -> dict[tuple[bool, str], _T]:
    """Return entries by what tells them apart and sorts them: without a URI, all that they say."""
    return {
        (False, uri) if isinstance(uri := _uri(entry), str) else (True, repr(entry)): entry
        for entry in page
    }


def _in_order(entries: dict[tuple[bool, str], _T]) -> list[_T]:
    return [entries[key] for key in sorted(entries)]
