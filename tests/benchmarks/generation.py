"""Letters written after five examples, by a random Llama of 56 million parameters: batches beside lm-eval's `hf`."""

from __future__ import annotations

import logging
import random
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from seahelm_lite.catalog.catalog import load_catalog
from seahelm_lite.prompts.asking import Asker, Asking
from seahelm_lite.prompts.shots import draw_shots
from seahelm_lite.records import Request
from seahelm_lite.sources.documents import load_documents
from seahelm_lite.sources.where import Where
from tests.benchmarks.local_model import save_llama
from tests.conftest import SHARED_DATA

TASK = "global_mmlu_lite_ms"
DOCUMENTS = 16
SHOTS = 5
RUNS = 3
BATCH_SIZES = (1, 4, 8, 16)


@dataclass(frozen=True)
class _Run:
    wall: float
    cpu: float
    texts: list[str]


def main() -> None:
    if not SHARED_DATA.is_dir():
        print(f"needs the mirror of real data ({SHARED_DATA}), which is not here")
        return
    logging.disable(logging.WARNING)
    requests = _requests()
    with tempfile.TemporaryDirectory() as folder:
        save_llama(Path(folder), [request.context or "" for request in requests], vocabulary=32_000)
        ours = _load("seahelm-packed", folder)
        theirs = {size: _load("hf", folder, batch_size=size) for size in BATCH_SIZES}
        first = {size: _generate(lm, requests) for size, lm in theirs.items()}
        best = min(first, key=lambda size: first[size].cpu)
        _generate(ours, requests[:1])  # with the test that it makes of itself
        pairs = [(_generate(ours, requests), _generate(theirs[best], requests)) for _ in range(RUNS)]
    print(f"lm-eval hf, one run for each batch size: {_list(first)} CPU s")
    _tell(requests, pairs, best, first[1].texts)


def _tell(requests: Sequence[Request], pairs: Sequence[tuple[_Run, _Run]], best: int, alone: list[str]) -> None:
    ours, theirs = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    cpu = [statistics.median(run.cpu for run in side) for side in (ours, theirs)]
    wall = [statistics.median(run.wall for run in side) for side in (ours, theirs)]
    same = sum(a == b for a, b in zip(ours[0].texts, alone, strict=True))
    limit = requests[0].params["max_tokens"]
    print(
        f"{len(requests)} documents of {TASK}, {SHOTS} examples, {limit} tokens of answer: ours {cpu[0]:.1f} CPU s, "
        f"{wall[0]:.1f} s; lm-eval hf (batch size {best}) {cpu[1]:.1f} CPU s, {wall[1]:.1f} s: "
        f"{cpu[1] / cpu[0]:.1f}x and {wall[1] / wall[0]:.1f}x (medians of {RUNS} interleaved runs); "
        f"{same} of {len(alone)} texts are those of batch size 1"
    )


def _list(runs: dict[int, _Run]) -> str:
    return ", ".join(f"{size}: {run.cpu:.1f}" for size, run in runs.items())


def _requests() -> list[Request]:
    (definition,), _ = load_catalog().select((), (TASK,))
    data = load_documents(definition.card, Where.from_environment(mirror=SHARED_DATA, offline=True))
    shots = draw_shots(data.shots, SHOTS, seed=0, task=definition.name)
    asker = Asker(definition.name, definition.card, "gen-letter", Asking(layout="plain", shots=shots))
    documents = random.Random(0).sample(list(data.test), DOCUMENTS)
    return [asker.requests(document)[0] for document in documents]


def _load(kind: str, folder: str, **settings: Any) -> Any:
    from seahelm_lite.models.lm_eval_bridge import load

    return load(kind, {"pretrained": folder, "device": "cpu", "dtype": "float32", **settings}, where="benchmark")


def _generate(lm: Any, requests: Sequence[Request]) -> _Run:
    from lm_eval.api.instance import Instance

    instances = [
        Instance(
            request_type="generate_until",
            doc={},
            arguments=(
                request.context,
                {"until": list(request.params["stop"]), "max_gen_toks": request.params["max_tokens"]},
            ),
            idx=0,
        )
        for request in requests
    ]
    wall, cpu = time.perf_counter(), time.process_time()
    texts = lm.generate_until(instances, disable_tqdm=True)
    return _Run(time.perf_counter() - wall, time.process_time() - cpu, list(texts))
