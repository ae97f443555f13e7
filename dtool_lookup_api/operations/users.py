# pyright: reportPrivateUsage=false
# The generated modules call their request builder _get_kwargs.
"""Operations on users: yourself and, for administrators, the others."""

from collections.abc import Sequence
from typing import Any, cast, get_args

from dtool_lookup_rest import api, models

from ..core.capabilities import require
from ..core.operation import ApiRequest, Operation
from ..core.pager import PAGE_SIZE, PagedQuery
from ..core.progress import Progress
from ..results import Page, SortOrder
from ..types import Summary, User, UserSortField
from . import arguments
from .arguments import ASCENDING, fill_out_parameters

_SORTABLE = get_args(UserSortField)


def get_users(
    page_number: int | None = 1,
    page_size: int | None = 10,
    sort_fields: UserSortField | Sequence[UserSortField] | None = ("username",),
    sort_order: SortOrder | Sequence[SortOrder] | None = ASCENDING,
    pagination: dict[str, Any] | None = None,
    sorting: dict[str, Any] | None = None,
) -> Operation[Page[User]]:
    """List a page of the registered users, 10 by default.

    ``iter_users`` yields all; the page's ``total`` is their number.

    Args:
        page_number: Number of the page, from 1 (default). A page past the end is empty.
        page_size: Users on a page, 1 to 100, default 10.
        sort_fields: Field or fields to sort by, default ``"username"``; of username, is_admin.
        sort_order: ``ASCENDING`` (1, default) or ``DESCENDING`` (-1) for all of the fields, or
            one for each.
        pagination: A dict to fill with the page's ``pagination``.
        sorting: A dict to fill with the page's ``sorting``.

    Returns:
        A page: a list of users (dict) that also has ``pagination`` and ``sorting``. dserver
        0.22 lists no permissions here; ``get_user`` does::

            [{"username": "admin", "is_admin": True},
             {"username": "testuser", "is_admin": False}]

    Raises:
        InvalidRequestError: If an argument cannot be sent.
        PermissionDeniedError: If you are not an administrator.
        LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

    Requires administrator rights. Route: ``GET /users``.
    """
    sort = arguments.check_sort(sort_fields, sort_order, _SORTABLE, "username")
    page = yield from _users(sort, **arguments.check_paging(page_number, page_size))
    return fill_out_parameters(page, pagination, sorting)


def iter_users(
    sort_fields: UserSortField | Sequence[UserSortField] | None = ("username",),
    sort_order: SortOrder | Sequence[SortOrder] | None = ASCENDING,
    ahead: int = 4,
    progress: Progress = False,
) -> PagedQuery[User]:
    """Iterate over all registered users.

    If users are added or deleted meanwhile, the same holds as for ``iter_datasets``.

    Args:
        sort_fields: Field or fields to sort by, default ``"username"``; of username, is_admin.
        sort_order: ``ASCENDING`` (1, default) or ``DESCENDING`` (-1) for all of the fields, or
            one for each.
        ahead: Pages of 100 to fetch in advance, 0 to 32, default 4.
        progress: True for a progress bar, which needs tqdm; or a function that is given, after
            each page, how many were yielded and how many there are. Default is neither.

    Returns:
        An iterator of users (dict) as from ``get_users``. Its ``total`` is their number;
        closing it stops early::

            {"username": "admin", "is_admin": True}
            {"username": "testuser", "is_admin": False}

    Raises:
        InvalidRequestError: If an argument cannot be sent.
        PermissionDeniedError: If you are not an administrator.
        ConflictError: If the users change faster than they can be read.
        LookupServerError: If a page cannot be read; continuing requests that page again.

    Requires administrator rights. Route: ``GET /users``.
    """
    sort = arguments.check_sort(sort_fields, sort_order, _SORTABLE, "username")
    return PagedQuery(
        name="iter_users",
        page=lambda number: _users(sort, number, PAGE_SIZE),
        key="username",
        unit="users",
        ordered=True,
        ahead=arguments.check_ahead(ahead),
        progress=arguments.check_progress(progress),
    )


