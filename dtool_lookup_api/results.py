"""What calls return beside the types of the contract."""

import sys
from collections.abc import Iterable
from typing import Any, TypedDict, TypeVar, cast

from .types import Pagination, Sorting

__all__ = ["Page", "Registration"]

_T = TypeVar("_T")


class Page(list[_T]):
    """One page of a listing: a list that knows its place in the whole.

    It is a list in every respect, to index, slice, iterate, compare and dump as JSON.

    Args:
        items: What the page holds.
        pagination: What the server says about the whole listing.
        sorting: What the server says about its order.

    Example::

        page = get_datasets(page_size=2)
        page.pagination["total"]      # 41
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


def _teach_yaml() -> None:
    """Let PyYAML, if the program uses it, dump a page as the list that it is."""
    representer: Any = sys.modules.get("yaml.representer")
    if representer is None or Page in representer.SafeRepresenter.yaml_representers:
        return
    for kind in (representer.SafeRepresenter, representer.Representer):
        kind.add_representer(Page, kind.represent_list)


class Registration(TypedDict):
    """What came of registering all datasets of a base URI."""

    registered: list[str]
    """URIs of the datasets that are registered now."""
    failed: dict[str, str]
    """Why the others are not, by URI."""
