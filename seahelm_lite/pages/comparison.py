"""A comparison as one HTML file: in every language of the site, without a script, and asking nothing of anybody."""

from __future__ import annotations

import base64
import hashlib

from markupsafe import Markup

import seahelm_lite
from seahelm_lite.catalog.places import shipped_folder
from seahelm_lite.comparisons.columns import Compared
from seahelm_lite.comparisons.result import Comparison
from seahelm_lite.pages.curve import curve_svg
from seahelm_lite.pages.environment import environment
from seahelm_lite.pages.languages import languages
from seahelm_lite.pages.reach import reach, within


def comparison_page(compared: Comparison) -> str:
    """The page: English is shown first, and a link shows another language in its place.

    The same comparison gives the same text. Texts of documents stand on it only where their licence allows that; paths
    of this machine do not.
    """
    site = shipped_folder("site")
    spoken = languages(site / "locale")
    shown = {
        "compared": compared,
        "drawn": _embedded(curve_svg(compared)) if compared.is_series else None,
        "shown": _Shown(compared),
        "spoken": spoken,
        "version": seahelm_lite.__version__,
    }
    bodies = []
    for language in spoken:
        template = environment(site / "templates", language).get_template("compared.html")
        bodies.append((language, Markup(template.render(**shown))))
    sheets = (site / "assets" / "site.css", site / "templates" / "comparison.css")
    style = "".join(path.read_text(encoding="utf-8") for path in sheets)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    page = environment(site / "templates", spoken[0]).get_template("comparison.html")
    return page.render(compared=compared, bodies=bodies, style=Markup(style), digest=digest)


def _embedded(svg: str) -> str:
    """A drawing as the address of an image, so that its style stays its own."""
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"


class _Shown:
    """Intervals as they are shown: no wider than can be reached."""

    def __init__(self, compared: Comparison) -> None:
        self._compared = compared

    def value(self, part: Compared, run: int) -> tuple[float, float] | None:
        """That of a run."""
        return within(part.points[run], reach(part, self._compared))

    def difference(self, part: Compared, place: int) -> tuple[float, float] | None:
        """That of a difference."""
        return within(part.contrasts[place].difference, reach(part, self._compared, of_difference=True))
