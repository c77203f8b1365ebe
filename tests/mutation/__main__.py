"""`python -m tests.mutation`: draw faults, try each, and say which share of them the tests notice."""

from __future__ import annotations

import argparse
import json
import tempfile
from collections import defaultdict
from pathlib import Path

from scipy.stats import binomtest

from tests.mutation.mutants import Mutant, sample
from tests.mutation.reached import ROOT, Reach, part_of
from tests.mutation.trial import KILLED, LOOPS, SURVIVED, TOO_LONG, UNREACHED, Copy

STARTING = 8.0  # seconds of computing for all that is not a test; tests took longer when they were measured
PATIENCE = 5  # times as long, before what does not end counts as noticed: a library read for the first time takes long


def main() -> None:
    """Try the sample that was asked for, as far as it was not tried before, and print what came out."""
    asked = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    asked.add_argument("--size", type=int, default=240, help="how many faults")
    asked.add_argument("--seed", type=int, default=1, help="of the sample")
    asked.add_argument("--seconds", type=float, default=15.0, help="of tests for each fault, the fastest first")
    asked.add_argument("--also", nargs="*", default=[], help="tests that every fault is given besides, new ones")
    asked.add_argument("--again", action="store_true", help="try once more what survived")
    asked.add_argument("--parts", nargs="*", help="only these parts of the sample")
    given = asked.parse_args()
    kept = ROOT / "build" / "mutants" / f"{given.size}-of-seed-{given.seed}.json"
    found: dict[str, str] = json.loads(kept.read_text(encoding="utf-8")) if kept.is_file() else {}
    kept.parent.mkdir(parents=True, exist_ok=True)
    reach = {plain: Reach(plain) for plain in (False, True)}
    mutants = [m for m in sample(given.size, given.seed) if not given.parts or part_of(m.path) in given.parts]
    left = [m for m in mutants if str(m) not in found or (given.again and found[str(m)] in (SURVIVED, UNREACHED))]
    witnesses: dict[bool, set[str]] = defaultdict(set)
    with tempfile.TemporaryDirectory() as folder:
        copy = Copy(Path(folder) / "tree")
        for mutant in left:
            tests, seconds = within(reach[mutant.path in LOOPS], mutant, given.seconds)
            tests += given.also
            found[str(mutant)] = ended(copy, mutant, tests, STARTING + seconds) if tests else UNREACHED
            witness = copy.witness(tests) if found[str(mutant)] == KILLED else ""
            witnesses[mutant.path in LOOPS].add(witness)
            print(f"{found[str(mutant)]:10} {mutant}  {len(tests)} tests {witness}", flush=True)
            kept.write_text(json.dumps(found, indent=1), encoding="utf-8")
        for plain, named in witnesses.items():
            failed = sorted(named - {""})
            without = copy.ran(failed, plain, seconds=3600)
            print(f"the {len(failed)} tests that failed, without a fault, {'un' * plain}compiled: {without}")
    tell(mutants, found)


def ended(copy: Copy, mutant: Mutant, tests: list[str], seconds: float) -> str:
    """What became of a fault, with more time where that of its tests was too little."""
    found = copy.tried(mutant, tests, seconds)
    return copy.tried(mutant, tests, PATIENCE * seconds) if found == TOO_LONG else found


def within(reach: Reach, mutant: Mutant, seconds: float) -> tuple[list[str], float]:
    """The first of the tests that reach a fault, at least one, that together take no longer than some seconds."""
    chosen: list[str] = []
    spent = 0.0
    for test in reach.tests(mutant.path, mutant.line):
        if chosen and spent + reach.seconds[test] > seconds:
            continue
        chosen.append(test)
        spent += reach.seconds[test]
    return chosen, spent


def tell(mutants: list[Mutant], found: dict[str, str]) -> None:
    """Print the share killed, by part, with Wilson's interval, and what survived."""
    parts: dict[str, list[bool]] = defaultdict(list)
    tried = [mutant for mutant in mutants if str(mutant) in found]
    for mutant in tried:
        for part in (part_of(mutant.path), "all"):
            parts[part].append(found[str(mutant)] not in (SURVIVED, UNREACHED))
    for part, killed in parts.items():
        low, high = binomtest(sum(killed), len(killed)).proportion_ci(method="wilson")
        print(f"{part:12} {sum(killed):4} of {len(killed):4} killed, {low:.0%} to {high:.0%}")
    for mutant in tried:
        if found[str(mutant)] in (SURVIVED, UNREACHED):
            print(f"\n{mutant}: {found[str(mutant)]}", *mutant.change(), sep="\n    ")


if __name__ == "__main__":
    main()
