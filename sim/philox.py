"""The generator of `sim.streams` as a loop, for many short pieces of streams at once."""

from __future__ import annotations

import numpy as np

from sim import loops

HALF, LOWER = np.uint64(32), np.uint64(2**32 - 1)
TIMES = np.array([0xD2E7470EE14C6C93, 0xCA5A826395121157], dtype=np.uint64)
STEPS = np.array([0x9E3779B97F4A7C15, 0xBB67AE8584CAA73B], dtype=np.uint64)
ROUNDS = 10
BITS, HALF_A_STEP = np.uint64(12), 2.0**-53


@loops.inlined
def _upper(a, b):
    """The upper 64 bits of a product."""
    a_low, a_high, b_low, b_high = a & LOWER, a >> HALF, b & LOWER, b >> HALF
    first, second = a_low * b_high, a_high * b_low
    middle = ((a_low * b_low) >> HALF) + (first & LOWER) + (second & LOWER)
    return a_high * b_high + (first >> HALF) + (second >> HALF) + (middle >> HALF)


@loops.loop
def fill(keys, ids, starts, counts, ends, out):
    """Philox4x64-10, as numpy has it: each member's numbers from its own key and counters."""
    times_a, times_b, step_a, step_b = TIMES[0], TIMES[1], STEPS[0], STEPS[1]
    for member in range(len(starts)):
        at, end = ends[member] - counts[member], ends[member]
        position = starts[member]
        while at < end:
            block = position // 4
            a, b, c, d = np.uint64(block + 1), np.uint64(0), ids[member, 0], ids[member, 1]
            key_a, key_b = keys[member, 0], keys[member, 1]
            for _ in range(ROUNDS):
                a, b, c, d = (
                    _upper(times_b, c) ^ b ^ key_a,
                    times_b * c,
                    _upper(times_a, a) ^ d ^ key_b,
                    times_a * a,
                )
                key_a, key_b = key_a + step_a, key_b + step_b
            for word in range(position - 4 * block, 4):
                if at == end:
                    break
                made = a if word == 0 else b if word == 1 else c if word == 2 else d
                out[at] = np.float64(made >> BITS) * 2.0 * HALF_A_STEP + HALF_A_STEP
                at += 1
                position += 1
