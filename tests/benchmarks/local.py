"""Log-likelihoods of local models: ours and lm-eval's `hf`, two processes over the same weights and requests.

lm-eval runs at the batch size of 1, 4, 8 and 16 that is fastest on a sample of the requests. The sides take turns, ours
and the floor twice for each turn of lm-eval, since they are short; figures are medians. The floor is a dense pass over
as many tokens as the trie has, in plain causal rows. The ceilings say how much faster ours could be if both sides ran
equally well: by the tokens that each has to run, and by their multiplications, where lm-eval computes logits at every
token and ours only where they are asked for.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from seahelm_lite.catalog.catalog import load_catalog
from seahelm_lite.catalog.task_card import Protocol
from seahelm_lite.models.packed.sizes import ON_A_PROCESSOR
from seahelm_lite.prompts.asking import Asker, Asking
from seahelm_lite.prompts.shots import draw_shots
from seahelm_lite.prompts.subset import limited
from seahelm_lite.sources.documents import load_documents
from seahelm_lite.sources.where import Where
from tests.benchmarks.local_model import LAYER_WEIGHTS, WIDTH, save_llama
from tests.conftest import SHARED_DATA

PASSES = 3
TURNS = ("ours", "floor", "hf", "ours", "floor")
"""Of one pass."""
BATCHES = (1, 4, 8, 16)
SAMPLE = 2
"""Documents of a task that the batch size is chosen by."""
MARGIN = 1e-3
"""In nats: where lm-eval's two likeliest choices are closer, either is right."""
LIMIT_FORWARDED, LIMIT_FLOOR = 1.10, 1.35

MMLU = ("global_mmlu_lite_ms", "global_mmlu_lite_id")
BELEBELE = ("belebele_ms", "belebele_id")
Pairs = list[tuple[str, str]]


@dataclass(frozen=True)
class Workload:
    """Requests of some tasks, put to a model with a vocabulary."""

    name: str
    tasks: tuple[str, ...]
    protocol: Protocol
    shots: int
    documents: int
    """Of each task: a seeded, stratified subset."""
    vocabulary: int = 32_000
    bar: float | None = None


WORKLOADS = (
    Workload("letters, no shots", MMLU, "ll-letter", 0, 32),
    Workload("letters, five shots", MMLU, "ll-letter", 5, 40, bar=6),
    Workload("cloze, no shots", MMLU, "ll-cloze", 0, 40, bar=5),
    Workload("cloze over passages, no shots", BELEBELE, "ll-cloze", 0, 16, bar=5),
    Workload("cloze, five shots", MMLU, "ll-cloze", 5, 6),
    Workload("letters, five shots", MMLU, "ll-letter", 5, 20, vocabulary=128_000, bar=12),
    Workload("cloze, no shots", MMLU, "ll-cloze", 0, 20, vocabulary=128_000),
    Workload("cloze, no shots", MMLU, "ll-cloze", 0, 14, vocabulary=256_000),
    Workload("thai_exam letters, five shots", ("thai_exam_onet", "thai_exam_ic"), "ll-letter", 5, 6),
    Workload("copal_id cloze, no shots", ("copal_id_standard", "copal_id_colloquial"), "ll-cloze", 0, 40),
)


def main() -> None:
    if not SHARED_DATA.is_dir():
        print("local: needs the mirror of real data (../shared/data), which is not here")
        return
    texts = [
        text
        for task in (*MMLU, "thai_exam_ic", "thai_exam_onet", "copal_id_standard")
        for pair in requests((task,), "ll-cloze", 0, None)[1]
        for text in pair
    ]
    peaks: dict[int, float] = {}
    with tempfile.TemporaryDirectory() as name:
        for workload in WORKLOADS:
            folder = Path(name) / f"{workload.vocabulary}"
            if not folder.exists():
                save_llama(folder, texts, vocabulary=workload.vocabulary)
            told, peak = _measured(workload, folder, Path(name) / "pairs.json")
            print(told, flush=True)
            if workload.name == "cloze, no shots":
                peaks[workload.vocabulary] = peak
    small, large = min(peaks), max(peaks)
    embeddings = 2 * (large - small) * WIDTH * 4 / 2**20
    logits = ON_A_PROCESSOR * large * 4 / 2**20
    print(
        f"peak memory of zero-shot cloze with a vocabulary of {large:,} over that of {small:,}: "
        f"{peaks[large] - peaks[small]:,.0f} MiB "
        f"(bar: {embeddings:,.0f} of embeddings and {logits:,.0f} of a pack's logits)"
    )


def requests(tasks: Sequence[str], protocol: Protocol, shots: int, documents: int | None) -> tuple[Pairs, Pairs, int]:
    """The pairs of a sample, all pairs, and the number of documents."""
    catalog = load_catalog()
    where = Where(mirror=SHARED_DATA, cache=SHARED_DATA, offline=True, task_roots=catalog.roots)
    sample: Pairs = []
    pairs: Pairs = []
    count = 0
    for name in tasks:
        card = catalog.task(name).card
        data = load_documents(card, where)
        examples = draw_shots(data.shots, shots, seed=0, task=name) if shots else ()
        asker = Asker(name, card, protocol, Asking(layout="plain", shots=examples))
        for number, document in enumerate(limited(data.test, documents, seed=0, task=name)):
            asked = [(each.context or "", each.continuation or "") for each in asker.requests(document)]
            pairs += asked
            sample += asked if number < SAMPLE else []
            count += 1
    return sample, pairs, count


