"""Serve the objects of the storage at signed URLs, with the responses of S3."""

import hashlib
import hmac
import re
import secrets
import tempfile
import time
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import parse_qsl, quote, urlencode

from .storage import install

Environ = dict[str, Any]
Answer = tuple[HTTPStatus, dict[str, str], Iterable[bytes]]

PIECE = 1 << 16  # bytes


class Refusal(Exception):
    """A refused request, with the code that distinguishes the reasons."""

    def __init__(self, status: HTTPStatus, code: str, message: str, **headers: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        body = (
            f"<?xml version='1.0'?><Error><Code>{code}</Code><Message>{message}</Message></Error>"
        )
        self.answer = (status, {"Content-Type": "application/xml", **headers}, [body.encode()])

    def respond(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer a request, of which all is read: some clients look for the answer only then."""
        for _ in pieces(environ["wsgi.input"]):
            pass
        return _respond(self.answer, environ, start_response)


class SignedObjects:
    """Sign URLs for the files below a folder, and serve them; a WSGI application."""

    def __init__(self, folder: Path) -> None:
        self.address = ""
        """The URL that the objects are served at."""
        self._folder = folder
        self._secret = secrets.token_bytes(32)

    def install(self) -> None:
        """Let dtoolcore find the folder."""
        install(self._folder)

    def url(
        self, method: str, path: str, seconds: float, headers: Mapping[str, str] | None = None
    ) -> str:
        """Return a URL for one method on one file, for some time, with these headers only."""
        key = Path(path).relative_to(self._folder).as_posix()
        expires, names = str(time.time() + seconds), ";".join(headers or {})
        signature = self._signature(method, key, expires, names, *(headers or {}).values())
        query = {"expires": expires, "headers": names, "signature": signature}
        return f"{self.address}/{quote(key)}?{urlencode(query)}"

    def _signature(self, *parts: str) -> str:
        return hmac.new(self._secret, "\n".join(parts).encode(), hashlib.sha256).hexdigest()

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        try:
            path = self._folder / self._permitted(environ)
            answer = self._put if environ["REQUEST_METHOD"] == "PUT" else self._get
            found = answer(path, environ)
        except Refusal as refusal:
            return refusal.respond(environ, start_response)
        return _respond(found, environ, start_response)

    def _permitted(self, environ: Environ) -> str:
        """Return the key of the object, if the URL was signed for this request."""
        key = environ["PATH_INFO"].removeprefix("/").encode("latin-1").decode()
        query = dict(parse_qsl(environ["QUERY_STRING"], keep_blank_values=True))
        names = query.get("headers", "")
        sent = [header(environ, name) for name in names.split(";") if name]
        method, expires = environ["REQUEST_METHOD"], query.get("expires", "0")
        if "HTTP_AUTHORIZATION" in environ:
            message = "Only one way to authenticate is allowed"
            raise Refusal(HTTPStatus.BAD_REQUEST, "InvalidArgument", message)
        if time.time() > float(expires):
            raise Refusal(HTTPStatus.FORBIDDEN, "AccessDenied", "Request has expired")
        expected = self._signature(method, key, expires, names, *sent)
        if not hmac.compare_digest(expected, query.get("signature", "")):
            message = "The method, the path or a signed header is another one"
            raise Refusal(HTTPStatus.FORBIDDEN, "SignatureDoesNotMatch", message)
        return key

    def _put(self, path: Path, environ: Environ) -> Answer:
        refuse_unframed(environ)
        digest = hashlib.md5(usedforsecurity=False)
        with tempfile.TemporaryDirectory(dir=self._folder) as folder:
            arriving = Path(folder, "object")
            with arriving.open("wb") as file:
                for piece in pieces(environ["wsgi.input"]):
                    digest.update(piece)
                    file.write(piece)
            if arriving.stat().st_size != int(environ["CONTENT_LENGTH"]):
                raise Refusal(HTTPStatus.BAD_REQUEST, "IncompleteBody", "The body is too short")
            if header(environ, "Content-MD5") not in ("", b64encode(digest.digest()).decode()):
                raise Refusal(HTTPStatus.BAD_REQUEST, "BadDigest", "Content-MD5 is another one")
            arriving.replace(path)
        return HTTPStatus.OK, {"ETag": f'"{digest.hexdigest()}"', "Content-Length": "0"}, []

    def _get(self, path: Path, environ: Environ) -> Answer:
        if not path.is_file():
            raise Refusal(HTTPStatus.NOT_FOUND, "NoSuchKey", "There is no such object")
        size = path.stat().st_size
        headers = {"Content-Type": "binary/octet-stream", "Accept-Ranges": "bytes"}
        wanted = _range(environ.get("HTTP_RANGE", ""), size)
        if wanted is None:
            return HTTPStatus.OK, headers | {"Content-Length": str(size)}, _read(path, 0, size)
        if not wanted:
            raise Refusal(
                HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE,
                "InvalidRange",
                "The range is behind the end",
                **{"Content-Range": f"bytes */{size}"},
            )
        headers["Content-Range"] = f"bytes {wanted.start}-{wanted.stop - 1}/{size}"
        headers["Content-Length"] = str(len(wanted))
        return HTTPStatus.PARTIAL_CONTENT, headers, _read(path, wanted.start, len(wanted))


def refuse_unframed(environ: Environ) -> None:
    """Refuse a body that comes without its length."""
    if "HTTP_TRANSFER_ENCODING" in environ:
        message = "Transfer-Encoding is not implemented"
        raise Refusal(HTTPStatus.NOT_IMPLEMENTED, "NotImplemented", message)
    if not environ.get("CONTENT_LENGTH"):
        message = "Content-Length is needed"
        raise Refusal(HTTPStatus.LENGTH_REQUIRED, "MissingContentLength", message)


def header(environ: Environ, name: str) -> str:
    """Return a header of a request, empty if there is none."""
    value: str = environ.get(f"HTTP_{name.upper().replace('-', '_')}", "")
    return value


def _respond(
    answer: Answer, environ: Environ, start_response: Callable[..., Any]
) -> Iterable[bytes]:
    status, headers, body = answer
    start_response(f"{status.value} {status.phrase}", list(headers.items()))
    return [] if environ["REQUEST_METHOD"] == "HEAD" else body


def _range(header: str, size: int) -> range | None:
    """Return the range of bytes in the request: empty if it is past the end, None for all."""
    match = re.fullmatch(r"bytes=(\d*)-(\d*)", header)
    if not match or match[0] == "bytes=-":
        return None
    first, last = match.groups()
    if not first:
        return range(max(0, size - int(last)), size)
    return range(int(first), min(int(last) + 1, size) if last else size)


def pieces(stream: BinaryIO) -> Iterator[bytes]:
    """Yield a body in pieces."""
    return iter(lambda: stream.read(PIECE), b"")


def _read(path: Path, start: int, length: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(start)
        while length:
            piece = file.read(min(PIECE, length))
            length -= len(piece)
            yield piece
