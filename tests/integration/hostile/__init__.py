"""Devices that mean harm, and the application against them.

`server` plays an SSH server by a script, `cases` has the scripts, `serve` runs them in a process of their own, and `play` runs the application
against them in another one, so that what is measured there is the application alone.
"""
