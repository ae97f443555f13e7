"""Bodies that are sent in pieces, with a length that is known before.

``Body`` says how to read one from its start, as often as it is sent. The drivers read it, in a
thread where that would hold up an event loop; engines send what they are given.
"""

import os
from collections.abc import Callable, Generator, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, Final

from ..errors import InvalidRequestError

__all__ = ["Body", "body_of_file", "body_of_path"]

_PIECE: Final = 256 * 1024  # bytes read from a file at a time


class Body:
    """A body to send in pieces.

    Args:
        source: Returns the pieces, anew for each try. An iterator serves for one try only.
        length: Number of bytes. Storage refuses a body without one.
    """

    def __init__(
        self, source: Callable[[], Iterable[bytes]] | Iterator[bytes], length: int
    ) -> None:
        self.length: int = length
        self._source = source
        self._begun = False

    @property
    def is_spent(self) -> bool:
        """Whether it cannot be sent again."""
        return self._begun and not callable(self._source)

    def pieces(self) -> Generator[bytes]:
        """Yield the body from its start.

        Raises:
            InvalidRequestError: If there is more or less than the length says.
        """
        self._begun = True
        pieces = iter(self._source() if callable(self._source) else self._source)
        sent = 0
        try:
            for piece in pieces:
                sent += len(piece)
                if sent > self.length:
                    break
                yield piece
        finally:
            if isinstance(pieces, Generator):
                pieces.close()  # and the file that it reads
        if sent != self.length:
            raise InvalidRequestError(
                f"What was to be sent is {'longer' if sent > self.length else 'shorter'} than "
                f"{self.length} bytes",
                next_step="Has the file been changed meanwhile? Send it again",
            )


def body_of_path(path: str | os.PathLike[str]) -> Body:
    """Return the body of a whole file, which is opened for each try.

    Args:
        path: Path of the file.
    """

    def pieces() -> Generator[bytes]:
        with Path(path).open("rb") as file:
            yield from _pieces(file)

    return Body(pieces, Path(path).stat().st_size)


def body_of_file(file: BinaryIO) -> Body:
    """Return the body of an open file, from its current position to its end.

    Args:
        file: The file, which stays open; each try begins at the same position.
    """
    start = file.tell()
    end = file.seek(0, os.SEEK_END)
    file.seek(start)

    def pieces() -> Generator[bytes]:
        file.seek(start)
        yield from _pieces(file)

    return Body(pieces, end - start)


def _pieces(file: BinaryIO) -> Generator[bytes]:
    while piece := file.read(_PIECE):
        yield piece
