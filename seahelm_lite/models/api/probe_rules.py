"""What the answers of an endpoint tell about it. Every rule says `unknown` where they fit more than one explanation.

All calls ask the same question and change one thing, so that a model too weak to follow any instruction tells as much
as a strong one: whether its answer, or the count of its prompt tokens, changed with that thing.
"""

from __future__ import annotations

import json
import math
import unicodedata
from collections.abc import Sequence

from seahelm_lite.models.api.probe_answers import Answer, Finding, Outcome, comparable, quoted, same, shared
from seahelm_lite.records import JsonValue

_LEFT = 24
"""Characters that have to follow a stop word in an answer without one, so that ending there is no accident."""
_OFTEN = 3
"""Times that an answer has to have a piece, so that one without it is no accident."""
_RAGGED = 12
"""Characters that may follow it where stopping works: the rest of the token that completed it."""
_NO_ANSWER = "the answers are empty or too short to compare"


def choose_stop(answers: Sequence[str], *, repeats: bool) -> str | None:
    """A piece of text that the model writes of its own accord, to stop at; None where none would tell anything.

    Where the first answer comes again when it is asked for again, that is a piece of it, and the place where it
    stands will tell. Elsewhere it is one that every answer has several times, so that one without it was stopped.

    Args:
        answers: All that came without a stop word.
        repeats: Whether the first answer comes again.
    """
    first = answers[0]
    pieces = [
        piece for size in (3, 2, 1) for at in range(len(first)) if _is_plain(piece := first[at : at + size], size)
    ]
    if not repeats:
        often = max(pieces, key=lambda piece: min(text.count(piece) for text in answers), default="")
        return often if often and all(text.count(often) >= _OFTEN for text in answers) else None
    # An answer that says one thing over and over has no piece but the one that it begins with.
    for earliest in (1, 0):
        for piece in pieces:
            place = first.find(piece)
            if place >= earliest and len(first) - place - len(piece) >= _LEFT:
                return piece
    return None


def _is_plain(piece: str, length: int) -> bool:
    """Whether it can be sent and found again: no blanks, which some endpoints refuse, and nothing half decoded."""
    return len(piece) == length and all(
        unicodedata.category(letter)[0] in "LNPS" for letter in piece.replace("\ufffd", " ")
    )


def stop(answers: Sequence[str], word: str | None, stopped: Answer, *, repeats: bool) -> Finding:
    """Whether an answer ends where a stop word would begin.

    Args:
        answers: All that came without a stop word.
        word: The one that was asked for; None where there was none to ask for.
        stopped: What came with it.
        repeats: Whether the first answer comes again when it is asked for again.
    """
    if word is None:
        return Finding("stop", "unknown", "no piece of its answers could be stopped at", len(answers))
    calls = len(answers) + 1
    if (unanswered := stopped.unanswered("stop", calls)) is not None:
        return unanswered
    outcome, seen = _stopped(answers, word, stopped, repeats=repeats)
    return Finding("stop", outcome, seen, calls)


def _stopped(answers: Sequence[str], word: str, stopped: Answer, *, repeats: bool) -> tuple[Outcome, str]:
    asked, text = quoted(word), stopped.text
    place = text.find(word)
    if place >= 0:
        left = len(text) - place - len(word)
        if left <= _RAGGED and not stopped.cut:
            return "honoured", f"ended at {asked}" + (f", {left} characters later" if left else ", with it at the end")
        return "ignored", f"went on after {asked} for {left} characters"
    before = answers[0][: answers[0].find(word)].rstrip()
    if text.rstrip() == before and (before or repeats) and not stopped.cut:
        return "honoured", f"ended where {asked} stood in the answer without a stop word"
    short = bool(text.strip()) and len(text) < min(map(len, answers))
    if not repeats and short and not stopped.cut:
        return "honoured", f"had no {asked}, which all {len(answers)} answers without a stop word had"
    return "unknown", f"another answer, without {asked}: {quoted(text)}"


def zero_temperature(cold: Sequence[Answer], warm: Sequence[Answer]) -> Finding:
    """Whether answers at temperature 0 are the same where those at temperature 1 are not."""
    what, calls = "temperature 0", len(cold) + len(warm)
    for answer in cold:
        if (unanswered := answer.unanswered(what, calls)) is not None:
            return unanswered
    first, second = (answer.text for answer in cold)
    if not comparable([first, second]):
        return Finding(what, "unknown", _NO_ANSWER, calls)
    if not same(first, second):
        return Finding(what, "ignored", f"two answers part after {shared(first, second)} characters", calls)
    others = [answer.text for answer in warm if answer.response is not None]
    if not others:
        return Finding(what, "unknown", "two answers are the same, and none came at another temperature", calls)
    if all(same(first, other) for other in others):
        return Finding(what, "unknown", "all answers are the same, at temperature 1 too", calls)
    return Finding(what, "honoured", "two answers are the same, those at temperature 1 are not", calls)


