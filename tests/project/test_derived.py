"""What is derived is complete, fresh, and never edited."""

import importlib
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from dtool_lookup_api.core.routes import FUNCTIONS

from devserver import ROOT

GENERATED = "generated/dtool_lookup_rest"

# The table of operations that no documented function calls, with the reasons.
EXEMPT = ROOT / "docs/servers.md"
HIDDEN = shutil.ignore_patterns(".venv", ".git", "*_cache", "__pycache__", ".hypothesis")


@pytest.fixture(scope="module")
def contract() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "openapi.yaml").read_text(encoding="utf-8"))
    return loaded


def operations_of(contract: dict[str, Any]) -> list[dict[str, Any]]:
    verbs = ("get", "post", "put", "patch", "delete")
    return [item[v] for item in contract["paths"].values() for v in verbs if v in item]


def snake_case(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def test_every_operation_is_generated_and_offered(contract: dict[str, Any]) -> None:
    """No operation of the server is lost between the contract and the documented functions."""
    found = operations_of(contract)
    called = {operation for operations in FUNCTIONS.values() for operation in operations}
    table = EXEMPT.read_text(encoding="utf-8").partition("## Operations without a function")[2]
    exempt = dict(re.findall(r"^\| `(\w+)` \| (\S.*) \|$", table, re.MULTILINE))

    assert found
    for operation in found:
        module = snake_case(operation["operationId"])
        assert importlib.import_module(f"dtool_lookup_rest.api.{operation['tags'][0]}.{module}")
        assert (module in called) != (operation["operationId"] in exempt), module
    assert set(exempt) <= {operation["operationId"] for operation in found}


def test_every_operation_is_described(contract: dict[str, Any]) -> None:
    """Every operation has a name, one tag, its security, words, and its errors."""
    for operation in operations_of(contract):
        assert {"operationId", "summary", "description", "security"} <= set(operation)
        assert len(operation["tags"]) == 1
        protected = bool(operation["security"])
        assert not protected or {"401", "422"} <= set(operation["responses"])
        assert "default" not in operation["responses"]
        # A proxy's 500, 502, 503 and 504 are not JSON; 501 comes from the server alone.
        assert all(int(status) < 500 or status == "501" for status in operation["responses"])


def test_every_schema_is_described(contract: dict[str, Any]) -> None:
    """Every model and every one of its fields has words, which become docstrings."""
    for name, schema in contract["components"]["schemas"].items():
        assert schema.get("description"), name
        for field, described in schema.get("properties", {}).items():
            assert described.get("description") or "$ref" in described, f"{name}.{field}"


def copy_of_the_project(folder: Path) -> Path:
    shutil.copytree(ROOT, folder, ignore=HIDDEN, dirs_exist_ok=True)
    for environment in (".venv", "devserver/.venv"):
        (folder / environment).symlink_to(ROOT / environment)
    return folder


def check(project: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, project / "tools/check.py"], capture_output=True, text=True, timeout=120
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("edited", "stale", "command"),
    [
        ("openapi.yaml", "openapi.yaml", "make spec generate"),
        ("overlay/2-operations.yaml", "openapi.yaml", "make spec generate"),
        (f"{GENERATED}/client.py", f"{GENERATED}/client.py", "generate"),
        (f"{GENERATED}/extra.py", f"{GENERATED}/extra.py", "generate"),
        ("dtool_lookup_api/types.py", "dtool_lookup_api/types.py", "make generate"),
        ("dtool_lookup_api/core/routes.py", "dtool_lookup_api/core/routes.py", "make generate"),
        ("dtool_lookup_api/clients.py", "dtool_lookup_api/clients.py", "make generate"),
        ("dtool_lookup_api/core/declarations.py", "docs/configuration.md", "make generate"),
        ("dtool_lookup_api/core/declarations.py", "dtool_lookup_api/core/options.py", "generate"),
        ("dtool_lookup_api/operations/users.py", "dtool_lookup_api/asynchronous.py", "generate"),
    ],
)
def test_an_edit_is_told_with_file_and_command(
    edited: str, stale: str, command: str, tmp_path: Path
) -> None:
    """For an edited derived file, or source, the message names the file and the command."""
    project = copy_of_the_project(tmp_path / "project")
    edit(project / edited)

    result = check(project)

    assert result.returncode == 1
    line = next(line for line in result.stderr.splitlines() if line.startswith(stale))
    assert command in line


