// @ts-check
// Build time only: starts Pyodide, imports everything of ours and sends the memory to whoever asked.

import { LEAN, NO_PACKAGES, PACKAGES } from "./boot.js";

self.onmessage = async ({ data: { base, manifest } }) => {
  const url = (/** @type {string} */ path) => new URL(path, base).href;
  try {
    const { loadPyodide } = await import(url(`${manifest.pyodide}/pyodide.mjs`));
    const pyodide = await loadPyodide({
      indexURL: url(manifest.pyodide),
      lockFileContents: NO_PACKAGES,
      packageBaseUrl: url("none/"),
      env: { ...LEAN, PYTHONHASHSEED: "0" },
      _makeSnapshot: true,
    });
    const packages = await (await fetch(url(manifest.packages.url))).arrayBuffer();
    pyodide.FS.writeFile(PACKAGES, new Uint8Array(packages));
    pyodide.runPython(`
import sys
sys.path.append(${JSON.stringify(PACKAGES)})
import playground
playground.warm()
`);
    const memory = pyodide.makeMemorySnapshot();
    await fetch(url("snapshot"), { method: "POST", body: memory });
    self.postMessage("done");
  } catch (error) {
    self.postMessage(String(/** @type {Error} */ (error).stack ?? error));
  }
};
