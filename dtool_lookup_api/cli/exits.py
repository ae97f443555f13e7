"""Exit statuses: one table, from errors to the status of the process."""

import signal
from typing import Final

from ..errors import (
    AuthenticationError,
    ConfigurationError,
    ConflictError,
    ConnectionFailedError,
    InvalidRequestError,
    LookupServerError,
    MultipleResultsError,
    NotFoundError,
    NotOfferedError,
    PermissionDeniedError,
)

__all__ = ["FAILED", "INTERRUPTED", "PIPE_CLOSED", "STATUSES", "status_of"]

FAILED: Final = 1
"""Any other error, or a check that found problems."""

STATUSES: Final = {
    InvalidRequestError: 2,  # click's own status for a wrong command line
    MultipleResultsError: 2,
    NotFoundError: 3,
    AuthenticationError: 4,
    PermissionDeniedError: 4,
    ConfigurationError: 5,
    ConnectionFailedError: 6,
    NotOfferedError: 7,
    ConflictError: 8,
}
"""Exit status by class of error; subclasses have that of their base."""

# As a shell reports a process that a signal has ended. Windows has no SIGPIPE.
INTERRUPTED: Final = 128 + signal.SIGINT
PIPE_CLOSED: Final = 128 + getattr(signal, "SIGPIPE", 13)


def status_of(error: LookupServerError) -> int:
    """Return the exit status for an error."""
    found = (STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES)
    return next(found, FAILED)
