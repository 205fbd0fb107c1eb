"""What the operator can choose about the application itself."""

from app.ui.pages.settings.page import SettingsPage

__all__ = ["SettingsPage"]
