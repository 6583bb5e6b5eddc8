"""Defects of public sources that others have counted, found by lint once the card's exclusions are lifted.

The counts are those of the mirror's index and of the reference on suites, which were taken before there was a lint.
Places are row numbers; no text of others stands here.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from seahelm_lite.catalog.catalog import Catalog, load_catalog
from seahelm_lite.catalog.task_card import TaskCard
from seahelm_lite.lint.characters import zawgyi_signs
from seahelm_lite.lint.findings import Finding
from seahelm_lite.lint.report import lint
from seahelm_lite.sources.where import Where
from tests.conftest import SHARED_DATA, skip_without_data
from tests.hub_rows import MALAYMMLU_ROWS
from tests.small_task import CARD

TATABAHASA = "malaysian-dataset/297ebe60c9c2a55c9f8b760a71ba3bad2ff09859/llm-benchmark/Tatabahasa/tatabahasa.jsonl"
QUIZ = TATABAHASA.replace("Tatabahasa/tatabahasa", "tatabahasabm.tripod.com/quiz-tatabahasa")


class Defect(NamedTuple):
    """What a source is known for."""

    says: str
    task: str
    rule: str
    rows: Sequence[int] | int
    """The rows themselves, or how many there are; 0 where the whole task is meant."""
    file: str = ""
    """End of the file's name, where the task reads several."""


DEFECTS = [
    Defect("7 questions stand with two keys", "malay_grammar_tatabahasa", "conflicting-keys", 14),
    Defect("3 rows have two equal options", "malay_grammar_tatabahasa", "repeated-option", [1154, 1191, 1346]),
    Defect("6 questions are empty", "malay_grammar_tatabahasa", "blank-column", 6),
    Defect("no licence is stated", "malay_grammar_tatabahasa", "licence", 0),
    Defect("some questions stand with other keys", "malay_grammar_quiz", "repeated-question", [91, 92, 93, 94, 177]),
    Defect("the question is missing", "malay_grammar_quiz", "empty-text", [5, 25, 45, 111, 174]),
    Defect("82 of 180 rows have no usable key", "malay_grammar_kertas1", "key-outside-options", 82),
    Defect("set 2, question 14 has the key S", "malay_grammar_kertas1", "key-outside-options", [49]),
    Defect("b, c and d are equal, and d is the key", "thai_exam_a_level", "repeated-option", [94]),
    Defect("4 rows have four options", "thai_exam_a_level", "blank-option", 4),
    Defect("one row has two options", "thai_exam_ic", "blank-option", 1),
    Defect("3 stems are repeated", "thai_exam_ic", "repeated-question", 3),
    Defect("43 rows have an empty e", "thai_exam_tgat", "blank-option", 43),
    Defect("the longest option scores 49.5", "thai_exam_tgat", "longest-option", 0),
    Defect("the repository states no licence", "thai_exam_onet", "licence", 0),
    Defect("stems speak of a table", "thai_exam_onet", "missing-figure", [117, 131, 143, 144]),
    Defect("six science items have two options", "openthai_onet_m6", "blank-option", 6, "onet_m6_science.jsonl"),
    Defect("31 of 429 pairs are identical", "malay_dialect_sarawak", "reference-is-source", 31),
    Defect("68 texts have under four words", "malay_dialect_sarawak", "short-text", 68),
    Defect("transcripts hold breaks", "malay_dialect_sarawak", "markup", [5], "Sarawak201801.txt"),
    Defect("4 rows have two equal options", "global_mmlu_lite_my", "repeated-option", 4),
    Defect("management/test/5 has no question", "global_mmlu_lite_my", "empty-text", [202]),
    Defect("2 rows have two equal options", "global_mmlu_lite_id", "repeated-option", 2),
    Defect("2 rows have two equal options", "global_mmlu_lite_fil", "repeated-option", 2),
    Defect("2 rows have two equal options", "global_mmlu_lite_vi", "repeated-option", 2),
    Defect("1 row has two equal options", "global_mmlu_lite_ms", "repeated-option", 1),
    Defect("3 rows have two equal options", "belebele_ms", "repeated-option", 3),
    Defect("2 rows have two equal options", "belebele_th", "repeated-option", 2),
    Defect("all examples share a passage with rows", "belebele_vi", "shared-passage", 5),
    Defect("two rows hold a Zawgyi sequence", "belebele_my", "zawgyi", 2),
    Defect("two examples are test rows", "paraphrase_my", "train-test-overlap", [0, 4]),
    Defect("1 repeat", "paraphrase_fil", "duplicate-question", 1),
    Defect("2 repeats", "sentiment_ta", "duplicate-question", 2),
    Defect("the majority scores 50.2", "sentiment_vi", "majority-baseline", 0),
    Defect("the majority scores 55.6", "sentiment_th", "majority-baseline", 0),
    Defect("the majority scores 83.1", "toxicity_vi", "majority-baseline", 0),
    Defect("1 text has two labels", "toxicity_vi", "conflicting-keys", 2),
    Defect("1 repeat has two labels", "toxicity_id", "conflicting-keys", 2),
    Defect("1 pair has two labels", "nli_ta", "conflicting-keys", 2),
    Defect("1 repeat", "indonli_expert", "duplicate-question", 1),
    Defect("1 repeat", "indoculture_with_location", "duplicate-question", 1),
    Defect("1 row has two equal options", "indoculture_with_location", "repeated-option", 1),
    Defect("the longest option scores 44.1", "indoculture_with_location", "longest-option", 0),
    Defect("the longest option scores 43.3", "kalahi_fil", "longest-option", 0),
    Defect("the longer sentence is right in 56.9", "lindsea_syntax_ta", "longest-option", 0),
    Defect("1 repeated local prompt", "safeguard_wild_fil", "duplicate-question", 1),
    Defect("the majority scores 58.2", "safeguard_general_ms", "majority-baseline", 0),
    Defect("2 test pairs are identical", "stif_formal", "reference-is-source", 2),
    Defect("every row asks for the effect", "xcopa_th", "constant-column", 0),
]


