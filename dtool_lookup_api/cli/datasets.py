"""Commands that find and show datasets: search, query, lookup, show."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

import click

from ..core.walks import Walk
from ..errors import NotFoundError
from ..rendering import human_size
from ..results import SortOrder
from ..synchronous import (
    ASCENDING,
    DESCENDING,
    get_annotations,
    get_dataset,
    get_manifest,
    get_readme,
    get_tags,
    iter_datasets,
    iter_datasets_by_mongo_query,
    iter_datasets_by_uuid,
)
from . import output
from .command import Command, refuse
from .options import FIELDS, as_json, dataset, filters, forms, text_of, together
from .output import Column, Form, Row

__all__ = ["COMMANDS", "DATASETS", "ITEMS", "uri_of"]

DATASETS: Final = (
    Column("NAME", "name"),
    Column("CREATOR", "creator_username"),
    Column("CREATED", "created_at", "date"),
    Column("ITEMS", "number_of_items", "count"),
    Column("SIZE", "size_in_bytes", "size"),
    Column("URI", "uri"),
)
ITEMS: Final = (
    Column("SIZE", "size_in_bytes", "size"),
    Column("CHANGED", "utc_timestamp", "date"),
    Column("PATH", "relpath"),
)
_PAGE: Final = 100
"""How many datasets are listed unless told otherwise, which is one request."""


_limits: Final = together(
    click.option(
        "-n",
        "--limit",
        type=click.IntRange(min=1),
        metavar="N",
        help=f"List at most N datasets; default {_PAGE}.",
    ),
    click.option("--all", "unlimited", is_flag=True, help="List all of them."),
)


def _ahead(limit: int | None, unlimited: bool) -> int:
    """Return how many pages to read ahead: none where the first is enough."""
    return 4 if unlimited or (limit or 0) > _PAGE else 0


def _list(
    walk: Walk[Any], form: Form | None, limit: int | None = None, unlimited: bool = False
) -> None:
    """Print the datasets of a walk, up to the limit; say so where there are more."""
    if limit and unlimited:
        refuse("--limit and --all are both given", "Give one of them")
    counted = _Counted(walk if unlimited else islice(walk, limit or _PAGE))
    output.listing(counted, DATASETS, form)
    total = walk.total
    walk.close()
    if not counted.number and form in (None, Form.TABLE):
        output.note("No dataset matches.")
    elif not limit and total is not None and counted.number < total:
        output.note(f"{counted.number:,} of {total:,} datasets; --all lists all")


class _Counted(Iterator[Row]):
    """Entries, and how many of them were yielded."""

    def __init__(self, entries: Iterable[Row]) -> None:
        self._entries = iter(entries)
        self.number = 0

    def __next__(self) -> Row:
        entry = next(self._entries)
        self.number += 1
        return entry


def _sorting(fields: tuple[str, ...]) -> tuple[list[Any], list[SortOrder]]:
    """Return fields and directions of ``--sort``, where a minus means descending."""
    names = [field.removeprefix("-") for field in fields] or ["uri"]
    for name in names:
        if name not in FIELDS:
            refuse(f"--sort {name} is not known", f"Give one of {', '.join(FIELDS)}")
    orders: list[SortOrder] = [
        DESCENDING if field.startswith("-") else ASCENDING for field in fields
    ]
    return names, orders or [ASCENDING]


@click.command(
    cls=Command,
    examples=[
        "dserver search friction --tag simulation --sort -created_at",
        "dserver search --creator-username operator1 --all -q",
    ],
)
@click.argument("words", metavar="[TEXT]...", nargs=-1)
@filters
@click.option(
    "--sort",
    multiple=True,
    metavar="FIELD",
    help=f"Sort by {', '.join(FIELDS)}; -FIELD for descending. Default is uri.",
)
@_limits
@forms
def search(
    words: tuple[str, ...],
    creator_usernames: tuple[str, ...],
    base_uris: tuple[str, ...],
    uuids: tuple[str, ...],
    tags: tuple[str, ...],
    sort: tuple[str, ...],
    limit: int | None,
    unlimited: bool,
    form: Form | None,
) -> None:
    """List the datasets that match a text and all filters.

    TEXT is one or more words; datasets with any of them in their metadata are found. Words are
    found whole: "simple" does not find simple_test_dataset.
    """
    fields, orders = _sorting(sort)
    walk = iter_datasets(
        free_text=" ".join(words) or None,
        creator_usernames=creator_usernames or None,
        base_uris=base_uris or None,
        uuids=uuids or None,
        tags=tags or None,
        sort_fields=fields,
        sort_order=orders,
        ahead=_ahead(limit, unlimited),
    )
    _list(walk, form, limit, unlimited)


@click.command(
    cls=Command,
    examples=[
        'dserver query \'{"readme.owners.name": "Testing User"}\'',
        "dserver query @query.json --all --json",
    ],
)
@click.argument("query", metavar="JSON|@FILE|-")
@filters
@_limits
@forms
def query(
    query: str,
    creator_usernames: tuple[str, ...],
    base_uris: tuple[str, ...],
    uuids: tuple[str, ...],
    tags: tuple[str, ...],
    limit: int | None,
    unlimited: bool,
    form: Form | None,
) -> None:
    """List the datasets that match a query in MongoDB's language.

    The query is JSON; @FILE reads it from a file, and - from standard input.
    """
    walk = iter_datasets_by_mongo_query(
        text_of(query),
        creator_usernames=creator_usernames or None,
        base_uris=base_uris or None,
        uuids=uuids or None,
        tags=tags or None,
        ahead=_ahead(limit, unlimited),
    )
    _list(walk, form, limit, unlimited)


@click.command(cls=Command, examples=["dserver lookup 1a1f9fad-8589-413e-9602-5bbd66bfe675"])
@click.argument("uuid")
@forms
def lookup(uuid: str, form: Form | None) -> None:
    """List all copies of a dataset: print the URI of each."""
    copies = list(iter_datasets_by_uuid(uuid))
    if not copies:
        raise _no_copy(uuid)
    output.listing(copies, DATASETS, form or Form.URI)


def _no_copy(uuid: str) -> NotFoundError:
    return NotFoundError(
        f"Not found: no base URI that you may search has a dataset {uuid}",
        next_step="Check the UUID; dserver search lists what there is",
    )


# --- one dataset -------------------------------------------------------------------------


def uri_of(uri_or_uuid: str, *, writing: bool = False) -> str:
    """Return the URI of a dataset that is named by its URI or its UUID.

    Of several copies, the first is read; but which one to change has to be said.

    Args:
        uri_or_uuid: The URI or UUID.
        writing: Whether the dataset is to be changed.
    """
    if urlsplit(uri_or_uuid).scheme:
        return uri_or_uuid
    try:
        UUID(uri_or_uuid)
    except ValueError:
        refuse(
            f"{uri_or_uuid!r} is neither the URI nor the UUID of a dataset",
            "dserver search finds datasets by words, and -q prints their URIs",
        )
    uris = [copy["uri"] for copy in iter_datasets_by_uuid(uri_or_uuid)]
    if not uris:
        raise _no_copy(uri_or_uuid)
    if len(uris) > 1 and writing:
        refuse(f"{uri_or_uuid} has {len(uris)} copies", f"Give one of {', '.join(uris)}")
    if len(uris) > 1:
        output.note(f"This is {uris[0]}; other copies are {', '.join(uris[1:])}")
    return uris[0]


@click.command(
    cls=Command,
    examples=[
        "dserver show smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675",
        "dserver show 1a1f9fad-8589-413e-9602-5bbd66bfe675 --tree",
    ],
)
@dataset
@click.option("--tree", is_flag=True, help="Show the items as a tree of folders.")
@as_json
def show(dataset: str, tree: bool, as_json: bool) -> None:
    """Show a dataset: metadata, tags, annotations, README and items."""
    uri = uri_of(dataset)
    found: dict[str, Any] = {
        **get_dataset(uri),
        "tags": get_tags(uri),
        "annotations": get_annotations(uri),
        "readme": get_readme(uri),
        "manifest": get_manifest(uri),
    }
    if as_json:
        output.json_line(found)
    else:
        output.paged(_described(found, tree=tree))


def _described(found: Row, *, tree: bool) -> Iterator[str]:
    manifest = found["manifest"]
    items = sorted(manifest["items"].values(), key=lambda item: item["relpath"])
    size = human_size(sum(item["size_in_bytes"] for item in items))
    rows = {
        "URI": found["uri"],
        "UUID": found["uuid"],
        "Creator": found["creator_username"] or "",
        "Created": output.time(found["created_at"]),
        "Frozen": output.time(found["frozen_at"]),
        "Items": f"{len(items):,}, {size}, {manifest['hash_function']}",
        "Tags": ", ".join(found["tags"]) or "none",
    }
    yield output.title(output.printable(found["name"]))
    yield from output.fields(rows)
    if found["annotations"]:
        yield output.title("\nAnnotations")
        yield from output.pairs(found["annotations"])
    if found["readme"].strip():
        yield output.title("\nREADME")
        yield from output.lines_of(found["readme"].strip("\n"))
    if items:
        yield output.title("\nItems")
        yield from output.tree(items) if tree else output.table(items, ITEMS)


COMMANDS: Final[dict[str, click.Command]] = {
    "search": search,
    "query": query,
    "lookup": lookup,
    "show": show,
}
