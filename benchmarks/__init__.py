"""How fast, against what: `python -m benchmarks`, or `make bench`."""
