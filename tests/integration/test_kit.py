"""The kit, filled from the lab's source: real archives over HTTP."""

from pathlib import Path

import pytest

from app.errors import KitError
from app.services.kit import FetchStep, Kit
from app.services.progress import CancelToken, Event, LogLine, StepAdvanced, StepFinished, ignore
from tests.lab import Lab


def test_filled_once_from_a_mirror(lab: Lab, tmp_path: Path) -> None:
    document = lab.document
    url, version = document["kit_url"], document["kit_version"]
    kit = Kit(tmp_path / "kit")
    events: list[Event] = []
    fetched = kit.fetch(url, version, report=events.append, token=CancelToken())

    assert {"amd64"} <= {build.architecture for build in fetched}
    assert kit.builds() == sorted(fetched, key=lambda build: build.architecture)
    missing = [event.text for event in events if isinstance(event, LogLine)]
    assert any("s390x" in text for text in missing)
    assert [e.subject for e in events if isinstance(e, StepFinished) and e.step is FetchStep.ARCHIVE] == [
        build.architecture for build in fetched
    ]
    advanced = [event for event in events if isinstance(event, StepAdvanced)]
    assert advanced[-1].done == advanced[-1].total > 0
    build = kit.choose("amd64")
    assert kit.read(build)[:4] == b"\x7fELF"
    assert build.path.stat().st_size == build.size

    stamps = {build.path.stat().st_ino for build in fetched}
    again = kit.fetch(url, version, [build.architecture for build in fetched], report=ignore, token=CancelToken())
    assert again == fetched
    assert {build.path.stat().st_ino for build in again} == stamps, "nothing was fetched again"
    assert not list((tmp_path / "kit").glob(".fetch-*"))


def test_a_version_that_the_source_does_not_have(lab: Lab, tmp_path: Path) -> None:
    with pytest.raises(KitError) as caught:
        Kit(tmp_path).fetch(lab.document["kit_url"], "0.0.1", report=ignore, token=CancelToken())
    assert "does not have this release" in caught.value.message
    assert list(tmp_path.iterdir()) == []
