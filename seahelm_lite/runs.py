"""A run from end to end: plan, measure, score, write. Everything the commands `run` and `score` do, callable."""

from __future__ import annotations

import platform
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

import seahelm_lite
from seahelm_lite.catalog.catalog import Catalog, load_catalog
from seahelm_lite.catalog.task_card import TaskCard
from seahelm_lite.engine.measure import Measured, measure, total_usage
from seahelm_lite.engine.plan import Plan, PlannedTask, make_plan
from seahelm_lite.engine.progress import Progress, Silent
from seahelm_lite.engine.run_folder import RunFolder, ScoredSample
from seahelm_lite.engine.spec import RunSpec, recorded_spec
from seahelm_lite.engine.store import ResponseStore
from seahelm_lite.errors import RunFolderError, SeahelmError
from seahelm_lite.models.base import DocumentModel, Model, ModelFacts
from seahelm_lite.models.specs import open_model
from seahelm_lite.records import JsonValue, Sample, canonical_json, sha256_hex
from seahelm_lite.scoring.scores import ScoredTask, TaskScores, score_task
from seahelm_lite.sources.where import Where

STORE = "responses.sqlite"


@dataclass(frozen=True)
class Run:
    """A run on disk, finished or not."""

    folder: RunFolder
    manifest: Mapping[str, Any]
    scores: list[dict[str, Any]]
    """Empty when the run was interrupted."""

    @property
    def complete(self) -> bool:
        """Whether every document has an answer or an ending that is the model's own."""
        return bool(self.manifest["status"] == "complete")


def evaluate(
    *,
    model: str,
    suites: Sequence[str] = (),
    tasks: Sequence[str] = (),
    out: Path | str = "out",
    mirror: Path | str | None = None,
    offline: bool | None = None,
    progress: Progress | None = None,
    **settings: Any,
) -> Run:
    """Ask a model some suites or tasks, score its answers and write a run folder.

    Args:
        model: Model SPEC.
        suites: Names of suites.
        tasks: Names of tasks.
        out: Output folder.
        mirror: Folder with a copy of the pinned data.
        offline: Whether data may only come from the mirror and the cache.
        progress: Told how the run goes.
        settings: The other fields of `RunSpec`, such as `protocol`, `shots` or `limit`.

    Returns:
        The run. Asking the same again returns the finished run, or goes on with an unfinished one.

    Raises:
        SeahelmError: Whatever is wrong with names, data, model or output folder.
    """
    catalog = load_catalog()
    where = Where.from_environment(mirror=mirror, offline=offline, task_roots=catalog.roots)
    spec = RunSpec(model=model, suites=tuple(suites), tasks=tuple(tasks), **settings)
    return execute(prepare(spec, catalog=catalog, where=where, out=Path(out)), progress=progress)


@dataclass(frozen=True)
class Prepared:
    """A run that has been planned and not yet asked."""

    spec: RunSpec
    model: Model | DocumentModel
    plan: Plan
    fingerprint: str
    """SHA-256 of the model fingerprint."""
    where: Where
    folder: RunFolder

    @property
    def store(self) -> Path:
        """The response store of the output folder."""
        return self.folder.path.parent / STORE


def prepare(spec: RunSpec, *, catalog: Catalog, where: Where, out: Path) -> Prepared:
    """Open the model, load the data and build every request. Nothing is written.

    Raises:
        SeahelmError: Whatever is wrong with names, data, model or protocol.
    """
    definitions, optional = catalog.select(spec.suites, spec.tasks)
    model = open_model(spec.model)
    plan = make_plan(definitions, optional, spec, model, where)
    facts = model.facts
    fingerprint = sha256_hex(canonical_json(_fingerprint(spec, facts)))
    folder = RunFolder(out / _run_id(spec, plan, facts.name, fingerprint))
    return Prepared(spec, model, plan, fingerprint, where, folder)


def _fingerprint(spec: RunSpec, facts: ModelFacts) -> dict[str, JsonValue]:
    """Everything that would change an answer. There is no switch for thinking yet: the model's own default holds."""
    return {**facts.fingerprint, "system_prompt": spec.system_prompt, "thinking": "default"}


