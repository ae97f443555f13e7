"""Record the requests and responses of a server, for tests that validate them."""

import io
import json
import os
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

Application = Callable[..., Iterable[bytes]]

FOLDER = "DEVSERVER_RECORD"  # in the environment, which all processes of a test run inherit
REQUEST_HEADERS = {"Content-Type": "CONTENT_TYPE", "User-Agent": "HTTP_USER_AGENT"}
RESPONSE_HEADERS = {"content-type", "location", "x-pagination", "x-sort"}
SECRETS = {"api_key", "password", "token"}
HIDDEN = "(hidden)"


def recorded(application: Application, server: str) -> Application:
    """Return an application that records its exchanges, if the environment names a folder for it.

    Args:
        application: The application.
        server: What to call the server in the record.
    """
    folder = os.environ.get(FOLDER)
    if not folder:
        return application
    return _Recorder(application, server, Path(folder) / f"{os.getpid()}.jsonl")


class _Recorder:
    """Append one line of JSON for each distinct exchange, without secrets."""

    def __init__(self, application: Application, server: str, path: Path) -> None:
        self._application = application
        self._server = server
        self._file = path.open("a", encoding="utf-8", buffering=1)  # a line at a time
        self._seen: set[int] = set()
        self._lock = threading.Lock()

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        request_body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        answer: dict[str, Any] = {}

        def starting(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            answer["status"] = int(status.split()[0])
            answer["headers"] = {k: v for k, v in headers if k.lower() in RESPONSE_HEADERS}
            return start_response(status, headers, *rest)

        body = io.BytesIO(request_body)
        chunks = self._application(environ | {"wsgi.input": body}, starting)
        try:
            response_body = b"".join(chunks)
        finally:
            getattr(chunks, "close", lambda: None)()
        self._write(_request(environ, request_body), answer | {"body": _text(response_body)})
        return [response_body]

    def close(self) -> None:
        """Close the record."""
        self._file.close()

    def _write(self, request: dict[str, Any], response: dict[str, Any]) -> None:
        exchange = {"server": self._server, "request": request, "response": response}
        line = json.dumps(exchange, sort_keys=True)
        with self._lock:
            if hash(line) not in self._seen:
                self._seen.add(hash(line))
                print(line, file=self._file)


def _request(environ: dict[str, Any], body: bytes) -> dict[str, Any]:
    path, _, query = environ["REQUEST_URI"].partition("?")
    headers = {name: environ[key] for name, key in REQUEST_HEADERS.items() if environ.get(key)}
    if "HTTP_AUTHORIZATION" in environ:
        scheme, _, _ = environ["HTTP_AUTHORIZATION"].partition(" ")
        headers["Authorization"] = f"{scheme} {HIDDEN}" if scheme == "Bearer" else HIDDEN
    return {
        "method": environ["REQUEST_METHOD"],
        "path": path,
        "query": query,
        "headers": headers,
        "body": _text(body),
    }


def _text(body: bytes) -> str:
    """Return a body as text, without secrets."""
    text = body.decode("utf-8", "backslashreplace")
    try:
        value = json.loads(text)
    except ValueError:
        return text
    if not isinstance(value, dict) or not SECRETS & value.keys():
        return text
    hidden = {key: HIDDEN for key in SECRETS & value.keys() if isinstance(value[key], str)}
    return json.dumps(value | hidden)