def edit(path: Path) -> None:
    before = text = path.read_text(encoding="utf-8") if path.exists() else ""
    if path.name == "users.py":
        text = text.replace("Return your own user", "Return who you are")
    elif path.name == "declarations.py":
        text = text.replace("Token to send as it is", "Token that is sent as it is")
    elif path.suffix == ".yaml" and "overlay" in path.parts:
        text = text.replace("summary: ", "summary: Indeed, ", 1)
    else:
        text += "\n# edited\n"
    assert text != before
    path.write_text(text, encoding="utf-8")


@pytest.mark.slow
def test_nothing_is_stale() -> None:
    """The derived files are those that `make spec generate` writes."""
    result = check(ROOT)

    assert result.stderr.replace(" ", "").count("isstale") == 0
    assert result.returncode == 0


@pytest.mark.slow
def test_an_action_without_a_match_is_an_error_for_the_pinned_server(tmp_path: Path) -> None:
    """A repair that the pinned server no longer needs does not stay unnoticed."""
    project = copy_of_the_project(tmp_path / "project")
    overlay = project / "overlay/9-idle.yaml"
    overlay.write_text(
        "overlay: 1.0.0\ninfo: {title: idle, version: 1.0.0}\nactions:\n"
        "  - target: $.paths['/nowhere']\n    description: repairs nothing\n    remove: true\n",
        encoding="utf-8",
    )
    spec = [sys.executable, project / "tools/spec.py", "--output", tmp_path / "out.yaml"]

    pinned = subprocess.run(spec, capture_output=True, text=True, timeout=120)
    document = [project / "devserver/.venv/bin/python", project / "devserver/document.py"]
    published = subprocess.run(document, capture_output=True, text=True, check=True, timeout=60)
    (tmp_path / "published.json").write_text(json.dumps(json.loads(published.stdout)))
    other = subprocess.run(
        [*spec, "--document", tmp_path / "published.json"],
        capture_output=True,
        text=True,
        timeout=120,
    )

    assert pinned.returncode == 1
    assert "9-idle.yaml" in pinned.stderr
    assert other.returncode == 0
    assert "no longer matches" in other.stderr
    assert "9-idle.yaml" in other.stderr


