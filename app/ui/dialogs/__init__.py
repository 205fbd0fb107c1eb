"""Dialogs: questions and close-ups that stand above a page. They are opened, never waited for."""
