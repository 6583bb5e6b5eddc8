"""A model card of a test's own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest


def put_card(folder: Path, monkeypatch: pytest.MonkeyPatch, access: dict[str, Any], **parts: Any) -> str:
    """Write the card `small-card` into a folder of one's own cards.

    Args:
        folder: Of the test.
        monkeypatch: Names the folder in the environment.
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
    cards = folder / "cards"
    cards.mkdir(exist_ok=True)
    # JSON is YAML.
    (cards / "small-card.yaml").write_text(json.dumps(card, indent=1), encoding="utf-8")
    monkeypatch.setenv("SEAHELM_LITE_MODELS", str(cards))
    return "small-card"
