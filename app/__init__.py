"""Plantwatch: monitoring for the person who looks after industrial devices on site."""

__version__ = "0.1.0"
