"""Following the server: what differs from another document, what breaks, and whom it touches."""

import copy
import json
import re
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml
from test_derived import copy_of_the_project

from devserver import ROOT, Dserver

pytestmark = pytest.mark.slow

Document = dict[str, Any]

PINS = (ROOT / "devserver/requirements.in").read_text(encoding="utf-8")
PINNED = re.findall(r"^dservercore==\S+$", PINS, re.MULTILINE)[0].replace("==", " ")
WALK = (ROOT / "docs/following-the-server.md").read_text(encoding="utf-8")

REGISTERING = ["register_dataset", "register_dataset_from", "register_datasets_from"]


def run(
    script: str, *arguments: object, project: Path = ROOT
) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, project / "tools" / script, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=300,
    )


def drift(*arguments: object, project: Path = ROOT) -> "subprocess.CompletedProcess[str]":
    return run("drift.py", *arguments, project=project)


def report(document: Document, folder: Path, project: Path = ROOT) -> Document:
    """Return the report on a document, for programs."""
    path = folder / "other.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    result = drift("--document", path, "--format", "json", project=project)
    assert result.stderr == ""
    found: Document = json.loads(result.stdout)
    assert result.returncode == found["breaking"]
    return found


def texts(found: Document) -> list[tuple[str, str, str, str, bool]]:
    """Return the essence of each difference."""
    keys = ("change", "kind", "operation", "where", "breaking")
    return [tuple(change[key] for key in keys) for change in found["changes"]]


@pytest.fixture
def published(pinned: Document) -> Document:
    """Return a copy of it to change."""
    return copy.deepcopy(pinned)


@pytest.fixture
def contract() -> Document:
    """Return a copy of the contract to change."""
    found: Document = yaml.safe_load((ROOT / "openapi.yaml").read_text(encoding="utf-8"))
    return found


# --- the rehearsal -----------------------------------------------------------------------


def rehearse(document: Document) -> None:
    """Rename an operation, add a field, remove one, and change the type of one."""
    schemas = document["components"]["schemas"]
    document["paths"]["/config/version"] = document["paths"].pop("/config/versions")
    schemas["Config"]["properties"]["licence"] = {"type": "string"}
    del schemas["Summary"]["properties"]["total_size_in_bytes"]
    if "required" in schemas["Summary"]:
        schemas["Summary"]["required"].remove("total_size_in_bytes")
    schemas["Item"]["properties"]["utc_timestamp"]["type"] = "string"


def change(change: str, kind: str, where: str, **others: Any) -> Document:
    nothing = {"what": "", "before": None, "after": None, "breaking": True, "expected": False}
    return {"change": change, "kind": kind, "where": where, **nothing, **others}


REHEARSED = [
    change(
        *("renamed", "path", ""),
        operation="getVersions",
        route="GET /config/versions",
        what="path",
        before="/config/versions",
        after="/config/version",
        functions=["get_versions"],
    ),
    change(
        *("changed", "field", "body: manifest.items.*.utc_timestamp"),
        operation="registerDataset",
        route="PUT /uris/{uri}",
        what="type",
        before="number",
        after="string",
        functions=REGISTERING,
    ),
    change(
        *("removed", "field", "response 200: total_size_in_bytes"),
        operation="getMySummary",
        route="GET /me/summary",
        before="integer, required",
        functions=["get_my_summary", "get_summary"],
    ),
    change(
        *("removed", "field", "response 200: total_size_in_bytes"),
        operation="getUserSummary",
        route="GET /users/{username}/summary",
        before="integer, required",
        functions=["get_summary"],
    ),
    change(
        *("changed", "field", "response 200: items.*.utc_timestamp"),
        operation="getManifest",
        route="GET /manifests/{uri}",
        what="type",
        before="number",
        after="string",
        functions=["download_item", "get_manifest", "iter_manifests", "open_item", "read_item"],
    ),
    change(
        *("added", "field", "response 200: licence"),
        operation="getConfig",
        route="GET /config/info",
        after="string",
        breaking=False,
        functions=["get_config"],
    ),
]
UNPUBLISHED = "overlay/3-schemas.yaml, action 22: $.components.schemas.Summary: total_size_in_bytes"
UNMATCHED = "overlay/2-operations.yaml, action 5: $.paths['/config/versions'].get"

