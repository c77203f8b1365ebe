"""``python -m sim.text [--update]``: what is missing from the catalogues, and what no longer belongs there."""

from __future__ import annotations

import argparse
import sys

from sim.text.catalogue import LANGUAGES, file_of
from sim.text.extraction import report, template, update


def main(arguments: list[str] | None = None) -> int:
    """Print a report for each language; 0 where all is complete, else 1."""
    parser = argparse.ArgumentParser("python -m sim.text", description="Check the catalogues of translations.")
    parser.add_argument("--update", action="store_true", help="add new texts, still empty, and drop obsolete ones")
    said = template()
    if parser.parse_args(arguments).update:
        for language in LANGUAGES:
            if file_of(language).is_file():
                update(language, said)
    reports = [report(language, said) for language in LANGUAGES]
    print("\n".join(line for r in reports for line in r.lines()))
    return 0 if all(r.clean for r in reports) else 1


if __name__ == "__main__":
    sys.exit(main())
