"""What lm-eval's own evaluator can take: an answer to every request. It has no word for a request that failed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from seahelm_lite.errors import ModelError
from seahelm_lite.records import Failure

KEPT = "With --use_cache, a second try asks only what is missing."


def all_answered(results: Sequence[Any]) -> list[Any]:
    """The results, if none of them failed.

    Raises:
        ModelError: If one did: lm-eval would otherwise break on it, or score it as an answer.
    """
    failures = [result for result in results if isinstance(result, Failure)]
    if failures:
        raise ModelError(
            f"{len(failures)} of {len(results)} requests got no answer, so there is no score; the first: "
            + failures[0].cause,
            remedy=KEPT,
        )
    return list(results)
