"""One question about many things: in order, bounded, with an error for each that fails."""

import asyncio
import itertools
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest

import dtool_lookup_api
from dtool_lookup_api import (
    AsyncClient,
    AuthenticationError,
    Client,
    ConfigurationError,
    InvalidRequestError,
    NotFoundError,
    Outcome,
    PermissionDeniedError,
    ServerError,
    asynchronous,
)

from devserver import COPY_URI, URI, Dserver
from faults import Endpoint, hang, html, login_refused, replying
from paged_listing import PagedListing, soon, threads_of_ours, uri_of

URIS = [uri_of(number) for number in range(40)]
missing = replying(404, {"code": 404, "status": "Not Found"})


pytestmark = pytest.mark.usefixtures("paged_listing")  # every endpoint has READMEs and a listing


@pytest.fixture
def client(endpoint: Endpoint) -> Iterator[Client]:
    with Client(endpoint.url, **endpoint.login) as client:
        yield client


def awaited(endpoint: Endpoint, main: Callable[[AsyncClient], Any], **given: Any) -> Any:
    """Run a coroutine function with a client of its own, and return what it returns."""

    async def run() -> Any:
        async with AsyncClient(**{"url": endpoint.url, **endpoint.login, **given}) as client:
            return await main(client)

    return asyncio.run(run())


# --- the real server -------------------------------------------------------------------------


def test_readmes_of_a_walk_on_the_real_server(configured: Dserver) -> None:
    """The arguments may come from a walk, in each module."""
    uris = (dataset["uri"] for dataset in dtool_lookup_api.iter_datasets())
    outcomes = list(dtool_lookup_api.get_many(dtool_lookup_api.get_readme, uris))
    assert [outcome.argument for outcome in outcomes] == [COPY_URI, URI]
    assert outcomes[1].value == dtool_lookup_api.get_readme(URI)
    assert all(outcome.error is None for outcome in outcomes)
    with Client() as client:
        assert list(client.get_many(client.get_readme, [COPY_URI, URI])) == outcomes

    async def main() -> None:
        async def uris() -> AsyncIterator[str]:
            async for dataset in asynchronous.iter_datasets():
                yield dataset["uri"]

        found = [each async for each in asynchronous.get_many(asynchronous.get_readme, uris())]
        assert found == outcomes
        async with AsyncClient() as client:
            many = client.get_many(client.get_readme, [COPY_URI, URI])
            assert [each async for each in many] == outcomes

    asyncio.run(main())


def test_refusals_of_the_real_server(configured: Dserver) -> None:
    """Each call that fails has its error; the others have their value."""
    unknown = "smb://unknown-share/1a1f9fad-8589-413e-9602-5bbd66bfe675"
    first, second, third = dtool_lookup_api.get_many(
        dtool_lookup_api.get_readme, [unknown, URI, "no URI"]
    )
    assert isinstance(first.error, PermissionDeniedError)
    with pytest.raises(PermissionDeniedError):
        _ = first.value
    assert second.error is None
    assert "testing" in second.value
    assert isinstance(third.error, InvalidRequestError)


# --- order, bounds ---------------------------------------------------------------------------


def test_outcomes_come_in_order_with_bounded_concurrency(
    endpoint: Endpoint, paged_listing: PagedListing
) -> None:
    """Whichever answer is first, outcomes are in the order of the arguments."""
    paged_listing.latency = 0.02

    async def late(exchange: Any) -> None:
        await asyncio.sleep(0.3)
        await exchange.send(exchange.right)

    async def main(client: AsyncClient) -> list[Outcome[str, str]]:
        return [each async for each in client.get_many(client.get_readme, URIS, concurrency=5)]

    for mode in ("blocking", "awaited"):
        paged_listing.most_under_way = 0
        paged_listing.fail(URIS[3], late)
        paged_listing.fail(URIS[7], missing)
        if mode == "blocking":
            with Client(endpoint.url, **endpoint.login) as client:
                found = list(client.get_many(client.get_readme, URIS, concurrency=5))
        else:
            found = awaited(endpoint, main)
        assert [each.argument for each in found] == URIS
        assert [isinstance(each.error, NotFoundError) for each in found].index(True) == 7
        assert sum(each.error is not None for each in found) == 1
        assert found[5].value == URIS[5]
        assert 1 < paged_listing.most_under_way <= 5


