"""One side of the comparison, as a process: `python -m tests.benchmarks.local_side packed|hf FOLDER PAIRS [BATCH]`.

It loads the model, says so, and then makes a pass for every line that it is sent, or the floor under one.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from pathlib import Path
from typing import Any

os.environ["TQDM_DISABLE"] = "1"
_FLOOR_ROW = 1024
"""Tokens of a row of the dense pass that is the floor."""


def main() -> None:
    side, folder, pairs_file = sys.argv[1:4]
    answers = sys.stdout
    sys.stdout = sys.stderr  # backends print
    import torch
    from lm_eval.api.instance import Instance
    from lm_eval.api.registry import get_model

    from seahelm_lite.models.lm_eval_bridge import register_backends

    register_backends()
    pairs = [tuple(pair) for pair in json.loads(Path(pairs_file).read_text(encoding="utf-8"))]
    settings: dict[str, Any] = {"batch_size": int(sys.argv[4])} if len(sys.argv) > 4 else {}
    name = {"packed": "seahelm-packed", "hf": "hf"}[side]
    lm = get_model(name)(pretrained=folder, device="cpu", dtype="float32", **settings)
    forwarded = 0

    def count(module: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        nonlocal forwarded
        tokens = kwargs["input_ids"] if "input_ids" in kwargs else args[0]
        forwarded += tokens.numel()

    lm.model.register_forward_pre_hook(count, with_kwargs=True)
    loaded = _peak_mib()
    _say(answers, {"threads": torch.get_num_threads(), "loaded_mib": loaded})
    for line in sys.stdin:
        forwarded = 0
        wall, cpu = time.perf_counter(), time.process_time()
        told: dict[str, Any] = {}
        if line.strip() == "floor":
            _dense_pass(lm)
        else:
            instances = [Instance(request_type="loglikelihood", doc={}, arguments=pair, idx=0) for pair in pairs]
            told["answers"] = lm.loglikelihood(instances, disable_tqdm=True)
        told |= {"seconds": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
        told |= {"forwarded": forwarded, "peak_mib": _peak_mib(), "loaded_mib": loaded}
        if side == "packed":
            told |= {"distinct": lm.scorer._sequences.distinct, "packs": len(lm.scorer._packs)}
        _say(answers, told)


def _dense_pass(lm: Any) -> None:
    """As many tokens as the trie has, in plain causal rows, with the logits of as many positions as are asked for."""
    import torch

    sequences = lm.scorer._sequences
    asked = len({(i, -k) for i, asks in enumerate(sequences.asks) for ask in asks for k in range(len(ask.targets))})
    left = sequences.distinct
    share = asked / left
    generator = torch.Generator().manual_seed(0)
    while left:
        size = min(_FLOOR_ROW, left)
        tokens = torch.randint(0, 8000, (1, size), generator=generator)
        with torch.inference_mode():
            out = lm.model(input_ids=tokens, use_cache=False, logits_to_keep=max(1, round(size * share)))
            torch.logsumexp(out.logits, dim=-1)
        left -= size


def _peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _say(out: Any, told: dict[str, Any]) -> None:
    out.write(json.dumps(told) + "\n")
    out.flush()


if __name__ == "__main__":
    main()
