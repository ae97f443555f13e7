"""Generate the package dtool_lookup_rest from openapi.yaml, with openapi-python-client."""

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

from derived import CONTRACT, GENERATOR_CONFIG, ROOT

PACKAGE = "dtool_lookup_rest"
TEMPLATES = ROOT / "tools/templates"
NOTICE = """\
# Never edit this folder

`make generate` derives it from `openapi.yaml`, by openapi-python-client with
`generator-config.yaml`, and empties it first. What it says is changed by an action in `overlay/`.
"""
UNSET_METHODS = """\
    def __repr__(self) -> str:
        return "UNSET"

    def __reduce__(self) -> str:
        return "UNSET"

"""


def generate(package: Path) -> None:
    """Generate the package in a folder, which is emptied before."""
    # The generator itself leaves files of earlier runs behind.
    shutil.rmtree(package, ignore_errors=True)
    tools = Path(sys.executable).parent
    command: list[str | Path] = [
        *(tools / "openapi-python-client", "generate", "--meta", "none", "--fail-on-warning"),
        *("--custom-template-path", TEMPLATES),
        *("--path", CONTRACT, "--config", GENERATOR_CONFIG, "--output-path", package),
    ]
    # Without ruff on the path, the generator skips formatting.
    environment = {**os.environ, "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}"}
    subprocess.run(command, env=environment, check=True)
    _keep_unset_single(package / "types.py")
    # Only whole projects get one from the generator.
    (package / "py.typed").touch()
    (package / "NOTICE.md").write_text(NOTICE, encoding="utf-8")


def _keep_unset_single(types: Path) -> None:
    """Let copies and pickles of a model hold the very object UNSET, which makes them equal."""
    before = types.read_text(encoding="utf-8")
    head = "class Unset:\n"
    if before.count(head) != 1:
        raise SystemExit(f"{types} has no class Unset any more: is this function still needed?")
    types.write_text(before.replace(head, head + UNSET_METHODS), encoding="utf-8")


def main() -> None:
    """Generate the package below generated/, or below another folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=ROOT / "generated")
    generate(parser.parse_args().output.resolve() / PACKAGE)


if __name__ == "__main__":
    main()
