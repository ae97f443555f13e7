"""Call a function for many values, several at a time, blocking and async."""

import inspect
from collections import deque
from collections.abc import (
    AsyncIterable,
    AsyncIterator,
    Callable,
    Coroutine,
    Iterable,
    Iterator,
    Sized,
)
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Generic, Self, TypeAlias, cast

from ..errors import (
    AuthenticationError,
    ConfigurationError,
    InvalidRequestError,
    LookupServerError,
)
from ..results import Argument, Outcome, Value
from . import prefetch
from .closing import AsyncClosing, Closing
from .progress import Progress, reporter

if TYPE_CHECKING:
    import asyncio
    from concurrent.futures import Future

__all__ = ["AsyncOutcomes", "BulkRequest", "Function", "Outcomes", "Values"]

Function: TypeAlias = Callable[[Any], Any]
"""A function, or an async function, of one argument."""
Values: TypeAlias = Iterable[Any] | AsyncIterable[Any]
"""Its arguments, which may come from an async iterator, such as a walk."""


_CONCERNS_ALL: Final = (AuthenticationError, ConfigurationError)
"""Errors with which the other calls would fail, too."""


@dataclass(eq=False, repr=False)
class BulkRequest(Generic[Argument, Value]):
    """Which function to call for which arguments; nothing is called before an outcome is needed.

    Args:
        function: The function to call with each argument.
        arguments: The arguments.
        concurrency: How many calls there may be at a time.
        progress: Where to report progress.
    """

    function: Function
    arguments: Values
    concurrency: int
    progress: Progress

    @property
    def total(self) -> int | None:
        """How many there are, if that is known."""
        return len(self.arguments) if isinstance(self.arguments, Sized) else None


class _Outcomes(Generic[Argument, Value]):
    """What blocking and async outcomes share: the calls that were started, in order."""

    _calls: Any  # prefetch.Threads or prefetch.Tasks

    def __init__(self, request: BulkRequest[Argument, Value]) -> None:
        self._request = request
        self._reporter = reporter(request.progress, "answers")
        self._done = 0
        self._closed = False
        self._window: deque[tuple[Argument, Any]] = deque()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._request.function!r}, {self._done} yielded>"

    def _repr_html_(self) -> str:
        """Return the calls that were started as a table, for notebooks; it starts none."""
        from ..rendering import outcomes  # only notebooks draw

        request = self._request
        return outcomes(request.function, self._done, request.total, list(self._window))

    def _outcome(self, argument: Argument, call: Any) -> Outcome[Argument, Value]:
        """Return the outcome of a call that has ended, or raise what is not one."""
        try:
            value: Value = call.result()
        except _CONCERNS_ALL:
            self._restart()
            raise
        except LookupServerError as error:
            return Outcome(argument, None, error)
        return Outcome(argument, value, None)

    def _restart(self) -> None:
        """Forget the calls with the login that failed, except those that have succeeded."""
        self._calls.stop()
        self._window = deque(
            (argument, call if call and _has_succeeded(call) else None)
            for argument, call in self._window
        )

    def _tell(self) -> None:
        self._reporter.tell(self._done + 1, self._request.total)
        self._done += 1


class Outcomes(Closing, _Outcomes[Argument, Value], Iterator[Outcome[Argument, Value]]):
    """Yield the outcome of each call, in the order of the arguments.

    It is an iterator, for one thread at a time, and calls in threads, ahead of you. When you stop
    early, close it or let go of it. A login that fails is raised, as it would fail for the others
    too; going on tries again. What else the function raises comes up in its turn; going on yields
    the rest.
    """

    def __init__(self, request: BulkRequest[Argument, Value]) -> None:
        if inspect.iscoroutinefunction(request.function):
            raise InvalidRequestError(
                f"function={request.function!r} has to be awaited",
                next_step="Give e.g. dtool_lookup_api.get_readme, or use the asynchronous get_many",
            )
        super().__init__(request)
        self._arguments = iter(cast("Iterable[Argument]", request.arguments))
        self._window: deque[tuple[Argument, Future[Value] | None]] = deque()
        # A function for progress may use it, too.
        self._guard = prefetch.Guard("get_many", reentrant=True)
        self._calls: prefetch.Threads = prefetch.Threads()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Outcome[Argument, Value]:
        with self._guard:
            self._start_calls()
            if not self._window:
                self.close()
                raise StopIteration
            argument, future = self._window[0]
            try:
                outcome = self._outcome(argument, future)
            except _CONCERNS_ALL as error:  # it is called again
                raise error.with_traceback(None) from None  # as in `run` of calls.py
            except Exception:
                if self._closed:  # by another thread, which has cancelled it
                    raise StopIteration from None
                self._next()
                raise
            except BaseException as error:
                if _is_of(future, error):  # else it is Ctrl-C, and this is still to come
                    self._next()
                raise
            if self._closed:
                raise StopIteration
            self._tell()
            self._next()
            return outcome

    def close(self) -> None:
        """Stop: nothing more is called or yielded."""
        self._closed = True
        self._calls.stop()
        self._window = deque()  # another thread may go through the one before
        self._reporter.close()

    def _start_calls(self) -> None:
        window = self._window
        while not self._closed and len(window) < self._request.concurrency:
            try:
                window.append((next(self._arguments), None))
            except StopIteration:
                break
        # After that: whatever interrupts the start of a thread, its argument is not lost.
        for index, (argument, future) in enumerate(window):
            if future is None and not self._closed:
                window[index] = (argument, self._call(argument))

    def _call(self, argument: Argument) -> "Future[Value]":
        return self._calls.start(partial(self._request.function, argument))

    def _next(self) -> None:
        if self._window:  # unless another thread has closed it
            self._window.popleft()


