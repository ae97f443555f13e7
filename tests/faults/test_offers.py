"""What a server lacks is told beforehand, and when it is called."""

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest

from dtool_lookup_api import (
    AsyncClient,
    Client,
    ConfigurationError,
    InvalidRequestError,
    NotFoundError,
    NotOfferedError,
    PermissionDeniedError,
)
from dtool_lookup_api.checkup import examine
from dtool_lookup_api.core import capabilities, exchange
from dtool_lookup_api.core.capabilities import ServerInfo
from dtool_lookup_api.core.routes import FUNCTIONS, ROUTES

import faults
from devserver import URI, UUID, Dserver, running_dserver
from faults import FaultServer, replying
from samples import SAMPLES

CORE = "dservercore 0.23.0 or later"
SIGNED = "dserver-signed-url-plugin 0.1.0 or later"
PERMISSION = {"username": "testuser", "base_uri": "smb://test-share"}
ARGUMENTS = {name: sample.arguments for name, sample in SAMPLES.items()} | {
    "download_dataset": {"uri": URI, "to": "a"},
    "download_item": {"uri": URI, "item": "simple_text_file.txt", "to": "a"},
    "read_item": {"uri": URI, "item": "simple_text_file.txt"},
    "upload_dataset": {"path": "data", "base_uri": "smb://test-share", "name": "a"},
}


def need_of(name: str) -> str | None:
    """Return what a function needs that no server has on which nothing newer is installed."""
    routes = [ROUTES[operation] for operation in FUNCTIONS.get(name, ())]
    newer = [
        f"{each.plugin or 'dservercore'} {each.since} or later" for each in routes if each.since
    ]
    return newer[0] if newer else None