def seed(again: Sequence[Answer], other: Answer) -> Finding:
    """Whether the same seed gives the same answer, and another one another.

    Args:
        again: Two answers with one seed.
        other: One with another.
    """
    for answer in (*again, other):
        if (unanswered := answer.unanswered("seed", 3)) is not None:
            return unanswered
    first, second, third = again[0].text, again[1].text, other.text
    if not comparable([first, second, third]):
        return Finding("seed", "unknown", _NO_ANSWER, 3)
    if same(first, third):
        return Finding("seed", "unknown", "answers with two seeds are the same, so nothing varies", 3)
    if same(first, second):
        return Finding("seed", "honoured", "the same seed repeats the answer, another one does not", 3, "repeatable")
    alike, apart, length = shared(first, second), shared(first, third), min(len(first), len(second))
    if alike >= length / 2 and apart <= length / 4:
        seen = f"the same seed repeats {alike} of {length} characters, another one {apart}"
        return Finding("seed", "honoured", seen, 3, "best-effort")
    return Finding("seed", "ignored", f"two answers with one seed part after {alike} characters", 3)


def max_tokens(whole: Answer, short: Answer, *, limits: tuple[int, int]) -> Finding:
    """Whether a limit ends an answer.

    Args:
        whole: Asked with the greater limit.
        short: Asked with the lesser.
        limits: Both, the greater first.
    """
    what, (great, small) = "max_tokens", limits
    if whole.written_tokens is not None and whole.written_tokens > great:
        return Finding(what, "ignored", f"{whole.written_tokens} tokens where {great} were allowed", 1)
    if (unanswered := short.unanswered(what, 2)) is not None:
        return unanswered
    written = short.written_tokens
    if written is not None and written > small:
        return Finding(what, "ignored", f"{written} tokens where {small} were allowed", 2)
    if len(short.text) < len(whole.text) and (short.cut or written == small or same(whole.text, short.text)):
        return Finding(what, "honoured", f"cut off when {small} were allowed", 2)
    # A word has a token at least, whether or not the server counts them.
    words = len(short.text.split())
    if words > small:
        return Finding(what, "ignored", f"{words} words where {small} tokens were allowed", 2)
    return Finding(what, "unknown", f"its answer may well end before {small} tokens", 2)


def system(plain: Answer, answer: Answer, *, word: str, repeats: bool) -> Finding:
    """Whether what is said as system reaches the model."""
    what = "system role"
    if (unanswered := answer.unanswered(what, 2)) is not None:
        return unanswered
    if word.casefold() in answer.text.casefold() and word.casefold() not in plain.text.casefold():
        return Finding(what, "honoured", "the model did what the system message told it", 2)
    return _reached(what, "the system message", plain, answer, repeats=repeats)


def _reached(what: str, thing: str, plain: Answer, answer: Answer, *, repeats: bool) -> Finding:
    """Whether something that the model did not heed was in its prompt at all."""
    before, now = plain.prompt_tokens, answer.prompt_tokens
    counted = before is not None and now is not None
    if counted and before != now:
        return Finding(what, "honoured", f"{thing} made {before} prompt tokens {now}; the model did not heed it", 2)
    unchanged = comparable([plain.text, answer.text]) and same(plain.text, answer.text)
    if repeats and unchanged:
        tokens = ", and as many prompt tokens" if counted else ""
        return Finding(what, "ignored", f"the same answer with and without {thing}{tokens}", 2)
    if repeats and not counted and comparable([plain.text, answer.text]):
        return Finding(what, "honoured", f"{thing} changed the answer; the model did not heed it", 2)
    if counted and not repeats and not unchanged:
        return Finding(what, "unknown", f"as many prompt tokens without {thing}, but answers vary by themselves", 2)
    return Finding(what, "unknown", f"the model did not heed {thing}, and nothing tells whether it got it", 2)


def json_schema(answer: Answer, *, key: str, words: Sequence[str]) -> Finding:
    """Whether an answer has the form that a schema demands and the question does not mention.

    Args:
        answer: Asked with the schema of an object with one key.
        key: The key.
        words: Its values that are allowed.
    """
    what = "JSON schema"
    if (unanswered := answer.unanswered(what)) is not None:
        return unanswered
    text = answer.text.strip()
    try:
        value: JsonValue = json.loads(text)
    except (ValueError, RecursionError):
        if not text or (answer.cut and (text.startswith("{") or text.startswith("```"))):
            return Finding(what, "unknown", f"no whole answer: {quoted(text)}", 1)
        return Finding(what, "ignored", f"no JSON: {quoted(text)}", 1)
    if isinstance(value, dict) and set(value) == {key} and value[key] in words:
        return Finding(what, "honoured", f"an answer that fits: {quoted(text)}", 1)
    return Finding(what, "ignored", f"JSON that does not fit the schema: {quoted(text)}", 1)


