"""The inventory: endpoints, credentials' names, operations under way, and the activity log. All SQL of the product is in this package."""

from app.services.inventory.inventory import Inventory

__all__ = ["Inventory"]
