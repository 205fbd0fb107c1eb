"""Alerts: what fires now."""
