"""What is built holds what it should and nothing else, and works wherever it is installed."""

import ast
import email
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
from packaging.requirements import Requirement

from devserver import COPY_URI, ROOT, URI, Dserver

pytestmark = pytest.mark.slow

PYTHONS = ("3.11", "3.12", "3.13")
PACKAGES = {
    "dtool_lookup_api": "dtool_lookup_api",
    "generated/dtool_lookup_rest": "dtool_lookup_rest",
}
ALWAYS_IN_SDIST = {".gitignore", "LICENSE", "PKG-INFO", "README.md", "pyproject.toml"}
# Run against the installed wheel. The rest needs more than the package, or is about the project.
TESTS = (
    "tests/unit/test_arguments.py",
    "tests/server/test_config.py",
    "tests/interfaces/test_public_modules.py",
)
THEIR_FILES = (
    *("pyproject.toml", "openapi.yaml", "tests/conftest.py"),
    *(f"tests/support/{name}.py" for name in ("devserver", "faults", "paged_listing", "samples")),
)
# Without their hashes, which pip would then demand of the wheel, too.
LOCKED = (ROOT / "requirements-dev.txt").read_text(encoding="utf-8")
PINS = re.findall(r"^[\w.-]+==[^\\\n]+", LOCKED, re.MULTILINE)
PROBE = "import ctypes, ensurepip, ssl, sys, venv; print('%d.%d' % sys.version_info[:2])"


@dataclass(frozen=True)
class Built:
    """What was built, and from which files."""

    source: Path
    files: frozenset[str]
    wheel: Path
    sdist: Path
    wheel_of_sdist: Path


def run(*command: str | Path, **options: Any) -> str:
    """Run a command and return its output; its messages are shown if it fails."""
    done = subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, timeout=300, **options
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    return done.stdout


def environment(folder: Path, python: str, *install: str | Path) -> Path:
    """Make an environment and return its Python."""
    run(python, "-m", "venv", folder)
    own = folder / "bin/python"
    locked = folder.with_suffix(".txt")
    locked.write_text("\n".join(PINS), encoding="utf-8")
    options = ("--quiet", "--disable-pip-version-check", "--constraint", locked)
    run(own, "-m", "pip", "install", *options, *install)
    return own


def project() -> dict[str, Any]:
    """Return what pyproject.toml says."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


# --- what is built -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Build from a copy of what a clone holds, and the wheel from the sdist once more."""
    folder = tmp_path_factory.mktemp("build")
    source = folder / "source"
    files = copy_of_a_clone(source)
    python = environment(folder / "venv", sys.executable, *project()["build-system"]["requires"])
    build = (python, "-m", "hatchling", "build", "--directory")
    run(*build, folder / "dist", cwd=source)
    sdist = next(folder.glob("dist/*.tar.gz"))
    with tarfile.open(sdist) as archive:
        archive.extractall(folder / "unpacked", filter="data")
    unpacked = next((folder / "unpacked").iterdir())
    run(*build, folder / "again", "--target", "wheel", cwd=unpacked)
    return Built(
        source=source,
        files=files,
        wheel=next(folder.glob("dist/*.whl")),
        sdist=sdist,
        wheel_of_sdist=next(folder.glob("again/*.whl")),
    )


def copy_of_a_clone(folder: Path) -> frozenset[str]:
    """Copy what git tracks or would track, and return its names."""
    listed = run("git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", cwd=ROOT)
    files = frozenset(name for name in listed.split("\0") if name and (ROOT / name).is_file())
    for name in files:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, folder / name)
    return files


def names_of(wheel: Path) -> set[str]:
    """Return the names of the files in a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def contents_of(wheel: Path) -> dict[str, bytes]:
    """Return the files in a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def metadata_of(built: Built) -> Message:
    """Return what the wheel says about itself."""
    contents = contents_of(built.wheel)
    name = next(name for name in contents if name.endswith(".dist-info/METADATA"))
    return email.message_from_string(contents[name].decode("utf-8"))


def below(folder: str, files: frozenset[str]) -> set[PurePosixPath]:
    """Return the paths of a folder's files, relative to it."""
    paths = (PurePosixPath(name) for name in files)
    return {path.relative_to(folder) for path in paths if path.is_relative_to(folder)}


def test_the_wheel_holds_both_packages_and_nothing_else(built: Built) -> None:
    """Every file of the two packages is there, their licence, and what describes the wheel."""
    about = f"dtool_lookup_api-{version(built)}.dist-info"
    expected = {f"{about}/{name}" for name in ("METADATA", "RECORD", "WHEEL", "licenses/LICENSE")}
    if project()["project"].get("scripts"):
        expected.add(f"{about}/entry_points.txt")
    for folder, package in PACKAGES.items():
        expected |= {f"{package}/{path}" for path in below(folder, built.files)}

    assert names_of(built.wheel) == expected
    assert {f"{package}/py.typed" for package in PACKAGES.values()} <= expected
    assert built.wheel.name == f"dtool_lookup_api-{version(built)}-py3-none-any.whl"