@cache
def _catalog() -> Catalog:
    return load_catalog()


@cache
def _found(task: str) -> tuple[Finding, ...]:
    """What lint finds when nothing is left out."""
    card = _catalog().task(task).card.model_copy(update={"exclude": ()})
    return lint(card, _where(SHARED_DATA)).findings


def _where(mirror: Path) -> Where:
    return Where(mirror=mirror, cache=mirror / "no cache", offline=True, task_roots=_catalog().roots)


def _rows(task: str, rule: str, file: str = "") -> set[tuple[str, int]]:
    """File and row of what a rule names in a task."""
    named = (finding.place.rpartition("#") for finding in _found(task) if finding.rule == rule)
    return {(path, int(row)) for path, sign, row in named if sign and path.endswith(file)}


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: f"{defect.task}: {defect.says}")
def test_lint_finds_what_the_source_is_known_for(defect: Defect) -> None:
    skip_without_data(defect.task)
    rows = _rows(defect.task, defect.rule, defect.file)
    if defect.rows == 0:
        told = [f.what for f in _found(defect.task) if (f.rule, f.place) == (defect.rule, defect.task)]
        assert len(told) == 1
        assert [round(100 * float(share), 1) for share in re.findall(r"scores ([0-9.]+) ", told[0])] == [
            float(share) for share in re.findall(r"\d+\.\d", defect.says)
        ]
    elif isinstance(defect.rows, int):
        assert len(rows) == defect.rows
    else:
        assert set(defect.rows) <= {row for _, row in rows}


