# pyright: reportPrivateUsage=false
# The generated modules call their request builder _get_kwargs.
"""Operations on the metadata of one dataset: manifest, README, tags, annotations.

Those that change something let the server replace README, tags or annotations in storage, starting
from what its index holds. So they read before, as some routes acknowledge changes of a dataset that
is not there; they send nothing unless the server is known to change its index, too; they read
back.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from dtool_lookup_rest import api, models

from ..core.capabilities import require
from ..core.operation import ApiRequest, Operation
from ..errors import InvalidRequestError, UnreadableAnswerError
from ..readmes import parse_readme
from ..results import DatasetUri
from ..types import Annotations, Manifest
from . import arguments


def get_manifest(uri: DatasetUri) -> Operation[Manifest]:
    """Return the manifest of a dataset: the list of its items.

    Args:
        uri: URI of the dataset, or the dataset with its ``uri``, e.g.
            ``"smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675"``.

    Returns:
        The manifest (dict), with the items by identifier; sizes are bytes, timestamps seconds
        since the epoch, UTC (float)::

            {"dtoolcore_version": "3.17.0",
             "hash_function": "md5sum_hexdigest",
             "items": {"eb58eb70ebcddf630feeea28834f5256c207edfd": {
                 "hash": "2f7d9c3e0cfd47e8fcab0c12447b2bf0",
                 "relpath": "simple_text_file.txt",
                 "size_in_bytes": 17,
                 "utc_timestamp": 1605027357.284966}}}

    Raises:
        NotFoundError: If the dataset is not in the base URI.
        PermissionDeniedError: If the base URI is unknown or not yours to search.
        LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

    Requires search permission on the base URI. Route: ``GET /manifests/{uri}``.
    """
    response = yield ApiRequest(
        **api.manifests.get_manifest._get_kwargs(uri=arguments.check_uri(uri))
    )
    return cast("Manifest", response.json_object())


def get_readme(uri: DatasetUri) -> Operation[str]:
    r"""Return the README of a dataset, as the text that was registered.

    Args:
        uri: URI of the dataset, or the dataset with its ``uri``, e.g.
            ``"smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675"``.

    Returns:
        The text (str), usually YAML, for ``yaml.safe_load``::

            "project: testing project\ndescription: testing description\n..."

    Raises:
        NotFoundError: If the dataset is not in the base URI.
        PermissionDeniedError: If the base URI is unknown or not yours to search.
        LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

    Requires search permission on the base URI. Route: ``GET /readmes/{uri}``.
    """
    response = yield ApiRequest(**api.readmes.get_readme._get_kwargs(uri=arguments.check_uri(uri)))
    return response.json_member("readme", str)


def get_readme_as_dict(uri: DatasetUri) -> Operation[dict[str, Any]]:
    """Return the README of a dataset as a dict.

    It is parsed as YAML by ``readmes.parse_readme``, which only creates plain data.
    ``readmes.value_at`` finds a value by its dotted key.

    Args:
        uri: URI of the dataset, or the dataset with its ``uri``, e.g.
            ``"smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675"``.

    Returns:
        The content (dict), an empty dict for an empty README; unquoted dates are
        ``datetime.date``::

            {"project": "testing project", "description": "testing description", ...}

    Raises:
        UnreadableAnswerError: If the README is not YAML, or not a mapping of keys to values;
            ``get_readme`` returns it as text.
        NotFoundError: If the dataset is not in the base URI.
        PermissionDeniedError: If the base URI is unknown or not yours to search.
        LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

    Requires search permission on the base URI. Route: ``GET /readmes/{uri}``.
    """
    text = yield from get_readme(uri)
    try:
        return parse_readme(text)
    except UnreadableAnswerError as error:
        error.operation = "get_readme_as_dict"
        raise


def get_tags(uri: DatasetUri) -> Operation[list[str]]:
    """Return the tags of a dataset.

    Args:
        uri: URI of the dataset, or the dataset with its ``uri``, e.g.
            ``"smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675"``.

    Returns:
        The tags (list of str)::

            ["simulation", "published"]

    Raises:
        NotFoundError: If the dataset is not in the base URI.
        PermissionDeniedError: If the base URI is unknown or not yours to search.
        LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

    Requires search permission on the base URI. Route: ``GET /tags/{uri}``.
    """
    response = yield ApiRequest(**api.tags.get_tags._get_kwargs(uri=arguments.check_uri(uri)))
    return response.text_list("tags")


def get_annotations(uri: DatasetUri) -> Operation[Annotations]:
    """Return the annotations of a dataset.

    Args:
        uri: URI of the dataset, or the dataset with its ``uri``, e.g.
            ``"smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675"``.

    Returns:
        The values by name (dict). dserver 0.22 sends every value except ``None`` as text::

            {"instrument": "AFM", "temperature": "293.15"}

    Raises:
        NotFoundError: If the dataset is not in the base URI.
        PermissionDeniedError: If the base URI is unknown or not yours to search.
        LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

    Requires search permission on the base URI. Route: ``GET /annotations/{uri}``.
    """
    response = yield ApiRequest(
        **api.annotations.get_annotations._get_kwargs(uri=arguments.check_uri(uri))
    )
    return cast("Annotations", response.json_member("annotations", dict))


def set_readme(uri: DatasetUri, readme: str | Mapping[str, Any]) -> Operation[str]:
    r"""Replace the README of a dataset, on the server and in storage.

    Args:
        uri: URI of the dataset, or the dataset with its ``uri``, e.g.
            ``"smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675"``.
        readme: The README, as text or as a dict, which is sent as JSON, and so as YAML.

    Returns:
        The README as the server has it now (str)::

            "project: testing project\ndescription: testing description\n..."

    Raises:
        InvalidRequestError: If an argument cannot be sent.
        NotFoundError: If the dataset is not in the base URI.
        PermissionDeniedError: If the base URI is unknown or not yours to change.
        NotOfferedError: If the server is not known to store it; then nothing is sent. No
            released server is, unless ``assume_offered`` says so.
        LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

    Requires dservercore and a retrieve plugin known to store it, and search and register
    permission on the base URI. Route: ``PUT /readmes/{uri}``, between two ``GET``.
    """
    uri, text = arguments.check_uri(uri), arguments.check_readme(readme, "readme")
    yield from get_readme(uri)
    yield from require("set_readme")
    response = yield ApiRequest(
        **api.readmes.set_readme._get_kwargs(uri=uri, body=models.ReadmeRequest(readme=text))
    )
    response.expect_success()
    return (yield from get_readme(uri))


def set_tags(uri: DatasetUri, tags: Sequence[str]) -> Operation[list[str]]:
    """Replace all tags of a dataset, on the server and in storage.

    Tags that only storage has are lost, e.g. those that dtool has added since registration.

    Args:
        uri: URI of the dataset, or the dataset with its ``uri``, e.g.
            ``"smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675"``.
        tags: The tags, each of 1 to 80 of the characters ``0-9 a-z A-Z - _ .``; ``[]`` for
            none.

    Returns:
        The tags as the server has them now (list of str)::

            ["simulation", "published"]

    Raises:
        InvalidRequestError: If an argument cannot be sent.
        NotFoundError: If the dataset is not in the base URI.
        PermissionDeniedError: If the base URI is unknown or not yours to change.
        NotOfferedError: If the server is not known to store them; then nothing is sent. No
            released server is, unless ``assume_offered`` says so.
        LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

    Requires dservercore and a retrieve plugin known to store them, and search and register
    permission on the base URI. Route: ``PUT /tags/{uri}``, between two ``GET``.
    """
    uri, wanted = arguments.check_uri(uri), arguments.check_tags(tags)
    yield from get_tags(uri)
    yield from require("set_tags")
    response = yield ApiRequest(
        **api.tags.replace_tags._get_kwargs(uri=uri, body=models.TagList(tags=wanted))
    )
    response.expect_success()
    return (yield from get_tags(uri))


def add_tag(uri: DatasetUri, tag: str) -> Operation[list[str]]:
    """Add a tag to a dataset, on the server and in storage.

    Tags that only storage has are lost, e.g. those that dtool has added since registration.

    Args:
        uri: URI of the dataset, or the dataset with its ``uri``, e.g.
            ``"smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675"``.
        tag: The tag, of 1 to 80 of the characters ``0-9 a-z A-Z - _ .``. One that the dataset
            has already is not an error.

    Returns:
        All tags as the server has them now (list of str)::

            ["simulation", "published"]

    Raises:
        InvalidRequestError: If an argument cannot be sent, or the dataset has a tag that dtool
            cannot write.
        NotFoundError: If the dataset is not in the base URI.
        PermissionDeniedError: If the base URI is unknown or not yours to change.
        NotOfferedError: If the server is not known to store it; then nothing is sent. No
            released server is, unless ``assume_offered`` says so.
        LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

    Requires dservercore and a retrieve plugin known to store it, and search and register
    permission on the base URI. Route: ``POST /tags/{uri}/{tag}``, between two ``GET``.
    """
    uri, tag = arguments.check_uri(uri), arguments.check_dtool_name(tag, "tag")
    tags = yield from get_tags(uri)
    yield from require("add_tag")
    _check_kept("tag", tags, "remove_tag()")
    response = yield ApiRequest(**api.tags.add_tag._get_kwargs(uri=uri, tag=tag))
    response.expect_success()
    return (yield from get_tags(uri))


def remove_tag(uri: DatasetUri, tag: str) -> Operation[list[str]]:
    """Remove a tag from a dataset, on the server and in storage.

    Tags that only storage has are lost, e.g. those that dtool has added since registration.

    Args:
        uri: URI of the dataset, or the dataset with its ``uri``, e.g.
            ``"smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675"``.
        tag: The tag, without slash. One that the dataset does not have is not an error.

    Returns:
        The tags that the server still has (list of str)::

            ["simulation"]

    Raises:
        InvalidRequestError: If an argument cannot be sent, or the dataset has another tag that
            dtool cannot write.
        NotFoundError: If the dataset is not in the base URI.
        PermissionDeniedError: If the base URI is unknown or not yours to change.
        NotOfferedError: If the server is not known to store it; then nothing is sent. No
            released server is, unless ``assume_offered`` says so.
        LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

    Requires dservercore and a retrieve plugin known to store it, and search and register
    permission on the base URI. Route: ``DELETE /tags/{uri}/{tag}``, between two ``GET``.
    """
    uri, tag = arguments.check_uri(uri), arguments.check_path_value(tag, "tag")
    tags = yield from get_tags(uri)
    yield from require("remove_tag")
    _check_kept("tag", set(tags) - {tag}, "set_tags()")
    response = yield ApiRequest(**api.tags.remove_tag._get_kwargs(uri=uri, tag=tag))
    if not response.is_missing():
        response.expect_success()
    return (yield from get_tags(uri))


def set_annotation(uri: DatasetUri, name: str, value: Any) -> Operation[Annotations]:
    """Set an annotation of a dataset, on the server and in storage.

    Annotations that only storage has are lost, e.g. those that dtool has added since then.

    Args:
        uri: URI of the dataset, or the dataset with its ``uri``, e.g.
            ``"smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675"``.
        name: Name of the annotation, of 1 to 80 of the characters ``0-9 a-z A-Z - _``.
        value: The value: any JSON value.

    Returns:
        All annotations as the server has them now (dict)::

            {"instrument": "AFM", "temperature": 293.15}

    Raises:
        InvalidRequestError: If an argument cannot be sent, or the dataset has an annotation
            that dtool cannot write.
        NotFoundError: If the dataset is not in the base URI.
        PermissionDeniedError: If the base URI is unknown or not yours to change.
        NotOfferedError: If the server is not known to store it; then nothing is sent. No
            released server is, unless ``assume_offered`` says so.
        LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

    Requires dservercore and a retrieve plugin known to store it, and search and register
    permission on the base URI.
    Route: ``PUT /annotations/{uri}/{annotation_name}``, between two ``GET``.
    """
    uri, name = arguments.check_uri(uri), arguments.check_dtool_name(name, "name", with_dot=False)
    value = arguments.check_json_value(value, "value")
    before = yield from get_annotations(uri)
    yield from require("set_annotation")
    _check_kept("annotation", before.keys() - {name}, "delete_annotation()")
    yield from _put_annotation(uri, name, value)
    return (yield from get_annotations(uri))


def set_annotations(uri: DatasetUri, annotations: Mapping[str, Any]) -> Operation[Annotations]:
    """Replace all annotations of a dataset, on the server and in storage.

    The server has no usable route for that, so they are set and deleted one by one. If one
    fails, those before it stay changed. Annotations that only storage has are lost, e.g. those
    that dtool has added since registration.

    Args:
        uri: URI of the dataset, or the dataset with its ``uri``, e.g.
            ``"smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675"``.
        annotations: The values by name, each of 1 to 80 of the characters ``0-9 a-z A-Z - _``;
            ``{}`` for none.

    Returns:
        All annotations as the server has them now (dict)::

            {"instrument": "AFM", "temperature": 293.15}

    Raises:
        InvalidRequestError: If an argument cannot be sent, or the dataset has an annotation
            that dtool cannot write.
        NotFoundError: If the dataset is not in the base URI.
        PermissionDeniedError: If the base URI is unknown or not yours to change.
        NotOfferedError: If the server is not known to store them; then nothing is sent. No
            released server is, unless ``assume_offered`` says so.
        LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

    Requires dservercore and a retrieve plugin known to store them, and search and register
    permission on the base URI.
    Route: ``PUT`` and ``DELETE /annotations/{uri}/{annotation_name}``, between two ``GET``.
    """
    uri, wanted = arguments.check_uri(uri), arguments.check_annotations(annotations)
    before = yield from get_annotations(uri)
    yield from require("set_annotations")
    _check_kept("annotation", before.keys() - wanted.keys(), "delete_annotation()")
    for name, value in wanted.items():
        yield from _put_annotation(uri, name, value)
    for name in sorted(before.keys() - wanted.keys()):
        yield from _remove_annotation(uri, name)
    return (yield from get_annotations(uri))


def delete_annotation(uri: DatasetUri, name: str) -> Operation[Annotations]:
    """Delete an annotation of a dataset, on the server and in storage.

    Annotations that only storage has are lost, e.g. those that dtool has added since then.

    Args:
        uri: URI of the dataset, or the dataset with its ``uri``, e.g.
            ``"smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675"``.
        name: Name of the annotation, without slash. One that the dataset does not have is not
            an error.

    Returns:
        The annotations that the server still has (dict)::

            {"instrument": "AFM"}

    Raises:
        InvalidRequestError: If an argument cannot be sent, or the dataset has another
            annotation that dtool cannot write.
        NotFoundError: If the dataset is not in the base URI.
        PermissionDeniedError: If the base URI is unknown or not yours to change.
        NotOfferedError: If the server is not known to store it; then nothing is sent. No
            released server is, unless ``assume_offered`` says so.
        LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

    Requires dservercore and a retrieve plugin known to store it, and search and register
    permission on the base URI.
    Route: ``DELETE /annotations/{uri}/{annotation_name}``, between two ``GET``.
    """
    uri, name = arguments.check_uri(uri), arguments.check_path_value(name, "name")
    before = yield from get_annotations(uri)
    yield from require("delete_annotation")
    _check_kept("annotation", before.keys() - {name}, "delete_annotation()")
    yield from _remove_annotation(uri, name)
    return (yield from get_annotations(uri))


def _put_annotation(uri: str, name: str, value: Any) -> Operation[None]:
    # The server refuses an explicit null, and takes a missing value for one.
    body = models.SingleAnnotation() if value is None else models.SingleAnnotation(value=value)
    response = yield ApiRequest(
        **api.annotations.set_annotation._get_kwargs(uri=uri, annotation_name=name, body=body)
    )
    response.expect_success()


def _remove_annotation(uri: str, name: str) -> Operation[None]:
    response = yield ApiRequest(
        **api.annotations.delete_annotation._get_kwargs(uri=uri, annotation_name=name)
    )
    if not response.is_missing():
        response.expect_success()


def _check_kept(kind: str, names: Iterable[str], remedy: str) -> None:
    """Refuse a change that lets the server write the rest of its index to storage, and fail there.

    It empties storage first, and stops at the first name that dtool refuses.
    """
    for name in sorted(names):
        if not arguments.is_dtool_name(name):
            raise InvalidRequestError(
                f"Not sent: the dataset has the {kind} {name!r}, which dtool cannot write, and "
                f"the server would lose {kind}s in storage",
                next_step=f"Remove it first, with {remedy}",
            )
