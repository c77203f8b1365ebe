"""Whether the tests notice: which branches they take, and which small faults put into `sim/` they let pass.

`make coverage` runs the tests piece by piece and keeps which test reached which line (`reached`); `make mutants` draws
faults at random (`mutants`) and gives each to the tests that reach its line (`trial`). What came out: docs/tests.md.
"""
