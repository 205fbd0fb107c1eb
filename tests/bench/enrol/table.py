"""Turns the JSON lines of `make bench-enrol` into the table of docs/benchmarks.md: `python -m tests.bench.enrol.table <LINES`."""

import json
import sys

from tests.bench.enrol.results import Result, as_markdown


def main() -> None:
    """From standard input to standard output."""
    print(as_markdown([Result(**json.loads(line)) for line in sys.stdin if line.strip()]))


if __name__ == "__main__":
    main()
