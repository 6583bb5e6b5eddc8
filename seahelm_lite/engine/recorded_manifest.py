"""The manifest of a run that was imported: the same file as that of a run we asked, with where the answers are from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from seahelm_lite.catalog.costs import tally
from seahelm_lite.catalog.task_card import RECORDED
from seahelm_lite.engine.latency import latency
from seahelm_lite.engine.manifest import environment, stamp, unknown_cost, versions
from seahelm_lite.engine.recorded import RecordedTask
from seahelm_lite.models.recorded.base import Origin
from seahelm_lite.records import JsonValue, Outcome, sha256_hex


@dataclass(frozen=True)
class RecordedFile:
    """A file that answers of the run stand in."""

    path: str
    sha256: str
    answers: int


@dataclass(frozen=True)
class RecordedRun:
    """Everything known of one model's recorded answers before they are scored."""

    run_id: str
    model: str
    format: str
    origin: Origin
    spec: Mapping[str, JsonValue]
    """What was asked of `import`, restricted to this model's files."""
    fingerprint: Mapping[str, JsonValue]
    fingerprint_sha256: str
    files: tuple[RecordedFile, ...]
    tasks: tuple[RecordedTask, ...]

    def protocol(self, task: RecordedTask) -> str:
        """The protocol of a task: that of the source, or of one of its ways of asking."""
        return RECORDED + "-".join(filter(None, (self.origin.source, task.variant)))

    @property
    def keys(self) -> list[str]:
        """The names of the samples files, one a task; several numbers of examples of one task are told apart."""
        # A colon in a file name is not allowed everywhere.
        stems = [f"{task.definition.name}@{self.protocol(task).replace(':', '-')}" for task in self.tasks]
        several = Counter(stems)
        return [
            f"{stem}-{task.shots}shot" if several[stem] > 1 else stem
            for stem, task in zip(stems, self.tasks, strict=True)
        ]


def imported_manifest(
    run: RecordedRun,
    *,
    status: str,
    remarks: Sequence[str],
    languages: Sequence[JsonValue],
    offline: bool,
    started: float,
    finished: float,
) -> dict[str, Any]:
    """The manifest of an imported run. Times are those of the import.

    Args:
        run: What was imported.
        status: `complete` or `incomplete`.
        remarks: What a reader should know of how answers ended.
        languages: What the tasks of each language took.
        offline: Whether data came without a network.
        started: Unix time.
        finished: Unix time.
    """
    outcomes = [outcome for task in run.tasks for outcome in _outcomes(task)]
    seconds = round(finished - started, 3)
    times = {"started": stamp(started), "finished": stamp(finished), "seconds": seconds}
    set_aside = sum((Counter(task.set_aside) for task in run.tasks), Counter[str]())
    return {
        "run": run.run_id,
        "status": status,
        "spec": dict(run.spec),
        "model": {
            "name": run.model,
            "fingerprint": dict(run.fingerprint),
            "fingerprint_sha256": run.fingerprint_sha256,
        },
        "tasks": [_task_entry(run, key, task) for key, task in zip(run.keys, run.tasks, strict=True)],
        "skipped": [],
        "deviations": list(dict.fromkeys([*_deviations(run), *remarks])),
        "offline": offline,
        "versions": versions(),
        "environment": environment(),
        "timings": times,
        "sessions": [{**times, "requests_sent": 0}],
        "requests_sent": 0,
        "served_models": [],
        "usage": tally(outcomes).usage(),
        "cost": unknown_cost("whoever recorded the answers paid for them"),
        "latency": latency(outcomes),
        "languages": list(languages),
        "imported": {
            "format": run.format,
            "source": run.origin.source,
            "title": run.origin.title,
            "url": run.origin.url,
            "licence": run.origin.licence,
            "recorded": _first_and_last(run),
            "files": [{"path": f.path, "sha256": f.sha256, "answers": f.answers} for f in run.files],
            "set_aside": dict(set_aside),
        },
    }


def _first_and_last(run: RecordedRun) -> list[str] | None:
    days = [day for task in run.tasks for day in task.days]
    return [min(days).isoformat(), max(days).isoformat()] if days else None


def _outcomes(task: RecordedTask) -> list[Outcome]:
    return [outcome for sample in task.samples for outcome in sample.outcomes]


def _task_entry(run: RecordedRun, key: str, task: RecordedTask) -> dict[str, Any]:
    definition = task.definition
    return {
        "key": key,
        "task": definition.name,
        "version": definition.version,
        "protocol": run.protocol(task),
        "layout": "chat",
        "shots": task.shots,
        "shot_documents": [],
        "decoding": dict(task.decoding),
        "task_file_sha256": definition.sha256,
        "data_sha256": task.data.data_hash,
        "prompts_sha256": sha256_hex("".join(digest for sample in task.samples for digest in sample.requests)),
        "sources": [dict(source) for source in task.data.sources],
        "excluded": task.data.excluded,
        "documents": len(task.data.test),
        "documents_total": len(task.data.test),
        "answer_form": task.form.to_json(),
        "usage": tally(_outcomes(task)).usage(),
        "cost": None,
        "latency": latency(_outcomes(task)),
        "variations": [],
        "rotations": None,
        "shuffled": None,
        "quick": None,
        "card": definition.file.data["metadata"]["seahelm_lite"],
    }


def _deviations(run: RecordedRun) -> list[str]:
    """What readers should know: other repeats, other temperatures, answers nobody can ask for again."""
    told = []
    for task in run.tasks:
        name = f"{task.definition.name} ({task.shots} shots)"
        of_document = Counter(sample.document.id for sample in task.samples)
        fewer = sum(count < task.repeats for count in of_document.values())
        if fewer:
            told.append(f"{name}: {fewer} of {len(of_document)} documents have fewer than {task.repeats} answers")
        temperature = task.decoding.get("temperature", 0)
        if temperature != 0:
            told.append(f"{name}: recorded at temperature {temperature}")
    return told