@pytest.mark.parametrize(
    ("task", "path", "repeats"), [("malay_grammar_tatabahasa", TATABAHASA, 26), ("malay_grammar_quiz", QUIZ, 28)]
)
def test_every_row_whose_question_and_options_stood_before_is_a_repeat_or_a_conflict(
    task: str, path: str, repeats: int, shared_data: Path
) -> None:
    lines = (shared_data / "github.com/mesolitica" / path).read_text(encoding="utf-8").splitlines()
    first: dict[str, Any] = {}
    again: dict[int, bool] = {}
    for number, record in enumerate(map(json.loads, lines)):
        asked = json.dumps([record["question"], [choice["text"] for choice in record["choices"].values()]])
        before = first.setdefault(asked, record)
        if before is not record:
            again[number] = before["instruction"] == record["instruction"] or task == "malay_grammar_quiz"
    assert len(again) == repeats
    own = path.rpartition("/")[2]
    said = {row for rule in ("duplicate-question", "conflicting-keys") for _, row in _rows(task, rule, own)}
    # The card of one set shows the instruction before the question; under another instruction it is another question.
    assert {number for number, under_the_same in again.items() if under_the_same} <= said


@pytest.mark.parametrize("task", ["copal_id_standard", "copal_id_colloquial", "nusax_senti_id", "nusax_senti_min"])
def test_lint_finds_no_error_and_no_warning_in_what_is_known_to_be_clean(task: str) -> None:
    skip_without_data(task)
    assert not [finding for finding in _found(task) if finding.severity != "note"]


def test_burmese_letters_of_answers_are_keys(shared_data: Path) -> None:
    assert _rows("global_mmlu_lite_my", "key-outside-options") == set()


def test_longest_options_are_told_with_the_share_that_the_index_states(shared_data: Path) -> None:
    (what,) = (f.what for f in _found("thai_exam_tgat") if f.rule == "longest-option")
    assert "scores 0.495 against 0.233 by chance (n = 65" in what


def _lines(shared_data: Path, pattern: str) -> list[str]:
    """Lines with Burmese letters."""
    (path,) = (shared_data / "github.com").glob(pattern)
    return [line for line in path.read_text(encoding="utf-8").split("\n") if re.search("[\u1000-\u109f]", line)]


def test_the_burmese_of_ntrex_is_zawgyi(shared_data: Path) -> None:
    lines = _lines(shared_data, "MicrosoftTranslator/NTREX/*/NTREX-128/newstest2019-ref.mya.txt")
    assert len(lines) == 1996
    assert sum(bool(zawgyi_signs(line)) for line in lines) >= 1988


def test_the_burmese_of_the_declaration_of_human_rights_is_not_zawgyi(shared_data: Path) -> None:
    lines = _lines(shared_data, "unicode-org/udhr/*/data/udhr/udhr_mya.xml")
    assert len(lines) > 100
    assert not [line for line in lines if zawgyi_signs(line)]


def test_two_rows_of_burmese_belebele_hold_a_zawgyi_sequence(shared_data: Path) -> None:
    pattern = "aisingapore/SEA-HELM/360c7cc*/seahelm_tasks/nlu/belebele_mcqa/data/eval/my_belebele.jsonl"
    (path,) = (shared_data / "github.com").glob(pattern)
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert {row["id"] for row in rows if zawgyi_signs(json.dumps(row, ensure_ascii=False))} == {266, 267}


XCOPA = {
    "question": "premise ~ {'cause': ' (cause)', 'effect': ' (effect)'}[question]",
    "options": "[choice1, choice2]",
    "answer": "label",
    "stratum": None,
}


