"""What the kernel of a page does without, so that more pages fit into a machine."""

import json
import os
import subprocess
import sys

from sim.serve import FRUGAL

LEFT_OUT = ("PIL", "cffi", "coverage", "nbformat", "scipy.stats", "sklearn", "statsmodels")
PAGE = f"""
import json, sys, numpy
from sim.view.plan import Planner
from sim.experiment import simulate
simulate("cibaduyut-2027", replications=1)
print(json.dumps([[name for name in {LEFT_OUT} if sys.modules.get(name)], numpy.mean.__doc__]))
"""


def test_the_kernel_of_a_page_loads_neither_what_it_never_uses_nor_docstrings():
    environment = os.environ | FRUGAL | {"SIAP_STORE": "none"}
    run = subprocess.run([sys.executable, "-c", PAGE], env=environment, capture_output=True, text=True, check=True)
    assert json.loads(run.stdout.splitlines()[-1]) == [[], None]
