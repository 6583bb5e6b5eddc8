"""Random answers, asked and scored as any model's, against the chance that every multiple-choice task declares.

One family of exact tests, one a task, over 20 seeds: 99 % confidence for all of them together (Bonferroni). The draws
follow from seeds, so that what passes once passes always. `make bench BENCH=chance` prints the table.
"""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest
from scipy import stats

from seahelm_lite.catalog.catalog import load_catalog
from seahelm_lite.scoring.choices import ChoiceTable
from seahelm_lite.sources.where import Where
from tests.agreement import LEVEL, agreement, family, two_sided_p
from tests.conftest import skip_without_data
from tests.small_task import SmallTask, row

TASKS = family(load_catalog())
THRESHOLD = LEVEL / len(TASKS)


@pytest.mark.parametrize("task", TASKS)
def test_random_answers_score_what_the_task_declares_as_chance(task: str, where: Where) -> None:
    skip_without_data(task)
    found = agreement(TASKS[task], where)
    assert found.p >= THRESHOLD, f"{task}: {found.accuracy:.4f} over 20 seeds, declared {found.chance:.4f}"


@pytest.mark.parametrize("declared", [1 / 3, 1 / 5, 0.22])
def test_a_task_that_declares_another_chance_is_caught(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, declared: float
) -> None:
    small = SmallTask(tmp_path, [row(number, "abcd", number % 4) for number in range(200)])
    definition = small.catalog().task("small")
    assert agreement(definition, small.where).p > THRESHOLD
    monkeypatch.setattr(ChoiceTable, "chance", lambda table, metric: declared)
    assert agreement(definition, small.where).p < THRESHOLD


@pytest.mark.parametrize("right", [0, 3, 25, 40])
def test_the_test_is_the_binomial_test_where_all_documents_have_as_many_options(right: int) -> None:
    lower = stats.binomtest(right, 100, 0.25, alternative="less").pvalue
    upper = stats.binomtest(right, 100, 0.25, alternative="greater").pvalue
    assert two_sided_p(right, [0.25] * 50, 2) == pytest.approx(min(1, 2 * min(lower, upper)))


@pytest.mark.parametrize("right", range(5))
def test_the_test_counts_every_outcome_where_the_number_of_options_varies(right: int) -> None:
    chances = [0.5, 0.25, 0.2, 0.5]
    probability = dict.fromkeys(range(5), 0.0)
    for outcome in product((0, 1), repeat=4):
        weight = 1.0
        for hit, chance in zip(outcome, chances, strict=True):
            weight *= chance if hit else 1 - chance
        probability[sum(outcome)] += weight
    lower = sum(probability[count] for count in range(right + 1))
    upper = sum(probability[count] for count in range(right, 5))
    assert two_sided_p(right, chances, 1) == pytest.approx(min(1, 2 * min(lower, upper)))
