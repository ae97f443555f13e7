"""Ask one question about many things: one driver for each world."""

import inspect
import threading
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
from typing import TYPE_CHECKING, Any, Generic, Self, TypeAlias, cast

from ..errors import (
    AuthenticationError,
    ConfigurationError,
    InvalidRequestError,
    LookupServerError,
)
from ..results import Argument, Outcome, Value
from . import ahead
from .closing import AsyncClosing, Closing
from .progress import Progress, reporter

if TYPE_CHECKING:
    import asyncio
    from concurrent.futures import Future

__all__ = ["AsyncOutcomes", "Outcomes", "Question", "Questions", "Values"]

Question: TypeAlias = Callable[[Any], Any]
"""A function of one argument; what it returns may have to be awaited."""
Values: TypeAlias = Iterable[Any] | AsyncIterable[Any]
"""What to call it with; that may have to be awaited too, as a walk has to be."""


@dataclass(eq=False, repr=False)
class Questions(Generic[Argument, Value]):
    """What to ask about what; nothing is sent before somebody wants an answer.

    Args:
        function: The function to call with each argument.
        arguments: The arguments.
        concurrency: How many calls there may be at a time.
        progress: Whom to tell how far it is.
    """

    function: Question
    arguments: Values
    concurrency: int
    progress: Progress

    @property
    def total(self) -> int | None:
        """How many there are, if that is known."""
        return len(self.arguments) if isinstance(self.arguments, Sized) else None


class _Asking(Generic[Argument, Value]):
    """What both worlds share: what is being asked, in the order of the arguments."""

    def __init__(self, questions: Questions[Argument, Value]) -> None:
        self._questions = questions
        self._reporter = reporter(questions.progress, "answers")
        self._done = 0
        self._closed = False

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._questions.function!r}, {self._done} handed out>"

    def _tell(self) -> None:
        self._reporter.tell(self._done + 1, self._questions.total)
        self._done += 1


class Outcomes(Closing, _Asking[Argument, Value], Iterator[Outcome[Argument, Value]]):
    """Hand out what came of each call, in the order of the arguments.

    It is an iterator, which threads may share, and calls in threads, ahead of you. When you stop
    early, close it or let go of it. A login that fails is raised, as it would fail for the others
    too; going on tries again. What else the function raises comes up in its turn; going on hands
    out the rest.
    """

    def __init__(self, questions: Questions[Argument, Value]) -> None:
        if inspect.iscoroutinefunction(questions.function):
            raise InvalidRequestError(
                f"function={questions.function!r} has to be awaited",
                next_step="Give e.g. dtool_lookup_api.get_readme, or use the asynchronous get_many",
            )
        super().__init__(questions)
        self._arguments = iter(cast("Iterable[Argument]", questions.arguments))
        self._window: deque[tuple[Argument, Future[Value] | None]] = deque()
        self._lock = threading.Lock()
        self._threads = ahead.Threads()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Outcome[Argument, Value]:
        with self._lock:
            if self._threads.are_lost():
                self._ask_again()
            self._ask()
            if not self._window:
                self.close()
                raise StopIteration
            argument, future = self._window[0]
            outcome: Outcome[Argument, Value]
            try:
                outcome = Outcome(argument, cast("Future[Value]", future).result(), None)
            except (AuthenticationError, ConfigurationError):
                self._ask_again()
                raise
            except LookupServerError as error:
                outcome = Outcome(argument, None, error)
            except ahead.StoppedError:  # closed by another thread
                raise StopIteration from None
            except Exception:
                self._next()
                raise
            if self._closed:
                raise StopIteration
            self._tell()
            self._next()
            return outcome

    def close(self) -> None:
        """Stop: nothing more is asked, and nothing handed out."""
        self._closed = True
        self._threads.stop()
        self._window.clear()
        self._reporter.close()

    def _ask(self) -> None:
        for index, (argument, future) in enumerate(self._window):
            if future is None:
                self._window[index] = (argument, self._call(argument))
        while not self._closed and len(self._window) < self._questions.concurrency:
            try:
                argument = next(self._arguments)
            except StopIteration:
                break
            self._window.append((argument, self._call(argument)))

    def _call(self, argument: Argument) -> "Future[Value]":
        return self._threads.do(partial(self._questions.function, argument))

    def _next(self) -> None:
        if self._window:  # unless another thread has closed it
            self._window.popleft()

    def _ask_again(self) -> None:
        """Forget what was asked with the login that failed, but for what went well."""
        self._threads.stop()
        self._window = deque(
            (argument, future if future and _is_well(future) else None)
            for argument, future in self._window
        )


