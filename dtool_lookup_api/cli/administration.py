"""Commands about the server: summary, user, base-uri; most of the latter are for administrators."""

from collections.abc import Iterator
from typing import Any, Final

import click

from ..rendering import human_size
from ..synchronous import (
    delete_base_uri,
    delete_user,
    get_base_uri,
    get_me,
    get_my_summary,
    get_summary,
    get_user,
    grant_register_permission,
    grant_search_permission,
    iter_base_uris,
    iter_users,
    register_base_uri,
    register_user,
    revoke_register_permission,
    revoke_search_permission,
    update_user,
)
from . import output
from .command import Command, Group, refuse
from .options import as_json, confirmed, forms, yes
from .output import Column, Form

__all__ = ["COMMANDS"]

_USERS: Final = (
    Column("ADMIN", "is_admin"),
    Column("DISPLAY NAME", "display_name"),
    Column("USER", "username"),
)


# --- summary -----------------------------------------------------------------------------


@click.command(cls=Command, examples=["dserver summary"])
@click.option(
    "--username", metavar="NAME", help="What another user may search, for administrators."
)
@as_json
def summary(username: str | None, as_json: bool) -> None:
    """Count the datasets that you may search, by base URI, creator and tag."""
    found: Any = get_summary(username) if username else get_my_summary()
    if as_json:
        output.json_line(found)
    else:
        output.paged(_counts(found))


def _counts(found: dict[str, Any]) -> Iterator[str]:
    number, size = found["number_of_datasets"], human_size(found["total_size_in_bytes"])
    yield output.title(f"{number:,} dataset{'s' * (number != 1)}, {size}")
    for kind in ("base_uri", "creator", "tag"):
        counts, sizes = found[f"datasets_per_{kind}"], found[f"size_in_bytes_per_{kind}"]
        rows = [{"name": name, "count": counts[name], "size": sizes.get(name)} for name in counts]
        if rows:
            yield ""
            columns = [
                Column("DATASETS", "count", "count"),
                Column("SIZE", "size", "size"),
                Column(kind.replace("_", " ").upper(), "name"),
            ]
            yield from output.table(rows, columns)


# --- users -------------------------------------------------------------------------------


@click.group(cls=Group)
def user() -> None:
    """List, show and change users."""


@user.command("list", examples=["dserver user list"])
@forms
def list_users(form: Form | None) -> None:
    """List all users, for administrators; -q prints their names."""
    output.listing(iter_users(), _USERS, form, key="username")


@user.command("show", examples=["dserver user show", "dserver user show testuser --json"])
@click.argument("name", required=False)
@as_json
def show_user(name: str | None, as_json: bool) -> None:
    """Show yourself, or another user: name, rights and permissions."""
    _print_user(get_user(name) if name else get_me(), as_json=as_json)


def _print_user(found: Any, *, as_json: bool = False) -> None:
    if as_json:
        output.json_line(found)
        return
    name = found.get("display_name")
    rows = {
        "User": f"{found['username']}{f' ({name})' if name else ''}",
        "Administrator": "yes" if found["is_admin"] else "no",
    }
    for title, kind in (("May search", "search"), ("May register in", "register")):
        base_uris = sorted(found.get(f"{kind}_permissions_on_base_uris") or ())
        rows[title] = ", ".join(base_uris) or "nothing"
    output.paged(output.fields(rows))


@user.command("register", examples=["dserver user register alice"])
@click.argument("name")
@click.option("--admin", is_flag=True, help="Make the user an administrator.")
def add_user(name: str, admin: bool) -> None:
    """Register a user, for administrators."""
    register_user(name, admin)
    output.note(f"The user {name} is registered")


@user.command("update", examples=['dserver user update alice --display-name "Alice Doe"'])
@click.argument("name")
@click.option("--admin/--no-admin", default=None, help="Make the user an administrator, or not.")
@click.option("--display-name", metavar="TEXT", help="The name for people to read.")
def change_user(name: str, admin: bool | None, display_name: str | None) -> None:
    """Change the profile of a user, for administrators."""
    _print_user(update_user(name, admin, display_name))


