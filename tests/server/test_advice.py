"""Errors say what to do next: the mistakes that users make most, on the real server."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from dtool_lookup_api import (
    AuthenticationError,
    Client,
    ConfigurationError,
    InvalidRequestError,
    LookupServerError,
    NotOfferedError,
    PermissionDeniedError,
    ServerError,
    get_datasets,
)

import faults
from devserver import URI, Dserver
from faults import Endpoint, html

UNKNOWN = "smb://test-share/af6727bf-29c7-43dd-b42f-a5d7ede28337"

Mistake = Callable[[Client], Any]

MISTAKES: dict[str, tuple[str, Mistake, str]] = {
    "an unknown dataset": ("testuser", lambda c: c.get_dataset(UNKNOWN), "get_datasets() lists"),
    "an unknown user": ("admin", lambda c: c.get_user("nobody"), "get_users() lists"),
    "an unknown base URI": ("admin", lambda c: c.get_base_uri("s3://no"), "get_base_uris() lists"),
    "no administrator": (
        "testuser",
        lambda c: c.register_base_uri("s3://new"),
        "Only administrators",
    ),
    "an unknown base URI of a dataset": (
        "testuser",
        lambda c: c.get_readme(URI.replace("test-share", "unknown")),
        "The base URI may be unknown",
    ),
    "a base URI that is in use": (
        "admin",
        lambda c: c.delete_base_uri("s3://test-bucket"),
        "if datasets are registered there",
    ),
    "a query that MongoDB refuses": (
        "testuser",
        lambda c: c.get_datasets_by_mongo_query({"$nothing": 1}),
        "if MongoDB refuses the query",
    ),
}


@contextmanager
def advising(words: str) -> Iterator[None]:
    """Expect an error whose next step has these words, and whose text shows that step."""
    with pytest.raises(LookupServerError) as caught:
        yield
    assert words in (caught.value.next_step or "")
    assert words in str(caught.value)


@pytest.mark.parametrize("name", MISTAKES)
def test_advice(dserver: Dserver, name: str) -> None:
    """What the server alone does not tell, the error does."""
    user, mistake, words = MISTAKES[name]
    with Client(**dserver.given(user)) as client, advising(words):
        mistake(client)


def test_url_with_a_wrong_path(dserver: Dserver) -> None:
    """Of a listing nothing can be missing: then it is not asked for at the right place."""
    given = dserver.given("testuser") | {"url": f"{dserver.url}/lookup"}
    with Client(**given) as client, advising("the URL of a dserver, with its path?"):
        client.get_datasets()


def test_https_where_the_server_speaks_http(dserver: Dserver) -> None:
    """What OpenSSL calls a wrong version number is a wrong URL."""
    url = dserver.url.replace("http://", "https://")
    with Client(url, token="a", retries=0) as client, advising("http:// instead of https://"):
        client.get_datasets()


def test_proxy_that_is_down(configured: Dserver, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy that was forgotten in the environment is named."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    with Client(retries=0) as client, advising("Or is it the proxy (HTTP_PROXY"):
        client.get_datasets()


def test_configuration_file_with_a_typing_mistake(own_configuration: Path) -> None:
    """The place of the mistake is told, but not what stands there: it may be a password."""
    own_configuration.write_text('{\n"DSERVER_PASSWORD": secret\n}')
    with pytest.raises(ConfigurationError, match="line 2, column 21") as caught:
        get_datasets()
    assert "secret" not in str(caught.value)


def test_one_mistake_makes_one_traceback(configured: Dserver) -> None:
    """An argument that cannot be used is not shown as an error within another."""
    with pytest.raises(LookupServerError) as caught:
        get_datasets(uuids=["1a1f"])
    assert caught.value.__suppress_context__
    assert caught.value.__cause__ is None


# --- on the way ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "kind", "words"),
    [
        (400, InvalidRequestError, "not from dserver. Does a proxy refuse %2F"),
        (401, AuthenticationError, "not from dserver. Does a proxy require a login?"),
        (403, PermissionDeniedError, "not from dserver. Does a firewall or a proxy block"),
        (404, NotOfferedError, "AllowEncodedSlashes NoDecode"),
        (407, ServerError, "HTTP_PROXY=http://user:password@"),
        (413, InvalidRequestError, "client_max_body_size"),
        (414, InvalidRequestError, "large_client_header_buffers"),
        (431, InvalidRequestError, "Is the token very long?"),
        (511, ServerError, "in a browser"),
    ],
)
def test_what_a_proxy_answers(
    endpoint: Endpoint, status: int, kind: type[LookupServerError], words: str
) -> None:
    """A page of a proxy or a firewall is not taken for an answer of dserver."""
    endpoint.script(always=html(status, "Forbidden by policy"))
    with Client(endpoint.url, **endpoint.login) as client, advising(words):
        client.get_readme(URI)
    with Client(endpoint.url, **endpoint.login) as client, pytest.raises(kind) as caught:
        client.get_readme(URI)
    assert caught.value.status == status
    assert "Forbidden by policy" in str(caught.value)
    assert "base URI" not in str(caught.value)


@pytest.mark.parametrize("status", [413, 414])
def test_limits_of_the_server_itself(endpoint: Endpoint, status: int) -> None:
    """What dserver's own limits refuse has a next step, too."""
    endpoint.script(always=faults.replying(status, {"code": status, "status": "Too much"}))
    with Client(endpoint.url, **endpoint.login) as client, advising("ask for a higher limit"):
        client.get_readme(URI)


def test_a_path_that_a_proxy_has_changed(endpoint: Endpoint) -> None:
    """dserver's own refusal of a decoded path says what may have happened, and what tells."""
    for fault in (
        faults.replying(403, {"code": 403, "status": "Forbidden"}),
        faults.merged_path,
    ):
        endpoint.script(always=fault)
        with Client(endpoint.url, **endpoint.login) as client, advising("dtool_lookup_api check"):
            client.get_readme(URI)
    with Client(endpoint.url, **endpoint.login) as client, pytest.raises(ServerError) as caught:
        client.get_me()
    assert "%2F" not in str(caught.value)
