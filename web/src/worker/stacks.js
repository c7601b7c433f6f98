// @ts-check
// The stacks of all processes and the baton among them. Python decides who runs; this file resolves the
// promise of that one stack, and leaves room for the page's events between two of them.

/** How long processes may run before timers, keys and messages get a turn. */
const TURN_MS = 8;
/** How long a program that makes calls without a pause may run: a turn costs it as much as a hundred calls. */
const OVERDUE_MS = 32;
/** Results below this one mean: the process is parked, and `PARKED - result` is the stack that runs next. */
export const PARKED = -1000;
/** The process leaves: throw its stack away. */
export const LEAVE = -999;
/** No stack: every process sleeps. */
export const NOBODY = 0;

/** Thrown through a guest to unwind it. Python knows why. */
export class Unwind extends Error {}

/**
 * @typedef {object} Stack
 * @property {number} id
 * @property {() => void} resume continues it; it has the baton
 * @property {() => void} abandon unwinds it without running it again
 */

export class Stacks {
  constructor() {
    /** @type {Map<number, Stack>} */
    this.table = new Map();
    /** Calls Python's dispatcher; set when Python is there. @type {() => number} */
    this.pick = () => NOBODY;
    /** Called the first time that everybody sleeps. @type {(() => void) | null} */
    this.rested = null;
    this.postTurn = turnPoster((id) => this.turn(id));
    this.turned = performance.now();
    this.timer = 0;
    this.turns = 0;
    /** Called whenever everybody sleeps. */
    this.onIdle = () => {};
    /** Called between turns of the page, too. */
    this.onTurn = () => {};
  }

  /** @param {Stack} stack */
  add(stack) {
    this.table.set(stack.id, stack);
  }

  /** @param {number} id */
  remove(id) {
    this.table.delete(id);
  }

  /** Whether the page's events have waited long enough. @returns {boolean} */
  isTurnDue() {
    return performance.now() - this.turned > TURN_MS;
  }

  /** Whether they have waited so long that a program has to be held up for them. @returns {boolean} */
  isTurnOverdue() {
    return performance.now() - this.turned > OVERDUE_MS;
  }

  /**
   * Let a stack run once the present one has come to rest.
   * @param {number} id
   */
  schedule(id) {
    if (id === NOBODY) return;
    if (this.isTurnDue()) this.postTurn(id);
    else queueMicrotask(() => this.run(id));
  }

  /** Run the same stack again after the page's events have had a turn. @param {number} id */
  scheduleAfterTurn(id) {
    this.postTurn(id);
  }

  /** @param {number} id */
  turn(id) {
    this.turns += 1;
    this.turned = performance.now();
    this.onTurn();
    this.run(id);
  }

  /** @param {number} id */
  run(id) {
    const stack = this.table.get(id);
    if (!stack) throw new Error(`pagebox: there is no stack ${id}; this is a bug`);
    stack.resume();
  }

  /** Ask Python who runs now; called when nobody does. */
  wake() {
    this.turned = performance.now();
    clearTimeout(this.timer);
    this.schedule(this.pick());
  }

  /**
   * Every process sleeps: call `wake` when the earliest of them has slept enough.
   * @param {number} milliseconds from now; negative for never
   */
  sleep(milliseconds) {
    clearTimeout(this.timer);
    this.rested?.();
    this.rested = null;
    this.onIdle();
    if (milliseconds >= 0) this.timer = setTimeout(() => this.wake(), milliseconds);
  }

  /** Unwind every stack: an abandoned one would never be freed. */
  close() {
    clearTimeout(this.timer);
    for (const stack of [...this.table.values()]) stack.abandon();
    this.table.clear();
  }
}

/**
 * A way to come back after the event loop has turned, in microseconds (a timer of 0 takes 4 ms). Tasks of
 * `postTask` are queued with all others; messages of one channel can hold up those of another for seconds, as
 * Pyodide's do (it polls `asyncio.sleep` by them), so a channel is only for browsers without it.
 * @param {(id: number) => void} turn
 * @returns {(id: number) => void}
 */
function turnPoster(turn) {
  const { scheduler } = /** @type {any} */ (globalThis);
  if (scheduler?.postTask) {
    return (id) => void scheduler.postTask(() => turn(id)).catch((/** @type {Error} */ error) => reportError(error));
  }
  const channel = new MessageChannel();
  channel.port1.onmessage = (event) => turn(event.data);
  return (id) => channel.port2.postMessage(id);
}
