"""The event loop of the compiled engine: the exact copy of the reference engine over arrays.

Rule numbers are those of docs/engine.md, as in `sim.engine.reference`, which is the definition: where the two differ
this file is wrong. Nothing is drawn and nothing is summed here; times are looked up, added once and compared.

How it is fast: what is in service lies in one heap by the day on which it ends; what waits lies in one list a stage,
in the order of rule 2, since requests of one stage need the same places; so a grant looks at the heads of the lists
only, and without a line only where somebody came or places came back. Flags of a stage of an entity are one byte. For
the arrays see `Structure`, `State`, `Times` and `Room` in `sim.engine.compiled`.
"""

from __future__ import annotations

import numpy as np

from sim.engine.plan import LEAVE, SKIP
from sim.loops import inlined, loop

PASSED, WAITING, WORKING, AGAIN, DEAD = 1, 2, 4, 8, 16  # bits of a stage of an entity
BUSY = WAITING | WORKING
IDLE, FRESH, UNPASSED = 255 - BUSY, 255 - BUSY - AGAIN, 255 - PASSED - AGAIN  # what is left of a flag
NOBODY = np.uint64(2**32 - 1)
ZERO, ONE, TWO, THREE = np.uint64(0), np.uint64(1), np.uint64(2), np.uint64(3)
HALF, LOW = np.uint64(32), np.uint64(2**32 - 1)  # an entity and a stage in one number
NEVER = np.float64(np.inf).view(np.uint64)
FEW = 24  # to be sorted in the simplest way
CUT, DRAINED, MORE = 0, 1, -1


# ── the heap of what is in service, by the day on which it ends ──────────────────────────────────────
# Rows of two: the bits of the day, and entity and stage. Bits are in the order of the days, since none is negative
# (nor is any -0.0, which no sum with 0.0 or more can be).
# Four lie below each: half as many steps as with two, and the four are side by side.


@inlined
def _push(heap, size, day, item):
    """Put something into the heap, which has room for it."""
    bits, at = np.float64(day).view(np.uint64), size
    while at > ZERO:
        above = (at - ONE) >> TWO
        if heap[above, 0] <= bits:
            break
        heap[at, 0], heap[at, 1] = heap[above, 0], heap[above, 1]
        at = above
    heap[at, 0], heap[at, 1] = bits, item


