"""The tour shows every documented use, with the answers that the documentation promises."""

import os
import re
import socket
import subprocess
import sys
from functools import cache
from urllib.parse import urlsplit

import pytest

from devserver import COPY_URI, ROOT, URI, UUID, Dserver

HEADINGS = [
    "List all datasets that you may search",
    "Look up the copies of a dataset by UUID",
    "Search for free text",
    "Read the manifest, which lists the items of a dataset",
    "Read the README",
    "Query MongoDB by base URI and name",
    "Query MongoDB by the owner in the README",
    "Make async calls, several at a time",
    "Use a client with its own settings, and read one page of a list",
    "Iterate over all datasets",
    "Read many READMEs at a time",
    "Get an error, which says what to do",
]


def run_tour(*options: str, **settings: str) -> "subprocess.CompletedProcess[str]":
    """Run the tour as a process without a terminal."""
    return subprocess.run(
        [sys.executable, ROOT / "examples/tour.py", *options],
        env={**os.environ, **settings},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )


@cache
def demo() -> str:
    """Return what `make demo` prints, run once."""
    tour = run_tour("--demo", DSERVER_URL="http://127.0.0.1:1", DSERVER_TOKEN="another server's")
    assert tour.returncode == 0, tour.stdout + tour.stderr
    assert not tour.stderr
    return tour.stdout


def stop(heading: str) -> str:
    """Return what the tour prints under a heading."""
    return dict(zip(HEADINGS, re.split(rf"\n?{'|'.join(HEADINGS)}\n", demo())[1:], strict=True))[
        heading
    ]


def test_has_every_documented_use() -> None:
    """The headings come in order, each with a call and an answer, without escape codes."""
    assert [line for line in demo().splitlines() if line in HEADINGS] == HEADINGS
    assert demo().splitlines()[-1].startswith("This error was intended; the tour ends here.")
    assert all(re.search(r"^>>> .*\n[^>.]", stop(heading), re.M) for heading in HEADINGS)
    assert "\033" not in demo()


@pytest.mark.parametrize("heading", HEADINGS[:3])
def test_listings_hold_both_copies(heading: str) -> None:
    """List, UUID and free text find the dataset and its copy, with dates as floats."""
    assert f"'uri': '{URI}'" in stop(heading)
    assert f"'uri': '{COPY_URI}'" in stop(heading)
    assert len(re.findall(r"'created_at': 1604860720\.736", stop(heading))) == 2
    assert f"'uuid': '{UUID}'" in stop(heading)


def test_metadata_is_that_of_the_example() -> None:
    """Manifest and README are those of the documentation."""
    assert "'relpath': 'simple_text_file.txt'" in stop(HEADINGS[3])
    assert "'utc_timestamp': 1605027357.284966" in stop(HEADINGS[3])
    assert "{'project': 'testing project'," in stop(HEADINGS[4])
    assert "'creation_date': '2020-11-08'" in stop(HEADINGS[4])


def test_mongo_queries_find_the_example() -> None:
    """One base URI gives one copy, the owner both; dates are floats here too."""
    by_name, by_owner = stop(HEADINGS[5]), stop(HEADINGS[6])
    assert URI in by_name
    assert COPY_URI not in by_name
    assert URI in by_owner
    assert COPY_URI in by_owner
    assert "'created_at': 1604860720.736," in by_name


def test_other_ways_to_call_answer() -> None:
    """The asynchronous functions and the client answer."""
    assert "'username': 'testuser'" in stop(HEADINGS[7])
    assert "'total': 2, 'total_pages': 2" in stop(HEADINGS[8])
    assert ">>> walk.total\n2\n" in stop(HEADINGS[9])
    assert f"('{URI}', 313)" in stop(HEADINGS[10])


def test_error_says_what_to_do() -> None:
    """The last stop shows class, status and next step."""
    assert re.search(r"^PermissionDeniedError: .* status 403 .* get_me\(\) lists", demo(), re.M)


def test_server_is_gone_afterwards() -> None:
    """Nothing listens any longer where the demo's server was."""
    url = re.search(r"http://127\.0\.0\.1:\d+", stop(HEADINGS[11]))
    assert url is not None
    parts = urlsplit(url[0])
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((str(parts.hostname), parts.port or 0), timeout=5)


def test_asks_the_configured_server(configured: Dserver) -> None:
    """Without ``--demo`` it asks the server that is configured."""
    tour = run_tour()
    assert tour.returncode == 0, tour.stdout + tour.stderr
    assert configured.url in tour.stdout


def test_goes_wrong_loudly(configured: Dserver) -> None:
    """A tour whose calls fail says so, and ends with a status that tells."""
    tour = run_tour(DSERVER_PASSWORD="wrong")
    assert tour.returncode == 1
    assert "AuthenticationError: Authentication failed" in tour.stdout
    assert "did not go as documented" in tour.stderr
