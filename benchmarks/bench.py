"""Measure what this package costs, compared with bare httpx and with the released package.

make bench                                           measures all, and writes table and plot
.venv/bin/python benchmarks/bench.py --quick         measures all once, and writes nothing
.venv/bin/python benchmarks/bench.py --only calls    measures a part, and writes nothing

Only ratios mean something on another machine, and only those of pairs on a busy one.
"""

import argparse
import asyncio
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import httpx

import dtool_lookup_api
from dtool_lookup_api import asynchronous, typed

import contenders
import report
from canned import Canned, running_canned
from contenders import CALLS, PEER_PYTHON, ROOT, Bare, BareAwaited, Generated
from measure import Figure, Limit, difference, ratio, single

sys.path.insert(0, str(ROOT / "tests" / "support"))
from devserver import running_dserver

CALL = "get_datasets_by_uuid"
LATENCY = 0.02  # seconds
AT_ONCE, WORKERS = 500, 16
LISTED, MANY = 10_000, 1_000_000
PAGE_SIZE = 100
CONTROL = f"bare httpx {report.CONTROL}"
PER_CALL = Limit("at most", 0.85)
BESIDE_CLASS = Limit(
    "at most", 1.5
)  # compared with the class of 0.10 kept open, which uses aiohttp
QUESTIONS, TOGETHER = 1_000, 8  # of get_many
QUERIED = {
    302: None,
    1_000: None,
    1_202: None,
    2_402: None,
    LISTED: Limit("at least", 10.0),
    20_000: None,
}

# Groups and lines that the plot shows too.
ONE_BY_ONE = "get_datasets_by_uuid(…)"
WALKS = f"A walk over {LISTED:,} datasets, server answers after {LATENCY * 1000:.0f} ms"
WALK_NAME = "iter_datasets, times as fast as a loop over pages"
WALK_AWAITED_NAME = "async iter_datasets, times as fast as a loop over pages"
PROCESS = "A whole process that makes one call, get_me()"
BESIDE_BARE = "this package, compared with bare httpx"
BESIDE_PEER = f"this package, compared with {report.PEER}"
PEER_NAMES = {
    "functions": f"{report.PEER}: functions",
    "awaited": f"{report.PEER}: async functions",
    "class": f"{report.PEER}: class kept open",
}


@dataclass(frozen=True)
class Sizes:
    """How much is measured."""

    pairs: int = 30
    long_pairs: int = 30  # of what takes a second or more
    calls: int = 30  # in a block
    datasets: int = MANY


QUICK = Sizes(pairs=4, long_pairs=2, calls=20, datasets=100_000)


# --- calls -----------------------------------------------------------------------------------


def calls(sizes: Sizes) -> Iterator[Figure]:
    """Compare single calls with bare httpx, against a server that answers at once."""
    with running_canned() as server, contenders.configured(server):
        bare, sides = Bare(server), blocking_sides(server)
        same_requests(server, {"bare httpx": bare, **sides})
        for call in CALLS:
            reference = contenders.repeating(bare.doing(call), sizes.calls)
            for name, side in sides.items():
                judged = contenders.repeating(side.doing(call), sizes.calls)
                limit = PER_CALL if name in ("functions", "Client") and is_small(call) else None
                yield ratio(shown(call), name, reference, judged, sizes.pairs, limit)


def is_small(call: str) -> bool:
    """Return whether a call has a small answer, where parsing and checking it takes no time."""
    return "page_size" not in CALLS[call]


def blocking_sides(server: contenders.Server) -> dict[str, Any]:
    """Return what blocks and is compared with bare httpx."""
    return {
        CONTROL: Bare(server),
        "generated client": Generated(),
        "functions": contenders.functions(),
        "Client": contenders.client(server),
    }


def same_requests(server: Canned, sides: dict[str, Any]) -> None:
    """Make sure that all sides send the same requests."""
    for call in CALLS:
        sent = {}
        for name, side in sides.items():
            side.doing(call)()
            sent[name] = server.counts().last
        if len(set(sent.values())) > 1:
            raise RuntimeError(f"{call} is not compared fairly: {sent}")


def awaited(sizes: Sizes) -> Iterator[Figure]:
    """Compare calls that are awaited one at a time with bare httpx.AsyncClient."""
    group = f"{shown(CALL)}, awaited one at a time"
    limits = {"httpx": PER_CALL, "aiohttp": Limit("at most", 0.55)}
    yield from engines(group, sizes, sizes.calls, 1, limits)


