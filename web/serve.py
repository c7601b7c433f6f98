"""Serves the built page. Standard library only; binds to this machine unless told otherwise.

The page's worker has no origin of its own (it starts from a `data:` address so that it inherits the page's
policy), so every file is sent with `Access-Control-Allow-Origin: *`. Any static host that does the same will do.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import http.server
import re
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

FOR_EVER = "public, max-age=31536000, immutable"
HASHED = re.compile(r"[-.][0-9a-f]{12}[/.]")


class Handler(http.server.SimpleHTTPRequestHandler):
    """Files of one folder, with the types and headers the page needs."""

    protocol_version = "HTTP/1.1"
    extensions_map = {
        **http.server.SimpleHTTPRequestHandler.extensions_map,
        ".css": "text/css; charset=utf-8",
        ".html": "text/html; charset=utf-8",
        ".js": "text/javascript; charset=utf-8",
        ".json": "application/json",
        ".mjs": "text/javascript; charset=utf-8",
        ".wasm": "application/wasm",
    }

    def end_headers(self) -> None:
        """Add what every answer carries."""
        self.send_header("Access-Control-Allow-Origin", "*")
        self.send_header("Cache-Control", FOR_EVER if HASHED.search(self.path) else "no-cache")
        super().end_headers()

    def list_directory(self, path: object) -> None:  # type: ignore[override]
        """No listings."""
        self.send_error(404)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing about what went well."""

    def log_error(self, format: str, *args: object) -> None:
        """Say what was asked for in vain."""
        print(f"{self.command} {self.path}: " + format % args, flush=True)


class Server(http.server.ThreadingHTTPServer):
    """Does not wait for connections that a browser left open, nor mind those it dropped."""

    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Report what is not a browser that went away."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


def make_server(
    folder: Path, port: int = 0, host: str = "127.0.0.1", handler: type[Handler] = Handler
) -> Server:
    """A server of `folder` that is bound and not yet running; port 0 takes a free one.

    Raises: OSError if the port is taken.
    """
    return Server((host, port), functools.partial(handler, directory=str(folder)))


@contextlib.contextmanager
def serving(folder: Path, handler: type[Handler] = Handler) -> Iterator[str]:
    """Serve `folder` on a free port while the block runs; gives the address."""
    server = make_server(folder, handler=handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(description="Serve the built playground.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--port", type=int, default=8000, help="default 8000; 0 takes a free one")
    parser.add_argument("--host", default="127.0.0.1", help="default: this machine only")
    options = parser.parse_args()
    with make_server(options.folder, options.port, options.host) as server:
        print(f"http://{options.host}:{server.server_port}/   (Ctrl-C ends it)", flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            server.serve_forever()


if __name__ == "__main__":
    main()
