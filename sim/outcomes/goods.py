"""Loops of the closed form of `sim.outcomes.stock`: goods made, sent, arrived, and read off.

Compiled where numba is there. A *pair* is one brand in one replication, the brands of a replication one after
another. Arrays of pairs are flat; what every pair has many of lies in one array, pair after pair, and `ends` says
where each one's part ends. No exponential and no logarithm is taken here: what a compiler makes of them may differ
in the last bit from what numpy does.
"""

from __future__ import annotations

import numpy as np

from sim.loops import loop

MOST_CONSIGNMENTS = 1_000_000  # of one brand in one replication
MOVES = 16  # places that a consignment may be put forward on average, one by one


@loop
def curve(steps, rises, rate, at_hand, days, items, rates):
    """Fill in the knots of goods made, without the cap: day, items made until it, items a day from it on.

    Day 0 is the first of them, so that there is one more than there are steps of the ramp.
    """
    days[0], items[0], rates[0] = 0.0, at_hand, 0.0
    risen, total = 0.0, 0.0
    for i in range(len(steps)):
        total += rates[i] * (steps[i] - days[i])
        risen += rises[i]
        # The sum of rises and falls may end a hair below zero.
        days[i + 1], items[i + 1], rates[i + 1] = steps[i], at_hand + total, max(rate * risen, 0.0)


@loop
def made(days, items, rates, knots, most, day):
    """Items made until a day, within the cap."""
    at = np.searchsorted(days[:knots], day, side="right") - 1
    return min(items[at] + rates[at] * (day - days[at]), most)


@loop
def made_when(days, items, rates, knots, most, asked):
    """First day on which so many items are made; inf where they never are."""
    if not asked <= most:
        return np.inf
    if asked <= items[0]:
        return days[0]
    before = np.searchsorted(items[:knots], asked) - 1
    return days[before] + (asked - items[before]) / rates[before] if rates[before] > 0 else np.inf


@loop
def consignments(
    ramp_days, rises, ramp_ends, rates_of, at_hand_of, affordable_of, ready_of, load_of, interval_of, horizon
):
    """Days on which the consignments of every pair leave, the items in each, and where each pair ends.

    A pair leaves at its interval from `ready` on, and whenever another full load has been made since then.
    """
    pairs, longest, start = len(rates_of), 0, 0
    for pair in range(pairs):
        longest = max(longest, ramp_ends[pair] - start)
        start = ramp_ends[pair]
    days, items, rates = np.empty(longest + 1), np.empty(longest + 1), np.empty(longest + 1)
    left, amounts, loads = np.empty(8 * pairs + 8), np.empty(8 * pairs + 8), np.empty(8)
    ends, count, first = np.empty(pairs, dtype=np.int64), 0, 0
    for pair in range(pairs):
        start, first = first, ramp_ends[pair]
        ends[pair] = count
        rate, at_hand, ready = rates_of[pair], at_hand_of[pair], ready_of[pair]
        most, load, interval = at_hand + affordable_of[pair], load_of[pair], interval_of[pair]
        if (rate == 0 and at_hand == 0) or most == 0 or not ready < horizon:
            continue
        knots = first - start + 1
        curve(ramp_days[start:first], rises[start:first], rate, at_hand, days, items, rates)
        if items[knots - 1] == 0 and rates[knots - 1] == 0:
            continue
        full = made_when(days, items, rates, knots, most, most) if most < np.inf else np.inf
        last = min(horizon, max(ready, full) + interval)
        regular = int(np.floor((last - ready) / interval)) + 1
        at_ready = made(days, items, rates, knots, most, ready)
        full_loads = int(max(np.floor((made(days, items, rates, knots, most, last) - at_ready) / load), 0.0))
        if regular + full_loads > MOST_CONSIGNMENTS:
            ends[:] = -1
            return left[:0], amounts[:0], ends
        if full_loads > len(loads):
            loads = np.empty(2 * full_loads)
        if count + regular + full_loads > len(left):
            left, amounts = _longer(left, count, regular + full_loads), _longer(amounts, count, regular + full_loads)
        knot, size = 0, 0
        for i in range(1, full_loads + 1):  # the first day with so many, as in `made_when`; they come in order
            asked = at_ready + load * i
            day = np.inf
            if asked <= most:
                while knot < knots and items[knot] < asked:
                    knot += 1
                if rates[knot - 1] > 0:
                    day = days[knot - 1] + (asked - items[knot - 1]) / rates[knot - 1]
            if not day < horizon:
                continue
            at = size
            while at > 0 and loads[at - 1] > day:  # at a knot two may change places by a hair
                loads[at] = loads[at - 1]
                at -= 1
            loads[at] = day
            size += 1
        next_regular, next_load, knot, before, previous = 0, 0, 0, 0.0, -np.inf
        while next_regular < regular or next_load < size:
            at_interval = ready + interval * next_regular if next_regular < regular else np.inf
            if next_load < size and loads[next_load] <= at_interval:
                day = loads[next_load]
                next_load += 1
            else:
                day = at_interval
                next_regular += 1
                if not day < horizon:
                    continue
            if day == previous:
                continue
            previous = day
            while knot + 1 < knots and days[knot + 1] <= day:
                knot += 1
            now = min(items[knot] + rates[knot] * (day - days[knot]), most)
            if now - before > 0:
                left[count], amounts[count] = day, now - before
                count += 1
            before = now
        ends[pair] = count
    return left[:count].copy(), amounts[:count].copy(), ends


