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
# Changes of modules that the generator writes: module, text, how often it occurs, and its
# replacement.
CHANGES = (
    # Copies and pickles of a model refer to the same UNSET, so they are equal.
    (
        "types.py",
        "class Unset:\n",
        1,
        """\
class Unset:
    def __repr__(self) -> str:
        return "UNSET"

    def __reduce__(self) -> str:
        return "UNSET"

""",
    ),
    # Error responses are always raised, by a method that a client may override.
    ("types.py", "    parsed: T | None\n", 1, "    parsed: T\n"),
    ("client.py", "import Any, Self\n", 1, "import Any, NoReturn, Self\n"),
    ("client.py", "evolve, field\n", 1, "evolve, field\n\nfrom . import errors\n"),
    (
        "client.py",
        "    raise_on_unexpected_status: bool = field(default=False, kw_only=True)\n",
        2,
        "",
    ),
    (
        "client.py",
        '    """Whether or not to raise an errors.UnexpectedStatus if the API returns a status '
        "code that was not documented in the source OpenAPI document. Can also be provided as a "
        'keyword argument to the constructor."""\n',
        2,
        "",
    ),
    (
        "client.py",
        "    def with_headers(",
        2,
        '''\
    def refuse(
        self, response: httpx.Response, operation: str, error: Exception | None = None
    ) -> NoReturn:
        """Raise the error for a response that is not a documented success, or that cannot be read

        Args:
            response: The response.
            operation: The name of the operation.
            error: What parsing the body raised.
        """
        raise error or errors.UnexpectedStatus(response.status_code, response.content)

    def with_headers(''',
    ),
)


def generate(package: Path) -> None:
    """Generate the package in a folder, which is emptied first."""
    # The generator keeps files of earlier runs.
    shutil.rmtree(package, ignore_errors=True)
    tools = Path(sys.executable).parent
    command: list[str | Path] = [
        *(tools / "openapi-python-client", "generate", "--meta", "none", "--fail-on-warning"),
        *("--custom-template-path", TEMPLATES),
        *("--path", CONTRACT, "--config", GENERATOR_CONFIG, "--output-path", package),
    ]
    # The generator doesn't format if ruff is not on the path.
    environment = {**os.environ, "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}"}
    subprocess.run(command, env=environment, check=True)
    for module, before, count, after in CHANGES:
        _change(package / module, before, count, after)
    # The generator writes one only for whole projects.
    (package / "py.typed").touch()
    (package / "NOTICE.md").write_text(NOTICE, encoding="utf-8")


def _change(module: Path, before: str, count: int, after: str) -> None:
    """Replace a text that has to occur in a module a given number of times."""
    text = module.read_text(encoding="utf-8")
    if text.count(before) != count:
        raise SystemExit(f"{module} has not {count} times {before!r}: is the change still needed?")
    module.write_text(text.replace(before, after), encoding="utf-8")


def main() -> None:
    """Generate the package in generated/, or in another folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=ROOT / "generated")
    generate(parser.parse_args().output.resolve() / PACKAGE)


if __name__ == "__main__":
    main()
