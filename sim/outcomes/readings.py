"""Loops that read a record of a run: its milestones and its critical paths.

Compiled where numba is there. `w` is a `Ways`, `r` a `Flat` (`sim.outcomes.chain`). An attempt is one number here:
(entity × stages + stage) × attempts + attempt.
"""

from __future__ import annotations

import numpy as np

from sim.engine.plan import LEAVE, SKIP
from sim.loops import inlined, loop
from sim.outcomes.chain import NOTHING


@inlined
def _passed_on(stands, used, finished, given_days, cluster, code, stage, first_cell):
    """Day since which a stage that an entity has counts as passed; inf where it does not."""
    if not np.isnan(given_days[cluster, stage]):
        return given_days[cluster, stage]
    if stands[code] & 1 and used[code] > 0:
        return finished[first_cell + used[code] - 1]  # the attempt that counts is the last
    return np.inf


@loop
def heads_passed(w, r, given_days, on_cluster, days):
    """Fill in the day since which each stage of a cluster counts as passed; [cluster, stage]."""
    stands, used, finished, base, column = r.stands, r.used, r.finished, w.base, w.column
    stages = len(column)
    for cluster in range(len(w.first_entity) - 1):
        head = w.first_entity[cluster]
        for stage in range(stages):
            if on_cluster[stage]:
                code, cell = head * stages + stage, base[head] + column[stage]
                days[cluster, stage] = _passed_on(stands, used, finished, given_days, cluster, code, stage, cell)


@loop
def first_outputs(w, r, given_days, makes):
    """When each workshop that ever produces first does, in order of beginning within its cluster.

    Returns its entity, the stage after which it does, the day, and where each cluster ends.
    """
    stands, used, finished, base, column = r.stands, r.used, r.finished, w.base, w.column
    first_entity, stages = w.first_entity, len(column)
    workshops, clusters = len(w.cluster_of) - len(first_entity) + 1, len(first_entity) - 1
    who, what = np.empty(workshops, dtype=np.int64), np.empty(workshops, dtype=np.int64)
    when, ends, count = np.empty(workshops), np.empty(clusters, dtype=np.int64), 0
    for cluster in range(clusters):
        start = count
        for entity in range(first_entity[cluster] + 1, first_entity[cluster + 1]):
            best, day = NOTHING, np.inf
            for i in range(len(makes)):
                code, cell = entity * stages + makes[i], base[entity] + column[makes[i]]
                on = _passed_on(stands, used, finished, given_days, cluster, code, makes[i], cell)
                if on < day:
                    best, day = makes[i], on
            if best != NOTHING and day > -np.inf:
                who[count], what[count], when[count] = entity, best, day
                count += 1
        order = np.argsort(when[start:count], kind="mergesort")
        who[start:count] = who[start:count][order]
        what[start:count] = what[start:count][order]
        when[start:count] = when[start:count][order]
        ends[cluster] = count
    return who[:count], what[:count], when[:count], ends


@loop
def ramps(w, r, given_days, makes, levels):
    """How the output of each cluster's workshops rises and falls: days, changes, and where each cluster ends.

    A workshop works at the largest output of the stages it has passed (`makes`, with their `levels`), and not at all
    once it left.
    """
    stands, used, finished, departed, base, column = r.stands, r.used, r.finished, r.departed, w.base, w.column
    first_entity, stages, many = w.first_entity, len(column), len(makes)
    clusters = len(first_entity) - 1
    most = (len(w.cluster_of) - clusters) * (many + 1)
    days, rises, ends, count = np.empty(most), np.empty(most), np.empty(clusters, dtype=np.int64), 0
    on, level = np.empty(many), np.empty(many)
    for cluster in range(clusters):
        start = count
        for entity in range(first_entity[cluster] + 1, first_entity[cluster + 1]):
            for i in range(many):  # sorted by day; of the same day, as listed
                code, cell, at = entity * stages + makes[i], base[entity] + column[makes[i]], i
                day = _passed_on(stands, used, finished, given_days, cluster, code, makes[i], cell)
                while at > 0 and on[at - 1] > day:
                    on[at], level[at] = on[at - 1], level[at - 1]
                    at -= 1
                on[at], level[at] = day, levels[i]
            reached, fall = 0.0, 0.0
            for i in range(many):
                rise = max(level[i] - reached, 0.0)
                reached = max(reached, level[i])
                if rise != 0 and on[i] < departed[entity] and on[i] < np.inf:
                    fall += rise
                    if on[i] > -np.inf:
                        days[count], rises[count] = on[i], rise
                        count += 1
            if fall != 0 and departed[entity] < np.inf:
                days[count], rises[count] = departed[entity], -fall
                count += 1
        order = np.argsort(days[start:count], kind="mergesort")
        days[start:count] = np.maximum(days[start:count][order], 0.0)
        rises[start:count] = rises[start:count][order]
        ends[cluster] = count
    return days[:count].copy(), rises[:count].copy(), ends


