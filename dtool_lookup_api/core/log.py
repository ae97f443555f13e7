"""What is logged, at DEBUG by the logger ``dtool_lookup_api``: never a secret, a query or a body.

Levels and filters of other libraries' loggers are left alone.
"""

import logging
import time
from typing import Final

from .messages import HttpRequest, HttpResponse

__all__ = ["login", "now", "request", "retry"]

_logger: Final = logging.getLogger("dtool_lookup_api")


def now() -> float:
    """Return the time from which ``request`` counts, 0 where nothing is logged."""
    return time.perf_counter() if _logger.isEnabledFor(logging.DEBUG) else 0.0


def request(request: HttpRequest, outcome: HttpResponse | str, started: float, engine: str) -> None:
    """Log a request that was sent.

    Args:
        request: The request.
        outcome: Its response, or what went wrong.
        started: When it was sent, as ``now`` returned it.
        engine: Name of the engine.
    """
    if not started:
        return
    url = request.url.partition("?")[0]
    path = url.partition("//")[2].partition("/")[2]
    result = outcome if isinstance(outcome, str) else outcome.status
    seconds = time.perf_counter() - started
    _logger.debug(
        "%s /%s: %s after %.0f ms (%s)", request.method, path, result, seconds * 1000, engine
    )


def retry(seconds: float, reason: str) -> None:
    """Log that a request is tried again, why, and in how long."""
    _logger.debug("Trying again in %.2f s: %s", seconds, reason)


def login(url: str, how: str) -> None:
    """Log a request for a token.

    Args:
        url: URL of the token generator.
        how: E.g. ``"Logging in"``.
    """
    _logger.debug("%s at %s", how, url)
