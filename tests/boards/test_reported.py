"""Figures that others published: read as they stand, or refused with file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from seahelm_lite.boards.fields import BoardError
from seahelm_lite.boards.reported import read_reported
from seahelm_lite.catalog.catalog import Catalog
from tests.conftest import REPOSITORY

SHIPPED = REPOSITORY / "leaderboards" / "results" / "reported"

HEAD = "model,task,part,value,unit,method,source,date,url,lo,hi\n"
ROW = "Kancil 7B,malaymmlu,,61.5,%,first token,its README,2024-09-27,https://example.org/table,,\n"


def _write(folder: Path, text: str) -> Path:
    path = folder / "made.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_figure_has_no_interval_unless_the_source_states_one(tmp_path: Path) -> None:
    stated = ROW.replace("Kancil", "Pelanduk").replace(",,\n", ",60.1,62.9\n")
    _write(tmp_path, HEAD + ROW + stated)
    without, with_one = read_reported(tmp_path)
    assert (without.value, without.lo, without.hi) == (61.5, None, None)
    assert (with_one.lo, with_one.hi) == (60.1, 62.9)


def test_a_day_that_nobody_knows_is_missing_and_not_made_up(tmp_path: Path) -> None:
    _write(tmp_path, HEAD + ROW.replace("2024-09-27", ""))
    assert read_reported(tmp_path)[0].date is None


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("61.5", "", "value: is empty, and has to be given"),
        ("61.5", "sixty", "value: Input should be a valid number"),
        ("61.5", "nan", "value: Input should be a finite number"),
        ("its README", "", "source: is empty, and has to be given"),
        ("2024-09-27", "last year", "date: Input should be a valid date"),
        ("https://example.org/table", "javascript:alert(1)", "url: String should match"),
        (",,\n", ",60.1,\n", "an interval has two ends, `lo` and `hi`, or is left out"),
        (",,\n", ",62,63\n", "the value 61.5 is not between 62 and 63"),
        (",,\n", "\n", "the row has more or fewer cells than the first line names"),
        (",,\n", ",,,more\n", "the row has more or fewer cells than the first line names"),
    ],
)
def test_a_row_that_cannot_be_used_is_refused_with_its_line(old: str, new: str, told: str, tmp_path: Path) -> None:
    path = _write(tmp_path, HEAD + ROW + ROW.replace("Kancil", "Pelanduk").replace(old, new, 1))
    with pytest.raises(BoardError) as caught:
        read_reported(tmp_path)
    assert caught.value.where == f"{path}:3"
    assert caught.value.what.startswith(told)


def test_a_figure_that_stands_twice_is_refused_with_both_lines(tmp_path: Path) -> None:
    path = _write(tmp_path, HEAD + ROW + ROW.replace("61.5", "62.5"))
    with pytest.raises(BoardError) as caught:
        read_reported(tmp_path)
    assert str(caught.value) == (
        f"{path}:3: 'Kancil 7B' stands twice on malaymmlu by one method; first in line 2. Remove one of the two."
    )


def test_an_unknown_column_is_named_with_those_that_are_known(tmp_path: Path) -> None:
    path = _write(tmp_path, HEAD.replace("method", "methode") + ROW)
    with pytest.raises(BoardError) as caught:
        read_reported(tmp_path)
    assert caught.value.where == f"{path}:2"
    assert "method" in caught.value.what


def test_a_file_in_another_encoding_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "made.csv"
    path.write_bytes((HEAD + ROW).replace("Kancil", "Pelandök").encode("latin-1"))
    with pytest.raises(BoardError, match="UTF-8") as caught:
        read_reported(tmp_path)
    assert caught.value.where == str(path)


def test_the_shipped_figures_can_be_read_and_are_of_tasks_that_there_are(catalog: Catalog) -> None:
    figures = read_reported(SHIPPED)
    assert {"malaymmlu", "indommlu", "thai_exam_ic", "openthai_onet_m6"} <= {figure.task for figure in figures}
    assert {figure.task for figure in figures} <= set(catalog.tasks)
    assert {(figure.lo, figure.hi) for figure in figures} == {(None, None)}


def test_the_published_averages_are_those_of_their_parts_by_size() -> None:
    # Of the items, by category: README of MalayMMLU. Its average is over all questions alike.
    sizes = {"Language": 6288, "Humanities": 4395, "STEM": 2443, "Social science": 6918, "Others": 4169}
    of_model: dict[str, dict[str, float]] = {}
    for figure in read_reported(SHIPPED):
        if figure.task == "malaymmlu" and "results table" in figure.source:
            of_model.setdefault(figure.model, {})[figure.part] = figure.value
    assert len(of_model) == 49
    for name, values in of_model.items():
        mean = sum(sizes[part] * values[part] for part in sizes) / sum(sizes.values())
        assert mean == pytest.approx(values[""], abs=0.06), name
