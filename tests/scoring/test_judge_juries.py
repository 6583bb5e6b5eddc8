"""Who may judge whom, and whether judges may be believed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pytest

from seahelm_lite.catalog.model_card import ModelCard, model_cards
from seahelm_lite.errors import ModelError
from seahelm_lite.scoring.judges.calibration import LanguageResult, calibrate
from seahelm_lite.scoring.judges.correction import corrected
from seahelm_lite.scoring.judges.criteria import Criterion
from seahelm_lite.scoring.judges.jury import lineage_of, refuse_kin
from seahelm_lite.scoring.judges.labels import Asked, Label, Labelled
from seahelm_lite.scoring.judges.verdicts import Said, Verdict
from seahelm_lite.stats.misclassified import Confusion

MUST = Criterion("M1", "Names a drink", True)
MUST_NOT = Criterion("X1", "Sells alcohol", False, critical=True)


@pytest.fixture(scope="module")
def cards() -> Mapping[str, ModelCard]:
    return model_cards()


@pytest.mark.parametrize(
    ("spec", "family"),
    [
        ("gpt-4o", "openai"),
        ("sea-lion-v4-27b-it", "google"),
        ("sea-lion-v4-27b-it", "aisingapore"),
        ("hf:aisingapore/Gemma-SEA-LION-v4-27B-IT,dtype=bfloat16", "google"),
        ("hf:/models/our-qwen2.5-tune/step_100", "alibabacloud"),
        ("openai:http://localhost:8000/v1#Qwen/Qwen3-32B", "qwen"),
        ("lmeval:vllm,pretrained=meta-llama/Llama-3.1-8B-Instruct", "meta"),
        ("claude-opus-5-5@bedrock", "anthropic"),
    ],
)
def test_a_model_is_of_the_family_of_its_maker_and_of_what_it_was_made_from(
    spec: str, family: str, cards: Mapping[str, ModelCard]
) -> None:
    lineage = lineage_of(spec, (), cards)
    assert lineage.known
    assert family in lineage.families


def test_a_model_that_no_card_knows_is_a_family_of_its_own(cards: Mapping[str, ModelCard]) -> None:
    lineage = lineage_of("openai:http://localhost:8000/v1#hakim-7b", (), cards)
    assert (lineage.families, lineage.known) == (frozenset({"hakim"}), False)


@pytest.mark.parametrize(
    ("tested", "judges", "fault"),
    [
        ("gemma-3-27b-it", ["gemini-2.5-flash"], "google"),
        ("sea-lion-v4-27b-it", ["gemma-3-27b-it"], "gemma"),
        ("qwen3-32b", ["gpt-4o", "sailor2-8b-chat"], "qwen"),
        ("ilmu-v3.1", ["gpt-4o", "gpt-oss-120b"], "openai"),
        ("ilmu-v3.1", ["openai:http://a/v1#hakim-1", "openai:http://a/v1#hakim-2"], "hakim"),
        ("ilmu-v3.1", ["gpt-4o", "qwen3-32b", "claude-opus-5-5"], "3 judges"),
    ],
)
def test_a_jury_that_judges_its_kin_or_is_of_one_family_is_refused(
    tested: str, judges: Sequence[str], fault: str, cards: Mapping[str, ModelCard]
) -> None:
    with pytest.raises(ModelError, match=fault):
        refuse_kin(lineage_of(tested, (), cards), [lineage_of(spec, (), cards) for spec in judges])


def test_a_jury_of_two_other_families_may_judge(cards: Mapping[str, ModelCard]) -> None:
    judges = [lineage_of(spec, (), cards) for spec in ("gpt-4o", "qwen3-32b")]
    refuse_kin(lineage_of("sea-lion-v4-27b-it", (), cards), judges)


def labels(responses: int = 200, *, fail: float = 0.5, models: int = 5, raters: int = 3) -> list[Labelled]:
    """Replies of which a share fails critically; all raters agree."""
    found = []
    for number in range(responses):
        bad = number < fail * responses
        for criterion in (MUST, MUST_NOT):
            right: Label = "yes" if (criterion is MUST) != bad else "no"
            asked = Asked(f"r{number:03}", f"model-{number % models}", "ms", "p", "n", "reply", criterion)
            found.append(Labelled(asked, {f"rater-{rater}": right for rater in range(raters)}))
    return found


def answered(labelled: Sequence[Labelled], judge: str = "hakim", *, errs: float = 0.0) -> list[Verdict]:
    """The majority's answers, with a share of them turned round."""
    generator = np.random.default_rng(7)
    found = []
    for one in labelled:
        answer: Said = one.majority or "no"
        if generator.random() < errs:
            answer = "no" if answer == "yes" else "yes"
        found.append(Verdict("labels", one.asked.response, 0, one.asked.criterion.id, answer, "", judge))
    return found


