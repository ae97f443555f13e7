# pyright: reportPrivateUsage=false
# The generated modules call their request builder _get_kwargs.
"""Operations on datasets."""

from collections.abc import Sequence
from typing import Any, TypeVar, cast, get_args
from uuid import UUID

from dtool_lookup_rest import api, models

from ..core.operation import ApiRequest, Operation
from ..core.pager import PAGE_SIZE, PagedQuery
from ..core.progress import Progress
from ..errors import MultipleResultsError, NotFoundError
from ..results import DatasetUri, DatasetUuid, Page, SortOrder
from ..types import Dataset, DatasetSortField
from . import arguments
from .arguments import ASCENDING, fill_out_parameters

_T = TypeVar("_T")

_SORTABLE = get_args(DatasetSortField)
_CANDIDATES = 10


def get_datasets(
    free_text: str | None = None,
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
) -> Operation[Page[Dataset]]:
    """List a page of the datasets that you may search, 10 by default.

    If you give filters, only datasets that match every filter are listed. ``iter_datasets``
    yields all; the page's ``total`` is their number.

    Args:
        free_text: Words to look for in all of the metadata; any of them suffices. Where the
            server searches with MongoDB, ``"a phrase"`` in quotes has to occur as it is, and
            ``-word`` excludes datasets with this word. Hits are not sorted by relevance, so the
            first need not be the dataset that you named.
        creator_usernames: Names of creators; any of them.
        base_uris: Base URIs, e.g. ``["smb://test-share"]``; any of them.
        uuids: UUIDs, or datasets with them; any of them. dserver 0.22 only finds datasets
            registered over HTTP; ``get_datasets_by_uuid`` finds all.
        tags: Tags; all of them.
        page_number: Number of the page, from 1 (default). A page past the end is empty.
        page_size: Datasets on a page, 1 to 100, default 10.
        sort_fields: Field or fields to sort by, default ``"uri"``; of base_uri, created_at,
            creator_username, frozen_at, name, uri, uuid. Ties are sorted by URI.
        sort_order: ``ASCENDING`` (1, default) or ``DESCENDING`` (-1) for all of the fields, or
            one for each.
        pagination: A dict to fill with the page's ``pagination``.
        sorting: A dict to fill with the page's ``sorting``.

    Returns:
        A page: a list of datasets (dict) that also has ``pagination`` and ``sorting``. Dates
        are seconds since the epoch, UTC (float)::

            [{"base_uri": "smb://test-share",
              "created_at": 1604860720.736269,
              "creator_username": "jotelha",
              "frozen_at": 1604921621.719575,
              "name": "simple_test_dataset",
              "number_of_items": 1,
              "size_in_bytes": 17,
              "uri": "smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675",
              "uuid": "1a1f9fad-8589-413e-9602-5bbd66bfe675"}]

    Raises:
        InvalidRequestError: If an argument cannot be sent.
        LookupServerError: If the call fails; see ``dtool_lookup_api.errors``.

    Requires a registered user; lists what is in the base URIs that this user may search.
    Route: ``POST /uris``.
    """
    filters = _filters(free_text, creator_usernames, base_uris, uuids, tags)
    sort = arguments.check_sort(sort_fields, sort_order, _SORTABLE, "uri")
    paging = arguments.check_paging(page_number, page_size)
    page = yield from _search(filters, sort, **paging)
    return fill_out_parameters(page, pagination, sorting)


