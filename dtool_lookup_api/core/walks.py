"""Iterate over the entries of a listing, blocking and async, and read its pages ahead."""

from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from copy import copy
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar

from ..errors import LookupServerError
from ..results import Page
from . import prefetch
from .closing import AsyncClosing, Closing
from .operation import Operation
from .pager import PagedQuery, Pager
from .progress import reporter

if TYPE_CHECKING:
    import asyncio
    from concurrent.futures import Future

__all__ = ["AsyncWalk", "Walk"]

_T = TypeVar("_T")


class _WalkBase(Generic[_T]):
    """What the blocking and the async walk share: pages that were read or requested."""

    _jobs: Any  # prefetch.Threads or prefetch.Tasks

    def __init__(self, query: PagedQuery[_T]) -> None:
        self._query = query
        self._pager: Pager[_T] = Pager(query)
        self._reporter = reporter(query.progress, query.unit)
        self._pages: dict[int, Any] = {}  # futures or tasks by number
        self._entries: Iterator[_T] = iter(())
        self._is_page_new = False
        self._count = 0
        self._closed = False

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._query.name}, {self._count} read>"

    def _has_begun(self) -> bool:
        return self._closed or self._pager.number > 1 or self._pager.total is not None

    def _as_html(self) -> str:
        from ..rendering import walk  # only notebooks draw

        coming = list(copy(self._entries))  # the copy of an iterator takes nothing from it
        return walk(self._query.name, coming, self._count - len(coming), self._pager.total)

    def _accept(self, page: Page[_T]) -> None:
        number, done = self._pager.number, self._count
        entries = self._pager.accept_page(page)
        self._entries = iter(entries)
        self._is_page_new = True
        self._count += len(entries)
        if self._pager.number <= number:
            self._drop()  # they show the listing as it was
        self._reporter.tell(done, self._pager.total)

    def _drop(self) -> None:
        self._jobs.stop()
        self._pages.clear()

    def _is_over(self) -> bool:
        if self._pager.ended and not self._closed:
            self._closed = True
            self._reporter.tell(self._count, self._count)
            self._end()
        return self._closed

    def _end(self) -> None:
        self._closed = True
        self._entries = iter(())
        self._is_page_new = False
        self._reporter.close()


class Walk(Closing, _WalkBase[_T], Iterator[_T]):
    """Yield the entries of a listing one by one, and read its pages as they are needed.

    It is an iterator, for one thread at a time. Nothing is sent before the first entry, or
    ``total``, is asked for. The next pages are read in threads while you work; when you stop
    early, close the walk or let go of it. After an error, going on tries the same page again.

    Example::

        walk = iter_datasets(tags=["river"])
        walk.total              # 24
        next(walk)["name"]      # "river-level-2018-q1"
        [dataset["uri"] for dataset in walk]
    """

    def __init__(
        self, query: PagedQuery[_T], run: Callable[[Operation[Page[_T]]], Page[_T]]
    ) -> None:
        super().__init__(query)
        self._run = run
        # A function for progress may ask for the total.
        self._guard = prefetch.Guard("walk", reentrant=True)
        self._jobs: prefetch.Threads = prefetch.Threads()
        self._pages: dict[int, Future[Page[_T]]] = {}

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> _T:
        with self._guard:
            while True:
                if self._is_page_new:
                    self._is_page_new = False
                    self._prefetch()
                for entry in self._entries:
                    return entry
                if self._is_over():
                    raise StopIteration
                self._read()

    @property
    def total(self) -> int | None:
        """How many entries there are, as the server counted them for the last page read.

        It asks for the first page, if none was read yet. None means that it is unknown,
        because a proxy has dropped the header.
        """
        with self._guard:
            if not self._has_begun():
                self._read()
            return self._pager.total

    def _repr_html_(self) -> str:
        """Return the next entries as a table, for notebooks; the walk still yields them.

        Like ``total``, it reads a page if none is there.
        """
        with self._guard:
            if not list(copy(self._entries)) and not self._is_over():
                self._read()
            return self._as_html()

    def close(self) -> None:
        """Stop the walk: nothing more is read or yielded."""
        self._end()
        self._drop()

    def _read(self) -> None:
        number = self._pager.number
        future = self._pages.get(number)
        try:
            page = future.result() if future else self._run(self._query.operation(number))
        except Exception as error:
            self._pages.pop(number, None)  # going on asks again
            if self._closed:
                return
            if isinstance(error, LookupServerError):
                raise error.with_traceback(None) from None  # as in `run`
            raise
        self._pages.pop(number, None)
        if not self._closed:  # by another thread
            self._accept(page)

    def _prefetch(self) -> None:
        for number in self._pager.pages_to_prefetch():
            if number not in self._pages:
                job = partial(self._run, self._query.operation(number))
                self._pages[number] = self._jobs.start(job)


class AsyncWalk(AsyncClosing, _WalkBase[_T], AsyncIterator[_T]):
    """Yield the entries of a listing one by one, and read its pages as they are needed.

    It is an asynchronous iterator, for one task at a time. Nothing is sent before the first entry,
    or ``total``, is asked for. The next pages are read by tasks while you work; when you stop
    early, close the walk or let go of it. After an error, going on tries the same page again.

    Example::

        walk = iter_datasets(tags=["river"])
        await walk.total        # 24
        (await anext(walk))["name"]      # "river-level-2018-q1"
        [dataset["uri"] async for dataset in walk]
    """

    def __init__(
        self,
        query: PagedQuery[_T],
        run: Callable[[Operation[Page[_T]]], Coroutine[Any, Any, Page[_T]]],
    ) -> None:
        super().__init__(query)
        self._run = run
        self._guard = prefetch.Guard("walk", reentrant=False)
        self._jobs: prefetch.Tasks = prefetch.Tasks()
        self._pages: dict[int, asyncio.Task[Page[_T]]] = {}

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> _T:
        with self._guard:
            while True:
                if self._is_page_new:
                    self._is_page_new = False
                    self._prefetch()
                for entry in self._entries:
                    return entry
                if self._is_over():
                    raise StopAsyncIteration
                await self._read()

    @property
    def total(self) -> Awaitable[int | None]:
        """How many entries there are, as the server counted them for the last page read.

        It is awaited, as it reads the first page, if none was read yet. None means that
        it is unknown, because a proxy has dropped the header.
        """
        return self._total()

    def _repr_html_(self) -> str:
        """Return the entries that were read and are still to come as a table, for notebooks."""
        return self._as_html()

    async def aclose(self) -> None:
        """Stop the walk: nothing more is read or yielded."""
        self._end()
        self._pages.clear()
        await self._jobs.aclose()

    async def _total(self) -> int | None:
        with self._guard:
            if not self._has_begun():
                await self._read()
            return self._pager.total

    async def _read(self) -> None:
        number = self._pager.number
        task = self._task(number)
        await prefetch.wait_for(task)
        self._pages.pop(number, None)  # after an error, going on asks again
        if self._closed:  # by another task
            return
        try:
            page = task.result()
        except LookupServerError as error:
            raise error.with_traceback(None) from None  # as in `run`
        self._accept(page)

    def _prefetch(self) -> None:
        for number in self._pager.pages_to_prefetch():
            self._task(number)

    def _task(self, number: int) -> "asyncio.Task[Page[_T]]":
        task = self._pages.get(number)
        if task is None or not prefetch.is_in_this_loop(task):
            task = self._jobs.start(self._run(self._query.operation(number)))
            self._pages[number] = task
        return task
