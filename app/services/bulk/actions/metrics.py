"""Other metrics of many endpoints, each of which keeps what was not spoken of."""

from app.errors import InputError
from app.models.bulk import BulkItem
from app.models.metric_groups import described
from app.services.bulk.actions.tools import Tools
from app.services.progress import CancelToken, Report


def check_metrics(tools: Tools) -> None:
    """Raises InputError when there is nothing to change."""
    if not tools.parameters.metrics:
        raise InputError("metrics", "Say which groups of metrics: --on, --off, --only or --default.")


def change_metrics(tools: Tools, item: BulkItem, report: Report, token: CancelToken) -> str:
    """Returns what the endpoint has now; one that had it before is not contacted."""
    before = tools.endpoint(item)
    change = tools.parameters.metrics
    after = tools.enrolment.change_metrics(before.name, change, report=report, token=token)
    return "had them already" if after.metrics == before.metrics else described(after.metrics)
