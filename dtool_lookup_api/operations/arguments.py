"""Check arguments before anything is sent, and bring them into the form the server wants."""

import json
import operator
import os
import re
import unicodedata
from collections.abc import AsyncIterable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from importlib.util import find_spec
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple, NoReturn, TypeVar, cast
from urllib.parse import quote, urlparse, urlunparse
from uuid import UUID

from ..core.progress import Progress
from ..errors import InvalidRequestError
from ..results import Page
from ..types import Pagination

if TYPE_CHECKING:
    from ..core.responses import ApiResponse

__all__ = [
    "ASCENDING",
    "DESCENDING",
    "Sort",
    "check_ahead",
    "check_annotations",
    "check_base_uri",
    "check_base_uris",
    "check_bool",
    "check_concurrency",
    "check_count",
    "check_date",
    "check_dtool_name",
    "check_each",
    "check_item",
    "check_json_object",
    "check_json_value",
    "check_length_of_relpath",
    "check_limit",
    "check_manifest",
    "check_paging",
    "check_path",
    "check_path_value",
    "check_pipeline",
    "check_progress",
    "check_readable",
    "check_readme",
    "check_registered_annotations",
    "check_relpath",
    "check_search_text",
    "check_signed_base_uri",
    "check_signed_uri",
    "check_sort",
    "check_tags",
    "check_text",
    "check_text_list",
    "check_uri",
    "check_usernames",
    "check_uuid",
    "check_uuids",
    "fill_out_parameters",
    "is_dtool_name",
    "listed_page",
    "refuse",
    "stored_uri",
]

_T = TypeVar("_T")

ASCENDING: Final = 1
DESCENDING: Final = -1

_MAX_PAGE_SIZE: Final = 100
_MAX_AHEAD: Final = 32
_MAX_CONCURRENCY: Final = 100
_DTOOL_NAME: Final = re.compile("[0-9a-zA-Z_.-]{1,80}")  # as dtoolcore.utils.name_is_valid has it
_PLAIN_URI: Final = re.compile(r"[a-z][a-z0-9]+://[\w-][\w.-]*(?:/[\w-][\w.-]*)*", re.ASCII)
_MAX_IN_URL: Final = 60_000  # httpx makes no URL of more than 65,536 characters
_MOST_QUOTED: Final = 12  # characters that a character may become: four bytes, each %XX
_WITH_HOST: Final = ("azure", "ecs", "s3", "smb")  # what follows :// is a bucket, or a server
_LONGEST_FILE_NAME: Final = 255  # bytes, as most file systems have it
_LONGEST_RELPATH: Final = 1024  # bytes; S3 stores at most 2 KB of metadata with an object
# Marks for the direction of writing: unicode.org/reports/tr9
_DIRECTIONS: Final = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
_TEXT_REMEDY: Final = "Give a non-empty str"
_MANIFEST: Final = {"dtoolcore_version": str, "hash_function": str, "items": dict}
_ITEM: Final[dict[str, tuple[type, ...]]] = {
    "hash": (str,),
    "relpath": (str,),
    "size_in_bytes": (int,),
    "utc_timestamp": (int, float),
}


def refuse(argument: str, value: object, problem: str, remedy: str) -> NoReturn:
    """Raise the error for an argument that cannot be sent.

    Args:
        argument: Name of the argument.
        value: What was given.
        problem: What is wrong with it, as the end of a sentence.
        remedy: What to give instead.
    """
    try:
        shown = repr(value)
    except Exception:  # of a list that is nested too deeply, or what a class of the user's raises
        shown = f"<{type(value).__name__}>"
    if len(shown) > 80:  # the end of a path or a URI tells more than its middle
        shown = f"{shown[:39]}…{shown[-40:]}"
    raise InvalidRequestError(f"{argument}={shown} {problem}", next_step=remedy) from None


def check_path_value(value: Any, argument: str) -> str:
    """Return a value for a path: a user name, a tag.

    httpx removes the path segments ``.`` and ``..``, so that a user called ``.`` would be the
    list of all users; dserver takes a slash for the end of the value.
    """
    text = _text_in_url(value, argument)
    if "/" in text:
        refuse(argument, value, "contains a slash", "Give a name without a slash")
    if text in (".", ".."):
        refuse(argument, value, "cannot be part of a URL", "Give a name other than . and ..")
    return text