# Each function that dservercore 0.22 lacks, and what it needs.
LACKING = {name: need for name in SAMPLES if (need := need_of(name))}


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let each test have its own look."""
    monkeypatch.setattr(exchange, "_kept", {})


def call(mode: str, given: dict[str, Any], name: str, /, **arguments: Any) -> Any:
    """Call a function, blocking or async."""
    if mode == "blocking":
        with Client(**given) as client:
            return getattr(client, name)(**arguments)

    async def awaited() -> Any:
        async with AsyncClient(**given) as client:
            return await getattr(client, name)(**arguments)

    return asyncio.run(awaited())


MODES = pytest.mark.parametrize("mode", ["blocking", "async"])


@pytest.mark.parametrize("name", LACKING)
@MODES
def test_what_the_server_lacks_is_refused_with_what_is_needed(
    dserver: Dserver, name: str, mode: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The error names the function, what the server is, and what is needed."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))  # spares the developer's own
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "README.yml").write_text("project: rivers\n", encoding="utf-8")
    arguments = ARGUMENTS[name]
    # Only they may search what is written to; the others are for administrators.
    username = "researcher" if "uri" in arguments else "admin"

    with pytest.raises(NotOfferedError) as caught:
        call(mode, dserver.given(username), name, **arguments)

    assert caught.value.operation == {"upload_dataset": "request_upload"}.get(name, name)
    assert caught.value.next_step
    assert f"It needs {LACKING[name]}" in caught.value.next_step
    assert "this server is dservercore 0.22.0 with" in caught.value.next_step
    assert "dserver_retrieve_plugin_mongo 0.4.2" in caught.value.next_step


@MODES
def test_what_a_server_offers_is_known_beforehand(dserver: Dserver, mode: str) -> None:
    """Exactly the functions that this server refuses are reported as not offered."""
    offered = {n: call(mode, dserver.given("testuser"), "offers", function=n) for n in FUNCTIONS}

    lacking = {name for name, is_offered in offered.items() if not is_offered}
    assert lacking == {"open_item", *LACKING}


@pytest.mark.parametrize(
    "name",
    [
        "copy_dataset",
        "download_dataset",
        "download_item",
        "open_item",
        "read_item",
        "upload_dataset",
    ],
)
def test_what_transfers_data_needs_signed_urls(dserver: Dserver, name: str) -> None:
    """Although helpers of these functions request the URLs."""
    assert any("/signed-urls/" in ROUTES[operation].path for operation in FUNCTIONS[name])
    with Client(dserver.url) as client:
        assert client.offers(name) is False


def test_deprecated_names_are_known(testuser: Client) -> None:
    """A 0.10 name is offered if its replacement is."""
    assert testuser.offers("query") is True
    assert testuser.offers("search") is True


def test_functions_that_are_not_methods_are_known(testuser: Client) -> None:
    """They make calls as well; what makes none is not a question for the server."""
    assert testuser.offers("iter_manifests") is True
    assert testuser.offers("to_dataframe") is True
    for name in ("show", "Provenance"):
        with pytest.raises(InvalidRequestError):
            testuser.offers(name)


def test_an_unknown_name_is_refused_with_names_like_it(testuser: Client) -> None:
    """A misspelt name is an error, and is not reported as not offered."""
    with pytest.raises(InvalidRequestError, match="Did you mean add_tag"):
        testuser.offers("add_tags")


def test_no_login_is_needed(dserver: Dserver) -> None:
    """What a server offers is public."""
    assert Client(dserver.url, username="nobody", password="x").offers("add_tag") is False


def test_what_is_missing_on_a_server_that_has_the_route_is_not_found(dserver: Dserver) -> None:
    """A user or dataset that is not there remains what it is: not found."""
    with pytest.raises(NotFoundError):
        Client(**dserver.given("admin")).get_user("nobody")
    with pytest.raises(NotFoundError):
        Client(**dserver.given("researcher")).set_readme(f"{URI[:-1]}0", "a")
    with pytest.raises(PermissionDeniedError):
        Client(**dserver.given("testuser")).set_readme("smb://elsewhere/a", "a")


@pytest.mark.slow
def test_a_missing_plugin_is_named() -> None:
    """Functions of older plugins are explained in the same way."""
    with running_dserver("--without", "dependency-graph") as server:
        with pytest.raises(NotOfferedError) as caught:
            Client(**server.given("testuser")).get_graph_by_uuid(UUID)
        assert Client(server.url).offers("get_graph_by_uuid") is False

    assert "It needs dserver-dependency-graph-plugin; this server is" in str(caught.value)


# --- what the real server can't be made to do ----------------------------------------------


def looks(endpoint: faults.Endpoint) -> list[str]:
    """Return the paths that a look at the server has asked for."""
    paths = [request.path for request in endpoint.requests]
    return [path for path in paths if path in ("/config/versions", "/doc/openapi.json")]


@MODES
def test_one_look_is_enough_for_a_while(
    fault_server: FaultServer, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    """Versions and document of a server are requested once in five minutes, for all clients."""
    endpoint = fault_server.endpoint()
    given = {"url": endpoint.url, **endpoint.login}

    for name in ("add_tag", "get_me", "get_health"):
        call(mode, given, "offers", function=name)
    assert len(looks(endpoint)) == 2

    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + 301)
    call(mode, given, "offers", function="add_tag")
    assert len(looks(endpoint)) == 4


def test_a_server_that_is_another_one_is_looked_at(fault_server: FaultServer) -> None:
    """What one server offers says nothing of another."""
    one, other = fault_server.endpoint(), fault_server.endpoint()

    assert Client(one.url).offers("get_me") is True
    assert Client(other.url).offers("get_me") is True
    assert len(looks(one)) == len(looks(other)) == 2


def test_a_look_that_fails_is_not_kept(fault_server: FaultServer) -> None:
    """The next call tries again, and an error without explanation stays what it is."""
    endpoint = fault_server.endpoint()
    not_found = replying(404, {"code": 404, "status": "Not Found"})
    endpoint.script(not_found, faults.html(500))
    client = Client(endpoint.url, **endpoint.login, retries=0)

    with pytest.raises(NotFoundError):
        client.get_signed_urls(URI)

    endpoint.script(not_found)
    with pytest.raises(NotOfferedError, match="dserver-signed-url-plugin"):
        client.get_signed_urls(URI)


WRITING = {
    name
    for name in LACKING
    if any(ROUTES[operation].writes_storage for operation in FUNCTIONS.get(name, ()))
}
SIGNING = "dserver_signed_url_plugin"
CHANGES: dict[str, dict[str, Any]] = {
    "grant_register_permission": PERMISSION,
    "grant_search_permission": PERMISSION,
    "request_upload": ARGUMENTS["request_upload"],
    "revoke_register_permission": PERMISSION,
    "revoke_search_permission": PERMISSION,
    "update_me": {"display_name": "Test User"},
    "update_user": {"username": "testuser", "is_admin": True},
}


def silent(core: str | None, **plugins: str | None) -> faults.Fault:
    """Answer rightly, with these versions, and keep the document hidden."""
    versions = replying(200, {"versions": {"dservercore": core, **plugins}})
    hidden = replying(404, {"code": 404, "status": "Not Found"})

    async def fault(exchange: faults.Exchange) -> None:
        answers = {"/config/versions": versions, "/doc/openapi.json": hidden}
        await answers.get(exchange.request.path, faults.rightly)(exchange)

    return fault


@MODES
@pytest.mark.parametrize("name", CHANGES)
def test_a_server_that_does_not_say_what_it_offers_is_only_read(
    fault_server: FaultServer, name: str, mode: str
) -> None:
    """What changes something is not sent to find out whether it works."""
    endpoint = fault_server.endpoint()
    endpoint.script(always=silent(None, **{SIGNING: None}))
    given = {"url": endpoint.url, **endpoint.login}

    assert call(mode, given, "offers", function=name) is None
    with pytest.raises(NotOfferedError, match="Not sent to this server"):
        call(mode, given, name, **CHANGES[name])
    assert {request.method for request in endpoint.requests} == {"GET"}

    call(mode, {**given, "assume_offered": [name]}, name, **CHANGES[name])
    assert {request.method for request in endpoint.requests} - {"GET"}


@pytest.mark.parametrize("paths", [{"/tags/{uri}": None}, {"/a": [1]}, {"/a": 5}, {"/a": "get"}])
def test_a_document_that_cannot_be_read_says_nothing(fault_server: FaultServer, paths: Any) -> None:
    """The versions count, and a change is refused in words."""
    endpoint = fault_server.endpoint()
    versions = replying(200, {"versions": {"dservercore": None, SIGNING: None}})
    document = replying(200, {"paths": paths})

    async def fault(exchange: faults.Exchange) -> None:
        answers = {"/config/versions": versions, "/doc/openapi.json": document}
        await answers.get(exchange.request.path, faults.rightly)(exchange)

    endpoint.script(always=fault)
    with Client(endpoint.url, **endpoint.login) as client:
        assert client.offers("update_me") is None
        with pytest.raises(NotOfferedError, match="Not sent to this server"):
            client.update_me("Test User")
    assert {request.method for request in endpoint.requests} == {"GET"}


@MODES
def test_a_server_is_asked_anew_before_a_write_to_storage(
    fault_server: FaultServer, mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may have been replaced since its versions were read."""
    retrieve = "dserver_retrieve_plugin_mongo"
    monkeypatch.setitem(capabilities.KNOWN_TO_STORE, retrieve, frozenset({"0.5.0"}))
    endpoint = fault_server.endpoint()
    given = {"url": endpoint.url, **endpoint.login}
    endpoint.script(always=silent("0.22.1.dev47", **{retrieve: "0.5.0"}))
    assert call(mode, given, "offers", function="set_readme") is True

    endpoint.script(always=silent("0.22.1.dev47", **{retrieve: "0.4.2"}))
    with pytest.raises(NotOfferedError, match="Not sent to this server"):
        call(mode, given, "set_readme", uri=URI, readme="new")
    assert {request.method for request in endpoint.requests} == {"GET"}


