from __future__ import annotations

import re
import shutil
import ssl
import subprocess
import traceback
from pathlib import Path

import pytest

from seahelm_lite.errors import ModelError
from seahelm_lite.records import Failure, Outcome, Response
from tests.loopback import Canned, ChatServer, Seen, answers_by_hash, chat, script
from tests.models.api.asking import (
    BUSY,
    KEY,
    NOW,
    PAGE,
    answers,
    ask,
    client,
    closed_port,
    one,
    one_after_an_answer,
    text,
)

# Faults that pass


@pytest.mark.parametrize("status", [408, 409, 425, 429, 500, 502, 503, 504])
def test_a_passing_fault_is_retried(status: int) -> None:
    with ChatServer(script(Canned("busy", status=status, headers=NOW), Canned(chat("B")))) as server:
        assert text(one(server)) == "B"
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    "reply",
    [
        Canned('{"choices": [{"mess', headers=NOW),
        Canned("", headers=NOW),
        Canned({"choices": []}, headers=NOW),
        Canned({"object": "chat.completion"}, headers=NOW),
        Canned({"error": {"message": "upstream"}}, headers=NOW),
        Canned(chat(7), headers=NOW),
        Canned(chat("half", finish="error"), headers=NOW),
    ],
    ids=["cut JSON", "empty body", "empty choices", "no choices", "error with 200", "wrong type", "finish error"],
)
def test_a_malformed_reply_is_retried_and_then_a_failure(reply: Canned) -> None:
    with ChatServer(script(reply, Canned(chat("B")))) as server:
        assert text(one(server)) == "B"
    with ChatServer(script(reply)) as server:
        outcome = one(server)
    assert isinstance(outcome, Failure)
    assert outcome.cause.startswith("malformed reply from 127.0.0.1 after 5 attempts: ")
    assert len(server.requests) == 5


def test_a_body_that_breaks_off_is_retried_and_then_a_failure() -> None:
    with ChatServer(script(Canned(chat("B"), cut=True), Canned(chat("B")))) as server:
        assert text(one(server, max_attempts=2)) == "B"
    with ChatServer(script(Canned(chat("B"), cut=True))) as server:
        outcome = one(server, max_attempts=2)
    assert isinstance(outcome, Failure)
    assert re.fullmatch(r"127\.0\.0\.1: connection broke off \(.+\) after 2 attempts", outcome.cause)
    assert len(server.requests) == 2


def test_a_reply_that_does_not_come_is_a_failure_not_an_error() -> None:
    with ChatServer(answers_by_hash(delay_s=3600)) as server:
        outcome = one(server, timeout_s=0.5, max_attempts=2)
    assert outcome == Failure("127.0.0.1: no answer within 0.5 s after 2 attempts")
    assert len(server.requests) == 2


def test_retries_end_with_a_failure_that_quotes_the_endpoint() -> None:
    page = "<h1>503</h1>\n\n  no   replica " + "x" * 300
    with ChatServer(script(Canned(page, status=503, headers=NOW))) as server:
        outcome = one(server)
    quoted = ("<h1>503</h1> no replica " + "x" * 300)[:200]
    assert outcome == Failure(f"HTTP 503 from 127.0.0.1 after 5 attempts: {quoted}")
    assert len(server.requests) == 5


@pytest.mark.parametrize("header", ["0", "Thu, 01 Jan 2015 00:00:00 GMT"])
def test_a_retry_after_that_is_over_is_retried_at_once(header: str) -> None:
    with ChatServer(script(Canned("slow down", 429, {"Retry-After": header}), Canned(chat("B")))) as server:
        # Our own backoff would not fit in this budget.
        assert text(one(server, retry_budget_s=0)) == "B"


@pytest.mark.parametrize("header", ["3600", "Fri, 01 Jan 2100 00:00:00 GMT"])
def test_a_retry_after_beyond_the_budget_is_not_cut_short(header: str) -> None:
    with ChatServer(script(Canned("slow down", 429, {"Retry-After": header}))) as server:
        outcome = one(server)
    assert isinstance(outcome, Failure)
    assert re.fullmatch(
        r"HTTP 429 from 127\.0\.0\.1 \(asked to wait \S+ s, beyond the retry budget of 120 s\): slow down",
        outcome.cause,
    )
    assert len(server.requests) == 1


def test_the_waits_of_a_request_share_one_budget() -> None:
    with ChatServer(script(Canned("slow down", 429, {"Retry-After": "0.02"}))) as server:
        one(server, retry_budget_s=0.05)
    assert len(server.requests) == 3


# Faults that stay


