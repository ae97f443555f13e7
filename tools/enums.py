"""Replace equal enums by one schema, so that they become one type.

The generator makes a type of each list where it stands: `state` as a parameter and `state` in the
answer would be two, and a value of the one would not be accepted as the other.
"""

from collections.abc import Iterator
from typing import Any, TypeAlias, cast

from repairs import operations

from derived import JsonObject

Schema: TypeAlias = dict[str, Any]

# Keywords that an enum keeps where it is used.
KEPT = {"description", "example"}


def share(contract: JsonObject) -> None:
    """Move each enum that occurs more than once to a schema of its own, in place."""
    uses: dict[tuple[str, ...], list[tuple[str, Schema]]] = {}
    for name, schema in places(contract):
        uses.setdefault(tuple(sorted(map(str, schema["enum"]))), []).append((name, schema))
    schemas: Schema = cast("Schema", contract["components"])["schemas"]
    for same in uses.values():
        name, first = same[0]
        if len(same) > 1 and name not in schemas:
            schemas[name] = dict(first)
            for _, schema in same:
                for key in schema.keys() - KEPT:
                    del schema[key]
                schema["allOf"] = [{"$ref": f"#/components/schemas/{name}"}]


def places(contract: JsonObject) -> Iterator[tuple[str, Schema]]:
    """Yield the inline enums, each with a name for its schema."""
    components = cast("Schema", contract["components"])
    for owner, schema in components.get("schemas", {}).items():
        for key, value in schema.get("properties", {}).items():
            yield from enums(capitalized(owner) + capitalized(key), value)
    for _, _, operation in operations(contract):
        name = capitalized(str(operation["operationId"]))
        for parameter in cast("list[Schema]", operation.get("parameters", [])):
            if "name" in parameter:
                yield from enums(name + capitalized(parameter["name"]), parameter["schema"])


def enums(name: str, schema: Schema) -> Iterator[tuple[str, Schema]]:
    """Yield a schema, or that of its entries, if it is an enum and nothing else."""
    if "enum" in schema and "type" in schema and schema.keys() <= KEPT | {"enum", "type"}:
        yield name, schema
    elif isinstance(schema.get("items"), dict):
        yield from enums(name, schema["items"])


def capitalized(name: str) -> str:
    """Return a name with capitals in place of underscores."""
    return "".join(word[:1].upper() + word[1:] for word in name.replace("-", "_").split("_"))
