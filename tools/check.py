"""Check that nothing derived is stale or edited: derive it all again and compare.

Prints each file that differs, and the command that puts it right. openapi.yaml says in its first
line which server it is of, and is compared with what that server publishes.
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
    """Exit with status 1 if anything derived differs from what is here."""
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
