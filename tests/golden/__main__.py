"""``python -m tests.golden``: write the golden results of all scenarios of everyday size."""

from tests.golden import SCENARIOS, written

for scenario in SCENARIOS:
    print(written(scenario))
