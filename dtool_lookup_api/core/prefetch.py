"""Work ahead of the caller, in threads or in tasks, and stop it."""

import contextvars
import os
import threading
import time
import weakref
from collections.abc import Callable, Coroutine, Generator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, TypeVar

from ..errors import ConfigurationError, InvalidRequestError
from .event_loop import running_loop

if TYPE_CHECKING:
    import asyncio
    from concurrent.futures import Future

__all__ = [
    "Guard",
    "StoppedError",
    "Tasks",
    "Threads",
    "abortable",
    "as_runtime_error",
    "is_in_this_loop",
    "raise_if_stopped",
    "sleep",
    "wait_for",
]

_T = TypeVar("_T")


class StoppedError(Exception):
    """The result of what this thread does is not needed any more."""


class _Stop(threading.Event):
    """Is set when threads are to stop, and ends what they wait for."""

    def __init__(self) -> None:
        super().__init__()
        self.aborts: dict[object, Callable[[], None]] = {}

    def set(self) -> None:
        super().set()
        for abort in list(self.aborts.values()):
            abort()


_stop: "contextvars.ContextVar[_Stop | None]" = contextvars.ContextVar("stop", default=None)


class Threads:
    """Threads that work ahead, and are stopped once this object is not used any more."""

    def __init__(self) -> None:
        self._stop = _Stop()
        self._futures: weakref.WeakSet[Future[Any]] = weakref.WeakSet()

    def __del__(self) -> None:
        self._stop.set()

    def start(self, job: Callable[[], _T]) -> "Future[_T]":
        """Start a thread, and return the future of its result.

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
        """Stop the threads. Waiting for their results raises ``CancelledError``."""
        self._stop.set()
        self._stop = _Stop()
        futures, self._futures = self._futures, weakref.WeakSet()
        for future in list(futures):
            future.cancel()


class Tasks:
    """Tasks that work ahead, and are cancelled once this object is not used any more."""

    def __init__(self) -> None:
        self._tasks: weakref.WeakSet[asyncio.Task[Any]] = weakref.WeakSet()

    def __del__(self) -> None:
        self.stop()

    def start(self, job: Coroutine[Any, Any, _T]) -> "asyncio.Task[_T]":
        """Start a task in the running event loop; asyncio reports no failure of it.

        Args:
            job: What to do.
        """
        try:
            loop = running_loop()
        except ConfigurationError:
            job.close()  # else Python warns that it was never awaited
            raise
        task = loop.create_task(job)
        task.add_done_callback(_retrieve_error)
        self._tasks.add(task)
        return task

    def stop(self) -> None:
        """Cancel the tasks, from any thread, and also if their event loop has ended."""
        for task in list(self._tasks):
            with suppress(RuntimeError):  # the loop is closed
                task.get_loop().call_soon_threadsafe(task.cancel)

    async def aclose(self) -> None:
        """Cancel the tasks, and wait until those of the running event loop have ended."""
        import asyncio

        self.stop()
        if here := [task for task in self._tasks if is_in_this_loop(task)]:
            await asyncio.wait(here)


def _work(job: Callable[[], _T], stop: _Stop, future: "Future[_T]") -> None:
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
    """Raise ``StoppedError`` in a thread that was stopped."""
    stop = _stop.get()
    if stop is not None and stop.is_set():
        raise StoppedError


@contextmanager
def abortable(abort: Callable[[], None]) -> Generator[None]:
    """In the block, let a thread that is stopped wait no longer.

    Args:
        abort: Ends what it waits for; another thread calls it.
    """
    stop, key = _stop.get(), object()
    if stop is None:
        yield
        return
    stop.aborts[key] = abort
    try:
        raise_if_stopped()
        yield
    finally:
        del stop.aborts[key]


def sleep(seconds: float) -> None:
    """Sleep, but raise ``StoppedError`` as soon as the thread is stopped.

    Args:
        seconds: How long.
    """
    stop = _stop.get()
    if stop is None:
        time.sleep(seconds)
    elif stop.wait(seconds):
        raise StoppedError


class Guard:
    """Lets one caller at a time use an iterator, in the process in which it was started.

    It may pass between threads and event loops, as streaming web responses do. Two callers at a
    time would get entries in any order.

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


def is_in_this_loop(task: "asyncio.Task[Any]") -> bool:
    """Return whether a task belongs to the running event loop."""
    return task.get_loop() is running_loop()


async def wait_for(task: "asyncio.Task[Any]") -> None:
    """Wait until a task has ended. If the caller is cancelled meanwhile, the task goes on."""
    import asyncio

    if not task.done():
        await asyncio.wait((task,))


def _retrieve_error(task: "asyncio.Task[Any]") -> None:
    """Retrieve the error of a task, which asyncio would report otherwise."""
    if not task.cancelled():
        task.exception()
