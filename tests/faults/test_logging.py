"""The logger dtool_lookup_api: requests, retries and logins, at DEBUG, without secrets."""

import logging
import re
from operator import methodcaller

import pytest

from dtool_lookup_api import LookupServerError

import faults
from faults import Ask, Endpoint, blocking_and_async, html

SEARCH = methodcaller("get_datasets", free_text="a secret search", page_number=7)


@blocking_and_async
def test_a_call_is_logged(endpoint: Endpoint, ask: Ask, caplog: pytest.LogCaptureFixture) -> None:
    """Login, request, retry and renewal have a line each, in order."""
    caplog.set_level(logging.DEBUG, "dtool_lookup_api")
    endpoint.script(html(503), faults.token_expired)
    ask(endpoint, SEARCH)
    ours = [each.getMessage() for each in caplog.records if each.name == "dtool_lookup_api"]
    patterns = [
        rf"Logging in at {endpoint.token_url}",
        rf"POST /{endpoint.name}/token: 200 after \d+ ms \((httpx|aiohttp)\)",
        rf"POST /{endpoint.name}/uris: 503 after \d+ ms \((httpx|aiohttp)\)",
        r"Trying again in \d\.\d\d s: status 503",
        rf"POST /{endpoint.name}/uris: 401 after .*",
        rf"Logging in at {endpoint.token_url}",
        rf"POST /{endpoint.name}/token: 200 after .*",
        rf"POST /{endpoint.name}/uris: 200 after .*",
    ]
    assert len(ours) == len(patterns), ours
    for line, pattern in zip(ours, patterns, strict=True):
        assert re.fullmatch(pattern, line), line
    assert {each.levelno for each in caplog.records if each.name == "dtool_lookup_api"} == {
        logging.DEBUG
    }


@blocking_and_async
def test_nothing_secret_is_logged(
    endpoint: Endpoint, ask: Ask, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither token, password, query nor body, whatever goes wrong."""
    caplog.set_level(logging.DEBUG, "dtool_lookup_api")
    endpoint.script(faults.reset_before, faults.echoing)
    with pytest.raises(LookupServerError):
        ask(endpoint, SEARCH)
    ours = "".join(each.getMessage() for each in caplog.records if each.name == "dtool_lookup_api")
    assert "ConnectionLostError" in ours
    assert endpoint.is_secret_free(ours)
    assert "secret search" not in ours
    assert "page=7" not in ours


@blocking_and_async
def test_at_info_nothing_is_said(
    endpoint: Endpoint, ask: Ask, caplog: pytest.LogCaptureFixture
) -> None:
    """Not by httpx either, whose client would log each request."""
    caplog.set_level(logging.INFO)
    endpoint.script(html(503))
    ask(endpoint, SEARCH)
    assert caplog.messages == []
