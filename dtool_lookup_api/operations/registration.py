# pyright: reportPrivateUsage=false
# The generated modules call their request builder _get_kwargs.
"""Operations that register datasets, and remove their registration."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from functools import partial
from typing import Any, NoReturn, cast
from uuid import UUID

from dtool_lookup_rest import api, models

from ..core.operation import ApiRequest, Operation
from ..errors import AuthenticationError, ConfigurationError, LookupServerError
from ..results import DatasetUri, Registration
from ..types import Manifest
from . import arguments
from .arguments import refuse


def register_dataset(
    uri: DatasetUri,
    base_uri: str | None = None,
    readme: str | Mapping[str, Any] | None = None,
    manifest: Manifest | Mapping[str, Any] | None = None,
    uuid: str | UUID | None = None,
    name: str | None = None,
    type: str | None = None,
    creator_username: str | None = None,
    frozen_at: float | str | date | datetime | None = None,
    created_at: float | str | date | datetime | None = None,
    annotations: Mapping[str, Any] | None = None,
    tags: Sequence[str] | None = None,
    number_of_items: int | None = None,
    size_in_bytes: int | None = None,
    admin_metadata: Mapping[str, Any] | None = None,
) -> Operation[bool]:
    """Register a dataset, or replace all of what is registered for its URI.

    ``register_dataset_from`` does it for a dataset that dtoolcore can read.

    Args:
        uri: URI of the dataset, or the dataset with its ``uri``, e.g.
            ``"s3://test-bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675"``.
        base_uri: The base URI that it is in; default is the URI without its last part.
        readme: The README, as text or as a dict, which is sent as JSON, and so as YAML.
        manifest: The manifest, as dtoolcore has it.
        uuid: UUID of the dataset.
        name: Name of the dataset.
        type: ``"dataset"``, which is the default; the server takes frozen datasets only.
        creator_username: Name of the creator.
        frozen_at: When it was frozen: seconds since the epoch (number or text), an ISO 8601
            string, a date (midnight), or a datetime; without a time zone, UTC is meant.
        created_at: When it was created, likewise; default is ``frozen_at``.
        annotations: Annotations by name, default none.
        tags: Tags, default none.
        number_of_items: Number of items; default is counted in the manifest.
        size_in_bytes: Size of all items in bytes; default is added up from the manifest.
        admin_metadata: What dtoolcore calls the admin metadata (dict), for whatever of uuid,
            name, type, creator_username, frozen_at and created_at is not given.

    Returns:
        True; a failure raises an error.

    Raises:
        InvalidRequestError: If an argument is missing or cannot be sent; nothing is sent then.
        PermissionDeniedError: If the base URI is unknown, or not yours to register in.
        LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

    Requires register permission on the base URI. Route: ``PUT /uris/{uri}``.
    """
    more = dict(admin_metadata or {})
    in_path = arguments.check_uri(uri)
    uri = arguments.stored_uri(in_path)
    checked = arguments.check_manifest(manifest, "manifest")
    items = checked["items"].values()
    frozen = _first(frozen_at, more, "frozen_at")
    created = _first(created_at, more, "created_at")
    info = {
        "uri": uri,
        "base_uri": _base_uri(base_uri, uri),
        "uuid": str(arguments.check_uuid(_first(uuid, more, "uuid"), "uuid")),
        "name": arguments.check_text(_first(name, more, "name"), "name"),
        "type": _type(_first(type, more, "type")),
        "creator_username": arguments.check_readable(
            arguments.check_text(
                _first(creator_username, more, "creator_username"), "creator_username"
            ),
            "creator_username",
        ),
        "frozen_at": arguments.check_date(frozen, "frozen_at"),
        "created_at": arguments.check_date(frozen if created is None else created, "created_at"),
        "readme": arguments.check_readme(readme, "readme"),
        "manifest": checked,
        "annotations": arguments.check_registered_annotations(annotations or {}),
        "tags": arguments.check_text_list(tags, "tags") or [],
        # Without sizes, dserver 0.22 fails on every summary that counts this dataset.
        "number_of_items": arguments.check_count(number_of_items, "number_of_items", len(items)),
        "size_in_bytes": arguments.check_count(
            size_in_bytes, "size_in_bytes", sum(item["size_in_bytes"] for item in items)
        ),
    }
    response = yield ApiRequest(
        **api.datasets.register_dataset._get_kwargs(
            uri=in_path, body=models.RegisterDataset.from_dict(info)
        )
    )
    return response.expect_success()


def register_dataset_from(uri: DatasetUri, skip_unsendable: bool = False) -> Operation[bool]:
    """Register a dataset with the metadata that dtoolcore reads at its URI.

    Args:
        uri: URI of a frozen dataset; dtoolcore must be able to read it from here.
        skip_unsendable: Whether to leave out annotations that cannot be sent, such as NaN,
            which dtoolcore stores; default is to raise.

    Returns:
        True; a failure raises an error.

    Raises:
        InvalidRequestError: If dtoolcore cannot read URIs of this scheme, or if a part of the
            dataset cannot be read or sent.
        DtoolCoreTypeError: If dtoolcore finds no frozen dataset there.
        PermissionDeniedError: If the base URI is unknown, or not yours to register in.
        LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

    Requires register permission on the base URI. Route: ``PUT /uris/{uri}``.
    """
    skip = arguments.check_bool(skip_unsendable, "skip_unsendable")
    info = cast("dict[str, Any]", (yield partial(_read_dataset, uri)))
    info["annotations"] = arguments.check_registered_annotations(
        info["annotations"], skip_unsendable=skip
    )
    return (yield from register_dataset(**info))


def register_datasets_from(base_uri: str, skip_unsendable: bool = False) -> Operation[Registration]:
    """Register all frozen datasets in a base URI with the metadata that dtoolcore reads.

    Datasets that are not frozen yet, such as incomplete uploads, are left out.

    Args:
        base_uri: The base URI; dtoolcore must be able to read it from here.
        skip_unsendable: Whether to leave out annotations that cannot be sent, such as NaN,
            which dtoolcore stores; default is to leave out their dataset as failed.

    Returns:
        The outcomes by URI (dict). A dataset that cannot be read or registered does not stop
        the others::

            {"registered": ["s3://test-bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675"],
             "pending": ["s3://test-bucket/1a542453-dd0a-4299-a0ec-3c8ada585ce5"],
             "failed": {"s3://test-bucket/af6727bf-29c7-43dd-b42f-a5d7ede28337": "..."}}

    Raises:
        AuthenticationError: If the login fails; then nothing is registered.
        ConfigurationError: If a setting is missing or cannot be used.

    Requires register permission on the base URI. Route: ``PUT /uris/{uri}``.
    """
    arguments.check_bool(skip_unsendable, "skip_unsendable")
    report = Registration(registered=[], pending=[], failed={})
    uris = cast("list[str]", (yield partial(_dataset_uris, base_uri)))
    for uri in uris:
        try:
            yield from register_dataset_from(uri, skip_unsendable)
        except (AuthenticationError, ConfigurationError):
            raise  # so would the next one
        except LookupServerError as error:
            report["failed"][uri] = str(error)
        except Exception as error:  # storage brokers raise what their libraries raise
            if (yield partial(_is_pending, uri)):
                report["pending"].append(uri)
            else:
                report["failed"][uri] = f"{_kind(error)}: {error}"
        else:
            report["registered"].append(uri)
    return report


def delete_dataset(uri: DatasetUri) -> Operation[bool]:
    """Remove the registration of a dataset; its data stay in storage.

    dserver 0.22 only removes it from listings without filters: searches, README and manifest
    still find it.

    Args:
        uri: URI of the dataset. An unregistered one is not an error.

    Returns:
        True; a failure raises an error.

    Raises:
        PermissionDeniedError: If the base URI is unknown, or not yours to register in.
        LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

    Requires register permission on the base URI. Route: ``DELETE /uris/{uri}``.
    """
    response = yield ApiRequest(
        **api.datasets.delete_dataset._get_kwargs(uri=arguments.check_uri(uri))
    )
    return response.expect_success()


def _first(given: Any, admin_metadata: Mapping[str, Any], key: str) -> Any:
    return admin_metadata.get(key) if given is None else given


def _base_uri(base_uri: str | None, uri: str) -> str:
    found = uri.rpartition("/")[0]
    if base_uri is not None:
        found = arguments.stored_uri(arguments.check_base_uri(base_uri))
    if not uri.startswith(f"{found}/"):
        # dserver would store the dataset under a base URI that it does not lie in.
        refuse("base_uri", base_uri, f"does not contain {uri}", "Leave it out, or correct it")
    return found


def _type(given: str | None) -> str:
    if given not in (None, "dataset"):
        refuse("type", given, "cannot be registered", "Freeze the dataset first")
    return "dataset"


def _read_dataset(named: DatasetUri) -> dict[str, Any]:
    """Return the arguments for register_dataset, read from storage."""
    import dtoolcore

    uri = arguments.stored_uri(arguments.check_uri(named))
    try:
        dataset = cast("Any", dtoolcore).DataSet.from_uri(uri)
    except KeyError:
        _refuse_scheme("uri", uri)
    read: dict[str, Callable[[], Any]] = {
        "README": dataset.get_readme_content,
        "manifest": lambda: dataset._manifest,  # dtoolcore and dserver have no public name for it
        "annotations": lambda: {
            name: dataset.get_annotation(name) for name in dataset.list_annotation_names()
        },
        "tags": dataset.list_tags,
    }
    found = {part.lower(): _read(part, reading, uri) for part, reading in read.items()}
    return {"uri": dataset.uri, "admin_metadata": dataset._admin_metadata, **found}


def _read(part: str, reading: Callable[[], Any], uri: str) -> Any:
    """Return one part of a dataset, or say that this is the part that cannot be read."""
    problem = f"is a dataset whose {part} cannot be read"
    remedy = f"Repair the {part} in storage, or call register_dataset with what should be there"
    try:
        return reading()
    except UnicodeDecodeError as error:
        refuse("uri", uri, f"{problem}: it is not {error.encoding.upper()}", remedy)
    except (OSError, ValueError, LookupError) as error:
        refuse("uri", uri, f"{problem}: {_kind(error)}: {error}", remedy)


def _is_pending(uri: str) -> bool:
    """Return whether there is a dataset that is not frozen yet."""
    import dtoolcore

    try:
        cast("Any", dtoolcore).ProtoDataSet.from_uri(uri)
    except Exception:  # whatever it is, it cannot be read
        return False
    return True


def _dataset_uris(base_uri: str) -> list[str]:
    """Return the URIs of the datasets in a base URI.

    dtoolcore's own iteration stops at the first dataset that it cannot read.
    """
    import dtoolcore

    dtool = cast("Any", dtoolcore)
    place = dtool.utils.sanitise_uri(arguments.check_base_uri(base_uri))
    path = dtool.utils.DEFAULT_CONFIG_PATH
    try:
        broker = dtool._get_storage_broker(place, path)
    except KeyError:
        _refuse_scheme("base_uri", base_uri)
    return sorted(broker.list_dataset_uris(place, path))


def _refuse_scheme(argument: str, uri: str) -> NoReturn:
    """Say that dtoolcore knows no storage broker for the scheme; it raises a KeyError."""
    scheme = uri.partition("://")[0]
    remedy = f"Install the storage broker for {scheme}, e.g. the package dtool-{scheme}"
    refuse(argument, uri, "cannot be read by dtoolcore", remedy)


def _kind(error: Exception) -> str:
    return error.__class__.__name__
