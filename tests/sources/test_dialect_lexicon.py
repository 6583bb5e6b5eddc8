"""Definitions of a dialect glossary and the others they stand among, on rows of our own and on the real files."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from seahelm_lite.catalog.catalog import Catalog
from seahelm_lite.sources import Where, read_rows
from seahelm_lite.sources.documents import documents_of
from seahelm_lite.sources.documents import read_rows as read_task_rows
from seahelm_lite.sources.text_files import Row

STATES = {"negeri_sembilan": (43, 41), "pahang": (66, 30), "penang": (245, 103)}
"""Rows of a file, and those that make items."""

GLOSSARIES = "github.com/mesolitica/malaysian-dataset/297ebe60c9c2a55c9f8b760a71ba3bad2ff09859/dictionary/dialect"

NOUNS = [
    ["gotah", "[g.t]", "kata nama", "1. susu pokok.", "Gotah pokok tu.", "[g]", "Getah pokok itu."],
    ["jerat", "[dZ.r]", "kata nama", "1. perangkap burung.", "", "", ""],
    ["lukah", "[l.k]", "kata nama", "1. bubu kecil.", "", "", ""],
    ["tempua", "[t.p]", "kata nama", "1. sarang lebah.", "", "", ""],
    ["cebok", "[tS.b]", "kata nama", "1. gayung mandi.", "", "", ""],
]
VERBS = [
    ["godak", "[g.d]", "kata kerja", "1. mengacau air.", "", "", ""],
    ["lotu", "[l.t]", "kata kerja", "1. berlari.", "", "", ""],
]


def read(folder: Path, *entries: list[str]) -> list[Row]:
    path = folder / "glossary.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([[str(number) for number in range(7)], *entries])
    return read_rows(path, "dialect_lexicon")


def only(folder: Path, *cells: str) -> Row:
    """What a row says among others that lend it definitions."""
    return read(folder, [*cells, *[""] * (7 - len(cells))], *NOUNS)[0]


@pytest.mark.parametrize(
    ("cells", "word_class"),
    [
        (("bodong", "[b.d]", "kata nama", "1. pusat yang tersembul.", "Pusek bodong.", "[p]", "Pusat."), "kata nama"),
        (("bodong", "[b.d]", "1. pusat yang tersembul.", "Pusek bodong.", "[p]", "Pusat tersembul."), ""),
        (("bodong", "[b.d] kata nama", "kata nama", "pusat yang tersembul"), "kata nama"),
        (("bodong II", "[b.d]", "kata nama", "1.\xa0\xa0 pusat yang\xa0tersembul.; tojol 1, bonjol I"), "kata nama"),
        (("bodong [", "[b.d]", "kata nama", "2 pusat yang tersembul"), "kata nama"),
    ],
    ids=["aligned", "without a class", "class twice", "homonym", "loose bracket"],
)
def test_an_entry_and_its_definition_are_found_in_columns_that_shift(
    cells: tuple[str, ...], word_class: str, tmp_path: Path
) -> None:
    row = only(tmp_path, *cells)
    assert (row["entry"], row["word_class"], row["fault"]) == ("bodong", word_class, "")
    assert row["definition"] == "pusat yang tersembul"


def test_spaces_of_the_private_font_divide_the_words_of_a_pronunciation(tmp_path: Path) -> None:
    cells = ("habih reng", "\uf05b\uf041\uf062\uf020\uf0c4\uf05d", "bersungguh-sungguh; habih te.")
    assert only(tmp_path, *cells)["definition"] == "bersungguh-sungguh"


@pytest.mark.parametrize(
    ("cells", "fault"),
    [
        (("2. pondok kecil.", "Dio duduk kek pondok.", "[d]", "Dia duduk."), "a further sense"),
        (("2.pondok kecil.", "", "", ""), "a further sense"),
        (("[b.d]", "kata nama", "1. pusat.", "Pusek.", "[p]", "Pusat."), "another column"),
        (("kata nama", "[b.d]", "kata nama", "1. pusat."), "another column"),
        (("bo\ufffdong", "[b.d]", "kata nama", "1. pusat."), "another column"),
        (("bodong pusek", "[b.d]", "kata nama", "1. pusat."), "runs on into another one"),
        (("bodong", "[b.d]", "kata nama", ""), "missing or cannot be read"),
        (("bodong", "[b.d]", "kata nama", "[p.s]", "Pusat."), "missing or cannot be read"),
        (("bodong", "[b.d]", "kata nama", "pu\ufffdat"), "missing or cannot be read"),
        (("bodong", "[b.d]", "kata nama", "\uf070\uf041\uf02e"), "missing or cannot be read"),
        (("bodong", "[b.d]", "kata nama", "1. alat kelamin haiwan."), "indecent"),
        (("ikan bodong", "[i b.d]", "1. masakan ikan sungai."), "gives the entry away"),
    ],
)
def test_a_row_that_makes_no_item_says_why_and_has_nothing_to_ask(
    cells: tuple[str, ...], fault: str, tmp_path: Path
) -> None:
    row = only(tmp_path, *cells)
    assert fault in row["fault"]
    assert set(row) == {"entry", "fault"}


def test_a_repeat_is_told_from_a_second_sense_of_the_same_entry(tmp_path: Path) -> None:
    second = [*NOUNS[0][:3], "2. buah muda.", "", "", ""]
    rows = read(tmp_path, *NOUNS, second, NOUNS[0])
    assert [bool(row["fault"]) for row in rows] == [False] * 6 + [True]
    assert rows[6]["fault"] == "a repeat of an earlier row"
    assert "buah muda" not in rows[0]["others"]
    assert "susu pokok" not in rows[5]["others"]


def test_others_are_three_definitions_of_the_same_word_class(tmp_path: Path) -> None:
    nouns = {"susu pokok", "perangkap burung", "bubu kecil", "sarang lebah", "gayung mandi"}
    for row in read(tmp_path, *NOUNS, *VERBS)[:5]:
        assert len(set(row["others"])) == 3
        assert set(row["others"]) < nouns - {row["definition"]}


def test_where_a_class_has_too_few_the_rest_comes_from_others(tmp_path: Path) -> None:
    first, second = read(tmp_path, *NOUNS, *VERBS)[5:]
    assert (first["others"][0], second["others"][0]) == ("berlari", "mengacau air")
    assert {len(first["others"]), len(second["others"])} == {3}


def test_where_there_are_not_three_others_the_row_makes_no_item(tmp_path: Path) -> None:
    assert {row["fault"] for row in read(tmp_path, *NOUNS[:2], *VERBS[:1])} == {
        "too few definitions of other entries that are not near its own"
    }


@pytest.mark.parametrize(
    "near",
    ["susu pokok.", "getah, susu pokok yang pekat", "pokok", "berkenaan dengan pokok", "batu kapur; gotah"],
    ids=["equal", "longer", "shorter", "with a formula", "named as a synonym"],
)
def test_what_is_near_the_right_definition_is_never_offered_beside_it(near: str, tmp_path: Path) -> None:
    gotah, *_, added = read(tmp_path, *NOUNS[:4], ["latek", "[l.t]", "kata nama", near, "", "", ""])
    assert set(gotah["others"]) == {"perangkap burung", "bubu kecil", "sarang lebah"}
    assert "susu pokok" not in added.get("others", [])


def test_a_further_sense_whose_example_shows_the_entry_is_not_offered_as_wrong(tmp_path: Path) -> None:
    further = ["2. gayung air.", "Ambek gotah nak mandi.", "[a]", "Ambil gayung untuk mandi."]
    rows = read(tmp_path, *NOUNS, [*further, "", "", ""])
    assert "gayung mandi" not in rows[0]["others"]


def test_the_order_of_the_file_does_not_count(tmp_path: Path) -> None:
    forth = read(tmp_path, *NOUNS, *VERBS)
    assert forth == read(tmp_path, *NOUNS, *VERBS)
    assert forth == read(tmp_path, *reversed([*NOUNS, *VERBS]))[::-1]


def test_a_row_that_is_added_takes_at_most_one_place_among_the_others(tmp_path: Path) -> None:
    before = read(tmp_path, *NOUNS)
    after = read(tmp_path, *NOUNS, ["ponggai", "[p.g]", "kata nama", "dapur tanah", "", "", ""])
    lost = [set(a["others"]) - set(b["others"]) for a, b in zip(before, after, strict=False)]
    gained = [set(b["others"]) - set(a["others"]) for a, b in zip(before, after, strict=False)]
    assert all(len(old) == len(new) <= 1 for old, new in zip(lost, gained, strict=True))
    assert set().union(*gained) <= {"dapur tanah"}


@pytest.mark.parametrize("state", STATES)
def test_every_row_that_makes_no_item_is_left_out_by_number_with_its_reason(
    state: str, catalog: Catalog, shared_data: Path, tmp_path: Path
) -> None:
    card = catalog.task(f"malay_dialect_words_{state}").card
    rows = read_task_rows(card, Where(mirror=shared_data, cache=tmp_path, offline=True))
    assert [row.excluded or "" for row in rows.test] == [row.values["fault"] for row in rows.test]
    data = documents_of(card, rows)
    assert (len(rows.test), len(data.test)) == STATES[state]
    right = {row.id: row.values.get("definition") for row in rows.test}
    for document in data.test:
        options: Any = document.fields["options"]
        assert options[document.fields["answer"]] == right[document.id]
        assert len(set(options)) == 4


@pytest.mark.parametrize("state", ["johor", "kedah", "kelantan", "melaka"])
def test_a_state_without_a_card_has_fewer_than_twenty_entries_to_ask(state: str, shared_data: Path) -> None:
    rows = read_rows(shared_data / GLOSSARIES / f"{state}.csv", "dialect_lexicon")
    assert 0 < sum(not row["fault"] for row in rows) < 20
