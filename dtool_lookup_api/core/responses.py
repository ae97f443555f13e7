"""Turn answers into values or errors, without touching a socket.

dserver's answers must be told apart by their body before they are parsed: a token that is
refused and a field that is invalid have the same status, and what comes from a proxy is
HTML.
"""

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from functools import cached_property
from math import isfinite
from typing import Any, Final, NoReturn, TypeVar, cast
from urllib.parse import urlsplit

from ..errors import (
    AuthenticationError,
    CallTimeoutError,
    ConfigurationError,
    ConflictError,
    ConnectionFailedError,
    InvalidRequestError,
    LookupServerError,
    NotFoundError,
    NotOfferedError,
    PermissionDeniedError,
    ServerError,
    UnreadableAnswerError,
)
from ..results import Page
from ..types import Pagination
from . import messages
from .config import LOGIN_COMMAND
from .messages import TransportError
from .redaction import Secrets
from .requirements import needs_of
from .settings import Settings
from .values import shown_url

__all__ = ["ENCODED_SLASHES", "ApiResponse", "RequestInfo", "error_from_exception"]

_T = TypeVar("_T")
_TOKEN: Final = re.compile(r"[A-Za-z0-9._~+/-]+=*")
_HEADER_SHOWN: Final = 1000  # characters of a header's value
_LONGEST_REFUSAL: Final = 65_536  # bytes
_LONGEST_DATE: Final = 64  # characters
_MOST_LEVELS: Final = 100  # of nested JSON; MongoDB stores no more
_DATES: Final = ("created_at", "frozen_at", "uploaded_at")

_WORDS_FIRST: Final = ("msg", "message", "error", "status")  # keys of messages for people
_WORDS: Final = frozenset((*_WORDS_FIRST, "code", "login_url", "token"))

_SWITCHED_OFF: Final = (
    "Authentication is switched off (DSERVER_DISABLE_AUTHENTICATION, disable_authentication): "
    "switch it on, as this server wants a token"
)
# Seen on the next server: neither of these releases, the newest ones, can sign.
_NEEDED_TO_SIGN: Final = (
    "S3 needs dtool-s3 later than 0.14.1 and dtoolcore later than 3.19.0 on the server"
)
_MAY_FAIL: Final = {  # failures that are not the server's fault, for which it gives no reason
    "delete_base_uri": "This happens if datasets are registered there: delete them first",
    "get_datasets_by_mongo_aggregation": "This happens if MongoDB refuses the pipeline",
    "get_datasets_by_mongo_query": "This happens if MongoDB refuses the query",
    "iter_datasets_by_mongo_query": "This happens if MongoDB refuses the query",
}
_LISTS: Final = {
    "users": "get_users() lists the users",
    "base-uris": "get_base_uris() lists the base URIs",
}
# What a proxy must do with %2F: httpd.apache.org/docs/2.4/mod/core.html#allowencodedslashes and
# nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_pass.
ENCODED_SLASHES: Final = (
    "It must pass on %2F unchanged (Apache: AllowEncodedSlashes NoDecode; nginx: proxy_pass "
    "without a path)"
)
_ENCODED_SLASHES: Final = f" {ENCODED_SLASHES}; `python -m dtool_lookup_api check` tests this"
_NOT_FROM_DSERVER: Final = "This response is not from dserver"
# The meaning of a status if a proxy or a firewall responds instead of dserver.
_ON_THE_WAY: Final[dict[int, tuple[type[LookupServerError], str, str]]] = {
    400: (
        InvalidRequestError,
        "Refused as invalid before it reached dserver",
        f"{_NOT_FROM_DSERVER}. Does a proxy refuse %2F in paths, or long headers? Should the "
        "URL begin with https:// instead of http://?",
    ),
    401: (
        AuthenticationError,
        "Authentication failed: refused before it reached dserver",
        f"{_NOT_FROM_DSERVER}. Does a proxy require a login?",
    ),
    403: (
        PermissionDeniedError,
        "Refused before it reached dserver",
        f"{_NOT_FROM_DSERVER}. Does a firewall or a proxy block this machine, or this request? "
        "Ask its administrator",
    ),
    407: (
        ServerError,
        "Refused before it reached dserver",
        "The proxy requires a login: HTTP_PROXY=http://user:password@proxy.example:3128",
    ),
    413: (
        InvalidRequestError,
        "The request is too large",
        "Send less at a time, or ask for a higher limit (nginx: client_max_body_size)",
    ),
    414: (
        InvalidRequestError,
        "The URL of the request is too long",
        "Give a shorter value, or ask for a higher limit (nginx: large_client_header_buffers)",
    ),
    431: (
        InvalidRequestError,
        "The headers of the request are too long",
        "Is the token very long? Ask for a higher limit (nginx: large_client_header_buffers)",
    ),
    511: (
        ServerError,
        "This network requires a login",
        "Open any page in a browser on this machine and log in",
    ),
}
_SECRET_HEADERS: Final = (  # where the session of a proxy or a login may stand
    "authentication-info",
    "authorization",
    "cookie",
    "location",
    "proxy-authentication-info",
    "proxy-authorization",
    "set-cookie",
)
_NEVER_NOT_FOUND: Final = ("/mongo/", "/graph/")  # what they do not find is an empty list


