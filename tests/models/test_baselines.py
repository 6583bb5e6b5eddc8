from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seahelm_lite.engine.plan import Plan, make_plan
from seahelm_lite.engine.spec import RunSpec
from seahelm_lite.errors import ProtocolError, UnknownNameError
from seahelm_lite.models.base import Unsuited
from seahelm_lite.models.baselines import KINDS, Baseline, CharacterNgrams
from seahelm_lite.prompts.asking import Asker, Asking
from seahelm_lite.records import Request, Response
from tests.small_task import SmallTask, row

TEXT = st.text("abc ", max_size=12)


def _choices(small: SmallTask, kind: str, *, seed: int = 0, repeat: int = 0, shuffled: int | None = None) -> list[str]:
    """The letter a baseline gives to each document, in source order."""
    model = Baseline(kind)
    data = small.documents()
    model.learn(small.catalog().task("small"), data, seed=seed)
    asker = Asker("small", small.card, "gen-letter", Asking("chat", seed=seed, by_document=True))
    requests = [request for document in data.test for request in asker.requests(document, repeat)]
    order = list(range(len(requests)))
    if shuffled is not None:
        random.Random(shuffled).shuffle(order)
    answers: dict[int, str] = {}

    def deliver(index: int, outcome: Any) -> None:
        assert isinstance(outcome, Response)
        assert outcome.text is not None
        answers[order[index]] = outcome.text

    model.answer([requests[index] for index in order], deliver)
    return [answers[index] for index in range(len(requests))]


def _rows(count: int, options: Sequence[str] = ("ya", "tidak", "entah")) -> list[dict[str, Any]]:
    return [row(number, options) for number in range(count)]


def test_random_picks_every_option_about_as_often(tmp_path: Path) -> None:
    counts = Counter(_choices(SmallTask(tmp_path, _rows(900)), "random"))
    assert set(counts) == {"A", "B", "C"}
    assert all(abs(count - 300) < 60 for count in counts.values())


def test_random_stays_among_the_options_of_a_document(tmp_path: Path) -> None:
    rows = [row(number, list("abcdef")[: 2 + number % 5]) for number in range(200)]
    for number, letter in enumerate(_choices(SmallTask(tmp_path, rows), "random")):
        assert letter in "ABCDEF"[: 2 + number % 5]


@pytest.mark.parametrize("kind", ["random", "longest"])
def test_a_draw_depends_on_document_seed_and_repeat_and_not_on_the_order_of_requests(tmp_path: Path, kind: str) -> None:
    small = SmallTask(tmp_path, _rows(60, ("abc", "bcd", "cde")))
    first = _choices(small, kind)
    assert _choices(small, kind, shuffled=1) == first
    assert _choices(small, kind, seed=1) != first
    assert _choices(small, kind, repeat=1) != first


def test_majority_picks_the_most_frequent_key_that_the_document_has(tmp_path: Path) -> None:
    options = ["a", "b", "c"]
    rows = [row(n, options, 2) for n in range(5)] + [row(n, options, 1) for n in range(5, 8)] + [row(8, ["a", "b"], 0)]
    assert _choices(SmallTask(tmp_path, rows), "majority") == ["C"] * 8 + ["B"]


def test_majority_says_that_it_knows_the_keys(tmp_path: Path) -> None:
    assert Baseline("majority").facts.deviations == ("majority knows the answer keys of the test split",)
    assert all(not Baseline(kind).facts.deviations for kind in KINDS if kind != "majority")


def test_longest_picks_the_option_with_most_characters(tmp_path: Path) -> None:
    rows = [row(1, ["ya", "tidak", "entah lah"]), row(2, ["panjang sekali", "b"]), row(3, ["ก", "กก", "abc"])]
    assert _choices(SmallTask(tmp_path, rows), "longest") == ["C", "A", "C"]


def test_longest_draws_among_equally_long_options_alone(tmp_path: Path) -> None:
    counts = Counter(_choices(SmallTask(tmp_path, _rows(300, ("abc", "x", "bcd"))), "longest"))
    assert set(counts) == {"A", "C"}
    assert abs(counts["A"] - 150) < 40


def test_ngram_picks_what_the_examples_make_likely(tmp_path: Path) -> None:
    shots = [row(100 + n, ["rumah putih", "zzzz"], 0) for n in range(4)]
    rows = [row(1, ["qqqq xxxx", "rumah putih"]), row(2, ["rumah", "jjjj"], 1)]
    assert _choices(SmallTask(tmp_path, rows, shots), "ngram") == ["B", "A"]


@given(st.lists(TEXT.filter(bool), min_size=1, max_size=5), TEXT)
def test_ngrams_give_every_next_character_a_probability_and_they_add_up_to_one(texts: list[str], context: str) -> None:
    model = CharacterNgrams(texts)
    # One more for all characters that were never seen.
    following = [*sorted(set("".join(texts))), "ß"]
    probabilities = [math.exp(model.log_probability(context, character)) for character in following]
    assert all(0 < probability <= 1 for probability in probabilities)
    assert math.fsum(probabilities) == pytest.approx(1)


def test_ngrams_do_not_reward_a_short_option_for_being_short() -> None:
    model = CharacterNgrams(["bunga raya\n"] * 3)
    assert model.likeliest("", ["bunga raya", "x"]) == 0
    assert model.likeliest("", ["xx", "bunga raya"]) == 1


