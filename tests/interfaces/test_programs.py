"""The programs of the ecosystem run as they are: how they call is imitated here."""

import asyncio
import inspect
import json
import pickle
import subprocess
import sys
import warnings
from typing import Any
from unittest.mock import AsyncMock, patch

import pytest

import dtool_lookup_api
import dtool_lookup_api.asynchronous
import dtool_lookup_api.core.config
from dtool_lookup_api import PermissionDeniedError
from dtool_lookup_api.core.config import Config
from dtool_lookup_api.core.LookupClient import (
    ConfigurationBasedAuthenticatedLookupClient,
    ConfigurationBasedLookupClient,
    CredentialsBasedLookupClient,
    LookupClient,
    LookupServerError,
    TokenBasedLookupClient,
    UnauthenticatedLookupClient,
)

from devserver import PASSWORDS, URI, UUID, Dserver

OLD_CALLS: dict[str, tuple[Any, ...]] = {
    "aggregate": ([{"$match": {"uri": URI}}],),
    "all": (),
    "by_query": ({"uri": URI},),
    "by_uuid": (UUID,),
    "config": (),
    "graph": (UUID,),
    "lookup": (UUID,),
    "manifest": (URI,),
    "query": ({"uri": URI},),
    "readme": (URI,),
    "search": ("simple_test_dataset",),
    "summary": (),
    "user_info": (None,),
    "versions": (),
}


@pytest.fixture(autouse=True)
def program(configured: Dserver) -> Dserver:
    return configured


# --- the command line client -------------------------------------------------------------


def test_the_command_line_client_prints_json() -> None:
    """Results of the old names dump as JSON, with an empty keyword and a query as text."""
    with pytest.warns(DeprecationWarning, match="get_datasets"):
        found = dtool_lookup_api.search("")
    with pytest.warns(DeprecationWarning, match="get_datasets_by_mongo_query"):
        queried = dtool_lookup_api.query(json.dumps({"uri": URI}))
    with pytest.warns(DeprecationWarning, match="get_datasets_by_uuid"):
        looked_up = dtool_lookup_api.lookup(UUID)

    assert len(json.loads(json.dumps(found, indent=2))) == 2
    assert [item["uri"] for item in queried] == [URI]
    assert [item["uri"] for item in looked_up][-1] == URI


@pytest.mark.parametrize("name", OLD_CALLS)
def test_a_name_of_old_works_and_warns_where_it_is_used(name: str) -> None:
    """Each 0.10 name returns what its replacement returns; the warning names the line."""
    with warnings.catch_warnings(record=True) as blocking:
        warnings.simplefilter("always")
        found = getattr(dtool_lookup_api.synchronous, name)(*OLD_CALLS[name])

    async def awaited() -> Any:
        return await getattr(dtool_lookup_api.asynchronous, name)(*OLD_CALLS[name])

    with warnings.catch_warnings(record=True) as waiting:
        warnings.simplefilter("always")
        assert asyncio.run(awaited()) == found

    for caught in (blocking, waiting):
        (warning,) = [w for w in caught if w.category is DeprecationWarning]
        assert warning.filename == __file__
        assert f"{name} is deprecated, use get_" in str(warning.message)


def test_a_name_warns_where_asyncio_runs_it(program: Dserver) -> None:
    """A task has no caller of its own: the line that runs the event loop is told of it."""

    async def gathered() -> None:
        await asyncio.gather(dtool_lookup_api.asynchronous.versions())

    for running in (dtool_lookup_api.asynchronous.versions, gathered):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("ignore")
            warnings.filterwarnings("always", category=DeprecationWarning, module=__name__)
            asyncio.run(running())
        assert [str(each.message) for each in caught] == [
            "versions is deprecated, use get_versions instead"
        ]


