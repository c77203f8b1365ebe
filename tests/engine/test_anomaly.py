"""More of a resource may hurt: the anomaly of list scheduling, reproduced so that nobody asserts it away.

Source: R. L. Graham, Bounds on multiprocessing timing anomalies, SIAM Journal on Applied Mathematics 17 (1969),
416-429: nine tasks, of which the last to end ends on day 12 with three processors and on day 15 with four.
"""

from __future__ import annotations

import numpy as np
import pytest

from sim import engine
from sim.programme import Cluster, Fixed, Programme, Stage

DAYS = {"T1": 3, "T2": 2, "T3": 2, "T4": 2, "T5": 4, "T6": 4, "T7": 4, "T8": 4, "T9": 9}
AFTER = {"T9": "T1", "T5": "T4", "T6": "T4", "T7": "T4", "T8": "T4"}


def finish(officers: int, days: dict[str, int] = DAYS, after: dict[str, str] = AFTER) -> float:
    """When the last of the nine tasks ends."""
    tasks = [
        Stage(name, on="cluster", after=after.get(name, ()), needs={"officer": 1}, duration=Fixed(time))
        for name, time in days.items()
    ]
    history = engine.run(Programme(resources={"officer": officers}, stages=tasks, clusters=[Cluster("c")]))
    return float(np.nanmax(history.finished))


def test_a_fourth_officer_makes_the_whole_take_longer() -> None:
    """With three: T1 0-3, T2 and T3 0-2, T4 2-4, T9 3-12, T5 and T6 4-8, T7 and T8 8-12.
    With four: T1 0-3, T2 to T4 0-2, T5 to T7 2-6, T8 3-7 (it has waited since 2, T9 since 3), T9 6-15."""
    assert finish(officers=3) == 12
    assert finish(officers=4) == 15


def test_shorter_work_makes_the_whole_take_longer() -> None:
    """Every task a day shorter, three officers. T1 0-2, T2, T3 0-1, T4 1-2; on 2 T5 to T8 and T9 ask: T5, T6, T7 2-5,
    T8 5-8, T9 5-13."""
    assert finish(officers=3, days={name: time - 1 for name, time in DAYS.items()}) == 13


def test_fewer_things_to_wait_for_make_the_whole_take_longer() -> None:
    """T7 and T8 need not wait for T4. T1 0-3, T2, T3 0-2. On 2 T4 and T7, which have waited since 0: 2-4, 2-6. On 3 T8
    (since 0) before T9 (since 3): 3-7. On 4 T9 (since 3) before T5 and T6 (since 4): 4-13. T5 6-10, T6 7-11."""
    fewer = {"T9": "T1", "T5": "T4", "T6": "T4"}
    assert finish(officers=3, after=fewer) == 13


@pytest.mark.parametrize(("officers", "day"), [(1, 34), (9, 12)])
def test_with_one_officer_or_one_for_each_there_is_no_anomaly(officers: int, day: int) -> None:
    """One: the sum of all days. One for each: the longest path, T1 and T9."""
    assert finish(officers) == day
