"""The generated client, whose requests take the same way as those of the documented functions.

httpx's client, which the generated functions want, stands on a transport that runs the exchange.
For responses of which they can't make a model, they raise the errors of the documented functions.
"""

import time
from collections.abc import Iterator
from typing import Any, Final, NoReturn

import httpx
from attrs import define, field

from dtool_lookup_rest import AuthenticatedClient

from . import async_driver, attempts, driver, messages
from .attempts import Steps
from .decoding import ACCEPT_ENCODING
from .engine_httpx import USER_AGENT
from .exchange import Session
from .messages import HttpRequest, HttpResponse, TransportError
from .options import ClientOptions
from .responses import ApiResponse, RequestInfo
from .settings import Settings, resolve_settings
from .values import origin

__all__ = ["connect"]

_ERRORS: Final[dict[type[TransportError], type[httpx.TransportError]]] = {
    messages.CertificateError: httpx.ConnectError,
    messages.ConnectError: httpx.ConnectError,
    messages.UnknownHostError: httpx.ConnectError,
    messages.ProxyError: httpx.ProxyError,
    messages.ProtocolError: httpx.LocalProtocolError,
    messages.ResponseTimeoutError: httpx.ReadTimeout,
}
"""What httpx's users catch; for all others it is a ReadError."""


class _Response(httpx.Response):
    """A response that knows which call it is for, and with it which secrets were sent.

    Args:
        call: What was asked.
        response: The response, whose body is not compressed any more.
    """

    def __init__(self, call: RequestInfo, response: HttpResponse) -> None:
        gone = ("content-encoding", "content-length", "transfer-encoding")
        headers = [pair for pair in response.headers.items() if pair[0].lower() not in gone]
        super().__init__(response.status, headers=headers, content=response.body)
        self.call = call

    def __getstate__(self) -> dict[str, Any]:
        """Leave the call, which knows secrets, out of a pickle."""
        return {name: value for name, value in super().__getstate__().items() if name != "call"}


class _Exchange:
    """What the transport of the blocking and of the async client share.

    Args:
        options: What ``connect`` was given.
    """

    def __init__(self, options: ClientOptions) -> None:
        self.options = options
        self._session = Session(resolve_settings(options))

    @property
    def settings(self) -> Settings:
        """The settings, as they were when the client was made."""
        return self._session.settings

    def call(self, request: httpx.Request) -> RequestInfo:
        """Return what is asked, which learns which secrets are sent."""
        return RequestInfo("login", request.method, str(request.url), self.settings)

    def steps(self, request: httpx.Request, body: bytes, call: RequestInfo) -> Steps[HttpResponse]:
        """Return the exchange of a request, with a token if it goes to the server."""
        settings = self.settings
        url = str(request.url)
        path = url.removeprefix(settings.url).partition("?")[0]
        sent = HttpRequest(
            request.method,
            url,
            headers=[*_headers(request)],
            body=body or None,
            timeout=request.extensions.get("timeout", {}).get("read") or settings.timeout,
            deadline=time.monotonic() + settings.deadline,
            complete=True,
            limit=int(settings.max_response_mb * 1e6),
        )
        return self._session.send(
            sent,
            call,
            retries=settings.retries if attempts.is_repeatable(request.method, path, body) else 0,
            public=origin(url) != origin(settings.url),  # no token leaves for another origin
        )

    def error(
        self, error: TransportError, request: httpx.Request, call: RequestInfo
    ) -> httpx.TransportError:
        """Return the exception of httpx for an error of ours."""
        reason = call.secrets.quote(error.reason)
        return _ERRORS.get(type(error), httpx.ReadError)(reason, request=request)


def _headers(request: httpx.Request) -> Iterator[tuple[str, str]]:
    """Yield what the client sends, but accept only what is decompressed here."""
    for name, value in request.headers.multi_items():
        yield name, ACCEPT_ENCODING if name.lower() == "accept-encoding" else value


