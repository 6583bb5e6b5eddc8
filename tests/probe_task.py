"""Tasks of probe families in a folder of a test's own: `probe_task(tmp_path, raw("MY-REL-001"))`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.small_task import SmallTask

FAMILIES: Mapping[str, Any] = {"stratum": None, "cluster": "family", "item": "id", "pair": "family"}
WRITTEN: Mapping[str, Any] = {
    "id": "probes",
    "kind": "generation",
    "protocols": ["gen"],
    "asking": "bare",
    "refusal": "scored",
    "metrics": ["par", "probe_pass", "control_pass"],
    "parallel": {"english": "probes_en"},
    "document": {
        **FAMILIES,
        **{"only": "counts", "question": "text", "probe": "probe", "reference": "reference"},
        **{"options": None, "answer": None},
    },
}
ENGLISH: Mapping[str, Any] = {
    **WRITTEN,
    "id": "probes_en",
    "language": "en",
    "parallel": {},
    "document": {
        **WRITTEN["document"],
        **{"only": "counts and language != 'en'", "question": "english", "probe": "probe_en"},
        "reference": "reference_en",
    },
}
CHOSEN: Mapping[str, Any] = {
    "id": "probes_choice",
    "protocols": ["ll-cloze", "gen-letter"],
    "metrics": ["par", "probe_pass", "control_pass", "acc"],
    "document": {**FAMILIES, "only": "counts", "question": "text", "probe": "probe"},
}


@dataclass
class ProbeTask(SmallTask):
    """A small task whose rows are probe families, as JSON objects."""

    def _file(self, name: str, rows: Any) -> dict[str, str]:
        return {**super()._file(name, rows), "format": "probes"}


def probe_task(root: Path, *families: Mapping[str, Any], card: Mapping[str, Any] = WRITTEN) -> ProbeTask:
    """A task of some families."""
    return ProbeTask(root, rows=families, changes=card)
