"""The client of the generated functions, and those that its ``with_…`` methods make of it."""

import asyncio
import json
import pickle
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from dtool_lookup_api import Client, LookupServerError, UnreadableAnswerError
from dtool_lookup_api.typed import connect
from dtool_lookup_rest import AuthenticatedClient
from dtool_lookup_rest.api.auth import auth_login
from dtool_lookup_rest.api.datasets import delete_dataset, search_datasets
from dtool_lookup_rest.api.graph import query_dependency_graph
from dtool_lookup_rest.api.me import get_me
from dtool_lookup_rest.api.webhook import notify
from dtool_lookup_rest.errors import UnexpectedStatus
from dtool_lookup_rest.models import DependencyKeysRequest, JsonObject, SearchDataset, User

import faults
import samples
from faults import Endpoint
from samples import DATASET

LIMITS: dict[str, Any] = {"timeout": 3, "deadline": 8, "retries": 0}


def ask_blocking(client: AuthenticatedClient) -> object:
    with client:
        return get_me.sync(client=client)


def ask_async(client: AuthenticatedClient) -> object:
    async def ask() -> object:
        async with client:
            return await get_me.asyncio(client=client)

    return asyncio.run(ask())


Ask = Callable[[AuthenticatedClient], object]
both = pytest.mark.parametrize("ask", [ask_blocking, ask_async])

CHANGES: dict[str, Callable[[AuthenticatedClient], AuthenticatedClient]] = {
    "headers": lambda client: client.with_headers({"X-Request-Id": "17"}),
    "cookies": lambda client: client.with_cookies({"route": "17"}),
    "timeout": lambda client: client.with_timeout(httpx.Timeout(2)),
}


@both
@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_client_logs_in(endpoint: Endpoint, ask: Ask, change: str) -> None:
    """It sends what was added along with a token, and renews that as the other does."""
    client = CHANGES[change](connect(endpoint.url, **endpoint.login, **LIMITS))
    assert isinstance(ask(client), User)
    endpoint.expire_tokens()
    changed = client.with_headers({"X-Second": "yes"})

    assert isinstance(ask(changed), User)

    first, *_, last = endpoint.requests
    assert first.token in endpoint.tokens
    assert last.token == endpoint.tokens[-1] != first.token
    sent = {"headers": ("x-request-id", "17"), "cookies": ("cookie", "route=17")}.get(change)
    for request in (first, last):
        assert sent is None or sent in request.headers.items()
        assert request.headers["user-agent"].startswith("dtool-lookup-api/")
    assert last.headers["x-second"] == "yes"


@both
def test_a_changed_client_does_without_the_first_one(endpoint: Endpoint, ask: Ask) -> None:
    """The token is shared, the connections are not: closing one does not close the other."""
    client = connect(endpoint.url, **endpoint.login, **LIMITS)
    changed = client.with_headers({"X-Request-Id": "17"})

    assert isinstance(ask(client), User)
    assert isinstance(ask(changed), User)

    assert len(endpoint.token_requests) == 1
    assert ["x-request-id" in each.headers for each in endpoint.requests] == [False, True]


@both
def test_a_changed_timeout_is_kept(endpoint: Endpoint, ask: Ask) -> None:
    """What the client waits for is what it was given last."""
    endpoint.script(faults.hang)
    client = connect(
        endpoint.url, token=endpoint.new_token(), **LIMITS | {"timeout": 60, "deadline": 60}
    )
    with pytest.raises(httpx.ReadTimeout):
        ask(client.with_timeout(httpx.Timeout(0.2)))


@both
def test_headers_of_the_user_take_the_place_of_ours(endpoint: Endpoint, ask: Ask) -> None:
    """A proxy may want its own signature where no token is sent; each header is sent once."""
    endpoint.script(always=faults.replying(200, samples.USER))
    token = endpoint.new_token()
    for login in ({"disable_authentication": True}, {"token": token}):
        client = connect(endpoint.url, **login, **LIMITS)
        ask(client.with_headers({"authorization": "Basic 17", "user-agent": "mine"}))

    sent = [each.headers["authorization"] for each in endpoint.requests]
    assert sent == ["Basic 17", f"Bearer {token}"]
    assert {each.headers["user-agent"] for each in endpoint.requests} == {"mine"}


