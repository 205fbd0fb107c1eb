"""How safely each endpoint is reached, and whether the activity log is whole."""

from app.ui.pages.security.page import SecurityPage

__all__ = ["SecurityPage"]