class AsyncOutcomes(
    AsyncClosing, _Outcomes[Argument, Value], AsyncIterator[Outcome[Argument, Value]]
):
    """Yield the outcome of each call, in the order of the arguments.

    It is an asynchronous iterator, for one task at a time, and calls in tasks, ahead of you. When
    you stop early, close it or let go of it. A login that fails is raised, as it would fail for
    the others too; going on tries again. What else the function raises comes up in its turn; going
    on yields the rest.
    """

    def __init__(self, request: BulkRequest[Argument, Value]) -> None:
        super().__init__(request)
        self._arguments: _Arguments[Argument] = _Arguments(request.arguments)
        self._window: deque[tuple[Argument, asyncio.Task[Value] | None]] = deque()
        self._guard = prefetch.Guard("get_many", reentrant=False)
        self._calls: prefetch.Tasks = prefetch.Tasks()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Outcome[Argument, Value]:
        with self._guard:
            await self._start_calls()
            if not self._window:
                await self.aclose()
                raise StopAsyncIteration
            argument, asked = self._window[0]
            task = cast("asyncio.Task[Value]", asked)
            await prefetch.wait_for(task)
            if self._closed:  # by another task
                raise StopAsyncIteration
            try:
                outcome = self._outcome(argument, task)
            except _CONCERNS_ALL as error:  # it is called again
                raise error.with_traceback(None) from None  # as in `run` of calls.py
            except StopAsyncIteration as error:
                self._window.popleft()
                raise prefetch.as_runtime_error(error) from error
            except BaseException:
                self._window.popleft()
                raise
            self._tell()
            self._window.popleft()
            return outcome

    async def aclose(self) -> None:
        """Stop: nothing more is called or yielded."""
        self._closed = True
        self._reporter.close()
        self._window.clear()
        await self._calls.aclose()
        await self._arguments.aclose()

    async def _start_calls(self) -> None:
        for index, (argument, task) in enumerate(self._window):
            if task is None or not prefetch.is_in_this_loop(task):
                self._window[index] = (argument, self._call(argument))
        while not self._closed and len(self._window) < self._request.concurrency:
            argument = await self._arguments.next()
            if argument is _END:
                break
            self._window.append((argument, self._call(argument)))

    def _call(self, argument: Argument) -> "asyncio.Task[Value]":
        try:
            job = self._request.function(argument)
        except Exception as error:
            return self._calls.start(_failing(error))  # it comes up in its turn
        if not inspect.iscoroutine(job):
            raise InvalidRequestError(
                f"function={self._request.function!r} does not return an awaitable",
                next_step="Give e.g. dtool_lookup_api.asynchronous.get_readme",
            )
        return self._calls.start(cast("Coroutine[Any, Any, Value]", job))


def _is_of(call: "Future[Any] | None", error: BaseException) -> bool:
    """Return whether a call has ended with an error."""
    ended = call is not None and call.done() and not call.cancelled()
    return ended and cast("Future[Any]", call).exception() is error


def _has_succeeded(call: "Future[Any] | asyncio.Task[Any]") -> bool:
    return call.done() and not call.cancelled() and call.exception() is None


async def _failing(error: Exception) -> Any:
    raise error


_END: Any = object()


class _Arguments(Generic[Argument]):
    """Arguments from an iterator or an async iterator; a cancelled wait for one loses none.

    A task waits for it, as cancelling the wait would end an async generator.
    """

    def __init__(self, values: Values) -> None:
        self._awaited = aiter(values) if isinstance(values, AsyncIterable) else None
        self._others = iter(() if isinstance(values, AsyncIterable) else values)
        self._tasks = prefetch.Tasks()
        self._task: asyncio.Task[Argument] | None = None

    async def next(self) -> Argument:
        """Return the next argument, or ``_END`` after the last."""
        if self._awaited is None:
            plain: Argument = next(self._others, _END)
            return plain
        if self._task is None or not prefetch.is_in_this_loop(self._task):
            self._task = self._tasks.start(self._next())
        await prefetch.wait_for(self._task)
        task, self._task = self._task, None
        return task.result()

    async def aclose(self) -> None:
        """Stop waiting for an argument."""
        await self._tasks.aclose()

    async def _next(self) -> Argument:
        argument: Argument = await anext(cast("AsyncIterator[Argument]", self._awaited), _END)
        return argument
