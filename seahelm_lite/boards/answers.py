"""The identity of what a model answered, whatever was made of it since."""

from __future__ import annotations

import hashlib
import json

from seahelm_lite.boards.run_files import AskedTask
from seahelm_lite.boards.runs import FinishedRun
from seahelm_lite.errors import RunFolderError
from seahelm_lite.records import canonical_json

_CIRCUMSTANCES = ("latency_s", "first_token_s", "usage", "model")
"""What is known of an answer that no score is made of."""


def answers_hash(run: FinishedRun, asked: AskedTask) -> str:
    """SHA-256 over document, repeat and answers of every sample of a task, by document and repeat.

    Raises:
        RunFolderError: If the samples cannot be read.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    names = ["document", "repeat", "outcomes"]
    try:
        data = (run.folder.path / "samples" / f"{asked.key}.parquet").read_bytes()
        rows = pq.read_table(pa.BufferReader(data), columns=names).select(names).to_pylist()
        answers = [[row["document"], row["repeat"], *map(_answer, row["outcomes"])] for row in rows]
    except (OSError, pa.ArrowException, LookupError, TypeError, ValueError, AttributeError):
        raise RunFolderError(f"its samples of {asked.task} cannot be read") from None
    digest = hashlib.sha256()
    for answer in sorted(answers, key=lambda one: (one[0], one[1])):
        digest.update(canonical_json(answer).encode() + b"\n")
    return digest.hexdigest()


def _answer(outcome: str) -> dict[str, object]:
    return {name: value for name, value in json.loads(outcome).items() if name not in _CIRCUMSTANCES}
