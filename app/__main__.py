"""`plantwatch`: without a command it opens the window; commands run headless on the same services."""

import sys
from pathlib import Path


def window_data_dir(arguments: list[str]) -> tuple[bool, Path | None]:
    """Whether `arguments` ask for the window, and the data directory they name: only `--data-dir PATH` goes with the window."""
    match arguments:
        case []:
            return True, None
        case ["--data-dir", path]:
            return True, Path(path)
        case [one] if one.startswith("--data-dir="):
            return True, Path(one.removeprefix("--data-dir="))
        case _:
            return False, None


def main() -> int:
    """Entry point of the `plantwatch` command; returns the exit status."""
    wants_window, data_dir = window_data_dir(sys.argv[1:])
    if not wants_window:
        from app.cli import run  # noqa: PLC0415 - the command line must not load Qt, nor the window typer

        return run(sys.argv[1:])
    from app.ui.application import run as open_window  # noqa: PLC0415

    return open_window(data_dir)


if __name__ == "__main__":
    sys.exit(main())
