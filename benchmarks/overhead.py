"""Compare what a call takes: bare httpx, this package, and the released one that it replaces.

python benchmarks/overhead.py              after `make test`, which makes all environments
python benchmarks/overhead.py --rounds 10  quickly

All contenders ask the same real dserver in turn, in an order that changes, a few calls each time,
so that whatever else the machine does meets them all. Only the ratios mean something.
"""

import argparse
import asyncio
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import httpx

import dtool_lookup_api
from dtool_lookup_api import AsyncClient, Client, asynchronous

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))
from devserver import Dserver, running_dserver  # noqa: E402

PEER_PYTHON = ROOT / "tests/peer/.venv/bin/python"
RELEASED = "dtool-lookup-api 0.10.3"
USER = "testuser"
ARGUMENTS: dict[str, dict[str, Any]] = {"get_me": {}, "get_datasets": {"page_size": 10}}
ROUTES: dict[str, dict[str, Any]] = {
    "get_me": {"method": "GET", "url": "/me"},
    "get_datasets": {
        "method": "POST",
        "url": "/uris",
        "params": {"page": 1, "page_size": 10, "sort": "uri"},
        "json": {},
    },
}
BLOCKING, AWAITED = "httpx.Client", "httpx.AsyncClient"

Contender = Callable[[str, int], list[float]]
"""Does a call a number of times, and returns the seconds that each took."""