def concurrent(sizes: Sizes) -> Iterator[Figure]:
    """Compare many calls at a time with bare httpx.AsyncClient."""
    group = f"{AT_ONCE} calls of {shown(CALL)}, {WORKERS} at a time"
    limits = {"httpx": Limit("at most", 0.5), "aiohttp": Limit("at most", 0.15)}
    yield from engines(group, sizes, AT_ONCE, WORKERS, limits)


def engines(
    group: str, sizes: Sizes, number: int, workers: int, limits: dict[str, Limit]
) -> Iterator[Figure]:
    """Compare both engines with bare httpx.AsyncClient, and with the class of 0.10."""
    with (
        running_canned() as server,
        contenders.configured(server),
        contenders.running_peer() as process,
    ):

        def block(side: Callable[[], Any]) -> Callable[[], float]:
            return contenders.concurrently(side, CALL, number, workers)

        bare = block(lambda: BareAwaited(server))
        both = {name: block(partial(contenders.client_awaited, server, name)) for name in limits}
        sides = {
            f"bare httpx.AsyncClient {report.CONTROL}": (bare, None),
            "async functions": (block(contenders.functions_awaited), limits["httpx"]),
            "AsyncClient": (both["httpx"], limits["httpx"]),
            "AsyncClient, engine aiohttp": (both["aiohttp"], limits["aiohttp"]),
            "bare aiohttp": (block(lambda: contenders.BareAiohttp(server)), None),
        }
        for name, (judged, limit) in sides.items():
            yield ratio(group, name, bare, judged, sizes.long_pairs, limit)
        kept = process.doing("class", CALL, number, workers)
        for name, judged in both.items():
            limit = BESIDE_CLASS if name == "aiohttp" else None
            title = f"AsyncClient, engine {name}, compared with {PEER_NAMES['class']}"
            yield ratio(group, title, kept, judged, sizes.long_pairs, limit)


def many(sizes: Sizes) -> Iterator[Figure]:
    """Compare get_many with bare httpx that asks one after the other, or in as many tasks."""
    group = f"get_many(get_readme, …), {QUESTIONS:,} READMEs, {TOGETHER} at a time"
    uris = [f"s3://test-bucket/{number}" for number in range(QUESTIONS)]
    with (
        running_canned() as server,
        contenders.configured(server),
        asyncio.Runner() as runner,
    ):

        def threads() -> None:
            found = dtool_lookup_api.get_many(
                dtool_lookup_api.get_readme, uris, concurrency=TOGETHER
            )
            check_outcomes(list(found))

        async def tasks() -> None:
            found = asynchronous.get_many(asynchronous.get_readme, uris, concurrency=TOGETHER)
            check_outcomes([outcome async for outcome in found])

        alone = contenders.repeating(Bare(server).doing("get_readme"), QUESTIONS)
        bare = contenders.concurrently(
            lambda: BareAwaited(server), "get_readme", QUESTIONS, TOGETHER
        )
        sides = {
            "in threads, compared with bare httpx.Client, one at a time": (alone, threads),
            "awaited, compared with bare httpx.AsyncClient": (bare, lambda: runner.run(tasks())),
        }
        for name, (reference, do) in sides.items():
            yield ratio(group, name, reference, per_question(do), sizes.long_pairs)


def per_question(do: Callable[[], None]) -> Callable[[], float]:
    """Return a block that takes as long for each question."""
    block = contenders.repeating(do, 1)
    return lambda: block() / QUESTIONS


def check_outcomes(outcomes: list[Any]) -> None:
    """Make sure that all READMEs have come."""
    if len(outcomes) != QUESTIONS or any(outcome.error for outcome in outcomes):
        raise RuntimeError("get_many has not returned all READMEs")


def latency(sizes: Sizes) -> Iterator[Figure]:
    """Compare single calls with bare httpx, against a server that takes its time."""
    group = f"{shown(CALL)}, server answers after {LATENCY * 1000:.0f} ms"
    with running_canned(latency=LATENCY) as server, contenders.configured(server):
        yield from few_calls(group, server, sizes, number=3)


def dserver(sizes: Sizes) -> Iterator[Figure]:
    """Compare single calls with bare httpx, against the real dserver."""
    with running_dserver() as server, contenders.configured(server):
        yield from few_calls(f"{shown(CALL)}, real dserver", server, sizes, number=10)


def few_calls(group: str, server: contenders.Server, sizes: Sizes, number: int) -> Iterator[Figure]:
    """Compare a few calls of all that blocks with bare httpx."""
    reference = contenders.repeating(Bare(server).doing(CALL), number)
    for name, side in blocking_sides(server).items():
        judged = contenders.repeating(side.doing(CALL), number)
        yield ratio(group, name, reference, judged, sizes.pairs)
    with contenders.running_peer() as peer:
        yield ratio_of_peer(group, peer, "functions", server, sizes)


