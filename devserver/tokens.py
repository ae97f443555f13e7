"""Generate tokens as the usual generators do: `POST /token` with user name and password."""

import json
import threading
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any

StartResponse = Callable[[str, list[tuple[str, str]]], object]


class TokenGenerator:
    """Answer `POST /token` with a token, and `GET /count` with the number of such requests."""

    def __init__(self, passwords: Mapping[str, str], create_token: Callable[[str], str]) -> None:
        self._passwords = passwords
        self._create_token = create_token
        self._requests = 0
        self._lock = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        status, answer = self._answer(environ)
        body = json.dumps(answer).encode()
        headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
        start_response(f"{status.value} {status.phrase}", headers)
        return [body]

    def _answer(self, environ: dict[str, Any]) -> tuple[HTTPStatus, dict[str, Any]]:
        match environ["PATH_INFO"], environ["REQUEST_METHOD"]:
            case "/token", "POST":
                with self._lock:
                    self._requests += 1
                length = int(environ.get("CONTENT_LENGTH") or 0)
                return self._token(environ["wsgi.input"].read(length))
            case "/count", "GET":
                return HTTPStatus.OK, {"token_requests": self._requests}
            case "/token" | "/count", _:
                return HTTPStatus.METHOD_NOT_ALLOWED, {"status": "method not allowed"}
            case _:
                return HTTPStatus.NOT_FOUND, {"status": "not found"}

    def _token(self, body: bytes) -> tuple[HTTPStatus, dict[str, Any]]:
        try:
            credentials = json.loads(body)
            username, password = credentials["username"], credentials["password"]
        except (ValueError, TypeError, KeyError):
            return HTTPStatus.BAD_REQUEST, {"status": "malformed request"}
        if (username, password) not in list(self._passwords.items()):
            return HTTPStatus.UNAUTHORIZED, {"status": "invalid"}
        return HTTPStatus.OK, {"token": self._create_token(username)}
