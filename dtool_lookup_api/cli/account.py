"""What check, login and logout do, for ``dserver`` and for ``python -m dtool_lookup_api``.

The latter is there without click, so that nothing here imports it.
"""

import json
import os
import shutil
import webbrowser
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from getpass import getpass
from itertools import groupby
from operator import attrgetter
from textwrap import wrap
from typing import Any, Final
from urllib.parse import quote, urlsplit

from ..checkup import Finding, Report, examine, examine_configuration
from ..clients import Client
from ..core import config, dtool_json
from ..core.auth import new_token
from ..core.calls import run_steps
from ..core.declarations import SETTINGS, Setting
from ..core.values import as_stored, checked_url, convert, token_url
from ..errors import AuthenticationError, ConfigurationError, InvalidRequestError
from . import output
from .exits import FAILED

__all__ = ["check", "login", "login_with_browser", "logout", "set_value", "setting_named"]

_MARKS: Final = {"ok": ("✓", "green"), "problem": ("✗", "red"), "note": (" ", "")}


def check(*, as_json: bool, only_configuration: bool = False) -> int:
    """Print what can be found out about the set-up, and return the exit status.

    Args:
        as_json: Whether to print JSON.
        only_configuration: Whether to leave out all that the server is asked for.
    """
    report = examine_configuration() if only_configuration else examine()
    if as_json:
        findings = [asdict(finding) for finding in report.findings]
        output.line(json.dumps({"healthy": report.healthy, "findings": findings}, indent=2))
    else:
        _print_report(report, summarised=not only_configuration)
    return 0 if report.healthy else FAILED


def _print_report(report: Report, *, summarised: bool) -> None:
    for section, findings in groupby(report.findings, attrgetter("section")):
        output.line(output.title(section))
        for line in _lines(list(findings)):
            output.line(line)
    problems = sum(finding.state == "problem" for finding in report.findings)
    if problems or summarised:
        text = f"{problems} problem{'s' * (problems != 1)}" if problems else "All is well."
        output.line(output.styled(text, "red" if problems else "green"))


def _lines(findings: Sequence[Finding]) -> Iterator[str]:
    """Yield the lines of a section; a value that several have is there once, with their names."""
    shared: dict[str, list[str]] = {}
    for finding in findings:
        if finding.is_shared:
            shared.setdefault(finding.value, []).append(finding.name)
    for finding in findings:
        names = shared.get(finding.value, []) if finding.is_shared else []
        if len(names) < 2:
            yield _line(finding)
        elif finding.name == names[-1]:
            yield from _filled(f"{output.printable(finding.value)}:", indent=2)
            yield from _filled(", ".join(names), indent=6)


def _filled(text: str, *, indent: int) -> list[str]:
    """Return the lines of a text that fit the terminal, or 80 columns."""
    spaces = " " * indent
    columns = shutil.get_terminal_size().columns
    return wrap(text, columns, initial_indent=spaces, subsequent_indent=spaces)


def _line(finding: Finding) -> str:
    mark, colour = _MARKS[finding.state]
    more = "" if finding.advice in finding.value else f". {finding.advice}"
    text = output.printable(f"{finding.name:<34} {finding.value}{more}")
    return f"{output.styled(mark, colour)} {text}"


# --- tokens ------------------------------------------------------------------------------


def login() -> None:
    """Log in as configured, or with what the user types, and store the token."""
    key = config.DSERVER_TOKEN_KEY
    dtool_json.check_writable(key)
    config.advise_login(silently=True)
    _store(run_steps(lambda session: new_token(session.settings, "login")))


def login_with_browser() -> None:
    """Log in on the page of the server, as with ORCID, and store the token that it shows."""
    generator = config.Config.auth_url
    if not generator:
        raise ConfigurationError(
            f"{config.DSERVER_TOKEN_GENERATOR_URL_KEY} is not set",
            next_step="Set it to the URL of the OAuth2 plugin, which ends with /auth/token",
        )
    if not config.can_ask():
        raise AuthenticationError(
            "The token has to be pasted at a terminal", next_step="Run this in a terminal"
        )
    dtool_json.check_writable(config.DSERVER_TOKEN_KEY)
    page = token_url(generator)
    # After the login, the plugin goes to the page that shows the token; it refuses other sites.
    page = f"{page.removesuffix('/token')}/login?next={quote(urlsplit(page).path, safe='')}"
    output.note(f"Log in at {page}")
    webbrowser.open(page)
    token = _token_in(getpass("Paste the token, or all that the page shows: "))
    with Client(config.Config.lookup_url, token=token) as client:
        try:
            username = client.get_me()["username"]
        except AuthenticationError:
            raise AuthenticationError(
                "The server does not accept this token",
                next_step="Paste all of it. If it is complete, you have logged in, but are not "
                "registered with this dserver yet: ask its administrator",
            ) from None
    output.note(f"Logged in as {username}")
    _store(token)


def _token_in(pasted: str) -> str:
    """Return the token in what was pasted: alone, or in the JSON of the page."""
    text = pasted.strip()
    try:
        found: Any = json.loads(text)
    except ValueError:
        found = text
    token = found.get("token") if isinstance(found, dict) else found  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    if not isinstance(token, str) or not token:
        raise InvalidRequestError(
            "What you pasted does not contain a token", next_step='The page shows {"token": "…"}'
        )
    return token


def _store(token: str) -> None:
    dtool_json.write_value(config.DSERVER_TOKEN_KEY, token)
    output.line(f"A new token is stored in {dtool_json.config_path()}")
    _warn_of_environment(config.DSERVER_TOKEN_KEY)


def logout() -> None:
    """Remove the token from dtool.json, and what a killed writer has left."""
    path = dtool_json.config_path()
    dtool_json.remove_leftover()
    dtool_json.check_file()
    held = dtool_json.snapshot().in_file(config.DSERVER_TOKEN_KEY) is not None
    if held:
        dtool_json.write_value(config.DSERVER_TOKEN_KEY, None)
    output.line(f"The token was removed from {path}" if held else f"There was no token in {path}")
    _warn_of_environment(config.DSERVER_TOKEN_KEY)


def _warn_of_environment(key: str) -> None:
    if os.environ.get(key):
        output.line(f"{key} in the environment takes precedence over the file: unset it")


# --- settings ----------------------------------------------------------------------------


def setting_named(name: str) -> Setting:
    """Return a setting by its name."""
    settings = {setting.key: setting for setting in SETTINGS if setting.key}
    if name not in settings:
        raise InvalidRequestError(
            f"{name} is not a setting", next_step=f"Give one of {', '.join(settings)}"
        )
    return settings[name]


def set_value(setting: Setting, value: str | None) -> None:
    """Store a value in dtool.json, or remove it with None.

    Args:
        setting: The setting.
        value: The value, which is checked before the file is changed.
    """
    if value is not None:
        if setting.kind == "url":
            checked_url(value, setting.key)
        convert(setting, value, setting.key)
    dtool_json.check_file()
    dtool_json.write_value(setting.key, as_stored(setting, value))
    _warn_of_environment(setting.key)
