"""The public interface of the released dtool-lookup-api 0.10.3 is all here.

Each difference is listed below with its reason; one that is not listed, or that is no longer
there, fails a test.
"""

import importlib
import inspect
import json
import subprocess
import sys
from typing import Any

import pytest

from dtool_lookup_api.core import LookupClient, config

from devserver import ROOT

PEER = ROOT / "tests/peer"
CLASSES = "dtool_lookup_api.core.LookupClient"
CONFIGURATION = "dtool_lookup_api.core.config"

# What 0.10 has in its modules and this package has not.
NOT_OFFERED = {
    "func": "a loop variable that was left behind",
    "name": "a loop variable that was left behind",
    "async_to_sync": "an import that shows through; asgiref is not used any more",
    "getpass": "an import that shows through",
    "logger": "nothing logs configuration any more, as it holds secrets",
    "deprecated": "a decorator for the package's own use",
    "ConfigurationBasedAuthenticatedLookupClient": "an import that shows through; it is in core",
    "authenticate": "a method called on an object that is thrown away with the token",
    "close": "a method called on an object that is thrown away",
    "connect": "a method called on an object that is thrown away",
    "create_session": "a method called on an object that is thrown away",
    "has_valid_token": "a method called on an object that is thrown away",
}

# Parameters that differ, by function: the difference and its reason.
MUTABLE = "a list or dict as default is shared by all calls"
NO_FILTER = {
    "pagination": ("{}", None, MUTABLE),
    "sorting": ("{}", None, MUTABLE),
    "sort_fields": ("[field]", "(field,)", MUTABLE),
    "sort_order": ("[1]", 1, "one number holds for any number of fields"),
}
OPTIONAL = "may be left out, as it can be found out"
OTHER_DEFAULTS = {
    "register_dataset": dict.fromkeys(
        [
            *("base_uri", "readme", "manifest", "uuid", "name", "type", "creator_username"),
            *("frozen_at", "created_at", "annotations", "tags"),
            *("number_of_items", "size_in_bytes"),
        ],
        ("required", None, OPTIONAL),
    ),
    "register_base_uri": {
        name: ([], None, "an empty list erased the permission of everybody who was not named")
        for name in ("users_with_search_permissions", "users_with_register_permissions")
    },
}
MORE_PARAMETERS = {"register_dataset": {"admin_metadata": "takes what dtoolcore has, whole"}}


@pytest.fixture(scope="module")
def peer() -> dict[str, Any]:
    """Return what the released package offers, read in its own environment."""
    result = subprocess.run(
        [PEER / ".venv/bin/python", "-W", "ignore", PEER / "describe.py"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        check=True,
        timeout=60,
    )
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def parameters(function: Any) -> dict[str, Any]:
    found = inspect.signature(function).parameters.values()
    return {
        p.name: "required" if p.default is p.empty else p.default for p in found if p.name != "self"
    }


def differences(name: str, theirs: list[list[Any]], ours: dict[str, Any]) -> dict[str, Any]:
    """Return how parameters differ beyond what is listed."""
    found: dict[str, Any] = {}
    more = MORE_PARAMETERS.get(name, {})
    names = [parameter for parameter, _, _ in theirs]
    if [parameter for parameter in ours if parameter not in more] != names:
        return {"names": (names, list(ours))}
    for parameter, _, default in theirs:
        listed = OTHER_DEFAULTS.get(name, {}).get(parameter)
        if listed:
            same = (default, ours[parameter]) == listed[:2]
        elif parameter in NO_FILTER and default != "required":
            same = as_listed(parameter, default, ours[parameter])
        else:
            same = default == ours[parameter]
        if not same:
            found[parameter] = (default, ours[parameter])
    return found


def as_listed(parameter: str, theirs: Any, ours: Any) -> bool:
    if parameter in ("pagination", "sorting"):
        return theirs == {} and ours is None
    if parameter == "sort_order":
        return theirs == [ours]
    return theirs == list(ours)


@pytest.mark.parametrize("module", ["", ".synchronous", ".asynchronous"])
def test_every_function_is_there(module: str, peer: dict[str, Any]) -> None:
    """Every function of 0.10 is found under its name, with its parameters and defaults."""
    name = f"dtool_lookup_api{module}"
    module = importlib.import_module(name)
    found: dict[str, Any] = {}
    for function, description in peer[name].items():
        if function in NOT_OFFERED:
            assert not hasattr(module, function)
        elif "parameters" in description:
            ours = parameters(getattr(module, function))
            different = differences(function, description["parameters"], ours)
            if different:
                found[function] = different

    assert found == {}
    assert len(peer[name]) > 30


def test_every_class_is_there(peer: dict[str, Any]) -> None:
    """Every class of 0.10 is there, with its constructor, methods, properties and bases."""
    found: dict[str, Any] = {}
    for name, description in peer[CLASSES].items():
        if name in NOT_OFFERED:
            continue
        ours = getattr(LookupClient, name)
        if "class" not in description or issubclass(ours, Exception):
            continue
        assert set(description["bases"]) <= {base.__name__ for base in ours.__mro__}
        different = differences(name, description["init"], parameters(ours))
        if different:
            found[name] = different
        for member, described in description["class"].items():
            if "property" in described:
                assert isinstance(inspect.getattr_static(ours, member), property), member
                continue
            theirs = described["parameters"]
            different = differences(member, theirs, parameters(getattr(ours, member)))
            if different:
                found[f"{name}.{member}"] = different

    assert found == {}


def test_the_configuration_is_there(peer: dict[str, Any]) -> None:
    """Every constant and every attribute of the configuration of 0.10 is there."""
    for name, description in peer[CONFIGURATION].items():
        if name in NOT_OFFERED:
            continue
        ours = getattr(config, name)
        if "value" in description and description["value"] != "object":
            assert name == "CONFIG_PATH" or repr(ours) == description["value"]
    theirs = peer[CONFIGURATION]["DtoolLookupAPIConfig"]
    assert parameters(config.DtoolLookupAPIConfig) == {"interactive": True, "cache": True}
    for attribute, described in theirs["class"].items():
        ours = inspect.getattr_static(config.DtoolLookupAPIConfig, attribute)
        assert isinstance(ours, property), attribute
        assert (ours.fset is not None) == described["property"], attribute


def test_a_bare_import_reaches_every_module(peer: dict[str, Any]) -> None:
    """Programs import the package only, and use its modules: imteksimfw switches prompts off so."""
    modules = list(peer["loaded"])
    code = f"import dtool_lookup_api\nfor name in {modules!r}: assert eval(name).__name__ == name"

    assert {f"{CLASSES}", CONFIGURATION} <= set(modules)
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_listed_differences_are_still_there(peer: dict[str, Any]) -> None:
    """The list of differences names nothing that 0.10 does not have."""
    everything = {name for module in peer.values() for name in module}
    synchronous = peer["dtool_lookup_api.synchronous"]

    assert set(NOT_OFFERED) <= everything
    for function, parameter_list in OTHER_DEFAULTS.items():
        theirs = [name for name, _, _ in synchronous[function]["parameters"]]
        assert set(parameter_list) <= set(theirs)


def test_the_migration_page_lists_every_difference() -> None:
    """The migration page names each removed name and each changed default."""
    text = (ROOT / "docs/migration.md").read_text(encoding="utf-8")

    missing = [name for name in (*NOT_OFFERED, *OTHER_DEFAULTS) if f"`{name}" not in text]
    assert missing == []