@pytest.mark.parametrize("status", [400, 413, 422])
def test_a_request_that_the_endpoint_rejects_is_a_failure_at_once(status: int) -> None:
    reply = Canned({"error": {"message": "Unsupported parameter: 'stop'"}}, status=status, headers=NOW)
    with ChatServer(script(reply)) as server:
        assert one(server) == Failure(f"HTTP {status}: Unsupported parameter: 'stop'")
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("reply", "what", "remedy"),
    [
        (Canned({"error": {"message": "no key"}}, status=401), "HTTP 401: no key", "Set OPENAI_API_KEY"),
        (Canned({"error": {"message": "no credit"}}, status=402), "HTTP 402: no credit", "credit"),
        (Canned({"error": {"message": "not yours"}}, status=403), "HTTP 403: not yours", "OPENAI_API_KEY"),
        (Canned({"error": {"message": "no such model"}}, status=404), "HTTP 404: no such model", "model name m"),
        (Canned("<h1>Not Found</h1>", status=404), "HTTP 404: <h1>Not Found</h1>", "usually ends in /v1"),
        (Canned("no", status=405), "HTTP 405: no", "usually ends in /v1"),
        (Canned("", status=301, headers={"Location": "/v1/"}), "HTTP 301: redirects to /v1/", "usually ends in /v1"),
        (PAGE, "127.0.0.1 did not answer as an API: not JSON: <!doctype html>", "usually ends in /v1"),
        (Canned({"status": "ok"}), "127.0.0.1 did not answer as an API: JSON without choices", "wire format"),
        (Canned("data: [DONE]"), "127.0.0.1 did not answer as an API: not JSON: data:", "usually ends in /v1"),
    ],
    ids=["401", "402", "403", "404 model", "404 path", "405", "redirect", "web page", "other JSON", "event stream"],
)
def test_an_endpoint_that_cannot_be_used_stops_the_run_with_a_remedy(reply: Canned, what: str, remedy: str) -> None:
    with ChatServer(script(reply)) as server, pytest.raises(ModelError) as caught:
        one(server)
    assert caught.value.where == f"{server.base_url}/chat/completions"
    assert caught.value.what.startswith(what)
    assert remedy in caught.value.remedy
    assert len(server.requests) == 1


def test_a_key_that_is_refused_is_never_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    # The key stands where the quote is cut, so that half of it would remain if the text were cut first.
    message = f"{'x' * 190} {KEY}"
    reply = Canned({"error": {"message": message}}, status=401)
    remedy = "Set OPENAI_API_KEY to a key that this endpoint accepts"
    with ChatServer(script(reply)) as server, pytest.raises(ModelError, match=remedy) as caught:
        one(server)
    assert server.requests[0].headers["Authorization"] == f"Bearer {KEY}"
    error: BaseException | None = caught.value
    while error is not None:
        assert KEY[:9] not in f"{error!s} {error!r} {vars(error)}"
        error = error.__cause__ or error.__context__
    assert KEY[:9] not in "".join(traceback.format_exception(caught.value))


def test_a_key_that_a_failing_server_repeats_is_taken_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with ChatServer(script(Canned(f"bad header: Bearer {KEY}", status=500, headers=NOW))) as server:
        assert one(server) == Failure("HTTP 500 from 127.0.0.1 after 5 attempts: bad header: Bearer ***")


def test_a_server_that_is_not_there_stops_the_run_with_a_remedy() -> None:
    url = f"http://127.0.0.1:{closed_port()}/v1"
    with pytest.raises(ModelError, match=r"no connection .* after 2 attempts.*Is the server running\?") as caught:
        answers(client(url, max_attempts=2), [ask("a"), ask("b")])
    assert caught.value.where == f"{url}/chat/completions"


def test_a_host_that_does_not_exist_stops_the_run_with_a_remedy() -> None:
    model = client("http://no-such-host.invalid/v1", max_attempts=1)
    with pytest.raises(ModelError, match=r"no-such-host\.invalid.*Is the server running\?"):
        answers(model, [ask()])


def test_a_certificate_that_is_not_trusted_stops_the_run(tmp_path: Path) -> None:
    if shutil.which("openssl") is None:
        pytest.skip("needs openssl to make a certificate")
    command = "openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 -subj /CN=localhost"
    command += " -addext subjectAltName=IP:127.0.0.1"
    subprocess.run(command.split(), cwd=tmp_path, check=True, capture_output=True)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    with ChatServer(tls=tls) as server, pytest.raises(ModelError, match=r"no TLS connection .*SSL_CERT_FILE"):
        one(server, max_attempts=1)
    assert server.requests == []


# Faults in the middle of a run


