"""The command dserver: in pipes and in a real terminal, against the real server."""

import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4
from xml.etree import ElementTree

import click
import dtoolcore
import pexpect
import pytest

from dtool_lookup_api import (
    Client,
    Provenance,
    errors,
    get_datasets,
    get_readme,
)
from dtool_lookup_api.cli import completion, exits, output
from dtool_lookup_api.cli.command import Command
from dtool_lookup_api.cli.graphs import _tree
from dtool_lookup_api.cli.group import FIRST_STEPS
from dtool_lookup_api.cli.group import dserver as program

from devserver import COPY_URI, PASSWORDS, ROOT, URI, UUID, Dserver, running_dserver

# forkpty() warns where a process has threads, as this one has from the other tests.
pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded")

PROGRAM = Path(sys.executable).with_name("dserver")
ESCAPE = "\x1b"


class Ended(NamedTuple):
    """What a command has printed, and its exit status."""

    status: int
    out: str
    err: str


Run = Callable[..., Ended]


@pytest.fixture
def run(configured: Dserver, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return a function that runs a command line in this process, as in a pipe."""

    def run(*arguments: str) -> Ended:
        with pytest.raises(SystemExit) as ended:
            program.main([*arguments], prog_name="dserver")
        out, err = capsys.readouterr()
        assert ESCAPE not in out + err
        return Ended(int(ended.value.code or 0), out, err)

    return run


def as_user(server: Dserver, username: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Configure another user."""
    monkeypatch.setenv("DSERVER_USERNAME", username)
    monkeypatch.setenv("DSERVER_PASSWORD", PASSWORDS[username])


# --- find and show -----------------------------------------------------------------------


def test_a_search_in_a_pipe(run: Run) -> None:
    """A search prints URIs, JSON, or values separated by tabs, and nothing else."""
    assert run("search", "-q") == Ended(0, f"{COPY_URI}\n{URI}\n", "")
    assert run("search", "-q", "nowhere", "testing") == run("search", "-q", "nowhere testing")
    assert run("search", "-q", "nowhere", "testing").out
    lines = run("search", "--json", "--base-uri", "smb://test-share").out.splitlines()
    assert [json.loads(line) for line in lines] == get_datasets(base_uris=["smb://test-share"])
    assert run("search", "--base-uri", "smb://test-share").out.rstrip("\n").split("\t") == [
        "simple_test_dataset",
        "jotelha",
        "2020-11-08T18:38:40+00:00",
        "1",
        "17",
        URI,
    ]


def test_filters_sorting_and_limits(
    run: Run, configured: Dserver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each filter narrows the search, a minus sorts descending, and a limit ends it."""
    as_user(configured, "researcher", monkeypatch)

    def names(*arguments: str) -> list[str]:
        found = run("search", "--json", *arguments).out.splitlines()
        return [json.loads(line)["name"] for line in found]

    steps = names("friction", "--tag", "friction", "--tag", "simulation", "--sort", "-created_at")
    assert [name[:10] for name in steps] == [f"friction-{number}" for number in range(6, 0, -1)]
    assert names("--tag", "friction", "--sort", "created_at", "--limit", "2") == steps[:-3:-1]
    assert set(names("--creator-username", "operator2")) < set(names("--all"))
    assert len(names("--all")) == 42


def test_a_query(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A query is given as it is, as a file, or as standard input."""
    text = '{"readme.owners.name": "Testing User"}'
    file = tmp_path / "query.json"
    file.write_text(text, encoding="utf-8")
    with file.open(encoding="utf-8") as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        for given in (text, f"@{file}", "-"):
            assert run("query", given, "-q").out == f"{COPY_URI}\n{URI}\n"
    assert run("query", text, "-q", "--base-uri", "s3://test-bucket", "--uuid", UUID).out == (
        f"{COPY_URI}\n"
    )


def test_copies_are_looked_up(run: Run) -> None:
    """A lookup prints the URIs of all copies."""
    assert run("lookup", UUID) == Ended(0, f"{COPY_URI}\n{URI}\n", "")
    assert run("lookup", UUID.replace("1a", "2b")).status == 3


def test_a_dataset_is_shown(run: Run) -> None:
    """A dataset is shown with all that is known about it, by its URI or by its UUID."""
    shown = run("show", URI)
    assert (shown.status, shown.err) == (0, "")
    for text in ("UUID     1a1f9fad", "2020-11-08 18:38 UTC", "- name: Testing User"):
        assert text in shown.out
    assert shown.out.endswith("17 B  2020-11-10  simple_text_file.txt\n")
    assert "└── simple_text_file.txt  17 B" in run("show", URI, "--tree").out

    by_uuid = run("show", UUID, "--json")
    assert json.loads(by_uuid.out)["uri"] == COPY_URI
    assert URI in by_uuid.err


def test_more_than_is_listed_is_told(
    run: Run, configured: Dserver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A listing that ends at the default limit says so, and one that was limited does not."""
    as_user(configured, "researcher", monkeypatch)
    monkeypatch.setattr("dtool_lookup_api.cli.datasets._PAGE", 2)
    assert run("search", "-q").err == "2 of 42 datasets; --all lists all\n"
    assert run("search", "-q", "-n", "2").err == ""
    assert run("search", "zzzz") == Ended(0, "", "No dataset matches.\n")


# --- one dataset -------------------------------------------------------------------------


def test_metadata_are_read(run: Run) -> None:
    """README, tags, annotations and items are printed as they are, or as JSON."""
    text = run("readme", "get", URI).out
    assert text == get_readme(URI)
    assert run("readme", "get", URI, "--key", "owners.0.name").out == "Testing User\n"
    assert json.loads(run("readme", "get", URI, "--key", "funders").out)[0]["code"]
    assert json.loads(run("readme", "get", URI, "--json").out)["project"] == "testing project"
    assert run("readme", "get", URI, "--key", "owner").status == 3
    assert run("manifest", "get", URI, "-q").out == "simple_text_file.txt\n"
    assert json.loads(run("manifest", "get", URI, "--json").out)["size_in_bytes"] == 17
    assert run("tags", "get", URI, "--json").out == "[]\n"
    assert run("annotations", "get", URI).out == ""
    assert run("annotations", "get", URI, "temperature").status == 3


def test_annotations_and_a_tree(
    run: Run, configured: Dserver, researcher: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An annotation is a line, and the graph is a tree in which the dataset is shown once."""
    as_user(configured, "researcher", monkeypatch)
    steps = {each["name"]: each for each in researcher.get_datasets("friction", page_size=100)}
    step = steps["friction-3-compression"]
    assert run("annotations", "get", step["uri"]).out == "finished: True\nstep: 3\n"
    assert run("annotations", "get", step["uri"], "step").out == "3\n"
    lines = run("graph", step["uuid"]).out.splitlines()
    assert [line.lstrip(" └─")[:10] for line in lines] == [f"friction-{n}" for n in range(1, 7)]
    assert lines[2].startswith(f"    └── friction-3-compression  {step['uuid']}")
    assert "->" in run("graph", step["uuid"], "--dot").out
    assert run("graph", step["uuid"], "--mermaid").out.startswith("flowchart")
    records = map(json.loads, run("graph", step["uuid"], "--json").out.splitlines())
    assert {each["name"] for each in records} == {line.split()[-2] for line in lines}
    assert run("graph", str(uuid4())).status == 3


def test_a_graph_with_cycles_and_long_chains() -> None:
    """Each dataset is shown in full once, in cycles as well, and chains may be long."""
    names = [str(uuid4()) for _ in range(3000)]
    records = [
        {"uuid": name, "name": f"n{number}", "derived_from": names[max(0, number - 1) : number]}
        for number, name in enumerate(names)
    ]
    assert len(list(_tree(Provenance(records)))) == 3000
    records[0]["derived_from"] = [names[-1]]
    lines = list(_tree(Provenance(records, uuid=names[5])))
    assert len(lines) == 3001
    assert lines[-1].endswith("…")


def test_a_graph_is_drawn(
    run: Run, configured: Dserver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The drawing is written to a file, and a file that cannot be written is refused."""
    as_user(configured, "researcher", monkeypatch)
    uuid, file = "c86efcee-d467-4760-9bc5-dd7ea417767a", tmp_path / "graph.svg"
    assert run("graph", uuid, "--svg", str(file)) == Ended(0, "", "")
    drawn = ElementTree.parse(file).getroot()
    assert drawn.tag == "{http://www.w3.org/2000/svg}svg"
    text = " ".join(drawn.itertext())
    assert all(f"friction-{number}" in text for number in range(1, 7))
    refused = run("graph", uuid, "--svg", str(tmp_path))
    assert refused.status == 2
    assert "Give --svg another file" in refused.err


def test_the_server_is_described(run: Run) -> None:
    """The summary counts datasets, and a user sees the own permissions."""
    text = run("summary").out
    assert text.startswith("2 datasets, 34 B\n")
    assert "\n       1  17 B  s3://test-bucket\n" in text
    assert json.loads(run("summary", "--json").out)["number_of_datasets"] == 2
    assert "May search       s3://test-bucket, smb://test-share\n" in run("user", "show").out
    assert json.loads(run("user", "show", "--json").out)["username"] == "testuser"
    refused = run("user", "list")
    assert (refused.status, refused.out) == (4, "")


def test_administration(
    run: Run, configured: Dserver, admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An administrator registers and deletes users and base URIs."""
    as_user(configured, "admin", monkeypatch)
    assert run("user", "register", "alice").status == 0
    assert "alice" in run("user", "list", "-q").out.splitlines()
    assert run("base-uri", "register", "s3://new", "--search", "alice").status == 0
    assert "s3://new" in run("base-uri", "list", "-q").out.splitlines()
    assert "May search    alice\n" in run("base-uri", "show", "s3://new").out
    assert "s3://new" in run("user", "show", "alice").out
    assert run("user", "grant", "alice", "s3://new").status == 2
    assert run("user", "grant", "alice", "s3://new", "--register").status == 7
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\n"))
    assert run("user", "delete", "alice").status == 2
    assert admin.get_user("alice")
    assert run("user", "delete", "alice", "--yes").status == 0
    assert run("base-uri", "delete", "s3://new", "--yes").status == 0
    assert "alice" not in run("user", "list", "-q").out.splitlines()


def test_a_write_that_would_destroy_is_not_sent(run: Run) -> None:
    """Where the server is not known to store it, nothing is sent, and the status says so."""
    assert run("tags", "set", URI, "film").status == 7
    ended = run("tags", "add", UUID, "film")
    assert ended.status == 2
    assert "Give one of s3://" in ended.err


@pytest.mark.slow
def test_metadata_are_changed(
    next_dserver: Dserver, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """README, tags and annotations are replaced on the server and in storage."""
    for name, value in next_dserver.exports.items():
        monkeypatch.setenv(name, value)
    as_user(next_dserver, "admin", monkeypatch)
    uri = COPY_URI
    before, sent = get_readme(uri), "--assume-offered"
    file = tmp_path / "README.yml"
    file.write_text("project: ünlike\n", encoding="utf-8")
    assert run("readme", "set", uri, str(file)).status == 7
    try:
        assert run("readme", "set", uri, str(file), sent).status == 0
        assert next_dserver.stored(uri).readme == "project: ünlike\n"
        file.write_text("- a list\n", encoding="utf-8")
        assert run("readme", "set", uri, str(file), sent).status == 2
        assert next_dserver.stored(uri).readme == "project: ünlike\n"
        assert run("tags", "set", uri, "film", "water", sent).out.split() == ["film", "water"]
        assert run("tags", "remove", uri, "film", sent).out.split() == ["water"]
        assert run("annotations", "set", uri, "t", "280", sent).out == "t: 280\n"
        assert run("annotations", "set", uri, "v", "280", "--text", sent).status == 0
        assert next_dserver.stored(uri).annotations == {"t": 280, "v": "280"}
        assert run("annotations", "delete", uri, "v", sent).out == "t: 280\n"
    finally:
        names = ["set_readme", "set_tags", "set_annotations"]
        with Client(**next_dserver.given("admin"), assume_offered=names) as client:
            client.set_readme(uri, before)
            client.set_tags(uri, [])
            client.set_annotations(uri, {})


@pytest.mark.slow
def test_datasets_are_registered(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A dataset, or all of a base URI, are registered as dtool reads them."""
    with running_dserver() as server:  # of its own: others count the datasets
        for name, value in server.exports.items():
            monkeypatch.setenv(name, value)
        as_user(server, "researcher", monkeypatch)
        with Client(**server.given("researcher")) as researcher:
            [dataset] = researcher.get_datasets("friction", tags=["friction"], page_size=1)
        assert run("register", dataset["uri"]).out == f"{dataset['uri']}\n"
        every = run("register", "--all", dataset["base_uri"])
        assert len(every.out.splitlines()) == 40
        missing = run("register", f"{dataset['base_uri']}/missing")
        assert missing.status == 2
        assert "no frozen dataset" in missing.err


# --- data --------------------------------------------------------------------------------


@pytest.fixture
def storing(
    next_dserver: Dserver, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Run:
    """Return a function that runs a command line against a server that signs URLs."""
    for name, value in next_dserver.exports.items():
        monkeypatch.setenv(name, value)
    as_user(next_dserver, "admin", monkeypatch)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    return run


@pytest.mark.slow
def test_a_dataset_is_downloaded(storing: Run, tmp_path: Path) -> None:
    """The folder is a dataset; a dry run writes nothing, and a second run downloads nothing."""
    planned = storing("download", COPY_URI, "new", "--dry-run")
    assert planned == Ended(0, "simple_text_file.txt\n", "Items: 1, 17 B; to download: 17 B\n")
    assert not list(tmp_path.iterdir())
    done = storing("download", UUID, "new")
    assert (done.status, done.out) == (0, f"{tmp_path}/new\n")
    assert "downloaded: 17 B\n" in done.err
    assert dtoolcore.DataSet.from_uri("new").uuid == UUID
    again = json.loads(storing("download", COPY_URI, "new", "--json").out)
    assert (again["missing_bytes"], again["is_dataset"]) == (0, True)
    assert storing("download", COPY_URI, "some", "--select", "*.txt").status == 0
    assert [path.name for path in (tmp_path / "some").iterdir()] == ["simple_text_file.txt"]


@pytest.mark.slow
def test_an_item_is_printed(storing: Run) -> None:
    """An item is printed as it is, and one that is not there has the status of its kind."""
    printed = storing("cat", COPY_URI, "simple_text_file.txt")
    assert (printed.status, len(printed.out), printed.err) == (0, 17, "")
    assert storing("cat", COPY_URI, "missing.txt").status == 3
    assert storing("download", COPY_URI, "new", "--select", "*.csv").status == 3


@pytest.mark.slow
def test_an_item_is_downloaded(storing: Run, tmp_path: Path) -> None:
    """To the current folder, or to a path; another file is only replaced with an option."""
    name = "simple_text_file.txt"
    assert storing("download", COPY_URI, "--item", name) == Ended(0, f"{tmp_path}/{name}\n", "")
    content = (tmp_path / name).read_bytes()
    assert len(content) == 17
    done = json.loads(storing("download", UUID, "new/b.txt", "--item", name, "--json").out)
    assert Path(done["path"]).read_bytes() == content
    (tmp_path / name).write_text("another")
    refused = storing("download", COPY_URI, "--item", name)
    assert (refused.status, refused.out) == (2, "")
    assert "--overwrite" in refused.err
    assert (tmp_path / name).read_text() == "another"
    assert storing("download", COPY_URI, "--item", name, "--overwrite").status == 0
    assert (tmp_path / name).read_bytes() == content
    missing = storing("download", COPY_URI, "--item", "missing.txt")
    assert (missing.status, "dserver manifest get" in missing.err) == (3, True)
    for wrong in ((), ("new", "--overwrite"), ("--item", name, "--dry-run")):
        assert storing("download", COPY_URI, *wrong).status == 2


@pytest.mark.slow
def test_an_upload_is_planned(storing: Run, next_dserver: Dserver, tmp_path: Path) -> None:
    """A dry run lists what would be sent and refuses what an upload would; nothing is sent."""
    (tmp_path / "mine/sub").mkdir(parents=True)
    (tmp_path / "mine/README.yml").write_text("project: testing")
    (tmp_path / "mine/sub/a.csv").write_text("1,2")
    with Client(**next_dserver.given("admin")) as client:
        before = client.get_my_summary()
        folder = ["upload", "mine", "s3://test-bucket", "--dry-run"]
        assert storing(*folder) == Ended(
            0, "sub/a.csv\n", "Items: 1, 3 B; to upload with a new UUID: 3 B\n"
        )
        planned = json.loads(storing(*folder, "--json").out)
        assert planned == {
            "uri": None,
            "items": ["sub/a.csv"],
            "size_in_bytes": 3,
            "missing_bytes": 3,
        }
        with dtoolcore.DataSetCreator("frozen", str(tmp_path)) as creator:
            creator.put_readme("project: testing")
        refused = storing("upload", "frozen", "s3://test-bucket", "--dry-run")
        assert (refused.status, "--new-uuid, or --overwrite" in refused.err) == (2, True)
        kept = storing("upload", "frozen", "s3://test-bucket", "--dry-run", "--overwrite").err
        uuid = dtoolcore.DataSet.from_uri("frozen").uuid
        assert f"as s3://test-bucket/{uuid}: 0 B" in kept
        assert storing("upload", "mine", "s3://unknown", "--dry-run", "--name", "a b").status == 2
        assert client.get_my_summary() == before
    assert not list((tmp_path / "state").rglob("*.jsonl"))


@pytest.mark.slow
def test_a_folder_is_uploaded(storing: Run, next_dserver: Dserver, tmp_path: Path) -> None:
    """It is registered; a dataset of dtool needs an option, which the error names."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/README.yml").write_text("project: testing")
    (tmp_path / "mine/a.csv").write_text("1,2")
    done = storing("upload", "mine", "s3://test-bucket")
    assert (done.status, done.err) == (0, "")
    uri = done.out.strip()
    try:
        assert storing("cat", uri, "a.csv").out == "1,2"
        with dtoolcore.DataSetCreator("frozen", str(tmp_path)) as creator:
            creator.put_readme("project: testing")
        refused = storing("upload", "frozen", "s3://test-bucket")
        assert (refused.status, refused.out) == (2, "")
        assert "--new-uuid, or --overwrite" in refused.err
    finally:
        with Client(**next_dserver.given("admin")) as client:
            client.delete_dataset(uri)


@pytest.mark.slow
def test_permissions_are_granted_and_revoked(storing: Run, next_dserver: Dserver) -> None:
    """A server with these routes has a permission after granting, and not after revoking."""
    name, target = f"user-{uuid4().hex}", f"s3://granted-{uuid4().hex}"

    def permissions() -> tuple[bool, bool]:
        found = client.get_user(name)
        search, register = (
            found["search_permissions_on_base_uris"],
            found["register_permissions_on_base_uris"],
        )
        return target in search, target in register

    with Client(**next_dserver.given("admin")) as client:
        assert storing("user", "register", name).status == 0
        assert storing("base-uri", "register", target).status == 0
        try:
            assert target in storing("user", "grant", name, target, "--search").out
            assert permissions() == (True, False)
            assert storing("user", "grant", name, target, "--register").status == 0
            assert permissions() == (True, True)
            assert storing("user", "revoke", name, target, "--search").status == 0
            assert permissions() == (False, True)
            assert target not in storing("user", "revoke", name, target, "--register").out
            assert permissions() == (False, False)
        finally:
            client.delete_user(name)
            client.delete_base_uri(target)


@pytest.mark.slow
def test_a_dataset_is_copied(storing: Run, next_dserver: Dserver) -> None:
    """The URI of the copy is printed; what is there needs an option, which the error names."""
    target = f"s3://copies-{uuid4().hex}"
    with Client(**next_dserver.given("admin")) as client:
        client.register_base_uri(target, ["admin"], ["admin"])
        try:
            done = storing("copy", COPY_URI, target)
            assert done == Ended(0, f"{target}/{UUID}\n", "")
            assert storing("cat", f"{target}/{UUID}", "simple_text_file.txt").out
            assert storing("copy", COPY_URI, target).status == 8
            client.delete_dataset(f"{target}/{UUID}")
            assert "Give --overwrite" in storing("copy", COPY_URI, target).err
            again = storing("copy", COPY_URI, target, "--overwrite", "--json")
            assert json.loads(again.out)["status"] == "registered"
            refused = storing("copy", COPY_URI, "s3://test-bucket")
            assert (refused.status, "to=" in refused.err) == (2, False)
        finally:
            client.delete_dataset(f"{target}/{UUID}")
            client.delete_base_uri(target)


@pytest.mark.slow
def test_a_bar_and_a_closed_pipe(
    storing: Run, next_dserver: Dserver, variables: dict[str, str]
) -> None:
    """A terminal gets a bar in bytes, and `dserver cat | head` ends silently."""
    variables |= next_dserver.exports
    terminal = pexpect.spawn(
        str(PROGRAM),
        ["download", COPY_URI, "new"],
        env=variables,  # type: ignore[arg-type]
        encoding="utf-8",
        timeout=60,
    )
    terminal.expect("100%.*17 B of 17 B")
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert terminal.exitstatus == 0
    script = f"{PROGRAM} cat {COPY_URI} simple_text_file.txt | true; echo ${{PIPESTATUS[0]}}"
    ended = subprocess.run(
        ["bash", "-c", script], env=variables, capture_output=True, text=True, timeout=60
    )
    assert (ended.stdout, ended.stderr) == (f"{exits.PIPE_CLOSED}\n", "")


@pytest.mark.slow
def test_files_that_cannot_be_read_or_written(storing: Run, tmp_path: Path) -> None:
    """They are errors of one line, without a traceback."""
    (tmp_path / "file").touch()
    for arguments in (
        ("download", COPY_URI, "file/below"),
        ("upload", "missing", "s3://test-bucket"),
    ):
        ended = storing(*arguments)
        assert ended.status in (1, 2)
        assert len(ended.err.splitlines()) == 1


# --- errors ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "settings", "status", "words"),
    [
        (["lookup", "no-uuid"], {}, 2, "no-uuid"),
        (["query", "{"], {}, 2, "is not JSON"),
        (["query", "@missing"], {}, 2, "missing cannot be read"),
        (["search", "--sort", "size"], {}, 2, "created_at"),
        (["search", "-n", "1", "--all"], {}, 2, "one of them"),
        (["search", "--colour"], {}, 2, "dserver search --help"),
        (["search", "--tags"], {}, 2, "mean --tag? See dserver search --help"),
        (["serch"], {}, 2, ". See dserver --help"),
        (["show", "simple_test_dataset"], {}, 2, "dserver search finds"),
        (["query", "project=x"], {}, 2, "Give a JSON object; dserver query --help"),
        (["show", URI[:-1] + "6"], {}, 3, "Not found"),
        (["show", URI.replace("share", "other")], {}, 4, "permission"),
        (["search"], {"DSERVER_PASSWORD": "wrong-password"}, 4, "DSERVER_PASSWORD"),
        (["search"], {"DSERVER_URL": ""}, 5, "export DSERVER_URL="),
        (["search"], {"DSERVER_URL": "http://127.0.0.1:9"}, 6, "DSERVER_URL"),
    ],
)
def test_an_error_is_one_line_and_a_status(
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    settings: dict[str, str],
    status: int,
    words: str,
) -> None:
    """Whatever goes wrong is a line that says what to do, with an exit status for its kind."""
    monkeypatch.setenv("DSERVER_RETRIES", "0")
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    ended = run(*arguments)
    assert (ended.status, ended.out) == (status, "")
    [line] = ended.err.splitlines()
    assert line.startswith("Error: ")
    assert words in line.replace("'", "")  # which click adds since 8.4
    assert "wrong-password" not in line


def test_every_error_has_a_status() -> None:
    """Each class of error has a status of its kind; what is not in the table is 1."""
    found = {
        name: exits.status_of(getattr(errors, name)("words"))
        for name in errors.__all__
        if exits.status_of(getattr(errors, name)("words")) == 1
    }
    assert found.keys() == {"LookupServerError", "ServerError", "UnreadableAnswerError"}
    documented = ROOT / "docs/command.md"
    rows = re.findall(r"^\| (\d+) \|", documented.read_text(encoding="utf-8"), re.MULTILINE)
    assert {0, 1, *exits.STATUSES.values()} == set(map(int, rows))


def test_requests_are_shown(run: Run) -> None:
    """--verbose shows the requests on standard error."""
    ended = run("search", "-q", "--verbose")
    assert ended.out == f"{COPY_URI}\n{URI}\n"
    assert "POST /uris: 200" in ended.err


# --- set up ------------------------------------------------------------------------------


def test_settings_are_stored(
    run: Run, own_configuration: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A setting is checked before it is stored, secrets are read from standard input."""
    before = run("config", "show", "--json").out
    assert json.loads(before)["healthy"]
    assert PASSWORDS["testuser"] not in before
    monkeypatch.delenv("DSERVER_URL")
    assert run("config", "set", "DSERVER_URL", "dserver.example").status == 5
    assert run("config", "set", "DSERVER_TIMEOUT", "soon").status == 5
    assert run("config", "set", "DSERVER_COLOUR", "red").status == 2
    assert run("config", "set", "DSERVER_TOKEN", "secret").status == 2
    assert not own_configuration.exists()

    assert run("config", "set", "dserver_url", "https://dserver.example").status == 0
    monkeypatch.setattr(sys, "stdin", io.StringIO("secret\n"))
    assert run("config", "set", "DSERVER_TOKEN").status == 0
    stored = {"DSERVER_URL": "https://dserver.example", "DSERVER_TOKEN": "secret"}
    assert json.loads(own_configuration.read_text()) == stored
    shown = run("config", "show").out
    assert "https://dserver.example  (dtool.json)" in shown
    assert "secret" not in shown
    assert run("config", "unset", "DSERVER_TOKEN").status == 0
    assert json.loads(own_configuration.read_text()) == {"DSERVER_URL": stored["DSERVER_URL"]}
    assert run("config", "path").out == f"{own_configuration}\n"


def test_check_login_and_logout(run: Run, own_configuration: Path) -> None:
    """They are those of python -m dtool_lookup_api."""
    assert run("check").out.endswith("All is well.\n")
    assert run("login").status == 0
    assert json.loads(own_configuration.read_text())["DSERVER_TOKEN"]
    assert run("logout").status == 0
    assert json.loads(own_configuration.read_text()) == {}


@pytest.mark.parametrize("pasted", ['{{"token": "{token}"}}', "{token}"])
def test_login_in_the_browser(
    run: Run,
    configured: Dserver,
    own_configuration: Path,
    monkeypatch: pytest.MonkeyPatch,
    pasted: str,
) -> None:
    """The login page is opened, and the token that its last page shows is tried and stored."""
    assert run("login").status == 0
    token = json.loads(own_configuration.read_text())["DSERVER_TOKEN"]
    own_configuration.unlink()
    generator = "https://dserver.example/lookup/auth/oauth2/token"
    monkeypatch.setenv("DSERVER_TOKEN_GENERATOR_URL", generator)
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    monkeypatch.setattr("dtool_lookup_api.core.config.can_ask", lambda: True)
    answers = ["not a token", pasted.format(token=token)]
    monkeypatch.setattr("dtool_lookup_api.cli.account.getpass", lambda _: answers.pop(0))

    refused = run("login", "--browser")
    assert refused.status == 4
    assert not own_configuration.exists()
    ended = run("login", "--browser")
    assert ended.status == 0
    assert "Logged in as testuser" in ended.err
    assert token not in ended.out + ended.err
    assert json.loads(own_configuration.read_text())["DSERVER_TOKEN"] == token
    assert opened[1:] == [
        "https://dserver.example/lookup/auth/oauth2/login?next=%2Flookup%2Fauth%2Foauth2%2Ftoken"
    ]


@pytest.mark.slow
def test_bash_completes(variables: dict[str, str], tmp_path: Path) -> None:
    """A real bash completes commands, options, and base URIs, which have colons."""
    variables |= {"XDG_CACHE_HOME": str(tmp_path / "cache"), "PS1": "$ "}
    variables |= {"PATH": f"{PROGRAM.parent}{os.pathsep}{variables['PATH']}"}
    variables |= {"DSERVER_RETRIES": "0"}
    bash = pexpect.spawn(
        "bash",
        ["--norc", "--noprofile"],
        env=variables,  # type: ignore[arg-type]
        encoding="utf-8",
        timeout=20,
    )
    bash.sendline('eval "$(dserver completion bash)"; bind "set bell-style none"; echo READ"Y"')
    bash.expect("READY")
    for typed, completed in (
        ("dserver sea", "dserver search "),
        ("dserver search --creator-u", "--creator-username "),
        ("dserver search --base-uri s3://te", "s3://test-bucket "),
        ("dserver search --base-uri=", "search --base-uri=s"),  # two have that in common
        ("dserver search --base-uri=s3", "search --base-uri=s3://test-bucket "),
        ("dserver search --base-uri=s3://te", "search --base-uri=s3://test-bucket "),
        ("dserver search --base-uri='s3://te", "search --base-uri='s3://test-bucket' "),
        ("dserver search --base-uri 's3://te", "'s3://test-bucket' "),
        ("COLUMNS=99 dserver search -q --base-uri=sm", "-q --base-uri=smb://test-share "),
        ("true | dserver search --base-uri smb:", "--base-uri smb://test-share "),
        ("dserver config s", "dserver config s"),
    ):
        bash.send(f"{typed}\t")
        bash.expect_exact(completed)
        bash.sendcontrol("u")
    bash.close(force=True)
    [kept] = (tmp_path / "cache/dtool-lookup-api/completion").iterdir()
    assert kept.stat().st_mode & 0o077 == 0
    assert json.loads(kept.read_text()).keys() == {"base_uris", "creator_usernames", "tags"}


def test_completion_fails_silently(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a server, there is nothing to complete, and nothing is printed."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("DSERVER_URL", "http://127.0.0.1:9")
    assert completion.tags(None, None, "") == []  # type: ignore[arg-type]
    assert capsys.readouterr() == ("", "")
    for shell in ("bash", "zsh", "fish"):
        assert "dserver" in run("completion", shell).out


@pytest.mark.parametrize(
    ("removed", "arguments", "needed"),
    [
        ("click.exceptions.NoArgsIsHelpError", ["--help"], "click 8.2"),  # as in click 7 to 8.1
        ("wcwidth.width", ["search", "--format", "table"], "wcwidth 0.3"),  # as in 0.2
    ],
)
def test_what_is_too_old_is_named(
    variables: dict[str, str], removed: str, arguments: list[str], needed: str
) -> None:
    """An environment with an older click or wcwidth gets a line with the remedy."""
    code = (
        "import click, sys, wcwidth\n"
        f"del {removed}\n"
        "from dtool_lookup_api.cli import main\n"
        f"sys.argv[1:] = {arguments}\n"
        "main()"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], env=variables, capture_output=True, text=True, timeout=60
    )
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == (
        f"Error: dserver needs {needed} or later. "
        "Install it: pip install --upgrade 'dtool-lookup-api[cli]'\n"
    )


# --- texts -------------------------------------------------------------------------------


def test_texts_cannot_control_the_terminal() -> None:
    """Escape sequences, line ends and marks of direction in names are shown, not carried out."""
    name = "\x1b[2Jred\r\n\u202egnp.exe\x9b0m"
    assert output.printable(name) == "\\x1b[2Jred\\r\\n\\u202egnp.exe\\x9b0m"
    columns = [output.Column("NAME", "name"), output.Column("URI", "uri")]
    [_, row] = output.table([{"name": name, "uri": "s3://b/1"}], columns)
    assert row == f"{output.printable(name)}  s3://b/1"


@pytest.mark.parametrize("columns", [40, 79, 80, 100, 200])
def test_a_table_fits(monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    """No line is wider than the terminal, wide characters included; the URI is never cut."""
    monkeypatch.setattr(output, "is_terminal", lambda: True)
    monkeypatch.setattr("shutil.get_terminal_size", lambda: os.terminal_size((columns, 24)))
    from wcwidth import wcswidth

    rows = [
        {"name": "流体力学シミュレーション" * 3, "uri": "s3://b/1", "size_in_bytes": 5},
        {"name": "e\u0301" * 60, "uri": "s3://b/" + 28 * "2", "size_in_bytes": 2**41},
    ]
    shown = list(
        output.table(
            rows,
            [
                output.Column("NAME", "name"),
                output.Column("SIZE", "size_in_bytes", "size"),
                output.Column("URI", "uri"),
            ],
        )
    )
    assert max(wcswidth(line) for line in shown) <= columns
    text = "\n".join(shown)
    assert all(row["uri"] in text for row in rows)
    assert ("…" in text) is (columns < 118)
    assert "2.0 TiB" in text


def test_every_command_has_help_with_an_example() -> None:
    """Each command says what it does in a sentence, and shows an example of itself."""
    found = dict(commands(program, "dserver"))
    assert found.keys() >= {"dserver search", "dserver show"}
    for path, command in found.items():
        assert isinstance(command, Command)
        assert re.match(r"[A-Z].*\.$", (command.help or "").split("\n")[0]), path
        assert all(example.startswith(path) for example in command.examples), path
        assert command.examples, path


def test_the_help_of_groups_is_not_cut(capsys: pytest.CaptureFixture[str]) -> None:
    """Sentences about commands are wrapped; click would cut them."""
    for name in ("user", "base-uri"):
        group = program.get_command(click.Context(program), name)
        assert isinstance(group, click.Group)
        with pytest.raises(SystemExit):
            program.main([name, "--help"], prog_name="dserver")
        shown = " ".join(capsys.readouterr().out.split())
        for command in group.commands.values():
            assert (command.help or "").split("\n")[0] in shown


def test_the_first_steps_are_commands(capsys: pytest.CaptureFixture[str]) -> None:
    """The help shows a newcomer what to type first; each of them is a command of ours."""
    with pytest.raises(SystemExit):
        program.main(["--help"], prog_name="dserver")
    shown = capsys.readouterr().out
    known = dict(commands(program, "dserver"))
    for step in FIRST_STEPS:
        assert f"\n  {step}  " in shown
        assert any(f"{step} ".startswith(f"{path} ") for path in known), step


def commands(group: click.Group, path: str) -> Iterator[tuple[str, click.Command]]:
    """Yield all commands of a group and its groups, by what is typed."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from commands(command, f"{path} {name}")
        else:
            yield f"{path} {name}", command


# --- processes ---------------------------------------------------------------------------


@pytest.fixture
def variables(configured: Dserver, tmp_path: Path) -> dict[str, str]:
    """Return the environment of a process."""
    others = {name: each for name, each in os.environ.items() if name not in ("COLUMNS", "LINES")}
    return {**others, **configured.exports, "HOME": str(tmp_path), "TERM": "xterm"}


@pytest.mark.parametrize("columns", [60, 160])
def test_a_terminal_gets_a_table(variables: dict[str, str], columns: int) -> None:
    """On a terminal a search is a table with a bold head, which fits the width."""
    terminal = pexpect.spawn(
        str(PROGRAM),
        ["search"],
        env=variables,  # type: ignore[arg-type]
        dimensions=(24, columns),
        encoding="utf-8",
        timeout=60,
    )
    lines = terminal.read().replace("\r\n", "\n").rstrip("\n").split("\n")
    terminal.close()
    assert terminal.exitstatus == 0
    assert lines[0].startswith(f"{ESCAPE}[1mNAME")
    assert all(len(line) <= columns for line in lines if ESCAPE not in line)
    assert lines[-1].endswith(URI)
    assert len(lines) == (3 if columns == 160 else 6)


@pytest.mark.slow
def test_a_long_listing_goes_through_the_pager(variables: dict[str, str], tmp_path: Path) -> None:
    """What does not fit the height is given to the pager, and what fits is not."""
    pager = tmp_path / "pager"
    pager.write_text("#!/bin/sh\necho PAGED\ncat\n", encoding="utf-8")
    pager.chmod(0o755)
    variables |= {"PAGER": str(pager), "DSERVER_USERNAME": "researcher"}
    variables |= {"DSERVER_PASSWORD": PASSWORDS["researcher"], "NO_COLOR": "1"}
    for arguments, paged in ((["search"], True), (["search", "-n", "3"], False)):
        terminal = pexpect.spawn(
            str(PROGRAM),
            arguments,
            env=variables,  # type: ignore[arg-type]
            dimensions=(24, 200),
            encoding="utf-8",
            timeout=60,
        )
        text = terminal.read()
        terminal.close()
        assert ("PAGED" in text) is paged
        assert text.count("://") == (42 if paged else 3)
        assert ESCAPE not in text


@pytest.mark.slow
def test_a_reader_that_ends_is_no_error(variables: dict[str, str]) -> None:
    """`dserver search | head` ends silently."""
    script = f"set -o pipefail; {PROGRAM} search --json | true; echo ${{PIPESTATUS[0]}}"
    ended = subprocess.run(
        ["bash", "-c", script], env=variables, capture_output=True, text=True, timeout=60
    )
    assert (ended.stdout, ended.stderr) == (f"{exits.PIPE_CLOSED}\n", "")


@pytest.mark.slow
def test_ctrl_c_is_silent(configured: Dserver, variables: dict[str, str]) -> None:
    """Ctrl-C at a prompt ends the command without a traceback."""
    del variables["DSERVER_PASSWORD"]
    terminal = pexpect.spawn(
        str(PROGRAM),
        ["search"],
        env=variables,  # type: ignore[arg-type]
        encoding="utf-8",
        timeout=60,
    )
    terminal.expect("password:")
    terminal.sendintr()
    text = terminal.read()
    terminal.close()
    assert terminal.exitstatus == exits.INTERRUPTED
    assert "Traceback" not in text
    assert "Aborted" not in text


@pytest.mark.slow
def test_a_prompt_is_seen_where_the_output_goes_to_a_file(
    variables: dict[str, str], tmp_path: Path
) -> None:
    """The user name is asked for on standard error, so that the file has URIs only."""
    del variables["DSERVER_USERNAME"], variables["DSERVER_PASSWORD"]
    terminal = pexpect.spawn(
        "bash",
        ["-c", f"{PROGRAM} search -q > {tmp_path}/uris"],
        env=variables,  # type: ignore[arg-type]
        encoding="utf-8",
        timeout=60,
    )
    terminal.expect("username:")
    terminal.sendline("testuser")
    terminal.expect("password:")
    terminal.sendline(PASSWORDS["testuser"])
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert (tmp_path / "uris").read_text() == f"{COPY_URI}\n{URI}\n"


@pytest.mark.slow
def test_a_prompt_advises_the_command(variables: dict[str, str]) -> None:
    """Before the first question, the command says how not to be asked again, by its own name."""
    for name in ("DSERVER_USERNAME", "DSERVER_PASSWORD", "DSERVER_TOKEN"):
        variables.pop(name, None)
    child = pexpect.spawn(
        str(PROGRAM),
        ["search"],
        env=variables,  # type: ignore[arg-type]
        encoding="utf-8",
        timeout=60,
    )
    try:
        child.expect("Authentication URL .* username:")
        assert str(child.before).strip().endswith("until you store a token: dserver login")
    finally:
        child.close(force=True)
