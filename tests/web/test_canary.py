"""Nothing leaves the page: a canary on another port counts what arrives, and must count nothing."""

import http.server
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from terminal import PageTerminal

pytestmark = pytest.mark.page


class Canary:
    """A server on another port; any request is a failure of the policy."""

    def __init__(self) -> None:
        hits = self.hits = []  # type: list[str]

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                hits.append(f"{self.command} {self.path}")
                self.send_response(200)
                self.send_header("Access-Control-Allow-Origin", "*")
                self.send_header("Content-Type", "text/javascript")
                self.end_headers()
                self.wfile.write(b"export default 1;")

            do_POST = do_HEAD = do_OPTIONS = do_GET

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def canary() -> Iterator[Canary]:
    made = Canary()
    yield made
    made.close()


IN_WORKER = """
import js
from pyodide.ffi import to_js

async def attempt(action):
    try:
        await action()
    except BaseException as error:
        return type(error).__name__
    return "went through"

async def fetch():
    await js.fetch(URL + "/fetch")

async def beacon():
    await js.fetch(URL + "/post", to_js({"method": "POST", "mode": "no-cors"}, dict_converter=js.Object.fromEntries))

async def request():
    asked = js.XMLHttpRequest.new()
    asked.open("GET", URL + "/xhr", False)
    asked.send()

async def socket():
    opened = js.WebSocket.new(URL.replace("http", "ws") + "/socket")
    failed = js.Promise.withResolvers()
    opened.onerror = failed.resolve
    opened.onopen = failed.resolve
    event = await failed.promise
    if event.type == "error":
        raise OSError("refused")

async def events():
    source = js.EventSource.new(URL + "/events")
    failed = js.Promise.withResolvers()
    source.onerror = failed.resolve
    source.onopen = failed.resolve
    event = await failed.promise
    if event.type == "error":
        source.close()
        raise OSError("refused")

async def worker():
    nested = js.Worker.new(URL + "/worker")
    failed = js.Promise.withResolvers()
    nested.onerror = failed.resolve
    await failed.promise
    raise OSError("refused")

async def module():
    await js.Function.new("url", "return import(url)")(URL + "/module.js")

{f.__name__: await attempt(f) for f in (fetch, beacon, request, socket, events, worker, module)}
"""

IN_PAGE = """async (url) => {
  const attempts = {
    fetch: () => fetch(`${url}/fetch`),
    request: () => new Promise((resolve, reject) => {
      const asked = new XMLHttpRequest();
      asked.open("GET", `${url}/xhr`);
      asked.onload = resolve;
      asked.onerror = reject;
      asked.send();
    }),
    image: () => new Promise((resolve, reject) => {
      const image = new Image();
      image.onload = resolve;
      image.onerror = reject;
      image.src = `${url}/image.png`;
    }),
    module: () => import(`${url}/module.js`),
    beacon: async () => { if (navigator.sendBeacon(`${url}/beacon`, "x")) throw new Error("queued, then blocked"); },
    frame: async () => {
      const frame = document.createElement("iframe");
      frame.src = `${url}/frame`;
      const loaded = new Promise((resolve) => frame.addEventListener("load", resolve));
      document.body.append(frame);
      await loaded;
      throw new Error("an error page at best");
    },
  };
  const seen = {};
  for (const [name, attempt] of Object.entries(attempts)) {
    seen[name] = await attempt().then(() => "went through", () => "refused");
  }
  return seen;
}"""


def test_nothing_leaves_the_worker(terminal: PageTerminal, canary: Canary) -> None:
    seen = terminal.evaluate(f"URL = {canary.address!r}\n{IN_WORKER}")
    assert "went through" not in seen.values()
    assert len(seen) == 7
    assert canary.hits == []


def test_nothing_leaves_the_page(terminal: PageTerminal, canary: Canary) -> None:
    seen = terminal.page.evaluate(IN_PAGE, canary.address)
    assert set(seen.values()) == {"refused"}
    assert canary.hits == []


def test_the_canary_sings(canary: Canary, window: Any) -> None:
    """The same request from a page without the policy arrives: so the tests above can fail."""
    elsewhere = Canary()
    tab = window.new_page()
    tab.goto(elsewhere.address)
    tab.evaluate("url => fetch(`${url}/fetch`)", canary.address)
    tab.close()
    elsewhere.close()
    assert canary.hits == ["GET /fetch"]


def test_every_request_of_a_visit_goes_to_the_page_itself(blank: Any, address: str) -> None:
    asked: list[str] = []
    blank.on("request", lambda request: asked.append(request.url))
    blank.goto(address)
    terminal = PageTerminal(blank)
    terminal.ready()
    terminal.run("ls; python3 -c 'print(1)'")
    strangers = [url for url in asked if not url.startswith((address, "data:", "blob:"))]
    assert strangers == []
    assert len(asked) > 10