@loop
def tested_by(w, r, given_days, stage):
    """Sorted days on which each cluster's workshops passed a stage, and where each cluster ends."""
    stands, used, finished, base, column = r.stands, r.used, r.finished, w.base, w.column
    first_entity, stages = w.first_entity, len(column)
    clusters = len(first_entity) - 1
    days, ends, count = np.empty(len(w.cluster_of) - clusters), np.empty(clusters, dtype=np.int64), 0
    for cluster in range(clusters):
        start = count
        for entity in range(first_entity[cluster] + 1, first_entity[cluster + 1]):
            if stage == NOTHING:
                break
            code, cell = entity * stages + stage, base[entity] + column[stage]
            day = _passed_on(stands, used, finished, given_days, cluster, code, stage, cell)
            if np.isfinite(day):
                days[count] = day
                count += 1
        days[start:count].sort()
        ends[cluster] = count
    return days[:count].copy(), ends


@loop
def starts_by_stage(w, r, on_cluster):
    """Days on which attempts started, stage by stage, and where each stage ends."""
    started, used, base, column, first_entity = r.started, r.used, w.base, w.column, w.first_entity
    stages, most = len(column), 0
    for code in range(len(used)):
        most += int(used[code])
    days, ends, count = np.empty(most), np.empty(stages, dtype=np.int64), 0
    for stage in range(stages):
        for cluster in range(len(first_entity) - 1):
            low, high = first_entity[cluster] + 1, first_entity[cluster + 1]
            if on_cluster[stage]:
                low, high = low - 1, low
            for entity in range(low, high):
                for attempt in range(used[entity * stages + stage]):
                    day = started[base[entity] + column[stage] + attempt]
                    if not np.isnan(day):
                        days[count] = day
                        count += 1
        ends[stage] = count
    return days[:count].copy(), ends


@loop
def left_by_stage(w, r, limit, on_fail):
    """Workshops that left, each by one stage: that whose failed attempt sent it away on the day it left.

    Another stage may have failed on the same day and only asked for a retry: what had no attempt left goes first.
    """
    finished, passed, used, departed, base, column = r.finished, r.passed, r.used, r.departed, w.base, w.column
    stages = len(column)
    left = np.zeros((len(w.first_entity) - 1, stages), dtype=np.int64)
    for entity in range(len(w.cluster_of)):
        if departed[entity] == np.inf:
            continue
        guilty, most = NOTHING, 0
        for stage in range(stages):
            if on_fail[stage] == SKIP:
                continue
            for attempt in range(used[entity * stages + stage]):
                cell = base[entity] + column[stage] + attempt
                if finished[cell] == departed[entity] and not passed[cell]:
                    guilt = 2 if on_fail[stage] == LEAVE or attempt + 1 >= limit[stage] else 1
                    if guilt > most:
                        guilty, most = stage, guilt
        if guilty != NOTHING:
            left[w.cluster_of[entity], guilty] += 1
    return left


@loop
def blockers(w, r, never):
    """Label of what keeps each stage of a cluster from ever being passed; or nothing."""
    found = np.full(never.shape, NOTHING)
    for cluster in range(never.shape[0]):
        for stage in range(never.shape[1]):
            found[cluster, stage] = blocker(w, never, r.latched, cluster, stage)
    return found


# ── critical paths ───────────────────────────────────────────────────────────────────────────────────


@inlined
def _latest(used, finished, first_cell, code, day, last):
    """The latest attempt of a stage, before attempt `last`, that ended on exactly this day; or nothing."""
    attempt = min(int(used[code]), last) - 1
    while attempt >= 0 and finished[first_cell + attempt] != day:
        attempt -= 1
    return attempt


@inlined
def _add_ended(candidates, size, used, finished, first_cell, code, day, attempts):
    """Add all attempts of a stage that ended on exactly this day, the latest first; returns how many there are now."""
    attempt = _latest(used, finished, first_cell, code, day, attempts)
    while attempt >= 0:
        candidates[size] = code * attempts + attempt
        size += 1
        attempt = _latest(used, finished, first_cell, code, day, attempt)
    return size


