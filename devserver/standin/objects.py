"""An object storage that answers to signed URLs and to nothing else."""

import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, quote, urlencode


class Storage:
    """Keep objects in memory; a WSGI application."""

    def __init__(self) -> None:
        self.address = ""
        """The URL that the storage is served at."""
        self._objects: dict[str, bytes] = {}
        self._secret = secrets.token_bytes(32)

    def put(self, key: str, content: bytes) -> None:
        """Store an object."""
        self._objects[key] = content

    def get(self, key: str) -> bytes | None:
        """Return an object."""
        return self._objects.get(key)

    def names(self, prefix: str) -> list[str]:
        """Return what follows a prefix in the keys that begin with it."""
        return [key.removeprefix(prefix) for key in self._objects if key.startswith(prefix)]

    def url(
        self, method: str, key: str, seconds: float, headers: Mapping[str, str] | None = None
    ) -> str:
        """Return a URL for one method, good for some time, and with these headers only."""
        query = {
            "expires": str(time.time() + seconds),
            "headers": json.dumps(headers) if headers else "",
        }
        signature = self._signature(method, key, query["expires"], query["headers"])
        return f"{self.address}/{quote(key)}?{urlencode(query | {'signature': signature})}"

    def _signature(self, *parts: str) -> str:
        return hmac.new(self._secret, "\n".join(parts).encode(), hashlib.sha256).hexdigest()

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        status, body = self._answer(environ)
        headers = [
            ("Content-Type", "application/octet-stream"),
            ("Content-Length", str(len(body))),
        ]
        start_response(f"{status.value} {status.phrase}", headers)
        return [body]

    def _answer(self, environ: dict[str, Any]) -> tuple[HTTPStatus, bytes]:
        method, key = environ["REQUEST_METHOD"], environ["PATH_INFO"].removeprefix("/")
        key = key.encode("latin-1").decode()
        content = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        if "HTTP_AUTHORIZATION" in environ:
            return HTTPStatus.BAD_REQUEST, b"The URL is signed: send no token"
        if not self._is_signed(method, key, environ):
            return HTTPStatus.FORBIDDEN, b"The signature does not match, or has expired"
        if method == "PUT":
            self.put(key, content)
            return HTTPStatus.OK, b""
        stored = self.get(key)
        return (HTTPStatus.OK, stored) if stored is not None else (HTTPStatus.NOT_FOUND, b"")

    def _is_signed(self, method: str, key: str, environ: dict[str, Any]) -> bool:
        query = {
            name: values[0]
            for name, values in parse_qs(environ["QUERY_STRING"], keep_blank_values=True).items()
        }
        expires, headers = query.get("expires", "0"), query.get("headers", "")
        expected = self._signature(method, key, expires, headers)
        if not hmac.compare_digest(expected, query.get("signature", "")):
            return False
        sent = {
            name: environ.get(f"HTTP_{name.upper().replace('-', '_')}")
            for name in json.loads(headers or "{}")
        }
        return sent == json.loads(headers or "{}") and time.time() < float(expires)
