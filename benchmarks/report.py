"""Keep the last three runs, and write table and plot from them."""

import hashlib
import json
import os
import platform
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any

import httpx

import dtool_lookup_api

from measure import Figure

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks/results.json"
TABLE = ROOT / "benchmarks/results.md"
PLOT = ROOT / "benchmarks/results.svg"

COMMAND = "make bench"
KEPT = 3
CONTROL = "again (control)"  # the same on both sides: what the measurement itself is worth
CODE = ("dtool_lookup_api", "generated", "benchmarks")

_REQUIREMENTS = (ROOT / "tests/peer/requirements.txt").read_text(encoding="utf-8")
PEER_VERSION = re.findall(r"^dtool-lookup-api==(\S+)", _REQUIREMENTS, re.MULTILINE)[0]
PEER = f"dtool-lookup-api {PEER_VERSION}"

Run = dict[str, Any]
"""A run: its ``date``, and its ``figures`` as JSON."""


def write(figures: list[Figure], panels: "list[Panel]", dserver_version: str) -> None:
    """Add a run to those that are kept, and write everything that shows them.

    Args:
        figures: What was measured.
        panels: What of it the plot shows.
        dserver_version: The version of the real dserver.
    """
    runs = add_run(figures, environment(dserver_version))
    TABLE.write_text(table(runs), encoding="utf-8")
    PLOT.write_text(plot(panels), encoding="utf-8")