def _users(sort: arguments.Sort, page: int, page_size: int) -> Operation[Page[User]]:
    response = yield ApiRequest(
        **api.users.list_users._get_kwargs(sort=sort.text, page=page, page_size=page_size)
    )
    return arguments.listed_page(response, page, sort)


def get_me() -> Operation[User]:
    """Return your own user.

    Returns:
        The user (dict), with the base URIs that you may search and register datasets in::

            {"username": "testuser",
             "is_admin": False,
             "search_permissions_on_base_uris": ["s3://test-bucket", "smb://test-share"],
             "register_permissions_on_base_uris": []}

    Raises:
        AuthenticationError: If the login fails, or the server does not know the user.
        LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

    Requires a registered user. Route: ``GET /me``.
    """
    response = yield ApiRequest(**api.me.get_me._get_kwargs())
    return cast("User", response.json_object())


def get_user(username: str | None = None) -> Operation[User]:
    """Return a user.

    Args:
        username: Name of the user; default is yourself.

    Returns:
        The user (dict), with the base URIs that the user may search and register datasets in::

            {"username": "testuser",
             "is_admin": False,
             "search_permissions_on_base_uris": ["s3://test-bucket", "smb://test-share"],
             "register_permissions_on_base_uris": []}

    Raises:
        PermissionDeniedError: If you ask about another user and are not an administrator.
        NotFoundError: If the user is unknown.
        LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

    Requires administrator rights for all users except yourself.
    Route: ``GET /users/{username}``, or ``GET /me`` without a name.
    """
    if username is None:
        return (yield from get_me())
    response = yield ApiRequest(
        **api.users.get_user._get_kwargs(username=arguments.check_path_value(username, "username"))
    )
    return cast("User", response.json_object())


def get_my_summary() -> Operation[Summary]:
    """Return counts and sizes of all datasets that you may search.

    Returns:
        The summary (dict), in total and by base URI, creator and tag; sizes are bytes::

            {"number_of_datasets": 2,
             "total_size_in_bytes": 34,
             "datasets_per_creator": {"jotelha": 2},
             "size_in_bytes_per_creator": {"jotelha": 34},
             ...}

    Raises:
        LookupServerError: If the call fails; see ``dtool_lookup_api.errors``.

    Requires a registered user. Route: ``GET /me/summary``.
    """
    response = yield ApiRequest(**api.me.get_my_summary._get_kwargs())
    return cast("Summary", response.json_object())


def get_summary(username: str | None = None) -> Operation[Summary]:
    """Return counts and sizes of all datasets that a user may search.

    Args:
        username: Name of the user; default is yourself.

    Returns:
        The summary (dict), in total and by base URI, creator and tag; sizes are bytes::

            {"number_of_datasets": 2,
             "total_size_in_bytes": 34,
             "datasets_per_creator": {"jotelha": 2},
             "size_in_bytes_per_creator": {"jotelha": 34},
             ...}

    Raises:
        PermissionDeniedError: If you ask about another user and are not an administrator.
        NotFoundError: If the user is unknown.
        LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

    Requires administrator rights for all users except yourself.
    Route: ``GET /users/{username}/summary``, or ``GET /me/summary`` without a name.
    """
    if username is None:
        return (yield from get_my_summary())
    response = yield ApiRequest(
        **api.users.get_user_summary._get_kwargs(
            username=arguments.check_path_value(username, "username")
        )
    )
    return cast("Summary", response.json_object())


def register_user(username: str, is_admin: bool = False) -> Operation[bool]:
    """Register a user, or change whether a user is an administrator.

    Args:
        username: Name of the user, without slash.
        is_admin: Whether the user is to be an administrator, default False. An administrator
            registered again without it loses the rights.

    Returns:
        True; a failure raises an error.

    Raises:
        InvalidRequestError: If the name cannot be sent.
        PermissionDeniedError: If you are not an administrator.
        LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

    Requires administrator rights. Route: ``PUT /users/{username}``.
    """
    response = yield ApiRequest(
        **api.users.put_user._get_kwargs(
            username=arguments.check_path_value(username, "username"),
            body=models.UserWrite(is_admin=arguments.check_bool(is_admin, "is_admin")),
        )
    )
    return response.expect_success()


