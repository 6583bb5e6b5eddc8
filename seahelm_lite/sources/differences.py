"""What happened to the rows of a source between two versions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from seahelm_lite.records import canonical_json
from seahelm_lite.sources.text_files import Row

_MOST_ROWS = 5
_MOST_COLUMNS = 4


def differences(old: Sequence[Row], new: Sequence[Row]) -> str:
    """What happened to the rows between two versions, as part of a sentence.

    Args:
        old: The rows as pinned; the numbers are theirs, except those of new rows.
        new: The rows as found.
    """
    changed: list[str] = []
    missing: list[str] = []
    added: list[str] = []
    keys = [canonical_json(row) for row in old], [canonical_json(row) for row in new]
    for tag, a, a_end, b, b_end in SequenceMatcher(None, *keys, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        paired = min(a_end - a, b_end - b)
        changed += [f"#{a + n} ({_columns(old[a + n], new[b + n])})" for n in range(paired)]
        missing += [f"#{number}" for number in range(a + paired, a_end)]
        added += [f"#{number}" for number in range(b + paired, b_end)]
    told = list(_counted(changed, missing, added, len(old)))
    return "; ".join(told) if told else f"none of the {len(old)} rows differs, only how they are written down"


def _counted(changed: list[str], missing: list[str], added: list[str], of: int) -> Iterator[str]:
    if changed:
        yield f"{len(changed)} of {of} rows differ{'s' if len(changed) == 1 else ''}: {_first(changed)}"
    if missing:
        yield f"{len(missing)} of {of} rows {'is' if len(missing) == 1 else 'are'} missing: {_first(missing)}"
    if added:
        yield f"{len(added)} new row{'' if len(added) == 1 else 's'}: {_first(added)}"


def _first(places: Sequence[str]) -> str:
    return ", ".join(places[:_MOST_ROWS]) + (", …" if len(places) > _MOST_ROWS else "")


def _columns(old: Row, new: Row) -> str:
    """The columns in which two rows differ."""
    absent = object()
    names = [name for name in {**old, **new} if old.get(name, absent) != new.get(name, absent)]
    # What is equal in Python may still be written otherwise: 1 and true.
    return _and_more(names or ["written otherwise"])


def _and_more(names: Sequence[str]) -> str:
    return ", ".join(names[:_MOST_COLUMNS]) + (", …" if len(names) > _MOST_COLUMNS else "")
