"""`python -m cptref.dataset.schema`: the JSON Schema of an article, made from model.py, for editors.

Editors that know Taplo's `#:schema` line complete the keys and underline faults as they are typed.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from cptref.codes import MODIFIER, SHAPE
from cptref.model import Article
from cptref.sections import CATALOGUE


def schema() -> str:
    """The schema as JSON text, ending in a newline."""
    from pydantic import TypeAdapter

    made: dict[str, Any] = TypeAdapter(Article).json_schema()
    parts = made["$defs"]
    parts["Section"]["properties"]["key"]["enum"] = [key for key, kind in CATALOGUE.items() if not kind.derived]
    code = {"type": "string", "pattern": f"^({SHAPE.pattern})$".replace(r"\d", "[0-9]")}
    made["properties"]["code"] |= code
    made["properties"]["modifiers"]["items"] = {"type": "string", "pattern": f"^{MODIFIER.pattern}$"}
    parts["Verification"]["properties"]["see_instead"]["items"] = code
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return json.dumps(head | made, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(schema())
