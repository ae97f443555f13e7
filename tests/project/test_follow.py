"""A changed server is followed: from its document to a message that says what to do, or to green.

Five realistic changes, each done to the document that the pinned server publishes.
"""

import copy
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from test_derived import copy_of_the_project

from devserver import ROOT

pytestmark = pytest.mark.slow

Document = dict[str, Any]
DERIVED = ("openapi.yaml", "generated", "dtool_lookup_api")


class Project:
    """A copy of the project, next to the document of another server."""

    def __init__(self, folder: Path, document: Document) -> None:
        self.folder = copy_of_the_project(folder / "project")
        # As it would be there: mypy is much faster with it.
        (ROOT / ".mypy_cache").mkdir(exist_ok=True)
        (self.folder / ".mypy_cache").symlink_to(ROOT / ".mypy_cache")
        self.document = document
        self.before = self.derived()

    def derived(self) -> dict[Path, bytes]:
        """Return what the derived files hold."""
        tops = [self.folder / name for name in DERIVED]
        files = [path for top in tops for path in (top, *top.rglob("*")) if path.is_file()]
        return {path: path.read_bytes() for path in files if path.suffix != ".pyc"}

    def run(self, script: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, f"tools/{script}", *arguments],
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=300,
        )

    def follow(self, script: str = "follow.py") -> "subprocess.CompletedProcess[str]":
        """Run `make follow DOCUMENT=openapi.json`, or `make spec` for it."""
        path = self.folder / "openapi.json"
        path.write_text(json.dumps(self.document), encoding="utf-8")
        return self.run(script, "--document", "openapi.json")

    def stopped(self, script: str = "follow.py") -> str:
        """Return the message that following ends with; nothing has changed then."""
        result = self.follow(script)
        assert result.returncode == 1, result.stdout + result.stderr
        assert "Traceback" not in result.stderr
        assert self.derived() == self.before
        return result.stdout + result.stderr

    def describe(self, message: str) -> None:
        """Do what a message asks for: add the actions it prints, with words for the blanks."""
        parts = re.split(r"^to (overlay/\S+)$", message.partition("\nNothing was")[0], flags=re.M)
        assert len(parts) > 1, message
        for path, actions in zip(parts[1::2], parts[2::2], strict=True):
            with (self.folder / path).open("a", encoding="utf-8") as overlay:
                overlay.write(actions.replace("- …", "- config").replace("…", "Words about it."))


@pytest.fixture
def project(pinned: Document, tmp_path: Path) -> Project:
    """Return a copy of the project, and the pinned server's document to change."""
    return Project(tmp_path, copy.deepcopy(pinned))


def test_a_new_optional_field_is_described_and_followed(project: Project) -> None:
    """The message is an overlay action; with words in it, everything is derived and green."""
    fields = project.document["components"]["schemas"]["Dataset"]["properties"]
    fields["licence"] = {"type": "string"}

    message = project.stopped("spec.py")
    assert "$.components.schemas.Dataset\n" in message
    assert "        licence:\n          description: …\n" in message
    project.describe(message)
    followed = project.follow()

    assert (followed.returncode, followed.stderr) == (0, ""), followed.stdout
    news = followed.stdout.partition("== For CHANGELOG.md ==\n\n")[2]
    assert news.splitlines()[:5] == [
        "### Added",
        "",
        "- `Dataset.licence`: `NotRequired[str]`",
        "- low-level `Dataset.licence`: `str | Unset`",
        "",
    ]
    # Compared with the document that it was made from, and no longer if that is another.
    assert (checked := project.run("check.py")).returncode == 0, checked.stderr
    fields["licence"]["type"] = "integer"
    (project.folder / "openapi.json").write_text(json.dumps(project.document), encoding="utf-8")
    stale = project.run("check.py")
    assert (
        "openapi.yaml is stale or was edited: run `make spec generate DOCUMENT=openapi.json`"
        in (stale.stderr.splitlines())
    )


def test_a_renamed_field_is_not_written_back(project: Project) -> None:
    """The overlay names the old one, which the server has no more: that is said, and its place."""
    dataset = project.document["components"]["schemas"]["Dataset"]
    dataset["properties"]["creator"] = dataset["properties"].pop("creator_username")
    dataset["required"] = [
        name.replace("creator_username", "creator") for name in dataset["required"]
    ]

    message = project.stopped("spec.py")

    place = re.search(r"overlay/3-schemas.yaml, action \d+: \$.components.schemas.Dataset", message)
    assert place
    assert message.partition(place[0])[2].splitlines()[1] == "    creator_username"
    assert "        creator:\n          description: …\n" in message
    # The old name is renamed in the action, as the message says.
    overlay = project.folder / "overlay/3-schemas.yaml"
    head, start, rest = overlay.read_text(encoding="utf-8").partition(
        "  - target: $.components.schemas.Dataset\n"
    )
    overlay.write_text(
        head + start + rest.replace("creator_username", "creator", 2), encoding="utf-8"
    )
    assert (mended := project.follow("spec.py")).returncode == 0, mended.stderr


