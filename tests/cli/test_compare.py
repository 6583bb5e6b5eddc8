"""`compare` as a user sees it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from rich.cells import cell_len

from seahelm_lite.cli import tables
from tests.cli.conftest import Call, refused
from tests.comparisons.making import Runs, bits


@pytest.fixture
def runs(tmp_path: Path) -> Runs:
    return Runs(tmp_path, documents=12, small={}, a_task_with_quite_a_long_name={"metrics": ["macro_f1"]})


def series(runs: Runs, *names: str) -> list[Path]:
    tasks = ("small", "a_task_with_quite_a_long_name")
    return [runs.run(name, **{task: bits((1 << 3 * n) - 1, 12) for task in tasks}) for n, name in enumerate(names, 1)]


def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal of eighty columns."""
    made = tables.Console

    def console(**_: object) -> object:
        return made(width=80, highlight=False)

    monkeypatch.setattr(tables, "Console", console)


def test_two_runs_are_told_apart_in_a_table_of_eighty_columns(
    runs: Runs, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    narrow(monkeypatch)
    one, other = series(runs, "last-week", "today")
    called = call("compare", one, other)
    assert called.status == 0
    lines = called.out.splitlines()
    head = next(line for line in lines if line.startswith("task"))
    small = next(line for line in lines if line.startswith("small"))
    assert head.split("  ")[0] == "task"
    assert head.split()[1:] == ["A", "B", "A", "-", "B", "95", "%", "interval", "p", "flips", "n"]
    assert small.split()[:4] == ["small", "25.0", "50.0", "-25.0"]
    assert lines[0].startswith("A  replay-last-week")
    table = lines[lines.index(head) : lines.index(small) + 1]
    assert max(map(cell_len, table)) <= 80
    assert "adjusted by Holm for the 2 tests of the tasks" in called.out
    assert "intervals are not adjusted" in called.out


def test_a_series_is_a_table_for_the_mean_and_for_each_task(
    runs: Runs, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    narrow(monkeypatch)
    called = call("compare", *series(runs, "step_1000", "step_2000", "step_3000"))
    lines = called.out.splitlines()
    rows = lines[lines.index(next(line for line in lines if line.startswith("small"))) + 2 :][:3]
    assert [row.split()[:2] for row in rows] == [["1,000", "25.0"], ["2,000", "50.0"], ["3,000", "75.0"]]
    assert rows[2].split()[-2:] == ["last", "best"]
    assert any(line.startswith("mean of 2 tasks") for line in lines)
    assert any(line.startswith("a_task_with_quite_a_long_name, macro_f1") for line in lines)
    assert "chosen by looking" in called.out


def test_a_verdict_stands_beside_the_numbers_where_there_is_room_and_below_them_where_there_is_none(
    runs: Runs, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = series(runs, "last-week", "today")
    wide = call("compare", one, other).out.splitlines()
    small = next(line for line in wide if line.startswith("small"))
    verdict = "no difference shown (this test sees differences of ≥ "
    assert verdict in small
    assert "0:3" in small.split()
    narrow(monkeypatch)
    lines = call("compare", one, other).out.splitlines()
    assert verdict not in next(line for line in lines if line.startswith("small "))
    assert any(line.startswith(f"small: {verdict}") for line in lines)


def test_several_models_are_compared_two_by_two(runs: Runs, call: Call) -> None:
    called = call("compare", *series(runs, "durian", "salak", "rambutan"))
    lines = called.out.splitlines()
    assert [line.split()[0] for line in lines[:3]] == ["A", "B", "C"]
    mean = lines.index(next(line for line in lines if line.startswith("mean of 2 tasks")))
    assert [line.split("  ")[0] for line in lines[mean + 6 : mean + 9]] == ["A - B", "A - C", "B - C"]
    assert "adjusted by Holm for the 3 pairs of the mean" in called.out
    assert "4 tests against A of the tasks" in called.out


def test_a_page_and_the_margin_that_counts_as_equivalent(runs: Runs, call: Call, tmp_path: Path) -> None:
    one, other = series(runs, "last-week", "today")
    called = call("compare", one, other, "--page", "page.html", "--margin", "99", "--json")
    told = json.loads(called.out)
    assert told["margin"] == 0.99
    assert told["overall"]["differences"][0]["verdict"]["words"] == "B better, and equivalent within 99.0 points"
    assert (tmp_path / "work" / "page.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    for margin in ("0", "-1", "100", "nan", "much"):
        assert "is not a number of points above 0 and below 100" in call("compare", one, other, "--margin", margin).err
    assert "draws no page" in refused(call("compare", one, other, "--bridge", "--page", "x.html"))


@pytest.mark.parametrize("name", ["โมเดล-ทดลอง", "model-percubaan-bahasa-melayu", "[bold]x", "a\u202eb"])
def test_names_are_shown_as_they_are_and_what_cannot_be_seen_by_its_code(name: str, runs: Runs, call: Call) -> None:
    called = call("compare", *series(runs, name, "step_2", "step_3"))
    assert f"replay-{name}".replace("\u202e", "⟨U+202E⟩") in called.out
    assert "order: as named on the command line, since no step is known of" in called.out


def test_json_is_one_document_also_where_a_drawing_is_written(runs: Runs, call: Call, tmp_path: Path) -> None:
    called = call("compare", *series(runs, "step_1", "step_2", "step_3"), "--json", "--svg", "sub/curve.svg")
    assert json.loads(called.out)["schema"] == "seahelm-lite/comparison/2"
    assert (tmp_path / "work" / "sub" / "curve.svg").is_file()


def test_an_incomplete_run_is_shown_and_exits_1(runs: Runs, call: Call) -> None:
    whole = series(runs, "step_1", "step_2")
    part = runs.run("step_3", small=[1] * 12, a_task_with_quite_a_long_name=[1] * 9)
    called = call("compare", *whole, part)
    assert called.status == 1
    assert "replay-step_3: incomplete: 3 of 12 answers ended in error" in called.out


def test_what_cannot_be_compared_is_one_sentence(runs: Runs, call: Call, tmp_path: Path) -> None:
    (run,) = series(runs, "step_1")
    assert "two or more runs are needed" in refused(call("compare", run))
    assert "there is no run here" in refused(call("compare", run, tmp_path))
    assert "is named twice" in refused(call("compare", run, run))
    (tmp_path / "file").touch()
    assert "file: is a file, and no run folder" in refused(call("compare", run, tmp_path / "file"))
    two = series(runs, "step_1", "step_2")
    (tmp_path / "list.json").write_text("[]")
    assert "list.json: is not board results" in refused(call("compare", run, f"{tmp_path / 'list.json'}#x"))
    assert "cannot be read" in refused(call("compare", run, f"{tmp_path / 'none.json'}#x"))
    assert "cannot be written" in refused(call("compare", *two, "--svg", tmp_path / "file" / "curve.svg"))
    assert "cannot be written" in refused(call("compare", *two, "--svg", tmp_path))
