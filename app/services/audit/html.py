"""The security report as one HTML file: no script, nothing from outside, everything that was read from a device or a person escaped.

Only what HTML 4 has is used for the layout, because the same text becomes the PDF. Each statement says how it is known: checked now, recorded
at enrolment, or not checked.
"""

import html
from collections.abc import Iterable, Sequence
from datetime import datetime

from app.models.security import CertificateSummary, Demand, EndpointSecurity, Exposure, SecurityReport, Verdict
from app.services.audit.wording import check_text, fault_text

NOT_CHECKED = "not checked"
_PIECE = 8
_NOT_RECORDED = "not recorded"

_VERDICTS = {
    Verdict.OPEN: "OPEN: gives the metrics to anyone",
    Verdict.UNENCRYPTED: "asks for authentication, but over plain HTTP",
    Verdict.PROTECTED: "gives no metrics without authentication, over TLS",
    Verdict.NOT_REACHED: "not reached",
    Verdict.UNCLEAR: "unclear",
}
_STYLE = """
body { font-family: sans-serif; font-size: 10pt; color: #18212d; background-color: #ffffff; margin: 24px; }
h1 { font-size: 18pt; } h2 { font-size: 13pt; margin-top: 20px; } h3 { font-size: 11pt; }
table { border-collapse: collapse; width: 100%; }
th { background-color: #f3f5f8; text-align: left; } th, td { border: 1px solid #b7bfca; padding: 4px; vertical-align: top; }
.for { color: #556171; font-size: 9pt; } .bad { color: #b8222b; font-weight: bold; } .code { font-family: monospace; }
@page { size: A4 landscape; margin: 14mm; }
@media print { body { margin: 0; } thead { display: table-header-group; } tr { page-break-inside: avoid; } }
"""
_HOW_TO_READ = (
    "<b>Checked now</b>: found out while this report was made, from the computer and at the time named above. "
    "<b>Recorded at enrolment</b>: what Plantwatch wrote down when the endpoint was enrolled, or at a later change; it was not "
    "looked at again. <b>Last check</b>: when somebody last had Plantwatch look at the device itself, and what it found then. "
    "<b>Not checked</b>: nothing is claimed. The report names the topics of IEC 62443-2-1 and of Directive (EU) "
    "2022/2555 (NIS2), Article 21, that a section may serve; it does not state conformity with either."
)


def report_html(report: SecurityReport) -> str:
    """The whole document."""
    parts = (
        _beginning(report),
        _summary(report),
        _assets(report),
        _authentication(report),
        _communication(report),
        _logging(report),
        _stack(report),
        _limits(report),
    )
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>Plantwatch security report</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        + "\n".join(parts)
        + "\n</body>\n</html>\n"
    )


def _beginning(report: SecurityReport) -> str:
    made = (
        f"Made at {_time(report.made_at)} by {_text(report.made_by)} with Plantwatch {_text(report.version)}, "
        f"installation <span class='code'>{_text(report.installation_id)}</span>."
    )
    return f"<h1>Security report</h1>\n<p>{made}</p>\n<h2>How to read this report</h2>\n<p>{_HOW_TO_READ}</p>"


def _summary(report: SecurityReport) -> str:
    rows = [(_VERDICTS[verdict], str(report.count(verdict))) for verdict in Verdict]
    rows.append((NOT_CHECKED, str(report.unchecked)))
    chain = check_text(report.chain) if report.chain else f"The activity log: {NOT_CHECKED}."
    return "\n".join(
        (
            "<h2>Summary</h2>",
            f"<p>Endpoints: {len(report.endpoints)}. {_text(chain)}</p>",
            _table(("What a stranger gets from the exporter (checked now)", "Endpoints"), rows),
        )
    )