def test_the_sdist_holds_what_the_project_names_and_nothing_else(built: Built) -> None:
    """Every file that pyproject.toml names is there, and no cache, environment or secret."""
    included = project()["tool"]["hatch"]["build"]["targets"]["sdist"]["include"]
    expected = ALWAYS_IN_SDIST | {
        name
        for name in built.files
        for part in included
        if name == part.strip("/") or name.startswith(f"{part.strip('/')}/")
    }
    with tarfile.open(built.sdist) as archive:
        names = [PurePosixPath(member.name) for member in archive if not member.isdir()]

    assert {name.parts[0] for name in names} == {f"dtool_lookup_api-{version(built)}"}
    assert {str(name.relative_to(name.parts[0])) for name in names} == expected
    for part in included:
        assert (built.source / part.strip("/")).exists(), f"{part} is named, but is not there"
    assert "openapi.yaml" in expected


def test_the_sdist_gives_the_same_wheel(built: Built) -> None:
    """Building from the sdist gives the released wheel."""
    assert contents_of(built.wheel_of_sdist) == contents_of(built.wheel)


def version(built: Built) -> str:
    """Return the version that the package's source says."""
    tree = ast.parse((built.source / "dtool_lookup_api/_version.py").read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__version__":
            return str(ast.literal_eval(node.value))
    raise AssertionError("no __version__")


def test_the_metadata_say_what_the_project_says(built: Built) -> None:
    """Name, version, licence, Python and dependencies are those of the project."""
    metadata, expected = metadata_of(built), project()["project"]

    assert metadata["Name"] == "dtool-lookup-api"
    assert metadata["Version"] == version(built)
    assert metadata["Requires-Python"] == ">=3.11"
    assert metadata["License-Expression"] == "MIT"
    assert metadata["License-File"] == "LICENSE"
    assert metadata["Description-Content-Type"] == "text/markdown"
    assert metadata.get_payload() == (built.source / "README.md").read_text(encoding="utf-8")
    optional = [
        f'{text}; extra == "{extra}"'
        for extra, texts in expected["optional-dependencies"].items()
        for text in texts
    ]
    assert {Requirement(text) for text in metadata.get_all("Requires-Dist", [])} == {
        Requirement(text) for text in [*expected["dependencies"], *optional]
    }
    supported = {f"Programming Language :: Python :: {python}" for python in PYTHONS}
    assert supported <= set(metadata.get_all("Classifier", []))


# --- where it is installed -----------------------------------------------------------------


@pytest.fixture(scope="module", params=PYTHONS)
def installed(
    request: pytest.FixtureRequest, built: Built, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Return the Python of a new environment that has the wheel, and pytest."""
    python = present(request.param)
    if python is None:
        pytest.skip(f"there is no Python {request.param} on this machine that runs")
    tests = project()["project"]["optional-dependencies"]["test"]
    tools = [*(text for text in tests if "pytest" in text), "numpy"]
    folder = tmp_path_factory.mktemp(f"python{request.param}")
    return environment(folder / "venv", python, built.wheel, *tools)


def present(version: str) -> str | None:
    """Return a Python of a version that runs; a launcher of pyenv's may be there and refuse."""
    for python in candidates(version):
        done = subprocess.run([python, "-c", PROBE], capture_output=True, text=True, timeout=60)
        if done.returncode == 0 and done.stdout.strip() == version:
            return python
    return None


def candidates(version: str) -> Iterator[str]:
    """Give the places where a Python of a version may be."""
    for folder in os.get_exec_path():
        found = shutil.which(f"python{version}", path=folder)
        if found:
            yield found
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    yield from map(str, sorted(pyenv.glob(f"versions/{version}.*/bin/python")))


def test_the_dependencies_are_complete(installed: Path) -> None:
    """What the wheel asks for fits together."""
    run(installed, "-m", "pip", "check")


def test_the_installed_wheel_passes_the_tests(installed: Path, tmp_path: Path) -> None:
    """Without the sources at hand, the tests of the package pass."""
    folder = tmp_path / "project"
    for name in (*THEIR_FILES, *TESTS):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, folder / name)
    (folder / "devserver").symlink_to(ROOT / "devserver")

    # The exchanges are judged by the run that this one is part of, which has what that needs.
    plugins = ("-p", "no:cacheprovider", "-p", "no:contract", "-p", "no:ownserver")
    output = run(installed, "-m", "pytest", "-q", *plugins, *TESTS, cwd=folder)

    assert " passed" in output
    assert "skipped" not in output


def test_the_installed_wheel_reads_from_a_server(installed: Path, dserver: Dserver) -> None:
    """Every function that reads works, blocking and async, without a warning."""
    settings = {
        **os.environ,
        **dserver.exports,
        "DSERVER_USERNAME": "admin",
        "DSERVER_PASSWORD": "admin_password",
    }
    smoke = ROOT / "tests/support/smoke.py"

    done = subprocess.run(
        [installed, "-I", "-X", "dev", "-W", "error", smoke],
        env=settings,
        capture_output=True,
        text=True,
        timeout=120,
    )

    assert done.stderr == ""
    assert {"get_base_uris", "get_datasets", "get_me"} <= set(done.stdout.split())


def test_the_command_is_an_extra(installed: Path, built: Built, dserver: Dserver) -> None:
    """Without the extra, dserver says what to install; with it, it searches."""
    program = installed.with_name("dserver")
    without = subprocess.run([program, "--help"], capture_output=True, text=True, timeout=60)
    assert (without.returncode, without.stdout) == (1, "")
    [line] = without.stderr.splitlines()
    assert line.endswith("pip install --upgrade 'dtool-lookup-api[cli]'")

    run(installed, "-m", "pip", "install", "--quiet", f"{built.wheel}[cli]")
    found = run(program, "search", "-q", env={**os.environ, **dserver.exports})
    assert found.splitlines() == [COPY_URI, URI]
