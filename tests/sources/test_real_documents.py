"""Documents of the shipped tasks on real data, held to the counts that the mirror's index states.

The index counts whole files and gives percentages with one decimal.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from seahelm_lite.catalog.catalog import Catalog
from seahelm_lite.catalog.task_card import TaskCard
from seahelm_lite.prompts.asking import Asker, Asking
from seahelm_lite.scoring.scores import table_without_answers
from seahelm_lite.sources.documents import TaskDocuments, load_documents
from seahelm_lite.sources.where import Where


@pytest.fixture
def real(shared_data: Path, catalog: Catalog, tmp_path: Path) -> Where:
    """Places to look for data: the mirror of real data, an empty cache, no network."""
    return Where(mirror=shared_data, cache=tmp_path / "cache", offline=True, task_roots=catalog.roots)


def _whole(task: str, catalog: Catalog) -> TaskCard:
    """The card without its exclusions."""
    return catalog.task(task).card.model_copy(update={"exclude": ()})


def _percentages(card: TaskCard, data: TaskDocuments) -> tuple[float | None, float | None, float | None]:
    """Chance, majority and longest."""
    table = table_without_answers(card, data.test)
    chance, baselines = table.chance("acc"), table.baselines("acc")
    assert chance is not None
    return tuple(100 * float(value) for value in (chance, baselines["majority"], baselines["longest"]))  # type: ignore


@pytest.mark.parametrize(
    ("task", "count", "chance", "majority", "longest"),
    [
        ("thai_exam_a_level", 127, 20.2, 27.6, 18.7),
        ("thai_exam_ic", 95, 25.3, 36.8, 28.9),
        ("thai_exam_onet", 162, 20.0, 22.2, 20.7),
        ("thai_exam_tgat", 65, 23.3, 26.2, 49.5),
        ("thai_exam_tpat1", 116, 20.0, 25.9, 22.4),
        ("global_mmlu_lite_id", 400, 25, 25, 30.0),
        ("global_mmlu_lite_ms", 400, 25, 25, 26.6),
        ("global_mmlu_lite_fil", 400, 25, 25, 26.4),
        ("global_mmlu_lite_vi", 400, 25, 25, 27.8),
        ("copal_id_standard", 559, 50, 50.1, 44.7),
        ("copal_id_colloquial", 559, 50, 50.1, 47.3),
        ("xcopa_id", 500, 50, 50, 47.8),
        ("xcopa_th", 500, 50, 50, 47.4),
        ("xcopa_vi", 500, 50, 50, 49.0),
        ("xcopa_ta", 500, 50, 50, 43.1),
        ("indocareer", 8768, 22.46, 24.8, 28.3),
    ],
)
def test_counts_and_baselines_of_whole_files_are_those_of_the_index(
    task: str, count: int, chance: float, majority: float, longest: float, real: Where, catalog: Catalog
) -> None:
    card = _whole(task, catalog)
    data = load_documents(card, real)
    assert len(data.test) == count
    # A value that ends in 5 may have been rounded either way.
    assert _percentages(card, data) == pytest.approx((chance, majority, longest), abs=0.0501)


def test_the_row_with_three_equal_options_is_left_out_of_a_level(real: Where, catalog: Catalog) -> None:
    data = load_documents(catalog.task("thai_exam_a_level").card, real)
    assert len(data.test) == 126
    assert sum(data.excluded.values()) == 1


def test_burmese_keys_are_read_and_the_row_without_a_question_is_left_out(real: Where, catalog: Catalog) -> None:
    card = catalog.task("global_mmlu_lite_my").card
    data = load_documents(card, real)
    assert len(data.test) == 397
    # The index counts 400 rows; the one left out moves each share by at most a quarter of a point.
    assert _percentages(card, data) == pytest.approx((25, 25, 26.4), abs=0.25)
    assert Counter(document.fields["answer"] for document in data.test).most_common()[-1][1] >= 99


def test_options_that_are_blank_in_the_source_are_dropped_from_tgat_and_ic(real: Where, catalog: Catalog) -> None:
    def sizes(task: str) -> Counter[int]:
        data = load_documents(catalog.task(task).card, real)
        return Counter(len(document.fields["options"]) for document in data.test)

    assert sizes("thai_exam_tgat") == {4: 43, 5: 22}
    assert sizes("thai_exam_ic") == {4: 94, 2: 1}
    assert sizes("thai_exam_onet") == {5: 161}


@pytest.mark.parametrize("code", ["ace", "ban", "bjn", "bug", "en", "id", "jv", "mad", "min", "nij", "su", "bbc"])
def test_every_language_of_nusax_has_the_same_four_hundred_reviews(code: str, real: Where, catalog: Catalog) -> None:
    card = _whole(f"nusax_senti_{code}", catalog)
    data = load_documents(card, real)
    assert (len(data.test), len(data.shots)) == (400, 500)
    assert Counter(document.stratum for document in data.test) == {"positive": 151, "negative": 153, "neutral": 96}
    chance, majority, _ = _percentages(card, data)
    assert (chance, majority) == pytest.approx((33.3, 38.3), abs=0.0501)
    english = load_documents(_whole("nusax_senti_en", catalog), real)
    assert {document.cluster for document in data.test} == {document.cluster for document in english.test}


@pytest.mark.parametrize(("code", "test", "shots"), [("nij", 390, 490), ("en", 396, 495), ("bjn", 399, 500)])
def test_reviews_of_nusax_that_carry_another_text_or_half_of_theirs_are_left_out(
    code: str, test: int, shots: int, real: Where, catalog: Catalog
) -> None:
    data = load_documents(catalog.task(f"nusax_senti_{code}").card, real)
    assert (len(data.test), len(data.shots)) == (test, shots)


@pytest.mark.parametrize("language", ["th", "id", "ta"])
def test_parallel_items_of_xcopa_ask_for_the_same_thing_in_every_language(
    language: str, real: Where, catalog: Catalog
) -> None:
    def asked(code: str) -> tuple[list[tuple[str, str | None]], list[bool]]:
        data = load_documents(catalog.task(f"xcopa_{code}").card, real)
        (ending,) = {str(d.fields["question"]).rpartition("\n")[2] for d in data.test if d.stratum == "cause"}
        causes = [str(shot.fields["question"]).endswith(ending) for shot in data.shots]
        return [(document.cluster, document.stratum) for document in data.test], causes

    assert asked(language) == asked("vi")


def test_the_ending_that_indocloze_always_lists_first_comes_first_in_half_of_the_items(
    real: Where, catalog: Catalog
) -> None:
    card = catalog.task("indocloze").card
    data = load_documents(card, real)
    assert len(data.test) == 1134
    first = sum(document.fields["answer"] == 0 for document in data.test) / len(data.test)
    assert first == pytest.approx(0.5, abs=0.05)
    assert _percentages(card, data)[2] == pytest.approx(74.0, abs=0.0501)


def test_the_two_varieties_of_copal_are_paired(real: Where, catalog: Catalog) -> None:
    standard = load_documents(catalog.task("copal_id_standard").card, real)
    colloquial = load_documents(catalog.task("copal_id_colloquial").card, real)
    assert [document.cluster for document in standard.test] == [document.cluster for document in colloquial.test]
    assert Counter(document.stratum for document in standard.test) == {"cause": 279, "effect": 280}


def test_no_premise_of_copal_loses_its_last_letter(real: Where, catalog: Catalog) -> None:
    for document in load_documents(catalog.task("copal_id_colloquial").card, real).test:
        premise = str(document.fields["question"]).partition("\n")[0].strip().rstrip('.!?。”" ')
        assert str(document.fields["cloze_context"]).startswith(premise)


def test_copying_sarawak_malay_scores_what_the_index_states(real: Where, catalog: Catalog) -> None:
    card = catalog.task("malay_dialect_sarawak").card
    data = load_documents(card, real)
    assert len(data.test) == 429
    assert len({document.cluster for document in data.test}) == 28
    assert sum(d.fields["question"] == d.fields["reference"] for d in data.test) == 31
    copied = table_without_answers(card, data.test).baselines("chrf")["copy"]
    assert copied == pytest.approx(0.474, abs=0.000501)


@pytest.mark.parametrize(
    ("task", "rows", "kept"),
    [
        ("malay_grammar_tatabahasa", 1396, 1356),
        ("malay_grammar_quiz", 349, 312),
        ("malay_grammar_pt3", 54, 54),
        ("malay_grammar_kertas1", 180, 94),
    ],
)
def test_rows_of_the_malay_grammar_sets_are_kept_or_left_out_for_a_reason(
    task: str, rows: int, kept: int, real: Where, catalog: Catalog
) -> None:
    data = load_documents(catalog.task(task).card, real)
    assert (len(data.test), len(data.test) + sum(data.excluded.values())) == (kept, rows)


@pytest.mark.parametrize(
    "task", ["thai_exam_onet", "global_mmlu_lite_ms", "nusax_senti_id", "malay_grammar_tatabahasa"]
)
def test_no_question_of_the_test_split_is_among_the_examples(task: str, real: Where, catalog: Catalog) -> None:
    data = load_documents(catalog.task(task).card, real)

    def asked(document: Any) -> tuple[str, str]:
        return document.fields.get("passage", ""), document.fields["question"]

    assert data.shots
    assert not {asked(document) for document in data.test} & {asked(shot) for shot in data.shots}


def _sample_record(shared_data: Path) -> dict[str, Any]:
    path = shared_data / "derived" / "malaymmlu" / "sample_record_issue3.json"
    (record,) = json.loads(path.read_text(encoding="utf-8"))
    return dict(record)


def _load_malaymmlu(catalog: Catalog, folder: Path, *records: dict[str, Any]) -> TaskDocuments:
    """The documents of a hub mirror that holds these records."""
    hub = folder / "hub" / "UMxYTLAILabs" / "MalayMMLU" / "main"
    hub.mkdir(parents=True)
    (hub / "MalayMMLU_0shot.json").write_text(json.dumps(records), encoding="utf-8")
    where = Where(mirror=folder, cache=folder / "cache", offline=True, task_roots=catalog.roots)
    return load_documents(catalog.task("malaymmlu").card, where)


def test_the_sample_record_of_malaymmlu_is_read_and_lettered_once(
    shared_data: Path, catalog: Catalog, tmp_path: Path
) -> None:
    record = _sample_record(shared_data)
    # Its own id is among the known bad ones.
    (document,) = _load_malaymmlu(catalog, tmp_path, {**record, "id": 1}).test
    assert document.id == "UMxYTLAILabs/MalayMMLU/MalayMMLU_0shot.json#0"
    assert document.fields["options"] == [option[3:] for option in record["options"]]
    assert document.fields["answer"] == "ABCD".index(record["key"])
    assert document.fields["question"] == record["prompt"].partition("\nA. ")[0].rstrip()
    (request,) = Asker("malaymmlu", catalog.task("malaymmlu").card, "gen-letter", Asking("plain")).requests(document)
    lettered = [line for line in str(request.context).splitlines() if line[:2] in ("A.", "B.", "C.", "D.")]
    assert lettered == record["options"]
    assert document.stratum == f"{record['category']}/{record['level']}"
    assert dict(document.subgroups) == {name: record[name] for name in ("category", "level", "subject")}


def test_a_known_bad_record_of_malaymmlu_is_left_out_and_the_unpinned_source_says_so(
    shared_data: Path, catalog: Catalog, tmp_path: Path
) -> None:
    record = _sample_record(shared_data)
    data = _load_malaymmlu(catalog, tmp_path, record, {**record, "id": 2})
    assert [document.id[-2:] for document in data.test] == ["#1"]
    assert data.excluded == {"an option has the wrong text (upstream issue 3)": 1}
    (source,) = data.sources
    assert source["pinned"] is False
    assert len(source["sha256"]) == 64


def test_every_known_bad_id_of_malaymmlu_is_left_out_or_told_as_a_defect(shared_data: Path, catalog: Catalog) -> None:
    known = json.loads((shared_data / "derived" / "malaymmlu" / "known_bad_ids.json").read_text(encoding="utf-8"))
    card = catalog.task("malaymmlu").card
    excluded = {key for exclusion in card.exclude for key in exclusion.keys}
    assert excluded == {key for kind, keys in known["ids"].items() if kind != "minor" for key in keys}
    assert all(any(str(key) in defect for defect in card.defects) for key in known["ids"]["minor"])
