"""Threads, event loops, processes, configurations and servers don't get into each other's way."""

import asyncio
import contextlib
import copy
import gc
import itertools
import json
import multiprocessing
import os
import pickle
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest

from dtool_lookup_api import (
    AsyncClient,
    Client,
    ConfigurationError,
    LookupServerError,
    asynchronous,
    synchronous,
)
from dtool_lookup_api.core import auth, calls, config
from dtool_lookup_api.core.LookupClient import TokenBasedLookupClient
from dtool_lookup_api.core.options import ClientOptions

import faults
import samples
from devserver import PASSWORDS, URI, Dserver
from faults import Endpoint, Fault, FaultServer

pytestmark = pytest.mark.slow

PATIENT: dict[str, float] = {"timeout": 30, "deadline": 60}
PROC = Path("/proc/self/fd")

needs_proc = pytest.mark.skipif(not PROC.is_dir(), reason="counts descriptors in /proc")
blocking_and_async = pytest.mark.parametrize("mode", ["blocking", "async"])


def client_of(endpoint: Endpoint, **given: Any) -> Client:
    return Client(**{"url": endpoint.url, **endpoint.login, **PATIENT, **given})


def async_client_of(endpoint: Endpoint, **given: Any) -> AsyncClient:
    return AsyncClient(**{"url": endpoint.url, **endpoint.login, **PATIENT, **given})


def descriptors() -> int:
    gc.collect()
    return len(os.listdir(PROC))


def settles_at(expected: int) -> bool:
    """Return whether there are soon that many descriptors; both ends of a socket may count."""
    end = time.monotonic() + 20
    while descriptors() > expected and time.monotonic() < end:
        time.sleep(0.01)
    return descriptors() <= expected


def use(server: Dserver, monkeypatch: pytest.MonkeyPatch, username: str) -> None:
    """Let the environment name a user."""
    monkeypatch.setenv("DSERVER_URL", server.url)
    monkeypatch.setenv("DSERVER_TOKEN_GENERATOR_URL", server.token_url)
    monkeypatch.setenv("DSERVER_USERNAME", username)
    monkeypatch.setenv("DSERVER_PASSWORD", PASSWORDS[username])


