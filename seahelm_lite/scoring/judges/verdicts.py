"""What judges said of the replies of a run, as the run folder keeps it: `judgements/<n>.jsonl`.

The first line says who judged and where they are believed; each further line is one verdict.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from seahelm_lite.errors import RunFolderError
from seahelm_lite.records import JsonValue

JUDGEMENTS_SCHEMA = "seahelm-lite/judgements/1"

Said = Literal["yes", "no", "unparsed"]
_HEAD = ("run", "judges", "validated", "contested", "calibration", "notes")
"""What the first line says beside the schema."""

SAID: tuple[Said, ...] = ("yes", "no", "unparsed")

Reply = tuple[str, int]
"""A reply within its task: document id and repeat."""


def response_id(run: str, task: str, document: str, repeat: int) -> str:
    """What tells a reply from all replies of all runs; `task` is `task@protocol`."""
    return f"{run}/{task}/{document}/{repeat}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """One judge's answer to one criterion about one reply."""

    task: str
    """`task@protocol`: the same document is asked in several tasks, such as its English condition."""
    document: str
    repeat: int
    criterion: str
    """Its id, as `brief_of` has it."""
    answer: Said
    quote: str
    """The words of the reply that the judge rests on; found in the reply, or empty."""
    judge: str
    """The judge's name."""


@dataclass(frozen=True)
class TaskVerdicts:
    """The verdicts on the replies of one task, in a language in which all its judges are believed."""

    by_reply: Mapping[Reply, tuple[Verdict, ...]]
    """By document and repeat; a reply that says nothing was not judged."""
    contested: frozenset[str]
    """Ids of criteria on which people themselves disagree; they decide nothing."""
    validated: frozenset[str]
    """Languages (BCP-47) in which every judge is believed; a task may hold items in others as well."""

    def believed_in(self, language: str) -> bool:
        """Whether the judges are believed of items in a language, or in the one of which it is a variety."""
        return bool({language, language.partition("-")[0]} & self.validated)

    def of(self, document: str, repeat: int) -> tuple[Verdict, ...]:
        """The verdicts on one reply, without those on contested criteria."""
        found = self.by_reply.get((document, repeat), ())
        return tuple(one for one in found if one.criterion not in self.contested)


@dataclass(frozen=True)
class Judgements:
    """All that judges said of a run."""

    run: str
    judges: tuple[Mapping[str, JsonValue], ...]
    """Of each: `name`, `spec`, `families` and `fingerprint_sha256`."""
    verdicts: tuple[Verdict, ...]
    validated: frozenset[str] = frozenset()
    """Languages (BCP-47) in which every judge has passed its calibration."""
    contested: frozenset[str] = frozenset()
    """As `TaskVerdicts.contested`."""
    calibration: Mapping[str, JsonValue] | None = None
    """The calibration they are believed by, as its file has it; None where there is none."""
    notes: tuple[str, ...] = ()
    """What a reader should know of the judging."""

    def of(self, task: str) -> dict[Reply, tuple[Verdict, ...]]:
        """The verdicts on the replies of a task, whether they are believed or not."""
        found: dict[Reply, list[Verdict]] = {}
        for verdict in self.verdicts:
            if verdict.task == task:
                found.setdefault((verdict.document, verdict.repeat), []).append(verdict)
        return {reply: tuple(verdicts) for reply, verdicts in found.items()}

    def believed(self, task: str, language: str) -> TaskVerdicts | None:
        """The verdicts that count in the scores of a task; None where none do.

        Args:
            task: `task@protocol`.
            language: Of the task's items (BCP-47).
        """
        found = self.of(task) if language in self.validated else {}
        return TaskVerdicts(found, self.contested, self.validated) if found else None

    def lines(self) -> Iterator[str]:
        """The file's lines, without line ends."""
        header = {
            "schema": JUDGEMENTS_SCHEMA,
            "run": self.run,
            "judges": [dict(judge) for judge in self.judges],
            "validated": sorted(self.validated),
            "contested": sorted(self.contested),
            "calibration": self.calibration,
            "notes": list(self.notes),
        }
        yield json.dumps(header, ensure_ascii=False)
        for verdict in self.verdicts:
            yield json.dumps(asdict(verdict), ensure_ascii=False)


def judgements_in(lines: Iterable[str], where: str) -> Judgements:
    """The judgements of the lines of a file.

    Args:
        lines: Of the file; blank ones are skipped.
        where: The file, for messages.

    Raises:
        RunFolderError: At the first line that is no verdict, with its number.
    """
    header: dict[str, Any] | None = None
    verdicts = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        place = f"{where}:{number}"
        try:
            body = json.loads(line)
            if header is None:
                header = _header(body, place)
            else:
                verdicts.append(_verdict(body))
        except (ValueError, TypeError, KeyError) as error:
            raise RunFolderError(f"is no verdict: {error}", where=place, remedy="Judge the run again.") from None
    if header is None:
        raise RunFolderError("holds nothing", where=where, remedy="Judge the run again.")
    return Judgements(
        run=str(header["run"]),
        judges=tuple(header["judges"]),
        verdicts=tuple(verdicts),
        validated=frozenset(header["validated"]),
        contested=frozenset(header["contested"]),
        calibration=header["calibration"],
        notes=tuple(header["notes"]),
    )


def _header(body: Any, place: str) -> dict[str, Any]:
    found = body.get("schema") if isinstance(body, dict) else None
    if found != JUDGEMENTS_SCHEMA:
        raise RunFolderError(f"has schema {found!r}; this version reads {JUDGEMENTS_SCHEMA!r}", where=place)
    if missing := [name for name in _HEAD if name not in body]:
        raise RunFolderError(f"lacks {missing[0]}", where=place, remedy="Judge the run again.")
    return dict(body)


def _verdict(body: Mapping[str, Any]) -> Verdict:
    verdict = Verdict(**body)
    if verdict.answer not in SAID:
        raise ValueError(f"the answer {verdict.answer!r} is none of {', '.join(SAID)}")
    return verdict
