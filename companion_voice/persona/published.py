"""The JSON Schema of a persona file, so that editors complete and check it. Pure.

Made from the types in `schema.py`; what it says of each key is the key's docstring there.
"""

import ast
import inspect
from typing import Any

import msgspec

from companion_voice.persona import schema


def json_schema() -> dict[str, Any]:
    """Return the schema, as JSON Schema 2020-12."""
    made = msgspec.json.schema(schema.Persona)
    for name, described in _descriptions().items():
        properties = made["$defs"].get(name, {}).get("properties", {})
        for key, text in described.items():
            if key in properties:
                properties[key]["description"] = text
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "A persona of Companion Voice", **made}


def _descriptions() -> dict[str, dict[str, str]]:
    """Return what the docstring under each field says, by class and field."""
    classes = (node for node in ast.parse(inspect.getsource(schema)).body if isinstance(node, ast.ClassDef))
    return {one.name: dict(_documented(one)) for one in classes}


def _documented(of: ast.ClassDef) -> list[tuple[str, str]]:
    found = []
    for field, after in zip(of.body, of.body[1:], strict=False):
        match field, after:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                found.append((name, " ".join(text.split())))
    return found
