"""The filesystem ``dserver://`` of fsspec."""

import gc
import json
import multiprocessing
import pickle
import traceback
import types
from pathlib import Path
from typing import Any

import fsspec
import pandas
import pytest
from fsspec.callbacks import Callback

from dtool_lookup_api import (
    Client,
    ConfigurationError,
    IntegrityError,
    InvalidRequestError,
    NotOfferedError,
    PermissionDeniedError,
)
from dtool_lookup_api.filesystem import DserverFileSystem

from devserver import COPY_URI, Dserver
from faults import PASSWORD, FaultServer, replying
from stored import DATA, MODIFIED, SIGNATURE, URI, Storage, expired, identifier_of

ROOT = URI.replace("://", "/")
TABLE = b"a,b\n1,2\n3,4\n"
ITEMS = {
    "data.bin": DATA,
    "table.csv": TABLE,
    "runs/1/a.csv": b"x\n1\n",
    "runs/2/b.csv": b"x\n2\n",
    "odd/what? größe [1]*.csv": b"x\n3\n",
    "odd/50%25#a::b": b"x\n4\n",
    "odd//twice": b"x\n5\n",
    "both": b"x\n6\n",
    "both/inside": b"x\n7\n",
}


@pytest.fixture
def storage(fault_server: FaultServer, monkeypatch: pytest.MonkeyPatch) -> Storage:
    """Return a dataset on a server for which the environment has the login."""
    storage = Storage(fault_server.endpoint(), ITEMS)
    configure(monkeypatch, storage.endpoint.url, **storage.endpoint.login)
    return storage


def configure(monkeypatch: pytest.MonkeyPatch, url: str, **login: str) -> None:
    monkeypatch.setenv("DSERVER_URL", url)
    monkeypatch.setenv("DSERVER_TOKEN_GENERATOR_URL", login["auth_url"])
    monkeypatch.setenv("DSERVER_USERNAME", login["username"])
    monkeypatch.setenv("DSERVER_PASSWORD", login["password"])


@pytest.fixture
def fs(storage: Storage) -> Any:
    return fsspec.filesystem("dserver", url=storage.endpoint.url)


# --- of a real server ---------------------------------------------------------------------------