class RequestInfo:
    """The request of a call, which each error describes.

    Args:
        operation: Name of the documented function.
        method: The HTTP method.
        url: The whole URL.
        settings: The settings of the call.
        secrets: Secrets that are sent in the call, and must not be shown; more are added later.
    """

    def __init__(
        self,
        operation: str,
        method: str,
        url: str,
        settings: Settings | None = None,
        secrets: Secrets | None = None,
    ) -> None:
        self.operation: str = operation
        self.method: str = method
        self.url: str = url
        self.settings: Settings | None = settings
        self.secrets: Secrets = Secrets() if secrets is None else secrets

    @property
    def path(self) -> str:
        """Path of the route, e.g. ``/mongo/query``."""
        base = self.settings.url if self.settings else ""
        return self.url.removeprefix(base).partition("?")[0]

    def learn_proxy_password(self) -> None:
        """Add the password of the proxy, which may be echoed, to what must not be shown."""
        from .proxies import proxy_for

        with suppress(ConfigurationError):
            proxy = proxy_for(self.url)
            if proxy and proxy.auth:
                self.secrets.add(proxy.auth[1])

    def error(self, kind: type[LookupServerError], what: str, **details: Any) -> LookupServerError:
        """Return an error that describes this call."""
        return kind(what, operation=self.operation, method=self.method, url=self.url, **details)


def may_refuse_token(status: int) -> bool:
    """Return whether a response with this status may mean that the token is invalid."""
    return status in (401, 422)


def token_refusal(status: int, body: bytes) -> str | None:
    """Return why the server refuses the token, or None if it does not.

    flask-jwt-extended answers ``{"msg": …}``, with 401 for an expired token and 422 for
    garbage; what dserver itself refuses has a ``code`` and is not about the token.
    """
    may_be_one = may_refuse_token(status) and len(body) <= _LONGEST_REFUSAL
    payload = _json(body) if may_be_one else None
    if not isinstance(payload, dict) or "code" in payload:
        return None
    reason = cast("dict[str, Any]", payload).get("msg")
    return reason if isinstance(reason, str) and reason else None


def is_expiry(refusal: str) -> bool:
    """Return whether the server refused a token because it has expired."""
    return "expired" in refusal.lower()


def is_premature(refusal: str) -> bool:
    """Return whether a refusal says that the time of the token is still to come."""
    return "not yet valid" in refusal.lower()


def is_sendable(token: Any) -> bool:
    """Return whether a text is a token and nothing else, as RFC 6750 (section 2.1) has it.

    What is more cannot be sent in a header, or is refused as garbage.
    """
    return isinstance(token, str) and _TOKEN.fullmatch(token) is not None


