"""The target file and its tar."""

import io
import json
import tarfile

from app.models.stack import TargetGroup
from app.services.stack.targets import FILE, pack_targets, render_targets

GROUPS = [
    TargetGroup("10.0.0.2:9100", {"instance": "b", "site": "North"}),
    TargetGroup("[2001:db8::1]:9100", {"site": "Süd", "instance": "a"}),
]


def test_the_file_is_what_prometheus_reads() -> None:
    assert json.loads(render_targets(GROUPS)) == [
        {"targets": ["10.0.0.2:9100"], "labels": {"instance": "b", "site": "North"}},
        {"targets": ["[2001:db8::1]:9100"], "labels": {"instance": "a", "site": "Süd"}},
    ]


def test_the_order_of_the_groups_does_not_matter() -> None:
    assert render_targets(GROUPS) == render_targets(GROUPS[::-1])


def test_no_targets_are_an_empty_list() -> None:
    assert json.loads(render_targets([])) == []


def test_the_name_that_prometheus_reads_comes_last_and_is_a_link_to_the_whole_file() -> None:
    with tarfile.open(fileobj=io.BytesIO(pack_targets(b"text"))) as tar:
        text, link = tar.getmembers()
    assert text.isfile()
    assert not text.name.endswith(".json")
    assert link.islnk()
    assert (link.name, link.linkname) == (FILE, text.name)
