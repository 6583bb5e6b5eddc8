"""The drawing of a learning curve."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seahelm_lite import compare
from seahelm_lite.pages.curve import curve_svg
from seahelm_lite.pages.curve_axes import Scale, marks, short
from tests.comparisons.making import Runs, bits

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Runs:
    return Runs(tmp_path_factory.mktemp("curve"), documents=12, one={}, two={})


def drawn(runs: Runs, *names: str, answered: int = 12) -> ET.Element:
    """The drawing of runs that rise; the second of them may lack answers of the second task."""
    folders = [
        runs.run(name, one=bits((1 << 2 * n) - 1, 12), two=bits(n * 731, 12)[: answered if n == 2 else 12])
        for n, name in enumerate(names, 1)
    ]
    return ET.fromstring(curve_svg(compare(*folders)))


def shapes(root: ET.Element, tag: str, kind: str) -> list[ET.Element]:
    return [one for one in root.iter(f"{SVG}{tag}") if one.get("class") == kind]


def texts(root: ET.Element) -> list[str]:
    return [one.text or "" for one in root.iter(f"{SVG}text")]


def test_a_curve_has_a_panel_for_the_mean_and_each_task_with_a_band_and_its_last_value(runs: Runs) -> None:
    root = drawn(runs, "step_100", "step_200", "step_400")
    assert len(shapes(root, "polygon", "band")) == len(shapes(root, "polyline", "line")) == 3
    assert {"mean of 2 tasks", "one (acc)", "two (acc)", "Learning curve of 3 checkpoints"} <= set(texts(root))
    assert "50.0" in texts(root)
    one = root.findall(f"{SVG}g")[1]
    places = [float(dot.get("cx", "")) for dot in shapes(one, "circle", "dot")]
    assert (places[2] - places[1]) / (places[1] - places[0]) == pytest.approx(2, abs=0.05)
    heights = [float(dot.get("cy", "")) for dot in shapes(one, "circle", "dot")]
    assert heights == sorted(heights, reverse=True), "better is higher"


def test_everything_stands_inside_the_drawing(runs: Runs) -> None:
    root = drawn(runs, "step_1", "step_1000000", "step_3000000")
    width, height = map(float, root.get("viewBox", "").split()[2:])
    for group in root.findall(f"{SVG}g"):
        x, y = map(float, re.findall(r"[\d.]+", group.get("transform", "")))
        for shape in group.iter():
            for name, at, most in (("cx", x, width), ("x2", x, width), ("cy", y, height), ("y", y, height)):
                if shape.get(name) is not None:
                    assert 0 <= at + float(shape.get(name, "")) <= most


def test_a_run_without_a_value_is_a_gap_that_says_why(runs: Runs) -> None:
    root = drawn(runs, "step_1", "step_2", "step_3", answered=7)
    two = root.findall(f"{SVG}g")[2]
    (gap,) = shapes(two, "path", "gap")
    assert "incomplete: 5 of 12" in (gap.findtext(f"{SVG}title") or "")
    assert not shapes(two, "polyline", "line"), "no line leads over a gap"
    assert len(shapes(two, "circle", "dot")) == 2


def test_runs_that_are_no_training_are_not_joined(runs: Runs) -> None:
    root = drawn(runs, "satu", "dua", "tiga")
    assert not shapes(root, "polyline", "line")
    assert not shapes(root, "polygon", "band")
    assert shapes(root, "line", "line"), "whiskers"
    assert "1  replay-satu" in texts(root)


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "a&b\"c'", "โมเดล", "x\u202ey"])
def test_names_are_text_and_nothing_else(name: str, runs: Runs) -> None:
    root = drawn(runs, name.replace("/", "_"), "b", "c")
    assert {one.tag for one in root.iter()} <= {
        SVG + tag for tag in ("svg", "title", "desc", "style", "rect", "g", "text", "line", "circle", "path")
    }
    assert f"1  replay-{name.replace('/', '_')}".replace("\u202e", "⟨U+202E⟩") in texts(root)


def test_the_file_needs_nothing_else_and_is_told_in_words_too(runs: Runs) -> None:
    root = drawn(runs, "step_1", "step_2", "step_3")
    text = ET.tostring(root, encoding="unicode")
    assert not re.search(r"url\(|@import|href|<script|data:", text)
    assert "prefers-color-scheme:dark" in text
    assert root.get("role") == "img"
    assert "one (acc): step 1: 16.7, step 2: 33.3, step 3: 50.0." in (root.findtext(f"{SVG}desc") or "")


@given(st.floats(0, 1), st.floats(1e-3, 1), st.integers(2, 8))
def test_marks_are_round_and_within(lo: float, span: float, count: int) -> None:
    found = marks(lo, lo + span, count)
    assert len(found) <= count + 1
    assert all(lo - 1e-9 <= value <= lo + span + 1e-9 for value in found)


def test_a_single_value_stands_in_the_middle_of_its_scale() -> None:
    assert Scale(5, 5, 0, 10)(5) == 5
    assert marks(5, 5, 4) == [5]


@pytest.mark.parametrize(("number", "told"), [(0, "0"), (950, "950"), (1500, "1.5k"), (20_000_000_000, "20B")])
def test_counts_are_short(number: int, told: str) -> None:
    assert short(number) == told
