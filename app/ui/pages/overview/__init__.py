"""Whether the site is well, and if not, where and since when."""

from app.ui.pages.overview.page import OverviewPage

__all__ = ["OverviewPage"]
