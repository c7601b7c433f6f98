// @ts-check
// The page: a terminal, a worker, and the bytes between them.

import { Screen } from "./screen.js";
import { Status } from "./status.js";
import { startWorker } from "./worker.js";

const NO_JSPI = [
  "This browser cannot suspend WebAssembly programs (JSPI), which everything here stands on.",
  "Use Chrome or Edge 137 or newer, Firefox 153 or newer, or Safari 27 or newer.",
];

const STOPPED = "What runs inside has stopped by a mistake of ours; reload the page to start again.";

class Page {
  constructor() {
    const manifest = /** @type {HTMLElement} */ (document.getElementById("manifest"));
    this.manifest = JSON.parse(manifest.textContent ?? "{}");
    this.status = new Status(document);
    this.ready = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    // Whoever waits sees the failure; nobody has to.
    this.ready.catch(() => {});
    /** @type {Screen | null} */
    this.screen = null;
    /** @type {Worker | null} */
    this.worker = null;
    /** @type {Map<number, {resolve: (value: any) => void, reject: (reason: Error) => void}>} */
    this.asked = new Map();
    this.questions = 0;
    /** @type {(() => void)[]} */
    this.watchers = [];
  }

  start() {
    if (!("Suspending" in WebAssembly)) {
      this.fail(NO_JSPI);
      return;
    }
    const screen = (this.screen = new Screen(/** @type {HTMLElement} */ (document.getElementById("terminal"))));
    const base = new URL(".", document.baseURI).href;
    const worker = (this.worker = startWorker(new URL(`${this.manifest.app}/worker/main.js`, base).href));
    worker.onmessage = (event) => this.receive(event.data);
    worker.onerror = (event) => this.fail(["The worker could not start.", event.message ?? ""]);
    const { rows, cols } = screen.terminal;
    worker.postMessage({ kind: "boot", base, manifest: this.manifest, rows, columns: cols });
    screen.listen(
      (data) => worker.postMessage({ kind: "input", data }),
      (height, width) => worker.postMessage({ kind: "resize", rows: height, columns: width }),
    );
    screen.terminal.focus();
  }

  /** @param {any} message */
  receive(message) {
    switch (message.kind) {
      case "output":
        this.show(message.data);
        break;
      case "progress":
        this.status.progress(message);
        break;
      case "ready":
        this.status.ready();
        this.resolve?.(message.facts);
        break;
      case "running":
        this.status.running(message.name);
        break;
      case "answer":
        this.answered(message);
        break;
      case "failed":
        this.fail([this.status.booted ? STOPPED : "Starting failed.", message.words]);
        break;
    }
  }

  /** @param {Uint8Array} data */
  show(data) {
    this.screen?.write(data, () => {
      this.worker?.postMessage({ kind: "shown", size: data.length });
      for (const watcher of this.watchers.splice(0)) watcher();
    });
  }

  /** @param {any} message */
  answered({ id, value, error }) {
    const asked = this.asked.get(id);
    this.asked.delete(id);
    if (error === undefined) asked?.resolve(value);
    else asked?.reject(new Error(error));
  }

  /** @param {string[]} paragraphs */
  fail(paragraphs) {
    this.status.fail(paragraphs);
    this.reject?.(new Error(paragraphs.join(" ")));
  }

  /**
   * Run Python in the worker: for tests and for the curious. Programs inside cannot get here.
   * @param {string} code its last expression is the answer, as JSON
   * @returns {Promise<any>}
   */
  evaluate(code) {
    return new Promise((resolve, reject) => {
      this.questions += 1;
      this.asked.set(this.questions, { resolve, reject });
      this.worker?.postMessage({ kind: "evaluate", id: this.questions, code });
    });
  }

  /**
   * Wait until the terminal's text matches.
   * @param {RegExp | string} pattern
   * @returns {Promise<string>} the text
   */
  async seen(pattern) {
    const wanted = new RegExp(pattern, "m");
    for (;;) {
      const text = this.screen?.text() ?? "";
      if (wanted.test(text)) return text;
      await new Promise((resolve) => this.watchers.push(() => resolve(undefined)));
    }
  }
}

const page = new Page();
/** What tests and the console may use. */
/** @type {any} */ (window).pagebox = Object.freeze({
  ready: page.ready,
  type: (/** @type {string} */ text) => page.screen?.type(text),
  text: () => page.screen?.text() ?? "",
  seen: (/** @type {RegExp | string} */ pattern) => page.seen(pattern),
  evaluate: (/** @type {string} */ code) => page.evaluate(code),
  size: () => ({ rows: page.screen?.terminal.rows, columns: page.screen?.terminal.cols }),
});
page.start();
