"""The pages of the window, one module each. Pages do not import each other; they ask the window to navigate."""
