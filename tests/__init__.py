"""A package, so that no library that brings its own `tests` (ciw does) is taken for it."""
