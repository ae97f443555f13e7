"""Examine a set-up: configuration, server, login, and what this user can do here."""

import os
import stat
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias, cast

from .cli.owners import SHARED, owners
from .clients import Client
from .core import dtool_json
from .core.calls import run
from .core.capabilities import ServerInfo, fetch_server_info, switches_of
from .core.declarations import SETTINGS, Setting
from .core.redaction import printable
from .core.responses import ENCODED_SLASHES
from .core.routes import FUNCTIONS
from .core.secret import Secret, revealed
from .core.settings import Settings, resolve_settings
from .core.values import shown_url
from .errors import LookupServerError, NotFoundError, NotOfferedError, PermissionDeniedError
from .operations.downloads import items_of
from .types import Dataset, User

__all__ = ["NOT_SET", "Finding", "Report", "examine", "examine_configuration"]

State: TypeAlias = Literal["ok", "problem", "note"]

NOT_SET: Final = "not set"
_NO_DATASET: Final = "00000000-0000-4000-8000-000000000000"
_FUNCTIONS: Final = "Functions"
_UNKNOWN: Final = "unknown"
_MOST_SHOWN: Final = 50  # plugins, or base URIs
_MOST_TRIED: Final = 5  # base URIs, in each of which data are read
_FEW: Final = 64  # bytes
_PATIENCE: Final = 10.0  # seconds for storage to send a byte
_LONGEST: Final = 5000  # characters of what is reported
_MASK: Final = "••••••"


@dataclass(frozen=True)
class Finding:
    """One thing that was found out."""

    section: str
    name: str
    value: str
    state: State = "note"
    advice: str = ""

    @property
    def is_shared(self) -> bool:
        """Whether others may have the same value for the same reason, not by accident."""
        return self.state == "note" and (self.value == NOT_SET or self.section == _FUNCTIONS)


