"""A model card of one's own, for a server on this machine or for none at all."""

from __future__ import annotations

from pathlib import Path

_CARD = """\
schema: seahelm-lite/model/1
id: {name}
identity:
  name: Pelanduk
  version: 1B
  developer: {{name: Nobody, type: lab, country: MY}}
  status: active
  src: [page]
lineage: {{origin: unknown}}
openness: {{weights: closed, licence: proprietary, src: [page]}}
residency: {{developer_jurisdiction: MY, air_gap: no, src: [page]}}
reasoning:
  mode: optional
  default: off
  switch: {{field: chat_template_kwargs.enable_thinking, on: true, off: false}}
  budget_tokens: 500
  src: [page]
access:
  - id: here
    wire: openai-chat
    model_id: pelanduk
    base_url: {base_url}
{access}
    src: [page]
protocols: [gen-letter, gen]
sources:
  page: {{what: the page of Pelanduk, kind: vendor, on: 2026-11-02}}
"""

PRICE = "    price: [{currency: MYR, prompt: 2, completion: 8, as_of: 2026-11-01, src: page}]"


def write_card(folder: Path, base_url: str, *access: str, name: str = "pelanduk") -> Path:
    """Write a card; further lines of its one way of access come as they have to stand there."""
    path = folder / f"{name}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_CARD.format(name=name, base_url=base_url, access="\n".join(access)), encoding="utf-8")
    return path
