"""A look at an exporter before Prometheus is told of it, through the SSH connection: no firewall matters yet."""

import re

from app.services.enrolment.failures import ExporterSilentError, MetricsWrongError
from app.services.enrolment.parts import Parts, Session
from app.services.enrolment.shell import LOOPBACK, Expected
from app.services.enrolment.tls import TlsError
from app.services.pki import Issued

_SECONDS = 10.0
_LIMIT = 4 * 1024 * 1024
_SAMPLE = re.compile(rb"^[^#\n]", re.MULTILINE)
_PROOF = b"node_exporter_build_info{"


def look_at_metrics(
    parts: Parts, session: Session, issued: Issued, *, target: str, port: int, address: str = ""
) -> str:
    """Whether the exporter serves metrics with the certificate that it was given: in words for the step. `address`: the one it listens on.

    Where the SSH server forbids forwarding, the device's own word has to do. Raises ExporterSilentError, MetricsWrongError.
    """
    tls = Expected(parts.authorities.own_identity(), issued.certificate.fingerprint)
    try:
        body = session.shell.https_get(
            port, "/metrics", tls, timeout=_SECONDS, limit=_LIMIT, address=address or LOOPBACK
        )
    except TlsError as error:
        raise MetricsWrongError(str(error), target=target, port=port) from error
    except ConnectionError as error:
        raise ExporterSilentError(str(error), target=target, port=port) from error
    if body is None:
        return "checked on the device"
    if _PROOF not in body:
        raise MetricsWrongError(target=target, port=port)
    series = sum(1 for _ in _SAMPLE.finditer(body))
    return f"{series} series"
