"""Qt item models: what the views show, without a widget behind it."""