def test_reads_are_tried_where_nothing_is_known(fault_server: FaultServer) -> None:
    """And what they do not find is not called too old."""
    endpoint = fault_server.endpoint()
    endpoint.script(always=silent(None, **{SIGNING: None}))

    with Client(endpoint.url, **endpoint.login) as client:
        assert client.get_health() == {"status": "healthy"}
        endpoint.script(replying(404, {"code": 404}), always=silent(None, **{SIGNING: None}))
        with pytest.raises(NotFoundError):
            client.get_signed_urls(URI)


def test_a_development_server_that_hides_its_document_offers_what_the_next_one_does(
    fault_server: FaultServer,
) -> None:
    """Its version comes after that of the last release."""
    endpoint = fault_server.endpoint()
    endpoint.script(always=silent("0.22.1.dev47", **{SIGNING: "0.1.dev15"}))

    with Client(endpoint.url, **endpoint.login) as client:
        lacking = {name for name in FUNCTIONS if not client.offers(name)}
        client.update_me("Test User")
    assert lacking.isdisjoint(LACKING.keys() - WRITING)
    assert lacking >= WRITING


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"assume_offered": ["add_tag"]}, "without url"),
        ({"url": "http://127.0.0.1", "assume_offered": "add_tag"}, r"Give a list: \['add_tag'\]"),
        ({"url": "http://127.0.0.1", "assume_offered": ["add_tags"]}, "'add_tags'"),
        ({"url": "http://127.0.0.1", "assume_offered": [[]]}, r"holds \[\]"),
        ({"url": "http://127.0.0.1", "assume_offered": True}, "assume_offered=True is not a list"),
        ({"url": "http://127.0.0.1", "assume_offered": iter(["add_tag"])}, "is not a list"),
    ],
)
def test_what_is_assumed_is_said_of_one_server(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, Any], words: str
) -> None:
    """And of functions that there are."""
    monkeypatch.setenv("DSERVER_URL", "http://127.0.0.1")
    with Client(**given) as client, pytest.raises(ConfigurationError, match=words):
        client.get_health()


