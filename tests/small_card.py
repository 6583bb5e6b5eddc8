"""A model card of a test's own, found where the shipped ones are looked for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest


def put_card(folder: Path, monkeypatch: pytest.MonkeyPatch, access: dict[str, Any], **parts: Any) -> str:
    """Write the card `small-card` and let it be the only one.

    Args:
        folder: Of the test.
        monkeypatch: Puts the folder in the place of the shipped one.
        access: Of its only endpoint; the model is `m`, and the wire format `openai-chat` unless it says otherwise.
        parts: Further parts of the card, such as `reasoning`.

    Returns:
        The SPEC.
    """
    known = {"src": ["us"]}
    card = {
        "schema": "seahelm-lite/model/1",
        "id": "small-card",
        "sources": {"us": {"what": "made up", "kind": "common"}},
        "identity": {
            "name": "Small",
            "version": "1",
            "developer": {"name": "Us", "type": "lab", "country": "MY"},
            "status": "active",
            **known,
        },
        "lineage": {"origin": "unknown"},
        "openness": {"weights": "closed", "licence": "unknown", **known},
        "residency": {"developer_jurisdiction": "MY", "air_gap": "no", **known},
        "access": [{"id": "here", "wire": "openai-chat", "model_id": "m", **known, **access}],
        "protocols": ["gen-letter"],
        **{name: {**part, **known} for name, part in parts.items()},
    }
    cards = folder / "leaderboards" / "models"
    cards.mkdir(parents=True, exist_ok=True)
    # JSON is YAML.
    (cards / "small-card.yaml").write_text(json.dumps(card, indent=1), encoding="utf-8")
    monkeypatch.setattr("seahelm_lite.catalog.model_card.shipped_folder", lambda name: folder / name)
    return "small-card"
