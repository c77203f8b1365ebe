"""The shipped scenarios that are meant where nobody names one: the only names of data that the code knows."""

REFERENCE = "cibaduyut-2027"  # what is shown first, and what a cluster of one's own starts from
KNOWN_CASE = "single-day-2018"  # what `siap calibrate` weighs
