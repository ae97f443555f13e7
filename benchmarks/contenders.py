"""What is compared, each as something that does calls and tells how long they took."""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import aiohttp
import httpx

import dtool_lookup_api
from dtool_lookup_api import AsyncClient, Client, asynchronous, typed
from dtool_lookup_rest.api.datasets import list_datasets_by_uuid, search_datasets
from dtool_lookup_rest.api.readmes import get_readme
from dtool_lookup_rest.models import SearchDataset

from canned import PASSWORD, URI, USERNAME, UUID
from measure import Block

ROOT = Path(__file__).resolve().parent.parent
PEER_PYTHON = ROOT / "tests/peer/.venv/bin/python"

CALLS: dict[str, dict[str, Any]] = {
    "get_datasets_by_uuid": {"uuid": UUID},
    "get_readme": {"uri": URI},
    "get_datasets": {"page_size": 100},
}
REQUESTS: dict[str, dict[str, Any]] = {
    "get_datasets_by_uuid": {
        "method": "GET",
        "url": f"/uuids/{UUID}",
        "params": {"page": 1, "page_size": 10, "sort": "uri"},
    },
    "get_readme": {
        "method": "GET",
        "url": f"/readmes/{URI.replace(':', '%3A').replace('/', '%2F')}",
    },
    "get_datasets": {
        "method": "POST",
        "url": "/uris",
        "params": {"page": 1, "page_size": 100, "sort": "uri"},
        "json": {},
    },
}
"""What bare httpx sends: the same requests as the SDK (see ``bench.same_requests``)."""


class Server(Protocol):
    """The canned server, or the real one."""

    @property
    def url(self) -> str:
        """URL of the dserver."""

    @property
    def token_url(self) -> str:
        """URL of the token generator, with its path."""

    @property
    def exports(self) -> dict[str, str]:
        """The settings that make it the configured server."""


def token_of(server: Server) -> str:
    """Return a token of the user."""
    login = {"username": USERNAME, "password": PASSWORD}
    token: str = httpx.post(server.token_url, json=login).raise_for_status().json()["token"]
    return token


@contextmanager
def configured(server: Server) -> Iterator[None]:
    """Configure a server for this process and for those that it starts.

    Here by the environment, with user name and password. In other processes, where the released
    package looks for a token nowhere else, by the dtool.json of a home of their own.
    """
    before = dict(os.environ)
    with tempfile.TemporaryDirectory(prefix="bench-") as home:
        file = Path(home, ".config/dtool/dtool.json")
        file.parent.mkdir(parents=True)
        file.write_text(json.dumps({"DSERVER_URL": server.url, "DSERVER_TOKEN": token_of(server)}))
        for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
            del os.environ[name]
        # Else each process would compile what was changed since it was last imported.
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.environ.update(server.exports, HOME=home, DSERVER_TOKEN="")
        try:
            yield
        finally:
            os.environ.clear()
            os.environ.update(before)


def other_environment() -> dict[str, str]:
    """Return the environment of another process: that of this one, with dtool.json alone."""
    return {name: text for name, text in os.environ.items() if not name.startswith("DSERVER_")}


# --- blocking --------------------------------------------------------------------------------


def repeating(do: Callable[[], Any], number: int) -> Block:
    """Return a block that does something a number of times."""

    def block() -> float:
        start = time.perf_counter()
        for _ in range(number):
            do()
        return (time.perf_counter() - start) / number

    return block


class Bare:
    """Bare httpx with a kept connection."""

    def __init__(self, server: Server) -> None:
        headers = {"Authorization": f"Bearer {token_of(server)}"}
        self.http = httpx.Client(base_url=server.url, headers=headers)

    def doing(self, call: str) -> Callable[[], Any]:
        """Return what does a call: the request, the check of the status, the JSON."""
        http, request = self.http, REQUESTS[call]
        return lambda: http.request(**request).raise_for_status().json()


class Owner:
    """Functions of this package's module, or methods of its client."""

    def __init__(self, owner: Any) -> None:
        self.owner = owner

    async def aclose(self) -> None:
        """Close the connections of a client; those of the functions end with the event loop."""
        if isinstance(self.owner, AsyncClient):
            await self.owner.aclose()

    def doing(self, call: str) -> Callable[[], Any]:
        """Return what does a call."""
        function, arguments = getattr(self.owner, call), CALLS[call]
        return lambda: function(**arguments)


class Generated:
    """The generated functions, which make models of the answers."""

    def __init__(self) -> None:
        self.client = typed.connect()

    def doing(self, call: str) -> Callable[[], Any]:
        """Return what does a call."""
        client, sort, number = self.client, "uri", uuid.UUID(UUID)
        match call:
            case "get_datasets_by_uuid":
                by_uuid = list_datasets_by_uuid.sync_detailed
                return lambda: (
                    by_uuid(client=client, uuid=number, page=1, page_size=10, sort=sort).parsed
                )
            case "get_readme":
                readme = get_readme.sync_detailed
                return lambda: readme(client=client, uri=URI).parsed
        search, body = search_datasets.sync_detailed, SearchDataset()
        return lambda: search(client=client, body=body, page=1, page_size=100, sort=sort).parsed


def functions() -> Owner:
    """Return the functions that block."""
    return Owner(dtool_lookup_api)


