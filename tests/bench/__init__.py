"""Benchmarks: `python -m tests.bench` lists, runs and prints them. See tests/bench/measure.py for how one is written."""
