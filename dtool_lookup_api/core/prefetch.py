"""Work ahead of the caller, in threads or in tasks, and stop that."""

import contextvars
import os
import threading
import time
import weakref
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

from ..errors import ConfigurationError, InvalidRequestError
from .event_loop import running_loop

if TYPE_CHECKING:
    import asyncio
    from concurrent.futures import Future

__all__ = [
    "Guard",
    "StoppedError",
    "Threads",
    "as_runtime_error",
    "cancel",
    "cancel_and_wait",
    "is_in_this_loop",
    "raise_if_stopped",
    "sleep",
    "start_task",
    "wait_for",
]

_T = TypeVar("_T")

_stop: "contextvars.ContextVar[threading.Event | None]" = contextvars.ContextVar(
    "stop", default=None
)


class StoppedError(Exception):
    """Nobody waits any more for what a thread is doing."""


class Threads:
    """Threads that do jobs ahead for somebody, and stop when that is let go of."""

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._futures: weakref.WeakSet[Future[Any]] = weakref.WeakSet()

    def __del__(self) -> None:
        self._stop.set()

    def do(self, job: Callable[[], _T]) -> "Future[_T]":
        """Do a job in a thread of its own, and return the future of its result.

        The thread does not keep the program from ending, as those of an executor would.

        Args:
            job: What to do; it sees the context variables of the caller, as a task does.
        """
        from concurrent.futures import Future

        future: Future[_T] = Future()
        self._futures.add(future)
        run, arguments = contextvars.copy_context().run, (_work, job, self._stop, future)
        threading.Thread(target=run, args=arguments, name="dtool_lookup_api", daemon=True).start()
        return future

    def stop(self) -> None:
        """Stop those that are at work: who waits for a result gets a ``CancelledError``."""
        self._stop.set()
        self._stop = threading.Event()
        futures, self._futures = self._futures, weakref.WeakSet()
        for future in list(futures):
            future.cancel()


def _work(job: Callable[[], _T], stop: threading.Event, future: "Future[_T]") -> None:
    from concurrent.futures import InvalidStateError

    _stop.set(stop)
    try:
        result = job()
    except BaseException as error:
        with suppress(InvalidStateError):  # it was cancelled
            future.set_exception(as_runtime_error(error))
    else:
        with suppress(InvalidStateError):
            future.set_result(result)
    finally:
        del job, future  # which an error's traceback would keep, and itself with them


def as_runtime_error(error: BaseException) -> BaseException:
    """Return an error that does not end the iteration in which it is raised, see PEP 479."""
    if not isinstance(error, (StopIteration, StopAsyncIteration)):
        return error
    raised = RuntimeError(f"A function raised {type(error).__name__}")
    raised.__cause__ = error
    return raised


def raise_if_stopped() -> None:
    """Go on unless nobody waits for what comes after.

    Raises:
        StoppedError: If the thread has been told to stop.
    """
    stop = _stop.get()
    if stop is not None and stop.is_set():
        raise StoppedError


def sleep(seconds: float) -> None:
    """Wait, but not once nobody waits for what comes after.

    Args:
        seconds: How long.

    Raises:
        StoppedError: If the thread has been told to stop.
    """
    stop = _stop.get()
    if stop is None:
        time.sleep(seconds)
    elif stop.wait(seconds):
        raise StoppedError


class Guard:
    """Lets one caller at a time use an iterator, in the process in which it was begun.

    It may be handed from thread to thread and from event loop to event loop: streaming web
    responses do that. Two at a time would get entries in no order.

    Args:
        what: What is guarded, e.g. ``"walk"``.
        reentrant: Whether the caller's own functions, called meanwhile, may use it, too.
    """

    def __init__(self, what: str, *, reentrant: bool) -> None:
        self._what = what
        self._lock = threading.RLock() if reentrant else threading.Lock()
        self._process: int | None = None

    def __enter__(self) -> None:
        process = os.getpid()
        if self._process not in (None, process):
            raise InvalidRequestError(
                f"This {self._what} was started in the parent process",
                next_step="Start a new one in each process",
            )
        if not self._lock.acquire(blocking=False):
            raise InvalidRequestError(
                f"This {self._what} is in use: two next() at the same time",
                next_step="Let one thread or task read it, and pass its results to the others",
            )
        self._process = process

    def __exit__(self, *_: object) -> None:
        self._lock.release()


def start_task(job: Coroutine[Any, Any, _T]) -> "asyncio.Task[_T]":
    """Do a job in a task of its own, whose failure nobody needs to hear of.

    Args:
        job: What to do.
    """
    try:
        loop = running_loop()
    except ConfigurationError:
        job.close()  # else Python warns that it was never awaited
        raise
    task = loop.create_task(job)
    task.add_done_callback(_forget)
    return task


def is_in_this_loop(task: "asyncio.Task[Any]") -> bool:
    """Tell whether a task belongs to the running event loop."""
    return task.get_loop() is running_loop()


async def wait_for(task: "asyncio.Task[Any]") -> None:
    """Wait until a task is done; whoever is cancelled meanwhile may wait for it again later.

    Args:
        task: The task.
    """
    import asyncio

    if not task.done():
        await asyncio.wait((task,))


def cancel(task: "asyncio.Task[Any]") -> None:
    """Cancel a task, from whatever thread, and also when its event loop has ended."""
    with suppress(RuntimeError):  # it is closed
        task.get_loop().call_soon_threadsafe(task.cancel)


async def cancel_and_wait(tasks: "Sequence[asyncio.Task[Any]]") -> None:
    """Cancel tasks, and wait until those of the running event loop have ended."""
    import asyncio

    for task in tasks:
        cancel(task)
    if here := [task for task in tasks if is_in_this_loop(task)]:
        await asyncio.wait(here)


def _forget(task: "asyncio.Task[Any]") -> None:
    """Keep asyncio quiet about an error that nobody asked for."""
    if not task.cancelled():
        task.exception()
