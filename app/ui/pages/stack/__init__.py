"""The stack on its Docker host."""

from app.ui.pages.stack.page import StackPage

__all__ = ["StackPage"]
