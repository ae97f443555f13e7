"""What can go wrong, as exceptions.

Every error of this package is a ``LookupServerError``::

    LookupServerError
    ├── ConfigurationError           a setting is missing or cannot be used
    ├── AuthenticationError          the login was refused, or there are no credentials
    │                                (also a RuntimeError: "Authentication failed")
    ├── PermissionDeniedError        403: the user may not do this; or 401
    │                                where authentication is switched off
    ├── NotFoundError                404: no such dataset, user or base URI; or no match where one
    │                                is expected
    ├── MultipleResultsError         several datasets where one is expected; ``candidates``
    ├── InvalidRequestError          an argument that cannot be sent, or 400, 413, 414, 422
    │                                (also a ValueError; ``errors`` has the server's field errors)
    ├── ConflictError                409: the request conflicts with what the server has; or
    │                                another download is writing the same file
    ├── NotOfferedError              404, 405 or 501: this server has no such route; or it is not
    │                                known to store a change, which was not sent
    ├── ServerError                  any other error status: 429, 5xx, redirects
    ├── ConnectionFailedError        no response: refused, reset, unknown host, bad certificate
    │   └── CallTimeoutError         no response in time (also a TimeoutError)
    ├── IntegrityError               data that differ from the manifest: size, hash, or paths
    └── UnreadableAnswerError        the response is not the JSON that dserver sends

Each carries ``operation``, ``method``, ``url``, ``status``, ``headers``, ``server_message``,
``errors`` and ``next_step``, with ``None`` for what does not apply. None of them contains a token
or a password.
"""

import re
from collections.abc import Sequence
from typing import Any

__all__ = [
    "AuthenticationError",
    "CallTimeoutError",
    "ConfigurationError",
    "ConflictError",
    "ConnectionFailedError",
    "IntegrityError",
    "InvalidRequestError",
    "LookupServerError",
    "MultipleResultsError",
    "NotFoundError",
    "NotOfferedError",
    "PermissionDeniedError",
    "ServerError",
    "UnreadableAnswerError",
]


class LookupServerError(Exception):
    """Base of every error of this package.

    ``str(error)`` says what happened, in which call, the server's own message if there is one,
    and what to do next.
    """

    what: str
    """What happened, in a few words, e.g. ``"Not found"``."""
    operation: str | None
    """Name of the function that was called, e.g. ``"get_readme"``."""
    method: str | None
    """HTTP method of the request, e.g. ``"GET"``."""
    url: str | None
    """URL of the request, or the configured one if that cannot be used, without credentials."""
    status: int | None
    """HTTP status of the response, e.g. ``404``; ``None`` if there was none."""
    headers: dict[str, str] | None
    """HTTP headers of the response, without cookies, e.g. ``{"content-type": "text/html"}``."""
    server_message: str | None
    """The server's own words, shortened."""
    errors: dict[str, Any] | None
    """The server's field errors, e.g. ``{"json": {"tags": ["Not a valid list."]}}``."""
    next_step: str | None
    """One sentence that says what to do next."""

    def __init__(
        self,
        what: str = "",
        *,
        operation: str | None = None,
        method: str | None = None,
        url: str | None = None,
        status: int | None = None,
        headers: dict[str, str] | None = None,
        server_message: str | None = None,
        errors: dict[str, Any] | None = None,
        next_step: str | None = None,
    ) -> None:
        super().__init__(what)
        self.what = what
        self.operation = operation
        self.method = method
        self.url = url
        self.status = status
        self.headers = headers
        self.server_message = server_message
        self.errors = errors
        self.next_step = next_step

    def __str__(self) -> str:
        """Return what happened, in which call, the server's words, and the next step."""
        text = self.what
        if self.operation:
            text += f" in {self.operation}"
        if self.status is not None:
            text += f": status {self.status}"
        if self.method and self.url:
            text += f" for {self.method} {self.url}"
        if words := self._new_words():
            text += f": {words}"
        if self.errors:
            text += f" ({'; '.join(_flattened(self.errors))})"
        if self.next_step:
            text = f"{text.removesuffix('.')}. {self.next_step}" if text else self.next_step
        return text

    def _new_words(self) -> str:
        """Return the server's own words without a beginning that ``what`` has, too."""
        beginning = re.escape(self.what.partition(":")[0])
        words = self.server_message or ""
        repeated = re.match(rf"{beginning}\s*([:.,]\s*|$)", words, re.IGNORECASE)
        return words[repeated.end() :] if repeated and beginning else words

    def __reduce__(self) -> tuple[Any, ...]:
        """Make the error picklable, so that it crosses process boundaries whole."""
        return type(self), (self.what,), {k: v for k, v in vars(self).items() if k != "what"}


class ConfigurationError(LookupServerError):
    """A setting is missing or cannot be used; nothing was sent."""


class AuthenticationError(LookupServerError, RuntimeError):
    """The login was refused, or there are no credentials."""


class PermissionDeniedError(LookupServerError):
    """The server knows the user, but does not allow this (403), or requires a token (401).

    401 only if authentication is switched off, so that a login would not help.
    """


class NotFoundError(LookupServerError):
    """No such dataset, user or base URI (404), or no match where one is expected."""


class MultipleResultsError(LookupServerError):
    """Several datasets match where exactly one is expected."""

    candidates: list[Any]
    """The first of the datasets (dict), at most ten."""
    total: int
    """How many datasets match."""

    def __init__(
        self,
        what: str = "",
        *,
        candidates: Sequence[Any] = (),
        total: int | None = None,
        **details: Any,
    ) -> None:
        super().__init__(what, **details)
        self.candidates = list(candidates)
        self.total = len(self.candidates) if total is None else total

    def __str__(self) -> str:
        """Return what happened, and the URIs and names of the candidates."""
        lines = [super().__str__(), *(_candidate(each) for each in self.candidates)]
        if more := self.total - len(self.candidates):
            lines.append(f"and {more:,} more")
        return "\n  ".join(lines)


class InvalidRequestError(LookupServerError, ValueError):
    """An argument cannot be sent, or the server refused the request as invalid."""


class ConflictError(LookupServerError):
    """The request conflicts with what the server already has (409)."""


class NotOfferedError(LookupServerError):
    """The server lacks what is needed: it is older, or a plugin is missing, too old, or off."""


class ServerError(LookupServerError):
    """The server, or a proxy in front of it, did not answer the request."""


class ConnectionFailedError(LookupServerError):
    """No complete response: refused, reset, unknown host, or an untrusted certificate."""


class CallTimeoutError(ConnectionFailedError, TimeoutError):
    """No complete response in time."""


class IntegrityError(LookupServerError):
    """Data from storage differ from what the manifest says; they are not kept."""


class UnreadableAnswerError(LookupServerError):
    """The response is not the JSON that dserver sends; perhaps the server is not a dserver."""


def _candidate(dataset: dict[str, Any]) -> str:
    uri = str(dataset.get("uri"))[:200]
    shown = uri if uri.isprintable() else repr(uri)  # a terminal may obey what it holds
    return f"{shown} {str(dataset.get('name'))[:80]!r}"


def _flattened(errors: Any, path: str = "") -> list[str]:
    """Return nested field errors as lines: the path of the field, and what is wrong."""
    if isinstance(errors, dict):
        return [
            line
            for key, value in errors.items()  # pyright: ignore[reportUnknownVariableType]
            for line in _flattened(value, f"{path}.{key}" if path else str(key))  # pyright: ignore[reportUnknownArgumentType]
        ]
    if isinstance(errors, list):
        return [f"{path}: {' '.join(str(text) for text in errors)}"]  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    return [f"{path}: {errors}"]
