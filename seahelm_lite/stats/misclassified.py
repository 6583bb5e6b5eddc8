"""The true share of something, from the share that an imperfect judge finds. Pure numpy and scipy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from seahelm_lite.stats.intervals import Estimate

_METHOD = "rogan-gladen"


@dataclass(frozen=True)
class Confusion:
    """How a judge did on what people decided too."""

    true_yes: int
    false_no: int
    true_no: int
    false_yes: int

    @property
    def yes(self) -> int:
        """Documents to which people said yes."""
        return self.true_yes + self.false_no

    @property
    def no(self) -> int:
        """Documents to which people said no."""
        return self.true_no + self.false_yes

    @property
    def sensitivity(self) -> float | None:
        """The share of people's yes that the judge finds; None without any."""
        return self.true_yes / self.yes if self.yes else None

    @property
    def specificity(self) -> float | None:
        """The share of people's no that the judge finds; None without any."""
        return self.true_no / self.no if self.no else None


def corrected_share(share: float, trials: float, judge: Confusion, *, level: float = 0.95) -> Estimate:
    """The share of a true yes: p = (p_obs + sp - 1) / (se + sp - 1) (Rogan and Gladen 1978).

    The interval carries the uncertainty of the share and that of both rates, by the delta method on counts that are
    moved towards one half, as of Lang and Reiczigel 2014 (Preventive Veterinary Medicine 113:13): without that it
    covers too rarely near 0 and 1 and with few labels.

    Args:
        share: Of a yes among what the judge saw.
        trials: How many independent documents that share is worth.
        judge: How the judge did where people decided too; on other documents of the same kind.
        level: Two-sided coverage.

    Returns:
        The estimate, within [0, 1]; `n` is the number of labels. Without a value, and with the reason, where the judge
        tells nothing: people never said yes, or never no, or its errors are as many as a coin's.
    """
    labels = judge.yes + judge.no
    se, sp = judge.sensitivity, judge.specificity
    if se is None or sp is None:
        return _without(labels, "people never said " + ("yes" if se is None else "no") + ", so the judge is unknown")
    z = float(stats.norm.ppf(0.5 + level / 2))
    near = (share * trials + z * z / 2) / (trials + z * z)
    near_se, near_sp = (judge.true_yes + 1) / (judge.yes + 2), (judge.true_no + 1) / (judge.no + 2)
    youden = near_se + near_sp - 1
    if se + sp <= 1 or youden <= 0:
        return _without(labels, "the judge's yes is no likelier where people say yes, so nothing follows from it")
    middle = (near + near_sp - 1) / youden
    of_share = near * (1 - near) / (trials + z * z)
    of_se, of_sp = near_se * (1 - near_se) / (judge.yes + 2), near_sp * (1 - near_sp) / (judge.no + 2)
    spread = float(np.sqrt(of_share + middle**2 * of_se + (1 - middle) ** 2 * of_sp)) / youden
    shift = 2 * z * z * (middle * of_se - (1 - middle) * of_sp)
    lo, hi = (float(np.clip(middle + shift + side * z * spread, 0, 1)) for side in (-1, 1))
    value = float(np.clip((share + sp - 1) / (se + sp - 1), 0, 1))
    return Estimate(value, spread, None, lo, hi, _METHOD, labels, labels)


def _without(labels: int, reason: str) -> Estimate:
    return Estimate(None, None, None, None, None, _METHOD, labels, labels, reason)
