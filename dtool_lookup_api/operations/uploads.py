"""Check what is to be uploaded.

The server refuses some of it without a reason, some of it when it has begun to write, and takes the
rest, for a dataset that cannot be read or downloaded.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any, Final, cast

from ..core.local_dataset import identifier_of
from . import arguments
from .arguments import refuse

__all__ = ["check_identifiers", "items_of", "overlays_of", "values_of"]

_HASH_FUNCTION: Final = "md5sum_hexdigest"  # storage compares it as Content-MD5
_HASH: Final = re.compile("[0-9a-f]{32}")
# learn.microsoft.com/windows/win32/fileio/naming-a-file
_WINDOWS_REFUSES: Final = re.compile(
    r'[<>:"|?*]|[. ]$|^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)', re.IGNORECASE
)
_LARGEST: Final = 5 * 1024**3  # bytes: S3 takes no more in one request
_MANIFEST: Final = "Give a manifest as dtoolcore writes it, or the list of its items"


def items_of(value: Any, argument: str = "items") -> list[dict[str, Any]]:
    """Return the items to upload: of a manifest, those in it, or a list of its entries.

    Args:
        value: A manifest, or a list of items; None for none.
        argument: Name of the argument.
    """
    items: Any = [] if value is None else value
    if isinstance(items, Mapping):
        manifest = cast("Mapping[str, Any]", items)
        _check_hash_function(manifest.get("hash_function", _HASH_FUNCTION), argument)
        items = manifest.get("items", None if manifest else [])
        items = cast("Mapping[str, Any]", items).values() if isinstance(items, Mapping) else items
    if isinstance(items, (str, bytes)) or not isinstance(items, Iterable):
        refuse(argument, value, "is neither a manifest nor a list", _MANIFEST)
    found = [
        _item(item, f"{argument}[{number}]")
        for number, item in enumerate(cast("Iterable[Any]", items))
    ]
    _check_clashes([item["relpath"] for item in found], argument)
    return found


def check_identifiers(items: Mapping[str, Any], argument: str) -> None:
    """Refuse a manifest with another identifier than dtool has for the path of the item.

    Args:
        items: The items by identifier.
        argument: Name of the argument.
    """
    for identifier, item in items.items():
        relpath: str = item["relpath"]
        if identifier != identifier_of(relpath):
            remedy = "The manifest is damaged: tell the owner, who can freeze the dataset again"
            refuse(f"{argument}.items", identifier, f"does not belong to {relpath!r}", remedy)


def _check_hash_function(value: Any, argument: str) -> None:
    if value != _HASH_FUNCTION:
        remedy = (
            f"Storage checks MD5 only: give {_HASH_FUNCTION}, with the hashes that belong to it"
        )
        refuse(f"{argument}.hash_function", value, "cannot be uploaded", remedy)


def _item(value: Any, argument: str) -> dict[str, Any]:
    item = arguments.check_item(value, argument, _MANIFEST)
    _check_normal(item["relpath"], f"{argument}.relpath")
    if not _HASH.fullmatch(item["hash"]):
        remedy = "Give 32 hexadecimal digits in lower case"
        refuse(f"{argument}.hash", item["hash"], "is not an MD5 hash", remedy)
    size = arguments.check_count(item["size_in_bytes"], f"{argument}.size_in_bytes", 0)
    if size > _LARGEST:
        remedy = "Storage takes at most 5 GiB in one request: use dtool for this dataset"
        refuse(f"{argument}.size_in_bytes", size, "is too large", remedy)
    arguments.check_date(item["utc_timestamp"], f"{argument}.utc_timestamp")
    return item


def _check_normal(relpath: str, argument: str) -> None:
    """Refuse a path that other systems write otherwise: its identifier is made of its bytes."""
    arguments.check_text(relpath, argument)
    if "\\" in relpath:
        refuse(argument, relpath, "contains a backslash", "Separate folders with /")
    if any(part in ("", ".") for part in relpath.split("/")):
        refuse(argument, relpath, "is not normalised", "Give a path like folder/file.txt")
    arguments.check_length_of_relpath(relpath, argument)
    if any(_WINDOWS_REFUSES.search(name) for name in relpath.split("/")):
        refuse(argument, relpath, "is not a valid name on Windows", "Rename the file")
    if not unicodedata.is_normalized("NFC", relpath):
        remedy = "Give unicodedata.normalize('NFC', relpath)"
        refuse(argument, relpath, "is not in Unicode form NFC", remedy)


def _check_clashes(relpaths: list[str], argument: str) -> None:
    """Refuse paths that occur twice, or are both a file and a folder."""
    files: dict[str, str] = {}  # macOS and Windows do not distinguish capitals
    for number, relpath in enumerate(relpaths):
        twin = files.get(relpath.casefold())
        where = f"{argument}[{number}].relpath"
        if twin == relpath:
            refuse(where, relpath, "occurs twice", "Give each item once")
        if twin is not None:
            refuse(where, relpath, f"differs from {twin!r} only in case", "Rename one of them")
        files[relpath.casefold()] = relpath
    for number, relpath in enumerate(relpaths):
        folder = relpath.casefold()
        while folder := folder.rpartition("/")[0]:
            if folder in files:
                problem = f"lies in {files[folder]!r}, which is an item, too"
                refuse(f"{argument}[{number}].relpath", relpath, problem, "Rename one of them")


def values_of(value: Any, argument: str) -> dict[str, Any]:
    """Return annotations or overlays by name, none of them null, which the server refuses."""
    if value is not None and not isinstance(value, Mapping):
        refuse(
            argument, cast("object", value), "is not a dict", 'Give a dict like {"colour": "red"}'
        )
    found = cast("Mapping[Any, Any]", value or {})
    return {
        arguments.check_dtool_name(name, argument, with_dot=False): _value(
            found[name], f"{argument}[{name!r}]"
        )
        for name in found
    }


def overlays_of(value: Any, items: list[dict[str, Any]]) -> dict[str, Any]:
    """Return overlays by name: values by the identifier of each item.

    Args:
        value: The overlays, or None for none.
        items: The items, checked.
    """
    overlays = values_of(value, "overlays")
    known = {identifier_of(item["relpath"]) for item in items}
    for name, overlay in overlays.items():
        argument = f"overlays[{name!r}]"
        if not isinstance(overlay, dict):
            refuse(argument, overlay, "is not a dict", "Give values by the identifier of the item")
        values = cast("dict[str, Any]", overlay)
        wrong = sorted(known.symmetric_difference(values), key=str)
        if wrong:
            problem = "is not an identifier" if wrong[0] in values else "has no value"
            remedy = "Give a value for each item, by the SHA-1 of its relpath: dtool refuses others"
            refuse(argument, wrong[0], problem, remedy)
        for identifier, member in values.items():
            _value(member, f"{argument}[{identifier!r}]")
    return overlays


def _value(value: Any, argument: str) -> Any:
    if value is None:
        refuse(argument, value, "is null, which the server refuses", "Leave it out")
    return arguments.check_json_value(value, argument)
