"""Time calls of the released dtool-lookup-api, for the benchmark; runs in the peer's environment.

It says when it is ready. Each line read is JSON, `["functions", "get_readme", {"uri": …}, 5, 1]`:
how to call, what, with which arguments, how often, and how many at a time. Each line written is the
seconds that all of these calls took.
"""

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any

from dtool_lookup_api import asynchronous, synchronous
from dtool_lookup_api.core.LookupClient import ConfigurationBasedAuthenticatedLookupClient


def time_blocking(function: Callable[..., Any], arguments: dict[str, Any], number: int) -> float:
    """Time a function that blocks."""
    start = time.perf_counter()
    for _ in range(number):
        function(**arguments)
    return time.perf_counter() - start


async def time_awaited(
    function: Callable[..., Awaitable[Any]], arguments: dict[str, Any], number: int, workers: int
) -> float:
    """Time an async function or method, so many calls at a time."""
    left = iter(range(number))

    async def work() -> None:
        for _ in left:
            await function(**arguments)

    start = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(workers)))
    return time.perf_counter() - start


def serve() -> None:
    """Time what the lines of standard input ask for."""
    # It may only be kept open within one event loop, and a function that blocks refuses to be
    # called in a running one: so the loop runs while something is awaited.
    with asyncio.Runner() as runner:
        client = ConfigurationBasedAuthenticatedLookupClient()
        runner.run(client.__aenter__())
        print("ready", flush=True)
        for line in sys.stdin:
            how, call, arguments, number, workers = json.loads(line)
            if how == "functions":
                seconds = time_blocking(getattr(synchronous, call), arguments, number)
            else:
                owner = client if how == "class" else asynchronous
                seconds = runner.run(time_awaited(getattr(owner, call), arguments, number, workers))
            print(seconds, flush=True)
        runner.run(client.close())


if __name__ == "__main__":
    serve()
