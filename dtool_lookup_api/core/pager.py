"""Find the way through the pages of a listing, without I/O.

The server numbers its pages anew with each request, so that entries move to other pages when
others come or go while somebody walks.
"""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar, cast

from ..errors import ConflictError, UnreadableAnswerError
from ..results import Page
from .operation import Operation
from .progress import Progress

__all__ = ["PAGE_SIZE", "PagedQuery", "Pager", "total_of"]

_T = TypeVar("_T")

PAGE_SIZE: Final = 100  # the most that dserver sends
_REMEMBERED: Final = 10_000  # keys of what was met last
_STEPS_BACK: Final = 20  # without meeting anything new
_STALE_PAGES: Final = _REMEMBERED // PAGE_SIZE  # in a row, if that many entries were added
_SAME_PAGES: Final = 5  # in a row


@dataclass(eq=False, repr=False)
class PagedQuery(Generic[_T]):
    """What to walk through, and how; nothing is sent before somebody does.

    Args:
        name: Name of the documented function.
        page: Returns the operation for the page with a number.
        key: The key whose value no two entries share.
        unit: What is listed, in the plural.
        ordered: Whether the server sorts it.
        ahead: How many pages to ask for before they are wanted.
        progress: Whom to tell how far it is.
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
        operation = self.page(number)
        cast("Any", operation).__name__ = self.name
        return operation


class Pager(Generic[_T]):
    """Where a walk is, and what is to be handed out next.

    In an ordered listing, an entry that goes draws all later ones forward, some of them to pages
    that were read before. The total tells: then the walk steps back, to an entry that it has met
    and that is still there, and hands out what is new after it. Entries that come push others on,
    which are then met again, and not handed out twice.

    Pages that are read ahead may show older moments than the page before them. The total tells
    here too: what came between these moments has pushed entries from one page past the other.

    Args:
        listing: What is walked through.
    """

    def __init__(self, listing: PagedQuery[_T]) -> None:
        self.number: int = 1
        """Number of the page that is wanted next."""
        self.total: int | None = None
        """How many entries there are, as of the last page that tells."""
        self.ended: bool = False
        """Whether all has been handed out."""
        self._query = listing
        self._pages = 1  # so many there are, as far as is known
        self._met: OrderedDict[Any, None] = OrderedDict()  # keys, those met last at the end
        self._looking_back = False
        self._steps_back = 0  # since something new was met
        self._stale = 0  # pages since something new was met
        self._same = 0  # pages that are the same as the one before
        self._last: list[Any] = []  # keys on the last page
        self._count = 0  # of the entries that were returned

    def pages_to_prefetch(self) -> range:
        """Return the numbers of the pages to ask for before they are wanted."""
        if self._looking_back or self.ended:
            return range(0)
        last = min(self.number + self._query.ahead - 1, self._pages)
        return range(self.number, last + 1)

    def accept_page(self, page: Page[_T]) -> Sequence[_T]:
        """Take the page with the wanted number, and return what to hand out of it.

        Args:
            page: The page, asked for after the last step back.

        Raises:
            ConflictError: If the listing changes faster than it can be walked through.
        """
        if self._has_lost_entries(page):
            self._step_back()
            return []
        keys = [self._key(entry) for entry in page]
        start = 0
        if self._looking_back and self.number > 1:
            known = next((index for index, key in enumerate(keys) if key in self._met), None)
            if known is None:  # all that was met here has gone, or moved further forward
                self.number -= 1
                return []
            start = known
        pairs = zip(keys[start:], page[start:], strict=True)
        news = [entry for key, entry in pairs if key is None or key not in self._met]
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
        """Tell whether entries may have moved to pages that were read before."""
        if not self._query.ordered or self._looking_back or self.total is None:
            return False
        total = total_of(page)
        if total is None:
            return not page  # past the end, though the page before had named this one
        return total < self.total

    def _step_back(self) -> None:
        if self._steps_back == _STEPS_BACK:
            self._steps_back = 0  # for whoever goes on later
            raise ConflictError(
                f"The {self._query.unit} change faster than they can be read",
                operation=self._query.name,
                next_step="Continue later, or narrow it down by filters",
            )
        self._steps_back += 1
        self._looking_back = True
        # Two pages: dserver counts first and reads then, so that what went in between was
        # missing on the page before already, whose total did not tell.
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
            self._stale = self._same = 0  # for whoever goes on later
            raise UnreadableAnswerError(
                f"The last pages of {self._query.unit} hold nothing new, and always name another",
                operation=self._query.name,
                next_step="Does the server, or a proxy in front of it, ignore page numbers?",
            )

    def _remember(self, keys: Sequence[Any]) -> None:
        for key in keys:
            self._met[key] = None
            self._met.move_to_end(key)
        while len(self._met) > _REMEMBERED:
            self._met.popitem(last=False)

    def _key(self, entry: _T) -> Any:
        key = cast("dict[str, Any]", entry).get(self._query.key)
        return None if isinstance(key, (dict, list)) else key  # of documents of MongoDB


def _is_headless(page: Page[Any]) -> bool:
    """Tell whether the header X-Pagination is missing, which a proxy may drop."""
    return bool(page) and "page" not in page.pagination


def total_of(page: Page[Any]) -> int | None:
    """Return how many entries there are in all, None if a proxy has dropped the header.

    Args:
        page: One page of them.
    """
    return None if _is_headless(page) else page.pagination.get("total")
