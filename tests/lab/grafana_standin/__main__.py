"""Starts the stand-in; ends with 1 and a reason when its settings or provisioning cannot be used, as Grafana does."""

import signal
import sys
import threading

from tests.lab.grafana_standin.api import Api
from tests.lab.grafana_standin.provisioning import Dashboards, data_sources
from tests.lab.grafana_standin.server import Server
from tests.lab.grafana_standin.settings import Settings, SettingsError
from tests.lab.grafana_standin.store import Store


def main() -> int:
    """Serves until SIGTERM."""
    try:
        settings = Settings.from_environment()
        sources = data_sources(settings.provisioning)
        dashboards = Dashboards(settings.provisioning)
        store = Store(settings.data / "stand-in.json", admin=settings.admin_user, password=settings.admin_password)
    except (SettingsError, OSError) as error:
        print(f"stand-in for Grafana: {error}", file=sys.stderr)
        return 1
    server = Server(settings, store, dashboards, Api(settings, store, sources, dashboards))
    # shutdown() waits for the loop that the signal interrupts: it needs a thread of its own.
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    print(f"stand-in for Grafana {settings.version}: listening on port {settings.port}", flush=True)
    server.serve_forever()
    return 0


if __name__ == "__main__":
    sys.exit(main())