def is_dtool_name(name: str) -> bool:
    """Return whether dtool can write a tag, an annotation or a dataset of this name to storage."""
    return _DTOOL_NAME.fullmatch(name) is not None


def check_dtool_name(value: Any, argument: str, *, with_dot: bool = True) -> str:
    """Return a name that goes to storage, where dtool writes no other.

    dserver accepts others, and loses what is in storage when dtool refuses them.

    Args:
        value: The name.
        argument: Name of the argument.
        with_dot: Whether it may hold a dot. dtool-s3 takes what follows one in the name of an
            annotation or overlay for a file type, and cannot read the dataset any more.
    """
    text = _text(value, argument)
    if not is_dtool_name(text):
        remedy = "Give 1 to 80 of the characters 0-9 a-z A-Z - _ ."
        refuse(argument, value, "is not a name that dtool can write", remedy)
    if not with_dot and "." in text:
        refuse(
            argument,
            value,
            "contains a dot, which dtool-s3 cannot read",
            "Give a name without a dot",
        )
    return check_path_value(text, argument)


def check_uri(value: Any, argument: str = "uri") -> str:
    """Return the URI of a dataset, given itself or the dataset, as it goes into a path."""
    return _uri(
        _member_of(value, "uri", argument),
        argument,
        "smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675",
    )


def check_base_uri(value: Any, argument: str = "base_uri") -> str:
    """Return a base URI, as it goes into a path."""
    return _uri(value, argument, "smb://test-share")


def check_base_uris(values: Any, argument: str = "base_uris") -> list[str] | None:
    """Return a filter's base URIs, or None for no filter."""
    found = check_text_list(values, argument)
    return None if found is None else [stored_uri(check_base_uri(uri, argument)) for uri in found]


def check_signed_uri(value: Any, argument: str = "uri") -> str:
    """Return the URI of a dataset for a signed URL: that plugin decodes the path twice."""
    return stored_uri(check_uri(value, argument)).replace("%", "%25")


def check_signed_base_uri(value: Any, argument: str = "base_uri") -> str:
    """Return a base URI for a signed URL: that plugin decodes the path twice."""
    return stored_uri(check_base_uri(value, argument)).replace("%", "%25")


def stored_uri(uri: str) -> str:
    """Return a URI as dserver stores it, and as it goes into bodies and filters.

    dserver and dtoolcore parse a URI and put it together again. Where it names no host, that
    makes ``irods:/zone`` of ``irods:///zone``.
    """
    return urlunparse(urlparse(uri))


def _uri(value: Any, argument: str, example: str) -> str:
    text = _text_in_url(value, argument)
    if _PLAIN_URI.fullmatch(text):  # parsing takes ten times as long
        return text
    remedy = f"Give a URI like {example}"
    try:
        parts = urlparse(text)
    except ValueError as error:  # dserver fails on it
        refuse(argument, value, f"is not a URI: {error}", remedy)
    if not parts.netloc and parts.path.startswith("//"):  # Pythons put it together differently
        refuse(argument, value, f"has too many slashes after {parts.scheme}:", remedy)
    kept = urlunparse(parts)
    hostless = kept.startswith(f"{parts.scheme}:/") and not kept.startswith(f"{parts.scheme}://")
    # In a path, dserver takes what has no :// for s3/bucket, another spelling of s3://bucket.
    in_path = kept.replace(":/", ":///", 1) if hostless else kept
    _, _, rest = in_path.partition("://")
    if len(parts.scheme) < 2 or not rest.strip("/"):
        # dserver would make file://<its host>/<its folder>/… of it.
        refuse(argument, value, "is not a complete URI", remedy)
    if hostless and parts.scheme in _WITH_HOST:
        refuse(argument, value, f"has nothing between {parts.scheme}:// and its path", remedy)
    if text.endswith("/"):
        # It would be another base URI to dserver than the one without.
        refuse(argument, value, "ends in a slash", "Leave out the last slash")
    if any(part in (".", "..") for part in rest.split("/")):
        refuse(argument, value, "contains the path segment . or ..", remedy)
    if text not in (kept, in_path):
        # dserver parses it and puts it together again. That makes the scheme lower case and
        # drops tabs, line breaks, and a ? or # at the end.
        refuse(argument, value, f"would be {kept!r} to dserver", remedy)
    return in_path


