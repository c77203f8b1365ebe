"""The least cost of a target, what share costs, and the next million: as sentences, a chart and tables."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from sim.analysis.offers import LEAD
from sim.analysis.optimise import LeastCost, Searched, TradeOffs
from sim.errors import BadInput
from sim.scenario import Scenario
from sim.text import formats
from sim.text.catalogue import N_, check, speaker
from sim.view import drawing as draw
from sim.view import levers
from sim.view.intervals import Dot, dots
from sim.view.scale import Scale

HEIGHT = 460
BILLION = 1e9
PLAIN, SMALLEST, GROWTH = 10.0, 9.0, 0.12  # pixels of a marker, and more for each week
STATES = {"holds": N_("holds"), "open": N_("cannot be told"), "fails": N_("fails")}


def least_cost_lines(found: LeastCost, language: str) -> list[str]:
    """The finding in sentences: what it costs, how sure that is, what the search promised too much."""
    _ = speaker(language)
    best, fields = found.best, _said(found, language)
    if found.state == "fails":
        said = [
            _(
                "Of the settings looked at again ({k}) none reaches {aim} with a chance of {p}; the best reaches it "
                "with {q} ({span}).",
                **fields,
            )
        ]
    elif found.state == "open":
        said = [
            _(
                "Whether any of the settings looked at again ({k}) reaches {aim} with a chance of {p} cannot be told "
                "from {n} fresh replications; this one reaches it with {q} ({span}) and costs the programme {cost} "
                "({cost_span}).",
                **fields,
            )
        ]
    else:
        said = [
            _(
                "Of the settings looked at again ({k}) the least costly that reaches {aim} with a chance of at least "
                "{p} costs the programme {cost} ({cost_span}); on {n} fresh replications it reaches it with {q} "
                "({span}).",
                **fields,
            )
        ]
    said.append(_("Its setting: {setting}.", setting=setting_text(found, best, language)))
    said.append(_promised(best, language))
    now = found.now
    said.append(
        _(
            "As it is, the scenario costs {cost} and reaches it with {q}.",
            cost=formats.rupiah(now["programme_idr"], language),
            q=formats.probability(now["probability"], language),
        )
    )
    return said + _caveats(found, language)


def trade_off_lines(found: TradeOffs, language: str) -> list[str]:
    """How many settings are on the front, what the ends of it are, and what fell off it."""
    _ = speaker(language)
    kept = found.table.loc[~found.table["dominated"].to_numpy(dtype=bool)]
    most = kept.iloc[int(kept["share"].to_numpy().argmax())]
    said = [
        _(
            "{tried} settings were tried, of which {all} are bettered by no other in cost, share and lead time at "
            "once; {again} of these were simulated again on fresh random numbers, and {kept} are still bettered by "
            "none of them.",
            tried=formats.number(len(found.tried), language, 6),
            all=formats.number(int(found.tried["front"].sum()), language, 6),
            again=formats.number(len(found.table), language, 6),
            kept=formats.number(len(kept), language, 6),
        ),
        _(
            "The highest mean share of those simulated again, {share} ({span}), costs the programme {cost} and takes "
            "{weeks}.",
            share=formats.share(most["share"], language),
            span=_range(most, "share", formats.share, language),
            cost=formats.rupiah(most["programme_idr"], language),
            weeks=formats.weeks(most[LEAD], language),
        ),
    ]
    said.append(
        _(
            "On average the search promised {more} of share too much.",
            more=formats.share(float(found.table["share_optimism"].mean()), language),
        )
    )
    return said + _caveats(found, language)


def million_lines(table: pd.DataFrame, scenario: Scenario, language: str) -> list[str]:
    """Where more money brings most, or that no place can be told from no gain."""
    _ = speaker(language)
    amount, weeks = (float(table.attrs[name]) for name in ("amount_idr", "lead_weeks"))
    told = table[(table["sales_idr_verdict"] == "more") & table["paid"]]
    about = {"amount": formats.rupiah(amount, language), "weeks": formats.weeks(weeks, language)}
    if told.empty:
        said = _("With a lead time of {weeks} no place can be told in which {amount} more brings sales.", **about)
    else:
        first = told.iloc[int(told["sales_idr"].to_numpy().argmax())]
        about |= _place(scenario, first, "sales_idr", formats.rupiah, language)
        said = (
            _("With a lead time of {weeks}, {amount} more brings most sales in {lever}: {gain} ({span}).", **about)
            if _apart(table, first, "sales_idr")
            else _(
                "With a lead time of {weeks}, of the places where it can be told that {amount} more brings sales the "
                "highest estimate is that of {lever}: {gain} ({span}).",
                **about,
            )
        )
    readier = table[(table["ready_verdict"] == "more") & table["paid"]]
    if readier.empty:
        more = _("In no place can it be told that it makes being ready likelier.")
    else:
        first = readier.iloc[int(readier["ready"].to_numpy().argmax())]
        about = _place(scenario, first, "ready", formats.share, language)
        more = (
            _("It makes being ready likelier most in {lever}: by {gain} ({span}).", **about)
            if _apart(table, first, "ready")
            else _(
                "Of the places where it can be told that it makes being ready likelier the highest estimate is that of "
                "{lever}: {gain} ({span}).",
                **about,
            )
        )
    note = _("What is told is the average over a whole step, which often costs more than that.")
    return [said, more, note]


def least_cost_table(found: LeastCost, language: str) -> pd.DataFrame:
    """The settings simulated again, as texts: what differs from the scenario, searched and fresh, the verdict."""
    _ = speaker(language)
    rows = [
        {
            _("Setting"): setting_text(found, row, language),
            _("Chance, searched"): formats.probability(row["probability_searched"], language),
            _("Chance, fresh"): _with_range(row, "probability", formats.probability, language),
            _("Cost, searched"): formats.rupiah(row["programme_idr_searched"], language),
            _("Cost, fresh"): _with_range(row, "programme_idr", formats.rupiah, language),
            _("Verdict"): _(STATES[row["verdict"]]) + (" ←" if row["best"] else ""),
        }
        for _n, row in found.table.iterrows()
    ]
    return pd.DataFrame(rows)


def trade_off_table(found: TradeOffs, language: str) -> pd.DataFrame:
    """The settings of the front, as texts."""
    _ = speaker(language)
    rows = [
        {
            _("Cost"): _with_range(row, "programme_idr", formats.rupiah, language),
            _("Lead time"): formats.weeks(row[LEAD], language),
            _("Share, searched"): formats.share(row["share_searched"], language),
            _("Share, fresh"): _with_range(row, "share", formats.share, language),
            _("Setting"): setting_text(found, row, language, but=(LEAD,)),
            _("Bettered"): _("yes") if row["dominated"] else _("no"),
        }
        for _n, row in found.table.iterrows()
    ]
    return pd.DataFrame(rows)


def million_table(table: pd.DataFrame, scenario: Scenario, language: str) -> pd.DataFrame:
    """Where the money can go and what it brings there, as texts."""
    _ = speaker(language)
    rows = [
        {
            _("Where"): _lever(scenario, row["path"], language),
            _("One step costs"): _with_range(row, "programme_idr", formats.rupiah, language),
            _("More sales"): _gain(row, "sales_idr", formats.rupiah, language),
            _("More often ready"): _gain(row, "ready", formats.share, language),
            _("More share"): _gain(row, "share", formats.share, language),
        }
        for _n, row in table.iterrows()
    ]
    return pd.DataFrame(rows)


def least_cost_figure(found: LeastCost, language: str) -> Any:
    """Chance against cost on fresh random numbers, with intervals of both, and the chance aimed at as a line."""
    check(language)
    _ = speaker(language)
    go, table = importlib.import_module("plotly.graph_objects"), found.table
    best = table["best"].to_numpy(dtype=bool)
    called = _("the least costly") if found.state == "holds" else _("the one in the text")
    up = ("probability", formats.probability)
    traces = [
        _settings(found, table[~best], up, draw.GREY, "circle-open", _("simulated again"), language),
        _settings(found, table[best], up, draw.BLUE, "circle", called, language),
    ]
    axis = dict(draw.QUIET) | {"rangemode": "tozero"}
    p, line = found.target.probability, {"color": draw.VERMILION, "width": 1, "dash": "dash"}
    layout = _sheet(language) | {
        "xaxis": axis | {"title": {"text": _("cost of the programme, billion rupiah")}},
        "yaxis": dict(draw.QUIET)
        | {"title": {"text": _("chance of reaching the target")}, "tickformat": ".0%", "range": [0, 1.05]},
        "shapes": [{"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": p, "y1": p, "line": line}],
    }
    return go.Figure(traces, layout)


def million_figure(table: pd.DataFrame, scenario: Scenario, language: str) -> Any:
    """What the money brings in each place where it can go, with intervals; hollow where it cannot be told from none."""
    rows = [
        Dot(
            _lever(scenario, row["path"], language),
            row["sales_idr"],
            row["sales_idr_low"],
            row["sales_idr_high"],
            row["sales_idr_verdict"] in ("more", "less"),
        )
        for _n, row in table[table["paid"]].iterrows()
    ]
    title = speaker(language)("Sales more (mean over pairs, 90% interval; hollow: cannot be told from none)")
    return dots(rows, title, language, lambda x: formats.rupiah(x, language))


def trade_off_figure(found: TradeOffs, language: str) -> Any:
    """Share against cost with intervals of both; the larger a marker, the longer its lead time, which it also says.

    Two traces of plain markers: settings of the front, and those that others better on fresh random numbers.
    """
    check(language)
    _ = speaker(language)
    go, table = importlib.import_module("plotly.graph_objects"), found.table
    off = table["dominated"].to_numpy(dtype=bool)
    traces = [
        _markers(found, table[~off], draw.BLUE, "circle", _("on the front (numbers: weeks of lead time)"), language),
        _markers(found, table[off], draw.GREY, "circle-open", _("bettered on fresh numbers"), language),
    ]
    axis = dict(draw.QUIET) | {"rangemode": "tozero"}
    marks = Scale.of([float(table["share_high"].max())]).ticks()
    layout = _sheet(language) | {
        "xaxis": axis | {"title": {"text": _("cost of the programme, billion rupiah")}},
        "yaxis": axis
        | {
            "title": {"text": _("share of the event's sales")},
            "tickvals": marks,
            "ticktext": [formats.share(mark, language) for mark in marks],
        },
    }
    return go.Figure(traces, layout)


def setting_text(found: Searched, row: pd.Series, language: str, but: tuple[str, ...] = ()) -> str:
    """What a setting differs in from the scenario: each lever with its value."""
    _, said = speaker(language), []
    for path in (path for path in found.levers if path not in but):
        try:
            place = levers.place(found.scenario, path)
        except BadInput:  # what no control can move
            said.append(f"{path} {row[path]}")
            continue
        value = row[path] if isinstance(row[path], str) else float(row[path])
        if value != place.value:
            name = formats.capital(place.name(found.scenario, language))
            said.append(f"{name} {place.shown(value, language)}")
    return "; ".join(said) if said else _("as the scenario is")


def _place(scenario: Scenario, row: pd.Series, name: str, form: formats.Form, language: str) -> dict[str, str]:
    """The fields of a sentence on what more money brings in one place."""
    return {
        "lever": _lever(scenario, row["path"], language),
        "gain": form(float(row[name]), language),
        "span": _range(row, name, form, language),
    }


def _apart(table: pd.DataFrame, first: pd.Series, name: str) -> bool:
    """Whether all of a gain's interval is above what any other place is estimated to bring."""
    others = table.loc[table["paid"] & (table.index != first.name), name]
    return others.empty or bool(first[f"{name}_low"] > others.max())


