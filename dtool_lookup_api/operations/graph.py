# pyright: reportPrivateUsage=false
# The generated modules call their request builder _get_kwargs.
"""Operations of the dependency graph plugin."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from dtool_lookup_rest import api, models

from ..core.operation import ApiRequest, Operation
from ..core.pager import PAGE_SIZE, PagedQuery, Pager
from ..core.progress import Progress
from ..provenance import Provenance
from ..results import DatasetUuid, Page, SortOrder
from ..types import DatasetSortField, GraphDataset
from . import arguments
from .arguments import ASCENDING, fill_out_parameters


def get_graph_by_uuid(
    uuid: DatasetUuid,
    dependency_keys: Sequence[str] | None = None,
    page_number: int | None = 1,
    page_size: int | None = 10,
    sort_fields: DatasetSortField | Sequence[DatasetSortField] | None = ("uri",),
    sort_order: SortOrder | Sequence[SortOrder] | None = ASCENDING,
    pagination: dict[str, Any] | None = None,
    sorting: dict[str, Any] | None = None,
) -> Operation[Page[GraphDataset]]:
    """List a page of a dataset with what it is derived from and what is derived from it.

    A page has 10 datasets by default. ``iter_graph_by_uuid`` yields all; the page's ``total``
    is their number.

    Args:
        uuid: UUID of the dataset, or the dataset with its ``uuid``, e.g.
            ``"1a1f9fad-8589-413e-9602-5bbd66bfe675"``.
        dependency_keys: Where the metadata name the UUIDs of parents, e.g.
            ``["readme.derived_from.uuid"]``; default is as the server is configured.
        page_number: Number of the page, from 1 (default). A page past the end is empty.
        page_size: Datasets on a page, 1 to 100, default 10.
        sort_fields: Ignored by the server, whose order is not defined.
        sort_order: Ignored by the server.
        pagination: A dict to fill with the page's ``pagination``.
        sorting: A dict to fill with the page's ``sorting``.

    Returns:
        A page: a list of datasets (dict), one for each UUID, with the UUIDs of the parents in
        ``derived_from``; empty for a dataset that the graph does not know. dserver 0.22 knows
        only those that it has indexed itself, not those registered over HTTP::

            [{"uuid": "1a1f9fad-8589-413e-9602-5bbd66bfe675",
              "name": "simple_test_dataset",
              "uri": "smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675",
              "derived_from": [], ...}]

    Raises:
        InvalidRequestError: If an argument cannot be sent.
        NotOfferedError: If the server has no such plugin.
        LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

    Requires the dserver-dependency-graph-plugin; lists what is in the base URIs that you may
    search. Route: ``GET /graph/uuids/{uuid}``, or ``POST`` with dependency keys.
    """
    found = arguments.check_uuid(uuid)
    keys = arguments.check_text_list(dependency_keys, "dependency_keys")
    page = yield from _relatives(found, keys, **arguments.check_paging(page_number, page_size))
    return fill_out_parameters(page, pagination, sorting)


def iter_graph_by_uuid(
    uuid: DatasetUuid,
    dependency_keys: Sequence[str] | None = None,
    ahead: int = 0,
    progress: Progress = False,
) -> PagedQuery[GraphDataset]:
    """Iterate over a dataset, all that it is derived from, and all that is derived from it.

    The server builds the whole graph again for each page, and does not sort it. So fetching
    in advance is expensive for the server. If the index changes meanwhile, datasets may be left
    out or yielded twice.

    Args:
        uuid: UUID of the dataset, or the dataset with its ``uuid``, e.g.
            ``"1a1f9fad-8589-413e-9602-5bbd66bfe675"``.
        dependency_keys: Where the metadata name the UUIDs of parents, e.g.
            ``["readme.derived_from.uuid"]``; default is as the server is configured.
        ahead: Pages of 100 to fetch in advance, 0 (default) to 32.
        progress: True for a progress bar, which needs tqdm; or a function that is given, after
            each page, how many were yielded and how many there are. Default is neither.

    Returns:
        An iterator of datasets (dict) as from ``get_graph_by_uuid``. Its ``total`` is their
        number; closing it stops early::

            {"uuid": "1a1f9fad-8589-413e-9602-5bbd66bfe675", "derived_from": [], ...}

    Raises:
        InvalidRequestError: If an argument cannot be sent.
        NotOfferedError: If the server has no such plugin.
        LookupServerError: If a page cannot be read; continuing requests that page again.

    Requires the dserver-dependency-graph-plugin; lists what is in the base URIs that you may
    search. Route: ``GET /graph/uuids/{uuid}``, or ``POST`` with dependency keys.
    """
    found = arguments.check_uuid(uuid)
    keys = arguments.check_text_list(dependency_keys, "dependency_keys")
    return PagedQuery(
        name="iter_graph_by_uuid",
        page=lambda number: _relatives(found, keys, number, PAGE_SIZE),
        key="uri",
        unit="datasets",
        ordered=False,
        ahead=arguments.check_ahead(ahead),
        progress=arguments.check_progress(progress),
    )


def get_provenance(
    uuid: DatasetUuid, dependency_keys: Sequence[str] | None = None
) -> Operation[Provenance]:
    """Return a graph of all that a dataset is derived from and all that is derived from it.

    The graph is complete, whatever its size. Each 100 datasets take one request, for which
    the server builds the graph again. It returns one record for each UUID, so copies are
    not listed. It follows only UUIDs of version 4, and dserver 0.22 knows only datasets
    that it has indexed itself. Parents that it does not know, or that you may not search,
    are marked as missing.

    Args:
        uuid: UUID of the dataset, or the dataset with its ``uuid``, e.g.
            ``"1a1f9fad-8589-413e-9602-5bbd66bfe675"``.
        dependency_keys: Where the metadata name the UUIDs of parents, e.g.
            ``["readme.derived_from.uuid"]``; default is as the server is configured.

    Returns:
        A graph with ``nodes``, ``edges``, ``roots``, ``cycles`` and ``missing``, which
        notebooks draw. A dataset that the server does not know is its only node, and missing::

            <Provenance of 6 datasets, 5 edges>

    Raises:
        InvalidRequestError: If an argument cannot be sent.
        NotOfferedError: If the server has no such plugin.
        LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

    Requires the dserver-dependency-graph-plugin; finds what is in the base URIs that you may
    search. Route: ``GET /graph/uuids/{uuid}``, or ``POST`` with dependency keys.
    """
    query = replace(iter_graph_by_uuid(uuid, dependency_keys), name="get_provenance")
    pager: Pager[GraphDataset] = Pager(query)
    records: list[GraphDataset] = []
    while not pager.ended:
        records += pager.accept_page((yield from query.page(pager.number)))
    return Provenance(records, str(arguments.check_uuid(uuid)))


def _relatives(
    uuid: UUID, keys: list[str] | None, page: int, page_size: int
) -> Operation[Page[GraphDataset]]:
    if keys is None:
        response = yield ApiRequest(
            **api.graph.get_dependency_graph._get_kwargs(uuid, page=page, page_size=page_size)
        )
    else:
        body = models.DependencyKeysRequest(dependency_keys=keys)
        response = yield ApiRequest(
            **api.graph.query_dependency_graph._get_kwargs(
                uuid, body=body, page=page, page_size=page_size
            )
        )
    found = response.page()
    # For a UUID that it does not know, the plugin sends a record without uuid or uri.
    known = [dataset for dataset in found if dataset.get("uuid") and dataset.get("uri")]
    if found and not known and found.pagination.get("total") == len(found):
        found.pagination = {"total": 0, "total_pages": 0}
    found[:] = known
    return found
