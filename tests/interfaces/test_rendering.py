"""What notebooks show: tables with their place in the whole, escaped, bounded, and read-only."""

import asyncio
import re
import subprocess
import sys
import time
from html.parser import HTMLParser
from itertools import islice
from typing import Any

import pytest

from dtool_lookup_api import AsyncClient, Client, NotFoundError, Outcome, Page, get_many, notebook
from dtool_lookup_api.readmes import parse_readme

from devserver import URI, Dserver
from faults import running_fault_server
from paged_listing import PagedListing, uri_of

EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>&amp; $x^2$ \ud800"
DATASET = {
    "base_uri": "s3://b",
    "created_at": 1604860720.736269,
    "creator_username": "jotelha",
    "frozen_at": 1604921621.719575,
    "name": "simple",
    "number_of_items": 12345,
    "size_in_bytes": 1536,
    "uri": "s3://b/1a1f9fad",
    "uuid": "1a1f9fad",
}
ITEM = {"hash": "2f7d", "relpath": "a.txt", "size_in_bytes": 17, "utc_timestamp": 1605027357.2}
MANIFEST = {"dtoolcore_version": "3.17.0", "hash_function": "md5", "items": {"eb58": ITEM}}
SUMMARY = {
    "number_of_datasets": 1,
    "total_size_in_bytes": 2048,
    "datasets_per_tag": {"river": 1},
    "size_in_bytes_per_tag": {"river": 2048},
}