def client(server: Server) -> Owner:
    """Return a client with its settings given."""
    return Owner(
        Client(server.url, auth_url=server.token_url, username=USERNAME, password=PASSWORD)
    )


# --- awaited ---------------------------------------------------------------------------------


class BareAwaited:
    """Bare httpx.AsyncClient with kept connections."""

    async def aclose(self) -> None:
        """Close the connections."""
        await self.http.aclose()

    def __init__(self, server: Server) -> None:
        headers = {"Authorization": f"Bearer {token_of(server)}"}
        self.http = httpx.AsyncClient(base_url=server.url, headers=headers)

    def doing(self, call: str) -> Callable[[], Awaitable[Any]]:
        """Return what does a call: the request, the check of the status, the JSON."""
        http, request = self.http, REQUESTS[call]

        async def ask() -> Any:
            return (await http.request(**request)).raise_for_status().json()

        return ask


class BareAiohttp:
    """Bare aiohttp with kept connections: the limit of what Python's asyncio allows."""

    def __init__(self, server: Server) -> None:
        self.url = server.url
        headers = {"Authorization": f"Bearer {token_of(server)}"}
        connector = aiohttp.TCPConnector(limit=0)
        self.http = aiohttp.ClientSession(headers=headers, connector=connector)

    async def aclose(self) -> None:
        """Close the connections."""
        await self.http.close()

    def doing(self, call: str) -> Callable[[], Awaitable[Any]]:
        """Return what does a call: the request, the check of the status, the JSON."""
        http, request = self.http, {**REQUESTS[call], "url": self.url + REQUESTS[call]["url"]}

        async def ask() -> Any:
            async with http.request(**request, raise_for_status=True) as response:
                return await response.json()

        return ask


def functions_awaited() -> Owner:
    """Return the async functions."""
    return Owner(asynchronous)


def client_awaited(server: Server, engine: str = "httpx") -> Owner:
    """Return an async client, with its settings given."""
    login = {"auth_url": server.token_url, "username": USERNAME, "password": PASSWORD}
    return Owner(AsyncClient(server.url, engine=engine, **login))


async def turns(do: Callable[[], Awaitable[Any]], number: int, workers: int) -> None:
    """Do something many times in all, by a number of workers."""
    left = iter(range(number))

    async def work() -> None:
        for _ in left:
            await do()

    await asyncio.gather(*(work() for _ in range(workers)))


async def made_in_loop(side: Callable[[], Any]) -> Any:
    """Return what is made where the event loop runs, as aiohttp wants it."""
    return side()


def concurrently(side: Callable[[], Any], call: str, number: int, workers: int) -> Block:
    """Return a block in which a number of workers do a call, many times in all.

    Each time on new connections: how requests meet connections at the beginning stays for as long
    as these are kept, and makes a fifth of difference, also between bare httpx and bare httpx.

    Args:
        side: Makes what is called.
        call: Name of the function.
        number: How many calls to make.
        workers: How many of them at a time.
    """

    def block() -> float:
        with asyncio.Runner() as runner:
            made = runner.run(made_in_loop(side))
            do = made.doing(call)
            runner.run(turns(do, 4 * workers, workers))  # connects
            start = time.perf_counter()
            runner.run(turns(do, number, workers))
            seconds = time.perf_counter() - start
            runner.run(made.aclose())
        return seconds / number

    return block


# --- the released package --------------------------------------------------------------------


class Peer:
    """The released package, which times itself in a process and an environment of its own."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process

    def doing(self, how: str, call: str, number: int, workers: int = 1) -> Block:
        """Return a block that does a call a number of times.

        Args:
            how: ``"functions"``, ``"awaited"`` or ``"class"``.
            call: Name of the function.
            number: How many calls to make.
            workers: How many of them at a time, where they are awaited.
        """
        line = json.dumps([how, call, CALLS[call], number, workers])
        asking, answering = self.process.stdin, self.process.stdout
        assert asking is not None
        assert answering is not None

        def block() -> float:
            print(line, file=asking, flush=True)
            return float(answering.readline()) / number

        return block


@contextmanager
def running_peer() -> Iterator[Peer]:
    """Run the released package as long as the block lasts."""
    command = [str(PEER_PYTHON), "-I", str(ROOT / "benchmarks/peer.py")]
    with subprocess.Popen(
        command,
        env=other_environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()  # ready: what it asks at its start is not counted
        yield Peer(process)


# --- processes -------------------------------------------------------------------------------


# As where the package is installed without extras: next to click and rich, which the tests need,
# `import httpx` loads its own command, too (httpx/__init__.py), for all that import it.
WITHOUT_CLICK = "import sys; sys.modules['click'] = None\n"


def output_of(python: str | Path, code: str) -> str:
    """Return what code prints in a new process."""
    done = subprocess.run(
        [python, "-I", "-c", WITHOUT_CLICK + code],
        env=other_environment(),
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    return done.stdout


def importing(modules: str, python: str | Path = sys.executable) -> Block:
    """Return a block that imports modules in a new process, and tells how long that alone took."""
    code = (
        f"import time; start = time.perf_counter(); import {modules}; "
        "print(time.perf_counter() - start)"
    )
    return lambda: float(output_of(python, code))


def process(python: str | Path, code: str) -> Block:
    """Return a block that runs code in a new process, from its start to its end."""
    return repeating(lambda: output_of(python, code), 1)
