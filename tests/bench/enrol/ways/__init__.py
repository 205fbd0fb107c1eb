"""The ways that are compared, each a command of its own."""