def test_check_says_what_is_unknown(
    fault_server: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is neither offered nor lacking."""
    endpoint = fault_server.endpoint()
    endpoint.script(always=silent(None))
    monkeypatch.setenv("DSERVER_URL", endpoint.url)
    monkeypatch.setenv("DSERVER_TOKEN_GENERATOR_URL", endpoint.login["auth_url"])
    monkeypatch.setenv("DSERVER_USERNAME", endpoint.login["username"])
    monkeypatch.setenv("DSERVER_PASSWORD", endpoint.login["password"])

    found = {each.name: each.value for each in examine().findings if each.section == "Functions"}

    assert found["get_health"].startswith("unknown")
    assert found["get_signed_urls"] == f"needs {SIGNED}"
    assert "known to store what is written" in found["add_tag"]
    assert "get_me" not in found


def server_info(published: set[tuple[str, str]] | None, **versions: str | None) -> ServerInfo:
    return ServerInfo(dict(versions), None if published is None else frozenset(published))


ALL_ROUTES = {(route.method, route.path) for route in ROUTES.values()}


@pytest.mark.parametrize(
    ("version", "offered"),
    [
        ("0.22.0", False),
        ("0.22.0.dev3", False),  # before the release that lacks it
        ("0.22.0+local", None),
        ("0.22.1.dev47", True),  # after the last release: the next one, whatever it will be called
        ("0.22.1.dev47+g1a2b3c4", True),
        ("0.23.0rc1", True),
        ("0.22.1", None),  # perhaps the next one is called so
        ("0.23.0", True),
        ("0.100", True),
        ("1.0.dev3+g12", True),
        (None, None),
        ("unknown", None),
        ("", None),
        (23, None),
        ("9" * 5000, None),  # Python makes no number of it
    ],
)
def test_versions_decide_where_nothing_is_published(
    version: str | None, offered: bool | None
) -> None:
    """A server may keep its document to itself; its version says what it has, or nothing does."""
    found = server_info(None, dservercore=version)

    assert found.offers("get_health") is offered
    assert (found.missing_requirements("get_health") != []) is (offered is False)
    assert found.offers("get_me") is True


@pytest.mark.parametrize(
    ("versions", "offered"),
    [
        ({}, False),
        ({"dserver_signed_url_plugin": "0.1.dev15"}, True),  # it was never released
        ({"dserver_signed_url_plugin": "0.1.0"}, True),
        ({"dserver_signed_url_plugin": "0.0.9"}, None),
        ({"dserver_signed_url_plugin": None}, None),
    ],
)
def test_a_plugin_that_is_not_there_is_sure_to_be_missing(
    versions: dict[str, str | None], offered: bool | None
) -> None:
    """One that is there counts by its version."""
    found = server_info(None, dservercore="0.22.1.dev47", **versions)

    assert found.offers("get_signed_urls") is offered
    assert found.missing_requirements("get_signed_urls") == ([SIGNED] if offered is False else [])


@pytest.mark.parametrize(
    "versions",
    [
        {},
        {"dserver_retrieve_plugin_mongo": "0.4.2"},
        {"dserver_retrieve_plugin_mongo": "0.5.0"},
        {"dserver_retrieve_plugin_mongo": "99"},
        {"dserver_retrieve_plugin_mongo": None},
        {"dserver_retrieve_plugin_mongo": "unknown"},
        {"dserver_retrieve_plugin_elastic": "0.4.2"},
    ],
)
@pytest.mark.parametrize("core", ["0.22.1.dev47", "0.23.0", None])
def test_no_server_is_known_to_store_metadata(
    versions: dict[str, str | None], core: str | None
) -> None:
    """The routes are there, but no version was seen to keep what is written."""
    found = server_info(ALL_ROUTES, dservercore=core, **versions)

    assert found.offers("add_tag") is False
    assert any(
        "known to store what is written" in need for need in found.missing_requirements("add_tag")
    )
    assert found.offers("get_tags") is True


def test_a_server_is_known_to_store_by_the_versions_of_both(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A build from another commit is another version, and each retrieve plugin counts."""
    monkeypatch.setitem(
        capabilities.KNOWN_TO_STORE, "dserver_retrieve_plugin_mongo", frozenset({"0.5.0"})
    )
    plugin = {"dserver_retrieve_plugin_mongo": "0.5.0"}

    assert server_info(ALL_ROUTES, dservercore="0.22.1.dev47", **plugin).offers("add_tag") is True
    # Another build of a version that is known is not.
    assert (
        server_info(ALL_ROUTES, dservercore="0.22.1.dev47+g12", **plugin).offers("add_tag") is False
    )
    assert server_info(ALL_ROUTES, dservercore="0.23.0", **plugin).offers("add_tag") is False
    other = plugin | {"dserver_retrieve_plugin_elastic": "1"}
    assert server_info(ALL_ROUTES, dservercore="0.22.1.dev47", **other).offers("add_tag") is False
