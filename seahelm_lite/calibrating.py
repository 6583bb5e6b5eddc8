"""Calibrating judges: a sheet for people to label, and judges held against what they wrote into it."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from seahelm_lite.catalog.task_card import TaskCard
from seahelm_lite.engine.progress import Progress, Silent
from seahelm_lite.engine.run_folder import RunFolder, whole_or_not_at_all
from seahelm_lite.engine.store import STORE, ResponseStore
from seahelm_lite.errors import DataError, ModelError, RunFolderError
from seahelm_lite.finished import scorable
from seahelm_lite.judging import Judge, Question, ask_judge, open_judges, questions_of
from seahelm_lite.models.hosts import stays_inside
from seahelm_lite.records import sha256_hex
from seahelm_lite.scoring.judges.calibration import LanguageResult, calibrate, calibration_file
from seahelm_lite.scoring.judges.criteria import Criterion
from seahelm_lite.scoring.judges.labels import Asked, Label, Labelled
from seahelm_lite.scoring.judges.verdicts import Verdict, response_id
from seahelm_lite.sources.formats import read_rows
from seahelm_lite.sources.text_files import Row

NEEDED = ("response", "model", "language", "prompt", "reply", "criterion", "question", "rater", "label")
OTHERS = {"norm": "", "wanted": "", "weight": "1", "critical": "no", "restricted": "no"}
"""Columns that may be absent, and what then holds; `wanted` is no where a criterion is critical, else yes."""

_LABELS: dict[str, Label] = {"yes": "yes", "no": "no"}


def write_sheet(runs: Sequence[Path], out: Path, *, replies: int | None = None) -> int:
    """Write the replies of some runs with their criteria as a table, with `rater` and `label` left blank.

    Args:
        runs: Run folders.
        out: The CSV file.
        replies: At most so many of each run and language, drawn by a hash of the reply's id; None for all.

    Returns:
        How many replies it holds.

    Raises:
        RunFolderError: If a run cannot be read or holds no criteria, or the file cannot be written.
    """
    once = {path.resolve(): path for path in runs}
    rows = [row for run in once.values() for row in _sheet_rows(run, replies)]
    if not rows:
        raise RunFolderError(
            "no reply of these runs has criteria to judge it by", remedy="Name runs of tasks that have them."
        )
    columns = (*NEEDED[:-2], *OTHERS, *NEEDED[-2:])
    with whole_or_not_at_all(out) as partial, partial.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return len({row["response"] for row in rows})


def _sheet_rows(path: Path, replies: int | None) -> Iterator[dict[str, str]]:
    folder = RunFolder(path)
    manifest = scorable(folder)
    cards = {entry["key"]: TaskCard.model_validate(entry["card"]) for entry in manifest["tasks"]}
    asked = [
        (response_id(folder.run_id, one.task, one.document, one.repeat), one) for one in questions_of(folder, manifest)
    ]
    kept: set[str] = set()
    for language in sorted({one.language for _, one in asked}):
        ids = sorted({response for response, one in asked if one.language == language}, key=sha256_hex)
        kept |= set(ids[:replies])
    for response, one in asked:
        if response in kept:
            criterion = one.criterion
            yield {
                "response": response,
                "model": manifest["model"]["name"],
                "language": one.language,
                "prompt": one.prompt,
                "norm": one.norm,
                "reply": one.reply,
                "criterion": criterion.id,
                "question": criterion.text,
                "wanted": "yes" if criterion.wanted else "no",
                "weight": f"{criterion.weight:g}",
                "critical": "yes" if criterion.critical else "no",
                "restricted": "no" if cards[one.task].licence.redistributable else "yes",
            }


def read_labels(paths: Iterable[Path]) -> tuple[list[Labelled], bool]:
    """What people wrote into sheets; rows without a label are passed over.

    Args:
        paths: CSV files, of one rater or of several.

    Returns:
        Every criterion about every reply with its labels, and whether any of them may not be redistributed.

    Raises:
        DataError: At the first row that cannot be used, with file and row.
    """
    found: dict[tuple[str, str], Labelled] = {}
    restricted = False
    for path in paths:
        for number, row in enumerate(read_rows(path, "csv")):
            where = f"{path}#{number}"
            if missing := [name for name in NEEDED if name not in row]:
                raise DataError(f"lacks the column {missing[0]}", where=where, remedy=f"Columns: {', '.join(NEEDED)}.")
            if not row["label"].strip():
                continue
            one = _labelled({**OTHERS, **row}, where)
            restricted |= row.get("restricted", "no").strip().lower() == "yes"
            key = one.asked.response, one.asked.criterion.id
            before = found.setdefault(key, one)
            if before.asked != one.asked:
                raise DataError(f"asks {key[1]} of {key[0]} otherwise than a row before it", where=where)
            if before is not one and before.labels.keys() & one.labels.keys():
                raise DataError(f"{row['rater']} has labelled {key[1]} of {key[0]} already", where=where)
            found[key] = replace(before, labels={**before.labels, **one.labels})
    if not found:
        raise DataError("there is no label", where=", ".join(map(str, paths)), remedy="Fill in `rater` and `label`.")
    return list(found.values()), restricted


def _labelled(row: Row, where: str) -> Labelled:
    label = _LABELS.get(row["label"].strip().lower())
    rater = row["rater"].strip()
    if label is None or not rater:
        fault = f"the label {row['label']!r} is neither yes nor no" if label is None else "the label has no rater"
        raise DataError(fault, where=where)
    if blank := [name for name in NEEDED[:-2] if not row[name].strip()]:
        raise DataError(f"says nothing under {blank[0]}", where=where)
    critical = _is_yes(row, "critical", where)
    wanted = _is_yes(row, "wanted", where) if row["wanted"].strip() else not critical
    try:
        weight = float(row["weight"])
    except ValueError:
        weight = math.nan
    if not 0 <= weight < math.inf:
        raise DataError(f"the weight {row['weight']!r} is no number from 0 up", where=where)
    criterion = Criterion(row["criterion"], row["question"], wanted, weight, critical)
    texts = {name: row[name] for name in ("response", "model", "language", "prompt", "norm", "reply")}
    return Labelled(Asked(**texts, criterion=criterion), {rater: label})


def _is_yes(row: Row, column: str, where: str) -> bool:
    said = row[column].strip().lower()
    if said not in _LABELS:
        raise DataError(f"{column} is {row[column]!r}, neither yes nor no", where=where)
    return _LABELS[said] == "yes"


def calibrate_judges(
    labels: Sequence[Path],
    specs: Sequence[str],
    out: Path,
    *,
    offline: bool = False,
    allow_egress: bool = False,
    progress: Progress | None = None,
) -> list[LanguageResult]:
    """Ask judges what people were asked, and write how far they agree.

    Args:
        labels: Sheets that people filled in.
        specs: Model SPECs of one or two judges.
        out: The calibration file; the judges' answers are stored beside it.
        offline: Whether judges have to be on this machine or on premise.
        allow_egress: Whether rows that may not be redistributed may be sent to any of them.
        progress: Told how it goes.

    Raises:
        DataError: If the labels cannot be used.
        ModelError: If a judge may not judge one of the models, or fails.
        RunFolderError: If some questions got no answer; what was answered is kept.
    """
    labelled, restricted = read_labels(labels)
    tested = sorted({one.asked.model for one in labelled})
    judges = open_judges(specs, [(name,) for name in tested], offline=offline)
    if restricted and not allow_egress:
        _refuse_egress(judges)
    questions = [_question(one.asked) for one in labelled]
    verdicts: list[Verdict] = []
    with ResponseStore(out.resolve().parent / STORE) as store:
        for judge in judges:
            said, failures = ask_judge(judge, questions, store, progress or Silent())
            if failures:
                raise RunFolderError(
                    f"{len(failures)} questions to {judge.name} got no answer ({failures[0]})",
                    remedy="Calibrate again; what was answered is kept and not asked again.",
                )
            verdicts += said
    results = calibrate(labelled, verdicts)
    digest = sha256_hex("".join(sha256_hex(path.read_bytes()) for path in labels))
    _write(out, calibration_file(results, [judge.told() for judge in judges], digest))
    return results


def _refuse_egress(judges: Sequence[Judge]) -> None:
    for judge in judges:
        if not stays_inside(judge.model.facts.capabilities):
            raise ModelError(
                "would be sent rows that may not be redistributed",
                where=judge.lineage.spec,
                remedy="Use a judge on this machine or on premise, or --allow-egress.",
            )


def _question(asked: Asked) -> Question:
    return Question(
        task="labels",
        document=asked.response,
        repeat=0,
        language=asked.language,
        prompt=asked.prompt,
        norm=asked.norm,
        reply=asked.reply,
        criterion=asked.criterion,
    )


def _write(path: Path, body: dict[str, Any]) -> None:
    with whole_or_not_at_all(path) as partial:
        partial.write_text(json.dumps(body, ensure_ascii=False, allow_nan=False, indent=1) + "\n", encoding="utf-8")