def _text_in_url(value: Any, argument: str) -> str:
    text = _text(value, argument)
    may_be_long = len(text) * _MOST_QUOTED > _MAX_IN_URL
    if may_be_long and len(quote(text, safe="")) > _MAX_IN_URL:
        refuse(argument, value, "is too long for a URL", "Give a shorter one")
    return text


def check_text(value: Any, argument: str) -> str:
    """Return a text that must not be empty."""
    return _text(value, argument)


def check_search_text(value: Any, argument: str) -> str | None:
    """Return the words to search for, or None if there are none."""
    return None if value is None else _any_text(value, argument).strip() or None


def _text(value: Any, argument: str) -> str:
    if value is None:
        refuse(argument, value, "is missing", _TEXT_REMEDY)
    if not _any_text(value, argument):
        refuse(argument, value, "is empty", _TEXT_REMEDY)
    return cast("str", value)


def _any_text(value: Any, argument: str) -> str:
    if not isinstance(value, str):
        refuse(argument, value, f"is of type {type(value).__name__}", "Give a str")
    try:
        value.encode()
    except UnicodeEncodeError:
        refuse(argument, value, "cannot be encoded as UTF-8", "Give text without lone surrogates")
    return value


def check_uuid(value: Any, argument: str = "uuid") -> UUID:
    """Return the UUID of a dataset, given itself or the dataset.

    dserver compares its text, so it must be the canonical one.
    """
    found = _member_of(value, "uuid", argument)
    if isinstance(found, UUID):
        return found
    try:
        return UUID(_text(found, argument))
    except ValueError:
        refuse(
            argument, value, "is not a UUID", "Give one like 1a1f9fad-8589-413e-9602-5bbd66bfe675"
        )


def _member_of(value: Any, name: str, argument: str) -> Any:
    """Return what names a dataset: the value itself, or a member of the dataset that it is."""
    if isinstance(value, (str, UUID)):
        return value
    if not isinstance(value, Mapping):
        return getattr(value, name, value)
    dataset = cast("Mapping[str, Any]", value)
    if name not in dataset:
        refuse(argument, dataset, f"has no {name}", f"Give a {name}, or a dataset that has one")
    return dataset[name]


def check_text_list(values: Any, argument: str) -> list[str] | None:
    """Return a filter's texts, or None for no filter: not given, or empty.

    Command line clients pass an empty tuple for an option that was not used.
    """
    if values is None:
        return None
    if isinstance(values, str):
        values = [values]
    if not isinstance(values, Iterable) or isinstance(values, (bytes, Mapping)):
        refuse(
            argument, cast("object", values), "is not a list of strings", 'Give a list like ["a"]'
        )
    return [_text(value, argument) for value in cast("Iterable[Any]", values)] or None


def check_tags(values: Any, argument: str = "tags") -> list[str]:
    """Return tags without repetition; unlike a filter, an empty list is one."""
    if values is None:
        refuse(argument, values, "is missing", "Give a list, [] for no tags")
    return [
        check_dtool_name(tag, argument)
        for tag in dict.fromkeys(check_text_list(values, argument) or [])
    ]


def check_usernames(values: Any, argument: str) -> list[str] | None:
    """Return user names without duplicates, for which dserver fails; None if not given."""
    if values is None:
        return None
    return [
        check_path_value(name, argument)
        for name in dict.fromkeys(check_text_list(values, argument) or [])
    ]


def check_uuids(values: Any, argument: str = "uuids") -> list[UUID] | None:
    """Return a filter's UUIDs, each given itself or as its dataset, or None for no filter."""
    if isinstance(values, UUID):
        values = [values]
    if isinstance(values, Iterable) and not isinstance(values, (str, bytes, Mapping)):
        given = cast("Iterable[Any]", values)
        values = [str(check_uuid(value, argument)) for value in given]
    found = check_text_list(values, argument)
    return None if found is None else [UUID(value) for value in found]


