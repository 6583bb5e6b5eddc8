"""The languages of the pages: gettext catalogues, read as they are written (`.po`)."""

from __future__ import annotations

import gettext
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from string import Formatter

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po

from seahelm_lite.pages.fault import SiteError

SOURCE = "en"
"""The language of the message ids, and of everything that no catalogue translates."""


@dataclass(frozen=True)
class Language:
    """A language of the site."""

    locale: Locale
    translations: gettext.NullTranslations = field(default_factory=gettext.NullTranslations)
    known: frozenset[str] = frozenset()
    """Message ids that have a translation."""

    @property
    def tag(self) -> str:
        """BCP 47."""
        return str(self.locale).replace("_", "-")

    @property
    def folder(self) -> str:
        """Where its pages are, below the site's root; empty for English, or ends with a slash."""
        return "" if self.tag == SOURCE else f"{self.tag}/"

    @property
    def own_name(self) -> str:
        """What its speakers call it."""
        return self.locale.get_display_name(self.locale) or self.tag

    def gettext(self, message: str, /, **values: object) -> str:
        """A sentence of the templates; `{name}` in it is replaced by a value."""
        text = self.translations.gettext(message)
        return text.format(**values) if values else text

    def ngettext(self, singular: str, plural: str, number: int, /, **values: object) -> str:
        """A sentence about a number of things, which may also show it as `{n}` among its values."""
        return self.translations.ngettext(singular, plural, number).format(**values)

    def language_name(self, tag: str) -> str:
        """The name of a language, with the tag where it says more than the name, or the tag alone."""
        name = self.locale.languages.get(tag)
        if name is not None:
            return str(name)
        base = self.locale.languages.get(tag.partition("-")[0])
        return f"{base} ({tag})" if base is not None else tag

    def country_name(self, code: str) -> str:
        """The name of a country, or its code."""
        return str(self.locale.territories.get(code, code))

    def day(self, day: date) -> str:
        """A day of the calendar."""
        return format_date(day, format="long", locale=self.locale)


def languages(folder: Path) -> tuple[Language, ...]:
    """English, and each language that has a catalogue `<folder>/<locale>/LC_MESSAGES/site.po`, by tag.

    Raises:
        SiteError: At a catalogue that cannot be read or whose placeholders are not those of its message.
    """
    found = [_read(path) for path in sorted(folder.glob("*/LC_MESSAGES/site.po"))]
    return (Language(Locale.parse(SOURCE)), *sorted(found, key=lambda language: language.tag))


def _read(path: Path) -> Language:
    name = path.parent.parent.name
    try:
        locale = Locale.parse(name)
        with path.open("rb") as file:
            catalog = read_po(file, locale=locale, abort_invalid=True)
    except (UnknownLocaleError, ValueError, PoFileError) as error:
        raise SiteError(f"the catalogue cannot be read: {error}", where=str(path)) from None
    for message in catalog:
        _check(message, catalog, path)
    compiled = io.BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    known = frozenset(_forms(message.id)[0] for message in catalog if _usable(message))
    return Language(locale, gettext.GNUTranslations(compiled), known)


def _forms(text: str | Sequence[str | None] | None) -> tuple[str, ...]:
    """Singular and plurals of a message, which Babel gives as one text where there is no plural."""
    return (text or "",) if isinstance(text, str) or text is None else tuple(form or "" for form in text)


def _usable(message: Message) -> bool:
    return bool(message.id) and all(_forms(message.string)) and not message.fuzzy


def _check(message: Message, catalog: Catalog, path: Path) -> None:
    """Refuse a translation that would lose or invent a value."""
    if not _usable(message):
        return
    ids, strings = _forms(message.id), _forms(message.string)
    wanted = [placeholders(text) for text in ids]
    # A sentence of a card may hold a lone brace. It is never filled in, so it has no placeholders to keep.
    wrong = [text for text in strings if None not in wanted and placeholders(text) not in wanted]
    where = f"{path}:{message.lineno}"
    if wrong:
        raise SiteError(f"the placeholders of {wrong[0]!r} are not those of {ids[-1]!r}", where=where)
    if message.pluralizable and len(strings) != catalog.num_plurals:
        raise SiteError(f"{ids[0]!r} needs {catalog.num_plurals} plural forms and has {len(strings)}", where=where)


def placeholders(text: str) -> frozenset[str] | None:
    """The names in braces; None where the text is no format string."""
    try:
        return frozenset(name for _, name, _, _ in Formatter().parse(text) if name is not None)
    except ValueError:
        return None
