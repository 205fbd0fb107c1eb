"""What is done with the device of an endpoint that is enrolled, and not about its records alone."""

from app.models.bulk import BulkItem
from app.models.bulk_parameters import RemovalWay
from app.services.bulk.actions.tools import Tools
from app.services.progress import CancelToken, Report

#: How much of what a check found is told in a line.
_NAMED = 5


def check(tools: Tools, item: BulkItem, report: Report, token: CancelToken) -> str:
    """Returns what is not as it was made."""
    found = tools.enrolment.check(tools.endpoint(item).name, report=report, token=token)
    return "; ".join(found.altered[:_NAMED]) or "as it was"


def renew(tools: Tools, item: BulkItem, report: Report, token: CancelToken) -> str:
    """The certificate; what answers in plain HTTP is moved to TLS. Returns until when it is good."""
    certificate = tools.enrolment.renew(tools.endpoint(item).name, report=report, token=token).certificate
    return f"until {certificate.ends_at:%Y-%m-%d}" if certificate else ""


def renew_key(tools: Tools, item: BulkItem, report: Report, token: CancelToken) -> str:
    """A key of Plantwatch's own in the place of the one, or of another login, that the endpoint has."""
    tools.enrolment.renew_key(tools.endpoint(item).name, tools.parameters.own_key, report=report, token=token)
    return ""


def upgrade(tools: Tools, item: BulkItem, report: Report, token: CancelToken) -> str:
    """The exporter. Returns from which version to which."""
    before = tools.endpoint(item)
    after = tools.enrolment.upgrade(before.name, report=report, token=token)
    version, newer = (each.receipt.exporter_version if each.receipt else "?" for each in (before, after))
    return f"{version} → {newer}" if after.receipt != before.receipt else f"{version} stays"


def remove(tools: Tools, item: BulkItem, report: Report, token: CancelToken) -> str:
    """Out of monitoring, and the device as it was, unless something else was said of it."""
    way, name = tools.parameters.removal, tools.endpoint(item).name
    tools.enrolment.remove(
        name,
        keep_exporter=way is RemovalWay.KEEP,
        forget_only=way is RemovalWay.FORGET,
        report=report,
        token=token,
    )
    return ""
