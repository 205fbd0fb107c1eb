"""`plantwatch`: without a command it opens the window; commands run headless on the same services."""

import gc
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.main import Services
    from app.services.enrolment import Asker


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
    return open_window(data_dir) if wants_window else run_command(sys.argv[1:])


def open_window(data_dir: Path | None) -> int:
    """The window on `data_dir`. It paints before the services, and the libraries behind them, are loaded."""
    from app.ui.application import run  # noqa: PLC0415 - the command line must not load Qt

    def load_services(ask: "Asker") -> "Services":
        from app.main import build_services  # noqa: PLC0415 - on a worker, after the first paint

        return build_services(data_dir, ask=ask)

    return run(load_services, data_dir=data_dir)


def run_command(arguments: list[str]) -> int:
    """One headless command."""
    # Nothing that is loaded becomes garbage: walking over it again and again takes a sixth of the time until the command begins.
    gc.disable()
    try:
        from app.cli import run  # noqa: PLC0415 - the window must not load the command line
    except KeyboardInterrupt:  # loading the libraries takes most of a second
        return 130
    gc.freeze()
    gc.enable()
    return run(arguments)


if __name__ == "__main__":
    sys.exit(main())