# --- failures --------------------------------------------------------------------------------

# Generated modules, with what their functions are given.
CALLS: dict[Any, dict[str, Any]] = {
    get_me: {},
    search_datasets: {"body": SearchDataset()},
    query_dependency_graph: {"uuid": DATASET["uuid"], "body": DependencyKeysRequest([])},
    delete_dataset: {"uri": DATASET["uri"]},
    notify: {"body": JsonObject()},
}
FORMS = ("sync", "sync_detailed", "asyncio", "asyncio_detailed")
QUICK = [(get_me, "sync"), (search_datasets, "asyncio"), (get_me, "asyncio_detailed")]
REFUSALS = (300, 301, 302, 307, 400, 401, 403, 404, 405, 409, 410, 413, 415, 418, 422, 429)
FAILURES = (500, 501, 502, 503, 504, 507)
BODIES = {
    "of dserver": '{"code": 400, "status": "No", "message": "Whatever"}',
    "of its token check": '{"msg": "Whatever"}',
    "HTML": "<html><title>nginx</title></html>",
    "text": "no healthy upstream",
    "broken": '{"uri": "smb://',
    "null": "null",
    "model": json.dumps(samples.USER),
    "list": json.dumps([DATASET]),
    "nothing": "",
}
# Of these, no model can be made; each operation has a document of another kind.
UNREADABLE: list[str | bytes] = [
    "<html><title>Log in</title></html>",
    "no healthy upstream",
    '{"uri": "smb://',
    "[" * 100_000,
    b'{"username": "\xff", "is_admin": true}',
]
OF_ANOTHER_KIND: dict[Any, list[str]] = {
    get_me: [
        "null",
        "[]",
        "{}",
        '"me"',
        "17",
        '{"username": "me"}',
        '[["username", "me"], ["is_admin", true]]',
        "",
    ],
    search_datasets: ["null", "{}", '""', "[17]", "[null]", "[[]]", "[{}]", ""],
    query_dependency_graph: ["null", "{}", "[{}]", '[{"name": "a"}]', ""],
    delete_dataset: ["null", "{}", "[]", "0"],
    notify: [],
}


def name_of(module: Any) -> str:
    """Return the name of a generated module, which is that of its operation."""
    name: str = module.__name__.rpartition(".")[2]
    return name


every_form = pytest.mark.parametrize(
    ("module", "form"),
    [
        pytest.param(
            *(module, form),
            id=f"{name_of(module)}.{form}",
            marks=() if (module, form) in QUICK else pytest.mark.slow,
        )
        for module in CALLS
        for form in FORMS
    ],
)


def outcomes(endpoint: Endpoint, module: Any, form: str, scripted: list[faults.Fault]) -> list[Any]:
    """Return what one form of a generated function returns or raises for each response."""
    client = connect(endpoint.url, token=endpoint.new_token(), **LIMITS)
    function, given = getattr(module, form), CALLS[module]
    endpoint.script(*scripted)
    found: list[Any] = []

    def ask_all() -> None:
        with client:
            for _ in scripted:
                try:
                    found.append(function(client=client, **given))
                except Exception as error:
                    found.append(error)

    async def ask_all_async() -> None:
        async with client:
            for _ in scripted:
                try:
                    found.append(await function(client=client, **given))
                except Exception as error:
                    found.append(error)

    if form.startswith("sync"):
        ask_all()
    else:
        asyncio.run(ask_all_async())
    return found


def sending(status: int, body: str | bytes) -> faults.Fault:
    """Answer with a status and a body."""

    async def fault(exchange: faults.Exchange) -> None:
        await exchange.send(faults.answer(status, body))

    return fault