def _said(found: LeastCost, language: str) -> dict[str, str]:
    """The fields of the sentences on the best."""
    _, best, share = speaker(language), found.best, found.target.share
    aim = _("being ready") if share is None else _("a share of {share}", share=formats.share(share, language))
    return {
        "aim": aim,
        "p": formats.probability(found.target.probability, language),
        "q": formats.probability(best["probability"], language),
        "span": _range(best, "probability", formats.probability, language),
        "cost": formats.rupiah(best["programme_idr"], language),
        "cost_span": _range(best, "programme_idr", formats.rupiah, language),
        "k": formats.number(len(found.table), language, 6),
        "n": formats.number(found.fresh.replications, language, 6),
    }


def _promised(best: pd.Series, language: str) -> str:
    """The optimism of the search, with its interval."""
    return speaker(language)(
        "On the random numbers of the search it had {q} and {cost}; that differs from the fresh ones by {more} "
        "percentage points of chance ({span}) and {dearer} of cost ({cost_span}).",
        q=formats.probability(best["probability_searched"], language),
        cost=formats.rupiah(best["programme_idr_searched"], language),
        more=_points(best["probability_optimism"], language),
        span=_range(best, "probability_optimism", _points, language),
        dearer=formats.rupiah(best["programme_idr_optimism"], language),
        cost_span=_range(best, "programme_idr_optimism", formats.rupiah, language),
    )