def add_run(figures: list[Figure], environment: dict[str, str]) -> Run:
    """Add a run to results.json and return all that are kept.

    What was measured elsewhere, with other versions or other code, is forgotten.
    """
    kept = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    before = kept["runs"] if kept.get("environment") == environment else []
    date = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    run = {"date": date, "figures": [figure.as_json() for figure in figures]}
    runs = {"environment": environment, "runs": [*before, run][-KEPT:]}
    RESULTS.write_text(json.dumps(runs, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return runs


def environment(dserver_version: str) -> dict[str, str]:
    """Return what figures depend on, apart from the time."""
    return {
        "Python": platform.python_version(),
        "httpx": httpx.__version__,
        "dtool-lookup-api": dtool_lookup_api.__version__,
        "peer": PEER_VERSION,
        "dservercore": dserver_version,
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
        "code": code_hash(),
    }


def code_hash() -> str:
    """Return a hash of the code that is measured and of the code that measures."""
    digest = hashlib.sha256()
    for folder in CODE:
        for path in sorted((ROOT / folder).rglob("*.py")):
            digest.update(path.relative_to(ROOT).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def figures_of(run: Run) -> list[Figure]:
    """Return the figures of a run."""
    return [Figure.of_json(value) for value in run["figures"]]


# --- words -----------------------------------------------------------------------------------


def line(figure: Figure) -> str:
    """Return a figure as a line of the terminal."""
    words = [f"{figure.name:<66}", value(figure)]
    if figure.limit is not None:
        words += [f"  limit: {limit(figure)}:", "holds" if figure.holds else "MISSED"]
    return " ".join(words)


def value(figure: Figure) -> str:
    """Return the median with its spread and its unit."""
    unit = f" {figure.unit}" if figure.unit else ""
    if figure.pairs == 1:
        number = f"{figure.median:.1f}" if figure.unit else f"{figure.median:.0f}"
        return f"{number}{unit}"
    digits = 2 if figure.unit == "x" and figure.median < 10 else 1
    low, median, high = (f"{each:.{digits}f}" for each in (figure.low, figure.median, figure.high))
    return f"{median}{unit} ({low} to {high})"


def limit(figure: Figure) -> str:
    """Return what a figure must keep to."""
    if figure.limit is None:
        return ""
    unit = f" {figure.unit}" if figure.unit else ""
    return f"{figure.limit.direction} {figure.limit.value:g}{unit}"


def by_name(runs: Run) -> dict[str, dict[str, list[Figure]]]:
    """Return group → name → the figure of each run."""
    found: dict[str, dict[str, list[Figure]]] = {}
    for run in runs["runs"]:
        for figure in figures_of(run):
            found.setdefault(figure.group, {}).setdefault(figure.name, []).append(figure)
    return found


def verdict(figures: list[Figure]) -> str:
    """Return whether the median of every run keeps to the limit."""
    if figures[0].limit is None:
        return ""
    held = sum(bool(figure.holds) for figure in figures)
    return "yes" if held == len(figures) else f"**no**: in {held} of {len(figures)} runs"


# --- results.md ------------------------------------------------------------------------------


def table(runs: Run) -> str:
    """Return the page with all figures of all runs."""
    names = {
        "Python": "Python",
        "httpx": "httpx",
        "dtool-lookup-api": "dtool-lookup-api (this package)",
        "peer": "dtool-lookup-api (the peer: the release before)",
        "dservercore": "dservercore",
        "machine": "Machine",
        "code": "Hash of the code",
    }
    about = [f"| {names[key]} | {text} |" for key, text in runs["environment"].items()]
    dates = [f"Run {number}: {run['date']}" for number, run in enumerate(runs["runs"], 1)]
    groups = [group_table(group, lines) for group, lines in by_name(runs).items()]
    return "\n".join(
        [
            f"<!-- Written by `{COMMAND}`: do not edit. -->",
            "",
            "# What calls cost",
            "",
            f"Written by `{COMMAND}`, which keeps its last {KEPT} runs of the same code on the "
            "same machine.",
            "",
            "| | |",
            "| --- | --- |",
            *about,
            "",
            *(f"- {date}" for date in dates),
            "",
            "Both sides of a pair do the same work, one right after the other, in alternating "
            "order. The values are",
            "the medians of all pairs and, in brackets, their quartiles. Ratios (x) are relative "
            "to bare httpx with a",
            "kept connection unless the row says otherwise (1.0: the same time). The time of one "
            "call, walk or",
            "process is the median of the last run.",
            "",
            *groups,
        ]
    )


def group_table(group: str, lines: dict[str, list[Figure]]) -> str:
    """Return the table of a group."""
    number = max(map(len, lines.values()))
    head = ["", *(f"Run {n}" for n in range(1, number + 1)), "Limit", "Holds", "Pairs", "Time"]
    rows = [
        [
            name,
            *map(value, figures),
            limit(figures[-1]),
            verdict(figures),
            str(figures[-1].pairs),
            times(figures[-1]),
        ]
        for name, figures in lines.items()
    ]
    return f"## {group}\n\n{markdown(head, rows)}\n"


def times(figure: Figure) -> str:
    """Return how long each side took."""
    if figure.seconds is None or figure.reference_seconds is None:
        return ""
    return f"{milliseconds(figure.seconds)}, reference {milliseconds(figure.reference_seconds)}"


def milliseconds(seconds: float) -> str:
    """Return a time in milliseconds."""
    number = seconds * 1000
    return f"{number:.2f} ms" if number < 10 else f"{number:,.0f} ms"


def markdown(head: list[str], rows: list[list[str]]) -> str:
    """Return a table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


# --- plot ------------------------------------------------------------------------------------

OURS = "this package"
WIDTH, LABEL, BAR, ROW = 720, 230, 380, 26
STYLE = """\
  text { font: 13px system-ui, sans-serif; fill: #24292f }
  .head { font-weight: 600 }
  .bar { fill: #9aa4af }
  .ours { fill: #2f6fde }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 }
    .bar { fill: #6e7681 }
    .ours { fill: #58a6ff }
  }
"""


@dataclass(frozen=True)
class Panel:
    """A part of the plot: seconds as bars.

    They are the median of the first, and the others by their median ratios to it, as the medians
    of both sides may come from different moments.
    """

    title: str
    bars: dict[str, float]


def plot(panels: list[Panel]) -> str:
    """Return a bar chart; what is named after the package, or its functions, stands out."""
    rows: list[str] = []
    top = 10
    for panel in panels:
        rows.append(f'<text class="head" x="10" y="{top + 14}">{escape(panel.title)}</text>')
        top += ROW
        for label, seconds in panel.bars.items():
            width = max(1.0, BAR * seconds / max(panel.bars.values()))
            kind = "bar ours" if label.startswith(OURS) else "bar"
            after = LABEL + width + 6
            rows += [
                f'<text x="{LABEL - 8}" y="{top + 14}" text-anchor="end">{escape(label)}</text>',
                f'<rect class="{kind}" x="{LABEL}" y="{top}" width="{width:.1f}" height="18"/>',
                f'<text x="{after:.1f}" y="{top + 14}">{milliseconds(seconds)}</text>',
            ]
            top += ROW
        top += 14
    body = "\n".join(rows)
    return (
        f"<!-- Written by `{COMMAND}`: do not edit. -->\n"
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{top}" '
        f'viewBox="0 0 {WIDTH} {top}" role="img">\n'
        f"<title>What calls cost</title>\n<style>\n{STYLE}</style>\n{body}\n</svg>\n"
    )
