"""Make texts from outside fit to be shown: short, on one line, without secrets.

A server, a proxy or a token generator may send any text: megabytes, terminal escape sequences, or
the token, password or API key that it was sent. All such texts pass ``Secrets.quote`` before they
stand in an error or a report. It cuts them before anything is searched in them, and all searches
are linear. ``responses`` and ``auth`` call it; this module imports nothing of the package.
"""

import base64
import re
from collections.abc import Callable, Iterator
from typing import Any, Final, cast
from urllib.parse import unquote_plus

__all__ = ["Secrets", "printable"]

_MASK: Final = "…"
_SHOWN: Final = 200  # characters of a text from outside
_SEARCHED: Final = 16_384  # characters of it that are looked at
_MOST_ENTRIES: Final = 100  # of a JSON value that is shown
_MOST_LEVELS: Final = 8  # of them
_LEAST_ENCODED: Final = 4  # characters; fewer would be found everywhere
_MOST_ENCODINGS: Final = 4  # of a text in another, e.g. of JSON in HTML
_MOST_DECODED: Final = 8  # times that a text is decoded to mask what is encoded in it

# `re` compiles them when they are first used: few calls need them.
_JWT: Final = (  # base64 of {" and more; before it may stand an encoded quote
    r"(?:(?<![\w-])|(?<=%[0-9A-Fa-f]{2})|(?<=\\u[0-9A-Fa-f]{4}))eyJ[\w-]{8,}[\w.-]*"
)
_BEARER: Final = r"(?i)\b(bearer )\S+"
_TAG: Final = r"<(/?)(\w*)[^<>]*>"
_HIDDEN: Final = ("script", "style", "head")  # elements whose text no browser shows
_ESCAPE: Final = r"(?s)\\(u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|.)"
_URL_SAFE: Final = str.maketrans("+/", "-_")
_CONTROLS: Final = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}


class Secrets:
    """What was sent in a call and must not be shown.

    It is an object, so that no frame of a traceback shows the texts.

    Args:
        texts: Secrets that are known from the start.
    """

    __slots__ = ("_texts",)

    def __init__(self, *texts: str) -> None:
        self._texts: list[str] = []
        for text in texts:
            self.add(text)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({_MASK})"

    def add(self, text: str) -> None:
        """Add a secret that is about to be sent."""
        if text and text not in self._texts:
            self._texts.append(text)

    def quote(self, text: str | bytes, limit: int = _SHOWN, *, is_page: bool = False) -> str:
        """Return a text from outside as it may be shown.

        Args:
            text: The text.
            limit: How many characters to show at most.
            is_page: Whether it may be HTML, whose tags are left out.
        """
        found = text[:_SEARCHED]
        if isinstance(found, bytes):
            found = found.decode("utf-8", errors="replace")
        shapes = _shapes(self._texts)
        found = _masked(_on_one_line(found), shapes)
        if is_page:  # masked before, too: a password may look like a tag, or have one in it
            found = _masked(_on_one_line(_without_tags(found)), shapes)
        found = _on_one_line(found)  # what was decoded may hold more to escape
        if len(text) > _SEARCHED:  # the cut may have left a part of a secret
            found = found[: -max(map(len, shapes), default=1)]
        return found if len(found) <= limit else f"{found[: limit - 1]}{_MASK}"

    def quote_json(self, value: Any) -> Any:
        """Return a JSON value from outside as it may be shown: 100 entries on 8 levels."""
        left = iter(range(_MOST_ENTRIES))

        def shown(value: Any, level: int) -> Any:
            if level > _MOST_LEVELS:
                return _MASK
            if isinstance(value, list):
                members = zip(cast("list[Any]", value), left, strict=False)
                return [shown(each, level + 1) for each, _ in members]
            if isinstance(value, dict):
                pairs = zip(cast("dict[str, Any]", value).items(), left, strict=False)
                return {self.quote(name): shown(each, level + 1) for (name, each), _ in pairs}
            text = self.quote(str(value))
            return value if text == str(value) else text  # a password may be a number

        return shown(value, 1)


