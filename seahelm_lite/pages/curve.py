"""A learning curve as an SVG file of its own: no script, no font from elsewhere, readable on light and on dark."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from xml.etree import ElementTree as ET

from seahelm_lite.comparisons.columns import Compared
from seahelm_lite.comparisons.result import Comparison
from seahelm_lite.pages.curve_axes import Scale, around, marks, short
from seahelm_lite.pages.numbers import bounds, clipped
from seahelm_lite.pages.texts import visible

_WIDTH, _MARGIN, _HEAD, _LINE = 600.0, 14.0, 58.0, 19.0
_LARGE, _SMALL = 250.0, 190.0
"""Heights of a panel over the whole width, and of one of two beside each other."""

_LEFT, _RIGHT, _TOP, _BOTTOM = 36.0, 62.0, 34.0, 26.0
"""Room around the curve for marks and labels."""

_LONGEST = 36
"""Letters of a title that fit above a small panel."""

_STYLE = """
svg{max-width:100%;height:auto;background:#fff}
text{font:13px system-ui,"Noto Sans","Noto Sans Thai","Leelawadee UI",sans-serif;fill:#1b1f24}
.title{font-size:17px;font-weight:600}.head{font-weight:600}.quiet{fill:#56606b}.value{font-weight:600;fill:#174e8c}
.best{fill:#9a3d0c;font-weight:600}.paper{fill:#fff}.grid{stroke:#dde2e7}.axis{stroke:#8b95a0}
.chance{stroke:#56606b;stroke-dasharray:3 4}.band{fill:#2a6fbf;fill-opacity:.17}
.line{stroke:#2a6fbf;stroke-width:2;fill:none;stroke-linejoin:round}.dot{fill:#2a6fbf}
.ring{fill:none;stroke:#9a3d0c;stroke-width:2}.gap{stroke:#9a3d0c;stroke-width:1.5}
.halo{paint-order:stroke;stroke:#fff;stroke-width:4px;stroke-linejoin:round}
@media (prefers-color-scheme:dark){svg{background:#14181d}text{fill:#e6eaee}.quiet{fill:#a3adb8}.value{fill:#9cc8fa}
.best{fill:#f5a97f}.paper{fill:#14181d}.grid{stroke:#2c343c}.axis{stroke:#6b7682}.chance{stroke:#a3adb8}
.band{fill:#6fb0f5;fill-opacity:.22}.line{stroke:#7fb9f7}.dot{fill:#7fb9f7}.ring,.gap{stroke:#f5a97f}
.halo{stroke:#14181d}}
"""


def curve_svg(compared: Comparison) -> str:
    """Draw every task, and their mean first, with a band of 95 % intervals.

    Runs in the order of their names on the command line, which are no training, are not joined by a line.
    """
    panels = _panels(compared)
    height = max(panel.y + panel.height for panel in panels) + _MARGIN
    footer = list(_footer(compared))
    whole = height + _LINE * len(footer)
    root = ET.Element(
        "svg",
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {_WIDTH:g} {whole:g}",
        width=f"{_WIDTH:g}",
        height=f"{whole:g}",
        role="img",
    )
    ET.SubElement(root, "title").text = _heading(compared)
    ET.SubElement(root, "desc").text = " ".join(_in_words(compared))
    ET.SubElement(root, "style").text = _STYLE
    _shape(root, "rect", "paper", x=0, y=0, width=_WIDTH, height=whole)
    _text(root, _MARGIN, 26, _heading(compared), "title")
    _text(root, _MARGIN, 46, _subtitle(compared), "quiet")
    for panel in panels:
        panel.draw(root)
    for place, line in enumerate(footer):
        _text(root, _MARGIN, height + _LINE * place + 6, line, "quiet")
    ET.indent(root)
    return ET.tostring(root, encoding="unicode") + "\n"


def _heading(compared: Comparison) -> str:
    joined = "Learning curve" if compared.axis.kind != "order" else "Scores"
    return f"{joined} of {len(compared.runs)} {'checkpoints' if compared.axis.kind != 'order' else 'runs'}"


def _subtitle(compared: Comparison) -> str:
    protocols = sorted({one.column.protocol for one in compared.columns if one.column is not None})
    across = {"step": "by step", "tokens": "by tokens", "order": "as named"}[compared.axis.kind]
    shown = "bands" if compared.axis.kind != "order" else "whiskers"
    return f"{', '.join(protocols)}; percent, {across}; {shown}: 95 % intervals"


def _footer(compared: Comparison) -> Iterator[str]:
    if compared.axis.kind == "order":
        yield from (f"{run.position}  {visible(run.name)}" for run in compared.runs)
    if any(one.best is not None for one in compared.columns):
        yield "○ the best of these, chosen by looking: its value is likely to be lower on other documents"
    if any(one.lacking for one in compared.columns):
        yield "× no value: not asked, or incomplete"


def _in_words(compared: Comparison) -> Iterator[str]:
    for part in compared.parts:
        values = ", ".join(
            f"{_told(compared, run)}: {100 * (part.points[run].value or 0.0):.1f}" for run in sorted(part.points)
        )
        yield f"{_title(part, compared)}: {values}."


def _told(compared: Comparison, run: int) -> str:
    if compared.axis.kind == "order":
        return visible(compared.runs[run].name)
    return f"{compared.axis.kind} {compared.runs[run].position}"


def _title(part: Compared, compared: Comparison) -> str:
    if part.column is None:
        return compared.overall_title
    column = part.column
    columns = [one.column for one in compared.columns if one.column is not None]
    again = sum(one.task == column.task for one in columns) > 1
    how = f" {column.protocol} {column.shots}-shot" if again else ""
    return f"{visible(column.task)}{how} ({column.metric})"


def _panels(compared: Comparison) -> list[_Panel]:
    """The first over the whole width, the others in two rows of columns."""
    first, *others = compared.parts
    whole = _WIDTH - 2 * _MARGIN
    panels = [_Panel(compared, first, _MARGIN, _HEAD, whole, _LARGE)]
    half = (whole - _MARGIN) / 2
    for place, part in enumerate(others):
        row, column = divmod(place, 2)
        x, y = _MARGIN + column * (half + _MARGIN), _HEAD + _LARGE + _MARGIN + row * (_SMALL + _MARGIN)
        panels.append(_Panel(compared, part, x, y, half, _SMALL))
    return panels


@dataclass(frozen=True)
class _Point:
    """A value of the curve."""

    run: int
    x: float
    value: float
    interval: tuple[float, float] | None


@dataclass(frozen=True)
class _Panel:
    """One task."""

    compared: Comparison
    part: Compared
    x: float
    y: float
    width: float
    height: float

    def draw(self, root: ET.Element) -> None:
        """Add it to the drawing."""
        group = ET.SubElement(root, "g", transform=f"translate({self.x:g} {self.y:g})")
        title = _title(self.part, self.compared)
        fits = int(_LONGEST * self.width / 280)
        _text(group, 0, 16, title if len(title) <= fits else f"{title[: fits - 1]}…", "head", told=title)
        self._axes(group)
        points = self.points
        if self.compared.axis.kind == "order":
            self._whiskers(group, points)
        else:
            for segment in self._segments(points):
                self._segment(group, segment)
        self._dots(group, points)
        self._gaps(group)
        self._labels(group, points)

    @property
    def metric(self) -> str:
        """Whose range the axis keeps to; a mean may be of several, and keeps to the widest."""
        return self.part.column.metric if self.part.column is not None else "chrf_gain"

    @cached_property
    def across(self) -> Scale:
        """From positions to x."""
        positions = [run.position for run in self.compared.runs]
        inset = 0.0 if self.compared.axis.kind != "order" else 14.0
        return Scale(min(positions), max(positions), _LEFT + inset, self.width - _RIGHT - inset)

    @cached_property
    def up(self) -> Scale:
        """From values to y."""
        floor, top = bounds(self.metric)
        values = [bound for point in self.points for bound in (point.value, *(point.interval or ()))]
        chance = self.chance
        lo, hi = around([*values, *([chance] if chance is not None else [])], floor, top)
        return Scale(lo, hi, self.height - _BOTTOM, _TOP)

    @property
    def chance(self) -> float | None:
        """What guessing scores."""
        return self.part.column.chance if self.part.column is not None else None

    @cached_property
    def points(self) -> list[_Point]:
        """The values that there are, from left to right."""
        found = []
        for run, estimate in self.part.points.items():
            if estimate.value is not None:
                bounded = None
                if estimate.lo is not None and estimate.hi is not None:
                    bounded = clipped(estimate.lo, self.metric), clipped(estimate.hi, self.metric)
                place = self.across(self.compared.runs[run].position)
                found.append(_Point(run, place, estimate.value, bounded))
        return sorted(found, key=lambda point: point.x)

    def _axes(self, group: ET.Element) -> None:
        for value in marks(self.up.lo, self.up.hi, 5 if self.width < 400 else 7):
            y = self.up(value)
            _shape(group, "line", "grid", x1=_LEFT, x2=self.width - _RIGHT, y1=y, y2=y)
            _text(group, _LEFT - 6, y + 4.5, f"{100 * value:g}", "quiet", anchor="end")
        floor = self.height - _BOTTOM
        _shape(group, "line", "axis", x1=_LEFT, x2=self.width - _RIGHT, y1=floor, y2=floor)
        for value in self._marks_across():
            x = self.across(value)
            _shape(group, "line", "axis", x1=x, x2=x, y1=floor, y2=floor + 4)
            _text(group, x, floor + 18, short(value), "quiet", anchor="middle")
        if self.compared.axis.kind != "order":
            _text(group, self.width - _RIGHT + 24, floor + 18, self.compared.axis.kind, "quiet")

    def _marks_across(self) -> Sequence[float]:
        if self.compared.axis.kind == "order":
            return [run.position for run in self.compared.runs]
        return marks(self.across.lo, self.across.hi, 5 if self.width < 400 else 8)

    def _segments(self, points: Sequence[_Point]) -> Iterator[list[_Point]]:
        """Points between which no run lacks a value."""
        ordered = sorted(range(len(self.compared.runs)), key=lambda run: self.compared.runs[run].position)
        known = {point.run: point for point in points}
        for there, runs in groupby(ordered, key=lambda run: run in known):
            if there:
                yield [known[run] for run in runs]

    def _segment(self, group: ET.Element, points: Sequence[_Point]) -> None:
        for bounded, several in groupby(points, key=lambda point: point.interval is not None):
            within = list(several)
            if bounded and len(within) > 1:
                upper = [(point.x, self.up(point.interval[1])) for point in within if point.interval]
                lower = [(point.x, self.up(point.interval[0])) for point in within if point.interval]
                _shape(group, "polygon", "band", points=_places([*upper, *reversed(lower)]))
            elif bounded:
                self._whiskers(group, within)
        if len(points) > 1:
            _shape(group, "polyline", "line", points=_places([(p.x, self.up(p.value)) for p in points]))

    def _whiskers(self, group: ET.Element, points: Sequence[_Point]) -> None:
        for point in points:
            if point.interval is not None:
                lo, hi = map(self.up, point.interval)
                _shape(group, "line", "line", x1=point.x, x2=point.x, y1=lo, y2=hi)

    def _dots(self, group: ET.Element, points: Sequence[_Point]) -> None:
        for point in points:
            dot = _shape(group, "circle", "dot", cx=point.x, cy=self.up(point.value), r=3.2)
            within = "" if point.interval is None else " ({:.1f} to {:.1f})".format(*(100 * b for b in point.interval))
            told = f"{_told(self.compared, point.run)}: {100 * point.value:.1f}{within}"
            ET.SubElement(dot, "title").text = told
            if point.run == self.part.best:
                _shape(group, "circle", "ring", cx=point.x, cy=self.up(point.value), r=6.5)

    def _gaps(self, group: ET.Element) -> None:
        for run, reason in self.part.lacking.items():
            x, y = self.across(self.compared.runs[run].position), self.height - _BOTTOM - 8
            path = f"M{x - 4:.1f} {y - 4:.1f}l8 8m0 -8l-8 8"
            mark = _shape(group, "path", "gap", d=path)
            ET.SubElement(mark, "title").text = visible(f"{_told(self.compared, run)}: {reason}")

    def _labels(self, group: ET.Element, points: Sequence[_Point]) -> None:
        """The last value and chance at the right end, the best one at its point."""
        last = points[-1]
        edge = self.width - _RIGHT
        y = self.up(last.value)
        if self.chance is not None:
            at = self.up(self.chance)
            _shape(group, "line", "chance", x1=_LEFT, x2=edge, y1=at, y2=at)
            apart = at - y
            if abs(apart) < 15:
                at = y + (15 if apart >= 0 else -15)
            _text(group, edge + 10, at + 4.5, "chance", "quiet")
        _text(group, max(edge, last.x) + 10, y + 4.5, f"{100 * last.value:.1f}", "value")
        best = next((point for point in points if point.run == self.part.best), None)
        if best is not None and best is not last:
            at = self.up(best.value)
            y = at - 12 if at - 24 > _TOP else at + 22
            _text(group, best.x, y, f"{100 * best.value:.1f}", "best halo", anchor="middle")


def _shape(parent: ET.Element, tag: str, kind: str, **places: float | str) -> ET.Element:
    written = {name: value if isinstance(value, str) else f"{value:.1f}" for name, value in places.items()}
    return ET.SubElement(parent, tag, {"class": kind, **written})


def _text(
    parent: ET.Element, x: float, y: float, text: str, kind: str, *, anchor: str = "start", told: str | None = None
) -> None:
    element = ET.SubElement(parent, "text", {"class": kind, "x": f"{x:.1f}", "y": f"{y:.1f}", "text-anchor": anchor})
    element.text = text
    if told is not None and told != text:
        ET.SubElement(element, "title").text = told


def _places(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