def test_lists_of_old_are_for_administrators(program: Dserver) -> None:
    """list_users and list_base_uris work on the classes as well."""

    async def lists() -> list[Any]:
        async with CredentialsBasedLookupClient(
            program.url, program.token_url, "admin", PASSWORDS["admin"]
        ) as lookup:
            return [await lookup.list_users(), await lookup.list_base_uris(1, 1)]

    with pytest.warns(DeprecationWarning, match="get_"):
        users, base_uris = asyncio.run(lists())

    assert len(users) == 3
    assert len(base_uris) == 1


# --- the desktop application -------------------------------------------------------------


def test_the_application_lists_page_by_page() -> None:
    """A client is made for a call, and fills the dicts that it is given."""

    async def listed() -> tuple[list[Any], dict[str, Any], dict[str, Any]]:
        pagination: dict[str, Any] = {}
        sorting: dict[str, Any] = {}
        async with ConfigurationBasedLookupClient() as lookup:
            datasets = await lookup.get_datasets(
                free_text=None,
                page_number=None,
                page_size=None,
                sort_fields=None,
                sort_order=None,
                pagination=pagination,
                sorting=sorting,
            )
        return datasets, pagination, sorting

    datasets, pagination, sorting = asyncio.run(listed())

    assert [type(dataset) for dataset in datasets] == [dict, dict]
    assert {"total", "first_page", "last_page", "page"} <= set(pagination)
    assert sorting == {"sort": {"uri": 1}}


class SearchState:
    """What the application remembers of a search, and takes from what the server says of it."""

    def __init__(self, fields: list[str]) -> None:
        self.fields, self.orders, self.page = fields, [1] * len(fields), 1

    async def show(self, name: str, *arguments: Any) -> Any:
        """Show a page; its place and order are those of the next one."""
        pagination: dict[str, Any] = {}
        sorting: dict[str, Any] = {}
        async with ConfigurationBasedLookupClient(
            username="admin", password=PASSWORDS["admin"]
        ) as lookup:
            found = await getattr(lookup, name)(
                *arguments,
                page_number=self.page,
                page_size=3,
                sort_fields=self.fields,
                sort_order=self.orders,
                pagination=pagination,
                sorting=sorting,
            )
        self.fields, self.orders = list(sorting["sort"]), list(sorting["sort"].values())
        self.page = pagination.get("next_page", 1)
        return found


LISTINGS: dict[str, tuple[tuple[Any, ...], str, str]] = {
    "get_datasets": ((), "name", "created_at"),
    "get_datasets_by_uuid": ((UUID,), "name", "base_uri"),
    "get_datasets_by_mongo_query": (({},), "name", "created_at"),
    "get_datasets_by_mongo_aggregation": (([{"$match": {}}],), "name", "created_at"),
    "get_graph_by_uuid": ((UUID,), "name", "created_at"),
    "get_users": ((), "is_admin", "username"),
    "get_base_uris": ((), "base_uri", "base_uri"),
}


@pytest.mark.parametrize("name", LISTINGS)
def test_the_application_goes_on_with_the_order_that_it_is_told(name: str) -> None:
    """An order that comes back is as long as the one that was asked for, on each page."""
    arguments, field, another = LISTINGS[name]

    async def used() -> None:
        state = SearchState([field])
        await state.show(name, *arguments)
        assert state.fields in ([field], [])
        await state.show(name, *arguments)
        state.fields = [another]
        await state.show(name, *arguments)
        assert state.fields in ([another], [])
        state.page = 1000
        await state.show(name, *arguments)
        assert state.fields in ([another], [])
        state.fields, state.orders = [field, another], []
        await state.show(name, *arguments)

    asyncio.run(used())


def test_the_application_changes_the_sort_field_after_a_mongo_query() -> None:
    """A mongo query has no order; what comes after it has again."""

    async def used() -> list[str]:
        state = SearchState(["created_at"])
        await state.show("get_datasets_by_mongo_query", {})
        state.fields, state.page = ["name", "uri"], 1
        found = await state.show("get_datasets")
        return [dataset["name"] for dataset in found]

    names = asyncio.run(used())
    assert names == sorted(names)
    assert len(names) == 3


