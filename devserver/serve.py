"""Serve the released dserver and a token generator on this machine, until stopped."""

import argparse
import gc
import os
import signal
import sys
import tempfile
import threading
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import standin
from app import EXTENSIONS, running_app
from certificate import write_certificate
from data import PASSWORDS
from flask import Flask
from flask_jwt_extended import create_access_token
from index import add_to_direct_queries, populate, store_example
from recorder import recorded
from standin.objects import SignedObjects
from tokens import TokenGenerator
from web import HOST, serving

STOP_SIGNALS = {signal.SIGINT, signal.SIGTERM}


def main() -> None:
    """Start both servers, print their settings, and wait for the signal to stop."""
    options = _parse_arguments()
    signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)
    if options.until_eof:
        threading.Thread(target=_stop_at_eof, daemon=True).start()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="dserver-")))
        app = stack.enter_context(running_app(folder, options.without, evolved=options.next))
        populate(app, folder)
        add_to_direct_queries(app, options.datasets)
        gc.freeze()  # elsewhere the documents are in MongoDB's process, not in this heap
        generator = TokenGenerator(PASSWORDS, _token_creator(app, options.token_lifetime))
        certificate = write_certificate(folder / "localhost.pem") if options.https else None
        if options.next:
            objects = _storage(folder / "buckets", s3=options.s3)
            objects_port = stack.enter_context(serving(objects, 0, certificate))
            objects.address = f"{'https' if certificate else 'http'}://{HOST}:{objects_port}"
            objects.install()
            store_example("s3://test-bucket")
            standin.extend(app, standin.Options.chosen(options), objects)
        application = recorded(app, "next" if options.next else "released")
        port = stack.enter_context(serving(application, options.port, certificate))
        token_port = stack.enter_context(serving(generator, options.token_port, certificate))
        _announce(port, token_port, certificate)
        signal.sigwait(STOP_SIGNALS)


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    add("--port", type=int, default=5000, help="of the server; 0: a free one")
    add("--token-port", type=int, default=5001, help="of the token generator; 0: a free one")
    add("--https", action="store_true", help="with a self-signed certificate")
    add("--token-lifetime", type=float, default=3600, metavar="SECONDS", help="default: 3600")
    add(
        "--without",
        action="append",
        default=[],
        choices=EXTENSIONS,
        help="leave out an extension plugin; may be repeated",
    )
    add("--next", action="store_true", help="behave like the next server, dservercore 0.23")
    add(
        "--storing",
        action="store_true",
        help="with --next: plugins that write READMEs, annotations and tags to the index too",
    )
    add(
        "--url-lifetime",
        type=int,
        metavar="SECONDS",
        help="with --next: of signed URLs; default: 3600 to read, 14400 to write",
    )
    add(
        "--completion-ms",
        type=float,
        default=0,
        metavar="MS",
        help="with --next: delay in completing an upload, per item; default: 0",
    )
    add(
        "--s3",
        action="store_true",
        help="with --next: store data in a server of S3; needs the environment of tests/s3",
    )
    add("--datasets", type=int, default=0, metavar="N", help="let direct queries find N more")
    add("--until-eof", action="store_true", help="stop when standard input ends")
    options = parser.parse_args()
    if options.s3 and options.https:
        parser.error("S3 is served without a certificate: leave out --https or --s3")
    return options


def _storage(folder: Path, *, s3: bool) -> Any:
    if s3:
        from standin.s3 import S3Objects

        folder.mkdir()
        print(f"export DEVSERVER_S3={folder}")
        return S3Objects("test-bucket", folder)
    print(f"export DEVSERVER_STORAGE={folder}")
    return SignedObjects(folder)


def _stop_at_eof() -> None:
    while os.read(sys.stdin.fileno(), 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def _token_creator(app: Flask, lifetime: float) -> Callable[[str], str]:
    def create_token(username: str) -> str:
        with app.app_context():
            return create_access_token(username, expires_delta=timedelta(seconds=lifetime))

    return create_token


def _announce(port: int, token_port: int, certificate: Path | None) -> None:
    scheme = "https" if certificate else "http"
    print(f"export DSERVER_URL={scheme}://{HOST}:{port}")
    print(f"export DSERVER_TOKEN_GENERATOR_URL={scheme}://{HOST}:{token_port}/token")
    print("export DSERVER_USERNAME=testuser")
    print("export DSERVER_PASSWORD=test_password")
    if certificate:
        print(f"export SSL_CERT_FILE={certificate}")
    users = ", ".join(f"{name} ({password})" for name, password in PASSWORDS.items())
    print(f"# ready; Ctrl-C stops it; users (passwords): {users}", flush=True)


if __name__ == "__main__":
    main()
