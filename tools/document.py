"""Get the document of a server: the pinned server, a release, a URL, or a file."""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import yaml

from derived import ROOT, JsonObject

if TYPE_CHECKING:
    from dtool_lookup_api.core.operation import Operation

DEVSERVER = ROOT / "devserver"
PINNED = DEVSERVER / "requirements.in"
PUBLISHED_AT = "/doc/openapi.json"


class DocumentError(Exception):
    """The document could not be read; the message says why, and what to do."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that choose another server than the pinned one."""
    source = parser.add_mutually_exclusive_group()
    source.add_argument(
        "--server", metavar="URL", help=f"a dserver, which publishes URL{PUBLISHED_AT}, or a .json"
    )
    source.add_argument(
        "--dservercore", metavar="VERSION", help="a release whose pins are in devserver/"
    )
    source.add_argument("--document", type=Path, metavar="FILE", help="a file, JSON or YAML")


def chosen(arguments: argparse.Namespace) -> tuple[str, JsonObject]:
    """Return the name and the document of the server that the arguments select.

    Raises:
        DocumentError: If it can't be read.
    """
    if arguments.server is not None:  # an empty one is an error, not the pinned server
        return without_login(arguments.server), of_server(arguments.server)
    if arguments.dservercore and arguments.dservercore != version_in(PINNED):
        return f"dservercore {arguments.dservercore}", of_release(arguments.dservercore)
    if arguments.document:
        return str(arguments.document), of_file(arguments.document)
    return f"dservercore {version_in(PINNED)}", pinned()


def origin(arguments: argparse.Namespace) -> str:
    """Return the arguments of make for the selected server; empty for the pinned one.

    For example `DOCUMENT=openapi.json`. `chosen_as` understands it.
    """
    if arguments.server is not None:
        return f"SERVER={without_login(arguments.server)}"
    if arguments.dservercore and arguments.dservercore != version_in(PINNED):
        return f"DSERVERCORE={arguments.dservercore}"
    return f"DOCUMENT={arguments.document}" if arguments.document else ""


def chosen_as(origin: str) -> argparse.Namespace:
    """Return the arguments that choose a server as `origin` says."""
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    option, _, value = origin.partition("=")
    return parser.parse_args([f"--{option.lower()}={value}"] if origin else [])


def pinned() -> JsonObject:
    """Return the document of the server that this SDK is built on."""
    return _printed_by(DEVSERVER / ".venv/bin/python")


def of_file(path: Path) -> JsonObject:
    """Read the document from a file."""
    try:
        return parsed(path.read_text(encoding="utf-8"), str(path))
    except (OSError, UnicodeError) as error:
        raise DocumentError(f"{path} cannot be read: {error}") from None


def parsed(text: str, source: str) -> JsonObject:
    """Parse a document that is JSON or YAML."""
    try:
        document = json.loads(text)
    except ValueError as error:
        if source.endswith(".json"):
            raise DocumentError(f"{source} is not JSON: {error}") from None
        try:
            document = yaml.safe_load(text)
        except yaml.YAMLError:
            raise DocumentError(f"{source} is neither JSON nor YAML") from None
    return checked(document, source)


def checked(document: Any, source: str) -> JsonObject:
    """Check that a document is OpenAPI 3, and give its components the names of Python 3.11."""
    found = cast("JsonObject", document) if isinstance(document, dict) else {}
    if not str(found.get("openapi")).startswith("3.") or not isinstance(found.get("paths"), dict):
        raise DocumentError(f"{source} is not an OpenAPI 3 document: it lacks `openapi` or `paths`")
    # Python 3.13 renamed the status 422, and the server uses the name for a component.
    text = json.dumps(found, default=str).replace("UNPROCESSABLE_CONTENT", "UNPROCESSABLE_ENTITY")
    return cast("JsonObject", json.loads(text))


# --- a server ----------------------------------------------------------------------------


def without_login(url: str) -> str:
    """Remove a password from a URL."""
    from dtool_lookup_api.core.values import shown_url

    return shown_url(url)