TOLD = """\
From {pinned} to {name}

4 differences break users of this SDK, 1 difference does not.

What breaks

- renamed: path /config/versions to /config/version
  in getVersions
  touches get_versions
- changed: field body: manifest.items.*.utc_timestamp, type: number to string
  in registerDataset
  touches register_dataset, register_dataset_from, register_datasets_from
- removed: field response 200: total_size_in_bytes
  in getMySummary, getUserSummary
  touches get_my_summary, get_summary
- changed: field response 200: items.*.utc_timestamp, type: number to string
  in getManifest
  touches download_item, get_manifest, iter_manifests, open_item, read_item

What does not break

- added: field response 200: licence (string)
  in getConfig
  touches get_config
"""
TOLD_OF_OVERLAY = f"""
Overlay actions that no longer match

- {UNMATCHED}

Overlay actions that describe what is no longer published

- {UNPUBLISHED}
"""


def by_place(changes: list[Document]) -> list[Document]:
    return sorted(changes, key=lambda change: (change["route"], change["where"]))


@pytest.mark.parametrize("source", ["published", pytest.param("contract", marks=pytest.mark.slow)])
def test_rehearsal_is_reported_exactly(
    source: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """What was done to a copy of the document, or of openapi.yaml, is all that is reported."""
    document: Document = request.getfixturevalue(source)
    rehearse(document)

    found = report(document, tmp_path)
    told = drift("--document", tmp_path / "other.json")

    path = str(tmp_path / "other.json")
    assert by_place(found.pop("changes")) == by_place(REHEARSED)
    assert found.pop("operations") >= 27
    assert found == {
        "breaking": True,
        "contract": PINNED,
        "other": path,
        "additions": {},
        "no_longer_matching": [UNMATCHED] if source == "published" else [],
        "no_longer_needed": [],
        "no_longer_published": [UNPUBLISHED] if source == "published" else [],
    }
    expected = TOLD + (TOLD_OF_OVERLAY if source == "published" else "")
    assert told.stdout.split() == expected.format(name=path, pinned=PINNED).split()
    assert told.returncode == 1
    if source == "published":
        shown = textwrap.dedent(re.findall(r"^    From (?:.*\n)*?(?=^\S)", WALK, re.MULTILINE)[0])
        assert shown.split() == told.stdout.replace(path, "openapi.json").split()


@pytest.mark.slow
def test_an_operation_of_another_name_is_renamed(contract: Document, tmp_path: Path) -> None:
    """In a copy of openapi.yaml, operations have names that may change."""
    contract["paths"]["/config/versions"]["get"]["operationId"] = "getReleases"

    found = report(contract, tmp_path)["changes"]

    assert [(one["change"], one["before"], one["after"], one["functions"]) for one in found] == [
        ("renamed", "getVersions", "getReleases", ["get_versions"])
    ]


@pytest.mark.slow
def test_markdown_is_the_same_report(published: Document, tmp_path: Path) -> None:
    """The report can go into an issue, and into a file."""
    rehearse(published)
    (tmp_path / "other.json").write_text(json.dumps(published), encoding="utf-8")
    options = ("--document", tmp_path / "other.json", "--format", "markdown")

    result = drift(*options, "--output", tmp_path / "report.md")

    assert (result.returncode, result.stdout) == (1, "")
    text = (tmp_path / "report.md").read_text(encoding="utf-8")
    assert text.startswith(f"# From {PINNED} to ")
    assert "\n## What breaks\n\n- renamed: path `/config/versions` to `/config/version`\n" in text
    assert "  touches `get_my_summary`, `get_summary`\n" in text


# --- what breaks -------------------------------------------------------------------------


def parameter(document: Document, path: str, name: str) -> Document:
    found: Document = next(
        one for one in document["paths"][path]["get"]["parameters"] if one["name"] == name
    )
    return found


def test_the_pinned_server_does_not_differ() -> None:
    """Without arguments, the contract is compared with the server that it was made from."""
    result = drift()

    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout == (
        f"From {PINNED} to {PINNED}\n\nNothing differs in the 27 operations of the contract.\n"
    )


@pytest.mark.slow
def test_the_contract_says_which_server_it_is_of(contract: Document) -> None:
    """The version in the overlay is changed with the pins."""
    assert f"dservercore {contract['info']['version']}" == PINNED


@pytest.mark.slow
def test_a_copy_of_the_contract_does_not_differ(contract: Document, tmp_path: Path) -> None:
    """All that the overlay does is in it already."""
    assert report(contract, tmp_path)["changes"] == []


@pytest.mark.slow
def test_names_and_words_are_no_differences(published: Document, tmp_path: Path) -> None:
    """Neither names of components and path parameters count, nor words, nor order."""
    text = json.dumps(published, sort_keys=True)
    text = text.replace("schemas/Summary", "schemas/Totals").replace('"Summary":', '"Totals":')
    renamed: Document = json.loads(text)
    for item in renamed["paths"].values():
        for method in item.keys() & {"get", "put", "post", "delete"}:
            item[method]["summary"] = "Other words."

    assert report(renamed, tmp_path)["changes"] == []


@pytest.mark.slow
def test_what_users_rely_on_breaks_them(published: Document, tmp_path: Path) -> None:
    """Removed and changed things break, and what must be sent from now on."""
    paths, schemas = published["paths"], published["components"]["schemas"]
    del paths["/tags/{uri}"]
    paths["/me"]["get"]["responses"]["203"] = paths["/me"]["get"]["responses"].pop("200")
    paths["/uris"]["get"]["parameters"].remove(parameter(published, "/uris", "free_text"))
    parameter(published, "/users", "page_size")["schema"]["maximum"] = 50
    parameter(published, "/base-uris", "page")["required"] = True
    schemas["SearchDataset"]["required"] = ["tags"]
    schemas["Dataset"]["properties"]["name"]["nullable"] = True
    schemas["Dataset"]["properties"]["created_at"]["type"] = "string"
    schemas["User"]["properties"]["role"] = {"type": "string"}
    schemas["User"]["required"] = ["role"]

    found = texts(report(published, tmp_path))

    expected = {
        ("removed", "operation", "getTags", "", True),
        ("removed", "status", "getMe", "response 200", True),
        ("added", "status", "getMe", "response 203", False),
        ("removed", "parameter", "listDatasets", "query parameter free_text", True),
        ("changed", "parameter", "listUsers", "query parameter page_size", True),
        ("changed", "parameter", "listBaseUris", "query parameter page", True),
        ("changed", "field", "searchDatasets", "body: tags", True),
        ("changed", "field", "getDataset", "response 200: name", True),
        ("changed", "field", "getDataset", "response 200: created_at", True),
        ("added", "field", "putUser", "body: role", True),
    }
    assert expected <= set(found)
    # The same field of lists of datasets, and nothing else.
    lists = {("changed", "field", where) for where in ("[].name", "[].created_at")}
    rest = {(one[0], one[1], one[3].removeprefix("response 200: ")) for one in {*found} - expected}
    assert rest == lists


@pytest.mark.slow
def test_what_is_added_does_not_break(published: Document, tmp_path: Path) -> None:
    """New operations, statuses, and optional things are news, and the status stays 0."""
    paths = published["paths"]
    paths["/config/motd"] = copy.deepcopy(paths["/config/versions"])
    paths["/config/versions"]["get"]["responses"]["503"] = {"description": "Busy"}
    paths["/uris"]["get"]["parameters"].append(
        {"name": "before", "in": "query", "schema": {"type": "number"}}
    )
    published["components"]["schemas"]["SearchDataset"]["properties"]["size"] = {"type": "integer"}

    assert sorted(texts(report(published, tmp_path))) == [
        ("added", "field", "searchDatasets", "body: size", False),
        ("added", "operation", "", "", False),
        ("added", "parameter", "listDatasets", "query parameter before", False),
        ("added", "status", "getVersions", "response 503", False),
    ]


@pytest.mark.slow
def test_a_server_that_mends_itself_makes_repairs_needless(
    published: Document, tmp_path: Path
) -> None:
    """Publishing what the contract already has is not a difference, but it is reported."""
    del published["x-internal-id"]
    for path in ("/manifests/{uri}", "/tags/{uri}"):
        del published["paths"][path]["get"]["responses"]["1"]
    published["components"]["schemas"]["Dataset"]["properties"]["base_uri"] = {"type": "string"}
    published["components"]["schemas"]["Readme"] = {
        "type": "object",
        "properties": {"readme": {"type": "string"}},
        "required": ["readme"],
    }

    found = report(published, tmp_path)

    assert found["changes"] == []
    assert [place.partition(": ")[2] for place in found["no_longer_matching"]] == [
        "$.paths[*][*].responses['1']",
        "$['x-internal-id']",
        "$.components.schemas.Dataset.properties.base_uri.readOnly",
    ]


# --- additions of the overlay ------------------------------------------------------------

ADDITIONS = """\
overlay: 1.0.0
info: {title: Additions, version: 1.0.0}
x-additions: true
actions:
  - target: $.paths
    description: A message, which the next server has.
    update:
      /config/motd/{day}:
        parameters: [{name: day, in: path, required: true, schema: {type: string}}]
        get:
          operationId: getMotd
          tags: [config]
          summary: Get the message of a day.
          description: Needs no token.
          security: []
          x-permission: none
          responses:
            '200':
              description: The message.
              content: {application/json: {schema: {$ref: '#/components/schemas/Motd'}}}
  - target: $.components.schemas
    description: What it answers.
    update:
      Motd:
        type: object
        description: A message.
        required: [motd]
        properties: {motd: {type: string, description: The message.}}
      Readme:
        required: [readme]
        properties: {licence: {type: string, description: A licence.}}
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a copy of the project with additions in its overlay."""
    found = copy_of_the_project(tmp_path / "project")
    (found / "overlay/9-additions.yaml").write_text(ADDITIONS, encoding="utf-8")
    return found


def publish_addition(document: Document) -> None:
    """Publish what the overlay adds, in other words and with other details."""
    schemas = document["components"]["schemas"]
    schemas["MotdAnswer"] = {"type": "object", "properties": {"motd": {"type": "integer"}}}
    schemas["Readme"]["properties"]["licence"] = {"type": "string"}
    answer = {"application/json": {"schema": {"$ref": "#/components/schemas/MotdAnswer"}}}
    document["paths"]["/config/motd/{date}"] = {
        "parameters": [
            {"name": "date", "in": "path", "required": True, "schema": {"type": "string"}}
        ],
        "get": {"responses": {"200": {"description": "OK", "content": answer}}, "tags": ["x"]},
    }


@pytest.mark.slow
def test_additions_are_compared_once_they_are_published(
    project: Path, published: Document, tmp_path: Path
) -> None:
    """An addition is not a difference; once published, it can become a repair."""
    assert report(published, tmp_path, project)["changes"] == []
    publish_addition(published)

    found = report(published, tmp_path, project)

    assert [one[:4] for one in texts(found)] == [
        ("added", "field", "getReadme", "response 200: licence")
    ]
    assert found["changes"][0]["expected"] is True
    assert list(found["additions"]) == ["getMotd (GET /config/motd/{day})"]
    differing = found["additions"]["getMotd (GET /config/motd/{day})"]
    assert [(one["where"], one["what"], one["before"], one["after"]) for one in differing] == [
        ("", "path", "/config/motd/{day}", "/config/motd/{date}"),
        ("response 200: motd", "type", "string", "integer"),
        ("response 200: motd", "required", True, False),
    ]


@pytest.mark.slow
def test_additions_are_the_same_whether_they_are_published_or_not(
    project: Path, published: Document, tmp_path: Path
) -> None:
    """The contract has our operation whole, and nothing of the one that is published."""
    before, after, other = (tmp_path / name for name in ("before", "after", "other.json"))
    assert run("spec.py", "--output", before, project=project).returncode == 0
    publish_addition(published)
    other.write_text(json.dumps(published), encoding="utf-8")

    result = run("spec.py", "--document", other, "--output", after, project=project)

    assert (result.returncode, result.stderr) == (0, "")
    assert "operationId: getMotd" in before.read_text(encoding="utf-8")
    # The first line says which document it is.
    texts = [path.read_text(encoding="utf-8").partition("\n")[2] for path in (before, after)]
    assert texts[0] == texts[1]


# --- where documents come from -----------------------------------------------------------


@pytest.mark.slow
def test_a_running_server_is_asked(dserver: Dserver) -> None:
    """SERVER= takes the URL of a server, or of its document."""
    for url in (dserver.url, f"{dserver.url}/", f"{dserver.url}/doc/openapi.json"):
        result = drift("--server", url)
        assert result.returncode == 0, result.stderr
        assert "Nothing differs" in result.stdout


@contextmanager
def guarded(document: Document) -> Iterator[tuple[str, list[str | None]]]:
    """Serve a document to who has a token; no released server guards it."""
    seen: list[str | None] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append(self.headers["Authorization"])
            allowed = self.headers["Authorization"] == "Bearer secret-token"
            answer = document if allowed else {"msg": "Missing Authorization Header"}
            body = json.dumps(answer).encode()
            self.send_response(200 if allowed else 401)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", seen
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.slow
def test_the_configured_user_logs_in_where_needed(
    pinned: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A token goes to the configured server alone, and only when it asks for one."""
    monkeypatch.setenv("DSERVER_TOKEN", "secret-token")
    with guarded(pinned) as (url, seen):
        monkeypatch.setenv("DSERVER_URL", url)
        allowed = drift("--server", url)
        monkeypatch.setenv("DSERVER_URL", "http://127.0.0.1:1")
        refused = drift("--server", url)

    assert (allowed.returncode, allowed.stderr) == (0, "")
    assert refused.returncode == 2
    assert f"{url} wants a login" in refused.stderr
    assert "secret-token" not in refused.stderr
    assert seen == [None, "Bearer secret-token", None]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--server", "http://127.0.0.1:1"], "No connection"),
        (["--server", "ftp://dserver.example"], "is not the URL of a server"),
        (["--document", "missing.json"], "missing.json cannot be read"),
        (["--document", ROOT / "README.md"], "is neither JSON nor YAML"),
        (["--document", ROOT / "CITATION.cff"], "is not an OpenAPI 3 document"),
        (["--dservercore", "0.1.0"], "recorded in devserver/ are 0.21.0, "),
        (["--dservercore", "../x"], "There are no pins for dservercore ../x"),
    ],
)
def test_what_cannot_be_compared_is_said(arguments: list[object], message: str) -> None:
    """Status 2, and one line that says why; `make spec` says the same."""
    for script, status in (("drift.py", 2), ("spec.py", 1)):
        result = run(script, *arguments)
        assert result.returncode == status
        assert result.stdout == ""
        assert message in result.stderr
        assert "Traceback" not in result.stderr


@pytest.mark.slow
def test_an_answer_that_is_no_document_is_said(dserver: Dserver) -> None:
    """A page, or other JSON, is not a document."""
    page = drift("--server", f"{dserver.token_url}.json")
    other = drift("--server", dserver.url + "/config/versions?x=.json")

    assert (page.returncode, other.returncode) == (2, 2)


@pytest.mark.slow
def test_a_reference_that_leads_nowhere_is_said(published: Document, tmp_path: Path) -> None:
    """A broken document cannot be compared."""
    del published["components"]["schemas"]["Summary"]
    path = tmp_path / "other.json"
    path.write_text(json.dumps(published), encoding="utf-8")

    result = drift("--document", path)

    assert result.returncode == 2
    assert "#/components/schemas/Summary leads nowhere" in result.stderr


def test_pins_of_another_version_are_refused(project: Path) -> None:
    """A copy whose versions were not changed yet would give the report of the old one."""
    pins = project / "devserver/requirements.in"
    (project / "devserver/requirements-9.9.0.in").write_bytes(pins.read_bytes())

    result = drift("--dservercore", "9.9.0", project=project)

    assert result.returncode == 2
    assert f"requirements-9.9.0.in pins {PINNED.split()[1]}" in result.stderr


@pytest.mark.slow
def test_an_older_release_is_installed_for_a_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """dservercore 0.21.0 publishes the same API; its environment is gone afterwards."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))

    result = drift("--dservercore", "0.21.0")

    assert result.returncode == 0, result.stderr
    shown = WALK.partition("$ make drift DSERVERCORE=0.21.0\n")[2].partition("```")[0]
    assert result.stderr + result.stdout == shown
    assert list(tmp_path.glob("dservercore-*")) == []


# --- what fails then ---------------------------------------------------------------------


def test_a_function_whose_operation_is_gone_is_named(tmp_path: Path) -> None:
    """`make generate` and `make check` say which function to look at, and where it is."""
    project = copy_of_the_project(tmp_path / "project")
    (project / "generated/dtool_lookup_rest/api/me/get_my_summary.py").unlink()

    result = run("functions.py", project=project)

    assert result.returncode == 1
    lines = result.stderr.splitlines()
    gone = "uses dtool_lookup_rest.api.me.get_my_summary, which is gone from openapi.yaml: see "
    assert [line.partition(" ")[0] for line in lines] == ["get_my_summary", "get_summary"]
    assert all(gone + "dtool_lookup_api/operations/" in line for line in lines)


def test_places_that_a_function_lacks_are_listed(tmp_path: Path) -> None:
    """A contributor need not know the places by heart."""
    project = copy_of_the_project(tmp_path / "project")
    name = "_".join(["get", "weather"])  # otherwise this file would be its test
    added = project / "dtool_lookup_api/operations/server.py"
    code = added.read_text(encoding="utf-8")
    added.write_text(code.replace("def get_health(", f"def {name}("), encoding="utf-8")

    result = run("functions.py", project=project)

    assert result.returncode == 1
    places = ["sample in tests/support/samples.py", "test in tests/", "line in CHANGELOG.md"]
    expected = [f"{name} lacks a {place}: see dtool_lookup_api/" for place in places]
    lines = result.stderr.splitlines()
    assert len(lines) == len(expected)
    assert all(map(str.startswith, lines, expected)), lines


def test_failure_of_the_tool_itself_is_no_difference(published: Document, tmp_path: Path) -> None:
    """Python ends with 1 when it fails, which would say that something breaks."""
    path = tmp_path / "other.json"
    path.write_text(json.dumps(published), encoding="utf-8")
    failed = drift("--document", path, "--output", tmp_path / "missing/report.txt")
    assert failed.returncode == 2
    assert "FileNotFoundError" in failed.stderr


def test_password_of_a_url_is_not_told() -> None:
    """Nor is an empty URL taken for none, so that a variable that is unset gives no all-clear."""
    refused = drift("--server", "http://someone:secret@127.0.0.1:1")
    assert refused.returncode == 2
    assert "secret" not in refused.stdout + refused.stderr
    assert drift("--server", "").returncode == 2


@pytest.mark.slow
def test_make_shows_a_report_rather_than_an_error(published: Document, tmp_path: Path) -> None:
    """make succeeds for a breaking difference, and fails for a missing document."""
    rehearse(published)
    (tmp_path / "other.json").write_text(json.dumps(published), encoding="utf-8")
    recipe = (ROOT / "Makefile").read_text(encoding="utf-8").partition("\ndrift:")[2]
    command = recipe.partition("\n\n")[0].rpartition("@")[2].replace("$$", "$")
    assert command.startswith(".venv/bin/python tools/drift.py $(OTHER) --format $(FORMAT)")

    for document, status in (("other.json", 0), ("missing.json", 1)):
        line = command.replace("$(OTHER)", f"--document {tmp_path / document}")
        line = line.replace("$(FORMAT)", "text").replace(".venv/bin/python", sys.executable)
        done = subprocess.run(["bash", "-c", line], cwd=ROOT, capture_output=True, timeout=60)
        assert done.returncode == status
