"""Derive the table of 0.10 names in docs/migration.md, from dtool_lookup_api/legacy/aliases.py."""

import argparse
from pathlib import Path

from derived import ROOT
from public_modules import ALIASES

DOCUMENT = "docs/migration.md"
BEGIN = "<!-- Derived by `make generate` from dtool_lookup_api/legacy/aliases.py -->\n"
END = "<!-- End of what is derived -->\n"


def document(text: str) -> str:
    """Return the page with a new table between its marks."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise SystemExit(f"{DOCUMENT} lacks the marks of the table")
    rows = ["| 0.10 | 0.11 | Parameters |", "| --- | --- | --- |"]
    for name, alias in ALIASES.items():
        differing = [f"`{new}` instead of `{old}`" for old, new in alias.renamed.items()]
        differing += [
            f"`{key}` was `{value}` by default" for key, value in alias.defaults.items() if value
        ]
        rows.append(f"| `{name}` | `{alias.replacement}` | {', '.join(differing)} |")
    return "\n".join([f"{before}{begin}", *rows, f"\n{end}{after}"])


def main() -> None:
    """Write the page into the project, or into another folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=ROOT)
    output: Path = parser.parse_args().output
    text = document((ROOT / DOCUMENT).read_text(encoding="utf-8"))
    (output / DOCUMENT).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
