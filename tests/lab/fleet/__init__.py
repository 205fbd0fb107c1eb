"""A simulated fleet: every operational UK offshore wind farm, with a month of history and live exporters.

`simulated_fleet` (tests.lab.fleet.running) is for tests and benchmarks; `python -m tests.lab.fleet` for people. What a device measures is a
function of its name and the time alone (device.py), so the history, which promtool writes as blocks, and the live exporters continue
each other, and nothing has to be remembered.
"""