class ApiResponse:
    """A response, and the ways to read it; each raises the error of an error response.

    Args:
        call: What was asked.
        status: The HTTP status.
        headers: The HTTP headers.
        body: The whole body.
    """

    def __init__(
        self, call: RequestInfo, status: int, headers: Mapping[str, str], body: bytes
    ) -> None:
        self.call = call
        self.status = status
        self._headers = headers
        self._body = body
        self.is_repeated: bool = False
        """Whether the request had been sent before, with an unknown outcome."""

    @cached_property
    def _payload(self) -> Any:
        return _json(self._body)

    def was_deleted_before(self) -> bool:
        """Return whether an earlier try has deleted it, and the response was lost."""
        return self.call.method == "DELETE" and self.is_repeated and self.is_missing()

    def expect_success(self) -> bool:
        """Return True if the request succeeded; the body is ``""``."""
        if self.was_deleted_before():
            return True
        self._raise_for_status()
        if self._body.strip() and self._payload is ...:
            self._unreadable("is not JSON")  # e.g. the login page of a hotel
        return True

    def json(self, kind: type[_T]) -> _T:
        """Return the JSON value, which must be of a kind."""
        self._raise_for_status()
        value = self._payload
        if not isinstance(value, kind):
            self._unreadable(f"is not a JSON {kind.__name__}")
        return value

    def json_object(self) -> dict[str, Any]:
        """Return the JSON object."""
        return cast("dict[str, Any]", self.json(dict))

    def json_member(self, key: str, kind: type[_T]) -> _T:
        """Return one member of the JSON object, which must be there and of a kind."""
        value = self.json_object().get(key)
        if not isinstance(value, kind):
            self._unreadable(f'has no "{key}" that is a {kind.__name__}')
        return value

    def text_list(self, key: str) -> list[str]:
        """Return one member of the JSON object, which must be a list of strings."""
        found = cast("list[Any]", self.json_member(key, list))
        if not all(isinstance(each, str) for each in found):
            self._unreadable(f'has a "{key}" that is not a list of strings')
        return found

    def dataset(self) -> dict[str, Any]:
        """Return the JSON object with its dates as floats."""
        return self._checked(self.json_object(), "uri")

    def page(self, key: str = "", order: dict[str, int] | None = None) -> Page[Any]:
        """Return the JSON list of objects as a page.

        Args:
            key: The field that tells entries apart, and must be text; without one, the entries are
                documents of MongoDB, whose fields may be of any type.
            order: The order that was asked for, default what the server says.
        """
        items = cast("list[Any]", self.json(list))
        if not all(isinstance(item, dict) for item in items):
            self._unreadable("is not a list of JSON objects")
        return Page(
            [self._checked(item, key) if key else _with_dates(item) for item in items],
            pagination=self._pagination() or _whole(len(items)),
            sorting=(self._sorting() if order is None else {"sort": order}) or {"sort": {}},
        )

    def _checked(self, item: dict[str, Any], key: str) -> dict[str, Any]:
        """Return an entry with its dates as floats, if they and its key are what they should be."""
        if not isinstance(item.get(key, ""), str):
            self._unreadable(f'has a "{key}" that is not text')
        for name in _DATES:
            value = item.get(name)
            if value is None:
                continue
            if type(value) is not float:  # which is rare; a page holds 300 of them
                value = item[name] = _date(value)
            if type(value) is not float or not isfinite(value):
                self._unreadable(f'has a "{name}" that is not a date')
        return item

    def refuse(self, error: Exception | None) -> NoReturn:
        """Raise why this is not the answer that the document describes.

        Args:
            error: What a generated model raised that was made of the body; None if the status is
                not that of a documented success.
        """
        self.expect_success()
        absent = isinstance(error, KeyError) and bool(error.args)
        self._unreadable(
            f'has no "{error.args[0]}"' if error and absent else "is not as documented"
        )

    @property
    def is_from_dserver(self) -> bool:
        """Whether dserver itself, not a proxy before it, refuses or fails."""
        return _code(self._payload) == self.status

    def is_missing(self) -> bool:
        """Return whether dserver itself, not a proxy, reports that something does not exist.

        The listings that read from SQL say so of a page past the end; others are empty.
        """
        return self.status == 404 and self.is_from_dserver

    def token(self, credentials: str) -> str:
        """Return the token from a token generator's answer.

        Args:
            credentials: What was sent, for the advice on what to check.
        """
        good = 200 <= self.status < 300
        token = _token_in(self._body) if good else None
        if token:
            return token
        # An LDAP generator answers 200 to a wrong password: words, and no token or an empty one.
        if self.status in (400, 401, 403, 422) or (good and self._has_only(_WORDS)):
            raise self.call.error(
                AuthenticationError,
                "Authentication failed: the token generator refused the login",
                status=self.status,
                server_message=self._server_message(),
                next_step=self._login_advice(credentials),
            )
        if self.status == 501:  # the OAuth2 token generator has no API key to compare with
            raise self.call.error(
                NotOfferedError,
                "Not offered by this token generator",
                status=self.status,
                server_message=self._server_message(),
                next_step="Use another way to log in, or ask its administrator",
            )
        advice = "Is DSERVER_TOKEN_GENERATOR_URL the URL of a dserver token generator"
        advice += "?" if good else ", and is it up?"
        if self.status in (404, 405) and self.call.url.endswith("/auth/token"):
            advice += " Newer servers have it at /auth/oauth2/token or /auth/ldap/token"
        raise self.call.error(
            UnreadableAnswerError if good else ServerError,
            "No token from the token generator",
            status=self.status,
            server_message=self._shape() if good else self._server_message(),
            next_step=advice,
        )

    def _login_advice(self, credentials: str) -> str:
        takes_keys = "api_key" in self._server_message()
        if not takes_keys or "api_key" in credentials.lower():
            return f"Check {credentials}"
        generator = self.call.url.removesuffix("/token")
        page = f"{generator}/login?next={urlsplit(generator).path}/token"
        return (
            f"This generator does not accept passwords: log in with a browser at {page}, and set "
            "DSERVER_TOKEN to the token that it shows. DSERVER_API_KEY is for the server's operator"
        )

    # --- errors --------------------------------------------------------------------------

    def _raise_for_status(self) -> None:
        if not 200 <= self.status < 300:
            raise self._error()

    def _error(self) -> LookupServerError:
        self.call.learn_proxy_password()
        refusal = token_refusal(self.status, self._body)
        if refusal is not None and self._authenticates():
            return self._refused_token(refusal)
        kind, what, next_step = self._classified(_code(self._payload))
        return self.call.error(
            kind,
            what,
            status=self.status,
            headers=self._shown_headers(),
            server_message=self._server_message(),
            errors=self._field_errors(),
            next_step=next_step,
        )

    def _refused_token(self, refusal: str) -> LookupServerError:
        if is_premature(refusal):
            return self.call.error(
                AuthenticationError,
                "Authentication failed: the token is not valid yet",
                status=self.status,
                server_message=self.call.secrets.quote(refusal),
                next_step="The clock of the token generator is ahead of the server's. Tell the "
                "administrator, and try again in a minute",
            )
        settings = self.call.settings
        source = settings.token_source if settings and settings.token else ""
        what = "Authentication failed: the server refused the token"
        if source:
            what += f" from DSERVER_TOKEN ({source})" if source != "argument" else " given"
        remedy = "Get a new token" if source else "Check that the generator belongs to this server"
        if source == "dtool.json":
            remedy += f" with {LOGIN_COMMAND}"
        if source:
            remedy += (
                ", or set DSERVER_TOKEN_GENERATOR_URL, DSERVER_USERNAME and DSERVER_PASSWORD, "
                "so that tokens are renewed"
            )
        return self.call.error(
            AuthenticationError,
            what,
            status=self.status,
            server_message=self.call.secrets.quote(refusal),
            next_step=remedy,
        )

    def _classified(self, code: int | None) -> tuple[type[LookupServerError], str, str | None]:
        """Return the kind of error, what happened and the next step."""
        status, path = self.status, self.call.path
        if status == 401 and not self._authenticates():
            return PermissionDeniedError, "Permission denied: no token was sent", _SWITCHED_OFF
        if code is None and status in _ON_THE_WAY and not isinstance(self._payload, dict):
            return _ON_THE_WAY[status]
        if status == 401 and code is None:
            return _ON_THE_WAY[401]
        if status == 401:
            advice = "Ask an administrator to register this user on the server"
            return AuthenticationError, "Authentication failed: unknown user", advice
        if status == 403:
            return PermissionDeniedError, "Permission denied", _who_may(path, self._names_a_uri())
        if status in (404, 405, 501):
            return self._missing(code)
        if status in (413, 414):
            return _ON_THE_WAY[status]
        if status in (400, 422):
            return InvalidRequestError, "The server refused the request as invalid", None
        if status == 409:
            return ConflictError, "Conflict", "Check what the server already has"
        if 300 <= status < 400:
            where = shown_url(self._headers.get("Location", "elsewhere"))
            return (
                ServerError,
                f"Redirected to {self.call.secrets.quote(where)}, which is not followed",
                f"Check DSERVER_URL{_from(self.call.settings)}; a proxy may merge slashes"
                f"{_ENCODED_SLASHES if self._names_a_uri() else ''}",
            )
        if status == 429:
            return ServerError, "Too many requests", "Wait, then try again"
        if code == 500:
            return (
                ServerError,
                "The server failed",
                _MAY_FAIL.get(
                    self.call.operation,
                    "The response gives no reason; the administrator can find it in the log",
                ),
            )
        return (
            ServerError,
            "The server, or a proxy in front of it, cannot answer",
            ("Try again later; if it happens again, tell the server's administrator"),
        )

    def _names_a_uri(self) -> bool:
        """Return whether the path holds a URI, whose slashes a proxy may refuse or decode."""
        return "%3A%2F" in self.call.path

    def _authenticates(self) -> bool:
        settings = self.call.settings
        return settings is None or settings.authenticate

    def _missing(self, code: int | None) -> tuple[type[LookupServerError], str, str | None]:
        not_offered = "Not offered by this server"
        if self.status == 501:
            advice = (
                "Its storage broker cannot sign URLs, or the storage does not answer. "
                f"{_NEEDED_TO_SIGN}; ask its administrator"
            )
            return NotOfferedError, not_offered, advice
        if self.call.path.startswith(_NEVER_NOT_FOUND):
            advice = f"It needs {needs_of(self.call.operation)}"
            return NotOfferedError, not_offered, f"{advice}; get_versions() lists what it has"
        wrong_url = (
            f"Is DSERVER_URL{_from(self.call.settings)} the URL of a dserver, with its path?"
        )
        if code is None or self.status != 404:
            if self._names_a_uri():
                wrong_url += f" Or does a proxy change the path?{_ENCODED_SLASHES}"
            return NotOfferedError, not_offered, wrong_url
        room, *names = self.call.path.removeprefix("/").split("/")
        if not names:  # a whole listing cannot be missing
            return NotFoundError, "Not found", wrong_url
        known = _LISTS.get(room, "get_datasets() lists the datasets that you may search")
        if room == "users" and len(names) > 2:  # a permission: of whom, and on what
            known = f"{known}, {_LISTS['base-uris']}"
        return NotFoundError, "Not found", known

    def _unreadable(self, why: str) -> NoReturn:
        raise self.call.error(
            UnreadableAnswerError,
            f"The response {why}",
            status=self.status,
            headers=self._shown_headers(),
            server_message=self._shape(),
            next_step=f"Is DSERVER_URL{_from(self.call.settings)} the URL of a dserver?",
        )

    def _has_only(self, keys: frozenset[str]) -> bool:
        payload = self._payload
        found = set(cast("dict[str, Any]", payload)) if isinstance(payload, dict) else set[str]()
        return bool(found) and found <= keys

    def _shape(self) -> str | None:
        """Return what an answer is, if not an error: its values may be secret, e.g. a token."""
        payload = self._payload
        if payload is ...:
            return self._server_message() if b"<" in self._body else None
        if not isinstance(payload, dict):
            return None
        keys = ", ".join(cast("dict[str, Any]", payload)) or "nothing"
        return f"JSON with {self.call.secrets.quote(keys)}"

    def _server_message(self) -> str:
        """Return the server's own words, shortened."""
        payload = self._payload
        if not isinstance(payload, dict):
            return self.call.secrets.quote(self._body, is_page=True)
        words = {k: v for k, v in cast("dict[str, Any]", payload).items() if k != "token"}
        found = next((words[key] for key in _WORDS_FIRST if words.get(key)), words)
        shown = self.call.secrets.quote_json(found)
        return self.call.secrets.quote(shown if isinstance(shown, str) else _json_text(shown))

    def _field_errors(self) -> dict[str, Any] | None:
        errors = (
            cast("dict[str, Any]", self._payload).get("errors") if _code(self._payload) else None
        )
        if not errors:
            return None
        shown = self.call.secrets.quote_json(errors)
        return cast("dict[str, Any]", shown) if isinstance(shown, dict) else {"errors": shown}

    def _shown_headers(self) -> dict[str, str]:
        """Return the headers without those that hold secrets, and without an echo of any."""
        quote = self.call.secrets.quote
        return {
            quote(name.lower()): quote(value, _HEADER_SHOWN)
            for name, value in self._headers.items()
            if name.lower() not in _SECRET_HEADERS
        }

    def _header(self, name: str) -> dict[str, Any] | None:
        """Return a header that holds JSON text, or None if it is absent."""
        text = self._headers.get(name)
        if not text:
            return None
        value = _json(text.encode(errors="replace"))
        if not isinstance(value, dict):
            self._unreadable(f"has a header {name} that is not a JSON object")
        return cast("dict[str, Any]", value)

    def _pagination(self) -> dict[str, Any] | None:
        found = self._header("X-Pagination")
        for key in Pagination.__annotations__:
            if found and key in found and not _is_count(found[key]):
                self._unreadable(f'has a header X-Pagination whose "{key}" is not a number')
        return found

    def _sorting(self) -> dict[str, Any] | None:
        found = self._header("X-Sort")
        if found and not isinstance(found.get("sort", {}), dict):
            self._unreadable('has a header X-Sort whose "sort" is not a JSON object')
        return found


