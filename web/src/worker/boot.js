// @ts-check
// From nothing to a running terminal: Pyodide from its memory snapshot, or plainly where that fails.

import { fetchBytes } from "./fetching.js";
import { Glue } from "./glue.js";
import { Modules } from "./modules.js";
import { Session } from "./session.js";

/** Where our packages lie in Pyodide's file system; the snapshot's import system remembers it. */
export const PACKAGES = "/lib/pagebox.zip";
/** No package is ever installed: an empty list instead of 120 KB. */
export const NO_PACKAGES = {
  info: { arch: "wasm32", platform: "emscripten", version: "0", python: "3.14", abi_version: "2026_0" },
  packages: {},
};

/** Docstrings are for readers of the source: without them there is a fifteenth less to download. */
export const LEAN = { PYTHONOPTIMIZE: "2" };

/**
 * @param {any} message the page's "boot"
 * @param {(message: any, transfer?: Transferable[]) => void} post
 * @returns {Promise<Session>}
 */
export async function boot({ base, manifest, rows, columns }, post) {
  const url = (/** @type {string} */ path) => new URL(path, base).href;
  /** @type {(name: string, done: number, size: number, wanted: boolean) => void} */
  const report = (name, done, size, wanted) => post({ kind: "progress", name, done, size, wanted });
  const started = performance.now();
  const { pyodide, way } = await startPython(manifest, url, (done, size) => report("Python", done, size, true));
  const loaded = performance.now();
  const entries = manifest.tools.map((/** @type {any} */ tool) => [tool.key, { ...tool, url: url(tool.url) }]);
  const modules = new Modules(new Map(entries), report);
  const session = new Session(pyodide, new Glue(pyodide, modules), modules, post);
  session.start(manifest, rows, columns, { way, python: loaded - started, began: started });
  return session;
}

/**
 * @param {any} manifest
 * @param {(path: string) => string} url
 * @param {(done: number, size: number) => void} progress
 */
async function startPython(manifest, url, progress) {
  const packages = fetchBytes(url(manifest.packages.url), manifest.packages.size, () => {});
  packages.catch(() => {});
  const { loadPyodide } = await import(url(`${manifest.pyodide}/pyodide.mjs`));
  const options = {
    indexURL: url(manifest.pyodide),
    lockFileContents: NO_PACKAGES,
    packageBaseUrl: url("none/"),
    env: { ...LEAN },
  };
  if (manifest.snapshot) {
    try {
      const snapshot = fetchBytes(url(manifest.snapshot.url), manifest.snapshot.size, progress);
      snapshot.catch(() => {}); // seen below, unless something else fails first
      const createPyodideModule = await roomy(url(`${manifest.pyodide}/pyodide.asm.mjs`), snapshot);
      const pyodide = await loadPyodide({ ...options, createPyodideModule, _loadSnapshot: snapshot });
      pyodide.FS.writeFile(PACKAGES, new Uint8Array(await packages));
      return { pyodide, way: "snapshot" };
    } catch (error) {
      console.warn("The snapshot could not be used; starting plainly.", error);
    }
  }
  const pyodide = await loadPyodide(options);
  pyodide.FS.writeFile(PACKAGES, new Uint8Array(await packages));
  pyodide.runPython(`import sys; sys.path.append(${JSON.stringify(PACKAGES)})`);
  return { pyodide, way: "plain" };
}

/**
 * Pyodide's module has 30 MiB when it starts, and a snapshot is written over that: make room for a larger one.
 *
 * @param {string} module
 * @param {Promise<ArrayBuffer>} snapshot
 */
async function roomy(module, snapshot) {
  const { default: create } = await import(module);
  return async (/** @type {any} */ settings) => {
    const python = await create(settings);
    const { byteLength } = await snapshot;
    if (python.HEAP8.length < byteLength) python._emscripten_resize_heap(byteLength);
    return python;
  };
}
