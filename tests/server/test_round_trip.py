"""Whatever text a user has, the server gives it back unchanged, or it is never sent."""

import unicodedata
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from dtool_lookup_api import (
    ASCENDING,
    DESCENDING,
    Client,
    InvalidRequestError,
    NotFoundError,
)
from dtool_lookup_api.types import DatasetSortField, UserSortField

from devserver import UUID, Dserver

pytestmark = pytest.mark.slow

BASE_URI = "s3://round-trip"
URI = f"{BASE_URI}/{UUID}"  # one for all, as the server's documents outlive their registration
DATASET: dict[str, Any] = {
    "readme": "",
    "manifest": {"dtoolcore_version": "3.19.0", "hash_function": "md5sum_hexdigest", "items": {}},
    "uuid": UUID,
    "name": "round trip",
    "creator_username": "admin",
    "frozen_at": 1604921621.719575,
}

# What URLs, YAML, MongoDB and Python's own parsers are known to trip over; a lone surrogate.
ODD = "/?#;%+& .:@=\\[]{}$'\"\t\r\n\0\x1f\x7f\x85\xa0\u2028\ufeff\u2100éÉ\u0301"
SURROGATE = "\ud800"
SENDABLE = st.text(st.sampled_from(ODD) | st.characters(), max_size=40)
TEXT = st.text(st.sampled_from(ODD + SURROGATE) | st.characters(), max_size=40)
SCHEMES = ("s3", "S3", "file", "irods", "x", "1a", "a_b", "ü", "", " s3", "s3 ")

