"""Judges that err at known rates: how often the interval of a corrected rate holds the rate that people would give."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from seahelm_lite.scoring.judges.correction import corrected
from seahelm_lite.stats.misclassified import Confusion
from seahelm_lite.stats.prediction_powered import Judged, prediction_powered_mean

DRAWS = 10_000


@dataclass(frozen=True)
class World:
    """What is true, what a judge makes of it, and how much of both is seen."""

    name: str
    rate: float
    """Of the replies that people would pass."""
    sensitivity: float
    specificity: float
    families: int
    """Of two replies each, which pass or fail together in part."""
    labels: int
    """Replies that people and the judge decided."""
    within: float = 0.0
    """By which share of the families both replies are alike."""


WORLDS = (
    World("a large country, a good judge", 0.7, 0.9, 0.85, 35, 200),
    World("300 families, a good judge", 0.7, 0.9, 0.85, 300, 200),
    World("300 families, alike in half", 0.7, 0.9, 0.85, 300, 200, within=0.5),
    World("a judge that only just passes", 0.6, 0.8, 0.8, 300, 200),
    World("a lenient judge", 0.6, 0.95, 0.75, 300, 200),
    World("a severe judge", 0.6, 0.75, 0.95, 300, 200),
    World("a bad model", 0.3, 0.9, 0.85, 300, 200),
    World("a good model", 0.9, 0.9, 0.85, 300, 200),
    World("many labels", 0.7, 0.9, 0.85, 300, 1000),
)


def judged(generator: np.random.Generator, right: np.ndarray, world: World) -> np.ndarray:
    """What the judge says of replies that people pass, or do not."""
    chance = np.where(right, world.sensitivity, 1 - world.specificity)
    return generator.random(right.shape) < chance


def replies(generator: np.random.Generator, world: World) -> np.ndarray:
    """Of each family, whether people would pass each of its two replies."""
    right = generator.random((world.families, 2)) < world.rate
    alike = generator.random(world.families) < world.within
    right[alike, 1] = right[alike, 0]
    return right


def confusion(generator: np.random.Generator, world: World) -> Confusion:
    """How the judge does on labels that are half good and half bad, as the gates ask for."""
    good = world.labels // 2
    true_yes = int(generator.binomial(good, world.sensitivity))
    true_no = int(generator.binomial(world.labels - good, world.specificity))
    return Confusion(true_yes, good - true_yes, true_no, world.labels - good - true_no)


def coverage(world: World, draws: int = DRAWS) -> tuple[float, float, float]:
    """How often the raw, the corrected and the prediction-powered intervals hold the rate."""
    generator = np.random.default_rng(20261123)
    clusters = [f"f{family}" for family in range(world.families) for _ in range(2)]
    held = np.zeros(3)
    for _ in range(draws):
        right = replies(generator, world)
        seen = judged(generator, right, world).ravel()
        told = corrected(list(seen.astype(float)), clusters, confusion(generator, world))
        held += [_holds(told["observed"]["ci95"], world), _holds(told["corrected"]["ci95"], world), 0]
        asked = np.repeat(generator.permutation(world.families) < world.families // 3, 2)
        people = right.ravel().astype(float)
        documents = [
            Judged(float(said), float(human) if known else None, cluster)
            for said, human, known, cluster in zip(seen, people, asked, clusters, strict=True)
        ]
        powered = prediction_powered_mean(documents).estimate
        held[2] += powered.lo is not None and powered.hi is not None and powered.lo <= world.rate <= powered.hi
    return float(held[0] / draws), float(held[1] / draws), float(held[2] / draws)


def _holds(interval: list[float] | None, world: World) -> bool:
    return interval is not None and interval[0] <= world.rate <= interval[1]


def main() -> None:
    print(f"{DRAWS:,} simulations each; the 95 % interval of ... holds what people would pass")
    print("  uncorrected   corrected   prediction-powered (a third labelled)")
    for world in WORLDS:
        raw, right, powered = coverage(world)
        print(f"  {raw:11.1%}   {right:9.1%}   {powered:18.1%}   {world.name}")