def _assets(report: SecurityReport) -> str:
    rows = (
        (
            each.name,
            each.site or "–",
            each.lifecycle.value,
            each.address,
            each.hostname or _NOT_RECORDED,
            each.system or _NOT_RECORDED,
            each.exporter_version or _NOT_RECORDED,
            _time(each.enrolled_at),
        )
        for each in report.endpoints
    )
    heads = ("Endpoint", "Site", "State", "Address", "Host name", "System", "Exporter", "Recorded since")
    return _section(
        "Inventory of assets and their configuration",
        "IEC 62443-2-1: inventory and configuration management. NIS2 Article 21(2)(i): asset management.",
        "Recorded at enrolment.",
        _table(heads, rows),
    )


def _authentication(report: SecurityReport) -> str:
    rows = (
        (
            each.name,
            f"{each.host_key.kind} {each.host_key.fingerprint}" if each.host_key else _NOT_RECORDED,
            each.login_user or _NOT_RECORDED,
            each.login_kind.value.replace("_", " ") if each.login_kind else _NOT_RECORDED,
            _recorded_certificate(each),
            _last_check(each),
        )
        for each in report.endpoints
    )
    return _section(
        "Identification and authentication",
        "IEC 62443-2-1: user access control, identification and authentication. NIS2 Article 21(2)(i) and (j): access control, authentication.",
        "Recorded at enrolment. The host key is that by which Plantwatch recognises the device over SSH; the last check compared it, and what "
        "was made on the device. Secrets are not part of this report.",
        _table(
            (
                "Endpoint",
                "SSH host key",
                "Login user",
                "Login method",
                "Certificate of the exporter",
                "Last check of the device",
            ),
            rows,
        ),
    )


def _communication(report: SecurityReport) -> str:
    return _section(
        "Integrity and confidentiality of communication",
        "IEC 62443-2-1: network and communication security. NIS2 Article 21(2)(h): cryptography.",
        "Checked now, by connecting to each exporter without any credentials. The certificate is the one shown in that connection; it was "
        "not verified against an authority.",
        _table(
            (
                "Endpoint",
                "Exporter",
                "Verdict",
                "Plain HTTP",
                "TLS",
                "Demands",
                "Certificate shown",
                "Seen",
                "Checked at",
            ),
            (_exposure_row(each) for each in report.endpoints),
            widths=(9, 15, 12, 9, 7, 9, 17, 13, 9),
            bad=[each.exposure is not None and each.exposure.verdict in _BAD for each in report.endpoints],
        ),
    )


_BAD = (Verdict.OPEN, Verdict.UNENCRYPTED)


def _exposure_row(endpoint: EndpointSecurity) -> tuple[str, ...]:
    found = endpoint.exposure
    if found is None:
        return (endpoint.name, endpoint.target, *(NOT_CHECKED for _ in range(7)))
    return (
        endpoint.name,
        endpoint.target,
        _VERDICTS[found.verdict],
        _yes_no(found.serves_plain_http, "serves the metrics", "does not serve the metrics"),
        found.tls_version or _yes_no(found.serves_tls, "spoken", "not spoken"),
        NOT_CHECKED if found.demand is Demand.UNKNOWN else found.demand.value,
        _shown_certificate(found),
        found.evidence or "–",
        _time(found.checked_at),
    )


def _logging(report: SecurityReport) -> str:
    chain = report.chain
    if chain is None:
        body = f"<p>The chain of the activity log: {NOT_CHECKED}.</p>"
    else:
        mark = "" if chain.is_whole else " class='bad'"
        faults = "".join(f"<li>{_text(fault_text(fault))}</li>" for fault in chain.faults)
        body = (
            f"<p{mark}>{_text(check_text(chain))}</p>"
            + (f"<ul>{faults}</ul>" if faults else "")
            + f"<p>Hash of the newest line: <span class='code'>{_text(chain.head or '–')}</span>. Kept where nobody who may write the "
            "inventory can change it, it proves later every line up to that one. Without such a note, somebody who may write the whole "
            "database can compute the chain anew.</p>"
        )
    return _section(
        "Logging and audit",
        "IEC 62443-2-1: event management, audit records. NIS2 Article 21(2)(b) and (f): incident handling, assessing the measures.",
        "Checked now, unless it says otherwise: each line holds the hash of the one before.",
        body,
    )


