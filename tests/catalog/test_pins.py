from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from seahelm_lite.sources import GithubPin, HubPin, PackagedPin, Pin

COMMIT = "dfc5c7b8cfcda5baf5a8f2845a97d3ea3ba625c9"
SHA256 = "ab" * 32
GITHUB: dict[str, Any] = {"kind": "github", "repo": "haryoa/COPAL-ID", "commit": COMMIT, "sha256": SHA256}
HUB: dict[str, Any] = {"kind": "hub", "id": "org/name", "split": "test", "revision": COMMIT}
PINS: TypeAdapter[Any] = TypeAdapter(Pin)


@pytest.mark.parametrize(
    ("fields", "kind", "text"),
    [
        (
            {**GITHUB, "path": "data/v1/test_copal.csv"},
            GithubPin,
            "github haryoa/COPAL-ID@dfc5c7b data/v1/test_copal.csv",
        ),
        ({**HUB, "config": "ms"}, HubPin, "hub org/name@dfc5c7b ms/test"),
        ({**HUB, "revision": "main", "data_files": "a/b.json"}, HubPin, "hub org/name@main default/test (a/b.json)"),
        ({"kind": "packaged", "path": "basics/ms.jsonl", "sha256": SHA256}, PackagedPin, "packaged basics/ms.jsonl"),
    ],
)
def test_kind_chooses_the_pin_and_the_pin_names_itself(fields: dict[str, Any], kind: type[Any], text: str) -> None:
    pin = PINS.validate_python(fields)
    assert type(pin) is kind
    assert pin.describe() == text


def test_a_name_with_dots_and_a_path_with_blanks_are_accepted() -> None:
    pin = GithubPin(**{**GITHUB, "repo": "a/b.c-d_e", "path": "a b/ç ..x/…json"})
    assert pin.path == "a b/ç ..x/…json"


@pytest.mark.parametrize(
    "path", ["../x", "a/../x", "/etc/passwd", "a//b", "./a", "a/", "", "..", "C:/x", "a\\..\\x", "a\0b"]
)
def test_a_path_that_leaves_its_folder_is_refused(path: str) -> None:
    for fields in (
        {**GITHUB, "path": path},
        {**HUB, "data_files": path},
        {"kind": "packaged", "path": path, "sha256": SHA256},
    ):
        with pytest.raises(ValidationError):
            PINS.validate_python(fields)


@given(st.lists(st.sampled_from(["..", ".", "", "a", "b.c", "~", "a b"]), min_size=1).map("/".join))
def test_an_accepted_path_has_only_real_parts(path: str) -> None:
    try:
        pin = PackagedPin(path=path, sha256=SHA256)
    except ValidationError:
        return
    assert not {"", ".", ".."} & set(pin.path.split("/"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"commit": COMMIT[:7]},
        {"commit": "main"},
        {"commit": COMMIT.upper()},
        {"sha256": "ab"},
        {"sha256": SHA256 + "\n"},
        {"repo": "haryoa"},
        {"repo": "haryoa/.."},
        {"repo": "../COPAL-ID"},
        {"branch": "main"},
    ],
)
def test_a_github_pin_that_is_not_exact_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        GithubPin(**{**GITHUB, "path": "x", **wrong})


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": "name"},
        {"id": "../name"},
        {"id": "org/.."},
        {"revision": ""},
        {"revision": "../x"},
        {"config": "../x"},
        {"config": ".."},
        {"config": ""},
        {"split": "test[:10]"},
        {"split": ""},
    ],
)
def test_a_hub_pin_that_leaves_its_folder_or_slices_a_split_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        HubPin(**{**HUB, **wrong})


def test_a_hub_pin_is_pinned_by_a_commit_and_a_hash_together() -> None:
    assert HubPin(**HUB, sha256=SHA256).is_pinned
    assert not HubPin(**HUB).is_pinned
    assert not HubPin(**{**HUB, "revision": "main"}, sha256=SHA256).is_pinned
    assert GithubPin(**GITHUB, path="x").is_pinned


def test_pins_cannot_be_changed_and_can_be_keys() -> None:
    pin = HubPin(**HUB)
    with pytest.raises(ValidationError):
        pin.revision = "main"  # type: ignore[misc]
    assert {pin: 1}[HubPin(**HUB)] == 1
