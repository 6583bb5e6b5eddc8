"""The artefact gate: no test that sees the answers alone, or the prompts alone, may do much better than a coin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from seahelm_lite.catalog.probe_family import ProbeFamily
from seahelm_lite.lint.findings import Finding
from seahelm_lite.lint.probes.artefacts import TESTS, Contrast
from seahelm_lite.stats.intervals import Estimate, proportion

LIMIT = 0.60
"""What a test may reach on all families together; chance is one half."""
ENOUGH = 100
"""Families from which the limit counts: of fewer a coin is often right in more."""

Sight = Literal["answers in English", "answers in the local languages", "prompts in English"]
"""What the tests see. Prompts are those of probes against those of their twins."""

SIGHTS: tuple[Sight, ...] = ("answers in English", "answers in the local languages", "prompts in English")
_OF_PROMPTS = ("words", "character n-grams", "first two words")


@dataclass(frozen=True)
class GateResult:
    """How often one test is right of what it sees, in all and by slice."""

    sight: Sight
    test: str
    pooled: Estimate
    by_country: dict[str, Estimate]
    by_dimension: dict[str, Estimate]

    @property
    def passed(self) -> bool:
        """Whether the test stays at or under the limit on all families."""
        return self.pooled.value is None or self.pooled.value <= LIMIT


def contrasts(families: Sequence[ProbeFamily], sight: Sight) -> list[Contrast]:
    """What the tests see of each family: the first pair of its probe, or its two prompts."""
    seen = []
    for family in families:
        pair, prompt, twin = family.pairs[0], family.prompt, family.control.prompt
        if sight == "prompts in English":
            wanted, other = prompt.en or prompt.text, twin.en or twin.text
        else:
            wanted, other = pair.english if sight == "answers in English" else pair.texts
        seen.append(Contrast(family.id, family.country, wanted, other))
    return seen


def gate(families: Sequence[ProbeFamily]) -> list[GateResult]:
    """Every test on everything it may see; countries are left out in turn."""
    results = []
    for sight in SIGHTS:
        seen = contrasts(families, sight)
        for name, test in TESTS.items():
            if sight == "prompts in English" and name not in _OF_PROMPTS:
                continue
            found = test(seen)
            results.append(
                GateResult(
                    sight,
                    name,
                    _estimate(found, families),
                    {key: _estimate(*part) for key, part in _slices(found, families, "country").items()},
                    {key: _estimate(*part) for key, part in _slices(found, families, "dimension").items()},
                )
            )
    return results


def gate_findings(results: Sequence[GateResult]) -> list[Finding]:
    """`artefact`: what a test found out without reading."""
    return [
        Finding(
            "artefact",
            "error" if result.pooled.n >= ENOUGH else "warning",
            "all families",
            f"{result.test} on {result.sight} is right in {result.pooled.value:.1%}, more than {LIMIT:.0%}",
        )
        for result in results
        if not result.passed
    ]


def _slices(
    found: Sequence[float], families: Sequence[ProbeFamily], by: Literal["country", "dimension"]
) -> dict[str, tuple[list[float], list[ProbeFamily]]]:
    slices: dict[str, tuple[list[float], list[ProbeFamily]]] = {}
    for value, family in zip(found, families, strict=True):
        values, members = slices.setdefault(getattr(family, by), ([], []))
        values.append(value)
        members.append(family)
    return dict(sorted(slices.items()))


def _estimate(found: Sequence[float], families: Sequence[ProbeFamily]) -> Estimate:
    return proportion(list(found), [family.id for family in families])