def of_server(url: str) -> JsonObject:
    """Return the document that a server publishes; the configured user logs in if necessary."""
    # Imported here, as the SDK may be incomplete until its files are derived.
    from dtool_lookup_api.core import calls, config
    from dtool_lookup_api.core.options import ClientOptions
    from dtool_lookup_api.core.values import origin
    from dtool_lookup_api.errors import (
        AuthenticationError,
        LookupServerError,
        PermissionDeniedError,
    )

    url = url.rstrip("/")
    shown = without_login(url)
    base, path = url, PUBLISHED_AT
    if url.endswith(".json"):
        base, slash, name = url.rpartition("/")
        path = slash + name
    try:
        options = ClientOptions().changed(url=base)
        with closing(calls.driver().ConnectionManager(options)) as connections:
            try:
                return checked(calls.run(_read(path, public=True), connections), shown)
            except (AuthenticationError, PermissionDeniedError):
                configured = config.active_config().lookup_url
                # The login belongs to the configured server; no other server may receive it.
                if configured and origin(configured) != origin(base):
                    raise DocumentError(
                        f"{shown} wants a login, while the configured user is one of {configured}: "
                        f"set DSERVER_URL={base}, and how to get a token for it"
                    ) from None
                return checked(calls.run(_read(path, public=False), connections), shown)
    except LookupServerError as error:
        error.operation = None
        if not isinstance(error, AuthenticationError):
            error.next_step = None  # it speaks of DSERVER_URL
        raise DocumentError(f"{shown} gives no document: {error}") from None


def _read(path: str, *, public: bool) -> "Operation[dict[str, Any]]":
    from dtool_lookup_api.core.operation import ApiRequest  # as above

    answer = yield ApiRequest("get", path, public=public)
    return answer.json_object()


# --- a release ---------------------------------------------------------------------------


def version_in(requirements: Path) -> str:
    """Return the version of the server that a file of pins names."""
    found = re.search(r"^dservercore==(\S+)$", requirements.read_text("utf-8"), re.MULTILINE)
    return found[1] if found else ""


def of_release(version: str) -> JsonObject:
    """Install a released server temporarily, and return its document."""
    requirements = DEVSERVER / f"requirements-{version}.in"
    if not re.fullmatch(r"[\w.]+", version) or not requirements.exists():
        recorded = sorted(map(version_in, DEVSERVER.glob("requirements*.in")))
        raise DocumentError(
            f"There are no pins for dservercore {version}; recorded in devserver/ are "
            f"{', '.join(recorded)}. Write devserver/{requirements.name}, then run `make lock`"
        )
    if version_in(requirements) != version:
        raise DocumentError(f"devserver/{requirements.name} pins {version_in(requirements)}")
    locked = requirements.with_suffix(".txt")
    if not locked.exists():
        raise DocumentError(f"There is no devserver/{locked.name}: run `make lock`")
    python = _python_for(requirements)
    print(f"Installing dservercore {version} for a moment ...", file=sys.stderr, flush=True)
    with tempfile.TemporaryDirectory(prefix="dservercore-") as folder:
        _run([python, "-m", "venv", folder])
        inside = Path(folder, "bin/python")
        options = ("--quiet", "--no-deps", "--require-hashes", "--requirement")
        _run([inside, "-m", "pip", "install", *options, locked])
        return _printed_by(inside)


def _python_for(requirements: Path) -> str:
    """Return the Python that a file of pins requires, by a line such as `# Python 3.11`."""
    found = re.search(r"^# Python (\d\.\d+)$", requirements.read_text("utf-8"), re.MULTILINE)
    if not found or found[1] == "{}.{}".format(*sys.version_info):
        return sys.executable
    for folder in os.get_exec_path():
        python = Path(folder, f"python{found[1]}")
        # A version manager may have an executable of this name that doesn't run.
        if (
            python.exists()
            and not subprocess.run([python, "-c", ""], capture_output=True).returncode
        ):
            return str(python)
    raise DocumentError(
        f"dservercore {version_in(requirements)} needs Python {found[1]}, and there is no "
        f"python{found[1]} on the path: install it, or add it to PATH"
    )


def _printed_by(python: Path) -> JsonObject:
    return parsed(_run([python, DEVSERVER / "document.py"]), "devserver/document.py")


def _run(command: list[str | Path]) -> str:
    """Return the output of a command; its error output is used only if it fails."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    except OSError as error:
        raise DocumentError(f"{command[0]} cannot be run: {error}. Run `make`") from None
    except subprocess.CalledProcessError as error:
        last = "\n".join(error.stderr.strip().splitlines()[-10:])
        raise DocumentError(f"{' '.join(map(str, command))} failed:\n{last}") from None
    return done.stdout
