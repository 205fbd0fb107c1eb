"""Qt item models: they hold what services returned and answer for views, without a widget."""
