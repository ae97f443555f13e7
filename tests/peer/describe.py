"""Describe the public interface of the released dtool-lookup-api as JSON.

Runs in the released package's own environment.
"""

import contextlib
import importlib
import inspect
import json
import sys
from typing import Any

MODULES = ("dtool_lookup_api", "dtool_lookup_api.synchronous", "dtool_lookup_api.asynchronous")
CLASSES = "dtool_lookup_api.core.LookupClient"
CONFIGURATION = "dtool_lookup_api.core.config"


def parameters(function: Any) -> list[list[Any]]:
    """Return name, kind and default of each parameter."""
    found = []
    for parameter in inspect.signature(function).parameters.values():
        required = parameter.default is inspect.Parameter.empty
        default = "required" if required else parameter.default
        found.append([parameter.name, parameter.kind.name, default])
    return found


def described(value: Any) -> Any:
    """Return what a public name is."""
    if inspect.isclass(value):
        if issubclass(value, Exception):
            return {"exception": value.__name__}
        members = {
            name: described(member)
            for name, member in inspect.getmembers(value)
            if not name.startswith("_")
        }
        bases = [base.__name__ for base in value.__mro__[1:-1]]
        return {"class": members, "bases": bases, "init": parameters(value)}
    if isinstance(value, property):
        return {"property": value.fset is not None}
    function = getattr(value, "_func", value)  # what the released package wraps
    if callable(function):
        with contextlib.suppress(ValueError, TypeError):
            return {"parameters": [p for p in parameters(function) if p[0] != "self"]}
    return {"value": repr(value) if isinstance(value, (int, str, list)) else "object"}


def public(module: Any) -> dict[str, Any]:
    """Return the public names of a module that are not modules."""
    return {
        name: described(value)
        for name, value in vars(module).items()
        if not name.startswith("_") and not inspect.ismodule(value)
    }


if __name__ == "__main__":
    names = (*MODULES, CLASSES, CONFIGURATION)
    importlib.import_module(MODULES[0])
    loaded = sorted(name for name in sys.modules if name.startswith(f"{MODULES[0]}."))
    found = {name: public(importlib.import_module(name)) for name in names}
    json.dump({**found, "loaded": dict.fromkeys(loaded)}, sys.stdout)
