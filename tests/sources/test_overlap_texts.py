"""Which texts of a task's documents are looked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from seahelm_lite.sources.overlap.normalise import normalised
from seahelm_lite.sources.overlap.texts import LETTERS, LONG, sought_in
from tests.small_task import SmallTask, row

LONG_ENOUGH = "Bandar manakah yang terletak di pertemuan dua batang sungai yang keruh itu?"
OPTIONS = ("Kuala Lumpur", "Kuala Terengganu", "Kuala Selangor", "Kota Bharu")


def sought(folder: Path, rows: Sequence[Mapping[str, Any]], **changes: Any) -> dict[tuple[int, str], str]:
    """By row and way."""
    task = SmallTask(folder, rows, changes=changes)
    found = sought_in(task.card, task.documents().test)
    return {(int(one.document.rpartition("#")[2]), one.way): one.text.decode() for one in found}


def test_a_question_is_looked_for_by_itself_with_its_answer_and_with_its_options(tmp_path: Path) -> None:
    found = sought(tmp_path, [row(1, OPTIONS, 2, question=LONG_ENOUGH)])
    whole = normalised(LONG_ENOUGH).decode()
    assert found == {
        (0, "question"): whole,
        (0, "answer"): whole + "kualaselangor",
        (0, "options"): whole + "kualalumpurkualaterengganukualaselangorkotabharu",
    }


def test_a_short_question_is_looked_for_with_what_makes_it_long_enough_or_not_at_all(tmp_path: Path) -> None:
    rows = [row(1, OPTIONS), row(2), row(3, ("ya, " + "a" * LETTERS, "tidak"), 0)]
    assert sorted(sought(tmp_path, rows)) == [(0, "options"), (2, "answer"), (2, "options")]


def test_blanks_and_rules_are_no_letters(tmp_path: Path) -> None:
    assert not sought(tmp_path, [row(1, question="Isi: " + "_" * 100 + " " + "." * 100)])


def test_an_answer_of_a_few_letters_says_nothing_behind_its_question(tmp_path: Path) -> None:
    assert (0, "answer") not in sought(tmp_path, [row(1, ("Johor", "Perak"), 0, question=LONG_ENOUGH)])


def test_a_question_that_others_ask_with_other_options_is_nobodys_own(tmp_path: Path) -> None:
    rows = [row(1, OPTIONS, 0, question=LONG_ENOUGH), row(2, OPTIONS[::-1][:3], 0, question=LONG_ENOUGH)]
    assert sorted(sought(tmp_path, rows)) == [(0, "answer"), (0, "options"), (1, "answer"), (1, "options")]


def test_the_same_item_twice_in_another_order_is_its_own_both_times(tmp_path: Path) -> None:
    rows = [row(1, OPTIONS, 0, question=LONG_ENOUGH), row(2, OPTIONS[::-1], 3, question=LONG_ENOUGH)]
    assert {place for place, way in sought(tmp_path, rows) if way == "question"} == {0, 1}


def test_of_a_long_question_the_longest_stretch_that_no_other_has_is_looked_for(tmp_path: Path) -> None:
    told = "Baca petikan ini dan pilih jawapan yang paling tepat bagi setiap soalan yang berikutnya. "
    own = [
        f"Pak {name} menanam padi di sawah milik ayahnya. Setiap pagi dia pergi ke sawah sebelum matahari terbit, "
        f"kerana {name} mahu pulang sebelum hujan turun"
        for name in ("Ali", "Samad")
    ]
    rows = [row(n, question=f"{told}{text}. Apakah maksudnya?") for n, text in enumerate(own)]
    assert len(normalised(rows[0]["question"])) > LONG
    found = sought(tmp_path, rows)
    for place, text in enumerate(own):
        assert found[place, "question"] == normalised(text + ".").decode()[:LONG]


def test_a_wanted_text_is_the_answer_of_a_task_without_options(tmp_path: Path) -> None:
    wanted = "The boys are catching fish in the ditch behind the old school building."
    changes = {
        "kind": "generation",
        "protocols": ["gen"],
        "metrics": ["chrf"],
        "instruction": "Terjemahkan.",
        "document": {"question": "teks", "reference": "rujukan", "options": None, "answer": None, "stratum": None},
    }
    found = sought(tmp_path, [{"teks": LONG_ENOUGH, "rujukan": wanted}], **changes)
    assert found[0, "answer"] == (normalised(LONG_ENOUGH) + normalised(wanted)).decode()
    assert (0, "options") not in found


def test_what_the_makers_keep_is_not_looked_for(tmp_path: Path) -> None:
    changes = {"answers": "withheld", "document": {"answer": None, "key": "topic"}}
    assert sorted(sought(tmp_path, [row(1, OPTIONS, question=LONG_ENOUGH)], **changes)) == [
        (0, "options"), (0, "question")
    ]  # fmt: skip
