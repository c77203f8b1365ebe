"""A replay as an animated chart, in words and as a table. Pure functions; nothing simulated.

Each row is one bar: of a stage, the workshops by what becomes of them; of coaches or laboratories, the places taken
and free and who waits for one; of the goods, what is in the warehouse. A frame holds only what differs from moment to
moment, so that a browser plays it without asking anybody.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.text import formats, words
from sim.text.catalogue import N_, speaker
from sim.view import drawing as draw
from sim.view.drawing import Parts, Trace
from sim.view.replay import STATES, Replay
from sim.view.tables import html

Floats = NDArray[np.float64]

ROW_PIXELS, BAR = 38, 0.36
TRACK, GONE = "rgba(128,136,146,0.22)", "rgba(128,136,146,0.75)"
# From left to right; a stage has no free places, and resources have no stages, so that one order does for all.
KINDS = {
    "stock": draw.AMBER,
    "passed": draw.GREEN,
    "served": draw.BLUE,
    "free": TRACK,
    "waiting": draw.VERMILION,
    "to come": TRACK,
    "left": GONE,
}
KEY = {
    "passed": N_("passed"),
    "served": N_("being served"),
    "waiting": N_("waiting for a place"),
    "to come": N_("still to come, or free"),
    "left": N_("left the programme"),
    "stock": N_("in the warehouse"),
}
TABLE_ROWS = 14


@dataclasses.dataclass(frozen=True, eq=False)
class Row:
    """One line of the chart.

    Attributes
    ----------
    name : str
    widths : dict of kind to ndarray, float64 [moment]
        Parts of the whole line; a heading has none.
    texts : list of str
        The numbers of each moment.
    """

    name: str
    widths: dict[str, Floats]
    texts: list[str]


@dataclasses.dataclass(frozen=True, eq=False)
class Film:
    """Everything that is shown of a replay in one language.

    Attributes
    ----------
    parts : Parts
        The chart at the first moment.
    frames : list of dict
        For each moment `x`, the lengths of the bars of every kind, and `text`, the numbers beside them.
    said : list of str
        Each moment in words.
    sentence, table : str
        The whole of it in words, and as HTML.
    """

    parts: Parts
    frames: list[dict[str, Any]]
    said: list[str]
    sentence: str
    table: str


def film(replay: Replay, titles: words.Titles, language: str) -> Film:
    """A replay as a chart with frames, in words and as a table."""
    rows = list(_rows(replay, titles, language))
    widths = np.stack([[row.widths.get(kind, np.zeros(len(replay.days))) for row in rows] for kind in KINDS])
    frames = [
        {"x": np.round(widths[:, :, m], 4).tolist(), "text": [row.texts[m] for row in rows]}
        for m in range(len(replay.days))
    ]
    return Film(
        parts=_parts(rows, frames[0], language),
        frames=frames,
        said=[formats.unbroken(_moment(replay, m, language)) for m in range(len(replay.days))],
        sentence=sentence(replay, titles, language),
        table=table(replay, titles, language),
    )


def colours(language: str) -> dict[str, str]:
    """What each colour stands for."""
    _ = speaker(language)
    return {_(name): KINDS[kind] for kind, name in KEY.items()}


# ── the chart ────────────────────────────────────────────────────────────────────────────────────────


def _parts(rows: list[Row], first: dict[str, Any], language: str) -> Parts:
    places = np.arange(len(rows), dtype=float)[::-1]
    traces: list[Trace] = [
        {
            "type": "bar",
            "orientation": "h",
            "x": lengths,
            "y": places,
            "width": BAR,
            "marker": {"color": colour, "line": {"width": 0}},
            "hoverinfo": "skip",
        }
        for lengths, colour in zip(first["x"], KINDS.values(), strict=True)
    ]
    traces.append(
        {
            "type": "scatter",
            "mode": "text",
            "x": np.ones(len(rows)),
            "y": places + BAR / 2 + 0.02,
            "text": first["text"],
            "textposition": "top left",
            "textfont": {"size": 13},
            "cliponaxis": False,
            "hoverinfo": "skip",
        }
    )
    layout = draw.sheet(language) | {
        "barmode": "stack",
        "xaxis": {"visible": False, "range": [0, 1], "fixedrange": True},
        "yaxis": {"visible": False, "range": [-0.4, len(rows) - 0.2], "fixedrange": True},
        "annotations": [
            draw.bar_label(row.name, place)
            | ({"yshift": 7} if row.widths else {"yshift": -8, "text": f"<b>{row.name}</b>"})
            for row, place in zip(rows, places, strict=True)
        ],
        "margin": {"l": 4, "r": 4, "t": 4, "b": 4},
    }
    return Parts(traces, layout, ROW_PIXELS * len(rows) + 8)


def _rows(replay: Replay, titles: words.Titles, language: str) -> Iterator[Row]:
    _ = speaker(language)
    if replay.workshops:
        yield _heading(_("Workshops: {n}", n=formats.number(replay.workshops, language)), replay)
    else:
        yield _heading(_("Clusters: {n}", n=formats.number(replay.clusters, language)), replay)
    for s, stage in enumerate(replay.stages):
        if not (replay.workshops and replay.on_cluster[s]):
            yield _stage(replay, s, words.name_of(f"stage.{stage}", language, titles), language)
    if replay.workshops and replay.on_cluster.any():
        yield _cluster_stages(replay, language)
    if replay.resources:
        yield _heading(_("Places: taken, free, and who waits"), replay)
        for r, resource in enumerate(replay.resources):
            yield _resource(replay, r, words.name_of(f"resource.{resource}", language, titles), language)
    yield _heading(_("In the warehouse"), replay)
    yield _stock(replay, language)


def _heading(name: str, replay: Replay) -> Row:
    return Row(name, {}, [""] * len(replay.days))


def _stage(replay: Replay, s: int, name: str, language: str) -> Row:
    _, counts = speaker(language), replay.by_stage[:, :, s]
    passed, waiting = (counts[:, STATES.index(state)] for state in ("passed", "waiting"))
    if waiting.any():
        said = N_("{waiting} wait, {passed} passed")
    else:  # shorter, so that a long name has room on a telephone
        said = N_("{passed} passed")
    return Row(
        name,
        {state: counts[:, i] / max(replay.having()[s], 1) for i, state in enumerate(STATES)},
        [
            _(said, waiting=_number(w, language), passed=_number(p, language))
            for w, p in zip(waiting, passed, strict=True)
        ],
    )


def _cluster_stages(replay: Replay, language: str) -> Row:
    """All stages of all clusters in one line: there are many, and mostly one runs after the other."""
    _, counts = speaker(language), replay.by_stage[:, :, replay.on_cluster].sum(axis=2)
    all_of_them = int(counts[0].sum())
    return Row(
        _("Stages of the cluster") if replay.clusters == 1 else _("Stages of the clusters"),
        {state: counts[:, i] / all_of_them for i, state in enumerate(STATES)},
        [
            _("{n} of {all} passed", n=_number(n, language), all=_number(all_of_them, language))
            for n in counts[:, STATES.index("passed")]
        ],
    )


def _resource(replay: Replay, r: int, name: str, language: str) -> Row:
    """Places on the left, as wide as they are many beside the longest queue, which grows on the right."""
    _, places = speaker(language), int(replay.places[r])
    used, queue = replay.in_use[:, r], replay.queue[:, r]
    whole = places + int(queue.max())
    return Row(
        name,
        {"served": used / whole, "free": (places - used) / whole, "waiting": queue / whole},
        [
            _(
                "{used} of {places}, {queue} wait",
                used=_number(u, language),
                places=_number(places, language),
                queue=_number(q, language),
            )
            for u, q in zip(used, queue, strict=True)
        ],
    )


def _stock(replay: Replay, language: str) -> Row:
    _, items = speaker(language), replay.items.sum(axis=1)
    most = max(float(replay.asked.sum()) or float(items[-1]), 1.0)
    filled = np.minimum(items / most, 1.0)
    texts = [
        _("{items} of {asked} items", items=_items(n, language), asked=_items(most, language))
        if replay.asked.any()
        else _("{items} items", items=_items(n, language))
        for n in items
    ]
    return Row(_("Stock"), {"stock": filled, "free": 1.0 - filled}, texts)


def _number(n: int, language: str) -> str:
    return formats.number(int(n), language)


def _items(n: float, language: str) -> str:
    return formats.number(round(float(n)), language)


# ── in words ─────────────────────────────────────────────────────────────────────────────────────────


def _moment(replay: Replay, m: int, language: str) -> str:
    """What stands on the chart at one moment."""
    _ = speaker(language)
    week, items = formats.number(float(replay.weeks[m]), language), _items(replay.items[m].sum(), language)
    if not replay.workshops:
        counts = replay.by_stage[m].sum(axis=1)
        done, everything = _number(counts[STATES.index("passed")], language), _number(counts.sum(), language)
        return _(
            "Week {week}: {n} of {all} stages are passed; {items} items in stock.",
            week=week,
            n=done,
            all=everything,
            items=items,
        )
    counts = {state: _number(n, language) for state, n in zip(STATES, replay.doing[m], strict=True)}
    return _(
        "Week {week}: of {all} workshops {served} are being served, {waiting} only wait, {passed} have passed "
        "everything, {left} have left; {items} items in stock.",
        week=week,
        all=_number(replay.workshops, language),
        served=counts["served"],
        waiting=counts["waiting"],
        passed=counts["passed"],
        left=counts["left"],
        items=items,
    )


def sentence(replay: Replay, titles: words.Titles, language: str) -> str:
    """The whole replication in a few sentences."""
    _ = speaker(language)
    weeks = formats.weeks(float(replay.weeks[-1]), language)
    said = [_("One replication, the one nearest to the median, over {weeks}.", weeks=weeks)]
    if replay.workshops:
        passed, left = (_number(replay.doing[-1, STATES.index(state)], language) for state in ("passed", "left"))
        n = _number(replay.workshops, language)
        said.append(_("Of {n} workshops {passed} pass everything and {left} leave.", n=n, passed=passed, left=left))
    return " ".join([*said, _longest_queue(replay, titles, language), _filled(replay, language)]).replace("  ", " ")


def _longest_queue(replay: Replay, titles: words.Titles, language: str) -> str:
    _ = speaker(language)
    if not replay.queue.any():
        return _("Nobody ever waits for a place.") if replay.resources else ""
    m, r = np.unravel_index(int(replay.queue.argmax()), replay.queue.shape)
    return _(
        "The longest queue is at {resource}: {n} in week {week}.",
        resource=words.small(words.name_of(f"resource.{replay.resources[r]}", language, titles)),
        n=_number(replay.queue[m, r], language),
        week=formats.number(float(replay.weeks[m]), language),
    )


def _filled(replay: Replay, language: str) -> str:
    """When every brand has the stock that the rule asks."""
    _ = speaker(language)
    if not replay.asked.any():
        return ""
    there = (replay.items >= replay.asked).all(axis=1)
    if not there.any():
        return _("The stock that the rule asks is never all there.")
    week = formats.number(float(replay.weeks[int(there.argmax())]), language)
    return _("The stock that the rule asks is all there in week {week}.", week=week)


def table(replay: Replay, titles: words.Titles, language: str) -> str:
    """Some moments, evenly apart and the last among them."""
    _ = speaker(language)
    last = len(replay.days) - 1
    moments = sorted({*range(0, last + 1, max(1, -(-last // TABLE_ROWS))), last})
    columns = {_("Week"): [formats.number(float(replay.weeks[m]), language) for m in moments]}
    if replay.workshops:
        heads = {
            "served": _("Being served"),
            "waiting": _("Only waiting"),
            "passed": _("Passed everything"),
            "left": _("Left"),
            "to come": _("Still to come"),
        }
        for state, head in heads.items():
            columns[head] = [_number(replay.doing[m, STATES.index(state)], language) for m in moments]
    else:
        passed = replay.by_stage[:, STATES.index("passed")].sum(axis=1)
        columns[_("Stages passed")] = [_number(passed[m], language) for m in moments]
    for r in np.flatnonzero(replay.queue.any(axis=0)):
        head = words.name_of(f"queue.{replay.resources[r]}", language, titles)
        columns[formats.capital(head)] = [_number(replay.queue[m, r], language) for m in moments]
    columns[_("Items in stock")] = [_items(replay.items[m].sum(), language) for m in moments]
    return html(columns)
