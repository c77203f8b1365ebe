"""Which information is worth collecting first, in a sentence, a table and a chart."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from sim.analysis.information import StartDate
from sim.text import formats
from sim.text.catalogue import speaker
from sim.view import names
from sim.view.intervals import Dot, dots
from sim.view.tables import records

MOST_ROWS = 8


def sentence(start: StartDate, table: pd.DataFrame, language: str) -> str:
    """What is best without more information, what knowing everything would be worth, and what to find out first."""
    _, choice = speaker(language), start.choice
    best = float(str(choice.names[choice.best]))
    mean = float(choice.benefit[:, choice.best].mean())
    if best > 0:
        said = _(
            "Without more information a start {weeks} before is best: {benefit} on average, sales less programme.",
            weeks=formats.weeks(best, language),
            benefit=formats.rupiah(mean, language),
        )
    else:
        said = _("Without more information it is best not to begin: on average no lead time pays for the programme.")
    if choice.as_good:
        others = [formats.weeks(float(str(name)), language) for name in choice.as_good]
        said += " " + _("These cannot be told from it: {others}.", others=formats.listed(others, language))
    most = choice.perfect
    perfect = _(
        "To know everything first, luck included, would be worth {amount} ({range}); nothing found out is worth more.",
        amount=formats.rupiah(most.estimate, language),
        range=formats.ranged(most.low, most.high, formats.rupiah, language),
    )
    told = records(table[table["told"]])
    if not told:
        return f"{said} {perfect} " + _("No single number is worth finding out for this choice, as far as can be told.")
    parts = [
        f"{names.number(row['path'], start.scenario, language)} ({formats.rupiah(row['worth'], language)})"
        for row in told
    ]
    first = _("Worth finding out first: {parts}.", parts=formats.listed(parts, language))
    return f"{said} {perfect} {first}"


def columns(start: StartDate, table: pd.DataFrame, language: str) -> dict[str, list[str]]:
    """What it is worth to know each number, in rupiah and as a share of the event's sales."""
    _, rows = speaker(language), records(table.head(MOST_ROWS))
    return {
        _("Number"): [formats.capital(names.number(row["path"], start.scenario, language)) for row in rows],
        _("Worth knowing"): [formats.rupiah(row["worth"], language) for row in rows],
        _("As a share"): [formats.share(row["worth"] / start.turnover_idr, language) for row in rows],
        _("Of knowing everything"): [formats.probability(min(row["part"], 1.0), language) for row in rows],
        _("Can it be told?"): [_("yes") if row["told"] else _("no") for row in rows],
    }


def figure(start: StartDate, table: pd.DataFrame, language: str) -> go.Figure:
    """What it is worth to know each number; the line before a dot is what luck alone can seem to be worth."""
    rows = [
        Dot(
            names.number(row["path"], start.scenario, language),
            row["worth"],
            row["worth"] - row["luck"],
            row["worth"],
            row["told"],
        )
        for row in records(table.head(MOST_ROWS))
    ]
    title = speaker(language)(
        "Worth knowing (whisker: what luck can seem to be worth; hollow: cannot be told from none)"
    )
    return dots(rows, title, language, lambda x: formats.rupiah(x, language))
