"""JSON Schemas made from what checks a file, with what stands under its fields, which pydantic leaves out."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType
from typing import Any

from pydantic import BaseModel


def described_schema(model: type[BaseModel], modules: Iterable[ModuleType], title: str) -> dict[str, Any]:
    """The schema of a model whose parts are written down in some modules."""
    made = model.model_json_schema(by_alias=True)
    for name, fields in _described(modules).items():
        part = made if name == model.__name__ else made["$defs"].get(name, {"properties": {}})
        for field, text in fields.items():
            if field in part["properties"]:
                part["properties"][field]["description"] = text
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **made, "title": title}


def _described(modules: Iterable[ModuleType]) -> dict[str, dict[str, str]]:
    described: dict[str, dict[str, str]] = {}
    for module in modules:
        for part in ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8")).body:
            if not isinstance(part, ast.ClassDef):
                continue
            for field, below in zip(part.body, part.body[1:], strict=False):
                if isinstance(field, ast.AnnAssign) and isinstance(below, ast.Expr):
                    text = " ".join(str(ast.literal_eval(below.value)).split())
                    described.setdefault(part.name, {})[ast.unparse(field.target)] = text
    return described