@dataclass
class Report:
    """All that was found out."""

    findings: list[Finding] = field(default_factory=list[Finding])

    @property
    def healthy(self) -> bool:
        """Whether no problem was found."""
        return all(finding.state != "problem" for finding in self.findings)

    def add(self, section: str, name: str, value: str, state: State = "note") -> None:
        """Add what was found."""
        self._add(section, name, value, state)

    def add_problem(self, section: str, name: str, value: str, advice: str) -> None:
        """Add a problem and what to do about it."""
        self._add(section, name, value, "problem", advice)

    def _add(self, section: str, name: str, value: str, state: State, advice: str = "") -> None:
        """Add a finding; what it says of a server ends on a terminal."""
        texts = (printable(text) for text in (name, value, advice))
        shown = [text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…" for text in texts]
        self.findings.append(Finding(section, shown[0], shown[1], state, shown[2]))

    def add_error(self, section: str, name: str, error: LookupServerError) -> None:
        """Add what went wrong in a call."""
        self.add_problem(section, name, str(error), error.next_step or "")


def examine() -> Report:
    """Return what can be found out about the set-up; no secret is in it."""
    report = Report()
    settings = _examine_configuration(report)
    if settings is None:
        return report
    with Client() as client:
        versions = _examine_server(report, client)
        if versions is None:
            return report
        me = _examine_user(report, client, settings)
        if me is not None:
            _examine_paths(report, client, me)
            info = _examine_functions(report, client)
            if info is not None:
                _examine_storage(report, settings, me, info)
    return report


def examine_configuration() -> Report:
    """Return the settings and where they come from, without asking the server."""
    report = Report()
    _examine_configuration(report)
    return report


def _examine_configuration(report: Report) -> Settings | None:
    section = "Configuration"
    path = dtool_json.config_path()
    report.add(section, "file", f"{path}{'' if path.exists() else ' (does not exist)'}")
    try:
        dtool_json.check_file()
    except LookupServerError as error:
        report.add_error(section, "file", error)
    _examine_access(report)
    _examine_dtool(report)
    try:
        for setting in SETTINGS:
            if setting.key:
                report.add(section, setting.key, _shown(setting))
        source_of = dtool_json.snapshot().source_of
        for old, new in dtool_json.outdated_names().items():
            report.add(section, old, f"not read; rename it to {new}  ({source_of(old)})")
        settings = resolve_settings()
    except LookupServerError as error:
        report.add_error(section, "settings", error)
        return None
    report.add(section, "timeout", f"{settings.timeout:g} s without a byte")
    report.add(section, "deadline", f"{settings.deadline:g} s for a call")
    report.add(section, "retries", str(settings.retries))
    return settings


def _shown(setting: Setting) -> str:
    """Return a setting's value and where it comes from, with secrets masked."""
    snapshot = dtool_json.snapshot()
    value = snapshot.get(setting.key)
    if value is None or value in ("", Secret("")):
        return NOT_SET
    shown = shown_url(revealed(value)) if setting.kind in ("url", "proxy") else value
    return f"{_MASK if setting.secret else shown}  ({snapshot.source_of(setting.key)})"


def _examine_access(report: Report) -> None:
    """Report who else can read the secrets of dtool.json, or change where they are sent."""
    if os.name != "posix":
        return
    section, path = "Configuration", dtool_json.config_path()
    target = Path(os.path.realpath(path))
    source_of = dtool_json.snapshot().source_of
    secrets = [setting.key for setting in SETTINGS if setting.secret]
    held = [key for key in secrets if source_of(key) == "dtool.json"]
    if held and stat.S_IMODE(target.stat().st_mode) & 0o077:
        problem = f"others can read {' and '.join(held)}"
        report.add_problem(section, "file mode", problem, f"Run chmod 600 {path}")
    for place, kind in {target: "file", target.parent: "folder", path.parent: "folder"}.items():
        if not place.exists():
            continue
        found = place.stat()
        if found.st_uid not in (0, os.geteuid()):
            problem = f"{place} belongs to another user, who can redirect your password"
            advice = "Move it away, and set it up again in a folder that is yours"
            report.add_problem(section, f"{kind} owner", problem, advice)
        elif found.st_mode & 0o022:
            problem = f"others can change {place}, and redirect your password"
            report.add_problem(section, f"{kind} mode", problem, f"Run chmod go-w {place}")


def _examine_dtool(report: Report) -> None:
    """Report whose commands the program dtool has, where it is installed."""
    if find_spec("dtool_cli") is None:
        return
    for name in SHARED:
        owner = owners().get(name)
        value = f"that of {owner}; use dtool dserver {name}" if owner else "that of this package"
        report.add("Configuration", f"dtool {name}", value)


def _examine_server(report: Report, client: Client) -> dict[str, Any] | None:
    section = "Server"
    try:
        versions = client.get_versions()
    except LookupServerError as error:
        report.add_error(section, "answers", error)
        return None
    shown = {name: v if isinstance(v, str) else _UNKNOWN for name, v in versions.items()}
    report.add(section, "answers", f"dservercore {shown.pop('dservercore', _UNKNOWN)}", "ok")
    for module, version in sorted(shown.items())[:_MOST_SHOWN]:
        report.add(section, "plugin", f"{module} {version}")
    return versions


def _examine_user(report: Report, client: Client, settings: Settings) -> User | None:
    section = "User"
    if not settings.authenticate:
        report.add(section, "login", "switched off (DSERVER_DISABLE_AUTHENTICATION)")
    try:
        me = client.get_me()
    except LookupServerError as error:
        report.add_error(section, "login", error)
        return None
    kinds = {True: "administrator", False: "ordinary user"}
    kind = next((name for value, name in kinds.items() if me.get("is_admin") is value), _UNKNOWN)
    username: Any = me.get("username")
    shown = username if isinstance(username, str) else _UNKNOWN
    report.add(section, "login", f"{shown}, {kind}", "ok")
    may_search = _base_uris(me, "search_permissions_on_base_uris")
    permissions = {
        "may search": may_search,
        "may register in": _base_uris(me, "register_permissions_on_base_uris"),
    }
    for name, base_uris in permissions.items():
        listed = _UNKNOWN if base_uris is None else ", ".join(base_uris[:_MOST_SHOWN])
        report.add(section, name, listed or "nothing")
    if may_search == []:
        report.add_problem(
            section,
            "permissions",
            "you may not search any base URI, so every listing is empty",
            "Ask an administrator for search permission on a base URI",
        )
    return me


def _base_uris(me: User, key: str) -> list[str] | None:
    """Return the base URIs in which a user may do something, None if that is not known."""
    found: Any = me.get(key, [])
    if not isinstance(found, list) or not all(isinstance(e, str) for e in cast("list[Any]", found)):
        return None
    return sorted(cast("list[str]", found))


def _examine_paths(report: Report, client: Client, me: User) -> None:
    """Ask for a dataset that is not there: dserver itself says so, if the path arrives as sent."""
    base_uris = _base_uris(me, "search_permissions_on_base_uris")
    if not base_uris:
        return
    section, name = "User", "URIs in paths"
    try:
        client.get_dataset(f"{base_uris[0]}/{_NO_DATASET}")
    except NotFoundError:
        report.add(section, name, "arrive as they are sent", "ok")
    except LookupServerError as error:
        if error.status is None or error.status >= 500:
            report.add_error(section, name, error)
            return
        decoded = isinstance(error, PermissionDeniedError) or 300 <= error.status < 400
        does = "decodes" if decoded else "refuses"
        report.add_problem(
            section,
            name,
            f"a proxy in front of the server {does} encoded slashes (%2F), so no dataset can be "
            f"looked up by its URI (status {error.status})",
            ENCODED_SLASHES,
        )


def _examine_functions(report: Report, client: Client) -> ServerInfo | None:
    section = _FUNCTIONS
    try:
        configuration = client.get_config()
        found = run(fetch_server_info())
    except LookupServerError as error:
        report.add_error(section, "answers", error)
        return None
    lacked = 0
    for function in FUNCTIONS:
        needs, offered = found.missing_requirements(function), found.offers(function)
        off = [switch for switch in switches_of(function) if not _is_on(switch, configuration)]
        if needs:
            report.add(section, function, f"needs {' and '.join(needs)}")
        elif off:
            report.add(section, function, f"switched off on this server ({', '.join(off)})")
        elif offered is None:
            report.add(section, function, "unknown: the server does not say whether it offers it")
        lacked += bool(needs or off or offered is None)
    rest = "all others can be served" if lacked else "all can be served"
    report.add(section, "documented functions", rest, "ok")
    return found


def _examine_storage(report: Report, settings: Settings, me: User, info: ServerInfo) -> None:
    """Read data of one dataset in each base URI, as downloads do: by a URL that is signed."""
    section = "Storage"
    if needs := info.missing_requirements("get_signed_item_url"):
        report.add(section, "downloads", f"no signed URLs on this server: needs {needs[0]}")
        return
    base_uris = _base_uris(me, "search_permissions_on_base_uris") or []
    patience = min(settings.storage_timeout, _PATIENCE)
    with Client(storage_timeout=patience, retries=1) as client:
        for base_uri in base_uris[:_MOST_TRIED]:
            _examine_base_uri(report, client, base_uri)
    if len(base_uris) > _MOST_TRIED:
        report.add(section, "others", f"{len(base_uris) - _MOST_TRIED} base URIs are not tried")


def _examine_base_uri(report: Report, client: Client, base_uri: str) -> None:
    section = "Storage"
    try:
        is_read = _read_first_bytes(client, base_uri)
    except NotOfferedError:
        report.add(section, base_uri, "no signed URLs: the server cannot sign for this storage")
    except LookupServerError as error:
        report.add_error(section, base_uri, error)
    else:
        value = "the first bytes of an item arrive" if is_read else "no data to try it with"
        report.add(section, base_uri, value, "ok" if is_read else "note")


def _read_first_bytes(client: Client, base_uri: str) -> bool:
    """Read the start of one item in a base URI, and return whether there is any with content."""
    for dataset in sorted(client.get_datasets(base_uris=[base_uri]), key=_number_of_items):
        items = items_of(client.get_manifest(dataset))
        if item := next((item for item in items if item.size), None):
            client.read_item(dataset, item.identifier, 0, _FEW)
            return True
    return False


def _number_of_items(dataset: Dataset) -> float:
    count: Any = dataset.get("number_of_items")
    return count if isinstance(count, int) else float("inf")


def _is_on(switch: str, configuration: dict[str, Any]) -> bool:
    return bool(configuration.get(switch.removeprefix("DSERVER_").lower(), False))
