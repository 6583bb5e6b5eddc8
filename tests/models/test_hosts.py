"""Offline, a model is on this machine, or where a card says that the evaluator's own machines are."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from seahelm_lite.errors import CardError, ModelError
from seahelm_lite.models.base import Capabilities
from seahelm_lite.models.hosts import is_this_machine, stays_inside, without_hub
from seahelm_lite.models.specs import open_model
from tests.own_cards import write_card

OAUTH = "    auth: {{kind: oauth2-client, env: PELANDUK_KEY, token_url: '{url}'}}"
ON_PREMISE = "    on_premise: true"


@pytest.fixture
def cards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SEAHELM_LITE_MODELS", str(tmp_path))
    monkeypatch.setenv("PELANDUK_KEY", "id:secret")
    return tmp_path


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.8.9.1", "::1"])
def test_the_loopback_interface_is_this_machine(host: str) -> None:
    assert is_this_machine(host)


@pytest.mark.parametrize(
    "host",
    ["10.0.0.5", "192.168.1.7", "172.16.0.1", "fd00::1", "169.254.1.1", "0.0.0.0", "api.ilmu.ai", "localhost.evil.com"],
)
def test_a_private_address_may_be_anybodys(host: str) -> None:
    assert not is_this_machine(host)
    assert not stays_inside(Capabilities(chat=True, host=host))
    assert stays_inside(Capabilities(chat=True, host=host, on_premise=True))


@pytest.mark.parametrize(
    ("spec", "host"),
    [
        ("openai:http://10.0.0.5:8000/v1#m", "10.0.0.5"),
        ("gigachat-2-max", "gigachat.devices.sberbank.ru"),  # whose key is not set, nor has to be
        ("openai:https://api.example.org/v1#m", "api.example.org"),
        ("anthropic:https://api.example.org#m", "api.example.org"),
        ("lmeval:local-completions,model=m,base_url=http://10.0.0.5:8000/v1/completions", "10.0.0.5"),
        ("lmeval:openai-chat-completions,model=m", "the service behind lm-eval's openai-chat-completions"),
    ],
)
def test_offline_a_model_elsewhere_is_refused_before_it_is_opened(spec: str, host: str) -> None:
    with pytest.raises(ModelError) as caught:
        open_model(spec, offline=True)
    assert caught.value.what == f"the run is offline, and {host} is not this machine"
    assert "SEAHELM_LITE_MODELS" in caught.value.remedy


@pytest.mark.parametrize("spec", ["openai:http://127.0.0.1:9/v1#m", "openai:http://localhost/v1#m", "baseline:random"])
def test_offline_a_model_on_this_machine_is_opened(spec: str) -> None:
    open_model(spec, offline=True)


@pytest.mark.parametrize(
    ("base_url", "access", "refused"),
    [
        pytest.param("http://10.0.0.5/v1", [], "10.0.0.5", id="nobody said that it is on premise"),
        pytest.param("http://10.0.0.5/v1", [ON_PREMISE], None, id="on premise"),
        pytest.param(
            "http://127.0.0.1/v1", [OAUTH.format(url="https://login.example.org/token")], "login.example.org",
            id="tokens from elsewhere",
        ),
        pytest.param("http://127.0.0.1/v1", [OAUTH.format(url="http://[::1]/token")], None, id="tokens from here"),
        pytest.param(
            "http://10.0.0.5/v1", [ON_PREMISE, OAUTH.format(url="http://10.0.0.6/token")], None,
            id="tokens on premise",
        ),
    ],
)  # fmt: skip
def test_offline_a_card_says_what_is_on_premise(
    base_url: str, access: list[str], refused: str | None, cards: Path
) -> None:
    write_card(cards, base_url, *access)
    open_model("pelanduk")
    if refused is None:
        open_model("pelanduk", offline=True)
        return
    with pytest.raises(ModelError, match=refused):
        open_model("pelanduk", offline=True)


@pytest.mark.parametrize("before", [None, "0"])
def test_without_the_hub_the_libraries_are_told_so_and_only_as_long(
    before: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    from huggingface_hub import is_offline_mode

    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    if before is not None:
        monkeypatch.setenv("HF_HUB_OFFLINE", before)
    with without_hub():
        assert os.environ["HF_HUB_OFFLINE"] == "1"
        assert is_offline_mode()
    assert os.environ.get("HF_HUB_OFFLINE") == before
    assert not is_offline_mode()


def test_a_card_of_ones_own_does_not_take_the_place_of_another(cards: Path) -> None:
    path = write_card(cards, "http://10.0.0.5/v1", name="ilmu-v3.1")
    with pytest.raises(CardError) as caught:
        open_model("ilmu-v3.1")
    assert caught.value.where == str(path)
    assert caught.value.what.startswith("there is a card ilmu-v3.1 already, in ")


def test_a_folder_of_ones_own_cards_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEAHELM_LITE_MODELS", "/nowhere/cards")
    with pytest.raises(CardError, match="/nowhere/cards: the folder of one's own model cards does not exist"):
        open_model("ilmu-v3.1")
