"""Stream bodies in an event loop: the same as ``streaming``, with files in threads.

``async_driver`` asks for it. The limit on stalls is held here, for all engines: the time that the
disk takes does not count.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing, closing, suppress
from functools import partial
from typing import Any, Final

from .attempts import Transfer
from .bodies import Body
from .engines import AsyncEngine
from .event_loop import in_thread_to_the_end, running_loop
from .messages import HttpResponse, ResponseTimeoutError, TransportError
from .streaming import BEGINNING, writer_for

__all__ = ["transfer"]

_BLOCK: Final = 256 * 1024  # bytes that are written at a time
_QUICK: Final = 64 * 1024  # bytes that are read or written without a thread


async def transfer(step: Transfer, engine: AsyncEngine) -> HttpResponse:
    """Perform a step, and return its response.

    Args:
        step: The step.
        engine: What sends it.

    Raises:
        TransportError: If there is no whole response; it says how many bytes were written.
    """
    stall = _Stall(step.request.timeout)
    source = _Source(step.body, step.progress, stall) if step.body else None
    sink = _Sink(step, stall)
    pieces = source.pieces() if source else None
    try:
        async with stall.limit, engine.stream(step.request, pieces) as stream:
            response = HttpResponse(stream.status, stream.headers, b"")
            sink.write = writer_for(step, response)
            async with aclosing(stream.chunks) as chunks:
                await sink.receive(chunks, response)
            return response
    except TransportError as error:
        if source and source.failure:
            raise source.failure from None
        error.received = sink.received
        raise
    except TimeoutError:
        if not stall.limit.expired():
            raise
        lost = ResponseTimeoutError(f"no byte for {step.request.timeout:g} s")
        lost.received = sink.received
        raise lost from None
    finally:
        if pieces is not None:
            with suppress(RuntimeError):  # aiohttp has it in a task, which ends it
                await pieces.aclose()


class _Stall:
    """The limit on the time without a byte.

    Args:
        seconds: How long that may be.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._loop = running_loop()
        self.limit = asyncio.timeout(seconds)

    def moved(self) -> None:
        """Begin to wait for the next byte."""
        if not self.limit.expired():
            self.limit.reschedule(self._loop.time() + self._seconds)

    async def apart(self, step: Callable[[], Any]) -> Any:
        """Do something in a thread, whose time does not count."""
        if not self.limit.expired():
            self.limit.reschedule(None)
        try:
            return await in_thread_to_the_end(step)
        finally:
            self.moved()


class _Source:
    """What is sent, read in blocks.

    Args:
        body: The body.
        progress: Is told how many bytes have been sent.
        stall: The limit, which each piece that has been sent begins again.
    """

    failure: Exception | None = None
    """Why it could not be read; an engine may raise something else for it."""

    def __init__(self, body: Body, progress: Callable[[int], Any] | None, stall: _Stall) -> None:
        self._body = body
        self._progress = progress
        self._stall = stall

    async def pieces(self) -> AsyncGenerator[bytes]:
        """Yield the body in pieces."""
        try:
            async with aclosing(self._blocks()) as blocks:
                sent = 0
                async for block in blocks:
                    yield block
                    self._stall.moved()
                    sent += len(block)
                    if self._progress is not None:
                        self._progress(sent)
        except Exception as error:
            self.failure = error
            raise

    async def _blocks(self) -> AsyncGenerator[bytes]:
        with closing(self._body.pieces()) as pieces:
            read = partial(next, pieces, None)
            quick = self._body.length <= _QUICK
            while (block := read() if quick else await self._stall.apart(read)) is not None:
                yield block


class _Sink:
    """What takes the body of the response, in blocks.

    Args:
        step: What it is for.
        stall: The limit, which does not run while a block is written.
    """

    write: Callable[[bytes], Any] | None = None
    received = 0

    def __init__(self, step: Transfer, stall: _Stall) -> None:
        self._step = step
        self._stall = stall
        self._chunks: list[bytes] = []
        self._size = 0

    async def receive(self, chunks: AsyncGenerator[bytes], response: HttpResponse) -> None:
        """Write the chunks, or add the first of them to the response."""
        try:
            async for chunk in chunks:
                self._stall.moved()
                if self.write is None:
                    response.body += chunk
                    if len(response.body) >= BEGINNING:
                        break
                    continue
                self._chunks.append(chunk)
                self._size += len(chunk)
                if self._size >= _BLOCK:
                    await self._flush()
        except BaseException:
            await self._flush()  # what came before can be used
            raise
        await self._flush()

    async def _flush(self) -> None:
        if self.write is None or not self._chunks:
            return
        write = partial(self.write, b"".join(self._chunks))
        size = self._size
        self._chunks, self._size = [], 0
        if size <= _QUICK:
            write()
        else:
            await self._stall.apart(write)
        self.received += size
        if self._step.progress is not None:
            self._step.progress(self.received)
