"""Work ahead of the caller, in threads or in tasks, and stop that."""

import contextvars
import threading
import time
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    import asyncio
    from concurrent.futures import Future

__all__ = ["StoppedError", "cancel", "in_task", "in_thread", "sleep"]

_T = TypeVar("_T")

_stop: "contextvars.ContextVar[threading.Event | None]" = contextvars.ContextVar(
    "stop", default=None
)


class StoppedError(Exception):
    """Nobody waits any more for what a thread is doing."""


def in_thread(job: Callable[[], _T], stop: threading.Event) -> "Future[_T]":
    """Do a job in a thread of its own, and return the future of its result.

    The thread does not keep the program from ending, as those of an executor would.

    Args:
        job: What to do.
        stop: Set when nobody waits for the result any more.
    """
    from concurrent.futures import Future

    future: Future[_T] = Future()

    def work() -> None:
        _stop.set(stop)
        try:
            future.set_result(job())
        except BaseException as error:
            future.set_exception(error)

    threading.Thread(target=work, name="dtool_lookup_api", daemon=True).start()
    return future


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


def in_task(job: Coroutine[Any, Any, _T]) -> "asyncio.Task[_T]":
    """Do a job in a task of its own, whose failure nobody needs to hear of.

    Args:
        job: What to do.
    """
    import asyncio

    task = asyncio.get_running_loop().create_task(job)
    task.add_done_callback(_forget)
    return task


def cancel(task: "asyncio.Task[Any]") -> None:
    """Cancel a task, from whatever thread, and also when its event loop has ended."""
    loop = task.get_loop()
    if not loop.is_closed():
        loop.call_soon_threadsafe(task.cancel)


def _forget(task: "asyncio.Task[Any]") -> None:
    """Keep asyncio quiet about an error that nobody asked for."""
    if not task.cancelled():
        task.exception()
