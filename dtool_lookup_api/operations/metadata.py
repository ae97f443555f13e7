# pyright: reportPrivateUsage=false
# The generated modules call their request builder _get_kwargs.
"""Operations on the metadata of one dataset: manifest, README, tags, annotations."""

from typing import cast

from ..core.calls import Operation
from ..types import Annotations, Manifest
from . import arguments


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
