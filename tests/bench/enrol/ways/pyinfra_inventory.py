"""The hosts for pyinfra, which reads the one list of this module."""

import json
import os
from pathlib import Path

_SITE = json.loads(Path(os.environ["BENCH_SITE"]).read_text())

devices = [
    (
        _device["address"],
        {
            "ssh_user": "root",
            "ssh_key": _SITE["key"],
            "ssh_known_hosts_file": _SITE["known_hosts"],
            "ssh_strict_host_key_checking": "yes",
        },
    )
    for _device in _SITE["devices"]
]
