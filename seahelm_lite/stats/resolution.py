"""What a paired comparison can tell: that two models are alike, or how much they would have to differ."""

from __future__ import annotations

import math
from dataclasses import dataclass

from seahelm_lite.stats.equivalence import equivalence
from seahelm_lite.stats.power import detectable


@dataclass(frozen=True)
class Resolution:
    """How finely a comparison sees a difference.

    Right-or-wrong answers whose shares differ by δ differ on a share of δ of the documents at least, so that the
    variance of the difference is grain · δ(1-δ) at least. Where few documents differ, the standard error that was
    observed is below that by luck, and would promise too much.
    """

    se: float | None
    """Of the difference; None where none can be given."""
    df: float | None
    """Of its t quantile; None for the clusters less one."""
    clusters: int
    grain: float
    """What a single document moves the difference by, the least of all tasks; nought where answers are graded."""

    @property
    def _df(self) -> float:
        return self.clusters - 1 if self.df is None else self.df

    def equivalence(self, difference: float, margin: float) -> float | None:
        """P of two one-sided tests that the models differ by the margin or more.

        Args:
            difference: As observed.
            margin: Above nought and below one.

        Returns:
            None where nothing tells how far the difference would move with other documents.
        """
        se = max(self.se or 0.0, math.sqrt(self.grain * margin * (1 - margin)))
        if se == 0 or self.clusters < 2:
            return None
        # Models that differ by the margin agree on every document as often as this, and no outcome is less like them.
        no_flip = (1 - margin) ** (1 / self.grain) if self.grain else 0.0
        return max(no_flip, equivalence(difference, se, self._df, margin=margin))

    def detectable(self, difference: float, *, level: float) -> float | None:
        """The least difference that a two-sided test at this level finds about four times in five.

        It is made of the standard error observed, to which a larger difference would add: the documents that make it
        come on top of those on which either is ahead as often. So it solves δ = k · sqrt(v + grain · δ(1-δ)), with k
        the sum of the quantiles, and v the variance observed without the part of the difference observed.

        Args:
            difference: As observed.
            level: Of the test.

        Returns:
            None where nothing tells, or where no split of so few clusters is significant.
        """
        if self.sees_nothing(level) or (self.se is None and self.grain == 0):
            return None
        quantiles = detectable(1.0, self._df, level=level)
        own = self.grain * abs(difference) * max(0.0, 1 - abs(difference))
        left = quantiles**2 * max(0.0, (self.se or 0.0) ** 2 - own)
        scale = quantiles**2 * self.grain
        return (scale + math.sqrt(scale**2 + 4 * (1 + scale) * left)) / (2 * (1 + scale))

    def sees_nothing(self, level: float) -> bool:
        """Whether even clusters that all favour the same model would leave p above the level."""
        return bool(2.0 ** (1 - min(self.clusters, 1000)) > level)
