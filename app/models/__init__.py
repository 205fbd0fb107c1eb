"""What the product is about: frozen dataclasses and enums, without any library behind them. Import from the module of the subject."""
