"""Check a set-up, log in, log out: ``python -m dtool_lookup_api --help``."""

import argparse
import json
import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import asdict

from .checkup import Finding, Report, examine
from .core import dtool_json
from .core.calls import run_steps
from .core.config import DSERVER_TOKEN_KEY, advise_login
from .errors import LookupServerError

_MARKS = {"ok": ("✓", "32"), "problem": ("✗", "31"), "note": (" ", "0")}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return the exit status: 0 if all is well, 1 if not.

    Args:
        arguments: The command line; default is that of the process.
    """
    parsed = _parser().parse_args(arguments)
    try:
        status: int = parsed.command(parsed)
        if sys.stdout is not None:  # it may be closed
            sys.stdout.flush()
    except LookupServerError as error:
        print(error, file=sys.stderr)  # noqa: T201 - this is a command
        return 1
    except KeyboardInterrupt:
        return 128 + signal.SIGINT  # as a shell has it
    except OSError as error:
        return _unwritten(error)
    return status


def _unwritten(error: OSError) -> int:
    """Return the status for output that could not be written: to `head`, or to a full disk.

    At its end Python would try once more; see the note on SIGPIPE in its documentation.
    """
    if not isinstance(error, BrokenPipeError):
        print(f"The output cannot be written: {error.strerror}", file=sys.stderr)  # noqa: T201
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m dtool_lookup_api",
        description="Check and set up the connection to a dserver.",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    check = commands.add_parser(
        "check", help="show the configuration, test server and login, and report problems"
    )
    check.add_argument("--json", action="store_true", help="print JSON")
    check.set_defaults(command=_check)
    login = commands.add_parser("login", help="get a token and store it in dtool.json")
    login.set_defaults(command=_login)
    logout = commands.add_parser("logout", help="remove the token from dtool.json")
    logout.set_defaults(command=_logout)
    return parser


def _check(parsed: argparse.Namespace) -> int:
    report = examine()
    if parsed.json:
        content = {
            "healthy": report.healthy,
            "findings": [asdict(finding) for finding in report.findings],
        }
        _print(json.dumps(content, indent=2))
    else:
        _print_report(report)
    return 0 if report.healthy else 1


def _print_report(report: Report) -> None:
    section = ""
    for finding in report.findings:
        if finding.section != section:
            section = finding.section
            _print(_styled(section, "1"))
        _print(_line(finding))
    problems = sum(finding.state == "problem" for finding in report.findings)
    summary = f"{problems} problem{'s' * (problems != 1)}" if problems else "All is well."
    _print(_styled(summary, "31" if problems else "32"))


def _line(finding: Finding) -> str:
    mark, colour = _MARKS[finding.state]
    more = "" if finding.advice in finding.value else f". {finding.advice}"
    return f"{_styled(mark, colour)} {finding.name:<34} {finding.value}{more}"


def _login(_: argparse.Namespace) -> int:
    from .core.auth import new_token

    dtool_json.check_writable(DSERVER_TOKEN_KEY)
    advise_login(silently=True)
    token = run_steps(lambda session: new_token(session.settings, "login"))
    dtool_json.write_value(DSERVER_TOKEN_KEY, token)
    _print(f"A new token is stored in {dtool_json.config_path()}")
    _warn_of_environment()
    return 0


def _logout(_: argparse.Namespace) -> int:
    path = dtool_json.config_path()
    dtool_json.check_file()
    held = dtool_json.snapshot().in_file(DSERVER_TOKEN_KEY) is not None
    if held:
        dtool_json.write_value(DSERVER_TOKEN_KEY, None)
    _print(f"The token was removed from {path}" if held else f"There was no token in {path}")
    _warn_of_environment()
    return 0


def _warn_of_environment() -> None:
    if os.environ.get(DSERVER_TOKEN_KEY):
        _print("DSERVER_TOKEN in the environment takes precedence over the file: unset it")


def _styled(text: str, code: str) -> str:
    """Return text in colour where somebody looks at it; NO_COLOR switches that off."""
    if code == "0" or os.environ.get("NO_COLOR") or not (sys.stdout and sys.stdout.isatty()):
        return text
    return f"\x1b[{code}m{text}\x1b[0m"


def _print(text: str) -> None:
    """Print text, also where the output cannot take every character."""
    if sys.stdout is None:
        return
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(text.encode(encoding, errors="replace").decode(encoding) + "\n")


if __name__ == "__main__":
    sys.exit(main())
