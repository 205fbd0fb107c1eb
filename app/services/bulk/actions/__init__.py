"""What a run can do with one device: one module an action, or a few that are alike."""

from collections.abc import Callable, Mapping

from app.errors import InputError
from app.models.bulk import BulkAction
from app.models.bulk_parameters import Parameters
from app.services.bulk.actions.credentials import check_profile, use_profile
from app.services.bulk.actions.enrolling import enrol
from app.services.bulk.actions.labels import check_labels, relabel, tell_prometheus
from app.services.bulk.actions.metrics import change_metrics, check_metrics
from app.services.bulk.actions.tools import Action, Tools
from app.services.bulk.actions.upkeep import check, remove, renew, renew_key, upgrade

#: One for each BulkAction.
ACTIONS: Mapping[BulkAction, Action] = {
    BulkAction.ENROL: enrol,
    BulkAction.CHECK: check,
    BulkAction.RENEW: renew,
    BulkAction.RENEW_KEY: renew_key,
    BulkAction.UPGRADE: upgrade,
    BulkAction.REMOVE: remove,
    BulkAction.LABELS: relabel,
    BulkAction.CREDENTIALS: use_profile,
    BulkAction.METRICS: change_metrics,
}

#: What is done once when nothing of a run is under way any more, for all of its devices together.
CLOSINGS: Mapping[BulkAction, Callable[[Tools], None]] = {BulkAction.LABELS: tell_prometheus}

_CHECKS: Mapping[BulkAction, Callable[[Tools], None]] = {
    BulkAction.LABELS: check_labels,
    BulkAction.CREDENTIALS: check_profile,
    BulkAction.METRICS: check_metrics,
}

#: Which fields of the parameters an action is told by.
_TOLD_BY: Mapping[BulkAction, tuple[str, ...]] = {
    BulkAction.LABELS: ("labels",),
    BulkAction.CREDENTIALS: ("profile",),
    BulkAction.METRICS: ("metrics",),
    BulkAction.REMOVE: ("removal",),
    BulkAction.RENEW_KEY: ("own_key",),
}


def check_parameters(action: BulkAction, tools: Tools) -> None:
    """Before a run is written down. Raises InputError, and what reading what they name raises."""
    if action is BulkAction.ENROL:
        raise InputError("action", "What is to be enrolled comes from a list.", hint="plantwatch enrol --from FILE")
    if action in _CHECKS:
        _CHECKS[action](tools)
    nothing_else = Parameters(**{name: getattr(tools.parameters, name) for name in _TOLD_BY.get(action, ())})
    if tools.parameters != nothing_else:
        raise InputError("action", f"“{action}” does not need all that was given: {tools.parameters}.")
