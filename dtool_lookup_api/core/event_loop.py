"""Access to asyncio for async calls, and errors that say why it can't be used.

``calls``, ``async_driver`` and ``prefetch`` ask for it. It imports asyncio at the first async call.
"""

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..errors import ConfigurationError, LookupServerError

if TYPE_CHECKING:
    import asyncio

__all__ = ["explain_the_end", "in_thread", "in_thread_to_the_end", "pause", "running_loop"]


def running_loop() -> "asyncio.AbstractEventLoop":
    """Return the running event loop.

    Raises:
        ConfigurationError: If no asyncio loop is running, as in a program of trio.
    """
    import asyncio

    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        raise ConfigurationError(
            "No event loop of asyncio is running",
            next_step="Use asyncio.run(). With trio, call the blocking function in a thread: "
            "await trio.to_thread.run_sync(dtool_lookup_api.get_me)",
        ) from None


async def in_thread(step: Callable[[], Any]) -> Any:
    """Run a blocking function in a thread; at the end of the program, run it here.

    Args:
        step: What to do.

    Raises:
        ConfigurationError: If no event loop of asyncio is running.
    """
    running_loop()
    if _is_ending():
        return step()
    import asyncio

    return await asyncio.to_thread(step)


async def pause() -> None:
    """Let the event loop go on."""
    import asyncio

    await asyncio.sleep(0)


async def in_thread_to_the_end(step: Callable[[], Any]) -> Any:
    """Do the same; a caller who is cancelled waits until it is done, as files are in use.

    Args:
        step: What to do; it should not take long.
    """
    import asyncio

    task = asyncio.ensure_future(in_thread(step))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait((task,))
        if not task.cancelled():
            task.exception()  # else asyncio reports that it was never retrieved
        raise


def explain_the_end(error: RuntimeError) -> None:
    """Raise an error of ours for what asyncio cannot do at the end of the program.

    There it looks up no names of hosts, as it does that in threads.

    Args:
        error: What has been raised.
    """
    if _is_ending() and not isinstance(error, LookupServerError):
        raise LookupServerError(
            f"The program is ending: {error}",
            next_step="Make this call earlier, or use the blocking function",
        ) from None


def _is_ending() -> bool:
    """Return whether atexit handlers run: then Python starts no threads any more."""
    return not threading.main_thread().is_alive()
