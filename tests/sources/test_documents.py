from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seahelm_lite.errors import CardError, DataError, SourceError
from seahelm_lite.records import Document
from seahelm_lite.sources.documents import TaskDocuments, load_documents
from tests.small_task import SmallTask, row

NAME = "small/rows.jsonl"
LETTERED = {"options_lettered": True}


def _load(folder: Path, rows: Sequence[Mapping[str, Any]], *, shots: Any = (), **changes: Any) -> TaskDocuments:
    return SmallTask(folder, rows, shots, changes).documents()


def _fault(folder: Path, rows: Sequence[Mapping[str, Any]], *, shots: Any = (), **changes: Any) -> DataError:
    with pytest.raises(DataError) as caught:
        _load(folder, rows, shots=shots, **changes)
    assert caught.value.remedy, "the user is not told what to do"
    assert "\n" not in str(caught.value)
    return caught.value


def _only(documents: TaskDocuments) -> Document:
    (document,) = documents.test
    return document


@pytest.mark.parametrize(
    ("options", "key", "kept", "answer"),
    [
        (["satu", "dua", "tiga"], 2, ["satu", "dua", "tiga"], 2),
        (["satu", "", "tiga"], 2, ["satu", "tiga"], 1),
        (["", "dua", "", "empat", "lima"], 3, ["dua", "empat", "lima"], 1),
        (["satu", None, "tiga", None], 2, ["satu", "tiga"], 1),
        (["satu", "  ", "\t\n", "empat"], 3, ["satu", "empat"], 1),
        ([" satu ", "dua\n"], 0, ["satu", "dua"], 0),
        ([7, 0, 2.5], 1, ["7", "0", "2.5"], 1),
    ],
)
def test_blank_options_are_dropped_and_the_key_goes_with_its_option(
    tmp_path: Path, options: list[Any], key: int, kept: list[str], answer: int
) -> None:
    fields = _only(_load(tmp_path, [row(1, options, key)])).fields
    assert (fields["options"], fields["answer"]) == (kept, answer)


