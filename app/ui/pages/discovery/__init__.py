"""Finding devices: the page of scans."""

from app.ui.pages.discovery.page import DiscoveryPage

__all__ = ["DiscoveryPage"]
