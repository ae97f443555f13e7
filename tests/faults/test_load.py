"""More calls at a time than connections: they wait their turn, are signed then, and arrive."""

import asyncio
import os
import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest

from dtool_lookup_api import AsyncClient, CallTimeoutError, Client, LookupServerError

import faults
import load
from faults import Endpoint, Exchange, Fault
from samples import USER

engines = pytest.mark.parametrize(
    "engine", ["blocking", "httpx", pytest.param("aiohttp", marks=pytest.mark.slow)]
)


class Counting:
    """Answers rightly, late, and knows how many requests it was answering at a time."""

    def __init__(self, seconds: float, fault_rate: float = 0.0) -> None:
        self.now = self.most = 0
        self._seconds = seconds
        self._fault_rate = fault_rate
        self._random = random.Random(7)

    async def __call__(self, exchange: Exchange) -> None:
        self.now += 1
        self.most = max(self.most, self.now)
        try:
            right = exchange.right  # a token is looked at when it comes
            await asyncio.sleep(self._seconds)
            fault = self._fault()
            await (exchange.send(right) if fault is None else fault(exchange))
        finally:
            self.now -= 1

    def _fault(self) -> Fault | None:
        if self._random.random() >= self._fault_rate:
            return None
        return self._random.choice([faults.reset_before, faults.truncated, faults.html(503)])


def call_at_once(endpoint: Endpoint, engine: str, count: int, **options: Any) -> list[Any]:
    """Make calls with one client, all at a time, and return what each returned or raised."""
    options = {"url": endpoint.url, **endpoint.login, **options}

    def call(client: Client) -> Any:
        with suppress(BrokenPipeError):
            try:
                return client.get_me()
            except LookupServerError as error:
                return error

    async def main() -> list[Any]:
        async with AsyncClient(engine=engine, **options) as client:
            calls = [client.get_me() for _ in range(count)]
            return await asyncio.gather(*calls, return_exceptions=True)

    if engine != "blocking":
        return asyncio.run(main())
    with Client(**options) as client, ThreadPoolExecutor(count) as pool:
        return list(pool.map(call, [client] * count))


@engines
def test_only_so_many_calls_are_under_way(endpoint: Endpoint, engine: str) -> None:
    """The limit is a setting, for each client."""
    endpoint.script(always=(counting := Counting(0.05)))
    assert call_at_once(endpoint, engine, 20, max_connections=4) == [USER] * 20
    assert counting.most == 4


@engines
def test_a_call_is_signed_when_it_is_sent(endpoint: Endpoint, engine: str) -> None:
    """A token that lives for less time than calls wait never arrives expired."""
    endpoint.lifetime = 2.0
    endpoint.script(always=Counting(0.6))
    assert call_at_once(endpoint, engine, 4, max_connections=1) == [USER] * 4
    assert len(endpoint.requests) == 4
    assert len(endpoint.token_requests) > 1


@engines
def test_who_waits_too_long_is_told(endpoint: Endpoint, engine: str) -> None:
    """With the deadline, and before anything is sent; the others are not disturbed."""
    endpoint.script(always=Counting(0.6))
    outcomes = call_at_once(endpoint, engine, 4, max_connections=1, deadline=1.1, retries=0)
    errors = [each for each in outcomes if each != USER]
    assert 0 < len(errors) < 4
    assert all(isinstance(error, CallTimeoutError) for error in errors)
    endpoint.script()
    assert call_at_once(endpoint, engine, 4, max_connections=1) == [USER] * 4


def test_calls_have_their_turn_in_order(endpoint: Endpoint) -> None:
    """Who came first is first, also where others finish in between."""
    endpoint.script(always=Counting(0.01))
    order = list[int]()

    async def main() -> None:
        async with AsyncClient(endpoint.url, **endpoint.login, max_connections=2) as client:

            async def call(number: int) -> None:
                await client.get_me()
                order.append(number)

            await asyncio.gather(*(call(number) for number in range(20)))

    asyncio.run(main())
    assert all(abs(place - number) <= 2 for place, number in enumerate(order))


def test_a_cancelled_call_gives_its_place_back(endpoint: Endpoint) -> None:
    """Waiting or under way."""
    endpoint.script(always=Counting(0.1))

    async def main() -> None:
        async with AsyncClient(endpoint.url, **endpoint.login, max_connections=1) as client:
            for wait in (0, 0.05, 0.15):
                tasks = [asyncio.ensure_future(client.get_me()) for _ in range(3)]
                await asyncio.sleep(wait)
                for task in tasks[:2]:
                    task.cancel()
                assert await asyncio.wait_for(tasks[2], 2) == USER
                await asyncio.wait(tasks)

    asyncio.run(main())


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_process_has_all_places(endpoint: Endpoint) -> None:
    """Calls that are under way in the parent take none of the child's."""
    endpoint.script(always=Counting(0.3))
    with Client(endpoint.url, token=endpoint.new_token(), max_connections=1) as client:
        thread = threading.Thread(target=client.get_me)
        thread.start()
        time.sleep(0.1)
        child = os.fork()
        if child == 0:
            code = 1
            with suppress(BaseException):
                code = int(client.get_me() != USER)
            os._exit(code)
        started = time.monotonic()
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert time.monotonic() - started < 3
        thread.join()


@engines
def test_under_faults_nothing_is_lost(endpoint: Endpoint, engine: str) -> None:
    """Short tokens, and five of a hundred answers broken; default settings but for the limit."""
    endpoint.lifetime = 2
    endpoint.script(always=Counting(0.002, 0.05))
    outcomes = call_at_once(endpoint, engine, 150, max_connections=16)
    assert [each for each in outcomes if each != USER] == []


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["httpx", "aiohttp"])
def test_calls_survive_a_server_that_is_killed_again_and_again(engine: str) -> None:
    """A tenth of the calls that `make soak` makes, with a server that is killed more often."""
    conditions = replace(load.FAULTS, kill_every=1.0, latency=0.12)
    run = load.measured(engine, load.async_client(engine), conditions, load.TASKS // 10)
    assert list(load.problems([run])) == []
    assert run.calls == 600
