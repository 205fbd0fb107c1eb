"""`python -m tests.lab up|down|status|run`. Progress goes to standard error; the last line of `up` is one JSON document."""

import argparse
import json
import sys

from tests.lab.errors import LabError
from tests.lab.lab import Lab
from tests.lab.session import run_in_session
from tests.lab.system import become_root


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.lab", description="A plant to test on: engine, devices, kit source."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    up = commands.add_parser("up", help="start what does not run yet and print the lab's JSON document")
    up.add_argument("--devices", type=int, default=3, metavar="N", help="at least this many devices (default: 3)")
    commands.add_parser("down", help="leave nothing running; the cache of images stays")
    commands.add_parser("status", help="print the JSON document of a running lab; exit code 3 when it is down")
    run = commands.add_parser("run", help="run a command with a throwaway keyring on the lab's engine")
    run.add_argument("--devices", type=int, default=0, metavar="N", help="at least this many devices (default: 0)")
    run.add_argument("argv", nargs="+", metavar="CMD", help="the command, after --")
    return parser


def main() -> int:
    """Runs one command; returns its exit code."""
    arguments = _parser().parse_args()
    try:
        become_root()
        lab = Lab()
        match arguments.command:
            case "up":
                print(json.dumps(lab.up(arguments.devices)))
            case "down":
                lab.down()
            case "status":
                if not lab.is_up():
                    print("down")
                    return 3
                print(json.dumps(lab.document))
            case "run":
                return run_in_session(lab, arguments.argv, devices=arguments.devices)
    except LabError as error:
        print(f"lab: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
