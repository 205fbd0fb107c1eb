"""Host keys, steps that follow each other, the outbox, the unit, advice."""

import base64

import pytest

from app.errors import Cancelled
from app.models.endpoint import HostKey
from app.models.metric_groups import MetricGroup, choice_of
from app.services.enrolment.exporter import parse_changes, unit_text
from app.services.enrolment.failures import HostKeyChangedError
from app.services.enrolment.parts import Place, check_host_key
from app.services.enrolment.program import Answers
from app.services.enrolment.shell import Outbox
from app.services.enrolment.steps import EnrolStep, StepLine
from app.services.progress import CancelToken, Event, StepFailed, StepFinished, StepStarted


def key(kind: str, seed: bytes) -> HostKey:
    raw = len(kind).to_bytes(4, "big") + kind.encode() + seed * 32
    return HostKey.parse(f"{kind} {base64.b64encode(raw).decode()}")


def test_only_the_very_key_is_accepted() -> None:
    known = key("ssh-ed25519", b"a")
    place = Place("fe80::1", 2222, 9100, known)
    check_host_key(place, key("ssh-ed25519", b"a"))
    for shown in (key("ssh-ed25519", b"b"), key("ssh-rsa", b"a")):
        with pytest.raises(HostKeyChangedError) as caught:
            check_host_key(place, shown)
        assert "[fe80::1]:2222" in caught.value.message
        assert known.fingerprint in caught.value.evidence
        assert shown.fingerprint in caught.value.evidence
    assert "ssh_host_rsa_key.pub" in caught.value.advice


def test_an_outbox_gives_pieces_in_order() -> None:
    outbox = Outbox(b"one", b"", b"two", finished=False)
    outbox.add(b"three")
    taken = []
    while not outbox.is_empty:
        taken.append(outbox.take(2))
    assert taken == [b"on", b"e", b"tw", b"o", b"th", b"re", b"e"]
    assert not outbox.is_finished
    outbox.finish()
    assert outbox.is_finished


def test_steps_within_one_call() -> None:
    events: list[Event] = []
    token = CancelToken()

    def work() -> None:
        with StepLine(events.append, token) as line:
            line.begin(EnrolStep.TRANSFER)
            line.end("13.7 MB")
            line.begin(EnrolStep.INSTALL)
            token.cancel()
            token.check()

    with pytest.raises(Cancelled):
        work()
    told = [(type(event), getattr(event, "step", None)) for event in events]
    assert told == [
        (StepStarted, EnrolStep.TRANSFER),
        (StepFinished, EnrolStep.TRANSFER),
        (StepStarted, EnrolStep.INSTALL),
        (StepFailed, EnrolStep.INSTALL),
    ]


def test_the_unit() -> None:
    text = unit_text(9123)
    assert "--web.listen-address=:9123 " in text or "--web.listen-address=:9123\n" in text
    assert "@LISTEN@" not in text
    assert text.isascii()


def test_the_unit_of_an_exporter_on_one_address() -> None:
    assert "--web.listen-address=10.0.0.7:9100 " in unit_text(9100, "10.0.0.7")
    assert "--web.listen-address=[2001:db8::7]:9100 " in unit_text(9100, "2001:db8::7")


def test_the_unit_of_the_default_metrics_is_as_it_always_was() -> None:
    """A renewal would start every exporter again otherwise."""
    assert "/node_exporter --collector.systemd --collector.processes --web.listen-address=:9100 \\\n" in unit_text(9100)
    assert unit_text(9100, version="1.5.0") == unit_text(9100, metrics=None, version="1.12.1")


def test_the_unit_says_what_is_left_out() -> None:
    text = unit_text(9100, metrics=choice_of({*MetricGroup} - {MetricGroup.UNITS, MetricGroup.RAID}), version="1.5.0")
    assert (
        "node_exporter --collector.processes --no-collector.systemd --no-collector.mdadm --web.listen-address" in text
    )


def test_changes_that_make_no_sense_are_left_out() -> None:
    digest = "a" * 64
    lines = [
        f"file /usr/local/lib/plantwatch/node_exporter {digest}",
        "user plantwatch-exporter",
        "file",
        "rumour /x",
        "file /y zz",
    ]
    changes = parse_changes(Answers(pairs=[("change", line) for line in lines]))
    assert [(change.kind.value, change.name, change.sha256) for change in changes] == [
        ("file", "/usr/local/lib/plantwatch/node_exporter", digest),
        ("user", "plantwatch-exporter", ""),
    ]
