"""Metrics: the targets of Prometheus, and every question asked of it."""
