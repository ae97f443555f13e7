"""Show answers to people: as tables in a notebook, as text elsewhere."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pprint import pformat
from typing import Any, cast

from . import rendering
from .errors import UnreadableAnswerError
from .readmes import parse_readme
from .results import Outcome

__all__ = ["show"]


def show(answer: object) -> None:
    """Show an answer to people: as a table in a notebook, else as text.

    In a notebook, pages, walks and outcomes show as tables by themselves. This draws plain answers
    too: datasets, manifests, summaries, users, graphs, READMEs, tags, annotations, and lists of
    them. Sizes are in KiB, MiB and so on, dates are UTC, and one click selects a URI to copy.
    A table has at most 100 rows, and what it leaves out is counted in its head.

    Args:
        answer: What a call returned, e.g. a manifest.

    Example::

        show(get_manifest("smb://test-share/1a1f9fad-..."))
    """
    shown = answer if _draws_itself(answer) else _Shown(answer)
    ipython: Any = sys.modules.get("IPython")  # in a notebook it is there
    if ipython is not None and ipython.get_ipython() is not None:
        ipython.display.display(shown)
    else:
        print(repr(shown))  # noqa: T201  this is what it is for


@dataclass(frozen=True)
class _Shown:
    """An answer, for a notebook to draw."""

    answer: Any

    def __repr__(self) -> str:
        return self.answer if isinstance(self.answer, str) else pformat(self.answer, width=100)

    def _repr_html_(self) -> str:
        return _drawn(self.answer)


def _draws_itself(answer: object) -> bool:
    return any(hasattr(answer, f"_repr_{kind}_") for kind in ("html", "svg", "mimebundle"))


def _drawn(answer: Any) -> str:
    if isinstance(answer, str):
        return rendering.document(_readme(answer))
    if isinstance(answer, list | tuple):
        return _drawn_list(list(cast("list[Any]", answer)))
    if isinstance(answer, Mapping):
        return rendering.answer(cast("Mapping[str, Any]", answer))
    return rendering.document(answer)


def _drawn_list(answer: list[Any]) -> str:
    answer = [rendering.plain(each) for each in answer]
    if answer and all(isinstance(each, Outcome) for each in answer):
        parts = [(each.argument, None if each.error else each.value, each.error) for each in answer]
        failed = sum(each.error is not None for each in answer)
        return rendering.table(
            rendering.outcome_rows(parts), f"{len(answer):,} outcomes, {failed:,} failed"
        )
    if answer and rendering.is_graph(answer):
        return rendering.graph(answer)
    return rendering.table(answer, f"{len(answer):,} in all")


def _readme(text: str) -> Any:
    try:
        return parse_readme(text) or text
    except UnreadableAnswerError:
        return text
