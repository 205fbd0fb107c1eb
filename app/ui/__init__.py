"""The window: the only part that knows Qt. It shows what services return and starts their work on the task runner's threads."""
