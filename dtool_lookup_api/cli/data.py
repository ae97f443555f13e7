"""Commands that move data between storage and disk: download, cat, upload, copy."""

import io
import sys
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, Final

import click

from ..core import calls
from ..core.progress import Progress
from ..errors import LookupServerError
from ..item_files import open_item
from ..operations.dataset_uploads import UploadPlan
from ..operations.downloads import KEPT
from ..rendering import human_size
from ..synchronous import copy_dataset, download_dataset, download_item, upload_dataset
from . import output
from .command import Command, refuse
from .datasets import uri_of
from .options import as_json, dataset

__all__ = ["COMMANDS"]

_BLOCK: Final = 1024 * 1024
_progressbar: Any = click.progressbar  # generic in what it iterates over, here nothing
_KEPT: Final = "What was transferred is kept: run the same command again, and it continues"

_concurrency: Final = click.option(
    "--concurrency",
    type=click.IntRange(1, 100),
    default=8,
    metavar="N",
    help="How many items to transfer at a time; default 8.",
)


@contextmanager
def _transferring() -> Generator[Progress, None, None]:
    """Yield what draws a bar on a terminal; errors say how to go on where something has moved."""
    bar: Any = None
    moved = False
    is_shown = sys.stderr is not None and sys.stderr.isatty()

    def progress(done: int, total: int | None) -> None:
        nonlocal bar, moved
        moved = moved or done > 0
        if not is_shown:
            return
        if bar is None:
            bar = _progressbar(
                length=total or 0, file=sys.stderr, item_show_func=str, show_percent=True
            )
        bar.update(done - bar.pos, f"{human_size(done)} of {human_size(total or 0)}")

    try:
        yield progress
    except LookupServerError as error:
        if moved:
            error.next_step = f"{error.next_step}. {_KEPT}" if error.next_step else _KEPT
        raise
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        notes = [note for note in getattr(error, "__notes__", ()) if note != KEPT]
        advice = [*notes, _KEPT] if moved else notes or ["Check the path, and who may use it"]
        raise LookupServerError(
            f"{where}{error.strerror or error}", next_step=". ".join(advice)
        ) from error
    finally:
        if bar is not None:
            bar.render_finish()


@click.command(
    cls=Command,
    examples=[
        "dserver download s3://test-bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675 my-dataset",
        "dserver download 1a1f9fad-8589-413e-9602-5bbd66bfe675 texts --select '*.txt' --dry-run",
        "dserver download 1a1f9fad-8589-413e-9602-5bbd66bfe675 --item simple_text_file.txt",
    ],
)
@dataset
@click.argument("target", metavar="FOLDER", required=False)
@click.option(
    "--select",
    multiple=True,
    metavar="GLOB",
    help="Only items with this path, identifier or pattern, in which * also stands for slashes; "
    "several times for any of them. The folder then has these files only, and is not a dataset.",
)
@click.option(
    "--item",
    metavar="PATH",
    help="Only the item with this path or identifier. FOLDER is then the file to write, or an "
    "existing folder in which it keeps its name; default is the current folder.",
)
@click.option("--overwrite", is_flag=True, help="With --item: replace a file that differs.")
@click.option("--dry-run", is_flag=True, help="Check everything, list items, download nothing.")
@_concurrency
@as_json
def download(
    dataset: str,
    target: str | None,
    select: tuple[str, ...],
    item: str | None,
    overwrite: bool,
    dry_run: bool,
    concurrency: int,
    as_json: bool,
) -> None:
    """Download a dataset to a folder, and check each item against the manifest.

    The folder becomes a dataset that dtool opens; its path is printed. It may be a new folder, an
    empty one, or one that has this dataset already. After an interruption, run the same command
    again: it continues, and downloads only what is missing. The server has to sign URLs for the
    storage; dserver check says for which it does.
    """
    if item is not None:
        if select or dry_run:
            refuse("--item downloads one item to a file", "For a --dry-run, give --select instead")
        _download_item(uri_of(dataset), item, target or ".", overwrite, as_json=as_json)
        return
    if overwrite:
        refuse("--overwrite is for --item only", "Give a folder that does not exist")
    if target is None:
        refuse("There is no folder to download to", "Give the path of a new folder")
    uri = uri_of(dataset)
    with _transferring() as progress:
        found = download_dataset(
            uri,
            target,
            select=select or None,
            concurrency=concurrency,
            dry_run=dry_run,
            progress=progress,
        )
    if as_json:
        output.json_line(found)
        return
    for line in found["items"] if dry_run else [found["path"]]:
        output.line(output.printable(line))
    missing, size = human_size(found["missing_bytes"]), human_size(found["size_in_bytes"])
    done = "to download" if dry_run else "downloaded"
    output.note(f"Items: {len(found['items']):,}, {size}; {done}: {missing}")
    if found["unverified"]:
        output.note(f"Only sizes can be checked of {len(found['unverified']):,} items")


