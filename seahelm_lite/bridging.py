"""The same models in two protocols: what `compare --bridge` does, callable."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from seahelm_lite.comparing import refuse_useless
from seahelm_lite.comparisons.bridge import FROM, BridgedModel, spans
from seahelm_lite.comparisons.bridged import Bridge
from seahelm_lite.comparisons.entrants import Entrant, entrant
from seahelm_lite.errors import RunFolderError
from seahelm_lite.finished import Run, load_run


def bridge(*runs: Path | str) -> Bridge:
    """Tell how far other multiple-choice protocols are from `gen-letter`, task by task.

    Runs are of one model where their fingerprints are equal. Every task that a model was asked in `gen-letter` and in
    another protocol, with as many examples, is told: per model the gap on the same documents and McNemar's counts, over
    models the mean gap and the rank correlation.

    Args:
        runs: Run folders, in any order.

    Raises:
        RunFolderError: If one is no run, was changed since it was finished, or is named twice; if fewer than two are
            named; if a model was asked the same in two of them; if no model was asked a task in two protocols.
    """
    read = [load_run(Path(path)) for path in runs]
    refuse_useless(read)
    found = spans(_models(read))
    if not found:
        raise RunFolderError(
            f"no model of these runs was asked a task in {FROM} and in another protocol, on the same documents",
            remedy="Run the same model once more with another --protocol, and name both runs.",
        )
    return Bridge(tuple(found), all(run.complete for run in read))


def _models(runs: Sequence[Run]) -> list[BridgedModel]:
    """The models of some runs, told apart by name, and by fingerprint where names are the same."""
    of_model: dict[str, list[Run]] = {}
    for run in runs:
        of_model.setdefault(run.manifest["model"]["fingerprint_sha256"], []).append(run)
    names = [str(own[0].manifest["model"]["name"]) for own in of_model.values()]
    return [
        BridgedModel(told := name if names.count(name) == 1 else f"{name} ({digest[:8]})", _entrants(told, own))
        for name, (digest, own) in zip(names, of_model.items(), strict=True)
    ]


def _entrants(name: str, runs: Sequence[Run]) -> tuple[Entrant, ...]:
    return tuple(entrant(name, run.folder, run.manifest, run.scores) for run in runs)