@inlined
def _drop_first(heap, size):
    """Take the first out of the heap of `size`; the caller has read it."""
    last = size - ONE
    bits, item = heap[last, 0], heap[last, 1]
    at, below = ZERO, ONE
    while below + THREE < last:
        # Nobody can guess which is the least, so there is no branch on it.
        one = below + np.uint64(heap[below + ONE, 0] < heap[below, 0])
        two = below + TWO + np.uint64(heap[below + THREE, 0] < heap[below + TWO, 0])
        least = two if heap[two, 0] < heap[one, 0] else one
        if heap[least, 0] >= bits:
            break
        heap[at, 0], heap[at, 1] = heap[least, 0], heap[least, 1]
        at, below = least, (least << TWO) + ONE
    else:
        least = last  # at the end there may be fewer than four
        while below < last:
            if heap[below, 0] < heap[least, 0]:
                least = below
            below += ONE
        heap[at, 0], heap[at, 1] = heap[least, 0], heap[least, 1]
        at = least
    heap[at, 0], heap[at, 1] = bits, item


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
    heap, turns, fresh = room.heap, room.turns, room.fresh
    first_in, last_in, mark, mark_day = s.first_in, s.last_in, s.mark, s.mark_day
    asks, is_stirred, stirred, blocked = s.asks, s.is_stirred, s.stirred, s.blocked
    rivals_start, rivals = p.rivals_start, p.rivals

    stages = np.uint64(len(on_cluster))
    clusters, counts, lines = np.uint64(len(present)), np.uint64(len(counted)), np.uint64(len(lined))
    most, most_busy, most_fresh = np.uint64(len(turns)), np.uint64(len(heap)), np.uint64(len(fresh))
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

    first_in[:], last_in[:], mark[:], mark_day[:] = NOBODY, NOBODY, NOBODY, -1.0
    blocked[:], is_stirred[:] = False, False

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
                turns[turn_count] = (entity << HALF) | stage
                turn_count += ONE

    now, bits, somebody_left, stirred_count = 0.0, ZERO, False, ZERO  # a day and its bits
    while now < p.horizon:
        while True:  # the rounds of one instant (A1)
            # Rule 1: all that ends now has ended before anything else is looked at.
            while in_service > ZERO and heap[0, 0] == bits:
                item = heap[0, 1]
                _drop_first(heap, in_service)
                in_service -= ONE
                entity, stage = item >> HALF, item & LOW
                row = entity * stages
                code = row + stage
                cell = base[entity] + column[stage] + used[code] - ONE
                finished[cell] = now
                for i in range(need_start[stage], need_start[stage + ONE]):
                    free[need_resource[i]] += need_places[i]
                for i in range(rivals_start[stage], rivals_start[stage + ONE]):
                    line = rivals[i]
                    if first_in[line] != NOBODY and not is_stirred[line]:
                        is_stirred[line], stirred[stirred_count] = True, line
                        stirred_count += ONE
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
                        somebody_left = True
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
                            turns[turn_count] = (entity << HALF) | again
                            turn_count += ONE
                elif flag & AGAIN:
                    turns[turn_count] = item
                    turn_count += ONE
                else:
                    flags[code] |= PASSED
                    if is_counted[stage] and stays:
                        past[cluster, stage] += 1
                        if not is_changed[cluster]:
                            is_changed[cluster], changed[changed_count] = True, cluster
                            changed_count += ONE
                    for i in range(own_after_start[stage], own_after_start[stage + ONE]):
                        turns[turn_count] = (entity << HALF) | own_after[i]
                        turn_count += ONE
                    for i in range(cluster_after_start[stage], cluster_after_start[stage + ONE]):
                        high = first_entity[cluster + ONE]
                        if turn_count + high - head > most:
                            return MORE
                        for one in range(head + ONE, high):
                            turns[turn_count] = (one << HALF) | cluster_after[i]
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
                            turns[turn_count] = (entity << HALF) | stage
                            turn_count += ONE
            changed_count = ZERO

            # Every stage whose turn has come is queued; what needs no places starts right away (rule 2).
            for k in range(turn_count):
                item = turns[k]
                entity, stage = item >> HALF, item & LOW
                row = entity * stages
                code = row + stage
                # A2, A6: it is to be done, and all that it waits for has come true.
                if flags[code] & (PASSED | BUSY | DEAD) or departed[entity] < np.inf:
                    continue
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
                    _push(heap, in_service, now + durations[cell], item)  # rule 5
                    in_service += ONE
                else:
                    flags[code] |= WAITING
                    fresh[fresh_count] = (stage << HALF) | entity
                    fresh_count += ONE
            turn_count = ZERO
            if in_service > ZERO and heap[0, 0] == bits:
                continue

            # Requests join the line of their stage in the order of rule 2: by day, then by entity.
            _sort(fresh, fresh_count)
            line, before = NOBODY, NOBODY
            for k in range(fresh_count):
                stage, entity = fresh[k] >> HALF, fresh[k] & LOW
                if line_of[stage] != line:
                    line = line_of[stage]
                    if not is_stirred[line]:
                        is_stirred[line], stirred[stirred_count] = True, line
                        stirred_count += ONE
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

            # Rule 2: once through the requests in the order (priority, waiting since, entity, stage). Without a line,
            # what did not fit before fits now only if places came back; with one, whoever held it up may have left.
            if p.head_of_line and (somebody_left or stirred_count > ZERO):
                stirred_count = lines
                for line in range(lines):
                    stirred[line] = line
                blocked[:] = False
            somebody_left, ask_count = False, ZERO
            for k in range(stirred_count):
                line = stirred[k]
                is_stirred[line] = False
                stage, entity = lined[line], first_in[line]
                while entity != NOBODY and departed[entity] < np.inf:  # withdrawn
                    if mark[line] == entity:
                        mark[line] = NOBODY
                    entity = np.uint64(behind[entity, line])
                first_in[line] = entity
                if entity == NOBODY:
                    last_in[line] = NOBODY
                    continue
                may_fit = True
                if not p.head_of_line:  # without a line, a request that does not fit is in nobody's way
                    for i in range(need_start[stage], need_start[stage + ONE]):
                        may_fit &= free[need_resource[i]] >= need_places[i]
                if may_fit:
                    asks[ask_count] = line
                    ask_count += ONE
            stirred_count = ZERO
            while ask_count > ZERO:
                at, best, best_day = ZERO, asks[0], 0.0
                if ask_count > ONE:
                    best = NOBODY
                    for k in range(ask_count):
                        line = asks[k]
                        stage, entity = lined[line], first_in[line]
                        day = queued[base[entity] + column[stage] + used[entity * stages + stage] - ONE]
                        if best != NOBODY and priority[stage] > priority[lined[best]]:
                            continue
                        if (
                            best == NOBODY
                            or priority[stage] < priority[lined[best]]
                            or day < best_day
                            or (day == best_day and entity < first_in[best])
                            or (day == best_day and entity == first_in[best] and line < best)
                        ):
                            at, best, best_day = np.uint64(k), line, day
                stage, entity = lined[best], first_in[best]
                fits = True
                for i in range(need_start[stage], need_start[stage + ONE]):
                    fits &= free[need_resource[i]] >= need_places[i] and not blocked[need_resource[i]]
                if not fits:
                    # Places only get fewer on the way: nothing later in this line fits either.
                    ask_count -= ONE
                    asks[at] = asks[ask_count]
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
                _push(heap, in_service, now + durations[cell], (entity << HALF) | stage)
                in_service += ONE
                after = entity
                while after != NOBODY and (after == entity or departed[after] < np.inf):  # the next one
                    if mark[best] == after:
                        mark[best] = NOBODY
                    after = np.uint64(behind[after, best])
                first_in[best] = after
                if after == NOBODY:
                    last_in[best] = NOBODY
                    ask_count -= ONE
                    asks[at] = asks[ask_count]
            if not (in_service > ZERO and heap[0, 0] == bits):
                break  # rule 3: the instant is quiet
        bits = heap[0, 0] if in_service > ZERO else NEVER
        now = np.uint64(bits).view(np.float64)
    return DRAINED if now == np.inf else CUT