def configure(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the environment name an endpoint."""
    monkeypatch.setenv("DSERVER_URL", endpoint.url)
    monkeypatch.setenv("DSERVER_TOKEN_GENERATOR_URL", endpoint.token_url)
    monkeypatch.setenv("DSERVER_USERNAME", faults.USERNAME)
    monkeypatch.setenv("DSERVER_PASSWORD", faults.PASSWORD)


def me(mode: str) -> str:
    """Return who the configured user is."""
    found = synchronous.get_me() if mode == "blocking" else asyncio.run(asynchronous.get_me())
    return found["username"]


# --- threads ------------------------------------------------------------------------------


def test_threads_share_a_client(configured: Dserver) -> None:
    """Any number of threads use one client, from its first call on, each with its own answers."""
    calls: list[Callable[[Client], Any]] = [
        lambda client: client.get_me()["username"],
        lambda client: client.get_dataset(URI)["uri"],
        lambda client: client.get_readme(URI)[:3],
        lambda client: len(client.get_versions()) > 1,
    ]
    with Client(**PATIENT) as client:
        expected = [call(client) for call in calls]
    barrier = threading.Barrier(32)
    with Client(**PATIENT) as client, ThreadPoolExecutor(32) as pool:

        def run(number: int) -> Any:
            barrier.wait(30)
            return [calls[(number + i) % len(calls)](client) for i in range(len(calls))]

        found = list(pool.map(run, range(32)))
    for number, answers in enumerate(found):
        assert answers == [expected[(number + i) % len(calls)] for i in range(len(calls))]


COLD_THREADS = """
import sys, threading, time
from dtool_lookup_api import Client, LookupServerError

class SlowDisk:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name.startswith("dtool_lookup_rest."):
            time.sleep(0.002)

sys.meta_path.insert(0, SlowDisk)
client = Client()
uri = "smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675"
calls = [
    client.get_me, lambda: client.get_datasets("test"), lambda: client.get_readme(uri),
    lambda: client.get_dataset(uri), lambda: client.get_base_uri("smb://test-share"),
    lambda: client.get_graph_by_uuid(uri[-36:]), client.get_config, lambda: client.get_tags(uri),
]
barrier, failed = threading.Barrier(32), []

def ask(number):
    barrier.wait()
    try:
        calls[number % len(calls)]()
    except LookupServerError:
        pass  # not everybody may do everything
    except Exception as error:
        failed.append(error)

threads = [threading.Thread(target=ask, args=(number,)) for number in range(32)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(failed)
"""


@pytest.mark.slow
def test_the_first_calls_of_threads_import_in_peace(configured: Dserver) -> None:
    """Threads that make the first calls of a program, each another one, don't fail to import."""
    ended = subprocess.run(
        [sys.executable, "-c", COLD_THREADS],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert ended.stdout.strip() == "[]", ended.stderr


def test_loops_share_a_client(configured: Dserver) -> None:
    """So do any number of event loops, one after the other and at the same time."""
    client = AsyncClient(**PATIENT)

    async def main() -> list[Any]:
        found = await asyncio.gather(client.get_me(), client.get_dataset(URI), client.get_me())
        return [found[0]["username"], found[1]["uri"], found[2]["username"]]

    def run(_: int) -> list[Any]:
        return [asyncio.run(main()) for _ in range(3)]

    with ThreadPoolExecutor(8) as pool:
        found = list(itertools.chain(*pool.map(run, range(8))))
    assert found == [["testuser", URI, "testuser"]] * 24


def test_a_cancelled_call_leaves_nothing_behind(endpoint: Endpoint) -> None:
    """The call after one that was cancelled doesn't get that one's answer."""

    async def main() -> None:
        async with async_client_of(endpoint) as client:
            await client.get_me()
            endpoint.script(faults.late(0.3))
            task = asyncio.create_task(client.get_readme(samples.DATASET["uri"]))
            while len(endpoint.requests) < 2:
                await asyncio.sleep(0.01)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert await client.get_me() == samples.USER
            await asyncio.sleep(0.4)
            assert await client.get_me() == samples.USER

    asyncio.run(main())


# --- loops --------------------------------------------------------------------------------

MANY_RUNS = """
import asyncio, os
from dtool_lookup_api import AsyncClient, asynchronous

async def main():
    own = AsyncClient()
    me, datasets, mine = await asyncio.gather(
        asynchronous.get_me(), asynchronous.get_datasets(), own.get_me()
    )
    assert me == mine and datasets
    return me["username"]

fds = lambda: len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc") else 0
asyncio.run(main())
before = fds()
print({asyncio.run(main()) for _ in range(30)}, fds() - before)
"""

NEVER_CLOSED = """
import asyncio
from dtool_lookup_api import AsyncClient, Client, asynchronous, synchronous

clients = [Client(), Client()]
for client in clients:
    client.get_me()
Client().get_me()
synchronous.get_me()
loop = asyncio.new_event_loop()
print(loop.run_until_complete(asynchronous.get_me())["username"])
loop.run_until_complete(AsyncClient().get_me())
"""

CLOSED_BY_HAND = """
import asyncio
from dtool_lookup_api import AsyncClient

client = AsyncClient()
async def main():
    async with client:
        return (await client.get_me())["username"]

found = set()
for _ in range(10):
    loop = asyncio.new_event_loop()
    found.add(loop.run_until_complete(main()))
    loop.close()
print(found)
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("program", "expected"),
    [
        (MANY_RUNS, "{'testuser'} 0"),
        (NEVER_CLOSED, "testuser"),
        (CLOSED_BY_HAND, "{'testuser'}"),
    ],
    ids=["asyncio.run thirty times", "never closed", "loops closed by hand"],
)
def test_nothing_to_warn_of(configured: Dserver, program: str, expected: str) -> None:
    """Python's development mode has nothing to say about a program that uses this package."""
    # What else this machine does must not count as slowness of the loop.
    patience = "import asyncio.base_events as b; i = b.BaseEventLoop.__init__\n"
    patience += "def init(self):\n i(self); self.slow_callback_duration = 5\n"
    patience += "b.BaseEventLoop.__init__ = init\n"
    ended = subprocess.run(
        [sys.executable, "-X", "dev", "-W", "error", "-c", patience + program],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert ended.stderr == ""
    assert ended.stdout.strip() == expected
    assert ended.returncode == 0


SLOW_DISK = """
import asyncio, sys, time
from dtool_lookup_api import AsyncClient, asynchronous

class SlowDisk:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name == "httpx":
            time.sleep(1.5)

sys.meta_path.insert(0, SlowDisk)

async def main():
    own = AsyncClient()
    calls = asyncio.gather(asynchronous.get_me(), asynchronous.get_versions(), own.get_me())
    longest, last = 0.0, time.monotonic()
    while not calls.done():
        await asyncio.sleep(0.01)
        now = time.monotonic()
        longest, last = max(longest, now - last), now
    await calls
    print(longest < 1)

asyncio.run(main())
"""


@pytest.mark.slow
def test_the_first_calls_do_not_hold_up_the_loop(configured: Dserver) -> None:
    """What the first calls import from a slow disk doesn't freeze a user interface."""
    ended = subprocess.run(
        [sys.executable, "-c", SLOW_DISK], capture_output=True, text=True, timeout=100, check=False
    )
    assert ended.stdout.strip() == "True", ended.stderr


@pytest.mark.slow
@needs_proc
def test_asyncio_run_leaves_nothing_open(configured: Dserver) -> None:
    """After asyncio.run neither its loop nor a descriptor is left."""
    loops: list[weakref.ref[asyncio.AbstractEventLoop]] = []
    client = AsyncClient(**PATIENT)

    async def main() -> None:
        loops.append(weakref.ref(asyncio.get_running_loop()))
        await asyncio.gather(asynchronous.get_me(), client.get_me())

    asyncio.run(main())
    before = descriptors()
    for _ in range(10):
        asyncio.run(main())
    assert settles_at(before)
    assert [loop() for loop in loops] == [None] * 11


@pytest.mark.slow
@needs_proc
def test_loops_closed_by_hand_do_not_pile_up(endpoint: Endpoint) -> None:
    """Even if a program closes its loops without ending what runs in them, clients go on."""
    client = async_client_of(endpoint)
    before = descriptors()
    for _ in range(10):
        loop = asyncio.new_event_loop()
        assert loop.run_until_complete(client.get_me()) == samples.USER
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()
    assert settles_at(before)


# --- processes ----------------------------------------------------------------------------

# Python warns of forking where there are threads, as there are in a program like this.
processes = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded")
methods = pytest.mark.parametrize(
    "method",
    [name for name in ("fork", "spawn") if name in multiprocessing.get_all_start_methods()],
)


def ask_as_child(client: Any, mode: str, answers: Connection) -> None:
    """Make calls in another process and send back what comes of it."""
    try:
        for _ in range(3):
            if mode == "blocking":
                answers.send((client.get_me()["username"], synchronous.get_me()["username"]))
            else:
                answers.send(asyncio.run(_ask_twice(client)))
    except BaseException as error:
        answers.send(repr(error))
        raise


async def _ask_twice(client: AsyncClient) -> tuple[str, str]:
    found = await asyncio.gather(client.get_me(), asynchronous.get_me())
    return found[0]["username"], found[1]["username"]


@contextlib.contextmanager
def children(method: str, client: Any, mode: str, count: int = 3) -> Iterator[list[Connection]]:
    """Run processes that make calls, and see that they end well."""
    context: Any = multiprocessing.get_context(method)
    ends = [context.Pipe() for _ in range(count)]
    running = [
        context.Process(target=ask_as_child, args=(client, mode, theirs)) for _, theirs in ends
    ]
    for process in running:
        process.start()
    try:
        yield [ours for ours, _ in ends]
        for process in running:
            process.join(60)
        assert [process.exitcode for process in running] == [0] * count
    finally:
        for process in running:
            process.kill()
            process.join(60)
            process.close()
        for ours, theirs in ends:
            ours.close()
            theirs.close()


def received(answers: list[Connection], times: int) -> list[Any]:
    found = []
    for each in answers:
        for _ in range(times):
            assert each.poll(60), "a process hangs"
            found.append(each.recv())
    return found


@pytest.mark.slow
@processes
@methods
def test_processes_use_a_used_client(configured: Dserver, method: str) -> None:
    """Other processes use a client that this one has used, at the same time, without a mix-up."""
    with Client(**PATIENT) as client:
        assert (client.get_me()["username"], me("blocking")) == ("testuser", "testuser")
        with children(method, client, "blocking") as answers:
            mine = [client.get_dataset(URI)["uri"] for _ in range(20)]
            theirs = received(answers, 3)
        assert mine == [URI] * 20
        assert theirs == [("testuser", "testuser")] * 9
        assert client.get_me()["username"] == "testuser"


@pytest.mark.slow
@processes
@methods
def test_processes_use_a_used_client_to_await(configured: Dserver, method: str) -> None:
    """The same with an async client, even if the other process is started inside a loop."""

    async def main() -> tuple[Any, Any]:
        async with AsyncClient(**PATIENT) as client:
            assert await _ask_twice(client) == ("testuser", "testuser")
            with children(method, client, "async") as answers:
                mine = [(await client.get_dataset(URI))["uri"] for _ in range(20)]
                theirs = await asyncio.to_thread(received, answers, 3)
            assert await _ask_twice(client) == ("testuser", "testuser")
            return mine, theirs

    mine, theirs = asyncio.run(main())
    assert mine == [URI] * 20
    assert theirs == [("testuser", "testuser")] * 9


@processes
@pytest.mark.skipif(not hasattr(os, "fork"), reason="has no fork")
@blocking_and_async
def test_a_process_forked_in_the_middle_of_a_login(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    """A process forked while a thread logs in doesn't wait for a thread that it doesn't have."""
    configure(endpoint, monkeypatch)
    endpoint.token_script(faults.late(1.0))
    client: Any = client_of(endpoint) if mode == "blocking" else async_client_of(endpoint)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(me, mode)
        while not endpoint.token_requests:
            time.sleep(0.01)
        with children("fork", client, mode, count=1) as answers:
            assert received(answers, 3) == [(faults.USERNAME, faults.USERNAME)] * 3
        assert first.result(60) == faults.USERNAME
    assert len(endpoint.token_requests) == 2
    if mode == "blocking":
        client.close()


FORKED = """
import asyncio, os, sys
from dtool_lookup_api import asynchronous, synchronous

loop = asyncio.new_event_loop()
loop.run_until_complete(asynchronous.get_me())
synchronous.get_me()
under_way = loop.create_task(asynchronous.get_me())
loop.run_until_complete(asyncio.sleep(0.5))
if not os.fork():
    sys.exit()
os.wait()
found = [loop.run_until_complete(under_way), synchronous.get_me()]
found.append(loop.run_until_complete(asynchronous.get_me()))
print([each["username"] for each in found])
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="has no fork")
def test_a_forked_process_that_ends_closes_nothing_of_its_parent(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a forked process does at its end doesn't break the calls of its parent."""
    configure(endpoint, monkeypatch)
    monkeypatch.setenv("DSERVER_TIMEOUT", "10")
    monkeypatch.setenv("DSERVER_RETRIES", "0")
    endpoint.script(faults.late(0), faults.late(0), faults.late(1.5))
    ended = subprocess.run(
        [sys.executable, "-c", FORKED], capture_output=True, text=True, timeout=100, check=False
    )
    assert ended.stdout.strip() == str([faults.USERNAME] * 3), ended.stderr


INHERITED = """
import os, stat
from dtool_lookup_api import synchronous

def sockets():
    found = []
    for name in os.listdir("/proc/self/fd"):
        try:
            found.append(stat.S_ISSOCK(os.stat(f"/proc/self/fd/{name}").st_mode))
        except OSError:
            pass  # the descriptor of the listing itself
    return sum(found)

before = sockets()
synchronous.get_me()
assert sockets() > before
child = os.fork()
if not child:
    print(sockets() - before, synchronous.get_me()["username"], flush=True)
    os._exit(0)
os.wait()
print(synchronous.get_me()["username"])
"""


@needs_proc
@pytest.mark.skipif(not hasattr(os, "fork"), reason="has no fork")
def test_a_forked_process_keeps_no_copy_of_a_free_connection(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A copy would hold the connection open after its parent has closed it."""
    configure(endpoint, monkeypatch)
    ended = subprocess.run(
        [sys.executable, "-W", "error", "-c", INHERITED],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert ended.stdout.splitlines() == [f"0 {faults.USERNAME}", faults.USERNAME], ended.stderr
    assert ended.stderr == ""


# --- configurations -----------------------------------------------------------------------


@blocking_and_async
def test_a_changed_environment_counts_at_once(
    dserver: Dserver, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    """When the environment names another user, the next call is that user's."""
    for username in ("admin", "testuser", "admin", "researcher"):
        use(dserver, monkeypatch, username)
        assert me(mode) == username


@blocking_and_async
def test_another_server_counts_at_once(
    fault_server: FaultServer, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    """When the environment names another server, the next call of a used client goes there."""
    endpoints = [fault_server.endpoint(), fault_server.endpoint()]

    async def main() -> None:
        async with AsyncClient(**PATIENT) as client:
            for number in range(6):
                configure(endpoints[number % 2], monkeypatch)
                assert await client.get_me() == samples.USER

    if mode == "async":
        asyncio.run(main())
    else:
        with Client(**PATIENT) as client:
            for number in range(6):
                configure(endpoints[number % 2], monkeypatch)
                assert client.get_me() == samples.USER
    assert [len(endpoint.requests) for endpoint in endpoints] == [3, 3]


@blocking_and_async
def test_a_changed_file_counts_at_once(
    dserver: Dserver, own_configuration: Path, mode: str
) -> None:
    """So it is with dtool.json."""
    for username in ("admin", "testuser", "admin"):
        values = {
            "DSERVER_URL": dserver.url,
            "DSERVER_TOKEN_GENERATOR_URL": dserver.token_url,
            "DSERVER_USERNAME": username,
            "DSERVER_PASSWORD": PASSWORDS[username],
        }
        own_configuration.write_text(json.dumps(values), encoding="utf-8")
        assert me(mode) == username


@blocking_and_async
def test_a_replaced_config_counts_at_once(
    dserver: Dserver, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    """So it is with the object that programs put in the place of Config."""
    for name in ("admin", "testuser", "admin"):

        class Own:
            lookup_url = dserver.url
            auth_url = dserver.token_url
            token = ""
            username = name
            password = PASSWORDS[name]
            verify_ssl = True

        monkeypatch.setattr(config, "Config", Own())
        assert me(mode) == name


@pytest.mark.slow
@needs_proc
@blocking_and_async
def test_a_hundred_changes_leave_nothing_open(
    dserver: Dserver, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    """A program that changes its configuration all the time keeps one connection."""
    users = ["admin", "testuser"]

    def change(number: int) -> str:
        use(dserver, monkeypatch, users[number % 2])
        monkeypatch.setenv("DSERVER_TIMEOUT", str(30 + number % 3))
        return users[number % 2]

    async def change_and_await() -> int:
        client = AsyncClient()
        for number in range(100):
            username = change(number)
            assert (await client.get_me())["username"] == username
        most = descriptors()
        await client.aclose()
        return most

    def change_and_wait() -> int:
        with Client() as client:
            for number in range(100):
                username = change(number)
                assert client.get_me()["username"] == username
            return descriptors()

    change(0)
    me(mode)
    before = descriptors()
    most = change_and_wait() if mode == "blocking" else asyncio.run(change_and_await())
    assert most <= before + 6  # a loop of its own has some
    assert settles_at(before)


def test_tasks_that_change_the_configuration(
    fault_server: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tasks that change the configuration while others are calling break no call."""
    endpoints = [fault_server.endpoint(), fault_server.endpoint()]

    async def main() -> list[Any]:
        client = AsyncClient(**PATIENT)

        async def call(number: int) -> Any:
            endpoint = endpoints[number % 2]
            configure(endpoint, monkeypatch)
            return await client.get_me()

        async with client:
            found = []
            for _ in range(10):
                found += await asyncio.gather(*(call(number) for number in range(6)))
            return found

    assert asyncio.run(main()) == [samples.USER] * 60
    assert [len(endpoint.requests) for endpoint in endpoints] == [30, 30]


@blocking_and_async
def test_two_servers_at_once(fault_server: FaultServer, mode: str) -> None:
    """Clients of two servers, each with its user, work side by side."""
    endpoints = [fault_server.endpoint(), fault_server.endpoint()]
    if mode == "blocking":
        with (
            client_of(endpoints[0]) as one,
            client_of(endpoints[1]) as two,
            ThreadPoolExecutor(8) as pool,
        ):
            calls = [pool.submit((one, two)[i % 2].get_me) for i in range(40)]
            found = [call.result(60) for call in calls]
    else:

        async def main() -> list[Any]:
            async with async_client_of(endpoints[0]) as one, async_client_of(endpoints[1]) as two:
                return await asyncio.gather(*((one, two)[i % 2].get_me() for i in range(40)))

        found = asyncio.run(main())
    assert found == [samples.USER] * 40
    for endpoint in endpoints:
        assert len(endpoint.requests) == 20
        assert len(endpoint.token_requests) == 1
        assert not any(endpoint.right(each).startswith(b"HTTP/1.1 4") for each in endpoint.requests)


def test_no_session_is_shared(endpoint: Endpoint) -> None:
    """A cookie that a server sets for one user isn't sent with the calls of another."""

    async def with_cookie(exchange: faults.Exchange) -> None:
        cookie = b"Set-Cookie: session=alice\r\nContent-Type"
        await exchange.send(exchange.right.replace(b"Content-Type", cookie, 1))

    endpoint.script(always=with_cookie)
    with client_of(endpoint) as client:
        client.get_me()
        client.get_me()
    faults.ask_async(endpoint, faults.GET_ME, faults.GET_ME)
    assert [each.headers.get("cookie") for each in endpoint.requests] == [None] * 4


# --- closing ------------------------------------------------------------------------------


@pytest.mark.slow
@needs_proc
def test_close_returns_what_a_client_had(configured: Dserver) -> None:
    """After close nothing of a client is open; it can be closed again, and used again."""
    client = Client(**PATIENT)
    client.close()
    with Client(**PATIENT) as first:
        first.get_me()
    before = descriptors()
    for _ in range(3):
        assert client.get_me()["username"] == "testuser"
        assert descriptors() > before
        client.close()
        client.close()
        assert settles_at(before)


@pytest.mark.slow
@needs_proc
def test_aclose_returns_what_a_client_had(configured: Dserver) -> None:
    """The same with an async client."""

    async def main() -> None:
        client = AsyncClient(**PATIENT)
        await client.aclose()
        async with AsyncClient(**PATIENT) as first:
            await first.get_me()
        before = descriptors()
        for _ in range(3):
            assert (await client.get_me())["username"] == "testuser"
            assert descriptors() > before
            await client.aclose()
            await client.aclose()
            assert settles_at(before)

    asyncio.run(main())


@needs_proc
@blocking_and_async
def test_closing_during_a_call(endpoint: Endpoint, mode: str) -> None:
    """A call that is under way when its client is closed ends as if nothing had happened."""
    before = descriptors()

    async def main() -> Any:
        client = async_client_of(endpoint)
        await client.get_me()
        endpoint.script(faults.late(0.3))
        task = asyncio.create_task(client.get_me())
        while len(endpoint.requests) < 2:
            await asyncio.sleep(0.01)
        await client.aclose()
        found = await task
        assert await client.get_me() == samples.USER
        await client.aclose()
        return found

    def wait() -> Any:
        client = client_of(endpoint)
        client.get_me()
        endpoint.script(faults.late(0.3))
        with ThreadPoolExecutor(1) as pool:
            call = pool.submit(client.get_me)
            while len(endpoint.requests) < 2:
                time.sleep(0.01)
            client.close()
            found = call.result(60)
        assert client.get_me() == samples.USER
        client.close()
        return found

    assert (wait() if mode == "blocking" else asyncio.run(main())) == samples.USER
    assert len(endpoint.requests) == 3
    assert settles_at(before)


@needs_proc
@blocking_and_async
@pytest.mark.parametrize(
    "fault",
    [
        faults.broken_gzip,
        faults.reset_in_body,
        faults.hang,
        *(
            pytest.param(fault, marks=pytest.mark.slow)
            for fault in (
                faults.broken_json,
                faults.truncated,
                faults.length_too_small,
                faults.redirect_elsewhere,
                faults.html(500),
                faults.html(429, Retry_After="3600"),
            )
        ),
    ],
)
def test_broken_answers_leave_nothing_open(endpoint: Endpoint, mode: str, fault: Fault) -> None:
    """A server that fails again and again doesn't use up a program's descriptors."""
    before = descriptors()
    given = {"retries": 0, "timeout": 0.1 if fault is faults.hang else 30}

    async def main() -> int:
        async with async_client_of(endpoint, **given) as client:
            return await _failing(client.get_me)

    async def _failing(call: Callable[[], Awaitable[Any]]) -> int:
        for _ in range(5):
            with pytest.raises(LookupServerError):
                await call()
        return descriptors()

    def wait() -> int:
        with client_of(endpoint, **given) as client:
            for _ in range(5):
                with pytest.raises(LookupServerError):
                    client.get_me()
            return descriptors()

    client = client_of(endpoint, timeout=30)
    client.get_me()
    client.close()
    endpoint.script(always=fault)
    most = wait() if mode == "blocking" else asyncio.run(main())
    assert most <= before + 8  # a loop of its own has some, and both ends of a socket count
    assert settles_at(before)


# --- the end of the program, and other loops -----------------------------------------------

AT_THE_END = {
    "blocking": """
import atexit
from dtool_lookup_api import get_me, get_many, get_versions, iter_datasets
atexit.register(lambda: print(get_me()["username"], len(list(iter_datasets())),
                              len(list(get_many(get_versions, [])))))
get_me()
""",
    "blocking, first": """
import atexit
from dtool_lookup_api import get_me
atexit.register(lambda: print(get_me()["username"]))
""",
    "async": """
import asyncio, atexit
from dtool_lookup_api import asynchronous
atexit.register(lambda: print(asyncio.run(asynchronous.get_me())["username"]))
asyncio.run(asynchronous.get_me())
""",
    "async, first": """
import asyncio, atexit
from dtool_lookup_api import asynchronous
atexit.register(lambda: print(asyncio.run(asynchronous.get_me())["username"]))
""",
}
BY_NAME = """
import asyncio, atexit
from dtool_lookup_api import LookupServerError, asynchronous
def last():
    try:
        asyncio.run(asynchronous.get_me())
    except LookupServerError as error:
        print(error)
atexit.register(last)
asyncio.run(asynchronous.get_me())
"""


def run_program(program: str, dserver: Dserver) -> str:
    """Return what a program prints; it must end well and say nothing else."""
    ended = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, **dserver.exports},
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    return ended.stdout


@pytest.mark.parametrize("name", AT_THE_END)
def test_a_last_call_at_the_end_of_the_program(configured: Dserver, name: str) -> None:
    """A handler of atexit may call, whether it was registered before the first call or after."""
    assert run_program(AT_THE_END[name], configured).startswith("testuser")


def test_what_asyncio_cannot_do_at_the_end_is_told(
    configured: Dserver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """asyncio looks up names of hosts in threads, of which there are none any more."""
    for name in ("DSERVER_URL", "DSERVER_TOKEN_GENERATOR_URL"):
        by_name = configured.exports[name].replace("127.0.0.1", "localhost")
        configured = replace(configured, exports={**configured.exports, name: by_name})
    assert run_program(BY_NAME, configured).startswith("The program is ending")


def test_another_loop_than_that_of_asyncio_is_told(configured: Dserver) -> None:
    """In trio, or driven by hand, a call says what it needs, and how to do without."""

    async def walk() -> list[Any]:
        return [dataset async for dataset in asynchronous.iter_datasets()]

    async def ask_many() -> list[Any]:
        return [each async for each in asynchronous.get_many(asynchronous.get_readme, [URI])]

    async def use_client() -> None:
        async with AsyncClient() as client:
            await client.get_me()

    for call in (asynchronous.get_me, walk, ask_many, use_client):
        with pytest.raises(ConfigurationError, match=r"asyncio\.run\(\).*trio\.to_thread"):
            call().send(None)


# --- pickling -----------------------------------------------------------------------------


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy])
def test_a_copy_of_a_client_is_of_the_same_user(
    dserver: Dserver, monkeypatch: pytest.MonkeyPatch, copied: Callable[[Any], Any]
) -> None:
    """A copy uses the client's options, not the configured user."""
    use(dserver, monkeypatch, "testuser")
    given: Any = dserver.given("admin")
    with Client(**given, **PATIENT) as client, copied(client) as other:
        assert client.get_me()["username"] == other.get_me()["username"] == "admin"
        client.close()
        assert other.get_me()["username"] == "admin"
    options = ClientOptions().changed(**given)
    token = calls.run_steps(lambda s: auth.new_token(s.settings, "login"), options)
    with copied(Client(dserver.url, token=token)) as other:
        assert other.get_me()["username"] == "admin"


@pytest.mark.parametrize(
    ("secret", "named"),
    [
        ({"token": "that of an administrator"}, "token"),
        ({"username": "researcher", "password": "secret"}, "password"),
        ({"username": "researcher", "api_key": "secret"}, "api_key"),
        ({"username": "admin", "password": "a", "api_key": "b"}, "password and api_key"),
    ],
)
def test_a_pickle_without_its_secret_logs_in_as_no_one(
    dserver: Dserver, monkeypatch: pytest.MonkeyPatch, secret: dict[str, str], named: str
) -> None:
    """A client without its secret reports that, and does not log in with another user's."""
    use(dserver, monkeypatch, "testuser")
    before = dserver.token_requests()
    client = pickle.loads(pickle.dumps(Client(dserver.url, **secret)))
    for each in client, pickle.loads(pickle.dumps(client)):
        with pytest.raises(ConfigurationError, match=f"left out its {named}, because"):
            each.get_me()
    assert dserver.token_requests() == before


def test_a_pickle_without_a_token_gets_none(
    dserver: Dserver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A client of 0.10 that was given no token takes none from the configuration later."""
    use(dserver, monkeypatch, "testuser")
    monkeypatch.setenv("DSERVER_TOKEN", "that of testuser")
    client = pickle.loads(pickle.dumps(TokenBasedLookupClient(dserver.url)))
    assert client.token is None


def test_a_used_client_can_be_pickled(dserver: Dserver, monkeypatch: pytest.MonkeyPatch) -> None:
    """A copy of a client that went through a pickle works with the configured credentials."""
    use(dserver, monkeypatch, "testuser")
    with Client(dserver.url, **PATIENT) as client:
        client.get_me()
        with pickle.loads(pickle.dumps(client)) as other:
            assert type(other) is Client
            assert other.get_me() == client.get_me()

    async def main() -> None:
        async with AsyncClient(dserver.url, **PATIENT) as client:
            await client.get_me()
            async with pickle.loads(pickle.dumps(client)) as other:
                assert type(other) is AsyncClient
                assert await other.get_me() == await client.get_me()

    asyncio.run(main())