@user.command("delete", examples=["dserver user delete alice"])
@click.argument("name")
@yes
def remove_user(name: str, yes: bool) -> None:
    """Delete a user with all permissions, for administrators; datasets stay."""
    confirmed(f"Delete the user {name} with all permissions", yes=yes)
    delete_user(name)
    output.note(f"The user {name} is deleted")


def _permissions(function: Any) -> Any:
    for name, meaning in (("register", "register datasets in"), ("search", "search")):
        function = click.option(f"--{name}", is_flag=True, help=f"To {meaning} the base URI.")(
            function
        )
    return click.argument("name")(click.argument("base_uri")(function))


@user.command("grant", examples=["dserver user grant alice s3://bucket --search"])
@_permissions
def grant(name: str, base_uri: str, search: bool, register: bool) -> None:
    """Allow a user to search a base URI, or to register datasets in it."""
    _needs_permission(search, register)
    if search:
        grant_search_permission(name, base_uri)
    if register:
        grant_register_permission(name, base_uri)
    _print_user(get_user(name))


@user.command("revoke", examples=["dserver user revoke alice s3://bucket --register"])
@_permissions
def revoke(name: str, base_uri: str, search: bool, register: bool) -> None:
    """Forbid a user to search a base URI, or to register datasets in it."""
    _needs_permission(search, register)
    if register:
        revoke_register_permission(name, base_uri)
    if search:
        revoke_search_permission(name, base_uri)
    _print_user(get_user(name))


def _needs_permission(search: bool, register: bool) -> None:
    if not search and not register:
        refuse("No permission is named", "Give --search, --register or both")


# --- base URIs ---------------------------------------------------------------------------


@click.group("base-uri", cls=Group)
def base_uri() -> None:
    """List, show and change base URIs, for administrators."""


@base_uri.command("list", examples=["dserver base-uri list"])
@forms
def list_base_uris(form: Form | None) -> None:
    """List all base URIs."""
    output.listing(iter_base_uris(), [Column("BASE URI", "base_uri")], form, key="base_uri")


@base_uri.command("show", examples=["dserver base-uri show s3://bucket"])
@click.argument("base_uri")
@as_json
def show_base_uri(base_uri: str, as_json: bool) -> None:
    """Show who may search a base URI, and who may register datasets in it."""
    found: Any = get_base_uri(base_uri)
    if as_json:
        output.json_line(found)
        return
    rows = {"Base URI": found["base_uri"]}
    for title, kind in (("May search", "search"), ("May register", "register")):
        rows[title] = ", ".join(sorted(found[f"users_with_{kind}_permissions"])) or "nobody"
    output.paged(output.fields(rows))


@base_uri.command(
    "register", examples=["dserver base-uri register s3://bucket --search alice --search bob"]
)
@click.argument("base_uri")
@click.option(
    "--search",
    "searchers",
    multiple=True,
    metavar="NAME",
    help="The users who may search it, once for each; default: as it is.",
)
@click.option(
    "--register",
    "registrars",
    multiple=True,
    metavar="NAME",
    help="The users who may register datasets in it, likewise.",
)
def add_base_uri(base_uri: str, searchers: tuple[str, ...], registrars: tuple[str, ...]) -> None:
    """Register a base URI, or replace the lists of who may use it."""
    register_base_uri(base_uri, searchers or None, registrars or None)
    output.note(f"The base URI {base_uri} is registered")


@base_uri.command("delete", examples=["dserver base-uri delete s3://bucket"])
@click.argument("base_uri")
@yes
def remove_base_uri(base_uri: str, yes: bool) -> None:
    """Delete a base URI that holds no datasets."""
    confirmed(f"Delete the base URI {base_uri}", yes=yes)
    delete_base_uri(base_uri)
    output.note(f"The base URI {base_uri} is deleted")


COMMANDS: Final[dict[str, click.Command]] = {
    "summary": summary,
    "user": user,
    "base-uri": base_uri,
}
