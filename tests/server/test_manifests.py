"""Manifests of many datasets, read from the real server and kept on disk."""

import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

import dtool_lookup_api
from dtool_lookup_api import (
    AsyncClient,
    AuthenticationError,
    Client,
    ConfigurationError,
    InvalidRequestError,
    ManifestCache,
    PermissionDeniedError,
    asynchronous,
    iter_manifests,
    to_records,
)

from devserver import COPY_URI, URI, Dserver


class Counting(httpx.HTTPTransport):
    """Sends requests, and remembers their paths."""

    def __init__(self) -> None:
        super().__init__()
        self.paths: list[str] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.paths.append(request.url.path)
        return super().handle_request(request)

    def count(self) -> tuple[int, int]:
        """Return how many manifests and users were asked for since the last time."""
        paths, self.paths = self.paths, []
        return sum(path.startswith("/manifests/") for path in paths), paths.count("/me")


@pytest.fixture(autouse=True)
def cache_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep the developer's own cache out."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def sent() -> Iterator[Counting]:
    """Count requests; a transport that is given to a client is not closed by it."""
    with Counting() as counting:
        yield counting


@pytest.fixture
def client(dserver: Dserver, sent: Counting) -> Iterator[Client]:
    """Return a client of the researcher whose requests are counted."""
    with Client(**dserver.given("researcher"), engine=sent) as client:
        yield client


