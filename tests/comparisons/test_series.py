"""More than two runs: a learning curve."""

from __future__ import annotations

import json
from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.multitest import multipletests

from seahelm_lite import compare
from seahelm_lite.comparisons.axis import axis_of
from seahelm_lite.models.training import Training
from tests.comparisons.making import Runs, bits

RISING = {"step_1000": 0b0000_0000_0011, "step_200": 0b1, "step_3000": 0b1111_1111_0011, "step_2000": 0b11_1111_1111}


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Runs:
    return Runs(tmp_path_factory.mktemp("series"), documents=12)


@pytest.fixture(scope="module")
def folders(runs: Runs) -> list[Path]:
    return [runs.run(name, small=bits(right, 12)) for name, right in RISING.items()]


def test_the_order_of_the_command_line_changes_nothing(folders: list[Path]) -> None:
    told = [compare(*order).to_json() for order in permutations(folders)]
    assert [run["position"] for run in told[0]["runs"]] == [200, 1000, 2000, 3000]
    assert all(one == told[0] for one in told)


def test_every_run_is_tested_against_the_last_and_the_best_with_holm_over_what_is_asked(folders: list[Path]) -> None:
    (task,) = compare(*folders).to_json()["tasks"]
    right = dict(sorted((int(name.removeprefix("step_")), number.bit_count()) for name, number in RISING.items()))
    assert task["best"].startswith("replay-step_2000")
    numbers = [RISING[f"step_{step}"] for step in right]

    def p(one: int, other: int) -> float:
        ahead, behind = (one & ~other).bit_count(), (other & ~one).bit_count()
        return float(stats.binomtest(ahead, ahead + behind).pvalue) if ahead + behind else 1.0

    last = [one for one in task["differences"] if one["against"] == "last"]
    best = [one for one in task["differences"] if one["against"] == "best"]
    assert [one["p"] for one in last] == pytest.approx([p(one, numbers[3]) for one in numbers[:3]])
    assert [one["p_holm"] for one in last] == pytest.approx(multipletests([one["p"] for one in last], method="holm")[1])
    # Whichever had come out best, it would have been compared with: so all pairs count.
    every = [p(numbers[i], numbers[j]) for i in range(4) for j in range(i + 1, 4)]
    adjusted = dict(zip(every, multipletests(every, method="holm")[1], strict=True))
    assert [one["p_holm"] for one in best] == pytest.approx([adjusted[p(numbers[i], numbers[2])] for i in (0, 1, 3)])
    assert {one["tests"] for one in last} == {3}
    assert {one["tests"] for one in best} == {6}


def test_the_best_is_said_to_be_selected(folders: list[Path]) -> None:
    assert any("chosen by looking" in note for note in compare(*folders).notes())


def test_when_nothing_differs_the_best_is_rarely_said_to_be_better() -> None:
    """Five equal models of sixty documents: the best of them is called better than any in 5 % of series at most."""
    from seahelm_lite.comparisons.columns import Answers, Column
    from seahelm_lite.comparisons.contrasts import Asked, compared_columns
    from seahelm_lite.stats.intervals import proportion
    from seahelm_lite.stats.parts import Parts

    generator = np.random.default_rng(7)
    names = tuple(f"{n:03}" for n in range(60))
    wrong = 0
    for _ in range(150):
        rows = generator.integers(0, 2, (5, 60)).astype(float)
        answers = {
            run: Answers(proportion(row.tolist(), names), Parts(row.reshape(-1, 1)), names, 0, 1)
            for run, row in enumerate(rows)
        }
        (told,) = compared_columns([Column("t", "1", "gen", 0, "acc", None, 1, answers, {})], Asked("series", 5, 0.01))
        wrong += any(one.p_adjusted <= 0.05 for one in told.contrasts if one.against == "best")
    assert wrong / 150 <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / 150)


def test_an_equal_run_beside_the_others_differs_from_its_double_by_nothing(runs: Runs, folders: list[Path]) -> None:
    again = runs.run("step_2500", small=bits(RISING["step_3000"], 12))
    (task,) = compare(*folders, again).to_json()["tasks"]
    (double,) = [one for one in task["differences"] if one["run"] == again.name and one["against"] == "last"]
    assert (double["value"], double["p"], double["p_holm"]) == (0, 1, 1)


