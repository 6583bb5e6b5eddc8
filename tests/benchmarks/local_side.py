"""One side of `local` as a process of its own: `python -m tests.benchmarks.local_side SIDE FOLDER PAIRS`.

It loads the model, says so on standard output, and then makes a pass for every line it reads: `all BATCH` over all
pairs, `sample BATCH` over some. The sides are `packed` (ours), `hf` (lm-eval's own) and `floor`, which runs as many
tokens as the trie of the pairs has in plain causal rows.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.benchmarks.measuring import peak_mib

os.environ["TQDM_DISABLE"] = "1"
_FLOOR_ROW = 1024
"""Tokens of a row of the dense pass that is the floor."""


def main() -> None:
    side, folder, pairs_file = sys.argv[1:4]
    answers = sys.stdout
    sys.stdout = sys.stderr  # backends print
    import torch

    from seahelm_lite.models import lm_eval_bridge

    pairs = {name: [tuple(p) for p in given] for name, given in json.loads(Path(pairs_file).read_text("utf-8")).items()}
    settings = {"pretrained": folder, "device": "cpu", "dtype": "float32"}
    lm = lm_eval_bridge.load("hf" if side == "hf" else "seahelm-packed", settings, where=folder)
    _pass(lm, pairs["sample"][:2])  # what libraries do once, at first use
    forwarded = 0

    def count(module: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        nonlocal forwarded
        forwarded += (kwargs["input_ids"] if "input_ids" in kwargs else args[0]).numel()

    lm.model.register_forward_pre_hook(count, with_kwargs=True)
    _say(answers, {"threads": torch.get_num_threads(), "peak_mib": peak_mib()})
    for line in sys.stdin:
        which, batch = line.split()
        asked, lm.batch_size_per_gpu = pairs[which], int(batch)
        if side == "floor":
            lm.scorer.plan(asked)
        forwarded = 0
        wall, cpu = time.perf_counter(), time.process_time()
        if side == "packed":
            lm.plan(asked)  # a pass over what has been planned before would be without it
        found = _dense_pass(lm) if side == "floor" else _pass(lm, asked)
        told = {"seconds": time.perf_counter() - wall, "cpu": time.process_time() - cpu, "forwarded": forwarded}
        _say(answers, {**told, "peak_mib": peak_mib(), "answers": found, "trie": _trie(lm) if side == "floor" else {}})


def _pass(lm: Any, pairs: Sequence[tuple[str, str]]) -> list[tuple[float, bool]]:
    from lm_eval.api.instance import Instance

    instances = [Instance(request_type="loglikelihood", doc={}, arguments=pair, idx=0) for pair in pairs]
    found: list[tuple[float, bool]] = lm.loglikelihood(instances, disable_tqdm=True)
    return found


def _trie(lm: Any) -> dict[str, int]:
    """Tokens of the distinct sequences, of the trie, and positions whose logits are asked for."""
    sequences = lm.scorer._sequences
    last = {(i, -k) for i, asks in enumerate(sequences.asks) for ask in asks for k in range(len(ask.targets))}
    return {"listed": sum(map(len, sequences.tokens)), "distinct": sequences.distinct, "asked": len(last)}


def _dense_pass(lm: Any) -> list[Any]:
    """As many tokens as the trie has in causal rows, with the logits of as many positions as are asked for."""
    import torch

    trie = _trie(lm)
    left, share = trie["distinct"], trie["asked"] / trie["distinct"]
    generator = torch.Generator().manual_seed(0)
    while left > 0:
        size = min(_FLOOR_ROW, left)
        tokens = torch.randint(0, 8000, (1, size), generator=generator)
        with torch.inference_mode():
            out = lm.model(input_ids=tokens, use_cache=False, logits_to_keep=max(1, round(size * share)))
            torch.logsumexp(out.logits, dim=-1)
        left -= size
    return []


def _say(out: Any, told: dict[str, Any]) -> None:
    out.write(json.dumps(told) + "\n")
    out.flush()


if __name__ == "__main__":
    main()
