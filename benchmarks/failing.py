"""A dserver that is killed again and again, with tokens of seconds and some broken responses.

python benchmarks/failing.py --kill-every 2 --down 0.3 --lifetime 2 --faults 0.05

It answers each request for a README with its URI, so that a client can tell the response to its own
request from others. The token generator is a process of its own, which is not killed.
"""

import argparse
import asyncio
import base64
import itertools
import json
import os
import random
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import unquote

import canned
from canned import HOST, answer

EXPIRED = answer("401 UNAUTHORIZED", {"msg": "Token has expired"})
UNAVAILABLE = answer("503 Service Unavailable", {"code": 503, "status": "Service Unavailable"})


@dataclass(frozen=True)
class Conditions:
    """How much goes wrong; all times are in seconds."""

    kill_every: float = 0.0  # 0: the server is not killed
    down: float = 0.3  # until it is restarted
    lifetime: float = 3600.0  # of a token, whose times are cut to whole seconds as by PyJWT
    faults: float = 0.0  # share of responses that are broken
    latency: float = 0.02  # from a request to its response


@contextmanager
def running_failing(conditions: Conditions) -> "Iterator[Failing]":
    """Run the server and its token generator in other processes as long as the block lasts."""
    options = [
        text
        for name, value in vars(conditions).items()
        for text in (f"--{name.replace('_', '-')}", str(value))
    ]
    process = subprocess.Popen(
        [sys.executable, __file__, *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield Failing(*process.stdout.readline().decode().split())
        finally:
            process.stdin.close()  # which ends both


@dataclass(frozen=True)
class Failing(canned.Canned):
    """A running server that fails."""

    generator: str

    @property
    def token_url(self) -> str:
        """URL of the token generator, with its path."""
        return f"{self.generator}/token"


class Server(canned.Server):
    """What all connections of a process share."""

    def __init__(self, conditions: Conditions, seed: int) -> None:
        super().__init__(1, conditions.latency)
        self.conditions = conditions
        self.random = random.Random(seed)

    def answer(self, request: bytes, head: bytes) -> bytes:
        """Return the answer to a request."""
        target = head.split(b" ", 2)[1].decode()
        if target == "/token":
            return answer("200 OK", {"token": canned.new_token(self.conditions.lifetime)})
        if not target.startswith("/readmes/"):
            return super().answer(request, head)
        if expiry_of(head) <= time.time():
            return EXPIRED
        return answer("200 OK", {"readme": unquote(target.removeprefix("/readmes/"))})


class Connection(canned.Connection):
    """A connection whose responses are broken now and then."""

    server: Server

    def write(self, data: bytes) -> None:
        """Send a response, or a part of it, or none."""
        chance = self.server.random
        if chance.random() >= self.server.conditions.faults:
            super().write(data)
        elif (kind := chance.randrange(3)) == 0:
            super().write(UNAVAILABLE)
        elif kind == 1:
            self.transport.abort()
        else:
            super().write(data[:-1])
            self.transport.close()


def expiry_of(head: bytes) -> float:
    """Return when the token of a request expires, 0 without one."""
    _, found, rest = head.partition(b"uthorization: Bearer ")
    if not found:
        return 0.0
    payload = rest.split(b"\r\n", 1)[0].split(b".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + b"=" * 3))
    return float(claims["exp"])


# --- processes -------------------------------------------------------------------------------


def forked(serve: Callable[[], None]) -> int:
    """Return the identifier of a new process that serves."""
    child = os.fork()
    if child == 0:
        try:
            serve()
        finally:
            os._exit(1)
    return child


def serve(port: int, conditions: Conditions, seed: int) -> None:
    """Serve until killed."""

    async def main() -> None:
        loop, server = asyncio.get_running_loop(), Server(conditions, seed)
        listening = await loop.create_server(
            lambda: Connection(server), HOST, port, backlog=1000, reuse_port=True
        )
        await listening.serve_forever()

    asyncio.run(main())


def reserved() -> socket.socket:
    """Return a socket that keeps a port for the servers, also while none of them runs.

    Else the system could give the port to a client that connects meanwhile.
    """
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    sock.bind((HOST, 0))
    return sock


def wait_for(port: int) -> None:
    """Wait until a port is listened on, for ten seconds at most."""
    for _ in range(1000):
        with socket.socket() as sock:
            if sock.connect_ex((HOST, port)) == 0:
                return
        time.sleep(0.01)
    sys.exit(f"Nothing listens on port {port}")


def kill(process: int) -> None:
    """End a child at once."""
    os.kill(process, signal.SIGKILL)
    os.waitpid(process, 0)


def stdin_ends(seconds: float | None) -> bool:
    """Return whether standard input ends within some seconds, or wait until it does."""
    return bool(select.select([sys.stdin], [], [], seconds)[0])


def main() -> None:
    """Serve until standard input ends, and print both URLs."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name, value in vars(Conditions()).items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=float, default=value)
    conditions = Conditions(**vars(parser.parse_args()))
    sockets = reserved(), reserved()
    ports = [each.getsockname()[1] for each in sockets]
    generator = forked(partial(serve, ports[1], conditions, 0))
    server = forked(partial(serve, ports[0], conditions, 1))
    for port in ports:
        wait_for(port)
    print(*(f"http://{HOST}:{port}" for port in ports), flush=True)
    seeds = itertools.count(2)
    while not stdin_ends(conditions.kill_every or None):
        kill(server)
        time.sleep(conditions.down)
        server = forked(partial(serve, ports[0], conditions, next(seeds)))
    kill(server)
    kill(generator)


if __name__ == "__main__":
    main()
