"""Files as lm-eval writes them."""

from __future__ import annotations

import json
from typing import Any

from tests.models.recorded.reading import lines, read

TIME = "2026-01-02T03-04-05.678901"
OURS = {
    "id": "regional_basics/items/ms.jsonl#0",
    "language": "ms",
    "question": "Ibu negara Malaysia?",
    "options": ["Ipoh", "Kuala Lumpur"],
    "answer": 1,
}


def line(document: dict[str, Any], arguments: list[tuple[Any, Any]], replies: list[Any], **more: Any) -> dict[str, Any]:
    """One line of a samples file; replies are texts, which is how lm-eval writes all of them."""
    asked = {f"gen_args_{number}": {"arg_0": one, "arg_1": two} for number, (one, two) in enumerate(arguments)}
    return {"doc_id": 0, "doc": document, "target": "1", "arguments": asked, "resps": replies, "filter": "none", **more}


def likelihoods(document: dict[str, Any], said: list[str], values: list[str]) -> dict[str, Any]:
    return line(document, [("Soalan", text) for text in said], [[[value, "False"]] for value in values])


def generated(document: dict[str, Any], *replies: str, **more: Any) -> dict[str, Any]:
    return line(document, [("Soalan", {"until": ["\n\n"], "max_gen_toks": 64})], [list(replies)], **more)


def results(task: str, *, name: str = "org/some-model", args: Any = None, shots: int = 0) -> tuple[str, bytes]:
    body = {
        "model_name": name,
        "config": {"model_args": {"pretrained": "org/some-model"} if args is None else args},
        "n-shot": {task: shots},
    }
    return f"results_{TIME}.json", json.dumps(body).encode()


def of(*rows: dict[str, Any], task: str = "regional_basics_ms", beside: Any = None, **declared: Any) -> list[Any]:
    siblings = [beside] if beside else [results(task)]
    return read("lm-eval", f"samples_{task}_{TIME}.jsonl", lines(rows), *siblings, **declared)
