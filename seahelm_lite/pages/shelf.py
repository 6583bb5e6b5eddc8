"""The suites as the site shows them: a page for each, with the sheets of its tasks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from seahelm_lite.catalog.catalog import Catalog
from seahelm_lite.catalog.definitions import Suite
from seahelm_lite.catalog.facts import all_known
from seahelm_lite.pages.sheets import Sheet, sheet
from seahelm_lite.pages.slugs import distinct, slug
from seahelm_lite.sources.where import Where

_ABBREVIATED = 3
"""Letters of a name that are its initials, such as those of `nli`."""


@dataclass(frozen=True)
class SuitePage:
    """A suite whose tasks name it on their cards."""

    name: str
    title: str
    sheets: tuple[Sheet, ...]

    @property
    def slug(self) -> str:
        """The name of its page."""
        return slug(self.name)

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages of its tasks, each once."""
        return tuple(dict.fromkeys(sheet.card.language for sheet in self.sheets))

    @property
    def pillars(self) -> tuple[str, ...]:
        """What its tasks measure, each once."""
        return tuple(dict.fromkeys(sheet.card.pillar for sheet in self.sheets))

    @property
    def documents(self) -> int | None:
        """Of all tasks together; None unless each is known."""
        numbers = [sheet.known.facts.documents for sheet in self.sheets if sheet.known.facts is not None]
        return sum(numbers) if len(numbers) == len(self.sheets) else None


@dataclass(frozen=True)
class Shelf:
    """All suites, and the lists of tasks that are run together."""

    suites: tuple[SuitePage, ...] = ()
    lists: tuple[Suite, ...] = ()

    @cached_property
    def places(self) -> dict[str, str]:
        """Task to the address of its sheet, below the folder of a language."""
        return {
            sheet.name: f"suite/{suite.slug}.html#{slug(sheet.name)}" for suite in self.suites for sheet in suite.sheets
        }

    @cached_property
    def by_language(self) -> tuple[tuple[str, tuple[tuple[SuitePage, int], ...]], ...]:
        """Each language, with the suites that have tasks in it and how many."""
        tags = sorted({tag for suite in self.suites for tag in suite.languages})
        return tuple((tag, tuple(_with_language(self.suites, tag))) for tag in tags)


def _with_language(suites: Sequence[SuitePage], tag: str) -> list[tuple[SuitePage, int]]:
    counted = [(suite, sum(sheet.card.language == tag for sheet in suite.sheets)) for suite in suites]
    return [(suite, number) for suite, number in counted if number]


def shelf(catalog: Catalog, where: Where) -> Shelf:
    """The suites of a catalog.

    Args:
        catalog: All tasks.
        where: Places to look for the item of each task that may be shown.

    Raises:
        CardError: If kept numbers cannot be read.
        SourceError, DataError: As `sheet`.
        SiteError: If two suites would have one page.
    """
    known = all_known(list(catalog.tasks.values()), catalog.roots)
    members: dict[str, list[Sheet]] = {}
    for task in sorted(catalog.tasks.values(), key=lambda task: task.name):
        members.setdefault(task.card.suite, []).append(sheet(task, known[task.name], where))
    suites = tuple(SuitePage(name, _title(members[name]), tuple(members[name])) for name in sorted(members))
    distinct("suites", [(suite.slug, repr(suite.name)) for suite in suites])
    lists = tuple(catalog.suites[name] for name in sorted(catalog.suites) if name not in members)
    return Shelf(suites, lists)


def _title(sheets: Sequence[Sheet]) -> str:
    """What the titles of the tasks have in common before a colon or comma, or the suite's name."""
    titles = [sheet.card.title for sheet in sheets]
    if len(titles) == 1:
        return titles[0]
    for mark in (":", ","):
        heads = {title.partition(mark)[0] for title in titles}
        if len(heads) == 1 and len(heads | set(titles)) > 1:
            return heads.pop()
    name = sheets[0].card.suite.replace("_", " ")
    return name.upper() if len(name) <= _ABBREVIATED else name[0].upper() + name[1:]
