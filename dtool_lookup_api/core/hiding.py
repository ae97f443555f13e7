"""Values that hold secrets, and do not show them."""

from dataclasses import fields
from typing import Any

__all__ = ["Hiding"]


class Hiding:
    """Base of dataclasses that are made with ``eq=False`` and ``repr=False``.

    Their text leaves out the fields with ``repr=False``. They are no tuples, as tools that report
    errors with the variables walk through these. What a dataclass writes itself is compiled at
    each start: it would take a fortieth of the time of a program that makes one call.
    """

    def __repr__(self) -> str:
        told = [f"{name}={value!r}" for name, value, field in self._fields() if field.repr]
        return f"{type(self).__name__}({', '.join(told)})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, type(self)):
            return NotImplemented
        return self is other or self._compared() == other._compared()

    def __hash__(self) -> int:
        return hash(self._compared())

    def _compared(self) -> tuple[Any, ...]:
        return tuple(value for _, value, field in self._fields() if field.compare)

    def _fields(self) -> list[tuple[str, Any, Any]]:
        found: Any = self
        return [(field.name, getattr(self, field.name), field) for field in fields(found)]