def iter_datasets(
    free_text: str | None = None,
    creator_usernames: Sequence[str] | None = None,
    base_uris: Sequence[str] | None = None,
    uuids: Sequence[DatasetUuid] | None = None,
    tags: Sequence[str] | None = None,
    sort_fields: DatasetSortField | Sequence[DatasetSortField] | None = ("uri",),
    sort_order: SortOrder | Sequence[SortOrder] | None = ASCENDING,
    ahead: int = 4,
    progress: Progress = False,
) -> PagedQuery[Dataset]:
    """Iterate over all datasets that you may search, or those that match every filter.

    A dataset that stays in the index is yielded once, even if others are added or deleted
    meanwhile, with one exception: it may be left out if at least as many datasets were added as
    deleted between two pages. Datasets added meanwhile may be left out. If more than 10,000 are
    added between two pages, some are yielded twice.

    Args:
        free_text: Words to look for in all of the metadata; any of them suffices. Where the
            server searches with MongoDB, ``"a phrase"`` in quotes has to occur as it is, and
            ``-word`` excludes datasets with this word. Hits are not sorted by relevance, so the
            first need not be the dataset that you named.
        creator_usernames: Names of creators; any of them.
        base_uris: Base URIs, e.g. ``["smb://test-share"]``; any of them.
        uuids: UUIDs, or datasets with them; any of them. dserver 0.22 only finds datasets
            registered over HTTP; ``iter_datasets_by_uuid`` finds all.
        tags: Tags; all of them.
        sort_fields: Field or fields to sort by, default ``"uri"``; of base_uri, created_at,
            creator_username, frozen_at, name, uri, uuid. Ties are sorted by URI.
        sort_order: ``ASCENDING`` (1, default) or ``DESCENDING`` (-1) for all of the fields, or
            one for each.
        ahead: Pages of 100 to fetch in advance, 0 to 32, default 4.
        progress: True for a progress bar, which needs tqdm; or a function that is given, after
            each page, how many were yielded and how many there are. Default is neither.

    Returns:
        An iterator of datasets (dict) as from ``get_datasets``. Its ``total`` is their number;
        closing it stops early::

            {"uri": "s3://test-bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675", ...}
            {"uri": "smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675", ...}

    Raises:
        InvalidRequestError: If an argument cannot be sent.
        ConflictError: If the datasets change faster than they can be read.
        LookupServerError: If a page cannot be read; continuing requests that page again.

    Requires a registered user; lists what is in the base URIs that this user may search.
    Route: ``POST /uris``.
    """
    filters = _filters(free_text, creator_usernames, base_uris, uuids, tags)
    sort = arguments.check_sort(sort_fields, sort_order, _SORTABLE, "uri")
    return PagedQuery(
        name="iter_datasets",
        page=lambda number: _search(filters, sort, number, PAGE_SIZE),
        key="uri",
        unit="datasets",
        ordered=True,
        ahead=arguments.check_ahead(ahead),
        progress=arguments.check_progress(progress),
    )


def get_one_dataset(
    free_text: str | None = None,
    creator_usernames: Sequence[str] | None = None,
    base_uris: Sequence[str] | None = None,
    uuids: Sequence[DatasetUuid] | None = None,
    tags: Sequence[str] | None = None,
) -> Operation[Dataset]:
    """Return the only dataset that matches every filter, or raise an error.

    For programs that need exactly one dataset. Copies of a dataset count as several, as
    each has a URI of its own. ``get_one_dataset_by_mongo_query`` does the same with a query.

    Args:
        free_text: Words to look for in all of the metadata; any of them suffices. Where the
            server searches with MongoDB, ``"a phrase"`` in quotes has to occur as it is, and
            ``-word`` excludes datasets with this word. Hits are not sorted by relevance, so the
            first need not be the dataset that you named.
        creator_usernames: Names of creators; any of them.
        base_uris: Base URIs, e.g. ``["smb://test-share"]``; any of them.
        uuids: UUIDs, or datasets with them; any of them. dserver 0.22 only finds datasets
            registered over HTTP; ``get_datasets_by_uuid`` finds all.
        tags: Tags; all of them.

    Returns:
        The dataset (dict) as from ``get_datasets``. Dates are seconds since the epoch, UTC
        (float)::

            {"base_uri": "smb://test-share",
             "created_at": 1604860720.736269,
             "creator_username": "jotelha",
             "frozen_at": 1604921621.719575,
             "name": "simple_test_dataset",
             "number_of_items": 1,
             "size_in_bytes": 17,
             "uri": "smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675",
             "uuid": "1a1f9fad-8589-413e-9602-5bbd66bfe675"}

    Raises:
        NotFoundError: If no dataset matches.
        MultipleResultsError: If several match; it shows the first ten, and how many there are.
        InvalidRequestError: If an argument cannot be sent.
        LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

    Requires a registered user; finds what is in the base URIs that this user may search.
    Route: ``POST /uris``.
    """
    filters = _filters(free_text, creator_usernames, base_uris, uuids, tags)
    page = yield from _search(
        filters, arguments.check_sort("uri", ASCENDING, _SORTABLE, "uri"), 1, _CANDIDATES
    )
    hint = "get_datasets_by_uuid finds datasets that this search may miss" if uuids else ""
    return _only(page, "get_one_dataset", hint or "Check the filters")


