"""The command ``dserver``, and ``dtool dserver``: modules by subject, imported when they are used.

``main`` is the program ``dserver``. ``group`` has the table of all commands, and dtool loads its
``dserver`` as a plugin. ``command`` has the class of all commands, which turns errors into a line
and an exit status, by the table in ``exits``. All that is printed goes through ``output``. The
other modules have the commands, which call the documented functions.

The commands need click: ``pip install 'dtool-lookup-api[cli]'``.
"""

import sys
from importlib.util import find_spec
from typing import Any, cast

__all__ = ["main"]


def main() -> None:
    """Run the program ``dserver``, or say what to install for it."""
    if find_spec("click") is None:
        sys.exit("Error: dserver needs click. Install it: pip install 'dtool-lookup-api[cli]'")
    # With click and rich installed, httpx loads its own command, which doubles its import time.
    cast("dict[str, Any]", sys.modules).setdefault("httpx._main", None)
    from .group import dserver

    dserver.main(prog_name="dserver")
