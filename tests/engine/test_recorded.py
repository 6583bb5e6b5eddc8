"""Recorded answers find their documents by id and by content, or are refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from seahelm_lite.engine.recorded import Matching, RecordedTask
from seahelm_lite.errors import LogError
from seahelm_lite.models.recorded.base import RecordedAnswer, Shown
from seahelm_lite.records import AnswerForm, Failure, Message, Request, Response
from tests.small_task import SmallTask, row


def answer(number: int, **changes: Any) -> RecordedAnswer:
    """An answer "A" to row `number`, whose place is the line after it."""
    request = Request("generate", {"temperature": 0}, messages=(Message("user", f"Soalan {number}?"),))
    known = RecordedAnswer(
        place=f"log:{number + 1}",
        model="model-x",
        task="small",
        shots=0,
        row=f"small/rows.jsonl#{number}",
        shown=Shown(f"Soalan {number}?", ("ya", "tidak")),
        repeat=0,
        form=AnswerForm("letter"),
        requests=(request,),
        outcomes=(Response(text="A"),),
    )
    return replace(known, **changes)


def matched(task: SmallTask, answers: list[RecordedAnswer]) -> list[RecordedTask]:
    matching = Matching(task.catalog(), task.where)
    found = matching.match(answers)
    matching.refuse_faults()
    return found


def answered(task: RecordedTask) -> list[str]:
    """The documents that have an answer, by row number and repeat."""
    return [
        f"{sample.document.id.partition('#')[2]}.{sample.repeat}"
        for sample in task.samples
        if isinstance(sample.outcomes[0], Response)
    ]


def test_without_an_id_content_finds_the_document(tmp_path: Path) -> None:
    task = SmallTask(tmp_path)
    (found,) = matched(task, [answer(4, row=None), answer(1, row=None)])
    assert answered(found) == ["1.0", "4.0"]


@pytest.mark.parametrize(
    "shown",
    [
        Shown("  Soalan\n4? ", ("ya ", " tidak")),
        Shown("Soalan 4?", ("ya", "", "tidak", "")),
        Shown("Answer this.\nSoalan 4?\nA. ya\nB. tidak\nAnswer:"),
    ],
    ids=["other white space", "blank options", "the whole prompt"],
)
def test_content_is_compared_by_what_it_says(tmp_path: Path, shown: Shown) -> None:
    for number in (4, None):
        given = answer(4, shown=shown, **({} if number else {"row": None}))
        (found,) = matched(SmallTask(tmp_path), [given])
        assert answered(found) == ["4.0"]


@pytest.mark.parametrize(
    "shown",
    [Shown("Soalan 4?", ("tidak", "ya")), Shown("Soalan 4?", ("ya",)), Shown("Soalan lain?", ("ya", "tidak"))],
    ids=["another order", "an option less", "another question"],
)
def test_other_content_is_another_version_of_the_data(tmp_path: Path, shown: Shown) -> None:
    with pytest.raises(LogError, match=r"log:5: shows another question or other options than small/rows\.jsonl#4"):
        matched(SmallTask(tmp_path), [answer(4, shown=shown)])
    with pytest.raises(LogError, match="log:5: shows a question or options that no document of small has"):
        matched(SmallTask(tmp_path), [answer(4, row=None, shown=shown)])


def test_data_that_repeats_itself_is_taken_in_its_order(tmp_path: Path) -> None:
    task = SmallTask(
        tmp_path,
        rows=[row(1), row(1), row(2)],
        changes={"exclude": [{"reason": "repeats the row before", "rows": [1]}]},
    )
    same = [answer(1, row=None, place=f"log:{line}") for line in (1, 2)]
    (found,) = matched(task, same)
    assert answered(found) == ["0.0"]
    assert found.set_aside == {"repeats the row before": 1}
    with pytest.raises(LogError, match=r"log:3: small/rows\.jsonl#0 is answered twice, first at log:1"):
        matched(task, [*same, answer(1, row=None, place="log:3")])


def test_repeats_stay_apart_and_a_missing_one_is_no_error(tmp_path: Path) -> None:
    answers = [answer(number, repeat=repeat) for number in range(6) for repeat in range(3)]
    (found,) = matched(SmallTask(tmp_path), answers[:-1])
    assert found.repeats == 3
    assert answered(found)[-3:] == ["4.2", "5.0", "5.1"]
    assert not [sample for sample in found.samples if isinstance(sample.outcomes[0], Failure)]


def test_a_repeat_that_failed_stays_an_error_beside_those_that_did_not(tmp_path: Path) -> None:
    failed = answer(0, repeat=1, outcomes=(Failure("state 'failed'"),), requests=(), shown=None)
    answers = [answer(0), failed, answer(0, repeat=2), answer(1)]
    (found,) = matched(SmallTask(tmp_path), answers)
    assert answered(found) == ["0.0", "0.2", "1.0"]
    of_first = [sample for sample in found.samples if sample.document.id.endswith("#0")]
    assert [(sample.repeat, isinstance(sample.outcomes[0], Failure)) for sample in of_first] == [
        (0, False),
        (1, True),
        (2, False),
    ]


def test_a_document_without_an_answer_is_a_failure_with_its_cause(tmp_path: Path) -> None:
    answers = [answer(number) for number in range(4)]
    failed = answer(4, outcomes=(Failure("state 'failed'"),), requests=(), shown=None)
    (found,) = matched(SmallTask(tmp_path), [*answers, failed])
    causes = [sample.outcomes[0].cause for sample in found.samples if isinstance(sample.outcomes[0], Failure)]
    assert causes == ["state 'failed'", "the source has no answer to this document"]


def test_numbers_of_examples_are_scored_apart(tmp_path: Path) -> None:
    found = matched(SmallTask(tmp_path), [answer(0), answer(0, shots=1), answer(1, shots=1)])
    assert [(task.shots, len(answered(task))) for task in found] == [(0, 1), (1, 2)]


def test_one_task_in_two_forms_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LogError, match="log:2: small is answered in two forms, first at log:1"):
        matched(SmallTask(tmp_path), [answer(0), answer(1, form=AnswerForm("likelihood"))])


def test_decoding_parameters_that_differ_are_all_told(tmp_path: Path) -> None:
    warm = answer(1, requests=(Request("generate", {"temperature": 1}, messages=(Message("user", "x"),)),))
    (found,) = matched(SmallTask(tmp_path), [answer(0), warm])
    assert found.decoding == {"temperature": [0, 1]}


def test_repeats_are_counted_from_nought_wherever_the_source_began(tmp_path: Path) -> None:
    (found,) = matched(SmallTask(tmp_path), [answer(0, repeat=7), answer(0, repeat=3), answer(1, repeat=3)])
    assert answered(found) == ["0.0", "0.1", "1.0"]


def test_ways_of_asking_are_scored_apart(tmp_path: Path) -> None:
    likelihoods = answer(0, variant="ll-cloze", form=AnswerForm("likelihood"))
    found = matched(SmallTask(tmp_path), [answer(0), likelihoods])
    assert [(task.variant, task.form.kind) for task in found] == [("", "letter"), ("ll-cloze", "likelihood")]


def test_content_that_documents_with_other_passages_share_finds_none_of_them(tmp_path: Path) -> None:
    task = SmallTask(
        tmp_path,
        rows=[row(1, passage="Satu."), row(1, passage="Dua.")],
        changes={"document": {"passage": "passage"}},
    )
    with pytest.raises(LogError, match="log:2: does not say which of 2 documents with other passages it shows"):
        matched(task, [answer(1, row=None)])
    (found,) = matched(task, [answer(1)])
    assert answered(found) == ["1.0"]


LISTED = "Soalan 4?\nA. {}\nB. {}\nAnswer:"


@pytest.mark.parametrize(
    "text",
    [LISTED.format("tidak", "ya"), "Soalan 4?\ntidak\nya", "Soalan 4?\ntidak, ya. Jawab ya atau tidak:", "Soalan 4?"],
    ids=["lettered", "lines", "named again", "none"],
)
def test_a_text_that_has_the_options_in_another_order_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(
        LogError, match=r"log:5: shows the options of small/rows\.jsonl#4 in another order, or not at all"
    ):
        matched(SmallTask(tmp_path), [answer(4, shown=Shown(text))])
    with pytest.raises(LogError, match="log:5: shows a question or options that no document of small has"):
        matched(SmallTask(tmp_path), [answer(4, row=None, shown=Shown(text))])


def test_a_text_that_fits_documents_with_other_content_finds_none_of_them(tmp_path: Path) -> None:
    task = SmallTask(tmp_path, rows=[row(1), {**row(1), "question": "Lagi. Soalan 1?"}])
    whole = Shown(LISTED.replace("4", "1").format("ya", "tidak"))
    (found,) = matched(task, [answer(0, row=None, shown=whole)])
    assert answered(found) == ["0.0"]
    both = Shown("Lagi. " + whole.question)
    with pytest.raises(LogError, match="log:1: does not say which of 2 documents with other content it shows"):
        matched(task, [answer(0, row=None, shown=both)])


def test_letters_of_a_text_count_its_blanks(tmp_path: Path) -> None:
    (found,) = matched(SmallTask(tmp_path), [answer(4, shown=Shown("Soalan 4?\nA. ya\nB.\nC. tidak\nAnswer:"))])
    (sample,) = [sample for sample in found.samples if sample.document.id.endswith("#4")]
    assert sample.letters == ("A", "C")