def test_an_action_may_say_that_it_adds(project: Project) -> None:
    """What the server lacks can be added on purpose."""
    del project.document["components"]["schemas"]["Readme"]["properties"]["readme"]
    assert "$.components.schemas.Readme\n    readme\n" in project.stopped("spec.py")

    overlay = project.folder / "overlay/3-schemas.yaml"
    head, start, rest = overlay.read_text(encoding="utf-8").partition(
        "  - target: $.components.schemas.Readme\n"
    )
    overlay.write_text(f"{head}{start}    x-adds: true\n{rest}", encoding="utf-8")

    assert (added := project.follow("spec.py")).returncode == 0, added.stderr


def test_a_removed_operation_names_the_functions(project: Project) -> None:
    """The functions that used it are named with their lines, and nothing has changed."""
    del project.document["paths"]["/me/summary"]

    message = project.stopped()

    assert re.findall(r"^(\w+) uses \S+me.get_my_summary, .* see (\S+):\d+$", message, re.M) == [
        ("get_my_summary", "dtool_lookup_api/operations/users.py"),
        ("get_summary", "dtool_lookup_api/operations/users.py"),
    ]
    assert "no longer matches: overlay/2-operations.yaml, action " in message
    assert "mended itself" not in message


def test_a_new_required_parameter_names_function_and_line(project: Project) -> None:
    """A call that lacks it is a type error, found before anything is taken over."""
    project.document["paths"]["/tags/{uri}"]["get"].setdefault("parameters", []).append(
        {"in": "query", "name": "project", "required": True, "schema": {"type": "string"}}
    )

    described = project.stopped("spec.py")
    assert "$.paths['/tags/{uri}'].get.parameters[?@.name == 'project']\n" in described
    project.describe(described)
    message = project.stopped()

    assert 'operations/metadata.py: note: In function "get_tags":\n' in message
    assert 'error: Missing named argument "project" for "_get_kwargs"' in message


def test_a_new_operation_with_an_enum_is_named_and_followed(project: Project) -> None:
    """Its action is prepared; equal enums are one type, and new values don't break an answer."""
    state = {"type": "string", "enum": ["queued", "running", "done"]}
    project.document["components"]["schemas"]["Job"] = {
        "type": "object",
        "properties": {"state": dict(state)},
    }
    jobs = {"type": "array", "items": {"$ref": "#/components/schemas/Job"}}
    project.document["paths"]["/jobs"] = {
        "get": {
            "tags": ["jobs"],
            "parameters": [{"in": "query", "name": "state", "schema": dict(state)}],
            "responses": {
                "200": {"description": "OK", "content": {"application/json": {"schema": jobs}}},
                "403": {"description": "Forbidden"},
            },
        }
    }

    message = project.stopped("spec.py")
    assert "$.paths['/jobs'].get\n" in message
    assert "      operationId: getJobs\n" in message
    assert "'403':\n          $ref: '#/components/responses/FORBIDDEN'" in message
    project.describe(message)
    for step in (project.follow("spec.py"), project.run("derivation.py")):
        assert (step.returncode, step.stderr) == (0, "")

    code = (
        "import inspect, sys; sys.path.insert(0, 'generated')\n"
        "from dtool_lookup_rest.api.config import get_jobs\n"
        "from dtool_lookup_rest.models import job\n"
        "print(job.Job.from_dict({'state': 'paused'}).to_dict())\n"
        "print(get_jobs.JobState is job.JobState)"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], cwd=project.folder, capture_output=True, text=True, timeout=60
    )
    assert answer.stdout.splitlines() == ["{'state': 'paused'}", "True"], answer.stderr


def test_a_blank_left_in_the_overlay_is_no_description(project: Project) -> None:
    """An action that was added as it is printed says nothing yet."""
    fields = project.document["components"]["schemas"]["Dataset"]["properties"]
    fields["licence"] = {"type": "string"}
    message = project.stopped("spec.py")

    actions = message.partition("to overlay/3-schemas.yaml\n")[2]
    with (project.folder / "overlay/3-schemas.yaml").open("a", encoding="utf-8") as overlay:
        overlay.write(actions)

    assert project.stopped("spec.py") == message