@pytest.mark.slow
def test_a_setting_is_one_row(tmp_path: Path) -> None:
    """A row of the table makes a property, an option, a resolved setting and a documented row."""
    project = copy_of_the_project(tmp_path / "project")
    table = project / "dtool_lookup_api/core/declarations.py"
    row = '    Setting("pace", "DSERVER_PACE", "number", "Calls a second", default=7),\n)\n\nKEYS'
    table.write_text(
        table.read_text(encoding="utf-8").replace(")\n\nKEYS", row, 1), encoding="utf-8"
    )
    subprocess.run([sys.executable, project / "tools/options.py"], check=True, timeout=60)
    code = (
        "from dtool_lookup_api import Client\n"
        "from dtool_lookup_api.core.config import Config\n"
        "from dtool_lookup_api.core.options import ClientOptions\n"
        "from dtool_lookup_api.core.settings import resolve_settings\n"
        "client = Client('http://x', pace=3)\n"
        "print(Config.pace, resolve_settings(client._options).pace, resolve_settings().pace)\n"
    )
    environment = {"HOME": str(tmp_path), "DSERVER_URL": "http://x", "DSERVER_PACE": "5"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=project,
        env={**environment, "PYTHONPATH": f"{project}:{project / 'generated'}"},
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert done.stdout == "5 3 5\n", done.stderr
    assert "| `DSERVER_PACE` | `pace` | Calls a second | 7 |" in (
        project / "docs/configuration.md"
    ).read_text(encoding="utf-8")


def test_a_login_is_a_class_and_a_setting(tmp_path: Path) -> None:
    """A row of the table and a class in ``logins`` make a new way to log in."""
    project = copy_of_the_project(tmp_path / "project")
    core = project / "dtool_lookup_api/core"
    row = (
        '    Setting("ticket", "DSERVER_TICKET", "text", "Ticket of the site", default="", '
        "secret=True, login=True),\n)\n\nKEYS"
    )
    login = (
        "class TicketLogin(Login):\n"
        '    credentials = "the ticket"\n'
        "    @property\n"
        "    def secret(self):\n"
        "        return self._settings.ticket.reveal()\n"
        "    def body(self):\n"
        '        return {"ticket": self.secret}\n\n'
        '_BY_SECRET: Final[dict[str, type[Login]]] = {"ticket": TicketLogin, '
    )
    for file, old, new in (
        ("declarations.py", ")\n\nKEYS", row),
        ("logins.py", "_BY_SECRET: Final[dict[str, type[Login]]] = {", login),
    ):
        text = (core / file).read_text(encoding="utf-8")
        assert old in text
        (core / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    subprocess.run([sys.executable, project / "tools/options.py"], check=True, timeout=60)
    code = (
        "from dtool_lookup_api.core.logins import login_for\n"
        "from dtool_lookup_api.core.options import ClientOptions\n"
        "from dtool_lookup_api.core.settings import resolve_settings\n"
        "from dtool_lookup_api import Client\n"
        "settings = resolve_settings()\n"
        "print(login_for(settings, may_ask=False).body(), '1234' in repr(settings))\n"
        "elsewhere = resolve_settings(Client('http://y', auth_url='http://z')._options)\n"
        "print(bool(elsewhere.ticket))\n"
    )
    environment = {
        "HOME": str(tmp_path),
        "DSERVER_URL": "http://x",
        "DSERVER_TOKEN_GENERATOR_URL": "http://x/token",
        "DSERVER_USERNAME": "me",
        "DSERVER_TICKET": "1234",
        "PYTHONPATH": f"{project}:{project / 'generated'}",
    }
    command = [sys.executable, "-c", code]
    done = subprocess.run(
        command, cwd=project, env=environment, capture_output=True, text=True, timeout=60
    )
    assert done.stdout == "{'ticket': '1234'} False\nFalse\n", done.stderr


# --- the locked environments ---------------------------------------------------------------

LOCKED = (
    "requirements-dev.txt",
    "devserver/requirements.txt",
    "tests/dtool/requirements.txt",
    "tests/peer/requirements.txt",
    "tests/s3/requirements.txt",
    "benchmarks/requirements-aws.txt",
    "benchmarks/requirements-boto3.txt",
    "benchmarks/requirements-s3fs.txt",
)


def unmet(project: Path) -> list[str]:
    """Return the requirements that a project's locked environments do not meet."""
    code = "import lock\nfor path, text in lock.unmet(): print(f'{path.name}: {text}')"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=project / "tools", capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_every_environment_is_locked() -> None:
    """All versions are exact and have hashes, and no registry is named."""
    assert unmet(ROOT) == []
    for name in LOCKED:
        text = (ROOT / name).read_text(encoding="utf-8")
        pins = re.findall(r"^(?![ #]).+\n.*", text, re.MULTILINE)
        assert pins
        assert all(re.match(r"\S+==\S+ .*\n    --hash=sha256:", pin) for pin in pins)
        assert "://" not in text


def test_a_requirement_that_is_not_locked_is_told(tmp_path: Path) -> None:
    """A new or a changed requirement needs `make lock`."""
    for name in ("pyproject.toml", *LOCKED, *(n[:-3] + "in" for n in LOCKED[1:])):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, tmp_path / name)
    shutil.copytree(ROOT / "tools", tmp_path / "tools")
    project = tmp_path / "pyproject.toml"
    text = project.read_text(encoding="utf-8").replace('"httpx>=0.28,<0.29"', '"httpx>=0.29"')
    project.write_text(text, encoding="utf-8")
    with (tmp_path / "devserver/requirements.in").open("a", encoding="utf-8") as pins:
        pins.write("# A comment\nanother-package==1.0\n")

    another = "requirements.txt: another-package==1.0"  # of the server, alone and with S3
    own = ["requirements-dev.txt: httpx>=0.29", "requirements.txt: httpx>=0.29"]  # and with dtool
    assert sorted(unmet(tmp_path)) == sorted([*own, another, another])


def test_derived_files_are_marked_as_generated() -> None:
    """Reviews fold them, and statistics of the code leave them out."""
    git = ["git", "-C", str(ROOT)]
    tracked = subprocess.check_output([*git, "ls-files"], text=True).splitlines()
    heads = {name: (ROOT / name).read_bytes()[:80] for name in tracked}
    says_so = re.compile(rb"(#|<!--) (Derived by `make|This file was autogenerated)")
    derived = [n for n in tracked if n.startswith("generated/") or says_so.match(heads[n])]
    marks = subprocess.check_output([*git, "check-attr", "linguist-generated", *derived], text=True)

    assert "openapi.yaml" in derived
    assert [line for line in marks.splitlines() if not line.endswith(": set")] == []