@settings(deadline=None)
@given(st.data())
def test_the_right_option_is_the_same_text_before_and_after_blanks_are_dropped(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    texts = st.sampled_from(["", " ", "x", "y", "z w"])
    options = data.draw(st.lists(texts, min_size=2, max_size=6).filter(lambda o: sum(map(bool, map(str.strip, o))) > 1))
    key = data.draw(st.sampled_from([index for index, option in enumerate(options) if option.strip()]))
    fields = _only(_load(tmp_path_factory.mktemp("small"), [row(1, options, key)])).fields
    assert fields["options"][fields["answer"]] == options[key].strip()
    assert all(fields["options"])


@pytest.mark.parametrize(
    ("options", "kept"),
    [
        (["A. satu", "B. dua"], ["satu", "dua"]),
        (["A) satu", "B) dua", "C) tiga"], ["satu", "dua", "tiga"]),
        (["(A) satu", "(B) dua"], ["satu", "dua"]),
        (["A: satu", "B:dua"], ["satu", "dua"]),
        # Only one letter is taken off: the second belongs to the text.
        (["A. B. Samad", "B. A. Rahman"], ["B. Samad", "A. Rahman"]),
        (["A. I, II dan III", "B. I sahaja"], ["I, II dan III", "I sahaja"]),
        (["A. satu", "B.", "C. tiga"], ["satu", "tiga"]),
    ],
)
def test_letters_of_the_source_are_taken_off_once_where_the_card_says_so(
    tmp_path: Path, options: list[str], kept: list[str]
) -> None:
    assert _only(_load(tmp_path, [row(1, options)], **LETTERED)).fields["options"] == kept


@pytest.mark.parametrize("options", [["A. satu", "B. dua"], ["(A) satu", "(B) dua", "(C) tiga"], ["A.satu", "B.dua"]])
def test_options_that_would_be_lettered_twice_are_refused(tmp_path: Path, options: list[str]) -> None:
    error = _fault(tmp_path, [row(1), row(2, options)])
    assert error.where == f"{NAME}#1"
    assert error.what == "the options already carry letters"
    assert error.remedy == "Say `options_lettered: true` on the card."


@pytest.mark.parametrize(
    "options", [["A. Samad", "B. Rahman", "Lat"], ["B. dua", "A. satu"], ["A", "B"], ["Ali", "Bo"]]
)
def test_options_that_only_look_lettered_are_kept_as_they_are(tmp_path: Path, options: list[str]) -> None:
    assert _only(_load(tmp_path, [row(1, options)])).fields["options"] == options


@pytest.mark.parametrize(
    ("options", "number"), [(["satu", "B. dua"], 1), (["A. satu", "dua"], 2), (["A. satu", "C. tiga"], 2)]
)
def test_an_option_without_the_letter_the_card_promises_is_refused(
    tmp_path: Path, options: list[str], number: int
) -> None:
    error = _fault(tmp_path, [row(1, options)], **LETTERED)
    assert error.where == f"{NAME}#0"
    assert f"option {number} does not carry its letter" in error.what


@pytest.mark.parametrize(
    ("bad", "changes", "what"),
    [
        (row(1, answer=2), {}, "the answer key 2 is outside the 2 options"),
        (row(1, answer=-1), {}, "the answer key -1 is outside the 2 options"),
        (row(1, answer="0"), {}, "the answer key '0' is outside the 2 options"),
        (row(1, answer=True), {}, "the answer key True is outside the 2 options"),
        (row(1, answer=None), {}, "the answer key None is outside the 2 options"),
        (row(1, ["satu", " ", "tiga"], 1), {}, "the answer key names a blank option"),
        (row(1, ["satu", ""], 0), {}, "fewer than two options are left"),
        (row(1, []), {}, "the answer key 0 is outside the 0 options"),
        ({**row(1), "options": None}, {}, "options is no list: 'options' gives None"),
        ({**row(1), "options": "ya"}, {}, "options is no list: 'options' gives 'ya'"),
        ({**row(1), "question": " \n"}, {}, "the question is empty"),
        ({**row(1), "question": None}, {}, "the question is empty"),
        ({"soalan": "Apa?", "options": ["ya", "tidak"], "answer": 0, "topic": "am"}, {}, "a column is missing: "),
        (row(1, answer="x"), {"document": {"answer": "letter_index(answer)"}}, "'x' is not an option letter"),
        (row(1), {"document": {"options": "[question, absent]"}}, "a column is missing: "),
        (row(1), {"document": {"options": "[topic.deeper, question]"}}, "a column is missing: "),
        (row(1), {"document": {"options": "options | map(attribute='x') | list"}}, "a column is missing: "),
        (row(1), {"document": {"answer": "int(question)"}}, "'int(question)' cannot be read: invalid literal"),
        (row(1), {"document": {"answer": "options.index('lain')"}}, "cannot be read: 'lain' is not in list"),
        (row(1), {"document": {"answer": "question.__class__.__mro__"}}, "of 'str' object is unsafe"),
        (row(1), {"document": {"answer": "1 // 0"}}, "cannot be read: "),
        (row(1), {"document": {"cluster": "absent"}}, "a column is missing: "),
        (row(1), {"document": {"stratum": "absent"}}, "a column is missing: "),
        (row(1), {"document": {"subgroups": {"of": "absent"}}}, "a column is missing: "),
        (row(1), {"document": {"key": "absent"}, "exclude": [{"reason": "long enough", "keys": [1]}]}, "missing: "),
        (
            row(1),
            {"document": {"cloze_context": "question", "cloze_options": "['saja']"}},
            "there are 1 cloze_options for 2 options",
        ),
    ],
)
def test_a_row_that_the_card_cannot_read_is_named_with_what_to_do(
    tmp_path: Path, bad: dict[str, Any], changes: dict[str, Any], what: str
) -> None:
    good = {} if changes else row(2)
    error = _fault(tmp_path, [good, bad] if good else [bad], **changes)
    assert error.where == (f"{NAME}#1" if good else f"{NAME}#0")
    assert what in error.what


def test_a_missing_column_lists_the_columns_there_are(tmp_path: Path) -> None:
    error = _fault(tmp_path, [{"soalan": "Apa?", "pilihan": []}])
    assert error.what == "a column is missing: question (columns: soalan, pilihan)"


def test_a_faulty_row_of_the_few_shot_file_is_named_too(tmp_path: Path) -> None:
    assert _fault(tmp_path, [row(1)], shots=[row(2), row(3, answer=9)]).where == "small/shots.jsonl#1"


def test_an_expression_with_a_fault_is_the_cards_and_the_row_is_named(tmp_path: Path) -> None:
    with pytest.raises(CardError, match=r"the expression 'options \|' has a fault: ") as caught:
        _load(tmp_path, [row(1)], document={"options": "options |"})
    assert caught.value.where == f"{NAME}#0"


@pytest.mark.parametrize(("rows", "exclude"), [([], []), ([row(1)], [{"reason": "the only row is bad", "rows": [0]}])])
def test_an_empty_test_split_is_refused(tmp_path: Path, rows: list[Any], exclude: list[Any]) -> None:
    error = _fault(tmp_path, rows, exclude=exclude)
    assert (error.where, error.what) == ("small", "the test split is empty")


@pytest.mark.parametrize(
    ("exclude", "where", "what"),
    [
        ([{"reason": "two too many", "rows": [1, 3]}], f"{NAME}#3", "does not exist, of 3"),
        ([{"reason": "before the file", "rows": [-1]}], f"{NAME}#-1", "does not exist, of 3"),
        (
            [{"reason": "first reason", "rows": [1]}, {"reason": "second reason", "rows": [1]}],
            f"{NAME}#1",
            "is excluded twice",
        ),
        ([{"reason": "a misspelt file", "rows": [1], "path": "small/row.jsonl"}], "small", "names the file"),
        ([{"reason": "of the shots", "rows": [2], "path": "small/shots.jsonl"}], "small/shots.jsonl#2", "of 2"),
    ],
)
def test_an_exclusion_of_what_is_not_there_is_refused(
    tmp_path: Path, exclude: list[dict[str, Any]], where: str, what: str
) -> None:
    error = _fault(tmp_path, [row(n) for n in range(3)], shots=[row(7), row(8)], exclude=exclude)
    assert error.where == where
    assert what in error.what


def test_rows_are_excluded_by_number_and_counted_by_reason(tmp_path: Path) -> None:
    documents = _load(
        tmp_path,
        [row(n) for n in range(6)],
        exclude=[{"reason": "two bad rows", "rows": [0, 4]}, {"reason": "another one", "rows": [2]}],
    )
    assert [document.id for document in documents.test] == [f"{NAME}#{n}" for n in (1, 3, 5)]
    assert documents.excluded == {"two bad rows": 2, "another one": 1}


def test_an_excluded_row_need_not_be_readable(tmp_path: Path) -> None:
    rows = [row(1), {**row(2), "question": None}]
    assert len(_load(tmp_path, rows, exclude=[{"reason": "no question", "rows": [1]}]).test) == 1


def test_rows_are_excluded_by_the_sources_own_key_and_absent_keys_are_nobodys_fault(tmp_path: Path) -> None:
    rows = [row(n, id=100 + n) for n in range(4)]
    documents = _load(
        tmp_path,
        rows,
        document={"key": "id"},
        exclude=[{"reason": "known bad", "keys": [101, 103, 999]}, {"reason": "by its number", "rows": [0]}],
    )
    assert [document.id for document in documents.test] == [f"{NAME}#2"]
    assert documents.excluded == {"by its number": 1, "known bad": 2}


def test_only_an_exclusion_that_names_the_few_shot_file_reaches_the_examples(tmp_path: Path) -> None:
    rows, shots = [row(n) for n in range(3)], [row(n) for n in range(10, 13)]
    exclude = [
        {"reason": "of the test file", "rows": [0]},
        {"reason": "of the few-shot file", "rows": [1], "path": "small/shots.jsonl"},
    ]
    documents = _load(tmp_path, rows, shots=shots, exclude=exclude)
    assert [shot.id for shot in documents.shots] == ["small/shots.jsonl#0", "small/shots.jsonl#2"]
    assert documents.excluded == {"of the test file": 1}


@pytest.mark.parametrize(
    ("shot", "is_kept"),
    [
        (row(1), False),
        ({**row(1), "question": "  Soalan 1? \n"}, False),
        ({**row(1), "options": ["ya", "", "tidak"]}, False),
        (row(1, topic="lain"), False),
        (row(9), True),
        (row(1, answer=1), True),
        (row(1, ["ya", "bukan"]), True),
    ],
)
def test_no_example_has_the_content_of_a_test_document(tmp_path: Path, shot: dict[str, Any], is_kept: bool) -> None:
    documents = _load(tmp_path, [row(1), row(2)], shots=[shot, row(5)])
    assert len(documents.shots) == 1 + is_kept
    contents = {document.content_hash for document in documents.test}
    assert not contents & {shot.content_hash for shot in documents.shots}


def test_examples_may_have_columns_of_their_own(tmp_path: Path) -> None:
    shots = [{"soalan": "Apa?", "pilihan": ["itu", "ini"], "kunci": "B"}]
    mapping = {"question": "soalan", "options": "pilihan", "answer": "letter_index(kunci)"}
    (shot,) = _load(tmp_path, [row(1)], shots=shots, shot_document=mapping).shots
    assert (shot.fields["question"], shot.fields["answer"]) == ("Apa?", 1)


def test_equal_rows_are_two_documents_with_one_content(tmp_path: Path) -> None:
    first, second = _load(tmp_path, [row(1), row(1)]).test
    assert first.id != second.id
    assert first.content_hash == second.content_hash


def test_the_path_of_the_file_may_be_the_cluster_and_is_the_stratum_where_the_card_names_none(tmp_path: Path) -> None:
    document = {"cluster": "source_path", "stratum": None, "subgroups": {"file": "source_path ~ '!'"}}
    found = _only(_load(tmp_path, [row(1)], document=document))
    assert (found.cluster, found.stratum, found.subgroups) == (NAME, NAME, {"file": f"{NAME}!"})


def test_a_column_called_source_path_wins_over_the_files_own(tmp_path: Path) -> None:
    assert _only(_load(tmp_path, [row(1, source_path="x")], document={"cluster": "source_path"})).cluster == "x"


def test_a_document_is_its_own_cluster_where_the_card_names_none(tmp_path: Path) -> None:
    assert _only(_load(tmp_path, [row(1)])).cluster == f"{NAME}#0"


def test_a_written_answer_needs_its_reference(tmp_path: Path) -> None:
    generation = {
        "kind": "generation",
        "protocols": ["gen"],
        "metrics": ["chrf"],
        "instruction": "Terjemahkan.",
        "document": {"options": None, "answer": None, "reference": "text"},
    }
    assert _only(_load(tmp_path, [row(1, text=" Rumah. ")], **generation)).fields["reference"] == "Rumah."
    assert _fault(tmp_path, [row(1, text="")], **generation).what == "the reference is empty"


def test_a_passage_may_be_empty(tmp_path: Path) -> None:
    rows = [row(1, passage="Teks."), row(2, passage=None)]
    documents = _load(tmp_path, rows, document={"passage": "passage"})
    assert [document.fields["passage"] for document in documents.test] == ["Teks.", ""]


def test_the_data_hash_changes_with_the_data_and_the_sources_are_told(tmp_path: Path) -> None:
    first = _load(tmp_path / "a", [row(1)])
    assert first.data_hash == _load(tmp_path / "b", [row(1)]).data_hash
    assert first.data_hash != _load(tmp_path / "c", [row(2)]).data_hash
    assert first.data_hash != _load(tmp_path / "d", [row(1)], shots=[row(2)]).data_hash
    (source,) = first.sources
    assert (source["source"], source["pinned"]) == (f"packaged {NAME}", True)


def test_a_file_with_another_hash_is_refused_and_both_hashes_are_named(tmp_path: Path) -> None:
    small = SmallTask(tmp_path)
    card = small.card
    (tmp_path / NAME).write_bytes(b'{"question": "changed"}\n')
    with pytest.raises(SourceError) as caught:
        load_documents(card, small.where)
    (file,) = card.data.test
    assert file.pin is not None
    assert str(file.pin.sha256) in caught.value.what
    assert hashlib.sha256((tmp_path / NAME).read_bytes()).hexdigest() in caught.value.what


def test_the_cloze_forms_follow_the_options_that_are_left(tmp_path: Path) -> None:
    document = {"cloze_context": "question", "cloze_options": "options"}
    fields = _only(_load(tmp_path, [row(1, ["satu", "", "tiga"], 2)], document=document)).fields
    assert fields["cloze_options"] == fields["options"] == ["satu", "tiga"]


def _languages(count: int) -> list[dict[str, Any]]:
    return [row(number, language=("jv", "su")[number % 2]) for number in range(count)]


def test_a_file_of_several_languages_gives_the_rows_of_one_under_their_numbers(tmp_path: Path) -> None:
    found = _load(tmp_path, _languages(5), shots=_languages(9)[5:], document={"only": "language == 'su'"})
    assert [document.id for document in found.test] == [f"{NAME}#1", f"{NAME}#3"]
    assert {document.fields["question"] for document in found.shots} == {"Soalan 5?", "Soalan 7?"}
    assert not found.left_out


def test_a_row_of_another_task_need_not_be_readable(tmp_path: Path) -> None:
    rows = [*_languages(2), row(2, ["satu"], language="jv")]
    assert len(_load(tmp_path, rows, document={"only": "language == 'su'"}).test) == 1


def test_a_language_that_the_file_lacks_is_an_error_that_names_the_condition(tmp_path: Path) -> None:
    error = _fault(tmp_path, _languages(4), document={"only": "language == 'ban'"})
    assert "of no row of the test split is language == 'ban' true" in str(error)


def test_a_condition_on_a_column_that_is_not_there_names_the_row(tmp_path: Path) -> None:
    error = _fault(tmp_path, _languages(2), document={"only": "tongue == 'su'"})
    assert (error.where, "tongue" in error.what) == (f"{NAME}#0", True)
