"""Derive options, properties and documentation from the table of settings.

These are dtool_lookup_api/core/options.py and the table in docs/configuration.md.
``public_modules`` uses the signatures and descriptions from here. The table is
dtool_lookup_api/core/declarations.py.
"""

import argparse
import re
import runpy
import textwrap
from pathlib import Path
from typing import Any

from derived import ROOT, formatted

CORE = ROOT / "dtool_lookup_api/core"
DOCUMENT = "docs/configuration.md"
MODULE = "dtool_lookup_api/core/options.py"

# By its path, as importing the package would import derived modules, which may be broken.
SETTINGS: tuple[Any, ...] = runpy.run_path(str(CORE / "declarations.py"))["SETTINGS"]

HEADER = "# Derived by `make generate` from dtool_lookup_api/core/declarations.py: do not edit.\n"
BEGIN = "<!-- Derived by `make generate` from dtool_lookup_api/core/declarations.py -->\n"
END = "<!-- End of what is derived -->\n"

TYPES = {
    "url": "str",
    "proxy": "str",
    "text": "str",
    "switch": "bool",
    "verify": "bool | str",
    "engine": "str | Transport | AsyncTransport",
    "functions": "Collection[str]",
}
RESOLVED = {"proxy": "str | Secret[str]", "engine": "Any", "functions": "frozenset[str]"}

MODULE_TEXT = '''\
"""What the table of settings defines: properties of ``Config``, options, settings of a call."""

from collections.abc import Collection
from typing import Any, Final, NamedTuple

from .declarations import SETTINGS
from .dtool_json import Snapshot
from .messages import AsyncTransport, Transport
from .secret import Secret
from .values import concealed

__all__ = {exported}

{keys}


class ClientOptions(NamedTuple):
    """The arguments of a client's constructor; None means: as configured."""

    {options}

    def changed(self, **given: Any) -> "ClientOptions":
        """Return a copy with other values for some options."""
        settings = [setting for setting in SETTINGS if setting.option in given]
        return self._replace(**{{s.option: concealed(s, given[s.option]) for s in settings}})


class SettingValues(NamedTuple):
    """The settings of a call, and their sources."""

    {values}
    url_source: str
    token_source: str
    retries_set: bool
    """Whether the number of retries was set, even to the default."""
    network: Secret[tuple[str | None, ...]]
    """The environment variables that apply to new connections."""
    config: Any
    """The configuration, which may prompt for missing values."""
    snapshot: Snapshot | None
    withheld: tuple[str, ...]
    """Settings of another server, which are not sent to this one."""
    for_storage: bool = False
    """Whether these are the settings of connections to storage."""


class ConfigProperties:
    """The properties of a configuration, one for each setting."""

    def _get(self, key: str) -> Any:
        raise NotImplementedError

    def _set(self, key: str, value: Any) -> None:
        raise NotImplementedError

    {properties}


class ClientArguments:
    """The options of clients."""

    def __init__(self, {parameters}) -> None:
        self._options = ClientOptions().changed({arguments})
'''

PROPERTY_TEXT = '''\
@property
def {name}(self) -> {type}:
    """{help}.

    The setting ``{key}``{more}.
    """
    value: {type} = self._get("{key}")
    return value

@{name}.setter
def {name}(self, value: {accepted}) -> None:
    self._set("{key}", value)
'''


def option_type(setting: Any) -> str:
    """Return the type of an option as it is passed."""
    return TYPES.get(setting.kind) or type(setting.default).__name__


def resolved_type(setting: Any) -> str:
    """Return the type of a resolved setting."""
    kind = RESOLVED.get(setting.kind) or option_type(setting)
    kind = f"Secret[{kind}]" if setting.secret else kind
    needless = setting.default is not None or setting.required
    return kind if needless or setting.kind == "functions" else f"{kind} | None"


def kept_type(setting: Any) -> str:
    """Return the type of an option as it is stored, which is Secret if it may hold one."""
    kind = option_type(setting)
    if setting.secret:
        return f"Secret[{kind}] | None"
    return (
        f"{kind} | Secret[{kind}] | None" if setting.kind in ("url", "proxy") else f"{kind} | None"
    )


