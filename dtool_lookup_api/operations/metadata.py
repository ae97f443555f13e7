# pyright: reportPrivateUsage=false
# The generated modules call their request builder _get_kwargs.
"""Operations on the metadata of one dataset: manifest, README, tags, annotations.

Those that change something read before and after: a server with older plugins acknowledges what
it does not store, and some routes acknowledge it for a dataset that is not there.
"""

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from ..core.calls import Operation
from ..types import Annotations, Manifest
from . import arguments

if TYPE_CHECKING:
    from ..core.answers import Answer


def get_manifest(uri: str) -> Operation[Manifest]:
    """Return the manifest of a dataset: what items it holds.

    Args:
        uri: URI of the dataset, e.g.
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
        NotFoundError: If there is no such dataset in the base URI.
        PermissionDeniedError: If the base URI is unknown or not yours to search.
        LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

    Requires search permission on the base URI. Route: ``GET /manifests/{uri}``.
    """
    from dserver_client.api.manifests import get_manifest as route

    answer = yield route._get_kwargs(uri=arguments.uri_of(uri))
    return cast("Manifest", answer.object())


def get_readme(uri: str) -> Operation[str]:
    r"""Return the README of a dataset, as the text that was registered.

    Args:
        uri: URI of the dataset, e.g.
            ``"smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675"``.

    Returns:
        The text (str), usually YAML, for ``yaml.safe_load``::

            "project: testing project\ndescription: testing description\n..."

    Raises:
        NotFoundError: If there is no such dataset in the base URI.
        PermissionDeniedError: If the base URI is unknown or not yours to search.
        LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

    Requires search permission on the base URI. Route: ``GET /readmes/{uri}``.
    """
    from dserver_client.api.readmes import get_readme as route

    answer = yield route._get_kwargs(uri=arguments.uri_of(uri))
    return answer.member("readme", str)


def get_tags(uri: str) -> Operation[list[str]]:
    """Return the tags of a dataset.

    Args:
        uri: URI of the dataset, e.g.
            ``"smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675"``.

    Returns:
        The tags (list of str)::

            ["simulation", "published"]

    Raises:
        NotFoundError: If there is no such dataset in the base URI.
        PermissionDeniedError: If the base URI is unknown or not yours to search.
        LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

    Requires search permission on the base URI. Route: ``GET /tags/{uri}``.
    """
    from dserver_client.api.tags import get_tags as route

    answer = yield route._get_kwargs(uri=arguments.uri_of(uri))
    return cast("list[str]", answer.member("tags", list))


def get_annotations(uri: str) -> Operation[Annotations]:
    """Return the annotations of a dataset.

    Args:
        uri: URI of the dataset, e.g.
            ``"smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675"``.

    Returns:
        The values by name (dict). dserver 0.22 sends every value as text, ``None`` excepted::

            {"instrument": "AFM", "temperature": "293.15"}

    Raises:
        NotFoundError: If there is no such dataset in the base URI.
        PermissionDeniedError: If the base URI is unknown or not yours to search.
        LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

    Requires search permission on the base URI. Route: ``GET /annotations/{uri}``.
    """
    from dserver_client.api.annotations import get_annotations as route

    answer = yield route._get_kwargs(uri=arguments.uri_of(uri))
    return cast("Annotations", answer.member("annotations", dict))


def set_readme(uri: str, readme: str | Mapping[str, Any]) -> Operation[str]:
    r"""Replace the README of a dataset on the server; in storage it stays as it is.

    Args:
        uri: URI of the dataset, e.g.
            ``"smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675"``.
        readme: The README, as text or as a dict, which is sent as JSON, and so as YAML.

    Returns:
        The README as the server has it now (str)::

            "project: testing project\ndescription: testing description\n..."

    Raises:
        InvalidRequestError: If an argument cannot be sent.
        NotFoundError: If there is no such dataset in the base URI.
        PermissionDeniedError: If the base URI is unknown or not yours to change.
        NotOfferedError: If the server is older, or has plugins that do not store it.
        LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

    Requires dservercore 0.23.0, and search and register permission on the base URI.
    Route: ``PUT /readmes/{uri}``, between two ``GET``.
    """
    from dserver_client.api.readmes import set_readme as route
    from dserver_client.models import ReadmeRequest

    uri, text = arguments.uri_of(uri), arguments.readme_of(readme, "readme")
    yield from get_readme(uri)
    answer = yield route._get_kwargs(uri=uri, body=ReadmeRequest(readme=text))
    answer.done()
    stored = yield from get_readme(uri)
    yield from _verify(answer, stored == text)
    return stored


