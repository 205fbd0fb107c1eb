"""A newer exporter in the place of the one that runs; the old one is kept aside until the new one has answered."""

from app.models.device import Receipt
from app.models.endpoint import Endpoint
from app.services.enrolment.enrol import choose_build
from app.services.enrolment.exporter import Build
from app.services.enrolment.failures import ExporterMissingError
from app.services.enrolment.parts import Session
from app.services.enrolment.renewal import RenewalRun
from app.services.enrolment.steps import UpgradeStep
from app.services.kit import KitBuild, newness
from app.services.pki import Issued

UPGRADE = "upgrade exporter"


class UpgradeRun(RenewalRun):
    """Runs once, within an operation of the kind UPGRADE. What fails after the restart, on the device or in the look at the metrics, brings
    the former exporter back."""

    action = UPGRADE
    installing = UpgradeStep.EXPORTER
    _build: KitBuild

    def _is_needed(self, endpoint: Endpoint, session: Session) -> bool:
        with self._step(UpgradeStep.CHOOSE_BUILD) as handle:
            state = session.exporter.look(self._token)
            if not state.installed_sha256 or endpoint.receipt is None:
                raise ExporterMissingError(target=endpoint.ssh_target)
            present = endpoint.receipt.exporter_version
            self._build = build = choose_build(self._parts, session, state, endpoint.ssh_target)
            if build.sha256 == state.installed_sha256:
                handle.detail = f"{present} is there already"
                return False
            if newness(build.version) < newness(present):
                handle.detail = f"{present} stays: the kit has {build.version}"
                return False
            handle.detail = f"{present} → {build.version}"
        return True

    def _chosen(self, endpoint: Endpoint, session: Session) -> tuple[Build, bytes]:  # noqa: ARG002 - was looked at
        return self._build, self._parts.kit.read(self._build)

    def _installed(self, issued: Issued, receipt: Receipt) -> str:  # noqa: ARG002 - for other kinds
        return f"{self._build.size / 1e6:.1f} MB"

    def _told(self, renewed: Endpoint) -> str:
        return f"node_exporter {renewed.receipt.exporter_version}" if renewed.receipt else ""
