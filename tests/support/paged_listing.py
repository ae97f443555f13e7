"""A listing of any size on the server that misbehaves on request, which counts what it is asked."""

import asyncio
import json
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from faults import Endpoint, Exchange, Fault, answer
from samples import DATASET

SIZE = 100


def uri_of(number: int) -> str:
    """Return the URI of a dataset, in order."""
    return f"smb://test-share/{number:07}"


@dataclass
class PagedListing:
    """What an endpoint answers to every request: a page of its listing, a README, or a fault.

    Args:
        endpoint: Where it answers.
        size: How many datasets are listed.
        latency: Seconds to each answer.
    """

    endpoint: Endpoint
    size: int = 450
    latency: float = 0.0
    asked: list[int] = field(default_factory=list[int])
    """Numbers of the pages that were asked for, in order."""
    faults: dict[Any, deque[Fault]] = field(default_factory=dict[Any, "deque[Fault]"])
    """What happens to the next requests for a page or for a README."""
    under_way: int = 0
    most_under_way: int = 0

    def __post_init__(self) -> None:
        self.endpoint.script(always=self)

    def fail(self, what: int | str, *faults: Fault) -> None:
        """Let the next requests for a page, or for a README, meet faults."""
        self.faults[what] = deque(faults)

    async def __call__(self, exchange: Exchange) -> None:
        """Answer one request."""
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            await self._answer(exchange)
        finally:
            self.under_way -= 1

    async def _answer(self, exchange: Exchange) -> None:
        if exchange.right.split(b" ", 2)[1] != b"200":  # the token is refused
            await exchange.send(exchange.right)
            return
        what = self._what(exchange)
        if isinstance(what, int):
            self.asked.append(what)
        await asyncio.sleep(self.latency)
        if self.faults.get(what):
            await self.faults[what].popleft()(exchange)
        elif isinstance(what, int):
            await exchange.send(self.page(what))
        else:
            await exchange.send(answer(200, json.dumps({"readme": what})))

    def _what(self, exchange: Exchange) -> int | str:
        if exchange.request.path.startswith("/readmes/"):
            return exchange.request.path.removeprefix("/readmes/")
        query = parse_qs(exchange.request.query)
        assert query["page_size"] == [str(SIZE)]
        return int(query["page"][0])

    def page(self, number: int) -> bytes:
        """Return the answer that is a page."""
        first = (number - 1) * SIZE
        found = [
            {**DATASET, "uri": uri_of(each)} for each in range(first, min(first + SIZE, self.size))
        ]
        if not found and number > 1:
            return answer(404, json.dumps({"code": 404, "status": "Not Found"}))
        place = {"total": self.size, "total_pages": -(-self.size // SIZE), "page": number}
        if number < place["total_pages"]:
            place["next_page"] = number + 1
        return answer(200, json.dumps(found), X_Pagination=json.dumps(place))


def soon(is_so: Callable[[], bool], seconds: float = 5.0) -> bool:
    """Return whether something becomes true in time."""
    until = time.monotonic() + seconds
    while not is_so() and time.monotonic() < until:
        time.sleep(0.01)
    return is_so()


def threads_of_ours() -> list[threading.Thread]:
    """Return the threads that work ahead of a caller."""
    return [each for each in threading.enumerate() if each.name == "dtool_lookup_api"]
