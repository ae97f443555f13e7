"""Derive the types of what calls return from openapi.yaml: types.py and typed/models.py.

The types are those that the operations modules import, for their annotations. The models are for
the functions of ``typed``. (This module is not called types.py, as scripts in this folder would
import it instead of Python's own.)
"""

import ast
import re
import textwrap
from collections.abc import Iterator
from typing import Any, TypeAlias, cast

import yaml

from derived import CONTRACT, GENERATOR_CONFIG, LINE_LENGTH, formatted
from functions import uses
from public_modules import PACKAGE, originals

Schema: TypeAlias = dict[str, Any]

HEADER = '''\
# Derived by `make generate` from openapi.yaml: do not edit.
"""Types of results: plain dictionaries and lists, made from the server's JSON.

Times are seconds since 1970-01-01 UTC, sizes are bytes. Where JSON says null, Python says None. A
key marked as not required may be missing.
"""

from typing import Any, Literal, NotRequired, TypeAlias, TypedDict'''
MODELS_HEADER = '''\
# Derived by `make generate` from openapi.yaml: do not edit.
"""What calls return, as classes with attributes.

Times are seconds since 1970-01-01 UTC, sizes are bytes. What the server left out is None.
"""

from collections.abc import Mapping
from typing import Any, Self

from attrs import define

from ..core.models import Model'''

# Modules whose annotations name the types.
ANNOTATED = (*sorted((PACKAGE / "operations").glob("*.py")), PACKAGE / "results.py")
# Values that calls return without the object with one key around them.
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

    def models(self) -> str:
        """Return the text of the module of models: what calls return, and what is within it."""
        returned = {word for each, _ in originals() for word in re.findall(r"\w+", each.result)}
        found: list[str] = []
        for name in reversed(self.objects):  # what refers to others comes after them
            within = {name for other in found for name in references(self.schemas[other])}
            if self.names.get(name, name) in returned or name in within:
                found.insert(0, name)
        objects = {self.names.get(name, name): self.schemas[name] for name in found}
        parts = [
            MODELS_HEADER,
            f"__all__ = {sorted(objects)}",
            *(self.model(name, schema) for name, schema in objects.items()),
        ]
        return formatted("\n\n".join(parts))

    def model(self, name: str, schema: Schema) -> str:
        """Return the class with attributes for an object."""
        required: list[str] = schema.get("required", [])
        lines = [
            "@define(kw_only=True)",
            f"class {name}(Model):",
            docstring(schema["description"], summary=True),
            "",
        ]
        made: list[str] = []
        for key, value in schema["properties"].items():
            annotation, description = self.annotation(value), self.resolved(value)["description"]
            if key in required:
                lines.append(f"    {key}: {annotation}")
                made.append(f"{key}={self.made(value, f'rest.pop({key!r})')},")
            else:
                lines.append(f"    {key}: {annotation.removesuffix(' | None')} | None = None")
                made.append(f"{key}={self.made_if_there(value, f'rest.pop({key!r}, None)')},")
            # For a model, null and absent are one.
            description = description.replace("Null or missing", "None").replace("Null", "None")
            lines.append(docstring(description))
        lines += [
            "    @classmethod",
            "    def from_dict(cls, value: Mapping[str, Any]) -> Self:",
            f'        """Return the ``{name}`` that a dict describes."""',
            "        rest = dict(value)",
            f"        return cls({' '.join(made)} additional_properties=rest)",
        ]
        return "\n".join(lines)

    def made(self, schema: Schema, value: str) -> str:
        """Return how to write what becomes of a plain value in a model."""
        match schema:
            case {"$ref": str(reference)} | {"allOf": [{"$ref": str(reference)}]}:
                name = reference.rpartition("/")[2]
                if name in self.objects:
                    return f"{self.python(name)}.from_dict({value})"
                return self.made(self.schemas[name], value)
            case {"type": "array", "items": items} if (each := self.made(items, "each")) != "each":
                return f"[{each} for each in {value}]"
            case {"type": "object", "additionalProperties": values} if (
                each := self.made(values, "each")
            ) != "each":
                return f"{{key: {each} for key, each in {value}.items()}}"
            case _:
                return value

    def made_if_there(self, schema: Schema, value: str) -> str:
        """Return the same for a value that may be absent or null."""
        made = self.made(schema, "found")
        return value if made == "found" else f"None if (found := {value}) is None else {made}"

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
    """Write the modules into the package."""
    document = yaml.safe_load(CONTRACT.read_text(encoding="utf-8"))
    config = yaml.safe_load(GENERATOR_CONFIG.read_text(encoding="utf-8"))
    types = Types(document, config["class_overrides"])
    (PACKAGE / "types.py").write_text(types.module(), encoding="utf-8")
    (PACKAGE / "typed").mkdir(exist_ok=True)
    (PACKAGE / "typed/models.py").write_text(types.models(), encoding="utf-8")


if __name__ == "__main__":
    main()
