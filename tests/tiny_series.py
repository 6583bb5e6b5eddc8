"""Checkpoints of one training: a tiny Llama that learns answers by heart, so that later ones are truly better."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from seahelm_lite.catalog.catalog import Catalog
from seahelm_lite.prompts.asking import Asker, Asking
from seahelm_lite.sources.documents import load_documents
from seahelm_lite.sources.where import Where
from tests.tiny_model import save_tiny_llama


def save_tiny_series(folder: Path, catalog: Catalog, task: str, steps: Sequence[int]) -> Path:
    """Write `folder/step_<n>` for each number of steps, of which the first is nought."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    first = save_tiny_llama(folder / f"step_{steps[0]}", seed=3)
    tokenizer = AutoTokenizer.from_pretrained(first)
    model = AutoModelForCausalLM.from_pretrained(first)
    optimiser = torch.optim.AdamW(model.parameters(), lr=6e-3)
    prompts, answers = zip(*_answered(task, catalog), strict=True)
    asked = tokenizer(list(prompts), add_special_tokens=False, padding=True, padding_side="left", return_tensors="pt")
    wanted = torch.tensor([tokenizer(answer, add_special_tokens=False).input_ids[0] for answer in answers])
    for step in range(1, steps[-1] + 1):
        logits = model(input_ids=asked.input_ids, attention_mask=asked.attention_mask).logits[:, -1]
        loss = torch.nn.functional.cross_entropy(logits, wanted)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        if step in steps:
            model.save_pretrained(folder / f"step_{step}")
            tokenizer.save_pretrained(folder / f"step_{step}")
    return folder


def _answered(task: str, catalog: Catalog) -> list[tuple[str, str]]:
    """Prompt and right answer of every document, as `ll-letter` asks them."""
    where = Where(mirror=None, cache=Path("cache"), offline=True, task_roots=catalog.roots)
    card = catalog.task(task).card
    asker = Asker(task, card, "ll-letter", Asking(layout="plain"))
    requests = [
        asker.requests(document)[int(document.fields["answer"])] for document in load_documents(card, where).test
    ]
    return [(str(request.context), str(request.continuation)) for request in requests]
