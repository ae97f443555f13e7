"""The commands of dtool-lookup-client, with its options and output: search, query, lookup, graph.

They print a page as an indented JSON array. ``dserver`` has commands of the same names for people.
Options: github.com/jic-dtool/dtool-lookup-client and
github.com/livMatS/dtool-lookup-client-dependency-graph-plugin.
"""

import json
from collections.abc import Callable
from typing import Any, Final

import click

from ..results import Page
from ..synchronous import (
    get_datasets,
    get_datasets_by_mongo_query,
    get_graph_by_uuid,
    get_provenance,
)
from . import output
from .command import Command
from .datasets import lookup
from .options import filters, text_of, together

__all__ = ["COMMANDS"]

_SIZE: Final = 10


def _paging(size: str, number: str) -> Callable[[Any], Any]:
    """Return what adds the options that choose a page.

    Args:
        size: The short option for its size.
        number: The long option for its number.
    """
    return together(
        click.option(
            size,
            "--page-size",
            type=click.IntRange(min=1),
            default=_SIZE,
            show_default=True,
            help="Print so many datasets.",
        ),
        click.option(
            "-p",
            number,
            "page_number",
            type=click.IntRange(min=1),
            default=1,
            show_default=True,
            help="Print this page.",
        ),
        click.option(
            "--pagination-info",
            is_flag=True,
            help="Print on standard error how many pages and datasets there are.",
        ),
    )


def _print(page: Page[Any], *, pagination_info: bool) -> None:
    if pagination_info:
        output.note(json.dumps(page.pagination))
    output.document(json.dumps(page, indent=2, default=str) + "\n")


@click.command(cls=Command, examples=["dtool search friction --tag simulation -n 100"])
@click.argument("text", default="")
@filters
@_paging("-n", "--page")
def search(
    text: str,
    creator_usernames: tuple[str, ...],
    base_uris: tuple[str, ...],
    uuids: tuple[str, ...],
    tags: tuple[str, ...],
    page_size: int,
    page_number: int,
    pagination_info: bool,
) -> None:
    """Print the datasets that match a text and all filters, as JSON.

    TEXT are words to look for in all of the metadata; any of them suffices. dserver search prints
    a table, sorts, and lists more than one page.
    """
    page = get_datasets(
        free_text=text or None,
        creator_usernames=creator_usernames or None,
        base_uris=base_uris or None,
        uuids=uuids or None,
        tags=tags or None,
        page_number=page_number,
        page_size=page_size,
    )
    _print(page, pagination_info=pagination_info)


@click.command(cls=Command, examples=['dtool query \'{"creator_username": "operator1"}\''])
@click.argument("query", default="{}", metavar="[JSON|@FILE|-]")
@filters
@_paging("-n", "--page")
def query(
    query: str,
    creator_usernames: tuple[str, ...],
    base_uris: tuple[str, ...],
    uuids: tuple[str, ...],
    tags: tuple[str, ...],
    page_size: int,
    page_number: int,
    pagination_info: bool,
) -> None:
    """Print the datasets that match a query in MongoDB's language, as JSON.

    @FILE reads the query from a file, and - from standard input.
    """
    page = get_datasets_by_mongo_query(
        text_of(query) or "{}",
        creator_usernames=creator_usernames or None,
        base_uris=base_uris or None,
        uuids=uuids or None,
        tags=tags or None,
        page_number=page_number,
        page_size=page_size,
    )
    _print(page, pagination_info=pagination_info)


@click.command(cls=Command, examples=["dtool graph 1a1f9fad-8589-413e-9602-5bbd66bfe675 --dot"])
@click.argument("uuid")
@click.option(
    "--dependency-keys",
    metavar="KEY[,KEY…]",
    help="Where the metadata name the UUIDs of parents, e.g. readme.derived_from.uuid. Default is "
    "as the server is configured.",
)
@_paging("-s", "--page-number")
@click.option("--dot", is_flag=True, help="Print the whole graph in Graphviz's DOT language.")
def graph(
    uuid: str,
    dependency_keys: str | None,
    page_size: int,
    page_number: int,
    pagination_info: bool,
    dot: bool,
) -> None:
    """Print the datasets from which one is derived and those derived from it, as JSON."""
    keys = dependency_keys.split(",") if dependency_keys else None
    if dot:
        output.document(get_provenance(uuid, keys).to_dot())
        return
    page = get_graph_by_uuid(uuid, keys, page_number=page_number, page_size=page_size)
    _print(page, pagination_info=pagination_info)


COMMANDS: Final[dict[str, click.Command]] = {
    "search": search,
    "query": query,
    "lookup": lookup,
    "graph": graph,
}
