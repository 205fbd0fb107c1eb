"""What is pictured: one module for each page, each with a list `SHOTS` of `tests.ui.screens.Shot`."""