def _stack(report: SecurityReport) -> str:
    rows = (
        ("Docker host", report.stack.host),
        ("Address on which Prometheus, Alertmanager and Grafana are published", report.stack.publish_address),
    )
    return _section(
        "Monitoring stack",
        "IEC 62443-2-1: network and communication security.",
        "Recorded in the settings; the stack itself was not checked.",
        _table(("What", "Recorded"), rows),
    )


def _limits(report: SecurityReport) -> str:
    unchecked = [
        "Whether a device still shows the recorded host key, and whether its login still works, since its last check.",
        "Whether an exporter would accept TLS below 1.2, or a client certificate of another authority.",
        "Whether what is recorded about a device (host name, system, version of the exporter) is still so.",
        "What other computers than this one can reach.",
        "The operating systems, accounts and other services of the devices and of the Docker host.",
    ]
    if report.unchecked:
        unchecked.insert(0, f"The exporters of {report.unchecked} endpoints.")
    return "<h2>What was not checked</h2>\n<ul>" + "".join(f"<li>{_text(each)}</li>" for each in unchecked) + "</ul>"


def _section(title: str, serves: str, basis: str, body: str) -> str:
    return f"<h2>{_text(title)}</h2>\n<p class='for'>{_text(serves)}</p>\n<p>{_text(basis)}</p>\n{body}"


def _table(
    heads: Sequence[str], rows: Iterable[Sequence[str]], *, widths: Sequence[int] = (), bad: Sequence[bool] = ()
) -> str:
    """`widths` are in hundredths; without them each column is as wide as its text. `bad` says which rows have their third cell marked."""
    lines = []
    for number, row in enumerate(rows):
        marked = 2 if number < len(bad) and bad[number] else -1
        cells = (f"<td{' class=bad' if at == marked else ''}>{_text(cell)}</td>" for at, cell in enumerate(row))
        lines.append(f"<tr>{''.join(cells)}</tr>")
    sized = [f" width='{each}%'" for each in widths] or [""] * len(heads)
    head = "".join(f"<th{width}>{_text(each)}</th>" for width, each in zip(sized, heads, strict=True))
    body = "\n".join(lines) or f"<tr><td colspan='{len(heads)}'>none</td></tr>"
    return f"<table border='1' cellspacing='0' cellpadding='4' width='100%'>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>"


def _recorded_certificate(endpoint: EndpointSecurity) -> str:
    certificate = endpoint.certificate
    return _certificate(certificate) if certificate else "none recorded"


def _last_check(endpoint: EndpointSecurity) -> str:
    found = endpoint.device_check
    if found is None:
        return NOT_CHECKED
    return f"{found.state.value}{f' ({found.detail})' if found.detail else ''}, {_time(found.checked_at)}"


def _shown_certificate(found: Exposure) -> str:
    if found.certificate is None:
        return "none" if found.serves_tls is False else NOT_CHECKED
    return _certificate(found.certificate)


def _certificate(certificate: CertificateSummary) -> str:
    """With places where the line may break: a column is narrower than 64 digits."""
    algorithm, _, digits = certificate.fingerprint.partition(":")
    pieces = (digits[at : at + _PIECE] for at in range(0, len(digits), _PIECE))
    return f"{algorithm}: {' '.join(pieces)}, ends {_time(certificate.ends_at)}"


def _yes_no(value: bool | None, yes: str, no: str) -> str:  # noqa: FBT001 - it is the value that is worded
    return NOT_CHECKED if value is None else yes if value else no


def _time(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M UTC")


def _text(text: str) -> str:
    """As plain text: no markup, and nothing that a browser or a printer obeys or that turns the direction of reading."""
    return html.escape("".join(c if c.isprintable() else "�" for c in text))
