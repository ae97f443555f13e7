"""Check a set-up, log in, log out: ``python -m dtool_lookup_api --help``.

It does the same as ``dserver``, which needs click, and has more commands.
"""

import argparse
import sys
from collections.abc import Sequence

from .cli import account
from .cli.exits import perform


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return the exit status, as docs/command.md lists them.

    Args:
        arguments: The command line; default is that of the process.
    """
    parsed = _parser().parse_args(arguments)
    return perform(lambda: parsed.command(parsed))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m dtool_lookup_api",
        description="Check and set up the connection to a dserver.",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    check = commands.add_parser(
        "check", help="show the configuration, test server, login and storage, and report problems"
    )
    check.add_argument("--json", action="store_true", help="print JSON")
    check.set_defaults(command=_check)
    login = commands.add_parser("login", help="get a token and store it in dtool.json")
    login.set_defaults(command=_login)
    logout = commands.add_parser("logout", help="remove the token from dtool.json")
    logout.set_defaults(command=_logout)
    return parser


def _check(parsed: argparse.Namespace) -> int:
    return account.check(as_json=parsed.json)


def _login(_: argparse.Namespace) -> None:
    account.login()


def _logout(_: argparse.Namespace) -> None:
    account.logout()


if __name__ == "__main__":
    sys.exit(main())
