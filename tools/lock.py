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
from typing import Final

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from derived import ROOT

PROJECT: Final = ROOT / "pyproject.toml"
LOCKED: Final = ROOT / "requirements-dev.txt"
COMMAND: Final = "make lock"


def sources() -> dict[Path, Path]:
    """Return the requirements files, and the sources of each."""
    places = ("devserver/requirements*.in", "tests/*/requirements.in", "benchmarks/*.in")
    pins = [path for place in places for path in ROOT.glob(place)]
    return {LOCKED: PROJECT} | {path.with_suffix(".txt"): path for path in sorted(pins)}


def lock(locked: Path, source: Path, *, upgrade: bool) -> None:
    """Write a requirements file."""
    chosen = ["--extra", "test", "--group", "dev"] if source == PROJECT else []
    options = ["--upgrade"] if upgrade else []
    subprocess.run(
        [
            Path(sys.executable).with_name("uv"),
            *("pip", "compile", "--quiet", "--universal", "--python-version", "3.11"),
            *("--generate-hashes", "--custom-compile-command", COMMAND, *options, *chosen),
            *("--output-file", locked.relative_to(ROOT), source.relative_to(ROOT)),
        ],
        cwd=ROOT,
        check=True,
    )


def unmet() -> Iterator[tuple[Path, Requirement]]:
    """Yield each requirement that a requirements file does not satisfy."""
    for locked, source in sources().items():
        versions = _versions(locked)
        for requirement in _requirements(source):
            version = versions.get(canonicalize_name(requirement.name))
            if version is None or version not in requirement.specifier:
                yield locked, requirement


def _versions(locked: Path) -> dict[str, str]:
    if not locked.exists():
        return {}
    pins = re.findall(r"^([\w.-]+)(?:\[.*\])?==(\S+)", locked.read_text("utf-8"), re.MULTILINE)
    return {canonicalize_name(name): version for name, version in pins}


def _requirements(source: Path) -> list[Requirement]:
    if source == PROJECT:
        project = tomllib.loads(source.read_text(encoding="utf-8"))
        own = project["project"]["name"]
        groups = project["dependency-groups"].values()
        texts: list[object] = [
            *project["project"]["dependencies"],
            *project["project"]["optional-dependencies"]["test"],
            *(text for group in groups for text in group),
        ]
        found = [Requirement(text) for text in texts if isinstance(text, str)]
        return [requirement for requirement in found if requirement.name != own]
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
