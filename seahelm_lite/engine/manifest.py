"""The manifest of a run: what was asked of which model, from which data, with which versions, and how it went."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib import metadata
from typing import Any

import seahelm_lite
from seahelm_lite.engine.measure import Measured, served_models, total_usage
from seahelm_lite.engine.plan import Plan, PlannedTask, Variation
from seahelm_lite.engine.spec import RunSpec
from seahelm_lite.models.base import ModelFacts
from seahelm_lite.records import JsonValue, sha256_hex

_LIBRARIES = ("lm_eval", "numpy", "scipy", "sacrebleu", "torch", "transformers")


def begun(
    *,
    run_id: str,
    spec: RunSpec,
    plan: Plan,
    facts: ModelFacts,
    fingerprint: Mapping[str, JsonValue],
    fingerprint_sha256: str,
    offline: bool,
    started: float,
    before: Mapping[str, Any] | None,
) -> dict[str, Any]:
    """The manifest of a run that is about to be asked.

    Args:
        run_id: The run's id.
        spec: Its settings.
        plan: What it asks.
        facts: The model.
        fingerprint: Everything that would change an answer.
        fingerprint_sha256: The hash of that.
        offline: Whether data came without a network.
        started: Unix time.
        before: The manifest of the same run from an earlier session, if there was one.
    """
    return {
        "run": run_id,
        "status": "running",
        "spec": spec.model_dump(mode="json"),
        "model": {
            "name": facts.name,
            "fingerprint": dict(fingerprint),
            "fingerprint_sha256": fingerprint_sha256,
            "training": facts.training.to_json() if facts.training is not None else None,
        },
        "tasks": [_task_entry(task) for task in plan.tasks],
        "skipped": [{"task": item.task, "reason": item.reason} for item in plan.skipped],
        "deviations": list(plan.deviations),
        "offline": offline,
        "versions": versions(),
        "environment": environment(),
        "timings": {"started": stamp(started), "finished": None, "seconds": None},
        "sessions": list(before["sessions"]) if before is not None else [],
        "requests_sent": None,
        "served_models": None,
        "usage": None,
        "cost": {"value": None, "reason": "no price is known for this model"},
        "imported": None,
    }


def ended(
    manifest: Mapping[str, Any],
    plan: Plan,
    measured: Measured,
    *,
    executor: Mapping[str, JsonValue],
    finished: float,
    seconds: float,
) -> dict[str, Any]:
    """The manifest after a session of asking: its own share added to that of the sessions before it.

    Args:
        manifest: As it was begun.
        plan: What was asked.
        measured: What came back.
        executor: Where it was computed.
        finished: Unix time.
        seconds: How long the session was.
    """
    session = {
        "started": manifest["timings"]["started"],
        "finished": stamp(finished),
        "seconds": round(seconds, 3),
        "requests_sent": measured.sent,
        "executor": dict(executor),
    }
    sessions = [*manifest["sessions"], session]
    outcomes = list(measured.outcomes.values())
    served = served_models(outcomes)
    deviations = list(dict.fromkeys([*manifest["deviations"], *measured.notes]))
    if len(served) > 1:
        deviations.append(f"the endpoint named itself differently along the way: {', '.join(served)}")
    usages = {
        part.key: total_usage([outcome for sample in measured.samples(part) for outcome in sample.outcomes])
        for task in plan.tasks
        for part in task.parts
    }
    return {
        **manifest,
        "tasks": [_with_usage(entry, usages) for entry in manifest["tasks"]],
        "deviations": deviations,
        "timings": {
            "started": sessions[0]["started"],
            "finished": session["finished"],
            "seconds": round(sum(one["seconds"] for one in sessions), 3),
        },
        "sessions": sessions,
        "requests_sent": sum(one["requests_sent"] for one in sessions),
        "served_models": served,
        "usage": total_usage(outcomes),
    }


def _with_usage(entry: Mapping[str, Any], usages: Mapping[str, Any]) -> dict[str, Any]:
    """The entry of a task, with the tokens of the task and, apart from them, of each of its variations."""
    variations = [{**variation, "usage": usages[variation["key"]]} for variation in entry["variations"]]
    return {**entry, "usage": usages[entry["key"]], "variations": variations}


def prompts_hash(task: PlannedTask | Variation) -> str:
    """SHA-256 over the hashes of all requests of a task, or of one variation of it, in order."""
    return sha256_hex("".join(digest for sample in task.samples for digest in sample.hashes))


def stamp(seconds: float) -> str:
    """A Unix time as ISO 8601 in UTC."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")


def _task_entry(task: PlannedTask) -> dict[str, Any]:
    return {
        "key": task.key,
        "task": task.definition.name,
        "version": task.definition.version,
        "protocol": task.protocol,
        "layout": task.layout,
        "shots": task.shots,
        "shot_documents": [shot.id for shot in task.shot_documents],
        "decoding": dict(task.samples[0].requests[0].params),
        "task_file_sha256": task.definition.sha256,
        "data_sha256": task.data.data_hash,
        "prompts_sha256": prompts_hash(task),
        "sources": [dict(source) for source in task.data.sources],
        "excluded": dict(task.data.excluded),
        "documents": len({sample.document.id for sample in task.samples}),
        "documents_total": len(task.data.test),
        "answer_form": task.form.to_json() if task.form is not None else None,
        "usage": None,
        "variations": [
            {
                "key": variation.key,
                "over": variation.over,
                "shot_documents": [shot.id for shot in variation.shot_documents],
                "prompts_sha256": prompts_hash(variation),
                "usage": None,
            }
            for variation in task.variations
        ],
        "rotations": task.rotations.to_json() if task.rotations is not None else None,
        # As its author wrote it: what pydantic dumps without defaults lacks the kinds of pins and cannot be read back.
        "card": task.definition.file.data["metadata"]["seahelm_lite"],
    }


def environment() -> dict[str, str]:
    """The machine, as far as a number could depend on it."""
    return {"python": platform.python_version(), "platform": platform.platform()}


def versions() -> dict[str, str | None]:
    """Of what could change a number; None where a library is not installed."""
    versions: dict[str, str | None] = {"seahelm-lite": seahelm_lite.__version__}
    for name in _LIBRARIES:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            versions[name] = None
    return versions
