"""What an optimisation may change where nobody says: what the programme pays for, within the ranges that are offered.

Money of others is not among it. To a programme that looks at its own cost only, their capital would be free, and the
best would always be all of it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from sim.errors import BadInput
from sim.experiment import Range
from sim.experiment.design import OF_THE_SWEEP, Factor
from sim.outcomes.numbers import at
from sim.programme.quantity import Lever, central
from sim.scenario import Scenario

LAST_WEEK = 156  # three years, as the slider has it
MOST_LEVELS = 60
MOST_CLUSTERS = 3  # whose workshops are levers of their own
ROUND = (1.0, 2.0, 5.0)  # amounts within each power of ten
LEAST_MONEY_IDR = 1e9  # the smallest amount above nothing
WAVE_LEVELS = 20
LEAD = "lead_weeks"
OF_OTHERS = ("finance.", "clusters.")  # paid for by clusters, banks and brands
INVITED = ".wave"  # workshops that are invited first: those the programme pays for
Levels = Mapping[str, Iterable[Any] | Range]


def levers_of(scenario: Scenario) -> dict[str, tuple[float, ...]]:
    """Levers that the programme itself pays for, with their levels.

    Parameters
    ----------
    scenario : Scenario

    Returns
    -------
    dict
        Path to levels in their order, that in force among them: units of each resource, `lead_weeks` (every week of
        three years), marketing for each brand in rupiah, and workshops that are invited first.
    """
    found = {f"resources.{name}.units": _units(one.units) for name, one in scenario.resources.items()}
    found[LEAD] = tuple(sorted({*range(1, LAST_WEEK + 1), _bare(scenario.lead_days / 7)}))
    marketing = scenario.demand.marketing_idr
    if isinstance(marketing, Lever):
        found["demand.marketing_idr"] = _money(marketing)
    working = [c for c in scenario.clusters if c.workforce is not None and c.workshops > 0]
    for cluster in working if len(working) <= MOST_CLUSTERS else ():
        if isinstance(cluster.wave, Lever):
            found[f"clusters.{cluster.name}.wave"] = _wave(cluster.wave, float(central(cluster.makers)))
    return {path: levels for path, levels in found.items() if len(levels) > 1}


def offered(scenario: Scenario, levers: Levels | None) -> dict[str, tuple[Any, ...] | Range]:
    """The levers asked for, or all of `levers_of`, each of them possible.

    Raises
    ------
    BadInput
        For none, a place that the scenario does not have, a level that breaks a rule, and what is the same at all.
    """
    if levers is None:
        return dict(levers_of(scenario))
    found: dict[str, tuple[Any, ...] | Range] = {}
    for path, over in levers.items():
        if path in OF_THE_SWEEP:
            raise BadInput(path, "is the same for all settings, so that random numbers are common")
        found[path] = over if isinstance(over, Range) else tuple(over)
        for level in Factor(path, found[path]).ends:
            scenario.set(path, level)
    return found


def in_force(scenario: Scenario, levers: Mapping[str, Any]) -> dict[str, Any] | None:
    """What stands at the levers, where all of it can be chosen."""
    setting = {}
    for path, over in levers.items():
        value: Any = at(scenario, path)
        value = value if isinstance(value, str | bool) else _bare(float(central(value)))
        inside = over.low <= value <= over.high if isinstance(over, Range) else value in over
        if not inside:
            return None
        setting[path] = value
    return setting


def of_others(path: str) -> bool:
    """Whether a lever costs somebody else, so that the programme's own cost says little of it."""
    return path.startswith(OF_OTHERS) and not path.endswith(INVITED) and path != "finance.budget_idr"


def _units(units: Any) -> tuple[float, ...]:
    """Whole units of the range offered; of a range without one, half to twice as many as there are."""
    now = _bare(float(central(units)))
    low, high = (units.low, units.high) if isinstance(units, Lever) else (max(1.0, now / 2), 2 * now)
    step = max(1, math.ceil((high - low) / MOST_LEVELS))
    return tuple(sorted({*range(math.ceil(low), math.floor(high) + 1, step), now}))


def _money(lever: Lever) -> tuple[float, ...]:
    """Nothing, and round amounts up to the highest: one, two and five of each power of ten."""
    powers = range(round(math.log10(LEAST_MONEY_IDR)), math.floor(math.log10(max(lever.high, LEAST_MONEY_IDR))) + 1)
    inside = [float(f"{m:g}e{p}") for p in powers for m in ROUND]
    ends = {_bare(lever.low), _bare(lever.high), _bare(lever.chosen)}
    return tuple(sorted({*(_bare(x) for x in inside if lever.low < x < lever.high), *ends}))


def _wave(wave: Lever, makers: float) -> tuple[float, ...]:
    """So many workshops, in even steps up to all that there are: whatever is more, and in force, stands for all."""
    low, high = wave.low, min(wave.high, makers)
    step = max(1, math.ceil((high - low) / WAVE_LEVELS))
    last = _bare(wave.chosen if wave.chosen >= high else high)
    return tuple(sorted({*range(math.ceil(low), math.floor(high), step), last, _bare(wave.chosen)}))


def _bare(number: float) -> float:
    """A number as a file has it: whole where it is."""
    return int(number) if number == int(number) else number
