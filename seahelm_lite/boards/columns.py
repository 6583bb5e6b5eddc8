"""The columns of a board: what the task's card says, and what its runs say of the data."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from seahelm_lite.boards.choosing import Candidate
from seahelm_lite.boards.detectable import detectable_by
from seahelm_lite.boards.fields import Human
from seahelm_lite.boards.results import Column
from seahelm_lite.catalog.board_card import BoardColumn
from seahelm_lite.stats.comparisons import TaskTable


def column_facts(column: BoardColumn, candidates: Collection[Candidate], baselines: Collection[str] = ()) -> Column:
    """What readers are told of a column.

    Args:
        column: The column.
        candidates: The runs that fill its cells, all of the same data.
        baselines: Those that the board shows.
    """
    task, card = column.task, column.task.card
    known = min(candidates, key=Candidate.preference, default=None)
    # Chance and baselines of a subset are not those of the task.
    whole = known if known is not None and known.score.subset.kind == "full" else None
    earned = whole.score.baselines if whole is not None else {}
    return Column(
        task=task.name,
        title=card.title,
        measures=card.measures,
        version=task.version,
        language=card.language,
        country=card.country,
        suite=card.suite,
        pillar=card.pillar,
        protocol=column.protocol,
        shots=column.shots,
        metric=column.metric,
        required=column.required,
        path=column.path,
        share=column.share,
        n=known.asked.documents_total if known is not None else None,
        chance=whole.score.chance if whole is not None else None,
        baselines={name: value for name, value in earned.items() if value is not None and name in baselines},
        human=None if column.human is None else Human(**column.human.model_dump()),
        detectable=_detectable(candidates),
        overlaps=(),
        cluster_key=card.cluster_in(column.protocol),
        licence=card.licence,
        citation=card.citation,
        defects=card.defects,
        excluded=dict(known.asked.excluded) if known is not None else {},
        sources=known.asked.sources if known is not None else (),
        task_file_sha256=task.sha256,
        data_sha256=known.asked.data_sha256 if known is not None else None,
    )


def _detectable(candidates: Collection[Candidate]) -> float | None:
    """The difference that two models must have to be told apart, by the answers of those that have all documents."""
    answers = [one.documents for one in candidates if one.full and one.documents is not None]
    if len(answers) < 2:
        return None
    return detectable_by([TaskTable(np.stack([one.values for one in answers]), answers[0].clusters, 1.0)])