@pytest.mark.parametrize(
    ("reply", "cause", "sent"),
    [
        (Canned({"error": {"message": "revoked"}}, status=401), "HTTP 401: revoked", 1),
        (Canned({"error": {"message": "forbidden"}}, status=403), "HTTP 403: forbidden", 1),
        (Canned({"error": {"message": "gone"}}, status=404), "HTTP 404: gone", 1),
        (PAGE, "127.0.0.1 did not answer as an API after 5 attempts: not JSON: " + PAGE.body, 5),
    ],
    ids=["401", "403", "404", "web page"],
)
def test_after_an_answer_the_same_faults_fail_their_request_alone(reply: Canned, cause: str, sent: int) -> None:
    outcome, server = one_after_an_answer(reply)
    assert outcome == Failure(cause)
    assert len(server.requests) == 1 + sent


def test_a_server_that_goes_down_in_the_middle_leaves_the_finished_work() -> None:
    outcomes: dict[int, Outcome] = {}
    with ChatServer() as server:
        model = client(server, concurrency=1, max_attempts=1)

        def deliver(index: int, outcome: Outcome) -> None:
            outcomes[index] = outcome
            if index == 2:
                server.stop()

        model.answer([ask(str(number)) for number in range(6)], deliver)
    assert [isinstance(outcomes[index], Response) for index in range(6)] == [True] * 3 + [False] * 3
    assert all("127.0.0.1: " in outcomes[index].cause for index in range(3, 6))  # type: ignore[union-attr]


def test_an_endpoint_that_answered_before_fails_requests_of_a_later_list_too() -> None:
    with ChatServer(script(Canned(chat()), Canned({"detail": "gone"}, status=404))) as server:
        model = client(server)
        answers(model, [ask("a")])
        assert answers(model, [ask("b")]) == [Failure("HTTP 404: gone")]


def test_an_endpoint_that_keeps_failing_is_left_alone() -> None:
    with ChatServer(script(Canned(chat()), BUSY)) as server:
        outcomes = answers(client(server, concurrency=1, max_attempts=2), [ask(str(n)) for n in range(100)])
    failed = Failure("HTTP 503 from 127.0.0.1 after 2 attempts: busy")
    not_sent = Failure(f"not sent: endpoint failed 20 times in a row, last: {failed.cause}")
    assert isinstance(outcomes[0], Response)
    assert outcomes[1:] == [failed] * 20 + [not_sent] * 79
    assert len(server.requests) == 1 + 20 * 2


def test_an_endpoint_that_answers_in_between_is_not_left_alone() -> None:
    async def every_tenth_answers(seen: Seen) -> Canned:
        return Canned(chat()) if seen.number % 10 == 0 else BUSY

    with ChatServer(every_tenth_answers) as server:
        outcomes = answers(client(server, concurrency=1, max_attempts=1), [ask(str(n)) for n in range(60)])
    assert len(server.requests) == 60
    assert sum(isinstance(outcome, Response) for outcome in outcomes) == 6


def test_requests_that_are_rejected_one_by_one_do_not_stop_the_others() -> None:
    async def few_are_short_enough(seen: Seen) -> Canned:
        if seen.body["messages"][0]["content"] in ("0", "59"):
            return Canned(chat("B"))
        return Canned({"error": {"message": "too long"}}, status=400)

    with ChatServer(few_are_short_enough) as server:
        outcomes = answers(client(server, concurrency=1), [ask(str(number)) for number in range(60)])
    assert outcomes[1:-1] == [Failure("HTTP 400: too long")] * 58
    assert text(outcomes[-1]) == "B"


def test_an_endpoint_that_rejects_everything_is_not_asked_about_every_document() -> None:
    with ChatServer(script(Canned({"error": {"message": "Unsupported parameter"}}, status=400))) as server:
        outcomes = answers(client(server, concurrency=1), [ask(str(number)) for number in range(60)])
        assert len(server.requests) == 20
    assert all(isinstance(outcome, Failure) for outcome in outcomes)
    assert "Unsupported parameter" in str(outcomes[-1])


def test_a_later_list_finds_out_whether_the_endpoint_is_back() -> None:
    async def back_after_twenty(seen: Seen) -> Canned:
        return BUSY if seen.number < 20 else Canned(chat("B"))

    with ChatServer(back_after_twenty) as server:
        model = client(server, concurrency=1, max_attempts=1)
        first = answers(model, [ask(str(number)) for number in range(30)])
        second = answers(model, [ask(str(number)) for number in range(30)])
    assert all(isinstance(outcome, Failure) for outcome in first)
    assert all(isinstance(outcome, Response) for outcome in second)
