"""From logs of recorded answers to runs: read, match with the pinned data, score, write. All that `import` does."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from seahelm_lite.catalog.catalog import Catalog
from seahelm_lite.engine.recorded import Matching, RecordedTask
from seahelm_lite.engine.recorded_manifest import RecordedFile, RecordedRun, imported_manifest
from seahelm_lite.engine.run_folder import RunFolder, list_runs
from seahelm_lite.errors import LogError
from seahelm_lite.models.recorded.base import Declared, LogFile, LogFormat, Origin, RecordedAnswer
from seahelm_lite.records import JsonValue, canonical_json, sha256_hex
from seahelm_lite.runs import Run, load_run, slug, with_answers
from seahelm_lite.scoring.remarks import remarks_on
from seahelm_lite.scoring.scores import ScoredTask, score_task
from seahelm_lite.sources.fetch import read_upstream, upstream_name
from seahelm_lite.sources.where import Where


@dataclass(frozen=True)
class Import:
    """What to import."""

    format: LogFormat
    files: Sequence[str]
    """Paths, or names in the layout of a mirror."""
    declared: Declared = field(default_factory=Declared)
    source: str | None = None
    """Instead of the format's own source name."""
    licence: str | None = None

    @property
    def origin(self) -> Origin:
        """Who recorded the answers."""
        origin = self.format.origin
        if self.source is not None:
            origin = Origin(source=self.source, title=self.source, licence=origin.licence)
        return origin if self.licence is None else replace(origin, licence=self.licence)


@dataclass(frozen=True)
class Imported:
    """One run of an import."""

    run: Run
    is_new: bool
    """False where the same files had been imported before."""


def import_answers(what: Import, *, catalog: Catalog, where: Where, out: Path) -> list[Imported]:
    """Import logs: one run for each model, over all its files.

    Every file is read and matched before anything is written, so that a faulty one leaves nothing behind.

    Raises:
        LogError: With file and line, if a log is damaged, does not belong to the pinned data, or answers what another
            run of the same model in `out` answers already.
        SourceError: If a file, or the pinned data, cannot be had.
        RunFolderError: If `out` cannot be written.
    """
    files = [_open(name, what.format, where) for name in what.files]
    _refuse_twice(files, what.files)
    answers = [answer for file in files for answer in what.format.read(file, what.declared)]
    if not answers:
        raise LogError("hold no answer", where=", ".join(what.files[:3]), remedy="Nothing was imported.")
    by_model: dict[str, list[RecordedAnswer]] = {}
    for answer in answers:
        by_model.setdefault(answer.model, []).append(answer)
    matching = Matching(catalog, where)
    runs = [_recorded_run(what, name, group, matching.match(group), files) for name, group in by_model.items()]
    matching.refuse_faults()
    known = _known_runs(out)
    for run in runs:
        _refuse_known(run, known)
    return [_write(run, out, offline=where.offline) for run in runs]


def _open(given: str, log_format: LogFormat, where: Where) -> LogFile:
    path = Path(given)
    name = upstream_name(path.absolute().as_posix())
    if not path.is_file() and upstream_name(given) == given:
        return _log_file(given, read_upstream(given, where), ())
    siblings = []
    try:
        data = path.read_bytes()
        for sibling in log_format.siblings(path.name):
            if (beside := path.with_name(sibling)).is_file():
                siblings.append((sibling, beside.read_bytes()))
    except OSError as error:
        raise LogError(f"cannot be read: {error.strerror}", where=given, remedy="Check the path.") from None
    # An absolute path is of this machine alone, and nobody else's business.
    return _log_file(name or (path.name if path.is_absolute() else path.as_posix()), data, siblings)


def _log_file(name: str, data: bytes, siblings: Iterable[tuple[str, bytes]]) -> LogFile:
    return LogFile(name=name, data=data, sha256=sha256_hex(data), siblings=tuple(siblings))


def _refuse_twice(files: Sequence[LogFile], given: Sequence[str]) -> None:
    first: dict[str, str] = {}
    for file, name in zip(files, given, strict=True):
        if file.sha256 in first:
            raise LogError(
                f"has the same content as {first[file.sha256]}",
                where=name,
                remedy="Nothing was imported. Name it once.",
            )
        first[file.sha256] = name


