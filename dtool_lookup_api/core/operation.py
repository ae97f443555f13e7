"""What operations are made of: requests that they yield, and responses that they are given.

An operation is a generator without I/O. It yields an ``ApiRequest``, or a function that reads
storage, is given the ``ApiResponse`` or what the function returns, and returns the value, or does
so several times. What goes wrong is raised where it yields.
"""

from collections.abc import Callable, Generator, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

if TYPE_CHECKING:  # importing the package, which names operations, loads no settings
    from .responses import ApiResponse

__all__ = ["ApiRequest", "Operation", "OperationStep"]

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


OperationStep: TypeAlias = ApiRequest | Callable[[], Any]
Operation: TypeAlias = Generator[OperationStep, "ApiResponse", _T]
