"""A deploy of pyinfra; the inventory beside it gives each host its data."""

import json
import os
from pathlib import Path

from pyinfra.operations import files, server

_SITE = json.loads(Path(os.environ["BENCH_SITE"]).read_text())

files.directory(name="Folder", path=_SITE["folder"], user="root", group="root", mode="755")
for _source, _place in _SITE["files"]:
    _mode = "755" if _place.endswith("node_exporter") else "644"
    files.put(name=_place, src=_source, dest=_place, user="root", group="root", mode=_mode)
server.shell(name="Sum and version", commands=[_SITE["finish"]])