def peer(sizes: Sizes) -> Iterator[Figure]:
    """Compare calls of the released package with bare httpx."""
    with (
        running_canned() as server,
        contenders.configured(server),
        contenders.running_peer() as process,
    ):
        for how in PEER_NAMES:
            yield ratio_of_peer(ONE_BY_ONE, process, how, server, sizes)


def ratio_of_peer(
    group: str, process: contenders.Peer, how: str, server: contenders.Server, sizes: Sizes
) -> Figure:
    """Compare one way to call the released package with bare httpx that blocks."""
    number = sizes.calls if how == "class" else 3  # the others connect anew for each call
    reference = contenders.repeating(Bare(server).doing(CALL), number)
    judged = process.doing(how, CALL, number)
    return ratio(group, PEER_NAMES[how], reference, judged, sizes.pairs)


# --- walks -----------------------------------------------------------------------------------


def walks(sizes: Sizes) -> Iterator[Figure]:
    """Compare walking over all datasets with asking for one page after the other."""
    limit = Limit("at least", 3.0)
    with (
        running_canned(LISTED, LATENCY) as server,
        contenders.configured(server),
        asyncio.Runner() as runner,
    ):
        sides = {
            WALK_NAME: (loop, walk),
            WALK_AWAITED_NAME: (
                lambda: runner.run(loop_awaited()),
                lambda: runner.run(walk_awaited()),
            ),
        }
        for name, (pages, walked) in sides.items():
            reference, judged = walking(pages), walking(walked)
            yield ratio(WALKS, name, reference, judged, sizes.long_pairs, limit, speed=True)


def walking(walk: Callable[[], int]) -> Callable[[], float]:
    """Return a block that walks, and makes sure that it found all."""

    def block() -> float:
        start = time.perf_counter()
        found = walk()
        seconds = time.perf_counter() - start
        if found != LISTED:
            raise RuntimeError(f"the walk found {found} of {LISTED} datasets")
        return seconds

    return block