def check_paging(page_number: Any, page_size: Any) -> dict[str, int]:
    """Return the query parameters that choose a page; None means the default."""
    return {
        "page": _whole_number(page_number, "page_number", 1),
        "page_size": _whole_number(page_size, "page_size", 10, most=_MAX_PAGE_SIZE),
    }


def fill_out_parameters(
    page: Page[_T], pagination: dict[str, Any] | None, sorting: dict[str, Any] | None
) -> Page[_T]:
    """Write what a page knows into the dicts that were given for it, and return the page.

    Programs use the same dict for one page after the other: the last one has no next page.
    """
    if pagination is not None:
        for key in Pagination.__annotations__:
            pagination.pop(key, None)
        pagination.update(page.pagination)
    if sorting is not None:
        sorting.update(page.sorting)
    return page


def check_limit(value: Any, argument: str = "limit") -> int | None:
    """Return how many entries are wanted, None for all."""
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        refuse(argument, value, "is not a number of datasets", "Give an int of at least 1, or None")
    return value


def check_ahead(value: Any) -> int:
    """Return how many pages to read ahead of the caller."""
    return _whole_number(value, "ahead", 0, least=0, most=_MAX_AHEAD)


def check_concurrency(value: Any) -> int:
    """Return how many calls there may be at a time."""
    return _whole_number(value, "concurrency", 1, most=_MAX_CONCURRENCY)


def check_each(values: Any) -> Any:
    """Return many values, to be taken one by one."""
    if isinstance(values, (str, bytes)) or not isinstance(values, (Iterable, AsyncIterable)):
        refuse("each", cast("object", values), "is not a list of values", "Give a list like [uri]")
    return cast("Any", values)


def check_progress(value: Any) -> Progress:
    """Return whom to tell how far it is."""
    if value is True and find_spec("tqdm") is None:
        remedy = "pip install 'dtool-lookup-api[progress]', or give a function"
        refuse("progress", value, "needs tqdm, which is not installed", remedy)
    if not isinstance(value, bool) and not callable(value):
        refuse("progress", value, "is neither a bool nor a function", "Give True, or a function")
    return cast("Progress", value)


def _whole_number(
    value: Any, argument: str, default: int, *, least: int = 1, most: int | None = None
) -> int:
    if value is None:
        return default
    number = _as_int(value)
    if number is None:
        refuse(argument, value, "is not an integer", f"Give an int, default is {default}")
    if number < least or (most and number > most):
        bounds = f"from {least} to {most}" if most else f"of at least {least}"
        refuse(argument, value, "is out of range", f"Give a number {bounds}")
    return number


def _as_int(value: Any) -> int | None:
    """Return an integer, also one of numpy, or None if it is not one; a bool is not."""
    if isinstance(value, bool):
        return None
    try:
        return operator.index(value)
    except TypeError:
        return None


class Sort(NamedTuple):
    """The order of a listing.

    Args:
        text: The value of the ``sort`` query parameter.
        asked: Direction by field, without the field that is added.
        key: The field that is never the same twice.
    """

    text: str
    asked: dict[str, int]
    key: str


def check_sort(fields: Any, orders: Any, sortable: Sequence[str], tie_breaker: str) -> Sort:
    """Return the order of a listing.

    dserver wants one text with commas; of a repeated parameter it reads the first only.
    Without a field that is never the same twice, pages overlap.

    Args:
        fields: A field, or several; None means the tie-breaker.
        orders: ASCENDING or DESCENDING for all of them, or one for each; None: ascending.
        sortable: The fields that the route can sort by.
        tie_breaker: The field that is added to make the order definite.
    """
    if type(fields) is tuple and fields == (tie_breaker,) and orders is ASCENDING:
        return Sort(tie_breaker, {tie_breaker: ASCENDING}, tie_breaker)  # the default
    names = _listed(fields, "sort_fields", [tie_breaker])
    for name in names:
        if name not in sortable:
            refuse(
                "sort_fields",
                name,
                "is not a field to sort by",
                f"Give one of {', '.join(sortable)}",
            )
    # An unsorted listing, such as that of a mongo query, says that it has no fields and no orders.
    directions = _listed(orders, "sort_order", [ASCENDING] * len(names))
    if orders is not None and not isinstance(orders, Iterable):
        directions = directions * len(names)
    for direction in directions:
        if direction not in (ASCENDING, DESCENDING):
            refuse(
                "sort_order",
                direction,
                "is not a sort order",
                "Give ASCENDING (1) or DESCENDING (-1)",
            )
    if len(names) != len(directions):
        refuse(
            "sort_order",
            cast("object", orders),
            f"has length {len(directions)}, but sort_fields has length {len(names)}",
            "Give one order for each field, or a single one for all",
        )
    pairs = list(zip(names, directions, strict=True))
    added = [] if tie_breaker in names else [(tie_breaker, ASCENDING)]
    text = ",".join(f"-{name}" if order == DESCENDING else name for name, order in [*pairs, *added])
    return Sort(text, {name: int(order) for name, order in pairs}, tie_breaker)


