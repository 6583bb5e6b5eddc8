from __future__ import annotations

import math
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seahelm_lite.prompts.words import language_words
from seahelm_lite.records import STATES, AnswerForm, Failure, FinishReason, Outcome, Response, State
from seahelm_lite.scoring.answers import TIE, read_answer, without_empty_scoring
from seahelm_lite.scoring.remarks import remarks_on
from tests.scoring.making import choice, choice_card, passage, read, said, text_card

DOCUMENT = choice(0, answer=1, options=["Perlis", "Sarawak", "Melaka", "Johor"])
REFUSAL = "I'm sorry, but I can't help with that."


def likelihoods(*values: float | None) -> tuple[Outcome, ...]:
    return tuple(Response(loglikelihood=value, is_greedy=False) for value in values)


@pytest.mark.parametrize(
    ("text", "chosen"),
    [
        pytest.param("B", 1, id="the right letter"),
        pytest.param("C", 2, id="a wrong letter"),
        pytest.param("The answer is B.", 1, id="a sentence"),
        pytest.param("Sarawak", 1, id="the text of an option"),
        pytest.param("<think>A or C?</think>B", 1, id="a letter after closed thinking"),
    ],
)
def test_an_answer_that_can_be_read_is_scored_right_or_wrong(text: str, chosen: int) -> None:
    answer = read(said(DOCUMENT, text), choice_card(), "gen-letter")
    assert (answer.state, answer.choice, answer.prediction) == ("scored", chosen, str(chosen))


@pytest.mark.parametrize(
    ("response", "state"),
    [
        pytest.param(Response(text="Malaysia is a country."), "unparsed", id="an answer that cannot be read"),
        pytest.param(Response(text="Answer: A or C"), "unparsed", id="two different answers"),
        pytest.param(Response(text=""), "unparsed", id="an empty text"),
        pytest.param(Response(text=None), "unparsed", id="no text"),
        pytest.param(Response(text=" \n\t", finish_reason="stop"), "unparsed", id="white space"),
        pytest.param(Response(text="", finish_reason="content_filter"), "refused", id="a content filter"),
        pytest.param(Response(text="B", finish_reason="content_filter"), "refused", id="a content filter midway"),
        pytest.param(Response(text=REFUSAL), "refused", id="a refusal"),
        pytest.param(Response(text="", finish_reason="length"), "truncated", id="the limit before any word"),
        pytest.param(
            Response(text="Let us see.", finish_reason="length"), "truncated", id="the limit before an answer"
        ),
        pytest.param(Response(text="<think>It may be B"), "truncated", id="thinking that never closed"),
        pytest.param(Response(text="<think>A", finish_reason="length"), "truncated", id="the limit while thinking"),
        pytest.param(Failure("HTTP 503 after 5 tries"), "error", id="a failed request"),
    ],
)
def test_a_reply_without_an_answer_has_the_state_of_what_came_back(response: Outcome, state: str) -> None:
    answer = read(said(DOCUMENT, response), choice_card(), "gen-letter")
    assert (answer.state, answer.choice, answer.prediction) == (state, None, None)
    assert answer.note


def test_an_answer_before_the_length_limit_is_scored() -> None:
    answer = read(
        said(DOCUMENT, Response(text="Answer: B. It is", finish_reason="length")), choice_card(), "gen-letter"
    )
    assert (answer.state, answer.choice) == ("scored", 1)


def test_a_task_that_scores_refusals_scores_one_like_any_other_answer() -> None:
    answer = read(said(DOCUMENT, REFUSAL), choice_card(refusal="scored"), "gen-letter")
    assert (answer.state, answer.choice, answer.note) == ("scored", None, "refusal")