def parameters(settings: tuple[Any, ...] = SETTINGS) -> str:
    """Return the parameters of a function with settings: the URL, and the others by name."""
    written = [f"{setting.option}: {option_type(setting)} | None = None" for setting in settings]
    return ", ".join([written[0], "*", *written[1:]])


def arguments(settings: tuple[Any, ...] = SETTINGS) -> str:
    """Return the arguments with which such a function passes them on."""
    return ", ".join(f"{setting.option}={setting.option}" for setting in settings)


def described(settings: tuple[Any, ...] = SETTINGS) -> str:
    """Return the docstring section for these parameters."""
    return "Args:\n" + "\n".join(
        textwrap.fill(_description(each), 92, initial_indent="    ", subsequent_indent=" " * 8)
        for each in settings
    )


def _description(setting: Any) -> str:
    default = f"``{setting.key}``" if setting.key else "none"
    if setting.key and setting.default not in (None, ""):
        default += f", or {_literal(setting.default)}"
    text = f"{setting.option}: {setting.help}, default {default}."
    return f"{text} {setting.note}".rstrip()


def _literal(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:g}"
    return f"``{value}``" if isinstance(value, bool | str) else str(value)


def _property(setting: Any) -> str:
    kind = "str" if setting.kind == "engine" else option_type(setting)
    optional = setting.default is None
    accepted = [*kind.split(" | "), *(["str"] if setting.kind == "switch" else []), "None"]
    more = "; if it is not set, you are prompted" if setting.prompted else ""
    return PROPERTY_TEXT.format(
        name=setting.attribute or setting.option,
        type=f"{kind} | None" if optional else kind,
        accepted=" | ".join(accepted),
        help=setting.help,
        key=setting.key,
        more=more,
    )


def module() -> str:
    """Return the text of the module."""
    configured = [setting for setting in SETTINGS if setting.key]
    constants = {f"{setting.key}_KEY": setting.key for setting in configured}
    classes = ["ClientArguments", "ClientOptions", "ConfigProperties", "SettingValues"]
    text = MODULE_TEXT.format(
        exported=[*sorted(constants), *classes],
        keys="\n".join(f'{name}: Final = "{key}"' for name, key in constants.items()),
        options="\n    ".join(f"{each.option}: {kept_type(each)} = None" for each in SETTINGS),
        values="\n    ".join(f"{each.option}: {resolved_type(each)}" for each in SETTINGS),
        properties=textwrap.indent("\n".join(map(_property, configured)), "    ").strip(),
        parameters=parameters(),
        arguments=arguments(),
    )
    return formatted(HEADER + text)


def document(text: str) -> str:
    """Return the page with a new table.

    Args:
        text: The documentation, with marks before and after the table.
    """
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise SystemExit(f"{DOCUMENT} lacks the marks of the table")
    rows = ["| Setting | Option | Meaning | Default |", "| --- | --- | --- | --- |"]
    rows += [_row(setting) for setting in SETTINGS]
    return "\n".join([f"{before}{begin}", *rows, f"\n{end}{after}"])


def _row(setting: Any) -> str:
    key = f"`{setting.key}`" if setting.key else ""
    meaning = re.sub("``", "`", f"{setting.help}. {setting.note}".rstrip(" "))
    default = _unset(setting) if setting.default in (None, "") else _shown_default(setting.default)
    return f"| {key} | `{setting.option}` | {meaning.removesuffix('.')} | {default} |"


def _unset(setting: Any) -> str:
    if setting.prompted:
        return "you are prompted"
    return "required" if setting.required else "none"


def _shown_default(default: Any) -> str:
    text = str(default).lower() if isinstance(default, bool) else _literal(default).strip("`")
    return f"`{text}`" if isinstance(default, bool | str) else text


def derived() -> dict[str, str]:
    """Return the text of each derived file by its path."""
    text = (ROOT / DOCUMENT).read_text(encoding="utf-8")
    return {MODULE: module(), DOCUMENT: document(text)}


def main() -> None:
    """Write the derived files into the project, or into another folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=ROOT)
    output: Path = parser.parse_args().output
    for name, text in derived().items():
        (output / name).parent.mkdir(parents=True, exist_ok=True)
        (output / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
