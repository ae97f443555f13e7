"""Check that nothing derived is stale or edited: derive it all again and compare.

Prints each file that differs, and the command that puts it right.
"""

import filecmp
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from derived import ROOT
from lock import COMMAND, unmet

TOOLS = ROOT / "tools"
PACKAGE = ROOT / "dtool_lookup_api"


def derive(script: str, output: Path) -> None:
    """Let a script derive its files in another place."""
    subprocess.run([sys.executable, TOOLS / script, "--output", output], check=True)


def files(folder: Path) -> set[Path]:
    """Return the files of a folder that matter, relative to it."""
    found = {path.relative_to(folder) for path in folder.rglob("*") if path.is_file()}
    return {path for path in found if "__pycache__" not in path.parts}


def differing(derived: Path, committed: Path) -> list[Path]:
    """Return the committed files that are not as derived."""
    if derived.is_file():
        same = committed.is_file() and filecmp.cmp(derived, committed, shallow=False)
        return [] if same else [committed]
    names = files(derived) | files(committed)
    found = [differing_file(derived / name, committed / name) for name in sorted(names)]
    return [path for path in found if path]


def differing_file(derived: Path, committed: Path) -> Path | None:
    """Return a committed file that is not as derived, is missing, or is too many."""
    if derived.is_file() and committed.is_file():
        return None if filecmp.cmp(derived, committed, shallow=False) else committed
    return committed


def stale(temporary: Path) -> list[tuple[Path, str]]:
    """Return what differs, and the command to run."""
    contract = temporary / "openapi.yaml"
    derive("spec.py", contract)
    found = [(path, "make spec generate") for path in differing(contract, ROOT / "openapi.yaml")]

    derive("generate.py", temporary)
    derive("result_types.py", temporary / "types.py")
    derive("surfaces.py", temporary)
    (temporary / "core").mkdir()
    derive("routes.py", temporary / "core/routes.py")
    pairs = [
        (temporary / "dserver_client", ROOT / "generated/dserver_client"),
        (temporary / "core/routes.py", PACKAGE / "core/routes.py"),
        *((path, PACKAGE / path.name) for path in sorted(temporary.glob("*.py"))),
    ]
    for derived, committed in pairs:
        found += [(path, "make generate") for path in differing(derived, committed)]
    return found


def main() -> None:
    """Exit with status 1 if anything derived differs from what is here."""
    temporary = Path(tempfile.mkdtemp())
    try:
        found = stale(temporary)
    finally:
        shutil.rmtree(temporary)
    found += [(locked, f"{COMMAND}` for `{requirement}") for locked, requirement in unmet()]
    for path, command in found:
        print(f"{path.relative_to(ROOT)} is stale or was edited: run `{command}`", file=sys.stderr)
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
