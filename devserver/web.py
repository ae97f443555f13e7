"""Serve WSGI applications on the loopback interface, plain or with TLS."""

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from cheroot.ssl.builtin import BuiltinSSLAdapter
from cheroot.wsgi import Server

HOST = "127.0.0.1"

Application = Callable[..., Any]


@contextmanager
def serving(application: Application, port: int, certificate: Path | None) -> Iterator[int]:
    """Accept connections until the context ends, and yield the port (a free one for 0)."""
    # Fewer threads than the server's SQL pool has connections (5 + 10): none waits for one.
    server = Server(
        (HOST, port),
        _decoding_slashes(application),
        numthreads=12,
        request_queue_size=256,
        timeout=60,
        shutdown_timeout=1,
    )
    server.keep_alive_conn_limit = 256
    server.expiration_interval = 0.1  # seconds between checks for the stop
    if certificate:
        server.ssl_adapter = BuiltinSSLAdapter(certificate, certificate.with_suffix(".key"))
    try:
        server.prepare()
    except OSError as error:  # usually, the port is in use
        sys.exit(f"serve.py: {error}")
    thread = threading.Thread(target=server.serve)
    thread.start()
    try:
        yield server.bind_addr[1]
    finally:
        server.stop()
        thread.join()


def _decoding_slashes(application: Application) -> Application:
    """Decode `%2F` too, which cheroot keeps and other WSGI servers do not."""

    def decoding(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        path, _, _ = environ["REQUEST_URI"].partition("?")
        return application(environ | {"PATH_INFO": unquote(path, "latin-1")}, start_response)

    return decoding