@pytest.mark.parametrize("protocol", ["ll-letter", "ll-cloze"])
@pytest.mark.parametrize(
    ("values", "chosen"),
    [
        pytest.param((-3.0, -1.0, -2.0, -4.0), 1, id="the highest"),
        pytest.param((-2.0, -1.0, -1.0, -4.0), 1, id="the first among equals, as in lm-eval"),
        pytest.param((-math.inf, -math.inf, -9.0, -math.inf), 2, id="the only one that is possible"),
    ],
)
def test_the_option_of_the_highest_log_likelihood_is_the_answer(
    protocol: str, values: tuple[float, ...], chosen: int
) -> None:
    answer = read(said(DOCUMENT, *likelihoods(*values)), choice_card(), protocol)
    assert (answer.state, answer.choice) == ("scored", chosen)


@pytest.mark.parametrize("protocol", ["ll-letter", "ll-cloze"])
@pytest.mark.parametrize(
    "outcomes",
    [
        pytest.param(likelihoods(-1.0, math.nan, -2.0, -3.0), id="not a number"),
        pytest.param(likelihoods(math.nan, math.nan, math.nan, math.nan), id="none is a number"),
        pytest.param(likelihoods(-1.0, None, -2.0, -3.0), id="missing"),
        pytest.param((*likelihoods(-1.0, -2.0, -3.0), Failure("out of memory")), id="one request failed"),
    ],
)
def test_log_likelihoods_that_measure_nothing_are_errors(protocol: str, outcomes: tuple[Outcome, ...]) -> None:
    answer = read(said(DOCUMENT, *outcomes), choice_card(), protocol)
    assert (answer.state, answer.choice) == ("error", None)
    assert answer.note


def test_a_tie_takes_the_first_of_the_likeliest_as_lm_eval_does_and_says_so() -> None:
    answer = read(said(DOCUMENT, *likelihoods(-2.0, -1.5, -1.5, -3.0)), choice_card(), "ll-letter")
    assert (answer.state, answer.choice, answer.note) == ("scored", 1, TIE)


def test_a_backend_that_ties_all_options_of_all_documents_scored_nothing() -> None:
    flat = [said(DOCUMENT, *likelihoods(0.0, 0.0, 0.0, 0.0))] * 2
    answers = [read(sample, choice_card(), "ll-letter") for sample in flat]
    assert [answer.state for answer in without_empty_scoring(answers, flat)] == ["error", "error"]
    one_differs = [flat[0], said(DOCUMENT, *likelihoods(0.0, -1.0, 0.0, 0.0))]
    assert [answer.state for answer in without_empty_scoring(answers, one_differs)] == ["scored", "scored"]


def test_a_refusal_to_translate_is_no_translation_unless_the_text_itself_begins_so() -> None:
    plain, apology = passage(0, "Saya lapar.", "I am hungry."), passage(1, "Maaf.", "I'm sorry, but I can't come.")
    assert read(said(plain, REFUSAL), text_card(), "gen").state == "refused"
    assert read(said(plain, REFUSAL), text_card(refusal="scored"), "gen").state == "scored"
    assert read(said(apology, "I'm sorry, but I cannot come."), text_card(), "gen").state == "scored"


def test_the_cause_of_a_failure_is_kept() -> None:
    assert read(said(DOCUMENT, Failure("HTTP 503")), choice_card(), "gen-letter").note == "HTTP 503"


@pytest.mark.parametrize(
    ("response", "state", "text"),
    [
        pytest.param(Response(text=" Saya makan.\n"), "scored", "Saya makan.", id="a text"),
        pytest.param(Response(text="<think>hm</think>\nSaya."), "scored", "Saya.", id="a text after thinking"),
        pytest.param(Response(text="  "), "unparsed", None, id="an empty text"),
        pytest.param(Response(text="<think>hm</think> "), "unparsed", None, id="nothing after thinking"),
        pytest.param(Response(text="", finish_reason="content_filter"), "refused", None, id="a content filter"),
        pytest.param(Response(text="", finish_reason="length"), "truncated", None, id="the limit before any word"),
        pytest.param(
            Response(text="Saya ma", finish_reason="length"), "truncated", "Saya ma", id="the limit before the end"
        ),
        pytest.param(Response(text="<think>Saya"), "truncated", None, id="thinking that never closed"),
        pytest.param(Failure("connection reset"), "error", None, id="a failed request"),
    ],
)
def test_a_written_answer_has_the_state_of_what_came_back(response: Outcome, state: str, text: str | None) -> None:
    answer = read(said(passage(0, "Kamek makan.", "Saya makan."), response), text_card(), "gen")
    assert (answer.state, answer.text, answer.prediction) == (state, text, text)
    assert bool(answer.note) == (state != "scored")