def _only(page: Page[_T], operation: str, hint: str) -> _T:
    """Return the only dataset of a search.

    Args:
        page: The first page of what was found.
        operation: Name of the documented function.
        hint: What to do if nothing was found.
    """
    if not page:
        raise NotFoundError("No dataset matches", operation=operation, next_step=hint)
    total = max(len(page), page.pagination.get("total", 0))
    if total > 1:
        candidates = cast("list[dict[str, Any]]", list(page))
        are_copies = total == len(page) and len({each.get("uuid") for each in candidates}) == 1
        copies = "These are copies of one dataset: select one by base_uris"
        raise MultipleResultsError(
            f"Found {total:,} datasets instead of one",
            operation=operation,
            next_step=copies if are_copies else "Add filters until one dataset is left",
            candidates=candidates,
            total=total,
        )
    return page[0]


def _filters(
    free_text: str | None,
    creator_usernames: Sequence[str] | None,
    base_uris: Sequence[str] | None,
    uuids: Sequence[DatasetUuid] | None,
    tags: Sequence[str] | None,
) -> dict[str, Any]:
    filters = {
        "free_text": arguments.check_search_text(free_text, "free_text"),
        "creator_usernames": arguments.check_text_list(creator_usernames, "creator_usernames"),
        "base_uris": arguments.check_base_uris(base_uris),
        "uuids": arguments.check_uuids(uuids),
        "tags": arguments.check_text_list(tags, "tags"),
    }
    return {name: value for name, value in filters.items() if value is not None}


def _search(
    filters: dict[str, Any], sort: arguments.Sort, page: int, page_size: int
) -> Operation[Page[Dataset]]:
    body = models.SearchDataset(**filters)
    response = yield ApiRequest(
        **api.datasets.search_datasets._get_kwargs(
            body=body, sort=sort.text, page=page, page_size=page_size
        )
    )
    return arguments.listed_page(response, page, sort)


def get_dataset(uri: DatasetUri) -> Operation[Dataset]:
    """Return what the server knows about the dataset at a URI.

    Args:
        uri: URI of the dataset, or the dataset with its ``uri``, e.g.
            ``"smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675"``.

    Returns:
        The dataset (dict). Dates are seconds since the epoch, UTC (float)::

            {"base_uri": "smb://test-share",
             "created_at": 1604860720.736269,
             "creator_username": "jotelha",
             "frozen_at": 1604921621.719575,
             "name": "simple_test_dataset",
             "number_of_items": 1,
             "size_in_bytes": 17,
             "uri": "smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675",
             "uuid": "1a1f9fad-8589-413e-9602-5bbd66bfe675"}

    Raises:
        NotFoundError: If the dataset is not in the base URI.
        PermissionDeniedError: If the base URI is unknown or not yours to search.
        LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

    Requires search permission on the base URI. Route: ``GET /uris/{uri}``.
    """
    uri = arguments.check_uri(uri)
    response = yield ApiRequest(**api.datasets.get_dataset._get_kwargs(uri=uri))
    return cast("Dataset", response.dataset())


