"""The bytes of each request: recorded once, and compared, blocking and async.

The record was made with the httpx clients that 0.11.0 began with. Servers, proxies and their logs
see no difference, whatever sends.
"""

import asyncio
import json
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from operator import methodcaller
from pathlib import Path
from typing import Any

import httpx
import pytest

import dtool_lookup_api
from dtool_lookup_api import AsyncClient, Client

from faults import Call

RECORD = Path(__file__).with_name("recorded_requests.json")
URI = "smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675"
CALLS: dict[str, Call] = {
    "read": methodcaller("get_me"),
    "public": methodcaller("get_versions"),
    "value in the path": methodcaller("get_readme", URI),
    "odd value in the path": methodcaller("get_user", "a b:ü?&+%"),
    "query": methodcaller("get_datasets_by_uuid", URI[-36:], page_number=2),
    "odd query": methodcaller("get_base_uris", sort_fields="base_uri", sort_order=-1),
    "search": methodcaller("get_datasets", free_text="Zürich & co", tags=["a", "b"]),
    "replacement": methodcaller("register_user", "x", is_admin=True),
    "without a body": methodcaller("grant_search_permission", "x", "smb://test-share"),
    "deletion": methodcaller("delete_user", "x"),
}
TOKEN = "a.b.c"


class Recorder:
    """A server that keeps what it is sent, and answers everything alike."""

    def __init__(self) -> None:
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]
        self.sent: list[str] = []

    def serve(self) -> None:
        while True:
            try:
                connection, _ = self.listening.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as reading:
            while line := reading.readline():
                head = line
                while (line := reading.readline()) not in (b"\r\n", b""):
                    head += line
                length = re.search(rb"(?i)content-length: (\d+)", head)
                body = reading.read(int(length[1]) if length else 0)
                self.sent.append((head + b"\r\n" + body).decode("latin-1"))
                answer = json.dumps({"token": TOKEN, "username": "x", "is_admin": False}).encode()
                connection.sendall(
                    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                    b"Content-Length: %d\r\n\r\n%s" % (len(answer), answer)
                )


@contextmanager
def recording() -> Iterator[Recorder]:
    """Run a recorder as long as the block lasts."""
    recorder = Recorder()
    with closing(recorder.listening):
        thread = threading.Thread(target=recorder.serve, daemon=True)
        thread.start()
        yield recorder


def sent_by(mode: str, call: Call) -> list[str]:
    """Return what a call sends, its login included, without what varies."""
    with recording() as recorder:
        url = f"http://127.0.0.1:{recorder.port}"
        # Another user for each call: tokens are shared in a process.
        given: dict[str, Any] = {
            "url": f"{url}/lookup",
            "auth_url": url,
            "username": f"u{recorder.port}",
            "assume_offered": ["grant_search_permission"],
        }
        run_blocking(call, given) if mode == "blocking" else asyncio.run(run_async(call, given))
        versions = {str(recorder.port): "PORT", dtool_lookup_api.__version__: "OURS"}
        versions[httpx.__version__] = "HTTPX"
        found = [
            text  # what is asked about the server before a change is not part of the change
            for text in recorder.sent
            if "/config/versions" not in text or call is CALLS["public"]
        ]
    for varying, name in versions.items():
        found = [text.replace(varying, name) for text in found]
    return found


def run_blocking(call: Call, given: dict[str, Any]) -> None:
    unreadable = suppress(dtool_lookup_api.UnreadableAnswerError)  # it answers everything alike
    with Client(**given, password="öpen sesame") as client, unreadable:
        call(client)


async def run_async(call: Call, given: dict[str, Any]) -> None:
    async with AsyncClient(**given, password="öpen sesame") as client:
        with suppress(dtool_lookup_api.UnreadableAnswerError):
            await call(client)


@pytest.mark.parametrize("mode", ["blocking", "async"])
@pytest.mark.parametrize("name", CALLS)
def test_requests_are_those_that_were_recorded(mode: str, name: str) -> None:
    """Method, target, headers, their order, and body are what they were."""
    recorded = json.loads(RECORD.read_text(encoding="utf-8"))
    assert sent_by(mode, CALLS[name]) == recorded[name]


if __name__ == "__main__":
    found = {name: sent_by("blocking", call) for name, call in CALLS.items()}
    RECORD.write_text(json.dumps(found, indent=1, ensure_ascii=True) + "\n", encoding="utf-8")
