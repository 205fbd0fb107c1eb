"""The target file of Prometheus' file-based service discovery: rendered, and packed so that unpacking replaces it at once."""

import io
import json
import tarfile
from collections.abc import Sequence

from app.models.stack import TargetGroup

#: Where the targets volume is mounted, and the one file in it that Prometheus' pattern matches.
FOLDER = "/etc/prometheus/targets"
FILE = "fleet.json"
_HIDDEN = ".fleet.json.new"


def render_targets(groups: Sequence[TargetGroup]) -> bytes:
    """The file's text: the same for the same groups, in any order."""
    ordered = sorted((group.target, sorted(group.labels.items())) for group in groups)
    entries = [{"targets": [target], "labels": dict(labels)} for target, labels in ordered]
    return (json.dumps(entries, indent=1) + "\n").encode()


def pack_targets(content: bytes) -> bytes:
    """A tar for `FOLDER` that brings the file in under its name when it is whole.

    The engine writes a tar's files in place, so a reader could meet half of one. Here the text arrives under a name that Prometheus does not
    read, and the name that it does read follows as a hard link to it: two system calls, whatever the size.
    """
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        text = tarfile.TarInfo(_HIDDEN)
        text.size = len(content)
        text.mode = 0o444
        tar.addfile(text, io.BytesIO(content))
        link = tarfile.TarInfo(FILE)
        link.type = tarfile.LNKTYPE
        link.linkname = _HIDDEN
        link.mode = 0o444
        tar.addfile(link)
    return buffer.getvalue()
