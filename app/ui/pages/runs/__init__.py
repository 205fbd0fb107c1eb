"""Runs over many devices: one of them, live, and the list of all."""

from app.ui.pages.runs.overview import RunsPage
from app.ui.pages.runs.page import RunPage

__all__ = ["RunPage", "RunsPage"]