def test_an_unknown_rule_names_the_nearest_or_all() -> None:
    with pytest.raises(UnknownNameError, match="there is no baseline 'longst'"):
        Baseline("longst")
    with pytest.raises(UnknownNameError) as caught:
        Baseline("zzz")
    assert caught.value.remedy == "See: random, majority, longest, ngram."


def test_a_task_that_does_not_suit_is_skipped_before_its_data_is_read(tmp_path: Path) -> None:
    changes = {"kind": "generation", "protocols": ["gen"], "metrics": ["chrf"], "instruction": "Terjemahkan."}
    small = SmallTask(tmp_path)
    document = {"options": None, "answer": None, "reference": "question"}
    text = SmallTask(tmp_path, changes={"id": "text", **changes, "document": document})
    text.write()
    catalog = small.catalog()
    (tmp_path / "text" / "rows.jsonl").write_text("changed", encoding="utf-8")
    spec = RunSpec(model="baseline:longest", tasks=("small", "text"))
    definitions = [catalog.task("small"), catalog.task("text")]
    (skipped,) = make_plan(definitions, (), spec, Baseline("longest"), small.where).skipped
    assert skipped.task == "text"
    assert skipped.reason == "baseline:longest chooses among options, and this task asks for a text"


def _written(folder: Path, count: int, **document: Any) -> SmallTask:
    generation = {
        "kind": "generation",
        "protocols": ["gen"],
        "metrics": ["exact"],
        "instruction": None if document else "Jawab.",
        "asking": "bare" if document else "question",
        "document": {"options": None, "answer": None, "reference": "wanted", **document},
    }
    return SmallTask(folder, [row(n, wanted=f"Jawapan {n}") for n in range(count)], changes=generation)


def _texts(small: SmallTask, *, seed: int = 0) -> list[str]:
    model, data = Baseline("random"), small.documents()
    model.learn(small.catalog().task("small"), data, seed=seed)
    asker = Asker("small", small.card, "gen", Asking("chat", seed=seed, by_document=True))
    requests = [request for document in data.test for request in asker.requests(document)]
    texts: dict[int, str] = {}
    model.answer(requests, lambda index, outcome: texts.__setitem__(index, str(outcome.text)))  # type: ignore[union-attr]
    return [texts[index] for index in range(len(requests))]


def test_random_answers_with_what_is_wanted_of_another_document_where_a_text_is_asked(tmp_path: Path) -> None:
    small = _written(tmp_path, 40)
    texts = _texts(small)
    wanted = [f"Jawapan {number}" for number in range(40)]
    assert set(texts) <= set(wanted)
    assert all(text != own for text, own in zip(texts, wanted, strict=True))
    assert len(set(texts)) > 15
    assert _texts(small) == texts != _texts(small, seed=1)


def test_random_answers_with_another_request_where_no_text_is_wanted(tmp_path: Path) -> None:
    assert _texts(_written(tmp_path, 2, reference=None)) == ["Soalan 1?", "Soalan 0?"]


def test_random_has_no_text_for_the_only_document_of_a_task(tmp_path: Path) -> None:
    with pytest.raises(Unsuited, match="this task has one only"):
        _texts(_written(tmp_path, 1))


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "random"])
def test_a_task_that_asks_for_a_text_does_not_suit_the_other_baselines(tmp_path: Path, kind: str) -> None:
    small = _written(tmp_path, 3)
    with pytest.raises(Unsuited, match=f"baseline:{kind} chooses among options"):
        Baseline(kind).learn(small.catalog().task("small"), small.documents(), seed=0)


def _plan(folder: Path, kind: str, *tasks: str) -> Plan:
    """The plan of tasks among `small`, which has a few-shot split, and `bare`, which has none."""
    small = SmallTask(folder, shots=[row(50), row(51)])
    SmallTask(folder, changes={"id": "bare"}).write()
    catalog = small.catalog()
    spec = RunSpec(model=f"baseline:{kind}", tasks=tasks)
    return make_plan([catalog.task(name) for name in tasks], (), spec, Baseline(kind), small.where)


def test_ngram_skips_a_task_without_a_few_shot_split_and_says_why(tmp_path: Path) -> None:
    plan = _plan(tmp_path, "ngram", "small", "bare")
    assert [task.definition.name for task in plan.tasks] == ["small"]
    (skipped,) = plan.skipped
    assert skipped.task == "bare"
    assert skipped.reason == "baseline:ngram learns from the few-shot split, and this task has none"


def test_a_run_of_which_nothing_is_left_is_refused_with_the_reasons(tmp_path: Path) -> None:
    with pytest.raises(ProtocolError, match=r"nothing is left to run \(bare: baseline:ngram learns from"):
        _plan(tmp_path, "ngram", "bare")


@pytest.mark.parametrize("kind", KINDS)
def test_a_baseline_is_known_by_its_rule_and_answers_by_document(kind: str) -> None:
    facts = Baseline(kind).facts
    assert facts.fingerprint == {"kind": "baseline", "rule": kind}
    assert facts.capabilities.by_document
    assert not facts.capabilities.prompt_logprobs
    assert facts.capabilities.host is None


def test_a_request_for_a_baseline_names_task_and_document() -> None:
    same = Request("generate", {}, context="x")
    named = Request("generate", {}, context="x", task="small", document="rows.jsonl#0")
    assert same.hash() != named.hash()
