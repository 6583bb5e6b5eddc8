"""A whole comparison: what was compared, and what readers should know before they believe it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from seahelm_lite.comparisons.axis import Axis
from seahelm_lite.comparisons.columns import Against, Compared, Kind, NotCompared
from seahelm_lite.comparisons.headline import Headline, Share
from seahelm_lite.comparisons.verdicts import points
from seahelm_lite.models.training import Training
from seahelm_lite.records import JsonValue

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True)
class ComparedRun:
    """One run, or one row of a board, in the order in which they are shown."""

    name: str
    """By which readers tell it from the others."""
    run_id: str
    """Of the run, or BOARD#MODEL."""
    folders: tuple[str, ...]
    """Of the run, or of those that the row is made of."""
    status: str
    training: Training | None
    position: int
    """On the axis."""


@dataclass(frozen=True)
class Comparison:
    """Runs beside each other. Runs are referred to by their place in `runs`."""

    kind: Kind
    runs: tuple[ComparedRun, ...]
    axis: Axis
    headline: Headline | None
    """That of the board whose rows are compared; None where runs are."""
    overall: Compared | None
    """The board's headline, or the plain mean over the tasks that all runs were asked; None where there is none."""
    overall_of: tuple[Share, ...]
    """What it is made of; empty where there is none."""
    columns: tuple[Compared, ...]
    not_compared: tuple[NotCompared, ...]
    margin: float
    """Differences below this, as a fraction, count as equivalent."""

    @property
    def is_series(self) -> bool:
        """Whether these are checkpoints of one training, which have a last and a best."""
        return self.kind == "series"

    @property
    def complete(self) -> bool:
        """Whether no run lacks answers to what it was asked."""
        return all(run.status == "complete" for run in self.runs)

    @property
    def parts(self) -> tuple[Compared, ...]:
        """The overall line first, where there is one."""
        return (*([self.overall] if self.overall is not None else []), *self.columns)

    @property
    def overall_title(self) -> str:
        """What the overall line is."""
        if self.headline is not None:
            return f"headline of {self.headline.board}"
        return f"mean of {len(self.overall_of)} tasks"

    def label(self, run: int) -> str:
        """What a run is called in few letters: A, B, and so on."""
        return _LETTERS[run] if run < len(_LETTERS) else f"R{run + 1}"

    def notes(self) -> Iterator[str]:
        """What readers should know before they believe the numbers, as sentences."""
        if self.kind != "pair":
            yield self.axis.told
        if self.headline is not None:
            yield from self._of_the_board(self.headline)
        metrics = sorted({share.column.metric for share in self.overall_of})
        if self.headline is None and len(metrics) > 1:
            yield (
                f"overall: the mean of scores by different metrics ({', '.join(metrics)}), each as it is; a point of "
                "one is not a point of another"
            )
        for compared in self.columns:
            if compared.column is not None:
                yield from (f"{compared.column.task}: {note}" for note in compared.column.notes)
        yield from self._tests()

    def _of_the_board(self, headline: Headline) -> Iterator[str]:
        scale = (
            ", scores corrected for chance, so that guessing is 0 and all right is 100" if headline.normalised else ""
        )
        release = f"release {headline.release}" if headline.release is not None else "not published"
        yield f"overall: the headline of the board {headline.board} ({release}){scale}"
        if headline.not_compared is not None:
            yield f"overall: {headline.not_compared}"
        elif self.overall is None:
            yield "overall: not compared, since fewer than two have every required task on all its documents"

    def _tests(self) -> Iterator[str]:
        """What the p-values are, and what they are not."""
        how = "p: on the same documents, by McNemar's exact test or by exchanging whole clusters"
        if not self.is_series:
            against = "first" if self.kind == "models" and self._counted("first", "test") else "other"
            told = self._counted("other", "test") if against == "other" else self._several()
            yield f"{how}; adjusted by Holm for the {told}; intervals are not adjusted"
            yield (
                f"equivalent: two one-sided tests show a difference of less than {points(self.margin)} (--margin), "
                "adjusted by Holm too; no difference shown is not the same: there may be one that is too small for "
                "the test"
            )
            return
        last = self._counted("last", "difference")
        against_last = f", against the last run for the {last}" if last else ""
        yield f"{how}; adjusted by Holm{against_last}; intervals are not adjusted"
        if not last:
            yield "the last run has no value, so that nothing is compared with it"
        yield (
            "the best run is chosen by looking at the values, so p against it is adjusted for all "
            f"{self._counted('best', 'pair')}; its own value is likely to be lower on other documents"
        )

    def _several(self) -> str:
        """The families of several models: every two overall, each with the first in the tasks."""
        tasks = self._counted("first", "test against A", "tests against A")
        pairs = self._counted("other", "pair")
        return f"{pairs}, and apart from them for the {tasks}" if pairs else tasks

    def _counted(self, against: Against, word: str, words: str = "") -> str:
        """How many tests are adjusted together."""
        parts = [("the tasks", self.columns), (self._overall_name, [self.overall] if self.overall is not None else [])]
        sizes = [
            (name, max((one.family for part in several for one in part.contrasts if one.against == against), default=0))
            for name, several in parts
        ]
        told = [f"{size} {word if size == 1 else words or f'{word}s'} of {name}" for name, size in sizes if size]
        return ", and apart from them for the ".join(told)

    @property
    def _overall_name(self) -> str:
        return "the mean" if self.headline is None else "the headline"

    def to_json(self) -> dict[str, JsonValue]:
        """One JSON document."""
        from seahelm_lite.comparisons.written import comparison_json

        return comparison_json(self)
