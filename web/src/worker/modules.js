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
   * @param {(name: string, done: number, size: number) => void} progress
   */
  constructor(entries, progress) {
    this.entries = entries;
    this.progress = progress;
    /** @type {Map<string, Promise<WebAssembly.Module>>} */
    this.coming = new Map();
  }

  /** @param {string} key @returns {Promise<WebAssembly.Module> | null} null if it is none of ours */
  fetch(key) {
    const entry = this.entries.get(key);
    if (!entry) return null;
    let coming = this.coming.get(key);
    if (!coming) {
      coming = this.load(entry);
      this.coming.set(key, coming);
      coming.catch(() => this.coming.delete(key));
    }
    return coming;
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
    let done = 0;
    return new TransformStream({
      transform: (chunk, controller) => {
        done += chunk.byteLength;
        this.progress(entry.name, done, entry.size);
        controller.enqueue(chunk);
      },
      flush: () => this.progress(entry.name, entry.size, entry.size),
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
