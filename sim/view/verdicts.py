"""What a paired comparison says, in words; on the page and on the command line."""

from __future__ import annotations

import math
from collections.abc import Sequence

from sim.experiment import Difference
from sim.text import sentences


def verdict(one: Difference, scenario: str, base: str, language: str) -> str:
    """Which of two has the higher share, and how sure that is.

    Parameters
    ----------
    scenario, base : str
        What the two are called.
    """
    idle = [sentences.idle(share=one.idle, language=language)] if one.synchrony == "idle" else []
    if one.verdict == "same":
        return " ".join([sentences.alike(scenario=scenario, base=base, language=language), *idle])
    said = sentences.compared(
        scenario=scenario, base=base, gain=one.mean, more=one.more, less=one.less, language=language
    )
    if one.verdict == "open" and math.isfinite(one.more_replications):
        said += " " + sentences.cannot_tell(replications=int(one.more_replications), language=language)
    lost = [sentences.unpaired(correlation=one.correlation, language=language)] if one.synchrony == "lost" else []
    return " ".join([said, *idle, *lost])


def notes(found: Sequence[Difference], replications: int, language: str) -> list[str]:
    """How many comparisons the verdicts allow for, and how many replications they rest on."""
    many = [sentences.corrected(comparisons=len(found), language=language)] if len(found) > 1 else []
    return [*many, sentences.full(replications=replications, language=language)]
