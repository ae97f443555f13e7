# pyright: reportPrivateUsage=false
# The generated modules call their request builder _get_kwargs.
"""Operations on base URIs and on who may use them."""

from collections.abc import Sequence
from typing import Any, cast, get_args

from dtool_lookup_rest import api, models

from ..core.operation import ApiRequest, Operation
from ..core.pager import PAGE_SIZE, PagedQuery
from ..core.progress import Progress
from ..results import Page, SortOrder
from ..types import BaseUri, BaseUriSortField, BaseUriWithPermissions
from . import arguments
from .arguments import ASCENDING, fill_out_parameters

_SORTABLE = get_args(BaseUriSortField)


def get_base_uris(
    page_number: int | None = 1,
    page_size: int | None = 10,
    sort_fields: BaseUriSortField | Sequence[BaseUriSortField] | None = ("base_uri",),
    sort_order: SortOrder | Sequence[SortOrder] | None = ASCENDING,
    pagination: dict[str, Any] | None = None,
    sorting: dict[str, Any] | None = None,
) -> Operation[Page[BaseUri]]:
    """List a page of the registered base URIs, 10 by default.

    ``iter_base_uris`` yields all; the page's ``total`` is their number.

    Args:
        page_number: Number of the page, from 1 (default). A page past the end is empty.
        page_size: Base URIs on a page, 1 to 100, default 10.
        sort_fields: Field to sort by; there is only ``"base_uri"``.
        sort_order: ``ASCENDING`` (1, default) or ``DESCENDING`` (-1).
        pagination: A dict to fill with the page's ``pagination``.
        sorting: A dict to fill with the page's ``sorting``.

    Returns:
        A page: a list of base URIs (dict) that also has ``pagination`` and ``sorting``::

            [{"base_uri": "s3://test-bucket"}, {"base_uri": "smb://test-share"}]

    Raises:
        InvalidRequestError: If an argument cannot be sent.
        PermissionDeniedError: If you are not an administrator.
        LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

    Requires administrator rights. Route: ``GET /base-uris``.
    """
    sort = arguments.check_sort(sort_fields, sort_order, _SORTABLE, "base_uri")
    page = yield from _base_uris(sort, **arguments.check_paging(page_number, page_size))
    return fill_out_parameters(page, pagination, sorting)


def iter_base_uris(
    sort_fields: BaseUriSortField | Sequence[BaseUriSortField] | None = ("base_uri",),
    sort_order: SortOrder | Sequence[SortOrder] | None = ASCENDING,
    ahead: int = 4,
    progress: Progress = False,
) -> PagedQuery[BaseUri]:
    """Iterate over all registered base URIs.

    If base URIs are added or deleted meanwhile, the same holds as for ``iter_datasets``.

    Args:
        sort_fields: Field to sort by; there is only ``"base_uri"``.
        sort_order: ``ASCENDING`` (1, default) or ``DESCENDING`` (-1).
        ahead: Pages of 100 to fetch in advance, 0 to 32, default 4.
        progress: True for a progress bar, which needs tqdm; or a function that is given, after
            each page, how many were yielded and how many there are. Default is neither.

    Returns:
        An iterator of base URIs (dict) as from ``get_base_uris``. Its ``total`` is their
        number; closing it stops early::

            {"base_uri": "s3://test-bucket"}
            {"base_uri": "smb://test-share"}

    Raises:
        InvalidRequestError: If an argument cannot be sent.
        PermissionDeniedError: If you are not an administrator.
        ConflictError: If the base URIs change faster than they can be read.
        LookupServerError: If a page cannot be read; continuing requests that page again.

    Requires administrator rights. Route: ``GET /base-uris``.
    """
    sort = arguments.check_sort(sort_fields, sort_order, _SORTABLE, "base_uri")
    return PagedQuery(
        name="iter_base_uris",
        page=lambda number: _base_uris(sort, number, PAGE_SIZE),
        key="base_uri",
        unit="base URIs",
        ordered=True,
        ahead=arguments.check_ahead(ahead),
        progress=arguments.check_progress(progress),
    )


def _base_uris(sort: arguments.Sort, page: int, page_size: int) -> Operation[Page[BaseUri]]:
    response = yield ApiRequest(
        **api.base_uris.list_base_uris._get_kwargs(sort=sort.text, page=page, page_size=page_size)
    )
    return arguments.listed_page(response, page, sort)


