"""Votes on probe families, written into their files, and the families whose status they move."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from seahelm_lite.catalog.probe_review import Status, Vote
from seahelm_lite.engine.run_folder import whole_or_not_at_all
from seahelm_lite.errors import DataError
from seahelm_lite.sources.probes import family_of, read_all
from seahelm_lite.sources.text_files import parse_json, read_text


@dataclass(frozen=True)
class Move:
    """A family whose status became another one."""

    family: str
    before: Status
    after: Status


def record(paths: Sequence[Path], votes: Mapping[str, Vote]) -> list[Move]:
    """Write votes into the files of families, and set every status in these files to what the votes say.

    A vote takes the place of an earlier one of the same reviewer. Families of which nothing changes keep their bytes.

    Args:
        paths: Files of families, which hold every family that is voted on.
        votes: Family id to a vote.

    Raises:
        DataError: As `read_all`, or if a vote is on a family that is in none of the files; nothing is written.
        RunFolderError: If a file cannot be written.
    """
    unknown = set(votes) - {family.id for family in read_all(paths)}
    if unknown:
        raise DataError(f"there is no family {min(unknown)} to vote on", where=", ".join(map(str, paths)))
    moves: list[Move] = []
    texts = {path: _updated(path, votes, moves) for path in paths}
    for path, text in texts.items():
        if text != read_text(path):
            with whole_or_not_at_all(path) as partial:
                partial.write_text(text, encoding="utf-8", newline="")
    return moves


def _updated(path: Path, votes: Mapping[str, Vote], moves: list[Move]) -> str:
    lines = read_text(path).split("\n")
    for place, line in enumerate(lines):
        if not line.strip():
            continue
        body = parse_json(line, path, place + 1)
        before = body["review"]["status"]
        changed = _with_vote(body, votes.get(body["id"]))
        after = family_of(body, f"{path}:{place + 1}").status
        if after != before:
            body["review"]["status"] = after
            moves.append(Move(body["id"], before, after))
        if changed or after != before:
            lines[place] = json.dumps(body, ensure_ascii=False) + ("\r" if line.endswith("\r") else "")
    return "\n".join(lines)


def _with_vote(body: dict[str, Any], vote: Vote | None) -> bool:
    """Put a vote into a family; whether that changed it."""
    if vote is None:
        return False
    votes = body["review"].setdefault("votes", [])
    said = vote.model_dump(mode="json", exclude_defaults=True)
    places = [place for place, one in enumerate(votes) if one["reviewer"] == vote.reviewer]
    if not places:
        votes.append(said)
        return True
    changed: bool = votes[places[0]] != said
    votes[places[0]] = said
    return changed
