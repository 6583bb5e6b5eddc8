"""The numbers that ship beside the cards are what the data says."""

from __future__ import annotations

import pytest

from seahelm_lite.catalog.catalog import Catalog, load_catalog
from seahelm_lite.catalog.facts import known_of, read_facts
from seahelm_lite.lint.facts import work_out
from seahelm_lite.lint.report import lint_rows
from seahelm_lite.scoring.texts import TextTable
from seahelm_lite.sources.documents import documents_of, read_rows
from seahelm_lite.sources.where import Where
from tests.conftest import skip_without_data

_CATALOG = load_catalog()
_ENTRIES = read_facts(_CATALOG.roots)
_AGAIN = "seahelm-lite tasks lint {} --write --mirror ../shared/data"
_MANY = 400
"""Texts whose overlap with their sources takes too long to count in each run of the tests."""


def _of_hub(task: str) -> bool:
    data = _CATALOG.tasks[task].card.data
    return any(pin.kind == "hub" for file in (*data.test, *data.shots) for pin in file.pins)


@pytest.mark.parametrize("task", [name for name in _CATALOG.tasks if not _of_hub(name)])
def test_the_shipped_numbers_are_what_the_data_says(
    task: str, catalog: Catalog, where: Where, monkeypatch: pytest.MonkeyPatch
) -> None:
    definition = catalog.task(task)
    known = known_of(definition, _ENTRIES)
    again = _AGAIN.format(task)
    assert known.state == "current", f"{known.reason}: {again}"
    assert known.facts is not None
    skip_without_data(task)
    rows = read_rows(definition.card, where)
    data = documents_of(definition.card, rows)
    if definition.card.kind == "generation" and len(data.test) > _MANY:
        copied = dict(known.facts.baselines)
        monkeypatch.setattr(TextTable, "baselines", lambda table, metric: copied)
    made = work_out(definition, data, lint_rows(definition.card, rows))
    assert made == known.facts, f"mend it with: {again}"


def test_no_number_is_shipped_of_what_only_a_hub_has() -> None:
    assert not [name for name in _CATALOG.tasks if _of_hub(name) and name in _ENTRIES]


def test_no_number_is_shipped_of_a_task_that_is_no_more() -> None:
    assert set(_ENTRIES) <= set(_CATALOG.tasks)
