"""Follow a dserver: report differences, derive all files for it, and check the result.

The steps: what differs from the pinned server and what breaks; what the overlay has to describe;
derivation in a copy of the project; types of the operations against what is derived; and the
difference of the SDK's interface, as lines for CHANGELOG.md. Derived files are taken over once all
steps succeed. Otherwise nothing is changed, and the output says what to do.

Exit status: 0 if the derived files are those for this server, 1 if there is something to do, 2 if
the document can't be read.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

from derivation import StepError, derivation
from interface import changelog, interface

import document as source
import drift
import spec
from derived import ROOT, JsonObject

# Its own configuration, as `make check` finds the generated package elsewhere.
CACHE = ROOT / ".mypy_cache/follow"


def check_types(tree: Path) -> None:
    """Check that the operations fit the generated package, in a copy of the project.

    Raises:
        StepError: If they don't.
    """
    command = ["mypy", "--show-error-context", "--no-error-summary", "--follow-imports", "silent"]
    done = subprocess.run(
        [sys.executable, "-m", *command, "--cache-dir", CACHE, "dtool_lookup_api/operations"],
        cwd=tree,
        env={**os.environ, "MYPYPATH": "generated"},
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise StepError(f"Functions don't fit what the server publishes:\n{done.stdout}".rstrip())


def follow(name: str, published: JsonObject, origin: str) -> None:
    """Print each step, and put the result in place.

    Args:
        name: What to call the server.
        published: What it publishes.
        origin: How make was asked for it; empty for the pinned server.

    Raises:
        OverlayError: If the overlay has to describe something.
        StepError: If the derivation or the check of types fails.
    """
    title("What differs")
    print(drift.as_text(drift.compare(name, source.pinned(), published)))
    contract, remarks = spec.contract(name, published, origin)
    if remarks:
        title("What the overlay no longer has to do")
        print("\n".join([*remarks, ""]))
    with derivation() as new:
        new.run(contract)
        check_types(new.tree)
        lines = changelog(interface(ROOT), interface(new.tree))
        changed = new.take_over()
    title("For CHANGELOG.md")
    print(lines or "The interface is the same.")
    count = f"{len(changed)} derived file{'' if len(changed) == 1 else 's'}"
    print(f"\n{count} changed. Next: `make check`, then `make test-all`.")


def title(text: str) -> None:
    """Print the title of a step."""
    print(f"== {text} ==\n", flush=True)


def main() -> None:
    """Follow the server that the arguments select."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    source.add_arguments(parser)
    arguments = parser.parse_args()
    try:
        name, published = source.chosen(arguments)
        follow(name, published, source.origin(arguments))
    except source.DocumentError as error:
        print(f"follow.py: {error}", file=sys.stderr)
        sys.exit(2)
    except (spec.OverlayError, StepError) as error:
        title("What to do")
        print(f"{error}\n\nNothing was changed. Run the same command again after that.")
        sys.exit(1)


if __name__ == "__main__":
    main()
