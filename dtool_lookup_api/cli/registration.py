"""The command that registers datasets: register."""

from typing import Final

import click

from ..errors import InvalidRequestError
from ..synchronous import register_dataset_from, register_datasets_from
from . import output
from .command import Command
from .exits import FAILED

__all__ = ["COMMANDS"]


@click.command(
    cls=Command,
    examples=[
        "dserver register s3://bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675",
        "dserver register --all s3://bucket",
    ],
)
@click.argument("uris", metavar="URI...", nargs=-1, required=True)
@click.option("--all", "whole", is_flag=True, help="Register all datasets in the base URI given.")
@click.option(
    "--skip-unsendable",
    is_flag=True,
    help="Leave out annotations that cannot be sent, such as NaN.",
)
def register(uris: tuple[str, ...], whole: bool, skip_unsendable: bool) -> int:
    """Register datasets that are in storage already, with their metadata there.

    This is for datasets that dtool has written; dserver upload also registers what it uploads.
    dtool reads the metadata, and needs a package for the storage, such as dtool-s3.

    Registering a dataset again replaces what the server knows about it. The URIs of what is
    registered are printed.
    """
    failed = 0
    for uri in uris:
        if whole:
            failed += _register_all(uri, skip_unsendable)
        else:
            _register(uri, skip_unsendable)
    return FAILED if failed else 0


def _register(uri: str, skip_unsendable: bool) -> None:
    import dtoolcore  # takes long to import, and its errors are met here only

    try:
        register_dataset_from(uri, skip_unsendable)
    except dtoolcore.DtoolCoreTypeError as error:
        raise InvalidRequestError(
            f"There is no frozen dataset at {uri}: {error}",
            next_step="Check the URI, and freeze the dataset with dtool",
        ) from None
    output.line(uri)


def _register_all(base_uri: str, skip_unsendable: bool) -> int:
    """Register what a base URI holds, and return how many datasets failed."""
    outcome = register_datasets_from(base_uri, skip_unsendable)
    for uri in outcome["registered"]:
        output.line(uri)
    for uri in outcome["pending"]:
        output.note(f"Not frozen yet: {uri}")
    for uri, why in outcome["failed"].items():
        output.error(f"{uri}: {why}")
    return len(outcome["failed"])


COMMANDS: Final[dict[str, click.Command]] = {"register": register}
