"""Time calls of the released dtool-lookup-api, for overhead.py; runs in the peer's environment.

Each line read is a contender, a call and a number, `functions get_me 5`; each line written is the
JSON list of the seconds that each of that many calls took.
"""

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any

from dtool_lookup_api import asynchronous, synchronous
from dtool_lookup_api.core.LookupClient import ConfigurationBasedAuthenticatedLookupClient

ARGUMENTS: dict[str, dict[str, Any]] = {"get_me": {}, "get_datasets": {"page_size": 10}}


def times_blocking(call: str, number: int) -> list[float]:
    """Time a function that blocks."""
    function = getattr(synchronous, call)
    times = []
    for _ in range(number):
        start = time.perf_counter()
        function(**ARGUMENTS[call])
        times.append(time.perf_counter() - start)
    return times


async def times_awaited(
    function: Callable[..., Awaitable[Any]], call: str, number: int
) -> list[float]:
    """Time a function or a method to await."""
    times = []
    for _ in range(number):
        start = time.perf_counter()
        await function(**ARGUMENTS[call])
        times.append(time.perf_counter() - start)
    return times


def serve() -> None:
    """Time what the lines of standard input ask for."""
    # It may only be kept open within one event loop, and a function that blocks refuses to be
    # called in a running one: so the loop runs while something is awaited.
    with asyncio.Runner() as runner:
        client = ConfigurationBasedAuthenticatedLookupClient()
        runner.run(client.__aenter__())
        for line in sys.stdin:
            contender, call, number = line.split()
            if contender == "functions":
                times = times_blocking(call, int(number))
            else:
                owner = client if contender == "class" else asynchronous
                function = getattr(owner, call)
                times = runner.run(times_awaited(function, call, int(number)))
            print(json.dumps(times), flush=True)
        runner.run(client.close())


if __name__ == "__main__":
    serve()