def set_tags(uri: str, tags: Sequence[str]) -> Operation[list[str]]:
    """Replace all tags of a dataset on the server; in storage they stay as they are.

    Args:
        uri: URI of the dataset, e.g.
            ``"smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675"``.
        tags: The tags, each without slash; ``[]`` for none.

    Returns:
        The tags as the server has them now (list of str)::

            ["simulation", "published"]

    Raises:
        InvalidRequestError: If an argument cannot be sent.
        NotFoundError: If there is no such dataset in the base URI.
        PermissionDeniedError: If the base URI is unknown or not yours to change.
        NotOfferedError: If the server is older, or has plugins that do not store them.
        LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

    Requires dservercore 0.23.0, and search and register permission on the base URI.
    Route: ``PUT /tags/{uri}``, between two ``GET``.
    """
    from dserver_client.api.tags import replace_tags as route
    from dserver_client.models import TagList

    uri, wanted = arguments.uri_of(uri), arguments.tags_of(tags)
    yield from get_tags(uri)
    answer = yield route._get_kwargs(uri=uri, body=TagList(tags=wanted))
    answer.done()
    stored = yield from get_tags(uri)
    yield from _verify(answer, set(stored) == set(wanted))
    return stored


def add_tag(uri: str, tag: str) -> Operation[list[str]]:
    """Add a tag to a dataset on the server; one that it has already is no error.

    Args:
        uri: URI of the dataset, e.g.
            ``"smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675"``.
        tag: The tag, without slash.

    Returns:
        All tags as the server has them now (list of str)::

            ["simulation", "published"]

    Raises:
        InvalidRequestError: If an argument cannot be sent.
        NotFoundError: If there is no such dataset in the base URI.
        PermissionDeniedError: If the base URI is unknown or not yours to change.
        NotOfferedError: If the server is older, or has plugins that do not store it.
        LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

    Requires dservercore 0.23.0, and search and register permission on the base URI.
    Route: ``POST /tags/{uri}/{tag}``, between two ``GET``.
    """
    from dserver_client.api.tags import add_tag as route

    uri, tag = arguments.uri_of(uri), arguments.path_value(tag, "tag")
    yield from get_tags(uri)
    answer = yield route._get_kwargs(uri=uri, tag=tag)
    answer.done()
    stored = yield from get_tags(uri)
    yield from _verify(answer, tag in stored)
    return stored


def remove_tag(uri: str, tag: str) -> Operation[list[str]]:
    """Remove a tag from a dataset on the server; one that it does not have is no error.

    Args:
        uri: URI of the dataset, e.g.
            ``"smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675"``.
        tag: The tag, without slash.

    Returns:
        The tags that the server still has (list of str)::

            ["simulation"]

    Raises:
        InvalidRequestError: If an argument cannot be sent.
        NotFoundError: If there is no such dataset in the base URI.
        PermissionDeniedError: If the base URI is unknown or not yours to change.
        NotOfferedError: If the server is older, or has plugins that do not store it.
        LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

    Requires dservercore 0.23.0, and search and register permission on the base URI.
    Route: ``DELETE /tags/{uri}/{tag}``, between two ``GET``.
    """
    from dserver_client.api.tags import remove_tag as route

    uri, tag = arguments.uri_of(uri), arguments.path_value(tag, "tag")
    yield from get_tags(uri)
    answer = yield route._get_kwargs(uri=uri, tag=tag)
    if not answer.is_missing():
        answer.done()
    stored = yield from get_tags(uri)
    yield from _verify(answer, tag not in stored)
    return stored