def error_from_exception(
    error: TransportError, call: RequestInfo, settings: Settings
) -> LookupServerError:
    """Return the error for a request that got no complete answer.

    Args:
        error: What the engine raised; it may quote the answer, and with it what was sent.
        call: What was asked.
        settings: The settings of the call.
    """
    call.learn_proxy_password()
    quote = call.secrets.quote
    if isinstance(error, messages.NoTimeLeftError):
        wait = f", and asks to wait for {quote(error.retry_after)}" if error.retry_after else ""
        return call.error(
            ServerError,
            f"The server cannot answer now{wait}",
            status=error.status,
            next_step=f"That is longer than the call may take ({settings.deadline:g} s, "
            "DSERVER_DEADLINE); try again later",
        )
    if isinstance(error, messages.ResponseTimeoutError):
        return call.error(
            CallTimeoutError,
            "No complete response in time",
            next_step=f"Limits: {settings.timeout:g} s without a byte (DSERVER_TIMEOUT), "
            f"{settings.deadline:g} s for the whole call (DSERVER_DEADLINE)",
        )
    if isinstance(error, messages.DecodingError):
        return call.error(
            UnreadableAnswerError,
            "The compression of the response is broken",
            next_step="Try again",
        )
    if isinstance(error, messages.NoSlotError):
        return call.error(
            CallTimeoutError,
            f"Not sent in time: {error.reason}",
            next_step="Make fewer calls at a time, or set a longer DSERVER_DEADLINE or a higher "
            "DSERVER_MAX_CONNECTIONS",
        )
    if isinstance(error, messages.TooLargeError):
        return call.error(
            UnreadableAnswerError,
            f"The response is too large: {error.reason}",
            next_step="Is DSERVER_TOKEN_GENERATOR_URL the URL of a dserver token generator?"
            if call.url == settings.auth_url
            else "Request less at a time, e.g. with page_size, or increase DSERVER_MAX_RESPONSE_MB",
        )
    if isinstance(error, messages.MalformedResponseError):
        return call.error(
            UnreadableAnswerError,
            "The response is not HTTP",
            next_step=f"Is DSERVER_URL{_from(settings)} the URL of a dserver?",
        )
    if isinstance(error, messages.ProxyError):
        return call.error(
            ConnectionFailedError,
            f"No connection: {quote(error.reason)}",
            next_step="Check DSERVER_URL and the proxy settings (HTTP_PROXY, HTTPS_PROXY)",
        )
    return call.error(
        ConnectionFailedError,
        f"No connection: {quote(error.reason)}",
        next_step=_reachable(error.reason, call, settings),
    )


