"""Choose the pages of a listing to read, and the entries of them to yield, without I/O.

The server numbers its pages anew with each request, so that entries move to other pages when others
are added or deleted during a walk. ``walks`` reads the pages.
"""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from ..errors import ConflictError, UnreadableAnswerError
from ..results import Page, member
from .operation import Operation, named
from .progress import Progress

__all__ = ["PAGE_SIZE", "PagedQuery", "Pager", "total_of"]

_T = TypeVar("_T")

PAGE_SIZE: Final = 100  # the most that dserver sends
_REMEMBERED: Final = 10_000  # keys of the entries seen last
_STEPS_BACK: Final = 20  # without a new entry
_STALE_PAGES: Final = _REMEMBERED // PAGE_SIZE  # in a row, if that many entries were added
_SAME_PAGES: Final = 5  # in a row


@dataclass(eq=False, repr=False)
class PagedQuery(Generic[_T]):
    """A listing to read page by page.

    Args:
        name: Name of the documented function.
        page: Returns the operation for the page with a number.
        key: The key whose value no two entries share.
        unit: What is listed, in the plural.
        ordered: Whether the server sorts it.
        ahead: How many pages to read in advance.
        progress: Where to report progress.
        limit: How many entries are wanted, None for all.
        fixed: Whether the first page settles how many there are; any of them may become empty.
    """

    name: str
    page: Callable[[int], Operation[Page[_T]]]
    key: str
    unit: str
    ordered: bool
    ahead: int
    progress: Progress
    limit: int | None = None
    fixed: bool = False

    def operation(self, number: int) -> Operation[Page[_T]]:
        """Return the operation for a page, under the name of the documented function."""
        return named(self.name, self.page(number))


class Pager(Generic[_T]):
    """The position of a walk in a listing.

    If an entry of an ordered listing is deleted, all later ones move up, some of them to pages that
    were read before, and the total falls. The walk then steps back to an entry that it has seen and
    that still exists, and yields the new ones after it. If entries are added, others move down and
    are seen again; they are not yielded twice.

    A page that was read in advance may be older than the page before it. Entries added in between
    have moved others from one of the pages past the other; this shows in the total, too.

    Args:
        query: The listing.
    """

    def __init__(self, query: PagedQuery[_T]) -> None:
        self.number: int = 1
        """Number of the page to read next."""
        self.total: int | None = None
        """How many entries there are, according to the last page with a total."""
        self.ended: bool = False
        """Whether all entries were returned."""
        self._query = query
        self._pages = 1  # how many there are, as far as is known
        self._seen: OrderedDict[Any, None] = OrderedDict()  # keys, the latest ones at the end
        self._looking_back = False
        self._steps_back = 0  # since the last new entry
        self._stale = 0  # pages since the last new entry
        self._same = 0  # pages that are the same as the one before
        self._last: list[Any] = []  # keys on the last page
        self._count = 0  # of the entries that were returned

    def pages_to_prefetch(self) -> range:
        """Return the numbers of the pages to read in advance."""
        if self._looking_back or self.ended:
            return range(0)
        last = min(self.number + self._query.ahead - 1, self._pages)
        return range(self.number, last + 1)

    def accept_page(self, page: Page[_T]) -> Sequence[_T]:
        """Return the entries to yield from the page with the current number.

        Args:
            page: The page, requested after the last step back.

        Raises:
            ConflictError: If the listing changes faster than it can be walked through.
        """
        if self._has_lost_entries(page):
            self._step_back()
            return []
        keys = [self._key(entry) for entry in page]
        start = 0
        if self._looking_back and self.number > 1:
            known = next((index for index, key in enumerate(keys) if key in self._seen), None)
            if known is None:  # all that was seen here was deleted, or has moved further up
                self.number -= 1
                return []
            start = known
        pairs = zip(keys[start:], page[start:], strict=True)
        news = [entry for key, entry in pairs if key is None or key not in self._seen]
        self._same = self._same + 1 if keys == self._last else 0
        self._last = keys
        self._go_on(page, is_new=bool(news))
        self._remember(keys)
        return self._within_limit(news)

    def _within_limit(self, news: list[_T]) -> list[_T]:
        limit = self._query.limit
        if limit is not None:
            news = news[: limit - self._count]
            self._count += len(news)
            self.ended = self.ended or self._count == limit
        return news

    def _has_lost_entries(self, page: Page[_T]) -> bool:
        """Return whether entries may have moved to pages that were read before."""
        if not self._query.ordered or self._looking_back or self.total is None:
            return False
        total = total_of(page)
        if total is None:
            return not page  # past the end, though the page before had named this one
        return total < self.total

    def _step_back(self) -> None:
        if self._steps_back == _STEPS_BACK:
            self._steps_back = 0  # the caller may continue later
            raise ConflictError(
                f"The {self._query.unit} change faster than they can be read",
                operation=self._query.name,
                next_step="Continue later, or narrow it down by filters",
            )
        self._steps_back += 1
        self._looking_back = True
        # Two pages: dserver counts before it reads. An entry deleted in between was missing on the
        # page before already, whose total still included it.
        self.number = max(1, self.number - 2)

    def _go_on(self, page: Page[_T], *, is_new: bool) -> None:
        self._looking_back = False
        self._pages = page.pagination.get("total_pages", self.number)
        total = total_of(page)
        self.total = self.total if total is None else total
        if is_new:
            self._steps_back = self._stale = 0
        # Without the header, a server that sends the same page for any number looks endless.
        may_follow = is_new and len(page) == PAGE_SIZE
        self.ended = not (may_follow if _is_headless(page) else page.pagination.get("next_page"))
        if not is_new and not self.ended and not self._query.fixed:
            self._refuse_stale_pages()
        self.number += 1

    def _refuse_stale_pages(self) -> None:
        """Raise an error if pages bring nothing new, more than added entries would explain."""
        self._stale += 1
        if self._stale >= _STALE_PAGES or self._same >= _SAME_PAGES:
            self._stale = self._same = 0  # the caller may continue later
            raise UnreadableAnswerError(
                f"The last pages of {self._query.unit} hold nothing new, and always name another",
                operation=self._query.name,
                next_step="Does the server, or a proxy in front of it, ignore page numbers?",
            )

    def _remember(self, keys: Sequence[Any]) -> None:
        for key in keys:
            self._seen[key] = None
            self._seen.move_to_end(key)
        while len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)

    def _key(self, entry: _T) -> Any:
        key = member(entry, self._query.key)
        return None if isinstance(key, (dict, list)) else key  # of documents of MongoDB


def _is_headless(page: Page[Any]) -> bool:
    """Return whether the header X-Pagination is missing, which a proxy may drop."""
    return bool(page) and "page" not in page.pagination


def total_of(page: Page[Any]) -> int | None:
    """Return how many entries there are in all, None if a proxy has dropped the header.

    Args:
        page: One page of them.
    """
    return None if _is_headless(page) else page.pagination.get("total")
