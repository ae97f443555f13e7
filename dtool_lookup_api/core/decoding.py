"""Decompress the bodies of responses in small pieces, up to a limit.

Engines ask for it. Their libraries decompress a chunk as a whole: 1,851 bytes may become a
gigabyte, while no deadline is looked at. So engines leave bodies as they came, and accept only
encodings that can be decompressed piece by piece.
"""

import zlib
from collections.abc import AsyncIterator, Generator
from typing import Any, Final

from .event_loop import pause
from .messages import DecodingError, HttpRequest, TooLargeError

__all__ = ["ACCEPT_ENCODING", "Decoder", "decoded"]

ACCEPT_ENCODING: Final = "gzip, deflate"
_PIECE: Final = 256 * 1024  # decompressed bytes; that takes about a millisecond


class Decoder:
    """Collect the body of a response.

    Args:
        encoding: The response's Content-Encoding. Unknown ones are left as they are.
        request: The request, which limits the response.
    """

    def __init__(self, encoding: str, request: HttpRequest) -> None:
        names = [name.strip().lower() for name in encoding.split(",")]
        known = [name for name in names if name in ("gzip", "x-gzip", "deflate")]
        if len(known) > 1:  # RFC 9110 allows it, but it is not used, and hides the size
            raise DecodingError("the body is compressed twice")
        self._limit = request.limit
        self._pieces: list[bytes] = []
        self._size = 0
        self._begun = False
        self._inflate: Any = None
        self._may_be_raw = "deflate" in known  # without the header of zlib
        if known:
            bits = zlib.MAX_WBITS if self._may_be_raw else zlib.MAX_WBITS | 16
            self._inflate = zlib.decompressobj(bits)

    def feed(self, chunk: bytes) -> Generator[None]:
        """Take a chunk, and yield after each piece: time passes.

        Raises:
            TooLargeError: If the body is larger than the request allows.
            DecodingError: If it cannot be decompressed.
        """
        if self._inflate is None:
            self._add(chunk)
            yield
            return
        self._begun = True
        while chunk and not self._inflate.eof:
            self._add(self._inflated(chunk))
            chunk = self._inflate.unconsumed_tail
            yield

    def body(self) -> bytes:
        """Return the whole body."""
        if self._begun:
            self._add(self._inflate.flush())  # a match that the last piece had no room for
            if not self._inflate.eof:
                raise DecodingError("the compressed body is not complete")
        return self._pieces[0] if len(self._pieces) == 1 else b"".join(self._pieces)

    def _add(self, piece: bytes) -> None:
        self._size += len(piece)
        if self._size > self._limit:
            self._pieces.clear()
            raise TooLargeError(self._limit)
        self._pieces.append(piece)

    def _inflated(self, chunk: bytes) -> bytes:
        try:
            piece: bytes = self._inflate.decompress(chunk, _PIECE)
        except zlib.error as error:
            if not self._may_be_raw:
                raise DecodingError(str(error)) from None
            self._may_be_raw = False
            self._inflate = zlib.decompressobj(-zlib.MAX_WBITS)
            return self._inflated(chunk)
        self._may_be_raw = False
        return piece


async def decoded(chunks: AsyncIterator[bytes], encoding: str, request: HttpRequest) -> bytes:
    """Return a whole body; the event loop goes on between its pieces.

    Args:
        chunks: The body as it comes.
        encoding: The response's Content-Encoding.
        request: The request, which limits the response.

    Raises:
        TransportError: If it is too large, or cannot be decompressed.
    """
    decoder = Decoder(encoding, request)
    async for chunk in chunks:
        for number, _ in enumerate(decoder.feed(chunk)):
            if number:
                await pause()
    return decoder.body()
