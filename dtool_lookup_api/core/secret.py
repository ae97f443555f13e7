"""Secrets: tokens, passwords and API keys, which show in no text and in no pickle."""

from typing import Any, Generic, TypeVar, cast

__all__ = ["Secret", "revealed"]

_T = TypeVar("_T")


class Secret(Generic[_T]):
    """A value that its text does not show, wherever it is logged, raised or dumped.

    It equals another one with the same value, and is false where the value is. A pickle keeps only
    that there was one.

    Args:
        value: The value; None stands for one that a pickle has left out.
    """

    __slots__ = ("_value",)

    def __init__(self, value: _T) -> None:
        self._value = value

    def reveal(self) -> _T:
        """Return the value."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(…)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and bool(self._value == revealed(other))

    def __hash__(self) -> int:
        return hash(self._value)

    def __bool__(self) -> bool:
        return bool(self._value)

    def __copy__(self) -> "Secret[_T]":
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> "Secret[_T]":
        return self

    def __reduce__(self) -> Any:
        return Secret, (None if self else self._value,)  # an empty one says that there is none


def revealed(value: Any) -> Any:
    """Return a value that may be a secret or not."""
    return cast("Secret[Any]", value).reveal() if isinstance(value, Secret) else value
