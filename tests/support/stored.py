"""A dserver and its storage in one endpoint of the fault server, with faults between bytes."""

import asyncio
import hashlib
import itertools
import json
import re
from base64 import b64encode
from collections import deque
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote

import dtoolcore
import pytest
from dtoolcore.utils import generate_identifier

import faults
import samples
from faults import Endpoint, Exchange, Fault

URI = "s3://test-bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675"
SIGNATURE = "5e55107"
DATA = bytes(range(256)) * 4096  # 1 MiB
MODIFIED = 1604860720.5
ADMIN_METADATA = {
    "uuid": URI.rpartition("/")[2],
    "dtoolcore_version": "3.19.0",
    "name": "simple_test_dataset",
    "type": "dataset",
    "creator_username": "jotelha",
    "created_at": 1604860720.736269,
    "frozen_at": 1604921621.719575,
}


def identifier_of(relpath: str) -> str:
    """Return the identifier of an item."""
    return hashlib.sha1(relpath.encode()).hexdigest()


def expired(code: str = "AccessDenied", status: int = 403) -> Fault:
    """Refuse a URL as S3 does."""
    return faults.html(status, f"<Error><Code>{code}</Code><Message>{SIGNATURE}</Message></Error>")


class Storage:
    """Answers for a dataset: its manifest, signed URLs, and the items behind them.

    Args:
        endpoint: Where requests come to.
        items: Contents by path.
        changes: Members of the manifest's entries that differ.
    """

    def __init__(self, endpoint: Endpoint, items: dict[str, bytes], **changes: Any) -> None:
        self.endpoint = endpoint
        self.items = {identifier_of(relpath): content for relpath, content in items.items()}
        self.manifest: dict[str, Any] = {
            "dtoolcore_version": "3.19.0",
            "hash_function": "md5sum_hexdigest",
            "items": {
                identifier_of(relpath): {
                    "hash": hashlib.md5(content).hexdigest(),
                    "relpath": relpath,
                    "size_in_bytes": len(content),
                    "utc_timestamp": MODIFIED,
                    **changes,
                }
                for relpath, content in items.items()
            },
        }
        self.faults: deque[Fault] = deque()
        self.always: Fault | None = None
        self.lifetime = 3600
        self._signatures = itertools.count()
        self.metadata = {
            "manifest": b"",  # as it is then
            "admin": json.dumps(ADMIN_METADATA).encode(),
            "readme": "project: größer\n".encode(),
            "overlay": json.dumps(dict.fromkeys(self.items, "x")).encode(),
            "annotation": b'{"red": 1}',
        }
        self.changes: dict[str, Any] = {}
        """What the server answers otherwise."""
        self.valid_from = 0
        """Signatures below this number have expired."""
        endpoint.script(always=self.serve)

    @property
    def requests(self) -> list[faults.Request]:
        """The requests for data."""
        data = re.compile("/storage/[0-9a-f]{40}")
        return [each for each in self.endpoint.requests if data.fullmatch(each.path)]

    def url(self, name: str) -> str:
        """Return a signed URL."""
        number = next(self._signatures)
        return f"{self.endpoint.url}/storage/{name}?n={number}&X-Amz-Signature={SIGNATURE}"

    def signed(self) -> dict[str, Any]:
        """Return what the server answers for the whole dataset."""
        return {
            "uri": URI,
            "expiry_seconds": self.lifetime,
            "manifest_url": self.url("manifest"),
            "admin_metadata_url": self.url("admin"),
            "readme_url": self.url("readme"),
            "item_urls": {name: self.url(name) for name in self.items},
            "overlay_urls": {"kind": self.url("overlay")},
            "annotation_urls": {"colour": self.url("annotation")},
            "tags": ["river", "new"],
            **self.changes,
        }

    async def serve(self, exchange: Exchange) -> None:
        """Answer one request."""
        path = exchange.request.path
        if path.startswith("/manifests/"):
            await exchange.send(faults.answer(200, json.dumps(self.manifest)))
        elif path.startswith("/signed-urls/item/"):
            found = {"uri": URI, "url": self.url(path.rpartition("/")[2])}
            found["expiry_seconds"] = self.lifetime
            await exchange.send(faults.answer(200, json.dumps(found)))
        elif path.startswith("/signed-urls/dataset/"):
            await exchange.send(faults.answer(200, json.dumps(self.signed())))
        elif path.startswith("/storage/") and path.rpartition("/")[2] in self.metadata:
            content = self.metadata[path.rpartition("/")[2]]
            await exchange.send(faults.answer(200, content or json.dumps(self.manifest)))
        elif path.startswith("/storage/"):
            await self._send_item(exchange, path.rpartition("/")[2])
        else:
            await faults.rightly(exchange)

    async def _send_item(self, exchange: Exchange, name: str) -> None:
        if int(parse_qs(exchange.request.query)["n"][0]) < self.valid_from:
            await expired()(exchange)
        elif self.faults:
            await self.faults.popleft()(exchange)
        elif self.always:
            await self.always(exchange)
        else:
            await exchange.send(self.response(exchange))

    def content(self, exchange: Exchange) -> bytes:
        """Return the content of the item that is requested."""
        return self.items[exchange.request.path.rpartition("/")[2]]

    def response(self, exchange: Exchange, **headers: str) -> bytes:
        """Return what storage answers, with the range that is requested."""
        content = self.content(exchange)
        wanted = exchange.request.headers.get("range")
        if wanted is None:
            return faults.answer(200, content, **headers)
        first, _, last = wanted.removeprefix("bytes=").partition("-")
        start, end = int(first), min(int(last or len(content) - 1), len(content) - 1)
        if start >= len(content):
            return faults.answer(416, "<Error><Code>InvalidRange</Code></Error>")
        span = f"bytes {start}-{end}/{len(content)}"
        return faults.answer(206, content[start : end + 1], Content_Range=span, **headers)

    def cut_after(self, size: int) -> Fault:
        """Return a fault that closes the connection after some bytes of an item."""

        async def fault(exchange: Exchange) -> None:
            head, _, body = self.response(exchange).partition(b"\r\n\r\n")
            await exchange.send(head + b"\r\n\r\n" + body[:size])
            exchange.writer.close()

        return fault

    def slowly(self, pause: float, size: int = 64 * 1024) -> Fault:
        """Return a fault that sends an item in pieces, with a pause after each."""

        async def fault(exchange: Exchange) -> None:
            whole = self.response(exchange)
            for start in range(0, len(whole), size):
                await exchange.send(whole[start : start + size])
                await asyncio.sleep(pause)

        return fault


