"""Ask one question about many things: one driver for each world."""

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
from types import TracebackType
from typing import TYPE_CHECKING, Any, Generic, Self, TypeAlias, cast

from ..errors import AuthenticationError, ConfigurationError, LookupServerError
from ..results import Argument, Outcome, Value
from . import ahead
from .progress import Progress, reporter

if TYPE_CHECKING:
    import asyncio
    from concurrent.futures import Future

__all__ = ["AsyncOutcomes", "Outcomes", "Question", "Questions", "Values"]

Question: TypeAlias = Callable[[Any], Any]
"""A function of one argument; what it returns may have to be awaited."""
Values: TypeAlias = Iterable[Any] | AsyncIterable[Any]
"""What to call it with; that may have to be awaited too, as a walk has to be."""


@dataclass(frozen=True, slots=True)
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
        self._done += 1
        self._reporter.tell(self._done, self._questions.total)


class Outcomes(_Asking[Argument, Value], Iterator[Outcome[Argument, Value]]):
    """Hand out what came of each call, in the order of the arguments.

    It is an iterator, and calls in threads, ahead of you. When you stop early, close it or let go
    of it. A login that fails is raised, as it would fail for the others too; going on tries again.
    """

    def __init__(self, questions: Questions[Argument, Value]) -> None:
        super().__init__(questions)
        self._arguments = iter(cast("Iterable[Argument]", questions.arguments))
        self._window: deque[tuple[Argument, Future[Value] | None]] = deque()
        self._stop = threading.Event()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Outcome[Argument, Value]:
        self._ask()
        if not self._window:
            self.close()
            raise StopIteration
        argument, future = self._window[0]
        outcome: Outcome[Argument, Value]
        try:
            outcome = Outcome(argument, cast("Future[Value]", future).result(), None)
        except (AuthenticationError, ConfigurationError):
            self._forget()
            raise
        except LookupServerError as error:
            outcome = Outcome(argument, None, error)
        self._window.popleft()
        self._tell()
        return outcome

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def __del__(self) -> None:
        stop: threading.Event | None = vars(self).get("_stop")
        if stop is not None:
            stop.set()

    def close(self) -> None:
        """Stop: nothing more is asked, and nothing handed out."""
        self._closed = True
        self._stop.set()
        self._window.clear()
        self._reporter.close()

    def _ask(self) -> None:
        while not self._closed and len(self._window) < self._questions.concurrency:
            try:
                self._window.append((next(self._arguments), None))
            except StopIteration:
                break
        for index, (argument, future) in enumerate(self._window):
            if future is None:
                job = partial(self._questions.function, argument)
                self._window[index] = (argument, ahead.in_thread(job, self._stop))

    def _forget(self) -> None:
        """Forget what else has been asked with the login that failed."""
        self._window = deque((argument, None) for argument, _ in self._window)


class AsyncOutcomes(_Asking[Argument, Value], AsyncIterator[Outcome[Argument, Value]]):
    """Hand out what came of each call, in the order of the arguments.

    It is an asynchronous iterator, and calls in tasks, ahead of you. When you stop early, close it
    or let go of it. A login that fails is raised, as it would fail for the others too; going on
    tries again.
    """

    def __init__(self, questions: Questions[Argument, Value]) -> None:
        super().__init__(questions)
        self._arguments = _each(questions.arguments)
        self._window: deque[tuple[Argument, asyncio.Task[Value] | None]] = deque()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Outcome[Argument, Value]:
        await self._ask()
        if not self._window:
            await self.aclose()
            raise StopAsyncIteration
        argument, task = self._window[0]
        outcome: Outcome[Argument, Value]
        try:
            outcome = Outcome(argument, await cast("asyncio.Task[Value]", task), None)
        except LookupServerError as error:
            if isinstance(error, (AuthenticationError, ConfigurationError)):
                self._forget()
                raise
            outcome = Outcome(argument, None, error)
        except BaseException:
            self._window[0] = (argument, None)  # cancelled with whoever waited for it
            raise
        self._window.popleft()
        self._tell()
        return outcome

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()

    def __del__(self) -> None:
        self._cancel()

    async def aclose(self) -> None:
        """Stop: nothing more is asked, and nothing handed out."""
        self._closed = True
        self._cancel()
        self._window.clear()
        self._reporter.close()

    async def _ask(self) -> None:
        while not self._closed and len(self._window) < self._questions.concurrency:
            try:
                self._window.append((await anext(self._arguments), None))
            except StopAsyncIteration:
                break
        for index, (argument, task) in enumerate(self._window):
            if task is None:
                job = cast("Coroutine[Any, Any, Value]", self._questions.function(argument))
                self._window[index] = (argument, ahead.in_task(job))

    def _forget(self) -> None:
        """Forget what else has been asked with the login that failed."""
        self._cancel()
        self._window = deque((argument, None) for argument, _ in self._window)

    def _cancel(self) -> None:
        for _, task in vars(self).get("_window", ()):
            if task is not None:
                ahead.cancel(task)


async def _each(arguments: Values) -> AsyncIterator[Any]:
    if isinstance(arguments, AsyncIterable):
        async for argument in arguments:
            yield argument
    else:
        for argument in arguments:
            yield argument