def test_arguments_are_taken_as_they_are_needed(
    client: Client, endpoint: Endpoint, paged_listing: PagedListing
) -> None:
    """They may be endless: no more are taken than are asked at a time."""
    taken: list[int] = []

    def endless() -> Iterator[str]:
        for number in itertools.count():
            taken.append(number)
            yield uri_of(number)

    for outcome in client.get_many(client.get_readme, endless(), concurrency=3):
        if outcome.argument == uri_of(9):
            break
    assert taken == list(range(12))
    assert soon(lambda: threads_of_ours() == [])

    async def main(client: AsyncClient) -> None:
        taken.clear()
        many = client.get_many(client.get_readme, endless(), concurrency=3)
        async for outcome in many:
            if outcome.argument == uri_of(9):
                break
        assert taken == list(range(12))
        await many.aclose()
        assert [each async for each in many] == []
        assert len(asyncio.all_tasks()) == 1

    awaited(endpoint, main)


def test_nothing_is_sent_before_something_is_wanted(client: Client, endpoint: Endpoint) -> None:
    """Making it takes no argument and sends nothing."""
    taken: list[str] = []
    client.get_many(client.get_readme, (taken.append(uri) or uri for uri in URIS))  # type: ignore
    time.sleep(0.05)
    assert taken == []
    assert endpoint.requests == []


def test_stopping_early_sends_nothing_more(
    client: Client, endpoint: Endpoint, paged_listing: PagedListing
) -> None:
    """What is under way ends, what waits to be tried again is not."""
    paged_listing.fail(URIS[2], html(503, Retry_After="60"))
    with client.get_many(client.get_readme, URIS, concurrency=4) as many:
        next(many)
        assert soon(lambda: len(endpoint.requests) == 4)
        assert soon(lambda: len(threads_of_ours()) == 1)
        time.sleep(0.05)
    assert soon(lambda: threads_of_ours() == [], 1)
    assert len(endpoint.requests) == 4
    assert list(many) == []


def test_close_ends_the_wait_for_what_never_ends() -> None:
    """Neither who waits nor who closes waits for a function that does not return."""
    forever = threading.Event()
    many = dtool_lookup_api.get_many(lambda _: forever.wait(60), range(10**6))
    found: list[Any] = []
    thread = threading.Thread(target=lambda: found.extend(many))
    thread.start()
    assert soon(lambda: len(threads_of_ours()) == 8)
    many.close()
    thread.join(5)
    assert not thread.is_alive()
    assert found == list(many) == []
    forever.set()


@pytest.mark.parametrize("waits", ["for an answer", "to try again"])
def test_close_ends_the_wait_of_another_thread(
    client: Client, endpoint: Endpoint, paged_listing: PagedListing, waits: str
) -> None:
    """Who waits for an outcome gets none, and no error."""
    paged_listing.latency = 0.2
    if waits == "to try again":
        paged_listing.fail(URIS[0], html(503, Retry_After="60"))
    many = client.get_many(client.get_readme, URIS[:1])
    found: list[Any] = []
    failed: list[BaseException] = []

    def take() -> None:
        try:
            found.extend(many)
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=take)
    thread.start()
    assert soon(lambda: len(endpoint.requests) == 1)
    if waits == "to try again":
        time.sleep(0.3)
    many.close()
    thread.join(5)
    assert (found, failed) == ([], [])