def set_annotation(uri: str, name: str, value: Any) -> Operation[Annotations]:
    """Set an annotation of a dataset on the server; in storage it stays as it is.

    Args:
        uri: URI of the dataset, e.g.
            ``"smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675"``.
        name: Name of the annotation, without slash.
        value: The value, which may be anything that JSON knows.

    Returns:
        All annotations as the server has them now (dict)::

            {"instrument": "AFM", "temperature": 293.15}

    Raises:
        InvalidRequestError: If an argument cannot be sent.
        NotFoundError: If there is no such dataset in the base URI.
        PermissionDeniedError: If the base URI is unknown or not yours to change.
        NotOfferedError: If the server is older, or has plugins that do not store it.
        LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

    Requires dservercore 0.23.0, and search and register permission on the base URI.
    Route: ``PUT /annotations/{uri}/{annotation_name}``, between two ``GET``.
    """
    uri, name = arguments.uri_of(uri), arguments.path_value(name, "name")
    value = arguments.json_value(value, "value")
    yield from get_annotations(uri)
    answer = yield from _put_annotation(uri, name, value)
    stored = yield from get_annotations(uri)
    yield from _verify(answer, name in stored and _same(stored[name], value))
    return stored


def set_annotations(uri: str, annotations: Mapping[str, Any]) -> Operation[Annotations]:
    """Replace all annotations of a dataset on the server; in storage they stay as they are.

    The server has no usable route for that, so they are set and deleted one by one; if one
    fails, those before it are done.

    Args:
        uri: URI of the dataset, e.g.
            ``"smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675"``.
        annotations: The values by name, each without slash; ``{}`` for none.

    Returns:
        All annotations as the server has them now (dict)::

            {"instrument": "AFM", "temperature": 293.15}

    Raises:
        InvalidRequestError: If an argument cannot be sent.
        NotFoundError: If there is no such dataset in the base URI.
        PermissionDeniedError: If the base URI is unknown or not yours to change.
        NotOfferedError: If the server is older, or has plugins that do not store them.
        LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

    Requires dservercore 0.23.0, and search and register permission on the base URI.
    Route: ``PUT`` and ``DELETE /annotations/{uri}/{annotation_name}``, between two ``GET``.
    """
    uri, wanted = arguments.uri_of(uri), arguments.annotations_of(annotations)
    before = yield from get_annotations(uri)
    answer = None
    for name, value in wanted.items():
        answer = yield from _put_annotation(uri, name, value)
    for name in sorted(set(before) - set(wanted)):
        answer = yield from _remove_annotation(uri, name)
    if answer is None:
        return before
    stored = yield from get_annotations(uri)
    yield from _verify(answer, _same(stored, wanted))
    return stored


def delete_annotation(uri: str, name: str) -> Operation[Annotations]:
    """Delete an annotation of a dataset on the server; one that it lacks is no error.

    Args:
        uri: URI of the dataset, e.g.
            ``"smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675"``.
        name: Name of the annotation, without slash.

    Returns:
        The annotations that the server still has (dict)::

            {"instrument": "AFM"}

    Raises:
        InvalidRequestError: If an argument cannot be sent.
        NotFoundError: If there is no such dataset in the base URI.
        PermissionDeniedError: If the base URI is unknown or not yours to change.
        NotOfferedError: If the server is older, or has plugins that go on storing it.
        LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

    Requires dservercore 0.23.0, and search and register permission on the base URI.
    Route: ``DELETE /annotations/{uri}/{annotation_name}``, between two ``GET``.
    """
    uri, name = arguments.uri_of(uri), arguments.path_value(name, "name")
    yield from get_annotations(uri)
    answer = yield from _remove_annotation(uri, name)
    stored = yield from get_annotations(uri)
    yield from _verify(answer, name not in stored)
    return stored


def _put_annotation(uri: str, name: str, value: Any) -> Operation["Answer"]:
    from dserver_client.api.annotations import set_annotation as route
    from dserver_client.models import SingleAnnotation

    # The server refuses an explicit null, and takes a missing value for one.
    body = SingleAnnotation() if value is None else SingleAnnotation(value=value)
    answer = yield route._get_kwargs(uri=uri, annotation_name=name, body=body)
    answer.done()
    return answer


def _remove_annotation(uri: str, name: str) -> Operation["Answer"]:
    from dserver_client.api.annotations import delete_annotation as route

    answer = yield route._get_kwargs(uri=uri, annotation_name=name)
    if not answer.is_missing():
        answer.done()
    return answer


def _same(one: Any, other: Any) -> bool:
    """Tell whether two JSON values are the same, which True and 1 are not."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def _verify(answer: "Answer", stored: bool) -> Operation[None]:
    """Raise an error if the server has acknowledged what it did not store."""
    from ..core.capabilities import not_stored

    if not stored:
        raise (yield from not_stored(answer))