def listed_page(response: "ApiResponse", number: int, sort: Sort) -> Page[Any]:
    """Return a page of a sorted listing; past the end, where dserver answers 404, it is empty.

    Its order is the one that was asked for. The server's header also names the field that
    ``check_sort`` has added, and programs send what they find there with the next call.
    """
    order = dict(sort.asked)
    if number > 1 and response.is_missing():
        return Page(sorting={"sort": order})
    return response.page(sort.key, order)


def _listed(value: Any, argument: str, default: list[Any]) -> list[Any]:
    if value is None:
        return default
    if isinstance(value, str) or _as_int(value) is not None:
        return [value]
    if not isinstance(value, Iterable):
        refuse(argument, value, "is neither one value nor a list", "Give a list")
    return list(cast("Iterable[Any]", value)) or default


def check_json_object(value: Any, argument: str, *, dates: bool = True) -> dict[str, Any]:
    """Return a JSON object, which may come as JSON text; dates may become text in it."""
    found = _json(value, argument, dates=dates)
    if not isinstance(found, dict):
        refuse(argument, value, "is not a JSON object", 'Give a dict, e.g. {"name": "a"}')
    return cast("dict[str, Any]", found)


def check_json_value(value: Any, argument: str) -> Any:
    """Return any JSON value, e.g. with lists for tuples; a text is a text, not JSON."""
    return _json(value, argument) if not isinstance(value, str) else _any_text(value, argument)


def check_registered_annotations(value: Any, *, skip_unsendable: bool = False) -> dict[str, Any]:
    """Return annotations to register, by name; also a JSON text.

    Args:
        value: The annotations.
        skip_unsendable: Whether to leave out those that cannot be sent, such as NaN.
    """
    argument = "annotations"
    if not isinstance(value, Mapping):
        return check_json_object(value, argument)
    found: dict[str, Any] = {}
    for name, member in cast("Mapping[str, Any]", value).items():
        try:
            found[name] = check_json_value(member, f"{argument}[{name!r}]")
        except InvalidRequestError:
            if not skip_unsendable:
                raise
    return check_json_object(found, argument)  # the names, too


def check_annotations(value: Any, argument: str = "annotations") -> dict[str, Any]:
    """Return annotations by name, each of which can be set on its own."""
    if not isinstance(value, Mapping):
        refuse(argument, value, "is not a dict", 'Give a dict like {"instrument": "AFM"}')
    found = cast("Mapping[Any, Any]", value)
    return {
        check_dtool_name(name, argument, with_dot=False): check_json_value(
            member, f"{argument}[{name!r}]"
        )
        for name, member in found.items()
    }


def check_pipeline(value: Any, argument: str) -> list[dict[str, Any]]:
    """Return an aggregation's stages, which may come as JSON text, or be a single one."""
    found = _json(value, argument, dates=False)
    stages: list[Any] = list(cast("Any", found)) if isinstance(found, (list, tuple)) else [found]
    if not stages or not all(isinstance(stage, dict) for stage in stages):
        refuse(argument, value, "is not a list of stages", 'Give e.g. [{"$match": {"name": "a"}}]')
    return stages


