"""Call every function that reads, blocking and awaited, with the installed package.

Runs in an environment that has the built wheel only, as an administrator of a real dserver.
"""

import asyncio
import importlib
import pkgutil
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import dtool_lookup_api
import dtool_lookup_rest
from dtool_lookup_api import AsyncClient, Client, asynchronous, typed
from dtool_lookup_rest.api.me import get_me

NOT_COMPARED = ("get_many", "get_provenance")  # their answers are objects of a class of their own
URI = "smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675"
UUID = "1a1f9fad-8589-413e-9602-5bbd66bfe675"
READING: dict[str, list[Any]] = {
    "get_annotations": [URI],
    "get_base_uri": ["smb://test-share"],
    "get_base_uris": [],
    "get_config": [],
    "get_dataset": [URI],
    "get_datasets": ["test"],
    "get_datasets_by_mongo_aggregation": [[{"$match": {"base_uri": "smb://test-share"}}]],
    "get_datasets_by_mongo_query": [{"base_uri": "smb://test-share"}],
    "get_datasets_by_uuid": [UUID],
    "get_graph_by_uuid": [UUID],
    "get_manifest": [URI],
    "get_me": [],
    "get_my_summary": [],
    "get_one_dataset": ["test", None, ["smb://test-share"]],
    "get_one_dataset_by_mongo_query": [{"uri": URI}],
    "get_readme": [URI],
    "get_readme_as_dict": [URI],
    "get_summary": ["testuser"],
    "get_tags": [URI],
    "get_user": ["testuser"],
    "get_users": [],
    "get_versions": [],
}


def import_everything(package: ModuleType) -> None:
    """Import all modules of a package, which must be the installed one, but for those of extras."""
    assert Path(package.__path__[0]).is_relative_to(sys.prefix), package.__path__
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if not found.name.endswith(("__main__", "engine_aiohttp")) and ".cli." not in found.name:
            importlib.import_module(found.name)


def blocking() -> dict[str, Any]:
    """Return what the functions that block return, and check that a client agrees."""
    answers = {name: getattr(dtool_lookup_api, name)(*READING[name]) for name in READING}
    with Client() as client:
        assert {name: getattr(client, name)(*READING[name]) for name in READING} == answers
    with typed.connect() as connection:
        user = get_me.sync(client=connection)
        assert user.to_dict() == answers["get_me"]
    return answers


async def awaited() -> dict[str, Any]:
    """Return what the functions to await return, and check that a client agrees."""
    asyncio.get_running_loop().slow_callback_duration = 60  # it is told where a machine is busy
    answers = {name: await getattr(asynchronous, name)(*READING[name]) for name in READING}
    async with AsyncClient() as client:
        assert {name: await getattr(client, name)(*READING[name]) for name in READING} == answers
    return answers


if __name__ == "__main__":
    import_everything(dtool_lookup_rest)
    import_everything(dtool_lookup_api)
    offered = {
        name
        for name in dtool_lookup_api.__all__
        if name.startswith("get_") and name not in NOT_COMPARED and dtool_lookup_api.offers(name)
    }
    assert set(READING) == offered
    assert blocking() == asyncio.run(awaited()) == asyncio.run(awaited())
    print(len(READING), "functions")
