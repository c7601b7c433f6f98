// @ts-check
// The bundled wasm modules: fetched when first needed, compiled while they arrive, counted byte by byte.

/**
 * @typedef {object} Entry
 * @property {string} name for people
 * @property {string} url
 * @property {number} size in bytes, unpacked
 */

export class Modules {
  /**
   * @param {Map<string, Entry>} entries by the key Python knows them by
   * @param {(name: string, done: number, size: number, wanted: boolean) => void} progress
   */
  constructor(entries, progress) {
    this.entries = entries;
    this.progress = progress;
    /** Those a program waits for; others come ahead of their use. @type {Set<Entry>} */
    this.wanted = new Set();
    /** How much has come of those that are on their way. @type {Map<Entry, number>} */
    this.arrived = new Map();
    /** @type {Map<string, Promise<WebAssembly.Module>>} */
    this.coming = new Map();
  }

  /**
   * @param {string} key
   * @param {boolean} wanted somebody waits for it
   * @returns {Promise<WebAssembly.Module> | null} null if it is none of ours
   */
  fetch(key, wanted) {
    const entry = this.entries.get(key);
    if (!entry) return null;
    if (wanted) this.wanted.add(entry);
    let coming = this.coming.get(key);
    if (!coming) {
      this.arrived.set(entry, 0);
      coming = this.load(entry).finally(() => this.left(entry));
      this.coming.set(key, coming);
      coming.catch(() => this.coming.delete(key));
    }
    this.report(entry);
    return coming;
  }

  /** @param {Entry} entry */
  report(entry) {
    const done = this.arrived.get(entry);
    if (done !== undefined) this.progress(entry.name, done, entry.size, this.wanted.has(entry));
  }

  /** It is there, or it failed: no longer on its way. @param {Entry} entry */
  left(entry) {
    this.arrived.delete(entry);
    this.progress(entry.name, entry.size, entry.size, false);
  }

  /** @param {Entry} entry @returns {Promise<WebAssembly.Module>} */
  async load(entry) {
    const answer = await fetch(entry.url);
    if (!answer.ok || !answer.body) throw new Error(`could not fetch ${entry.name}: ${answer.status}`);
    const body = answer.body.pipeThrough(this.counter(entry));
    return WebAssembly.compileStreaming(new Response(body, { headers: { "content-type": "application/wasm" } }));
  }

  /** @param {Entry} entry */
  counter(entry) {
    return new TransformStream({
      transform: (chunk, controller) => {
        this.arrived.set(entry, (this.arrived.get(entry) ?? 0) + chunk.byteLength);
        this.report(entry);
        controller.enqueue(chunk);
      },
    });
  }

  /** The bytes of a module, at once: for a program that reads the file. @param {string} key @returns {Uint8Array} */
  read(key) {
    const entry = this.entries.get(key);
    if (!entry) throw new Error("no such module");
    const request = new XMLHttpRequest();
    request.open("GET", entry.url, false);
    request.responseType = "arraybuffer";
    request.send();
    if (request.status !== 200) throw new Error(`could not fetch ${entry.name}: ${request.status}`);
    return new Uint8Array(request.response);
  }
}
