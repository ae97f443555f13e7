"""What calls return, in addition to the types of the OpenAPI document."""

import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Generic, Literal, Protocol, TypeAlias, TypedDict, TypeVar, cast
from uuid import UUID

from .errors import LookupServerError
from .types import Pagination, Sorting

__all__ = [
    "Argument",
    "DatasetUri",
    "DatasetUuid",
    "Download",
    "HasUri",
    "HasUuid",
    "Outcome",
    "Page",
    "Registration",
    "SortOrder",
    "Value",
    "member",
]

_T = TypeVar("_T")
Argument = TypeVar("Argument")
"""What a function is called with."""
Value = TypeVar("Value")
"""What it returns."""


class HasUri(Protocol):
    """A dataset with its URI, e.g. a model, or one of dtoolcore's."""

    @property
    def uri(self) -> str | None:
        """URI of the dataset. None, as a graph may have it, is refused."""
        ...


class HasUuid(Protocol):
    """A dataset with its UUID, e.g. a model, or one of dtoolcore's."""

    @property
    def uuid(self) -> str | UUID | None:
        """UUID of the dataset. None, as a graph may have it, is refused."""
        ...


DatasetUri: TypeAlias = str | Mapping[str, object] | HasUri
"""The URI of a dataset, or the dataset: a dict as listings have it, or an object with ``uri``."""
DatasetUuid: TypeAlias = str | UUID | Mapping[str, object] | HasUuid
"""The UUID of a dataset, or the dataset: a dict as listings have it, or an object with ``uuid``."""
SortOrder: TypeAlias = Literal[1, -1]
"""``ASCENDING`` or ``DESCENDING``."""


def member(entry: object, name: str) -> Any:
    """Return what an entry says about itself, a dict or an object; None if nothing.

    Args:
        entry: The entry, e.g. a dataset.
        name: Name of its key or attribute.
    """
    if isinstance(entry, Mapping):
        return cast("Mapping[str, Any]", entry).get(name)
    return getattr(entry, name, None)


class Page(list[_T]):
    """One page of a listing: a list that knows its place in the whole.

    It is a list in every respect, to index, slice, iterate, compare and dump as JSON. PyYAML and
    ruamel.yaml write it as one if they are imported before the page is made; other libraries that
    ask for the very class of a value take ``list(page)``.

    Args:
        items: What the page holds.
        pagination: What the server says about the whole listing.
        sorting: The order that was asked for; empty where the server does not sort.

    Example::

        page = get_datasets(page_size=2)
        len(page), page.total         # (2, 41)
        page.sorting["sort"]          # {"uri": 1}
    """

    pagination: Pagination
    """Where the page stands, e.g. ``{"total": 41, "total_pages": 21, "page": 1, …}``."""
    sorting: Sorting
    """The order, e.g. ``{"sort": {"uri": 1}}``: 1 is ascending, -1 descending."""

    def __init__(
        self,
        items: Iterable[_T] = (),
        *,
        pagination: Pagination | dict[str, Any] | None = None,
        sorting: Sorting | dict[str, Any] | None = None,
    ) -> None:
        super().__init__(items)
        self.pagination = cast("Pagination", {} if pagination is None else pagination)
        self.sorting = cast("Sorting", {} if sorting is None else sorting)
        _teach_yaml()

    @property
    def total(self) -> int | None:
        """How many entries the whole listing has; None past its end, where no server says so."""
        return self.pagination.get("total")

    def _repr_html_(self) -> str:
        """Return the page as a table, for notebooks."""
        from .rendering import page  # only notebooks draw

        return page(self, self.pagination)


_YAML_MODULES: Final = ("yaml.representer", "ruamel.yaml.representer")


def _teach_yaml() -> None:
    """Let PyYAML and ruamel.yaml, where the program has loaded them, write a page as a list.

    Both look for the very class of a value. Each kind of writer, also one that a program has
    derived, has a table of its own.
    """
    for module in _YAML_MODULES:
        found: Any = sys.modules.get(module)
        base = getattr(found, "SafeRepresenter", None)  # None while it is being imported
        if base is not None and Page not in base.yaml_representers:
            for kind in _with_subclasses(found.BaseRepresenter):
                if list in kind.yaml_representers and Page not in kind.yaml_representers:
                    kind.add_representer(Page, kind.yaml_representers[list])


def _with_subclasses(kind: Any) -> Iterator[Any]:
    yield kind
    for each in kind.__subclasses__():
        yield from _with_subclasses(each)


class Download(TypedDict):
    """What was downloaded of a dataset, or would be."""

    uri: str
    """URI of the dataset."""
    path: str
    """Path of the folder."""
    is_dataset: bool
    """Whether the folder is a dataset that dtool opens, which it is not of a selection."""
    items: list[str]
    """Paths of the items in the folder, as the manifest has them."""
    size_in_bytes: int
    """Size of these items."""
    missing_bytes: int
    """Size of those of them that were not there before."""
    unverified: list[str]
    """Paths of the items whose hash could not be checked, as its function is not known."""


class Registration(TypedDict):
    """What came of registering all datasets of a base URI."""

    registered: list[str]
    """URIs of the datasets that are registered now."""
    pending: list[str]
    """URIs of the datasets that are not frozen yet, and so are left out."""
    failed: dict[str, str]
    """Why the others are not registered, by URI."""


@dataclass(frozen=True, slots=True, repr=False)
class Outcome(Generic[Argument, Value]):
    """What came of one call of many: a value, or an error.

    Example::

        for outcome in get_many(get_readme, uris):
            if outcome.error:
                print(outcome.argument, "failed:", outcome.error)
            else:
                print(outcome.argument, "has", len(outcome.value), "characters")
    """

    argument: Argument
    """What the function was called with."""
    _value: Value | None
    error: LookupServerError | None
    """What went wrong, or None."""

    def __repr__(self) -> str:
        if self.error is not None:
            answer = f"error={self.error!r}"
        else:
            value = repr(self._value)
            answer = f"value={value if len(value) <= 200 else f'{value[:199]}…'}"
        return f"{type(self).__name__}(argument={self.argument!r}, {answer})"

    @property
    def value(self) -> Value:
        """What the function returned; if something went wrong, that is raised."""
        if self.error is not None:
            raise self.error.with_traceback(None)  # of the thread that made the call
        return cast("Value", self._value)

    def _repr_html_(self) -> str:
        """Return the outcome as a table, for notebooks."""
        from .rendering import outcome_rows, table  # only notebooks draw

        return table(outcome_rows([(self.argument, self._value, self.error)]))