class _Transport(httpx.BaseTransport):
    def __init__(self, exchange: _Exchange) -> None:
        self._exchange = exchange
        self._connections = driver.ConnectionManager(exchange.options)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        call = self._exchange.call(request)
        steps = self._exchange.steps(request, request.read(), call)
        try:
            return _Response(call, driver.drive(steps, self._connections))
        except TransportError as error:
            raise self._exchange.error(error, request, call) from None

    def close(self) -> None:
        self._connections.close()


class _AsyncTransport(httpx.AsyncBaseTransport):
    def __init__(self, exchange: _Exchange) -> None:
        self._exchange = exchange
        self._connections = async_driver.AsyncConnectionManager(exchange.options)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        call = self._exchange.call(request)
        steps = self._exchange.steps(request, await request.aread(), call)
        try:
            return _Response(call, await async_driver.drive(steps, self._connections))
        except TransportError as error:
            raise self._exchange.error(error, request, call) from None

    async def aclose(self) -> None:
        await self._connections.aclose()


@define
class _Client(AuthenticatedClient):
    """The generated client, on connections that run the exchange.

    The generated ``with_headers``, ``with_cookies`` and ``with_timeout`` make a copy of its
    attributes. So a copy shares the login, and opens and closes connections of its own.
    """

    _exchange: _Exchange = field(kw_only=True, repr=False, alias="exchange")

    # The generated methods would add the client's own token, which is empty, to the headers.

    def get_httpx_client(self) -> httpx.Client:
        """Return the client of blocking calls, which is made at first use."""
        if self._client is None:
            transport = _Transport(self._exchange)
            self._client = httpx.Client(transport=transport, **self._arguments())
        return self._client

    def get_async_httpx_client(self) -> httpx.AsyncClient:
        """Return the client of async calls, which is made at first use."""
        if self._async_client is None:
            transport = _AsyncTransport(self._exchange)
            self._async_client = httpx.AsyncClient(transport=transport, **self._arguments())
        return self._async_client

    def refuse(
        self, response: httpx.Response, operation: str, error: Exception | None = None
    ) -> NoReturn:
        """Raise the error that the documented functions have for a response."""
        if isinstance(response, _Response):
            call = response.call
        else:  # the user has set another httpx client
            call = self._exchange.call(response.request)
        call.operation = operation
        ApiResponse(call, response.status_code, response.headers, response.content).refuse(error)

    def _arguments(self) -> dict[str, Any]:
        headers = httpx.Headers({"User-Agent": USER_AGENT})
        headers.update(self._headers)
        return {
            "base_url": self._base_url,
            "headers": headers,
            "cookies": self._cookies,
            "timeout": self._timeout,
            "follow_redirects": self._follow_redirects,
            **self._httpx_args,
        }


def connect(options: ClientOptions) -> AuthenticatedClient:
    """Return a client for the functions of the generated package ``dtool_lookup_rest``.

    It logs in, retries and gives up as the documented functions do, and has the settings of
    the moment when it was made. Use it in a ``with`` or ``async with`` block, in one event
    loop. The generated functions return the model of a success. They raise the errors of
    ``dtool_lookup_api.errors`` for other responses and for logins that fail, and ``httpx``
    exceptions where there is no response.

    Returns:
        The generated client::

            from dtool_lookup_api.typed import connect
            from dtool_lookup_rest.api.datasets import search_datasets
            from dtool_lookup_rest.models import SearchDataset

            with connect() as client:
                found = search_datasets.sync(client=client, body=SearchDataset(free_text="test"))

    Raises:
        ConfigurationError: If a setting is missing or cannot be used.
    """
    exchange = _Exchange(options)
    return _Client(
        base_url=exchange.settings.url,
        token="",  # the exchange fetches it, and renews it
        timeout=httpx.Timeout(exchange.settings.timeout),
        exchange=exchange,
    )