def test_dropped_without_being_closed(endpoint: Endpoint, paged_listing: PagedListing) -> None:
    """Letting go of it ends the tasks."""
    for uri in URIS[1:]:
        paged_listing.fail(uri, hang)

    async def main(client: AsyncClient) -> None:
        async for _ in client.get_many(client.get_readme, URIS):
            break
        await asyncio.sleep(0.1)
        assert len(asyncio.all_tasks()) == 1

    awaited(endpoint, main)


# --- errors ----------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["blocking", "awaited"])
def test_failed_login_stops_it_and_it_can_go_on(
    endpoint: Endpoint, paged_listing: PagedListing, mode: str
) -> None:
    """A refused login is raised, once; after that the same arguments are tried again."""
    endpoint.token_script(always=login_refused)

    def blocking() -> list[str]:
        with Client(endpoint.url, **endpoint.login) as client:
            many = client.get_many(client.get_readme, URIS)
            with pytest.raises(AuthenticationError):
                next(many)
            assert endpoint.requests == []
            time.sleep(0.5)  # what other threads have begun is refused, too
            endpoint.token_script()
            return [outcome.value for outcome in many]

    async def main(client: AsyncClient) -> list[str]:
        many = client.get_many(client.get_readme, URIS)
        with pytest.raises(AuthenticationError):
            await anext(many)
        assert endpoint.requests == []
        endpoint.token_script()
        return [outcome.value async for outcome in many]

    assert (blocking() if mode == "blocking" else awaited(endpoint, main)) == URIS
    assert len(endpoint.requests) == len(URIS)


def test_missing_setting_is_raised() -> None:
    """Without a server there is nothing to ask any of them."""
    many = dtool_lookup_api.get_many(dtool_lookup_api.get_readme, URIS)
    for _ in range(2):
        with pytest.raises(ConfigurationError):
            next(many)


def test_other_errors_of_the_function_are_raised_in_their_turn(endpoint: Endpoint) -> None:
    """An error that is not the SDK's is not an outcome; continuing yields the rest."""

    def length(uri: str) -> int:
        if uri == "c":
            raise KeyError(uri)
        return len(uri)

    async def length_awaited(uri: str) -> int:
        await asyncio.sleep(0)
        return length(uri)

    async def main() -> list[Any]:
        return await gone_on(asynchronous.get_many(length_awaited, ["a", "b", "c", "d", "e"]))

    async def gone_on(many: Any) -> list[Any]:
        found: list[Any] = []
        while True:
            try:
                found.append((await anext(many)).argument)
            except KeyError as error:
                found.append(error.args)
            except StopAsyncIteration:
                return found

    assert asyncio.run(main()) == ["a", "b", ("c",), "d", "e"]
    many = dtool_lookup_api.get_many(length, ["a", "b", "c", "d", "e"], concurrency=2)
    assert [next(many).argument, next(many).value] == ["a", 1]
    with pytest.raises(KeyError):
        next(many)
    assert [outcome.argument for outcome in many] == ["d", "e"]


@pytest.mark.parametrize("error", [KeyError, StopIteration, StopAsyncIteration, SystemExit])
def test_errors_of_the_function_end_nothing(error: type[BaseException]) -> None:
    """Not even those that end a loop: asking for the first of an empty walk raises one."""
    raised = RuntimeError if "Iteration" in error.__name__ else error

    def ask(number: int) -> int:
        if number == 2:
            raise error
        return number

    async def ask_awaited(number: int) -> int:
        return ask(number)

    async def fail_early(number: int) -> Any:
        return await asyncio.sleep(0, number)

    many = dtool_lookup_api.get_many(ask, range(5))
    assert [next(many).value, next(many).value] == [0, 1]
    with pytest.raises(raised):
        next(many)
    assert [outcome.value for outcome in many] == [3, 4]

    async def main(function: Any) -> None:
        many = asynchronous.get_many(function, range(5))
        assert [(await anext(many)).value for _ in range(2)] == [0, 1]
        with pytest.raises(raised):
            await anext(many)
        assert [outcome.value async for outcome in many] == [3, 4]

    if error is not SystemExit:  # which ends an event loop
        asyncio.run(main(ask_awaited))
        asyncio.run(main(lambda number: fail_early(ask(number))))


