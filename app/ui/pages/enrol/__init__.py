"""Enrolling an endpoint: the wizard."""

from app.ui.pages.enrol.wizard import EnrolPage

__all__ = ["EnrolPage"]