def test_the_application_keeps_its_order_past_the_end() -> None:
    """A page that has gone meanwhile is empty, and in the order that was asked for."""
    sorting: dict[str, Any] = {}

    page = dtool_lookup_api.get_datasets(
        page_number=1000, sort_fields=["name"], sort_order=[-1], sorting=sorting
    )

    assert list(page) == []
    assert sorting == page.sorting == {"sort": {"name": -1}}


@pytest.mark.parametrize(
    ("first", "size", "numbers"), [(1, 1, [1, 2]), (1000, 2, [1000])], ids=["last", "past"]
)
def test_a_loop_over_pages_that_keeps_its_dict_ends(
    first: int, size: int, numbers: list[int]
) -> None:
    """The dict of one page is given for the next: what holds no longer is gone from it."""
    pagination: dict[str, Any] = {"mine": True, "next_page": first}
    read: list[int] = []

    while (number := pagination.get("next_page")) and len(read) < 4:
        dtool_lookup_api.get_datasets(page_number=number, page_size=size, pagination=pagination)
        read.append(number)

    assert read == numbers
    assert pagination["mine"]


def test_the_application_walks_the_graph(program: Dserver) -> None:
    """The graph is read to its last page, and the pages can be joined."""

    async def walked() -> list[Any]:
        researcher = {"username": "researcher", "password": PASSWORDS["researcher"]}
        async with ConfigurationBasedLookupClient(**researcher) as lookup:
            (root,) = await lookup.get_datasets_by_mongo_query({"name": "leaf-report"})
            pagination: dict[str, Any] = {}
            graph = await lookup.get_graph_by_uuid(
                uuid=root["uuid"], dependency_keys=None, page_size=3, pagination=pagination
            )
            for number in range(pagination["first_page"] + 1, pagination["last_page"] + 1):
                more = await lookup.get_graph_by_uuid(
                    uuid=root["uuid"], page_number=number, page_size=3, pagination=pagination
                )
                graph.extend(more)
            return graph

    assert len(asyncio.run(walked())) == 4


def test_the_application_renews_the_token(program: Dserver) -> None:
    """A login window's credentials give a token, which is stored when it is assigned."""
    Config.token = "old"

    async def renewed() -> str:
        async with ConfigurationBasedLookupClient(
            auth_url=program.token_url, username="admin", password=PASSWORDS["admin"]
        ) as lookup:
            return await lookup.authenticate()

    token = asyncio.run(renewed())
    dtool_lookup_api.core.config.Config.token = token

    assert len(token.split(".")) == 3
    assert dtool_lookup_api.get_me()["username"] == "admin"


def test_the_application_opens_a_login_window_on_a_runtime_error(program: Dserver) -> None:
    """A refused login is a RuntimeError, when the client is entered or at the first call."""

    async def entered() -> None:
        async with ConfigurationBasedLookupClient(username="admin", password="wrong"):
            pass

    async def called() -> None:
        lookup = ConfigurationBasedLookupClient(username="admin", password="wrong")
        await lookup.get_datasets()

    for attempt in (entered, called):
        with pytest.raises(RuntimeError, match=r"^Authentication failed"):
            asyncio.run(attempt())