def check_date(value: Any, argument: str) -> str:
    """Return a date as the decimal text that dserver wants: seconds since the epoch, UTC."""
    if value is None:
        refuse(argument, value, "is missing", "Give seconds since the epoch, or a datetime")
    try:
        seconds = _timestamp(value)
        datetime.fromtimestamp(seconds, UTC)  # dserver fails on a number that is not a date
    except (ValueError, OverflowError, OSError, TypeError):
        remedy = "Give seconds since the epoch, an ISO 8601 string, a date, or a datetime"
        refuse(argument, value, "is not a date", remedy)
    return f"{seconds:.6f}"


def _timestamp(value: Any) -> float:
    if isinstance(value, bool):
        raise TypeError
    if isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            from dateutil.parser import isoparse

            value = isoparse(value.strip())
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime.combine(value, time.min)
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).timestamp()
    return float(value)


def check_readme(value: Any, argument: str) -> str:
    """Return a README as text; a dict becomes JSON, which is YAML too."""
    if value is None:
        refuse(argument, value, "is missing", 'Give the README, or "" if there is none')
    if isinstance(value, str):
        return _any_text(value, argument)
    readme = check_json_object(value, argument)
    return json.dumps(readme, indent=2, ensure_ascii=False)


def _plain(value: Any, *, dates: bool = True) -> Any:
    """Return a value as JSON has it: of numpy, numbers and lists; of dates, text.

    YAML reads dates as dates, so that a README that was read with it holds some.

    Args:
        value: The value.
        dates: Whether a date may be text.
    """
    if isinstance(value, Mapping):
        found = cast("Mapping[Any, Any]", value)
        plain = {_plain(name): _plain(member, dates=dates) for name, member in found.items()}
        names = [_json_name(name) for name in plain]
        if len(set(names)) < len(found):
            twice = next(name for name in names if names.count(name) > 1)
            raise ValueError(f"two keys are {twice!r} in JSON")
        return plain
    if isinstance(value, (list, tuple)):
        return [_plain(member, dates=dates) for member in cast("Sequence[Any]", value)]
    if isinstance(value, (date, time)):  # a datetime is a date
        if not dates:
            raise TypeError("MongoDB holds dates, which JSON does not have; compare $dateToString")
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if hasattr(value, "tolist"):  # of numpy, which need not be imported here
        return value.tolist()
    return value


def _json_name(name: Any) -> str:
    """Return a key as it is written in JSON, where 1 and "1" are the same."""
    return name if isinstance(name, str) else json.dumps(name)


def check_manifest(value: Any, argument: str) -> dict[str, Any]:
    """Return a manifest that has all that dserver wants of it."""
    remedy = "Give a manifest as dtoolcore writes it"
    if value is None:
        refuse(argument, value, "is missing", remedy)
    if not isinstance(value, Mapping):
        refuse(argument, cast("object", value), "is not a manifest", remedy)
    manifest = check_json_object(cast("object", value), argument)
    _check_identifiers(manifest.get("items"), argument, remedy)
    for key, kind in _MANIFEST.items():
        if not isinstance(manifest.get(key), kind):
            refuse(f"{argument}.{key}", manifest.get(key), f"is not a {kind.__name__}", remedy)
    for identifier, item in manifest["items"].items():
        where = f"{argument}.items[{identifier!r}]"
        check_length_of_relpath(check_item(item, where, remedy)["relpath"], f"{where}.relpath")
    return manifest


def _check_identifiers(items: Any, argument: str, remedy: str) -> None:
    if isinstance(items, dict):
        for identifier in cast("dict[Any, Any]", items):
            if not isinstance(identifier, str):
                refuse(f"{argument}.items", identifier, "is not an identifier (str)", remedy)


def check_item(value: Any, argument: str, remedy: str) -> dict[str, Any]:
    """Return an entry of a manifest, with the four members that dserver wants of it."""
    given = cast("Mapping[str, Any]", value if isinstance(value, Mapping) else {})
    members = {key: given.get(key) for key in _ITEM}
    is_plain = all(type(members[key]) in kinds for key, kinds in _ITEM.items())
    item = cast("dict[str, Any]", members if is_plain else _plain(members))  # takes half the time
    for key, kinds in _ITEM.items():
        found = item.get(key)
        if not isinstance(found, kinds) or isinstance(found, bool):
            refuse(f"{argument}.{key}", found, "is wrong", remedy)
    check_relpath(item["relpath"], f"{argument}.relpath")
    return {key: item[key] for key in _ITEM}


