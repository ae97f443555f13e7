"""READMEs as data: the text of a README as a dict, and a value in it by its dotted key."""

from collections.abc import Iterator, Mapping
from typing import Any, cast

from .core.redaction import printable
from .errors import InvalidRequestError, UnreadableAnswerError

__all__ = ["parse_readme", "value_at"]

_MISSING: Any = object()


def parse_readme(text: str) -> dict[str, Any]:
    """Parse the text of a README as YAML.

    Only plain data is made of it: text, numbers, booleans, dates, lists and dicts. It is read as
    PyYAML's ``safe_load`` reads it, which is how the server reads it for queries such as
    ``{"readme.project": "friction"}``.

    Args:
        text: The text, as ``get_readme`` returns it.

    Returns:
        What the README says, an empty dict if it says nothing, e.g.::

            {"project": "testing project", "creation_date": datetime.date(2020, 11, 8)}

    Raises:
        UnreadableAnswerError: If the text is not YAML, or not a mapping of keys to values.
        InvalidRequestError: If ``text`` is not text.
    """
    import yaml  # loading it costs more than loading this package

    if not isinstance(cast("object", text), str):
        raise InvalidRequestError(
            f"text is of type {type(text).__name__}, not text",
            next_step="Give the text that get_readme returns",
        )
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the one in C is ten times as fast
    try:
        loaded: object = yaml.load(text, loader)  # noqa: S506  both loaders are safe
    # A date such as 2020-02-30 is a ValueError, a tag on the wrong kind of value an AttributeError.
    except Exception as error:
        raise UnreadableAnswerError(
            f"The README is not valid YAML: {_in_one_line(error)}",
            next_step="get_readme returns it as text",
        ) from error
    if loaded is None:
        return {}
    if not isinstance(loaded, dict):
        raise UnreadableAnswerError(
            f"The README is not a mapping of keys to values, but {_kind(loaded)}",
            next_step="get_readme returns it as text",
        )
    return cast("dict[str, Any]", loaded)


def value_at(data: Any, key: str, default: Any = None) -> Any:
    """Return the value at a dotted key.

    The dots mean what they mean in a MongoDB query: a name leads into a mapping, a number into a
    list, and a name after a list collects the values of all its members that have it. A key that
    holds a dot itself is found as well.

    Args:
        data: Where to look, e.g. a README that ``parse_readme`` has read.
        key: The dotted key, e.g. ``"owners.0.name"``.
        default: What to return if nothing is there, default None.

    Returns:
        The value, e.g. ``"Testing User"`` for ``"owners.0.name"``, and ``["Testing User"]`` for
        ``"owners.name"``.

    Raises:
        InvalidRequestError: If the key is not text, or empty.
    """
    if not isinstance(cast("object", key), str) or not key:
        raise InvalidRequestError(
            f"key={key!r} is not a dotted key", next_step='Write e.g. "parameters.temperature"'
        )
    found = _find(data, key)
    return default if found is _MISSING else found


def _find(data: object, key: str) -> Any:
    if isinstance(data, Mapping):
        return _find_in_mapping(cast("Mapping[Any, Any]", data), key)
    if isinstance(data, list):
        return _find_in_list(cast("list[Any]", data), key)
    return _MISSING


def _find_in_mapping(data: Mapping[Any, Any], key: str) -> Any:
    for head, rest in _splits(key):
        member = _member(data, head)
        found = _find(member, rest) if rest and member is not _MISSING else member
        if found is not _MISSING:
            return found
    return _MISSING


def _find_in_list(data: list[Any], key: str) -> Any:
    head, _, rest = key.partition(".")
    if head.isdecimal():
        index = int(head)
        if index >= len(data):
            return _MISSING
        return _find(data[index], rest) if rest else data[index]
    # As in MongoDB, a list in the list is not searched.
    members = (cast("Mapping[Any, Any]", each) for each in data if isinstance(each, Mapping))
    found = [_find(member, key) for member in members]
    return [each for each in found if each is not _MISSING] or _MISSING


def _splits(key: str) -> Iterator[tuple[str, str]]:
    """Yield a key split at each of its dots, the longest head first."""
    yield key, ""
    end = key.rfind(".")
    while end >= 0:
        yield key[:end], key[end + 1 :]
        end = key.rfind(".", 0, end)


def _member(data: Mapping[Any, Any], name: str) -> Any:
    if name in data:
        return data[name]
    # YAML reads a key such as 2020 as a number.
    others = (value for key, value in data.items() if not isinstance(key, str) and str(key) == name)
    return next(others, _MISSING)


def _kind(value: object) -> str:
    if isinstance(value, str):
        return "plain text"
    return "a list" if isinstance(value, list) else f"one {type(value).__name__}"


def _in_one_line(error: Exception) -> str:
    return printable(" ".join(str(error).split())[:200])