@pytest.mark.parametrize("how", ["given", "configured", "class"])
def test_no_login_window_opens_where_authentication_is_off(
    program: Dserver, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    """The window opens for any RuntimeError, and a login would change nothing."""
    if how == "configured":
        monkeypatch.setenv("DSERVER_DISABLE_AUTHENTICATION", "true")
    given: dict[str, Any] = {"disable_authentication": True} if how == "given" else {}

    async def shown() -> None:
        if how == "class":
            await UnauthenticatedLookupClient(program.url).get_me()
        async with ConfigurationBasedLookupClient(**given) as lookup:
            await lookup.get_me()

    with pytest.raises(PermissionDeniedError, match="Authentication is switched off") as caught:
        asyncio.run(shown())

    assert caught.value.status == 401
    assert not isinstance(caught.value, RuntimeError)


def test_the_application_replaces_the_configuration() -> None:
    """After an import of settings a new configuration object is put in place."""
    module = dtool_lookup_api.core.config
    module.Config = module.DtoolLookupAPIConfig(interactive=False)

    async def asked() -> Any:
        async with ConfigurationBasedLookupClient() as lookup:
            return await lookup.get_user(None)

    assert asyncio.run(asked())["username"] == "testuser"
    assert asyncio.run(dtool_lookup_api.asynchronous.get_versions())["dservercore"]


def test_the_applications_tests_patch_methods() -> None:
    """Methods patched on a base class are seen by all; connect and authenticate are coroutines."""
    place = "dtool_lookup_api.core.LookupClient"

    async def used() -> list[Any]:
        async with ConfigurationBasedLookupClient() as lookup:
            return [
                await lookup.get_datasets(),
                await lookup.get_config(),
                await lookup.has_valid_token(),
                await lookup.authenticate(),
            ]

    with (
        patch(f"{place}.CredentialsBasedLookupClient.authenticate", return_value="t") as login,
        patch(f"{place}.ConfigurationBasedLookupClient.connect", return_value=None) as connect,
        patch(f"{place}.TokenBasedLookupClient.get_datasets", return_value=["patched"]),
        patch(f"{place}.UnauthenticatedLookupClient.get_config", return_value={"a": 1}),
        patch(f"{place}.ConfigurationBasedLookupClient.has_valid_token", return_value=True),
    ):
        assert isinstance(login, AsyncMock)
        assert isinstance(connect, AsyncMock)
        assert asyncio.run(used()) == [["patched"], {"a": 1}, True, "t"]
        connect.assert_awaited_once()

    with patch.object(UnauthenticatedLookupClient, "get_datasets", return_value=["patched"]):
        old = "get_datasets"
        assert asyncio.run(getattr(TokenBasedLookupClient("http://x", "t"), old)()) == ["patched"]


# --- a task of a workflow ----------------------------------------------------------------


@pytest.mark.slow
def test_a_task_switches_prompts_off_after_a_bare_import() -> None:
    """``import dtool_lookup_api`` is all that the task imports."""
    task = """
import dtool_lookup_api
dtool_lookup_api.core.config.Config.interactive = False
dtool_lookup_api.core.LookupClient.Config.cache = False
from dtool_lookup_api.core.config import Config
print(Config, len(dtool_lookup_api.get_datasets()))
"""

    done = subprocess.run(
        [sys.executable, "-c", task], capture_output=True, text=True, check=True, timeout=60
    )

    assert done.stdout == "DtoolLookupAPIConfig(interactive=False, cache=False) 2\n"


# --- the classes -------------------------------------------------------------------------


def test_every_class_talks_to_the_server(program: Dserver) -> None:
    """Each class works with and without the context manager."""

    async def all_classes() -> list[str]:
        token = await CredentialsBasedLookupClient(
            program.url, program.token_url, "admin", PASSWORDS["admin"]
        ).authenticate()
        clients = [
            TokenBasedLookupClient(program.url, token),
            CredentialsBasedLookupClient(
                program.url, program.token_url, "researcher", PASSWORDS["researcher"]
            ),
            ConfigurationBasedAuthenticatedLookupClient(),
            ConfigurationBasedLookupClient(cache_token=False),
        ]
        names = []
        for client in clients:
            names.append((await client.get_me())["username"])
            async with client as entered:
                assert entered is client
                assert client.header == {"Authorization": f"Bearer {client.token}"}
                assert await client.has_valid_token()
                names.append((await client.get_me())["username"])
            await client.close()
        return names

    names = ["admin", "researcher", "testuser", "testuser"]
    assert asyncio.run(all_classes()) == [name for name in names for _ in range(2)]


def test_configuration_chooses_the_class(program: Dserver, monkeypatch: pytest.MonkeyPatch) -> None:
    """With authentication switched off the client is one that sends no token."""
    assert isinstance(ConfigurationBasedLookupClient(), TokenBasedLookupClient)
    given = ConfigurationBasedLookupClient(program.url, disable_authentication=True)
    monkeypatch.setenv("DSERVER_DISABLE_AUTHENTICATION", "yes")
    configured = ConfigurationBasedLookupClient()

    for client in (given, configured):
        assert type(client) is UnauthenticatedLookupClient
        assert client.header == {}
        assert asyncio.run(client.get_versions())
        with pytest.raises(LookupServerError):
            asyncio.run(client.get_me())


def test_tokens_that_are_no_good_are_told(program: Dserver) -> None:
    """has_valid_token asks the server; a client without token says so before it sends."""

    async def asked(token: str | None) -> bool:
        return await TokenBasedLookupClient(program.url, token).has_valid_token()

    assert asyncio.run(asked("garbage")) is False
    assert asyncio.run(asked(None)) is False
    with pytest.raises(ValueError, match="no token"):
        asyncio.run(TokenBasedLookupClient(program.url).connect())


def test_the_deprecated_class_warns(program: Dserver) -> None:
    """LookupClient works and names its replacement."""
    arguments = (program.url, program.token_url, "admin", PASSWORDS["admin"])
    with pytest.warns(DeprecationWarning, match="CredentialsBasedLookupClient") as caught:
        client = LookupClient(*arguments)

    assert caught[0].filename == __file__
    assert asyncio.run(client.get_me())["username"] == "admin"


def test_attributes_are_read_and_assigned(program: Dserver) -> None:
    """What a constructor was given, or else what is configured, is found as attributes."""
    client = ConfigurationBasedLookupClient(username="admin")
    assert (client.lookup_url, client.auth_url) == (program.url, program.token_url)
    assert (client.username, client.verify_ssl) == ("admin", True)

    client.password = PASSWORDS["admin"]
    assert asyncio.run(client.get_me())["username"] == "admin"
    client.username, client.password = "researcher", PASSWORDS["researcher"]
    assert asyncio.run(client.get_me())["username"] == "researcher"


def test_any_number_of_tasks_share_a_client() -> None:
    """Forty tasks in flight use one client, entered or not."""

    async def shared() -> list[Any]:
        async with ConfigurationBasedLookupClient() as lookup:
            return await asyncio.gather(*(lookup.get_datasets() for _ in range(40)))

    assert all(len(page) == 2 for page in asyncio.run(shared()))


def test_a_pickled_client_has_no_secrets() -> None:
    """A client that crosses a process boundary takes its settings along, not its password."""
    client = ConfigurationBasedLookupClient(username="u", password="very-secret", cache_token=False)

    data = pickle.dumps(client)
    again = pickle.loads(data)

    assert b"very-secret" not in data
    assert (again.username, again.password, again.cache_token) == ("u", None, False)


def test_connect_and_authenticate_are_coroutines() -> None:
    """Test suites patch them with coroutines."""
    for name in ("connect", "close", "authenticate", "has_valid_token"):
        assert inspect.iscoroutinefunction(getattr(ConfigurationBasedLookupClient, name))


class Extended(ConfigurationBasedLookupClient):
    """A subclass with a route of its own, as programs of 0.10 wrote them."""

    async def ask(self, path: str) -> Any:
        async with self.session.get(f"{self.lookup_url}{path}", headers=self.header) as response:
            return await response.json()


def test_a_subclass_is_told_what_takes_the_place_of_its_session(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Without aiohttp there is no session of it; one of the subclass's own works."""
    monkeypatch.setitem(sys.modules, "aiohttp", None)
    client = Extended()
    with pytest.raises(AttributeError, match=r"typed\.connect\(\)\.get_async_httpx_client"):
        asyncio.run(client.ask("/me"))
    with pytest.raises(AttributeError, match="'Extended' object has no attribute 'sesion'"):
        getattr(client, "sesion")  # noqa: B009 - a typing error
    own = client.session = object()
    assert client.session is own
    assert pickle.loads(pickle.dumps(Extended(username="u"))).username == "u"
