"""A results file that is no longer what its card and runs make is found out."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from seahelm_lite.boards.check import check_file
from seahelm_lite.boards.files import results_text, write_results
from seahelm_lite.boards.results import BoardResults
from seahelm_lite.boards.runs import read_runs
from tests.boards.making import Workshop, letters
from tests.small_task import SmallTask, row


@pytest.fixture
def filled(workshop: Workshop) -> Workshop:
    """Three models that rank and one that does not."""
    workshop.model("a", one=letters(12), two=letters(12))
    workshop.model("b", one=letters(11), two=letters(12))
    workshop.model("c", one=letters(0), two=letters(0))
    workshop.model("d", one=letters(12))
    return workshop


def _written(workshop: Workshop) -> Path:
    return write_results(workshop.build(), workshop.root / "results")


def _faults(workshop: Workshop, path: Path, *, again: bool = False) -> list[str]:
    board = workshop.board()
    return check_file(path, {board.card.id: board}, read_runs([workshop.out]) if again else None)


def test_a_file_as_it_was_built_has_no_faults(filled: Workshop) -> None:
    path = _written(filled)
    assert _faults(filled, path) == []
    assert _faults(filled, path, again=True) == []


def test_documents_clustered_by_a_column_called_document_are_no_fault(workshop: Workshop) -> None:
    """As the sentences of an article of NTREX are: that is another thing than each document by itself."""
    rows, shots = [row(n, answer=0, document=f"article {n // 3}") for n in range(12)], [row(100 + n) for n in range(4)]
    SmallTask(workshop.root / "tasks", rows, shots, {"id": "one", "document": {"cluster": "document"}}).write()
    workshop.model("a", one=letters(11), two=letters(12))
    results = workshop.build()
    assert (results.columns[0].cluster_key, results.rows[0].cells[0].n_clusters) == ("row.document", 4)
    assert (results.columns[1].cluster_key, results.rows[0].cells[1].n_clusters) == ("document", 12)
    assert _faults(workshop, _written(workshop), again=True) == []


def _headline(body: Any) -> None:
    body["rows"][0]["headline"]["value"] = 0.99


def _swapped(body: Any) -> None:
    body["rows"][:2] = body["rows"][1::-1]


def _below_first(body: Any) -> None:
    body["rows"] = [body["rows"][3], *body["rows"][:3]]


def _rank(body: Any) -> None:
    body["rows"][2]["rank"] = {"lo": 1, "hi": 1}


def _group(body: Any) -> None:
    body["rows"][2]["group"] = 4


def _coverage(body: Any) -> None:
    body["rows"][3]["coverage"]["done"] = 2


def _promoted(body: Any) -> None:
    body["rows"][3].update(status="ranked", rank={"lo": 1, "hi": 4}, group=2, first=0.0)
    body["rows"][3]["headline"] = body["rows"][0]["headline"]


def _samples(body: Any) -> None:
    body["rows"][0]["cells"][0]["counts"]["scored"] = 11


def _errors(body: Any) -> None:
    body["rows"][0]["cells"][0]["counts"].update(scored=11, error=1)


def _models(body: Any) -> None:
    body["comparison"]["models"] = 4


def _uncompared(body: Any) -> None:
    body["comparison"] = None


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (_headline, "replay-a: its headline is 0.99, the weighted mean of its cells 1.0"),
        (_swapped, "the ranked rows are not in the order of their headlines"),
        (_below_first, "a row without a rank stands above one that has a rank"),
        (_rank, "replay-c: stands at 3 of 3 and says 1 to 1"),
        (_group, "replay-c: is in group 4 after group 1"),
        (_coverage, "replay-d: its coverage says 2 of 2, its cells 1 of 2"),
        (_promoted, "replay-d: it is ranked, with 1 of 2 required columns"),
        (_samples, "{run} counts 11 samples of 12 documents"),
        (_errors, "{run} has a value, and 1 errors"),
        (_models, "3 pairs of 4 models were compared; 3 are ranked"),
        (_uncompared, "3 models are ranked, and nothing says how they were compared"),
    ],
)
def test_numbers_that_contradict_each_other_are_named(
    filled: Workshop, change: Callable[[Any], None], told: str
) -> None:
    path = _written(filled)
    body = json.loads(path.read_text(encoding="utf-8"))
    run = body["rows"][0]["cells"][0]["run"]
    change(body)
    path.write_text(results_text(BoardResults.model_validate(body)), encoding="utf-8")
    faults = _faults(filled, path)
    assert any(told.format(run=run) in fault for fault in faults), faults
    assert all("\n" not in fault for fault in faults)


def test_a_file_written_by_hand_is_found_out(filled: Workshop) -> None:
    path = _written(filled)
    body = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(body, indent=1), encoding="utf-8")
    assert _faults(filled, path) == ["the file is not written as `board build` writes it"]


def test_a_file_under_another_name_is_found_out(filled: Workshop) -> None:
    path = _written(filled)
    other = path.rename(path.with_name("other.json"))
    assert _faults(filled, other) == ["the results of made must be called made.json"]


def test_a_file_that_cannot_be_read_is_one_fault(filled: Workshop) -> None:
    path = _written(filled)
    path.write_text("{}", encoding="utf-8")
    (fault,) = _faults(filled, path)
    assert fault.startswith("is not board results: ")


def test_a_board_without_a_card_is_found_out(filled: Workshop) -> None:
    assert check_file(_written(filled), {}) == ["there is no board 'made'"]


def test_a_card_that_has_changed_is_found_out(filled: Workshop) -> None:
    path = _written(filled)
    board = filled.board(title="Made otherwise")
    assert check_file(path, {"made": board}) == ["the board card has changed since it was built"]


def test_runs_that_now_make_another_board_are_found_out_by_model(filled: Workshop) -> None:
    path = _written(filled)
    filled.model("e", one=letters(6), two=letters(6))
    (fault,) = _faults(filled, path, again=True)
    assert fault.startswith("its runs now make another board; what differs: ")
    assert "replay-e" in fault


def test_runs_that_contradict_each_other_now_are_a_fault(filled: Workshop) -> None:
    path = _written(filled)
    filled.run(filled.answers("d", one=letters(12)), tasks=["one"], max_tokens=3)
    (fault,) = _faults(filled, path, again=True)
    assert fault.startswith("cannot be built again: replay-d has two runs of one that differ in their prompts")
