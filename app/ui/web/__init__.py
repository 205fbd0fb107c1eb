"""Web content in the window. Importing a module of this package loads QtWebEngine, so only those do who are about to show a page."""