class Side:
    """A process that answers."""

    def __init__(self, *arguments: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.benchmarks.local_side", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.loaded = self._told()

    def run(self, what: str, batch: int) -> dict[str, Any]:
        """Have it make a pass."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{what} {batch}\n")
        self._process.stdin.flush()
        return self._told()

    def _told(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit(f"a side ended with {self._process.wait()}")
        told: dict[str, Any] = json.loads(line)
        return told

    def end(self) -> None:
        """Let it go."""
        self._process.communicate()


def _measured(workload: Workload, folder: Path, file: Path) -> tuple[str, float]:
    """What to print, and our peak memory in MiB."""
    sample, pairs, documents = requests(workload.tasks, workload.protocol, workload.shots, workload.documents)
    file.write_text(json.dumps({"sample": sample, "all": pairs}, ensure_ascii=False), encoding="utf-8")
    kinds = {"ours": "packed", "hf": "hf", "floor": "floor"}
    sides = {name: Side(kind, str(folder), str(file)) for name, kind in kinds.items()}
    batch = _best_batch(sides["hf"])
    turns: dict[str, list[dict[str, Any]]] = {name: [] for name in sides}
    for name in TURNS * PASSES:
        turns[name].append(sides[name].run("all", batch))
    for side in sides.values():
        side.end()
    seconds, cpu = (
        {name: statistics.median(turn[kind] for turn in own) for name, own in turns.items()}
        for kind in ("seconds", "cpu")
    )
    trie, ours, theirs = turns["floor"][-1]["trie"], turns["ours"][-1], turns["hf"][-1]
    differing, close, largest = _compared(pairs, ours["answers"], theirs["answers"])
    ours_multiply = _multiplications(trie["distinct"], trie["asked"], workload)
    bar = f" (bar {workload.bar:g}x)" if workload.bar is not None else ""
    every = [f"{name} " + ", ".join(f"{turn['seconds']:.1f}" for turn in own) for name, own in turns.items()]
    told = (
        f"{workload.name}, vocabulary {workload.vocabulary:,}, {documents} documents, "
        f"{sides['ours'].loaded['threads']} threads\n"
        f"  ours {seconds['ours']:.1f} s, lm-eval hf {seconds['hf']:.1f} s at batch {batch}: "
        f"{seconds['hf'] / seconds['ours']:.1f}x{bar}; "
        f"floor {seconds['floor']:.1f} s: {seconds['ours'] / seconds['floor']:.2f} (bar {LIMIT_FLOOR})\n"
        f"  CPU seconds: ours {cpu['ours']:.1f}, lm-eval hf {cpu['hf']:.1f}, floor {cpu['floor']:.1f}: "
        f"{cpu['hf'] / cpu['ours']:.1f}x and {cpu['ours'] / cpu['floor']:.2f}\n"
        f"  tokens: trie {trie['distinct']:,}, ours forwarded {ours['forwarded']:,} "
        f"({ours['forwarded'] / trie['distinct']:.3f}, bar {LIMIT_FORWARDED:.2f}), "
        f"hf forwarded {theirs['forwarded']:,}; token ceiling "
        f"{trie['listed'] / trie['distinct']:.1f}x; logits asked at {trie['asked']:,}; ceiling by multiplications "
        f"{_multiplications(trie['listed'], trie['listed'], workload) / ours_multiply:.1f}x\n"
        f"  peak memory: ours {ours['peak_mib']:,.0f} MiB (loaded {sides['ours'].loaded['peak_mib']:,.0f}), "
        f"hf {theirs['peak_mib']:,.0f} MiB (loaded {sides['hf'].loaded['peak_mib']:,.0f})\n"
        f"  choices: {differing} differ, {close} closer than {MARGIN:g}; largest difference {largest:.1e} nats\n"
        f"  seconds of each turn: {'; '.join(every)}"
    )
    return told, ours["peak_mib"]


def _multiplications(tokens: int, logits: int, workload: Workload) -> int:
    """Of the layers for some tokens, and of the output layer where logits are asked for; attention is left out."""
    return tokens * LAYER_WEIGHTS + logits * WIDTH * workload.vocabulary


def _best_batch(hf: Side) -> int:
    """The batch size at which lm-eval is fastest on the sample."""
    return min(BATCHES, key=lambda batch: min(hf.run("sample", batch)["seconds"] for _ in range(2)))


def _compared(pairs: Pairs, ours: Sequence[Any], theirs: Sequence[Any]) -> tuple[int, int, float]:
    """Documents whose choice differs, those whose two likeliest are too close to say, and the largest difference."""
    contexts: dict[str, list[int]] = {}
    for index, (context, _) in enumerate(pairs):
        contexts.setdefault(context, []).append(index)
    differing = close = 0
    for indices in contexts.values():
        ranked = sorted(indices, key=lambda index: -theirs[index][0])
        if theirs[ranked[0]][0] - theirs[ranked[1]][0] <= MARGIN:
            close += 1
        elif max(indices, key=lambda index: ours[index][0]) != ranked[0]:
            differing += 1
    return differing, close, max(abs(a[0] - b[0]) for a, b in zip(ours, theirs, strict=True))
