from __future__ import annotations

import re
from pathlib import Path

import pytest

from seahelm_lite.errors import CardError, UnknownNameError
from seahelm_lite.models.api.wires.registry import GROUP, wire_named
from tests.installed_plugin import InstalledPlugin

OURS = """\
from seahelm_lite.models.api.wires.openai_chat import OpenAIChat

class Wire(OpenAIChat):
    name = "teh-tarik"

wire = Wire()
"""


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


def install(site: Path, package: str, source: str = OURS, *, name: str = "teh-tarik", wire: str = "wire") -> None:
    files = {"__init__.py": source}
    InstalledPlugin(site, name, package, f"{package}:{wire}", files, group=GROUP, project=f"from_{package}").install()


def test_a_shipped_format_is_had_by_the_name_that_cards_write() -> None:
    assert wire_named("openai-chat").name == "openai-chat"


def test_an_unknown_format_is_refused_with_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match=r"no wire format 'openai-chats'\. Did you mean openai-chat"):
        wire_named("openai-chats")
    with pytest.raises(UnknownNameError, match=r"no wire format 'grpc'\. See: the formats are .*openai-chat"):
        wire_named("grpc")


def test_a_package_adds_a_format(site: Path) -> None:
    install(site, "kopi_one")
    assert wire_named("teh-tarik").path is not None


def test_finding_a_format_runs_no_code_of_others(site: Path) -> None:
    install(site, "kopi_two", "raise RuntimeError('ran')")
    assert wire_named("openai-chat").name == "openai-chat"


@pytest.mark.parametrize(
    ("package", "source", "wire", "reason"),
    [
        ("kopi_three", "raise RuntimeError('sour')", "wire", "cannot be imported (RuntimeError: sour)"),
        ("kopi_four", "", "wire", "cannot be imported (AttributeError:"),
        ("kopi_five", "wire = 7", "wire", "is not an object with all that a wire format has"),
        ("kopi_six", OURS, "Wire", "is not an object with all that a wire format has"),
        ("kopi_seven", OURS.replace("teh-tarik", "teh-o"), "wire", "calls itself 'teh-o', its entry point 'teh-tarik'"),
    ],
)
def test_a_broken_plugin_is_named_and_left_out(site: Path, package: str, source: str, wire: str, reason: str) -> None:
    install(site, package, source, wire=wire)
    with pytest.raises(UnknownNameError, match=re.escape(reason)) as caught:
        wire_named("teh-tarik")
    assert f"the plugin teh-tarik (from_{package} 1.0) is left out" in caught.value.sentence()
    assert wire_named("openai-chat").name == "openai-chat"


def test_two_formats_of_one_name_are_an_error(site: Path) -> None:
    install(site, "kopi_eight")
    install(site, "kopi_nine")
    with pytest.raises(
        CardError, match=r"from_kopi_nine 1.0\): the wire format 'teh-tarik' exists already, in the plugin"
    ):
        wire_named("teh-tarik")


def test_a_shipped_name_cannot_be_taken(site: Path) -> None:
    install(site, "kopi_ten", name="openai-chat")
    with pytest.raises(CardError, match="'openai-chat' exists already, in seahelm-lite"):
        wire_named("openai-chat")
