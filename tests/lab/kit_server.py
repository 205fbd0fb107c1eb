"""Serves a directory on a free loopback port: `kit_server.py DIRECTORY PORT_FILE`. Needs nothing but the standard library."""

import functools
import http.server
import sys
from pathlib import Path


def main() -> None:
    """Writes the port into PORT_FILE once it listens, then serves until it is ended."""
    directory, port_file = sys.argv[1], Path(sys.argv[2])
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=directory)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        written = port_file.with_suffix(".tmp")
        written.write_text(str(server.server_port))
        written.rename(port_file)
        server.serve_forever()


if __name__ == "__main__":
    main()
