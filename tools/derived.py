"""Shared by the scripts that derive files: paths, and how code is formatted."""

import subprocess
import sys
from pathlib import Path
from typing import TypeAlias

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"
JsonObject: TypeAlias = "dict[str, Json]"

ROOT = Path(__file__).resolve().parent.parent
CONTRACT = ROOT / "openapi.yaml"
GENERATOR_CONFIG = ROOT / "generator-config.yaml"
LINE_LENGTH = 100


def formatted(code: str, *, tidy_imports: bool = False) -> str:
    """Format Python code with ruff, ignoring its configuration files.

    On request, imports are sorted, and those that are not used are removed.
    """
    if tidy_imports:
        code = _ruff(code, "check", "--fix", "--quiet", "--select", "I,F401")
    return _ruff(code, "format")


def _ruff(code: str, *command: str) -> str:
    ruff = str(Path(sys.executable).with_name("ruff"))
    options = ["--isolated", "--no-cache", "--line-length", str(LINE_LENGTH)]
    result = subprocess.run(
        [ruff, *command, *options, "--target-version", "py311", "-"],
        input=code.encode(),
        stdout=subprocess.PIPE,
        check=True,
    )
    return result.stdout.decode()
