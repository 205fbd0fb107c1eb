"""Other groups of metrics for an exporter that runs: its unit is written anew, and it alone is started again."""

from dataclasses import replace

from app.models.bulk_parameters import MetricsChange
from app.models.device import Receipt
from app.models.endpoint import Endpoint
from app.models.metric_groups import Choice, described
from app.models.operation import Operation
from app.services.enrolment.parts import Parts
from app.services.enrolment.renewal import RenewalRun
from app.services.enrolment.steps import MetricsStep
from app.services.pki import Issued
from app.services.progress import CancelToken, Report

CHANGE_METRICS = "change metrics"


class MetricsRun(RenewalRun):
    """Runs once, within an operation of the kind CHANGE_METRICS. What fails after the restart brings the former choice back."""

    action = CHANGE_METRICS
    installing = MetricsStep.CHOICE

    def __init__(
        self, parts: Parts, operation: Operation, change: MetricsChange, report: Report, token: CancelToken
    ) -> None:
        super().__init__(parts, operation, report, token)
        self._change = change
        self._wanted: Choice = None

    def _renew(self, endpoint: Endpoint) -> Endpoint:
        self._wanted = self._change.applied_to(endpoint.metrics)
        if self._wanted == endpoint.metrics:
            return endpoint  # as it is on the device, which need not be asked
        return super()._renew(replace(endpoint, metrics=self._wanted))

    def _installed(self, issued: Issued, receipt: Receipt) -> str:  # noqa: ARG002 - for other kinds
        return described(self._wanted)

    def _told(self, renewed: Endpoint) -> str:
        return described(renewed.metrics)
