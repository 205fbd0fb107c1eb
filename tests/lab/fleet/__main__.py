"""`python -m tests.lab.fleet up|down|status|window`. Progress goes to standard error; the last line of `up` is one JSON document."""

import argparse
import json
import os
import sys

from tests.lab.errors import LabError
from tests.lab.fleet.farms import EVERY_TURBINE
from tests.lab.fleet.history import History
from tests.lab.fleet.running import SimulatedFleet
from tests.lab.places import Places
from tests.lab.session import session
from tests.lab.system import locked


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.lab.fleet", description="A simulated fleet of wind farms.")
    commands = parser.add_subparsers(dest="command", required=True)
    up = commands.add_parser("up", help="start a fleet unless one runs, and print its JSON document")
    up.add_argument("--n", type=int, default=EVERY_TURBINE, help=f"how many turbines (default: all {EVERY_TURBINE})")
    up.add_argument("--history", type=History, choices=list(History), default=History.FULL)
    up.add_argument("--well", action="store_true", help="nothing goes wrong by itself")
    commands.add_parser("down", help="leave no process and no file; the cache of history stays")
    commands.add_parser("status", help="print the JSON document of the running fleet; exit code 3 when it is down")
    commands.add_parser("window", help="the application's window on the running fleet, with a throwaway keyring")
    return parser


def _window(fleet: SimulatedFleet) -> int:
    """The product's window; its services differ in nothing but the stack."""
    from app.main import Services, build_services  # noqa: PLC0415 - the other commands need neither Qt nor the services
    from app.services.enrolment import Asker  # noqa: PLC0415
    from app.ui.application import run  # noqa: PLC0415

    def load_services(ask: Asker) -> Services:
        return build_services(fleet.data_dir, ask=ask, make_stack=fleet.make_stack)

    with session() as environment:
        os.environ.update(environment)
        return run(load_services, data_dir=fleet.data_dir)


def main() -> int:
    """Runs one command; returns its exit code."""
    arguments = _parser().parse_args()
    places = Places.from_environment()
    # Beside the lab's directory, not in it: each ends without the other.
    root = places.state.with_name(f"{places.state.name}-fleet")
    fleet = SimulatedFleet(root, places)
    try:
        match arguments.command:
            case "up":
                with locked(root.with_suffix(".lock")):
                    if not fleet.is_running:
                        fleet.stop()
                        fleet.start(arguments.n, arguments.history, faulty=not arguments.well)
                print(json.dumps(fleet.document))
            case "down":
                with locked(root.with_suffix(".lock")):
                    fleet.stop()
            case "status":
                if not fleet.is_running:
                    print("down")
                    return 3
                print(json.dumps(fleet.document))
            case "window":
                return _window(fleet)
    except LabError as error:
        print(f"lab: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
