"""The parts below the public modules: configuration, authentication, connections, responses.

Programs of 0.10 reach ``core.config`` and ``core.LookupClient`` after a bare ``import
dtool_lookup_api``. They are loaded when that happens, as the package is to import quickly.
"""

from importlib import import_module as _import_module
from typing import TYPE_CHECKING as _TYPE_CHECKING

if _TYPE_CHECKING:
    from . import LookupClient as LookupClient
    from . import config as config
else:

    def __getattr__(name: str) -> object:
        """Load a module of 0.10."""
        if name in ("LookupClient", "config"):
            return _import_module(f"{__name__}.{name}")
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
