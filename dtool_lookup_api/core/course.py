"""Find the way through the pages of a listing, without I/O.

The server numbers its pages anew with each request, so that entries move to other pages when
others come or go while somebody walks.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar, cast

from ..errors import ConflictError
from ..results import Page
from .calls import Operation
from .progress import Progress

__all__ = ["PAGE_SIZE", "Course", "Listing"]

_T = TypeVar("_T")

PAGE_SIZE: Final = 100  # the most that dserver sends
_STEPS_BACK: Final = 20  # in a row


@dataclass(frozen=True, slots=True)
class Listing(Generic[_T]):
    """What to walk through, and how; nothing is sent before somebody does.

    Args:
        name: Name of the documented function.
        page: Returns the operation for the page with a number.
        key: The key whose value no two entries share.
        unit: What is listed, in the plural.
        ordered: Whether the server sorts it.
        ahead: How many pages to ask for before they are wanted.
        progress: Whom to tell how far it is.
    """

    name: str
    page: Callable[[int], Operation[Page[_T]]]
    key: str
    unit: str
    ordered: bool
    ahead: int
    progress: Progress

    def operation(self, number: int) -> Operation[Page[_T]]:
        """Return the operation for a page, under the name of the documented function."""
        operation = self.page(number)
        cast("Any", operation).__name__ = self.name
        return operation


class Course(Generic[_T]):
    """Where a walk is, and what is to be handed out next.

    In an ordered listing, an entry that goes draws all later ones forward, some of them to pages
    that were read before. The total tells: then the walk steps back, to the last entry that it
    has handed out and that is still there. Entries that come push others on, which are then
    met again, and not handed out twice.

    Args:
        listing: What is walked through.
    """

    def __init__(self, listing: Listing[_T]) -> None:
        self.number: int = 1
        """Number of the page that is wanted next."""
        self.total: int | None = None
        """How many entries there are, as of the last page."""
        self.ended: bool = False
        """Whether all has been handed out."""
        self._listing = listing
        self._pages = 1  # so many there are, as far as is known
        self._seen: list[Any] = []  # keys of the page that was handed out last, in order
        self._steps_back = 0  # in a row
        self._looking_for_seen = False

    def numbers(self) -> range:
        """Return the numbers of the pages to ask for now."""
        if self._looking_for_seen:
            return range(self.number, self.number + 1)
        return range(self.number, min(self.number + self._listing.ahead, self._pages) + 1)

    def take(self, page: Page[_T]) -> Sequence[_T]:
        """Take the page with the wanted number, and return what to hand out of it.

        Args:
            page: The page, asked for after the last step back.

        Raises:
            ConflictError: If the listing changes faster than it can be walked through.
        """
        if self._has_lost_entries(page):
            self._step_back()
            return []
        news = self._news(page)
        if news is None:  # nothing that was seen is left on this page
            self.number -= 1
            return []
        self._go_on(page)
        return news

    def _has_lost_entries(self, page: Page[_T]) -> bool:
        """Tell whether entries have gone since the page before."""
        if not self._listing.ordered or self._looking_for_seen:
            return False
        before, now = self.total, _total(page)
        return before is not None and now is not None and now < before

    def _step_back(self) -> None:
        if self._steps_back == _STEPS_BACK:
            self._steps_back = 0  # for whoever goes on later
            raise ConflictError(
                f"The {self._listing.unit} change faster than they can be read",
                operation=self._listing.name,
                next_step="Go on later, or narrow it down by filters",
            )
        self._steps_back += 1
        self._looking_for_seen = True
        self.number -= 1

    def _news(self, page: Page[_T]) -> list[_T] | None:
        """Return what has not been handed out, or None if that is to be looked for further back."""
        keys = [self._key(entry) for entry in page]
        seen = set(self._seen)
        start = 0
        if self._looking_for_seen:
            known = [index for index, key in enumerate(keys) if key in seen]
            if not known and self.number > 1:
                return None
            start = known[-1] + 1 if known else 0
        return [
            entry
            for key, entry in zip(keys[start:], page[start:], strict=True)
            if key is None or key not in seen
        ]

    def _go_on(self, page: Page[_T]) -> None:
        if page:
            self._seen = [self._key(entry) for entry in page]
        if not self._looking_for_seen:
            self._steps_back = 0
        self._looking_for_seen = False
        self._pages = page.pagination.get("total_pages", self.number)
        self.total = _total(page)
        self.ended = not _is_followed(page)
        self.number += 1

    def _key(self, entry: _T) -> Any:
        return cast("dict[str, Any]", entry).get(self._listing.key)


def _is_headless(page: Page[Any]) -> bool:
    """Tell whether the header X-Pagination is missing, which a proxy may drop."""
    return bool(page) and "page" not in page.pagination


def _total(page: Page[Any]) -> int | None:
    return None if _is_headless(page) else page.pagination.get("total", 0)


def _is_followed(page: Page[Any]) -> bool:
    """Tell whether there is a next page; a page past the end does not say where it is."""
    if _is_headless(page):
        return len(page) >= PAGE_SIZE
    return bool(page.pagination.get("next_page"))