def printable(text: str) -> str:
    """Return a text whose control and format characters are escaped as in Python.

    Those move the cursor of a terminal, write to its clipboard, or let text look like another.
    """
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else repr(each)[1:-1] for each in text)


def _on_one_line(text: str) -> str:
    return printable(" ".join(text.split()))


def _without_tags(page: str) -> str:
    """Return the text of a page of HTML, in one pass."""
    lowered = page.lower()
    last = {name: lowered.rfind(f"</{name}") for name in _HIDDEN}
    shown: list[str] = []
    hidden, end = "", 0
    for tag in re.finditer(_TAG, page):
        if not hidden:
            shown.append(page[end : tag.start()])
        end, closing, name = tag.end(), tag[1], tag[2].lower()
        if hidden:
            hidden = "" if closing and name == hidden else hidden
        elif not closing and last.get(name, -1) >= end:  # else it is never closed
            hidden = name
    return " ".join([*shown, page[end:]])


def _masked(text: str, shapes: list[str]) -> str:
    """Return a text without secrets, also where they are encoded; then it is shown decoded."""
    for _ in range(_MOST_DECODED):
        text = _without(text, shapes)
        views = ((view, _without(view, shapes)) for view in _decoded(text))
        found = next((masked for view, masked in views if masked != view), None)
        if found is None:
            return re.sub(_BEARER, rf"\1{_MASK}", re.sub(_JWT, _MASK, text))
        text = found
    return _MASK


def _without(text: str, shapes: list[str]) -> str:
    for shape in shapes:
        text = text.replace(shape, _MASK)
    return text


def _shapes(secrets: list[str]) -> list[str]:
    """Return the shapes in which secrets may stand in a text, the longest first."""
    found: set[str] = set()
    for secret in secrets:
        data = secret.encode(errors="surrogatepass")
        plain = {secret, secret.replace("+", " "), data.decode("latin-1")}
        found |= plain | {_on_one_line(shape) for shape in plain}
        encoded = {data.hex(), data.hex().upper(), *_in_base64(data)}
        found |= {shape for shape in encoded if len(shape) >= _LEAST_ENCODED}
    return sorted((shape for shape in found if shape.strip()), key=len, reverse=True)


def _in_base64(secret: bytes) -> set[str]:
    """Return what of a secret is in the base64 of any text that holds it, e.g. user:password.

    Three bytes are four characters, so that it depends on where the secret begins.
    """
    found: set[str] = set()
    for before in range(3):
        text = base64.b64encode(bytes(before) + secret).decode()
        end = (before + len(secret)) * 8 // 6
        whole = text[-(-before * 8 // 6) : end]
        found |= {whole, whole.translate(_URL_SAFE)}
    return found


def _decoded(text: str) -> Iterator[str]:
    """Yield a text as it is decoded up to four times, where that changes it."""
    seen = {text}
    latest = [text]
    for _ in range(_MOST_ENCODINGS):
        coming: list[str] = []
        for each in latest:
            for decode in _DECODERS:
                view = decode(each)
                if view not in seen:
                    seen.add(view)
                    coming.append(view)
                    yield view
        latest = coming


def _unescaped(text: str) -> str:
    """Return a text without the escapes of JSON, JavaScript and Python."""
    if "\\" not in text:
        return text
    # Characters beyond 16 bits are two escapes.
    found = re.sub(_ESCAPE, _character, text).encode("utf-16", errors="surrogatepass")
    return found.decode("utf-16", errors="replace")


def _character(escape: re.Match[str]) -> str:
    code = escape[1]
    if len(code) > 1:
        return chr(int(code[1:], 16))
    return _CONTROLS.get(code, code)


def _without_entities(text: str) -> str:
    if "&" not in text:
        return text
    import html  # with a table of 2,231 names, which most calls don't need

    return html.unescape(text)


_DECODERS: Final[tuple[Callable[[str], str], ...]] = (
    _without_entities,
    unquote_plus,
    _unescaped,
)
