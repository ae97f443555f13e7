"""The parts of a document that the overlay doesn't describe yet, as actions to be completed.

Operations need a name and descriptions, and fields need descriptions, which document the functions,
arguments and keys of results.
"""

import re
import textwrap
from collections.abc import Iterator
from typing import Any, NamedTuple, TypeAlias, cast

import yaml
from repairs import operations

from derived import JsonObject

Schema: TypeAlias = dict[str, Any]

# Marks where a description is missing.
BLANK = "…"

WORDS = ("operationId", "tags", "summary", "description", "x-permission")
REFUSALS = {
    "400": "BAD_REQUEST",
    "401": "UNAUTHORIZED",
    "403": "FORBIDDEN",
    "404": "NOT_FOUND",
    "422": "UNPROCESSABLE_ENTITY",
}
# Every operation that needs a token has these.
OF_TOKENS = {"401", "422"}


class Gap(NamedTuple):
    """An action that the overlay lacks, with blanks."""

    file: str
    """The file of the overlay that has actions of this kind."""
    target: str
    reason: str
    update: Schema

    def __str__(self) -> str:
        """Return it as it is written in an overlay."""
        action = {"target": self.target, "description": self.reason, "update": self.update}
        text = yaml.safe_dump([action], sort_keys=False, allow_unicode=True, width=96)
        return textwrap.indent(text, "  ")


def gaps(contract: JsonObject, published: JsonObject) -> Iterator[Gap]:
    """Yield what a contract doesn't describe.

    Args:
        contract: The document with the overlay applied.
        published: The document without it.
    """
    raw: dict[tuple[str, str], Schema] = {
        (method, path): operation for method, path, operation in operations(published)
    }
    for method, path, operation in operations(contract):
        yield from operation_gaps(method, path, operation, raw.get((method, path), {}))
    components = cast("Schema", contract.get("components", {}))
    for name, schema in components.get("schemas", {}).items():
        update = schema_gaps(schema)
        if update:
            target = f"$.components.schemas{member(name)}"
            yield Gap("3-schemas.yaml", target, "Published without a description.", update)


def operation_gaps(method: str, path: str, operation: Schema, published: Schema) -> Iterator[Gap]:
    """Yield what isn't described of one operation."""
    target = f"$.paths['{path}'].{method}"
    update: Schema = {key: BLANK for key in WORDS if is_blank(operation.get(key))}
    if "tags" in update:
        update["tags"] = [BLANK]
    if "security" not in operation:
        update["security"] = [{"bearerAuth": []}]
    if "operationId" in update:
        update["operationId"] = proposed_name(method, path)
        statuses = (OF_TOKENS | {*published.get("responses", {})}) & REFUSALS.keys()
        update["responses"] = {
            status: {"$ref": f"#/components/responses/{REFUSALS[status]}"}
            for status in sorted(statuses - {*operation.get("responses", {})})
        }
    if update:
        reason = "Published without a name and a description."
        yield Gap("2-operations.yaml", target, reason, update)
    for parameter in operation.get("parameters", []):
        if is_blank(parameter.get("description")) and "name" in parameter:
            yield Gap(
                "1-repairs.yaml",
                f"{target}.parameters[?@.name == '{parameter['name']}']",
                "Published without a description.",
                {"description": BLANK, "schema": {"description": BLANK}},
            )


def schema_gaps(schema: Schema) -> Schema:
    """Return the update that describes a schema and its fields, empty if there is nothing to do."""
    fields = {
        name: {"description": BLANK}
        for name, value in schema.get("properties", {}).items()
        if "$ref" not in value and is_blank(value.get("description"))
    }
    update: Schema = {"description": BLANK} if is_blank(schema.get("description")) else {}
    return update | ({"properties": fields} if fields else {})


def is_blank(value: object) -> bool:
    """Return whether a description is missing, or still to be filled in."""
    return not value or value in (BLANK, [BLANK])


def proposed_name(method: str, path: str) -> str:
    """Return a name for an operation, such as `getJobsById` for `GET /jobs/{id}`."""
    words = [
        *re.findall(r"[A-Za-z0-9]+", re.sub("{[^}]*}", "", path)),
        *(["by", *re.findall(r"[A-Za-z0-9]+", path.rpartition("/")[2])] if path[-1] == "}" else []),
    ]
    return method + "".join(word[:1].upper() + word[1:] for word in words)


def member(name: str) -> str:
    """Return how JSONPath names a member of an object."""
    return f".{name}" if re.fullmatch(r"[A-Za-z_]\w*", name) else f"['{name}']"
