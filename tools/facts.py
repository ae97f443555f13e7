"""The facts about each operation in a document, by which two documents can be compared.

Descriptions, order and names of components are not facts.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias, cast

from repairs import component, merge, operations, route

from derived import Json, JsonObject

Schema: TypeAlias = dict[str, Any]

NUMBER_FORMATS = ("double", "float", "int32", "int64")


class Fact(NamedTuple):
    """A fact about a parameter, a field or a response."""

    type: str
    required: bool = False
    nullable: bool = False
    values: tuple[str, ...] = ()
    least: float | None = None
    most: float | None = None


class Name(NamedTuple):
    """Where a fact belongs: a part such as `response 200`, and a field such as `[].uri`.

    `[]` is an entry of a list, `.*` a value of an object with any keys. The place as a whole has
    no field.
    """

    place: str
    field: str = ""

    def __str__(self) -> str:
        """Return it as it is written in reports."""
        return f"{self.place}: {self.field}" if self.field else self.place

    def is_in(self, other: "Name") -> bool:
        """Return whether this is inside another place."""
        if self.place != other.place or not other.field:
            return (
                f"{self.place} ".startswith(f"{other.place} ") and not other.field and self != other
            )
        rest = self.field.removeprefix(other.field)
        return rest != self.field and rest[:1] in (".", "[")


@dataclass(frozen=True)
class Operation:
    """An operation of a document."""

    method: str
    path: str
    id: str
    tag: str
    facts: dict[Name, Fact] = field(default_factory=dict[Name, Fact], repr=False)

    def __str__(self) -> str:
        """Return it as it is written in reports."""
        shown = f"{self.method.upper()} {self.path}"
        return f"{self.id} ({shown})" if self.id else shown


def read(document: JsonObject) -> dict[str, Operation]:
    """Return the operations of a document by route, such as `GET /uris/{}`."""
    reader = _Reader(document)
    return {
        route(method, path): Operation(
            method,
            path,
            str(operation.get("operationId", "")),
            str(cast("list[Json]", operation.get("tags") or [""])[0]),
            dict(reader.facts(path, operation)),
        )
        for method, path, operation in operations(document)
    }


class _Reader:
    """Reads the facts of one document."""

    def __init__(self, document: Schema) -> None:
        self.document = document

    def facts(self, path: str, operation: Schema) -> Iterator[tuple[Name, Fact]]:
        """Yield the facts about an operation."""
        shared = self.document["paths"][path].get("parameters", [])
        for given in [*shared, *operation.get("parameters", [])]:
            parameter = self.resolved(given)
            name = parameter["name"]
            if parameter["in"] == "path":  # its position counts, since the name isn't sent
                name = str(path.partition("{" + name + "}")[0].count("{") + 1)
            place = Name(f"{parameter['in']} parameter {name}")
            required = parameter.get("required", False)
            yield from self.fields(place, parameter.get("schema", {}), required=required)
        if "requestBody" in operation:
            body = self.resolved(operation["requestBody"])
            yield from self.content(Name("body"), body, required=body.get("required", False))
        for status, given in operation.get("responses", {}).items():
            response = self.resolved(given)
            yield from self.content(Name(f"response {status}"), response, required=True)
            for header in response.get("headers", {}):
                yield Name(f"response {status} header {header}"), Fact("header", required=True)

    def content(self, name: Name, value: Schema, *, required: bool) -> Iterator[tuple[Name, Fact]]:
        """Yield the facts about a body."""
        content: Schema = value.get("content", {})
        if "application/json" in content or not content:
            schema = content.get("application/json", {}).get("schema", {})
            yield from self.fields(name, schema, required=required)
        else:
            yield name, Fact(", ".join(sorted(content)), required)

    def fields(
        self, name: Name, given: Schema, *, required: bool, above: tuple[Schema, ...] = ()
    ) -> Iterator[tuple[Name, Fact]]:
        """Yield the facts about a value and all its parts."""
        schema = self.resolved(given)
        yield name, self.fact(schema, required=required)
        if schema in above:  # a schema that holds itself
            return
        above = (*above, schema)
        inner = name.field + "." if name.field else ""
        for key, value in schema.get("properties", {}).items():
            needed = key in schema.get("required", [])
            part = Name(name.place, inner + key)
            yield from self.fields(part, value, required=needed, above=above)
        if schema.get("items"):
            part = Name(name.place, name.field + "[]")
            yield from self.fields(part, schema["items"], required=True, above=above)
        rest = schema.get("additionalProperties")
        if rest and rest is not True:
            part = Name(name.place, inner + "*")
            yield from self.fields(part, rest, required=False, above=above)

    def fact(self, schema: Schema, *, required: bool) -> Fact:
        """Return the facts about a value itself."""
        named = schema.get("type", "object" if "properties" in schema else [])
        kinds: list[str] = [named] if isinstance(named, str) else list(named or ())
        variants: list[Schema] = schema.get("oneOf") or schema.get("anyOf") or []
        for variant in variants:
            kinds.append(self.fact(self.resolved(variant), required=False).type)
        nullable = schema.get("nullable", False) or "null" in kinds
        words = " or ".join(sorted({kind for kind in kinds if kind != "null"})) or "any"
        form = schema.get("format")
        if form and form not in NUMBER_FORMATS:
            words += f" ({form})"
        values = tuple(sorted(map(str, schema.get("enum", ()))))
        return Fact(words, required, nullable, values, schema.get("minimum"), schema.get("maximum"))

    def resolved(self, schema: Schema) -> Schema:
        """Resolve the references of a schema or component, and merge its parts."""
        if "$ref" in schema:
            schema = self.resolved(component(self.document, schema["$ref"]))
        if "allOf" not in schema:
            return schema
        whole: Schema = {}
        for part in [*schema["allOf"], {key: schema[key] for key in schema if key != "allOf"}]:
            merge(whole, self.resolved(part))
        return whole