def check_relpath(relpath: str, argument: str) -> None:
    """Refuse a path that would lead out of the folder that the dataset is downloaded to."""
    parts = re.split(r"[/\\]", relpath)
    if not parts[0] or re.match("[A-Za-z]:", relpath):
        remedy = "Give a path relative to the dataset's folder, like folder/file.txt"
        refuse(argument, relpath, "is not a relative path", remedy)
    if ".." in parts:
        refuse(argument, relpath, "leads out of the dataset's folder", "Give a path without ..")
    check_readable(_any_text(relpath, argument), argument)


def check_length_of_relpath(relpath: str, argument: str) -> None:
    """Refuse a path that file systems, or S3 in the metadata of an item, cannot hold."""
    longest = max(len(name.encode()) for name in relpath.split("/"))
    if longest > _LONGEST_FILE_NAME or len(relpath.encode()) > _LONGEST_RELPATH:
        remedy = (
            f"Give at most {_LONGEST_RELPATH} bytes in all, and {_LONGEST_FILE_NAME} for each name"
        )
        refuse(argument, relpath, "is too long", remedy)


def check_readable(text: str, argument: str) -> str:
    """Refuse a text with characters that control a terminal, or let it look like another."""
    if not text.isprintable() and any(
        unicodedata.category(each) == "Cc" or each in _DIRECTIONS for each in text
    ):
        refuse(argument, text, "contains a control character", "Leave it out")
    return text


def check_path(value: Any, argument: str) -> Path:
    """Return an absolute path, given as text or as a path."""
    if not isinstance(value, (str, PathLike)) or not str(cast("object", value)):
        refuse(argument, cast("object", value), "is not a path", "Give a str or a pathlib.Path")
    try:
        path = Path(cast("str", value)).expanduser().absolute()
        os.fsencode(path)
    except (ValueError, TypeError, RuntimeError):
        refuse(argument, cast("object", value), "is not a path", "Give a str or a pathlib.Path")
    if "\0" in str(path):
        refuse(argument, str(path), "contains a NUL character", "Give another path")
    # Behind a link, .. leads elsewhere than dtoolcore believes.
    return path.resolve() if ".." in path.parts else path


def check_count(value: Any, argument: str, default: int) -> int:
    """Return a number of items or bytes, which dserver keeps in 64 bits."""
    count = default if value is None else _as_int(value)
    if count is None or not 0 <= count < 2**63:
        refuse(argument, value, "is not a number of items or bytes", "Give an int of at least 0")
    return count


def check_position(value: Any, argument: str) -> int | None:
    """Return a position in bytes, or None if it was not given."""
    if value is None:
        return None
    try:
        return operator.index(value)
    except TypeError:
        refuse(argument, value, "is not an integer", "Give an int, or None")


def check_bool(value: Any, argument: str) -> bool:
    """Return a switch, which must be a bool: the text "false" would be true."""
    if not isinstance(value, bool):
        refuse(argument, value, f"is of type {type(value).__name__}", "Give True or False")
    return value


def _json(value: Any, argument: str, *, dates: bool = True) -> Any:
    """Return a JSON value, given as such or as text, sure to be one."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError) as error:
            refuse(argument, value, f"is not JSON: {error}", "Give JSON text, or a dict")
    try:
        plain = _plain(value, dates=dates)
        json.dumps(plain, allow_nan=False, ensure_ascii=False).encode()
    except (TypeError, ValueError, RecursionError) as error:
        refuse(argument, value, f"cannot be sent as JSON: {error}", "Use JSON values only")
    _refuse_unkept(plain, argument)
    return plain


def _refuse_unkept(value: Any, argument: str) -> None:
    """Refuse what MongoDB cannot keep: dserver fails on it, or loses it, and gives no reason."""
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        refuse(argument, value, "is beyond 64 bits", "Give a smaller number, or text")
    if isinstance(value, (list, tuple)):
        for member in cast("Sequence[Any]", value):
            _refuse_unkept(member, argument)
    if isinstance(value, dict):
        for name, member in cast("dict[Any, Any]", value).items():
            if "\0" in str(name):
                refuse(argument, name, "contains a NUL character", "Leave it out")
            _refuse_unkept(member, argument)