def get_base_uri(base_uri: str) -> Operation[BaseUriWithPermissions]:
    """Return a base URI with its permissions.

    Args:
        base_uri: The base URI, e.g. ``"smb://test-share"``.

    Returns:
        The base URI (dict), with the names of the users who may search it and who may register
        datasets in it::

            {"base_uri": "smb://test-share",
             "users_with_search_permissions": ["admin", "testuser"],
             "users_with_register_permissions": ["admin"]}

    Raises:
        NotFoundError: If the server does not know the base URI.
        PermissionDeniedError: If you are not an administrator.
        LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

    Requires administrator rights. Route: ``GET /base-uris/{base_uri}``.
    """
    response = yield ApiRequest(
        **api.base_uris.get_base_uri._get_kwargs(base_uri=arguments.check_base_uri(base_uri))
    )
    return cast("BaseUriWithPermissions", response.json_object())


def register_base_uri(
    base_uri: str,
    users_with_search_permissions: Sequence[str] | None = None,
    users_with_register_permissions: Sequence[str] | None = None,
) -> Operation[bool]:
    """Register a base URI, or change who may use it.

    The server replaces both lists of users at once, and drops names that it does not know. So
    the list that is not given is read first and sent back, and unknown names are refused.

    Args:
        base_uri: The base URI, e.g. ``"smb://test-share"``, without a slash at its end.
        users_with_search_permissions: Names of all users who may search it; default is to
            leave that as it is. An empty list takes the permission from all users.
        users_with_register_permissions: Names of all users who may register datasets in it;
            default is to leave that as it is. An empty list takes it from all users.

    Returns:
        True; a failure raises an error.

    Raises:
        InvalidRequestError: If an argument cannot be sent, or names an unknown user.
        PermissionDeniedError: If you are not an administrator.
        LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

    Requires administrator rights.
    Route: ``PUT /base-uris/{base_uri}``, after ``GET`` and ``GET /users/{username}``.
    """
    base_uri = arguments.check_base_uri(base_uri)
    search = arguments.check_usernames(
        users_with_search_permissions, "users_with_search_permissions"
    )
    register = arguments.check_usernames(
        users_with_register_permissions, "users_with_register_permissions"
    )

    response = yield ApiRequest(**api.base_uris.get_base_uri._get_kwargs(base_uri=base_uri))
    searchers: list[str] = []
    registrants: list[str] = []
    if not response.is_missing():  # both must be there: what is sent replaces them
        searchers = response.text_list("users_with_search_permissions")
        registrants = response.text_list("users_with_register_permissions")

    known = {*searchers, *registrants}
    yield from _refuse_unknown({*(search or ()), *(register or ())} - known)
    response = yield ApiRequest(
        **api.base_uris.put_base_uri._get_kwargs(
            base_uri=base_uri,
            body=models.BaseUriPermissions(
                users_with_search_permissions=searchers if search is None else search,
                users_with_register_permissions=registrants if register is None else register,
            ),
        )
    )
    return response.expect_success()


def _refuse_unknown(usernames: set[str]) -> Operation[None]:
    for username in sorted(usernames):
        response = yield ApiRequest(
            **api.users.get_user._get_kwargs(
                username=arguments.check_path_value(username, "username")
            )
        )
        if response.is_missing():
            arguments.refuse(
                "username", username, "is unknown to the server", "Call register_user first"
            )
        response.json_member("username", str)


def delete_base_uri(base_uri: str) -> Operation[bool]:
    """Delete a base URI that holds no datasets.

    Args:
        base_uri: The base URI. An unknown one is not an error.

    Returns:
        True; a failure raises an error.

    Raises:
        InvalidRequestError: If the base URI cannot be sent.
        PermissionDeniedError: If you are not an administrator.
        ServerError: Also if datasets are registered in it; then nothing is deleted.
        LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

    Requires administrator rights. Route: ``DELETE /base-uris/{base_uri}``.
    """
    response = yield ApiRequest(
        **api.base_uris.delete_base_uri._get_kwargs(base_uri=arguments.check_base_uri(base_uri))
    )
    return response.expect_success()
