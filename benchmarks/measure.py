"""Pairs: both sides do the same, one right after the other, and the ratio is taken pair by pair.

Whatever else the machine does in the meantime meets both sides alike.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from statistics import median, quantiles
from typing import Any, Literal, Self

Block = Callable[[], float]
"""Does some work, once or often, and returns how many seconds it took each time."""

Direction = Literal["at most", "at least", "exactly"]


@dataclass(frozen=True)
class Limit:
    """What a figure must keep to."""

    direction: Direction
    value: float

    def holds(self, value: float) -> bool:
        """Return whether a value keeps to the limit."""
        match self.direction:
            case "at most":
                return value <= self.value
            case "at least":
                return value >= self.value
            case "exactly":
                return value == self.value


@dataclass(frozen=True)
class Figure:
    """A line of the table: a median, its spread, and what was compared."""

    group: str
    name: str
    unit: str
    median: float
    low: float  # the lower quartile; the median where there is one value only
    high: float  # the upper quartile
    pairs: int  # 1: measured or counted once
    limit: Limit | None = None
    seconds: float | None = None  # median of what is judged
    reference_seconds: float | None = None

    @property
    def holds(self) -> bool | None:
        """Whether the median keeps to the limit, or None without a limit."""
        return None if self.limit is None else self.limit.holds(self.median)

    def as_json(self) -> dict[str, Any]:
        """Return the figure as it is kept."""
        return asdict(self)

    @classmethod
    def of_json(cls, value: dict[str, Any]) -> Self:
        """Return a figure that was kept."""
        limit = value["limit"]
        return cls(**{**value, "limit": Limit(**limit) if limit else None})


def pairs_of(reference: Block, judged: Block, number: int) -> list[tuple[float, float]]:
    """Return the seconds of both sides, pair by pair; who begins alternates."""
    reference(), judged()  # connect, log in, import
    pairs = []
    for turn in range(number):
        if turn % 2:
            seconds = judged()
            pairs.append((reference(), seconds))
        else:
            pairs.append((reference(), judged()))
    return pairs


def ratio(
    group: str,
    name: str,
    reference: Block,
    judged: Block,
    number: int,
    limit: Limit | None = None,
    *,
    speed: bool = False,
) -> Figure:
    """Return how many times as long as the reference something takes.

    Args:
        group: Group of lines in the table.
        name: Name of the line.
        reference: What it is compared with.
        judged: What is judged.
        number: How many pairs to measure.
        limit: What the median must keep to.
        speed: Whether to return how many times as fast it is instead.
    """
    pairs = pairs_of(reference, judged, number)
    ratios = [before / after if speed else after / before for before, after in pairs]
    return figure(group, name, "x", ratios, pairs, limit)


def difference(
    group: str, name: str, reference: Block, judged: Block, number: int, limit: Limit | None = None
) -> Figure:
    """Return how many milliseconds more than the reference something takes."""
    pairs = pairs_of(reference, judged, number)
    differences = [(after - before) * 1000 for before, after in pairs]
    return figure(group, name, "ms", differences, pairs, limit)


def figure(
    group: str,
    name: str,
    unit: str,
    values: list[float],
    pairs: list[tuple[float, float]],
    limit: Limit | None,
) -> Figure:
    """Return the median and the quartiles of what was measured."""
    low, middle, high = quantiles(values, n=4, method="inclusive")
    return Figure(
        group,
        name,
        unit,
        middle,
        low,
        high,
        len(values),
        limit,
        seconds=median(after for _, after in pairs),
        reference_seconds=median(before for before, _ in pairs),
    )


def single(group: str, name: str, unit: str, value: float, limit: Limit | None = None) -> Figure:
    """Return something that was counted, or measured once."""
    return Figure(group, name, unit, value, value, value, 1, limit)
