"""Commands that set up the connection: login, logout, check, config."""

import sys
from getpass import getpass
from types import ModuleType
from typing import Final

import click

from ..core import dtool_json
from ..core.declarations import KEYS
from . import output
from .command import Command, Group, refuse
from .options import as_json

__all__ = ["COMMANDS"]


def _account() -> ModuleType:
    """Return the module that does it; the help of all commands loads this one, but not that."""
    from . import account

    return account


@click.command(cls=Command, examples=["dserver login", "dserver login --browser"])
@click.option(
    "--browser",
    is_flag=True,
    help="Log in on the server's page, for servers with ORCID or OAuth2: a browser opens, and you "
    "paste the token that the page shows.",
)
def login(browser: bool) -> None:
    """Get a token and store it in dtool.json, so that you are not prompted again.

    User name and password are those that are configured; you are prompted for what is missing.
    """
    account = _account()
    if browser:
        account.login_with_browser()
    else:
        account.login()


@click.command(cls=Command, examples=["dserver logout"])
def logout() -> None:
    """Remove the token from dtool.json."""
    _account().logout()


@click.command(cls=Command, examples=["dserver check"])
@as_json
def check(as_json: bool) -> int:
    """Show the configuration, test server, login and storage, and report problems.

    The exit status is 1 if there are problems.
    """
    status: int = _account().check(as_json=as_json)
    return status


@click.group(cls=Group)
def config() -> None:
    """Show and change the settings in dtool.json."""


@config.command("show", examples=["dserver config show"])
@as_json
def show_config(as_json: bool) -> int:
    """Show all settings and where they come from; secrets are masked."""
    status: int = _account().check(as_json=as_json, only_configuration=True)
    return status


@config.command("path", examples=["dserver config path"])
def print_path() -> None:
    """Print the path of dtool.json."""
    output.line(str(dtool_json.config_path()))


@config.command(
    "set",
    examples=[
        "dserver config set DSERVER_URL https://dserver.example/lookup",
        "dserver config set DSERVER_TOKEN",
    ],
)
@click.argument("name", type=click.Choice(KEYS, case_sensitive=False), metavar="NAME")
@click.argument("value", required=False)
def set_config(name: str, value: str | None) -> None:
    """Store a setting in dtool.json.

    A token, a password or an API key is not taken from the command line, where other users can
    see it: you are prompted for it, or it is read from standard input.
    """
    account = _account()
    setting = account.setting_named(name)
    if setting.secret:
        if value is not None:
            refuse(f"{name} would be seen by other users", "Leave out the value; you are prompted")
        value = getpass(f"{name}: ") if sys.stdin.isatty() else sys.stdin.readline().strip()
    if not value:
        refuse(f"There is no value for {name}", f"Give one, or: dserver config unset {name}")
    account.set_value(setting, value)


@config.command("unset", examples=["dserver config unset DSERVER_TOKEN"])
@click.argument("name", type=click.Choice(KEYS, case_sensitive=False), metavar="NAME")
def unset_config(name: str) -> None:
    """Remove a setting from dtool.json."""
    account = _account()
    account.set_value(account.setting_named(name), None)


COMMANDS: Final[dict[str, click.Command]] = {
    "login": login,
    "logout": logout,
    "check": check,
    "config": config,
}