deterministic = settings(
    derandomize=True,
    deadline=None,
    max_examples=30,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.fixture(scope="module")
def client(dserver: Dserver) -> Iterator[Client]:
    """Return an administrator's client, with a base URI of this file's own."""
    with Client(**dserver.given("admin")) as client:
        client.register_base_uri(BASE_URI, ["admin"], ["admin"])
        yield client
        client.delete_dataset(URI)
        client.delete_base_uri(BASE_URI)


def refused(argument: str, call: Callable[[], object]) -> bool:
    """Do a call, and tell whether its argument was refused before anything was sent."""
    try:
        call()
    except InvalidRequestError as found:
        error = found
    else:
        return False
    assert error.status is None
    assert error.what.startswith((f"{argument}=", f"{argument}["))
    assert error.next_step
    return True


def register(client: Client, **changes: Any) -> None:
    """Register this file's dataset with some of its metadata changed."""
    client.register_dataset(URI, **{**DATASET, **changes})


def stored_uri(uri: str) -> str:
    """Return a URI as the server gives it back: without an empty host, unless it is a file's."""
    return uri if uri.startswith("file:") else uri.replace(":///", ":/", 1)


# --- base URIs ---------------------------------------------------------------------------


def base_uri_comes_back(client: Client, base_uri: str) -> None:
    """Register a base URI and a dataset in it, read both, and remove both."""
    client.register_base_uri(base_uri, ["admin"], ["admin"])
    uri = f"{base_uri}/{UUID}"
    stored_base_uri, stored = stored_uri(base_uri), stored_uri(uri)
    try:
        assert client.get_base_uri(base_uri)["base_uri"] == stored_base_uri
        assert client.register_dataset(uri, **DATASET, tags=["here"]) is True
        found = client.get_dataset(uri)
        assert (found["uri"], found["base_uri"]) == (stored, stored_base_uri)
        assert client.get_tags(uri) == client.get_tags(stored) == ["here"]
        assert [d["uri"] for d in client.get_datasets(base_uris=[base_uri])] == [stored]
    finally:
        client.delete_dataset(uri)
        client.delete_base_uri(base_uri)
    with pytest.raises(NotFoundError):
        client.get_base_uri(base_uri)


@deterministic
@given(tail=SENDABLE.filter(lambda text: text.strip(".") and not set(text) & set("/?#\t\r\n")))
def test_any_folder_is_a_base_uri(client: Client, tail: str) -> None:
    """A base URI comes back with blanks, percent signs, brackets, quotes, in any language."""
    base_uri_comes_back(client, f"s3://bucket/{tail}")


@deterministic
@given(scheme=st.sampled_from(SCHEMES), tail=TEXT)
@example("s3", "a?")
@example("s3", "a#")
@example("s3", "a?b#")
@example("s3", "a/?")
@example("s3", "a\nb")
@example("s3", "a\tb")
@example("s3", "/a")
@example("s3", "//a")
@example("s3", "a//b")
@example("s3", "?a")
@example("s3", "[a")
@example("s3", "a\u2100")
@example("s3", "a/./b")
@example("s3", "a\ud800")
@example("s3", "a" * 20_000)
@example("s3", "a" * 100_000)
@example("S3", "a")
@example("x", "a")
@example("a_b", "a")
@example("file", "/a")
@example("irods", "/a")
@example("irods", "/a//b ://c")
def test_a_base_uri_comes_back_unchanged_or_is_not_sent(
    client: Client, scheme: str, tail: str
) -> None:
    """No base URI becomes another one, nor a folder of the server."""
    base_uri = f"{scheme}://{tail}"

    if refused("base_uri", lambda: client.register_base_uri(base_uri)):
        assert refused("base_uri", lambda: client.get_base_uri(base_uri))
        assert refused("base_uri", lambda: client.delete_base_uri(base_uri))
    else:
        base_uri_comes_back(client, base_uri)


@pytest.mark.parametrize(
    "tail", ["a b", "a?b", "a?b=1&c=2", "a#b", "a;b", "a%41", "a+b", "a//b", "a\\b", "a:1", "a@b"]
)
def test_a_base_uri_may_hold_what_has_a_meaning_in_urls(client: Client, tail: str) -> None:
    """A name that looks like part of a web address is a name."""
    base_uri_comes_back(client, f"s3://{tail}")


# --- users -------------------------------------------------------------------------------


@deterministic
@given(username=TEXT)
@example(".")
@example("..")
@example("...")
@example("a/b")
@example("%2F")
@example("")
@example("\n")
@example(" a ")
@example("e\u0301")
@example("\ud800")
@example("ü" * 10_000)
@example("ü" * 20_000)
def test_a_user_comes_back_unchanged_or_is_not_sent(client: Client, username: str) -> None:
    """A user of any name is made, given a permission, found and removed, and no other."""
    impossible = username in ("", ".", "..") or set(username) & {"/", SURROGATE}
    if impossible or len(username) > 10_000:
        assert refused("username", lambda: client.register_user(username))
        assert refused("username", lambda: client.get_user(username))
        assert refused("username", lambda: client.delete_user(username))
        return
    client.register_user(username)
    client.register_base_uri(BASE_URI, ["admin", username])

    assert client.get_user(username)["username"] == username
    searchers = client.get_base_uri(BASE_URI)["users_with_search_permissions"]
    assert sorted(searchers) == sorted(["admin", username])
    assert client.delete_user(username) is True
    with pytest.raises(NotFoundError):
        client.get_user(username)


# --- metadata ----------------------------------------------------------------------------


@deterministic
@given(tags=st.lists(TEXT, max_size=4), readme=TEXT)
@example(["", "a"], "")
@example(["\ud800"], "")
@example([], "\ud800")
@example(["a" * 100_000], "b" * 1_000_000)
@example(["a", "a"], "a: [")
def test_tags_and_readme_come_back(client: Client, tags: list[str], readme: str) -> None:
    """Tags and README are kept character by character, whether the README is YAML or not."""
    if SURROGATE in readme:
        assert refused("readme", lambda: register(client, readme=readme))
        readme = ""
    if "" in tags or SURROGATE in "".join(tags):
        assert refused("tags", lambda: register(client, tags=tags))
        tags = []
    register(client, tags=tags, readme=readme)

    assert client.get_tags(URI) == tags
    assert client.get_readme(URI) == readme


@deterministic
@given(tag=SENDABLE.filter(bool))
def test_a_dataset_is_found_by_any_tag(client: Client, tag: str) -> None:
    """A filter matches its tag exactly, in both kinds of search."""
    register(client, tags=["another", tag])

    for found in (
        client.get_datasets(tags=[tag], base_uris=[BASE_URI]),
        client.get_datasets_by_mongo_query({}, tags=[tag], base_uris=[BASE_URI]),
    ):
        assert [dataset["uri"] for dataset in found] == [URI]
    assert client.get_datasets(tags=[f"{tag}x"], base_uris=[BASE_URI]) == []


@deterministic
@given(annotations=st.dictionaries(TEXT, st.none() | TEXT, max_size=4))
@example({"\0": "a"})
@example({"a": "\0"})
@example({"$a.b": "$c"})
@example({"": ""})
@example({"\ud800": "a"})
@example({"a": "\ud800"})
def test_annotations_come_back(client: Client, annotations: dict[str, str | None]) -> None:
    """Annotations are kept whatever their names and texts are."""
    texts = "".join(text or "" for pair in annotations.items() for text in pair)
    if SURROGATE in texts or "\0" in "".join(annotations):
        assert refused("annotations", lambda: register(client, annotations=annotations))
        return
    register(client, annotations=annotations)

    assert client.get_annotations(URI) == annotations


@pytest.mark.parametrize(
    "value", [2**63, -(2**63) - 1, [2**64], {"a": {"b": 2**64}}, {"a": [{"\0": 1}]}]
)
@pytest.mark.parametrize("argument", ["annotations", "readme", "manifest"])
def test_what_mongodb_cannot_keep_is_not_sent(client: Client, argument: str, value: Any) -> None:
    """A number or name that the server would fail on without a reason is told here."""
    dataset = {**DATASET, argument: {**DATASET["manifest"], "more": value}}

    with pytest.raises(InvalidRequestError, match=rf"^{argument}\S*=.*(64 bits|NUL)"):
        client.register_dataset(URI, **dataset)


def is_readable(text: str) -> bool:
    """Return whether a text has no control character, and none that changes its direction."""
    directions = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
    return not any(unicodedata.category(each) == "Cc" or each in directions for each in text)


@deterministic
@given(name=TEXT, creator=TEXT)
@example("$where", "$ne")
@example("", "a")
@example("a", "")
@example("\ud800", "a")
@example("\0", "a\u202e")
@example("e\u0301", "é")
def test_a_mongo_query_finds_exactly_the_name(client: Client, name: str, creator: str) -> None:
    """A name and a creator in a query are values, never operators, patterns or look-alikes."""
    if not name or SURROGATE in name:
        assert refused("name", lambda: register(client, name=name))
        name = "a name"
    if not creator or SURROGATE in creator or not is_readable(creator):
        assert refused("creator_username", lambda: register(client, creator_username=creator))
        creator = "a creator"
    register(client, name=name, creator_username=creator)

    found = client.get_dataset(URI)
    assert (found["name"], found["creator_username"]) == (name, creator)
    for query in ({"name": name}, {"name": {"$eq": name}, "creator_username": creator}):
        hits = client.get_datasets_by_mongo_query(query, base_uris=[BASE_URI])
        assert [(hit["uri"], hit["name"]) for hit in hits] == [(URI, name)]
    assert client.get_datasets_by_mongo_query({"name": f"{name}x"}, base_uris=[BASE_URI]) == []
    hits = client.get_datasets(creator_usernames=[creator], base_uris=[BASE_URI])
    assert [hit["uri"] for hit in hits] == [URI]


@deterministic
@given(words=TEXT)
@example("\ud800")
@example(" ")
@example("\0")
@example('"')
def test_any_text_may_be_searched_for(client: Client, words: str) -> None:
    """A search box may hold anything: the answer is a page, and blanks mean no filter."""
    if SURROGATE in words:
        assert refused("free_text", lambda: client.get_datasets(words))
        return
    found = client.get_datasets(words, page_size=1)

    if words.strip():
        assert found.pagination["total"] >= len(found)
    else:
        assert found.pagination == client.get_datasets(page_size=1).pagination


@deterministic
@given(word=st.from_regex(r"[a-zäöü]{9}[0-9]{3}", fullmatch=True), around=SENDABLE)
def test_a_word_of_the_readme_is_found(client: Client, word: str, around: str) -> None:
    """Free text finds a word whatever stands around it."""
    register(client, readme=f"{around} {word} {around}")

    assert [d["uri"] for d in client.get_datasets(word, base_uris=[BASE_URI])] == [URI]


# --- dates -------------------------------------------------------------------------------

MOMENTS = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30))
OFFSETS = st.integers(-24 * 60 + 1, 24 * 60 - 1).map(
    lambda minutes: timezone(timedelta(minutes=minutes))
)


