"""Enrolling a device of a list."""

from app.errors import NotFoundError
from app.models.bulk import BulkItem, EnrolOrder
from app.models.endpoint import HostKey
from app.models.expected_key import ExpectedKey, key_file
from app.services.bulk.actions.tools import Tools
from app.services.enrolment import EnrolmentRequest, Hop, verified_key
from app.services.enrolment.failures import HostKeyUnknownError, SeenKeyChangedError
from app.services.enrolment.parts import Place
from app.services.progress import CancelToken, Report


def enrol(tools: Tools, item: BulkItem, report: Report, token: CancelToken) -> str:
    """As its order says. Returns the system that was found."""
    if (order := item.order) is None:
        raise NotFoundError(kind="order", name=item.subject, command="plantwatch runs list")
    hops = tools.ways.hops(order.jumps, lambda jumps: tools.enrolment.hops_by(order.draft.name, jumps))
    key = order.host_key or _verified_key(tools, order, hops, token)
    request = EnrolmentRequest(order.draft, tools.logins.login(order.profile), key, hops)
    endpoint = tools.enrolment.enrol(request, report=report, token=token)
    return f"{endpoint.facts.os_name} {endpoint.facts.os_version}".strip() if endpoint.facts else ""


def _verified_key(tools: Tools, order: EnrolOrder, hops: tuple[Hop, ...], token: CancelToken) -> HostKey:
    """The key that the operator has of the device. Raises HostKeyUnknownError when that is none, UnexpectedHostKeyError for another.

    A key that a scan saw is none: see docs/adr/0026. SeenKeyChangedError when it is not the one that is shown.
    """

    def shown(address: str, port: int) -> HostKey:
        return tools.enrolment.host_key_at(address, port, hops, token)

    draft = order.draft
    if order.expected_key:
        return verified_key(ExpectedKey.parse(order.expected_key), draft.address, draft.port, fetch=shown)
    key = shown(draft.address, draft.port)
    target = Place(draft.address, draft.port, draft.exporter_port, key).target
    # Of another kind, the server may have both.
    if order.seen_key is not None and order.seen_key.kind == key.kind and order.seen_key != key:
        evidence = f"The scan saw: {order.seen_key.fingerprint}\nShown: {key.fingerprint} ({key.kind})"
        raise SeenKeyChangedError(evidence, target=target, file=key_file(key))
    raise HostKeyUnknownError(str(key), target=target, fingerprint=key.fingerprint, file=key_file(key))
