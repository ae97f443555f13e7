"""Compare the interface of the SDK in two copies of the project, for the changelog.

The interface is what users write: functions with their parameters, keys of results, and the
operations and models of the generated package. Descriptions are not part of it.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

SECTIONS = ("Added", "Changed", "Removed")
# The function of an operation's module that has the arguments of users.
ARGUMENTS = "_get_kwargs"
LOW_LEVEL = "low-level "


def interface(project: Path) -> dict[str, str]:
    """Return each name of the interface, with its signature or type."""
    package = project / "dtool_lookup_api"
    found = {
        node.name: signature(node)
        for node in tree(package / "synchronous.py").body
        if isinstance(node, ast.FunctionDef)
    }
    found |= dict(names(tree(package / "types.py")))
    for path in sorted((project / "generated").glob("*/models/*.py")):
        found |= {LOW_LEVEL + name: text for name, text in names(tree(path))}
    for path in sorted((project / "generated").glob("*/api/*/*.py")):
        for node in tree(path).body:
            if isinstance(node, ast.FunctionDef) and node.name == ARGUMENTS:
                found[LOW_LEVEL + path.stem] = f"({ast.unparse(node.args)})"
    return found


def tree(path: Path) -> ast.Module:
    """Return the syntax tree of a module."""
    return ast.parse(path.read_text(encoding="utf-8"))


def signature(function: ast.FunctionDef) -> str:
    """Return parameters and result of a function."""
    returns = f" -> {ast.unparse(function.returns)}" if function.returns else ""
    return f"({ast.unparse(function.args)}){returns}"


def names(module: ast.Module) -> Iterator[tuple[str, str]]:
    """Yield the fields of classes, and the named types, each with its type."""
    for node in module.body:
        match node:
            case ast.ClassDef(name=owner, body=body):
                for each in body:
                    if isinstance(each, ast.AnnAssign):
                        yield f"{owner}.{ast.unparse(each.target)}", ast.unparse(each.annotation)
            case (
                ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
                | ast.Assign(targets=[ast.Name(id=name)], value=ast.Subscript() as value)
            ):
                yield name, ast.unparse(value)
            case _:
                continue


def changelog(before: dict[str, str], after: dict[str, str]) -> str:
    """Return the differences as lines for CHANGELOG.md, empty if there are none."""
    lines: dict[str, list[str]] = {section: [] for section in SECTIONS}
    for name in sorted({*before, *after}, key=lambda name: (name.startswith(LOW_LEVEL), name)):
        shown = f"{LOW_LEVEL if name.startswith(LOW_LEVEL) else ''}`{name.removeprefix(LOW_LEVEL)}`"
        if name not in before:
            lines["Added"].append(f"- {shown}: `{after[name]}`")
        elif name not in after:
            lines["Removed"].append(f"- {shown}: `{before[name]}`")
        elif before[name] != after[name]:
            lines["Changed"].append(f"- {shown}: `{before[name]}` is now `{after[name]}`")
    return "\n\n".join(
        "\n".join([f"### {section}", "", *lines[section]]) for section in SECTIONS if lines[section]
    )
