"""Commands that read and change the metadata of one dataset: README, tags, annotations, items."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from ..core import config
from ..errors import NotFoundError, UnreadableAnswerError
from ..readmes import parse_readme, value_at
from ..synchronous import (
    add_tag,
    delete_annotation,
    get_annotations,
    get_manifest,
    get_readme,
    get_tags,
    remove_tag,
    set_annotation,
    set_readme,
    set_tags,
)
from . import output
from .command import Group, refuse
from .datasets import ITEMS, uri_of
from .options import as_json, dataset, forms, json_or_text, read_text
from .output import Form

__all__ = ["COMMANDS"]

_T = TypeVar("_T")

_assume_offered: Final = click.option(
    "--assume-offered",
    is_flag=True,
    help="Send it to a server that is not known to store it; one that doesn't may destroy "
    "metadata.",
)


def _sent(function: Callable[..., _T], assume_offered: bool) -> Callable[..., _T]:
    """Return a function that changes a dataset, of a client that vouches for the server if asked.

    Args:
        function: The documented function.
        assume_offered: Whether the user vouches for the server.
    """
    if not assume_offered:
        return function
    from ..clients import Client  # the help loads this module, and needs no client

    name = function.__name__
    # A client vouches for the server at a URL, not for any that is configured later.
    client = Client(config.Config.lookup_url, assume_offered=[name])
    click.get_current_context().with_resource(client)
    method: Callable[..., _T] = getattr(client, name)
    return method


@click.group(cls=Group)
def readme() -> None:
    """Read or replace the README of a dataset."""


@readme.command(
    "get",
    examples=[
        "dserver readme get 1a1f9fad-8589-413e-9602-5bbd66bfe675",
        "dserver readme get 1a1f9fad-8589-413e-9602-5bbd66bfe675 --key owners.0.name",
    ],
)
@dataset
@click.option("--key", metavar="KEY", help="Print the value at this dotted key only.")
@as_json
def get_readme_of(dataset: str, key: str | None, as_json: bool) -> None:
    """Print the README of a dataset, exactly as the server has it.

    With --key, print one value of it: a text as it is, anything else as JSON.
    """
    text = get_readme(uri_of(dataset))
    if key is None and not as_json:
        output.document(text)
        return
    content = parse_readme(text)
    value = content if key is None else value_at(content, key, default=_MISSING)
    if value is _MISSING:
        raise NotFoundError(
            f"Not found: the README has no key {key}", next_step="dserver readme get shows all"
        )
    output.value(value, as_json=as_json)


_MISSING: Final = object()


@readme.command(
    "set",
    examples=["dserver readme set s3://bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675 README.yml"],
)
@dataset
@click.argument("file", metavar="FILE|-")
@_assume_offered
def set_readme_of(dataset: str, file: str, assume_offered: bool) -> None:
    """Replace the README of a dataset, on the server and in storage.

    FILE is text in YAML; - reads it from standard input.
    """
    text = sys.stdin.read() if file == "-" else read_text(Path(file))
    try:
        parse_readme(text)  # queries find nothing in what is not YAML
    except UnreadableAnswerError as error:
        refuse(error.what, "Write it as YAML, with keys and values")
    uri = uri_of(dataset, writing=True)
    _sent(set_readme, assume_offered)(uri, text)
    output.note(f"The README of {uri} has been replaced")


@click.group(cls=Group)
def manifest() -> None:
    """Read the manifest of a dataset."""


@manifest.command(
    "get", examples=["dserver manifest get 1a1f9fad-8589-413e-9602-5bbd66bfe675 --json"]
)
@dataset
@click.option("--tree", is_flag=True, help="Show the items as a tree of folders.")
@forms
def get_manifest_of(dataset: str, tree: bool, form: Form | None) -> None:
    """List the items of a dataset; -q prints their paths."""
    found = get_manifest(uri_of(dataset))["items"]
    items: list[dict[str, Any]] = [{"identifier": name, **found[name]} for name in found]
    items.sort(key=lambda item: item["relpath"])
    if tree:
        output.paged(output.tree(items))
    else:
        output.listing(items, ITEMS, form, key="relpath")


@click.group(cls=Group)
def tags() -> None:
    """Read or change the tags of a dataset."""


@tags.command("get", examples=["dserver tags get 1a1f9fad-8589-413e-9602-5bbd66bfe675"])
@dataset
@as_json
def get_tags_of(dataset: str, as_json: bool) -> None:
    """Print the tags of a dataset, each in a line."""
    _print_tags(get_tags(uri_of(dataset)), as_json=as_json)


def _print_tags(found: list[str], *, as_json: bool = False) -> None:
    if as_json:
        output.json_line(found)
    for tag in [] if as_json else found:
        output.line(output.printable(tag))


@tags.command(
    "set",
    examples=["dserver tags set s3://bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675 film friction"],
)
@dataset
@click.argument("tags", metavar="[TAG]...", nargs=-1)
@_assume_offered
def set_tags_of(dataset: str, tags: tuple[str, ...], assume_offered: bool) -> None:
    """Replace all tags of a dataset; without any, it has none then."""
    _print_tags(_sent(set_tags, assume_offered)(uri_of(dataset, writing=True), tags))


@tags.command(
    "add", examples=["dserver tags add s3://bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675 film"]
)
@dataset
@click.argument("tag")
@_assume_offered
def add_tag_to(dataset: str, tag: str, assume_offered: bool) -> None:
    """Add a tag to a dataset, and print all."""
    _print_tags(_sent(add_tag, assume_offered)(uri_of(dataset, writing=True), tag))


@tags.command(
    "remove", examples=["dserver tags remove s3://bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675 film"]
)
@dataset
@click.argument("tag")
@_assume_offered
def remove_tag_from(dataset: str, tag: str, assume_offered: bool) -> None:
    """Remove a tag from a dataset, and print those that are left."""
    _print_tags(_sent(remove_tag, assume_offered)(uri_of(dataset, writing=True), tag))


@click.group(cls=Group)
def annotations() -> None:
    """Read or change the annotations of a dataset."""


@annotations.command(
    "get",
    examples=[
        "dserver annotations get 1a1f9fad-8589-413e-9602-5bbd66bfe675",
        "dserver annotations get 1a1f9fad-8589-413e-9602-5bbd66bfe675 temperature",
    ],
)
@dataset
@click.argument("name", required=False)
@as_json
def get_annotations_of(dataset: str, name: str | None, as_json: bool) -> None:
    """Print the annotations of a dataset, or the value of one."""
    found = get_annotations(uri_of(dataset))
    if name is not None:
        if name not in found:
            raise NotFoundError(
                f"Not found: the dataset has no annotation {name}",
                next_step="dserver annotations get shows all",
            )
        output.value(found[name], as_json=as_json)
    elif as_json:
        output.json_line(found)
    else:
        output.paged(output.pairs(found))


@annotations.command(
    "set",
    examples=[
        "dserver annotations set s3://bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675 temperature 280"
    ],
)
@dataset
@click.argument("name")
@click.argument("value")
@click.option("--text", is_flag=True, help="Store VALUE as text, even if it is JSON.")
@_assume_offered
def set_annotation_of(
    dataset: str, name: str, value: str, text: bool, assume_offered: bool
) -> None:
    """Set an annotation of a dataset to VALUE: JSON such as 280 or true, or else text."""
    content: Any = value if text else json_or_text(value)
    output.paged(
        output.pairs(
            _sent(set_annotation, assume_offered)(uri_of(dataset, writing=True), name, content)
        )
    )


@annotations.command(
    "delete",
    examples=[
        "dserver annotations delete s3://bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675 temperature"
    ],
)
@dataset
@click.argument("name")
@_assume_offered
def delete_annotation_of(dataset: str, name: str, assume_offered: bool) -> None:
    """Delete an annotation of a dataset, and print those that are left."""
    output.paged(
        output.pairs(_sent(delete_annotation, assume_offered)(uri_of(dataset, writing=True), name))
    )


COMMANDS: Final[dict[str, click.Command]] = {
    "readme": readme,
    "manifest": manifest,
    "tags": tags,
    "annotations": annotations,
}
