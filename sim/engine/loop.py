"""The event loop of the compiled engine: the exact copy of the reference engine over arrays.

Rule numbers are those of docs/engine.md, as in `sim.engine.reference`, which is the definition: where the two differ
this file is wrong. Nothing is drawn and nothing is summed here; times are looked up, added once and compared.

How it is fast: what is in service lies in one heap by the day on which it ends; what waits lies in one list a stage,
in the order of rule 2, since requests of one stage need the same places; so a grant looks at the heads of the lists
only. Flags of a stage of an entity are one byte. For the arrays see `Structure`, `State`, `Times` and `Room` in
`sim.engine.compiled`.
"""

from __future__ import annotations

import numpy as np

from sim.engine.plan import LEAVE, SKIP
from sim.loops import inlined, loop

PASSED, WAITING, WORKING, AGAIN, DEAD = 1, 2, 4, 8, 16  # bits of a stage of an entity
BUSY = WAITING | WORKING
IDLE, FRESH, UNPASSED = 255 - BUSY, 255 - BUSY - AGAIN, 255 - PASSED - AGAIN  # what is left of a flag
NOBODY = np.uint64(2**32 - 1)
ZERO, ONE = np.uint64(0), np.uint64(1)
FEW = 24  # to be sorted in the simplest way
CUT, DRAINED, MORE = 0, 1, -1


# ── the heap of what is in service, by the day on which it ends ──────────────────────────────────────


@inlined
def _push(days, codes, size, day, code):
    """Put something into the heap, which has room for it."""
    at = size
    while at > ZERO:
        above = (at - ONE) >> ONE
        if days[above] <= day:
            break
        days[at], codes[at] = days[above], codes[above]
        at = above
    days[at], codes[at] = day, code


@inlined
def _drop_first(days, codes, size):
    """Take the first out of the heap of `size`; the caller has read it."""
    last = size - ONE
    day, code = days[last], codes[last]
    at, below = ZERO, ONE
    while below < last:
        if below + ONE < last and days[below + ONE] < days[below]:
            below += ONE
        if days[below] >= day:
            break
        days[at], codes[at] = days[below], codes[below]
        at, below = below, below + below + ONE
    days[at], codes[at] = day, code


@inlined
def _sort(items, size):
    """Sort the first few of a list; mostly there is one, for which numba's own sort takes a microsecond."""
    if size > FEW:
        items[:size].sort()
        return
    for i in range(ONE, size):
        item, at = items[i], np.uint64(i)
        while at > ZERO and items[at - ONE] > item:
            items[at] = items[at - ONE]
            at -= ONE
        items[at] = item


# ── the run ──────────────────────────────────────────────────────────────────────────────────────────


