"""Jinja templates compiled once, with the settings under which lm-eval 0.4.13 compiles them at every document."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from functools import lru_cache

from jinja2 import BaseLoader, StrictUndefined, Template
from jinja2.sandbox import SandboxedEnvironment

from seahelm_lite.records import JsonValue

Fields = Mapping[str, JsonValue]


@lru_cache(maxsize=1)
def _environment() -> SandboxedEnvironment:
    return SandboxedEnvironment(loader=BaseLoader(), undefined=StrictUndefined, keep_trailing_newline=True)


@lru_cache(maxsize=1024)
def _compiled(source: str) -> Template:
    return _environment().from_string(source)


def text_of(template: str) -> Callable[[Fields], str]:
    """A function from fields to text: a bare field name gives that field, anything else is rendered."""
    if template.isidentifier():
        return lambda fields: str(fields[template])
    return _compiled(template).render


def list_of(template: str) -> Callable[[Fields], list[str]]:
    """A function from fields to a list of texts: a field that is one, or a template that prints one."""
    if template.isidentifier():
        return lambda fields: list(fields[template])
    render = _compiled(template).render
    parse = lru_cache(maxsize=64)(lambda text: tuple(ast.literal_eval(text)))
    return lambda fields: list(parse(render(fields)))