def test_written_answers_are_kept_in_unicodes_composed_form() -> None:
    apart = unicodedata.normalize("NFD", "Tiếng Việt")
    answer = read(said(passage(0, "x", "y"), apart), text_card(), "gen")
    assert answer.text == "Tiếng Việt"


@given(
    st.text() | st.text("ABCD().: \n<think/>answer is'not"),
    st.sampled_from(["stop", "length", "content_filter", None]),
    st.sampled_from(["wrong", "scored"]),
)
def test_every_reply_ends_in_exactly_one_state(text: str, finish: str | None, refusal: str) -> None:
    card = choice_card(refusal=refusal)
    answer = read(said(DOCUMENT, Response(text=text, finish_reason=finish)), card, "gen-letter")
    assert answer.state in STATES
    assert answer.state != "error"  # a model's words are never a fault of the infrastructure
    assert answer.choice in (None, 0, 1, 2, 3)
    assert answer.choice is None or answer.state == "scored"
    assert answer.state != "scored" or answer.choice is not None or refusal == "scored"


@pytest.mark.parametrize(
    ("text", "finish_reason", "state", "answered"),
    [
        ('Sarawak. {"key": "b"}', "stop", "scored", 1),
        ("The answer is B.", "stop", "scored", 1),
        ('The answer is C. {"key": "b"}', "stop", "scored", 1),
        ('{"key": "a"} or {"key": "b"}', "stop", "unparsed", None),
        # The member was to come last: what stands before a cut is a step on the way.
        ('{"key": "b"} because Sar', "length", "scored", 1),
        ("The answer is B. Let me check agai", "length", "truncated", None),
        ('<think>{"key": "b"}', "length", "truncated", None),
    ],
)
def test_an_answer_asked_for_in_a_json_member_is_read_there_first(
    text: str, finish_reason: FinishReason, state: State, answered: int | None
) -> None:
    sample = said(DOCUMENT, Response(text=text, finish_reason=finish_reason))
    answer = read_answer(sample, choice_card(), AnswerForm("letter", key="key"), language_words("ms"))
    assert (answer.state, answer.choice) == (state, answered)


@pytest.mark.parametrize(
    ("text", "choice", "note"),
    [
        ('{"answer": "B"}', 1, "member"),
        ('```json\n{\n  "answer": "C"\n}\n```', 2, "member"),
        ('<think>{"answer": "A"}?</think>{"answer": "D"}', 3, "member"),
        ("B", 1, "alone"),
    ],
)
def test_the_member_of_gen_choice_is_read_and_a_reply_without_it_as_text(text: str, choice: int, note: str) -> None:
    answer = read(said(DOCUMENT, text), choice_card(), "gen-choice")
    assert (answer.state, answer.choice, answer.note) == ("scored", choice, note)


def test_json_that_was_cut_off_before_its_letter_is_no_answer() -> None:
    answer = read(said(DOCUMENT, Response(text='{"answer": ', finish_reason="length")), choice_card(), "gen-choice")
    assert answer.state == "truncated"


def test_an_endpoint_that_does_not_keep_to_the_schema_is_told_apart_by_its_replies() -> None:
    samples = [said(DOCUMENT, text) for text in ('{"answer": "B"}', "B", "?")]
    answers = [read(sample, choice_card(), "gen-choice") for sample in samples]
    told = "small: 1 of 3 answers were not the JSON that was asked for, and were read as text"
    assert any(one.startswith(told) for one in remarks_on("small", samples, answers, {"json_schema": {}}))
    assert not any(one.startswith(told) for one in remarks_on("small", samples, answers, {}))
