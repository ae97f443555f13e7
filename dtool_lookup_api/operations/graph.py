# pyright: reportPrivateUsage=false
# The generated modules call their request builder _get_kwargs.
"""Operations of the dependency graph plugin."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from ..core.calls import Operation
from ..results import Page
from ..types import DatasetSortField, GraphDataset
from . import arguments
from .arguments import ASCENDING


def get_graph_by_uuid(
    uuid: str | UUID,
    dependency_keys: Sequence[str] | None = None,
    page_number: int | None = 1,
    page_size: int | None = 10,
    sort_fields: DatasetSortField | Sequence[DatasetSortField] | None = ("uri",),
    sort_order: int | Sequence[int] | None = ASCENDING,
    pagination: dict[str, Any] | None = None,
    sorting: dict[str, Any] | None = None,
) -> Operation[Page[GraphDataset]]:
    """List a dataset with all that it is derived from and all that is derived from it.

    Args:
        uuid: UUID of the dataset, e.g. ``"1a1f9fad-8589-413e-9602-5bbd66bfe675"``.
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
        those only that it has indexed itself, none that was registered by a call::

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
    from dserver_client.api.graph import get_dependency_graph, query_dependency_graph
    from dserver_client.models import DependencyKeysRequest

    found = arguments.uuid_of(uuid)
    paging = arguments.paging(page_number, page_size)
    keys = arguments.texts(dependency_keys, "dependency_keys")
    if keys is None:
        answer = yield get_dependency_graph._get_kwargs(found, **paging)
    else:
        body = DependencyKeysRequest(dependency_keys=keys)
        answer = yield query_dependency_graph._get_kwargs(found, body=body, **paging)
    page = answer.page(pagination, sorting)
    # For a UUID that it does not know, the plugin sends a record without uuid or uri.
    page[:] = [dataset for dataset in page if dataset.get("uuid") and dataset.get("uri")]
    return page
