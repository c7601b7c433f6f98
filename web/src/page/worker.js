// @ts-check
// Starts the worker. It comes from a `data:` address, never from a URL: only so does it inherit this page's
// policy, which is what keeps anything inside from reaching the network.

/**
 * @param {string} url of the worker's first module, absolute
 * @returns {Worker}
 */
export function startWorker(url) {
  // A static import would be held to worker-src; this one is to script-src.
  const source = `const early = [];
onmessage = (event) => early.push(event.data);
import(${JSON.stringify(url)}).then(
  (main) => main.begin(early),
  (error) => postMessage({ kind: "failed", words: String(error) }),
);`;
  const address = `data:text/javascript,${encodeURIComponent(source)}`;
  return new Worker(trusted(address), { type: "module", name: "pagebox" });
}

/**
 * @param {string} address
 * @returns {any} what `new Worker` takes where Trusted Types are enforced
 */
function trusted(address) {
  const types = /** @type {any} */ (globalThis).trustedTypes;
  if (!types) return address;
  const policy = types.createPolicy("pagebox", { createScriptURL: (/** @type {string} */ text) => text });
  return policy.createScriptURL(address);
}