@pytest.mark.parametrize(("language", "constant"), [("th", True), ("id", False), ("vi", False)])
def test_the_question_of_thai_xcopa_is_the_same_in_all_rows(language: str, constant: bool, shared_data: Path) -> None:
    commit = "e2e9d7f105a758ee869cd13e0fe251ef93a29840"
    path = f"data/{language}/test.{language}.jsonl"
    listed = (shared_data / "index.csv").read_text(encoding="utf-8").splitlines()
    (entry,) = (line for line in listed if f"cambridgeltl/xcopa/{commit}/{path}," in line)
    sha256 = re.search(r"\b[0-9a-f]{64}\b", entry)
    assert sha256 is not None
    pin = {"kind": "github", "repo": "cambridgeltl/xcopa", "commit": commit, "path": path, "sha256": sha256[0]}
    raw = {**CARD, "language": language, "data": {"test": [{**pin, "format": "jsonl"}]}, "document": XCOPA}
    findings = lint(TaskCard.model_validate(raw), _where(shared_data)).findings
    told = [finding.what for finding in findings if finding.rule == "constant-column"]
    assert told == (["column 'question' is 'effect' in all 500 rows"] if constant else [])


def _malaymmlu(
    folder: Path, rows: Sequence[dict[str, Any]], change: Callable[[TaskCard], TaskCard]
) -> set[tuple[str, int]]:
    """Rule and row of the errors in rows of our own in the shape of MalayMMLU's file."""
    hub = folder / "hub" / "UMxYTLAILabs" / "MalayMMLU" / "main"
    hub.mkdir(parents=True)
    (hub / "MalayMMLU_0shot.json").write_text(json.dumps(rows), encoding="utf-8")
    report = lint(change(_catalog().task("malaymmlu").card), _where(folder))
    return {(f.rule, int(f.place.rpartition("#")[2])) for f in report.findings if f.severity == "error"}


def _lifted(card: TaskCard) -> TaskCard:
    return card.model_copy(update={"exclude": ()})


RUN_TOGETHER = {**MALAYMMLU_ROWS[1], "id": 1619723, "prompt": "Sungai terletak di A. darat\nB. langit"}
"""The line break before the options is missing (upstream issue 3)."""
NO_SENSE = {**MALAYMMLU_ROWS[0], "id": 4033651, "options": ["A. ", "B. ", "C. "], "prompt": "Negeri?\nA. \nB. \nC. "}
"""Options that say nothing (upstream issue 3)."""
WRONG_OPTION = {
    **MALAYMMLU_ROWS[2],
    "id": 14317477,
    "options": ["A. I dan II", "B. I dan III", "C. II dan IV", "D. II dan IV"],
    "prompt": "Yang manakah betul?\nA. I dan II\nB. I dan III\nC. II dan IV\nD. II dan IV",
    "key": "D",
}
"""An option with another one's text (upstream issue 3)."""


@pytest.mark.parametrize(
    ("bad", "rule"),
    [(RUN_TOGETHER, "unreadable-row"), (NO_SENSE, "blank-key"), (WRONG_OPTION, "repeated-option")],
    ids=["missing line break", "senseless options", "wrong option text"],
)
def test_a_known_bad_row_of_malaymmlu_is_left_out_by_its_id_and_an_error_where_it_is_not(
    bad: dict[str, Any], rule: str, tmp_path: Path
) -> None:
    rows = [*MALAYMMLU_ROWS[:3], bad]
    assert _malaymmlu(tmp_path / "as the card is", rows, lambda card: card) == set()
    assert _malaymmlu(tmp_path / "lifted", rows, _lifted) == {(rule, 3)}


def test_options_of_malaymmlu_are_lettered_twice_where_the_card_does_not_say_so(tmp_path: Path) -> None:
    def unlettered(card: TaskCard) -> TaskCard:
        return card.model_copy(update={"options_lettered": False})

    found = _malaymmlu(tmp_path / "options", MALAYMMLU_ROWS[:3], unlettered)
    assert Counter(rule for rule, _ in found) == {"lettered-options": 3}


def test_the_prompt_of_malaymmlu_as_a_question_lists_the_options_already(tmp_path: Path) -> None:
    def whole_prompt(card: TaskCard) -> TaskCard:
        return card.model_copy(update={"document": card.document.model_copy(update={"question": "prompt"})})

    found = _malaymmlu(tmp_path, MALAYMMLU_ROWS[:3], whole_prompt)
    assert Counter(rule for rule, _ in found) == {"lettered-options": 3}
