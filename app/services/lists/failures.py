"""Why a list cannot be read at all. What is wrong with a single row is no error, but part of the preview."""

from app.errors import AppError

MOST_ROWS = 50_000
"""Rows of one list, those included that come of ranges."""
MOST_COLUMNS = 100
MOST_BYTES = 32 * 1024 * 1024


class ListError(AppError):
    """The list as a whole cannot be read. Never quotes from it: there may be passwords in it."""

    title = "This list cannot be read: {reason}"
    hint = "{what_to_do}"
    exit_status = 2

    def __init__(self, reason: str, what_to_do: str = "") -> None:
        super().__init__(reason=reason, what_to_do=what_to_do)


def too_many_rows() -> ListError:
    return ListError(f"it has more than {MOST_ROWS:,} rows.", "Cut it into several lists.")


def too_large() -> ListError:
    return ListError(f"it is larger than {MOST_BYTES // (1024 * 1024)} MiB.", "Cut it into several lists.")
