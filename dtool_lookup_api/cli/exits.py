"""Exit statuses: one table, from errors to the status of the process."""

import errno
import signal
from collections.abc import Callable
from typing import Any, Final

from ..errors import (
    AuthenticationError,
    ConfigurationError,
    ConflictError,
    ConnectionFailedError,
    IntegrityError,
    InvalidRequestError,
    LookupServerError,
    MultipleResultsError,
    NotFoundError,
    NotOfferedError,
    PermissionDeniedError,
)
from . import output

__all__ = ["FAILED", "INTERRUPTED", "PIPE_CLOSED", "STATUSES", "perform", "status_of"]

FAILED: Final = 1
"""Any other error, or a check that found problems."""

STATUSES: Final[dict[type[LookupServerError], int]] = {
    InvalidRequestError: 2,  # click's own status for a wrong command line
    MultipleResultsError: 2,
    NotFoundError: 3,
    AuthenticationError: 4,
    PermissionDeniedError: 4,
    ConfigurationError: 5,
    ConnectionFailedError: 6,
    NotOfferedError: 7,
    ConflictError: 8,
    IntegrityError: 9,
}
"""Exit status by class of error; subclasses have that of their base."""

# As a shell reports a process that a signal has ended. Windows has no SIGPIPE.
INTERRUPTED: Final = 128 + signal.SIGINT
PIPE_CLOSED: Final = 128 + getattr(signal, "SIGPIPE", 13)


def status_of(error: LookupServerError) -> int:
    """Return the exit status for an error."""
    found = (STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES)
    return next(found, FAILED)


def perform(command: Callable[[], Any]) -> int:
    """Run a command and return its exit status; an error is printed in one line.

    Args:
        command: Prints what it does, and may return an exit status.
    """
    try:
        status: Any = command()
        output.flush()
    except LookupServerError as error:
        output.error(str(error))
        return status_of(error)
    except ImportError as error:
        if error.name != "wcwidth":
            raise
        advice = "Install it: pip install --upgrade 'dtool-lookup-api[cli]'"
        output.error(f"dserver needs wcwidth 0.3 or later. {advice}")
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    except OSError as error:
        if error.errno not in (errno.EPIPE, errno.ENOSPC):
            raise
        output.discard()
        if error.errno == errno.EPIPE:
            return PIPE_CLOSED
        output.error(f"The output cannot be written: {error.strerror}")
        return FAILED
    return status if isinstance(status, int) else 0
