"""A registry of one image, for the engine to pull from: the few answers of the distribution protocol that a pull needs."""

import gzip
import hashlib
import io
import json
import os
import tarfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
_LAYER = "application/vnd.docker.image.rootfs.diff.tar.gzip"
_CONFIG = "application/vnd.docker.container.image.v1+json"


@contextmanager
def registry(*, layers: int = 2, layer_size: int = 1 << 20) -> Iterator[str]:
    """Serves an image with random layers on a loopback port; yields the reference that pulls it."""
    blobs: dict[str, bytes] = {}

    def add(content: bytes, kind: str) -> dict[str, Any]:
        digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
        blobs[digest] = content
        return {"mediaType": kind, "size": len(content), "digest": digest}

    plain = [_layer(f"random-{number}", layer_size) for number in range(layers)]
    config = {
        "architecture": "amd64",
        "os": "linux",
        "config": {},
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{hashlib.sha256(tar).hexdigest()}" for tar in plain]},
    }
    manifest = {
        "schemaVersion": 2,
        "mediaType": _MANIFEST,
        "config": add(json.dumps(config).encode(), _CONFIG),
        "layers": [add(gzip.compress(tar, 1), _LAYER) for tar in plain],
    }
    manifest_text = json.dumps(manifest).encode()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            if self.path == "/v2/":
                self._answer(b"{}", "application/json")
            elif "/manifests/" in self.path:
                self._answer(manifest_text, _MANIFEST)
            elif content := blobs.get(self.path.rpartition("/")[2]):
                self._answer(content, "application/octet-stream")
            else:
                self.send_error(404)

        def do_HEAD(self) -> None:
            self.do_GET()

        def _answer(self, content: bytes, kind: str) -> None:
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.send_header("Docker-Content-Digest", f"sha256:{hashlib.sha256(content).hexdigest()}")
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name that the base class has
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_address[1]}/plantwatch/test:1"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _layer(name: str, size: int) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        entry = tarfile.TarInfo(name)
        entry.size = size
        tar.addfile(entry, io.BytesIO(os.urandom(size)))
    return buffer.getvalue()