def _points(x: float, language: str) -> str:
    """A difference of chances in percentage points, which may be negative."""
    return formats.number(round(100 * x, 1), language, 2)


def _caveats(found: Searched, language: str) -> list[str]:
    _ = speaker(language)
    if not found.of_others:
        return []
    named = formats.listed([_lever(found.scenario, path, language) for path in found.of_others], language)
    return [_("What this costs others than the programme is not counted: {levers}.", levers=named)]


def _sheet(language: str) -> dict[str, Any]:
    """The layout of a chart of settings, but for its axes."""
    return draw.sheet(language) | {
        "height": HEIGHT,
        "margin": {"l": 8, "r": 16, "t": 48, "b": 8},
        "showlegend": True,
        "legend": {"orientation": "h", "y": 1.12, "x": 0},
    }


def _markers(found: TradeOffs, rows: pd.DataFrame, colour: str, symbol: str, name: str, language: str) -> draw.Trace:
    """Settings as places of share, the larger the longer their lead time, which is written beside them."""
    weeks = rows[LEAD].to_numpy(dtype=float)
    made = _settings(found, rows, ("share", formats.share), colour, symbol, name, language)
    return made | {
        "mode": "markers+text",
        "marker": made["marker"] | {"size": SMALLEST + GROWTH * weeks, "opacity": 0.8},
        "text": [formats.weeks(week, language, unit=False) for week in weeks],
        "textposition": "top left",
        "textfont": {"size": 11},
    }