def delete_user(username: str) -> Operation[bool]:
    """Delete a user, with all of the user's permissions; datasets stay.

    Args:
        username: Name of the user. An unknown name is not an error.

    Returns:
        True; a failure raises an error.

    Raises:
        InvalidRequestError: If the name cannot be sent.
        PermissionDeniedError: If you are not an administrator.
        LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

    Requires administrator rights. Route: ``DELETE /users/{username}``.
    """
    response = yield ApiRequest(
        **api.users.delete_user._get_kwargs(
            username=arguments.check_path_value(username, "username")
        )
    )
    return response.expect_success()


def update_me(display_name: str | None) -> Operation[User]:
    """Change your own profile.

    Args:
        display_name: Your display name; ``""`` or None clears it.

    Returns:
        Your user after the change (dict)::

            {"username": "testuser", "is_admin": False, "display_name": "Test User", ...}

    Raises:
        InvalidRequestError: If the name cannot be sent.
        NotOfferedError: If the server is older.
        LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

    Requires dservercore 0.23.0 and a registered user. Route: ``PATCH /me``.
    """
    name = arguments.check_search_text(display_name, "display_name")
    yield from require("update_me")
    response = yield ApiRequest(
        **api.me.update_me._get_kwargs(body=models.MeUpdate(display_name=name))
    )
    return cast("User", response.json_object())


def update_user(
    username: str, is_admin: bool | None = None, display_name: str | None = None
) -> Operation[User]:
    """Change the profile of a user; what is not given stays as it is.

    Args:
        username: Name of the user.
        is_admin: Whether the user is to be an administrator.
        display_name: The user's display name; ``""`` clears it.

    Returns:
        The user after the change (dict)::

            {"username": "testuser", "is_admin": False, "display_name": "Test User", ...}

    Raises:
        InvalidRequestError: If an argument cannot be sent, or there is nothing to change.
        PermissionDeniedError: If you are not an administrator.
        NotFoundError: If the user is unknown.
        NotOfferedError: If the server is older.
        LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

    Requires dservercore 0.23.0 and administrator rights. Route: ``PATCH /users/{username}``,
    without a display name after ``GET``.
    """
    arguments.check_path_value(username, "username")
    name = arguments.check_search_text(display_name, "display_name")
    if is_admin is None and display_name is None:
        arguments.refuse(
            "is_admin", None, "changes nothing by itself", "Give True or False, or a display_name"
        )
    role = {} if is_admin is None else {"is_admin": arguments.check_bool(is_admin, "is_admin")}
    yield from require("update_user")
    if display_name is None:  # the server would clear what is left out
        name = (yield from get_user(username)).get("display_name")
    body = models.UserUpdate.from_dict({"display_name": name, **role})
    response = yield ApiRequest(**api.users.update_user._get_kwargs(username=username, body=body))
    return cast("User", response.json_object())


def grant_search_permission(username: str, base_uri: str) -> Operation[User]:
    """Allow a user to search a base URI; other permissions stay as they are.

    Args:
        username: Name of the user.
        base_uri: The base URI as it is registered, e.g. ``"s3://test-bucket"``. Granting it
            again is not an error.

    Returns:
        The user (dict), with all base URIs that the user may now search::

            {"username": "testuser",
             "search_permissions_on_base_uris": ["s3://test-bucket", "smb://test-share"], ...}

    Raises:
        InvalidRequestError: If an argument cannot be sent.
        PermissionDeniedError: If you are not an administrator.
        NotFoundError: If the user or the base URI is unknown.
        NotOfferedError: If the server is older.
        LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

    Requires dservercore 0.23.0 and administrator rights.
    Route: ``POST /users/{username}/search/{base_uri}``.
    """
    request = ApiRequest(
        **api.users.grant_search_permission._get_kwargs(
            username=arguments.check_path_value(username, "username"),
            base_uri=arguments.stored_uri(arguments.check_base_uri(base_uri)),
        )
    )
    yield from require("grant_search_permission")
    return (yield from _granted(username, request))


