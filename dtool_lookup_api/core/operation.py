"""What operations are made of: requests that they yield, and responses that they are given.

An operation is a generator without I/O. It yields one of

- an ``ApiRequest`` to the server, and is given its ``ApiResponse``;
- a ``TransferRequest`` to storage, by ``yield from request.send()``, which returns its response;
- a function, which may read files, and is given what it returns;
- ``Together``: other operations to perform several at a time, and is given None;

and returns the value, or does so several times. What goes wrong is raised where it yields.
"""

from collections.abc import Callable, Generator, Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar, cast

if TYPE_CHECKING:  # importing the package, which names operations, loads no settings
    from .attempts import Receive
    from .bodies import Body
    from .messages import HttpResponse
    from .responses import ApiResponse

__all__ = ["ApiRequest", "Operation", "OperationStep", "Together", "TransferRequest", "named"]

_T = TypeVar("_T")


class ApiRequest:
    """A request of one route, as the generated package describes it.

    Args:
        method: The HTTP method.
        url: The path below the server's URL, percent-encoded.
        params: The query, with JSON values.
        json: The body, left out if there is none.
        headers: Headers of the route.
        public: Whether the route needs no token, and is sent none.
        max_age: For how many seconds a response may be kept and used again, None for never.
        patience: Seconds that a response may take, where that is more than the limits set.
    """

    __slots__ = ("headers", "json", "max_age", "method", "params", "patience", "public", "url")

    def __init__(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, Any] | None = None,
        json: Any = ...,
        headers: Mapping[str, str] | None = None,
        public: bool = False,
        max_age: float | None = None,
        patience: float = 0.0,
    ) -> None:
        self.method: str = method.upper()
        self.url: str = url
        self.params: Mapping[str, Any] | None = params
        self.json: Any = json
        self.headers: Mapping[str, str] | None = headers
        self.public: bool = public
        self.max_age: float | None = max_age
        self.patience: float = patience


class TransferRequest:
    """A request to storage by a signed URL, whose body or response is streamed.

    It is sent without token and cookies, has no deadline but a limit on stalls, and is tried again
    by ``attempts.TRANSFERS``.

    Args:
        method: The HTTP method.
        url: The signed URL.
        headers: What the server wants sent along, unchanged, or a function that returns it: it is
            called before each try, e.g. for the ``Range`` of what is still missing.
        body: The body to send.
        receive: Is given each successful response before its body, and returns the function that
            takes the chunks, e.g. ``file.write``. They come one after the other, from any thread.
            If it returns None, as for other responses, the response has the body's beginning.
        progress: Is told how many bytes this try has sent or received so far.
    """

    __slots__ = ("body", "headers", "method", "progress", "receive", "url")

    def __init__(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | Callable[[], Mapping[str, str]] | None = None,
        body: "Body | bytes | None" = None,
        receive: "Receive | None" = None,
        progress: Callable[[int], Any] | None = None,
    ) -> None:
        self.method: str = method.upper()
        self.url: str = url
        self.headers: Mapping[str, str] | Callable[[], Mapping[str, str]] | None = headers
        self.body: Body | bytes | None = body
        self.receive: Receive | None = receive
        self.progress: Callable[[int], Any] | None = progress

    def __repr__(self) -> str:
        return f"<TransferRequest {self.method}>"

    def send(self) -> "Generator[TransferRequest, Any, HttpResponse]":
        """Return the response; an operation yields from it."""
        response: HttpResponse = yield self
        return response


class Together:
    """Operations to perform several at a time, in threads or in tasks.

    The first error ends the others, which have ended when it is raised. What an operation returns
    is not kept: there may be very many.

    Args:
        operations: The operations; each is made when its turn has come.
        at_a_time: How many.
    """

    __slots__ = ("at_a_time", "operations")

    def __init__(self, operations: "Iterable[Operation[Any]]", at_a_time: int) -> None:
        self.operations: Iterable[Operation[Any]] = operations
        self.at_a_time: int = at_a_time


OperationStep: TypeAlias = ApiRequest | TransferRequest | Together | Callable[[], Any]
Operation: TypeAlias = Generator[OperationStep, "ApiResponse", _T]


def named(name: str, operation: Operation[_T]) -> Operation[_T]:
    """Return an operation under the name of a documented function, which errors and the log say.

    A generator has the name of its own function, which helpers share.
    """
    cast("Any", operation).__name__ = name
    return operation
