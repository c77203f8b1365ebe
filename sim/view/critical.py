"""The critical path: what the time until readiness is made of, one thing after the other, as chart, words and table."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.text import formats, words
from sim.text.catalogue import speaker
from sim.view import answer, tables
from sim.view import drawing as draw
from sim.view.answer import Setting
from sim.view.drawing import Parts
from sim.view.exhibits import Exhibit
from sim.view.session import Shown
from sim.view.tables import floats

LEAST_PART = 0.01  # of the whole path: what is shorter is drawn together
MOST_NAMED = 3
QUEUE = "queue."
COLOURS = {"stage": draw.BLUE, "queue": draw.AMBER, "cap": draw.GREEN, "gate": draw.GREY}
MADE = ("cap.capacity", "stage.shipping")


class CriticalPath(Exhibit):
    """Mean weeks of what lies on the path to being ready."""

    key = "path"

    def title(self, language: str) -> str:
        """Its heading."""
        return speaker(language).gettext("The critical path")

    def hint(self, language: str) -> str:
        """What is drawn, and in which colours."""
        return speaker(language).gettext(
            "Mean weeks, one thing after the other, where a brand is ever ready. Blue: stages; amber: waiting; green: "
            "making and shipping the goods; grey: from the closing of a gate to the day."
        )

    def parts(self, shown: Shown, setting: Setting) -> Parts:
        """A bar for each thing, where it lies on the path."""
        path = shown.reading.path
        return chart(path, _names(shown, setting.language), shown.reading.last_week, setting.language)

    def sentence(self, shown: Shown, setting: Setting) -> str:
        """How long it is, and what is longest on it."""
        _, language, path = speaker(setting.language), setting.language, shown.reading.path
        if path.empty:
            return _("No brand is ever ready, so there is no path to the day.")
        called = _names(shown, language)
        largest = path.sort_values(ascending=False, kind="stable").head(MOST_NAMED)
        named = [
            f"{words.small(called[label])} ({formats.weeks(weeks, language)})"
            for label, weeks in zip(map(str, largest.index), floats(largest), strict=True)
        ]
        waiting = sum(weeks for label, weeks in _records(path) if label.startswith(QUEUE))
        return _(
            "Where readiness ever comes, {who} reaches it after {weeks} on average. Longest on the path: {parts}. "
            "Waiting for somebody takes {waiting}.",
            who=_last(shown, language),
            weeks=formats.weeks(float(path.sum()), language),
            parts=formats.listed(named, language),
            waiting=formats.weeks(waiting, language),
        )

    def table(self, shown: Shown, setting: Setting) -> str:
        """Everything on the path with its weeks."""
        _, language, path = speaker(setting.language), setting.language, shown.reading.path
        called, whole = _names(shown, language), max(float(path.sum()), 1e-9)
        columns = {
            _("On the path"): [formats.capital(called[label]) for label, _weeks in _records(path)],
            _("Mean"): [formats.weeks(weeks, language) for _label, weeks in _records(path)],
            _("Part of the path"): formats.parts([weeks / whole for _label, weeks in _records(path)], language),
        }
        return tables.html(columns)


def chart(path: pd.Series, called: dict[str, str], last_week: float, language: str) -> Parts:
    """The path as bars, each beginning where the one before ends.

    Parameters
    ----------
    path : Series
        Mean weeks by label, in the order of the path.
    called : dict
        Displayed names by label.
    last_week : float
        At least so many weeks are shown.
    """
    _ = speaker(language)
    shown = [(label, weeks) for label, weeks in _records(path) if weeks >= LEAST_PART * float(path.sum())]
    rest = float(path.sum()) - sum(weeks for _label, weeks in shown)
    rows = [(called[label], weeks, _colour(label)) for label, weeks in shown]
    if rest > 1e-9:
        rows.append((_("others"), rest, draw.GREY))
    ends = np.cumsum([weeks for _name, weeks, _colour in rows])
    starts = ends - np.array([weeks for _name, weeks, _colour in rows])
    places = np.arange(len(rows), dtype=float)[::-1]
    right = max(float(ends[-1]) if rows else 0.0, float(last_week)) * 1.02
    names = [
        f"{formats.capital(name)}: <b>{formats.weeks(weeks, language, unit=False)}</b>" for name, weeks, _colour in rows
    ]
    layout = draw.sheet(language) | {
        "xaxis": draw.weeks_axis(right, _("weeks since the start")),
        "yaxis": {"visible": False, "range": [-0.6, max(len(rows), 1) - 0.2], "fixedrange": True},
        # From the left, where a long name has room on a telephone, wherever its bar lies.
        "annotations": [draw.bar_label(name, row) for name, row in zip(names, places, strict=True)],
    }
    trace = draw.spans(starts, ends, places, [colour for _name, _weeks, colour in rows], opacity=1.0)
    return Parts([trace], layout, draw.SPAN_PIXELS * max(len(rows), 1) + 90)


def _colour(label: str) -> str:
    return COLOURS["cap" if label in MADE else label.partition(".")[0]]


def _names(shown: Shown, language: str) -> dict[str, str]:
    titles = words.titles_of(shown.scenario)
    return {label: words.name_of(label, language, titles) for label, _weeks in _records(shown.reading.path)}


def _last(shown: Shown, language: str) -> str:
    many = len(shown.reading.result.brands) > 1
    return speaker(language)("the last brand") if many else answer.who(shown.scenario, language)


def _records(path: pd.Series) -> list[tuple[str, float]]:
    return list(zip(map(str, path.index), floats(path), strict=True))
