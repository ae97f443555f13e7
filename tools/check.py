"""Check that derived files are up to date and not edited: derive them again, and compare.

Prints each file that differs, and the command that puts it right. openapi.yaml says in its first
line which server it describes, and is compared with that server's document.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from derivation import StepError, derivation

import document as source
import spec
from derived import CONTRACT, ROOT
from lock import COMMAND, unmet


def stale() -> Iterator[tuple[Path, str]]:
    """Yield each derived file that differs, and the command to run."""
    origin = spec.origin_of(CONTRACT)
    contract, _ = spec.contract(*source.chosen(source.chosen_as(origin)), origin)
    with derivation() as new:
        new.run(contract)
        found = new.changed()
    command = f"make spec generate {origin}".strip()
    for path in found:
        yield path, command if Path(CONTRACT.name) in found else "make generate"


def main() -> None:
    """Exit with status 1 if a derived file differs from the file in the project."""
    try:
        found = list(stale())
    except (source.DocumentError, spec.OverlayError, StepError) as error:
        sys.exit(f"check.py: {error}")
    found += [
        (path.relative_to(ROOT), f"{COMMAND}` for `{requirement}") for path, requirement in unmet()
    ]
    for path, command in found:
        print(f"{path} is stale or was edited: run `{command}`", file=sys.stderr)
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
