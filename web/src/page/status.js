// @ts-check
// The line in the header: what the page is doing, and how much has arrived.

const MEGABYTE = 1e6;

export class Status {
  /** @param {Document} page */
  constructor(page) {
    this.line = /** @type {HTMLElement} */ (page.getElementById("status"));
    this.words = /** @type {HTMLElement} */ (page.getElementById("words"));
    this.bar = /** @type {HTMLProgressElement} */ (page.getElementById("progress"));
    this.notice = /** @type {HTMLElement} */ (page.getElementById("notice"));
    /** @type {Map<string, {done: number, size: number}>} */
    this.arriving = new Map();
  }

  /**
   * @param {"booting" | "ready" | "running" | "failed"} state
   * @param {string} words
   */
  show(state, words) {
    this.line.dataset.state = state;
    this.words.textContent = words;
  }

  /**
   * @param {string} name
   * @param {number} done bytes
   * @param {number} size bytes
   */
  progress(name, done, size) {
    if (done < size) this.arriving.set(name, { done, size });
    else this.arriving.delete(name);
    const entries = [...this.arriving.values()];
    const all = entries.reduce((sum, entry) => sum + entry.size, 0);
    const now = entries.reduce((sum, entry) => sum + entry.done, 0);
    this.bar.classList.toggle("done", entries.length === 0);
    if (all > 0) this.bar.value = now / all;
    const booting = this.line.dataset.state === "booting";
    if (all === 0) this.words.textContent = booting ? "starting" : "ready";
    else this.words.textContent = `loading ${[...this.arriving.keys()].join(", ")}: ${megabytes(now)} of ${megabytes(all)} MB`;
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
