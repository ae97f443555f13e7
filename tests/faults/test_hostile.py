"""Texts and values of a hostile server: short, without secrets or control characters, and read."""

import base64
import contextlib
import html
import itertools
import json
import os
import time
import urllib.parse
from collections.abc import Callable
from operator import methodcaller
from typing import Any

import httpx
import pytest

from dtool_lookup_api import (
    Client,
    ConfigurationError,
    ConflictError,
    InvalidRequestError,
    LookupServerError,
    NotFoundError,
    NotOfferedError,
    UnreadableAnswerError,
)
from dtool_lookup_api.__main__ import main
from dtool_lookup_api.typed import connect
from dtool_lookup_rest.api.me import get_me

import faults
import samples
from faults import (
    Ask,
    Endpoint,
    answer,
    blocking_and_async,
    replying,
)

pytestmark = pytest.mark.slow

LIMITS: dict[str, float] = {"timeout": 3, "deadline": 8, "retries": 0}
PASSWORD = 'pass  wörd+1 & "<sons>"'
TOKEN = "opaque+token/0123456789="
LIST: faults.Call = methodcaller("get_datasets")
QUERY: faults.Call = methodcaller("get_datasets_by_mongo_query", {})
NO_LOGIN: dict[str, Any] = dict.fromkeys(("auth_url", "username", "password"))


def error_of(endpoint: Endpoint, ask: Ask, *calls: faults.Call, **given: Any) -> LookupServerError:
    """Return the error of a call, which takes no longer than the deadline."""
    begun = time.monotonic()
    with pytest.raises(LookupServerError) as info:
        ask(endpoint, *calls, **{**LIMITS, **given})
    assert time.monotonic() - begun < 3
    return info.value


def sending(data: bytes) -> faults.Fault:
    """Send bytes, and close the connection."""

    async def fault(exchange: faults.Exchange) -> None:
        await exchange.send(data)
        exchange.writer.close()

    return fault


# --- secrets ----------------------------------------------------------------------------------

ENCODINGS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "with two blanks for one": lambda text: text.replace(" ", "  "),
    "percent-encoded": lambda text: urllib.parse.quote(text, safe=""),
    "percent-encoded as in a path": urllib.parse.quote,
    "percent-encoded as in a form": urllib.parse.quote_plus,
    "percent-encoded twice": lambda text: urllib.parse.quote_plus(urllib.parse.quote_plus(text)),
    "each byte percent-encoded": lambda text: "".join(f"%{byte:02x}" for byte in text.encode()),
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64 with a user name": lambda text: base64.b64encode(f"user:{text}".encode()).decode(),
    "base64 in the middle": lambda text: base64.urlsafe_b64encode(f"ab{text}c".encode()).decode(),
    "JSON": json.dumps,
    "JSON with its letters": lambda text: json.dumps(text, ensure_ascii=False),
    "JSON in JSON": lambda text: json.dumps(json.dumps(text)),
    "HTML": html.escape,
    "JSON in HTML": lambda text: html.escape(json.dumps(text)),
    "HTML by numbers": lambda text: "".join(f"&#{ord(letter)};" for letter in text),
    "Python": repr,
    "Python's bytes": lambda text: repr(text.encode()),
    "hexadecimal": lambda text: text.encode().hex(),
}


def wrapped(place: str, text: str) -> bytes:
    """Return an answer that has a text in one of its places."""
    if place == "a page":
        return answer(500, f"<html><p>bad: {text}</p></html>", "text/html")
    if place == "a message":
        return answer(500, json.dumps({"code": 500, "message": f"bad: {text}"}))
    if place == "a refusal":
        return answer(401, json.dumps({"msg": f"bad: {text}"}))
    if place == "field errors":
        return answer(422, json.dumps({"code": 422, "errors": {text: [{"a": [text]}]}}))
    if place == "a location":
        return answer(302, Location=f"http://elsewhere/{urllib.parse.quote(text)}/x")
    if place == "a header":
        return answer(500, X_Echo=urllib.parse.quote(text))
    if place == "keys":
        return answer(200, json.dumps({"a": 1, text: 2}))
    if place == "a status line":
        return f"HTTP/1.1 {text}\r\n\r\n".encode()
    return f"HTTP/1.1 200 OK\r\nBad header {text}\r\n\r\n".encode()


