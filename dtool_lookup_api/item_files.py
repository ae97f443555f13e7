"""Items as seekable binary files, which read ranges from storage.

``open_item`` returns Python's own ``io.BufferedReader`` on a raw file that reads blocks by the
operations of ``ItemRanges``, and keeps the last of them. ``filesystem`` opens the same for fsspec.
"""

import io
import operator
from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from .core.client import ClientBase, runner
from .core.operation import Operation, named
from .operations import metadata
from .operations.arguments import check_text, check_uri, refuse
from .operations.downloads import Item, ItemRanges, find_item, items_of
from .results import DatasetUri

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

__all__ = [
    "BLOCK_SIZE",
    "BUFFER_SIZE",
    "CACHED_BLOCKS",
    "LEAST_BLOCK",
    "MOST_AT_ONCE",
    "RangeFile",
    "check_number",
    "open_item",
]

BLOCK_SIZE: Final = 1024 * 1024
CACHED_BLOCKS: Final = 32  # of each file, in memory
BUFFER_SIZE: Final = 64 * 1024  # bytes that Python's reader takes at a time
MOST_AT_ONCE: Final = 8  # blocks in one request
LEAST_BLOCK: Final = 4096  # bytes


def open_item(
    uri: DatasetUri, item: str, *, client: ClientBase | None = None, block_size: int = BLOCK_SIZE
) -> io.BufferedReader:
    """Open one item of a dataset in storage as a seekable binary file, without downloading it.

    Args:
        uri: URI of the dataset, or the dataset with its ``uri``, e.g.
            ``"s3://test-bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675"``.
        item: Path of the item in the dataset, e.g. ``"folder/data.csv"``, or its identifier.
        client: The ``Client``, of either kind, to read with. Default is as configured.
        block_size: Bytes to request at a time, at least 4096, default 1 MiB. Up to eight blocks
            are requested at once where they are read in order; the last 32 are kept in memory.

    Returns:
        The file (io.BufferedReader), for one thread at a time::

            with open_item(uri, "data.csv") as file:
                table = pandas.read_csv(file)

        Only its size can be checked against the manifest; the hash is that of the whole file.

    Raises:
        NotFoundError: If the dataset is not in the base URI, or the item not in the dataset.
        PermissionDeniedError: If the base URI is unknown or not yours to search.
        NotOfferedError: If the server has no such plugin, or the storage cannot sign URLs.
        InvalidRequestError: If an argument cannot be used.
        IntegrityError: If storage sends something else than the manifest describes.
        LookupServerError: If the call fails otherwise, also while the file is read.

    Requires the dserver-signed-url-plugin, and search permission on the base URI.
    Routes: ``GET /manifests/{uri}``, ``GET /signed-urls/item/{uri}/{identifier}``.
    """
    size = check_number(block_size, "block_size", LEAST_BLOCK)
    place = check_uri(uri)
    wanted = check_text(item, "item")
    run = runner(client)
    items = items_of(run(named(open_item.__name__, metadata.get_manifest(place))))
    raw = RangeFile(place, find_item(items, wanted, place), run, size)
    return io.BufferedReader(raw, BUFFER_SIZE)


def check_number(value: Any, argument: str, least: int) -> int:
    """Return a number of bytes or blocks.

    Args:
        value: What was given.
        argument: Name of the argument.
        least: The least that it may be.
    """
    try:
        number = operator.index(value)
    except TypeError:
        number = least - 1
    if number < least:
        refuse(argument, value, "is too small, or not an integer", f"Give an int from {least}")
    return number


class RangeFile(io.RawIOBase):
    """A file that is read by ranges; the server signs its URL when it is opened.

    Args:
        uri: URI of the dataset.
        item: The item.
        run: Runs operations.
        block_size: Bytes to request at a time.
        cached_blocks: How many blocks to keep, at least ``MOST_AT_ONCE``.
    """

    mode: str = "rb"

    def __init__(
        self,
        uri: str,
        item: Item,
        run: Callable[[Any], Any],
        block_size: int,
        cached_blocks: int = CACHED_BLOCKS,
    ) -> None:
        self._ranges = ItemRanges(uri, item)
        self._run = run
        self._block_size = block_size
        self._cached_blocks = cached_blocks
        self._position = 0
        self._blocks: OrderedDict[int, bytes] = OrderedDict()
        self._expected = 0  # the block that comes next if the file is read in order
        self._at_once = 1
        self._perform(self._ranges.sign())

    @property
    def name(self) -> str:
        """Path of the item."""
        return self._ranges.relpath

    @property
    def size(self) -> int:
        """Size of the item in bytes."""
        return self._ranges.size

    def readable(self) -> bool:
        """Return whether the file can be read."""
        return True

    def seekable(self) -> bool:
        """Return whether the file has positions."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Change the position, and return it."""
        self._check_open()
        bases = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._ranges.size}
        if whence not in bases or bases[whence] + offset < 0:
            raise ValueError(f"cannot seek to {offset} from {whence}")
        self._position = bases[whence] + offset
        return self._position

    def readinto(self, buffer: "WriteableBuffer") -> int:
        """Fill a buffer from the current position, and return how many bytes that were."""
        self._check_open()
        target = memoryview(buffer).cast("B")
        wanted = min(len(target), self._ranges.size - self._position)
        if wanted <= 0:
            return 0
        number, offset = divmod(self._position, self._block_size)
        last = (self._position + wanted - 1) // self._block_size
        block = self._block(number, last)
        count = min(wanted, len(block) - offset)
        target[:count] = block[offset : offset + count]
        self._position += count
        return count

    def close(self) -> None:
        """Close the file, and forget what was read."""
        self._blocks.clear()
        super().close()

    def _perform(self, operation: Operation[Any]) -> Any:
        return self._run(named(open_item.__name__, operation))

    def _check_open(self) -> None:
        if self.closed:
            raise ValueError("I/O operation on closed file")

    def _block(self, number: int, last: int) -> bytes:
        """Return a block, after reading it and maybe more of the file."""
        if number not in self._blocks:
            self._read(number, last)
        self._blocks.move_to_end(number)
        return self._blocks[number]

    def _read(self, number: int, last: int) -> None:
        """Read a block and those after it up to the last one that is wanted, or beyond."""
        in_order = number == self._expected
        self._at_once = min(self._at_once * 2, MOST_AT_ONCE) if in_order else 1
        count = min(max(last - number + 1, self._at_once), MOST_AT_ONCE)
        start = number * self._block_size
        end = min(start + count * self._block_size, self._ranges.size)
        content: bytes = self._perform(self._ranges.read(start, end))
        for offset in range(0, len(content), self._block_size):
            self._blocks[number] = content[offset : offset + self._block_size]
            number += 1
        self._expected = number
        while len(self._blocks) > self._cached_blocks:
            self._blocks.popitem(last=False)