def _run_id(spec: RunSpec, plan: Plan, name: str, fingerprint: str) -> str:
    """The same question to the same model has the same id, so that asking again goes on where it stopped."""
    asked = [[task.key, task.definition.version, task.data.data_hash, _prompts_hash(task)] for task in plan.tasks]
    settings = spec.model_dump(mode="json", exclude={"model", "suites", "tasks"})
    digest = sha256_hex(canonical_json({"settings": settings, "fingerprint": fingerprint, "asked": asked}))
    slug = "".join(character if character.isalnum() or character in "-._" else "-" for character in name).strip(".-")
    return f"{slug[:60]}-{digest[:10]}"


def execute(prepared: Prepared, *, progress: Progress | None = None) -> Run:
    """Ask what is not stored yet, score, and write the run folder.

    Raises:
        ModelError: If the model fails as a whole; what was answered is kept.
        RunFolderError: If the output folder cannot be written.
    """
    folder = prepared.folder
    # Without its seal it was killed on its last step, and is made anew from the stored responses.
    if folder.exists() and folder.manifest()["status"] == "complete" and folder.is_sealed():
        return load_run(folder.path)
    started = time.time()
    manifest = _manifest(prepared, started)
    is_new = not folder.exists()
    with ResponseStore(prepared.store) as store:
        try:
            folder.write_manifest({**manifest, "status": "running"})
            measured = measure(prepared.plan, prepared.model, store, prepared.fingerprint, progress or Silent())
        except SeahelmError:
            # A run that never got an answer has not begun and leaves no folder. The store stays, empty or not: another
            # run may be using it.
            if is_new and not store.holds(prepared.fingerprint):
                folder.discard()
            raise
    manifest["timings"].update(finished=_stamp(time.time()), seconds=round(time.time() - started, 3))
    manifest.update(usage=total_usage(measured.outcomes), requests_sent=measured.sent)
    if measured.interrupted:
        manifest["status"] = "interrupted"
        folder.write_manifest(manifest)
        return Run(folder, folder.manifest(), [])
    scores = _score_and_write(prepared, measured)
    manifest["status"] = "complete" if all(score["status"] == "complete" for score in scores) else "incomplete"
    folder.write_scores(scores)
    folder.write_manifest(manifest)
    if manifest["status"] == "complete":
        folder.seal()
    return load_run(folder.path)


def resume(path: Path, *, catalog: Catalog, where: Where) -> Prepared:
    """Plan an unfinished run again from its manifest.

    Raises:
        RunFolderError: If tasks, data or model are no longer what they were when it began.
    """
    folder = RunFolder(path)
    manifest = folder.manifest()
    spec = recorded_spec(manifest["spec"], path)
    prepared = prepare(spec, catalog=catalog, where=where, out=path.parent)
    if prepared.folder.run_id != folder.run_id:
        raise RunFolderError(
            f"cannot be resumed: {_what_changed(manifest, prepared)} since it began",
            where=str(path),
            remedy="Start a new run; stored responses to unchanged requests are used again.",
        )
    return prepared


def _what_changed(manifest: Mapping[str, Any], prepared: Prepared) -> str:
    if manifest["model"]["fingerprint_sha256"] != prepared.fingerprint:
        return "the model has changed"
    before = {entry["key"]: entry for entry in manifest["tasks"]}
    for task in prepared.plan.tasks:
        entry = before.get(task.key)
        if entry is None or entry["version"] != task.definition.version:
            return f"the task {task.key} has changed"
        if entry["data_sha256"] != task.data.data_hash:
            return f"the data of {task.key} has changed"
    return "the tasks or their prompts have changed"


def load_run(path: Path) -> Run:
    """Read a run folder.

    Raises:
        RunFolderError: If there is none, or a newer version wrote it.
    """
    folder = RunFolder(path)
    manifest = folder.manifest()
    scored = manifest["status"] in ("complete", "incomplete")
    return Run(folder, manifest, folder.scores()["scores"] if scored else [])


def score_again(path: Path) -> tuple[Path, list[dict[str, Any]]]:
    """Score the samples of a run anew, offline, from the folder alone, and keep the result beside the first scores.

    Returns:
        The new file `scores/<n>.json`, and its scores.

    Raises:
        RunFolderError: If the run has no samples yet.
    """
    scores = _scores_of_samples(path)
    return RunFolder(path).add_scores(scores), scores


