"""Many calls from many threads and tasks while tokens live two seconds: nothing fails or leaks.

Both forms belong to `make test-all`; `make soak` runs them and prints figures.
"""

import asyncio
import gc
import itertools
import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from dtool_lookup_api import AsyncClient, Client

from devserver import Dserver, running_dserver

pytestmark = [pytest.mark.slow, pytest.mark.alone]

LIFETIME = 2  # seconds that a token lives
THREADS = 8
TASKS = 64
PROC = Path("/proc/self")

sizes = pytest.mark.parametrize("calls", [600, 10_000], ids=["short", "long"])


class Question(NamedTuple):
    """A call, and what its answer must be."""

    function: str
    arguments: dict[str, Any]
    expected: Any


class Usage(NamedTuple):
    """What this process has: bytes of memory, and open file descriptors."""

    memory: int
    descriptors: int

    @classmethod
    def now(cls) -> "Usage":
        """Measure; it is always nothing where there is no /proc."""
        if not PROC.is_dir():
            return cls(0, 0)
        gc.collect()
        pages = int((PROC / "statm").read_text(encoding="ascii").split()[1])
        return cls(pages * os.sysconf("SC_PAGE_SIZE"), len(os.listdir(PROC / "fd")))


class Work:
    """Questions to be asked one after the other, by whichever thread or task is free."""

    def __init__(self, questions: list[Question], calls: int, seconds: float) -> None:
        self._questions = questions
        self._calls = calls
        self._numbers = itertools.count()
        self._end = time.monotonic() + seconds

    def __iter__(self) -> Iterator[Question]:
        """Go on until there were enough calls, and enough time has passed."""
        for number in self._numbers:
            if number >= self._calls and time.monotonic() >= self._end:
                return
            yield self._questions[number % len(self._questions)]


@pytest.fixture(scope="module")
def short_lived_dserver() -> Iterator[Dserver]:
    """Run a dserver whose tokens are short-lived."""
    with running_dserver("--token-lifetime", str(LIFETIME)) as server:
        yield server


@pytest.fixture(scope="module")
def questions(short_lived_dserver: Dserver) -> list[Question]:
    """Return what to ask; the answers differ, so that mistaking one for another is seen."""
    with Client(**short_lived_dserver.given("researcher")) as client:
        asked: list[tuple[str, dict[str, Any]]] = [("get_me", {})]
        asked += [("get_datasets", {"page_number": page, "page_size": 3}) for page in (1, 2, 3)]
        asked += [
            (function, {"uri": dataset["uri"]})
            for dataset in client.get_datasets()
            for function in ("get_dataset", "get_readme", "get_manifest", "get_annotations")
        ]
        return [
            Question(function, arguments, getattr(client, function)(**arguments))
            for function, arguments in asked
        ]


def ask_from_threads(client: Client, work: Work) -> int:
    """Ask from threads, and return how often."""

    def ask() -> int:
        asked = 0
        for question in work:
            assert getattr(client, question.function)(**question.arguments) == question.expected
            asked += 1
        return asked

    with client, ThreadPoolExecutor(THREADS) as pool:
        return sum(done.result() for done in [pool.submit(ask) for _ in range(THREADS)])


async def ask_from_tasks(client: AsyncClient, work: Work) -> int:
    """Ask from tasks, and return how often."""

    async def ask() -> int:
        asked = 0
        for question in work:
            call = getattr(client, question.function)(**question.arguments)
            assert await call == question.expected
            asked += 1
        return asked

    async with client, asyncio.TaskGroup() as group:
        tasks = [group.create_task(ask()) for _ in range(TASKS)]
    return sum(task.result() for task in tasks)


def soak(
    server: Dserver, questions: list[Question], calls: int, ask: Callable[[Work], int]
) -> None:
    """Ask in two halves of a lifetime or more, and look at what each of them leaves behind."""
    ask(Work(questions, THREADS, 0))  # what a process sets up once is not a leak
    before, tokens, began = Usage.now(), server.token_requests(), time.monotonic()
    asked = ask(Work(questions, calls // 2, 1.1 * LIFETIME))
    halfway = Usage.now()
    asked += ask(Work(questions, calls // 2, 1.1 * LIFETIME))
    after = Usage.now()
    seconds, tokens = time.monotonic() - began, server.token_requests() - tokens

    lifetimes = seconds / LIFETIME
    grown = after.memory - halfway.memory
    print(
        f"\n{asked} calls in {seconds:.1f} s; {tokens} token requests in {lifetimes:.1f} "
        f"lifetimes; file descriptors {before.descriptors}, {halfway.descriptors}, "
        f"{after.descriptors}; memory {halfway.memory / 2**20:.1f} MB at half, "
        f"{grown / 2**10:+.0f} kB after it"
    )
    assert asked >= calls
    assert lifetimes >= 2
    assert 1 <= tokens <= 3 * lifetimes + 1
    assert before.descriptors == halfway.descriptors == after.descriptors
    assert grown < 2 * 2**20


@sizes
def test_threads_share_a_client(
    short_lived_dserver: Dserver, questions: list[Question], calls: int
) -> None:
    """Each thread gets its own answers, however often the token that all share expires."""
    client = Client(**short_lived_dserver.given("researcher"))

    soak(short_lived_dserver, questions, calls, lambda work: ask_from_threads(client, work))


@sizes
def test_tasks_share_a_client(
    short_lived_dserver: Dserver, questions: list[Question], calls: int
) -> None:
    """So does each task, in one event loop after the other."""
    client = AsyncClient(**short_lived_dserver.given("researcher"))

    soak(
        short_lived_dserver,
        questions,
        calls,
        lambda work: asyncio.run(ask_from_tasks(client, work)),
    )
