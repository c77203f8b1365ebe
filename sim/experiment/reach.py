"""How far a parameter reaches: what has to be computed anew when it changes, and no more.

A price reaches only the closed form after the engine; a number of coaches the engine, on the same random numbers; a
duration one column of them. The runner finds out by itself what differs (`Run.key`, `Tables.fill`). Here it is
declared, for whoever plans many runs and for whoever reads, and a test proves for every parameter of the shipped
scenarios that the declaration holds and that the short way gives the same bits as a fresh run.
"""

from __future__ import annotations

import enum

from sim.errors import BadInput


class Reach(enum.IntEnum):
    """What a parameter invalidates, the cheapest first; each includes those before it."""

    PICTURE = 0
    """Nothing but where a result is read, or what it is called."""
    TAIL = 1
    """The closed form: goods, gates, demand, money."""
    ENGINE = 2
    """The engine, on the same durations and verdicts."""
    COLUMN = 3
    """One column of durations or verdicts, and the engine."""
    ENTITIES = 4
    """Who there is: tables of durations and verdicts of another shape."""
    EVERYTHING = 5
    """All random numbers."""


# The first pattern that fits counts: a `*` stands for one part of a path, a `**` at the end for any that follow.
REACHES: tuple[tuple[str, Reach], ...] = (
    ("seed", Reach.EVERYTHING),
    ("replications", Reach.EVERYTHING),
    ("name", Reach.PICTURE),
    ("title.**", Reach.PICTURE),
    ("about.**", Reach.PICTURE),
    ("lead_weeks", Reach.PICTURE),
    ("horizon_days", Reach.ENGINE),
    ("grouping", Reach.ENTITIES),
    ("pools.**", Reach.ENTITIES),
    ("resources.*.cost_idr_per_day", Reach.TAIL),
    ("resources.*.title.**", Reach.PICTURE),
    ("resources.**", Reach.ENGINE),
    ("pathway.store", Reach.TAIL),
    ("pathway.ships_after", Reach.TAIL),
    ("pathway.title.**", Reach.PICTURE),
    ("pathway.stages.*.title.**", Reach.PICTURE),
    ("pathway.stages.*.cost_idr", Reach.TAIL),
    ("pathway.stages.*.duration.**", Reach.COLUMN),
    ("pathway.stages.*.again", Reach.COLUMN),
    ("pathway.stages.*.passes", Reach.ENTITIES),
    ("pathway.stages.*.passes.attempts", Reach.ENTITIES),
    ("pathway.stages.*.passes.**", Reach.COLUMN),
    ("pathway.stages.*.retry", Reach.ENTITIES),
    ("pathway.stages.*.priority", Reach.ENGINE),
    ("pathway.stages.*.output.**", Reach.ENGINE),
    ("pathway.stages.*.output", Reach.ENGINE),
    ("pathway.discipline", Reach.ENGINE),
    ("pathway.tested", Reach.ENGINE),
    ("pathway.name", Reach.ENGINE),
    ("pathway.**", Reach.ENTITIES),
    ("clusters.*.makers", Reach.ENTITIES),
    ("clusters.*.wave", Reach.ENTITIES),
    ("clusters.*.centres.**", Reach.ENTITIES),
    ("clusters.*.origin", Reach.ENTITIES),
    ("clusters.*.first", Reach.ENTITIES),
    ("clusters.*.pool", Reach.ENTITIES),
    ("clusters.*.exempt.**", Reach.ENTITIES),
    ("clusters.*.before_start", Reach.ENTITIES),
    ("clusters.*.before_start_dates", Reach.ENTITIES),
    ("clusters.*.before_start.*", Reach.TAIL),
    ("clusters.*.before_start_dates.*", Reach.TAIL),
    ("clusters.*.counts.**", Reach.PICTURE),
    ("clusters.*.title.**", Reach.PICTURE),
    ("clusters.*.label", Reach.PICTURE),
    ("clusters.*.product", Reach.PICTURE),
    ("clusters.*.place", Reach.PICTURE),
    ("clusters.*.goods.**", Reach.TAIL),
    ("clusters.*.workforce.**", Reach.TAIL),
    ("clusters.*.warehouse_items", Reach.TAIL),
    ("clusters.*.made_items", Reach.TAIL),
    ("finance.**", Reach.TAIL),
    ("demand.classes.*.title.**", Reach.PICTURE),
    ("demand.**", Reach.TAIL),
    ("campaign.title.**", Reach.PICTURE),
    ("campaign.channel_title.**", Reach.PICTURE),
    ("campaign.turnover.*.title.**", Reach.PICTURE),
    ("campaign.**", Reach.TAIL),
    ("case.**", Reach.EVERYTHING),
)


def reach(path: str) -> Reach:
    """What has to be computed anew when the number at a path of a scenario changes.

    Parameters
    ----------
    path : str
        As in `Scenario.set`.

    Raises
    ------
    BadInput
        For a path that no scenario has.
    """
    parts = path.split(".")
    for pattern, found in REACHES:
        if _fits(parts, pattern.split(".")):
            return found
    raise BadInput(path, "is no parameter of a scenario")


def _fits(parts: list[str], pattern: list[str]) -> bool:
    if pattern[-1] == "**":
        pattern = pattern[:-1]
        parts = parts[: len(pattern)]
    return len(parts) == len(pattern) and all(p in ("*", part) for p, part in zip(pattern, parts, strict=True))