def _recorded_run(
    what: Import, name: str, answers: Sequence[RecordedAnswer], tasks: Sequence[RecordedTask], files: Sequence[LogFile]
) -> RecordedRun:
    counts = Counter(answer.place.rpartition(":")[0] for answer in answers)
    own = tuple(RecordedFile(file.name, file.sha256, counts[file.name]) for file in files if counts[file.name])
    spec: dict[str, JsonValue] = {
        "import": what.format.name,
        "files": [file.path for file in own],
        "model": what.declared.model,
        "task": what.declared.task,
        "shots": what.declared.shots,
        "source": what.source,
        "licence": what.licence,
    }
    temperatures = {str(task.decoding["temperature"]) for task in tasks if "temperature" in task.decoding}
    fingerprint: dict[str, JsonValue] = {
        "kind": "recorded",
        "source": what.origin.source,
        "model": name,
        "temperature": sorted(temperatures),
    }
    asked = [[task.definition.sha256, task.data.data_hash, task.shots, task.variant] for task in tasks]
    declared = {key: value for key, value in spec.items() if key not in ("files", "licence")}
    identity = {"spec": declared, "files": sorted(file.sha256 for file in own), "asked": asked}
    return RecordedRun(
        run_id=f"{slug(name)}-{sha256_hex(canonical_json(identity))[:10]}",
        model=name,
        format=what.format.name,
        origin=what.origin,
        spec=spec,
        fingerprint=fingerprint,
        fingerprint_sha256=sha256_hex(canonical_json(fingerprint)),
        files=own,
        tasks=tuple(tasks),
    )


def _known_runs(out: Path) -> dict[tuple[str, str, str, int], str]:
    """What imported runs of the folder answer already: model, protocol, task and number of examples, to run id."""
    known = {}
    for folder in list_runs(out):
        manifest = folder.manifest()
        for entry in manifest["tasks"] if manifest.get("imported") else ():
            known[manifest["model"]["name"], entry["protocol"], entry["task"], entry["shots"]] = folder.run_id
    return known


def _refuse_known(run: RecordedRun, known: Mapping[tuple[str, str, str, int], str]) -> None:
    for task in run.tasks:
        before = known.get((run.model, run.protocol(task), task.definition.name, task.shots))
        if before not in (None, run.run_id):
            raise LogError(
                f"answers of {run.model} to {task.definition.name} were imported before, from other files, as {before}",
                where=run.files[0].path,
                remedy="Nothing was imported. One model is one run over all its files: remove that run, or choose "
                "another --out, and name all files at once.",
            )


def _write(run: RecordedRun, out: Path, *, offline: bool) -> Imported:
    folder = RunFolder(out / run.run_id)
    with folder.lock():
        if folder.exists() and folder.is_sealed():
            return Imported(load_run(folder.path), is_new=False)
        started = time.time()
        scores: list[dict[str, JsonValue]] = []
        remarks: list[str] = []
        for key, task in zip(run.keys, run.tasks, strict=True):
            scored = score_task(_scored_task(run, task))
            folder.write_samples(key, with_answers(task.samples, scored))
            scores += scored.scores
            remarks += remarks_on(task.definition.name, scored.answers, {})
        complete = all(score["status"] == "complete" for score in scores)
        folder.write_scores(scores)
        folder.write_manifest(
            imported_manifest(
                run,
                status="complete" if complete else "incomplete",
                remarks=remarks,
                offline=offline,
                started=started,
                finished=time.time(),
            )
        )
        # Nothing will ever be added to it, so it is sealed also where answers are missing.
        folder.seal()
        return Imported(load_run(folder.path), is_new=True)


def _scored_task(run: RecordedRun, task: RecordedTask) -> ScoredTask:
    return ScoredTask(
        task=task.definition.name,
        version=task.definition.version,
        protocol=run.protocol(task),
        shots=task.shots,
        card=task.definition.card,
        data_hash=task.data.data_hash,
        n_total=len(task.data.test),
        samples=task.samples,
        form=task.form,
    )
