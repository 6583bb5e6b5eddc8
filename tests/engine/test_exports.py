"""Words that exports have for what a run says."""

from __future__ import annotations

from seahelm_lite.engine.exports.every_eval_ever import INTERVALS
from seahelm_lite.schemas import schema


def test_every_kind_of_interval_has_its_words() -> None:
    assert set(INTERVALS) == set(schema("scores-1")["$defs"]["ci_method"]["enum"])
