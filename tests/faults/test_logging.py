"""The logger dtool_lookup_api: requests, retries and logins, at DEBUG, without secrets."""

import logging
import re
from collections.abc import Iterator
from operator import methodcaller

import pytest

from dtool_lookup_api import LookupServerError

import faults
from faults import Ask, FaultServer, Lane, both_worlds, html, running_fault_server

SEARCH = methodcaller("get_datasets", free_text="a secret search", page_number=7)


@pytest.fixture(scope="module")
def server() -> Iterator[FaultServer]:
    with running_fault_server() as running:
        yield running


@pytest.fixture
def lane(server: FaultServer) -> Lane:
    return server.lane()


@both_worlds
def test_a_call_is_logged(lane: Lane, ask: Ask, caplog: pytest.LogCaptureFixture) -> None:
    """Login, request, retry and renewal have a line each, in order."""
    caplog.set_level(logging.DEBUG, "dtool_lookup_api")
    lane.script(html(503), faults.token_expired)
    ask(lane, SEARCH)
    ours = [each.getMessage() for each in caplog.records if each.name == "dtool_lookup_api"]
    patterns = [
        rf"Logging in at {lane.token_url}",
        rf"POST /{lane.name}/token: 200 after \d+ ms \((httpx|aiohttp)\)",
        rf"POST /{lane.name}/uris: 503 after \d+ ms \((httpx|aiohttp)\)",
        r"Trying again in \d\.\d\d s: status 503",
        rf"POST /{lane.name}/uris: 401 after .*",
        rf"Logging in at {lane.token_url}",
        rf"POST /{lane.name}/token: 200 after .*",
        rf"POST /{lane.name}/uris: 200 after .*",
    ]
    assert len(ours) == len(patterns), ours
    for line, pattern in zip(ours, patterns, strict=True):
        assert re.fullmatch(pattern, line), line
    assert {each.levelno for each in caplog.records if each.name == "dtool_lookup_api"} == {
        logging.DEBUG
    }


@both_worlds
def test_nothing_secret_is_logged(lane: Lane, ask: Ask, caplog: pytest.LogCaptureFixture) -> None:
    """Neither token, password, query nor body, whatever goes wrong."""
    caplog.set_level(logging.DEBUG, "dtool_lookup_api")
    lane.script(faults.reset_before, faults.echoing)
    with pytest.raises(LookupServerError):
        ask(lane, SEARCH)
    ours = "".join(each.getMessage() for each in caplog.records if each.name == "dtool_lookup_api")
    assert "ConnectionLostError" in ours
    assert lane.is_secret_free(ours)
    assert "secret search" not in ours
    assert "page=7" not in ours


@both_worlds
def test_at_info_nothing_is_said(lane: Lane, ask: Ask, caplog: pytest.LogCaptureFixture) -> None:
    """Not by httpx either, whose client would log each request."""
    caplog.set_level(logging.INFO)
    lane.script(html(503))
    ask(lane, SEARCH)
    assert caplog.messages == []
