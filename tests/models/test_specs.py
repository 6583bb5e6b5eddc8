from __future__ import annotations

from pathlib import Path

import pytest

from seahelm_lite.errors import ModelError, UnknownNameError
from seahelm_lite.models.base import Thinking
from seahelm_lite.models.specs import FORMS, open_model


@pytest.fixture(autouse=True)
def _no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "ILMU_API_KEY"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("spec", ["opnai:http://localhost/v1#m", "gguf:x", "hf:", "baseline:", "replay:", ":x", ":"])
def test_a_spec_of_no_known_form_names_all_forms(spec: str) -> None:
    with pytest.raises(UnknownNameError) as caught:
        open_model(spec)
    assert caught.value.what == f"{spec!r} is not a model SPEC"
    assert all(form in caught.value.remedy for form in FORMS)


@pytest.mark.parametrize(
    ("spec", "sentence"),
    [
        ("ilmu-v31", "there is no model card 'ilmu-v31'. Did you mean ilmu-v3.1"),
        ("ilmu-v3.1@ylt", "there is no endpoint of ilmu-v3.1 'ylt'. Did you mean ytl"),
        ("baseline:longst", "there is no baseline 'longst'. Did you mean longest"),
        ("baseline:ngrams", "there is no baseline 'ngrams'. Did you mean ngram or random"),
    ],
)
def test_a_name_that_does_not_exist_tells_the_nearest(spec: str, sentence: str) -> None:
    with pytest.raises(UnknownNameError) as caught:
        open_model(spec)
    assert str(caught.value).startswith(sentence)


def test_a_card_that_is_near_none_tells_the_forms() -> None:
    with pytest.raises(UnknownNameError) as caught:
        open_model("qqqq")
    assert all(form in caught.value.remedy for form in FORMS)


@pytest.mark.parametrize("rest", ["localhost:8000/v1#m", "http://localhost:8000/v1", "http://localhost:8000/v1#", "#m"])
def test_an_openai_spec_without_address_or_model_shows_how_it_is_written(rest: str) -> None:
    with pytest.raises(ModelError) as caught:
        open_model(f"openai:{rest}")
    assert caught.value.where == f"openai:{rest}"
    assert "openai:http://localhost:8000/v1#name" in caught.value.remedy


@pytest.mark.parametrize("address", ["http://me:secret@localhost/v1", "http://localhost/v1?key=secret", "http:///v1"])
def test_an_address_that_could_hold_a_secret_or_has_no_host_is_refused(address: str) -> None:
    with pytest.raises(ModelError) as caught:
        open_model(f"openai:{address}#m")
    assert "secret" not in str(caught.value)


def test_a_card_whose_key_is_not_set_names_the_variable() -> None:
    with pytest.raises(ModelError, match="the key variable ILMU_API_KEY is not set") as caught:
        open_model("ilmu-v3.1")
    assert caught.value.remedy


def test_a_card_opens_the_endpoint_that_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ILMU_API_KEY", "sk-planted")
    facts = open_model("ilmu-v3.1@ytl").facts
    assert facts.name == "ilmu-v3.1"
    assert facts.fingerprint["endpoint"] == "https://api.ilmu.ai/v1"
    assert facts.capabilities.host == "api.ilmu.ai"
    assert "sk-planted" not in str(facts)


def test_an_openai_spec_opens_a_chat_model() -> None:
    facts = open_model("openai:http://localhost:8000/v1/#a/b").facts
    assert (facts.name, facts.fingerprint["endpoint"]) == ("a/b", "http://localhost:8000/v1")
    assert facts.capabilities.chat
    assert not facts.capabilities.prompt_logprobs


@pytest.mark.parametrize("spec", ["hf:{folder},float32", "lmeval:dummy,x"])
def test_an_argument_that_is_no_pair_is_named(spec: str, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"'(float32|x)' is not key=value"):
        open_model(spec.format(folder=tmp_path))


@pytest.mark.parametrize("name", ["api_key", "token", "auth_token"])
def test_a_key_in_a_spec_is_refused_and_not_repeated(name: str) -> None:
    with pytest.raises(ModelError) as caught:
        open_model(f"lmeval:local-chat-completions,model=m,{name}=sk-planted")
    assert "sk-planted" not in str(caught.value)
    assert "OPENAI_API_KEY" in caught.value.remedy


@pytest.mark.parametrize(
    ("files", "what"),
    [
        ([], "has no config.json, so it is not a transformers model"),
        (["config.json"], "has no tokenizer"),
        (["tokenizer.json"], "has no config.json"),
    ],
)
def test_a_model_folder_that_lacks_a_part_is_refused_before_anything_is_loaded(
    tmp_path: Path, files: list[str], what: str
) -> None:
    for name in files:
        (tmp_path / name).write_text("{}", encoding="utf-8")
    with pytest.raises(ModelError) as caught:
        open_model(f"hf:{tmp_path}")
    assert what in caught.value.what
    assert str(tmp_path) in caught.value.what
    assert caught.value.remedy


def test_a_model_folder_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError) as caught:
        open_model(f"hf:{tmp_path / 'absent'}")
    assert caught.value.what == f"there is no folder {tmp_path / 'absent'}"
    assert caught.value.remedy == "Check the path."


@pytest.mark.parametrize(("spec", "what"), [("hf:~/absent", "no folder"), ("replay:~/absent", "cannot be read")])
def test_a_tilde_is_the_home_folder(spec: str, what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(ModelError, match=what) as caught:
        open_model(spec)
    assert str(tmp_path / "absent") in str(caught.value)


def test_an_lm_eval_type_that_does_not_exist_is_named() -> None:
    with pytest.raises(ModelError, match="lm-eval has no model type 'nope'"):
        open_model("lmeval:nope")


@pytest.mark.parametrize("thinking", ["on", "off"])
def test_a_model_that_cannot_be_told_whether_to_think_is_named(thinking: Thinking) -> None:
    with pytest.raises(ModelError, match="cannot be told whether to think") as caught:
        open_model("baseline:random", thinking=thinking)
    assert caught.value.where == "baseline:random"


@pytest.mark.parametrize("kind", ["random", "majority", "longest", "ngram"])
def test_every_baseline_opens(kind: str) -> None:
    assert open_model(f"baseline:{kind}").facts.name == f"baseline-{kind}"