def grant_register_permission(username: str, base_uri: str) -> Operation[User]:
    """Allow a user to register datasets in a base URI; other permissions stay as they are.

    Args:
        username: Name of the user.
        base_uri: The base URI as it is registered, e.g. ``"s3://test-bucket"``. Granting
            it again is not an error.

    Returns:
        The user (dict), with all base URIs that the user may register datasets in now::

            {"username": "testuser",
             "register_permissions_on_base_uris": ["s3://test-bucket"], ...}

    Raises:
        InvalidRequestError: If an argument cannot be sent.
        PermissionDeniedError: If you are not an administrator.
        NotFoundError: If the user or the base URI is unknown.
        NotOfferedError: If the server is older.
        LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

    Requires dservercore 0.23.0 and administrator rights.
    Route: ``POST /users/{username}/register/{base_uri}``.
    """
    request = ApiRequest(
        **api.users.grant_register_permission._get_kwargs(
            username=arguments.check_path_value(username, "username"),
            base_uri=arguments.stored_uri(arguments.check_base_uri(base_uri)),
        )
    )
    yield from require("grant_register_permission")
    return (yield from _granted(username, request))


def _granted(username: str, request: ApiRequest) -> Operation[User]:
    response = yield request
    if response.status == 409:  # granted before
        return (yield from get_user(username))
    return cast("User", response.json_object())


def revoke_search_permission(username: str, base_uri: str) -> Operation[User]:
    """Revoke a user's permission to search a base URI; other permissions stay as they are.

    Args:
        username: Name of the user.
        base_uri: The base URI as it is registered, e.g. ``"s3://test-bucket"``. It is not
            an error if the user may not search it anyway.

    Returns:
        The user (dict), with all base URIs that the user may still search::

            {"username": "testuser",
             "search_permissions_on_base_uris": ["smb://test-share"], ...}

    Raises:
        InvalidRequestError: If an argument cannot be sent.
        PermissionDeniedError: If you are not an administrator.
        NotFoundError: If the user or the base URI is unknown.
        NotOfferedError: If the server is older.
        LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

    Requires dservercore 0.23.0 and administrator rights.
    Route: ``DELETE /users/{username}/search/{base_uri}``.
    """
    request = ApiRequest(
        **api.users.revoke_search_permission._get_kwargs(
            username=arguments.check_path_value(username, "username"),
            base_uri=arguments.stored_uri(arguments.check_base_uri(base_uri)),
        )
    )
    yield from require("revoke_search_permission")
    response = yield request
    if response.was_deleted_before():
        return (yield from get_user(username))
    return cast("User", response.json_object())


def revoke_register_permission(username: str, base_uri: str) -> Operation[User]:
    """Revoke a user's permission to register in a base URI; other permissions stay as they are.

    Args:
        username: Name of the user.
        base_uri: The base URI as it is registered, e.g. ``"s3://test-bucket"``. It is not
            an error if the user may not register there anyway.

    Returns:
        The user (dict), with all base URIs that the user may still register datasets in::

            {"username": "testuser", "register_permissions_on_base_uris": [], ...}

    Raises:
        InvalidRequestError: If an argument cannot be sent.
        PermissionDeniedError: If you are not an administrator.
        NotFoundError: If the user or the base URI is unknown.
        NotOfferedError: If the server is older.
        LookupServerError: If the call fails otherwise; see ``dtool_lookup_api.errors``.

    Requires dservercore 0.23.0 and administrator rights.
    Route: ``DELETE /users/{username}/register/{base_uri}``.
    """
    request = ApiRequest(
        **api.users.revoke_register_permission._get_kwargs(
            username=arguments.check_path_value(username, "username"),
            base_uri=arguments.stored_uri(arguments.check_base_uri(base_uri)),
        )
    )
    yield from require("revoke_register_permission")
    response = yield request
    if response.was_deleted_before():
        return (yield from get_user(username))
    return cast("User", response.json_object())