@st.composite
def dates(draw: st.DrawFn) -> tuple[Any, float]:
    """Return a moment in one of the forms that are taken, and its seconds since the epoch."""
    moment = draw(MOMENTS).replace(tzinfo=UTC)
    seconds = moment.timestamp()
    local = moment.astimezone(draw(OFFSETS))
    forms = [
        moment,
        moment.replace(tzinfo=None),
        local,
        seconds,
        f"{seconds:.6f}",
        moment.isoformat(),
        moment.replace(tzinfo=None).isoformat(),
        local.isoformat(),
        moment.isoformat().replace("+00:00", "Z"),
    ]
    return draw(st.sampled_from(forms)), seconds


@deterministic
@given(frozen=dates(), created=dates())
def test_a_date_comes_back(
    client: Client, frozen: tuple[Any, float], created: tuple[Any, float]
) -> None:
    """The same moment comes back to the microsecond, in whatever form and zone it was given."""
    register(client, frozen_at=frozen[0], created_at=created[0])

    found = client.get_dataset(URI)
    assert (found["frozen_at"], found["created_at"]) == (frozen[1], created[1])
    (hit,) = client.get_datasets_by_mongo_query({"uri": URI})
    assert hit["frozen_at"] == pytest.approx(frozen[1], rel=0, abs=0.002)


