# pyright: reportPrivateUsage=false
# The generated modules call their request builder _get_kwargs.
"""Operations of the direct mongo plugin."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from dtool_lookup_rest import api, models

from ..core.operation import ApiRequest, Operation
from ..core.pager import PAGE_SIZE, PagedQuery
from ..core.progress import Progress
from ..core.ranges import Condition, Ranges
from ..results import DatasetUuid, Page, SortOrder
from ..types import DatasetSortField, JsonObject, MongoDataset
from . import arguments
from .arguments import ASCENDING, fill_out_parameters
from .datasets import _CANDIDATES, _copies, _only


def get_datasets_by_mongo_query(
    query: Mapping[str, Any] | str,
    creator_usernames: Sequence[str] | None = None,
    base_uris: Sequence[str] | None = None,
    uuids: Sequence[DatasetUuid] | None = None,
    tags: Sequence[str] | None = None,
    page_number: int | None = 1,
    page_size: int | None = 10,
    sort_fields: DatasetSortField | Sequence[DatasetSortField] | None = ("uri",),
    sort_order: SortOrder | Sequence[SortOrder] | None = ASCENDING,
    pagination: dict[str, Any] | None = None,
    sorting: dict[str, Any] | None = None,
) -> Operation[Page[MongoDataset]]:
    """List a page of the datasets that match a query in MongoDB's language.

    A page has 10 datasets by default. ``iter_datasets_by_mongo_query`` yields
    all; the page's ``total`` is their number.

    Args:
        query: The query, a dict or JSON text, e.g.
            ``{"readme.owners.name": {"$regex": "^Testing User$"}}``. MongoDB stores
            dates, which are not equal to any number or text. Compare a part of them, as in
            ``{"$expr": {"$gte": [{"$year": "$created_at"}, 2020]}}``, or their text: a
            ``{"$dateToString": {"date": "$created_at", "format": "%Y-%m-%d"}}``.
        creator_usernames: Names of creators; any of them.
        base_uris: Base URIs, e.g. ``["smb://test-share"]``; any of them.
        uuids: UUIDs, or datasets with them; any of them. Takes one more request for each.
        tags: Tags; all of them.
        page_number: Number of the page, from 1 (default). A page past the end is empty.
        page_size: Datasets on a page, 1 to 100, default 10.
        sort_fields: Ignored by the server, whose order is not defined.
        sort_order: Ignored by the server.
        pagination: A dict to fill with the page's ``pagination``.
        sorting: A dict to fill with the page's ``sorting``.

    Returns:
        A page: a list of datasets (dict) that also has ``pagination``. Dates are seconds since
        the epoch, UTC (float), here with milliseconds only::

            [{"base_uri": "smb://test-share",
              "created_at": 1604860720.736,
              "creator_username": "jotelha",
              "dtoolcore_version": "3.17.0",
              "frozen_at": 1604921621.719,
              "name": "simple_test_dataset",
              "tags": [],
              "type": "dataset",
              "uri": "smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675",
              "uuid": "1a1f9fad-8589-413e-9602-5bbd66bfe675", ...}]

    Raises:
        InvalidRequestError: If an argument cannot be sent, or the query is not JSON.
        NotOfferedError: If the server has no such plugin, or has it switched off.
        ServerError: Also if MongoDB refuses the query; the server does not say why.
        LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

    Requires the dserver-direct-mongo-plugin with ``DSERVER_ALLOW_DIRECT_QUERY``; lists what
    is in the base URIs that you may search. Route: ``POST /mongo/query``.
    """
    filters = _filters(query, creator_usernames, base_uris, tags)
    found = arguments.check_uuids(uuids)
    paging = arguments.check_paging(page_number, page_size)
    page = yield from _matches(filters, found, **paging)
    return fill_out_parameters(page, pagination, sorting)


def iter_datasets_by_mongo_query(
    query: Mapping[str, Any] | str,
    creator_usernames: Sequence[str] | None = None,
    base_uris: Sequence[str] | None = None,
    uuids: Sequence[DatasetUuid] | None = None,
    tags: Sequence[str] | None = None,
    ahead: int = 4,
    progress: Progress = False,
    limit: int | None = None,
) -> PagedQuery[MongoDataset]:
    """Iterate over all datasets that match a MongoDB query, sorted by URI.

    The server does not sort direct queries, and collects all matches again for each page. So
    the walk divides them into ranges of URIs with at most 100 matches each, and reads these one
    by one.
    A dataset that stays in the index is yielded once, whatever is added or deleted meanwhile.
    One that is added may be left out.

    Args:
        query: The query, a dict or JSON text, e.g.
            ``{"readme.owners.name": {"$regex": "^Testing User$"}}``. MongoDB stores
            dates, which are not equal to any number or text. Compare a part of them, as in
            ``{"$expr": {"$gte": [{"$year": "$created_at"}, 2020]}}``, or their text: a
            ``{"$dateToString": {"date": "$created_at", "format": "%Y-%m-%d"}}``.
        creator_usernames: Names of creators; any of them.
        base_uris: Base URIs, e.g. ``["smb://test-share"]``; any of them.
        uuids: UUIDs, or datasets with them; any of them. Takes one more request for each.
        tags: Tags; all of them.
        ahead: Ranges, of about a 25th of the matches, to fetch in advance, 0 to 32,
            default 4.
        progress: True for a progress bar, which needs tqdm; or a function that is given, after
            each range, how many were yielded and how many there are. Default is neither.
        limit: How many datasets to yield at most, from 1; default is all.

    Returns:
        An iterator of datasets (dict) as from ``get_datasets_by_mongo_query``. Its ``total`` is
        how many there were at the beginning, or the limit; closing it stops early::

            {"uri": "s3://test-bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675", ...}
            {"uri": "smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675", ...}

    Raises:
        InvalidRequestError: If an argument cannot be sent, or the query is not JSON.
        NotOfferedError: If the server has no such plugin, or has it switched off.
        ServerError: Also if MongoDB refuses the query; the server does not say why.
        LookupServerError: If a range cannot be read; continuing requests that range again.

    Requires the dserver-direct-mongo-plugin with ``DSERVER_ALLOW_DIRECT_QUERY``; lists what
    is in the base URIs that you may search. Route: ``POST /mongo/query``.
    """
    filters = _filters(query, creator_usernames, base_uris, tags)
    found = arguments.check_uuids(uuids)
    at_most = arguments.check_limit(limit)
    located: dict[str, Any] = {}

    def read(condition: Condition, page: int) -> Operation[Page[MongoDataset]]:
        if not located:
            located.update((yield from _located(filters, found)))
        return (yield from _page(_within(located, condition), page, PAGE_SIZE))

    return PagedQuery(
        name="iter_datasets_by_mongo_query",
        page=Ranges(read, at_most).page,
        key="uri",
        unit="datasets",
        ordered=False,
        fixed=True,
        ahead=arguments.check_ahead(ahead),
        progress=arguments.check_progress(progress),
        limit=at_most,
    )


def get_one_dataset_by_mongo_query(
    query: Mapping[str, Any] | str,
    creator_usernames: Sequence[str] | None = None,
    base_uris: Sequence[str] | None = None,
    uuids: Sequence[DatasetUuid] | None = None,
    tags: Sequence[str] | None = None,
) -> Operation[MongoDataset]:
    """Return the only dataset that matches a query in MongoDB's language, or raise an error.

    For programs that need exactly one dataset. Copies of a dataset count as several, as
    each has a URI of its own.

    Args:
        query: The query, a dict or JSON text, e.g. ``{"readme.project": "testing project"}``.
        creator_usernames: Names of creators; any of them.
        base_uris: Base URIs, e.g. ``["smb://test-share"]``; any of them.
        uuids: UUIDs, or datasets with them; any of them. Takes one more request for each.
        tags: Tags; all of them.

    Returns:
        The dataset (dict) as from ``get_datasets_by_mongo_query``::

            {"name": "simple_test_dataset",
             "tags": [],
             "uri": "smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675", ...}

    Raises:
        NotFoundError: If no dataset matches.
        MultipleResultsError: If several match; it shows ten of them, and how many there are.
        InvalidRequestError: If an argument cannot be sent, or the query is not JSON.
        NotOfferedError: If the server has no such plugin, or has it switched off.
        ServerError: Also if MongoDB refuses the query; the server does not say why.
        LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

    Requires the dserver-direct-mongo-plugin with ``DSERVER_ALLOW_DIRECT_QUERY``; finds what
    is in the base URIs that you may search. Route: ``POST /mongo/query``.
    """
    filters = _filters(query, creator_usernames, base_uris, tags)
    page = yield from _matches(filters, arguments.check_uuids(uuids), 1, _CANDIDATES)
    return _only(page, "get_one_dataset_by_mongo_query", "Check the query and the filters")


def _filters(
    query: Mapping[str, Any] | str,
    creator_usernames: Sequence[str] | None,
    base_uris: Sequence[str] | None,
    tags: Sequence[str] | None,
) -> dict[str, Any]:
    filters = {
        "query": arguments.check_json_object(query, "query", dates=False),
        "creator_usernames": arguments.check_text_list(creator_usernames, "creator_usernames"),
        "base_uris": arguments.check_base_uris(base_uris),
        "tags": arguments.check_text_list(tags, "tags"),
    }
    return {name: value for name, value in filters.items() if value is not None}


def _matches(
    filters: dict[str, Any], uuids: list[UUID] | None, page: int, page_size: int
) -> Operation[Page[MongoDataset]]:
    filters = yield from _located(filters, uuids)
    return (yield from _page(filters, page, page_size))


def _page(filters: dict[str, Any], page: int, page_size: int) -> Operation[Page[MongoDataset]]:
    body = models.QueryDataset.from_dict(filters)
    response = yield ApiRequest(
        **api.mongo.query_datasets._get_kwargs(body=body, page=page, page_size=page_size)
    )
    return response.page()


def _located(filters: dict[str, Any], uuids: list[UUID] | None) -> Operation[dict[str, Any]]:
    """Return filters that find datasets with certain UUIDs only, if any are given.

    The plugin has a filter for UUIDs. It compares binary values, while the server stores text for
    what it has indexed itself, and since 0.23 for everything: it then finds nothing. URIs are
    always text.
    """
    if not uuids:
        return filters
    return _within(filters, {"$in": (yield from _uris_of_copies(uuids))})


def _within(filters: dict[str, Any], condition: Condition) -> dict[str, Any]:
    """Return filters whose query also has to meet a condition for the URI."""
    if condition is None:
        return filters
    uri, query = {"uri": condition}, filters["query"]
    return {**filters, "query": {"$and": [uri, query]} if query else uri}


def _uris_of_copies(uuids: list[UUID]) -> Operation[list[str]]:
    """Return the URIs of all copies of datasets, as far as the user may search them.

    Args:
        uuids: UUIDs of the datasets.
    """
    uris: list[str] = []
    by_uri = arguments.check_sort("uri", ASCENDING, ("uri",), "uri")
    for uuid in dict.fromkeys(uuids):
        number = 1
        while True:
            page = yield from _copies(uuid, by_uri, number, PAGE_SIZE)
            found = [uri for each in page if (uri := each.get("uri")) and uri not in uris]
            uris += found
            if len(page) < PAGE_SIZE or not found:
                break
            number += 1
    return uris


def get_datasets_by_mongo_aggregation(
    aggregation: Sequence[Mapping[str, Any]] | Mapping[str, Any] | str,
    page_number: int | None = 1,
    page_size: int | None = 10,
    sort_fields: DatasetSortField | Sequence[DatasetSortField] | None = ("uri",),
    sort_order: SortOrder | Sequence[SortOrder] | None = ASCENDING,
    pagination: dict[str, Any] | None = None,
    sorting: dict[str, Any] | None = None,
) -> Operation[Page[JsonObject]]:
    """Run a MongoDB aggregation over the datasets that you may search.

    Args:
        aggregation: The stages, a list of dicts or JSON text, e.g.
            ``[{"$match": {"name": "simple_test_dataset"}}]``; or a single stage.
        page_number: Number of the page, from 1 (default). A page past the end is empty.
        page_size: Results on a page, 1 to 100, default 10.
        sort_fields: Ignored by the server; use a ``$sort`` stage.
        sort_order: Ignored by the server.
        pagination: A dict to fill with the page's ``pagination``.
        sorting: A dict to fill with the page's ``sorting``.

    Returns:
        A page: a list of results (dict) that also has ``pagination``. The server removes
        ``_id``: keep the key of a ``$group`` with ``{"$addFields": {"key": "$_id"}}``::

            [{"key": "jotelha", "count": 2}]

    Raises:
        InvalidRequestError: If an argument cannot be sent, or the stages are not JSON.
        NotOfferedError: If the server has no such plugin, or has it switched off.
        ServerError: Also if MongoDB refuses a stage; the server does not say why.
        LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

    Requires the dserver-direct-mongo-plugin with ``DSERVER_ALLOW_DIRECT_AGGREGATION``.
    Route: ``POST /mongo/aggregate``.
    """
    response = yield ApiRequest(
        **api.mongo.aggregate_datasets._get_kwargs(
            body=models.QueryDataset.from_dict(
                {"aggregation": arguments.check_pipeline(aggregation, "aggregation")}
            ),
            **arguments.check_paging(page_number, page_size),
        )
    )
    return fill_out_parameters(response.page(), pagination, sorting)
