"""Of the lab, what can be known without starting it."""