def test_a_run_that_is_not_complete_is_a_gap_and_has_no_mean(tmp_path: Path) -> None:
    runs = Runs(tmp_path, one={}, two={})
    folders = [runs.run(f"step_{n}", one=bits(n * 7, 6), two=bits(n * 3, 6)) for n in (1, 2, 3)]
    gap = runs.run("step_4", one=[1] * 6, two=[1] * 4)
    told = compare(*folders, gap)
    assert not told.complete
    one, two = told.to_json()["tasks"]
    assert len(one["values"]) == 4
    assert [(lacking["run"], lacking["reason"][:10]) for lacking in two["lacking"]] == [(gap.name, "incomplete")]
    # The last has no value of the second task: nothing is compared with another in its place.
    assert {one["against"] for one in two["differences"]} == {"best"}
    mean: Any = told.to_json()["overall"]
    assert [one["task"] for one in mean["of"]] == ["one", "two"]
    assert [lacking["run"] for lacking in mean["lacking"]] == [gap.name]


def test_a_run_that_was_interrupted_has_no_value_anywhere_and_takes_none_from_the_others(tmp_path: Path) -> None:
    runs = Runs(tmp_path, one={}, two={})
    every = {"one": [1, 0] * 3, "two": [0, 1] * 3}
    folders = [runs.run(f"step_{n}", **every) for n in (1, 2)]
    stopped = runs.run("step_3", one=[1] * 5, two=[1] * 6)
    manifest = json.loads((stopped / "manifest.json").read_text())
    (stopped / "manifest.json").write_text(json.dumps({**manifest, "status": "interrupted"}))
    told = compare(*folders, stopped).to_json()
    assert [len(task["values"]) for task in told["tasks"]] == [2, 2]
    assert told["tasks"][0]["lacking"][0]["reason"] == "the run is interrupted and has no score of it"
    assert len(told["overall"]["values"]) == 2
    assert "the last run has no value, so that nothing is compared with it" in told["notes"]


def test_a_task_that_one_run_was_not_asked_is_not_in_the_mean(tmp_path: Path) -> None:
    runs = Runs(tmp_path, one={}, two={}, three={})
    every = {"one": [1] * 6, "two": [0] * 6, "three": [1] * 6}
    folders = [runs.run(f"step_{n}", **every) for n in (1, 2)]
    folders.append(runs.run("step_3", one=[1] * 6, two=[1] * 6))
    told = compare(*folders).to_json()
    assert [one["task"] for one in told["overall"]["of"]] == ["one", "two"]
    assert [one["task"] for one in told["tasks"]] == ["one", "two", "three"]


# The axis


def step(number: int | None, tokens: int | None = None) -> Training:
    return Training(number, tokens, "name")


@pytest.mark.parametrize(
    ("trainings", "kind", "positions", "told"),
    [
        ([step(5, 10), step(1, 20)], "step", (5, 1), "step: read from the models' names"),
        ([step(5, 10), step(None, 20)], "tokens", (10, 20), "tokens: read from the models' names"),
        ([step(5), None], "order", (1, 2), "order: as named on the command line, since no step is known of b"),
        ([None, None], "order", (1, 2), "order: as named on the command line, since no step is known of any run"),
        ([step(5), step(5)], "order", (1, 2), "order: as named on the command line, since two runs have the step 5"),
    ],
)
def test_runs_stand_at_their_steps_or_tokens_where_all_have_them(
    trainings: list[Training | None], kind: str, positions: tuple[int, ...], told: str
) -> None:
    axis = axis_of(["a", "b"], trainings)
    assert (axis.kind, axis.positions, axis.told) == (kind, positions, told)


@given(st.lists(st.integers(0, 10**9), min_size=2, max_size=8, unique=True))
def test_steps_are_places(steps: list[int]) -> None:
    assert axis_of([str(one) for one in steps], [step(one) for one in steps]).positions == tuple(steps)
