"""Site, region and tags of many endpoints: each record by itself, Prometheus' targets once for all of them."""

import logging

from app.errors import InputError, StackError
from app.models.bulk import BulkItem
from app.services.bulk.actions.tools import Tools
from app.services.endpoints import relabel as relabel_one
from app.services.progress import CancelToken, Report

_log = logging.getLogger(__name__)


def check_labels(tools: Tools) -> None:
    """Raises InputError when there is nothing to change."""
    if not tools.parameters.labels:
        raise InputError("labels", "Say which labels: --set-site, --set-region, --add-tag or --remove-tag.")


def relabel(tools: Tools, item: BulkItem, _report: Report, token: CancelToken) -> str:
    """The record only. Returns what is different now."""
    token.check()
    return relabel_one(tools.inventory, item.endpoint_id or 0, tools.parameters.labels) or "as it was"


def tell_prometheus(tools: Tools) -> None:
    """Raises HostError when the Docker host cannot be reached: the run is then not over, and going on with it tells Prometheus."""
    try:
        tools.enrolment.write_targets()
    except StackError as error:
        # Without a stack there are no targets; the next deployment writes them from the inventory.
        _log.info("Prometheus' targets were not written: %s", error.message)
