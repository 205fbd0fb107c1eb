"""What fires now."""

from app.ui.pages.alerts.page import AlertsPage

__all__ = ["AlertsPage"]
