"""Write the names of the functions where the package lists them.

These are the import from ``synchronous``, ``__all__`` and the table of modules in
dtool_lookup_api/__init__.py, and the table in docs/functions.md, where a new function follows the
one before it in its module.
"""

import ast
import re
from itertools import pairwise

from derived import ROOT, formatted
from public_modules import PACKAGE, exported_by, originals

MODULE = PACKAGE / "__init__.py"
PAGE = ROOT / "docs/functions.md"


def module(text: str) -> str:
    """Return the package's module with the names of all functions."""
    functions = exported_by(PACKAGE / "synchronous.py")
    lines = text.splitlines(keepends=True)
    tree = ast.parse(text)
    statements = {_kind(node): node for node in ast.walk(tree) if isinstance(node, ast.stmt)}
    elsewhere = _imported(tree)
    new = {
        "_ELSEWHERE": f"_ELSEWHERE = {dict(sorted(elsewhere.items()))!r}\n",
        "__all__": f"__all__ = {sorted({*functions, *elsewhere}, key=_order)!r}\n",
        "synchronous": f"from .synchronous import {', '.join(functions)}\n",
    }
    for kind, statement in new.items():  # the last first, so that line numbers stay
        node = statements[kind]
        lines[node.lineno - 1 : node.end_lineno] = [" " * node.col_offset + statement]
    return formatted("".join(lines))


def _kind(node: ast.stmt) -> str:
    match node:
        case ast.Assign(targets=[ast.Name(id=name)]):
            return name
        case ast.ImportFrom(module="synchronous", names=[_, _, *_]):
            return "synchronous"
        case _:
            return ""


def _imported(tree: ast.Module) -> dict[str, str]:
    """Return the public names that come from other modules of the package, with their modules."""
    return {
        alias.name: node.module
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.level and node.module
        if node.module != "synchronous"
        for alias in node.names
        if not alias.asname  # `name as name` keeps a name out of star imports
    }


def _order(name: str) -> tuple[bool, str]:
    """Sort constants before classes and functions."""
    return not name.isupper(), name


def table(text: str) -> str:
    """Return the page, with all functions and no others in its table."""
    before, begin, rest = text.partition("| --- | --- |\n")
    rows, end, after = rest.partition("\n\n")
    documented = [function.name for function, _ in originals()]
    for name in re.findall(r"`(\w+)`", rows):
        if name not in {*documented, *exported_by(MODULE)}:
            rows = re.sub(f", `{name}`|`{name}`, ", "", rows)
    for previous, name in pairwise(documented):
        if f"`{name}`" not in rows:
            rows = rows.replace(f"`{previous}`", f"`{previous}`, `{name}`")
    return "".join((before, begin, rows, end, after))


def main() -> None:
    """Write the module and the page."""
    for path, changed in ((MODULE, module), (PAGE, table)):
        path.write_text(changed(path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
