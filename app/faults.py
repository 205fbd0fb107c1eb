"""Faults of the application itself: what nobody foresaw, told without a traceback."""

import traceback

from app.errors import AppError


class UnexpectedError(AppError):
    """A fault of the application itself."""

    title = "“{task}” ended with an error that Plantwatch did not expect: {kind}."
    hint = (
        "This is a fault of Plantwatch. Please report it with the details told here; the log file has the full record."
    )

    @classmethod
    def of(cls, error: BaseException, task: str) -> "UnexpectedError":
        """Names the kind and the place, never a traceback. `task` is what was being done."""
        frames = traceback.extract_tb(error.__traceback__)
        place = f" ({frames[-1].filename}:{frames[-1].lineno}, {frames[-1].name})" if frames else ""
        return cls(f"{type(error).__name__}: {error}{place}", task=task, kind=type(error).__name__)
