"""Judging the replies of a run: open the judges, ask them every criterion, and keep what they say beside the scores."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from seahelm_lite.catalog.model_card import model_cards
from seahelm_lite.catalog.task_card import TaskCard
from seahelm_lite.engine.measure import ask
from seahelm_lite.engine.progress import Progress, Silent
from seahelm_lite.engine.run_folder import RunFolder
from seahelm_lite.engine.store import STORE, ResponseStore
from seahelm_lite.errors import ModelError, RunFolderError
from seahelm_lite.finished import scorable
from seahelm_lite.judgements import add_judgements
from seahelm_lite.models.base import DocumentModel, Model
from seahelm_lite.models.hosts import stays_inside
from seahelm_lite.models.specs import open_model
from seahelm_lite.records import Failure, JsonValue, Request, canonical_json, sha256_hex
from seahelm_lite.scoring.judges.calibration import CALIBRATION_SCHEMA
from seahelm_lite.scoring.judges.criteria import Criterion, brief_of
from seahelm_lite.scoring.judges.jury import Lineage, lineage_of, refuse_kin
from seahelm_lite.scoring.judges.question import ASKED, judge_request, question
from seahelm_lite.scoring.judges.reading import UNPARSED, ReadVerdict, read_verdict
from seahelm_lite.scoring.judges.verdicts import Judgements, Verdict
from seahelm_lite.scoring.scores import read_answers, task_of_manifest


@dataclass(frozen=True)
class Judge:
    """A model that judges."""

    model: Model
    name: str
    lineage: Lineage
    fingerprint: str
    """SHA-256, under which its answers are stored."""

    def told(self) -> dict[str, JsonValue]:
        """What files say of it."""
        return {
            "name": self.name,
            "spec": self.lineage.spec,
            "families": sorted(self.lineage.families),
            "fingerprint_sha256": self.fingerprint,
        }


@dataclass(frozen=True, slots=True)
class Question:
    """One criterion about one reply."""

    task: str
    document: str
    repeat: int
    language: str
    prompt: str
    norm: str
    reply: str
    criterion: Criterion

    def request(self, *, chat: bool, attempt: int) -> Request:
        """What a judge is sent the first, or a further, time."""
        text = question(self.prompt, self.norm, self.reply, self.criterion.text, again=attempt > 0)
        return judge_request(text, chat=chat, attempt=attempt)


def open_judges(specs: Sequence[str], tested: Iterable[Sequence[str]], *, offline: bool) -> list[Judge]:
    """Open the models that shall judge.

    Args:
        specs: Their SPECs, one or two.
        tested: Who wrote the replies: of each the SPEC, or a name, and further names.
        offline: Whether they have to be on this machine or on premise.

    Raises:
        ModelError: If one may not judge, cannot be reached, or writes no words of its own.
    """
    cards = model_cards()
    lineages = [lineage_of(spec, (), cards) for spec in specs]
    for name, *others in tested:
        refuse_kin(lineage_of(name, others, cards), lineages)
    opened = []
    for lineage in lineages:
        model = open_model(lineage.spec, offline=offline)
        facts = model.facts
        if isinstance(model, DocumentModel) or not facts.capabilities.writes:
            raise ModelError("answers from a list and cannot judge", where=lineage.spec, remedy="Name a model.")
        fingerprint = sha256_hex(canonical_json(facts.fingerprint_with(None)))
        opened.append(Judge(model, facts.name, lineage, fingerprint))
    return opened


def ask_judge(
    judge: Judge, questions: Sequence[Question], store: ResponseStore, progress: Progress
) -> tuple[list[Verdict], list[str]]:
    """Ask one judge everything, once more where its answer could not be read.

    Returns:
        The verdicts in the order of the questions, and the causes of what got no answer; such questions have none.

    Raises:
        ModelError: If the judge fails as a whole.
        RunFolderError: If the store cannot be written.
    """
    chat = judge.model.facts.capabilities.chat
    read: dict[int, ReadVerdict] = {}
    failures: dict[int, str] = {}
    waiting = list(range(len(questions)))
    for attempt in range(ASKED):
        if not waiting:
            break
        requests = {place: questions[place].request(chat=chat, attempt=attempt) for place in waiting}
        distinct = {request.hash(): request for request in requests.values()}
        measured = ask(distinct, judge.model, store, judge.fingerprint, progress, documents=len(waiting))
        for place, request in requests.items():
            outcome = measured.outcomes[request.hash()]
            if isinstance(outcome, Failure):
                failures[place] = outcome.cause
            else:
                asked = questions[place]
                read[place] = read_verdict(outcome.text or "", asked.reply, asked.language)
        if measured.stopped:
            break
        waiting = [place for place in waiting if read.get(place) == UNPARSED and place not in failures]
    verdicts = [
        Verdict(one.task, one.document, one.repeat, one.criterion.id, found.answer, found.quote, judge.name)
        for place, one in enumerate(questions)
        if place not in failures and (found := read[place])
    ]
    return verdicts, list(failures.values())


def judge_run(
    path: Path,
    specs: Sequence[str],
    *,
    calibration: Path | None = None,
    offline: bool = False,
    allow_egress: bool = False,
    progress: Progress | None = None,
) -> Path:
    """Have judges look at every reply of a run that has criteria, and keep their verdicts in its folder.

    Args:
        path: The run folder.
        specs: Model SPECs of one or two judges.
        calibration: The file that `judge calibrate` wrote of these judges. Without it their verdicts are kept, and
            count nowhere.
        offline: Whether judges have to be on this machine or on premise.
        allow_egress: Whether items that may not be redistributed may be sent to any of them.
        progress: Told how it goes.

    Returns:
        The file of judgements.

    Raises:
        RunFolderError: If there is nothing to judge, or some questions got no answer; what was answered is kept.
        ModelError: If a judge may not judge this run, or fails.
    """
    folder = RunFolder(path)
    manifest = scorable(folder)
    questions = list(questions_of(folder, manifest))
    if not questions:
        raise RunFolderError(
            "holds no reply with criteria to judge it by",
            where=str(path),
            remedy="Criteria have the cultural probes in `gen`, IndoSafety, Kalahi in free replies, and BLEnD.",
        )
    judges = open_judges(specs, [(manifest["spec"]["model"], manifest["model"]["name"])], offline=offline)
    notes = _egress(manifest, {one.task for one in questions}, judges, allowed=allow_egress)
    notes += [f"nothing is known of where {one.name} comes from" for one in judges if not one.lineage.known]
    believed = _believed(calibration, judges) if calibration is not None else None
    verdicts: list[Verdict] = []
    with folder.lock(), ResponseStore(path.resolve().parent / STORE) as store:
        for judge in judges:
            said, failures = ask_judge(judge, questions, store, progress or Silent())
            if failures:
                raise RunFolderError(
                    f"{len(failures)} questions to {judge.name} got no answer ({failures[0]})",
                    where=str(path),
                    remedy="Judge it again; what was answered is kept and not asked again.",
                )
            verdicts += said
        told = [judge.told() for judge in judges]
        return add_judgements(folder, _judgements(folder.run_id, told, verdicts, believed, notes))


def questions_of(folder: RunFolder, manifest: Mapping[str, Any]) -> Iterator[Question]:
    """Every criterion about every reply of a run that says something, task by task."""
    for entry in manifest["tasks"]:
        if entry["card"]["kind"] != "generation":
            continue
        samples = [scored.sample for scored in folder.read_samples(entry["key"])]
        task = task_of_manifest(entry, samples)
        for sample, answer in zip(samples, read_answers(task)[0], strict=True):
            brief = brief_of(sample.document.fields)
            if brief is None or answer.state != "scored" or not answer.text:
                continue
            for criterion in brief.criteria:
                yield Question(
                    task=entry["key"],
                    document=sample.document.id,
                    repeat=sample.repeat,
                    language=task.card.language,
                    prompt=str(sample.document.fields["question"]),
                    norm=brief.norm,
                    reply=answer.text,
                    criterion=criterion,
                )


def _egress(manifest: Mapping[str, Any], tasks: set[str], judges: Sequence[Judge], *, allowed: bool) -> list[str]:
    """Refuse to hand items to somebody else that may not be redistributed, or note that it was allowed."""
    notes = []
    for entry in manifest["tasks"]:
        card = TaskCard.model_validate(entry["card"])
        if entry["key"] not in tasks or card.licence.redistributable:
            continue
        for judge in judges:
            if stays_inside(judge.model.facts.capabilities):
                continue
            if not allowed:
                raise ModelError(
                    f"would be sent items of {card.id}, which may not be redistributed ({card.licence.stated})",
                    where=judge.lineage.spec,
                    remedy="Use a judge on this machine or on premise, or --allow-egress.",
                )
            notes.append(
                f"--allow-egress: items of {card.id}, which may not be redistributed, were sent to {judge.name}"
            )
    return notes


def _believed(path: Path, judges: Sequence[Judge]) -> dict[str, Any]:
    """A calibration of just these judges.

    Raises:
        RunFolderError: If it cannot be read, or is of others.
    """
    try:
        body = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise RunFolderError(f"the calibration cannot be read: {error}", where=str(path)) from None
    if not isinstance(body, dict) or body.get("schema") != CALIBRATION_SCHEMA:
        raise RunFolderError(
            f"is no calibration ({CALIBRATION_SCHEMA})", where=str(path), remedy="`seahelm-lite judge calibrate`."
        )
    try:
        calibrated = {str(one["fingerprint_sha256"]): str(one["name"]) for one in body["judges"]}
        _ = [[one[name] for name in ("passed", "contested", "jury", "people")] for one in body["languages"].values()]
    except (KeyError, TypeError, AttributeError):
        raise RunFolderError("is no whole calibration", where=str(path), remedy="Calibrate the judges again.") from None
    if calibrated.keys() != {judge.fingerprint for judge in judges}:
        raise RunFolderError(
            f"is of other judges ({', '.join(calibrated.values())})",
            where=str(path),
            remedy="Calibrate the judges that are named, both together.",
        )
    return body


def _judgements(
    run: str,
    judges: Sequence[Mapping[str, JsonValue]],
    verdicts: Sequence[Verdict],
    calibration: Mapping[str, Any] | None,
    notes: Sequence[str],
) -> Judgements:
    languages = calibration["languages"] if calibration is not None else {}
    return Judgements(
        run=run,
        judges=tuple(judges),
        verdicts=tuple(verdicts),
        validated=frozenset(name for name, one in languages.items() if one["passed"]),
        contested=frozenset(criterion for one in languages.values() for criterion in one["contested"]),
        calibration=calibration,
        notes=tuple(notes),
    )
