"""Enrolment beside what else could do it, on devices that are addresses of this machine: `make bench-enrol`. See docs/benchmarks.md."""