class UploadStorage:
    """Takes an upload as a dserver and its storage do, in one endpoint of the fault server.

    Args:
        endpoint: Where requests come to.
    """

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        self.stored: dict[str, bytes] = {}
        """Items by identifier, and ``readme``."""
        self.items: dict[str, Any] = {}
        """What the latest request for an upload says of the items, by identifier."""
        self.uri = ""
        self.uris: list[str] = []
        """URIs of the requests for an upload."""
        self.is_registered = False
        self.faults: deque[Fault] = deque()
        """What the next items meet, once they have come."""
        self.completions: deque[Fault] = deque()
        """What the next requests to complete the upload meet; it is completed all the same."""
        self.always: Fault | None = None
        """What all other items meet."""
        self.forgets = False
        """Whether nothing is there when the upload is to be completed."""
        self.lifetime = 3600
        self.valid_from = 0
        """Signatures below this number have expired."""
        self._signatures = itertools.count()
        endpoint.script(always=self.serve)

    @property
    def sent(self) -> list[str]:
        """Identifiers of the items that came, as often as they came."""
        return [path.rpartition("/")[2] for path in self._paths("PUT") if "readme" not in path]

    def _paths(self, method: str) -> list[str]:
        return [each.path for each in self.endpoint.requests if each.method == method]

    async def serve(self, exchange: Exchange) -> None:
        """Answer one request."""
        method, path = exchange.request.method, exchange.request.path
        if path.startswith("/signed-urls/upload/"):
            await exchange.send(faults.answer(200, json.dumps(self._begin(exchange))))
        elif path == "/signed-urls/upload-complete":
            await self._complete(exchange)
        elif path.startswith("/storage/"):
            await self._put(exchange, path.rpartition("/")[2])
        elif (method, path) == ("GET", f"/uris/{self.uri}") and self.is_registered:
            await exchange.send(faults.answer(200, json.dumps(self._dataset())))
        elif path.startswith("/uris/"):
            await exchange.send(faults.answer(404, json.dumps({"code": 404})))
        else:
            await faults.rightly(exchange)

    def _begin(self, exchange: Exchange) -> dict[str, Any]:
        body = json.loads(exchange.request.body)
        base_uri = unquote(exchange.request.path.removeprefix("/signed-urls/upload/"))
        self.uri, self._name = f"{base_uri}/{body['uuid']}", body["name"]
        self.uris.append(self.uri)
        self.is_registered = False
        self.items = {identifier_of(item["relpath"]): item for item in body["items"]}
        return {
            "uuid": body["uuid"],
            "uri": self.uri,
            "base_uri": base_uri,
            "expiry_seconds": self.lifetime,
            "upload_urls": {
                "readme": self._url("readme"),
                "items": {
                    name: {
                        "url": self._url(name),
                        "relpath": item["relpath"],
                        "headers": {"Content-MD5": _content_md5(bytes.fromhex(item["hash"]))},
                    }
                    for name, item in self.items.items()
                },
            },
        }

    def _url(self, name: str) -> str:
        number = next(self._signatures)
        return f"{self.endpoint.url}/storage/{name}?n={number}&X-Amz-Signature={SIGNATURE}"

    async def _put(self, exchange: Exchange, name: str) -> None:
        body = exchange.request.body
        content_md5 = _content_md5(hashlib.md5(body).digest())
        if int(parse_qs(exchange.request.query)["n"][0]) < self.valid_from:
            await expired()(exchange)
        elif self.faults and name != "readme":
            await self.faults.popleft()(exchange)
        elif self.always and name != "readme":
            await self.always(exchange)
        elif exchange.request.headers.get("content-md5", content_md5) != content_md5:
            await expired("BadDigest", 400)(exchange)
        else:
            self.stored[name] = body
            await exchange.send(faults.answer(200))

    async def _complete(self, exchange: Exchange) -> None:
        if self.forgets:
            self.stored.clear()
        if self.items.keys() - self.stored.keys():
            await faults.replying(500, {"code": 500, "status": "Internal Server Error"})(exchange)
            return
        self.is_registered = True
        if self.completions:
            await self.completions.popleft()(exchange)
        else:
            found = {**self._dataset(), "status": "registered"}
            keys = ("uri", "uuid", "name", "status")
            await exchange.send(faults.answer(200, json.dumps({key: found[key] for key in keys})))

    def _dataset(self) -> dict[str, Any]:
        uuid = self.uri.rpartition("/")[2]
        return {**samples.DATASET, "uri": self.uri, "uuid": uuid, "name": self._name}


def _content_md5(digest: bytes) -> str:
    return b64encode(digest).decode()


# --- datasets on disk ---------------------------------------------------------------------------


def files_in(folder: Path) -> list[str]:
    """Return the paths of all files below a folder, relative to it."""
    return sorted(
        each.relative_to(folder).as_posix() for each in folder.rglob("*") if each.is_file()
    )


def verify(folder: Path) -> Any:
    """Open a dataset with dtoolcore, hold all items against its manifest, and return it."""
    dataset = dtoolcore.DataSet.from_uri(str(folder))
    broker = dataset._storage_broker
    found = {generate_identifier(h): broker.item_properties(h) for h in broker.iter_item_handles()}
    manifest = broker.get_manifest()["items"]
    assert found.keys() == manifest.keys()
    for identifier, entry in found.items():
        expected = manifest[identifier]
        modified = pytest.approx(expected["utc_timestamp"], abs=1e-5)
        assert entry == {**expected, "utc_timestamp": modified}
    assert json.loads(Path(broker.get_structure_key()).read_text())["data_directory"] == ["data"]
    return dataset
