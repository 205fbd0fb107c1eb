"""Starts the stand-in."""

import http.server


class Handler(http.server.BaseHTTPRequestHandler):
    """Health only."""

    def do_GET(self) -> None:
        body = b'{"database": "ok"}'
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


http.server.ThreadingHTTPServer(("", 3000), Handler).serve_forever()
