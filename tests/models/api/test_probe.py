"""A probe tells rightly what endpoints of known behaviour do, whether the model behind them is weak or strong."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
import yaml

from seahelm_lite.catalog.access import Access
from seahelm_lite.errors import ModelError
from seahelm_lite.models.api.client import ApiModel
from seahelm_lite.models.api.probe import MOST_CALLS, USUAL_CALLS, Probed
from seahelm_lite.models.api.probe_answers import Finding
from seahelm_lite.models.api.probe_asking import probe
from seahelm_lite.models.api.probe_record import as_yaml, record
from seahelm_lite.models.api.probe_rules import choose_stop
from seahelm_lite.models.base import Planned
from tests.behaving import AnthropicBehaving, Behaving, GeminiBehaving, Manners
from tests.loopback import Canned, ChatServer, Handler, Seen, script
from tests.models.api.asking import PAGE, ask, client

DAY = date(2026, 11, 22)


def probed(handler: Manners | Handler, **settings: Any) -> tuple[Probed, Access]:
    """What a probe of an endpoint finds, and the endpoint."""
    with ChatServer(Behaving(handler) if isinstance(handler, Manners) else handler) as server:
        model = client(server, max_attempts=2, **settings)
        return probe(model), model.access


def found(what: str, manners: Manners, **settings: Any) -> Finding:
    result, _ = probed(manners, **settings)
    (finding,) = [finding for finding in result.findings if finding.what == what]
    return finding


HONOURED: dict[str, Any] = {
    "temperature 0": None,
    "seed": "repeatable",
    "stop": None,
    "max_tokens": None,
    "system role": None,
    "JSON schema": None,
    "tools": None,
    "log-probabilities": 20,
    "streaming": None,
    "text in every answer": None,
}


@pytest.mark.parametrize("strong", [False, True], ids=["weak", "strong"])
@pytest.mark.parametrize("counts", [False, True], ids=["no usage", "usage"])
def test_an_endpoint_that_honours_everything_is_told_so_whatever_its_model_is(strong: bool, counts: bool) -> None:
    result, _ = probed(Manners(strong=strong, counts=counts))
    told = {finding.what: finding.level for finding in result.findings if finding.outcome == "honoured"}
    assert told == HONOURED
    assert [finding.what for finding in result.findings if finding.outcome != "honoured"] == ["unknown field"]
    assert result.complete
    assert result.calls <= USUAL_CALLS


CASES: Sequence[tuple[str, str, dict[str, Any]]] = (
    ("stop", "ignored", {"stop": "ignores"}),
    ("stop", "refused", {"stop": "refuses"}),
    ("stop", "honoured", {"stop": "keeps"}),
    ("stop", "honoured", {"stop": "ragged"}),
    ("stop", "honoured", {"temperature": "samples"}),
    ("stop", "ignored", {"temperature": "samples", "stop": "ignores"}),
    ("stop", "honoured", {"temperature": "refuses"}),
    ("stop", "ignored", {"temperature": "refuses", "stop": "ignores"}),
    ("stop", "honoured", {"temperature": "greedy"}),
    ("stop", "honoured", {"thinks": 100}),
    ("stop", "unknown", {"says": "ok"}),
    ("stop", "unknown", {"null": True}),
    ("seed", "ignored", {"seed": "ignores"}),
    ("seed", "refused", {"seed": "refuses"}),
    ("seed", "unknown", {"temperature": "greedy"}),
    ("seed", "unknown", {"says": "I am sorry, but I cannot help with that."}),
    ("seed", "unknown", {"says": "ok"}),
    ("seed", "honoured", {"temperature": "refuses"}),
    ("temperature 0", "ignored", {"temperature": "samples"}),
    ("temperature 0", "refused", {"temperature": "refuses"}),
    ("temperature 0", "unknown", {"temperature": "greedy"}),
    ("temperature 0", "unknown", {"says": "I am sorry, but I cannot help with that."}),
    ("temperature 0", "honoured", {"seed": "refuses"}),
    ("system role", "ignored", {"system": "ignores"}),
    ("system role", "ignored", {"system": "ignores", "counts": False}),
    ("system role", "refused", {"system": "refuses"}),
    ("system role", "unknown", {"system": "ignores", "counts": False, "temperature": "samples"}),
    ("system role", "honoured", {"strong": True, "counts": False, "temperature": "samples"}),
    ("log-probabilities", "ignored", {"logprobs": "ignores"}),
    ("log-probabilities", "ignored", {"logprobs": "equal"}),
    ("log-probabilities", "refused", {"logprobs": "refuses"}),
    ("JSON schema", "ignored", {"schema": "ignores"}),
    ("JSON schema", "ignored", {"schema": "json"}),
    ("JSON schema", "refused", {"schema": "refuses"}),
    ("JSON schema", "unknown", {"schema": "blanks"}),
    ("tools", "ignored", {"tools": "ignores"}),
    ("tools", "ignored", {"tools": "ignores", "counts": False}),
    ("tools", "honoured", {"tools": "forced"}),
    ("tools", "unknown", {"tools": "deaf"}),
    ("tools", "refused", {"tools": "refuses"}),
    ("streaming", "ignored", {"stream": "ignores"}),
    ("streaming", "ignored", {"stream": "whole"}),
    ("streaming", "refused", {"stream": "refuses"}),
    ("streaming", "unknown", {"stream": "whole", "says": "ok"}),
    ("unknown field", "refused", {"unknown": "refuses"}),
    ("max_tokens", "ignored", {"limit": "ignores"}),
    ("max_tokens", "ignored", {"limit": "ignores", "counts": False}),
    ("max_tokens", "refused", {"limit": "refuses"}),
    ("max_tokens", "honoured", {"limit": "renamed"}),
    ("max_tokens", "honoured", {"thinks": 100}),
    ("max_tokens", "unknown", {"says": "ok"}),
    ("text in every answer", "ignored", {"null": True}),
    ("text in every answer", "unknown", {"thinks": 100}),
)


@pytest.mark.parametrize(
    ("what", "outcome", "behaviour"), CASES, ids=[f"{what}-{outcome}-{case}" for what, outcome, case in CASES]
)
def test_what_an_endpoint_does_with_one_thing(what: str, outcome: str, behaviour: dict[str, Any]) -> None:
    finding = found(what, Manners(**behaviour))
    assert (finding.outcome, bool(finding.seen)) == (outcome, True), finding.seen


def test_a_seed_that_repeats_an_answer_only_at_first_is_best_effort() -> None:
    finding = found("seed", Manners(seed="wavers", temperature="samples"))
    assert (finding.outcome, finding.level) == ("honoured", "best-effort")


def test_fewer_log_probabilities_are_asked_for_where_twenty_are_too_many() -> None:
    finding = found("log-probabilities", Manners(logprobs="few"))
    assert (finding.outcome, finding.level, finding.calls) == ("honoured", 5, 2)


def test_a_refusal_is_told_in_the_words_of_the_endpoint() -> None:
    assert found("stop", Manners(stop="refuses")).seen == "HTTP 400: Unsupported parameter: stop"


@pytest.mark.parametrize(
    ("echo", "outcome"),
    [
        ("honours", "honoured"),
        ("equal", "ignored"),
        ("fixed", "ignored"),
        ("ignores", "ignored"),
        ("reversed", "ignored"),
        ("refuses", "refused"),
    ],
)
def test_log_probabilities_of_a_prompt_must_be_true_ones(echo: str, outcome: str) -> None:
    finding = found("prompt log-probabilities", Manners(echo=echo), wire="openai-completions")
    assert finding.outcome == outcome, finding.seen


@pytest.mark.parametrize("wire", ["anthropic-messages", "gemini"])
@pytest.mark.parametrize("manner", ["honours", "ignores", "refuses"])
def test_the_vendors_own_formats_are_told_as_rightly(wire: str, manner: str) -> None:
    same = dict.fromkeys(("stop", "system", "schema", "tools"), manner)
    behaving = AnthropicBehaving if wire == "anthropic-messages" else GeminiBehaving
    result, _ = probed(behaving(Manners(**same, stream="honours" if manner == "honours" else "ignores")), wire=wire)
    told = {finding.what: finding.outcome for finding in result.findings}
    expected = {"honours": "honoured", "ignores": "ignored", "refuses": "refused"}[manner]
    asked = ("stop", "system role", "JSON schema", "tools")
    assert {what: told[what] for what in asked} == dict.fromkeys(asked, expected)
    assert (told["streaming"], told["max_tokens"]) == ("honoured" if manner == "honours" else "ignored", "honoured")
    sampling = {"temperature 0": "honoured", "text in every answer": "honoured", "unknown field": "ignored"}
    assert told.items() >= sampling.items()
    lacking = "refused" if wire == "anthropic-messages" else "honoured"
    assert (told["seed"], told["log-probabilities"]) == (lacking, lacking)


def test_what_a_wire_format_cannot_express_is_not_asked() -> None:
    result, _ = probed(Manners(), wire="openai-completions")
    told = {finding.what for finding in result.findings}
    assert not told & {"system role", "tools"}


def test_an_endpoint_that_takes_the_limit_under_another_name_is_asked_under_it() -> None:
    result, at = probed(Manners(limit="renamed", temperature="refuses"))
    made = record(at, result, DAY)
    assert made["params"]["rename"] == {"max_tokens": "max_completion_tokens"}
    assert made["params"]["unsupported"] == ["temperature"]
    assert made["capabilities"]["zero_temperature"] == "unsupported"


def test_an_endpoint_that_takes_no_temperature_of_1_is_asked_for_seeds_without_one() -> None:
    behaving = Behaving(Manners())

    async def below_one(seen: Seen) -> Canned:
        refused = {"error": {"message": "temperature must be less than 1"}}
        return Canned(refused, status=400) if seen.body.get("temperature") == 1 else await behaving(seen)

    result, _ = probed(below_one)
    told = {finding.what: finding.outcome for finding in result.findings}
    assert (told["seed"], told["temperature 0"]) == ("honoured", "honoured")


def test_an_endpoint_that_refuses_everything_it_may_takes_no_more_calls_than_were_announced() -> None:
    refuses = dict.fromkeys(("seed", "temperature", "system", "schema", "stream", "unknown"), "refuses")
    result, _ = probed(Manners(**refuses, limit="renamed", thinks=100, logprobs="few", tools="deaf"))
    assert result.calls <= MOST_CALLS


def test_an_answer_that_thinking_left_no_room_for_is_asked_for_with_more() -> None:
    result, _ = probed(Manners(thinks=100))
    assert {finding.what for finding in result.findings if finding.outcome == "honoured"} >= {"seed", "temperature 0"}


def test_what_the_card_says_is_unsupported_is_asked_all_the_same() -> None:
    says_no = {
        "params": {"unsupported": ["stop", "seed", "top_p"]},
        "capabilities": {"stop": "ignored", "batch": "openai"},
    }
    result, at = probed(Manners(seed="ignores"), **says_no)
    made = record(at, result, DAY)
    assert made["params"]["unsupported"] == ["seed", "top_p"]
    assert (made["capabilities"]["stop"], made["capabilities"]["seed"]) == ("honoured", "unsupported")
    assert made["capabilities"]["batch"] == "openai"


def test_the_record_is_a_part_of_a_card_and_makes_deviations_of_what_the_endpoint_lacks() -> None:
    result, at = probed(Manners(stop="ignores", seed="refuses", system="refuses"))
    made = yaml.safe_load(as_yaml(record(at, result, DAY), result.findings, title="a probe"))
    card = Access.model_validate({**at.model_dump(), **made})
    assert (card.verified, card.verified_on) == ("live", DAY)
    planned: Planned = ApiModel(card).plan([ask(max_tokens=8, temperature=0, stop=["\n"])])
    notes = " ".join(planned.notes)
    assert "takes no stop" in notes
    assert "takes no seed" in notes


def test_a_call_without_a_reply_leaves_the_probe_incomplete_and_its_finding_open() -> None:
    behaving = Behaving(Manners())

    async def falls_over(seen: Seen) -> Canned:
        return (
            Canned("busy", status=503, headers={"Retry-After": "0"}) if "tools" in seen.body else await behaving(seen)
        )

    result, _ = probed(falls_over)
    (tools,) = [finding for finding in result.findings if finding.what == "tools"]
    assert (result.complete, tools.outcome) == (False, "unknown")
    assert "503" in tools.seen


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (Canned({"error": {"message": "no such model"}}, status=404), "no such model"),
        (Canned({"error": {"message": "what is that?"}}, status=400), "refuses a plain question"),
        (PAGE, "gives no answer to a plain question"),
    ],
)
def test_an_endpoint_that_answers_no_plain_question_is_an_error(reply: Canned, said: str) -> None:
    with pytest.raises(ModelError, match=said):
        probed(script(reply))


@pytest.mark.parametrize(
    ("answers", "repeats"),
    [(["aaaaaaaaaaaaaaa"], True), (["", ""], False), (["   \n\n   " * 9] * 3, True), (["\ufffd" * 60] * 3, True)],
)
def test_an_answer_with_no_piece_that_would_tell_gives_no_stop_word(answers: list[str], repeats: bool) -> None:
    assert choose_stop(answers, repeats=repeats) is None


def test_an_answer_that_says_one_thing_over_and_over_is_stopped_at_its_beginning() -> None:
    assert choose_stop(["again " * 20], repeats=True) is not None
    assert choose_stop(["aa" * 20], repeats=True) == "aaa"
