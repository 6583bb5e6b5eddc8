"""24,000 answered samples scored: extraction, metrics, intervals."""

from __future__ import annotations

import random

from seahelm_lite.catalog.catalog import load_catalog
from seahelm_lite.records import Document, Response, Sample
from seahelm_lite.scoring.scores import ScoredTask, score_task
from tests.benchmarks.measuring import cpu_seconds

SAMPLES = 24_000
BAR_S = 5
REPLIES = ("{}", "{}.", "**{}**", "Jawapan: {}", "Jawapan yang betul ialah {}.", "Saya memilih {} kerana itu tepat.")


def main() -> None:
    card = load_catalog().task("malaymmlu").card
    chance = random.Random(3)
    samples = [_sample(number, chance) for number in range(SAMPLES)]
    task = ScoredTask("malaymmlu", "1.0", "gen-letter", 0, card, "0", SAMPLES, samples)
    seconds, scored = cpu_seconds(lambda: score_task(task))
    print(f"{SAMPLES:,} samples scored in {seconds:.2f} CPU s (bar {BAR_S}): {scored.scores[0]['counts']}")


def _sample(number: int, chance: random.Random) -> Sample:
    options = [f"pilihan nombor {chance.randrange(10**6)}" for _ in range(4)]
    fields = {"language": "ms", "question": f"Soalan {number}?", "options": options, "answer": chance.randrange(4)}
    subgroups = {"category": str(number % 5), "level": str(number % 2), "subject": str(number % 22)}
    document = Document(f"made/up#{number}", fields, cluster=str(number // 2), subgroups=subgroups)
    reply = chance.choice(REPLIES).format(chance.choice("ABCD"))
    return Sample(document, 0, (str(number),), (Response(text=reply, finish_reason="stop"),))
