"""A dserver that answers at once, or after a fixed time, and counts what it is asked.

python benchmarks/canned.py --port 5000 --datasets 10000 --latency 0.02

It answers what the benchmark asks as dserver 0.22 does, from bytes made before, so that next to
nothing of what is measured is the server's own work.
"""

import argparse
import asyncio
import base64
import functools
import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs
from uuid import uuid4

HOST = "127.0.0.1"
BASE_URI = "s3://test-bucket"
UUID = "1a1f9fad-8589-413e-9602-5bbd66bfe675"
URI = f"{BASE_URI}/{UUID}"
USERNAME, PASSWORD = "testuser", "test_password"


# --- the other side --------------------------------------------------------------------------


@dataclass(frozen=True)
class Counts:
    """What a server was asked since the counts were reset."""

    requests: int
    token_requests: int
    connections: int  # that requests came on
    last: str  # method, target and body of the last request


@dataclass(frozen=True)
class Canned:
    """A running canned server, which is its own token generator."""

    url: str

    @property
    def token_url(self) -> str:
        """URL of the token generator, with its path."""
        return f"{self.url}/token"

    @property
    def exports(self) -> dict[str, str]:
        """The settings that make it the configured server."""
        return {
            "DSERVER_URL": self.url,
            "DSERVER_TOKEN_GENERATOR_URL": self.token_url,
            "DSERVER_USERNAME": USERNAME,
            "DSERVER_PASSWORD": PASSWORD,
        }

    def counts(self) -> Counts:
        """Return what was asked since the last reset."""
        return self._counts("/count")

    def reset(self) -> None:
        """Count from zero."""
        self._counts("/count?reset")

    def _counts(self, target: str) -> Counts:
        with urllib.request.urlopen(self.url + target, timeout=10) as response:
            return Counts(**json.load(response))


