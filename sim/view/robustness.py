"""Whether a choice is good whatever the structure, in words and drawn: what `sim.analysis.robustness` found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from sim.analysis.robustness import AS_IT_IS, Robustness
from sim.errors import BadInput
from sim.text import formats
from sim.text.catalogue import speaker
from sim.view import drawing as draw
from sim.view import names, tables
from sim.view.discovery import value
from sim.view.drawing import Floats, Parts, Trace

SYMBOLS = ("circle", "square", "diamond", "triangle-up", "cross", "x", "star", "hexagon")
ROW, EDGE = 56, 110  # pixels of a structure, and of what is around them
ROOM = 0.56  # of a row, over which its choices are spread


def sentences(found: Robustness, language: str) -> list[str]:
    """Which choice is robust by which rule, with how sure that is."""
    _, best = speaker(language), tables.records(found.summary)[0]
    told = [_regret(found, best, language), _satisfied(found, language), _worst(found, language)]
    undecided = int((~found.pairs["decided"]).sum())
    if undecided:
        told.append(
            _(
                "With {r} replications, in {n} of {all} pairs of choice and structure it cannot be told whether that "
                "chance is reached.",
                r=formats.number(found.shares.shape[2], language, 6),
                n=formats.number(undecided, language, 6),
                all=formats.number(len(found.pairs), language, 6),
            )
        )
    return told


def _regret(found: Robustness, best: dict[str, Any], language: str) -> str:
    _, choice = speaker(language), named(found, best["choice"], language)
    if best["max_regret"] <= 0:
        return _(
            "{choice} has the least regret: in none of {n} structures is another choice's share higher on average.",
            choice=formats.capital(choice),
            n=formats.number(len(found.structures), language),
        )
    return _(
        "{choice} has the least maximum regret: at worst its share is {regret} below that of the best choice "
        "(90% range {low} to {high}), with this structure: {structure}.",
        choice=formats.capital(choice),
        regret=formats.share(best["max_regret"], language),
        low=formats.share(best["max_regret_low"], language),
        high=formats.share(best["max_regret_high"], language),
        structure=named(found, best["regret_in"], language),
    )


def _satisfied(found: Robustness, language: str) -> str:
    """Who reaches the target in most structures."""
    _, table = speaker(language), found.summary
    most = int(table["satisfied"].max())
    fields = {
        "target": _("a brand is ready for the day")
        if found.share is None
        else _("{share} is reached", share=formats.share(found.share, language)),
        "p": formats.probability(found.probability, language),
        "n": formats.number(len(found.structures), language),
    }
    if not most:
        return _("With no choice and in none of {n} structures {target} with a chance of {p}.", **fields)
    who = [named(found, name, language) for name in table.loc[table["most_satisfied"], "choice"]]
    return _(
        "In most structures, {k} of {n}, {target} with a chance of {p} with: {choices}.",
        **fields,
        k=formats.number(most, language),
        choices=formats.listed(who, language),
    )


def _worst(found: Robustness, language: str) -> str:
    _, table = speaker(language), found.summary
    best = table[table["maximin"]]
    if len(best) == len(table) and len(table) > 1:
        return _(
            "By the worst structure no choice is better than another: {share} on average.", share=_least(best, language)
        )
    return _(
        "By the worst structure the best is {choices}: {share} on average.",
        choices=formats.listed([named(found, name, language) for name in best["choice"]], language),
        share=_least(best, language),
    )


def _least(best: pd.DataFrame, language: str) -> str:
    return formats.share(float(best["worst_share"].iloc[0]), language)


def named(found: Robustness, name: str, language: str) -> str:
    """What a choice or a structure is called: a name that was given as it is, else what it sets."""
    if name == AS_IT_IS:
        return speaker(language).gettext("as it is")
    settings = found.settings.get(name, {})
    made = name.startswith(tuple(f"{path}=" for path in settings)) if settings else False
    if (
        found.scenario is None
        or not made
        or not all(isinstance(x, str | bool | int | float) for x in settings.values())
    ):
        return name
    said = [
        f"{names.number(path, found.scenario, language)}: {value(path, x, found.scenario, language)}"
        for path, x in settings.items()
    ]
    return ", ".join(said)


def table(found: Robustness, language: str) -> pd.DataFrame:
    """Every choice by all three rules, as finished text."""
    _, rows = speaker(language), tables.records(found.summary)
    return pd.DataFrame(
        {
            _("Choice"): [formats.capital(named(found, row["choice"], language)) for row in rows],
            _("Maximum regret"): [formats.share(row["max_regret"], language) for row in rows],
            _("90% range"): [
                formats.ranged(row["max_regret_low"], row["max_regret_high"], formats.share, language) for row in rows
            ],
            _("Where"): [named(found, row["regret_in"], language) for row in rows],
            _("Reaches the target"): [
                _(
                    "{k} of {n} structures",
                    k=formats.number(row["satisfied"], language),
                    n=formats.number(row["structures"], language),
                )
                for row in rows
            ],
            _("Worst share"): [formats.share(row["worst_share"], language) for row in rows],
        }
    )


def dots(found: Robustness, language: str) -> Parts:
    """The chance of reaching the target with its interval, one row a structure and one mark a choice."""
    if len(found.choices) > len(SYMBOLS):
        raise BadInput("dots", f"can show at most {len(SYMBOLS)} choices", len(found.choices))
    _, rows = speaker(language), np.arange(len(found.structures), dtype=float)[::-1]
    apart = np.linspace(ROOM / 2, -ROOM / 2, len(found.choices)) if len(found.choices) > 1 else np.zeros(1)
    traces = [_choice(found, n, rows + apart[n] - 0.08, language) for n in range(len(found.choices))]
    target = {"type": "line", "x0": found.probability, "x1": found.probability, "y0": 0, "y1": 1, "yref": "paper"}
    text = _("target {share}", share=formats.probability(found.probability, language))
    mark = {"text": text, "x": found.probability, "y": 0, "yref": "paper", "showarrow": False}
    ticks = [0.0, 0.25, 0.5, 0.75, 1.0]
    texts = [formats.probability(x, language) for x in ticks]
    labels = [
        draw.bar_label(named(found, name, language), float(row) + ROOM / 2 - 0.16)
        for name, row in zip(found.structures, rows, strict=True)
    ]
    layout = draw.sheet(language) | {
        "xaxis": {"range": [-0.02, 1.04], "tickvals": ticks, "ticktext": texts, "zeroline": False, **draw.QUIET},
        "yaxis": {"visible": False, "range": [-0.6, len(rows) - 0.2], "fixedrange": True},
        "shapes": [target | {"line": {"color": draw.VERMILION, "width": 1.5, "dash": "dot"}}],
        "annotations": [*labels, mark | {"xanchor": "right", "yanchor": "bottom", "xshift": -4}],
        "showlegend": True,
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
    }
    return Parts(traces, layout, ROW * len(rows) + EDGE)


def _choice(found: Robustness, number: int, y: Floats, language: str) -> Trace:
    """One mark a structure, with its interval."""
    own = found.pairs[found.pairs["choice"] == found.choices[number]]
    middle, low, high = (own[name].to_numpy(float) for name in ("reached", "reached_low", "reached_high"))
    colour, name = draw.LINES[number], named(found, found.choices[number], language)
    error = {"type": "data", "symmetric": False, "array": high - middle, "arrayminus": middle - low}
    trace: Trace = {"type": "scatter", "mode": "markers", "x": middle, "y": y, "name": name, "visible": True}
    trace["marker"] = {"color": colour, "symbol": SYMBOLS[number], "size": 9}
    trace["error_x"] = error | {"color": colour, "thickness": 1.5, "width": 3}
    return trace | draw.hover(_hover(found, own, name, language))


def _hover(found: Robustness, own: pd.DataFrame, name: str, language: str) -> Sequence[str]:
    _, said = speaker(language), []
    for row in tables.records(own):
        span = formats.ranged(row["reached_low"], row["reached_high"], formats.probability, language)
        reached = _("reached in {p} ({span})", p=formats.probability(row["reached"], language), span=span)
        regret = _("{regret} below the best choice", regret=formats.share(row["regret"], language))
        said.append(f"{formats.capital(name)}<br>{named(found, row['structure'], language)}<br>{reached}<br>{regret}")
    return said