def main() -> None:
    """Measure and print the tables."""
    parser = argparse.ArgumentParser(description="Compare what a call takes.")
    parser.add_argument("--rounds", type=int, default=60, help="default: 60")
    parser.add_argument("--calls", type=int, default=5, help="calls in each round, default: 5")
    options = parser.parse_args()
    with running_dserver() as server, configured(server), ExitStack() as stack:
        contenders = {
            **blocking_contenders(server, stack),
            **awaited_contenders(server, stack),
            **released_contenders(server, stack),
        }
        for call in ARGUMENTS:
            print_calls(call, measured(contenders, call, options.rounds, options.calls))
    print_imports(import_times(max(3, options.rounds // 6)))


@contextmanager
def configured(server: Dserver) -> Iterator[None]:
    """Configure the user by the environment, and keep the developer's own settings out."""
    before = dict(os.environ)
    with tempfile.TemporaryDirectory(prefix="overhead-") as home:
        settings = {**server.exports, "HOME": home, "DSERVER_TOKEN": ""}
        os.environ.update(settings, NO_PROXY="*")
        try:
            yield
        finally:
            os.environ.clear()
            os.environ.update(before)


def token_of(server: Dserver) -> str:
    """Return a token of the user."""
    login = {key: server.given(USER)[key] for key in ("username", "password")}
    token: str = httpx.post(server.token_url, json=login).raise_for_status().json()["token"]
    return token


# --- the contenders ------------------------------------------------------------------------


def blocking_contenders(server: Dserver, stack: ExitStack) -> dict[str, Contender]:
    """Return what blocks in this process."""
    headers = {"Authorization": f"Bearer {token_of(server)}"}
    bare = stack.enter_context(httpx.Client(base_url=server.url, headers=headers))
    client = stack.enter_context(Client(**server.given(USER)))

    def ask(call: str) -> Any:
        return bare.request(**ROUTES[call]).raise_for_status().json()

    return {
        BLOCKING: lambda call, number: times_of(lambda: ask(call), number),
        "functions that block": timing(dtool_lookup_api),
        "Client": timing(client),
    }


def timing(owner: Any) -> Contender:
    """Return a contender that times functions of a module or methods of a client."""
    return lambda call, number: times_of(lambda: getattr(owner, call)(**ARGUMENTS[call]), number)


def times_of(do: Callable[[], Any], number: int) -> list[float]:
    """Return how many seconds each of a number of calls took."""
    times = []
    for _ in range(number):
        start = time.perf_counter()
        do()
        times.append(time.perf_counter() - start)
    return times


def awaited_contenders(server: Dserver, stack: ExitStack) -> dict[str, Contender]:
    """Return what is awaited in this process, in one event loop."""
    headers = {"Authorization": f"Bearer {token_of(server)}"}
    runner = stack.enter_context(asyncio.Runner())
    bare = httpx.AsyncClient(base_url=server.url, headers=headers)
    client = AsyncClient(**server.given(USER))
    stack.callback(lambda: runner.run(bare.aclose()))
    stack.callback(lambda: runner.run(client.aclose()))

    async def ask(call: str) -> Any:
        return (await bare.request(**ROUTES[call])).raise_for_status().json()

    def awaiting(do: Callable[[str], Awaitable[Any]]) -> Contender:
        return lambda call, number: runner.run(times_awaited(do, call, number))

    return {
        AWAITED: awaiting(ask),
        "functions to await": awaiting(lambda c: getattr(asynchronous, c)(**ARGUMENTS[c])),
        "AsyncClient": awaiting(lambda c: getattr(client, c)(**ARGUMENTS[c])),
    }


async def times_awaited(do: Callable[[str], Awaitable[Any]], call: str, number: int) -> list[float]:
    """Return how many seconds each of a number of awaited calls took."""
    times = []
    for _ in range(number):
        start = time.perf_counter()
        await do(call)
        times.append(time.perf_counter() - start)
    return times


def released_contenders(server: Dserver, stack: ExitStack) -> dict[str, Contender]:
    """Return the released package, which times itself in a process of its own."""
    give_it_a_token(token_of(server))
    process = stack.enter_context(
        subprocess.Popen(
            [PEER_PYTHON, "-I", ROOT / "benchmarks/peer.py"],
            env={name: os.environ[name] for name in os.environ if name != "DSERVER_TOKEN"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
    )

    def asking(contender: str) -> Contender:
        return lambda call, number: asked(process, f"{contender} {call} {number}")

    return {
        f"{RELEASED}: functions that block": asking("functions"),
        f"{RELEASED}: functions to await": asking("awaited"),
        f"{RELEASED}: class kept open": asking("class"),
    }


def give_it_a_token(token: str) -> None:
    """Configure a token in dtool.json, the only place where the released package looks."""
    path = Path(os.environ["HOME"], ".config/dtool/dtool.json")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"DSERVER_TOKEN": token}))


def asked(process: "subprocess.Popen[str]", line: str) -> list[float]:
    """Send a line to the process and return the times that it answers."""
    assert process.stdin is not None
    assert process.stdout is not None
    print(line, file=process.stdin, flush=True)
    times: list[float] = json.loads(process.stdout.readline())
    return times


# --- measuring -----------------------------------------------------------------------------


def measured(
    contenders: dict[str, Contender], call: str, rounds: int, calls: int
) -> dict[str, float]:
    """Return the median seconds of each contender, all asked in every round."""
    times: dict[str, list[float]] = {name: [] for name in contenders}
    for contender in contenders.values():
        contender(call, 2)  # connects, logs in, imports
    order = list(contenders.items())
    for _ in range(rounds):
        random.shuffle(order)  # who comes after whom makes a difference
        for name, contender in order:
            times[name] += contender(call, calls + 1)[1:]  # the first one warms up
    return {name: median(found) for name, found in times.items()}


def import_times(rounds: int) -> dict[str, float]:
    """Return the median seconds of importing, each time in a new process."""
    imported = {
        "httpx": (sys.executable, "httpx"),
        "dtool_lookup_api": (sys.executable, "dtool_lookup_api"),
        RELEASED: (str(PEER_PYTHON), "dtool_lookup_api"),
    }
    times: dict[str, list[float]] = {name: [] for name in imported}
    for _ in range(rounds):
        for name, (python, module) in imported.items():
            times[name].append(import_time(python, module))
    return {name: median(found) for name, found in times.items()}


def import_time(python: str, module: str) -> float:
    """Return how many seconds importing a module takes, without the interpreter's start."""
    code = (
        f"import time; start = time.perf_counter(); import {module}; "
        "print(time.perf_counter() - start)"
    )
    done = subprocess.run([python, "-I", "-c", code], capture_output=True, text=True, check=True)
    return float(done.stdout)


# --- printing ------------------------------------------------------------------------------


def print_calls(call: str, times: dict[str, float]) -> None:
    """Print what a call takes compared to bare httpx of the same kind."""
    print(f"\n{call}({', '.join(f'{k}={v}' for k, v in ARGUMENTS[call].items())})")
    for name, seconds in times.items():
        awaited = name == AWAITED or "await" in name or name.endswith(("AsyncClient", "kept open"))
        print_line(name, seconds, times[AWAITED if awaited else BLOCKING])


def print_imports(times: dict[str, float]) -> None:
    """Print what importing takes compared to httpx."""
    print("\nimport")
    for name, seconds in times.items():
        print_line(name, seconds, times["httpx"])


def print_line(name: str, seconds: float, reference: float) -> None:
    """Print one line of a table."""
    print(f"  {name:<46}{seconds * 1000:8.2f} ms {seconds / reference:8.2f} x")


if __name__ == "__main__":
    main()
