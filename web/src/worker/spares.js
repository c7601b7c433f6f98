// @ts-check
// Instances made ahead of time, while nobody runs: instantiating copies a module's data, about 1 ms per MB.
// A spare has run nothing; since all guests share one import object, any guest may have it.

/** So many of one module: as many as a pipeline commonly has. */
const MOST_OF_ONE = 3;
/** Modules that have spares: those used last. */
const MOST_MODULES = 5;
/** Of all together: a renderer holds 124 memories, of which guests may have 100. */
const MOST = 8;
/** Of all together, in bytes of memory. */
const MOST_BYTES = 96 << 20;
/** How long to wait after everybody fell asleep, so as not to be in the way of keys that follow. */
const PAUSE_MS = 30;

/**
 * @typedef {object} Shelf the spares of one module
 * @property {string} key
 * @property {number} bytes of memory an instance starts with; 0 before the first
 * @property {WebAssembly.Instance[]} spares
 */

export class Spares {
  /** @param {(key: string) => WebAssembly.Instance} make */
  constructor(make) {
    this.make = make;
    /** The most recently used first. @type {Shelf[]} */
    this.shelves = [];
    this.timer = 0;
  }

  /** @param {string} key @returns {WebAssembly.Instance} */
  take(key) {
    const shelf = this.shelf(key);
    const instance = shelf.spares.pop() ?? this.makeSurely(key);
    shelf.bytes = bytesOf(instance);
    return instance;
  }

  /** Make one, at the cost of all spares if need be. @param {string} key @returns {WebAssembly.Instance} */
  makeSurely(key) {
    try {
      return this.make(key);
    } catch (error) {
      if (!(error instanceof RangeError) || this.count() === 0) throw error;
      this.shelves = [];
      return this.make(key);
    }
  }

  count() {
    return this.shelves.reduce((sum, shelf) => sum + shelf.spares.length, 0);
  }

  /** The module's shelf, now the first. @param {string} key @returns {Shelf} */
  shelf(key) {
    const found = this.shelves.find((shelf) => shelf.key === key) ?? { key, bytes: 0, spares: [] };
    this.shelves = [found, ...this.shelves.filter((shelf) => shelf !== found)].slice(0, MOST_MODULES);
    return found;
  }

  refillSoon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.refill(), PAUSE_MS);
  }

  /** Make one, first of all for modules that have none; and come back for the next. */
  refill() {
    const used = this.shelves.reduce((sum, shelf) => sum + shelf.bytes * shelf.spares.length, 0);
    const fitting = this.shelves.filter((shelf) => used + shelf.bytes <= MOST_BYTES);
    const wanting = fitting.filter((shelf) => shelf.spares.length < MOST_OF_ONE);
    wanting.sort((one, other) => one.spares.length - other.spares.length);
    if (wanting.length === 0 || this.count() >= MOST) return;
    const [shelf] = wanting;
    try {
      const instance = this.make(shelf.key);
      shelf.bytes = bytesOf(instance);
      shelf.spares.push(instance);
    } catch {
      this.shelves = []; // no memory: better that programs have it
      return;
    }
    this.refillSoon();
  }

  stop() {
    clearTimeout(this.timer);
    this.shelves = [];
  }
}

/** @param {WebAssembly.Instance} instance @returns {number} */
function bytesOf(instance) {
  return /** @type {WebAssembly.Memory} */ (instance.exports.memory).buffer.byteLength;
}
