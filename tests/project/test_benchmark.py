"""The benchmark's server answers as the real one does, and its tables say what was measured."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from dtool_lookup_api import Client

import report
from canned import Canned, running_canned
from contenders import REQUESTS, token_of
from devserver import Dserver
from measure import Figure, Limit, figure, pairs_of

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def canned() -> Iterator[Canned]:
    """Run a canned server that lists 250 datasets."""
    with running_canned(datasets=250) as server:
        yield server


@pytest.fixture
def asking(dserver: Dserver) -> Iterator[Callable[..., httpx.Response]]:
    """Return what sends a request of a user to a server."""
    with httpx.Client() as client:

        def ask(server: Canned | Dserver, **request: Any) -> httpx.Response:
            headers = {"Authorization": f"Bearer {token_of(server)}"}
            url = server.url + request.pop("url")
            return client.request(url=url, headers=headers, **request)

        yield ask


SECOND = {"method": "POST", "url": "/uris", "params": {"page": 2, "page_size": 1}, "json": {}}
PAST = {"method": "POST", "url": "/uris", "params": {"page": 999, "page_size": 100}, "json": {}}
OTHERS = [{"method": "GET", "url": url} for url in ("/me", "/config/info", "/config/versions")]


@pytest.mark.parametrize("request_", [*REQUESTS.values(), SECOND, PAST, *OTHERS])
def test_canned_answers_are_like_real_ones(
    request_: dict[str, Any],
    canned: Canned,
    dserver: Dserver,
    asking: Callable[..., httpx.Response],
) -> None:
    """Status, headers and keys are the same, but for the server's name and date."""
    found, real = asking(canned, **request_), asking(dserver, **request_)
    assert found.status_code == real.status_code
    assert set(found.headers) == set(real.headers) - {"date"}
    assert shape(found.json()) == shape(real.json())
    for name in ("X-Sort", "X-Pagination"):
        keys = json.loads(real.headers.get(name, "{}")).keys() - {"next_page"}
        assert keys <= json.loads(found.headers.get(name, "{}")).keys()


def shape(value: Any) -> Any:
    """Return the keys of a value, or of the first of many; those of the configuration vary."""
    if isinstance(value, list):
        return [shape(each) for each in value[:1]]
    return sorted(value) if isinstance(value, dict) else type(value)


def test_canned_pages_hold_each_dataset_once(canned: Canned) -> None:
    """All pages together are all datasets, in the order of their URIs."""
    given = {"auth_url": canned.token_url, "username": "testuser", "password": "test_password"}
    with Client(canned.url, **given) as client:
        pages = [client.get_datasets(page_number=n, page_size=100) for n in (1, 2, 3)]
    uris = [dataset["uri"] for page in pages for dataset in page]
    assert [len(page) for page in pages] == [100, 100, 50]
    assert pages[1].pagination["next_page"] == 3
    assert uris == sorted(set(uris))


def test_canned_counts(canned: Canned, asking: Callable[..., httpx.Response]) -> None:
    """Requests, token requests and connections are counted from the last reset on."""
    token = token_of(canned)
    canned.reset()
    with httpx.Client(headers={"Authorization": f"Bearer {token}"}) as client:
        for _ in range(3):
            client.get(f"{canned.url}/me").raise_for_status()
    httpx.get(f"{canned.url}/config/versions").raise_for_status()
    counts = canned.counts()
    assert (counts.requests, counts.token_requests, counts.connections) == (4, 0, 2)
    assert counts.last == "GET /config/versions"


def test_canned_wants_a_token(canned: Canned) -> None:
    """What needs a token is refused without one, so that all sides have to send it."""
    assert httpx.get(f"{canned.url}/me").status_code == 401


def test_pairs_alternate() -> None:
    """Both sides of each pair do the same work, after a first time that does not count."""
    order: list[str] = []

    def side(name: str, seconds: float) -> Callable[[], float]:
        def block() -> float:
            order.append(name)
            return seconds

        return block

    pairs = pairs_of(side("a", 2.0), side("b", 3.0), 4)
    assert pairs == [(2.0, 3.0)] * 4
    assert "".join(order) == "ab" + "abba" * 2


def test_missed_goal_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """The table says in how many runs a goal held."""

    def run(median: float) -> dict[str, Any]:
        values = [median - 0.1, median, median + 0.1]
        judged = figure("Calls", "functions", "x", values, [(1.0, 1.0)], Limit("at most", 1.1))
        return {"date": "2026-11-23", "figures": [judged.as_json()]}

    about = dict.fromkeys(report.environment("0.22.0"), "1")
    both = report.table({"environment": about, "runs": [run(1.05), run(1.2)]})
    row = "| functions | 1.05 x (1.00 to 1.10) | 1.20 x (1.15 to 1.25) | at most 1.1 x |"
    assert f"{row} **no**: in 1 of 2 runs |" in both
    held = report.table({"environment": about, "runs": [run(1.05), run(1.1)]})
    assert "| at most 1.1 x | yes |" in held


@pytest.mark.parametrize(
    ("direction", "held", "missed"),
    [("at most", 1.0, 1.01), ("at least", 1.0, 0.99), ("exactly", 1.0, 1.01)],
)
def test_limits(direction: Any, held: float, missed: float) -> None:
    """A value at the limit keeps to it, one beyond does not."""
    limit = Limit(direction, 1.0)
    assert Figure("", "", "", held, held, held, 1, limit).holds
    assert not Figure("", "", "", missed, missed, missed, 1, limit).holds


def test_runs_of_other_code_are_forgotten(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    """Three runs at most are kept together, all of the same code, versions and machine."""
    monkeypatch.setattr(report, "RESULTS", tmp_path / "results.json")
    numbers = [len(report.add_run([], {"code": code})["runs"]) for code in "aaaabb"]
    assert numbers == [1, 2, 3, 3, 1, 2]