def loop() -> int:
    """Ask for page after page."""
    pages = range(1, LISTED // PAGE_SIZE + 1)
    get_datasets = dtool_lookup_api.get_datasets
    return sum(len(get_datasets(page_number=n, page_size=PAGE_SIZE)) for n in pages)


def walk() -> int:
    """Walk with the iterator."""
    return sum(1 for _ in dtool_lookup_api.iter_datasets())


async def loop_awaited() -> int:
    """Ask for page after page, and await each."""
    found = 0
    for number in range(1, LISTED // PAGE_SIZE + 1):
        found += len(await asynchronous.get_datasets(page_number=number, page_size=PAGE_SIZE))
    return found


async def walk_awaited() -> int:
    """Walk with the asynchronous iterator."""
    found = 0
    async for _ in asynchronous.iter_datasets():
        found += 1
    return found


def models(sizes: Sizes) -> Iterator[Figure]:
    """Measure what models cost: 10 µs a dataset are a millisecond a page."""
    with running_canned() as server, contenders.configured(server):
        read, read_typed = (
            contenders.repeating(partial(module.get_datasets, page_size=PAGE_SIZE), sizes.calls)
            for module in (dtool_lookup_api, typed)
        )
        name = f"typed.get_datasets, more than get_datasets, for {PAGE_SIZE} datasets"
        limit = Limit("at most", 1.0)
        yield difference("Models", name, read, read_typed, sizes.pairs, limit)


# --- direct queries --------------------------------------------------------------------------


def queries(_: Sizes) -> Iterator[Figure]:
    """Compare a walk over a direct query with asking for one page after the other."""
    group = "A walk over a direct query, real dserver"
    cost: dict[int, float] = {}
    for hits, limit in QUERIED.items():
        # The documented example and its copy are hits, too.
        with running_dserver("--datasets", str(hits - 2)) as server, contenders.configured(server):
            dtool_lookup_api.get_me()  # connects and logs in
            walked = timed(lambda: dtool_lookup_api.iter_datasets_by_mongo_query({}), hits)
            cost[hits] = walked / hits
            if hits <= LISTED:
                pages = timed(partial(queried_pages, hits), hits)
                name = f"{hits:,} hits, times as fast as a loop over pages"
                yield single(group, name, "x", pages / walked, limit)
    most, few = max(cost), 1_000
    name = f"seconds for each of {most:,} hits, compared with each of {few:,}"
    yield single(group, name, "x", cost[most] / cost[few], Limit("at most", 3.0))


def queried_pages(hits: int) -> Iterator[Any]:
    """Ask for page after page."""
    for number in range(1, -(-hits // PAGE_SIZE) + 1):
        yield from dtool_lookup_api.get_datasets_by_mongo_query(
            {}, page_number=number, page_size=PAGE_SIZE
        )


def timed(walk: Callable[[], Iterator[Any]], hits: int) -> float:
    """Return how many seconds a walk takes, after making sure that it finds all."""
    start = time.perf_counter()
    found = len({dataset["uri"] for dataset in walk()})
    seconds = time.perf_counter() - start
    if found != hits:
        raise RuntimeError(f"the walk found {found} of {hits} datasets")
    return seconds


# --- processes -------------------------------------------------------------------------------


def start(sizes: Sizes) -> Iterator[Figure]:
    """Compare imports, and whole processes that make one call."""
    group, limit = "Import, in a new process", Limit("at most", 20.0)
    httpx_alone = contenders.importing("httpx")
    sides = {
        f"httpx {report.CONTROL}": (httpx_alone, None),
        "dtool_lookup_api alone, less httpx alone": (
            contenders.importing("dtool_lookup_api"),
            limit,
        ),
        "both, less httpx alone": (contenders.importing("httpx, dtool_lookup_api"), limit),
        f"{report.PEER}, less httpx alone": (
            contenders.importing("dtool_lookup_api", PEER_PYTHON),
            None,
        ),
    }
    for name, (judged, goal) in sides.items():
        yield difference(group, name, httpx_alone, judged, sizes.pairs, goal)

    with running_canned() as server, contenders.configured(server):
        token = contenders.token_of(server)
        bare = contenders.process(sys.executable, bare_process(server.url, token))
        ours = contenders.process(sys.executable, ONE_CALL)
        released = contenders.process(PEER_PYTHON, ONE_CALL)
        limit = Limit("at most", 0.6)
        yield ratio(PROCESS, CONTROL, bare, bare, sizes.pairs)
        yield ratio(PROCESS, BESIDE_BARE, bare, ours, sizes.pairs)
        yield ratio(PROCESS, BESIDE_PEER, released, ours, sizes.pairs, limit)


ONE_CALL = "from dtool_lookup_api.synchronous import get_me; get_me()['username']"


def bare_process(url: str, token: str) -> str:
    """Return code that makes the same call with bare httpx."""
    return (
        "import httpx\n"
        f"with httpx.Client(headers={{'Authorization': 'Bearer {token}'}}) as client:\n"
        f"    client.get('{url}/me').raise_for_status().json()['username']\n"
    )


# On Linux ru_maxrss begins with the peak of the process that started this one.
PEAK = """
import resource, sys
if sys.platform == "linux":
    status = open("/proc/self/status").read()
    print(int(status.partition("VmHWM:")[2].split()[0]) / 1024)
else:
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20)
"""
WALK = "import dtool_lookup_api\nfound = sum(1 for _ in dtool_lookup_api.iter_datasets())\n"
WALK_AWAITED = """
import asyncio
from dtool_lookup_api.asynchronous import iter_datasets

async def walk():
    found = 0
    async for _ in iter_datasets():
        found += 1
    return found

found = asyncio.run(walk())
"""


def memory(sizes: Sizes) -> Iterator[Figure]:
    """Compare the peak memory of a long walk with that of a short one, and of one call."""
    group = "Peak memory of a whole process"
    for name, python in {report.OURS: sys.executable, report.PEER: str(PEER_PYTHON)}.items():
        yield single(group, f"{name}, one call", "MiB", peak(ONE_CALL, LISTED, python))
    for name, code in {"iter_datasets": WALK, "async iter_datasets": WALK_AWAITED}.items():
        short = peak(code + check(LISTED), LISTED)
        long = peak(code + check(sizes.datasets), sizes.datasets)
        yield single(group, f"{name}, {LISTED:,} datasets", "MiB", short)
        name = f"{name}, {sizes.datasets:,} datasets, more than for {LISTED:,}"
        yield single(group, name, "MiB", long - short, Limit("at most", 20.0))


def check(datasets: int) -> str:
    """Return code that makes sure that a walk found all."""
    return f"assert found == {datasets}, found\n"


def peak(code: str, datasets: int, python: str = sys.executable) -> float:
    """Return the peak memory in MiB of a process that runs code, with a server running."""
    with running_canned(datasets) as server, contenders.configured(server):
        return float(contenders.output_of(python, code + PEAK))


# --- counts ----------------------------------------------------------------------------------


def counts(_: Sizes) -> Iterator[Figure]:
    """Let the server count requests and connections."""
    number = 100
    with (
        running_canned(LISTED) as server,
        contenders.configured(server),
        contenders.running_peer() as released,
        asyncio.Runner() as runner,
    ):
        one = contenders.functions().doing(CALL)
        many = contenders.functions_awaited()
        sides: dict[str, tuple[Callable[[], Any], int | None]] = {
            f"{number} calls": (contenders.repeating(one, number), number),
            f"{AT_ONCE} calls, {WORKERS} at a time": (
                lambda: runner.run(contenders.turns(many.doing(CALL), AT_ONCE, WORKERS)),
                AT_ONCE,
            ),
            f"{report.PEER}, {number} calls": (released.doing("functions", CALL, number), None),
            f"a walk over {LISTED:,} datasets": (walk, None),
        }
        one()  # gets the token
        for name, (do, expected) in sides.items():
            server.reset()
            do()
            yield from counted(name, server, expected)


def counted(name: str, server: Canned, expected: int | None) -> Iterator[Figure]:
    """Return what the server counted, and how many requests there should be."""
    group = "Counted by the server, once a token is held"
    found = server.counts()
    limit = Limit("exactly", expected) if expected else None
    yield single(group, f"{name}: requests", "", found.requests + found.token_requests, limit)
    yield single(group, f"{name}: connections", "", found.connections)


# --- all -------------------------------------------------------------------------------------


SECTIONS = {
    section.__name__: section
    for section in (
        calls,
        peer,
        awaited,
        concurrent,
        many,
        latency,
        dserver,
        walks,
        models,
        queries,
        start,
        memory,
        counts,
    )
}


def shown(call: str) -> str:
    """Return a call as it is written."""
    given = {name: value for name, value in CALLS[call].items() if name == "page_size"}
    return f"{call}({', '.join(f'{name}={value}' for name, value in given.items()) or '…'})"


def measured(names: list[str], sizes: Sizes) -> Iterator[Figure]:
    """Measure some sections, and print each figure when it is known."""
    group = ""
    for name in names:
        began = time.perf_counter()
        for figure in SECTIONS[name](sizes):
            if figure.group != group:
                group = figure.group
                print(f"\n{group}")
            print(f"  {report.line(figure)}", flush=True)
            yield figure
        print(f"  ({name}: {time.perf_counter() - began:.0f} s)", file=sys.stderr)


def panels(figures: list[Figure]) -> list[report.Panel]:
    """Return what the plot shows."""
    found = {(figure.group, figure.name): figure for figure in figures}

    def reference(group: str, name: str) -> float:
        return found[group, name].reference_seconds or 0.0

    bare = reference(ONE_BY_ONE, "functions")
    call = {
        "bare httpx": bare,
        report.OURS: bare * found[ONE_BY_ONE, "functions"].median,
        report.PEER: bare * found[ONE_BY_ONE, PEER_NAMES["functions"]].median,
    }
    pages = reference(WALKS, WALK_NAME)
    walked = {
        f"{report.OURS}, page by page": pages,
        f"{report.OURS}, iter_datasets": pages / found[WALKS, WALK_NAME].median,
        f"{report.OURS}, async": pages / found[WALKS, WALK_AWAITED_NAME].median,
    }
    bare = reference(PROCESS, BESIDE_BARE)
    ours = bare * found[PROCESS, BESIDE_BARE].median
    process = {
        "bare httpx": bare,
        report.OURS: ours,
        report.PEER: ours / found[PROCESS, BESIDE_PEER].median,
    }
    return [
        report.Panel(f"{ONE_BY_ONE}, server answers at once", call),
        report.Panel(WALKS, walked),
        report.Panel(PROCESS, process),
    ]


def dserver_version() -> str:
    """Return the version of the real dserver."""
    with running_dserver() as server:
        versions = httpx.get(f"{server.url}/config/versions").raise_for_status().json()["versions"]
    return str(versions["dservercore"])


def main() -> None:
    """Measure, print, and write what a full run found."""
    parser = argparse.ArgumentParser(description="Compare what this package costs.")
    parser.add_argument("--quick", action="store_true", help="few pairs; writes nothing")
    parser.add_argument("--only", nargs="+", choices=SECTIONS, help="parts; writes nothing")
    options = parser.parse_args()
    figures = list(measured(options.only or list(SECTIONS), QUICK if options.quick else Sizes()))
    if not (options.quick or options.only):
        report.write(figures, panels(figures), dserver_version())


if __name__ == "__main__":
    main()
