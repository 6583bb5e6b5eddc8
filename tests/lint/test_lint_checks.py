from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from seahelm_lite.catalog.catalog import Catalog
from seahelm_lite.lint.report import lint
from seahelm_lite.sources.documents import load_documents
from seahelm_lite.sources.where import Where
from tests.conftest import skip_without_data
from tests.lint.linting import GENERATION, findings, found

CHECKED: dict[str, Any] = {
    **GENERATION,
    "metrics": ["instr_acc"],
    "instruction": None,
    "asking": "bare",
    "document": {"options": None, "answer": None, "checks": "checks"},
}


def item(name: str, question: str = "Tulis surat.", **arguments: Any) -> dict[str, Any]:
    return {"question": question, "checks": [{"name": name, "arguments": arguments}], "topic": "am"}


def test_instructions_that_cannot_be_checked_or_followed_are_errors(tmp_path: Path) -> None:
    rows = [
        item("detectable_format:title"),
        item("detectable_format:rhyme"),
        item("keywords:existence", keywords=[]),
        item("startend:first_word", "Mulai dengan kata Salam.", first_word="salam"),
        item("startend:first_word", "Mulai dengan salam.", first_word="halo"),
        item("length_constraints:number_words", relation="at least", num_words=9),
    ]
    places = [("error", f"rows.jsonl#{row}") for row in (1, 2, 4)]
    assert found("checks", tmp_path / "ms", rows, **CHECKED) == places
    # Thai has no spaces between words.
    thai = {**CHECKED, "language": "th"}
    assert found("checks", tmp_path / "th", rows, **thai) == [*places, ("error", "rows.jsonl#5")]
    told = [each.what for each in findings(tmp_path / "ms", rows, **CHECKED) if each.rule == "checks"]
    assert told[0] == "there is no instruction 'detectable_format:rhyme'"
    assert told[2] == "the item does not name the first_word 'halo'"


def test_the_words_to_count_in_thai_are_found_where_the_card_keeps_them(catalog: Catalog, where: Where) -> None:
    skip_without_data("ifeval_th")
    card = catalog.task("ifeval_th").card
    kept = card.model_copy(update={"exclude": ()})
    faults = [finding for finding in lint(kept, where).findings if finding.rule == "checks"]
    assert len(faults) == 5
    assert {finding.severity for finding in faults} == {"error"}
    assert all("words are counted" in finding.what for finding in faults)
    assert [finding for finding in lint(card, where).findings if finding.rule == "checks"] == []


@pytest.mark.parametrize(
    ("task", "key", "asked", "checked"),
    [
        # What the item says, and what is checked: no rule can see that they contradict each other.
        ("ifeval_fil", 2350, "mas mababa sa 6 na beses", {"relation": "at least", "frequency": 6}),
        ("ifeval_vi", 2350, "ít hơn 6 lần", {"relation": "at least", "frequency": 6}),
        ("ifeval_jv", 2392, "paling ora kaping pindho", {"relation": "less than", "frequency": 2}),
        ("ifeval_su", 1939, "pikeun ngawitan jawapan", {"end_phrase": "Mana anu anjeun pilih?"}),
        ("ifeval_jv", 1802, "Wiwiti lan pungkasi jawabanmu", {}),
    ],
)
def test_items_that_ask_for_another_thing_than_is_checked_are_left_out(
    task: str, key: int, asked: str, checked: dict[str, Any], catalog: Catalog, where: Where
) -> None:
    skip_without_data(task)
    documents = load_documents(catalog.task(task).card, where)
    (left,) = [row for row in documents.left_out if row.document and asked in row.document.fields["question"]]
    assert left.document is not None
    (check,) = left.document.fields["checks"]
    assert {**check["arguments"], **checked} == check["arguments"]
    assert str(key) not in {document.item for document in documents.test}
    assert len(left.reason.split()) > 6
