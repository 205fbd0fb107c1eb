"""Enrolling many devices: the page of lists."""

from app.ui.pages.lists.page import ListPage

__all__ = ["ListPage"]