def _download_item(uri: str, item: str, target: str, overwrite: bool, *, as_json: bool) -> None:
    with _transferring() as progress:
        path = download_item(uri, item, target, overwrite=overwrite, progress=progress)
    if as_json:
        output.json_line({"uri": uri, "path": str(path)})
    else:
        output.line(output.printable(str(path)))


@click.command(
    cls=Command,
    examples=[
        "dserver cat s3://test-bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675 simple_text_file.txt",
    ],
)
@dataset
@click.argument("item")
def cat(dataset: str, item: str) -> None:
    """Print an item of a dataset, by its path or identifier, without keeping a copy.

    It is read from storage in blocks while it is printed. Only its size is checked; dserver
    download also checks its hash.
    """
    with open_item(uri_of(dataset), item) as file:
        if output.is_terminal():
            lines = io.TextIOWrapper(file, encoding="utf-8", errors="replace")
            output.paged(output.printable(each.rstrip("\n").expandtabs()) for each in lines)
            return
        while block := file.read(_BLOCK):
            sys.stdout.buffer.write(block)


@click.command(
    cls=Command,
    examples=[
        "dserver upload my-data s3://test-bucket --dry-run",
        "dserver upload my-data s3://test-bucket --name river-levels-2019",
        "dserver upload my-dataset s3://test-bucket --new-uuid",
    ],
)
@click.argument("folder")
@click.argument("base_uri", metavar="BASE_URI")
@click.option("--name", help="Name of the dataset; default that of the dataset, or of the folder.")
@click.option(
    "--creator-username",
    metavar="NAME",
    help="Name of the creator; default that of the dataset, or your user name.",
)
@click.option("--new-uuid", is_flag=True, help="Give a dataset of dtool a new UUID.")
@click.option(
    "--overwrite",
    is_flag=True,
    help="Destroy what storage may have under the UUID of a dataset of dtool.",
)
@click.option("--dry-run", is_flag=True, help="Check everything, list items, send nothing.")
@_concurrency
@as_json
def upload(
    folder: str,
    base_uri: str,
    name: str | None,
    creator_username: str | None,
    new_uuid: bool,
    overwrite: bool,
    dry_run: bool,
    concurrency: int,
    as_json: bool,
) -> None:
    """Upload a dataset from a folder to a base URI, and register it.

    The folder is a frozen dataset of dtool, or any folder with a README.yml that describes the
    data in YAML; it is not changed. The URI of the dataset is printed. dserver user show lists
    the base URIs in which you may register datasets.

    After an interruption, run the same command again: it continues, and sends only what is
    missing. Once it is complete, a folder that is not a dataset of dtool would become another
    dataset.
    """
    if dry_run:
        plan = UploadPlan(
            folder, base_uri, name, creator_username, new_uuid=new_uuid, overwrite=overwrite
        )
        with _transferring():
            calls.run(plan.make())
        _print_plan(plan, as_json=as_json)
        return
    with _transferring() as progress:
        done = upload_dataset(
            folder,
            base_uri,
            name=name,
            creator_username=creator_username,
            new_uuid=new_uuid,
            overwrite=overwrite,
            concurrency=concurrency,
            progress=progress,
        )
    if as_json:
        output.json_line(done)
    else:
        output.line(output.printable(done["uri"]))


def _print_plan(plan: UploadPlan, *, as_json: bool) -> None:
    if as_json:
        names = ("uri", "items", "size_in_bytes", "missing_bytes")
        output.json_line({name: getattr(plan, name) for name in names})
        return
    for relpath in plan.items:
        output.line(output.printable(relpath))
    missing, size = human_size(plan.missing_bytes), human_size(plan.size_in_bytes)
    place = f" as {plan.uri}" if plan.uri else " with a new UUID"
    output.note(f"Items: {len(plan.items):,}, {size}; to upload{place}: {missing}")


@click.command(
    cls=Command,
    examples=[
        "dserver copy s3://test-bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675 s3://archive",
    ],
)
@dataset
@click.argument("base_uri", metavar="BASE_URI")
@click.option(
    "--overwrite",
    is_flag=True,
    help="Replace a dataset that was registered there, and is still in storage.",
)
@_concurrency
@as_json
def copy(dataset: str, base_uri: str, overwrite: bool, concurrency: int, as_json: bool) -> None:
    """Copy a dataset to another base URI of the server, and register the copy.

    The copy has the same UUID; its URI is printed. Items pass through this machine, a few at a
    time, and are checked against the manifest. After an interruption, run the same command
    again: it continues, and copies only what is missing.
    """
    uri = uri_of(dataset)
    with _transferring() as progress:
        done = copy_dataset(
            uri, base_uri, overwrite=overwrite, concurrency=concurrency, progress=progress
        )
    if as_json:
        output.json_line(done)
    else:
        output.line(output.printable(done["uri"]))


COMMANDS: Final[dict[str, click.Command]] = {
    "download": download,
    "cat": cat,
    "upload": upload,
    "copy": copy,
}
