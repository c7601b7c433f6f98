// @ts-check
// The worker: boots Python, then passes bytes between the page and the terminal inside.

import { boot } from "./boot.js";

/** What came before Python was there: typed keys are kept. @type {any[]} */
const early = [];
/** @type {any} */
let session = null;

/** @param {any} message */
function post(message, /** @type {Transferable[]} */ transfer = []) {
  /** @type {any} */ (self).postMessage(message, transfer);
}

/** @param {any} message */
function receive(message) {
  if (session === null) {
    early.push(message);
    return;
  }
  switch (message.kind) {
    case "input":
      session.input(message.data);
      break;
    case "resize":
      session.resize(message.rows, message.columns);
      break;
    case "shown":
      session.shown(message.size);
      break;
    case "evaluate":
      session.evaluate(message.code).then(
        (/** @type {any} */ value) => post({ kind: "answer", id: message.id, value }),
        (/** @type {Error} */ error) => post({ kind: "answer", id: message.id, error: error.message }),
      );
      break;
  }
}

/** @param {any} message */
async function start(message) {
  try {
    session = await boot(message, post);
    for (const waiting of early.splice(0)) receive(waiting);
  } catch (error) {
    post({ kind: "failed", words: String(/** @type {Error} */ (error).message ?? error) });
  }
}

/** @param {any} message */
function dispatch(message) {
  if (message.kind === "boot") start(message);
  else receive(message);
}

/**
 * Called by the bootstrap (`page/worker.js`).
 * @param {any[]} messages that came before this module was there
 */
export function begin(messages) {
  self.onmessage = (event) => dispatch(event.data);
  self.onunhandledrejection = (event) => post({ kind: "failed", words: String(event.reason) });
  self.onerror = (event) => post({ kind: "failed", words: String(event) });
  messages.forEach(dispatch);
}