@deterministic
@given(
    date=st.one_of(
        st.floats(min_value=253402300800),
        st.floats(max_value=-62135596801),
        st.integers(min_value=253402300800),
        st.integers(max_value=-62135596801),
        st.sampled_from([float("nan"), "nan", "-inf", "1e300", "10000-01-01", "2020-02-30", [1]]),
        TEXT.filter(lambda text: not any(character.isdigit() for character in text)),
    )
)
def test_what_is_no_date_is_not_sent(client: Client, date: Any) -> None:
    """A date outside the calendar, or no date at all, is told by the argument's name."""
    assert refused("frozen_at", lambda: register(client, frozen_at=date))
    assert refused("created_at", lambda: register(client, created_at=date))


# --- sorting -----------------------------------------------------------------------------


def orders(fields: tuple[str, ...]) -> st.SearchStrategy[list[tuple[str, int]]]:
    """Return fields in any order, each with an order of its own."""
    direction = st.sampled_from([ASCENDING, DESCENDING])
    return st.lists(st.sampled_from(fields), min_size=1, unique=True).flatmap(
        lambda names: st.tuples(*(st.tuples(st.just(name), direction) for name in names)).map(list)
    )


def is_sorted(found: list[Any], asked: list[tuple[str, int]]) -> bool:
    """Return whether datasets or users are in the requested order."""
    expected = list(found)
    for name, order in reversed(asked):
        expected.sort(key=lambda item: item[name], reverse=order == DESCENDING)
    return expected == found


@deterministic
@given(asked=orders(get_args(DatasetSortField)), filtered=st.booleans())
def test_datasets_come_in_the_order_asked_for(
    client: Client, asked: list[tuple[str, int]], filtered: bool
) -> None:
    """Any fields in any order and direction: the answer says so, and is sorted so."""
    names, directions = zip(*asked, strict=True)
    tie_breaker = [] if "uri" in names else [("uri", ASCENDING)]

    found = client.get_datasets(
        tags=["simulation"] if filtered else None,
        page_size=100,
        sort_fields=names,
        sort_order=directions,
    )

    assert len(found) > 3
    assert list(found.sorting["sort"].items()) == asked
    assert is_sorted(found, [*asked, *tie_breaker])


@deterministic
@given(asked=orders(get_args(UserSortField)))
def test_users_come_in_the_order_asked_for(client: Client, asked: list[tuple[str, int]]) -> None:
    """Users, too, are sorted by any fields in any order."""
    names, directions = zip(*asked, strict=True)
    tie_breaker = [] if "username" in names else [("username", ASCENDING)]

    found = client.get_users(page_size=100, sort_fields=names, sort_order=directions)

    assert list(found.sorting["sort"].items()) == asked
    assert is_sorted(found, [*asked, *tie_breaker])