def same_scores(path: Path) -> bool:
    """Whether scoring the samples of a run anew gives the scores it holds; raises as `score_again`."""
    return bool(_scores_of_samples(path) == RunFolder(path).scores()["scores"])


def _scores_of_samples(path: Path) -> list[dict[str, Any]]:
    folder = RunFolder(path)
    manifest = folder.manifest()
    if manifest["status"] not in ("complete", "incomplete"):
        raise RunFolderError(f"is {manifest['status']}: nothing to score", where=str(path), remedy="Resume it.")
    scores: list[dict[str, Any]] = []
    for entry in manifest["tasks"]:
        samples = [scored.sample for scored in folder.read_samples(entry["key"])]
        scores += score_task(
            ScoredTask(
                task=entry["task"],
                version=entry["version"],
                protocol=entry["protocol"],
                shots=entry["shots"],
                card=TaskCard.model_validate(entry["card"]),
                data_hash=entry["data_sha256"],
                n_total=entry["documents_total"],
                samples=samples,
            )
        ).scores
    return scores


def _score_and_write(prepared: Prepared, measured: Measured) -> list[dict[str, JsonValue]]:
    scores: list[dict[str, JsonValue]] = []
    for task in prepared.plan.tasks:
        samples = measured.samples(task)
        scored = score_task(
            ScoredTask(
                task=task.definition.name,
                version=task.definition.version,
                protocol=task.protocol,
                shots=task.shots,
                card=task.definition.card,
                data_hash=task.data.data_hash,
                n_total=len(task.data.test),
                samples=samples,
            )
        )
        prepared.folder.write_samples(task.key, _with_answers(samples, scored))
        scores += scored.scores
    return scores


def _with_answers(samples: list[Sample], scored: TaskScores) -> list[ScoredSample]:
    return [
        ScoredSample(sample, answer.state, answer.prediction, answer.note, value)
        for sample, answer, value in zip(samples, scored.answers, scored.values, strict=True)
    ]


def _manifest(prepared: Prepared, started: float) -> dict[str, Any]:
    plan, facts = prepared.plan, prepared.model.facts
    return {
        "run": prepared.folder.run_id,
        "status": "running",
        "spec": prepared.spec.model_dump(mode="json"),
        "model": {
            "name": facts.name,
            "fingerprint": _fingerprint(prepared.spec, facts),
            "fingerprint_sha256": prepared.fingerprint,
        },
        "tasks": [_task_entry(task) for task in plan.tasks],
        "skipped": [{"task": item.task, "reason": item.reason} for item in plan.skipped],
        "deviations": list(plan.deviations),
        "offline": prepared.where.offline,
        "versions": _versions(),
        "environment": {"python": platform.python_version(), "platform": platform.platform()},
        "timings": {"started": _stamp(started), "finished": None, "seconds": None},
        "requests_sent": None,
        "usage": None,
        "cost": {"value": None, "reason": "no price is known for this model"},
    }


def _task_entry(task: PlannedTask) -> dict[str, Any]:
    return {
        "key": task.key,
        "task": task.definition.name,
        "version": task.definition.version,
        "protocol": task.protocol,
        "layout": task.layout,
        "shots": task.shots,
        "shot_documents": [shot.id for shot in task.shot_documents],
        "task_file_sha256": task.definition.sha256,
        "data_sha256": task.data.data_hash,
        "prompts_sha256": _prompts_hash(task),
        "sources": [dict(source) for source in task.data.sources],
        "excluded": dict(task.data.excluded),
        "documents": len({sample.document.id for sample in task.samples}),
        "documents_total": len(task.data.test),
        # As its author wrote it: what pydantic dumps without defaults lacks the kinds of pins and cannot be read back.
        "card": task.definition.file.data["metadata"]["seahelm_lite"],
    }


def _prompts_hash(task: PlannedTask) -> str:
    return sha256_hex("".join(digest for sample in task.samples for digest in sample.hashes))


def _versions() -> dict[str, str | None]:
    """Of what could change a number; None where a library is not installed."""
    versions: dict[str, str | None] = {"seahelm-lite": seahelm_lite.__version__}
    for name in ("lm_eval", "numpy", "scipy", "sacrebleu", "torch", "transformers"):
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            versions[name] = None
    return versions


def _stamp(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
