"""How the operator gets about: the bar of pages, the command palette, the status bar and the task list."""