class AsyncOutcomes(
    AsyncClosing, _Asking[Argument, Value], AsyncIterator[Outcome[Argument, Value]]
):
    """Hand out what came of each call, in the order of the arguments.

    It is an asynchronous iterator, which tasks may share, and calls in tasks, ahead of you. When
    you stop early, close it or let go of it. A login that fails is raised, as it would fail for
    the others too; going on tries again. What else the function raises comes up in its turn; going
    on hands out the rest.
    """

    def __init__(self, questions: Questions[Argument, Value]) -> None:
        import asyncio

        super().__init__(questions)
        self._arguments = _awaited(questions.arguments)
        self._window: deque[tuple[Argument, asyncio.Task[Value] | None]] = deque()
        self._lock = asyncio.Lock()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Outcome[Argument, Value]:
        async with self._lock:
            await self._ask()
            if not self._window:
                await self.aclose()
                raise StopAsyncIteration
            argument, asked = self._window[0]
            task = cast("asyncio.Task[Value]", asked)
            await ahead.done(task)
            if self._closed:  # by another task
                raise StopAsyncIteration
            outcome: Outcome[Argument, Value]
            try:
                outcome = Outcome(argument, task.result(), None)
            except (AuthenticationError, ConfigurationError):
                self._ask_again()
                raise
            except LookupServerError as error:
                outcome = Outcome(argument, None, error)
            except BaseException:
                self._window.popleft()
                raise
            self._tell()
            self._window.popleft()
            return outcome

    def __del__(self) -> None:
        self._cancel()

    async def aclose(self) -> None:
        """Stop: nothing more is asked, and nothing handed out."""
        self._closed = True
        self._reporter.close()
        tasks = [task for _, task in self._window if task is not None]
        self._window.clear()
        await ahead.ended(tasks)

    async def _ask(self) -> None:
        for index, (argument, task) in enumerate(self._window):
            if task is None or not ahead.is_here(task):
                self._window[index] = (argument, self._call(argument))
        while not self._closed and len(self._window) < self._questions.concurrency:
            try:
                argument = await anext(self._arguments)
            except StopAsyncIteration:
                break
            self._window.append((argument, self._call(argument)))

    def _call(self, argument: Argument) -> "asyncio.Task[Value]":
        job = self._questions.function(argument)
        if not inspect.iscoroutine(job):
            raise InvalidRequestError(
                f"function={self._questions.function!r} returns nothing to await",
                next_step="Give e.g. dtool_lookup_api.asynchronous.get_readme",
            )
        return ahead.in_task(cast("Coroutine[Any, Any, Value]", job))

    def _ask_again(self) -> None:
        """Forget what was asked with the login that failed, but for what went well."""
        again = deque(
            (argument, task if task and _is_well(task) else None) for argument, task in self._window
        )
        self._cancel()
        self._window = again

    def _cancel(self) -> None:
        for _, task in vars(self).get("_window", ()):
            if task is not None:
                ahead.cancel(task)


def _is_well(call: "Future[Any] | asyncio.Task[Any]") -> bool:
    return call.done() and not call.cancelled() and call.exception() is None


class _Awaited(AsyncIterator[Argument]):
    """Arguments that need not be awaited, where they may have to be.

    An asynchronous generator would have ended after an error of theirs, and lost the rest.
    """

    def __init__(self, arguments: Iterable[Argument]) -> None:
        self._arguments = iter(arguments)

    async def __anext__(self) -> Argument:
        for argument in self._arguments:
            return argument
        raise StopAsyncIteration


def _awaited(arguments: Values) -> AsyncIterator[Any]:
    if isinstance(arguments, AsyncIterable):
        return aiter(arguments)
    return _Awaited(arguments)