@loop
def walk_back(w, r, who, what, days, spent):
    """Days by label until each of some stages was passed.

    Parameters
    ----------
    w : Ways
    r : Flat
    who, what : ndarray, int64 [target]
        Entities and stages.
    days : ndarray, float64 [target]
        The day on which each was passed.
    spent : ndarray, float64 [target, label]
        Zeros, which are filled in; they stay where no attempt ended on the day.

    Notes
    -----
    The cause of an attempt is the attempt whose end let it be queued. What was queued and ended on that very day took
    no time, so it is passed over: whoever caused it caused this one too. Only so does the walk come to an end where
    retries take no time.
    """
    first_entity, cluster_of, base, column = w.first_entity, w.cluster_of, w.base, w.column
    pool_of, scarce = w.pool_of, w.scarce
    own_start, own, cluster_start, cluster_items = w.own_start, w.own, w.cluster_start, w.cluster
    counts_start, counts, counted = w.counts_start, w.counts, w.counted
    sent_back_start, sent_back = w.sent_back_start, w.sent_back
    queued, started, finished, used, departed, latched = r.queued, r.started, r.finished, r.used, r.departed, r.latched
    stages, attempts = len(column), w.attempts
    most = 1  # attempts of one cluster and its workshops, among which a path stays
    for cluster in range(len(first_entity) - 1):
        many = 1
        for code in range(first_entity[cluster] * stages, first_entity[cluster + 1] * stages):
            many += int(used[code])
        most = max(most, many)
    path, same_day = np.empty(most, dtype=np.int64), np.empty(most, dtype=np.int64)
    # Each count names its attempts anew, though another may have named them; stages before and behind are others.
    candidates = np.empty((len(counted) + 1) * most, dtype=np.int64)
    seen, walk = np.zeros(len(queued), dtype=np.int64), 0

    for target in range(len(who)):
        code = who[target] * stages + what[target]
        last = _latest(used, finished, base[who[target]] + column[what[target]], code, days[target], attempts)
        one, length = code * attempts + last if last >= 0 else NOTHING, 0
        while one != NOTHING:
            path[length] = one
            length += 1
            walk += 1
            code = one // attempts
            cell = base[code // stages] + column[code % stages] + one % attempts
            day, seen[cell], same_day[0], asked, tail = queued[cell], walk, one, 0, 1
            one = NOTHING
            while asked < tail and one == NOTHING:
                code = same_day[asked] // attempts
                asked += 1
                entity, stage = code // stages, code % stages
                cluster = cluster_of[entity]
                head, size = first_entity[cluster], 0
                # Attempts that ended on the day and for which the stage may have waited, in this order.
                for i in range(own_start[stage], own_start[stage + 1]):
                    code, cell = entity * stages + own[i], base[entity] + column[own[i]]
                    size = _add_ended(candidates, size, used, finished, cell, code, day, attempts)
                for i in range(cluster_start[stage], cluster_start[stage + 1]):
                    code, cell = head * stages + cluster_items[i], base[head] + column[cluster_items[i]]
                    size = _add_ended(candidates, size, used, finished, cell, code, day, attempts)
                for i in range(counts_start[stage], counts_start[stage + 1]):
                    if latched[cluster, counts[i]] != day:
                        continue
                    of = counted[counts[i]]
                    passing = size  # workshops that completed the count: by passing, else by leaving
                    for one_of in range(head + 1, first_entity[cluster + 1]):
                        for before in range(used[one_of * stages + of]):
                            if finished[base[one_of] + column[of] + before] == day:
                                candidates[size] = (one_of * stages + of) * attempts + before
                                size += 1
                    if size > passing:
                        continue
                    for one_of in range(head + 1, first_entity[cluster + 1]):
                        if departed[one_of] != day:
                            continue
                        for any_stage in range(stages):
                            for before in range(used[one_of * stages + any_stage]):
                                if finished[base[one_of] + column[any_stage] + before] == day:
                                    candidates[size] = (one_of * stages + any_stage) * attempts + before
                                    size += 1
                for i in range(sent_back_start[stage], sent_back_start[stage + 1]):
                    code, cell = entity * stages + sent_back[i], base[entity] + column[sent_back[i]]
                    size = _add_ended(candidates, size, used, finished, cell, code, day, attempts)
                for k in range(size):
                    code = candidates[k] // attempts
                    cell = base[code // stages] + column[code % stages] + candidates[k] % attempts
                    if queued[cell] < day:
                        one = candidates[k]
                        break
                    if seen[cell] != walk:
                        seen[cell] = walk
                        same_day[tail] = candidates[k]
                        tail += 1
        for at in range(length - 1, -1, -1):  # from the start on, so that sums do not depend on where a path leads
            code = path[at] // attempts
            stage = code % stages
            cell = base[code // stages] + column[stage] + path[at] % attempts
            spent[target, stage] += finished[cell] - started[cell]
            queue = scarce[pool_of[cluster_of[code // stages]], stage]
            if queue != NOTHING:
                spent[target, queue] += started[cell] - queued[cell]


@loop
def blocker(w, never, latched, cluster, stage):
    """The label at the root of a *never*: the stage that failed for good, or whose workshops never came."""
    while never[cluster, stage]:
        root = stage
        for i in range(w.own_start[stage + 1] - 1, w.own_start[stage] - 1, -1):
            if never[cluster, w.own[i]]:
                root = w.own[i]
        if root == stage:
            for i in range(w.counts_start[stage], w.counts_start[stage + 1]):
                if latched[cluster, w.counts[i]] == np.inf:
                    return w.counted[w.counts[i]]
            return stage
        stage = root
    return NOTHING
