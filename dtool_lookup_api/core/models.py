"""Make models of what operations return: the last step of the functions of ``typed``.

The models themselves are derived, into ``typed/models.py``. Each is made of the plain value that
the documented function returns, whose dates are converted already.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Self, TypeVar, cast

from attrs import define, field, fields

from ..errors import UnreadableAnswerError
from ..results import Page
from .operation import Operation
from .pager import PagedQuery

__all__ = ["Model", "model_of", "models_of", "page_of"]

_Made = TypeVar("_Made")
_T = TypeVar("_T", bound="Model")


@define(kw_only=True)
class Model:
    """What a call returned, with attributes. What the server left out is None."""

    additional_properties: dict[str, Any] = field(factory=dict[str, Any], repr=False)
    """What else the server sent, by key; a later server may have more fields."""

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Self:
        """Return the model of what a function of ``dtool_lookup_api`` returns.

        Args:
            value: The dict.

        Raises:
            KeyError: If it lacks a key that it must have.
        """
        raise NotImplementedError

    def to_dict(self) -> dict[str, Any]:
        """Return it as the function of ``dtool_lookup_api`` does, without what is None."""
        names = (each.name for each in fields(type(self)) if each.name != "additional_properties")
        values = {name: _plain(getattr(self, name)) for name in names}
        known = {name: value for name, value in values.items() if value is not None}
        return {**self.additional_properties, **known}

    def _repr_html_(self) -> str:
        """Return it as a table, for notebooks."""
        from ..rendering import answer  # only notebooks draw

        return answer(self.to_dict())


def _plain(value: Any) -> Any:
    if isinstance(value, Model):
        return value.to_dict()
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in cast("dict[str, Any]", value).items()}
    return value


def model_of(operation: Operation[Any], kind: type[_T]) -> Operation[_T]:
    """Return an operation that returns the model of what another one returns.

    Args:
        operation: The operation.
        kind: The class of the model.
    """
    return _named(operation, _converted(operation, lambda value: _made(kind, value, operation)))


def page_of(operation: Operation[Page[Any]], kind: type[_T]) -> Operation[Page[_T]]:
    """Return an operation that returns a page of models.

    Args:
        operation: The operation that returns a page.
        kind: The class of its entries.
    """

    def convert(page: Page[Any]) -> Page[_T]:
        made = [_made(kind, value, operation) for value in page]
        return Page(made, pagination=page.pagination, sorting=page.sorting)

    return _named(operation, _converted(operation, convert))


def models_of(query: PagedQuery[Any], kind: type[_T]) -> PagedQuery[_T]:
    """Return a listing of models.

    Args:
        query: The listing.
        kind: The class of its entries.
    """

    def page(number: int) -> Operation[Page[_T]]:
        return page_of(query.operation(number), kind)

    return replace(query, page=page)


def _converted(operation: Operation[Any], convert: Callable[[Any], _Made]) -> Operation[_Made]:
    value = yield from operation
    return convert(value)


def _named(operation: Operation[Any], converted: Operation[_Made]) -> Operation[_Made]:
    """Let errors name the documented function."""
    cast("Any", converted).__name__ = cast("Any", operation).__name__
    return converted


def _made(kind: type[_T], value: Any, operation: Operation[Any]) -> _T:
    try:
        return kind.from_dict(value)
    except KeyError as error:
        what = f'has no "{error.args[0]}"'
    except (AttributeError, TypeError, ValueError):
        what = "is not as documented"
    name = cast("Any", operation).__name__
    raise UnreadableAnswerError(
        f"The response {what}",
        operation=name,
        next_step=f"dtool_lookup_api.{name} returns it as it is",
    )
