"""Call every function that reads, blocking and async, with the installed package.

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

sys.path.append(str(Path(__file__).parent))

from samples import SAMPLES

NOT_COMPARED = {"get_provenance"}  # whose result is an object of a class of its own
OF_EXTRAS = ("__main__", "engine_aiohttp", "filesystem")
READING = {
    name: sample.arguments
    for name, sample in SAMPLES.items()
    if name.startswith("get_") and name not in NOT_COMPARED and dtool_lookup_api.offers(name)
}


def import_everything(package: ModuleType) -> None:
    """Import all modules of a package, which must be the installed one, but for those of extras."""
    assert Path(package.__path__[0]).is_relative_to(sys.prefix), package.__path__
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if not found.name.endswith(OF_EXTRAS) and ".cli." not in found.name:
            importlib.import_module(found.name)


def call_blocking() -> dict[str, Any]:
    """Return the results of the blocking functions, and check that a client returns the same."""
    answers = {name: getattr(dtool_lookup_api, name)(**READING[name]) for name in READING}
    with Client() as client:
        assert {name: getattr(client, name)(**READING[name]) for name in READING} == answers
    with typed.connect() as connection:
        user = get_me.sync(client=connection)
        assert user.to_dict() == typed.get_me().to_dict() == answers["get_me"]
    return answers


async def call_async() -> dict[str, Any]:
    """Return the results of the async functions, and check that a client returns the same."""
    asyncio.get_running_loop().slow_callback_duration = 60  # a warning on a busy machine
    answers = {name: await getattr(asynchronous, name)(**READING[name]) for name in READING}
    async with AsyncClient() as client:
        assert {name: await getattr(client, name)(**READING[name]) for name in READING} == answers
    return answers


if __name__ == "__main__":
    import_everything(dtool_lookup_rest)
    import_everything(dtool_lookup_api)
    assert call_blocking() == asyncio.run(call_async()) == asyncio.run(call_async())
    print(*READING)