def test_thread_that_cannot_be_started_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor does Ctrl-C at that moment: the argument that was taken is asked about later."""
    start, fails = threading.Thread.start, iter([False, True, False, False, True])

    def start_or_fail(thread: threading.Thread) -> None:
        if next(fails, False):
            raise KeyboardInterrupt
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", start_or_fail)
    many = dtool_lookup_api.get_many(str, range(6), concurrency=3)
    found: list[str] = []
    interrupted = 0
    while len(found) < 6:
        try:
            found.append(next(many).value)
        except KeyboardInterrupt:
            interrupted += 1
    assert (found, interrupted) == (list("012345"), 2)


def test_error_of_the_arguments_loses_none(endpoint: Endpoint, paged_listing: PagedListing) -> None:
    """When the walk that the arguments come from fails, going on goes on with it."""
    paged_listing.size = 250

    class Uris:
        def __init__(self, walk: Any) -> None:
            self.walk = walk

        def __iter__(self) -> "Uris":
            return self

        def __next__(self) -> str:
            return str(next(self.walk)["uri"])

        def __aiter__(self) -> "Uris":
            return self

        async def __anext__(self) -> str:
            return str((await anext(self.walk))["uri"])

    paged_listing.fail(2, html(500))
    with Client(endpoint.url, **endpoint.login) as client:
        many = client.get_many(client.get_readme, Uris(client.iter_datasets()))
        found: list[str] = []
        with pytest.raises(ServerError):
            found.extend(outcome.argument for outcome in many)
        found.extend(outcome.argument for outcome in many)
    assert found == [uri_of(number) for number in range(250)]
    paged_listing.fail(2, html(500))

    async def main(client: AsyncClient) -> list[str]:
        many = client.get_many(client.get_readme, Uris(client.iter_datasets()))
        found: list[str] = []
        for _ in range(2):
            try:
                async for outcome in many:
                    found.append(outcome.argument)
            except ServerError:
                assert len(found) < 100
        return found

    assert awaited(endpoint, main) == [uri_of(number) for number in range(250)]


async def taken_impatiently(many: Any, seconds: float) -> list[str]:
    """Return what a caller receives whose waits are repeatedly cut short."""
    found: list[str] = []
    while True:
        try:
            found.append((await asyncio.wait_for(anext(many), seconds)).argument)
        except TimeoutError:
            continue
        except StopAsyncIteration:
            return found


def test_cancellation_ends_no_generator(endpoint: Endpoint, paged_listing: PagedListing) -> None:
    """A wait that is cut short leaves the arguments alone, which may be a generator's."""
    paged_listing.size, paged_listing.latency = 250, 0.05

    async def main(client: AsyncClient) -> list[str]:
        uris = (dataset["uri"] async for dataset in client.iter_datasets())
        many = client.get_many(client.get_readme, uris)
        return await taken_impatiently(many, 0.03)

    assert awaited(endpoint, main) == [uri_of(number) for number in range(250)]


def test_it_goes_from_one_event_loop_to_the_next() -> None:
    """What one asyncio.run leaves, the next one takes."""
    many = asynchronous.get_many(lambda number: asyncio.sleep(0.001, number), range(40))

    async def part() -> list[int]:
        return [(await anext(many)).value for _ in range(20)]

    assert [asyncio.run(part()), asyncio.run(part())] == [[*range(20)], [*range(20, 40)]]


def test_cancellation_repeats_no_call(endpoint: Endpoint, paged_listing: PagedListing) -> None:
    """A wait that is cut short may be repeated: what is under way is not asked again."""
    paged_listing.latency = 0.1

    async def main(client: AsyncClient) -> list[str]:
        many = client.get_many(client.get_readme, URIS[:12], concurrency=4)
        return await taken_impatiently(many, 0.04)

    assert awaited(endpoint, main) == URIS[:12]
    assert len(endpoint.requests) == 12


