"""The exporter that everybody uploads: Debian's, from the lab's cache."""

from pathlib import Path

from app.services.kit import Kit
from tests.integration.enrolments import write_build
from tests.lab.debian import unpacked
from tests.lab.places import Places

VERSION = "1.5.0"


def exporter_binary() -> Path:
    """node_exporter, 13.7 MB."""
    return unpacked(Places.from_environment(), "prometheus-node-exporter") / "usr/bin/prometheus-node-exporter"


def make_kit(folder: Path) -> Kit:
    """A kit with that one build."""
    write_build(folder / VERSION / "amd64", exporter_binary().read_bytes())
    return Kit(folder)