def files_in(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


def values(outcomes: Any) -> list[Any]:
    found = list(outcomes)
    assert [outcome.error for outcome in found] == [None] * len(found)
    return [outcome.value for outcome in found]


def test_a_second_pass_asks_for_no_manifest(client: Client, sent: Counting) -> None:
    """It finds all on disk, and equal; one request asks what the user may read."""
    datasets = list(client.iter_datasets())
    plain = values(iter_manifests(datasets, client=client))
    assert sent.count() == (42, 0)
    assert values(iter_manifests(datasets, cache=True, client=client)) == plain
    assert sent.count() == (42, 1)
    outcomes = list(iter_manifests(client.iter_datasets(), cache=True, client=client))
    assert [outcome.value for outcome in outcomes] == plain
    assert [outcome.argument for outcome in outcomes] == datasets
    assert sent.count() == (0, 1)
    assert values(iter_manifests((each["uri"] for each in datasets), client=client)) == plain
    assert sent.count() == (42, 0)


def test_functions_read_as_configured(configured: Dserver, cache_home: Path) -> None:
    """Without a client, the configured one reads; the folder is that of the documentation."""
    first = values(iter_manifests([URI, COPY_URI], cache=True))
    assert values(iter_manifests([URI, COPY_URI], cache=True)) == first
    assert len(files_in(cache_home / "dtool-lookup-api" / "manifests")) == 2
    assert first[0] == dtool_lookup_api.get_manifest(URI)


def test_only_the_user_can_read_files(client: Client, cache_home: Path) -> None:
    """No other user may list the folder or read a file, and file names tell nothing."""
    values(iter_manifests([URI], cache=True, client=client))
    folder = ManifestCache().folder
    assert folder.is_relative_to(cache_home)
    (path,) = files_in(folder)
    assert [stat.S_IMODE(each.stat().st_mode) for each in (folder, path)] == [0o700, 0o600]
    assert len(path.name) == 64
    assert "password" not in path.read_text()


def test_users_and_servers_have_files_of_their_own(
    client: Client, dserver: Dserver, sent: Counting
) -> None:
    """What one has read is not there for another, nor for the same at another address."""
    values(iter_manifests([URI], cache=True, client=client))
    sent.count()
    elsewhere = dserver.url.replace("127.0.0.1", "localhost")
    for given in (dserver.given("testuser"), {**dserver.given("researcher"), "url": elsewhere}):
        with Client(**given, engine=sent) as other:
            values(iter_manifests([URI], cache=True, client=other))
            assert sent.count() == (1, 1)
    assert len(files_in(ManifestCache().folder)) == 3


def test_a_withdrawn_permission_does_not_live_on(
    client: Client, admin: Client, sent: Counting
) -> None:
    """What the server refuses is not read from disk, though it is there."""
    values(iter_manifests([COPY_URI, URI], cache=True, client=client))
    base_uri = COPY_URI.rpartition("/")[0]
    before = admin.get_base_uri(base_uri)["users_with_search_permissions"]
    admin.register_base_uri(base_uri, [name for name in before if name != "researcher"])
    try:
        sent.count()
        refused, found = iter_manifests([COPY_URI, URI], cache=True, client=client)
    finally:
        admin.register_base_uri(base_uri, before)
    assert isinstance(refused.error, PermissionDeniedError)
    assert refused.error.operation == "iter_manifests"
    assert found.error is None
    assert sent.count() == (1, 1)


@pytest.mark.parametrize("changed", [{"frozen_at": 1.5}, {"number_of_items": 7}])
def test_another_dataset_under_the_uri_is_read_again(
    client: Client, sent: Counting, changed: dict[str, float]
) -> None:
    """A file is not used for a dataset that was frozen at another time, or is larger."""
    dataset = dict(client.get_dataset(URI))
    values(iter_manifests([dataset], cache=True, client=client))
    sent.count()
    values(iter_manifests([URI, dataset], cache=True, client=client))
    assert sent.count() == (0, 1)
    values(iter_manifests([{**dataset, **changed}], cache=True, client=client))
    assert sent.count() == (1, 1)


def test_a_file_without_the_time_is_read_again(client: Client, sent: Counting) -> None:
    """It was stored for a URI alone, and the dataset may be another since."""
    values(iter_manifests([URI], cache=True, client=client))
    sent.count()
    for requests in ((1, 1), (0, 1)):
        values(iter_manifests([client.get_dataset(URI)], cache=True, client=client))
        assert sent.count() == requests


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda content: b"",
    "truncated": lambda content: content[:-10],
    "without a checksum": lambda content: content.partition(b"\n")[2],
    "one digit": lambda content: content.replace(b'"size_in_bytes":17', b'"size_in_bytes":71'),
    "not JSON": lambda content: b"\xff\n\xfe",
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_file_is_read_again(client: Client, sent: Counting, damage: str) -> None:
    """It is as if it were not there, and is replaced."""
    expected = values(iter_manifests([URI], cache=True, client=client))
    (path,) = files_in(ManifestCache().folder)
    damaged = DAMAGE[damage](path.read_bytes())
    assert damaged != path.read_bytes()
    path.write_bytes(damaged)
    sent.count()
    for requests in ((1, 1), (0, 1)):
        assert values(iter_manifests([URI], cache=True, client=client)) == expected
        assert sent.count() == requests


def test_a_file_of_another_dataset_is_not_used(client: Client, sent: Counting) -> None:
    """Whole as it is, it says of what it is."""
    first = values(iter_manifests([URI], cache=True, client=client))
    (path,) = files_in(ManifestCache().folder)
    other = next(each for each in client.iter_datasets() if each["number_of_items"] != 1)
    values(iter_manifests([other["uri"]], cache=True, client=client))
    (foreign,) = set(files_in(ManifestCache().folder)) - {path}
    path.write_bytes(foreign.read_bytes())
    assert values(iter_manifests([URI], cache=True, client=client)) == first


def test_the_folder_stays_within_its_limit(client: Client, sent: Counting, tmp_path: Path) -> None:
    """What was not used for the longest time goes first, and abandoned files."""
    others = [each for each in client.iter_datasets() if each["uri"] != URI]
    cache = ManifestCache(tmp_path / "own", limit=10_000)
    values(iter_manifests([URI], cache=cache, client=client))
    (used,) = files_in(cache.folder)
    abandoned, fresh = (cache.folder / f"unfinished-{name}" for name in ("old", "new"))
    for path, age in ((abandoned, 7200), (fresh, 60), (used, 7200)):
        path.touch()
        os.utime(path, (time.time() - age,) * 2)
    (cache.folder / "notes.txt").touch()
    values(iter_manifests([URI], cache=cache, client=client))
    cache = ManifestCache(cache.folder, limit=10_000)
    sent.paths.clear()
    for dataset in others:
        values(iter_manifests([URI, dataset], cache=cache, client=client))
    assert sent.count() == (len(others), len(others))
    kept = [path for path in files_in(cache.folder) if len(path.name) == 64]
    assert 5_000 < sum(path.stat().st_size for path in kept) <= 10_000
    assert used in kept
    assert (abandoned.exists(), fresh.exists()) == (False, True)
    assert cache.clear() == len(kept)
    assert [path.name for path in files_in(cache.folder)] == ["notes.txt"]
    assert cache.clear() == 0


def test_nothing_to_clear(cache_home: Path) -> None:
    """To clear makes no folder."""
    assert ManifestCache().clear() == 0
    assert not cache_home.exists()


def test_a_folder_of_others_is_refused(tmp_path: Path, client: Client, sent: Counting) -> None:
    """A folder that others can use, a link and a file are refused before anything is sent."""
    shared = tmp_path / "shared"
    shared.mkdir(0o755)
    private = tmp_path / "private"
    private.mkdir(0o700)
    link = tmp_path / "link"
    link.symlink_to(private)
    file = tmp_path / "file"
    file.touch()
    for folder in (shared, link, file, file / "below"):
        with pytest.raises(ConfigurationError, match=str(folder)):
            iter_manifests([URI], cache=ManifestCache(folder), client=client)
    assert sent.paths == []
    values(iter_manifests([URI], cache=ManifestCache(private), client=client))


def test_manifests_are_read_though_they_cannot_be_kept(client: Client, tmp_path: Path) -> None:
    """A folder that is gone, as a full disk, only means that nothing is kept."""
    cache = ManifestCache(tmp_path / "own")
    outcomes = iter_manifests([URI, COPY_URI], cache=cache, client=client, concurrency=1)
    cache.folder.rmdir()
    assert len(values(outcomes)) == 2
    assert not cache.folder.exists()


def test_arguments_are_checked(client: Client, cache_home: Path) -> None:
    """Each is named; a dataset without a URI fails alone."""
    wrong: Any
    for argument, wrong in {
        "datasets": {"uri": URI},
        "cache": "yes",
        "client": AsyncClient("http://127.0.0.1:1"),
        "concurrency": 0,
    }.items():
        with pytest.raises(InvalidRequestError, match=argument):
            iter_manifests(**{"datasets": [URI], argument: wrong})
    for wrong in (URI, asynchronous.iter_datasets(), 7):
        with pytest.raises(InvalidRequestError, match="datasets"):
            iter_manifests(wrong)
    for wrong in (0, True, "1 GB"):
        with pytest.raises(InvalidRequestError, match="limit"):
            ManifestCache(limit=wrong)
    for cache in (False, True):
        datasets: list[Any] = [{"name": "x"}, 7, URI]
        *failed, found = iter_manifests(datasets, cache=cache, client=client)
        assert all(isinstance(outcome.error, InvalidRequestError) for outcome in failed)
        assert found.error is None


def test_a_login_that_fails_is_raised(dserver: Dserver) -> None:
    """As get_many does, and nothing is read from disk for a user who cannot log in."""
    with Client(**{**dserver.given("researcher"), "password": "wrong"}) as client:
        outcomes = iter_manifests([URI], cache=True, client=client)
        for _ in range(2):
            with pytest.raises(AuthenticationError, match="in iter_manifests"):
                next(outcomes)


def test_items_as_a_table(client: Client) -> None:
    """The manifests of a whole search are one table, whose argument is the URI."""
    datasets = list(client.iter_datasets())
    rows = to_records(iter_manifests(datasets, cache=True, client=client))
    assert {row["argument"] for row in rows} == {each["uri"] for each in datasets}
    assert len(rows) == sum(each["number_of_items"] for each in datasets)


READ_ALL = """
import sys
from dtool_lookup_api import ManifestCache, get_datasets, iter_manifests
datasets = get_datasets(page_size=20)
cache = ManifestCache(sys.argv[1], limit=int(sys.argv[2]))
print("ready", flush=True)
for _ in range(int(sys.argv[3])):
    for outcome in iter_manifests(datasets, cache=cache):
        assert outcome.error is None, outcome
        assert len(outcome.value["items"]) == outcome.argument["number_of_items"]
"""


def reading_all(dserver: Dserver, folder: Path, limit: int, times: int) -> "subprocess.Popen[str]":
    """Start a process that reads all manifests, again and again."""
    login = {
        "DSERVER_USERNAME": "researcher",
        "DSERVER_PASSWORD": dserver.given("researcher")["password"],
    }
    return subprocess.Popen(
        [sys.executable, "-c", READ_ALL, str(folder), str(limit), str(times)],
        env={**os.environ, **dserver.exports, **login},
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.mark.slow
def test_two_processes_at_a_time(dserver: Dserver, tmp_path: Path) -> None:
    """They write, use and remove the same files, and all that they yield is right."""
    folder = tmp_path / "own"
    processes = [reading_all(dserver, folder, 5_000, 3) for _ in range(2)]
    for process in processes:
        process.communicate(timeout=60)
        assert process.returncode == 0
    assert all(len(path.name) == 64 for path in files_in(folder))
    assert sum(path.stat().st_size for path in files_in(folder)) <= 6_000


@pytest.mark.slow
def test_a_killed_process_leaves_nothing_that_is_read(
    dserver: Dserver, client: Client, tmp_path: Path
) -> None:
    """Whatever it was writing, what the next one yields is what the server says."""
    folder = tmp_path / "own"
    process = reading_all(dserver, folder, 5_000, 1_000)
    assert process.stdout
    process.stdout.readline()
    while not folder.exists() or len(files_in(folder)) < 5:
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    datasets = list(client.iter_datasets())
    kept = values(iter_manifests(datasets, cache=ManifestCache(folder), client=client))
    assert kept == values(iter_manifests(datasets, client=client))


def test_importing_the_package_does_not_load_it() -> None:
    """Scripts that call functions need none of it."""
    code = "import dtool_lookup_api, sys; sys.exit('dtool_lookup_api.manifests' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