def _reachable(reason: str, call: RequestInfo, settings: Settings) -> str:
    from .proxies import has_proxy

    if "CERTIFICATE" in reason.upper():
        return (
            "Set DSERVER_VERIFY_SSL or SSL_CERT_FILE to the path of the CA bundle for this "
            "certificate; for tests only, DSERVER_VERIFY_SSL=false switches verification off"
        )
    if "WRONG_VERSION_NUMBER" in reason:
        return "Should its URL begin with http:// instead of https://?"
    if call.url == settings.auth_url:
        advice = f"Is {settings.auth_url} up? It is DSERVER_TOKEN_GENERATOR_URL"
    else:
        advice = f"Is {settings.url} up? It is DSERVER_URL{_from(settings)}"
    proxied = has_proxy(call.url)
    return f"{advice}. Or is it the proxy (HTTP_PROXY, HTTPS_PROXY)?" if proxied else advice


def _from(settings: Settings | None) -> str:
    return f" (from {settings.url_source})" if settings and settings.url_source else ""


def _who_may(path: str, names_a_uri: bool) -> str:
    if path.startswith(("/users", "/base-uris")):
        return "Only administrators may do this"
    advice = (
        "The base URI may be unknown to the server, or this user may lack permission; get_me() "
        "lists where the user may search and register"
    )
    if not names_a_uri:
        return advice
    return (
        f"{advice}. If it is listed, run `python -m dtool_lookup_api check` to test for a faulty "
        "proxy"
    )