def only(results: Sequence[LanguageResult]) -> LanguageResult:
    (result,) = results
    return result


def test_a_judge_that_agrees_with_people_passes() -> None:
    given = labels()
    result = only(calibrate(given, answered(given, errs=0.05)))
    assert result.passed
    (judge,) = result.judges
    assert judge.kappa is not None
    assert judge.kappa_lo is not None
    assert 0.8 < judge.kappa_lo < judge.kappa < 1
    assert judge.critical == 100
    assert result.jury.yes == result.jury.no == 100


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        (labels(199), "199 replies"),
        (labels(models=4), "4 models"),
        (labels(raters=2), "2 raters"),
        (labels(fail=0.3), "30%"),
    ],
)
def test_labels_that_are_too_few_pass_no_judge(given: list[Labelled], fault: str) -> None:
    result = only(calibrate(given, answered(given)))
    assert not result.passed
    assert fault in " ".join(result.faults)


def test_a_judge_that_tosses_coins_does_not_pass() -> None:
    given = labels()
    result = only(calibrate(given, answered(given, errs=0.5)))
    assert "kappa" in " ".join(result.judges[0].faults)
    assert not result.passed


def test_a_judge_that_misses_critical_failures_does_not_pass_however_much_it_agrees_elsewhere() -> None:
    given = labels()
    lenient = [
        replace(one, answer="no") if one.criterion == "X1" and index % 3 else one
        for index, one in enumerate(answered(given))
    ]
    judge = only(calibrate(given, lenient)).judges[0]
    assert judge.recall is not None
    assert judge.recall < 0.8
    assert ["critical" in fault for fault in judge.faults] == [True]


def test_every_judge_of_a_jury_has_to_pass() -> None:
    given = labels()
    verdicts = [*answered(given), *answered(given, "wasit", errs=0.5)]
    result = only(calibrate(given, verdicts))
    assert [bool(judge.faults) for judge in result.judges] == [False, True]
    assert not result.passed
    assert result.undecided > 0


def test_answers_that_could_not_be_read_count_against_a_judge() -> None:
    given = labels()
    half = [replace(one, answer="unparsed") if index % 2 else one for index, one in enumerate(answered(given))]
    judge = only(calibrate(given, half)).judges[0]
    assert judge.unparsed == 200
    assert judge.faults


def test_criteria_on_which_people_do_not_agree_are_contested_and_left_out() -> None:
    given = labels()
    quarrel = [
        replace(one, labels={"a": "yes", "b": "no", "c": "yes" if index % 4 else "no"})
        if one.asked.criterion is MUST_NOT
        else one
        for index, one in enumerate(given)
    ]
    result = only(calibrate(quarrel, answered(given)))
    assert result.contested == ("X1",)
    assert result.judges[0].answers == 200


def test_languages_are_calibrated_apart() -> None:
    thai = [
        replace(one, asked=replace(one.asked, language="th", response=f"th-{one.asked.response}")) for one in labels()
    ]
    given = [*labels(), *thai]
    verdicts = [*answered(labels()), *answered(thai, errs=0.5)]
    assert [(result.language, result.passed) for result in calibrate(given, verdicts)] == [("ms", True), ("th", False)]


def test_a_rate_is_corrected_for_how_the_jury_errs_and_its_interval_is_wider() -> None:
    passed = [1.0] * 140 + [0.0] * 60
    clusters = [f"c{number}" for number in range(200)]
    told = corrected(passed, clusters, Confusion(80, 20, 90, 10))
    assert told["observed"]["value"] == pytest.approx(0.7)
    assert told["corrected"]["value"] == pytest.approx((0.7 + 0.9 - 1) / (0.8 + 0.9 - 1))
    spans = [hi - lo for lo, hi in (told[name]["ci95"] for name in ("observed", "corrected"))]
    assert spans[1] > spans[0]


def test_replies_that_share_a_cluster_make_the_corrected_interval_wider() -> None:
    passed = [1.0, 1.0, 0.0, 0.0] * 50
    alone = [f"c{number}" for number in range(200)]
    shared = [f"c{number // 2}" for number in range(200)]
    jury = Confusion(80, 20, 90, 10)
    spans = [np.ptp(corrected(passed, clusters, jury)["corrected"]["ci95"]) for clusters in (alone, shared)]
    assert spans[1] > spans[0]
