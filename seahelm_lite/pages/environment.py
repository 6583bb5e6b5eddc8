"""Templates of `site/templates`, in one language."""

from __future__ import annotations

import json
from pathlib import Path

from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined
from jinja2.bccache import Bucket
from markupsafe import Markup, escape

from seahelm_lite.pages.ingredients import ingredients
from seahelm_lite.pages.languages import SOURCE, Language
from seahelm_lite.pages.numbers import Numbers, tokens_each
from seahelm_lite.pages.slugs import slug
from seahelm_lite.pages.spending import spent
from seahelm_lite.pages.texts import of_item, visible, web_address
from seahelm_lite.records import JsonValue


class _CompiledOnce(BytecodeCache):
    """Templates as Jinja compiled them, kept in memory: the same for every language, and most of the work of a page."""

    def __init__(self) -> None:
        self._compiled: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give Jinja what was compiled; it checks itself that the template has not changed since."""
        if bucket.key in self._compiled:
            bucket.bytecode_from_string(self._compiled[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what Jinja compiled."""
        self._compiled[bucket.key] = bucket.bytecode_to_string()


_COMPILED = _CompiledOnce()


def environment(templates: Path, language: Language) -> Environment:
    """The templates with what they call: `_`, `ngettext`, `said`, `numbers` and the like."""
    made = Environment(
        loader=FileSystemLoader(templates),
        bytecode_cache=_COMPILED,
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    # Not Jinja's own i18n extension: it takes what a catalogue returns for safe markup, and the titles and sentences
    # of results files pass through the catalogues here.
    made.globals.update(
        _=language.gettext,
        ngettext=language.ngettext,
        said=lambda text: said(text, language),
        of_item=lambda text: escape(of_item(text)),
        numbers=Numbers(language.locale),
        language=language,
        tokens_each=tokens_each,
        ingredients=ingredients,
        spent=spent,
        web_address=web_address,
    )
    made.filters.update(slug=slug, plain_json=_plain_json)
    return made


def said(text: str, language: Language) -> Markup:
    """A sentence of a card or a results file: translated where the catalogue has it, else marked as English."""
    if text in language.known:
        return escape(visible(language.gettext(text)))
    shown = escape(visible(text))
    return shown if language.tag == SOURCE else Markup('<span lang="en">{}</span>').format(shown)


def _plain_json(value: JsonValue) -> str:
    """A setting as its file has it. Not Jinja's `tojson`, which is for scripts and returns what it calls safe."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _shown(value: object) -> object:
    """What a template prints. A missing value has no place on a page: a template says in words why it is missing."""
    if value is None:
        raise ValueError("a template prints a missing value instead of the words for it")
    if isinstance(value, Markup) or not isinstance(value, str):
        return value
    return visible(value)
