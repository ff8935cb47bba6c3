"""What every simulated outside system shares: to serve on loopback while a test runs, and to be quiet."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class LoopbackServer(ThreadingHTTPServer):
    """A server on loopback; `stopping` is what its slow answers wait for."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, port: int, handler: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(("127.0.0.1", port), handler)
        self.stopping = threading.Event()


class QuietHandler(BaseHTTPRequestHandler):
    """Says nothing: the client's side keeps the log. What is asked goes to `get` and `post`."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.get()

    def do_POST(self) -> None:
        self.post()

    def get(self) -> None:
        self.send(405, b"", "text/plain")

    def post(self) -> None:
        self.read_body()
        self.send(405, b"", "text/plain")

    def send_json(self, status: int, answer: Any) -> None:
        self.send(status, json.dumps(answer, ensure_ascii=False).encode(), "application/json")

    def send(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def read_body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def handle(self) -> None:
        # A client that did not wait for the end is what slow answers are for.
        with suppress(ConnectionError):
            super().handle()

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def serving(server: LoopbackServer) -> Iterator[str]:
    """Serves in a thread while the block runs, and gives the server's address."""
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.stopping.set()
        server.shutdown()
        server.server_close()
        thread.join()