def tools(plain: Answer, answers: Sequence[tuple[Answer, bool]], *, repeats: bool) -> Finding:
    """Whether a tool is called.

    Args:
        plain: The answer without a tool.
        answers: One with a tool, and where that did not call it one that was told to; each with whether it did.
        repeats: Whether answers repeat.
    """
    calls = len(answers)
    if answers[-1][1]:
        return Finding("tools", "honoured", "called it" if calls == 1 else "called it when told to", calls)
    first, last = answers[0][0], answers[-1][0]
    if (unanswered := first.unanswered("tools", calls)) is not None:
        return unanswered
    if calls > 1 and last.refusal:
        return Finding("tools", "unknown", f"called none, and cannot be told to: {last.refusal}", calls)
    found = _reached("tools", "the tool", plain, first, repeats=repeats)
    if found.outcome == "ignored":
        return Finding("tools", "ignored", found.seen, calls + 1)
    return Finding("tools", "unknown", f"called none, {'even when told to' if calls > 1 else 'unasked'}", calls + 1)


def chat_logprobs(answer: Answer, told: Sequence[Sequence[float]] | None, calls: int) -> Finding:
    """How many of the most likely tokens are told at each position.

    Args:
        answer: Asked for them.
        told: The log-probabilities in it, position by position; None where there are none.
        calls: How many it took.
    """
    what = "log-probabilities"
    if (unanswered := answer.unanswered(what, calls)) is not None:
        return unanswered
    values = [value for position in told or () for value in position]
    if not values:
        seen = "none came" if answer.text else "none came, and no answer either"
        return Finding(what, "ignored" if answer.text else "unknown", seen, calls, 0 if answer.text else None)
    if any(math.isnan(value) or value > 1e-6 for value in values):
        return Finding(what, "ignored", "what came is no log-probability", calls, 0)
    if len(set(values)) == 1:
        return Finding(what, "ignored", f"all of them are {values[0]:g}", calls, 0)
    many = max(len(position) for position in told or ())
    return Finding(what, "honoured", f"the {many} most likely at each of {len(told or ())} positions", calls, many)


def prompt_logprobs(own: Answer, absurd: Answer) -> Finding:
    """Whether the log-likelihood of a given text is a true one.

    What a model writes at temperature 0 is, token for token, what it holds most likely: no other text may score
    higher. That holds for any model; one that gives every text the same score measures nothing.

    Args:
        own: The score of what the model itself wrote next.
        absurd: That of a text that nobody would write there.
    """
    what, calls = "prompt log-probabilities", 3
    for answer in (own, absurd):
        if (unanswered := answer.unanswered(what, calls)) is not None:
            return unanswered
    scores = [answer.response.loglikelihood if answer.response is not None else None for answer in (own, absurd)]
    high, low = scores
    if high is None or low is None:
        return Finding(what, "ignored", own.note or absurd.note or "the reply has no score of the text", calls)
    seen = f"{high:.2f} for its own next word, {low:.2f} for an absurd one"
    if not all(map(math.isfinite, (high, low))) or max(high, low) > 1e-6:
        return Finding(what, "ignored", f"{seen}: no log-likelihoods", calls)
    if high == low:
        return Finding(what, "ignored", f"{seen}: equal, so neither is one", calls)
    return Finding(what, "honoured" if high > low else "ignored", seen, calls)


def streaming(answer: Answer) -> Finding:
    """Whether an answer comes in pieces, and its counts of tokens with it."""
    if (unanswered := answer.unanswered("streaming")) is not None:
        return unanswered
    if answer.pieces is None:
        return Finding("streaming", "ignored", "the whole answer came at once", 1)
    if not answer.text:
        return Finding("streaming", "unknown", "the stream brought no text", 1)
    usage = "with usage" if answer.written_tokens is not None else "without usage"
    if answer.pieces == 1 and not comparable([answer.text]):
        return Finding("streaming", "unknown", f"one piece, of an answer too short for more, {usage}", 1)
    if answer.pieces == 1:
        return Finding("streaming", "ignored", f"one piece with the whole answer in it, {usage}", 1)
    return Finding("streaming", "honoured", f"{answer.pieces} pieces, {usage}", 1)


def unknown_field(answer: Answer) -> Finding:
    """Whether a field that no endpoint knows is refused."""
    found = answer.unanswered("unknown field")
    return found if found is not None else Finding("unknown field", "ignored", "answered as if it were not there", 1)


def content(answers: Sequence[Answer], nulls: int) -> Finding:
    """Whether every answer holds a text.

    Args:
        answers: All that were answered and asked for nothing but text.
        nulls: How many of them said `null` or nothing where their text should stand.
    """
    blank = sum(1 for answer in answers if not answer.text.strip())
    if not answers:
        return Finding("text in every answer", "unknown", "there were no answers", 0)
    if not blank:
        return Finding("text in every answer", "honoured", f"in all {len(answers)}", len(answers))
    cut = sum(1 for answer in answers if not answer.text.strip() and answer.cut)
    seen = f"{blank} of {len(answers)} empty ({nulls} null; {cut} cut off by the limit)"
    return Finding("text in every answer", "ignored" if blank > cut else "unknown", seen, len(answers))
