"""How many calls of a client are under way at a time; the others wait in a queue.

A call that waits has not been signed yet, so that its token does not expire meanwhile. ``attempts``
acquires a slot for each try. This module knows neither threads nor event loops: who waits gets a
future.
"""

import heapq
import itertools
import os
import threading
from concurrent.futures import Future

__all__ = ["Slots"]


class Slots:
    """Slots for calls, given to those that wait in the order in which they came.

    A call keeps its place when it is retried. Behind a thousand others, it would be away from the
    server for seconds after each try, and could miss it each time that it is up.

    Args:
        limit: How many.
    """

    def __init__(self, limit: int) -> None:
        self.limit: int = limit
        self._places = itertools.count()
        self._reset()

    def _reset(self) -> None:
        self._process = os.getpid()
        self._lock = threading.Lock()
        self._free = self.limit
        self._waiting: list[tuple[int, Future[None]]] = []  # a heap

    def new_place(self) -> int:
        """Return the place of a call in the queue."""
        return next(self._places)

    def acquire(self, place: int) -> Future[None] | None:
        """Take a slot, or return a future to wait for: its result is one.

        Args:
            place: That of the call; it waits for one slot at a time.
        """
        if self._process != os.getpid():
            self._reset()  # after a fork: the calls under way are the parent's
        with self._lock:
            if self._free:
                self._free -= 1
                return None
            future: Future[None] = Future()
            heapq.heappush(self._waiting, (place, future))
            return future

    def abandon(self, future: Future[None]) -> None:
        """Wait no longer, and give the slot back if it has come."""
        if not future.cancel():
            self.release()

    def release(self) -> None:
        """Give a slot back, to the call that came first."""
        with self._lock:
            while self._waiting:
                _, future = heapq.heappop(self._waiting)
                if future.set_running_or_notify_cancel():
                    break
            else:
                self._free += 1
                return
        future.set_result(None)