PLACES = ["a page", "a message", "a refusal", "field errors", "a location", "a header", "keys"]
PLACES += ["a status line", "a header line"]


def echoing(place: str, encoding: str) -> faults.Fault:
    """Answer with what was sent, encoded, in one place."""

    async def fault(exchange: faults.Exchange) -> None:
        request = exchange.request
        sent = json.loads(request.body)["password"] if request.body else str(request.token)
        await exchange.send(wrapped(place, ENCODINGS[encoding](sent)))
        exchange.writer.close()

    return fault


def everything_in(error: LookupServerError) -> str:
    return f"{error} {error!r} {vars(error)}"


def assert_hidden(error: LookupServerError, secret: str) -> None:
    shown = everything_in(error)
    for encode in ENCODINGS.values():
        assert encode(secret) not in shown
    # Nor does most of it show, in whatever encoding.
    assert "0123456789" not in shown
    assert "sons" not in shown


@blocking_and_async
@pytest.mark.parametrize("place", PLACES)
def test_what_was_sent_is_not_shown(endpoint: Endpoint, ask: Ask, place: str) -> None:
    """Neither token nor password, in whatever encoding a server or a generator echoes it."""
    for encoding in ENCODINGS:
        endpoint.script(echoing(place, encoding))
        error = error_of(endpoint, ask, LIST, **NO_LOGIN, token=TOKEN)
        assert_hidden(error, TOKEN)
        endpoint.token_script(echoing(place, encoding))
        error = error_of(endpoint, ask, LIST, password=PASSWORD)
        assert_hidden(error, PASSWORD)


@pytest.mark.parametrize("place", PLACES)
def test_tokens_before_and_after_a_renewal_are_not_shown(endpoint: Endpoint, place: str) -> None:
    """Nor the password that was sent meanwhile: all of this call is known."""
    endpoint.script(faults.token_expired)
    with Client(endpoint.url, **endpoint.login, **LIMITS) as client:
        client.get_me()
        old = endpoint.tokens[-1]

        async def fault(exchange: faults.Exchange) -> None:
            shown = f"{faults.PASSWORD} {old} {exchange.request.token}"
            await exchange.send(wrapped(place, urllib.parse.quote_plus(shown)))
            exchange.writer.close()

        endpoint.expire_tokens()
        endpoint.script(faults.rightly, fault)
        with pytest.raises(LookupServerError) as info:
            client.get_datasets()
    assert endpoint.tokens[-1] != old
    shown = everything_in(info.value)
    assert "eyJ" not in shown
    assert "sesame" not in shown


def test_a_typed_client_does_not_show_what_was_sent(endpoint: Endpoint) -> None:
    """Its errors are httpx's, with the same text."""
    endpoint.script(echoing("a status line", "as it is"))
    with (
        connect(endpoint.url, token=TOKEN, **LIMITS) as client,
        pytest.raises(httpx.ReadError) as info,
    ):  # type: ignore[arg-type]
        get_me.sync(client=client)
    assert "illegal status line" in str(info.value)
    assert "0123456789" not in f"{info.value!r}"