def _token_in(body: bytes) -> str | None:
    """Return the token in a JSON object, empty if it has none, or None if it is not an object."""
    payload = _json(body)
    if not isinstance(payload, dict):
        return None
    token = cast("dict[str, Any]", payload).get("token")
    return cast("str", token) if is_sendable(token) else ""


def _json(text: bytes) -> Any:
    """Return a JSON value; of what is not JSON, or nested too deeply, an object of its own."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return ...
    may_be_deep = text.count(b"[") + text.count(b"{") > _MOST_LEVELS
    return ... if may_be_deep and _is_too_deep(value) else value


def _is_too_deep(value: Any) -> bool:
    level: list[dict[str, Any] | list[Any]] = [value] if type(value) in (dict, list) else []
    for _ in range(_MOST_LEVELS):
        level = [
            each
            for one in level
            for each in (one.values() if type(one) is dict else one)
            if type(each) is dict or type(each) is list
        ]
        if not level:
            return False
    return True


def _json_text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _is_count(value: Any) -> bool:
    return type(value) is int and 0 <= value < 2**63


def _code(payload: Any) -> int | None:
    """Return the ``code`` by which dserver's own errors are known."""
    code = cast("dict[str, Any]", payload).get("code") if isinstance(payload, dict) else None
    return code if isinstance(code, int) else None


def _whole(count: int) -> dict[str, Any]:
    """Return the pagination of a listing that the server did not divide into pages."""
    return {"total": count, "total_pages": 1 if count else 0}


def _with_dates(item: dict[str, Any]) -> dict[str, Any]:
    """Make the dates of a dataset floats: seconds since the epoch, UTC.

    The direct mongo routes send some as HTTP dates, "Sun, 22 Nov 2026 07:43:11 GMT". What is not a
    date stays as it is: an aggregation may give any value that name.
    """
    for key in _DATES:
        if key in item:
            item[key] = _date(item[key])
    return item


def _date(value: Any) -> Any:
    return _seconds(value) if isinstance(value, str) or type(value) is int else value


def _seconds(value: str | int) -> float | str | int:
    from dateutil import parser, tz

    try:
        if isinstance(value, int):
            return float(value)
        if len(value) > _LONGEST_DATE:
            return value
        date = parser.parse(value)
        return date.replace(tzinfo=date.tzinfo or tz.UTC).timestamp()
    except (ValueError, OverflowError, TypeError):
        return value
