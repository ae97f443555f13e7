"""An error is seen at once: its traceback ends at the function that was called."""

import asyncio
import traceback
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

import dtool_lookup_api
from dtool_lookup_api import AsyncClient, Client, LookupServerError, asynchronous
from dtool_lookup_api.core.LookupClient import CredentialsBasedLookupClient

# Nothing listens there, which a call notices as late as it would a refusal.
NOWHERE: dict[str, Any] = {"url": "http://127.0.0.1:1", "token": "x", "retries": 0}
WRONG: dict[str, Any] = {"free_text": 7}
BLOCKING: dict[str, Callable[[Client], Any]] = {
    "a wrong argument": lambda _: dtool_lookup_api.get_datasets(page_size=101),
    "a wrong argument of a walk": lambda _: dtool_lookup_api.iter_datasets(**WRONG),
    "a wrong argument of a client's walk": lambda client: client.iter_datasets(**WRONG),
    "a wrong argument of many calls": lambda client: client.get_many(client.get_me, 7),  # type: ignore
    "a refused call": lambda client: client.get_me(),
    "a call that makes several": lambda client: client.get_summary("a"),
    "a walk that fails": lambda client: list(client.iter_datasets()),
    "a walk's total": lambda client: client.iter_datasets().total,
    "an outcome": lambda client: next(client.get_many(client.get_tags, ["s3://a/b"])).value,
}


async def all_of(walk: Any) -> list[Any]:
    return [each async for each in walk]


async def value_of(many: Any) -> Any:
    return (await anext(many)).value


async def deprecated(_: AsyncClient) -> Any:
    client = CredentialsBasedLookupClient("http://127.0.0.1:1", "http://127.0.0.1:1", "a", "b")
    with pytest.warns(DeprecationWarning, match="get_datasets"):
        return await client.search(7)  # type: ignore[arg-type]


AWAITED: dict[str, Callable[[AsyncClient], Coroutine[Any, Any, Any]]] = {
    "a wrong argument": lambda _: asynchronous.get_datasets(page_size=101),
    "a refused call": lambda client: client.get_me(),
    "a walk that fails": lambda client: all_of(client.iter_datasets()),
    "an outcome": lambda client: value_of(client.get_many(client.get_tags, ["s3://a/b"])),
    "a deprecated method": deprecated,
}


def entries(error: LookupServerError) -> list[str]:
    """Return what a notebook shows: the entries from this file's last one on."""
    assert error.__cause__ is None
    assert error.__suppress_context__
    found = traceback.extract_tb(error.__traceback__)
    last = max(number for number, entry in enumerate(found) if entry.filename == __file__)
    return [f"{entry.filename}:{entry.name}" for entry in found[last:]]


@pytest.mark.parametrize("case", BLOCKING)
def test_a_traceback_is_short(case: str) -> None:
    """At most four entries, the caller's own included."""
    with Client(**NOWHERE) as client, pytest.raises(LookupServerError) as failed:
        BLOCKING[case](client)
    assert len(entries(failed.value)) <= 4, entries(failed.value)


@pytest.mark.parametrize("case", AWAITED)
def test_a_traceback_of_an_awaited_call_is_short(case: str) -> None:
    """The same as where it blocks."""

    async def main() -> None:
        async with AsyncClient(**NOWHERE) as client:
            await AWAITED[case](client)

    with pytest.raises(LookupServerError) as failed:
        asyncio.run(main())
    assert len(entries(failed.value)) <= 4, entries(failed.value)


def test_an_outcome_raised_twice_has_a_short_traceback() -> None:
    """The entries of one time don't remain in that of the next."""
    with Client(**NOWHERE) as client:
        outcome = next(client.get_many(client.get_tags, ["s3://a/b"]))
    for _ in range(2):
        with pytest.raises(LookupServerError) as failed:
            print(outcome.value)
        assert len(entries(failed.value)) <= 4
