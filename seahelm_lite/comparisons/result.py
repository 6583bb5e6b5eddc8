"""A whole comparison, and its JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from seahelm_lite.comparisons.axis import Axis
from seahelm_lite.comparisons.columns import Against, Compared, Contrast, NotCompared
from seahelm_lite.models.training import Training
from seahelm_lite.records import JsonValue
from seahelm_lite.scoring.scores import numbers, rounded

SCHEMA = "seahelm-lite/comparison/1"


@dataclass(frozen=True)
class ComparedRun:
    """One run, in the order in which they are shown."""

    name: str
    """By which readers tell it from the others."""
    run_id: str
    folder: str
    status: str
    training: Training | None
    position: int
    """On the axis."""


@dataclass(frozen=True)
class Comparison:
    """Runs beside each other. Runs are referred to by their place in `runs`."""

    runs: tuple[ComparedRun, ...]
    axis: Axis
    mean: Compared | None
    """Plain mean over the tasks that all runs were asked; None where there are fewer than two."""
    mean_of: tuple[str, ...]
    """Those tasks."""
    columns: tuple[Compared, ...]
    not_compared: tuple[NotCompared, ...]

    @property
    def is_series(self) -> bool:
        """Whether there are more than two runs, and so a last and a best one."""
        return len(self.runs) > 2

    @property
    def complete(self) -> bool:
        """Whether no run lacks answers to what it was asked."""
        return all(run.status == "complete" for run in self.runs)

    def notes(self) -> Iterator[str]:
        """What readers should know before they believe the numbers, as sentences."""
        if self.is_series:
            yield self.axis.told
        for compared in self.columns:
            if compared.column is not None:
                yield from (f"{compared.column.task}: {note}" for note in compared.column.notes)
        yield from self._tests()

    def _tests(self) -> Iterator[str]:
        """What the p-values are, and what they are not."""
        how = "p: on the same documents, by McNemar's exact test or by exchanging whole clusters"
        if not self.is_series:
            yield f"{how}; adjusted by Holm for the {self._counted('other', 'test')}; intervals are not adjusted"
            return
        last = self._counted("last", "difference")
        against = f", against the last run for the {last}" if last else ""
        yield f"{how}; adjusted by Holm{against}; intervals are not adjusted"
        if not last:
            yield "the last run has no value, so that nothing is compared with it"
        yield (
            "the best run is chosen by looking at the values, so p against it is adjusted for all "
            f"{self._counted('best', 'pair')}; its own value is likely to be lower on other documents"
        )

    def _counted(self, against: Against, word: str) -> str:
        """How many tests are adjusted together."""
        parts = [("the tasks", self.columns), ("the mean", [self.mean] if self.mean is not None else [])]
        sizes = [
            (name, max((one.family for part in several for one in part.contrasts if one.against == against), default=0))
            for name, several in parts
        ]
        told = [f"{size} {word}{'s' if size != 1 else ''} of {name}" for name, size in sizes if size]
        return ", and apart from them for the ".join(told)

    def to_json(self) -> dict[str, JsonValue]:
        """One JSON document."""
        return {
            "schema": SCHEMA,
            "runs": [_run_json(run) for run in self.runs],
            "axis": {"kind": self.axis.kind, "told": self.axis.told} if self.is_series else None,
            "mean": None if self.mean is None else {"tasks": list(self.mean_of), **self._compared_json(self.mean)},
            "tasks": [self._compared_json(compared) for compared in self.columns],
            "not_compared": [
                {"task": one.task, "protocol": one.protocol, "shots": one.shots, "lacking": self._named(one.lacking)}
                for one in self.not_compared
            ],
            "notes": list(self.notes()),
        }

    def _compared_json(self, compared: Compared) -> dict[str, JsonValue]:
        column = compared.column
        head: dict[str, JsonValue] = {}
        if column is not None:
            head = {name: getattr(column, name) for name in ("task", "version", "protocol", "shots", "metric")}
            head["chance"] = rounded(column.chance)
        return {
            **head,
            "values": [
                {"run": self.runs[run].run_id, "position": self.runs[run].position, **numbers(estimate)}
                for run, estimate in compared.points.items()
            ],
            "lacking": self._named(compared.lacking),
            "best": None if compared.best is None else self.runs[compared.best].run_id,
            "differences": [self._contrast_json(contrast) for contrast in compared.contrasts],
        }

    def _contrast_json(self, contrast: Contrast) -> dict[str, JsonValue]:
        return {
            "run": self.runs[contrast.run].run_id,
            "than": self.runs[contrast.than].run_id,
            "against": contrast.against,
            **numbers(contrast.difference),
            "p": rounded(contrast.test.p),
            "p_holm": rounded(contrast.p_adjusted),
            "tests": contrast.family,
            "test": contrast.test.method,
            "draws": contrast.test.draws,
        }

    def _named(self, reasons: Mapping[int, str]) -> list[dict[str, JsonValue]]:
        return [{"run": self.runs[run].run_id, "reason": reason} for run, reason in reasons.items()]


def _run_json(run: ComparedRun) -> dict[str, JsonValue]:
    training = None if run.training is None else run.training.to_json()
    return {
        "run": run.run_id,
        "name": run.name,
        "folder": run.folder,
        "status": run.status,
        "training": training,
        "position": run.position,
    }
