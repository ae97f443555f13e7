"""Derive dtool_lookup_api/types.py from openapi.yaml: the types of what calls return.

The types are those that the operations modules import, for their annotations. (This module is not
called types.py, as scripts in this folder would import it instead of Python's own.)
"""

import argparse
import ast
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias, cast

import yaml

from derived import CONTRACT, GENERATOR_CONFIG, LINE_LENGTH, formatted
from functions import uses
from surfaces import PACKAGE

Schema: TypeAlias = dict[str, Any]

MODULE = PACKAGE / "types.py"
HEADER = '''\
# Derived by `make generate` from openapi.yaml: do not edit.
"""Types of what calls return: plain dictionaries and lists, made from the server's JSON.

Times are seconds since 1970-01-01 UTC, sizes are bytes. Where JSON says null, Python says None. A
key marked as not required may be absent.
"""

from typing import Any, Literal, NotRequired, TypeAlias, TypedDict'''

# Modules whose annotations name the types.
ANNOTATED = (*sorted((PACKAGE / "operations").glob("*.py")), PACKAGE / "results.py")
# Values that calls return without the object of one key around them.
VALUES = {
    "Annotations": ("Annotation", "annotations"),
    "ServerConfig": ("Config", "config"),
    "ServerVersions": ("Version", "versions"),
}
# Fields to sort by: what they sort, and the operation that knows them.
SORT_FIELDS = {
    "DatasetSortField": ("datasets", "listDatasets"),
    "UserSortField": ("users", "listUsers"),
    "BaseUriSortField": ("base URIs", "listBaseUris"),
}
OTHERS = ("FunctionName", "JsonObject")
FUNCTION_NAME = "Name of a function that `offers` accepts."
PLAIN = {"string": "str", "integer": "int", "number": "float", "boolean": "bool"}


class Types:
    """Writes the schemas of a document as Python types."""

    def __init__(self, document: Schema, overrides: dict[str, dict[str, str]]) -> None:
        self.schemas: dict[str, Schema] = document["components"]["schemas"]
        self.operations: dict[str, Schema] = {
            operation["operationId"]: operation
            for path in document["paths"].values()
            for operation in path.values()
            if "operationId" in operation
        }
        # The same names as those of the generated models.
        self.names = {name: override["class_name"] for name, override in overrides.items()}
        self.objects: list[str] = []
        """Schemas that become a TypedDict, each after those that it refers to."""
        self._found: set[str] = set()
        schema_names = {self.names.get(name, name): name for name in self.schemas}
        for name in sorted(imported_types() - {*VALUES, *SORT_FIELDS, *OTHERS}):
            if name not in schema_names:
                raise SystemExit(f"openapi.yaml has no schema for {name}, which operations import")
            self.add_object(schema_names[name])

    def add_object(self, name: str) -> None:
        """Add a schema to the objects, and the objects that it refers to before it."""
        if name not in self._found:
            self._found.add(name)
            for reference in references(self.schemas[name]):
                if "properties" in self.schemas[reference]:
                    self.add_object(reference)
            self.objects.append(name)

    def module(self) -> str:
        """Return the text of the module."""
        objects = {self.names.get(name, name): self.schemas[name] for name in self.objects}
        names = sorted([*OTHERS, *VALUES, *SORT_FIELDS, *objects])
        parts = [
            HEADER,
            f"__all__ = {names}",
            *self.aliases(),
            *(self.typed_dict(name, schema) for name, schema in objects.items()),
        ]
        return formatted("\n\n".join(parts))

    def aliases(self) -> Iterator[str]:
        """Yield the types that aren't objects with known keys."""
        yield alias("JsonObject", self.python("JsonObject"), self.schemas["JsonObject"])
        for name, (owner, key) in VALUES.items():
            schema = self.schemas[owner]["properties"][key]
            yield alias(name, self.annotation(schema), schema)
        for name, (entries, operation) in SORT_FIELDS.items():
            schema = {"description": f"Field that a list of {entries} can be sorted by."}
            yield alias(name, literal(self.operations[operation]["x-sortable"]), schema)
        documented = sorted(function.name for function, _ in uses())
        yield alias("FunctionName", literal(documented), {"description": FUNCTION_NAME})

    def typed_dict(self, name: str, schema: Schema) -> str:
        """Return the class for an object."""
        required: list[str] = schema.get("required", [])
        lines = [f"class {name}(TypedDict):", docstring(schema["description"], summary=True), ""]
        for key, value in schema["properties"].items():
            annotation = self.annotation(value)
            lines += [
                f"    {key}: {annotation if key in required else f'NotRequired[{annotation}]'}",
                docstring(self.resolved(value)["description"]),
            ]
        return "\n".join(lines)

    def annotation(self, schema: Schema) -> str:
        """Return the Python type of a value."""
        match schema:
            case {"$ref": str(reference)} | {"allOf": [{"$ref": str(reference)}]}:
                annotation = self.python(reference.rpartition("/")[2])
            case {"format": "http-date"}:
                annotation = "float"  # core/responses.py makes seconds of it
            case {"enum": values}:
                annotation = literal(values)
            case {"type": "array", "items": items}:
                annotation = f"list[{self.annotation(items)}]"
            case {"type": "object", "additionalProperties": values}:
                annotation = f"dict[str, {self.annotation(values)}]"
            case _:
                annotation = PLAIN.get(schema.get("type", ""), "Any")
        return f"{annotation} | None" if schema.get("nullable") else annotation

    def python(self, name: str) -> str:
        """Return the Python type of a schema with a name."""
        if name in self.objects:
            return self.names.get(name, name)
        return self.annotation(self.schemas[name])

    def resolved(self, schema: Schema) -> Schema:
        """Return a schema, or the one that it refers to."""
        return self.schemas[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema


def imported_types() -> set[str]:
    """Return the names that modules with annotations import from the module of types."""
    return {
        alias.name
        for path in ANNOTATED
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ImportFrom) and node.level and node.module == "types"
        for alias in node.names
    }


