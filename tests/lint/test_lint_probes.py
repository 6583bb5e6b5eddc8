"""Tasks of probes, whose requests may be in several languages of one country."""

from __future__ import annotations

from pathlib import Path

from seahelm_lite.lint.report import lint
from tests.probe_families import raw
from tests.probe_task import WRITTEN, probe_task


def test_a_request_is_held_to_its_own_language_not_to_that_of_the_task(tmp_path: Path) -> None:
    rows = [raw("SG-REL-001"), raw("MY-REL-001")]
    assert [family["language"] for family in rows] == ["en", "ms"]
    task = probe_task(tmp_path, *rows, card={**WRITTEN, "language": "th"})
    assert [finding for finding in lint(task.card, task.where).findings if finding.rule == "wrong-language"] == []
    rows[1]["language"] = "th"
    task = probe_task(tmp_path / "thai", *rows, card={**WRITTEN, "language": "th"})
    named = [finding.place for finding in lint(task.card, task.where).findings if finding.rule == "wrong-language"]
    assert named == ["probes/rows.jsonl#2", "probes/rows.jsonl#3"]
