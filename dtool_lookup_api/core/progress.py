"""Report progress, as a bar of tqdm or to a function of the caller."""

import threading
from collections.abc import Callable
from importlib import import_module
from typing import Any, TypeAlias

from . import prefetch

__all__ = ["Progress", "Reporter", "Total", "reporter"]

Progress: TypeAlias = bool | Callable[[int, int | None], object]
"""True for a bar, False for none, or a function that is called with how many are done, and with how
many there are in all, None if that is unknown."""


class Reporter:
    """Reports to a function of the caller."""

    def __init__(self, function: Callable[[int, int | None], object]) -> None:
        self._function = function

    def tell(self, done: int, total: int | None) -> None:
        """Report how many are done, and how many there are in all."""
        try:
            self._function(done, total)
        except (StopIteration, StopAsyncIteration) as error:
            raise prefetch.as_runtime_error(error) from error

    def close(self) -> None:
        """Report nothing more."""


class _Bar(Reporter):
    """A bar of tqdm, which has a form of its own for notebooks."""

    def __init__(self, unit: str) -> None:
        super().__init__(self._draw)
        self._unit = unit
        self._bar: Any = None

    def _draw(self, done: int, total: int | None) -> None:
        if self._bar is None:
            tqdm = import_module("tqdm.auto").tqdm
            given = {"unit": "B", "unit_scale": True, "unit_divisor": 1024}  # KiB, MiB, ...
            given = given if self._unit == "B" else {"unit": f" {self._unit}"}
            self._bar = tqdm(total=total, **given)
        self._bar.total = total
        self._bar.update(done - self._bar.n)

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()


class Total:
    """The sum of what several transfers have brought; they may tell it from any thread.

    Args:
        reporter: What to report to.
        total: Bytes in all.
        done: Bytes that are there already.
    """

    def __init__(self, reporter: Reporter, total: int, done: int = 0) -> None:
        self._reporter = reporter
        self._total = total
        self.done: int = done
        """Bytes that are there now."""
        self._lock = threading.Lock()
        reporter.tell(done, total)

    def part(self) -> Callable[[int], None]:
        """Return a function that is told how many bytes of one transfer are there."""
        last = 0

        def tell(position: int) -> None:
            nonlocal last
            with self._lock:
                self.done += position - last
                last = position
                self._reporter.tell(self.done, self._total)

        return tell


def reporter(progress: Progress, unit: str) -> Reporter:
    """Return the reporter for an argument ``progress``.

    Args:
        progress: The argument.
        unit: What is counted, in the plural, e.g. ``"datasets"``; ``"B"`` for bytes.
    """
    if progress is True:
        return _Bar(unit)
    return Reporter(progress or (lambda _done, _total: None))
