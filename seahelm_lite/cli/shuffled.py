"""How likely items are as published and with their options shuffled, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from seahelm_lite.cli.rotations import left_out


def shuffled_sentences(scores: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """A sentence for each task of which documents were read with their options shuffled."""
    for score in scores:
        gap = score.get("shuffled")
        if gap is None:
            continue
        told = gap["reason"] if gap["value"] is None else _numbers(gap)
        yield f"{score['task']} with its options shuffled: {told}{left_out(gap['left_out'])}"


def _numbers(gap: Mapping[str, Any]) -> str:
    interval = gap["reason"]
    if gap["ci95"] is not None:
        lo, hi = gap["ci95"]
        interval = f"95 % interval {lo:+.3f} to {hi:+.3f}; p = {gap['p']:.2g}"
    first = f"the published order is the likeliest of {100 * gap['likeliest']:.1f} %"
    chance = f"where orders that mean nothing give {100 * gap['likeliest_chance']:.1f} %"
    return f"{gap['n']} documents are {gap['value']:+.3f} nats likelier as published ({interval}); {first}, {chance}"
