"""The command ``dserver``, and ``dtool dserver``: modules by subject, imported when they are used.

``main`` is the program ``dserver``, and ``group`` has the table of its commands. ``plugin`` has
what the program dtool loads, and ``lookup_client`` the commands that exist there only. ``command``
has the class of all commands, which turns errors into a line and an exit status, by the table in
``exits``. All that is printed goes through ``output``. The other modules have the commands, which
call the documented functions.

The commands need click: ``pip install 'dtool-lookup-api[cli]'``.
"""

import os
import sys
from importlib.util import find_spec
from typing import Any, cast

__all__ = ["main", "require_extra"]


def require_extra() -> None:
    """End the process if what the commands need is not installed, and say what to install.

    dtool takes any click, and does not install wcwidth.
    """
    needs = next((name for name in ("click", "wcwidth") if find_spec(name) is None), "")
    if not needs:
        from click import exceptions

        # click 8.2 has this first. Reading its version takes longer than importing click.
        if not hasattr(exceptions, "NoArgsIsHelpError"):
            needs = "click 8.2 or later"
    if needs:
        advice = "Install it: pip install --upgrade 'dtool-lookup-api[cli]'"
        sys.exit(f"Error: dserver needs {needs}. {advice}")


def main() -> None:
    """Run the program ``dserver``, or say what to install for it."""
    require_extra()
    # With click and rich installed, httpx loads its own command, which doubles its import time.
    cast("dict[str, Any]", sys.modules).setdefault("httpx._main", None)
    from .group import dserver

    if "_DSERVER_COMPLETE" in os.environ:
        from .shells import register  # only completion needs it

        register()
    dserver.main(prog_name="dserver")