def get_datasets_by_uuid(
    uuid: DatasetUuid,
    page_number: int | None = 1,
    page_size: int | None = 10,
    sort_fields: DatasetSortField | Sequence[DatasetSortField] | None = ("uri",),
    sort_order: SortOrder | Sequence[SortOrder] | None = ASCENDING,
    pagination: dict[str, Any] | None = None,
    sorting: dict[str, Any] | None = None,
) -> Operation[Page[Dataset]]:
    """List a page of the copies of a dataset, 10 by default.

    ``iter_datasets_by_uuid`` yields all; the page's ``total`` is their number.

    Args:
        uuid: UUID of the dataset, or the dataset with its ``uuid``, e.g.
            ``"1a1f9fad-8589-413e-9602-5bbd66bfe675"``.
        page_number: Number of the page, from 1 (default). A page past the end is empty.
        page_size: Datasets on a page, 1 to 100, default 10.
        sort_fields: Field or fields to sort by, default ``"uri"``; of base_uri, created_at,
            creator_username, frozen_at, name, uri, uuid. Ties are sorted by URI.
        sort_order: ``ASCENDING`` (1, default) or ``DESCENDING`` (-1) for all of the fields, or
            one for each.
        pagination: A dict to fill with the page's ``pagination``.
        sorting: A dict to fill with the page's ``sorting``.

    Returns:
        A page: a list of datasets (dict) as from ``get_datasets``, one for each copy; empty if
        no base URI that you may search has one::

            [{"uri": "s3://test-bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675", ...},
             {"uri": "smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675", ...}]

    Raises:
        InvalidRequestError: If an argument cannot be sent.
        LookupServerError: If the call fails; see ``dtool_lookup_api.errors``.

    Requires a registered user; lists what is in the base URIs that this user may search.
    Route: ``GET /uuids/{uuid}``.
    """
    found = arguments.check_uuid(uuid)
    sort = arguments.check_sort(sort_fields, sort_order, _SORTABLE, "uri")
    page = yield from _copies(found, sort, **arguments.check_paging(page_number, page_size))
    return fill_out_parameters(page, pagination, sorting)


def iter_datasets_by_uuid(
    uuid: DatasetUuid,
    sort_fields: DatasetSortField | Sequence[DatasetSortField] | None = ("uri",),
    sort_order: SortOrder | Sequence[SortOrder] | None = ASCENDING,
    ahead: int = 4,
    progress: Progress = False,
) -> PagedQuery[Dataset]:
    """Iterate over all copies of a dataset, in any base URI.

    If copies are added or deleted meanwhile, the same holds as for ``iter_datasets``.

    Args:
        uuid: UUID of the dataset, or the dataset with its ``uuid``, e.g.
            ``"1a1f9fad-8589-413e-9602-5bbd66bfe675"``.
        sort_fields: Field or fields to sort by, default ``"uri"``; of base_uri, created_at,
            creator_username, frozen_at, name, uri, uuid. Ties are sorted by URI.
        sort_order: ``ASCENDING`` (1, default) or ``DESCENDING`` (-1) for all of the fields, or
            one for each.
        ahead: Pages of 100 to fetch in advance, 0 to 32, default 4.
        progress: True for a progress bar, which needs tqdm; or a function that is given, after
            each page, how many were yielded and how many there are. Default is neither.

    Returns:
        An iterator of datasets (dict) as from ``get_datasets``, one for each copy. Its
        ``total`` is their number; closing it stops early::

            {"uri": "s3://test-bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675", ...}
            {"uri": "smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675", ...}

    Raises:
        InvalidRequestError: If an argument cannot be sent.
        ConflictError: If the datasets change faster than they can be read.
        LookupServerError: If a page cannot be read; continuing requests that page again.

    Requires a registered user; lists what is in the base URIs that this user may search.
    Route: ``GET /uuids/{uuid}``.
    """
    found = arguments.check_uuid(uuid)
    sort = arguments.check_sort(sort_fields, sort_order, _SORTABLE, "uri")
    return PagedQuery(
        name="iter_datasets_by_uuid",
        page=lambda number: _copies(found, sort, number, PAGE_SIZE),
        key="uri",
        unit="datasets",
        ordered=True,
        ahead=arguments.check_ahead(ahead),
        progress=arguments.check_progress(progress),
    )


def _copies(
    uuid: UUID, sort: arguments.Sort, page: int, page_size: int
) -> Operation[Page[Dataset]]:
    response = yield ApiRequest(
        **api.datasets.list_datasets_by_uuid._get_kwargs(
            uuid=uuid, sort=sort.text, page=page, page_size=page_size
        )
    )
    return arguments.listed_page(response, page, sort)
