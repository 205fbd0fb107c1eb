"""Plantwatch's transport alone, with the install commands that the OpenSSH one-liner has: `python -m … FOLDER`.

The product's connector, stream and crew: strict host keys, one connection, one command, one stream a device.
"""

import json
import sys
from pathlib import Path

from app.models.endpoint import HostKey, Login, LoginKind
from app.services.bulk.crew import Crew
from app.services.bulk.pace import Pace
from app.services.enrolment.shell import Outbox
from app.services.enrolment.ssh import SshConnector
from app.services.progress import CancelToken


def main() -> int:
    """Ends with the number of devices on which it failed."""
    site = json.loads(Path(sys.argv[1]).read_text())
    payload = Path(site["tar"]).read_bytes()
    login = Login("root", LoginKind.KEY_FILE, key_file=site["key"])
    connect, token, failed = SshConnector(), CancelToken(), []

    def work(device: dict[str, str]) -> None:
        expected = HostKey.parse(device["host_key"])
        try:
            connection = connect(device["address"], 22, expected=expected, token=token)
            try:
                assert connection.host_key == expected
                said: list[str] = []
                ended = connection.log_in(login, token).run(
                    site["command"],
                    Outbox(payload),
                    on_line=said.append,
                    on_errors=lambda _text: None,
                    on_sent=lambda _sent: None,
                    seconds=60,
                    token=token,
                )
                assert ended.status == 0, ended
                assert said[-1].startswith("node_exporter, version"), said
            finally:
                connection.close()
        except Exception as error:  # noqa: BLE001 - counted and told
            print(f"{device['address']}: {error!r}", file=sys.stderr)
            failed.append(device)

    waiting = iter(site["devices"])
    Crew(lambda: next(waiting, None), work, Pace()).run(token)
    return min(len(failed), 100)


if __name__ == "__main__":
    sys.exit(main())