@contextmanager
def running_canned(datasets: int = 10_000, latency: float = 0.0) -> Iterator[Canned]:
    """Run a canned server on a free port, in a process of its own, as long as the block lasts.

    Args:
        datasets: How many datasets it lists.
        latency: Seconds from a request to its answer; those of many connections overlap.
    """
    options = ["--datasets", str(datasets), "--latency", str(latency), "--until-eof"]
    process = subprocess.Popen(
        [sys.executable, "-I", __file__, "--port", "0", *options],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            assert process.stdout is not None
            yield Canned(process.stdout.readline().strip())
        finally:
            process.terminate()


# --- what it answers -------------------------------------------------------------------------


def answer(status: str, value: Any, headers: str = "") -> bytes:
    """Return a whole answer that holds a JSON value."""
    return answer_of(status, json.dumps(value, separators=(",", ":")).encode() + b"\n", headers)


def answer_of(status: str, body: bytes, headers: str = "") -> bytes:
    """Return a whole answer with the headers that dserver sends."""
    head = (
        f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        f"{headers}Access-Control-Allow-Origin: *\r\n"
        "Access-Control-Expose-Headers: X-Pagination\r\nServer: canned\r\n\r\n"
    )
    return head.encode() + body


def dataset(base_uri: str, uuid: str, name: str) -> dict[str, Any]:
    """Return a dataset as it is listed."""
    return {
        "base_uri": base_uri,
        "created_at": 1604860720.736269,
        "creator_username": "jotelha",
        "frozen_at": 1604921621.719575,
        "name": name,
        "number_of_items": 1,
        "size_in_bytes": 17,
        "uri": f"{base_uri}/{uuid}",
        "uuid": uuid,
    }


README = """\
project: testing project
description: testing description
owners:
- name: Testing User
  email: testing@test.edu
  username: testing_user
creation_date: '2020-11-08'
"""
COPIES = [dataset(base, UUID, "simple_test_dataset") for base in (BASE_URI, "smb://test-share")]
ME = {
    "is_admin": False,
    "register_permissions_on_base_uris": [],
    "search_permissions_on_base_uris": [BASE_URI],
    "username": USERNAME,
}
CONFIG = {"api_title": "dserver API", "api_version": "v1", "default_user": USERNAME}
LISTED = json.dumps(dataset(BASE_URI, "NUMBER-8589-413e-9602-5bbd66bfe675", "dataset-NUMBER"))
LISTED_PARTS = LISTED.replace(" ", "").encode().split(b"NUMBER")

NOT_FOUND = answer("404 NOT FOUND", {"code": 404, "status": "Not Found"})
NO_TOKEN = answer("401 UNAUTHORIZED", {"msg": "Missing Authorization Header"})
READABLE = {
    b"/me": answer("200 OK", ME),
    b"/config/info": answer("200 OK", {"config": CONFIG}),
}
VERSIONS = answer("200 OK", {"versions": {"dservercore": "0.22.0"}})
README_ANSWER = answer("200 OK", {"readme": README})


@functools.lru_cache(maxsize=1000)
def page_of(query: bytes, datasets: int) -> bytes:
    """Return the answer that is a page of the list of all datasets, in the order of their URIs."""
    page, size, sort = paging(query)
    first = (page - 1) * size
    numbers = range(first, min(first + size, datasets))
    if not numbers and page > 1:
        return NOT_FOUND
    items = [(b"%08x" % number).join(LISTED_PARTS) for number in numbers]
    headers = listing_headers(page, -(-datasets // size), datasets, sort)
    return answer_of("200 OK", b"[" + b",".join(items) + b"]\n", headers)


@functools.lru_cache(maxsize=100)
def copies(query: bytes) -> bytes:
    """Return the answer that lists the copies of a dataset."""
    page, size, sort = paging(query)
    found = COPIES[(page - 1) * size : page * size]
    pages = -(-len(COPIES) // size)
    return answer("200 OK", found, listing_headers(page, pages, len(COPIES), sort))


def paging(query: bytes) -> tuple[int, int, str]:
    """Return number of the page, its size, and the field to sort by."""
    given = {name: values[0] for name, values in parse_qs(query.decode()).items()}
    return int(given.get("page", 1)), int(given.get("page_size", 10)), given.get("sort", "uri")


def listing_headers(page: int, pages: int, total: int, sort: str) -> str:
    """Return the headers that tell a page's place."""
    place = {"total": total, "total_pages": pages, "first_page": 1, "last_page": pages}
    place["page"] = page
    if page > 1:
        place["previous_page"] = page - 1
    if page < pages:
        place["next_page"] = page + 1
    fields = {name.lstrip("-"): -1 if name[:1] == "-" else 1 for name in sort.split(",")}
    sorting = json.dumps({"sort": fields})
    return f"X-Pagination: {json.dumps(place)}\r\nX-Sort: {sorting}\r\n"


def new_token(lifetime: float = 3600.0) -> str:
    """Return something that reads like a token, whose times are whole seconds."""
    now = time.time()
    claims = {"iat": int(now), "exp": int(now + lifetime), "sub": USERNAME, "jti": uuid4().hex}
    parts = [json.dumps({"alg": "none"}), json.dumps(claims), "signature"]
    return ".".join(base64.urlsafe_b64encode(part.encode()).decode().rstrip("=") for part in parts)


# --- the server ------------------------------------------------------------------------------


class Server:
    """What all connections share."""

    def __init__(self, datasets: int, latency: float) -> None:
        self.datasets, self.latency = datasets, latency
        self.reset()

    def reset(self) -> None:
        """Count from zero."""
        self.requests = self.token_requests = 0
        self.connections: set[asyncio.BaseTransport] = set()
        self.last = b""

    def counts(self) -> bytes:
        """Return the answer that tells the counts."""
        head, _, body = self.last.partition(b"\r\n\r\n")
        first_line = head.partition(b" HTTP/1.1\r\n")[0]
        value = {
            "requests": self.requests,
            "token_requests": self.token_requests,
            "connections": len(self.connections),
            "last": b" ".join(filter(None, (first_line, body))).decode(),
        }
        return answer("200 OK", value)

    def answer(self, request: bytes, head: bytes) -> bytes:
        """Return the answer to a request, which has not been counted yet."""
        target = head.split(b" ", 2)[1]
        path, _, query = target.partition(b"?")
        if path == b"/token":
            self.token_requests += 1
            return answer("200 OK", {"token": new_token()})
        self.requests += 1
        self.last = request
        if path == b"/config/versions":
            return VERSIONS
        if b"uthorization: Bearer " not in head:
            return NO_TOKEN
        if path == b"/uris":
            return page_of(query, self.datasets)
        if path.startswith(b"/uuids/"):
            return copies(query)
        if path.startswith(b"/readmes/"):
            return README_ANSWER
        return READABLE.get(path, NOT_FOUND)


class Connection(asyncio.Protocol):
    """A connection, on which one request comes after the other's answer."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember where to write."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer once a request is there as a whole."""
        self.received += data
        head, end, body = self.received.partition(b"\r\n\r\n")
        if not end or len(body) < body_length(head):
            return
        request, self.received = self.received, b""
        server = self.server
        if head.startswith(b"GET /count"):
            counts = server.counts()
            if head.startswith(b"GET /count?reset "):
                server.reset()
            self.write(counts)
            return
        server.connections.add(self.transport)
        found = server.answer(request, head)
        if server.latency:
            asyncio.get_running_loop().call_later(server.latency, self.write, found)
        else:
            self.write(found)

    def write(self, data: bytes) -> None:
        """Send an answer to a client that is still there."""
        if not self.transport.is_closing():
            self.transport.write(data)


def body_length(head: bytes) -> int:
    """Return how many bytes follow the head of a request."""
    if head.startswith(b"GET "):
        return 0
    _, found, rest = head.lower().partition(b"\r\ncontent-length:")
    return int(rest.partition(b"\r\n")[0]) if found else 0


async def serve(port: int, server: Server, until_eof: bool) -> None:
    """Serve until standard input ends, or forever."""
    loop = asyncio.get_running_loop()
    listening = await loop.create_server(lambda: Connection(server), HOST, port, backlog=1000)
    print(f"http://{HOST}:{listening.sockets[0].getsockname()[1]}", flush=True)
    stop = asyncio.Event()

    def read() -> None:
        if not os.read(sys.stdin.fileno(), 4096):
            stop.set()

    if until_eof:
        loop.add_reader(sys.stdin.fileno(), read)
    async with listening:
        await stop.wait()


def main() -> None:
    """Serve, and print the URL."""
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    add("--port", type=int, default=5000, help="0: a free one")
    add("--datasets", type=int, default=10_000, help="how many are listed, default: 10000")
    add("--latency", type=float, default=0.0, help="seconds from a request to its answer")
    add("--until-eof", action="store_true", help="stop when standard input ends")
    options = parser.parse_args()
    asyncio.run(serve(options.port, Server(options.datasets, options.latency), options.until_eof))


if __name__ == "__main__":
    main()
