"""Stream bodies, blocking: read what is sent, write what comes. ``driver`` asks for it."""

from collections.abc import Callable, Generator
from contextlib import closing, nullcontext
from typing import Any, Final

from .attempts import Transfer
from .bodies import Body
from .engine_httpx import HttpxEngine
from .messages import HttpResponse, TransportError

__all__ = ["BEGINNING", "transfer", "writer_for"]

BEGINNING: Final = 64 * 1024
"""Bytes that are kept of a body that is not written, e.g. of an error."""


def transfer(step: Transfer, engine: HttpxEngine, go_on: Callable[[], None]) -> HttpResponse:
    """Perform a step, and return its response.

    Args:
        step: The step.
        engine: What sends it.
        go_on: Is called before each chunk, and raises what is to end the transfer.

    Raises:
        TransportError: If there is no whole response; it says how many bytes were written.
    """
    progress = step.progress or _ignore
    received = 0
    pieces = _sending(step.body, progress, go_on) if step.body is not None else None
    try:
        with (
            closing(pieces) if pieces else nullcontext(),
            engine.stream(step.request, pieces) as stream,
        ):
            response = HttpResponse(stream.status, stream.headers, b"")
            write = writer_for(step, response)
            for chunk in stream.chunks:
                go_on()
                if write is None:
                    response.body += chunk
                    if len(response.body) >= BEGINNING:
                        break
                else:
                    write(chunk)
                    received += len(chunk)
                    progress(received)
            return response
    except TransportError as error:
        error.received = received
        raise


def writer_for(step: Transfer, response: HttpResponse) -> Callable[[bytes], Any] | None:
    """Return what takes the body of a response, if anything does."""
    if step.receive is None or not 200 <= response.status < 300:
        return None
    return step.receive(response)


def _sending(
    body: Body, progress: Callable[[int], Any], go_on: Callable[[], None]
) -> Generator[bytes]:
    sent = 0
    with closing(body.pieces()) as pieces:
        for piece in pieces:
            go_on()
            yield piece
            sent += len(piece)
            progress(sent)


def _ignore(count: int) -> None:
    pass
