"""Show each documented use of dtool_lookup_api, with the responses of a dserver.

python examples/tour.py           asks the dserver that is configured
python examples/tour.py --demo    starts the one of devserver/ and asks that
"""

import argparse
import ast
import os
import sys
from collections.abc import Generator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from itertools import takewhile
from pathlib import Path
from pprint import pprint
from subprocess import PIPE, Popen
from typing import Any

from dtool_lookup_api import LookupServerError

TOUR = """
# List all datasets that you may search
from dtool_lookup_api import get_datasets
get_datasets()

# Look up the copies of a dataset by UUID
from dtool_lookup_api import get_datasets_by_uuid
get_datasets_by_uuid("1a1f9fad-8589-413e-9602-5bbd66bfe675")

# Search for free text
get_datasets(free_text="test")

# Read the manifest, which lists the items of a dataset
from dtool_lookup_api import get_manifest
uri = "smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675"
get_manifest(uri)

# Read the README
import yaml
from dtool_lookup_api import get_readme
yaml.safe_load(get_readme(uri))

# Query MongoDB by base URI and name
from dtool_lookup_api import get_datasets_by_mongo_query
get_datasets_by_mongo_query({"base_uri": "smb://test-share", "name": {"$regex": "test"}})

# Query MongoDB by the owner in the README
get_datasets_by_mongo_query({"readme.owners.name": {"$regex": "^Testing User$"}})

# Make async calls, several at a time
import asyncio
import dtool_lookup_api.asynchronous as dl
async def ask():
    return await asyncio.gather(dl.get_tags(uri), dl.get_me())
asyncio.run(ask())

# Use a client with its own settings, and read one page of a list
from dtool_lookup_api import Client
with Client(timeout=10, retries=0) as client:
    page = client.get_datasets(sort_fields="name", page_size=1)
page
page.pagination

# Iterate over all datasets
from dtool_lookup_api import iter_datasets
walk = iter_datasets()
walk.total
[dataset["uri"] for dataset in walk]

# Read many READMEs at a time
from dtool_lookup_api import get_many
uris = (dataset["uri"] for dataset in iter_datasets())
[(outcome.argument, len(outcome.value)) for outcome in get_many(get_readme, uris)]

# Get an error, which says what to do
get_readme("smb://unknown-share/1a1f9fad-8589-413e-9602-5bbd66bfe675")
"""
Server = AbstractContextManager[dict[str, str]]
DEVSERVER = Path(__file__).resolve().parent.parent / "devserver"
# Settings for another server must not apply to this one.
OTHERS_OFF = {"DSERVER_TOKEN": "", "DSERVER_DISABLE_AUTHENTICATION": "", "no_proxy": "127.0.0.1"}
ON_TERMINAL = sys.stdout.isatty() and "NO_COLOR" not in os.environ
BOLD, RED, CYAN = 1, 31, 36  # as terminals number them


def main() -> None:
    """Run the tour: as you are configured, or with the local dserver."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--demo", action="store_true", help="start the dserver of devserver/")
    demo = parser.parse_args().demo
    server: Server = running_dserver() if demo else nullcontext({})
    with server as settings:
        os.environ.update(settings)
        run_tour()


def run_tour() -> None:
    """Run all stops; only the last one is meant to fail."""
    stops = TOUR.strip().split("\n\n")
    sys.displayhook = show_answer
    names: dict[str, Any] = {}
    failed = [stop for stop in stops if not runs(stop, names)]
    if failed != stops[-1:]:
        sys.exit("\nThe tour did not go as documented.")
    print("\nThis error was intended; the tour ends here. `make dserver` runs a server for you.")


def runs(stop: str, names: dict[str, Any]) -> bool:
    """Print a heading, run each statement, and return whether all succeeded."""
    heading, _, code = stop.partition("\n")
    print(styled(BOLD, f"\n{heading.removeprefix('# ')}"))
    try:
        for statement in ast.parse(code).body:
            typed = ast.get_source_segment(code, statement) or ""
            print(styled(CYAN, ">>> " + typed.replace("\n", "\n... ")))
            exec(compile(ast.Interactive([statement]), "<tour>", "single"), names)
    except LookupServerError as error:
        print(styled(RED, f"{type(error).__name__}: {error}"))
        return False
    return True


def show_answer(answer: object) -> None:
    """Print a result as Python does, but on as many lines as it needs."""
    if answer is not None:
        pprint(answer, width=90, sort_dicts=False)


def styled(style: int, text: str) -> str:
    """Style text for a terminal."""
    return f"\033[{style}m{text}\033[0m" if ON_TERMINAL else text


@contextmanager
def running_dserver(*more: str) -> Generator[dict[str, str]]:
    """Run the local dserver on free ports, and yield the settings for it."""
    serve = [f"{DEVSERVER}/.venv/bin/python", f"{DEVSERVER}/serve.py"]
    options = ["--port=0", "--token-port=0", "--until-eof", *more]
    with Popen([*serve, *options], stdin=PIPE, stdout=PIPE, text=True) as process:
        # It prints lines like `export DSERVER_URL=http://127.0.0.1:5000`, then `# ready`.
        exports = takewhile(lambda line: line.startswith("export "), process.stdout or [])
        settings = dict(line.split()[1].split("=", 1) for line in exports)
        yield settings | OTHERS_OFF


if __name__ == "__main__":
    main()
