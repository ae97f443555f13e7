"""The client of the generated functions, and those that its ``with_…`` methods make of it."""

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from dtool_lookup_api.typed import AuthenticatedClient, User, connect, get_me

import faults
from faults import FaultServer, Lane, running_fault_server

LIMITS: dict[str, Any] = {"timeout": 3, "deadline": 8, "retries": 0}


@pytest.fixture(scope="module")
def server() -> Iterator[FaultServer]:
    with running_fault_server() as running:
        yield running


@pytest.fixture
def lane(server: FaultServer) -> Lane:
    return server.lane()


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
def test_a_changed_client_logs_in(lane: Lane, ask: Ask, change: str) -> None:
    """It sends what was added along with a token, and renews that as the other does."""
    client = CHANGES[change](connect(lane.url, **lane.login, **LIMITS))
    assert isinstance(ask(client), User)
    lane.expire_tokens()
    changed = client.with_headers({"X-Second": "yes"})

    assert isinstance(ask(changed), User)

    first, *_, last = lane.requests
    assert first.token in lane.tokens
    assert last.token == lane.tokens[-1] != first.token
    sent = {"headers": ("x-request-id", "17"), "cookies": ("cookie", "route=17")}.get(change)
    for request in (first, last):
        assert sent is None or sent in request.headers.items()
        assert request.headers["user-agent"].startswith("dtool-lookup-api/")
    assert last.headers["x-second"] == "yes"


@both
def test_a_changed_client_does_without_the_first_one(lane: Lane, ask: Ask) -> None:
    """The token is shared, the connections are not: closing one does not close the other."""
    client = connect(lane.url, **lane.login, **LIMITS)
    changed = client.with_headers({"X-Request-Id": "17"})

    assert isinstance(ask(client), User)
    assert isinstance(ask(changed), User)

    assert len(lane.token_requests) == 1
    assert ["x-request-id" in each.headers for each in lane.requests] == [False, True]


@both
def test_a_changed_timeout_is_kept(lane: Lane, ask: Ask) -> None:
    """What the client waits for is what it was given last."""
    lane.script(faults.hang)
    client = connect(lane.url, token=lane.new_token(), **LIMITS | {"timeout": 60, "deadline": 60})
    with pytest.raises(httpx.ReadTimeout):
        ask(client.with_timeout(httpx.Timeout(0.2)))


@both
def test_headers_of_the_user_take_the_place_of_ours(lane: Lane, ask: Ask) -> None:
    """A proxy may want its own signature where no token is sent; each header is sent once."""
    lane.script(always=faults.replying(200, faults.USER))
    token = lane.new_token()
    for login in ({"disable_authentication": True}, {"token": token}):
        client = connect(lane.url, **login, **LIMITS)
        ask(client.with_headers({"authorization": "Basic 17", "user-agent": "mine"}))

    sent = [each.headers["authorization"] for each in lane.requests]
    assert sent == ["Basic 17", f"Bearer {token}"]
    assert {each.headers["user-agent"] for each in lane.requests} == {"mine"}