def test_credentials_of_a_proxy_are_not_shown(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy that refuses them may echo them."""
    text = base64.b64encode(b"alice:open sesame").decode()
    endpoint.script(sending(f"HTTP/1.1 407 Bad {text}\r\nContent-Length: 0\r\n\r\n".encode()))
    proxy = endpoint.url.removeprefix("http://").partition("/")[0]
    monkeypatch.setenv("HTTPS_PROXY", f"http://alice:open%20sesame@{proxy}")
    url = f"https://{endpoint.name}.example"
    error = error_of(endpoint, faults.ask_blocking, url=url, **NO_LOGIN, token="t")
    assert text[8:-4] not in everything_in(error)


# --- size and time ----------------------------------------------------------------------------

LONG = {
    "unclosed tags": "<" * 200_000,
    "unclosed heads": "<head>" * 16_000,
    "beginnings of tokens": "eyJ-" * 100_000,
    "bearers": "Bearer " * 100_000,
    "blanks": " " * 1_000_000,
    "entities": "&#37;32" * 60_000,
    "percent signs": "%25" * 100_000,
    "backslashes": "\\" * 400_001,
}


@blocking_and_async
@pytest.mark.parametrize("name", LONG)
def test_long_texts_cost_nothing(endpoint: Endpoint, ask: Ask, name: str) -> None:
    """They are cut before anything is searched in them."""
    text = LONG[name]
    bodies = [text, json.dumps({"msg": text}), json.dumps({"message": text, "code": 500})]
    for body in bodies:
        for status in (200, 401, 500):
            endpoint.script(sending(answer(status, body, "text/html")))
            assert len(str(error_of(endpoint, ask, LIST, **NO_LOGIN, token=TOKEN))) < 1000
            endpoint.token_script(sending(answer(status, body, "text/html")))
            assert len(str(error_of(endpoint, ask, LIST, username="u", password=PASSWORD))) < 1000


@blocking_and_async
def test_a_published_document_costs_nothing(endpoint: Endpoint, ask: Ask) -> None:
    """The names of paths are searched in one pass."""
    paths = {"/" + "/{" * 100_000: {"get": {}}, "{" * 200_000: {"get": {}}}
    versions = replying(200, {"versions": {"dservercore": "0.22.0"}})
    endpoint.script(versions, replying(200, {"paths": paths}))
    begun = time.monotonic()
    assert ask(endpoint, methodcaller("offers", "update_me"), **LIMITS) is False
    assert time.monotonic() - begun < 5


@blocking_and_async
def test_versions_in_errors_are_short(endpoint: Endpoint, ask: Ask) -> None:
    """However long a server says that they are."""
    many = {f"plugin{number}": "1.0" for number in range(10_000)}
    for versions in ({"dservercore": "9" * 5_000_000}, {"x" * 1_000_000: "1"}, many):
        endpoint.script(always=replying(200, {"versions": versions}))
        assert len(str(error_of(endpoint, ask, methodcaller("update_me", "a")))) < 2000


# --- values -----------------------------------------------------------------------------------

DEEP: Any = json.loads("[" * 900 + "]" * 900)
DATASET = samples.DATASET
WRONG_PAGES: dict[str, tuple[Any, dict[str, Any], str]] = {
    "a total as text": ([DATASET], {"total": "1", "total_pages": 1, "page": 1}, '"total"'),
    "a total of null": ([DATASET], {"total": None, "total_pages": 1, "page": 1}, '"total"'),
    "a negative total": ([DATASET], {"total": -1, "total_pages": 1, "page": 1}, '"total"'),
    "a total beyond 64 bits": ([DATASET], {"total": 10**30, "page": 1}, '"total"'),
    "pages by an object": ([DATASET], {"total": 1, "total_pages": {}, "page": 1}, '"total_pages"'),
    "half a page": ([DATASET], {"total": 1, "total_pages": 1, "page": 2.5}, '"page"'),
    "a next page that is true": (
        [DATASET],
        {"total": 1, "page": 1, "next_page": True},
        "next_page",
    ),
    "a uri that is an object": ([{**DATASET, "uri": {"a": 1}}], {}, '"uri"'),
    "a uri that is a list": ([{**DATASET, "uri": []}], {}, '"uri"'),
    "a uri that is a number": ([{**DATASET, "uri": 7}], {}, '"uri"'),
    "a date of 4,000 digits": ([{**DATASET, "created_at": 10**3999}], {}, '"created_at"'),
    "a date with an odd zone": ([{**DATASET, "created_at": "10:00 +99:99"}], {}, '"created_at"'),
    "a date as an object": ([{**DATASET, "frozen_at": {}}], {}, '"frozen_at"'),
    "a date that is true": ([{**DATASET, "frozen_at": True}], {}, '"frozen_at"'),
    "a date of infinity": ([{**DATASET, "frozen_at": float("inf")}], {}, '"frozen_at"'),
    "a date of many words": ([{**DATASET, "created_at": "1 " * 50_000}], {}, '"created_at"'),
    "900 levels": ([DEEP], {}, "JSON list"),
    "a number": (7, {}, "JSON list"),
    "null": (None, {}, "JSON list"),
    "null in a list": ([None], {}, "list of JSON objects"),
}


@blocking_and_async
@pytest.mark.parametrize("name", WRONG_PAGES)
def test_a_wrong_page_is_unreadable(endpoint: Endpoint, ask: Ask, name: str) -> None:
    """The error names the field, for a page and for a walk."""
    value, pagination, field = WRONG_PAGES[name]
    header = {"X_Pagination": json.dumps(pagination)} if pagination else {}
    endpoint.script(always=replying(200, value, **header))
    error = error_of(endpoint, ask, LIST)
    assert type(error) is UnreadableAnswerError
    assert field in str(error)
    if ask is faults.ask_blocking:
        error = error_of(endpoint, ask, lambda client: list(client.iter_datasets()))
        assert type(error) is UnreadableAnswerError


@pytest.mark.parametrize("header", ["[" * 5000, "[1]", '{"sort": 1}', "\u00ff", '"' * 5000, "null"])
def test_headers_that_are_not_json_are_unreadable(endpoint: Endpoint, header: str) -> None:
    """Whatever they hold. X-Sort is read only where the order is the server's own."""
    for name, ask in (("X_Pagination", LIST), ("X_Sort", QUERY)):
        if '"sort"' in header and name == "X_Pagination":
            continue
        endpoint.script(replying(200, [DATASET], **{name: header}))
        error = error_of(endpoint, faults.ask_blocking, ask)
        assert type(error) is UnreadableAnswerError
        assert name.replace("_", "-") in str(error)


WRONG_VALUES: dict[str, tuple[faults.Call, Any, str]] = {
    "tags that are 7": (methodcaller("get_tags", DATASET["uri"]), {"tags": 7}, '"tags"'),
    "tags of objects": (methodcaller("get_tags", DATASET["uri"]), {"tags": [{}]}, '"tags"'),
    "annotations of null": (
        methodcaller("get_annotations", DATASET["uri"]),
        {"annotations": None},
        '"annotations"',
    ),
    "a README of numbers": (methodcaller("get_readme", DATASET["uri"]), {"readme": 1}, '"readme"'),
    "a dataset without a date": (
        methodcaller("get_dataset", DATASET["uri"]),
        {**DATASET, "created_at": "10:00 +99:99"},
        '"created_at"',
    ),
    "a dataset with an odd uri": (
        methodcaller("get_dataset", DATASET["uri"]),
        {**DATASET, "uri": [1]},
        '"uri"',
    ),
    "users that are objects": (
        methodcaller("register_base_uri", "smb://test-share", []),
        {**samples.PERMISSIONS, "users_with_search_permissions": [{}]},
        '"users_with_search_permissions"',
    ),
}


@blocking_and_async
@pytest.mark.parametrize("name", WRONG_VALUES)
def test_a_wrong_value_is_unreadable(endpoint: Endpoint, ask: Ask, name: str) -> None:
    """The error names the field."""
    call, value, field = WRONG_VALUES[name]
    endpoint.script(always=replying(200, value))
    error = error_of(endpoint, ask, call)
    assert type(error) is UnreadableAnswerError
    assert field in str(error)


def test_documents_of_an_aggregation_may_be_anything(endpoint: Endpoint) -> None:
    """Text that only looks like a date stays as it is."""
    documents = [{"created_at": 10**3999, "uri": {}}, {"created_at": "10:00 +99:99", "uri": 1}]
    endpoint.script(always=replying(200, documents))
    call = methodcaller("get_datasets_by_mongo_aggregation", [{"$match": {}}])
    assert faults.ask_blocking(endpoint, call, **LIMITS) == documents


ODD_ERRORS: dict[str, Any] = {
    "900 levels": {"a": DEEP},
    "many": {f"field{number}": ["wrong"] for number in range(20_000)},
    "long": {"a" * 1_000_000: ["b" * 1_000_000]},
    "a list": [1, {"a": 2}],
    "a text": "wrong",
    "a number": 7,
    "control characters": {"\x1b[2J": ["\x1b]8;;http://x\x07"]},
}


@blocking_and_async
@pytest.mark.parametrize("name", ODD_ERRORS)
def test_odd_field_errors_can_be_shown(endpoint: Endpoint, ask: Ask, name: str) -> None:
    """They are cut to what a person reads."""
    endpoint.script(replying(422, {"code": 422, "errors": ODD_ERRORS[name], "message": "x"}))
    error = error_of(endpoint, ask, LIST)
    assert len(str(error)) < 100 * 500
    assert str(error).isprintable()


# --- walks ------------------------------------------------------------------------------------


def page_of(entries: list[Any], **pagination: Any) -> bytes:
    place = {"total": 1000, "total_pages": 10, "page": 1, "next_page": 2, **pagination}
    return answer(200, json.dumps(entries), X_Pagination=json.dumps(place))


def numbered(first: int, count: int = 100) -> list[Any]:
    return [{**DATASET, "uri": f"s3://a/{number}"} for number in range(first, first + count)]


ENDLESS: dict[str, Callable[[int], bytes]] = {
    "the same page": lambda _: page_of(numbered(0)),
    "empty pages": lambda _: page_of([]),
    "empty pages after the first": lambda number: page_of(numbered(0) if number == 0 else []),
    "two pages in turn": lambda number: page_of(numbered(100 * (number % 2))),
    "the same page, a huge total": lambda _: page_of(numbered(0), total=2**62, total_pages=2**60),
    "the same page, a growing total": lambda number: page_of(numbered(0), total=1000 * number),
    "the same page, a total that goes": lambda number: page_of(numbered(0), total=9999 - number),
    "the same page, no total": lambda _: answer(
        200, json.dumps(numbered(0)), X_Pagination='{"page": 1, "next_page": 2}'
    ),
}
WALKS: dict[str, faults.Call] = {
    "iter_datasets": lambda client: client.iter_datasets(),
    "iter_datasets_by_uuid": lambda client: client.iter_datasets_by_uuid(DATASET["uuid"]),
    "iter_graph_by_uuid": lambda client: client.iter_graph_by_uuid(DATASET["uuid"]),
    "iter_datasets_by_mongo_query": lambda client: client.iter_datasets_by_mongo_query({}),
    "a mongo query by UUID": lambda client: client.iter_datasets_by_mongo_query(
        {}, uuids=[DATASET["uuid"]]
    ),
}


def endless(pages: Callable[[int], bytes]) -> faults.Fault:
    number = -1

    async def fault(exchange: faults.Exchange) -> None:
        nonlocal number
        number += 1
        await exchange.send(pages(number))

    return fault


@pytest.mark.parametrize("name", ENDLESS)
@pytest.mark.parametrize("walk", WALKS)
def test_a_walk_ends(endpoint: Endpoint, walk: str, name: str) -> None:
    """Pages without end that bring nothing new are an error."""
    endpoint.script(always=endless(ENDLESS[name]))
    ends = contextlib.suppress(UnreadableAnswerError, ConflictError)
    with Client(endpoint.url, token="t", **LIMITS) as client, ends:
        found = list(itertools.islice(WALKS[walk](client), 1000))
        # A query is divided into as many ranges as there are: they may be empty.
        assert "mongo" in walk
        assert len(found) < 1000
    assert len(endpoint.requests) < 300


@pytest.mark.parametrize("name", ENDLESS)
def test_provenance_ends(endpoint: Endpoint, name: str) -> None:
    """So does the graph that is read as a whole."""
    endpoint.script(always=endless(ENDLESS[name]))
    with (
        Client(endpoint.url, token="t", **LIMITS) as client,
        pytest.raises(UnreadableAnswerError, match="nothing new"),
    ):
        client.get_provenance(DATASET["uuid"])
    assert len(endpoint.requests) < 300


# --- terminals --------------------------------------------------------------------------------

SEQUENCES = {
    "a link": "\x1b]8;;http://elsewhere\x07",
    "the clipboard": "\x1b]52;c;ZWNobw==\x07",
    "a clear screen": "\x1b[2J",
    "C1": "\x9b2J",
    "a direction": "\u202eabc\u2066",
    "a forged line": "1.0\n\x1b[32mAll is well.",
    "a carriage return": "\rAll is well.",
    "a backspace": "x\b\b",
    "separators": "a\u2028b\u0085c",
}


@pytest.mark.parametrize("name", SEQUENCES)
def test_check_escapes_what_a_server_says(
    endpoint: Endpoint,
    name: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Versions, plugins, user names, base URIs and the texts of errors."""
    text = SEQUENCES[name]
    monkeypatch.setenv("DSERVER_URL", endpoint.url)
    monkeypatch.setenv("DSERVER_TOKEN", "t")
    monkeypatch.setenv("DSERVER_TIMEOUT", "3")
    monkeypatch.setenv("DSERVER_RETRIES", "0")
    versions = {"dservercore": text, f"plugin{text}": text}
    user = {"username": text, "is_admin": True, "search_permissions_on_base_uris": [text]}
    answers = {"/config/versions": {"versions": versions}, "/me": user}

    async def fault(exchange: faults.Exchange) -> None:
        value = answers.get(exchange.request.path)
        await (replying(200, value) if value else html_page)(exchange)

    async def html_page(exchange: faults.Exchange) -> None:
        await exchange.send(answer(500, f"<p>{text}</p>", "text/html"))

    endpoint.script(always=fault)
    assert main(["check"]) == 1
    shown = capsys.readouterr().out
    assert len(endpoint.requests) >= 3
    assert all(line.isprintable() for line in shown.split("\n"))
    assert "\nAll is well." not in shown


BAD_ANSWERS: dict[str, dict[str, Any]] = {
    "a user without a role": {"/me": {"username": "a"}},
    "a user of numbers": {"/me": {"username": 7, "is_admin": 1}},
    "permissions that are 7": {"/me": {**samples.USER, "search_permissions_on_base_uris": 7}},
    "permissions of null": {"/me": {**samples.USER, "register_permissions_on_base_uris": None}},
    "permissions of objects": {"/me": {**samples.USER, "search_permissions_on_base_uris": [{}, 1]}},
    "versions of numbers": {"/config/versions": {"versions": {"dservercore": 7, "a": [1]}}},
    "versions of null": {"/config/versions": {"versions": {"dservercore": None}}},
    "no versions": {"/config/versions": {"versions": {}}},
    "versions that are a list": {"/config/versions": {"versions": [1]}},
    "a configuration of null": {"/config/info": {"config": None}},
    "paths of numbers": {"/doc/openapi.json": {"paths": {"/me": 7}}},
    "a deep document": {"/doc/openapi.json": {"paths": {"/me": {"get": DEEP}}}},
    "a user that is a list": {"/me": [1]},
}


@pytest.mark.parametrize("name", BAD_ANSWERS)
def test_check_shows_what_it_cannot_read_as_unknown(
    endpoint: Endpoint,
    name: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Or as a problem: there is no traceback."""
    monkeypatch.setenv("DSERVER_URL", endpoint.url)
    monkeypatch.setenv("DSERVER_TOKEN", endpoint.new_token())
    monkeypatch.setenv("DSERVER_TIMEOUT", "3")

    async def fault(exchange: faults.Exchange) -> None:
        value = BAD_ANSWERS[name].get(exchange.request.path)
        await (faults.rightly if value is None else replying(200, value))(exchange)

    endpoint.script(always=fault)
    main(["check"])
    shown = capsys.readouterr().out
    assert "problem" in shown or "unknown" in shown or "All is well." in shown


# --- deletions and aggregations ---------------------------------------------------------------

not_found = replying(404, {"code": 404, "status": "Not Found"})
REPEATED: dict[str, dict[str, float]] = {"given": {"timeout": 2, "deadline": 6, "retries": 3}}
DELETIONS: dict[str, faults.Call] = {
    "delete_dataset": methodcaller("delete_dataset", DATASET["uri"]),
    "delete_user": methodcaller("delete_user", "a"),
    "delete_base_uri": methodcaller("delete_base_uri", "smb://test-share"),
}


@blocking_and_async
@pytest.mark.parametrize("lost", [faults.truncated, faults.reset_before, faults.html(502)])
@pytest.mark.parametrize("name", DELETIONS)
def test_a_deletion_whose_answer_was_lost_is_done(
    endpoint: Endpoint, ask: Ask, name: str, lost: faults.Fault
) -> None:
    """The repeated request does not find any more what the first has deleted."""
    endpoint.script(lost, not_found)
    assert ask(endpoint, DELETIONS[name], **REPEATED["given"]) is True
    assert len(endpoint.requests) == 2


@blocking_and_async
def test_a_deletion_of_nothing_is_not_found(endpoint: Endpoint, ask: Ask) -> None:
    """It was sent once, or only to a proxy that does not know the path."""
    endpoint.script(not_found)
    with pytest.raises(NotFoundError):
        ask(endpoint, DELETIONS["delete_dataset"], **REPEATED["given"])
    endpoint.script(faults.truncated, faults.html(404))
    with pytest.raises(NotOfferedError):
        ask(endpoint, DELETIONS["delete_dataset"], **REPEATED["given"])


def test_a_revoked_permission_whose_answer_was_lost_is_done(endpoint: Endpoint) -> None:
    """The user is returned as it is now."""
    endpoint.spares_looks = True
    endpoint.script(faults.truncated, not_found)
    call = methodcaller("revoke_search_permission", "a", "smb://test-share")
    given = {"assume_offered": ["revoke_search_permission"], **REPEATED["given"]}
    assert faults.ask_blocking(endpoint, call, **given) == samples.USER


@blocking_and_async
@pytest.mark.parametrize("stage", [{"$out": "datasets"}, {"$merge": {"into": "datasets"}}])
def test_an_aggregation_that_writes_is_sent_once(endpoint: Endpoint, ask: Ask, stage: Any) -> None:
    """Others are searches, which are repeated."""
    for pipeline, tries in ([{"$match": {}}], 4), ([{"$match": {}}, stage], 1):
        endpoint.requests.clear()
        endpoint.script(always=faults.html(503))
        call = methodcaller("get_datasets_by_mongo_aggregation", pipeline)
        with pytest.raises(LookupServerError):
            ask(endpoint, call, **REPEATED["given"])
        assert len(endpoint.requests) == tries


# --- arguments --------------------------------------------------------------------------------


def deep_list() -> Any:
    found: list[Any] = []
    for _ in range(100_000):
        found = [found]
    return found


ITEM = {"hash": "a" * 32, "relpath": "a.txt", "size_in_bytes": 1, "utc_timestamp": 1.0}


def manifest_with(relpath: str = "a.txt", identifier: Any = "a") -> dict[str, Any]:
    return {**samples.MANIFEST, "items": {identifier: {**ITEM, "relpath": relpath}}}


def registering(**given: Any) -> faults.Call:
    arguments = {
        "uri": DATASET["uri"],
        "readme": "",
        "manifest": manifest_with(),
        "uuid": DATASET["uuid"],
        "name": "a",
        "creator_username": "a",
        "frozen_at": 1,
        **given,
    }
    return methodcaller("register_dataset", **arguments)


def uploading(*relpaths: str) -> faults.Call:
    items = [{**ITEM, "relpath": relpath} for relpath in relpaths]
    return methodcaller("request_upload", "s3://test-bucket", None, "a", "a", 1, items=items)


BAD_ARGUMENTS: dict[str, tuple[faults.Call, str]] = {
    "a deep query": (methodcaller("get_datasets_by_mongo_query", {"a": deep_list()}), "query="),
    "a deep filter": (methodcaller("get_datasets", tags=[deep_list()]), "tags="),
    "a deep page number": (methodcaller("get_datasets", page_number=deep_list()), "page_number="),
    "keys that are the same": (
        methodcaller("get_datasets_by_mongo_query", {1: "a", "1": "b"}),
        "two keys are '1'",
    ),
    "keys that are the same inside": (registering(readme={"a": [{True: 1, "true": 2}]}), "'true'"),
    "a creator with an escape": (registering(creator_username="a\x1b[2J"), "creator_username="),
    "a creator with a direction": (registering(creator_username="a\u202e"), "creator_username="),
    "identifiers that are numbers": (registering(manifest=manifest_with(identifier=1)), "items=1"),
    "a path with a direction": (registering(manifest=manifest_with("a\u202etxt.exe")), "relpath="),
    "a path with an escape": (registering(manifest=manifest_with("a\x1b[2J")), "relpath="),
    "a long path": (registering(manifest=manifest_with("a/" * 1500 + "a")), "too long"),
    "a long name": (registering(manifest=manifest_with("é" * 200)), "too long"),
    "an upload with a direction": (uploading("a\u202etxt.exe"), "relpath="),
    "an upload of a long path": (uploading("a/" * 1500 + "a"), "too long"),
    "an upload with a colon": (uploading("folder/a:b"), "Windows"),
    "an upload of a device": (uploading("folder/NUL.txt"), "Windows"),
    "an upload that ends in a dot": (uploading("folder./a"), "Windows"),
    "an upload of twins": (uploading("a.txt", "A.TXT"), "only in case"),
    "an upload into a twin": (uploading("folder", "FOLDER/a"), "lies in 'folder'"),
}


@pytest.mark.parametrize("name", BAD_ARGUMENTS)
def test_a_bad_argument_is_refused_before_anything_is_sent(endpoint: Endpoint, name: str) -> None:
    """The error names it."""
    call, words = BAD_ARGUMENTS[name]
    with pytest.raises(InvalidRequestError) as info:
        faults.ask_blocking(endpoint, call, assume_offered=["request_upload"], **LIMITS)
    assert words in str(info.value)
    assert not endpoint.requests


def test_names_that_only_windows_refuses_can_be_registered(endpoint: Endpoint) -> None:
    """The dataset is in storage, where its items cannot be renamed any more."""
    manifest = manifest_with("2026-11-28T12:00:00.txt")
    manifest["items"]["b"] = {**ITEM, "relpath": "A.txt"}
    assert faults.ask_blocking(endpoint, registering(manifest=manifest), **LIMITS) is True


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize("kind", [httpx.HTTPTransport, httpx.AsyncHTTPTransport])
def test_a_forked_process_does_not_share_a_transport(endpoint: Endpoint, kind: Any) -> None:
    """Responses would reach the wrong process; a client without one starts anew."""
    endpoint.script(always=faults.rightly)
    engine = kind(limits=httpx.Limits(max_keepalive_connections=0))
    given = {"url": endpoint.url, "token": endpoint.new_token(), "engine": engine, **LIMITS}
    ask = faults.ask_blocking if kind is httpx.HTTPTransport else faults.ask_async
    ask(endpoint, **given)
    child = os.fork()
    if child == 0:
        try:
            ask(endpoint, **given)
        except ConfigurationError as error:
            os._exit(7 if "new transport" in str(error) else 2)
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
    ask(endpoint, **given)
    if isinstance(engine, httpx.HTTPTransport):
        engine.close()


@pytest.mark.parametrize("readme", ["a: !!timestamp x", "a: !!int x", "<<: 1", "a: \u202e: b"])
def test_a_readme_that_yaml_cannot_read_is_unreadable(endpoint: Endpoint, readme: str) -> None:
    """Whatever PyYAML raises for it, and without what moves a cursor."""
    endpoint.script(replying(200, {"readme": readme}))
    error = error_of(
        endpoint, faults.ask_blocking, methodcaller("get_readme_as_dict", DATASET["uri"])
    )
    assert type(error) is UnreadableAnswerError
    assert str(error).isprintable()


def test_candidates_are_escaped(endpoint: Endpoint) -> None:
    """Their URIs and names are a server's texts as well."""
    entries = [{**DATASET, "uri": f"s3://a/{text}", "name": text} for text in SEQUENCES.values()]
    endpoint.script(replying(200, entries))
    error = error_of(endpoint, faults.ask_blocking, methodcaller("get_one_dataset"))
    assert all(line.isprintable() for line in str(error).split("\n"))
    assert len(str(error).split("\n")) == 1 + len(entries)
