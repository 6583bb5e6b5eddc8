"""From logs of recorded answers to runs: read, match with the pinned data, score, write. All that `import` does."""

from __future__ import annotations

import contextlib
import shutil
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from seahelm_lite.catalog.catalog import Catalog
from seahelm_lite.engine.log_files import open_logs
from seahelm_lite.engine.recorded import Matching, RecordedTask
from seahelm_lite.engine.recorded_manifest import RecordedFile, RecordedRun, imported_manifest
from seahelm_lite.engine.run_folder import RunFolder, list_runs
from seahelm_lite.errors import LogError, RunFolderError
from seahelm_lite.finished import Run, load_run, with_answers
from seahelm_lite.models.recorded.base import Declared, LogFile, LogFormat, Origin, RecordedAnswer
from seahelm_lite.models.recorded.formats import FORMATS
from seahelm_lite.records import JsonValue, canonical_json, sha256_hex
from seahelm_lite.runs import slug
from seahelm_lite.scoring.differences import Side, differences, side_of
from seahelm_lite.scoring.remarks import remarks_on
from seahelm_lite.scoring.scores import ScoredTask
from seahelm_lite.scoring.spread import score_varied
from seahelm_lite.scoring.taken import Taken, by_language
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
        """Who recorded the answers.

        Raises:
            LogError: If the source is called like that of a format, whose prompts these answers were not given to.
        """
        taken = {log_format.origin.source for log_format in FORMATS.values()} - {self.format.origin.source}
        if self.source is not None and (self.source in taken or self.source.startswith("lm-eval-ll-")):
            fault = f"the source {self.source!r} is that of another format, whose prompts are others"
            raise LogError(fault, remedy="Give another --source.")
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
    files = open_logs(what.files, what.format, where)
    by_model: dict[str, list[RecordedAnswer]] = {}
    for file in files:
        answers = list(what.format.read(file, what.declared))
        if not answers:
            raise LogError("holds no answer", where=file.name, remedy="Nothing was imported. Leave the file out.")
        for answer in answers:
            by_model.setdefault(answer.model, []).append(answer)
    matching = Matching(catalog, where)
    runs = [_recorded_run(what, name, by_model[name], matching, files) for name in sorted(by_model)]
    matching.refuse_faults()
    # Nobody else may import into this folder between the look at what is there and the last run.
    with RunFolder(out / "import").lock():
        known = _known_runs(out)
        for run in runs:
            _refuse_known(run, known)
        return [_write(run, out, offline=where.offline) for run in runs]


def _recorded_run(
    what: Import, name: str, answers: Sequence[RecordedAnswer], matching: Matching, files: Sequence[LogFile]
) -> RecordedRun:
    details = _one_model(name, answers)
    tasks = sorted(matching.match(answers), key=lambda task: (task.definition.name, task.shots, task.variant))
    counts = Counter(answer.place.rpartition(":")[0] for answer in answers)
    own = tuple(entry for file in files if counts[file.name] for entry in _entries(file, counts[file.name]))
    spec: dict[str, JsonValue] = {
        "import": what.format.name,
        "files": [file.name for file in files if counts[file.name]],
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
        "model_sha256": details,
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


def _entries(file: LogFile, answers: int) -> Iterator[RecordedFile]:
    yield RecordedFile(file.name, file.sha256, answers)
    for name, data in file.siblings:
        yield RecordedFile(PurePosixPath(file.name).with_name(name).as_posix(), sha256_hex(data), 0)


def _one_model(name: str, answers: Sequence[RecordedAnswer]) -> str | None:
    """What the logs say of the model beyond its name, as a hash.

    Raises:
        LogError: If answers under one name are of different models.
    """
    first = answers[0]
    for answer in answers:
        if answer.model_sha256 != first.model_sha256:
            fault = f"another model than that of {first.place} is called {name} too"
            raise LogError(fault, where=answer.place, remedy="Nothing was imported. Import each with its own --out.")
    return first.model_sha256


def _known_runs(out: Path) -> dict[tuple[str, str, str, int], str]:
    """What imported runs of the folder answer already: model, protocol, task and number of examples, to run id."""
    known = {}
    for folder in list_runs(out):
        try:
            manifest = folder.manifest()
            for entry in manifest["tasks"] if manifest.get("imported") else ():
                known[manifest["model"]["name"], entry["protocol"], entry["task"], entry["shots"]] = folder.run_id
        except (RunFolderError, LookupError, TypeError):
            # What cannot be read holds nothing that a board would show, so nothing is imported twice.
            continue
    return known


def _refuse_known(run: RecordedRun, known: Mapping[tuple[str, str, str, int], str]) -> None:
    for task in run.tasks:
        before = known.get((run.model, run.protocol(task), task.definition.name, task.shots))
        if before not in (None, run.run_id):
            raise LogError(
                f"answers of {run.model} to {task.definition.name} were imported before, otherwise, as {before}",
                where=run.files[0].path,
                remedy="Nothing was imported. One model is one run over all its files: remove that run, or choose "
                "another --out, and name all files at once.",
            )


def _write(run: RecordedRun, out: Path, *, offline: bool) -> Imported:
    folder = RunFolder(out / run.run_id)
    with folder.lock():
        if folder.exists() and folder.is_sealed():
            return Imported(load_run(folder.path), is_new=False)
        with _nothing_half_written(folder):
            _fill(folder, run, offline=offline)
        return Imported(load_run(folder.path), is_new=True)


@contextlib.contextmanager
def _nothing_half_written(folder: RunFolder) -> Iterator[None]:
    """A run whose first writing fails leaves no folder behind."""
    try:
        yield
    except RunFolderError:
        if not folder.exists():
            shutil.rmtree(folder.path, ignore_errors=True)
        raise


def _fill(folder: RunFolder, run: RecordedRun, *, offline: bool) -> None:
    started = time.time()
    scores: list[dict[str, JsonValue]] = []
    remarks: list[str] = []
    sides: list[Side | None] = []
    taken: list[tuple[str, Taken]] = []
    for key, task in zip(run.keys, run.tasks, strict=True):
        asked = _scored_task(run, task)
        varied = score_varied(asked, ())
        scored = varied.own
        sides.append(side_of(asked, scored))
        taken.append((task.definition.card.language, scored.taken))
        folder.write_samples(key, with_answers(task.samples, scored))
        scores += varied.scores
        remarks += remarks_on(task.definition.name, task.samples, scored.answers, {})
    complete = all(score["status"] == "complete" for score in scores)
    folder.write_scores(scores, differences(sides))
    folder.write_manifest(
        imported_manifest(
            run,
            status="complete" if complete else "incomplete",
            remarks=remarks,
            languages=by_language(taken),
            offline=offline,
            started=started,
            finished=time.time(),
        )
    )
    # Nothing will ever be added to it, so it is sealed also where answers are missing.
    folder.seal()


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