def references(schema: Any) -> Iterator[str]:
    """Yield the names of the schemas that a schema refers to."""
    match schema:
        case {"$ref": str(reference)}:
            yield reference.rpartition("/")[2]
        case dict():
            for value in cast(Schema, schema).values():
                yield from references(value)
        case list():
            for value in cast(list[Any], schema):
                yield from references(value)
        case _:
            return


def alias(name: str, annotation: str, schema: Schema) -> str:
    """Return a named type that isn't a class."""
    return f"{name}: TypeAlias = {annotation}\n{docstring(schema['description'], indent='')}"


def literal(values: list[str]) -> str:
    """Return the type of one of these texts."""
    return f"Literal[{', '.join(map(repr, values))}]"


def docstring(text: str, *, summary: bool = False, indent: str = "    ") -> str:
    """Return a wrapped docstring, on request with its first sentence on a line of its own."""
    first, _, rest = text.partition(". ") if summary else (text, "", "")
    paragraphs = [f"{first}." if rest else first, rest]
    wrapped = "\n\n".join(
        textwrap.fill(paragraph, LINE_LENGTH - 8, break_on_hyphens=False)
        for paragraph in filter(None, paragraphs)
    )
    end = "\n" if "\n" in wrapped else ""
    return textwrap.indent(f'"""{wrapped}{end}"""', indent, lambda line: bool(line.strip()))


def main() -> None:
    """Write dtool_lookup_api/types.py."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=MODULE)
    output: Path = parser.parse_args().output
    document = yaml.safe_load(CONTRACT.read_text(encoding="utf-8"))
    config = yaml.safe_load(GENERATOR_CONFIG.read_text(encoding="utf-8"))
    output.write_text(Types(document, config["class_overrides"]).module(), encoding="utf-8")


if __name__ == "__main__":
    main()