def test_two_at_a_time_are_refused(endpoint: Endpoint, paged_listing: PagedListing) -> None:
    """A second one gets a clear error, and the first loses nothing."""
    paged_listing.latency = 0.3
    found: list[str] = []
    with Client(endpoint.url, **endpoint.login) as client:
        many = client.get_many(client.get_readme, URIS)
        thread = threading.Thread(target=lambda: found.extend(each.argument for each in many))
        thread.start()
        assert soon(lambda: len(endpoint.requests) > 0)
        with pytest.raises(InvalidRequestError, match="get_many is in use"):
            next(many)
        thread.join(20)
    assert found == URIS

    async def main(client: AsyncClient) -> list[str]:
        many = client.get_many(client.get_readme, URIS)
        first = asyncio.create_task(anext(many))
        await asyncio.sleep(0.05)
        with pytest.raises(InvalidRequestError, match="get_many is in use"):
            await anext(many)
        return [(await first).argument, *[outcome.argument async for outcome in many]]

    assert awaited(endpoint, main) == URIS


# --- arguments -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("function", {"function": "get_readme"}),
        ("function", {"function": None}),
        ("each", {"each": URI}),
        ("each", {"each": 5}),
        ("concurrency", {"concurrency": 0}),
        ("concurrency", {"concurrency": 101}),
        ("concurrency", {"concurrency": "8"}),
        ("progress", {"progress": "yes"}),
    ],
)
def test_bad_arguments_are_refused_at_the_call(name: str, given: dict[str, Any]) -> None:
    """What cannot be used is refused by name, in each module."""
    for owner in (
        dtool_lookup_api,
        asynchronous,
        Client("http://localhost"),
        AsyncClient("http://localhost"),
    ):
        usable: dict[str, Any] = {"function": owner.get_readme, "each": URIS}
        with pytest.raises(InvalidRequestError, match=f"^{name}="):
            owner.get_many(**usable | given)


def test_function_of_the_other_world_is_refused(endpoint: Endpoint) -> None:
    """An async function cannot be called in threads, nor a blocking function in tasks."""
    with pytest.raises(InvalidRequestError, match=r"^function=.* has to be awaited"):
        dtool_lookup_api.get_many(asynchronous.get_readme, URIS)

    async def main(_: AsyncClient) -> None:
        with pytest.raises(InvalidRequestError, match=r"^function=.* does not return an awaitable"):
            await anext(asynchronous.get_many(len, URIS))  # type: ignore[arg-type]

    awaited(endpoint, main)


def test_outcomes_show_what_they_are(client: Client) -> None:
    """Their texts tell the argument, and the value or the error; of a long value, the start."""
    many = client.get_many(client.get_readme, URIS)
    assert repr(next(many)) == f"Outcome(argument='{URIS[0]}', value='{URIS[0]}')"
    assert repr(many).endswith(", 1 yielded>")
    assert repr(Outcome("a", "x" * 10_000, None)) == f"Outcome(argument='a', value='{'x' * 198}…)"
    assert repr(Outcome("a", None, NotFoundError("Gone"))) == (
        "Outcome(argument='a', error=NotFoundError('Gone'))"
    )


def test_datasets_are_what_a_call_is_made_with(client: Client, endpoint: Endpoint) -> None:
    """What a walk yields is what a function about one dataset takes, blocking and awaited."""
    datasets = [{"uri": uri, "name": "a"} for uri in URIS[:3]]

    async def main(awaiting: AsyncClient) -> list[Any]:
        return [each async for each in awaiting.get_many(awaiting.get_readme, datasets)]

    found = list(client.get_many(client.get_readme, datasets))

    for outcomes in (found, awaited(endpoint, main)):
        assert [each.argument for each in outcomes] == datasets
        assert [each.value for each in outcomes] == URIS[:3]
