"""Call a function for many values."""

from typing import Any

from ..core.many import BulkRequest, Function, Values
from ..core.progress import Progress
from . import arguments


def get_many(
    function: Function,
    each: Values,
    concurrency: int = 8,
    progress: Progress = False,
) -> BulkRequest[Any, Any]:
    """Call a function with each of many values, several at a time, e.g. to read many READMEs.

    Args:
        function: A function of one argument, e.g. ``get_readme`` or ``get_tags``.
        each: What to call it with, e.g. URIs or datasets. They are taken one by one when they
            are needed, so they may come from an iterator of any length.
        concurrency: How many calls there may be at a time, 1 to 100, default 8.
        progress: True for a progress bar, which needs tqdm; or a function that is given, each
            time, how many were yielded and how many there are. Default is neither.

    Returns:
        An iterator of an ``Outcome`` for each value, in their order. A call that fails does not
        stop the others; closing the iterator stops early. Exceptions that are not errors of
        this package are raised when the iteration reaches them::

            Outcome(argument="smb://test-share/1a1f9fad-...", value="a: ...")
            Outcome(argument="smb://test-share/af6727bf-...", error=NotFoundError("..."))

    Raises:
        InvalidRequestError: If an argument of this function cannot be used.
        AuthenticationError: If the login fails; continuing tries it again.
        ConfigurationError: If a setting is missing or cannot be used.

    Requires what the function requires. Route: ``GET /readmes/{uri}`` and the like.
    """
    if not callable(function):
        arguments.refuse("function", function, "is not a function", "Give one, e.g. get_readme")
    return BulkRequest(
        function,
        arguments.check_each(each),
        arguments.check_concurrency(concurrency),
        arguments.check_progress(progress),
    )