def _settings(
    found: Searched,
    rows: pd.DataFrame,
    up: tuple[str, formats.Form],
    colour: str,
    symbol: str,
    name: str,
    language: str,
) -> draw.Trace:
    """Settings as places of what they cost and what they reach, each with its intervals."""
    column, form = up
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "x": rows["programme_idr"].to_numpy() / BILLION,
        "y": rows[column].to_numpy(),
        "error_x": _error(rows, "programme_idr", BILLION, colour),
        "error_y": _error(rows, column, 1.0, colour),
        "marker": {"color": colour, "symbol": symbol, "size": PLAIN},
    } | draw.hover([_hover(found, row, (column, form), language) for _n, row in rows.iterrows()])


def _error(rows: pd.DataFrame, name: str, unit: float, colour: str) -> dict[str, Any]:
    """Whiskers to the ends of the intervals; none where an end is open."""
    middle = rows[name].to_numpy(dtype=float)
    up, down = rows[f"{name}_high"].to_numpy(dtype=float) - middle, middle - rows[f"{name}_low"].to_numpy(dtype=float)
    ends = {side: np.where(np.isfinite(x), x, 0.0) / unit for side, x in (("array", up), ("arrayminus", down))}
    return {"type": "data", "symmetric": False, "color": colour, "thickness": 1, "width": 3, **ends}


def _hover(found: Searched, row: pd.Series, up: tuple[str, formats.Form], language: str) -> str:
    return "<br>".join(
        (
            formats.weeks(row[LEAD], language),
            _with_range(row, up[0], up[1], language),
            _with_range(row, "programme_idr", formats.rupiah, language),
            *setting_text(found, row, language, but=(LEAD,)).split("; "),
        )
    )


def _lever(scenario: Scenario, path: str, language: str) -> str:
    try:
        return levers.place(scenario, path).name(scenario, language)
    except BadInput:
        return path


def _range(row: pd.Series, name: str, form: formats.Form, language: str) -> str:
    return formats.ranged(float(row[f"{name}_low"]), float(row[f"{name}_high"]), form, language)


def _with_range(row: pd.Series, name: str, form: Callable[[float, str], str], language: str) -> str:
    return f"{form(float(row[name]), language)} ({_range(row, name, form, language)})"


def _gain(row: pd.Series, name: str, form: formats.Form, language: str) -> str:
    """What the amount brings, and whether that can be told from nothing."""
    _ = speaker(language)
    if row[f"{name}_verdict"] == "same":
        return _("no change")
    if not row["paid"]:
        return _("costs the programme nothing")
    said = _with_range(row, name, form, language)
    return f"{said}; {_('cannot be told')}" if row[f"{name}_verdict"] == "open" else said
