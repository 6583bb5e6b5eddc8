"""Which run fills which cell of a column."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from seahelm_lite.boards.documents import DocumentScores, document_scores, refuse_other_documents
from seahelm_lite.boards.fields import BoardError, LeftOut
from seahelm_lite.boards.run_files import AskedTask, Score
from seahelm_lite.boards.runs import FinishedRun, ModelKey
from seahelm_lite.catalog.board_card import BoardColumn
from seahelm_lite.catalog.task_card import RECORDED
from seahelm_lite.errors import RunFolderError

_REMEDY = "Move one of the two runs out of the folders named by --runs."


@dataclass(frozen=True)
class Candidate:
    """What one run has for a column."""

    run: FinishedRun
    asked: AskedTask
    score: Score
    documents: DocumentScores | None = None
    """Of a complete run that was chosen: the samples that its score was made of."""

    @property
    def way(self) -> tuple[str, str]:
        """By which format recorded answers came, and how they were read: answers of two ways do not compare."""
        imported, form = self.run.manifest.imported, self.asked.answer_form
        read = "" if form is None else f"{form.kind} {form.key}" if form.key else form.kind
        return "" if imported is None else imported.format, read

    @property
    def complete(self) -> bool:
        """Whether every document that was asked has an answer."""
        return self.score.status == "complete"

    @property
    def full(self) -> bool:
        """Whether it is complete on all documents of the task, as a headline needs it."""
        return self.complete and self.score.subset.name is None

    def preference(self) -> tuple[bool, bool, int, str]:
        """Sorts the best first: complete on all documents, on a subset, else with the most answers."""
        answered = self.score.n if self.complete else self.score.n_answered or 0
        return not self.full, not self.complete, -answered, self.run.run_id


@dataclass(frozen=True)
class Chosen:
    """The runs of a column, one for each model that has any."""

    cells: Mapping[ModelKey, Candidate]
    left_out: tuple[LeftOut, ...]


def choose(column: BoardColumn, runs: Iterable[FinishedRun], *, quick: bool = False) -> Chosen:
    """Pick a run for each cell of a column.

    Runs of another version of the task are left out, and those whose samples do not give their score. Of several runs
    of a model, one over all documents goes before one over a subset, and that before an incomplete one.

    Args:
        column: The column.
        runs: All runs.
        quick: Whether the board takes runs over the quick subset of a task.

    Raises:
        BoardError: If two complete runs are of different data, or two over all documents by the same model have
            different prompts or values: neither may be picked silently.
    """
    candidates, left_out = _candidates(column, runs, quick=quick)
    candidates, by_other_ways = _of_one_way(column, candidates)
    candidates, unfounded = _with_documents(column, candidates)
    candidates, of_other_data = _of_one_data(column, candidates)
    cells: dict[ModelKey, Candidate] = {}
    for candidate in sorted(candidates, key=Candidate.preference):
        first = cells.setdefault(candidate.run.model, candidate)
        if candidate.full and not _agree(first, candidate):
            raise BoardError(
                f"{candidate.run.model[0]} has two runs of {column.task.name} that differ in their "
                f"{_difference(first, candidate)}: {first.run.run_id} and {candidate.run.run_id}",
                remedy=_REMEDY,
            )
    refuse_other_documents(column.task.name, [one.documents for one in cells.values() if one.full and one.documents])
    return Chosen(cells, (*left_out, *by_other_ways, *unfounded, *of_other_data))


def _candidates(
    column: BoardColumn, runs: Iterable[FinishedRun], *, quick: bool
) -> tuple[list[Candidate], list[LeftOut]]:
    task = column.task
    candidates: list[Candidate] = []
    left_out: list[LeftOut] = []
    if task.card.answers == "withheld":
        return candidates, left_out
    for run in runs:
        identity = (task.name, column.protocol, column.shots)
        asked = next((a for a in run.manifest.tasks if (a.task, a.protocol, a.shots) == identity), None)
        score = next(
            (s for s in run.scores if (s.task, s.protocol, s.shots, s.metric) == (*identity, column.metric)), None
        )
        if asked is None:
            continue
        if column.protocol.startswith(RECORDED) != (run.manifest.imported is not None):
            reason = f"its {task.name} is in {column.protocol}, which does not go with where its answers are from"
            left_out.append(LeftOut(run=run.run_id, reason=reason))
        elif asked.version != task.version:
            reason = f"its {task.name} is version {asked.version}; the board's is {task.version}"
            left_out.append(LeftOut(run=run.run_id, reason=reason))
        elif score is None:
            left_out.append(LeftOut(run=run.run_id, reason=f"it has no {column.metric} of {task.name}"))
        elif score.subset.kind == "quick" and not quick:
            reason = f"its {task.name} is of the quick subset, which this board does not allow (`quick: false`)"
            left_out.append(LeftOut(run=run.run_id, reason=reason))
        elif score.status == "complete" and score.value is None:
            left_out.append(LeftOut(run=run.run_id, reason=f"its {task.name} has no value: it {score.reason}"))
        else:
            candidates.append(Candidate(run, asked, score))
    return candidates, left_out


def _of_one_way(column: BoardColumn, candidates: Sequence[Candidate]) -> tuple[list[Candidate], list[LeftOut]]:
    """The candidates whose answers came by one format and were read alike.

    The format that is named as the source goes before others that a user declared to be of that source; else the first
    run by its id decides.
    """
    if not candidates:
        return [], []
    first = min(candidates, key=lambda candidate: (not _is_of_its_source(candidate), candidate.run.run_id))
    left_out = [
        LeftOut(
            run=other.run.run_id,
            reason=f"its {column.task.name} came by {_told(other)}, that of {first.run.run_id} by {_told(first)}",
        )
        for other in candidates
        if other.way != first.way
    ]
    return [candidate for candidate in candidates if candidate.way == first.way], left_out


def _is_of_its_source(candidate: Candidate) -> bool:
    imported = candidate.run.manifest.imported
    return imported is not None and imported.format == imported.source


def _told(candidate: Candidate) -> str:
    log_format, read = candidate.way
    return f"the format {log_format}" + (f" (read as {read})" if read else "")


def _with_documents(column: BoardColumn, candidates: Sequence[Candidate]) -> tuple[list[Candidate], list[LeftOut]]:
    """The candidates with their samples; a complete one without samples that give its score is left out."""
    kept: list[Candidate] = []
    left_out: list[LeftOut] = []
    for one in candidates:
        try:
            documents = document_scores(one.run, one.asked, one.score, column.task.card.suite) if one.complete else None
        except RunFolderError as error:
            left_out.append(LeftOut(run=one.run.run_id, reason=error.what))
        else:
            kept.append(replace(one, documents=documents))
    return kept, left_out


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
