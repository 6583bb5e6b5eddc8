"""The style sheet: small, fetching nothing, and legible in light and in dark."""

from __future__ import annotations

import re

import pytest

from tests.conftest import REPOSITORY

CSS = (REPOSITORY / "site" / "assets" / "site.css").read_text(encoding="utf-8")


def _colours(scheme: str) -> dict[str, str]:
    """The colours of a scheme, by name."""
    light, _, rest = CSS.partition("@media (prefers-color-scheme: dark)")
    dark = rest.partition("* {")[0]
    pattern = r"--([a-z]+): (#[0-9a-f]{6})"
    return dict(re.findall(pattern, light)) | (dict(re.findall(pattern, dark)) if scheme == "dark" else {})


def _luminance(colour: str) -> float:
    """Relative luminance, as WCAG 2.2 defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    brighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("ink", "ground", "least"),
    [
        ("ink", "paper", 7),
        ("ink", "band", 7),
        ("soft", "paper", 4.5),
        ("link", "paper", 4.5),
        ("note", "paper", 4.5),
        ("dot", "paper", 3),
        ("whisker", "paper", 3),
        ("focus", "paper", 3),
    ],
)
def test_colours_stand_out_from_their_ground(scheme: str, ink: str, ground: str, least: float) -> None:
    colours = _colours(scheme)
    assert _contrast(colours[ink], colours[ground]) >= least


def test_the_style_is_small_and_fetches_nothing() -> None:
    assert len(CSS.encode()) <= 15 * 1024
    assert "url(" not in CSS
    assert "@import" not in CSS
    assert "@font-face" not in CSS


def test_thai_lines_have_room_for_their_marks() -> None:
    heights = re.findall(r":lang\(th\)[^{]*\{ line-height: ([\d.]+)", CSS)
    assert len(heights) == 3
    assert all(float(height) >= 1.6 for height in heights)
