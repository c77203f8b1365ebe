"""Where a choice fails, in words and drawn: what `sim.analysis.discovery` found, for a reader who plans.

A box is a sentence; where it limits the lead time it is a region on the charts over lead time, named on the chart
itself; and its cases are points over the two places that it limits most.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from sim.analysis.boxes import Box, HeldOut, Limit
from sim.analysis.discovery import Cases, Discovery, region
from sim.errors import BadInput
from sim.outcomes.measures import unit_of
from sim.scenario import Scenario
from sim.text import formats, words
from sim.text.catalogue import speaker
from sim.view import drawing as draw
from sim.view import names
from sim.view.drawing import Floats, Label, Parts, Trace

HALF = 0.5  # a box in which fewer fail, or a limit found again less often, is said with care
CLEAR = 0.001  # a quasi-p up to it is no luck, also where few resamples find the limit again
HEIGHT = 380
TICKS = (0.1, 0.37, 0.63, 0.9)  # of an axis, so that the texts at its ends have room
JITTER = 0.6  # of the room that a named alternative has on an axis
FAILS = "rgba(213,94,0,0.16)"
LOOKS = {  # colour and form both, for whoever sees colours differently
    "fails": {"color": draw.VERMILION, "symbol": "x", "size": 7},
    "reaches": {"color": draw.BLUE, "symbol": "circle-open", "size": 7},
    "undecided": {"color": draw.GREY, "symbol": "diamond-open", "size": 7},
}


def sentences(found: Discovery, language: str) -> list[str]:
    """What was found: how many cases fail, where, how stable that is, and how many cases cannot be told."""
    _ = speaker(language)
    said = [failing(found.cases, language)]
    held = [found.held_out, *[None] * len(found.boxes)]
    said += [box_sentence(box, _scenario(found), n > 0, language, held[n]) for n, box in enumerate(found.boxes)]
    if not found.boxes:
        return [*said, _("No part of what was varied stands out as where it fails.")]
    if len(found.boxes) > 1:
        coverage = formats.probability(found.coverage, language)
        said.append(_("Together these parts cover {coverage} of the failures.", coverage=coverage))
    said += stability(found, language)
    if found.cases.undecided:
        said.append(undecided(found.cases, language))
    return said


def failing(cases: Cases, language: str) -> str:
    """How many cases fail, and what that means."""
    _ = speaker(language)
    fields = {
        "failed": formats.number(int(cases.failed.sum()), language, 6),
        "n": formats.number(len(cases.points), language, 6),
        "p": formats.probability(cases.probability, language),
    }
    if cases.share is None:
        return _(
            "{failed} of {n} cases fail: a brand is ready for the day in less than {p} of their replications.", **fields
        )
    share = formats.share(cases.share, language)
    return _(
        "{failed} of {n} cases fail: {share} is reached in less than {p} of their replications.", **fields, share=share
    )


def box_sentence(box: Box, scenario: Scenario, more: bool, language: str, held_out: HeldOut | None = None) -> str:
    """Where it fails, with how it does on held-out cases where that is known; `more` for boxes after the first."""
    _ = speaker(language)
    limits = formats.listed([said(limit, scenario, language) for limit in box.limits], language)
    measures = _measures(box, held_out, language)
    if more:
        return _("It also fails ({measures}) where {limits}.", measures=measures, limits=limits)
    if box.density < HALF:
        return _("It fails more often than elsewhere ({measures}) where {limits}.", measures=measures, limits=limits)
    return _("It fails mostly ({measures}) where {limits}.", measures=measures, limits=limits)


def _measures(box: Box, held_out: HeldOut | None, language: str) -> str:
    """Density and coverage on the cases that chose the box, and beside them on cases that did not."""
    _ = speaker(language)
    here = _(
        "density {density}, covers {coverage} of the failures",
        density=formats.probability(box.density, language),
        coverage=formats.probability(box.coverage, language),
    )
    if held_out is None or math.isnan(held_out.coverage):
        return here
    coverage = formats.probability(held_out.coverage, language)
    if not held_out.cases:
        return _("{here}; of held-out cases none lies within, coverage {coverage}", here=here, coverage=coverage)
    density = formats.probability(held_out.density, language)
    return _("{here}; held out {density} and {coverage}", here=here, density=density, coverage=coverage)


def stability(found: Discovery, language: str) -> list[str]:
    """What is held out, which limits of the first box are found again, and on which cases luck was counted."""
    _, first, scenario = speaker(language), found.boxes[0], _scenario(found)
    told = []
    if not math.isnan(found.held_out.coverage):
        told.append(_("Held out means: found on part of the cases and tried on the rest, each part in turn."))
    stable = [limit for limit in first.limits if math.isfinite(limit.reproduced_density)]
    parts = [
        f"{names.number(limit.path, scenario, language)} ({formats.probability(limit.reproduced_density, language)})"
        for limit in stable
    ]
    if parts:
        listed = formats.listed(parts, language)
        told.append(
            _("How often the same side is limited in random halves of the cases: {parts}.", parts=listed)
            if found.method == "prim"
            else _("How often the same side is limited in new draws of the cases: {parts}.", parts=listed)
        )
    weak = [names.number(one.path, scenario, language) for one in stable if _may_be_chance(one)]
    if weak:
        told.append(_("What may be chance: {parts}.", parts=formats.listed(weak, language)))
    if any(_luck(limit) for limit in first.limits):
        told.append(_("Quasi-p is counted on the cases that chose the box, so that luck is likelier than it says."))
    return told


def _luck(limit: Limit) -> list[float]:
    """The quasi-p of each of its ends, the lower one first."""
    return [p for p in (limit.luck_low, limit.luck_high) if not math.isnan(p)]


def _may_be_chance(limit: Limit) -> bool:
    """Whether few resamples have a limit, and nothing else speaks for it: half of the cases often are too few."""
    return limit.reproduced_density < HALF and max(_luck(limit), default=1.0) > CLEAR


def undecided(cases: Cases, language: str) -> str:
    """How many cases so few replications cannot tell."""
    return speaker(language).gettext(
        "With {r} replications each, {n} cases are too close to tell; they count as they are estimated.",
        r=formats.number(cases.replications, language, 6),
        n=formats.number(cases.undecided, language, 6),
    )


def said(limit: Limit, scenario: Scenario, language: str) -> str:
    """A limit for the middle of a sentence: "coaching takes longer than 14 days"."""
    _, path = speaker(language), limit.path
    if limit.allowed is not None:
        shown = [value(path, one, scenario, language) for one in limit.allowed]
        listed = shown[0]
        for other in shown[1:]:
            listed = _("{a} or {b}", a=listed, b=other)
        return _("{name} is {value}", name=names.number(path, scenario, language), value=listed)
    low, high = (value(path, end, scenario, language) if math.isfinite(end) else "" for end in (limit.low, limit.high))
    if (stage := _stage(path, scenario, language)) is not None:
        if low and high:
            return _("{name} takes from {low} to {high}", name=stage, low=low, high=high)
        long = _("{name} takes longer than {low}", name=stage, low=low)
        return long if low else _("{name} takes less than {high}", name=stage, high=high)
    name = names.number(path, scenario, language)
    if low and high:
        return _("{name} is from {low} to {high}", name=name, low=low, high=high)
    above = _("{name} is above {low}", name=name, low=low)
    return above if low else _("{name} is below {high}", name=name, high=high)


def value(path: str, found: Any, scenario: Scenario, language: str) -> str:
    """What stands at a path, with its unit."""
    if isinstance(found, bool | str):
        field = path.rpartition(".")[2]
        if isinstance(found, bool) or field not in words.CHOICES:
            return str(found)
        return words.choice(field, found, language, words.titles_of(scenario))
    return words.amount(float(found), unit_of(scenario, path), language)


def _title(limit: Limit, scenario: Scenario, language: str) -> str:
    """What an axis is called, with the unit that its ticks leave out."""
    name, unit = names.number(limit.path, scenario, language), unit_of(scenario, limit.path)
    if limit.allowed is not None or unit not in words.AROUND:
        return name
    return f"{name} ({speaker(language).ngettext(*words.AROUND[unit], 2, n='').strip()})"


def table(found: Discovery, language: str) -> pd.DataFrame:
    """Every limit of every box as finished text."""
    _, scenario = speaker(language), _scenario(found)
    rows = []
    for n, box in enumerate(found.boxes, 1):
        for limit in box.limits:
            luck = [formats.number(p, language, 2) for p in _luck(limit)]
            again = limit.reproduced_density
            rows.append(
                {
                    _("Part"): formats.number(n, language),
                    _("Fails where"): formats.capital(said(limit, scenario, language)),
                    _("Density"): formats.probability(box.density, language),
                    _("Coverage"): formats.probability(box.coverage, language),
                    _("By luck, counted on the same cases (quasi-p)"): "; ".join(luck) or "–",
                    _("Found again"): formats.probability(again, language) if math.isfinite(again) else "–",
                }
            )
    return pd.DataFrame(rows)


def with_region(parts: Parts, box: Box, language: str) -> Parts:
    """A chart over lead time with the lead times shaded in which a box lies; as it is where the box does not limit it.

    Parameters
    ----------
    parts : Parts
        Of `figures.share` or `figures.readiness`: its horizontal axis is in weeks.
    box : Box
    """
    found = region(box)
    if found is None:
        return parts
    last = float(parts.layout["xaxis"]["range"][1])
    low, high = max(found[0], 0.0), min(found[1], last)
    if low >= high:
        return parts
    text = speaker(language).gettext(
        "fails mostly, {low} to {high}", low=_weeks(low, language, False), high=_weeks(high, language)
    )
    place = {"x0": low, "x1": high, "y0": 0, "y1": 1, "yref": "paper", "layer": "below"}
    shade = {"type": "rect", **place, "fillcolor": FAILS, "line": {"width": 0}}
    label: Label = {"text": text, "x": (low + high) / 2, "y": 1, "yref": "paper", "showarrow": False}
    label |= {"xanchor": "center", "yanchor": "top", "yshift": -4}
    if (high - low) < HALF * last:  # too narrow for its name over the middle
        label |= {"x": low, "xanchor": "left"} if low < HALF * last else {"x": high, "xanchor": "right"}
    layout = parts.layout | {
        "shapes": [*parts.layout["shapes"], shade],
        "annotations": [*parts.layout["annotations"], label],
    }
    return dataclasses.replace(parts, layout=layout)


def scatter(found: Discovery, language: str, number: int = 0) -> Parts:
    """The cases over the two places that a box limits most, with the box; of one place, over how often they reach it.

    Parameters
    ----------
    found : Discovery
    number : int
        Of the box, from 0.
    """
    if not found.boxes:
        raise BadInput("scatter", "needs a box, and none was found")
    _, box, scenario = speaker(language), found.boxes[number], _scenario(found)
    table, across = found.cases.table, _Axis.of(found.cases, box.limits[0], language)
    second = box.limits[1] if len(box.limits) > 1 else None
    up = _Axis.reached(found.cases, language) if second is None else _Axis.of(found.cases, second, language)
    texts = _hover(found, box, language)
    known = ~table["undecided"].to_numpy(bool)
    failed = table["failed"].to_numpy(bool)
    groups = {"fails": known & failed, "reaches": known & ~failed, "undecided": ~known}
    called = {"fails": _("fails"), "reaches": _("does not fail"), "undecided": _("too close to tell")}
    traces = [_points(across.at[some], up.at[some], called[name], name, texts[some]) for name, some in groups.items()]
    (x0, x1), (y0, y1) = across.ends, up.ends
    rect = {"type": "rect", "x0": x0, "x1": x1, "y0": y0, "y1": y1, "layer": "below", "fillcolor": FAILS}
    label: Label = {
        "text": _("fails mostly"),
        "x": x1,
        "y": y1,
        "xanchor": "right",
        "yanchor": "top",
        "showarrow": False,
    }
    layout = draw.sheet(language) | {
        "xaxis": across.layout(_title(box.limits[0], scenario, language)),
        "yaxis": up.layout(_("chance of reaching it") if second is None else _title(second, scenario, language)),
        "shapes": [rect | {"line": {"color": draw.VERMILION, "width": 1.5, "dash": "dash"}}],
        "annotations": [label],
        "showlegend": True,
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
    }
    return Parts(traces, layout, HEIGHT)


@dataclasses.dataclass(frozen=True, eq=False)
class _Axis:
    """Where cases stand on an axis, where a box ends on it, and its ticks."""

    at: Floats
    ends: tuple[float, float]
    span: tuple[float, float]
    ticks: Sequence[float]
    texts: Sequence[str]

    @classmethod
    def of(cls, cases: Cases, limit: Limit, language: str) -> _Axis:
        scenario, column = _of_scenario(cases), cases.points[limit.path]
        if limit.allowed is not None:
            return cls._named(column, limit, scenario, language)
        at = column.to_numpy(float)
        low, high = float(at.min()), float(at.max())
        edge = (high - low) * 0.03
        ticks = [low + (high - low) * part for part in TICKS]
        texts = [words.bare(x, unit_of(scenario, limit.path), language) for x in ticks]
        return cls(
            at, (max(limit.low, low - edge), min(limit.high, high + edge)), (low - edge, high + edge), ticks, texts
        )

    @classmethod
    def _named(cls, column: pd.Series, limit: Limit, scenario: Scenario, language: str) -> _Axis:
        """Alternatives side by side, those within the box first, the points of each a little apart."""
        allowed = limit.allowed or ()
        levels = [*allowed, *sorted(set(column) - set(allowed), key=str)]
        apart = np.linspace(-JITTER / 2, JITTER / 2, len(column))
        at = column.map({level: n for n, level in enumerate(levels)}).to_numpy(float) + apart
        texts = [value(limit.path, level, scenario, language) for level in levels]
        span = (-HALF, len(levels) - HALF)
        return cls(at, (-HALF, len(allowed) - HALF), span, [float(n) for n in range(len(levels))], texts)

    @classmethod
    def reached(cls, cases: Cases, language: str) -> _Axis:
        """How often each case reaches the target."""
        ticks = [0.0, 0.25, 0.5, 0.75, 1.0]
        texts = [formats.probability(x, language) for x in ticks]
        return cls(cases.table["reached"].to_numpy(float), (-0.03, cases.probability), (-0.03, 1.03), ticks, texts)

    def layout(self, title: str) -> dict[str, Any]:
        """As plotly has it."""
        marks = {"tickvals": list(self.ticks), "ticktext": list(self.texts), "zeroline": False}
        return {"range": list(self.span), "title": {"text": formats.capital(title)}, **marks, **draw.QUIET}


def _points(x: Floats, y: Floats, name: str, look: str, texts: np.ndarray[Any, Any]) -> Trace:
    made: Trace = {"type": "scatter", "mode": "markers", "x": x, "y": y, "name": name, "visible": True}
    return made | {"marker": LOOKS[look]} | draw.hover(texts.tolist())


def _hover(found: Discovery, box: Box, language: str) -> np.ndarray[Any, Any]:
    """What is said of each case: where it stands in what the box limits, and how often it reaches the target."""
    _, scenario, rows = speaker(language), _scenario(found), []
    columns = {limit.path: found.cases.points[limit.path].tolist() for limit in box.limits}
    told = found.cases.table[["reached", "reached_low", "reached_high"]].to_numpy(float)
    for n, (reached, low, high) in enumerate(told):
        lines = [
            f"{formats.capital(names.number(path, scenario, language))}: {value(path, column[n], scenario, language)}"
            for path, column in columns.items()
        ]
        span = formats.ranged(low, high, formats.probability, language)
        lines.append(_("reached in {p} ({span})", p=formats.probability(reached, language), span=span))
        rows.append("<br>".join(lines))
    return np.array(rows, dtype=object)


def _stage(path: str, scenario: Scenario, language: str) -> str | None:
    """The stage whose duration stands at a path; None for anything else."""
    parts = path.split(".")
    if parts[:2] != ["pathway", "stages"] or not path.endswith((".duration", ".duration.mean", ".duration.days")):
        return None
    return words.small(words.name_of(f"stage.{parts[2]}", language, words.titles_of(scenario)))


def _weeks(x: float, language: str, unit: bool = True) -> str:
    return formats.weeks(x, language, unit)


def _scenario(found: Discovery) -> Scenario:
    return _of_scenario(found.cases)


def _of_scenario(cases: Cases) -> Scenario:
    if cases.scenario is None:
        raise BadInput("cases", "are not of a scenario, so that nothing in them has a name")
    return cases.scenario