@loop
def _longer(array, count, more):
    """An array with the same first `count` numbers and room for more than `more` others."""
    made_longer = np.empty(2 * (count + more))
    made_longer[:count] = array[:count]
    return made_longer


@loop
def arrivals(left, amounts, sent_ends, means, factors, factor_starts, waiting_of, brands):
    """The stock that the consignments of every pair make on top of what waited for the start.

    Returns the day of each step, the items sellable from it on, the day on which the consignment that completed it
    had left, and where each pair ends. A consignment travels the sum over legs of `means` [leg, replication] times
    `factors` [leg, number]; those of a pair begin at `factor_starts`.
    """
    pairs, legs = len(sent_ends), len(means)
    most = len(left)
    for pair in range(pairs):
        most += waiting_of[pair] > 0
    days, items, origins = np.empty(most), np.empty(most), np.empty(most)
    ends, count, first = np.empty(pairs, dtype=np.int64), 0, 0
    for pair in range(pairs):
        start, first, replication = first, sent_ends[pair], pair // brands
        if waiting_of[pair] > 0:
            days[count], items[count], origins[count] = 0.0, waiting_of[pair], 0.0
            count += 1
        begin, factor = count, factor_starts[pair] - start
        for i in range(start, first):
            travel = 0.0
            for leg in range(legs):
                travel += means[leg, replication] * factors[leg, factor + i]
            at = begin + i - start
            days[at], items[at], origins[at] = left[i] + travel, amounts[i], left[i]
        count += first - start
        by_arrival(days[begin:count], items[begin:count], origins[begin:count])
        for i in range(begin + (waiting_of[pair] <= 0), count):
            items[i] += items[i - 1]
        ends[pair] = count
    return days, items, origins, ends


@loop
def by_arrival(days, amounts, left):
    """Sort a pair's consignments by day of arrival; of the same day, by number.

    Few are overtaken, and those by few, so that each is put before its successors one by one; where they are many
    after all, what is left to do is left to a sort that takes no longer then.
    """
    many, moves = len(days), 0
    for i in range(1, many):
        day, amount, origin, at = days[i], amounts[i], left[i], i
        while at > 0 and days[at - 1] > day:
            days[at], amounts[at], left[at] = days[at - 1], amounts[at - 1], left[at - 1]
            at -= 1
        days[at], amounts[at], left[at] = day, amount, origin
        moves += i - at
        if moves > MOVES * many:
            order = np.argsort(days, kind="mergesort")
            days[:], amounts[:], left[:] = days[order], amounts[order], left[order]
            return


@loop
def sellable(days, items, ends, brands, asked, out):
    """Fill in the items of every pair sellable on each day asked; `asked` [replication, day], `out` [pair, day]."""
    first = 0
    for pair in range(len(ends)):
        start, first = first, ends[pair]
        at, before = start, -np.inf
        for i in range(asked.shape[1]):
            day = asked[pair // brands, i]
            if day < before:
                at = start
            before = day
            while at < first and days[at] <= day:
                at += 1
            out[pair, i] = items[at - 1] if at > start else 0.0


@loop
def sellable_when(days, items, origins, ends, asked, there, left):
    """Fill in when so many items of every pair are sellable, and when the consignment that makes them so many left."""
    first = 0
    for pair in range(len(ends)):
        start, first = first, ends[pair]
        step = start + np.searchsorted(items[start:first], asked[pair])
        there[pair], left[pair] = (days[step], origins[step]) if step < first else (np.inf, np.inf)


@loop
def sent_until(items, origins, ends, brands, day, each, tied, worth, item_days):
    """Add up what the goods that left by a day are worth, and how long what they cost has been tied up.

    Parameters
    ----------
    each, tied : ndarray, float64 [pair]
        Rupiah of an item, and that part of it which bears interest.
    worth, item_days : ndarray, float64 [replication]
        Zeros, which are filled in: rupiah, and rupiah times days.
    """
    first = 0
    for pair in range(len(ends)):
        start, first, before, many, waited = first, ends[pair], 0.0, 0.0, 0.0
        for i in range(start, first):
            if origins[i] <= day:  # late goods are paid for like those in time
                many += items[i] - before
                waited += (items[i] - before) * (day - origins[i])
            before = items[i]
        worth[pair // brands] += many * each[pair]
        item_days[pair // brands] += waited * tied[pair]


@loop
def counted(days, ends, until):
    """Numbers, in each part of sorted days, of those not after its `until`; int64 [part]."""
    found, first = np.empty(len(ends), dtype=np.int64), 0
    for part in range(len(ends)):
        start, first = first, ends[part]
        found[part] = np.searchsorted(days[start:first], until[part], side="right")
    return found


@loop
def counted_before(days, ends, until):
    """The same of those before its `until`."""
    found, first = np.empty(len(ends), dtype=np.int64), 0
    for part in range(len(ends)):
        start, first = first, ends[part]
        found[part] = np.searchsorted(days[start:first], until[part])
    return found