@loop
def run_loop(p, durations, passed, s, t, room):
    """One run, from day 0 until nothing more happens, or to the horizon, which is not reached (rule 7).

    One function, and a long one: what is handed to another, or reached through a tuple, costs a count of references
    at every step, which took half of the time. Returns `DRAINED` if nothing was left to happen, `CUT` if the horizon
    was reached, `MORE` if there was not room enough: then the run is to be made anew with more.
    """
    first_entity, cluster_of, on_cluster, column, base = p.first_entity, p.cluster_of, p.on_cluster, p.column, p.base
    priority, limit, on_fail, lined, line_of = p.priority, p.limit, p.on_fail, p.lined, p.line
    need_start, need_resource, need_places = p.need_start, p.need_resource, p.need_places
    redo_start, redo, given = p.redo_start, p.redo, p.given
    own_before_start, own_before = p.own_before_start, p.own_before
    cluster_before_start, cluster_before = p.cluster_before_start, p.cluster_before
    counts_before_start, counts_before = p.counts_before_start, p.counts_before
    own_after_start, own_after = p.own_after_start, p.own_after
    cluster_after_start, cluster_after = p.cluster_after_start, p.cluster_after
    counts_after_start, counts_after = p.counts_after_start, p.counts_after
    counted, is_counted, count_need = p.counted, p.is_counted, p.count_need
    flags, used, departed, present, past, latched = s.flags, s.used, s.departed, s.present, s.past, s.latched
    free, behind, is_changed, changed = s.free, s.behind, s.is_changed, s.changed
    queued, started, finished = t.queued, t.started, t.finished
    days, codes, turns, fresh = room.days, room.codes, room.turns, room.fresh

    entities, stages = np.uint64(len(cluster_of)), np.uint64(len(on_cluster))
    clusters, counts, lines = np.uint64(len(present)), np.uint64(len(counted)), np.uint64(len(lined))
    most, most_busy, most_fresh = np.uint64(len(turns)), np.uint64(len(days)), np.uint64(len(fresh))
    queued[:], started[:], finished[:] = np.nan, np.nan, np.nan
    free[:] = p.capacity
    departed[:], latched[:], used[:], is_changed[:] = np.inf, np.inf, 0, True
    in_service, turn_count, fresh_count, changed_count = ZERO, ZERO, ZERO, clusters
    for cluster in range(clusters):
        first, end = first_entity[cluster], first_entity[cluster + ONE]
        changed[cluster] = cluster
        present[cluster] = end - first - ONE
        for stage in range(stages):
            is_given = given[cluster, stage]
            past[cluster, stage] = present[cluster] if is_given else 0
            for entity in range(first, end):
                flags[entity * stages + stage] = PASSED if is_given else 0

    # The line of each stage: its first and last, and the last that came before the present instant.
    first_in, last_in, mark = np.full(lines, NOBODY), np.full(lines, NOBODY), np.full(lines, NOBODY)
    mark_day = np.full(lines, -1.0)
    asks = np.zeros(lines, dtype=np.bool_)
    blocked = np.zeros(len(free), dtype=np.bool_)

    # The stages that wait for nothing of their own entity are looked at first.
    for cluster in range(clusters):
        for stage in range(stages):
            opens = True
            for i in range(own_before_start[stage], own_before_start[stage + ONE]):
                opens &= given[cluster, own_before[i]]
            if not opens:
                continue
            low, high = first_entity[cluster] + ONE, first_entity[cluster + ONE]
            if on_cluster[stage]:
                low, high = low - ONE, low
            if turn_count + high - low > most:
                return MORE
            for entity in range(low, high):
                turns[turn_count] = entity * stages + stage
                turn_count += ONE

    now, stirred = 0.0, False
    while now < p.horizon:
        while True:  # the rounds of one instant (A1)
            # Rule 1: all that ends now has ended before anything else is looked at.
            while in_service > ZERO and days[0] == now:
                code = codes[0]
                _drop_first(days, codes, in_service)
                in_service -= ONE
                entity = code // stages
                row = entity * stages
                stage = code - row
                cell = base[entity] + column[stage] + used[code] - ONE
                finished[cell] = now
                for i in range(need_start[stage], need_start[stage + ONE]):
                    free[need_resource[i]] += need_places[i]
                    stirred = True
                flag = flags[code]
                flags[code] = flag & FRESH
                if departed[entity] < now:
                    continue  # rule 10: work in service ran to its end, and nothing follows from it (A9)
                cluster = cluster_of[entity]
                head = first_entity[cluster]
                stays = departed[entity] == np.inf
                if turn_count + stages > most:
                    return MORE
                if not passed[cell] and on_fail[stage] != SKIP:  # rule 12, A5: skipped counts as passed
                    final = on_fail[stage] == LEAVE
                    for i in range(redo_start[stage], redo_start[stage + ONE]):
                        again = redo[i]
                        final |= not given[cluster, again] and used[row + again] >= limit[again]  # A4
                    if final and head == entity:
                        flags[code] |= DEAD  # rule 8: a cluster is never past the stage
                    elif final and stays:
                        # Rule 10: nothing of the workshop waits any more, and counts go without it.
                        departed[entity] = now
                        present[cluster] -= 1
                        for again in range(stages):
                            if is_counted[again] and flags[row + again] & PASSED:
                                past[cluster, again] -= 1
                        stirred = True
                        if not is_changed[cluster]:
                            is_changed[cluster], changed[changed_count] = True, cluster
                            changed_count += ONE
                    elif not final:
                        for i in range(redo_start[stage], redo_start[stage + ONE]):
                            again = redo[i]
                            if given[cluster, again]:
                                continue  # A10
                            flag = flags[row + again]
                            if flag & PASSED and is_counted[again] and stays:
                                past[cluster, again] -= 1
                                if not is_changed[cluster]:
                                    is_changed[cluster], changed[changed_count] = True, cluster
                                    changed_count += ONE
                            # Rule 9: a retry cancels nothing; what still runs is done again when it has ended (A3).
                            flag &= UNPASSED
                            flags[row + again] = flag | AGAIN if flag & BUSY else flag
                            turns[turn_count] = row + again
                            turn_count += ONE
                elif flag & AGAIN:
                    turns[turn_count] = code
                    turn_count += ONE
                else:
                    flags[code] |= PASSED
                    if is_counted[stage] and stays:
                        past[cluster, stage] += 1
                        if not is_changed[cluster]:
                            is_changed[cluster], changed[changed_count] = True, cluster
                            changed_count += ONE
                    for i in range(own_after_start[stage], own_after_start[stage + ONE]):
                        turns[turn_count] = row + own_after[i]
                        turn_count += ONE
                    for i in range(cluster_after_start[stage], cluster_after_start[stage + ONE]):
                        high = first_entity[cluster + ONE]
                        if turn_count + high - head > most:
                            return MORE
                        for one in range(head + ONE, high):
                            turns[turn_count] = one * stages + cluster_after[i]
                            turn_count += ONE

            # Rule 11: counts that are true now stay true.
            for k in range(changed_count):
                cluster = changed[k]
                is_changed[cluster] = False
                for count in range(counts):
                    need = count_need[count, np.uint64(present[cluster])]
                    if latched[cluster, count] < np.inf or past[cluster, counted[count]] < need:
                        continue
                    latched[cluster, count] = now
                    for i in range(counts_after_start[count], counts_after_start[count + ONE]):
                        stage = counts_after[i]
                        low, high = first_entity[cluster] + ONE, first_entity[cluster + ONE]
                        if on_cluster[stage]:
                            low, high = low - ONE, low
                        if turn_count + high - low > most:
                            return MORE
                        for entity in range(low, high):
                            turns[turn_count] = entity * stages + stage
                            turn_count += ONE
            changed_count = ZERO

            # Every stage whose turn has come is queued; what needs no places starts right away (rule 2).
            for k in range(turn_count):
                code = turns[k]
                entity = code // stages
                # A2, A6: it is to be done, and all that it waits for has come true.
                if flags[code] & (PASSED | BUSY | DEAD) or departed[entity] < np.inf:
                    continue
                row = entity * stages
                stage = code - row
                may_begin = True
                for i in range(own_before_start[stage], own_before_start[stage + ONE]):
                    may_begin &= flags[row + own_before[i]] & PASSED != 0
                if not may_begin:
                    continue
                cluster = cluster_of[entity]
                for i in range(cluster_before_start[stage], cluster_before_start[stage + ONE]):
                    may_begin &= flags[first_entity[cluster] * stages + cluster_before[i]] & PASSED != 0
                for i in range(counts_before_start[stage], counts_before_start[stage + ONE]):
                    may_begin &= latched[cluster, counts_before[i]] < np.inf
                if not may_begin:
                    continue
                if in_service == most_busy or fresh_count == most_fresh:
                    return MORE
                cell = base[entity] + column[stage] + used[code]
                used[code] += 1
                queued[cell] = now
                if line_of[stage] == NOBODY:
                    flags[code] |= WORKING
                    started[cell] = now
                    _push(days, codes, in_service, now + durations[cell], code)  # rule 5
                    in_service += ONE
                else:
                    flags[code] |= WAITING
                    fresh[fresh_count] = stage * entities + entity
                    fresh_count += ONE
            turn_count = ZERO
            if in_service > ZERO and days[0] == now:
                continue

            # Requests join the line of their stage in the order of rule 2: by day, then by entity.
            if fresh_count > ZERO:
                stirred = True
                _sort(fresh, fresh_count)
            line, before = NOBODY, NOBODY
            for k in range(fresh_count):
                stage = fresh[k] // entities
                entity = fresh[k] - stage * entities
                if line_of[stage] != line:
                    line = line_of[stage]
                    if mark_day[line] < now:
                        mark_day[line], mark[line] = now, last_in[line]
                    before = mark[line]
                # Who came earlier in this same instant stands behind the mark; the newcomer goes between them.
                after = first_in[line] if before == NOBODY else np.uint64(behind[before, line])
                while after != NOBODY and after < entity:
                    before, after = after, np.uint64(behind[after, line])
                behind[entity, line] = after
                if before == NOBODY:
                    first_in[line] = entity
                else:
                    behind[before, line] = entity
                if after == NOBODY:
                    last_in[line] = entity
                before = entity
            fresh_count = ZERO

            # Rule 2: once through the requests in the order (priority, waiting since, entity, stage).
            if stirred:
                stirred = False
                blocked[:] = False
                for line in range(lines):
                    stage, entity = lined[line], first_in[line]
                    while entity != NOBODY and departed[entity] < np.inf:  # withdrawn
                        if mark[line] == entity:
                            mark[line] = NOBODY
                        entity = np.uint64(behind[entity, line])
                    first_in[line] = entity
                    asks[line] = entity != NOBODY
                    if entity == NOBODY:
                        last_in[line] = NOBODY
                    elif not p.head_of_line:  # without a line, a request that does not fit is in nobody's way
                        for i in range(need_start[stage], need_start[stage + ONE]):
                            asks[line] &= free[need_resource[i]] >= need_places[i]
                while True:
                    best, best_day = NOBODY, 0.0
                    for line in range(lines):
                        if not asks[line]:
                            continue
                        stage, entity = lined[line], first_in[line]
                        day = queued[base[entity] + column[stage] + used[entity * stages + stage] - ONE]
                        if best != NOBODY and priority[stage] > priority[lined[best]]:
                            continue
                        if (
                            best == NOBODY
                            or priority[stage] < priority[lined[best]]
                            or day < best_day
                            or (day == best_day and entity < first_in[best])
                        ):
                            best, best_day = np.uint64(line), day
                    if best == NOBODY:
                        break
                    stage, entity = lined[best], first_in[best]
                    fits = True
                    for i in range(need_start[stage], need_start[stage + ONE]):
                        fits &= free[need_resource[i]] >= need_places[i] and not blocked[need_resource[i]]
                    if not fits:
                        # Places only get fewer on the way: nothing later in this line fits either.
                        asks[best] = False
                        if p.head_of_line:
                            for i in range(need_start[stage], need_start[stage + ONE]):
                                blocked[need_resource[i]] = True
                        continue
                    if in_service == most_busy:
                        return MORE
                    for i in range(need_start[stage], need_start[stage + ONE]):
                        free[need_resource[i]] -= need_places[i]
                    code = entity * stages + stage
                    cell = base[entity] + column[stage] + used[code] - ONE
                    flags[code] = flags[code] & IDLE | WORKING
                    started[cell] = now
                    _push(days, codes, in_service, now + durations[cell], code)
                    in_service += ONE
                    after = entity
                    while after != NOBODY and (after == entity or departed[after] < np.inf):  # the next one
                        if mark[best] == after:
                            mark[best] = NOBODY
                        after = np.uint64(behind[after, best])
                    first_in[best] = after
                    if after == NOBODY:
                        last_in[best], asks[best] = NOBODY, False
            if not (in_service > ZERO and days[0] == now):
                break  # rule 3: the instant is quiet
        now = days[0] if in_service > ZERO else np.inf
    return DRAINED if now == np.inf else CUT
