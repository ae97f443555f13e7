"""Put a client under load while its server fails, and fail if too many calls are lost.

make soak                                     runs all, in about five minutes
.venv/bin/python benchmarks/load.py --quick   runs a tenth

In each run many calls are made at a time with default settings: 1,000 tasks with 6 calls each, or
64 threads that make 50,000. Without faults, bare httpx makes the same calls with the same limit.
"""

import argparse
import asyncio
import itertools
import math
import signal
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import httpx

from dtool_lookup_api import AsyncClient, Client, LookupServerError

import contenders
from canned import BASE_URI, Canned
from failing import Conditions, running_failing

TASKS, CALLS = 1000, 6
THREADS, THREAD_CALLS = 64, 50_000
CONNECTIONS = 32  # the default
DEADLINE = 120.0  # the default
MOST_LOST = 1 / 1000  # of the calls of tasks
MOST_LOST_BY_THREADS = 6 / 50_000
MOST_SECONDS = 1200  # for all runs

BARE, OF_THREADS = "bare httpx", "64 threads"
HEAD = "| Client | Server | Calls | Lost | Longest, s | All, s |\n|---|---|---|---|---|---|"
OTHERS = "the response to another call"

QUIET = Conditions()
FAULTS = Conditions(kill_every=2.0, lifetime=2.0, faults=0.05)


@dataclass
class Run:
    """The outcome of many calls."""

    name: str
    conditions: Conditions
    calls: int = 0
    longest: float = 0.0
    seconds: float = 0.0
    lost: Counter[str] = field(default_factory=Counter)

    def count(self, seconds: float, loss: str) -> None:
        """Count a call, and its loss unless that is empty."""
        self.calls += 1
        self.longest = max(self.longest, seconds)
        if loss:
            self.lost[loss] += 1

    @property
    def row(self) -> str:
        """The run as a row of a table."""
        conditions = (
            f"killed every {self.conditions.kill_every:g} s, tokens of "
            f"{self.conditions.lifetime:g} s, {self.conditions.faults:.0%} faults"
            if self.conditions != QUIET
            else "no faults"
        )
        lost = ", ".join(f"{number} {kind}" for kind, number in self.lost.items()) or "0"
        return (
            f"| {self.name} | {conditions} | {self.calls:,} | {lost} | {self.longest:.1f} | "
            f"{self.seconds:.1f} |"
        )


def reason(error: Exception) -> str:
    """Return the kind of an error, and what it says first."""
    return f"{type(error).__name__} ({str(error).partition('. ')[0][:90]})"


def uris(number: int) -> Iterator[str]:
    """Return different URIs."""
    return (f"{BASE_URI}/{each:08x}-8589-413e-9602-5bbd66bfe675" for each in range(number))


# --- clients -----------------------------------------------------------------------------------


async def tasks(run: Run, ask: Callable[[str], Awaitable[Any]], number: int) -> None:
    """Let tasks make calls, each of them one after the other."""

    async def work(each: list[str]) -> None:
        for uri in each:
            started = time.monotonic()
            try:
                loss = "" if await ask(uri) == uri else OTHERS
            except (LookupServerError, httpx.HTTPError) as error:
                loss = reason(error)
            run.count(time.monotonic() - started, loss)

    began, asked = time.monotonic(), uris(number * CALLS)
    async with asyncio.TaskGroup() as group:
        for _ in range(number):
            group.create_task(work([*itertools.islice(asked, CALLS)]))
    run.seconds = time.monotonic() - began


def bare(server: Canned, run: Run, number: int) -> None:
    """Let bare httpx make the calls, with the same limit."""

    async def main() -> None:
        limits = httpx.Limits(max_connections=CONNECTIONS)
        headers = {"Authorization": f"Bearer {contenders.token_of(server)}"}
        async with httpx.AsyncClient(limits=limits, timeout=DEADLINE, headers=headers) as http:

            async def ask(uri: str) -> Any:
                url = f"{server.url}/readmes/{uri.replace(':', '%3A').replace('/', '%2F')}"
                return (await http.get(url)).raise_for_status().json()["readme"]

            await tasks(run, ask, number)

    asyncio.run(main())


def async_client(engine: str) -> Callable[[Canned, Run, int], None]:
    """Return a function that lets tasks share an async client."""

    def side(server: Canned, run: Run, number: int) -> None:
        async def main() -> None:
            async with AsyncClient(**login(server), engine=engine) as client:
                await tasks(run, client.get_readme, number)

        asyncio.run(main())

    return side


def threads(server: Canned, run: Run, number: int) -> None:
    """Let threads share a blocking client."""
    began = time.monotonic()

    def work(uri: str) -> tuple[float, str]:
        started = time.monotonic()
        try:
            loss = "" if client.get_readme(uri) == uri else OTHERS
        except LookupServerError as error:
            loss = reason(error)
        return time.monotonic() - started, loss

    with Client(**login(server)) as client, ThreadPoolExecutor(THREADS) as pool:
        for seconds, loss in pool.map(work, uris(number)):
            run.count(seconds, loss)
    run.seconds = time.monotonic() - began


def login(server: Canned) -> dict[str, Any]:
    """Return what a client needs."""
    return {
        "url": server.url,
        "auth_url": server.token_url,
        "username": "testuser",
        "password": "test_password",
    }


def measured(
    name: str, side: Callable[[Canned, Run, int], None], conditions: Conditions, number: int
) -> Run:
    """Make the calls of one client against a server of its own, and print the outcome."""
    run = Run(name, conditions)
    with running_failing(conditions) as server:
        side(server, run, number)
    print(run.row, flush=True)
    return run


# --- requirements ------------------------------------------------------------------------------


def problems(runs: list[Run]) -> Iterator[str]:
    """Yield the requirements that are not met."""
    bare_seconds = max((run.seconds for run in runs if run.name == BARE), default=math.inf)
    for run in runs:
        if run.name == BARE:
            continue
        most = MOST_LOST_BY_THREADS if run.name == OF_THREADS else MOST_LOST
        if run.lost.total() > math.ceil(most * run.calls):
            yield f"{run.name}: {run.lost.total()} of {run.calls:,} calls were lost"
        if run.longest > DEADLINE:
            yield f"{run.name}: a call took {run.longest:.1f} s"
        if any("expired" in kind for kind in run.lost):
            yield f"{run.name}: calls were lost because their tokens had expired"
        if OTHERS in run.lost:
            yield f"{run.name}: calls returned the responses to others"
        if run.conditions == QUIET and run.seconds > bare_seconds:
            yield f"{run.name}: slower than bare httpx"


def main() -> None:
    """Run all, print the table, and exit with 1 if a requirement is not met."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="make a tenth of the calls")
    parser.add_argument("--only", default="", help="only the runs whose names hold this text")
    options = parser.parse_args()
    signal.alarm(MOST_SECONDS)  # ends this process, and its end that of the server
    part = 10 if options.quick else 1
    engines = [(name, async_client(name)) for name in ("httpx", "aiohttp")]
    plan = [
        (BARE, bare, QUIET, TASKS),
        *((name, side, QUIET, TASKS) for name, side in engines),
        *((name, side, FAULTS, TASKS) for name, side in engines),
        (OF_THREADS, threads, FAULTS, THREAD_CALLS),
    ]
    print(HEAD, flush=True)
    runs = [
        measured(name, side, conditions, number // part)
        for name, side, conditions, number in plan
        if options.only in name
    ]
    found = list(problems(runs))
    print(*found, sep="\n")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