def test_a_dataset_of_a_dserver(next_dserver: Dserver, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is listed, searched and read by its URL, as configured."""
    configure(monkeypatch, **next_dserver.given("testuser"))
    root = f"dserver://{COPY_URI.replace('://', '/')}"
    fs, path = fsspec.url_to_fs(f"{root}/*.txt", skip_instance_cache=True)
    [name] = fs.glob(path)
    assert fs.info(name)["size"] == 17
    assert fs.cat_file(name, 0, 4) == b"Some"
    found = pandas.read_csv(f"{root}/simple_text_file.txt", storage_options={"block_size": 4096})
    assert list(found.columns) == ["Some test content"]
    with pytest.raises(FileNotFoundError, match=r"No such|Not found"):
        fs.ls(f"dserver://s3/test-bucket/{'0' * 8}-8589-413e-9602-5bbd66bfe675")


def test_errors_name_the_functions_that_do_the_same(
    dserver: Dserver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For `offers` knows them, and the documentation describes them."""
    configure(monkeypatch, **dserver.given("testuser"))
    fs = fsspec.filesystem("dserver", skip_instance_cache=True)
    path = f"{COPY_URI.replace('://', '/')}/simple_text_file.txt"
    for read, name in ((fs.open, "open_item"), (fs.cat_file, "read_item")):
        with pytest.raises(NotOfferedError, match="dserver-signed-url-plugin") as caught:
            read(path)
        assert caught.value.operation == name


def test_pandas_reads_an_item_by_its_url(storage: Storage) -> None:
    """With the server among the storage options, and nothing else."""
    options = {"url": storage.endpoint.url}
    found = pandas.read_csv(f"dserver://{ROOT}/table.csv", storage_options=options)
    assert found["b"].tolist() == [2, 4]


# --- listings -----------------------------------------------------------------------------------


def test_a_listing_is_that_of_the_manifest(storage: Storage, fs: Any) -> None:
    """Folders are those of the paths; one manifest serves all questions."""
    names = {each["name"]: each["type"] for each in fs.ls(f"dserver://{ROOT}")}
    assert names == {
        f"{ROOT}/data.bin": "file",
        f"{ROOT}/table.csv": "file",
        f"{ROOT}/runs": "directory",
        f"{ROOT}/odd": "directory",
        f"{ROOT}/both": "directory",
    }
    assert len(fs.ls(ROOT)) == 6  # the last is both
    assert fs.ls(f"{ROOT}/runs/", detail=False) == [f"{ROOT}/runs/1", f"{ROOT}/runs/2"]
    assert fs.ls(f"{ROOT}/table.csv")[0]["size"] == len(TABLE)
    assert fs.glob(f"{ROOT}/runs/*/*.csv") == [f"{ROOT}/runs/1/a.csv", f"{ROOT}/runs/2/b.csv"]
    assert len(fs.find(ROOT)) == len(ITEMS)
    assert fs.du(ROOT) == sum(map(len, ITEMS.values()))
    assert (fs.isdir(ROOT), fs.isfile(ROOT), fs.isfile(f"{ROOT}/both")) == (True, False, True)
    assert fs.modified(f"{ROOT}/data.bin").timestamp() == MODIFIED
    assert not fs.exists(f"{ROOT}/none")
    assert [request.path.split("/")[1] for request in storage.endpoint.requests] == ["manifests"]
    fs.invalidate_cache()
    fs.ls(ROOT)
    assert len(storage.endpoint.requests) == 2


def test_any_path_is_read_as_it_is_listed(fs: Any) -> None:
    """Special characters are encoded, so that fsspec takes none for a pattern."""
    assert {fs.cat_file(name) for name in fs.find(ROOT)} == set(ITEMS.values())
    assert set(fs.cat(fs.find(f"{ROOT}/odd")).values()) == {b"x\n3\n", b"x\n4\n", b"x\n5\n"}
    with fsspec.open(f"dserver://{fs.ls(f'{ROOT}/odd')[1]['name']}", url=fs._url) as file:
        assert file.read() == ITEMS["odd/50%25#a::b"]
    name = f"{ROOT}/odd/what%3F%20gr%C3%B6%C3%9Fe%20%5B1%5D%2A.csv"
    assert fs.glob(f"{ROOT}/odd/what%3f größe*") == fs.glob(f"{ROOT}/%6fdd/*größe*") == [name]
    for path in ("odd/what%3F gr%c3%b6ße [1]*.csv", "%6fdd/what? größe %5B1%5D%2A.csv"):
        assert fs.cat_file(f"{ROOT}/{path}") == b"x\n3\n"


@pytest.mark.parametrize(
    ("base", "uri"),
    [
        ("file/%2Fhome%2Fme%2F100%25", "file:///home/me/100%"),
        ("s3/a.b-c", "s3://a.b-c"),
        ("irods/%2Fzone", "irods:///zone"),
    ],
)
def test_any_base_uri(storage: Storage, fs: Any, base: str, uri: str) -> None:
    """Its slashes are encoded; the path names the same dataset as the URI."""
    fs.find(f"dserver://{base}/{URI.rpartition('/')[2]}")
    with Client(storage.endpoint.url, **storage.endpoint.login) as client:
        client.get_manifest(f"{uri}/{URI.rpartition('/')[2]}")
    ours, same = storage.endpoint.requests
    assert ours.path == same.path


@pytest.mark.parametrize("path", ["dserver://", "s3", "s3/test-bucket", "s3//uuid/a", "s3/a/*/b"])
def test_a_path_outside_of_datasets_is_refused(storage: Storage, fs: Any, path: str) -> None:
    """Rather than that a search finds nothing."""
    with pytest.raises(InvalidRequestError, match=r"path=|uri="):
        fs.glob(path if "*" in path else f"{path}/*")
    assert storage.endpoint.requests == []


def test_another_server_is_configured(
    storage: Storage, fault_server: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same filesystem lists what is there, as fsspec keeps it."""
    fs = fsspec.filesystem("dserver")
    assert fs.size(f"{ROOT}/table.csv") == len(TABLE)
    other = Storage(fault_server.endpoint(), {"other.csv": TABLE})
    configure(monkeypatch, other.endpoint.url, **other.endpoint.login)
    assert fsspec.filesystem("dserver") is fs
    assert fs.ls(ROOT, detail=False) == [f"{ROOT}/other.csv"]


# --- data ---------------------------------------------------------------------------------------


def test_ranges_are_requested_as_they_are(storage: Storage, fs: Any) -> None:
    """As a slice of the content; a file reads blocks of the size that is given."""
    path = f"{ROOT}/data.bin"
    for start, end in [(5, 9), (-7, None), (None, 3), (-9, -2), (None, None), (8, 8), (9, 3)]:
        assert fs.cat_file(path, start, end) == DATA[start:end]
    spans = [request.headers["range"] for request in storage.requests]
    size = len(DATA)
    assert spans[:3] == ["bytes=5-8", f"bytes={size - 7}-{size - 1}", "bytes=0-2"]
    assert len(spans) == 5
    with fs.open(path, block_size=4096) as file:
        file.seek(70_000)
        assert (file.read(3), file.size, file.tell()) == (DATA[70_000:70_003], size, 70_003)
    assert storage.requests[-1].headers["range"] == f"bytes={17 * 4096}-{25 * 4096 - 1}"
    with fs.open(f"{ROOT}/table.csv", "r", encoding="ascii") as text:
        assert text.readline() == "a,b\n"
    assert fs.head(path, 4) == DATA[:4]


def test_a_download_is_verified(storage: Storage, fs: Any, tmp_path: Path) -> None:
    """It replaces the file only if it is what the manifest describes."""
    callback = Callback()
    fs.get(f"dserver://{ROOT}/runs", str(tmp_path / "runs"), recursive=True)
    assert (tmp_path / "runs/2/b.csv").read_bytes() == b"x\n2\n"
    target = tmp_path / "data.bin"
    target.write_bytes(b"before")
    fs.get_file(f"{ROOT}/data.bin", str(target), callback=callback)
    assert target.read_bytes() == DATA
    assert (callback.size, callback.value) == (len(DATA), len(DATA))
    storage.items[identifier_of("data.bin")] = DATA[::-1]
    target.write_bytes(b"before")
    with pytest.raises(IntegrityError):
        fs.get(f"{ROOT}/data.bin", str(target))
    assert target.read_bytes() == b"before"
    with (tmp_path / "table.csv").open("wb") as file:
        callback = Callback()
        fs.get_file(f"{ROOT}/table.csv", file, callback=callback)
        assert (callback.size, callback.value) == (len(TABLE), len(TABLE))
        fs.get_file(f"{ROOT}/table.csv", outfile=file)
    assert (tmp_path / "table.csv").read_bytes() == 2 * TABLE


@pytest.mark.parametrize(
    ("method", "arguments"),
    [
        ("open", ["wb"]),
        ("open", ["a"]),
        ("mkdir", []),
        ("makedirs", []),
        ("rmdir", []),
        ("rm", []),
        ("rm_file", []),
        ("touch", []),
        ("pipe_file", [b"x"]),
        ("cp_file", [f"{ROOT}/b"]),
        ("mv", [f"{ROOT}/b"]),
    ],
)
def test_nothing_is_written(fs: Any, method: str, arguments: list[Any]) -> None:
    """What fsspec itself would ignore is an error."""
    with pytest.raises(OSError, match="read-only"):
        getattr(fs, method)(f"{ROOT}/table.csv", *arguments)


def test_uploads_are_refused(fs: Any, tmp_path: Path) -> None:
    """They are for upload_dataset."""
    (tmp_path / "a").write_text("a")
    with pytest.raises(OSError, match=r"upload_dataset\(\)"):
        fs.put(str(tmp_path / "a"), f"{ROOT}/a")


def test_what_is_missing_is_an_error_of_python(storage: Storage, fs: Any) -> None:
    """Other programs look for these; all else is the error of this package."""
    with pytest.raises(FileNotFoundError, match="none"):
        fs.open(f"{ROOT}/none")
    with pytest.raises(IsADirectoryError, match="runs"):
        fs.open(f"{ROOT}/runs")
    assert [fs.exists(f"{ROOT}/{name}") for name in ("none", "runs", "table.csv")] == [0, 1, 1]
    assert [fs.isfile(f"{ROOT}/{name}") for name in ("none", "runs", "table.csv")] == [0, 0, 1]
    assert [fs.isdir(f"{ROOT}/{name}") for name in ("none", "runs", "table.csv")] == [0, 1, 0]
    assert not fs.exists("dserver://s3")
    storage.always = expired()
    with pytest.raises(PermissionDeniedError) as caught:
        fs.cat_file(f"{ROOT}/table.csv")
    assert SIGNATURE not in str(caught.value)


@pytest.mark.parametrize("method", ["exists", "isfile"])
def test_what_cannot_be_known_is_not_taken_for_missing(
    storage: Storage, fs: Any, method: str
) -> None:
    """Programs write, or compute again, what they believe to be missing."""
    storage.endpoint.script(always=replying(403, {"code": 403}))
    with pytest.raises(PermissionDeniedError):
        getattr(fs, method)(f"{ROOT}/table.csv")


# --- secrets ------------------------------------------------------------------------------------

SECRET = "s3cr3t-and-given"


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("token", "DSERVER_TOKEN "),
        ("password", "DSERVER_PASSWORD "),
        ("api_key", "DSERVER_API_KEY "),
        ("username", "DSERVER_USERNAME "),
        ("client_kwargs", "DSERVER_TOKEN and its like "),
    ],
)
def test_a_secret_is_not_an_argument(name: str, key: str) -> None:
    """The error says where it belongs, without the secret, and nothing is kept of it."""
    with pytest.raises(InvalidRequestError, match=f"{name}= .*Set {key}") as caught:
        fsspec.filesystem("dserver", **{name: SECRET})
    assert SECRET not in repr(caught.value)
    variables = [frame.f_locals for frame, _ in traceback.walk_tb(caught.value.__traceback__)]
    assert [each["refused"] for each in variables if "refused" in each] == [{}]
    assert SECRET not in texts_in(DserverFileSystem._cache)


@pytest.mark.parametrize("url", [f"https://a:{SECRET}@b.example", f"https://b?token={SECRET}"])
def test_a_url_with_a_secret_is_refused(url: str) -> None:
    """As anywhere else."""
    with pytest.raises(ConfigurationError) as caught:
        fsspec.filesystem("dserver", url=url)
    assert SECRET not in str(caught.value)
    assert SECRET not in texts_in(DserverFileSystem._cache)


@pytest.mark.parametrize(
    "given", [{"block_size": 1}, {"cached_blocks": 7}, {"cached_datasets": "a"}]
)
def test_sizes_are_checked(given: dict[str, Any]) -> None:
    """An error names the argument."""
    with pytest.raises(InvalidRequestError, match=f"{next(iter(given))}="):
        fsspec.filesystem("dserver", **given)


@pytest.mark.parametrize("by_url", [True, False])
def test_a_filesystem_holds_no_secret(storage: Storage, by_url: bool) -> None:
    """Neither do its file, pickles of both, JSON, texts, and the instance cache of fsspec."""
    DserverFileSystem.clear_instance_cache()
    options = {"url": storage.endpoint.url} if by_url else {}
    fs = fsspec.filesystem("dserver", **options)
    with fs.open(f"{ROOT}/data.bin") as file:
        file.read(10)
        fs.cat_file(f"{ROOT}/data.bin", 0, 10)
        shown = [repr(fs), str(fs), fs.to_json(), repr(fs.to_dict()), repr(file), str(file)]
        pickled = [
            pickle.dumps(each, protocol).decode("latin-1")
            for each in (fs, file)
            for protocol in (2, 5)
        ]
    cached = texts_in(DserverFileSystem._cache)
    tokens = {
        request.headers.get("authorization", "Bearer none").removeprefix("Bearer ")
        for request in storage.endpoint.requests
    }
    assert tokens > {"none"}
    assert "b.csv" in cached  # so that the search sees what the filesystem holds
    for secret in (PASSWORD, SIGNATURE, "X-Amz", *tokens - {"none"}):
        assert secret not in "\n".join([*shown, *pickled, cached])
    assert json.loads(fs.to_json()).get("url") == options.get("url")
    assert pickle.loads(pickle.dumps(fs)) is fs
    assert fsspec.AbstractFileSystem.from_json(fs.to_json()) is fs


def texts_in(found: Any) -> str:
    """Return all texts that can be reached from an object, except by modules, classes and code."""
    seen: set[int] = set()
    left, texts = [found], list[str]()
    outside = (type, types.ModuleType, types.CodeType, types.BuiltinFunctionType)
    while left:
        each = left.pop()
        if id(each) in seen or isinstance(each, outside):
            continue
        seen.add(id(each))
        if isinstance(each, str | bytes):
            texts.append(each if isinstance(each, str) else each.decode("latin-1"))
        elif isinstance(each, types.FunctionType):
            left += [each.__defaults__, each.__kwdefaults__, each.__closure__]
        else:
            left += gc.get_referents(each)
    return "\n".join(texts)


def read_more(file: Any) -> tuple[bytes, bytes]:
    """Read on in a file, and by its filesystem, in a worker."""
    return file.read(4), file.fs.cat_file(file.path, 0, 4)


@pytest.mark.slow
def test_a_worker_uses_its_own_configuration(
    storage: Storage, fs: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file is opened again there, where it was, with the token of the worker's environment."""
    token = storage.endpoint.new_token()
    with fs.open(f"{ROOT}/data.bin", block_size=4096) as file:
        file.seek(300)
        monkeypatch.setenv("DSERVER_TOKEN", token)
        before = len(storage.endpoint.requests)
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            assert pool.apply_async(read_more, [file]).get(60) == (DATA[300:304], DATA[:4])
    sent = storage.endpoint.requests[before:]
    assert {request.headers.get("authorization") for request in sent} == {f"Bearer {token}", None}
    assert len(sent) == 5  # the manifest, and twice a URL and a range
