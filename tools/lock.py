"""Lock the environments: write requirements files with exact versions and hashes.

They fit Python 3.11 and newer on every platform, and name no registry. What is locked stays as it
is if it still fits; ``--upgrade`` takes the newest versions that the ranges allow.
"""

import argparse
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from derived import ROOT

PROJECT: Final = ROOT / "pyproject.toml"
LOCKED: Final = ROOT / "requirements-dev.txt"
DTOOL: Final = ROOT / "tests/dtool/requirements.txt"
OF_PROJECT: Final = {LOCKED: ("test", "dev"), DTOOL: ("cli", "build")}
"""Where the project itself is installed: the extra and the group that are installed with it."""
COMMAND: Final = "make lock"


def sources() -> dict[Path, Path]:
    """Return the requirements files, and the sources of each."""
    places = ("devserver/requirements*.in", "tests/*/requirements.in", "benchmarks/*.in")
    pins = [path for place in places for path in ROOT.glob(place)]
    return {LOCKED: PROJECT} | {path.with_suffix(".txt"): path for path in sorted(pins)}


def lock(locked: Path, source: Path, *, upgrade: bool) -> None:
    """Write a requirements file."""
    files = [str(source.relative_to(ROOT))]
    chosen: list[str] = []
    if locked in OF_PROJECT:
        extra, group = OF_PROJECT[locked]
        chosen = ["--extra", extra, "--group", group]
        files = list(dict.fromkeys([PROJECT.name, *files]))
    options = ["--upgrade"] if upgrade else []
    subprocess.run(
        [
            Path(sys.executable).with_name("uv"),
            *("pip", "compile", "--quiet", "--universal", "--python-version", "3.11"),
            *("--generate-hashes", "--custom-compile-command", COMMAND, *options, *chosen),
            *("--output-file", str(locked.relative_to(ROOT)), *files),
        ],
        cwd=ROOT,
        check=True,
    )


def unmet() -> Iterator[tuple[Path, Requirement]]:
    """Yield each requirement that a requirements file does not satisfy."""
    for locked, source in sources().items():
        versions = _versions(locked)
        own = _requirements_of_project(*OF_PROJECT[locked]) if locked in OF_PROJECT else []
        pinned = _requirements(source) if source != PROJECT else []
        for requirement in [*own, *pinned]:
            version = versions.get(canonicalize_name(requirement.name))
            if version is None or version not in requirement.specifier:
                yield locked, requirement


def _versions(locked: Path) -> dict[str, str]:
    if not locked.exists():
        return {}
    pins = re.findall(r"^([\w.-]+)(?:\[.*\])?==(\S+)", locked.read_text("utf-8"), re.MULTILINE)
    return {canonicalize_name(name): version for name, version in pins}


def _requirements_of_project(extra: str, group: str) -> list[Requirement]:
    found = tomllib.loads(PROJECT.read_text(encoding="utf-8"))
    project = found["project"]
    texts = [*project["dependencies"], *project["optional-dependencies"][extra]]
    texts += _of_group(found["dependency-groups"], group)
    return [Requirement(text) for text in texts]


def _of_group(groups: dict[str, Any], name: str) -> Iterator[str]:
    for each in groups[name]:
        if isinstance(each, str):
            yield each
        else:
            yield from _of_group(groups, each["include-group"])


def _requirements(source: Path) -> list[Requirement]:
    lines = source.read_text(encoding="utf-8").splitlines()
    included = [source.parent / line[3:] for line in lines if line.startswith("-r ")]
    return [
        *(requirement for path in included for requirement in _requirements(path)),
        *(Requirement(line) for line in lines if line and not line.startswith(("#", "-"))),
    ]


def main() -> None:
    """Write all requirements files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--upgrade", action="store_true", help="take the newest versions")
    arguments = parser.parse_args()
    for locked, source in sources().items():
        lock(locked, source, upgrade=arguments.upgrade)


if __name__ == "__main__":
    main()
