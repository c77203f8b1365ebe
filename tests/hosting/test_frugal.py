"""What the kernel of a page does without, so that more pages fit into a machine."""

import json
import os
import subprocess
import sys

from sim.serve import FRUGAL

LEFT_OUT = ("PIL", "nbformat", "scipy.stats", "sklearn", "statsmodels")
PAGE = f"""
import json, sys
from sim.view.plan import Planner
from sim.experiment import simulate
simulate("cibaduyut-2027", replications=1)
print(json.dumps([name for name in {LEFT_OUT} if sys.modules.get(name)]))
"""


def test_the_kernel_of_a_page_does_not_load_what_no_page_uses():
    environment = os.environ | FRUGAL | {"SIAP_STORE": "none"}
    run = subprocess.run([sys.executable, "-c", PAGE], env=environment, capture_output=True, text=True, check=True)
    assert json.loads(run.stdout.splitlines()[-1]) == []
