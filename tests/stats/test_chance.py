"""Scores with guessing taken off."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seahelm_lite.stats.chance import corrected
from seahelm_lite.stats.intervals import cluster_robust

scores = st.lists(st.floats(0, 1), min_size=2, max_size=40)
guesses = st.floats(0, 0.9)


def test_guessing_is_nought_all_right_is_one_and_worse_than_guessing_stays_below_nought() -> None:
    assert [corrected(value, 0.25) for value in (0.25, 1.0, 0.0)] == pytest.approx([0, 1, -1 / 3])


@given(scores, guesses)
def test_the_corrected_mean_is_the_mean_of_corrected_documents_with_its_standard_error(
    values: list[float], chance: float
) -> None:
    clusters = [str(n // 2) for n in range(len(values))]
    by_document = cluster_robust(list(corrected(np.asarray(values), chance)), clusters)
    by_task = cluster_robust(values, clusters)
    assert by_task.value is not None
    assert by_document.value == pytest.approx(corrected(by_task.value, chance), abs=1e-9)
    if by_task.se is not None:
        assert by_document.se == pytest.approx(by_task.se / (1 - chance), rel=1e-9, abs=1e-9)


def test_many_guessing_models_average_nought_which_a_floor_would_not_leave() -> None:
    generator = np.random.default_rng(1)
    tasks = generator.binomial(40, 0.25, size=20_000) / 40
    told = corrected(tasks, 0.25)
    assert told.mean() == pytest.approx(0, abs=4 * told.std() / np.sqrt(len(told)))
    assert np.maximum(told, 0).mean() > 0.03


@pytest.mark.parametrize("chance", [1.0, 1.5])
def test_nothing_is_left_to_reach_where_guessing_is_always_right(chance: float) -> None:
    with pytest.raises(ValueError, match="leaves nothing to reach"):
        corrected(0.5, chance)