class Read(HTMLParser):
    """What a browser makes of a text: tags, attributes, and the words in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[tuple[str, str | None]] = set()
        self.words: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == [], "a tag is not closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= set(attrs)
        self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def html_of(answer: object) -> str:
    """Return what a notebook shows of an answer."""
    shown: str = getattr(answer, "_repr_html_", lambda: notebook._Shown(answer)._repr_html_())()
    return shown


def words_of(answer: object) -> str:
    return " ".join(Read(html_of(answer)).words)


def test_a_page_shows_its_place_in_the_whole_and_values_for_people() -> None:
    """The head counts, dates are UTC, sizes are KiB, and what the URI says is not repeated."""
    place: dict[str, Any] = {"total": 1140, "total_pages": 114, "page": 2}
    read = Read(html_of(Page([DATASET] * 10, pagination=place)))

    assert read.words[0] == "10 of 1,140, page 2 of 114"
    assert read.words[1:9] == [
        *("name", "creator_username", "created_at", "frozen_at", "number_of_items"),
        *("size_in_bytes", "uri", "simple"),
    ]
    assert read.words[9:14] == [
        *("jotelha", "2020-11-08 18:38 UTC", "2020-11-09 11:33 UTC", "12,345", "1.5 KiB"),
    ]
    assert ("title", "2020-11-08T18:38:40.736269+00:00") in read.attributes
    assert ("title", "1,536 bytes") in read.attributes


def test_a_listing_of_the_server_shows_as_a_table(researcher: Client) -> None:
    """A page of the real server tells how many there are in all."""
    page = researcher.get_datasets(tags=["river"], page_size=3)

    assert Read(html_of(page)).words[0] == "3 of 8, page 1 of 3"
    assert repr(page) == repr(list(page))


def test_a_graph_of_the_server_shows_names_of_parents(researcher: Client) -> None:
    """What a dataset derives from is named, also where `show` is given the page itself."""
    (link,) = researcher.get_datasets_by_mongo_query({"name": "friction-2-equilibration"})
    page = researcher.get_graph_by_uuid(link["uuid"])

    for shown in html_of(page), notebook._Shown(list(page))._repr_html_():
        assert "friction-1-force-field" in Read(shown).words
        assert link["uuid"] not in shown


def test_a_uri_can_be_selected_with_one_click() -> None:
    """The URI is whole, and nothing else is selected along with it."""
    assert '<code style="user-select:all;white-space:nowrap">s3://b/1a1f9fad</code>' in html_of(
        Page([DATASET])
    )


@pytest.mark.parametrize(
    "answer",
    [
        Page([{**dict.fromkeys(DATASET, EVIL), EVIL: EVIL}]),
        Page([EVIL]),
        Outcome(EVIL, {EVIL: [EVIL, {EVIL: EVIL}]}, None),
        Outcome(EVIL, None, NotFoundError(EVIL)),
        [Outcome(EVIL, EVIL, None)],
        get_many(len, [EVIL]),
        {**MANIFEST, "hash_function": EVIL, "items": {EVIL: {**ITEM, "relpath": EVIL}}},
        {**SUMMARY, "datasets_per_tag": {EVIL: 1}},
        {"username": EVIL, "search_permissions_on_base_uris": [EVIL]},
        [{"uuid": EVIL, "name": EVIL, "derived_from": [EVIL, "?"]}],
        Page([{"uuid": EVIL, "derived_from": [{"name": EVIL}]}]),
        f"project: '{EVIL.replace(chr(39), '')}'",
        EVIL,
    ],
    ids=lambda answer: type(answer).__name__,
)
def test_everything_is_escaped(answer: object) -> None:
    """Names that hold HTML are shown as they are, and nothing is run, drawn in colour or lost."""
    if isinstance(answer, get_many(len, []).__class__):
        list(iter(lambda: next(answer, None), None))
    shown = html_of(answer)
    read = Read(shown)

    allowed = {"b", "code", "div", "p", "pre", "span", "table", "tbody", "td", "th", "thead", "tr"}
    assert read.tags <= allowed
    assert {name for name, _ in read.attributes} <= {"class", "style", "title"}
    styles = {str(value) for name, value in read.attributes if name == "style"}
    assert not [style for style in styles if re.search(r"color|background|url", style)]
    assert "mathjax_ignore" in shown
    shown.encode("utf-8")
    if type(answer).__name__ != "Outcomes":
        assert "<script>alert(1)</script>" in "".join(read.words)


def test_a_walk_shows_what_comes_next_and_still_yields_it(researcher: Client) -> None:
    """Showing a walk reads its first page, as asking for the total does, and takes nothing."""
    with researcher.iter_datasets(tags=["viscosity"]) as walk:
        assert Read(html_of(walk)).words[0] == "iter_datasets: 10 of 12"
        first = next(walk)
        assert Read(html_of(walk)).words[0] == "iter_datasets: next 10 of 12, after 1"
        rest = list(walk)
        assert Read(html_of(walk)).words[0] == "iter_datasets: nothing left of 12"
    assert [first["name"], *(each["name"] for each in rest)] == [
        each["name"] for each in researcher.get_datasets(tags=["viscosity"], page_size=100)
    ]


def test_a_walk_goes_on_showing_where_a_page_ends() -> None:
    """After the last entry of a page, the first of the next one are shown, and not lost."""
    with running_fault_server() as server:
        endpoint = server.endpoint()
        PagedListing(endpoint, size=250)
        with Client(endpoint.url, **endpoint.login).iter_datasets(ahead=0) as walk:
            first = list(islice(walk, 100))
            assert Read(html_of(walk)).words[0].endswith(": next 10 of 250, after 100")
            assert [each["uri"] for each in [*first, *walk]] == [uri_of(n) for n in range(250)]


def test_an_asynchronous_walk_shows_what_was_read(dserver: Dserver) -> None:
    """A cell cannot wait while it is shown, so nothing is read for it, and nothing is lost."""

    async def seen() -> list[str]:
        async with AsyncClient(**dserver.given("researcher")) as client:
            walk = client.iter_datasets(tags=["viscosity"])
            heads = [Read(html_of(walk)).words[0]]
            await walk.total
            heads.append(Read(html_of(walk)).words[0])
            return [*heads, f"{len([each async for each in walk])} yielded"]

    assert asyncio.run(seen()) == [
        "iter_datasets: nothing read yet",
        "iter_datasets: 10 of 12",
        "12 yielded",
    ]


def test_showing_outcomes_calls_nothing() -> None:
    """A notebook that shows get_many does not start calls, which might delete something."""
    called: list[str] = []
    outcomes = get_many(called.append, ["a", "b", "c"], concurrency=2)

    assert Read(html_of(outcomes)).words == ["append: 0 of 3 yielded"]
    assert called == []
    next(outcomes)
    assert Read(html_of(outcomes)).words[0] == "append: 1 of 3 yielded"
    assert len(list(outcomes)) == 2
    assert called == ["a", "b", "c"]


def test_plain_answers_are_drawn() -> None:
    """Manifest, summary, user, graph, README and outcomes each have a form of their own."""
    graph = [
        {"uuid": "1", "name": "raw", "derived_from": []},
        {"uuid": "2", "name": "mean", "derived_from": ["1", "gone"]},
    ]
    assert words_of(MANIFEST).startswith("1 item, 17 B, md5, dtoolcore 3.17.0 relpath size_in_b")
    assert words_of(SUMMARY) == "1 dataset, 2.0 KiB tag datasets size_in_bytes river 1 2.0 KiB"
    assert words_of({"username": "me", "is_admin": False}) == "username me is_admin False"
    assert words_of(graph).startswith("2 datasets, 2 dependencies")
    assert words_of(graph).endswith("mean raw, gone")
    assert words_of("owners: [{name: A}]\nsize: 3") == "owners name A size 3"
    assert words_of("no YAML: : here") == "no YAML: : here"
    failed = [Outcome("a", 1, None), Outcome("b", None, NotFoundError("Gone"))]
    assert words_of(failed).startswith("2 outcomes, 1 failed argument value error a 1 b")
    assert words_of(failed).endswith("NotFoundError: Gone")


def test_what_is_left_out_is_counted() -> None:
    """A table has at most 100 rows, a cell 200 characters, and says what it leaves out."""
    rows = [{"text": "x" * 300}] * 5000
    shown = words_of(rows)

    assert shown.startswith("5,000 in all: the first 100 of 5,000")
    assert "x" * 200 + "… (300 characters)" in shown
    assert len(Read(html_of(rows)).words) < 1000
    assert words_of(Page([{"tags": ["t"] * 100}])).endswith("… 41 more")


@pytest.mark.parametrize(
    "text",
    [
        "a: &a {b: *a}",
        "a: &a [*a, *a]",
        "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [{f'*a{n - 1}, ' * 9}]\n" for n in range(1, 9)),
    ],
    ids=["in itself", "twice in itself", "a billion"],
)
def test_a_readme_of_any_size_is_shown_in_bounds(text: str) -> None:
    """YAML can hold itself, or a billion values in a few lines."""
    readme = parse_readme(text)
    begin = time.monotonic()

    for answer in text, Page([readme]), Outcome(URI, readme, None):
        assert "…" in words_of(answer)
        assert len(html_of(answer)) < 100_000
    assert time.monotonic() - begin < 5


@pytest.mark.parametrize("seconds", [float("nan"), float("inf"), 1e300, -1e300, 1e18, -1e12])
def test_a_date_out_of_range_is_shown_as_a_number(seconds: float) -> None:
    """What is not a date of the calendar does not keep the rest from being shown."""
    assert str(seconds) in words_of(Page([{**DATASET, "created_at": seconds}]))


def test_in_a_terminal_it_is_text() -> None:
    """Without a notebook, an answer is printed in lines, and a README as it is."""
    code = (
        "from dtool_lookup_api import show\n"
        "show({'b': ['x' * 60, 'y' * 60], 'a': 1})\n"
        "show('a: 1')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )

    assert done.stdout.count("\n") == 4
    assert done.stdout.endswith("\na: 1\n")


@pytest.mark.parametrize(
    ("size", "text"),
    [(0, "0 B"), (1023, "1,023 B"), (1024, "1.0 KiB"), (5 * 2**30, "5.0 GiB"), (2**60, "1,024.0")],
)
def test_sizes_are_for_people(size: int, text: str) -> None:
    """Sizes are in powers of 1024, as dtool writes them."""
    assert text in words_of(Page([{**DATASET, "size_in_bytes": size}]))
