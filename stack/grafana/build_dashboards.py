"""Writes the dashboards that the stack ships: `python -m stack.grafana.build_dashboards`.

The JSON files are what Grafana loads; this is their source. A test fails when they differ.
"""

import json
from pathlib import Path

from grafana_foundation_sdk.cog.encoder import JSONEncoder

from stack.grafana.builder.endpoint import endpoint_dashboard
from stack.grafana.builder.site import site_dashboard

DASHBOARDS = Path(__file__).parent / "dashboards"


def rendered() -> dict[str, str]:
    """The dashboards as Grafana reads them: file name to JSON text."""
    built = {"site.json": site_dashboard(), "endpoint.json": endpoint_dashboard()}
    return {
        name: json.dumps(dashboard, cls=JSONEncoder, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
        for name, dashboard in built.items()
    }


def main() -> None:
    """Write every dashboard."""
    for name, text in rendered().items():
        (DASHBOARDS / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
