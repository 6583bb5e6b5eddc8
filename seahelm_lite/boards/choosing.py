"""Which run fills which cell of a column."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from seahelm_lite.boards.results import BoardError, LeftOut
from seahelm_lite.boards.runs import AskedTask, FinishedRun, ModelKey, Score
from seahelm_lite.catalog.board_card import BoardColumn

_REMEDY = "Move one of the two runs out of the folders named by --runs."


@dataclass(frozen=True)
class Candidate:
    """What one run has for a column."""

    run: FinishedRun
    asked: AskedTask
    score: Score

    @property
    def complete(self) -> bool:
        """Whether every document that was asked has an answer."""
        return self.score.status == "complete"

    @property
    def full(self) -> bool:
        """Whether it is complete on all documents of the task, as a headline needs it."""
        return self.complete and self.score.subset.kind == "full"

    def preference(self) -> tuple[bool, bool, int, str]:
        """Sorts the best first: complete on all documents, on a subset, else with the most answers."""
        answered = self.score.n if self.complete else self.score.n_answered or 0
        return not self.full, not self.complete, -answered, self.run.run_id


@dataclass(frozen=True)
class Chosen:
    """The runs of a column, one for each model that has any."""

    cells: Mapping[ModelKey, Candidate]
    left_out: tuple[LeftOut, ...]


def choose(column: BoardColumn, runs: Iterable[FinishedRun]) -> Chosen:
    """Pick a run for each cell of a column.

    Runs of another version of the task are left out. Of several runs of a model, one over all documents goes before
    one over a subset, and that before an incomplete one.

    Raises:
        BoardError: If two complete runs are of different data, or two over all documents by the same model have
            different prompts or values: neither may be picked silently.
    """
    candidates, left_out = _candidates(column, runs)
    candidates, others = _of_one_data(column, candidates)
    cells: dict[ModelKey, Candidate] = {}
    for candidate in sorted(candidates, key=Candidate.preference):
        first = cells.setdefault(candidate.run.model, candidate)
        if candidate.full and not _agree(first, candidate):
            raise BoardError(
                f"{candidate.run.model[0]} has two runs of {column.task.name} that differ in their "
                f"{_difference(first, candidate)}: {first.run.run_id} and {candidate.run.run_id}",
                remedy=_REMEDY,
            )
    return Chosen(cells, (*left_out, *others))


def _candidates(column: BoardColumn, runs: Iterable[FinishedRun]) -> tuple[list[Candidate], list[LeftOut]]:
    task = column.task
    candidates: list[Candidate] = []
    left_out: list[LeftOut] = []
    for run in runs:
        identity = (task.name, column.protocol, column.shots)
        asked = next((a for a in run.manifest.tasks if (a.task, a.protocol, a.shots) == identity), None)
        score = next(
            (s for s in run.scores if (s.task, s.protocol, s.shots, s.metric) == (*identity, column.metric)), None
        )
        if asked is None:
            continue
        if asked.version != task.version:
            reason = f"its {task.name} is version {asked.version}; the board's is {task.version}"
            left_out.append(LeftOut(run=run.run_id, reason=reason))
        elif score is None:
            left_out.append(LeftOut(run=run.run_id, reason=f"it has no {column.metric} of {task.name}"))
        else:
            candidates.append(Candidate(run, asked, score))
    return candidates, left_out


def _of_one_data(column: BoardColumn, candidates: Sequence[Candidate]) -> tuple[list[Candidate], list[LeftOut]]:
    """The candidates whose documents are the same ones, and the incomplete runs of other data."""
    if not candidates:
        return [], []
    first = min(candidates, key=Candidate.preference)
    same: list[Candidate] = []
    left_out: list[LeftOut] = []
    for candidate in candidates:
        if candidate.asked.data_sha256 == first.asked.data_sha256:
            same.append(candidate)
        elif candidate.complete:
            raise BoardError(
                f"two runs of {column.task.name} are of different data: {first.run.run_id} and {candidate.run.run_id}",
                remedy=_REMEDY,
            )
        else:
            reason = f"its {column.task.name} is of other data than that of {first.run.run_id}"
            left_out.append(LeftOut(run=candidate.run.run_id, reason=reason))
    return same, left_out


def _agree(one: Candidate, other: Candidate) -> bool:
    return not _difference(one, other)


def _difference(one: Candidate, other: Candidate) -> str:
    """What two runs of the same model differ in, in words; empty when nothing does."""
    prompts = one.asked.prompts_sha256 != other.asked.prompts_sha256
    values = one.score.value != other.score.value
    return " and ".join(word for word, differs in (("prompts", prompts), ("values", values)) if differs)
