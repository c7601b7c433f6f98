// @ts-check
// The line in the header: what the page is doing, and how much has arrived.

const MEGABYTE = 1e6;
/** A program that ends sooner is not worth a flicker. */
const NOTICEABLE_MS = 150;

export class Status {
  /** @param {Document} page */
  constructor(page) {
    this.line = /** @type {HTMLElement} */ (page.getElementById("status"));
    this.words = /** @type {HTMLElement} */ (page.getElementById("words"));
    this.bar = /** @type {HTMLProgressElement} */ (page.getElementById("progress"));
    this.notice = /** @type {HTMLElement} */ (page.getElementById("notice"));
    /** @type {Map<string, {done: number, size: number, wanted: boolean}>} */
    this.arriving = new Map();
    this.program = "";
    this.timer = 0;
    this.booted = false;
  }

  /**
   * @param {"booting" | "ready" | "running" | "failed"} state
   * @param {string} words
   */
  show(state, words) {
    this.line.dataset.state = state;
    this.words.textContent = words;
  }

  /** The first prompt is there. */
  ready() {
    this.booted = true;
    this.update();
  }

  /** @param {string} program that has the terminal; nothing for the shell */
  running(program) {
    clearTimeout(this.timer);
    this.timer = setTimeout(
      () => {
        this.program = program;
        this.update();
      },
      program ? NOTICEABLE_MS : 0,
    );
  }

  /**
   * @param {object} part of what arrives
   * @param {string} part.name
   * @param {number} part.done bytes
   * @param {number} part.size bytes
   * @param {boolean} part.wanted somebody waits for it; it is not only fetched ahead of its use
   */
  progress({ name, done, size, wanted }) {
    if (done < size) this.arriving.set(name, { done, size, wanted });
    else this.arriving.delete(name);
    this.update();
  }

  update() {
    if (this.line.dataset.state === "failed") return;
    const entries = [...this.arriving.values()];
    const waiting = entries.some((entry) => entry.wanted);
    const all = entries.reduce((sum, entry) => sum + entry.size, 0);
    const now = entries.reduce((sum, entry) => sum + entry.done, 0);
    this.bar.classList.toggle("done", all === 0);
    if (all > 0) this.bar.value = now / all;
    const names = [...this.arriving.keys()].join(", ");
    const loading = all > 0 ? `loading ${names}: ${megabytes(now)} of ${megabytes(all)} MB` : "";
    if (!this.booted) this.show("booting", loading || "starting");
    else if (this.program && !waiting) this.show("running", `running ${this.program}`);
    else this.show("ready", loading || "ready");
  }

  /**
   * Say at length what is wrong.
   * @param {string[]} paragraphs
   */
  fail(paragraphs) {
    this.show("failed", "not available");
    this.bar.classList.add("done");
    this.notice.replaceChildren(
      ...paragraphs.map((text) => {
        const paragraph = document.createElement("p");
        paragraph.textContent = text;
        return paragraph;
      }),
    );
    this.notice.hidden = false;
  }
}

/** @param {number} bytes */
function megabytes(bytes) {
  return (bytes / MEGABYTE).toFixed(1);
}