@every_form
def test_a_status_that_is_no_success_is_raised(endpoint: Endpoint, module: Any, form: str) -> None:
    """Whatever the body is: no None, and no model of an error, passes for an answer."""
    table = [(status, body) for status in (*REFUSALS, *FAILURES) for body in BODIES.values()]

    found = outcomes(endpoint, module, form, [sending(*row) for row in table])

    for (status, body), error in zip(table, found, strict=True):
        assert isinstance(error, LookupServerError), (status, body, error)
        assert (error.status, error.operation) == (status, name_of(module))
        assert not isinstance(error, UnreadableAnswerError), (status, body)


@every_form
def test_a_success_that_is_no_model_is_raised(endpoint: Endpoint, module: Any, form: str) -> None:
    """HTML, an absent key, or an object for a list: the answer cannot be read."""
    bodies = [*UNREADABLE, *OF_ANOTHER_KIND[module]]
    table = [(status, body) for status in (200, 201, 202) for body in bodies]

    found = outcomes(endpoint, module, form, [sending(*row) for row in table])

    for row, error in zip(table, found, strict=True):
        assert isinstance(error, UnreadableAnswerError), (row, error)
        assert error.status == row[0]


def test_the_errors_are_those_of_the_functions(endpoint: Endpoint) -> None:
    """The same class with the same words, and the absent key is named."""
    table = [(status, body) for status in REFUSALS for body in BODIES if status not in (404, 405)]
    scripted = [sending(status, BODIES[body]) for status, body in table]
    found = outcomes(endpoint, get_me, "sync", scripted)
    endpoint.script(*scripted)

    with Client(endpoint.url, token=endpoint.new_token(), **LIMITS) as client:
        for row, error in zip(table, found, strict=True):
            with pytest.raises(LookupServerError) as info:
                client.get_me()
            assert (type(error), str(error)) == (type(info.value), str(info.value)), row

    (error,) = outcomes(endpoint, get_me, "sync", [sending(200, '{"username": "me"}')])
    assert 'The response has no "is_admin" in get_me' in str(error)


def test_what_was_sent_is_not_shown(endpoint: Endpoint) -> None:
    """A proxy that echoes the token does not bring it into the error, nor a pickle of it."""
    (error,) = outcomes(endpoint, get_me, "sync", [faults.echoing])
    assert "Bearer …" in str(error)
    client = connect(endpoint.url, token=endpoint.new_token(), **LIMITS)
    with client:
        response = client.get_httpx_client().get("/me")

    for text in (str(error), repr(vars(error)), repr(pickle.dumps(error))):
        assert endpoint.is_secret_free(text)
    assert endpoint.is_secret_free(repr(pickle.dumps(response)))
    assert pickle.loads(pickle.dumps(response)).json() == samples.USER


def test_httpx_shows_every_response(endpoint: Endpoint) -> None:
    """For routes without a function: the client below raises for none itself."""
    endpoint.script(faults.html(503))
    with connect(endpoint.url, **endpoint.login, **LIMITS) as client:
        assert client.get_httpx_client().get("/me").status_code == 503


def test_a_redirect_is_an_answer_where_it_is_documented(endpoint: Endpoint) -> None:
    """The login of browsers answers with nothing else."""
    endpoint.script(sending(302, ""))
    with connect(endpoint.url, **LIMITS, disable_authentication=True) as client:
        response = auth_login.sync_detailed(client=client)
    assert (response.status_code, response.parsed) == (302, None)


def test_another_client_raises_for_a_status_too(endpoint: Endpoint) -> None:
    """The types of the generated package hold without ours."""
    endpoint.script(faults.html(503), sending(200, "{}"))
    with AuthenticatedClient(base_url=endpoint.url, token=endpoint.new_token()) as client:
        with pytest.raises(UnexpectedStatus, match="503"):
            get_me.sync(client=client)
        with pytest.raises(KeyError):
            get_me.sync(client=client)
